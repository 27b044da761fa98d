"""The C target: one header with its implementation per layer."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from derive.errors import EmitError
from derive.kernels.python_api.emission import module_values
from derive.kernels.python_api.layout import wrap_source
from derive.kernels.python_api.module import ModuleContext
from derive.kernels.render import render
from derive.kernels.subject import Emission
from derive.kernels.targets import PACKAGE
from derive.kernels.targets.c.expressions import identifier
from derive.kernels.targets.c.kernels import KernelSource
from derive.kernels.targets.c.layout import broken
from derive.kernels.targets.c.module import CallContext

EXTENSION = ".h"
FLAT = 64  # rows shorter than this stand side by side
PORTIONS = 16


def emit(emission: Emission) -> str:
    """The source text of the header."""
    contexts = [ModuleContext(subject) for subject in emission.subjects]
    values = module_values(emission, contexts, "C99")
    prefix = identifier(emission.name)
    kernels = []
    for module in contexts:
        plans = module.plan.kernels
        kernels += [KernelSource(module, k, prefix, data).context() for k in plans for data in ("float", "double")]
    _share_passes(kernels)
    labels = list(dict.fromkeys(label for _, label in contexts[0].plan.classes))
    words = [
        (label, ", ".join(axis.name for axis, own in contexts[0].plan.classes if own == label)) for label in labels
    ]
    text = render(
        "c/header.h.j2",
        p=prefix,
        P=prefix.upper(),
        title=values["title"],
        warning=values["warning"].split("\n"),
        summary=values["summary"],
        formulas=values["formulas"],
        theorems=values["theorems"],
        assumptions=[words for words, _ in values["assumptions"]],
        digest=emission.digest,
        kernels=kernels,
        structures=[_structure(kernels, data) for data in ("float", "double")],
        classes="".join(labels),
        class_words=words,
        tables=max(k["tables"] for k in kernels),
        portions=PORTIONS,
        flat=FLAT,
        copies=[("float", "float"), ("double", "double"), ("float", "double")],
    )
    return "\n".join(line for long in text.split("\n") for line in broken(long))


def _share_passes(kernels: list[dict[str, Any]]) -> None:
    """Print a pass that several kernels have once, under the name it has in the first of them."""
    known: dict[str, str] = {}
    for kernel in kernels:
        renamed = {}
        own = []
        for one in kernel["passes"]:
            content = repr(sorted((key, value) for key, value in one.items() if key != "name"))
            if content in known:
                renamed[one["name"]] = known[content]
            else:
                known[content] = one["name"]
                own.append(one)
        kernel["passes"] = own
        for stage in kernel["stages"]:
            for name, first in renamed.items():
                stage["calls"] = [re.sub(rf"\b{name}_(sums|all)\b", rf"{first}_\1", call) for call in stage["calls"]]


def _structure(kernels: list[dict[str, Any]], data: str) -> dict[str, Any]:
    """Everything that a kernel for data of one type may hand to its passes."""
    own = [kernel for kernel in kernels if kernel["data"] == data]

    def every(*fields: str) -> list[str]:
        return list(dict.fromkeys(one["id"] for kernel in own for field in fields for one in kernel[field]))

    sums = [one for kernel in own for one in (*kernel["sums"], *kernel["parts"])]
    return {
        "data": data,
        "arrays": every("arrays"),
        "writes": every("writes"),
        "givens": list(dict.fromkeys((one["type"], one["id"]) for kernel in own for one in kernel["givens"])),
        "memory": every("results", "memory"),
        "numbers": list(dict.fromkeys(name for kernel in own for name in kernel["numbers"])),
        "places": list(
            dict.fromkeys(f"{word}_{one['id']}" for one in sums for word in ("places", "begin")[: 1 + one["part"]])
        ),
    }


def companions(emission: Emission) -> Mapping[str, str]:
    """The Python module that calls the header."""
    contexts = [CallContext(subject) for subject in emission.subjects]
    used = {name for context in contexts for name in context.plain_functions()}
    text = render(
        "c/module.py.j2",
        kernel_template="c/kernel.py.j2",
        kernels_title="The kernels: calls of the functions of the header.",
        runtime_title="how the library is found and called, and arguments are checked.",
        header=f"{emission.name}{EXTENSION}",
        own_functions=[name for name in ("erf", "power", "sigmoid") if used & {name, f"{name}_slope"}],
        prefix=identifier(emission.name),
        **module_values(emission, contexts, "C, called from Python"),
    )
    return {f"{emission.name}.py": wrap_source(text)}


def shared() -> Mapping[str, str]:
    """The package, and the builder of its extension modules."""
    return {"__init__.py": PACKAGE, "build.py": render("c/build.py.j2")}


def build(folder: Path, layers: Sequence[str]) -> Sequence[Path]:
    """Compile the headers of some layers with the builder that lies beside them; EmitError says what is missing."""
    for needed in ("cffi", "setuptools"):
        if importlib.util.find_spec(needed) is None:
            raise EmitError(f"{needed} is needed to build extension modules: pip install 'backproof[c]'")
    spec = importlib.util.spec_from_file_location("backproof_build", folder / "build.py")
    assert spec is not None and spec.loader is not None
    builder: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(builder)
    made = []
    for layer in layers:
        try:
            made.append(Path(builder.build(folder / f"{layer}{EXTENSION}")))
        except RuntimeError as error:
            raise EmitError(str(error)) from error
    return made
