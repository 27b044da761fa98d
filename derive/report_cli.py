"""The console script `derivation-report`."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path

import click
from rich.console import Console

from derive import catalogue, files
from derive.cli_support import errors, progress_bar
from derive.errors import BackproofError
from derive.pipeline import Product, make
from derive.report.formats import FORMATS, html, markdown, markdown_files, tex
from derive.report.model import Report
from derive.report.terminal import print_report


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("layer", default="batch_norm", metavar="LAYER_OR_FILE")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Folder whose subfolder `reports` is written to. Default: as for regenerate-kernels.",
)
@click.option("--steps", is_flag=True, help="Print every step of every proof.")
@click.option("--open", "open_", is_flag=True, help="Open the page in the browser.")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Make one document instead, for --to or stdout.")
@click.option("--to", type=click.Path(path_type=Path), help="Where that document goes; its ending may name the format.")
@click.version_option(package_name="backproof")
def derivation_report(
    layer: str, output: Path | None, steps: bool, open_: bool, format_: str | None, to: Path | None
) -> None:
    """Prove a layer, print what was found, and write the report: LAYER_OR_FILE is a name, file.py or file.py:layer."""
    chosen = _format(format_, to)
    if chosen and (output is not None or steps):
        raise click.UsageError("--format and --to make one document; they do not go with --output or --steps")
    if open_ and chosen and (chosen != "html" or to is None):
        raise click.UsageError("--open opens a page: use it with --format html --to PATH, or without --format")
    folder = output if output is not None else files.output_folder(Path.cwd())
    with errors():
        products = _products(layer, folder)
        pages = _one_document(products, chosen, to) if chosen else _all_documents(products, folder, steps)
    for page in pages if open_ else ():
        webbrowser.open(page.resolve().as_uri())


def _format(format_: str | None, to: Path | None) -> str | None:
    if format_ or to is None:
        return format_
    ending = to.suffix.removeprefix(".")
    if ending not in FORMATS:
        raise click.UsageError(f"--to {to}: the ending names no format; add --format {'|'.join(FORMATS)}")
    return ending


def _products(layer: str, folder: Path) -> list[Product]:
    entries = catalogue.find(layer, folder.resolve().parent)
    products = []
    with progress_bar(len(entries)) as (step, done):
        for entry in entries:
            products.append(make(entry, step))
            done(entry.name)
    return products


def _all_documents(products: list[Product], folder: Path, steps: bool) -> list[Path]:
    reports = {name: text for product in products for name, text in product.files if name.startswith("reports/")}
    files.write_all(folder, reports)
    console = Console(highlight=False)
    for product in products:
        print_report(product.report, console, steps=steps)
    for name in reports:
        click.echo(f"Written: {folder / name}")
    return [folder / name for name in reports if name.endswith(".html")]


def _one_document(products: list[Product], chosen: str, to: Path | None) -> list[Path]:
    if len(products) != 1:
        names = ", ".join(product.entry.source for product in products)
        raise BackproofError(f"one document is of one layer, and this file has {len(products)}; name one: {names}")
    report = products[0].report
    if to is None:
        sys.stdout.write(_document(report, chosen, report.name))
        return []
    parts = markdown_files(report, to.stem) if chosen == "md" else []
    made = {to.name: _document(report, chosen, to.stem), **dict(parts[1:])}
    files.write_all(to.parent, made)
    for name in made:
        click.echo(f"Written: {to.parent / name}")
    return [to]


def _document(report: Report, chosen: str, stem: str) -> str:
    if chosen == "md":
        return markdown(report, stem)
    return html(report) if chosen == "html" else tex(report)
