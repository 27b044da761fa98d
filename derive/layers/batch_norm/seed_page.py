"""The page about the failing check, written from `seed_page.md.j2` and the numbers of `seed_case`.

`python -m derive.layers.batch_norm.seed_page docs/seed-case.md` brings it up to date.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import sympy as sp

from derive.api import prove_layer
from derive.formula import latex
from derive.kernels.render import environment
from derive.layers.batch_norm import differences as fd
from derive.layers.batch_norm import seed_case as case
from derive.layers.batch_norm.forward import gamma, x_norm
from derive.proofs.prove import Proven
from derive.proofs.theorem import Claim, Misuse, Theorem

TEMPLATE = Path(__file__).with_name("seed_page.md.j2")
ELEMENT = 0  # the element that the failing check printed


def seed_page(proven: Proven) -> str:
    """The page as Markdown."""
    env = environment().overlay()
    env.filters.update(digits=digits, minus=_minus, inline=_inline, display=_display)
    return env.from_string(TEMPLATE.read_text(encoding="utf-8")).render(**_facts(proven))


def digits(value: float, count: int = 2) -> str:
    """A number with so many significant digits, without the zero in `1e-05`."""
    return f"{value:.{count}g}".replace("e-0", "e-").replace("e+0", "e")


def _minus(value: object) -> str:
    return str(value).replace("-", "−")


def _inline(formula: str) -> str:
    return f"$`{formula}`$"


def _display(formula: str) -> str:
    return f"```math\n{formula}\n```"


def _facts(proven: Proven) -> dict[str, Any]:
    theorems = {theorem.name: theorem for theorem in proven.theorems}

    def claim(name: str) -> Claim:
        found = theorems[name].claim
        assert isinstance(found, Claim)
        return found

    derivation = proven.derivation
    truth = fd.truth(derivation, fd.ONES).gradient
    numerical = fd.numerical(fd.ONES, fd.STEP, np.float32)
    rows = case.jacobian(derivation)
    spacing = float(np.spacing(fd.three_terms()[ELEMENT][0]))
    return {
        "fd": fd,
        "case": case,
        "element": ELEMENT,
        "spacing": fd.spacing(np.float32),
        "truth": truth,
        "analytical": fd.analytical(),
        "uncontracted": fd.analytical(fused=False),
        "terms": [str(term) for term in fd.three_terms()[ELEMENT]],
        "term_spacing": spacing,
        "term_exponent": math.frexp(spacing)[1] - 1,
        "numerical": numerical,
        "ratio": numerical[ELEMENT] / fd.analytical()[ELEMENT],
        "tolerance": fd.ATOL + fd.RTOL * abs(numerical[ELEMENT]),
        "turned_down": sum(not fd.passes(a, n) for a, n in zip(truth, numerical, strict=True)),
        "roundings": case.roundings(rows, ELEMENT),
        "grid": {name: case.grid(real) for name, real in case.PRECISIONS.items()},
        "all_float32": fd.numerical(fd.ONES, fd.STEP, np.float32, np.float32),
        "by_step": [(step, fd.numerical(fd.ONES, step, np.float32)) for step in (1e-5, 1e-4, 1e-3, 1e-2)],
        "squares": _squares(proven, claim),
        "luck": list(case.luck(rows)),
        "verdicts": case.verdicts(derivation),
        "statement": {name: _statement(t) for name, t in theorems.items() if isinstance(t.claim, Claim)},
        "given": {
            name: " and ".join(_inline(latex.relation(a, b)) for a, b in t.claim.given)
            for name, t in theorems.items()
            if isinstance(t.claim, Claim)
        },
        "misuse": {name: t for name, t in theorems.items() if isinstance(t.claim, Misuse)},
    }


def _statement(theorem: Theorem) -> str:
    claim = theorem.claim
    assert isinstance(claim, Claim)
    return latex.relation(claim.lhs, claim.rhs)


def _squares(proven: Proven, claim: Callable[[str], Claim]) -> dict[str, Any]:
    """The loss that adds up the squares: how small its gradient is, and what float32 makes of it."""
    derivation, nearly = proven.derivation, claim("nearly blind to the output itself")
    others = claim("spectrum of the input Jacobian").rhs
    shrink = case.suppression(nearly.rhs, others, x_norm, derivation.backward.grad_output)
    true = case.evaluated(derivation, 2 * gamma * nearly.rhs)
    found = case.squares(fd.STEP, np.float32)
    return {
        "shrink": latex(shrink),
        "shrink_values": case.evaluated(derivation, shrink),
        "true": true,
        "largest": max(map(abs, true)),
        "unsuppressed": max(map(abs, case.evaluated(derivation, 2 * gamma * others.subs(_seed(derivation), x_norm)))),
        "errors": case.rms([a - b for a, b in zip(found, true, strict=True)]),
        "found": found,
        "passes": {
            name: sum(fd.passes(factor * a, n) for a, n in zip(true, found, strict=True))
            for name, factor in (("right", 1), ("zero", 0), ("negated", -1))
        },
        "float64": sum(fd.passes(a, n) for a, n in zip(true, case.squares(fd.STEP, np.float64), strict=True)),
    }


def _seed(derivation: Any) -> sp.Expr:
    seed: sp.Expr = derivation.backward.grad_output
    return seed


def main() -> None:
    """Write the page to the path that is named on the command line."""
    Path(sys.argv[1]).write_text(seed_page(prove_layer("batch_norm")), encoding="utf-8")


if __name__ == "__main__":
    main()
