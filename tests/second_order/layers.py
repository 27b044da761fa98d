"""The layers of the catalogue as the suites for second derivatives take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from derive import layer_names
from tests.support import layers, second_order
from tests.support.catalogue import DEEP, MEMBERS
from tests.support.contract import load_layer
from tests.support.layers import Reference


@dataclass(frozen=True)
class Layer:
    """One layer: its name, sizes to try, and whether shifting or scaling its data changes nothing but rounding."""

    name: str
    sizes: tuple[tuple[int, ...], ...]
    shifts: bool
    scales: bool

    @property
    def module(self) -> ModuleType:
        return load_layer(self.name)

    def reference(self, sizes: tuple[int, ...]) -> tuple[Reference, Mapping[str, int], dict[str, Any]]:
        """The plain layer, the sizes by the names of its axes, and the arguments that the module needs."""
        if self.name == "batch_norm":
            return layers.BATCH_NORM, dict(zip("ncs", sizes, strict=True)), {}
        member = next(m for m in MEMBERS if m.name == self.name)
        named = member.sized(sizes)
        return member.reference(named), named, member.arguments(named)

    def trial(self, sizes: tuple[int, ...], dtype: Any, seed: int = 0) -> tuple[second_order.Trial, dict[str, Any]]:
        reference, named, arguments = self.reference(sizes)
        return second_order.draw(reference, named, dtype, seed), arguments


def label(value: Any) -> str:
    return str(getattr(value, "name", value))


EVERY: tuple[Layer, ...] = (
    Layer("batch_norm", DEEP, True, True),
    *(Layer(m.name, m.sizes, m.shifts, m.scales) for m in MEMBERS),
)
assert {layer.name for layer in EVERY} == set(layer_names())
