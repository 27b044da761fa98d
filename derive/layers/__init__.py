"""The catalogue: everything that is particular to a layer."""

from __future__ import annotations

import pkgutil


def names() -> tuple[str, ...]:
    """The names of the layers in the catalogue, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))
