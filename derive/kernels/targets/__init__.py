"""The targets: each is a folder with an `emit` module, found by looking."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

from derive.errors import CatalogueError
from derive.kernels.subject import Emission


@dataclass(frozen=True)
class Target:
    """A language that kernels are emitted in.

    `companions` are the files that stand beside the emitted one, such as its tests, by their names.
    """

    name: str
    extension: str
    emit: Callable[[Emission], str]
    companions: Callable[[Emission], dict[str, str]]


def targets() -> tuple[Target, ...]:
    """All targets, in the order of their names."""
    return tuple(target(module.name) for module in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name))


def target(name: str) -> Target:
    """The target of that name."""
    try:
        module = importlib.import_module(f"{__name__}.{name}.emit")
    except ModuleNotFoundError as error:
        raise CatalogueError(f"there is no target {name!r}") from error
    return Target(name, module.EXTENSION, module.emit, getattr(module, "companions", _none))


def _none(emission: Emission) -> dict[str, str]:
    """A target without companion files."""
    return {}
