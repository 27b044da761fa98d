"""What the template of `update_running` is filled with."""

from __future__ import annotations

import sympy as sp

from derive.formula import Notation, text
from derive.interface import Interface
from derive.kernels.plan import Plan

_code = Notation(latex=False, prefix="np.")


def update_context(interface: Interface, plan: Plan) -> list[dict[str, str]]:
    """What the template of update_running needs."""
    saved = {r.name for r in plan.saved}
    rows = []
    for update in interface.updates:
        of = sorted(str(s) for s in update.value.free_symbols if str(s) in saved)[0]
        names = {sp.Symbol(n): sp.Symbol(f"saved.{n}") for n in (*saved, "count")}
        old = {sp.Symbol(update.name): sp.Symbol(f"{update.name}.astype(np.float64)")}
        row = {
            "name": update.name,
            "of": of,
            "formula": text(update.value),
            "code": _code(update.value.xreplace({**names, **old})),
            "unbiased_formula": "",
            "unbiased_code": "",
        }
        if update.unbiased is not None:
            row |= {
                "unbiased_formula": text(update.unbiased),
                "unbiased_code": _code(update.unbiased.xreplace({**names, **old})),
            }
        rows.append(row)
    return rows
