"""Where a layer is defined: what must be positive or differ from zero, proven where signs show it, else assumed.

A power with an exponent that is no whole number needs a base greater than zero (an odd root of a negative number is
not taken), a negative power a base other than zero, a logarithm an argument greater than zero. Where these hold, all
derivatives exist too: the derivative of such a power or of a logarithm is made of powers of the same base, and the
other functions of the vocabulary have derivatives everywhere. So derivatives of any order add no condition; the
backward equations are searched all the same. A base of exactly zero is left out even where the value exists, as for
the square root, because there the derivative does not.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, cast

import sympy as sp

from derive.calculus.canonical import key
from derive.errors import ProofError
from derive.formula import text
from derive.graph import Equation, Graph
from derive.language import Constant, atoms_of, axes_of, is_indicator, name_of
from derive.proofs.derivation import Derivation
from derive.proofs.evaluate import Arithmetic, Evaluation, Sample, fill, positions, with_best_arithmetic
from derive.proofs.exact import OutsideDomain
from derive.proofs.ranges import Ranges, Reason
from derive.proofs.theorem import Check

SAMPLES = 12
_TRIES = 20


@dataclass(frozen=True)
class Condition:
    """That an expression is positive, or only that it is not zero.

    Args:
        expr: the expression, in the layer's tensors.
        nonzero: whether it only has to differ from zero.
        of: the definitions that need it.
        reasons: the steps that prove it; none when it is an assumption about the data.
        value: the expression with every elementwise definition unfolded: inputs, buffers, constants and statistics.
    """

    expr: sp.Expr
    nonzero: bool
    of: tuple[str, ...]
    reasons: tuple[Reason, ...]
    value: sp.Expr

    @property
    def relation(self) -> sp.Rel:
        """The condition as a relation."""
        return (sp.Ne if self.nonzero else sp.Gt)(self.expr, 0, evaluate=False)

    @property
    def proven(self) -> bool:
        """Whether it holds whatever the data is."""
        return bool(self.reasons)

    def is_small(self, graph: Graph) -> bool:
        """Whether there are fewer values to look at than the data has, so that it is cheap to check."""
        return set(axes_of(self.value)) != set(graph.axes)


@dataclass(frozen=True)
class Domain:
    """All conditions of one layer, and the independent check that the proven ones passed; None when there is none."""

    conditions: tuple[Condition, ...] = ()
    check: Check | None = None

    @property
    def proven(self) -> tuple[Condition, ...]:
        """What holds whatever the data is."""
        return tuple(condition for condition in self.conditions if condition.proven)

    @property
    def assumptions(self) -> tuple[Condition, ...]:
        """What the data must meet."""
        return tuple(condition for condition in self.conditions if not condition.proven)


def prove_domain(derivation: Derivation) -> Domain:
    """The conditions of a layer and its derivatives; ProofError when one can never hold or a proof is refuted."""
    graph, equations = derivation.graph, derivation.backward.equations
    ranges = Ranges(graph, equations)
    found = []
    for condition in conditions(graph, equations):
        reach = ranges(condition.expr)
        if (not condition.nonzero and (reach.high <= 0)) or (reach.low == reach.high == 0):
            raise ProofError(
                f"layer {graph.name!r}: {', '.join(condition.of)} needs {text(condition.relation)}, which never holds"
            )
        holds = reach.nonzero if condition.nonzero else reach.positive
        found.append(replace(condition, reasons=ranges.reasons(condition.expr)) if holds else condition)
    return Domain(tuple(found), check_domain(derivation, found) if any(c.proven for c in found) else None)


def conditions(graph: Graph, equations: Iterable[Equation]) -> tuple[Condition, ...]:
    """Every condition that the equations need, none of them proven yet, in the order in which they occur."""
    found: dict[str, Condition] = {}
    for equation in equations:
        for base, nonzero in _bases(equation):
            known = found.get(key(base))
            if known is None:
                found[key(base)] = Condition(base, nonzero, (equation.name,), (), _opened(graph, base))
            else:
                owners = tuple(dict.fromkeys((*known.of, equation.name)))
                # What only derivatives need is needed by the definition that is differentiated.
                owners = known.of if equation not in graph.equations else owners
                found[key(base)] = replace(known, nonzero=known.nonzero and nonzero, of=owners)
    return tuple(found.values())


def _bases(equation: Equation) -> Iterator[tuple[sp.Expr, bool]]:
    """What must be positive or, with True, not zero, for one equation."""
    nodes = equation.summand.atoms(sp.Pow, sp.log) | equation.factor.atoms(sp.Pow, sp.log)
    for node in sorted(nodes, key=key):
        base = cast(sp.Expr, node.args[0])
        plain = isinstance(base, Constant) and base.is_positive
        if base == sp.E or plain or not any(True for _ in atoms_of(base)):
            continue
        if isinstance(node, sp.log) or not node.exp.is_Integer:
            yield base, False
        elif node.exp < 0:
            yield base, True


def _opened(graph: Graph, expr: sp.Expr) -> sp.Expr:
    elementwise = {e.target: e.summand for e in graph.equations if not e.over}
    while known := {a: elementwise[a] for a in atoms_of(expr) if a in elementwise}:
        expr = cast(sp.Expr, expr.xreplace(known))
    return expr


def check_domain(derivation: Derivation, found: Iterable[Condition]) -> Check:
    """Evaluate what was proven at values chosen to refute it; ProofError when one does.

    The values are zero, all the same, or few and small, beside random ones: where a square is zero, a variance
    vanishes or terms cancel, a wrong sign shows. The evaluator knows no ranges.
    """
    graph, everything = derivation.graph, tuple(found)
    proven, assumed = [c for c in everything if c.proven], [c for c in everything if not c.proven]
    seen = dict.fromkeys((key(c.expr) for c in proven), 0)
    sizes: list[str] = []
    how = ""
    for number in range(SAMPLES * _TRIES):
        if number >= SAMPLES and all(seen.values()):
            break
        sample = hostile(derivation, random.Random(f"{graph.name}/domain/{number}"), number)
        sizes.append(sample.describe())
        try:  # what is proven is proven for data that meets the assumptions
            if not all(_holds(derivation, condition, sample)[0] for condition in assumed):
                continue
        except OutsideDomain:
            continue
        for condition in proven:
            right, how = _holds(derivation, condition, sample)
            if not right:
                raise ProofError(
                    f"layer {graph.name!r}: {text(condition.relation)} was proven from signs, but fails at "
                    f"{sample.describe()} with {_shown(sample)}"
                )
            seen[key(condition.expr)] += 1
    if not all(seen.values()):
        missing = next(c for c in proven if not seen[key(c.expr)])
        raise ProofError(f"layer {graph.name!r}: found no values at which {text(missing.relation)} could be checked")
    samples = f"{min(seen.values())} samples" if min(seen.values()) > 1 else "one sample"
    words = f"evaluated {how} at {samples} or more, with zeros and equal values among them"
    return Check(f"each proven condition {words}", "; ".join(dict.fromkeys(sizes[:SAMPLES])))


def _holds(derivation: Derivation, condition: Condition, sample: Sample) -> tuple[bool, str]:
    """Whether a condition holds at every place of a sample, and how that was evaluated."""

    def run(arithmetic: Arithmetic) -> bool:
        evaluation = Evaluation(derivation.equations, sample, arithmetic)
        places = positions(axes_of(condition.expr), sample.sizes)
        return all(_meets(condition, evaluation(condition.expr, where)) for where in places)

    return with_best_arithmetic(run)


def _meets(condition: Condition, value: Any) -> bool:
    number = value.rational if hasattr(value, "rational") else value
    return bool(number != 0 if condition.nonzero else number > 0)


def hostile(derivation: Derivation, rng: random.Random, number: int) -> Sample:
    """Values at which signs go wrong first: zeros, equal values, small whole numbers, and random ones."""
    graph = derivation.graph
    sizes = {axis.name: rng.choice((1, 2, 3)) for axis in graph.axes}
    sample = fill(graph, sizes, rng, (derivation.backward.grad_output,), positive=number % 8 == 7)
    values = {name: dict(elements) for name, elements in sample.values.items()}
    for tensor in (*graph.inputs, *graph.buffers, *graph.constants):
        elements, kind = values[name_of(tensor)], number % 4
        least, most = 0 if tensor.is_nonnegative else -2, 1 if is_indicator(tensor) else 2
        same = Fraction(rng.randint(least, most))
        if tensor.is_positive:
            elements.update(dict.fromkeys(elements, Fraction(1, rng.choice((1, 9, 1000)))))
        elif kind < 2:
            elements.update(dict.fromkeys(elements, same if kind else Fraction(0)))
        elif kind == 2:
            elements.update({place: Fraction(rng.randint(least, most)) for place in elements})
        if tensor in graph.buffers and tensor.is_nonnegative and not any(elements.values()):
            elements[rng.choice(sorted(elements))] = Fraction(1)
    return Sample(sizes, values)


def _shown(sample: Sample) -> str:
    return ", ".join(
        f"{name} = ({', '.join(str(v) for v in values.values())})" for name, values in sorted(sample.values.items())
    )


