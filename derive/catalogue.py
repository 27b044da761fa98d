"""Finding layers: those of the catalogue by name, a user's own by the path of a file."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import derive.layers
from derive.errors import CatalogueError
from derive.interface import Interface
from derive.language import Layer
from derive.proofs.prove import Claims


@dataclass(frozen=True)
class Entry:
    """A layer with everything that goes with it.

    Args:
        layer: the forward equations.
        interface: the calling convention.
        claims: what is claimed beyond what holds for every layer; None for nothing.
        source: what `regenerate-kernels` is called with to get this layer.
    """

    layer: Layer
    interface: Interface
    claims: Claims | None
    source: str

    @property
    def name(self) -> str:
        """The layer's name."""
        return self.layer.name


def names() -> tuple[str, ...]:
    """The names of the layers in the catalogue."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(derive.layers.__path__)))


def builtin(name: str) -> Entry:
    """A layer of the catalogue: a module, or a folder with forward, interface and claims."""
    if name not in names():
        raise CatalogueError(
            f"there is no layer {name!r}; the catalogue has {', '.join(names())}, and a file of your own is "
            "named by its path, ending in .py"
        )
    base = f"derive.layers.{name}"
    package = importlib.import_module(base)
    parts = {part: package for part in ("forward", "interface", "claims")}
    if hasattr(package, "__path__"):
        found = {module.name for module in pkgutil.iter_modules(package.__path__)}
        parts = {part: importlib.import_module(f"{base}.{part}") for part in parts if part in found}
    if "forward" not in parts:
        raise CatalogueError(f"the layer {name!r} has no forward equations: {base}.forward is missing")
    layers = _layers(parts["forward"])
    if name not in layers:
        raise CatalogueError(f"{base} does not define a layer of the name {name!r}")
    interface = getattr(parts.get("interface"), "interface", Interface())
    return Entry(layers[name], interface, getattr(parts.get("claims"), "claims", None), name)


def from_file(path: Path, only: str | None = None) -> Iterator[Entry]:
    """The layers that a file defines at its top level, or the one of the given name.

    The file may also define `interface` (an Interface) and `claims` (a function from the derivation to claims); with
    several layers in one file they are called `<layer>_interface` and `<layer>_claims`.
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
        yield Entry(layer, interface, claims, f"{path.name}:{name}" if len(layers) > 1 else path.name)


def find(spec: str) -> tuple[Entry, ...]:
    """The layers that a command-line argument names: a catalogue name, `file.py`, or `file.py:layer`."""
    path, _, only = spec.partition(":") if ".py:" in spec else (spec, "", "")
    if path.endswith(".py"):
        return tuple(from_file(Path(path), only or None))
    return (builtin(spec),)


def _layers(module: ModuleType) -> dict[str, Layer]:
    found = {value.name: value for value in vars(module).values() if isinstance(value, Layer)}
    return dict(sorted(found.items()))


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
    except (SyntaxError, ImportError, NameError, AttributeError, TypeError, ValueError) as error:
        raise CatalogueError(f"{path.name} could not be run: {type(error).__name__}: {error}") from error
    finally:
        sys.path.remove(folder)
        sys.dont_write_bytecode = keep_bytecode
    return module
