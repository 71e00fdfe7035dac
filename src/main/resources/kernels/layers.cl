// The arithmetic of a multilayer perceptron over one mini-batch. Each sum has the order of ScalarDense and Embeddings, each
// formula the operations of ScalarKernel: a device whose division and root are exact gives their bits.
// Work items beyond what there is to do return: the host pads their number.

#pragma OPENCL FP_CONTRACT OFF

#define GAMMA 0x9e3779b97f4a7c15UL
#define TILE 32
#define DEPTH 16
#define SIDE 8
#define EACH (TILE / SIDE)

// Rows `from` to `to`: y[r][f] = sum of x e over the entries of r.
kernel void embed(
        global const float *cells, int stride, int each, int width,
        global const int *ends, global const int *indices, global const float *x,
        int from, int to, global float *y, int at, int ldy) {
    int item = get_global_id(0);
    int r = from + item / width;
    int f = item % width;
    if (r >= to) {
        return;
    }
    float sum = 0;
    for (int j = r == 0 ? 0 : ends[r - 1]; j < ends[r]; j++) {
        sum = fma(cells[(size_t)indices[j] * stride + f * each], x[j], sum);
    }
    y[at + (r - from) * ldy + f] = sum;
}

// c[i][j] = start[j] + sum over k of a[i][k] b[k][j], in the order of k; without `started` from 0 on. A group makes a tile of
// 32 by 32, an item 4 by 4 of it, eight apart.
kernel __attribute__((reqd_work_group_size(SIDE, SIDE, 1))) void product(
        int rows, int columns, int depth,
        global const float *a, int a0, int ai, int ak,
        global const float *b, int b0, int bk, int bj,
        int started, int s0, int sj,
        global float *c, int c0, int ci) {
    local float as[DEPTH][TILE + 1];
    local float bs[DEPTH][TILE + 1];
    int x = get_local_id(0);
    int y = get_local_id(1);
    int left = get_group_id(0) * TILE;
    int top = get_group_id(1) * TILE;
    float sums[EACH][EACH];
    for (int p = 0; p < EACH; p++) {
        for (int q = 0; q < EACH; q++) {
            int j = left + x + q * SIDE;
            sums[p][q] = started && j < columns ? b[s0 + j * sj] : 0;
        }
    }
    for (int first = 0; first < depth; first += DEPTH) {
        for (int n = y * SIDE + x; n < DEPTH * TILE; n += SIDE * SIDE) {
            int k = n / TILE;
            int t = n % TILE;
            int i = top + t;
            int j = left + t;
            int inside = first + k < depth;
            as[k][t] = inside && i < rows ? a[a0 + i * ai + (first + k) * ak] : 0;
            bs[k][t] = inside && j < columns ? b[b0 + (first + k) * bk + j * bj] : 0;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        int last = min(DEPTH, depth - first);
        for (int k = 0; k < last; k++) {
            float av[EACH];
            for (int p = 0; p < EACH; p++) {
                av[p] = as[k][y + p * SIDE];
            }
            for (int q = 0; q < EACH; q++) {
                float bv = bs[k][x + q * SIDE];
                for (int p = 0; p < EACH; p++) {
                    sums[p][q] = fma(av[p], bv, sums[p][q]);
                }
            }
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    for (int p = 0; p < EACH; p++) {
        for (int q = 0; q < EACH; q++) {
            int i = top + y + p * SIDE;
            int j = left + x + q * SIDE;
            if (i < rows && j < columns) {
                c[c0 + i * ci + j] = sums[p][q];
            }
        }
    }
}

// g[c] = sum over r of dy[r][c].
kernel void sums(int rows, int columns, global const float *dy, int ldy, global float *g, int at) {
    int c = get_global_id(0);
    if (c >= columns) {
        return;
    }
    float sum = 0;
    for (int r = 0; r < rows; r++) {
        sum += dy[r * ldy + c];
    }
    g[at + c] = sum;
}

float within(float x) {
    float n = fma(x, 1.442695f, 12582912.0f) - 12582912.0f;
    float r = fma(n, 2.1219444e-4f, fma(n, -0x1.63p-1f, x));
    float p = fma(1.9875691e-4f, r, 1.3981999e-3f);
    p = fma(p, r, 8.333452e-3f);
    p = fma(p, r, 4.1665796e-2f);
    p = fma(p, r, 1.6666666e-1f);
    p = fma(p, r, 0.5f);
    p = fma(p, r * r, r) + 1;
    return p * as_float(((int)n + 127) << 23);
}

float clip(float x, float least, float most) {
    return x > most ? most : x > least ? x : x <= least ? least : 0;
}

float sigmoid(float z) {
    return 1 / (1 + within(clip(-z, -87, 88)));
}

// ACTIVATION is one of these.
#define IDENTITY 0
#define RELU 1
#define LEAKY_RELU 2
#define SIGMOID 3
#define TANH 4
#define GELU 5
#define LEAK 0.01f
#define GELU_1 1.595769f
#define GELU_3 (0.044715f * GELU_1)

float activation(float z) {
    switch (ACTIVATION) {
        case RELU:
            return z > 0 ? z : 0;
        case LEAKY_RELU:
            return z > 0 ? z : LEAK * z;
        case SIGMOID:
            return sigmoid(z);
        case TANH:
            return fma(2.0f, sigmoid(2 * z), -1.0f);
        case GELU:
            return z * sigmoid(z * fma(GELU_3, z * z, GELU_1));
        default:
            return z;
    }
}

float slope(float z, float y) {
    switch (ACTIVATION) {
        case RELU:
            return z > 0 ? 1 : 0;
        case LEAKY_RELU:
            return z > 0 ? 1 : LEAK;
        case SIGMOID:
            return y * (1 - y);
        case TANH:
            return fma(-y, y, 1.0f);
        case GELU: {
            float square = z * z;
            float s = sigmoid(z * fma(GELU_3, square, GELU_1));
            return fma(z * (s * (1 - s)), fma(3 * GELU_3, square, GELU_1), s);
        }
        default:
            return 1;
    }
}

kernel void activate(global const float *z, global float *y, int at, int n) {
    int item = get_global_id(0);
    if (item < n) {
        y[at + item] = activation(z[at + item]);
    }
}

kernel void slopes(global const float *z, global const float *y, global float *dy, int n) {
    int item = get_global_id(0);
    if (item < n) {
        dy[item] *= slope(z[item], y[item]);
    }
}

// Slopes by the floats of each feature of the mini-batch: those of the rows that have it, in their order. Entry `o` of feature
// `s` of all is number `starts[s]` to `starts[s + 1]`.
kernel void spread(
        global const int *starts, global const int *rows, global const float *x, int features, int width,
        global const float *dx, int from, int ldx, global float *g, int at) {
    int item = get_global_id(0);
    int s = item / width;
    int f = item % width;
    if (s >= features) {
        return;
    }
    float sum = 0;
    for (int o = starts[s]; o < starts[s + 1]; o++) {
        sum = fma(x[o], dx[from + rows[o] * ldx + f], sum);
    }
    g[at + item] = sum;
}

ulong mix64(ulong z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9UL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebUL;
    return z ^ (z >> 31);
}

float uniform_of(ulong seed, ulong number) {
    return ((long)mix64(seed + GAMMA * (number + 1)) >> 40) * 0x1p-23f;
}

// Gives their embeddings to features that have only zeros, and says so in `fresh`. Where a parameter has a z, the one that has
// the value for its weight (Ftrl).
kernel void begin_features(
        global float *cells, int stride, int each, int width, global const int *features, int n, ulong seed, float init,
        int proximal, float divisor, float l1, global int *fresh) {
    int s = get_global_id(0);
    if (s >= n) {
        return;
    }
    size_t from = (size_t)features[s] * stride;
    int empty = 1;
    for (int k = 0; k < stride; k++) {
        empty &= cells[from + k] == 0;
    }
    fresh[s] = empty;
    if (!empty) {
        return;
    }
    for (int f = 0; f < width; f++) {
        float value = uniform_of(seed, ((ulong)features[s] << 8) + f) * init;
        cells[from + f * each] = value;
        if (proximal) {
            cells[from + f * each + 1] = -fma(value, divisor, copysign(l1, value));
        }
    }
}

kernel void forget_features(
        global float *cells, int stride, global const int *features, int n, global const int *fresh) {
    int s = get_global_id(0);
    if (s >= n || !fresh[s]) {
        return;
    }
    for (int k = 0; k < stride; k++) {
        cells[(size_t)features[s] * stride + k] = 0;
    }
}

// A step moves the `dense` parameters from number `first` on, then `width` of each feature, which stand from `offset` on in
// its cell of `stride` floats, `each` apart. What is remembered of a parameter stands `gap` floats behind it, and `gap` behind
// that. Where parameter `item` stands in the cells:
size_t place(
        int item, int dense, int first, int width, int stride, int each, int offset, global const int *features) {
    int of = item - dense;
    return of < 0
            ? (size_t)(first + item) * each
            : (size_t)features[of / width] * stride + offset + of % width * each;
}

#define PARAMETERS global float *cells, int dense, int first, int width, int stride, int each, int gap, int offset, \
    global const int *features, int n, global const float *g
#define STEP \
    int item = get_global_id(0); \
    if (item >= n) { \
        return; \
    } \
    size_t at = place(item, dense, first, width, stride, each, offset, features);

// Says in `flag` whether a slope is beyond `most`, or no number.
kernel void bounded(int n, global const float *g, float most, global int *flag) {
    int item = get_global_id(0);
    if (item < n && !(fabs(g[item]) <= most)) {
        flag[0] = 1;
    }
}

// The same for weights that a step could take beyond `most`.
kernel void reaches(PARAMETERS, float reach, float most, global int *flag) {
    STEP
    if (!(fma(reach, fabs(g[item]), fabs(cells[at])) <= most)) {
        flag[0] = 1;
    }
}

float shrunk(float w, float l1, float l2) {
    float left = fabs(w) - l1;
    return left > 0 ? copysign(left, w) / (1 + l2) : 0;
}

kernel void add_scaled(PARAMETERS, float scale) {
    STEP
    cells[at] = fma(scale, g[item], cells[at]);
}

kernel void shrink(PARAMETERS, float l1, float l2) {
    STEP
    cells[at] = shrunk(cells[at], l1, l2);
}

// A moment, which is 0 where it would be too small.
float faded(float moment) {
    return fabs(moment) < 0x1p-120f ? 0 : moment;
}

kernel void momentum(PARAMETERS, float scale, float mu, int nesterov) {
    STEP
    float move = scale * g[item];
    float v = faded(fma(mu, cells[at + gap], move));
    cells[at] += nesterov ? fma(mu, v, move) : v;
    cells[at + gap] = v;
}

kernel void adaptive(PARAMETERS, float rate, float keep, float take, float epsilon, float l1, float l2) {
    STEP
    float sum = fma(take * g[item], g[item], keep * cells[at + gap]);
    if (sum > 0) {
        float r = rate / (sqrt(sum) + epsilon);
        float w = fma(-r, g[item], cells[at]);
        cells[at] = l1 > 0 || l2 > 0 ? shrunk(w, r * l1, r * l2) : w;
        cells[at + gap] = sum;
    }
}

kernel void adam(PARAMETERS, float alpha, float beta1, float beta2, float epsilon) {
    STEP
    float m = faded(fma(beta1, cells[at + gap], (1 - beta1) * g[item]));
    float v = faded(fma(beta2, cells[at + 2 * gap], (1 - beta2) * g[item] * g[item]));
    float divisor = sqrt(v) + epsilon;
    if (divisor > 0) {
        cells[at] -= alpha * m / divisor;
    }
    cells[at + gap] = m;
    cells[at + 2 * gap] = v;
}

kernel void ftrl(PARAMETERS, float alpha, float beta, float l1, float l2) {
    STEP
    float before = cells[at + 2 * gap];
    float after = fma(g[item], g[item], before);
    float root = sqrt(after);
    float z = fma(-(root - sqrt(before)) / alpha, cells[at], cells[at + gap] + g[item]);
    cells[at + gap] = z;
    cells[at + 2 * gap] = after;
    float left = fabs(z) - l1;
    float divisor = (beta + root) / alpha + l2;
    cells[at] = left > 0 && divisor > 0 ? -copysign(left, z) / divisor : 0;
}
