package sc.fiji.cfebm.tensor;

import java.util.List;

/** Operations one after the other. */
final class Series extends Op {

	private final List<Op> ops;

	Series(final Op... ops) {
		this.ops = List.of(ops);
	}

	@Override
	public void run() {
		for (int i = 0; i < ops.size(); i++)
			ops.get(i).run();
	}

	@Override
	void free() {
		ops.forEach(Op::close);
	}
}
