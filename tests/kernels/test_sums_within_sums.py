"""A sum that stands alone and inside of another: both become scalars, in every kernel."""

from __future__ import annotations

import sympy as sp

from derive import Layer, average, axes, sqrt, tensor
from derive.kernels.plan import Scalar, Scalars
from derive.kernels.planner import plan
from derive.proofs.derivation import derive_layer
from derive.proofs.prove import prove_all
from derive.proofs.second_order import second_order

m, k = axes("m k")


def test_no_scalar_holds_a_sum() -> None:
    """Reductions over one axis and then over another: sums of sums, some of which are needed by themselves."""
    u = tensor("u", m, k)
    layer = Layer("twice_reduced", inputs=(u,))
    g = layer.define("g", u / sqrt(average(u**2, over=k) + 1))
    layer.output("y", g - average(g, over=m))
    proven = prove_all(derive_layer(layer))
    made = plan(proven.derivation, second_order(proven))
    for kernel in made.kernels:
        items = [item for stage in kernel.stages if isinstance(stage, Scalars) for item in stage.items]
        exprs = [item.expr for item in (*items, *kernel.final) if isinstance(item, Scalar)]
        assert not any(expr.has(sp.Sum) for expr in exprs), kernel.name
        assert all(len(given.classes) < 2 for given in kernel.givens), kernel.name
