"""The tables of theorems and of the catalogue, and their places in a hand-written page.

`python -m derive.readme README.md` brings the tables in a page up to date; each stands between two comments.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import sympy as sp

from derive.api import prove_layer
from derive.catalogue import builtin, names
from derive.errors import EmitError
from derive.formula import latex
from derive.interface import AxisArgument, Interface
from derive.kernels.targets import targets
from derive.language import Layer, name_of
from derive.pipeline import make
from derive.proofs.theorem import Claim, Theorem
from derive.report.model import KernelView
from derive.report.passes import kernel_view

# The kernels of a plan, by the titles of their columns; a plan need not have all of them.
KERNELS = {"forward": "forward", "backward": "backward", "jvp": "jvp", "double backward": "double_backward"}
MADE = "made by python -m derive.readme"
PLACE = re.compile(rf"(<!-- (theorems of (\w+)|catalogue): {MADE} -->).*?(<!-- end of table -->)", re.DOTALL)


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
    formula = latex.relation(claim.lhs, claim.rhs, "=" if claim.holds else "!=")
    return f"$`{formula}`$" + (f", given {', '.join(given)}" if given else "")


def _order(theorem: Theorem) -> str:
    if not isinstance(theorem.claim, Claim):
        return "counterexample"
    return "every order" if theorem.claim.order is None else f"order {theorem.claim.order}"


@dataclass(frozen=True)
class Row:
    """A layer in the table of the catalogue: what its kernels do, by the columns of the kernels that it has."""

    layer: str
    called: str
    kernels: dict[str, str]
    theorems: int
    targets: str


def catalogue_table() -> str:
    """Every layer: how it is called, what its kernels read and write per element, how much is proven, what it is for.

    A kernel that no layer has gets no column.
    """
    workers = min(os.cpu_count() or 1, len(names()))
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        rows = list(pool.map(_row, names()))
    kernels = [title for title in KERNELS if any(title in row.kernels for row in rows)]
    table = [("layer", "called with", *kernels, "theorems", "targets")]
    table.append(("---",) * len(table[0]))
    for row in rows:
        cells = (row.kernels.get(title, "none") for title in kernels)
        table.append((row.layer, row.called, *cells, str(row.theorems), row.targets))
    return "\n".join(f"| {' | '.join(cells)} |" if cells[0] != "---" else f"|{'|'.join(cells)}|" for cells in table)


def _row(name: str) -> Row:
    entry = builtin(name)
    product = make(entry)
    plan = product.emission.subjects[0].plan
    planned = ((title, getattr(plan, attribute, None)) for title, attribute in KERNELS.items())
    kernels = {title: _reads(kernel_view(plan, one, "", {})) for title, one in planned if one is not None}
    mains = (f"{target.name}/{name}{target.extension}" for target in targets())
    emitted = [f"[{path.partition('/')[0]}](generated/{path})" for path in mains if path in dict(product.files)]
    return Row(
        f"[{name}](generated/reports/{name}.md)",
        f"`{_arguments(entry.layer, entry.interface)}`",
        kernels,
        product.theorems,
        ", ".join(emitted),
    )


def _arguments(layer: Layer, interface: Interface) -> str:
    """The inputs, then the arguments by keyword; what may be left out in brackets."""
    given = [f"[{n}]" if n in interface.optional else n for n in map(name_of, (*layer.inputs, *layer.buffers))]
    keywords = [interface.split.argument] if interface.split is not None else []
    if interface.axis is not None:
        axis = interface.axis
        keywords.append(f"{axis.name}={axis.default if isinstance(axis, AxisArgument) else None}")
    return ", ".join(given) + ("; " + ", ".join(keywords) if keywords else "")


def _reads(kernel: KernelView) -> str:
    passes = "pass" if len(kernel.passes) == 1 else "passes"
    return f"{len(kernel.passes)} {passes}, {kernel.reads} reads"


def with_table(page: str) -> str:
    """The page with its tables brought up to date; EmitError when it has no place for one."""
    if not PLACE.search(page):
        raise EmitError(
            f"the page has no place for a table: it needs a line '<!-- theorems of LAYER: {MADE} -->' or "
            f"'<!-- catalogue: {MADE} -->' and after it a line '<!-- end of table -->'"
        )

    def filled(found: re.Match[str]) -> str:
        table = theorem_table(found[3]) if found[3] else catalogue_table()
        return f"{found[1]}\n\n{table}\n\n{found[4]}"

    return PLACE.sub(filled, page)


def main() -> None:
    """Bring the tables in the page that is named on the command line up to date."""
    path = Path(sys.argv[1])
    path.write_text(with_table(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
