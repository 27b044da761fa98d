"""The pages that numbers are written to: Markdown tables, the README's quotations, and the records behind them.

A benchmark writes its records as JSON beside the page that it makes of them, so that a page can be made again, and a
part of a run can take the place of the same part of an earlier one.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from derive.errors import BackproofError
from derive.files import MARK, write_all
from derive.report.formats import comment

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "benchmarks"
END = "<!-- end of quotation -->"
OTHERS = """\
## Other machines

What this page said in short when it was made on other machines, with the kernels of that time.
"""

Record = dict[str, Any]


class BenchmarkError(BackproofError):
    """Numbers that must not be written where they were to go, or a page without a place for them."""


@dataclass(frozen=True)
class Elsewhere:
    """What a page said in short when it was made on another machine, and what that depended on."""

    environment: dict[str, str]
    short: str

    @property
    def machine(self) -> tuple[str | None, ...]:
        """What tells machines apart."""
        return tuple(map(self.environment.get, MACHINE))


@dataclass(frozen=True)
class Run:
    """One run, or several on the same machine: what it depends on, what could not be run, and what was measured.

    Of other machines it has what their runs said in short.
    """

    command: str
    environment: dict[str, str]
    left_out: dict[str, str]
    records: tuple[Record, ...]
    elsewhere: tuple[Elsewhere, ...] = ()


MACHINE = ("processor", "cores", "caches")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table: the first column to the left, numbers to the right; ValueError when a row does not fit."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)]]
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"row: expected {len(header)} cells, got {len(row)}: {list(row)}")
        lines.append(row)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def opening(title: str, run: Run) -> str:
    """The first lines of a page: that it is generated, and by which command."""
    return f"<!-- {MARK.capitalize()}: {run.command} -->\n# {title}\n"


def circumstances(run: Run) -> str:
    """The machine, the versions and what is left out, as a list."""
    lines = [f"- {name}: {value}" for name, value in run.environment.items()]
    lines += [f"- left out: {name} ({reason})" for name, reason in run.left_out.items()]
    return "\n".join(lines)


def others(run: Run) -> list[str]:
    """The parts of a page about other machines: what it said in short there; none where it was made on no other."""
    parts = []
    for other in run.elsewhere:
        words = [f"- {name}: {other.environment[name]}" for name in (*MACHINE, "libraries")]
        parts.append("\n".join([f"### {other.environment['processor']}", "", other.short, "", *words, ""]))
    return [OTHERS, *parts] if parts else []


def save(run: Run) -> str:
    """The run as JSON, one record a line."""
    head: dict[str, Any] = {"about": f"{MARK.capitalize()}: {run.command}"}
    head |= {"environment": run.environment, "left_out": run.left_out}
    if run.elsewhere:
        head["elsewhere"] = [asdict(other) for other in run.elsewhere]
    lines = ",\n".join(json.dumps(record) for record in run.records)
    return json.dumps(head, indent=1)[:-2] + f',\n "records": [\n{lines}\n]\n}}\n'


def load(text: str) -> Run:
    """The inverse of `save`."""
    whole = json.loads(text)
    command = whole["about"].partition(": ")[2]
    elsewhere = tuple(Elsewhere(**other) for other in whole.get("elsewhere", ()))
    return Run(command, whole["environment"], whole["left_out"], tuple(whole["records"]), elsewhere)


def merged(earlier: Run, later: Run, key: Callable[[Record], object]) -> Run:
    """The later run's records in place of those of the earlier one with the same keys; what it lacks stays.

    Raises:
        BenchmarkError: the machine, a version or a setting differs, so that the numbers do not belong on one page.
    """
    names = sorted(
        name
        for name in earlier.environment | later.environment
        if earlier.environment.get(name) != later.environment.get(name)
    )
    if names:
        changes = "; ".join(f"{n}: {earlier.environment.get(n)} became {later.environment.get(n)}" for n in names)
        raise BenchmarkError(f"a part of a run can only be added to a run on the same machine, but {changes}")
    anew = {key(record) for record in later.records}
    kept = [record for record in earlier.records if key(record) not in anew]
    return replace(later, records=(*kept, *later.records), elsewhere=earlier.elsewhere)


def after(earlier: Run, short: str, later: Run) -> Run:
    """The later run with what is known of other machines; the earlier run, of that short text, may be of one."""
    known = {other.machine: other for other in (*earlier.elsewhere, Elsewhere(earlier.environment, short))}
    known.pop(Elsewhere(later.environment, "").machine, None)
    return replace(later, elsewhere=tuple(known.values()))


def quoted(page: str, name: str, text: str) -> str:
    """A page with the text between its two comments for that name; BenchmarkError when it has no such place."""
    start = f"<!-- quoted from docs/benchmarks/{name}.md -->"
    place = re.compile(rf"({re.escape(start)}).*?({re.escape(END)})", re.DOTALL)
    if not place.search(page):
        raise BenchmarkError(f"the page has no place for a quotation: it needs a line '{start}' and after it '{END}'")
    return place.sub(lambda found: f"{found[1]}\n\n{text}\n\n{found[2]}", page)


def quotation(page: str) -> str:
    """The part of a benchmark's page that the README quotes: what stands under its heading `In short`."""
    found = re.search(r"^## In short\n\n(.*?)\n\n(?=## )", page, re.DOTALL | re.MULTILINE)
    if found is None:
        raise BenchmarkError("the page has no section 'In short' to quote")
    return found[1]


def finish(
    folder: Path | None,
    name: str,
    run: Run,
    page: Callable[[Run], str],
    figure: Callable[[Run], Any] | None,
    key: Callable[[Record], object],
    *,
    part: bool,
    quick: bool,
    elsewhere: bool = False,
) -> None:
    """Print the page of a run, or write it with its records and its picture, all or none.

    `part` says that the run takes the place of a part of the one that lies in the folder, by the keys of its records,
    `elsewhere` that what a page of another machine says in short, which lies there, is kept.
    In the repository's own folder the README's quotation is written too. A page without a picture is not quoted.

    Raises:
        BenchmarkError: a quick run for the repository's own folder, or a part that does not fit what lies there.
    """
    if folder is None:
        print(page(run))
        return
    own = folder.resolve() == DOCS
    if own and quick:
        raise BenchmarkError(f"--quick: its numbers mean nothing and must not be written to {DOCS.relative_to(ROOT)}")
    records = folder / f"{name}.json"
    if part and records.is_file():
        run = merged(load(records.read_text(encoding="utf-8")), run, key)
    elif elsewhere and records.is_file() and (earlier := folder / f"{name}.md").is_file():
        short = quotation(earlier.read_text(encoding="utf-8"))
        run = after(load(records.read_text(encoding="utf-8")), short, run)
    text = page(run)
    files = {f"{name}.md": text, f"{name}.json": save(run)}
    if figure is None:
        write_all(folder, files)
        return
    if importlib.util.find_spec("matplotlib") is None:
        print("matplotlib is not installed: the picture is left as it is", file=sys.stderr)
    else:
        files[f"{name}.svg"] = svg(figure(run), run.command)
    readme = ROOT / "README.md"
    quotation_in_place = quoted(readme.read_text(encoding="utf-8"), name, quotation(text)) if own else None
    write_all(folder, files)
    if quotation_in_place is not None:
        readme.write_text(quotation_in_place, encoding="utf-8")


def svg(figure: Any, command: str) -> str:
    """A matplotlib figure as text: the same numbers make the same bytes, with no date in them."""
    matplotlib: Any = importlib.import_module("matplotlib")
    with matplotlib.rc_context({"svg.hashsalt": "backproof", "svg.fonttype": "path"}):
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None}, facecolor="white")
    head, _, rest = buffer.getvalue().partition("\n")
    return f"{head}\n<!-- {comment(f'{MARK.capitalize()}: {command}')} -->\n{rest}"


def grouped(records: Iterable[Record], *names: str) -> Mapping[tuple[Any, ...], list[Record]]:
    """The records by the values of some of their fields, lists as tuples, in the order in which these appear."""
    found: dict[tuple[Any, ...], list[Record]] = {}
    for record in records:
        values = (record[name] for name in names)
        found.setdefault(tuple(tuple(v) if isinstance(v, list) else v for v in values), []).append(record)
    return found
