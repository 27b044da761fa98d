/* softmax: forward and backward kernels for C99.
 *
 * Do not edit: this file is generated. Regenerate it with: regenerate-kernels softmax
 *
 * The forward and backward pass of softmax for float32 and float64 arrays, derived from
 *
 *     shift = max[d](x)
 *     raised = exp(x - shift)
 *     mass = sum[d](raised)
 *     y = raised/mass
 *     exp_shifted = exp(x_shifted)
 *     grad_input = exp_shifted*(grad_output - sum[d](exp_shifted*grad_output)/mass)/mass
 *
 * Here sum[...] adds over the axes in brackets, and N_a is the size of axis a.
 *
 * It relies on these theorems about the layer, each proven and checked independently:
 *
 * - the output does not depend on shift
 * - closed form of grad_x
 * - closed form of tangent_y
 * - closed form of grad_grad_output of the backward pass
 * - closed form of grad_x of the backward pass
 *
 * Derivation: sha256 2725177e8e085970d41f00c1b149f07f02586075da66c427323b4ecf16306c44
 *
 * Use: include this file wherever the functions are called; in one C99 (or C++) file, define SOFTMAX_IMPLEMENTATION
 * before that. Link with the mathematical library. With OpenMP the work is shared out to threads; the results have the
 * same bits without it. Nothing is allocated and there is no global state: what a call needs beside its arguments is
 * the workspace that the caller gives, aligned as double.
 *
 * Full-size arrays come with their strides, in elements, which may be negative or NULL for C order. Smaller tensors and
 * results are dense, in C order over the dimensions that belong to them, in the order of the array's dimensions.
 * What is written may be exactly an array that is read, with the same strides; no other overlap is allowed.
 */
#ifndef SOFTMAX_H
#define SOFTMAX_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    SOFTMAX_OK = 0,
    SOFTMAX_NULL = 1,      /* a pointer that is needed is NULL */
    SOFTMAX_EXTENTS = 2,   /* a rank, size or class that cannot be, or more elements than can be counted */
    SOFTMAX_WORKSPACE = 3, /* too small, NULL or not aligned as double */
    SOFTMAX_THREADS = 4,   /* less than one thread */
    SOFTMAX_EMPTY = 5      /* no elements, so there are no statistics */
};

/* The shape of the full-size arrays. The classes have one letter for each dimension:
 *     n: n
 *     d: d
 */
typedef struct {
    int rank;
    const ptrdiff_t *size;
    const char *classes;
} softmax_extents;

/* statistics: shift, mass.
 *
 * x: a full-size array that is read.
 * result_shift: receives shift, dense over the classes n.
 * result_mass: receives mass, dense over the classes n.
 *
 * Returns SOFTMAX_OK or one of the errors above. The results do not depend on the number of threads.
 */
int softmax_statistics_float(
    const softmax_extents *extents,
    const float *x, const ptrdiff_t *x_strides,
    double *result_shift,
    double *result_mass,
    void *workspace,
    size_t workspace_size,
    int threads);

int softmax_statistics_double(
    const softmax_extents *extents,
    const double *x, const ptrdiff_t *x_strides,
    double *result_shift,
    double *result_mass,
    void *workspace,
    size_t workspace_size,
    int threads);

/* How many bytes of workspace a call needs. */
size_t softmax_statistics_workspace(const softmax_extents *extents);

/* forward: y, shift, mass.
 *
 * x: a full-size array that is read.
 * y: a full-size array that is written.
 * result_shift: receives shift, dense over the classes n.
 * result_mass: receives mass, dense over the classes n.
 *
 * Returns SOFTMAX_OK or one of the errors above. The results do not depend on the number of threads.
 */
int softmax_forward_float(
    const softmax_extents *extents,
    const float *x, const ptrdiff_t *x_strides,
    float *y, const ptrdiff_t *y_strides,
    double *result_shift,
    double *result_mass,
    void *workspace,
    size_t workspace_size,
    int threads);

int softmax_forward_double(
    const softmax_extents *extents,
    const double *x, const ptrdiff_t *x_strides,
    double *y, const ptrdiff_t *y_strides,
    double *result_shift,
    double *result_mass,
    void *workspace,
    size_t workspace_size,
    int threads);

/* How many bytes of workspace a call needs. */
size_t softmax_forward_workspace(const softmax_extents *extents);

/* backward: grad_x.
 *
 * grad_output: a full-size array that is read.
 * x: a full-size array that is read.
 * shift: dense over the classes n.
 * mass: dense over the classes n.
 * grad_x: a full-size array that is written.
 *
 * Returns SOFTMAX_OK or one of the errors above. The results do not depend on the number of threads.
 */
int softmax_backward_float(
    const softmax_extents *extents,
    const float *grad_output, const ptrdiff_t *grad_output_strides,
    const float *x, const ptrdiff_t *x_strides,
    const double *shift,
    const double *mass,
    float *grad_x, const ptrdiff_t *grad_x_strides,
    void *workspace,
    size_t workspace_size,
    int threads);

int softmax_backward_double(
    const softmax_extents *extents,
    const double *grad_output, const ptrdiff_t *grad_output_strides,
    const double *x, const ptrdiff_t *x_strides,
    const double *shift,
    const double *mass,
    double *grad_x, const ptrdiff_t *grad_x_strides,
    void *workspace,
    size_t workspace_size,
    int threads);

/* How many bytes of workspace a call needs. */
size_t softmax_backward_workspace(const softmax_extents *extents);

/* jvp: tangent_y.
 *
 * x: a full-size array that is read.
 * tangent_x: a full-size array that is read.
 * shift: dense over the classes n.
 * mass: dense over the classes n.
 * tangent_y: a full-size array that is written.
 *
 * Returns SOFTMAX_OK or one of the errors above. The results do not depend on the number of threads.
 */
int softmax_jvp_float(
    const softmax_extents *extents,
    const float *x, const ptrdiff_t *x_strides,
    const float *tangent_x, const ptrdiff_t *tangent_x_strides,
    const double *shift,
    const double *mass,
    float *tangent_y, const ptrdiff_t *tangent_y_strides,
    void *workspace,
    size_t workspace_size,
    int threads);

int softmax_jvp_double(
    const softmax_extents *extents,
    const double *x, const ptrdiff_t *x_strides,
    const double *tangent_x, const ptrdiff_t *tangent_x_strides,
    const double *shift,
    const double *mass,
    double *tangent_y, const ptrdiff_t *tangent_y_strides,
    void *workspace,
    size_t workspace_size,
    int threads);

/* How many bytes of workspace a call needs. */
size_t softmax_jvp_workspace(const softmax_extents *extents);

/* double_backward: grad_grad_output, grad_x.
 *
 * grad_output: a full-size array that is read.
 * x: a full-size array that is read.
 * cotangent_grad_input: a full-size array that is read.
 * shift: dense over the classes n.
 * mass: dense over the classes n.
 * grad_grad_output: a full-size array that is written.
 * grad_x: a full-size array that is written.
 *
 * Returns SOFTMAX_OK or one of the errors above. The results do not depend on the number of threads.
 */
int softmax_double_backward_float(
    const softmax_extents *extents,
    const float *grad_output, const ptrdiff_t *grad_output_strides,
    const float *x, const ptrdiff_t *x_strides,
    const float *cotangent_grad_input, const ptrdiff_t *cotangent_grad_input_strides,
    const double *shift,
    const double *mass,
    float *grad_grad_output, const ptrdiff_t *grad_grad_output_strides,
    float *grad_x, const ptrdiff_t *grad_x_strides,
    void *workspace,
    size_t workspace_size,
    int threads);

int softmax_double_backward_double(
    const softmax_extents *extents,
    const double *grad_output, const ptrdiff_t *grad_output_strides,
    const double *x, const ptrdiff_t *x_strides,
    const double *cotangent_grad_input, const ptrdiff_t *cotangent_grad_input_strides,
    const double *shift,
    const double *mass,
    double *grad_grad_output, const ptrdiff_t *grad_grad_output_strides,
    double *grad_x, const ptrdiff_t *grad_x_strides,
    void *workspace,
    size_t workspace_size,
    int threads);

/* How many bytes of workspace a call needs. */
size_t softmax_double_backward_workspace(const softmax_extents *extents);

#ifdef __cplusplus
}
#endif

#endif /* SOFTMAX_H */

#if defined(SOFTMAX_IMPLEMENTATION) && !defined(SOFTMAX_IMPLEMENTED)
#define SOFTMAX_IMPLEMENTED

#if defined(__FAST_MATH__)
#error "softmax: sums are kept to the last digit, which -ffast-math takes apart"
#endif

#include <math.h>
#include <string.h>

#define SOFTMAX_RANK 64       /* the most dimensions of an array */
#define SOFTMAX_LANES 256     /* the most lanes of a block */
#define SOFTMAX_TILE 512      /* the most elements that are copied or that stand side by side in columns */
#define SOFTMAX_CHAINS 8      /* partial sums that a row is summed in */
#define SOFTMAX_PORTIONS 16   /* partial results of a sum across blocks */
#define SOFTMAX_SPLITS 16     /* parts that one block is cut into */
#define SOFTMAX_FEW 64        /* sums of fewer terms are taken with more digits */
#define SOFTMAX_TABLES 6

#if defined(__GNUC__)
#define SOFTMAX_INLINE static inline __attribute__((always_inline))
#else
#define SOFTMAX_INLINE static inline
#endif
#if defined(_OPENMP)
#define SOFTMAX_SIMD _Pragma("omp simd")
#else
#define SOFTMAX_SIMD
#endif

/* Asks for memory that is needed soon; nothing is read. */
static inline void softmax_fetch(const void *from, ptrdiff_t bytes)
{
#if defined(__GNUC__)
    const char *line = (const char *)from;
    ptrdiff_t k;
    for (k = 0; k < bytes; k += 64) __builtin_prefetch(line + k);
#else
    (void)from, (void)bytes;
#endif
}

/* How one call walks through its arrays. Dimensions stand in the order of memory, neighbours of one class are merged
 * where every table of strides allows it. A block is some neighbours, the lanes, along one dimension of the outer
 * classes with everything that belongs to them; a unit of a block is one run along its innermost other dimension. */
typedef struct {
    int rank, tables;
    ptrdiff_t size[SOFTMAX_RANK];
    char label[SOFTMAX_RANK];
    ptrdiff_t stride[SOFTMAX_TABLES][SOFTMAX_RANK];
    ptrdiff_t lane_stride[SOFTMAX_TABLES];
    ptrdiff_t run_stride[SOFTMAX_TABLES];
    int lane, run, columns, scattered;
    int outers, inners;
    int outer[SOFTMAX_RANK], inner[SOFTMAX_RANK];
    ptrdiff_t lanes, lane_size, lane_blocks, blocks;
    ptrdiff_t run_size, segment, segments, units, splits;
    ptrdiff_t elements;
} softmax_walk;

/* One block: how many lanes it has, where it begins in each table, and its place along each dimension. */
typedef struct {
    ptrdiff_t lanes;
    ptrdiff_t at[SOFTMAX_TABLES];
    double *part;
} softmax_block;

static inline int softmax_is_in(char label, const char *classes) { return label != 0 && strchr(classes, label) != NULL;
    }

static inline ptrdiff_t softmax_size_of(ptrdiff_t stride) { return stride < 0 ? -stride : stride; }

static inline ptrdiff_t softmax_least(ptrdiff_t left, ptrdiff_t right) { return left < right ? left : right; }

/* The number of elements along some classes; -1 where it does not fit. */
static inline ptrdiff_t softmax_count(const softmax_extents *extents, const char *classes)
{
    const ptrdiff_t most = (ptrdiff_t)(((size_t)-1) / 2 / 4096);
    ptrdiff_t result = 1;
    int d;
    for (d = 0; d < extents->rank; ++d) {
        if (softmax_is_in(extents->classes[d], classes)) {
            if (extents->size[d] > 0 && result > most / extents->size[d]) return -1;
            result *= extents->size[d];
        }
    }
    return result;
}

static inline int softmax_check_extents(const softmax_extents *extents)
{
    ptrdiff_t empty = 0;
    int d;
    if (extents == NULL) return SOFTMAX_NULL;
    if (extents->rank < 0 || extents->rank > SOFTMAX_RANK) return SOFTMAX_EXTENTS;
    if (extents->rank > 0 && (extents->size == NULL || extents->classes == NULL)) return SOFTMAX_NULL;
    for (d = 0; d < extents->rank; ++d) {
        if (extents->size[d] < 0 || !softmax_is_in(extents->classes[d], "nd")) return SOFTMAX_EXTENTS;
        empty += extents->size[d] == 0;
    }
    return empty == 0 && softmax_count(extents, "nd") < 0 ? SOFTMAX_EXTENTS : SOFTMAX_OK;
}

/* The strides of a dense tensor over some classes, zero along those that are not in `along`. */
static inline void softmax_dense(const softmax_extents *extents, const char *layout, const char *along,
    ptrdiff_t *stride)
{
    ptrdiff_t step = 1;
    int d;
    for (d = extents->rank - 1; d >= 0; --d) {
        stride[d] = softmax_is_in(extents->classes[d], along) ? step : 0;
        if (softmax_is_in(extents->classes[d], layout)) step *= extents->size[d];
        if (!softmax_is_in(extents->classes[d], layout)) stride[d] = 0;
    }
}

static inline int softmax_comes_before(const softmax_walk *w, int arrays, int left, int right)
{
    ptrdiff_t reach_left = 0, reach_right = 0;
    int t;
    for (t = 0; t < arrays; ++t) {
        reach_left += softmax_size_of(w->stride[t][left]);
        reach_right += softmax_size_of(w->stride[t][right]);
    }
    return reach_left > reach_right;
}

static inline void softmax_move(const softmax_walk *from, int tables, int source, softmax_walk *to, int place)
{
    int t;
    to->size[place] = from->size[source];
    to->label[place] = from->label[source];
    for (t = 0; t < tables; ++t) to->stride[t][place] = from->stride[t][source];
}

static inline int softmax_merges(const softmax_walk *w, int tables, int before, int after)
{
    int t;
    if (w->label[before] != w->label[after]) return 0;
    for (t = 0; t < tables; ++t) {
        if (w->stride[t][before] != w->stride[t][after] * w->size[after]) return 0;
    }
    return 1;
}

/* Puts the dimensions that are longer than one in the order of memory, and merges them. */
static inline void softmax_arrange(softmax_walk *w, int arrays, int tables, int rank)
{
    int d, e, kept = 0;
    softmax_walk one;
    for (d = 0; d < rank; ++d) {
        if (w->size[d] == 1) continue;
        softmax_move(w, tables, d, &one, 0);
        softmax_move(w, tables, d, w, kept);
        for (e = kept; e > 0; --e) {
            if (!softmax_comes_before(w, arrays, e, e - 1)) break;
            softmax_move(w, tables, e - 1, w, e);
            softmax_move(&one, tables, 0, w, e - 1);
        }
        ++kept;
    }
    w->rank = kept > 0;
    for (d = 1; d < kept; ++d) {
        if (softmax_merges(w, tables, w->rank - 1, d)) {
            const ptrdiff_t size = w->size[w->rank - 1] * w->size[d];
            softmax_move(w, tables, d, w, w->rank - 1);
            w->size[w->rank - 1] = size;
        } else {
            softmax_move(w, tables, d, w, w->rank);
            ++w->rank;
        }
    }
}

/* Whether rows and lanes together are one run in every array, so that they can stand side by side as columns. */
static inline int softmax_is_flat(const softmax_walk *w, int arrays)
{
    int t;
    for (t = 0; t < arrays; ++t) {
        if (w->stride[t][w->run] != 1 || w->stride[t][w->lane] != w->size[w->run]) return 0;
    }
    return 1;
}

/* Which dimensions are the lanes and the run, how many lanes a block has, how many units, in how many parts. */
static inline void softmax_choose(softmax_walk *w, const char *outer, int arrays, int tables, ptrdiff_t item, int whole)
{
    ptrdiff_t inside = 1, room;
    int d, t;
    w->lane = w->run = -1;
    for (d = 0; d < w->rank; ++d) {
        if (softmax_is_in(w->label[d], outer)) w->lane = d;
        else { w->run = d; inside *= w->size[d]; }
    }
    w->columns = w->lane >= 0 && w->lane == w->rank - 1 && (w->run < 0 || w->size[w->lane] >= 16);
    if (w->columns) {
        w->run = -1;
        room = SOFTMAX_LANES;
    } else if (w->lane >= 0 && w->lane == w->rank - 2 && w->size[w->run] < 64 && softmax_is_flat(w, arrays)) {
        w->columns = 1;
        room = SOFTMAX_TILE / w->size[w->run];
    } else {
        const ptrdiff_t row = (w->run < 0 ? 1 : w->size[w->run]) * item;
        room = softmax_least(SOFTMAX_LANES, 4096 / row + 1);
        if (room < 262144 / (inside * item * arrays)) room = 262144 / (inside * item * arrays);
    }
    w->lane_size = w->lane < 0 ? 1 : w->size[w->lane];
    w->lanes = softmax_least(softmax_least(room, SOFTMAX_LANES), w->lane_size);
    if (w->lanes < 1) w->lanes = 1;
    w->lane_blocks = (w->lane_size + w->lanes - 1) / w->lanes;
    w->lanes = (w->lane_size + w->lane_blocks - 1) / w->lane_blocks;
    w->lane_blocks = (w->lane_size + w->lanes - 1) / w->lanes;
    w->blocks = w->lane_blocks;
    w->outers = w->inners = 0;
    w->units = 1;
    for (d = 0; d < w->rank; ++d) {
        if (d == w->lane || d == w->run) continue;
        if (softmax_is_in(w->label[d], outer)) { w->outer[w->outers++] = d; w->blocks *= w->size[d]; }
        else { w->inner[w->inners++] = d; w->units *= w->size[d]; }
    }
    w->run_size = w->run < 0 ? 1 : w->size[w->run];
    w->segment = softmax_least(w->run_size, 8192);
    w->segments = (w->run_size + w->segment - 1) / w->segment;
    w->units *= w->segments;
    w->splits = softmax_least(softmax_least(SOFTMAX_SPLITS, SOFTMAX_LANES / w->lanes), inside * w->lanes / 32768);
    w->splits = whole ? 1 : softmax_least(w->splits, w->units);
    if (w->splits < 1) w->splits = 1;
    /* Where each unit is a short piece far from the last, the processor does not foresee the next one. */
    w->scattered = (w->run_size * (w->columns ? w->lanes : 1)) * item <= 16384 && w->units > 1
        && (w->run < 0 || w->run_size > 1);
    for (t = 0; t < tables; ++t) {
        w->scattered = w->scattered && (t >= arrays || w->run < 0 || w->stride[t][w->run] == 1);
        w->lane_stride[t] = w->lane < 0 ? 0 : w->stride[t][w->lane];
        w->run_stride[t] = w->run < 0 ? 0 : w->stride[t][w->run];
    }
}

/* Fills in a walk: the first tables are the strides of full-size arrays (NULL for C order), the others those of
 * smaller tensors, given by the classes they are dense over and those they are read along. */
static inline void softmax_plan(softmax_walk *w, const softmax_extents *extents, const char *outer, int arrays,
    const ptrdiff_t *const *strides, int smaller, const char *const *layouts, ptrdiff_t item, int whole)
{
    int d, t;
    w->tables = arrays + smaller;
    w->elements = softmax_count(extents, "nd");
    for (d = 0; d < extents->rank; ++d) {
        w->size[d] = extents->size[d];
        w->label[d] = extents->classes[d];
    }
    for (t = 0; t < arrays; ++t) {
        if (strides[t] == NULL) softmax_dense(extents, "nd", "nd", w->stride[t]);
        else for (d = 0; d < extents->rank; ++d) w->stride[t][d] = strides[t][d];
    }
    for (t = 0; t < smaller; ++t) softmax_dense(extents, layouts[2 * t], layouts[2 * t + 1], w->stride[arrays + t]);
    softmax_arrange(w, arrays, arrays + smaller, extents->rank);
    softmax_choose(w, outer, arrays, arrays + smaller, item, whole);
}

static inline void softmax_locate(const softmax_walk *w, ptrdiff_t number, softmax_block *c)
{
    const ptrdiff_t begin = number % w->lane_blocks * w->lanes;
    ptrdiff_t rest = number / w->lane_blocks;
    int d, t;
    c->lanes = softmax_least(w->lanes, w->lane_size - begin);
    for (t = 0; t < w->tables; ++t) c->at[t] = begin * w->lane_stride[t];
    for (d = w->outers - 1; d >= 0; --d) {
        const int dim = w->outer[d];
        const ptrdiff_t place = rest % w->size[dim];
        rest /= w->size[dim];
        for (t = 0; t < w->tables; ++t) c->at[t] += place * w->stride[t][dim];
    }
}

/* Where a unit of a block begins in each table; returns the length of its run. */
static inline ptrdiff_t softmax_unit(const softmax_walk *w, const softmax_block *c, ptrdiff_t unit, ptrdiff_t *at)
{
    const ptrdiff_t begin = unit % w->segments * w->segment;
    ptrdiff_t rest = unit / w->segments;
    int d, t;
    for (t = 0; t < w->tables; ++t) at[t] = c->at[t] + begin * w->run_stride[t];
    for (d = w->inners - 1; d >= 0; --d) {
        const int dim = w->inner[d];
        const ptrdiff_t place = rest % w->size[dim];
        rest /= w->size[dim];
        for (t = 0; t < w->tables; ++t) at[t] += place * w->stride[t][dim];
    }
    return softmax_least(w->segment, w->run_size - begin);
}

/* Where place number `number` along some classes is in a table, those of the `outer` classes left out. */
static inline ptrdiff_t softmax_place(const softmax_walk *w, const char *classes, ptrdiff_t number, int table)
{
    ptrdiff_t at = 0;
    int d;
    for (d = w->rank - 1; d >= 0; --d) {
        if (!softmax_is_in(w->label[d], classes)) continue;
        at += number % w->size[d] * w->stride[table][d];
        number /= w->size[d];
    }
    return at;
}

static inline ptrdiff_t softmax_places(const softmax_walk *w, const char *classes)
{
    ptrdiff_t count = 1;
    int d;
    for (d = 0; d < w->rank; ++d) if (softmax_is_in(w->label[d], classes)) count *= w->size[d];
    return count;
}

/* A tile of lanes times a run, in order: itself where it is contiguous, else a copy in the buffer. */
static inline const float *softmax_read_float_float(const float *from, ptrdiff_t lane_stride, ptrdiff_t run_stride,
    ptrdiff_t lanes, ptrdiff_t n,
    float *buffer)
{
    ptrdiff_t b, j;
    if ((n == 1 || run_stride == 1) && (lanes == 1 || lane_stride == n)) return from;
    for (b = 0; b < lanes; ++b) {
        for (j = 0; j < n; ++j) buffer[b * n + j] = (float)from[b * lane_stride + j * run_stride];
    }
    return buffer;
}

static inline const double *softmax_read_double_double(const double *from, ptrdiff_t lane_stride, ptrdiff_t run_stride,
    ptrdiff_t lanes, ptrdiff_t n,
    double *buffer)
{
    ptrdiff_t b, j;
    if ((n == 1 || run_stride == 1) && (lanes == 1 || lane_stride == n)) return from;
    for (b = 0; b < lanes; ++b) {
        for (j = 0; j < n; ++j) buffer[b * n + j] = (double)from[b * lane_stride + j * run_stride];
    }
    return buffer;
}

static inline const double *softmax_read_float_double(const float *from, ptrdiff_t lane_stride, ptrdiff_t run_stride,
    ptrdiff_t lanes, ptrdiff_t n,
    double *buffer)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        for (j = 0; j < n; ++j) buffer[b * n + j] = (double)from[b * lane_stride + j * run_stride];
    }
    return buffer;
}

static inline void softmax_write_float(const float *from, float *to, ptrdiff_t lane_stride, ptrdiff_t run_stride,
    ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        for (j = 0; j < n; ++j) to[b * lane_stride + j * run_stride] = from[b * n + j];
    }
}

static inline void softmax_write_double(const double *from, double *to, ptrdiff_t lane_stride, ptrdiff_t run_stride,
    ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        for (j = 0; j < n; ++j) to[b * lane_stride + j * run_stride] = from[b * n + j];
    }
}

/* Adds to a sum held in two numbers what is lost of the larger one (two-sum). */
SOFTMAX_INLINE void softmax_add_double(double *high, double *low, double term)
{
    const double sum = *high + term;
    const double added = sum - *high;
    *low += (*high - (sum - added)) + (term - added);
    *high = sum;
}

/* The larger one; NaN where there is one. */
SOFTMAX_INLINE double softmax_larger_double(double left, double right)
{
    return left > right || left != left ? left : right;
}

/* A sum held in two numbers; what is lost of an infinite one is no number. */
static inline long double softmax_whole_double(double high, double low)
{
    return isfinite(high) ? (long double)high + (long double)low : (long double)high;
}

/* Adds to a sum held in two numbers what is lost of the larger one (two-sum). */
SOFTMAX_INLINE void softmax_add_extended(long double *high, long double *low, long double term)
{
    const long double sum = *high + term;
    const long double added = sum - *high;
    *low += (*high - (sum - added)) + (term - added);
    *high = sum;
}

/* The larger one; NaN where there is one. */
SOFTMAX_INLINE long double softmax_larger_extended(long double left, long double right)
{
    return left > right || left != left ? left : right;
}

/* A sum held in two numbers; what is lost of an infinite one is no number. */
static inline long double softmax_whole_extended(long double high, long double low)
{
    return isfinite(high) ? (long double)high + (long double)low : (long double)high;
}

SOFTMAX_INLINE float softmax_square_float(float value) { return value * value; }

/* A quotient as an exponent: in the digits of the type it would cost some of the result's. */
SOFTMAX_INLINE float softmax_power_float(float value, double above, double below)
{
    return (float)pow(value, above / below);
}

SOFTMAX_INLINE float softmax_select_float(float value, float mask) { return mask != 0 ? value : 0; }

SOFTMAX_INLINE float softmax_not_negative_float(float value) { return value < 0 ? 0 : value; }

SOFTMAX_INLINE float softmax_sigmoid_float(float value)
{
    const float small = expf(-fabsf(value));
    return (value >= 0 ? 1 : small) / (small + 1);
}

SOFTMAX_INLINE float softmax_erf_slope_float(float value)
{
    return (float)1.12837916709551257390L * expf(-value * value); /* 2/sqrt(pi) */
}

SOFTMAX_INLINE double softmax_square_double(double value) { return value * value; }

/* A quotient as an exponent: in the digits of the type it would cost some of the result's. */
SOFTMAX_INLINE double softmax_power_double(double value, long double above, long double below)
{
    return (double)powl(value, above / below);
}

SOFTMAX_INLINE double softmax_select_double(double value, double mask) { return mask != 0 ? value : 0; }

SOFTMAX_INLINE double softmax_not_negative_double(double value) { return value < 0 ? 0 : value; }

SOFTMAX_INLINE double softmax_sigmoid_double(double value)
{
    const double small = exp(-fabs(value));
    return (value >= 0 ? 1 : small) / (small + 1);
}

SOFTMAX_INLINE double softmax_erf_slope_double(double value)
{
    return (double)1.12837916709551257390L * exp(-value * value); /* 2/sqrt(pi) */
}

SOFTMAX_INLINE long double softmax_square_extended(long double value) { return value * value; }

/* A quotient as an exponent: in the digits of the type it would cost some of the result's. */
SOFTMAX_INLINE long double softmax_power_extended(long double value, long double above, long double below)
{
    return (long double)powl(value, above / below);
}

SOFTMAX_INLINE long double softmax_select_extended(long double value, long double mask) { return mask != 0 ? value : 0;
    }

SOFTMAX_INLINE long double softmax_not_negative_extended(long double value) { return value < 0 ? 0 : value; }

SOFTMAX_INLINE long double softmax_sigmoid_extended(long double value)
{
    const long double small = expl(-fabsl(value));
    return (value >= 0 ? 1 : small) / (small + 1);
}

SOFTMAX_INLINE long double softmax_erf_slope_extended(long double value)
{
    return (long double)1.12837916709551257390L * expl(-value * value); /* 2/sqrt(pi) */
}

/* Both parts of the exact sum of two numbers. */
SOFTMAX_INLINE double softmax_exact_high_double(double left, double right) { return (double)(left + right); }

SOFTMAX_INLINE double softmax_exact_low_double(double left, double right)
{
    const double sum = left + right;
    const double added = sum - left;
    const double lost = (left - (sum - added)) + (right - added);
    return (sum - (double)sum) + lost;
}

/* Both parts of the exact sum of two numbers. */
SOFTMAX_INLINE long double softmax_exact_high_extended(long double left, long double right) { return (double)(left
    + right); }

SOFTMAX_INLINE long double softmax_exact_low_extended(long double left, long double right)
{
    const long double sum = left + right;
    const long double added = sum - left;
    const long double lost = (left - (sum - added)) + (right - added);
    return (sum - (double)sum) + lost;
}

/* Takes the terms of a tile into what stands in memory. */
static inline void softmax_gather_plain(const double *terms, double *high, double *low, ptrdiff_t lane_stride,
    ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        if (run_stride == 1) {
            const ptrdiff_t begin = b * lane_stride;
            SOFTMAX_SIMD
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = begin + j, m = b * n + j;
                high[k] += terms[m];
            }
        } else {
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = b * lane_stride + j * run_stride, m = b * n + j;
                high[k] += terms[m];
            }
        }
    }
    (void)low;
}

/* Takes the terms of a tile into what stands in memory. */
static inline void softmax_gather_double(const double *terms, double *high, double *low, ptrdiff_t lane_stride,
    ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        if (run_stride == 1) {
            const ptrdiff_t begin = b * lane_stride;
            SOFTMAX_SIMD
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = begin + j, m = b * n + j;
                softmax_add_double(&high[k], &low[k], terms[m]);
            }
        } else {
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = b * lane_stride + j * run_stride, m = b * n + j;
                softmax_add_double(&high[k], &low[k], terms[m]);
            }
        }
    }
}

/* Takes the terms of a tile into what stands in memory. */
static inline void softmax_gather_extended(const long double *terms, double *high, double *low, ptrdiff_t lane_stride,
    ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        if (run_stride == 1) {
            const ptrdiff_t begin = b * lane_stride;
            SOFTMAX_SIMD
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = begin + j, m = b * n + j;
                { const double rounded = (double)terms[m]; softmax_add_double(&high[k], &low[k], rounded); low[k]
                    += (double)(terms[m] - rounded); }
            }
        } else {
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = b * lane_stride + j * run_stride, m = b * n + j;
                { const double rounded = (double)terms[m]; softmax_add_double(&high[k], &low[k], rounded); low[k]
                    += (double)(terms[m] - rounded); }
            }
        }
    }
}

/* Takes the terms of a tile into what stands in memory. */
static inline void softmax_gather_largest_double(const double *terms, double *high, double *low, ptrdiff_t lane_stride,
    ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        if (run_stride == 1) {
            const ptrdiff_t begin = b * lane_stride;
            SOFTMAX_SIMD
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = begin + j, m = b * n + j;
                high[k] = softmax_larger_double(high[k], terms[m]);
            }
        } else {
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = b * lane_stride + j * run_stride, m = b * n + j;
                high[k] = softmax_larger_double(high[k], terms[m]);
            }
        }
    }
    (void)low;
}

/* Takes the terms of a tile into what stands in memory. */
static inline void softmax_gather_largest_extended(const long double *terms, double *high, double *low,
    ptrdiff_t lane_stride, ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        if (run_stride == 1) {
            const ptrdiff_t begin = b * lane_stride;
            SOFTMAX_SIMD
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = begin + j, m = b * n + j;
                high[k] = softmax_larger_double(high[k], (double)terms[m]);
            }
        } else {
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = b * lane_stride + j * run_stride, m = b * n + j;
                high[k] = softmax_larger_double(high[k], (double)terms[m]);
            }
        }
    }
    (void)low;
}

/* A tile of a smaller tensor; where it was left out, what stands for it. */
static inline const double *softmax_leaf_float(const float *from, ptrdiff_t at, double neutral, ptrdiff_t lane_stride,
    ptrdiff_t run_stride,
    ptrdiff_t lanes, ptrdiff_t n, double *buffer)
{
    ptrdiff_t j;
    if (from != NULL) return softmax_read_float_double(from + at, lane_stride, run_stride, lanes, n, buffer);
    for (j = 0; j < lanes * n; ++j) buffer[j] = neutral;
    return buffer;
}

/* A tile of a smaller tensor; where it was left out, what stands for it. */
static inline const double *softmax_leaf_double(const double *from, ptrdiff_t at, double neutral, ptrdiff_t lane_stride,
    ptrdiff_t run_stride,
    ptrdiff_t lanes, ptrdiff_t n, double *buffer)
{
    ptrdiff_t j;
    if (from != NULL) return softmax_read_double_double(from + at, lane_stride, run_stride, lanes, n, buffer);
    for (j = 0; j < lanes * n; ++j) buffer[j] = neutral;
    return buffer;
}

/* A tile of sums that are held in two numbers. */
static inline const double *softmax_leaf_pair(const double *high, const double *low, ptrdiff_t at,
    ptrdiff_t lane_stride, ptrdiff_t run_stride,
    ptrdiff_t lanes, ptrdiff_t n, double *buffer)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        for (j = 0; j < n; ++j) {
            const ptrdiff_t k = at + b * lane_stride + j * run_stride;
            buffer[b * n + j] = (double)softmax_whole_double(high[k], low[k]);
        }
    }
    return buffer;
}

static inline int softmax_finite_double(const double *values, ptrdiff_t n)
{
    ptrdiff_t k;
    for (k = 0; k < n; ++k) if (!isfinite(values[k])) return 0;
    return 1;
}

static inline int softmax_finite_extended(const long double *values, ptrdiff_t n)
{
    ptrdiff_t k;
    for (k = 0; k < n; ++k) if (!isfinite(values[k])) return 0;
    return 1;
}

/* The sum of a smaller tensor, taken once for the whole call; what is lost is kept beside it until the end. */
static inline void softmax_total(const softmax_walk *w, const double *from, const char *classes, int table, double *to,
    int own, ptrdiff_t count)
{
    const ptrdiff_t places = softmax_places(w, classes);
    ptrdiff_t k;
    for (k = 0; k < 2 * count; ++k) to[k] = 0;
    for (k = 0; k < places; ++k) {
        const ptrdiff_t at = softmax_place(w, classes, k, own);
        softmax_add_double(&to[at], &to[count + at], from[softmax_place(w, classes, k, table)]);
    }
    for (k = 0; k < count; ++k) to[k] = (double)softmax_whole_double(to[k], to[count + k]);
}

#ifdef __cplusplus
extern "C" {
#endif

/* What a call hands to its passes, for float: each kernel fills in what is its own. */
typedef struct {
    softmax_walk walk;
    const float *x;
    const float *grad_output;
    const float *tangent_x;
    const float *cotangent_grad_input;
    float *y;
    float *grad_x;
    float *tangent_y;
    float *grad_grad_output;
    const double *shift;
    const double *mass;
    double *result_shift;
    double *result_mass;
    int few, inside;
} softmax_arguments_float;

/* What a call hands to its passes, for double: each kernel fills in what is its own. */
typedef struct {
    softmax_walk walk;
    const double *x;
    const double *grad_output;
    const double *tangent_x;
    const double *cotangent_grad_input;
    double *y;
    double *grad_x;
    double *tangent_y;
    double *grad_grad_output;
    const double *shift;
    const double *mass;
    double *result_shift;
    double *result_mass;
    int few, inside;
} softmax_arguments_double;

size_t softmax_statistics_workspace(const softmax_extents *extents)
{
    ptrdiff_t count = 0;
    if (softmax_check_extents(extents) != SOFTMAX_OK || softmax_count(extents, "nd") == 0) return 0;
    return (size_t)count * sizeof(double);
}

SOFTMAX_INLINE void softmax_statistics_pass0_float_element(
const double x, double *to_largest_shift)
{
    *to_largest_shift = x;
}

static void softmax_statistics_pass0_float_row(ptrdiff_t n, const float *x, double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    (void)low;
    while (i < n) {
        const ptrdiff_t end = i + softmax_least(n - i, 4096);
        double part_0[SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < SOFTMAX_CHAINS; ++k) {
            part_0[k] = -HUGE_VAL;
        }
        for (; i + SOFTMAX_CHAINS <= end; i += SOFTMAX_CHAINS) {
            SOFTMAX_SIMD
            for (k = 0; k < SOFTMAX_CHAINS; ++k) {
                double term_0;
                softmax_statistics_pass0_float_element((double)x[i + k], &term_0);
                part_0[k] = softmax_larger_double(part_0[k], term_0);
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            softmax_statistics_pass0_float_element((double)x[i], &term_0);
            part_0[k] = softmax_larger_double(part_0[k], term_0);
        }
        for (k = SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = softmax_larger_double(part_0[m], part_0[m + k]);
            }
        }
        high[0 * lanes] = softmax_larger_double(high[0 * lanes], part_0[0]);
    }
}

static void softmax_statistics_pass0_float_columns(ptrdiff_t n, const float *x, double *high_0, double *low_0)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        softmax_statistics_pass0_float_element((double)x[i], &term_0);
        high_0[i] = softmax_larger_double(high_0[i], term_0);
    }
    (void)low_0;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void softmax_statistics_pass0_float_units(const softmax_arguments_float *a, const softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, double *high, double *low)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    float buffer_x[SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = -HUGE_VAL;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double high_0[SOFTMAX_TILE], low_0[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                high_0[k] = -HUGE_VAL;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *x;
            softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, unit + 1, ahead);
                softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
            }
            x = softmax_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            softmax_statistics_pass0_float_columns(n, x, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                high[0 * c->lanes + b] = softmax_larger_double(high[0 * c->lanes + b], high_0[k]);
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : softmax_least(run - j, SOFTMAX_TILE);
                x = softmax_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                softmax_statistics_pass0_float_row(n, x, high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void softmax_statistics_pass0_float_sums(const softmax_arguments_float *a, const softmax_block *c,
    double *sum_largest_shift)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_statistics_pass0_float_units(a, c, units * k / splits, units * (k + 1) / splits, part + k * stride, part
            + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                high = softmax_larger_double(high, part[k * stride + 0 * c->lanes + b]);
            }
            sum_largest_shift[b] = (double)high;
            (void)low;
        }
    }
}


SOFTMAX_INLINE void softmax_statistics_pass2_float_element(
const double x, const double shift_pivot, double *to_v_sum_exp_shifted)
{
    const double at_x_shifted = x - shift_pivot;
    const double at_t1 = exp(at_x_shifted);
    *to_v_sum_exp_shifted = at_t1;
}

static void softmax_statistics_pass2_float_row(ptrdiff_t n, const float *x, const double shift_pivot, double *high,
    double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + softmax_least(n - i, 4096);
        double part_0[SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + SOFTMAX_CHAINS <= end; i += SOFTMAX_CHAINS) {
            SOFTMAX_SIMD
            for (k = 0; k < SOFTMAX_CHAINS; ++k) {
                double term_0;
                softmax_statistics_pass2_float_element((double)x[i + k], shift_pivot, &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            softmax_statistics_pass2_float_element((double)x[i], shift_pivot, &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        softmax_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void softmax_statistics_pass2_float_columns(ptrdiff_t n, const float *x, const double *shift_pivot,
    double *high_0, double *low_0)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        softmax_statistics_pass2_float_element((double)x[i], shift_pivot[i], &term_0);
        high_0[i] += term_0;
    }
    (void)low_0;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void softmax_statistics_pass2_float_units(const softmax_arguments_float *a, const softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const double *lane_shift_pivot, double *high, double *low)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    float buffer_x[SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_pivot[SOFTMAX_TILE];
        double high_0[SOFTMAX_TILE], low_0[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *x;
            softmax_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, first + end - 2 - unit, ahead);
                softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
            }
            x = softmax_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            softmax_statistics_pass2_float_columns(n, x, column_shift_pivot, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                softmax_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : softmax_least(run - j, SOFTMAX_TILE);
                x = softmax_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                softmax_statistics_pass2_float_row(n, x, (double)lane_shift_pivot[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void softmax_statistics_pass2_float_sums(const softmax_arguments_float *a, const softmax_block *c,
    const double *lane_shift_pivot, double *sum_v_sum_exp_shifted)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_statistics_pass2_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot, part
            + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                softmax_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_exp_shifted[b] = (double)softmax_whole_double(high, low);
        }
    }
}


static void softmax_statistics_block_float(const softmax_arguments_float *a, softmax_block *c)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t b;
    double lane_largest_shift[SOFTMAX_LANES];
    double lane_shift_pivot[SOFTMAX_LANES];
    double lane_shift[SOFTMAX_LANES];
    double lane_v_sum_exp_shifted[SOFTMAX_LANES];
    double lane_mass[SOFTMAX_LANES];
    if (c->lanes < 1) return;
    softmax_statistics_pass0_float_sums(a, c, lane_largest_shift);
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_pivot[b] = (float)(lane_largest_shift[b]);
        lane_shift[b] = lane_shift_pivot[b];
    }
    softmax_statistics_pass2_float_sums(a, c, lane_shift_pivot, lane_v_sum_exp_shifted);
    for (b = 0; b < c->lanes; ++b) {
        lane_mass[b] = lane_v_sum_exp_shifted[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_shift[c->at[1] + b * w->lane_stride[1]] = (double)lane_shift[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_mass[c->at[1] + b * w->lane_stride[1]] = (double)lane_mass[b];
    }
    (void)w;
}

int softmax_statistics_float(
    const softmax_extents *extents,
    const float *x, const ptrdiff_t *x_strides,
    double *result_shift,
    double *result_mass,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"n", "n" };
    const ptrdiff_t *strides[1];
    softmax_arguments_float a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = softmax_check_extents(extents), outside;
    k = 0;
    if (status != SOFTMAX_OK) return status;
    if (x == NULL || result_shift == NULL || result_mass == NULL) return SOFTMAX_NULL;
    if (threads < 1) return SOFTMAX_THREADS;
    if (workspace_size < softmax_statistics_workspace(extents)) return SOFTMAX_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0)) return SOFTMAX_WORKSPACE;
    if (softmax_count(extents, "nd") == 0) {
        return SOFTMAX_EMPTY;
    }
    strides[0] = x_strides;
    softmax_plan(&a.walk, extents, "n", 1, strides, 1, layouts, sizeof(float), 0);
    a.x = x;
    a.result_shift = result_shift;
    a.result_mass = result_mass;
    a.few = softmax_count(extents, "d") < SOFTMAX_FEW;
    total = 0;
    portions = a.walk.blocks;
    /* Few blocks are better shared out part by part; the sums are the same. */
    outside = threads;
    a.inside = 1;
    if (portions % threads != 0 && portions < 8 * (ptrdiff_t)threads && a.walk.splits > 1) {
        a.inside = threads;
        outside = 1;
    }
    (void)outside, (void)k;
    if (portions < outside) outside = (int)portions;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(outside) schedule(static) if (outside > 1)
#endif
    for (number = 0; number < portions; ++number) {
        ptrdiff_t m;
        for (m = a.walk.blocks * number / portions; m < a.walk.blocks * (number + 1) / portions; ++m) {
            softmax_block c;
            softmax_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            softmax_statistics_block_float(&a, &c);
        }
    }
    return SOFTMAX_OK;
}

SOFTMAX_INLINE void softmax_statistics_pass0_double_element(
const double x, double *to_largest_shift)
{
    *to_largest_shift = x;
}

static void softmax_statistics_pass0_double_row(ptrdiff_t n, const double *x, double *high, double *low,
    ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    (void)low;
    while (i < n) {
        const ptrdiff_t end = i + softmax_least(n - i, 64);
        double part_0[SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < SOFTMAX_CHAINS; ++k) {
            part_0[k] = -HUGE_VAL;
        }
        for (; i + SOFTMAX_CHAINS <= end; i += SOFTMAX_CHAINS) {
            SOFTMAX_SIMD
            for (k = 0; k < SOFTMAX_CHAINS; ++k) {
                double term_0;
                softmax_statistics_pass0_double_element(x[i + k], &term_0);
                part_0[k] = softmax_larger_double(part_0[k], term_0);
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            softmax_statistics_pass0_double_element(x[i], &term_0);
            part_0[k] = softmax_larger_double(part_0[k], term_0);
        }
        for (k = SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = softmax_larger_double(part_0[m], part_0[m + k]);
            }
        }
        high[0 * lanes] = softmax_larger_double(high[0 * lanes], part_0[0]);
    }
}

static void softmax_statistics_pass0_double_columns(ptrdiff_t n, const double *x, double *high_0, double *low_0)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        softmax_statistics_pass0_double_element(x[i], &term_0);
        high_0[i] = softmax_larger_double(high_0[i], term_0);
    }
    (void)low_0;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void softmax_statistics_pass0_double_units(const softmax_arguments_double *a, const softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, double *high, double *low)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    double buffer_x[SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = -HUGE_VAL;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double high_0[SOFTMAX_TILE], low_0[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                high_0[k] = -HUGE_VAL;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, unit + 1, ahead);
                softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = softmax_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            softmax_statistics_pass0_double_columns(n, x, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                high[0 * c->lanes + b] = softmax_larger_double(high[0 * c->lanes + b], high_0[k]);
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : softmax_least(run - j, SOFTMAX_TILE);
                x = softmax_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                softmax_statistics_pass0_double_row(n, x, high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void softmax_statistics_pass0_double_sums(const softmax_arguments_double *a, const softmax_block *c,
    long double *sum_largest_shift)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_statistics_pass0_double_units(a, c, units * k / splits, units * (k + 1) / splits, part + k * stride,
            part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                high = softmax_larger_double(high, part[k * stride + 0 * c->lanes + b]);
            }
            sum_largest_shift[b] = (long double)high;
            (void)low;
        }
    }
}


SOFTMAX_INLINE void softmax_statistics_pass0_extended_element(
const long double x, long double *to_largest_shift)
{
    *to_largest_shift = x;
}

static void softmax_statistics_pass0_extended_row(ptrdiff_t n, const double *x, long double *high, long double *low,
    ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    (void)low;
    while (i < n) {
        const ptrdiff_t end = i + softmax_least(n - i, 64);
        long double part_0[SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < SOFTMAX_CHAINS; ++k) {
            part_0[k] = -HUGE_VAL;
        }
        for (; i + SOFTMAX_CHAINS <= end; i += SOFTMAX_CHAINS) {
            SOFTMAX_SIMD
            for (k = 0; k < SOFTMAX_CHAINS; ++k) {
                long double term_0;
                softmax_statistics_pass0_extended_element((long double)x[i + k], &term_0);
                part_0[k] = softmax_larger_extended(part_0[k], term_0);
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0;
            softmax_statistics_pass0_extended_element((long double)x[i], &term_0);
            part_0[k] = softmax_larger_extended(part_0[k], term_0);
        }
        for (k = SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = softmax_larger_extended(part_0[m], part_0[m + k]);
            }
        }
        high[0 * lanes] = softmax_larger_extended(high[0 * lanes], part_0[0]);
    }
}

static void softmax_statistics_pass0_extended_columns(ptrdiff_t n, const double *x, long double *high_0,
    long double *low_0)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0;
        softmax_statistics_pass0_extended_element((long double)x[i], &term_0);
        high_0[i] = softmax_larger_extended(high_0[i], term_0);
    }
    (void)low_0;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void softmax_statistics_pass0_extended_units(const softmax_arguments_double *a, const softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, long double *high, long double *low)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    double buffer_x[SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = -HUGE_VAL;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double high_0[SOFTMAX_TILE], low_0[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                high_0[k] = -HUGE_VAL;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, unit + 1, ahead);
                softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = softmax_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            softmax_statistics_pass0_extended_columns(n, x, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                high[0 * c->lanes + b] = softmax_larger_extended(high[0 * c->lanes + b], high_0[k]);
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : softmax_least(run - j, SOFTMAX_TILE);
                x = softmax_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                softmax_statistics_pass0_extended_row(n, x, high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void softmax_statistics_pass0_extended_sums(const softmax_arguments_double *a, const softmax_block *c,
    long double *sum_largest_shift)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    long double part[2 * 1 * SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_statistics_pass0_extended_units(a, c, units * k / splits, units * (k + 1) / splits, part + k * stride,
            part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                high = softmax_larger_extended(high, part[k * stride + 0 * c->lanes + b]);
            }
            sum_largest_shift[b] = (long double)high;
            (void)low;
        }
    }
}


SOFTMAX_INLINE void softmax_statistics_pass2_double_element(
const double x, const double shift_pivot, double *to_v_sum_exp_shifted)
{
    const double at_x_shifted = x - shift_pivot;
    const double at_t1 = exp(at_x_shifted);
    *to_v_sum_exp_shifted = at_t1;
}

static void softmax_statistics_pass2_double_row(ptrdiff_t n, const double *x, const double shift_pivot, double *high,
    double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + softmax_least(n - i, 64);
        double part_0[SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + SOFTMAX_CHAINS <= end; i += SOFTMAX_CHAINS) {
            SOFTMAX_SIMD
            for (k = 0; k < SOFTMAX_CHAINS; ++k) {
                double term_0;
                softmax_statistics_pass2_double_element(x[i + k], shift_pivot, &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            softmax_statistics_pass2_double_element(x[i], shift_pivot, &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        softmax_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void softmax_statistics_pass2_double_columns(ptrdiff_t n, const double *x, const double *shift_pivot,
    double *high_0, double *low_0)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        softmax_statistics_pass2_double_element(x[i], shift_pivot[i], &term_0);
        softmax_add_double(&high_0[i], &low_0[i], term_0);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void softmax_statistics_pass2_double_units(const softmax_arguments_double *a, const softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const long double *lane_shift_pivot, double *high, double *low)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    double buffer_x[SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_pivot[SOFTMAX_TILE];
        double high_0[SOFTMAX_TILE], low_0[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            softmax_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, first + end - 2 - unit, ahead);
                softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = softmax_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            softmax_statistics_pass2_double_columns(n, x, column_shift_pivot, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                softmax_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : softmax_least(run - j, SOFTMAX_TILE);
                x = softmax_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                softmax_statistics_pass2_double_row(n, x, (double)lane_shift_pivot[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void softmax_statistics_pass2_double_sums(const softmax_arguments_double *a, const softmax_block *c,
    const long double *lane_shift_pivot, long double *sum_v_sum_exp_shifted)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_statistics_pass2_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot, part
            + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                softmax_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_exp_shifted[b] = (long double)softmax_whole_double(high, low);
        }
    }
}


SOFTMAX_INLINE void softmax_statistics_pass2_extended_element(
const long double x, const long double shift_pivot, long double *to_v_sum_exp_shifted)
{
    const long double at_x_shifted = x - shift_pivot;
    const long double at_t1 = expl(at_x_shifted);
    *to_v_sum_exp_shifted = at_t1;
}

static void softmax_statistics_pass2_extended_row(ptrdiff_t n, const double *x, const long double shift_pivot,
    long double *high, long double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + softmax_least(n - i, 64);
        long double part_0[SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + SOFTMAX_CHAINS <= end; i += SOFTMAX_CHAINS) {
            SOFTMAX_SIMD
            for (k = 0; k < SOFTMAX_CHAINS; ++k) {
                long double term_0;
                softmax_statistics_pass2_extended_element((long double)x[i + k], shift_pivot, &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0;
            softmax_statistics_pass2_extended_element((long double)x[i], shift_pivot, &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        softmax_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void softmax_statistics_pass2_extended_columns(ptrdiff_t n, const double *x, const long double *shift_pivot,
    long double *high_0, long double *low_0)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0;
        softmax_statistics_pass2_extended_element((long double)x[i], shift_pivot[i], &term_0);
        softmax_add_extended(&high_0[i], &low_0[i], term_0);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void softmax_statistics_pass2_extended_units(const softmax_arguments_double *a, const softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const long double *lane_shift_pivot, long double *high, long double *low)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    double buffer_x[SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double column_shift_pivot[SOFTMAX_TILE];
        long double high_0[SOFTMAX_TILE], low_0[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (long double)lane_shift_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            softmax_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, first + end - 2 - unit, ahead);
                softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = softmax_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            softmax_statistics_pass2_extended_columns(n, x, column_shift_pivot, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                softmax_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : softmax_least(run - j, SOFTMAX_TILE);
                x = softmax_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                softmax_statistics_pass2_extended_row(n, x, (long double)lane_shift_pivot[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void softmax_statistics_pass2_extended_sums(const softmax_arguments_double *a, const softmax_block *c,
    const long double *lane_shift_pivot, long double *sum_v_sum_exp_shifted)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    long double part[2 * 1 * SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_statistics_pass2_extended_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot,
            part + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                softmax_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_exp_shifted[b] = (long double)softmax_whole_extended(high, low);
        }
    }
}


static void softmax_statistics_block_double(const softmax_arguments_double *a, softmax_block *c)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t b;
    long double lane_largest_shift[SOFTMAX_LANES];
    long double lane_shift_pivot[SOFTMAX_LANES];
    long double lane_shift[SOFTMAX_LANES];
    long double lane_v_sum_exp_shifted[SOFTMAX_LANES];
    long double lane_mass[SOFTMAX_LANES];
    long double again_largest_shift[SOFTMAX_LANES], again_v_sum_exp_shifted[SOFTMAX_LANES];
    int finite;
    if (c->lanes < 1) return;
    finite = 0;
    if (!a->few) {
        softmax_statistics_pass0_double_sums(a, c, lane_largest_shift);
        finite = softmax_finite_extended(lane_largest_shift, c->lanes);
    }
    if (!finite) {
        softmax_statistics_pass0_extended_sums(a, c, again_largest_shift);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_largest_shift[b])) lane_largest_shift[b] = again_largest_shift[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_pivot[b] = (double)(lane_largest_shift[b]);
        lane_shift[b] = lane_shift_pivot[b];
    }
    finite = 0;
    if (!a->few) {
        softmax_statistics_pass2_double_sums(a, c, lane_shift_pivot, lane_v_sum_exp_shifted);
        finite = softmax_finite_extended(lane_v_sum_exp_shifted, c->lanes);
    }
    if (!finite) {
        softmax_statistics_pass2_extended_sums(a, c, lane_shift_pivot, again_v_sum_exp_shifted);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_exp_shifted[b])) lane_v_sum_exp_shifted[b] = again_v_sum_exp_shifted[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mass[b] = lane_v_sum_exp_shifted[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_shift[c->at[1] + b * w->lane_stride[1]] = (double)lane_shift[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_mass[c->at[1] + b * w->lane_stride[1]] = (double)lane_mass[b];
    }
    (void)w;
}

int softmax_statistics_double(
    const softmax_extents *extents,
    const double *x, const ptrdiff_t *x_strides,
    double *result_shift,
    double *result_mass,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"n", "n" };
    const ptrdiff_t *strides[1];
    softmax_arguments_double a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = softmax_check_extents(extents), outside;
    k = 0;
    if (status != SOFTMAX_OK) return status;
    if (x == NULL || result_shift == NULL || result_mass == NULL) return SOFTMAX_NULL;
    if (threads < 1) return SOFTMAX_THREADS;
    if (workspace_size < softmax_statistics_workspace(extents)) return SOFTMAX_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0)) return SOFTMAX_WORKSPACE;
    if (softmax_count(extents, "nd") == 0) {
        return SOFTMAX_EMPTY;
    }
    strides[0] = x_strides;
    softmax_plan(&a.walk, extents, "n", 1, strides, 1, layouts, sizeof(double), 0);
    a.x = x;
    a.result_shift = result_shift;
    a.result_mass = result_mass;
    a.few = softmax_count(extents, "d") < SOFTMAX_FEW;
    total = 0;
    portions = a.walk.blocks;
    /* Few blocks are better shared out part by part; the sums are the same. */
    outside = threads;
    a.inside = 1;
    if (portions % threads != 0 && portions < 8 * (ptrdiff_t)threads && a.walk.splits > 1) {
        a.inside = threads;
        outside = 1;
    }
    (void)outside, (void)k;
    if (portions < outside) outside = (int)portions;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(outside) schedule(static) if (outside > 1)
#endif
    for (number = 0; number < portions; ++number) {
        ptrdiff_t m;
        for (m = a.walk.blocks * number / portions; m < a.walk.blocks * (number + 1) / portions; ++m) {
            softmax_block c;
            softmax_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            softmax_statistics_block_double(&a, &c);
        }
    }
    return SOFTMAX_OK;
}

size_t softmax_forward_workspace(const softmax_extents *extents)
{
    ptrdiff_t count = 0;
    if (softmax_check_extents(extents) != SOFTMAX_OK || softmax_count(extents, "nd") == 0) return 0;
    return (size_t)count * sizeof(double);
}

SOFTMAX_INLINE void softmax_forward_pass2_float_element(
const double x, const double shift_pivot, double *to_v_sum_exp_shifted)
{
    const double at_x_shifted = x - shift_pivot;
    const double at_t1 = exp(at_x_shifted);
    *to_v_sum_exp_shifted = at_t1;
}

static void softmax_forward_pass2_float_row(ptrdiff_t n, const float *x, const double shift_pivot, double *high,
    double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + softmax_least(n - i, 4096);
        double part_0[SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + SOFTMAX_CHAINS <= end; i += SOFTMAX_CHAINS) {
            SOFTMAX_SIMD
            for (k = 0; k < SOFTMAX_CHAINS; ++k) {
                double term_0;
                softmax_forward_pass2_float_element((double)x[i + k], shift_pivot, &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            softmax_forward_pass2_float_element((double)x[i], shift_pivot, &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        softmax_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void softmax_forward_pass2_float_columns(ptrdiff_t n, const float *x, const double *shift_pivot, double *high_0,
    double *low_0)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        softmax_forward_pass2_float_element((double)x[i], shift_pivot[i], &term_0);
        high_0[i] += term_0;
    }
    (void)low_0;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void softmax_forward_pass2_float_units(const softmax_arguments_float *a, const softmax_block *c, ptrdiff_t first,
    ptrdiff_t end, const double *lane_shift_pivot, double *high, double *low)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    float buffer_x[SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_pivot[SOFTMAX_TILE];
        double high_0[SOFTMAX_TILE], low_0[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *x;
            softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, unit + 1, ahead);
                softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
            }
            x = softmax_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            softmax_forward_pass2_float_columns(n, x, column_shift_pivot, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                softmax_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : softmax_least(run - j, SOFTMAX_TILE);
                x = softmax_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                softmax_forward_pass2_float_row(n, x, (double)lane_shift_pivot[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void softmax_forward_pass2_float_sums(const softmax_arguments_float *a, const softmax_block *c,
    const double *lane_shift_pivot, double *sum_v_sum_exp_shifted)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_forward_pass2_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot, part
            + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                softmax_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_exp_shifted[b] = (double)softmax_whole_double(high, low);
        }
    }
}


SOFTMAX_INLINE void softmax_forward_pass4_float_element(
const float x, const float shift_pivot, const float scale, float *to_y)
{
    const float at_x_shifted = x - shift_pivot;
    const float at_t1 = expf(at_x_shifted);
    const float at_t2 = at_t1 * scale;
    *to_y = at_t2;
}

static void softmax_forward_pass4_float_row(ptrdiff_t n, const float *x, const float shift_pivot, const float scale,
    float *out_y)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        softmax_forward_pass4_float_element(x[i], shift_pivot, scale, &out_y[i]);
    }
}

static void softmax_forward_pass4_float_columns(ptrdiff_t n, const float *x, const float *shift_pivot,
    const float *scale, float *out_y)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        softmax_forward_pass4_float_element(x[i], shift_pivot[i], scale[i], &out_y[i]);
    }
}

/* Units first to end of a block. */
static void softmax_forward_pass4_float_units(const softmax_arguments_float *a, const softmax_block *c, ptrdiff_t first,
    ptrdiff_t end, const double *lane_shift_pivot, const double *lane_scale)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    float buffer_x[SOFTMAX_TILE];
    float buffer_y[SOFTMAX_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        float column_shift_pivot[SOFTMAX_TILE];
        float column_scale[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (float)lane_shift_pivot[b];
                column_scale[k] = (float)lane_scale[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *x;
            float *out_y;
            softmax_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, first + end - 2 - unit, ahead);
                softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->y + ahead[1], n * (ptrdiff_t)sizeof(float));
            }
            x = softmax_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            out_y = (w->run_size == 1 || w->run_stride[1] == 1) && (c->lanes == 1 || w->lane_stride[1] == w->run_size)
                ? a->y + at[1] : buffer_y;
            softmax_forward_pass4_float_columns(n, x, column_shift_pivot, column_scale, out_y);
            if (out_y == buffer_y) softmax_write_float(buffer_y, a->y + at[1], w->lane_stride[1], w->run_stride[1],
                c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->y + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                float *to_y = a->y + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                float *out_y;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : softmax_least(run - j, SOFTMAX_TILE);
                x = softmax_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                out_y = n == 1 || w->run_stride[1] == 1 ? to_y : buffer_y;
                softmax_forward_pass4_float_row(n, x, (float)lane_shift_pivot[b], (float)lane_scale[b], out_y);
                if (out_y == buffer_y) softmax_write_float(buffer_y, to_y, 0, w->run_stride[1], 1, n);
            }
        }
    }
}

static void softmax_forward_pass4_float_all(const softmax_arguments_float *a, const softmax_block *c,
    const double *lane_shift_pivot, const double *lane_scale)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_forward_pass4_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot,
            lane_scale);
    }
}


static void softmax_forward_block_float(const softmax_arguments_float *a, softmax_block *c)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t b;
    double lane_largest_shift[SOFTMAX_LANES];
    double lane_shift_pivot[SOFTMAX_LANES];
    double lane_shift[SOFTMAX_LANES];
    double lane_v_sum_exp_shifted[SOFTMAX_LANES];
    double lane_mass[SOFTMAX_LANES];
    double lane_scale[SOFTMAX_LANES];
    if (c->lanes < 1) return;
    softmax_statistics_pass0_float_sums(a, c, lane_largest_shift);
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_pivot[b] = (float)(lane_largest_shift[b]);
        lane_shift[b] = lane_shift_pivot[b];
    }
    softmax_forward_pass2_float_sums(a, c, lane_shift_pivot, lane_v_sum_exp_shifted);
    for (b = 0; b < c->lanes; ++b) {
        lane_mass[b] = lane_v_sum_exp_shifted[b];
        lane_scale[b] = 1.0/lane_mass[b];
    }
    softmax_forward_pass4_float_all(a, c, lane_shift_pivot, lane_scale);
    for (b = 0; b < c->lanes; ++b) {
        a->result_shift[c->at[2] + b * w->lane_stride[2]] = (double)lane_shift[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_mass[c->at[2] + b * w->lane_stride[2]] = (double)lane_mass[b];
    }
    (void)w;
}

int softmax_forward_float(
    const softmax_extents *extents,
    const float *x, const ptrdiff_t *x_strides,
    float *y, const ptrdiff_t *y_strides,
    double *result_shift,
    double *result_mass,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"n", "n" };
    const ptrdiff_t *strides[2];
    softmax_arguments_float a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = softmax_check_extents(extents), outside;
    k = 0;
    if (status != SOFTMAX_OK) return status;
    if (x == NULL || y == NULL || result_shift == NULL || result_mass == NULL) return SOFTMAX_NULL;
    if (threads < 1) return SOFTMAX_THREADS;
    if (workspace_size < softmax_forward_workspace(extents)) return SOFTMAX_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0)) return SOFTMAX_WORKSPACE;
    if (softmax_count(extents, "nd") == 0) {
        return SOFTMAX_EMPTY;
    }
    strides[0] = x_strides;
    strides[1] = y_strides;
    softmax_plan(&a.walk, extents, "n", 2, strides, 1, layouts, sizeof(float), 0);
    a.x = x;
    a.y = y;
    a.result_shift = result_shift;
    a.result_mass = result_mass;
    a.few = softmax_count(extents, "d") < SOFTMAX_FEW;
    total = 0;
    portions = a.walk.blocks;
    /* Few blocks are better shared out part by part; the sums are the same. */
    outside = threads;
    a.inside = 1;
    if (portions % threads != 0 && portions < 8 * (ptrdiff_t)threads && a.walk.splits > 1) {
        a.inside = threads;
        outside = 1;
    }
    (void)outside, (void)k;
    if (portions < outside) outside = (int)portions;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(outside) schedule(static) if (outside > 1)
#endif
    for (number = 0; number < portions; ++number) {
        ptrdiff_t m;
        for (m = a.walk.blocks * number / portions; m < a.walk.blocks * (number + 1) / portions; ++m) {
            softmax_block c;
            softmax_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            softmax_forward_block_float(&a, &c);
        }
    }
    return SOFTMAX_OK;
}

SOFTMAX_INLINE void softmax_forward_pass2_double_element(
const double x, const double shift_pivot, double *to_v_sum_exp_shifted)
{
    const double at_x_shifted = x - shift_pivot;
    const double at_t1 = exp(at_x_shifted);
    *to_v_sum_exp_shifted = at_t1;
}

static void softmax_forward_pass2_double_row(ptrdiff_t n, const double *x, const double shift_pivot, double *high,
    double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + softmax_least(n - i, 64);
        double part_0[SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + SOFTMAX_CHAINS <= end; i += SOFTMAX_CHAINS) {
            SOFTMAX_SIMD
            for (k = 0; k < SOFTMAX_CHAINS; ++k) {
                double term_0;
                softmax_forward_pass2_double_element(x[i + k], shift_pivot, &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            softmax_forward_pass2_double_element(x[i], shift_pivot, &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        softmax_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void softmax_forward_pass2_double_columns(ptrdiff_t n, const double *x, const double *shift_pivot,
    double *high_0, double *low_0)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        softmax_forward_pass2_double_element(x[i], shift_pivot[i], &term_0);
        softmax_add_double(&high_0[i], &low_0[i], term_0);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void softmax_forward_pass2_double_units(const softmax_arguments_double *a, const softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const long double *lane_shift_pivot, double *high, double *low)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    double buffer_x[SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_pivot[SOFTMAX_TILE];
        double high_0[SOFTMAX_TILE], low_0[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, unit + 1, ahead);
                softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = softmax_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            softmax_forward_pass2_double_columns(n, x, column_shift_pivot, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                softmax_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : softmax_least(run - j, SOFTMAX_TILE);
                x = softmax_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                softmax_forward_pass2_double_row(n, x, (double)lane_shift_pivot[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void softmax_forward_pass2_double_sums(const softmax_arguments_double *a, const softmax_block *c,
    const long double *lane_shift_pivot, long double *sum_v_sum_exp_shifted)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_forward_pass2_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot, part
            + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                softmax_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_exp_shifted[b] = (long double)softmax_whole_double(high, low);
        }
    }
}


SOFTMAX_INLINE void softmax_forward_pass2_extended_element(
const long double x, const long double shift_pivot, long double *to_v_sum_exp_shifted)
{
    const long double at_x_shifted = x - shift_pivot;
    const long double at_t1 = expl(at_x_shifted);
    *to_v_sum_exp_shifted = at_t1;
}

static void softmax_forward_pass2_extended_row(ptrdiff_t n, const double *x, const long double shift_pivot,
    long double *high, long double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + softmax_least(n - i, 64);
        long double part_0[SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + SOFTMAX_CHAINS <= end; i += SOFTMAX_CHAINS) {
            SOFTMAX_SIMD
            for (k = 0; k < SOFTMAX_CHAINS; ++k) {
                long double term_0;
                softmax_forward_pass2_extended_element((long double)x[i + k], shift_pivot, &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0;
            softmax_forward_pass2_extended_element((long double)x[i], shift_pivot, &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        softmax_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void softmax_forward_pass2_extended_columns(ptrdiff_t n, const double *x, const long double *shift_pivot,
    long double *high_0, long double *low_0)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0;
        softmax_forward_pass2_extended_element((long double)x[i], shift_pivot[i], &term_0);
        softmax_add_extended(&high_0[i], &low_0[i], term_0);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void softmax_forward_pass2_extended_units(const softmax_arguments_double *a, const softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const long double *lane_shift_pivot, long double *high, long double *low)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    double buffer_x[SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double column_shift_pivot[SOFTMAX_TILE];
        long double high_0[SOFTMAX_TILE], low_0[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (long double)lane_shift_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, unit + 1, ahead);
                softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = softmax_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            softmax_forward_pass2_extended_columns(n, x, column_shift_pivot, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                softmax_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : softmax_least(run - j, SOFTMAX_TILE);
                x = softmax_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                softmax_forward_pass2_extended_row(n, x, (long double)lane_shift_pivot[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void softmax_forward_pass2_extended_sums(const softmax_arguments_double *a, const softmax_block *c,
    const long double *lane_shift_pivot, long double *sum_v_sum_exp_shifted)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    long double part[2 * 1 * SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_forward_pass2_extended_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot, part
            + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                softmax_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_exp_shifted[b] = (long double)softmax_whole_extended(high, low);
        }
    }
}


SOFTMAX_INLINE void softmax_forward_pass4_double_element(
const double x, const double shift_pivot, const double scale, double *to_y)
{
    const double at_x_shifted = x - shift_pivot;
    const double at_t1 = exp(at_x_shifted);
    const double at_t2 = at_t1 * scale;
    *to_y = at_t2;
}

static void softmax_forward_pass4_double_row(ptrdiff_t n, const double *x, const double shift_pivot, const double scale,
    double *out_y)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        softmax_forward_pass4_double_element(x[i], shift_pivot, scale, &out_y[i]);
    }
}

static void softmax_forward_pass4_double_columns(ptrdiff_t n, const double *x, const double *shift_pivot,
    const double *scale, double *out_y)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        softmax_forward_pass4_double_element(x[i], shift_pivot[i], scale[i], &out_y[i]);
    }
}

/* Units first to end of a block. */
static void softmax_forward_pass4_double_units(const softmax_arguments_double *a, const softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const long double *lane_shift_pivot, const long double *lane_scale)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    double buffer_x[SOFTMAX_TILE];
    double buffer_y[SOFTMAX_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_pivot[SOFTMAX_TILE];
        double column_scale[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
                column_scale[k] = (double)lane_scale[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            double *out_y;
            softmax_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, first + end - 2 - unit, ahead);
                softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->y + ahead[1], n * (ptrdiff_t)sizeof(double));
            }
            x = softmax_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            out_y = (w->run_size == 1 || w->run_stride[1] == 1) && (c->lanes == 1 || w->lane_stride[1] == w->run_size)
                ? a->y + at[1] : buffer_y;
            softmax_forward_pass4_double_columns(n, x, column_shift_pivot, column_scale, out_y);
            if (out_y == buffer_y) softmax_write_double(buffer_y, a->y + at[1], w->lane_stride[1], w->run_stride[1],
                c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->y + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                double *to_y = a->y + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                double *out_y;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : softmax_least(run - j, SOFTMAX_TILE);
                x = softmax_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                out_y = n == 1 || w->run_stride[1] == 1 ? to_y : buffer_y;
                softmax_forward_pass4_double_row(n, x, (double)lane_shift_pivot[b], (double)lane_scale[b], out_y);
                if (out_y == buffer_y) softmax_write_double(buffer_y, to_y, 0, w->run_stride[1], 1, n);
            }
        }
    }
}

static void softmax_forward_pass4_double_all(const softmax_arguments_double *a, const softmax_block *c,
    const long double *lane_shift_pivot, const long double *lane_scale)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_forward_pass4_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot,
            lane_scale);
    }
}


static void softmax_forward_block_double(const softmax_arguments_double *a, softmax_block *c)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t b;
    long double lane_largest_shift[SOFTMAX_LANES];
    long double lane_shift_pivot[SOFTMAX_LANES];
    long double lane_shift[SOFTMAX_LANES];
    long double lane_v_sum_exp_shifted[SOFTMAX_LANES];
    long double lane_mass[SOFTMAX_LANES];
    long double lane_scale[SOFTMAX_LANES];
    long double again_largest_shift[SOFTMAX_LANES], again_v_sum_exp_shifted[SOFTMAX_LANES];
    int finite;
    if (c->lanes < 1) return;
    finite = 0;
    if (!a->few) {
        softmax_statistics_pass0_double_sums(a, c, lane_largest_shift);
        finite = softmax_finite_extended(lane_largest_shift, c->lanes);
    }
    if (!finite) {
        softmax_statistics_pass0_extended_sums(a, c, again_largest_shift);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_largest_shift[b])) lane_largest_shift[b] = again_largest_shift[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_pivot[b] = (double)(lane_largest_shift[b]);
        lane_shift[b] = lane_shift_pivot[b];
    }
    finite = 0;
    if (!a->few) {
        softmax_forward_pass2_double_sums(a, c, lane_shift_pivot, lane_v_sum_exp_shifted);
        finite = softmax_finite_extended(lane_v_sum_exp_shifted, c->lanes);
    }
    if (!finite) {
        softmax_forward_pass2_extended_sums(a, c, lane_shift_pivot, again_v_sum_exp_shifted);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_exp_shifted[b])) lane_v_sum_exp_shifted[b] = again_v_sum_exp_shifted[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mass[b] = lane_v_sum_exp_shifted[b];
        lane_scale[b] = 1.0/lane_mass[b];
    }
    softmax_forward_pass4_double_all(a, c, lane_shift_pivot, lane_scale);
    for (b = 0; b < c->lanes; ++b) {
        a->result_shift[c->at[2] + b * w->lane_stride[2]] = (double)lane_shift[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_mass[c->at[2] + b * w->lane_stride[2]] = (double)lane_mass[b];
    }
    (void)w;
}

int softmax_forward_double(
    const softmax_extents *extents,
    const double *x, const ptrdiff_t *x_strides,
    double *y, const ptrdiff_t *y_strides,
    double *result_shift,
    double *result_mass,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"n", "n" };
    const ptrdiff_t *strides[2];
    softmax_arguments_double a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = softmax_check_extents(extents), outside;
    k = 0;
    if (status != SOFTMAX_OK) return status;
    if (x == NULL || y == NULL || result_shift == NULL || result_mass == NULL) return SOFTMAX_NULL;
    if (threads < 1) return SOFTMAX_THREADS;
    if (workspace_size < softmax_forward_workspace(extents)) return SOFTMAX_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0)) return SOFTMAX_WORKSPACE;
    if (softmax_count(extents, "nd") == 0) {
        return SOFTMAX_EMPTY;
    }
    strides[0] = x_strides;
    strides[1] = y_strides;
    softmax_plan(&a.walk, extents, "n", 2, strides, 1, layouts, sizeof(double), 0);
    a.x = x;
    a.y = y;
    a.result_shift = result_shift;
    a.result_mass = result_mass;
    a.few = softmax_count(extents, "d") < SOFTMAX_FEW;
    total = 0;
    portions = a.walk.blocks;
    /* Few blocks are better shared out part by part; the sums are the same. */
    outside = threads;
    a.inside = 1;
    if (portions % threads != 0 && portions < 8 * (ptrdiff_t)threads && a.walk.splits > 1) {
        a.inside = threads;
        outside = 1;
    }
    (void)outside, (void)k;
    if (portions < outside) outside = (int)portions;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(outside) schedule(static) if (outside > 1)
#endif
    for (number = 0; number < portions; ++number) {
        ptrdiff_t m;
        for (m = a.walk.blocks * number / portions; m < a.walk.blocks * (number + 1) / portions; ++m) {
            softmax_block c;
            softmax_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            softmax_forward_block_double(&a, &c);
        }
    }
    return SOFTMAX_OK;
}

size_t softmax_backward_workspace(const softmax_extents *extents)
{
    ptrdiff_t count = 0;
    if (softmax_check_extents(extents) != SOFTMAX_OK || softmax_count(extents, "nd") == 0) return 0;
    return (size_t)count * sizeof(double);
}

SOFTMAX_INLINE void softmax_backward_pass1_float_element(
const double grad_output, const double x, const double shift_pivot, double *to_v_sum_exp_shifted_grad_output)
{
    const double at_x_shifted = x - shift_pivot;
    const double at_t1 = exp(at_x_shifted);
    *to_v_sum_exp_shifted_grad_output = grad_output * at_t1;
}

static void softmax_backward_pass1_float_row(ptrdiff_t n, const float *grad_output, const float *x,
    const double shift_pivot, double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + softmax_least(n - i, 4096);
        double part_0[SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + SOFTMAX_CHAINS <= end; i += SOFTMAX_CHAINS) {
            SOFTMAX_SIMD
            for (k = 0; k < SOFTMAX_CHAINS; ++k) {
                double term_0;
                softmax_backward_pass1_float_element((double)grad_output[i + k], (double)x[i + k], shift_pivot,
                    &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            softmax_backward_pass1_float_element((double)grad_output[i], (double)x[i], shift_pivot, &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        softmax_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void softmax_backward_pass1_float_columns(ptrdiff_t n, const float *grad_output, const float *x,
    const double *shift_pivot, double *high_0, double *low_0)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        softmax_backward_pass1_float_element((double)grad_output[i], (double)x[i], shift_pivot[i], &term_0);
        high_0[i] += term_0;
    }
    (void)low_0;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void softmax_backward_pass1_float_units(const softmax_arguments_float *a, const softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const double *lane_shift_pivot, double *high, double *low)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    float buffer_grad_output[SOFTMAX_TILE];
    float buffer_x[SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_pivot[SOFTMAX_TILE];
        double high_0[SOFTMAX_TILE], low_0[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *grad_output;
            const float *x;
            softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, unit + 1, ahead);
                softmax_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(float));
            }
            grad_output = softmax_read_float_float(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = softmax_read_float_float(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes, w->run_size,
                buffer_x);
            softmax_backward_pass1_float_columns(n, grad_output, x, column_shift_pivot, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                softmax_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const float *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : softmax_least(run - j, SOFTMAX_TILE);
                grad_output = softmax_read_float_float(grad_output, 0, w->run_stride[0], 1, n, buffer_grad_output);
                x = softmax_read_float_float(x, 0, w->run_stride[1], 1, n, buffer_x);
                softmax_backward_pass1_float_row(n, grad_output, x, (double)lane_shift_pivot[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void softmax_backward_pass1_float_sums(const softmax_arguments_float *a, const softmax_block *c,
    const double *lane_shift_pivot, double *sum_v_sum_exp_shifted_grad_output)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_backward_pass1_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot, part
            + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                softmax_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_exp_shifted_grad_output[b] = (double)softmax_whole_double(high, low);
        }
    }
}


SOFTMAX_INLINE void softmax_backward_pass3_float_element(
const float grad_output, const float x, const float shift_2, const float shift_pivot, const float scale,
    float *to_grad_x)
{
    const float at_t1 = grad_output - shift_2;
    const float at_x_shifted = x - shift_pivot;
    const float at_t2 = expf(at_x_shifted);
    const float at_t3 = at_t1 * at_t2;
    const float at_t4 = at_t3 * scale;
    *to_grad_x = at_t4;
}

static void softmax_backward_pass3_float_row(ptrdiff_t n, const float *grad_output, const float *x, const float shift_2,
    const float shift_pivot, const float scale, float *out_grad_x)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        softmax_backward_pass3_float_element(grad_output[i], x[i], shift_2, shift_pivot, scale, &out_grad_x[i]);
    }
}

static void softmax_backward_pass3_float_columns(ptrdiff_t n, const float *grad_output, const float *x,
    const float *shift_2, const float *shift_pivot, const float *scale, float *out_grad_x)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        softmax_backward_pass3_float_element(grad_output[i], x[i], shift_2[i], shift_pivot[i], scale[i],
            &out_grad_x[i]);
    }
}

/* Units first to end of a block. */
static void softmax_backward_pass3_float_units(const softmax_arguments_float *a, const softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const double *lane_shift_2, const double *lane_shift_pivot,
    const double *lane_scale)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    float buffer_grad_output[SOFTMAX_TILE];
    float buffer_x[SOFTMAX_TILE];
    float buffer_grad_x[SOFTMAX_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        float column_shift_2[SOFTMAX_TILE];
        float column_shift_pivot[SOFTMAX_TILE];
        float column_scale[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_2[k] = (float)lane_shift_2[b];
                column_shift_pivot[k] = (float)lane_shift_pivot[b];
                column_scale[k] = (float)lane_scale[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *grad_output;
            const float *x;
            float *out_grad_x;
            softmax_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, first + end - 2 - unit, ahead);
                softmax_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->grad_x + ahead[2], n * (ptrdiff_t)sizeof(float));
            }
            grad_output = softmax_read_float_float(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = softmax_read_float_float(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes, w->run_size,
                buffer_x);
            out_grad_x = (w->run_size == 1 || w->run_stride[2] == 1) && (c->lanes == 1
                || w->lane_stride[2] == w->run_size) ? a->grad_x + at[2] : buffer_grad_x;
            softmax_backward_pass3_float_columns(n, grad_output, x, column_shift_2, column_shift_pivot, column_scale,
                out_grad_x);
            if (out_grad_x == buffer_grad_x) softmax_write_float(buffer_grad_x, a->grad_x + at[2], w->lane_stride[2],
                w->run_stride[2], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->grad_x + ahead[2] + b * w->lane_stride[2], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const float *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                float *to_grad_x = a->grad_x + at[2] + b * w->lane_stride[2] + j * w->run_stride[2];
                float *out_grad_x;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run : softmax_least(run
                    - j, SOFTMAX_TILE);
                grad_output = softmax_read_float_float(grad_output, 0, w->run_stride[0], 1, n, buffer_grad_output);
                x = softmax_read_float_float(x, 0, w->run_stride[1], 1, n, buffer_x);
                out_grad_x = n == 1 || w->run_stride[2] == 1 ? to_grad_x : buffer_grad_x;
                softmax_backward_pass3_float_row(n, grad_output, x, (float)lane_shift_2[b], (float)lane_shift_pivot[b],
                    (float)lane_scale[b], out_grad_x);
                if (out_grad_x == buffer_grad_x) softmax_write_float(buffer_grad_x, to_grad_x, 0, w->run_stride[2], 1,
                    n);
            }
        }
    }
}

static void softmax_backward_pass3_float_all(const softmax_arguments_float *a, const softmax_block *c,
    const double *lane_shift_2, const double *lane_shift_pivot, const double *lane_scale)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_backward_pass3_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_2,
            lane_shift_pivot, lane_scale);
    }
}


static void softmax_backward_block_float(const softmax_arguments_float *a, softmax_block *c)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t b;
    double lane_shift[SOFTMAX_LANES];
    double lane_mass[SOFTMAX_LANES];
    double lane_shift_pivot[SOFTMAX_LANES];
    double lane_v_sum_exp_shifted_grad_output[SOFTMAX_LANES];
    double lane_shift_2[SOFTMAX_LANES];
    double lane_scale[SOFTMAX_LANES];
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_shift[b] = a->shift[c->at[3] + b * w->lane_stride[3]];
        lane_mass[b] = a->mass[c->at[3] + b * w->lane_stride[3]];
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_pivot[b] = lane_shift[b];
    }
    softmax_backward_pass1_float_sums(a, c, lane_shift_pivot, lane_v_sum_exp_shifted_grad_output);
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_2[b] = lane_v_sum_exp_shifted_grad_output[b]/lane_mass[b];
        lane_scale[b] = 1.0/lane_mass[b];
    }
    softmax_backward_pass3_float_all(a, c, lane_shift_2, lane_shift_pivot, lane_scale);
    (void)w;
}

int softmax_backward_float(
    const softmax_extents *extents,
    const float *grad_output, const ptrdiff_t *grad_output_strides,
    const float *x, const ptrdiff_t *x_strides,
    const double *shift,
    const double *mass,
    float *grad_x, const ptrdiff_t *grad_x_strides,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"n", "n" };
    const ptrdiff_t *strides[3];
    softmax_arguments_float a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = softmax_check_extents(extents), outside;
    k = 0;
    if (status != SOFTMAX_OK) return status;
    if (grad_output == NULL || x == NULL || grad_x == NULL || shift == NULL || mass == NULL) return SOFTMAX_NULL;
    if (threads < 1) return SOFTMAX_THREADS;
    if (workspace_size < softmax_backward_workspace(extents)) return SOFTMAX_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0)) return SOFTMAX_WORKSPACE;
    if (softmax_count(extents, "nd") == 0) {
        return SOFTMAX_OK;
    }
    strides[0] = grad_output_strides;
    strides[1] = x_strides;
    strides[2] = grad_x_strides;
    softmax_plan(&a.walk, extents, "n", 3, strides, 1, layouts, sizeof(float), 0);
    a.grad_output = grad_output;
    a.x = x;
    a.grad_x = grad_x;
    a.shift = shift;
    a.mass = mass;
    a.few = softmax_count(extents, "d") < SOFTMAX_FEW;
    total = 0;
    portions = a.walk.blocks;
    /* Few blocks are better shared out part by part; the sums are the same. */
    outside = threads;
    a.inside = 1;
    if (portions % threads != 0 && portions < 8 * (ptrdiff_t)threads && a.walk.splits > 1) {
        a.inside = threads;
        outside = 1;
    }
    (void)outside, (void)k;
    if (portions < outside) outside = (int)portions;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(outside) schedule(static) if (outside > 1)
#endif
    for (number = 0; number < portions; ++number) {
        ptrdiff_t m;
        for (m = a.walk.blocks * number / portions; m < a.walk.blocks * (number + 1) / portions; ++m) {
            softmax_block c;
            softmax_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            softmax_backward_block_float(&a, &c);
        }
    }
    return SOFTMAX_OK;
}

SOFTMAX_INLINE void softmax_backward_pass1_double_element(
const double grad_output, const double x, const double shift_pivot, double *to_v_sum_exp_shifted_grad_output)
{
    const double at_x_shifted = x - shift_pivot;
    const double at_t1 = exp(at_x_shifted);
    *to_v_sum_exp_shifted_grad_output = grad_output * at_t1;
}

static void softmax_backward_pass1_double_row(ptrdiff_t n, const double *grad_output, const double *x,
    const double shift_pivot, double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + softmax_least(n - i, 64);
        double part_0[SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + SOFTMAX_CHAINS <= end; i += SOFTMAX_CHAINS) {
            SOFTMAX_SIMD
            for (k = 0; k < SOFTMAX_CHAINS; ++k) {
                double term_0;
                softmax_backward_pass1_double_element(grad_output[i + k], x[i + k], shift_pivot, &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            softmax_backward_pass1_double_element(grad_output[i], x[i], shift_pivot, &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        softmax_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void softmax_backward_pass1_double_columns(ptrdiff_t n, const double *grad_output, const double *x,
    const double *shift_pivot, double *high_0, double *low_0)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        softmax_backward_pass1_double_element(grad_output[i], x[i], shift_pivot[i], &term_0);
        softmax_add_double(&high_0[i], &low_0[i], term_0);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void softmax_backward_pass1_double_units(const softmax_arguments_double *a, const softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const long double *lane_shift_pivot, double *high, double *low)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    double buffer_grad_output[SOFTMAX_TILE];
    double buffer_x[SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_pivot[SOFTMAX_TILE];
        double high_0[SOFTMAX_TILE], low_0[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, unit + 1, ahead);
                softmax_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = softmax_read_double_double(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = softmax_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes, w->run_size,
                buffer_x);
            softmax_backward_pass1_double_columns(n, grad_output, x, column_shift_pivot, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                softmax_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : softmax_least(run - j, SOFTMAX_TILE);
                grad_output = softmax_read_double_double(grad_output, 0, w->run_stride[0], 1, n, buffer_grad_output);
                x = softmax_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                softmax_backward_pass1_double_row(n, grad_output, x, (double)lane_shift_pivot[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void softmax_backward_pass1_double_sums(const softmax_arguments_double *a, const softmax_block *c,
    const long double *lane_shift_pivot, long double *sum_v_sum_exp_shifted_grad_output)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_backward_pass1_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot, part
            + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                softmax_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_exp_shifted_grad_output[b] = (long double)softmax_whole_double(high, low);
        }
    }
}


SOFTMAX_INLINE void softmax_backward_pass1_extended_element(
const long double grad_output, const long double x, const long double shift_pivot,
    long double *to_v_sum_exp_shifted_grad_output)
{
    const long double at_x_shifted = x - shift_pivot;
    const long double at_t1 = expl(at_x_shifted);
    *to_v_sum_exp_shifted_grad_output = grad_output * at_t1;
}

static void softmax_backward_pass1_extended_row(ptrdiff_t n, const double *grad_output, const double *x,
    const long double shift_pivot, long double *high, long double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + softmax_least(n - i, 64);
        long double part_0[SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + SOFTMAX_CHAINS <= end; i += SOFTMAX_CHAINS) {
            SOFTMAX_SIMD
            for (k = 0; k < SOFTMAX_CHAINS; ++k) {
                long double term_0;
                softmax_backward_pass1_extended_element((long double)grad_output[i + k], (long double)x[i + k],
                    shift_pivot, &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0;
            softmax_backward_pass1_extended_element((long double)grad_output[i], (long double)x[i], shift_pivot,
                &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        softmax_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void softmax_backward_pass1_extended_columns(ptrdiff_t n, const double *grad_output, const double *x,
    const long double *shift_pivot, long double *high_0, long double *low_0)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0;
        softmax_backward_pass1_extended_element((long double)grad_output[i], (long double)x[i], shift_pivot[i],
            &term_0);
        softmax_add_extended(&high_0[i], &low_0[i], term_0);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void softmax_backward_pass1_extended_units(const softmax_arguments_double *a, const softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const long double *lane_shift_pivot, long double *high, long double *low)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    double buffer_grad_output[SOFTMAX_TILE];
    double buffer_x[SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double column_shift_pivot[SOFTMAX_TILE];
        long double high_0[SOFTMAX_TILE], low_0[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (long double)lane_shift_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, unit + 1, ahead);
                softmax_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = softmax_read_double_double(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = softmax_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes, w->run_size,
                buffer_x);
            softmax_backward_pass1_extended_columns(n, grad_output, x, column_shift_pivot, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                softmax_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : softmax_least(run - j, SOFTMAX_TILE);
                grad_output = softmax_read_double_double(grad_output, 0, w->run_stride[0], 1, n, buffer_grad_output);
                x = softmax_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                softmax_backward_pass1_extended_row(n, grad_output, x, (long double)lane_shift_pivot[b], high + b, low
                    + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void softmax_backward_pass1_extended_sums(const softmax_arguments_double *a, const softmax_block *c,
    const long double *lane_shift_pivot, long double *sum_v_sum_exp_shifted_grad_output)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    long double part[2 * 1 * SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_backward_pass1_extended_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot, part
            + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                softmax_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_exp_shifted_grad_output[b] = (long double)softmax_whole_extended(high, low);
        }
    }
}


SOFTMAX_INLINE void softmax_backward_pass3_double_element(
const double grad_output, const double x, const double shift_2, const double shift_pivot, const double scale,
    double *to_grad_x)
{
    const double at_t1 = grad_output - shift_2;
    const double at_x_shifted = x - shift_pivot;
    const double at_t2 = exp(at_x_shifted);
    const double at_t3 = at_t1 * at_t2;
    const double at_t4 = at_t3 * scale;
    *to_grad_x = at_t4;
}

static void softmax_backward_pass3_double_row(ptrdiff_t n, const double *grad_output, const double *x,
    const double shift_2, const double shift_pivot, const double scale, double *out_grad_x)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        softmax_backward_pass3_double_element(grad_output[i], x[i], shift_2, shift_pivot, scale, &out_grad_x[i]);
    }
}

static void softmax_backward_pass3_double_columns(ptrdiff_t n, const double *grad_output, const double *x,
    const double *shift_2, const double *shift_pivot, const double *scale, double *out_grad_x)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        softmax_backward_pass3_double_element(grad_output[i], x[i], shift_2[i], shift_pivot[i], scale[i],
            &out_grad_x[i]);
    }
}

/* Units first to end of a block. */
static void softmax_backward_pass3_double_units(const softmax_arguments_double *a, const softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const long double *lane_shift_2, const long double *lane_shift_pivot,
    const long double *lane_scale)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    double buffer_grad_output[SOFTMAX_TILE];
    double buffer_x[SOFTMAX_TILE];
    double buffer_grad_x[SOFTMAX_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_2[SOFTMAX_TILE];
        double column_shift_pivot[SOFTMAX_TILE];
        double column_scale[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_2[k] = (double)lane_shift_2[b];
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
                column_scale[k] = (double)lane_scale[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            double *out_grad_x;
            softmax_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, first + end - 2 - unit, ahead);
                softmax_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->grad_x + ahead[2], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = softmax_read_double_double(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = softmax_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes, w->run_size,
                buffer_x);
            out_grad_x = (w->run_size == 1 || w->run_stride[2] == 1) && (c->lanes == 1
                || w->lane_stride[2] == w->run_size) ? a->grad_x + at[2] : buffer_grad_x;
            softmax_backward_pass3_double_columns(n, grad_output, x, column_shift_2, column_shift_pivot, column_scale,
                out_grad_x);
            if (out_grad_x == buffer_grad_x) softmax_write_double(buffer_grad_x, a->grad_x + at[2], w->lane_stride[2],
                w->run_stride[2], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->grad_x + ahead[2] + b * w->lane_stride[2], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                double *to_grad_x = a->grad_x + at[2] + b * w->lane_stride[2] + j * w->run_stride[2];
                double *out_grad_x;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run : softmax_least(run
                    - j, SOFTMAX_TILE);
                grad_output = softmax_read_double_double(grad_output, 0, w->run_stride[0], 1, n, buffer_grad_output);
                x = softmax_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                out_grad_x = n == 1 || w->run_stride[2] == 1 ? to_grad_x : buffer_grad_x;
                softmax_backward_pass3_double_row(n, grad_output, x, (double)lane_shift_2[b],
                    (double)lane_shift_pivot[b], (double)lane_scale[b], out_grad_x);
                if (out_grad_x == buffer_grad_x) softmax_write_double(buffer_grad_x, to_grad_x, 0, w->run_stride[2], 1,
                    n);
            }
        }
    }
}

static void softmax_backward_pass3_double_all(const softmax_arguments_double *a, const softmax_block *c,
    const long double *lane_shift_2, const long double *lane_shift_pivot, const long double *lane_scale)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_backward_pass3_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_2,
            lane_shift_pivot, lane_scale);
    }
}


static void softmax_backward_block_double(const softmax_arguments_double *a, softmax_block *c)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t b;
    long double lane_shift[SOFTMAX_LANES];
    long double lane_mass[SOFTMAX_LANES];
    long double lane_shift_pivot[SOFTMAX_LANES];
    long double lane_v_sum_exp_shifted_grad_output[SOFTMAX_LANES];
    long double lane_shift_2[SOFTMAX_LANES];
    long double lane_scale[SOFTMAX_LANES];
    long double again_v_sum_exp_shifted_grad_output[SOFTMAX_LANES];
    int finite;
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_shift[b] = a->shift[c->at[3] + b * w->lane_stride[3]];
        lane_mass[b] = a->mass[c->at[3] + b * w->lane_stride[3]];
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_pivot[b] = lane_shift[b];
    }
    finite = 0;
    if (!a->few) {
        softmax_backward_pass1_double_sums(a, c, lane_shift_pivot, lane_v_sum_exp_shifted_grad_output);
        finite = softmax_finite_extended(lane_v_sum_exp_shifted_grad_output, c->lanes);
    }
    if (!finite) {
        softmax_backward_pass1_extended_sums(a, c, lane_shift_pivot, again_v_sum_exp_shifted_grad_output);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_exp_shifted_grad_output[b])) lane_v_sum_exp_shifted_grad_output[b]
                = again_v_sum_exp_shifted_grad_output[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_2[b] = lane_v_sum_exp_shifted_grad_output[b]/lane_mass[b];
        lane_scale[b] = 1.0/lane_mass[b];
    }
    softmax_backward_pass3_double_all(a, c, lane_shift_2, lane_shift_pivot, lane_scale);
    (void)w;
}

int softmax_backward_double(
    const softmax_extents *extents,
    const double *grad_output, const ptrdiff_t *grad_output_strides,
    const double *x, const ptrdiff_t *x_strides,
    const double *shift,
    const double *mass,
    double *grad_x, const ptrdiff_t *grad_x_strides,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"n", "n" };
    const ptrdiff_t *strides[3];
    softmax_arguments_double a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = softmax_check_extents(extents), outside;
    k = 0;
    if (status != SOFTMAX_OK) return status;
    if (grad_output == NULL || x == NULL || grad_x == NULL || shift == NULL || mass == NULL) return SOFTMAX_NULL;
    if (threads < 1) return SOFTMAX_THREADS;
    if (workspace_size < softmax_backward_workspace(extents)) return SOFTMAX_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0)) return SOFTMAX_WORKSPACE;
    if (softmax_count(extents, "nd") == 0) {
        return SOFTMAX_OK;
    }
    strides[0] = grad_output_strides;
    strides[1] = x_strides;
    strides[2] = grad_x_strides;
    softmax_plan(&a.walk, extents, "n", 3, strides, 1, layouts, sizeof(double), 0);
    a.grad_output = grad_output;
    a.x = x;
    a.grad_x = grad_x;
    a.shift = shift;
    a.mass = mass;
    a.few = softmax_count(extents, "d") < SOFTMAX_FEW;
    total = 0;
    portions = a.walk.blocks;
    /* Few blocks are better shared out part by part; the sums are the same. */
    outside = threads;
    a.inside = 1;
    if (portions % threads != 0 && portions < 8 * (ptrdiff_t)threads && a.walk.splits > 1) {
        a.inside = threads;
        outside = 1;
    }
    (void)outside, (void)k;
    if (portions < outside) outside = (int)portions;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(outside) schedule(static) if (outside > 1)
#endif
    for (number = 0; number < portions; ++number) {
        ptrdiff_t m;
        for (m = a.walk.blocks * number / portions; m < a.walk.blocks * (number + 1) / portions; ++m) {
            softmax_block c;
            softmax_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            softmax_backward_block_double(&a, &c);
        }
    }
    return SOFTMAX_OK;
}

size_t softmax_jvp_workspace(const softmax_extents *extents)
{
    ptrdiff_t count = 0;
    if (softmax_check_extents(extents) != SOFTMAX_OK || softmax_count(extents, "nd") == 0) return 0;
    return (size_t)count * sizeof(double);
}

SOFTMAX_INLINE void softmax_jvp_pass1_float_element(
const double x, const double tangent_x, const double shift_pivot, double *to_v_sum_exp_shifted_tangent_x)
{
    const double at_x_shifted = x - shift_pivot;
    const double at_t1 = exp(at_x_shifted);
    *to_v_sum_exp_shifted_tangent_x = at_t1 * tangent_x;
}

static void softmax_jvp_pass1_float_row(ptrdiff_t n, const float *x, const float *tangent_x, const double shift_pivot,
    double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + softmax_least(n - i, 4096);
        double part_0[SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + SOFTMAX_CHAINS <= end; i += SOFTMAX_CHAINS) {
            SOFTMAX_SIMD
            for (k = 0; k < SOFTMAX_CHAINS; ++k) {
                double term_0;
                softmax_jvp_pass1_float_element((double)x[i + k], (double)tangent_x[i + k], shift_pivot, &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            softmax_jvp_pass1_float_element((double)x[i], (double)tangent_x[i], shift_pivot, &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        softmax_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void softmax_jvp_pass1_float_columns(ptrdiff_t n, const float *x, const float *tangent_x,
    const double *shift_pivot, double *high_0, double *low_0)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        softmax_jvp_pass1_float_element((double)x[i], (double)tangent_x[i], shift_pivot[i], &term_0);
        high_0[i] += term_0;
    }
    (void)low_0;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void softmax_jvp_pass1_float_units(const softmax_arguments_float *a, const softmax_block *c, ptrdiff_t first,
    ptrdiff_t end, const double *lane_shift_pivot, double *high, double *low)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    float buffer_x[SOFTMAX_TILE];
    float buffer_tangent_x[SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_pivot[SOFTMAX_TILE];
        double high_0[SOFTMAX_TILE], low_0[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *x;
            const float *tangent_x;
            softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, unit + 1, ahead);
                softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->tangent_x + ahead[1], n * (ptrdiff_t)sizeof(float));
            }
            x = softmax_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            tangent_x = softmax_read_float_float(a->tangent_x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_tangent_x);
            softmax_jvp_pass1_float_columns(n, x, tangent_x, column_shift_pivot, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                softmax_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->tangent_x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const float *tangent_x = a->tangent_x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : softmax_least(run - j, SOFTMAX_TILE);
                x = softmax_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                tangent_x = softmax_read_float_float(tangent_x, 0, w->run_stride[1], 1, n, buffer_tangent_x);
                softmax_jvp_pass1_float_row(n, x, tangent_x, (double)lane_shift_pivot[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void softmax_jvp_pass1_float_sums(const softmax_arguments_float *a, const softmax_block *c,
    const double *lane_shift_pivot, double *sum_v_sum_exp_shifted_tangent_x)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_jvp_pass1_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot, part
            + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                softmax_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_exp_shifted_tangent_x[b] = (double)softmax_whole_double(high, low);
        }
    }
}


SOFTMAX_INLINE void softmax_jvp_pass3_float_element(
const float x, const float tangent_x, const float shift_2, const float shift_pivot, const float scale,
    float *to_tangent_y)
{
    const float at_t1 = tangent_x - shift_2;
    const float at_x_shifted = x - shift_pivot;
    const float at_t2 = expf(at_x_shifted);
    const float at_t3 = at_t1 * at_t2;
    const float at_t4 = at_t3 * scale;
    *to_tangent_y = at_t4;
}

static void softmax_jvp_pass3_float_row(ptrdiff_t n, const float *x, const float *tangent_x, const float shift_2,
    const float shift_pivot, const float scale, float *out_tangent_y)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        softmax_jvp_pass3_float_element(x[i], tangent_x[i], shift_2, shift_pivot, scale, &out_tangent_y[i]);
    }
}

static void softmax_jvp_pass3_float_columns(ptrdiff_t n, const float *x, const float *tangent_x, const float *shift_2,
    const float *shift_pivot, const float *scale, float *out_tangent_y)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        softmax_jvp_pass3_float_element(x[i], tangent_x[i], shift_2[i], shift_pivot[i], scale[i], &out_tangent_y[i]);
    }
}

/* Units first to end of a block. */
static void softmax_jvp_pass3_float_units(const softmax_arguments_float *a, const softmax_block *c, ptrdiff_t first,
    ptrdiff_t end, const double *lane_shift_2, const double *lane_shift_pivot, const double *lane_scale)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    float buffer_x[SOFTMAX_TILE];
    float buffer_tangent_x[SOFTMAX_TILE];
    float buffer_tangent_y[SOFTMAX_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        float column_shift_2[SOFTMAX_TILE];
        float column_shift_pivot[SOFTMAX_TILE];
        float column_scale[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_2[k] = (float)lane_shift_2[b];
                column_shift_pivot[k] = (float)lane_shift_pivot[b];
                column_scale[k] = (float)lane_scale[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *x;
            const float *tangent_x;
            float *out_tangent_y;
            softmax_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, first + end - 2 - unit, ahead);
                softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->tangent_x + ahead[1], n * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->tangent_y + ahead[2], n * (ptrdiff_t)sizeof(float));
            }
            x = softmax_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            tangent_x = softmax_read_float_float(a->tangent_x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_tangent_x);
            out_tangent_y = (w->run_size == 1 || w->run_stride[2] == 1) && (c->lanes == 1
                || w->lane_stride[2] == w->run_size) ? a->tangent_y + at[2] : buffer_tangent_y;
            softmax_jvp_pass3_float_columns(n, x, tangent_x, column_shift_2, column_shift_pivot, column_scale,
                out_tangent_y);
            if (out_tangent_y == buffer_tangent_y) softmax_write_float(buffer_tangent_y, a->tangent_y + at[2],
                w->lane_stride[2], w->run_stride[2], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->tangent_x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->tangent_y + ahead[2] + b * w->lane_stride[2], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const float *tangent_x = a->tangent_x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                float *to_tangent_y = a->tangent_y + at[2] + b * w->lane_stride[2] + j * w->run_stride[2];
                float *out_tangent_y;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run : softmax_least(run
                    - j, SOFTMAX_TILE);
                x = softmax_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                tangent_x = softmax_read_float_float(tangent_x, 0, w->run_stride[1], 1, n, buffer_tangent_x);
                out_tangent_y = n == 1 || w->run_stride[2] == 1 ? to_tangent_y : buffer_tangent_y;
                softmax_jvp_pass3_float_row(n, x, tangent_x, (float)lane_shift_2[b], (float)lane_shift_pivot[b],
                    (float)lane_scale[b], out_tangent_y);
                if (out_tangent_y == buffer_tangent_y) softmax_write_float(buffer_tangent_y, to_tangent_y, 0,
                    w->run_stride[2], 1, n);
            }
        }
    }
}

static void softmax_jvp_pass3_float_all(const softmax_arguments_float *a, const softmax_block *c,
    const double *lane_shift_2, const double *lane_shift_pivot, const double *lane_scale)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_jvp_pass3_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_2,
            lane_shift_pivot, lane_scale);
    }
}


static void softmax_jvp_block_float(const softmax_arguments_float *a, softmax_block *c)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t b;
    double lane_shift[SOFTMAX_LANES];
    double lane_mass[SOFTMAX_LANES];
    double lane_shift_pivot[SOFTMAX_LANES];
    double lane_v_sum_exp_shifted_tangent_x[SOFTMAX_LANES];
    double lane_shift_2[SOFTMAX_LANES];
    double lane_scale[SOFTMAX_LANES];
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_shift[b] = a->shift[c->at[3] + b * w->lane_stride[3]];
        lane_mass[b] = a->mass[c->at[3] + b * w->lane_stride[3]];
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_pivot[b] = lane_shift[b];
    }
    softmax_jvp_pass1_float_sums(a, c, lane_shift_pivot, lane_v_sum_exp_shifted_tangent_x);
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_2[b] = lane_v_sum_exp_shifted_tangent_x[b]/lane_mass[b];
        lane_scale[b] = 1.0/lane_mass[b];
    }
    softmax_jvp_pass3_float_all(a, c, lane_shift_2, lane_shift_pivot, lane_scale);
    (void)w;
}

int softmax_jvp_float(
    const softmax_extents *extents,
    const float *x, const ptrdiff_t *x_strides,
    const float *tangent_x, const ptrdiff_t *tangent_x_strides,
    const double *shift,
    const double *mass,
    float *tangent_y, const ptrdiff_t *tangent_y_strides,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"n", "n" };
    const ptrdiff_t *strides[3];
    softmax_arguments_float a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = softmax_check_extents(extents), outside;
    k = 0;
    if (status != SOFTMAX_OK) return status;
    if (x == NULL || tangent_x == NULL || tangent_y == NULL || shift == NULL || mass == NULL) return SOFTMAX_NULL;
    if (threads < 1) return SOFTMAX_THREADS;
    if (workspace_size < softmax_jvp_workspace(extents)) return SOFTMAX_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0)) return SOFTMAX_WORKSPACE;
    if (softmax_count(extents, "nd") == 0) {
        return SOFTMAX_OK;
    }
    strides[0] = x_strides;
    strides[1] = tangent_x_strides;
    strides[2] = tangent_y_strides;
    softmax_plan(&a.walk, extents, "n", 3, strides, 1, layouts, sizeof(float), 0);
    a.x = x;
    a.tangent_x = tangent_x;
    a.tangent_y = tangent_y;
    a.shift = shift;
    a.mass = mass;
    a.few = softmax_count(extents, "d") < SOFTMAX_FEW;
    total = 0;
    portions = a.walk.blocks;
    /* Few blocks are better shared out part by part; the sums are the same. */
    outside = threads;
    a.inside = 1;
    if (portions % threads != 0 && portions < 8 * (ptrdiff_t)threads && a.walk.splits > 1) {
        a.inside = threads;
        outside = 1;
    }
    (void)outside, (void)k;
    if (portions < outside) outside = (int)portions;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(outside) schedule(static) if (outside > 1)
#endif
    for (number = 0; number < portions; ++number) {
        ptrdiff_t m;
        for (m = a.walk.blocks * number / portions; m < a.walk.blocks * (number + 1) / portions; ++m) {
            softmax_block c;
            softmax_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            softmax_jvp_block_float(&a, &c);
        }
    }
    return SOFTMAX_OK;
}

SOFTMAX_INLINE void softmax_jvp_pass1_double_element(
const double x, const double tangent_x, const double shift_pivot, double *to_v_sum_exp_shifted_tangent_x)
{
    const double at_x_shifted = x - shift_pivot;
    const double at_t1 = exp(at_x_shifted);
    *to_v_sum_exp_shifted_tangent_x = at_t1 * tangent_x;
}

static void softmax_jvp_pass1_double_row(ptrdiff_t n, const double *x, const double *tangent_x,
    const double shift_pivot, double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + softmax_least(n - i, 64);
        double part_0[SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + SOFTMAX_CHAINS <= end; i += SOFTMAX_CHAINS) {
            SOFTMAX_SIMD
            for (k = 0; k < SOFTMAX_CHAINS; ++k) {
                double term_0;
                softmax_jvp_pass1_double_element(x[i + k], tangent_x[i + k], shift_pivot, &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            softmax_jvp_pass1_double_element(x[i], tangent_x[i], shift_pivot, &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        softmax_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void softmax_jvp_pass1_double_columns(ptrdiff_t n, const double *x, const double *tangent_x,
    const double *shift_pivot, double *high_0, double *low_0)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        softmax_jvp_pass1_double_element(x[i], tangent_x[i], shift_pivot[i], &term_0);
        softmax_add_double(&high_0[i], &low_0[i], term_0);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void softmax_jvp_pass1_double_units(const softmax_arguments_double *a, const softmax_block *c, ptrdiff_t first,
    ptrdiff_t end, const long double *lane_shift_pivot, double *high, double *low)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    double buffer_x[SOFTMAX_TILE];
    double buffer_tangent_x[SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_pivot[SOFTMAX_TILE];
        double high_0[SOFTMAX_TILE], low_0[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            const double *tangent_x;
            softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, unit + 1, ahead);
                softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->tangent_x + ahead[1], n * (ptrdiff_t)sizeof(double));
            }
            x = softmax_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            tangent_x = softmax_read_double_double(a->tangent_x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_tangent_x);
            softmax_jvp_pass1_double_columns(n, x, tangent_x, column_shift_pivot, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                softmax_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->tangent_x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *tangent_x = a->tangent_x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : softmax_least(run - j, SOFTMAX_TILE);
                x = softmax_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                tangent_x = softmax_read_double_double(tangent_x, 0, w->run_stride[1], 1, n, buffer_tangent_x);
                softmax_jvp_pass1_double_row(n, x, tangent_x, (double)lane_shift_pivot[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void softmax_jvp_pass1_double_sums(const softmax_arguments_double *a, const softmax_block *c,
    const long double *lane_shift_pivot, long double *sum_v_sum_exp_shifted_tangent_x)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_jvp_pass1_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot, part
            + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                softmax_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_exp_shifted_tangent_x[b] = (long double)softmax_whole_double(high, low);
        }
    }
}


SOFTMAX_INLINE void softmax_jvp_pass1_extended_element(
const long double x, const long double tangent_x, const long double shift_pivot,
    long double *to_v_sum_exp_shifted_tangent_x)
{
    const long double at_x_shifted = x - shift_pivot;
    const long double at_t1 = expl(at_x_shifted);
    *to_v_sum_exp_shifted_tangent_x = at_t1 * tangent_x;
}

static void softmax_jvp_pass1_extended_row(ptrdiff_t n, const double *x, const double *tangent_x,
    const long double shift_pivot, long double *high, long double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + softmax_least(n - i, 64);
        long double part_0[SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + SOFTMAX_CHAINS <= end; i += SOFTMAX_CHAINS) {
            SOFTMAX_SIMD
            for (k = 0; k < SOFTMAX_CHAINS; ++k) {
                long double term_0;
                softmax_jvp_pass1_extended_element((long double)x[i + k], (long double)tangent_x[i + k], shift_pivot,
                    &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0;
            softmax_jvp_pass1_extended_element((long double)x[i], (long double)tangent_x[i], shift_pivot, &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        softmax_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void softmax_jvp_pass1_extended_columns(ptrdiff_t n, const double *x, const double *tangent_x,
    const long double *shift_pivot, long double *high_0, long double *low_0)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0;
        softmax_jvp_pass1_extended_element((long double)x[i], (long double)tangent_x[i], shift_pivot[i], &term_0);
        softmax_add_extended(&high_0[i], &low_0[i], term_0);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void softmax_jvp_pass1_extended_units(const softmax_arguments_double *a, const softmax_block *c, ptrdiff_t first,
    ptrdiff_t end, const long double *lane_shift_pivot, long double *high, long double *low)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    double buffer_x[SOFTMAX_TILE];
    double buffer_tangent_x[SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double column_shift_pivot[SOFTMAX_TILE];
        long double high_0[SOFTMAX_TILE], low_0[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (long double)lane_shift_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            const double *tangent_x;
            softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, unit + 1, ahead);
                softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->tangent_x + ahead[1], n * (ptrdiff_t)sizeof(double));
            }
            x = softmax_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            tangent_x = softmax_read_double_double(a->tangent_x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_tangent_x);
            softmax_jvp_pass1_extended_columns(n, x, tangent_x, column_shift_pivot, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                softmax_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->tangent_x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *tangent_x = a->tangent_x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : softmax_least(run - j, SOFTMAX_TILE);
                x = softmax_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                tangent_x = softmax_read_double_double(tangent_x, 0, w->run_stride[1], 1, n, buffer_tangent_x);
                softmax_jvp_pass1_extended_row(n, x, tangent_x, (long double)lane_shift_pivot[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void softmax_jvp_pass1_extended_sums(const softmax_arguments_double *a, const softmax_block *c,
    const long double *lane_shift_pivot, long double *sum_v_sum_exp_shifted_tangent_x)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    long double part[2 * 1 * SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_jvp_pass1_extended_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot, part
            + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                softmax_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_exp_shifted_tangent_x[b] = (long double)softmax_whole_extended(high, low);
        }
    }
}


SOFTMAX_INLINE void softmax_jvp_pass3_double_element(
const double x, const double tangent_x, const double shift_2, const double shift_pivot, const double scale,
    double *to_tangent_y)
{
    const double at_t1 = tangent_x - shift_2;
    const double at_x_shifted = x - shift_pivot;
    const double at_t2 = exp(at_x_shifted);
    const double at_t3 = at_t1 * at_t2;
    const double at_t4 = at_t3 * scale;
    *to_tangent_y = at_t4;
}

static void softmax_jvp_pass3_double_row(ptrdiff_t n, const double *x, const double *tangent_x, const double shift_2,
    const double shift_pivot, const double scale, double *out_tangent_y)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        softmax_jvp_pass3_double_element(x[i], tangent_x[i], shift_2, shift_pivot, scale, &out_tangent_y[i]);
    }
}

static void softmax_jvp_pass3_double_columns(ptrdiff_t n, const double *x, const double *tangent_x,
    const double *shift_2, const double *shift_pivot, const double *scale, double *out_tangent_y)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        softmax_jvp_pass3_double_element(x[i], tangent_x[i], shift_2[i], shift_pivot[i], scale[i], &out_tangent_y[i]);
    }
}

/* Units first to end of a block. */
static void softmax_jvp_pass3_double_units(const softmax_arguments_double *a, const softmax_block *c, ptrdiff_t first,
    ptrdiff_t end, const long double *lane_shift_2, const long double *lane_shift_pivot, const long double *lane_scale)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    double buffer_x[SOFTMAX_TILE];
    double buffer_tangent_x[SOFTMAX_TILE];
    double buffer_tangent_y[SOFTMAX_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_2[SOFTMAX_TILE];
        double column_shift_pivot[SOFTMAX_TILE];
        double column_scale[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_2[k] = (double)lane_shift_2[b];
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
                column_scale[k] = (double)lane_scale[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            const double *tangent_x;
            double *out_tangent_y;
            softmax_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, first + end - 2 - unit, ahead);
                softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->tangent_x + ahead[1], n * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->tangent_y + ahead[2], n * (ptrdiff_t)sizeof(double));
            }
            x = softmax_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            tangent_x = softmax_read_double_double(a->tangent_x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_tangent_x);
            out_tangent_y = (w->run_size == 1 || w->run_stride[2] == 1) && (c->lanes == 1
                || w->lane_stride[2] == w->run_size) ? a->tangent_y + at[2] : buffer_tangent_y;
            softmax_jvp_pass3_double_columns(n, x, tangent_x, column_shift_2, column_shift_pivot, column_scale,
                out_tangent_y);
            if (out_tangent_y == buffer_tangent_y) softmax_write_double(buffer_tangent_y, a->tangent_y + at[2],
                w->lane_stride[2], w->run_stride[2], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->tangent_x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->tangent_y + ahead[2] + b * w->lane_stride[2], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *tangent_x = a->tangent_x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                double *to_tangent_y = a->tangent_y + at[2] + b * w->lane_stride[2] + j * w->run_stride[2];
                double *out_tangent_y;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run : softmax_least(run
                    - j, SOFTMAX_TILE);
                x = softmax_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                tangent_x = softmax_read_double_double(tangent_x, 0, w->run_stride[1], 1, n, buffer_tangent_x);
                out_tangent_y = n == 1 || w->run_stride[2] == 1 ? to_tangent_y : buffer_tangent_y;
                softmax_jvp_pass3_double_row(n, x, tangent_x, (double)lane_shift_2[b], (double)lane_shift_pivot[b],
                    (double)lane_scale[b], out_tangent_y);
                if (out_tangent_y == buffer_tangent_y) softmax_write_double(buffer_tangent_y, to_tangent_y, 0,
                    w->run_stride[2], 1, n);
            }
        }
    }
}

static void softmax_jvp_pass3_double_all(const softmax_arguments_double *a, const softmax_block *c,
    const long double *lane_shift_2, const long double *lane_shift_pivot, const long double *lane_scale)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_jvp_pass3_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_2,
            lane_shift_pivot, lane_scale);
    }
}


static void softmax_jvp_block_double(const softmax_arguments_double *a, softmax_block *c)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t b;
    long double lane_shift[SOFTMAX_LANES];
    long double lane_mass[SOFTMAX_LANES];
    long double lane_shift_pivot[SOFTMAX_LANES];
    long double lane_v_sum_exp_shifted_tangent_x[SOFTMAX_LANES];
    long double lane_shift_2[SOFTMAX_LANES];
    long double lane_scale[SOFTMAX_LANES];
    long double again_v_sum_exp_shifted_tangent_x[SOFTMAX_LANES];
    int finite;
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_shift[b] = a->shift[c->at[3] + b * w->lane_stride[3]];
        lane_mass[b] = a->mass[c->at[3] + b * w->lane_stride[3]];
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_pivot[b] = lane_shift[b];
    }
    finite = 0;
    if (!a->few) {
        softmax_jvp_pass1_double_sums(a, c, lane_shift_pivot, lane_v_sum_exp_shifted_tangent_x);
        finite = softmax_finite_extended(lane_v_sum_exp_shifted_tangent_x, c->lanes);
    }
    if (!finite) {
        softmax_jvp_pass1_extended_sums(a, c, lane_shift_pivot, again_v_sum_exp_shifted_tangent_x);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_exp_shifted_tangent_x[b])) lane_v_sum_exp_shifted_tangent_x[b]
                = again_v_sum_exp_shifted_tangent_x[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_2[b] = lane_v_sum_exp_shifted_tangent_x[b]/lane_mass[b];
        lane_scale[b] = 1.0/lane_mass[b];
    }
    softmax_jvp_pass3_double_all(a, c, lane_shift_2, lane_shift_pivot, lane_scale);
    (void)w;
}

int softmax_jvp_double(
    const softmax_extents *extents,
    const double *x, const ptrdiff_t *x_strides,
    const double *tangent_x, const ptrdiff_t *tangent_x_strides,
    const double *shift,
    const double *mass,
    double *tangent_y, const ptrdiff_t *tangent_y_strides,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"n", "n" };
    const ptrdiff_t *strides[3];
    softmax_arguments_double a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = softmax_check_extents(extents), outside;
    k = 0;
    if (status != SOFTMAX_OK) return status;
    if (x == NULL || tangent_x == NULL || tangent_y == NULL || shift == NULL || mass == NULL) return SOFTMAX_NULL;
    if (threads < 1) return SOFTMAX_THREADS;
    if (workspace_size < softmax_jvp_workspace(extents)) return SOFTMAX_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0)) return SOFTMAX_WORKSPACE;
    if (softmax_count(extents, "nd") == 0) {
        return SOFTMAX_OK;
    }
    strides[0] = x_strides;
    strides[1] = tangent_x_strides;
    strides[2] = tangent_y_strides;
    softmax_plan(&a.walk, extents, "n", 3, strides, 1, layouts, sizeof(double), 0);
    a.x = x;
    a.tangent_x = tangent_x;
    a.tangent_y = tangent_y;
    a.shift = shift;
    a.mass = mass;
    a.few = softmax_count(extents, "d") < SOFTMAX_FEW;
    total = 0;
    portions = a.walk.blocks;
    /* Few blocks are better shared out part by part; the sums are the same. */
    outside = threads;
    a.inside = 1;
    if (portions % threads != 0 && portions < 8 * (ptrdiff_t)threads && a.walk.splits > 1) {
        a.inside = threads;
        outside = 1;
    }
    (void)outside, (void)k;
    if (portions < outside) outside = (int)portions;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(outside) schedule(static) if (outside > 1)
#endif
    for (number = 0; number < portions; ++number) {
        ptrdiff_t m;
        for (m = a.walk.blocks * number / portions; m < a.walk.blocks * (number + 1) / portions; ++m) {
            softmax_block c;
            softmax_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            softmax_jvp_block_double(&a, &c);
        }
    }
    return SOFTMAX_OK;
}

size_t softmax_double_backward_workspace(const softmax_extents *extents)
{
    ptrdiff_t count = 0;
    if (softmax_check_extents(extents) != SOFTMAX_OK || softmax_count(extents, "nd") == 0) return 0;
    return (size_t)count * sizeof(double);
}

SOFTMAX_INLINE void softmax_double_backward_pass1_float_element(
const double grad_output, const double x, const double cotangent_grad_input, const double shift_pivot,
    double *to_v_sum_cotangent_grad_input_exp_shifted, double *to_v_sum_cotangent_grad_input_exp_shifted_grad_output,
    double *to_v_sum_exp_shifted_grad_output)
{
    const double at_x_shifted = x - shift_pivot;
    const double at_t1 = exp(at_x_shifted);
    const double at_t2 = grad_output * cotangent_grad_input;
    *to_v_sum_cotangent_grad_input_exp_shifted = cotangent_grad_input * at_t1;
    *to_v_sum_cotangent_grad_input_exp_shifted_grad_output = at_t2 * at_t1;
    *to_v_sum_exp_shifted_grad_output = grad_output * at_t1;
}

static void softmax_double_backward_pass1_float_row(ptrdiff_t n, const float *grad_output, const float *x,
    const float *cotangent_grad_input, const double shift_pivot, double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + softmax_least(n - i, 4096);
        double part_0[SOFTMAX_CHAINS];
        double part_1[SOFTMAX_CHAINS];
        double part_2[SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
            part_2[k] = 0;
        }
        for (; i + SOFTMAX_CHAINS <= end; i += SOFTMAX_CHAINS) {
            SOFTMAX_SIMD
            for (k = 0; k < SOFTMAX_CHAINS; ++k) {
                double term_0, term_1, term_2;
                softmax_double_backward_pass1_float_element((double)grad_output[i + k], (double)x[i + k],
                    (double)cotangent_grad_input[i + k], shift_pivot, &term_0, &term_1, &term_2);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
                part_2[k] = part_2[k] + term_2;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1, term_2;
            softmax_double_backward_pass1_float_element((double)grad_output[i], (double)x[i],
                (double)cotangent_grad_input[i], shift_pivot, &term_0, &term_1, &term_2);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
            part_2[k] = part_2[k] + term_2;
        }
        for (k = SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
                part_2[m] = part_2[m] + part_2[m + k];
            }
        }
        softmax_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        softmax_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
        softmax_add_double(&high[2 * lanes], &low[2 * lanes], part_2[0]);
    }
}

static void softmax_double_backward_pass1_float_columns(ptrdiff_t n, const float *grad_output, const float *x,
    const float *cotangent_grad_input, const double *shift_pivot, double *high_0, double *low_0, double *high_1,
    double *low_1, double *high_2, double *low_2)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1, term_2;
        softmax_double_backward_pass1_float_element((double)grad_output[i], (double)x[i],
            (double)cotangent_grad_input[i], shift_pivot[i], &term_0, &term_1, &term_2);
        high_0[i] += term_0;
        high_1[i] += term_1;
        high_2[i] += term_2;
    }
    (void)low_0;
    (void)low_1;
    (void)low_2;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void softmax_double_backward_pass1_float_units(const softmax_arguments_float *a, const softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const double *lane_shift_pivot, double *high, double *low)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    float buffer_grad_output[SOFTMAX_TILE];
    float buffer_x[SOFTMAX_TILE];
    float buffer_cotangent_grad_input[SOFTMAX_TILE];
    for (k = 0; k < 3 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[2 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_pivot[SOFTMAX_TILE];
        double high_0[SOFTMAX_TILE], low_0[SOFTMAX_TILE];
        double high_1[SOFTMAX_TILE], low_1[SOFTMAX_TILE];
        double high_2[SOFTMAX_TILE], low_2[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
                high_2[k] = 0;
                low_2[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *grad_output;
            const float *x;
            const float *cotangent_grad_input;
            softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, unit + 1, ahead);
                softmax_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(float));
            }
            grad_output = softmax_read_float_float(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = softmax_read_float_float(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes, w->run_size,
                buffer_x);
            cotangent_grad_input = softmax_read_float_float(a->cotangent_grad_input + at[2], w->lane_stride[2],
                w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            softmax_double_backward_pass1_float_columns(n, grad_output, x, cotangent_grad_input, column_shift_pivot,
                high_0, low_0, high_1, low_1, high_2, low_2);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                softmax_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                softmax_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
                softmax_add_double(&high[2 * c->lanes + b], &low[2 * c->lanes + b], high_2[k]);
                low[2 * c->lanes + b] += low_2[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const float *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                const float *cotangent_grad_input = a->cotangent_grad_input + at[2] + b * w->lane_stride[2]
                    + j * w->run_stride[2];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run : softmax_least(run
                    - j, SOFTMAX_TILE);
                grad_output = softmax_read_float_float(grad_output, 0, w->run_stride[0], 1, n, buffer_grad_output);
                x = softmax_read_float_float(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = softmax_read_float_float(cotangent_grad_input, 0, w->run_stride[2], 1, n,
                    buffer_cotangent_grad_input);
                softmax_double_backward_pass1_float_row(n, grad_output, x, cotangent_grad_input,
                    (double)lane_shift_pivot[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void softmax_double_backward_pass1_float_sums(const softmax_arguments_float *a, const softmax_block *c,
    const double *lane_shift_pivot, double *sum_v_sum_cotangent_grad_input_exp_shifted,
    double *sum_v_sum_cotangent_grad_input_exp_shifted_grad_output, double *sum_v_sum_exp_shifted_grad_output)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 3 * c->lanes;
    double part[2 * 3 * SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_double_backward_pass1_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot,
            part + k * stride, part + k * stride + 3 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 3) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                softmax_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 3) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input_exp_shifted[b] = (double)softmax_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 3) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                softmax_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 3) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input_exp_shifted_grad_output[b] = (double)softmax_whole_double(high, low);
        }
        {
            double high = part[2 * c->lanes + b], low = part[(2 + 3) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                softmax_add_double(&high, &low, part[k * stride + 2 * c->lanes + b]);
                low += part[k * stride + (2 + 3) * c->lanes + b];
            }
            sum_v_sum_exp_shifted_grad_output[b] = (double)softmax_whole_double(high, low);
        }
    }
}


SOFTMAX_INLINE void softmax_double_backward_pass3_float_element(
const float grad_output, const float x, const float cotangent_grad_input, const float slope, const float shift_2,
    const float slope_2, const float slope_3, const float shift_pivot, const float shift_3, float *to_grad_x,
    float *to_grad_grad_output)
{
    const float at_t1 = cotangent_grad_input * slope;
    const float at_t2 = at_t1 + shift_2;
    const float at_t3 = cotangent_grad_input * grad_output;
    const float at_t4 = at_t3 * slope_2;
    const float at_t5 = at_t2 + at_t4;
    const float at_t6 = grad_output * slope_3;
    const float at_t7 = at_t5 + at_t6;
    const float at_x_shifted = x - shift_pivot;
    const float at_t8 = expf(at_x_shifted);
    const float at_t9 = at_t7 * at_t8;
    const float at_t10 = cotangent_grad_input - shift_3;
    const float at_t11 = at_t10 * at_t8;
    const float at_t12 = at_t11 * slope_2;
    *to_grad_x = at_t9;
    *to_grad_grad_output = at_t12;
}

static void softmax_double_backward_pass3_float_row(ptrdiff_t n, const float *grad_output, const float *x,
    const float *cotangent_grad_input, const float slope, const float shift_2, const float slope_2, const float slope_3,
    const float shift_pivot, const float shift_3, float *out_grad_x, float *out_grad_grad_output)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        softmax_double_backward_pass3_float_element(grad_output[i], x[i], cotangent_grad_input[i], slope, shift_2,
            slope_2, slope_3, shift_pivot, shift_3, &out_grad_x[i], &out_grad_grad_output[i]);
    }
}

static void softmax_double_backward_pass3_float_columns(ptrdiff_t n, const float *grad_output, const float *x,
    const float *cotangent_grad_input, const float *slope, const float *shift_2, const float *slope_2,
    const float *slope_3, const float *shift_pivot, const float *shift_3, float *out_grad_x,
    float *out_grad_grad_output)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        softmax_double_backward_pass3_float_element(grad_output[i], x[i], cotangent_grad_input[i], slope[i], shift_2[i],
            slope_2[i], slope_3[i], shift_pivot[i], shift_3[i], &out_grad_x[i], &out_grad_grad_output[i]);
    }
}

/* Units first to end of a block. */
static void softmax_double_backward_pass3_float_units(const softmax_arguments_float *a, const softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const double *lane_slope, const double *lane_shift_2, const double *lane_slope_2,
    const double *lane_slope_3, const double *lane_shift_pivot, const double *lane_shift_3)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    float buffer_grad_output[SOFTMAX_TILE];
    float buffer_x[SOFTMAX_TILE];
    float buffer_cotangent_grad_input[SOFTMAX_TILE];
    float buffer_grad_x[SOFTMAX_TILE];
    float buffer_grad_grad_output[SOFTMAX_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        float column_slope[SOFTMAX_TILE];
        float column_shift_2[SOFTMAX_TILE];
        float column_slope_2[SOFTMAX_TILE];
        float column_slope_3[SOFTMAX_TILE];
        float column_shift_pivot[SOFTMAX_TILE];
        float column_shift_3[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_slope[k] = (float)lane_slope[b];
                column_shift_2[k] = (float)lane_shift_2[b];
                column_slope_2[k] = (float)lane_slope_2[b];
                column_slope_3[k] = (float)lane_slope_3[b];
                column_shift_pivot[k] = (float)lane_shift_pivot[b];
                column_shift_3[k] = (float)lane_shift_3[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *grad_output;
            const float *x;
            const float *cotangent_grad_input;
            float *out_grad_x;
            float *out_grad_grad_output;
            softmax_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, first + end - 2 - unit, ahead);
                softmax_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->grad_x + ahead[4], n * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->grad_grad_output + ahead[3], n * (ptrdiff_t)sizeof(float));
            }
            grad_output = softmax_read_float_float(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = softmax_read_float_float(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes, w->run_size,
                buffer_x);
            cotangent_grad_input = softmax_read_float_float(a->cotangent_grad_input + at[2], w->lane_stride[2],
                w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            out_grad_x = (w->run_size == 1 || w->run_stride[4] == 1) && (c->lanes == 1
                || w->lane_stride[4] == w->run_size) ? a->grad_x + at[4] : buffer_grad_x;
            out_grad_grad_output = (w->run_size == 1 || w->run_stride[3] == 1) && (c->lanes == 1
                || w->lane_stride[3] == w->run_size) ? a->grad_grad_output + at[3] : buffer_grad_grad_output;
            softmax_double_backward_pass3_float_columns(n, grad_output, x, cotangent_grad_input, column_slope,
                column_shift_2, column_slope_2, column_slope_3, column_shift_pivot, column_shift_3, out_grad_x,
                out_grad_grad_output);
            if (out_grad_x == buffer_grad_x) softmax_write_float(buffer_grad_x, a->grad_x + at[4], w->lane_stride[4],
                w->run_stride[4], c->lanes, w->run_size);
            if (out_grad_grad_output == buffer_grad_grad_output) softmax_write_float(buffer_grad_grad_output,
                a->grad_grad_output + at[3], w->lane_stride[3], w->run_stride[3], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->grad_x + ahead[4] + b * w->lane_stride[4], run * (ptrdiff_t)sizeof(float));
                softmax_fetch(a->grad_grad_output + ahead[3] + b * w->lane_stride[3], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const float *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                const float *cotangent_grad_input = a->cotangent_grad_input + at[2] + b * w->lane_stride[2]
                    + j * w->run_stride[2];
                float *to_grad_x = a->grad_x + at[4] + b * w->lane_stride[4] + j * w->run_stride[4];
                float *out_grad_x;
                float *to_grad_grad_output = a->grad_grad_output + at[3] + b * w->lane_stride[3] + j * w->run_stride[3];
                float *out_grad_grad_output;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 && w->run_stride[4] == 1
                    && w->run_stride[3] == 1 ? run : softmax_least(run - j, SOFTMAX_TILE);
                grad_output = softmax_read_float_float(grad_output, 0, w->run_stride[0], 1, n, buffer_grad_output);
                x = softmax_read_float_float(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = softmax_read_float_float(cotangent_grad_input, 0, w->run_stride[2], 1, n,
                    buffer_cotangent_grad_input);
                out_grad_x = n == 1 || w->run_stride[4] == 1 ? to_grad_x : buffer_grad_x;
                out_grad_grad_output = n == 1 || w->run_stride[3] == 1 ? to_grad_grad_output : buffer_grad_grad_output;
                softmax_double_backward_pass3_float_row(n, grad_output, x, cotangent_grad_input, (float)lane_slope[b],
                    (float)lane_shift_2[b], (float)lane_slope_2[b], (float)lane_slope_3[b], (float)lane_shift_pivot[b],
                    (float)lane_shift_3[b], out_grad_x, out_grad_grad_output);
                if (out_grad_x == buffer_grad_x) softmax_write_float(buffer_grad_x, to_grad_x, 0, w->run_stride[4], 1,
                    n);
                if (out_grad_grad_output == buffer_grad_grad_output) softmax_write_float(buffer_grad_grad_output,
                    to_grad_grad_output, 0, w->run_stride[3], 1, n);
            }
        }
    }
}

static void softmax_double_backward_pass3_float_all(const softmax_arguments_float *a, const softmax_block *c,
    const double *lane_slope, const double *lane_shift_2, const double *lane_slope_2, const double *lane_slope_3,
    const double *lane_shift_pivot, const double *lane_shift_3)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_double_backward_pass3_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_slope,
            lane_shift_2, lane_slope_2, lane_slope_3, lane_shift_pivot, lane_shift_3);
    }
}


static void softmax_double_backward_block_float(const softmax_arguments_float *a, softmax_block *c)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t b;
    double lane_shift[SOFTMAX_LANES];
    double lane_mass[SOFTMAX_LANES];
    double lane_shift_pivot[SOFTMAX_LANES];
    double lane_v_sum_cotangent_grad_input_exp_shifted[SOFTMAX_LANES];
    double lane_v_sum_cotangent_grad_input_exp_shifted_grad_output[SOFTMAX_LANES];
    double lane_v_sum_exp_shifted_grad_output[SOFTMAX_LANES];
    double lane_slope[SOFTMAX_LANES];
    double lane_shift_2[SOFTMAX_LANES];
    double lane_slope_2[SOFTMAX_LANES];
    double lane_slope_3[SOFTMAX_LANES];
    double lane_shift_3[SOFTMAX_LANES];
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_shift[b] = a->shift[c->at[5] + b * w->lane_stride[5]];
        lane_mass[b] = a->mass[c->at[5] + b * w->lane_stride[5]];
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_pivot[b] = lane_shift[b];
    }
    softmax_double_backward_pass1_float_sums(a, c, lane_shift_pivot, lane_v_sum_cotangent_grad_input_exp_shifted,
        lane_v_sum_cotangent_grad_input_exp_shifted_grad_output, lane_v_sum_exp_shifted_grad_output);
    for (b = 0; b < c->lanes; ++b) {
        lane_slope[b] = -lane_v_sum_exp_shifted_grad_output[b]/softmax_square_double(lane_mass[b]);
        lane_shift_2[b] = 2.0*lane_v_sum_cotangent_grad_input_exp_shifted[b]
            *lane_v_sum_exp_shifted_grad_output[b]/pow(lane_mass[b], 3.0)
            - lane_v_sum_cotangent_grad_input_exp_shifted_grad_output[b]/softmax_square_double(lane_mass[b]);
        lane_slope_2[b] = 1.0/lane_mass[b];
        lane_slope_3[b] = -lane_v_sum_cotangent_grad_input_exp_shifted[b]/softmax_square_double(lane_mass[b]);
        lane_shift_3[b] = lane_v_sum_cotangent_grad_input_exp_shifted[b]/lane_mass[b];
    }
    softmax_double_backward_pass3_float_all(a, c, lane_slope, lane_shift_2, lane_slope_2, lane_slope_3,
        lane_shift_pivot, lane_shift_3);
    (void)w;
}

int softmax_double_backward_float(
    const softmax_extents *extents,
    const float *grad_output, const ptrdiff_t *grad_output_strides,
    const float *x, const ptrdiff_t *x_strides,
    const float *cotangent_grad_input, const ptrdiff_t *cotangent_grad_input_strides,
    const double *shift,
    const double *mass,
    float *grad_grad_output, const ptrdiff_t *grad_grad_output_strides,
    float *grad_x, const ptrdiff_t *grad_x_strides,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"n", "n" };
    const ptrdiff_t *strides[5];
    softmax_arguments_float a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = softmax_check_extents(extents), outside;
    k = 0;
    if (status != SOFTMAX_OK) return status;
    if (grad_output == NULL || x == NULL || cotangent_grad_input == NULL || grad_grad_output == NULL || grad_x == NULL
        || shift == NULL || mass == NULL) return SOFTMAX_NULL;
    if (threads < 1) return SOFTMAX_THREADS;
    if (workspace_size < softmax_double_backward_workspace(extents)) return SOFTMAX_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0)) return SOFTMAX_WORKSPACE;
    if (softmax_count(extents, "nd") == 0) {
        return SOFTMAX_OK;
    }
    strides[0] = grad_output_strides;
    strides[1] = x_strides;
    strides[2] = cotangent_grad_input_strides;
    strides[3] = grad_grad_output_strides;
    strides[4] = grad_x_strides;
    softmax_plan(&a.walk, extents, "n", 5, strides, 1, layouts, sizeof(float), 0);
    a.grad_output = grad_output;
    a.x = x;
    a.cotangent_grad_input = cotangent_grad_input;
    a.grad_grad_output = grad_grad_output;
    a.grad_x = grad_x;
    a.shift = shift;
    a.mass = mass;
    a.few = softmax_count(extents, "d") < SOFTMAX_FEW;
    total = 0;
    portions = a.walk.blocks;
    /* Few blocks are better shared out part by part; the sums are the same. */
    outside = threads;
    a.inside = 1;
    if (portions % threads != 0 && portions < 8 * (ptrdiff_t)threads && a.walk.splits > 1) {
        a.inside = threads;
        outside = 1;
    }
    (void)outside, (void)k;
    if (portions < outside) outside = (int)portions;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(outside) schedule(static) if (outside > 1)
#endif
    for (number = 0; number < portions; ++number) {
        ptrdiff_t m;
        for (m = a.walk.blocks * number / portions; m < a.walk.blocks * (number + 1) / portions; ++m) {
            softmax_block c;
            softmax_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            softmax_double_backward_block_float(&a, &c);
        }
    }
    return SOFTMAX_OK;
}

SOFTMAX_INLINE void softmax_double_backward_pass1_double_element(
const double grad_output, const double x, const double cotangent_grad_input, const double shift_pivot,
    double *to_v_sum_cotangent_grad_input_exp_shifted, double *to_v_sum_cotangent_grad_input_exp_shifted_grad_output,
    double *to_v_sum_exp_shifted_grad_output)
{
    const double at_x_shifted = x - shift_pivot;
    const double at_t1 = exp(at_x_shifted);
    const double at_t2 = grad_output * cotangent_grad_input;
    *to_v_sum_cotangent_grad_input_exp_shifted = cotangent_grad_input * at_t1;
    *to_v_sum_cotangent_grad_input_exp_shifted_grad_output = at_t2 * at_t1;
    *to_v_sum_exp_shifted_grad_output = grad_output * at_t1;
}

static void softmax_double_backward_pass1_double_row(ptrdiff_t n, const double *grad_output, const double *x,
    const double *cotangent_grad_input, const double shift_pivot, double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + softmax_least(n - i, 64);
        double part_0[SOFTMAX_CHAINS];
        double part_1[SOFTMAX_CHAINS];
        double part_2[SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
            part_2[k] = 0;
        }
        for (; i + SOFTMAX_CHAINS <= end; i += SOFTMAX_CHAINS) {
            SOFTMAX_SIMD
            for (k = 0; k < SOFTMAX_CHAINS; ++k) {
                double term_0, term_1, term_2;
                softmax_double_backward_pass1_double_element(grad_output[i + k], x[i + k], cotangent_grad_input[i + k],
                    shift_pivot, &term_0, &term_1, &term_2);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
                part_2[k] = part_2[k] + term_2;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1, term_2;
            softmax_double_backward_pass1_double_element(grad_output[i], x[i], cotangent_grad_input[i], shift_pivot,
                &term_0, &term_1, &term_2);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
            part_2[k] = part_2[k] + term_2;
        }
        for (k = SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
                part_2[m] = part_2[m] + part_2[m + k];
            }
        }
        softmax_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        softmax_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
        softmax_add_double(&high[2 * lanes], &low[2 * lanes], part_2[0]);
    }
}

static void softmax_double_backward_pass1_double_columns(ptrdiff_t n, const double *grad_output, const double *x,
    const double *cotangent_grad_input, const double *shift_pivot, double *high_0, double *low_0, double *high_1,
    double *low_1, double *high_2, double *low_2)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1, term_2;
        softmax_double_backward_pass1_double_element(grad_output[i], x[i], cotangent_grad_input[i], shift_pivot[i],
            &term_0, &term_1, &term_2);
        softmax_add_double(&high_0[i], &low_0[i], term_0);
        softmax_add_double(&high_1[i], &low_1[i], term_1);
        softmax_add_double(&high_2[i], &low_2[i], term_2);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void softmax_double_backward_pass1_double_units(const softmax_arguments_double *a, const softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const long double *lane_shift_pivot, double *high, double *low)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    double buffer_grad_output[SOFTMAX_TILE];
    double buffer_x[SOFTMAX_TILE];
    double buffer_cotangent_grad_input[SOFTMAX_TILE];
    for (k = 0; k < 3 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[2 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_pivot[SOFTMAX_TILE];
        double high_0[SOFTMAX_TILE], low_0[SOFTMAX_TILE];
        double high_1[SOFTMAX_TILE], low_1[SOFTMAX_TILE];
        double high_2[SOFTMAX_TILE], low_2[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
                high_2[k] = 0;
                low_2[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            const double *cotangent_grad_input;
            softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, unit + 1, ahead);
                softmax_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = softmax_read_double_double(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = softmax_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes, w->run_size,
                buffer_x);
            cotangent_grad_input = softmax_read_double_double(a->cotangent_grad_input + at[2], w->lane_stride[2],
                w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            softmax_double_backward_pass1_double_columns(n, grad_output, x, cotangent_grad_input, column_shift_pivot,
                high_0, low_0, high_1, low_1, high_2, low_2);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                softmax_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                softmax_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
                softmax_add_double(&high[2 * c->lanes + b], &low[2 * c->lanes + b], high_2[k]);
                low[2 * c->lanes + b] += low_2[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                const double *cotangent_grad_input = a->cotangent_grad_input + at[2] + b * w->lane_stride[2]
                    + j * w->run_stride[2];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run : softmax_least(run
                    - j, SOFTMAX_TILE);
                grad_output = softmax_read_double_double(grad_output, 0, w->run_stride[0], 1, n, buffer_grad_output);
                x = softmax_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = softmax_read_double_double(cotangent_grad_input, 0, w->run_stride[2], 1, n,
                    buffer_cotangent_grad_input);
                softmax_double_backward_pass1_double_row(n, grad_output, x, cotangent_grad_input,
                    (double)lane_shift_pivot[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void softmax_double_backward_pass1_double_sums(const softmax_arguments_double *a, const softmax_block *c,
    const long double *lane_shift_pivot, long double *sum_v_sum_cotangent_grad_input_exp_shifted,
    long double *sum_v_sum_cotangent_grad_input_exp_shifted_grad_output, long double *sum_v_sum_exp_shifted_grad_output)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 3 * c->lanes;
    double part[2 * 3 * SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_double_backward_pass1_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot,
            part + k * stride, part + k * stride + 3 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 3) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                softmax_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 3) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input_exp_shifted[b] = (long double)softmax_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 3) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                softmax_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 3) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input_exp_shifted_grad_output[b] = (long double)softmax_whole_double(high, low);
        }
        {
            double high = part[2 * c->lanes + b], low = part[(2 + 3) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                softmax_add_double(&high, &low, part[k * stride + 2 * c->lanes + b]);
                low += part[k * stride + (2 + 3) * c->lanes + b];
            }
            sum_v_sum_exp_shifted_grad_output[b] = (long double)softmax_whole_double(high, low);
        }
    }
}


SOFTMAX_INLINE void softmax_double_backward_pass1_extended_element(
const long double grad_output, const long double x, const long double cotangent_grad_input,
    const long double shift_pivot, long double *to_v_sum_cotangent_grad_input_exp_shifted,
    long double *to_v_sum_cotangent_grad_input_exp_shifted_grad_output, long double *to_v_sum_exp_shifted_grad_output)
{
    const long double at_x_shifted = x - shift_pivot;
    const long double at_t1 = expl(at_x_shifted);
    const long double at_t2 = grad_output * cotangent_grad_input;
    *to_v_sum_cotangent_grad_input_exp_shifted = cotangent_grad_input * at_t1;
    *to_v_sum_cotangent_grad_input_exp_shifted_grad_output = at_t2 * at_t1;
    *to_v_sum_exp_shifted_grad_output = grad_output * at_t1;
}

static void softmax_double_backward_pass1_extended_row(ptrdiff_t n, const double *grad_output, const double *x,
    const double *cotangent_grad_input, const long double shift_pivot, long double *high, long double *low,
    ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + softmax_least(n - i, 64);
        long double part_0[SOFTMAX_CHAINS];
        long double part_1[SOFTMAX_CHAINS];
        long double part_2[SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
            part_2[k] = 0;
        }
        for (; i + SOFTMAX_CHAINS <= end; i += SOFTMAX_CHAINS) {
            SOFTMAX_SIMD
            for (k = 0; k < SOFTMAX_CHAINS; ++k) {
                long double term_0, term_1, term_2;
                softmax_double_backward_pass1_extended_element((long double)grad_output[i + k], (long double)x[i + k],
                    (long double)cotangent_grad_input[i + k], shift_pivot, &term_0, &term_1, &term_2);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
                part_2[k] = part_2[k] + term_2;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0, term_1, term_2;
            softmax_double_backward_pass1_extended_element((long double)grad_output[i], (long double)x[i],
                (long double)cotangent_grad_input[i], shift_pivot, &term_0, &term_1, &term_2);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
            part_2[k] = part_2[k] + term_2;
        }
        for (k = SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
                part_2[m] = part_2[m] + part_2[m + k];
            }
        }
        softmax_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        softmax_add_extended(&high[1 * lanes], &low[1 * lanes], part_1[0]);
        softmax_add_extended(&high[2 * lanes], &low[2 * lanes], part_2[0]);
    }
}

static void softmax_double_backward_pass1_extended_columns(ptrdiff_t n, const double *grad_output, const double *x,
    const double *cotangent_grad_input, const long double *shift_pivot, long double *high_0, long double *low_0,
    long double *high_1, long double *low_1, long double *high_2, long double *low_2)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0, term_1, term_2;
        softmax_double_backward_pass1_extended_element((long double)grad_output[i], (long double)x[i],
            (long double)cotangent_grad_input[i], shift_pivot[i], &term_0, &term_1, &term_2);
        softmax_add_extended(&high_0[i], &low_0[i], term_0);
        softmax_add_extended(&high_1[i], &low_1[i], term_1);
        softmax_add_extended(&high_2[i], &low_2[i], term_2);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void softmax_double_backward_pass1_extended_units(const softmax_arguments_double *a, const softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const long double *lane_shift_pivot, long double *high, long double *low)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    double buffer_grad_output[SOFTMAX_TILE];
    double buffer_x[SOFTMAX_TILE];
    double buffer_cotangent_grad_input[SOFTMAX_TILE];
    for (k = 0; k < 3 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[2 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double column_shift_pivot[SOFTMAX_TILE];
        long double high_0[SOFTMAX_TILE], low_0[SOFTMAX_TILE];
        long double high_1[SOFTMAX_TILE], low_1[SOFTMAX_TILE];
        long double high_2[SOFTMAX_TILE], low_2[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (long double)lane_shift_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
                high_2[k] = 0;
                low_2[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            const double *cotangent_grad_input;
            softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, unit + 1, ahead);
                softmax_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = softmax_read_double_double(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = softmax_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes, w->run_size,
                buffer_x);
            cotangent_grad_input = softmax_read_double_double(a->cotangent_grad_input + at[2], w->lane_stride[2],
                w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            softmax_double_backward_pass1_extended_columns(n, grad_output, x, cotangent_grad_input, column_shift_pivot,
                high_0, low_0, high_1, low_1, high_2, low_2);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                softmax_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                softmax_add_extended(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
                softmax_add_extended(&high[2 * c->lanes + b], &low[2 * c->lanes + b], high_2[k]);
                low[2 * c->lanes + b] += low_2[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                const double *cotangent_grad_input = a->cotangent_grad_input + at[2] + b * w->lane_stride[2]
                    + j * w->run_stride[2];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run : softmax_least(run
                    - j, SOFTMAX_TILE);
                grad_output = softmax_read_double_double(grad_output, 0, w->run_stride[0], 1, n, buffer_grad_output);
                x = softmax_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = softmax_read_double_double(cotangent_grad_input, 0, w->run_stride[2], 1, n,
                    buffer_cotangent_grad_input);
                softmax_double_backward_pass1_extended_row(n, grad_output, x, cotangent_grad_input,
                    (long double)lane_shift_pivot[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void softmax_double_backward_pass1_extended_sums(const softmax_arguments_double *a, const softmax_block *c,
    const long double *lane_shift_pivot, long double *sum_v_sum_cotangent_grad_input_exp_shifted,
    long double *sum_v_sum_cotangent_grad_input_exp_shifted_grad_output, long double *sum_v_sum_exp_shifted_grad_output)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 3 * c->lanes;
    long double part[2 * 3 * SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_double_backward_pass1_extended_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_shift_pivot, part + k * stride, part + k * stride + 3 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 3) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                softmax_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 3) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input_exp_shifted[b] = (long double)softmax_whole_extended(high, low);
        }
        {
            long double high = part[1 * c->lanes + b], low = part[(1 + 3) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                softmax_add_extended(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 3) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input_exp_shifted_grad_output[b] = (long double)softmax_whole_extended(high, low);
        }
        {
            long double high = part[2 * c->lanes + b], low = part[(2 + 3) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                softmax_add_extended(&high, &low, part[k * stride + 2 * c->lanes + b]);
                low += part[k * stride + (2 + 3) * c->lanes + b];
            }
            sum_v_sum_exp_shifted_grad_output[b] = (long double)softmax_whole_extended(high, low);
        }
    }
}


SOFTMAX_INLINE void softmax_double_backward_pass3_double_element(
const double grad_output, const double x, const double cotangent_grad_input, const double slope, const double shift_2,
    const double slope_2, const double slope_3, const double shift_pivot, const double shift_3, double *to_grad_x,
    double *to_grad_grad_output)
{
    const double at_t1 = cotangent_grad_input * slope;
    const double at_t2 = at_t1 + shift_2;
    const double at_t3 = cotangent_grad_input * grad_output;
    const double at_t4 = at_t3 * slope_2;
    const double at_t5 = at_t2 + at_t4;
    const double at_t6 = grad_output * slope_3;
    const double at_t7 = at_t5 + at_t6;
    const double at_x_shifted = x - shift_pivot;
    const double at_t8 = exp(at_x_shifted);
    const double at_t9 = at_t7 * at_t8;
    const double at_t10 = cotangent_grad_input - shift_3;
    const double at_t11 = at_t10 * at_t8;
    const double at_t12 = at_t11 * slope_2;
    *to_grad_x = at_t9;
    *to_grad_grad_output = at_t12;
}

static void softmax_double_backward_pass3_double_row(ptrdiff_t n, const double *grad_output, const double *x,
    const double *cotangent_grad_input, const double slope, const double shift_2, const double slope_2,
    const double slope_3, const double shift_pivot, const double shift_3, double *out_grad_x,
    double *out_grad_grad_output)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        softmax_double_backward_pass3_double_element(grad_output[i], x[i], cotangent_grad_input[i], slope, shift_2,
            slope_2, slope_3, shift_pivot, shift_3, &out_grad_x[i], &out_grad_grad_output[i]);
    }
}

static void softmax_double_backward_pass3_double_columns(ptrdiff_t n, const double *grad_output, const double *x,
    const double *cotangent_grad_input, const double *slope, const double *shift_2, const double *slope_2,
    const double *slope_3, const double *shift_pivot, const double *shift_3, double *out_grad_x,
    double *out_grad_grad_output)
{
    ptrdiff_t i;
    SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        softmax_double_backward_pass3_double_element(grad_output[i], x[i], cotangent_grad_input[i], slope[i],
            shift_2[i], slope_2[i], slope_3[i], shift_pivot[i], shift_3[i], &out_grad_x[i], &out_grad_grad_output[i]);
    }
}

/* Units first to end of a block. */
static void softmax_double_backward_pass3_double_units(const softmax_arguments_double *a, const softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const long double *lane_slope, const long double *lane_shift_2,
    const long double *lane_slope_2, const long double *lane_slope_3, const long double *lane_shift_pivot,
    const long double *lane_shift_3)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t at[SOFTMAX_TABLES], ahead[SOFTMAX_TABLES], unit, b, k;
    double buffer_grad_output[SOFTMAX_TILE];
    double buffer_x[SOFTMAX_TILE];
    double buffer_cotangent_grad_input[SOFTMAX_TILE];
    double buffer_grad_x[SOFTMAX_TILE];
    double buffer_grad_grad_output[SOFTMAX_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_slope[SOFTMAX_TILE];
        double column_shift_2[SOFTMAX_TILE];
        double column_slope_2[SOFTMAX_TILE];
        double column_slope_3[SOFTMAX_TILE];
        double column_shift_pivot[SOFTMAX_TILE];
        double column_shift_3[SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_slope[k] = (double)lane_slope[b];
                column_shift_2[k] = (double)lane_shift_2[b];
                column_slope_2[k] = (double)lane_slope_2[b];
                column_slope_3[k] = (double)lane_slope_3[b];
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
                column_shift_3[k] = (double)lane_shift_3[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            const double *cotangent_grad_input;
            double *out_grad_x;
            double *out_grad_grad_output;
            softmax_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                softmax_unit(w, c, first + end - 2 - unit, ahead);
                softmax_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->grad_x + ahead[4], n * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->grad_grad_output + ahead[3], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = softmax_read_double_double(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = softmax_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes, w->run_size,
                buffer_x);
            cotangent_grad_input = softmax_read_double_double(a->cotangent_grad_input + at[2], w->lane_stride[2],
                w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            out_grad_x = (w->run_size == 1 || w->run_stride[4] == 1) && (c->lanes == 1
                || w->lane_stride[4] == w->run_size) ? a->grad_x + at[4] : buffer_grad_x;
            out_grad_grad_output = (w->run_size == 1 || w->run_stride[3] == 1) && (c->lanes == 1
                || w->lane_stride[3] == w->run_size) ? a->grad_grad_output + at[3] : buffer_grad_grad_output;
            softmax_double_backward_pass3_double_columns(n, grad_output, x, cotangent_grad_input, column_slope,
                column_shift_2, column_slope_2, column_slope_3, column_shift_pivot, column_shift_3, out_grad_x,
                out_grad_grad_output);
            if (out_grad_x == buffer_grad_x) softmax_write_double(buffer_grad_x, a->grad_x + at[4], w->lane_stride[4],
                w->run_stride[4], c->lanes, w->run_size);
            if (out_grad_grad_output == buffer_grad_grad_output) softmax_write_double(buffer_grad_grad_output,
                a->grad_grad_output + at[3], w->lane_stride[3], w->run_stride[3], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = softmax_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) softmax_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                softmax_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->grad_x + ahead[4] + b * w->lane_stride[4], run * (ptrdiff_t)sizeof(double));
                softmax_fetch(a->grad_grad_output + ahead[3] + b * w->lane_stride[3], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                const double *cotangent_grad_input = a->cotangent_grad_input + at[2] + b * w->lane_stride[2]
                    + j * w->run_stride[2];
                double *to_grad_x = a->grad_x + at[4] + b * w->lane_stride[4] + j * w->run_stride[4];
                double *out_grad_x;
                double *to_grad_grad_output = a->grad_grad_output + at[3] + b * w->lane_stride[3]
                    + j * w->run_stride[3];
                double *out_grad_grad_output;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 && w->run_stride[4] == 1
                    && w->run_stride[3] == 1 ? run : softmax_least(run - j, SOFTMAX_TILE);
                grad_output = softmax_read_double_double(grad_output, 0, w->run_stride[0], 1, n, buffer_grad_output);
                x = softmax_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = softmax_read_double_double(cotangent_grad_input, 0, w->run_stride[2], 1, n,
                    buffer_cotangent_grad_input);
                out_grad_x = n == 1 || w->run_stride[4] == 1 ? to_grad_x : buffer_grad_x;
                out_grad_grad_output = n == 1 || w->run_stride[3] == 1 ? to_grad_grad_output : buffer_grad_grad_output;
                softmax_double_backward_pass3_double_row(n, grad_output, x, cotangent_grad_input, (double)lane_slope[b],
                    (double)lane_shift_2[b], (double)lane_slope_2[b], (double)lane_slope_3[b],
                    (double)lane_shift_pivot[b], (double)lane_shift_3[b], out_grad_x, out_grad_grad_output);
                if (out_grad_x == buffer_grad_x) softmax_write_double(buffer_grad_x, to_grad_x, 0, w->run_stride[4], 1,
                    n);
                if (out_grad_grad_output == buffer_grad_grad_output) softmax_write_double(buffer_grad_grad_output,
                    to_grad_grad_output, 0, w->run_stride[3], 1, n);
            }
        }
    }
}

static void softmax_double_backward_pass3_double_all(const softmax_arguments_double *a, const softmax_block *c,
    const long double *lane_slope, const long double *lane_shift_2, const long double *lane_slope_2,
    const long double *lane_slope_3, const long double *lane_shift_pivot, const long double *lane_shift_3)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        softmax_double_backward_pass3_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_slope,
            lane_shift_2, lane_slope_2, lane_slope_3, lane_shift_pivot, lane_shift_3);
    }
}


static void softmax_double_backward_block_double(const softmax_arguments_double *a, softmax_block *c)
{
    const softmax_walk *w = &a->walk;
    ptrdiff_t b;
    long double lane_shift[SOFTMAX_LANES];
    long double lane_mass[SOFTMAX_LANES];
    long double lane_shift_pivot[SOFTMAX_LANES];
    long double lane_v_sum_cotangent_grad_input_exp_shifted[SOFTMAX_LANES];
    long double lane_v_sum_cotangent_grad_input_exp_shifted_grad_output[SOFTMAX_LANES];
    long double lane_v_sum_exp_shifted_grad_output[SOFTMAX_LANES];
    long double lane_slope[SOFTMAX_LANES];
    long double lane_shift_2[SOFTMAX_LANES];
    long double lane_slope_2[SOFTMAX_LANES];
    long double lane_slope_3[SOFTMAX_LANES];
    long double lane_shift_3[SOFTMAX_LANES];
    long double again_v_sum_cotangent_grad_input_exp_shifted[SOFTMAX_LANES],
        again_v_sum_cotangent_grad_input_exp_shifted_grad_output[SOFTMAX_LANES],
        again_v_sum_exp_shifted_grad_output[SOFTMAX_LANES];
    int finite;
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_shift[b] = a->shift[c->at[5] + b * w->lane_stride[5]];
        lane_mass[b] = a->mass[c->at[5] + b * w->lane_stride[5]];
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_pivot[b] = lane_shift[b];
    }
    finite = 0;
    if (!a->few) {
        softmax_double_backward_pass1_double_sums(a, c, lane_shift_pivot, lane_v_sum_cotangent_grad_input_exp_shifted,
            lane_v_sum_cotangent_grad_input_exp_shifted_grad_output, lane_v_sum_exp_shifted_grad_output);
        finite = softmax_finite_extended(lane_v_sum_cotangent_grad_input_exp_shifted, c->lanes)
            && softmax_finite_extended(lane_v_sum_cotangent_grad_input_exp_shifted_grad_output, c->lanes)
            && softmax_finite_extended(lane_v_sum_exp_shifted_grad_output, c->lanes);
    }
    if (!finite) {
        softmax_double_backward_pass1_extended_sums(a, c, lane_shift_pivot,
            again_v_sum_cotangent_grad_input_exp_shifted, again_v_sum_cotangent_grad_input_exp_shifted_grad_output,
            again_v_sum_exp_shifted_grad_output);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_cotangent_grad_input_exp_shifted[b]))
                lane_v_sum_cotangent_grad_input_exp_shifted[b] = again_v_sum_cotangent_grad_input_exp_shifted[b];
            if (a->few || !isfinite(lane_v_sum_cotangent_grad_input_exp_shifted_grad_output[b]))
                lane_v_sum_cotangent_grad_input_exp_shifted_grad_output[b]
                = again_v_sum_cotangent_grad_input_exp_shifted_grad_output[b];
            if (a->few || !isfinite(lane_v_sum_exp_shifted_grad_output[b])) lane_v_sum_exp_shifted_grad_output[b]
                = again_v_sum_exp_shifted_grad_output[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_slope[b] = -lane_v_sum_exp_shifted_grad_output[b]/softmax_square_extended(lane_mass[b]);
        lane_shift_2[b] = 2.0*lane_v_sum_cotangent_grad_input_exp_shifted[b]
            *lane_v_sum_exp_shifted_grad_output[b]/powl(lane_mass[b], 3.0)
            - lane_v_sum_cotangent_grad_input_exp_shifted_grad_output[b]/softmax_square_extended(lane_mass[b]);
        lane_slope_2[b] = 1.0/lane_mass[b];
        lane_slope_3[b] = -lane_v_sum_cotangent_grad_input_exp_shifted[b]/softmax_square_extended(lane_mass[b]);
        lane_shift_3[b] = lane_v_sum_cotangent_grad_input_exp_shifted[b]/lane_mass[b];
    }
    softmax_double_backward_pass3_double_all(a, c, lane_slope, lane_shift_2, lane_slope_2, lane_slope_3,
        lane_shift_pivot, lane_shift_3);
    (void)w;
}

int softmax_double_backward_double(
    const softmax_extents *extents,
    const double *grad_output, const ptrdiff_t *grad_output_strides,
    const double *x, const ptrdiff_t *x_strides,
    const double *cotangent_grad_input, const ptrdiff_t *cotangent_grad_input_strides,
    const double *shift,
    const double *mass,
    double *grad_grad_output, const ptrdiff_t *grad_grad_output_strides,
    double *grad_x, const ptrdiff_t *grad_x_strides,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"n", "n" };
    const ptrdiff_t *strides[5];
    softmax_arguments_double a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = softmax_check_extents(extents), outside;
    k = 0;
    if (status != SOFTMAX_OK) return status;
    if (grad_output == NULL || x == NULL || cotangent_grad_input == NULL || grad_grad_output == NULL || grad_x == NULL
        || shift == NULL || mass == NULL) return SOFTMAX_NULL;
    if (threads < 1) return SOFTMAX_THREADS;
    if (workspace_size < softmax_double_backward_workspace(extents)) return SOFTMAX_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0)) return SOFTMAX_WORKSPACE;
    if (softmax_count(extents, "nd") == 0) {
        return SOFTMAX_OK;
    }
    strides[0] = grad_output_strides;
    strides[1] = x_strides;
    strides[2] = cotangent_grad_input_strides;
    strides[3] = grad_grad_output_strides;
    strides[4] = grad_x_strides;
    softmax_plan(&a.walk, extents, "n", 5, strides, 1, layouts, sizeof(double), 0);
    a.grad_output = grad_output;
    a.x = x;
    a.cotangent_grad_input = cotangent_grad_input;
    a.grad_grad_output = grad_grad_output;
    a.grad_x = grad_x;
    a.shift = shift;
    a.mass = mass;
    a.few = softmax_count(extents, "d") < SOFTMAX_FEW;
    total = 0;
    portions = a.walk.blocks;
    /* Few blocks are better shared out part by part; the sums are the same. */
    outside = threads;
    a.inside = 1;
    if (portions % threads != 0 && portions < 8 * (ptrdiff_t)threads && a.walk.splits > 1) {
        a.inside = threads;
        outside = 1;
    }
    (void)outside, (void)k;
    if (portions < outside) outside = (int)portions;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(outside) schedule(static) if (outside > 1)
#endif
    for (number = 0; number < portions; ++number) {
        ptrdiff_t m;
        for (m = a.walk.blocks * number / portions; m < a.walk.blocks * (number + 1) / portions; ++m) {
            softmax_block c;
            softmax_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            softmax_double_backward_block_double(&a, &c);
        }
    }
    return SOFTMAX_OK;
}

#ifdef __cplusplus
}
#endif

#endif /* SOFTMAX_IMPLEMENTATION */
