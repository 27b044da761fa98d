"""Kernels that break one promise each: the promise's own check must notice, and only then."""

from __future__ import annotations

import pytest

from tests.support.contract import BatchNorm, keeps, wrap
from tests.support.contract_mutants import CONTRACT_MUTANTS, ContractMutant, Promise


@pytest.mark.parametrize("mutant", CONTRACT_MUTANTS, ids=lambda mutant: mutant.name)
def test_broken_promise_is_noticed(kernel: BatchNorm, mutant: ContractMutant) -> None:
    with pytest.raises(AssertionError):
        keeps(mutant.make(kernel), mutant.noticed_by)


CHECKS = tuple(dict.fromkeys(mutant.noticed_by for mutant in CONTRACT_MUTANTS))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_wrapped_right_kernel_passes(kernel: BatchNorm, check: Promise) -> None:
    """Wrapping alone breaks nothing: what is noticed is the mistake."""
    keeps(wrap(kernel), check)
