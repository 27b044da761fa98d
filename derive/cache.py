"""What was made, remembered, so that a layer that nothing has changed is not made again.

A record beside the output says which files a layer led to, each with its digest, and holds a key of everything that
their bytes may depend on: the compiler and its templates, the layer's own files, the versions of Python and of the
libraries, the chosen targets. It counts only as long as the key is the same and every file is there with that very
digest; whatever is missing, edited, damaged or unclear means that the layer is made anew. This module imports neither
SymPy nor anything that does: a run that finds all unchanged is over before SymPy would have been imported.

What a user's layer file reads beyond the modules that it imports, such as a file of numbers, is not seen here.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import re
import sys
import sysconfig
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from derive.errors import CatalogueError, EmitError
from derive.files import MARK, is_ours, package_folder, template_folder, write_all

FOLDER = ".backproof_cache"
PACKAGE = "\0"  # in place of a layer, whatever a user types: the files that belong to none
LIBRARIES = ("jinja2", "markupsafe", "mpmath", "numpy", "sympy")
_FORM = 1  # of the records; they are not read by a version that writes another


@dataclass(frozen=True)
class Made:
    """What is told of one layer, and the digests of its files by their paths below the output folder."""

    name: str
    source: str
    theorems: int
    passes: str
    files: Mapping[str, str]


def made_of(name: str, source: str, theorems: int, passes: str, files: Iterable[tuple[str, str]]) -> Made:
    """What is told of files that have just been made; `files` are paths and texts."""
    return Made(name, source, theorems, passes, {path: digest(text.encode()) for path, text in files})


def digest(data: bytes) -> str:
    """A fingerprint of some bytes."""
    return hashlib.sha256(data).hexdigest()


class Cache:
    """The records beside one output folder.

    Args:
        output: the output folder.
        chosen: the chosen targets; none for all.
        targets: the folders in which targets are looked for.
    """

    def __init__(self, output: Path, chosen: Sequence[str], targets: Sequence[str]) -> None:
        self.output = output.resolve()
        self._chosen = sorted(set(chosen))
        self._targets = targets
        self._begun = time.time_ns()
        self._keys: dict[str, str | None] = {}
        self._common: str | None = None  # None when it cannot be told what the files depend on
        with contextlib.suppress(OSError, LookupError):
            self._common = self._everything()

    def find(self, spec: str) -> tuple[Made, ...] | None:
        """What a catalogue name or a layer file led to, if all of it is still as it was made from what there is now."""
        try:
            record = json.loads(self._place(spec).read_bytes())
            if self._key(spec) is None or record["key"] != self._key(spec):
                return None
            if any(_of_file(Path(path)) != known for path, known in record["sources"].items()):
                return None
            made = tuple(Made(**one) for one in record["made"])
            intact = all(self._has(path, known) for one in made for path, known in one.files.items())
        except (OSError, ValueError, KeyError, TypeError, AttributeError, LookupError):
            return None
        return made if made and intact else None

    def keep(self, made: Mapping[str, Sequence[Made]], sources: Iterable[Path] = ()) -> None:
        """Remember what was made.

        Nothing is kept when something was edited while the run lasted, or when there is no place to keep it.

        Args:
            made: by what `regenerate-kernels` was given (PACKAGE for what belongs to no layer), all that it led to.
            sources: the user's files that were imported meanwhile; the layers of files depend on them.
        """
        records = {}
        with contextlib.suppress(OSError, LookupError, EmitError):
            again = Cache(self.output, self._chosen, self._targets)
            own = sorted({path.resolve() for path in sources})
            late = any(path.stat().st_mtime_ns > self._begun for path in own)
            for spec, all_of_it in made.items():
                file = split(spec)[0].endswith(".py")
                if self._key(spec) is None or again._key(spec) != self._key(spec) or (file and late):
                    continue
                records[self._place(spec).name] = {
                    "about": f"{MARK} by regenerate-kernels",
                    "key": self._key(spec),
                    "made": [asdict(one) for one in all_of_it],
                    "sources": {str(path): _of_file(path) for path in own if file},
                }
            ignore = {".gitignore": f"# {MARK} by regenerate-kernels\n*\n"}
            texts = {name: json.dumps(record, indent=1) for name, record in records.items()}
            for place in (self.output / FOLDER / name for name in texts):
                if place.is_file() and not is_ours(place.read_text(encoding="utf-8", errors="replace")):
                    place.unlink()  # a record, but damaged
            write_all(self.output / FOLDER, ignore | texts)

    def _has(self, path: str, known: str) -> bool:
        place = self.output / path
        return not place.is_symlink() and _of_file(place) == known

    def _place(self, spec: str) -> Path:
        path, only = split(spec)
        known = [str(self.output), self._chosen, str(Path(path).resolve()) if path.endswith(".py") else path, only]
        stem = "package" if spec == PACKAGE else re.sub(r"\W+", "_", Path(path).stem)
        return self.output / FOLDER / f"{stem}-{digest(json.dumps(known).encode())[:16]}.json"

    def _key(self, spec: str) -> str | None:
        if spec not in self._keys:
            name, only = split(spec)
            parts = [self._common, only]
            if name.endswith(".py"):
                path = Path(name).resolve()
                # A new module beside the file may stand in for one that it imports.
                parts += [str(path), _of_file(path), *self._modules_beside(path.parent)]
            elif spec != PACKAGE:
                parts += [f"{path}={_of_file(path)}" for path in _files_of_layer(spec)]
            key = digest(json.dumps([_FORM, str(self.output), self._chosen, parts]).encode())
            self._keys[spec] = key if self._common is not None and None not in parts else None
        return self._keys[spec]

    def _modules_beside(self, folder: Path) -> list[str]:
        """The names that an import could find in a folder, other than those of output folders."""
        with os.scandir(folder) as found:
            names = [e.name for e in found if (e.is_dir() or e.name.endswith(".py")) and e.name[0] not in "._"]
        return sorted(n for n in names if folder / n != self.output and not (folder / n / FOLDER).is_dir())

    def _everything(self) -> str:
        """What all layers depend on: the compiler without the layers, templates, targets, versions."""
        package = package_folder()
        layers = package / "layers"
        places = [path for path in _files(package) if layers not in path.parents]
        if package not in template_folder().parents:
            places += _files(template_folder())
        places += [p for t in self._targets for p in _files(Path(t)) if package not in p.parents]
        parts = [[str(path), _of_file(path)] for path in places]
        return digest(json.dumps([parts, sys.implementation.name, sys.version, versions()]).encode())


def split(spec: str) -> tuple[str, str]:
    """`file.py:layer` as the file and the layer, which is empty when none is named."""
    path, _, only = spec.partition(":") if ".py:" in spec else (spec, "", "")
    return path, only


def versions() -> list[str]:
    """The versions of the libraries that the bytes may depend on; LookupError for one that is not plainly installed."""
    found = []
    for name in LIBRARIES:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise LookupError(name)
        # What is installed lies beside a folder that names its version; importlib.metadata would take as long to import
        # as all of this takes.
        pattern = re.compile(rf"{name}-.*\.(dist|egg)-info", re.IGNORECASE)
        beside = [entry for entry in os.listdir(Path(spec.origin).parents[1]) if pattern.fullmatch(entry)]
        if not beside:
            raise LookupError(name)
        found += [spec.origin, *sorted(beside)]
    return found


def imported_files() -> list[Path]:
    """The files of all modules of this process that are a user's: not Python's, not installed, not the compiler's."""
    standard = {Path(sysconfig.get_path(kind)) for kind in ("stdlib", "platstdlib")}
    found = set()
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if not isinstance(file, str) or name == "__main__":
            continue
        path = Path(file).resolve()
        installed = {"site-packages", "dist-packages"} & set(path.parts) or standard & set(path.parents)
        if path.is_file() and not installed and package_folder() not in path.parents:
            found.add(path)
    return sorted(found)


def _files_of_layer(name: str) -> list[Path]:
    """The files of a layer of the catalogue, and of every other layer whose name stands in one of them."""
    layers = package_folder() / "layers"
    names = {path.stem for path in layers.iterdir() if not path.name.startswith(("_", "."))}
    waiting, reached, found = [name], {name}, list[Path]()
    while waiting:
        one = waiting.pop()
        own = _files(layers / one) if (layers / one).is_dir() else [layers / f"{one}.py"]
        words = set(re.findall(r"\w+", " ".join(path.read_text(encoding="utf-8") for path in own)))
        waiting += sorted((words & names) - reached)
        reached |= words & names
        found += own
    return sorted(found)


def _files(folder: Path) -> list[Path]:
    """Every file below a folder, bytecode aside, sorted."""
    return sorted(_walk(str(folder)))


def _walk(folder: str) -> Iterator[Path]:
    with os.scandir(folder) as found:
        for entry in found:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _walk(entry.path)
            elif not entry.name.endswith(".pyc"):
                yield Path(entry.path)


def _of_file(path: Path) -> str | None:
    """The digest of a file; None when there is none."""
    return digest(path.read_bytes()) if path.is_file() else None


def check_apart(made: Iterable[Made]) -> None:
    """CatalogueError when two layers have one name, EmitError when two want one file."""
    sources: dict[str, str] = {}
    owners: dict[str, str] = {}
    for one in made:
        other = sources.setdefault(one.name, one.source)
        if other != one.source:
            raise CatalogueError(f"two layers are called {one.name!r}: {other} and {one.source}")
        for path in one.files:
            owner = owners.setdefault(path, one.name)
            if owner != one.name:
                words = ["the target itself" if name == PACKAGE else repr(name) for name in (one.name, owner)]
                raise EmitError(f"{path} would be written for {words[0]} and for {words[1]}")
