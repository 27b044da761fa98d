"""The layer written out element by element and differentiated by SymPy, as the witness of the whole gradient."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

import sympy as sp

from derive.errors import ProofError
from derive.graph import Graph
from derive.language import indices, name_of
from derive.proofs.derivation import Derivation
from derive.proofs.evaluate import Arithmetic, Evaluation, Sample, fill, positions, with_best_arithmetic
from derive.proofs.exact import OutsideDomain
from derive.proofs.theorem import Check

SIZES = ((2, 2, 2), (3, 1, 2))
_TRIES = 40


class SymbolicArithmetic:
    """Numbers are SymPy expressions: evaluating a layer in it writes the layer out, as a textbook has it.

    Stabilizers are left out, so that the layer without them is what a layer with them is compared with.
    """

    name = "symbolically"

    def number(self, value: Any) -> sp.Expr:
        """A rational number or an element's symbol."""
        return (
            cast(sp.Expr, sp.Rational(value.numerator, value.denominator))
            if isinstance(value, Fraction)
            else cast(sp.Expr, value)
        )

    def power(self, base: sp.Expr, exponent: Fraction) -> sp.Expr:
        """A rational power."""
        return cast(sp.Expr, base ** sp.Rational(exponent.numerator, exponent.denominator))

    def function(self, name: str, argument: sp.Expr) -> sp.Expr:
        """A function of the vocabulary, in terms of those that SymPy has."""
        if name == "sigmoid":
            return cast(sp.Expr, 1 / (1 + sp.exp(-argument)))
        if name == "erf_slope":
            return cast(sp.Expr, 2 / sp.sqrt(sp.pi) * sp.exp(-(argument**2)))
        return cast(sp.Expr, getattr(sp, name)(argument))

    def largest(self, values: list[sp.Expr]) -> sp.Expr:
        """Nothing is subtracted."""
        return sp.S.Zero

    def pi(self) -> sp.Expr:
        """The number pi."""
        return cast(sp.Expr, sp.pi)

    def equal(self, a: sp.Expr, b: sp.Expr) -> bool:
        """Structural equality."""
        return bool(a == b)


@dataclass(frozen=True)
class WrittenOut:
    """A layer's output elements as SymPy expressions in one symbol per input element."""

    sizes: Mapping[str, int]
    symbols: Mapping[str, Mapping[tuple[int, ...], sp.Expr]]
    outputs: Mapping[tuple[int, ...], sp.Expr]


def write_out(graph: Graph, sizes: Mapping[str, int]) -> WrittenOut:
    """Every element of the output, with every sum written as its terms.

    SymPy is not told that the elements are real: it would write the root of a single square as an absolute value.
    """
    symbols: dict[str, dict[tuple[int, ...], sp.Expr]] = {}
    for tensor in (*graph.inputs, *graph.buffers, *graph.constants):
        name = name_of(tensor)
        symbols[name] = {
            tuple(w.values()): sp.Symbol("_".join([name, "at", *map(str, w.values())]))
            for w in positions(indices(tensor), sizes)
        }
    sample = Sample(sizes, cast("Mapping[str, Mapping[tuple[int, ...], Fraction]]", symbols))
    evaluation = Evaluation(graph.equations, sample, SymbolicArithmetic())
    axes = indices(graph.output)
    outputs = {tuple(w.values()): cast(sp.Expr, evaluation(graph.output, w)) for w in positions(axes, sizes)}
    return WrittenOut(sizes, symbols, outputs)


def flat(sample: Sample, symbols: Mapping[str, Mapping[tuple[int, ...], sp.Expr]]) -> Sample:
    """The sample's numbers under the names of the written-out symbols."""
    values: dict[str, dict[tuple[int, ...], Fraction]] = {
        str(symbol): {(): sample.values[name][place]}
        for name, table in symbols.items()
        for place, symbol in table.items()
    }
    return Sample({}, values)


def sizes_for(graph: Graph) -> list[dict[str, int]]:
    """Two small sets of sizes, one of them with an axis of a single element."""
    return [{axis.name: row[k % len(row)] for k, axis in enumerate(graph.axes)} for row in SIZES]


def check_gradient(derivation: Derivation) -> Check:
    """Compare every gradient of the chain rule with brute force, exactly where possible; ProofError on a difference."""
    seed = name_of(derivation.backward.grad_output)
    details: list[str] = []
    how = ""
    for sizes in defined_sizes(derivation):
        written = write_out(derivation.graph, sizes)
        symbols = dict(written.symbols)
        symbols[seed] = {
            place: sp.Symbol("_".join([seed, "at", *map(str, place)])) for place in written.outputs
        }
        loss = sp.Add(*[symbols[seed][place] * y for place, y in written.outputs.items()])
        derivatives = {
            (name_of(tensor), place): cast(sp.Expr, sp.diff(loss, symbol))
            for tensor in derivation.graph.inputs
            for place, symbol in symbols[name_of(tensor)].items()
        }
        sample, how = _compare(derivation, sizes, symbols, derivatives, written.outputs)
        details.append(sample.describe())
    return Check(f"compared {how} with SymPy's derivative of the written-out layer", "; ".join(details))


def defined_sizes(derivation: Derivation) -> list[dict[str, int]]:
    """The same, without single elements where the layer is not defined for them."""
    return [
        small if _exists(derivation, small) else {name: max(size, 2) for name, size in small.items()}
        for small in sizes_for(derivation.graph)
    ]


def _exists(derivation: Derivation, sizes: Mapping[str, int]) -> bool:
    """Whether the layer is defined for any values of these sizes: the variance of one element, say, has no root."""
    rng = random.Random(f"{derivation.name}/exists/{sorted(sizes.items())}")
    for attempt in range(_TRIES):
        sample = fill(derivation.graph, sizes, rng, (derivation.backward.grad_output,), positive=attempt >= _TRIES // 2)

        def run(arithmetic: Arithmetic, sample: Sample = sample) -> bool:
            evaluation = Evaluation(derivation.equations, sample, arithmetic)
            for gradient in derivation.backward.gradients:
                for where in positions(indices(gradient.symbol), sizes):
                    evaluation(gradient.symbol, where)
            return True

        try:
            return with_best_arithmetic(run)[0]
        except OutsideDomain:
            continue
    return False


def _compare(
    derivation: Derivation,
    sizes: Mapping[str, int],
    symbols: Mapping[str, Mapping[tuple[int, ...], sp.Expr]],
    derivatives: Mapping[tuple[str, tuple[int, ...]], sp.Expr],
    outputs: Mapping[tuple[int, ...], sp.Expr],
) -> tuple[Sample, str]:
    rng = random.Random(f"{derivation.name}/brute force/{sorted(sizes.items())}")
    for attempt in range(_TRIES):
        sample = fill(derivation.graph, sizes, rng, (derivation.backward.grad_output,), positive=attempt >= _TRIES // 2)

        def agrees(arithmetic: Arithmetic, sample: Sample = sample) -> bool:
            ours = Evaluation(derivation.equations, sample, arithmetic)
            theirs = Evaluation((), flat(sample, symbols), arithmetic)
            for (name, place), derivative in derivatives.items():
                tensor = derivation.graph[name]
                where = dict(zip(indices(tensor), place, strict=True))
                mine = ours(derivation.backward.grad(name), where)
                if not arithmetic.equal(mine, theirs(derivative, {})):
                    raise ProofError(
                        f"{derivation.name}: the chain rule's gradient of {name}{list(place)} is {mine}, brute force "
                        f"gives {theirs(derivative, {})}, at {sample.describe()}"
                    )
            if derivation.graph.stabilizers:
                _compare_outputs(derivation, ours, theirs, outputs, arithmetic)
            return True

        try:
            return sample, with_best_arithmetic(agrees)[1]
        except OutsideDomain:
            continue
    raise ProofError(f"{derivation.name}: found no values at which the layer and its gradient exist")


def _compare_outputs(
    derivation: Derivation,
    ours: Evaluation,
    theirs: Evaluation,
    outputs: Mapping[tuple[int, ...], sp.Expr],
    arithmetic: Arithmetic,
) -> None:
    """That stabilizers change no output."""
    output = derivation.graph.output
    for place, written in outputs.items():
        mine, other = ours(output, dict(zip(indices(output), place, strict=True))), theirs(written, {})
        if not arithmetic.equal(mine, other):
            raise ProofError(
                f"{derivation.name}: {output}{list(place)} is {mine} with its stabilizers, {other} without them"
            )
