"""The table of theorems, and its place in a hand-written page.

`python -m derive.readme README.md` brings the table in a page up to date; it stands between two comments.
"""

from __future__ import annotations

import sys
from pathlib import Path

import sympy as sp

from derive.api import prove_layer
from derive.catalogue import names
from derive.errors import EmitError
from derive.formula import latex
from derive.proofs.theorem import Claim, Theorem

BEGIN, END = "<!-- theorems: made by python -m derive.readme -->", "<!-- end of theorems -->"


def theorem_table(layer: str) -> str:
    """The theorems of a layer as a Markdown table: name, statement, what is given, valid order."""
    rows = [f"| {layer} | says | valid for |", "|---|---|---|"]
    rows += [
        f"| {theorem.name} | {_statement(theorem)} | {_order(theorem)} |" for theorem in prove_layer(layer).theorems
    ]
    return "\n".join(rows)


def _statement(theorem: Theorem) -> str:
    claim = theorem.claim
    if not isinstance(claim, Claim):
        assert theorem.evidence is not None
        values = (", ".join(v) for v in (theorem.evidence.true_value, theorem.evidence.changed_value))
        return f"{claim.remark} At exact data: ({next(values)}) becomes ({next(values)})."
    given = [latex.relation(a, b) for a, b in claim.given]
    given += [latex.relation(total, sp.S.Zero) for total in claim.assuming] + [latex(c) for c in claim.conditions]
    given = [f"$`{formula}`$" for formula in given]  # Markdown's own escapes do not reach into this form
    return f"$`{latex.relation(claim.lhs, claim.rhs)}`$" + (f", given {', '.join(given)}" if given else "")


def _order(theorem: Theorem) -> str:
    if not isinstance(theorem.claim, Claim):
        return "counterexample"
    return "every order" if theorem.claim.order is None else f"order {theorem.claim.order}"


def with_table(page: str) -> str:
    """The page with its table of theorems brought up to date; EmitError when it has no place for one."""
    if BEGIN not in page or END not in page:
        raise EmitError(f"the page has no place for the theorems: it needs a line {BEGIN!r} and a line {END!r}")
    before, rest = page.split(BEGIN, 1)
    tables = "\n\n".join(theorem_table(name) for name in names())
    return f"{before}{BEGIN}\n\n{tables}\n\n{END}{rest.split(END, 1)[1]}"


def main() -> None:
    """Bring the table in the page that is named on the command line up to date."""
    path = Path(sys.argv[1])
    path.write_text(with_table(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
