// What lies between images [N,H,W,C] and the network's features, and what the energy's form does to images. One item each has
// one value, unless said otherwise.

// The pixel that stands at a place outside, as in a mirror on the outermost pixel.
static int mirrored(const int at, const int length) {
	if (at >= 0 && at < length) return at;
	if (length == 1) return 0;
	const int period = 2 * length - 2, i = (at % period + period) % period;
	return min(i, period - i);
}

// σ is one number (0), one for each image (1) or one for each pixel (2).
static float sigmaAt(global const float *sigma, const int kind, const int pixel, const int area) {
	return sigma[kind == 0 ? 0 : kind == 1 ? pixel / area : pixel];
}

// z = (x - m)/(4σ), 0 where a pixel is missing (σ = ∞).
kernel void standardize(global const float *x, global const float *sigma, global const float *offset, global float *z, const int total,
	const int area, const int channels, const int kind, const int perChannel)
{
	const int i = get_global_id(0);
	if (i >= total) return;
	const int pixel = i / channels, n = pixel / area;
	const float s = sigmaAt(sigma, kind, pixel, area);
	z[i] = isinf(s) ? 0 : 0.25f / s * (x[i] - offset[perChannel ? n * channels + i % channels : n]);
}

// The mean of four pixels, times 4·scale.
kernel void halve(global const float *x, global float *to, const int total, const int height, const int width, const int channels,
	const float scale)
{
	const int i = get_global_id(0);
	if (i >= total) return;
	const int pixel = i / channels, less = width / 2, line = width * channels;
	const int at = (pixel / less * 2 * width + pixel % less * 2) * channels + i % channels;
	to[i] = scale * (x[at] + x[at + channels] + x[at + line] + x[at + line + channels]);
}

// An image, unshuffled, with a frame of mirrored pixels, and what the network is told: [N,H/2+2·border,W/2+2·border,depth].
kernel void load(global const float *z, global const float *told, global const float *correlation, global FEATURE *in, const int total,
	const int height, const int width, const int channels, const int border, const int depth, const int isTold, const int correlated)
{
	const int i = get_global_id(0);
	if (i >= total) return;
	const int cell = i / depth, channel = i % depth, w = width / 2 + 2 * border, h = height / 2 + 2 * border;
	const int n = cell / (w * h), y = 2 * (cell / w % h - border), x = 2 * (cell % w - border), unshuffled = 4 * channels;
	float v = 0;
	if (channel < unshuffled) v = z[((n * height + mirrored(y + channel / (2 * channels), height)) * width + mirrored(x + channel /
		channels % 2, width)) * channels + channel % channels];
	else if (isTold && channel <= 5 * channels) {
		const float scale = told[2 * n];
		if (scale > 0) {
			if (channel == 5 * channels) v = told[2 * n + 1];
			else for (int k = 0; k < 4; k++)
				v += 0.25f * scale * z[((n * height + mirrored(y + k / 2, height)) * width + mirrored(x + k % 2, width)) * channels +
					channel - unshuffled];
		}
	}
	else if (correlated >= 0 && channel >= correlated && channel < correlated + 2) v = correlation[2 * n + channel - correlated];
	setFeature(v, in, i);
}

// An output of the network as an image, of half the size if shift is 1: to = scale·output, or added to what is there.
kernel void unpack(global const FEATURE *out, global float *to, const int total, const int height, const int width, const int channels,
	const int depth, const int output, const int shift, const float scale, const int add)
{
	const int i = get_global_id(0);
	if (i >= total) return;
	const int pixel = i / channels, n = pixel / (width * height), y = (pixel / width % height) >> shift, x = (pixel % width) >> shift;
	const int h = height >> (shift + 1), w = width >> (shift + 1);
	const float v = scale * featureAt(out, ((n * h + y / 2) * w + x / 2) * depth + (4 * output + y % 2 * 2 + x % 2) * channels + i % channels);
	to[i] = add ? to[i] + v : v;
}

// The other way round: the gradient of the network's outputs from those of images r and, with two outputs, p.
kernel void pack(global const float *r, global const float *p, global FEATURE *to, const int total, const int height, const int width,
	const int channels, const int depth, const int outputs, const int shift, const float scale)
{
	const int i = get_global_id(0);
	if (i >= total) return;
	const int cell = i / depth, channel = i % depth, h = height >> (shift + 1), w = width >> (shift + 1);
	float v = 0;
	if (channel < 4 * channels * outputs) {
		global const float *from = channel < 4 * channels ? r : p;
		const int k = channel % (4 * channels) / channels, n = cell / (w * h);
		const int y = (2 * (cell / w % h) + k / 2) << shift, x = (2 * (cell % w) + k % 2) << shift;
		for (int dy = 0; dy <= shift; dy++)
			for (int dx = 0; dx <= shift; dx++)
				v += from[((n * height + y + dy) * width + x + dx) * channels + channel % channels];
	}
	setFeature(scale * v, to, i);
}

static float unshuffled(global const FEATURE *gradient, const int n, const int y, const int x, const int c, const int h, const int w,
	const int channels, const int border, const int depth, const float told)
{
	const int yy = y + 2 * border, xx = x + 2 * border;
	global const FEATURE *cell = gradient + ((n * (h + 2 * border) + yy / 2) * (w + 2 * border) + xx / 2) * depth;
	const float v = featureAt(cell, (yy % 2 * 2 + xx % 2) * channels + c);
	return told > 0 ? v + 0.25f * told * featureAt(cell, 4 * channels + c) : v;
}

// The gradient of an image from that of the unshuffled one, with that of its mirrored pixels; of half the size if shift is 1.
kernel void inputGradient(global const FEATURE *gradient, global const float *told, global float *to, const int total, const int height,
	const int width, const int channels, const int border, const int depth, const int isTold, const int shift, const float scale,
	const int add)
{
	const int i = get_global_id(0);
	if (i >= total) return;
	const int pixel = i / channels, n = pixel / (width * height), c = i % channels;
	const int h = height >> shift, w = width >> shift, y = (pixel / width % height) >> shift, x = (pixel % width) >> shift;
	const float t = isTold ? told[2 * n] : 0;
	float v = 0;
	// Places outside that mirror this pixel lie at most two pixels outside.
	const int ys[5] = { y, -2, -1, h, h + 1 }, xs[5] = { x, -2, -1, w, w + 1 };
	for (int a = 0; a < (border ? 5 : 1); a++) {
		if (a > 0 && mirrored(ys[a], h) != y) continue;
		for (int b = 0; b < (border ? 5 : 1); b++)
			if (b == 0 || mirrored(xs[b], w) == x) v += unshuffled(gradient, n, ys[a], xs[b], c, h / 2, w / 2, channels, border, depth, t);
	}
	v *= scale;
	to[i] = add ? to[i] + v : v;
}

// The mean over 2·radius + 1 values along one dimension, mirrored at its ends; or the transpose of that.
kernel void box(global const float *x, global float *to, const int total, const int length, const int apart, const int radius,
	const int transposed)
{
	const int i = get_global_id(0);
	if (i >= total) return;
	const int at = i / apart % length, side = 2 * radius + 1;
	global const float *line = x + i - at * apart;
	float sum = 0;
	if (!transposed) {
		for (int k = at - radius; k <= at + radius; k++)
			sum += line[mirrored(k, length) * apart];
	}
	else {
		// All places, outside too, that mirror this one; whatever sees one of them gives it a share.
		const int period = length == 1 ? 1 : 2 * length - 2;
		for (int way = 0; way < (at == 0 || at == length - 1 ? 1 : 2); way++) {
			int place = way == 0 ? at : -at;
			place -= (place + radius) / period * period;
			if (place < -radius) place += period;
			for (; place < length + radius; place += period)
				for (int k = max(0, place - radius); k <= min(length - 1, place + radius); k++)
					sum += line[k * apart];
		}
	}
	to[i] = sum / side;
}

// β·(x - mean) + (1 - β)·(the same of the halved image); the latter only where β < 1.
kernel void withoutMean(global const float *x, global const float *mean, global const float *less, global const float *halfMean,
	global float *to, const int total, const int height, const int width, const int channels, const float beta)
{
	const int i = get_global_id(0);
	if (i >= total) return;
	float v = x[i] - mean[i];
	if (beta < 1) {
		const int pixel = i / channels, at = (pixel / width / 2 * (width / 2) + pixel % width / 2) * channels + i % channels;
		v = beta * v + (1 - beta) * (less[at] - halfMean[at]);
	}
	to[i] = v;
}

// Each value's share of the energy with its derivatives; forms as EnergyForm has them, in its order. dz may be z.
kernel void form(global const float *z, global const float *r, global const float *p, global float *share, global float *dr,
	global float *dp, global float *dz, const int total, const int kind)
{
	const int i = get_global_id(0);
	if (i >= total) return;
	if (kind == 2) {
		share[i] = 0.5f * r[i] * r[i];
		dr[i] = r[i];
		dz[i] = 0;
		return;
	}
	const float sum = -2 * z[i] - (kind == 1 ? 2 * p[i] : 0), back = -2 * r[i];
	share[i] = sum * r[i];
	dr[i] = sum;
	dz[i] = back;
	if (kind == 1) dp[i] = back;
}

// x with what is wanted of it: 0 the estimate x + σ·g of g = R; of g = ∂E/∂z: 1 the gradient, 2 the denoised image.
kernel void result(global const float *x, global const float *sigma, global const float *g, global float *to, const int total,
	const int area, const int channels, const int kind, const int what)
{
	const int i = get_global_id(0);
	if (i >= total) return;
	const float s = sigmaAt(sigma, kind, i / channels, area), finite = isinf(s) ? 0 : s;
	to[i] = what == 0 ? x[i] + finite * g[i] : what == 1 ? 0.25f / s * g[i] : x[i] - 0.25f * finite * g[i];
}

// to += x, or a sum of each pixel's channels.
kernel void add(global const float *x, global float *to, const int total) {
	const int i = get_global_id(0);
	if (i < total) to[i] += x[i];
}

kernel void channels(global const float *x, global float *to, const int total, const int count) {
	const int i = get_global_id(0);
	if (i >= total) return;
	float sum = 0;
	for (int c = 0; c < count; c++)
		sum += x[i * count + c];
	to[i] = sum;
}

// y = h·(1 + tanh h) of h = x + bias, and its derivative.
kernel void activate(global const FEATURE *x, global const float *bias, global FEATURE *y, global FEATURE *d, const int total,
	const int channels, const int biased)
{
	const int i = get_global_id(0);
	if (i >= total) return;
	const float v = biased ? featureAt(x, i) + bias[i % channels] : featureAt(x, i), t = 1 - 2 / (exp(2 * v) + 1), s = v + v * t;
	setFeature(s, y, i);
	setFeature(1 + t + s - s * t, d, i);
}

// Sums of blocks of 4096 values of each image, always in the same order; a group for each block.
#define BLOCK 4096
kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void blockSums(global const float *x, global float *to, const int size, const int blocks) {
	local float sums[128];
	const int item = get_local_id(0), n = get_group_id(0) / blocks, begin = get_group_id(0) % blocks * BLOCK;
	const int end = min(begin + BLOCK, size);
	float sum = 0;
	for (int i = begin + item; i < end; i += 128)
		sum += x[n * size + i];
	sums[item] = sum;
	for (int less = 64; less > 0; less /= 2) {
		barrier(CLK_LOCAL_MEM_FENCE);
		if (item < less) sums[item] += sums[item + less];
	}
	if (item == 0) to[get_group_id(0)] = sums[0];
}

// Sums of blocks to the mean of each image: an item for each image.
kernel void means(global const float *sums, global float *to, const int total, const int blocks, const float size) {
	const int n = get_global_id(0);
	if (n >= total) return;
	float sum = 0;
	for (int b = 0; b < blocks; b++)
		sum += sums[n * blocks + b];
	to[n] = sum / size;
}

// Sums over a slice of the pixels for each channel: an item for each channel of a slice.
kernel void channelSums(global const float *x, global float *partial, const int total, const int channels, const int pixels,
	const int perSlice)
{
	const int i = get_global_id(0);
	if (i >= total) return;
	const int slice = i / channels, end = min((slice + 1) * perSlice, pixels);
	float sum = 0;
	for (int pixel = slice * perSlice; pixel < end; pixel++)
		sum += x[pixel * channels + i % channels];
	partial[i] = sum;
}

// Partial sums [slices,total] to their sum, in the slices' order.
kernel void reduce(global const float *partial, global float *to, const int total, const int slices) {
	const int i = get_global_id(0);
	if (i >= total) return;
	float sum = 0;
	for (int s = 0; s < slices; s++)
		sum += partial[s * total + i];
	to[i] = sum;
}

// Philox 4×32 with ten rounds (Salmon et al., Parallel random numbers: as easy as 1, 2, 3, SC 2011): a function of a counter and a key.
static uint4 philox(uint4 c, uint2 key) {
	for (int round = 0; round < 10; round++) {
		const uint a = 0xD2511F53u, b = 0xCD9E8D57u;
		c = (uint4) (mul_hi(b, c.z) ^ c.y ^ key.x, b * c.z, mul_hi(a, c.x) ^ c.w ^ key.y, a * c.x);
		key += (uint2) (0x9E3779B9u, 0xBB67AE85u);
	}
	return c;
}

// Two Gaussian numbers from two random ones (Box and Muller 1958); the angle goes from -π to π.
static float2 gaussians(const uint a, const uint b) {
	const float radius = sqrt(-2 * log(((a >> 8) + 1) * 0x1p-24f)), angle = (b >> 8) * 0x1p-23f - 1;
	return (float2) (radius * cospi(angle), radius * sinpi(angle));
}

// The value of a chain's state [N,height,width,channels] that a window of its images [n,wide·high,channels] has at a place.
typedef struct {
	int image, y, x, at;
} Place;

static Place placeOf(const int i, const int first, const int height, const int width, const int top, const int left, const int high,
	const int wide, const int channels)
{
	const int pixel = i / channels;
	Place p;
	p.image = first + pixel / (high * wide);
	p.y = top + pixel / wide % high;
	p.x = left + pixel % wide;
	p.at = ((p.image * height + mirrored(p.y, height)) * width + mirrored(p.x, width)) * channels + i % channels;
	return p;
}

// What a chain's energy sees of its state: a window, mirrored outside, in units of the noise; less each image's mean unless that is told.
kernel void look(global const float *state, global const float *mean, global float *z, const int total, const int first, const int height,
	const int width, const int top, const int left, const int high, const int wide, const int channels, const float scale,
	const int isTold)
{
	const int i = get_global_id(0);
	if (i >= total) return;
	const Place p = placeOf(i, first, height, width, top, left, high, wide, channels);
	z[i] = scale * (isTold ? state[p.at] : state[p.at] - mean[p.image]);
}

// σ∇E, a quarter of ∂E/∂z, of the window's pixels from a row and a column on to before others.
kernel void keep(global const float *dz, global float *gradient, const int total, const int first, const int height, const int width,
	const int top, const int left, const int high, const int wide, const int channels, const int firstRow, const int lastRow,
	const int firstColumn, const int lastColumn, const float limit)
{
	const int i = get_global_id(0);
	if (i >= total) return;
	const Place p = placeOf(i, first, height, width, top, left, high, wide, channels);
	const float g = 0.25f * dz[i];
	// What is no number stays none, as on the processor.
	if (p.y >= firstRow && p.y < lastRow && p.x >= firstColumn && p.x < lastColumn) gradient[p.at] = isnan(g) ? g : clamp(g, -limit, limit);
}

// The same pair of numbers for each image.
kernel void pairs(global float *to, const int total, const float one, const float two) {
	const int i = get_global_id(0);
	if (i < total) to[i] = i % 2 ? two : one;
}

// x ← x - a·g.
kernel void descend(global float *x, global const float *g, const int total, const float a) {
	const int i = get_global_id(0);
	if (i < total) x[i] -= a * g[i];
}

// g ← (g + h)/2.
kernel void average(global float *g, global const float *h, const int total) {
	const int i = get_global_id(0);
	if (i < total) g[i] = 0.5f * (g[i] + h[i]);
}

// x ← s·z, or added to what is there, with noise z of each value's place and its image's seed, of which a number has 16 bits.
kernel void noise(global float *x, global const float *seeds, const int total, const int rows, const int rowLength, const int firstInRow,
	const int firstRow, const int draw, const float s, const int add)
{
	const int i = get_global_id(0);
	if (i >= total) return;
	const int line = i / rowLength, at = firstInRow + i % rowLength;
	global const float *seed = seeds + line / rows * 4;
	const uint2 key = (uint2) ((uint) seed[0] | (uint) seed[1] << 16, (uint) seed[2] | (uint) seed[3] << 16);
	// Shifts of negative numbers fill up with their sign.
	const uint4 random = philox((uint4) (at >> 2, firstRow + line % rows, draw, 0), key);
	const float2 z = at & 2 ? gaussians(random.z, random.w) : gaussians(random.x, random.y);
	const float v = s * (at & 1 ? z.y : z.x);
	x[i] = add ? x[i] + v : v;
}

// Sums of count neighbours along one dimension, each times its weight; x is longer by what they reach out. Then as above.
kernel void weigh(global const float *x, global const float *weights, global float *to, const int total, const int length,
	const int apart, const int count, const float s, const int add)
{
	const int i = get_global_id(0);
	if (i >= total) return;
	global const float *from = x + (i / (length * apart) * (length + count - 1) + i / apart % length) * apart + i % apart;
	float sum = 0;
	for (int k = 0; k < count; k++)
		sum += weights[k] * from[k * apart];
	to[i] = add ? to[i] + s * sum : s * sum;
}

// Known pixels, those that are not free, have their values, and some of the noise z.
kernel void hold(global float *x, global const float *values, global const float *unknown, global const float *z, const int total,
	const int channels, const float s)
{
	const int i = get_global_id(0);
	if (i < total && unknown[i / channels] == 0) x[i] = s == 0 ? values[i] : values[i] + s * z[i];
}

kernel void copy(global const FEATURE *x, global FEATURE *to, const int total) {
	const int i = get_global_id(0);
	if (i < total) setFeature(featureAt(x, i), to, i);
}
