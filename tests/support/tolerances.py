"""Tolerances, in eps of the dtype, with the analysis that sets them (the accuracy contract in CONTRIBUTING.md).

Write u = eps/2 for the unit roundoff. Statistics, sums and coefficients are float64 quantities,
so for float32 data each enters the map pass with one rounding (u); for float64 data ``mean_low``
plays that part. The input gradient is evaluated as ``a * ((g - c) + b*d)`` with

    a = gamma*inv_std    c = mean(g)    d = x - mean    b*d = -x_norm * mean(g*x_norm)

Roundings, each relative to the quantity named: c 1u of |c|; g - c 1u of |g - c| <= |g| + |c|;
b, d and the product b*d 3u of |b*d|; the sum 1u of |(g-c) + b*d|; a and the last product 2u of
the result. In units of u*|a|, and with S = |g| + |c| + |b*d|, an element is wrong by at most

    |c| + (|g| + |c|) + 3|b*d| + 3S  =  4|g| + 5|c| + 6|b*d|,

that is 2 to 3 eps of ``scale = |a|*S``, reached only where all seven roundings are full half
units of one sign *and* the element is the channel's largest *and* b*d alone makes it large. The
promise is 2 eps = 4u. Why 4u is enough: a rounding error is uniform in +-u*2^-t where t in [0, 1)
is the mantissa's place in its binade, so one rounding has standard deviation about 0.42u, seven
of them at most 1.1u, and 4u is some four standard deviations at the few elements whose own S
comes near the channel's maximum. A term left out, a statistic rounded to float32 or a 1% error
is 1e2 to 1e5 times larger. What remains for the sums: 2 eps leaves no room for a float32 error in
mean(g) that grows with N, which is why they are gathered in float64.

``y = (gamma*inv_std)*d + beta``: the coefficient, d and their product 3u of |gamma*x_norm|, the
sum 1u of |y| <= |gamma*x_norm| + |beta|: at most 4u = 2 eps. Here the bound is the worst case.

``grad_gamma = inv_std * Sum g*d``: rounding the result 1u, inv_std and the final product below 1u
more; 2 eps = 4u of |value| leaves 2u for the float32 factors that all terms share. The partial
sums err by 0.5 eps = 1u of ``Sum |t|``, t = g*x_norm. The terms themselves come with up to three
roundings (two for d, one for the product), independent from term to term: a standard deviation of
at most 0.42*sqrt(3)*u*R with ``R = sqrt(Sum t^2)``, and four of those are 3u = 1.5 eps of R. For a
hundred like terms R is below ``Sum |t|/10``; with two to five that cancel it is nearly ``Sum |t|``,
and no kernel that rounds d and g*d to its own dtype can keep ``2*|value| + 0.5*Sum |t|``. The
kernels therefore take sums of few terms with more digits: float32 ones in float64, float64 ones in
the 80-bit numbers of x86. Only where a processor has no such numbers do float64 sums need the
further 1.5 eps of R.
``grad_beta`` is a plain sum of exact terms: no R, the same form with ``Sum |g|``.

``resolution`` is the one absolute allowance: a deviation is known to u64 = 2**-53 of the mean
for float32 data (a float64 mean) and u64**2 for float64 data (mean and mean_low), and to u64**2
of the largest product. It matters only in a channel that is constant, where x_norm, and with it
the relative allowance for grad_gamma, is exactly zero.

For other layers see ``generic``: the scale is the sum of the absolute contributions over all
paths of the layer's own definition (``contributions.py``), computed, not derived by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .contract import Array
from .oracles import Reference

GRAD_INPUT_EPS = 2.0
Y_EPS = 2.0
PARAMETER_VALUE_EPS = 2.0
PARAMETER_SUM_EPS = 0.5
# Of sqrt(Sum (g*x_norm)^2), for float64 on processors without 80-bit numbers; see above.
PARAMETER_ROOT_EPS = 0.0 if np.finfo(np.longdouble).nmant == 63 else 1.5
COMPILED_PARAMETER_VALUE_EPS = 1.0  # targets that form d and the products in float64

# A generic emitted kernel: the longest path of a normalization in the plan is the seven roundings
# counted above plus one for a function value (exp, tanh: NumPy promises about 2 ulp). Eight
# roundings of u are 4 eps of the absolute contributions, with no statistics to spend.
GENERIC_EPS = 4.0
# A parameter gradient sums products whose terms need not cancel in rounding: at most four
# roundings per term, 2 eps of the sum of absolute contributions, plus those of the value.
GENERIC_PARAMETER_VALUE_EPS = 2.0
GENERIC_PARAMETER_SUM_EPS = 2.0
# A mean is a sum of deviations from a number near it, divided by their count. Its partial sums err
# by 0.5 eps of the sum of absolute deviations, as above. Every deviation then has that error in
# common, one that is far smaller than the others too, and hands it on to the gradients of the
# parameters it is multiplied for; in a full-size result it is within what the largest one may err.
GENERIC_MEAN_EPS = 0.5
# Derivatives of derivatives: a path through the tangent of the output has at most twice the factors of a path through
# the layer (a factor of the layer, or its derivative, and a factor of the direction it belongs to), so it has at most
# twice the roundings, and the same bounds hold with twice the eps.
SECOND_ORDER = 2.0


@dataclass(frozen=True)
class Standard:
    """How many eps are allowed, of what: the full-size gradients and y of the largest sum of absolute contributions, a
    parameter's gradient of its value and of the sum of its contributions, a mean of the mean absolute deviation."""

    full: float = GENERIC_EPS
    y: float = GENERIC_EPS
    value: float = GENERIC_PARAMETER_VALUE_EPS
    total: float = GENERIC_PARAMETER_SUM_EPS
    mean: float = GENERIC_MEAN_EPS


GENERIC = Standard()


@dataclass(frozen=True)
class Allowed:
    """Absolute tolerances per channel, as (channels, 1) columns of float64."""

    y: Array
    grad_input: Array
    grad_gamma: Array
    grad_beta: Array


def largest(terms: Array) -> Array:
    return np.asarray(abs(terms).max(axis=1, keepdims=True))


def input_scale(reference: Reference, batch_statistics: bool = True) -> Array:
    """``max |gamma|*inv_std*(|g| + |mean g| + |x_norm*mean(g*x_norm)|)`` per channel."""
    g, count = reference.grad_output, reference.count
    size = abs(g)
    if batch_statistics:
        size = size + abs(reference.grad_beta / count)
        size = size + abs(reference.x_norm * (reference.grad_gamma / count))
    return _float64(largest(size) * abs(reference.gamma) * reference.inv_std)


def batch_norm(
    reference: Reference,
    dtype: Any,
    batch_statistics: bool = True,
    value_eps: float = PARAMETER_VALUE_EPS,
    sum_eps: float = PARAMETER_SUM_EPS,
    root_eps: float = PARAMETER_ROOT_EPS,
) -> Allowed:
    """The tolerances of the accuracy contract for one case; ``batch_statistics=False`` for inference, where
    the gradient has its first term only and the same error analysis gives fewer roundings."""
    eps = float(np.finfo(dtype).eps)
    sums_gamma = abs(reference.grad_output * reference.x_norm).sum(axis=1, keepdims=True)
    sums_beta = abs(reference.grad_output).sum(axis=1, keepdims=True)
    unit = 2.0**-53 if np.dtype(dtype) == np.float32 else 2.0**-106
    resolution = abs(reference.mean) * reference.inv_std * unit
    squares = (reference.grad_output * reference.x_norm) ** 2
    root = reference.numbers.root(squares.sum(axis=1, keepdims=True))
    parameters_gamma = value_eps * abs(reference.grad_gamma) + sum_eps * sums_gamma
    if np.dtype(dtype) == np.float64:
        parameters_gamma = parameters_gamma + root_eps * root
    parameters_beta = value_eps * abs(reference.grad_beta) + sum_eps * sums_beta
    forward = largest(abs(reference.gamma * reference.x_norm) + abs(reference.beta))
    return Allowed(
        y=_float64(Y_EPS * eps * forward + resolution * abs(reference.gamma)),
        grad_input=GRAD_INPUT_EPS * eps * input_scale(reference, batch_statistics),
        grad_gamma=_float64(eps * parameters_gamma + resolution * sums_beta),
        grad_beta=_float64(eps * parameters_beta),
    )


def _float64(values: Array) -> Array:
    return values.astype(np.float64)


def generic(largest: Array, dtype: Any, eps: float = GENERIC_EPS) -> Array:
    """For a result of the input's shape: so many eps of the largest sum of absolute contributions
    among the elements that share a reduction."""
    return np.asarray(eps * np.finfo(dtype).eps * largest)


def mean_error(deviations: Array, dtype: Any, standard: Standard = GENERIC) -> Array:
    """How far a mean may be off, as a share of the standard deviation: so many eps of the mean
    absolute deviation (given in that unit)."""
    return np.asarray(standard.mean * np.finfo(dtype).eps * deviations)


def generic_parameter(value: Array, contributions: Array, dtype: Any, standard: Standard = GENERIC) -> Array:
    """For a gradient that is itself a sum over the data: parameters."""
    size = standard.value * abs(value) + standard.total * contributions
    return np.asarray(np.finfo(dtype).eps * size)
