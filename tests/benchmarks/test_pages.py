"""Tables, records and quotations: what is written is complete, and nothing is written where it does not belong."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO
from xml.dom import minidom

import pytest

from benchmarks.support import machine, pages
from benchmarks.support.pages import BenchmarkError, Record, Run

RUN = Run("python it.py", {"processor": "one"}, {"peer": "not installed"}, ({"a": 1, "b": 0.5}, {"a": 2, "b": 0.25}))


def page(run: Run) -> str:
    numbers = pages.table(["a", "b"], [[str(r["a"]), str(r["b"])] for r in run.records])
    return f"{pages.opening('It', run)}\n## In short\n\n{numbers}\n\n## The machine\n\n{pages.circumstances(run)}\n"


def key(record: Record) -> int:
    return int(record["a"])


def write(folder: Path, run: Run = RUN, *, part: bool = False, elsewhere: bool = False, quick: bool = False) -> str:
    pages.finish(folder, "it", run, page, Figure, key, part=part, quick=quick, elsewhere=elsewhere)
    return (folder / "it.md").read_text(encoding="utf-8")


@dataclass
class Figure:
    """Stands for a figure of matplotlib's."""

    run: Run

    def savefig(self, buffer: TextIO, **options: object) -> None:
        assert options["format"] == "svg" and options["metadata"] == {"Date": None, "Creator": None}
        buffer.write(f"<?xml version='1.0'?>\n<svg>{len(self.run.records)}</svg>\n")


def test_a_row_that_does_not_fit_is_refused() -> None:
    assert pages.table(["x", "y"], [["1", "2"]]) == "| x | y |\n| --- | ---: |\n| 1 | 2 |"
    with pytest.raises(ValueError, match="expected 2 cells, got 1"):
        pages.table(["x", "y"], [["1"]])


def test_records_are_the_same_after_writing_and_reading() -> None:
    assert pages.load(pages.save(RUN)) == RUN


@pytest.mark.parametrize("path", sorted(pages.DOCS.glob("*.svg")), ids=lambda path: path.name)
def test_pictures_are_what_a_browser_shows(path: Path) -> None:
    document = minidom.parse(str(path))
    assert document.documentElement is not None and document.documentElement.tagName == "svg"


def test_a_command_may_have_options_in_a_picture() -> None:
    pytest.importorskip("matplotlib")
    picture = pages.svg(Figure(RUN), "python it.py --write docs")
    assert minidom.parseString(picture).documentElement is not None


def test_a_run_is_written_with_its_records_and_its_picture(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    text = write(tmp_path)
    assert text == page(RUN)
    assert "- left out: peer (not installed)" in text and "- processor: one" in text
    assert pages.load((tmp_path / "it.json").read_text(encoding="utf-8")) == RUN
    assert "<svg>2</svg>" in (tmp_path / "it.svg").read_text(encoding="utf-8")
    again = replace(RUN, records=RUN.records[:1])
    assert write(tmp_path, again) == page(again), "a whole run replaces what lies there"


def test_a_part_takes_its_place_among_what_lies_there(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, replace(RUN, records=({"a": 2, "b": 7.0}, {"a": 3, "b": 8.0})), part=True)
    records = pages.load((tmp_path / "it.json").read_text(encoding="utf-8")).records
    assert [(r["a"], r["b"]) for r in records] == [(1, 0.5), (2, 7.0), (3, 8.0)]


def test_a_part_of_another_machine_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    before = write(tmp_path)
    with pytest.raises(BenchmarkError, match="processor: one became two"):
        write(tmp_path, replace(RUN, environment={"processor": "two"}), part=True)
    assert (tmp_path / "it.md").read_text(encoding="utf-8") == before


def test_what_was_measured_on_other_machines_stays_in_short(tmp_path: Path) -> None:
    """Once for each of them, and not of the machine whose page it is."""

    def known(run: Run, *, part: bool = False) -> list[tuple[str, str]]:
        write(tmp_path, run, part=part, elsewhere=True)
        found = pages.load((tmp_path / "it.json").read_text(encoding="utf-8"))
        assert replace(found, elsewhere=()) == run or part
        return [(other.environment["processor"], other.short) for other in found.elsewhere]

    on_two = replace(RUN, environment={"processor": "two"}, records=({"a": 5, "b": 6.0},))
    short = pages.quotation(page(RUN))
    assert known(RUN) == known(RUN) == []
    assert known(on_two) == known(replace(on_two, command="other")) == [("one", short)]
    assert known(replace(on_two, records=({"a": 7, "b": 8.0},)), part=True) == [("one", short)]
    both = pages.quotation((tmp_path / "it.md").read_text(encoding="utf-8"))
    assert "| 5 | 6.0 |" in both and "| 7 | 8.0 |" in both
    assert known(RUN) == [("two", both)]
    assert known(replace(RUN, environment={"processor": "three"})) == [("two", both), ("one", short)]
    write(tmp_path)
    assert pages.load((tmp_path / "it.json").read_text(encoding="utf-8")) == RUN, "a page that does not ask for them"


def test_quick_numbers_do_not_get_into_the_repository() -> None:
    before = sorted(pages.DOCS.iterdir())
    with pytest.raises(BenchmarkError, match="--quick"):
        write(pages.DOCS, quick=True)
    assert sorted(pages.DOCS.iterdir()) == before


def test_a_quotation_is_what_stands_in_short() -> None:
    text = pages.quotation(page(RUN))
    assert text.startswith("| a | b |") and text.endswith("| 2 | 0.25 |")
    readme = f"before\n<!-- quoted from docs/benchmarks/it.md -->\nold\n{pages.END}\nafter"
    quoted = pages.quoted(readme, "it", text)
    assert quoted == f"before\n<!-- quoted from docs/benchmarks/it.md -->\n\n{text}\n\n{pages.END}\nafter"
    assert pages.quoted(quoted, "it", text) == quoted
    with pytest.raises(BenchmarkError, match="no place"):
        pages.quoted(readme, "other", text)
    with pytest.raises(BenchmarkError, match="In short"):
        pages.quotation("# nothing")


def test_the_machine_is_described_without_names() -> None:
    words = machine.described()
    assert {"processor", "cores", "Python", "libraries", "BLAS of NumPy"} <= words.keys()
    assert all(words.values())
    assert not re.search(r"/home|/root|/usr|/work|\.so\b", str(words))


def test_more_threads_than_processors_are_refused() -> None:
    number = len(machine.available())
    assert machine.cores(number) == machine.available()
    assert len(set(machine.cores(1))) == 1
    with pytest.raises(ValueError, match=rf"threads: expected at most {number}.*got {number + 1}"):
        machine.cores(number + 1)
