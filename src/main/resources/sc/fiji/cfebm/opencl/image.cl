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

// z = (x - m)/(4σ), 0 where a pixel is missing (σ = ∞). A chain's σ is the number of its step.
kernel void standardize(global const float *x, global const float *sigma, global const float *offset, global float *z, const int total,
	const int area, const int channels, const int kind, const int perChannel, const int step)
{
	const int i = get_global_id(0);
	if (i >= total) return;
	const int pixel = i / channels, n = pixel / area;
	const float s = sigmaAt(sigma + step, kind, pixel, area);
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

// An image, unshuffled, with a frame of mirrored pixels, and what the network is told: [N,H/2+2·border,W/2+2·border,depth]. What it is
// told of a chain begins at its step's place.
kernel void load(global const float *z, global const float *told, global const float *correlation, global float *in, const int total,
	const int height, const int width, const int channels, const int border, const int depth, const int isTold, const int correlated,
	const int step)
{
	const int i = get_global_id(0);
	if (i >= total) return;
	const int cell = i / depth, channel = i % depth, w = width / 2 + 2 * border, h = height / 2 + 2 * border;
	const int n = cell / (w * h), y = 2 * (cell / w % h - border), x = 2 * (cell % w - border), unshuffled = 4 * channels;
	float v = 0;
	if (channel < unshuffled) v = z[((n * height + mirrored(y + channel / (2 * channels), height)) * width + mirrored(x + channel /
		channels % 2, width)) * channels + channel % channels];
	else if (isTold && channel <= 5 * channels) {
		const float scale = told[step + 2 * n];
		if (scale > 0) {
			if (channel == 5 * channels) v = told[step + 2 * n + 1];
			else for (int k = 0; k < 4; k++)
				v += 0.25f * scale * z[((n * height + mirrored(y + k / 2, height)) * width + mirrored(x + k % 2, width)) * channels +
					channel - unshuffled];
		}
	}
	else if (correlated >= 0 && channel >= correlated && channel < correlated + 2) v = correlation[2 * n + channel - correlated];
	in[i] = v;
}

// An output of the network as an image, of half the size if shift is 1: to = scale·output, or added to what is there.
kernel void unpack(global const float *out, global float *to, const int total, const int height, const int width, const int channels,
	const int depth, const int output, const int shift, const float scale, const int add)
{
	const int i = get_global_id(0);
	if (i >= total) return;
	const int pixel = i / channels, n = pixel / (width * height), y = (pixel / width % height) >> shift, x = (pixel % width) >> shift;
	const int h = height >> (shift + 1), w = width >> (shift + 1);
	const float v = scale * out[((n * h + y / 2) * w + x / 2) * depth + (4 * output + y % 2 * 2 + x % 2) * channels + i % channels];
	to[i] = add ? to[i] + v : v;
}

// The other way round: the gradient of the network's outputs from those of images r and, with two outputs, p.
kernel void pack(global const float *r, global const float *p, global float *to, const int total, const int height, const int width,
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
	to[i] = scale * v;
}

static float unshuffled(global const float *gradient, const int n, const int y, const int x, const int c, const int h, const int w,
	const int channels, const int border, const int depth, const float told)
{
	const int yy = y + 2 * border, xx = x + 2 * border;
	global const float *cell = gradient + ((n * (h + 2 * border) + yy / 2) * (w + 2 * border) + xx / 2) * depth;
	const float v = cell[(yy % 2 * 2 + xx % 2) * channels + c];
	return told > 0 ? v + 0.25f * told * cell[4 * channels + c] : v;
}

// The gradient of an image from that of the unshuffled one, with that of its mirrored pixels; of half the size if shift is 1.
kernel void inputGradient(global const float *gradient, global const float *told, global float *to, const int total, const int height,
	const int width, const int channels, const int border, const int depth, const int isTold, const int shift, const float scale,
	const int add, const int step)
{
	const int i = get_global_id(0);
	if (i >= total) return;
	const int pixel = i / channels, n = pixel / (width * height), c = i % channels;
	const int h = height >> shift, w = width >> shift, y = (pixel / width % height) >> shift, x = (pixel % width) >> shift;
	const float t = isTold ? told[step + 2 * n] : 0;
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
kernel void activate(global const float *x, global const float *bias, global float *y, global float *d, const int total,
	const int channels, const int biased)
{
	const int i = get_global_id(0);
	if (i >= total) return;
	const float v = biased ? x[i] + bias[i % channels] : x[i], t = 1 - 2 / (exp(2 * v) + 1), s = v + v * t;
	y[i] = s;
	d[i] = 1 + t + s - s * t;
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

// Two Gaussian numbers from two random ones (Box and Muller 1958).
static float2 gaussians(const uint a, const uint b) {
	const float radius = sqrt(-2 * log(((a >> 8) + 1) * 0x1p-24f)), angle = (b >> 8) * 0x1p-24f;
	return (float2) (radius * cospi(2 * angle), radius * sinpi(2 * angle));
}

// A Langevin step x ← x - a·σ∇E + s·z, of g = ∂E/∂z (σ∇E is a quarter of it); a·σ∇E is at most the limit. An item has four values,
// and its noise depends on the seed, the step and its number in the whole batch.
kernel void langevin(global float *x, global const float *g, const int total, const float a, const float s, const float limit,
	const int step, const int firstItem, const int keyLow, const int keyHigh)
{
	const int first = 4 * get_global_id(0);
	if (first >= total) return;
	float z[4] = { 0, 0, 0, 0 };
	if (s != 0) {
		const uint4 random = philox((uint4) (firstItem + get_global_id(0), step, 0, 0), (uint2) (keyLow, keyHigh));
		const float2 one = gaussians(random.x, random.y), two = gaussians(random.z, random.w);
		z[0] = one.x;
		z[1] = one.y;
		z[2] = two.x;
		z[3] = two.y;
	}
	for (int k = 0; k < 4 && first + k < total; k++)
		x[first + k] += s * z[k] - clamp(a * 0.25f * g[first + k], -limit, limit);
}

kernel void copy(global const float *x, global float *to, const int total) {
	const int i = get_global_id(0);
	if (i < total) to[i] = x[i];
}
