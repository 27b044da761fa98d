/* log_softmax: forward and backward kernels for C99.
 *
 * Do not edit: this file is generated. Regenerate it with: regenerate-kernels log_softmax
 *
 * The forward and backward pass of log_softmax for float32 and float64 arrays, derived from
 *
 *     shift = max[d](x)
 *     mass = sum[d](exp(x - shift))
 *     y = x - log(mass) - shift
 *     exp_shifted = exp(x_shifted)
 *     grad_input = grad_output - exp_shifted*sum[d](grad_output)/mass
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
 * Derivation: sha256 e02854931cf8078d56d421364267c13c66f56e47ed607844d809524b890a471a
 *
 * Use: include this file wherever the functions are called; in one C99 (or C++) file, define LOG_SOFTMAX_IMPLEMENTATION
 * before that. Link with the mathematical library. With OpenMP the work is shared out to threads; the results have the
 * same bits without it. Nothing is allocated and there is no global state: what a call needs beside its arguments is
 * the workspace that the caller gives, aligned as double.
 *
 * Full-size arrays come with their strides, in elements, which may be negative or NULL for C order. Smaller tensors and
 * results are dense, in C order over the dimensions that belong to them, in the order of the array's dimensions.
 * What is written may be exactly an array that is read, with the same strides; no other overlap is allowed.
 */
#ifndef LOG_SOFTMAX_H
#define LOG_SOFTMAX_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    LOG_SOFTMAX_OK = 0,
    LOG_SOFTMAX_NULL = 1,      /* a pointer that is needed is NULL */
    LOG_SOFTMAX_EXTENTS = 2,   /* a rank, size or class that cannot be, or more elements than can be counted */
    LOG_SOFTMAX_WORKSPACE = 3, /* too small, NULL or not aligned as double */
    LOG_SOFTMAX_THREADS = 4,   /* less than one thread */
    LOG_SOFTMAX_EMPTY = 5      /* no elements, so there are no statistics */
};

/* The shape of the full-size arrays. The classes have one letter for each dimension:
 *     n: n
 *     d: d
 */
typedef struct {
    int rank;
    const ptrdiff_t *size;
    const char *classes;
} log_softmax_extents;

/* statistics: shift, mass, log_mass.
 *
 * x: a full-size array that is read.
 * result_shift: receives shift, dense over the classes n.
 * result_mass: receives mass, dense over the classes n.
 * result_log_mass: receives log_mass, dense over the classes n.
 *
 * Returns LOG_SOFTMAX_OK or one of the errors above. The results do not depend on the number of threads.
 */
int log_softmax_statistics_float(
    const log_softmax_extents *extents,
    const float *x, const ptrdiff_t *x_strides,
    double *result_shift,
    double *result_mass,
    double *result_log_mass,
    void *workspace,
    size_t workspace_size,
    int threads);

int log_softmax_statistics_double(
    const log_softmax_extents *extents,
    const double *x, const ptrdiff_t *x_strides,
    double *result_shift,
    double *result_mass,
    double *result_log_mass,
    void *workspace,
    size_t workspace_size,
    int threads);

/* How many bytes of workspace a call needs. */
size_t log_softmax_statistics_workspace(const log_softmax_extents *extents);

/* forward: y, shift, mass, log_mass.
 *
 * x: a full-size array that is read.
 * y: a full-size array that is written.
 * result_shift: receives shift, dense over the classes n.
 * result_mass: receives mass, dense over the classes n.
 * result_log_mass: receives log_mass, dense over the classes n.
 *
 * Returns LOG_SOFTMAX_OK or one of the errors above. The results do not depend on the number of threads.
 */
int log_softmax_forward_float(
    const log_softmax_extents *extents,
    const float *x, const ptrdiff_t *x_strides,
    float *y, const ptrdiff_t *y_strides,
    double *result_shift,
    double *result_mass,
    double *result_log_mass,
    void *workspace,
    size_t workspace_size,
    int threads);

int log_softmax_forward_double(
    const log_softmax_extents *extents,
    const double *x, const ptrdiff_t *x_strides,
    double *y, const ptrdiff_t *y_strides,
    double *result_shift,
    double *result_mass,
    double *result_log_mass,
    void *workspace,
    size_t workspace_size,
    int threads);

/* How many bytes of workspace a call needs. */
size_t log_softmax_forward_workspace(const log_softmax_extents *extents);

/* backward: grad_x.
 *
 * grad_output: a full-size array that is read.
 * x: a full-size array that is read.
 * shift: dense over the classes n.
 * mass: dense over the classes n.
 * grad_x: a full-size array that is written.
 *
 * Returns LOG_SOFTMAX_OK or one of the errors above. The results do not depend on the number of threads.
 */
int log_softmax_backward_float(
    const log_softmax_extents *extents,
    const float *grad_output, const ptrdiff_t *grad_output_strides,
    const float *x, const ptrdiff_t *x_strides,
    const double *shift,
    const double *mass,
    float *grad_x, const ptrdiff_t *grad_x_strides,
    void *workspace,
    size_t workspace_size,
    int threads);

int log_softmax_backward_double(
    const log_softmax_extents *extents,
    const double *grad_output, const ptrdiff_t *grad_output_strides,
    const double *x, const ptrdiff_t *x_strides,
    const double *shift,
    const double *mass,
    double *grad_x, const ptrdiff_t *grad_x_strides,
    void *workspace,
    size_t workspace_size,
    int threads);

/* How many bytes of workspace a call needs. */
size_t log_softmax_backward_workspace(const log_softmax_extents *extents);

/* jvp: tangent_y.
 *
 * x: a full-size array that is read.
 * tangent_x: a full-size array that is read.
 * shift: dense over the classes n.
 * mass: dense over the classes n.
 * tangent_y: a full-size array that is written.
 *
 * Returns LOG_SOFTMAX_OK or one of the errors above. The results do not depend on the number of threads.
 */
int log_softmax_jvp_float(
    const log_softmax_extents *extents,
    const float *x, const ptrdiff_t *x_strides,
    const float *tangent_x, const ptrdiff_t *tangent_x_strides,
    const double *shift,
    const double *mass,
    float *tangent_y, const ptrdiff_t *tangent_y_strides,
    void *workspace,
    size_t workspace_size,
    int threads);

int log_softmax_jvp_double(
    const log_softmax_extents *extents,
    const double *x, const ptrdiff_t *x_strides,
    const double *tangent_x, const ptrdiff_t *tangent_x_strides,
    const double *shift,
    const double *mass,
    double *tangent_y, const ptrdiff_t *tangent_y_strides,
    void *workspace,
    size_t workspace_size,
    int threads);

/* How many bytes of workspace a call needs. */
size_t log_softmax_jvp_workspace(const log_softmax_extents *extents);

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
 * Returns LOG_SOFTMAX_OK or one of the errors above. The results do not depend on the number of threads.
 */
int log_softmax_double_backward_float(
    const log_softmax_extents *extents,
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

int log_softmax_double_backward_double(
    const log_softmax_extents *extents,
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
size_t log_softmax_double_backward_workspace(const log_softmax_extents *extents);

#ifdef __cplusplus
}
#endif

#endif /* LOG_SOFTMAX_H */

#if defined(LOG_SOFTMAX_IMPLEMENTATION) && !defined(LOG_SOFTMAX_IMPLEMENTED)
#define LOG_SOFTMAX_IMPLEMENTED

#if defined(__FAST_MATH__)
#error "log_softmax: sums are kept to the last digit, which -ffast-math takes apart"
#endif

#include <math.h>
#include <string.h>

#define LOG_SOFTMAX_RANK 64       /* the most dimensions of an array */
#define LOG_SOFTMAX_LANES 256     /* the most lanes of a block */
#define LOG_SOFTMAX_TILE 512      /* the most elements that are copied or that stand side by side in columns */
#define LOG_SOFTMAX_CHAINS 8      /* partial sums that a row is summed in */
#define LOG_SOFTMAX_PORTIONS 16   /* partial results of a sum across blocks */
#define LOG_SOFTMAX_SPLITS 16     /* parts that one block is cut into */
#define LOG_SOFTMAX_FEW 64        /* sums of fewer terms are taken with more digits */
#define LOG_SOFTMAX_TABLES 6

#if defined(__GNUC__)
#define LOG_SOFTMAX_INLINE static inline __attribute__((always_inline))
#else
#define LOG_SOFTMAX_INLINE static inline
#endif
#if defined(_OPENMP)
#define LOG_SOFTMAX_SIMD _Pragma("omp simd")
#else
#define LOG_SOFTMAX_SIMD
#endif

/* Asks for memory that is needed soon; nothing is read. */
static inline void log_softmax_fetch(const void *from, ptrdiff_t bytes)
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
    ptrdiff_t size[LOG_SOFTMAX_RANK];
    char label[LOG_SOFTMAX_RANK];
    ptrdiff_t stride[LOG_SOFTMAX_TABLES][LOG_SOFTMAX_RANK];
    ptrdiff_t lane_stride[LOG_SOFTMAX_TABLES];
    ptrdiff_t run_stride[LOG_SOFTMAX_TABLES];
    int lane, run, columns, scattered;
    int outers, inners;
    int outer[LOG_SOFTMAX_RANK], inner[LOG_SOFTMAX_RANK];
    ptrdiff_t lanes, lane_size, lane_blocks, blocks;
    ptrdiff_t run_size, segment, segments, units, splits;
    ptrdiff_t elements;
} log_softmax_walk;

/* One block: how many lanes it has, where it begins in each table, and its place along each dimension. */
typedef struct {
    ptrdiff_t lanes;
    ptrdiff_t at[LOG_SOFTMAX_TABLES];
    double *part;
} log_softmax_block;

static inline int log_softmax_is_in(char label, const char *classes) { return label != 0 && strchr(classes, label)
    != NULL; }

static inline ptrdiff_t log_softmax_size_of(ptrdiff_t stride) { return stride < 0 ? -stride : stride; }

static inline ptrdiff_t log_softmax_least(ptrdiff_t left, ptrdiff_t right) { return left < right ? left : right; }

/* The number of elements along some classes; -1 where it does not fit. */
static inline ptrdiff_t log_softmax_count(const log_softmax_extents *extents, const char *classes)
{
    const ptrdiff_t most = (ptrdiff_t)(((size_t)-1) / 2 / 4096);
    ptrdiff_t result = 1;
    int d;
    for (d = 0; d < extents->rank; ++d) {
        if (log_softmax_is_in(extents->classes[d], classes)) {
            if (extents->size[d] > 0 && result > most / extents->size[d]) return -1;
            result *= extents->size[d];
        }
    }
    return result;
}

static inline int log_softmax_check_extents(const log_softmax_extents *extents)
{
    ptrdiff_t empty = 0;
    int d;
    if (extents == NULL) return LOG_SOFTMAX_NULL;
    if (extents->rank < 0 || extents->rank > LOG_SOFTMAX_RANK) return LOG_SOFTMAX_EXTENTS;
    if (extents->rank > 0 && (extents->size == NULL || extents->classes == NULL)) return LOG_SOFTMAX_NULL;
    for (d = 0; d < extents->rank; ++d) {
        if (extents->size[d] < 0 || !log_softmax_is_in(extents->classes[d], "nd")) return LOG_SOFTMAX_EXTENTS;
        empty += extents->size[d] == 0;
    }
    return empty == 0 && log_softmax_count(extents, "nd") < 0 ? LOG_SOFTMAX_EXTENTS : LOG_SOFTMAX_OK;
}

/* The strides of a dense tensor over some classes, zero along those that are not in `along`. */
static inline void log_softmax_dense(const log_softmax_extents *extents, const char *layout, const char *along,
    ptrdiff_t *stride)
{
    ptrdiff_t step = 1;
    int d;
    for (d = extents->rank - 1; d >= 0; --d) {
        stride[d] = log_softmax_is_in(extents->classes[d], along) ? step : 0;
        if (log_softmax_is_in(extents->classes[d], layout)) step *= extents->size[d];
        if (!log_softmax_is_in(extents->classes[d], layout)) stride[d] = 0;
    }
}

static inline int log_softmax_comes_before(const log_softmax_walk *w, int arrays, int left, int right)
{
    ptrdiff_t reach_left = 0, reach_right = 0;
    int t;
    for (t = 0; t < arrays; ++t) {
        reach_left += log_softmax_size_of(w->stride[t][left]);
        reach_right += log_softmax_size_of(w->stride[t][right]);
    }
    return reach_left > reach_right;
}

static inline void log_softmax_move(const log_softmax_walk *from, int tables, int source, log_softmax_walk *to,
    int place)
{
    int t;
    to->size[place] = from->size[source];
    to->label[place] = from->label[source];
    for (t = 0; t < tables; ++t) to->stride[t][place] = from->stride[t][source];
}

static inline int log_softmax_merges(const log_softmax_walk *w, int tables, int before, int after)
{
    int t;
    if (w->label[before] != w->label[after]) return 0;
    for (t = 0; t < tables; ++t) {
        if (w->stride[t][before] != w->stride[t][after] * w->size[after]) return 0;
    }
    return 1;
}

/* Puts the dimensions that are longer than one in the order of memory, and merges them. */
static inline void log_softmax_arrange(log_softmax_walk *w, int arrays, int tables, int rank)
{
    int d, e, kept = 0;
    log_softmax_walk one;
    for (d = 0; d < rank; ++d) {
        if (w->size[d] == 1) continue;
        log_softmax_move(w, tables, d, &one, 0);
        log_softmax_move(w, tables, d, w, kept);
        for (e = kept; e > 0; --e) {
            if (!log_softmax_comes_before(w, arrays, e, e - 1)) break;
            log_softmax_move(w, tables, e - 1, w, e);
            log_softmax_move(&one, tables, 0, w, e - 1);
        }
        ++kept;
    }
    w->rank = kept > 0;
    for (d = 1; d < kept; ++d) {
        if (log_softmax_merges(w, tables, w->rank - 1, d)) {
            const ptrdiff_t size = w->size[w->rank - 1] * w->size[d];
            log_softmax_move(w, tables, d, w, w->rank - 1);
            w->size[w->rank - 1] = size;
        } else {
            log_softmax_move(w, tables, d, w, w->rank);
            ++w->rank;
        }
    }
}

/* Whether rows and lanes together are one run in every array, so that they can stand side by side as columns. */
static inline int log_softmax_is_flat(const log_softmax_walk *w, int arrays)
{
    int t;
    for (t = 0; t < arrays; ++t) {
        if (w->stride[t][w->run] != 1 || w->stride[t][w->lane] != w->size[w->run]) return 0;
    }
    return 1;
}

/* Which dimensions are the lanes and the run, how many lanes a block has, how many units, in how many parts. */
static inline void log_softmax_choose(log_softmax_walk *w, const char *outer, int arrays, int tables, ptrdiff_t item,
    int whole)
{
    ptrdiff_t inside = 1, room;
    int d, t;
    w->lane = w->run = -1;
    for (d = 0; d < w->rank; ++d) {
        if (log_softmax_is_in(w->label[d], outer)) w->lane = d;
        else { w->run = d; inside *= w->size[d]; }
    }
    w->columns = w->lane >= 0 && w->lane == w->rank - 1 && (w->run < 0 || w->size[w->lane] >= 16);
    if (w->columns) {
        w->run = -1;
        room = LOG_SOFTMAX_LANES;
    } else if (w->lane >= 0 && w->lane == w->rank - 2 && w->size[w->run] < 64 && log_softmax_is_flat(w, arrays)) {
        w->columns = 1;
        room = LOG_SOFTMAX_TILE / w->size[w->run];
    } else {
        const ptrdiff_t row = (w->run < 0 ? 1 : w->size[w->run]) * item;
        room = log_softmax_least(LOG_SOFTMAX_LANES, 4096 / row + 1);
        if (room < 262144 / (inside * item * arrays)) room = 262144 / (inside * item * arrays);
    }
    w->lane_size = w->lane < 0 ? 1 : w->size[w->lane];
    w->lanes = log_softmax_least(log_softmax_least(room, LOG_SOFTMAX_LANES), w->lane_size);
    if (w->lanes < 1) w->lanes = 1;
    w->lane_blocks = (w->lane_size + w->lanes - 1) / w->lanes;
    w->lanes = (w->lane_size + w->lane_blocks - 1) / w->lane_blocks;
    w->lane_blocks = (w->lane_size + w->lanes - 1) / w->lanes;
    w->blocks = w->lane_blocks;
    w->outers = w->inners = 0;
    w->units = 1;
    for (d = 0; d < w->rank; ++d) {
        if (d == w->lane || d == w->run) continue;
        if (log_softmax_is_in(w->label[d], outer)) { w->outer[w->outers++] = d; w->blocks *= w->size[d]; }
        else { w->inner[w->inners++] = d; w->units *= w->size[d]; }
    }
    w->run_size = w->run < 0 ? 1 : w->size[w->run];
    w->segment = log_softmax_least(w->run_size, 8192);
    w->segments = (w->run_size + w->segment - 1) / w->segment;
    w->units *= w->segments;
    w->splits = log_softmax_least(log_softmax_least(LOG_SOFTMAX_SPLITS, LOG_SOFTMAX_LANES / w->lanes),
        inside * w->lanes / 32768);
    w->splits = whole ? 1 : log_softmax_least(w->splits, w->units);
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
static inline void log_softmax_plan(log_softmax_walk *w, const log_softmax_extents *extents, const char *outer,
    int arrays,
    const ptrdiff_t *const *strides, int smaller, const char *const *layouts, ptrdiff_t item, int whole)
{
    int d, t;
    w->tables = arrays + smaller;
    w->elements = log_softmax_count(extents, "nd");
    for (d = 0; d < extents->rank; ++d) {
        w->size[d] = extents->size[d];
        w->label[d] = extents->classes[d];
    }
    for (t = 0; t < arrays; ++t) {
        if (strides[t] == NULL) log_softmax_dense(extents, "nd", "nd", w->stride[t]);
        else for (d = 0; d < extents->rank; ++d) w->stride[t][d] = strides[t][d];
    }
    for (t = 0; t < smaller; ++t) log_softmax_dense(extents, layouts[2 * t], layouts[2 * t + 1], w->stride[arrays + t]);
    log_softmax_arrange(w, arrays, arrays + smaller, extents->rank);
    log_softmax_choose(w, outer, arrays, arrays + smaller, item, whole);
}

static inline void log_softmax_locate(const log_softmax_walk *w, ptrdiff_t number, log_softmax_block *c)
{
    const ptrdiff_t begin = number % w->lane_blocks * w->lanes;
    ptrdiff_t rest = number / w->lane_blocks;
    int d, t;
    c->lanes = log_softmax_least(w->lanes, w->lane_size - begin);
    for (t = 0; t < w->tables; ++t) c->at[t] = begin * w->lane_stride[t];
    for (d = w->outers - 1; d >= 0; --d) {
        const int dim = w->outer[d];
        const ptrdiff_t place = rest % w->size[dim];
        rest /= w->size[dim];
        for (t = 0; t < w->tables; ++t) c->at[t] += place * w->stride[t][dim];
    }
}

/* Where a unit of a block begins in each table; returns the length of its run. */
static inline ptrdiff_t log_softmax_unit(const log_softmax_walk *w, const log_softmax_block *c, ptrdiff_t unit,
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
    return log_softmax_least(w->segment, w->run_size - begin);
}

/* Where place number `number` along some classes is in a table, those of the `outer` classes left out. */
static inline ptrdiff_t log_softmax_place(const log_softmax_walk *w, const char *classes, ptrdiff_t number, int table)
{
    ptrdiff_t at = 0;
    int d;
    for (d = w->rank - 1; d >= 0; --d) {
        if (!log_softmax_is_in(w->label[d], classes)) continue;
        at += number % w->size[d] * w->stride[table][d];
        number /= w->size[d];
    }
    return at;
}

static inline ptrdiff_t log_softmax_places(const log_softmax_walk *w, const char *classes)
{
    ptrdiff_t count = 1;
    int d;
    for (d = 0; d < w->rank; ++d) if (log_softmax_is_in(w->label[d], classes)) count *= w->size[d];
    return count;
}

/* A tile of lanes times a run, in order: itself where it is contiguous, else a copy in the buffer. */
static inline const float *log_softmax_read_float_float(const float *from, ptrdiff_t lane_stride, ptrdiff_t run_stride,
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

static inline const double *log_softmax_read_double_double(const double *from, ptrdiff_t lane_stride,
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

static inline const double *log_softmax_read_float_double(const float *from, ptrdiff_t lane_stride,
    ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n,
    double *buffer)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        for (j = 0; j < n; ++j) buffer[b * n + j] = (double)from[b * lane_stride + j * run_stride];
    }
    return buffer;
}

static inline void log_softmax_write_float(const float *from, float *to, ptrdiff_t lane_stride, ptrdiff_t run_stride,
    ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        for (j = 0; j < n; ++j) to[b * lane_stride + j * run_stride] = from[b * n + j];
    }
}

static inline void log_softmax_write_double(const double *from, double *to, ptrdiff_t lane_stride, ptrdiff_t run_stride,
    ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        for (j = 0; j < n; ++j) to[b * lane_stride + j * run_stride] = from[b * n + j];
    }
}

/* Adds to a sum held in two numbers what is lost of the larger one (two-sum). */
LOG_SOFTMAX_INLINE void log_softmax_add_double(double *high, double *low, double term)
{
    const double sum = *high + term;
    const double added = sum - *high;
    *low += (*high - (sum - added)) + (term - added);
    *high = sum;
}

/* The larger one; NaN where there is one. */
LOG_SOFTMAX_INLINE double log_softmax_larger_double(double left, double right)
{
    return left > right || left != left ? left : right;
}

/* A sum held in two numbers; what is lost of an infinite one is no number. */
static inline long double log_softmax_whole_double(double high, double low)
{
    return isfinite(high) ? (long double)high + (long double)low : (long double)high;
}

/* Adds to a sum held in two numbers what is lost of the larger one (two-sum). */
LOG_SOFTMAX_INLINE void log_softmax_add_extended(long double *high, long double *low, long double term)
{
    const long double sum = *high + term;
    const long double added = sum - *high;
    *low += (*high - (sum - added)) + (term - added);
    *high = sum;
}

/* The larger one; NaN where there is one. */
LOG_SOFTMAX_INLINE long double log_softmax_larger_extended(long double left, long double right)
{
    return left > right || left != left ? left : right;
}

/* A sum held in two numbers; what is lost of an infinite one is no number. */
static inline long double log_softmax_whole_extended(long double high, long double low)
{
    return isfinite(high) ? (long double)high + (long double)low : (long double)high;
}

LOG_SOFTMAX_INLINE float log_softmax_square_float(float value) { return value * value; }

/* A quotient as an exponent: in the digits of the type it would cost some of the result's. */
LOG_SOFTMAX_INLINE float log_softmax_power_float(float value, double above, double below)
{
    return (float)pow(value, above / below);
}

LOG_SOFTMAX_INLINE float log_softmax_select_float(float value, float mask) { return mask != 0 ? value : 0; }

LOG_SOFTMAX_INLINE float log_softmax_not_negative_float(float value) { return value < 0 ? 0 : value; }

LOG_SOFTMAX_INLINE float log_softmax_sigmoid_float(float value)
{
    const float small = expf(-fabsf(value));
    return (value >= 0 ? 1 : small) / (small + 1);
}

LOG_SOFTMAX_INLINE float log_softmax_erf_slope_float(float value)
{
    return (float)1.12837916709551257390L * expf(-value * value); /* 2/sqrt(pi) */
}

LOG_SOFTMAX_INLINE double log_softmax_square_double(double value) { return value * value; }

/* A quotient as an exponent: in the digits of the type it would cost some of the result's. */
LOG_SOFTMAX_INLINE double log_softmax_power_double(double value, long double above, long double below)
{
    return (double)powl(value, above / below);
}

LOG_SOFTMAX_INLINE double log_softmax_select_double(double value, double mask) { return mask != 0 ? value : 0; }

LOG_SOFTMAX_INLINE double log_softmax_not_negative_double(double value) { return value < 0 ? 0 : value; }

LOG_SOFTMAX_INLINE double log_softmax_sigmoid_double(double value)
{
    const double small = exp(-fabs(value));
    return (value >= 0 ? 1 : small) / (small + 1);
}

LOG_SOFTMAX_INLINE double log_softmax_erf_slope_double(double value)
{
    return (double)1.12837916709551257390L * exp(-value * value); /* 2/sqrt(pi) */
}

LOG_SOFTMAX_INLINE long double log_softmax_square_extended(long double value) { return value * value; }

/* A quotient as an exponent: in the digits of the type it would cost some of the result's. */
LOG_SOFTMAX_INLINE long double log_softmax_power_extended(long double value, long double above, long double below)
{
    return (long double)powl(value, above / below);
}

LOG_SOFTMAX_INLINE long double log_softmax_select_extended(long double value, long double mask) { return mask != 0
    ? value : 0; }

LOG_SOFTMAX_INLINE long double log_softmax_not_negative_extended(long double value) { return value < 0 ? 0 : value; }

LOG_SOFTMAX_INLINE long double log_softmax_sigmoid_extended(long double value)
{
    const long double small = expl(-fabsl(value));
    return (value >= 0 ? 1 : small) / (small + 1);
}

LOG_SOFTMAX_INLINE long double log_softmax_erf_slope_extended(long double value)
{
    return (long double)1.12837916709551257390L * expl(-value * value); /* 2/sqrt(pi) */
}

/* Both parts of the exact sum of two numbers. */
LOG_SOFTMAX_INLINE double log_softmax_exact_high_double(double left, double right) { return (double)(left + right); }

LOG_SOFTMAX_INLINE double log_softmax_exact_low_double(double left, double right)
{
    const double sum = left + right;
    const double added = sum - left;
    const double lost = (left - (sum - added)) + (right - added);
    return (sum - (double)sum) + lost;
}

/* Both parts of the exact sum of two numbers. */
LOG_SOFTMAX_INLINE long double log_softmax_exact_high_extended(long double left, long double right)
    { return (double)(left + right); }

LOG_SOFTMAX_INLINE long double log_softmax_exact_low_extended(long double left, long double right)
{
    const long double sum = left + right;
    const long double added = sum - left;
    const long double lost = (left - (sum - added)) + (right - added);
    return (sum - (double)sum) + lost;
}

/* Takes the terms of a tile into what stands in memory. */
static inline void log_softmax_gather_plain(const double *terms, double *high, double *low, ptrdiff_t lane_stride,
    ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        if (run_stride == 1) {
            const ptrdiff_t begin = b * lane_stride;
            LOG_SOFTMAX_SIMD
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
static inline void log_softmax_gather_double(const double *terms, double *high, double *low, ptrdiff_t lane_stride,
    ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        if (run_stride == 1) {
            const ptrdiff_t begin = b * lane_stride;
            LOG_SOFTMAX_SIMD
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = begin + j, m = b * n + j;
                log_softmax_add_double(&high[k], &low[k], terms[m]);
            }
        } else {
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = b * lane_stride + j * run_stride, m = b * n + j;
                log_softmax_add_double(&high[k], &low[k], terms[m]);
            }
        }
    }
}

/* Takes the terms of a tile into what stands in memory. */
static inline void log_softmax_gather_extended(const long double *terms, double *high, double *low,
    ptrdiff_t lane_stride, ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        if (run_stride == 1) {
            const ptrdiff_t begin = b * lane_stride;
            LOG_SOFTMAX_SIMD
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = begin + j, m = b * n + j;
                { const double rounded = (double)terms[m]; log_softmax_add_double(&high[k], &low[k], rounded); low[k]
                    += (double)(terms[m] - rounded); }
            }
        } else {
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = b * lane_stride + j * run_stride, m = b * n + j;
                { const double rounded = (double)terms[m]; log_softmax_add_double(&high[k], &low[k], rounded); low[k]
                    += (double)(terms[m] - rounded); }
            }
        }
    }
}

/* Takes the terms of a tile into what stands in memory. */
static inline void log_softmax_gather_largest_double(const double *terms, double *high, double *low,
    ptrdiff_t lane_stride, ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        if (run_stride == 1) {
            const ptrdiff_t begin = b * lane_stride;
            LOG_SOFTMAX_SIMD
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = begin + j, m = b * n + j;
                high[k] = log_softmax_larger_double(high[k], terms[m]);
            }
        } else {
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = b * lane_stride + j * run_stride, m = b * n + j;
                high[k] = log_softmax_larger_double(high[k], terms[m]);
            }
        }
    }
    (void)low;
}

/* Takes the terms of a tile into what stands in memory. */
static inline void log_softmax_gather_largest_extended(const long double *terms, double *high, double *low,
    ptrdiff_t lane_stride, ptrdiff_t run_stride, ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        if (run_stride == 1) {
            const ptrdiff_t begin = b * lane_stride;
            LOG_SOFTMAX_SIMD
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = begin + j, m = b * n + j;
                high[k] = log_softmax_larger_double(high[k], (double)terms[m]);
            }
        } else {
            for (j = 0; j < n; ++j) {
                const ptrdiff_t k = b * lane_stride + j * run_stride, m = b * n + j;
                high[k] = log_softmax_larger_double(high[k], (double)terms[m]);
            }
        }
    }
    (void)low;
}

/* A tile of a smaller tensor; where it was left out, what stands for it. */
static inline const double *log_softmax_leaf_float(const float *from, ptrdiff_t at, double neutral,
    ptrdiff_t lane_stride, ptrdiff_t run_stride,
    ptrdiff_t lanes, ptrdiff_t n, double *buffer)
{
    ptrdiff_t j;
    if (from != NULL) return log_softmax_read_float_double(from + at, lane_stride, run_stride, lanes, n, buffer);
    for (j = 0; j < lanes * n; ++j) buffer[j] = neutral;
    return buffer;
}

/* A tile of a smaller tensor; where it was left out, what stands for it. */
static inline const double *log_softmax_leaf_double(const double *from, ptrdiff_t at, double neutral,
    ptrdiff_t lane_stride, ptrdiff_t run_stride,
    ptrdiff_t lanes, ptrdiff_t n, double *buffer)
{
    ptrdiff_t j;
    if (from != NULL) return log_softmax_read_double_double(from + at, lane_stride, run_stride, lanes, n, buffer);
    for (j = 0; j < lanes * n; ++j) buffer[j] = neutral;
    return buffer;
}

/* A tile of sums that are held in two numbers. */
static inline const double *log_softmax_leaf_pair(const double *high, const double *low, ptrdiff_t at,
    ptrdiff_t lane_stride, ptrdiff_t run_stride,
    ptrdiff_t lanes, ptrdiff_t n, double *buffer)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        for (j = 0; j < n; ++j) {
            const ptrdiff_t k = at + b * lane_stride + j * run_stride;
            buffer[b * n + j] = (double)log_softmax_whole_double(high[k], low[k]);
        }
    }
    return buffer;
}

static inline int log_softmax_finite_double(const double *values, ptrdiff_t n)
{
    ptrdiff_t k;
    for (k = 0; k < n; ++k) if (!isfinite(values[k])) return 0;
    return 1;
}

static inline int log_softmax_finite_extended(const long double *values, ptrdiff_t n)
{
    ptrdiff_t k;
    for (k = 0; k < n; ++k) if (!isfinite(values[k])) return 0;
    return 1;
}

/* The sum of a smaller tensor, taken once for the whole call; what is lost is kept beside it until the end. */
static inline void log_softmax_total(const log_softmax_walk *w, const double *from, const char *classes, int table,
    double *to, int own, ptrdiff_t count)
{
    const ptrdiff_t places = log_softmax_places(w, classes);
    ptrdiff_t k;
    for (k = 0; k < 2 * count; ++k) to[k] = 0;
    for (k = 0; k < places; ++k) {
        const ptrdiff_t at = log_softmax_place(w, classes, k, own);
        log_softmax_add_double(&to[at], &to[count + at], from[log_softmax_place(w, classes, k, table)]);
    }
    for (k = 0; k < count; ++k) to[k] = (double)log_softmax_whole_double(to[k], to[count + k]);
}

#ifdef __cplusplus
extern "C" {
#endif

/* What a call hands to its passes, for float: each kernel fills in what is its own. */
typedef struct {
    log_softmax_walk walk;
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
    double *result_log_mass;
    int few, inside;
} log_softmax_arguments_float;

/* What a call hands to its passes, for double: each kernel fills in what is its own. */
typedef struct {
    log_softmax_walk walk;
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
    double *result_log_mass;
    int few, inside;
} log_softmax_arguments_double;

size_t log_softmax_statistics_workspace(const log_softmax_extents *extents)
{
    ptrdiff_t count = 0;
    if (log_softmax_check_extents(extents) != LOG_SOFTMAX_OK || log_softmax_count(extents, "nd") == 0) return 0;
    return (size_t)count * sizeof(double);
}

LOG_SOFTMAX_INLINE void log_softmax_statistics_pass0_float_element(
const double x, double *to_largest_shift)
{
    *to_largest_shift = x;
}

static void log_softmax_statistics_pass0_float_row(ptrdiff_t n, const float *x, double *high, double *low,
    ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    (void)low;
    while (i < n) {
        const ptrdiff_t end = i + log_softmax_least(n - i, 4096);
        double part_0[LOG_SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
            part_0[k] = -HUGE_VAL;
        }
        for (; i + LOG_SOFTMAX_CHAINS <= end; i += LOG_SOFTMAX_CHAINS) {
            LOG_SOFTMAX_SIMD
            for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
                double term_0;
                log_softmax_statistics_pass0_float_element((double)x[i + k], &term_0);
                part_0[k] = log_softmax_larger_double(part_0[k], term_0);
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            log_softmax_statistics_pass0_float_element((double)x[i], &term_0);
            part_0[k] = log_softmax_larger_double(part_0[k], term_0);
        }
        for (k = LOG_SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = log_softmax_larger_double(part_0[m], part_0[m + k]);
            }
        }
        high[0 * lanes] = log_softmax_larger_double(high[0 * lanes], part_0[0]);
    }
}

static void log_softmax_statistics_pass0_float_columns(ptrdiff_t n, const float *x, double *high_0, double *low_0)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        log_softmax_statistics_pass0_float_element((double)x[i], &term_0);
        high_0[i] = log_softmax_larger_double(high_0[i], term_0);
    }
    (void)low_0;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void log_softmax_statistics_pass0_float_units(const log_softmax_arguments_float *a, const log_softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, double *high, double *low)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    float buffer_x[LOG_SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = -HUGE_VAL;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double high_0[LOG_SOFTMAX_TILE], low_0[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                high_0[k] = -HUGE_VAL;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *x;
            log_softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, unit + 1, ahead);
                log_softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
            }
            x = log_softmax_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            log_softmax_statistics_pass0_float_columns(n, x, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                high[0 * c->lanes + b] = log_softmax_larger_double(high[0 * c->lanes + b], high_0[k]);
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                x = log_softmax_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                log_softmax_statistics_pass0_float_row(n, x, high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void log_softmax_statistics_pass0_float_sums(const log_softmax_arguments_float *a, const log_softmax_block *c,
    double *sum_largest_shift)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * LOG_SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_statistics_pass0_float_units(a, c, units * k / splits, units * (k + 1) / splits, part + k * stride,
            part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                high = log_softmax_larger_double(high, part[k * stride + 0 * c->lanes + b]);
            }
            sum_largest_shift[b] = (double)high;
            (void)low;
        }
    }
}


LOG_SOFTMAX_INLINE void log_softmax_statistics_pass2_float_element(
const double x, const double shift_pivot, double *to_v_sum_exp_shifted)
{
    const double at_x_shifted = x - shift_pivot;
    const double at_t1 = exp(at_x_shifted);
    *to_v_sum_exp_shifted = at_t1;
}

static void log_softmax_statistics_pass2_float_row(ptrdiff_t n, const float *x, const double shift_pivot, double *high,
    double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + log_softmax_least(n - i, 4096);
        double part_0[LOG_SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + LOG_SOFTMAX_CHAINS <= end; i += LOG_SOFTMAX_CHAINS) {
            LOG_SOFTMAX_SIMD
            for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
                double term_0;
                log_softmax_statistics_pass2_float_element((double)x[i + k], shift_pivot, &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            log_softmax_statistics_pass2_float_element((double)x[i], shift_pivot, &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = LOG_SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        log_softmax_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void log_softmax_statistics_pass2_float_columns(ptrdiff_t n, const float *x, const double *shift_pivot,
    double *high_0, double *low_0)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        log_softmax_statistics_pass2_float_element((double)x[i], shift_pivot[i], &term_0);
        high_0[i] += term_0;
    }
    (void)low_0;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void log_softmax_statistics_pass2_float_units(const log_softmax_arguments_float *a, const log_softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const double *lane_shift_pivot, double *high, double *low)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    float buffer_x[LOG_SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_pivot[LOG_SOFTMAX_TILE];
        double high_0[LOG_SOFTMAX_TILE], low_0[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *x;
            log_softmax_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, first + end - 2 - unit, ahead);
                log_softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
            }
            x = log_softmax_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            log_softmax_statistics_pass2_float_columns(n, x, column_shift_pivot, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                log_softmax_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                x = log_softmax_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                log_softmax_statistics_pass2_float_row(n, x, (double)lane_shift_pivot[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void log_softmax_statistics_pass2_float_sums(const log_softmax_arguments_float *a, const log_softmax_block *c,
    const double *lane_shift_pivot, double *sum_v_sum_exp_shifted)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * LOG_SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_statistics_pass2_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot,
            part + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                log_softmax_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_exp_shifted[b] = (double)log_softmax_whole_double(high, low);
        }
    }
}


static void log_softmax_statistics_block_float(const log_softmax_arguments_float *a, log_softmax_block *c)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t b;
    double lane_largest_shift[LOG_SOFTMAX_LANES];
    double lane_shift_pivot[LOG_SOFTMAX_LANES];
    double lane_shift[LOG_SOFTMAX_LANES];
    double lane_v_sum_exp_shifted[LOG_SOFTMAX_LANES];
    double lane_mass[LOG_SOFTMAX_LANES];
    double lane_log_mass[LOG_SOFTMAX_LANES];
    if (c->lanes < 1) return;
    log_softmax_statistics_pass0_float_sums(a, c, lane_largest_shift);
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_pivot[b] = (float)(lane_largest_shift[b]);
        lane_shift[b] = lane_shift_pivot[b];
    }
    log_softmax_statistics_pass2_float_sums(a, c, lane_shift_pivot, lane_v_sum_exp_shifted);
    for (b = 0; b < c->lanes; ++b) {
        lane_mass[b] = lane_v_sum_exp_shifted[b];
        lane_log_mass[b] = log(lane_mass[b]);
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_shift[c->at[1] + b * w->lane_stride[1]] = (double)lane_shift[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_mass[c->at[1] + b * w->lane_stride[1]] = (double)lane_mass[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_log_mass[c->at[1] + b * w->lane_stride[1]] = (double)lane_log_mass[b];
    }
    (void)w;
}

int log_softmax_statistics_float(
    const log_softmax_extents *extents,
    const float *x, const ptrdiff_t *x_strides,
    double *result_shift,
    double *result_mass,
    double *result_log_mass,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"n", "n" };
    const ptrdiff_t *strides[1];
    log_softmax_arguments_float a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = log_softmax_check_extents(extents), outside;
    k = 0;
    if (status != LOG_SOFTMAX_OK) return status;
    if (x == NULL || result_shift == NULL || result_mass == NULL || result_log_mass == NULL) return LOG_SOFTMAX_NULL;
    if (threads < 1) return LOG_SOFTMAX_THREADS;
    if (workspace_size < log_softmax_statistics_workspace(extents)) return LOG_SOFTMAX_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return LOG_SOFTMAX_WORKSPACE;
    if (log_softmax_count(extents, "nd") == 0) {
        return LOG_SOFTMAX_EMPTY;
    }
    strides[0] = x_strides;
    log_softmax_plan(&a.walk, extents, "n", 1, strides, 1, layouts, sizeof(float), 0);
    a.x = x;
    a.result_shift = result_shift;
    a.result_mass = result_mass;
    a.result_log_mass = result_log_mass;
    a.few = log_softmax_count(extents, "d") < LOG_SOFTMAX_FEW;
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
            log_softmax_block c;
            log_softmax_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            log_softmax_statistics_block_float(&a, &c);
        }
    }
    return LOG_SOFTMAX_OK;
}

LOG_SOFTMAX_INLINE void log_softmax_statistics_pass0_double_element(
const double x, double *to_largest_shift)
{
    *to_largest_shift = x;
}

static void log_softmax_statistics_pass0_double_row(ptrdiff_t n, const double *x, double *high, double *low,
    ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    (void)low;
    while (i < n) {
        const ptrdiff_t end = i + log_softmax_least(n - i, 64);
        double part_0[LOG_SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
            part_0[k] = -HUGE_VAL;
        }
        for (; i + LOG_SOFTMAX_CHAINS <= end; i += LOG_SOFTMAX_CHAINS) {
            LOG_SOFTMAX_SIMD
            for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
                double term_0;
                log_softmax_statistics_pass0_double_element(x[i + k], &term_0);
                part_0[k] = log_softmax_larger_double(part_0[k], term_0);
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            log_softmax_statistics_pass0_double_element(x[i], &term_0);
            part_0[k] = log_softmax_larger_double(part_0[k], term_0);
        }
        for (k = LOG_SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = log_softmax_larger_double(part_0[m], part_0[m + k]);
            }
        }
        high[0 * lanes] = log_softmax_larger_double(high[0 * lanes], part_0[0]);
    }
}

static void log_softmax_statistics_pass0_double_columns(ptrdiff_t n, const double *x, double *high_0, double *low_0)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        log_softmax_statistics_pass0_double_element(x[i], &term_0);
        high_0[i] = log_softmax_larger_double(high_0[i], term_0);
    }
    (void)low_0;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void log_softmax_statistics_pass0_double_units(const log_softmax_arguments_double *a, const log_softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, double *high, double *low)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    double buffer_x[LOG_SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = -HUGE_VAL;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double high_0[LOG_SOFTMAX_TILE], low_0[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                high_0[k] = -HUGE_VAL;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            log_softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, unit + 1, ahead);
                log_softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = log_softmax_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            log_softmax_statistics_pass0_double_columns(n, x, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                high[0 * c->lanes + b] = log_softmax_larger_double(high[0 * c->lanes + b], high_0[k]);
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                x = log_softmax_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                log_softmax_statistics_pass0_double_row(n, x, high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void log_softmax_statistics_pass0_double_sums(const log_softmax_arguments_double *a, const log_softmax_block *c,
    long double *sum_largest_shift)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * LOG_SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_statistics_pass0_double_units(a, c, units * k / splits, units * (k + 1) / splits, part + k * stride,
            part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                high = log_softmax_larger_double(high, part[k * stride + 0 * c->lanes + b]);
            }
            sum_largest_shift[b] = (long double)high;
            (void)low;
        }
    }
}


LOG_SOFTMAX_INLINE void log_softmax_statistics_pass0_extended_element(
const long double x, long double *to_largest_shift)
{
    *to_largest_shift = x;
}

static void log_softmax_statistics_pass0_extended_row(ptrdiff_t n, const double *x, long double *high, long double *low,
    ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    (void)low;
    while (i < n) {
        const ptrdiff_t end = i + log_softmax_least(n - i, 64);
        long double part_0[LOG_SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
            part_0[k] = -HUGE_VAL;
        }
        for (; i + LOG_SOFTMAX_CHAINS <= end; i += LOG_SOFTMAX_CHAINS) {
            LOG_SOFTMAX_SIMD
            for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
                long double term_0;
                log_softmax_statistics_pass0_extended_element((long double)x[i + k], &term_0);
                part_0[k] = log_softmax_larger_extended(part_0[k], term_0);
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0;
            log_softmax_statistics_pass0_extended_element((long double)x[i], &term_0);
            part_0[k] = log_softmax_larger_extended(part_0[k], term_0);
        }
        for (k = LOG_SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = log_softmax_larger_extended(part_0[m], part_0[m + k]);
            }
        }
        high[0 * lanes] = log_softmax_larger_extended(high[0 * lanes], part_0[0]);
    }
}

static void log_softmax_statistics_pass0_extended_columns(ptrdiff_t n, const double *x, long double *high_0,
    long double *low_0)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0;
        log_softmax_statistics_pass0_extended_element((long double)x[i], &term_0);
        high_0[i] = log_softmax_larger_extended(high_0[i], term_0);
    }
    (void)low_0;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void log_softmax_statistics_pass0_extended_units(const log_softmax_arguments_double *a,
    const log_softmax_block *c, ptrdiff_t first, ptrdiff_t end, long double *high, long double *low)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    double buffer_x[LOG_SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = -HUGE_VAL;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double high_0[LOG_SOFTMAX_TILE], low_0[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                high_0[k] = -HUGE_VAL;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            log_softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, unit + 1, ahead);
                log_softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = log_softmax_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            log_softmax_statistics_pass0_extended_columns(n, x, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                high[0 * c->lanes + b] = log_softmax_larger_extended(high[0 * c->lanes + b], high_0[k]);
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                x = log_softmax_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                log_softmax_statistics_pass0_extended_row(n, x, high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void log_softmax_statistics_pass0_extended_sums(const log_softmax_arguments_double *a,
    const log_softmax_block *c, long double *sum_largest_shift)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    long double part[2 * 1 * LOG_SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_statistics_pass0_extended_units(a, c, units * k / splits, units * (k + 1) / splits, part
            + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                high = log_softmax_larger_extended(high, part[k * stride + 0 * c->lanes + b]);
            }
            sum_largest_shift[b] = (long double)high;
            (void)low;
        }
    }
}


LOG_SOFTMAX_INLINE void log_softmax_statistics_pass2_double_element(
const double x, const double shift_pivot, double *to_v_sum_exp_shifted)
{
    const double at_x_shifted = x - shift_pivot;
    const double at_t1 = exp(at_x_shifted);
    *to_v_sum_exp_shifted = at_t1;
}

static void log_softmax_statistics_pass2_double_row(ptrdiff_t n, const double *x, const double shift_pivot,
    double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + log_softmax_least(n - i, 64);
        double part_0[LOG_SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + LOG_SOFTMAX_CHAINS <= end; i += LOG_SOFTMAX_CHAINS) {
            LOG_SOFTMAX_SIMD
            for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
                double term_0;
                log_softmax_statistics_pass2_double_element(x[i + k], shift_pivot, &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            log_softmax_statistics_pass2_double_element(x[i], shift_pivot, &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = LOG_SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        log_softmax_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void log_softmax_statistics_pass2_double_columns(ptrdiff_t n, const double *x, const double *shift_pivot,
    double *high_0, double *low_0)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        log_softmax_statistics_pass2_double_element(x[i], shift_pivot[i], &term_0);
        log_softmax_add_double(&high_0[i], &low_0[i], term_0);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void log_softmax_statistics_pass2_double_units(const log_softmax_arguments_double *a, const log_softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const long double *lane_shift_pivot, double *high, double *low)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    double buffer_x[LOG_SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_pivot[LOG_SOFTMAX_TILE];
        double high_0[LOG_SOFTMAX_TILE], low_0[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            log_softmax_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, first + end - 2 - unit, ahead);
                log_softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = log_softmax_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            log_softmax_statistics_pass2_double_columns(n, x, column_shift_pivot, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                log_softmax_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                x = log_softmax_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                log_softmax_statistics_pass2_double_row(n, x, (double)lane_shift_pivot[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void log_softmax_statistics_pass2_double_sums(const log_softmax_arguments_double *a, const log_softmax_block *c,
    const long double *lane_shift_pivot, long double *sum_v_sum_exp_shifted)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * LOG_SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_statistics_pass2_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot,
            part + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                log_softmax_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_exp_shifted[b] = (long double)log_softmax_whole_double(high, low);
        }
    }
}


LOG_SOFTMAX_INLINE void log_softmax_statistics_pass2_extended_element(
const long double x, const long double shift_pivot, long double *to_v_sum_exp_shifted)
{
    const long double at_x_shifted = x - shift_pivot;
    const long double at_t1 = expl(at_x_shifted);
    *to_v_sum_exp_shifted = at_t1;
}

static void log_softmax_statistics_pass2_extended_row(ptrdiff_t n, const double *x, const long double shift_pivot,
    long double *high, long double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + log_softmax_least(n - i, 64);
        long double part_0[LOG_SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + LOG_SOFTMAX_CHAINS <= end; i += LOG_SOFTMAX_CHAINS) {
            LOG_SOFTMAX_SIMD
            for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
                long double term_0;
                log_softmax_statistics_pass2_extended_element((long double)x[i + k], shift_pivot, &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0;
            log_softmax_statistics_pass2_extended_element((long double)x[i], shift_pivot, &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = LOG_SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        log_softmax_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void log_softmax_statistics_pass2_extended_columns(ptrdiff_t n, const double *x, const long double *shift_pivot,
    long double *high_0, long double *low_0)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0;
        log_softmax_statistics_pass2_extended_element((long double)x[i], shift_pivot[i], &term_0);
        log_softmax_add_extended(&high_0[i], &low_0[i], term_0);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void log_softmax_statistics_pass2_extended_units(const log_softmax_arguments_double *a,
    const log_softmax_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_shift_pivot, long double *high,
    long double *low)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    double buffer_x[LOG_SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double column_shift_pivot[LOG_SOFTMAX_TILE];
        long double high_0[LOG_SOFTMAX_TILE], low_0[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (long double)lane_shift_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            log_softmax_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, first + end - 2 - unit, ahead);
                log_softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = log_softmax_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            log_softmax_statistics_pass2_extended_columns(n, x, column_shift_pivot, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                log_softmax_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                x = log_softmax_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                log_softmax_statistics_pass2_extended_row(n, x, (long double)lane_shift_pivot[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void log_softmax_statistics_pass2_extended_sums(const log_softmax_arguments_double *a,
    const log_softmax_block *c, const long double *lane_shift_pivot, long double *sum_v_sum_exp_shifted)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    long double part[2 * 1 * LOG_SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_statistics_pass2_extended_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_shift_pivot, part + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                log_softmax_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_exp_shifted[b] = (long double)log_softmax_whole_extended(high, low);
        }
    }
}


static void log_softmax_statistics_block_double(const log_softmax_arguments_double *a, log_softmax_block *c)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t b;
    long double lane_largest_shift[LOG_SOFTMAX_LANES];
    long double lane_shift_pivot[LOG_SOFTMAX_LANES];
    long double lane_shift[LOG_SOFTMAX_LANES];
    long double lane_v_sum_exp_shifted[LOG_SOFTMAX_LANES];
    long double lane_mass[LOG_SOFTMAX_LANES];
    long double lane_log_mass[LOG_SOFTMAX_LANES];
    long double again_largest_shift[LOG_SOFTMAX_LANES], again_v_sum_exp_shifted[LOG_SOFTMAX_LANES];
    int finite;
    if (c->lanes < 1) return;
    finite = 0;
    if (!a->few) {
        log_softmax_statistics_pass0_double_sums(a, c, lane_largest_shift);
        finite = log_softmax_finite_extended(lane_largest_shift, c->lanes);
    }
    if (!finite) {
        log_softmax_statistics_pass0_extended_sums(a, c, again_largest_shift);
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
        log_softmax_statistics_pass2_double_sums(a, c, lane_shift_pivot, lane_v_sum_exp_shifted);
        finite = log_softmax_finite_extended(lane_v_sum_exp_shifted, c->lanes);
    }
    if (!finite) {
        log_softmax_statistics_pass2_extended_sums(a, c, lane_shift_pivot, again_v_sum_exp_shifted);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_exp_shifted[b])) lane_v_sum_exp_shifted[b] = again_v_sum_exp_shifted[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mass[b] = lane_v_sum_exp_shifted[b];
        lane_log_mass[b] = logl(lane_mass[b]);
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_shift[c->at[1] + b * w->lane_stride[1]] = (double)lane_shift[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_mass[c->at[1] + b * w->lane_stride[1]] = (double)lane_mass[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_log_mass[c->at[1] + b * w->lane_stride[1]] = (double)lane_log_mass[b];
    }
    (void)w;
}

int log_softmax_statistics_double(
    const log_softmax_extents *extents,
    const double *x, const ptrdiff_t *x_strides,
    double *result_shift,
    double *result_mass,
    double *result_log_mass,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"n", "n" };
    const ptrdiff_t *strides[1];
    log_softmax_arguments_double a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = log_softmax_check_extents(extents), outside;
    k = 0;
    if (status != LOG_SOFTMAX_OK) return status;
    if (x == NULL || result_shift == NULL || result_mass == NULL || result_log_mass == NULL) return LOG_SOFTMAX_NULL;
    if (threads < 1) return LOG_SOFTMAX_THREADS;
    if (workspace_size < log_softmax_statistics_workspace(extents)) return LOG_SOFTMAX_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return LOG_SOFTMAX_WORKSPACE;
    if (log_softmax_count(extents, "nd") == 0) {
        return LOG_SOFTMAX_EMPTY;
    }
    strides[0] = x_strides;
    log_softmax_plan(&a.walk, extents, "n", 1, strides, 1, layouts, sizeof(double), 0);
    a.x = x;
    a.result_shift = result_shift;
    a.result_mass = result_mass;
    a.result_log_mass = result_log_mass;
    a.few = log_softmax_count(extents, "d") < LOG_SOFTMAX_FEW;
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
            log_softmax_block c;
            log_softmax_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            log_softmax_statistics_block_double(&a, &c);
        }
    }
    return LOG_SOFTMAX_OK;
}

size_t log_softmax_forward_workspace(const log_softmax_extents *extents)
{
    ptrdiff_t count = 0;
    if (log_softmax_check_extents(extents) != LOG_SOFTMAX_OK || log_softmax_count(extents, "nd") == 0) return 0;
    return (size_t)count * sizeof(double);
}

LOG_SOFTMAX_INLINE void log_softmax_forward_pass2_float_element(
const double x, const double shift_pivot, double *to_v_sum_exp_shifted)
{
    const double at_x_shifted = x - shift_pivot;
    const double at_t1 = exp(at_x_shifted);
    *to_v_sum_exp_shifted = at_t1;
}

static void log_softmax_forward_pass2_float_row(ptrdiff_t n, const float *x, const double shift_pivot, double *high,
    double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + log_softmax_least(n - i, 4096);
        double part_0[LOG_SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + LOG_SOFTMAX_CHAINS <= end; i += LOG_SOFTMAX_CHAINS) {
            LOG_SOFTMAX_SIMD
            for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
                double term_0;
                log_softmax_forward_pass2_float_element((double)x[i + k], shift_pivot, &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            log_softmax_forward_pass2_float_element((double)x[i], shift_pivot, &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = LOG_SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        log_softmax_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void log_softmax_forward_pass2_float_columns(ptrdiff_t n, const float *x, const double *shift_pivot,
    double *high_0, double *low_0)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        log_softmax_forward_pass2_float_element((double)x[i], shift_pivot[i], &term_0);
        high_0[i] += term_0;
    }
    (void)low_0;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void log_softmax_forward_pass2_float_units(const log_softmax_arguments_float *a, const log_softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const double *lane_shift_pivot, double *high, double *low)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    float buffer_x[LOG_SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_pivot[LOG_SOFTMAX_TILE];
        double high_0[LOG_SOFTMAX_TILE], low_0[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *x;
            log_softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, unit + 1, ahead);
                log_softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
            }
            x = log_softmax_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            log_softmax_forward_pass2_float_columns(n, x, column_shift_pivot, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                log_softmax_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                x = log_softmax_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                log_softmax_forward_pass2_float_row(n, x, (double)lane_shift_pivot[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void log_softmax_forward_pass2_float_sums(const log_softmax_arguments_float *a, const log_softmax_block *c,
    const double *lane_shift_pivot, double *sum_v_sum_exp_shifted)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * LOG_SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_forward_pass2_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot, part
            + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                log_softmax_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_exp_shifted[b] = (double)log_softmax_whole_double(high, low);
        }
    }
}


LOG_SOFTMAX_INLINE void log_softmax_forward_pass4_float_element(
const float x, const float shift_pivot, const float log_mass_cast, float *to_y)
{
    const float at_x_shifted = x - shift_pivot;
    const float at_t1 = at_x_shifted - log_mass_cast;
    *to_y = at_t1;
}

static void log_softmax_forward_pass4_float_row(ptrdiff_t n, const float *x, const float shift_pivot,
    const float log_mass_cast, float *out_y)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        log_softmax_forward_pass4_float_element(x[i], shift_pivot, log_mass_cast, &out_y[i]);
    }
}

static void log_softmax_forward_pass4_float_columns(ptrdiff_t n, const float *x, const float *shift_pivot,
    const float *log_mass_cast, float *out_y)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        log_softmax_forward_pass4_float_element(x[i], shift_pivot[i], log_mass_cast[i], &out_y[i]);
    }
}

/* Units first to end of a block. */
static void log_softmax_forward_pass4_float_units(const log_softmax_arguments_float *a, const log_softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const double *lane_shift_pivot, const double *lane_log_mass_cast)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    float buffer_x[LOG_SOFTMAX_TILE];
    float buffer_y[LOG_SOFTMAX_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        float column_shift_pivot[LOG_SOFTMAX_TILE];
        float column_log_mass_cast[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (float)lane_shift_pivot[b];
                column_log_mass_cast[k] = (float)lane_log_mass_cast[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *x;
            float *out_y;
            log_softmax_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, first + end - 2 - unit, ahead);
                log_softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
                log_softmax_fetch(a->y + ahead[1], n * (ptrdiff_t)sizeof(float));
            }
            x = log_softmax_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            out_y = (w->run_size == 1 || w->run_stride[1] == 1) && (c->lanes == 1 || w->lane_stride[1] == w->run_size)
                ? a->y + at[1] : buffer_y;
            log_softmax_forward_pass4_float_columns(n, x, column_shift_pivot, column_log_mass_cast, out_y);
            if (out_y == buffer_y) log_softmax_write_float(buffer_y, a->y + at[1], w->lane_stride[1], w->run_stride[1],
                c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
                log_softmax_fetch(a->y + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                float *to_y = a->y + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                float *out_y;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                x = log_softmax_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                out_y = n == 1 || w->run_stride[1] == 1 ? to_y : buffer_y;
                log_softmax_forward_pass4_float_row(n, x, (float)lane_shift_pivot[b], (float)lane_log_mass_cast[b],
                    out_y);
                if (out_y == buffer_y) log_softmax_write_float(buffer_y, to_y, 0, w->run_stride[1], 1, n);
            }
        }
    }
}

static void log_softmax_forward_pass4_float_all(const log_softmax_arguments_float *a, const log_softmax_block *c,
    const double *lane_shift_pivot, const double *lane_log_mass_cast)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_forward_pass4_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot,
            lane_log_mass_cast);
    }
}


static void log_softmax_forward_block_float(const log_softmax_arguments_float *a, log_softmax_block *c)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t b;
    double lane_largest_shift[LOG_SOFTMAX_LANES];
    double lane_shift_pivot[LOG_SOFTMAX_LANES];
    double lane_shift[LOG_SOFTMAX_LANES];
    double lane_v_sum_exp_shifted[LOG_SOFTMAX_LANES];
    double lane_mass[LOG_SOFTMAX_LANES];
    double lane_log_mass[LOG_SOFTMAX_LANES];
    double lane_log_mass_cast[LOG_SOFTMAX_LANES];
    if (c->lanes < 1) return;
    log_softmax_statistics_pass0_float_sums(a, c, lane_largest_shift);
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_pivot[b] = (float)(lane_largest_shift[b]);
        lane_shift[b] = lane_shift_pivot[b];
    }
    log_softmax_forward_pass2_float_sums(a, c, lane_shift_pivot, lane_v_sum_exp_shifted);
    for (b = 0; b < c->lanes; ++b) {
        lane_mass[b] = lane_v_sum_exp_shifted[b];
        lane_log_mass[b] = log(lane_mass[b]);
        lane_log_mass_cast[b] = lane_log_mass[b];
    }
    log_softmax_forward_pass4_float_all(a, c, lane_shift_pivot, lane_log_mass_cast);
    for (b = 0; b < c->lanes; ++b) {
        a->result_shift[c->at[2] + b * w->lane_stride[2]] = (double)lane_shift[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_mass[c->at[2] + b * w->lane_stride[2]] = (double)lane_mass[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_log_mass[c->at[2] + b * w->lane_stride[2]] = (double)lane_log_mass[b];
    }
    (void)w;
}

int log_softmax_forward_float(
    const log_softmax_extents *extents,
    const float *x, const ptrdiff_t *x_strides,
    float *y, const ptrdiff_t *y_strides,
    double *result_shift,
    double *result_mass,
    double *result_log_mass,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"n", "n" };
    const ptrdiff_t *strides[2];
    log_softmax_arguments_float a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = log_softmax_check_extents(extents), outside;
    k = 0;
    if (status != LOG_SOFTMAX_OK) return status;
    if (x == NULL || y == NULL || result_shift == NULL || result_mass == NULL || result_log_mass == NULL)
        return LOG_SOFTMAX_NULL;
    if (threads < 1) return LOG_SOFTMAX_THREADS;
    if (workspace_size < log_softmax_forward_workspace(extents)) return LOG_SOFTMAX_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return LOG_SOFTMAX_WORKSPACE;
    if (log_softmax_count(extents, "nd") == 0) {
        return LOG_SOFTMAX_EMPTY;
    }
    strides[0] = x_strides;
    strides[1] = y_strides;
    log_softmax_plan(&a.walk, extents, "n", 2, strides, 1, layouts, sizeof(float), 0);
    a.x = x;
    a.y = y;
    a.result_shift = result_shift;
    a.result_mass = result_mass;
    a.result_log_mass = result_log_mass;
    a.few = log_softmax_count(extents, "d") < LOG_SOFTMAX_FEW;
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
            log_softmax_block c;
            log_softmax_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            log_softmax_forward_block_float(&a, &c);
        }
    }
    return LOG_SOFTMAX_OK;
}

LOG_SOFTMAX_INLINE void log_softmax_forward_pass2_double_element(
const double x, const double shift_pivot, double *to_v_sum_exp_shifted)
{
    const double at_x_shifted = x - shift_pivot;
    const double at_t1 = exp(at_x_shifted);
    *to_v_sum_exp_shifted = at_t1;
}

static void log_softmax_forward_pass2_double_row(ptrdiff_t n, const double *x, const double shift_pivot, double *high,
    double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + log_softmax_least(n - i, 64);
        double part_0[LOG_SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + LOG_SOFTMAX_CHAINS <= end; i += LOG_SOFTMAX_CHAINS) {
            LOG_SOFTMAX_SIMD
            for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
                double term_0;
                log_softmax_forward_pass2_double_element(x[i + k], shift_pivot, &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            log_softmax_forward_pass2_double_element(x[i], shift_pivot, &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = LOG_SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        log_softmax_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void log_softmax_forward_pass2_double_columns(ptrdiff_t n, const double *x, const double *shift_pivot,
    double *high_0, double *low_0)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        log_softmax_forward_pass2_double_element(x[i], shift_pivot[i], &term_0);
        log_softmax_add_double(&high_0[i], &low_0[i], term_0);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void log_softmax_forward_pass2_double_units(const log_softmax_arguments_double *a, const log_softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const long double *lane_shift_pivot, double *high, double *low)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    double buffer_x[LOG_SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_pivot[LOG_SOFTMAX_TILE];
        double high_0[LOG_SOFTMAX_TILE], low_0[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            log_softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, unit + 1, ahead);
                log_softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = log_softmax_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            log_softmax_forward_pass2_double_columns(n, x, column_shift_pivot, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                log_softmax_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                x = log_softmax_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                log_softmax_forward_pass2_double_row(n, x, (double)lane_shift_pivot[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void log_softmax_forward_pass2_double_sums(const log_softmax_arguments_double *a, const log_softmax_block *c,
    const long double *lane_shift_pivot, long double *sum_v_sum_exp_shifted)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * LOG_SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_forward_pass2_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot,
            part + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                log_softmax_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_exp_shifted[b] = (long double)log_softmax_whole_double(high, low);
        }
    }
}


LOG_SOFTMAX_INLINE void log_softmax_forward_pass2_extended_element(
const long double x, const long double shift_pivot, long double *to_v_sum_exp_shifted)
{
    const long double at_x_shifted = x - shift_pivot;
    const long double at_t1 = expl(at_x_shifted);
    *to_v_sum_exp_shifted = at_t1;
}

static void log_softmax_forward_pass2_extended_row(ptrdiff_t n, const double *x, const long double shift_pivot,
    long double *high, long double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + log_softmax_least(n - i, 64);
        long double part_0[LOG_SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + LOG_SOFTMAX_CHAINS <= end; i += LOG_SOFTMAX_CHAINS) {
            LOG_SOFTMAX_SIMD
            for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
                long double term_0;
                log_softmax_forward_pass2_extended_element((long double)x[i + k], shift_pivot, &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0;
            log_softmax_forward_pass2_extended_element((long double)x[i], shift_pivot, &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = LOG_SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        log_softmax_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void log_softmax_forward_pass2_extended_columns(ptrdiff_t n, const double *x, const long double *shift_pivot,
    long double *high_0, long double *low_0)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0;
        log_softmax_forward_pass2_extended_element((long double)x[i], shift_pivot[i], &term_0);
        log_softmax_add_extended(&high_0[i], &low_0[i], term_0);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void log_softmax_forward_pass2_extended_units(const log_softmax_arguments_double *a, const log_softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const long double *lane_shift_pivot, long double *high, long double *low)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    double buffer_x[LOG_SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double column_shift_pivot[LOG_SOFTMAX_TILE];
        long double high_0[LOG_SOFTMAX_TILE], low_0[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (long double)lane_shift_pivot[b];
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            log_softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, unit + 1, ahead);
                log_softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            x = log_softmax_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            log_softmax_forward_pass2_extended_columns(n, x, column_shift_pivot, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                log_softmax_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                x = log_softmax_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                log_softmax_forward_pass2_extended_row(n, x, (long double)lane_shift_pivot[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void log_softmax_forward_pass2_extended_sums(const log_softmax_arguments_double *a, const log_softmax_block *c,
    const long double *lane_shift_pivot, long double *sum_v_sum_exp_shifted)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    long double part[2 * 1 * LOG_SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_forward_pass2_extended_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot,
            part + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                log_softmax_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_exp_shifted[b] = (long double)log_softmax_whole_extended(high, low);
        }
    }
}


LOG_SOFTMAX_INLINE void log_softmax_forward_pass4_double_element(
const double x, const double shift_pivot, const double log_mass_cast, double *to_y)
{
    const double at_x_shifted = x - shift_pivot;
    const double at_t1 = at_x_shifted - log_mass_cast;
    *to_y = at_t1;
}

static void log_softmax_forward_pass4_double_row(ptrdiff_t n, const double *x, const double shift_pivot,
    const double log_mass_cast, double *out_y)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        log_softmax_forward_pass4_double_element(x[i], shift_pivot, log_mass_cast, &out_y[i]);
    }
}

static void log_softmax_forward_pass4_double_columns(ptrdiff_t n, const double *x, const double *shift_pivot,
    const double *log_mass_cast, double *out_y)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        log_softmax_forward_pass4_double_element(x[i], shift_pivot[i], log_mass_cast[i], &out_y[i]);
    }
}

/* Units first to end of a block. */
static void log_softmax_forward_pass4_double_units(const log_softmax_arguments_double *a, const log_softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const long double *lane_shift_pivot, const long double *lane_log_mass_cast)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    double buffer_x[LOG_SOFTMAX_TILE];
    double buffer_y[LOG_SOFTMAX_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_pivot[LOG_SOFTMAX_TILE];
        double column_log_mass_cast[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
                column_log_mass_cast[k] = (double)lane_log_mass_cast[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            double *out_y;
            log_softmax_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, first + end - 2 - unit, ahead);
                log_softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->y + ahead[1], n * (ptrdiff_t)sizeof(double));
            }
            x = log_softmax_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            out_y = (w->run_size == 1 || w->run_stride[1] == 1) && (c->lanes == 1 || w->lane_stride[1] == w->run_size)
                ? a->y + at[1] : buffer_y;
            log_softmax_forward_pass4_double_columns(n, x, column_shift_pivot, column_log_mass_cast, out_y);
            if (out_y == buffer_y) log_softmax_write_double(buffer_y, a->y + at[1], w->lane_stride[1], w->run_stride[1],
                c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->y + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                double *to_y = a->y + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                double *out_y;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                x = log_softmax_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                out_y = n == 1 || w->run_stride[1] == 1 ? to_y : buffer_y;
                log_softmax_forward_pass4_double_row(n, x, (double)lane_shift_pivot[b], (double)lane_log_mass_cast[b],
                    out_y);
                if (out_y == buffer_y) log_softmax_write_double(buffer_y, to_y, 0, w->run_stride[1], 1, n);
            }
        }
    }
}

static void log_softmax_forward_pass4_double_all(const log_softmax_arguments_double *a, const log_softmax_block *c,
    const long double *lane_shift_pivot, const long double *lane_log_mass_cast)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_forward_pass4_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot,
            lane_log_mass_cast);
    }
}


static void log_softmax_forward_block_double(const log_softmax_arguments_double *a, log_softmax_block *c)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t b;
    long double lane_largest_shift[LOG_SOFTMAX_LANES];
    long double lane_shift_pivot[LOG_SOFTMAX_LANES];
    long double lane_shift[LOG_SOFTMAX_LANES];
    long double lane_v_sum_exp_shifted[LOG_SOFTMAX_LANES];
    long double lane_mass[LOG_SOFTMAX_LANES];
    long double lane_log_mass[LOG_SOFTMAX_LANES];
    long double lane_log_mass_cast[LOG_SOFTMAX_LANES];
    long double again_largest_shift[LOG_SOFTMAX_LANES], again_v_sum_exp_shifted[LOG_SOFTMAX_LANES];
    int finite;
    if (c->lanes < 1) return;
    finite = 0;
    if (!a->few) {
        log_softmax_statistics_pass0_double_sums(a, c, lane_largest_shift);
        finite = log_softmax_finite_extended(lane_largest_shift, c->lanes);
    }
    if (!finite) {
        log_softmax_statistics_pass0_extended_sums(a, c, again_largest_shift);
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
        log_softmax_forward_pass2_double_sums(a, c, lane_shift_pivot, lane_v_sum_exp_shifted);
        finite = log_softmax_finite_extended(lane_v_sum_exp_shifted, c->lanes);
    }
    if (!finite) {
        log_softmax_forward_pass2_extended_sums(a, c, lane_shift_pivot, again_v_sum_exp_shifted);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_exp_shifted[b])) lane_v_sum_exp_shifted[b] = again_v_sum_exp_shifted[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mass[b] = lane_v_sum_exp_shifted[b];
        lane_log_mass[b] = logl(lane_mass[b]);
        lane_log_mass_cast[b] = lane_log_mass[b];
    }
    log_softmax_forward_pass4_double_all(a, c, lane_shift_pivot, lane_log_mass_cast);
    for (b = 0; b < c->lanes; ++b) {
        a->result_shift[c->at[2] + b * w->lane_stride[2]] = (double)lane_shift[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_mass[c->at[2] + b * w->lane_stride[2]] = (double)lane_mass[b];
    }
    for (b = 0; b < c->lanes; ++b) {
        a->result_log_mass[c->at[2] + b * w->lane_stride[2]] = (double)lane_log_mass[b];
    }
    (void)w;
}

int log_softmax_forward_double(
    const log_softmax_extents *extents,
    const double *x, const ptrdiff_t *x_strides,
    double *y, const ptrdiff_t *y_strides,
    double *result_shift,
    double *result_mass,
    double *result_log_mass,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"n", "n" };
    const ptrdiff_t *strides[2];
    log_softmax_arguments_double a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = log_softmax_check_extents(extents), outside;
    k = 0;
    if (status != LOG_SOFTMAX_OK) return status;
    if (x == NULL || y == NULL || result_shift == NULL || result_mass == NULL || result_log_mass == NULL)
        return LOG_SOFTMAX_NULL;
    if (threads < 1) return LOG_SOFTMAX_THREADS;
    if (workspace_size < log_softmax_forward_workspace(extents)) return LOG_SOFTMAX_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return LOG_SOFTMAX_WORKSPACE;
    if (log_softmax_count(extents, "nd") == 0) {
        return LOG_SOFTMAX_EMPTY;
    }
    strides[0] = x_strides;
    strides[1] = y_strides;
    log_softmax_plan(&a.walk, extents, "n", 2, strides, 1, layouts, sizeof(double), 0);
    a.x = x;
    a.y = y;
    a.result_shift = result_shift;
    a.result_mass = result_mass;
    a.result_log_mass = result_log_mass;
    a.few = log_softmax_count(extents, "d") < LOG_SOFTMAX_FEW;
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
            log_softmax_block c;
            log_softmax_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            log_softmax_forward_block_double(&a, &c);
        }
    }
    return LOG_SOFTMAX_OK;
}

size_t log_softmax_backward_workspace(const log_softmax_extents *extents)
{
    ptrdiff_t count = 0;
    if (log_softmax_check_extents(extents) != LOG_SOFTMAX_OK || log_softmax_count(extents, "nd") == 0) return 0;
    return (size_t)count * sizeof(double);
}

LOG_SOFTMAX_INLINE void log_softmax_backward_pass1_float_element(
const double grad_output, double *to_v_sum_grad_output)
{
    *to_v_sum_grad_output = grad_output;
}

static void log_softmax_backward_pass1_float_row(ptrdiff_t n, const float *grad_output, double *high, double *low,
    ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + log_softmax_least(n - i, 4096);
        double part_0[LOG_SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + LOG_SOFTMAX_CHAINS <= end; i += LOG_SOFTMAX_CHAINS) {
            LOG_SOFTMAX_SIMD
            for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
                double term_0;
                log_softmax_backward_pass1_float_element((double)grad_output[i + k], &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            log_softmax_backward_pass1_float_element((double)grad_output[i], &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = LOG_SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        log_softmax_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void log_softmax_backward_pass1_float_columns(ptrdiff_t n, const float *grad_output, double *high_0,
    double *low_0)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        log_softmax_backward_pass1_float_element((double)grad_output[i], &term_0);
        high_0[i] += term_0;
    }
    (void)low_0;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void log_softmax_backward_pass1_float_units(const log_softmax_arguments_float *a, const log_softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, double *high, double *low)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    float buffer_grad_output[LOG_SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double high_0[LOG_SOFTMAX_TILE], low_0[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *grad_output;
            log_softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, unit + 1, ahead);
                log_softmax_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(float));
            }
            grad_output = log_softmax_read_float_float(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            log_softmax_backward_pass1_float_columns(n, grad_output, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                log_softmax_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                grad_output = log_softmax_read_float_float(grad_output, 0, w->run_stride[0], 1, n, buffer_grad_output);
                log_softmax_backward_pass1_float_row(n, grad_output, high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void log_softmax_backward_pass1_float_sums(const log_softmax_arguments_float *a, const log_softmax_block *c,
    double *sum_v_sum_grad_output)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * LOG_SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_backward_pass1_float_units(a, c, units * k / splits, units * (k + 1) / splits, part + k * stride,
            part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                log_softmax_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_grad_output[b] = (double)log_softmax_whole_double(high, low);
        }
    }
}


LOG_SOFTMAX_INLINE void log_softmax_backward_pass3_float_element(
const float grad_output, const float x, const float shift_pivot, const float slope, float *to_grad_x)
{
    const float at_x_shifted = x - shift_pivot;
    const float at_t1 = expf(at_x_shifted);
    const float at_t2 = at_t1 * slope;
    const float at_t3 = grad_output + at_t2;
    *to_grad_x = at_t3;
}

static void log_softmax_backward_pass3_float_row(ptrdiff_t n, const float *grad_output, const float *x,
    const float shift_pivot, const float slope, float *out_grad_x)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        log_softmax_backward_pass3_float_element(grad_output[i], x[i], shift_pivot, slope, &out_grad_x[i]);
    }
}

static void log_softmax_backward_pass3_float_columns(ptrdiff_t n, const float *grad_output, const float *x,
    const float *shift_pivot, const float *slope, float *out_grad_x)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        log_softmax_backward_pass3_float_element(grad_output[i], x[i], shift_pivot[i], slope[i], &out_grad_x[i]);
    }
}

/* Units first to end of a block. */
static void log_softmax_backward_pass3_float_units(const log_softmax_arguments_float *a, const log_softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const double *lane_shift_pivot, const double *lane_slope)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    float buffer_grad_output[LOG_SOFTMAX_TILE];
    float buffer_x[LOG_SOFTMAX_TILE];
    float buffer_grad_x[LOG_SOFTMAX_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        float column_shift_pivot[LOG_SOFTMAX_TILE];
        float column_slope[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (float)lane_shift_pivot[b];
                column_slope[k] = (float)lane_slope[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *grad_output;
            const float *x;
            float *out_grad_x;
            log_softmax_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, first + end - 2 - unit, ahead);
                log_softmax_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(float));
                log_softmax_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(float));
                log_softmax_fetch(a->grad_x + ahead[2], n * (ptrdiff_t)sizeof(float));
            }
            grad_output = log_softmax_read_float_float(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = log_softmax_read_float_float(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes, w->run_size,
                buffer_x);
            out_grad_x = (w->run_size == 1 || w->run_stride[2] == 1) && (c->lanes == 1
                || w->lane_stride[2] == w->run_size) ? a->grad_x + at[2] : buffer_grad_x;
            log_softmax_backward_pass3_float_columns(n, grad_output, x, column_shift_pivot, column_slope, out_grad_x);
            if (out_grad_x == buffer_grad_x) log_softmax_write_float(buffer_grad_x, a->grad_x + at[2],
                w->lane_stride[2], w->run_stride[2], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
                log_softmax_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
                log_softmax_fetch(a->grad_x + ahead[2] + b * w->lane_stride[2], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const float *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                float *to_grad_x = a->grad_x + at[2] + b * w->lane_stride[2] + j * w->run_stride[2];
                float *out_grad_x;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run
                    : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                grad_output = log_softmax_read_float_float(grad_output, 0, w->run_stride[0], 1, n, buffer_grad_output);
                x = log_softmax_read_float_float(x, 0, w->run_stride[1], 1, n, buffer_x);
                out_grad_x = n == 1 || w->run_stride[2] == 1 ? to_grad_x : buffer_grad_x;
                log_softmax_backward_pass3_float_row(n, grad_output, x, (float)lane_shift_pivot[b],
                    (float)lane_slope[b], out_grad_x);
                if (out_grad_x == buffer_grad_x) log_softmax_write_float(buffer_grad_x, to_grad_x, 0, w->run_stride[2],
                    1, n);
            }
        }
    }
}

static void log_softmax_backward_pass3_float_all(const log_softmax_arguments_float *a, const log_softmax_block *c,
    const double *lane_shift_pivot, const double *lane_slope)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_backward_pass3_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot,
            lane_slope);
    }
}


static void log_softmax_backward_block_float(const log_softmax_arguments_float *a, log_softmax_block *c)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t b;
    double lane_shift[LOG_SOFTMAX_LANES];
    double lane_mass[LOG_SOFTMAX_LANES];
    double lane_shift_pivot[LOG_SOFTMAX_LANES];
    double lane_v_sum_grad_output[LOG_SOFTMAX_LANES];
    double lane_slope[LOG_SOFTMAX_LANES];
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_shift[b] = a->shift[c->at[3] + b * w->lane_stride[3]];
        lane_mass[b] = a->mass[c->at[3] + b * w->lane_stride[3]];
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_pivot[b] = lane_shift[b];
    }
    log_softmax_backward_pass1_float_sums(a, c, lane_v_sum_grad_output);
    for (b = 0; b < c->lanes; ++b) {
        lane_slope[b] = -lane_v_sum_grad_output[b]/lane_mass[b];
    }
    log_softmax_backward_pass3_float_all(a, c, lane_shift_pivot, lane_slope);
    (void)w;
}

int log_softmax_backward_float(
    const log_softmax_extents *extents,
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
    log_softmax_arguments_float a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = log_softmax_check_extents(extents), outside;
    k = 0;
    if (status != LOG_SOFTMAX_OK) return status;
    if (grad_output == NULL || x == NULL || grad_x == NULL || shift == NULL || mass == NULL) return LOG_SOFTMAX_NULL;
    if (threads < 1) return LOG_SOFTMAX_THREADS;
    if (workspace_size < log_softmax_backward_workspace(extents)) return LOG_SOFTMAX_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return LOG_SOFTMAX_WORKSPACE;
    if (log_softmax_count(extents, "nd") == 0) {
        return LOG_SOFTMAX_OK;
    }
    strides[0] = grad_output_strides;
    strides[1] = x_strides;
    strides[2] = grad_x_strides;
    log_softmax_plan(&a.walk, extents, "n", 3, strides, 1, layouts, sizeof(float), 0);
    a.grad_output = grad_output;
    a.x = x;
    a.grad_x = grad_x;
    a.shift = shift;
    a.mass = mass;
    a.few = log_softmax_count(extents, "d") < LOG_SOFTMAX_FEW;
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
            log_softmax_block c;
            log_softmax_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            log_softmax_backward_block_float(&a, &c);
        }
    }
    return LOG_SOFTMAX_OK;
}

LOG_SOFTMAX_INLINE void log_softmax_backward_pass1_double_element(
const double grad_output, double *to_v_sum_grad_output)
{
    *to_v_sum_grad_output = grad_output;
}

static void log_softmax_backward_pass1_double_row(ptrdiff_t n, const double *grad_output, double *high, double *low,
    ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + log_softmax_least(n - i, 64);
        double part_0[LOG_SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + LOG_SOFTMAX_CHAINS <= end; i += LOG_SOFTMAX_CHAINS) {
            LOG_SOFTMAX_SIMD
            for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
                double term_0;
                log_softmax_backward_pass1_double_element(grad_output[i + k], &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            log_softmax_backward_pass1_double_element(grad_output[i], &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = LOG_SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        log_softmax_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void log_softmax_backward_pass1_double_columns(ptrdiff_t n, const double *grad_output, double *high_0,
    double *low_0)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        log_softmax_backward_pass1_double_element(grad_output[i], &term_0);
        log_softmax_add_double(&high_0[i], &low_0[i], term_0);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void log_softmax_backward_pass1_double_units(const log_softmax_arguments_double *a, const log_softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, double *high, double *low)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    double buffer_grad_output[LOG_SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double high_0[LOG_SOFTMAX_TILE], low_0[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            log_softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, unit + 1, ahead);
                log_softmax_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = log_softmax_read_double_double(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            log_softmax_backward_pass1_double_columns(n, grad_output, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                log_softmax_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                grad_output = log_softmax_read_double_double(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                log_softmax_backward_pass1_double_row(n, grad_output, high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void log_softmax_backward_pass1_double_sums(const log_softmax_arguments_double *a, const log_softmax_block *c,
    long double *sum_v_sum_grad_output)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * LOG_SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_backward_pass1_double_units(a, c, units * k / splits, units * (k + 1) / splits, part + k * stride,
            part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                log_softmax_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_grad_output[b] = (long double)log_softmax_whole_double(high, low);
        }
    }
}


LOG_SOFTMAX_INLINE void log_softmax_backward_pass1_extended_element(
const long double grad_output, long double *to_v_sum_grad_output)
{
    *to_v_sum_grad_output = grad_output;
}

static void log_softmax_backward_pass1_extended_row(ptrdiff_t n, const double *grad_output, long double *high,
    long double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + log_softmax_least(n - i, 64);
        long double part_0[LOG_SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + LOG_SOFTMAX_CHAINS <= end; i += LOG_SOFTMAX_CHAINS) {
            LOG_SOFTMAX_SIMD
            for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
                long double term_0;
                log_softmax_backward_pass1_extended_element((long double)grad_output[i + k], &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0;
            log_softmax_backward_pass1_extended_element((long double)grad_output[i], &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = LOG_SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        log_softmax_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void log_softmax_backward_pass1_extended_columns(ptrdiff_t n, const double *grad_output, long double *high_0,
    long double *low_0)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0;
        log_softmax_backward_pass1_extended_element((long double)grad_output[i], &term_0);
        log_softmax_add_extended(&high_0[i], &low_0[i], term_0);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void log_softmax_backward_pass1_extended_units(const log_softmax_arguments_double *a, const log_softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, long double *high, long double *low)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    double buffer_grad_output[LOG_SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double high_0[LOG_SOFTMAX_TILE], low_0[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                high_0[k] = 0;
                low_0[k] = 0;
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            log_softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, unit + 1, ahead);
                log_softmax_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = log_softmax_read_double_double(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            log_softmax_backward_pass1_extended_columns(n, grad_output, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                log_softmax_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                n = w->run_stride[0] == 1 ? run : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                grad_output = log_softmax_read_double_double(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                log_softmax_backward_pass1_extended_row(n, grad_output, high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void log_softmax_backward_pass1_extended_sums(const log_softmax_arguments_double *a, const log_softmax_block *c,
    long double *sum_v_sum_grad_output)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    long double part[2 * 1 * LOG_SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_backward_pass1_extended_units(a, c, units * k / splits, units * (k + 1) / splits, part + k * stride,
            part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                log_softmax_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_grad_output[b] = (long double)log_softmax_whole_extended(high, low);
        }
    }
}


LOG_SOFTMAX_INLINE void log_softmax_backward_pass3_double_element(
const double grad_output, const double x, const double shift_pivot, const double slope, double *to_grad_x)
{
    const double at_x_shifted = x - shift_pivot;
    const double at_t1 = exp(at_x_shifted);
    const double at_t2 = at_t1 * slope;
    const double at_t3 = grad_output + at_t2;
    *to_grad_x = at_t3;
}

static void log_softmax_backward_pass3_double_row(ptrdiff_t n, const double *grad_output, const double *x,
    const double shift_pivot, const double slope, double *out_grad_x)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        log_softmax_backward_pass3_double_element(grad_output[i], x[i], shift_pivot, slope, &out_grad_x[i]);
    }
}

static void log_softmax_backward_pass3_double_columns(ptrdiff_t n, const double *grad_output, const double *x,
    const double *shift_pivot, const double *slope, double *out_grad_x)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        log_softmax_backward_pass3_double_element(grad_output[i], x[i], shift_pivot[i], slope[i], &out_grad_x[i]);
    }
}

/* Units first to end of a block. */
static void log_softmax_backward_pass3_double_units(const log_softmax_arguments_double *a, const log_softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const long double *lane_shift_pivot, const long double *lane_slope)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    double buffer_grad_output[LOG_SOFTMAX_TILE];
    double buffer_x[LOG_SOFTMAX_TILE];
    double buffer_grad_x[LOG_SOFTMAX_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_pivot[LOG_SOFTMAX_TILE];
        double column_slope[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
                column_slope[k] = (double)lane_slope[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *grad_output;
            const double *x;
            double *out_grad_x;
            log_softmax_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, first + end - 2 - unit, ahead);
                log_softmax_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->grad_x + ahead[2], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = log_softmax_read_double_double(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = log_softmax_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes, w->run_size,
                buffer_x);
            out_grad_x = (w->run_size == 1 || w->run_stride[2] == 1) && (c->lanes == 1
                || w->lane_stride[2] == w->run_size) ? a->grad_x + at[2] : buffer_grad_x;
            log_softmax_backward_pass3_double_columns(n, grad_output, x, column_shift_pivot, column_slope, out_grad_x);
            if (out_grad_x == buffer_grad_x) log_softmax_write_double(buffer_grad_x, a->grad_x + at[2],
                w->lane_stride[2], w->run_stride[2], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->grad_x + ahead[2] + b * w->lane_stride[2], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                double *to_grad_x = a->grad_x + at[2] + b * w->lane_stride[2] + j * w->run_stride[2];
                double *out_grad_x;
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run
                    : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                grad_output = log_softmax_read_double_double(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = log_softmax_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                out_grad_x = n == 1 || w->run_stride[2] == 1 ? to_grad_x : buffer_grad_x;
                log_softmax_backward_pass3_double_row(n, grad_output, x, (double)lane_shift_pivot[b],
                    (double)lane_slope[b], out_grad_x);
                if (out_grad_x == buffer_grad_x) log_softmax_write_double(buffer_grad_x, to_grad_x, 0, w->run_stride[2],
                    1, n);
            }
        }
    }
}

static void log_softmax_backward_pass3_double_all(const log_softmax_arguments_double *a, const log_softmax_block *c,
    const long double *lane_shift_pivot, const long double *lane_slope)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_backward_pass3_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot,
            lane_slope);
    }
}


static void log_softmax_backward_block_double(const log_softmax_arguments_double *a, log_softmax_block *c)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t b;
    long double lane_shift[LOG_SOFTMAX_LANES];
    long double lane_mass[LOG_SOFTMAX_LANES];
    long double lane_shift_pivot[LOG_SOFTMAX_LANES];
    long double lane_v_sum_grad_output[LOG_SOFTMAX_LANES];
    long double lane_slope[LOG_SOFTMAX_LANES];
    long double again_v_sum_grad_output[LOG_SOFTMAX_LANES];
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
        log_softmax_backward_pass1_double_sums(a, c, lane_v_sum_grad_output);
        finite = log_softmax_finite_extended(lane_v_sum_grad_output, c->lanes);
    }
    if (!finite) {
        log_softmax_backward_pass1_extended_sums(a, c, again_v_sum_grad_output);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_grad_output[b])) lane_v_sum_grad_output[b] = again_v_sum_grad_output[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_slope[b] = -lane_v_sum_grad_output[b]/lane_mass[b];
    }
    log_softmax_backward_pass3_double_all(a, c, lane_shift_pivot, lane_slope);
    (void)w;
}

int log_softmax_backward_double(
    const log_softmax_extents *extents,
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
    log_softmax_arguments_double a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = log_softmax_check_extents(extents), outside;
    k = 0;
    if (status != LOG_SOFTMAX_OK) return status;
    if (grad_output == NULL || x == NULL || grad_x == NULL || shift == NULL || mass == NULL) return LOG_SOFTMAX_NULL;
    if (threads < 1) return LOG_SOFTMAX_THREADS;
    if (workspace_size < log_softmax_backward_workspace(extents)) return LOG_SOFTMAX_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return LOG_SOFTMAX_WORKSPACE;
    if (log_softmax_count(extents, "nd") == 0) {
        return LOG_SOFTMAX_OK;
    }
    strides[0] = grad_output_strides;
    strides[1] = x_strides;
    strides[2] = grad_x_strides;
    log_softmax_plan(&a.walk, extents, "n", 3, strides, 1, layouts, sizeof(double), 0);
    a.grad_output = grad_output;
    a.x = x;
    a.grad_x = grad_x;
    a.shift = shift;
    a.mass = mass;
    a.few = log_softmax_count(extents, "d") < LOG_SOFTMAX_FEW;
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
            log_softmax_block c;
            log_softmax_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            log_softmax_backward_block_double(&a, &c);
        }
    }
    return LOG_SOFTMAX_OK;
}

size_t log_softmax_jvp_workspace(const log_softmax_extents *extents)
{
    ptrdiff_t count = 0;
    if (log_softmax_check_extents(extents) != LOG_SOFTMAX_OK || log_softmax_count(extents, "nd") == 0) return 0;
    return (size_t)count * sizeof(double);
}

LOG_SOFTMAX_INLINE void log_softmax_jvp_pass1_float_element(
const double x, const double tangent_x, const double shift_pivot, double *to_v_sum_exp_shifted_tangent_x)
{
    const double at_x_shifted = x - shift_pivot;
    const double at_t1 = exp(at_x_shifted);
    *to_v_sum_exp_shifted_tangent_x = at_t1 * tangent_x;
}

static void log_softmax_jvp_pass1_float_row(ptrdiff_t n, const float *x, const float *tangent_x,
    const double shift_pivot, double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + log_softmax_least(n - i, 4096);
        double part_0[LOG_SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + LOG_SOFTMAX_CHAINS <= end; i += LOG_SOFTMAX_CHAINS) {
            LOG_SOFTMAX_SIMD
            for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
                double term_0;
                log_softmax_jvp_pass1_float_element((double)x[i + k], (double)tangent_x[i + k], shift_pivot, &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            log_softmax_jvp_pass1_float_element((double)x[i], (double)tangent_x[i], shift_pivot, &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = LOG_SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        log_softmax_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void log_softmax_jvp_pass1_float_columns(ptrdiff_t n, const float *x, const float *tangent_x,
    const double *shift_pivot, double *high_0, double *low_0)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        log_softmax_jvp_pass1_float_element((double)x[i], (double)tangent_x[i], shift_pivot[i], &term_0);
        high_0[i] += term_0;
    }
    (void)low_0;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void log_softmax_jvp_pass1_float_units(const log_softmax_arguments_float *a, const log_softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const double *lane_shift_pivot, double *high, double *low)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    float buffer_x[LOG_SOFTMAX_TILE];
    float buffer_tangent_x[LOG_SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_pivot[LOG_SOFTMAX_TILE];
        double high_0[LOG_SOFTMAX_TILE], low_0[LOG_SOFTMAX_TILE];
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
            log_softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, unit + 1, ahead);
                log_softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(float));
                log_softmax_fetch(a->tangent_x + ahead[1], n * (ptrdiff_t)sizeof(float));
            }
            x = log_softmax_read_float_float(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            tangent_x = log_softmax_read_float_float(a->tangent_x + at[1], w->lane_stride[1], w->run_stride[1],
                c->lanes, w->run_size, buffer_tangent_x);
            log_softmax_jvp_pass1_float_columns(n, x, tangent_x, column_shift_pivot, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                log_softmax_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
                log_softmax_fetch(a->tangent_x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const float *tangent_x = a->tangent_x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                x = log_softmax_read_float_float(x, 0, w->run_stride[0], 1, n, buffer_x);
                tangent_x = log_softmax_read_float_float(tangent_x, 0, w->run_stride[1], 1, n, buffer_tangent_x);
                log_softmax_jvp_pass1_float_row(n, x, tangent_x, (double)lane_shift_pivot[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void log_softmax_jvp_pass1_float_sums(const log_softmax_arguments_float *a, const log_softmax_block *c,
    const double *lane_shift_pivot, double *sum_v_sum_exp_shifted_tangent_x)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * LOG_SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_jvp_pass1_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot, part
            + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                log_softmax_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_exp_shifted_tangent_x[b] = (double)log_softmax_whole_double(high, low);
        }
    }
}


LOG_SOFTMAX_INLINE void log_softmax_jvp_pass3_float_element(
const float tangent_x, const float shift_2, float *to_tangent_y)
{
    const float at_t1 = tangent_x - shift_2;
    *to_tangent_y = at_t1;
}

static void log_softmax_jvp_pass3_float_row(ptrdiff_t n, const float *tangent_x, const float shift_2,
    float *out_tangent_y)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        log_softmax_jvp_pass3_float_element(tangent_x[i], shift_2, &out_tangent_y[i]);
    }
}

static void log_softmax_jvp_pass3_float_columns(ptrdiff_t n, const float *tangent_x, const float *shift_2,
    float *out_tangent_y)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        log_softmax_jvp_pass3_float_element(tangent_x[i], shift_2[i], &out_tangent_y[i]);
    }
}

/* Units first to end of a block. */
static void log_softmax_jvp_pass3_float_units(const log_softmax_arguments_float *a, const log_softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const double *lane_shift_2)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    float buffer_tangent_x[LOG_SOFTMAX_TILE];
    float buffer_tangent_y[LOG_SOFTMAX_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        float column_shift_2[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_2[k] = (float)lane_shift_2[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *tangent_x;
            float *out_tangent_y;
            log_softmax_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, first + end - 2 - unit, ahead);
                log_softmax_fetch(a->tangent_x + ahead[1], n * (ptrdiff_t)sizeof(float));
                log_softmax_fetch(a->tangent_y + ahead[2], n * (ptrdiff_t)sizeof(float));
            }
            tangent_x = log_softmax_read_float_float(a->tangent_x + at[1], w->lane_stride[1], w->run_stride[1],
                c->lanes, w->run_size, buffer_tangent_x);
            out_tangent_y = (w->run_size == 1 || w->run_stride[2] == 1) && (c->lanes == 1
                || w->lane_stride[2] == w->run_size) ? a->tangent_y + at[2] : buffer_tangent_y;
            log_softmax_jvp_pass3_float_columns(n, tangent_x, column_shift_2, out_tangent_y);
            if (out_tangent_y == buffer_tangent_y) log_softmax_write_float(buffer_tangent_y, a->tangent_y + at[2],
                w->lane_stride[2], w->run_stride[2], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->tangent_x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
                log_softmax_fetch(a->tangent_y + ahead[2] + b * w->lane_stride[2], run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *tangent_x = a->tangent_x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                float *to_tangent_y = a->tangent_y + at[2] + b * w->lane_stride[2] + j * w->run_stride[2];
                float *out_tangent_y;
                n = w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                tangent_x = log_softmax_read_float_float(tangent_x, 0, w->run_stride[1], 1, n, buffer_tangent_x);
                out_tangent_y = n == 1 || w->run_stride[2] == 1 ? to_tangent_y : buffer_tangent_y;
                log_softmax_jvp_pass3_float_row(n, tangent_x, (float)lane_shift_2[b], out_tangent_y);
                if (out_tangent_y == buffer_tangent_y) log_softmax_write_float(buffer_tangent_y, to_tangent_y, 0,
                    w->run_stride[2], 1, n);
            }
        }
    }
}

static void log_softmax_jvp_pass3_float_all(const log_softmax_arguments_float *a, const log_softmax_block *c,
    const double *lane_shift_2)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_jvp_pass3_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_2);
    }
}


static void log_softmax_jvp_block_float(const log_softmax_arguments_float *a, log_softmax_block *c)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t b;
    double lane_shift[LOG_SOFTMAX_LANES];
    double lane_mass[LOG_SOFTMAX_LANES];
    double lane_shift_pivot[LOG_SOFTMAX_LANES];
    double lane_v_sum_exp_shifted_tangent_x[LOG_SOFTMAX_LANES];
    double lane_shift_2[LOG_SOFTMAX_LANES];
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_shift[b] = a->shift[c->at[3] + b * w->lane_stride[3]];
        lane_mass[b] = a->mass[c->at[3] + b * w->lane_stride[3]];
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_pivot[b] = lane_shift[b];
    }
    log_softmax_jvp_pass1_float_sums(a, c, lane_shift_pivot, lane_v_sum_exp_shifted_tangent_x);
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_2[b] = lane_v_sum_exp_shifted_tangent_x[b]/lane_mass[b];
    }
    log_softmax_jvp_pass3_float_all(a, c, lane_shift_2);
    (void)w;
}

int log_softmax_jvp_float(
    const log_softmax_extents *extents,
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
    log_softmax_arguments_float a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = log_softmax_check_extents(extents), outside;
    k = 0;
    if (status != LOG_SOFTMAX_OK) return status;
    if (x == NULL || tangent_x == NULL || tangent_y == NULL || shift == NULL || mass == NULL) return LOG_SOFTMAX_NULL;
    if (threads < 1) return LOG_SOFTMAX_THREADS;
    if (workspace_size < log_softmax_jvp_workspace(extents)) return LOG_SOFTMAX_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return LOG_SOFTMAX_WORKSPACE;
    if (log_softmax_count(extents, "nd") == 0) {
        return LOG_SOFTMAX_OK;
    }
    strides[0] = x_strides;
    strides[1] = tangent_x_strides;
    strides[2] = tangent_y_strides;
    log_softmax_plan(&a.walk, extents, "n", 3, strides, 1, layouts, sizeof(float), 0);
    a.x = x;
    a.tangent_x = tangent_x;
    a.tangent_y = tangent_y;
    a.shift = shift;
    a.mass = mass;
    a.few = log_softmax_count(extents, "d") < LOG_SOFTMAX_FEW;
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
            log_softmax_block c;
            log_softmax_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            log_softmax_jvp_block_float(&a, &c);
        }
    }
    return LOG_SOFTMAX_OK;
}

LOG_SOFTMAX_INLINE void log_softmax_jvp_pass1_double_element(
const double x, const double tangent_x, const double shift_pivot, double *to_v_sum_exp_shifted_tangent_x)
{
    const double at_x_shifted = x - shift_pivot;
    const double at_t1 = exp(at_x_shifted);
    *to_v_sum_exp_shifted_tangent_x = at_t1 * tangent_x;
}

static void log_softmax_jvp_pass1_double_row(ptrdiff_t n, const double *x, const double *tangent_x,
    const double shift_pivot, double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + log_softmax_least(n - i, 64);
        double part_0[LOG_SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + LOG_SOFTMAX_CHAINS <= end; i += LOG_SOFTMAX_CHAINS) {
            LOG_SOFTMAX_SIMD
            for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
                double term_0;
                log_softmax_jvp_pass1_double_element(x[i + k], tangent_x[i + k], shift_pivot, &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0;
            log_softmax_jvp_pass1_double_element(x[i], tangent_x[i], shift_pivot, &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = LOG_SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        log_softmax_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void log_softmax_jvp_pass1_double_columns(ptrdiff_t n, const double *x, const double *tangent_x,
    const double *shift_pivot, double *high_0, double *low_0)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0;
        log_softmax_jvp_pass1_double_element(x[i], tangent_x[i], shift_pivot[i], &term_0);
        log_softmax_add_double(&high_0[i], &low_0[i], term_0);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void log_softmax_jvp_pass1_double_units(const log_softmax_arguments_double *a, const log_softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const long double *lane_shift_pivot, double *high, double *low)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    double buffer_x[LOG_SOFTMAX_TILE];
    double buffer_tangent_x[LOG_SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_pivot[LOG_SOFTMAX_TILE];
        double high_0[LOG_SOFTMAX_TILE], low_0[LOG_SOFTMAX_TILE];
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
            log_softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, unit + 1, ahead);
                log_softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->tangent_x + ahead[1], n * (ptrdiff_t)sizeof(double));
            }
            x = log_softmax_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            tangent_x = log_softmax_read_double_double(a->tangent_x + at[1], w->lane_stride[1], w->run_stride[1],
                c->lanes, w->run_size, buffer_tangent_x);
            log_softmax_jvp_pass1_double_columns(n, x, tangent_x, column_shift_pivot, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                log_softmax_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->tangent_x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *tangent_x = a->tangent_x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                x = log_softmax_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                tangent_x = log_softmax_read_double_double(tangent_x, 0, w->run_stride[1], 1, n, buffer_tangent_x);
                log_softmax_jvp_pass1_double_row(n, x, tangent_x, (double)lane_shift_pivot[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void log_softmax_jvp_pass1_double_sums(const log_softmax_arguments_double *a, const log_softmax_block *c,
    const long double *lane_shift_pivot, long double *sum_v_sum_exp_shifted_tangent_x)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    double part[2 * 1 * LOG_SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_jvp_pass1_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot, part
            + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                log_softmax_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_exp_shifted_tangent_x[b] = (long double)log_softmax_whole_double(high, low);
        }
    }
}


LOG_SOFTMAX_INLINE void log_softmax_jvp_pass1_extended_element(
const long double x, const long double tangent_x, const long double shift_pivot,
    long double *to_v_sum_exp_shifted_tangent_x)
{
    const long double at_x_shifted = x - shift_pivot;
    const long double at_t1 = expl(at_x_shifted);
    *to_v_sum_exp_shifted_tangent_x = at_t1 * tangent_x;
}

static void log_softmax_jvp_pass1_extended_row(ptrdiff_t n, const double *x, const double *tangent_x,
    const long double shift_pivot, long double *high, long double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + log_softmax_least(n - i, 64);
        long double part_0[LOG_SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
        }
        for (; i + LOG_SOFTMAX_CHAINS <= end; i += LOG_SOFTMAX_CHAINS) {
            LOG_SOFTMAX_SIMD
            for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
                long double term_0;
                log_softmax_jvp_pass1_extended_element((long double)x[i + k], (long double)tangent_x[i + k],
                    shift_pivot, &term_0);
                part_0[k] = part_0[k] + term_0;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0;
            log_softmax_jvp_pass1_extended_element((long double)x[i], (long double)tangent_x[i], shift_pivot, &term_0);
            part_0[k] = part_0[k] + term_0;
        }
        for (k = LOG_SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
            }
        }
        log_softmax_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
    }
}

static void log_softmax_jvp_pass1_extended_columns(ptrdiff_t n, const double *x, const double *tangent_x,
    const long double *shift_pivot, long double *high_0, long double *low_0)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0;
        log_softmax_jvp_pass1_extended_element((long double)x[i], (long double)tangent_x[i], shift_pivot[i], &term_0);
        log_softmax_add_extended(&high_0[i], &low_0[i], term_0);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void log_softmax_jvp_pass1_extended_units(const log_softmax_arguments_double *a, const log_softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const long double *lane_shift_pivot, long double *high, long double *low)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    double buffer_x[LOG_SOFTMAX_TILE];
    double buffer_tangent_x[LOG_SOFTMAX_TILE];
    for (k = 0; k < 1 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double column_shift_pivot[LOG_SOFTMAX_TILE];
        long double high_0[LOG_SOFTMAX_TILE], low_0[LOG_SOFTMAX_TILE];
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
            log_softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, unit + 1, ahead);
                log_softmax_fetch(a->x + ahead[0], n * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->tangent_x + ahead[1], n * (ptrdiff_t)sizeof(double));
            }
            x = log_softmax_read_double_double(a->x + at[0], w->lane_stride[0], w->run_stride[0], c->lanes, w->run_size,
                buffer_x);
            tangent_x = log_softmax_read_double_double(a->tangent_x + at[1], w->lane_stride[1], w->run_stride[1],
                c->lanes, w->run_size, buffer_tangent_x);
            log_softmax_jvp_pass1_extended_columns(n, x, tangent_x, column_shift_pivot, high_0, low_0);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                log_softmax_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->x + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->tangent_x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *tangent_x = a->tangent_x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 ? run : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                x = log_softmax_read_double_double(x, 0, w->run_stride[0], 1, n, buffer_x);
                tangent_x = log_softmax_read_double_double(tangent_x, 0, w->run_stride[1], 1, n, buffer_tangent_x);
                log_softmax_jvp_pass1_extended_row(n, x, tangent_x, (long double)lane_shift_pivot[b], high + b, low + b,
                    c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void log_softmax_jvp_pass1_extended_sums(const log_softmax_arguments_double *a, const log_softmax_block *c,
    const long double *lane_shift_pivot, long double *sum_v_sum_exp_shifted_tangent_x)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 1 * c->lanes;
    long double part[2 * 1 * LOG_SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_jvp_pass1_extended_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_pivot, part
            + k * stride, part + k * stride + 1 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 1) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                log_softmax_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 1) * c->lanes + b];
            }
            sum_v_sum_exp_shifted_tangent_x[b] = (long double)log_softmax_whole_extended(high, low);
        }
    }
}


LOG_SOFTMAX_INLINE void log_softmax_jvp_pass3_double_element(
const double tangent_x, const double shift_2, double *to_tangent_y)
{
    const double at_t1 = tangent_x - shift_2;
    *to_tangent_y = at_t1;
}

static void log_softmax_jvp_pass3_double_row(ptrdiff_t n, const double *tangent_x, const double shift_2,
    double *out_tangent_y)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        log_softmax_jvp_pass3_double_element(tangent_x[i], shift_2, &out_tangent_y[i]);
    }
}

static void log_softmax_jvp_pass3_double_columns(ptrdiff_t n, const double *tangent_x, const double *shift_2,
    double *out_tangent_y)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        log_softmax_jvp_pass3_double_element(tangent_x[i], shift_2[i], &out_tangent_y[i]);
    }
}

/* Units first to end of a block. */
static void log_softmax_jvp_pass3_double_units(const log_softmax_arguments_double *a, const log_softmax_block *c,
    ptrdiff_t first, ptrdiff_t end, const long double *lane_shift_2)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    double buffer_tangent_x[LOG_SOFTMAX_TILE];
    double buffer_tangent_y[LOG_SOFTMAX_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_2[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_2[k] = (double)lane_shift_2[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *tangent_x;
            double *out_tangent_y;
            log_softmax_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, first + end - 2 - unit, ahead);
                log_softmax_fetch(a->tangent_x + ahead[1], n * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->tangent_y + ahead[2], n * (ptrdiff_t)sizeof(double));
            }
            tangent_x = log_softmax_read_double_double(a->tangent_x + at[1], w->lane_stride[1], w->run_stride[1],
                c->lanes, w->run_size, buffer_tangent_x);
            out_tangent_y = (w->run_size == 1 || w->run_stride[2] == 1) && (c->lanes == 1
                || w->lane_stride[2] == w->run_size) ? a->tangent_y + at[2] : buffer_tangent_y;
            log_softmax_jvp_pass3_double_columns(n, tangent_x, column_shift_2, out_tangent_y);
            if (out_tangent_y == buffer_tangent_y) log_softmax_write_double(buffer_tangent_y, a->tangent_y + at[2],
                w->lane_stride[2], w->run_stride[2], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->tangent_x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->tangent_y + ahead[2] + b * w->lane_stride[2], run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *tangent_x = a->tangent_x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                double *to_tangent_y = a->tangent_y + at[2] + b * w->lane_stride[2] + j * w->run_stride[2];
                double *out_tangent_y;
                n = w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                tangent_x = log_softmax_read_double_double(tangent_x, 0, w->run_stride[1], 1, n, buffer_tangent_x);
                out_tangent_y = n == 1 || w->run_stride[2] == 1 ? to_tangent_y : buffer_tangent_y;
                log_softmax_jvp_pass3_double_row(n, tangent_x, (double)lane_shift_2[b], out_tangent_y);
                if (out_tangent_y == buffer_tangent_y) log_softmax_write_double(buffer_tangent_y, to_tangent_y, 0,
                    w->run_stride[2], 1, n);
            }
        }
    }
}

static void log_softmax_jvp_pass3_double_all(const log_softmax_arguments_double *a, const log_softmax_block *c,
    const long double *lane_shift_2)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_jvp_pass3_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_2);
    }
}


static void log_softmax_jvp_block_double(const log_softmax_arguments_double *a, log_softmax_block *c)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t b;
    long double lane_shift[LOG_SOFTMAX_LANES];
    long double lane_mass[LOG_SOFTMAX_LANES];
    long double lane_shift_pivot[LOG_SOFTMAX_LANES];
    long double lane_v_sum_exp_shifted_tangent_x[LOG_SOFTMAX_LANES];
    long double lane_shift_2[LOG_SOFTMAX_LANES];
    long double again_v_sum_exp_shifted_tangent_x[LOG_SOFTMAX_LANES];
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
        log_softmax_jvp_pass1_double_sums(a, c, lane_shift_pivot, lane_v_sum_exp_shifted_tangent_x);
        finite = log_softmax_finite_extended(lane_v_sum_exp_shifted_tangent_x, c->lanes);
    }
    if (!finite) {
        log_softmax_jvp_pass1_extended_sums(a, c, lane_shift_pivot, again_v_sum_exp_shifted_tangent_x);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_exp_shifted_tangent_x[b])) lane_v_sum_exp_shifted_tangent_x[b]
                = again_v_sum_exp_shifted_tangent_x[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_2[b] = lane_v_sum_exp_shifted_tangent_x[b]/lane_mass[b];
    }
    log_softmax_jvp_pass3_double_all(a, c, lane_shift_2);
    (void)w;
}

int log_softmax_jvp_double(
    const log_softmax_extents *extents,
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
    log_softmax_arguments_double a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = log_softmax_check_extents(extents), outside;
    k = 0;
    if (status != LOG_SOFTMAX_OK) return status;
    if (x == NULL || tangent_x == NULL || tangent_y == NULL || shift == NULL || mass == NULL) return LOG_SOFTMAX_NULL;
    if (threads < 1) return LOG_SOFTMAX_THREADS;
    if (workspace_size < log_softmax_jvp_workspace(extents)) return LOG_SOFTMAX_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return LOG_SOFTMAX_WORKSPACE;
    if (log_softmax_count(extents, "nd") == 0) {
        return LOG_SOFTMAX_OK;
    }
    strides[0] = x_strides;
    strides[1] = tangent_x_strides;
    strides[2] = tangent_y_strides;
    log_softmax_plan(&a.walk, extents, "n", 3, strides, 1, layouts, sizeof(double), 0);
    a.x = x;
    a.tangent_x = tangent_x;
    a.tangent_y = tangent_y;
    a.shift = shift;
    a.mass = mass;
    a.few = log_softmax_count(extents, "d") < LOG_SOFTMAX_FEW;
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
            log_softmax_block c;
            log_softmax_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            log_softmax_jvp_block_double(&a, &c);
        }
    }
    return LOG_SOFTMAX_OK;
}

size_t log_softmax_double_backward_workspace(const log_softmax_extents *extents)
{
    ptrdiff_t count = 0;
    if (log_softmax_check_extents(extents) != LOG_SOFTMAX_OK || log_softmax_count(extents, "nd") == 0) return 0;
    return (size_t)count * sizeof(double);
}

LOG_SOFTMAX_INLINE void log_softmax_double_backward_pass1_float_element(
const double grad_output, const double x, const double cotangent_grad_input, const double shift_pivot,
    double *to_v_sum_cotangent_grad_input_exp_shifted, double *to_v_sum_grad_output)
{
    const double at_x_shifted = x - shift_pivot;
    const double at_t1 = exp(at_x_shifted);
    *to_v_sum_cotangent_grad_input_exp_shifted = cotangent_grad_input * at_t1;
    *to_v_sum_grad_output = grad_output;
}

static void log_softmax_double_backward_pass1_float_row(ptrdiff_t n, const float *grad_output, const float *x,
    const float *cotangent_grad_input, const double shift_pivot, double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + log_softmax_least(n - i, 4096);
        double part_0[LOG_SOFTMAX_CHAINS];
        double part_1[LOG_SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + LOG_SOFTMAX_CHAINS <= end; i += LOG_SOFTMAX_CHAINS) {
            LOG_SOFTMAX_SIMD
            for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
                double term_0, term_1;
                log_softmax_double_backward_pass1_float_element((double)grad_output[i + k], (double)x[i + k],
                    (double)cotangent_grad_input[i + k], shift_pivot, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1;
            log_softmax_double_backward_pass1_float_element((double)grad_output[i], (double)x[i],
                (double)cotangent_grad_input[i], shift_pivot, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = LOG_SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        log_softmax_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        log_softmax_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void log_softmax_double_backward_pass1_float_columns(ptrdiff_t n, const float *grad_output, const float *x,
    const float *cotangent_grad_input, const double *shift_pivot, double *high_0, double *low_0, double *high_1,
    double *low_1)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1;
        log_softmax_double_backward_pass1_float_element((double)grad_output[i], (double)x[i],
            (double)cotangent_grad_input[i], shift_pivot[i], &term_0, &term_1);
        high_0[i] += term_0;
        high_1[i] += term_1;
    }
    (void)low_0;
    (void)low_1;
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void log_softmax_double_backward_pass1_float_units(const log_softmax_arguments_float *a,
    const log_softmax_block *c, ptrdiff_t first, ptrdiff_t end, const double *lane_shift_pivot, double *high,
    double *low)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    float buffer_grad_output[LOG_SOFTMAX_TILE];
    float buffer_x[LOG_SOFTMAX_TILE];
    float buffer_cotangent_grad_input[LOG_SOFTMAX_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_pivot[LOG_SOFTMAX_TILE];
        double high_0[LOG_SOFTMAX_TILE], low_0[LOG_SOFTMAX_TILE];
        double high_1[LOG_SOFTMAX_TILE], low_1[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
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
            log_softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, unit + 1, ahead);
                log_softmax_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(float));
                log_softmax_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(float));
                log_softmax_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(float));
            }
            grad_output = log_softmax_read_float_float(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = log_softmax_read_float_float(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes, w->run_size,
                buffer_x);
            cotangent_grad_input = log_softmax_read_float_float(a->cotangent_grad_input + at[2], w->lane_stride[2],
                w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            log_softmax_double_backward_pass1_float_columns(n, grad_output, x, cotangent_grad_input, column_shift_pivot,
                high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                log_softmax_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                log_softmax_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(float));
                log_softmax_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
                log_softmax_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const float *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                const float *cotangent_grad_input = a->cotangent_grad_input + at[2] + b * w->lane_stride[2]
                    + j * w->run_stride[2];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run
                    : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                grad_output = log_softmax_read_float_float(grad_output, 0, w->run_stride[0], 1, n, buffer_grad_output);
                x = log_softmax_read_float_float(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = log_softmax_read_float_float(cotangent_grad_input, 0, w->run_stride[2], 1, n,
                    buffer_cotangent_grad_input);
                log_softmax_double_backward_pass1_float_row(n, grad_output, x, cotangent_grad_input,
                    (double)lane_shift_pivot[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void log_softmax_double_backward_pass1_float_sums(const log_softmax_arguments_float *a,
    const log_softmax_block *c, const double *lane_shift_pivot, double *sum_v_sum_cotangent_grad_input_exp_shifted,
    double *sum_v_sum_grad_output)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    double part[2 * 2 * LOG_SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_double_backward_pass1_float_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_shift_pivot, part + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                log_softmax_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input_exp_shifted[b] = (double)log_softmax_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                log_softmax_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_grad_output[b] = (double)log_softmax_whole_double(high, low);
        }
    }
}


LOG_SOFTMAX_INLINE void log_softmax_double_backward_pass3_float_element(
const float x, const float cotangent_grad_input, const float shift_2, const float shift_pivot, const float scale,
    float *to_grad_x, float *to_grad_grad_output)
{
    const float at_t1 = cotangent_grad_input - shift_2;
    const float at_x_shifted = x - shift_pivot;
    const float at_t2 = expf(at_x_shifted);
    const float at_t3 = at_t1 * at_t2;
    const float at_t4 = at_t3 * scale;
    *to_grad_x = at_t4;
    *to_grad_grad_output = at_t1;
}

static void log_softmax_double_backward_pass3_float_row(ptrdiff_t n, const float *x, const float *cotangent_grad_input,
    const float shift_2, const float shift_pivot, const float scale, float *out_grad_x, float *out_grad_grad_output)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        log_softmax_double_backward_pass3_float_element(x[i], cotangent_grad_input[i], shift_2, shift_pivot, scale,
            &out_grad_x[i], &out_grad_grad_output[i]);
    }
}

static void log_softmax_double_backward_pass3_float_columns(ptrdiff_t n, const float *x,
    const float *cotangent_grad_input, const float *shift_2, const float *shift_pivot, const float *scale,
    float *out_grad_x, float *out_grad_grad_output)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        log_softmax_double_backward_pass3_float_element(x[i], cotangent_grad_input[i], shift_2[i], shift_pivot[i],
            scale[i], &out_grad_x[i], &out_grad_grad_output[i]);
    }
}

/* Units first to end of a block. */
static void log_softmax_double_backward_pass3_float_units(const log_softmax_arguments_float *a,
    const log_softmax_block *c, ptrdiff_t first, ptrdiff_t end, const double *lane_shift_2,
    const double *lane_shift_pivot, const double *lane_scale)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    float buffer_x[LOG_SOFTMAX_TILE];
    float buffer_cotangent_grad_input[LOG_SOFTMAX_TILE];
    float buffer_grad_x[LOG_SOFTMAX_TILE];
    float buffer_grad_grad_output[LOG_SOFTMAX_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        float column_shift_2[LOG_SOFTMAX_TILE];
        float column_shift_pivot[LOG_SOFTMAX_TILE];
        float column_scale[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_2[k] = (float)lane_shift_2[b];
                column_shift_pivot[k] = (float)lane_shift_pivot[b];
                column_scale[k] = (float)lane_scale[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const float *x;
            const float *cotangent_grad_input;
            float *out_grad_x;
            float *out_grad_grad_output;
            log_softmax_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, first + end - 2 - unit, ahead);
                log_softmax_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(float));
                log_softmax_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(float));
                log_softmax_fetch(a->grad_x + ahead[4], n * (ptrdiff_t)sizeof(float));
                log_softmax_fetch(a->grad_grad_output + ahead[3], n * (ptrdiff_t)sizeof(float));
            }
            x = log_softmax_read_float_float(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes, w->run_size,
                buffer_x);
            cotangent_grad_input = log_softmax_read_float_float(a->cotangent_grad_input + at[2], w->lane_stride[2],
                w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            out_grad_x = (w->run_size == 1 || w->run_stride[4] == 1) && (c->lanes == 1
                || w->lane_stride[4] == w->run_size) ? a->grad_x + at[4] : buffer_grad_x;
            out_grad_grad_output = (w->run_size == 1 || w->run_stride[3] == 1) && (c->lanes == 1
                || w->lane_stride[3] == w->run_size) ? a->grad_grad_output + at[3] : buffer_grad_grad_output;
            log_softmax_double_backward_pass3_float_columns(n, x, cotangent_grad_input, column_shift_2,
                column_shift_pivot, column_scale, out_grad_x, out_grad_grad_output);
            if (out_grad_x == buffer_grad_x) log_softmax_write_float(buffer_grad_x, a->grad_x + at[4],
                w->lane_stride[4], w->run_stride[4], c->lanes, w->run_size);
            if (out_grad_grad_output == buffer_grad_grad_output) log_softmax_write_float(buffer_grad_grad_output,
                a->grad_grad_output + at[3], w->lane_stride[3], w->run_stride[3], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(float));
                log_softmax_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(float));
                log_softmax_fetch(a->grad_x + ahead[4] + b * w->lane_stride[4], run * (ptrdiff_t)sizeof(float));
                log_softmax_fetch(a->grad_grad_output + ahead[3] + b * w->lane_stride[3],
                    run * (ptrdiff_t)sizeof(float));
            }
            for (j = 0; j < run; j += n) {
                const float *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                const float *cotangent_grad_input = a->cotangent_grad_input + at[2] + b * w->lane_stride[2]
                    + j * w->run_stride[2];
                float *to_grad_x = a->grad_x + at[4] + b * w->lane_stride[4] + j * w->run_stride[4];
                float *out_grad_x;
                float *to_grad_grad_output = a->grad_grad_output + at[3] + b * w->lane_stride[3] + j * w->run_stride[3];
                float *out_grad_grad_output;
                n = w->run_stride[1] == 1 && w->run_stride[2] == 1 && w->run_stride[4] == 1 && w->run_stride[3] == 1
                    ? run : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                x = log_softmax_read_float_float(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = log_softmax_read_float_float(cotangent_grad_input, 0, w->run_stride[2], 1, n,
                    buffer_cotangent_grad_input);
                out_grad_x = n == 1 || w->run_stride[4] == 1 ? to_grad_x : buffer_grad_x;
                out_grad_grad_output = n == 1 || w->run_stride[3] == 1 ? to_grad_grad_output : buffer_grad_grad_output;
                log_softmax_double_backward_pass3_float_row(n, x, cotangent_grad_input, (float)lane_shift_2[b],
                    (float)lane_shift_pivot[b], (float)lane_scale[b], out_grad_x, out_grad_grad_output);
                if (out_grad_x == buffer_grad_x) log_softmax_write_float(buffer_grad_x, to_grad_x, 0, w->run_stride[4],
                    1, n);
                if (out_grad_grad_output == buffer_grad_grad_output) log_softmax_write_float(buffer_grad_grad_output,
                    to_grad_grad_output, 0, w->run_stride[3], 1, n);
            }
        }
    }
}

static void log_softmax_double_backward_pass3_float_all(const log_softmax_arguments_float *a,
    const log_softmax_block *c, const double *lane_shift_2, const double *lane_shift_pivot, const double *lane_scale)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_double_backward_pass3_float_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_2,
            lane_shift_pivot, lane_scale);
    }
}


static void log_softmax_double_backward_block_float(const log_softmax_arguments_float *a, log_softmax_block *c)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t b;
    double lane_shift[LOG_SOFTMAX_LANES];
    double lane_mass[LOG_SOFTMAX_LANES];
    double lane_shift_pivot[LOG_SOFTMAX_LANES];
    double lane_v_sum_cotangent_grad_input_exp_shifted[LOG_SOFTMAX_LANES];
    double lane_v_sum_grad_output[LOG_SOFTMAX_LANES];
    double lane_shift_2[LOG_SOFTMAX_LANES];
    double lane_scale[LOG_SOFTMAX_LANES];
    if (c->lanes < 1) return;
    for (b = 0; b < c->lanes; ++b) {
        lane_shift[b] = a->shift[c->at[5] + b * w->lane_stride[5]];
        lane_mass[b] = a->mass[c->at[5] + b * w->lane_stride[5]];
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_pivot[b] = lane_shift[b];
    }
    log_softmax_double_backward_pass1_float_sums(a, c, lane_shift_pivot, lane_v_sum_cotangent_grad_input_exp_shifted,
        lane_v_sum_grad_output);
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_2[b] = lane_v_sum_cotangent_grad_input_exp_shifted[b]/lane_mass[b];
        lane_scale[b] = -lane_v_sum_grad_output[b]/lane_mass[b];
    }
    log_softmax_double_backward_pass3_float_all(a, c, lane_shift_2, lane_shift_pivot, lane_scale);
    (void)w;
}

int log_softmax_double_backward_float(
    const log_softmax_extents *extents,
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
    log_softmax_arguments_float a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = log_softmax_check_extents(extents), outside;
    k = 0;
    if (status != LOG_SOFTMAX_OK) return status;
    if (grad_output == NULL || x == NULL || cotangent_grad_input == NULL || grad_grad_output == NULL || grad_x == NULL
        || shift == NULL || mass == NULL) return LOG_SOFTMAX_NULL;
    if (threads < 1) return LOG_SOFTMAX_THREADS;
    if (workspace_size < log_softmax_double_backward_workspace(extents)) return LOG_SOFTMAX_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return LOG_SOFTMAX_WORKSPACE;
    if (log_softmax_count(extents, "nd") == 0) {
        return LOG_SOFTMAX_OK;
    }
    strides[0] = grad_output_strides;
    strides[1] = x_strides;
    strides[2] = cotangent_grad_input_strides;
    strides[3] = grad_grad_output_strides;
    strides[4] = grad_x_strides;
    log_softmax_plan(&a.walk, extents, "n", 5, strides, 1, layouts, sizeof(float), 0);
    a.grad_output = grad_output;
    a.x = x;
    a.cotangent_grad_input = cotangent_grad_input;
    a.grad_grad_output = grad_grad_output;
    a.grad_x = grad_x;
    a.shift = shift;
    a.mass = mass;
    a.few = log_softmax_count(extents, "d") < LOG_SOFTMAX_FEW;
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
            log_softmax_block c;
            log_softmax_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            log_softmax_double_backward_block_float(&a, &c);
        }
    }
    return LOG_SOFTMAX_OK;
}

LOG_SOFTMAX_INLINE void log_softmax_double_backward_pass1_double_element(
const double grad_output, const double x, const double cotangent_grad_input, const double shift_pivot,
    double *to_v_sum_cotangent_grad_input_exp_shifted, double *to_v_sum_grad_output)
{
    const double at_x_shifted = x - shift_pivot;
    const double at_t1 = exp(at_x_shifted);
    *to_v_sum_cotangent_grad_input_exp_shifted = cotangent_grad_input * at_t1;
    *to_v_sum_grad_output = grad_output;
}

static void log_softmax_double_backward_pass1_double_row(ptrdiff_t n, const double *grad_output, const double *x,
    const double *cotangent_grad_input, const double shift_pivot, double *high, double *low, ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + log_softmax_least(n - i, 64);
        double part_0[LOG_SOFTMAX_CHAINS];
        double part_1[LOG_SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + LOG_SOFTMAX_CHAINS <= end; i += LOG_SOFTMAX_CHAINS) {
            LOG_SOFTMAX_SIMD
            for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
                double term_0, term_1;
                log_softmax_double_backward_pass1_double_element(grad_output[i + k], x[i + k], cotangent_grad_input[i
                    + k], shift_pivot, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            double term_0, term_1;
            log_softmax_double_backward_pass1_double_element(grad_output[i], x[i], cotangent_grad_input[i], shift_pivot,
                &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = LOG_SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        log_softmax_add_double(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        log_softmax_add_double(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void log_softmax_double_backward_pass1_double_columns(ptrdiff_t n, const double *grad_output, const double *x,
    const double *cotangent_grad_input, const double *shift_pivot, double *high_0, double *low_0, double *high_1,
    double *low_1)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        double term_0, term_1;
        log_softmax_double_backward_pass1_double_element(grad_output[i], x[i], cotangent_grad_input[i], shift_pivot[i],
            &term_0, &term_1);
        log_softmax_add_double(&high_0[i], &low_0[i], term_0);
        log_softmax_add_double(&high_1[i], &low_1[i], term_1);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void log_softmax_double_backward_pass1_double_units(const log_softmax_arguments_double *a,
    const log_softmax_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_shift_pivot, double *high,
    double *low)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    double buffer_grad_output[LOG_SOFTMAX_TILE];
    double buffer_x[LOG_SOFTMAX_TILE];
    double buffer_cotangent_grad_input[LOG_SOFTMAX_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_pivot[LOG_SOFTMAX_TILE];
        double high_0[LOG_SOFTMAX_TILE], low_0[LOG_SOFTMAX_TILE];
        double high_1[LOG_SOFTMAX_TILE], low_1[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
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
            log_softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, unit + 1, ahead);
                log_softmax_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = log_softmax_read_double_double(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = log_softmax_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes, w->run_size,
                buffer_x);
            cotangent_grad_input = log_softmax_read_double_double(a->cotangent_grad_input + at[2], w->lane_stride[2],
                w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            log_softmax_double_backward_pass1_double_columns(n, grad_output, x, cotangent_grad_input,
                column_shift_pivot, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                log_softmax_add_double(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                log_softmax_add_double(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                const double *cotangent_grad_input = a->cotangent_grad_input + at[2] + b * w->lane_stride[2]
                    + j * w->run_stride[2];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run
                    : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                grad_output = log_softmax_read_double_double(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = log_softmax_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = log_softmax_read_double_double(cotangent_grad_input, 0, w->run_stride[2], 1, n,
                    buffer_cotangent_grad_input);
                log_softmax_double_backward_pass1_double_row(n, grad_output, x, cotangent_grad_input,
                    (double)lane_shift_pivot[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void log_softmax_double_backward_pass1_double_sums(const log_softmax_arguments_double *a,
    const log_softmax_block *c, const long double *lane_shift_pivot,
    long double *sum_v_sum_cotangent_grad_input_exp_shifted, long double *sum_v_sum_grad_output)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    double part[2 * 2 * LOG_SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_double_backward_pass1_double_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_shift_pivot, part + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                log_softmax_add_double(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input_exp_shifted[b] = (long double)log_softmax_whole_double(high, low);
        }
        {
            double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                log_softmax_add_double(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_grad_output[b] = (long double)log_softmax_whole_double(high, low);
        }
    }
}


LOG_SOFTMAX_INLINE void log_softmax_double_backward_pass1_extended_element(
const long double grad_output, const long double x, const long double cotangent_grad_input,
    const long double shift_pivot, long double *to_v_sum_cotangent_grad_input_exp_shifted,
    long double *to_v_sum_grad_output)
{
    const long double at_x_shifted = x - shift_pivot;
    const long double at_t1 = expl(at_x_shifted);
    *to_v_sum_cotangent_grad_input_exp_shifted = cotangent_grad_input * at_t1;
    *to_v_sum_grad_output = grad_output;
}

static void log_softmax_double_backward_pass1_extended_row(ptrdiff_t n, const double *grad_output, const double *x,
    const double *cotangent_grad_input, const long double shift_pivot, long double *high, long double *low,
    ptrdiff_t lanes)
{
    ptrdiff_t i = 0;
    while (i < n) {
        const ptrdiff_t end = i + log_softmax_least(n - i, 64);
        long double part_0[LOG_SOFTMAX_CHAINS];
        long double part_1[LOG_SOFTMAX_CHAINS];
        int k;
        for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
            part_0[k] = 0;
            part_1[k] = 0;
        }
        for (; i + LOG_SOFTMAX_CHAINS <= end; i += LOG_SOFTMAX_CHAINS) {
            LOG_SOFTMAX_SIMD
            for (k = 0; k < LOG_SOFTMAX_CHAINS; ++k) {
                long double term_0, term_1;
                log_softmax_double_backward_pass1_extended_element((long double)grad_output[i + k], (long double)x[i
                    + k], (long double)cotangent_grad_input[i + k], shift_pivot, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
        }
        for (k = 0; i < end; ++i, ++k) {
            long double term_0, term_1;
            log_softmax_double_backward_pass1_extended_element((long double)grad_output[i], (long double)x[i],
                (long double)cotangent_grad_input[i], shift_pivot, &term_0, &term_1);
            part_0[k] = part_0[k] + term_0;
            part_1[k] = part_1[k] + term_1;
        }
        for (k = LOG_SOFTMAX_CHAINS / 2; k > 0; k /= 2) {
            int m;
            for (m = 0; m < k; ++m) {
                part_0[m] = part_0[m] + part_0[m + k];
                part_1[m] = part_1[m] + part_1[m + k];
            }
        }
        log_softmax_add_extended(&high[0 * lanes], &low[0 * lanes], part_0[0]);
        log_softmax_add_extended(&high[1 * lanes], &low[1 * lanes], part_1[0]);
    }
}

static void log_softmax_double_backward_pass1_extended_columns(ptrdiff_t n, const double *grad_output, const double *x,
    const double *cotangent_grad_input, const long double *shift_pivot, long double *high_0, long double *low_0,
    long double *high_1, long double *low_1)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        long double term_0, term_1;
        log_softmax_double_backward_pass1_extended_element((long double)grad_output[i], (long double)x[i],
            (long double)cotangent_grad_input[i], shift_pivot[i], &term_0, &term_1);
        log_softmax_add_extended(&high_0[i], &low_0[i], term_0);
        log_softmax_add_extended(&high_1[i], &low_1[i], term_1);
    }
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void log_softmax_double_backward_pass1_extended_units(const log_softmax_arguments_double *a,
    const log_softmax_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_shift_pivot, long double *high,
    long double *low)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    double buffer_grad_output[LOG_SOFTMAX_TILE];
    double buffer_x[LOG_SOFTMAX_TILE];
    double buffer_cotangent_grad_input[LOG_SOFTMAX_TILE];
    for (k = 0; k < 2 * c->lanes; ++k) low[k] = 0;
    for (k = 0; k < c->lanes; ++k) high[0 * c->lanes + k] = 0;
    for (k = 0; k < c->lanes; ++k) high[1 * c->lanes + k] = 0;
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        long double column_shift_pivot[LOG_SOFTMAX_TILE];
        long double high_0[LOG_SOFTMAX_TILE], low_0[LOG_SOFTMAX_TILE];
        long double high_1[LOG_SOFTMAX_TILE], low_1[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_pivot[k] = (long double)lane_shift_pivot[b];
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
            log_softmax_unit(w, c, unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, unit + 1, ahead);
                log_softmax_fetch(a->grad_output + ahead[0], n * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(double));
            }
            grad_output = log_softmax_read_double_double(a->grad_output + at[0], w->lane_stride[0], w->run_stride[0],
                c->lanes, w->run_size, buffer_grad_output);
            x = log_softmax_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes, w->run_size,
                buffer_x);
            cotangent_grad_input = log_softmax_read_double_double(a->cotangent_grad_input + at[2], w->lane_stride[2],
                w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            log_softmax_double_backward_pass1_extended_columns(n, grad_output, x, cotangent_grad_input,
                column_shift_pivot, high_0, low_0, high_1, low_1);
        }
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                log_softmax_add_extended(&high[0 * c->lanes + b], &low[0 * c->lanes + b], high_0[k]);
                low[0 * c->lanes + b] += low_0[k];
                log_softmax_add_extended(&high[1 * c->lanes + b], &low[1 * c->lanes + b], high_1[k]);
                low[1 * c->lanes + b] += low_1[k];
            }
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, unit + 1, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->grad_output + ahead[0] + b * w->lane_stride[0], run * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *grad_output = a->grad_output + at[0] + b * w->lane_stride[0] + j * w->run_stride[0];
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                const double *cotangent_grad_input = a->cotangent_grad_input + at[2] + b * w->lane_stride[2]
                    + j * w->run_stride[2];
                n = w->run_stride[0] == 1 && w->run_stride[1] == 1 && w->run_stride[2] == 1 ? run
                    : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                grad_output = log_softmax_read_double_double(grad_output, 0, w->run_stride[0], 1, n,
                    buffer_grad_output);
                x = log_softmax_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = log_softmax_read_double_double(cotangent_grad_input, 0, w->run_stride[2], 1, n,
                    buffer_cotangent_grad_input);
                log_softmax_double_backward_pass1_extended_row(n, grad_output, x, cotangent_grad_input,
                    (long double)lane_shift_pivot[b], high + b, low + b, c->lanes);
            }
        }
    }
}

/* The sums of a block: its parts in order. */
static void log_softmax_double_backward_pass1_extended_sums(const log_softmax_arguments_double *a,
    const log_softmax_block *c, const long double *lane_shift_pivot,
    long double *sum_v_sum_cotangent_grad_input_exp_shifted, long double *sum_v_sum_grad_output)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units, stride = 2 * 2 * c->lanes;
    long double part[2 * 2 * LOG_SOFTMAX_LANES];
    ptrdiff_t k, b;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_double_backward_pass1_extended_units(a, c, units * k / splits, units * (k + 1) / splits,
            lane_shift_pivot, part + k * stride, part + k * stride + 2 * c->lanes);
    }
    for (b = 0; b < c->lanes; ++b) {
        {
            long double high = part[0 * c->lanes + b], low = part[(0 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                log_softmax_add_extended(&high, &low, part[k * stride + 0 * c->lanes + b]);
                low += part[k * stride + (0 + 2) * c->lanes + b];
            }
            sum_v_sum_cotangent_grad_input_exp_shifted[b] = (long double)log_softmax_whole_extended(high, low);
        }
        {
            long double high = part[1 * c->lanes + b], low = part[(1 + 2) * c->lanes + b];
            for (k = 1; k < splits; ++k) {
                log_softmax_add_extended(&high, &low, part[k * stride + 1 * c->lanes + b]);
                low += part[k * stride + (1 + 2) * c->lanes + b];
            }
            sum_v_sum_grad_output[b] = (long double)log_softmax_whole_extended(high, low);
        }
    }
}


LOG_SOFTMAX_INLINE void log_softmax_double_backward_pass3_double_element(
const double x, const double cotangent_grad_input, const double shift_2, const double shift_pivot, const double scale,
    double *to_grad_x, double *to_grad_grad_output)
{
    const double at_t1 = cotangent_grad_input - shift_2;
    const double at_x_shifted = x - shift_pivot;
    const double at_t2 = exp(at_x_shifted);
    const double at_t3 = at_t1 * at_t2;
    const double at_t4 = at_t3 * scale;
    *to_grad_x = at_t4;
    *to_grad_grad_output = at_t1;
}

static void log_softmax_double_backward_pass3_double_row(ptrdiff_t n, const double *x,
    const double *cotangent_grad_input, const double shift_2, const double shift_pivot, const double scale,
    double *out_grad_x, double *out_grad_grad_output)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        log_softmax_double_backward_pass3_double_element(x[i], cotangent_grad_input[i], shift_2, shift_pivot, scale,
            &out_grad_x[i], &out_grad_grad_output[i]);
    }
}

static void log_softmax_double_backward_pass3_double_columns(ptrdiff_t n, const double *x,
    const double *cotangent_grad_input, const double *shift_2, const double *shift_pivot, const double *scale,
    double *out_grad_x, double *out_grad_grad_output)
{
    ptrdiff_t i;
    LOG_SOFTMAX_SIMD
    for (i = 0; i < n; ++i) {
        log_softmax_double_backward_pass3_double_element(x[i], cotangent_grad_input[i], shift_2[i], shift_pivot[i],
            scale[i], &out_grad_x[i], &out_grad_grad_output[i]);
    }
}

/* Units first to end of a block. */
static void log_softmax_double_backward_pass3_double_units(const log_softmax_arguments_double *a,
    const log_softmax_block *c, ptrdiff_t first, ptrdiff_t end, const long double *lane_shift_2,
    const long double *lane_shift_pivot, const long double *lane_scale)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t at[LOG_SOFTMAX_TABLES], ahead[LOG_SOFTMAX_TABLES], unit, b, k;
    double buffer_x[LOG_SOFTMAX_TILE];
    double buffer_cotangent_grad_input[LOG_SOFTMAX_TILE];
    double buffer_grad_x[LOG_SOFTMAX_TILE];
    double buffer_grad_grad_output[LOG_SOFTMAX_TILE];
    if (w->columns) {
        const ptrdiff_t n = c->lanes * w->run_size;
        double column_shift_2[LOG_SOFTMAX_TILE];
        double column_shift_pivot[LOG_SOFTMAX_TILE];
        double column_scale[LOG_SOFTMAX_TILE];
        for (b = 0; b < c->lanes; ++b) {
            for (k = b * w->run_size; k < (b + 1) * w->run_size; ++k) {
                column_shift_2[k] = (double)lane_shift_2[b];
                column_shift_pivot[k] = (double)lane_shift_pivot[b];
                column_scale[k] = (double)lane_scale[b];
            }
        }
        for (unit = first; unit < end; ++unit) {
            const double *x;
            const double *cotangent_grad_input;
            double *out_grad_x;
            double *out_grad_grad_output;
            log_softmax_unit(w, c, first + end - 1 - unit, at);
            if (w->scattered && unit + 1 < end) {
                log_softmax_unit(w, c, first + end - 2 - unit, ahead);
                log_softmax_fetch(a->x + ahead[1], n * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->cotangent_grad_input + ahead[2], n * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->grad_x + ahead[4], n * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->grad_grad_output + ahead[3], n * (ptrdiff_t)sizeof(double));
            }
            x = log_softmax_read_double_double(a->x + at[1], w->lane_stride[1], w->run_stride[1], c->lanes, w->run_size,
                buffer_x);
            cotangent_grad_input = log_softmax_read_double_double(a->cotangent_grad_input + at[2], w->lane_stride[2],
                w->run_stride[2], c->lanes, w->run_size, buffer_cotangent_grad_input);
            out_grad_x = (w->run_size == 1 || w->run_stride[4] == 1) && (c->lanes == 1
                || w->lane_stride[4] == w->run_size) ? a->grad_x + at[4] : buffer_grad_x;
            out_grad_grad_output = (w->run_size == 1 || w->run_stride[3] == 1) && (c->lanes == 1
                || w->lane_stride[3] == w->run_size) ? a->grad_grad_output + at[3] : buffer_grad_grad_output;
            log_softmax_double_backward_pass3_double_columns(n, x, cotangent_grad_input, column_shift_2,
                column_shift_pivot, column_scale, out_grad_x, out_grad_grad_output);
            if (out_grad_x == buffer_grad_x) log_softmax_write_double(buffer_grad_x, a->grad_x + at[4],
                w->lane_stride[4], w->run_stride[4], c->lanes, w->run_size);
            if (out_grad_grad_output == buffer_grad_grad_output) log_softmax_write_double(buffer_grad_grad_output,
                a->grad_grad_output + at[3], w->lane_stride[3], w->run_stride[3], c->lanes, w->run_size);
        }
        return;
    }
    for (unit = first; unit < end; ++unit) {
        const ptrdiff_t run = log_softmax_unit(w, c, first + end - 1 - unit, at);
        const int fetches = w->scattered && unit + 1 < end;
        if (fetches) log_softmax_unit(w, c, first + end - 2 - unit, ahead);
        for (b = 0; b < c->lanes; ++b) {
            ptrdiff_t j, n;
            if (fetches) {
                log_softmax_fetch(a->x + ahead[1] + b * w->lane_stride[1], run * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->cotangent_grad_input + ahead[2] + b * w->lane_stride[2],
                    run * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->grad_x + ahead[4] + b * w->lane_stride[4], run * (ptrdiff_t)sizeof(double));
                log_softmax_fetch(a->grad_grad_output + ahead[3] + b * w->lane_stride[3],
                    run * (ptrdiff_t)sizeof(double));
            }
            for (j = 0; j < run; j += n) {
                const double *x = a->x + at[1] + b * w->lane_stride[1] + j * w->run_stride[1];
                const double *cotangent_grad_input = a->cotangent_grad_input + at[2] + b * w->lane_stride[2]
                    + j * w->run_stride[2];
                double *to_grad_x = a->grad_x + at[4] + b * w->lane_stride[4] + j * w->run_stride[4];
                double *out_grad_x;
                double *to_grad_grad_output = a->grad_grad_output + at[3] + b * w->lane_stride[3]
                    + j * w->run_stride[3];
                double *out_grad_grad_output;
                n = w->run_stride[1] == 1 && w->run_stride[2] == 1 && w->run_stride[4] == 1 && w->run_stride[3] == 1
                    ? run : log_softmax_least(run - j, LOG_SOFTMAX_TILE);
                x = log_softmax_read_double_double(x, 0, w->run_stride[1], 1, n, buffer_x);
                cotangent_grad_input = log_softmax_read_double_double(cotangent_grad_input, 0, w->run_stride[2], 1, n,
                    buffer_cotangent_grad_input);
                out_grad_x = n == 1 || w->run_stride[4] == 1 ? to_grad_x : buffer_grad_x;
                out_grad_grad_output = n == 1 || w->run_stride[3] == 1 ? to_grad_grad_output : buffer_grad_grad_output;
                log_softmax_double_backward_pass3_double_row(n, x, cotangent_grad_input, (double)lane_shift_2[b],
                    (double)lane_shift_pivot[b], (double)lane_scale[b], out_grad_x, out_grad_grad_output);
                if (out_grad_x == buffer_grad_x) log_softmax_write_double(buffer_grad_x, to_grad_x, 0, w->run_stride[4],
                    1, n);
                if (out_grad_grad_output == buffer_grad_grad_output) log_softmax_write_double(buffer_grad_grad_output,
                    to_grad_grad_output, 0, w->run_stride[3], 1, n);
            }
        }
    }
}

static void log_softmax_double_backward_pass3_double_all(const log_softmax_arguments_double *a,
    const log_softmax_block *c, const long double *lane_shift_2, const long double *lane_shift_pivot,
    const long double *lane_scale)
{
    const ptrdiff_t splits = a->walk.splits, units = a->walk.units;
    ptrdiff_t k;
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static) if (a->inside > 1)
#endif
    for (k = 0; k < splits; ++k) {
        log_softmax_double_backward_pass3_double_units(a, c, units * k / splits, units * (k + 1) / splits, lane_shift_2,
            lane_shift_pivot, lane_scale);
    }
}


static void log_softmax_double_backward_block_double(const log_softmax_arguments_double *a, log_softmax_block *c)
{
    const log_softmax_walk *w = &a->walk;
    ptrdiff_t b;
    long double lane_shift[LOG_SOFTMAX_LANES];
    long double lane_mass[LOG_SOFTMAX_LANES];
    long double lane_shift_pivot[LOG_SOFTMAX_LANES];
    long double lane_v_sum_cotangent_grad_input_exp_shifted[LOG_SOFTMAX_LANES];
    long double lane_v_sum_grad_output[LOG_SOFTMAX_LANES];
    long double lane_shift_2[LOG_SOFTMAX_LANES];
    long double lane_scale[LOG_SOFTMAX_LANES];
    long double again_v_sum_cotangent_grad_input_exp_shifted[LOG_SOFTMAX_LANES],
        again_v_sum_grad_output[LOG_SOFTMAX_LANES];
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
        log_softmax_double_backward_pass1_double_sums(a, c, lane_shift_pivot,
            lane_v_sum_cotangent_grad_input_exp_shifted, lane_v_sum_grad_output);
        finite = log_softmax_finite_extended(lane_v_sum_cotangent_grad_input_exp_shifted, c->lanes)
            && log_softmax_finite_extended(lane_v_sum_grad_output, c->lanes);
    }
    if (!finite) {
        log_softmax_double_backward_pass1_extended_sums(a, c, lane_shift_pivot,
            again_v_sum_cotangent_grad_input_exp_shifted, again_v_sum_grad_output);
        for (b = 0; b < c->lanes; ++b) {
            if (a->few || !isfinite(lane_v_sum_cotangent_grad_input_exp_shifted[b]))
                lane_v_sum_cotangent_grad_input_exp_shifted[b] = again_v_sum_cotangent_grad_input_exp_shifted[b];
            if (a->few || !isfinite(lane_v_sum_grad_output[b])) lane_v_sum_grad_output[b] = again_v_sum_grad_output[b];
        }
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_shift_2[b] = lane_v_sum_cotangent_grad_input_exp_shifted[b]/lane_mass[b];
        lane_scale[b] = -lane_v_sum_grad_output[b]/lane_mass[b];
    }
    log_softmax_double_backward_pass3_double_all(a, c, lane_shift_2, lane_shift_pivot, lane_scale);
    (void)w;
}

int log_softmax_double_backward_double(
    const log_softmax_extents *extents,
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
    log_softmax_arguments_double a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, number, k, total;
    int status = log_softmax_check_extents(extents), outside;
    k = 0;
    if (status != LOG_SOFTMAX_OK) return status;
    if (grad_output == NULL || x == NULL || cotangent_grad_input == NULL || grad_grad_output == NULL || grad_x == NULL
        || shift == NULL || mass == NULL) return LOG_SOFTMAX_NULL;
    if (threads < 1) return LOG_SOFTMAX_THREADS;
    if (workspace_size < log_softmax_double_backward_workspace(extents)) return LOG_SOFTMAX_WORKSPACE;
    if (workspace_size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0))
        return LOG_SOFTMAX_WORKSPACE;
    if (log_softmax_count(extents, "nd") == 0) {
        return LOG_SOFTMAX_OK;
    }
    strides[0] = grad_output_strides;
    strides[1] = x_strides;
    strides[2] = cotangent_grad_input_strides;
    strides[3] = grad_grad_output_strides;
    strides[4] = grad_x_strides;
    log_softmax_plan(&a.walk, extents, "n", 5, strides, 1, layouts, sizeof(double), 0);
    a.grad_output = grad_output;
    a.x = x;
    a.cotangent_grad_input = cotangent_grad_input;
    a.grad_grad_output = grad_grad_output;
    a.grad_x = grad_x;
    a.shift = shift;
    a.mass = mass;
    a.few = log_softmax_count(extents, "d") < LOG_SOFTMAX_FEW;
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
            log_softmax_block c;
            log_softmax_locate(&a.walk, m, &c);
            c.part = memory + number * total;
            log_softmax_double_backward_block_double(&a, &c);
        }
    }
    return LOG_SOFTMAX_OK;
}

#ifdef __cplusplus
}
#endif

#endif /* LOG_SOFTMAX_IMPLEMENTATION */
