"""What is proven about batch normalization, once for all tests."""

from __future__ import annotations

from functools import cache

from derive import Claim, Misuse, Proven, Theorem, prove_layer
from derive.proofs.derivation import Derivation, derive_layer
from tests.calculus import examples


@cache
def batch_norm() -> Proven:
    return prove_layer("batch_norm")


@cache
def derived(make: examples.Maker) -> Derivation:
    return derive_layer(make())


def theorem(name: str) -> Theorem:
    return next(t for t in batch_norm().theorems if t.name == name)


def claim(name: str) -> Claim:
    found = theorem(name).claim
    assert isinstance(found, Claim)
    return found


def misuse(name: str) -> Misuse:
    found = theorem(name).claim
    assert isinstance(found, Misuse)
    return found
