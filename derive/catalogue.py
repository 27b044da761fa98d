"""Finding layers: those of the catalogue by name, a user's own by the path of a file."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import pkgutil
import sys
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from derive.cache import split
from derive.errors import BackproofError, CatalogueError
from derive.interface import Interface, check_interface
from derive.language import Layer
from derive.layers import names
from derive.proofs.prove import Claims
from derive.report.model import Stories

__all__ = ["Entry", "builtin", "distinct", "find", "from_file", "names", "where_in"]


@dataclass(frozen=True)
class Entry:
    """A layer with everything that goes with it.

    Args:
        layer: the forward equations.
        interface: the calling convention.
        claims: what is claimed beyond what holds for every layer; None for nothing.
        source: what `regenerate-kernels` is called with to get this layer.
        stories: sections that its report has of its own; None for nothing.
    """

    layer: Layer
    interface: Interface
    claims: Claims | None
    source: str
    stories: Stories | None = None

    @property
    def name(self) -> str:
        """The layer's name."""
        return self.layer.name


def builtin(name: str) -> Entry:
    """A layer of the catalogue: a module, or a folder with forward, interface, claims and report."""
    if name not in names():
        raise CatalogueError(
            f"there is no layer {name!r}; the catalogue has {', '.join(names())}, and a file of your own is "
            "named by its path, ending in .py"
        )
    base = f"derive.layers.{name}"
    package = importlib.import_module(base)
    parts = {part: package for part in ("forward", "interface", "claims", "report")}
    if hasattr(package, "__path__"):
        found = {module.name for module in pkgutil.iter_modules(package.__path__)}
        parts = {part: importlib.import_module(f"{base}.{part}") for part in parts if part in found}
    if "forward" not in parts:
        raise CatalogueError(f"the layer {name!r} has no forward equations: {base}.forward is missing")
    layers = _layers(parts["forward"])
    if name not in layers:
        raise CatalogueError(f"{base} does not define a layer of the name {name!r}")
    interface = getattr(parts.get("interface"), "interface", Interface())
    check_interface(interface, layers[name], base)
    claims = getattr(parts.get("claims"), "claims", None)
    return Entry(layers[name], interface, claims, name, getattr(parts.get("report"), "stories", None))


def from_file(path: Path, only: str | None = None, base: Path | None = None) -> Iterator[Entry]:
    """The layers that a file defines at its top level, or the one of the given name.

    The file may also define `interface` (an Interface), `claims` (a function from the derivation to claims) and
    `stories` (a function from what was proven to sections of the report); with several layers in one file they are
    called `<layer>_interface`, `<layer>_claims` and `<layer>_stories`. Emitted files name the file relative to `base`.
    """
    if not path.is_file():
        raise CatalogueError(f"there is no file {str(path)!r}")
    module = _load(path)
    layers = _layers(module)
    if only is not None and only not in layers:
        raise CatalogueError(f"{path.name} does not define a layer {only!r}; it defines {', '.join(layers) or 'none'}")
    if not layers:
        raise CatalogueError(f"{path.name} defines no layer: write `my_layer = Layer(...)` at its top level")
    for name, layer in layers.items():
        if only is not None and name != only:
            continue
        prefix = f"{name}_" if len(layers) > 1 else ""
        interface = getattr(module, f"{prefix}interface", Interface())
        claims = getattr(module, f"{prefix}claims", None)
        if not isinstance(interface, Interface):
            raise CatalogueError(f"{path.name}: {prefix}interface is not an Interface but {type(interface).__name__}")
        stories = getattr(module, f"{prefix}stories", None)
        if claims is not None and not callable(claims):
            raise CatalogueError(f"{path.name}: {prefix}claims is not a function but {type(claims).__name__}")
        check_interface(interface, layer, path.name)
        place = _relative(path, base or Path.cwd())
        source = f"{place}:{name}" if len(layers) > 1 else place
        yield Entry(layer, interface, claims, source, stories)


def distinct(entries: Iterable[Entry]) -> list[Entry]:
    """The layers, each once; CatalogueError when two of them have one name."""
    found: dict[str, Entry] = {}
    for entry in entries:
        other = found.setdefault(entry.name, entry)
        if other.source != entry.source:
            raise CatalogueError(f"two layers are called {entry.name!r}: {other.source} and {entry.source}")
    return list(found.values())


def find(spec: str, base: Path | None = None) -> tuple[Entry, ...]:
    """The layers that a command-line argument names: a catalogue name, `file.py`, or `file.py:layer`.

    Emitted files name a user's file relative to `base`, by default the current folder.
    """
    path, only = split(spec)
    if path.endswith(".py"):
        return tuple(from_file(Path(path), only or None, base))
    return (builtin(spec),)


def _layers(module: ModuleType) -> dict[str, Layer]:
    found = {value.name: value for value in vars(module).values() if isinstance(value, Layer)}
    return dict(sorted(found.items()))


def where_in(path: Path, error: BaseException) -> str:
    """`file:line` of the last place in a file that an exception went through; the file's name if it did not."""
    if isinstance(error, SyntaxError) and error.lineno is not None:
        return f"{path.name}:{error.lineno}"
    frames = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).name == path.name]
    return f"{path.name}:{frames[-1].lineno}" if frames else path.name


def _relative(path: Path, base: Path) -> str:
    """The path as seen from a folder; the bare name when it is not below it."""
    try:
        return path.resolve().relative_to(base.resolve()).as_posix()
    except ValueError:
        return path.name


def _load(path: Path) -> ModuleType:
    """Run a layer file as a module of its own, with its folder importable while it runs."""
    digest = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    spec = importlib.util.spec_from_file_location(f"_backproof_layers_{digest}", path)
    if spec is None or spec.loader is None:
        raise CatalogueError(f"{path} cannot be loaded as Python")
    module = importlib.util.module_from_spec(spec)
    folder, keep_bytecode = str(path.resolve().parent), sys.dont_write_bytecode
    sys.path.insert(0, folder)
    sys.dont_write_bytecode = True  # leave no traces beside a user's file
    try:
        spec.loader.exec_module(module)
    except BackproofError:
        raise
    except (Exception, SystemExit) as error:
        raise CatalogueError(f"{where_in(path, error)} could not be run: {type(error).__name__}: {error}") from error
    finally:
        sys.path.remove(folder)
        sys.dont_write_bytecode = keep_bytecode
    return module
