"""A sum that stands alone and inside of another: both become scalars, in every kernel."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import Layer, average, axes, sqrt, tensor
from derive.kernels.plan import Scalar, Scalars
from derive.kernels.planner import plan
from derive.proofs import second_order as module
from derive.proofs.derivation import derive_layer
from derive.proofs.prove import Proven
from derive.proofs.theorem import Check

m, k = axes("m k")


def test_no_scalar_holds_a_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reductions over one axis and then over another: sums of sums, some of which are needed by themselves."""
    u, v = tensor("u", m, k), tensor("v", m, k)
    layer = Layer("twice_reduced", inputs=(u, v))
    g = layer.define("g", u * v / sqrt(average(u**2, over=k) + 1))
    h = layer.define("h", g - average(g, over=m))
    layer.output("y", h / sqrt(average(h**2, over=m) + 1))
    none = Check("not of interest here", "")
    # What is planned is looked at, not proven: that takes long, and tests/user_layers does it.
    monkeypatch.setattr(module, "_proven", lambda *given: ())
    monkeypatch.setattr(module, "check_second_derivatives", lambda *given, **more: none)
    first = derive_layer(layer)
    made = plan(first, module.second_order(Proven(first, none, (), ())))
    for kernel in made.kernels:
        items = [item for stage in kernel.stages if isinstance(stage, Scalars) for item in stage.items]
        exprs = [item.expr for item in (*items, *kernel.final) if isinstance(item, Scalar)]
        assert not any(expr.has(sp.Sum) for expr in exprs), kernel.name
        assert all(len(given.classes) < 2 for given in kernel.givens), kernel.name
