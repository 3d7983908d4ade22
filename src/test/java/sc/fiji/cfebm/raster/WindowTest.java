package sc.fiji.cfebm.raster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class WindowTest {

	private static final Raster IMAGE = image(100, 70, 2);

	private static Raster image(final int width, final int height, final int channels) {
		final Raster image = new Raster(width, height, channels);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = i + 1;
		return image;
	}

	private static boolean[] marked(final int... xy) {
		final boolean[] where = new boolean[100 * 70];
		for (int i = 0; i < xy.length; i += 2)
			where[xy[i + 1] * 100 + xy[i]] = true;
		return where;
	}

	@Test
	void itBeginsAtATileAndLeavesTwoOnEachSide() {
		assertEquals(new Window(16, 24, 54 + 16 - 16, 45 + 16 - 24), Window.around(marked(37, 44, 53, 40), IMAGE, 8));
		assertEquals(new Window(0, 0, 17, 17), Window.around(marked(0, 0), IMAGE, 8));
		assertEquals(new Window(80, 48, 20, 22), Window.around(marked(99, 69), IMAGE, 8));
		assertEquals(new Window(0, 0, 100, 70), Window.around(marked(50, 35), IMAGE, 64));
		assertEquals(new Window(0, 0, 100, 70), Window.around(null, IMAGE, 8));
	}

	@Test
	void whatIsCutGoesBackToItsPlace() {
		final Window window = new Window(16, 24, 30, 20);
		final Raster part = window.cut(IMAGE), back = window.uncut(part, IMAGE);
		assertEquals(IMAGE.get(16, 24, 1), part.get(0, 0, 1));
		final boolean[] where = marked(20, 30, 90, 60), partWhere = window.cut(where, 100);
		final Raster pasted = IMAGE.copy();
		window.paste(new Raster(30, 20, 2), partWhere, pasted);
		for (int y = 0; y < 70; y++)
			for (int x = 0; x < 100; x++)
				for (int c = 0; c < 2; c++) {
					final boolean inside = x >= 16 && x < 46 && y >= 24 && y < 44;
					assertEquals(inside ? IMAGE.get(x, y, c) : 0, back.get(x, y, c));
					assertEquals(x == 20 && y == 30 ? 0 : IMAGE.get(x, y, c), pasted.get(x, y, c));
				}
		assertArrayEquals(new Raster(30, 20, 2).values(), window.cut(pasted(window)).values());
	}

	private static Raster pasted(final Window window) {
		final Raster pasted = IMAGE.copy();
		final boolean[] all = new boolean[window.width() * window.height()];
		java.util.Arrays.fill(all, true);
		window.paste(new Raster(window.width(), window.height(), 2), all, pasted);
		return pasted;
	}

	@Test
	void theWholeIsNotCopied() {
		final Window all = Window.around(null, IMAGE, 8);
		assertSame(IMAGE, all.cut(IMAGE));
		assertSame(IMAGE, all.uncut(IMAGE, new Raster(100, 70, 1)));
	}
}
