"""How exact the emitted PyTorch and JAX modules are, in eps of the dtype that they compute in, and
why.

They differ from the NumPy modules in one respect: statistics, sums and coefficients have the dtype
of the elementwise arithmetic (float32 for float32 and half precision, float64 for float64). Write u
= eps/2, and s for the error of a sum relative to the sum of the absolute values of its terms.

**Sums.** Both frameworks sum in blocks: PyTorch's CPU kernel in a cascade of accumulators with at
most some 64 terms each, XLA's by a tree of windows of 32. A block of 64 equal terms has roundings
of 0.42u of its partial sums, which add up to a standard deviation of 0.42u*sqrt(64/3) = 2u; the
blocks below the last one are averaged out. Four of those: s = 8u = 4 eps.

**The mean.** It is a pivot, which is a number and not an approximation of one, and the mean of the
deviations from it. Those have absolute values near the deviations' own, so the mean is off by s of
the mean absolute deviation: ``mean`` = 4 eps. Its size does not matter, unlike with a mean that is
rounded to float32. The two numbers that hold it lose u*u.

**Coefficients.** var is a mean of squares, off by s + 3u (d, the square, the division); eps is
added (u); the root halves that and adds u, the division 1u: inv_std is off by s/2 + 4u. ``slope =
-inv_std**2*Sum(g*d)/N``: twice that, s + 1u for the sum and its terms, 4u for the operations: 2s +
13u. ``shift``: s + 2u. ``scale = gamma*inv_std``: s/2 + 5u.

**Elements.** ``((g + shift) + d*slope)*scale``: two roundings in d*slope beside those of slope, two
additions, one product: at most 2s + s/2 + (13 + 2 + 2 + 1 + 5)u = 43u, where everything has one
sign and the element is the largest. As in tests/support/tolerances.py the roundings are
independent, and the sums' share is an outlier already; ``full`` = 20 eps = 40u leaves that room.
``y = d*slope + shift``: s/2 + 5u for the slope, 3u more: 12u; a function of it (exp, sigmoid: 2
ulp) and its normalization s + 4u: ``y`` = 8 eps = 16u, for layers with functions as well.

**Parameters.** A sum of products: s of the contributions, three roundings in each of them (3u as in
the analysis of the float64 kernels, 1.5 eps), and inv_std: ``total`` = 6 eps, ``value`` = 6 eps =
s/2 + 4u + 2u, rounded up.

A float32 mean of data like 1e4 + 0.1*randn costs 300 to 1000 eps, a wrong term 1e5.

**Half precision.** The inputs are numbers of that precision, the exact results are those of these
numbers. The result is rounded once: half a unit, eps/2 of its own size (or half the smallest
subnormal number), beside what float32 allows.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol

import numpy as np

from tests.support import layers
from tests.support.catalogue import MEMBERS, SHARED, Member
from tests.support.contract import Array
from tests.support.layers import Expected, Reference
from tests.support.tolerances import Standard

WHOLE = Standard(full=20.0, y=8.0, value=6.0, total=6.0, mean=4.0)
# eps and the smallest subnormal number of the half-precision dtypes.
HALVES = {"bfloat16": (2.0**-7, 2.0**-133), "float16": (2.0**-10, 2.0**-24)}

BATCH_NORM = Member("batch_norm", lambda sizes: layers.BATCH_NORM, SHARED, lambda sizes: {}, shifts=True)
LAYERS = (BATCH_NORM, *MEMBERS)


class Module(Protocol):
    """An emitted module, called with NumPy arrays."""

    def run(self, inputs: Mapping[str, Array], g: Array, settings: Mapping[str, Any]) -> tuple[Array, dict[str, Array]]:
        """y and the gradients by the names of the inputs, in float64 if the dtype is a half one."""
        ...


def layer(name: str) -> Member:
    return next(m for m in LAYERS if m.name == name)


@cache
def case(name: str, sizes: tuple[int, ...], dtype: str, data: str = "") -> tuple[Reference, dict[str, Array], Array]:
    """A reference, inputs and a cotangent; `data` is far, tiny, huge, or a half precision that they are rounded to."""
    who = layer(name)
    reference = who.reference(who.sized(sizes))
    inputs = layers.draw_inputs(reference, who.sized(sizes), np.dtype(dtype))
    g = (np.random.default_rng(7).standard_normal(sizes) + 0.3).astype(dtype)
    x = inputs[reference.first]
    if data == "far":
        x = 1e4 + 0.1 * np.random.default_rng(5).standard_normal(sizes)
    elif data in ("tiny", "huge"):
        x = x * {"tiny": 1e-12, "huge": 1e12}[data]
    inputs[reference.first] = x.astype(dtype)
    if data in HALVES:
        inputs = {key: rounded(value, data) for key, value in inputs.items()}
        g = rounded(g, data)
    return reference, inputs, g


def rounded(values: Array, half: str) -> Array:
    """Float32 numbers as the nearest of a half precision."""
    if half == "float16":
        return values.astype(np.float16).astype(np.float32)
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32).astype(np.uint64)
    kept = (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000
    return kept.astype(np.uint32).view(np.float32).reshape(values.shape)


@cache
def expected(name: str, sizes: tuple[int, ...], dtype: str, data: str = "") -> Expected:
    reference, inputs, g = case(name, sizes, dtype, data)
    return layers.expect(reference, inputs, reference.constants, g, WHOLE)


def validate(module: Module, name: str, sizes: tuple[int, ...], dtype: str, data: str = "") -> None:
    """y and all gradients of one module on one case, within the standard."""
    who = layer(name)
    reference, inputs, g = case(name, sizes, dtype, data)
    exact = expected(name, sizes, dtype, data)
    settings = {**who.arguments(who.sized(sizes)), **reference.constants}
    y, gradients = module.run(inputs, g, settings)
    assert gradients.keys() == exact.gradients.keys()
    what = f"{name}[{dtype}{', ' + data if data else ''}] {sizes}"
    near(f"{what}: y", y, exact.y, exact.allowed_y, dtype, data)
    for key, value in gradients.items():
        near(f"{what}: grad_{key}", value, exact.gradients[key], exact.allowed[key], dtype, data)


def near(what: str, actual: Array, exact: Array, allowed: Array, dtype: str, data: str) -> None:
    if data in HALVES:
        eps, least = HALVES[data]
        allowed = allowed + np.maximum(eps / 2 * (abs(exact) + allowed), least / 2)
        actual = actual.astype(dtype)
    layers.assert_close(what, actual, exact, allowed, np.dtype(dtype))
