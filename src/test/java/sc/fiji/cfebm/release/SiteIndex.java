package sc.fiji.cfebm.release;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

import org.scijava.util.FileUtils;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** What an update site says of its files, the current and the earlier ones: db.xml.gz, as Fiji's updater reads and writes it. */
final class SiteIndex {

	/** @param timestamp yyyyMMddHHmmss */
	record Version(String checksum, long timestamp, long size) {}

	/**
	 * What a file once was.
	 *
	 * @param obsolete when it no longer was that, yyyyMMddHHmmss
	 * @param filename its name then
	 */
	record Previous(String checksum, long timestamp, long obsolete, String filename) {}

	/**
	 * A file, whatever its version.
	 *
	 * @param filename in the folder of Fiji, with slashes
	 * @param platforms which it is for; empty: all
	 * @param current null: there is none any more
	 * @param previous the newest first
	 */
	record Entry(String filename, List<String> platforms, Version current, List<Previous> previous) {

		Entry {
			platforms = List.copyOf(platforms);
			previous = List.copyOf(previous);
		}

		/** Where its content is on the site. */
		String place() {
			return filename + "-" + current.timestamp;
		}
	}

	/** By their names without versions, which the updater takes for the same file. */
	private final SortedMap<String, Entry> entries = new TreeMap<>();

	/** @param xml not compressed */
	static SiteIndex read(final byte[] xml) throws IOException {
		final SiteIndex index = new SiteIndex();
		final Document document;
		try {
			final DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
			factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
			document = factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml));
		}
		catch (final ParserConfigurationException | SAXException e) {
			throw new IOException("The index of the update site can't be read: " + e.getMessage(), e);
		}
		for (final Element plugin : children(document.getDocumentElement(), "plugin")) {
			final String filename = plugin.getAttribute("filename");
			final List<Previous> previous = children(plugin, "previous-version").stream().map(p -> new Previous(p.getAttribute("checksum"), number(
				p, "timestamp"), number(p, "timestamp-obsolete"), p.hasAttribute("filename") ? p.getAttribute("filename") : filename)).toList();
			final List<Version> versions = children(plugin, "version").stream().map(v -> new Version(v.getAttribute("checksum"), number(v,
				"timestamp"), number(v, "filesize"))).toList();
			index.add(new Entry(filename, children(plugin, "platform").stream().map(Node::getTextContent).toList(), versions.isEmpty() ? null
				: versions.get(0), previous));
		}
		return index;
	}

	static SiteIndex readCompressed(final byte[] gz) throws IOException {
		try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gz))) {
			return read(in.readAllBytes());
		}
	}

	/** @throws IllegalArgumentException if the updater would take it for another one that is there */
	void add(final Entry entry) {
		final Entry before = entries.putIfAbsent(key(entry.filename), entry);
		if (before != null) throw new IllegalArgumentException("The updater takes " + entry.filename + " and " + before.filename +
			" for versions of one file.");
	}

	/** @return null if there is none, whatever its version */
	Entry get(final String filename) {
		return entries.get(key(filename));
	}

	Collection<Entry> entries() {
		return entries.values();
	}

	static String key(final String filename) {
		return FileUtils.stripFilenameVersion(filename);
	}

	/** The same bytes for the same entries. */
	String toXml() {
		final StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<pluginRecords>\n");
		for (final Entry entry : entries.values()) {
			xml.append("    <plugin filename=\"").append(escaped(entry.filename)).append("\">\n");
			for (final String platform : entry.platforms)
				xml.append("        <platform>").append(escaped(platform)).append("</platform>\n");
			if (entry.current != null) xml.append("        <version checksum=\"").append(entry.current.checksum).append("\" timestamp=\"").append(
				entry.current.timestamp).append("\" filesize=\"").append(entry.current.size).append("\"/>\n");
			for (final Previous p : entry.previous)
				xml.append("        <previous-version timestamp=\"").append(p.timestamp).append("\" timestamp-obsolete=\"").append(p.obsolete)
					.append("\" checksum=\"").append(p.checksum).append("\" filename=\"").append(escaped(p.filename)).append("\"/>\n");
			xml.append("    </plugin>\n");
		}
		return xml.append("</pluginRecords>\n").toString();
	}

	byte[] toCompressed() throws IOException {
		final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (GZIPOutputStream gz = new GZIPOutputStream(bytes)) {
			gz.write(toXml().getBytes(StandardCharsets.UTF_8));
		}
		return bytes.toByteArray();
	}

	private static String escaped(final String text) {
		return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
	}

	private static long number(final Element element, final String attribute) {
		return element.hasAttribute(attribute) ? Long.parseLong(element.getAttribute(attribute)) : 0;
	}

	private static List<Element> children(final Element parent, final String name) {
		final List<Element> found = new ArrayList<>();
		for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling())
			if (node instanceof Element element && name.equals(element.getTagName())) found.add(element);
		return found;
	}
}
