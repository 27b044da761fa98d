/* batch_norm_silu: forward and backward kernels for C99.
 *
 * Do not edit: this file is generated. Regenerate it with: regenerate-kernels batch_norm_silu
 *
 * The forward and backward pass of batch_norm_silu for float32 and float64 arrays, derived from
 *
 *     mean = sum[n,s](x)/(N_n*N_s)
 *     var = sum[n,s]((x - mean)**2)/(N_n*N_s)
 *     z = (x - mean)*gamma/sqrt(var + eps) + beta
 *     y = sigmoid(z)*z
 *     d = x - mean
 *     inv_std = 1/sqrt(var + eps)
 *     grad_z = (sigmoid(-z)*sigmoid(z)*z + sigmoid(z))*grad_output
 *     grad_input = gamma*inv_std*(grad_z - inv_std**2*d*sum[n,s](d*grad_z)/(N_n*N_s) - sum[n,s](grad_z)/(N_n*N_s))
 *     grad_gamma = inv_std*sum[n,s](d*grad_z)
 *     grad_beta = sum[n,s](grad_z)
 *
 * Here sum[...] adds over the axes in brackets, and N_a is the size of axis a.
 *
 * It relies on these theorems about the layer, each proven and checked independently:
 *
 * - grad_z, element by element
 * - deviations of x from mean sum to zero
 * - closed form of grad_x
 * - closed form of grad_gamma
 * - closed form of grad_beta
 * - the vanishing term
 * - tangent_z, element by element, along a direction
 * - closed form of tangent_y
 * - grad_z, element by element, along a direction
 * - grad_tangent_z, element by element, along a direction
 * - closed form of grad_grad_output of the backward pass
 * - closed form of grad_x of the backward pass
 * - closed form of grad_gamma of the backward pass
 * - closed form of grad_beta of the backward pass
 *
 * Derivation: sha256 a6405304592393d46c6185a87838ac357a5806818fe2d48df615fed1c5280b22
 *
 * Use: include this file wherever the functions are called; in one C99 (or C++) file,
 *     define BATCH_NORM_SILU_IMPLEMENTATION
 * before that. Link with the mathematical library. With OpenMP the work is shared out to threads; the results have the
 * same bits without it. Nothing is allocated and there is no global state: what a call needs beside its arguments is
 * the workspace that the caller gives, aligned as double.
 *
 * Full-size arrays come with their strides, in elements, which may be negative or NULL for C order. Smaller tensors and
 * results are dense, in C order over the dimensions that belong to them, in the order of the array's dimensions.
 * What is written may be exactly an array that is read, with the same strides; no other overlap is allowed.
 */
#ifndef BATCH_NORM_SILU_H
#define BATCH_NORM_SILU_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    BATCH_NORM_SILU_OK = 0,
    BATCH_NORM_SILU_NULL = 1,      /* a pointer that is needed is NULL */
    BATCH_NORM_SILU_EXTENTS = 2,   /* a rank, size or class that cannot be, or more elements than can be counted */
    BATCH_NORM_SILU_WORKSPACE = 3, /* too small, NULL or not aligned as double */
    BATCH_NORM_SILU_THREADS = 4,   /* less than one thread */
    BATCH_NORM_SILU_EMPTY = 5      /* no elements, so there are no statistics */
};

/* The shape of the full-size arrays. The classes have one letter for each dimension:
 *     n: n, s
 *     c: c
 */
typedef struct {
    int rank;
    const ptrdiff_t *size;
    const char *classes;
} batch_norm_silu_extents;

/* statistics: mean, mean_low, var, inv_std.
 *
 * x: a full-size array that is read.
 * result_mean: receives mean, dense over the classes c.
 * result_mean_low: receives mean_low, dense over the classes c.
 * result_var: receives var, dense over the classes c.
 * result_inv_std: receives inv_std, dense over the classes c.
 *
 * Returns BATCH_NORM_SILU_OK or one of the errors above. The results do not depend on the number of threads.
 */
int batch_norm_silu_statistics_float(
    const batch_norm_silu_extents *extents,
    const float *x, const ptrdiff_t *x_strides,
    double *result_mean,
    double *result_mean_low,
    double *result_var,
    double *result_inv_std,
    double eps,
    void *workspace,
    size_t workspace_size,
    int threads);

int batch_norm_silu_statistics_double(
    const batch_norm_silu_extents *extents,
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
size_t batch_norm_silu_statistics_workspace(const batch_norm_silu_extents *extents);

/* forward: y, mean, mean_low, var, inv_std.
 *
 * x: a full-size array that is read.
 * gamma: dense over the classes c; NULL means 1.0.
 * beta: dense over the classes c; NULL means 0.0.
 * y: a full-size array that is written.
 * result_mean: receives mean, dense over the classes c.
 * result_mean_low: receives mean_low, dense over the classes c.
 * result_var: receives var, dense over the classes c.
 * result_inv_std: receives inv_std, dense over the classes c.
 *
 * Returns BATCH_NORM_SILU_OK or one of the errors above. The results do not depend on the number of threads.
 */
int batch_norm_silu_forward_float(
    const batch_norm_silu_extents *extents,
    const float *x, const ptrdiff_t *x_strides,
    const float *gamma,
    const float *beta,
    float *y, const ptrdiff_t *y_strides,
    double *result_mean,
    double *result_mean_low,
    double *result_var,
    double *result_inv_std,
    double eps,
    void *workspace,
    size_t workspace_size,
    int threads);

int batch_norm_silu_forward_double(
    const batch_norm_silu_extents *extents,
    const double *x, const ptrdiff_t *x_strides,
    const double *gamma,
    const double *beta,
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
size_t batch_norm_silu_forward_workspace(const batch_norm_silu_extents *extents);

/* backward: grad_x, grad_gamma, grad_beta.
 *
 * grad_output: a full-size array that is read.
 * x: a full-size array that is read.
 * gamma: dense over the classes c; NULL means 1.0.
 * beta: dense over the classes c; NULL means 0.0.
 * mean: dense over the classes c.
 * mean_low: dense over the classes c.
 * inv_std: dense over the classes c.
 * grad_x: a full-size array that is written.
 * result_grad_gamma: receives grad_gamma, dense over the classes c.
 * result_grad_beta: receives grad_beta, dense over the classes c.
 *
 * Returns BATCH_NORM_SILU_OK or one of the errors above. The results do not depend on the number of threads.
 */
int batch_norm_silu_backward_float(
    const batch_norm_silu_extents *extents,
    const float *grad_output, const ptrdiff_t *grad_output_strides,
    const float *x, const ptrdiff_t *x_strides,
    const float *gamma,
    const float *beta,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    float *grad_x, const ptrdiff_t *grad_x_strides,
    double *result_grad_gamma,
    double *result_grad_beta,
    void *workspace,
    size_t workspace_size,
    int threads);

int batch_norm_silu_backward_double(
    const batch_norm_silu_extents *extents,
    const double *grad_output, const ptrdiff_t *grad_output_strides,
    const double *x, const ptrdiff_t *x_strides,
    const double *gamma,
    const double *beta,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    double *grad_x, const ptrdiff_t *grad_x_strides,
    double *result_grad_gamma,
    double *result_grad_beta,
    void *workspace,
    size_t workspace_size,
    int threads);

/* How many bytes of workspace a call needs. */
size_t batch_norm_silu_backward_workspace(const batch_norm_silu_extents *extents);

/* jvp: tangent_y.
 *
 * x: a full-size array that is read.
 * tangent_x: a full-size array that is read.
 * gamma: dense over the classes c; NULL means 1.0.
 * beta: dense over the classes c; NULL means 0.0.
 * tangent_gamma: dense over the classes c; NULL means 0.0.
 * tangent_beta: dense over the classes c; NULL means 0.0.
 * mean: dense over the classes c.
 * mean_low: dense over the classes c.
 * inv_std: dense over the classes c.
 * tangent_y: a full-size array that is written.
 *
 * Returns BATCH_NORM_SILU_OK or one of the errors above. The results do not depend on the number of threads.
 */
int batch_norm_silu_jvp_float(
    const batch_norm_silu_extents *extents,
    const float *x, const ptrdiff_t *x_strides,
    const float *tangent_x, const ptrdiff_t *tangent_x_strides,
    const float *gamma,
    const float *beta,
    const float *tangent_gamma,
    const float *tangent_beta,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    float *tangent_y, const ptrdiff_t *tangent_y_strides,
    void *workspace,
    size_t workspace_size,
    int threads);

int batch_norm_silu_jvp_double(
    const batch_norm_silu_extents *extents,
    const double *x, const ptrdiff_t *x_strides,
    const double *tangent_x, const ptrdiff_t *tangent_x_strides,
    const double *gamma,
    const double *beta,
    const double *tangent_gamma,
    const double *tangent_beta,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    double *tangent_y, const ptrdiff_t *tangent_y_strides,
    void *workspace,
    size_t workspace_size,
    int threads);

/* How many bytes of workspace a call needs. */
size_t batch_norm_silu_jvp_workspace(const batch_norm_silu_extents *extents);

/* double_backward: grad_grad_output, grad_x, grad_gamma, grad_beta.
 *
 * grad_output: a full-size array that is read.
 * x: a full-size array that is read.
 * cotangent_grad_input: a full-size array that is read.
 * gamma: dense over the classes c; NULL means 1.0.
 * beta: dense over the classes c; NULL means 0.0.
 * cotangent_grad_gamma: dense over the classes c; NULL means 0.0.
 * cotangent_grad_beta: dense over the classes c; NULL means 0.0.
 * mean: dense over the classes c.
 * mean_low: dense over the classes c.
 * inv_std: dense over the classes c.
 * grad_grad_output: a full-size array that is written.
 * grad_x: a full-size array that is written.
 * result_grad_gamma: receives grad_gamma, dense over the classes c.
 * result_grad_beta: receives grad_beta, dense over the classes c.
 *
 * Returns BATCH_NORM_SILU_OK or one of the errors above. The results do not depend on the number of threads.
 */
int batch_norm_silu_double_backward_float(
    const batch_norm_silu_extents *extents,
    const float *grad_output, const ptrdiff_t *grad_output_strides,
    const float *x, const ptrdiff_t *x_strides,
    const float *cotangent_grad_input, const ptrdiff_t *cotangent_grad_input_strides,
    const float *gamma,
    const float *beta,
    const float *cotangent_grad_gamma,
    const float *cotangent_grad_beta,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    float *grad_grad_output, const ptrdiff_t *grad_grad_output_strides,
    float *grad_x, const ptrdiff_t *grad_x_strides,
    double *result_grad_gamma,
    double *result_grad_beta,
    void *workspace,
    size_t workspace_size,
    int threads);

int batch_norm_silu_double_backward_double(
    const batch_norm_silu_extents *extents,
    const double *grad_output, const ptrdiff_t *grad_output_strides,
    const double *x, const ptrdiff_t *x_strides,
    const double *cotangent_grad_input, const ptrdiff_t *cotangent_grad_input_strides,
    const double *gamma,
    const double *beta,
    const double *cotangent_grad_gamma,
    const double *cotangent_grad_beta,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    double *grad_grad_output, const ptrdiff_t *grad_grad_output_strides,
    double *grad_x, const ptrdiff_t *grad_x_strides,
    double *result_grad_gamma,
    double *result_grad_beta,
    void *workspace,
    size_t workspace_size,
    int threads);

/* How many bytes of workspace a call needs. */
size_t batch_norm_silu_double_backward_workspace(const batch_norm_silu_extents *extents);

#ifdef __cplusplus
}
#endif

#endif /* BATCH_NORM_SILU_H */

#if defined(BATCH_NORM_SILU_IMPLEMENTATION) && !defined(BATCH_NORM_SILU_IMPLEMENTED)
#define BATCH_NORM_SILU_IMPLEMENTED

#if defined(__FAST_MATH__)
#error "batch_norm_silu: sums are kept to the last digit, which -ffast-math takes apart"
#endif

#include <math.h>
#include <string.h>

#define BATCH_NORM_SILU_RANK 64       /* the most dimensions of an array */
#define BATCH_NORM_SILU_LANES 256     /* the most lanes of a block */
#define BATCH_NORM_SILU_TILE 512      /* the most elements that are copied or that stand side by side in columns */
#define BATCH_NORM_SILU_CHAINS 8      /* partial sums that a row is summed in */
#define BATCH_NORM_SILU_PORTIONS 16   /* partial results of a sum across blocks */
#define BATCH_NORM_SILU_SPLITS 16     /* parts that one block is cut into */
#define BATCH_NORM_SILU_FEW 64        /* sums of fewer terms are taken with more digits */
#define BATCH_NORM_SILU_TABLES 6

#if defined(__GNUC__)
#define BATCH_NORM_SILU_INLINE static inline __attribute__((always_inline))
#else
#define BATCH_NORM_SILU_INLINE static inline
#endif
#if defined(_OPENMP)
#define BATCH_NORM_SILU_SIMD _Pragma("omp simd")
#else
#define BATCH_NORM_SILU_SIMD
#endif

/* Asks for memory that is needed soon; nothing is read. */
static inline void batch_norm_silu_fetch(const void *from, ptrdiff_t bytes)
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
    ptrdiff_t size[BATCH_NORM_SILU_RANK];
    char label[BATCH_NORM_SILU_RANK];
    ptrdiff_t stride[BATCH_NORM_SILU_TABLES][BATCH_NORM_SILU_RANK];
    ptrdiff_t lane_stride[BATCH_NORM_SILU_TABLES];
    ptrdiff_t run_stride[BATCH_NORM_SILU_TABLES];
    int lane, run, columns, scattered;
    int outers, inners;
    int outer[BATCH_NORM_SILU_RANK], inner[BATCH_NORM_SILU_RANK];
    ptrdiff_t lanes, lane_size, lane_blocks, blocks;
    ptrdiff_t run_size, segment, segments, units, splits;
    ptrdiff_t elements;
} batch_norm_silu_walk;

/* One block: how many lanes it has, where it begins in each table, and its place along each dimension. */
typedef struct {
    ptrdiff_t lanes;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES];
    double *part;
} batch_norm_silu_block;

static inline int batch_norm_silu_is_in(char label, const char *classes) { return label != 0 && strchr(classes, label)
    != NULL; }

static inline ptrdiff_t batch_norm_silu_size_of(ptrdiff_t stride) { return stride < 0 ? -stride : stride; }

static inline ptrdiff_t batch_norm_silu_least(ptrdiff_t left, ptrdiff_t right) { return left < right ? left : right; }

/* The number of elements along some classes; -1 where it does not fit. */
static inline ptrdiff_t batch_norm_silu_count(const batch_norm_silu_extents *extents, const char *classes)
{
    const ptrdiff_t most = (ptrdiff_t)(((size_t)-1) / 2 / 4096);
    ptrdiff_t result = 1;
    int d;
    for (d = 0; d < extents->rank; ++d) {
        if (batch_norm_silu_is_in(extents->classes[d], classes)) {
            if (extents->size[d] > 0 && result > most / extents->size[d]) return -1;
            result *= extents->size[d];
        }
    }
    return result;
}

static inline int batch_norm_silu_check_extents(const batch_norm_silu_extents *extents)
{
    ptrdiff_t empty = 0;
    int d;
    if (extents == NULL) return BATCH_NORM_SILU_NULL;
    if (extents->rank < 0 || extents->rank > BATCH_NORM_SILU_RANK) return BATCH_NORM_SILU_EXTENTS;
    if (extents->rank > 0 && (extents->size == NULL || extents->classes == NULL)) return BATCH_NORM_SILU_NULL;
    for (d = 0; d < extents->rank; ++d) {
        if (extents->size[d] < 0 || !batch_norm_silu_is_in(extents->classes[d], "nc")) return BATCH_NORM_SILU_EXTENTS;
        empty += extents->size[d] == 0;
    }
    return empty == 0 && batch_norm_silu_count(extents, "nc") < 0 ? BATCH_NORM_SILU_EXTENTS : BATCH_NORM_SILU_OK;
}

/* The strides of a dense tensor over some classes, zero along those that are not in `along`. */
static inline void batch_norm_silu_dense(const batch_norm_silu_extents *extents, const char *layout, const char *along,
    ptrdiff_t *stride)
{
    ptrdiff_t step = 1;
    int d;
    for (d = extents->rank - 1; d >= 0; --d) {
        stride[d] = batch_norm_silu_is_in(extents->classes[d], along) ? step : 0;
        if (batch_norm_silu_is_in(extents->classes[d], layout)) step *= extents->size[d];
        if (!batch_norm_silu_is_in(extents->classes[d], layout)) stride[d] = 0;
    }
}

static inline int batch_norm_silu_comes_before(const batch_norm_silu_walk *w, int arrays, int left, int right)
{
    ptrdiff_t reach_left = 0, reach_right = 0;
    int t;
    for (t = 0; t < arrays; ++t) {
        reach_left += batch_norm_silu_size_of(w->stride[t][left]);
        reach_right += batch_norm_silu_size_of(w->stride[t][right]);
    }
    return reach_left > reach_right;
}

static inline void batch_norm_silu_move(const batch_norm_silu_walk *from, int tables, int source,
    batch_norm_silu_walk *to, int place)
{
    int t;
    to->size[place] = from->size[source];
    to->label[place] = from->label[source];
    for (t = 0; t < tables; ++t) to->stride[t][place] = from->stride[t][source];
}

static inline int batch_norm_silu_merges(const batch_norm_silu_walk *w, int tables, int before, int after)
{
    int t;
    if (w->label[before] != w->label[after]) return 0;
    for (t = 0; t < tables; ++t) {
        if (w->stride[t][before] != w->stride[t][after] * w->size[after]) return 0;
    }
    return 1;
}

/* Puts the dimensions that are longer than one in the order of memory, and merges them. */
static inline void batch_norm_silu_arrange(batch_norm_silu_walk *w, int arrays, int tables, int rank)
{
    int d, e, kept = 0;
    batch_norm_silu_walk one;
    for (d = 0; d < rank; ++d) {
        if (w->size[d] == 1) continue;
        batch_norm_silu_move(w, tables, d, &one, 0);
        batch_norm_silu_move(w, tables, d, w, kept);
        for (e = kept; e > 0; --e) {
            if (!batch_norm_silu_comes_before(w, arrays, e, e - 1)) break;
            batch_norm_silu_move(w, tables, e - 1, w, e);
            batch_norm_silu_move(&one, tables, 0, w, e - 1);
        }
        ++kept;
    }
    w->rank = kept > 0;
    for (d = 1; d < kept; ++d) {
        if (batch_norm_silu_merges(w, tables, w->rank - 1, d)) {
            const ptrdiff_t size = w->size[w->rank - 1] * w->size[d];
            batch_norm_silu_move(w, tables, d, w, w->rank - 1);
            w->size[w->rank - 1] = size;
        } else {
            batch_norm_silu_move(w, tables, d, w, w->rank);
            ++w->rank;
        }
    }
}

/* Whether rows and lanes together are one run in every array, so that they can stand side by side as columns. */
static inline int batch_norm_silu_is_flat(const batch_norm_silu_walk *w, int arrays)
{
    int t;
    for (t = 0; t < arrays; ++t) {
        if (w->stride[t][w->run] != 1 || w->stride[t][w->lane] != w->size[w->run]) return 0;
    }
    return 1;
}

/* Which dimensions are the lanes and the run, how many lanes a block has, how many units, in how many parts. */
static inline void batch_norm_silu_choose(batch_norm_silu_walk *w, const char *outer, int arrays, int tables,
    ptrdiff_t item, int whole)
{
    ptrdiff_t inside = 1, room;
    int d, t;
    w->lane = w->run = -1;
    for (d = 0; d < w->rank; ++d) {
        if (batch_norm_silu_is_in(w->label[d], outer)) w->lane = d;
        else { w->run = d; inside *= w->size[d]; }
    }
    w->columns = w->lane >= 0 && w->lane == w->rank - 1 && (w->run < 0 || w->size[w->lane] >= 16);
    if (w->columns) {
        w->run = -1;
        room = BATCH_NORM_SILU_LANES;
    } else if (w->lane >= 0 && w->lane == w->rank - 2 && w->size[w->run] < 64 && batch_norm_silu_is_flat(w, arrays)) {
        w->columns = 1;
        room = BATCH_NORM_SILU_TILE / w->size[w->run];
    } else {
        const ptrdiff_t row = (w->run < 0 ? 1 : w->size[w->run]) * item;
        room = batch_norm_silu_least(BATCH_NORM_SILU_LANES, 4096 / row + 1);
        if (room < 262144 / (inside * item * arrays)) room = 262144 / (inside * item * arrays);
    }
    w->lane_size = w->lane < 0 ? 1 : w->size[w->lane];
    w->lanes = batch_norm_silu_least(batch_norm_silu_least(room, BATCH_NORM_SILU_LANES), w->lane_size);
    if (w->lanes < 1) w->lanes = 1;
    w->lane_blocks = (w->lane_size + w->lanes - 1) / w->lanes;
    w->lanes = (w->lane_size + w->lane_blocks - 1) / w->lane_blocks;
    w->lane_blocks = (w->lane_size + w->lanes - 1) / w->lanes;
    w->blocks = w->lane_blocks;
    w->outers = w->inners = 0;
    w->units = 1;
    for (d = 0; d < w->rank; ++d) {
        if (d == w->lane || d == w->run) continue;
        if (batch_norm_silu_is_in(w->label[d], outer)) { w->outer[w->outers++] = d; w->blocks *= w->size[d]; }
        else { w->inner[w->inners++] = d; w->units *= w->size[d]; }
    }
    w->run_size = w->run < 0 ? 1 : w->size[w->run];
    w->segment = batch_norm_silu_least(w->run_size, 8192);
    w->segments = (w->run_size + w->segment - 1) / w->segment;
    w->units *= w->segments;
    w->splits = batch_norm_silu_least(batch_norm_silu_least(BATCH_NORM_SILU_SPLITS, BATCH_NORM_SILU_LANES / w->lanes),
        inside * w->lanes / 32768);
    w->splits = whole ? 1 : batch_norm_silu_least(w->splits, w->units);
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
static inline void batch_norm_silu_plan(batch_norm_silu_walk *w, const batch_norm_silu_extents *extents,
    const char *outer, int arrays,
    const ptrdiff_t *const *strides, int smaller, const char *const *layouts, ptrdiff_t item, int whole)
{
    int d, t;
    w->tables = arrays + smaller;
    w->elements = batch_norm_silu_count(extents, "nc");
    for (d = 0; d < extents->rank; ++d) {
        w->size[d] = extents->size[d];
        w->label[d] = extents->classes[d];
    }
    for (t = 0; t < arrays; ++t) {
        if (strides[t] == NULL) batch_norm_silu_dense(extents, "nc", "nc", w->stride[t]);
        else for (d = 0; d < extents->rank; ++d) w->stride[t][d] = strides[t][d];
    }
    for (t = 0; t < smaller; ++t) batch_norm_silu_dense(extents, layouts[2 * t], layouts[2 * t + 1], w->stride[arrays
        + t]);
    batch_norm_silu_arrange(w, arrays, arrays + smaller, extents->rank);
    batch_norm_silu_choose(w, outer, arrays, arrays + smaller, item, whole);
}

static inline void batch_norm_silu_locate(const batch_norm_silu_walk *w, ptrdiff_t number, batch_norm_silu_block *c)
{
    const ptrdiff_t begin = number % w->lane_blocks * w->lanes;
    ptrdiff_t rest = number / w->lane_blocks;
    int d, t;
    c->lanes = batch_norm_silu_least(w->lanes, w->lane_size - begin);
    for (t = 0; t < w->tables; ++t) c->at[t] = begin * w->lane_stride[t];
    for (d = w->outers - 1; d >= 0; --d) {
        const int dim = w->outer[d];
        const ptrdiff_t place = rest % w->size[dim];
        rest /= w->size[dim];
        for (t = 0; t < w->tables; ++t) c->at[t] += place * w->stride[t][dim];
    }
}

/* Where a unit of a block begins in each table; returns the length of its run. */
static inline ptrdiff_t batch_norm_silu_unit(const batch_norm_silu_walk *w, const batch_norm_silu_block *c,
    ptrdiff_t unit, ptrdiff_t *at)
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
    return batch_norm_silu_least(w->segment, w->run_size - begin);
}

/* Where place number `number` along some classes is in a table, those of the `outer` classes left out. */
static inline ptrdiff_t batch_norm_silu_place(const batch_norm_silu_walk *w, const char *classes, ptrdiff_t number,
    int table)
{
    ptrdiff_t at = 0;
    int d;
    for (d = w->rank - 1; d >= 0; --d) {
        if (!batch_norm_silu_is_in(w->label[d], classes)) continue;
        at += number % w->size[d] * w->stride[table][d];
        number /= w->size[d];
    }
    return at;
}

static inline ptrdiff_t batch_norm_silu_places(const batch_norm_silu_walk *w, const char *classes)
{
    ptrdiff_t count = 1;
    int d;
    for (d = 0; d < w->rank; ++d) if (batch_norm_silu_is_in(w->label[d], classes)) count *= w->size[d];
    return count;
}

/* A tile of lanes times a run, in order: itself where it is contiguous, else a copy in the buffer. */
static inline const float *batch_norm_silu_read_float_float(const float *from, ptrdiff_t lane_stride,
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

static inline const double *batch_norm_silu_read_double_double(const double *from, ptrdiff_t lane_stride,
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

static inline const double *batch_norm_silu_read_float_double(const float *from, ptrdiff_t lane_stride,
    ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n,
    double *buffer)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        for (j = 0; j < n; ++j) buffer[b * n + j] = (double)from[b * lane_stride + j * run_stride];
    }
    return buffer;
}

static inline void batch_norm_silu_write_float(const float *from, float *to, ptrdiff_t lane_stride,
    ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        for (j = 0; j < n; ++j) to[b * lane_stride + j * run_stride] = from[b * n + j];
    }
}

static inline void batch_norm_silu_write_double(const double *from, double *to, ptrdiff_t lane_stride,
    ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        for (j = 0; j < n; ++j) to[b * lane_stride + j * run_stride] = from[b * n + j];
    }
}

/* Adds to a sum held in two numbers what is lost of the larger one (two-sum). */
BATCH_NORM_SILU_INLINE void batch_norm_silu_add_double(double *high, double *low, double term)
{
    const double sum = *high + term;
    const double added = sum - *high;
    *low += (*high - (sum - added)) + (term - added);
    *high = sum;
}

/* The larger one; NaN where there is one. */
BATCH_NORM_SILU_INLINE double batch_norm_silu_larger_double(double left, double right)
{
    return left > right || left != left ? left : right;
}

/* A sum held in two numbers; what is lost of an infinite one is no number. */
static inline long double batch_norm_silu_whole_double(double high, double low)
{
    return isfinite(high) ? (long double)high + (long double)low : (long double)high;
}

/* Adds to a sum held in two numbers what is lost of the larger one (two-sum). */
BATCH_NORM_SILU_INLINE void batch_norm_silu_add_extended(long double *high, long double *low, long double term)
{
    const long double sum = *high + term;
    const long double added = sum - *high;
    *low += (*high - (sum - added)) + (term - added);
    *high = sum;
}

/* The larger one; NaN where there is one. */
BATCH_NORM_SILU_INLINE long double batch_norm_silu_larger_extended(long double left, long double right)
{
    return left > right || left != left ? left : right;
}

/* A sum held in two numbers; what is lost of an infinite one is no number. */
static inline long double batch_norm_silu_whole_extended(long double high, long double low)
{
    return isfinite(high) ? (long double)high + (long double)low : (long double)high;
}

BATCH_NORM_SILU_INLINE float batch_norm_silu_square_float(float value) { return value * value; }

/* A quotient as an exponent: in the digits of the type it would cost some of the result's. */
BATCH_NORM_SILU_INLINE float batch_norm_silu_power_float(float value, double above, double below)
{
    return (float)pow(value, above / below);
}

BATCH_NORM_SILU_INLINE float batch_norm_silu_select_float(float value, float mask) { return mask != 0 ? value : 0; }

BATCH_NORM_SILU_INLINE float batch_norm_silu_not_negative_float(float value) { return value < 0 ? 0 : value; }

BATCH_NORM_SILU_INLINE float batch_norm_silu_sigmoid_float(float value)
{
    const float small = expf(-fabsf(value));
    return (value >= 0 ? 1 : small) / (small + 1);
}

BATCH_NORM_SILU_INLINE float batch_norm_silu_erf_slope_float(float value)
{
    return (float)1.12837916709551257390L * expf(-value * value); /* 2/sqrt(pi) */
}

BATCH_NORM_SILU_INLINE double batch_norm_silu_square_double(double value) { return value * value; }

/* A quotient as an exponent: in the digits of the type it would cost some of the result's. */
BATCH_NORM_SILU_INLINE double batch_norm_silu_power_double(double value, long double above, long double below)
{
    return (double)powl(value, above / below);
}

BATCH_NORM_SILU_INLINE double batch_norm_silu_select_double(double value, double mask) { return mask != 0 ? value : 0; }

BATCH_NORM_SILU_INLINE double batch_norm_silu_not_negative_double(double value) { return value < 0 ? 0 : value; }

BATCH_NORM_SILU_INLINE double batch_norm_silu_sigmoid_double(double value)
{
    const double small = exp(-fabs(value));
    return (value >= 0 ? 1 : small) / (small + 1);
}

BATCH_NORM_SILU_INLINE double batch_norm_silu_erf_slope_double(double value)
{
    return (double)1.12837916709551257390L * exp(-value * value); /* 2/sqrt(pi) */
}

BATCH_NORM_SILU_INLINE long double batch_norm_silu_square_extended(long double value) { return value * value; }

/* A quotient as an exponent: in the digits of the type it would cost some of the result's. */
BATCH_NORM_SILU_INLINE long double batch_norm_silu_power_extended(long double value, long double above,
    long double below)
{
    return (long double)powl(value, above / below);
}

BATCH_NORM_SILU_INLINE long double batch_norm_silu_select_extended(long double value, long double mask)
    { return mask != 0 ? value : 0; }

BATCH_NORM_SILU_INLINE long double batch_norm_silu_not_negative_extended(long double value) { return value < 0 ? 0
    : value; }

BATCH_NORM_SILU_INLINE long double batch_norm_silu_sigmoid_extended(long double value)
{
    const long double small = expl(-fabsl(value));
    return (value >= 0 ? 1 : small) / (small + 1);
}

BATCH_NORM_SILU_INLINE long double batch_norm_silu_erf_slope_extended(long double value)
{
    return (long double)1.12837916709551257390L * expl(-value * value); /* 2/sqrt(pi) */
}

/* Both parts of the exact sum of two numbers. */
BATCH_NORM_SILU_INLINE double batch_norm_silu_exact_high_double(double left, double right) { return (double)(left
    + right); }

BATCH_NORM_SILU_INLINE double batch_norm_silu_exact_low_double(double left, double right)
{
    const double sum = left + right;
    const double added = sum - left;
    const double lost = (left - (sum - added)) + (right - added);
    return (sum - (double)sum) + lost;
}

/* Both parts of the exact sum of two numbers. */
BATCH_NORM_SILU_INLINE long double batch_norm_silu_exact_high_extended(long double left, long double right)
    { return (double)(left + right); }

BATCH_NORM_SILU_INLINE long double batch_norm_silu_exact_low_extended(long double left, long double right)
{
    const long double sum = left + right;
    const long double added = sum - left;
    const long double lost = (left - (sum - added)) + (right - added);
    return (sum - (double)sum) + lost;
}

/* Takes the terms of a tile into what stands in memory. */
static inline void batch_norm_silu_gather_plain(const double *terms, double *high, double *low, ptrdiff_t lane_stride,
    ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        if (run_stride == 1) {
            const ptrdiff_t begin = b * lane_stride;
            BATCH_NORM_SILU_SIMD
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
static inline void batch_norm_silu_gather_double(const double *terms, double *high, double *low, ptrdiff_t lane_stride,
    ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        if (run_stride == 1) {
            const ptrdiff_t begin = b * lane_stride;
            BATCH_NORM_SILU_SIMD
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = begin + j, m = b * n + j;
                batch_norm_silu_add_double(&high[k], &low[k], terms[m]);
            }
        } else {
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = b * lane_stride + j * run_stride, m = b * n + j;
                batch_norm_silu_add_double(&high[k], &low[k], terms[m]);
            }
        }
    }
}

/* Takes the terms of a tile into what stands in memory. */
static inline void batch_norm_silu_gather_extended(const long double *terms, double *high, double *low,
    ptrdiff_t lane_stride, ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        if (run_stride == 1) {
            const ptrdiff_t begin = b * lane_stride;
            BATCH_NORM_SILU_SIMD
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = begin + j, m = b * n + j;
                { const double rounded = (double)terms[m]; batch_norm_silu_add_double(&high[k], &low[k], rounded);
                    low[k] += (double)(terms[m] - rounded); }
            }
        } else {
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = b * lane_stride + j * run_stride, m = b * n + j;
                { const double rounded = (double)terms[m]; batch_norm_silu_add_double(&high[k], &low[k], rounded);
                    low[k] += (double)(terms[m] - rounded); }
            }
        }
    }
}

/* Takes the terms of a tile into what stands in memory. */
static inline void batch_norm_silu_gather_largest_double(const double *terms, double *high, double *low,
    ptrdiff_t lane_stride, ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        if (run_stride == 1) {
            const ptrdiff_t begin = b * lane_stride;
            BATCH_NORM_SILU_SIMD
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = begin + j, m = b * n + j;
                high[k] = batch_norm_silu_larger_double(high[k], terms[m]);
            }
        } else {
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = b * lane_stride + j * run_stride, m = b * n + j;
                high[k] = batch_norm_silu_larger_double(high[k], terms[m]);
            }
        }
    }
    (void)low;
}

/* Takes the terms of a tile into what stands in memory. */
static inline void batch_norm_silu_gather_largest_extended(const long double *terms, double *high, double *low,
    ptrdiff_t lane_stride, ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        if (run_stride == 1) {
            const ptrdiff_t begin = b * lane_stride;
            BATCH_NORM_SILU_SIMD
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = begin + j, m = b * n + j;
                high[k] = batch_norm_silu_larger_double(high[k], (double)terms[m]);
            }
        } else {
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = b * lane_stride + j * run_stride, m = b * n + j;
                high[k] = batch_norm_silu_larger_double(high[k], (double)terms[m]);
            }
        }
    }
    (void)low;
}

/* A tile of a smaller tensor; where it was left out, what stands for it. */
static inline const double *batch_norm_silu_leaf_float(const float *from, ptrdiff_t at, double neutral,
    ptrdiff_t lane_stride, ptrdiff_t run_stride,
    ptrdiff_t lanes, ptrdiff_t n, double *buffer)
{
    ptrdiff_t j;
    if (from != NULL) return batch_norm_silu_read_float_double(from + at, lane_stride, run_stride, lanes, n, buffer);
    for (j = 0; j < lanes * n; ++j) buffer[j] = neutral;
    return buffer;
}

/* A tile of a smaller tensor; where it was left out, what stands for it. */
static inline const double *batch_norm_silu_leaf_double(const double *from, ptrdiff_t at, double neutral,
    ptrdiff_t lane_stride, ptrdiff_t run_stride,
    ptrdiff_t lanes, ptrdiff_t n, double *buffer)
{
    ptrdiff_t j;
    if (from != NULL) return batch_norm_silu_read_double_double(from + at, lane_stride, run_stride, lanes, n, buffer);
    for (j = 0; j < lanes * n; ++j) buffer[j] = neutral;
    return buffer;
}

/* A tile of sums that are held in two numbers. */
static inline const double *batch_norm_silu_leaf_pair(const double *high, const double *low, ptrdiff_t at,
    ptrdiff_t lane_stride, ptrdiff_t run_stride,
    ptrdiff_t lanes, ptrdiff_t n, double *buffer)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        for (j = 0; j < n; ++j) {
            const ptrdiff_t k = at + b * lane_stride + j * run_stride;
            buffer[b * n + j] = (double)batch_norm_silu_whole_double(high[k], low[k]);
        }
    }
    return buffer;
}

static inline int batch_norm_silu_finite_double(const double *values, ptrdiff_t n)
{
    ptrdiff_t k;
    for (k = 0; k < n; ++k) if (!isfinite(values[k])) return 0;
    return 1;
}

static inline int batch_norm_silu_finite_extended(const long double *values, ptrdiff_t n)
{
    ptrdiff_t k;
    for (k = 0; k < n; ++k) if (!isfinite(values[k])) return 0;
    return 1;
}

/* The sum of a smaller tensor, taken once for the whole call; what is lost is kept beside it until the end. */
static inline void batch_norm_silu_total(const batch_norm_silu_walk *w, const double *from, const char *classes,
    int table, double *to, int own, ptrdiff_t count)
{
    const ptrdiff_t places = batch_norm_silu_places(w, classes);
    ptrdiff_t k;
    for (k = 0; k < 2 * count; ++k) to[k] = 0;
    for (k = 0; k < places; ++k) {
        const ptrdiff_t at = batch_norm_silu_place(w, classes, k, own);
        batch_norm_silu_add_double(&to[at], &to[count + at], from[batch_norm_silu_place(w, classes, k, table)]);
    }
    for (k = 0; k < count; ++k) to[k] = (double)batch_norm_silu_whole_double(to[k], to[count + k]);
}

#ifdef __cplusplus
extern "C" {
#endif

/* What a call hands to its passes, for float: each kernel fills in what is its own. */
typedef struct {
    batch_norm_silu_walk walk;
    const float *x;
    const float *grad_output;
    const float *tangent_x;
    const float *cotangent_grad_input;
    float *y;
    float *grad_x;
    float *tangent_y;
    float *grad_grad_output;
    const float *gamma;
    const float *beta;
    const double *mean;
    const double *mean_low;
    const double *inv_std;
    const float *tangent_gamma;
    const float *tangent_beta;
    const float *cotangent_grad_gamma;
    const float *cotangent_grad_beta;
    double *result_mean;
    double *result_mean_low;
    double *result_var;
    double *result_inv_std;
    double *result_grad_gamma;
    double *result_grad_beta;
    double eps;
    double count_n;
    int few, inside;
} batch_norm_silu_arguments_float;

/* What a call hands to its passes, for double: each kernel fills in what is its own. */
typedef struct {
    batch_norm_silu_walk walk;
    const double *x;
    const double *grad_output;
    const double *tangent_x;
    const double *cotangent_grad_input;
    double *y;
    double *grad_x;
    double *tangent_y;
    double *grad_grad_output;
    const double *gamma;
    const double *beta;
    const double *mean;
    const double *mean_low;
    const double *inv_std;
    const double *tangent_gamma;
    const double *tangent_beta;
    const double *cotangent_grad_gamma;
    const double *cotangent_grad_beta;
    double *result_mean;
    double *result_mean_low;
    double *result_var;
    double *result_inv_std;
    double *result_grad_gamma;
    double *result_grad_beta;
    double eps;
    double count_n;
    int few, inside;
} batch_norm_silu_arguments_double;

size_t batch_norm_silu_statistics_workspace(const batch_norm_silu_extents *extents)
{
    ptrdiff_t count = 0;
    if (batch_norm_silu_check_extents(extents) != BATCH_NORM_SILU_OK || batch_norm_silu_count(extents, "nc") == 0)
        return 0;
    return (size_t)count * sizeof(double);
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_statistics_pass0_float_element(
const double x, double *to_v_sum_x)
{
    *to_v_sum_x = x;
}

static void batch_norm_silu_statistics_pass0_float_row(ptrdiff_t n, const float *x, double *high, double *low,
    ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + batch_norm_silu_least(n - i, 4096);
        double part_0[BATCH_NORM_SILU_CHAINS];
        int k;
        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                double term_0;
                batch_norm_silu_statistics_pass0_float_element((double)x[i + k], &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            batch_norm_silu_statistics_pass0_float_element((double)x[i], &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = BATCH_NORM_SILU_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        batch_norm_silu_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void batch_norm_silu_statistics_pass0_float_columns(ptrdiff_t n, const float *x, double *high_0, double *low_0)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        batch_norm_silu_statistics_pass0_float_element((double)x[i], &term_0);
        high_0[i] += term_0;
    }
    (void)low_0;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void batch_norm_silu_statistics_pass0_float_units(const batch_norm_silu_arguments_float *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, double *high, double *low)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    float buffer_x[BATCH_NORM_SILU_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double high_0[BATCH_NORM_SILU_TILE], low_0[BATCH_NORM_SILU_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *x;
            batch_norm_silu_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, unit + 1, ahead);
                batch_norm_silu_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
            }
            x = batch_norm_silu_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            batch_norm_silu_statistics_pass0_float_columns(n, x, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                batch_norm_silu_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : batch_norm_silu_least(run - j, BATCH_NORM_SILU_TILE);
                x = batch_norm_silu_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                batch_norm_silu_statistics_pass0_float_row(n, x, high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void batch_norm_silu_statistics_pass0_float_sums(const batch_norm_silu_arguments_float *a,
    const batch_norm_silu_block *c, double *sum_v_sum_x)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * BATCH_NORM_SILU_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_statistics_pass0_float_units(a, c, units * k / splits, units * (k + 1) / splits, part
            + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_x[b] = (double)batch_norm_silu_whole_double(high, low);
        }
    }
}


BATCH_NORM_SILU_INLINE void batch_norm_silu_statistics_pass2_float_element(
const double x, const double mean_pivot, double *to_v_sum_d, double *to_v_sum_d_d)
{
    const double at_d = x - mean_pivot;
    *to_v_sum_d = at_d;
    *to_v_sum_d_d = at_d * at_d;
}

static void batch_norm_silu_statistics_pass2_float_row(ptrdiff_t n, const float *x, const double mean_pivot,
    double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + batch_norm_silu_least(n - i, 4096);
        double part_0[BATCH_NORM_SILU_CHAINS];
        double part_1[BATCH_NORM_SILU_CHAINS];
        int k;
        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                double term_0, term_1;
                batch_norm_silu_statistics_pass2_float_element((double)x[i + k], mean_pivot, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1;
            batch_norm_silu_statistics_pass2_float_element((double)x[i], mean_pivot, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = BATCH_NORM_SILU_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        batch_norm_silu_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        batch_norm_silu_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void batch_norm_silu_statistics_pass2_float_columns(ptrdiff_t n, const float *x, const double *mean_pivot,
    double *high_0, double *low_0, double *high_1, double *low_1)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1;
        batch_norm_silu_statistics_pass2_float_element((double)x[i], mean_pivot[i], &term_0, &term_1);
        high_0[i] += term_0;
        high_1[i] += term_1;
    }
    (void)low_0;
    (void)low_1;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void batch_norm_silu_statistics_pass2_float_units(const batch_norm_silu_arguments_float *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const double *lane_mean_pivot, double *high,
    double *low)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    float buffer_x[BATCH_NORM_SILU_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[BATCH_NORM_SILU_TILE];
        double high_0[BATCH_NORM_SILU_TILE], low_0[BATCH_NORM_SILU_TILE];
        double high_1[BATCH_NORM_SILU_TILE], low_1[BATCH_NORM_SILU_TILE];
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
            batch_norm_silu_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, first + end - 2 - unit, ahead);
                batch_norm_silu_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
            }
            x = batch_norm_silu_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            batch_norm_silu_statistics_pass2_float_columns(n, x, column_mean_pivot, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                batch_norm_silu_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                batch_norm_silu_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : batch_norm_silu_least(run - j, BATCH_NORM_SILU_TILE);
                x = batch_norm_silu_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                batch_norm_silu_statistics_pass2_float_row(n, x, (double)lane_mean_pivot[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void batch_norm_silu_statistics_pass2_float_sums(const batch_norm_silu_arguments_float *a,
    const batch_norm_silu_block *c, const double *lane_mean_pivot, double *sum_v_sum_d, double *sum_v_sum_d_d)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    double part[2 * 2 * BATCH_NORM_SILU_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_statistics_pass2_float_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_mean_pivot, part + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_d[b] = (double)batch_norm_silu_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_d_d[b] = (double)batch_norm_silu_whole_double(high, low);
        }
    }
}


static void batch_norm_silu_statistics_block_float(const batch_norm_silu_arguments_float *a, batch_norm_silu_block *c)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t b;
    double lane_v_sum_x[BATCH_NORM_SILU_LANES];
    double lane_mean_pivot[BATCH_NORM_SILU_LANES];
    double lane_v_sum_d[BATCH_NORM_SILU_LANES];
    double lane_v_sum_d_d[BATCH_NORM_SILU_LANES];
    double lane_mean_rest[BATCH_NORM_SILU_LANES];
    double lane_mean[BATCH_NORM_SILU_LANES];
    double lane_mean_low[BATCH_NORM_SILU_LANES];
    double lane_var[BATCH_NORM_SILU_LANES];
    double lane_inv_std[BATCH_NORM_SILU_LANES];
    const double eps = a->eps;
    const double count_n = a->count_n;
    if (c->lanes < 1) return;
    batch_norm_silu_statistics_pass0_float_sums(a, c, lane_v_sum_x);
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (float)(lane_v_sum_x[b]/count_n);
    }
    batch_norm_silu_statistics_pass2_float_sums(a, c, lane_mean_pivot, lane_v_sum_d, lane_v_sum_d_d);
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_rest[b] = lane_v_sum_d[b]/count_n;
        lane_mean[b] = lane_mean_pivot[b] + lane_mean_rest[b];
        lane_mean_low[b] = 0;
        lane_var[b] = batch_norm_silu_not_negative_double(lane_v_sum_d_d[b]/count_n
            - batch_norm_silu_square_double(lane_mean_rest[b]));
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

int batch_norm_silu_statistics_float(
    const batch_norm_silu_extents *extents,
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
    static const char *const layouts[] = {"c", "c" };
    const ptrdiff_t *strides[1];
    batch_norm_silu_arguments_float a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = batch_norm_silu_check_extents(extents), outside;
    k = 0;
    if (status != BATCH_NORM_SILU_OK) return status;
    if (x == NULL || result_mean == NULL || result_mean_low == NULL || result_var == NULL || result_inv_std == NULL)
        return BATCH_NORM_SILU_NULL;
    if (threads < 1) return BATCH_NORM_SILU_THREADS;
    if (workspace_size < batch_norm_silu_statistics_workspace(extents)) return BATCH_NORM_SILU_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return BATCH_NORM_SILU_WORKSPACE;
    if (batch_norm_silu_count(extents, "nc") == 0) {
        return BATCH_NORM_SILU_EMPTY;
    }
    strides[0] = x_strides;
    batch_norm_silu_plan(&a.walk, extents, "c", 1, strides, 1, layouts, sizeof(float), 0);
    a.x = x;
    a.result_mean = result_mean;
    a.result_mean_low = result_mean_low;
    a.result_var = result_var;
    a.result_inv_std = result_inv_std;
    a.eps = eps;
    a.count_n = (double)batch_norm_silu_count(extents, "n");
    a.few = batch_norm_silu_count(extents, "n") < BATCH_NORM_SILU_FEW;
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
            batch_norm_silu_block c;
            batch_norm_silu_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            batch_norm_silu_statistics_block_float(&a, &c);
        }
    }
    return BATCH_NORM_SILU_OK;
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_statistics_pass0_double_element(
const double x, double *to_v_sum_x)
{
    *to_v_sum_x = x;
}

static void batch_norm_silu_statistics_pass0_double_row(ptrdiff_t n, const double *x, double *high, double *low,
    ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
        double part_0[BATCH_NORM_SILU_CHAINS];
        int k;
        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                double term_0;
                batch_norm_silu_statistics_pass0_double_element(x[i + k], &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            batch_norm_silu_statistics_pass0_double_element(x[i], &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = BATCH_NORM_SILU_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        batch_norm_silu_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void batch_norm_silu_statistics_pass0_double_columns(ptrdiff_t n, const double *x, double *high_0, double *low_0)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        batch_norm_silu_statistics_pass0_double_element(x[i], &term_0);
        batch_norm_silu_add_double(&high_0[i], &low_0[i], term_0);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void batch_norm_silu_statistics_pass0_double_units(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, double *high, double *low)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    double buffer_x[BATCH_NORM_SILU_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double high_0[BATCH_NORM_SILU_TILE], low_0[BATCH_NORM_SILU_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            batch_norm_silu_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, unit + 1, ahead);
                batch_norm_silu_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = batch_norm_silu_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            batch_norm_silu_statistics_pass0_double_columns(n, x, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                batch_norm_silu_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : batch_norm_silu_least(run - j, BATCH_NORM_SILU_TILE);
                x = batch_norm_silu_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                batch_norm_silu_statistics_pass0_double_row(n, x, high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void batch_norm_silu_statistics_pass0_double_sums(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, long double *sum_v_sum_x)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * BATCH_NORM_SILU_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_statistics_pass0_double_units(a, c, units * k / splits, units * (k + 1) / splits, part
            + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_x[b] = (long double)batch_norm_silu_whole_double(high, low);
        }
    }
}


BATCH_NORM_SILU_INLINE void batch_norm_silu_statistics_pass0_extended_element(
const long double x, long double *to_v_sum_x)
{
    *to_v_sum_x = x;
}

static void batch_norm_silu_statistics_pass0_extended_row(ptrdiff_t n, const double *x, long double *high,
    long double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
        long double part_0[BATCH_NORM_SILU_CHAINS];
        int k;
        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                long double term_0;
                batch_norm_silu_statistics_pass0_extended_element((long double)x[i + k], &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0;
            batch_norm_silu_statistics_pass0_extended_element((long double)x[i], &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = BATCH_NORM_SILU_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        batch_norm_silu_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void batch_norm_silu_statistics_pass0_extended_columns(ptrdiff_t n, const double *x, long double *high_0,
    long double *low_0)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0;
        batch_norm_silu_statistics_pass0_extended_element((long double)x[i], &term_0);
        batch_norm_silu_add_extended(&high_0[i], &low_0[i], term_0);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void batch_norm_silu_statistics_pass0_extended_units(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, long double *high, long double *low)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    double buffer_x[BATCH_NORM_SILU_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double high_0[BATCH_NORM_SILU_TILE], low_0[BATCH_NORM_SILU_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            batch_norm_silu_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, unit + 1, ahead);
                batch_norm_silu_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = batch_norm_silu_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            batch_norm_silu_statistics_pass0_extended_columns(n, x, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                batch_norm_silu_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : batch_norm_silu_least(run - j, BATCH_NORM_SILU_TILE);
                x = batch_norm_silu_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                batch_norm_silu_statistics_pass0_extended_row(n, x, high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void batch_norm_silu_statistics_pass0_extended_sums(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, long double *sum_v_sum_x)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    long double part[2 * 1 * BATCH_NORM_SILU_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_statistics_pass0_extended_units(a, c, units * k / splits, units * (k + 1) / splits, part
            + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_x[b] = (long double)batch_norm_silu_whole_extended(high, low);
        }
    }
}


BATCH_NORM_SILU_INLINE void batch_norm_silu_statistics_pass2_double_element(
const double x, const double mean_pivot, double *to_v_sum_d, double *to_v_sum_d_d)
{
    const double at_d = x - mean_pivot;
    *to_v_sum_d = at_d;
    *to_v_sum_d_d = at_d * at_d;
}

static void batch_norm_silu_statistics_pass2_double_row(ptrdiff_t n, const double *x, const double mean_pivot,
    double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
        double part_0[BATCH_NORM_SILU_CHAINS];
        double part_1[BATCH_NORM_SILU_CHAINS];
        int k;
        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                double term_0, term_1;
                batch_norm_silu_statistics_pass2_double_element(x[i + k], mean_pivot, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1;
            batch_norm_silu_statistics_pass2_double_element(x[i], mean_pivot, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = BATCH_NORM_SILU_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        batch_norm_silu_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        batch_norm_silu_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void batch_norm_silu_statistics_pass2_double_columns(ptrdiff_t n, const double *x, const double *mean_pivot,
    double *high_0, double *low_0, double *high_1, double *low_1)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1;
        batch_norm_silu_statistics_pass2_double_element(x[i], mean_pivot[i], &term_0, &term_1);
        batch_norm_silu_add_double(&high_0[i], &low_0[i], term_0);
        batch_norm_silu_add_double(&high_1[i], &low_1[i], term_1);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void batch_norm_silu_statistics_pass2_double_units(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot, double *high,
    double *low)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    double buffer_x[BATCH_NORM_SILU_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[BATCH_NORM_SILU_TILE];
        double high_0[BATCH_NORM_SILU_TILE], low_0[BATCH_NORM_SILU_TILE];
        double high_1[BATCH_NORM_SILU_TILE], low_1[BATCH_NORM_SILU_TILE];
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
            batch_norm_silu_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, first + end - 2 - unit, ahead);
                batch_norm_silu_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = batch_norm_silu_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            batch_norm_silu_statistics_pass2_double_columns(n, x, column_mean_pivot, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                batch_norm_silu_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                batch_norm_silu_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : batch_norm_silu_least(run - j, BATCH_NORM_SILU_TILE);
                x = batch_norm_silu_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                batch_norm_silu_statistics_pass2_double_row(n, x, (double)lane_mean_pivot[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void batch_norm_silu_statistics_pass2_double_sums(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, const long double *lane_mean_pivot, long double *sum_v_sum_d,
    long double *sum_v_sum_d_d)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    double part[2 * 2 * BATCH_NORM_SILU_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_statistics_pass2_double_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_mean_pivot, part + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_d[b] = (long double)batch_norm_silu_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_d_d[b] = (long double)batch_norm_silu_whole_double(high, low);
        }
    }
}


BATCH_NORM_SILU_INLINE void batch_norm_silu_statistics_pass2_extended_element(
const long double x, const long double mean_pivot, long double *to_v_sum_d, long double *to_v_sum_d_d)
{
    const long double at_d = x - mean_pivot;
    *to_v_sum_d = at_d;
    *to_v_sum_d_d = at_d * at_d;
}

static void batch_norm_silu_statistics_pass2_extended_row(ptrdiff_t n, const double *x, const long double mean_pivot,
    long double *high, long double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
        long double part_0[BATCH_NORM_SILU_CHAINS];
        long double part_1[BATCH_NORM_SILU_CHAINS];
        int k;
        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                long double term_0, term_1;
                batch_norm_silu_statistics_pass2_extended_element((long double)x[i + k], mean_pivot, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0, term_1;
            batch_norm_silu_statistics_pass2_extended_element((long double)x[i], mean_pivot, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = BATCH_NORM_SILU_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        batch_norm_silu_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        batch_norm_silu_add_extended(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void batch_norm_silu_statistics_pass2_extended_columns(ptrdiff_t n, const double *x,
    const long double *mean_pivot, long double *high_0, long double *low_0, long double *high_1, long double *low_1)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0, term_1;
        batch_norm_silu_statistics_pass2_extended_element((long double)x[i], mean_pivot[i], &term_0, &term_1);
        batch_norm_silu_add_extended(&high_0[i], &low_0[i], term_0);
        batch_norm_silu_add_extended(&high_1[i], &low_1[i], term_1);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void batch_norm_silu_statistics_pass2_extended_units(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot,
    long double *high, long double *low)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    double buffer_x[BATCH_NORM_SILU_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double column_mean_pivot[BATCH_NORM_SILU_TILE];
        long double high_0[BATCH_NORM_SILU_TILE], low_0[BATCH_NORM_SILU_TILE];
        long double high_1[BATCH_NORM_SILU_TILE], low_1[BATCH_NORM_SILU_TILE];
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
            batch_norm_silu_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, first + end - 2 - unit, ahead);
                batch_norm_silu_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = batch_norm_silu_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            batch_norm_silu_statistics_pass2_extended_columns(n, x, column_mean_pivot, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                batch_norm_silu_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                batch_norm_silu_add_extended(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : batch_norm_silu_least(run - j, BATCH_NORM_SILU_TILE);
                x = batch_norm_silu_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                batch_norm_silu_statistics_pass2_extended_row(n, x, (long double)lane_mean_pivot[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void batch_norm_silu_statistics_pass2_extended_sums(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, const long double *lane_mean_pivot, long double *sum_v_sum_d,
    long double *sum_v_sum_d_d)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    long double part[2 * 2 * BATCH_NORM_SILU_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_statistics_pass2_extended_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_mean_pivot, part + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_d[b] = (long double)batch_norm_silu_whole_extended(high, low);
        }
        {
            long double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_extended(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_d_d[b] = (long double)batch_norm_silu_whole_extended(high, low);
        }
    }
}


static void batch_norm_silu_statistics_block_double(const batch_norm_silu_arguments_double *a, batch_norm_silu_block *c)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t b;
    long double lane_v_sum_x[BATCH_NORM_SILU_LANES];
    long double lane_mean_pivot[BATCH_NORM_SILU_LANES];
    long double lane_v_sum_d[BATCH_NORM_SILU_LANES];
    long double lane_v_sum_d_d[BATCH_NORM_SILU_LANES];
    long double lane_mean_rest[BATCH_NORM_SILU_LANES];
    long double lane_mean[BATCH_NORM_SILU_LANES];
    long double lane_mean_low[BATCH_NORM_SILU_LANES];
    long double lane_var[BATCH_NORM_SILU_LANES];
    long double lane_inv_std[BATCH_NORM_SILU_LANES];
    long double again_v_sum_x[BATCH_NORM_SILU_LANES], again_v_sum_d[BATCH_NORM_SILU_LANES],
        again_v_sum_d_d[BATCH_NORM_SILU_LANES];
    int finite;
    const long double eps = a->eps;
    const long double count_n = a->count_n;
    if (c->lanes < 1) return;
    finite = 0;
    if (!a->few) {
        batch_norm_silu_statistics_pass0_double_sums(a, c, lane_v_sum_x);
        finite = batch_norm_silu_finite_extended(lane_v_sum_x, c->lanes);
    }
    if (!finite) {
        batch_norm_silu_statistics_pass0_extended_sums(a, c, again_v_sum_x);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_x[b])) lane_v_sum_x[b] = again_v_sum_x[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (double)(lane_v_sum_x[b]/count_n);
    }
    finite = 0;
    if (!a->few) {
        batch_norm_silu_statistics_pass2_double_sums(a, c, lane_mean_pivot, lane_v_sum_d, lane_v_sum_d_d);
        finite = batch_norm_silu_finite_extended(lane_v_sum_d, c->lanes)
            && batch_norm_silu_finite_extended(lane_v_sum_d_d, c->lanes);
    }
    if (!finite) {
        batch_norm_silu_statistics_pass2_extended_sums(a, c, lane_mean_pivot, again_v_sum_d, again_v_sum_d_d);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_d[b])) lane_v_sum_d[b] = again_v_sum_d[b];
            if (a->few || !isfinite(lane_v_sum_d_d[b])) lane_v_sum_d_d[b] = again_v_sum_d_d[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_rest[b] = lane_v_sum_d[b]/count_n;
        lane_mean[b] = batch_norm_silu_exact_high_extended(lane_mean_pivot[b], lane_mean_rest[b]);
        lane_mean_low[b] = batch_norm_silu_exact_low_extended(lane_mean_pivot[b], lane_mean_rest[b]);
        lane_var[b] = batch_norm_silu_not_negative_extended(lane_v_sum_d_d[b]/count_n
            - batch_norm_silu_square_extended(lane_mean_rest[b]));
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

int batch_norm_silu_statistics_double(
    const batch_norm_silu_extents *extents,
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
    static const char *const layouts[] = {"c", "c" };
    const ptrdiff_t *strides[1];
    batch_norm_silu_arguments_double a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = batch_norm_silu_check_extents(extents), outside;
    k = 0;
    if (status != BATCH_NORM_SILU_OK) return status;
    if (x == NULL || result_mean == NULL || result_mean_low == NULL || result_var == NULL || result_inv_std == NULL)
        return BATCH_NORM_SILU_NULL;
    if (threads < 1) return BATCH_NORM_SILU_THREADS;
    if (workspace_size < batch_norm_silu_statistics_workspace(extents)) return BATCH_NORM_SILU_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return BATCH_NORM_SILU_WORKSPACE;
    if (batch_norm_silu_count(extents, "nc") == 0) {
        return BATCH_NORM_SILU_EMPTY;
    }
    strides[0] = x_strides;
    batch_norm_silu_plan(&a.walk, extents, "c", 1, strides, 1, layouts, sizeof(double), 0);
    a.x = x;
    a.result_mean = result_mean;
    a.result_mean_low = result_mean_low;
    a.result_var = result_var;
    a.result_inv_std = result_inv_std;
    a.eps = eps;
    a.count_n = (double)batch_norm_silu_count(extents, "n");
    a.few = batch_norm_silu_count(extents, "n") < BATCH_NORM_SILU_FEW;
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
            batch_norm_silu_block c;
            batch_norm_silu_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            batch_norm_silu_statistics_block_double(&a, &c);
        }
    }
    return BATCH_NORM_SILU_OK;
}

size_t batch_norm_silu_forward_workspace(const batch_norm_silu_extents *extents)
{
    ptrdiff_t count = 0;
    if (batch_norm_silu_check_extents(extents) != BATCH_NORM_SILU_OK || batch_norm_silu_count(extents, "nc") == 0)
        return 0;
    return (size_t)count * sizeof(double);
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_forward_pass2_float_element(
const double x, const double mean_pivot, double *to_v_sum_d, double *to_v_sum_d_d)
{
    const double at_d = x - mean_pivot;
    *to_v_sum_d = at_d;
    *to_v_sum_d_d = at_d * at_d;
}

static void batch_norm_silu_forward_pass2_float_row(ptrdiff_t n, const float *x, const double mean_pivot, double *high,
    double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + batch_norm_silu_least(n - i, 4096);
        double part_0[BATCH_NORM_SILU_CHAINS];
        double part_1[BATCH_NORM_SILU_CHAINS];
        int k;
        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                double term_0, term_1;
                batch_norm_silu_forward_pass2_float_element((double)x[i + k], mean_pivot, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1;
            batch_norm_silu_forward_pass2_float_element((double)x[i], mean_pivot, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = BATCH_NORM_SILU_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        batch_norm_silu_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        batch_norm_silu_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void batch_norm_silu_forward_pass2_float_columns(ptrdiff_t n, const float *x, const double *mean_pivot,
    double *high_0, double *low_0, double *high_1, double *low_1)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1;
        batch_norm_silu_forward_pass2_float_element((double)x[i], mean_pivot[i], &term_0, &term_1);
        high_0[i] += term_0;
        high_1[i] += term_1;
    }
    (void)low_0;
    (void)low_1;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void batch_norm_silu_forward_pass2_float_units(const batch_norm_silu_arguments_float *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const double *lane_mean_pivot, double *high,
    double *low)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    float buffer_x[BATCH_NORM_SILU_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[BATCH_NORM_SILU_TILE];
        double high_0[BATCH_NORM_SILU_TILE], low_0[BATCH_NORM_SILU_TILE];
        double high_1[BATCH_NORM_SILU_TILE], low_1[BATCH_NORM_SILU_TILE];
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
            batch_norm_silu_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, unit + 1, ahead);
                batch_norm_silu_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
            }
            x = batch_norm_silu_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            batch_norm_silu_forward_pass2_float_columns(n, x, column_mean_pivot, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                batch_norm_silu_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                batch_norm_silu_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : batch_norm_silu_least(run - j, BATCH_NORM_SILU_TILE);
                x = batch_norm_silu_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                batch_norm_silu_forward_pass2_float_row(n, x, (double)lane_mean_pivot[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void batch_norm_silu_forward_pass2_float_sums(const batch_norm_silu_arguments_float *a,
    const batch_norm_silu_block *c, const double *lane_mean_pivot, double *sum_v_sum_d, double *sum_v_sum_d_d)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    double part[2 * 2 * BATCH_NORM_SILU_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_forward_pass2_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot,
            part + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_d[b] = (double)batch_norm_silu_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_d_d[b] = (double)batch_norm_silu_whole_double(high, low);
        }
    }
}


BATCH_NORM_SILU_INLINE void batch_norm_silu_forward_pass4_float_element(
const float x, const float mean_pivot, const float mean_rest_cast, const float slope, const float beta_cast,
    float *to_y)
{
    const float at_d = x - mean_pivot;
    const float at_d1 = at_d - mean_rest_cast;
    const float at_t1 = at_d1 * slope;
    const float at_t2 = at_t1 + beta_cast;
    const float at_t3 = batch_norm_silu_sigmoid_float(at_t2);
    const float at_t4 = at_t2 * at_t3;
    *to_y = at_t4;
}

static void batch_norm_silu_forward_pass4_float_row(ptrdiff_t n, const float *x, const float mean_pivot,
    const float mean_rest_cast, const float slope, const float beta_cast, float *out_y)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        batch_norm_silu_forward_pass4_float_element(x[i], mean_pivot, mean_rest_cast, slope, beta_cast, &out_y[i]);
    }
}

static void batch_norm_silu_forward_pass4_float_columns(ptrdiff_t n, const float *x, const float *mean_pivot,
    const float *mean_rest_cast, const float *slope, const float *beta_cast, float *out_y)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        batch_norm_silu_forward_pass4_float_element(x[i], mean_pivot[i], mean_rest_cast[i], slope[i], beta_cast[i],
            &out_y[i]);
    }
}

/* Units first to end of a block. */
static void batch_norm_silu_forward_pass4_float_units(const batch_norm_silu_arguments_float *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const double *lane_mean_pivot,
    const double *lane_mean_rest_cast, const double *lane_slope, const double *lane_beta_cast)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    float buffer_x[BATCH_NORM_SILU_TILE];
    float buffer_y[BATCH_NORM_SILU_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        float column_mean_pivot[BATCH_NORM_SILU_TILE];
        float column_mean_rest_cast[BATCH_NORM_SILU_TILE];
        float column_slope[BATCH_NORM_SILU_TILE];
        float column_beta_cast[BATCH_NORM_SILU_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (float)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (float)lane_mean_rest_cast[b];
                column_slope[k] = (float)lane_slope[b];
                column_beta_cast[k] = (float)lane_beta_cast[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *x;
            float *out_y;
            batch_norm_silu_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, first + end - 2 - unit, ahead);
                batch_norm_silu_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->y + ahead[1], n * (ptrdiff_t)sizeof(float));
            }
            x = batch_norm_silu_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            out_y = (w->run_size == 1 || w->run_stride[1] == 1) && (c->lanes == 1 || w->lane_stride[1] == w->run_size)
                ? a->y + at[1] : buffer_y;
            batch_norm_silu_forward_pass4_float_columns(n, x, column_mean_pivot, column_mean_rest_cast, column_slope,
                column_beta_cast, out_y);
            if (out_y == buffer_y) batch_norm_silu_write_float(buffer_y, a->y + at[1], w->lane_stride[1],
                w->run_stride[1], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->y + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                float *to_y = a->y + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                float *out_y;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : batch_norm_silu_least(run - j,
                    BATCH_NORM_SILU_TILE);
                x = batch_norm_silu_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                out_y = n == 1 || w->run_stride[1] == 1 ? to_y : buffer_y;
                batch_norm_silu_forward_pass4_float_row(n, x, (float)lane_mean_pivot[b], (float)lane_mean_rest_cast[b],
                    (float)lane_slope[b], (float)lane_beta_cast[b], out_y);
                if (out_y == buffer_y) batch_norm_silu_write_float(buffer_y, to_y, 0, w->run_stride[1], 1, n);
            }
        }
    }
}

static void batch_norm_silu_forward_pass4_float_all(const batch_norm_silu_arguments_float *a,
    const batch_norm_silu_block *c, const double *lane_mean_pivot, const double *lane_mean_rest_cast,
    const double *lane_slope, const double *lane_beta_cast)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_forward_pass4_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot,
            lane_mean_rest_cast, lane_slope, lane_beta_cast);
    }
}


static void batch_norm_silu_forward_block_float(const batch_norm_silu_arguments_float *a, batch_norm_silu_block *c)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t b;
    double lane_gamma[BATCH_NORM_SILU_LANES];
    double lane_beta[BATCH_NORM_SILU_LANES];
    double lane_v_sum_x[BATCH_NORM_SILU_LANES];
    double lane_mean_pivot[BATCH_NORM_SILU_LANES];
    double lane_v_sum_d[BATCH_NORM_SILU_LANES];
    double lane_v_sum_d_d[BATCH_NORM_SILU_LANES];
    double lane_mean_rest[BATCH_NORM_SILU_LANES];
    double lane_mean[BATCH_NORM_SILU_LANES];
    double lane_mean_low[BATCH_NORM_SILU_LANES];
    double lane_var[BATCH_NORM_SILU_LANES];
    double lane_inv_std[BATCH_NORM_SILU_LANES];
    double lane_mean_rest_cast[BATCH_NORM_SILU_LANES];
    double lane_slope[BATCH_NORM_SILU_LANES];
    double lane_beta_cast[BATCH_NORM_SILU_LANES];
    const double eps = a->eps;
    const double count_n = a->count_n;
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_gamma[b] = a->gamma == NULL ? 1.0 : (double)a->gamma[c->at[2] + b * w->lane_stride[2]];
        lane_beta[b] = a->beta == NULL ? 0.0 : (double)a->beta[c->at[2] + b * w->lane_stride[2]];
    }
    batch_norm_silu_statistics_pass0_float_sums(a, c, lane_v_sum_x);
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (float)(lane_v_sum_x[b]/count_n);
    }
    batch_norm_silu_forward_pass2_float_sums(a, c, lane_mean_pivot, lane_v_sum_d, lane_v_sum_d_d);
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_rest[b] = lane_v_sum_d[b]/count_n;
        lane_mean[b] = lane_mean_pivot[b] + lane_mean_rest[b];
        lane_mean_low[b] = 0;
        lane_var[b] = batch_norm_silu_not_negative_double(lane_v_sum_d_d[b]/count_n
            - batch_norm_silu_square_double(lane_mean_rest[b]));
        lane_inv_std[b] = 1.0/sqrt(eps + lane_var[b]);
        lane_mean_rest_cast[b] = lane_mean_rest[b];
        lane_slope[b] = lane_gamma[b]*lane_inv_std[b];
        lane_beta_cast[b] = lane_beta[b];
    }
    batch_norm_silu_forward_pass4_float_all(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_slope, lane_beta_cast);
    for (b = 0; b < c->lanes; ++b) {
        a->result_mean[c->at[2] + b * w->lane_stride[2]] = (double)lane_mean[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_mean_low[c->at[2] + b * w->lane_stride[2]] = (double)lane_mean_low[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_var[c->at[2] + b * w->lane_stride[2]] = (double)lane_var[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_inv_std[c->at[2] + b * w->lane_stride[2]] = (double)lane_inv_std[b];
    }
    (void)w;
}

int batch_norm_silu_forward_float(
    const batch_norm_silu_extents *extents,
    const float *x, const ptrdiff_t *x_strides,
    const float *gamma,
    const float *beta,
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
    static const char *const layouts[] = {"c", "c" };
    const ptrdiff_t *strides[2];
    batch_norm_silu_arguments_float a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = batch_norm_silu_check_extents(extents), outside;
    k = 0;
    if (status != BATCH_NORM_SILU_OK) return status;
    if (x == NULL || y == NULL || result_mean == NULL || result_mean_low == NULL || result_var == NULL
        || result_inv_std == NULL) return BATCH_NORM_SILU_NULL;
    if (threads < 1) return BATCH_NORM_SILU_THREADS;
    if (workspace_size < batch_norm_silu_forward_workspace(extents)) return BATCH_NORM_SILU_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return BATCH_NORM_SILU_WORKSPACE;
    if (batch_norm_silu_count(extents, "nc") == 0) {
        return BATCH_NORM_SILU_EMPTY;
    }
    strides[0] = x_strides;
    strides[1] = y_strides;
    batch_norm_silu_plan(&a.walk, extents, "c", 2, strides, 1, layouts, sizeof(float), 0);
    a.x = x;
    a.y = y;
    a.gamma = gamma;
    a.beta = beta;
    a.result_mean = result_mean;
    a.result_mean_low = result_mean_low;
    a.result_var = result_var;
    a.result_inv_std = result_inv_std;
    a.eps = eps;
    a.count_n = (double)batch_norm_silu_count(extents, "n");
    a.few = batch_norm_silu_count(extents, "n") < BATCH_NORM_SILU_FEW;
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
            batch_norm_silu_block c;
            batch_norm_silu_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            batch_norm_silu_forward_block_float(&a, &c);
        }
    }
    return BATCH_NORM_SILU_OK;
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_forward_pass2_double_element(
const double x, const double mean_pivot, double *to_v_sum_d, double *to_v_sum_d_d)
{
    const double at_d = x - mean_pivot;
    *to_v_sum_d = at_d;
    *to_v_sum_d_d = at_d * at_d;
}

static void batch_norm_silu_forward_pass2_double_row(ptrdiff_t n, const double *x, const double mean_pivot,
    double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
        double part_0[BATCH_NORM_SILU_CHAINS];
        double part_1[BATCH_NORM_SILU_CHAINS];
        int k;
        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                double term_0, term_1;
                batch_norm_silu_forward_pass2_double_element(x[i + k], mean_pivot, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1;
            batch_norm_silu_forward_pass2_double_element(x[i], mean_pivot, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = BATCH_NORM_SILU_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        batch_norm_silu_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        batch_norm_silu_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void batch_norm_silu_forward_pass2_double_columns(ptrdiff_t n, const double *x, const double *mean_pivot,
    double *high_0, double *low_0, double *high_1, double *low_1)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1;
        batch_norm_silu_forward_pass2_double_element(x[i], mean_pivot[i], &term_0, &term_1);
        batch_norm_silu_add_double(&high_0[i], &low_0[i], term_0);
        batch_norm_silu_add_double(&high_1[i], &low_1[i], term_1);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void batch_norm_silu_forward_pass2_double_units(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot, double *high,
    double *low)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    double buffer_x[BATCH_NORM_SILU_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[BATCH_NORM_SILU_TILE];
        double high_0[BATCH_NORM_SILU_TILE], low_0[BATCH_NORM_SILU_TILE];
        double high_1[BATCH_NORM_SILU_TILE], low_1[BATCH_NORM_SILU_TILE];
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
            batch_norm_silu_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, unit + 1, ahead);
                batch_norm_silu_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = batch_norm_silu_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            batch_norm_silu_forward_pass2_double_columns(n, x, column_mean_pivot, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                batch_norm_silu_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                batch_norm_silu_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : batch_norm_silu_least(run - j, BATCH_NORM_SILU_TILE);
                x = batch_norm_silu_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                batch_norm_silu_forward_pass2_double_row(n, x, (double)lane_mean_pivot[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void batch_norm_silu_forward_pass2_double_sums(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, const long double *lane_mean_pivot, long double *sum_v_sum_d,
    long double *sum_v_sum_d_d)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    double part[2 * 2 * BATCH_NORM_SILU_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_forward_pass2_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot,
            part + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_d[b] = (long double)batch_norm_silu_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_d_d[b] = (long double)batch_norm_silu_whole_double(high, low);
        }
    }
}


BATCH_NORM_SILU_INLINE void batch_norm_silu_forward_pass2_extended_element(
const long double x, const long double mean_pivot, long double *to_v_sum_d, long double *to_v_sum_d_d)
{
    const long double at_d = x - mean_pivot;
    *to_v_sum_d = at_d;
    *to_v_sum_d_d = at_d * at_d;
}

static void batch_norm_silu_forward_pass2_extended_row(ptrdiff_t n, const double *x, const long double mean_pivot,
    long double *high, long double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
        long double part_0[BATCH_NORM_SILU_CHAINS];
        long double part_1[BATCH_NORM_SILU_CHAINS];
        int k;
        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                long double term_0, term_1;
                batch_norm_silu_forward_pass2_extended_element((long double)x[i + k], mean_pivot, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0, term_1;
            batch_norm_silu_forward_pass2_extended_element((long double)x[i], mean_pivot, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = BATCH_NORM_SILU_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        batch_norm_silu_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        batch_norm_silu_add_extended(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void batch_norm_silu_forward_pass2_extended_columns(ptrdiff_t n, const double *x, const long double *mean_pivot,
    long double *high_0, long double *low_0, long double *high_1, long double *low_1)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0, term_1;
        batch_norm_silu_forward_pass2_extended_element((long double)x[i], mean_pivot[i], &term_0, &term_1);
        batch_norm_silu_add_extended(&high_0[i], &low_0[i], term_0);
        batch_norm_silu_add_extended(&high_1[i], &low_1[i], term_1);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void batch_norm_silu_forward_pass2_extended_units(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot,
    long double *high, long double *low)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    double buffer_x[BATCH_NORM_SILU_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double column_mean_pivot[BATCH_NORM_SILU_TILE];
        long double high_0[BATCH_NORM_SILU_TILE], low_0[BATCH_NORM_SILU_TILE];
        long double high_1[BATCH_NORM_SILU_TILE], low_1[BATCH_NORM_SILU_TILE];
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
            batch_norm_silu_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, unit + 1, ahead);
                batch_norm_silu_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = batch_norm_silu_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            batch_norm_silu_forward_pass2_extended_columns(n, x, column_mean_pivot, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                batch_norm_silu_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                batch_norm_silu_add_extended(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : batch_norm_silu_least(run - j, BATCH_NORM_SILU_TILE);
                x = batch_norm_silu_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                batch_norm_silu_forward_pass2_extended_row(n, x, (long double)lane_mean_pivot[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void batch_norm_silu_forward_pass2_extended_sums(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, const long double *lane_mean_pivot, long double *sum_v_sum_d,
    long double *sum_v_sum_d_d)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    long double part[2 * 2 * BATCH_NORM_SILU_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_forward_pass2_extended_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_mean_pivot, part + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_d[b] = (long double)batch_norm_silu_whole_extended(high, low);
        }
        {
            long double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_extended(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_d_d[b] = (long double)batch_norm_silu_whole_extended(high, low);
        }
    }
}


BATCH_NORM_SILU_INLINE void batch_norm_silu_forward_pass4_double_element(
const double x, const double mean_pivot, const double mean_rest_cast, const double slope, const double beta_cast,
    double *to_y)
{
    const double at_d = x - mean_pivot;
    const double at_d1 = at_d - mean_rest_cast;
    const double at_t1 = at_d1 * slope;
    const double at_t2 = at_t1 + beta_cast;
    const double at_t3 = batch_norm_silu_sigmoid_double(at_t2);
    const double at_t4 = at_t2 * at_t3;
    *to_y = at_t4;
}

static void batch_norm_silu_forward_pass4_double_row(ptrdiff_t n, const double *x, const double mean_pivot,
    const double mean_rest_cast, const double slope, const double beta_cast, double *out_y)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        batch_norm_silu_forward_pass4_double_element(x[i], mean_pivot, mean_rest_cast, slope, beta_cast, &out_y[i]);
    }
}

static void batch_norm_silu_forward_pass4_double_columns(ptrdiff_t n, const double *x, const double *mean_pivot,
    const double *mean_rest_cast, const double *slope, const double *beta_cast, double *out_y)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        batch_norm_silu_forward_pass4_double_element(x[i], mean_pivot[i], mean_rest_cast[i], slope[i], beta_cast[i],
            &out_y[i]);
    }
}

/* Units first to end of a block. */
static void batch_norm_silu_forward_pass4_double_units(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot,
    const long double *lane_mean_rest_cast, const long double *lane_slope, const long double *lane_beta_cast)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    double buffer_x[BATCH_NORM_SILU_TILE];
    double buffer_y[BATCH_NORM_SILU_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[BATCH_NORM_SILU_TILE];
        double column_mean_rest_cast[BATCH_NORM_SILU_TILE];
        double column_slope[BATCH_NORM_SILU_TILE];
        double column_beta_cast[BATCH_NORM_SILU_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (double)lane_mean_rest_cast[b];
                column_slope[k] = (double)lane_slope[b];
                column_beta_cast[k] = (double)lane_beta_cast[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            double *out_y;
            batch_norm_silu_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, first + end - 2 - unit, ahead);
                batch_norm_silu_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->y + ahead[1], n * (ptrdiff_t)sizeof(double));
            }
            x = batch_norm_silu_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            out_y = (w->run_size == 1 || w->run_stride[1] == 1) && (c->lanes == 1 || w->lane_stride[1] == w->run_size)
                ? a->y + at[1] : buffer_y;
            batch_norm_silu_forward_pass4_double_columns(n, x, column_mean_pivot, column_mean_rest_cast, column_slope,
                column_beta_cast, out_y);
            if (out_y == buffer_y) batch_norm_silu_write_double(buffer_y, a->y + at[1], w->lane_stride[1],
                w->run_stride[1], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->y + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                double *to_y = a->y + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                double *out_y;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : batch_norm_silu_least(run - j,
                    BATCH_NORM_SILU_TILE);
                x = batch_norm_silu_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                out_y = n == 1 || w->run_stride[1] == 1 ? to_y : buffer_y;
                batch_norm_silu_forward_pass4_double_row(n, x, (double)lane_mean_pivot[b],
                    (double)lane_mean_rest_cast[b], (double)lane_slope[b], (double)lane_beta_cast[b], out_y);
                if (out_y == buffer_y) batch_norm_silu_write_double(buffer_y, to_y, 0, w->run_stride[1], 1, n);
            }
        }
    }
}

static void batch_norm_silu_forward_pass4_double_all(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, const long double *lane_mean_pivot, const long double *lane_mean_rest_cast,
    const long double *lane_slope, const long double *lane_beta_cast)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_forward_pass4_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot,
            lane_mean_rest_cast, lane_slope, lane_beta_cast);
    }
}


static void batch_norm_silu_forward_block_double(const batch_norm_silu_arguments_double *a, batch_norm_silu_block *c)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t b;
    long double lane_gamma[BATCH_NORM_SILU_LANES];
    long double lane_beta[BATCH_NORM_SILU_LANES];
    long double lane_v_sum_x[BATCH_NORM_SILU_LANES];
    long double lane_mean_pivot[BATCH_NORM_SILU_LANES];
    long double lane_v_sum_d[BATCH_NORM_SILU_LANES];
    long double lane_v_sum_d_d[BATCH_NORM_SILU_LANES];
    long double lane_mean_rest[BATCH_NORM_SILU_LANES];
    long double lane_mean[BATCH_NORM_SILU_LANES];
    long double lane_mean_low[BATCH_NORM_SILU_LANES];
    long double lane_var[BATCH_NORM_SILU_LANES];
    long double lane_inv_std[BATCH_NORM_SILU_LANES];
    long double lane_mean_rest_cast[BATCH_NORM_SILU_LANES];
    long double lane_slope[BATCH_NORM_SILU_LANES];
    long double lane_beta_cast[BATCH_NORM_SILU_LANES];
    long double again_v_sum_x[BATCH_NORM_SILU_LANES], again_v_sum_d[BATCH_NORM_SILU_LANES],
        again_v_sum_d_d[BATCH_NORM_SILU_LANES];
    int finite;
    const long double eps = a->eps;
    const long double count_n = a->count_n;
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_gamma[b] = a->gamma == NULL ? 1.0 : (long double)a->gamma[c->at[2] + b * w->lane_stride[2]];
        lane_beta[b] = a->beta == NULL ? 0.0 : (long double)a->beta[c->at[2] + b * w->lane_stride[2]];
    }
    finite = 0;
    if (!a->few) {
        batch_norm_silu_statistics_pass0_double_sums(a, c, lane_v_sum_x);
        finite = batch_norm_silu_finite_extended(lane_v_sum_x, c->lanes);
    }
    if (!finite) {
        batch_norm_silu_statistics_pass0_extended_sums(a, c, again_v_sum_x);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_x[b])) lane_v_sum_x[b] = again_v_sum_x[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (double)(lane_v_sum_x[b]/count_n);
    }
    finite = 0;
    if (!a->few) {
        batch_norm_silu_forward_pass2_double_sums(a, c, lane_mean_pivot, lane_v_sum_d, lane_v_sum_d_d);
        finite = batch_norm_silu_finite_extended(lane_v_sum_d, c->lanes)
            && batch_norm_silu_finite_extended(lane_v_sum_d_d, c->lanes);
    }
    if (!finite) {
        batch_norm_silu_forward_pass2_extended_sums(a, c, lane_mean_pivot, again_v_sum_d, again_v_sum_d_d);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_d[b])) lane_v_sum_d[b] = again_v_sum_d[b];
            if (a->few || !isfinite(lane_v_sum_d_d[b])) lane_v_sum_d_d[b] = again_v_sum_d_d[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_rest[b] = lane_v_sum_d[b]/count_n;
        lane_mean[b] = batch_norm_silu_exact_high_extended(lane_mean_pivot[b], lane_mean_rest[b]);
        lane_mean_low[b] = batch_norm_silu_exact_low_extended(lane_mean_pivot[b], lane_mean_rest[b]);
        lane_var[b] = batch_norm_silu_not_negative_extended(lane_v_sum_d_d[b]/count_n
            - batch_norm_silu_square_extended(lane_mean_rest[b]));
        lane_inv_std[b] = 1.0/sqrtl(eps + lane_var[b]);
        lane_mean_rest_cast[b] = lane_mean_rest[b];
        lane_slope[b] = lane_gamma[b]*lane_inv_std[b];
        lane_beta_cast[b] = lane_beta[b];
    }
    batch_norm_silu_forward_pass4_double_all(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_slope, lane_beta_cast);
    for (b = 0; b < c->lanes; ++b) {
        a->result_mean[c->at[2] + b * w->lane_stride[2]] = (double)lane_mean[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_mean_low[c->at[2] + b * w->lane_stride[2]] = (double)lane_mean_low[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_var[c->at[2] + b * w->lane_stride[2]] = (double)lane_var[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_inv_std[c->at[2] + b * w->lane_stride[2]] = (double)lane_inv_std[b];
    }
    (void)w;
}

int batch_norm_silu_forward_double(
    const batch_norm_silu_extents *extents,
    const double *x, const ptrdiff_t *x_strides,
    const double *gamma,
    const double *beta,
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
    static const char *const layouts[] = {"c", "c" };
    const ptrdiff_t *strides[2];
    batch_norm_silu_arguments_double a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = batch_norm_silu_check_extents(extents), outside;
    k = 0;
    if (status != BATCH_NORM_SILU_OK) return status;
    if (x == NULL || y == NULL || result_mean == NULL || result_mean_low == NULL || result_var == NULL
        || result_inv_std == NULL) return BATCH_NORM_SILU_NULL;
    if (threads < 1) return BATCH_NORM_SILU_THREADS;
    if (workspace_size < batch_norm_silu_forward_workspace(extents)) return BATCH_NORM_SILU_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return BATCH_NORM_SILU_WORKSPACE;
    if (batch_norm_silu_count(extents, "nc") == 0) {
        return BATCH_NORM_SILU_EMPTY;
    }
    strides[0] = x_strides;
    strides[1] = y_strides;
    batch_norm_silu_plan(&a.walk, extents, "c", 2, strides, 1, layouts, sizeof(double), 0);
    a.x = x;
    a.y = y;
    a.gamma = gamma;
    a.beta = beta;
    a.result_mean = result_mean;
    a.result_mean_low = result_mean_low;
    a.result_var = result_var;
    a.result_inv_std = result_inv_std;
    a.eps = eps;
    a.count_n = (double)batch_norm_silu_count(extents, "n");
    a.few = batch_norm_silu_count(extents, "n") < BATCH_NORM_SILU_FEW;
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
            batch_norm_silu_block c;
            batch_norm_silu_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            batch_norm_silu_forward_block_double(&a, &c);
        }
    }
    return BATCH_NORM_SILU_OK;
}

size_t batch_norm_silu_backward_workspace(const batch_norm_silu_extents *extents)
{
    ptrdiff_t count = 0;
    if (batch_norm_silu_check_extents(extents) != BATCH_NORM_SILU_OK || batch_norm_silu_count(extents, "nc") == 0)
        return 0;
    return (size_t)count * sizeof(double);
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_backward_pass1_float_element(
const double grad_output, const double x, const double mean_pivot, const double mean_rest_cast, const double factor,
    const double beta_cast, double *to_v_sum_d_grad_z, double *to_v_sum_grad_z)
{
    const double at_d = x - mean_pivot;
    const double at_d1 = at_d - mean_rest_cast;
    const double at_t1 = at_d1 * factor;
    const double at_t2 = at_t1 + beta_cast;
    const double at_t3 = batch_norm_silu_sigmoid_double(at_t2);
    const double at_t4 = at_t2 * at_t3;
    const double at_t5 = at_t2 * (double)-1.0;
    const double at_t6 = batch_norm_silu_sigmoid_double(at_t5);
    const double at_t7 = at_t4 * at_t6;
    const double at_t8 = at_t7 + at_t3;
    const double at_t9 = at_t8 * grad_output;
    *to_v_sum_d_grad_z = at_t9 * at_d1;
    *to_v_sum_grad_z = at_t9;
}

static void batch_norm_silu_backward_pass1_float_row(ptrdiff_t n, const float *grad_output, const float *x,
    const double mean_pivot, const double mean_rest_cast, const double factor, const double beta_cast, double *high,
    double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + batch_norm_silu_least(n - i, 4096);
        double part_0[BATCH_NORM_SILU_CHAINS];
        double part_1[BATCH_NORM_SILU_CHAINS];
        int k;
        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                double term_0, term_1;
                batch_norm_silu_backward_pass1_float_element((double)grad_output[i + k], (double)x[i + k], mean_pivot,
                    mean_rest_cast, factor, beta_cast, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1;
            batch_norm_silu_backward_pass1_float_element((double)grad_output[i], (double)x[i], mean_pivot,
                mean_rest_cast, factor, beta_cast, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = BATCH_NORM_SILU_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        batch_norm_silu_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        batch_norm_silu_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void batch_norm_silu_backward_pass1_float_columns(ptrdiff_t n, const float *grad_output, const float *x,
    const double *mean_pivot, const double *mean_rest_cast, const double *factor, const double *beta_cast,
    double *high_0, double *low_0, double *high_1, double *low_1)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1;
        batch_norm_silu_backward_pass1_float_element((double)grad_output[i], (double)x[i], mean_pivot[i],
            mean_rest_cast[i], factor[i], beta_cast[i], &term_0, &term_1);
        high_0[i] += term_0;
        high_1[i] += term_1;
    }
    (void)low_0;
    (void)low_1;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void batch_norm_silu_backward_pass1_float_units(const batch_norm_silu_arguments_float *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const double *lane_mean_pivot,
    const double *lane_mean_rest_cast, const double *lane_factor, const double *lane_beta_cast, double *high,
    double *low)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    float buffer_grad_output[BATCH_NORM_SILU_TILE];
    float buffer_x[BATCH_NORM_SILU_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[BATCH_NORM_SILU_TILE];
        double column_mean_rest_cast[BATCH_NORM_SILU_TILE];
        double column_factor[BATCH_NORM_SILU_TILE];
        double column_beta_cast[BATCH_NORM_SILU_TILE];
        double high_0[BATCH_NORM_SILU_TILE], low_0[BATCH_NORM_SILU_TILE];
        double high_1[BATCH_NORM_SILU_TILE], low_1[BATCH_NORM_SILU_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (double)lane_mean_rest_cast[b];
                column_factor[k] = (double)lane_factor[b];
                column_beta_cast[k] = (double)lane_beta_cast[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *grad_output;
            const float *x;
            batch_norm_silu_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, unit + 1, ahead);
                batch_norm_silu_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(float));
            }
            grad_output = batch_norm_silu_read_float_float(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = batch_norm_silu_read_float_float(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_x);
            batch_norm_silu_backward_pass1_float_columns(n, grad_output, x, column_mean_pivot, column_mean_rest_cast,
                column_factor, column_beta_cast, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                batch_norm_silu_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                batch_norm_silu_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0],
                    run * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const float *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : batch_norm_silu_least(run - j,
                    BATCH_NORM_SILU_TILE);
                grad_output = batch_norm_silu_read_float_float(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = batch_norm_silu_read_float_float(x, 0, w->run_stride[1], 1, n, buffer_x);
                batch_norm_silu_backward_pass1_float_row(n, grad_output, x, (double)lane_mean_pivot[b],
                    (double)lane_mean_rest_cast[b], (double)lane_factor[b], (double)lane_beta_cast[b], high + b, low
                    + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void batch_norm_silu_backward_pass1_float_sums(const batch_norm_silu_arguments_float *a,
    const batch_norm_silu_block *c, const double *lane_mean_pivot, const double *lane_mean_rest_cast,
    const double *lane_factor, const double *lane_beta_cast, double *sum_v_sum_d_grad_z, double *sum_v_sum_grad_z)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    double part[2 * 2 * BATCH_NORM_SILU_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_backward_pass1_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot,
            lane_mean_rest_cast, lane_factor, lane_beta_cast, part + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_d_grad_z[b] = (double)batch_norm_silu_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_grad_z[b] = (double)batch_norm_silu_whole_double(high, low);
        }
    }
}


BATCH_NORM_SILU_INLINE void batch_norm_silu_backward_pass3_float_element(
const float grad_output, const float x, const float mean_pivot, const float mean_rest_cast, const float factor,
    const float beta_cast, const float shift, const float slope, float *to_grad_x)
{
    const float at_d = x - mean_pivot;
    const float at_d1 = at_d - mean_rest_cast;
    const float at_t1 = at_d1 * factor;
    const float at_t2 = at_t1 + beta_cast;
    const float at_t3 = batch_norm_silu_sigmoid_float(at_t2);
    const float at_t4 = at_t2 * at_t3;
    const float at_t5 = at_t2 * (float)-1.0;
    const float at_t6 = batch_norm_silu_sigmoid_float(at_t5);
    const float at_t7 = at_t4 * at_t6;
    const float at_t8 = at_t7 + at_t3;
    const float at_t9 = at_t8 * grad_output;
    const float at_t10 = at_t9 - shift;
    const float at_t11 = at_d1 * slope;
    const float at_t12 = at_t10 + at_t11;
    const float at_t13 = at_t12 * factor;
    *to_grad_x = at_t13;
}

static void batch_norm_silu_backward_pass3_float_row(ptrdiff_t n, const float *grad_output, const float *x,
    const float mean_pivot, const float mean_rest_cast, const float factor, const float beta_cast, const float shift,
    const float slope, float *out_grad_x)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        batch_norm_silu_backward_pass3_float_element(grad_output[i], x[i], mean_pivot, mean_rest_cast, factor,
            beta_cast, shift, slope, &out_grad_x[i]);
    }
}

static void batch_norm_silu_backward_pass3_float_columns(ptrdiff_t n, const float *grad_output, const float *x,
    const float *mean_pivot, const float *mean_rest_cast, const float *factor, const float *beta_cast,
    const float *shift, const float *slope, float *out_grad_x)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        batch_norm_silu_backward_pass3_float_element(grad_output[i], x[i], mean_pivot[i], mean_rest_cast[i], factor[i],
            beta_cast[i], shift[i], slope[i], &out_grad_x[i]);
    }
}

/* Units first to end of a block. */
static void batch_norm_silu_backward_pass3_float_units(const batch_norm_silu_arguments_float *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const double *lane_mean_pivot,
    const double *lane_mean_rest_cast, const double *lane_factor, const double *lane_beta_cast,
    const double *lane_shift, const double *lane_slope)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    float buffer_grad_output[BATCH_NORM_SILU_TILE];
    float buffer_x[BATCH_NORM_SILU_TILE];
    float buffer_grad_x[BATCH_NORM_SILU_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        float column_mean_pivot[BATCH_NORM_SILU_TILE];
        float column_mean_rest_cast[BATCH_NORM_SILU_TILE];
        float column_factor[BATCH_NORM_SILU_TILE];
        float column_beta_cast[BATCH_NORM_SILU_TILE];
        float column_shift[BATCH_NORM_SILU_TILE];
        float column_slope[BATCH_NORM_SILU_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (float)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (float)lane_mean_rest_cast[b];
                column_factor[k] = (float)lane_factor[b];
                column_beta_cast[k] = (float)lane_beta_cast[b];
                column_shift[k] = (float)lane_shift[b];
                column_slope[k] = (float)lane_slope[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *grad_output;
            const float *x;
            float *out_grad_x;
            batch_norm_silu_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, first + end - 2 - unit, ahead);
                batch_norm_silu_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->grad_x + ahead[2], n * (ptrdiff_t)sizeof(float));
            }
            grad_output = batch_norm_silu_read_float_float(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = batch_norm_silu_read_float_float(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_x);
            out_grad_x = (w->run_size == 1 || w->run_stride[2] == 1) && (c->lanes == 1
                || w->lane_stride[2] == w->run_size) ? a->grad_x + at[2] : buffer_grad_x;
            batch_norm_silu_backward_pass3_float_columns(n, grad_output, x, column_mean_pivot, column_mean_rest_cast,
                column_factor, column_beta_cast, column_shift, column_slope, out_grad_x);
            if (out_grad_x == buffer_grad_x) batch_norm_silu_write_float(buffer_grad_x, a->grad_x + at[2],
                w->lane_stride[2], w->run_stride[2], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0],
                    run * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->grad_x + ahead[2] + b * w->lane_stride[2], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const float *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                float *to_grad_x = a->grad_x + at[2] + b * w->lane_stride[2] + j * w->run_stride[2];
                float *out_grad_x;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run
                    : batch_norm_silu_least(run - j, BATCH_NORM_SILU_TILE);
                grad_output = batch_norm_silu_read_float_float(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = batch_norm_silu_read_float_float(x, 0, w->run_stride[1], 1, n, buffer_x);
                out_grad_x = n == 1 || w->run_stride[2] == 1 ? to_grad_x : buffer_grad_x;
                batch_norm_silu_backward_pass3_float_row(n, grad_output, x, (float)lane_mean_pivot[b],
                    (float)lane_mean_rest_cast[b], (float)lane_factor[b], (float)lane_beta_cast[b],
                    (float)lane_shift[b], (float)lane_slope[b], out_grad_x);
                if (out_grad_x == buffer_grad_x) batch_norm_silu_write_float(buffer_grad_x, to_grad_x, 0,
                    w->run_stride[2], 1, n);
            }
        }
    }
}

static void batch_norm_silu_backward_pass3_float_all(const batch_norm_silu_arguments_float *a,
    const batch_norm_silu_block *c, const double *lane_mean_pivot, const double *lane_mean_rest_cast,
    const double *lane_factor, const double *lane_beta_cast, const double *lane_shift, const double *lane_slope)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_backward_pass3_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot,
            lane_mean_rest_cast, lane_factor, lane_beta_cast, lane_shift, lane_slope);
    }
}


static void batch_norm_silu_backward_block_float(const batch_norm_silu_arguments_float *a, batch_norm_silu_block *c)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t b;
    double lane_gamma[BATCH_NORM_SILU_LANES];
    double lane_beta[BATCH_NORM_SILU_LANES];
    double lane_mean[BATCH_NORM_SILU_LANES];
    double lane_mean_low[BATCH_NORM_SILU_LANES];
    double lane_inv_std[BATCH_NORM_SILU_LANES];
    double lane_mean_pivot[BATCH_NORM_SILU_LANES];
    double lane_mean_rest[BATCH_NORM_SILU_LANES];
    double lane_mean_rest_cast[BATCH_NORM_SILU_LANES];
    double lane_factor[BATCH_NORM_SILU_LANES];
    double lane_beta_cast[BATCH_NORM_SILU_LANES];
    double lane_v_sum_d_grad_z[BATCH_NORM_SILU_LANES];
    double lane_v_sum_grad_z[BATCH_NORM_SILU_LANES];
    double lane_grad_gamma[BATCH_NORM_SILU_LANES];
    double lane_shift[BATCH_NORM_SILU_LANES];
    double lane_slope[BATCH_NORM_SILU_LANES];
    const double count_n = a->count_n;
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_gamma[b] = a->gamma == NULL ? 1.0 : (double)a->gamma[c->at[3] + b * w->lane_stride[3]];
        lane_beta[b] = a->beta == NULL ? 0.0 : (double)a->beta[c->at[3] + b * w->lane_stride[3]];
        lane_mean[b] = a->mean[c->at[3] + b * w->lane_stride[3]];
        lane_mean_low[b] = a->mean_low[c->at[3] + b * w->lane_stride[3]];
        lane_inv_std[b] = a->inv_std[c->at[3] + b * w->lane_stride[3]];
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (float)(lane_mean[b]);
        lane_mean_rest[b] = (lane_mean[b] - lane_mean_pivot[b]) + lane_mean_low[b];
        lane_mean_rest_cast[b] = lane_mean_rest[b];
        lane_factor[b] = lane_gamma[b]*lane_inv_std[b];
        lane_beta_cast[b] = lane_beta[b];
    }
    batch_norm_silu_backward_pass1_float_sums(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_beta_cast,
        lane_v_sum_d_grad_z, lane_v_sum_grad_z);
    for (b = 0; b < c->lanes; ++b) {
        lane_grad_gamma[b] = lane_inv_std[b]*lane_v_sum_d_grad_z[b];
        lane_shift[b] = lane_v_sum_grad_z[b]/count_n;
        lane_slope[b] = -batch_norm_silu_square_double(lane_inv_std[b])*lane_v_sum_d_grad_z[b]/count_n;
    }
    batch_norm_silu_backward_pass3_float_all(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_beta_cast,
        lane_shift, lane_slope);
    for (b = 0; b < c->lanes; ++b) {
        a->result_grad_gamma[c->at[3] + b * w->lane_stride[3]] = (double)lane_grad_gamma[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_grad_beta[c->at[3] + b * w->lane_stride[3]] = (double)lane_v_sum_grad_z[b];
    }
    (void)w;
}

int batch_norm_silu_backward_float(
    const batch_norm_silu_extents *extents,
    const float *grad_output, const ptrdiff_t *grad_output_strides,
    const float *x, const ptrdiff_t *x_strides,
    const float *gamma,
    const float *beta,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    float *grad_x, const ptrdiff_t *grad_x_strides,
    double *result_grad_gamma,
    double *result_grad_beta,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"c", "c" };
    const ptrdiff_t *strides[3];
    batch_norm_silu_arguments_float a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = batch_norm_silu_check_extents(extents), outside;
    k = 0;
    if (status != BATCH_NORM_SILU_OK) return status;
    if (grad_output == NULL || x == NULL || grad_x == NULL || mean == NULL || mean_low == NULL || inv_std == NULL
        || result_grad_gamma == NULL || result_grad_beta == NULL) return BATCH_NORM_SILU_NULL;
    if (threads < 1) return BATCH_NORM_SILU_THREADS;
    if (workspace_size < batch_norm_silu_backward_workspace(extents)) return BATCH_NORM_SILU_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return BATCH_NORM_SILU_WORKSPACE;
    if (batch_norm_silu_count(extents, "nc") == 0) {
        for (k = 0; k < batch_norm_silu_count(extents, "c"); ++k) result_grad_gamma[k] = 0;
        for (k = 0; k < batch_norm_silu_count(extents, "c"); ++k) result_grad_beta[k] = 0;
        return BATCH_NORM_SILU_OK;
    }
    strides[0] = grad_output_strides;
    strides[1] = x_strides;
    strides[2] = grad_x_strides;
    batch_norm_silu_plan(&a.walk, extents, "c", 3, strides, 1, layouts, sizeof(float), 0);
    a.grad_output = grad_output;
    a.x = x;
    a.grad_x = grad_x;
    a.gamma = gamma;
    a.beta = beta;
    a.mean = mean;
    a.mean_low = mean_low;
    a.inv_std = inv_std;
    a.result_grad_gamma = result_grad_gamma;
    a.result_grad_beta = result_grad_beta;
    a.count_n = (double)batch_norm_silu_count(extents, "n");
    a.few = batch_norm_silu_count(extents, "n") < BATCH_NORM_SILU_FEW;
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
            batch_norm_silu_block c;
            batch_norm_silu_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            batch_norm_silu_backward_block_float(&a, &c);
        }
    }
    return BATCH_NORM_SILU_OK;
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_backward_pass1_double_element(
const double grad_output, const double x, const double mean_pivot, const double mean_rest_cast, const double factor,
    const double beta_cast, double *to_v_sum_d_grad_z, double *to_v_sum_grad_z)
{
    const double at_d = x - mean_pivot;
    const double at_d1 = at_d - mean_rest_cast;
    const double at_t1 = at_d1 * factor;
    const double at_t2 = at_t1 + beta_cast;
    const double at_t3 = batch_norm_silu_sigmoid_double(at_t2);
    const double at_t4 = at_t2 * at_t3;
    const double at_t5 = at_t2 * (double)-1.0;
    const double at_t6 = batch_norm_silu_sigmoid_double(at_t5);
    const double at_t7 = at_t4 * at_t6;
    const double at_t8 = at_t7 + at_t3;
    const double at_t9 = at_t8 * grad_output;
    *to_v_sum_d_grad_z = at_t9 * at_d1;
    *to_v_sum_grad_z = at_t9;
}

static void batch_norm_silu_backward_pass1_double_row(ptrdiff_t n, const double *grad_output, const double *x,
    const double mean_pivot, const double mean_rest_cast, const double factor, const double beta_cast, double *high,
    double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
        double part_0[BATCH_NORM_SILU_CHAINS];
        double part_1[BATCH_NORM_SILU_CHAINS];
        int k;
        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                double term_0, term_1;
                batch_norm_silu_backward_pass1_double_element(grad_output[i + k], x[i + k], mean_pivot, mean_rest_cast,
                    factor, beta_cast, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1;
            batch_norm_silu_backward_pass1_double_element(grad_output[i], x[i], mean_pivot, mean_rest_cast, factor,
                beta_cast, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = BATCH_NORM_SILU_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        batch_norm_silu_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        batch_norm_silu_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void batch_norm_silu_backward_pass1_double_columns(ptrdiff_t n, const double *grad_output, const double *x,
    const double *mean_pivot, const double *mean_rest_cast, const double *factor, const double *beta_cast,
    double *high_0, double *low_0, double *high_1, double *low_1)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1;
        batch_norm_silu_backward_pass1_double_element(grad_output[i], x[i], mean_pivot[i], mean_rest_cast[i], factor[i],
            beta_cast[i], &term_0, &term_1);
        batch_norm_silu_add_double(&high_0[i], &low_0[i], term_0);
        batch_norm_silu_add_double(&high_1[i], &low_1[i], term_1);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void batch_norm_silu_backward_pass1_double_units(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot,
    const long double *lane_mean_rest_cast, const long double *lane_factor, const long double *lane_beta_cast,
    double *high, double *low)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    double buffer_grad_output[BATCH_NORM_SILU_TILE];
    double buffer_x[BATCH_NORM_SILU_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[BATCH_NORM_SILU_TILE];
        double column_mean_rest_cast[BATCH_NORM_SILU_TILE];
        double column_factor[BATCH_NORM_SILU_TILE];
        double column_beta_cast[BATCH_NORM_SILU_TILE];
        double high_0[BATCH_NORM_SILU_TILE], low_0[BATCH_NORM_SILU_TILE];
        double high_1[BATCH_NORM_SILU_TILE], low_1[BATCH_NORM_SILU_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (double)lane_mean_rest_cast[b];
                column_factor[k] = (double)lane_factor[b];
                column_beta_cast[k] = (double)lane_beta_cast[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            batch_norm_silu_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, unit + 1, ahead);
                batch_norm_silu_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = batch_norm_silu_read_double_double(a->grad_output + at[0], w->lane_stride[0],
                w->run_stride[0], c->lanes, w->run_size, buffer_grad_output);
            x = batch_norm_silu_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_x);
            batch_norm_silu_backward_pass1_double_columns(n, grad_output, x, column_mean_pivot, column_mean_rest_cast,
                column_factor, column_beta_cast, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                batch_norm_silu_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                batch_norm_silu_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0],
                    run * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : batch_norm_silu_least(run - j,
                    BATCH_NORM_SILU_TILE);
                grad_output = batch_norm_silu_read_double_double(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = batch_norm_silu_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                batch_norm_silu_backward_pass1_double_row(n, grad_output, x, (double)lane_mean_pivot[b],
                    (double)lane_mean_rest_cast[b], (double)lane_factor[b], (double)lane_beta_cast[b], high + b, low
                    + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void batch_norm_silu_backward_pass1_double_sums(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, const long double *lane_mean_pivot, const long double *lane_mean_rest_cast,
    const long double *lane_factor, const long double *lane_beta_cast, long double *sum_v_sum_d_grad_z,
    long double *sum_v_sum_grad_z)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    double part[2 * 2 * BATCH_NORM_SILU_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_backward_pass1_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot,
            lane_mean_rest_cast, lane_factor, lane_beta_cast, part + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_d_grad_z[b] = (long double)batch_norm_silu_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_grad_z[b] = (long double)batch_norm_silu_whole_double(high, low);
        }
    }
}


BATCH_NORM_SILU_INLINE void batch_norm_silu_backward_pass1_extended_element(
const long double grad_output, const long double x, const long double mean_pivot, const long double mean_rest_cast,
    const long double factor, const long double beta_cast, long double *to_v_sum_d_grad_z, long double *to_v_sum_grad_z)
{
    const long double at_d = x - mean_pivot;
    const long double at_d1 = at_d - mean_rest_cast;
    const long double at_t1 = at_d1 * factor;
    const long double at_t2 = at_t1 + beta_cast;
    const long double at_t3 = batch_norm_silu_sigmoid_extended(at_t2);
    const long double at_t4 = at_t2 * at_t3;
    const long double at_t5 = at_t2 * (long double)-1.0;
    const long double at_t6 = batch_norm_silu_sigmoid_extended(at_t5);
    const long double at_t7 = at_t4 * at_t6;
    const long double at_t8 = at_t7 + at_t3;
    const long double at_t9 = at_t8 * grad_output;
    *to_v_sum_d_grad_z = at_t9 * at_d1;
    *to_v_sum_grad_z = at_t9;
}

static void batch_norm_silu_backward_pass1_extended_row(ptrdiff_t n, const double *grad_output, const double *x,
    const long double mean_pivot, const long double mean_rest_cast, const long double factor,
    const long double beta_cast, long double *high, long double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
        long double part_0[BATCH_NORM_SILU_CHAINS];
        long double part_1[BATCH_NORM_SILU_CHAINS];
        int k;
        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                long double term_0, term_1;
                batch_norm_silu_backward_pass1_extended_element((long double)grad_output[i + k], (long double)x[i + k],
                    mean_pivot, mean_rest_cast, factor, beta_cast, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0, term_1;
            batch_norm_silu_backward_pass1_extended_element((long double)grad_output[i], (long double)x[i], mean_pivot,
                mean_rest_cast, factor, beta_cast, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = BATCH_NORM_SILU_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        batch_norm_silu_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        batch_norm_silu_add_extended(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void batch_norm_silu_backward_pass1_extended_columns(ptrdiff_t n, const double *grad_output, const double *x,
    const long double *mean_pivot, const long double *mean_rest_cast, const long double *factor,
    const long double *beta_cast, long double *high_0, long double *low_0, long double *high_1, long double *low_1)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0, term_1;
        batch_norm_silu_backward_pass1_extended_element((long double)grad_output[i], (long double)x[i], mean_pivot[i],
            mean_rest_cast[i], factor[i], beta_cast[i], &term_0, &term_1);
        batch_norm_silu_add_extended(&high_0[i], &low_0[i], term_0);
        batch_norm_silu_add_extended(&high_1[i], &low_1[i], term_1);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void batch_norm_silu_backward_pass1_extended_units(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot,
    const long double *lane_mean_rest_cast, const long double *lane_factor, const long double *lane_beta_cast,
    long double *high, long double *low)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    double buffer_grad_output[BATCH_NORM_SILU_TILE];
    double buffer_x[BATCH_NORM_SILU_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double column_mean_pivot[BATCH_NORM_SILU_TILE];
        long double column_mean_rest_cast[BATCH_NORM_SILU_TILE];
        long double column_factor[BATCH_NORM_SILU_TILE];
        long double column_beta_cast[BATCH_NORM_SILU_TILE];
        long double high_0[BATCH_NORM_SILU_TILE], low_0[BATCH_NORM_SILU_TILE];
        long double high_1[BATCH_NORM_SILU_TILE], low_1[BATCH_NORM_SILU_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (long double)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (long double)lane_mean_rest_cast[b];
                column_factor[k] = (long double)lane_factor[b];
                column_beta_cast[k] = (long double)lane_beta_cast[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            batch_norm_silu_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, unit + 1, ahead);
                batch_norm_silu_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = batch_norm_silu_read_double_double(a->grad_output + at[0], w->lane_stride[0],
                w->run_stride[0], c->lanes, w->run_size, buffer_grad_output);
            x = batch_norm_silu_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_x);
            batch_norm_silu_backward_pass1_extended_columns(n, grad_output, x, column_mean_pivot, column_mean_rest_cast,
                column_factor, column_beta_cast, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                batch_norm_silu_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                batch_norm_silu_add_extended(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0],
                    run * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : batch_norm_silu_least(run - j,
                    BATCH_NORM_SILU_TILE);
                grad_output = batch_norm_silu_read_double_double(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = batch_norm_silu_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                batch_norm_silu_backward_pass1_extended_row(n, grad_output, x, (long double)lane_mean_pivot[b],
                    (long double)lane_mean_rest_cast[b], (long double)lane_factor[b], (long double)lane_beta_cast[b],
                    high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void batch_norm_silu_backward_pass1_extended_sums(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, const long double *lane_mean_pivot, const long double *lane_mean_rest_cast,
    const long double *lane_factor, const long double *lane_beta_cast, long double *sum_v_sum_d_grad_z,
    long double *sum_v_sum_grad_z)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    long double part[2 * 2 * BATCH_NORM_SILU_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_backward_pass1_extended_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_beta_cast, part + k * stride, part + k * stride
            + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_d_grad_z[b] = (long double)batch_norm_silu_whole_extended(high, low);
        }
        {
            long double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_extended(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_grad_z[b] = (long double)batch_norm_silu_whole_extended(high, low);
        }
    }
}


BATCH_NORM_SILU_INLINE void batch_norm_silu_backward_pass3_double_element(
const double grad_output, const double x, const double mean_pivot, const double mean_rest_cast, const double factor,
    const double beta_cast, const double shift, const double slope, double *to_grad_x)
{
    const double at_d = x - mean_pivot;
    const double at_d1 = at_d - mean_rest_cast;
    const double at_t1 = at_d1 * factor;
    const double at_t2 = at_t1 + beta_cast;
    const double at_t3 = batch_norm_silu_sigmoid_double(at_t2);
    const double at_t4 = at_t2 * at_t3;
    const double at_t5 = at_t2 * (double)-1.0;
    const double at_t6 = batch_norm_silu_sigmoid_double(at_t5);
    const double at_t7 = at_t4 * at_t6;
    const double at_t8 = at_t7 + at_t3;
    const double at_t9 = at_t8 * grad_output;
    const double at_t10 = at_t9 - shift;
    const double at_t11 = at_d1 * slope;
    const double at_t12 = at_t10 + at_t11;
    const double at_t13 = at_t12 * factor;
    *to_grad_x = at_t13;
}

static void batch_norm_silu_backward_pass3_double_row(ptrdiff_t n, const double *grad_output, const double *x,
    const double mean_pivot, const double mean_rest_cast, const double factor, const double beta_cast,
    const double shift, const double slope, double *out_grad_x)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        batch_norm_silu_backward_pass3_double_element(grad_output[i], x[i], mean_pivot, mean_rest_cast, factor,
            beta_cast, shift, slope, &out_grad_x[i]);
    }
}

static void batch_norm_silu_backward_pass3_double_columns(ptrdiff_t n, const double *grad_output, const double *x,
    const double *mean_pivot, const double *mean_rest_cast, const double *factor, const double *beta_cast,
    const double *shift, const double *slope, double *out_grad_x)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        batch_norm_silu_backward_pass3_double_element(grad_output[i], x[i], mean_pivot[i], mean_rest_cast[i], factor[i],
            beta_cast[i], shift[i], slope[i], &out_grad_x[i]);
    }
}

/* Units first to end of a block. */
static void batch_norm_silu_backward_pass3_double_units(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot,
    const long double *lane_mean_rest_cast, const long double *lane_factor, const long double *lane_beta_cast,
    const long double *lane_shift, const long double *lane_slope)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    double buffer_grad_output[BATCH_NORM_SILU_TILE];
    double buffer_x[BATCH_NORM_SILU_TILE];
    double buffer_grad_x[BATCH_NORM_SILU_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[BATCH_NORM_SILU_TILE];
        double column_mean_rest_cast[BATCH_NORM_SILU_TILE];
        double column_factor[BATCH_NORM_SILU_TILE];
        double column_beta_cast[BATCH_NORM_SILU_TILE];
        double column_shift[BATCH_NORM_SILU_TILE];
        double column_slope[BATCH_NORM_SILU_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (double)lane_mean_rest_cast[b];
                column_factor[k] = (double)lane_factor[b];
                column_beta_cast[k] = (double)lane_beta_cast[b];
                column_shift[k] = (double)lane_shift[b];
                column_slope[k] = (double)lane_slope[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            double *out_grad_x;
            batch_norm_silu_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, first + end - 2 - unit, ahead);
                batch_norm_silu_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->grad_x + ahead[2], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = batch_norm_silu_read_double_double(a->grad_output + at[0], w->lane_stride[0],
                w->run_stride[0], c->lanes, w->run_size, buffer_grad_output);
            x = batch_norm_silu_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_x);
            out_grad_x = (w->run_size == 1 || w->run_stride[2] == 1) && (c->lanes == 1
                || w->lane_stride[2] == w->run_size) ? a->grad_x + at[2] : buffer_grad_x;
            batch_norm_silu_backward_pass3_double_columns(n, grad_output, x, column_mean_pivot, column_mean_rest_cast,
                column_factor, column_beta_cast, column_shift, column_slope, out_grad_x);
            if (out_grad_x == buffer_grad_x) batch_norm_silu_write_double(buffer_grad_x, a->grad_x + at[2],
                w->lane_stride[2], w->run_stride[2], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0],
                    run * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->grad_x + ahead[2] + b * w->lane_stride[2], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                double *to_grad_x = a->grad_x + at[2] + b * w->lane_stride[2] + j * w->run_stride[2];
                double *out_grad_x;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run
                    : batch_norm_silu_least(run - j, BATCH_NORM_SILU_TILE);
                grad_output = batch_norm_silu_read_double_double(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = batch_norm_silu_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                out_grad_x = n == 1 || w->run_stride[2] == 1 ? to_grad_x : buffer_grad_x;
                batch_norm_silu_backward_pass3_double_row(n, grad_output, x, (double)lane_mean_pivot[b],
                    (double)lane_mean_rest_cast[b], (double)lane_factor[b], (double)lane_beta_cast[b],
                    (double)lane_shift[b], (double)lane_slope[b], out_grad_x);
                if (out_grad_x == buffer_grad_x) batch_norm_silu_write_double(buffer_grad_x, to_grad_x, 0,
                    w->run_stride[2], 1, n);
            }
        }
    }
}

static void batch_norm_silu_backward_pass3_double_all(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, const long double *lane_mean_pivot, const long double *lane_mean_rest_cast,
    const long double *lane_factor, const long double *lane_beta_cast, const long double *lane_shift,
    const long double *lane_slope)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_backward_pass3_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot,
            lane_mean_rest_cast, lane_factor, lane_beta_cast, lane_shift, lane_slope);
    }
}


static void batch_norm_silu_backward_block_double(const batch_norm_silu_arguments_double *a, batch_norm_silu_block *c)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t b;
    long double lane_gamma[BATCH_NORM_SILU_LANES];
    long double lane_beta[BATCH_NORM_SILU_LANES];
    long double lane_mean[BATCH_NORM_SILU_LANES];
    long double lane_mean_low[BATCH_NORM_SILU_LANES];
    long double lane_inv_std[BATCH_NORM_SILU_LANES];
    long double lane_mean_pivot[BATCH_NORM_SILU_LANES];
    long double lane_mean_rest[BATCH_NORM_SILU_LANES];
    long double lane_mean_rest_cast[BATCH_NORM_SILU_LANES];
    long double lane_factor[BATCH_NORM_SILU_LANES];
    long double lane_beta_cast[BATCH_NORM_SILU_LANES];
    long double lane_v_sum_d_grad_z[BATCH_NORM_SILU_LANES];
    long double lane_v_sum_grad_z[BATCH_NORM_SILU_LANES];
    long double lane_grad_gamma[BATCH_NORM_SILU_LANES];
    long double lane_shift[BATCH_NORM_SILU_LANES];
    long double lane_slope[BATCH_NORM_SILU_LANES];
    long double again_v_sum_d_grad_z[BATCH_NORM_SILU_LANES], again_v_sum_grad_z[BATCH_NORM_SILU_LANES];
    int finite;
    const long double count_n = a->count_n;
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_gamma[b] = a->gamma == NULL ? 1.0 : (long double)a->gamma[c->at[3] + b * w->lane_stride[3]];
        lane_beta[b] = a->beta == NULL ? 0.0 : (long double)a->beta[c->at[3] + b * w->lane_stride[3]];
        lane_mean[b] = a->mean[c->at[3] + b * w->lane_stride[3]];
        lane_mean_low[b] = a->mean_low[c->at[3] + b * w->lane_stride[3]];
        lane_inv_std[b] = a->inv_std[c->at[3] + b * w->lane_stride[3]];
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (double)(lane_mean[b]);
        lane_mean_rest[b] = (lane_mean[b] - lane_mean_pivot[b]) + lane_mean_low[b];
        lane_mean_rest_cast[b] = lane_mean_rest[b];
        lane_factor[b] = lane_gamma[b]*lane_inv_std[b];
        lane_beta_cast[b] = lane_beta[b];
    }
    finite = 0;
    if (!a->few) {
        batch_norm_silu_backward_pass1_double_sums(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_factor,
            lane_beta_cast, lane_v_sum_d_grad_z, lane_v_sum_grad_z);
        finite = batch_norm_silu_finite_extended(lane_v_sum_d_grad_z, c->lanes)
            && batch_norm_silu_finite_extended(lane_v_sum_grad_z, c->lanes);
    }
    if (!finite) {
        batch_norm_silu_backward_pass1_extended_sums(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_factor,
            lane_beta_cast, again_v_sum_d_grad_z, again_v_sum_grad_z);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_d_grad_z[b])) lane_v_sum_d_grad_z[b] = again_v_sum_d_grad_z[b];
            if (a->few || !isfinite(lane_v_sum_grad_z[b])) lane_v_sum_grad_z[b] = again_v_sum_grad_z[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_grad_gamma[b] = lane_inv_std[b]*lane_v_sum_d_grad_z[b];
        lane_shift[b] = lane_v_sum_grad_z[b]/count_n;
        lane_slope[b] = -batch_norm_silu_square_extended(lane_inv_std[b])*lane_v_sum_d_grad_z[b]/count_n;
    }
    batch_norm_silu_backward_pass3_double_all(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_beta_cast,
        lane_shift, lane_slope);
    for (b = 0; b < c->lanes; ++b) {
        a->result_grad_gamma[c->at[3] + b * w->lane_stride[3]] = (double)lane_grad_gamma[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_grad_beta[c->at[3] + b * w->lane_stride[3]] = (double)lane_v_sum_grad_z[b];
    }
    (void)w;
}

int batch_norm_silu_backward_double(
    const batch_norm_silu_extents *extents,
    const double *grad_output, const ptrdiff_t *grad_output_strides,
    const double *x, const ptrdiff_t *x_strides,
    const double *gamma,
    const double *beta,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    double *grad_x, const ptrdiff_t *grad_x_strides,
    double *result_grad_gamma,
    double *result_grad_beta,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"c", "c" };
    const ptrdiff_t *strides[3];
    batch_norm_silu_arguments_double a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = batch_norm_silu_check_extents(extents), outside;
    k = 0;
    if (status != BATCH_NORM_SILU_OK) return status;
    if (grad_output == NULL || x == NULL || grad_x == NULL || mean == NULL || mean_low == NULL || inv_std == NULL
        || result_grad_gamma == NULL || result_grad_beta == NULL) return BATCH_NORM_SILU_NULL;
    if (threads < 1) return BATCH_NORM_SILU_THREADS;
    if (workspace_size < batch_norm_silu_backward_workspace(extents)) return BATCH_NORM_SILU_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return BATCH_NORM_SILU_WORKSPACE;
    if (batch_norm_silu_count(extents, "nc") == 0) {
        for (k = 0; k < batch_norm_silu_count(extents, "c"); ++k) result_grad_gamma[k] = 0;
        for (k = 0; k < batch_norm_silu_count(extents, "c"); ++k) result_grad_beta[k] = 0;
        return BATCH_NORM_SILU_OK;
    }
    strides[0] = grad_output_strides;
    strides[1] = x_strides;
    strides[2] = grad_x_strides;
    batch_norm_silu_plan(&a.walk, extents, "c", 3, strides, 1, layouts, sizeof(double), 0);
    a.grad_output = grad_output;
    a.x = x;
    a.grad_x = grad_x;
    a.gamma = gamma;
    a.beta = beta;
    a.mean = mean;
    a.mean_low = mean_low;
    a.inv_std = inv_std;
    a.result_grad_gamma = result_grad_gamma;
    a.result_grad_beta = result_grad_beta;
    a.count_n = (double)batch_norm_silu_count(extents, "n");
    a.few = batch_norm_silu_count(extents, "n") < BATCH_NORM_SILU_FEW;
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
            batch_norm_silu_block c;
            batch_norm_silu_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            batch_norm_silu_backward_block_double(&a, &c);
        }
    }
    return BATCH_NORM_SILU_OK;
}

size_t batch_norm_silu_jvp_workspace(const batch_norm_silu_extents *extents)
{
    ptrdiff_t count = 0;
    if (batch_norm_silu_check_extents(extents) != BATCH_NORM_SILU_OK || batch_norm_silu_count(extents, "nc") == 0)
        return 0;
    return (size_t)count * sizeof(double);
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_jvp_pass1_float_element(
const double x, const double tangent_x, const double mean_pivot, double *to_near_sum_d_tangent_x,
    double *to_v_sum_tangent_x)
{
    const double at_d = x - mean_pivot;
    *to_near_sum_d_tangent_x = at_d * tangent_x;
    *to_v_sum_tangent_x = tangent_x;
}

static void batch_norm_silu_jvp_pass1_float_row(ptrdiff_t n, const float *x, const float *tangent_x,
    const double mean_pivot, double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + batch_norm_silu_least(n - i, 4096);
        double part_0[BATCH_NORM_SILU_CHAINS];
        double part_1[BATCH_NORM_SILU_CHAINS];
        int k;
        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                double term_0, term_1;
                batch_norm_silu_jvp_pass1_float_element((double)x[i + k], (double)tangent_x[i + k], mean_pivot, &term_0,
                    &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1;
            batch_norm_silu_jvp_pass1_float_element((double)x[i], (double)tangent_x[i], mean_pivot, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = BATCH_NORM_SILU_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        batch_norm_silu_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        batch_norm_silu_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void batch_norm_silu_jvp_pass1_float_columns(ptrdiff_t n, const float *x, const float *tangent_x,
    const double *mean_pivot, double *high_0, double *low_0, double *high_1, double *low_1)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1;
        batch_norm_silu_jvp_pass1_float_element((double)x[i], (double)tangent_x[i], mean_pivot[i], &term_0, &term_1);
        high_0[i] += term_0;
        high_1[i] += term_1;
    }
    (void)low_0;
    (void)low_1;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void batch_norm_silu_jvp_pass1_float_units(const batch_norm_silu_arguments_float *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const double *lane_mean_pivot, double *high,
    double *low)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    float buffer_x[BATCH_NORM_SILU_TILE];
    float buffer_tangent_x[BATCH_NORM_SILU_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[BATCH_NORM_SILU_TILE];
        double high_0[BATCH_NORM_SILU_TILE], low_0[BATCH_NORM_SILU_TILE];
        double high_1[BATCH_NORM_SILU_TILE], low_1[BATCH_NORM_SILU_TILE];
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
            batch_norm_silu_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, unit + 1, ahead);
                batch_norm_silu_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->tangent_x + ahead[1], n * (ptrdiff_t)sizeof(float));
            }
            x = batch_norm_silu_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            tangent_x = batch_norm_silu_read_float_float(a->tangent_x + at[1], w->lane_stride[1], w->run_stride[1],
                c->lanes, w->run_size, buffer_tangent_x);
            batch_norm_silu_jvp_pass1_float_columns(n, x, tangent_x, column_mean_pivot, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                batch_norm_silu_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                batch_norm_silu_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->tangent_x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const float *tangent_x = a->tangent_x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : batch_norm_silu_least(run - j,
                    BATCH_NORM_SILU_TILE);
                x = batch_norm_silu_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                tangent_x = batch_norm_silu_read_float_float(tangent_x, 0, w->run_stride[1], 1, n, buffer_tangent_x);
                batch_norm_silu_jvp_pass1_float_row(n, x, tangent_x, (double)lane_mean_pivot[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void batch_norm_silu_jvp_pass1_float_sums(const batch_norm_silu_arguments_float *a,
    const batch_norm_silu_block *c, const double *lane_mean_pivot, double *sum_near_sum_d_tangent_x,
    double *sum_v_sum_tangent_x)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    double part[2 * 2 * BATCH_NORM_SILU_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_jvp_pass1_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot, part
            + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_near_sum_d_tangent_x[b] = (double)batch_norm_silu_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_tangent_x[b] = (double)batch_norm_silu_whole_double(high, low);
        }
    }
}


BATCH_NORM_SILU_INLINE void batch_norm_silu_jvp_pass3_float_element(
const float x, const float tangent_x, const float mean_pivot, const float mean_rest_cast, const float factor,
    const float factor_2, const float beta_cast, const float shift, const float slope, const float factor_3,
    const float factor_4, const float factor_5, float *to_tangent_y)
{
    const float at_d = x - mean_pivot;
    const float at_d1 = at_d - mean_rest_cast;
    const float at_t1 = at_d1 * factor;
    const float at_t2 = at_t1 + factor_2;
    const float at_t3 = batch_norm_silu_sigmoid_float(at_t2);
    const float at_t4 = at_t3 * beta_cast;
    const float at_t5 = at_t4 + shift;
    const float at_t6 = at_d1 * at_t3;
    const float at_t7 = at_t6 * slope;
    const float at_t8 = at_t5 + at_t7;
    const float at_t9 = at_t2 * (float)-1.0;
    const float at_t10 = batch_norm_silu_sigmoid_float(at_t9);
    const float at_t11 = at_d1 * factor_3;
    const float at_t12 = tangent_x * slope;
    const float at_t13 = at_t11 + at_t12;
    const float at_t14 = at_d1 * factor_4;
    const float at_t15 = at_t13 - at_t14;
    const float at_t16 = at_t15 + factor_5;
    const float at_t17 = at_t10 * at_t16;
    const float at_t18 = at_t8 * at_t17;
    *to_tangent_y = at_t18;
}

static void batch_norm_silu_jvp_pass3_float_row(ptrdiff_t n, const float *x, const float *tangent_x,
    const float mean_pivot, const float mean_rest_cast, const float factor, const float factor_2, const float beta_cast,
    const float shift, const float slope, const float factor_3, const float factor_4, const float factor_5,
    float *out_tangent_y)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        batch_norm_silu_jvp_pass3_float_element(x[i], tangent_x[i], mean_pivot, mean_rest_cast, factor, factor_2,
            beta_cast, shift, slope, factor_3, factor_4, factor_5, &out_tangent_y[i]);
    }
}

static void batch_norm_silu_jvp_pass3_float_columns(ptrdiff_t n, const float *x, const float *tangent_x,
    const float *mean_pivot, const float *mean_rest_cast, const float *factor, const float *factor_2,
    const float *beta_cast, const float *shift, const float *slope, const float *factor_3, const float *factor_4,
    const float *factor_5, float *out_tangent_y)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        batch_norm_silu_jvp_pass3_float_element(x[i], tangent_x[i], mean_pivot[i], mean_rest_cast[i], factor[i],
            factor_2[i], beta_cast[i], shift[i], slope[i], factor_3[i], factor_4[i], factor_5[i], &out_tangent_y[i]);
    }
}

/* Units first to end of a block. */
static void batch_norm_silu_jvp_pass3_float_units(const batch_norm_silu_arguments_float *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const double *lane_mean_pivot,
    const double *lane_mean_rest_cast, const double *lane_factor, const double *lane_factor_2,
    const double *lane_beta_cast, const double *lane_shift, const double *lane_slope, const double *lane_factor_3,
    const double *lane_factor_4, const double *lane_factor_5)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    float buffer_x[BATCH_NORM_SILU_TILE];
    float buffer_tangent_x[BATCH_NORM_SILU_TILE];
    float buffer_tangent_y[BATCH_NORM_SILU_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        float column_mean_pivot[BATCH_NORM_SILU_TILE];
        float column_mean_rest_cast[BATCH_NORM_SILU_TILE];
        float column_factor[BATCH_NORM_SILU_TILE];
        float column_factor_2[BATCH_NORM_SILU_TILE];
        float column_beta_cast[BATCH_NORM_SILU_TILE];
        float column_shift[BATCH_NORM_SILU_TILE];
        float column_slope[BATCH_NORM_SILU_TILE];
        float column_factor_3[BATCH_NORM_SILU_TILE];
        float column_factor_4[BATCH_NORM_SILU_TILE];
        float column_factor_5[BATCH_NORM_SILU_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (float)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (float)lane_mean_rest_cast[b];
                column_factor[k] = (float)lane_factor[b];
                column_factor_2[k] = (float)lane_factor_2[b];
                column_beta_cast[k] = (float)lane_beta_cast[b];
                column_shift[k] = (float)lane_shift[b];
                column_slope[k] = (float)lane_slope[b];
                column_factor_3[k] = (float)lane_factor_3[b];
                column_factor_4[k] = (float)lane_factor_4[b];
                column_factor_5[k] = (float)lane_factor_5[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *x;
            const float *tangent_x;
            float *out_tangent_y;
            batch_norm_silu_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, first + end - 2 - unit, ahead);
                batch_norm_silu_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->tangent_x + ahead[1], n * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->tangent_y + ahead[2], n * (ptrdiff_t)sizeof(float));
            }
            x = batch_norm_silu_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            tangent_x = batch_norm_silu_read_float_float(a->tangent_x + at[1], w->lane_stride[1], w->run_stride[1],
                c->lanes, w->run_size, buffer_tangent_x);
            out_tangent_y = (w->run_size == 1 || w->run_stride[2] == 1) && (c->lanes == 1
                || w->lane_stride[2] == w->run_size) ? a->tangent_y + at[2] : buffer_tangent_y;
            batch_norm_silu_jvp_pass3_float_columns(n, x, tangent_x, column_mean_pivot, column_mean_rest_cast,
                column_factor, column_factor_2, column_beta_cast, column_shift, column_slope, column_factor_3,
                column_factor_4, column_factor_5, out_tangent_y);
            if (out_tangent_y == buffer_tangent_y) batch_norm_silu_write_float(buffer_tangent_y, a->tangent_y + at[2],
                w->lane_stride[2], w->run_stride[2], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->tangent_x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->tangent_y + ahead[2] + b * w->lane_stride[2], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const float *tangent_x = a->tangent_x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                float *to_tangent_y = a->tangent_y + at[2] + b * w->lane_stride[2] + j * w->run_stride[2];
                float *out_tangent_y;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run
                    : batch_norm_silu_least(run - j, BATCH_NORM_SILU_TILE);
                x = batch_norm_silu_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                tangent_x = batch_norm_silu_read_float_float(tangent_x, 0, w->run_stride[1], 1, n, buffer_tangent_x);
                out_tangent_y = n == 1 || w->run_stride[2] == 1 ? to_tangent_y : buffer_tangent_y;
                batch_norm_silu_jvp_pass3_float_row(n, x, tangent_x, (float)lane_mean_pivot[b],
                    (float)lane_mean_rest_cast[b], (float)lane_factor[b], (float)lane_factor_2[b],
                    (float)lane_beta_cast[b], (float)lane_shift[b], (float)lane_slope[b], (float)lane_factor_3[b],
                    (float)lane_factor_4[b], (float)lane_factor_5[b], out_tangent_y);
                if (out_tangent_y == buffer_tangent_y) batch_norm_silu_write_float(buffer_tangent_y, to_tangent_y, 0,
                    w->run_stride[2], 1, n);
            }
        }
    }
}

static void batch_norm_silu_jvp_pass3_float_all(const batch_norm_silu_arguments_float *a,
    const batch_norm_silu_block *c, const double *lane_mean_pivot, const double *lane_mean_rest_cast,
    const double *lane_factor, const double *lane_factor_2, const double *lane_beta_cast, const double *lane_shift,
    const double *lane_slope, const double *lane_factor_3, const double *lane_factor_4, const double *lane_factor_5)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_jvp_pass3_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot,
            lane_mean_rest_cast, lane_factor, lane_factor_2, lane_beta_cast, lane_shift, lane_slope, lane_factor_3,
            lane_factor_4, lane_factor_5);
    }
}


static void batch_norm_silu_jvp_block_float(const batch_norm_silu_arguments_float *a, batch_norm_silu_block *c)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t b;
    double lane_gamma[BATCH_NORM_SILU_LANES];
    double lane_beta[BATCH_NORM_SILU_LANES];
    double lane_tangent_gamma[BATCH_NORM_SILU_LANES];
    double lane_tangent_beta[BATCH_NORM_SILU_LANES];
    double lane_mean[BATCH_NORM_SILU_LANES];
    double lane_mean_low[BATCH_NORM_SILU_LANES];
    double lane_inv_std[BATCH_NORM_SILU_LANES];
    double lane_mean_pivot[BATCH_NORM_SILU_LANES];
    double lane_mean_rest[BATCH_NORM_SILU_LANES];
    double lane_near_sum_d_tangent_x[BATCH_NORM_SILU_LANES];
    double lane_v_sum_tangent_x[BATCH_NORM_SILU_LANES];
    double lane_v_sum_d_tangent_x[BATCH_NORM_SILU_LANES];
    double lane_mean_rest_cast[BATCH_NORM_SILU_LANES];
    double lane_factor[BATCH_NORM_SILU_LANES];
    double lane_factor_2[BATCH_NORM_SILU_LANES];
    double lane_beta_cast[BATCH_NORM_SILU_LANES];
    double lane_shift[BATCH_NORM_SILU_LANES];
    double lane_slope[BATCH_NORM_SILU_LANES];
    double lane_factor_3[BATCH_NORM_SILU_LANES];
    double lane_factor_4[BATCH_NORM_SILU_LANES];
    double lane_factor_5[BATCH_NORM_SILU_LANES];
    const double count_n = a->count_n;
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_gamma[b] = a->gamma == NULL ? 1.0 : (double)a->gamma[c->at[3] + b * w->lane_stride[3]];
        lane_beta[b] = a->beta == NULL ? 0.0 : (double)a->beta[c->at[3] + b * w->lane_stride[3]];
        lane_tangent_gamma[b] = a->tangent_gamma == NULL ? 0.0 : (double)a->tangent_gamma[c->at[3]
            + b * w->lane_stride[3]];
        lane_tangent_beta[b] = a->tangent_beta == NULL ? 0.0 : (double)a->tangent_beta[c->at[3]
            + b * w->lane_stride[3]];
        lane_mean[b] = a->mean[c->at[3] + b * w->lane_stride[3]];
        lane_mean_low[b] = a->mean_low[c->at[3] + b * w->lane_stride[3]];
        lane_inv_std[b] = a->inv_std[c->at[3] + b * w->lane_stride[3]];
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (float)(lane_mean[b]);
        lane_mean_rest[b] = (lane_mean[b] - lane_mean_pivot[b]) + lane_mean_low[b];
    }
    batch_norm_silu_jvp_pass1_float_sums(a, c, lane_mean_pivot, lane_near_sum_d_tangent_x, lane_v_sum_tangent_x);
    for (b = 0; b < c->lanes; ++b) {
        lane_v_sum_d_tangent_x[b] = lane_near_sum_d_tangent_x[b] - lane_mean_rest[b]*lane_v_sum_tangent_x[b];
        lane_mean_rest_cast[b] = lane_mean_rest[b];
        lane_factor[b] = -lane_gamma[b]*lane_inv_std[b];
        lane_factor_2[b] = -lane_beta[b];
        lane_beta_cast[b] = lane_beta[b];
        lane_shift[b] = 1.0;
        lane_slope[b] = lane_gamma[b]*lane_inv_std[b];
        lane_factor_3[b] = lane_inv_std[b]*lane_tangent_gamma[b];
        lane_factor_4[b] = pow(lane_inv_std[b], 3.0)*lane_gamma[b]*lane_v_sum_d_tangent_x[b]/count_n;
        lane_factor_5[b] = lane_tangent_beta[b] - lane_gamma[b]*lane_inv_std[b]*lane_v_sum_tangent_x[b]/count_n;
    }
    batch_norm_silu_jvp_pass3_float_all(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_factor_2,
        lane_beta_cast, lane_shift, lane_slope, lane_factor_3, lane_factor_4, lane_factor_5);
    (void)w;
}

int batch_norm_silu_jvp_float(
    const batch_norm_silu_extents *extents,
    const float *x, const ptrdiff_t *x_strides,
    const float *tangent_x, const ptrdiff_t *tangent_x_strides,
    const float *gamma,
    const float *beta,
    const float *tangent_gamma,
    const float *tangent_beta,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    float *tangent_y, const ptrdiff_t *tangent_y_strides,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"c", "c" };
    const ptrdiff_t *strides[3];
    batch_norm_silu_arguments_float a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = batch_norm_silu_check_extents(extents), outside;
    k = 0;
    if (status != BATCH_NORM_SILU_OK) return status;
    if (x == NULL || tangent_x == NULL || tangent_y == NULL || mean == NULL || mean_low == NULL || inv_std == NULL)
        return BATCH_NORM_SILU_NULL;
    if (threads < 1) return BATCH_NORM_SILU_THREADS;
    if (workspace_size < batch_norm_silu_jvp_workspace(extents)) return BATCH_NORM_SILU_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return BATCH_NORM_SILU_WORKSPACE;
    if (batch_norm_silu_count(extents, "nc") == 0) {
        return BATCH_NORM_SILU_OK;
    }
    strides[0] = x_strides;
    strides[1] = tangent_x_strides;
    strides[2] = tangent_y_strides;
    batch_norm_silu_plan(&a.walk, extents, "c", 3, strides, 1, layouts, sizeof(float), 0);
    a.x = x;
    a.tangent_x = tangent_x;
    a.tangent_y = tangent_y;
    a.gamma = gamma;
    a.beta = beta;
    a.tangent_gamma = tangent_gamma;
    a.tangent_beta = tangent_beta;
    a.mean = mean;
    a.mean_low = mean_low;
    a.inv_std = inv_std;
    a.count_n = (double)batch_norm_silu_count(extents, "n");
    a.few = batch_norm_silu_count(extents, "n") < BATCH_NORM_SILU_FEW;
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
            batch_norm_silu_block c;
            batch_norm_silu_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            batch_norm_silu_jvp_block_float(&a, &c);
        }
    }
    return BATCH_NORM_SILU_OK;
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_jvp_pass1_double_element(
const double x, const double tangent_x, const double mean_pivot, double *to_near_sum_d_tangent_x,
    double *to_v_sum_tangent_x)
{
    const double at_d = x - mean_pivot;
    *to_near_sum_d_tangent_x = at_d * tangent_x;
    *to_v_sum_tangent_x = tangent_x;
}

static void batch_norm_silu_jvp_pass1_double_row(ptrdiff_t n, const double *x, const double *tangent_x,
    const double mean_pivot, double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
        double part_0[BATCH_NORM_SILU_CHAINS];
        double part_1[BATCH_NORM_SILU_CHAINS];
        int k;
        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                double term_0, term_1;
                batch_norm_silu_jvp_pass1_double_element(x[i + k], tangent_x[i + k], mean_pivot, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1;
            batch_norm_silu_jvp_pass1_double_element(x[i], tangent_x[i], mean_pivot, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = BATCH_NORM_SILU_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        batch_norm_silu_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        batch_norm_silu_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void batch_norm_silu_jvp_pass1_double_columns(ptrdiff_t n, const double *x, const double *tangent_x,
    const double *mean_pivot, double *high_0, double *low_0, double *high_1, double *low_1)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1;
        batch_norm_silu_jvp_pass1_double_element(x[i], tangent_x[i], mean_pivot[i], &term_0, &term_1);
        batch_norm_silu_add_double(&high_0[i], &low_0[i], term_0);
        batch_norm_silu_add_double(&high_1[i], &low_1[i], term_1);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void batch_norm_silu_jvp_pass1_double_units(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot, double *high,
    double *low)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    double buffer_x[BATCH_NORM_SILU_TILE];
    double buffer_tangent_x[BATCH_NORM_SILU_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[BATCH_NORM_SILU_TILE];
        double high_0[BATCH_NORM_SILU_TILE], low_0[BATCH_NORM_SILU_TILE];
        double high_1[BATCH_NORM_SILU_TILE], low_1[BATCH_NORM_SILU_TILE];
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
            batch_norm_silu_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, unit + 1, ahead);
                batch_norm_silu_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->tangent_x + ahead[1], n * (ptrdiff_t)sizeof(double));
            }
            x = batch_norm_silu_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            tangent_x = batch_norm_silu_read_double_double(a->tangent_x + at[1], w->lane_stride[1], w->run_stride[1],
                c->lanes, w->run_size, buffer_tangent_x);
            batch_norm_silu_jvp_pass1_double_columns(n, x, tangent_x, column_mean_pivot, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                batch_norm_silu_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                batch_norm_silu_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->tangent_x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *tangent_x = a->tangent_x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : batch_norm_silu_least(run - j,
                    BATCH_NORM_SILU_TILE);
                x = batch_norm_silu_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                tangent_x = batch_norm_silu_read_double_double(tangent_x, 0, w->run_stride[1], 1, n, buffer_tangent_x);
                batch_norm_silu_jvp_pass1_double_row(n, x, tangent_x, (double)lane_mean_pivot[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void batch_norm_silu_jvp_pass1_double_sums(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, const long double *lane_mean_pivot, long double *sum_near_sum_d_tangent_x,
    long double *sum_v_sum_tangent_x)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    double part[2 * 2 * BATCH_NORM_SILU_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_jvp_pass1_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot, part
            + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_near_sum_d_tangent_x[b] = (long double)batch_norm_silu_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_tangent_x[b] = (long double)batch_norm_silu_whole_double(high, low);
        }
    }
}


BATCH_NORM_SILU_INLINE void batch_norm_silu_jvp_pass1_extended_element(
const long double x, const long double tangent_x, const long double mean_pivot, long double *to_near_sum_d_tangent_x,
    long double *to_v_sum_tangent_x)
{
    const long double at_d = x - mean_pivot;
    *to_near_sum_d_tangent_x = at_d * tangent_x;
    *to_v_sum_tangent_x = tangent_x;
}

static void batch_norm_silu_jvp_pass1_extended_row(ptrdiff_t n, const double *x, const double *tangent_x,
    const long double mean_pivot, long double *high, long double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
        long double part_0[BATCH_NORM_SILU_CHAINS];
        long double part_1[BATCH_NORM_SILU_CHAINS];
        int k;
        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                long double term_0, term_1;
                batch_norm_silu_jvp_pass1_extended_element((long double)x[i + k], (long double)tangent_x[i + k],
                    mean_pivot, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0, term_1;
            batch_norm_silu_jvp_pass1_extended_element((long double)x[i], (long double)tangent_x[i], mean_pivot,
                &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = BATCH_NORM_SILU_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        batch_norm_silu_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        batch_norm_silu_add_extended(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void batch_norm_silu_jvp_pass1_extended_columns(ptrdiff_t n, const double *x, const double *tangent_x,
    const long double *mean_pivot, long double *high_0, long double *low_0, long double *high_1, long double *low_1)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0, term_1;
        batch_norm_silu_jvp_pass1_extended_element((long double)x[i], (long double)tangent_x[i], mean_pivot[i], &term_0,
            &term_1);
        batch_norm_silu_add_extended(&high_0[i], &low_0[i], term_0);
        batch_norm_silu_add_extended(&high_1[i], &low_1[i], term_1);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void batch_norm_silu_jvp_pass1_extended_units(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot,
    long double *high, long double *low)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    double buffer_x[BATCH_NORM_SILU_TILE];
    double buffer_tangent_x[BATCH_NORM_SILU_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double column_mean_pivot[BATCH_NORM_SILU_TILE];
        long double high_0[BATCH_NORM_SILU_TILE], low_0[BATCH_NORM_SILU_TILE];
        long double high_1[BATCH_NORM_SILU_TILE], low_1[BATCH_NORM_SILU_TILE];
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
            batch_norm_silu_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, unit + 1, ahead);
                batch_norm_silu_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->tangent_x + ahead[1], n * (ptrdiff_t)sizeof(double));
            }
            x = batch_norm_silu_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            tangent_x = batch_norm_silu_read_double_double(a->tangent_x + at[1], w->lane_stride[1], w->run_stride[1],
                c->lanes, w->run_size, buffer_tangent_x);
            batch_norm_silu_jvp_pass1_extended_columns(n, x, tangent_x, column_mean_pivot, high_0, low_0, high_1,
                low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                batch_norm_silu_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                batch_norm_silu_add_extended(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->tangent_x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *tangent_x = a->tangent_x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : batch_norm_silu_least(run - j,
                    BATCH_NORM_SILU_TILE);
                x = batch_norm_silu_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                tangent_x = batch_norm_silu_read_double_double(tangent_x, 0, w->run_stride[1], 1, n, buffer_tangent_x);
                batch_norm_silu_jvp_pass1_extended_row(n, x, tangent_x, (long double)lane_mean_pivot[b], high + b, low
                    + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void batch_norm_silu_jvp_pass1_extended_sums(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, const long double *lane_mean_pivot, long double *sum_near_sum_d_tangent_x,
    long double *sum_v_sum_tangent_x)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    long double part[2 * 2 * BATCH_NORM_SILU_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_jvp_pass1_extended_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot,
            part + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_near_sum_d_tangent_x[b] = (long double)batch_norm_silu_whole_extended(high, low);
        }
        {
            long double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_extended(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_tangent_x[b] = (long double)batch_norm_silu_whole_extended(high, low);
        }
    }
}


BATCH_NORM_SILU_INLINE void batch_norm_silu_jvp_pass3_double_element(
const double x, const double tangent_x, const double mean_pivot, const double mean_rest_cast, const double factor,
    const double factor_2, const double beta_cast, const double shift, const double slope, const double factor_3,
    const double factor_4, const double factor_5, double *to_tangent_y)
{
    const double at_d = x - mean_pivot;
    const double at_d1 = at_d - mean_rest_cast;
    const double at_t1 = at_d1 * factor;
    const double at_t2 = at_t1 + factor_2;
    const double at_t3 = batch_norm_silu_sigmoid_double(at_t2);
    const double at_t4 = at_t3 * beta_cast;
    const double at_t5 = at_t4 + shift;
    const double at_t6 = at_d1 * at_t3;
    const double at_t7 = at_t6 * slope;
    const double at_t8 = at_t5 + at_t7;
    const double at_t9 = at_t2 * (double)-1.0;
    const double at_t10 = batch_norm_silu_sigmoid_double(at_t9);
    const double at_t11 = at_d1 * factor_3;
    const double at_t12 = tangent_x * slope;
    const double at_t13 = at_t11 + at_t12;
    const double at_t14 = at_d1 * factor_4;
    const double at_t15 = at_t13 - at_t14;
    const double at_t16 = at_t15 + factor_5;
    const double at_t17 = at_t10 * at_t16;
    const double at_t18 = at_t8 * at_t17;
    *to_tangent_y = at_t18;
}

static void batch_norm_silu_jvp_pass3_double_row(ptrdiff_t n, const double *x, const double *tangent_x,
    const double mean_pivot, const double mean_rest_cast, const double factor, const double factor_2,
    const double beta_cast, const double shift, const double slope, const double factor_3, const double factor_4,
    const double factor_5, double *out_tangent_y)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        batch_norm_silu_jvp_pass3_double_element(x[i], tangent_x[i], mean_pivot, mean_rest_cast, factor, factor_2,
            beta_cast, shift, slope, factor_3, factor_4, factor_5, &out_tangent_y[i]);
    }
}

static void batch_norm_silu_jvp_pass3_double_columns(ptrdiff_t n, const double *x, const double *tangent_x,
    const double *mean_pivot, const double *mean_rest_cast, const double *factor, const double *factor_2,
    const double *beta_cast, const double *shift, const double *slope, const double *factor_3, const double *factor_4,
    const double *factor_5, double *out_tangent_y)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        batch_norm_silu_jvp_pass3_double_element(x[i], tangent_x[i], mean_pivot[i], mean_rest_cast[i], factor[i],
            factor_2[i], beta_cast[i], shift[i], slope[i], factor_3[i], factor_4[i], factor_5[i], &out_tangent_y[i]);
    }
}

/* Units first to end of a block. */
static void batch_norm_silu_jvp_pass3_double_units(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot,
    const long double *lane_mean_rest_cast, const long double *lane_factor, const long double *lane_factor_2,
    const long double *lane_beta_cast, const long double *lane_shift, const long double *lane_slope,
    const long double *lane_factor_3, const long double *lane_factor_4, const long double *lane_factor_5)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    double buffer_x[BATCH_NORM_SILU_TILE];
    double buffer_tangent_x[BATCH_NORM_SILU_TILE];
    double buffer_tangent_y[BATCH_NORM_SILU_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[BATCH_NORM_SILU_TILE];
        double column_mean_rest_cast[BATCH_NORM_SILU_TILE];
        double column_factor[BATCH_NORM_SILU_TILE];
        double column_factor_2[BATCH_NORM_SILU_TILE];
        double column_beta_cast[BATCH_NORM_SILU_TILE];
        double column_shift[BATCH_NORM_SILU_TILE];
        double column_slope[BATCH_NORM_SILU_TILE];
        double column_factor_3[BATCH_NORM_SILU_TILE];
        double column_factor_4[BATCH_NORM_SILU_TILE];
        double column_factor_5[BATCH_NORM_SILU_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (double)lane_mean_rest_cast[b];
                column_factor[k] = (double)lane_factor[b];
                column_factor_2[k] = (double)lane_factor_2[b];
                column_beta_cast[k] = (double)lane_beta_cast[b];
                column_shift[k] = (double)lane_shift[b];
                column_slope[k] = (double)lane_slope[b];
                column_factor_3[k] = (double)lane_factor_3[b];
                column_factor_4[k] = (double)lane_factor_4[b];
                column_factor_5[k] = (double)lane_factor_5[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            const double *tangent_x;
            double *out_tangent_y;
            batch_norm_silu_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, first + end - 2 - unit, ahead);
                batch_norm_silu_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->tangent_x + ahead[1], n * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->tangent_y + ahead[2], n * (ptrdiff_t)sizeof(double));
            }
            x = batch_norm_silu_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes,
                w->run_size, buffer_x);
            tangent_x = batch_norm_silu_read_double_double(a->tangent_x + at[1], w->lane_stride[1], w->run_stride[1],
                c->lanes, w->run_size, buffer_tangent_x);
            out_tangent_y = (w->run_size == 1 || w->run_stride[2] == 1) && (c->lanes == 1
                || w->lane_stride[2] == w->run_size) ? a->tangent_y + at[2] : buffer_tangent_y;
            batch_norm_silu_jvp_pass3_double_columns(n, x, tangent_x, column_mean_pivot, column_mean_rest_cast,
                column_factor, column_factor_2, column_beta_cast, column_shift, column_slope, column_factor_3,
                column_factor_4, column_factor_5, out_tangent_y);
            if (out_tangent_y == buffer_tangent_y) batch_norm_silu_write_double(buffer_tangent_y, a->tangent_y + at[2],
                w->lane_stride[2], w->run_stride[2], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->tangent_x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->tangent_y + ahead[2] + b * w->lane_stride[2], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *tangent_x = a->tangent_x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                double *to_tangent_y = a->tangent_y + at[2] + b * w->lane_stride[2] + j * w->run_stride[2];
                double *out_tangent_y;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run
                    : batch_norm_silu_least(run - j, BATCH_NORM_SILU_TILE);
                x = batch_norm_silu_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                tangent_x = batch_norm_silu_read_double_double(tangent_x, 0, w->run_stride[1], 1, n, buffer_tangent_x);
                out_tangent_y = n == 1 || w->run_stride[2] == 1 ? to_tangent_y : buffer_tangent_y;
                batch_norm_silu_jvp_pass3_double_row(n, x, tangent_x, (double)lane_mean_pivot[b],
                    (double)lane_mean_rest_cast[b], (double)lane_factor[b], (double)lane_factor_2[b],
                    (double)lane_beta_cast[b], (double)lane_shift[b], (double)lane_slope[b], (double)lane_factor_3[b],
                    (double)lane_factor_4[b], (double)lane_factor_5[b], out_tangent_y);
                if (out_tangent_y == buffer_tangent_y) batch_norm_silu_write_double(buffer_tangent_y, to_tangent_y, 0,
                    w->run_stride[2], 1, n);
            }
        }
    }
}

static void batch_norm_silu_jvp_pass3_double_all(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, const long double *lane_mean_pivot, const long double *lane_mean_rest_cast,
    const long double *lane_factor, const long double *lane_factor_2, const long double *lane_beta_cast,
    const long double *lane_shift, const long double *lane_slope, const long double *lane_factor_3,
    const long double *lane_factor_4, const long double *lane_factor_5)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_jvp_pass3_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_mean_pivot,
            lane_mean_rest_cast, lane_factor, lane_factor_2, lane_beta_cast, lane_shift, lane_slope, lane_factor_3,
            lane_factor_4, lane_factor_5);
    }
}


static void batch_norm_silu_jvp_block_double(const batch_norm_silu_arguments_double *a, batch_norm_silu_block *c)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t b;
    long double lane_gamma[BATCH_NORM_SILU_LANES];
    long double lane_beta[BATCH_NORM_SILU_LANES];
    long double lane_tangent_gamma[BATCH_NORM_SILU_LANES];
    long double lane_tangent_beta[BATCH_NORM_SILU_LANES];
    long double lane_mean[BATCH_NORM_SILU_LANES];
    long double lane_mean_low[BATCH_NORM_SILU_LANES];
    long double lane_inv_std[BATCH_NORM_SILU_LANES];
    long double lane_mean_pivot[BATCH_NORM_SILU_LANES];
    long double lane_mean_rest[BATCH_NORM_SILU_LANES];
    long double lane_near_sum_d_tangent_x[BATCH_NORM_SILU_LANES];
    long double lane_v_sum_tangent_x[BATCH_NORM_SILU_LANES];
    long double lane_v_sum_d_tangent_x[BATCH_NORM_SILU_LANES];
    long double lane_mean_rest_cast[BATCH_NORM_SILU_LANES];
    long double lane_factor[BATCH_NORM_SILU_LANES];
    long double lane_factor_2[BATCH_NORM_SILU_LANES];
    long double lane_beta_cast[BATCH_NORM_SILU_LANES];
    long double lane_shift[BATCH_NORM_SILU_LANES];
    long double lane_slope[BATCH_NORM_SILU_LANES];
    long double lane_factor_3[BATCH_NORM_SILU_LANES];
    long double lane_factor_4[BATCH_NORM_SILU_LANES];
    long double lane_factor_5[BATCH_NORM_SILU_LANES];
    long double again_near_sum_d_tangent_x[BATCH_NORM_SILU_LANES], again_v_sum_tangent_x[BATCH_NORM_SILU_LANES];
    int finite;
    const long double count_n = a->count_n;
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_gamma[b] = a->gamma == NULL ? 1.0 : (long double)a->gamma[c->at[3] + b * w->lane_stride[3]];
        lane_beta[b] = a->beta == NULL ? 0.0 : (long double)a->beta[c->at[3] + b * w->lane_stride[3]];
        lane_tangent_gamma[b] = a->tangent_gamma == NULL ? 0.0 : (long double)a->tangent_gamma[c->at[3]
            + b * w->lane_stride[3]];
        lane_tangent_beta[b] = a->tangent_beta == NULL ? 0.0 : (long double)a->tangent_beta[c->at[3]
            + b * w->lane_stride[3]];
        lane_mean[b] = a->mean[c->at[3] + b * w->lane_stride[3]];
        lane_mean_low[b] = a->mean_low[c->at[3] + b * w->lane_stride[3]];
        lane_inv_std[b] = a->inv_std[c->at[3] + b * w->lane_stride[3]];
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (double)(lane_mean[b]);
        lane_mean_rest[b] = (lane_mean[b] - lane_mean_pivot[b]) + lane_mean_low[b];
    }
    finite = 0;
    if (!a->few) {
        batch_norm_silu_jvp_pass1_double_sums(a, c, lane_mean_pivot, lane_near_sum_d_tangent_x, lane_v_sum_tangent_x);
        finite = batch_norm_silu_finite_extended(lane_near_sum_d_tangent_x, c->lanes)
            && batch_norm_silu_finite_extended(lane_v_sum_tangent_x, c->lanes);
    }
    if (!finite) {
        batch_norm_silu_jvp_pass1_extended_sums(a, c, lane_mean_pivot, again_near_sum_d_tangent_x,
            again_v_sum_tangent_x);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_near_sum_d_tangent_x[b])) lane_near_sum_d_tangent_x[b]
                = again_near_sum_d_tangent_x[b];
            if (a->few || !isfinite(lane_v_sum_tangent_x[b])) lane_v_sum_tangent_x[b] = again_v_sum_tangent_x[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_v_sum_d_tangent_x[b] = lane_near_sum_d_tangent_x[b] - lane_mean_rest[b]*lane_v_sum_tangent_x[b];
        lane_mean_rest_cast[b] = lane_mean_rest[b];
        lane_factor[b] = -lane_gamma[b]*lane_inv_std[b];
        lane_factor_2[b] = -lane_beta[b];
        lane_beta_cast[b] = lane_beta[b];
        lane_shift[b] = 1.0;
        lane_slope[b] = lane_gamma[b]*lane_inv_std[b];
        lane_factor_3[b] = lane_inv_std[b]*lane_tangent_gamma[b];
        lane_factor_4[b] = powl(lane_inv_std[b], 3.0)*lane_gamma[b]*lane_v_sum_d_tangent_x[b]/count_n;
        lane_factor_5[b] = lane_tangent_beta[b] - lane_gamma[b]*lane_inv_std[b]*lane_v_sum_tangent_x[b]/count_n;
    }
    batch_norm_silu_jvp_pass3_double_all(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_factor_2,
        lane_beta_cast, lane_shift, lane_slope, lane_factor_3, lane_factor_4, lane_factor_5);
    (void)w;
}

int batch_norm_silu_jvp_double(
    const batch_norm_silu_extents *extents,
    const double *x, const ptrdiff_t *x_strides,
    const double *tangent_x, const ptrdiff_t *tangent_x_strides,
    const double *gamma,
    const double *beta,
    const double *tangent_gamma,
    const double *tangent_beta,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    double *tangent_y, const ptrdiff_t *tangent_y_strides,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"c", "c" };
    const ptrdiff_t *strides[3];
    batch_norm_silu_arguments_double a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = batch_norm_silu_check_extents(extents), outside;
    k = 0;
    if (status != BATCH_NORM_SILU_OK) return status;
    if (x == NULL || tangent_x == NULL || tangent_y == NULL || mean == NULL || mean_low == NULL || inv_std == NULL)
        return BATCH_NORM_SILU_NULL;
    if (threads < 1) return BATCH_NORM_SILU_THREADS;
    if (workspace_size < batch_norm_silu_jvp_workspace(extents)) return BATCH_NORM_SILU_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return BATCH_NORM_SILU_WORKSPACE;
    if (batch_norm_silu_count(extents, "nc") == 0) {
        return BATCH_NORM_SILU_OK;
    }
    strides[0] = x_strides;
    strides[1] = tangent_x_strides;
    strides[2] = tangent_y_strides;
    batch_norm_silu_plan(&a.walk, extents, "c", 3, strides, 1, layouts, sizeof(double), 0);
    a.x = x;
    a.tangent_x = tangent_x;
    a.tangent_y = tangent_y;
    a.gamma = gamma;
    a.beta = beta;
    a.tangent_gamma = tangent_gamma;
    a.tangent_beta = tangent_beta;
    a.mean = mean;
    a.mean_low = mean_low;
    a.inv_std = inv_std;
    a.count_n = (double)batch_norm_silu_count(extents, "n");
    a.few = batch_norm_silu_count(extents, "n") < BATCH_NORM_SILU_FEW;
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
            batch_norm_silu_block c;
            batch_norm_silu_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            batch_norm_silu_jvp_block_double(&a, &c);
        }
    }
    return BATCH_NORM_SILU_OK;
}

size_t batch_norm_silu_double_backward_workspace(const batch_norm_silu_extents *extents)
{
    ptrdiff_t count = 0;
    if (batch_norm_silu_check_extents(extents) != BATCH_NORM_SILU_OK || batch_norm_silu_count(extents, "nc") == 0)
        return 0;
    return (size_t)count * sizeof(double);
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_double_backward_pass1_float_element(
const double grad_output, const double x, const double cotangent_grad_input, const double mean_pivot,
    const double mean_rest_cast, const double factor, const double beta_cast, double *to_v_sum_cotangent_grad_input_d,
    double *to_v_sum_cotangent_grad_input_grad_tangent_z, double *to_v_sum_d_grad_tangent_z,
    double *to_v_sum_cotangent_grad_input, double *to_v_sum_grad_tangent_z)
{
    const double at_d = x - mean_pivot;
    const double at_d1 = at_d - mean_rest_cast;
    const double at_t1 = at_d1 * factor;
    const double at_t2 = at_t1 + beta_cast;
    const double at_t3 = batch_norm_silu_sigmoid_double(at_t2);
    const double at_t4 = at_t2 * at_t3;
    const double at_t5 = at_t2 * (double)-1.0;
    const double at_t6 = batch_norm_silu_sigmoid_double(at_t5);
    const double at_t7 = at_t4 * at_t6;
    const double at_t8 = at_t7 + at_t3;
    const double at_t9 = at_t8 * grad_output;
    *to_v_sum_cotangent_grad_input_d = cotangent_grad_input * at_d1;
    *to_v_sum_cotangent_grad_input_grad_tangent_z = cotangent_grad_input * at_t9;
    *to_v_sum_d_grad_tangent_z = at_d1 * at_t9;
    *to_v_sum_cotangent_grad_input = cotangent_grad_input;
    *to_v_sum_grad_tangent_z = at_t9;
}

static void batch_norm_silu_double_backward_pass1_float_row(ptrdiff_t n, const float *grad_output, const float *x,
    const float *cotangent_grad_input, const double mean_pivot, const double mean_rest_cast, const double factor,
    const double beta_cast, double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + batch_norm_silu_least(n - i, 4096);
        double part_0[BATCH_NORM_SILU_CHAINS];
        double part_1[BATCH_NORM_SILU_CHAINS];
        double part_2[BATCH_NORM_SILU_CHAINS];
        double part_3[BATCH_NORM_SILU_CHAINS];
        double part_4[BATCH_NORM_SILU_CHAINS];
        int k;
        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
            part_2[k] = 0;
            part_3[k] = 0;
            part_4[k] = 0;
        }
        for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                double term_0, term_1, term_2, term_3, term_4;
                batch_norm_silu_double_backward_pass1_float_element((double)grad_output[i + k], (double)x[i + k],
                    (double)cotangent_grad_input[i + k], mean_pivot, mean_rest_cast, factor, beta_cast, &term_0,
                    &term_1, &term_2, &term_3, &term_4);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
                part_2[k] = part_2[k] + term_2;
                part_3[k] = part_3[k] + term_3;
                part_4[k] = part_4[k] + term_4;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1, term_2, term_3, term_4;
            batch_norm_silu_double_backward_pass1_float_element((double)grad_output[i], (double)x[i],
                (double)cotangent_grad_input[i], mean_pivot, mean_rest_cast, factor, beta_cast, &term_0, &term_1,
                &term_2, &term_3, &term_4);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
            part_2[k] = part_2[k] + term_2;
            part_3[k] = part_3[k] + term_3;
            part_4[k] = part_4[k] + term_4;
        }
        for (k = BATCH_NORM_SILU_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
                part_2[m] = part_2[m] + part_2[m + k];
                part_3[m] = part_3[m] + part_3[m + k];
                part_4[m] = part_4[m] + part_4[m + k];
            }
        }
        batch_norm_silu_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        batch_norm_silu_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
        batch_norm_silu_add_double(&high[2 * lanes], &low[2 * lanes], part_2[0]);
        batch_norm_silu_add_double(&high[3 * lanes], &low[3 * lanes], part_3[0]);
        batch_norm_silu_add_double(&high[4 * lanes], &low[4 * lanes], part_4[0]);
    }
}

static void batch_norm_silu_double_backward_pass1_float_columns(ptrdiff_t n, const float *grad_output, const float *x,
    const float *cotangent_grad_input, const double *mean_pivot, const double *mean_rest_cast, const double *factor,
    const double *beta_cast, double *high_0, double *low_0, double *high_1, double *low_1, double *high_2,
    double *low_2, double *high_3, double *low_3, double *high_4, double *low_4)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1, term_2, term_3, term_4;
        batch_norm_silu_double_backward_pass1_float_element((double)grad_output[i], (double)x[i],
            (double)cotangent_grad_input[i], mean_pivot[i], mean_rest_cast[i], factor[i], beta_cast[i], &term_0,
            &term_1, &term_2, &term_3, &term_4);
        high_0[i] += term_0;
        high_1[i] += term_1;
        high_2[i] += term_2;
        high_3[i] += term_3;
        high_4[i] += term_4;
    }
    (void)low_0;
    (void)low_1;
    (void)low_2;
    (void)low_3;
    (void)low_4;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void batch_norm_silu_double_backward_pass1_float_units(const batch_norm_silu_arguments_float *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const double *lane_mean_pivot,
    const double *lane_mean_rest_cast, const double *lane_factor, const double *lane_beta_cast, double *high,
    double *low)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    float buffer_grad_output[BATCH_NORM_SILU_TILE];
    float buffer_x[BATCH_NORM_SILU_TILE];
    float buffer_cotangent_grad_input[BATCH_NORM_SILU_TILE];
    for (k = 0; k < 5 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[2 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[3 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[4 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[BATCH_NORM_SILU_TILE];
        double column_mean_rest_cast[BATCH_NORM_SILU_TILE];
        double column_factor[BATCH_NORM_SILU_TILE];
        double column_beta_cast[BATCH_NORM_SILU_TILE];
        double high_0[BATCH_NORM_SILU_TILE], low_0[BATCH_NORM_SILU_TILE];
        double high_1[BATCH_NORM_SILU_TILE], low_1[BATCH_NORM_SILU_TILE];
        double high_2[BATCH_NORM_SILU_TILE], low_2[BATCH_NORM_SILU_TILE];
        double high_3[BATCH_NORM_SILU_TILE], low_3[BATCH_NORM_SILU_TILE];
        double high_4[BATCH_NORM_SILU_TILE], low_4[BATCH_NORM_SILU_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (double)lane_mean_rest_cast[b];
                column_factor[k] = (double)lane_factor[b];
                column_beta_cast[k] = (double)lane_beta_cast[b];
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
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *grad_output;
            const float *x;
            const float *cotangent_grad_input;
            batch_norm_silu_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, unit + 1, ahead);
                batch_norm_silu_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(float));
            }
            grad_output = batch_norm_silu_read_float_float(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = batch_norm_silu_read_float_float(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_x);
            cotangent_grad_input = batch_norm_silu_read_float_float(a->cotangent_grad_input + at[2], w->lane_stride[2],
                w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            batch_norm_silu_double_backward_pass1_float_columns(n, grad_output, x, cotangent_grad_input,
                column_mean_pivot, column_mean_rest_cast, column_factor, column_beta_cast, high_0, low_0, high_1, low_1,
                high_2, low_2, high_3, low_3, high_4, low_4);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                batch_norm_silu_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                batch_norm_silu_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
                batch_norm_silu_add_double(&high[2 * c->lanes + b], &low[2 * c->lanes + b], high_2[k]);
                low[2 * c->lanes + b] += low_2[k];
                batch_norm_silu_add_double(&high[3 * c->lanes + b], &low[3 * c->lanes + b], high_3[k]);
                low[3 * c->lanes + b] += low_3[k];
                batch_norm_silu_add_double(&high[4 * c->lanes + b], &low[4 * c->lanes + b], high_4[k]);
                low[4 * c->lanes + b] += low_4[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0],
                    run * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const float *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                const float *cotangent_grad_input = a->cotangent_grad_input + at[2] + b * w->lane_stride[2]
                    + j * w->run_stride[2];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run
                    : batch_norm_silu_least(run - j, BATCH_NORM_SILU_TILE);
                grad_output = batch_norm_silu_read_float_float(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = batch_norm_silu_read_float_float(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = batch_norm_silu_read_float_float(cotangent_grad_input, 0, w->run_stride[2], 1, n,
                    buffer_cotangent_grad_input);
                batch_norm_silu_double_backward_pass1_float_row(n, grad_output, x, cotangent_grad_input,
                    (double)lane_mean_pivot[b], (double)lane_mean_rest_cast[b], (double)lane_factor[b],
                    (double)lane_beta_cast[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void batch_norm_silu_double_backward_pass1_float_sums(const batch_norm_silu_arguments_float *a,
    const batch_norm_silu_block *c, const double *lane_mean_pivot, const double *lane_mean_rest_cast,
    const double *lane_factor, const double *lane_beta_cast, double *sum_v_sum_cotangent_grad_input_d,
    double *sum_v_sum_cotangent_grad_input_grad_tangent_z, double *sum_v_sum_d_grad_tangent_z,
    double *sum_v_sum_cotangent_grad_input, double *sum_v_sum_grad_tangent_z)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 5 * c->lanes;
    double part[2 * 5 * BATCH_NORM_SILU_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_double_backward_pass1_float_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_beta_cast, part + k * stride, part + k * stride
            + 5 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 5) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 5) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input_d[b] = (double)batch_norm_silu_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 5) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 5) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input_grad_tangent_z[b] = (double)batch_norm_silu_whole_double(high, low);
        }
        {
            double high = part[2 * c->lanes + b], low = part[(2 + 5) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 2 * c->lanes + b]);
                low += part[k * stride + (2 + 5) * c->lanes + b];
            }
            sum_v_sum_d_grad_tangent_z[b] = (double)batch_norm_silu_whole_double(high, low);
        }
        {
            double high = part[3 * c->lanes + b], low = part[(3 + 5) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 3 * c->lanes + b]);
                low += part[k * stride + (3 + 5) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input[b] = (double)batch_norm_silu_whole_double(high, low);
        }
        {
            double high = part[4 * c->lanes + b], low = part[(4 + 5) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 4 * c->lanes + b]);
                low += part[k * stride + (4 + 5) * c->lanes + b];
            }
            sum_v_sum_grad_tangent_z[b] = (double)batch_norm_silu_whole_double(high, low);
        }
    }
}


BATCH_NORM_SILU_INLINE void batch_norm_silu_double_backward_pass3_float_element(
const double grad_output, const double x, const double cotangent_grad_input, const double mean_pivot,
    const double mean_rest_cast, const double factor, const double beta_cast, const double factor_2,
    const double factor_3, const double factor_4, const double factor_5, double *to_v_sum_d_grad_z,
    double *to_v_sum_grad_z)
{
    const double at_d = x - mean_pivot;
    const double at_d1 = at_d - mean_rest_cast;
    const double at_t1 = at_d1 * factor;
    const double at_t2 = at_t1 + beta_cast;
    const double at_t3 = batch_norm_silu_sigmoid_double(at_t2);
    const double at_t4 = at_t3 * factor_2;
    const double at_t5 = at_t2 * (double)-1.0;
    const double at_t6 = batch_norm_silu_sigmoid_double(at_t5);
    const double at_t7 = at_t4 * at_t6;
    const double at_t8 = batch_norm_silu_square_double(at_t6);
    const double at_t9 = at_t2 * at_t8;
    const double at_t10 = at_t9 * at_t3;
    const double at_t11 = at_t7 + at_t10;
    const double at_t12 = batch_norm_silu_square_double(at_t3);
    const double at_t13 = at_t2 * at_t12;
    const double at_t14 = at_t13 * at_t6;
    const double at_t15 = at_t11 - at_t14;
    const double at_t16 = at_t15 * grad_output;
    const double at_t17 = at_d1 * factor_3;
    const double at_t18 = cotangent_grad_input * factor;
    const double at_t19 = at_t17 + at_t18;
    const double at_t20 = at_d1 * factor_4;
    const double at_t21 = at_t19 - at_t20;
    const double at_t22 = at_t21 + factor_5;
    const double at_t23 = at_t16 * at_t22;
    *to_v_sum_d_grad_z = at_d1 * at_t23;
    *to_v_sum_grad_z = at_t23;
}

static void batch_norm_silu_double_backward_pass3_float_row(ptrdiff_t n, const float *grad_output, const float *x,
    const float *cotangent_grad_input, const double mean_pivot, const double mean_rest_cast, const double factor,
    const double beta_cast, const double factor_2, const double factor_3, const double factor_4, const double factor_5,
    double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + batch_norm_silu_least(n - i, 4096);
        double part_0[BATCH_NORM_SILU_CHAINS];
        double part_1[BATCH_NORM_SILU_CHAINS];
        int k;
        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                double term_0, term_1;
                batch_norm_silu_double_backward_pass3_float_element((double)grad_output[i + k], (double)x[i + k],
                    (double)cotangent_grad_input[i + k], mean_pivot, mean_rest_cast, factor, beta_cast, factor_2,
                    factor_3, factor_4, factor_5, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1;
            batch_norm_silu_double_backward_pass3_float_element((double)grad_output[i], (double)x[i],
                (double)cotangent_grad_input[i], mean_pivot, mean_rest_cast, factor, beta_cast, factor_2, factor_3,
                factor_4, factor_5, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = BATCH_NORM_SILU_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        batch_norm_silu_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        batch_norm_silu_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void batch_norm_silu_double_backward_pass3_float_columns(ptrdiff_t n, const float *grad_output, const float *x,
    const float *cotangent_grad_input, const double *mean_pivot, const double *mean_rest_cast, const double *factor,
    const double *beta_cast, const double *factor_2, const double *factor_3, const double *factor_4,
    const double *factor_5, double *high_0, double *low_0, double *high_1, double *low_1)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1;
        batch_norm_silu_double_backward_pass3_float_element((double)grad_output[i], (double)x[i],
            (double)cotangent_grad_input[i], mean_pivot[i], mean_rest_cast[i], factor[i], beta_cast[i], factor_2[i],
            factor_3[i], factor_4[i], factor_5[i], &term_0, &term_1);
        high_0[i] += term_0;
        high_1[i] += term_1;
    }
    (void)low_0;
    (void)low_1;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void batch_norm_silu_double_backward_pass3_float_units(const batch_norm_silu_arguments_float *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const double *lane_mean_pivot,
    const double *lane_mean_rest_cast, const double *lane_factor, const double *lane_beta_cast,
    const double *lane_factor_2, const double *lane_factor_3, const double *lane_factor_4, const double *lane_factor_5,
    double *high, double *low)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    float buffer_grad_output[BATCH_NORM_SILU_TILE];
    float buffer_x[BATCH_NORM_SILU_TILE];
    float buffer_cotangent_grad_input[BATCH_NORM_SILU_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[BATCH_NORM_SILU_TILE];
        double column_mean_rest_cast[BATCH_NORM_SILU_TILE];
        double column_factor[BATCH_NORM_SILU_TILE];
        double column_beta_cast[BATCH_NORM_SILU_TILE];
        double column_factor_2[BATCH_NORM_SILU_TILE];
        double column_factor_3[BATCH_NORM_SILU_TILE];
        double column_factor_4[BATCH_NORM_SILU_TILE];
        double column_factor_5[BATCH_NORM_SILU_TILE];
        double high_0[BATCH_NORM_SILU_TILE], low_0[BATCH_NORM_SILU_TILE];
        double high_1[BATCH_NORM_SILU_TILE], low_1[BATCH_NORM_SILU_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (double)lane_mean_rest_cast[b];
                column_factor[k] = (double)lane_factor[b];
                column_beta_cast[k] = (double)lane_beta_cast[b];
                column_factor_2[k] = (double)lane_factor_2[b];
                column_factor_3[k] = (double)lane_factor_3[b];
                column_factor_4[k] = (double)lane_factor_4[b];
                column_factor_5[k] = (double)lane_factor_5[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *grad_output;
            const float *x;
            const float *cotangent_grad_input;
            batch_norm_silu_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, unit + 1, ahead);
                batch_norm_silu_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(float));
            }
            grad_output = batch_norm_silu_read_float_float(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = batch_norm_silu_read_float_float(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_x);
            cotangent_grad_input = batch_norm_silu_read_float_float(a->cotangent_grad_input + at[2], w->lane_stride[2],
                w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            batch_norm_silu_double_backward_pass3_float_columns(n, grad_output, x, cotangent_grad_input,
                column_mean_pivot, column_mean_rest_cast, column_factor, column_beta_cast, column_factor_2,
                column_factor_3, column_factor_4, column_factor_5, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                batch_norm_silu_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                batch_norm_silu_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0],
                    run * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const float *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                const float *cotangent_grad_input = a->cotangent_grad_input + at[2] + b * w->lane_stride[2]
                    + j * w->run_stride[2];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run
                    : batch_norm_silu_least(run - j, BATCH_NORM_SILU_TILE);
                grad_output = batch_norm_silu_read_float_float(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = batch_norm_silu_read_float_float(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = batch_norm_silu_read_float_float(cotangent_grad_input, 0, w->run_stride[2], 1, n,
                    buffer_cotangent_grad_input);
                batch_norm_silu_double_backward_pass3_float_row(n, grad_output, x, cotangent_grad_input,
                    (double)lane_mean_pivot[b], (double)lane_mean_rest_cast[b], (double)lane_factor[b],
                    (double)lane_beta_cast[b], (double)lane_factor_2[b], (double)lane_factor_3[b],
                    (double)lane_factor_4[b], (double)lane_factor_5[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void batch_norm_silu_double_backward_pass3_float_sums(const batch_norm_silu_arguments_float *a,
    const batch_norm_silu_block *c, const double *lane_mean_pivot, const double *lane_mean_rest_cast,
    const double *lane_factor, const double *lane_beta_cast, const double *lane_factor_2, const double *lane_factor_3,
    const double *lane_factor_4, const double *lane_factor_5, double *sum_v_sum_d_grad_z, double *sum_v_sum_grad_z)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    double part[2 * 2 * BATCH_NORM_SILU_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_double_backward_pass3_float_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_beta_cast, lane_factor_2, lane_factor_3,
            lane_factor_4, lane_factor_5, part + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_d_grad_z[b] = (double)batch_norm_silu_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_grad_z[b] = (double)batch_norm_silu_whole_double(high, low);
        }
    }
}


BATCH_NORM_SILU_INLINE void batch_norm_silu_double_backward_pass5_float_element(
const float grad_output, const float x, const float cotangent_grad_input, const float mean_pivot,
    const float mean_rest_cast, const float factor, const float beta_cast, const float slope, const float shift,
    const float slope_2, const float slope_3, const float shift_2, const float slope_4, const float factor_3,
    const float factor_2, const float factor_4, const float factor_5, const float shift_3, const float slope_5,
    const float shift_4, float *to_grad_x, float *to_grad_grad_output)
{
    const float at_d = x - mean_pivot;
    const float at_d1 = at_d - mean_rest_cast;
    const float at_t1 = at_d1 * factor;
    const float at_t2 = at_t1 + beta_cast;
    const float at_t3 = batch_norm_silu_sigmoid_float(at_t2);
    const float at_t4 = at_t2 * at_t3;
    const float at_t5 = at_t2 * (float)-1.0;
    const float at_t6 = batch_norm_silu_sigmoid_float(at_t5);
    const float at_t7 = at_t4 * at_t6;
    const float at_t8 = at_t7 + at_t3;
    const float at_t9 = at_t8 * grad_output;
    const float at_t10 = at_t9 * slope;
    const float at_t11 = at_t10 + shift;
    const float at_t12 = cotangent_grad_input * slope_2;
    const float at_t13 = at_t11 + at_t12;
    const float at_t14 = at_d1 * slope_3;
    const float at_t15 = at_t13 + at_t14;
    const float at_t16 = at_t9 - shift_2;
    const float at_t17 = at_d1 * slope_4;
    const float at_t18 = at_t16 + at_t17;
    const float at_t19 = at_t18 * factor_3;
    const float at_t20 = at_t15 + at_t19;
    const float at_t21 = at_t3 * factor_2;
    const float at_t22 = at_t21 * at_t6;
    const float at_t23 = batch_norm_silu_square_float(at_t6);
    const float at_t24 = at_t2 * at_t23;
    const float at_t25 = at_t24 * at_t3;
    const float at_t26 = at_t22 + at_t25;
    const float at_t27 = batch_norm_silu_square_float(at_t3);
    const float at_t28 = at_t2 * at_t27;
    const float at_t29 = at_t28 * at_t6;
    const float at_t30 = at_t26 - at_t29;
    const float at_t31 = at_t30 * grad_output;
    const float at_t32 = at_d1 * factor_3;
    const float at_t33 = cotangent_grad_input * factor;
    const float at_t34 = at_t32 + at_t33;
    const float at_t35 = at_d1 * factor_4;
    const float at_t36 = at_t34 - at_t35;
    const float at_t37 = at_t36 + factor_5;
    const float at_t38 = at_t31 * at_t37;
    const float at_t39 = at_t38 - shift_3;
    const float at_t40 = at_d1 * slope_5;
    const float at_t41 = at_t39 + at_t40;
    const float at_t42 = at_t41 * factor;
    const float at_t43 = at_t20 + at_t42;
    const float at_t44 = at_t6 * beta_cast;
    const float at_t45 = at_t44 + shift_4;
    const float at_t46 = at_d1 * at_t6;
    const float at_t47 = at_t46 * factor;
    const float at_t48 = at_t45 + at_t47;
    const float at_t49 = at_t3 * at_t37;
    const float at_t50 = at_t48 * at_t49;
    *to_grad_x = at_t43;
    *to_grad_grad_output = at_t50;
}

static void batch_norm_silu_double_backward_pass5_float_row(ptrdiff_t n, const float *grad_output, const float *x,
    const float *cotangent_grad_input, const float mean_pivot, const float mean_rest_cast, const float factor,
    const float beta_cast, const float slope, const float shift, const float slope_2, const float slope_3,
    const float shift_2, const float slope_4, const float factor_3, const float factor_2, const float factor_4,
    const float factor_5, const float shift_3, const float slope_5, const float shift_4, float *out_grad_x,
    float *out_grad_grad_output)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        batch_norm_silu_double_backward_pass5_float_element(grad_output[i], x[i], cotangent_grad_input[i], mean_pivot,
            mean_rest_cast, factor, beta_cast, slope, shift, slope_2, slope_3, shift_2, slope_4, factor_3, factor_2,
            factor_4, factor_5, shift_3, slope_5, shift_4, &out_grad_x[i], &out_grad_grad_output[i]);
    }
}

static void batch_norm_silu_double_backward_pass5_float_columns(ptrdiff_t n, const float *grad_output, const float *x,
    const float *cotangent_grad_input, const float *mean_pivot, const float *mean_rest_cast, const float *factor,
    const float *beta_cast, const float *slope, const float *shift, const float *slope_2, const float *slope_3,
    const float *shift_2, const float *slope_4, const float *factor_3, const float *factor_2, const float *factor_4,
    const float *factor_5, const float *shift_3, const float *slope_5, const float *shift_4, float *out_grad_x,
    float *out_grad_grad_output)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        batch_norm_silu_double_backward_pass5_float_element(grad_output[i], x[i], cotangent_grad_input[i],
            mean_pivot[i], mean_rest_cast[i], factor[i], beta_cast[i], slope[i], shift[i], slope_2[i], slope_3[i],
            shift_2[i], slope_4[i], factor_3[i], factor_2[i], factor_4[i], factor_5[i], shift_3[i], slope_5[i],
            shift_4[i], &out_grad_x[i], &out_grad_grad_output[i]);
    }
}

/* Units first to end of a block. */
static void batch_norm_silu_double_backward_pass5_float_units(const batch_norm_silu_arguments_float *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const double *lane_mean_pivot,
    const double *lane_mean_rest_cast, const double *lane_factor, const double *lane_beta_cast,
    const double *lane_slope, const double *lane_shift, const double *lane_slope_2, const double *lane_slope_3,
    const double *lane_shift_2, const double *lane_slope_4, const double *lane_factor_3, const double *lane_factor_2,
    const double *lane_factor_4, const double *lane_factor_5, const double *lane_shift_3, const double *lane_slope_5,
    const double *lane_shift_4)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    float buffer_grad_output[BATCH_NORM_SILU_TILE];
    float buffer_x[BATCH_NORM_SILU_TILE];
    float buffer_cotangent_grad_input[BATCH_NORM_SILU_TILE];
    float buffer_grad_x[BATCH_NORM_SILU_TILE];
    float buffer_grad_grad_output[BATCH_NORM_SILU_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        float column_mean_pivot[BATCH_NORM_SILU_TILE];
        float column_mean_rest_cast[BATCH_NORM_SILU_TILE];
        float column_factor[BATCH_NORM_SILU_TILE];
        float column_beta_cast[BATCH_NORM_SILU_TILE];
        float column_slope[BATCH_NORM_SILU_TILE];
        float column_shift[BATCH_NORM_SILU_TILE];
        float column_slope_2[BATCH_NORM_SILU_TILE];
        float column_slope_3[BATCH_NORM_SILU_TILE];
        float column_shift_2[BATCH_NORM_SILU_TILE];
        float column_slope_4[BATCH_NORM_SILU_TILE];
        float column_factor_3[BATCH_NORM_SILU_TILE];
        float column_factor_2[BATCH_NORM_SILU_TILE];
        float column_factor_4[BATCH_NORM_SILU_TILE];
        float column_factor_5[BATCH_NORM_SILU_TILE];
        float column_shift_3[BATCH_NORM_SILU_TILE];
        float column_slope_5[BATCH_NORM_SILU_TILE];
        float column_shift_4[BATCH_NORM_SILU_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (float)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (float)lane_mean_rest_cast[b];
                column_factor[k] = (float)lane_factor[b];
                column_beta_cast[k] = (float)lane_beta_cast[b];
                column_slope[k] = (float)lane_slope[b];
                column_shift[k] = (float)lane_shift[b];
                column_slope_2[k] = (float)lane_slope_2[b];
                column_slope_3[k] = (float)lane_slope_3[b];
                column_shift_2[k] = (float)lane_shift_2[b];
                column_slope_4[k] = (float)lane_slope_4[b];
                column_factor_3[k] = (float)lane_factor_3[b];
                column_factor_2[k] = (float)lane_factor_2[b];
                column_factor_4[k] = (float)lane_factor_4[b];
                column_factor_5[k] = (float)lane_factor_5[b];
                column_shift_3[k] = (float)lane_shift_3[b];
                column_slope_5[k] = (float)lane_slope_5[b];
                column_shift_4[k] = (float)lane_shift_4[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *grad_output;
            const float *x;
            const float *cotangent_grad_input;
            float *out_grad_x;
            float *out_grad_grad_output;
            batch_norm_silu_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, first + end - 2 - unit, ahead);
                batch_norm_silu_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->grad_x + ahead[4], n * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->grad_grad_output + ahead[3], n * (ptrdiff_t)sizeof(float));
            }
            grad_output = batch_norm_silu_read_float_float(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = batch_norm_silu_read_float_float(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_x);
            cotangent_grad_input = batch_norm_silu_read_float_float(a->cotangent_grad_input + at[2], w->lane_stride[2],
                w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            out_grad_x = (w->run_size == 1 || w->run_stride[4] == 1) && (c->lanes == 1
                || w->lane_stride[4] == w->run_size) ? a->grad_x + at[4] : buffer_grad_x;
            out_grad_grad_output = (w->run_size == 1 || w->run_stride[3] == 1) && (c->lanes == 1
                || w->lane_stride[3] == w->run_size) ? a->grad_grad_output + at[3] : buffer_grad_grad_output;
            batch_norm_silu_double_backward_pass5_float_columns(n, grad_output, x, cotangent_grad_input,
                column_mean_pivot, column_mean_rest_cast, column_factor, column_beta_cast, column_slope, column_shift,
                column_slope_2, column_slope_3, column_shift_2, column_slope_4, column_factor_3, column_factor_2,
                column_factor_4, column_factor_5, column_shift_3, column_slope_5, column_shift_4, out_grad_x,
                out_grad_grad_output);
            if (out_grad_x == buffer_grad_x) batch_norm_silu_write_float(buffer_grad_x, a->grad_x + at[4],
                w->lane_stride[4], w->run_stride[4], c->lanes, w->run_size);
            if (out_grad_grad_output == buffer_grad_grad_output) batch_norm_silu_write_float(buffer_grad_grad_output,
                a->grad_grad_output + at[3], w->lane_stride[3], w->run_stride[3], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0],
                    run * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->grad_x + ahead[4] + b * w->lane_stride[4], run * (ptrdiff_t)sizeof(float));
                batch_norm_silu_fetch(a->grad_grad_output + ahead[3] + b * w->lane_stride[3],
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
                    && w->run_stride[3] == 1 ? run : batch_norm_silu_least(run - j, BATCH_NORM_SILU_TILE);
                grad_output = batch_norm_silu_read_float_float(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = batch_norm_silu_read_float_float(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = batch_norm_silu_read_float_float(cotangent_grad_input, 0, w->run_stride[2], 1, n,
                    buffer_cotangent_grad_input);
                out_grad_x = n == 1 || w->run_stride[4] == 1 ? to_grad_x : buffer_grad_x;
                out_grad_grad_output = n == 1 || w->run_stride[3] == 1 ? to_grad_grad_output : buffer_grad_grad_output;
                batch_norm_silu_double_backward_pass5_float_row(n, grad_output, x, cotangent_grad_input,
                    (float)lane_mean_pivot[b], (float)lane_mean_rest_cast[b], (float)lane_factor[b],
                    (float)lane_beta_cast[b], (float)lane_slope[b], (float)lane_shift[b], (float)lane_slope_2[b],
                    (float)lane_slope_3[b], (float)lane_shift_2[b], (float)lane_slope_4[b], (float)lane_factor_3[b],
                    (float)lane_factor_2[b], (float)lane_factor_4[b], (float)lane_factor_5[b], (float)lane_shift_3[b],
                    (float)lane_slope_5[b], (float)lane_shift_4[b], out_grad_x, out_grad_grad_output);
                if (out_grad_x == buffer_grad_x) batch_norm_silu_write_float(buffer_grad_x, to_grad_x, 0,
                    w->run_stride[4], 1, n);
                if (out_grad_grad_output == buffer_grad_grad_output)
                    batch_norm_silu_write_float(buffer_grad_grad_output, to_grad_grad_output, 0, w->run_stride[3], 1,
                    n);
            }
        }
    }
}

static void batch_norm_silu_double_backward_pass5_float_all(const batch_norm_silu_arguments_float *a,
    const batch_norm_silu_block *c, const double *lane_mean_pivot, const double *lane_mean_rest_cast,
    const double *lane_factor, const double *lane_beta_cast, const double *lane_slope, const double *lane_shift,
    const double *lane_slope_2, const double *lane_slope_3, const double *lane_shift_2, const double *lane_slope_4,
    const double *lane_factor_3, const double *lane_factor_2, const double *lane_factor_4, const double *lane_factor_5,
    const double *lane_shift_3, const double *lane_slope_5, const double *lane_shift_4)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_double_backward_pass5_float_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_beta_cast, lane_slope, lane_shift, lane_slope_2,
            lane_slope_3, lane_shift_2, lane_slope_4, lane_factor_3, lane_factor_2, lane_factor_4, lane_factor_5,
            lane_shift_3, lane_slope_5, lane_shift_4);
    }
}


static void batch_norm_silu_double_backward_block_float(const batch_norm_silu_arguments_float *a,
    batch_norm_silu_block *c)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t b;
    double lane_gamma[BATCH_NORM_SILU_LANES];
    double lane_beta[BATCH_NORM_SILU_LANES];
    double lane_cotangent_grad_gamma[BATCH_NORM_SILU_LANES];
    double lane_cotangent_grad_beta[BATCH_NORM_SILU_LANES];
    double lane_mean[BATCH_NORM_SILU_LANES];
    double lane_mean_low[BATCH_NORM_SILU_LANES];
    double lane_inv_std[BATCH_NORM_SILU_LANES];
    double lane_mean_pivot[BATCH_NORM_SILU_LANES];
    double lane_mean_rest[BATCH_NORM_SILU_LANES];
    double lane_mean_rest_cast[BATCH_NORM_SILU_LANES];
    double lane_factor[BATCH_NORM_SILU_LANES];
    double lane_beta_cast[BATCH_NORM_SILU_LANES];
    double lane_v_sum_cotangent_grad_input_d[BATCH_NORM_SILU_LANES];
    double lane_v_sum_cotangent_grad_input_grad_tangent_z[BATCH_NORM_SILU_LANES];
    double lane_v_sum_d_grad_tangent_z[BATCH_NORM_SILU_LANES];
    double lane_v_sum_cotangent_grad_input[BATCH_NORM_SILU_LANES];
    double lane_v_sum_grad_tangent_z[BATCH_NORM_SILU_LANES];
    double lane_factor_2[BATCH_NORM_SILU_LANES];
    double lane_factor_3[BATCH_NORM_SILU_LANES];
    double lane_factor_4[BATCH_NORM_SILU_LANES];
    double lane_factor_5[BATCH_NORM_SILU_LANES];
    double lane_v_sum_d_grad_z[BATCH_NORM_SILU_LANES];
    double lane_v_sum_grad_z[BATCH_NORM_SILU_LANES];
    double lane_grad_gamma[BATCH_NORM_SILU_LANES];
    double lane_slope[BATCH_NORM_SILU_LANES];
    double lane_shift[BATCH_NORM_SILU_LANES];
    double lane_slope_2[BATCH_NORM_SILU_LANES];
    double lane_slope_3[BATCH_NORM_SILU_LANES];
    double lane_shift_2[BATCH_NORM_SILU_LANES];
    double lane_slope_4[BATCH_NORM_SILU_LANES];
    double lane_shift_3[BATCH_NORM_SILU_LANES];
    double lane_slope_5[BATCH_NORM_SILU_LANES];
    double lane_shift_4[BATCH_NORM_SILU_LANES];
    const double count_n = a->count_n;
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_gamma[b] = a->gamma == NULL ? 1.0 : (double)a->gamma[c->at[5] + b * w->lane_stride[5]];
        lane_beta[b] = a->beta == NULL ? 0.0 : (double)a->beta[c->at[5] + b * w->lane_stride[5]];
        lane_cotangent_grad_gamma[b] = a->cotangent_grad_gamma == NULL ? 0.0 : (double)a->cotangent_grad_gamma[c->at[5]
            + b * w->lane_stride[5]];
        lane_cotangent_grad_beta[b] = a->cotangent_grad_beta == NULL ? 0.0 : (double)a->cotangent_grad_beta[c->at[5]
            + b * w->lane_stride[5]];
        lane_mean[b] = a->mean[c->at[5] + b * w->lane_stride[5]];
        lane_mean_low[b] = a->mean_low[c->at[5] + b * w->lane_stride[5]];
        lane_inv_std[b] = a->inv_std[c->at[5] + b * w->lane_stride[5]];
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (float)(lane_mean[b]);
        lane_mean_rest[b] = (lane_mean[b] - lane_mean_pivot[b]) + lane_mean_low[b];
        lane_mean_rest_cast[b] = lane_mean_rest[b];
        lane_factor[b] = lane_gamma[b]*lane_inv_std[b];
        lane_beta_cast[b] = lane_beta[b];
    }
    batch_norm_silu_double_backward_pass1_float_sums(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_factor,
        lane_beta_cast, lane_v_sum_cotangent_grad_input_d, lane_v_sum_cotangent_grad_input_grad_tangent_z,
        lane_v_sum_d_grad_tangent_z, lane_v_sum_cotangent_grad_input, lane_v_sum_grad_tangent_z);
    for (b = 0; b < c->lanes; ++b) {
        lane_factor_2[b] = 2.0;
        lane_factor_3[b] = lane_cotangent_grad_gamma[b]*lane_inv_std[b];
        lane_factor_4[b] = pow(lane_inv_std[b], 3.0)*lane_gamma[b]*lane_v_sum_cotangent_grad_input_d[b]/count_n;
        lane_factor_5[b] = lane_cotangent_grad_beta[b] - lane_gamma[b]*lane_inv_std[b]
            *lane_v_sum_cotangent_grad_input[b]/count_n;
    }
    batch_norm_silu_double_backward_pass3_float_sums(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_factor,
        lane_beta_cast, lane_factor_2, lane_factor_3, lane_factor_4, lane_factor_5, lane_v_sum_d_grad_z,
        lane_v_sum_grad_z);
    for (b = 0; b < c->lanes; ++b) {
        lane_grad_gamma[b] = lane_inv_std[b]*lane_v_sum_cotangent_grad_input_grad_tangent_z[b] + lane_inv_std[b]
            *lane_v_sum_d_grad_z[b] - pow(lane_inv_std[b], 3.0)*lane_v_sum_cotangent_grad_input_d[b]
            *lane_v_sum_d_grad_tangent_z[b]/count_n - lane_inv_std[b]*lane_v_sum_cotangent_grad_input[b]
            *lane_v_sum_grad_tangent_z[b]/count_n;
        lane_slope[b] = -pow(lane_inv_std[b], 3.0)*lane_gamma[b]*lane_v_sum_cotangent_grad_input_d[b]/count_n;
        lane_shift[b] = pow(lane_inv_std[b], 3.0)*lane_gamma[b]*lane_v_sum_cotangent_grad_input[b]
            *lane_v_sum_d_grad_tangent_z[b]/batch_norm_silu_square_double(count_n) + pow(lane_inv_std[b], 3.0)
            *lane_gamma[b]*lane_v_sum_cotangent_grad_input_d[b]
            *lane_v_sum_grad_tangent_z[b]/batch_norm_silu_square_double(count_n);
        lane_slope_2[b] = -pow(lane_inv_std[b], 3.0)*lane_gamma[b]*lane_v_sum_d_grad_tangent_z[b]/count_n;
        lane_slope_3[b] = 3.0*pow(lane_inv_std[b], 5.0)*lane_gamma[b]*lane_v_sum_cotangent_grad_input_d[b]
            *lane_v_sum_d_grad_tangent_z[b]/batch_norm_silu_square_double(count_n) + pow(lane_inv_std[b], 3.0)
            *lane_gamma[b]*lane_v_sum_cotangent_grad_input[b]
            *lane_v_sum_grad_tangent_z[b]/batch_norm_silu_square_double(count_n) - pow(lane_inv_std[b], 3.0)
            *lane_gamma[b]*lane_v_sum_cotangent_grad_input_grad_tangent_z[b]/count_n;
        lane_shift_2[b] = lane_v_sum_grad_tangent_z[b]/count_n;
        lane_slope_4[b] = -batch_norm_silu_square_double(lane_inv_std[b])*lane_v_sum_d_grad_tangent_z[b]/count_n;
        lane_shift_3[b] = lane_v_sum_grad_z[b]/count_n;
        lane_slope_5[b] = -batch_norm_silu_square_double(lane_inv_std[b])*lane_v_sum_d_grad_z[b]/count_n;
        lane_shift_4[b] = 1.0;
    }
    batch_norm_silu_double_backward_pass5_float_all(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_factor,
        lane_beta_cast, lane_slope, lane_shift, lane_slope_2, lane_slope_3, lane_shift_2, lane_slope_4, lane_factor_3,
        lane_factor_2, lane_factor_4, lane_factor_5, lane_shift_3, lane_slope_5, lane_shift_4);
    for (b = 0; b < c->lanes; ++b) {
        a->result_grad_gamma[c->at[5] + b * w->lane_stride[5]] = (double)lane_grad_gamma[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_grad_beta[c->at[5] + b * w->lane_stride[5]] = (double)lane_v_sum_grad_z[b];
    }
    (void)w;
}

int batch_norm_silu_double_backward_float(
    const batch_norm_silu_extents *extents,
    const float *grad_output, const ptrdiff_t *grad_output_strides,
    const float *x, const ptrdiff_t *x_strides,
    const float *cotangent_grad_input, const ptrdiff_t *cotangent_grad_input_strides,
    const float *gamma,
    const float *beta,
    const float *cotangent_grad_gamma,
    const float *cotangent_grad_beta,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    float *grad_grad_output, const ptrdiff_t *grad_grad_output_strides,
    float *grad_x, const ptrdiff_t *grad_x_strides,
    double *result_grad_gamma,
    double *result_grad_beta,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"c", "c" };
    const ptrdiff_t *strides[5];
    batch_norm_silu_arguments_float a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = batch_norm_silu_check_extents(extents), outside;
    k = 0;
    if (status != BATCH_NORM_SILU_OK) return status;
    if (grad_output == NULL || x == NULL || cotangent_grad_input == NULL || grad_grad_output == NULL || grad_x == NULL
        || mean == NULL || mean_low == NULL || inv_std == NULL || result_grad_gamma == NULL || result_grad_beta == NULL)
        return BATCH_NORM_SILU_NULL;
    if (threads < 1) return BATCH_NORM_SILU_THREADS;
    if (workspace_size < batch_norm_silu_double_backward_workspace(extents)) return BATCH_NORM_SILU_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return BATCH_NORM_SILU_WORKSPACE;
    if (batch_norm_silu_count(extents, "nc") == 0) {
        for (k = 0; k < batch_norm_silu_count(extents, "c"); ++k) result_grad_gamma[k] = 0;
        for (k = 0; k < batch_norm_silu_count(extents, "c"); ++k) result_grad_beta[k] = 0;
        return BATCH_NORM_SILU_OK;
    }
    strides[0] = grad_output_strides;
    strides[1] = x_strides;
    strides[2] = cotangent_grad_input_strides;
    strides[3] = grad_grad_output_strides;
    strides[4] = grad_x_strides;
    batch_norm_silu_plan(&a.walk, extents, "c", 5, strides, 1, layouts, sizeof(float), 0);
    a.grad_output = grad_output;
    a.x = x;
    a.cotangent_grad_input = cotangent_grad_input;
    a.grad_grad_output = grad_grad_output;
    a.grad_x = grad_x;
    a.gamma = gamma;
    a.beta = beta;
    a.cotangent_grad_gamma = cotangent_grad_gamma;
    a.cotangent_grad_beta = cotangent_grad_beta;
    a.mean = mean;
    a.mean_low = mean_low;
    a.inv_std = inv_std;
    a.result_grad_gamma = result_grad_gamma;
    a.result_grad_beta = result_grad_beta;
    a.count_n = (double)batch_norm_silu_count(extents, "n");
    a.few = batch_norm_silu_count(extents, "n") < BATCH_NORM_SILU_FEW;
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
            batch_norm_silu_block c;
            batch_norm_silu_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            batch_norm_silu_double_backward_block_float(&a, &c);
        }
    }
    return BATCH_NORM_SILU_OK;
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_double_backward_pass1_double_element(
const double grad_output, const double x, const double cotangent_grad_input, const double mean_pivot,
    const double mean_rest_cast, const double factor, const double beta_cast, double *to_v_sum_cotangent_grad_input_d,
    double *to_v_sum_cotangent_grad_input_grad_tangent_z, double *to_v_sum_d_grad_tangent_z,
    double *to_v_sum_cotangent_grad_input, double *to_v_sum_grad_tangent_z)
{
    const double at_d = x - mean_pivot;
    const double at_d1 = at_d - mean_rest_cast;
    const double at_t1 = at_d1 * factor;
    const double at_t2 = at_t1 + beta_cast;
    const double at_t3 = batch_norm_silu_sigmoid_double(at_t2);
    const double at_t4 = at_t2 * at_t3;
    const double at_t5 = at_t2 * (double)-1.0;
    const double at_t6 = batch_norm_silu_sigmoid_double(at_t5);
    const double at_t7 = at_t4 * at_t6;
    const double at_t8 = at_t7 + at_t3;
    const double at_t9 = at_t8 * grad_output;
    *to_v_sum_cotangent_grad_input_d = cotangent_grad_input * at_d1;
    *to_v_sum_cotangent_grad_input_grad_tangent_z = cotangent_grad_input * at_t9;
    *to_v_sum_d_grad_tangent_z = at_d1 * at_t9;
    *to_v_sum_cotangent_grad_input = cotangent_grad_input;
    *to_v_sum_grad_tangent_z = at_t9;
}

static void batch_norm_silu_double_backward_pass1_double_row(ptrdiff_t n, const double *grad_output, const double *x,
    const double *cotangent_grad_input, const double mean_pivot, const double mean_rest_cast, const double factor,
    const double beta_cast, double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
        double part_0[BATCH_NORM_SILU_CHAINS];
        double part_1[BATCH_NORM_SILU_CHAINS];
        double part_2[BATCH_NORM_SILU_CHAINS];
        double part_3[BATCH_NORM_SILU_CHAINS];
        double part_4[BATCH_NORM_SILU_CHAINS];
        int k;
        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
            part_2[k] = 0;
            part_3[k] = 0;
            part_4[k] = 0;
        }
        for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                double term_0, term_1, term_2, term_3, term_4;
                batch_norm_silu_double_backward_pass1_double_element(grad_output[i + k], x[i + k],
                    cotangent_grad_input[i + k], mean_pivot, mean_rest_cast, factor, beta_cast, &term_0, &term_1,
                    &term_2, &term_3, &term_4);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
                part_2[k] = part_2[k] + term_2;
                part_3[k] = part_3[k] + term_3;
                part_4[k] = part_4[k] + term_4;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1, term_2, term_3, term_4;
            batch_norm_silu_double_backward_pass1_double_element(grad_output[i], x[i], cotangent_grad_input[i],
                mean_pivot, mean_rest_cast, factor, beta_cast, &term_0, &term_1, &term_2, &term_3, &term_4);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
            part_2[k] = part_2[k] + term_2;
            part_3[k] = part_3[k] + term_3;
            part_4[k] = part_4[k] + term_4;
        }
        for (k = BATCH_NORM_SILU_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
                part_2[m] = part_2[m] + part_2[m + k];
                part_3[m] = part_3[m] + part_3[m + k];
                part_4[m] = part_4[m] + part_4[m + k];
            }
        }
        batch_norm_silu_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        batch_norm_silu_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
        batch_norm_silu_add_double(&high[2 * lanes], &low[2 * lanes], part_2[0]);
        batch_norm_silu_add_double(&high[3 * lanes], &low[3 * lanes], part_3[0]);
        batch_norm_silu_add_double(&high[4 * lanes], &low[4 * lanes], part_4[0]);
    }
}

static void batch_norm_silu_double_backward_pass1_double_columns(ptrdiff_t n, const double *grad_output,
    const double *x, const double *cotangent_grad_input, const double *mean_pivot, const double *mean_rest_cast,
    const double *factor, const double *beta_cast, double *high_0, double *low_0, double *high_1, double *low_1,
    double *high_2, double *low_2, double *high_3, double *low_3, double *high_4, double *low_4)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1, term_2, term_3, term_4;
        batch_norm_silu_double_backward_pass1_double_element(grad_output[i], x[i], cotangent_grad_input[i],
            mean_pivot[i], mean_rest_cast[i], factor[i], beta_cast[i], &term_0, &term_1, &term_2, &term_3, &term_4);
        batch_norm_silu_add_double(&high_0[i], &low_0[i], term_0);
        batch_norm_silu_add_double(&high_1[i], &low_1[i], term_1);
        batch_norm_silu_add_double(&high_2[i], &low_2[i], term_2);
        batch_norm_silu_add_double(&high_3[i], &low_3[i], term_3);
        batch_norm_silu_add_double(&high_4[i], &low_4[i], term_4);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void batch_norm_silu_double_backward_pass1_double_units(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot,
    const long double *lane_mean_rest_cast, const long double *lane_factor, const long double *lane_beta_cast,
    double *high, double *low)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    double buffer_grad_output[BATCH_NORM_SILU_TILE];
    double buffer_x[BATCH_NORM_SILU_TILE];
    double buffer_cotangent_grad_input[BATCH_NORM_SILU_TILE];
    for (k = 0; k < 5 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[2 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[3 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[4 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[BATCH_NORM_SILU_TILE];
        double column_mean_rest_cast[BATCH_NORM_SILU_TILE];
        double column_factor[BATCH_NORM_SILU_TILE];
        double column_beta_cast[BATCH_NORM_SILU_TILE];
        double high_0[BATCH_NORM_SILU_TILE], low_0[BATCH_NORM_SILU_TILE];
        double high_1[BATCH_NORM_SILU_TILE], low_1[BATCH_NORM_SILU_TILE];
        double high_2[BATCH_NORM_SILU_TILE], low_2[BATCH_NORM_SILU_TILE];
        double high_3[BATCH_NORM_SILU_TILE], low_3[BATCH_NORM_SILU_TILE];
        double high_4[BATCH_NORM_SILU_TILE], low_4[BATCH_NORM_SILU_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (double)lane_mean_rest_cast[b];
                column_factor[k] = (double)lane_factor[b];
                column_beta_cast[k] = (double)lane_beta_cast[b];
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
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            const double *cotangent_grad_input;
            batch_norm_silu_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, unit + 1, ahead);
                batch_norm_silu_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = batch_norm_silu_read_double_double(a->grad_output + at[0], w->lane_stride[0],
                w->run_stride[0], c->lanes, w->run_size, buffer_grad_output);
            x = batch_norm_silu_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_x);
            cotangent_grad_input = batch_norm_silu_read_double_double(a->cotangent_grad_input + at[2],
                w->lane_stride[2], w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            batch_norm_silu_double_backward_pass1_double_columns(n, grad_output, x, cotangent_grad_input,
                column_mean_pivot, column_mean_rest_cast, column_factor, column_beta_cast, high_0, low_0, high_1, low_1,
                high_2, low_2, high_3, low_3, high_4, low_4);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                batch_norm_silu_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                batch_norm_silu_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
                batch_norm_silu_add_double(&high[2 * c->lanes + b], &low[2 * c->lanes + b], high_2[k]);
                low[2 * c->lanes + b] += low_2[k];
                batch_norm_silu_add_double(&high[3 * c->lanes + b], &low[3 * c->lanes + b], high_3[k]);
                low[3 * c->lanes + b] += low_3[k];
                batch_norm_silu_add_double(&high[4 * c->lanes + b], &low[4 * c->lanes + b], high_4[k]);
                low[4 * c->lanes + b] += low_4[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0],
                    run * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                const double *cotangent_grad_input = a->cotangent_grad_input + at[2] + b * w->lane_stride[2]
                    + j * w->run_stride[2];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run
                    : batch_norm_silu_least(run - j, BATCH_NORM_SILU_TILE);
                grad_output = batch_norm_silu_read_double_double(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = batch_norm_silu_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = batch_norm_silu_read_double_double(cotangent_grad_input, 0, w->run_stride[2], 1,
                    n, buffer_cotangent_grad_input);
                batch_norm_silu_double_backward_pass1_double_row(n, grad_output, x, cotangent_grad_input,
                    (double)lane_mean_pivot[b], (double)lane_mean_rest_cast[b], (double)lane_factor[b],
                    (double)lane_beta_cast[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void batch_norm_silu_double_backward_pass1_double_sums(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, const long double *lane_mean_pivot, const long double *lane_mean_rest_cast,
    const long double *lane_factor, const long double *lane_beta_cast, long double *sum_v_sum_cotangent_grad_input_d,
    long double *sum_v_sum_cotangent_grad_input_grad_tangent_z, long double *sum_v_sum_d_grad_tangent_z,
    long double *sum_v_sum_cotangent_grad_input, long double *sum_v_sum_grad_tangent_z)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 5 * c->lanes;
    double part[2 * 5 * BATCH_NORM_SILU_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_double_backward_pass1_double_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_beta_cast, part + k * stride, part + k * stride
            + 5 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 5) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 5) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input_d[b] = (long double)batch_norm_silu_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 5) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 5) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input_grad_tangent_z[b] = (long double)batch_norm_silu_whole_double(high, low);
        }
        {
            double high = part[2 * c->lanes + b], low = part[(2 + 5) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 2 * c->lanes + b]);
                low += part[k * stride + (2 + 5) * c->lanes + b];
            }
            sum_v_sum_d_grad_tangent_z[b] = (long double)batch_norm_silu_whole_double(high, low);
        }
        {
            double high = part[3 * c->lanes + b], low = part[(3 + 5) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 3 * c->lanes + b]);
                low += part[k * stride + (3 + 5) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input[b] = (long double)batch_norm_silu_whole_double(high, low);
        }
        {
            double high = part[4 * c->lanes + b], low = part[(4 + 5) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 4 * c->lanes + b]);
                low += part[k * stride + (4 + 5) * c->lanes + b];
            }
            sum_v_sum_grad_tangent_z[b] = (long double)batch_norm_silu_whole_double(high, low);
        }
    }
}


BATCH_NORM_SILU_INLINE void batch_norm_silu_double_backward_pass1_extended_element(
const long double grad_output, const long double x, const long double cotangent_grad_input,
    const long double mean_pivot, const long double mean_rest_cast, const long double factor,
    const long double beta_cast, long double *to_v_sum_cotangent_grad_input_d,
    long double *to_v_sum_cotangent_grad_input_grad_tangent_z, long double *to_v_sum_d_grad_tangent_z,
    long double *to_v_sum_cotangent_grad_input, long double *to_v_sum_grad_tangent_z)
{
    const long double at_d = x - mean_pivot;
    const long double at_d1 = at_d - mean_rest_cast;
    const long double at_t1 = at_d1 * factor;
    const long double at_t2 = at_t1 + beta_cast;
    const long double at_t3 = batch_norm_silu_sigmoid_extended(at_t2);
    const long double at_t4 = at_t2 * at_t3;
    const long double at_t5 = at_t2 * (long double)-1.0;
    const long double at_t6 = batch_norm_silu_sigmoid_extended(at_t5);
    const long double at_t7 = at_t4 * at_t6;
    const long double at_t8 = at_t7 + at_t3;
    const long double at_t9 = at_t8 * grad_output;
    *to_v_sum_cotangent_grad_input_d = cotangent_grad_input * at_d1;
    *to_v_sum_cotangent_grad_input_grad_tangent_z = cotangent_grad_input * at_t9;
    *to_v_sum_d_grad_tangent_z = at_d1 * at_t9;
    *to_v_sum_cotangent_grad_input = cotangent_grad_input;
    *to_v_sum_grad_tangent_z = at_t9;
}

static void batch_norm_silu_double_backward_pass1_extended_row(ptrdiff_t n, const double *grad_output, const double *x,
    const double *cotangent_grad_input, const long double mean_pivot, const long double mean_rest_cast,
    const long double factor, const long double beta_cast, long double *high, long double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
        long double part_0[BATCH_NORM_SILU_CHAINS];
        long double part_1[BATCH_NORM_SILU_CHAINS];
        long double part_2[BATCH_NORM_SILU_CHAINS];
        long double part_3[BATCH_NORM_SILU_CHAINS];
        long double part_4[BATCH_NORM_SILU_CHAINS];
        int k;
        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
            part_2[k] = 0;
            part_3[k] = 0;
            part_4[k] = 0;
        }
        for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                long double term_0, term_1, term_2, term_3, term_4;
                batch_norm_silu_double_backward_pass1_extended_element((long double)grad_output[i + k], (long double)x[i
                    + k], (long double)cotangent_grad_input[i + k], mean_pivot, mean_rest_cast, factor, beta_cast,
                    &term_0, &term_1, &term_2, &term_3, &term_4);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
                part_2[k] = part_2[k] + term_2;
                part_3[k] = part_3[k] + term_3;
                part_4[k] = part_4[k] + term_4;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0, term_1, term_2, term_3, term_4;
            batch_norm_silu_double_backward_pass1_extended_element((long double)grad_output[i], (long double)x[i],
                (long double)cotangent_grad_input[i], mean_pivot, mean_rest_cast, factor, beta_cast, &term_0, &term_1,
                &term_2, &term_3, &term_4);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
            part_2[k] = part_2[k] + term_2;
            part_3[k] = part_3[k] + term_3;
            part_4[k] = part_4[k] + term_4;
        }
        for (k = BATCH_NORM_SILU_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
                part_2[m] = part_2[m] + part_2[m + k];
                part_3[m] = part_3[m] + part_3[m + k];
                part_4[m] = part_4[m] + part_4[m + k];
            }
        }
        batch_norm_silu_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        batch_norm_silu_add_extended(&high[1 * lanes], &low[1 * lanes], part_1[0]);
        batch_norm_silu_add_extended(&high[2 * lanes], &low[2 * lanes], part_2[0]);
        batch_norm_silu_add_extended(&high[3 * lanes], &low[3 * lanes], part_3[0]);
        batch_norm_silu_add_extended(&high[4 * lanes], &low[4 * lanes], part_4[0]);
    }
}

static void batch_norm_silu_double_backward_pass1_extended_columns(ptrdiff_t n, const double *grad_output,
    const double *x, const double *cotangent_grad_input, const long double *mean_pivot,
    const long double *mean_rest_cast, const long double *factor, const long double *beta_cast, long double *high_0,
    long double *low_0, long double *high_1, long double *low_1, long double *high_2, long double *low_2,
    long double *high_3, long double *low_3, long double *high_4, long double *low_4)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0, term_1, term_2, term_3, term_4;
        batch_norm_silu_double_backward_pass1_extended_element((long double)grad_output[i], (long double)x[i],
            (long double)cotangent_grad_input[i], mean_pivot[i], mean_rest_cast[i], factor[i], beta_cast[i], &term_0,
            &term_1, &term_2, &term_3, &term_4);
        batch_norm_silu_add_extended(&high_0[i], &low_0[i], term_0);
        batch_norm_silu_add_extended(&high_1[i], &low_1[i], term_1);
        batch_norm_silu_add_extended(&high_2[i], &low_2[i], term_2);
        batch_norm_silu_add_extended(&high_3[i], &low_3[i], term_3);
        batch_norm_silu_add_extended(&high_4[i], &low_4[i], term_4);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void batch_norm_silu_double_backward_pass1_extended_units(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot,
    const long double *lane_mean_rest_cast, const long double *lane_factor, const long double *lane_beta_cast,
    long double *high, long double *low)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    double buffer_grad_output[BATCH_NORM_SILU_TILE];
    double buffer_x[BATCH_NORM_SILU_TILE];
    double buffer_cotangent_grad_input[BATCH_NORM_SILU_TILE];
    for (k = 0; k < 5 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[2 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[3 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[4 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double column_mean_pivot[BATCH_NORM_SILU_TILE];
        long double column_mean_rest_cast[BATCH_NORM_SILU_TILE];
        long double column_factor[BATCH_NORM_SILU_TILE];
        long double column_beta_cast[BATCH_NORM_SILU_TILE];
        long double high_0[BATCH_NORM_SILU_TILE], low_0[BATCH_NORM_SILU_TILE];
        long double high_1[BATCH_NORM_SILU_TILE], low_1[BATCH_NORM_SILU_TILE];
        long double high_2[BATCH_NORM_SILU_TILE], low_2[BATCH_NORM_SILU_TILE];
        long double high_3[BATCH_NORM_SILU_TILE], low_3[BATCH_NORM_SILU_TILE];
        long double high_4[BATCH_NORM_SILU_TILE], low_4[BATCH_NORM_SILU_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (long double)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (long double)lane_mean_rest_cast[b];
                column_factor[k] = (long double)lane_factor[b];
                column_beta_cast[k] = (long double)lane_beta_cast[b];
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
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            const double *cotangent_grad_input;
            batch_norm_silu_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, unit + 1, ahead);
                batch_norm_silu_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = batch_norm_silu_read_double_double(a->grad_output + at[0], w->lane_stride[0],
                w->run_stride[0], c->lanes, w->run_size, buffer_grad_output);
            x = batch_norm_silu_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_x);
            cotangent_grad_input = batch_norm_silu_read_double_double(a->cotangent_grad_input + at[2],
                w->lane_stride[2], w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            batch_norm_silu_double_backward_pass1_extended_columns(n, grad_output, x, cotangent_grad_input,
                column_mean_pivot, column_mean_rest_cast, column_factor, column_beta_cast, high_0, low_0, high_1, low_1,
                high_2, low_2, high_3, low_3, high_4, low_4);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                batch_norm_silu_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                batch_norm_silu_add_extended(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
                batch_norm_silu_add_extended(&high[2 * c->lanes + b], &low[2 * c->lanes + b], high_2[k]);
                low[2 * c->lanes + b] += low_2[k];
                batch_norm_silu_add_extended(&high[3 * c->lanes + b], &low[3 * c->lanes + b], high_3[k]);
                low[3 * c->lanes + b] += low_3[k];
                batch_norm_silu_add_extended(&high[4 * c->lanes + b], &low[4 * c->lanes + b], high_4[k]);
                low[4 * c->lanes + b] += low_4[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0],
                    run * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                const double *cotangent_grad_input = a->cotangent_grad_input + at[2] + b * w->lane_stride[2]
                    + j * w->run_stride[2];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run
                    : batch_norm_silu_least(run - j, BATCH_NORM_SILU_TILE);
                grad_output = batch_norm_silu_read_double_double(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = batch_norm_silu_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = batch_norm_silu_read_double_double(cotangent_grad_input, 0, w->run_stride[2], 1,
                    n, buffer_cotangent_grad_input);
                batch_norm_silu_double_backward_pass1_extended_row(n, grad_output, x, cotangent_grad_input,
                    (long double)lane_mean_pivot[b], (long double)lane_mean_rest_cast[b], (long double)lane_factor[b],
                    (long double)lane_beta_cast[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void batch_norm_silu_double_backward_pass1_extended_sums(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, const long double *lane_mean_pivot, const long double *lane_mean_rest_cast,
    const long double *lane_factor, const long double *lane_beta_cast, long double *sum_v_sum_cotangent_grad_input_d,
    long double *sum_v_sum_cotangent_grad_input_grad_tangent_z, long double *sum_v_sum_d_grad_tangent_z,
    long double *sum_v_sum_cotangent_grad_input, long double *sum_v_sum_grad_tangent_z)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 5 * c->lanes;
    long double part[2 * 5 * BATCH_NORM_SILU_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_double_backward_pass1_extended_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_beta_cast, part + k * stride, part + k * stride
            + 5 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 5) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 5) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input_d[b] = (long double)batch_norm_silu_whole_extended(high, low);
        }
        {
            long double high = part[1 * c->lanes + b], low = part[(1 + 5) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_extended(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 5) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input_grad_tangent_z[b] = (long double)batch_norm_silu_whole_extended(high, low);
        }
        {
            long double high = part[2 * c->lanes + b], low = part[(2 + 5) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_extended(&high, &low, part[k * stride + 2 * c->lanes + b]);
                low += part[k * stride + (2 + 5) * c->lanes + b];
            }
            sum_v_sum_d_grad_tangent_z[b] = (long double)batch_norm_silu_whole_extended(high, low);
        }
        {
            long double high = part[3 * c->lanes + b], low = part[(3 + 5) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_extended(&high, &low, part[k * stride + 3 * c->lanes + b]);
                low += part[k * stride + (3 + 5) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input[b] = (long double)batch_norm_silu_whole_extended(high, low);
        }
        {
            long double high = part[4 * c->lanes + b], low = part[(4 + 5) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_extended(&high, &low, part[k * stride + 4 * c->lanes + b]);
                low += part[k * stride + (4 + 5) * c->lanes + b];
            }
            sum_v_sum_grad_tangent_z[b] = (long double)batch_norm_silu_whole_extended(high, low);
        }
    }
}


BATCH_NORM_SILU_INLINE void batch_norm_silu_double_backward_pass3_double_element(
const double grad_output, const double x, const double cotangent_grad_input, const double mean_pivot,
    const double mean_rest_cast, const double factor, const double beta_cast, const double factor_2,
    const double factor_3, const double factor_4, const double factor_5, double *to_v_sum_d_grad_z,
    double *to_v_sum_grad_z)
{
    const double at_d = x - mean_pivot;
    const double at_d1 = at_d - mean_rest_cast;
    const double at_t1 = at_d1 * factor;
    const double at_t2 = at_t1 + beta_cast;
    const double at_t3 = batch_norm_silu_sigmoid_double(at_t2);
    const double at_t4 = at_t3 * factor_2;
    const double at_t5 = at_t2 * (double)-1.0;
    const double at_t6 = batch_norm_silu_sigmoid_double(at_t5);
    const double at_t7 = at_t4 * at_t6;
    const double at_t8 = batch_norm_silu_square_double(at_t6);
    const double at_t9 = at_t2 * at_t8;
    const double at_t10 = at_t9 * at_t3;
    const double at_t11 = at_t7 + at_t10;
    const double at_t12 = batch_norm_silu_square_double(at_t3);
    const double at_t13 = at_t2 * at_t12;
    const double at_t14 = at_t13 * at_t6;
    const double at_t15 = at_t11 - at_t14;
    const double at_t16 = at_t15 * grad_output;
    const double at_t17 = at_d1 * factor_3;
    const double at_t18 = cotangent_grad_input * factor;
    const double at_t19 = at_t17 + at_t18;
    const double at_t20 = at_d1 * factor_4;
    const double at_t21 = at_t19 - at_t20;
    const double at_t22 = at_t21 + factor_5;
    const double at_t23 = at_t16 * at_t22;
    *to_v_sum_d_grad_z = at_d1 * at_t23;
    *to_v_sum_grad_z = at_t23;
}

static void batch_norm_silu_double_backward_pass3_double_row(ptrdiff_t n, const double *grad_output, const double *x,
    const double *cotangent_grad_input, const double mean_pivot, const double mean_rest_cast, const double factor,
    const double beta_cast, const double factor_2, const double factor_3, const double factor_4, const double factor_5,
    double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
        double part_0[BATCH_NORM_SILU_CHAINS];
        double part_1[BATCH_NORM_SILU_CHAINS];
        int k;
        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                double term_0, term_1;
                batch_norm_silu_double_backward_pass3_double_element(grad_output[i + k], x[i + k],
                    cotangent_grad_input[i + k], mean_pivot, mean_rest_cast, factor, beta_cast, factor_2, factor_3,
                    factor_4, factor_5, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1;
            batch_norm_silu_double_backward_pass3_double_element(grad_output[i], x[i], cotangent_grad_input[i],
                mean_pivot, mean_rest_cast, factor, beta_cast, factor_2, factor_3, factor_4, factor_5, &term_0,
                &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = BATCH_NORM_SILU_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        batch_norm_silu_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        batch_norm_silu_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void batch_norm_silu_double_backward_pass3_double_columns(ptrdiff_t n, const double *grad_output,
    const double *x, const double *cotangent_grad_input, const double *mean_pivot, const double *mean_rest_cast,
    const double *factor, const double *beta_cast, const double *factor_2, const double *factor_3,
    const double *factor_4, const double *factor_5, double *high_0, double *low_0, double *high_1, double *low_1)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1;
        batch_norm_silu_double_backward_pass3_double_element(grad_output[i], x[i], cotangent_grad_input[i],
            mean_pivot[i], mean_rest_cast[i], factor[i], beta_cast[i], factor_2[i], factor_3[i], factor_4[i],
            factor_5[i], &term_0, &term_1);
        batch_norm_silu_add_double(&high_0[i], &low_0[i], term_0);
        batch_norm_silu_add_double(&high_1[i], &low_1[i], term_1);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void batch_norm_silu_double_backward_pass3_double_units(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot,
    const long double *lane_mean_rest_cast, const long double *lane_factor, const long double *lane_beta_cast,
    const long double *lane_factor_2, const long double *lane_factor_3, const long double *lane_factor_4,
    const long double *lane_factor_5, double *high, double *low)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    double buffer_grad_output[BATCH_NORM_SILU_TILE];
    double buffer_x[BATCH_NORM_SILU_TILE];
    double buffer_cotangent_grad_input[BATCH_NORM_SILU_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[BATCH_NORM_SILU_TILE];
        double column_mean_rest_cast[BATCH_NORM_SILU_TILE];
        double column_factor[BATCH_NORM_SILU_TILE];
        double column_beta_cast[BATCH_NORM_SILU_TILE];
        double column_factor_2[BATCH_NORM_SILU_TILE];
        double column_factor_3[BATCH_NORM_SILU_TILE];
        double column_factor_4[BATCH_NORM_SILU_TILE];
        double column_factor_5[BATCH_NORM_SILU_TILE];
        double high_0[BATCH_NORM_SILU_TILE], low_0[BATCH_NORM_SILU_TILE];
        double high_1[BATCH_NORM_SILU_TILE], low_1[BATCH_NORM_SILU_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (double)lane_mean_rest_cast[b];
                column_factor[k] = (double)lane_factor[b];
                column_beta_cast[k] = (double)lane_beta_cast[b];
                column_factor_2[k] = (double)lane_factor_2[b];
                column_factor_3[k] = (double)lane_factor_3[b];
                column_factor_4[k] = (double)lane_factor_4[b];
                column_factor_5[k] = (double)lane_factor_5[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            const double *cotangent_grad_input;
            batch_norm_silu_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, unit + 1, ahead);
                batch_norm_silu_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = batch_norm_silu_read_double_double(a->grad_output + at[0], w->lane_stride[0],
                w->run_stride[0], c->lanes, w->run_size, buffer_grad_output);
            x = batch_norm_silu_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_x);
            cotangent_grad_input = batch_norm_silu_read_double_double(a->cotangent_grad_input + at[2],
                w->lane_stride[2], w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            batch_norm_silu_double_backward_pass3_double_columns(n, grad_output, x, cotangent_grad_input,
                column_mean_pivot, column_mean_rest_cast, column_factor, column_beta_cast, column_factor_2,
                column_factor_3, column_factor_4, column_factor_5, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                batch_norm_silu_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                batch_norm_silu_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0],
                    run * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                const double *cotangent_grad_input = a->cotangent_grad_input + at[2] + b * w->lane_stride[2]
                    + j * w->run_stride[2];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run
                    : batch_norm_silu_least(run - j, BATCH_NORM_SILU_TILE);
                grad_output = batch_norm_silu_read_double_double(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = batch_norm_silu_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = batch_norm_silu_read_double_double(cotangent_grad_input, 0, w->run_stride[2], 1,
                    n, buffer_cotangent_grad_input);
                batch_norm_silu_double_backward_pass3_double_row(n, grad_output, x, cotangent_grad_input,
                    (double)lane_mean_pivot[b], (double)lane_mean_rest_cast[b], (double)lane_factor[b],
                    (double)lane_beta_cast[b], (double)lane_factor_2[b], (double)lane_factor_3[b],
                    (double)lane_factor_4[b], (double)lane_factor_5[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void batch_norm_silu_double_backward_pass3_double_sums(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, const long double *lane_mean_pivot, const long double *lane_mean_rest_cast,
    const long double *lane_factor, const long double *lane_beta_cast, const long double *lane_factor_2,
    const long double *lane_factor_3, const long double *lane_factor_4, const long double *lane_factor_5,
    long double *sum_v_sum_d_grad_z, long double *sum_v_sum_grad_z)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    double part[2 * 2 * BATCH_NORM_SILU_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_double_backward_pass3_double_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_beta_cast, lane_factor_2, lane_factor_3,
            lane_factor_4, lane_factor_5, part + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_d_grad_z[b] = (long double)batch_norm_silu_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_grad_z[b] = (long double)batch_norm_silu_whole_double(high, low);
        }
    }
}


BATCH_NORM_SILU_INLINE void batch_norm_silu_double_backward_pass3_extended_element(
const long double grad_output, const long double x, const long double cotangent_grad_input,
    const long double mean_pivot, const long double mean_rest_cast, const long double factor,
    const long double beta_cast, const long double factor_2, const long double factor_3, const long double factor_4,
    const long double factor_5, long double *to_v_sum_d_grad_z, long double *to_v_sum_grad_z)
{
    const long double at_d = x - mean_pivot;
    const long double at_d1 = at_d - mean_rest_cast;
    const long double at_t1 = at_d1 * factor;
    const long double at_t2 = at_t1 + beta_cast;
    const long double at_t3 = batch_norm_silu_sigmoid_extended(at_t2);
    const long double at_t4 = at_t3 * factor_2;
    const long double at_t5 = at_t2 * (long double)-1.0;
    const long double at_t6 = batch_norm_silu_sigmoid_extended(at_t5);
    const long double at_t7 = at_t4 * at_t6;
    const long double at_t8 = batch_norm_silu_square_extended(at_t6);
    const long double at_t9 = at_t2 * at_t8;
    const long double at_t10 = at_t9 * at_t3;
    const long double at_t11 = at_t7 + at_t10;
    const long double at_t12 = batch_norm_silu_square_extended(at_t3);
    const long double at_t13 = at_t2 * at_t12;
    const long double at_t14 = at_t13 * at_t6;
    const long double at_t15 = at_t11 - at_t14;
    const long double at_t16 = at_t15 * grad_output;
    const long double at_t17 = at_d1 * factor_3;
    const long double at_t18 = cotangent_grad_input * factor;
    const long double at_t19 = at_t17 + at_t18;
    const long double at_t20 = at_d1 * factor_4;
    const long double at_t21 = at_t19 - at_t20;
    const long double at_t22 = at_t21 + factor_5;
    const long double at_t23 = at_t16 * at_t22;
    *to_v_sum_d_grad_z = at_d1 * at_t23;
    *to_v_sum_grad_z = at_t23;
}

static void batch_norm_silu_double_backward_pass3_extended_row(ptrdiff_t n, const double *grad_output, const double *x,
    const double *cotangent_grad_input, const long double mean_pivot, const long double mean_rest_cast,
    const long double factor, const long double beta_cast, const long double factor_2, const long double factor_3,
    const long double factor_4, const long double factor_5, long double *high, long double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
        long double part_0[BATCH_NORM_SILU_CHAINS];
        long double part_1[BATCH_NORM_SILU_CHAINS];
        int k;
        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                long double term_0, term_1;
                batch_norm_silu_double_backward_pass3_extended_element((long double)grad_output[i + k], (long double)x[i
                    + k], (long double)cotangent_grad_input[i + k], mean_pivot, mean_rest_cast, factor, beta_cast,
                    factor_2, factor_3, factor_4, factor_5, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0, term_1;
            batch_norm_silu_double_backward_pass3_extended_element((long double)grad_output[i], (long double)x[i],
                (long double)cotangent_grad_input[i], mean_pivot, mean_rest_cast, factor, beta_cast, factor_2, factor_3,
                factor_4, factor_5, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = BATCH_NORM_SILU_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        batch_norm_silu_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        batch_norm_silu_add_extended(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void batch_norm_silu_double_backward_pass3_extended_columns(ptrdiff_t n, const double *grad_output,
    const double *x, const double *cotangent_grad_input, const long double *mean_pivot,
    const long double *mean_rest_cast, const long double *factor, const long double *beta_cast,
    const long double *factor_2, const long double *factor_3, const long double *factor_4, const long double *factor_5,
    long double *high_0, long double *low_0, long double *high_1, long double *low_1)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0, term_1;
        batch_norm_silu_double_backward_pass3_extended_element((long double)grad_output[i], (long double)x[i],
            (long double)cotangent_grad_input[i], mean_pivot[i], mean_rest_cast[i], factor[i], beta_cast[i],
            factor_2[i], factor_3[i], factor_4[i], factor_5[i], &term_0, &term_1);
        batch_norm_silu_add_extended(&high_0[i], &low_0[i], term_0);
        batch_norm_silu_add_extended(&high_1[i], &low_1[i], term_1);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void batch_norm_silu_double_backward_pass3_extended_units(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot,
    const long double *lane_mean_rest_cast, const long double *lane_factor, const long double *lane_beta_cast,
    const long double *lane_factor_2, const long double *lane_factor_3, const long double *lane_factor_4,
    const long double *lane_factor_5, long double *high, long double *low)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    double buffer_grad_output[BATCH_NORM_SILU_TILE];
    double buffer_x[BATCH_NORM_SILU_TILE];
    double buffer_cotangent_grad_input[BATCH_NORM_SILU_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double column_mean_pivot[BATCH_NORM_SILU_TILE];
        long double column_mean_rest_cast[BATCH_NORM_SILU_TILE];
        long double column_factor[BATCH_NORM_SILU_TILE];
        long double column_beta_cast[BATCH_NORM_SILU_TILE];
        long double column_factor_2[BATCH_NORM_SILU_TILE];
        long double column_factor_3[BATCH_NORM_SILU_TILE];
        long double column_factor_4[BATCH_NORM_SILU_TILE];
        long double column_factor_5[BATCH_NORM_SILU_TILE];
        long double high_0[BATCH_NORM_SILU_TILE], low_0[BATCH_NORM_SILU_TILE];
        long double high_1[BATCH_NORM_SILU_TILE], low_1[BATCH_NORM_SILU_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (long double)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (long double)lane_mean_rest_cast[b];
                column_factor[k] = (long double)lane_factor[b];
                column_beta_cast[k] = (long double)lane_beta_cast[b];
                column_factor_2[k] = (long double)lane_factor_2[b];
                column_factor_3[k] = (long double)lane_factor_3[b];
                column_factor_4[k] = (long double)lane_factor_4[b];
                column_factor_5[k] = (long double)lane_factor_5[b];
                high_0[k] = 0;
                low_0[k] = 0;
                high_1[k] = 0;
                low_1[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            const double *cotangent_grad_input;
            batch_norm_silu_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, unit + 1, ahead);
                batch_norm_silu_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = batch_norm_silu_read_double_double(a->grad_output + at[0], w->lane_stride[0],
                w->run_stride[0], c->lanes, w->run_size, buffer_grad_output);
            x = batch_norm_silu_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_x);
            cotangent_grad_input = batch_norm_silu_read_double_double(a->cotangent_grad_input + at[2],
                w->lane_stride[2], w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            batch_norm_silu_double_backward_pass3_extended_columns(n, grad_output, x, cotangent_grad_input,
                column_mean_pivot, column_mean_rest_cast, column_factor, column_beta_cast, column_factor_2,
                column_factor_3, column_factor_4, column_factor_5, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                batch_norm_silu_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                batch_norm_silu_add_extended(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0],
                    run * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                const double *cotangent_grad_input = a->cotangent_grad_input + at[2] + b * w->lane_stride[2]
                    + j * w->run_stride[2];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run
                    : batch_norm_silu_least(run - j, BATCH_NORM_SILU_TILE);
                grad_output = batch_norm_silu_read_double_double(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = batch_norm_silu_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = batch_norm_silu_read_double_double(cotangent_grad_input, 0, w->run_stride[2], 1,
                    n, buffer_cotangent_grad_input);
                batch_norm_silu_double_backward_pass3_extended_row(n, grad_output, x, cotangent_grad_input,
                    (long double)lane_mean_pivot[b], (long double)lane_mean_rest_cast[b], (long double)lane_factor[b],
                    (long double)lane_beta_cast[b], (long double)lane_factor_2[b], (long double)lane_factor_3[b],
                    (long double)lane_factor_4[b], (long double)lane_factor_5[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void batch_norm_silu_double_backward_pass3_extended_sums(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, const long double *lane_mean_pivot, const long double *lane_mean_rest_cast,
    const long double *lane_factor, const long double *lane_beta_cast, const long double *lane_factor_2,
    const long double *lane_factor_3, const long double *lane_factor_4, const long double *lane_factor_5,
    long double *sum_v_sum_d_grad_z, long double *sum_v_sum_grad_z)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    long double part[2 * 2 * BATCH_NORM_SILU_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_double_backward_pass3_extended_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_beta_cast, lane_factor_2, lane_factor_3,
            lane_factor_4, lane_factor_5, part + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_d_grad_z[b] = (long double)batch_norm_silu_whole_extended(high, low);
        }
        {
            long double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                batch_norm_silu_add_extended(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_grad_z[b] = (long double)batch_norm_silu_whole_extended(high, low);
        }
    }
}


BATCH_NORM_SILU_INLINE void batch_norm_silu_double_backward_pass5_double_element(
const double grad_output, const double x, const double cotangent_grad_input, const double mean_pivot,
    const double mean_rest_cast, const double factor, const double beta_cast, const double slope, const double shift,
    const double slope_2, const double slope_3, const double shift_2, const double slope_4, const double factor_3,
    const double factor_2, const double factor_4, const double factor_5, const double shift_3, const double slope_5,
    const double shift_4, double *to_grad_x, double *to_grad_grad_output)
{
    const double at_d = x - mean_pivot;
    const double at_d1 = at_d - mean_rest_cast;
    const double at_t1 = at_d1 * factor;
    const double at_t2 = at_t1 + beta_cast;
    const double at_t3 = batch_norm_silu_sigmoid_double(at_t2);
    const double at_t4 = at_t2 * at_t3;
    const double at_t5 = at_t2 * (double)-1.0;
    const double at_t6 = batch_norm_silu_sigmoid_double(at_t5);
    const double at_t7 = at_t4 * at_t6;
    const double at_t8 = at_t7 + at_t3;
    const double at_t9 = at_t8 * grad_output;
    const double at_t10 = at_t9 * slope;
    const double at_t11 = at_t10 + shift;
    const double at_t12 = cotangent_grad_input * slope_2;
    const double at_t13 = at_t11 + at_t12;
    const double at_t14 = at_d1 * slope_3;
    const double at_t15 = at_t13 + at_t14;
    const double at_t16 = at_t9 - shift_2;
    const double at_t17 = at_d1 * slope_4;
    const double at_t18 = at_t16 + at_t17;
    const double at_t19 = at_t18 * factor_3;
    const double at_t20 = at_t15 + at_t19;
    const double at_t21 = at_t3 * factor_2;
    const double at_t22 = at_t21 * at_t6;
    const double at_t23 = batch_norm_silu_square_double(at_t6);
    const double at_t24 = at_t2 * at_t23;
    const double at_t25 = at_t24 * at_t3;
    const double at_t26 = at_t22 + at_t25;
    const double at_t27 = batch_norm_silu_square_double(at_t3);
    const double at_t28 = at_t2 * at_t27;
    const double at_t29 = at_t28 * at_t6;
    const double at_t30 = at_t26 - at_t29;
    const double at_t31 = at_t30 * grad_output;
    const double at_t32 = at_d1 * factor_3;
    const double at_t33 = cotangent_grad_input * factor;
    const double at_t34 = at_t32 + at_t33;
    const double at_t35 = at_d1 * factor_4;
    const double at_t36 = at_t34 - at_t35;
    const double at_t37 = at_t36 + factor_5;
    const double at_t38 = at_t31 * at_t37;
    const double at_t39 = at_t38 - shift_3;
    const double at_t40 = at_d1 * slope_5;
    const double at_t41 = at_t39 + at_t40;
    const double at_t42 = at_t41 * factor;
    const double at_t43 = at_t20 + at_t42;
    const double at_t44 = at_t6 * beta_cast;
    const double at_t45 = at_t44 + shift_4;
    const double at_t46 = at_d1 * at_t6;
    const double at_t47 = at_t46 * factor;
    const double at_t48 = at_t45 + at_t47;
    const double at_t49 = at_t3 * at_t37;
    const double at_t50 = at_t48 * at_t49;
    *to_grad_x = at_t43;
    *to_grad_grad_output = at_t50;
}

static void batch_norm_silu_double_backward_pass5_double_row(ptrdiff_t n, const double *grad_output, const double *x,
    const double *cotangent_grad_input, const double mean_pivot, const double mean_rest_cast, const double factor,
    const double beta_cast, const double slope, const double shift, const double slope_2, const double slope_3,
    const double shift_2, const double slope_4, const double factor_3, const double factor_2, const double factor_4,
    const double factor_5, const double shift_3, const double slope_5, const double shift_4, double *out_grad_x,
    double *out_grad_grad_output)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        batch_norm_silu_double_backward_pass5_double_element(grad_output[i], x[i], cotangent_grad_input[i], mean_pivot,
            mean_rest_cast, factor, beta_cast, slope, shift, slope_2, slope_3, shift_2, slope_4, factor_3, factor_2,
            factor_4, factor_5, shift_3, slope_5, shift_4, &out_grad_x[i], &out_grad_grad_output[i]);
    }
}

static void batch_norm_silu_double_backward_pass5_double_columns(ptrdiff_t n, const double *grad_output,
    const double *x, const double *cotangent_grad_input, const double *mean_pivot, const double *mean_rest_cast,
    const double *factor, const double *beta_cast, const double *slope, const double *shift, const double *slope_2,
    const double *slope_3, const double *shift_2, const double *slope_4, const double *factor_3, const double *factor_2,
    const double *factor_4, const double *factor_5, const double *shift_3, const double *slope_5, const double *shift_4,
    double *out_grad_x, double *out_grad_grad_output)
{
    ptrdiff_t i;
    BATCH_NORM_SILU_SIMD
    for (i = 0; i < n; ++i) {
        batch_norm_silu_double_backward_pass5_double_element(grad_output[i], x[i], cotangent_grad_input[i],
            mean_pivot[i], mean_rest_cast[i], factor[i], beta_cast[i], slope[i], shift[i], slope_2[i], slope_3[i],
            shift_2[i], slope_4[i], factor_3[i], factor_2[i], factor_4[i], factor_5[i], shift_3[i], slope_5[i],
            shift_4[i], &out_grad_x[i], &out_grad_grad_output[i]);
    }
}

/* Units first to end of a block. */
static void batch_norm_silu_double_backward_pass5_double_units(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_mean_pivot,
    const long double *lane_mean_rest_cast, const long double *lane_factor, const long double *lane_beta_cast,
    const long double *lane_slope, const long double *lane_shift, const long double *lane_slope_2,
    const long double *lane_slope_3, const long double *lane_shift_2, const long double *lane_slope_4,
    const long double *lane_factor_3, const long double *lane_factor_2, const long double *lane_factor_4,
    const long double *lane_factor_5, const long double *lane_shift_3, const long double *lane_slope_5,
    const long double *lane_shift_4)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], ahead[BATCH_NORM_SILU_TABLES], unit, b, k;
    double buffer_grad_output[BATCH_NORM_SILU_TILE];
    double buffer_x[BATCH_NORM_SILU_TILE];
    double buffer_cotangent_grad_input[BATCH_NORM_SILU_TILE];
    double buffer_grad_x[BATCH_NORM_SILU_TILE];
    double buffer_grad_grad_output[BATCH_NORM_SILU_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_mean_pivot[BATCH_NORM_SILU_TILE];
        double column_mean_rest_cast[BATCH_NORM_SILU_TILE];
        double column_factor[BATCH_NORM_SILU_TILE];
        double column_beta_cast[BATCH_NORM_SILU_TILE];
        double column_slope[BATCH_NORM_SILU_TILE];
        double column_shift[BATCH_NORM_SILU_TILE];
        double column_slope_2[BATCH_NORM_SILU_TILE];
        double column_slope_3[BATCH_NORM_SILU_TILE];
        double column_shift_2[BATCH_NORM_SILU_TILE];
        double column_slope_4[BATCH_NORM_SILU_TILE];
        double column_factor_3[BATCH_NORM_SILU_TILE];
        double column_factor_2[BATCH_NORM_SILU_TILE];
        double column_factor_4[BATCH_NORM_SILU_TILE];
        double column_factor_5[BATCH_NORM_SILU_TILE];
        double column_shift_3[BATCH_NORM_SILU_TILE];
        double column_slope_5[BATCH_NORM_SILU_TILE];
        double column_shift_4[BATCH_NORM_SILU_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_mean_pivot[k] = (double)lane_mean_pivot[b];
                column_mean_rest_cast[k] = (double)lane_mean_rest_cast[b];
                column_factor[k] = (double)lane_factor[b];
                column_beta_cast[k] = (double)lane_beta_cast[b];
                column_slope[k] = (double)lane_slope[b];
                column_shift[k] = (double)lane_shift[b];
                column_slope_2[k] = (double)lane_slope_2[b];
                column_slope_3[k] = (double)lane_slope_3[b];
                column_shift_2[k] = (double)lane_shift_2[b];
                column_slope_4[k] = (double)lane_slope_4[b];
                column_factor_3[k] = (double)lane_factor_3[b];
                column_factor_2[k] = (double)lane_factor_2[b];
                column_factor_4[k] = (double)lane_factor_4[b];
                column_factor_5[k] = (double)lane_factor_5[b];
                column_shift_3[k] = (double)lane_shift_3[b];
                column_slope_5[k] = (double)lane_slope_5[b];
                column_shift_4[k] = (double)lane_shift_4[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            const double *cotangent_grad_input;
            double *out_grad_x;
            double *out_grad_grad_output;
            batch_norm_silu_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                batch_norm_silu_unit(w, c, first + end - 2 - unit, ahead);
                batch_norm_silu_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->grad_x + ahead[4], n * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->grad_grad_output + ahead[3], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = batch_norm_silu_read_double_double(a->grad_output + at[0], w->lane_stride[0],
                w->run_stride[0], c->lanes, w->run_size, buffer_grad_output);
            x = batch_norm_silu_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes,
                w->run_size, buffer_x);
            cotangent_grad_input = batch_norm_silu_read_double_double(a->cotangent_grad_input + at[2],
                w->lane_stride[2], w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            out_grad_x = (w->run_size == 1 || w->run_stride[4] == 1) && (c->lanes == 1
                || w->lane_stride[4] == w->run_size) ? a->grad_x + at[4] : buffer_grad_x;
            out_grad_grad_output = (w->run_size == 1 || w->run_stride[3] == 1) && (c->lanes == 1
                || w->lane_stride[3] == w->run_size) ? a->grad_grad_output + at[3] : buffer_grad_grad_output;
            batch_norm_silu_double_backward_pass5_double_columns(n, grad_output, x, cotangent_grad_input,
                column_mean_pivot, column_mean_rest_cast, column_factor, column_beta_cast, column_slope, column_shift,
                column_slope_2, column_slope_3, column_shift_2, column_slope_4, column_factor_3, column_factor_2,
                column_factor_4, column_factor_5, column_shift_3, column_slope_5, column_shift_4, out_grad_x,
                out_grad_grad_output);
            if (out_grad_x == buffer_grad_x) batch_norm_silu_write_double(buffer_grad_x, a->grad_x + at[4],
                w->lane_stride[4], w->run_stride[4], c->lanes, w->run_size);
            if (out_grad_grad_output == buffer_grad_grad_output) batch_norm_silu_write_double(buffer_grad_grad_output,
                a->grad_grad_output + at[3], w->lane_stride[3], w->run_stride[3], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = batch_norm_silu_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) batch_norm_silu_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                batch_norm_silu_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0],
                    run * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->grad_x + ahead[4] + b * w->lane_stride[4], run * (ptrdiff_t)sizeof(double));
                batch_norm_silu_fetch(a->grad_grad_output + ahead[3] + b * w->lane_stride[3],
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
                    && w->run_stride[3] == 1 ? run : batch_norm_silu_least(run - j, BATCH_NORM_SILU_TILE);
                grad_output = batch_norm_silu_read_double_double(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = batch_norm_silu_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = batch_norm_silu_read_double_double(cotangent_grad_input, 0, w->run_stride[2], 1,
                    n, buffer_cotangent_grad_input);
                out_grad_x = n == 1 || w->run_stride[4] == 1 ? to_grad_x : buffer_grad_x;
                out_grad_grad_output = n == 1 || w->run_stride[3] == 1 ? to_grad_grad_output : buffer_grad_grad_output;
                batch_norm_silu_double_backward_pass5_double_row(n, grad_output, x, cotangent_grad_input,
                    (double)lane_mean_pivot[b], (double)lane_mean_rest_cast[b], (double)lane_factor[b],
                    (double)lane_beta_cast[b], (double)lane_slope[b], (double)lane_shift[b], (double)lane_slope_2[b],
                    (double)lane_slope_3[b], (double)lane_shift_2[b], (double)lane_slope_4[b], (double)lane_factor_3[b],
                    (double)lane_factor_2[b], (double)lane_factor_4[b], (double)lane_factor_5[b],
                    (double)lane_shift_3[b], (double)lane_slope_5[b], (double)lane_shift_4[b], out_grad_x,
                    out_grad_grad_output);
                if (out_grad_x == buffer_grad_x) batch_norm_silu_write_double(buffer_grad_x, to_grad_x, 0,
                    w->run_stride[4], 1, n);
                if (out_grad_grad_output == buffer_grad_grad_output)
                    batch_norm_silu_write_double(buffer_grad_grad_output, to_grad_grad_output, 0, w->run_stride[3], 1,
                    n);
            }
        }
    }
}

static void batch_norm_silu_double_backward_pass5_double_all(const batch_norm_silu_arguments_double *a,
    const batch_norm_silu_block *c, const long double *lane_mean_pivot, const long double *lane_mean_rest_cast,
    const long double *lane_factor, const long double *lane_beta_cast, const long double *lane_slope,
    const long double *lane_shift, const long double *lane_slope_2, const long double *lane_slope_3,
    const long double *lane_shift_2, const long double *lane_slope_4, const long double *lane_factor_3,
    const long double *lane_factor_2, const long double *lane_factor_4, const long double *lane_factor_5,
    const long double *lane_shift_3, const long double *lane_slope_5, const long double *lane_shift_4)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        batch_norm_silu_double_backward_pass5_double_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_beta_cast, lane_slope, lane_shift, lane_slope_2,
            lane_slope_3, lane_shift_2, lane_slope_4, lane_factor_3, lane_factor_2, lane_factor_4, lane_factor_5,
            lane_shift_3, lane_slope_5, lane_shift_4);
    }
}


static void batch_norm_silu_double_backward_block_double(const batch_norm_silu_arguments_double *a,
    batch_norm_silu_block *c)
{
    const batch_norm_silu_walk *w = &a->walk;
    ptrdiff_t b;
    long double lane_gamma[BATCH_NORM_SILU_LANES];
    long double lane_beta[BATCH_NORM_SILU_LANES];
    long double lane_cotangent_grad_gamma[BATCH_NORM_SILU_LANES];
    long double lane_cotangent_grad_beta[BATCH_NORM_SILU_LANES];
    long double lane_mean[BATCH_NORM_SILU_LANES];
    long double lane_mean_low[BATCH_NORM_SILU_LANES];
    long double lane_inv_std[BATCH_NORM_SILU_LANES];
    long double lane_mean_pivot[BATCH_NORM_SILU_LANES];
    long double lane_mean_rest[BATCH_NORM_SILU_LANES];
    long double lane_mean_rest_cast[BATCH_NORM_SILU_LANES];
    long double lane_factor[BATCH_NORM_SILU_LANES];
    long double lane_beta_cast[BATCH_NORM_SILU_LANES];
    long double lane_v_sum_cotangent_grad_input_d[BATCH_NORM_SILU_LANES];
    long double lane_v_sum_cotangent_grad_input_grad_tangent_z[BATCH_NORM_SILU_LANES];
    long double lane_v_sum_d_grad_tangent_z[BATCH_NORM_SILU_LANES];
    long double lane_v_sum_cotangent_grad_input[BATCH_NORM_SILU_LANES];
    long double lane_v_sum_grad_tangent_z[BATCH_NORM_SILU_LANES];
    long double lane_factor_2[BATCH_NORM_SILU_LANES];
    long double lane_factor_3[BATCH_NORM_SILU_LANES];
    long double lane_factor_4[BATCH_NORM_SILU_LANES];
    long double lane_factor_5[BATCH_NORM_SILU_LANES];
    long double lane_v_sum_d_grad_z[BATCH_NORM_SILU_LANES];
    long double lane_v_sum_grad_z[BATCH_NORM_SILU_LANES];
    long double lane_grad_gamma[BATCH_NORM_SILU_LANES];
    long double lane_slope[BATCH_NORM_SILU_LANES];
    long double lane_shift[BATCH_NORM_SILU_LANES];
    long double lane_slope_2[BATCH_NORM_SILU_LANES];
    long double lane_slope_3[BATCH_NORM_SILU_LANES];
    long double lane_shift_2[BATCH_NORM_SILU_LANES];
    long double lane_slope_4[BATCH_NORM_SILU_LANES];
    long double lane_shift_3[BATCH_NORM_SILU_LANES];
    long double lane_slope_5[BATCH_NORM_SILU_LANES];
    long double lane_shift_4[BATCH_NORM_SILU_LANES];
    long double again_v_sum_cotangent_grad_input_d[BATCH_NORM_SILU_LANES],
        again_v_sum_cotangent_grad_input_grad_tangent_z[BATCH_NORM_SILU_LANES],
        again_v_sum_d_grad_tangent_z[BATCH_NORM_SILU_LANES], again_v_sum_cotangent_grad_input[BATCH_NORM_SILU_LANES],
        again_v_sum_grad_tangent_z[BATCH_NORM_SILU_LANES], again_v_sum_d_grad_z[BATCH_NORM_SILU_LANES],
        again_v_sum_grad_z[BATCH_NORM_SILU_LANES];
    int finite;
    const long double count_n = a->count_n;
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_gamma[b] = a->gamma == NULL ? 1.0 : (long double)a->gamma[c->at[5] + b * w->lane_stride[5]];
        lane_beta[b] = a->beta == NULL ? 0.0 : (long double)a->beta[c->at[5] + b * w->lane_stride[5]];
        lane_cotangent_grad_gamma[b] = a->cotangent_grad_gamma == NULL ? 0.0
            : (long double)a->cotangent_grad_gamma[c->at[5] + b * w->lane_stride[5]];
        lane_cotangent_grad_beta[b] = a->cotangent_grad_beta == NULL ? 0.0
            : (long double)a->cotangent_grad_beta[c->at[5] + b * w->lane_stride[5]];
        lane_mean[b] = a->mean[c->at[5] + b * w->lane_stride[5]];
        lane_mean_low[b] = a->mean_low[c->at[5] + b * w->lane_stride[5]];
        lane_inv_std[b] = a->inv_std[c->at[5] + b * w->lane_stride[5]];
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (double)(lane_mean[b]);
        lane_mean_rest[b] = (lane_mean[b] - lane_mean_pivot[b]) + lane_mean_low[b];
        lane_mean_rest_cast[b] = lane_mean_rest[b];
        lane_factor[b] = lane_gamma[b]*lane_inv_std[b];
        lane_beta_cast[b] = lane_beta[b];
    }
    finite = 0;
    if (!a->few) {
        batch_norm_silu_double_backward_pass1_double_sums(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_factor,
            lane_beta_cast, lane_v_sum_cotangent_grad_input_d, lane_v_sum_cotangent_grad_input_grad_tangent_z,
            lane_v_sum_d_grad_tangent_z, lane_v_sum_cotangent_grad_input, lane_v_sum_grad_tangent_z);
        finite = batch_norm_silu_finite_extended(lane_v_sum_cotangent_grad_input_d, c->lanes)
            && batch_norm_silu_finite_extended(lane_v_sum_cotangent_grad_input_grad_tangent_z, c->lanes)
            && batch_norm_silu_finite_extended(lane_v_sum_d_grad_tangent_z, c->lanes)
            && batch_norm_silu_finite_extended(lane_v_sum_cotangent_grad_input, c->lanes)
            && batch_norm_silu_finite_extended(lane_v_sum_grad_tangent_z, c->lanes);
    }
    if (!finite) {
        batch_norm_silu_double_backward_pass1_extended_sums(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_factor,
            lane_beta_cast, again_v_sum_cotangent_grad_input_d, again_v_sum_cotangent_grad_input_grad_tangent_z,
            again_v_sum_d_grad_tangent_z, again_v_sum_cotangent_grad_input, again_v_sum_grad_tangent_z);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_cotangent_grad_input_d[b])) lane_v_sum_cotangent_grad_input_d[b]
                = again_v_sum_cotangent_grad_input_d[b];
            if (a->few || !isfinite(lane_v_sum_cotangent_grad_input_grad_tangent_z[b]))
                lane_v_sum_cotangent_grad_input_grad_tangent_z[b] = again_v_sum_cotangent_grad_input_grad_tangent_z[b];
            if (a->few || !isfinite(lane_v_sum_d_grad_tangent_z[b])) lane_v_sum_d_grad_tangent_z[b]
                = again_v_sum_d_grad_tangent_z[b];
            if (a->few || !isfinite(lane_v_sum_cotangent_grad_input[b])) lane_v_sum_cotangent_grad_input[b]
                = again_v_sum_cotangent_grad_input[b];
            if (a->few || !isfinite(lane_v_sum_grad_tangent_z[b])) lane_v_sum_grad_tangent_z[b]
                = again_v_sum_grad_tangent_z[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_factor_2[b] = 2.0;
        lane_factor_3[b] = lane_cotangent_grad_gamma[b]*lane_inv_std[b];
        lane_factor_4[b] = powl(lane_inv_std[b], 3.0)*lane_gamma[b]*lane_v_sum_cotangent_grad_input_d[b]/count_n;
        lane_factor_5[b] = lane_cotangent_grad_beta[b] - lane_gamma[b]*lane_inv_std[b]
            *lane_v_sum_cotangent_grad_input[b]/count_n;
    }
    finite = 0;
    if (!a->few) {
        batch_norm_silu_double_backward_pass3_double_sums(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_factor,
            lane_beta_cast, lane_factor_2, lane_factor_3, lane_factor_4, lane_factor_5, lane_v_sum_d_grad_z,
            lane_v_sum_grad_z);
        finite = batch_norm_silu_finite_extended(lane_v_sum_d_grad_z, c->lanes)
            && batch_norm_silu_finite_extended(lane_v_sum_grad_z, c->lanes);
    }
    if (!finite) {
        batch_norm_silu_double_backward_pass3_extended_sums(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_factor,
            lane_beta_cast, lane_factor_2, lane_factor_3, lane_factor_4, lane_factor_5, again_v_sum_d_grad_z,
            again_v_sum_grad_z);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_d_grad_z[b])) lane_v_sum_d_grad_z[b] = again_v_sum_d_grad_z[b];
            if (a->few || !isfinite(lane_v_sum_grad_z[b])) lane_v_sum_grad_z[b] = again_v_sum_grad_z[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_grad_gamma[b] = lane_inv_std[b]*lane_v_sum_cotangent_grad_input_grad_tangent_z[b] + lane_inv_std[b]
            *lane_v_sum_d_grad_z[b] - powl(lane_inv_std[b], 3.0)*lane_v_sum_cotangent_grad_input_d[b]
            *lane_v_sum_d_grad_tangent_z[b]/count_n - lane_inv_std[b]*lane_v_sum_cotangent_grad_input[b]
            *lane_v_sum_grad_tangent_z[b]/count_n;
        lane_slope[b] = -powl(lane_inv_std[b], 3.0)*lane_gamma[b]*lane_v_sum_cotangent_grad_input_d[b]/count_n;
        lane_shift[b] = powl(lane_inv_std[b], 3.0)*lane_gamma[b]*lane_v_sum_cotangent_grad_input[b]
            *lane_v_sum_d_grad_tangent_z[b]/batch_norm_silu_square_extended(count_n) + powl(lane_inv_std[b], 3.0)
            *lane_gamma[b]*lane_v_sum_cotangent_grad_input_d[b]
            *lane_v_sum_grad_tangent_z[b]/batch_norm_silu_square_extended(count_n);
        lane_slope_2[b] = -powl(lane_inv_std[b], 3.0)*lane_gamma[b]*lane_v_sum_d_grad_tangent_z[b]/count_n;
        lane_slope_3[b] = 3.0*powl(lane_inv_std[b], 5.0)*lane_gamma[b]*lane_v_sum_cotangent_grad_input_d[b]
            *lane_v_sum_d_grad_tangent_z[b]/batch_norm_silu_square_extended(count_n) + powl(lane_inv_std[b], 3.0)
            *lane_gamma[b]*lane_v_sum_cotangent_grad_input[b]
            *lane_v_sum_grad_tangent_z[b]/batch_norm_silu_square_extended(count_n) - powl(lane_inv_std[b], 3.0)
            *lane_gamma[b]*lane_v_sum_cotangent_grad_input_grad_tangent_z[b]/count_n;
        lane_shift_2[b] = lane_v_sum_grad_tangent_z[b]/count_n;
        lane_slope_4[b] = -batch_norm_silu_square_extended(lane_inv_std[b])*lane_v_sum_d_grad_tangent_z[b]/count_n;
        lane_shift_3[b] = lane_v_sum_grad_z[b]/count_n;
        lane_slope_5[b] = -batch_norm_silu_square_extended(lane_inv_std[b])*lane_v_sum_d_grad_z[b]/count_n;
        lane_shift_4[b] = 1.0;
    }
    batch_norm_silu_double_backward_pass5_double_all(a, c, lane_mean_pivot, lane_mean_rest_cast, lane_factor,
        lane_beta_cast, lane_slope, lane_shift, lane_slope_2, lane_slope_3, lane_shift_2, lane_slope_4, lane_factor_3,
        lane_factor_2, lane_factor_4, lane_factor_5, lane_shift_3, lane_slope_5, lane_shift_4);
    for (b = 0; b < c->lanes; ++b) {
        a->result_grad_gamma[c->at[5] + b * w->lane_stride[5]] = (double)lane_grad_gamma[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_grad_beta[c->at[5] + b * w->lane_stride[5]] = (double)lane_v_sum_grad_z[b];
    }
    (void)w;
}

int batch_norm_silu_double_backward_double(
    const batch_norm_silu_extents *extents,
    const double *grad_output, const ptrdiff_t *grad_output_strides,
    const double *x, const ptrdiff_t *x_strides,
    const double *cotangent_grad_input, const ptrdiff_t *cotangent_grad_input_strides,
    const double *gamma,
    const double *beta,
    const double *cotangent_grad_gamma,
    const double *cotangent_grad_beta,
    const double *mean,
    const double *mean_low,
    const double *inv_std,
    double *grad_grad_output, const ptrdiff_t *grad_grad_output_strides,
    double *grad_x, const ptrdiff_t *grad_x_strides,
    double *result_grad_gamma,
    double *result_grad_beta,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"c", "c" };
    const ptrdiff_t *strides[5];
    batch_norm_silu_arguments_double a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = batch_norm_silu_check_extents(extents), outside;
    k = 0;
    if (status != BATCH_NORM_SILU_OK) return status;
    if (grad_output == NULL || x == NULL || cotangent_grad_input == NULL || grad_grad_output == NULL || grad_x == NULL
        || mean == NULL || mean_low == NULL || inv_std == NULL || result_grad_gamma == NULL || result_grad_beta == NULL)
        return BATCH_NORM_SILU_NULL;
    if (threads < 1) return BATCH_NORM_SILU_THREADS;
    if (workspace_size < batch_norm_silu_double_backward_workspace(extents)) return BATCH_NORM_SILU_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return BATCH_NORM_SILU_WORKSPACE;
    if (batch_norm_silu_count(extents, "nc") == 0) {
        for (k = 0; k < batch_norm_silu_count(extents, "c"); ++k) result_grad_gamma[k] = 0;
        for (k = 0; k < batch_norm_silu_count(extents, "c"); ++k) result_grad_beta[k] = 0;
        return BATCH_NORM_SILU_OK;
    }
    strides[0] = grad_output_strides;
    strides[1] = x_strides;
    strides[2] = cotangent_grad_input_strides;
    strides[3] = grad_grad_output_strides;
    strides[4] = grad_x_strides;
    batch_norm_silu_plan(&a.walk, extents, "c", 5, strides, 1, layouts, sizeof(double), 0);
    a.grad_output = grad_output;
    a.x = x;
    a.cotangent_grad_input = cotangent_grad_input;
    a.grad_grad_output = grad_grad_output;
    a.grad_x = grad_x;
    a.gamma = gamma;
    a.beta = beta;
    a.cotangent_grad_gamma = cotangent_grad_gamma;
    a.cotangent_grad_beta = cotangent_grad_beta;
    a.mean = mean;
    a.mean_low = mean_low;
    a.inv_std = inv_std;
    a.result_grad_gamma = result_grad_gamma;
    a.result_grad_beta = result_grad_beta;
    a.count_n = (double)batch_norm_silu_count(extents, "n");
    a.few = batch_norm_silu_count(extents, "n") < BATCH_NORM_SILU_FEW;
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
            batch_norm_silu_block c;
            batch_norm_silu_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            batch_norm_silu_double_backward_block_double(&a, &c);
        }
    }
    return BATCH_NORM_SILU_OK;
}

#ifdef __cplusplus
}
#endif

#endif /* BATCH_NORM_SILU_IMPLEMENTATION */
