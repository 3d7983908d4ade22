package sc.fiji.cfebm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.CancellationException;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line, {@code cfebm}: for volumes of any size, for clusters, for whoever has no display. What goes wrong is one sentence on
 * the standard error stream. Exit codes: 0 all is done; 1 something failed; 2 the call is wrong; 3 tasks are left for other parts.
 */
@Command(name = "cfebm", mixinStandardHelpOptions = true, versionProvider = Main.Version.class, subcommands = { DenoiseCall.class,
	DeconvolveCall.class, InpaintCall.class, AnomalyCall.class, TrainCall.class, SampleCall.class, InfoCall.class, PlanCall.class, RunCall.class, StatusCall.class,
	BenchCall.class }, synopsisSubcommandLabel = "COMMAND", description =
		"Denoises volumes of any size, and does what the plugin does to image files, with energy-based models.", footer = { "", "Exit codes: 0 all is done; 1 something failed; " +
			"2 the call is wrong; 3 no task failed, and some are left for other parts." })
public final class Main {

	public static final int FAILED = 1, WRONG = 2, LEFT = 3;

	/** That of the jar. */
	static final class Version implements CommandLine.IVersionProvider {

		@Override
		public String[] getVersion() {
			final String version = Main.class.getPackage().getImplementationVersion();
			return new String[] { "cfebm " + (version == null ? "(not packaged)" : version) };
		}
	}

	private Main() {}

	public static void main(final String[] args) {
		System.setProperty("java.awt.headless", "true");
		System.exit(run(new PrintWriter(System.out, true), new PrintWriter(System.err, true), args));
	}

	/**
	 * Runs a command; the JVM goes on.
	 *
	 * @return the exit code
	 */
	public static int run(final PrintWriter out, final PrintWriter err, final String... args) {
		final CommandLine line = new CommandLine(new Main()).setOut(out).setErr(err).setCaseInsensitiveEnumValuesAllowed(true);
		line.getSubcommands().values().forEach(FileCall::listKeys);
		line.setParameterExceptionHandler((e, given) -> {
			err.println(wrong(e) + " See cfebm " + (e.getCommandLine().getParent() == null ? "" : e.getCommandLine().getCommandName() +
				" ") + "--help.");
			return WRONG;
		});
		line.setExecutionExceptionHandler((e, command, parsed) -> {
			final String lacking = lacking(e);
			err.println(lacking != null ? lacking : e instanceof CancellationException ? "Canceled." : e instanceof IllegalArgumentException || e instanceof IOException
				? sentence(e) : "This should not happen: " + e);
			return FAILED;
		});
		try {
			return args.length == 0 ? line.execute("--help") : line.execute(args);
		}
		catch (final OutOfMemoryError | LinkageError e) {
			err.println(lacking(e));
			return FAILED;
		}
	}

	/** What is wrong with what was typed, in a user's words. */
	private static String wrong(final ParameterException e) {
		if (e instanceof UnmatchedArgumentException && e.getCommandLine().getParent() == null) {
			final UnmatchedArgumentException unmatched = (UnmatchedArgumentException) e;
			final List<String> similar = unmatched.getSuggestions();
			return "There is no command “" + unmatched.getUnmatched().get(0) + "”" + (similar.isEmpty() ? "." : ": did you mean " + similar.get(0) +
				"?");
		}
		return sentence(e).replaceFirst(" is not a (double|float)\\.$", " is not a number.").replaceFirst(" is not an? (int|long)\\.$",
			" is not a whole number.");
	}

	/** What the computer lacks, in a sentence; null: it is something else. */
	static String lacking(final Throwable e) {
		for (Throwable cause = e; cause != null; cause = cause.getCause()) {
			if (cause instanceof OutOfMemoryError)
				return "There is not enough memory: give Java more by CFEBM_OPTS=-Xmx8g or the like, or take fewer threads.";
			if (cause instanceof LinkageError) return "A library of the program can't be loaded (" + cause +
				"): unpack its whole folder anew, and take the build for this computer.";
		}
		return null;
	}

	/** A message that ends as a sentence does. */
	static String sentence(final Exception e) {
		// Their message is no more than the file.
		if (e instanceof FileSystemException && ((FileSystemException) e).getReason() == null) {
			final String file = ((FileSystemException) e).getFile();
			return (e instanceof NoSuchFileException ? "There is no file or folder " + file : e instanceof AccessDeniedException
				? "There is no access to " + file + ": its permissions do not allow it" : file + " can't be read or written (" + e.getClass()
					.getSimpleName() + ")") + ".";
		}
		final String message = e.getMessage() == null || e.getMessage().isBlank() ? e.getClass().getSimpleName() : e.getMessage().lines()
			.findFirst().orElseThrow();
		return message.endsWith(".") ? message : message + ".";
	}

	/** @throws ParameterException always: exit code 2 */
	static ParameterException wrong(final CommandLine.Model.CommandSpec spec, final String sentence) {
		return new ParameterException(spec.commandLine(), sentence);
	}
}
