"""The operations of a kernel are all found, made again on the same shapes, and added up."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from benchmarks import floors
from benchmarks.support import contenders, tap
from benchmarks.support.pages import Run
from benchmarks.support.workloads import workload
from tests.support.contract import load_layer


def _module() -> Any:
    module: Any = ModuleType("made")
    module.np = np
    return module


def test_the_operations_on_the_data_are_found_with_their_operands() -> None:
    module = _module()
    data, few, whole = np.ones((8, 16), np.float32), np.ones((8, 1), np.float32), np.ones((4, 8, 16))

    def call() -> None:
        old = module.np.setbufsize(1024)
        module.np.multiply(few, few)  # on a few numbers
        for _ in range(3):
            module.np.subtract(data, few, out=data)
        module.np.add.reduce(whole[:, ::2], axis=(0, 2), dtype=np.float64)
        module.np.einsum("ab,ab->b", data, data)
        module.np.setbufsize(old)

    found, buffer = tap.operations(module, call, 100)
    assert module.np is np and buffer == 1024
    assert {operation.words: count for operation, count in found.items()} == {
        "subtract(float32 data, float32 few)": 3,
        "add.reduce(float64 data)": 1,
        "einsum(float32 data, float32 data)": 1,
    }
    within, reduction, product = found
    assert [operand.same for operand in within.operands] == [0, 1, 0], "it writes into what it reads"
    assert within.again()().shape == (8, 16)  # type: ignore[attr-defined]
    assert reduction.operands[0].strides == whole[:, ::2].strides
    assert np.array_equal(reduction.again()(), np.full(4, 64.0))  # type: ignore[arg-type]
    assert np.array_equal(product.again()(), np.full(16, 8.0))  # type: ignore[arg-type]


def test_the_module_has_numpy_again_after_a_failure() -> None:
    module = _module()
    with pytest.raises(ValueError, match="broadcast"):
        tap.operations(module, lambda: module.np.add(np.ones(3), np.ones(2)), 1)
    assert module.np is np


def test_every_operation_of_batch_norms_backward_pass_is_found() -> None:
    """Its two sweeps need two sums and five other operations for each element, and no more."""
    work = workload("batch_norm", (32, 64, 16, 16), "float32")
    call = contenders._emitted(work, "backward", "numpy", 1)["Backproof numpy"]
    found, _ = tap.operations(load_layer("batch_norm", "numpy"), call, 1024)
    elements: dict[str, float] = {}
    for operation, count in found.items():
        elements[operation.name] = elements.get(operation.name, 0) + count * operation.elements / work.g.size
    assert elements.pop("add.reduce", 0) < 0.1, "what is left of the sums of rows"
    # One sum is of products; the other is taken 32 rows at a time, and then along what that leaves.
    assert elements == {"vecdot": 1 + 1 / 32, "matmul": 1, "subtract": 1, "multiply": 2, "add": 2}


def _record(by: str, low: float, **more: Any) -> dict[str, Any]:
    workload = {"layer": "batch_norm", "shape": [2, 3], "dtype": "float32", "pass": "backward", "small": False}
    return workload | {"by": by, "low": low, "calls": 1, "elements": 1000} | more


def test_the_page_adds_up() -> None:
    records = [
        _record("Backproof numpy", 8e-3),
        _record("PyTorch", 4e-3),
        _record("add(float32 data)", 2e-3, calls=3, elements=2000),
        _record("add(float32 data)", 1e-3, calls=1),
        _record("vecdot(float32 data)", 3e-3),
    ]
    small = [
        _record("Backproof numpy", 9e-6, shape=[2, 2], small=True),
        _record("PyTorch", 4e-6, shape=[2, 2], small=True),
        _record("add(float32 data)", 3e-6, shape=[2, 2], small=True),
    ]
    page = floors.page(Run(floors.COMMAND, {"processor": "one"}, {}, (*records, *small)))
    assert "| batch_norm backward float32, small arrays | 0.75 | 2.25 | 33% |" in page
    assert "| **the floor** |  | 3 |  | **0.75** |" in page, "in microseconds"
    assert "| batch_norm backward float32 | 1.50 | 2.00 | 75% |" in page
    assert "| `add(float32 data)` | 4 | 3 | 1000.000 | 0.75 |" in page
    assert "| **the floor** |  | 6 |  | **1.50** |" in page
    assert floors.key(records[0]) == "batch_norm" and "- processor: one" in page
