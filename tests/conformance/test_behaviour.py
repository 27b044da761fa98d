"""The contract's promises that are not about accuracy, each defined in ``tests/support``."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support import behaviour, determinism, outputs, refusals
from tests.support.contract import BatchNorm, keeps

PROMISES = (
    *behaviour.PROMISES,
    *outputs.PROMISES,
    *determinism.PROMISES,
    refusals.either_running_dtype,
)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_promise(kernel: BatchNorm, promise: Callable[[BatchNorm], None]) -> None:
    keeps(kernel, promise)


def test_a_large_case_has_the_same_bits_on_any_number_of_threads(kernel: BatchNorm) -> None:
    determinism.large_case_same_bits(kernel)


def test_blas_threads_do_not_change_the_bits(kernel: BatchNorm) -> None:
    determinism.blas_threads_same_bits(kernel)


def test_no_full_size_temporaries(kernel: BatchNorm) -> None:
    determinism.memory_is_bounded(kernel)


@pytest.mark.parametrize("refusal", refusals.REFUSALS, ids=lambda refusal: refusal.name)
def test_refusal(kernel: BatchNorm, refusal: refusals.Refusal) -> None:
    refusal.check(kernel)
