"""The layers of the catalogue as the suites for second derivatives take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

from derive import layer_names
from tests.support import layers, second_order
from tests.support.catalogue import DEEP, MEMBERS
from tests.support.contract import REFERENCE, load_layer
from tests.support.layers import Reference
from tests.support.targets import is_tried, of_arrays_in_every_form


@dataclass(frozen=True)
class Layer:
    """One layer: its name, sizes to try, and whether shifting or scaling its data changes nothing but rounding.

    ``target`` is whose kernels are meant.
    """

    name: str
    sizes: tuple[tuple[int, ...], ...]
    shifts: bool
    scales: bool
    target: str = REFERENCE

    @property
    def module(self) -> ModuleType:
        return load_layer(self.name, self.target)

    @property
    def tried(self) -> tuple[tuple[int, ...], ...]:
        """The sizes that all is tried on: for targets that print the same plan once more, three of them."""
        return self.sizes if self.target == REFERENCE else self.sizes[1::3]

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
    """How a layer is called in the name of a test."""
    return f"{value.target}-{value.name}" if isinstance(value, Layer) else str(value)


EVERY: tuple[Layer, ...] = (
    Layer("batch_norm", DEEP, True, True),
    *(Layer(m.name, m.sizes, m.shifts, m.scales) for m in MEMBERS),
)
# The same on every target that takes arrays, with and without forms for small ones.
EVERYWHERE = tuple(
    replace(layer, target=target)
    for target in of_arrays_in_every_form()
    for layer in EVERY
    if is_tried(target, layer.name)
)
assert {layer.name for layer in EVERY} == set(layer_names())
