"""The console scripts; `derivation-report` and `audit-kernel` have modules of their own.

What needs SymPy is imported where it is used: a run that finds everything unchanged takes less time than that import.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from derive.cache import PACKAGE, Cache, Made, check_apart, imported_files, made_of, split
from derive.cli_support import errors, fail, print_table, progress_bar
from derive.files import differences, output_folder, stale, write_all
from derive.kernels.targets import check_names, folders
from derive.layers import names

if TYPE_CHECKING:
    from derive.audit_cli import audit_kernel
    from derive.report_cli import derivation_report

_ELSEWHERE = {"audit_kernel": "derive.audit_cli", "derivation_report": "derive.report_cli"}
__all__ = ["audit_kernel", "derivation_report", "regenerate_kernels"]


def __getattr__(name: str) -> Any:
    """The other scripts, imported when one of them is run."""
    if name not in _ELSEWHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_ELSEWHERE[name]), name)


@dataclass
class Work:
    """What a run has to do and what it has done.

    Args:
        made: what is told of each layer, and of the files that belong to none, by what was asked for.
        times: how long each layer took, in words, by its name.
        texts: the files that were made anew, by path.
    """

    made: dict[str, tuple[Made, ...]]
    times: dict[str, str]
    texts: dict[str, str]

    @property
    def everything(self) -> list[Made]:
        """All layers, each once, and the files that belong to none, in the order in which they were asked for."""
        return list({one.name: one for found in self.made.values() for one in found}.values())

    @property
    def layers(self) -> list[Made]:
        """The same without the files that belong to none."""
        return [one for one in self.everything if one.name != PACKAGE]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("layers", nargs=-1, metavar="[LAYER_OR_FILE]...")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Folder to write to. Default: `generated` in the checkout around the current folder, else ./generated.",
)
@click.option(
    "--target",
    "chosen",
    multiple=True,
    metavar="NAME",
    help="Emit for this target only; may be given several times. The reports, which show every target, stay as they "
    "are. Default: every target.",
)
@click.option(
    "--check",
    is_flag=True,
    help="Prove everything, write nothing; exit with 1 and show the difference if anything is not as it should be.",
)
@click.option("--force", is_flag=True, help="Make everything anew, what is unchanged since the last run too.")
@click.option("--build", is_flag=True, help="Compile what was written, for the targets that are compiled.")
@click.option("--list", "list_", is_flag=True, help="List the layers of the catalogue and exit.")
@click.version_option(package_name="backproof")
def regenerate_kernels(
    layers: tuple[str, ...],
    output: Path | None,
    chosen: tuple[str, ...],
    check: bool,
    force: bool,
    build: bool,
    list_: bool,
) -> None:
    """Derive, prove and emit the kernels of layers: names of the catalogue, file.py, or file.py:layer.

    Without arguments, all layers of the catalogue. No file is written unless everything is proven. A layer is skipped
    when neither it nor the compiler nor any of its files has changed since the last run.
    """
    if list_:
        for name in names():
            click.echo(name)
        return
    if check and build:
        raise click.UsageError("--check writes nothing, so there is nothing to --build")
    folder = output if output is not None else output_folder(Path.cwd())
    specs = list(dict.fromkeys(layers or names()))
    with errors():
        check_names(chosen)
        cache = Cache(folder, chosen, folders())
        work = _unchanged(cache, specs) if not (check or force) else Work({}, {}, {})
        missing = [spec for spec in (*specs, PACKAGE) if spec not in work.made]
        if missing:
            _make(work, missing, folder, chosen)
        check_apart(one for found in work.made.values() for one in found)
        expected = [path for one in work.everything for path in one.files]
        old = stale(folder, expected, _sources(layers, work.layers), everything=not layers)
        if check:
            _check(folder, work.texts, old)
            return
        changed = write_all(folder, work.texts)
        for place in old:
            place.unlink()
        cache.keep({spec: work.made[spec] for spec in missing}, imported_files() if missing else ())
    _summary(work, folder, changed, old)
    if build:
        with errors():
            _build(folder, [one.name for one in work.layers], chosen)


def _build(folder: Path, layers: list[str], chosen: tuple[str, ...]) -> None:
    """Compile the layers for each of the targets that can be compiled."""
    from derive.kernels.targets import targets

    compiled = [target for target in targets(chosen) if target.build is not None]
    if not compiled:
        fail(f"nothing to build: {', '.join(target.name for target in targets(chosen))} needs no compiler")
    for target in compiled:
        assert target.build is not None
        for layer in layers:
            for made in target.build(folder / target.name, [layer]):
                click.echo(f"{layer}: built {made}")


def _unchanged(cache: Cache, specs: Sequence[str]) -> Work:
    """What need not be made again."""
    work = Work({}, {}, {})
    for spec in (*specs, PACKAGE):
        start = time.perf_counter()
        found = cache.find(spec)
        if found is not None:
            work.made[spec] = found
            words = f"{1000 * (time.perf_counter() - start):.1f} ms, unchanged"
            work.times |= dict.fromkeys((one.name for one in found), words)
    return work


def _make(work: Work, specs: Sequence[str], folder: Path, chosen: Sequence[str]) -> None:
    """Make what has to be made; nothing is written yet."""
    from derive import catalogue
    from derive.pipeline import Outcome, make_all, package_files

    base = folder.resolve().parent
    found = {spec: catalogue.find(spec, base) for spec in specs if spec != PACKAGE}
    entries = catalogue.distinct(entry for own in found.values() for entry in own)
    made: dict[str, Made] = {}

    def told(outcome: Outcome) -> str:
        work.times[outcome.name] = f"{outcome.seconds:.1f} s"
        return f"{outcome.name}, {outcome.theorems} theorems proven in {work.times[outcome.name]}"

    with progress_bar(len(entries)) as (step, done):
        for one in make_all(entries, step, lambda outcome: done(told(outcome)), chosen):
            made[one.name] = made_of(one.name, one.source, one.theorems, one.passes, one.files)
            work.texts |= one.files
    work.made |= {spec: tuple(made[entry.name] for entry in own) for spec, own in found.items()}
    if PACKAGE in specs:
        package = package_files(chosen)
        work.made[PACKAGE] = (made_of(PACKAGE, PACKAGE, 0, "", package.items()),)
        work.texts |= package


def _sources(specs: Iterable[str], layers: Iterable[Made]) -> set[str]:
    """What was asked for, as the emitted files name it: a whole file unless single layers of it were chosen."""
    single = any(split(spec)[1] for spec in specs)
    return {one.source if single else one.source.partition(":")[0] for one in layers}


def _check(folder: Path, wanted: dict[str, str], old: list[Path]) -> None:
    problems = differences(folder, wanted)
    problems += [f"{place.relative_to(folder)}: nothing generates this file any more\n" for place in old]
    if problems:
        for problem in problems:
            click.echo(problem, nl=False)
        fail(f"{folder}: {len(problems)} of {len(wanted)} files are not as they should be; run regenerate-kernels")
    click.echo(f"{folder}: all {len(wanted)} files are as they should be")


def _summary(work: Work, folder: Path, changed: list[Path], old: list[Path]) -> None:
    rows = [
        (one.name, str(one.theorems), one.passes, ", ".join(one.files), work.times[one.name]) for one in work.layers
    ]
    header = ("layer", "theorems proven", "backward passes", "files", "time")
    if not print_table(header, rows):
        for row in rows:
            click.echo("; ".join(f"{title}: {cell}" for title, cell in zip(header, row, strict=True)))
    removed = f", {len(old)} removed" if old else ""
    click.echo(f"{folder}: {len(changed)} file{'s' if len(changed) != 1 else ''} changed{removed}")
