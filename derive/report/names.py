"""What the names that formulas use beside the layer's own stand for."""

from __future__ import annotations

import sympy as sp

from derive.calculus.basis import Basis
from derive.language import name_of
from derive.proofs.second_order import TANGENT


def meaning(symbol: sp.Expr, basis: Basis) -> str:
    """What an atom of the basis is, in words."""
    for centre in basis.centres:
        if centre.deviation == symbol:
            return f"the deviation of {name_of(centre.tensor)} from {name_of(centre.mean)}, kept whole"
    if symbol in basis.tails:
        received = name_of(symbol) in [f"{TANGENT}{e.name}" for e in basis.graph.equations]
        return f"what the elementwise tail {'receives' if received else 'sends back'}, kept whole"
    for root in basis.roots:
        if root.symbol == symbol:
            return "a root that occurs again and again, so it has a name"
    return "a function that occurs again and again, so it has a name"
