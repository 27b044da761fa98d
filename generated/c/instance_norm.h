/* instance_norm: forward and backward kernels for C99.
 *
 * Do not edit: this file is generated. Regenerate it with: regenerate-kernels instance_norm
 *
 * The forward and backward pass of instance_norm for float32 and float64 arrays, derived from
 *
 *     mean = sum[s](x)/N_s
 *     var = sum[s]((x - mean)**2)/N_s
 *     x_norm = (x - mean)/sqrt(var + eps)
 *     y = weight*x_norm + bias
 *     d = x - mean
 *     inv_std = 1/sqrt(var + eps)
 *     grad_input = inv_std*weight*(grad_output - inv_std**2*d*sum[s](d*grad_output)/N_s - sum[s](grad_output)/N_s)
 *     grad_weight = sum[n,s](d*grad_output*inv_std)
 *     grad_bias = sum[n,s](grad_output)
 *
 * Here sum[...] adds over the axes in brackets, and N_a is the size of axis a.
 *
 * It relies on these theorems about the layer, each proven and checked independently:
 *
 * - deviations of x from mean sum to zero
 * - closed form of grad_x
 * - closed form of grad_weight
 * - closed form of grad_bias
 * - the vanishing term
 * - closed form of tangent_y
 * - closed form of grad_grad_output of the backward pass
 * - closed form of grad_x of the backward pass
 * - closed form of grad_weight of the backward pass
 *
 * Derivation: sha256 6a452fc10679cdb3f4eb8bc5aa47fd46f01390cf130cf6bc6b71315e9a433560
 *
 * Use: include this file wherever the functions are called; in one C99 (or C++) file,
 *     define INSTANCE_NORM_IMPLEMENTATION
 * before that. Link with the mathematical library. With OpenMP the work is shared out to threads; the results have the
 * same bits without it. Nothing is allocated and there is no global state: what a call needs beside its arguments is
 * the workspace that the caller gives, aligned as double.
 *
 * Full-size arrays come with their strides, in elements, which may be negative or NULL for C order. Smaller tensors and
 * results are dense, in C order over the dimensions that belong to them, in the order of the array's dimensions.
 * What is written may be exactly an array that is read, with the same strides; no other overlap is allowed.
 */
#ifndef INSTANCE_NORM_H
#define INSTANCE_NORM_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    INSTANCE_NORM_OK = 0,
    INSTANCE_NORM_NULL = 1,      /* a pointer that is needed is NULL */
    INSTANCE_NORM_EXTENTS = 2,   /* a rank, size or class that cannot be, or more elements than can be counted */
    INSTANCE_NORM_WORKSPACE = 3, /* too small, NULL or not aligned as double */
    INSTANCE_NORM_THREADS = 4,   /* less than one thread */
    INSTANCE_NORM_EMPTY = 5      /* no elements, so there are no statistics */
};

/* The shape of the full-size arrays. The classes have one letter for each dimension:
 *     n: n
 *     c: c
 *     s: s
 */
typedef struct {
    int rank;
    const ptrdiff_t *size;
    const char *classes;
} instance_norm_extents;

/* statistics: mean, mean_low, var, inv_std.
 *
 * x: a full-size array that is read.
 * result_mean: receives mean, dense over the classes n, c.
 * result_mean_low: receives mean_low, dense over the classes n, c.
 * result_var: receives var, dense over the classes n, c.
 * result_inv_std: receives inv_std, dense over the classes n, c.
 *
 * Returns INSTANCE_NORM_OK or one of the errors above. The results do not depend on the number of threads.
 */
int instance_norm_statistics_float(
    const instance_norm_extents *extents,
    const float *x, const ptrdiff_t *x_strides,
    double *result_mean,
    double *result_mean_low,
    double *result_var,
    double *result_inv_std,
    double eps,
    void *workspace,
    size_t workspace_size,
    int threads);

int instance_norm_statistics_double(
    const instance_norm_extents *extents,
    const double *x, const ptrdiff_t *x_strides,
    double *result_mean,
    double *result_mean_low,
    double *result_var,
    double *result_inv_std,
    double eps,
    void *workspace,
    size_t workspace_size,
    int threads);

/* How many bytes of workspace a call needs. */
size_t instance_norm_statistics_workspace(const instance_norm_extents *extents);

/* forward: y, mean, mean_low, var, inv_std.
 *
 * x: a full-size array that is read.
 * weight: dense over the classes c; NULL means 1.0.
 * bias: dense over the classes c; NULL means 0.0.
 * y: a full-size array that is written.
 * result_mean: receives mean, dense over the classes n, c.
 * result_mean_low: receives mean_low, dense over the classes n, c.
 * result_var: receives var, dense over the classes n, c.
 * result_inv_std: receives inv_std, dense over the classes n, c.
 *
 * Returns INSTANCE_NORM_OK or one of the errors above. The results do not depend on the number of threads.
 */
int instance_norm_forward_float(
    const instance_norm_extents *extents,
    const float *x, const ptrdiff_t *x_strides,
    const float *weight,
    const float *bias,
    float *y, const ptrdiff_t *y_strides,
    double *result_mean,
    double *result_mean_low,
    double *result_var,
    double *result_inv_std,
    double eps,
    void *workspace,
    size_t workspace_size,
    int threads);

int instance_norm_forward_double(
    const instance_norm_extents *extents,
    const double *x, const ptrdiff_t *x_strides,
    const double *weight,
    const double *bias,
    double *y, const ptrdiff_t *y_strides,
    double *result_mean,
    double *result_mean_low,
    double *result_var,
    double *result_inv_std,
    double eps,
    void *workspace,
    size_t workspace_size,
    int threads);

/* How many bytes of workspace a call needs. */
size_t instance_norm_forward_workspace(const instance_norm_extents *extents);

/* backward: grad_x, grad_weight, grad_bias.
 *
 * grad_output: a full-size array that is read.
 * x: a full-size array that is read.
 * weight: dense over the classes c; NULL means 1.0.
 * mean: dense over the classes n, c.
 * mean_low: dense over the classes n, c.
 * inv_std: dense over the classes n, c.
 * grad_x: a full-size array that is written.
 * result_grad_weight: receives grad_weight, dense over the classes c.
 * result_grad_bias: receives grad_bias, dense over the classes c.
 *
 * Returns INSTANCE_NORM_OK or one of the errors above. The results do not depend on the number of threads.
 */
int instance_norm_backward_float(
    const instance_norm_extents *extents,
    const float *grad_output, const ptrdiff_t *grad_output_strides,
    const float *x, const ptrdiff_t *x_strides,
    const float *weight,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    float *grad_x, const ptrdiff_t *grad_x_strides,
    double *result_grad_weight,
    double *result_grad_bias,
    void *workspace,
    size_t workspace_size,
    int threads);

int instance_norm_backward_double(
    const instance_norm_extents *extents,
    const double *grad_output, const ptrdiff_t *grad_output_strides,
    const double *x, const ptrdiff_t *x_strides,
    const double *weight,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    double *grad_x, const ptrdiff_t *grad_x_strides,
    double *result_grad_weight,
    double *result_grad_bias,
    void *workspace,
    size_t workspace_size,
    int threads);

/* How many bytes of workspace a call needs. */
size_t instance_norm_backward_workspace(const instance_norm_extents *extents);

/* jvp: tangent_y.
 *
 * x: a full-size array that is read.
 * tangent_x: a full-size array that is read.
 * weight: dense over the classes c; NULL means 1.0.
 * tangent_weight: dense over the classes c; NULL means 0.0.
 * tangent_bias: dense over the classes c; NULL means 0.0.
 * mean: dense over the classes n, c.
 * mean_low: dense over the classes n, c.
 * inv_std: dense over the classes n, c.
 * tangent_y: a full-size array that is written.
 *
 * Returns INSTANCE_NORM_OK or one of the errors above. The results do not depend on the number of threads.
 */
int instance_norm_jvp_float(
    const instance_norm_extents *extents,
    const float *x, const ptrdiff_t *x_strides,
    const float *tangent_x, const ptrdiff_t *tangent_x_strides,
    const float *weight,
    const float *tangent_weight,
    const float *tangent_bias,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    float *tangent_y, const ptrdiff_t *tangent_y_strides,
    void *workspace,
    size_t workspace_size,
    int threads);

int instance_norm_jvp_double(
    const instance_norm_extents *extents,
    const double *x, const ptrdiff_t *x_strides,
    const double *tangent_x, const ptrdiff_t *tangent_x_strides,
    const double *weight,
    const double *tangent_weight,
    const double *tangent_bias,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    double *tangent_y, const ptrdiff_t *tangent_y_strides,
    void *workspace,
    size_t workspace_size,
    int threads);

/* How many bytes of workspace a call needs. */
size_t instance_norm_jvp_workspace(const instance_norm_extents *extents);

/* double_backward: grad_grad_output, grad_x, grad_weight.
 *
 * grad_output: a full-size array that is read.
 * x: a full-size array that is read.
 * cotangent_grad_input: a full-size array that is read.
 * weight: dense over the classes c; NULL means 1.0.
 * cotangent_grad_weight: dense over the classes c; NULL means 0.0.
 * cotangent_grad_bias: dense over the classes c; NULL means 0.0.
 * mean: dense over the classes n, c.
 * mean_low: dense over the classes n, c.
 * inv_std: dense over the classes n, c.
 * grad_grad_output: a full-size array that is written.
 * grad_x: a full-size array that is written.
 * result_grad_weight: receives grad_weight, dense over the classes c.
 *
 * Returns INSTANCE_NORM_OK or one of the errors above. The results do not depend on the number of threads.
 */
int instance_norm_double_backward_float(
    const instance_norm_extents *extents,
    const float *grad_output, const ptrdiff_t *grad_output_strides,
    const float *x, const ptrdiff_t *x_strides,
    const float *cotangent_grad_input, const ptrdiff_t *cotangent_grad_input_strides,
    const float *weight,
    const float *cotangent_grad_weight,
    const float *cotangent_grad_bias,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    float *grad_grad_output, const ptrdiff_t *grad_grad_output_strides,
    float *grad_x, const ptrdiff_t *grad_x_strides,
    double *result_grad_weight,
    void *workspace,
    size_t workspace_size,
    int threads);

int instance_norm_double_backward_double(
    const instance_norm_extents *extents,
    const double *grad_output, const ptrdiff_t *grad_output_strides,
    const double *x, const ptrdiff_t *x_strides,
    const double *cotangent_grad_input, const ptrdiff_t *cotangent_grad_input_strides,
    const double *weight,
    const double *cotangent_grad_weight,
    const double *cotangent_grad_bias,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    double *grad_grad_output, const ptrdiff_t *grad_grad_output_strides,
    double *grad_x, const ptrdiff_t *grad_x_strides,
    double *result_grad_weight,
    void *workspace,
    size_t workspace_size,
    int threads);

/* How many bytes of workspace a call needs. */
size_t instance_norm_double_backward_workspace(const instance_norm_extents *extents);

#ifdef __cplusplus
}
#endif

#endif /* INSTANCE_NORM_H */

#if defined(INSTANCE_NORM_IMPLEMENTATION) && !defined(INSTANCE_NORM_IMPLEMENTED)
#define INSTANCE_NORM_IMPLEMENTED

#if defined(__FAST_MATH__)
#error "instance_norm: sums are kept to the last digit, which -ffast-math takes apart"
#endif

#include <math.h>
#include <string.h>

#define INSTANCE_NORM_RANK 64       /* the most dimensions of an array */
#define INSTANCE_NORM_LANES 256     /* the most lanes of a block */
#define INSTANCE_NORM_TILE 512      /* the most elements that are copied or that stand side by side in columns */
#define INSTANCE_NORM_CHAINS 8      /* partial sums that a row is summed in */
#define INSTANCE_NORM_PORTIONS 16   /* partial results of a sum across blocks */
#define INSTANCE_NORM_SPLITS 16     /* parts that one block is cut into */
#define INSTANCE_NORM_FEW 64        /* sums of fewer terms are taken with more digits */
#define INSTANCE_NORM_TABLES 7

#if defined(__GNUC__)
#define INSTANCE_NORM_INLINE static inline __attribute__((always_inline))
#else
#define INSTANCE_NORM_INLINE static inline
#endif
#if defined(_OPENMP)
#define INSTANCE_NORM_SIMD _Pragma("omp simd")
#else
#define INSTANCE_NORM_SIMD
#endif

/* Asks for memory that is needed soon; nothing is read. */
static inline void instance_norm_fetch(const void *from, ptrdiff_t bytes)
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
    ptrdiff_t size[INSTANCE_NORM_RANK];
    char label[INSTANCE_NORM_RANK];
    ptrdiff_t stride[INSTANCE_NORM_TABLES][INSTANCE_NORM_RANK];
    ptrdiff_t lane_stride[INSTANCE_NORM_TABLES];
    ptrdiff_t run_stride[INSTANCE_NORM_TABLES];
    int lane, run, columns, scattered;
    int outers, inners;
    int outer[INSTANCE_NORM_RANK], inner[INSTANCE_NORM_RANK];
    ptrdiff_t lanes, lane_size, lane_blocks, blocks;
    ptrdiff_t run_size, segment, segments, units, splits;
    ptrdiff_t elements;
} instance_norm_walk;

/* One block: how many lanes it has, where it begins in each table, and its place along each dimension. */
typedef struct {
    ptrdiff_t lanes;
    ptrdiff_t at[INSTANCE_NORM_TABLES];
    double *part;
} instance_norm_block;

static inline int instance_norm_is_in(char label, const char *classes) { return label != 0 && strchr(classes, label)
    != NULL; }

static inline ptrdiff_t instance_norm_size_of(ptrdiff_t stride) { return stride < 0 ? -stride : stride; }

static inline ptrdiff_t instance_norm_least(ptrdiff_t left, ptrdiff_t right) { return left < right ? left : right; }

/* The number of elements along some classes; -1 where it does not fit. */
static inline ptrdiff_t instance_norm_count(const instance_norm_extents *extents, const char *classes)
{
    const ptrdiff_t most = (ptrdiff_t)(((size_t)-1) / 2 / 4096);
    ptrdiff_t result = 1;
    int d;
    for (d = 0; d < extents->rank; ++d) {
        if (instance_norm_is_in(extents->classes[d], classes)) {
            if (extents->size[d] > 0 && result > most / extents->size[d]) return -1;
            result *= extents->size[d];
        }
    }
    return result;
}

static inline int instance_norm_check_extents(const instance_norm_extents *extents)
{
    ptrdiff_t empty = 0;
    int d;
    if (extents == NULL) return INSTANCE_NORM_NULL;
    if (extents->rank < 0 || extents->rank > INSTANCE_NORM_RANK) return INSTANCE_NORM_EXTENTS;
    if (extents->rank > 0 && (extents->size == NULL || extents->classes == NULL)) return INSTANCE_NORM_NULL;
    for (d = 0; d < extents->rank; ++d) {
        if (extents->size[d] < 0 || !instance_norm_is_in(extents->classes[d], "ncs")) return INSTANCE_NORM_EXTENTS;
        empty += extents->size[d] == 0;
    }
    return empty == 0 && instance_norm_count(extents, "ncs") < 0 ? INSTANCE_NORM_EXTENTS : INSTANCE_NORM_OK;
}

/* The strides of a dense tensor over some classes, zero along those that are not in `along`. */
static inline void instance_norm_dense(const instance_norm_extents *extents, const char *layout, const char *along,
    ptrdiff_t *stride)
{
    ptrdiff_t step = 1;
    int d;
    for (d = extents->rank - 1; d >= 0; --d) {
        stride[d] = instance_norm_is_in(extents->classes[d], along) ? step : 0;
        if (instance_norm_is_in(extents->classes[d], layout)) step *= extents->size[d];
        if (!instance_norm_is_in(extents->classes[d], layout)) stride[d] = 0;
    }
}

static inline int instance_norm_comes_before(const instance_norm_walk *w, int arrays, int left, int right)
{
    ptrdiff_t reach_left = 0, reach_right = 0;
    int t;
    for (t = 0; t < arrays; ++t) {
        reach_left += instance_norm_size_of(w->stride[t][left]);
        reach_right += instance_norm_size_of(w->stride[t][right]);
    }
    return reach_left > reach_right;
}

static inline void instance_norm_move(const instance_norm_walk *from, int tables, int source, instance_norm_walk *to,
    int place)
{
    int t;
    to->size[place] = from->size[source];
    to->label[place] = from->label[source];
    for (t = 0; t < tables; ++t) to->stride[t][place] = from->stride[t][source];
}

static inline int instance_norm_merges(const instance_norm_walk *w, int tables, int before, int after)
{
    int t;
    if (w->label[before] != w->label[after]) return 0;
    for (t = 0; t < tables; ++t) {
        if (w->stride[t][before] != w->stride[t][after] * w->size[after]) return 0;
    }
    return 1;
}

/* Puts the dimensions that are longer than one in the order of memory, and merges them. */
static inline void instance_norm_arrange(instance_norm_walk *w, int arrays, int tables, int rank)
{
    int d, e, kept = 0;
    instance_norm_walk one;
    for (d = 0; d < rank; ++d) {
        if (w->size[d] == 1) continue;
        instance_norm_move(w, tables, d, &one, 0);
        instance_norm_move(w, tables, d, w, kept);
        for (e = kept; e > 0; --e) {
            if (!instance_norm_comes_before(w, arrays, e, e - 1)) break;
            instance_norm_move(w, tables, e - 1, w, e);
            instance_norm_move(&one, tables, 0, w, e - 1);
        }
        ++kept;
    }
    w->rank = kept > 0;
    for (d = 1; d < kept; ++d) {
        if (instance_norm_merges(w, tables, w->rank - 1, d)) {
            const ptrdiff_t size = w->size[w->rank - 1] * w->size[d];
            instance_norm_move(w, tables, d, w, w->rank - 1);
            w->size[w->rank - 1] = size;
        } else {
            instance_norm_move(w, tables, d, w, w->rank);
            ++w->rank;
        }
    }
}

/* Whether rows and lanes together are one run in every array, so that they can stand side by side as columns. */
static inline int instance_norm_is_flat(const instance_norm_walk *w, int arrays)
{
    int t;
    for (t = 0; t < arrays; ++t) {
        if (w->stride[t][w->run] != 1 || w->stride[t][w->lane] != w->size[w->run]) return 0;
    }
    return 1;
}

/* Which dimensions are the lanes and the run, how many lanes a block has, how many units, in how many parts. */
static inline void instance_norm_choose(instance_norm_walk *w, const char *outer, int arrays, int tables,
    ptrdiff_t item, int whole)
{
    ptrdiff_t inside = 1, room;
    int d, t;
    w->lane = w->run = -1;
    for (d = 0; d < w->rank; ++d) {
        if (instance_norm_is_in(w->label[d], outer)) w->lane = d;
        else { w->run = d; inside *= w->size[d]; }
    }
    w->columns = w->lane >= 0 && w->lane == w->rank - 1 && (w->run < 0 || w->size[w->lane] >= 16);
    if (w->columns) {
        w->run = -1;
        room = INSTANCE_NORM_LANES;
    } else if (w->lane >= 0 && w->lane == w->rank - 2 && w->size[w->run] < 64 && instance_norm_is_flat(w, arrays)) {
        w->columns = 1;
        room = INSTANCE_NORM_TILE / w->size[w->run];
    } else {
        const ptrdiff_t row = (w->run < 0 ? 1 : w->size[w->run]) * item;
        room = instance_norm_least(INSTANCE_NORM_LANES, 4096 / row + 1);
        if (room < 262144 / (inside * item * arrays)) room = 262144 / (inside * item * arrays);
    }
    w->lane_size = w->lane < 0 ? 1 : w->size[w->lane];
    w->lanes = instance_norm_least(instance_norm_least(room, INSTANCE_NORM_LANES), w->lane_size);
    if (w->lanes < 1) w->lanes = 1;
    w->lane_blocks = (w->lane_size + w->lanes - 1) / w->lanes;
    w->lanes = (w->lane_size + w->lane_blocks - 1) / w->lane_blocks;
    w->lane_blocks = (w->lane_size + w->lanes - 1) / w->lanes;
    w->blocks = w->lane_blocks;
    w->outers = w->inners = 0;
    w->units = 1;
    for (d = 0; d < w->rank; ++d) {
        if (d == w->lane || d == w->run) continue;
        if (instance_norm_is_in(w->label[d], outer)) { w->outer[w->outers++] = d; w->blocks *= w->size[d]; }
        else { w->inner[w->inners++] = d; w->units *= w->size[d]; }
    }
    w->run_size = w->run < 0 ? 1 : w->size[w->run];
    w->segment = instance_norm_least(w->run_size, 8192);
    w->segments = (w->run_size + w->segment - 1) / w->segment;
    w->units *= w->segments;
    w->splits = instance_norm_least(instance_norm_least(INSTANCE_NORM_SPLITS, INSTANCE_NORM_LANES / w->lanes),
        inside * w->lanes / 32768);
    w->splits = whole ? 1 : instance_norm_least(w->splits, w->units);
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
static inline void instance_norm_plan(instance_norm_walk *w, const instance_norm_extents *extents, const char *outer,
    int arrays,
    const ptrdiff_t *const *strides, int smaller, const char *const *layouts, ptrdiff_t item, int whole)
{
    int d, t;
    w->tables = arrays + smaller;
    w->elements = instance_norm_count(extents, "ncs");
    for (d = 0; d < extents->rank; ++d) {
        w->size[d] = extents->size[d];
        w->label[d] = extents->classes[d];
    }
    for (t = 0; t < arrays; ++t) {
        if (strides[t] == NULL) instance_norm_dense(extents, "ncs", "ncs", w->stride[t]);
        else for (d = 0; d < extents->rank; ++d) w->stride[t][d] = strides[t][d];
    }
    for (t = 0; t < smaller; ++t) instance_norm_dense(extents, layouts[2 * t], layouts[2 * t + 1], w->stride[arrays
        + t]);
    instance_norm_arrange(w, arrays, arrays + smaller, extents->rank);
    instance_norm_choose(w, outer, arrays, arrays + smaller, item, whole);
}

static inline void instance_norm_locate(const instance_norm_walk *w, ptrdiff_t number, instance_norm_block *c)
{
    const ptrdiff_t begin = number % w->lane_blocks * w->lanes;
    ptrdiff_t rest = number / w->lane_blocks;
    int d, t;
    c->lanes = instance_norm_least(w->lanes, w->lane_size - begin);
    for (t = 0; t < w->tables; ++t) c->at[t] = begin * w->lane_stride[t];
    for (d = w->outers - 1; d >= 0; --d) {
        const int dim = w->outer[d];
        const ptrdiff_t place = rest % w->size[dim];
        rest /= w->size[dim];
        for (t = 0; t < w->tables; ++t) c->at[t] += place * w->stride[t][dim];
    }
}

/* Where a unit of a block begins in each table; returns the length of its run. */
static inline ptrdiff_t instance_norm_unit(const instance_norm_walk *w, const instance_norm_block *c, ptrdiff_t unit,
    ptrdiff_t *at)
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
    return instance_norm_least(w->segment, w->run_size - begin);
}

/* Where place number `number` along some classes is in a table, those of the `outer` classes left out. */
static inline ptrdiff_t instance_norm_place(const instance_norm_walk *w, const char *classes, ptrdiff_t number,
    int table)
{
    ptrdiff_t at = 0;
    int d;
    for (d = w->rank - 1; d >= 0; --d) {
        if (!instance_norm_is_in(w->label[d], classes)) continue;
        at += number % w->size[d] * w->stride[table][d];
        number /= w->size[d];
    }
    return at;
}

static inline ptrdiff_t instance_norm_places(const instance_norm_walk *w, const char *classes)
{
    ptrdiff_t count = 1;
    int d;
    for (d = 0; d < w->rank; ++d) if (instance_norm_is_in(w->label[d], classes)) count *= w->size[d];
    return count;
}

/* A tile of lanes times a run, in order: itself where it is contiguous, else a copy in the buffer. */
static inline const float *instance_norm_read_float_float(const float *from, ptrdiff_t lane_stride,
    ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n,
    float *buffer)
{
    ptrdiff_t b, j;
    if ((n == 1 || run_stride == 1) && (lanes == 1 || lane_stride == n)) return from;
    for (b = 0; b < lanes; ++b) {
        for (j = 0; j < n; ++j) buffer[b * n + j] = (float)from[b * lane_stride + j * run_stride];
    }
    return buffer;
}

static inline const double *instance_norm_read_double_double(const double *from, ptrdiff_t lane_stride,
    ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n,
    double *buffer)
{
    ptrdiff_t b, j;
    if ((n == 1 || run_stride == 1) && (lanes == 1 || lane_stride == n)) return from;
    for (b = 0; b < lanes; ++b) {
        for (j = 0; j < n; ++j) buffer[b * n + j] = (double)from[b * lane_stride + j * run_stride];
    }
    return buffer;
}

static inline const double *instance_norm_read_float_double(const float *from, ptrdiff_t lane_stride,
    ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n,
    double *buffer)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        for (j = 0; j < n; ++j) buffer[b * n + j] = (double)from[b * lane_stride + j * run_stride];
    }
    return buffer;
}

static inline void instance_norm_write_float(const float *from, float *to, ptrdiff_t lane_stride, ptrdiff_t run_stride,
    ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        for (j = 0; j < n; ++j) to[b * lane_stride + j * run_stride] = from[b * n + j];
    }
}

static inline void instance_norm_write_double(const double *from, double *to, ptrdiff_t lane_stride,
    ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        for (j = 0; j < n; ++j) to[b * lane_stride + j * run_stride] = from[b * n + j];
    }
}

/* Adds to a sum held in two numbers what is lost of the larger one (two-sum). */
INSTANCE_NORM_INLINE void instance_norm_add_double(double *high, double *low, double term)
{
    const double sum = *high + term;
    const double added = sum - *high;
    *low += (*high - (sum - added)) + (term - added);
    *high = sum;
}

/* The larger one; NaN where there is one. */
INSTANCE_NORM_INLINE double instance_norm_larger_double(double left, double right)
{
    return left > right || left != left ? left : right;
}

/* A sum held in two numbers; what is lost of an infinite one is no number. */
static inline long double instance_norm_whole_double(double high, double low)
{
    return isfinite(high) ? (long double)high + (long double)low : (long double)high;
}

/* Adds to a sum held in two numbers what is lost of the larger one (two-sum). */
INSTANCE_NORM_INLINE void instance_norm_add_extended(long double *high, long double *low, long double term)
{
    const long double sum = *high + term;
    const long double added = sum - *high;
    *low += (*high - (sum - added)) + (term - added);
    *high = sum;
}

/* The larger one; NaN where there is one. */
INSTANCE_NORM_INLINE long double instance_norm_larger_extended(long double left, long double right)
{
    return left > right || left != left ? left : right;
}

/* A sum held in two numbers; what is lost of an infinite one is no number. */
static inline long double instance_norm_whole_extended(long double high, long double low)
{
    return isfinite(high) ? (long double)high + (long double)low : (long double)high;
}

INSTANCE_NORM_INLINE float instance_norm_square_float(float value) { return value * value; }

/* A quotient as an exponent: in the digits of the type it would cost some of the result's. */
INSTANCE_NORM_INLINE float instance_norm_power_float(float value, double above, double below)
{
    return (float)pow(value, above / below);
}

INSTANCE_NORM_INLINE float instance_norm_select_float(float value, float mask) { return mask != 0 ? value : 0; }

INSTANCE_NORM_INLINE float instance_norm_not_negative_float(float value) { return value < 0 ? 0 : value; }

INSTANCE_NORM_INLINE float instance_norm_sigmoid_float(float value)
{
    const float small = expf(-fabsf(value));
    return (value >= 0 ? 1 : small) / (small + 1);
}

INSTANCE_NORM_INLINE float instance_norm_erf_slope_float(float value)
{
    return (float)1.12837916709551257390L * expf(-value * value); /* 2/sqrt(pi) */
}

INSTANCE_NORM_INLINE double instance_norm_square_double(double value) { return value * value; }

/* A quotient as an exponent: in the digits of the type it would cost some of the result's. */
INSTANCE_NORM_INLINE double instance_norm_power_double(double value, long double above, long double below)
{
    return (double)powl(value, above / below);
}

INSTANCE_NORM_INLINE double instance_norm_select_double(double value, double mask) { return mask != 0 ? value : 0; }

INSTANCE_NORM_INLINE double instance_norm_not_negative_double(double value) { return value < 0 ? 0 : value; }

INSTANCE_NORM_INLINE double instance_norm_sigmoid_double(double value)
{
    const double small = exp(-fabs(value));
    return (value >= 0 ? 1 : small) / (small + 1);
}

INSTANCE_NORM_INLINE double instance_norm_erf_slope_double(double value)
{
    return (double)1.12837916709551257390L * exp(-value * value); /* 2/sqrt(pi) */
}

INSTANCE_NORM_INLINE long double instance_norm_square_extended(long double value) { return value * value; }

/* A quotient as an exponent: in the digits of the type it would cost some of the result's. */
INSTANCE_NORM_INLINE long double instance_norm_power_extended(long double value, long double above, long double below)
{
    return (long double)powl(value, above / below);
}

INSTANCE_NORM_INLINE long double instance_norm_select_extended(long double value, long double mask) { return mask != 0
    ? value : 0; }

INSTANCE_NORM_INLINE long double instance_norm_not_negative_extended(long double value) { return value < 0 ? 0 : value;
    }

INSTANCE_NORM_INLINE long double instance_norm_sigmoid_extended(long double value)
{
    const long double small = expl(-fabsl(value));
    return (value >= 0 ? 1 : small) / (small + 1);
}

INSTANCE_NORM_INLINE long double instance_norm_erf_slope_extended(long double value)
{
    return (long double)1.12837916709551257390L * expl(-value * value); /* 2/sqrt(pi) */
}

/* Both parts of the exact sum of two numbers. */
INSTANCE_NORM_INLINE double instance_norm_exact_high_double(double left, double right) { return (double)(left + right);
    }

INSTANCE_NORM_INLINE double instance_norm_exact_low_double(double left, double right)
{
    const double sum = left + right;
    const double added = sum - left;
    const double lost = (left - (sum - added)) + (right - added);
    return (sum - (double)sum) + lost;
}

/* Both parts of the exact sum of two numbers. */
INSTANCE_NORM_INLINE long double instance_norm_exact_high_extended(long double left, long double right)
    { return (double)(left + right); }

INSTANCE_NORM_INLINE long double instance_norm_exact_low_extended(long double left, long double right)
{
    const long double sum = left + right;
    const long double added = sum - left;
    const long double lost = (left - (sum - added)) + (right - added);
    return (sum - (double)sum) + lost;
}

/* Takes the terms of a tile into what stands in memory. */
static inline void instance_norm_gather_plain(const double *terms, double *high, double *low, ptrdiff_t lane_stride,
    ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        if (run_stride == 1) {
            const ptrdiff_t begin = b * lane_stride;
            INSTANCE_NORM_SIMD
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
static inline void instance_norm_gather_double(const double *terms, double *high, double *low, ptrdiff_t lane_stride,
    ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        if (run_stride == 1) {
            const ptrdiff_t begin = b * lane_stride;
            INSTANCE_NORM_SIMD
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = begin + j, m = b * n + j;
                instance_norm_add_double(&high[k], &low[k], terms[m]);
            }
        } else {
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = b * lane_stride + j * run_stride, m = b * n + j;
                instance_norm_add_double(&high[k], &low[k], terms[m]);
            }
        }
    }
}

/* Takes the terms of a tile into what stands in memory. */
static inline void instance_norm_gather_extended(const long double *terms, double *high, double *low,
    ptrdiff_t lane_stride, ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        if (run_stride == 1) {
            const ptrdiff_t begin = b * lane_stride;
            INSTANCE_NORM_SIMD
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = begin + j, m = b * n + j;
                { const double rounded = (double)terms[m]; instance_norm_add_double(&high[k], &low[k], rounded); low[k]
                    += (double)(terms[m] - rounded); }
            }
        } else {
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = b * lane_stride + j * run_stride, m = b * n + j;
                { const double rounded = (double)terms[m]; instance_norm_add_double(&high[k], &low[k], rounded); low[k]
                    += (double)(terms[m] - rounded); }
            }
        }
    }
}

/* Takes the terms of a tile into what stands in memory. */
static inline void instance_norm_gather_largest_double(const double *terms, double *high, double *low,
    ptrdiff_t lane_stride, ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        if (run_stride == 1) {
            const ptrdiff_t begin = b * lane_stride;
            INSTANCE_NORM_SIMD
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = begin + j, m = b * n + j;
                high[k] = instance_norm_larger_double(high[k], terms[m]);
            }
        } else {
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = b * lane_stride + j * run_stride, m = b * n + j;
                high[k] = instance_norm_larger_double(high[k], terms[m]);
            }
        }
    }
    (void)low;
}

/* Takes the terms of a tile into what stands in memory. */
static inline void instance_norm_gather_largest_extended(const long double *terms, double *high, double *low,
    ptrdiff_t lane_stride, ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        if (run_stride == 1) {
            const ptrdiff_t begin = b * lane_stride;
            INSTANCE_NORM_SIMD
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = begin + j, m = b * n + j;
                high[k] = instance_norm_larger_double(high[k], (double)terms[m]);
            }
        } else {
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = b * lane_stride + j * run_stride, m = b * n + j;
                high[k] = instance_norm_larger_double(high[k], (double)terms[m]);
            }
        }
    }
    (void)low;
}

/* A tile of a smaller tensor; where it was left out, what stands for it. */
static inline const double *instance_norm_leaf_float(const float *from, ptrdiff_t at, double neutral,
    ptrdiff_t lane_stride, ptrdiff_t run_stride,
    ptrdiff_t lanes, ptrdiff_t n, double *buffer)
{
    ptrdiff_t j;
    if (from != NULL) return instance_norm_read_float_double(from + at, lane_stride, run_stride, lanes, n, buffer);
    for (j = 0; j < lanes * n; ++j) buffer[j] = neutral;
    return buffer;
}

/* A tile of a smaller tensor; where it was left out, what stands for it. */
static inline const double *instance_norm_leaf_double(const double *from, ptrdiff_t at, double neutral,
    ptrdiff_t lane_stride, ptrdiff_t run_stride,
    ptrdiff_t lanes, ptrdiff_t n, double *buffer)
{
    ptrdiff_t j;
    if (from != NULL) return instance_norm_read_double_double(from + at, lane_stride, run_stride, lanes, n, buffer);
    for (j = 0; j < lanes * n; ++j) buffer[j] = neutral;
    return buffer;
}

/* A tile of sums that are held in two numbers. */
static inline const double *instance_norm_leaf_pair(const double *high, const double *low, ptrdiff_t at,
    ptrdiff_t lane_stride, ptrdiff_t run_stride,
    ptrdiff_t lanes, ptrdiff_t n, double *buffer)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        for (j = 0; j < n; ++j) {
            const ptrdiff_t k = at + b * lane_stride + j * run_stride;
            buffer[b * n + j] = (double)instance_norm_whole_double(high[k], low[k]);
        }
    }
    return buffer;
}

static inline int instance_norm_finite_double(const double *values, ptrdiff_t n)
{
    ptrdiff_t k;
    for (k = 0; k < n; ++k) if (!isfinite(values[k])) return 0;
    return 1;
}

static inline int instance_norm_finite_extended(const long double *values, ptrdiff_t n)
{
    ptrdiff_t k;
    for (k = 0; k < n; ++k) if (!isfinite(values[k])) return 0;
    return 1;
}

/* The sum of a smaller tensor, taken once for the whole call; what is lost is kept beside it until the end. */
static inline void instance_norm_total(const instance_norm_walk *w, const double *from, const char *classes, int table,
    double *to, int own, ptrdiff_t count)
{
    const ptrdiff_t places = instance_norm_places(w, classes);
    ptrdiff_t k;
    for (k = 0; k < 2 * count; ++k) to[k] = 0;
    for (k = 0; k < places; ++k) {
        const ptrdiff_t at = instance_norm_place(w, classes, k, own);
        instance_norm_add_double(&to[at], &to[count + at], from[instance_norm_place(w, classes, k, table)]);
    }
    for (k = 0; k < count; ++k) to[k] = (double)instance_norm_whole_double(to[k], to[count + k]);
}

#ifdef __cplusplus
extern "C" {
#endif

/* What a call hands to its passes, for float: each kernel fills in what is its own. */
typedef struct {
    instance_norm_walk walk;
    const float *x;
    const float *grad_output;
    const float *tangent_x;
    const float *cotangent_grad_input;
    float *y;
    float *grad_x;
    float *tangent_y;
    float *grad_grad_output;
    const float *weight;
    const float *bias;
    const double *mean;
    const double *mean_low;
    const double *inv_std;
    const float *tangent_weight;
    const float *tangent_bias;
    const float *cotangent_grad_weight;
    const float *cotangent_grad_bias;
    double *result_mean;
    double *result_mean_low;
    double *result_var;
    double *result_inv_std;
    double *result_grad_weight;
    double *result_grad_bias;
    double eps;
    double count_s;
    ptrdiff_t places_v_sum_d_grad_output_inv_std;
    ptrdiff_t begin_v_sum_d_grad_output_inv_std;
    ptrdiff_t places_v_sum_grad_output_2;
    ptrdiff_t begin_v_sum_grad_output_2;
    ptrdiff_t places_v_sum_cotangent_grad_input_grad_output_inv_std;
    ptrdiff_t begin_v_sum_cotangent_grad_input_grad_output_inv_std;
    ptrdiff_t places_v_sum_inv_std3_sum_d_grad_output;
    ptrdiff_t begin_v_sum_inv_std3_sum_d_grad_output;
    ptrdiff_t places_v_sum_sum_grad_output_inv_std;
    ptrdiff_t begin_v_sum_sum_grad_output_inv_std;
    int few, inside;
} instance_norm_arguments_float;

/* What a call hands to its passes, for double: each kernel fills in what is its own. */
typedef struct {
    instance_norm_walk walk;
    const double *x;
    const double *grad_output;
    const double *tangent_x;
    const double *cotangent_grad_input;
    double *y;
    double *grad_x;
    double *tangent_y;
    double *grad_grad_output;
    const double *weight;
    const double *bias;
    const double *mean;
    const double *mean_low;
    const double *inv_std;
    const double *tangent_weight;
    const double *tangent_bias;
    const double *cotangent_grad_weight;
    const double *cotangent_grad_bias;
    double *result_mean;
    double *result_mean_low;
    double *result_var;
    double *result_inv_std;
    double *result_grad_weight;
    double *result_grad_bias;
    double eps;
    double count_s;
    ptrdiff_t places_v_sum_d_grad_output_inv_std;
    ptrdiff_t begin_v_sum_d_grad_output_inv_std;
    ptrdiff_t places_v_sum_grad_output_2;
    ptrdiff_t begin_v_sum_grad_output_2;
    ptrdiff_t places_v_sum_cotangent_grad_input_grad_output_inv_std;
    ptrdiff_t begin_v_sum_cotangent_grad_input_grad_output_inv_std;
    ptrdiff_t places_v_sum_inv_std3_sum_d_grad_output;
    ptrdiff_t begin_v_sum_inv_std3_sum_d_grad_output;
    ptrdiff_t places_v_sum_sum_grad_output_inv_std;
    ptrdiff_t begin_v_sum_sum_grad_output_inv_std;
    int few, inside;
} instance_norm_arguments_double;

size_t instance_norm_statistics_workspace(const instance_norm_extents *extents)
{
    ptrdiff_t count = 0;
    if (instance_norm_check_extents(extents) != INSTANCE_NORM_OK || instance_norm_count(extents, "ncs") == 0) return 0;
    return (size_t)count * sizeof(double);
}

INSTANCE_NORM_INLINE void instance_norm_statistics_pass0_float_element(
const double x, double *to_v_sum_x)
{
    *to_v_sum_x = x;
}

static void instance_norm_statistics_pass0_float_row(ptrdiff_t n, const float *x, double *high, double *low,
    ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + instance_norm_least(n - i, 4096);
        double part_0[INSTANCE_NORM_CHAINS];
        int k;
        for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + INSTANCE_NORM_CHAINS <= end; i += INSTANCE_NORM_CHAINS) {
            INSTANCE_NORM_SIMD
            for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
                double term_0;
                instance_norm_statistics_pass0_float_element((double)x[i + k], &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            instance_norm_statistics_pass0_float_element((double)x[i], &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = INSTANCE_NORM_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        instance_norm_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void instance_norm_statistics_pass0_float_columns(ptrdiff_t n, const float *x, double *high_0, double *low_0)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        instance_norm_statistics_pass0_float_element((double)x[i], &term_0);
        high_0[i] += term_0;
    }
    (void)low_0;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void instance_norm_statistics_pass0_float_units(const instance_norm_arguments_float *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, double *high, double *low)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    float buffer_x[INSTANCE_NORM_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double high_0[INSTANCE_NORM_TILE], low_0[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *x;
            instance_norm_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, unit + 1, ahead);
                instance_norm_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
            }
            x = instance_norm_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            instance_norm_statistics_pass0_float_columns(n, x, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                instance_norm_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : instance_norm_least(run - j, INSTANCE_NORM_TILE);
                x = instance_norm_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                instance_norm_statistics_pass0_float_row(n, x, high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void instance_norm_statistics_pass0_float_sums(const instance_norm_arguments_float *a,
    const instance_norm_block *c, double *sum_v_sum_x)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * INSTANCE_NORM_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_statistics_pass0_float_units(a, c, units * k / splits, units * (k + 1) / splits, part
            + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_x[b] = (double)instance_norm_whole_double(high, low);
        }
    }
}


INSTANCE_NORM_INLINE void instance_norm_statistics_pass2_float_element(
const double x, const double mean_pivot, double *to_v_sum_d, double *to_v_sum_d_d)
{
    const double at_d = x - mean_pivot;
    *to_v_sum_d = at_d;
    *to_v_sum_d_d = at_d * at_d;
}

static void instance_norm_statistics_pass2_float_row(ptrdiff_t n, const float *x, const double mean_pivot, double *high,
    double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + instance_norm_least(n - i, 4096);
        double part_0[INSTANCE_NORM_CHAINS];
        double part_1[INSTANCE_NORM_CHAINS];
        int k;
        for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + INSTANCE_NORM_CHAINS <= end; i += INSTANCE_NORM_CHAINS) {
            INSTANCE_NORM_SIMD
            for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
                double term_0, term_1;
                instance_norm_statistics_pass2_float_element((double)x[i + k], mean_pivot, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1;
            instance_norm_statistics_pass2_float_element((double)x[i], mean_pivot, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = INSTANCE_NORM_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        instance_norm_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        instance_norm_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void instance_norm_statistics_pass2_float_columns(ptrdiff_t n, const float *x, const double *mean_pivot,
    double *high_0, double *low_0, double *high_1, double *low_1)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1;
        instance_norm_statistics_pass2_float_element((double)x[i], mean_pivot[i], &term_0, &term_1);
        high_0[i] += term_0;
        high_1[i] += term_1;
    }
    (void)low_0;
    (void)low_1;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void instance_norm_statistics_pass2_float_units(const instance_norm_arguments_float *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, const double *lane_mean_pivot, double *high,
    double *low)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    float buffer_x[INSTANCE_NORM_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[INSTANCE_NORM_TILE];
        double high_0[INSTANCE_NORM_TILE], low_0[INSTANCE_NORM_TILE];
        double high_1[INSTANCE_NORM_TILE], low_1[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *x;
            instance_norm_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, first + end - 2 - unit, ahead);
                instance_norm_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
            }
            x = instance_norm_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            instance_norm_statistics_pass2_float_columns(n, x, column_mean_pivot, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                instance_norm_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                instance_norm_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : instance_norm_least(run - j, INSTANCE_NORM_TILE);
                x = instance_norm_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                instance_norm_statistics_pass2_float_row(n, x, (double)lane_mean_pivot[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void instance_norm_statistics_pass2_float_sums(const instance_norm_arguments_float *a,
    const instance_norm_block *c, const double *lane_mean_pivot, double *sum_v_sum_d, double *sum_v_sum_d_d)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    double part[2 * 2 * INSTANCE_NORM_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_statistics_pass2_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot,
            part + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_d[b] = (double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_d_d[b] = (double)instance_norm_whole_double(high, low);
        }
    }
}


static void instance_norm_statistics_block_float(const instance_norm_arguments_float *a, instance_norm_block *c)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t b;
    double lane_v_sum_x[INSTANCE_NORM_LANES];
    double lane_mean_pivot[INSTANCE_NORM_LANES];
    double lane_v_sum_d[INSTANCE_NORM_LANES];
    double lane_v_sum_d_d[INSTANCE_NORM_LANES];
    double lane_mean_rest[INSTANCE_NORM_LANES];
    double lane_mean[INSTANCE_NORM_LANES];
    double lane_mean_low[INSTANCE_NORM_LANES];
    double lane_var[INSTANCE_NORM_LANES];
    double lane_inv_std[INSTANCE_NORM_LANES];
    const double eps = a->eps;
    const double count_s = a->count_s;
    if (c->lanes < 1) return;
    instance_norm_statistics_pass0_float_sums(a, c, lane_v_sum_x);
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (float)(lane_v_sum_x[b]/count_s);
    }
    instance_norm_statistics_pass2_float_sums(a, c, lane_mean_pivot, lane_v_sum_d, lane_v_sum_d_d);
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_rest[b] = lane_v_sum_d[b]/count_s;
        lane_mean[b] = lane_mean_pivot[b] + lane_mean_rest[b];
        lane_mean_low[b] = 0;
        lane_var[b] = instance_norm_not_negative_double(lane_v_sum_d_d[b]/count_s
            - instance_norm_square_double(lane_mean_rest[b]));
        lane_inv_std[b] = 1.0/sqrt(eps + lane_var[b]);
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_mean[c->at[1] + b * w->lane_stride[1]] = (double)lane_mean[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_mean_low[c->at[1] + b * w->lane_stride[1]] = (double)lane_mean_low[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_var[c->at[1] + b * w->lane_stride[1]] = (double)lane_var[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_inv_std[c->at[1] + b * w->lane_stride[1]] = (double)lane_inv_std[b];
    }
    (void)w;
}

int instance_norm_statistics_float(
    const instance_norm_extents *extents,
    const float *x, const ptrdiff_t *x_strides,
    double *result_mean,
    double *result_mean_low,
    double *result_var,
    double *result_inv_std,
    double eps,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"nc", "nc" };
    const ptrdiff_t *strides[1];
    instance_norm_arguments_float a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = instance_norm_check_extents(extents), outside;
    k = 0;
    if (status != INSTANCE_NORM_OK) return status;
    if (x == NULL || result_mean == NULL || result_mean_low == NULL || result_var == NULL || result_inv_std == NULL)
        return INSTANCE_NORM_NULL;
    if (threads < 1) return INSTANCE_NORM_THREADS;
    if (workspace_size < instance_norm_statistics_workspace(extents)) return INSTANCE_NORM_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return INSTANCE_NORM_WORKSPACE;
    if (instance_norm_count(extents, "ncs") == 0) {
        return INSTANCE_NORM_EMPTY;
    }
    strides[0] = x_strides;
    instance_norm_plan(&a.walk, extents, "nc", 1, strides, 1, layouts, sizeof(float), 0);
    a.x = x;
    a.result_mean = result_mean;
    a.result_mean_low = result_mean_low;
    a.result_var = result_var;
    a.result_inv_std = result_inv_std;
    a.eps = eps;
    a.count_s = (double)instance_norm_count(extents, "s");
    a.few = instance_norm_count(extents, "s") < INSTANCE_NORM_FEW;
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
            instance_norm_block c;
            instance_norm_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            instance_norm_statistics_block_float(&a, &c);
        }
    }
    return INSTANCE_NORM_OK;
}

INSTANCE_NORM_INLINE void instance_norm_statistics_pass0_double_element(
const double x, double *to_v_sum_x)
{
    *to_v_sum_x = x;
}

static void instance_norm_statistics_pass0_double_row(ptrdiff_t n, const double *x, double *high, double *low,
    ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + instance_norm_least(n - i, 64);
        double part_0[INSTANCE_NORM_CHAINS];
        int k;
        for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + INSTANCE_NORM_CHAINS <= end; i += INSTANCE_NORM_CHAINS) {
            INSTANCE_NORM_SIMD
            for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
                double term_0;
                instance_norm_statistics_pass0_double_element(x[i + k], &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            instance_norm_statistics_pass0_double_element(x[i], &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = INSTANCE_NORM_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        instance_norm_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void instance_norm_statistics_pass0_double_columns(ptrdiff_t n, const double *x, double *high_0, double *low_0)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        instance_norm_statistics_pass0_double_element(x[i], &term_0);
        instance_norm_add_double(&high_0[i], &low_0[i], term_0);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void instance_norm_statistics_pass0_double_units(const instance_norm_arguments_double *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, double *high, double *low)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    double buffer_x[INSTANCE_NORM_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double high_0[INSTANCE_NORM_TILE], low_0[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            instance_norm_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, unit + 1, ahead);
                instance_norm_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = instance_norm_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            instance_norm_statistics_pass0_double_columns(n, x, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                instance_norm_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : instance_norm_least(run - j, INSTANCE_NORM_TILE);
                x = instance_norm_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                instance_norm_statistics_pass0_double_row(n, x, high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void instance_norm_statistics_pass0_double_sums(const instance_norm_arguments_double *a,
    const instance_norm_block *c, long double *sum_v_sum_x)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * INSTANCE_NORM_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_statistics_pass0_double_units(a, c, units * k / splits, units * (k + 1) / splits, part
            + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_x[b] = (long double)instance_norm_whole_double(high, low);
        }
    }
}


INSTANCE_NORM_INLINE void instance_norm_statistics_pass0_extended_element(
const long double x, long double *to_v_sum_x)
{
    *to_v_sum_x = x;
}

static void instance_norm_statistics_pass0_extended_row(ptrdiff_t n, const double *x, long double *high,
    long double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + instance_norm_least(n - i, 64);
        long double part_0[INSTANCE_NORM_CHAINS];
        int k;
        for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + INSTANCE_NORM_CHAINS <= end; i += INSTANCE_NORM_CHAINS) {
            INSTANCE_NORM_SIMD
            for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
                long double term_0;
                instance_norm_statistics_pass0_extended_element((long double)x[i + k], &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0;
            instance_norm_statistics_pass0_extended_element((long double)x[i], &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = INSTANCE_NORM_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        instance_norm_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void instance_norm_statistics_pass0_extended_columns(ptrdiff_t n, const double *x, long double *high_0,
    long double *low_0)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0;
        instance_norm_statistics_pass0_extended_element((long double)x[i], &term_0);
        instance_norm_add_extended(&high_0[i], &low_0[i], term_0);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void instance_norm_statistics_pass0_extended_units(const instance_norm_arguments_double *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, long double *high, long double *low)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    double buffer_x[INSTANCE_NORM_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double high_0[INSTANCE_NORM_TILE], low_0[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            instance_norm_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, unit + 1, ahead);
                instance_norm_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = instance_norm_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            instance_norm_statistics_pass0_extended_columns(n, x, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                instance_norm_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : instance_norm_least(run - j, INSTANCE_NORM_TILE);
                x = instance_norm_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                instance_norm_statistics_pass0_extended_row(n, x, high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void instance_norm_statistics_pass0_extended_sums(const instance_norm_arguments_double *a,
    const instance_norm_block *c, long double *sum_v_sum_x)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    long double part[2 * 1 * INSTANCE_NORM_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_statistics_pass0_extended_units(a, c, units * k / splits, units * (k + 1) / splits, part
            + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_x[b] = (long double)instance_norm_whole_extended(high, low);
        }
    }
}


INSTANCE_NORM_INLINE void instance_norm_statistics_pass2_double_element(
const double x, const double mean_pivot, double *to_v_sum_d, double *to_v_sum_d_d)
{
    const double at_d = x - mean_pivot;
    *to_v_sum_d = at_d;
    *to_v_sum_d_d = at_d * at_d;
}

static void instance_norm_statistics_pass2_double_row(ptrdiff_t n, const double *x, const double mean_pivot,
    double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + instance_norm_least(n - i, 64);
        double part_0[INSTANCE_NORM_CHAINS];
        double part_1[INSTANCE_NORM_CHAINS];
        int k;
        for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + INSTANCE_NORM_CHAINS <= end; i += INSTANCE_NORM_CHAINS) {
            INSTANCE_NORM_SIMD
            for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
                double term_0, term_1;
                instance_norm_statistics_pass2_double_element(x[i + k], mean_pivot, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1;
            instance_norm_statistics_pass2_double_element(x[i], mean_pivot, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = INSTANCE_NORM_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        instance_norm_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        instance_norm_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void instance_norm_statistics_pass2_double_columns(ptrdiff_t n, const double *x, const double *mean_pivot,
    double *high_0, double *low_0, double *high_1, double *low_1)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1;
        instance_norm_statistics_pass2_double_element(x[i], mean_pivot[i], &term_0, &term_1);
        instance_norm_add_double(&high_0[i], &low_0[i], term_0);
        instance_norm_add_double(&high_1[i], &low_1[i], term_1);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void instance_norm_statistics_pass2_double_units(const instance_norm_arguments_double *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot, double *high,
    double *low)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    double buffer_x[INSTANCE_NORM_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[INSTANCE_NORM_TILE];
        double high_0[INSTANCE_NORM_TILE], low_0[INSTANCE_NORM_TILE];
        double high_1[INSTANCE_NORM_TILE], low_1[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            instance_norm_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, first + end - 2 - unit, ahead);
                instance_norm_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = instance_norm_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            instance_norm_statistics_pass2_double_columns(n, x, column_mean_pivot, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                instance_norm_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                instance_norm_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : instance_norm_least(run - j, INSTANCE_NORM_TILE);
                x = instance_norm_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                instance_norm_statistics_pass2_double_row(n, x, (double)lane_mean_pivot[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void instance_norm_statistics_pass2_double_sums(const instance_norm_arguments_double *a,
    const instance_norm_block *c, const long double *lane_mean_pivot, long double *sum_v_sum_d,
    long double *sum_v_sum_d_d)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    double part[2 * 2 * INSTANCE_NORM_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_statistics_pass2_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot,
            part + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_d[b] = (long double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_d_d[b] = (long double)instance_norm_whole_double(high, low);
        }
    }
}


INSTANCE_NORM_INLINE void instance_norm_statistics_pass2_extended_element(
const long double x, const long double mean_pivot, long double *to_v_sum_d, long double *to_v_sum_d_d)
{
    const long double at_d = x - mean_pivot;
    *to_v_sum_d = at_d;
    *to_v_sum_d_d = at_d * at_d;
}

static void instance_norm_statistics_pass2_extended_row(ptrdiff_t n, const double *x, const long double mean_pivot,
    long double *high, long double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + instance_norm_least(n - i, 64);
        long double part_0[INSTANCE_NORM_CHAINS];
        long double part_1[INSTANCE_NORM_CHAINS];
        int k;
        for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + INSTANCE_NORM_CHAINS <= end; i += INSTANCE_NORM_CHAINS) {
            INSTANCE_NORM_SIMD
            for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
                long double term_0, term_1;
                instance_norm_statistics_pass2_extended_element((long double)x[i + k], mean_pivot, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0, term_1;
            instance_norm_statistics_pass2_extended_element((long double)x[i], mean_pivot, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = INSTANCE_NORM_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        instance_norm_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        instance_norm_add_extended(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void instance_norm_statistics_pass2_extended_columns(ptrdiff_t n, const double *x, const long double *mean_pivot,
    long double *high_0, long double *low_0, long double *high_1, long double *low_1)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0, term_1;
        instance_norm_statistics_pass2_extended_element((long double)x[i], mean_pivot[i], &term_0, &term_1);
        instance_norm_add_extended(&high_0[i], &low_0[i], term_0);
        instance_norm_add_extended(&high_1[i], &low_1[i], term_1);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void instance_norm_statistics_pass2_extended_units(const instance_norm_arguments_double *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot, long double *high,
    long double *low)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    double buffer_x[INSTANCE_NORM_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double column_mean_pivot[INSTANCE_NORM_TILE];
        long double high_0[INSTANCE_NORM_TILE], low_0[INSTANCE_NORM_TILE];
        long double high_1[INSTANCE_NORM_TILE], low_1[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (long double)lane_mean_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            instance_norm_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, first + end - 2 - unit, ahead);
                instance_norm_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = instance_norm_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            instance_norm_statistics_pass2_extended_columns(n, x, column_mean_pivot, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                instance_norm_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                instance_norm_add_extended(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : instance_norm_least(run - j, INSTANCE_NORM_TILE);
                x = instance_norm_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                instance_norm_statistics_pass2_extended_row(n, x, (long double)lane_mean_pivot[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void instance_norm_statistics_pass2_extended_sums(const instance_norm_arguments_double *a,
    const instance_norm_block *c, const long double *lane_mean_pivot, long double *sum_v_sum_d,
    long double *sum_v_sum_d_d)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    long double part[2 * 2 * INSTANCE_NORM_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_statistics_pass2_extended_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_mean_pivot, part + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_d[b] = (long double)instance_norm_whole_extended(high, low);
        }
        {
            long double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_extended(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_d_d[b] = (long double)instance_norm_whole_extended(high, low);
        }
    }
}


static void instance_norm_statistics_block_double(const instance_norm_arguments_double *a, instance_norm_block *c)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t b;
    long double lane_v_sum_x[INSTANCE_NORM_LANES];
    long double lane_mean_pivot[INSTANCE_NORM_LANES];
    long double lane_v_sum_d[INSTANCE_NORM_LANES];
    long double lane_v_sum_d_d[INSTANCE_NORM_LANES];
    long double lane_mean_rest[INSTANCE_NORM_LANES];
    long double lane_mean[INSTANCE_NORM_LANES];
    long double lane_mean_low[INSTANCE_NORM_LANES];
    long double lane_var[INSTANCE_NORM_LANES];
    long double lane_inv_std[INSTANCE_NORM_LANES];
    long double again_v_sum_x[INSTANCE_NORM_LANES], again_v_sum_d[INSTANCE_NORM_LANES],
        again_v_sum_d_d[INSTANCE_NORM_LANES];
    int finite;
    const long double eps = a->eps;
    const long double count_s = a->count_s;
    if (c->lanes < 1) return;
    finite = 0;
    if (!a->few) {
        instance_norm_statistics_pass0_double_sums(a, c, lane_v_sum_x);
        finite = instance_norm_finite_extended(lane_v_sum_x, c->lanes);
    }
    if (!finite) {
        instance_norm_statistics_pass0_extended_sums(a, c, again_v_sum_x);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_x[b])) lane_v_sum_x[b] = again_v_sum_x[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (double)(lane_v_sum_x[b]/count_s);
    }
    finite = 0;
    if (!a->few) {
        instance_norm_statistics_pass2_double_sums(a, c, lane_mean_pivot, lane_v_sum_d, lane_v_sum_d_d);
        finite = instance_norm_finite_extended(lane_v_sum_d, c->lanes) && instance_norm_finite_extended(lane_v_sum_d_d,
            c->lanes);
    }
    if (!finite) {
        instance_norm_statistics_pass2_extended_sums(a, c, lane_mean_pivot, again_v_sum_d, again_v_sum_d_d);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_d[b])) lane_v_sum_d[b] = again_v_sum_d[b];
            if (a->few || !isfinite(lane_v_sum_d_d[b])) lane_v_sum_d_d[b] = again_v_sum_d_d[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_rest[b] = lane_v_sum_d[b]/count_s;
        lane_mean[b] = instance_norm_exact_high_extended(lane_mean_pivot[b], lane_mean_rest[b]);
        lane_mean_low[b] = instance_norm_exact_low_extended(lane_mean_pivot[b], lane_mean_rest[b]);
        lane_var[b] = instance_norm_not_negative_extended(lane_v_sum_d_d[b]/count_s
            - instance_norm_square_extended(lane_mean_rest[b]));
        lane_inv_std[b] = 1.0/sqrtl(eps + lane_var[b]);
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_mean[c->at[1] + b * w->lane_stride[1]] = (double)lane_mean[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_mean_low[c->at[1] + b * w->lane_stride[1]] = (double)lane_mean_low[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_var[c->at[1] + b * w->lane_stride[1]] = (double)lane_var[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_inv_std[c->at[1] + b * w->lane_stride[1]] = (double)lane_inv_std[b];
    }
    (void)w;
}

int instance_norm_statistics_double(
    const instance_norm_extents *extents,
    const double *x, const ptrdiff_t *x_strides,
    double *result_mean,
    double *result_mean_low,
    double *result_var,
    double *result_inv_std,
    double eps,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"nc", "nc" };
    const ptrdiff_t *strides[1];
    instance_norm_arguments_double a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = instance_norm_check_extents(extents), outside;
    k = 0;
    if (status != INSTANCE_NORM_OK) return status;
    if (x == NULL || result_mean == NULL || result_mean_low == NULL || result_var == NULL || result_inv_std == NULL)
        return INSTANCE_NORM_NULL;
    if (threads < 1) return INSTANCE_NORM_THREADS;
    if (workspace_size < instance_norm_statistics_workspace(extents)) return INSTANCE_NORM_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return INSTANCE_NORM_WORKSPACE;
    if (instance_norm_count(extents, "ncs") == 0) {
        return INSTANCE_NORM_EMPTY;
    }
    strides[0] = x_strides;
    instance_norm_plan(&a.walk, extents, "nc", 1, strides, 1, layouts, sizeof(double), 0);
    a.x = x;
    a.result_mean = result_mean;
    a.result_mean_low = result_mean_low;
    a.result_var = result_var;
    a.result_inv_std = result_inv_std;
    a.eps = eps;
    a.count_s = (double)instance_norm_count(extents, "s");
    a.few = instance_norm_count(extents, "s") < INSTANCE_NORM_FEW;
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
            instance_norm_block c;
            instance_norm_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            instance_norm_statistics_block_double(&a, &c);
        }
    }
    return INSTANCE_NORM_OK;
}

size_t instance_norm_forward_workspace(const instance_norm_extents *extents)
{
    ptrdiff_t count = 0;
    if (instance_norm_check_extents(extents) != INSTANCE_NORM_OK || instance_norm_count(extents, "ncs") == 0) return 0;
    return (size_t)count * sizeof(double);
}

INSTANCE_NORM_INLINE void instance_norm_forward_pass2_float_element(
const double x, const double mean_pivot, double *to_v_sum_d, double *to_v_sum_d_d)
{
    const double at_d = x - mean_pivot;
    *to_v_sum_d = at_d;
    *to_v_sum_d_d = at_d * at_d;
}

static void instance_norm_forward_pass2_float_row(ptrdiff_t n, const float *x, const double mean_pivot, double *high,
    double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + instance_norm_least(n - i, 4096);
        double part_0[INSTANCE_NORM_CHAINS];
        double part_1[INSTANCE_NORM_CHAINS];
        int k;
        for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + INSTANCE_NORM_CHAINS <= end; i += INSTANCE_NORM_CHAINS) {
            INSTANCE_NORM_SIMD
            for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
                double term_0, term_1;
                instance_norm_forward_pass2_float_element((double)x[i + k], mean_pivot, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1;
            instance_norm_forward_pass2_float_element((double)x[i], mean_pivot, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = INSTANCE_NORM_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        instance_norm_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        instance_norm_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void instance_norm_forward_pass2_float_columns(ptrdiff_t n, const float *x, const double *mean_pivot,
    double *high_0, double *low_0, double *high_1, double *low_1)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1;
        instance_norm_forward_pass2_float_element((double)x[i], mean_pivot[i], &term_0, &term_1);
        high_0[i] += term_0;
        high_1[i] += term_1;
    }
    (void)low_0;
    (void)low_1;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void instance_norm_forward_pass2_float_units(const instance_norm_arguments_float *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, const double *lane_mean_pivot, double *high,
    double *low)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    float buffer_x[INSTANCE_NORM_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[INSTANCE_NORM_TILE];
        double high_0[INSTANCE_NORM_TILE], low_0[INSTANCE_NORM_TILE];
        double high_1[INSTANCE_NORM_TILE], low_1[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *x;
            instance_norm_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, unit + 1, ahead);
                instance_norm_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
            }
            x = instance_norm_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            instance_norm_forward_pass2_float_columns(n, x, column_mean_pivot, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                instance_norm_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                instance_norm_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : instance_norm_least(run - j, INSTANCE_NORM_TILE);
                x = instance_norm_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                instance_norm_forward_pass2_float_row(n, x, (double)lane_mean_pivot[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void instance_norm_forward_pass2_float_sums(const instance_norm_arguments_float *a, const instance_norm_block *c,
    const double *lane_mean_pivot, double *sum_v_sum_d, double *sum_v_sum_d_d)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    double part[2 * 2 * INSTANCE_NORM_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_forward_pass2_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot,
            part + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_d[b] = (double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_d_d[b] = (double)instance_norm_whole_double(high, low);
        }
    }
}


INSTANCE_NORM_INLINE void instance_norm_forward_pass4_float_element(
const float x, const float mean_pivot, const float slope, const float shift, float *to_y)
{
    const float at_d = x - mean_pivot;
    const float at_t1 = at_d * slope;
    const float at_t2 = at_t1 + shift;
    *to_y = at_t2;
}

static void instance_norm_forward_pass4_float_row(ptrdiff_t n, const float *x, const float mean_pivot,
    const float slope, const float shift, float *out_y)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        instance_norm_forward_pass4_float_element(x[i], mean_pivot, slope, shift, &out_y[i]);
    }
}

static void instance_norm_forward_pass4_float_columns(ptrdiff_t n, const float *x, const float *mean_pivot,
    const float *slope, const float *shift, float *out_y)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        instance_norm_forward_pass4_float_element(x[i], mean_pivot[i], slope[i], shift[i], &out_y[i]);
    }
}

/* Units first to end of a block. */
static void instance_norm_forward_pass4_float_units(const instance_norm_arguments_float *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, const double *lane_mean_pivot,
    const double *lane_slope, const double *lane_shift)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    float buffer_x[INSTANCE_NORM_TILE];
    float buffer_y[INSTANCE_NORM_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        float column_mean_pivot[INSTANCE_NORM_TILE];
        float column_slope[INSTANCE_NORM_TILE];
        float column_shift[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (float)lane_mean_pivot[b];
                column_slope[k] = (float)lane_slope[b];
                column_shift[k] = (float)lane_shift[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *x;
            float *out_y;
            instance_norm_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, first + end - 2 - unit, ahead);
                instance_norm_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->y + ahead[1], n * (ptrdiff_t)sizeof(float));
            }
            x = instance_norm_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            out_y = (w->run_size == 1 || w->run_stride[1] == 1) && (c->lanes == 1 || w->lane_stride[1] == w->run_size)
                ? a->y + at[1] : buffer_y;
            instance_norm_forward_pass4_float_columns(n, x, column_mean_pivot, column_slope, column_shift, out_y);
            if (out_y == buffer_y) instance_norm_write_float(buffer_y, a->y + at[1], w->lane_stride[1],
                w->run_stride[1], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->y + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                float *to_y = a->y + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                float *out_y;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : instance_norm_least(run - j,
                    INSTANCE_NORM_TILE);
                x = instance_norm_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                out_y = n == 1 || w->run_stride[1] == 1 ? to_y : buffer_y;
                instance_norm_forward_pass4_float_row(n, x, (float)lane_mean_pivot[b], (float)lane_slope[b],
                    (float)lane_shift[b], out_y);
                if (out_y == buffer_y) instance_norm_write_float(buffer_y, to_y, 0, w->run_stride[1], 1, n);
            }
        }
    }
}

static void instance_norm_forward_pass4_float_all(const instance_norm_arguments_float *a, const instance_norm_block *c,
    const double *lane_mean_pivot, const double *lane_slope, const double *lane_shift)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_forward_pass4_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot,
            lane_slope, lane_shift);
    }
}


static void instance_norm_forward_block_float(const instance_norm_arguments_float *a, instance_norm_block *c)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t b;
    double lane_weight[INSTANCE_NORM_LANES];
    double lane_bias[INSTANCE_NORM_LANES];
    double lane_v_sum_x[INSTANCE_NORM_LANES];
    double lane_mean_pivot[INSTANCE_NORM_LANES];
    double lane_v_sum_d[INSTANCE_NORM_LANES];
    double lane_v_sum_d_d[INSTANCE_NORM_LANES];
    double lane_mean_rest[INSTANCE_NORM_LANES];
    double lane_mean[INSTANCE_NORM_LANES];
    double lane_mean_low[INSTANCE_NORM_LANES];
    double lane_var[INSTANCE_NORM_LANES];
    double lane_inv_std[INSTANCE_NORM_LANES];
    double lane_slope[INSTANCE_NORM_LANES];
    double lane_shift[INSTANCE_NORM_LANES];
    const double eps = a->eps;
    const double count_s = a->count_s;
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_weight[b] = a->weight == NULL ? 1.0 : (double)a->weight[c->at[2] + b * w->lane_stride[2]];
        lane_bias[b] = a->bias == NULL ? 0.0 : (double)a->bias[c->at[2] + b * w->lane_stride[2]];
    }
    instance_norm_statistics_pass0_float_sums(a, c, lane_v_sum_x);
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (float)(lane_v_sum_x[b]/count_s);
    }
    instance_norm_forward_pass2_float_sums(a, c, lane_mean_pivot, lane_v_sum_d, lane_v_sum_d_d);
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_rest[b] = lane_v_sum_d[b]/count_s;
        lane_mean[b] = lane_mean_pivot[b] + lane_mean_rest[b];
        lane_mean_low[b] = 0;
        lane_var[b] = instance_norm_not_negative_double(lane_v_sum_d_d[b]/count_s
            - instance_norm_square_double(lane_mean_rest[b]));
        lane_inv_std[b] = 1.0/sqrt(eps + lane_var[b]);
        lane_slope[b] = lane_inv_std[b]*lane_weight[b];
        lane_shift[b] = lane_bias[b] - lane_inv_std[b]*lane_mean_rest[b]*lane_weight[b];
    }
    instance_norm_forward_pass4_float_all(a, c, lane_mean_pivot, lane_slope, lane_shift);
    for (b = 0; b < c->lanes; ++b) {
        a->result_mean[c->at[3] + b * w->lane_stride[3]] = (double)lane_mean[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_mean_low[c->at[3] + b * w->lane_stride[3]] = (double)lane_mean_low[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_var[c->at[3] + b * w->lane_stride[3]] = (double)lane_var[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_inv_std[c->at[3] + b * w->lane_stride[3]] = (double)lane_inv_std[b];
    }
    (void)w;
}

int instance_norm_forward_float(
    const instance_norm_extents *extents,
    const float *x, const ptrdiff_t *x_strides,
    const float *weight,
    const float *bias,
    float *y, const ptrdiff_t *y_strides,
    double *result_mean,
    double *result_mean_low,
    double *result_var,
    double *result_inv_std,
    double eps,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"c", "c", "nc", "nc" };
    const ptrdiff_t *strides[2];
    instance_norm_arguments_float a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = instance_norm_check_extents(extents), outside;
    k = 0;
    if (status != INSTANCE_NORM_OK) return status;
    if (x == NULL || y == NULL || result_mean == NULL || result_mean_low == NULL || result_var == NULL
        || result_inv_std == NULL) return INSTANCE_NORM_NULL;
    if (threads < 1) return INSTANCE_NORM_THREADS;
    if (workspace_size < instance_norm_forward_workspace(extents)) return INSTANCE_NORM_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return INSTANCE_NORM_WORKSPACE;
    if (instance_norm_count(extents, "ncs") == 0) {
        return INSTANCE_NORM_EMPTY;
    }
    strides[0] = x_strides;
    strides[1] = y_strides;
    instance_norm_plan(&a.walk, extents, "nc", 2, strides, 2, layouts, sizeof(float), 0);
    a.x = x;
    a.y = y;
    a.weight = weight;
    a.bias = bias;
    a.result_mean = result_mean;
    a.result_mean_low = result_mean_low;
    a.result_var = result_var;
    a.result_inv_std = result_inv_std;
    a.eps = eps;
    a.count_s = (double)instance_norm_count(extents, "s");
    a.few = instance_norm_count(extents, "s") < INSTANCE_NORM_FEW;
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
            instance_norm_block c;
            instance_norm_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            instance_norm_forward_block_float(&a, &c);
        }
    }
    return INSTANCE_NORM_OK;
}

INSTANCE_NORM_INLINE void instance_norm_forward_pass2_double_element(
const double x, const double mean_pivot, double *to_v_sum_d, double *to_v_sum_d_d)
{
    const double at_d = x - mean_pivot;
    *to_v_sum_d = at_d;
    *to_v_sum_d_d = at_d * at_d;
}

static void instance_norm_forward_pass2_double_row(ptrdiff_t n, const double *x, const double mean_pivot, double *high,
    double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + instance_norm_least(n - i, 64);
        double part_0[INSTANCE_NORM_CHAINS];
        double part_1[INSTANCE_NORM_CHAINS];
        int k;
        for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + INSTANCE_NORM_CHAINS <= end; i += INSTANCE_NORM_CHAINS) {
            INSTANCE_NORM_SIMD
            for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
                double term_0, term_1;
                instance_norm_forward_pass2_double_element(x[i + k], mean_pivot, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1;
            instance_norm_forward_pass2_double_element(x[i], mean_pivot, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = INSTANCE_NORM_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        instance_norm_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        instance_norm_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void instance_norm_forward_pass2_double_columns(ptrdiff_t n, const double *x, const double *mean_pivot,
    double *high_0, double *low_0, double *high_1, double *low_1)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1;
        instance_norm_forward_pass2_double_element(x[i], mean_pivot[i], &term_0, &term_1);
        instance_norm_add_double(&high_0[i], &low_0[i], term_0);
        instance_norm_add_double(&high_1[i], &low_1[i], term_1);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void instance_norm_forward_pass2_double_units(const instance_norm_arguments_double *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot, double *high,
    double *low)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    double buffer_x[INSTANCE_NORM_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[INSTANCE_NORM_TILE];
        double high_0[INSTANCE_NORM_TILE], low_0[INSTANCE_NORM_TILE];
        double high_1[INSTANCE_NORM_TILE], low_1[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            instance_norm_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, unit + 1, ahead);
                instance_norm_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = instance_norm_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            instance_norm_forward_pass2_double_columns(n, x, column_mean_pivot, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                instance_norm_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                instance_norm_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : instance_norm_least(run - j, INSTANCE_NORM_TILE);
                x = instance_norm_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                instance_norm_forward_pass2_double_row(n, x, (double)lane_mean_pivot[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void instance_norm_forward_pass2_double_sums(const instance_norm_arguments_double *a,
    const instance_norm_block *c, const long double *lane_mean_pivot, long double *sum_v_sum_d,
    long double *sum_v_sum_d_d)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    double part[2 * 2 * INSTANCE_NORM_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_forward_pass2_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot,
            part + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_d[b] = (long double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_d_d[b] = (long double)instance_norm_whole_double(high, low);
        }
    }
}


INSTANCE_NORM_INLINE void instance_norm_forward_pass2_extended_element(
const long double x, const long double mean_pivot, long double *to_v_sum_d, long double *to_v_sum_d_d)
{
    const long double at_d = x - mean_pivot;
    *to_v_sum_d = at_d;
    *to_v_sum_d_d = at_d * at_d;
}

static void instance_norm_forward_pass2_extended_row(ptrdiff_t n, const double *x, const long double mean_pivot,
    long double *high, long double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + instance_norm_least(n - i, 64);
        long double part_0[INSTANCE_NORM_CHAINS];
        long double part_1[INSTANCE_NORM_CHAINS];
        int k;
        for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + INSTANCE_NORM_CHAINS <= end; i += INSTANCE_NORM_CHAINS) {
            INSTANCE_NORM_SIMD
            for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
                long double term_0, term_1;
                instance_norm_forward_pass2_extended_element((long double)x[i + k], mean_pivot, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0, term_1;
            instance_norm_forward_pass2_extended_element((long double)x[i], mean_pivot, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = INSTANCE_NORM_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        instance_norm_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        instance_norm_add_extended(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void instance_norm_forward_pass2_extended_columns(ptrdiff_t n, const double *x, const long double *mean_pivot,
    long double *high_0, long double *low_0, long double *high_1, long double *low_1)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0, term_1;
        instance_norm_forward_pass2_extended_element((long double)x[i], mean_pivot[i], &term_0, &term_1);
        instance_norm_add_extended(&high_0[i], &low_0[i], term_0);
        instance_norm_add_extended(&high_1[i], &low_1[i], term_1);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void instance_norm_forward_pass2_extended_units(const instance_norm_arguments_double *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot, long double *high,
    long double *low)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    double buffer_x[INSTANCE_NORM_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double column_mean_pivot[INSTANCE_NORM_TILE];
        long double high_0[INSTANCE_NORM_TILE], low_0[INSTANCE_NORM_TILE];
        long double high_1[INSTANCE_NORM_TILE], low_1[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (long double)lane_mean_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            instance_norm_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, unit + 1, ahead);
                instance_norm_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = instance_norm_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            instance_norm_forward_pass2_extended_columns(n, x, column_mean_pivot, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                instance_norm_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                instance_norm_add_extended(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : instance_norm_least(run - j, INSTANCE_NORM_TILE);
                x = instance_norm_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                instance_norm_forward_pass2_extended_row(n, x, (long double)lane_mean_pivot[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void instance_norm_forward_pass2_extended_sums(const instance_norm_arguments_double *a,
    const instance_norm_block *c, const long double *lane_mean_pivot, long double *sum_v_sum_d,
    long double *sum_v_sum_d_d)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    long double part[2 * 2 * INSTANCE_NORM_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_forward_pass2_extended_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot,
            part + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_d[b] = (long double)instance_norm_whole_extended(high, low);
        }
        {
            long double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_extended(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_d_d[b] = (long double)instance_norm_whole_extended(high, low);
        }
    }
}


INSTANCE_NORM_INLINE void instance_norm_forward_pass4_double_element(
const double x, const double mean_pivot, const double slope, const double shift, double *to_y)
{
    const double at_d = x - mean_pivot;
    const double at_t1 = at_d * slope;
    const double at_t2 = at_t1 + shift;
    *to_y = at_t2;
}

static void instance_norm_forward_pass4_double_row(ptrdiff_t n, const double *x, const double mean_pivot,
    const double slope, const double shift, double *out_y)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        instance_norm_forward_pass4_double_element(x[i], mean_pivot, slope, shift, &out_y[i]);
    }
}

static void instance_norm_forward_pass4_double_columns(ptrdiff_t n, const double *x, const double *mean_pivot,
    const double *slope, const double *shift, double *out_y)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        instance_norm_forward_pass4_double_element(x[i], mean_pivot[i], slope[i], shift[i], &out_y[i]);
    }
}

/* Units first to end of a block. */
static void instance_norm_forward_pass4_double_units(const instance_norm_arguments_double *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot,
    const long double *lane_slope, const long double *lane_shift)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    double buffer_x[INSTANCE_NORM_TILE];
    double buffer_y[INSTANCE_NORM_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[INSTANCE_NORM_TILE];
        double column_slope[INSTANCE_NORM_TILE];
        double column_shift[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                column_slope[k] = (double)lane_slope[b];
                column_shift[k] = (double)lane_shift[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            double *out_y;
            instance_norm_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, first + end - 2 - unit, ahead);
                instance_norm_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->y + ahead[1], n * (ptrdiff_t)sizeof(double));
            }
            x = instance_norm_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            out_y = (w->run_size == 1 || w->run_stride[1] == 1) && (c->lanes == 1 || w->lane_stride[1] == w->run_size)
                ? a->y + at[1] : buffer_y;
            instance_norm_forward_pass4_double_columns(n, x, column_mean_pivot, column_slope, column_shift, out_y);
            if (out_y == buffer_y) instance_norm_write_double(buffer_y, a->y + at[1], w->lane_stride[1],
                w->run_stride[1], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->y + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                double *to_y = a->y + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                double *out_y;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : instance_norm_least(run - j,
                    INSTANCE_NORM_TILE);
                x = instance_norm_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                out_y = n == 1 || w->run_stride[1] == 1 ? to_y : buffer_y;
                instance_norm_forward_pass4_double_row(n, x, (double)lane_mean_pivot[b], (double)lane_slope[b],
                    (double)lane_shift[b], out_y);
                if (out_y == buffer_y) instance_norm_write_double(buffer_y, to_y, 0, w->run_stride[1], 1, n);
            }
        }
    }
}

static void instance_norm_forward_pass4_double_all(const instance_norm_arguments_double *a,
    const instance_norm_block *c, const long double *lane_mean_pivot, const long double *lane_slope,
    const long double *lane_shift)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_forward_pass4_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot,
            lane_slope, lane_shift);
    }
}


static void instance_norm_forward_block_double(const instance_norm_arguments_double *a, instance_norm_block *c)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t b;
    long double lane_weight[INSTANCE_NORM_LANES];
    long double lane_bias[INSTANCE_NORM_LANES];
    long double lane_v_sum_x[INSTANCE_NORM_LANES];
    long double lane_mean_pivot[INSTANCE_NORM_LANES];
    long double lane_v_sum_d[INSTANCE_NORM_LANES];
    long double lane_v_sum_d_d[INSTANCE_NORM_LANES];
    long double lane_mean_rest[INSTANCE_NORM_LANES];
    long double lane_mean[INSTANCE_NORM_LANES];
    long double lane_mean_low[INSTANCE_NORM_LANES];
    long double lane_var[INSTANCE_NORM_LANES];
    long double lane_inv_std[INSTANCE_NORM_LANES];
    long double lane_slope[INSTANCE_NORM_LANES];
    long double lane_shift[INSTANCE_NORM_LANES];
    long double again_v_sum_x[INSTANCE_NORM_LANES], again_v_sum_d[INSTANCE_NORM_LANES],
        again_v_sum_d_d[INSTANCE_NORM_LANES];
    int finite;
    const long double eps = a->eps;
    const long double count_s = a->count_s;
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_weight[b] = a->weight == NULL ? 1.0 : (long double)a->weight[c->at[2] + b * w->lane_stride[2]];
        lane_bias[b] = a->bias == NULL ? 0.0 : (long double)a->bias[c->at[2] + b * w->lane_stride[2]];
    }
    finite = 0;
    if (!a->few) {
        instance_norm_statistics_pass0_double_sums(a, c, lane_v_sum_x);
        finite = instance_norm_finite_extended(lane_v_sum_x, c->lanes);
    }
    if (!finite) {
        instance_norm_statistics_pass0_extended_sums(a, c, again_v_sum_x);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_x[b])) lane_v_sum_x[b] = again_v_sum_x[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (double)(lane_v_sum_x[b]/count_s);
    }
    finite = 0;
    if (!a->few) {
        instance_norm_forward_pass2_double_sums(a, c, lane_mean_pivot, lane_v_sum_d, lane_v_sum_d_d);
        finite = instance_norm_finite_extended(lane_v_sum_d, c->lanes) && instance_norm_finite_extended(lane_v_sum_d_d,
            c->lanes);
    }
    if (!finite) {
        instance_norm_forward_pass2_extended_sums(a, c, lane_mean_pivot, again_v_sum_d, again_v_sum_d_d);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_d[b])) lane_v_sum_d[b] = again_v_sum_d[b];
            if (a->few || !isfinite(lane_v_sum_d_d[b])) lane_v_sum_d_d[b] = again_v_sum_d_d[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_rest[b] = lane_v_sum_d[b]/count_s;
        lane_mean[b] = instance_norm_exact_high_extended(lane_mean_pivot[b], lane_mean_rest[b]);
        lane_mean_low[b] = instance_norm_exact_low_extended(lane_mean_pivot[b], lane_mean_rest[b]);
        lane_var[b] = instance_norm_not_negative_extended(lane_v_sum_d_d[b]/count_s
            - instance_norm_square_extended(lane_mean_rest[b]));
        lane_inv_std[b] = 1.0/sqrtl(eps + lane_var[b]);
        lane_slope[b] = lane_inv_std[b]*lane_weight[b];
        lane_shift[b] = lane_bias[b] - lane_inv_std[b]*lane_mean_rest[b]*lane_weight[b];
    }
    instance_norm_forward_pass4_double_all(a, c, lane_mean_pivot, lane_slope, lane_shift);
    for (b = 0; b < c->lanes; ++b) {
        a->result_mean[c->at[3] + b * w->lane_stride[3]] = (double)lane_mean[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_mean_low[c->at[3] + b * w->lane_stride[3]] = (double)lane_mean_low[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_var[c->at[3] + b * w->lane_stride[3]] = (double)lane_var[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_inv_std[c->at[3] + b * w->lane_stride[3]] = (double)lane_inv_std[b];
    }
    (void)w;
}

int instance_norm_forward_double(
    const instance_norm_extents *extents,
    const double *x, const ptrdiff_t *x_strides,
    const double *weight,
    const double *bias,
    double *y, const ptrdiff_t *y_strides,
    double *result_mean,
    double *result_mean_low,
    double *result_var,
    double *result_inv_std,
    double eps,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"c", "c", "nc", "nc" };
    const ptrdiff_t *strides[2];
    instance_norm_arguments_double a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = instance_norm_check_extents(extents), outside;
    k = 0;
    if (status != INSTANCE_NORM_OK) return status;
    if (x == NULL || y == NULL || result_mean == NULL || result_mean_low == NULL || result_var == NULL
        || result_inv_std == NULL) return INSTANCE_NORM_NULL;
    if (threads < 1) return INSTANCE_NORM_THREADS;
    if (workspace_size < instance_norm_forward_workspace(extents)) return INSTANCE_NORM_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return INSTANCE_NORM_WORKSPACE;
    if (instance_norm_count(extents, "ncs") == 0) {
        return INSTANCE_NORM_EMPTY;
    }
    strides[0] = x_strides;
    strides[1] = y_strides;
    instance_norm_plan(&a.walk, extents, "nc", 2, strides, 2, layouts, sizeof(double), 0);
    a.x = x;
    a.y = y;
    a.weight = weight;
    a.bias = bias;
    a.result_mean = result_mean;
    a.result_mean_low = result_mean_low;
    a.result_var = result_var;
    a.result_inv_std = result_inv_std;
    a.eps = eps;
    a.count_s = (double)instance_norm_count(extents, "s");
    a.few = instance_norm_count(extents, "s") < INSTANCE_NORM_FEW;
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
            instance_norm_block c;
            instance_norm_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            instance_norm_forward_block_double(&a, &c);
        }
    }
    return INSTANCE_NORM_OK;
}

/* In how many portions the blocks are grouped at most: together they take little memory beside the data. */
static inline ptrdiff_t instance_norm_backward_portions(const instance_norm_extents *extents)
{
    ptrdiff_t partial = 1, most;
    partial += instance_norm_count(extents, "c");
    partial += instance_norm_count(extents, "c");
    most = instance_norm_count(extents, "ncs") / (64 * partial);
    return most < 1 ? 1 : instance_norm_least(most, INSTANCE_NORM_PORTIONS);
}

size_t instance_norm_backward_workspace(const instance_norm_extents *extents)
{
    ptrdiff_t count = 0;
    if (instance_norm_check_extents(extents) != INSTANCE_NORM_OK || instance_norm_count(extents, "ncs") == 0) return 0;
    count += 2 * instance_norm_backward_portions(extents) * instance_norm_count(extents, "c");
    count += 2 * instance_norm_backward_portions(extents) * instance_norm_count(extents, "c");
    return (size_t)count * sizeof(double);
}

INSTANCE_NORM_INLINE void instance_norm_backward_pass1_float_element(
const double grad_output, const double x, const double mean_pivot, const double mean_rest_cast,
    const double inv_std_cast, double *to_v_sum_d_grad_output, double *to_v_sum_d_grad_output_inv_std,
    double *to_v_sum_grad_output_2, double *to_v_sum_grad_output)
{
    const double at_d = x - mean_pivot;
    const double at_d1 = at_d - mean_rest_cast;
    const double at_t1 = grad_output * inv_std_cast;
    *to_v_sum_d_grad_output = grad_output * at_d1;
    *to_v_sum_d_grad_output_inv_std = at_t1 * at_d1;
    *to_v_sum_grad_output_2 = grad_output;
    *to_v_sum_grad_output = grad_output;
}

static void instance_norm_backward_pass1_float_row(ptrdiff_t n, const float *grad_output, const float *x,
    const double mean_pivot, const double mean_rest_cast, const double inv_std_cast, double *high, double *low,
    ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + instance_norm_least(n - i, 4096);
        double part_0[INSTANCE_NORM_CHAINS];
        double part_1[INSTANCE_NORM_CHAINS];
        double part_2[INSTANCE_NORM_CHAINS];
        double part_3[INSTANCE_NORM_CHAINS];
        int k;
        for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
            part_2[k] = 0;
            part_3[k] = 0;
        }
        for (; i + INSTANCE_NORM_CHAINS <= end; i += INSTANCE_NORM_CHAINS) {
            INSTANCE_NORM_SIMD
            for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
                double term_0, term_1, term_2, term_3;
                instance_norm_backward_pass1_float_element((double)grad_output[i + k], (double)x[i + k], mean_pivot,
                    mean_rest_cast, inv_std_cast, &term_0, &term_1, &term_2, &term_3);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
                part_2[k] = part_2[k] + term_2;
                part_3[k] = part_3[k] + term_3;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1, term_2, term_3;
            instance_norm_backward_pass1_float_element((double)grad_output[i], (double)x[i], mean_pivot, mean_rest_cast,
                inv_std_cast, &term_0, &term_1, &term_2, &term_3);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
            part_2[k] = part_2[k] + term_2;
            part_3[k] = part_3[k] + term_3;
        }
        for (k = INSTANCE_NORM_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
                part_2[m] = part_2[m] + part_2[m + k];
                part_3[m] = part_3[m] + part_3[m + k];
            }
        }
        instance_norm_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        instance_norm_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
        instance_norm_add_double(&high[2 * lanes], &low[2 * lanes], part_2[0]);
        instance_norm_add_double(&high[3 * lanes], &low[3 * lanes], part_3[0]);
    }
}

static void instance_norm_backward_pass1_float_columns(ptrdiff_t n, const float *grad_output, const float *x,
    const double *mean_pivot, const double *mean_rest_cast, const double *inv_std_cast, double *high_0, double *low_0,
    double *high_1, double *low_1, double *high_2, double *low_2, double *high_3, double *low_3)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1, term_2, term_3;
        instance_norm_backward_pass1_float_element((double)grad_output[i], (double)x[i], mean_pivot[i],
            mean_rest_cast[i], inv_std_cast[i], &term_0, &term_1, &term_2, &term_3);
        high_0[i] += term_0;
        high_1[i] += term_1;
        high_2[i] += term_2;
        high_3[i] += term_3;
    }
    (void)low_0;
    (void)low_1;
    (void)low_2;
    (void)low_3;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void instance_norm_backward_pass1_float_units(const instance_norm_arguments_float *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, const double *lane_mean_pivot,
    const double *lane_mean_rest_cast, const double *lane_inv_std_cast, double *high, double *low)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    float buffer_grad_output[INSTANCE_NORM_TILE];
    float buffer_x[INSTANCE_NORM_TILE];
    for (k = 0; k < 4 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[2 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[3 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[INSTANCE_NORM_TILE];
        double column_mean_rest_cast[INSTANCE_NORM_TILE];
        double column_inv_std_cast[INSTANCE_NORM_TILE];
        double high_0[INSTANCE_NORM_TILE], low_0[INSTANCE_NORM_TILE];
        double high_1[INSTANCE_NORM_TILE], low_1[INSTANCE_NORM_TILE];
        double high_2[INSTANCE_NORM_TILE], low_2[INSTANCE_NORM_TILE];
        double high_3[INSTANCE_NORM_TILE], low_3[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (double)lane_mean_rest_cast[b];
                column_inv_std_cast[k] = (double)lane_inv_std_cast[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
                high_2[k] = 0;
                low_2[k] = 0;
                high_3[k] = 0;
                low_3[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *grad_output;
            const float *x;
            instance_norm_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, unit + 1, ahead);
                instance_norm_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(float));
            }
            grad_output = instance_norm_read_float_float(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = instance_norm_read_float_float(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes, w->run_size,
                buffer_x);
            instance_norm_backward_pass1_float_columns(n, grad_output, x, column_mean_pivot, column_mean_rest_cast,
                column_inv_std_cast, high_0, low_0, high_1, low_1, high_2, low_2, high_3, low_3);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                instance_norm_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                instance_norm_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
                instance_norm_add_double(&high[2 * c->lanes + b], &low[2 * c->lanes + b], high_2[k]);
                low[2 * c->lanes + b] += low_2[k];
                instance_norm_add_double(&high[3 * c->lanes + b], &low[3 * c->lanes + b], high_3[k]);
                low[3 * c->lanes + b] += low_3[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const float *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : instance_norm_least(run - j,
                    INSTANCE_NORM_TILE);
                grad_output = instance_norm_read_float_float(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = instance_norm_read_float_float(x, 0, w->run_stride[1], 1, n, buffer_x);
                instance_norm_backward_pass1_float_row(n, grad_output, x, (double)lane_mean_pivot[b],
                    (double)lane_mean_rest_cast[b], (double)lane_inv_std_cast[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void instance_norm_backward_pass1_float_sums(const instance_norm_arguments_float *a,
    const instance_norm_block *c, const double *lane_mean_pivot, const double *lane_mean_rest_cast,
    const double *lane_inv_std_cast, double *sum_v_sum_d_grad_output, double *sum_v_sum_d_grad_output_inv_std,
    double *sum_v_sum_grad_output_2, double *sum_v_sum_grad_output)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 4 * c->lanes;
    double part[2 * 4 * INSTANCE_NORM_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_backward_pass1_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot,
            lane_mean_rest_cast, lane_inv_std_cast, part + k * stride, part + k * stride + 4 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 4) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 4) * c->lanes + b];
            }
            sum_v_sum_d_grad_output[b] = (double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 4) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 4) * c->lanes + b];
            }
            sum_v_sum_d_grad_output_inv_std[b] = (double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[2 * c->lanes + b], low = part[(2 + 4) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 2 * c->lanes + b]);
                low += part[k * stride + (2 + 4) * c->lanes + b];
            }
            sum_v_sum_grad_output_2[b] = (double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[3 * c->lanes + b], low = part[(3 + 4) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 3 * c->lanes + b]);
                low += part[k * stride + (3 + 4) * c->lanes + b];
            }
            sum_v_sum_grad_output[b] = (double)instance_norm_whole_double(high, low);
        }
    }
}


INSTANCE_NORM_INLINE void instance_norm_backward_pass3_float_element(
const float grad_output, const float x, const float shift, const float mean_pivot, const float slope, const float scale,
    float *to_grad_x)
{
    const float at_t1 = grad_output + shift;
    const float at_d = x - mean_pivot;
    const float at_t2 = at_d * slope;
    const float at_t3 = at_t1 + at_t2;
    const float at_t4 = at_t3 * scale;
    *to_grad_x = at_t4;
}

static void instance_norm_backward_pass3_float_row(ptrdiff_t n, const float *grad_output, const float *x,
    const float shift, const float mean_pivot, const float slope, const float scale, float *out_grad_x)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        instance_norm_backward_pass3_float_element(grad_output[i], x[i], shift, mean_pivot, slope, scale,
            &out_grad_x[i]);
    }
}

static void instance_norm_backward_pass3_float_columns(ptrdiff_t n, const float *grad_output, const float *x,
    const float *shift, const float *mean_pivot, const float *slope, const float *scale, float *out_grad_x)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        instance_norm_backward_pass3_float_element(grad_output[i], x[i], shift[i], mean_pivot[i], slope[i], scale[i],
            &out_grad_x[i]);
    }
}

/* Units first to end of a block. */
static void instance_norm_backward_pass3_float_units(const instance_norm_arguments_float *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, const double *lane_shift,
    const double *lane_mean_pivot, const double *lane_slope, const double *lane_scale)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    float buffer_grad_output[INSTANCE_NORM_TILE];
    float buffer_x[INSTANCE_NORM_TILE];
    float buffer_grad_x[INSTANCE_NORM_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        float column_shift[INSTANCE_NORM_TILE];
        float column_mean_pivot[INSTANCE_NORM_TILE];
        float column_slope[INSTANCE_NORM_TILE];
        float column_scale[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift[k] = (float)lane_shift[b];
                column_mean_pivot[k] = (float)lane_mean_pivot[b];
                column_slope[k] = (float)lane_slope[b];
                column_scale[k] = (float)lane_scale[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *grad_output;
            const float *x;
            float *out_grad_x;
            instance_norm_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, first + end - 2 - unit, ahead);
                instance_norm_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->grad_x + ahead[2], n * (ptrdiff_t)sizeof(float));
            }
            grad_output = instance_norm_read_float_float(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = instance_norm_read_float_float(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes, w->run_size,
                buffer_x);
            out_grad_x = (w->run_size == 1 || w->run_stride[2] == 1) && (c->lanes == 1
                || w->lane_stride[2] == w->run_size) ? a->grad_x + at[2] : buffer_grad_x;
            instance_norm_backward_pass3_float_columns(n, grad_output, x, column_shift, column_mean_pivot, column_slope,
                column_scale, out_grad_x);
            if (out_grad_x == buffer_grad_x) instance_norm_write_float(buffer_grad_x, a->grad_x + at[2],
                w->lane_stride[2], w->run_stride[2], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->grad_x + ahead[2] + b * w->lane_stride[2], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const float *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                float *to_grad_x = a->grad_x + at[2] + b * w->lane_stride[2] + j * w->run_stride[2];
                float *out_grad_x;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run
                    : instance_norm_least(run - j, INSTANCE_NORM_TILE);
                grad_output = instance_norm_read_float_float(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = instance_norm_read_float_float(x, 0, w->run_stride[1], 1, n, buffer_x);
                out_grad_x = n == 1 || w->run_stride[2] == 1 ? to_grad_x : buffer_grad_x;
                instance_norm_backward_pass3_float_row(n, grad_output, x, (float)lane_shift[b],
                    (float)lane_mean_pivot[b], (float)lane_slope[b], (float)lane_scale[b], out_grad_x);
                if (out_grad_x == buffer_grad_x) instance_norm_write_float(buffer_grad_x, to_grad_x, 0,
                    w->run_stride[2], 1, n);
            }
        }
    }
}

static void instance_norm_backward_pass3_float_all(const instance_norm_arguments_float *a, const instance_norm_block *c,
    const double *lane_shift, const double *lane_mean_pivot, const double *lane_slope, const double *lane_scale)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_backward_pass3_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift,
            lane_mean_pivot, lane_slope, lane_scale);
    }
}


static void instance_norm_backward_block_float(const instance_norm_arguments_float *a, instance_norm_block *c)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t b;
    double lane_weight[INSTANCE_NORM_LANES];
    double lane_mean[INSTANCE_NORM_LANES];
    double lane_mean_low[INSTANCE_NORM_LANES];
    double lane_inv_std[INSTANCE_NORM_LANES];
    double lane_mean_pivot[INSTANCE_NORM_LANES];
    double lane_mean_rest[INSTANCE_NORM_LANES];
    double lane_mean_rest_cast[INSTANCE_NORM_LANES];
    double lane_inv_std_cast[INSTANCE_NORM_LANES];
    double lane_v_sum_d_grad_output[INSTANCE_NORM_LANES];
    double lane_v_sum_d_grad_output_inv_std[INSTANCE_NORM_LANES];
    double lane_v_sum_grad_output_2[INSTANCE_NORM_LANES];
    double lane_v_sum_grad_output[INSTANCE_NORM_LANES];
    double lane_shift[INSTANCE_NORM_LANES];
    double lane_slope[INSTANCE_NORM_LANES];
    double lane_scale[INSTANCE_NORM_LANES];
    const double count_s = a->count_s;
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_weight[b] = a->weight == NULL ? 1.0 : (double)a->weight[c->at[3] + b * w->lane_stride[3]];
        lane_mean[b] = a->mean[c->at[4] + b * w->lane_stride[4]];
        lane_mean_low[b] = a->mean_low[c->at[4] + b * w->lane_stride[4]];
        lane_inv_std[b] = a->inv_std[c->at[4] + b * w->lane_stride[4]];
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (float)(lane_mean[b]);
        lane_mean_rest[b] = (lane_mean[b] - lane_mean_pivot[b]) + lane_mean_low[b];
        lane_mean_rest_cast[b] = lane_mean_rest[b];
        lane_inv_std_cast[b] = lane_inv_std[b];
    }
    instance_norm_backward_pass1_float_sums(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_inv_std_cast,
        lane_v_sum_d_grad_output, lane_v_sum_d_grad_output_inv_std, lane_v_sum_grad_output_2, lane_v_sum_grad_output);
    for (b = 0; b < c->lanes; ++b) {
        double *high = c->part + a->begin_v_sum_d_grad_output_inv_std + c->at[3] + b * w->lane_stride[3];
        instance_norm_add_double(high, high + a->places_v_sum_d_grad_output_inv_std,
            (double)lane_v_sum_d_grad_output_inv_std[b]);
        high[a->places_v_sum_d_grad_output_inv_std] += (double)(lane_v_sum_d_grad_output_inv_std[b]
            - (double)lane_v_sum_d_grad_output_inv_std[b]);
    }
    for (b = 0; b < c->lanes; ++b) {
        double *high = c->part + a->begin_v_sum_grad_output_2 + c->at[3] + b * w->lane_stride[3];
        instance_norm_add_double(high, high + a->places_v_sum_grad_output_2, (double)lane_v_sum_grad_output_2[b]);
        high[a->places_v_sum_grad_output_2] += (double)(lane_v_sum_grad_output_2[b]
            - (double)lane_v_sum_grad_output_2[b]);
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_shift[b] = instance_norm_square_double(lane_inv_std[b])*lane_mean_rest[b]
            *lane_v_sum_d_grad_output[b]/count_s - lane_v_sum_grad_output[b]/count_s;
        lane_slope[b] = -instance_norm_square_double(lane_inv_std[b])*lane_v_sum_d_grad_output[b]/count_s;
        lane_scale[b] = lane_inv_std[b]*lane_weight[b];
    }
    instance_norm_backward_pass3_float_all(a, c, lane_shift, lane_mean_pivot, lane_slope, lane_scale);
    (void)w;
}

int instance_norm_backward_float(
    const instance_norm_extents *extents,
    const float *grad_output, const ptrdiff_t *grad_output_strides,
    const float *x, const ptrdiff_t *x_strides,
    const float *weight,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    float *grad_x, const ptrdiff_t *grad_x_strides,
    double *result_grad_weight,
    double *result_grad_bias,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"c", "c", "nc", "nc" };
    const ptrdiff_t *strides[3];
    instance_norm_arguments_float a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = instance_norm_check_extents(extents), outside;
    k = 0;
    if (status != INSTANCE_NORM_OK) return status;
    if (grad_output == NULL || x == NULL || grad_x == NULL || mean == NULL || mean_low == NULL || inv_std == NULL
        || result_grad_weight == NULL || result_grad_bias == NULL) return INSTANCE_NORM_NULL;
    if (threads < 1) return INSTANCE_NORM_THREADS;
    if (workspace_size < instance_norm_backward_workspace(extents)) return INSTANCE_NORM_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return INSTANCE_NORM_WORKSPACE;
    if (instance_norm_count(extents, "ncs") == 0) {
        for (k = 0; k < instance_norm_count(extents, "c"); ++k) result_grad_weight[k] = 0;
        for (k = 0; k < instance_norm_count(extents, "c"); ++k) result_grad_bias[k] = 0;
        return INSTANCE_NORM_OK;
    }
    strides[0] = grad_output_strides;
    strides[1] = x_strides;
    strides[2] = grad_x_strides;
    instance_norm_plan(&a.walk, extents, "nc", 3, strides, 2, layouts, sizeof(float), 1);
    a.grad_output = grad_output;
    a.x = x;
    a.grad_x = grad_x;
    a.weight = weight;
    a.mean = mean;
    a.mean_low = mean_low;
    a.inv_std = inv_std;
    a.result_grad_weight = result_grad_weight;
    a.result_grad_bias = result_grad_bias;
    a.count_s = (double)instance_norm_count(extents, "s");
    a.few = instance_norm_count(extents, "ns") < INSTANCE_NORM_FEW || instance_norm_count(extents, "s")
        < INSTANCE_NORM_FEW;
    total = 0;
    a.begin_v_sum_d_grad_output_inv_std = total;
    a.places_v_sum_d_grad_output_inv_std = instance_norm_count(extents, "c");
    total += 2 * a.places_v_sum_d_grad_output_inv_std;
    a.begin_v_sum_grad_output_2 = total;
    a.places_v_sum_grad_output_2 = instance_norm_count(extents, "c");
    total += 2 * a.places_v_sum_grad_output_2;
    portions = instance_norm_least(instance_norm_backward_portions(extents), a.walk.blocks);
    for (k = 0; k < portions * total; ++k) memory[k] = 0;
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
            instance_norm_block c;
            instance_norm_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            instance_norm_backward_block_float(&a, &c);
        }
    }
    for (number = 1; number < portions; ++number) {
        const double *from = memory + number * total;
        for (k = a.begin_v_sum_d_grad_output_inv_std; k < a.begin_v_sum_d_grad_output_inv_std
            + a.places_v_sum_d_grad_output_inv_std; ++k) {
            instance_norm_add_double(&memory[k], &memory[a.places_v_sum_d_grad_output_inv_std + k], from[k]);
            memory[a.places_v_sum_d_grad_output_inv_std + k] += from[a.places_v_sum_d_grad_output_inv_std + k];
        }
        for (k = a.begin_v_sum_grad_output_2; k < a.begin_v_sum_grad_output_2 + a.places_v_sum_grad_output_2; ++k) {
            instance_norm_add_double(&memory[k], &memory[a.places_v_sum_grad_output_2 + k], from[k]);
            memory[a.places_v_sum_grad_output_2 + k] += from[a.places_v_sum_grad_output_2 + k];
        }
    }
    total = instance_norm_places(&a.walk, "c");
    for (k = 0; k < total; ++k) {
        const double item_v_sum_d_grad_output_inv_std = (double)instance_norm_whole_double((memory
            + a.begin_v_sum_d_grad_output_inv_std)[instance_norm_place(&a.walk, "c", k, 3)], (memory
            + a.begin_v_sum_d_grad_output_inv_std)[a.places_v_sum_d_grad_output_inv_std + instance_norm_place(&a.walk,
            "c", k, 3)]);
        result_grad_weight[instance_norm_place(&a.walk, "c", k, 3)] = (double)item_v_sum_d_grad_output_inv_std;
    }
    total = instance_norm_places(&a.walk, "c");
    for (k = 0; k < total; ++k) {
        const double item_v_sum_grad_output_2 = (double)instance_norm_whole_double((memory
            + a.begin_v_sum_grad_output_2)[instance_norm_place(&a.walk, "c", k, 3)], (memory
            + a.begin_v_sum_grad_output_2)[a.places_v_sum_grad_output_2 + instance_norm_place(&a.walk, "c", k, 3)]);
        result_grad_bias[instance_norm_place(&a.walk, "c", k, 3)] = (double)item_v_sum_grad_output_2;
    }
    return INSTANCE_NORM_OK;
}

INSTANCE_NORM_INLINE void instance_norm_backward_pass1_double_element(
const double grad_output, const double x, const double mean_pivot, const double mean_rest_cast,
    const double inv_std_cast, double *to_v_sum_d_grad_output, double *to_v_sum_d_grad_output_inv_std,
    double *to_v_sum_grad_output_2, double *to_v_sum_grad_output)
{
    const double at_d = x - mean_pivot;
    const double at_d1 = at_d - mean_rest_cast;
    const double at_t1 = grad_output * inv_std_cast;
    *to_v_sum_d_grad_output = grad_output * at_d1;
    *to_v_sum_d_grad_output_inv_std = at_t1 * at_d1;
    *to_v_sum_grad_output_2 = grad_output;
    *to_v_sum_grad_output = grad_output;
}

static void instance_norm_backward_pass1_double_row(ptrdiff_t n, const double *grad_output, const double *x,
    const double mean_pivot, const double mean_rest_cast, const double inv_std_cast, double *high, double *low,
    ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + instance_norm_least(n - i, 64);
        double part_0[INSTANCE_NORM_CHAINS];
        double part_1[INSTANCE_NORM_CHAINS];
        double part_2[INSTANCE_NORM_CHAINS];
        double part_3[INSTANCE_NORM_CHAINS];
        int k;
        for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
            part_2[k] = 0;
            part_3[k] = 0;
        }
        for (; i + INSTANCE_NORM_CHAINS <= end; i += INSTANCE_NORM_CHAINS) {
            INSTANCE_NORM_SIMD
            for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
                double term_0, term_1, term_2, term_3;
                instance_norm_backward_pass1_double_element(grad_output[i + k], x[i + k], mean_pivot, mean_rest_cast,
                    inv_std_cast, &term_0, &term_1, &term_2, &term_3);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
                part_2[k] = part_2[k] + term_2;
                part_3[k] = part_3[k] + term_3;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1, term_2, term_3;
            instance_norm_backward_pass1_double_element(grad_output[i], x[i], mean_pivot, mean_rest_cast, inv_std_cast,
                &term_0, &term_1, &term_2, &term_3);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
            part_2[k] = part_2[k] + term_2;
            part_3[k] = part_3[k] + term_3;
        }
        for (k = INSTANCE_NORM_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
                part_2[m] = part_2[m] + part_2[m + k];
                part_3[m] = part_3[m] + part_3[m + k];
            }
        }
        instance_norm_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        instance_norm_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
        instance_norm_add_double(&high[2 * lanes], &low[2 * lanes], part_2[0]);
        instance_norm_add_double(&high[3 * lanes], &low[3 * lanes], part_3[0]);
    }
}

static void instance_norm_backward_pass1_double_columns(ptrdiff_t n, const double *grad_output, const double *x,
    const double *mean_pivot, const double *mean_rest_cast, const double *inv_std_cast, double *high_0, double *low_0,
    double *high_1, double *low_1, double *high_2, double *low_2, double *high_3, double *low_3)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1, term_2, term_3;
        instance_norm_backward_pass1_double_element(grad_output[i], x[i], mean_pivot[i], mean_rest_cast[i],
            inv_std_cast[i], &term_0, &term_1, &term_2, &term_3);
        instance_norm_add_double(&high_0[i], &low_0[i], term_0);
        instance_norm_add_double(&high_1[i], &low_1[i], term_1);
        instance_norm_add_double(&high_2[i], &low_2[i], term_2);
        instance_norm_add_double(&high_3[i], &low_3[i], term_3);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void instance_norm_backward_pass1_double_units(const instance_norm_arguments_double *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot,
    const long double *lane_mean_rest_cast, const long double *lane_inv_std_cast, double *high, double *low)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    double buffer_grad_output[INSTANCE_NORM_TILE];
    double buffer_x[INSTANCE_NORM_TILE];
    for (k = 0; k < 4 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[2 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[3 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[INSTANCE_NORM_TILE];
        double column_mean_rest_cast[INSTANCE_NORM_TILE];
        double column_inv_std_cast[INSTANCE_NORM_TILE];
        double high_0[INSTANCE_NORM_TILE], low_0[INSTANCE_NORM_TILE];
        double high_1[INSTANCE_NORM_TILE], low_1[INSTANCE_NORM_TILE];
        double high_2[INSTANCE_NORM_TILE], low_2[INSTANCE_NORM_TILE];
        double high_3[INSTANCE_NORM_TILE], low_3[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (double)lane_mean_rest_cast[b];
                column_inv_std_cast[k] = (double)lane_inv_std_cast[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
                high_2[k] = 0;
                low_2[k] = 0;
                high_3[k] = 0;
                low_3[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            instance_norm_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, unit + 1, ahead);
                instance_norm_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = instance_norm_read_double_double(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = instance_norm_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_x);
            instance_norm_backward_pass1_double_columns(n, grad_output, x, column_mean_pivot, column_mean_rest_cast,
                column_inv_std_cast, high_0, low_0, high_1, low_1, high_2, low_2, high_3, low_3);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                instance_norm_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                instance_norm_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
                instance_norm_add_double(&high[2 * c->lanes + b], &low[2 * c->lanes + b], high_2[k]);
                low[2 * c->lanes + b] += low_2[k];
                instance_norm_add_double(&high[3 * c->lanes + b], &low[3 * c->lanes + b], high_3[k]);
                low[3 * c->lanes + b] += low_3[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : instance_norm_least(run - j,
                    INSTANCE_NORM_TILE);
                grad_output = instance_norm_read_double_double(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = instance_norm_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                instance_norm_backward_pass1_double_row(n, grad_output, x, (double)lane_mean_pivot[b],
                    (double)lane_mean_rest_cast[b], (double)lane_inv_std_cast[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void instance_norm_backward_pass1_double_sums(const instance_norm_arguments_double *a,
    const instance_norm_block *c, const long double *lane_mean_pivot, const long double *lane_mean_rest_cast,
    const long double *lane_inv_std_cast, long double *sum_v_sum_d_grad_output,
    long double *sum_v_sum_d_grad_output_inv_std, long double *sum_v_sum_grad_output_2,
    long double *sum_v_sum_grad_output)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 4 * c->lanes;
    double part[2 * 4 * INSTANCE_NORM_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_backward_pass1_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot,
            lane_mean_rest_cast, lane_inv_std_cast, part + k * stride, part + k * stride + 4 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 4) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 4) * c->lanes + b];
            }
            sum_v_sum_d_grad_output[b] = (long double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 4) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 4) * c->lanes + b];
            }
            sum_v_sum_d_grad_output_inv_std[b] = (long double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[2 * c->lanes + b], low = part[(2 + 4) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 2 * c->lanes + b]);
                low += part[k * stride + (2 + 4) * c->lanes + b];
            }
            sum_v_sum_grad_output_2[b] = (long double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[3 * c->lanes + b], low = part[(3 + 4) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 3 * c->lanes + b]);
                low += part[k * stride + (3 + 4) * c->lanes + b];
            }
            sum_v_sum_grad_output[b] = (long double)instance_norm_whole_double(high, low);
        }
    }
}


INSTANCE_NORM_INLINE void instance_norm_backward_pass1_extended_element(
const long double grad_output, const long double x, const long double mean_pivot, const long double mean_rest_cast,
    const long double inv_std_cast, long double *to_v_sum_d_grad_output, long double *to_v_sum_d_grad_output_inv_std,
    long double *to_v_sum_grad_output_2, long double *to_v_sum_grad_output)
{
    const long double at_d = x - mean_pivot;
    const long double at_d1 = at_d - mean_rest_cast;
    const long double at_t1 = grad_output * inv_std_cast;
    *to_v_sum_d_grad_output = grad_output * at_d1;
    *to_v_sum_d_grad_output_inv_std = at_t1 * at_d1;
    *to_v_sum_grad_output_2 = grad_output;
    *to_v_sum_grad_output = grad_output;
}

static void instance_norm_backward_pass1_extended_row(ptrdiff_t n, const double *grad_output, const double *x,
    const long double mean_pivot, const long double mean_rest_cast, const long double inv_std_cast, long double *high,
    long double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + instance_norm_least(n - i, 64);
        long double part_0[INSTANCE_NORM_CHAINS];
        long double part_1[INSTANCE_NORM_CHAINS];
        long double part_2[INSTANCE_NORM_CHAINS];
        long double part_3[INSTANCE_NORM_CHAINS];
        int k;
        for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
            part_2[k] = 0;
            part_3[k] = 0;
        }
        for (; i + INSTANCE_NORM_CHAINS <= end; i += INSTANCE_NORM_CHAINS) {
            INSTANCE_NORM_SIMD
            for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
                long double term_0, term_1, term_2, term_3;
                instance_norm_backward_pass1_extended_element((long double)grad_output[i + k], (long double)x[i + k],
                    mean_pivot, mean_rest_cast, inv_std_cast, &term_0, &term_1, &term_2, &term_3);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
                part_2[k] = part_2[k] + term_2;
                part_3[k] = part_3[k] + term_3;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0, term_1, term_2, term_3;
            instance_norm_backward_pass1_extended_element((long double)grad_output[i], (long double)x[i], mean_pivot,
                mean_rest_cast, inv_std_cast, &term_0, &term_1, &term_2, &term_3);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
            part_2[k] = part_2[k] + term_2;
            part_3[k] = part_3[k] + term_3;
        }
        for (k = INSTANCE_NORM_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
                part_2[m] = part_2[m] + part_2[m + k];
                part_3[m] = part_3[m] + part_3[m + k];
            }
        }
        instance_norm_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        instance_norm_add_extended(&high[1 * lanes], &low[1 * lanes], part_1[0]);
        instance_norm_add_extended(&high[2 * lanes], &low[2 * lanes], part_2[0]);
        instance_norm_add_extended(&high[3 * lanes], &low[3 * lanes], part_3[0]);
    }
}

static void instance_norm_backward_pass1_extended_columns(ptrdiff_t n, const double *grad_output, const double *x,
    const long double *mean_pivot, const long double *mean_rest_cast, const long double *inv_std_cast,
    long double *high_0, long double *low_0, long double *high_1, long double *low_1, long double *high_2,
    long double *low_2, long double *high_3, long double *low_3)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0, term_1, term_2, term_3;
        instance_norm_backward_pass1_extended_element((long double)grad_output[i], (long double)x[i], mean_pivot[i],
            mean_rest_cast[i], inv_std_cast[i], &term_0, &term_1, &term_2, &term_3);
        instance_norm_add_extended(&high_0[i], &low_0[i], term_0);
        instance_norm_add_extended(&high_1[i], &low_1[i], term_1);
        instance_norm_add_extended(&high_2[i], &low_2[i], term_2);
        instance_norm_add_extended(&high_3[i], &low_3[i], term_3);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void instance_norm_backward_pass1_extended_units(const instance_norm_arguments_double *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot,
    const long double *lane_mean_rest_cast, const long double *lane_inv_std_cast, long double *high, long double *low)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    double buffer_grad_output[INSTANCE_NORM_TILE];
    double buffer_x[INSTANCE_NORM_TILE];
    for (k = 0; k < 4 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[2 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[3 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double column_mean_pivot[INSTANCE_NORM_TILE];
        long double column_mean_rest_cast[INSTANCE_NORM_TILE];
        long double column_inv_std_cast[INSTANCE_NORM_TILE];
        long double high_0[INSTANCE_NORM_TILE], low_0[INSTANCE_NORM_TILE];
        long double high_1[INSTANCE_NORM_TILE], low_1[INSTANCE_NORM_TILE];
        long double high_2[INSTANCE_NORM_TILE], low_2[INSTANCE_NORM_TILE];
        long double high_3[INSTANCE_NORM_TILE], low_3[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (long double)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (long double)lane_mean_rest_cast[b];
                column_inv_std_cast[k] = (long double)lane_inv_std_cast[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
                high_2[k] = 0;
                low_2[k] = 0;
                high_3[k] = 0;
                low_3[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            instance_norm_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, unit + 1, ahead);
                instance_norm_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = instance_norm_read_double_double(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = instance_norm_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_x);
            instance_norm_backward_pass1_extended_columns(n, grad_output, x, column_mean_pivot, column_mean_rest_cast,
                column_inv_std_cast, high_0, low_0, high_1, low_1, high_2, low_2, high_3, low_3);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                instance_norm_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                instance_norm_add_extended(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
                instance_norm_add_extended(&high[2 * c->lanes + b], &low[2 * c->lanes + b], high_2[k]);
                low[2 * c->lanes + b] += low_2[k];
                instance_norm_add_extended(&high[3 * c->lanes + b], &low[3 * c->lanes + b], high_3[k]);
                low[3 * c->lanes + b] += low_3[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : instance_norm_least(run - j,
                    INSTANCE_NORM_TILE);
                grad_output = instance_norm_read_double_double(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = instance_norm_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                instance_norm_backward_pass1_extended_row(n, grad_output, x, (long double)lane_mean_pivot[b],
                    (long double)lane_mean_rest_cast[b], (long double)lane_inv_std_cast[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void instance_norm_backward_pass1_extended_sums(const instance_norm_arguments_double *a,
    const instance_norm_block *c, const long double *lane_mean_pivot, const long double *lane_mean_rest_cast,
    const long double *lane_inv_std_cast, long double *sum_v_sum_d_grad_output,
    long double *sum_v_sum_d_grad_output_inv_std, long double *sum_v_sum_grad_output_2,
    long double *sum_v_sum_grad_output)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 4 * c->lanes;
    long double part[2 * 4 * INSTANCE_NORM_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_backward_pass1_extended_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot,
            lane_mean_rest_cast, lane_inv_std_cast, part + k * stride, part + k * stride + 4 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 4) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 4) * c->lanes + b];
            }
            sum_v_sum_d_grad_output[b] = (long double)instance_norm_whole_extended(high, low);
        }
        {
            long double high = part[1 * c->lanes + b], low = part[(1 + 4) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_extended(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 4) * c->lanes + b];
            }
            sum_v_sum_d_grad_output_inv_std[b] = (long double)instance_norm_whole_extended(high, low);
        }
        {
            long double high = part[2 * c->lanes + b], low = part[(2 + 4) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_extended(&high, &low, part[k * stride + 2 * c->lanes + b]);
                low += part[k * stride + (2 + 4) * c->lanes + b];
            }
            sum_v_sum_grad_output_2[b] = (long double)instance_norm_whole_extended(high, low);
        }
        {
            long double high = part[3 * c->lanes + b], low = part[(3 + 4) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_extended(&high, &low, part[k * stride + 3 * c->lanes + b]);
                low += part[k * stride + (3 + 4) * c->lanes + b];
            }
            sum_v_sum_grad_output[b] = (long double)instance_norm_whole_extended(high, low);
        }
    }
}


INSTANCE_NORM_INLINE void instance_norm_backward_pass3_double_element(
const double grad_output, const double x, const double shift, const double mean_pivot, const double slope,
    const double scale, double *to_grad_x)
{
    const double at_t1 = grad_output + shift;
    const double at_d = x - mean_pivot;
    const double at_t2 = at_d * slope;
    const double at_t3 = at_t1 + at_t2;
    const double at_t4 = at_t3 * scale;
    *to_grad_x = at_t4;
}

static void instance_norm_backward_pass3_double_row(ptrdiff_t n, const double *grad_output, const double *x,
    const double shift, const double mean_pivot, const double slope, const double scale, double *out_grad_x)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        instance_norm_backward_pass3_double_element(grad_output[i], x[i], shift, mean_pivot, slope, scale,
            &out_grad_x[i]);
    }
}

static void instance_norm_backward_pass3_double_columns(ptrdiff_t n, const double *grad_output, const double *x,
    const double *shift, const double *mean_pivot, const double *slope, const double *scale, double *out_grad_x)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        instance_norm_backward_pass3_double_element(grad_output[i], x[i], shift[i], mean_pivot[i], slope[i], scale[i],
            &out_grad_x[i]);
    }
}

/* Units first to end of a block. */
static void instance_norm_backward_pass3_double_units(const instance_norm_arguments_double *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_shift,
    const long double *lane_mean_pivot, const long double *lane_slope, const long double *lane_scale)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    double buffer_grad_output[INSTANCE_NORM_TILE];
    double buffer_x[INSTANCE_NORM_TILE];
    double buffer_grad_x[INSTANCE_NORM_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift[INSTANCE_NORM_TILE];
        double column_mean_pivot[INSTANCE_NORM_TILE];
        double column_slope[INSTANCE_NORM_TILE];
        double column_scale[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift[k] = (double)lane_shift[b];
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                column_slope[k] = (double)lane_slope[b];
                column_scale[k] = (double)lane_scale[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            double *out_grad_x;
            instance_norm_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, first + end - 2 - unit, ahead);
                instance_norm_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->grad_x + ahead[2], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = instance_norm_read_double_double(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = instance_norm_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_x);
            out_grad_x = (w->run_size == 1 || w->run_stride[2] == 1) && (c->lanes == 1
                || w->lane_stride[2] == w->run_size) ? a->grad_x + at[2] : buffer_grad_x;
            instance_norm_backward_pass3_double_columns(n, grad_output, x, column_shift, column_mean_pivot,
                column_slope, column_scale, out_grad_x);
            if (out_grad_x == buffer_grad_x) instance_norm_write_double(buffer_grad_x, a->grad_x + at[2],
                w->lane_stride[2], w->run_stride[2], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->grad_x + ahead[2] + b * w->lane_stride[2], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                double *to_grad_x = a->grad_x + at[2] + b * w->lane_stride[2] + j * w->run_stride[2];
                double *out_grad_x;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run
                    : instance_norm_least(run - j, INSTANCE_NORM_TILE);
                grad_output = instance_norm_read_double_double(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = instance_norm_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                out_grad_x = n == 1 || w->run_stride[2] == 1 ? to_grad_x : buffer_grad_x;
                instance_norm_backward_pass3_double_row(n, grad_output, x, (double)lane_shift[b],
                    (double)lane_mean_pivot[b], (double)lane_slope[b], (double)lane_scale[b], out_grad_x);
                if (out_grad_x == buffer_grad_x) instance_norm_write_double(buffer_grad_x, to_grad_x, 0,
                    w->run_stride[2], 1, n);
            }
        }
    }
}

static void instance_norm_backward_pass3_double_all(const instance_norm_arguments_double *a,
    const instance_norm_block *c, const long double *lane_shift, const long double *lane_mean_pivot,
    const long double *lane_slope, const long double *lane_scale)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_backward_pass3_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift,
            lane_mean_pivot, lane_slope, lane_scale);
    }
}


static void instance_norm_backward_block_double(const instance_norm_arguments_double *a, instance_norm_block *c)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t b;
    long double lane_weight[INSTANCE_NORM_LANES];
    long double lane_mean[INSTANCE_NORM_LANES];
    long double lane_mean_low[INSTANCE_NORM_LANES];
    long double lane_inv_std[INSTANCE_NORM_LANES];
    long double lane_mean_pivot[INSTANCE_NORM_LANES];
    long double lane_mean_rest[INSTANCE_NORM_LANES];
    long double lane_mean_rest_cast[INSTANCE_NORM_LANES];
    long double lane_inv_std_cast[INSTANCE_NORM_LANES];
    long double lane_v_sum_d_grad_output[INSTANCE_NORM_LANES];
    long double lane_v_sum_d_grad_output_inv_std[INSTANCE_NORM_LANES];
    long double lane_v_sum_grad_output_2[INSTANCE_NORM_LANES];
    long double lane_v_sum_grad_output[INSTANCE_NORM_LANES];
    long double lane_shift[INSTANCE_NORM_LANES];
    long double lane_slope[INSTANCE_NORM_LANES];
    long double lane_scale[INSTANCE_NORM_LANES];
    long double again_v_sum_d_grad_output[INSTANCE_NORM_LANES], again_v_sum_d_grad_output_inv_std[INSTANCE_NORM_LANES],
        again_v_sum_grad_output_2[INSTANCE_NORM_LANES], again_v_sum_grad_output[INSTANCE_NORM_LANES];
    int finite;
    const long double count_s = a->count_s;
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_weight[b] = a->weight == NULL ? 1.0 : (long double)a->weight[c->at[3] + b * w->lane_stride[3]];
        lane_mean[b] = a->mean[c->at[4] + b * w->lane_stride[4]];
        lane_mean_low[b] = a->mean_low[c->at[4] + b * w->lane_stride[4]];
        lane_inv_std[b] = a->inv_std[c->at[4] + b * w->lane_stride[4]];
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (double)(lane_mean[b]);
        lane_mean_rest[b] = (lane_mean[b] - lane_mean_pivot[b]) + lane_mean_low[b];
        lane_mean_rest_cast[b] = lane_mean_rest[b];
        lane_inv_std_cast[b] = lane_inv_std[b];
    }
    finite = 0;
    if (!a->few) {
        instance_norm_backward_pass1_double_sums(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_inv_std_cast,
            lane_v_sum_d_grad_output, lane_v_sum_d_grad_output_inv_std, lane_v_sum_grad_output_2,
            lane_v_sum_grad_output);
        finite = instance_norm_finite_extended(lane_v_sum_d_grad_output, c->lanes)
            && instance_norm_finite_extended(lane_v_sum_d_grad_output_inv_std, c->lanes)
            && instance_norm_finite_extended(lane_v_sum_grad_output_2, c->lanes)
            && instance_norm_finite_extended(lane_v_sum_grad_output, c->lanes);
    }
    if (!finite) {
        instance_norm_backward_pass1_extended_sums(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_inv_std_cast,
            again_v_sum_d_grad_output, again_v_sum_d_grad_output_inv_std, again_v_sum_grad_output_2,
            again_v_sum_grad_output);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_d_grad_output[b])) lane_v_sum_d_grad_output[b]
                = again_v_sum_d_grad_output[b];
            if (a->few || !isfinite(lane_v_sum_d_grad_output_inv_std[b])) lane_v_sum_d_grad_output_inv_std[b]
                = again_v_sum_d_grad_output_inv_std[b];
            if (a->few || !isfinite(lane_v_sum_grad_output_2[b])) lane_v_sum_grad_output_2[b]
                = again_v_sum_grad_output_2[b];
            if (a->few || !isfinite(lane_v_sum_grad_output[b])) lane_v_sum_grad_output[b] = again_v_sum_grad_output[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        double *high = c->part + a->begin_v_sum_d_grad_output_inv_std + c->at[3] + b * w->lane_stride[3];
        instance_norm_add_double(high, high + a->places_v_sum_d_grad_output_inv_std,
            (double)lane_v_sum_d_grad_output_inv_std[b]);
        high[a->places_v_sum_d_grad_output_inv_std] += (double)(lane_v_sum_d_grad_output_inv_std[b]
            - (double)lane_v_sum_d_grad_output_inv_std[b]);
    }
    for (b = 0; b < c->lanes; ++b) {
        double *high = c->part + a->begin_v_sum_grad_output_2 + c->at[3] + b * w->lane_stride[3];
        instance_norm_add_double(high, high + a->places_v_sum_grad_output_2, (double)lane_v_sum_grad_output_2[b]);
        high[a->places_v_sum_grad_output_2] += (double)(lane_v_sum_grad_output_2[b]
            - (double)lane_v_sum_grad_output_2[b]);
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_shift[b] = instance_norm_square_extended(lane_inv_std[b])*lane_mean_rest[b]
            *lane_v_sum_d_grad_output[b]/count_s - lane_v_sum_grad_output[b]/count_s;
        lane_slope[b] = -instance_norm_square_extended(lane_inv_std[b])*lane_v_sum_d_grad_output[b]/count_s;
        lane_scale[b] = lane_inv_std[b]*lane_weight[b];
    }
    instance_norm_backward_pass3_double_all(a, c, lane_shift, lane_mean_pivot, lane_slope, lane_scale);
    (void)w;
}

int instance_norm_backward_double(
    const instance_norm_extents *extents,
    const double *grad_output, const ptrdiff_t *grad_output_strides,
    const double *x, const ptrdiff_t *x_strides,
    const double *weight,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    double *grad_x, const ptrdiff_t *grad_x_strides,
    double *result_grad_weight,
    double *result_grad_bias,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"c", "c", "nc", "nc" };
    const ptrdiff_t *strides[3];
    instance_norm_arguments_double a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = instance_norm_check_extents(extents), outside;
    k = 0;
    if (status != INSTANCE_NORM_OK) return status;
    if (grad_output == NULL || x == NULL || grad_x == NULL || mean == NULL || mean_low == NULL || inv_std == NULL
        || result_grad_weight == NULL || result_grad_bias == NULL) return INSTANCE_NORM_NULL;
    if (threads < 1) return INSTANCE_NORM_THREADS;
    if (workspace_size < instance_norm_backward_workspace(extents)) return INSTANCE_NORM_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return INSTANCE_NORM_WORKSPACE;
    if (instance_norm_count(extents, "ncs") == 0) {
        for (k = 0; k < instance_norm_count(extents, "c"); ++k) result_grad_weight[k] = 0;
        for (k = 0; k < instance_norm_count(extents, "c"); ++k) result_grad_bias[k] = 0;
        return INSTANCE_NORM_OK;
    }
    strides[0] = grad_output_strides;
    strides[1] = x_strides;
    strides[2] = grad_x_strides;
    instance_norm_plan(&a.walk, extents, "nc", 3, strides, 2, layouts, sizeof(double), 1);
    a.grad_output = grad_output;
    a.x = x;
    a.grad_x = grad_x;
    a.weight = weight;
    a.mean = mean;
    a.mean_low = mean_low;
    a.inv_std = inv_std;
    a.result_grad_weight = result_grad_weight;
    a.result_grad_bias = result_grad_bias;
    a.count_s = (double)instance_norm_count(extents, "s");
    a.few = instance_norm_count(extents, "ns") < INSTANCE_NORM_FEW || instance_norm_count(extents, "s")
        < INSTANCE_NORM_FEW;
    total = 0;
    a.begin_v_sum_d_grad_output_inv_std = total;
    a.places_v_sum_d_grad_output_inv_std = instance_norm_count(extents, "c");
    total += 2 * a.places_v_sum_d_grad_output_inv_std;
    a.begin_v_sum_grad_output_2 = total;
    a.places_v_sum_grad_output_2 = instance_norm_count(extents, "c");
    total += 2 * a.places_v_sum_grad_output_2;
    portions = instance_norm_least(instance_norm_backward_portions(extents), a.walk.blocks);
    for (k = 0; k < portions * total; ++k) memory[k] = 0;
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
            instance_norm_block c;
            instance_norm_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            instance_norm_backward_block_double(&a, &c);
        }
    }
    for (number = 1; number < portions; ++number) {
        const double *from = memory + number * total;
        for (k = a.begin_v_sum_d_grad_output_inv_std; k < a.begin_v_sum_d_grad_output_inv_std
            + a.places_v_sum_d_grad_output_inv_std; ++k) {
            instance_norm_add_double(&memory[k], &memory[a.places_v_sum_d_grad_output_inv_std + k], from[k]);
            memory[a.places_v_sum_d_grad_output_inv_std + k] += from[a.places_v_sum_d_grad_output_inv_std + k];
        }
        for (k = a.begin_v_sum_grad_output_2; k < a.begin_v_sum_grad_output_2 + a.places_v_sum_grad_output_2; ++k) {
            instance_norm_add_double(&memory[k], &memory[a.places_v_sum_grad_output_2 + k], from[k]);
            memory[a.places_v_sum_grad_output_2 + k] += from[a.places_v_sum_grad_output_2 + k];
        }
    }
    total = instance_norm_places(&a.walk, "c");
    for (k = 0; k < total; ++k) {
        const long double item_v_sum_d_grad_output_inv_std = (long double)instance_norm_whole_double((memory
            + a.begin_v_sum_d_grad_output_inv_std)[instance_norm_place(&a.walk, "c", k, 3)], (memory
            + a.begin_v_sum_d_grad_output_inv_std)[a.places_v_sum_d_grad_output_inv_std + instance_norm_place(&a.walk,
            "c", k, 3)]);
        result_grad_weight[instance_norm_place(&a.walk, "c", k, 3)] = (double)item_v_sum_d_grad_output_inv_std;
    }
    total = instance_norm_places(&a.walk, "c");
    for (k = 0; k < total; ++k) {
        const long double item_v_sum_grad_output_2 = (long double)instance_norm_whole_double((memory
            + a.begin_v_sum_grad_output_2)[instance_norm_place(&a.walk, "c", k, 3)], (memory
            + a.begin_v_sum_grad_output_2)[a.places_v_sum_grad_output_2 + instance_norm_place(&a.walk, "c", k, 3)]);
        result_grad_bias[instance_norm_place(&a.walk, "c", k, 3)] = (double)item_v_sum_grad_output_2;
    }
    return INSTANCE_NORM_OK;
}

size_t instance_norm_jvp_workspace(const instance_norm_extents *extents)
{
    ptrdiff_t count = 0;
    if (instance_norm_check_extents(extents) != INSTANCE_NORM_OK || instance_norm_count(extents, "ncs") == 0) return 0;
    return (size_t)count * sizeof(double);
}

INSTANCE_NORM_INLINE void instance_norm_jvp_pass1_float_element(
const double x, const double tangent_x, const double mean_pivot, double *to_near_sum_d_tangent_x,
    double *to_v_sum_tangent_x)
{
    const double at_d = x - mean_pivot;
    *to_near_sum_d_tangent_x = at_d * tangent_x;
    *to_v_sum_tangent_x = tangent_x;
}

static void instance_norm_jvp_pass1_float_row(ptrdiff_t n, const float *x, const float *tangent_x,
    const double mean_pivot, double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + instance_norm_least(n - i, 4096);
        double part_0[INSTANCE_NORM_CHAINS];
        double part_1[INSTANCE_NORM_CHAINS];
        int k;
        for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + INSTANCE_NORM_CHAINS <= end; i += INSTANCE_NORM_CHAINS) {
            INSTANCE_NORM_SIMD
            for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
                double term_0, term_1;
                instance_norm_jvp_pass1_float_element((double)x[i + k], (double)tangent_x[i + k], mean_pivot, &term_0,
                    &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1;
            instance_norm_jvp_pass1_float_element((double)x[i], (double)tangent_x[i], mean_pivot, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = INSTANCE_NORM_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        instance_norm_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        instance_norm_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void instance_norm_jvp_pass1_float_columns(ptrdiff_t n, const float *x, const float *tangent_x,
    const double *mean_pivot, double *high_0, double *low_0, double *high_1, double *low_1)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1;
        instance_norm_jvp_pass1_float_element((double)x[i], (double)tangent_x[i], mean_pivot[i], &term_0, &term_1);
        high_0[i] += term_0;
        high_1[i] += term_1;
    }
    (void)low_0;
    (void)low_1;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void instance_norm_jvp_pass1_float_units(const instance_norm_arguments_float *a, const instance_norm_block *c,
    ptrdiff_t first, ptrdiff_t end, const double *lane_mean_pivot, double *high, double *low)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    float buffer_x[INSTANCE_NORM_TILE];
    float buffer_tangent_x[INSTANCE_NORM_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[INSTANCE_NORM_TILE];
        double high_0[INSTANCE_NORM_TILE], low_0[INSTANCE_NORM_TILE];
        double high_1[INSTANCE_NORM_TILE], low_1[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *x;
            const float *tangent_x;
            instance_norm_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, unit + 1, ahead);
                instance_norm_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->tangent_x + ahead[1], n * (ptrdiff_t)sizeof(float));
            }
            x = instance_norm_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            tangent_x = instance_norm_read_float_float(a->tangent_x + at[1], w->lane_stride[1], w->run_stride[1],
                c->lanes, w->run_size, buffer_tangent_x);
            instance_norm_jvp_pass1_float_columns(n, x, tangent_x, column_mean_pivot, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                instance_norm_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                instance_norm_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->tangent_x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const float *tangent_x = a->tangent_x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : instance_norm_least(run - j,
                    INSTANCE_NORM_TILE);
                x = instance_norm_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                tangent_x = instance_norm_read_float_float(tangent_x, 0, w->run_stride[1], 1, n, buffer_tangent_x);
                instance_norm_jvp_pass1_float_row(n, x, tangent_x, (double)lane_mean_pivot[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void instance_norm_jvp_pass1_float_sums(const instance_norm_arguments_float *a, const instance_norm_block *c,
    const double *lane_mean_pivot, double *sum_near_sum_d_tangent_x, double *sum_v_sum_tangent_x)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    double part[2 * 2 * INSTANCE_NORM_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_jvp_pass1_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot, part
            + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_near_sum_d_tangent_x[b] = (double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_tangent_x[b] = (double)instance_norm_whole_double(high, low);
        }
    }
}


INSTANCE_NORM_INLINE void instance_norm_jvp_pass3_float_element(
const float x, const float tangent_x, const float shift, const float mean_pivot, const float mean_rest_cast,
    const float slope, const float scale, const float scale_2, const float tangent_bias_cast, float *to_tangent_y)
{
    const float at_t1 = tangent_x - shift;
    const float at_d = x - mean_pivot;
    const float at_d1 = at_d - mean_rest_cast;
    const float at_t2 = at_d1 * slope;
    const float at_t3 = at_t1 + at_t2;
    const float at_t4 = at_t3 * scale;
    const float at_t5 = at_d1 * scale_2;
    const float at_t6 = at_t4 + at_t5;
    const float at_t7 = at_t6 + tangent_bias_cast;
    *to_tangent_y = at_t7;
}

static void instance_norm_jvp_pass3_float_row(ptrdiff_t n, const float *x, const float *tangent_x, const float shift,
    const float mean_pivot, const float mean_rest_cast, const float slope, const float scale, const float scale_2,
    const float tangent_bias_cast, float *out_tangent_y)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        instance_norm_jvp_pass3_float_element(x[i], tangent_x[i], shift, mean_pivot, mean_rest_cast, slope, scale,
            scale_2, tangent_bias_cast, &out_tangent_y[i]);
    }
}

static void instance_norm_jvp_pass3_float_columns(ptrdiff_t n, const float *x, const float *tangent_x,
    const float *shift, const float *mean_pivot, const float *mean_rest_cast, const float *slope, const float *scale,
    const float *scale_2, const float *tangent_bias_cast, float *out_tangent_y)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        instance_norm_jvp_pass3_float_element(x[i], tangent_x[i], shift[i], mean_pivot[i], mean_rest_cast[i], slope[i],
            scale[i], scale_2[i], tangent_bias_cast[i], &out_tangent_y[i]);
    }
}

/* Units first to end of a block. */
static void instance_norm_jvp_pass3_float_units(const instance_norm_arguments_float *a, const instance_norm_block *c,
    ptrdiff_t first, ptrdiff_t end, const double *lane_shift, const double *lane_mean_pivot,
    const double *lane_mean_rest_cast, const double *lane_slope, const double *lane_scale, const double *lane_scale_2,
    const double *lane_tangent_bias_cast)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    float buffer_x[INSTANCE_NORM_TILE];
    float buffer_tangent_x[INSTANCE_NORM_TILE];
    float buffer_tangent_y[INSTANCE_NORM_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        float column_shift[INSTANCE_NORM_TILE];
        float column_mean_pivot[INSTANCE_NORM_TILE];
        float column_mean_rest_cast[INSTANCE_NORM_TILE];
        float column_slope[INSTANCE_NORM_TILE];
        float column_scale[INSTANCE_NORM_TILE];
        float column_scale_2[INSTANCE_NORM_TILE];
        float column_tangent_bias_cast[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift[k] = (float)lane_shift[b];
                column_mean_pivot[k] = (float)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (float)lane_mean_rest_cast[b];
                column_slope[k] = (float)lane_slope[b];
                column_scale[k] = (float)lane_scale[b];
                column_scale_2[k] = (float)lane_scale_2[b];
                column_tangent_bias_cast[k] = (float)lane_tangent_bias_cast[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *x;
            const float *tangent_x;
            float *out_tangent_y;
            instance_norm_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, first + end - 2 - unit, ahead);
                instance_norm_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->tangent_x + ahead[1], n * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->tangent_y + ahead[2], n * (ptrdiff_t)sizeof(float));
            }
            x = instance_norm_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            tangent_x = instance_norm_read_float_float(a->tangent_x + at[1], w->lane_stride[1], w->run_stride[1],
                c->lanes, w->run_size, buffer_tangent_x);
            out_tangent_y = (w->run_size == 1 || w->run_stride[2] == 1) && (c->lanes == 1
                || w->lane_stride[2] == w->run_size) ? a->tangent_y + at[2] : buffer_tangent_y;
            instance_norm_jvp_pass3_float_columns(n, x, tangent_x, column_shift, column_mean_pivot,
                column_mean_rest_cast, column_slope, column_scale, column_scale_2, column_tangent_bias_cast,
                out_tangent_y);
            if (out_tangent_y == buffer_tangent_y) instance_norm_write_float(buffer_tangent_y, a->tangent_y + at[2],
                w->lane_stride[2], w->run_stride[2], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->tangent_x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->tangent_y + ahead[2] + b * w->lane_stride[2], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const float *tangent_x = a->tangent_x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                float *to_tangent_y = a->tangent_y + at[2] + b * w->lane_stride[2] + j * w->run_stride[2];
                float *out_tangent_y;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run
                    : instance_norm_least(run - j, INSTANCE_NORM_TILE);
                x = instance_norm_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                tangent_x = instance_norm_read_float_float(tangent_x, 0, w->run_stride[1], 1, n, buffer_tangent_x);
                out_tangent_y = n == 1 || w->run_stride[2] == 1 ? to_tangent_y : buffer_tangent_y;
                instance_norm_jvp_pass3_float_row(n, x, tangent_x, (float)lane_shift[b], (float)lane_mean_pivot[b],
                    (float)lane_mean_rest_cast[b], (float)lane_slope[b], (float)lane_scale[b], (float)lane_scale_2[b],
                    (float)lane_tangent_bias_cast[b], out_tangent_y);
                if (out_tangent_y == buffer_tangent_y) instance_norm_write_float(buffer_tangent_y, to_tangent_y, 0,
                    w->run_stride[2], 1, n);
            }
        }
    }
}

static void instance_norm_jvp_pass3_float_all(const instance_norm_arguments_float *a, const instance_norm_block *c,
    const double *lane_shift, const double *lane_mean_pivot, const double *lane_mean_rest_cast,
    const double *lane_slope, const double *lane_scale, const double *lane_scale_2,
    const double *lane_tangent_bias_cast)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_jvp_pass3_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift,
            lane_mean_pivot, lane_mean_rest_cast, lane_slope, lane_scale, lane_scale_2, lane_tangent_bias_cast);
    }
}


static void instance_norm_jvp_block_float(const instance_norm_arguments_float *a, instance_norm_block *c)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t b;
    double lane_weight[INSTANCE_NORM_LANES];
    double lane_tangent_weight[INSTANCE_NORM_LANES];
    double lane_tangent_bias[INSTANCE_NORM_LANES];
    double lane_mean[INSTANCE_NORM_LANES];
    double lane_mean_low[INSTANCE_NORM_LANES];
    double lane_inv_std[INSTANCE_NORM_LANES];
    double lane_mean_pivot[INSTANCE_NORM_LANES];
    double lane_mean_rest[INSTANCE_NORM_LANES];
    double lane_near_sum_d_tangent_x[INSTANCE_NORM_LANES];
    double lane_v_sum_tangent_x[INSTANCE_NORM_LANES];
    double lane_v_sum_d_tangent_x[INSTANCE_NORM_LANES];
    double lane_shift[INSTANCE_NORM_LANES];
    double lane_mean_rest_cast[INSTANCE_NORM_LANES];
    double lane_slope[INSTANCE_NORM_LANES];
    double lane_scale[INSTANCE_NORM_LANES];
    double lane_scale_2[INSTANCE_NORM_LANES];
    double lane_tangent_bias_cast[INSTANCE_NORM_LANES];
    const double count_s = a->count_s;
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_weight[b] = a->weight == NULL ? 1.0 : (double)a->weight[c->at[3] + b * w->lane_stride[3]];
        lane_tangent_weight[b] = a->tangent_weight == NULL ? 0.0 : (double)a->tangent_weight[c->at[3]
            + b * w->lane_stride[3]];
        lane_tangent_bias[b] = a->tangent_bias == NULL ? 0.0 : (double)a->tangent_bias[c->at[3]
            + b * w->lane_stride[3]];
        lane_mean[b] = a->mean[c->at[4] + b * w->lane_stride[4]];
        lane_mean_low[b] = a->mean_low[c->at[4] + b * w->lane_stride[4]];
        lane_inv_std[b] = a->inv_std[c->at[4] + b * w->lane_stride[4]];
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (float)(lane_mean[b]);
        lane_mean_rest[b] = (lane_mean[b] - lane_mean_pivot[b]) + lane_mean_low[b];
    }
    instance_norm_jvp_pass1_float_sums(a, c, lane_mean_pivot, lane_near_sum_d_tangent_x, lane_v_sum_tangent_x);
    for (b = 0; b < c->lanes; ++b) {
        lane_v_sum_d_tangent_x[b] = lane_near_sum_d_tangent_x[b] - lane_mean_rest[b]*lane_v_sum_tangent_x[b];
        lane_shift[b] = lane_v_sum_tangent_x[b]/count_s;
        lane_mean_rest_cast[b] = lane_mean_rest[b];
        lane_slope[b] = -instance_norm_square_double(lane_inv_std[b])*lane_v_sum_d_tangent_x[b]/count_s;
        lane_scale[b] = lane_inv_std[b]*lane_weight[b];
        lane_scale_2[b] = lane_inv_std[b]*lane_tangent_weight[b];
        lane_tangent_bias_cast[b] = lane_tangent_bias[b];
    }
    instance_norm_jvp_pass3_float_all(a, c, lane_shift, lane_mean_pivot, lane_mean_rest_cast, lane_slope, lane_scale,
        lane_scale_2, lane_tangent_bias_cast);
    (void)w;
}

int instance_norm_jvp_float(
    const instance_norm_extents *extents,
    const float *x, const ptrdiff_t *x_strides,
    const float *tangent_x, const ptrdiff_t *tangent_x_strides,
    const float *weight,
    const float *tangent_weight,
    const float *tangent_bias,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    float *tangent_y, const ptrdiff_t *tangent_y_strides,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"c", "c", "nc", "nc" };
    const ptrdiff_t *strides[3];
    instance_norm_arguments_float a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = instance_norm_check_extents(extents), outside;
    k = 0;
    if (status != INSTANCE_NORM_OK) return status;
    if (x == NULL || tangent_x == NULL || tangent_y == NULL || mean == NULL || mean_low == NULL || inv_std == NULL)
        return INSTANCE_NORM_NULL;
    if (threads < 1) return INSTANCE_NORM_THREADS;
    if (workspace_size < instance_norm_jvp_workspace(extents)) return INSTANCE_NORM_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return INSTANCE_NORM_WORKSPACE;
    if (instance_norm_count(extents, "ncs") == 0) {
        return INSTANCE_NORM_OK;
    }
    strides[0] = x_strides;
    strides[1] = tangent_x_strides;
    strides[2] = tangent_y_strides;
    instance_norm_plan(&a.walk, extents, "nc", 3, strides, 2, layouts, sizeof(float), 0);
    a.x = x;
    a.tangent_x = tangent_x;
    a.tangent_y = tangent_y;
    a.weight = weight;
    a.tangent_weight = tangent_weight;
    a.tangent_bias = tangent_bias;
    a.mean = mean;
    a.mean_low = mean_low;
    a.inv_std = inv_std;
    a.count_s = (double)instance_norm_count(extents, "s");
    a.few = instance_norm_count(extents, "s") < INSTANCE_NORM_FEW;
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
            instance_norm_block c;
            instance_norm_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            instance_norm_jvp_block_float(&a, &c);
        }
    }
    return INSTANCE_NORM_OK;
}

INSTANCE_NORM_INLINE void instance_norm_jvp_pass1_double_element(
const double x, const double tangent_x, const double mean_pivot, double *to_near_sum_d_tangent_x,
    double *to_v_sum_tangent_x)
{
    const double at_d = x - mean_pivot;
    *to_near_sum_d_tangent_x = at_d * tangent_x;
    *to_v_sum_tangent_x = tangent_x;
}

static void instance_norm_jvp_pass1_double_row(ptrdiff_t n, const double *x, const double *tangent_x,
    const double mean_pivot, double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + instance_norm_least(n - i, 64);
        double part_0[INSTANCE_NORM_CHAINS];
        double part_1[INSTANCE_NORM_CHAINS];
        int k;
        for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + INSTANCE_NORM_CHAINS <= end; i += INSTANCE_NORM_CHAINS) {
            INSTANCE_NORM_SIMD
            for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
                double term_0, term_1;
                instance_norm_jvp_pass1_double_element(x[i + k], tangent_x[i + k], mean_pivot, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1;
            instance_norm_jvp_pass1_double_element(x[i], tangent_x[i], mean_pivot, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = INSTANCE_NORM_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        instance_norm_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        instance_norm_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void instance_norm_jvp_pass1_double_columns(ptrdiff_t n, const double *x, const double *tangent_x,
    const double *mean_pivot, double *high_0, double *low_0, double *high_1, double *low_1)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1;
        instance_norm_jvp_pass1_double_element(x[i], tangent_x[i], mean_pivot[i], &term_0, &term_1);
        instance_norm_add_double(&high_0[i], &low_0[i], term_0);
        instance_norm_add_double(&high_1[i], &low_1[i], term_1);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void instance_norm_jvp_pass1_double_units(const instance_norm_arguments_double *a, const instance_norm_block *c,
    ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot, double *high, double *low)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    double buffer_x[INSTANCE_NORM_TILE];
    double buffer_tangent_x[INSTANCE_NORM_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[INSTANCE_NORM_TILE];
        double high_0[INSTANCE_NORM_TILE], low_0[INSTANCE_NORM_TILE];
        double high_1[INSTANCE_NORM_TILE], low_1[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            const double *tangent_x;
            instance_norm_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, unit + 1, ahead);
                instance_norm_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->tangent_x + ahead[1], n * (ptrdiff_t)sizeof(double));
            }
            x = instance_norm_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            tangent_x = instance_norm_read_double_double(a->tangent_x + at[1], w->lane_stride[1], w->run_stride[1],
                c->lanes, w->run_size, buffer_tangent_x);
            instance_norm_jvp_pass1_double_columns(n, x, tangent_x, column_mean_pivot, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                instance_norm_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                instance_norm_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->tangent_x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *tangent_x = a->tangent_x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : instance_norm_least(run - j,
                    INSTANCE_NORM_TILE);
                x = instance_norm_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                tangent_x = instance_norm_read_double_double(tangent_x, 0, w->run_stride[1], 1, n, buffer_tangent_x);
                instance_norm_jvp_pass1_double_row(n, x, tangent_x, (double)lane_mean_pivot[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void instance_norm_jvp_pass1_double_sums(const instance_norm_arguments_double *a, const instance_norm_block *c,
    const long double *lane_mean_pivot, long double *sum_near_sum_d_tangent_x, long double *sum_v_sum_tangent_x)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    double part[2 * 2 * INSTANCE_NORM_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_jvp_pass1_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot, part
            + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_near_sum_d_tangent_x[b] = (long double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_tangent_x[b] = (long double)instance_norm_whole_double(high, low);
        }
    }
}


INSTANCE_NORM_INLINE void instance_norm_jvp_pass1_extended_element(
const long double x, const long double tangent_x, const long double mean_pivot, long double *to_near_sum_d_tangent_x,
    long double *to_v_sum_tangent_x)
{
    const long double at_d = x - mean_pivot;
    *to_near_sum_d_tangent_x = at_d * tangent_x;
    *to_v_sum_tangent_x = tangent_x;
}

static void instance_norm_jvp_pass1_extended_row(ptrdiff_t n, const double *x, const double *tangent_x,
    const long double mean_pivot, long double *high, long double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + instance_norm_least(n - i, 64);
        long double part_0[INSTANCE_NORM_CHAINS];
        long double part_1[INSTANCE_NORM_CHAINS];
        int k;
        for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + INSTANCE_NORM_CHAINS <= end; i += INSTANCE_NORM_CHAINS) {
            INSTANCE_NORM_SIMD
            for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
                long double term_0, term_1;
                instance_norm_jvp_pass1_extended_element((long double)x[i + k], (long double)tangent_x[i + k],
                    mean_pivot, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0, term_1;
            instance_norm_jvp_pass1_extended_element((long double)x[i], (long double)tangent_x[i], mean_pivot, &term_0,
                &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = INSTANCE_NORM_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        instance_norm_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        instance_norm_add_extended(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void instance_norm_jvp_pass1_extended_columns(ptrdiff_t n, const double *x, const double *tangent_x,
    const long double *mean_pivot, long double *high_0, long double *low_0, long double *high_1, long double *low_1)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0, term_1;
        instance_norm_jvp_pass1_extended_element((long double)x[i], (long double)tangent_x[i], mean_pivot[i], &term_0,
            &term_1);
        instance_norm_add_extended(&high_0[i], &low_0[i], term_0);
        instance_norm_add_extended(&high_1[i], &low_1[i], term_1);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void instance_norm_jvp_pass1_extended_units(const instance_norm_arguments_double *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot, long double *high,
    long double *low)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    double buffer_x[INSTANCE_NORM_TILE];
    double buffer_tangent_x[INSTANCE_NORM_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double column_mean_pivot[INSTANCE_NORM_TILE];
        long double high_0[INSTANCE_NORM_TILE], low_0[INSTANCE_NORM_TILE];
        long double high_1[INSTANCE_NORM_TILE], low_1[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (long double)lane_mean_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            const double *tangent_x;
            instance_norm_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, unit + 1, ahead);
                instance_norm_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->tangent_x + ahead[1], n * (ptrdiff_t)sizeof(double));
            }
            x = instance_norm_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            tangent_x = instance_norm_read_double_double(a->tangent_x + at[1], w->lane_stride[1], w->run_stride[1],
                c->lanes, w->run_size, buffer_tangent_x);
            instance_norm_jvp_pass1_extended_columns(n, x, tangent_x, column_mean_pivot, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                instance_norm_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                instance_norm_add_extended(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->tangent_x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *tangent_x = a->tangent_x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : instance_norm_least(run - j,
                    INSTANCE_NORM_TILE);
                x = instance_norm_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                tangent_x = instance_norm_read_double_double(tangent_x, 0, w->run_stride[1], 1, n, buffer_tangent_x);
                instance_norm_jvp_pass1_extended_row(n, x, tangent_x, (long double)lane_mean_pivot[b], high + b, low
                    + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void instance_norm_jvp_pass1_extended_sums(const instance_norm_arguments_double *a, const instance_norm_block *c,
    const long double *lane_mean_pivot, long double *sum_near_sum_d_tangent_x, long double *sum_v_sum_tangent_x)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    long double part[2 * 2 * INSTANCE_NORM_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_jvp_pass1_extended_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot, part
            + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_near_sum_d_tangent_x[b] = (long double)instance_norm_whole_extended(high, low);
        }
        {
            long double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_extended(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_tangent_x[b] = (long double)instance_norm_whole_extended(high, low);
        }
    }
}


INSTANCE_NORM_INLINE void instance_norm_jvp_pass3_double_element(
const double x, const double tangent_x, const double shift, const double mean_pivot, const double mean_rest_cast,
    const double slope, const double scale, const double scale_2, const double tangent_bias_cast, double *to_tangent_y)
{
    const double at_t1 = tangent_x - shift;
    const double at_d = x - mean_pivot;
    const double at_d1 = at_d - mean_rest_cast;
    const double at_t2 = at_d1 * slope;
    const double at_t3 = at_t1 + at_t2;
    const double at_t4 = at_t3 * scale;
    const double at_t5 = at_d1 * scale_2;
    const double at_t6 = at_t4 + at_t5;
    const double at_t7 = at_t6 + tangent_bias_cast;
    *to_tangent_y = at_t7;
}

static void instance_norm_jvp_pass3_double_row(ptrdiff_t n, const double *x, const double *tangent_x,
    const double shift, const double mean_pivot, const double mean_rest_cast, const double slope, const double scale,
    const double scale_2, const double tangent_bias_cast, double *out_tangent_y)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        instance_norm_jvp_pass3_double_element(x[i], tangent_x[i], shift, mean_pivot, mean_rest_cast, slope, scale,
            scale_2, tangent_bias_cast, &out_tangent_y[i]);
    }
}

static void instance_norm_jvp_pass3_double_columns(ptrdiff_t n, const double *x, const double *tangent_x,
    const double *shift, const double *mean_pivot, const double *mean_rest_cast, const double *slope,
    const double *scale, const double *scale_2, const double *tangent_bias_cast, double *out_tangent_y)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        instance_norm_jvp_pass3_double_element(x[i], tangent_x[i], shift[i], mean_pivot[i], mean_rest_cast[i], slope[i],
            scale[i], scale_2[i], tangent_bias_cast[i], &out_tangent_y[i]);
    }
}

/* Units first to end of a block. */
static void instance_norm_jvp_pass3_double_units(const instance_norm_arguments_double *a, const instance_norm_block *c,
    ptrdiff_t first, ptrdiff_t end, const long double *lane_shift, const long double *lane_mean_pivot,
    const long double *lane_mean_rest_cast, const long double *lane_slope, const long double *lane_scale,
    const long double *lane_scale_2, const long double *lane_tangent_bias_cast)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    double buffer_x[INSTANCE_NORM_TILE];
    double buffer_tangent_x[INSTANCE_NORM_TILE];
    double buffer_tangent_y[INSTANCE_NORM_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift[INSTANCE_NORM_TILE];
        double column_mean_pivot[INSTANCE_NORM_TILE];
        double column_mean_rest_cast[INSTANCE_NORM_TILE];
        double column_slope[INSTANCE_NORM_TILE];
        double column_scale[INSTANCE_NORM_TILE];
        double column_scale_2[INSTANCE_NORM_TILE];
        double column_tangent_bias_cast[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift[k] = (double)lane_shift[b];
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (double)lane_mean_rest_cast[b];
                column_slope[k] = (double)lane_slope[b];
                column_scale[k] = (double)lane_scale[b];
                column_scale_2[k] = (double)lane_scale_2[b];
                column_tangent_bias_cast[k] = (double)lane_tangent_bias_cast[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            const double *tangent_x;
            double *out_tangent_y;
            instance_norm_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, first + end - 2 - unit, ahead);
                instance_norm_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->tangent_x + ahead[1], n * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->tangent_y + ahead[2], n * (ptrdiff_t)sizeof(double));
            }
            x = instance_norm_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            tangent_x = instance_norm_read_double_double(a->tangent_x + at[1], w->lane_stride[1], w->run_stride[1],
                c->lanes, w->run_size, buffer_tangent_x);
            out_tangent_y = (w->run_size == 1 || w->run_stride[2] == 1) && (c->lanes == 1
                || w->lane_stride[2] == w->run_size) ? a->tangent_y + at[2] : buffer_tangent_y;
            instance_norm_jvp_pass3_double_columns(n, x, tangent_x, column_shift, column_mean_pivot,
                column_mean_rest_cast, column_slope, column_scale, column_scale_2, column_tangent_bias_cast,
                out_tangent_y);
            if (out_tangent_y == buffer_tangent_y) instance_norm_write_double(buffer_tangent_y, a->tangent_y + at[2],
                w->lane_stride[2], w->run_stride[2], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->tangent_x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->tangent_y + ahead[2] + b * w->lane_stride[2], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *tangent_x = a->tangent_x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                double *to_tangent_y = a->tangent_y + at[2] + b * w->lane_stride[2] + j * w->run_stride[2];
                double *out_tangent_y;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run
                    : instance_norm_least(run - j, INSTANCE_NORM_TILE);
                x = instance_norm_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                tangent_x = instance_norm_read_double_double(tangent_x, 0, w->run_stride[1], 1, n, buffer_tangent_x);
                out_tangent_y = n == 1 || w->run_stride[2] == 1 ? to_tangent_y : buffer_tangent_y;
                instance_norm_jvp_pass3_double_row(n, x, tangent_x, (double)lane_shift[b], (double)lane_mean_pivot[b],
                    (double)lane_mean_rest_cast[b], (double)lane_slope[b], (double)lane_scale[b],
                    (double)lane_scale_2[b], (double)lane_tangent_bias_cast[b], out_tangent_y);
                if (out_tangent_y == buffer_tangent_y) instance_norm_write_double(buffer_tangent_y, to_tangent_y, 0,
                    w->run_stride[2], 1, n);
            }
        }
    }
}

static void instance_norm_jvp_pass3_double_all(const instance_norm_arguments_double *a, const instance_norm_block *c,
    const long double *lane_shift, const long double *lane_mean_pivot, const long double *lane_mean_rest_cast,
    const long double *lane_slope, const long double *lane_scale, const long double *lane_scale_2,
    const long double *lane_tangent_bias_cast)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_jvp_pass3_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift,
            lane_mean_pivot, lane_mean_rest_cast, lane_slope, lane_scale, lane_scale_2, lane_tangent_bias_cast);
    }
}


static void instance_norm_jvp_block_double(const instance_norm_arguments_double *a, instance_norm_block *c)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t b;
    long double lane_weight[INSTANCE_NORM_LANES];
    long double lane_tangent_weight[INSTANCE_NORM_LANES];
    long double lane_tangent_bias[INSTANCE_NORM_LANES];
    long double lane_mean[INSTANCE_NORM_LANES];
    long double lane_mean_low[INSTANCE_NORM_LANES];
    long double lane_inv_std[INSTANCE_NORM_LANES];
    long double lane_mean_pivot[INSTANCE_NORM_LANES];
    long double lane_mean_rest[INSTANCE_NORM_LANES];
    long double lane_near_sum_d_tangent_x[INSTANCE_NORM_LANES];
    long double lane_v_sum_tangent_x[INSTANCE_NORM_LANES];
    long double lane_v_sum_d_tangent_x[INSTANCE_NORM_LANES];
    long double lane_shift[INSTANCE_NORM_LANES];
    long double lane_mean_rest_cast[INSTANCE_NORM_LANES];
    long double lane_slope[INSTANCE_NORM_LANES];
    long double lane_scale[INSTANCE_NORM_LANES];
    long double lane_scale_2[INSTANCE_NORM_LANES];
    long double lane_tangent_bias_cast[INSTANCE_NORM_LANES];
    long double again_near_sum_d_tangent_x[INSTANCE_NORM_LANES], again_v_sum_tangent_x[INSTANCE_NORM_LANES];
    int finite;
    const long double count_s = a->count_s;
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_weight[b] = a->weight == NULL ? 1.0 : (long double)a->weight[c->at[3] + b * w->lane_stride[3]];
        lane_tangent_weight[b] = a->tangent_weight == NULL ? 0.0 : (long double)a->tangent_weight[c->at[3]
            + b * w->lane_stride[3]];
        lane_tangent_bias[b] = a->tangent_bias == NULL ? 0.0 : (long double)a->tangent_bias[c->at[3]
            + b * w->lane_stride[3]];
        lane_mean[b] = a->mean[c->at[4] + b * w->lane_stride[4]];
        lane_mean_low[b] = a->mean_low[c->at[4] + b * w->lane_stride[4]];
        lane_inv_std[b] = a->inv_std[c->at[4] + b * w->lane_stride[4]];
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (double)(lane_mean[b]);
        lane_mean_rest[b] = (lane_mean[b] - lane_mean_pivot[b]) + lane_mean_low[b];
    }
    finite = 0;
    if (!a->few) {
        instance_norm_jvp_pass1_double_sums(a, c, lane_mean_pivot, lane_near_sum_d_tangent_x, lane_v_sum_tangent_x);
        finite = instance_norm_finite_extended(lane_near_sum_d_tangent_x, c->lanes)
            && instance_norm_finite_extended(lane_v_sum_tangent_x, c->lanes);
    }
    if (!finite) {
        instance_norm_jvp_pass1_extended_sums(a, c, lane_mean_pivot, again_near_sum_d_tangent_x, again_v_sum_tangent_x);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_near_sum_d_tangent_x[b])) lane_near_sum_d_tangent_x[b]
                = again_near_sum_d_tangent_x[b];
            if (a->few || !isfinite(lane_v_sum_tangent_x[b])) lane_v_sum_tangent_x[b] = again_v_sum_tangent_x[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_v_sum_d_tangent_x[b] = lane_near_sum_d_tangent_x[b] - lane_mean_rest[b]*lane_v_sum_tangent_x[b];
        lane_shift[b] = lane_v_sum_tangent_x[b]/count_s;
        lane_mean_rest_cast[b] = lane_mean_rest[b];
        lane_slope[b] = -instance_norm_square_extended(lane_inv_std[b])*lane_v_sum_d_tangent_x[b]/count_s;
        lane_scale[b] = lane_inv_std[b]*lane_weight[b];
        lane_scale_2[b] = lane_inv_std[b]*lane_tangent_weight[b];
        lane_tangent_bias_cast[b] = lane_tangent_bias[b];
    }
    instance_norm_jvp_pass3_double_all(a, c, lane_shift, lane_mean_pivot, lane_mean_rest_cast, lane_slope, lane_scale,
        lane_scale_2, lane_tangent_bias_cast);
    (void)w;
}

int instance_norm_jvp_double(
    const instance_norm_extents *extents,
    const double *x, const ptrdiff_t *x_strides,
    const double *tangent_x, const ptrdiff_t *tangent_x_strides,
    const double *weight,
    const double *tangent_weight,
    const double *tangent_bias,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    double *tangent_y, const ptrdiff_t *tangent_y_strides,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"c", "c", "nc", "nc" };
    const ptrdiff_t *strides[3];
    instance_norm_arguments_double a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = instance_norm_check_extents(extents), outside;
    k = 0;
    if (status != INSTANCE_NORM_OK) return status;
    if (x == NULL || tangent_x == NULL || tangent_y == NULL || mean == NULL || mean_low == NULL || inv_std == NULL)
        return INSTANCE_NORM_NULL;
    if (threads < 1) return INSTANCE_NORM_THREADS;
    if (workspace_size < instance_norm_jvp_workspace(extents)) return INSTANCE_NORM_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return INSTANCE_NORM_WORKSPACE;
    if (instance_norm_count(extents, "ncs") == 0) {
        return INSTANCE_NORM_OK;
    }
    strides[0] = x_strides;
    strides[1] = tangent_x_strides;
    strides[2] = tangent_y_strides;
    instance_norm_plan(&a.walk, extents, "nc", 3, strides, 2, layouts, sizeof(double), 0);
    a.x = x;
    a.tangent_x = tangent_x;
    a.tangent_y = tangent_y;
    a.weight = weight;
    a.tangent_weight = tangent_weight;
    a.tangent_bias = tangent_bias;
    a.mean = mean;
    a.mean_low = mean_low;
    a.inv_std = inv_std;
    a.count_s = (double)instance_norm_count(extents, "s");
    a.few = instance_norm_count(extents, "s") < INSTANCE_NORM_FEW;
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
            instance_norm_block c;
            instance_norm_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            instance_norm_jvp_block_double(&a, &c);
        }
    }
    return INSTANCE_NORM_OK;
}

/* In how many portions the blocks are grouped at most: together they take little memory beside the data. */
static inline ptrdiff_t instance_norm_double_backward_portions(const instance_norm_extents *extents)
{
    ptrdiff_t partial = 1, most;
    partial += instance_norm_count(extents, "c");
    partial += instance_norm_count(extents, "c");
    partial += instance_norm_count(extents, "c");
    most = instance_norm_count(extents, "ncs") / (64 * partial);
    return most < 1 ? 1 : instance_norm_least(most, INSTANCE_NORM_PORTIONS);
}

size_t instance_norm_double_backward_workspace(const instance_norm_extents *extents)
{
    ptrdiff_t count = 0;
    if (instance_norm_check_extents(extents) != INSTANCE_NORM_OK || instance_norm_count(extents, "ncs") == 0) return 0;
    count += 2 * instance_norm_double_backward_portions(extents) * instance_norm_count(extents, "c");
    count += 2 * instance_norm_double_backward_portions(extents) * instance_norm_count(extents, "c");
    count += 2 * instance_norm_double_backward_portions(extents) * instance_norm_count(extents, "c");
    return (size_t)count * sizeof(double);
}

INSTANCE_NORM_INLINE void instance_norm_double_backward_pass1_float_element(
const double grad_output, const double x, const double cotangent_grad_input, const double mean_pivot,
    const double inv_std_cast, double *to_near_sum_cotangent_grad_input_d,
    double *to_v_sum_cotangent_grad_input_grad_output, double *to_v_sum_cotangent_grad_input_grad_output_inv_std,
    double *to_near_sum_d_grad_output, double *to_v_sum_cotangent_grad_input, double *to_v_sum_grad_output)
{
    const double at_d = x - mean_pivot;
    const double at_t1 = grad_output * inv_std_cast;
    *to_near_sum_cotangent_grad_input_d = cotangent_grad_input * at_d;
    *to_v_sum_cotangent_grad_input_grad_output = grad_output * cotangent_grad_input;
    *to_v_sum_cotangent_grad_input_grad_output_inv_std = at_t1 * cotangent_grad_input;
    *to_near_sum_d_grad_output = grad_output * at_d;
    *to_v_sum_cotangent_grad_input = cotangent_grad_input;
    *to_v_sum_grad_output = grad_output;
}

static void instance_norm_double_backward_pass1_float_row(ptrdiff_t n, const float *grad_output, const float *x,
    const float *cotangent_grad_input, const double mean_pivot, const double inv_std_cast, double *high, double *low,
    ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + instance_norm_least(n - i, 4096);
        double part_0[INSTANCE_NORM_CHAINS];
        double part_1[INSTANCE_NORM_CHAINS];
        double part_2[INSTANCE_NORM_CHAINS];
        double part_3[INSTANCE_NORM_CHAINS];
        double part_4[INSTANCE_NORM_CHAINS];
        double part_5[INSTANCE_NORM_CHAINS];
        int k;
        for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
            part_2[k] = 0;
            part_3[k] = 0;
            part_4[k] = 0;
            part_5[k] = 0;
        }
        for (; i + INSTANCE_NORM_CHAINS <= end; i += INSTANCE_NORM_CHAINS) {
            INSTANCE_NORM_SIMD
            for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
                double term_0, term_1, term_2, term_3, term_4, term_5;
                instance_norm_double_backward_pass1_float_element((double)grad_output[i + k], (double)x[i + k],
                    (double)cotangent_grad_input[i + k], mean_pivot, inv_std_cast, &term_0, &term_1, &term_2, &term_3,
                    &term_4, &term_5);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
                part_2[k] = part_2[k] + term_2;
                part_3[k] = part_3[k] + term_3;
                part_4[k] = part_4[k] + term_4;
                part_5[k] = part_5[k] + term_5;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1, term_2, term_3, term_4, term_5;
            instance_norm_double_backward_pass1_float_element((double)grad_output[i], (double)x[i],
                (double)cotangent_grad_input[i], mean_pivot, inv_std_cast, &term_0, &term_1, &term_2, &term_3, &term_4,
                &term_5);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
            part_2[k] = part_2[k] + term_2;
            part_3[k] = part_3[k] + term_3;
            part_4[k] = part_4[k] + term_4;
            part_5[k] = part_5[k] + term_5;
        }
        for (k = INSTANCE_NORM_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
                part_2[m] = part_2[m] + part_2[m + k];
                part_3[m] = part_3[m] + part_3[m + k];
                part_4[m] = part_4[m] + part_4[m + k];
                part_5[m] = part_5[m] + part_5[m + k];
            }
        }
        instance_norm_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        instance_norm_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
        instance_norm_add_double(&high[2 * lanes], &low[2 * lanes], part_2[0]);
        instance_norm_add_double(&high[3 * lanes], &low[3 * lanes], part_3[0]);
        instance_norm_add_double(&high[4 * lanes], &low[4 * lanes], part_4[0]);
        instance_norm_add_double(&high[5 * lanes], &low[5 * lanes], part_5[0]);
    }
}

static void instance_norm_double_backward_pass1_float_columns(ptrdiff_t n, const float *grad_output, const float *x,
    const float *cotangent_grad_input, const double *mean_pivot, const double *inv_std_cast, double *high_0,
    double *low_0, double *high_1, double *low_1, double *high_2, double *low_2, double *high_3, double *low_3,
    double *high_4, double *low_4, double *high_5, double *low_5)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1, term_2, term_3, term_4, term_5;
        instance_norm_double_backward_pass1_float_element((double)grad_output[i], (double)x[i],
            (double)cotangent_grad_input[i], mean_pivot[i], inv_std_cast[i], &term_0, &term_1, &term_2, &term_3,
            &term_4, &term_5);
        high_0[i] += term_0;
        high_1[i] += term_1;
        high_2[i] += term_2;
        high_3[i] += term_3;
        high_4[i] += term_4;
        high_5[i] += term_5;
    }
    (void)low_0;
    (void)low_1;
    (void)low_2;
    (void)low_3;
    (void)low_4;
    (void)low_5;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void instance_norm_double_backward_pass1_float_units(const instance_norm_arguments_float *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, const double *lane_mean_pivot,
    const double *lane_inv_std_cast, double *high, double *low)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    float buffer_grad_output[INSTANCE_NORM_TILE];
    float buffer_x[INSTANCE_NORM_TILE];
    float buffer_cotangent_grad_input[INSTANCE_NORM_TILE];
    for (k = 0; k < 6 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[2 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[3 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[4 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[5 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[INSTANCE_NORM_TILE];
        double column_inv_std_cast[INSTANCE_NORM_TILE];
        double high_0[INSTANCE_NORM_TILE], low_0[INSTANCE_NORM_TILE];
        double high_1[INSTANCE_NORM_TILE], low_1[INSTANCE_NORM_TILE];
        double high_2[INSTANCE_NORM_TILE], low_2[INSTANCE_NORM_TILE];
        double high_3[INSTANCE_NORM_TILE], low_3[INSTANCE_NORM_TILE];
        double high_4[INSTANCE_NORM_TILE], low_4[INSTANCE_NORM_TILE];
        double high_5[INSTANCE_NORM_TILE], low_5[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                column_inv_std_cast[k] = (double)lane_inv_std_cast[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
                high_2[k] = 0;
                low_2[k] = 0;
                high_3[k] = 0;
                low_3[k] = 0;
                high_4[k] = 0;
                low_4[k] = 0;
                high_5[k] = 0;
                low_5[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *grad_output;
            const float *x;
            const float *cotangent_grad_input;
            instance_norm_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, unit + 1, ahead);
                instance_norm_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(float));
            }
            grad_output = instance_norm_read_float_float(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = instance_norm_read_float_float(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes, w->run_size,
                buffer_x);
            cotangent_grad_input = instance_norm_read_float_float(a->cotangent_grad_input + at[2], w->lane_stride[2],
                w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            instance_norm_double_backward_pass1_float_columns(n, grad_output, x, cotangent_grad_input,
                column_mean_pivot, column_inv_std_cast, high_0, low_0, high_1, low_1, high_2, low_2, high_3, low_3,
                high_4, low_4, high_5, low_5);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                instance_norm_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                instance_norm_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
                instance_norm_add_double(&high[2 * c->lanes + b], &low[2 * c->lanes + b], high_2[k]);
                low[2 * c->lanes + b] += low_2[k];
                instance_norm_add_double(&high[3 * c->lanes + b], &low[3 * c->lanes + b], high_3[k]);
                low[3 * c->lanes + b] += low_3[k];
                instance_norm_add_double(&high[4 * c->lanes + b], &low[4 * c->lanes + b], high_4[k]);
                low[4 * c->lanes + b] += low_4[k];
                instance_norm_add_double(&high[5 * c->lanes + b], &low[5 * c->lanes + b], high_5[k]);
                low[5 * c->lanes + b] += low_5[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const float *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                const float *cotangent_grad_input = a->cotangent_grad_input + at[2] + b * w->lane_stride[2]
                    + j * w->run_stride[2];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run
                    : instance_norm_least(run - j, INSTANCE_NORM_TILE);
                grad_output = instance_norm_read_float_float(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = instance_norm_read_float_float(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = instance_norm_read_float_float(cotangent_grad_input, 0, w->run_stride[2], 1, n,
                    buffer_cotangent_grad_input);
                instance_norm_double_backward_pass1_float_row(n, grad_output, x, cotangent_grad_input,
                    (double)lane_mean_pivot[b], (double)lane_inv_std_cast[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void instance_norm_double_backward_pass1_float_sums(const instance_norm_arguments_float *a,
    const instance_norm_block *c, const double *lane_mean_pivot, const double *lane_inv_std_cast,
    double *sum_near_sum_cotangent_grad_input_d, double *sum_v_sum_cotangent_grad_input_grad_output,
    double *sum_v_sum_cotangent_grad_input_grad_output_inv_std, double *sum_near_sum_d_grad_output,
    double *sum_v_sum_cotangent_grad_input, double *sum_v_sum_grad_output)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 6 * c->lanes;
    double part[2 * 6 * INSTANCE_NORM_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_double_backward_pass1_float_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_mean_pivot, lane_inv_std_cast, part + k * stride, part + k * stride + 6 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 6) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 6) * c->lanes + b];
            }
            sum_near_sum_cotangent_grad_input_d[b] = (double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 6) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 6) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input_grad_output[b] = (double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[2 * c->lanes + b], low = part[(2 + 6) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 2 * c->lanes + b]);
                low += part[k * stride + (2 + 6) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input_grad_output_inv_std[b] = (double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[3 * c->lanes + b], low = part[(3 + 6) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 3 * c->lanes + b]);
                low += part[k * stride + (3 + 6) * c->lanes + b];
            }
            sum_near_sum_d_grad_output[b] = (double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[4 * c->lanes + b], low = part[(4 + 6) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 4 * c->lanes + b]);
                low += part[k * stride + (4 + 6) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input[b] = (double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[5 * c->lanes + b], low = part[(5 + 6) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 5 * c->lanes + b]);
                low += part[k * stride + (5 + 6) * c->lanes + b];
            }
            sum_v_sum_grad_output[b] = (double)instance_norm_whole_double(high, low);
        }
    }
}


INSTANCE_NORM_INLINE void instance_norm_double_backward_pass3_float_element(
const double grad_output, const double x, const double mean_pivot, const double mean_rest_cast, const double factor,
    const double factor_2, double *to_v_sum_inv_std3_sum_d_grad_output, double *to_v_sum_sum_grad_output_inv_std)
{
    const double at_d = x - mean_pivot;
    const double at_d1 = at_d - mean_rest_cast;
    const double at_t1 = grad_output * factor;
    const double at_t2 = grad_output * factor_2;
    *to_v_sum_inv_std3_sum_d_grad_output = at_t1 * at_d1;
    *to_v_sum_sum_grad_output_inv_std = at_t2;
}

static void instance_norm_double_backward_pass3_float_row(ptrdiff_t n, const float *grad_output, const float *x,
    const double mean_pivot, const double mean_rest_cast, const double factor, const double factor_2, double *high,
    double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + instance_norm_least(n - i, 4096);
        double part_0[INSTANCE_NORM_CHAINS];
        double part_1[INSTANCE_NORM_CHAINS];
        int k;
        for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + INSTANCE_NORM_CHAINS <= end; i += INSTANCE_NORM_CHAINS) {
            INSTANCE_NORM_SIMD
            for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
                double term_0, term_1;
                instance_norm_double_backward_pass3_float_element((double)grad_output[i + k], (double)x[i + k],
                    mean_pivot, mean_rest_cast, factor, factor_2, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1;
            instance_norm_double_backward_pass3_float_element((double)grad_output[i], (double)x[i], mean_pivot,
                mean_rest_cast, factor, factor_2, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = INSTANCE_NORM_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        instance_norm_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        instance_norm_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void instance_norm_double_backward_pass3_float_columns(ptrdiff_t n, const float *grad_output, const float *x,
    const double *mean_pivot, const double *mean_rest_cast, const double *factor, const double *factor_2,
    double *high_0, double *low_0, double *high_1, double *low_1)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1;
        instance_norm_double_backward_pass3_float_element((double)grad_output[i], (double)x[i], mean_pivot[i],
            mean_rest_cast[i], factor[i], factor_2[i], &term_0, &term_1);
        high_0[i] += term_0;
        high_1[i] += term_1;
    }
    (void)low_0;
    (void)low_1;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void instance_norm_double_backward_pass3_float_units(const instance_norm_arguments_float *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, const double *lane_mean_pivot,
    const double *lane_mean_rest_cast, const double *lane_factor, const double *lane_factor_2, double *high,
    double *low)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    float buffer_grad_output[INSTANCE_NORM_TILE];
    float buffer_x[INSTANCE_NORM_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[INSTANCE_NORM_TILE];
        double column_mean_rest_cast[INSTANCE_NORM_TILE];
        double column_factor[INSTANCE_NORM_TILE];
        double column_factor_2[INSTANCE_NORM_TILE];
        double high_0[INSTANCE_NORM_TILE], low_0[INSTANCE_NORM_TILE];
        double high_1[INSTANCE_NORM_TILE], low_1[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (double)lane_mean_rest_cast[b];
                column_factor[k] = (double)lane_factor[b];
                column_factor_2[k] = (double)lane_factor_2[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *grad_output;
            const float *x;
            instance_norm_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, unit + 1, ahead);
                instance_norm_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(float));
            }
            grad_output = instance_norm_read_float_float(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = instance_norm_read_float_float(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes, w->run_size,
                buffer_x);
            instance_norm_double_backward_pass3_float_columns(n, grad_output, x, column_mean_pivot,
                column_mean_rest_cast, column_factor, column_factor_2, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                instance_norm_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                instance_norm_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const float *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : instance_norm_least(run - j,
                    INSTANCE_NORM_TILE);
                grad_output = instance_norm_read_float_float(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = instance_norm_read_float_float(x, 0, w->run_stride[1], 1, n, buffer_x);
                instance_norm_double_backward_pass3_float_row(n, grad_output, x, (double)lane_mean_pivot[b],
                    (double)lane_mean_rest_cast[b], (double)lane_factor[b], (double)lane_factor_2[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void instance_norm_double_backward_pass3_float_sums(const instance_norm_arguments_float *a,
    const instance_norm_block *c, const double *lane_mean_pivot, const double *lane_mean_rest_cast,
    const double *lane_factor, const double *lane_factor_2, double *sum_v_sum_inv_std3_sum_d_grad_output,
    double *sum_v_sum_sum_grad_output_inv_std)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    double part[2 * 2 * INSTANCE_NORM_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_double_backward_pass3_float_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_factor_2, part + k * stride, part + k * stride
            + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_inv_std3_sum_d_grad_output[b] = (double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_sum_grad_output_inv_std[b] = (double)instance_norm_whole_double(high, low);
        }
    }
}


INSTANCE_NORM_INLINE void instance_norm_double_backward_pass5_float_element(
const float grad_output, const float x, const float cotangent_grad_input, const float slope, const float shift,
    const float slope_2, const float mean_pivot, const float mean_rest_cast, const float slope_3, const float shift_2,
    const float slope_4, const float scale, const float shift_3, const float slope_5, const float scale_2,
    const float cotangent_grad_bias_cast, float *to_grad_x, float *to_grad_grad_output)
{
    const float at_t1 = cotangent_grad_input * slope;
    const float at_t2 = at_t1 + shift;
    const float at_t3 = grad_output * slope_2;
    const float at_t4 = at_t2 + at_t3;
    const float at_d = x - mean_pivot;
    const float at_d1 = at_d - mean_rest_cast;
    const float at_t5 = at_d1 * slope_3;
    const float at_t6 = at_t4 + at_t5;
    const float at_t7 = grad_output - shift_2;
    const float at_t8 = at_d1 * slope_4;
    const float at_t9 = at_t7 + at_t8;
    const float at_t10 = at_t9 * scale;
    const float at_t11 = at_t6 + at_t10;
    const float at_t12 = cotangent_grad_input - shift_3;
    const float at_t13 = at_d1 * slope_5;
    const float at_t14 = at_t12 + at_t13;
    const float at_t15 = at_t14 * scale_2;
    const float at_t16 = at_d1 * scale;
    const float at_t17 = at_t15 + at_t16;
    const float at_t18 = at_t17 + cotangent_grad_bias_cast;
    *to_grad_x = at_t11;
    *to_grad_grad_output = at_t18;
}

static void instance_norm_double_backward_pass5_float_row(ptrdiff_t n, const float *grad_output, const float *x,
    const float *cotangent_grad_input, const float slope, const float shift, const float slope_2,
    const float mean_pivot, const float mean_rest_cast, const float slope_3, const float shift_2, const float slope_4,
    const float scale, const float shift_3, const float slope_5, const float scale_2,
    const float cotangent_grad_bias_cast, float *out_grad_x, float *out_grad_grad_output)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        instance_norm_double_backward_pass5_float_element(grad_output[i], x[i], cotangent_grad_input[i], slope, shift,
            slope_2, mean_pivot, mean_rest_cast, slope_3, shift_2, slope_4, scale, shift_3, slope_5, scale_2,
            cotangent_grad_bias_cast, &out_grad_x[i], &out_grad_grad_output[i]);
    }
}

static void instance_norm_double_backward_pass5_float_columns(ptrdiff_t n, const float *grad_output, const float *x,
    const float *cotangent_grad_input, const float *slope, const float *shift, const float *slope_2,
    const float *mean_pivot, const float *mean_rest_cast, const float *slope_3, const float *shift_2,
    const float *slope_4, const float *scale, const float *shift_3, const float *slope_5, const float *scale_2,
    const float *cotangent_grad_bias_cast, float *out_grad_x, float *out_grad_grad_output)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        instance_norm_double_backward_pass5_float_element(grad_output[i], x[i], cotangent_grad_input[i], slope[i],
            shift[i], slope_2[i], mean_pivot[i], mean_rest_cast[i], slope_3[i], shift_2[i], slope_4[i], scale[i],
            shift_3[i], slope_5[i], scale_2[i], cotangent_grad_bias_cast[i], &out_grad_x[i], &out_grad_grad_output[i]);
    }
}

/* Units first to end of a block. */
static void instance_norm_double_backward_pass5_float_units(const instance_norm_arguments_float *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, const double *lane_slope, const double *lane_shift,
    const double *lane_slope_2, const double *lane_mean_pivot, const double *lane_mean_rest_cast,
    const double *lane_slope_3, const double *lane_shift_2, const double *lane_slope_4, const double *lane_scale,
    const double *lane_shift_3, const double *lane_slope_5, const double *lane_scale_2,
    const double *lane_cotangent_grad_bias_cast)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    float buffer_grad_output[INSTANCE_NORM_TILE];
    float buffer_x[INSTANCE_NORM_TILE];
    float buffer_cotangent_grad_input[INSTANCE_NORM_TILE];
    float buffer_grad_x[INSTANCE_NORM_TILE];
    float buffer_grad_grad_output[INSTANCE_NORM_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        float column_slope[INSTANCE_NORM_TILE];
        float column_shift[INSTANCE_NORM_TILE];
        float column_slope_2[INSTANCE_NORM_TILE];
        float column_mean_pivot[INSTANCE_NORM_TILE];
        float column_mean_rest_cast[INSTANCE_NORM_TILE];
        float column_slope_3[INSTANCE_NORM_TILE];
        float column_shift_2[INSTANCE_NORM_TILE];
        float column_slope_4[INSTANCE_NORM_TILE];
        float column_scale[INSTANCE_NORM_TILE];
        float column_shift_3[INSTANCE_NORM_TILE];
        float column_slope_5[INSTANCE_NORM_TILE];
        float column_scale_2[INSTANCE_NORM_TILE];
        float column_cotangent_grad_bias_cast[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_slope[k] = (float)lane_slope[b];
                column_shift[k] = (float)lane_shift[b];
                column_slope_2[k] = (float)lane_slope_2[b];
                column_mean_pivot[k] = (float)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (float)lane_mean_rest_cast[b];
                column_slope_3[k] = (float)lane_slope_3[b];
                column_shift_2[k] = (float)lane_shift_2[b];
                column_slope_4[k] = (float)lane_slope_4[b];
                column_scale[k] = (float)lane_scale[b];
                column_shift_3[k] = (float)lane_shift_3[b];
                column_slope_5[k] = (float)lane_slope_5[b];
                column_scale_2[k] = (float)lane_scale_2[b];
                column_cotangent_grad_bias_cast[k] = (float)lane_cotangent_grad_bias_cast[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *grad_output;
            const float *x;
            const float *cotangent_grad_input;
            float *out_grad_x;
            float *out_grad_grad_output;
            instance_norm_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, first + end - 2 - unit, ahead);
                instance_norm_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->grad_x + ahead[4], n * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->grad_grad_output + ahead[3], n * (ptrdiff_t)sizeof(float));
            }
            grad_output = instance_norm_read_float_float(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = instance_norm_read_float_float(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes, w->run_size,
                buffer_x);
            cotangent_grad_input = instance_norm_read_float_float(a->cotangent_grad_input + at[2], w->lane_stride[2],
                w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            out_grad_x = (w->run_size == 1 || w->run_stride[4] == 1) && (c->lanes == 1
                || w->lane_stride[4] == w->run_size) ? a->grad_x + at[4] : buffer_grad_x;
            out_grad_grad_output = (w->run_size == 1 || w->run_stride[3] == 1) && (c->lanes == 1
                || w->lane_stride[3] == w->run_size) ? a->grad_grad_output + at[3] : buffer_grad_grad_output;
            instance_norm_double_backward_pass5_float_columns(n, grad_output, x, cotangent_grad_input, column_slope,
                column_shift, column_slope_2, column_mean_pivot, column_mean_rest_cast, column_slope_3, column_shift_2,
                column_slope_4, column_scale, column_shift_3, column_slope_5, column_scale_2,
                column_cotangent_grad_bias_cast, out_grad_x, out_grad_grad_output);
            if (out_grad_x == buffer_grad_x) instance_norm_write_float(buffer_grad_x, a->grad_x + at[4],
                w->lane_stride[4], w->run_stride[4], c->lanes, w->run_size);
            if (out_grad_grad_output == buffer_grad_grad_output) instance_norm_write_float(buffer_grad_grad_output,
                a->grad_grad_output + at[3], w->lane_stride[3], w->run_stride[3], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->grad_x + ahead[4] + b * w->lane_stride[4], run * (ptrdiff_t)sizeof(float));
                instance_norm_fetch(a->grad_grad_output + ahead[3] + b * w->lane_stride[3],
                    run * (ptrdiff_t)sizeof(float));
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
                    && w->run_stride[3] == 1 ? run : instance_norm_least(run - j, INSTANCE_NORM_TILE);
                grad_output = instance_norm_read_float_float(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = instance_norm_read_float_float(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = instance_norm_read_float_float(cotangent_grad_input, 0, w->run_stride[2], 1, n,
                    buffer_cotangent_grad_input);
                out_grad_x = n == 1 || w->run_stride[4] == 1 ? to_grad_x : buffer_grad_x;
                out_grad_grad_output = n == 1 || w->run_stride[3] == 1 ? to_grad_grad_output : buffer_grad_grad_output;
                instance_norm_double_backward_pass5_float_row(n, grad_output, x, cotangent_grad_input,
                    (float)lane_slope[b], (float)lane_shift[b], (float)lane_slope_2[b], (float)lane_mean_pivot[b],
                    (float)lane_mean_rest_cast[b], (float)lane_slope_3[b], (float)lane_shift_2[b],
                    (float)lane_slope_4[b], (float)lane_scale[b], (float)lane_shift_3[b], (float)lane_slope_5[b],
                    (float)lane_scale_2[b], (float)lane_cotangent_grad_bias_cast[b], out_grad_x, out_grad_grad_output);
                if (out_grad_x == buffer_grad_x) instance_norm_write_float(buffer_grad_x, to_grad_x, 0,
                    w->run_stride[4], 1, n);
                if (out_grad_grad_output == buffer_grad_grad_output) instance_norm_write_float(buffer_grad_grad_output,
                    to_grad_grad_output, 0, w->run_stride[3], 1, n);
            }
        }
    }
}

static void instance_norm_double_backward_pass5_float_all(const instance_norm_arguments_float *a,
    const instance_norm_block *c, const double *lane_slope, const double *lane_shift, const double *lane_slope_2,
    const double *lane_mean_pivot, const double *lane_mean_rest_cast, const double *lane_slope_3,
    const double *lane_shift_2, const double *lane_slope_4, const double *lane_scale, const double *lane_shift_3,
    const double *lane_slope_5, const double *lane_scale_2, const double *lane_cotangent_grad_bias_cast)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_double_backward_pass5_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_slope,
            lane_shift, lane_slope_2, lane_mean_pivot, lane_mean_rest_cast, lane_slope_3, lane_shift_2, lane_slope_4,
            lane_scale, lane_shift_3, lane_slope_5, lane_scale_2, lane_cotangent_grad_bias_cast);
    }
}


static void instance_norm_double_backward_block_float(const instance_norm_arguments_float *a, instance_norm_block *c)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t b;
    double lane_weight[INSTANCE_NORM_LANES];
    double lane_cotangent_grad_weight[INSTANCE_NORM_LANES];
    double lane_cotangent_grad_bias[INSTANCE_NORM_LANES];
    double lane_mean[INSTANCE_NORM_LANES];
    double lane_mean_low[INSTANCE_NORM_LANES];
    double lane_inv_std[INSTANCE_NORM_LANES];
    double lane_mean_pivot[INSTANCE_NORM_LANES];
    double lane_mean_rest[INSTANCE_NORM_LANES];
    double lane_inv_std_cast[INSTANCE_NORM_LANES];
    double lane_near_sum_cotangent_grad_input_d[INSTANCE_NORM_LANES];
    double lane_v_sum_cotangent_grad_input_grad_output[INSTANCE_NORM_LANES];
    double lane_v_sum_cotangent_grad_input_grad_output_inv_std[INSTANCE_NORM_LANES];
    double lane_near_sum_d_grad_output[INSTANCE_NORM_LANES];
    double lane_v_sum_cotangent_grad_input[INSTANCE_NORM_LANES];
    double lane_v_sum_grad_output[INSTANCE_NORM_LANES];
    double lane_v_sum_cotangent_grad_input_d[INSTANCE_NORM_LANES];
    double lane_v_sum_d_grad_output[INSTANCE_NORM_LANES];
    double lane_mean_rest_cast[INSTANCE_NORM_LANES];
    double lane_factor[INSTANCE_NORM_LANES];
    double lane_factor_2[INSTANCE_NORM_LANES];
    double lane_v_sum_inv_std3_sum_d_grad_output[INSTANCE_NORM_LANES];
    double lane_v_sum_sum_grad_output_inv_std[INSTANCE_NORM_LANES];
    double lane_slope[INSTANCE_NORM_LANES];
    double lane_shift[INSTANCE_NORM_LANES];
    double lane_slope_2[INSTANCE_NORM_LANES];
    double lane_slope_3[INSTANCE_NORM_LANES];
    double lane_shift_2[INSTANCE_NORM_LANES];
    double lane_slope_4[INSTANCE_NORM_LANES];
    double lane_scale[INSTANCE_NORM_LANES];
    double lane_shift_3[INSTANCE_NORM_LANES];
    double lane_slope_5[INSTANCE_NORM_LANES];
    double lane_scale_2[INSTANCE_NORM_LANES];
    double lane_cotangent_grad_bias_cast[INSTANCE_NORM_LANES];
    const double count_s = a->count_s;
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_weight[b] = a->weight == NULL ? 1.0 : (double)a->weight[c->at[5] + b * w->lane_stride[5]];
        lane_cotangent_grad_weight[b] = a->cotangent_grad_weight == NULL ? 0.0
            : (double)a->cotangent_grad_weight[c->at[5] + b * w->lane_stride[5]];
        lane_cotangent_grad_bias[b] = a->cotangent_grad_bias == NULL ? 0.0 : (double)a->cotangent_grad_bias[c->at[5]
            + b * w->lane_stride[5]];
        lane_mean[b] = a->mean[c->at[6] + b * w->lane_stride[6]];
        lane_mean_low[b] = a->mean_low[c->at[6] + b * w->lane_stride[6]];
        lane_inv_std[b] = a->inv_std[c->at[6] + b * w->lane_stride[6]];
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (float)(lane_mean[b]);
        lane_mean_rest[b] = (lane_mean[b] - lane_mean_pivot[b]) + lane_mean_low[b];
        lane_inv_std_cast[b] = lane_inv_std[b];
    }
    instance_norm_double_backward_pass1_float_sums(a, c, lane_mean_pivot, lane_inv_std_cast,
        lane_near_sum_cotangent_grad_input_d, lane_v_sum_cotangent_grad_input_grad_output,
        lane_v_sum_cotangent_grad_input_grad_output_inv_std, lane_near_sum_d_grad_output,
        lane_v_sum_cotangent_grad_input, lane_v_sum_grad_output);
    for (b = 0; b < c->lanes; ++b) {
        double *high = c->part + a->begin_v_sum_cotangent_grad_input_grad_output_inv_std + c->at[5]
            + b * w->lane_stride[5];
        instance_norm_add_double(high, high + a->places_v_sum_cotangent_grad_input_grad_output_inv_std,
            (double)lane_v_sum_cotangent_grad_input_grad_output_inv_std[b]);
        high[a->places_v_sum_cotangent_grad_input_grad_output_inv_std]
            += (double)(lane_v_sum_cotangent_grad_input_grad_output_inv_std[b]
            - (double)lane_v_sum_cotangent_grad_input_grad_output_inv_std[b]);
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_v_sum_cotangent_grad_input_d[b] = lane_near_sum_cotangent_grad_input_d[b] - lane_mean_rest[b]
            *lane_v_sum_cotangent_grad_input[b];
        lane_v_sum_d_grad_output[b] = lane_near_sum_d_grad_output[b] - lane_mean_rest[b]*lane_v_sum_grad_output[b];
        lane_mean_rest_cast[b] = lane_mean_rest[b];
        lane_factor[b] = pow(lane_inv_std[b], 3.0)*lane_v_sum_cotangent_grad_input_d[b];
        lane_factor_2[b] = lane_inv_std[b]*lane_v_sum_cotangent_grad_input[b];
    }
    instance_norm_double_backward_pass3_float_sums(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_factor,
        lane_factor_2, lane_v_sum_inv_std3_sum_d_grad_output, lane_v_sum_sum_grad_output_inv_std);
    for (b = 0; b < c->lanes; ++b) {
        double *high = c->part + a->begin_v_sum_inv_std3_sum_d_grad_output + c->at[5] + b * w->lane_stride[5];
        instance_norm_add_double(high, high + a->places_v_sum_inv_std3_sum_d_grad_output,
            (double)lane_v_sum_inv_std3_sum_d_grad_output[b]);
        high[a->places_v_sum_inv_std3_sum_d_grad_output] += (double)(lane_v_sum_inv_std3_sum_d_grad_output[b]
            - (double)lane_v_sum_inv_std3_sum_d_grad_output[b]);
    }
    for (b = 0; b < c->lanes; ++b) {
        double *high = c->part + a->begin_v_sum_sum_grad_output_inv_std + c->at[5] + b * w->lane_stride[5];
        instance_norm_add_double(high, high + a->places_v_sum_sum_grad_output_inv_std,
            (double)lane_v_sum_sum_grad_output_inv_std[b]);
        high[a->places_v_sum_sum_grad_output_inv_std] += (double)(lane_v_sum_sum_grad_output_inv_std[b]
            - (double)lane_v_sum_sum_grad_output_inv_std[b]);
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_slope[b] = -pow(lane_inv_std[b], 3.0)*lane_v_sum_d_grad_output[b]*lane_weight[b]/count_s;
        lane_shift[b] = pow(lane_inv_std[b], 3.0)*lane_v_sum_cotangent_grad_input[b]*lane_v_sum_d_grad_output[b]
            *lane_weight[b]/instance_norm_square_double(count_s) + pow(lane_inv_std[b], 3.0)
            *lane_v_sum_cotangent_grad_input_d[b]*lane_v_sum_grad_output[b]
            *lane_weight[b]/instance_norm_square_double(count_s);
        lane_slope_2[b] = -pow(lane_inv_std[b], 3.0)*lane_v_sum_cotangent_grad_input_d[b]*lane_weight[b]/count_s;
        lane_slope_3[b] = 3.0*pow(lane_inv_std[b], 5.0)*lane_v_sum_cotangent_grad_input_d[b]*lane_v_sum_d_grad_output[b]
            *lane_weight[b]/instance_norm_square_double(count_s) + pow(lane_inv_std[b], 3.0)
            *lane_v_sum_cotangent_grad_input[b]*lane_v_sum_grad_output[b]
            *lane_weight[b]/instance_norm_square_double(count_s) - pow(lane_inv_std[b], 3.0)
            *lane_v_sum_cotangent_grad_input_grad_output[b]*lane_weight[b]/count_s;
        lane_shift_2[b] = lane_v_sum_grad_output[b]/count_s;
        lane_slope_4[b] = -instance_norm_square_double(lane_inv_std[b])*lane_v_sum_d_grad_output[b]/count_s;
        lane_scale[b] = lane_cotangent_grad_weight[b]*lane_inv_std[b];
        lane_shift_3[b] = lane_v_sum_cotangent_grad_input[b]/count_s;
        lane_slope_5[b] = -instance_norm_square_double(lane_inv_std[b])*lane_v_sum_cotangent_grad_input_d[b]/count_s;
        lane_scale_2[b] = lane_inv_std[b]*lane_weight[b];
        lane_cotangent_grad_bias_cast[b] = lane_cotangent_grad_bias[b];
    }
    instance_norm_double_backward_pass5_float_all(a, c, lane_slope, lane_shift, lane_slope_2, lane_mean_pivot,
        lane_mean_rest_cast, lane_slope_3, lane_shift_2, lane_slope_4, lane_scale, lane_shift_3, lane_slope_5,
        lane_scale_2, lane_cotangent_grad_bias_cast);
    (void)w;
}

int instance_norm_double_backward_float(
    const instance_norm_extents *extents,
    const float *grad_output, const ptrdiff_t *grad_output_strides,
    const float *x, const ptrdiff_t *x_strides,
    const float *cotangent_grad_input, const ptrdiff_t *cotangent_grad_input_strides,
    const float *weight,
    const float *cotangent_grad_weight,
    const float *cotangent_grad_bias,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    float *grad_grad_output, const ptrdiff_t *grad_grad_output_strides,
    float *grad_x, const ptrdiff_t *grad_x_strides,
    double *result_grad_weight,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"c", "c", "nc", "nc" };
    const ptrdiff_t *strides[5];
    instance_norm_arguments_float a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = instance_norm_check_extents(extents), outside;
    k = 0;
    if (status != INSTANCE_NORM_OK) return status;
    if (grad_output == NULL || x == NULL || cotangent_grad_input == NULL || grad_grad_output == NULL || grad_x == NULL
        || mean == NULL || mean_low == NULL || inv_std == NULL || result_grad_weight == NULL) return INSTANCE_NORM_NULL;
    if (threads < 1) return INSTANCE_NORM_THREADS;
    if (workspace_size < instance_norm_double_backward_workspace(extents)) return INSTANCE_NORM_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return INSTANCE_NORM_WORKSPACE;
    if (instance_norm_count(extents, "ncs") == 0) {
        for (k = 0; k < instance_norm_count(extents, "c"); ++k) result_grad_weight[k] = 0;
        return INSTANCE_NORM_OK;
    }
    strides[0] = grad_output_strides;
    strides[1] = x_strides;
    strides[2] = cotangent_grad_input_strides;
    strides[3] = grad_grad_output_strides;
    strides[4] = grad_x_strides;
    instance_norm_plan(&a.walk, extents, "nc", 5, strides, 2, layouts, sizeof(float), 1);
    a.grad_output = grad_output;
    a.x = x;
    a.cotangent_grad_input = cotangent_grad_input;
    a.grad_grad_output = grad_grad_output;
    a.grad_x = grad_x;
    a.weight = weight;
    a.cotangent_grad_weight = cotangent_grad_weight;
    a.cotangent_grad_bias = cotangent_grad_bias;
    a.mean = mean;
    a.mean_low = mean_low;
    a.inv_std = inv_std;
    a.result_grad_weight = result_grad_weight;
    a.count_s = (double)instance_norm_count(extents, "s");
    a.few = instance_norm_count(extents, "ns") < INSTANCE_NORM_FEW || instance_norm_count(extents, "s")
        < INSTANCE_NORM_FEW;
    total = 0;
    a.begin_v_sum_cotangent_grad_input_grad_output_inv_std = total;
    a.places_v_sum_cotangent_grad_input_grad_output_inv_std = instance_norm_count(extents, "c");
    total += 2 * a.places_v_sum_cotangent_grad_input_grad_output_inv_std;
    a.begin_v_sum_inv_std3_sum_d_grad_output = total;
    a.places_v_sum_inv_std3_sum_d_grad_output = instance_norm_count(extents, "c");
    total += 2 * a.places_v_sum_inv_std3_sum_d_grad_output;
    a.begin_v_sum_sum_grad_output_inv_std = total;
    a.places_v_sum_sum_grad_output_inv_std = instance_norm_count(extents, "c");
    total += 2 * a.places_v_sum_sum_grad_output_inv_std;
    portions = instance_norm_least(instance_norm_double_backward_portions(extents), a.walk.blocks);
    for (k = 0; k < portions * total; ++k) memory[k] = 0;
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
            instance_norm_block c;
            instance_norm_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            instance_norm_double_backward_block_float(&a, &c);
        }
    }
    for (number = 1; number < portions; ++number) {
        const double *from = memory + number * total;
        for (k = a.begin_v_sum_cotangent_grad_input_grad_output_inv_std;
            k < a.begin_v_sum_cotangent_grad_input_grad_output_inv_std
            + a.places_v_sum_cotangent_grad_input_grad_output_inv_std; ++k) {
            instance_norm_add_double(&memory[k], &memory[a.places_v_sum_cotangent_grad_input_grad_output_inv_std + k],
                from[k]);
            memory[a.places_v_sum_cotangent_grad_input_grad_output_inv_std + k]
                += from[a.places_v_sum_cotangent_grad_input_grad_output_inv_std + k];
        }
        for (k = a.begin_v_sum_inv_std3_sum_d_grad_output; k < a.begin_v_sum_inv_std3_sum_d_grad_output
            + a.places_v_sum_inv_std3_sum_d_grad_output; ++k) {
            instance_norm_add_double(&memory[k], &memory[a.places_v_sum_inv_std3_sum_d_grad_output + k], from[k]);
            memory[a.places_v_sum_inv_std3_sum_d_grad_output + k] += from[a.places_v_sum_inv_std3_sum_d_grad_output
                + k];
        }
        for (k = a.begin_v_sum_sum_grad_output_inv_std; k < a.begin_v_sum_sum_grad_output_inv_std
            + a.places_v_sum_sum_grad_output_inv_std; ++k) {
            instance_norm_add_double(&memory[k], &memory[a.places_v_sum_sum_grad_output_inv_std + k], from[k]);
            memory[a.places_v_sum_sum_grad_output_inv_std + k] += from[a.places_v_sum_sum_grad_output_inv_std + k];
        }
    }
    { const double count_s = a.count_s;
    total = instance_norm_places(&a.walk, "c");
    for (k = 0; k < total; ++k) {
        const double item_v_sum_cotangent_grad_input_grad_output_inv_std = (double)instance_norm_whole_double((memory
            + a.begin_v_sum_cotangent_grad_input_grad_output_inv_std)[instance_norm_place(&a.walk, "c", k, 5)], (memory
            + a.begin_v_sum_cotangent_grad_input_grad_output_inv_std)[a.places_v_sum_cotangent_grad_input_grad_output_inv_std
            + instance_norm_place(&a.walk, "c", k, 5)]);
        const double item_v_sum_inv_std3_sum_d_grad_output = (double)instance_norm_whole_double((memory
            + a.begin_v_sum_inv_std3_sum_d_grad_output)[instance_norm_place(&a.walk, "c", k, 5)], (memory
            + a.begin_v_sum_inv_std3_sum_d_grad_output)[a.places_v_sum_inv_std3_sum_d_grad_output
            + instance_norm_place(&a.walk, "c", k, 5)]);
        const double item_v_sum_sum_grad_output_inv_std = (double)instance_norm_whole_double((memory
            + a.begin_v_sum_sum_grad_output_inv_std)[instance_norm_place(&a.walk, "c", k, 5)], (memory
            + a.begin_v_sum_sum_grad_output_inv_std)[a.places_v_sum_sum_grad_output_inv_std
            + instance_norm_place(&a.walk, "c", k, 5)]);
        const double item_grad_weight = item_v_sum_cotangent_grad_input_grad_output_inv_std
            - item_v_sum_inv_std3_sum_d_grad_output/count_s - item_v_sum_sum_grad_output_inv_std/count_s;
        result_grad_weight[instance_norm_place(&a.walk, "c", k, 5)] = (double)item_grad_weight;
    }
    }
    return INSTANCE_NORM_OK;
}

INSTANCE_NORM_INLINE void instance_norm_double_backward_pass1_double_element(
const double grad_output, const double x, const double cotangent_grad_input, const double mean_pivot,
    const double inv_std_cast, double *to_near_sum_cotangent_grad_input_d,
    double *to_v_sum_cotangent_grad_input_grad_output, double *to_v_sum_cotangent_grad_input_grad_output_inv_std,
    double *to_near_sum_d_grad_output, double *to_v_sum_cotangent_grad_input, double *to_v_sum_grad_output)
{
    const double at_d = x - mean_pivot;
    const double at_t1 = grad_output * inv_std_cast;
    *to_near_sum_cotangent_grad_input_d = cotangent_grad_input * at_d;
    *to_v_sum_cotangent_grad_input_grad_output = grad_output * cotangent_grad_input;
    *to_v_sum_cotangent_grad_input_grad_output_inv_std = at_t1 * cotangent_grad_input;
    *to_near_sum_d_grad_output = grad_output * at_d;
    *to_v_sum_cotangent_grad_input = cotangent_grad_input;
    *to_v_sum_grad_output = grad_output;
}

static void instance_norm_double_backward_pass1_double_row(ptrdiff_t n, const double *grad_output, const double *x,
    const double *cotangent_grad_input, const double mean_pivot, const double inv_std_cast, double *high, double *low,
    ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + instance_norm_least(n - i, 64);
        double part_0[INSTANCE_NORM_CHAINS];
        double part_1[INSTANCE_NORM_CHAINS];
        double part_2[INSTANCE_NORM_CHAINS];
        double part_3[INSTANCE_NORM_CHAINS];
        double part_4[INSTANCE_NORM_CHAINS];
        double part_5[INSTANCE_NORM_CHAINS];
        int k;
        for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
            part_2[k] = 0;
            part_3[k] = 0;
            part_4[k] = 0;
            part_5[k] = 0;
        }
        for (; i + INSTANCE_NORM_CHAINS <= end; i += INSTANCE_NORM_CHAINS) {
            INSTANCE_NORM_SIMD
            for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
                double term_0, term_1, term_2, term_3, term_4, term_5;
                instance_norm_double_backward_pass1_double_element(grad_output[i + k], x[i + k], cotangent_grad_input[i
                    + k], mean_pivot, inv_std_cast, &term_0, &term_1, &term_2, &term_3, &term_4, &term_5);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
                part_2[k] = part_2[k] + term_2;
                part_3[k] = part_3[k] + term_3;
                part_4[k] = part_4[k] + term_4;
                part_5[k] = part_5[k] + term_5;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1, term_2, term_3, term_4, term_5;
            instance_norm_double_backward_pass1_double_element(grad_output[i], x[i], cotangent_grad_input[i],
                mean_pivot, inv_std_cast, &term_0, &term_1, &term_2, &term_3, &term_4, &term_5);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
            part_2[k] = part_2[k] + term_2;
            part_3[k] = part_3[k] + term_3;
            part_4[k] = part_4[k] + term_4;
            part_5[k] = part_5[k] + term_5;
        }
        for (k = INSTANCE_NORM_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
                part_2[m] = part_2[m] + part_2[m + k];
                part_3[m] = part_3[m] + part_3[m + k];
                part_4[m] = part_4[m] + part_4[m + k];
                part_5[m] = part_5[m] + part_5[m + k];
            }
        }
        instance_norm_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        instance_norm_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
        instance_norm_add_double(&high[2 * lanes], &low[2 * lanes], part_2[0]);
        instance_norm_add_double(&high[3 * lanes], &low[3 * lanes], part_3[0]);
        instance_norm_add_double(&high[4 * lanes], &low[4 * lanes], part_4[0]);
        instance_norm_add_double(&high[5 * lanes], &low[5 * lanes], part_5[0]);
    }
}

static void instance_norm_double_backward_pass1_double_columns(ptrdiff_t n, const double *grad_output, const double *x,
    const double *cotangent_grad_input, const double *mean_pivot, const double *inv_std_cast, double *high_0,
    double *low_0, double *high_1, double *low_1, double *high_2, double *low_2, double *high_3, double *low_3,
    double *high_4, double *low_4, double *high_5, double *low_5)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1, term_2, term_3, term_4, term_5;
        instance_norm_double_backward_pass1_double_element(grad_output[i], x[i], cotangent_grad_input[i], mean_pivot[i],
            inv_std_cast[i], &term_0, &term_1, &term_2, &term_3, &term_4, &term_5);
        instance_norm_add_double(&high_0[i], &low_0[i], term_0);
        instance_norm_add_double(&high_1[i], &low_1[i], term_1);
        instance_norm_add_double(&high_2[i], &low_2[i], term_2);
        instance_norm_add_double(&high_3[i], &low_3[i], term_3);
        instance_norm_add_double(&high_4[i], &low_4[i], term_4);
        instance_norm_add_double(&high_5[i], &low_5[i], term_5);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void instance_norm_double_backward_pass1_double_units(const instance_norm_arguments_double *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot,
    const long double *lane_inv_std_cast, double *high, double *low)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    double buffer_grad_output[INSTANCE_NORM_TILE];
    double buffer_x[INSTANCE_NORM_TILE];
    double buffer_cotangent_grad_input[INSTANCE_NORM_TILE];
    for (k = 0; k < 6 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[2 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[3 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[4 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[5 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[INSTANCE_NORM_TILE];
        double column_inv_std_cast[INSTANCE_NORM_TILE];
        double high_0[INSTANCE_NORM_TILE], low_0[INSTANCE_NORM_TILE];
        double high_1[INSTANCE_NORM_TILE], low_1[INSTANCE_NORM_TILE];
        double high_2[INSTANCE_NORM_TILE], low_2[INSTANCE_NORM_TILE];
        double high_3[INSTANCE_NORM_TILE], low_3[INSTANCE_NORM_TILE];
        double high_4[INSTANCE_NORM_TILE], low_4[INSTANCE_NORM_TILE];
        double high_5[INSTANCE_NORM_TILE], low_5[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                column_inv_std_cast[k] = (double)lane_inv_std_cast[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
                high_2[k] = 0;
                low_2[k] = 0;
                high_3[k] = 0;
                low_3[k] = 0;
                high_4[k] = 0;
                low_4[k] = 0;
                high_5[k] = 0;
                low_5[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            const double *cotangent_grad_input;
            instance_norm_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, unit + 1, ahead);
                instance_norm_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = instance_norm_read_double_double(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = instance_norm_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_x);
            cotangent_grad_input = instance_norm_read_double_double(a->cotangent_grad_input + at[2], w->lane_stride[2],
                w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            instance_norm_double_backward_pass1_double_columns(n, grad_output, x, cotangent_grad_input,
                column_mean_pivot, column_inv_std_cast, high_0, low_0, high_1, low_1, high_2, low_2, high_3, low_3,
                high_4, low_4, high_5, low_5);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                instance_norm_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                instance_norm_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
                instance_norm_add_double(&high[2 * c->lanes + b], &low[2 * c->lanes + b], high_2[k]);
                low[2 * c->lanes + b] += low_2[k];
                instance_norm_add_double(&high[3 * c->lanes + b], &low[3 * c->lanes + b], high_3[k]);
                low[3 * c->lanes + b] += low_3[k];
                instance_norm_add_double(&high[4 * c->lanes + b], &low[4 * c->lanes + b], high_4[k]);
                low[4 * c->lanes + b] += low_4[k];
                instance_norm_add_double(&high[5 * c->lanes + b], &low[5 * c->lanes + b], high_5[k]);
                low[5 * c->lanes + b] += low_5[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                const double *cotangent_grad_input = a->cotangent_grad_input + at[2] + b * w->lane_stride[2]
                    + j * w->run_stride[2];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run
                    : instance_norm_least(run - j, INSTANCE_NORM_TILE);
                grad_output = instance_norm_read_double_double(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = instance_norm_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = instance_norm_read_double_double(cotangent_grad_input, 0, w->run_stride[2], 1, n,
                    buffer_cotangent_grad_input);
                instance_norm_double_backward_pass1_double_row(n, grad_output, x, cotangent_grad_input,
                    (double)lane_mean_pivot[b], (double)lane_inv_std_cast[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void instance_norm_double_backward_pass1_double_sums(const instance_norm_arguments_double *a,
    const instance_norm_block *c, const long double *lane_mean_pivot, const long double *lane_inv_std_cast,
    long double *sum_near_sum_cotangent_grad_input_d, long double *sum_v_sum_cotangent_grad_input_grad_output,
    long double *sum_v_sum_cotangent_grad_input_grad_output_inv_std, long double *sum_near_sum_d_grad_output,
    long double *sum_v_sum_cotangent_grad_input, long double *sum_v_sum_grad_output)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 6 * c->lanes;
    double part[2 * 6 * INSTANCE_NORM_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_double_backward_pass1_double_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_mean_pivot, lane_inv_std_cast, part + k * stride, part + k * stride + 6 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 6) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 6) * c->lanes + b];
            }
            sum_near_sum_cotangent_grad_input_d[b] = (long double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 6) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 6) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input_grad_output[b] = (long double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[2 * c->lanes + b], low = part[(2 + 6) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 2 * c->lanes + b]);
                low += part[k * stride + (2 + 6) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input_grad_output_inv_std[b] = (long double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[3 * c->lanes + b], low = part[(3 + 6) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 3 * c->lanes + b]);
                low += part[k * stride + (3 + 6) * c->lanes + b];
            }
            sum_near_sum_d_grad_output[b] = (long double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[4 * c->lanes + b], low = part[(4 + 6) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 4 * c->lanes + b]);
                low += part[k * stride + (4 + 6) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input[b] = (long double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[5 * c->lanes + b], low = part[(5 + 6) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 5 * c->lanes + b]);
                low += part[k * stride + (5 + 6) * c->lanes + b];
            }
            sum_v_sum_grad_output[b] = (long double)instance_norm_whole_double(high, low);
        }
    }
}


INSTANCE_NORM_INLINE void instance_norm_double_backward_pass1_extended_element(
const long double grad_output, const long double x, const long double cotangent_grad_input,
    const long double mean_pivot, const long double inv_std_cast, long double *to_near_sum_cotangent_grad_input_d,
    long double *to_v_sum_cotangent_grad_input_grad_output,
    long double *to_v_sum_cotangent_grad_input_grad_output_inv_std, long double *to_near_sum_d_grad_output,
    long double *to_v_sum_cotangent_grad_input, long double *to_v_sum_grad_output)
{
    const long double at_d = x - mean_pivot;
    const long double at_t1 = grad_output * inv_std_cast;
    *to_near_sum_cotangent_grad_input_d = cotangent_grad_input * at_d;
    *to_v_sum_cotangent_grad_input_grad_output = grad_output * cotangent_grad_input;
    *to_v_sum_cotangent_grad_input_grad_output_inv_std = at_t1 * cotangent_grad_input;
    *to_near_sum_d_grad_output = grad_output * at_d;
    *to_v_sum_cotangent_grad_input = cotangent_grad_input;
    *to_v_sum_grad_output = grad_output;
}

static void instance_norm_double_backward_pass1_extended_row(ptrdiff_t n, const double *grad_output, const double *x,
    const double *cotangent_grad_input, const long double mean_pivot, const long double inv_std_cast, long double *high,
    long double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + instance_norm_least(n - i, 64);
        long double part_0[INSTANCE_NORM_CHAINS];
        long double part_1[INSTANCE_NORM_CHAINS];
        long double part_2[INSTANCE_NORM_CHAINS];
        long double part_3[INSTANCE_NORM_CHAINS];
        long double part_4[INSTANCE_NORM_CHAINS];
        long double part_5[INSTANCE_NORM_CHAINS];
        int k;
        for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
            part_2[k] = 0;
            part_3[k] = 0;
            part_4[k] = 0;
            part_5[k] = 0;
        }
        for (; i + INSTANCE_NORM_CHAINS <= end; i += INSTANCE_NORM_CHAINS) {
            INSTANCE_NORM_SIMD
            for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
                long double term_0, term_1, term_2, term_3, term_4, term_5;
                instance_norm_double_backward_pass1_extended_element((long double)grad_output[i + k], (long double)x[i
                    + k], (long double)cotangent_grad_input[i + k], mean_pivot, inv_std_cast, &term_0, &term_1, &term_2,
                    &term_3, &term_4, &term_5);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
                part_2[k] = part_2[k] + term_2;
                part_3[k] = part_3[k] + term_3;
                part_4[k] = part_4[k] + term_4;
                part_5[k] = part_5[k] + term_5;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0, term_1, term_2, term_3, term_4, term_5;
            instance_norm_double_backward_pass1_extended_element((long double)grad_output[i], (long double)x[i],
                (long double)cotangent_grad_input[i], mean_pivot, inv_std_cast, &term_0, &term_1, &term_2, &term_3,
                &term_4, &term_5);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
            part_2[k] = part_2[k] + term_2;
            part_3[k] = part_3[k] + term_3;
            part_4[k] = part_4[k] + term_4;
            part_5[k] = part_5[k] + term_5;
        }
        for (k = INSTANCE_NORM_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
                part_2[m] = part_2[m] + part_2[m + k];
                part_3[m] = part_3[m] + part_3[m + k];
                part_4[m] = part_4[m] + part_4[m + k];
                part_5[m] = part_5[m] + part_5[m + k];
            }
        }
        instance_norm_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        instance_norm_add_extended(&high[1 * lanes], &low[1 * lanes], part_1[0]);
        instance_norm_add_extended(&high[2 * lanes], &low[2 * lanes], part_2[0]);
        instance_norm_add_extended(&high[3 * lanes], &low[3 * lanes], part_3[0]);
        instance_norm_add_extended(&high[4 * lanes], &low[4 * lanes], part_4[0]);
        instance_norm_add_extended(&high[5 * lanes], &low[5 * lanes], part_5[0]);
    }
}

static void instance_norm_double_backward_pass1_extended_columns(ptrdiff_t n, const double *grad_output,
    const double *x, const double *cotangent_grad_input, const long double *mean_pivot, const long double *inv_std_cast,
    long double *high_0, long double *low_0, long double *high_1, long double *low_1, long double *high_2,
    long double *low_2, long double *high_3, long double *low_3, long double *high_4, long double *low_4,
    long double *high_5, long double *low_5)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0, term_1, term_2, term_3, term_4, term_5;
        instance_norm_double_backward_pass1_extended_element((long double)grad_output[i], (long double)x[i],
            (long double)cotangent_grad_input[i], mean_pivot[i], inv_std_cast[i], &term_0, &term_1, &term_2, &term_3,
            &term_4, &term_5);
        instance_norm_add_extended(&high_0[i], &low_0[i], term_0);
        instance_norm_add_extended(&high_1[i], &low_1[i], term_1);
        instance_norm_add_extended(&high_2[i], &low_2[i], term_2);
        instance_norm_add_extended(&high_3[i], &low_3[i], term_3);
        instance_norm_add_extended(&high_4[i], &low_4[i], term_4);
        instance_norm_add_extended(&high_5[i], &low_5[i], term_5);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void instance_norm_double_backward_pass1_extended_units(const instance_norm_arguments_double *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot,
    const long double *lane_inv_std_cast, long double *high, long double *low)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    double buffer_grad_output[INSTANCE_NORM_TILE];
    double buffer_x[INSTANCE_NORM_TILE];
    double buffer_cotangent_grad_input[INSTANCE_NORM_TILE];
    for (k = 0; k < 6 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[2 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[3 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[4 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[5 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double column_mean_pivot[INSTANCE_NORM_TILE];
        long double column_inv_std_cast[INSTANCE_NORM_TILE];
        long double high_0[INSTANCE_NORM_TILE], low_0[INSTANCE_NORM_TILE];
        long double high_1[INSTANCE_NORM_TILE], low_1[INSTANCE_NORM_TILE];
        long double high_2[INSTANCE_NORM_TILE], low_2[INSTANCE_NORM_TILE];
        long double high_3[INSTANCE_NORM_TILE], low_3[INSTANCE_NORM_TILE];
        long double high_4[INSTANCE_NORM_TILE], low_4[INSTANCE_NORM_TILE];
        long double high_5[INSTANCE_NORM_TILE], low_5[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (long double)lane_mean_pivot[b];
                column_inv_std_cast[k] = (long double)lane_inv_std_cast[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
                high_2[k] = 0;
                low_2[k] = 0;
                high_3[k] = 0;
                low_3[k] = 0;
                high_4[k] = 0;
                low_4[k] = 0;
                high_5[k] = 0;
                low_5[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            const double *cotangent_grad_input;
            instance_norm_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, unit + 1, ahead);
                instance_norm_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = instance_norm_read_double_double(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = instance_norm_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_x);
            cotangent_grad_input = instance_norm_read_double_double(a->cotangent_grad_input + at[2], w->lane_stride[2],
                w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            instance_norm_double_backward_pass1_extended_columns(n, grad_output, x, cotangent_grad_input,
                column_mean_pivot, column_inv_std_cast, high_0, low_0, high_1, low_1, high_2, low_2, high_3, low_3,
                high_4, low_4, high_5, low_5);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                instance_norm_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                instance_norm_add_extended(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
                instance_norm_add_extended(&high[2 * c->lanes + b], &low[2 * c->lanes + b], high_2[k]);
                low[2 * c->lanes + b] += low_2[k];
                instance_norm_add_extended(&high[3 * c->lanes + b], &low[3 * c->lanes + b], high_3[k]);
                low[3 * c->lanes + b] += low_3[k];
                instance_norm_add_extended(&high[4 * c->lanes + b], &low[4 * c->lanes + b], high_4[k]);
                low[4 * c->lanes + b] += low_4[k];
                instance_norm_add_extended(&high[5 * c->lanes + b], &low[5 * c->lanes + b], high_5[k]);
                low[5 * c->lanes + b] += low_5[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                const double *cotangent_grad_input = a->cotangent_grad_input + at[2] + b * w->lane_stride[2]
                    + j * w->run_stride[2];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run
                    : instance_norm_least(run - j, INSTANCE_NORM_TILE);
                grad_output = instance_norm_read_double_double(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = instance_norm_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = instance_norm_read_double_double(cotangent_grad_input, 0, w->run_stride[2], 1, n,
                    buffer_cotangent_grad_input);
                instance_norm_double_backward_pass1_extended_row(n, grad_output, x, cotangent_grad_input,
                    (long double)lane_mean_pivot[b], (long double)lane_inv_std_cast[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void instance_norm_double_backward_pass1_extended_sums(const instance_norm_arguments_double *a,
    const instance_norm_block *c, const long double *lane_mean_pivot, const long double *lane_inv_std_cast,
    long double *sum_near_sum_cotangent_grad_input_d, long double *sum_v_sum_cotangent_grad_input_grad_output,
    long double *sum_v_sum_cotangent_grad_input_grad_output_inv_std, long double *sum_near_sum_d_grad_output,
    long double *sum_v_sum_cotangent_grad_input, long double *sum_v_sum_grad_output)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 6 * c->lanes;
    long double part[2 * 6 * INSTANCE_NORM_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_double_backward_pass1_extended_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_mean_pivot, lane_inv_std_cast, part + k * stride, part + k * stride + 6 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 6) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 6) * c->lanes + b];
            }
            sum_near_sum_cotangent_grad_input_d[b] = (long double)instance_norm_whole_extended(high, low);
        }
        {
            long double high = part[1 * c->lanes + b], low = part[(1 + 6) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_extended(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 6) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input_grad_output[b] = (long double)instance_norm_whole_extended(high, low);
        }
        {
            long double high = part[2 * c->lanes + b], low = part[(2 + 6) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_extended(&high, &low, part[k * stride + 2 * c->lanes + b]);
                low += part[k * stride + (2 + 6) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input_grad_output_inv_std[b] = (long double)instance_norm_whole_extended(high,
                low);
        }
        {
            long double high = part[3 * c->lanes + b], low = part[(3 + 6) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_extended(&high, &low, part[k * stride + 3 * c->lanes + b]);
                low += part[k * stride + (3 + 6) * c->lanes + b];
            }
            sum_near_sum_d_grad_output[b] = (long double)instance_norm_whole_extended(high, low);
        }
        {
            long double high = part[4 * c->lanes + b], low = part[(4 + 6) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_extended(&high, &low, part[k * stride + 4 * c->lanes + b]);
                low += part[k * stride + (4 + 6) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input[b] = (long double)instance_norm_whole_extended(high, low);
        }
        {
            long double high = part[5 * c->lanes + b], low = part[(5 + 6) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_extended(&high, &low, part[k * stride + 5 * c->lanes + b]);
                low += part[k * stride + (5 + 6) * c->lanes + b];
            }
            sum_v_sum_grad_output[b] = (long double)instance_norm_whole_extended(high, low);
        }
    }
}


INSTANCE_NORM_INLINE void instance_norm_double_backward_pass3_double_element(
const double grad_output, const double x, const double mean_pivot, const double mean_rest_cast, const double factor,
    const double factor_2, double *to_v_sum_inv_std3_sum_d_grad_output, double *to_v_sum_sum_grad_output_inv_std)
{
    const double at_d = x - mean_pivot;
    const double at_d1 = at_d - mean_rest_cast;
    const double at_t1 = grad_output * factor;
    const double at_t2 = grad_output * factor_2;
    *to_v_sum_inv_std3_sum_d_grad_output = at_t1 * at_d1;
    *to_v_sum_sum_grad_output_inv_std = at_t2;
}

static void instance_norm_double_backward_pass3_double_row(ptrdiff_t n, const double *grad_output, const double *x,
    const double mean_pivot, const double mean_rest_cast, const double factor, const double factor_2, double *high,
    double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + instance_norm_least(n - i, 64);
        double part_0[INSTANCE_NORM_CHAINS];
        double part_1[INSTANCE_NORM_CHAINS];
        int k;
        for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + INSTANCE_NORM_CHAINS <= end; i += INSTANCE_NORM_CHAINS) {
            INSTANCE_NORM_SIMD
            for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
                double term_0, term_1;
                instance_norm_double_backward_pass3_double_element(grad_output[i + k], x[i + k], mean_pivot,
                    mean_rest_cast, factor, factor_2, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1;
            instance_norm_double_backward_pass3_double_element(grad_output[i], x[i], mean_pivot, mean_rest_cast, factor,
                factor_2, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = INSTANCE_NORM_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        instance_norm_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        instance_norm_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void instance_norm_double_backward_pass3_double_columns(ptrdiff_t n, const double *grad_output, const double *x,
    const double *mean_pivot, const double *mean_rest_cast, const double *factor, const double *factor_2,
    double *high_0, double *low_0, double *high_1, double *low_1)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1;
        instance_norm_double_backward_pass3_double_element(grad_output[i], x[i], mean_pivot[i], mean_rest_cast[i],
            factor[i], factor_2[i], &term_0, &term_1);
        instance_norm_add_double(&high_0[i], &low_0[i], term_0);
        instance_norm_add_double(&high_1[i], &low_1[i], term_1);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void instance_norm_double_backward_pass3_double_units(const instance_norm_arguments_double *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot,
    const long double *lane_mean_rest_cast, const long double *lane_factor, const long double *lane_factor_2,
    double *high, double *low)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    double buffer_grad_output[INSTANCE_NORM_TILE];
    double buffer_x[INSTANCE_NORM_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[INSTANCE_NORM_TILE];
        double column_mean_rest_cast[INSTANCE_NORM_TILE];
        double column_factor[INSTANCE_NORM_TILE];
        double column_factor_2[INSTANCE_NORM_TILE];
        double high_0[INSTANCE_NORM_TILE], low_0[INSTANCE_NORM_TILE];
        double high_1[INSTANCE_NORM_TILE], low_1[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (double)lane_mean_rest_cast[b];
                column_factor[k] = (double)lane_factor[b];
                column_factor_2[k] = (double)lane_factor_2[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            instance_norm_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, unit + 1, ahead);
                instance_norm_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = instance_norm_read_double_double(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = instance_norm_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_x);
            instance_norm_double_backward_pass3_double_columns(n, grad_output, x, column_mean_pivot,
                column_mean_rest_cast, column_factor, column_factor_2, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                instance_norm_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                instance_norm_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : instance_norm_least(run - j,
                    INSTANCE_NORM_TILE);
                grad_output = instance_norm_read_double_double(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = instance_norm_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                instance_norm_double_backward_pass3_double_row(n, grad_output, x, (double)lane_mean_pivot[b],
                    (double)lane_mean_rest_cast[b], (double)lane_factor[b], (double)lane_factor_2[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void instance_norm_double_backward_pass3_double_sums(const instance_norm_arguments_double *a,
    const instance_norm_block *c, const long double *lane_mean_pivot, const long double *lane_mean_rest_cast,
    const long double *lane_factor, const long double *lane_factor_2, long double *sum_v_sum_inv_std3_sum_d_grad_output,
    long double *sum_v_sum_sum_grad_output_inv_std)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    double part[2 * 2 * INSTANCE_NORM_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_double_backward_pass3_double_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_factor_2, part + k * stride, part + k * stride
            + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_inv_std3_sum_d_grad_output[b] = (long double)instance_norm_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_sum_grad_output_inv_std[b] = (long double)instance_norm_whole_double(high, low);
        }
    }
}


INSTANCE_NORM_INLINE void instance_norm_double_backward_pass3_extended_element(
const long double grad_output, const long double x, const long double mean_pivot, const long double mean_rest_cast,
    const long double factor, const long double factor_2, long double *to_v_sum_inv_std3_sum_d_grad_output,
    long double *to_v_sum_sum_grad_output_inv_std)
{
    const long double at_d = x - mean_pivot;
    const long double at_d1 = at_d - mean_rest_cast;
    const long double at_t1 = grad_output * factor;
    const long double at_t2 = grad_output * factor_2;
    *to_v_sum_inv_std3_sum_d_grad_output = at_t1 * at_d1;
    *to_v_sum_sum_grad_output_inv_std = at_t2;
}

static void instance_norm_double_backward_pass3_extended_row(ptrdiff_t n, const double *grad_output, const double *x,
    const long double mean_pivot, const long double mean_rest_cast, const long double factor,
    const long double factor_2, long double *high, long double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + instance_norm_least(n - i, 64);
        long double part_0[INSTANCE_NORM_CHAINS];
        long double part_1[INSTANCE_NORM_CHAINS];
        int k;
        for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + INSTANCE_NORM_CHAINS <= end; i += INSTANCE_NORM_CHAINS) {
            INSTANCE_NORM_SIMD
            for (k = 0; k < INSTANCE_NORM_CHAINS; ++k) {
                long double term_0, term_1;
                instance_norm_double_backward_pass3_extended_element((long double)grad_output[i + k], (long double)x[i
                    + k], mean_pivot, mean_rest_cast, factor, factor_2, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0, term_1;
            instance_norm_double_backward_pass3_extended_element((long double)grad_output[i], (long double)x[i],
                mean_pivot, mean_rest_cast, factor, factor_2, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = INSTANCE_NORM_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        instance_norm_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        instance_norm_add_extended(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void instance_norm_double_backward_pass3_extended_columns(ptrdiff_t n, const double *grad_output,
    const double *x, const long double *mean_pivot, const long double *mean_rest_cast, const long double *factor,
    const long double *factor_2, long double *high_0, long double *low_0, long double *high_1, long double *low_1)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0, term_1;
        instance_norm_double_backward_pass3_extended_element((long double)grad_output[i], (long double)x[i],
            mean_pivot[i], mean_rest_cast[i], factor[i], factor_2[i], &term_0, &term_1);
        instance_norm_add_extended(&high_0[i], &low_0[i], term_0);
        instance_norm_add_extended(&high_1[i], &low_1[i], term_1);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void instance_norm_double_backward_pass3_extended_units(const instance_norm_arguments_double *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot,
    const long double *lane_mean_rest_cast, const long double *lane_factor, const long double *lane_factor_2,
    long double *high, long double *low)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    double buffer_grad_output[INSTANCE_NORM_TILE];
    double buffer_x[INSTANCE_NORM_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double column_mean_pivot[INSTANCE_NORM_TILE];
        long double column_mean_rest_cast[INSTANCE_NORM_TILE];
        long double column_factor[INSTANCE_NORM_TILE];
        long double column_factor_2[INSTANCE_NORM_TILE];
        long double high_0[INSTANCE_NORM_TILE], low_0[INSTANCE_NORM_TILE];
        long double high_1[INSTANCE_NORM_TILE], low_1[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (long double)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (long double)lane_mean_rest_cast[b];
                column_factor[k] = (long double)lane_factor[b];
                column_factor_2[k] = (long double)lane_factor_2[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            instance_norm_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, unit + 1, ahead);
                instance_norm_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = instance_norm_read_double_double(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = instance_norm_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_x);
            instance_norm_double_backward_pass3_extended_columns(n, grad_output, x, column_mean_pivot,
                column_mean_rest_cast, column_factor, column_factor_2, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                instance_norm_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                instance_norm_add_extended(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : instance_norm_least(run - j,
                    INSTANCE_NORM_TILE);
                grad_output = instance_norm_read_double_double(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = instance_norm_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                instance_norm_double_backward_pass3_extended_row(n, grad_output, x, (long double)lane_mean_pivot[b],
                    (long double)lane_mean_rest_cast[b], (long double)lane_factor[b], (long double)lane_factor_2[b],
                    high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void instance_norm_double_backward_pass3_extended_sums(const instance_norm_arguments_double *a,
    const instance_norm_block *c, const long double *lane_mean_pivot, const long double *lane_mean_rest_cast,
    const long double *lane_factor, const long double *lane_factor_2, long double *sum_v_sum_inv_std3_sum_d_grad_output,
    long double *sum_v_sum_sum_grad_output_inv_std)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    long double part[2 * 2 * INSTANCE_NORM_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_double_backward_pass3_extended_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_factor_2, part + k * stride, part + k * stride
            + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_inv_std3_sum_d_grad_output[b] = (long double)instance_norm_whole_extended(high, low);
        }
        {
            long double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                instance_norm_add_extended(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_sum_grad_output_inv_std[b] = (long double)instance_norm_whole_extended(high, low);
        }
    }
}


INSTANCE_NORM_INLINE void instance_norm_double_backward_pass5_double_element(
const double grad_output, const double x, const double cotangent_grad_input, const double slope, const double shift,
    const double slope_2, const double mean_pivot, const double mean_rest_cast, const double slope_3,
    const double shift_2, const double slope_4, const double scale, const double shift_3, const double slope_5,
    const double scale_2, const double cotangent_grad_bias_cast, double *to_grad_x, double *to_grad_grad_output)
{
    const double at_t1 = cotangent_grad_input * slope;
    const double at_t2 = at_t1 + shift;
    const double at_t3 = grad_output * slope_2;
    const double at_t4 = at_t2 + at_t3;
    const double at_d = x - mean_pivot;
    const double at_d1 = at_d - mean_rest_cast;
    const double at_t5 = at_d1 * slope_3;
    const double at_t6 = at_t4 + at_t5;
    const double at_t7 = grad_output - shift_2;
    const double at_t8 = at_d1 * slope_4;
    const double at_t9 = at_t7 + at_t8;
    const double at_t10 = at_t9 * scale;
    const double at_t11 = at_t6 + at_t10;
    const double at_t12 = cotangent_grad_input - shift_3;
    const double at_t13 = at_d1 * slope_5;
    const double at_t14 = at_t12 + at_t13;
    const double at_t15 = at_t14 * scale_2;
    const double at_t16 = at_d1 * scale;
    const double at_t17 = at_t15 + at_t16;
    const double at_t18 = at_t17 + cotangent_grad_bias_cast;
    *to_grad_x = at_t11;
    *to_grad_grad_output = at_t18;
}

static void instance_norm_double_backward_pass5_double_row(ptrdiff_t n, const double *grad_output, const double *x,
    const double *cotangent_grad_input, const double slope, const double shift, const double slope_2,
    const double mean_pivot, const double mean_rest_cast, const double slope_3, const double shift_2,
    const double slope_4, const double scale, const double shift_3, const double slope_5, const double scale_2,
    const double cotangent_grad_bias_cast, double *out_grad_x, double *out_grad_grad_output)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        instance_norm_double_backward_pass5_double_element(grad_output[i], x[i], cotangent_grad_input[i], slope, shift,
            slope_2, mean_pivot, mean_rest_cast, slope_3, shift_2, slope_4, scale, shift_3, slope_5, scale_2,
            cotangent_grad_bias_cast, &out_grad_x[i], &out_grad_grad_output[i]);
    }
}

static void instance_norm_double_backward_pass5_double_columns(ptrdiff_t n, const double *grad_output, const double *x,
    const double *cotangent_grad_input, const double *slope, const double *shift, const double *slope_2,
    const double *mean_pivot, const double *mean_rest_cast, const double *slope_3, const double *shift_2,
    const double *slope_4, const double *scale, const double *shift_3, const double *slope_5, const double *scale_2,
    const double *cotangent_grad_bias_cast, double *out_grad_x, double *out_grad_grad_output)
{
    ptrdiff_t i;
    INSTANCE_NORM_SIMD
    for (i = 0; i < n; ++i) {
        instance_norm_double_backward_pass5_double_element(grad_output[i], x[i], cotangent_grad_input[i], slope[i],
            shift[i], slope_2[i], mean_pivot[i], mean_rest_cast[i], slope_3[i], shift_2[i], slope_4[i], scale[i],
            shift_3[i], slope_5[i], scale_2[i], cotangent_grad_bias_cast[i], &out_grad_x[i], &out_grad_grad_output[i]);
    }
}

/* Units first to end of a block. */
static void instance_norm_double_backward_pass5_double_units(const instance_norm_arguments_double *a,
    const instance_norm_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_slope,
    const long double *lane_shift, const long double *lane_slope_2, const long double *lane_mean_pivot,
    const long double *lane_mean_rest_cast, const long double *lane_slope_3, const long double *lane_shift_2,
    const long double *lane_slope_4, const long double *lane_scale, const long double *lane_shift_3,
    const long double *lane_slope_5, const long double *lane_scale_2, const long double *lane_cotangent_grad_bias_cast)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t at[INSTANCE_NORM_TABLES], ahead[INSTANCE_NORM_TABLES], unit, b, k;
    double buffer_grad_output[INSTANCE_NORM_TILE];
    double buffer_x[INSTANCE_NORM_TILE];
    double buffer_cotangent_grad_input[INSTANCE_NORM_TILE];
    double buffer_grad_x[INSTANCE_NORM_TILE];
    double buffer_grad_grad_output[INSTANCE_NORM_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_slope[INSTANCE_NORM_TILE];
        double column_shift[INSTANCE_NORM_TILE];
        double column_slope_2[INSTANCE_NORM_TILE];
        double column_mean_pivot[INSTANCE_NORM_TILE];
        double column_mean_rest_cast[INSTANCE_NORM_TILE];
        double column_slope_3[INSTANCE_NORM_TILE];
        double column_shift_2[INSTANCE_NORM_TILE];
        double column_slope_4[INSTANCE_NORM_TILE];
        double column_scale[INSTANCE_NORM_TILE];
        double column_shift_3[INSTANCE_NORM_TILE];
        double column_slope_5[INSTANCE_NORM_TILE];
        double column_scale_2[INSTANCE_NORM_TILE];
        double column_cotangent_grad_bias_cast[INSTANCE_NORM_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_slope[k] = (double)lane_slope[b];
                column_shift[k] = (double)lane_shift[b];
                column_slope_2[k] = (double)lane_slope_2[b];
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (double)lane_mean_rest_cast[b];
                column_slope_3[k] = (double)lane_slope_3[b];
                column_shift_2[k] = (double)lane_shift_2[b];
                column_slope_4[k] = (double)lane_slope_4[b];
                column_scale[k] = (double)lane_scale[b];
                column_shift_3[k] = (double)lane_shift_3[b];
                column_slope_5[k] = (double)lane_slope_5[b];
                column_scale_2[k] = (double)lane_scale_2[b];
                column_cotangent_grad_bias_cast[k] = (double)lane_cotangent_grad_bias_cast[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            const double *cotangent_grad_input;
            double *out_grad_x;
            double *out_grad_grad_output;
            instance_norm_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                instance_norm_unit(w, c, first + end - 2 - unit, ahead);
                instance_norm_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->grad_x + ahead[4], n * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->grad_grad_output + ahead[3], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = instance_norm_read_double_double(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = instance_norm_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_x);
            cotangent_grad_input = instance_norm_read_double_double(a->cotangent_grad_input + at[2], w->lane_stride[2],
                w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            out_grad_x = (w->run_size == 1 || w->run_stride[4] == 1) && (c->lanes == 1
                || w->lane_stride[4] == w->run_size) ? a->grad_x + at[4] : buffer_grad_x;
            out_grad_grad_output = (w->run_size == 1 || w->run_stride[3] == 1) && (c->lanes == 1
                || w->lane_stride[3] == w->run_size) ? a->grad_grad_output + at[3] : buffer_grad_grad_output;
            instance_norm_double_backward_pass5_double_columns(n, grad_output, x, cotangent_grad_input, column_slope,
                column_shift, column_slope_2, column_mean_pivot, column_mean_rest_cast, column_slope_3, column_shift_2,
                column_slope_4, column_scale, column_shift_3, column_slope_5, column_scale_2,
                column_cotangent_grad_bias_cast, out_grad_x, out_grad_grad_output);
            if (out_grad_x == buffer_grad_x) instance_norm_write_double(buffer_grad_x, a->grad_x + at[4],
                w->lane_stride[4], w->run_stride[4], c->lanes, w->run_size);
            if (out_grad_grad_output == buffer_grad_grad_output) instance_norm_write_double(buffer_grad_grad_output,
                a->grad_grad_output + at[3], w->lane_stride[3], w->run_stride[3], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = instance_norm_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) instance_norm_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                instance_norm_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->grad_x + ahead[4] + b * w->lane_stride[4], run * (ptrdiff_t)sizeof(double));
                instance_norm_fetch(a->grad_grad_output + ahead[3] + b * w->lane_stride[3],
                    run * (ptrdiff_t)sizeof(double));
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
                    && w->run_stride[3] == 1 ? run : instance_norm_least(run - j, INSTANCE_NORM_TILE);
                grad_output = instance_norm_read_double_double(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = instance_norm_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = instance_norm_read_double_double(cotangent_grad_input, 0, w->run_stride[2], 1, n,
                    buffer_cotangent_grad_input);
                out_grad_x = n == 1 || w->run_stride[4] == 1 ? to_grad_x : buffer_grad_x;
                out_grad_grad_output = n == 1 || w->run_stride[3] == 1 ? to_grad_grad_output : buffer_grad_grad_output;
                instance_norm_double_backward_pass5_double_row(n, grad_output, x, cotangent_grad_input,
                    (double)lane_slope[b], (double)lane_shift[b], (double)lane_slope_2[b], (double)lane_mean_pivot[b],
                    (double)lane_mean_rest_cast[b], (double)lane_slope_3[b], (double)lane_shift_2[b],
                    (double)lane_slope_4[b], (double)lane_scale[b], (double)lane_shift_3[b], (double)lane_slope_5[b],
                    (double)lane_scale_2[b], (double)lane_cotangent_grad_bias_cast[b], out_grad_x,
                    out_grad_grad_output);
                if (out_grad_x == buffer_grad_x) instance_norm_write_double(buffer_grad_x, to_grad_x, 0,
                    w->run_stride[4], 1, n);
                if (out_grad_grad_output == buffer_grad_grad_output) instance_norm_write_double(buffer_grad_grad_output,
                    to_grad_grad_output, 0, w->run_stride[3], 1, n);
            }
        }
    }
}

static void instance_norm_double_backward_pass5_double_all(const instance_norm_arguments_double *a,
    const instance_norm_block *c, const long double *lane_slope, const long double *lane_shift,
    const long double *lane_slope_2, const long double *lane_mean_pivot, const long double *lane_mean_rest_cast,
    const long double *lane_slope_3, const long double *lane_shift_2, const long double *lane_slope_4,
    const long double *lane_scale, const long double *lane_shift_3, const long double *lane_slope_5,
    const long double *lane_scale_2, const long double *lane_cotangent_grad_bias_cast)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        instance_norm_double_backward_pass5_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_slope,
            lane_shift, lane_slope_2, lane_mean_pivot, lane_mean_rest_cast, lane_slope_3, lane_shift_2, lane_slope_4,
            lane_scale, lane_shift_3, lane_slope_5, lane_scale_2, lane_cotangent_grad_bias_cast);
    }
}


static void instance_norm_double_backward_block_double(const instance_norm_arguments_double *a, instance_norm_block *c)
{
    const instance_norm_walk *w = &a->walk;
    ptrdiff_t b;
    long double lane_weight[INSTANCE_NORM_LANES];
    long double lane_cotangent_grad_weight[INSTANCE_NORM_LANES];
    long double lane_cotangent_grad_bias[INSTANCE_NORM_LANES];
    long double lane_mean[INSTANCE_NORM_LANES];
    long double lane_mean_low[INSTANCE_NORM_LANES];
    long double lane_inv_std[INSTANCE_NORM_LANES];
    long double lane_mean_pivot[INSTANCE_NORM_LANES];
    long double lane_mean_rest[INSTANCE_NORM_LANES];
    long double lane_inv_std_cast[INSTANCE_NORM_LANES];
    long double lane_near_sum_cotangent_grad_input_d[INSTANCE_NORM_LANES];
    long double lane_v_sum_cotangent_grad_input_grad_output[INSTANCE_NORM_LANES];
    long double lane_v_sum_cotangent_grad_input_grad_output_inv_std[INSTANCE_NORM_LANES];
    long double lane_near_sum_d_grad_output[INSTANCE_NORM_LANES];
    long double lane_v_sum_cotangent_grad_input[INSTANCE_NORM_LANES];
    long double lane_v_sum_grad_output[INSTANCE_NORM_LANES];
    long double lane_v_sum_cotangent_grad_input_d[INSTANCE_NORM_LANES];
    long double lane_v_sum_d_grad_output[INSTANCE_NORM_LANES];
    long double lane_mean_rest_cast[INSTANCE_NORM_LANES];
    long double lane_factor[INSTANCE_NORM_LANES];
    long double lane_factor_2[INSTANCE_NORM_LANES];
    long double lane_v_sum_inv_std3_sum_d_grad_output[INSTANCE_NORM_LANES];
    long double lane_v_sum_sum_grad_output_inv_std[INSTANCE_NORM_LANES];
    long double lane_slope[INSTANCE_NORM_LANES];
    long double lane_shift[INSTANCE_NORM_LANES];
    long double lane_slope_2[INSTANCE_NORM_LANES];
    long double lane_slope_3[INSTANCE_NORM_LANES];
    long double lane_shift_2[INSTANCE_NORM_LANES];
    long double lane_slope_4[INSTANCE_NORM_LANES];
    long double lane_scale[INSTANCE_NORM_LANES];
    long double lane_shift_3[INSTANCE_NORM_LANES];
    long double lane_slope_5[INSTANCE_NORM_LANES];
    long double lane_scale_2[INSTANCE_NORM_LANES];
    long double lane_cotangent_grad_bias_cast[INSTANCE_NORM_LANES];
    long double again_near_sum_cotangent_grad_input_d[INSTANCE_NORM_LANES],
        again_v_sum_cotangent_grad_input_grad_output[INSTANCE_NORM_LANES],
        again_v_sum_cotangent_grad_input_grad_output_inv_std[INSTANCE_NORM_LANES],
        again_near_sum_d_grad_output[INSTANCE_NORM_LANES], again_v_sum_cotangent_grad_input[INSTANCE_NORM_LANES],
        again_v_sum_grad_output[INSTANCE_NORM_LANES], again_v_sum_inv_std3_sum_d_grad_output[INSTANCE_NORM_LANES],
        again_v_sum_sum_grad_output_inv_std[INSTANCE_NORM_LANES];
    int finite;
    const long double count_s = a->count_s;
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_weight[b] = a->weight == NULL ? 1.0 : (long double)a->weight[c->at[5] + b * w->lane_stride[5]];
        lane_cotangent_grad_weight[b] = a->cotangent_grad_weight == NULL ? 0.0
            : (long double)a->cotangent_grad_weight[c->at[5] + b * w->lane_stride[5]];
        lane_cotangent_grad_bias[b] = a->cotangent_grad_bias == NULL ? 0.0
            : (long double)a->cotangent_grad_bias[c->at[5] + b * w->lane_stride[5]];
        lane_mean[b] = a->mean[c->at[6] + b * w->lane_stride[6]];
        lane_mean_low[b] = a->mean_low[c->at[6] + b * w->lane_stride[6]];
        lane_inv_std[b] = a->inv_std[c->at[6] + b * w->lane_stride[6]];
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (double)(lane_mean[b]);
        lane_mean_rest[b] = (lane_mean[b] - lane_mean_pivot[b]) + lane_mean_low[b];
        lane_inv_std_cast[b] = lane_inv_std[b];
    }
    finite = 0;
    if (!a->few) {
        instance_norm_double_backward_pass1_double_sums(a, c, lane_mean_pivot, lane_inv_std_cast,
            lane_near_sum_cotangent_grad_input_d, lane_v_sum_cotangent_grad_input_grad_output,
            lane_v_sum_cotangent_grad_input_grad_output_inv_std, lane_near_sum_d_grad_output,
            lane_v_sum_cotangent_grad_input, lane_v_sum_grad_output);
        finite = instance_norm_finite_extended(lane_near_sum_cotangent_grad_input_d, c->lanes)
            && instance_norm_finite_extended(lane_v_sum_cotangent_grad_input_grad_output, c->lanes)
            && instance_norm_finite_extended(lane_v_sum_cotangent_grad_input_grad_output_inv_std, c->lanes)
            && instance_norm_finite_extended(lane_near_sum_d_grad_output, c->lanes)
            && instance_norm_finite_extended(lane_v_sum_cotangent_grad_input, c->lanes)
            && instance_norm_finite_extended(lane_v_sum_grad_output, c->lanes);
    }
    if (!finite) {
        instance_norm_double_backward_pass1_extended_sums(a, c, lane_mean_pivot, lane_inv_std_cast,
            again_near_sum_cotangent_grad_input_d, again_v_sum_cotangent_grad_input_grad_output,
            again_v_sum_cotangent_grad_input_grad_output_inv_std, again_near_sum_d_grad_output,
            again_v_sum_cotangent_grad_input, again_v_sum_grad_output);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_near_sum_cotangent_grad_input_d[b])) lane_near_sum_cotangent_grad_input_d[b]
                = again_near_sum_cotangent_grad_input_d[b];
            if (a->few || !isfinite(lane_v_sum_cotangent_grad_input_grad_output[b]))
                lane_v_sum_cotangent_grad_input_grad_output[b] = again_v_sum_cotangent_grad_input_grad_output[b];
            if (a->few || !isfinite(lane_v_sum_cotangent_grad_input_grad_output_inv_std[b]))
                lane_v_sum_cotangent_grad_input_grad_output_inv_std[b]
                = again_v_sum_cotangent_grad_input_grad_output_inv_std[b];
            if (a->few || !isfinite(lane_near_sum_d_grad_output[b])) lane_near_sum_d_grad_output[b]
                = again_near_sum_d_grad_output[b];
            if (a->few || !isfinite(lane_v_sum_cotangent_grad_input[b])) lane_v_sum_cotangent_grad_input[b]
                = again_v_sum_cotangent_grad_input[b];
            if (a->few || !isfinite(lane_v_sum_grad_output[b])) lane_v_sum_grad_output[b] = again_v_sum_grad_output[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        double *high = c->part + a->begin_v_sum_cotangent_grad_input_grad_output_inv_std + c->at[5]
            + b * w->lane_stride[5];
        instance_norm_add_double(high, high + a->places_v_sum_cotangent_grad_input_grad_output_inv_std,
            (double)lane_v_sum_cotangent_grad_input_grad_output_inv_std[b]);
        high[a->places_v_sum_cotangent_grad_input_grad_output_inv_std]
            += (double)(lane_v_sum_cotangent_grad_input_grad_output_inv_std[b]
            - (double)lane_v_sum_cotangent_grad_input_grad_output_inv_std[b]);
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_v_sum_cotangent_grad_input_d[b] = lane_near_sum_cotangent_grad_input_d[b] - lane_mean_rest[b]
            *lane_v_sum_cotangent_grad_input[b];
        lane_v_sum_d_grad_output[b] = lane_near_sum_d_grad_output[b] - lane_mean_rest[b]*lane_v_sum_grad_output[b];
        lane_mean_rest_cast[b] = lane_mean_rest[b];
        lane_factor[b] = powl(lane_inv_std[b], 3.0)*lane_v_sum_cotangent_grad_input_d[b];
        lane_factor_2[b] = lane_inv_std[b]*lane_v_sum_cotangent_grad_input[b];
    }
    finite = 0;
    if (!a->few) {
        instance_norm_double_backward_pass3_double_sums(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_factor,
            lane_factor_2, lane_v_sum_inv_std3_sum_d_grad_output, lane_v_sum_sum_grad_output_inv_std);
        finite = instance_norm_finite_extended(lane_v_sum_inv_std3_sum_d_grad_output, c->lanes)
            && instance_norm_finite_extended(lane_v_sum_sum_grad_output_inv_std, c->lanes);
    }
    if (!finite) {
        instance_norm_double_backward_pass3_extended_sums(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_factor,
            lane_factor_2, again_v_sum_inv_std3_sum_d_grad_output, again_v_sum_sum_grad_output_inv_std);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_inv_std3_sum_d_grad_output[b])) lane_v_sum_inv_std3_sum_d_grad_output[b]
                = again_v_sum_inv_std3_sum_d_grad_output[b];
            if (a->few || !isfinite(lane_v_sum_sum_grad_output_inv_std[b])) lane_v_sum_sum_grad_output_inv_std[b]
                = again_v_sum_sum_grad_output_inv_std[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        double *high = c->part + a->begin_v_sum_inv_std3_sum_d_grad_output + c->at[5] + b * w->lane_stride[5];
        instance_norm_add_double(high, high + a->places_v_sum_inv_std3_sum_d_grad_output,
            (double)lane_v_sum_inv_std3_sum_d_grad_output[b]);
        high[a->places_v_sum_inv_std3_sum_d_grad_output] += (double)(lane_v_sum_inv_std3_sum_d_grad_output[b]
            - (double)lane_v_sum_inv_std3_sum_d_grad_output[b]);
    }
    for (b = 0; b < c->lanes; ++b) {
        double *high = c->part + a->begin_v_sum_sum_grad_output_inv_std + c->at[5] + b * w->lane_stride[5];
        instance_norm_add_double(high, high + a->places_v_sum_sum_grad_output_inv_std,
            (double)lane_v_sum_sum_grad_output_inv_std[b]);
        high[a->places_v_sum_sum_grad_output_inv_std] += (double)(lane_v_sum_sum_grad_output_inv_std[b]
            - (double)lane_v_sum_sum_grad_output_inv_std[b]);
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_slope[b] = -powl(lane_inv_std[b], 3.0)*lane_v_sum_d_grad_output[b]*lane_weight[b]/count_s;
        lane_shift[b] = powl(lane_inv_std[b], 3.0)*lane_v_sum_cotangent_grad_input[b]*lane_v_sum_d_grad_output[b]
            *lane_weight[b]/instance_norm_square_extended(count_s) + powl(lane_inv_std[b], 3.0)
            *lane_v_sum_cotangent_grad_input_d[b]*lane_v_sum_grad_output[b]
            *lane_weight[b]/instance_norm_square_extended(count_s);
        lane_slope_2[b] = -powl(lane_inv_std[b], 3.0)*lane_v_sum_cotangent_grad_input_d[b]*lane_weight[b]/count_s;
        lane_slope_3[b] = 3.0*powl(lane_inv_std[b], 5.0)*lane_v_sum_cotangent_grad_input_d[b]
            *lane_v_sum_d_grad_output[b]*lane_weight[b]/instance_norm_square_extended(count_s) + powl(lane_inv_std[b],
            3.0)*lane_v_sum_cotangent_grad_input[b]*lane_v_sum_grad_output[b]
            *lane_weight[b]/instance_norm_square_extended(count_s) - powl(lane_inv_std[b], 3.0)
            *lane_v_sum_cotangent_grad_input_grad_output[b]*lane_weight[b]/count_s;
        lane_shift_2[b] = lane_v_sum_grad_output[b]/count_s;
        lane_slope_4[b] = -instance_norm_square_extended(lane_inv_std[b])*lane_v_sum_d_grad_output[b]/count_s;
        lane_scale[b] = lane_cotangent_grad_weight[b]*lane_inv_std[b];
        lane_shift_3[b] = lane_v_sum_cotangent_grad_input[b]/count_s;
        lane_slope_5[b] = -instance_norm_square_extended(lane_inv_std[b])*lane_v_sum_cotangent_grad_input_d[b]/count_s;
        lane_scale_2[b] = lane_inv_std[b]*lane_weight[b];
        lane_cotangent_grad_bias_cast[b] = lane_cotangent_grad_bias[b];
    }
    instance_norm_double_backward_pass5_double_all(a, c, lane_slope, lane_shift, lane_slope_2, lane_mean_pivot,
        lane_mean_rest_cast, lane_slope_3, lane_shift_2, lane_slope_4, lane_scale, lane_shift_3, lane_slope_5,
        lane_scale_2, lane_cotangent_grad_bias_cast);
    (void)w;
}

int instance_norm_double_backward_double(
    const instance_norm_extents *extents,
    const double *grad_output, const ptrdiff_t *grad_output_strides,
    const double *x, const ptrdiff_t *x_strides,
    const double *cotangent_grad_input, const ptrdiff_t *cotangent_grad_input_strides,
    const double *weight,
    const double *cotangent_grad_weight,
    const double *cotangent_grad_bias,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    double *grad_grad_output, const ptrdiff_t *grad_grad_output_strides,
    double *grad_x, const ptrdiff_t *grad_x_strides,
    double *result_grad_weight,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"c", "c", "nc", "nc" };
    const ptrdiff_t *strides[5];
    instance_norm_arguments_double a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = instance_norm_check_extents(extents), outside;
    k = 0;
    if (status != INSTANCE_NORM_OK) return status;
    if (grad_output == NULL || x == NULL || cotangent_grad_input == NULL || grad_grad_output == NULL || grad_x == NULL
        || mean == NULL || mean_low == NULL || inv_std == NULL || result_grad_weight == NULL) return INSTANCE_NORM_NULL;
    if (threads < 1) return INSTANCE_NORM_THREADS;
    if (workspace_size < instance_norm_double_backward_workspace(extents)) return INSTANCE_NORM_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return INSTANCE_NORM_WORKSPACE;
    if (instance_norm_count(extents, "ncs") == 0) {
        for (k = 0; k < instance_norm_count(extents, "c"); ++k) result_grad_weight[k] = 0;
        return INSTANCE_NORM_OK;
    }
    strides[0] = grad_output_strides;
    strides[1] = x_strides;
    strides[2] = cotangent_grad_input_strides;
    strides[3] = grad_grad_output_strides;
    strides[4] = grad_x_strides;
    instance_norm_plan(&a.walk, extents, "nc", 5, strides, 2, layouts, sizeof(double), 1);
    a.grad_output = grad_output;
    a.x = x;
    a.cotangent_grad_input = cotangent_grad_input;
    a.grad_grad_output = grad_grad_output;
    a.grad_x = grad_x;
    a.weight = weight;
    a.cotangent_grad_weight = cotangent_grad_weight;
    a.cotangent_grad_bias = cotangent_grad_bias;
    a.mean = mean;
    a.mean_low = mean_low;
    a.inv_std = inv_std;
    a.result_grad_weight = result_grad_weight;
    a.count_s = (double)instance_norm_count(extents, "s");
    a.few = instance_norm_count(extents, "ns") < INSTANCE_NORM_FEW || instance_norm_count(extents, "s")
        < INSTANCE_NORM_FEW;
    total = 0;
    a.begin_v_sum_cotangent_grad_input_grad_output_inv_std = total;
    a.places_v_sum_cotangent_grad_input_grad_output_inv_std = instance_norm_count(extents, "c");
    total += 2 * a.places_v_sum_cotangent_grad_input_grad_output_inv_std;
    a.begin_v_sum_inv_std3_sum_d_grad_output = total;
    a.places_v_sum_inv_std3_sum_d_grad_output = instance_norm_count(extents, "c");
    total += 2 * a.places_v_sum_inv_std3_sum_d_grad_output;
    a.begin_v_sum_sum_grad_output_inv_std = total;
    a.places_v_sum_sum_grad_output_inv_std = instance_norm_count(extents, "c");
    total += 2 * a.places_v_sum_sum_grad_output_inv_std;
    portions = instance_norm_least(instance_norm_double_backward_portions(extents), a.walk.blocks);
    for (k = 0; k < portions * total; ++k) memory[k] = 0;
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
            instance_norm_block c;
            instance_norm_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            instance_norm_double_backward_block_double(&a, &c);
        }
    }
    for (number = 1; number < portions; ++number) {
        const double *from = memory + number * total;
        for (k = a.begin_v_sum_cotangent_grad_input_grad_output_inv_std;
            k < a.begin_v_sum_cotangent_grad_input_grad_output_inv_std
            + a.places_v_sum_cotangent_grad_input_grad_output_inv_std; ++k) {
            instance_norm_add_double(&memory[k], &memory[a.places_v_sum_cotangent_grad_input_grad_output_inv_std + k],
                from[k]);
            memory[a.places_v_sum_cotangent_grad_input_grad_output_inv_std + k]
                += from[a.places_v_sum_cotangent_grad_input_grad_output_inv_std + k];
        }
        for (k = a.begin_v_sum_inv_std3_sum_d_grad_output; k < a.begin_v_sum_inv_std3_sum_d_grad_output
            + a.places_v_sum_inv_std3_sum_d_grad_output; ++k) {
            instance_norm_add_double(&memory[k], &memory[a.places_v_sum_inv_std3_sum_d_grad_output + k], from[k]);
            memory[a.places_v_sum_inv_std3_sum_d_grad_output + k] += from[a.places_v_sum_inv_std3_sum_d_grad_output
                + k];
        }
        for (k = a.begin_v_sum_sum_grad_output_inv_std; k < a.begin_v_sum_sum_grad_output_inv_std
            + a.places_v_sum_sum_grad_output_inv_std; ++k) {
            instance_norm_add_double(&memory[k], &memory[a.places_v_sum_sum_grad_output_inv_std + k], from[k]);
            memory[a.places_v_sum_sum_grad_output_inv_std + k] += from[a.places_v_sum_sum_grad_output_inv_std + k];
        }
    }
    { const long double count_s = a.count_s;
    total = instance_norm_places(&a.walk, "c");
    for (k = 0; k < total; ++k) {
        const long double item_v_sum_cotangent_grad_input_grad_output_inv_std
            = (long double)instance_norm_whole_double((memory
            + a.begin_v_sum_cotangent_grad_input_grad_output_inv_std)[instance_norm_place(&a.walk, "c", k, 5)], (memory
            + a.begin_v_sum_cotangent_grad_input_grad_output_inv_std)[a.places_v_sum_cotangent_grad_input_grad_output_inv_std
            + instance_norm_place(&a.walk, "c", k, 5)]);
        const long double item_v_sum_inv_std3_sum_d_grad_output = (long double)instance_norm_whole_double((memory
            + a.begin_v_sum_inv_std3_sum_d_grad_output)[instance_norm_place(&a.walk, "c", k, 5)], (memory
            + a.begin_v_sum_inv_std3_sum_d_grad_output)[a.places_v_sum_inv_std3_sum_d_grad_output
            + instance_norm_place(&a.walk, "c", k, 5)]);
        const long double item_v_sum_sum_grad_output_inv_std = (long double)instance_norm_whole_double((memory
            + a.begin_v_sum_sum_grad_output_inv_std)[instance_norm_place(&a.walk, "c", k, 5)], (memory
            + a.begin_v_sum_sum_grad_output_inv_std)[a.places_v_sum_sum_grad_output_inv_std
            + instance_norm_place(&a.walk, "c", k, 5)]);
        const long double item_grad_weight = item_v_sum_cotangent_grad_input_grad_output_inv_std
            - item_v_sum_inv_std3_sum_d_grad_output/count_s - item_v_sum_sum_grad_output_inv_std/count_s;
        result_grad_weight[instance_norm_place(&a.walk, "c", k, 5)] = (double)item_grad_weight;
    }
    }
    return INSTANCE_NORM_OK;
}

#ifdef __cplusplus
}
#endif

#endif /* INSTANCE_NORM_IMPLEMENTATION */
