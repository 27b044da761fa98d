"""What takes long to derive, kept as long as the derivation lives: a test suite asks for it again and again."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, TypeVar, cast

from derive.calculus.factor import AffineForm
from derive.language import name_of
from derive.proofs.derivation import Derivation

_Result = TypeVar("_Result")
_known: dict[tuple[str, int, int], tuple[weakref.ref[Derivation], Any]] = {}


def remembered(what: str, derivation: Derivation, make: Callable[[], _Result], other: object = None) -> _Result:
    """The result of `make`, made once for each derivation and other object (by identity)."""
    place = (what, id(derivation), id(other))
    owner, found = _known.get(place, (None, None))
    if owner is None or owner() is not derivation:
        for gone in [key for key, (ref, _) in _known.items() if ref() is None]:
            del _known[gone]
        found = make()
        _known[place] = (weakref.ref(derivation), found)
    return cast(_Result, found)


def closed_forms(derivation: Derivation) -> dict[str, AffineForm]:
    """The closed forms of all gradients, by the names of the inputs."""
    names = [name_of(t) for t in derivation.graph.inputs]
    return remembered("closed forms", derivation, lambda: {name: derivation.closed_form(name) for name in names})
