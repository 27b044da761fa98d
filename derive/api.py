"""The stages as functions of a layer, for use from Python."""

from __future__ import annotations

from pathlib import Path

from derive import catalogue, files
from derive.calculus.chain_rule import Backward
from derive.catalogue import Entry
from derive.errors import CatalogueError
from derive.interface import Interface
from derive.language import Layer
from derive.pipeline import make, package_files, prove_entry
from derive.proofs.derivation import derive_layer
from derive.proofs.prove import Proven


def layer_names() -> tuple[str, ...]:
    """The names of the layers in the catalogue."""
    return catalogue.names()


def derive_backward(layer: Layer | str) -> Backward:
    """The backward pass of a layer, with every contribution kept apart.

    Args:
        layer: a Layer, or what `regenerate-kernels` takes: a catalogue name, `file.py` or `file.py:layer`.
    """
    entry = _entry(layer)
    return derive_layer(entry.layer, entry.interface.names).backward


def prove_layer(layer: Layer | str) -> Proven:
    """The derivation of a layer with all its theorems; ProofError when one of them fails."""
    return prove_entry(_entry(layer))[0][1]


def regenerate(layer: Layer | str, output: Path | str) -> list[Path]:
    """Derive, prove and emit one layer into a folder; returns the files that changed.

    Args:
        layer: a Layer, or what `regenerate-kernels` takes.
        output: the folder; made if it is not there. Files in it that Backproof did not generate are left alone.
    """
    product = make(_entry(layer))
    return files.write_all(Path(output), {**package_files(), **dict(product.files)})


def _entry(layer: Layer | str) -> Entry:
    if isinstance(layer, Layer):
        return Entry(layer, Interface(), None, f"{layer.where.partition(':')[0]}:{layer.name}")
    found = catalogue.find(layer)
    if len(found) != 1:
        raise CatalogueError(f"{layer} defines {len(found)} layers; name one: {', '.join(e.source for e in found)}")
    return found[0]
