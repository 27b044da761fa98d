"""The targets: each is a folder with an `emit` module, found by looking.

`emit.py` defines `EXTENSION` and `emit(emission) -> str`, the main file of a layer. It may define
`companions(emission) -> Mapping[str, str]`, further files of the layer by name, which lie beside the main one, and
`shared() -> Mapping[str, str]`, files of the target as a whole, and `build(folder, layers) -> Sequence[Path]`, which
compiles what was written for some layers into its folder and returns what it made. It prints text, so it imports no
framework. A folder of targets outside the package is found once it is in this package's `__path__`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from derive.errors import CatalogueError, EmitError
from derive.files import MARK, is_ours

if TYPE_CHECKING:
    from derive.kernels.subject import Emission

PACKAGE = f'"""Emitted kernels. Do not edit: {MARK}. Regenerate it with: regenerate-kernels"""\n'


def _none(emission: Emission) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True)
class Target:
    """A language that kernels are emitted in.

    Args:
        name: the name of its folder.
        extension: how the name of a layer's main file ends.
        emit: makes the text of that file.
        companions: makes the files beside it, by name.
        shared: makes the files of the target as a whole, by name.
        build: compiles the files of some layers in the target's folder; None where there is nothing to compile.
    """

    name: str
    extension: str
    emit: Callable[[Emission], str]
    companions: Callable[[Emission], Mapping[str, str]] = _none
    shared: Callable[[], Mapping[str, str]] = dict
    build: Callable[[Path, Sequence[str]], Sequence[Path]] | None = None

    def files(self, emission: Emission) -> dict[str, str]:
        """The files of one layer by their paths below the output folder: the main one, then its companions by name."""
        main = f"{emission.name}{self.extension}"
        companions = self.companions(emission)
        if main in companions:
            raise EmitError(f"target {self.name!r}: a companion of {emission.name!r} is called {main!r} like the layer")
        return self._placed({main: self.emit(emission), **dict(sorted(companions.items()))})

    def package(self) -> dict[str, str]:
        """The files of the target as a whole, likewise; where modules are emitted, what makes them importable."""
        own = {"__init__.py": PACKAGE} if self.extension == ".py" else {}
        return self._placed(own | dict(sorted(self.shared().items())))

    def _placed(self, made: Mapping[str, str]) -> dict[str, str]:
        for name, text in made.items():
            if not name or name.startswith(".") or "/" in name or "\\" in name:
                raise EmitError(f"target {self.name!r}: {name!r} is not the name of a file in the target's own folder")
            if not is_ours(text):
                raise EmitError(f"target {self.name!r}: {name} does not say near its top that {MARK}")
        return {f"{self.name}/{name}": text for name, text in made.items()}


def folders() -> tuple[str, ...]:
    """Where targets are looked for."""
    return tuple(__path__)


def look_in(places: Collection[str]) -> None:
    """Look for targets there, as another process does: `folders` told it where."""
    __path__[:] = list(places)


def names() -> tuple[str, ...]:
    """The names of all targets, sorted."""
    return tuple(sorted({module.name for module in pkgutil.iter_modules(__path__) if module.ispkg}))


def check_names(chosen: Collection[str]) -> None:
    """CatalogueError for a name that is no target's."""
    for name in chosen:
        if name not in names():
            raise CatalogueError(f"there is no target {name!r}; the targets are {', '.join(names())}")


def targets(chosen: Collection[str] = ()) -> tuple[Target, ...]:
    """The chosen targets, or all of them, in the order of their names; CatalogueError for one that is not there."""
    return tuple(target(name) for name in sorted(set(chosen or names())))


def target(name: str) -> Target:
    """The target of that name."""
    check_names((name,))
    module = importlib.import_module(f"{__name__}.{name}.emit")
    missing = [needed for needed in ("EXTENSION", "emit") if not hasattr(module, needed)]
    if missing:
        raise CatalogueError(f"the target {name!r} is incomplete: {module.__name__} does not define {missing[0]}")
    return Target(
        name,
        module.EXTENSION,
        module.emit,
        getattr(module, "companions", _none),
        getattr(module, "shared", dict),
        getattr(module, "build", None),
    )
