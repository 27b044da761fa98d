/* Calls the functions of one header on arrays of many shapes and layouts, and with arguments that must be refused.
 * Every array stands alone on the heap, just as long as it must be, so that a sanitizer sees each step beside it. */
#define BATCH_NORM_IMPLEMENTATION
#define LAYER_NORM_IMPLEMENTATION
#define WEIGHTED_BATCH_NORM_IMPLEMENTATION
#include "batch_norm.h"
#include "layer_norm.h"
#include "weighted_batch_norm.h"

#include <stdio.h>
#include <stdlib.h>

static int failures = 0;

static void expect(int found, int wanted, const char *what)
{
    if (found != wanted) {
        printf("%s: %d, expected %d\n", what, found, wanted);
        ++failures;
    }
}

static double *doubles(size_t n, double value)
{
    double *made = (double *)malloc((n ? n : 1) * sizeof(double));
    size_t k;
    for (k = 0; k < n; ++k) made[k] = value;
    return made;
}

static float *floats(size_t n)
{
    float *made = (float *)malloc((n ? n : 1) * sizeof(float));
    size_t k;
    for (k = 0; k < n; ++k) made[k] = (float)((k * 2654435761u) % 1009) / 500 - 1;
    return made;
}

static void batch(const ptrdiff_t *size, const char *classes, int rank, size_t channels, int reversed, int threads)
{
    batch_norm_extents extents;
    ptrdiff_t strides[8], step = 1;
    static const ptrdiff_t still[8] = {0}; /* one number that stands for a whole array */
    size_t n = 1, k, bytes;
    int d;
    float *x, *g, *out, *y, *gamma, *zero = floats(1);
    float *grad_gamma, *grad_beta;
    double *mean, *low, *var, *inv, *room;
    extents.rank = rank;
    extents.size = size;
    extents.classes = classes;
    for (d = rank - 1; d >= 0; --d) {
        strides[d] = reversed ? -step : step;
        step *= size[d];
        n *= (size_t)size[d];
    }
    x = floats(n);
    g = floats(n);
    out = floats(n);
    y = floats(n);
    gamma = floats(channels);
    mean = doubles(channels, 0);
    low = doubles(channels, 0);
    var = doubles(channels, 0);
    inv = doubles(channels, 0);
    grad_gamma = floats(channels);
    grad_beta = floats(channels);
    k = reversed ? n - 1 : 0;
    bytes = batch_norm_forward_workspace(&extents);
    room = doubles(bytes / sizeof(double), 0);
    expect(batch_norm_forward_float(&extents, x + k, strides, gamma, NULL, y + k, strides, mean, low, var, inv, 1e-5, room, bytes, threads), BATCH_NORM_OK, "forward");
    free(room);
    bytes = batch_norm_backward_workspace(&extents);
    room = doubles(bytes / sizeof(double), 0);
    expect(batch_norm_backward_float(&extents, g + k, strides, x + k, strides, NULL, mean, low, inv, out + k, strides, grad_gamma, grad_beta, room, bytes, threads), BATCH_NORM_OK, "backward");
    expect(batch_norm_backward_float(&extents, g + k, strides, x + k, strides, gamma, mean, low, inv, g + k, strides, grad_gamma, grad_beta, room, bytes, threads), BATCH_NORM_OK, "backward in place");
    expect(batch_norm_backward_float(&extents, NULL, NULL, x, NULL, gamma, mean, low, inv, out, NULL, grad_gamma, grad_beta, room, bytes, threads), BATCH_NORM_NULL, "no grad_output");
    expect(batch_norm_backward_float(NULL, g, NULL, x, NULL, gamma, mean, low, inv, out, NULL, grad_gamma, grad_beta, room, bytes, threads), BATCH_NORM_NULL, "no extents");
    expect(batch_norm_backward_float(&extents, g, NULL, x, NULL, gamma, mean, low, inv, out, NULL, grad_gamma, grad_beta, room, bytes, 0), BATCH_NORM_THREADS, "no threads");
    expect(batch_norm_backward_float(&extents, g, NULL, (const float *)(const void *)((const char *)x + 2), NULL, gamma, mean, low, inv, out, NULL, grad_gamma, grad_beta, room, bytes, threads), BATCH_NORM_ALIGNMENT, "x is not aligned");
    expect(batch_norm_backward_float(&extents, g, NULL, x, NULL, gamma, mean, (const double *)(const void *)((const char *)low + 4), inv, out, NULL, grad_gamma, grad_beta, room, bytes, threads), BATCH_NORM_ALIGNMENT, "a statistic is not aligned");
    free(room);
    bytes = batch_norm_double_backward_workspace(&extents);
    room = doubles(bytes / sizeof(double), 0);
    expect(batch_norm_double_backward_float(&extents, g + k, strides, x + k, strides, y + k, strides, gamma, gamma, NULL, mean, low, inv, out + k, strides, y + k, strides, grad_gamma, room, bytes, threads), BATCH_NORM_OK, "double_backward");
    expect(batch_norm_double_backward_float(&extents, g + k, strides, x + k, strides, zero, still, NULL, NULL, gamma, mean, low, inv, out + k, strides, y + k, strides, grad_gamma, room, bytes, threads), BATCH_NORM_OK, "double_backward without a direction");
    free(room);
    bytes = batch_norm_jvp_workspace(&extents);
    room = doubles(bytes / sizeof(double), 0);
    expect(batch_norm_jvp_float(&extents, x + k, strides, g + k, strides, gamma, gamma, NULL, mean, low, inv, g + k, strides, room, bytes, threads), BATCH_NORM_OK, "jvp in place");
    expect(batch_norm_jvp_float(&extents, x + k, strides, zero, still, NULL, NULL, gamma, mean, low, inv, y + k, strides, room, bytes, threads), BATCH_NORM_OK, "jvp without a direction");
    free(room); free(zero); free(x); free(g); free(out); free(y); free(gamma); free(mean); free(low); free(var); free(inv); free(grad_gamma); free(grad_beta);
}

static void rows(ptrdiff_t n, ptrdiff_t d, int threads)
{
    const ptrdiff_t size[2] = {n, d};
    layer_norm_extents extents;
    double *x = doubles((size_t)(n * d), 0), *g = doubles((size_t)(n * d), 0), *out = doubles((size_t)(n * d), 0);
    double *weight = doubles((size_t)d, 1.5), *mean = doubles((size_t)n, 0), *low = doubles((size_t)n, 0), *inv = doubles((size_t)n, 1);
    double *grad_weight = doubles((size_t)d, 0), *grad_bias = doubles((size_t)d, 0), *more = doubles((size_t)(n * d), 0), *room;
    size_t bytes;
    ptrdiff_t k;
    extents.rank = 2;
    extents.size = size;
    extents.classes = "nd";
    for (k = 0; k < n * d; ++k) { x[k] = (double)(k * 40503 % 1013) / 500 - 1; g[k] = (double)(k * 7919 % 1013) / 500 - 1; }
    bytes = layer_norm_backward_workspace(&extents);
    room = doubles(bytes / sizeof(double), 0);
    expect(layer_norm_backward_double(&extents, g, NULL, x, NULL, weight, mean, low, inv, out, NULL, grad_weight, grad_bias, room, bytes, threads), LAYER_NORM_OK, "rows");
    if (bytes > 0) {
        expect(layer_norm_backward_double(&extents, g, NULL, x, NULL, weight, mean, low, inv, out, NULL, grad_weight, grad_bias, room, bytes - 8, threads), LAYER_NORM_WORKSPACE, "too little workspace");
        expect(layer_norm_backward_double(&extents, g, NULL, x, NULL, weight, mean, low, inv, out, NULL, grad_weight, grad_bias, NULL, bytes, threads), LAYER_NORM_WORKSPACE, "no workspace");
    }
    free(room);
    bytes = layer_norm_double_backward_workspace(&extents);
    room = doubles(bytes / sizeof(double), 0);
    expect(layer_norm_double_backward_double(&extents, g, NULL, x, NULL, g, NULL, weight, weight, NULL, mean, low, inv, out, NULL, more, NULL, grad_weight, room, bytes, threads), LAYER_NORM_OK, "rows twice");
    free(more); free(x); free(g); free(out); free(weight); free(mean); free(low); free(inv); free(grad_weight); free(grad_bias); free(room);
}

static void expect_close(const float *found, const float *wanted, size_t n, const char *what)
{
    size_t k;
    for (k = 0; k < n; ++k) {
        if (fabs((double)found[k] - wanted[k]) <= 1e-4 * (1 + fabs((double)wanted[k]))) continue;
        printf("%s: %g at %d, expected %g\n", what, (double)found[k], (int)k, (double)wanted[k]);
        ++failures;
        return;
    }
}

/* A smaller tensor is read element by element, and x stands in the other order than everything else: some operands of
 * a pass are copied. All copies are in one piece of memory, within which no sanitizer watches, so results are compared
 * with those of C order. */
static void weighted(ptrdiff_t n, ptrdiff_t c, ptrdiff_t s, int threads)
{
    const ptrdiff_t size[3] = {n, c, s}, fortran[3] = {1, n, n * c};
    const size_t count = (size_t)(n * c * s), channels = (size_t)c;
    weighted_batch_norm_extents extents;
    float *x = floats(count), *turned = floats(count), *g = floats(count), *out[2], *more[2], *gamma = floats(channels);
    double *weights = doubles((size_t)(n * s), 0), *mass = doubles(1, 0), *mean = doubles(channels, 0.25), *low = doubles(channels, 1e-9), *inv = doubles(channels, 1.5);
    float *grad_gamma = floats(channels), *grad_beta = floats(channels);
    double *room;
    ptrdiff_t i, j, k;
    size_t bytes;
    int order;
    extents.rank = 3;
    extents.size = size;
    extents.classes = "ncn";
    for (i = 0; i < n * s; ++i) {
        weights[i] = (double)(i % 7 + 1) / 4;
        mass[0] += weights[i];
    }
    for (i = 0; i < n; ++i) for (j = 0; j < c; ++j) for (k = 0; k < s; ++k) turned[i + n * (j + c * k)] = x[(i * c + j) * s + k];
    for (order = 0; order < 2; ++order) {
        out[order] = floats(count);
        more[order] = floats(count);
    }
    bytes = weighted_batch_norm_backward_workspace(&extents);
    room = doubles(bytes / sizeof(double), 0);
    for (order = 0; order < 2; ++order) {
        expect(weighted_batch_norm_backward_float(&extents, g, NULL, order ? turned : x, order ? fortran : NULL, gamma, weights, mass, mean, low, inv, out[order], NULL, grad_gamma, grad_beta, room, bytes, threads), WEIGHTED_BATCH_NORM_OK, "weighted backward");
    }
    expect_close(out[1], out[0], count, "grad_x of a turned x");
    free(room);
    bytes = weighted_batch_norm_jvp_workspace(&extents);
    room = doubles(bytes / sizeof(double), 0);
    for (order = 0; order < 2; ++order) {
        expect(weighted_batch_norm_jvp_float(&extents, order ? turned : x, order ? fortran : NULL, g, NULL, gamma, weights, gamma, NULL, mass, mean, low, inv, out[order], NULL, room, bytes, threads), WEIGHTED_BATCH_NORM_OK, "weighted jvp");
    }
    expect_close(out[1], out[0], count, "tangent_y of a turned x");
    free(room);
    bytes = weighted_batch_norm_double_backward_workspace(&extents);
    room = doubles(bytes / sizeof(double), 0);
    for (order = 0; order < 2; ++order) {
        expect(weighted_batch_norm_double_backward_float(&extents, g, NULL, order ? turned : x, order ? fortran : NULL, g, NULL, gamma, weights, gamma, NULL, mass, mean, low, inv, out[order], NULL, more[order], NULL, grad_gamma, room, bytes, threads), WEIGHTED_BATCH_NORM_OK, "weighted double_backward");
    }
    expect_close(out[1], out[0], count, "grad_grad_output of a turned x");
    expect_close(more[1], more[0], count, "grad_x of a turned x, twice");
    free(room); free(x); free(turned); free(g); free(gamma); free(weights); free(mass); free(mean); free(low); free(inv); free(grad_gamma); free(grad_beta);
    for (order = 0; order < 2; ++order) { free(out[order]); free(more[order]); }
}

static void impossible(void)
{
    const ptrdiff_t huge[3] = {(ptrdiff_t)1 << 40, (ptrdiff_t)1 << 20, 3}, negative[2] = {4, -1}, none[2] = {0, 3};
    batch_norm_extents extents;
    float one = 0;
    double number = 0;
    extents.rank = 3;
    extents.size = huge;
    extents.classes = "ncn";
    expect(batch_norm_backward_float(&extents, &one, NULL, &one, NULL, NULL, &number, &number, &number, &one, NULL, &one, &one, NULL, 0, 1), BATCH_NORM_EXTENTS, "too many elements");
    extents.rank = 2;
    extents.size = negative;
    expect(batch_norm_backward_float(&extents, &one, NULL, &one, NULL, NULL, &number, &number, &number, &one, NULL, &one, &one, NULL, 0, 1), BATCH_NORM_EXTENTS, "a negative size");
    extents.classes = "nz";
    extents.size = none;
    expect(batch_norm_backward_float(&extents, &one, NULL, &one, NULL, NULL, &number, &number, &number, &one, NULL, &one, &one, NULL, 0, 1), BATCH_NORM_EXTENTS, "a class that is none");
    extents.rank = 1000;
    expect(batch_norm_backward_float(&extents, &one, NULL, &one, NULL, NULL, &number, &number, &number, &one, NULL, &one, &one, NULL, 0, 1), BATCH_NORM_EXTENTS, "a rank that is none");
    extents.rank = 2;
    extents.classes = "nc";
    expect(batch_norm_forward_float(&extents, &one, NULL, NULL, NULL, &one, NULL, &number, &number, &number, &number, 1e-5, NULL, 0, 1), BATCH_NORM_EMPTY, "no elements");
}

int main(void)
{
    static const ptrdiff_t shapes[][4] = {{5, 3, 1, 1}, {4, 3, 5, 6}, {16, 12, 14, 14}, {2, 70, 7, 7}, {3, 2, 90, 91}, {1, 1, 1, 1}, {70, 1, 3, 3}, {2, 3, 1, 9001}};
    size_t k;
    int threads;
    for (threads = 1; threads < 4; threads += 2) {
        for (k = 0; k < sizeof(shapes) / sizeof(shapes[0]); ++k) {
            batch(shapes[k], "ncnn", 4, (size_t)shapes[k][1], 0, threads);
            batch(shapes[k], "nnnc", 4, (size_t)shapes[k][3], 0, threads);
            batch(shapes[k], "cnnn", 4, (size_t)shapes[k][0], 1, threads);
        }
        rows(1, 1, threads);
        rows(3, 700, threads);
        rows(300, 33, threads);
        rows(7, 5, threads);
        weighted(3, 9, 2, threads);
        weighted(70, 10, 12, threads);
        weighted(5, 33, 1, threads);
        weighted(2, 3, 3000, threads);
    }
    impossible();
    return failures != 0;
}
