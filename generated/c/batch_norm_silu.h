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
 * Use: include this file wherever the functions are called; in one C99 (or C++) file, before that, define
 * BATCH_NORM_SILU_IMPLEMENTATION. Link with the mathematical library. With OpenMP the work is shared out to threads;
 * the results have the same bits without it. Nothing is allocated and there is no global state: what a call needs
 * beside its arguments is the workspace that the caller gives, aligned as double.
 * For speed let gcc know the machine (-march=native) and that nobody asks for floating-point exceptions
 * (-fno-trapping-math) or for errno (-fno-math-errno): it turns more loops into vector instructions then.
 * Blocks are made for a second cache of 2 MB or more if BATCH_NORM_SILU_SECOND_CACHE is defined as its bytes.
 *
 * Full-size arrays come with their strides, in elements, which may be negative or NULL for C order. Smaller tensors and
 * results are dense, in C order over the dimensions that belong to them, in the order of the array's dimensions.
 * Gradients have the type of the arrays, statistics are double.
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
    BATCH_NORM_SILU_EMPTY = 5,     /* no elements, so there are no statistics */
    BATCH_NORM_SILU_ALIGNMENT = 6  /* a pointer to float or double that is not a multiple of its size */
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
    float *result_grad_gamma,
    float *result_grad_beta,
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
    float *result_grad_gamma,
    float *result_grad_beta,
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

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#if !defined(BATCH_NORM_SILU_SECOND_CACHE)
#define BATCH_NORM_SILU_SECOND_CACHE 0
#endif

#define BATCH_NORM_SILU_RANK 64       /* the most dimensions of an array */
#define BATCH_NORM_SILU_LANES 512     /* the most lanes of a block */
#define BATCH_NORM_SILU_ROW_LANES 256 /* the same where they are rows, or where a kernel has many values for each */
#define BATCH_NORM_SILU_TILE 1024     /* the most elements of a row that are copied */
#define BATCH_NORM_SILU_CHAINS 8      /* partial sums of a row: two vectors, since converting to double is slower than adding */
#if defined(__AVX512F__)
#define BATCH_NORM_SILU_FLOAT_CHAINS 16 /* the same of float, added in double: two vectors of 512 bits */
#else
#define BATCH_NORM_SILU_FLOAT_CHAINS BATCH_NORM_SILU_CHAINS
#endif
#define BATCH_NORM_SILU_KEPT 5        /* numbers that are kept of a sum from row to row: four partial sums, and ends of rows */
#define BATCH_NORM_SILU_RUN 4096      /* elements of float whose sum is taken in double before what is lost of it is kept */
#define BATCH_NORM_SILU_PORTIONS 16   /* partial results of a sum across blocks */
#define BATCH_NORM_SILU_SPLITS 16     /* parts that one block is cut into */
#define BATCH_NORM_SILU_SEGMENT 65536 /* the most elements of a unit, which threads share out */
#define BATCH_NORM_SILU_SHARE 65536   /* bytes of each array that are worth a thread */
#define BATCH_NORM_SILU_DEALT 64      /* columns that a thread has to itself at least */
#define BATCH_NORM_SILU_FEW 64        /* sums of fewer terms of double are taken with what double loses of them */

/* Set by batch norm's backward pass on a Zen 3 (512 kB of second cache, 32 MB of last; in ns for each element) and on
 * a Zen 5 with AVX-512 (1 MB and 32 MB; over PyTorch's time), each by turns in one process.
 * Long runs matter more than what the second cache holds. Zen 3: for rows of 14x14, blocks that read 4 kB in a run
 * take 0.98, 16 kB 0.74, 64 kB 0.63. Zen 5, 16, 32, 64 and 128 kB: float of 56x56 0.69, 0.66, 0.63, 0.63, of 14x14
 * 0.73, 0.68, 0.62, 0.58, of 7x7 0.78, 0.66, 0.52, 0.54; double of 56x56 0.82, 0.78, 0.78, 0.78, of 7x7 0.90, 0.76,
 * 0.64, 0.57. With two threads 56x56 took 0.88, 0.87, 0.84, 0.97 there, but on the Zen 3 0.58 with 16 kB and 1.0 with
 * 64 kB.
 * Where the last cache holds all arrays, 256 kB; where not, as much, but no more than half of it in a block. In us,
 * with 64 kB always and so: float (32, 256, 14, 14) 375 and 309, with two threads 198 and 161, (32, 64, 28, 28) 333
 * and 287, 166 and 145, (8, 64, 56, 56) 313 and 297, 171 and 147, (64, 256, 14, 14) 1176 and 1114, 601 and 595; double
 * (16, 256, 14, 14) 347 and 326, 186 and 166, (32, 64, 56, 56) 4651 and 4571, 3717 and 3761. Without the half, double
 * of 56x56 took 5072 us. Long rows of those arrays one by one, so that there is less to keep: float of 112x112 0.62
 * and 0.69, with two threads 0.59 and 0.59, double of 56x56 0.73 and 0.69, 0.82 and 0.91 beside other work, 0.71 and
 * 0.68 without, (16, 64, 56, 56) 0.61 and 0.63, 0.73 and 0.87, 0.59 and 0.57; but float of 56x56 0.60 and 0.56, 0.60
 * and 0.59.
 * The second pass goes backwards, so that it begins with what the first has just read.
 * Rows of one lane that stand together are done in one go: group norm of (32, 64, 28, 28) took 0.68 ms so and 1.02 row
 * by row, forward 0.43 and 0.48, double 1.29 and 1.54.
 * Sums of rows of float convert eight numbers at once: Zen 5, 0.95 to 1.0 ns for 16 elements in the second cache,
 * which is what the conversions take, and 1.25 as gcc 12 makes it of the plain loop; (4, 64, 16, 16) 0.99 and 1.10,
 * (32, 256, 14, 14) 0.61 and 0.64; with -mtune=icelake-server, whose vectors are shorter, 1.26 and 1.35.
 * Sums of few terms of double, in pairs and in long double: (60, 256) 1.25 and 10.2, (2, 64, 4, 4) 0.94 and 1.09;
 * forward of (60, 256) with what is lost of squares 1.08, without 0.97. The last four to seven elements of a row
 * at once and up to three apart, not one by one in memory: (2, 128, 20) 0.69 and 0.76, (1, 128, 60) 0.88 and 0.93, and
 * where sums that only say where a pivot lies are taken as those of many terms, forward 0.99 and 1.24, 0.83 and 0.97,
 * (2, 64, 5, 5) 1.03 and 1.38, (3, 64, 18) 1.21 and 1.75.
 * Lane values of double, in pairs and in long double: Zen 5, (64, 1024) 0.63 and 1.12, (8, 2048) 0.93 and 3.93;
 * forward 0.71 and 1.42, 0.94 and 3.83.
 * Sums of rows of float keep some partial sums from row to row, since adding those up took as long as a row of 7x7:
 * Zen 5, 0.70 without and 0.51 with that; for rows of 14x14 0.80 and 0.67. Ends of rows four elements at once, and not
 * one by one: 13x13 0.48 and 0.52, 6x6 0.95 and 0.98.
 * Terms that differ in factors of the whole row are added up once: of (32, 64, 28, 28) group norm's backward pass took
 * 0.44 ms and 0.50 without that, instance norm's 0.37 and 0.40.
 * Sums ask for what comes 4 kB later, in the next rows too: Zen 5, 56x56 0.66 (2 kB later 0.68, without 0.68), 224x224
 * 0.78 (0.84, 0.79), double of 56x56 0.75 (0.79, 0.81), of 7x7 0.49 (without 0.69), of 5x5 0.39 (0.50), float of
 * (64, 1024, 7, 7) 0.50 (0.69); Zen 3 with 2 kB, 56x56 0.93 and 1.02 without, 224x224 0.87 and 0.98. Asking
 * in the second pass too made it slower on both (Zen 5, 14x14: 0.77 and 0.70). Asking for the next row is not done: on
 * Zen 3, in runs of their own, which differed in more than that, 56x56 took 1.19 with it and 0.96 without.
 * What the last cache holds comes sooner without that, in us on a Zen 5: float (64, 512, 7, 7) 422 and 507, with two
 * threads 201 and 251, (32, 256, 14, 14) 378 and 435, 180 and 212, (8, 64, 56, 56) 324 and 358, (16, 64, 6, 6) 11.2
 * and 12.7; double (16, 256, 14, 14) 372 and 399; columns of (2048, 1024) 786 and 893, of (512, 1024) 131 and 167,
 * double 276 and 325. At 24 to 34 MB it goes either way: (40, 256, 14, 14) 476 and 513, double (24, 256, 14, 14) 690
 * and 723, but (40, 512, 7, 7) 684 and 595; columns of (8192, 256) 740 and 775, with two threads 503 and 434.
 * Long rows of what is more than the last cache holds are written past it. Zen 5: 56x56 0.60 so and 0.68 else (two
 * threads 0.81 and 0.84), double 0.72 and 0.79, 28x28 0.59 and 0.63; rows of 784 bytes 0.83 and 0.70. Zen 3: 56x56
 * 0.81 and 0.86, again 0.99 and 0.94; what the cache holds takes longer so, 14x14 1.22 and 0.91, 7x7 1.22 and 0.84.
 * More than 20 MB and more than 32 MB, Zen 5: (16, 3, 224, 224) 0.62 and 0.81, two threads 0.60 and 0.58, double of
 * (8, 3, 224, 224) 0.64 and 0.82, 0.54 and 0.57, (2048, 1024) 0.70 and 0.85; but more than 14 MB, two threads, (8, 64,
 * 56, 56) 1.04 and 0.77. Rows of 1568 bytes: double of 14x14 0.45 and 0.53, two threads 0.54 and 0.59; of 784 bytes
 * 0.69 and 0.53.
 * Rows of float of 17 to 31 elements have long ends beyond a vector. Zen 5: side by side in columns (32, 64, 5, 5)
 * takes 0.83 and 1.31 else, (256, 512, 5, 5) 0.44 and 0.68, (64, 1024, 5, 5) 0.50 and 0.49; but (2, 16, 5, 5) 1.22 and
 * 0.87. Double, where the columns of all lanes are added up together: (32, 64, 5, 5) 0.30 and 0.38, forward 0.33 and
 * 0.59, (64, 1024, 5, 5) 0.39 and 0.36, 0.59 and 0.64, (64, 512, 6, 6) 0.59 and 0.42, 0.54 and 0.57; (3, 32, 4, 4)
 * 0.71 and 0.80, 0.97 and 1.14, (2, 64, 5, 5) 0.88 and 0.78, 1.21 and 1.10. Adding them up lane by lane, (2, 64, 7)
 * took 0.88 and not 0.59, forward 1.67 and not 1.00. Side by side stand 2, 4, 8 or 16 kB of each array: (32, 256, 31)
 * 1.01, 1.04, 1.11, 1.50, (64, 512, 3, 3) 0.46, 0.48, 0.53, 0.57, (256, 512, 5, 5) 0.47, 0.48, 0.43, 0.46; in double
 * all of them the same, but (64, 512, 3, 3) 0.13, 0.13, 0.15, 0.16.
 * Columns, Zen 5: where rows would ask for what comes later, they ask, line by line, for the rows that come some 4 kB
 * later (in one go before each row, and for what follows it in memory, (2048, 1024) took 1.24 and not 1.00, double
 * 0.99 and not 0.65), four rows are added up before they are taken into the sums in memory, and the second pass goes
 * backwards in stretches that are each done forwards: of 64 kB and 256 kB, (4096, 512) 1.15 and 1.00, double 1.14 and
 * 1.04. What is more than the last cache holds is written past it: double of (4096, 512) 1.14 so and 1.19 else, of
 * (8192, 256) 0.98 and 1.13, float of (16384, 256) 0.68 and 0.82, of (8192, 512) 1.15 and 1.42 (beside other work).
 * Columns that are too many for parts of a block, or hold too little, are dealt to threads: (256, 128) 0.76 and 0.91,
 * double 0.78 and 1.14, but 32 columns are too few, (4096, 64) 0.97 and 0.69. Parts, whose rows lie together, are
 * better where there are any: (4096, 128) 0.64 and 0.85, forward 0.72 and 0.98, (8192, 256) 0.61 and 0.85, 0.77 and
 * 0.99, double 0.83 and 0.94, 0.93 and 1.01, (2000, 200) 0.44 and 0.65, 0.54 and 0.81.
 * Few columns, and as rows with steps: (1000, 15) 0.78 and 1.66, (1000, 8) 0.73 and 1.27, double 0.60 and 1.39, 0.68
 * and 1.57; but (5000, 4) 0.51 and 0.35, double 0.65 and 0.85.
 * Blocks of rows, and the parts of one, are as many for each of two threads: (1, 64, 56, 56) 0.91 and 1.11, double
 * (4, 7, 64, 64) 0.83 and 1.15; (16, 32, 14, 14) 1.00 and 1.15, double 0.91 and 1.21. Two blocks instead of parts of
 * one: double (64, 16, 14, 14) 1.06 and 0.92.
 * Blocks of 512 columns and of 256: (4096, 512) 0.84 and 0.99, (256, 512) 0.68 and 0.81, double (4096, 512) 0.93 and
 * 0.99, (4096, 1024) 0.66 and 0.62; forward (8192, 512) 0.88 and 1.19, (4096, 1024) 0.99 and 1.33. Kernels with many
 * values for each lane keep to 256, so that what one thread has on its stack stays below half a megabyte.
 */
/* Where the second cache is large, blocks are made for it, and what is larger is far away: the last cache of the
 * machine that was measured belongs to many processors. Xeon of the fifth generation (2 MB of second cache, 300 MB of
 * last), us without and with that, by turns with a pause before each, float: 56x56 5307 and 4804, 14x14 1704 and 1195,
 * 7x7 1740 and 1606, 224x224 1776 and 1612, 28x28 1685 and 1023; with two threads 3157 and 3165, 788 and 583, 749 and
 * 699, 968 and 840, 781 and 547; double of 14x14 2515 and 2080, of 56x56 9912 and 10055, of 7x7 2801 and 2453. Forward
 * 56x56 4001 and 4315, 14x14 1396 and 1304, 7x7 1393 and 1562, 224x224 2131 and 1387, 28x28 1341 and 1200.
 * One by one, there: runs of 8 kB and of 64 kB, 14x14 1376 and 1505, 7x7 1481 and 1633, 28x28 1363 and 1585; asking
 * from 4 MB on and not from 30 MB, 224x224 1809 and 2015, 14x14 1482 and 1821; past the cache from 8 MB on, rows of 784
 * bytes too, 28x28 1047 and 1457, 14x14 1211 and 1472, but 569 and 531 where all have 9.6 MB. A loop that writes an
 * array past the cache and one that reads it take 722 us for 4 MB, 779 if it stays in the cache, 357 and 359 for 2 MB.
 * The ends of rows line by line, and not only 256 bytes at once, 14x14 1402 and 1495 there. What is asked for goes on
 * in the next row: 56x56 one by one 4204 and 4452, double of 7x7 2153 and 2615.
 */
#define BATCH_NORM_SILU_NARROW 8      /* fewer columns than this are rows with steps */
#define BATCH_NORM_SILU_FLAT 17       /* rows shorter than this stand side by side in columns */
#define BATCH_NORM_SILU_FLAT_MANY 32  /* so do rows that are shorter than this, */
#define BATCH_NORM_SILU_FLAT_ROWS 8   /* where each lane has as many of them at least */
#define BATCH_NORM_SILU_FLAT_BYTES 4096 /* bytes of all rows that stand so in one block */
#define BATCH_NORM_SILU_BLOCK 400000  /* bytes of a block, where that is more than the runs need */
#define BATCH_NORM_SILU_ROW 24000     /* bytes of a row that is run enough where no cache holds the arrays */
#define BATCH_NORM_SILU_STREAMED_COLUMNS 1024 /* bytes of a row of columns, from which on it is written past the last cache, */
#define BATCH_NORM_SILU_STREAM 256    /* and as many of them at once, if not one line */
#define BATCH_NORM_SILU_FAR 16        /* elements of a row, from which on what comes later is asked for */
#if BATCH_NORM_SILU_SECOND_CACHE >= 2000000 /* bytes */
#define BATCH_NORM_SILU_PIECE 8192    /* bytes that are read in one run, where there are enough neighbours and a cache */
#define BATCH_NORM_SILU_PIECE_LEAST 8192 /* the same where it does not */
#define BATCH_NORM_SILU_CACHE 11000000 /* bytes, more than which are written past the last cache, of which others take a part */
#define BATCH_NORM_SILU_STREAMED 700  /* bytes of a row, from which on it is written so, */
#define BATCH_NORM_SILU_FAR_BYTES 4000000 /* what comes later is asked for where more bytes than this are read and written */
#else /* the same where the last cache is quick */
#define BATCH_NORM_SILU_PIECE 262144
#define BATCH_NORM_SILU_PIECE_LEAST 65536
#define BATCH_NORM_SILU_CACHE 20000000
#define BATCH_NORM_SILU_STREAMED 1536
#define BATCH_NORM_SILU_FAR_BYTES 30000000
#endif
#define BATCH_NORM_SILU_STRETCH 262144 /* bytes of columns that the second pass does forwards, on its way backwards */
#define BATCH_NORM_SILU_LATER 4096     /* bytes from what is read to what is asked for */

/* The most operands that a pass has, and tables of strides that a call has. */
#define BATCH_NORM_SILU_FULL 5
#define BATCH_NORM_SILU_LEAVES 1
#define BATCH_NORM_SILU_VALUES 17
#define BATCH_NORM_SILU_SUMS 5
#define BATCH_NORM_SILU_PLACES 1
#define BATCH_NORM_SILU_TABLES 6
#define BATCH_NORM_SILU_ROOM 204096  /* bytes for what one pass keeps at hand */

#if defined(__GNUC__)
#define BATCH_NORM_SILU_INLINE static inline __attribute__((always_inline))
#define BATCH_NORM_SILU_APART static __attribute__((noinline))
#define BATCH_NORM_SILU_AHEAD(place, bytes) __builtin_prefetch((const void *)((uintptr_t)(place) + (uintptr_t)(bytes)))
#else
#define BATCH_NORM_SILU_INLINE static inline
#define BATCH_NORM_SILU_APART static
#define BATCH_NORM_SILU_AHEAD(place, bytes) ((void)(bytes))
#endif
#if defined(__GNUC__) && defined(__SSE2__)
#include <emmintrin.h>
#define BATCH_NORM_SILU_STREAMS 1
#define BATCH_NORM_SILU_FENCE() _mm_sfence()
#else
#define BATCH_NORM_SILU_STREAMS 0
#define BATCH_NORM_SILU_FENCE() ((void)0)
#endif
/* Declares wide_x: as many floats of x as there are chains, from `at` on, to be read as doubles. With AVX-512 they are
 * doubles already, since compilers convert a whole vector of floats and take it apart for that. (The mask is all ones;
 * without one, g++ 12 warns about its own header.) */
#if defined(__AVX512F__)
#include <immintrin.h>
#define BATCH_NORM_SILU_WIDE(x, at) \
    double wide_##x[BATCH_NORM_SILU_CHAINS]; \
    _mm512_storeu_pd(wide_##x, _mm512_maskz_cvtps_pd(255, _mm256_loadu_ps((x) + (at))))
#else
#define BATCH_NORM_SILU_WIDE(x, at) const float *const wide_##x = (x) + (at)
#endif
/* Sums of floats, whose terms are double: the terms of one step are added one by one, or put together and added at once.
 * Clang takes arrays of sums apart and adds number by number: (8, 64, 14, 14) 73 us so and 204 else. So does gcc where
 * OpenMP does not ask for vectors: 47 and 138 with AVX-512, but 247 and 89 with AVX2, 140 and 109 with SSE2. */
#if defined(__clang__) || (defined(__GNUC__) && defined(__AVX512F__) && !defined(_OPENMP))
typedef double batch_norm_silu_terms __attribute__((vector_size(BATCH_NORM_SILU_CHAINS * sizeof(double))));
#define BATCH_NORM_SILU_TERMS(all) double all[BATCH_NORM_SILU_CHAINS]
#define BATCH_NORM_SILU_TERM(part, one, term) one = term
#define BATCH_NORM_SILU_ADD_TERMS(part, all) batch_norm_silu_add_terms(part, all)
BATCH_NORM_SILU_INLINE void batch_norm_silu_add_terms(double *part, const double *all)
{
    batch_norm_silu_terms sums, terms;
    memcpy(&sums, part, sizeof sums);
    memcpy(&terms, all, sizeof terms);
    sums = sums + terms;
    memcpy(part, &sums, sizeof sums);
}
#else
#define BATCH_NORM_SILU_TERMS(all) ((void)0)
#define BATCH_NORM_SILU_TERM(part, one, term) part = part + term
#define BATCH_NORM_SILU_ADD_TERMS(part, all) ((void)0)
#endif
#if defined(__GNUC__) && __GNUC__ >= 8 && !defined(__clang__)
#define BATCH_NORM_SILU_UNROLL _Pragma("GCC unroll 2")
#else
#define BATCH_NORM_SILU_UNROLL
#endif
#if defined(_OPENMP)
#define BATCH_NORM_SILU_SIMD _Pragma("omp simd")
#else
#define BATCH_NORM_SILU_SIMD
#endif

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
    ptrdiff_t along[BATCH_NORM_SILU_TABLES]; /* the stride of the innermost dimension that is neither */
    int lane, run, columns;
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
    ptrdiff_t item, ptrdiff_t most, ptrdiff_t columns, int whole)
{
    ptrdiff_t inside = 1, room;
    int d, t;
    w->lane = w->run = -1;
    for (d = 0; d < w->rank; ++d) {
        if (batch_norm_silu_is_in(w->label[d], outer)) w->lane = d;
        else { w->run = d; inside *= w->size[d]; }
    }
    w->columns = w->lane >= 0 && w->lane == w->rank - 1 && (w->run < 0 || w->size[w->lane] >= BATCH_NORM_SILU_NARROW);
    if (w->columns) {
        w->run = -1;
        room = batch_norm_silu_least(most, columns);
    } else if (w->lane >= 0 && w->lane == w->rank - 2 && batch_norm_silu_is_flat(w, arrays)
        && (w->size[w->run] < BATCH_NORM_SILU_FLAT || (w->size[w->run] < BATCH_NORM_SILU_FLAT_MANY
            && inside >= BATCH_NORM_SILU_FLAT_ROWS * w->size[w->run]))) {
        w->columns = 1;
        room = batch_norm_silu_least(columns, BATCH_NORM_SILU_FLAT_BYTES / item) / w->size[w->run];
    } else {
        const ptrdiff_t row = (w->run < 0 ? 1 : w->size[w->run]) * item, lane = inside * item * arrays;
        room = BATCH_NORM_SILU_PIECE / row + 1;
        if (w->elements * item * arrays > BATCH_NORM_SILU_CACHE) {
            const ptrdiff_t least = BATCH_NORM_SILU_PIECE_LEAST / row + 1;
            room = batch_norm_silu_least(room, BATCH_NORM_SILU_CACHE / 2 / lane);
            if (room < least) room = least;
            if (row >= BATCH_NORM_SILU_ROW) room = 1;
        }
        if (room < BATCH_NORM_SILU_BLOCK / lane) room = BATCH_NORM_SILU_BLOCK / lane;
    }
    w->lane_size = w->lane < 0 ? 1 : w->size[w->lane];
    w->lanes = batch_norm_silu_least(batch_norm_silu_least(room, w->columns ? most : BATCH_NORM_SILU_ROW_LANES),
        w->lane_size);
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
    w->segment = batch_norm_silu_least(w->run_size, BATCH_NORM_SILU_SEGMENT);
    w->segments = (w->run_size + w->segment - 1) / w->segment;
    w->units *= w->segments;
    w->splits = (w->columns ? BATCH_NORM_SILU_LANES : BATCH_NORM_SILU_ROW_LANES) / w->lanes;
    w->splits = batch_norm_silu_least(batch_norm_silu_least(BATCH_NORM_SILU_SPLITS, w->splits),
        inside * w->lanes / 32768);
    for (d = 1; d < w->splits; d *= 2) continue; /* as much for each of two, four or eight threads */
    for (; d > 1 && d * w->lanes > BATCH_NORM_SILU_LANES; d /= 2) continue;
    w->splits = whole ? 1 : batch_norm_silu_least(d, w->units);
    for (t = 0; t < tables; ++t) {
        w->lane_stride[t] = w->lane < 0 ? 0 : w->stride[t][w->lane];
        w->run_stride[t] = w->run < 0 ? 0 : w->stride[t][w->run];
        w->along[t] = w->inners == 0 ? 0 : w->stride[t][w->inner[w->inners - 1]];
    }
}

/* Fills in a walk: the first tables are the strides of full-size arrays (NULL for C order), the others those of
 * smaller tensors, given by the classes they are dense over and those they are read along. */
static inline void batch_norm_silu_plan(batch_norm_silu_walk *w, const batch_norm_silu_extents *extents,
    const char *outer, int arrays,
    const ptrdiff_t *const *strides, int smaller, const char *const *layouts, ptrdiff_t item, ptrdiff_t most,
        ptrdiff_t columns, int whole)
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
    batch_norm_silu_choose(w, outer, arrays, arrays + smaller, item, most, columns, whole);
}

/* Cuts few blocks of many lanes so that each thread has as many, where that is worth it and they are not shared out part
 * by part: the sums of a lane are the same. */
static inline void batch_norm_silu_deal(batch_norm_silu_walk *w, ptrdiff_t item, int threads)
{
    const ptrdiff_t worth = batch_norm_silu_least(threads, w->elements * item / BATCH_NORM_SILU_SHARE);
    ptrdiff_t blocks = worth, lanes;
    if (w->outers > 0 || worth < 2) return;
    if (w->splits >= worth || w->blocks >= 8 * worth || (w->columns ? w->blocks >= worth : w->blocks % worth == 0))
        return;
    if (!w->columns) blocks = (w->blocks + worth - 1) / worth * worth;
    lanes = (w->lane_size + blocks - 1) / blocks;
    if (w->columns && lanes < BATCH_NORM_SILU_DEALT) return;
    w->lanes = lanes;
    w->blocks = w->lane_blocks = (w->lane_size + lanes - 1) / lanes;
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
    ptrdiff_t begin = 0, rest = unit;
    int d, t;
    if (w->segments > 1) { /* divisions take their time in short calls */
        begin = unit % w->segments * w->segment;
        rest = unit / w->segments;
    }
    for (t = 0; t < w->tables; ++t) at[t] = c->at[t] + begin * w->run_stride[t];
    for (d = w->inners - 1; d >= 0; --d) {
        const int dim = w->inner[d];
        const ptrdiff_t place = d == 0 ? rest : rest % w->size[dim];
        if (d > 0) rest /= w->size[dim];
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

/* A number of any type that sums are taken in: what memory for them is made of. */
typedef union {
    double single;
    long double extended;
} batch_norm_silu_number;

/* The next part of some memory, at the beginning of a line of the cache. */
static inline void *batch_norm_silu_take(char **next, ptrdiff_t count, size_t size)
{
    char *begin = *next + (64 - (size_t)*next % 64) % 64;
    *next = begin + count * (ptrdiff_t)size;
    return (void *)begin;
}

/* Copies a tile of lanes times a run into a buffer, and back. */
static void batch_norm_silu_pack(const void *from, void *to, size_t item, ptrdiff_t lane_stride, ptrdiff_t run_stride,
    ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        if (item == sizeof(float)) {
            for (j = 0; j < n; ++j) ((float *)to)[b * n + j] = ((const float *)from)[b * lane_stride + j * run_stride];
        } else {
            for (j = 0; j < n; ++j) ((double *)to)[b * n + j] = ((const double *)from)[b * lane_stride
                + j * run_stride];
        }
    }
}

static void batch_norm_silu_unpack(const void *from, void *to, size_t item, ptrdiff_t lane_stride, ptrdiff_t run_stride,
    ptrdiff_t lanes, ptrdiff_t n)
{
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b) {
        if (item == sizeof(float)) {
            for (j = 0; j < n; ++j) ((float *)to)[b * lane_stride + j * run_stride] = ((const float *)from)[b * n + j];
        } else {
            for (j = 0; j < n; ++j) ((double *)to)[b * lane_stride + j * run_stride] = ((const double *)from)[b * n
                + j];
        }
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

/* The sum of the partial sums of a row. */
BATCH_NORM_SILU_INLINE double batch_norm_silu_chains_double(const double *part)
{
    return ((part[0] + part[4]) + (part[2] + part[6])) + ((part[1] + part[5]) + (part[3] + part[7]));
}

/* The larger one; NaN where there is one. */
BATCH_NORM_SILU_INLINE double batch_norm_silu_larger_double(double left, double right)
{
    return left > right || left != left ? left : right;
}

/* Adds to a sum held in two numbers what is lost of the larger one (two-sum). */
BATCH_NORM_SILU_INLINE void batch_norm_silu_add_extended(long double *high, long double *low, long double term)
{
    const long double sum = *high + term;
    const long double added = sum - *high;
    *low += (*high - (sum - added)) + (term - added);
    *high = sum;
}

/* The sum of the partial sums of a row. */
BATCH_NORM_SILU_INLINE long double batch_norm_silu_chains_extended(const long double *part)
{
    return ((part[0] + part[4]) + (part[2] + part[6])) + ((part[1] + part[5]) + (part[3] + part[7]));
}

/* The larger one; NaN where there is one. */
BATCH_NORM_SILU_INLINE long double batch_norm_silu_larger_extended(long double left, long double right)
{
    return left > right || left != left ? left : right;
}

/* A sum held in two numbers, in one of double or with more digits; what is lost of an infinite one is no number. */
BATCH_NORM_SILU_INLINE double batch_norm_silu_rounded(double high, double low) { return fabs(high) <= DBL_MAX ? high
    + low : high; }

static inline long double batch_norm_silu_whole(double high, double low)
{
    return isfinite(high) ? (long double)high + (long double)low : (long double)high;
}

/* Adds likewise a number that is held in two. */
BATCH_NORM_SILU_INLINE void batch_norm_silu_add_pair(double *high, double *low, double term, double less)
{
    batch_norm_silu_add_double(high, low, term);
    *low += less;
}

/* Adds likewise the partial sums of a row. */
BATCH_NORM_SILU_INLINE void batch_norm_silu_add_chains(double *high, double *low, double *part, double *rest)
{
    int half, k;
    for (half = BATCH_NORM_SILU_CHAINS / 2; half > 0; half /= 2) {
        BATCH_NORM_SILU_SIMD
        for (k = 0; k < half; ++k) batch_norm_silu_add_pair(&part[k], &rest[k], part[k + half], rest[k + half]);
    }
    batch_norm_silu_add_pair(high, low, part[0], rest[0]);
}

/* What is lost of the sum of two numbers. */
BATCH_NORM_SILU_INLINE double batch_norm_silu_lost_of_sum(double left, double right, double sum)
{
    const double added = sum - left;
    return (left - (sum - added)) + (right - added);
}

/* How many bytes there are before the next line of the cache. */
static inline ptrdiff_t batch_norm_silu_ahead_of_line(const void *place)
{
    return (ptrdiff_t)((64 - (uintptr_t)place % 64) % 64);
}

/* Writes whole lines of the cache past it, all at once: not mixed with what computes them. */
BATCH_NORM_SILU_APART void batch_norm_silu_stream(void *to, const void *from, ptrdiff_t bytes)
{
#if BATCH_NORM_SILU_STREAMS
    ptrdiff_t k;
    for (k = 0; k < bytes / 16; ++k) _mm_stream_si128((__m128i *)to + k, _mm_loadu_si128((const __m128i *)from + k));
#else
    memcpy(to, from, (size_t)bytes);
#endif
}

/* Takes what is kept of a lane, four partial sums and the ends of its rows, into its sum. */
BATCH_NORM_SILU_INLINE void batch_norm_silu_flush(double *high, double *low, double *kept)
{
    int k;
    batch_norm_silu_add_double(high, low, kept[4] + ((kept[0] + kept[2]) + (kept[1] + kept[3])));
    for (k = 0; k < BATCH_NORM_SILU_KEPT; ++k) kept[k] = 0;
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_flush_largest(double *high, double *kept)
{
    int k;
    for (k = 0; k < BATCH_NORM_SILU_KEPT; ++k) {
        *high = batch_norm_silu_larger_double(*high, kept[k]);
        kept[k] = -HUGE_VAL;
    }
}

/* A power of two; its exponent comes with what is added to exponents. */
BATCH_NORM_SILU_INLINE double batch_norm_silu_two_to(uint64_t exponent)
{
    const uint64_t bits = exponent << 52;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* A power of two; its exponent comes with what is added to exponents. */
BATCH_NORM_SILU_INLINE float batch_norm_silu_two_to_float(uint32_t exponent)
{
    const uint32_t bits = exponent << 23;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* exp, without branches or calls, so that loops over it become vector instructions. The argument is count * log(2) +
 * rest with |rest| <= log(2)/2; a polynomial gives exp(rest). Adding 1.5 * 2^52 (in float, 2^23) rounds to a whole
 * number, which then stands in the last bits: the exponent of a power of two, with what is added to exponents. Where
 * half of it and the rest are one power each, they reach the subnormal numbers; so does one that is a constant too
 * large, and what is not more than zero (below) fits in that. What is out of range is put right at the end, whatever
 * came out of the steps; NaN stays NaN. (gcc makes seven instructions of an argument that is kept within two bounds.)
 *
 * In double it is within an ulp of the true value (1.004 ulp at most among 20 million arguments, against 0.508 of the
 * GNU library's): the terms of the Taylor series that matter are kept (rest^14/14! < 2^-57), and log(2) is two numbers.
 *
 * Single is double with the digits that sums over data of type float need: the polynomial has the values of the series
 * at the Chebyshev points of |rest| <= log(2)/2, and differs by less than 2^-32. The power of two is one factor, zero
 * or infinite where a normal number would not do: far beyond what float holds.
 *
 * In float, of which a vector holds twice as many, it is within 1.1 ulp. The polynomial is one of the same sort, less
 * than 2^-26 from the series, and products of count and the first of the two numbers that are log(2) are exact. */
BATCH_NORM_SILU_INLINE double batch_norm_silu_exp_double(double value)
{
    const double shifted = value * 1.44269504088896340736 + (6755399441055744.0 + 2046);
    const double count = shifted - (6755399441055744.0 + 2046);
    const double rest = (value - count * 6.93147180369123816490e-01) - count * 1.90821492927058770002e-10;
    uint64_t exponent;
    double series = 1.0 / 6227020800.0;
    series = series * rest + 1.0 / 479001600.0;
    series = series * rest + 1.0 / 39916800.0;
    series = series * rest + 1.0 / 3628800.0;
    series = series * rest + 1.0 / 362880.0;
    series = series * rest + 1.0 / 40320.0;
    series = series * rest + 1.0 / 5040.0;
    series = series * rest + 1.0 / 720.0;
    series = series * rest + 1.0 / 120.0;
    series = series * rest + 1.0 / 24.0;
    series = series * rest + 1.0 / 6.0;
    series = series * rest + 1.0 / 2.0;
    series = 1 + (rest + rest * rest * series);
    memcpy(&exponent, &shifted, sizeof exponent);
    {
        const double middle = value * 0.72134752044448170368 + (6755399441055744.0 + 1023);
        uint64_t half;
        memcpy(&half, &middle, sizeof half);
        series = series * batch_norm_silu_two_to(half) * batch_norm_silu_two_to(exponent - half);
    }
    series = value > 710 ? HUGE_VAL : series;
    return value < -746 ? 0 : series;
}

BATCH_NORM_SILU_INLINE double batch_norm_silu_exp_below_double(double value)
{
    const double shifted = value * 1.44269504088896340736 + (6755399441055744.0 + 1087);
    const double count = shifted - (6755399441055744.0 + 1087);
    const double rest = (value - count * 6.93147180369123816490e-01) - count * 1.90821492927058770002e-10;
    uint64_t exponent;
    double series = 1.0 / 6227020800.0;
    series = series * rest + 1.0 / 479001600.0;
    series = series * rest + 1.0 / 39916800.0;
    series = series * rest + 1.0 / 3628800.0;
    series = series * rest + 1.0 / 362880.0;
    series = series * rest + 1.0 / 40320.0;
    series = series * rest + 1.0 / 5040.0;
    series = series * rest + 1.0 / 720.0;
    series = series * rest + 1.0 / 120.0;
    series = series * rest + 1.0 / 24.0;
    series = series * rest + 1.0 / 6.0;
    series = series * rest + 1.0 / 2.0;
    series = 1 + (rest + rest * rest * series);
    memcpy(&exponent, &shifted, sizeof exponent);
    series = series * batch_norm_silu_two_to(exponent) * 5.42101086242752217004e-20; /* 2^-64 */
    return value < -746 ? 0 : series;
}

BATCH_NORM_SILU_INLINE double batch_norm_silu_exp_single(double value)
{
    const double shifted = value * 1.44269504088896340736 + (6755399441055744.0 + 1023);
    const double count = shifted - (6755399441055744.0 + 1023);
    const double rest = value - count * 6.93147180559945309417e-01;
    uint64_t exponent;
    double series = 0.00019890980869750327;
    series = series * rest + 0.0013933641031986701;
    series = series * rest + 0.008333310934448869;
    series = series * rest + 0.04166646500604005;
    series = series * rest + 0.16666666681614256;
    series = series * rest + 0.5000000013457727;
    series = 1 + (rest + rest * rest * series);
    memcpy(&exponent, &shifted, sizeof exponent);
    series = series * batch_norm_silu_two_to(exponent);
    series = value > 710 ? HUGE_VAL : series;
    return value < -708 ? 0 : series;
}

BATCH_NORM_SILU_INLINE double batch_norm_silu_exp_below_single(double value)
{
    const double shifted = value * 1.44269504088896340736 + (6755399441055744.0 + 1023);
    const double count = shifted - (6755399441055744.0 + 1023);
    const double rest = value - count * 6.93147180559945309417e-01;
    uint64_t exponent;
    double series = 0.00019890980869750327;
    series = series * rest + 0.0013933641031986701;
    series = series * rest + 0.008333310934448869;
    series = series * rest + 0.04166646500604005;
    series = series * rest + 0.16666666681614256;
    series = series * rest + 0.5000000013457727;
    series = 1 + (rest + rest * rest * series);
    memcpy(&exponent, &shifted, sizeof exponent);
    series = series * batch_norm_silu_two_to(exponent);
    return value < -708 ? 0 : series;
}

BATCH_NORM_SILU_INLINE float batch_norm_silu_exp_float(float value)
{
    const float shifted = value * 1.44269504088896340736f + (12582912.0f + 254);
    const float count = shifted - (12582912.0f + 254);
    const float rest = (value - count * 0.693359375f) + count * 2.12194440e-4f;
    uint32_t exponent;
    float series = 0.001392617611993558f;
    series = series * rest + 0.008363173074513711f;
    series = series * rest + 0.041666554662050534f;
    series = series * rest + 0.1666657702559799f;
    series = series * rest + 0.5f;
    series = 1 + (rest + rest * rest * series);
    memcpy(&exponent, &shifted, sizeof exponent);
    {
        const float middle = value * 0.72134752044448170368f + (12582912.0f + 127);
        uint32_t half;
        memcpy(&half, &middle, sizeof half);
        series = series * batch_norm_silu_two_to_float(half) * batch_norm_silu_two_to_float(exponent - half);
    }
    series = value > 90 ? (float)HUGE_VAL : series;
    return value < -104 ? 0 : series;
}

BATCH_NORM_SILU_INLINE float batch_norm_silu_exp_below_float(float value)
{
    const float shifted = value * 1.44269504088896340736f + (12582912.0f + 191);
    const float count = shifted - (12582912.0f + 191);
    const float rest = (value - count * 0.693359375f) + count * 2.12194440e-4f;
    uint32_t exponent;
    float series = 0.001392617611993558f;
    series = series * rest + 0.008363173074513711f;
    series = series * rest + 0.041666554662050534f;
    series = series * rest + 0.1666657702559799f;
    series = series * rest + 0.5f;
    series = 1 + (rest + rest * rest * series);
    memcpy(&exponent, &shifted, sizeof exponent);
    series = series * batch_norm_silu_two_to_float(exponent) * 5.42101086242752217004e-20f; /* 2^-64 */
    return value < -104 ? 0 : series;
}

/* Of a number that is not more than another, within 1.2 ulp; what float loses of their difference is added to the rest.
 * Else it would cost |of - less| times half an ulp, the same for all that are equal, and so in their sum too. */
BATCH_NORM_SILU_INLINE float batch_norm_silu_exp_less_float(float of, float less)
{
    const float value = of - less, back = value - of, lost = (of - (value - back)) - (less + back);
    const float shifted = value * 1.44269504088896340736f + (12582912.0f + 191);
    const float count = shifted - (12582912.0f + 191);
    const float rest = ((value - count * 0.693359375f) + count * 2.12194440e-4f) + lost;
    uint32_t exponent;
    float series = 0.001392617611993558f;
    series = series * rest + 0.008363173074513711f;
    series = series * rest + 0.041666554662050534f;
    series = series * rest + 0.1666657702559799f;
    series = series * rest + 0.5f;
    series = 1 + (rest + rest * rest * series);
    memcpy(&exponent, &shifted, sizeof exponent);
    series = series * batch_norm_silu_two_to_float(exponent) * 5.42101086242752217004e-20f; /* 2^-64 */
    return value < -104 ? 0 : series;
}

BATCH_NORM_SILU_INLINE long double batch_norm_silu_exp_extended(long double value) { return expl(value); }

BATCH_NORM_SILU_INLINE long double batch_norm_silu_exp_below_extended(long double value) { return expl(value); }

BATCH_NORM_SILU_INLINE float batch_norm_silu_square_float(float value) { return value * value; }

/* A quotient as an exponent: in the digits of the type it would cost some of the result's. */
BATCH_NORM_SILU_INLINE float batch_norm_silu_power_float(float value, double above, double below)
{
    return (float)pow(value, above / below);
}

BATCH_NORM_SILU_INLINE float batch_norm_silu_select_float(float value, float mask) { return mask != 0 ? value : 0; }

BATCH_NORM_SILU_INLINE float batch_norm_silu_not_negative_float(float value) { return value < 0 ? 0 : value; }

BATCH_NORM_SILU_INLINE double batch_norm_silu_square_double(double value) { return value * value; }

/* A quotient as an exponent: in the digits of the type it would cost some of the result's. */
BATCH_NORM_SILU_INLINE double batch_norm_silu_power_double(double value, long double above, long double below)
{
    return (double)powl(value, above / below);
}

BATCH_NORM_SILU_INLINE double batch_norm_silu_select_double(double value, double mask) { return mask != 0 ? value : 0; }

BATCH_NORM_SILU_INLINE double batch_norm_silu_not_negative_double(double value) { return value < 0 ? 0 : value; }

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

BATCH_NORM_SILU_INLINE float batch_norm_silu_sigmoid_float(float value)
{
    const float small = batch_norm_silu_exp_below_float(-fabsf(value));
    return (value >= 0 ? 1 : small) / (small + 1);
}

BATCH_NORM_SILU_INLINE float batch_norm_silu_erf_slope_float(float value)
{
    return (float)1.12837916709551257390L * batch_norm_silu_exp_below_float(-value * value); /* 2/sqrt(pi) */
}

BATCH_NORM_SILU_INLINE double batch_norm_silu_sigmoid_double(double value)
{
    const double small = batch_norm_silu_exp_below_double(-fabs(value));
    return (value >= 0 ? 1 : small) / (small + 1);
}

BATCH_NORM_SILU_INLINE double batch_norm_silu_erf_slope_double(double value)
{
    return (double)1.12837916709551257390L * batch_norm_silu_exp_below_double(-value * value); /* 2/sqrt(pi) */
}

BATCH_NORM_SILU_INLINE double batch_norm_silu_sigmoid_single(double value)
{
    const double small = batch_norm_silu_exp_below_single(-fabs(value));
    return (value >= 0 ? 1 : small) * (1 / (small + 1)); /* a quotient that is the same for -value */
}

BATCH_NORM_SILU_INLINE double batch_norm_silu_erf_slope_single(double value)
{
    return (double)1.12837916709551257390L * batch_norm_silu_exp_below_single(-value * value); /* 2/sqrt(pi) */
}

BATCH_NORM_SILU_INLINE long double batch_norm_silu_sigmoid_extended(long double value)
{
    const long double small = batch_norm_silu_exp_below_extended(-fabsl(value));
    return (value >= 0 ? 1 : small) / (small + 1);
}

BATCH_NORM_SILU_INLINE long double batch_norm_silu_erf_slope_extended(long double value)
{
    return (long double)1.12837916709551257390L * batch_norm_silu_exp_below_extended(-value * value); /* 2/sqrt(pi) */
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

/* Takes a term into a sum that is held in two numbers in memory. */
BATCH_NORM_SILU_INLINE void batch_norm_silu_gather_plain(double *high, double term) { *high += term; }

BATCH_NORM_SILU_INLINE void batch_norm_silu_gather_double(double *high, double *low, double term)
    { batch_norm_silu_add_double(high, low, term); }

BATCH_NORM_SILU_INLINE void batch_norm_silu_gather_extended(double *high, double *low, long double term)
{
    const double rounded = (double)term;
    batch_norm_silu_add_double(high, low, rounded);
    *low += (double)(term - rounded);
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_gather_largest_double(double *high, double term) { *high
    = batch_norm_silu_larger_double(*high, term); }

BATCH_NORM_SILU_INLINE void batch_norm_silu_gather_largest_extended(double *high, long double term) { *high
    = batch_norm_silu_larger_double(*high, (double)term); }

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
    for (k = 0; k < count; ++k) to[k] = batch_norm_silu_rounded(to[k], to[count + k]);
}

/* The lanes of a block from and to a smaller tensor; a number stands for one that is left out. */
static inline void batch_norm_silu_lanes_of_float(const float *from, ptrdiff_t at, ptrdiff_t stride, ptrdiff_t count,
    double neutral, double *lanes)
{
    ptrdiff_t b;
    if (from != NULL && stride == 1) {
        BATCH_NORM_SILU_SIMD
        for (b = 0; b < count; ++b) lanes[b] = from[at + b];
        return;
    }
    for (b = 0; b < count; ++b) lanes[b] = from == NULL ? neutral : (double)from[at + b * stride];
}

static inline void batch_norm_silu_lanes_to_float(const double *lanes, ptrdiff_t count, float *to, ptrdiff_t at,
    ptrdiff_t stride)
{
    ptrdiff_t b;
    if (stride == 1) {
        BATCH_NORM_SILU_SIMD
        for (b = 0; b < count; ++b) to[at + b] = (float)lanes[b];
        return;
    }
    for (b = 0; b < count; ++b) to[at + b * stride] = (float)lanes[b];
}

/* The lanes of a block from and to a smaller tensor; a number stands for one that is left out. */
static inline void batch_norm_silu_lanes_of_double(const double *from, ptrdiff_t at, ptrdiff_t stride, ptrdiff_t count,
    double neutral, double *lanes)
{
    ptrdiff_t b;
    if (from != NULL && stride == 1) {
        BATCH_NORM_SILU_SIMD
        for (b = 0; b < count; ++b) lanes[b] = from[at + b];
        return;
    }
    for (b = 0; b < count; ++b) lanes[b] = from == NULL ? neutral : (double)from[at + b * stride];
}

static inline void batch_norm_silu_lanes_to_double(const double *lanes, ptrdiff_t count, double *to, ptrdiff_t at,
    ptrdiff_t stride)
{
    ptrdiff_t b;
    if (stride == 1) {
        BATCH_NORM_SILU_SIMD
        for (b = 0; b < count; ++b) to[at + b] = (double)lanes[b];
        return;
    }
    for (b = 0; b < count; ++b) to[at + b * stride] = (double)lanes[b];
}

/* Lane values of double data are pairs of double: what a number loses stands beside it. That has more digits than long
 * double and takes vector instructions, but nothing may leave the range of double on the way. The reach of a lane
 * bounds the exponents of all that is computed of it; where it is beyond a limit the lane is computed in long double,
 * from what was given, from its sums and from the pivots that passes have used. */

/* How many doublings lie between one and a number; none where nothing is computed of it. */
BATCH_NORM_SILU_INLINE int64_t batch_norm_silu_reach(double value)
{
    uint64_t bits;
    int64_t exponent;
    memcpy(&bits, &value, sizeof bits);
    exponent = (int64_t)(bits >> 52 & 2047) - 1023;
    return value == 0 ? 0 : exponent < 0 ? -exponent : exponent;
}

/* Whatever is divided by nothing is beyond every limit. */
BATCH_NORM_SILU_INLINE int64_t batch_norm_silu_none(double value) { return value == 0 ? 100000 : 0; }

static int batch_norm_silu_beyond(const int64_t *reach, ptrdiff_t n, int64_t limit)
{
    int64_t most = 0;
    ptrdiff_t k;
    for (k = 0; k < n; ++k) most = most > reach[k] ? most : reach[k];
    return most > limit;
}

static int batch_norm_silu_finite(const double *values, ptrdiff_t n)
{
    ptrdiff_t k, others = 0;
    for (k = 0; k < n; ++k) others += !(fabs(values[k]) <= DBL_MAX);
    return others == 0;
}

/* A number in two of double; what is lost of one beyond their range is no number. */
static inline void batch_norm_silu_halves(long double value, double *high, double *low)
{
    *high = (double)value;
    *low = isfinite(*high) ? (double)(value - *high) : 0;
}

/* A sum in long double: the pair that holds it, or that with a wider range. */
static inline long double batch_norm_silu_far(double high, double low, long double again)
{
    return isfinite(high) ? (long double)high + low : again;
}

/* A smaller tensor that is read element by element: where it is left out, a number stands for it; sums are held in two
 * numbers. */
typedef struct {
    const void *data;
    const double *lost;
    size_t item;
    double neutral;
    int table;
} batch_norm_silu_leaf;

/* A sum with one value for each of some elements of a lane; those across blocks stand in the portion of the block. */
typedef struct {
    double *high;
    ptrdiff_t begin, places;
    int across, largest, table;
} batch_norm_silu_gathered;

/* What the passes of a call have in common. */
typedef struct {
    batch_norm_silu_walk walk;
    const void *read[BATCH_NORM_SILU_FULL];
    void *write[BATCH_NORM_SILU_FULL];
    batch_norm_silu_leaf leaf[BATCH_NORM_SILU_LEAVES];
    batch_norm_silu_gathered place[BATCH_NORM_SILU_PLACES];
    int few, inside;
    int keeps; /* whether what a reduce pass fills in may stand in what is written until the map pass reads it */
} batch_norm_silu_call;

/* Where the rows of each operand of a pass are, each a step from the one before: arrays that are read, smaller tensors,
 * lane values, numbers, sums (`apart` from each other) and what is lost of them, arrays that are written. Lane values
 * and sums are one for each row, or, where lanes stand side by side in columns, one for each column. */
typedef struct {
    const void *read[BATCH_NORM_SILU_FULL];
    const void *leaf[BATCH_NORM_SILU_LEAVES];
    const void *value[BATCH_NORM_SILU_VALUES];
    const double *number;
    void *high, *low;
    double *kept; /* of rows of float: what is not in the sums yet, taken there where `flush` is set */
    int flush;
    ptrdiff_t next; /* from the lane of a row to that of the next: 1, or 0 where all of them belong to one */
    int stream; /* whether what is written goes past the cache */
    int ahead; /* whether rows ask for what comes later, */
    int joined; /* whether each row goes on where the one before ends, */
    ptrdiff_t jump[BATCH_NORM_SILU_FULL]; /* and how many bytes after the end, of a row or of all joined ones,
        what is next begins */
    ptrdiff_t later; /* how many rows of columns later what is asked for comes; 0 where nothing is */
    ptrdiff_t apart;
    double *place[BATCH_NORM_SILU_PLACES], *lost[BATCH_NORM_SILU_PLACES];
    void *write[BATCH_NORM_SILU_FULL];
    ptrdiff_t read_step[BATCH_NORM_SILU_FULL], leaf_step[BATCH_NORM_SILU_LEAVES], place_step[BATCH_NORM_SILU_PLACES],
        write_step[BATCH_NORM_SILU_FULL];
} batch_norm_silu_tile;

/* What is done in the type that elements are computed in: lane values are handed on (spread), sums begin, are
 * added up to one for each lane (fold) or one by one to others (join), and end as lane values (finish), with what is
 * lost of them where there is room for it. `item` and `size` are the bytes of an element of the data and of a number of
 * the type. */
typedef struct {
    size_t item, size;
    void (*spread)(const void *lanes, ptrdiff_t count, ptrdiff_t run, void *to);
    void (*start)(void *sums, ptrdiff_t count, double value);
    void (*fold)(const void *high, const void *low, ptrdiff_t run, ptrdiff_t lanes, int largest, void *to_high,
        void *to_low);
    void (*join)(const void *high, const void *low, ptrdiff_t count, int largest, void *to_high, void *to_low);
    void (*finish)(const void *high, const void *low, ptrdiff_t count, void *lanes, void *less);
} batch_norm_silu_kind;

/* A pass over the data: how many operands of each sort it has, which of the call's they are, and its loops. */
typedef struct {
    const batch_norm_silu_kind *kind;
    void (*row)(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t);
    void (*steady)(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t);
        /* where leaves and places stay the same */
    void (*columns)(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t);
    int reads, leaves, coefficients, wides, sums, places, writes;
    int read[BATCH_NORM_SILU_FULL], leaf[BATCH_NORM_SILU_LEAVES], largest[BATCH_NORM_SILU_SUMS],
        place[BATCH_NORM_SILU_PLACES], write[BATCH_NORM_SILU_FULL];
    int last; /* what it reads is fresh at its end */
    int narrow; /* smaller tensors are read in float, else in double */
} batch_norm_silu_pass;

/* The arguments of one pass over one block; `again` when what the sums with inner classes need was gathered before. */
typedef struct {
    const batch_norm_silu_call *call;
    const batch_norm_silu_block *block;
    const batch_norm_silu_pass *pass;
    const void *const *lanes;
    const double *numbers;
    void *const *sums;
    int again;
} batch_norm_silu_sweep;

static void batch_norm_silu_spread_float(const void *lanes, ptrdiff_t count, ptrdiff_t run, void *to)
{
    const double *from = (const double *)lanes;
    float *next = (float *)to;
    ptrdiff_t b, k;
    if (run == 1) {
        BATCH_NORM_SILU_SIMD
        for (b = 0; b < count; ++b) next[b] = (float)from[b];
        return;
    }
    for (b = 0; b < count; ++b, next += run) {
        const float value = (float)from[b];
        BATCH_NORM_SILU_SIMD
        for (k = 0; k < run; ++k) next[k] = value;
    }
}

static void batch_norm_silu_spread_double(const void *lanes, ptrdiff_t count, ptrdiff_t run, void *to)
{
    const double *from = (const double *)lanes;
    double *next = (double *)to;
    ptrdiff_t b, k;
    if (run == 1) {
        BATCH_NORM_SILU_SIMD
        for (b = 0; b < count; ++b) next[b] = (double)from[b];
        return;
    }
    for (b = 0; b < count; ++b, next += run) {
        const double value = (double)from[b];
        BATCH_NORM_SILU_SIMD
        for (k = 0; k < run; ++k) next[k] = value;
    }
}

static void batch_norm_silu_spread_extended(const void *lanes, ptrdiff_t count, ptrdiff_t run, void *to)
{
    const double *from = (const double *)lanes;
    long double *next = (long double *)to;
    ptrdiff_t b, k;
    if (run == 1) {
        BATCH_NORM_SILU_SIMD
        for (b = 0; b < count; ++b) next[b] = (long double)from[b];
        return;
    }
    for (b = 0; b < count; ++b, next += run) {
        const long double value = (long double)from[b];
        BATCH_NORM_SILU_SIMD
        for (k = 0; k < run; ++k) next[k] = value;
    }
}

static void batch_norm_silu_start_double(void *sums, ptrdiff_t count, double value)
{
    double *sum = (double *)sums;
    ptrdiff_t k;
    BATCH_NORM_SILU_SIMD
    for (k = 0; k < count; ++k) sum[k] = value;
}

static void batch_norm_silu_fold_double(const void *high, const void *low, ptrdiff_t run, ptrdiff_t lanes, int largest,
    void *to_high, void *to_low)
{
    const double *from = (const double *)high, *lost = (const double *)low;
    double *sum = (double *)to_high, *rest = (double *)to_low;
    ptrdiff_t b, k;
    for (b = 0; b < lanes; ++b) {
        sum[b] = from[b * run];
        rest[b] = lost[b * run];
    }
    for (k = 1; k < run && largest; ++k) {
        for (b = 0; b < lanes; ++b) sum[b] = batch_norm_silu_larger_double(sum[b], from[b * run + k]);
    }
    for (k = 1; k < run && !largest; ++k) {
        BATCH_NORM_SILU_SIMD
        for (b = 0; b < lanes; ++b) {
            batch_norm_silu_add_double(&sum[b], &rest[b], from[b * run + k]);
            rest[b] += lost[b * run + k];
        }
    }
}

static void batch_norm_silu_join_double(const void *high, const void *low, ptrdiff_t count, int largest, void *to_high,
    void *to_low)
{
    const double *from = (const double *)high, *lost = (const double *)low;
    double *sum = (double *)to_high, *rest = (double *)to_low;
    ptrdiff_t k;
    if (largest) {
        for (k = 0; k < count; ++k) sum[k] = batch_norm_silu_larger_double(sum[k], from[k]);
        return;
    }
    BATCH_NORM_SILU_SIMD
    for (k = 0; k < count; ++k) {
        batch_norm_silu_add_double(&sum[k], &rest[k], from[k]);
        rest[k] += lost[k];
    }
}

static void batch_norm_silu_start_extended(void *sums, ptrdiff_t count, double value)
{
    long double *sum = (long double *)sums;
    ptrdiff_t k;
    BATCH_NORM_SILU_SIMD
    for (k = 0; k < count; ++k) sum[k] = value;
}

static void batch_norm_silu_fold_extended(const void *high, const void *low, ptrdiff_t run, ptrdiff_t lanes,
    int largest, void *to_high, void *to_low)
{
    const long double *from = (const long double *)high, *lost = (const long double *)low;
    long double *sum = (long double *)to_high, *rest = (long double *)to_low;
    ptrdiff_t b, k;
    for (b = 0; b < lanes; ++b) {
        sum[b] = from[b * run];
        rest[b] = lost[b * run];
    }
    for (k = 1; k < run && largest; ++k) {
        for (b = 0; b < lanes; ++b) sum[b] = batch_norm_silu_larger_extended(sum[b], from[b * run + k]);
    }
    for (k = 1; k < run && !largest; ++k) {
        BATCH_NORM_SILU_SIMD
        for (b = 0; b < lanes; ++b) {
            batch_norm_silu_add_extended(&sum[b], &rest[b], from[b * run + k]);
            rest[b] += lost[b * run + k];
        }
    }
}

static void batch_norm_silu_join_extended(const void *high, const void *low, ptrdiff_t count, int largest,
    void *to_high, void *to_low)
{
    const long double *from = (const long double *)high, *lost = (const long double *)low;
    long double *sum = (long double *)to_high, *rest = (long double *)to_low;
    ptrdiff_t k;
    if (largest) {
        for (k = 0; k < count; ++k) sum[k] = batch_norm_silu_larger_extended(sum[k], from[k]);
        return;
    }
    BATCH_NORM_SILU_SIMD
    for (k = 0; k < count; ++k) {
        batch_norm_silu_add_extended(&sum[k], &rest[k], from[k]);
        rest[k] += lost[k];
    }
}

static void batch_norm_silu_finish_double(const void *high, const void *low, ptrdiff_t count, void *lanes, void *less)
{
    const double *sum = (const double *)high, *rest = (const double *)low;
    double *lane = (double *)lanes, *lost = (double *)less;
    ptrdiff_t b;
    BATCH_NORM_SILU_SIMD
    for (b = 0; b < count; ++b) lane[b] = batch_norm_silu_rounded(sum[b], rest[b]);
    if (less == NULL) return;
    BATCH_NORM_SILU_SIMD
    for (b = 0; b < count; ++b) lost[b] = fabs(lane[b]) <= DBL_MAX ? rest[b] - (lane[b] - sum[b]) : 0;
}

static void batch_norm_silu_finish_extended(const void *high, const void *low, ptrdiff_t count, void *lanes, void *less)
{
    const long double *sum = (const long double *)high, *rest = (const long double *)low;
    long double *lane = (long double *)lanes;
    ptrdiff_t b;
    (void)less;
    for (b = 0; b < count; ++b) lane[b] = isfinite(sum[b]) ? sum[b] + rest[b] : sum[b];
}

static const batch_norm_silu_kind batch_norm_silu_kind_float_float = { sizeof(float), sizeof(float),
    batch_norm_silu_spread_float, NULL, NULL, NULL, NULL };
static const batch_norm_silu_kind batch_norm_silu_kind_float_double = { sizeof(float), sizeof(double),
    batch_norm_silu_spread_double, batch_norm_silu_start_double, batch_norm_silu_fold_double,
    batch_norm_silu_join_double, batch_norm_silu_finish_double };
static const batch_norm_silu_kind batch_norm_silu_kind_double_double = { sizeof(double), sizeof(double),
    batch_norm_silu_spread_double, batch_norm_silu_start_double, batch_norm_silu_fold_double,
    batch_norm_silu_join_double, batch_norm_silu_finish_double };
static const batch_norm_silu_kind batch_norm_silu_kind_double_extended = { sizeof(double), sizeof(long double),
    batch_norm_silu_spread_extended, batch_norm_silu_start_extended, batch_norm_silu_fold_extended,
    batch_norm_silu_join_extended, batch_norm_silu_finish_extended };

/* A tile is some lanes times a run of n elements; whether it is contiguous in a table, in order. */
static inline int batch_norm_silu_is_direct(const batch_norm_silu_walk *w, int table, ptrdiff_t lanes, ptrdiff_t n)
{
    return (n == 1 || w->run_stride[table] == 1) && (lanes == 1 || w->lane_stride[table] == n);
}

static inline const char *batch_norm_silu_from(const void *data, ptrdiff_t at, size_t item)
{
    return (const char *)data + at * (ptrdiff_t)item;
}

/* Whether a leaf is contiguous in memory, in the type that a pass reads it in. */
static int batch_norm_silu_stands(const batch_norm_silu_walk *w, const batch_norm_silu_leaf *x, int narrow,
    ptrdiff_t lanes, ptrdiff_t n)
{
    return x->data != NULL && x->lost == NULL && x->item == (narrow ? sizeof(float) : sizeof(double))
        && batch_norm_silu_is_direct(w, x->table, lanes, n);
}

/* One number of a leaf, in double. */
static inline double batch_norm_silu_leaf_number(const batch_norm_silu_leaf *x, ptrdiff_t at)
{
    if (x->data == NULL) return x->neutral;
    if (x->item == sizeof(float)) return ((const float *)x->data)[at];
    if (x->lost == NULL) return ((const double *)x->data)[at];
    return batch_norm_silu_rounded(((const double *)x->data)[at], x->lost[at]);
}

/* The numbers of a leaf in a tile, in the type that a pass reads them in. */
static const void *batch_norm_silu_leaf_tile(const batch_norm_silu_walk *w, const batch_norm_silu_leaf *x, int narrow,
    ptrdiff_t at, ptrdiff_t lanes, ptrdiff_t n, double *buffer)
{
    const ptrdiff_t across = w->lane_stride[x->table], along = w->run_stride[x->table];
    ptrdiff_t b, j;
    if (batch_norm_silu_stands(w, x, narrow, lanes, n)) return (const char *)x->data + at * (ptrdiff_t)x->item;
    for (b = 0; b < lanes; ++b) {
        double *to = buffer + b * n;
        const ptrdiff_t begin = at + b * across;
        if (narrow) {
            for (j = 0; j < n; ++j) ((float *)buffer)[b * n + j] = (float)batch_norm_silu_leaf_number(x, begin
                + j * along);
        } else if (x->data == NULL || along == 0) {
            const double all = batch_norm_silu_leaf_number(x, begin);
            BATCH_NORM_SILU_SIMD
            for (j = 0; j < n; ++j) to[j] = all;
        } else if (x->item == sizeof(float) && along == 1) {
            const float *from = (const float *)x->data + begin;
            BATCH_NORM_SILU_SIMD
            for (j = 0; j < n; ++j) to[j] = from[j];
        } else {
            for (j = 0; j < n; ++j) to[j] = batch_norm_silu_leaf_number(x, begin + j * along);
        }
    }
    return buffer;
}

/* Takes the sums of a row of a tile into the one place that all of it belongs to. */
static void batch_norm_silu_gather_row(double *to, ptrdiff_t places, ptrdiff_t n, const double *more,
    const double *lost)
{
    double part[BATCH_NORM_SILU_CHAINS] = {0}, rest[BATCH_NORM_SILU_CHAINS] = {0};
    ptrdiff_t j;
    int k;
    for (j = 0; j + BATCH_NORM_SILU_CHAINS <= n; j += BATCH_NORM_SILU_CHAINS) {
        BATCH_NORM_SILU_SIMD
        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
            batch_norm_silu_add_double(&part[k], &rest[k], more[j + k]);
            rest[k] += lost[j + k];
        }
    }
    for (k = 0; j < n; ++j, ++k) {
        batch_norm_silu_add_double(&part[k], &rest[k], more[j]);
        rest[k] += lost[j];
    }
    for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
        batch_norm_silu_add_double(to, to + places, part[k]);
        to[places] += rest[k];
    }
}

/* Takes the sums of a tile into what stands in memory. */
static void batch_norm_silu_gather(const batch_norm_silu_walk *w, const batch_norm_silu_gathered *x, double *high,
    ptrdiff_t lanes, ptrdiff_t n, const double *more, const double *lost)
{
    const ptrdiff_t along = w->run_stride[x->table];
    ptrdiff_t b, j;
    for (b = 0; b < lanes; ++b, more += n, lost += n) {
        double *to = high + b * w->lane_stride[x->table];
        if (x->largest) {
            for (j = 0; j < n; ++j) to[j * along] = batch_norm_silu_larger_double(to[j * along], more[j]);
        } else if (along == 0) {
            batch_norm_silu_gather_row(to, x->places, n, more, lost);
        } else {
            for (j = 0; j < n; ++j, to += along) {
                batch_norm_silu_add_double(to, to + x->places, more[j]);
                to[x->places] += lost[j];
            }
        }
    }
}

/* Where the buffers of one thread are, and what stands in those of the leaves. */
typedef struct {
    char *read[BATCH_NORM_SILU_FULL], *write[BATCH_NORM_SILU_FULL];
    double *leaf[BATCH_NORM_SILU_LEAVES], *place[BATCH_NORM_SILU_PLACES];
    ptrdiff_t leaf_at[BATCH_NORM_SILU_LEAVES], leaf_n[BATCH_NORM_SILU_LEAVES];
} batch_norm_silu_buffers;

/* Whether leaves and places are the same for all of a row. */
static int batch_norm_silu_is_steady(const batch_norm_silu_call *a, const batch_norm_silu_pass *pass)
{
    const batch_norm_silu_walk *w = &a->walk;
    int k, steady = pass->steady != NULL && !w->columns;
    for (k = 0; k < pass->leaves; ++k) steady = steady && w->run_stride[a->leaf[pass->leaf[k]].table] == 0;
    for (k = 0; k < pass->places; ++k) steady = steady && w->run_stride[a->place[pass->place[k]].table] == 0;
    return steady;
}

/* The bytes of what a pass reads, and of as large an array that is written by it or after it. */
static inline ptrdiff_t batch_norm_silu_bytes(const batch_norm_silu_call *a, const batch_norm_silu_pass *pass)
{
    return a->walk.elements * (ptrdiff_t)pass->kind->item * (pass->reads + 1);
}

/* Whether what a pass writes in rows of n elements goes past the cache: long rows of an array that nobody reads here,
 * which with what is read for it is more than the last cache holds. */
static int batch_norm_silu_streams(const batch_norm_silu_call *a, const batch_norm_silu_pass *pass, ptrdiff_t n)
{
    const batch_norm_silu_walk *w = &a->walk;
    const ptrdiff_t item = (ptrdiff_t)pass->kind->item;
    int k, streams = BATCH_NORM_SILU_STREAMS && pass->writes == 1 && n * item >= (w->columns
        ? BATCH_NORM_SILU_STREAMED_COLUMNS : BATCH_NORM_SILU_STREAMED);
    streams = streams && batch_norm_silu_bytes(a, pass) > BATCH_NORM_SILU_CACHE;
    for (k = 0; k < pass->reads; ++k) streams = streams && a->read[pass->read[k]] != a->write[pass->write[0]];
    return streams;
}

/* The operands of a tile that begins at `at` in each table: in place where they are contiguous, else in the buffers.
 * Of leaves and places there are `own` along a run: one where they are the same for all of it. */
static void batch_norm_silu_enter(const batch_norm_silu_sweep *s, batch_norm_silu_buffers *m, batch_norm_silu_tile *t,
    ptrdiff_t lanes, ptrdiff_t n, ptrdiff_t own, const ptrdiff_t *at)
{
    const batch_norm_silu_call *a = s->call;
    const batch_norm_silu_pass *pass = s->pass;
    const batch_norm_silu_walk *w = &a->walk;
    const size_t item = pass->kind->item;
    int k;
    for (k = 0; k < pass->reads; ++k) {
        const int table = pass->read[k];
        t->read[k] = batch_norm_silu_from(a->read[table], at[table], item);
        if (batch_norm_silu_is_direct(w, table, lanes, n)) continue;
        batch_norm_silu_pack(t->read[k], m->read[k], item, w->lane_stride[table], w->run_stride[table], lanes, n);
        t->read[k] = m->read[k];
    }
    for (k = 0; k < pass->leaves; ++k) {
        const batch_norm_silu_leaf *x = &a->leaf[pass->leaf[k]];
        if (m->leaf_at[k] == at[x->table] && m->leaf_n[k] == own) continue;
        t->leaf[k] = batch_norm_silu_leaf_tile(w, x, pass->narrow, at[x->table], lanes, own, m->leaf[k]);
        m->leaf_at[k] = at[x->table];
        m->leaf_n[k] = own;
    }
    for (k = 0; k < pass->places; ++k) {
        const batch_norm_silu_gathered *x = &a->place[pass->place[k]];
        double *high = (x->across ? s->block->part + x->begin : x->high) + at[x->table];
        t->place[k] = high;
        t->lost[k] = high + x->places;
        if (!s->again && batch_norm_silu_is_direct(w, x->table, lanes, own)) continue;
        t->place[k] = m->place[k];
        t->lost[k] = m->place[k] + lanes * own;
        batch_norm_silu_start_double(t->place[k], lanes * own, x->largest ? -HUGE_VAL : 0);
        batch_norm_silu_start_double(t->lost[k], lanes * own, 0);
    }
    for (k = 0; k < pass->writes; ++k) {
        const int table = pass->write[k];
        const int direct = batch_norm_silu_is_direct(w, table, lanes, n);
        t->write[k] = direct ? (char *)a->write[table] + at[table] * (ptrdiff_t)item : m->write[k];
    }
}

/* How far a row is from the next in each operand: columns go along the innermost dimension within the lanes (`d`), rows
 * from lane to lane (-1). Returns whether several can be done in one go, since all of them stand in place. */
static int batch_norm_silu_steps(const batch_norm_silu_sweep *s, batch_norm_silu_tile *t, int d, ptrdiff_t lanes,
    ptrdiff_t n, ptrdiff_t own)
{
    const batch_norm_silu_call *a = s->call;
    const batch_norm_silu_pass *pass = s->pass;
    const batch_norm_silu_walk *w = &a->walk;
    int k, direct = !s->again;
    for (k = 0; k < pass->reads; ++k) {
        t->read_step[k] = (d < 0 ? w->lane_stride : w->along)[pass->read[k]];
        direct = direct && batch_norm_silu_is_direct(w, pass->read[k], lanes, n);
    }
    for (k = 0; k < pass->leaves; ++k) {
        const batch_norm_silu_leaf *x = &a->leaf[pass->leaf[k]];
        t->leaf_step[k] = (d < 0 ? w->lane_stride : w->along)[x->table];
        direct = direct && (t->leaf_step[k] == 0 || batch_norm_silu_stands(w, x, pass->narrow, lanes, own));
    }
    for (k = 0; k < pass->places; ++k) {
        const batch_norm_silu_gathered *x = &a->place[pass->place[k]];
        t->place_step[k] = (d < 0 ? w->lane_stride : w->along)[x->table];
        direct = direct && batch_norm_silu_is_direct(w, x->table, lanes, own);
    }
    for (k = 0; k < pass->writes; ++k) {
        t->write_step[k] = (d < 0 ? w->lane_stride : w->along)[pass->write[k]];
        direct = direct && batch_norm_silu_is_direct(w, pass->write[k], lanes, n);
    }
    return direct;
}

/* Where a pass goes on after a row, or after rows of lanes that stand one behind the other: in the next row, that of the
 * same lane if it is alone, else in the first lane of the next unit. */
static void batch_norm_silu_look_ahead(const batch_norm_silu_sweep *s, batch_norm_silu_tile *t, int alone,
    ptrdiff_t lanes, ptrdiff_t b, ptrdiff_t rows, ptrdiff_t n)
{
    const batch_norm_silu_walk *w = &s->call->walk;
    const int *read = s->pass->read;
    int k;
    t->joined = !alone && rows > 1;
    for (k = 0; k < s->pass->reads; ++k) t->joined = t->joined && w->lane_stride[read[k]] == n;
    for (k = 0; k < s->pass->reads; ++k) {
        ptrdiff_t on = n; /* what a row of pieces is followed by, it finds without asking */
        if (!alone && (b + rows < lanes || (rows > 1 && !t->joined))) on = w->lane_stride[read[k]];
        else if (w->inners > 0 && n == w->run_size) on = w->along[read[k]] - (alone ? 0 : (lanes - 1)
            * w->lane_stride[read[k]]);
        t->jump[k] = (on - n) * (ptrdiff_t)s->pass->kind->item;
    }
}

/* Lets rows of one lane follow each other along the innermost dimension: what stays the same along a row, and where the
 * next one is. */
static void batch_norm_silu_follow(const batch_norm_silu_sweep *s, batch_norm_silu_buffers *m, batch_norm_silu_tile *t,
    ptrdiff_t rows, ptrdiff_t n, const ptrdiff_t *at)
{
    const batch_norm_silu_call *a = s->call;
    ptrdiff_t j;
    int k;
    batch_norm_silu_steps(s, t, 0, 1, n, 1);
    for (k = 0; k < s->pass->leaves; ++k) {
        const batch_norm_silu_leaf *x = &a->leaf[s->pass->leaf[k]];
        const ptrdiff_t along = a->walk.along[x->table];
        for (j = 0; j < rows; ++j) {
            const double number = batch_norm_silu_leaf_number(x, at[x->table] + j * along);
            if (s->pass->narrow) ((float *)m->leaf[k])[j] = (float)number;
            else m->leaf[k][j] = number;
        }
        t->leaf[k] = m->leaf[k];
        t->leaf_step[k] = 1;
        m->leaf_n[k] = -1;
    }
}

/* Takes what a tile left in the buffers to where it belongs. */
static void batch_norm_silu_leave(const batch_norm_silu_sweep *s, const batch_norm_silu_buffers *m,
    const batch_norm_silu_tile *t, ptrdiff_t lanes, ptrdiff_t n, ptrdiff_t own, const ptrdiff_t *at)
{
    const batch_norm_silu_call *a = s->call;
    const batch_norm_silu_pass *pass = s->pass;
    const batch_norm_silu_walk *w = &a->walk;
    const size_t item = pass->kind->item;
    int k;
    for (k = 0; k < pass->places; ++k) {
        const batch_norm_silu_gathered *x = &a->place[pass->place[k]];
        if (s->again || t->place[k] != m->place[k]) continue;
        batch_norm_silu_gather(w, x, (x->across ? s->block->part + x->begin : x->high) + at[x->table], lanes, own,
            t->place[k], t->lost[k]);
    }
    for (k = 0; k < pass->writes; ++k) {
        const int table = pass->write[k];
        char *to = (char *)a->write[table] + at[table] * (ptrdiff_t)item;
        if (t->write[k] != m->write[k]) continue;
        batch_norm_silu_unpack(m->write[k], to, item, w->lane_stride[table], w->run_stride[table], lanes, n);
    }
}
/* The bytes of one lane value: those that inner values are computed from are double, whatever the elements are. */
static inline size_t batch_norm_silu_value_size(const batch_norm_silu_pass *pass, int k)
{
    return k < pass->coefficients ? pass->kind->size : sizeof(double);
}

/* Units first to end of a block; the sums of each lane, and what is lost of them. */
static void batch_norm_silu_units(const batch_norm_silu_sweep *s, ptrdiff_t first, ptrdiff_t end, void *high, void *low)
{
    const batch_norm_silu_call *a = s->call;
    const batch_norm_silu_pass *pass = s->pass;
    const batch_norm_silu_kind *of = pass->kind;
    const batch_norm_silu_walk *w = &a->walk;
    const batch_norm_silu_block *c = s->block;
    const ptrdiff_t lanes = c->lanes, columns = w->columns ? lanes * w->run_size : lanes;
    ptrdiff_t at[BATCH_NORM_SILU_TABLES], place[BATCH_NORM_SILU_TABLES], unit, b, j, n;
    batch_norm_silu_number room[BATCH_NORM_SILU_ROOM / sizeof(batch_norm_silu_number)];
    batch_norm_silu_buffers m;
    batch_norm_silu_tile t;
    char *next = (char *)room;
    const char *values[BATCH_NORM_SILU_VALUES];
    int k, d;
    for (k = 0; k < pass->coefficients + pass->wides; ++k) {
        void (*const spread)(const void *, ptrdiff_t, ptrdiff_t, void *) = k < pass->coefficients ? of->spread
            : batch_norm_silu_spread_double;
        values[k] = (const char *)s->lanes[k];
        if (columns > lanes || spread != batch_norm_silu_spread_double) { /* else they stand there as they are */
            char *const to = (char *)batch_norm_silu_take(&next, columns, batch_norm_silu_value_size(pass, k));
            spread(s->lanes[k], lanes, w->columns ? w->run_size : 1, to);
            values[k] = to;
        }
        t.value[k] = values[k];
    }
    memset(&m, 0, sizeof(m));
    t.number = s->numbers;
    t.high = high;
    t.low = low;
    t.apart = columns;
    t.write[0] = NULL;
    if (pass->sums && w->columns && (w->run_size > 1 || w->splits > 1)) { /* else they are those of the lanes */
        t.high = batch_norm_silu_take(&next, pass->sums * columns, of->size);
        t.low = batch_norm_silu_take(&next, pass->sums * columns, of->size);
    }
    for (k = 0; k < pass->sums; ++k) of->start((char *)t.high + k * columns * (ptrdiff_t)of->size, columns,
        pass->largest[k] ? -HUGE_VAL : 0);
    if (pass->sums) of->start(t.low, pass->sums * columns, 0);
    n = w->columns ? columns : BATCH_NORM_SILU_TILE;
    t.stream = 0;
    for (k = 0; k < pass->reads; ++k) m.read[k] = (char *)batch_norm_silu_take(&next, n, of->item);
    for (k = 0; k < pass->leaves; ++k) {
        m.leaf[k] = (double *)batch_norm_silu_take(&next, n, sizeof(double));
        m.leaf_n[k] = -1;
    }
    for (k = 0; k < pass->places; ++k) m.place[k] = (double *)batch_norm_silu_take(&next, 2 * n, sizeof(double));
    for (k = 0; k < pass->writes; ++k) m.write[k] = (char *)batch_norm_silu_take(&next, n, of->item);
    if (w->columns) {
        const int together = w->inners > 0 && batch_norm_silu_steps(s, &t, 0, lanes, w->run_size, w->run_size);
        const ptrdiff_t most = BATCH_NORM_SILU_STRETCH / (columns * (ptrdiff_t)of->item) + 1;
            /* rows of a stretch of the way back */
        ptrdiff_t rows;
        t.stream = together && batch_norm_silu_streams(a, pass, columns);
        t.later = 0;
        if (together && batch_norm_silu_bytes(a, pass) > BATCH_NORM_SILU_FAR_BYTES) t.later
            = BATCH_NORM_SILU_LATER / (columns * (ptrdiff_t)of->item) + 4;
        for (unit = first; unit < end; unit += rows) {
            const ptrdiff_t own = pass->last ? first + end - 1 - unit : unit;
            rows = 1;
            if (together) {
                const ptrdiff_t size = w->size[w->inner[w->inners - 1]];
                rows = batch_norm_silu_least(end - unit, pass->last ? batch_norm_silu_least(most, own % size + 1) : size
                    - own % size);
            }
            batch_norm_silu_unit(w, c, pass->last ? own + 1 - rows : own, at);
            batch_norm_silu_enter(s, &m, &t, lanes, w->run_size, w->run_size, at);
            pass->columns(columns, rows, &t);
            batch_norm_silu_leave(s, &m, &t, lanes, w->run_size, w->run_size, at);
        }
        if (t.stream) BATCH_NORM_SILU_FENCE();
        for (k = 0; k < pass->sums && t.high != high; ++k) {
            const ptrdiff_t from = k * columns * (ptrdiff_t)of->size, to = k * lanes * (ptrdiff_t)of->size;
            of->fold((char *)t.high + from, (char *)t.low + from, w->run_size, lanes, pass->largest[k], (char *)high
                + to, (char *)low + to);
        }
    } else {
        const int steady = batch_norm_silu_is_steady(a, pass);
        const int same = steady || pass->leaves + pass->places == 0;
            /* all that stands in memory is one number for a row */
        int whole = same;
        double *const kept = (double *)batch_norm_silu_take(&next, BATCH_NORM_SILU_KEPT * pass->sums * lanes,
            sizeof(double));
        const ptrdiff_t most = BATCH_NORM_SILU_STRETCH / (w->run_size * (ptrdiff_t)of->item) + 1;
        ptrdiff_t since = 0, set, follows;
        int alone;
        for (k = 0; k < pass->sums; ++k) {
            batch_norm_silu_start_double(kept + BATCH_NORM_SILU_KEPT * k * lanes, BATCH_NORM_SILU_KEPT * lanes,
                pass->largest[k] ? -HUGE_VAL : 0);
        }
        if (!same && pass->places == 0) { /* nor need rows be taken to pieces where leaves stand in memory */
            whole = 1;
            for (k = 0; k < pass->leaves; ++k) whole = whole && batch_norm_silu_stands(w, &a->leaf[pass->leaf[k]],
                pass->narrow, 1, w->run_size);
        }
        for (k = 0; k < pass->reads; ++k) whole = whole && w->run_stride[pass->read[k]] == 1;
        for (k = 0; k < pass->writes; ++k) whole = whole && w->run_stride[pass->write[k]] == 1;
        t.stream = whole && batch_norm_silu_streams(a, pass, w->run_size);
        t.ahead = w->run_size >= BATCH_NORM_SILU_FAR && batch_norm_silu_bytes(a, pass) > BATCH_NORM_SILU_FAR_BYTES;
        t.joined = 0;
        alone = whole && same && w->inners > 0 && w->segments == 1 && !s->again && (lanes == 1
            || w->lane < w->inner[0]);
        t.next = !alone;
        for (set = 0; set < (alone ? lanes : 1); ++set) {
            for (unit = first; unit < end; unit += follows) {
                const ptrdiff_t own = pass->last ? first + end - 1 - unit : unit, run = batch_norm_silu_unit(w, c, own,
                    at);
                const ptrdiff_t length = whole ? run : BATCH_NORM_SILU_TILE, pieces = run > length ? (run + length - 1)
                    / length : 1;
                ptrdiff_t rows, q;
                follows = 1;
                if (alone) { /* the rows of a lane follow each other, until what is kept of them is due */
                    const ptrdiff_t size = w->size[w->inner[w->inners - 1]];
                    follows = batch_norm_silu_least(end - unit, pass->last ? batch_norm_silu_least(most, own % size + 1)
                        : size - own % size);
                    follows = batch_norm_silu_least(follows, BATCH_NORM_SILU_TILE);
                    if (pass->sums && run * follows > BATCH_NORM_SILU_RUN - since) follows = (BATCH_NORM_SILU_RUN
                        - since + run - 1) / run;
                    batch_norm_silu_unit(w, c, pass->last ? own + 1 - follows : own, at);
                }
                since += run * follows;
                t.flush = pieces > 1 || since >= BATCH_NORM_SILU_RUN || unit + follows == end;
                if (t.flush) since = 0;
                for (q = 0; q < (alone ? 1 : pieces * lanes); q += rows) {
                    /* What is read of a leaf is kept for the next lane; else one row is done before the next. */
                    b = pieces == 1 ? q : pass->leaves ? q % lanes : q / pieces;
                    if (alone) b = pass->last ? lanes - 1 - set : set;
                    j = pieces == 1 ? 0 : (pass->leaves ? q / lanes : q % pieces) * length;
                    n = batch_norm_silu_least(run - j, length);
                    rows = (pieces == 1 || pass->leaves) && batch_norm_silu_steps(s, &t, -1, 1, n, steady ? 1 : n)
                        ? lanes - b : 1;
                    for (k = 0; k < pass->coefficients + pass->wides; ++k) {
                        t.value[k] = values[k] + b * (ptrdiff_t)batch_norm_silu_value_size(pass, k);
                    }
                    t.high = (char *)high + b * (ptrdiff_t)of->size;
                    t.low = (char *)low + b * (ptrdiff_t)of->size;
                    t.kept = kept + BATCH_NORM_SILU_KEPT * b;
                    for (d = 0; d < w->tables; ++d) place[d] = at[d] + b * w->lane_stride[d] + j * w->run_stride[d];
                    batch_norm_silu_enter(s, &m, &t, 1, n, steady ? 1 : n, place);
                    if (alone) batch_norm_silu_follow(s, &m, &t, follows, n, place);
                    if (t.ahead) batch_norm_silu_look_ahead(s, &t, alone, lanes, b, rows, n);
                    (steady ? pass->steady : pass->row)(n, alone ? follows : rows, &t);
                    batch_norm_silu_leave(s, &m, &t, 1, n, steady ? 1 : n, place);
                }
            }
        }
        if (t.stream) BATCH_NORM_SILU_FENCE();
    }
}

/* The parts of a block that one thread has, in the order of the pass. */
static void batch_norm_silu_share(const batch_norm_silu_sweep *s, ptrdiff_t begin, ptrdiff_t end, char *part)
{
    const ptrdiff_t splits = s->call->walk.splits, units = s->call->walk.units;
    const ptrdiff_t lost = s->pass->sums * s->block->lanes * (ptrdiff_t)s->pass->kind->size;
    ptrdiff_t m;
    for (m = begin; m < end; ++m) {
        const ptrdiff_t own = s->pass->last ? begin + end - 1 - m : m;
        batch_norm_silu_units(s, units * own / splits, units * (own + 1) / splits, part + 2 * own * lost, part
            + (2 * own + 1) * lost);
    }
}

/* A pass over a block; the sums of its parts are combined in their order. */
static void batch_norm_silu_sweep_block(const batch_norm_silu_call *a, const batch_norm_silu_block *c,
    const batch_norm_silu_pass *pass, const void *const *lanes, const double *numbers, void *const *sums, int again)
{
    const ptrdiff_t splits = a->walk.splits, size = (ptrdiff_t)pass->kind->size, lost = pass->sums * c->lanes * size;
    batch_norm_silu_number numbers_of_parts[2 * BATCH_NORM_SILU_SUMS * BATCH_NORM_SILU_LANES
        + 64 / sizeof(batch_norm_silu_number)];
    batch_norm_silu_sweep s;
    char *next = (char *)numbers_of_parts, *part = (char *)batch_norm_silu_take(&next, 0, 1);
    ptrdiff_t m;
    int k;
    s.call = a;
    s.block = c;
    s.pass = pass;
    s.lanes = lanes;
    s.numbers = numbers;
    s.sums = sums;
    s.again = again;
    if (a->inside == 1) {
        batch_norm_silu_share(&s, 0, splits, part);
    } else { /* no region of one thread: threads are made anew for regions within regions */
#if defined(_OPENMP)
#pragma omp parallel for num_threads(a->inside) schedule(static)
#endif
        for (k = 0; k < a->inside; ++k) batch_norm_silu_share(&s, splits * k / a->inside, splits * (k + 1) / a->inside,
            part);
    }
    for (k = 0; k < pass->sums; ++k) {
        char *high = part + k * c->lanes * size;
        for (m = 1; m < splits; ++m) {
            const char *more = high + 2 * m * lost;
            pass->kind->join(more, more + lost, c->lanes, pass->largest[k], high, high + lost);
        }
        pass->kind->finish(high, high + lost, c->lanes, sums[k], sums[pass->sums + k]);
    }
}

static void batch_norm_silu_portion(const batch_norm_silu_call *arguments, void (*block)(const void *arguments,
    batch_norm_silu_block *c), ptrdiff_t number, ptrdiff_t portions, double *part)
{
    const batch_norm_silu_walk *w = &arguments->walk;
    ptrdiff_t m;
    for (m = w->blocks * number / portions; m < w->blocks * (number + 1) / portions; ++m) {
        batch_norm_silu_block c;
        batch_norm_silu_locate(w, m, &c);
        c.part = part;
        block(arguments, &c);
    }
}

/* All blocks of a call, portion by portion; `arguments` begins with the call. Few blocks are better shared out part by
 * part; the sums are the same. */
static void batch_norm_silu_run(batch_norm_silu_call *arguments, void (*block)(const void *arguments,
    batch_norm_silu_block *c), double *memory, ptrdiff_t portions, ptrdiff_t total, int threads)
{
    const batch_norm_silu_walk *w = &arguments->walk;
    int outside = threads;
    ptrdiff_t number;
    arguments->inside = 1;
    if (portions % threads != 0 && portions < 8 * (ptrdiff_t)threads && w->splits > 1) {
        arguments->inside = (int)batch_norm_silu_least(threads, w->splits);
        outside = 1;
    }
    if (portions < outside) outside = (int)portions;
    if (outside == 1) {
        for (number = 0; number < portions; ++number) batch_norm_silu_portion(arguments, block, number, portions, memory
            + number * total);
        return;
    }
#if defined(_OPENMP)
#pragma omp parallel for num_threads(outside) schedule(static)
#endif
    for (number = 0; number < portions; ++number) batch_norm_silu_portion(arguments, block, number, portions, memory
        + number * total);
}

static inline void batch_norm_silu_set_leaf(batch_norm_silu_leaf *x, const void *data, const double *lost, size_t item,
    double neutral, int table)
{
    x->data = data;
    x->lost = lost;
    x->item = item;
    x->neutral = neutral;
    x->table = table;
}

/* A sum that stands in memory, or, where that is NULL, across blocks: in their portions. */
static inline void batch_norm_silu_set_place(batch_norm_silu_gathered *x, double *high, ptrdiff_t begin,
    ptrdiff_t places, int largest, int table)
{
    x->high = high;
    x->begin = begin;
    x->places = places;
    x->across = high == NULL;
    x->largest = largest;
    x->table = table;
}

static inline int batch_norm_silu_check_workspace(const void *workspace, size_t size, size_t needed, int threads)
{
    if (threads < 1) return BATCH_NORM_SILU_THREADS;
    if (size < needed) return BATCH_NORM_SILU_WORKSPACE;
    return size > 0 && (workspace == NULL || (size_t)workspace % sizeof(double) != 0) ? BATCH_NORM_SILU_WORKSPACE
        : BATCH_NORM_SILU_OK;
}

#ifdef __cplusplus
extern "C" {
#endif

/* What a call hands to its passes, for float: each kernel fills in what is its own. */
typedef struct {
    batch_norm_silu_call call;
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
    float *result_grad_gamma;
    float *result_grad_beta;
    double eps;
    double count_n;
} batch_norm_silu_arguments_float;

/* What a call hands to its passes, for double: each kernel fills in what is its own. */
typedef struct {
    batch_norm_silu_call call;
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

BATCH_NORM_SILU_INLINE void batch_norm_silu_statistics_pass0_float_row_of(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t, const int ahead)
{
    const float *x = (const float *)t->read[0];
    double *high = (double *)t->high, *low = (double *)t->low, *kept_0 = t->kept + 0 * BATCH_NORM_SILU_KEPT * t->apart;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        /* up to here, what comes so much later belongs to these rows */
        const ptrdiff_t edge = (t->joined ? (rows - b) * n : n) - BATCH_NORM_SILU_LATER / (ptrdiff_t)sizeof(float);
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, BATCH_NORM_SILU_RUN);
            double rest_0 = 0;
            int h, k;
            if (i + BATCH_NORM_SILU_FLOAT_CHAINS <= end)
                { /* once through the loop at least: the sums stay in registers */
                double part_0[BATCH_NORM_SILU_FLOAT_CHAINS];
                for (k = 0; k < BATCH_NORM_SILU_FLOAT_CHAINS; ++k) {
                    part_0[k] = 0;
                }
                do {
                    if (ahead) {
                        BATCH_NORM_SILU_AHEAD(x + i, BATCH_NORM_SILU_LATER + (i < edge ? 0 : t->jump[0]));
                    }
                    BATCH_NORM_SILU_UNROLL
                    for (h = 0; h < BATCH_NORM_SILU_FLOAT_CHAINS; h += BATCH_NORM_SILU_CHAINS) {
                        BATCH_NORM_SILU_WIDE(x, i + h);
                        BATCH_NORM_SILU_TERMS(all_0);
                        BATCH_NORM_SILU_SIMD
                        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                            double term_0;
                            batch_norm_silu_statistics_pass0_float_element((double)wide_x[k], &term_0);
                            BATCH_NORM_SILU_TERM(part_0[h + k], all_0[k], term_0);
                        }
                        BATCH_NORM_SILU_ADD_TERMS(part_0 + h, all_0);
                    }
                    i += BATCH_NORM_SILU_FLOAT_CHAINS;
                } while (i + BATCH_NORM_SILU_FLOAT_CHAINS <= end);
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < BATCH_NORM_SILU_FLOAT_CHAINS - BATCH_NORM_SILU_CHAINS; ++k) {
                    part_0[k] = part_0[k] + part_0[k + BATCH_NORM_SILU_CHAINS];
                }
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < 4; ++k) {
                    kept_0[k] = kept_0[k] + (part_0[k] + part_0[k + 4]);
                }
            }
            for (; i + 4 <= end; i += 4) {
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < 4; ++k) {
                    double term_0;
                    batch_norm_silu_statistics_pass0_float_element((double)x[i + k], &term_0);
                    kept_0[k] = kept_0[k] + term_0;
                }
            }
            for (; i < end; ++i) {
                double term_0;
                batch_norm_silu_statistics_pass0_float_element((double)x[i], &term_0);
                rest_0 = rest_0 + term_0;
            }
            kept_0[4] = kept_0[4] + rest_0;
            if (end < n || (t->flush && (next || b + 1 == rows))) {
                batch_norm_silu_flush(&high[0 * t->apart], &low[0 * t->apart], kept_0);
            }
        }
        high += next;
        low += next;
        kept_0 += BATCH_NORM_SILU_KEPT * next;
        if (b + 1 == rows) return;
        x += t->read_step[0];
    }
}

/* Two loops: what asks for memory keeps compilers from holding all sums in registers. */
static void batch_norm_silu_statistics_pass0_float_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    if (t->ahead) batch_norm_silu_statistics_pass0_float_row_of(n, rows, t, 1);
    else batch_norm_silu_statistics_pass0_float_row_of(n, rows, t, 0);
}

static void batch_norm_silu_statistics_pass0_float_columns(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const float *x = (const float *)t->read[0];
    double *high_0 = (double *)t->high + 0 * t->apart;
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(float), later = t->later * (ptrdiff_t)sizeof(float);
    for (; rows > 3; rows -= 4) { /* what is added to is in memory: several rows take one way there */
        const float *next_x = x + t->read_step[0];
        const float *next_2_x = next_x + t->read_step[0];
        const float *next_3_x = next_2_x + t->read_step[0];
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_2_x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_3_x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0;
                double more_0;
                batch_norm_silu_statistics_pass0_float_element((double)x[k], &term_0);
                more_0 = term_0;
                batch_norm_silu_statistics_pass0_float_element((double)next_x[k], &term_0);
                more_0 = more_0 + term_0;
                batch_norm_silu_statistics_pass0_float_element((double)next_2_x[k], &term_0);
                more_0 = more_0 + term_0;
                batch_norm_silu_statistics_pass0_float_element((double)next_3_x[k], &term_0);
                more_0 = more_0 + term_0;
                high_0[k] = high_0[k] + more_0;
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0;
            double more_0;
            batch_norm_silu_statistics_pass0_float_element((double)x[k], &term_0);
            more_0 = term_0;
            batch_norm_silu_statistics_pass0_float_element((double)next_x[k], &term_0);
            more_0 = more_0 + term_0;
            batch_norm_silu_statistics_pass0_float_element((double)next_2_x[k], &term_0);
            more_0 = more_0 + term_0;
            batch_norm_silu_statistics_pass0_float_element((double)next_3_x[k], &term_0);
            more_0 = more_0 + term_0;
            high_0[k] = high_0[k] + more_0;
        }
        if (rows == 4) return;
        x = next_3_x + t->read_step[0];
    }
    while (rows-- > 0) {
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0;
                batch_norm_silu_statistics_pass0_float_element((double)x[k], &term_0);
                high_0[k] = high_0[k] + term_0;
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0;
            batch_norm_silu_statistics_pass0_float_element((double)x[k], &term_0);
            high_0[k] = high_0[k] + term_0;
        }
        if (rows == 0) return;
        x += t->read_step[0];
    }
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_statistics_pass2_float_element(
const double x, const double mean_pivot, double *to_v_sum_d, double *to_v_sum_d_d)
{
    const double at_d = x - mean_pivot;
    *to_v_sum_d = at_d;
    *to_v_sum_d_d = at_d * at_d;
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_statistics_pass2_float_row_of(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t, const int ahead)
{
    const float *x = (const float *)t->read[0];
    const double *mean_pivot = (const double *)t->value[0];
    double *high = (double *)t->high, *low = (double *)t->low, *kept_0 = t->kept + 0 * BATCH_NORM_SILU_KEPT * t->apart,
        *kept_1 = t->kept + 1 * BATCH_NORM_SILU_KEPT * t->apart;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        /* up to here, what comes so much later belongs to these rows */
        const ptrdiff_t edge = (t->joined ? (rows - b) * n : n) - BATCH_NORM_SILU_LATER / (ptrdiff_t)sizeof(float);
        const double own_mean_pivot = mean_pivot[b * next];
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, BATCH_NORM_SILU_RUN);
            double rest_0 = 0, rest_1 = 0;
            int h, k;
            if (i + BATCH_NORM_SILU_FLOAT_CHAINS <= end)
                { /* once through the loop at least: the sums stay in registers */
                double part_0[BATCH_NORM_SILU_FLOAT_CHAINS], part_1[BATCH_NORM_SILU_FLOAT_CHAINS];
                for (k = 0; k < BATCH_NORM_SILU_FLOAT_CHAINS; ++k) {
                    part_0[k] = 0;
                    part_1[k] = 0;
                }
                do {
                    if (ahead) {
                        BATCH_NORM_SILU_AHEAD(x + i, BATCH_NORM_SILU_LATER + (i < edge ? 0 : t->jump[0]));
                    }
                    BATCH_NORM_SILU_UNROLL
                    for (h = 0; h < BATCH_NORM_SILU_FLOAT_CHAINS; h += BATCH_NORM_SILU_CHAINS) {
                        BATCH_NORM_SILU_WIDE(x, i + h);
                        BATCH_NORM_SILU_TERMS(all_0);
                        BATCH_NORM_SILU_TERMS(all_1);
                        BATCH_NORM_SILU_SIMD
                        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                            double term_0, term_1;
                            batch_norm_silu_statistics_pass2_float_element((double)wide_x[k], own_mean_pivot, &term_0,
                                &term_1);
                            BATCH_NORM_SILU_TERM(part_0[h + k], all_0[k], term_0);
                            BATCH_NORM_SILU_TERM(part_1[h + k], all_1[k], term_1);
                        }
                        BATCH_NORM_SILU_ADD_TERMS(part_0 + h, all_0);
                        BATCH_NORM_SILU_ADD_TERMS(part_1 + h, all_1);
                    }
                    i += BATCH_NORM_SILU_FLOAT_CHAINS;
                } while (i + BATCH_NORM_SILU_FLOAT_CHAINS <= end);
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < BATCH_NORM_SILU_FLOAT_CHAINS - BATCH_NORM_SILU_CHAINS; ++k) {
                    part_0[k] = part_0[k] + part_0[k + BATCH_NORM_SILU_CHAINS];
                    part_1[k] = part_1[k] + part_1[k + BATCH_NORM_SILU_CHAINS];
                }
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < 4; ++k) {
                    kept_0[k] = kept_0[k] + (part_0[k] + part_0[k + 4]);
                    kept_1[k] = kept_1[k] + (part_1[k] + part_1[k + 4]);
                }
            }
            for (; i + 4 <= end; i += 4) {
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < 4; ++k) {
                    double term_0, term_1;
                    batch_norm_silu_statistics_pass2_float_element((double)x[i + k], own_mean_pivot, &term_0, &term_1);
                    kept_0[k] = kept_0[k] + term_0;
                    kept_1[k] = kept_1[k] + term_1;
                }
            }
            for (; i < end; ++i) {
                double term_0, term_1;
                batch_norm_silu_statistics_pass2_float_element((double)x[i], own_mean_pivot, &term_0, &term_1);
                rest_0 = rest_0 + term_0;
                rest_1 = rest_1 + term_1;
            }
            kept_0[4] = kept_0[4] + rest_0;
            kept_1[4] = kept_1[4] + rest_1;
            if (end < n || (t->flush && (next || b + 1 == rows))) {
                batch_norm_silu_flush(&high[0 * t->apart], &low[0 * t->apart], kept_0);
                batch_norm_silu_flush(&high[1 * t->apart], &low[1 * t->apart], kept_1);
            }
        }
        high += next;
        low += next;
        kept_0 += BATCH_NORM_SILU_KEPT * next;
        kept_1 += BATCH_NORM_SILU_KEPT * next;
        if (b + 1 == rows) return;
        x += t->read_step[0];
    }
}

/* Two loops: what asks for memory keeps compilers from holding all sums in registers. */
static void batch_norm_silu_statistics_pass2_float_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    if (t->ahead) batch_norm_silu_statistics_pass2_float_row_of(n, rows, t, 1);
    else batch_norm_silu_statistics_pass2_float_row_of(n, rows, t, 0);
}

static void batch_norm_silu_statistics_pass2_float_columns(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const float *x = (const float *)t->read[0];
    const double *mean_pivot = (const double *)t->value[0];
    double *high_0 = (double *)t->high + 0 * t->apart;
    double *high_1 = (double *)t->high + 1 * t->apart;
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(float), later = t->later * (ptrdiff_t)sizeof(float);
    for (; rows > 3; rows -= 4) { /* what is added to is in memory: several rows take one way there */
        const float *next_x = x + t->read_step[0];
        const float *next_2_x = next_x + t->read_step[0];
        const float *next_3_x = next_2_x + t->read_step[0];
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_2_x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_3_x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, term_1;
                double more_0, more_1;
                batch_norm_silu_statistics_pass2_float_element((double)x[k], mean_pivot[k], &term_0, &term_1);
                more_0 = term_0;
                more_1 = term_1;
                batch_norm_silu_statistics_pass2_float_element((double)next_x[k], mean_pivot[k], &term_0, &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                batch_norm_silu_statistics_pass2_float_element((double)next_2_x[k], mean_pivot[k], &term_0, &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                batch_norm_silu_statistics_pass2_float_element((double)next_3_x[k], mean_pivot[k], &term_0, &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                high_0[k] = high_0[k] + more_0;
                high_1[k] = high_1[k] + more_1;
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, term_1;
            double more_0, more_1;
            batch_norm_silu_statistics_pass2_float_element((double)x[k], mean_pivot[k], &term_0, &term_1);
            more_0 = term_0;
            more_1 = term_1;
            batch_norm_silu_statistics_pass2_float_element((double)next_x[k], mean_pivot[k], &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            batch_norm_silu_statistics_pass2_float_element((double)next_2_x[k], mean_pivot[k], &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            batch_norm_silu_statistics_pass2_float_element((double)next_3_x[k], mean_pivot[k], &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            high_0[k] = high_0[k] + more_0;
            high_1[k] = high_1[k] + more_1;
        }
        if (rows == 4) return;
        x = next_3_x + t->read_step[0];
    }
    while (rows-- > 0) {
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, term_1;
                batch_norm_silu_statistics_pass2_float_element((double)x[k], mean_pivot[k], &term_0, &term_1);
                high_0[k] = high_0[k] + term_0;
                high_1[k] = high_1[k] + term_1;
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, term_1;
            batch_norm_silu_statistics_pass2_float_element((double)x[k], mean_pivot[k], &term_0, &term_1);
            high_0[k] = high_0[k] + term_0;
            high_1[k] = high_1[k] + term_1;
        }
        if (rows == 0) return;
        x += t->read_step[0];
    }
}

static const batch_norm_silu_pass batch_norm_silu_statistics_pass0_float = { &batch_norm_silu_kind_float_double,
    batch_norm_silu_statistics_pass0_float_row, NULL, batch_norm_silu_statistics_pass0_float_columns, 1, 0, 0, 0, 1, 0,
    0, { 0 }, { 0 }, { 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_statistics_pass2_float = { &batch_norm_silu_kind_float_double,
    batch_norm_silu_statistics_pass2_float_row, NULL, batch_norm_silu_statistics_pass2_float_columns, 1, 0, 1, 0, 2, 0,
    0, { 0 }, { 0 }, { 0, 0 }, { 0 }, { 0 }, 1, 0 };

static void batch_norm_silu_statistics_block_float(const void *arguments, batch_norm_silu_block *c)
{
    const batch_norm_silu_arguments_float *a = (const batch_norm_silu_arguments_float *)arguments;
    const batch_norm_silu_walk *w = &a->call.walk;
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
    {
        void *const sums[] = {lane_v_sum_x, NULL};
        batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_statistics_pass0_float, NULL, NULL, sums, 0);
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (float)(lane_v_sum_x[b]/count_n);
    }
    {
        const void *const lanes[] = {lane_mean_pivot};
        void *const sums[] = {lane_v_sum_d, lane_v_sum_d_d, NULL, NULL};
        batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_statistics_pass2_float, lanes, NULL, sums, 0);
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_rest[b] = lane_v_sum_d[b]/count_n;
        lane_mean[b] = lane_mean_pivot[b] + lane_mean_rest[b];
        lane_mean_low[b] = 0;
        lane_var[b] = batch_norm_silu_not_negative_double(lane_v_sum_d_d[b]/count_n
            - batch_norm_silu_square_double(lane_mean_rest[b]));
        lane_inv_std[b] = 1.0/sqrt(eps + lane_var[b]);
    }
    batch_norm_silu_lanes_to_double(lane_mean, c->lanes, a->result_mean, c->at[1], w->lane_stride[1]);
    batch_norm_silu_lanes_to_double(lane_mean_low, c->lanes, a->result_mean_low, c->at[1], w->lane_stride[1]);
    batch_norm_silu_lanes_to_double(lane_var, c->lanes, a->result_var, c->at[1], w->lane_stride[1]);
    batch_norm_silu_lanes_to_double(lane_inv_std, c->lanes, a->result_inv_std, c->at[1], w->lane_stride[1]);
    (void)w, (void)b;
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
    ptrdiff_t portions, k, total;
    int status = batch_norm_silu_check_extents(extents);
    if (status != BATCH_NORM_SILU_OK) return status;
    if (x == NULL || result_mean == NULL || result_mean_low == NULL || result_var == NULL || result_inv_std == NULL)
        return BATCH_NORM_SILU_NULL;
    if (((uintptr_t)x) % sizeof(float) != 0
        || ((uintptr_t)result_mean | (uintptr_t)result_mean_low | (uintptr_t)result_var | (uintptr_t)result_inv_std)
        % sizeof(double) != 0) return BATCH_NORM_SILU_ALIGNMENT;
    status = batch_norm_silu_check_workspace(workspace, workspace_size, batch_norm_silu_statistics_workspace(extents),
        threads);
    if (status != BATCH_NORM_SILU_OK) return status;
    if (batch_norm_silu_count(extents, "nc") == 0) {
        return BATCH_NORM_SILU_EMPTY;
    }
    strides[0] = x_strides;
    a.call.read[0] = x;
    batch_norm_silu_plan(&a.call.walk, extents, "c", 1, strides, 1, layouts, sizeof(float), BATCH_NORM_SILU_LANES, 4096,
        0);
    batch_norm_silu_deal(&a.call.walk, sizeof(float), threads);
    a.result_mean = result_mean;
    a.result_mean_low = result_mean_low;
    a.result_var = result_var;
    a.result_inv_std = result_inv_std;
    a.eps = eps;
    a.count_n = (double)batch_norm_silu_count(extents, "n");
    a.call.few = batch_norm_silu_count(extents, "n") < BATCH_NORM_SILU_FEW;
    total = 0;
    portions = a.call.walk.blocks;
    (void)k;
    batch_norm_silu_run(&a.call, batch_norm_silu_statistics_block_float, memory, portions, total, threads);
    return BATCH_NORM_SILU_OK;
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_statistics_pass0_double_element(
const double x, double *to_v_sum_x)
{
    *to_v_sum_x = x;
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_statistics_pass0_double_row_of(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t, const int ahead)
{
    const double *x = (const double *)t->read[0];
    double *high = (double *)t->high, *low = (double *)t->low;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        /* up to here, what comes so much later belongs to these rows */
        const ptrdiff_t edge = (t->joined ? (rows - b) * n : n) - BATCH_NORM_SILU_LATER / (ptrdiff_t)sizeof(double);
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
            double part_0[BATCH_NORM_SILU_CHAINS];
            int k;
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                part_0[k] = 0;
            }
            for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
                if (ahead) {
                    BATCH_NORM_SILU_AHEAD(x + i, BATCH_NORM_SILU_LATER + (i < edge ? 0 : t->jump[0]));
                }
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
            batch_norm_silu_add_double(&high[0 * t->apart], &low[0 * t->apart], batch_norm_silu_chains_double(part_0));
        }
        high += next;
        low += next;
        if (b + 1 == rows) return;
        x += t->read_step[0];
    }
}

/* Two loops: what asks for memory keeps compilers from holding all sums in registers. */
static void batch_norm_silu_statistics_pass0_double_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    if (t->ahead) batch_norm_silu_statistics_pass0_double_row_of(n, rows, t, 1);
    else batch_norm_silu_statistics_pass0_double_row_of(n, rows, t, 0);
}

static void batch_norm_silu_statistics_pass0_double_columns(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *x = (const double *)t->read[0];
    double *high_0 = (double *)t->high + 0 * t->apart, *low_0 = (double *)t->low + 0 * t->apart;
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(double), later = t->later * (ptrdiff_t)sizeof(double);
    for (; rows > 3; rows -= 4) { /* what is added to is in memory: several rows take one way there */
        const double *next_x = x + t->read_step[0];
        const double *next_2_x = next_x + t->read_step[0];
        const double *next_3_x = next_2_x + t->read_step[0];
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_2_x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_3_x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0;
                double more_0;
                batch_norm_silu_statistics_pass0_double_element(x[k], &term_0);
                more_0 = term_0;
                batch_norm_silu_statistics_pass0_double_element(next_x[k], &term_0);
                more_0 = more_0 + term_0;
                batch_norm_silu_statistics_pass0_double_element(next_2_x[k], &term_0);
                more_0 = more_0 + term_0;
                batch_norm_silu_statistics_pass0_double_element(next_3_x[k], &term_0);
                more_0 = more_0 + term_0;
                batch_norm_silu_add_double(&high_0[k], &low_0[k], more_0);
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0;
            double more_0;
            batch_norm_silu_statistics_pass0_double_element(x[k], &term_0);
            more_0 = term_0;
            batch_norm_silu_statistics_pass0_double_element(next_x[k], &term_0);
            more_0 = more_0 + term_0;
            batch_norm_silu_statistics_pass0_double_element(next_2_x[k], &term_0);
            more_0 = more_0 + term_0;
            batch_norm_silu_statistics_pass0_double_element(next_3_x[k], &term_0);
            more_0 = more_0 + term_0;
            batch_norm_silu_add_double(&high_0[k], &low_0[k], more_0);
        }
        if (rows == 4) return;
        x = next_3_x + t->read_step[0];
    }
    while (rows-- > 0) {
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0;
                batch_norm_silu_statistics_pass0_double_element(x[k], &term_0);
                batch_norm_silu_add_double(&high_0[k], &low_0[k], term_0);
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0;
            batch_norm_silu_statistics_pass0_double_element(x[k], &term_0);
            batch_norm_silu_add_double(&high_0[k], &low_0[k], term_0);
        }
        if (rows == 0) return;
        x += t->read_step[0];
    }
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_statistics_pass0_extended_element(
const long double x, long double *to_v_sum_x)
{
    *to_v_sum_x = x;
}

static void batch_norm_silu_statistics_pass0_extended_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *x = (const double *)t->read[0];
    long double *high = (long double *)t->high, *low = (long double *)t->low;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, 16);
            long double rest_0 = 0;
            for (; i < end; ++i) { /* one after the other: the sums stay in registers */
                long double term_0;
                batch_norm_silu_statistics_pass0_extended_element((long double)x[i], &term_0);
                rest_0 = rest_0 + term_0;
            }
            batch_norm_silu_add_extended(&high[0 * t->apart], &low[0 * t->apart], rest_0);
        }
        high += next;
        low += next;
        if (b + 1 == rows) return;
        x += t->read_step[0];
    }
}

static void batch_norm_silu_statistics_pass0_extended_columns(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t)
{
    long double *high_0 = (long double *)t->high + 0 * t->apart, *low_0 = (long double *)t->low + 0 * t->apart;
    ptrdiff_t k;
    for (k = 0; k < n; ++k) {
        const double *x = (const double *)t->read[0];
        ptrdiff_t j;
        for (j = 0; j < rows;) {
            const ptrdiff_t end = j + batch_norm_silu_least(rows - j, 16);
            long double rest_0 = 0;
            for (; j < end; ++j) {
                long double term_0;
                if (j > 0) {
                    x += t->read_step[0];
                }
                batch_norm_silu_statistics_pass0_extended_element((long double)x[k], &term_0);
                rest_0 = rest_0 + term_0;
            }
            batch_norm_silu_add_extended(&high_0[k], &low_0[k], rest_0);
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

BATCH_NORM_SILU_INLINE void batch_norm_silu_statistics_pass2_double_row_of(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t, const int ahead)
{
    const double *x = (const double *)t->read[0];
    const double *mean_pivot = (const double *)t->value[0];
    double *high = (double *)t->high, *low = (double *)t->low;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        /* up to here, what comes so much later belongs to these rows */
        const ptrdiff_t edge = (t->joined ? (rows - b) * n : n) - BATCH_NORM_SILU_LATER / (ptrdiff_t)sizeof(double);
        const double own_mean_pivot = mean_pivot[b * next];
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
            double part_0[BATCH_NORM_SILU_CHAINS], part_1[BATCH_NORM_SILU_CHAINS];
            int k;
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                part_0[k] = 0;
                part_1[k] = 0;
            }
            for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
                if (ahead) {
                    BATCH_NORM_SILU_AHEAD(x + i, BATCH_NORM_SILU_LATER + (i < edge ? 0 : t->jump[0]));
                }
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                    double term_0, term_1;
                    batch_norm_silu_statistics_pass2_double_element(x[i + k], own_mean_pivot, &term_0, &term_1);
                    part_0[k] = part_0[k] + term_0;
                    part_1[k] = part_1[k] + term_1;
                }
            }
            for (k = 0; i < end; ++i, ++k) {
                double term_0, term_1;
                batch_norm_silu_statistics_pass2_double_element(x[i], own_mean_pivot, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
            batch_norm_silu_add_double(&high[0 * t->apart], &low[0 * t->apart], batch_norm_silu_chains_double(part_0));
            batch_norm_silu_add_double(&high[1 * t->apart], &low[1 * t->apart], batch_norm_silu_chains_double(part_1));
        }
        high += next;
        low += next;
        if (b + 1 == rows) return;
        x += t->read_step[0];
    }
}

/* Two loops: what asks for memory keeps compilers from holding all sums in registers. */
static void batch_norm_silu_statistics_pass2_double_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    if (t->ahead) batch_norm_silu_statistics_pass2_double_row_of(n, rows, t, 1);
    else batch_norm_silu_statistics_pass2_double_row_of(n, rows, t, 0);
}

static void batch_norm_silu_statistics_pass2_double_columns(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *x = (const double *)t->read[0];
    const double *mean_pivot = (const double *)t->value[0];
    double *high_0 = (double *)t->high + 0 * t->apart, *low_0 = (double *)t->low + 0 * t->apart;
    double *high_1 = (double *)t->high + 1 * t->apart, *low_1 = (double *)t->low + 1 * t->apart;
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(double), later = t->later * (ptrdiff_t)sizeof(double);
    for (; rows > 3; rows -= 4) { /* what is added to is in memory: several rows take one way there */
        const double *next_x = x + t->read_step[0];
        const double *next_2_x = next_x + t->read_step[0];
        const double *next_3_x = next_2_x + t->read_step[0];
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_2_x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_3_x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, term_1;
                double more_0, more_1;
                batch_norm_silu_statistics_pass2_double_element(x[k], mean_pivot[k], &term_0, &term_1);
                more_0 = term_0;
                more_1 = term_1;
                batch_norm_silu_statistics_pass2_double_element(next_x[k], mean_pivot[k], &term_0, &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                batch_norm_silu_statistics_pass2_double_element(next_2_x[k], mean_pivot[k], &term_0, &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                batch_norm_silu_statistics_pass2_double_element(next_3_x[k], mean_pivot[k], &term_0, &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                batch_norm_silu_add_double(&high_0[k], &low_0[k], more_0);
                batch_norm_silu_add_double(&high_1[k], &low_1[k], more_1);
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, term_1;
            double more_0, more_1;
            batch_norm_silu_statistics_pass2_double_element(x[k], mean_pivot[k], &term_0, &term_1);
            more_0 = term_0;
            more_1 = term_1;
            batch_norm_silu_statistics_pass2_double_element(next_x[k], mean_pivot[k], &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            batch_norm_silu_statistics_pass2_double_element(next_2_x[k], mean_pivot[k], &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            batch_norm_silu_statistics_pass2_double_element(next_3_x[k], mean_pivot[k], &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            batch_norm_silu_add_double(&high_0[k], &low_0[k], more_0);
            batch_norm_silu_add_double(&high_1[k], &low_1[k], more_1);
        }
        if (rows == 4) return;
        x = next_3_x + t->read_step[0];
    }
    while (rows-- > 0) {
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, term_1;
                batch_norm_silu_statistics_pass2_double_element(x[k], mean_pivot[k], &term_0, &term_1);
                batch_norm_silu_add_double(&high_0[k], &low_0[k], term_0);
                batch_norm_silu_add_double(&high_1[k], &low_1[k], term_1);
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, term_1;
            batch_norm_silu_statistics_pass2_double_element(x[k], mean_pivot[k], &term_0, &term_1);
            batch_norm_silu_add_double(&high_0[k], &low_0[k], term_0);
            batch_norm_silu_add_double(&high_1[k], &low_1[k], term_1);
        }
        if (rows == 0) return;
        x += t->read_step[0];
    }
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_statistics_pass2_pair_element(
const double x, const double mean_pivot, double *to_v_sum_d, double *less_v_sum_d, double *to_v_sum_d_d)
{
    const double at_d = x - mean_pivot;
    const double lost_at_d = batch_norm_silu_lost_of_sum(x, -mean_pivot, at_d);
    *to_v_sum_d = at_d;
    *less_v_sum_d = lost_at_d;
    *to_v_sum_d_d = at_d * at_d;
}

static void batch_norm_silu_statistics_pass2_pair_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *x = (const double *)t->read[0];
    const double *mean_pivot = (const double *)t->value[0];
    double *high = (double *)t->high, *low = (double *)t->low;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        const double own_mean_pivot = mean_pivot[b * next];
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
            double part_0[BATCH_NORM_SILU_CHAINS], rest_0[BATCH_NORM_SILU_CHAINS], part_1[BATCH_NORM_SILU_CHAINS],
                rest_1[BATCH_NORM_SILU_CHAINS];
            int k;
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                part_0[k] = 0;
                rest_0[k] = 0;
                part_1[k] = 0;
                rest_1[k] = 0;
            }
            for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                    double term_0, less_0, term_1;
                    batch_norm_silu_statistics_pass2_pair_element(x[i + k], own_mean_pivot, &term_0, &less_0, &term_1);
                    batch_norm_silu_add_pair(&part_0[k], &rest_0[k], term_0, less_0);
                    batch_norm_silu_add_double(&part_1[k], &rest_1[k], term_1);
                }
            }
            if (i + BATCH_NORM_SILU_CHAINS / 2 <= end) {
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < BATCH_NORM_SILU_CHAINS / 2; ++k) {
                    double term_0, less_0, term_1;
                    batch_norm_silu_statistics_pass2_pair_element(x[i + k], own_mean_pivot, &term_0, &less_0, &term_1);
                    batch_norm_silu_add_pair(&part_0[k], &rest_0[k], term_0, less_0);
                    batch_norm_silu_add_double(&part_1[k], &rest_1[k], term_1);
                }
                i += BATCH_NORM_SILU_CHAINS / 2;
            }
            if (i < end) { /* the last three are added up in registers */
                double last_0 = 0, left_0 = 0;
                double last_1 = 0, left_1 = 0;
                for (; i < end; ++i) {
                    double term_0, less_0, term_1;
                    batch_norm_silu_statistics_pass2_pair_element(x[i], own_mean_pivot, &term_0, &less_0, &term_1);
                    batch_norm_silu_add_pair(&last_0, &left_0, term_0, less_0);
                    batch_norm_silu_add_double(&last_1, &left_1, term_1);
                }
                batch_norm_silu_add_pair(&high[0 * t->apart], &low[0 * t->apart], last_0, left_0);
                batch_norm_silu_add_pair(&high[1 * t->apart], &low[1 * t->apart], last_1, left_1);
            }
            batch_norm_silu_add_chains(&high[0 * t->apart], &low[0 * t->apart], part_0, rest_0);
            batch_norm_silu_add_chains(&high[1 * t->apart], &low[1 * t->apart], part_1, rest_1);
        }
        high += next;
        low += next;
        if (b + 1 == rows) return;
        x += t->read_step[0];
    }
}

static void batch_norm_silu_statistics_pass2_pair_columns(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *x = (const double *)t->read[0];
    const double *mean_pivot = (const double *)t->value[0];
    double *high_0 = (double *)t->high + 0 * t->apart, *low_0 = (double *)t->low + 0 * t->apart;
    double *high_1 = (double *)t->high + 1 * t->apart, *low_1 = (double *)t->low + 1 * t->apart;
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(double), later = t->later * (ptrdiff_t)sizeof(double);
    while (rows-- > 0) {
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, less_0, term_1;
                batch_norm_silu_statistics_pass2_pair_element(x[k], mean_pivot[k], &term_0, &less_0, &term_1);
                batch_norm_silu_add_double(&high_0[k], &low_0[k], term_0);
                low_0[k] += less_0;
                batch_norm_silu_add_double(&high_1[k], &low_1[k], term_1);
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, less_0, term_1;
            batch_norm_silu_statistics_pass2_pair_element(x[k], mean_pivot[k], &term_0, &less_0, &term_1);
            batch_norm_silu_add_double(&high_0[k], &low_0[k], term_0);
            low_0[k] += less_0;
            batch_norm_silu_add_double(&high_1[k], &low_1[k], term_1);
        }
        if (rows == 0) return;
        x += t->read_step[0];
    }
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_statistics_pass2_extended_element(
const long double x, const long double mean_pivot, long double *to_v_sum_d, long double *to_v_sum_d_d)
{
    const long double at_d = x - mean_pivot;
    *to_v_sum_d = at_d;
    *to_v_sum_d_d = at_d * at_d;
}

static void batch_norm_silu_statistics_pass2_extended_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *x = (const double *)t->read[0];
    const long double *mean_pivot = (const long double *)t->value[0];
    long double *high = (long double *)t->high, *low = (long double *)t->low;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        const long double own_mean_pivot = mean_pivot[b * next];
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, 16);
            long double rest_0 = 0, rest_1 = 0;
            for (; i < end; ++i) { /* one after the other: the sums stay in registers */
                long double term_0, term_1;
                batch_norm_silu_statistics_pass2_extended_element((long double)x[i], own_mean_pivot, &term_0, &term_1);
                rest_0 = rest_0 + term_0;
                rest_1 = rest_1 + term_1;
            }
            batch_norm_silu_add_extended(&high[0 * t->apart], &low[0 * t->apart], rest_0);
            batch_norm_silu_add_extended(&high[1 * t->apart], &low[1 * t->apart], rest_1);
        }
        high += next;
        low += next;
        if (b + 1 == rows) return;
        x += t->read_step[0];
    }
}

static void batch_norm_silu_statistics_pass2_extended_columns(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t)
{
    long double *high_0 = (long double *)t->high + 0 * t->apart, *low_0 = (long double *)t->low + 0 * t->apart;
    long double *high_1 = (long double *)t->high + 1 * t->apart, *low_1 = (long double *)t->low + 1 * t->apart;
    ptrdiff_t k;
    for (k = 0; k < n; ++k) {
        const double *x = (const double *)t->read[0];
        const long double *mean_pivot = (const long double *)t->value[0];
        ptrdiff_t j;
        for (j = 0; j < rows;) {
            const ptrdiff_t end = j + batch_norm_silu_least(rows - j, 16);
            long double rest_0 = 0, rest_1 = 0;
            for (; j < end; ++j) {
                long double term_0, term_1;
                if (j > 0) {
                    x += t->read_step[0];
                }
                batch_norm_silu_statistics_pass2_extended_element((long double)x[k], mean_pivot[k], &term_0, &term_1);
                rest_0 = rest_0 + term_0;
                rest_1 = rest_1 + term_1;
            }
            batch_norm_silu_add_extended(&high_0[k], &low_0[k], rest_0);
            batch_norm_silu_add_extended(&high_1[k], &low_1[k], rest_1);
        }
    }
}

static const batch_norm_silu_pass batch_norm_silu_statistics_pass0_double = { &batch_norm_silu_kind_double_double,
    batch_norm_silu_statistics_pass0_double_row, NULL, batch_norm_silu_statistics_pass0_double_columns, 1, 0, 0, 0, 1,
    0, 0, { 0 }, { 0 }, { 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_statistics_pass0_extended = { &batch_norm_silu_kind_double_extended,
    batch_norm_silu_statistics_pass0_extended_row, NULL, batch_norm_silu_statistics_pass0_extended_columns, 1, 0, 0, 0,
    1, 0, 0, { 0 }, { 0 }, { 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_statistics_pass2_double = { &batch_norm_silu_kind_double_double,
    batch_norm_silu_statistics_pass2_double_row, NULL, batch_norm_silu_statistics_pass2_double_columns, 1, 0, 1, 0, 2,
    0, 0, { 0 }, { 0 }, { 0, 0 }, { 0 }, { 0 }, 1, 0 };
static const batch_norm_silu_pass batch_norm_silu_statistics_pass2_pair = { &batch_norm_silu_kind_double_double,
    batch_norm_silu_statistics_pass2_pair_row, NULL, batch_norm_silu_statistics_pass2_pair_columns, 1, 0, 1, 0, 2, 0, 0,
    { 0 }, { 0 }, { 0, 0 }, { 0 }, { 0 }, 1, 0 };
static const batch_norm_silu_pass batch_norm_silu_statistics_pass2_extended = { &batch_norm_silu_kind_double_extended,
    batch_norm_silu_statistics_pass2_extended_row, NULL, batch_norm_silu_statistics_pass2_extended_columns, 1, 0, 1, 0,
    2, 0, 0, { 0 }, { 0 }, { 0, 0 }, { 0 }, { 0 }, 1, 0 };

static void batch_norm_silu_statistics_block_double(const void *arguments, batch_norm_silu_block *c)
{
    const batch_norm_silu_arguments_double *a = (const batch_norm_silu_arguments_double *)arguments;
    const batch_norm_silu_walk *w = &a->call.walk;
    ptrdiff_t b;
    double lane_v_sum_x[BATCH_NORM_SILU_LANES];
    double lane_mean_pivot[BATCH_NORM_SILU_LANES];
    double lane_v_sum_d[BATCH_NORM_SILU_LANES];
    double lane_v_sum_d_d[BATCH_NORM_SILU_LANES];
    double lane_mean[BATCH_NORM_SILU_LANES];
    double lane_mean_low[BATCH_NORM_SILU_LANES];
    double lane_var[BATCH_NORM_SILU_LANES];
    double lane_inv_std[BATCH_NORM_SILU_LANES];
    double less_v_sum_x[BATCH_NORM_SILU_LANES];
    double less_v_sum_d[BATCH_NORM_SILU_LANES];
    double less_v_sum_d_d[BATCH_NORM_SILU_LANES];
    int64_t reach[BATCH_NORM_SILU_LANES]; /* how far from one the exponents of what is computed may be */
    long double again_v_sum_x[BATCH_NORM_SILU_LANES], again_v_sum_d[BATCH_NORM_SILU_LANES],
        again_v_sum_d_d[BATCH_NORM_SILU_LANES];
    int finite;
    const double eps = a->eps;
    const double count_n = a->count_n;
    if (c->lanes < 1) return;
    {
        void *const sums[] = {lane_v_sum_x, less_v_sum_x};
        void *const again[] = {again_v_sum_x, NULL};
        batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_statistics_pass0_double, NULL, NULL, sums, 0);
        finite = batch_norm_silu_finite(lane_v_sum_x, c->lanes);
        if (!finite) {
            batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_statistics_pass0_extended, NULL, NULL, again, 1);
            for (b = 0; b < c->lanes; ++b) {
                if (!isfinite(lane_v_sum_x[b])) batch_norm_silu_halves(again_v_sum_x[b], &lane_v_sum_x[b],
                    &less_v_sum_x[b]);
            }
        }
    }
    {
        const double at_0 = 1 / count_n;
        const double at_1 = (fma(-at_0, count_n, 1)) * at_0;
        BATCH_NORM_SILU_SIMD
        for (b = 0; b < c->lanes; ++b) {
            const double at_2 = lane_v_sum_x[b] * at_0;
            const double at_3 = fma(lane_v_sum_x[b], at_0, -at_2) + (lane_v_sum_x[b] * at_1 + at_0 * less_v_sum_x[b]);
            const double at_4 = at_2 + at_3;
            lane_mean_pivot[b] = at_4;
            reach[b] = 2 * batch_norm_silu_reach(lane_v_sum_x[b]) + 2 * batch_norm_silu_reach(count_n);
        }
        if (batch_norm_silu_beyond(reach, c->lanes, 1916)) {
            for (b = 0; b < c->lanes; ++b) {
                if (reach[b] <= 1916) continue;
                const long double far_v_sum_x = batch_norm_silu_far(lane_v_sum_x[b], less_v_sum_x[b], again_v_sum_x[b]);
                const long double far_mean_pivot = (double)(far_v_sum_x/(long double)count_n);
                lane_mean_pivot[b] = (double)far_mean_pivot;
            }
        }
    }
    {
        const void *const lanes[] = {lane_mean_pivot};
        void *const sums[] = {lane_v_sum_d, lane_v_sum_d_d, less_v_sum_d, less_v_sum_d_d};
        void *const again[] = {again_v_sum_d, again_v_sum_d_d, NULL, NULL};
        batch_norm_silu_sweep_block(&a->call, c, a->call.few ? &batch_norm_silu_statistics_pass2_pair
            : &batch_norm_silu_statistics_pass2_double, lanes, NULL, sums, 0);
        finite = batch_norm_silu_finite(lane_v_sum_d, c->lanes) && batch_norm_silu_finite(lane_v_sum_d_d, c->lanes);
        if (!finite) {
            batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_statistics_pass2_extended, lanes, NULL, again, 1);
            for (b = 0; b < c->lanes; ++b) {
                if (!isfinite(lane_v_sum_d[b])) batch_norm_silu_halves(again_v_sum_d[b], &lane_v_sum_d[b],
                    &less_v_sum_d[b]);
                if (!isfinite(lane_v_sum_d_d[b])) batch_norm_silu_halves(again_v_sum_d_d[b], &lane_v_sum_d_d[b],
                    &less_v_sum_d_d[b]);
            }
        }
    }
    {
        const double at_0 = 1 / count_n;
        const double at_1 = (fma(-at_0, count_n, 1)) * at_0;
        BATCH_NORM_SILU_SIMD
        for (b = 0; b < c->lanes; ++b) {
            const double at_2 = lane_v_sum_d[b] * at_0;
            const double at_3 = fma(lane_v_sum_d[b], at_0, -at_2) + (lane_v_sum_d[b] * at_1 + at_0 * less_v_sum_d[b]);
            const double at_4 = at_2 + at_3;
            const double at_5 = at_3 - (at_4 - at_2);
            const double at_6 = lane_mean_pivot[b] + at_4;
            const double at_7 = batch_norm_silu_lost_of_sum(lane_mean_pivot[b], at_4, at_6) + (at_5);
            const double at_8 = at_6 + at_7;
            const double at_9 = at_7 - (at_8 - at_6);
            const double at_10 = lane_v_sum_d_d[b] * at_0;
            const double at_11 = fma(lane_v_sum_d_d[b], at_0, -at_10) + (lane_v_sum_d_d[b] * at_1
                + at_0 * less_v_sum_d_d[b]);
            const double at_12 = at_4 * at_4;
            const double at_13 = fma(at_4, at_4, -at_12) + (at_4 * at_5 + at_4 * at_5);
            const double at_14 = at_10 - at_12;
            const double at_15 = batch_norm_silu_lost_of_sum(at_10, -at_12, at_14) + (at_11 + -at_13);
            const double at_16 = at_14 + at_15;
            const double at_17 = at_15 - (at_16 - at_14);
            const double at_18 = at_16 < 0 ? 0 : at_16;
            const double at_19 = at_16 < 0 ? 0 : at_17;
            const double at_20 = eps + at_18;
            const double at_21 = batch_norm_silu_lost_of_sum(eps, at_18, at_20) + (at_19);
            const double at_22 = at_20 + at_21;
            const double at_23 = at_21 - (at_22 - at_20);
            const double at_24 = sqrt(at_22);
            const double at_25 = 1 / at_24;
            const double at_26 = at_24 > 0 ? (fma(-at_24, at_24, at_22) + at_23) * (0.5 * at_25) : 0;
            const double at_27 = (fma(-at_25, at_24, 1) - at_25 * at_26) * at_25;
            const double at_28 = at_25 + at_27;
            lane_mean[b] = at_8;
            lane_mean_low[b] = at_9;
            lane_var[b] = at_18;
            lane_inv_std[b] = at_28;
            reach[b] = 4 * batch_norm_silu_reach(lane_v_sum_d[b]) + 4 * batch_norm_silu_reach(count_n)
                + 2 * batch_norm_silu_reach(lane_mean_pivot[b]) + 2 * batch_norm_silu_reach(lane_v_sum_d_d[b])
                + 2 * batch_norm_silu_reach(eps) + batch_norm_silu_none(at_24);
        }
        if (batch_norm_silu_beyond(reach, c->lanes, 1650)) {
            for (b = 0; b < c->lanes; ++b) {
                if (reach[b] <= 1650) continue;
                const long double far_v_sum_d = batch_norm_silu_far(lane_v_sum_d[b], less_v_sum_d[b], again_v_sum_d[b]);
                const long double far_mean_rest = far_v_sum_d/(long double)count_n;
                const long double far_mean = batch_norm_silu_exact_high_extended((long double)lane_mean_pivot[b],
                    far_mean_rest);
                const long double far_mean_low = batch_norm_silu_exact_low_extended((long double)lane_mean_pivot[b],
                    far_mean_rest);
                const long double far_v_sum_d_d = batch_norm_silu_far(lane_v_sum_d_d[b], less_v_sum_d_d[b],
                    again_v_sum_d_d[b]);
                const long double far_var = batch_norm_silu_not_negative_extended(far_v_sum_d_d/(long double)count_n
                    - batch_norm_silu_square_extended(far_mean_rest));
                const long double far_inv_std = 1.0/sqrtl((long double)eps + far_var);
                lane_mean[b] = (double)far_mean;
                lane_mean_low[b] = (double)far_mean_low;
                lane_var[b] = (double)far_var;
                lane_inv_std[b] = (double)far_inv_std;
            }
        }
    }
    batch_norm_silu_lanes_to_double(lane_mean, c->lanes, a->result_mean, c->at[1], w->lane_stride[1]);
    batch_norm_silu_lanes_to_double(lane_mean_low, c->lanes, a->result_mean_low, c->at[1], w->lane_stride[1]);
    batch_norm_silu_lanes_to_double(lane_var, c->lanes, a->result_var, c->at[1], w->lane_stride[1]);
    batch_norm_silu_lanes_to_double(lane_inv_std, c->lanes, a->result_inv_std, c->at[1], w->lane_stride[1]);
    (void)w, (void)b;
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
    ptrdiff_t portions, k, total;
    int status = batch_norm_silu_check_extents(extents);
    if (status != BATCH_NORM_SILU_OK) return status;
    if (x == NULL || result_mean == NULL || result_mean_low == NULL || result_var == NULL || result_inv_std == NULL)
        return BATCH_NORM_SILU_NULL;
    if (((uintptr_t)x | (uintptr_t)result_mean | (uintptr_t)result_mean_low | (uintptr_t)result_var | (uintptr_t)result_inv_std)
        % sizeof(double) != 0) return BATCH_NORM_SILU_ALIGNMENT;
    status = batch_norm_silu_check_workspace(workspace, workspace_size, batch_norm_silu_statistics_workspace(extents),
        threads);
    if (status != BATCH_NORM_SILU_OK) return status;
    if (batch_norm_silu_count(extents, "nc") == 0) {
        return BATCH_NORM_SILU_EMPTY;
    }
    strides[0] = x_strides;
    a.call.read[0] = x;
    batch_norm_silu_plan(&a.call.walk, extents, "c", 1, strides, 1, layouts, sizeof(double), BATCH_NORM_SILU_LANES,
        2272, 0);
    batch_norm_silu_deal(&a.call.walk, sizeof(double), threads);
    a.result_mean = result_mean;
    a.result_mean_low = result_mean_low;
    a.result_var = result_var;
    a.result_inv_std = result_inv_std;
    a.eps = eps;
    a.count_n = (double)batch_norm_silu_count(extents, "n");
    a.call.few = batch_norm_silu_count(extents, "n") < BATCH_NORM_SILU_FEW;
    total = 0;
    portions = a.call.walk.blocks;
    (void)k;
    batch_norm_silu_run(&a.call, batch_norm_silu_statistics_block_double, memory, portions, total, threads);
    return BATCH_NORM_SILU_OK;
}

size_t batch_norm_silu_forward_workspace(const batch_norm_silu_extents *extents)
{
    ptrdiff_t count = 0;
    if (batch_norm_silu_check_extents(extents) != BATCH_NORM_SILU_OK || batch_norm_silu_count(extents, "nc") == 0)
        return 0;
    return (size_t)count * sizeof(double);
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

static void batch_norm_silu_forward_pass4_float_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const float *x = (const float *)t->read[0];
    const float *mean_pivot = (const float *)t->value[0];
    const float *mean_rest_cast = (const float *)t->value[1];
    const float *slope = (const float *)t->value[2];
    const float *beta_cast = (const float *)t->value[3];
    float *out_y = (float *)t->write[0];
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        const float own_mean_pivot = mean_pivot[b * next];
        const float own_mean_rest_cast = mean_rest_cast[b * next];
        const float own_slope = slope[b * next];
        const float own_beta_cast = beta_cast[b * next];
        ptrdiff_t begin = 0;
        if (t->stream) { /* from the first line of the cache on, line by line, past the cache */
            float room[BATCH_NORM_SILU_STREAM / sizeof(float)];
            const ptrdiff_t step = BATCH_NORM_SILU_STREAM / sizeof(float), line = 64 / sizeof(float);
            begin = batch_norm_silu_least(batch_norm_silu_ahead_of_line(out_y) / (ptrdiff_t)sizeof(float), n);
            BATCH_NORM_SILU_SIMD
            for (i = 0; i < begin; ++i) batch_norm_silu_forward_pass4_float_element(x[i], own_mean_pivot,
                own_mean_rest_cast, own_slope, own_beta_cast, &out_y[i]);
            for (; begin + step <= n; begin += step) {
                BATCH_NORM_SILU_SIMD
                for (i = 0; i < step; ++i) batch_norm_silu_forward_pass4_float_element(x[begin + i], own_mean_pivot,
                    own_mean_rest_cast, own_slope, own_beta_cast, &room[i]);
                batch_norm_silu_stream(out_y + begin, room, step * (ptrdiff_t)sizeof(float));
            }
            for (; begin + line <= n; begin += line) {
                BATCH_NORM_SILU_SIMD
                for (i = 0; i < line; ++i) batch_norm_silu_forward_pass4_float_element(x[begin + i], own_mean_pivot,
                    own_mean_rest_cast, own_slope, own_beta_cast, &room[i]);
                batch_norm_silu_stream(out_y + begin, room, line * (ptrdiff_t)sizeof(float));
            }
        }
        BATCH_NORM_SILU_SIMD
        for (i = begin; i < n; ++i) {
            batch_norm_silu_forward_pass4_float_element(x[i], own_mean_pivot, own_mean_rest_cast, own_slope,
                own_beta_cast, &out_y[i]);
        }
        if (b + 1 == rows) return;
        x += t->read_step[0];
        out_y += t->write_step[0];
    }
}

static void batch_norm_silu_forward_pass4_float_columns(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const float *x = (const float *)t->read[0];
    const float *mean_pivot = (const float *)t->value[0];
    const float *mean_rest_cast = (const float *)t->value[1];
    const float *slope = (const float *)t->value[2];
    const float *beta_cast = (const float *)t->value[3];
    float *out_y = (float *)t->write[0];
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(float), later = t->later * (ptrdiff_t)sizeof(float);
    while (rows-- > 0) {
        i = 0;
        if (t->stream) { /* from the first line of the cache on, past the cache */
            float room[BATCH_NORM_SILU_STREAM / sizeof(float)];
            const ptrdiff_t step = BATCH_NORM_SILU_STREAM / sizeof(float);
            const ptrdiff_t begin = batch_norm_silu_least(batch_norm_silu_ahead_of_line(out_y)
                / (ptrdiff_t)sizeof(float), n);
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < begin; ++k) batch_norm_silu_forward_pass4_float_element(x[k], mean_pivot[k],
                mean_rest_cast[k], slope[k], beta_cast[k], &out_y[k]);
            for (i = begin; i + step <= n; i += step) {
                for (k = i; k < i + step; k += line) {
                    BATCH_NORM_SILU_AHEAD(x + k, later * t->read_step[0]);
                }
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < step; ++k) batch_norm_silu_forward_pass4_float_element(x[i + k], mean_pivot[i + k],
                    mean_rest_cast[i + k], slope[i + k], beta_cast[i + k], &room[k]);
                batch_norm_silu_stream(out_y + i, room, BATCH_NORM_SILU_STREAM);
            }
        }
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                batch_norm_silu_forward_pass4_float_element(x[k], mean_pivot[k], mean_rest_cast[k], slope[k],
                    beta_cast[k], &out_y[k]);
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            batch_norm_silu_forward_pass4_float_element(x[k], mean_pivot[k], mean_rest_cast[k], slope[k], beta_cast[k],
                &out_y[k]);
        }
        if (rows == 0) return;
        x += t->read_step[0];
        out_y += t->write_step[0];
    }
}

static const batch_norm_silu_pass batch_norm_silu_forward_pass0_float = { &batch_norm_silu_kind_float_double,
    batch_norm_silu_statistics_pass0_float_row, NULL, batch_norm_silu_statistics_pass0_float_columns, 1, 0, 0, 0, 1, 0,
    0, { 0 }, { 0 }, { 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_forward_pass2_float = { &batch_norm_silu_kind_float_double,
    batch_norm_silu_statistics_pass2_float_row, NULL, batch_norm_silu_statistics_pass2_float_columns, 1, 0, 1, 0, 2, 0,
    0, { 0 }, { 0 }, { 0, 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_forward_pass4_float = { &batch_norm_silu_kind_float_float,
    batch_norm_silu_forward_pass4_float_row, NULL, batch_norm_silu_forward_pass4_float_columns, 1, 0, 4, 0, 0, 0, 1,
    { 0 }, { 0 }, { 0 }, { 0 }, { 1 }, 1, 0 };

static void batch_norm_silu_forward_block_float(const void *arguments, batch_norm_silu_block *c)
{
    const batch_norm_silu_arguments_float *a = (const batch_norm_silu_arguments_float *)arguments;
    const batch_norm_silu_walk *w = &a->call.walk;
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
    batch_norm_silu_lanes_of_float(a->gamma, c->at[2], w->lane_stride[2], c->lanes, 1.0, lane_gamma);
    batch_norm_silu_lanes_of_float(a->beta, c->at[2], w->lane_stride[2], c->lanes, 0.0, lane_beta);
    {
        void *const sums[] = {lane_v_sum_x, NULL};
        batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_forward_pass0_float, NULL, NULL, sums, 0);
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (float)(lane_v_sum_x[b]/count_n);
    }
    {
        const void *const lanes[] = {lane_mean_pivot};
        void *const sums[] = {lane_v_sum_d, lane_v_sum_d_d, NULL, NULL};
        batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_forward_pass2_float, lanes, NULL, sums, 0);
    }
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
    {
        const void *const lanes[] = {lane_mean_pivot, lane_mean_rest_cast, lane_slope, lane_beta_cast};
        batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_forward_pass4_float, lanes, NULL, NULL, 0);
    }
    batch_norm_silu_lanes_to_double(lane_mean, c->lanes, a->result_mean, c->at[2], w->lane_stride[2]);
    batch_norm_silu_lanes_to_double(lane_mean_low, c->lanes, a->result_mean_low, c->at[2], w->lane_stride[2]);
    batch_norm_silu_lanes_to_double(lane_var, c->lanes, a->result_var, c->at[2], w->lane_stride[2]);
    batch_norm_silu_lanes_to_double(lane_inv_std, c->lanes, a->result_inv_std, c->at[2], w->lane_stride[2]);
    (void)w, (void)b;
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
    ptrdiff_t portions, k, total;
    int status = batch_norm_silu_check_extents(extents);
    if (status != BATCH_NORM_SILU_OK) return status;
    if (x == NULL || y == NULL || result_mean == NULL || result_mean_low == NULL || result_var == NULL
        || result_inv_std == NULL) return BATCH_NORM_SILU_NULL;
    if (((uintptr_t)x | (uintptr_t)y | (uintptr_t)gamma | (uintptr_t)beta) % sizeof(float) != 0
        || ((uintptr_t)result_mean | (uintptr_t)result_mean_low | (uintptr_t)result_var | (uintptr_t)result_inv_std)
        % sizeof(double) != 0) return BATCH_NORM_SILU_ALIGNMENT;
    status = batch_norm_silu_check_workspace(workspace, workspace_size, batch_norm_silu_forward_workspace(extents),
        threads);
    if (status != BATCH_NORM_SILU_OK) return status;
    if (batch_norm_silu_count(extents, "nc") == 0) {
        return BATCH_NORM_SILU_EMPTY;
    }
    strides[0] = x_strides;
    a.call.read[0] = x;
    strides[1] = y_strides;
    a.call.write[1] = y;
    batch_norm_silu_plan(&a.call.walk, extents, "c", 2, strides, 1, layouts, sizeof(float), BATCH_NORM_SILU_LANES, 4096,
        0);
    batch_norm_silu_deal(&a.call.walk, sizeof(float), threads);
    a.gamma = gamma;
    a.beta = beta;
    a.result_mean = result_mean;
    a.result_mean_low = result_mean_low;
    a.result_var = result_var;
    a.result_inv_std = result_inv_std;
    a.eps = eps;
    a.count_n = (double)batch_norm_silu_count(extents, "n");
    a.call.few = batch_norm_silu_count(extents, "n") < BATCH_NORM_SILU_FEW;
    total = 0;
    portions = a.call.walk.blocks;
    (void)k;
    batch_norm_silu_run(&a.call, batch_norm_silu_forward_block_float, memory, portions, total, threads);
    return BATCH_NORM_SILU_OK;
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

static void batch_norm_silu_forward_pass4_double_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *x = (const double *)t->read[0];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *slope = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    double *out_y = (double *)t->write[0];
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        const double own_mean_pivot = mean_pivot[b * next];
        const double own_mean_rest_cast = mean_rest_cast[b * next];
        const double own_slope = slope[b * next];
        const double own_beta_cast = beta_cast[b * next];
        ptrdiff_t begin = 0;
        if (t->stream) { /* from the first line of the cache on, line by line, past the cache */
            double room[BATCH_NORM_SILU_STREAM / sizeof(double)];
            const ptrdiff_t step = BATCH_NORM_SILU_STREAM / sizeof(double), line = 64 / sizeof(double);
            begin = batch_norm_silu_least(batch_norm_silu_ahead_of_line(out_y) / (ptrdiff_t)sizeof(double), n);
            BATCH_NORM_SILU_SIMD
            for (i = 0; i < begin; ++i) batch_norm_silu_forward_pass4_double_element(x[i], own_mean_pivot,
                own_mean_rest_cast, own_slope, own_beta_cast, &out_y[i]);
            for (; begin + step <= n; begin += step) {
                BATCH_NORM_SILU_SIMD
                for (i = 0; i < step; ++i) batch_norm_silu_forward_pass4_double_element(x[begin + i], own_mean_pivot,
                    own_mean_rest_cast, own_slope, own_beta_cast, &room[i]);
                batch_norm_silu_stream(out_y + begin, room, step * (ptrdiff_t)sizeof(double));
            }
            for (; begin + line <= n; begin += line) {
                BATCH_NORM_SILU_SIMD
                for (i = 0; i < line; ++i) batch_norm_silu_forward_pass4_double_element(x[begin + i], own_mean_pivot,
                    own_mean_rest_cast, own_slope, own_beta_cast, &room[i]);
                batch_norm_silu_stream(out_y + begin, room, line * (ptrdiff_t)sizeof(double));
            }
        }
        BATCH_NORM_SILU_SIMD
        for (i = begin; i < n; ++i) {
            batch_norm_silu_forward_pass4_double_element(x[i], own_mean_pivot, own_mean_rest_cast, own_slope,
                own_beta_cast, &out_y[i]);
        }
        if (b + 1 == rows) return;
        x += t->read_step[0];
        out_y += t->write_step[0];
    }
}

static void batch_norm_silu_forward_pass4_double_columns(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *x = (const double *)t->read[0];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *slope = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    double *out_y = (double *)t->write[0];
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(double), later = t->later * (ptrdiff_t)sizeof(double);
    while (rows-- > 0) {
        i = 0;
        if (t->stream) { /* from the first line of the cache on, past the cache */
            double room[BATCH_NORM_SILU_STREAM / sizeof(double)];
            const ptrdiff_t step = BATCH_NORM_SILU_STREAM / sizeof(double);
            const ptrdiff_t begin = batch_norm_silu_least(batch_norm_silu_ahead_of_line(out_y)
                / (ptrdiff_t)sizeof(double), n);
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < begin; ++k) batch_norm_silu_forward_pass4_double_element(x[k], mean_pivot[k],
                mean_rest_cast[k], slope[k], beta_cast[k], &out_y[k]);
            for (i = begin; i + step <= n; i += step) {
                for (k = i; k < i + step; k += line) {
                    BATCH_NORM_SILU_AHEAD(x + k, later * t->read_step[0]);
                }
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < step; ++k) batch_norm_silu_forward_pass4_double_element(x[i + k], mean_pivot[i + k],
                    mean_rest_cast[i + k], slope[i + k], beta_cast[i + k], &room[k]);
                batch_norm_silu_stream(out_y + i, room, BATCH_NORM_SILU_STREAM);
            }
        }
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                batch_norm_silu_forward_pass4_double_element(x[k], mean_pivot[k], mean_rest_cast[k], slope[k],
                    beta_cast[k], &out_y[k]);
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            batch_norm_silu_forward_pass4_double_element(x[k], mean_pivot[k], mean_rest_cast[k], slope[k], beta_cast[k],
                &out_y[k]);
        }
        if (rows == 0) return;
        x += t->read_step[0];
        out_y += t->write_step[0];
    }
}

static const batch_norm_silu_pass batch_norm_silu_forward_pass0_double = { &batch_norm_silu_kind_double_double,
    batch_norm_silu_statistics_pass0_double_row, NULL, batch_norm_silu_statistics_pass0_double_columns, 1, 0, 0, 0, 1,
    0, 0, { 0 }, { 0 }, { 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_forward_pass0_extended = { &batch_norm_silu_kind_double_extended,
    batch_norm_silu_statistics_pass0_extended_row, NULL, batch_norm_silu_statistics_pass0_extended_columns, 1, 0, 0, 0,
    1, 0, 0, { 0 }, { 0 }, { 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_forward_pass2_double = { &batch_norm_silu_kind_double_double,
    batch_norm_silu_statistics_pass2_double_row, NULL, batch_norm_silu_statistics_pass2_double_columns, 1, 0, 1, 0, 2,
    0, 0, { 0 }, { 0 }, { 0, 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_forward_pass2_pair = { &batch_norm_silu_kind_double_double,
    batch_norm_silu_statistics_pass2_pair_row, NULL, batch_norm_silu_statistics_pass2_pair_columns, 1, 0, 1, 0, 2, 0, 0,
    { 0 }, { 0 }, { 0, 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_forward_pass2_extended = { &batch_norm_silu_kind_double_extended,
    batch_norm_silu_statistics_pass2_extended_row, NULL, batch_norm_silu_statistics_pass2_extended_columns, 1, 0, 1, 0,
    2, 0, 0, { 0 }, { 0 }, { 0, 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_forward_pass4_double = { &batch_norm_silu_kind_double_double,
    batch_norm_silu_forward_pass4_double_row, NULL, batch_norm_silu_forward_pass4_double_columns, 1, 0, 4, 0, 0, 0, 1,
    { 0 }, { 0 }, { 0 }, { 0 }, { 1 }, 1, 0 };

static void batch_norm_silu_forward_block_double(const void *arguments, batch_norm_silu_block *c)
{
    const batch_norm_silu_arguments_double *a = (const batch_norm_silu_arguments_double *)arguments;
    const batch_norm_silu_walk *w = &a->call.walk;
    ptrdiff_t b;
    double lane_gamma[BATCH_NORM_SILU_LANES];
    double lane_beta[BATCH_NORM_SILU_LANES];
    double lane_v_sum_x[BATCH_NORM_SILU_LANES];
    double lane_mean_pivot[BATCH_NORM_SILU_LANES];
    double lane_v_sum_d[BATCH_NORM_SILU_LANES];
    double lane_v_sum_d_d[BATCH_NORM_SILU_LANES];
    double lane_mean[BATCH_NORM_SILU_LANES];
    double lane_mean_low[BATCH_NORM_SILU_LANES];
    double lane_var[BATCH_NORM_SILU_LANES];
    double lane_inv_std[BATCH_NORM_SILU_LANES];
    double lane_mean_rest_cast[BATCH_NORM_SILU_LANES];
    double lane_slope[BATCH_NORM_SILU_LANES];
    double lane_beta_cast[BATCH_NORM_SILU_LANES];
    double less_v_sum_x[BATCH_NORM_SILU_LANES];
    double less_v_sum_d[BATCH_NORM_SILU_LANES];
    double less_v_sum_d_d[BATCH_NORM_SILU_LANES];
    int64_t reach[BATCH_NORM_SILU_LANES]; /* how far from one the exponents of what is computed may be */
    long double again_v_sum_x[BATCH_NORM_SILU_LANES], again_v_sum_d[BATCH_NORM_SILU_LANES],
        again_v_sum_d_d[BATCH_NORM_SILU_LANES];
    int finite;
    const double eps = a->eps;
    const double count_n = a->count_n;
    if (c->lanes < 1) return;
    batch_norm_silu_lanes_of_double(a->gamma, c->at[2], w->lane_stride[2], c->lanes, 1.0, lane_gamma);
    batch_norm_silu_lanes_of_double(a->beta, c->at[2], w->lane_stride[2], c->lanes, 0.0, lane_beta);
    {
        void *const sums[] = {lane_v_sum_x, less_v_sum_x};
        void *const again[] = {again_v_sum_x, NULL};
        batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_forward_pass0_double, NULL, NULL, sums, 0);
        finite = batch_norm_silu_finite(lane_v_sum_x, c->lanes);
        if (!finite) {
            batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_forward_pass0_extended, NULL, NULL, again, 1);
            for (b = 0; b < c->lanes; ++b) {
                if (!isfinite(lane_v_sum_x[b])) batch_norm_silu_halves(again_v_sum_x[b], &lane_v_sum_x[b],
                    &less_v_sum_x[b]);
            }
        }
    }
    {
        const double at_0 = 1 / count_n;
        const double at_1 = (fma(-at_0, count_n, 1)) * at_0;
        BATCH_NORM_SILU_SIMD
        for (b = 0; b < c->lanes; ++b) {
            const double at_2 = lane_v_sum_x[b] * at_0;
            const double at_3 = fma(lane_v_sum_x[b], at_0, -at_2) + (lane_v_sum_x[b] * at_1 + at_0 * less_v_sum_x[b]);
            const double at_4 = at_2 + at_3;
            lane_mean_pivot[b] = at_4;
            reach[b] = 2 * batch_norm_silu_reach(lane_v_sum_x[b]) + 2 * batch_norm_silu_reach(count_n);
        }
        if (batch_norm_silu_beyond(reach, c->lanes, 1916)) {
            for (b = 0; b < c->lanes; ++b) {
                if (reach[b] <= 1916) continue;
                const long double far_v_sum_x = batch_norm_silu_far(lane_v_sum_x[b], less_v_sum_x[b], again_v_sum_x[b]);
                const long double far_mean_pivot = (double)(far_v_sum_x/(long double)count_n);
                lane_mean_pivot[b] = (double)far_mean_pivot;
            }
        }
    }
    {
        const void *const lanes[] = {lane_mean_pivot};
        void *const sums[] = {lane_v_sum_d, lane_v_sum_d_d, less_v_sum_d, less_v_sum_d_d};
        void *const again[] = {again_v_sum_d, again_v_sum_d_d, NULL, NULL};
        batch_norm_silu_sweep_block(&a->call, c, a->call.few ? &batch_norm_silu_forward_pass2_pair
            : &batch_norm_silu_forward_pass2_double, lanes, NULL, sums, 0);
        finite = batch_norm_silu_finite(lane_v_sum_d, c->lanes) && batch_norm_silu_finite(lane_v_sum_d_d, c->lanes);
        if (!finite) {
            batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_forward_pass2_extended, lanes, NULL, again, 1);
            for (b = 0; b < c->lanes; ++b) {
                if (!isfinite(lane_v_sum_d[b])) batch_norm_silu_halves(again_v_sum_d[b], &lane_v_sum_d[b],
                    &less_v_sum_d[b]);
                if (!isfinite(lane_v_sum_d_d[b])) batch_norm_silu_halves(again_v_sum_d_d[b], &lane_v_sum_d_d[b],
                    &less_v_sum_d_d[b]);
            }
        }
    }
    {
        const double at_0 = 1 / count_n;
        const double at_1 = (fma(-at_0, count_n, 1)) * at_0;
        BATCH_NORM_SILU_SIMD
        for (b = 0; b < c->lanes; ++b) {
            const double at_2 = lane_v_sum_d[b] * at_0;
            const double at_3 = fma(lane_v_sum_d[b], at_0, -at_2) + (lane_v_sum_d[b] * at_1 + at_0 * less_v_sum_d[b]);
            const double at_4 = at_2 + at_3;
            const double at_5 = at_3 - (at_4 - at_2);
            const double at_6 = lane_mean_pivot[b] + at_4;
            const double at_7 = batch_norm_silu_lost_of_sum(lane_mean_pivot[b], at_4, at_6) + (at_5);
            const double at_8 = at_6 + at_7;
            const double at_9 = at_7 - (at_8 - at_6);
            const double at_10 = lane_v_sum_d_d[b] * at_0;
            const double at_11 = fma(lane_v_sum_d_d[b], at_0, -at_10) + (lane_v_sum_d_d[b] * at_1
                + at_0 * less_v_sum_d_d[b]);
            const double at_12 = at_4 * at_4;
            const double at_13 = fma(at_4, at_4, -at_12) + (at_4 * at_5 + at_4 * at_5);
            const double at_14 = at_10 - at_12;
            const double at_15 = batch_norm_silu_lost_of_sum(at_10, -at_12, at_14) + (at_11 + -at_13);
            const double at_16 = at_14 + at_15;
            const double at_17 = at_15 - (at_16 - at_14);
            const double at_18 = at_16 < 0 ? 0 : at_16;
            const double at_19 = at_16 < 0 ? 0 : at_17;
            const double at_20 = eps + at_18;
            const double at_21 = batch_norm_silu_lost_of_sum(eps, at_18, at_20) + (at_19);
            const double at_22 = at_20 + at_21;
            const double at_23 = at_21 - (at_22 - at_20);
            const double at_24 = sqrt(at_22);
            const double at_25 = 1 / at_24;
            const double at_26 = at_24 > 0 ? (fma(-at_24, at_24, at_22) + at_23) * (0.5 * at_25) : 0;
            const double at_27 = (fma(-at_25, at_24, 1) - at_25 * at_26) * at_25;
            const double at_28 = at_25 + at_27;
            const double at_29 = at_27 - (at_28 - at_25);
            const double at_30 = lane_gamma[b] * at_28;
            const double at_31 = fma(lane_gamma[b], at_28, -at_30) + (lane_gamma[b] * at_29);
            const double at_32 = at_30 + at_31;
            lane_mean[b] = at_8;
            lane_mean_low[b] = at_9;
            lane_var[b] = at_18;
            lane_inv_std[b] = at_28;
            lane_mean_rest_cast[b] = at_4;
            lane_slope[b] = at_32;
            lane_beta_cast[b] = lane_beta[b];
            reach[b] = 4 * batch_norm_silu_reach(lane_v_sum_d[b]) + 4 * batch_norm_silu_reach(count_n)
                + 2 * batch_norm_silu_reach(lane_mean_pivot[b]) + 2 * batch_norm_silu_reach(lane_v_sum_d_d[b])
                + 2 * batch_norm_silu_reach(eps) + 2 * batch_norm_silu_reach(lane_gamma[b])
                + 2 * batch_norm_silu_reach(lane_beta[b]) + batch_norm_silu_none(at_24);
        }
        if (batch_norm_silu_beyond(reach, c->lanes, 1646)) {
            for (b = 0; b < c->lanes; ++b) {
                if (reach[b] <= 1646) continue;
                const long double far_v_sum_d = batch_norm_silu_far(lane_v_sum_d[b], less_v_sum_d[b], again_v_sum_d[b]);
                const long double far_mean_rest = far_v_sum_d/(long double)count_n;
                const long double far_mean = batch_norm_silu_exact_high_extended((long double)lane_mean_pivot[b],
                    far_mean_rest);
                const long double far_mean_low = batch_norm_silu_exact_low_extended((long double)lane_mean_pivot[b],
                    far_mean_rest);
                const long double far_v_sum_d_d = batch_norm_silu_far(lane_v_sum_d_d[b], less_v_sum_d_d[b],
                    again_v_sum_d_d[b]);
                const long double far_var = batch_norm_silu_not_negative_extended(far_v_sum_d_d/(long double)count_n
                    - batch_norm_silu_square_extended(far_mean_rest));
                const long double far_inv_std = 1.0/sqrtl((long double)eps + far_var);
                const long double far_mean_rest_cast = far_mean_rest;
                const long double far_slope = (long double)lane_gamma[b]*far_inv_std;
                const long double far_beta_cast = (long double)lane_beta[b];
                lane_mean[b] = (double)far_mean;
                lane_mean_low[b] = (double)far_mean_low;
                lane_var[b] = (double)far_var;
                lane_inv_std[b] = (double)far_inv_std;
                lane_mean_rest_cast[b] = (double)far_mean_rest_cast;
                lane_slope[b] = (double)far_slope;
                lane_beta_cast[b] = (double)far_beta_cast;
            }
        }
    }
    {
        const void *const lanes[] = {lane_mean_pivot, lane_mean_rest_cast, lane_slope, lane_beta_cast};
        batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_forward_pass4_double, lanes, NULL, NULL, 0);
    }
    batch_norm_silu_lanes_to_double(lane_mean, c->lanes, a->result_mean, c->at[2], w->lane_stride[2]);
    batch_norm_silu_lanes_to_double(lane_mean_low, c->lanes, a->result_mean_low, c->at[2], w->lane_stride[2]);
    batch_norm_silu_lanes_to_double(lane_var, c->lanes, a->result_var, c->at[2], w->lane_stride[2]);
    batch_norm_silu_lanes_to_double(lane_inv_std, c->lanes, a->result_inv_std, c->at[2], w->lane_stride[2]);
    (void)w, (void)b;
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
    ptrdiff_t portions, k, total;
    int status = batch_norm_silu_check_extents(extents);
    if (status != BATCH_NORM_SILU_OK) return status;
    if (x == NULL || y == NULL || result_mean == NULL || result_mean_low == NULL || result_var == NULL
        || result_inv_std == NULL) return BATCH_NORM_SILU_NULL;
    if (((uintptr_t)x | (uintptr_t)y | (uintptr_t)gamma | (uintptr_t)beta | (uintptr_t)result_mean | (uintptr_t)result_mean_low | (uintptr_t)result_var | (uintptr_t)result_inv_std)
        % sizeof(double) != 0) return BATCH_NORM_SILU_ALIGNMENT;
    status = batch_norm_silu_check_workspace(workspace, workspace_size, batch_norm_silu_forward_workspace(extents),
        threads);
    if (status != BATCH_NORM_SILU_OK) return status;
    if (batch_norm_silu_count(extents, "nc") == 0) {
        return BATCH_NORM_SILU_EMPTY;
    }
    strides[0] = x_strides;
    a.call.read[0] = x;
    strides[1] = y_strides;
    a.call.write[1] = y;
    batch_norm_silu_plan(&a.call.walk, extents, "c", 2, strides, 1, layouts, sizeof(double), BATCH_NORM_SILU_LANES,
        2272, 0);
    batch_norm_silu_deal(&a.call.walk, sizeof(double), threads);
    a.gamma = gamma;
    a.beta = beta;
    a.result_mean = result_mean;
    a.result_mean_low = result_mean_low;
    a.result_var = result_var;
    a.result_inv_std = result_inv_std;
    a.eps = eps;
    a.count_n = (double)batch_norm_silu_count(extents, "n");
    a.call.few = batch_norm_silu_count(extents, "n") < BATCH_NORM_SILU_FEW;
    total = 0;
    portions = a.call.walk.blocks;
    (void)k;
    batch_norm_silu_run(&a.call, batch_norm_silu_forward_block_double, memory, portions, total, threads);
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
    const double at_t3 = batch_norm_silu_sigmoid_single(at_t2);
    const double at_t4 = at_t2 * at_t3;
    const double at_t5 = at_t2 * (double)-1.0;
    const double at_t6 = batch_norm_silu_sigmoid_single(at_t5);
    const double at_t7 = at_t4 * at_t6;
    const double at_t8 = at_t7 + at_t3;
    const double at_t9 = at_t8 * grad_output;
    *to_v_sum_d_grad_z = at_t9 * at_d1;
    *to_v_sum_grad_z = at_t9;
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_backward_pass1_float_row_of(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t, const int ahead)
{
    const float *grad_output = (const float *)t->read[0];
    const float *x = (const float *)t->read[1];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    double *high = (double *)t->high, *low = (double *)t->low, *kept_0 = t->kept + 0 * BATCH_NORM_SILU_KEPT * t->apart,
        *kept_1 = t->kept + 1 * BATCH_NORM_SILU_KEPT * t->apart;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        /* up to here, what comes so much later belongs to these rows */
        const ptrdiff_t edge = (t->joined ? (rows - b) * n : n) - BATCH_NORM_SILU_LATER / (ptrdiff_t)sizeof(float);
        const double own_mean_pivot = mean_pivot[b * next];
        const double own_mean_rest_cast = mean_rest_cast[b * next];
        const double own_factor = factor[b * next];
        const double own_beta_cast = beta_cast[b * next];
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, BATCH_NORM_SILU_RUN);
            double rest_0 = 0, rest_1 = 0;
            int h, k;
            if (i + BATCH_NORM_SILU_FLOAT_CHAINS <= end)
                { /* once through the loop at least: the sums stay in registers */
                double part_0[BATCH_NORM_SILU_FLOAT_CHAINS], part_1[BATCH_NORM_SILU_FLOAT_CHAINS];
                for (k = 0; k < BATCH_NORM_SILU_FLOAT_CHAINS; ++k) {
                    part_0[k] = 0;
                    part_1[k] = 0;
                }
                do {
                    if (ahead) {
                        BATCH_NORM_SILU_AHEAD(grad_output + i, BATCH_NORM_SILU_LATER + (i < edge ? 0 : t->jump[0]));
                        BATCH_NORM_SILU_AHEAD(x + i, BATCH_NORM_SILU_LATER + (i < edge ? 0 : t->jump[1]));
                    }
                    BATCH_NORM_SILU_UNROLL
                    for (h = 0; h < BATCH_NORM_SILU_FLOAT_CHAINS; h += BATCH_NORM_SILU_CHAINS) {
                        BATCH_NORM_SILU_WIDE(grad_output, i + h);
                        BATCH_NORM_SILU_WIDE(x, i + h);
                        BATCH_NORM_SILU_TERMS(all_0);
                        BATCH_NORM_SILU_TERMS(all_1);
                        BATCH_NORM_SILU_SIMD
                        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                            double term_0, term_1;
                            batch_norm_silu_backward_pass1_float_element((double)wide_grad_output[k], (double)wide_x[k],
                                own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast, &term_0, &term_1);
                            BATCH_NORM_SILU_TERM(part_0[h + k], all_0[k], term_0);
                            BATCH_NORM_SILU_TERM(part_1[h + k], all_1[k], term_1);
                        }
                        BATCH_NORM_SILU_ADD_TERMS(part_0 + h, all_0);
                        BATCH_NORM_SILU_ADD_TERMS(part_1 + h, all_1);
                    }
                    i += BATCH_NORM_SILU_FLOAT_CHAINS;
                } while (i + BATCH_NORM_SILU_FLOAT_CHAINS <= end);
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < BATCH_NORM_SILU_FLOAT_CHAINS - BATCH_NORM_SILU_CHAINS; ++k) {
                    part_0[k] = part_0[k] + part_0[k + BATCH_NORM_SILU_CHAINS];
                    part_1[k] = part_1[k] + part_1[k + BATCH_NORM_SILU_CHAINS];
                }
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < 4; ++k) {
                    kept_0[k] = kept_0[k] + (part_0[k] + part_0[k + 4]);
                    kept_1[k] = kept_1[k] + (part_1[k] + part_1[k + 4]);
                }
            }
            for (; i + 4 <= end; i += 4) {
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < 4; ++k) {
                    double term_0, term_1;
                    batch_norm_silu_backward_pass1_float_element((double)grad_output[i + k], (double)x[i + k],
                        own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast, &term_0, &term_1);
                    kept_0[k] = kept_0[k] + term_0;
                    kept_1[k] = kept_1[k] + term_1;
                }
            }
            for (; i < end; ++i) {
                double term_0, term_1;
                batch_norm_silu_backward_pass1_float_element((double)grad_output[i], (double)x[i], own_mean_pivot,
                    own_mean_rest_cast, own_factor, own_beta_cast, &term_0, &term_1);
                rest_0 = rest_0 + term_0;
                rest_1 = rest_1 + term_1;
            }
            kept_0[4] = kept_0[4] + rest_0;
            kept_1[4] = kept_1[4] + rest_1;
            if (end < n || (t->flush && (next || b + 1 == rows))) {
                batch_norm_silu_flush(&high[0 * t->apart], &low[0 * t->apart], kept_0);
                batch_norm_silu_flush(&high[1 * t->apart], &low[1 * t->apart], kept_1);
            }
        }
        high += next;
        low += next;
        kept_0 += BATCH_NORM_SILU_KEPT * next;
        kept_1 += BATCH_NORM_SILU_KEPT * next;
        if (b + 1 == rows) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
    }
}

/* Two loops: what asks for memory keeps compilers from holding all sums in registers. */
static void batch_norm_silu_backward_pass1_float_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    if (t->ahead) batch_norm_silu_backward_pass1_float_row_of(n, rows, t, 1);
    else batch_norm_silu_backward_pass1_float_row_of(n, rows, t, 0);
}

static void batch_norm_silu_backward_pass1_float_columns(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const float *grad_output = (const float *)t->read[0];
    const float *x = (const float *)t->read[1];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    double *high_0 = (double *)t->high + 0 * t->apart;
    double *high_1 = (double *)t->high + 1 * t->apart;
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(float), later = t->later * (ptrdiff_t)sizeof(float);
    for (; rows > 3; rows -= 4) { /* what is added to is in memory: several rows take one way there */
        const float *next_grad_output = grad_output + t->read_step[0];
        const float *next_x = x + t->read_step[1];
        const float *next_2_grad_output = next_grad_output + t->read_step[0];
        const float *next_2_x = next_x + t->read_step[1];
        const float *next_3_grad_output = next_2_grad_output + t->read_step[0];
        const float *next_3_x = next_2_x + t->read_step[1];
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_2_grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_2_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_3_grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_3_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, term_1;
                double more_0, more_1;
                batch_norm_silu_backward_pass1_float_element((double)grad_output[k], (double)x[k], mean_pivot[k],
                    mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &term_1);
                more_0 = term_0;
                more_1 = term_1;
                batch_norm_silu_backward_pass1_float_element((double)next_grad_output[k], (double)next_x[k],
                    mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                batch_norm_silu_backward_pass1_float_element((double)next_2_grad_output[k], (double)next_2_x[k],
                    mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                batch_norm_silu_backward_pass1_float_element((double)next_3_grad_output[k], (double)next_3_x[k],
                    mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                high_0[k] = high_0[k] + more_0;
                high_1[k] = high_1[k] + more_1;
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, term_1;
            double more_0, more_1;
            batch_norm_silu_backward_pass1_float_element((double)grad_output[k], (double)x[k], mean_pivot[k],
                mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &term_1);
            more_0 = term_0;
            more_1 = term_1;
            batch_norm_silu_backward_pass1_float_element((double)next_grad_output[k], (double)next_x[k], mean_pivot[k],
                mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            batch_norm_silu_backward_pass1_float_element((double)next_2_grad_output[k], (double)next_2_x[k],
                mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            batch_norm_silu_backward_pass1_float_element((double)next_3_grad_output[k], (double)next_3_x[k],
                mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            high_0[k] = high_0[k] + more_0;
            high_1[k] = high_1[k] + more_1;
        }
        if (rows == 4) return;
        grad_output = next_3_grad_output + t->read_step[0];
        x = next_3_x + t->read_step[1];
    }
    while (rows-- > 0) {
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, term_1;
                batch_norm_silu_backward_pass1_float_element((double)grad_output[k], (double)x[k], mean_pivot[k],
                    mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &term_1);
                high_0[k] = high_0[k] + term_0;
                high_1[k] = high_1[k] + term_1;
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, term_1;
            batch_norm_silu_backward_pass1_float_element((double)grad_output[k], (double)x[k], mean_pivot[k],
                mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &term_1);
            high_0[k] = high_0[k] + term_0;
            high_1[k] = high_1[k] + term_1;
        }
        if (rows == 0) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
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

static void batch_norm_silu_backward_pass3_float_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const float *grad_output = (const float *)t->read[0];
    const float *x = (const float *)t->read[1];
    const float *mean_pivot = (const float *)t->value[0];
    const float *mean_rest_cast = (const float *)t->value[1];
    const float *factor = (const float *)t->value[2];
    const float *beta_cast = (const float *)t->value[3];
    const float *shift = (const float *)t->value[4];
    const float *slope = (const float *)t->value[5];
    float *out_grad_x = (float *)t->write[0];
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        const float own_mean_pivot = mean_pivot[b * next];
        const float own_mean_rest_cast = mean_rest_cast[b * next];
        const float own_factor = factor[b * next];
        const float own_beta_cast = beta_cast[b * next];
        const float own_shift = shift[b * next];
        const float own_slope = slope[b * next];
        ptrdiff_t begin = 0;
        if (t->stream) { /* from the first line of the cache on, line by line, past the cache */
            float room[BATCH_NORM_SILU_STREAM / sizeof(float)];
            const ptrdiff_t step = BATCH_NORM_SILU_STREAM / sizeof(float), line = 64 / sizeof(float);
            begin = batch_norm_silu_least(batch_norm_silu_ahead_of_line(out_grad_x) / (ptrdiff_t)sizeof(float), n);
            BATCH_NORM_SILU_SIMD
            for (i = 0; i < begin; ++i) batch_norm_silu_backward_pass3_float_element(grad_output[i], x[i],
                own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast, own_shift, own_slope, &out_grad_x[i]);
            for (; begin + step <= n; begin += step) {
                BATCH_NORM_SILU_SIMD
                for (i = 0; i < step; ++i) batch_norm_silu_backward_pass3_float_element(grad_output[begin + i], x[begin
                    + i], own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast, own_shift, own_slope,
                    &room[i]);
                batch_norm_silu_stream(out_grad_x + begin, room, step * (ptrdiff_t)sizeof(float));
            }
            for (; begin + line <= n; begin += line) {
                BATCH_NORM_SILU_SIMD
                for (i = 0; i < line; ++i) batch_norm_silu_backward_pass3_float_element(grad_output[begin + i], x[begin
                    + i], own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast, own_shift, own_slope,
                    &room[i]);
                batch_norm_silu_stream(out_grad_x + begin, room, line * (ptrdiff_t)sizeof(float));
            }
        }
        BATCH_NORM_SILU_SIMD
        for (i = begin; i < n; ++i) {
            batch_norm_silu_backward_pass3_float_element(grad_output[i], x[i], own_mean_pivot, own_mean_rest_cast,
                own_factor, own_beta_cast, own_shift, own_slope, &out_grad_x[i]);
        }
        if (b + 1 == rows) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
        out_grad_x += t->write_step[0];
    }
}

static void batch_norm_silu_backward_pass3_float_columns(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const float *grad_output = (const float *)t->read[0];
    const float *x = (const float *)t->read[1];
    const float *mean_pivot = (const float *)t->value[0];
    const float *mean_rest_cast = (const float *)t->value[1];
    const float *factor = (const float *)t->value[2];
    const float *beta_cast = (const float *)t->value[3];
    const float *shift = (const float *)t->value[4];
    const float *slope = (const float *)t->value[5];
    float *out_grad_x = (float *)t->write[0];
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(float), later = t->later * (ptrdiff_t)sizeof(float);
    while (rows-- > 0) {
        i = 0;
        if (t->stream) { /* from the first line of the cache on, past the cache */
            float room[BATCH_NORM_SILU_STREAM / sizeof(float)];
            const ptrdiff_t step = BATCH_NORM_SILU_STREAM / sizeof(float);
            const ptrdiff_t begin = batch_norm_silu_least(batch_norm_silu_ahead_of_line(out_grad_x)
                / (ptrdiff_t)sizeof(float), n);
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < begin; ++k) batch_norm_silu_backward_pass3_float_element(grad_output[k], x[k],
                mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], shift[k], slope[k], &out_grad_x[k]);
            for (i = begin; i + step <= n; i += step) {
                for (k = i; k < i + step; k += line) {
                    BATCH_NORM_SILU_AHEAD(grad_output + k, later * t->read_step[0]);
                    BATCH_NORM_SILU_AHEAD(x + k, later * t->read_step[1]);
                }
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < step; ++k) batch_norm_silu_backward_pass3_float_element(grad_output[i + k], x[i + k],
                    mean_pivot[i + k], mean_rest_cast[i + k], factor[i + k], beta_cast[i + k], shift[i + k], slope[i
                    + k], &room[k]);
                batch_norm_silu_stream(out_grad_x + i, room, BATCH_NORM_SILU_STREAM);
            }
        }
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                batch_norm_silu_backward_pass3_float_element(grad_output[k], x[k], mean_pivot[k], mean_rest_cast[k],
                    factor[k], beta_cast[k], shift[k], slope[k], &out_grad_x[k]);
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            batch_norm_silu_backward_pass3_float_element(grad_output[k], x[k], mean_pivot[k], mean_rest_cast[k],
                factor[k], beta_cast[k], shift[k], slope[k], &out_grad_x[k]);
        }
        if (rows == 0) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
        out_grad_x += t->write_step[0];
    }
}

static const batch_norm_silu_pass batch_norm_silu_backward_pass1_float = { &batch_norm_silu_kind_float_double,
    batch_norm_silu_backward_pass1_float_row, NULL, batch_norm_silu_backward_pass1_float_columns, 2, 0, 4, 0, 2, 0, 0,
    { 0, 1 }, { 0 }, { 0, 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_backward_pass3_float = { &batch_norm_silu_kind_float_float,
    batch_norm_silu_backward_pass3_float_row, NULL, batch_norm_silu_backward_pass3_float_columns, 2, 0, 6, 0, 0, 0, 1,
    { 0, 1 }, { 0 }, { 0 }, { 0 }, { 2 }, 1, 0 };

static void batch_norm_silu_backward_block_float(const void *arguments, batch_norm_silu_block *c)
{
    const batch_norm_silu_arguments_float *a = (const batch_norm_silu_arguments_float *)arguments;
    const batch_norm_silu_walk *w = &a->call.walk;
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
    batch_norm_silu_lanes_of_float(a->gamma, c->at[3], w->lane_stride[3], c->lanes, 1.0, lane_gamma);
    batch_norm_silu_lanes_of_float(a->beta, c->at[3], w->lane_stride[3], c->lanes, 0.0, lane_beta);
    batch_norm_silu_lanes_of_double(a->mean, c->at[3], w->lane_stride[3], c->lanes, 0.0, lane_mean);
    batch_norm_silu_lanes_of_double(a->mean_low, c->at[3], w->lane_stride[3], c->lanes, 0.0, lane_mean_low);
    batch_norm_silu_lanes_of_double(a->inv_std, c->at[3], w->lane_stride[3], c->lanes, 0.0, lane_inv_std);
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (float)(lane_mean[b]);
        lane_mean_rest[b] = (lane_mean[b] - lane_mean_pivot[b]) + lane_mean_low[b];
        lane_mean_rest_cast[b] = lane_mean_rest[b];
        lane_factor[b] = lane_gamma[b]*lane_inv_std[b];
        lane_beta_cast[b] = lane_beta[b];
    }
    {
        const void *const lanes[] = {lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_beta_cast};
        void *const sums[] = {lane_v_sum_d_grad_z, lane_v_sum_grad_z, NULL, NULL};
        batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_backward_pass1_float, lanes, NULL, sums, 0);
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_grad_gamma[b] = lane_inv_std[b]*lane_v_sum_d_grad_z[b];
        lane_shift[b] = lane_v_sum_grad_z[b]/count_n;
        lane_slope[b] = -batch_norm_silu_square_double(lane_inv_std[b])*lane_v_sum_d_grad_z[b]/count_n;
    }
    {
        const void *const lanes[] = {lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_beta_cast, lane_shift,
            lane_slope};
        batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_backward_pass3_float, lanes, NULL, NULL, 0);
    }
    batch_norm_silu_lanes_to_float(lane_grad_gamma, c->lanes, a->result_grad_gamma, c->at[3], w->lane_stride[3]);
    batch_norm_silu_lanes_to_float(lane_v_sum_grad_z, c->lanes, a->result_grad_beta, c->at[3], w->lane_stride[3]);
    (void)w, (void)b;
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
    float *result_grad_gamma,
    float *result_grad_beta,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"c", "c" };
    const ptrdiff_t *strides[3];
    batch_norm_silu_arguments_float a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, k, total;
    int status = batch_norm_silu_check_extents(extents);
    if (status != BATCH_NORM_SILU_OK) return status;
    if (grad_output == NULL || x == NULL || grad_x == NULL || mean == NULL || mean_low == NULL || inv_std == NULL
        || result_grad_gamma == NULL || result_grad_beta == NULL) return BATCH_NORM_SILU_NULL;
    if (((uintptr_t)grad_output | (uintptr_t)x | (uintptr_t)grad_x | (uintptr_t)gamma | (uintptr_t)beta | (uintptr_t)result_grad_gamma | (uintptr_t)result_grad_beta)
        % sizeof(float) != 0 || ((uintptr_t)mean | (uintptr_t)mean_low | (uintptr_t)inv_std) % sizeof(double) != 0)
        return BATCH_NORM_SILU_ALIGNMENT;
    status = batch_norm_silu_check_workspace(workspace, workspace_size, batch_norm_silu_backward_workspace(extents),
        threads);
    if (status != BATCH_NORM_SILU_OK) return status;
    if (batch_norm_silu_count(extents, "nc") == 0) {
        for (k = 0; k < batch_norm_silu_count(extents, "c"); ++k) result_grad_gamma[k] = 0;
        for (k = 0; k < batch_norm_silu_count(extents, "c"); ++k) result_grad_beta[k] = 0;
        return BATCH_NORM_SILU_OK;
    }
    strides[0] = grad_output_strides;
    a.call.read[0] = grad_output;
    strides[1] = x_strides;
    a.call.read[1] = x;
    strides[2] = grad_x_strides;
    a.call.write[2] = grad_x;
    batch_norm_silu_plan(&a.call.walk, extents, "c", 3, strides, 1, layouts, sizeof(float), BATCH_NORM_SILU_LANES, 2500,
        0);
    batch_norm_silu_deal(&a.call.walk, sizeof(float), threads);
    a.gamma = gamma;
    a.beta = beta;
    a.mean = mean;
    a.mean_low = mean_low;
    a.inv_std = inv_std;
    a.result_grad_gamma = result_grad_gamma;
    a.result_grad_beta = result_grad_beta;
    a.count_n = (double)batch_norm_silu_count(extents, "n");
    a.call.few = batch_norm_silu_count(extents, "n") < BATCH_NORM_SILU_FEW;
    total = 0;
    portions = a.call.walk.blocks;
    (void)k;
    batch_norm_silu_run(&a.call, batch_norm_silu_backward_block_float, memory, portions, total, threads);
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

BATCH_NORM_SILU_INLINE void batch_norm_silu_backward_pass1_double_row_of(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t, const int ahead)
{
    const double *grad_output = (const double *)t->read[0];
    const double *x = (const double *)t->read[1];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    double *high = (double *)t->high, *low = (double *)t->low;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        /* up to here, what comes so much later belongs to these rows */
        const ptrdiff_t edge = (t->joined ? (rows - b) * n : n) - BATCH_NORM_SILU_LATER / (ptrdiff_t)sizeof(double);
        const double own_mean_pivot = mean_pivot[b * next];
        const double own_mean_rest_cast = mean_rest_cast[b * next];
        const double own_factor = factor[b * next];
        const double own_beta_cast = beta_cast[b * next];
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
            double part_0[BATCH_NORM_SILU_CHAINS], part_1[BATCH_NORM_SILU_CHAINS];
            int k;
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                part_0[k] = 0;
                part_1[k] = 0;
            }
            for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
                if (ahead) {
                    BATCH_NORM_SILU_AHEAD(grad_output + i, BATCH_NORM_SILU_LATER + (i < edge ? 0 : t->jump[0]));
                    BATCH_NORM_SILU_AHEAD(x + i, BATCH_NORM_SILU_LATER + (i < edge ? 0 : t->jump[1]));
                }
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                    double term_0, term_1;
                    batch_norm_silu_backward_pass1_double_element(grad_output[i + k], x[i + k], own_mean_pivot,
                        own_mean_rest_cast, own_factor, own_beta_cast, &term_0, &term_1);
                    part_0[k] = part_0[k] + term_0;
                    part_1[k] = part_1[k] + term_1;
                }
            }
            for (k = 0; i < end; ++i, ++k) {
                double term_0, term_1;
                batch_norm_silu_backward_pass1_double_element(grad_output[i], x[i], own_mean_pivot, own_mean_rest_cast,
                    own_factor, own_beta_cast, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
            batch_norm_silu_add_double(&high[0 * t->apart], &low[0 * t->apart], batch_norm_silu_chains_double(part_0));
            batch_norm_silu_add_double(&high[1 * t->apart], &low[1 * t->apart], batch_norm_silu_chains_double(part_1));
        }
        high += next;
        low += next;
        if (b + 1 == rows) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
    }
}

/* Two loops: what asks for memory keeps compilers from holding all sums in registers. */
static void batch_norm_silu_backward_pass1_double_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    if (t->ahead) batch_norm_silu_backward_pass1_double_row_of(n, rows, t, 1);
    else batch_norm_silu_backward_pass1_double_row_of(n, rows, t, 0);
}

static void batch_norm_silu_backward_pass1_double_columns(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *grad_output = (const double *)t->read[0];
    const double *x = (const double *)t->read[1];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    double *high_0 = (double *)t->high + 0 * t->apart, *low_0 = (double *)t->low + 0 * t->apart;
    double *high_1 = (double *)t->high + 1 * t->apart, *low_1 = (double *)t->low + 1 * t->apart;
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(double), later = t->later * (ptrdiff_t)sizeof(double);
    for (; rows > 3; rows -= 4) { /* what is added to is in memory: several rows take one way there */
        const double *next_grad_output = grad_output + t->read_step[0];
        const double *next_x = x + t->read_step[1];
        const double *next_2_grad_output = next_grad_output + t->read_step[0];
        const double *next_2_x = next_x + t->read_step[1];
        const double *next_3_grad_output = next_2_grad_output + t->read_step[0];
        const double *next_3_x = next_2_x + t->read_step[1];
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_2_grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_2_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_3_grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_3_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, term_1;
                double more_0, more_1;
                batch_norm_silu_backward_pass1_double_element(grad_output[k], x[k], mean_pivot[k], mean_rest_cast[k],
                    factor[k], beta_cast[k], &term_0, &term_1);
                more_0 = term_0;
                more_1 = term_1;
                batch_norm_silu_backward_pass1_double_element(next_grad_output[k], next_x[k], mean_pivot[k],
                    mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                batch_norm_silu_backward_pass1_double_element(next_2_grad_output[k], next_2_x[k], mean_pivot[k],
                    mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                batch_norm_silu_backward_pass1_double_element(next_3_grad_output[k], next_3_x[k], mean_pivot[k],
                    mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                batch_norm_silu_add_double(&high_0[k], &low_0[k], more_0);
                batch_norm_silu_add_double(&high_1[k], &low_1[k], more_1);
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, term_1;
            double more_0, more_1;
            batch_norm_silu_backward_pass1_double_element(grad_output[k], x[k], mean_pivot[k], mean_rest_cast[k],
                factor[k], beta_cast[k], &term_0, &term_1);
            more_0 = term_0;
            more_1 = term_1;
            batch_norm_silu_backward_pass1_double_element(next_grad_output[k], next_x[k], mean_pivot[k],
                mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            batch_norm_silu_backward_pass1_double_element(next_2_grad_output[k], next_2_x[k], mean_pivot[k],
                mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            batch_norm_silu_backward_pass1_double_element(next_3_grad_output[k], next_3_x[k], mean_pivot[k],
                mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            batch_norm_silu_add_double(&high_0[k], &low_0[k], more_0);
            batch_norm_silu_add_double(&high_1[k], &low_1[k], more_1);
        }
        if (rows == 4) return;
        grad_output = next_3_grad_output + t->read_step[0];
        x = next_3_x + t->read_step[1];
    }
    while (rows-- > 0) {
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, term_1;
                batch_norm_silu_backward_pass1_double_element(grad_output[k], x[k], mean_pivot[k], mean_rest_cast[k],
                    factor[k], beta_cast[k], &term_0, &term_1);
                batch_norm_silu_add_double(&high_0[k], &low_0[k], term_0);
                batch_norm_silu_add_double(&high_1[k], &low_1[k], term_1);
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, term_1;
            batch_norm_silu_backward_pass1_double_element(grad_output[k], x[k], mean_pivot[k], mean_rest_cast[k],
                factor[k], beta_cast[k], &term_0, &term_1);
            batch_norm_silu_add_double(&high_0[k], &low_0[k], term_0);
            batch_norm_silu_add_double(&high_1[k], &low_1[k], term_1);
        }
        if (rows == 0) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
    }
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_backward_pass1_pair_element(
const double grad_output, const double x, const double mean_pivot, const double mean_rest_cast, const double factor,
    const double beta_cast, double *to_v_sum_d_grad_z, double *less_v_sum_d_grad_z, double *to_v_sum_grad_z,
    double *less_v_sum_grad_z)
{
    const double at_d = x - mean_pivot;
    const double lost_at_d = batch_norm_silu_lost_of_sum(x, -mean_pivot, at_d);
    const double at_d1 = at_d - mean_rest_cast;
    const double lost_at_d1 = batch_norm_silu_lost_of_sum(at_d, -mean_rest_cast, at_d1) + (lost_at_d);
    const double at_t1 = at_d1 * factor;
    const double lost_at_t1 = fma(at_d1, factor, -at_t1) + (factor * lost_at_d1);
    const double at_t2 = at_t1 + beta_cast;
    const double lost_at_t2 = batch_norm_silu_lost_of_sum(at_t1, beta_cast, at_t2) + (lost_at_t1);
    const double at_t3 = batch_norm_silu_sigmoid_double(at_t2);
    const double lost_at_t3 = 0;
    const double at_t4 = at_t2 * at_t3;
    const double lost_at_t4 = fma(at_t2, at_t3, -at_t4) + (at_t2 * lost_at_t3 + at_t3 * lost_at_t2);
    const double at_t5 = at_t2 * (double)-1.0;
    const double at_t6 = batch_norm_silu_sigmoid_double(at_t5);
    const double lost_at_t6 = 0;
    const double at_t7 = at_t4 * at_t6;
    const double lost_at_t7 = fma(at_t4, at_t6, -at_t7) + (at_t4 * lost_at_t6 + at_t6 * lost_at_t4);
    const double at_t8 = at_t7 + at_t3;
    const double lost_at_t8 = batch_norm_silu_lost_of_sum(at_t7, at_t3, at_t8) + (lost_at_t7 + lost_at_t3);
    const double at_t9 = at_t8 * grad_output;
    const double lost_at_t9 = fma(at_t8, grad_output, -at_t9) + (grad_output * lost_at_t8);
    *to_v_sum_d_grad_z = at_t9 * at_d1;
    *less_v_sum_d_grad_z = fma(at_t9, at_d1, -*to_v_sum_d_grad_z) + (at_t9 * lost_at_d1 + at_d1 * lost_at_t9);
    *to_v_sum_grad_z = at_t9;
    *less_v_sum_grad_z = lost_at_t9;
}

static void batch_norm_silu_backward_pass1_pair_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *grad_output = (const double *)t->read[0];
    const double *x = (const double *)t->read[1];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    double *high = (double *)t->high, *low = (double *)t->low;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        const double own_mean_pivot = mean_pivot[b * next];
        const double own_mean_rest_cast = mean_rest_cast[b * next];
        const double own_factor = factor[b * next];
        const double own_beta_cast = beta_cast[b * next];
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
            double part_0[BATCH_NORM_SILU_CHAINS], rest_0[BATCH_NORM_SILU_CHAINS], part_1[BATCH_NORM_SILU_CHAINS],
                rest_1[BATCH_NORM_SILU_CHAINS];
            int k;
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                part_0[k] = 0;
                rest_0[k] = 0;
                part_1[k] = 0;
                rest_1[k] = 0;
            }
            for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                    double term_0, less_0, term_1, less_1;
                    batch_norm_silu_backward_pass1_pair_element(grad_output[i + k], x[i + k], own_mean_pivot,
                        own_mean_rest_cast, own_factor, own_beta_cast, &term_0, &less_0, &term_1, &less_1);
                    batch_norm_silu_add_pair(&part_0[k], &rest_0[k], term_0, less_0);
                    batch_norm_silu_add_pair(&part_1[k], &rest_1[k], term_1, less_1);
                }
            }
            if (i + BATCH_NORM_SILU_CHAINS / 2 <= end) {
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < BATCH_NORM_SILU_CHAINS / 2; ++k) {
                    double term_0, less_0, term_1, less_1;
                    batch_norm_silu_backward_pass1_pair_element(grad_output[i + k], x[i + k], own_mean_pivot,
                        own_mean_rest_cast, own_factor, own_beta_cast, &term_0, &less_0, &term_1, &less_1);
                    batch_norm_silu_add_pair(&part_0[k], &rest_0[k], term_0, less_0);
                    batch_norm_silu_add_pair(&part_1[k], &rest_1[k], term_1, less_1);
                }
                i += BATCH_NORM_SILU_CHAINS / 2;
            }
            if (i < end) { /* the last three are added up in registers */
                double last_0 = 0, left_0 = 0;
                double last_1 = 0, left_1 = 0;
                for (; i < end; ++i) {
                    double term_0, less_0, term_1, less_1;
                    batch_norm_silu_backward_pass1_pair_element(grad_output[i], x[i], own_mean_pivot,
                        own_mean_rest_cast, own_factor, own_beta_cast, &term_0, &less_0, &term_1, &less_1);
                    batch_norm_silu_add_pair(&last_0, &left_0, term_0, less_0);
                    batch_norm_silu_add_pair(&last_1, &left_1, term_1, less_1);
                }
                batch_norm_silu_add_pair(&high[0 * t->apart], &low[0 * t->apart], last_0, left_0);
                batch_norm_silu_add_pair(&high[1 * t->apart], &low[1 * t->apart], last_1, left_1);
            }
            batch_norm_silu_add_chains(&high[0 * t->apart], &low[0 * t->apart], part_0, rest_0);
            batch_norm_silu_add_chains(&high[1 * t->apart], &low[1 * t->apart], part_1, rest_1);
        }
        high += next;
        low += next;
        if (b + 1 == rows) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
    }
}

static void batch_norm_silu_backward_pass1_pair_columns(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *grad_output = (const double *)t->read[0];
    const double *x = (const double *)t->read[1];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    double *high_0 = (double *)t->high + 0 * t->apart, *low_0 = (double *)t->low + 0 * t->apart;
    double *high_1 = (double *)t->high + 1 * t->apart, *low_1 = (double *)t->low + 1 * t->apart;
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(double), later = t->later * (ptrdiff_t)sizeof(double);
    while (rows-- > 0) {
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, less_0, term_1, less_1;
                batch_norm_silu_backward_pass1_pair_element(grad_output[k], x[k], mean_pivot[k], mean_rest_cast[k],
                    factor[k], beta_cast[k], &term_0, &less_0, &term_1, &less_1);
                batch_norm_silu_add_double(&high_0[k], &low_0[k], term_0);
                low_0[k] += less_0;
                batch_norm_silu_add_double(&high_1[k], &low_1[k], term_1);
                low_1[k] += less_1;
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, less_0, term_1, less_1;
            batch_norm_silu_backward_pass1_pair_element(grad_output[k], x[k], mean_pivot[k], mean_rest_cast[k],
                factor[k], beta_cast[k], &term_0, &less_0, &term_1, &less_1);
            batch_norm_silu_add_double(&high_0[k], &low_0[k], term_0);
            low_0[k] += less_0;
            batch_norm_silu_add_double(&high_1[k], &low_1[k], term_1);
            low_1[k] += less_1;
        }
        if (rows == 0) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
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

static void batch_norm_silu_backward_pass1_extended_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *grad_output = (const double *)t->read[0];
    const double *x = (const double *)t->read[1];
    const long double *mean_pivot = (const long double *)t->value[0];
    const long double *mean_rest_cast = (const long double *)t->value[1];
    const long double *factor = (const long double *)t->value[2];
    const long double *beta_cast = (const long double *)t->value[3];
    long double *high = (long double *)t->high, *low = (long double *)t->low;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        const long double own_mean_pivot = mean_pivot[b * next];
        const long double own_mean_rest_cast = mean_rest_cast[b * next];
        const long double own_factor = factor[b * next];
        const long double own_beta_cast = beta_cast[b * next];
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, 16);
            long double rest_0 = 0, rest_1 = 0;
            for (; i < end; ++i) { /* one after the other: the sums stay in registers */
                long double term_0, term_1;
                batch_norm_silu_backward_pass1_extended_element((long double)grad_output[i], (long double)x[i],
                    own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast, &term_0, &term_1);
                rest_0 = rest_0 + term_0;
                rest_1 = rest_1 + term_1;
            }
            batch_norm_silu_add_extended(&high[0 * t->apart], &low[0 * t->apart], rest_0);
            batch_norm_silu_add_extended(&high[1 * t->apart], &low[1 * t->apart], rest_1);
        }
        high += next;
        low += next;
        if (b + 1 == rows) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
    }
}

static void batch_norm_silu_backward_pass1_extended_columns(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    long double *high_0 = (long double *)t->high + 0 * t->apart, *low_0 = (long double *)t->low + 0 * t->apart;
    long double *high_1 = (long double *)t->high + 1 * t->apart, *low_1 = (long double *)t->low + 1 * t->apart;
    ptrdiff_t k;
    for (k = 0; k < n; ++k) {
        const double *grad_output = (const double *)t->read[0];
        const double *x = (const double *)t->read[1];
        const long double *mean_pivot = (const long double *)t->value[0];
        const long double *mean_rest_cast = (const long double *)t->value[1];
        const long double *factor = (const long double *)t->value[2];
        const long double *beta_cast = (const long double *)t->value[3];
        ptrdiff_t j;
        for (j = 0; j < rows;) {
            const ptrdiff_t end = j + batch_norm_silu_least(rows - j, 16);
            long double rest_0 = 0, rest_1 = 0;
            for (; j < end; ++j) {
                long double term_0, term_1;
                if (j > 0) {
                    grad_output += t->read_step[0];
                    x += t->read_step[1];
                }
                batch_norm_silu_backward_pass1_extended_element((long double)grad_output[k], (long double)x[k],
                    mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &term_1);
                rest_0 = rest_0 + term_0;
                rest_1 = rest_1 + term_1;
            }
            batch_norm_silu_add_extended(&high_0[k], &low_0[k], rest_0);
            batch_norm_silu_add_extended(&high_1[k], &low_1[k], rest_1);
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

static void batch_norm_silu_backward_pass3_double_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *grad_output = (const double *)t->read[0];
    const double *x = (const double *)t->read[1];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    const double *shift = (const double *)t->value[4];
    const double *slope = (const double *)t->value[5];
    double *out_grad_x = (double *)t->write[0];
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        const double own_mean_pivot = mean_pivot[b * next];
        const double own_mean_rest_cast = mean_rest_cast[b * next];
        const double own_factor = factor[b * next];
        const double own_beta_cast = beta_cast[b * next];
        const double own_shift = shift[b * next];
        const double own_slope = slope[b * next];
        ptrdiff_t begin = 0;
        if (t->stream) { /* from the first line of the cache on, line by line, past the cache */
            double room[BATCH_NORM_SILU_STREAM / sizeof(double)];
            const ptrdiff_t step = BATCH_NORM_SILU_STREAM / sizeof(double), line = 64 / sizeof(double);
            begin = batch_norm_silu_least(batch_norm_silu_ahead_of_line(out_grad_x) / (ptrdiff_t)sizeof(double), n);
            BATCH_NORM_SILU_SIMD
            for (i = 0; i < begin; ++i) batch_norm_silu_backward_pass3_double_element(grad_output[i], x[i],
                own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast, own_shift, own_slope, &out_grad_x[i]);
            for (; begin + step <= n; begin += step) {
                BATCH_NORM_SILU_SIMD
                for (i = 0; i < step; ++i) batch_norm_silu_backward_pass3_double_element(grad_output[begin + i], x[begin
                    + i], own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast, own_shift, own_slope,
                    &room[i]);
                batch_norm_silu_stream(out_grad_x + begin, room, step * (ptrdiff_t)sizeof(double));
            }
            for (; begin + line <= n; begin += line) {
                BATCH_NORM_SILU_SIMD
                for (i = 0; i < line; ++i) batch_norm_silu_backward_pass3_double_element(grad_output[begin + i], x[begin
                    + i], own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast, own_shift, own_slope,
                    &room[i]);
                batch_norm_silu_stream(out_grad_x + begin, room, line * (ptrdiff_t)sizeof(double));
            }
        }
        BATCH_NORM_SILU_SIMD
        for (i = begin; i < n; ++i) {
            batch_norm_silu_backward_pass3_double_element(grad_output[i], x[i], own_mean_pivot, own_mean_rest_cast,
                own_factor, own_beta_cast, own_shift, own_slope, &out_grad_x[i]);
        }
        if (b + 1 == rows) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
        out_grad_x += t->write_step[0];
    }
}

static void batch_norm_silu_backward_pass3_double_columns(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *grad_output = (const double *)t->read[0];
    const double *x = (const double *)t->read[1];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    const double *shift = (const double *)t->value[4];
    const double *slope = (const double *)t->value[5];
    double *out_grad_x = (double *)t->write[0];
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(double), later = t->later * (ptrdiff_t)sizeof(double);
    while (rows-- > 0) {
        i = 0;
        if (t->stream) { /* from the first line of the cache on, past the cache */
            double room[BATCH_NORM_SILU_STREAM / sizeof(double)];
            const ptrdiff_t step = BATCH_NORM_SILU_STREAM / sizeof(double);
            const ptrdiff_t begin = batch_norm_silu_least(batch_norm_silu_ahead_of_line(out_grad_x)
                / (ptrdiff_t)sizeof(double), n);
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < begin; ++k) batch_norm_silu_backward_pass3_double_element(grad_output[k], x[k],
                mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], shift[k], slope[k], &out_grad_x[k]);
            for (i = begin; i + step <= n; i += step) {
                for (k = i; k < i + step; k += line) {
                    BATCH_NORM_SILU_AHEAD(grad_output + k, later * t->read_step[0]);
                    BATCH_NORM_SILU_AHEAD(x + k, later * t->read_step[1]);
                }
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < step; ++k) batch_norm_silu_backward_pass3_double_element(grad_output[i + k], x[i + k],
                    mean_pivot[i + k], mean_rest_cast[i + k], factor[i + k], beta_cast[i + k], shift[i + k], slope[i
                    + k], &room[k]);
                batch_norm_silu_stream(out_grad_x + i, room, BATCH_NORM_SILU_STREAM);
            }
        }
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                batch_norm_silu_backward_pass3_double_element(grad_output[k], x[k], mean_pivot[k], mean_rest_cast[k],
                    factor[k], beta_cast[k], shift[k], slope[k], &out_grad_x[k]);
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            batch_norm_silu_backward_pass3_double_element(grad_output[k], x[k], mean_pivot[k], mean_rest_cast[k],
                factor[k], beta_cast[k], shift[k], slope[k], &out_grad_x[k]);
        }
        if (rows == 0) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
        out_grad_x += t->write_step[0];
    }
}

static const batch_norm_silu_pass batch_norm_silu_backward_pass1_double = { &batch_norm_silu_kind_double_double,
    batch_norm_silu_backward_pass1_double_row, NULL, batch_norm_silu_backward_pass1_double_columns, 2, 0, 4, 0, 2, 0, 0,
    { 0, 1 }, { 0 }, { 0, 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_backward_pass1_pair = { &batch_norm_silu_kind_double_double,
    batch_norm_silu_backward_pass1_pair_row, NULL, batch_norm_silu_backward_pass1_pair_columns, 2, 0, 4, 0, 2, 0, 0,
    { 0, 1 }, { 0 }, { 0, 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_backward_pass1_extended = { &batch_norm_silu_kind_double_extended,
    batch_norm_silu_backward_pass1_extended_row, NULL, batch_norm_silu_backward_pass1_extended_columns, 2, 0, 4, 0, 2,
    0, 0, { 0, 1 }, { 0 }, { 0, 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_backward_pass3_double = { &batch_norm_silu_kind_double_double,
    batch_norm_silu_backward_pass3_double_row, NULL, batch_norm_silu_backward_pass3_double_columns, 2, 0, 6, 0, 0, 0, 1,
    { 0, 1 }, { 0 }, { 0 }, { 0 }, { 2 }, 1, 0 };

static void batch_norm_silu_backward_block_double(const void *arguments, batch_norm_silu_block *c)
{
    const batch_norm_silu_arguments_double *a = (const batch_norm_silu_arguments_double *)arguments;
    const batch_norm_silu_walk *w = &a->call.walk;
    ptrdiff_t b;
    double lane_gamma[BATCH_NORM_SILU_LANES];
    double lane_beta[BATCH_NORM_SILU_LANES];
    double lane_mean[BATCH_NORM_SILU_LANES];
    double lane_mean_low[BATCH_NORM_SILU_LANES];
    double lane_inv_std[BATCH_NORM_SILU_LANES];
    double lane_mean_pivot[BATCH_NORM_SILU_LANES];
    double lane_mean_rest_cast[BATCH_NORM_SILU_LANES];
    double lane_factor[BATCH_NORM_SILU_LANES];
    double lane_beta_cast[BATCH_NORM_SILU_LANES];
    double lane_v_sum_d_grad_z[BATCH_NORM_SILU_LANES];
    double lane_v_sum_grad_z[BATCH_NORM_SILU_LANES];
    double lane_grad_gamma[BATCH_NORM_SILU_LANES];
    double lane_shift[BATCH_NORM_SILU_LANES];
    double lane_slope[BATCH_NORM_SILU_LANES];
    double less_v_sum_d_grad_z[BATCH_NORM_SILU_LANES];
    double less_v_sum_grad_z[BATCH_NORM_SILU_LANES];
    int64_t reach[BATCH_NORM_SILU_LANES]; /* how far from one the exponents of what is computed may be */
    long double again_v_sum_d_grad_z[BATCH_NORM_SILU_LANES], again_v_sum_grad_z[BATCH_NORM_SILU_LANES];
    int finite;
    const double count_n = a->count_n;
    if (c->lanes < 1) return;
    batch_norm_silu_lanes_of_double(a->gamma, c->at[3], w->lane_stride[3], c->lanes, 1.0, lane_gamma);
    batch_norm_silu_lanes_of_double(a->beta, c->at[3], w->lane_stride[3], c->lanes, 0.0, lane_beta);
    batch_norm_silu_lanes_of_double(a->mean, c->at[3], w->lane_stride[3], c->lanes, 0.0, lane_mean);
    batch_norm_silu_lanes_of_double(a->mean_low, c->at[3], w->lane_stride[3], c->lanes, 0.0, lane_mean_low);
    batch_norm_silu_lanes_of_double(a->inv_std, c->at[3], w->lane_stride[3], c->lanes, 0.0, lane_inv_std);
    {
        BATCH_NORM_SILU_SIMD
        for (b = 0; b < c->lanes; ++b) {
            const double at_0 = lane_mean[b] - lane_mean[b];
            const double at_1 = batch_norm_silu_lost_of_sum(lane_mean[b], -lane_mean[b], at_0);
            const double at_2 = at_0 + lane_mean_low[b];
            const double at_3 = batch_norm_silu_lost_of_sum(at_0, lane_mean_low[b], at_2) + (at_1);
            const double at_4 = at_2 + at_3;
            const double at_6 = lane_gamma[b] * lane_inv_std[b];
            const double at_7 = fma(lane_gamma[b], lane_inv_std[b], -at_6);
            const double at_8 = at_6 + at_7;
            lane_mean_pivot[b] = lane_mean[b];
            lane_mean_rest_cast[b] = at_4;
            lane_factor[b] = at_8;
            lane_beta_cast[b] = lane_beta[b];
            reach[b] = 2 * batch_norm_silu_reach(lane_mean[b]) + 2 * batch_norm_silu_reach(lane_mean_low[b])
                + 2 * batch_norm_silu_reach(lane_gamma[b]) + 2 * batch_norm_silu_reach(lane_inv_std[b])
                + 2 * batch_norm_silu_reach(lane_beta[b]);
        }
        if (batch_norm_silu_beyond(reach, c->lanes, 1654)) {
            for (b = 0; b < c->lanes; ++b) {
                if (reach[b] <= 1654) continue;
                const long double far_mean_pivot = (double)((long double)lane_mean[b]);
                const long double far_mean_rest = ((long double)lane_mean[b] - far_mean_pivot)
                    + (long double)lane_mean_low[b];
                const long double far_mean_rest_cast = far_mean_rest;
                const long double far_factor = (long double)lane_gamma[b]*(long double)lane_inv_std[b];
                const long double far_beta_cast = (long double)lane_beta[b];
                lane_mean_pivot[b] = (double)far_mean_pivot;
                lane_mean_rest_cast[b] = (double)far_mean_rest_cast;
                lane_factor[b] = (double)far_factor;
                lane_beta_cast[b] = (double)far_beta_cast;
            }
        }
    }
    {
        const void *const lanes[] = {lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_beta_cast};
        void *const sums[] = {lane_v_sum_d_grad_z, lane_v_sum_grad_z, less_v_sum_d_grad_z, less_v_sum_grad_z};
        void *const again[] = {again_v_sum_d_grad_z, again_v_sum_grad_z, NULL, NULL};
        batch_norm_silu_sweep_block(&a->call, c, a->call.few ? &batch_norm_silu_backward_pass1_pair
            : &batch_norm_silu_backward_pass1_double, lanes, NULL, sums, 0);
        finite = batch_norm_silu_finite(lane_v_sum_d_grad_z, c->lanes) && batch_norm_silu_finite(lane_v_sum_grad_z,
            c->lanes);
        if (!finite) {
            batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_backward_pass1_extended, lanes, NULL, again, 1);
            for (b = 0; b < c->lanes; ++b) {
                if (!isfinite(lane_v_sum_d_grad_z[b])) batch_norm_silu_halves(again_v_sum_d_grad_z[b],
                    &lane_v_sum_d_grad_z[b], &less_v_sum_d_grad_z[b]);
                if (!isfinite(lane_v_sum_grad_z[b])) batch_norm_silu_halves(again_v_sum_grad_z[b],
                    &lane_v_sum_grad_z[b], &less_v_sum_grad_z[b]);
            }
        }
    }
    {
        const double at_4 = 1 / count_n;
        const double at_5 = (fma(-at_4, count_n, 1)) * at_4;
        BATCH_NORM_SILU_SIMD
        for (b = 0; b < c->lanes; ++b) {
            const double at_0 = lane_inv_std[b] * lane_v_sum_d_grad_z[b];
            const double at_1 = fma(lane_inv_std[b], lane_v_sum_d_grad_z[b], -at_0)
                + (lane_inv_std[b] * less_v_sum_d_grad_z[b]);
            const double at_2 = at_0 + at_1;
            const double at_6 = lane_v_sum_grad_z[b] * at_4;
            const double at_7 = fma(lane_v_sum_grad_z[b], at_4, -at_6) + (lane_v_sum_grad_z[b] * at_5
                + at_4 * less_v_sum_grad_z[b]);
            const double at_8 = at_6 + at_7;
            const double at_10 = lane_inv_std[b] * lane_inv_std[b];
            const double at_11 = fma(lane_inv_std[b], lane_inv_std[b], -at_10);
            const double at_12 = at_10 * lane_v_sum_d_grad_z[b];
            const double at_13 = fma(at_10, lane_v_sum_d_grad_z[b], -at_12) + (at_10 * less_v_sum_d_grad_z[b]
                + lane_v_sum_d_grad_z[b] * at_11);
            const double at_14 = at_12 * at_4;
            const double at_15 = fma(at_12, at_4, -at_14) + (at_12 * at_5 + at_4 * at_13);
            const double at_16 = -at_14;
            const double at_17 = -at_15;
            const double at_18 = at_16 + at_17;
            lane_grad_gamma[b] = at_2;
            lane_shift[b] = at_8;
            lane_slope[b] = at_18;
            reach[b] = 4 * batch_norm_silu_reach(lane_inv_std[b]) + 2 * batch_norm_silu_reach(lane_v_sum_d_grad_z[b])
                + 2 * batch_norm_silu_reach(lane_v_sum_grad_z[b]) + 2 * batch_norm_silu_reach(count_n);
        }
        if (batch_norm_silu_beyond(reach, c->lanes, 1910)) {
            for (b = 0; b < c->lanes; ++b) {
                if (reach[b] <= 1910) continue;
                const long double far_v_sum_d_grad_z = batch_norm_silu_far(lane_v_sum_d_grad_z[b],
                    less_v_sum_d_grad_z[b], again_v_sum_d_grad_z[b]);
                const long double far_grad_gamma = (long double)lane_inv_std[b]*far_v_sum_d_grad_z;
                const long double far_v_sum_grad_z = batch_norm_silu_far(lane_v_sum_grad_z[b], less_v_sum_grad_z[b],
                    again_v_sum_grad_z[b]);
                const long double far_shift = far_v_sum_grad_z/(long double)count_n;
                const long double far_slope = -batch_norm_silu_square_extended((long double)lane_inv_std[b])
                    *far_v_sum_d_grad_z/(long double)count_n;
                lane_grad_gamma[b] = (double)far_grad_gamma;
                lane_shift[b] = (double)far_shift;
                lane_slope[b] = (double)far_slope;
            }
        }
    }
    {
        const void *const lanes[] = {lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_beta_cast, lane_shift,
            lane_slope};
        batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_backward_pass3_double, lanes, NULL, NULL, 0);
    }
    batch_norm_silu_lanes_to_double(lane_grad_gamma, c->lanes, a->result_grad_gamma, c->at[3], w->lane_stride[3]);
    batch_norm_silu_lanes_to_double(lane_v_sum_grad_z, c->lanes, a->result_grad_beta, c->at[3], w->lane_stride[3]);
    (void)w, (void)b;
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
    ptrdiff_t portions, k, total;
    int status = batch_norm_silu_check_extents(extents);
    if (status != BATCH_NORM_SILU_OK) return status;
    if (grad_output == NULL || x == NULL || grad_x == NULL || mean == NULL || mean_low == NULL || inv_std == NULL
        || result_grad_gamma == NULL || result_grad_beta == NULL) return BATCH_NORM_SILU_NULL;
    if (((uintptr_t)grad_output | (uintptr_t)x | (uintptr_t)grad_x | (uintptr_t)gamma | (uintptr_t)beta | (uintptr_t)mean | (uintptr_t)mean_low | (uintptr_t)inv_std | (uintptr_t)result_grad_gamma | (uintptr_t)result_grad_beta)
        % sizeof(double) != 0) return BATCH_NORM_SILU_ALIGNMENT;
    status = batch_norm_silu_check_workspace(workspace, workspace_size, batch_norm_silu_backward_workspace(extents),
        threads);
    if (status != BATCH_NORM_SILU_OK) return status;
    if (batch_norm_silu_count(extents, "nc") == 0) {
        for (k = 0; k < batch_norm_silu_count(extents, "c"); ++k) result_grad_gamma[k] = 0;
        for (k = 0; k < batch_norm_silu_count(extents, "c"); ++k) result_grad_beta[k] = 0;
        return BATCH_NORM_SILU_OK;
    }
    strides[0] = grad_output_strides;
    a.call.read[0] = grad_output;
    strides[1] = x_strides;
    a.call.read[1] = x;
    strides[2] = grad_x_strides;
    a.call.write[2] = grad_x;
    batch_norm_silu_plan(&a.call.walk, extents, "c", 3, strides, 1, layouts, sizeof(double), BATCH_NORM_SILU_LANES,
        1388, 0);
    batch_norm_silu_deal(&a.call.walk, sizeof(double), threads);
    a.gamma = gamma;
    a.beta = beta;
    a.mean = mean;
    a.mean_low = mean_low;
    a.inv_std = inv_std;
    a.result_grad_gamma = result_grad_gamma;
    a.result_grad_beta = result_grad_beta;
    a.count_n = (double)batch_norm_silu_count(extents, "n");
    a.call.few = batch_norm_silu_count(extents, "n") < BATCH_NORM_SILU_FEW;
    total = 0;
    portions = a.call.walk.blocks;
    (void)k;
    batch_norm_silu_run(&a.call, batch_norm_silu_backward_block_double, memory, portions, total, threads);
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

BATCH_NORM_SILU_INLINE void batch_norm_silu_jvp_pass1_float_row_of(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t, const int ahead)
{
    const float *x = (const float *)t->read[0];
    const float *tangent_x = (const float *)t->read[1];
    const double *mean_pivot = (const double *)t->value[0];
    double *high = (double *)t->high, *low = (double *)t->low, *kept_0 = t->kept + 0 * BATCH_NORM_SILU_KEPT * t->apart,
        *kept_1 = t->kept + 1 * BATCH_NORM_SILU_KEPT * t->apart;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        /* up to here, what comes so much later belongs to these rows */
        const ptrdiff_t edge = (t->joined ? (rows - b) * n : n) - BATCH_NORM_SILU_LATER / (ptrdiff_t)sizeof(float);
        const double own_mean_pivot = mean_pivot[b * next];
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, BATCH_NORM_SILU_RUN);
            double rest_0 = 0, rest_1 = 0;
            int h, k;
            if (i + BATCH_NORM_SILU_FLOAT_CHAINS <= end)
                { /* once through the loop at least: the sums stay in registers */
                double part_0[BATCH_NORM_SILU_FLOAT_CHAINS], part_1[BATCH_NORM_SILU_FLOAT_CHAINS];
                for (k = 0; k < BATCH_NORM_SILU_FLOAT_CHAINS; ++k) {
                    part_0[k] = 0;
                    part_1[k] = 0;
                }
                do {
                    if (ahead) {
                        BATCH_NORM_SILU_AHEAD(x + i, BATCH_NORM_SILU_LATER + (i < edge ? 0 : t->jump[0]));
                        BATCH_NORM_SILU_AHEAD(tangent_x + i, BATCH_NORM_SILU_LATER + (i < edge ? 0 : t->jump[1]));
                    }
                    BATCH_NORM_SILU_UNROLL
                    for (h = 0; h < BATCH_NORM_SILU_FLOAT_CHAINS; h += BATCH_NORM_SILU_CHAINS) {
                        BATCH_NORM_SILU_WIDE(x, i + h);
                        BATCH_NORM_SILU_WIDE(tangent_x, i + h);
                        BATCH_NORM_SILU_TERMS(all_0);
                        BATCH_NORM_SILU_TERMS(all_1);
                        BATCH_NORM_SILU_SIMD
                        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                            double term_0, term_1;
                            batch_norm_silu_jvp_pass1_float_element((double)wide_x[k], (double)wide_tangent_x[k],
                                own_mean_pivot, &term_0, &term_1);
                            BATCH_NORM_SILU_TERM(part_0[h + k], all_0[k], term_0);
                            BATCH_NORM_SILU_TERM(part_1[h + k], all_1[k], term_1);
                        }
                        BATCH_NORM_SILU_ADD_TERMS(part_0 + h, all_0);
                        BATCH_NORM_SILU_ADD_TERMS(part_1 + h, all_1);
                    }
                    i += BATCH_NORM_SILU_FLOAT_CHAINS;
                } while (i + BATCH_NORM_SILU_FLOAT_CHAINS <= end);
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < BATCH_NORM_SILU_FLOAT_CHAINS - BATCH_NORM_SILU_CHAINS; ++k) {
                    part_0[k] = part_0[k] + part_0[k + BATCH_NORM_SILU_CHAINS];
                    part_1[k] = part_1[k] + part_1[k + BATCH_NORM_SILU_CHAINS];
                }
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < 4; ++k) {
                    kept_0[k] = kept_0[k] + (part_0[k] + part_0[k + 4]);
                    kept_1[k] = kept_1[k] + (part_1[k] + part_1[k + 4]);
                }
            }
            for (; i + 4 <= end; i += 4) {
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < 4; ++k) {
                    double term_0, term_1;
                    batch_norm_silu_jvp_pass1_float_element((double)x[i + k], (double)tangent_x[i + k], own_mean_pivot,
                        &term_0, &term_1);
                    kept_0[k] = kept_0[k] + term_0;
                    kept_1[k] = kept_1[k] + term_1;
                }
            }
            for (; i < end; ++i) {
                double term_0, term_1;
                batch_norm_silu_jvp_pass1_float_element((double)x[i], (double)tangent_x[i], own_mean_pivot, &term_0,
                    &term_1);
                rest_0 = rest_0 + term_0;
                rest_1 = rest_1 + term_1;
            }
            kept_0[4] = kept_0[4] + rest_0;
            kept_1[4] = kept_1[4] + rest_1;
            if (end < n || (t->flush && (next || b + 1 == rows))) {
                batch_norm_silu_flush(&high[0 * t->apart], &low[0 * t->apart], kept_0);
                batch_norm_silu_flush(&high[1 * t->apart], &low[1 * t->apart], kept_1);
            }
        }
        high += next;
        low += next;
        kept_0 += BATCH_NORM_SILU_KEPT * next;
        kept_1 += BATCH_NORM_SILU_KEPT * next;
        if (b + 1 == rows) return;
        x += t->read_step[0];
        tangent_x += t->read_step[1];
    }
}

/* Two loops: what asks for memory keeps compilers from holding all sums in registers. */
static void batch_norm_silu_jvp_pass1_float_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    if (t->ahead) batch_norm_silu_jvp_pass1_float_row_of(n, rows, t, 1);
    else batch_norm_silu_jvp_pass1_float_row_of(n, rows, t, 0);
}

static void batch_norm_silu_jvp_pass1_float_columns(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const float *x = (const float *)t->read[0];
    const float *tangent_x = (const float *)t->read[1];
    const double *mean_pivot = (const double *)t->value[0];
    double *high_0 = (double *)t->high + 0 * t->apart;
    double *high_1 = (double *)t->high + 1 * t->apart;
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(float), later = t->later * (ptrdiff_t)sizeof(float);
    for (; rows > 3; rows -= 4) { /* what is added to is in memory: several rows take one way there */
        const float *next_x = x + t->read_step[0];
        const float *next_tangent_x = tangent_x + t->read_step[1];
        const float *next_2_x = next_x + t->read_step[0];
        const float *next_2_tangent_x = next_tangent_x + t->read_step[1];
        const float *next_3_x = next_2_x + t->read_step[0];
        const float *next_3_tangent_x = next_2_tangent_x + t->read_step[1];
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(tangent_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_tangent_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_2_x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_2_tangent_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_3_x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_3_tangent_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, term_1;
                double more_0, more_1;
                batch_norm_silu_jvp_pass1_float_element((double)x[k], (double)tangent_x[k], mean_pivot[k], &term_0,
                    &term_1);
                more_0 = term_0;
                more_1 = term_1;
                batch_norm_silu_jvp_pass1_float_element((double)next_x[k], (double)next_tangent_x[k], mean_pivot[k],
                    &term_0, &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                batch_norm_silu_jvp_pass1_float_element((double)next_2_x[k], (double)next_2_tangent_x[k], mean_pivot[k],
                    &term_0, &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                batch_norm_silu_jvp_pass1_float_element((double)next_3_x[k], (double)next_3_tangent_x[k], mean_pivot[k],
                    &term_0, &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                high_0[k] = high_0[k] + more_0;
                high_1[k] = high_1[k] + more_1;
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, term_1;
            double more_0, more_1;
            batch_norm_silu_jvp_pass1_float_element((double)x[k], (double)tangent_x[k], mean_pivot[k], &term_0,
                &term_1);
            more_0 = term_0;
            more_1 = term_1;
            batch_norm_silu_jvp_pass1_float_element((double)next_x[k], (double)next_tangent_x[k], mean_pivot[k],
                &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            batch_norm_silu_jvp_pass1_float_element((double)next_2_x[k], (double)next_2_tangent_x[k], mean_pivot[k],
                &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            batch_norm_silu_jvp_pass1_float_element((double)next_3_x[k], (double)next_3_tangent_x[k], mean_pivot[k],
                &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            high_0[k] = high_0[k] + more_0;
            high_1[k] = high_1[k] + more_1;
        }
        if (rows == 4) return;
        x = next_3_x + t->read_step[0];
        tangent_x = next_3_tangent_x + t->read_step[1];
    }
    while (rows-- > 0) {
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(tangent_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, term_1;
                batch_norm_silu_jvp_pass1_float_element((double)x[k], (double)tangent_x[k], mean_pivot[k], &term_0,
                    &term_1);
                high_0[k] = high_0[k] + term_0;
                high_1[k] = high_1[k] + term_1;
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, term_1;
            batch_norm_silu_jvp_pass1_float_element((double)x[k], (double)tangent_x[k], mean_pivot[k], &term_0,
                &term_1);
            high_0[k] = high_0[k] + term_0;
            high_1[k] = high_1[k] + term_1;
        }
        if (rows == 0) return;
        x += t->read_step[0];
        tangent_x += t->read_step[1];
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

static void batch_norm_silu_jvp_pass3_float_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const float *x = (const float *)t->read[0];
    const float *tangent_x = (const float *)t->read[1];
    const float *mean_pivot = (const float *)t->value[0];
    const float *mean_rest_cast = (const float *)t->value[1];
    const float *factor = (const float *)t->value[2];
    const float *factor_2 = (const float *)t->value[3];
    const float *beta_cast = (const float *)t->value[4];
    const float *shift = (const float *)t->value[5];
    const float *slope = (const float *)t->value[6];
    const float *factor_3 = (const float *)t->value[7];
    const float *factor_4 = (const float *)t->value[8];
    const float *factor_5 = (const float *)t->value[9];
    float *out_tangent_y = (float *)t->write[0];
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        const float own_mean_pivot = mean_pivot[b * next];
        const float own_mean_rest_cast = mean_rest_cast[b * next];
        const float own_factor = factor[b * next];
        const float own_factor_2 = factor_2[b * next];
        const float own_beta_cast = beta_cast[b * next];
        const float own_shift = shift[b * next];
        const float own_slope = slope[b * next];
        const float own_factor_3 = factor_3[b * next];
        const float own_factor_4 = factor_4[b * next];
        const float own_factor_5 = factor_5[b * next];
        ptrdiff_t begin = 0;
        if (t->stream) { /* from the first line of the cache on, line by line, past the cache */
            float room[BATCH_NORM_SILU_STREAM / sizeof(float)];
            const ptrdiff_t step = BATCH_NORM_SILU_STREAM / sizeof(float), line = 64 / sizeof(float);
            begin = batch_norm_silu_least(batch_norm_silu_ahead_of_line(out_tangent_y) / (ptrdiff_t)sizeof(float), n);
            BATCH_NORM_SILU_SIMD
            for (i = 0; i < begin; ++i) batch_norm_silu_jvp_pass3_float_element(x[i], tangent_x[i], own_mean_pivot,
                own_mean_rest_cast, own_factor, own_factor_2, own_beta_cast, own_shift, own_slope, own_factor_3,
                own_factor_4, own_factor_5, &out_tangent_y[i]);
            for (; begin + step <= n; begin += step) {
                BATCH_NORM_SILU_SIMD
                for (i = 0; i < step; ++i) batch_norm_silu_jvp_pass3_float_element(x[begin + i], tangent_x[begin + i],
                    own_mean_pivot, own_mean_rest_cast, own_factor, own_factor_2, own_beta_cast, own_shift, own_slope,
                    own_factor_3, own_factor_4, own_factor_5, &room[i]);
                batch_norm_silu_stream(out_tangent_y + begin, room, step * (ptrdiff_t)sizeof(float));
            }
            for (; begin + line <= n; begin += line) {
                BATCH_NORM_SILU_SIMD
                for (i = 0; i < line; ++i) batch_norm_silu_jvp_pass3_float_element(x[begin + i], tangent_x[begin + i],
                    own_mean_pivot, own_mean_rest_cast, own_factor, own_factor_2, own_beta_cast, own_shift, own_slope,
                    own_factor_3, own_factor_4, own_factor_5, &room[i]);
                batch_norm_silu_stream(out_tangent_y + begin, room, line * (ptrdiff_t)sizeof(float));
            }
        }
        BATCH_NORM_SILU_SIMD
        for (i = begin; i < n; ++i) {
            batch_norm_silu_jvp_pass3_float_element(x[i], tangent_x[i], own_mean_pivot, own_mean_rest_cast, own_factor,
                own_factor_2, own_beta_cast, own_shift, own_slope, own_factor_3, own_factor_4, own_factor_5,
                &out_tangent_y[i]);
        }
        if (b + 1 == rows) return;
        x += t->read_step[0];
        tangent_x += t->read_step[1];
        out_tangent_y += t->write_step[0];
    }
}

static void batch_norm_silu_jvp_pass3_float_columns(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const float *x = (const float *)t->read[0];
    const float *tangent_x = (const float *)t->read[1];
    const float *mean_pivot = (const float *)t->value[0];
    const float *mean_rest_cast = (const float *)t->value[1];
    const float *factor = (const float *)t->value[2];
    const float *factor_2 = (const float *)t->value[3];
    const float *beta_cast = (const float *)t->value[4];
    const float *shift = (const float *)t->value[5];
    const float *slope = (const float *)t->value[6];
    const float *factor_3 = (const float *)t->value[7];
    const float *factor_4 = (const float *)t->value[8];
    const float *factor_5 = (const float *)t->value[9];
    float *out_tangent_y = (float *)t->write[0];
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(float), later = t->later * (ptrdiff_t)sizeof(float);
    while (rows-- > 0) {
        i = 0;
        if (t->stream) { /* from the first line of the cache on, past the cache */
            float room[BATCH_NORM_SILU_STREAM / sizeof(float)];
            const ptrdiff_t step = BATCH_NORM_SILU_STREAM / sizeof(float);
            const ptrdiff_t begin = batch_norm_silu_least(batch_norm_silu_ahead_of_line(out_tangent_y)
                / (ptrdiff_t)sizeof(float), n);
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < begin; ++k) batch_norm_silu_jvp_pass3_float_element(x[k], tangent_x[k], mean_pivot[k],
                mean_rest_cast[k], factor[k], factor_2[k], beta_cast[k], shift[k], slope[k], factor_3[k], factor_4[k],
                factor_5[k], &out_tangent_y[k]);
            for (i = begin; i + step <= n; i += step) {
                for (k = i; k < i + step; k += line) {
                    BATCH_NORM_SILU_AHEAD(x + k, later * t->read_step[0]);
                    BATCH_NORM_SILU_AHEAD(tangent_x + k, later * t->read_step[1]);
                }
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < step; ++k) batch_norm_silu_jvp_pass3_float_element(x[i + k], tangent_x[i + k],
                    mean_pivot[i + k], mean_rest_cast[i + k], factor[i + k], factor_2[i + k], beta_cast[i + k], shift[i
                    + k], slope[i + k], factor_3[i + k], factor_4[i + k], factor_5[i + k], &room[k]);
                batch_norm_silu_stream(out_tangent_y + i, room, BATCH_NORM_SILU_STREAM);
            }
        }
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(tangent_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                batch_norm_silu_jvp_pass3_float_element(x[k], tangent_x[k], mean_pivot[k], mean_rest_cast[k], factor[k],
                    factor_2[k], beta_cast[k], shift[k], slope[k], factor_3[k], factor_4[k], factor_5[k],
                    &out_tangent_y[k]);
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            batch_norm_silu_jvp_pass3_float_element(x[k], tangent_x[k], mean_pivot[k], mean_rest_cast[k], factor[k],
                factor_2[k], beta_cast[k], shift[k], slope[k], factor_3[k], factor_4[k], factor_5[k],
                &out_tangent_y[k]);
        }
        if (rows == 0) return;
        x += t->read_step[0];
        tangent_x += t->read_step[1];
        out_tangent_y += t->write_step[0];
    }
}

static const batch_norm_silu_pass batch_norm_silu_jvp_pass1_float = { &batch_norm_silu_kind_float_double,
    batch_norm_silu_jvp_pass1_float_row, NULL, batch_norm_silu_jvp_pass1_float_columns, 2, 0, 1, 0, 2, 0, 0, { 0, 1 },
    { 0 }, { 0, 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_jvp_pass3_float = { &batch_norm_silu_kind_float_float,
    batch_norm_silu_jvp_pass3_float_row, NULL, batch_norm_silu_jvp_pass3_float_columns, 2, 0, 10, 0, 0, 0, 1, { 0, 1 },
    { 0 }, { 0 }, { 0 }, { 2 }, 1, 0 };

static void batch_norm_silu_jvp_block_float(const void *arguments, batch_norm_silu_block *c)
{
    const batch_norm_silu_arguments_float *a = (const batch_norm_silu_arguments_float *)arguments;
    const batch_norm_silu_walk *w = &a->call.walk;
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
    batch_norm_silu_lanes_of_float(a->gamma, c->at[3], w->lane_stride[3], c->lanes, 1.0, lane_gamma);
    batch_norm_silu_lanes_of_float(a->beta, c->at[3], w->lane_stride[3], c->lanes, 0.0, lane_beta);
    batch_norm_silu_lanes_of_float(a->tangent_gamma, c->at[3], w->lane_stride[3], c->lanes, 0.0, lane_tangent_gamma);
    batch_norm_silu_lanes_of_float(a->tangent_beta, c->at[3], w->lane_stride[3], c->lanes, 0.0, lane_tangent_beta);
    batch_norm_silu_lanes_of_double(a->mean, c->at[3], w->lane_stride[3], c->lanes, 0.0, lane_mean);
    batch_norm_silu_lanes_of_double(a->mean_low, c->at[3], w->lane_stride[3], c->lanes, 0.0, lane_mean_low);
    batch_norm_silu_lanes_of_double(a->inv_std, c->at[3], w->lane_stride[3], c->lanes, 0.0, lane_inv_std);
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (float)(lane_mean[b]);
        lane_mean_rest[b] = (lane_mean[b] - lane_mean_pivot[b]) + lane_mean_low[b];
    }
    {
        const void *const lanes[] = {lane_mean_pivot};
        void *const sums[] = {lane_near_sum_d_tangent_x, lane_v_sum_tangent_x, NULL, NULL};
        batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_jvp_pass1_float, lanes, NULL, sums, 0);
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
        lane_factor_4[b] = pow(lane_inv_std[b], 3.0)*lane_gamma[b]*lane_v_sum_d_tangent_x[b]/count_n;
        lane_factor_5[b] = lane_tangent_beta[b] - lane_gamma[b]*lane_inv_std[b]*lane_v_sum_tangent_x[b]/count_n;
    }
    {
        const void *const lanes[] = {lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_factor_2, lane_beta_cast,
            lane_shift, lane_slope, lane_factor_3, lane_factor_4, lane_factor_5};
        batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_jvp_pass3_float, lanes, NULL, NULL, 0);
    }
    (void)w, (void)b;
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
    ptrdiff_t portions, k, total;
    int status = batch_norm_silu_check_extents(extents);
    if (status != BATCH_NORM_SILU_OK) return status;
    if (x == NULL || tangent_x == NULL || tangent_y == NULL || mean == NULL || mean_low == NULL || inv_std == NULL)
        return BATCH_NORM_SILU_NULL;
    if (((uintptr_t)x | (uintptr_t)tangent_x | (uintptr_t)tangent_y | (uintptr_t)gamma | (uintptr_t)beta | (uintptr_t)tangent_gamma | (uintptr_t)tangent_beta)
        % sizeof(float) != 0 || ((uintptr_t)mean | (uintptr_t)mean_low | (uintptr_t)inv_std) % sizeof(double) != 0)
        return BATCH_NORM_SILU_ALIGNMENT;
    status = batch_norm_silu_check_workspace(workspace, workspace_size, batch_norm_silu_jvp_workspace(extents),
        threads);
    if (status != BATCH_NORM_SILU_OK) return status;
    if (batch_norm_silu_count(extents, "nc") == 0) {
        return BATCH_NORM_SILU_OK;
    }
    strides[0] = x_strides;
    a.call.read[0] = x;
    strides[1] = tangent_x_strides;
    a.call.read[1] = tangent_x;
    strides[2] = tangent_y_strides;
    a.call.write[2] = tangent_y;
    batch_norm_silu_plan(&a.call.walk, extents, "c", 3, strides, 1, layouts, sizeof(float), BATCH_NORM_SILU_LANES, 1923,
        0);
    batch_norm_silu_deal(&a.call.walk, sizeof(float), threads);
    a.gamma = gamma;
    a.beta = beta;
    a.tangent_gamma = tangent_gamma;
    a.tangent_beta = tangent_beta;
    a.mean = mean;
    a.mean_low = mean_low;
    a.inv_std = inv_std;
    a.count_n = (double)batch_norm_silu_count(extents, "n");
    a.call.few = batch_norm_silu_count(extents, "n") < BATCH_NORM_SILU_FEW;
    total = 0;
    portions = a.call.walk.blocks;
    (void)k;
    batch_norm_silu_run(&a.call, batch_norm_silu_jvp_block_float, memory, portions, total, threads);
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

BATCH_NORM_SILU_INLINE void batch_norm_silu_jvp_pass1_double_row_of(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t, const int ahead)
{
    const double *x = (const double *)t->read[0];
    const double *tangent_x = (const double *)t->read[1];
    const double *mean_pivot = (const double *)t->value[0];
    double *high = (double *)t->high, *low = (double *)t->low;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        /* up to here, what comes so much later belongs to these rows */
        const ptrdiff_t edge = (t->joined ? (rows - b) * n : n) - BATCH_NORM_SILU_LATER / (ptrdiff_t)sizeof(double);
        const double own_mean_pivot = mean_pivot[b * next];
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
            double part_0[BATCH_NORM_SILU_CHAINS], part_1[BATCH_NORM_SILU_CHAINS];
            int k;
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                part_0[k] = 0;
                part_1[k] = 0;
            }
            for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
                if (ahead) {
                    BATCH_NORM_SILU_AHEAD(x + i, BATCH_NORM_SILU_LATER + (i < edge ? 0 : t->jump[0]));
                    BATCH_NORM_SILU_AHEAD(tangent_x + i, BATCH_NORM_SILU_LATER + (i < edge ? 0 : t->jump[1]));
                }
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                    double term_0, term_1;
                    batch_norm_silu_jvp_pass1_double_element(x[i + k], tangent_x[i + k], own_mean_pivot, &term_0,
                        &term_1);
                    part_0[k] = part_0[k] + term_0;
                    part_1[k] = part_1[k] + term_1;
                }
            }
            for (k = 0; i < end; ++i, ++k) {
                double term_0, term_1;
                batch_norm_silu_jvp_pass1_double_element(x[i], tangent_x[i], own_mean_pivot, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
            batch_norm_silu_add_double(&high[0 * t->apart], &low[0 * t->apart], batch_norm_silu_chains_double(part_0));
            batch_norm_silu_add_double(&high[1 * t->apart], &low[1 * t->apart], batch_norm_silu_chains_double(part_1));
        }
        high += next;
        low += next;
        if (b + 1 == rows) return;
        x += t->read_step[0];
        tangent_x += t->read_step[1];
    }
}

/* Two loops: what asks for memory keeps compilers from holding all sums in registers. */
static void batch_norm_silu_jvp_pass1_double_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    if (t->ahead) batch_norm_silu_jvp_pass1_double_row_of(n, rows, t, 1);
    else batch_norm_silu_jvp_pass1_double_row_of(n, rows, t, 0);
}

static void batch_norm_silu_jvp_pass1_double_columns(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *x = (const double *)t->read[0];
    const double *tangent_x = (const double *)t->read[1];
    const double *mean_pivot = (const double *)t->value[0];
    double *high_0 = (double *)t->high + 0 * t->apart, *low_0 = (double *)t->low + 0 * t->apart;
    double *high_1 = (double *)t->high + 1 * t->apart, *low_1 = (double *)t->low + 1 * t->apart;
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(double), later = t->later * (ptrdiff_t)sizeof(double);
    for (; rows > 3; rows -= 4) { /* what is added to is in memory: several rows take one way there */
        const double *next_x = x + t->read_step[0];
        const double *next_tangent_x = tangent_x + t->read_step[1];
        const double *next_2_x = next_x + t->read_step[0];
        const double *next_2_tangent_x = next_tangent_x + t->read_step[1];
        const double *next_3_x = next_2_x + t->read_step[0];
        const double *next_3_tangent_x = next_2_tangent_x + t->read_step[1];
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(tangent_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_tangent_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_2_x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_2_tangent_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_3_x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_3_tangent_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, term_1;
                double more_0, more_1;
                batch_norm_silu_jvp_pass1_double_element(x[k], tangent_x[k], mean_pivot[k], &term_0, &term_1);
                more_0 = term_0;
                more_1 = term_1;
                batch_norm_silu_jvp_pass1_double_element(next_x[k], next_tangent_x[k], mean_pivot[k], &term_0, &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                batch_norm_silu_jvp_pass1_double_element(next_2_x[k], next_2_tangent_x[k], mean_pivot[k], &term_0,
                    &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                batch_norm_silu_jvp_pass1_double_element(next_3_x[k], next_3_tangent_x[k], mean_pivot[k], &term_0,
                    &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                batch_norm_silu_add_double(&high_0[k], &low_0[k], more_0);
                batch_norm_silu_add_double(&high_1[k], &low_1[k], more_1);
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, term_1;
            double more_0, more_1;
            batch_norm_silu_jvp_pass1_double_element(x[k], tangent_x[k], mean_pivot[k], &term_0, &term_1);
            more_0 = term_0;
            more_1 = term_1;
            batch_norm_silu_jvp_pass1_double_element(next_x[k], next_tangent_x[k], mean_pivot[k], &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            batch_norm_silu_jvp_pass1_double_element(next_2_x[k], next_2_tangent_x[k], mean_pivot[k], &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            batch_norm_silu_jvp_pass1_double_element(next_3_x[k], next_3_tangent_x[k], mean_pivot[k], &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            batch_norm_silu_add_double(&high_0[k], &low_0[k], more_0);
            batch_norm_silu_add_double(&high_1[k], &low_1[k], more_1);
        }
        if (rows == 4) return;
        x = next_3_x + t->read_step[0];
        tangent_x = next_3_tangent_x + t->read_step[1];
    }
    while (rows-- > 0) {
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(tangent_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, term_1;
                batch_norm_silu_jvp_pass1_double_element(x[k], tangent_x[k], mean_pivot[k], &term_0, &term_1);
                batch_norm_silu_add_double(&high_0[k], &low_0[k], term_0);
                batch_norm_silu_add_double(&high_1[k], &low_1[k], term_1);
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, term_1;
            batch_norm_silu_jvp_pass1_double_element(x[k], tangent_x[k], mean_pivot[k], &term_0, &term_1);
            batch_norm_silu_add_double(&high_0[k], &low_0[k], term_0);
            batch_norm_silu_add_double(&high_1[k], &low_1[k], term_1);
        }
        if (rows == 0) return;
        x += t->read_step[0];
        tangent_x += t->read_step[1];
    }
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_jvp_pass1_pair_element(
const double x, const double tangent_x, const double mean_pivot, double *to_near_sum_d_tangent_x,
    double *less_near_sum_d_tangent_x, double *to_v_sum_tangent_x)
{
    const double at_d = x - mean_pivot;
    const double lost_at_d = batch_norm_silu_lost_of_sum(x, -mean_pivot, at_d);
    *to_near_sum_d_tangent_x = at_d * tangent_x;
    *less_near_sum_d_tangent_x = fma(at_d, tangent_x, -*to_near_sum_d_tangent_x) + (tangent_x * lost_at_d);
    *to_v_sum_tangent_x = tangent_x;
}

static void batch_norm_silu_jvp_pass1_pair_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *x = (const double *)t->read[0];
    const double *tangent_x = (const double *)t->read[1];
    const double *mean_pivot = (const double *)t->value[0];
    double *high = (double *)t->high, *low = (double *)t->low;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        const double own_mean_pivot = mean_pivot[b * next];
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
            double part_0[BATCH_NORM_SILU_CHAINS], rest_0[BATCH_NORM_SILU_CHAINS], part_1[BATCH_NORM_SILU_CHAINS],
                rest_1[BATCH_NORM_SILU_CHAINS];
            int k;
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                part_0[k] = 0;
                rest_0[k] = 0;
                part_1[k] = 0;
                rest_1[k] = 0;
            }
            for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                    double term_0, less_0, term_1;
                    batch_norm_silu_jvp_pass1_pair_element(x[i + k], tangent_x[i + k], own_mean_pivot, &term_0, &less_0,
                        &term_1);
                    batch_norm_silu_add_pair(&part_0[k], &rest_0[k], term_0, less_0);
                    batch_norm_silu_add_double(&part_1[k], &rest_1[k], term_1);
                }
            }
            if (i + BATCH_NORM_SILU_CHAINS / 2 <= end) {
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < BATCH_NORM_SILU_CHAINS / 2; ++k) {
                    double term_0, less_0, term_1;
                    batch_norm_silu_jvp_pass1_pair_element(x[i + k], tangent_x[i + k], own_mean_pivot, &term_0, &less_0,
                        &term_1);
                    batch_norm_silu_add_pair(&part_0[k], &rest_0[k], term_0, less_0);
                    batch_norm_silu_add_double(&part_1[k], &rest_1[k], term_1);
                }
                i += BATCH_NORM_SILU_CHAINS / 2;
            }
            if (i < end) { /* the last three are added up in registers */
                double last_0 = 0, left_0 = 0;
                double last_1 = 0, left_1 = 0;
                for (; i < end; ++i) {
                    double term_0, less_0, term_1;
                    batch_norm_silu_jvp_pass1_pair_element(x[i], tangent_x[i], own_mean_pivot, &term_0, &less_0,
                        &term_1);
                    batch_norm_silu_add_pair(&last_0, &left_0, term_0, less_0);
                    batch_norm_silu_add_double(&last_1, &left_1, term_1);
                }
                batch_norm_silu_add_pair(&high[0 * t->apart], &low[0 * t->apart], last_0, left_0);
                batch_norm_silu_add_pair(&high[1 * t->apart], &low[1 * t->apart], last_1, left_1);
            }
            batch_norm_silu_add_chains(&high[0 * t->apart], &low[0 * t->apart], part_0, rest_0);
            batch_norm_silu_add_chains(&high[1 * t->apart], &low[1 * t->apart], part_1, rest_1);
        }
        high += next;
        low += next;
        if (b + 1 == rows) return;
        x += t->read_step[0];
        tangent_x += t->read_step[1];
    }
}

static void batch_norm_silu_jvp_pass1_pair_columns(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *x = (const double *)t->read[0];
    const double *tangent_x = (const double *)t->read[1];
    const double *mean_pivot = (const double *)t->value[0];
    double *high_0 = (double *)t->high + 0 * t->apart, *low_0 = (double *)t->low + 0 * t->apart;
    double *high_1 = (double *)t->high + 1 * t->apart, *low_1 = (double *)t->low + 1 * t->apart;
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(double), later = t->later * (ptrdiff_t)sizeof(double);
    while (rows-- > 0) {
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(tangent_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, less_0, term_1;
                batch_norm_silu_jvp_pass1_pair_element(x[k], tangent_x[k], mean_pivot[k], &term_0, &less_0, &term_1);
                batch_norm_silu_add_double(&high_0[k], &low_0[k], term_0);
                low_0[k] += less_0;
                batch_norm_silu_add_double(&high_1[k], &low_1[k], term_1);
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, less_0, term_1;
            batch_norm_silu_jvp_pass1_pair_element(x[k], tangent_x[k], mean_pivot[k], &term_0, &less_0, &term_1);
            batch_norm_silu_add_double(&high_0[k], &low_0[k], term_0);
            low_0[k] += less_0;
            batch_norm_silu_add_double(&high_1[k], &low_1[k], term_1);
        }
        if (rows == 0) return;
        x += t->read_step[0];
        tangent_x += t->read_step[1];
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

static void batch_norm_silu_jvp_pass1_extended_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *x = (const double *)t->read[0];
    const double *tangent_x = (const double *)t->read[1];
    const long double *mean_pivot = (const long double *)t->value[0];
    long double *high = (long double *)t->high, *low = (long double *)t->low;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        const long double own_mean_pivot = mean_pivot[b * next];
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, 16);
            long double rest_0 = 0, rest_1 = 0;
            for (; i < end; ++i) { /* one after the other: the sums stay in registers */
                long double term_0, term_1;
                batch_norm_silu_jvp_pass1_extended_element((long double)x[i], (long double)tangent_x[i], own_mean_pivot,
                    &term_0, &term_1);
                rest_0 = rest_0 + term_0;
                rest_1 = rest_1 + term_1;
            }
            batch_norm_silu_add_extended(&high[0 * t->apart], &low[0 * t->apart], rest_0);
            batch_norm_silu_add_extended(&high[1 * t->apart], &low[1 * t->apart], rest_1);
        }
        high += next;
        low += next;
        if (b + 1 == rows) return;
        x += t->read_step[0];
        tangent_x += t->read_step[1];
    }
}

static void batch_norm_silu_jvp_pass1_extended_columns(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    long double *high_0 = (long double *)t->high + 0 * t->apart, *low_0 = (long double *)t->low + 0 * t->apart;
    long double *high_1 = (long double *)t->high + 1 * t->apart, *low_1 = (long double *)t->low + 1 * t->apart;
    ptrdiff_t k;
    for (k = 0; k < n; ++k) {
        const double *x = (const double *)t->read[0];
        const double *tangent_x = (const double *)t->read[1];
        const long double *mean_pivot = (const long double *)t->value[0];
        ptrdiff_t j;
        for (j = 0; j < rows;) {
            const ptrdiff_t end = j + batch_norm_silu_least(rows - j, 16);
            long double rest_0 = 0, rest_1 = 0;
            for (; j < end; ++j) {
                long double term_0, term_1;
                if (j > 0) {
                    x += t->read_step[0];
                    tangent_x += t->read_step[1];
                }
                batch_norm_silu_jvp_pass1_extended_element((long double)x[k], (long double)tangent_x[k], mean_pivot[k],
                    &term_0, &term_1);
                rest_0 = rest_0 + term_0;
                rest_1 = rest_1 + term_1;
            }
            batch_norm_silu_add_extended(&high_0[k], &low_0[k], rest_0);
            batch_norm_silu_add_extended(&high_1[k], &low_1[k], rest_1);
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

static void batch_norm_silu_jvp_pass3_double_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *x = (const double *)t->read[0];
    const double *tangent_x = (const double *)t->read[1];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *factor_2 = (const double *)t->value[3];
    const double *beta_cast = (const double *)t->value[4];
    const double *shift = (const double *)t->value[5];
    const double *slope = (const double *)t->value[6];
    const double *factor_3 = (const double *)t->value[7];
    const double *factor_4 = (const double *)t->value[8];
    const double *factor_5 = (const double *)t->value[9];
    double *out_tangent_y = (double *)t->write[0];
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        const double own_mean_pivot = mean_pivot[b * next];
        const double own_mean_rest_cast = mean_rest_cast[b * next];
        const double own_factor = factor[b * next];
        const double own_factor_2 = factor_2[b * next];
        const double own_beta_cast = beta_cast[b * next];
        const double own_shift = shift[b * next];
        const double own_slope = slope[b * next];
        const double own_factor_3 = factor_3[b * next];
        const double own_factor_4 = factor_4[b * next];
        const double own_factor_5 = factor_5[b * next];
        ptrdiff_t begin = 0;
        if (t->stream) { /* from the first line of the cache on, line by line, past the cache */
            double room[BATCH_NORM_SILU_STREAM / sizeof(double)];
            const ptrdiff_t step = BATCH_NORM_SILU_STREAM / sizeof(double), line = 64 / sizeof(double);
            begin = batch_norm_silu_least(batch_norm_silu_ahead_of_line(out_tangent_y) / (ptrdiff_t)sizeof(double), n);
            BATCH_NORM_SILU_SIMD
            for (i = 0; i < begin; ++i) batch_norm_silu_jvp_pass3_double_element(x[i], tangent_x[i], own_mean_pivot,
                own_mean_rest_cast, own_factor, own_factor_2, own_beta_cast, own_shift, own_slope, own_factor_3,
                own_factor_4, own_factor_5, &out_tangent_y[i]);
            for (; begin + step <= n; begin += step) {
                BATCH_NORM_SILU_SIMD
                for (i = 0; i < step; ++i) batch_norm_silu_jvp_pass3_double_element(x[begin + i], tangent_x[begin + i],
                    own_mean_pivot, own_mean_rest_cast, own_factor, own_factor_2, own_beta_cast, own_shift, own_slope,
                    own_factor_3, own_factor_4, own_factor_5, &room[i]);
                batch_norm_silu_stream(out_tangent_y + begin, room, step * (ptrdiff_t)sizeof(double));
            }
            for (; begin + line <= n; begin += line) {
                BATCH_NORM_SILU_SIMD
                for (i = 0; i < line; ++i) batch_norm_silu_jvp_pass3_double_element(x[begin + i], tangent_x[begin + i],
                    own_mean_pivot, own_mean_rest_cast, own_factor, own_factor_2, own_beta_cast, own_shift, own_slope,
                    own_factor_3, own_factor_4, own_factor_5, &room[i]);
                batch_norm_silu_stream(out_tangent_y + begin, room, line * (ptrdiff_t)sizeof(double));
            }
        }
        BATCH_NORM_SILU_SIMD
        for (i = begin; i < n; ++i) {
            batch_norm_silu_jvp_pass3_double_element(x[i], tangent_x[i], own_mean_pivot, own_mean_rest_cast, own_factor,
                own_factor_2, own_beta_cast, own_shift, own_slope, own_factor_3, own_factor_4, own_factor_5,
                &out_tangent_y[i]);
        }
        if (b + 1 == rows) return;
        x += t->read_step[0];
        tangent_x += t->read_step[1];
        out_tangent_y += t->write_step[0];
    }
}

static void batch_norm_silu_jvp_pass3_double_columns(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *x = (const double *)t->read[0];
    const double *tangent_x = (const double *)t->read[1];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *factor_2 = (const double *)t->value[3];
    const double *beta_cast = (const double *)t->value[4];
    const double *shift = (const double *)t->value[5];
    const double *slope = (const double *)t->value[6];
    const double *factor_3 = (const double *)t->value[7];
    const double *factor_4 = (const double *)t->value[8];
    const double *factor_5 = (const double *)t->value[9];
    double *out_tangent_y = (double *)t->write[0];
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(double), later = t->later * (ptrdiff_t)sizeof(double);
    while (rows-- > 0) {
        i = 0;
        if (t->stream) { /* from the first line of the cache on, past the cache */
            double room[BATCH_NORM_SILU_STREAM / sizeof(double)];
            const ptrdiff_t step = BATCH_NORM_SILU_STREAM / sizeof(double);
            const ptrdiff_t begin = batch_norm_silu_least(batch_norm_silu_ahead_of_line(out_tangent_y)
                / (ptrdiff_t)sizeof(double), n);
            BATCH_NORM_SILU_SIMD
            for (k = 0; k < begin; ++k) batch_norm_silu_jvp_pass3_double_element(x[k], tangent_x[k], mean_pivot[k],
                mean_rest_cast[k], factor[k], factor_2[k], beta_cast[k], shift[k], slope[k], factor_3[k], factor_4[k],
                factor_5[k], &out_tangent_y[k]);
            for (i = begin; i + step <= n; i += step) {
                for (k = i; k < i + step; k += line) {
                    BATCH_NORM_SILU_AHEAD(x + k, later * t->read_step[0]);
                    BATCH_NORM_SILU_AHEAD(tangent_x + k, later * t->read_step[1]);
                }
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < step; ++k) batch_norm_silu_jvp_pass3_double_element(x[i + k], tangent_x[i + k],
                    mean_pivot[i + k], mean_rest_cast[i + k], factor[i + k], factor_2[i + k], beta_cast[i + k], shift[i
                    + k], slope[i + k], factor_3[i + k], factor_4[i + k], factor_5[i + k], &room[k]);
                batch_norm_silu_stream(out_tangent_y + i, room, BATCH_NORM_SILU_STREAM);
            }
        }
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(tangent_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                batch_norm_silu_jvp_pass3_double_element(x[k], tangent_x[k], mean_pivot[k], mean_rest_cast[k],
                    factor[k], factor_2[k], beta_cast[k], shift[k], slope[k], factor_3[k], factor_4[k], factor_5[k],
                    &out_tangent_y[k]);
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            batch_norm_silu_jvp_pass3_double_element(x[k], tangent_x[k], mean_pivot[k], mean_rest_cast[k], factor[k],
                factor_2[k], beta_cast[k], shift[k], slope[k], factor_3[k], factor_4[k], factor_5[k],
                &out_tangent_y[k]);
        }
        if (rows == 0) return;
        x += t->read_step[0];
        tangent_x += t->read_step[1];
        out_tangent_y += t->write_step[0];
    }
}

static const batch_norm_silu_pass batch_norm_silu_jvp_pass1_double = { &batch_norm_silu_kind_double_double,
    batch_norm_silu_jvp_pass1_double_row, NULL, batch_norm_silu_jvp_pass1_double_columns, 2, 0, 1, 0, 2, 0, 0, { 0, 1 },
    { 0 }, { 0, 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_jvp_pass1_pair = { &batch_norm_silu_kind_double_double,
    batch_norm_silu_jvp_pass1_pair_row, NULL, batch_norm_silu_jvp_pass1_pair_columns, 2, 0, 1, 0, 2, 0, 0, { 0, 1 },
    { 0 }, { 0, 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_jvp_pass1_extended = { &batch_norm_silu_kind_double_extended,
    batch_norm_silu_jvp_pass1_extended_row, NULL, batch_norm_silu_jvp_pass1_extended_columns, 2, 0, 1, 0, 2, 0, 0, { 0,
    1 }, { 0 }, { 0, 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_jvp_pass3_double = { &batch_norm_silu_kind_double_double,
    batch_norm_silu_jvp_pass3_double_row, NULL, batch_norm_silu_jvp_pass3_double_columns, 2, 0, 10, 0, 0, 0, 1, { 0,
    1 }, { 0 }, { 0 }, { 0 }, { 2 }, 1, 0 };

static void batch_norm_silu_jvp_block_double(const void *arguments, batch_norm_silu_block *c)
{
    const batch_norm_silu_arguments_double *a = (const batch_norm_silu_arguments_double *)arguments;
    const batch_norm_silu_walk *w = &a->call.walk;
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
    double lane_mean_rest_cast[BATCH_NORM_SILU_LANES];
    double lane_factor[BATCH_NORM_SILU_LANES];
    double lane_factor_2[BATCH_NORM_SILU_LANES];
    double lane_beta_cast[BATCH_NORM_SILU_LANES];
    double lane_shift[BATCH_NORM_SILU_LANES];
    double lane_slope[BATCH_NORM_SILU_LANES];
    double lane_factor_3[BATCH_NORM_SILU_LANES];
    double lane_factor_4[BATCH_NORM_SILU_LANES];
    double lane_factor_5[BATCH_NORM_SILU_LANES];
    double less_mean_rest[BATCH_NORM_SILU_LANES];
    double less_near_sum_d_tangent_x[BATCH_NORM_SILU_LANES];
    double less_v_sum_tangent_x[BATCH_NORM_SILU_LANES];
    int64_t reach[BATCH_NORM_SILU_LANES]; /* how far from one the exponents of what is computed may be */
    long double again_near_sum_d_tangent_x[BATCH_NORM_SILU_LANES], again_v_sum_tangent_x[BATCH_NORM_SILU_LANES];
    int finite;
    const double count_n = a->count_n;
    if (c->lanes < 1) return;
    batch_norm_silu_lanes_of_double(a->gamma, c->at[3], w->lane_stride[3], c->lanes, 1.0, lane_gamma);
    batch_norm_silu_lanes_of_double(a->beta, c->at[3], w->lane_stride[3], c->lanes, 0.0, lane_beta);
    batch_norm_silu_lanes_of_double(a->tangent_gamma, c->at[3], w->lane_stride[3], c->lanes, 0.0, lane_tangent_gamma);
    batch_norm_silu_lanes_of_double(a->tangent_beta, c->at[3], w->lane_stride[3], c->lanes, 0.0, lane_tangent_beta);
    batch_norm_silu_lanes_of_double(a->mean, c->at[3], w->lane_stride[3], c->lanes, 0.0, lane_mean);
    batch_norm_silu_lanes_of_double(a->mean_low, c->at[3], w->lane_stride[3], c->lanes, 0.0, lane_mean_low);
    batch_norm_silu_lanes_of_double(a->inv_std, c->at[3], w->lane_stride[3], c->lanes, 0.0, lane_inv_std);
    {
        BATCH_NORM_SILU_SIMD
        for (b = 0; b < c->lanes; ++b) {
            const double at_0 = lane_mean[b] - lane_mean[b];
            const double at_1 = batch_norm_silu_lost_of_sum(lane_mean[b], -lane_mean[b], at_0);
            const double at_2 = at_0 + lane_mean_low[b];
            const double at_3 = batch_norm_silu_lost_of_sum(at_0, lane_mean_low[b], at_2) + (at_1);
            const double at_4 = at_2 + at_3;
            const double at_5 = at_3 - (at_4 - at_2);
            lane_mean_pivot[b] = lane_mean[b];
            lane_mean_rest[b] = at_4;
            less_mean_rest[b] = at_5;
            reach[b] = 2 * batch_norm_silu_reach(lane_mean[b]) + 2 * batch_norm_silu_reach(lane_mean_low[b]);
        }
        if (batch_norm_silu_beyond(reach, c->lanes, 1660)) {
            for (b = 0; b < c->lanes; ++b) {
                if (reach[b] <= 1660) continue;
                const long double far_mean_pivot = (double)((long double)lane_mean[b]);
                const long double far_mean_rest = ((long double)lane_mean[b] - far_mean_pivot)
                    + (long double)lane_mean_low[b];
                lane_mean_pivot[b] = (double)far_mean_pivot;
                batch_norm_silu_halves(far_mean_rest, &lane_mean_rest[b], &less_mean_rest[b]);
            }
        }
    }
    {
        const void *const lanes[] = {lane_mean_pivot};
        void *const sums[] = {lane_near_sum_d_tangent_x, lane_v_sum_tangent_x, less_near_sum_d_tangent_x,
            less_v_sum_tangent_x};
        void *const again[] = {again_near_sum_d_tangent_x, again_v_sum_tangent_x, NULL, NULL};
        batch_norm_silu_sweep_block(&a->call, c, a->call.few ? &batch_norm_silu_jvp_pass1_pair
            : &batch_norm_silu_jvp_pass1_double, lanes, NULL, sums, 0);
        finite = batch_norm_silu_finite(lane_near_sum_d_tangent_x, c->lanes)
            && batch_norm_silu_finite(lane_v_sum_tangent_x, c->lanes);
        if (!finite) {
            batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_jvp_pass1_extended, lanes, NULL, again, 1);
            for (b = 0; b < c->lanes; ++b) {
                if (!isfinite(lane_near_sum_d_tangent_x[b])) batch_norm_silu_halves(again_near_sum_d_tangent_x[b],
                    &lane_near_sum_d_tangent_x[b], &less_near_sum_d_tangent_x[b]);
                if (!isfinite(lane_v_sum_tangent_x[b])) batch_norm_silu_halves(again_v_sum_tangent_x[b],
                    &lane_v_sum_tangent_x[b], &less_v_sum_tangent_x[b]);
            }
        }
    }
    {
        const double at_27 = 1 / count_n;
        const double at_28 = (fma(-at_27, count_n, 1)) * at_27;
        BATCH_NORM_SILU_SIMD
        for (b = 0; b < c->lanes; ++b) {
            const double at_0 = lane_mean_rest[b] * lane_v_sum_tangent_x[b];
            const double at_1 = fma(lane_mean_rest[b], lane_v_sum_tangent_x[b], -at_0)
                + (lane_mean_rest[b] * less_v_sum_tangent_x[b] + lane_v_sum_tangent_x[b] * less_mean_rest[b]);
            const double at_2 = lane_near_sum_d_tangent_x[b] - at_0;
            const double at_3 = batch_norm_silu_lost_of_sum(lane_near_sum_d_tangent_x[b], -at_0, at_2)
                + (less_near_sum_d_tangent_x[b] + -at_1);
            const double at_4 = at_2 + at_3;
            const double at_5 = at_3 - (at_4 - at_2);
            const double at_6 = lane_gamma[b] * lane_inv_std[b];
            const double at_7 = fma(lane_gamma[b], lane_inv_std[b], -at_6);
            const double at_8 = -at_6;
            const double at_9 = -at_7;
            const double at_10 = at_8 + at_9;
            const double at_12 = -lane_beta[b];
            const double at_13 = at_6 + at_7;
            const double at_15 = lane_inv_std[b] * lane_tangent_gamma[b];
            const double at_16 = fma(lane_inv_std[b], lane_tangent_gamma[b], -at_15);
            const double at_17 = at_15 + at_16;
            const double at_19 = lane_inv_std[b] * lane_inv_std[b];
            const double at_20 = fma(lane_inv_std[b], lane_inv_std[b], -at_19);
            const double at_21 = at_19 * lane_inv_std[b];
            const double at_22 = fma(at_19, lane_inv_std[b], -at_21) + (lane_inv_std[b] * at_20);
            const double at_23 = at_21 * lane_gamma[b];
            const double at_24 = fma(at_21, lane_gamma[b], -at_23) + (lane_gamma[b] * at_22);
            const double at_25 = at_23 * at_4;
            const double at_26 = fma(at_23, at_4, -at_25) + (at_23 * at_5 + at_4 * at_24);
            const double at_29 = at_25 * at_27;
            const double at_30 = fma(at_25, at_27, -at_29) + (at_25 * at_28 + at_27 * at_26);
            const double at_31 = at_29 + at_30;
            const double at_33 = at_6 * lane_v_sum_tangent_x[b];
            const double at_34 = fma(at_6, lane_v_sum_tangent_x[b], -at_33) + (at_6 * less_v_sum_tangent_x[b]
                + lane_v_sum_tangent_x[b] * at_7);
            const double at_35 = at_33 * at_27;
            const double at_36 = fma(at_33, at_27, -at_35) + (at_33 * at_28 + at_27 * at_34);
            const double at_37 = lane_tangent_beta[b] - at_35;
            const double at_38 = batch_norm_silu_lost_of_sum(lane_tangent_beta[b], -at_35, at_37) + (-at_36);
            const double at_39 = at_37 + at_38;
            lane_mean_rest_cast[b] = lane_mean_rest[b];
            lane_factor[b] = at_10;
            lane_factor_2[b] = at_12;
            lane_beta_cast[b] = lane_beta[b];
            lane_shift[b] = 1.0;
            lane_slope[b] = at_13;
            lane_factor_3[b] = at_17;
            lane_factor_4[b] = at_31;
            lane_factor_5[b] = at_39;
            reach[b] = 2 * batch_norm_silu_reach(lane_near_sum_d_tangent_x[b])
                + 2 * batch_norm_silu_reach(lane_mean_rest[b]) + 2 * batch_norm_silu_reach(lane_v_sum_tangent_x[b])
                + 2 * batch_norm_silu_reach(lane_gamma[b]) + 6 * batch_norm_silu_reach(lane_inv_std[b])
                + 2 * batch_norm_silu_reach(lane_beta[b]) + 2 * batch_norm_silu_reach(lane_tangent_gamma[b])
                + 2 * batch_norm_silu_reach(count_n) + 2 * batch_norm_silu_reach(lane_tangent_beta[b]);
        }
        if (batch_norm_silu_beyond(reach, c->lanes, 1770)) {
            for (b = 0; b < c->lanes; ++b) {
                if (reach[b] <= 1770) continue;
                const long double far_mean_rest = ((long double)lane_mean[b] - (long double)lane_mean_pivot[b])
                    + (long double)lane_mean_low[b];
                const long double far_mean_rest_cast = far_mean_rest;
                const long double far_factor = -(long double)lane_gamma[b]*(long double)lane_inv_std[b];
                const long double far_factor_2 = -(long double)lane_beta[b];
                const long double far_beta_cast = (long double)lane_beta[b];
                const long double far_shift = 1.0;
                const long double far_slope = (long double)lane_gamma[b]*(long double)lane_inv_std[b];
                const long double far_factor_3 = (long double)lane_inv_std[b]*(long double)lane_tangent_gamma[b];
                const long double far_near_sum_d_tangent_x = batch_norm_silu_far(lane_near_sum_d_tangent_x[b],
                    less_near_sum_d_tangent_x[b], again_near_sum_d_tangent_x[b]);
                const long double far_v_sum_tangent_x = batch_norm_silu_far(lane_v_sum_tangent_x[b],
                    less_v_sum_tangent_x[b], again_v_sum_tangent_x[b]);
                const long double far_v_sum_d_tangent_x = far_near_sum_d_tangent_x - far_mean_rest*far_v_sum_tangent_x;
                const long double far_factor_4 = powl((long double)lane_inv_std[b], 3.0)*(long double)lane_gamma[b]
                    *far_v_sum_d_tangent_x/(long double)count_n;
                const long double far_factor_5 = (long double)lane_tangent_beta[b]
                    - (long double)lane_gamma[b]*(long double)lane_inv_std[b]*far_v_sum_tangent_x/(long double)count_n;
                lane_mean_rest_cast[b] = (double)far_mean_rest_cast;
                lane_factor[b] = (double)far_factor;
                lane_factor_2[b] = (double)far_factor_2;
                lane_beta_cast[b] = (double)far_beta_cast;
                lane_shift[b] = (double)far_shift;
                lane_slope[b] = (double)far_slope;
                lane_factor_3[b] = (double)far_factor_3;
                lane_factor_4[b] = (double)far_factor_4;
                lane_factor_5[b] = (double)far_factor_5;
            }
        }
    }
    {
        const void *const lanes[] = {lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_factor_2, lane_beta_cast,
            lane_shift, lane_slope, lane_factor_3, lane_factor_4, lane_factor_5};
        batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_jvp_pass3_double, lanes, NULL, NULL, 0);
    }
    (void)w, (void)b;
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
    ptrdiff_t portions, k, total;
    int status = batch_norm_silu_check_extents(extents);
    if (status != BATCH_NORM_SILU_OK) return status;
    if (x == NULL || tangent_x == NULL || tangent_y == NULL || mean == NULL || mean_low == NULL || inv_std == NULL)
        return BATCH_NORM_SILU_NULL;
    if (((uintptr_t)x | (uintptr_t)tangent_x | (uintptr_t)tangent_y | (uintptr_t)gamma | (uintptr_t)beta | (uintptr_t)tangent_gamma | (uintptr_t)tangent_beta | (uintptr_t)mean | (uintptr_t)mean_low | (uintptr_t)inv_std)
        % sizeof(double) != 0) return BATCH_NORM_SILU_ALIGNMENT;
    status = batch_norm_silu_check_workspace(workspace, workspace_size, batch_norm_silu_jvp_workspace(extents),
        threads);
    if (status != BATCH_NORM_SILU_OK) return status;
    if (batch_norm_silu_count(extents, "nc") == 0) {
        return BATCH_NORM_SILU_OK;
    }
    strides[0] = x_strides;
    a.call.read[0] = x;
    strides[1] = tangent_x_strides;
    a.call.read[1] = tangent_x;
    strides[2] = tangent_y_strides;
    a.call.write[2] = tangent_y;
    batch_norm_silu_plan(&a.call.walk, extents, "c", 3, strides, 1, layouts, sizeof(double), BATCH_NORM_SILU_LANES,
        1923, 0);
    batch_norm_silu_deal(&a.call.walk, sizeof(double), threads);
    a.gamma = gamma;
    a.beta = beta;
    a.tangent_gamma = tangent_gamma;
    a.tangent_beta = tangent_beta;
    a.mean = mean;
    a.mean_low = mean_low;
    a.inv_std = inv_std;
    a.count_n = (double)batch_norm_silu_count(extents, "n");
    a.call.few = batch_norm_silu_count(extents, "n") < BATCH_NORM_SILU_FEW;
    total = 0;
    portions = a.call.walk.blocks;
    (void)k;
    batch_norm_silu_run(&a.call, batch_norm_silu_jvp_block_double, memory, portions, total, threads);
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
    const double at_t3 = batch_norm_silu_sigmoid_single(at_t2);
    const double at_t4 = at_t2 * at_t3;
    const double at_t5 = at_t2 * (double)-1.0;
    const double at_t6 = batch_norm_silu_sigmoid_single(at_t5);
    const double at_t7 = at_t4 * at_t6;
    const double at_t8 = at_t7 + at_t3;
    const double at_t9 = at_t8 * grad_output;
    *to_v_sum_cotangent_grad_input_d = cotangent_grad_input * at_d1;
    *to_v_sum_cotangent_grad_input_grad_tangent_z = cotangent_grad_input * at_t9;
    *to_v_sum_d_grad_tangent_z = at_d1 * at_t9;
    *to_v_sum_cotangent_grad_input = cotangent_grad_input;
    *to_v_sum_grad_tangent_z = at_t9;
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_double_backward_pass1_float_row_of(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t, const int ahead)
{
    const float *grad_output = (const float *)t->read[0];
    const float *x = (const float *)t->read[1];
    const float *cotangent_grad_input = (const float *)t->read[2];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    double *high = (double *)t->high, *low = (double *)t->low, *kept_0 = t->kept + 0 * BATCH_NORM_SILU_KEPT * t->apart,
        *kept_1 = t->kept + 1 * BATCH_NORM_SILU_KEPT * t->apart, *kept_2 = t->kept
        + 2 * BATCH_NORM_SILU_KEPT * t->apart, *kept_3 = t->kept + 3 * BATCH_NORM_SILU_KEPT * t->apart, *kept_4
        = t->kept + 4 * BATCH_NORM_SILU_KEPT * t->apart;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        /* up to here, what comes so much later belongs to these rows */
        const ptrdiff_t edge = (t->joined ? (rows - b) * n : n) - BATCH_NORM_SILU_LATER / (ptrdiff_t)sizeof(float);
        const double own_mean_pivot = mean_pivot[b * next];
        const double own_mean_rest_cast = mean_rest_cast[b * next];
        const double own_factor = factor[b * next];
        const double own_beta_cast = beta_cast[b * next];
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, BATCH_NORM_SILU_RUN);
            double rest_0 = 0, rest_1 = 0, rest_2 = 0, rest_3 = 0, rest_4 = 0;
            int h, k;
            if (i + BATCH_NORM_SILU_FLOAT_CHAINS <= end)
                { /* once through the loop at least: the sums stay in registers */
                double part_0[BATCH_NORM_SILU_FLOAT_CHAINS], part_1[BATCH_NORM_SILU_FLOAT_CHAINS],
                    part_2[BATCH_NORM_SILU_FLOAT_CHAINS], part_3[BATCH_NORM_SILU_FLOAT_CHAINS],
                    part_4[BATCH_NORM_SILU_FLOAT_CHAINS];
                for (k = 0; k < BATCH_NORM_SILU_FLOAT_CHAINS; ++k) {
                    part_0[k] = 0;
                    part_1[k] = 0;
                    part_2[k] = 0;
                    part_3[k] = 0;
                    part_4[k] = 0;
                }
                do {
                    if (ahead) {
                        BATCH_NORM_SILU_AHEAD(grad_output + i, BATCH_NORM_SILU_LATER + (i < edge ? 0 : t->jump[0]));
                        BATCH_NORM_SILU_AHEAD(x + i, BATCH_NORM_SILU_LATER + (i < edge ? 0 : t->jump[1]));
                        BATCH_NORM_SILU_AHEAD(cotangent_grad_input + i, BATCH_NORM_SILU_LATER + (i < edge ? 0
                            : t->jump[2]));
                    }
                    BATCH_NORM_SILU_UNROLL
                    for (h = 0; h < BATCH_NORM_SILU_FLOAT_CHAINS; h += BATCH_NORM_SILU_CHAINS) {
                        BATCH_NORM_SILU_WIDE(grad_output, i + h);
                        BATCH_NORM_SILU_WIDE(x, i + h);
                        BATCH_NORM_SILU_WIDE(cotangent_grad_input, i + h);
                        BATCH_NORM_SILU_TERMS(all_0);
                        BATCH_NORM_SILU_TERMS(all_1);
                        BATCH_NORM_SILU_TERMS(all_2);
                        BATCH_NORM_SILU_TERMS(all_3);
                        BATCH_NORM_SILU_TERMS(all_4);
                        BATCH_NORM_SILU_SIMD
                        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                            double term_0, term_1, term_2, term_3, term_4;
                            batch_norm_silu_double_backward_pass1_float_element((double)wide_grad_output[k],
                                (double)wide_x[k], (double)wide_cotangent_grad_input[k], own_mean_pivot,
                                own_mean_rest_cast, own_factor, own_beta_cast, &term_0, &term_1, &term_2, &term_3,
                                &term_4);
                            BATCH_NORM_SILU_TERM(part_0[h + k], all_0[k], term_0);
                            BATCH_NORM_SILU_TERM(part_1[h + k], all_1[k], term_1);
                            BATCH_NORM_SILU_TERM(part_2[h + k], all_2[k], term_2);
                            BATCH_NORM_SILU_TERM(part_3[h + k], all_3[k], term_3);
                            BATCH_NORM_SILU_TERM(part_4[h + k], all_4[k], term_4);
                        }
                        BATCH_NORM_SILU_ADD_TERMS(part_0 + h, all_0);
                        BATCH_NORM_SILU_ADD_TERMS(part_1 + h, all_1);
                        BATCH_NORM_SILU_ADD_TERMS(part_2 + h, all_2);
                        BATCH_NORM_SILU_ADD_TERMS(part_3 + h, all_3);
                        BATCH_NORM_SILU_ADD_TERMS(part_4 + h, all_4);
                    }
                    i += BATCH_NORM_SILU_FLOAT_CHAINS;
                } while (i + BATCH_NORM_SILU_FLOAT_CHAINS <= end);
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < BATCH_NORM_SILU_FLOAT_CHAINS - BATCH_NORM_SILU_CHAINS; ++k) {
                    part_0[k] = part_0[k] + part_0[k + BATCH_NORM_SILU_CHAINS];
                    part_1[k] = part_1[k] + part_1[k + BATCH_NORM_SILU_CHAINS];
                    part_2[k] = part_2[k] + part_2[k + BATCH_NORM_SILU_CHAINS];
                    part_3[k] = part_3[k] + part_3[k + BATCH_NORM_SILU_CHAINS];
                    part_4[k] = part_4[k] + part_4[k + BATCH_NORM_SILU_CHAINS];
                }
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < 4; ++k) {
                    kept_0[k] = kept_0[k] + (part_0[k] + part_0[k + 4]);
                    kept_1[k] = kept_1[k] + (part_1[k] + part_1[k + 4]);
                    kept_2[k] = kept_2[k] + (part_2[k] + part_2[k + 4]);
                    kept_3[k] = kept_3[k] + (part_3[k] + part_3[k + 4]);
                    kept_4[k] = kept_4[k] + (part_4[k] + part_4[k + 4]);
                }
            }
            for (; i + 4 <= end; i += 4) {
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < 4; ++k) {
                    double term_0, term_1, term_2, term_3, term_4;
                    batch_norm_silu_double_backward_pass1_float_element((double)grad_output[i + k], (double)x[i + k],
                        (double)cotangent_grad_input[i + k], own_mean_pivot, own_mean_rest_cast, own_factor,
                        own_beta_cast, &term_0, &term_1, &term_2, &term_3, &term_4);
                    kept_0[k] = kept_0[k] + term_0;
                    kept_1[k] = kept_1[k] + term_1;
                    kept_2[k] = kept_2[k] + term_2;
                    kept_3[k] = kept_3[k] + term_3;
                    kept_4[k] = kept_4[k] + term_4;
                }
            }
            for (; i < end; ++i) {
                double term_0, term_1, term_2, term_3, term_4;
                batch_norm_silu_double_backward_pass1_float_element((double)grad_output[i], (double)x[i],
                    (double)cotangent_grad_input[i], own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast,
                    &term_0, &term_1, &term_2, &term_3, &term_4);
                rest_0 = rest_0 + term_0;
                rest_1 = rest_1 + term_1;
                rest_2 = rest_2 + term_2;
                rest_3 = rest_3 + term_3;
                rest_4 = rest_4 + term_4;
            }
            kept_0[4] = kept_0[4] + rest_0;
            kept_1[4] = kept_1[4] + rest_1;
            kept_2[4] = kept_2[4] + rest_2;
            kept_3[4] = kept_3[4] + rest_3;
            kept_4[4] = kept_4[4] + rest_4;
            if (end < n || (t->flush && (next || b + 1 == rows))) {
                batch_norm_silu_flush(&high[0 * t->apart], &low[0 * t->apart], kept_0);
                batch_norm_silu_flush(&high[1 * t->apart], &low[1 * t->apart], kept_1);
                batch_norm_silu_flush(&high[2 * t->apart], &low[2 * t->apart], kept_2);
                batch_norm_silu_flush(&high[3 * t->apart], &low[3 * t->apart], kept_3);
                batch_norm_silu_flush(&high[4 * t->apart], &low[4 * t->apart], kept_4);
            }
        }
        high += next;
        low += next;
        kept_0 += BATCH_NORM_SILU_KEPT * next;
        kept_1 += BATCH_NORM_SILU_KEPT * next;
        kept_2 += BATCH_NORM_SILU_KEPT * next;
        kept_3 += BATCH_NORM_SILU_KEPT * next;
        kept_4 += BATCH_NORM_SILU_KEPT * next;
        if (b + 1 == rows) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
        cotangent_grad_input += t->read_step[2];
    }
}

/* Two loops: what asks for memory keeps compilers from holding all sums in registers. */
static void batch_norm_silu_double_backward_pass1_float_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    if (t->ahead) batch_norm_silu_double_backward_pass1_float_row_of(n, rows, t, 1);
    else batch_norm_silu_double_backward_pass1_float_row_of(n, rows, t, 0);
}

static void batch_norm_silu_double_backward_pass1_float_columns(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t)
{
    const float *grad_output = (const float *)t->read[0];
    const float *x = (const float *)t->read[1];
    const float *cotangent_grad_input = (const float *)t->read[2];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    double *high_0 = (double *)t->high + 0 * t->apart;
    double *high_1 = (double *)t->high + 1 * t->apart;
    double *high_2 = (double *)t->high + 2 * t->apart;
    double *high_3 = (double *)t->high + 3 * t->apart;
    double *high_4 = (double *)t->high + 4 * t->apart;
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(float), later = t->later * (ptrdiff_t)sizeof(float);
    for (; rows > 3; rows -= 4) { /* what is added to is in memory: several rows take one way there */
        const float *next_grad_output = grad_output + t->read_step[0];
        const float *next_x = x + t->read_step[1];
        const float *next_cotangent_grad_input = cotangent_grad_input + t->read_step[2];
        const float *next_2_grad_output = next_grad_output + t->read_step[0];
        const float *next_2_x = next_x + t->read_step[1];
        const float *next_2_cotangent_grad_input = next_cotangent_grad_input + t->read_step[2];
        const float *next_3_grad_output = next_2_grad_output + t->read_step[0];
        const float *next_3_x = next_2_x + t->read_step[1];
        const float *next_3_cotangent_grad_input = next_2_cotangent_grad_input + t->read_step[2];
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_AHEAD(next_grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_AHEAD(next_2_grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_2_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_2_cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_AHEAD(next_3_grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_3_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_3_cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, term_1, term_2, term_3, term_4;
                double more_0, more_1, more_2, more_3, more_4;
                batch_norm_silu_double_backward_pass1_float_element((double)grad_output[k], (double)x[k],
                    (double)cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], &term_0,
                    &term_1, &term_2, &term_3, &term_4);
                more_0 = term_0;
                more_1 = term_1;
                more_2 = term_2;
                more_3 = term_3;
                more_4 = term_4;
                batch_norm_silu_double_backward_pass1_float_element((double)next_grad_output[k], (double)next_x[k],
                    (double)next_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k],
                    &term_0, &term_1, &term_2, &term_3, &term_4);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                more_2 = more_2 + term_2;
                more_3 = more_3 + term_3;
                more_4 = more_4 + term_4;
                batch_norm_silu_double_backward_pass1_float_element((double)next_2_grad_output[k], (double)next_2_x[k],
                    (double)next_2_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k],
                    &term_0, &term_1, &term_2, &term_3, &term_4);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                more_2 = more_2 + term_2;
                more_3 = more_3 + term_3;
                more_4 = more_4 + term_4;
                batch_norm_silu_double_backward_pass1_float_element((double)next_3_grad_output[k], (double)next_3_x[k],
                    (double)next_3_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k],
                    &term_0, &term_1, &term_2, &term_3, &term_4);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                more_2 = more_2 + term_2;
                more_3 = more_3 + term_3;
                more_4 = more_4 + term_4;
                high_0[k] = high_0[k] + more_0;
                high_1[k] = high_1[k] + more_1;
                high_2[k] = high_2[k] + more_2;
                high_3[k] = high_3[k] + more_3;
                high_4[k] = high_4[k] + more_4;
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, term_1, term_2, term_3, term_4;
            double more_0, more_1, more_2, more_3, more_4;
            batch_norm_silu_double_backward_pass1_float_element((double)grad_output[k], (double)x[k],
                (double)cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], &term_0,
                &term_1, &term_2, &term_3, &term_4);
            more_0 = term_0;
            more_1 = term_1;
            more_2 = term_2;
            more_3 = term_3;
            more_4 = term_4;
            batch_norm_silu_double_backward_pass1_float_element((double)next_grad_output[k], (double)next_x[k],
                (double)next_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k],
                &term_0, &term_1, &term_2, &term_3, &term_4);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            more_2 = more_2 + term_2;
            more_3 = more_3 + term_3;
            more_4 = more_4 + term_4;
            batch_norm_silu_double_backward_pass1_float_element((double)next_2_grad_output[k], (double)next_2_x[k],
                (double)next_2_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k],
                &term_0, &term_1, &term_2, &term_3, &term_4);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            more_2 = more_2 + term_2;
            more_3 = more_3 + term_3;
            more_4 = more_4 + term_4;
            batch_norm_silu_double_backward_pass1_float_element((double)next_3_grad_output[k], (double)next_3_x[k],
                (double)next_3_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k],
                &term_0, &term_1, &term_2, &term_3, &term_4);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            more_2 = more_2 + term_2;
            more_3 = more_3 + term_3;
            more_4 = more_4 + term_4;
            high_0[k] = high_0[k] + more_0;
            high_1[k] = high_1[k] + more_1;
            high_2[k] = high_2[k] + more_2;
            high_3[k] = high_3[k] + more_3;
            high_4[k] = high_4[k] + more_4;
        }
        if (rows == 4) return;
        grad_output = next_3_grad_output + t->read_step[0];
        x = next_3_x + t->read_step[1];
        cotangent_grad_input = next_3_cotangent_grad_input + t->read_step[2];
    }
    while (rows-- > 0) {
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, term_1, term_2, term_3, term_4;
                batch_norm_silu_double_backward_pass1_float_element((double)grad_output[k], (double)x[k],
                    (double)cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], &term_0,
                    &term_1, &term_2, &term_3, &term_4);
                high_0[k] = high_0[k] + term_0;
                high_1[k] = high_1[k] + term_1;
                high_2[k] = high_2[k] + term_2;
                high_3[k] = high_3[k] + term_3;
                high_4[k] = high_4[k] + term_4;
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, term_1, term_2, term_3, term_4;
            batch_norm_silu_double_backward_pass1_float_element((double)grad_output[k], (double)x[k],
                (double)cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], &term_0,
                &term_1, &term_2, &term_3, &term_4);
            high_0[k] = high_0[k] + term_0;
            high_1[k] = high_1[k] + term_1;
            high_2[k] = high_2[k] + term_2;
            high_3[k] = high_3[k] + term_3;
            high_4[k] = high_4[k] + term_4;
        }
        if (rows == 0) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
        cotangent_grad_input += t->read_step[2];
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
    const double at_t3 = batch_norm_silu_sigmoid_single(at_t2);
    const double at_t4 = at_t3 * factor_2;
    const double at_t5 = at_t2 * (double)-1.0;
    const double at_t6 = batch_norm_silu_sigmoid_single(at_t5);
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

BATCH_NORM_SILU_INLINE void batch_norm_silu_double_backward_pass3_float_row_of(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t, const int ahead)
{
    const float *grad_output = (const float *)t->read[0];
    const float *x = (const float *)t->read[1];
    const float *cotangent_grad_input = (const float *)t->read[2];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    const double *factor_2 = (const double *)t->value[4];
    const double *factor_3 = (const double *)t->value[5];
    const double *factor_4 = (const double *)t->value[6];
    const double *factor_5 = (const double *)t->value[7];
    double *high = (double *)t->high, *low = (double *)t->low, *kept_0 = t->kept + 0 * BATCH_NORM_SILU_KEPT * t->apart,
        *kept_1 = t->kept + 1 * BATCH_NORM_SILU_KEPT * t->apart;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        /* up to here, what comes so much later belongs to these rows */
        const ptrdiff_t edge = (t->joined ? (rows - b) * n : n) - BATCH_NORM_SILU_LATER / (ptrdiff_t)sizeof(float);
        const double own_mean_pivot = mean_pivot[b * next];
        const double own_mean_rest_cast = mean_rest_cast[b * next];
        const double own_factor = factor[b * next];
        const double own_beta_cast = beta_cast[b * next];
        const double own_factor_2 = factor_2[b * next];
        const double own_factor_3 = factor_3[b * next];
        const double own_factor_4 = factor_4[b * next];
        const double own_factor_5 = factor_5[b * next];
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, BATCH_NORM_SILU_RUN);
            double rest_0 = 0, rest_1 = 0;
            int h, k;
            if (i + BATCH_NORM_SILU_FLOAT_CHAINS <= end)
                { /* once through the loop at least: the sums stay in registers */
                double part_0[BATCH_NORM_SILU_FLOAT_CHAINS], part_1[BATCH_NORM_SILU_FLOAT_CHAINS];
                for (k = 0; k < BATCH_NORM_SILU_FLOAT_CHAINS; ++k) {
                    part_0[k] = 0;
                    part_1[k] = 0;
                }
                do {
                    if (ahead) {
                        BATCH_NORM_SILU_AHEAD(grad_output + i, BATCH_NORM_SILU_LATER + (i < edge ? 0 : t->jump[0]));
                        BATCH_NORM_SILU_AHEAD(x + i, BATCH_NORM_SILU_LATER + (i < edge ? 0 : t->jump[1]));
                        BATCH_NORM_SILU_AHEAD(cotangent_grad_input + i, BATCH_NORM_SILU_LATER + (i < edge ? 0
                            : t->jump[2]));
                    }
                    BATCH_NORM_SILU_UNROLL
                    for (h = 0; h < BATCH_NORM_SILU_FLOAT_CHAINS; h += BATCH_NORM_SILU_CHAINS) {
                        BATCH_NORM_SILU_WIDE(grad_output, i + h);
                        BATCH_NORM_SILU_WIDE(x, i + h);
                        BATCH_NORM_SILU_WIDE(cotangent_grad_input, i + h);
                        BATCH_NORM_SILU_TERMS(all_0);
                        BATCH_NORM_SILU_TERMS(all_1);
                        BATCH_NORM_SILU_SIMD
                        for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                            double term_0, term_1;
                            batch_norm_silu_double_backward_pass3_float_element((double)wide_grad_output[k],
                                (double)wide_x[k], (double)wide_cotangent_grad_input[k], own_mean_pivot,
                                own_mean_rest_cast, own_factor, own_beta_cast, own_factor_2, own_factor_3, own_factor_4,
                                own_factor_5, &term_0, &term_1);
                            BATCH_NORM_SILU_TERM(part_0[h + k], all_0[k], term_0);
                            BATCH_NORM_SILU_TERM(part_1[h + k], all_1[k], term_1);
                        }
                        BATCH_NORM_SILU_ADD_TERMS(part_0 + h, all_0);
                        BATCH_NORM_SILU_ADD_TERMS(part_1 + h, all_1);
                    }
                    i += BATCH_NORM_SILU_FLOAT_CHAINS;
                } while (i + BATCH_NORM_SILU_FLOAT_CHAINS <= end);
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < BATCH_NORM_SILU_FLOAT_CHAINS - BATCH_NORM_SILU_CHAINS; ++k) {
                    part_0[k] = part_0[k] + part_0[k + BATCH_NORM_SILU_CHAINS];
                    part_1[k] = part_1[k] + part_1[k + BATCH_NORM_SILU_CHAINS];
                }
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < 4; ++k) {
                    kept_0[k] = kept_0[k] + (part_0[k] + part_0[k + 4]);
                    kept_1[k] = kept_1[k] + (part_1[k] + part_1[k + 4]);
                }
            }
            for (; i + 4 <= end; i += 4) {
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < 4; ++k) {
                    double term_0, term_1;
                    batch_norm_silu_double_backward_pass3_float_element((double)grad_output[i + k], (double)x[i + k],
                        (double)cotangent_grad_input[i + k], own_mean_pivot, own_mean_rest_cast, own_factor,
                        own_beta_cast, own_factor_2, own_factor_3, own_factor_4, own_factor_5, &term_0, &term_1);
                    kept_0[k] = kept_0[k] + term_0;
                    kept_1[k] = kept_1[k] + term_1;
                }
            }
            for (; i < end; ++i) {
                double term_0, term_1;
                batch_norm_silu_double_backward_pass3_float_element((double)grad_output[i], (double)x[i],
                    (double)cotangent_grad_input[i], own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast,
                    own_factor_2, own_factor_3, own_factor_4, own_factor_5, &term_0, &term_1);
                rest_0 = rest_0 + term_0;
                rest_1 = rest_1 + term_1;
            }
            kept_0[4] = kept_0[4] + rest_0;
            kept_1[4] = kept_1[4] + rest_1;
            if (end < n || (t->flush && (next || b + 1 == rows))) {
                batch_norm_silu_flush(&high[0 * t->apart], &low[0 * t->apart], kept_0);
                batch_norm_silu_flush(&high[1 * t->apart], &low[1 * t->apart], kept_1);
            }
        }
        high += next;
        low += next;
        kept_0 += BATCH_NORM_SILU_KEPT * next;
        kept_1 += BATCH_NORM_SILU_KEPT * next;
        if (b + 1 == rows) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
        cotangent_grad_input += t->read_step[2];
    }
}

/* Two loops: what asks for memory keeps compilers from holding all sums in registers. */
static void batch_norm_silu_double_backward_pass3_float_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    if (t->ahead) batch_norm_silu_double_backward_pass3_float_row_of(n, rows, t, 1);
    else batch_norm_silu_double_backward_pass3_float_row_of(n, rows, t, 0);
}

static void batch_norm_silu_double_backward_pass3_float_columns(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t)
{
    const float *grad_output = (const float *)t->read[0];
    const float *x = (const float *)t->read[1];
    const float *cotangent_grad_input = (const float *)t->read[2];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    const double *factor_2 = (const double *)t->value[4];
    const double *factor_3 = (const double *)t->value[5];
    const double *factor_4 = (const double *)t->value[6];
    const double *factor_5 = (const double *)t->value[7];
    double *high_0 = (double *)t->high + 0 * t->apart;
    double *high_1 = (double *)t->high + 1 * t->apart;
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(float), later = t->later * (ptrdiff_t)sizeof(float);
    for (; rows > 3; rows -= 4) { /* what is added to is in memory: several rows take one way there */
        const float *next_grad_output = grad_output + t->read_step[0];
        const float *next_x = x + t->read_step[1];
        const float *next_cotangent_grad_input = cotangent_grad_input + t->read_step[2];
        const float *next_2_grad_output = next_grad_output + t->read_step[0];
        const float *next_2_x = next_x + t->read_step[1];
        const float *next_2_cotangent_grad_input = next_cotangent_grad_input + t->read_step[2];
        const float *next_3_grad_output = next_2_grad_output + t->read_step[0];
        const float *next_3_x = next_2_x + t->read_step[1];
        const float *next_3_cotangent_grad_input = next_2_cotangent_grad_input + t->read_step[2];
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_AHEAD(next_grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_AHEAD(next_2_grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_2_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_2_cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_AHEAD(next_3_grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_3_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_3_cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, term_1;
                double more_0, more_1;
                batch_norm_silu_double_backward_pass3_float_element((double)grad_output[k], (double)x[k],
                    (double)cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k],
                    factor_2[k], factor_3[k], factor_4[k], factor_5[k], &term_0, &term_1);
                more_0 = term_0;
                more_1 = term_1;
                batch_norm_silu_double_backward_pass3_float_element((double)next_grad_output[k], (double)next_x[k],
                    (double)next_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k],
                    factor_2[k], factor_3[k], factor_4[k], factor_5[k], &term_0, &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                batch_norm_silu_double_backward_pass3_float_element((double)next_2_grad_output[k], (double)next_2_x[k],
                    (double)next_2_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k],
                    factor_2[k], factor_3[k], factor_4[k], factor_5[k], &term_0, &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                batch_norm_silu_double_backward_pass3_float_element((double)next_3_grad_output[k], (double)next_3_x[k],
                    (double)next_3_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k],
                    factor_2[k], factor_3[k], factor_4[k], factor_5[k], &term_0, &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                high_0[k] = high_0[k] + more_0;
                high_1[k] = high_1[k] + more_1;
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, term_1;
            double more_0, more_1;
            batch_norm_silu_double_backward_pass3_float_element((double)grad_output[k], (double)x[k],
                (double)cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], factor_2[k],
                factor_3[k], factor_4[k], factor_5[k], &term_0, &term_1);
            more_0 = term_0;
            more_1 = term_1;
            batch_norm_silu_double_backward_pass3_float_element((double)next_grad_output[k], (double)next_x[k],
                (double)next_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k],
                factor_2[k], factor_3[k], factor_4[k], factor_5[k], &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            batch_norm_silu_double_backward_pass3_float_element((double)next_2_grad_output[k], (double)next_2_x[k],
                (double)next_2_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k],
                factor_2[k], factor_3[k], factor_4[k], factor_5[k], &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            batch_norm_silu_double_backward_pass3_float_element((double)next_3_grad_output[k], (double)next_3_x[k],
                (double)next_3_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k],
                factor_2[k], factor_3[k], factor_4[k], factor_5[k], &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            high_0[k] = high_0[k] + more_0;
            high_1[k] = high_1[k] + more_1;
        }
        if (rows == 4) return;
        grad_output = next_3_grad_output + t->read_step[0];
        x = next_3_x + t->read_step[1];
        cotangent_grad_input = next_3_cotangent_grad_input + t->read_step[2];
    }
    while (rows-- > 0) {
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, term_1;
                batch_norm_silu_double_backward_pass3_float_element((double)grad_output[k], (double)x[k],
                    (double)cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k],
                    factor_2[k], factor_3[k], factor_4[k], factor_5[k], &term_0, &term_1);
                high_0[k] = high_0[k] + term_0;
                high_1[k] = high_1[k] + term_1;
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, term_1;
            batch_norm_silu_double_backward_pass3_float_element((double)grad_output[k], (double)x[k],
                (double)cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], factor_2[k],
                factor_3[k], factor_4[k], factor_5[k], &term_0, &term_1);
            high_0[k] = high_0[k] + term_0;
            high_1[k] = high_1[k] + term_1;
        }
        if (rows == 0) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
        cotangent_grad_input += t->read_step[2];
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

static void batch_norm_silu_double_backward_pass5_float_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const float *grad_output = (const float *)t->read[0];
    const float *x = (const float *)t->read[1];
    const float *cotangent_grad_input = (const float *)t->read[2];
    const float *mean_pivot = (const float *)t->value[0];
    const float *mean_rest_cast = (const float *)t->value[1];
    const float *factor = (const float *)t->value[2];
    const float *beta_cast = (const float *)t->value[3];
    const float *slope = (const float *)t->value[4];
    const float *shift = (const float *)t->value[5];
    const float *slope_2 = (const float *)t->value[6];
    const float *slope_3 = (const float *)t->value[7];
    const float *shift_2 = (const float *)t->value[8];
    const float *slope_4 = (const float *)t->value[9];
    const float *factor_3 = (const float *)t->value[10];
    const float *factor_2 = (const float *)t->value[11];
    const float *factor_4 = (const float *)t->value[12];
    const float *factor_5 = (const float *)t->value[13];
    const float *shift_3 = (const float *)t->value[14];
    const float *slope_5 = (const float *)t->value[15];
    const float *shift_4 = (const float *)t->value[16];
    float *out_grad_x = (float *)t->write[0];
    float *out_grad_grad_output = (float *)t->write[1];
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        const float own_mean_pivot = mean_pivot[b * next];
        const float own_mean_rest_cast = mean_rest_cast[b * next];
        const float own_factor = factor[b * next];
        const float own_beta_cast = beta_cast[b * next];
        const float own_slope = slope[b * next];
        const float own_shift = shift[b * next];
        const float own_slope_2 = slope_2[b * next];
        const float own_slope_3 = slope_3[b * next];
        const float own_shift_2 = shift_2[b * next];
        const float own_slope_4 = slope_4[b * next];
        const float own_factor_3 = factor_3[b * next];
        const float own_factor_2 = factor_2[b * next];
        const float own_factor_4 = factor_4[b * next];
        const float own_factor_5 = factor_5[b * next];
        const float own_shift_3 = shift_3[b * next];
        const float own_slope_5 = slope_5[b * next];
        const float own_shift_4 = shift_4[b * next];
        BATCH_NORM_SILU_SIMD
        for (i = 0; i < n; ++i) {
            batch_norm_silu_double_backward_pass5_float_element(grad_output[i], x[i], cotangent_grad_input[i],
                own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast, own_slope, own_shift, own_slope_2,
                own_slope_3, own_shift_2, own_slope_4, own_factor_3, own_factor_2, own_factor_4, own_factor_5,
                own_shift_3, own_slope_5, own_shift_4, &out_grad_x[i], &out_grad_grad_output[i]);
        }
        if (b + 1 == rows) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
        cotangent_grad_input += t->read_step[2];
        out_grad_x += t->write_step[0];
        out_grad_grad_output += t->write_step[1];
    }
}

static void batch_norm_silu_double_backward_pass5_float_columns(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t)
{
    const float *grad_output = (const float *)t->read[0];
    const float *x = (const float *)t->read[1];
    const float *cotangent_grad_input = (const float *)t->read[2];
    const float *mean_pivot = (const float *)t->value[0];
    const float *mean_rest_cast = (const float *)t->value[1];
    const float *factor = (const float *)t->value[2];
    const float *beta_cast = (const float *)t->value[3];
    const float *slope = (const float *)t->value[4];
    const float *shift = (const float *)t->value[5];
    const float *slope_2 = (const float *)t->value[6];
    const float *slope_3 = (const float *)t->value[7];
    const float *shift_2 = (const float *)t->value[8];
    const float *slope_4 = (const float *)t->value[9];
    const float *factor_3 = (const float *)t->value[10];
    const float *factor_2 = (const float *)t->value[11];
    const float *factor_4 = (const float *)t->value[12];
    const float *factor_5 = (const float *)t->value[13];
    const float *shift_3 = (const float *)t->value[14];
    const float *slope_5 = (const float *)t->value[15];
    const float *shift_4 = (const float *)t->value[16];
    float *out_grad_x = (float *)t->write[0];
    float *out_grad_grad_output = (float *)t->write[1];
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(float), later = t->later * (ptrdiff_t)sizeof(float);
    while (rows-- > 0) {
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                batch_norm_silu_double_backward_pass5_float_element(grad_output[k], x[k], cotangent_grad_input[k],
                    mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], slope[k], shift[k], slope_2[k],
                    slope_3[k], shift_2[k], slope_4[k], factor_3[k], factor_2[k], factor_4[k], factor_5[k], shift_3[k],
                    slope_5[k], shift_4[k], &out_grad_x[k], &out_grad_grad_output[k]);
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            batch_norm_silu_double_backward_pass5_float_element(grad_output[k], x[k], cotangent_grad_input[k],
                mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], slope[k], shift[k], slope_2[k], slope_3[k],
                shift_2[k], slope_4[k], factor_3[k], factor_2[k], factor_4[k], factor_5[k], shift_3[k], slope_5[k],
                shift_4[k], &out_grad_x[k], &out_grad_grad_output[k]);
        }
        if (rows == 0) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
        cotangent_grad_input += t->read_step[2];
        out_grad_x += t->write_step[0];
        out_grad_grad_output += t->write_step[1];
    }
}

static const batch_norm_silu_pass batch_norm_silu_double_backward_pass1_float = { &batch_norm_silu_kind_float_double,
    batch_norm_silu_double_backward_pass1_float_row, NULL, batch_norm_silu_double_backward_pass1_float_columns, 3, 0, 4,
    0, 5, 0, 0, { 0, 1, 2 }, { 0 }, { 0, 0, 0, 0, 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_double_backward_pass3_float = { &batch_norm_silu_kind_float_double,
    batch_norm_silu_double_backward_pass3_float_row, NULL, batch_norm_silu_double_backward_pass3_float_columns, 3, 0, 8,
    0, 2, 0, 0, { 0, 1, 2 }, { 0 }, { 0, 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_double_backward_pass5_float = { &batch_norm_silu_kind_float_float,
    batch_norm_silu_double_backward_pass5_float_row, NULL, batch_norm_silu_double_backward_pass5_float_columns, 3, 0,
    17, 0, 0, 0, 2, { 0, 1, 2 }, { 0 }, { 0 }, { 0 }, { 4, 3 }, 1, 0 };

static void batch_norm_silu_double_backward_block_float(const void *arguments, batch_norm_silu_block *c)
{
    const batch_norm_silu_arguments_float *a = (const batch_norm_silu_arguments_float *)arguments;
    const batch_norm_silu_walk *w = &a->call.walk;
    ptrdiff_t b;
    double lane_gamma[BATCH_NORM_SILU_ROW_LANES];
    double lane_beta[BATCH_NORM_SILU_ROW_LANES];
    double lane_cotangent_grad_gamma[BATCH_NORM_SILU_ROW_LANES];
    double lane_cotangent_grad_beta[BATCH_NORM_SILU_ROW_LANES];
    double lane_mean[BATCH_NORM_SILU_ROW_LANES];
    double lane_mean_low[BATCH_NORM_SILU_ROW_LANES];
    double lane_inv_std[BATCH_NORM_SILU_ROW_LANES];
    double lane_mean_pivot[BATCH_NORM_SILU_ROW_LANES];
    double lane_mean_rest[BATCH_NORM_SILU_ROW_LANES];
    double lane_mean_rest_cast[BATCH_NORM_SILU_ROW_LANES];
    double lane_factor[BATCH_NORM_SILU_ROW_LANES];
    double lane_beta_cast[BATCH_NORM_SILU_ROW_LANES];
    double lane_v_sum_cotangent_grad_input_d[BATCH_NORM_SILU_ROW_LANES];
    double lane_v_sum_cotangent_grad_input_grad_tangent_z[BATCH_NORM_SILU_ROW_LANES];
    double lane_v_sum_d_grad_tangent_z[BATCH_NORM_SILU_ROW_LANES];
    double lane_v_sum_cotangent_grad_input[BATCH_NORM_SILU_ROW_LANES];
    double lane_v_sum_grad_tangent_z[BATCH_NORM_SILU_ROW_LANES];
    double lane_factor_2[BATCH_NORM_SILU_ROW_LANES];
    double lane_factor_3[BATCH_NORM_SILU_ROW_LANES];
    double lane_factor_4[BATCH_NORM_SILU_ROW_LANES];
    double lane_factor_5[BATCH_NORM_SILU_ROW_LANES];
    double lane_v_sum_d_grad_z[BATCH_NORM_SILU_ROW_LANES];
    double lane_v_sum_grad_z[BATCH_NORM_SILU_ROW_LANES];
    double lane_grad_gamma[BATCH_NORM_SILU_ROW_LANES];
    double lane_slope[BATCH_NORM_SILU_ROW_LANES];
    double lane_shift[BATCH_NORM_SILU_ROW_LANES];
    double lane_slope_2[BATCH_NORM_SILU_ROW_LANES];
    double lane_slope_3[BATCH_NORM_SILU_ROW_LANES];
    double lane_shift_2[BATCH_NORM_SILU_ROW_LANES];
    double lane_slope_4[BATCH_NORM_SILU_ROW_LANES];
    double lane_shift_3[BATCH_NORM_SILU_ROW_LANES];
    double lane_slope_5[BATCH_NORM_SILU_ROW_LANES];
    double lane_shift_4[BATCH_NORM_SILU_ROW_LANES];
    const double count_n = a->count_n;
    if (c->lanes < 1) return;
    batch_norm_silu_lanes_of_float(a->gamma, c->at[5], w->lane_stride[5], c->lanes, 1.0, lane_gamma);
    batch_norm_silu_lanes_of_float(a->beta, c->at[5], w->lane_stride[5], c->lanes, 0.0, lane_beta);
    batch_norm_silu_lanes_of_float(a->cotangent_grad_gamma, c->at[5], w->lane_stride[5], c->lanes, 0.0,
        lane_cotangent_grad_gamma);
    batch_norm_silu_lanes_of_float(a->cotangent_grad_beta, c->at[5], w->lane_stride[5], c->lanes, 0.0,
        lane_cotangent_grad_beta);
    batch_norm_silu_lanes_of_double(a->mean, c->at[5], w->lane_stride[5], c->lanes, 0.0, lane_mean);
    batch_norm_silu_lanes_of_double(a->mean_low, c->at[5], w->lane_stride[5], c->lanes, 0.0, lane_mean_low);
    batch_norm_silu_lanes_of_double(a->inv_std, c->at[5], w->lane_stride[5], c->lanes, 0.0, lane_inv_std);
    for (b = 0; b < c->lanes; ++b) {
        lane_mean_pivot[b] = (float)(lane_mean[b]);
        lane_mean_rest[b] = (lane_mean[b] - lane_mean_pivot[b]) + lane_mean_low[b];
        lane_mean_rest_cast[b] = lane_mean_rest[b];
        lane_factor[b] = lane_gamma[b]*lane_inv_std[b];
        lane_beta_cast[b] = lane_beta[b];
    }
    {
        const void *const lanes[] = {lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_beta_cast};
        void *const sums[] = {lane_v_sum_cotangent_grad_input_d, lane_v_sum_cotangent_grad_input_grad_tangent_z,
            lane_v_sum_d_grad_tangent_z, lane_v_sum_cotangent_grad_input, lane_v_sum_grad_tangent_z, NULL, NULL, NULL,
            NULL, NULL};
        batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_double_backward_pass1_float, lanes, NULL, sums, 0);
    }
    for (b = 0; b < c->lanes; ++b) {
        lane_factor_2[b] = 2.0;
        lane_factor_3[b] = lane_cotangent_grad_gamma[b]*lane_inv_std[b];
        lane_factor_4[b] = pow(lane_inv_std[b], 3.0)*lane_gamma[b]*lane_v_sum_cotangent_grad_input_d[b]/count_n;
        lane_factor_5[b] = lane_cotangent_grad_beta[b] - lane_gamma[b]*lane_inv_std[b]
            *lane_v_sum_cotangent_grad_input[b]/count_n;
    }
    {
        const void *const lanes[] = {lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_beta_cast, lane_factor_2,
            lane_factor_3, lane_factor_4, lane_factor_5};
        void *const sums[] = {lane_v_sum_d_grad_z, lane_v_sum_grad_z, NULL, NULL};
        batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_double_backward_pass3_float, lanes, NULL, sums, 0);
    }
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
    {
        const void *const lanes[] = {lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_beta_cast, lane_slope,
            lane_shift, lane_slope_2, lane_slope_3, lane_shift_2, lane_slope_4, lane_factor_3, lane_factor_2,
            lane_factor_4, lane_factor_5, lane_shift_3, lane_slope_5, lane_shift_4};
        batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_double_backward_pass5_float, lanes, NULL, NULL, 0);
    }
    batch_norm_silu_lanes_to_float(lane_grad_gamma, c->lanes, a->result_grad_gamma, c->at[5], w->lane_stride[5]);
    batch_norm_silu_lanes_to_float(lane_v_sum_grad_z, c->lanes, a->result_grad_beta, c->at[5], w->lane_stride[5]);
    (void)w, (void)b;
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
    float *result_grad_gamma,
    float *result_grad_beta,
    void *workspace,
    size_t workspace_size,
    int threads)
{
    static const char *const layouts[] = {"c", "c" };
    const ptrdiff_t *strides[5];
    batch_norm_silu_arguments_float a;
    double *memory = (double *)workspace;
    ptrdiff_t portions, k, total;
    int status = batch_norm_silu_check_extents(extents);
    if (status != BATCH_NORM_SILU_OK) return status;
    if (grad_output == NULL || x == NULL || cotangent_grad_input == NULL || grad_grad_output == NULL || grad_x == NULL
        || mean == NULL || mean_low == NULL || inv_std == NULL || result_grad_gamma == NULL || result_grad_beta == NULL)
        return BATCH_NORM_SILU_NULL;
    if (((uintptr_t)grad_output | (uintptr_t)x | (uintptr_t)cotangent_grad_input | (uintptr_t)grad_grad_output | (uintptr_t)grad_x | (uintptr_t)gamma | (uintptr_t)beta | (uintptr_t)cotangent_grad_gamma | (uintptr_t)cotangent_grad_beta | (uintptr_t)result_grad_gamma | (uintptr_t)result_grad_beta)
        % sizeof(float) != 0 || ((uintptr_t)mean | (uintptr_t)mean_low | (uintptr_t)inv_std) % sizeof(double) != 0)
        return BATCH_NORM_SILU_ALIGNMENT;
    status = batch_norm_silu_check_workspace(workspace, workspace_size,
        batch_norm_silu_double_backward_workspace(extents), threads);
    if (status != BATCH_NORM_SILU_OK) return status;
    if (batch_norm_silu_count(extents, "nc") == 0) {
        for (k = 0; k < batch_norm_silu_count(extents, "c"); ++k) result_grad_gamma[k] = 0;
        for (k = 0; k < batch_norm_silu_count(extents, "c"); ++k) result_grad_beta[k] = 0;
        return BATCH_NORM_SILU_OK;
    }
    strides[0] = grad_output_strides;
    a.call.read[0] = grad_output;
    strides[1] = x_strides;
    a.call.read[1] = x;
    strides[2] = cotangent_grad_input_strides;
    a.call.read[2] = cotangent_grad_input;
    strides[3] = grad_grad_output_strides;
    a.call.write[3] = grad_grad_output;
    strides[4] = grad_x_strides;
    a.call.write[4] = grad_x;
    batch_norm_silu_plan(&a.call.walk, extents, "c", 5, strides, 1, layouts, sizeof(float), BATCH_NORM_SILU_ROW_LANES,
        1136, 0);
    batch_norm_silu_deal(&a.call.walk, sizeof(float), threads);
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
    a.call.few = batch_norm_silu_count(extents, "n") < BATCH_NORM_SILU_FEW;
    total = 0;
    portions = a.call.walk.blocks;
    (void)k;
    batch_norm_silu_run(&a.call, batch_norm_silu_double_backward_block_float, memory, portions, total, threads);
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

BATCH_NORM_SILU_INLINE void batch_norm_silu_double_backward_pass1_double_row_of(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t, const int ahead)
{
    const double *grad_output = (const double *)t->read[0];
    const double *x = (const double *)t->read[1];
    const double *cotangent_grad_input = (const double *)t->read[2];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    double *high = (double *)t->high, *low = (double *)t->low;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        /* up to here, what comes so much later belongs to these rows */
        const ptrdiff_t edge = (t->joined ? (rows - b) * n : n) - BATCH_NORM_SILU_LATER / (ptrdiff_t)sizeof(double);
        const double own_mean_pivot = mean_pivot[b * next];
        const double own_mean_rest_cast = mean_rest_cast[b * next];
        const double own_factor = factor[b * next];
        const double own_beta_cast = beta_cast[b * next];
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
            double part_0[BATCH_NORM_SILU_CHAINS], part_1[BATCH_NORM_SILU_CHAINS], part_2[BATCH_NORM_SILU_CHAINS],
                part_3[BATCH_NORM_SILU_CHAINS], part_4[BATCH_NORM_SILU_CHAINS];
            int k;
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                part_0[k] = 0;
                part_1[k] = 0;
                part_2[k] = 0;
                part_3[k] = 0;
                part_4[k] = 0;
            }
            for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
                if (ahead) {
                    BATCH_NORM_SILU_AHEAD(grad_output + i, BATCH_NORM_SILU_LATER + (i < edge ? 0 : t->jump[0]));
                    BATCH_NORM_SILU_AHEAD(x + i, BATCH_NORM_SILU_LATER + (i < edge ? 0 : t->jump[1]));
                    BATCH_NORM_SILU_AHEAD(cotangent_grad_input + i, BATCH_NORM_SILU_LATER + (i < edge ? 0
                        : t->jump[2]));
                }
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                    double term_0, term_1, term_2, term_3, term_4;
                    batch_norm_silu_double_backward_pass1_double_element(grad_output[i + k], x[i + k],
                        cotangent_grad_input[i + k], own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast,
                        &term_0, &term_1, &term_2, &term_3, &term_4);
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
                    own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast, &term_0, &term_1, &term_2, &term_3,
                    &term_4);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
                part_2[k] = part_2[k] + term_2;
                part_3[k] = part_3[k] + term_3;
                part_4[k] = part_4[k] + term_4;
            }
            batch_norm_silu_add_double(&high[0 * t->apart], &low[0 * t->apart], batch_norm_silu_chains_double(part_0));
            batch_norm_silu_add_double(&high[1 * t->apart], &low[1 * t->apart], batch_norm_silu_chains_double(part_1));
            batch_norm_silu_add_double(&high[2 * t->apart], &low[2 * t->apart], batch_norm_silu_chains_double(part_2));
            batch_norm_silu_add_double(&high[3 * t->apart], &low[3 * t->apart], batch_norm_silu_chains_double(part_3));
            batch_norm_silu_add_double(&high[4 * t->apart], &low[4 * t->apart], batch_norm_silu_chains_double(part_4));
        }
        high += next;
        low += next;
        if (b + 1 == rows) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
        cotangent_grad_input += t->read_step[2];
    }
}

/* Two loops: what asks for memory keeps compilers from holding all sums in registers. */
static void batch_norm_silu_double_backward_pass1_double_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    if (t->ahead) batch_norm_silu_double_backward_pass1_double_row_of(n, rows, t, 1);
    else batch_norm_silu_double_backward_pass1_double_row_of(n, rows, t, 0);
}

static void batch_norm_silu_double_backward_pass1_double_columns(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t)
{
    const double *grad_output = (const double *)t->read[0];
    const double *x = (const double *)t->read[1];
    const double *cotangent_grad_input = (const double *)t->read[2];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    double *high_0 = (double *)t->high + 0 * t->apart, *low_0 = (double *)t->low + 0 * t->apart;
    double *high_1 = (double *)t->high + 1 * t->apart, *low_1 = (double *)t->low + 1 * t->apart;
    double *high_2 = (double *)t->high + 2 * t->apart, *low_2 = (double *)t->low + 2 * t->apart;
    double *high_3 = (double *)t->high + 3 * t->apart, *low_3 = (double *)t->low + 3 * t->apart;
    double *high_4 = (double *)t->high + 4 * t->apart, *low_4 = (double *)t->low + 4 * t->apart;
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(double), later = t->later * (ptrdiff_t)sizeof(double);
    for (; rows > 3; rows -= 4) { /* what is added to is in memory: several rows take one way there */
        const double *next_grad_output = grad_output + t->read_step[0];
        const double *next_x = x + t->read_step[1];
        const double *next_cotangent_grad_input = cotangent_grad_input + t->read_step[2];
        const double *next_2_grad_output = next_grad_output + t->read_step[0];
        const double *next_2_x = next_x + t->read_step[1];
        const double *next_2_cotangent_grad_input = next_cotangent_grad_input + t->read_step[2];
        const double *next_3_grad_output = next_2_grad_output + t->read_step[0];
        const double *next_3_x = next_2_x + t->read_step[1];
        const double *next_3_cotangent_grad_input = next_2_cotangent_grad_input + t->read_step[2];
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_AHEAD(next_grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_AHEAD(next_2_grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_2_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_2_cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_AHEAD(next_3_grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_3_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_3_cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, term_1, term_2, term_3, term_4;
                double more_0, more_1, more_2, more_3, more_4;
                batch_norm_silu_double_backward_pass1_double_element(grad_output[k], x[k], cotangent_grad_input[k],
                    mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &term_1, &term_2, &term_3,
                    &term_4);
                more_0 = term_0;
                more_1 = term_1;
                more_2 = term_2;
                more_3 = term_3;
                more_4 = term_4;
                batch_norm_silu_double_backward_pass1_double_element(next_grad_output[k], next_x[k],
                    next_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], &term_0,
                    &term_1, &term_2, &term_3, &term_4);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                more_2 = more_2 + term_2;
                more_3 = more_3 + term_3;
                more_4 = more_4 + term_4;
                batch_norm_silu_double_backward_pass1_double_element(next_2_grad_output[k], next_2_x[k],
                    next_2_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], &term_0,
                    &term_1, &term_2, &term_3, &term_4);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                more_2 = more_2 + term_2;
                more_3 = more_3 + term_3;
                more_4 = more_4 + term_4;
                batch_norm_silu_double_backward_pass1_double_element(next_3_grad_output[k], next_3_x[k],
                    next_3_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], &term_0,
                    &term_1, &term_2, &term_3, &term_4);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                more_2 = more_2 + term_2;
                more_3 = more_3 + term_3;
                more_4 = more_4 + term_4;
                batch_norm_silu_add_double(&high_0[k], &low_0[k], more_0);
                batch_norm_silu_add_double(&high_1[k], &low_1[k], more_1);
                batch_norm_silu_add_double(&high_2[k], &low_2[k], more_2);
                batch_norm_silu_add_double(&high_3[k], &low_3[k], more_3);
                batch_norm_silu_add_double(&high_4[k], &low_4[k], more_4);
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, term_1, term_2, term_3, term_4;
            double more_0, more_1, more_2, more_3, more_4;
            batch_norm_silu_double_backward_pass1_double_element(grad_output[k], x[k], cotangent_grad_input[k],
                mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &term_1, &term_2, &term_3, &term_4);
            more_0 = term_0;
            more_1 = term_1;
            more_2 = term_2;
            more_3 = term_3;
            more_4 = term_4;
            batch_norm_silu_double_backward_pass1_double_element(next_grad_output[k], next_x[k],
                next_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], &term_0,
                &term_1, &term_2, &term_3, &term_4);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            more_2 = more_2 + term_2;
            more_3 = more_3 + term_3;
            more_4 = more_4 + term_4;
            batch_norm_silu_double_backward_pass1_double_element(next_2_grad_output[k], next_2_x[k],
                next_2_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], &term_0,
                &term_1, &term_2, &term_3, &term_4);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            more_2 = more_2 + term_2;
            more_3 = more_3 + term_3;
            more_4 = more_4 + term_4;
            batch_norm_silu_double_backward_pass1_double_element(next_3_grad_output[k], next_3_x[k],
                next_3_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], &term_0,
                &term_1, &term_2, &term_3, &term_4);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            more_2 = more_2 + term_2;
            more_3 = more_3 + term_3;
            more_4 = more_4 + term_4;
            batch_norm_silu_add_double(&high_0[k], &low_0[k], more_0);
            batch_norm_silu_add_double(&high_1[k], &low_1[k], more_1);
            batch_norm_silu_add_double(&high_2[k], &low_2[k], more_2);
            batch_norm_silu_add_double(&high_3[k], &low_3[k], more_3);
            batch_norm_silu_add_double(&high_4[k], &low_4[k], more_4);
        }
        if (rows == 4) return;
        grad_output = next_3_grad_output + t->read_step[0];
        x = next_3_x + t->read_step[1];
        cotangent_grad_input = next_3_cotangent_grad_input + t->read_step[2];
    }
    while (rows-- > 0) {
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, term_1, term_2, term_3, term_4;
                batch_norm_silu_double_backward_pass1_double_element(grad_output[k], x[k], cotangent_grad_input[k],
                    mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &term_1, &term_2, &term_3,
                    &term_4);
                batch_norm_silu_add_double(&high_0[k], &low_0[k], term_0);
                batch_norm_silu_add_double(&high_1[k], &low_1[k], term_1);
                batch_norm_silu_add_double(&high_2[k], &low_2[k], term_2);
                batch_norm_silu_add_double(&high_3[k], &low_3[k], term_3);
                batch_norm_silu_add_double(&high_4[k], &low_4[k], term_4);
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, term_1, term_2, term_3, term_4;
            batch_norm_silu_double_backward_pass1_double_element(grad_output[k], x[k], cotangent_grad_input[k],
                mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &term_1, &term_2, &term_3, &term_4);
            batch_norm_silu_add_double(&high_0[k], &low_0[k], term_0);
            batch_norm_silu_add_double(&high_1[k], &low_1[k], term_1);
            batch_norm_silu_add_double(&high_2[k], &low_2[k], term_2);
            batch_norm_silu_add_double(&high_3[k], &low_3[k], term_3);
            batch_norm_silu_add_double(&high_4[k], &low_4[k], term_4);
        }
        if (rows == 0) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
        cotangent_grad_input += t->read_step[2];
    }
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_double_backward_pass1_pair_element(
const double grad_output, const double x, const double cotangent_grad_input, const double mean_pivot,
    const double mean_rest_cast, const double factor, const double beta_cast, double *to_v_sum_cotangent_grad_input_d,
    double *less_v_sum_cotangent_grad_input_d, double *to_v_sum_cotangent_grad_input_grad_tangent_z,
    double *less_v_sum_cotangent_grad_input_grad_tangent_z, double *to_v_sum_d_grad_tangent_z,
    double *less_v_sum_d_grad_tangent_z, double *to_v_sum_cotangent_grad_input, double *to_v_sum_grad_tangent_z,
    double *less_v_sum_grad_tangent_z)
{
    const double at_d = x - mean_pivot;
    const double lost_at_d = batch_norm_silu_lost_of_sum(x, -mean_pivot, at_d);
    const double at_d1 = at_d - mean_rest_cast;
    const double lost_at_d1 = batch_norm_silu_lost_of_sum(at_d, -mean_rest_cast, at_d1) + (lost_at_d);
    const double at_t1 = at_d1 * factor;
    const double lost_at_t1 = fma(at_d1, factor, -at_t1) + (factor * lost_at_d1);
    const double at_t2 = at_t1 + beta_cast;
    const double lost_at_t2 = batch_norm_silu_lost_of_sum(at_t1, beta_cast, at_t2) + (lost_at_t1);
    const double at_t3 = batch_norm_silu_sigmoid_double(at_t2);
    const double lost_at_t3 = 0;
    const double at_t4 = at_t2 * at_t3;
    const double lost_at_t4 = fma(at_t2, at_t3, -at_t4) + (at_t2 * lost_at_t3 + at_t3 * lost_at_t2);
    const double at_t5 = at_t2 * (double)-1.0;
    const double at_t6 = batch_norm_silu_sigmoid_double(at_t5);
    const double lost_at_t6 = 0;
    const double at_t7 = at_t4 * at_t6;
    const double lost_at_t7 = fma(at_t4, at_t6, -at_t7) + (at_t4 * lost_at_t6 + at_t6 * lost_at_t4);
    const double at_t8 = at_t7 + at_t3;
    const double lost_at_t8 = batch_norm_silu_lost_of_sum(at_t7, at_t3, at_t8) + (lost_at_t7 + lost_at_t3);
    const double at_t9 = at_t8 * grad_output;
    const double lost_at_t9 = fma(at_t8, grad_output, -at_t9) + (grad_output * lost_at_t8);
    *to_v_sum_cotangent_grad_input_d = cotangent_grad_input * at_d1;
    *less_v_sum_cotangent_grad_input_d = fma(cotangent_grad_input, at_d1, -*to_v_sum_cotangent_grad_input_d)
        + (cotangent_grad_input * lost_at_d1);
    *to_v_sum_cotangent_grad_input_grad_tangent_z = cotangent_grad_input * at_t9;
    *less_v_sum_cotangent_grad_input_grad_tangent_z = fma(cotangent_grad_input, at_t9,
        -*to_v_sum_cotangent_grad_input_grad_tangent_z) + (cotangent_grad_input * lost_at_t9);
    *to_v_sum_d_grad_tangent_z = at_d1 * at_t9;
    *less_v_sum_d_grad_tangent_z = fma(at_d1, at_t9, -*to_v_sum_d_grad_tangent_z) + (at_d1 * lost_at_t9
        + at_t9 * lost_at_d1);
    *to_v_sum_cotangent_grad_input = cotangent_grad_input;
    *to_v_sum_grad_tangent_z = at_t9;
    *less_v_sum_grad_tangent_z = lost_at_t9;
}

static void batch_norm_silu_double_backward_pass1_pair_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *grad_output = (const double *)t->read[0];
    const double *x = (const double *)t->read[1];
    const double *cotangent_grad_input = (const double *)t->read[2];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    double *high = (double *)t->high, *low = (double *)t->low;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        const double own_mean_pivot = mean_pivot[b * next];
        const double own_mean_rest_cast = mean_rest_cast[b * next];
        const double own_factor = factor[b * next];
        const double own_beta_cast = beta_cast[b * next];
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
            double part_0[BATCH_NORM_SILU_CHAINS], rest_0[BATCH_NORM_SILU_CHAINS], part_1[BATCH_NORM_SILU_CHAINS],
                rest_1[BATCH_NORM_SILU_CHAINS], part_2[BATCH_NORM_SILU_CHAINS], rest_2[BATCH_NORM_SILU_CHAINS],
                part_3[BATCH_NORM_SILU_CHAINS], rest_3[BATCH_NORM_SILU_CHAINS], part_4[BATCH_NORM_SILU_CHAINS],
                rest_4[BATCH_NORM_SILU_CHAINS];
            int k;
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                part_0[k] = 0;
                rest_0[k] = 0;
                part_1[k] = 0;
                rest_1[k] = 0;
                part_2[k] = 0;
                rest_2[k] = 0;
                part_3[k] = 0;
                rest_3[k] = 0;
                part_4[k] = 0;
                rest_4[k] = 0;
            }
            for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                    double term_0, less_0, term_1, less_1, term_2, less_2, term_3, term_4, less_4;
                    batch_norm_silu_double_backward_pass1_pair_element(grad_output[i + k], x[i + k],
                        cotangent_grad_input[i + k], own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast,
                        &term_0, &less_0, &term_1, &less_1, &term_2, &less_2, &term_3, &term_4, &less_4);
                    batch_norm_silu_add_pair(&part_0[k], &rest_0[k], term_0, less_0);
                    batch_norm_silu_add_pair(&part_1[k], &rest_1[k], term_1, less_1);
                    batch_norm_silu_add_pair(&part_2[k], &rest_2[k], term_2, less_2);
                    batch_norm_silu_add_double(&part_3[k], &rest_3[k], term_3);
                    batch_norm_silu_add_pair(&part_4[k], &rest_4[k], term_4, less_4);
                }
            }
            if (i + BATCH_NORM_SILU_CHAINS / 2 <= end) {
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < BATCH_NORM_SILU_CHAINS / 2; ++k) {
                    double term_0, less_0, term_1, less_1, term_2, less_2, term_3, term_4, less_4;
                    batch_norm_silu_double_backward_pass1_pair_element(grad_output[i + k], x[i + k],
                        cotangent_grad_input[i + k], own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast,
                        &term_0, &less_0, &term_1, &less_1, &term_2, &less_2, &term_3, &term_4, &less_4);
                    batch_norm_silu_add_pair(&part_0[k], &rest_0[k], term_0, less_0);
                    batch_norm_silu_add_pair(&part_1[k], &rest_1[k], term_1, less_1);
                    batch_norm_silu_add_pair(&part_2[k], &rest_2[k], term_2, less_2);
                    batch_norm_silu_add_double(&part_3[k], &rest_3[k], term_3);
                    batch_norm_silu_add_pair(&part_4[k], &rest_4[k], term_4, less_4);
                }
                i += BATCH_NORM_SILU_CHAINS / 2;
            }
            if (i < end) { /* the last three are added up in registers */
                double last_0 = 0, left_0 = 0;
                double last_1 = 0, left_1 = 0;
                double last_2 = 0, left_2 = 0;
                double last_3 = 0, left_3 = 0;
                double last_4 = 0, left_4 = 0;
                for (; i < end; ++i) {
                    double term_0, less_0, term_1, less_1, term_2, less_2, term_3, term_4, less_4;
                    batch_norm_silu_double_backward_pass1_pair_element(grad_output[i], x[i], cotangent_grad_input[i],
                        own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast, &term_0, &less_0, &term_1,
                        &less_1, &term_2, &less_2, &term_3, &term_4, &less_4);
                    batch_norm_silu_add_pair(&last_0, &left_0, term_0, less_0);
                    batch_norm_silu_add_pair(&last_1, &left_1, term_1, less_1);
                    batch_norm_silu_add_pair(&last_2, &left_2, term_2, less_2);
                    batch_norm_silu_add_double(&last_3, &left_3, term_3);
                    batch_norm_silu_add_pair(&last_4, &left_4, term_4, less_4);
                }
                batch_norm_silu_add_pair(&high[0 * t->apart], &low[0 * t->apart], last_0, left_0);
                batch_norm_silu_add_pair(&high[1 * t->apart], &low[1 * t->apart], last_1, left_1);
                batch_norm_silu_add_pair(&high[2 * t->apart], &low[2 * t->apart], last_2, left_2);
                batch_norm_silu_add_pair(&high[3 * t->apart], &low[3 * t->apart], last_3, left_3);
                batch_norm_silu_add_pair(&high[4 * t->apart], &low[4 * t->apart], last_4, left_4);
            }
            batch_norm_silu_add_chains(&high[0 * t->apart], &low[0 * t->apart], part_0, rest_0);
            batch_norm_silu_add_chains(&high[1 * t->apart], &low[1 * t->apart], part_1, rest_1);
            batch_norm_silu_add_chains(&high[2 * t->apart], &low[2 * t->apart], part_2, rest_2);
            batch_norm_silu_add_chains(&high[3 * t->apart], &low[3 * t->apart], part_3, rest_3);
            batch_norm_silu_add_chains(&high[4 * t->apart], &low[4 * t->apart], part_4, rest_4);
        }
        high += next;
        low += next;
        if (b + 1 == rows) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
        cotangent_grad_input += t->read_step[2];
    }
}

static void batch_norm_silu_double_backward_pass1_pair_columns(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t)
{
    const double *grad_output = (const double *)t->read[0];
    const double *x = (const double *)t->read[1];
    const double *cotangent_grad_input = (const double *)t->read[2];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    double *high_0 = (double *)t->high + 0 * t->apart, *low_0 = (double *)t->low + 0 * t->apart;
    double *high_1 = (double *)t->high + 1 * t->apart, *low_1 = (double *)t->low + 1 * t->apart;
    double *high_2 = (double *)t->high + 2 * t->apart, *low_2 = (double *)t->low + 2 * t->apart;
    double *high_3 = (double *)t->high + 3 * t->apart, *low_3 = (double *)t->low + 3 * t->apart;
    double *high_4 = (double *)t->high + 4 * t->apart, *low_4 = (double *)t->low + 4 * t->apart;
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(double), later = t->later * (ptrdiff_t)sizeof(double);
    while (rows-- > 0) {
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, less_0, term_1, less_1, term_2, less_2, term_3, term_4, less_4;
                batch_norm_silu_double_backward_pass1_pair_element(grad_output[k], x[k], cotangent_grad_input[k],
                    mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &less_0, &term_1, &less_1,
                    &term_2, &less_2, &term_3, &term_4, &less_4);
                batch_norm_silu_add_double(&high_0[k], &low_0[k], term_0);
                low_0[k] += less_0;
                batch_norm_silu_add_double(&high_1[k], &low_1[k], term_1);
                low_1[k] += less_1;
                batch_norm_silu_add_double(&high_2[k], &low_2[k], term_2);
                low_2[k] += less_2;
                batch_norm_silu_add_double(&high_3[k], &low_3[k], term_3);
                batch_norm_silu_add_double(&high_4[k], &low_4[k], term_4);
                low_4[k] += less_4;
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, less_0, term_1, less_1, term_2, less_2, term_3, term_4, less_4;
            batch_norm_silu_double_backward_pass1_pair_element(grad_output[k], x[k], cotangent_grad_input[k],
                mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], &term_0, &less_0, &term_1, &less_1, &term_2,
                &less_2, &term_3, &term_4, &less_4);
            batch_norm_silu_add_double(&high_0[k], &low_0[k], term_0);
            low_0[k] += less_0;
            batch_norm_silu_add_double(&high_1[k], &low_1[k], term_1);
            low_1[k] += less_1;
            batch_norm_silu_add_double(&high_2[k], &low_2[k], term_2);
            low_2[k] += less_2;
            batch_norm_silu_add_double(&high_3[k], &low_3[k], term_3);
            batch_norm_silu_add_double(&high_4[k], &low_4[k], term_4);
            low_4[k] += less_4;
        }
        if (rows == 0) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
        cotangent_grad_input += t->read_step[2];
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

static void batch_norm_silu_double_backward_pass1_extended_row(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t)
{
    const double *grad_output = (const double *)t->read[0];
    const double *x = (const double *)t->read[1];
    const double *cotangent_grad_input = (const double *)t->read[2];
    const long double *mean_pivot = (const long double *)t->value[0];
    const long double *mean_rest_cast = (const long double *)t->value[1];
    const long double *factor = (const long double *)t->value[2];
    const long double *beta_cast = (const long double *)t->value[3];
    long double *high = (long double *)t->high, *low = (long double *)t->low;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        const long double own_mean_pivot = mean_pivot[b * next];
        const long double own_mean_rest_cast = mean_rest_cast[b * next];
        const long double own_factor = factor[b * next];
        const long double own_beta_cast = beta_cast[b * next];
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, 16);
            long double rest_0 = 0, rest_1 = 0, rest_2 = 0, rest_3 = 0, rest_4 = 0;
            for (; i < end; ++i) { /* one after the other: the sums stay in registers */
                long double term_0, term_1, term_2, term_3, term_4;
                batch_norm_silu_double_backward_pass1_extended_element((long double)grad_output[i], (long double)x[i],
                    (long double)cotangent_grad_input[i], own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast,
                    &term_0, &term_1, &term_2, &term_3, &term_4);
                rest_0 = rest_0 + term_0;
                rest_1 = rest_1 + term_1;
                rest_2 = rest_2 + term_2;
                rest_3 = rest_3 + term_3;
                rest_4 = rest_4 + term_4;
            }
            batch_norm_silu_add_extended(&high[0 * t->apart], &low[0 * t->apart], rest_0);
            batch_norm_silu_add_extended(&high[1 * t->apart], &low[1 * t->apart], rest_1);
            batch_norm_silu_add_extended(&high[2 * t->apart], &low[2 * t->apart], rest_2);
            batch_norm_silu_add_extended(&high[3 * t->apart], &low[3 * t->apart], rest_3);
            batch_norm_silu_add_extended(&high[4 * t->apart], &low[4 * t->apart], rest_4);
        }
        high += next;
        low += next;
        if (b + 1 == rows) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
        cotangent_grad_input += t->read_step[2];
    }
}

static void batch_norm_silu_double_backward_pass1_extended_columns(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t)
{
    long double *high_0 = (long double *)t->high + 0 * t->apart, *low_0 = (long double *)t->low + 0 * t->apart;
    long double *high_1 = (long double *)t->high + 1 * t->apart, *low_1 = (long double *)t->low + 1 * t->apart;
    long double *high_2 = (long double *)t->high + 2 * t->apart, *low_2 = (long double *)t->low + 2 * t->apart;
    long double *high_3 = (long double *)t->high + 3 * t->apart, *low_3 = (long double *)t->low + 3 * t->apart;
    long double *high_4 = (long double *)t->high + 4 * t->apart, *low_4 = (long double *)t->low + 4 * t->apart;
    ptrdiff_t k;
    for (k = 0; k < n; ++k) {
        const double *grad_output = (const double *)t->read[0];
        const double *x = (const double *)t->read[1];
        const double *cotangent_grad_input = (const double *)t->read[2];
        const long double *mean_pivot = (const long double *)t->value[0];
        const long double *mean_rest_cast = (const long double *)t->value[1];
        const long double *factor = (const long double *)t->value[2];
        const long double *beta_cast = (const long double *)t->value[3];
        ptrdiff_t j;
        for (j = 0; j < rows;) {
            const ptrdiff_t end = j + batch_norm_silu_least(rows - j, 16);
            long double rest_0 = 0, rest_1 = 0, rest_2 = 0, rest_3 = 0, rest_4 = 0;
            for (; j < end; ++j) {
                long double term_0, term_1, term_2, term_3, term_4;
                if (j > 0) {
                    grad_output += t->read_step[0];
                    x += t->read_step[1];
                    cotangent_grad_input += t->read_step[2];
                }
                batch_norm_silu_double_backward_pass1_extended_element((long double)grad_output[k], (long double)x[k],
                    (long double)cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k],
                    &term_0, &term_1, &term_2, &term_3, &term_4);
                rest_0 = rest_0 + term_0;
                rest_1 = rest_1 + term_1;
                rest_2 = rest_2 + term_2;
                rest_3 = rest_3 + term_3;
                rest_4 = rest_4 + term_4;
            }
            batch_norm_silu_add_extended(&high_0[k], &low_0[k], rest_0);
            batch_norm_silu_add_extended(&high_1[k], &low_1[k], rest_1);
            batch_norm_silu_add_extended(&high_2[k], &low_2[k], rest_2);
            batch_norm_silu_add_extended(&high_3[k], &low_3[k], rest_3);
            batch_norm_silu_add_extended(&high_4[k], &low_4[k], rest_4);
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

BATCH_NORM_SILU_INLINE void batch_norm_silu_double_backward_pass3_double_row_of(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t, const int ahead)
{
    const double *grad_output = (const double *)t->read[0];
    const double *x = (const double *)t->read[1];
    const double *cotangent_grad_input = (const double *)t->read[2];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    const double *factor_2 = (const double *)t->value[4];
    const double *factor_3 = (const double *)t->value[5];
    const double *factor_4 = (const double *)t->value[6];
    const double *factor_5 = (const double *)t->value[7];
    double *high = (double *)t->high, *low = (double *)t->low;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        /* up to here, what comes so much later belongs to these rows */
        const ptrdiff_t edge = (t->joined ? (rows - b) * n : n) - BATCH_NORM_SILU_LATER / (ptrdiff_t)sizeof(double);
        const double own_mean_pivot = mean_pivot[b * next];
        const double own_mean_rest_cast = mean_rest_cast[b * next];
        const double own_factor = factor[b * next];
        const double own_beta_cast = beta_cast[b * next];
        const double own_factor_2 = factor_2[b * next];
        const double own_factor_3 = factor_3[b * next];
        const double own_factor_4 = factor_4[b * next];
        const double own_factor_5 = factor_5[b * next];
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
            double part_0[BATCH_NORM_SILU_CHAINS], part_1[BATCH_NORM_SILU_CHAINS];
            int k;
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                part_0[k] = 0;
                part_1[k] = 0;
            }
            for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
                if (ahead) {
                    BATCH_NORM_SILU_AHEAD(grad_output + i, BATCH_NORM_SILU_LATER + (i < edge ? 0 : t->jump[0]));
                    BATCH_NORM_SILU_AHEAD(x + i, BATCH_NORM_SILU_LATER + (i < edge ? 0 : t->jump[1]));
                    BATCH_NORM_SILU_AHEAD(cotangent_grad_input + i, BATCH_NORM_SILU_LATER + (i < edge ? 0
                        : t->jump[2]));
                }
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                    double term_0, term_1;
                    batch_norm_silu_double_backward_pass3_double_element(grad_output[i + k], x[i + k],
                        cotangent_grad_input[i + k], own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast,
                        own_factor_2, own_factor_3, own_factor_4, own_factor_5, &term_0, &term_1);
                    part_0[k] = part_0[k] + term_0;
                    part_1[k] = part_1[k] + term_1;
                }
            }
            for (k = 0; i < end; ++i, ++k) {
                double term_0, term_1;
                batch_norm_silu_double_backward_pass3_double_element(grad_output[i], x[i], cotangent_grad_input[i],
                    own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast, own_factor_2, own_factor_3,
                    own_factor_4, own_factor_5, &term_0, &term_1);
                part_0[k] = part_0[k] + term_0;
                part_1[k] = part_1[k] + term_1;
            }
            batch_norm_silu_add_double(&high[0 * t->apart], &low[0 * t->apart], batch_norm_silu_chains_double(part_0));
            batch_norm_silu_add_double(&high[1 * t->apart], &low[1 * t->apart], batch_norm_silu_chains_double(part_1));
        }
        high += next;
        low += next;
        if (b + 1 == rows) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
        cotangent_grad_input += t->read_step[2];
    }
}

/* Two loops: what asks for memory keeps compilers from holding all sums in registers. */
static void batch_norm_silu_double_backward_pass3_double_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    if (t->ahead) batch_norm_silu_double_backward_pass3_double_row_of(n, rows, t, 1);
    else batch_norm_silu_double_backward_pass3_double_row_of(n, rows, t, 0);
}

static void batch_norm_silu_double_backward_pass3_double_columns(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t)
{
    const double *grad_output = (const double *)t->read[0];
    const double *x = (const double *)t->read[1];
    const double *cotangent_grad_input = (const double *)t->read[2];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    const double *factor_2 = (const double *)t->value[4];
    const double *factor_3 = (const double *)t->value[5];
    const double *factor_4 = (const double *)t->value[6];
    const double *factor_5 = (const double *)t->value[7];
    double *high_0 = (double *)t->high + 0 * t->apart, *low_0 = (double *)t->low + 0 * t->apart;
    double *high_1 = (double *)t->high + 1 * t->apart, *low_1 = (double *)t->low + 1 * t->apart;
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(double), later = t->later * (ptrdiff_t)sizeof(double);
    for (; rows > 3; rows -= 4) { /* what is added to is in memory: several rows take one way there */
        const double *next_grad_output = grad_output + t->read_step[0];
        const double *next_x = x + t->read_step[1];
        const double *next_cotangent_grad_input = cotangent_grad_input + t->read_step[2];
        const double *next_2_grad_output = next_grad_output + t->read_step[0];
        const double *next_2_x = next_x + t->read_step[1];
        const double *next_2_cotangent_grad_input = next_cotangent_grad_input + t->read_step[2];
        const double *next_3_grad_output = next_2_grad_output + t->read_step[0];
        const double *next_3_x = next_2_x + t->read_step[1];
        const double *next_3_cotangent_grad_input = next_2_cotangent_grad_input + t->read_step[2];
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_AHEAD(next_grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_AHEAD(next_2_grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_2_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_2_cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_AHEAD(next_3_grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(next_3_x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(next_3_cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, term_1;
                double more_0, more_1;
                batch_norm_silu_double_backward_pass3_double_element(grad_output[k], x[k], cotangent_grad_input[k],
                    mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], factor_2[k], factor_3[k], factor_4[k],
                    factor_5[k], &term_0, &term_1);
                more_0 = term_0;
                more_1 = term_1;
                batch_norm_silu_double_backward_pass3_double_element(next_grad_output[k], next_x[k],
                    next_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k],
                    factor_2[k], factor_3[k], factor_4[k], factor_5[k], &term_0, &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                batch_norm_silu_double_backward_pass3_double_element(next_2_grad_output[k], next_2_x[k],
                    next_2_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k],
                    factor_2[k], factor_3[k], factor_4[k], factor_5[k], &term_0, &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                batch_norm_silu_double_backward_pass3_double_element(next_3_grad_output[k], next_3_x[k],
                    next_3_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k],
                    factor_2[k], factor_3[k], factor_4[k], factor_5[k], &term_0, &term_1);
                more_0 = more_0 + term_0;
                more_1 = more_1 + term_1;
                batch_norm_silu_add_double(&high_0[k], &low_0[k], more_0);
                batch_norm_silu_add_double(&high_1[k], &low_1[k], more_1);
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, term_1;
            double more_0, more_1;
            batch_norm_silu_double_backward_pass3_double_element(grad_output[k], x[k], cotangent_grad_input[k],
                mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], factor_2[k], factor_3[k], factor_4[k],
                factor_5[k], &term_0, &term_1);
            more_0 = term_0;
            more_1 = term_1;
            batch_norm_silu_double_backward_pass3_double_element(next_grad_output[k], next_x[k],
                next_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], factor_2[k],
                factor_3[k], factor_4[k], factor_5[k], &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            batch_norm_silu_double_backward_pass3_double_element(next_2_grad_output[k], next_2_x[k],
                next_2_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], factor_2[k],
                factor_3[k], factor_4[k], factor_5[k], &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            batch_norm_silu_double_backward_pass3_double_element(next_3_grad_output[k], next_3_x[k],
                next_3_cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], factor_2[k],
                factor_3[k], factor_4[k], factor_5[k], &term_0, &term_1);
            more_0 = more_0 + term_0;
            more_1 = more_1 + term_1;
            batch_norm_silu_add_double(&high_0[k], &low_0[k], more_0);
            batch_norm_silu_add_double(&high_1[k], &low_1[k], more_1);
        }
        if (rows == 4) return;
        grad_output = next_3_grad_output + t->read_step[0];
        x = next_3_x + t->read_step[1];
        cotangent_grad_input = next_3_cotangent_grad_input + t->read_step[2];
    }
    while (rows-- > 0) {
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, term_1;
                batch_norm_silu_double_backward_pass3_double_element(grad_output[k], x[k], cotangent_grad_input[k],
                    mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], factor_2[k], factor_3[k], factor_4[k],
                    factor_5[k], &term_0, &term_1);
                batch_norm_silu_add_double(&high_0[k], &low_0[k], term_0);
                batch_norm_silu_add_double(&high_1[k], &low_1[k], term_1);
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, term_1;
            batch_norm_silu_double_backward_pass3_double_element(grad_output[k], x[k], cotangent_grad_input[k],
                mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], factor_2[k], factor_3[k], factor_4[k],
                factor_5[k], &term_0, &term_1);
            batch_norm_silu_add_double(&high_0[k], &low_0[k], term_0);
            batch_norm_silu_add_double(&high_1[k], &low_1[k], term_1);
        }
        if (rows == 0) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
        cotangent_grad_input += t->read_step[2];
    }
}

BATCH_NORM_SILU_INLINE void batch_norm_silu_double_backward_pass3_pair_element(
const double grad_output, const double x, const double cotangent_grad_input, const double mean_pivot,
    const double mean_rest_cast, const double factor, const double beta_cast, const double factor_2,
    const double factor_3, const double factor_4, const double factor_5, double *to_v_sum_d_grad_z,
    double *less_v_sum_d_grad_z, double *to_v_sum_grad_z, double *less_v_sum_grad_z)
{
    const double at_d = x - mean_pivot;
    const double lost_at_d = batch_norm_silu_lost_of_sum(x, -mean_pivot, at_d);
    const double at_d1 = at_d - mean_rest_cast;
    const double lost_at_d1 = batch_norm_silu_lost_of_sum(at_d, -mean_rest_cast, at_d1) + (lost_at_d);
    const double at_t1 = at_d1 * factor;
    const double lost_at_t1 = fma(at_d1, factor, -at_t1) + (factor * lost_at_d1);
    const double at_t2 = at_t1 + beta_cast;
    const double lost_at_t2 = batch_norm_silu_lost_of_sum(at_t1, beta_cast, at_t2) + (lost_at_t1);
    const double at_t3 = batch_norm_silu_sigmoid_double(at_t2);
    const double lost_at_t3 = 0;
    const double at_t4 = at_t3 * factor_2;
    const double lost_at_t4 = fma(at_t3, factor_2, -at_t4) + (factor_2 * lost_at_t3);
    const double at_t5 = at_t2 * (double)-1.0;
    const double at_t6 = batch_norm_silu_sigmoid_double(at_t5);
    const double lost_at_t6 = 0;
    const double at_t7 = at_t4 * at_t6;
    const double lost_at_t7 = fma(at_t4, at_t6, -at_t7) + (at_t4 * lost_at_t6 + at_t6 * lost_at_t4);
    const double at_t8 = batch_norm_silu_square_double(at_t6);
    const double lost_at_t8 = fma(at_t6, at_t6, -at_t8) + (at_t6 * lost_at_t6 + at_t6 * lost_at_t6);
    const double at_t9 = at_t2 * at_t8;
    const double lost_at_t9 = fma(at_t2, at_t8, -at_t9) + (at_t2 * lost_at_t8 + at_t8 * lost_at_t2);
    const double at_t10 = at_t9 * at_t3;
    const double lost_at_t10 = fma(at_t9, at_t3, -at_t10) + (at_t9 * lost_at_t3 + at_t3 * lost_at_t9);
    const double at_t11 = at_t7 + at_t10;
    const double lost_at_t11 = batch_norm_silu_lost_of_sum(at_t7, at_t10, at_t11) + (lost_at_t7 + lost_at_t10);
    const double at_t12 = batch_norm_silu_square_double(at_t3);
    const double lost_at_t12 = fma(at_t3, at_t3, -at_t12) + (at_t3 * lost_at_t3 + at_t3 * lost_at_t3);
    const double at_t13 = at_t2 * at_t12;
    const double lost_at_t13 = fma(at_t2, at_t12, -at_t13) + (at_t2 * lost_at_t12 + at_t12 * lost_at_t2);
    const double at_t14 = at_t13 * at_t6;
    const double lost_at_t14 = fma(at_t13, at_t6, -at_t14) + (at_t13 * lost_at_t6 + at_t6 * lost_at_t13);
    const double at_t15 = at_t11 - at_t14;
    const double lost_at_t15 = batch_norm_silu_lost_of_sum(at_t11, -at_t14, at_t15) + (lost_at_t11 + -lost_at_t14);
    const double at_t16 = at_t15 * grad_output;
    const double lost_at_t16 = fma(at_t15, grad_output, -at_t16) + (grad_output * lost_at_t15);
    const double at_t17 = at_d1 * factor_3;
    const double lost_at_t17 = fma(at_d1, factor_3, -at_t17) + (factor_3 * lost_at_d1);
    const double at_t18 = cotangent_grad_input * factor;
    const double lost_at_t18 = fma(cotangent_grad_input, factor, -at_t18);
    const double at_t19 = at_t17 + at_t18;
    const double lost_at_t19 = batch_norm_silu_lost_of_sum(at_t17, at_t18, at_t19) + (lost_at_t17 + lost_at_t18);
    const double at_t20 = at_d1 * factor_4;
    const double lost_at_t20 = fma(at_d1, factor_4, -at_t20) + (factor_4 * lost_at_d1);
    const double at_t21 = at_t19 - at_t20;
    const double lost_at_t21 = batch_norm_silu_lost_of_sum(at_t19, -at_t20, at_t21) + (lost_at_t19 + -lost_at_t20);
    const double at_t22 = at_t21 + factor_5;
    const double lost_at_t22 = batch_norm_silu_lost_of_sum(at_t21, factor_5, at_t22) + (lost_at_t21);
    const double at_t23 = at_t16 * at_t22;
    const double lost_at_t23 = fma(at_t16, at_t22, -at_t23) + (at_t16 * lost_at_t22 + at_t22 * lost_at_t16);
    *to_v_sum_d_grad_z = at_d1 * at_t23;
    *less_v_sum_d_grad_z = fma(at_d1, at_t23, -*to_v_sum_d_grad_z) + (at_d1 * lost_at_t23 + at_t23 * lost_at_d1);
    *to_v_sum_grad_z = at_t23;
    *less_v_sum_grad_z = lost_at_t23;
}

static void batch_norm_silu_double_backward_pass3_pair_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *grad_output = (const double *)t->read[0];
    const double *x = (const double *)t->read[1];
    const double *cotangent_grad_input = (const double *)t->read[2];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    const double *factor_2 = (const double *)t->value[4];
    const double *factor_3 = (const double *)t->value[5];
    const double *factor_4 = (const double *)t->value[6];
    const double *factor_5 = (const double *)t->value[7];
    double *high = (double *)t->high, *low = (double *)t->low;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        const double own_mean_pivot = mean_pivot[b * next];
        const double own_mean_rest_cast = mean_rest_cast[b * next];
        const double own_factor = factor[b * next];
        const double own_beta_cast = beta_cast[b * next];
        const double own_factor_2 = factor_2[b * next];
        const double own_factor_3 = factor_3[b * next];
        const double own_factor_4 = factor_4[b * next];
        const double own_factor_5 = factor_5[b * next];
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, 64);
            double part_0[BATCH_NORM_SILU_CHAINS], rest_0[BATCH_NORM_SILU_CHAINS], part_1[BATCH_NORM_SILU_CHAINS],
                rest_1[BATCH_NORM_SILU_CHAINS];
            int k;
            for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                part_0[k] = 0;
                rest_0[k] = 0;
                part_1[k] = 0;
                rest_1[k] = 0;
            }
            for (; i + BATCH_NORM_SILU_CHAINS <= end; i += BATCH_NORM_SILU_CHAINS) {
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < BATCH_NORM_SILU_CHAINS; ++k) {
                    double term_0, less_0, term_1, less_1;
                    batch_norm_silu_double_backward_pass3_pair_element(grad_output[i + k], x[i + k],
                        cotangent_grad_input[i + k], own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast,
                        own_factor_2, own_factor_3, own_factor_4, own_factor_5, &term_0, &less_0, &term_1, &less_1);
                    batch_norm_silu_add_pair(&part_0[k], &rest_0[k], term_0, less_0);
                    batch_norm_silu_add_pair(&part_1[k], &rest_1[k], term_1, less_1);
                }
            }
            if (i + BATCH_NORM_SILU_CHAINS / 2 <= end) {
                BATCH_NORM_SILU_SIMD
                for (k = 0; k < BATCH_NORM_SILU_CHAINS / 2; ++k) {
                    double term_0, less_0, term_1, less_1;
                    batch_norm_silu_double_backward_pass3_pair_element(grad_output[i + k], x[i + k],
                        cotangent_grad_input[i + k], own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast,
                        own_factor_2, own_factor_3, own_factor_4, own_factor_5, &term_0, &less_0, &term_1, &less_1);
                    batch_norm_silu_add_pair(&part_0[k], &rest_0[k], term_0, less_0);
                    batch_norm_silu_add_pair(&part_1[k], &rest_1[k], term_1, less_1);
                }
                i += BATCH_NORM_SILU_CHAINS / 2;
            }
            if (i < end) { /* the last three are added up in registers */
                double last_0 = 0, left_0 = 0;
                double last_1 = 0, left_1 = 0;
                for (; i < end; ++i) {
                    double term_0, less_0, term_1, less_1;
                    batch_norm_silu_double_backward_pass3_pair_element(grad_output[i], x[i], cotangent_grad_input[i],
                        own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast, own_factor_2, own_factor_3,
                        own_factor_4, own_factor_5, &term_0, &less_0, &term_1, &less_1);
                    batch_norm_silu_add_pair(&last_0, &left_0, term_0, less_0);
                    batch_norm_silu_add_pair(&last_1, &left_1, term_1, less_1);
                }
                batch_norm_silu_add_pair(&high[0 * t->apart], &low[0 * t->apart], last_0, left_0);
                batch_norm_silu_add_pair(&high[1 * t->apart], &low[1 * t->apart], last_1, left_1);
            }
            batch_norm_silu_add_chains(&high[0 * t->apart], &low[0 * t->apart], part_0, rest_0);
            batch_norm_silu_add_chains(&high[1 * t->apart], &low[1 * t->apart], part_1, rest_1);
        }
        high += next;
        low += next;
        if (b + 1 == rows) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
        cotangent_grad_input += t->read_step[2];
    }
}

static void batch_norm_silu_double_backward_pass3_pair_columns(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t)
{
    const double *grad_output = (const double *)t->read[0];
    const double *x = (const double *)t->read[1];
    const double *cotangent_grad_input = (const double *)t->read[2];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    const double *factor_2 = (const double *)t->value[4];
    const double *factor_3 = (const double *)t->value[5];
    const double *factor_4 = (const double *)t->value[6];
    const double *factor_5 = (const double *)t->value[7];
    double *high_0 = (double *)t->high + 0 * t->apart, *low_0 = (double *)t->low + 0 * t->apart;
    double *high_1 = (double *)t->high + 1 * t->apart, *low_1 = (double *)t->low + 1 * t->apart;
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(double), later = t->later * (ptrdiff_t)sizeof(double);
    while (rows-- > 0) {
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                double term_0, less_0, term_1, less_1;
                batch_norm_silu_double_backward_pass3_pair_element(grad_output[k], x[k], cotangent_grad_input[k],
                    mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], factor_2[k], factor_3[k], factor_4[k],
                    factor_5[k], &term_0, &less_0, &term_1, &less_1);
                batch_norm_silu_add_double(&high_0[k], &low_0[k], term_0);
                low_0[k] += less_0;
                batch_norm_silu_add_double(&high_1[k], &low_1[k], term_1);
                low_1[k] += less_1;
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            double term_0, less_0, term_1, less_1;
            batch_norm_silu_double_backward_pass3_pair_element(grad_output[k], x[k], cotangent_grad_input[k],
                mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], factor_2[k], factor_3[k], factor_4[k],
                factor_5[k], &term_0, &less_0, &term_1, &less_1);
            batch_norm_silu_add_double(&high_0[k], &low_0[k], term_0);
            low_0[k] += less_0;
            batch_norm_silu_add_double(&high_1[k], &low_1[k], term_1);
            low_1[k] += less_1;
        }
        if (rows == 0) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
        cotangent_grad_input += t->read_step[2];
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

static void batch_norm_silu_double_backward_pass3_extended_row(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t)
{
    const double *grad_output = (const double *)t->read[0];
    const double *x = (const double *)t->read[1];
    const double *cotangent_grad_input = (const double *)t->read[2];
    const long double *mean_pivot = (const long double *)t->value[0];
    const long double *mean_rest_cast = (const long double *)t->value[1];
    const long double *factor = (const long double *)t->value[2];
    const long double *beta_cast = (const long double *)t->value[3];
    const long double *factor_2 = (const long double *)t->value[4];
    const long double *factor_3 = (const long double *)t->value[5];
    const long double *factor_4 = (const long double *)t->value[6];
    const long double *factor_5 = (const long double *)t->value[7];
    long double *high = (long double *)t->high, *low = (long double *)t->low;
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        const long double own_mean_pivot = mean_pivot[b * next];
        const long double own_mean_rest_cast = mean_rest_cast[b * next];
        const long double own_factor = factor[b * next];
        const long double own_beta_cast = beta_cast[b * next];
        const long double own_factor_2 = factor_2[b * next];
        const long double own_factor_3 = factor_3[b * next];
        const long double own_factor_4 = factor_4[b * next];
        const long double own_factor_5 = factor_5[b * next];
        for (i = 0; i < n;) {
            const ptrdiff_t end = i + batch_norm_silu_least(n - i, 16);
            long double rest_0 = 0, rest_1 = 0;
            for (; i < end; ++i) { /* one after the other: the sums stay in registers */
                long double term_0, term_1;
                batch_norm_silu_double_backward_pass3_extended_element((long double)grad_output[i], (long double)x[i],
                    (long double)cotangent_grad_input[i], own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast,
                    own_factor_2, own_factor_3, own_factor_4, own_factor_5, &term_0, &term_1);
                rest_0 = rest_0 + term_0;
                rest_1 = rest_1 + term_1;
            }
            batch_norm_silu_add_extended(&high[0 * t->apart], &low[0 * t->apart], rest_0);
            batch_norm_silu_add_extended(&high[1 * t->apart], &low[1 * t->apart], rest_1);
        }
        high += next;
        low += next;
        if (b + 1 == rows) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
        cotangent_grad_input += t->read_step[2];
    }
}

static void batch_norm_silu_double_backward_pass3_extended_columns(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t)
{
    long double *high_0 = (long double *)t->high + 0 * t->apart, *low_0 = (long double *)t->low + 0 * t->apart;
    long double *high_1 = (long double *)t->high + 1 * t->apart, *low_1 = (long double *)t->low + 1 * t->apart;
    ptrdiff_t k;
    for (k = 0; k < n; ++k) {
        const double *grad_output = (const double *)t->read[0];
        const double *x = (const double *)t->read[1];
        const double *cotangent_grad_input = (const double *)t->read[2];
        const long double *mean_pivot = (const long double *)t->value[0];
        const long double *mean_rest_cast = (const long double *)t->value[1];
        const long double *factor = (const long double *)t->value[2];
        const long double *beta_cast = (const long double *)t->value[3];
        const long double *factor_2 = (const long double *)t->value[4];
        const long double *factor_3 = (const long double *)t->value[5];
        const long double *factor_4 = (const long double *)t->value[6];
        const long double *factor_5 = (const long double *)t->value[7];
        ptrdiff_t j;
        for (j = 0; j < rows;) {
            const ptrdiff_t end = j + batch_norm_silu_least(rows - j, 16);
            long double rest_0 = 0, rest_1 = 0;
            for (; j < end; ++j) {
                long double term_0, term_1;
                if (j > 0) {
                    grad_output += t->read_step[0];
                    x += t->read_step[1];
                    cotangent_grad_input += t->read_step[2];
                }
                batch_norm_silu_double_backward_pass3_extended_element((long double)grad_output[k], (long double)x[k],
                    (long double)cotangent_grad_input[k], mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k],
                    factor_2[k], factor_3[k], factor_4[k], factor_5[k], &term_0, &term_1);
                rest_0 = rest_0 + term_0;
                rest_1 = rest_1 + term_1;
            }
            batch_norm_silu_add_extended(&high_0[k], &low_0[k], rest_0);
            batch_norm_silu_add_extended(&high_1[k], &low_1[k], rest_1);
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

static void batch_norm_silu_double_backward_pass5_double_row(ptrdiff_t n, ptrdiff_t rows, const batch_norm_silu_tile *t)
{
    const double *grad_output = (const double *)t->read[0];
    const double *x = (const double *)t->read[1];
    const double *cotangent_grad_input = (const double *)t->read[2];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    const double *slope = (const double *)t->value[4];
    const double *shift = (const double *)t->value[5];
    const double *slope_2 = (const double *)t->value[6];
    const double *slope_3 = (const double *)t->value[7];
    const double *shift_2 = (const double *)t->value[8];
    const double *slope_4 = (const double *)t->value[9];
    const double *factor_3 = (const double *)t->value[10];
    const double *factor_2 = (const double *)t->value[11];
    const double *factor_4 = (const double *)t->value[12];
    const double *factor_5 = (const double *)t->value[13];
    const double *shift_3 = (const double *)t->value[14];
    const double *slope_5 = (const double *)t->value[15];
    const double *shift_4 = (const double *)t->value[16];
    double *out_grad_x = (double *)t->write[0];
    double *out_grad_grad_output = (double *)t->write[1];
    const ptrdiff_t next = t->next;
    ptrdiff_t b, i;
    for (b = 0; b < rows; ++b) {
        const double own_mean_pivot = mean_pivot[b * next];
        const double own_mean_rest_cast = mean_rest_cast[b * next];
        const double own_factor = factor[b * next];
        const double own_beta_cast = beta_cast[b * next];
        const double own_slope = slope[b * next];
        const double own_shift = shift[b * next];
        const double own_slope_2 = slope_2[b * next];
        const double own_slope_3 = slope_3[b * next];
        const double own_shift_2 = shift_2[b * next];
        const double own_slope_4 = slope_4[b * next];
        const double own_factor_3 = factor_3[b * next];
        const double own_factor_2 = factor_2[b * next];
        const double own_factor_4 = factor_4[b * next];
        const double own_factor_5 = factor_5[b * next];
        const double own_shift_3 = shift_3[b * next];
        const double own_slope_5 = slope_5[b * next];
        const double own_shift_4 = shift_4[b * next];
        BATCH_NORM_SILU_SIMD
        for (i = 0; i < n; ++i) {
            batch_norm_silu_double_backward_pass5_double_element(grad_output[i], x[i], cotangent_grad_input[i],
                own_mean_pivot, own_mean_rest_cast, own_factor, own_beta_cast, own_slope, own_shift, own_slope_2,
                own_slope_3, own_shift_2, own_slope_4, own_factor_3, own_factor_2, own_factor_4, own_factor_5,
                own_shift_3, own_slope_5, own_shift_4, &out_grad_x[i], &out_grad_grad_output[i]);
        }
        if (b + 1 == rows) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
        cotangent_grad_input += t->read_step[2];
        out_grad_x += t->write_step[0];
        out_grad_grad_output += t->write_step[1];
    }
}

static void batch_norm_silu_double_backward_pass5_double_columns(ptrdiff_t n, ptrdiff_t rows,
    const batch_norm_silu_tile *t)
{
    const double *grad_output = (const double *)t->read[0];
    const double *x = (const double *)t->read[1];
    const double *cotangent_grad_input = (const double *)t->read[2];
    const double *mean_pivot = (const double *)t->value[0];
    const double *mean_rest_cast = (const double *)t->value[1];
    const double *factor = (const double *)t->value[2];
    const double *beta_cast = (const double *)t->value[3];
    const double *slope = (const double *)t->value[4];
    const double *shift = (const double *)t->value[5];
    const double *slope_2 = (const double *)t->value[6];
    const double *slope_3 = (const double *)t->value[7];
    const double *shift_2 = (const double *)t->value[8];
    const double *slope_4 = (const double *)t->value[9];
    const double *factor_3 = (const double *)t->value[10];
    const double *factor_2 = (const double *)t->value[11];
    const double *factor_4 = (const double *)t->value[12];
    const double *factor_5 = (const double *)t->value[13];
    const double *shift_3 = (const double *)t->value[14];
    const double *slope_5 = (const double *)t->value[15];
    const double *shift_4 = (const double *)t->value[16];
    double *out_grad_x = (double *)t->write[0];
    double *out_grad_grad_output = (double *)t->write[1];
    ptrdiff_t i, k;
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(double), later = t->later * (ptrdiff_t)sizeof(double);
    while (rows-- > 0) {
        i = 0;
        for (; later && i + line <= n; i += line) {
            BATCH_NORM_SILU_AHEAD(grad_output + i, later * t->read_step[0]);
            BATCH_NORM_SILU_AHEAD(x + i, later * t->read_step[1]);
            BATCH_NORM_SILU_AHEAD(cotangent_grad_input + i, later * t->read_step[2]);
            BATCH_NORM_SILU_SIMD
            for (k = i; k < i + line; ++k) {
                batch_norm_silu_double_backward_pass5_double_element(grad_output[k], x[k], cotangent_grad_input[k],
                    mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], slope[k], shift[k], slope_2[k],
                    slope_3[k], shift_2[k], slope_4[k], factor_3[k], factor_2[k], factor_4[k], factor_5[k], shift_3[k],
                    slope_5[k], shift_4[k], &out_grad_x[k], &out_grad_grad_output[k]);
            }
        }
        BATCH_NORM_SILU_SIMD
        for (k = i; k < n; ++k) {
            batch_norm_silu_double_backward_pass5_double_element(grad_output[k], x[k], cotangent_grad_input[k],
                mean_pivot[k], mean_rest_cast[k], factor[k], beta_cast[k], slope[k], shift[k], slope_2[k], slope_3[k],
                shift_2[k], slope_4[k], factor_3[k], factor_2[k], factor_4[k], factor_5[k], shift_3[k], slope_5[k],
                shift_4[k], &out_grad_x[k], &out_grad_grad_output[k]);
        }
        if (rows == 0) return;
        grad_output += t->read_step[0];
        x += t->read_step[1];
        cotangent_grad_input += t->read_step[2];
        out_grad_x += t->write_step[0];
        out_grad_grad_output += t->write_step[1];
    }
}

static const batch_norm_silu_pass batch_norm_silu_double_backward_pass1_double = { &batch_norm_silu_kind_double_double,
    batch_norm_silu_double_backward_pass1_double_row, NULL, batch_norm_silu_double_backward_pass1_double_columns, 3, 0,
    4, 0, 5, 0, 0, { 0, 1, 2 }, { 0 }, { 0, 0, 0, 0, 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_double_backward_pass1_pair = { &batch_norm_silu_kind_double_double,
    batch_norm_silu_double_backward_pass1_pair_row, NULL, batch_norm_silu_double_backward_pass1_pair_columns, 3, 0, 4,
    0, 5, 0, 0, { 0, 1, 2 }, { 0 }, { 0, 0, 0, 0, 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_double_backward_pass1_extended =
    { &batch_norm_silu_kind_double_extended, batch_norm_silu_double_backward_pass1_extended_row, NULL,
    batch_norm_silu_double_backward_pass1_extended_columns, 3, 0, 4, 0, 5, 0, 0, { 0, 1, 2 }, { 0 }, { 0, 0, 0, 0, 0 },
    { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_double_backward_pass3_double = { &batch_norm_silu_kind_double_double,
    batch_norm_silu_double_backward_pass3_double_row, NULL, batch_norm_silu_double_backward_pass3_double_columns, 3, 0,
    8, 0, 2, 0, 0, { 0, 1, 2 }, { 0 }, { 0, 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_double_backward_pass3_pair = { &batch_norm_silu_kind_double_double,
    batch_norm_silu_double_backward_pass3_pair_row, NULL, batch_norm_silu_double_backward_pass3_pair_columns, 3, 0, 8,
    0, 2, 0, 0, { 0, 1, 2 }, { 0 }, { 0, 0 }, { 0 }, { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_double_backward_pass3_extended =
    { &batch_norm_silu_kind_double_extended, batch_norm_silu_double_backward_pass3_extended_row, NULL,
    batch_norm_silu_double_backward_pass3_extended_columns, 3, 0, 8, 0, 2, 0, 0, { 0, 1, 2 }, { 0 }, { 0, 0 }, { 0 },
    { 0 }, 0, 0 };
static const batch_norm_silu_pass batch_norm_silu_double_backward_pass5_double = { &batch_norm_silu_kind_double_double,
    batch_norm_silu_double_backward_pass5_double_row, NULL, batch_norm_silu_double_backward_pass5_double_columns, 3, 0,
    17, 0, 0, 0, 2, { 0, 1, 2 }, { 0 }, { 0 }, { 0 }, { 4, 3 }, 1, 0 };

static void batch_norm_silu_double_backward_block_double(const void *arguments, batch_norm_silu_block *c)
{
    const batch_norm_silu_arguments_double *a = (const batch_norm_silu_arguments_double *)arguments;
    const batch_norm_silu_walk *w = &a->call.walk;
    ptrdiff_t b;
    double lane_gamma[BATCH_NORM_SILU_ROW_LANES];
    double lane_beta[BATCH_NORM_SILU_ROW_LANES];
    double lane_cotangent_grad_gamma[BATCH_NORM_SILU_ROW_LANES];
    double lane_cotangent_grad_beta[BATCH_NORM_SILU_ROW_LANES];
    double lane_mean[BATCH_NORM_SILU_ROW_LANES];
    double lane_mean_low[BATCH_NORM_SILU_ROW_LANES];
    double lane_inv_std[BATCH_NORM_SILU_ROW_LANES];
    double lane_mean_pivot[BATCH_NORM_SILU_ROW_LANES];
    double lane_mean_rest_cast[BATCH_NORM_SILU_ROW_LANES];
    double lane_factor[BATCH_NORM_SILU_ROW_LANES];
    double lane_beta_cast[BATCH_NORM_SILU_ROW_LANES];
    double lane_v_sum_cotangent_grad_input_d[BATCH_NORM_SILU_ROW_LANES];
    double lane_v_sum_cotangent_grad_input_grad_tangent_z[BATCH_NORM_SILU_ROW_LANES];
    double lane_v_sum_d_grad_tangent_z[BATCH_NORM_SILU_ROW_LANES];
    double lane_v_sum_cotangent_grad_input[BATCH_NORM_SILU_ROW_LANES];
    double lane_v_sum_grad_tangent_z[BATCH_NORM_SILU_ROW_LANES];
    double lane_factor_2[BATCH_NORM_SILU_ROW_LANES];
    double lane_factor_3[BATCH_NORM_SILU_ROW_LANES];
    double lane_factor_4[BATCH_NORM_SILU_ROW_LANES];
    double lane_factor_5[BATCH_NORM_SILU_ROW_LANES];
    double lane_v_sum_d_grad_z[BATCH_NORM_SILU_ROW_LANES];
    double lane_v_sum_grad_z[BATCH_NORM_SILU_ROW_LANES];
    double lane_grad_gamma[BATCH_NORM_SILU_ROW_LANES];
    double lane_slope[BATCH_NORM_SILU_ROW_LANES];
    double lane_shift[BATCH_NORM_SILU_ROW_LANES];
    double lane_slope_2[BATCH_NORM_SILU_ROW_LANES];
    double lane_slope_3[BATCH_NORM_SILU_ROW_LANES];
    double lane_shift_2[BATCH_NORM_SILU_ROW_LANES];
    double lane_slope_4[BATCH_NORM_SILU_ROW_LANES];
    double lane_shift_3[BATCH_NORM_SILU_ROW_LANES];
    double lane_slope_5[BATCH_NORM_SILU_ROW_LANES];
    double lane_shift_4[BATCH_NORM_SILU_ROW_LANES];
    double less_v_sum_cotangent_grad_input_d[BATCH_NORM_SILU_ROW_LANES];
    double less_v_sum_cotangent_grad_input_grad_tangent_z[BATCH_NORM_SILU_ROW_LANES];
    double less_v_sum_d_grad_tangent_z[BATCH_NORM_SILU_ROW_LANES];
    double less_v_sum_cotangent_grad_input[BATCH_NORM_SILU_ROW_LANES];
    double less_v_sum_grad_tangent_z[BATCH_NORM_SILU_ROW_LANES];
    double less_v_sum_d_grad_z[BATCH_NORM_SILU_ROW_LANES];
    double less_v_sum_grad_z[BATCH_NORM_SILU_ROW_LANES];
    int64_t reach[BATCH_NORM_SILU_ROW_LANES]; /* how far from one the exponents of what is computed may be */
    long double again_v_sum_cotangent_grad_input_d[BATCH_NORM_SILU_ROW_LANES],
        again_v_sum_cotangent_grad_input_grad_tangent_z[BATCH_NORM_SILU_ROW_LANES],
        again_v_sum_d_grad_tangent_z[BATCH_NORM_SILU_ROW_LANES],
        again_v_sum_cotangent_grad_input[BATCH_NORM_SILU_ROW_LANES],
        again_v_sum_grad_tangent_z[BATCH_NORM_SILU_ROW_LANES], again_v_sum_d_grad_z[BATCH_NORM_SILU_ROW_LANES],
        again_v_sum_grad_z[BATCH_NORM_SILU_ROW_LANES];
    int finite;
    const double count_n = a->count_n;
    if (c->lanes < 1) return;
    batch_norm_silu_lanes_of_double(a->gamma, c->at[5], w->lane_stride[5], c->lanes, 1.0, lane_gamma);
    batch_norm_silu_lanes_of_double(a->beta, c->at[5], w->lane_stride[5], c->lanes, 0.0, lane_beta);
    batch_norm_silu_lanes_of_double(a->cotangent_grad_gamma, c->at[5], w->lane_stride[5], c->lanes, 0.0,
        lane_cotangent_grad_gamma);
    batch_norm_silu_lanes_of_double(a->cotangent_grad_beta, c->at[5], w->lane_stride[5], c->lanes, 0.0,
        lane_cotangent_grad_beta);
    batch_norm_silu_lanes_of_double(a->mean, c->at[5], w->lane_stride[5], c->lanes, 0.0, lane_mean);
    batch_norm_silu_lanes_of_double(a->mean_low, c->at[5], w->lane_stride[5], c->lanes, 0.0, lane_mean_low);
    batch_norm_silu_lanes_of_double(a->inv_std, c->at[5], w->lane_stride[5], c->lanes, 0.0, lane_inv_std);
    {
        BATCH_NORM_SILU_SIMD
        for (b = 0; b < c->lanes; ++b) {
            const double at_0 = lane_mean[b] - lane_mean[b];
            const double at_1 = batch_norm_silu_lost_of_sum(lane_mean[b], -lane_mean[b], at_0);
            const double at_2 = at_0 + lane_mean_low[b];
            const double at_3 = batch_norm_silu_lost_of_sum(at_0, lane_mean_low[b], at_2) + (at_1);
            const double at_4 = at_2 + at_3;
            const double at_6 = lane_gamma[b] * lane_inv_std[b];
            const double at_7 = fma(lane_gamma[b], lane_inv_std[b], -at_6);
            const double at_8 = at_6 + at_7;
            lane_mean_pivot[b] = lane_mean[b];
            lane_mean_rest_cast[b] = at_4;
            lane_factor[b] = at_8;
            lane_beta_cast[b] = lane_beta[b];
            reach[b] = 2 * batch_norm_silu_reach(lane_mean[b]) + 2 * batch_norm_silu_reach(lane_mean_low[b])
                + 2 * batch_norm_silu_reach(lane_gamma[b]) + 2 * batch_norm_silu_reach(lane_inv_std[b])
                + 2 * batch_norm_silu_reach(lane_beta[b]);
        }
        if (batch_norm_silu_beyond(reach, c->lanes, 1654)) {
            for (b = 0; b < c->lanes; ++b) {
                if (reach[b] <= 1654) continue;
                const long double far_mean_pivot = (double)((long double)lane_mean[b]);
                const long double far_mean_rest = ((long double)lane_mean[b] - far_mean_pivot)
                    + (long double)lane_mean_low[b];
                const long double far_mean_rest_cast = far_mean_rest;
                const long double far_factor = (long double)lane_gamma[b]*(long double)lane_inv_std[b];
                const long double far_beta_cast = (long double)lane_beta[b];
                lane_mean_pivot[b] = (double)far_mean_pivot;
                lane_mean_rest_cast[b] = (double)far_mean_rest_cast;
                lane_factor[b] = (double)far_factor;
                lane_beta_cast[b] = (double)far_beta_cast;
            }
        }
    }
    {
        const void *const lanes[] = {lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_beta_cast};
        void *const sums[] = {lane_v_sum_cotangent_grad_input_d, lane_v_sum_cotangent_grad_input_grad_tangent_z,
            lane_v_sum_d_grad_tangent_z, lane_v_sum_cotangent_grad_input, lane_v_sum_grad_tangent_z,
            less_v_sum_cotangent_grad_input_d, less_v_sum_cotangent_grad_input_grad_tangent_z,
            less_v_sum_d_grad_tangent_z, less_v_sum_cotangent_grad_input, less_v_sum_grad_tangent_z};
        void *const again[] = {again_v_sum_cotangent_grad_input_d, again_v_sum_cotangent_grad_input_grad_tangent_z,
            again_v_sum_d_grad_tangent_z, again_v_sum_cotangent_grad_input, again_v_sum_grad_tangent_z, NULL, NULL,
            NULL, NULL, NULL};
        batch_norm_silu_sweep_block(&a->call, c, a->call.few ? &batch_norm_silu_double_backward_pass1_pair
            : &batch_norm_silu_double_backward_pass1_double, lanes, NULL, sums, 0);
        finite = batch_norm_silu_finite(lane_v_sum_cotangent_grad_input_d, c->lanes)
            && batch_norm_silu_finite(lane_v_sum_cotangent_grad_input_grad_tangent_z, c->lanes)
            && batch_norm_silu_finite(lane_v_sum_d_grad_tangent_z, c->lanes)
            && batch_norm_silu_finite(lane_v_sum_cotangent_grad_input, c->lanes)
            && batch_norm_silu_finite(lane_v_sum_grad_tangent_z, c->lanes);
        if (!finite) {
            batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_double_backward_pass1_extended, lanes, NULL,
                again, 1);
            for (b = 0; b < c->lanes; ++b) {
                if (!isfinite(lane_v_sum_cotangent_grad_input_d[b]))
                    batch_norm_silu_halves(again_v_sum_cotangent_grad_input_d[b], &lane_v_sum_cotangent_grad_input_d[b],
                    &less_v_sum_cotangent_grad_input_d[b]);
                if (!isfinite(lane_v_sum_cotangent_grad_input_grad_tangent_z[b]))
                    batch_norm_silu_halves(again_v_sum_cotangent_grad_input_grad_tangent_z[b],
                    &lane_v_sum_cotangent_grad_input_grad_tangent_z[b],
                    &less_v_sum_cotangent_grad_input_grad_tangent_z[b]);
                if (!isfinite(lane_v_sum_d_grad_tangent_z[b])) batch_norm_silu_halves(again_v_sum_d_grad_tangent_z[b],
                    &lane_v_sum_d_grad_tangent_z[b], &less_v_sum_d_grad_tangent_z[b]);
                if (!isfinite(lane_v_sum_cotangent_grad_input[b]))
                    batch_norm_silu_halves(again_v_sum_cotangent_grad_input[b], &lane_v_sum_cotangent_grad_input[b],
                    &less_v_sum_cotangent_grad_input[b]);
                if (!isfinite(lane_v_sum_grad_tangent_z[b])) batch_norm_silu_halves(again_v_sum_grad_tangent_z[b],
                    &lane_v_sum_grad_tangent_z[b], &less_v_sum_grad_tangent_z[b]);
            }
        }
    }
    {
        const double at_12 = 1 / count_n;
        const double at_13 = (fma(-at_12, count_n, 1)) * at_12;
        BATCH_NORM_SILU_SIMD
        for (b = 0; b < c->lanes; ++b) {
            const double at_0 = lane_cotangent_grad_gamma[b] * lane_inv_std[b];
            const double at_1 = fma(lane_cotangent_grad_gamma[b], lane_inv_std[b], -at_0);
            const double at_2 = at_0 + at_1;
            const double at_4 = lane_inv_std[b] * lane_inv_std[b];
            const double at_5 = fma(lane_inv_std[b], lane_inv_std[b], -at_4);
            const double at_6 = at_4 * lane_inv_std[b];
            const double at_7 = fma(at_4, lane_inv_std[b], -at_6) + (lane_inv_std[b] * at_5);
            const double at_8 = at_6 * lane_gamma[b];
            const double at_9 = fma(at_6, lane_gamma[b], -at_8) + (lane_gamma[b] * at_7);
            const double at_10 = at_8 * lane_v_sum_cotangent_grad_input_d[b];
            const double at_11 = fma(at_8, lane_v_sum_cotangent_grad_input_d[b], -at_10)
                + (at_8 * less_v_sum_cotangent_grad_input_d[b] + lane_v_sum_cotangent_grad_input_d[b] * at_9);
            const double at_14 = at_10 * at_12;
            const double at_15 = fma(at_10, at_12, -at_14) + (at_10 * at_13 + at_12 * at_11);
            const double at_16 = at_14 + at_15;
            const double at_18 = lane_gamma[b] * lane_inv_std[b];
            const double at_19 = fma(lane_gamma[b], lane_inv_std[b], -at_18);
            const double at_20 = at_18 * lane_v_sum_cotangent_grad_input[b];
            const double at_21 = fma(at_18, lane_v_sum_cotangent_grad_input[b], -at_20)
                + (at_18 * less_v_sum_cotangent_grad_input[b] + lane_v_sum_cotangent_grad_input[b] * at_19);
            const double at_22 = at_20 * at_12;
            const double at_23 = fma(at_20, at_12, -at_22) + (at_20 * at_13 + at_12 * at_21);
            const double at_24 = lane_cotangent_grad_beta[b] - at_22;
            const double at_25 = batch_norm_silu_lost_of_sum(lane_cotangent_grad_beta[b], -at_22, at_24) + (-at_23);
            const double at_26 = at_24 + at_25;
            lane_factor_2[b] = 2.0;
            lane_factor_3[b] = at_2;
            lane_factor_4[b] = at_16;
            lane_factor_5[b] = at_26;
            reach[b] = 2 * batch_norm_silu_reach(lane_cotangent_grad_gamma[b])
                + 6 * batch_norm_silu_reach(lane_inv_std[b]) + 2 * batch_norm_silu_reach(lane_gamma[b])
                + 2 * batch_norm_silu_reach(lane_v_sum_cotangent_grad_input_d[b]) + 2 * batch_norm_silu_reach(count_n)
                + 2 * batch_norm_silu_reach(lane_cotangent_grad_beta[b])
                + 2 * batch_norm_silu_reach(lane_v_sum_cotangent_grad_input[b]);
        }
        if (batch_norm_silu_beyond(reach, c->lanes, 1774)) {
            for (b = 0; b < c->lanes; ++b) {
                if (reach[b] <= 1774) continue;
                const long double far_factor_2 = 2.0;
                const long double far_factor_3 = (long double)lane_cotangent_grad_gamma[b]*(long double)lane_inv_std[b];
                const long double far_v_sum_cotangent_grad_input_d
                    = batch_norm_silu_far(lane_v_sum_cotangent_grad_input_d[b], less_v_sum_cotangent_grad_input_d[b],
                    again_v_sum_cotangent_grad_input_d[b]);
                const long double far_factor_4 = powl((long double)lane_inv_std[b], 3.0)*(long double)lane_gamma[b]
                    *far_v_sum_cotangent_grad_input_d/(long double)count_n;
                const long double far_v_sum_cotangent_grad_input
                    = batch_norm_silu_far(lane_v_sum_cotangent_grad_input[b], less_v_sum_cotangent_grad_input[b],
                    again_v_sum_cotangent_grad_input[b]);
                const long double far_factor_5 = (long double)lane_cotangent_grad_beta[b]
                    - (long double)lane_gamma[b]*(long double)lane_inv_std[b]
                    *far_v_sum_cotangent_grad_input/(long double)count_n;
                lane_factor_2[b] = (double)far_factor_2;
                lane_factor_3[b] = (double)far_factor_3;
                lane_factor_4[b] = (double)far_factor_4;
                lane_factor_5[b] = (double)far_factor_5;
            }
        }
    }
    {
        const void *const lanes[] = {lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_beta_cast, lane_factor_2,
            lane_factor_3, lane_factor_4, lane_factor_5};
        void *const sums[] = {lane_v_sum_d_grad_z, lane_v_sum_grad_z, less_v_sum_d_grad_z, less_v_sum_grad_z};
        void *const again[] = {again_v_sum_d_grad_z, again_v_sum_grad_z, NULL, NULL};
        batch_norm_silu_sweep_block(&a->call, c, a->call.few ? &batch_norm_silu_double_backward_pass3_pair
            : &batch_norm_silu_double_backward_pass3_double, lanes, NULL, sums, 0);
        finite = batch_norm_silu_finite(lane_v_sum_d_grad_z, c->lanes) && batch_norm_silu_finite(lane_v_sum_grad_z,
            c->lanes);
        if (!finite) {
            batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_double_backward_pass3_extended, lanes, NULL,
                again, 1);
            for (b = 0; b < c->lanes; ++b) {
                if (!isfinite(lane_v_sum_d_grad_z[b])) batch_norm_silu_halves(again_v_sum_d_grad_z[b],
                    &lane_v_sum_d_grad_z[b], &less_v_sum_d_grad_z[b]);
                if (!isfinite(lane_v_sum_grad_z[b])) batch_norm_silu_halves(again_v_sum_grad_z[b],
                    &lane_v_sum_grad_z[b], &less_v_sum_grad_z[b]);
            }
        }
    }
    {
        const double at_14 = 1 / count_n;
        const double at_15 = (fma(-at_14, count_n, 1)) * at_14;
        const double at_44 = count_n * count_n;
        const double at_45 = fma(count_n, count_n, -at_44);
        const double at_46 = 1 / at_44;
        const double at_47 = (fma(-at_46, at_44, 1) - at_46 * at_45) * at_46;
        BATCH_NORM_SILU_SIMD
        for (b = 0; b < c->lanes; ++b) {
            const double at_0 = lane_inv_std[b] * lane_v_sum_cotangent_grad_input_grad_tangent_z[b];
            const double at_1 = fma(lane_inv_std[b], lane_v_sum_cotangent_grad_input_grad_tangent_z[b], -at_0)
                + (lane_inv_std[b] * less_v_sum_cotangent_grad_input_grad_tangent_z[b]);
            const double at_2 = lane_inv_std[b] * lane_v_sum_d_grad_z[b];
            const double at_3 = fma(lane_inv_std[b], lane_v_sum_d_grad_z[b], -at_2)
                + (lane_inv_std[b] * less_v_sum_d_grad_z[b]);
            const double at_4 = at_0 + at_2;
            const double at_5 = batch_norm_silu_lost_of_sum(at_0, at_2, at_4) + (at_1 + at_3);
            const double at_6 = lane_inv_std[b] * lane_inv_std[b];
            const double at_7 = fma(lane_inv_std[b], lane_inv_std[b], -at_6);
            const double at_8 = at_6 * lane_inv_std[b];
            const double at_9 = fma(at_6, lane_inv_std[b], -at_8) + (lane_inv_std[b] * at_7);
            const double at_10 = at_8 * lane_v_sum_cotangent_grad_input_d[b];
            const double at_11 = fma(at_8, lane_v_sum_cotangent_grad_input_d[b], -at_10)
                + (at_8 * less_v_sum_cotangent_grad_input_d[b] + lane_v_sum_cotangent_grad_input_d[b] * at_9);
            const double at_12 = at_10 * lane_v_sum_d_grad_tangent_z[b];
            const double at_13 = fma(at_10, lane_v_sum_d_grad_tangent_z[b], -at_12)
                + (at_10 * less_v_sum_d_grad_tangent_z[b] + lane_v_sum_d_grad_tangent_z[b] * at_11);
            const double at_16 = at_12 * at_14;
            const double at_17 = fma(at_12, at_14, -at_16) + (at_12 * at_15 + at_14 * at_13);
            const double at_18 = at_4 - at_16;
            const double at_19 = batch_norm_silu_lost_of_sum(at_4, -at_16, at_18) + (at_5 + -at_17);
            const double at_20 = lane_inv_std[b] * lane_v_sum_cotangent_grad_input[b];
            const double at_21 = fma(lane_inv_std[b], lane_v_sum_cotangent_grad_input[b], -at_20)
                + (lane_inv_std[b] * less_v_sum_cotangent_grad_input[b]);
            const double at_22 = at_20 * lane_v_sum_grad_tangent_z[b];
            const double at_23 = fma(at_20, lane_v_sum_grad_tangent_z[b], -at_22)
                + (at_20 * less_v_sum_grad_tangent_z[b] + lane_v_sum_grad_tangent_z[b] * at_21);
            const double at_24 = at_22 * at_14;
            const double at_25 = fma(at_22, at_14, -at_24) + (at_22 * at_15 + at_14 * at_23);
            const double at_26 = at_18 - at_24;
            const double at_27 = batch_norm_silu_lost_of_sum(at_18, -at_24, at_26) + (at_19 + -at_25);
            const double at_28 = at_26 + at_27;
            const double at_30 = at_8 * lane_gamma[b];
            const double at_31 = fma(at_8, lane_gamma[b], -at_30) + (lane_gamma[b] * at_9);
            const double at_32 = at_30 * lane_v_sum_cotangent_grad_input_d[b];
            const double at_33 = fma(at_30, lane_v_sum_cotangent_grad_input_d[b], -at_32)
                + (at_30 * less_v_sum_cotangent_grad_input_d[b] + lane_v_sum_cotangent_grad_input_d[b] * at_31);
            const double at_34 = at_32 * at_14;
            const double at_35 = fma(at_32, at_14, -at_34) + (at_32 * at_15 + at_14 * at_33);
            const double at_36 = -at_34;
            const double at_37 = -at_35;
            const double at_38 = at_36 + at_37;
            const double at_40 = at_30 * lane_v_sum_cotangent_grad_input[b];
            const double at_41 = fma(at_30, lane_v_sum_cotangent_grad_input[b], -at_40)
                + (at_30 * less_v_sum_cotangent_grad_input[b] + lane_v_sum_cotangent_grad_input[b] * at_31);
            const double at_42 = at_40 * lane_v_sum_d_grad_tangent_z[b];
            const double at_43 = fma(at_40, lane_v_sum_d_grad_tangent_z[b], -at_42)
                + (at_40 * less_v_sum_d_grad_tangent_z[b] + lane_v_sum_d_grad_tangent_z[b] * at_41);
            const double at_48 = at_42 * at_46;
            const double at_49 = fma(at_42, at_46, -at_48) + (at_42 * at_47 + at_46 * at_43);
            const double at_50 = at_32 * lane_v_sum_grad_tangent_z[b];
            const double at_51 = fma(at_32, lane_v_sum_grad_tangent_z[b], -at_50)
                + (at_32 * less_v_sum_grad_tangent_z[b] + lane_v_sum_grad_tangent_z[b] * at_33);
            const double at_52 = at_50 * at_46;
            const double at_53 = fma(at_50, at_46, -at_52) + (at_50 * at_47 + at_46 * at_51);
            const double at_54 = at_48 + at_52;
            const double at_55 = batch_norm_silu_lost_of_sum(at_48, at_52, at_54) + (at_49 + at_53);
            const double at_56 = at_54 + at_55;
            const double at_58 = at_30 * lane_v_sum_d_grad_tangent_z[b];
            const double at_59 = fma(at_30, lane_v_sum_d_grad_tangent_z[b], -at_58)
                + (at_30 * less_v_sum_d_grad_tangent_z[b] + lane_v_sum_d_grad_tangent_z[b] * at_31);
            const double at_60 = at_58 * at_14;
            const double at_61 = fma(at_58, at_14, -at_60) + (at_58 * at_15 + at_14 * at_59);
            const double at_62 = -at_60;
            const double at_63 = -at_61;
            const double at_64 = at_62 + at_63;
            const double at_66 = at_8 * lane_inv_std[b];
            const double at_67 = fma(at_8, lane_inv_std[b], -at_66) + (lane_inv_std[b] * at_9);
            const double at_68 = at_66 * lane_inv_std[b];
            const double at_69 = fma(at_66, lane_inv_std[b], -at_68) + (lane_inv_std[b] * at_67);
            const double at_70 = 3.0 * at_68;
            const double at_71 = fma(3.0, at_68, -at_70) + (3.0 * at_69);
            const double at_72 = at_70 * lane_gamma[b];
            const double at_73 = fma(at_70, lane_gamma[b], -at_72) + (lane_gamma[b] * at_71);
            const double at_74 = at_72 * lane_v_sum_cotangent_grad_input_d[b];
            const double at_75 = fma(at_72, lane_v_sum_cotangent_grad_input_d[b], -at_74)
                + (at_72 * less_v_sum_cotangent_grad_input_d[b] + lane_v_sum_cotangent_grad_input_d[b] * at_73);
            const double at_76 = at_74 * lane_v_sum_d_grad_tangent_z[b];
            const double at_77 = fma(at_74, lane_v_sum_d_grad_tangent_z[b], -at_76)
                + (at_74 * less_v_sum_d_grad_tangent_z[b] + lane_v_sum_d_grad_tangent_z[b] * at_75);
            const double at_78 = at_76 * at_46;
            const double at_79 = fma(at_76, at_46, -at_78) + (at_76 * at_47 + at_46 * at_77);
            const double at_80 = at_40 * lane_v_sum_grad_tangent_z[b];
            const double at_81 = fma(at_40, lane_v_sum_grad_tangent_z[b], -at_80)
                + (at_40 * less_v_sum_grad_tangent_z[b] + lane_v_sum_grad_tangent_z[b] * at_41);
            const double at_82 = at_80 * at_46;
            const double at_83 = fma(at_80, at_46, -at_82) + (at_80 * at_47 + at_46 * at_81);
            const double at_84 = at_78 + at_82;
            const double at_85 = batch_norm_silu_lost_of_sum(at_78, at_82, at_84) + (at_79 + at_83);
            const double at_86 = at_30 * lane_v_sum_cotangent_grad_input_grad_tangent_z[b];
            const double at_87 = fma(at_30, lane_v_sum_cotangent_grad_input_grad_tangent_z[b], -at_86)
                + (at_30 * less_v_sum_cotangent_grad_input_grad_tangent_z[b]
                + lane_v_sum_cotangent_grad_input_grad_tangent_z[b] * at_31);
            const double at_88 = at_86 * at_14;
            const double at_89 = fma(at_86, at_14, -at_88) + (at_86 * at_15 + at_14 * at_87);
            const double at_90 = at_84 - at_88;
            const double at_91 = batch_norm_silu_lost_of_sum(at_84, -at_88, at_90) + (at_85 + -at_89);
            const double at_92 = at_90 + at_91;
            const double at_94 = lane_v_sum_grad_tangent_z[b] * at_14;
            const double at_95 = fma(lane_v_sum_grad_tangent_z[b], at_14, -at_94)
                + (lane_v_sum_grad_tangent_z[b] * at_15 + at_14 * less_v_sum_grad_tangent_z[b]);
            const double at_96 = at_94 + at_95;
            const double at_98 = at_6 * lane_v_sum_d_grad_tangent_z[b];
            const double at_99 = fma(at_6, lane_v_sum_d_grad_tangent_z[b], -at_98)
                + (at_6 * less_v_sum_d_grad_tangent_z[b] + lane_v_sum_d_grad_tangent_z[b] * at_7);
            const double at_100 = at_98 * at_14;
            const double at_101 = fma(at_98, at_14, -at_100) + (at_98 * at_15 + at_14 * at_99);
            const double at_102 = -at_100;
            const double at_103 = -at_101;
            const double at_104 = at_102 + at_103;
            const double at_106 = lane_v_sum_grad_z[b] * at_14;
            const double at_107 = fma(lane_v_sum_grad_z[b], at_14, -at_106) + (lane_v_sum_grad_z[b] * at_15
                + at_14 * less_v_sum_grad_z[b]);
            const double at_108 = at_106 + at_107;
            const double at_110 = at_6 * lane_v_sum_d_grad_z[b];
            const double at_111 = fma(at_6, lane_v_sum_d_grad_z[b], -at_110) + (at_6 * less_v_sum_d_grad_z[b]
                + lane_v_sum_d_grad_z[b] * at_7);
            const double at_112 = at_110 * at_14;
            const double at_113 = fma(at_110, at_14, -at_112) + (at_110 * at_15 + at_14 * at_111);
            const double at_114 = -at_112;
            const double at_115 = -at_113;
            const double at_116 = at_114 + at_115;
            lane_grad_gamma[b] = at_28;
            lane_slope[b] = at_38;
            lane_shift[b] = at_56;
            lane_slope_2[b] = at_64;
            lane_slope_3[b] = at_92;
            lane_shift_2[b] = at_96;
            lane_slope_4[b] = at_104;
            lane_shift_3[b] = at_108;
            lane_slope_5[b] = at_116;
            lane_shift_4[b] = 1.0;
            reach[b] = 10 * batch_norm_silu_reach(lane_inv_std[b])
                + 2 * batch_norm_silu_reach(lane_v_sum_cotangent_grad_input_grad_tangent_z[b])
                + 2 * batch_norm_silu_reach(lane_v_sum_d_grad_z[b])
                + 2 * batch_norm_silu_reach(lane_v_sum_cotangent_grad_input_d[b])
                + 2 * batch_norm_silu_reach(lane_v_sum_d_grad_tangent_z[b]) + 4 * batch_norm_silu_reach(count_n)
                + 2 * batch_norm_silu_reach(lane_v_sum_cotangent_grad_input[b])
                + 2 * batch_norm_silu_reach(lane_v_sum_grad_tangent_z[b]) + 2 * batch_norm_silu_reach(lane_gamma[b])
                + 2 * batch_norm_silu_reach(lane_v_sum_grad_z[b]);
        }
        if (batch_norm_silu_beyond(reach, c->lanes, 1506)) {
            for (b = 0; b < c->lanes; ++b) {
                if (reach[b] <= 1506) continue;
                const long double far_v_sum_cotangent_grad_input
                    = batch_norm_silu_far(lane_v_sum_cotangent_grad_input[b], less_v_sum_cotangent_grad_input[b],
                    again_v_sum_cotangent_grad_input[b]);
                const long double far_v_sum_cotangent_grad_input_d
                    = batch_norm_silu_far(lane_v_sum_cotangent_grad_input_d[b], less_v_sum_cotangent_grad_input_d[b],
                    again_v_sum_cotangent_grad_input_d[b]);
                const long double far_v_sum_cotangent_grad_input_grad_tangent_z
                    = batch_norm_silu_far(lane_v_sum_cotangent_grad_input_grad_tangent_z[b],
                    less_v_sum_cotangent_grad_input_grad_tangent_z[b],
                    again_v_sum_cotangent_grad_input_grad_tangent_z[b]);
                const long double far_v_sum_d_grad_tangent_z = batch_norm_silu_far(lane_v_sum_d_grad_tangent_z[b],
                    less_v_sum_d_grad_tangent_z[b], again_v_sum_d_grad_tangent_z[b]);
                const long double far_v_sum_d_grad_z = batch_norm_silu_far(lane_v_sum_d_grad_z[b],
                    less_v_sum_d_grad_z[b], again_v_sum_d_grad_z[b]);
                const long double far_v_sum_grad_tangent_z = batch_norm_silu_far(lane_v_sum_grad_tangent_z[b],
                    less_v_sum_grad_tangent_z[b], again_v_sum_grad_tangent_z[b]);
                const long double far_grad_gamma = (long double)lane_inv_std[b]
                    *far_v_sum_cotangent_grad_input_grad_tangent_z + (long double)lane_inv_std[b]*far_v_sum_d_grad_z
                    - powl((long double)lane_inv_std[b], 3.0)*far_v_sum_cotangent_grad_input_d
                    *far_v_sum_d_grad_tangent_z/(long double)count_n - (long double)lane_inv_std[b]
                    *far_v_sum_cotangent_grad_input*far_v_sum_grad_tangent_z/(long double)count_n;
                const long double far_slope = -powl((long double)lane_inv_std[b], 3.0)*(long double)lane_gamma[b]
                    *far_v_sum_cotangent_grad_input_d/(long double)count_n;
                const long double far_shift = powl((long double)lane_inv_std[b], 3.0)*(long double)lane_gamma[b]
                    *far_v_sum_cotangent_grad_input
                    *far_v_sum_d_grad_tangent_z/batch_norm_silu_square_extended((long double)count_n)
                    + powl((long double)lane_inv_std[b], 3.0)*(long double)lane_gamma[b]
                    *far_v_sum_cotangent_grad_input_d
                    *far_v_sum_grad_tangent_z/batch_norm_silu_square_extended((long double)count_n);
                const long double far_slope_2 = -powl((long double)lane_inv_std[b], 3.0)*(long double)lane_gamma[b]
                    *far_v_sum_d_grad_tangent_z/(long double)count_n;
                const long double far_slope_3 = 3.0*powl((long double)lane_inv_std[b], 5.0)*(long double)lane_gamma[b]
                    *far_v_sum_cotangent_grad_input_d
                    *far_v_sum_d_grad_tangent_z/batch_norm_silu_square_extended((long double)count_n)
                    + powl((long double)lane_inv_std[b], 3.0)*(long double)lane_gamma[b]*far_v_sum_cotangent_grad_input
                    *far_v_sum_grad_tangent_z/batch_norm_silu_square_extended((long double)count_n)
                    - powl((long double)lane_inv_std[b], 3.0)*(long double)lane_gamma[b]
                    *far_v_sum_cotangent_grad_input_grad_tangent_z/(long double)count_n;
                const long double far_shift_2 = far_v_sum_grad_tangent_z/(long double)count_n;
                const long double far_slope_4 = -batch_norm_silu_square_extended((long double)lane_inv_std[b])
                    *far_v_sum_d_grad_tangent_z/(long double)count_n;
                const long double far_v_sum_grad_z = batch_norm_silu_far(lane_v_sum_grad_z[b], less_v_sum_grad_z[b],
                    again_v_sum_grad_z[b]);
                const long double far_shift_3 = far_v_sum_grad_z/(long double)count_n;
                const long double far_slope_5 = -batch_norm_silu_square_extended((long double)lane_inv_std[b])
                    *far_v_sum_d_grad_z/(long double)count_n;
                const long double far_shift_4 = 1.0;
                lane_grad_gamma[b] = (double)far_grad_gamma;
                lane_slope[b] = (double)far_slope;
                lane_shift[b] = (double)far_shift;
                lane_slope_2[b] = (double)far_slope_2;
                lane_slope_3[b] = (double)far_slope_3;
                lane_shift_2[b] = (double)far_shift_2;
                lane_slope_4[b] = (double)far_slope_4;
                lane_shift_3[b] = (double)far_shift_3;
                lane_slope_5[b] = (double)far_slope_5;
                lane_shift_4[b] = (double)far_shift_4;
            }
        }
    }
    {
        const void *const lanes[] = {lane_mean_pivot, lane_mean_rest_cast, lane_factor, lane_beta_cast, lane_slope,
            lane_shift, lane_slope_2, lane_slope_3, lane_shift_2, lane_slope_4, lane_factor_3, lane_factor_2,
            lane_factor_4, lane_factor_5, lane_shift_3, lane_slope_5, lane_shift_4};
        batch_norm_silu_sweep_block(&a->call, c, &batch_norm_silu_double_backward_pass5_double, lanes, NULL, NULL, 0);
    }
    batch_norm_silu_lanes_to_double(lane_grad_gamma, c->lanes, a->result_grad_gamma, c->at[5], w->lane_stride[5]);
    batch_norm_silu_lanes_to_double(lane_v_sum_grad_z, c->lanes, a->result_grad_beta, c->at[5], w->lane_stride[5]);
    (void)w, (void)b;
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
    ptrdiff_t portions, k, total;
    int status = batch_norm_silu_check_extents(extents);
    if (status != BATCH_NORM_SILU_OK) return status;
    if (grad_output == NULL || x == NULL || cotangent_grad_input == NULL || grad_grad_output == NULL || grad_x == NULL
        || mean == NULL || mean_low == NULL || inv_std == NULL || result_grad_gamma == NULL || result_grad_beta == NULL)
        return BATCH_NORM_SILU_NULL;
    if (((uintptr_t)grad_output | (uintptr_t)x | (uintptr_t)cotangent_grad_input | (uintptr_t)grad_grad_output | (uintptr_t)grad_x | (uintptr_t)gamma | (uintptr_t)beta | (uintptr_t)cotangent_grad_gamma | (uintptr_t)cotangent_grad_beta | (uintptr_t)mean | (uintptr_t)mean_low | (uintptr_t)inv_std | (uintptr_t)result_grad_gamma | (uintptr_t)result_grad_beta)
        % sizeof(double) != 0) return BATCH_NORM_SILU_ALIGNMENT;
    status = batch_norm_silu_check_workspace(workspace, workspace_size,
        batch_norm_silu_double_backward_workspace(extents), threads);
    if (status != BATCH_NORM_SILU_OK) return status;
    if (batch_norm_silu_count(extents, "nc") == 0) {
        for (k = 0; k < batch_norm_silu_count(extents, "c"); ++k) result_grad_gamma[k] = 0;
        for (k = 0; k < batch_norm_silu_count(extents, "c"); ++k) result_grad_beta[k] = 0;
        return BATCH_NORM_SILU_OK;
    }
    strides[0] = grad_output_strides;
    a.call.read[0] = grad_output;
    strides[1] = x_strides;
    a.call.read[1] = x;
    strides[2] = cotangent_grad_input_strides;
    a.call.read[2] = cotangent_grad_input;
    strides[3] = grad_grad_output_strides;
    a.call.write[3] = grad_grad_output;
    strides[4] = grad_x_strides;
    a.call.write[4] = grad_x;
    batch_norm_silu_plan(&a.call.walk, extents, "c", 5, strides, 1, layouts, sizeof(double), BATCH_NORM_SILU_ROW_LANES,
        806, 0);
    batch_norm_silu_deal(&a.call.walk, sizeof(double), threads);
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
    a.call.few = batch_norm_silu_count(extents, "n") < BATCH_NORM_SILU_FEW;
    total = 0;
    portions = a.call.walk.blocks;
    (void)k;
    batch_norm_silu_run(&a.call, batch_norm_silu_double_backward_block_double, memory, portions, total, threads);
    return BATCH_NORM_SILU_OK;
}

#ifdef __cplusplus
}
#endif

#endif /* BATCH_NORM_SILU_IMPLEMENTATION */
