"""The C target: one header with its implementation per layer."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from derive.errors import EmitError
from derive.kernels.python_api.emission import module_values
from derive.kernels.python_api.layout import wrap_source
from derive.kernels.python_api.module import ModuleContext
from derive.kernels.render import render
from derive.kernels.series import FLOAT_DEGREE, SINGLE_DEGREE, exp_series
from derive.kernels.subject import Emission
from derive.kernels.targets import PACKAGE
from derive.kernels.targets.c.expressions import identifier
from derive.kernels.targets.c.kernels import KernelSource
from derive.kernels.targets.c.layout import broken
from derive.kernels.targets.c.module import CallContext

EXTENSION = ".h"
FLAT = 17  # rows shorter than this stand side by side
LANES, ROW_LANES = 512, 256  # the most lanes of a block, and where they are rows or have many values each
LANE_ROOM = 1 << 17  # bytes for the values of the lanes of a block
TILE = 1024  # the most elements of a row that are copied
COLUMNS = 4096  # the most elements that stand side by side
ROOM = 200_000  # bytes for what stands side by side in one pass
PORTIONS = 16
KEPT = 5  # numbers that are kept of a sum from row to row
# Data, the type that its elements are computed in, and the word for it.
KINDS = (
    ("float", "float", "float"),
    ("float", "double", "double"),
    ("double", "double", "double"),
    ("double", "long double", "extended"),
)
SIZES = {"float_float": 8, "float_double": 8, "double_double": 8, "double_extended": 16}  # bytes, by kind


def emit(emission: Emission) -> str:
    """The source text of the header."""
    contexts = [ModuleContext(subject) for subject in emission.subjects]
    values = module_values(emission, contexts, "C99")
    prefix = identifier(emission.name)
    kernels = []
    for module in contexts:
        plans = module.plan.kernels
        kernels += [KernelSource(module, k, prefix, data).context() for k in plans for data in ("float", "double")]
    for kernel in kernels:
        sizes = [_in_columns(descriptor) for descriptor in kernel["descriptors"]]
        lane = 8 * (len(kernel["lane_values"]) + len(kernel["halved"]) + 1) + 16 * len(kernel["again"])  # bytes at most
        kernel["lanes"] = "LANES" if LANES * lane <= LANE_ROOM else "ROW_LANES"
        kernel["columns"] = min(COLUMNS, *(ROOM // size for size in sizes)) if sizes else COLUMNS
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
        exp_series=exp_series(SINGLE_DEGREE),
        float_series=[f"{coefficient}f" for coefficient in exp_series(FLOAT_DEGREE)],
        kernels=kernels,
        structures=[_structure(kernels, data) for data in ("float", "double")],
        classes="".join(labels),
        class_words=words,
        most=_most(kernels),
        portions=PORTIONS,
        flat=FLAT,
        tile=TILE,
        lanes=LANES,
        row_lanes=ROW_LANES,
        kept=KEPT,
        kinds=KINDS,
    )
    return "\n".join(line for long in text.split("\n") for line in broken(long))


def _share_passes(kernels: list[dict[str, Any]]) -> None:
    """Print the loops that several passes have once, under the name they have in the first of them."""
    known: dict[str, str] = {}
    for kernel in kernels:
        own = []
        for one, descriptor in zip(kernel["passes"], kernel["descriptors"], strict=True):
            content = repr(sorted((key, value) for key, value in one.items() if key != "name"))
            content = content.replace(one["name"], "")  # which those of its parts begin with
            descriptor["loops"] = known.setdefault(content, one["name"])
            if descriptor["loops"] == one["name"]:
                own.append(one)
        kernel["passes"] = own


def _most(kernels: list[dict[str, Any]]) -> dict[str, int]:
    """The most operands that a pass or a call has, one at least, since they are the sizes of arrays."""
    counts = [d["counts"] for kernel in kernels for d in kernel["descriptors"]] or [[0] * 7]
    return {
        "full": max(k["array_count"] for k in kernels),
        "leaves": max(1, *(len(k["leaves"]) for k in kernels)),
        "lane_values": max(1, *(coefficients + wides for _, _, coefficients, wides, *_ in counts)),
        "sums": max(1, *(one[4] for one in counts)),
        "places": max(1, *(len(k["places"]) for k in kernels)),
        "tables": max(k["tables"] for k in kernels),
        "room": max([ROOM, *(_in_rows(d) for kernel in kernels for d in kernel["descriptors"])]) // 16 * 16 + 4096,
    }


def _in_rows(descriptor: dict[str, Any]) -> int:
    """The bytes that a pass keeps at hand where lanes are rows: values, partial sums, and copies of parts of a row."""
    counts: list[int] = descriptor["counts"]
    _, _, coefficients, wides, sums, *_ = counts
    return ROW_LANES * (16 * (coefficients + wides) + 8 * KEPT * sums) + TILE * _copied(descriptor)


def _in_columns(descriptor: dict[str, Any]) -> int:
    """The bytes that a pass keeps at hand for each of the elements that stand side by side."""
    counts: list[int] = descriptor["counts"]
    _, _, coefficients, wides, sums, *_ = counts
    return SIZES[descriptor["kind"]] * (coefficients + wides + 2 * sums) + _copied(descriptor)


def _copied(descriptor: dict[str, Any]) -> int:
    counts: list[int] = descriptor["counts"]
    reads, leaves, _, _, _, places, writes = counts
    return 8 * (reads + leaves + 2 * places + writes)


def _structure(kernels: list[dict[str, Any]], data: str) -> dict[str, Any]:
    """Everything that a kernel for data of one type may hand to its passes."""
    own = [kernel for kernel in kernels if kernel["data"] == data]

    def every(*fields: str) -> list[str]:
        return list(dict.fromkeys(one["id"] for kernel in own for field in fields for one in kernel[field]))

    sums = [one for kernel in own for one in (*kernel["sums"], *kernel["parts"])]
    return {
        "data": data,
        "givens": list(dict.fromkeys((one["type"], one["id"]) for kernel in own for one in kernel["givens"])),
        "results": list(dict.fromkeys((one["type"], one["id"]) for kernel in own for one in kernel["results"])),
        "memory": every("memory"),
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
