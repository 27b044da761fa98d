"""How far two right implementations may be apart, when the other one sums in the data's dtype.

A plain sum of N terms has N roundings of u: a standard deviation of at most sqrt(N)*u. For the
peer's mean that is relative to |x|, not to the deviation: x_norm is shifted by sqrt(N)*u*kappa with
``kappa = inv_std * max|x|``, which moves y by |gamma| times that, grad_gamma by ``Sum |g|`` times
that, and grad_input through both. Its other sums err by sqrt(N)*u of the scales of the accuracy contract. In
float64 all of this is below 1e-11: nothing that a wrong formula could hide behind.
"""

from __future__ import annotations

import numpy as np

from tests.support.arrays import to_channels
from tests.support.contract import Array
from tests.support.numeric import Trial
from tests.support.oracles import plain
from tests.support.tolerances import largest


def allowed(on: Trial) -> dict[str, Array]:
    exact, case = on.reference, on.case
    root = np.sqrt(case.count)
    kappa = plain(exact.inv_std) * largest(to_channels(case.x, case.axis).astype(np.longdouble))
    sums = plain(abs(exact.grad_output).sum(axis=1, keepdims=True))
    gain = plain(abs(exact.gamma) * exact.inv_std)
    shifted = {
        "y": plain(abs(exact.gamma)) * kappa,
        "grad_input": gain * kappa * (1 + plain(largest(exact.x_norm))) * sums / case.count,
        "grad_gamma": kappa * sums,
        "grad_beta": 0 * sums,
    }
    return {
        name: root * (getattr(on.allowed, name) + on.eps * shift) for name, shift in shifted.items()
    }


def agree(on: Trial, name: str, ours: Array | None, theirs: Array, what: str = "") -> None:
    """Both are arrays of the kernel's shape and dtype, and within the tolerance of each other."""
    assert ours is not None and ours.dtype == theirs.dtype and ours.shape == theirs.shape
    axis = on.case.axis
    one, two = (
        (to_channels(a, axis) if a.ndim > 1 else a.reshape(-1, 1)).astype(np.longdouble)
        for a in (ours, theirs)
    )
    limit = allowed(on)[name]
    worst = float((abs(one - two) / np.maximum(limit, 1e-300)).max())
    assert worst <= 1, f"{on.case.name}: {what}{name} differs by {worst:.3g} tolerances"
