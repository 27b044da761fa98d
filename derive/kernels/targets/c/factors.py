"""Sums along a row whose terms differ in factors that are the same for all of it: what is added up is what they share.

The terms `weight * grad_output` and `inv_std * grad_output` of a row with one weight and one deviation are two numbers
times one sum. In floating point that is another order of the same operations, and fewer of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derive.kernels.loops import made_by, read_by
from derive.kernels.needs import ops_behind
from derive.kernels.plan import Op, Ref
from derive.kernels.targets.c.passes import PassSource

_Product = tuple[Ref, ...]


def factored(source: PassSource) -> dict[str, dict[str, Any]]:
    """For each sort of rows in which there are fewer sums than terms, the values of the templates of both.

    Sums of float data alone: these do not exceed the range of double, whatever is multiplied first.
    """
    sweep = source.sweep
    wide = (source.data, source.type) == ("float", "double") and not sweep.writes and sweep.lane_sums
    if not wide or source.filled or any(r.largest for r in (*sweep.lane_sums, *sweep.place_sums)):
        return {}
    # What belongs to a lane is the same for every row; what stands in memory only for a steady one.
    hows = ["own"] * (not sweep.place_sums) + ["steady"] * source.steady
    found = {how: _Factors(source, how).context() for how in hows}
    return {how: context for how, context in found.items() if context is not None}


class _Factors:
    """The terms of one pass in one sort of rows."""

    def __init__(self, source: PassSource, how: str) -> None:
        self.source, self.sweep, self.how = source, source.sweep, how
        self.made: dict[str, Op] = {op.result: op for op in self.sweep.ops}
        in_memory = {leaf.name for leaf in self.sweep.scope.leaves} | source.inner_values
        self.varying = in_memory if how == "own" else set[str]()

    def context(self) -> dict[str, Any] | None:
        """What the loops add up, and what each sum takes of it; None where that is not less."""
        factors, shares = list[_Product](), list[_Product]()
        for reduction in (*self.sweep.lane_sums, *self.sweep.place_sums):
            constant, varying = self._together(reduction.left, reduction.right)
            factors.append(constant)
            shares.append(tuple(sorted(varying, key=lambda ref: (ref.kind, ref.name))))
        bases, own = list(dict.fromkeys(shares)), list(dict.fromkeys(f for f in factors if f))
        if len(bases) == len(shares) or () in bases:
            return None
        name = f"{self.source.name}_{self.how}"
        takes = [
            {"base": bases.index(share), "factor": own.index(factor) if factor else None}
            for share, factor in zip(shares, factors, strict=True)
        ]
        return {
            "base": self._function(f"{name}_base", bases),
            "factors": self._function(f"{name}_factors", own),
            "takes": takes,
        }

    def _is_constant(self, ref: Ref) -> bool:
        if ref.kind == "local":
            return all(map(self._is_constant, self.made[ref.name].args))
        return ref.kind == "number" or (ref.kind == "scalar" and ref.name not in self.varying)

    def _together(self, *refs: Ref | None) -> tuple[_Product, _Product]:
        """The factors of a product: those that are the same for a row, and those of its elements."""
        both = [self._split(ref) for ref in refs if ref is not None]
        return tuple(r for constant, _ in both for r in constant), tuple(r for _, varying in both for r in varying)

    def _split(self, ref: Ref) -> tuple[_Product, _Product]:
        if self._is_constant(ref):
            return (ref,), ()
        op = self.made.get(ref.name) if ref.kind == "local" else None
        if op is None or op.function not in ("multiply", "copy"):
            return (), (ref,)
        return self._together(*op.args)

    def _function(self, name: str, products: Sequence[_Product]) -> dict[str, Any]:
        """The values of the template of a function that gives products, with the operands that these need."""
        source, scope = self.source, self.sweep.scope
        needed = [ref.name for product in products for ref in product if ref.kind == "local"]
        ops = ops_behind(needed, self.sweep.ops)
        refs = [ref for product in products for ref in product] + [ref for op in ops for ref in op.args]
        read = {ref.name for ref in refs if ref.kind == "scalar"}
        items = []
        for item in reversed(scope.items):
            if not read.isdisjoint(made_by(item)):
                items.append(item)
                read |= set(read_by(item))
        lines = [line for item in reversed(items) for line in source.item(item)]
        lines += [source.operation(op) for op in ops]
        lines += [f"*to_{k} = {' * '.join(map(source.operand, product))};" for k, product in enumerate(products)]
        return source.part(name, lines) | {
            "sums": [{"largest": False, "less": False} for _ in products],
            "terms": [str(k) for k in range(len(products))],
            "lossy": [False for _ in products],
        }
