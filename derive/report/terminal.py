"""The report in a terminal: the essence, or every step, as lines with a style each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from derive.formula import Notation, unicode
from derive.formula import text as ascii_text
from derive.report.model import Code, Formula, Part, Prose, Report, TheoremView


@dataclass(frozen=True)
class Line:
    """One line: how far it is indented, what it says, how it looks on a terminal, a mark that stands before it."""

    text: str
    style: str = ""
    indent: int = 0
    mark: str = ""


def lines(report: Report, *, steps: bool, notation: Notation = unicode) -> Iterator[Line]:
    """The report line by line; with the steps of every proof if asked for."""
    for part in report.parts:
        title = f"{report.name}: {part.title.lower()}" if len(report.parts) > 1 else report.name
        yield Line(title, "bold underline")
        yield from _forward(part, notation)
        yield from _domain(part, steps, notation)
        yield from _gradient(part, steps, notation)
        yield from _theorems(part, steps, notation)
        yield from _blind(part, notation)
        yield Line("")


def _forward(part: Part, notation: Notation) -> Iterator[Line]:
    yield Line("")
    yield Line("Forward", "bold")
    for formula in part.forward:
        yield Line(formula.show(notation), indent=2)
    for formula, meaning in part.names:
        yield Line(f"{formula.show(notation)}   ({meaning})", "dim", 2)


def _domain(part: Part, steps: bool, notation: Notation) -> Iterator[Line]:
    yield Line("")
    yield Line("Where it is defined", "bold")
    if not part.domain:
        yield Line("for all values", "dim", 2)
    for sentence, proof in part.domain:
        yield Line(plain(sentence, notation), "green" if proof else "yellow", 2, "✓ " if proof else "")
        for step in proof if steps else ():
            yield Line(plain(step, notation), "dim", 6)


def _gradient(part: Part, steps: bool, notation: Notation) -> Iterator[Line]:
    yield Line("")
    yield Line("Gradient", "bold")
    for formula in part.closed:
        yield Line(formula.show(notation), "cyan", 2)
    yield Line(f"{part.gradient_check.how} ({part.gradient_check.at})", "green", 2, "✓ ")
    for adjoint in part.adjoints:
        for share in adjoint.shares:
            shown = f"{share.via} → {share.of}: {share.symbol.show(notation)} = {share.formula.show(notation)}"
            if share.vanishes:
                words = "" if share.order is None else f" for derivatives of order {share.order}"
                yield Line(f"{shown}   vanishes{words}: {share.vanishes}", "red", 2, "✗ ")
            elif steps:
                yield Line(shown, "", 4)


def _theorems(part: Part, steps: bool, notation: Notation) -> Iterator[Line]:
    yield Line("")
    yield Line("Theorems", "bold")
    for theorem in part.theorems:
        yield Line(f"{theorem.name} [{theorem.valid}]", "yellow" if theorem.counterexample else "green", 2, "✓ ")
        yield from _statement(theorem, notation)
        if steps:
            yield from _steps(theorem, notation)


def _statement(theorem: TheoremView, notation: Notation) -> Iterator[Line]:
    if theorem.statement is not None:
        yield Line(theorem.statement.show(notation), "", 6)
        if theorem.given:
            yield Line("given " + " and ".join(h.show(notation) for h in theorem.given), "dim", 6)
    example = theorem.counterexample
    if example is not None:
        data = ", ".join(f"{name} = ({values})" for name, values in example.data)
        yield Line(f"{plain(example.change, notation)}; at {example.sizes}, {data}", "dim", 6)
        yield Line(f"true {example.derivative}: ({', '.join(example.true_value)})", "green", 6)
        yield Line(f"in the changed layer: ({', '.join(example.changed_value)})", "red", 6)


def _steps(theorem: TheoremView, notation: Notation) -> Iterator[Line]:
    if theorem.remark:
        yield Line(theorem.remark, "dim", 6)
    for name in theorem.names:
        yield Line(f"with {name.show(notation)}", "dim", 6)
    for side in theorem.sides:
        yield Line(f"{side.name}: {side.start.show(notation)}", "", 6)
        for rule, after in side.steps:
            yield Line(f"= {after.show(notation)}   [{rule}]", "", 8)
    for check in theorem.checks:
        yield Line(f"{check.how} ({check.at})", "dim", 6, "✓ ")


def _blind(part: Part, notation: Notation) -> Iterator[Line]:
    yield Line("")
    yield Line("Where a check is blind", "bold")
    for theorem in part.blind:
        assert theorem.statement is not None
        given = " and ".join(h.show(notation) for h in theorem.given)
        yield Line(f"with {given}: {theorem.statement.show(notation)}", "magenta", 2)
        if theorem.remark:
            yield Line(theorem.remark, "dim", 4)
    if not part.blind:
        yield Line("nothing was claimed about it; check with a varied cotangent", "dim", 2)
    if part.blind_spots is not None:
        for setting in part.blind_spots.settings:
            counts = ", ".join(f"{row.name} {row.kills}" for row in setting.rows)
            numbers = "; ".join(f"{name} {value}" for name, value in setting.facts)
            yield Line(f"{setting.title} kills, of {len(part.blind_spots.mistakes)} mistakes: {counts}", "", 2)
            yield Line(numbers, "dim", 4)


def plain(parts: Prose, notation: Notation = unicode) -> str:
    """Prose as text."""
    return "".join(p.show(notation) if isinstance(p, Formula) else p.text if isinstance(p, Code) else p for p in parts)


def print_report(report: Report, console: Console, *, steps: bool = False) -> None:
    """Print to a terminal with colours and hanging indents, elsewhere as plain lines of any length."""
    greek = _can_write(console, "Σ→✓")
    for line in lines(report, steps=steps, notation=unicode if greek else ascii_text):
        if not console.is_terminal or not greek:
            whole = f"{' ' * line.indent}{line.mark}{line.text}".rstrip()
            console.file.write((whole if greek else _plain_ascii(whole)) + "\n")
            continue
        hang = line.indent + len(line.mark) + 2
        text = Text(f"{line.mark}{line.text}", style=line.style)
        wrapped = text.wrap(console, max(20, console.width - hang))
        for number, row in enumerate(wrapped):
            console.print(Padding(row, (0, 0, 0, line.indent if number == 0 else hang)), soft_wrap=True)


def _can_write(console: Console, characters: str) -> bool:
    """Whether the output's encoding has the characters."""
    try:
        characters.encode(console.encoding)
    except UnicodeEncodeError:
        return False
    return True


def _plain_ascii(row: str) -> str:
    """A line without the few signs beside the formulas that ASCII lacks."""
    for sign, plain_sign in (("→", "->"), ("✓", "*"), ("✗", "x")):
        row = row.replace(sign, plain_sign)
    return row.encode("ascii", "replace").decode()
