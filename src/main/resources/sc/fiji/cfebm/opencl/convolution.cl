// Convolutions of features [N,H,W,C] as products of matrices, and the gradients of their weights.
//
// Compiled for KS (side of the kernel: 1, 2 or 3), STRIDE, OT (channels that a group computes, a multiple of 8) and UP (whether each
// place gives two by two pixels). A group computes 8×8 places of OT channels, an item four neighbouring places of eight channels: 32
// sums in registers for four numbers and eight weights out of local memory.

#define SIDE 8
#define IN_SIDE ((SIDE - 1) * STRIDE + KS)
#define TAPS (KS * KS)
// Input channels that are in local memory at a time.
#define DEPTH 8
#define ITEMS (2 * OT)

#define ACTIVATE 1
#define TIMES 2
#define ADD 4
#define BIAS 8

// Eight features; where not all are there, or they do not begin where they can be had together, one by one.
static float8 get(global const FEATURE *from, const int left, const int whole) {
	if (whole) return eightFeatures(from);
	float values[8] = { 0, 0, 0, 0, 0, 0, 0, 0 };
	for (int k = 0; k < 8 && k < left; k++)
		values[k] = featureAt(from, k);
	return vload8(0, values);
}

static void put(const float8 v, global FEATURE *to, const int left, const int whole) {
	if (whole) {
		setEight(v, to);
		return;
	}
	float values[8];
	vstore8(v, 0, values);
	for (int k = 0; k < 8 && k < left; k++)
		setFeature(values[k], to, k);
}

static float8 biases(global const float *from, const int left) {
	if (left >= 8) return vload8(0, from);
	float values[8] = { 0, 0, 0, 0, 0, 0, 0, 0 };
	for (int k = 0; k < left; k++)
		values[k] = from[k];
	return vload8(0, values);
}

// What becomes of sums of eight channels, of which some are left: with a bias; activated, h·(1 + tanh h), with the derivative beside it;
// times d; added to what is there.
static void finish(const float8 sum, global const float *bias, global FEATURE *y, global FEATURE *d, const int left, const int whole,
	const int mode)
{
	float8 v = mode & BIAS ? sum + biases(bias, left) : sum;
	if (mode & ACTIVATE) {
		const float8 t = 1 - 2 / (exp(2 * v) + 1), s = v + v * t;
		put(1 + t + s - s * t, d, left, whole);
		v = s;
	}
	if (mode & TIMES) v *= get(d, left, whole);
	put(mode & ADD ? get(y, left, whole) + v : v, y, left, whole);
}

// x [N,height,width,inputs], w [TAPS,inputs,columns] with columns of zeros behind the outputs; y [N,outHeight,outWidth,outputs] or, with UP,
// [N,2·outHeight,2·outWidth,outputs], whose weights' columns are those of the four pixels, one after another.
kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1)))
void convolve(global const FEATURE *restrict x, global const float *restrict w, global const float *restrict bias, global FEATURE *y,
	global FEATURE *d, const int height, const int width, const int outHeight, const int outWidth, const int inputs, const int outputs,
	const int columns, const int padding, const int mode)
{
	local float xs[DEPTH * IN_SIDE * IN_SIDE];
	local float ws[TAPS * DEPTH * OT];
	const int item = get_local_id(0), tilesX = (outWidth + SIDE - 1) / SIDE, tilesY = (outHeight + SIDE - 1) / SIDE;
	const int tile = get_group_id(0), n = tile / (tilesX * tilesY), top = tile / tilesX % tilesY * SIDE, left = tile % tilesX * SIDE;
	const int first = get_group_id(1) * OT, eight = item / 16 * 8;
	const int row = item % 16 / 2, column = item % 2 * 4;
	float8 sum[4] = { 0, 0, 0, 0 };
	for (int c = 0; c < inputs; c += DEPTH) {
		barrier(CLK_LOCAL_MEM_FENCE);
		for (int k = item; k < DEPTH * IN_SIDE * IN_SIDE; k += ITEMS) {
			const int channel = k % DEPTH, place = k / DEPTH;
			const int yy = top * STRIDE - padding + place / IN_SIDE, xx = left * STRIDE - padding + place % IN_SIDE;
			xs[channel * IN_SIDE * IN_SIDE + place] = yy >= 0 && yy < height && xx >= 0 && xx < width && c + channel < inputs
				? featureAt(x, ((n * height + yy) * width + xx) * inputs + c + channel) : 0;
		}
		for (int k = item; k < TAPS * DEPTH * OT; k += ITEMS) {
			const int o = first + k % OT, channel = c + k / OT % DEPTH, tap = k / (OT * DEPTH);
			ws[k] = o < columns && channel < inputs ? w[(tap * inputs + channel) * columns + o] : 0;
		}
		barrier(CLK_LOCAL_MEM_FENCE);
		for (int channel = 0; channel < DEPTH; channel++) {
			local const float *from = xs + channel * IN_SIDE * IN_SIDE + row * STRIDE * IN_SIDE + column * STRIDE;
			#pragma unroll
			for (int tap = 0; tap < TAPS; tap++) {
				const float8 weight = vload8(0, ws + (tap * DEPTH + channel) * OT + eight);
				#pragma unroll
				for (int p = 0; p < 4; p++)
					sum[p] += from[tap / KS * IN_SIDE + p * STRIDE + tap % KS] * weight;
			}
		}
	}
	const int yy = top + row, o = first + eight;
	if (yy >= outHeight || o >= columns) return;
	for (int p = 0; p < 4; p++) {
		const int xx = left + column + p;
		if (xx >= outWidth) break;
#if UP
		const int pixel = o / (columns / 4), channel = o % (columns / 4);
		const int at = ((n * outHeight + yy) * 2 + pixel / 2) * 2 * outWidth + 2 * xx + pixel % 2;
#else
		const int channel = o, at = (n * outHeight + yy) * outWidth + xx;
#endif
		const int rest = outputs - channel;
		if (rest > 0) finish(sum[p], bias + channel, y + at * outputs + channel, d + at * outputs + channel, rest, rest >= 8 && outputs % ALIGNED == 0,
			mode);
	}
}

#define WT 16

// The gradient of weights [outputs,TAPS,inputs] from that of a convolution's output dy [N,outHeight,outWidth,outputs]: partial sums, one
// for each slice of the tiles, in the second dimension of groups. A group has 16 outputs and 16 inputs, an item two of each with all taps.
// Features are floats: trainings have no others.
kernel __attribute__((reqd_work_group_size(64, 1, 1)))
void weightGradient(global const float *restrict x, global const float *restrict dy, global float *partial, const int height,
	const int width, const int outHeight, const int outWidth, const int inputs, const int outputs, const int padding, const int tiles,
	const int perSlice)
{
	local float xs[IN_SIDE * IN_SIDE * WT];
	local float gs[SIDE * SIDE * WT];
	const int item = get_local_id(0), tilesX = (outWidth + SIDE - 1) / SIDE, tilesY = (outHeight + SIDE - 1) / SIDE;
	const int acrossInputs = (inputs + WT - 1) / WT;
	const int firstInput = get_group_id(0) % acrossInputs * WT, firstOutput = get_group_id(0) / acrossInputs * WT;
	const int i = item % 8 * 2, o = item / 8 * 2;
	float sum[TAPS][4];
	#pragma unroll
	for (int tap = 0; tap < TAPS; tap++)
		sum[tap][0] = sum[tap][1] = sum[tap][2] = sum[tap][3] = 0;
	const int begin = get_group_id(1) * perSlice, end = min(begin + perSlice, tiles);
	for (int tile = begin; tile < end; tile++) {
		const int n = tile / (tilesX * tilesY), top = tile / tilesX % tilesY * SIDE, left = tile % tilesX * SIDE;
		barrier(CLK_LOCAL_MEM_FENCE);
		for (int k = item; k < IN_SIDE * IN_SIDE * WT; k += 64) {
			const int channel = firstInput + k % WT, place = k / WT;
			const int yy = top * STRIDE - padding + place / IN_SIDE, xx = left * STRIDE - padding + place % IN_SIDE;
			xs[k] = yy >= 0 && yy < height && xx >= 0 && xx < width && channel < inputs
				? x[((n * height + yy) * width + xx) * inputs + channel] : 0;
		}
		for (int k = item; k < SIDE * SIDE * WT; k += 64) {
			const int channel = firstOutput + k % WT, place = k / WT, yy = top + place / SIDE, xx = left + place % SIDE;
			gs[k] = yy < outHeight && xx < outWidth && channel < outputs ? dy[((n * outHeight + yy) * outWidth + xx) * outputs + channel] : 0;
		}
		barrier(CLK_LOCAL_MEM_FENCE);
		for (int place = 0; place < SIDE * SIDE; place++) {
			const float g0 = gs[place * WT + o], g1 = gs[place * WT + o + 1];
			#pragma unroll
			for (int tap = 0; tap < TAPS; tap++) {
				local const float *from = xs + ((place / SIDE * STRIDE + tap / KS) * IN_SIDE + place % SIDE * STRIDE + tap % KS) * WT + i;
				sum[tap][0] += g0 * from[0];
				sum[tap][1] += g0 * from[1];
				sum[tap][2] += g1 * from[0];
				sum[tap][3] += g1 * from[1];
			}
		}
	}
	global float *to = partial + get_group_id(1) * outputs * TAPS * inputs;
	for (int tap = 0; tap < TAPS; tap++)
		for (int k = 0; k < 4; k++) {
			const int output = firstOutput + o + k / 2, input = firstInput + i + k % 2;
			if (output < outputs && input < inputs) to[(output * TAPS + tap) * inputs + input] = sum[tap][k];
		}
}
