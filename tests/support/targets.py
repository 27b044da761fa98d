"""The targets whose kernels the suites run, where they can be: what each needs, and how its modules are imported.

In CI every target must be there; elsewhere the suites of one that is not are skipped, with the reason.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.machinery
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pytest

from derive.kernels import targets

GENERATED = Path(__file__).resolve().parents[2] / "generated"
# Their modules take tensors of a library of their own; their suites are in tests/peers/.
OF_A_FRAMEWORK = {"jax", "torch"}
# A target whose modules have a form of their own for small arrays, and what the suites call it without: their arrays
# are small, and would not see the loops over blocks.
WITH_SMALL_FORMS, IN_BLOCKS = "numpy", "numpy in blocks"


def compiler() -> str | None:
    """The C compiler that Python would call."""
    names = [os.environ["CC"]] if "CC" in os.environ else ["cc", "gcc", "clang"]
    return next((name for name in names if shutil.which(name)), None)


def _c_is_missing() -> str | None:
    if compiler() is None:
        return "there is no C compiler"
    for name in ("cffi", "setuptools"):
        if importlib.util.find_spec(name) is None:
            return f"{name} is not installed: pip install 'backproof[c]'"
    return None


def _build(name: str) -> None:
    """Compile the header of a layer unless the extension at hand was made of it: it holds the header's digest."""
    header = GENERATED / "c" / f"{name}.h"
    digest = hashlib.sha256(header.read_bytes()).hexdigest().encode()
    built = [header.parent / f"_{name}{suffix}" for suffix in importlib.machinery.EXTENSION_SUFFIXES]
    if not any(place.exists() and digest in place.read_bytes() for place in built):
        builder: Any = imported(header.parent / "build.py", "generated_c_build")
        builder.build(header)
        importlib.invalidate_caches()


def imported(path: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _nothing() -> None:
    return None


def _ready(name: str) -> None:
    """There is nothing to prepare."""


def _numba_is_missing() -> str | None:
    if importlib.util.find_spec("numba") is None:
        return "numba is not installed: pip install 'backproof[numba]'"
    return None


# Numba compiles a kernel for seconds when it is first called, for each type of data anew, and a layer has five. So its
# suites take the layers that walk through their arrays in every way there is: statistics over first, last and middle
# dimensions, sums across blocks, sums and parameters that vary within a lane, maxima, functions. What is particular to
# another layer is its formulas, which the suites of the other targets take from the same plan. All other layers, and
# pages of a user, are compiled and compared with a reference in tests/compiled/test_when_called.py.
TRIED = {"numba": ("batch_norm", "group_norm", "softmax")}

MISSING: dict[str, Callable[[], str | None]] = {"c": _c_is_missing, "numba": _numba_is_missing}
PREPARED: dict[str, Callable[[str], None]] = {"c": _build}


@functools.cache
def missing(target: str) -> str | None:
    """Why the kernels of a target cannot be run here; None when they can."""
    return MISSING.get(target, _nothing)()


def is_compiled(target: str) -> bool:
    """Whether there is something to build."""
    return targets.target(target).build is not None


def of_arrays() -> tuple[str, ...]:
    """The targets whose modules take NumPy arrays: all of them keep the same contract."""
    return tuple(name for name in targets.names() if name not in OF_A_FRAMEWORK)


def of_arrays_in_every_form() -> tuple[str, ...]:
    """The same, and the loops over blocks of the target that has another form for small arrays."""
    return (*of_arrays(), IN_BLOCKS)


def is_tried(target: str, layer: str) -> bool:
    """Whether the suites run on a layer of the catalogue for a target."""
    return layer in TRIED.get(target, (layer,))


def of_user_layers() -> tuple[str, ...]:
    """The targets that all suites of a user's layers run on: those on which every layer of the catalogue is tried."""
    return tuple(name for name in of_arrays() if name not in TRIED)


def require(target: str) -> None:
    """Skip the test where a target cannot be run; in CI that is a failure."""
    reason = missing(target)
    if reason is not None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"the target {target} cannot be run: {reason}")
        pytest.skip(f"the target {target} cannot be run: {reason}")


def tried(name: str, target: str) -> ModuleType:
    """The emitted module of a layer for a target; a test of one that its suites leave out is skipped."""
    if not is_tried(target, name):
        pytest.skip(f"of {target}, the suites take {', '.join(TRIED[target])}: tests/support/targets.py says why")
    return module(name, target)


@functools.cache
def module(name: str, target: str) -> ModuleType:
    """The same as `shipped`, but threads share even work that is not worth it: the arrays of the suites are small."""
    found: Any = shipped(name, target)
    if hasattr(found, "_HANDS"):
        found._HANDS = 1
    return cast(ModuleType, found)


@functools.cache
def shipped(name: str, target: str) -> ModuleType:
    """The emitted module of a layer for a target, built if it has to be."""
    if target == IN_BLOCKS:
        path = GENERATED / WITH_SMALL_FORMS / f"{name}.py"
        blocks: Any = imported(path, f"generated_in_blocks_{name}")
        blocks._SMALL = 0  # and blocks so small that there are several in a channel, not all of them kept
        blocks._CHUNK_BYTES, blocks._KEPT_BYTES = 512 * 1024, 1024 * 1024
        blocks._SINGLE_BYTES, blocks._LINE_BYTES = 32 * 1024, 256  # and channels of their own
        return cast(ModuleType, blocks)
    require(target)
    PREPARED.get(target, _ready)(name)
    return importlib.import_module(f"generated.{target}.{name}")
