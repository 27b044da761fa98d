"""The trust boundary: what is proven, what is tested, what is assumed, and the commands that check it again."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from derive.graph import Graph
from derive.proofs.prove import Proven
from derive.report.domain import assumptions
from derive.report.model import Formula, Prose, TheoremView, Trust
from derive.vocabulary import FUNCTIONS


def trust(proven: Proven, theorems: tuple[TheoremView, ...], source: str) -> Trust:
    """What a reader has to believe, and what they need not."""
    derivation = proven.derivation
    claims = [t for t in theorems if t.counterexample is None and not t.denied]
    examples = sum(t.counterexample is not None for t in theorems)
    denied = sum(t.denied for t in theorems)
    axes = ", ".join(axis.name for axis in derivation.graph.axes)
    proved: list[Prose] = [
        (
            f"{len(claims)} statements, for every size of the axes {axes} and all values that meet the hypotheses, "
            "by named rewriting steps. Among them: the formula of each gradient that the kernels are planned from "
            "equals what the chain rule gives.",
        )
    ]
    if proven.domain.proven:
        proved.append(("That the equations and their derivatives are defined, as far as signs and bounds show it.",))
    if examples:
        proved.append((f"{examples} counterexamples, by exact numbers: no rounding is involved.",))
    if denied:
        proved.append((f"That {denied} theorems of related layers do not hold here, by numbers that refute them.",))
    tested: list[Prose] = [
        (
            "Every statement and every step, exactly, at random small sizes and values, by an evaluator that knows "
            "sums, products and powers and none of the rewriting rules.",
        ),
        (
            "Every gradient, exactly, against SymPy's derivative of the layer written out element by element: "
            f"{proven.gradient_check.detail}.",
        ),
        *(
            [(f"{proven.domain.check.how[0].upper()}{proven.domain.check.how[1:]}.",)]
            if proven.domain.check is not None
            else []
        ),
        (
            "The emitted code is tested, not proven: it is printed from the plan, and rounding is not part of these "
            "proofs. "
            + (
                "The test suites hold it to error bounds, and are themselves shown to catch wrong kernels."
                if in_catalogue(source)
                else "The suites that ship with Backproof test the layers of its catalogue; compare this one with a "
                "reference of your own on data like yours."
            ),
        ),
    ]
    assumed = assumptions(proven)
    constants = [c for c in derivation.graph.constants if c.is_positive]
    assumed += [(Formula(sp.Gt(c, 0, evaluate=False)), ", a constant of the layer.") for c in constants]
    functions = sorted({type(f).__name__ for f in _functions(derivation.graph)})
    words = f" (here with {', '.join(functions)})" if functions else ""
    assumed += [
        ("Sizes are whole numbers, at least one along each axis, and otherwise symbols.",),
        (
            "SymPy's derivative of an elementwise expression of ordinary variables",
            words,
            "; which of them flow where, and every sum, is done and checked here.",
        ),
        ("The forward equations are the layer that is meant; the printer and NumPy's arithmetic do what they say.",),
    ]
    return Trust(tuple(proved), tuple(tested), tuple(assumed))


def in_catalogue(source: str) -> bool:
    """Whether a layer is one that ships with Backproof."""
    return ".py" not in source


def _functions(graph: Graph) -> Iterator[sp.Basic]:
    for equation in graph.equations:
        yield from equation.summand.atoms(*FUNCTIONS)


def commands(source: str) -> tuple[tuple[str, str], ...]:
    """What to type to have it all checked again, and what that does."""
    found = [
        (f"regenerate-kernels {source} --check", "derives, proves and emits again, and compares with these files"),
        (f"derivation-report {source} --steps", "proves again and prints every step"),
    ]
    if in_catalogue(source):
        found.append(("python -m pytest", "in a checkout: all numeric suites, kernels wrong on purpose included"))
    return tuple(found)
