// How features lie in memory, which stands before all kernels: as floats or, with HALF, as numbers of 16 bits. These every device of OpenCL
// can read and write, even if it can't compute with them; numbers too large for them become the largest that there are.
#if HALF
#define FEATURE half
#define MOST 65504.0f
// Eight of them can be had together at multiples of this: drivers want as many bytes as vectors have.
#define ALIGNED 8
static float featureAt(global const half *from, const int i) {
	return vload_half(i, from);
}

static void setFeature(const float v, global half *to, const int i) {
	vstore_half(clamp(v, -MOST, MOST), i, to);
}

static float8 eightFeatures(global const half *from) {
	return vload_half8(0, from);
}

static void setEight(const float8 v, global half *to) {
	vstore_half8(clamp(v, -MOST, MOST), 0, to);
}
#else
#define FEATURE float
#define ALIGNED 4
static float featureAt(global const float *from, const int i) {
	return from[i];
}

static void setFeature(const float v, global float *to, const int i) {
	to[i] = v;
}

static float8 eightFeatures(global const float *from) {
	return (float8) (((global const float4 *) from)[0], ((global const float4 *) from)[1]);
}

static void setEight(const float8 v, global float *to) {
	((global float4 *) to)[0] = v.lo;
	((global float4 *) to)[1] = v.hi;
}
#endif
