"""The console scripts; `derivation-report` and `audit-kernel` have modules of their own."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from derive import catalogue, files
from derive.audit_cli import audit_kernel
from derive.catalogue import Entry
from derive.cli_support import entries_of, errors, fail, progress_bar
from derive.kernels.targets import targets
from derive.pipeline import Outcome, combined, make_all
from derive.report_cli import derivation_report

__all__ = ["audit_kernel", "derivation_report", "regenerate_kernels"]


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
    help="Write nothing; exit with 1 and show the difference if anything is not as it should be.",
)
@click.option("--build", is_flag=True, help="Compile what was written, for the targets that are compiled.")
@click.option("--list", "list_", is_flag=True, help="List the layers of the catalogue and exit.")
@click.version_option(package_name="backproof")
def regenerate_kernels(
    layers: tuple[str, ...], output: Path | None, chosen: tuple[str, ...], check: bool, build: bool, list_: bool
) -> None:
    """Derive, prove and emit the kernels of layers: names of the catalogue, file.py, or file.py:layer.

    Without arguments, all layers of the catalogue. No file is written unless everything is proven.
    """
    if list_:
        for name in catalogue.names():
            click.echo(name)
        return
    if check and build:
        raise click.UsageError("--check writes nothing, so there is nothing to --build")
    folder = output if output is not None else files.output_folder(Path.cwd())
    with errors():
        targets(chosen)  # a name that is none is refused before anything is proven
        entries = entries_of(layers, folder)
        with progress_bar(len(entries)) as (step, done):
            products = make_all(entries, step, done, chosen)
        wanted = combined(products, chosen)
        old = files.stale(folder, wanted, _sources(layers, entries), everything=not layers)
        if check:
            _check(folder, wanted, old)
            return
        changed = files.write_all(folder, wanted)
        for place in old:
            place.unlink()
    _summary(products, folder, changed, old)
    if build:
        with errors():
            _build(folder, [product.name for product in products], chosen)


def _build(folder: Path, layers: list[str], chosen: tuple[str, ...]) -> None:
    """Compile the layers for each of the targets that can be compiled."""
    compiled = [target for target in targets(chosen) if target.build is not None]
    if not compiled:
        fail(f"nothing to build: {', '.join(target.name for target in targets(chosen))} needs no compiler")
    for target in compiled:
        assert target.build is not None
        for layer in layers:
            for made in target.build(folder / target.name, [layer]):
                click.echo(f"{layer}: built {made}")


def _sources(specs: tuple[str, ...], entries: list[Entry]) -> set[str]:
    """What was asked for, as the emitted files name it: a whole file unless single layers of it were chosen."""
    chosen = any(".py:" in spec for spec in specs)
    return {entry.source if chosen else entry.source.partition(":")[0] for entry in entries}


def _check(folder: Path, wanted: dict[str, str], old: list[Path]) -> None:
    problems = files.differences(folder, wanted)
    problems += [f"{place.relative_to(folder)}: nothing generates this file any more\n" for place in old]
    if problems:
        for problem in problems:
            click.echo(problem, nl=False)
        fail(f"{folder}: {len(problems)} of {len(wanted)} files are not as they should be; run regenerate-kernels")
    click.echo(f"{folder}: all {len(wanted)} files are as they should be")


def _summary(products: list[Outcome], folder: Path, changed: list[Path], old: list[Path]) -> None:
    rows = []
    for product in products:
        names = ", ".join(name for name, _ in product.files)
        rows.append((product.name, str(product.theorems), product.passes, names, f"{product.seconds:.1f} s"))
    header = ("layer", "theorems proven", "backward passes", "files", "time")
    console = Console()
    if console.is_terminal:
        table = Table(*header)
        for row in rows:
            table.add_row(*row)
        console.print(table)
    else:
        for row in rows:
            click.echo("; ".join(f"{title}: {cell}" for title, cell in zip(header, row, strict=True)))
    removed = f", {len(old)} removed" if old else ""
    click.echo(f"{folder}: {len(changed)} file{'s' if len(changed) != 1 else ''} changed{removed}")
