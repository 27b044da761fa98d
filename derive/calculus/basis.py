"""The atoms in which the algebra of sums works: deviations, roots and functions under names of their own.

In this basis every expression of a derivation is a polynomial (with whole, possibly negative powers) in atoms and sums:

* a difference `v - m` of a tensor and one of fewer axes is kept whole, as a *deviation* (the centred form);
* `B**(p/q)` with a compound `B` is a power of the *root* `B**(-1/q)`;
* `exp`, `log`, `tanh` of something are atoms.

Each such atom is an ordinary definition, so whatever is said in this basis can be evaluated and checked.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

import sympy as sp

from derive.calculus.canonical import key, ordered
from derive.errors import AlgebraError
from derive.graph import Equation, Graph
from derive.language import Axis, Constant, Size, atom, atoms_of, axes_of, count, indices, name_of, sum_over
from derive.vocabulary import FUNCTIONS


@dataclass(frozen=True)
class Centre:
    """`deviation = tensor - mean`, where `mean` has fewer axes; `over` when it is the tensor's average over those.

    `weights` are those that the elements have in the mean, `mass` is their sum. `exact` says that the mean is no mean
    but a stabilizer, which is known without any error.
    """

    deviation: sp.Expr
    tensor: sp.Expr
    mean: sp.Expr
    over: tuple[Axis, ...]
    exact: bool = False
    weights: sp.Expr = sp.S.One
    mass: sp.Expr = sp.S.One

    @property
    def weighted(self) -> sp.Expr:
        """What sums to zero: the deviation, with the weights of its mean."""
        return cast(sp.Expr, self.weights * self.deviation)


@dataclass(frozen=True)
class Root:
    """`symbol = base**(-1/degree)`."""

    symbol: sp.Expr
    base: sp.Expr
    degree: int


class Basis:
    """Rewrites expressions of one derivation into the basis, naming new atoms as they turn up.

    Args:
        graph: the forward graph; its equations are read in order, so the names do not depend on later use.
        names: preferred names, from name to expression (an interface says that `1/sqrt(var + eps)` is `inv_std`).
        equations: more equations whose atoms should be known from the start.
        centred: whether deviations are kept whole; without, the basis is that of the moment form.
    """

    def __init__(
        self,
        graph: Graph,
        names: Mapping[str, sp.Expr] | None = None,
        equations: Iterable[Equation] = (),
        *,
        centred: bool = True,
    ) -> None:
        self.graph = graph
        self.centres: list[Centre] = []
        self.roots: list[Root] = []
        self.definitions: list[Equation] = []
        self.tails: dict[sp.Expr, sp.Expr] = {}
        self._elementwise = {e.target: e.summand for e in graph.equations if not e.over}
        self._functions: dict[sp.Expr, sp.Expr] = {}
        self._names = dict(names or {})
        equations = (*graph.equations, *equations)
        self._taken = {name_of(a) for e in equations for a in (e.target, *atoms_of(e.value))}
        if centred:
            self._find_centres()
        self.learn(equations)

    def enter(self, expr: sp.Expr) -> sp.Expr:
        """The expression in this basis."""
        if isinstance(expr, sp.Indexed | sp.Symbol | sp.Rational):
            return expr
        if isinstance(expr, sp.Sum):
            return sum_over(self.enter(cast(sp.Expr, expr.function)), [cast(Axis, limit[0]) for limit in expr.limits])
        if isinstance(expr, sp.Add):
            return self._enter_sum_of_terms(expr)
        if isinstance(expr, sp.Pow) and expr.base != sp.E:
            base, exponent = cast(sp.Expr, expr.base), cast(sp.Rational, expr.exp)
            simple = isinstance(base, sp.Indexed | sp.Symbol)
            return self._enter_power(self.enter(base if simple else self.opened(base)), exponent)
        if isinstance(expr, FUNCTIONS):
            return self._enter_function(cast(sp.Function, self.opened(expr)))
        return cast(sp.Expr, expr.func(*[self.enter(cast(sp.Expr, arg)) for arg in expr.args]))

    def learn(self, equations: Iterable[Equation]) -> None:
        """Take in more equations, so that their atoms are known, under names that nothing else has."""
        equations = tuple(equations)
        self._taken |= {name_of(a) for e in equations for a in (e.target, *atoms_of(e.value))}
        for equation in equations:
            self.enter(equation.summand)

    def keep_whole(self, equation: Equation) -> None:
        """Take an adjoint or a tangent for an atom; it is defined by the equation."""
        self.definitions.append(equation)
        self.tails[equation.target] = self.enter(self.opened(equation.value))

    @property
    def inner(self) -> dict[sp.Expr, sp.Expr]:
        """What each atom is made of, in the basis."""
        return {e.target: self.tails.get(e.target, e.value) for e in self.definitions}

    def hides(self, exprs: Iterable[sp.Expr]) -> bool:
        """Whether a deviation stands inside of a function or a root, where it must be whole."""
        deviations = {c.deviation for c in self.centres if not c.exact}
        found = {a for e in exprs for a in atoms_of(e) if a in self.inner and a not in deviations}
        inside = [self.inner[a] for a in ordered(found)]
        return any(deviations & set(atoms_of(value)) for value in inside) or bool(inside) and self.hides(inside)

    def opened(self, expr: sp.Expr) -> sp.Expr:
        """The expression in inputs and statistics: what goes into an atom cannot be unfolded later."""
        while known := {a: self._elementwise[a] for a in atoms_of(expr) if a in self._elementwise}:
            expr = cast(sp.Expr, expr.xreplace(known))
        return expr

    def fork(self) -> Basis:
        """A copy that may learn more atoms without changing this one."""
        other = copy.copy(self)
        other.centres, other.roots = list(self.centres), list(self.roots)
        other.definitions, other._functions = list(self.definitions), dict(self._functions)
        other._taken, other.tails = set(self._taken), dict(self.tails)
        return other

    def _enter_sum_of_terms(self, expr: sp.Add) -> sp.Expr:
        coefficients = expr.as_coefficients_dict()
        extra = sp.S.Zero
        for centre in self.centres:
            share = coefficients.get(centre.tensor, sp.S.Zero)
            if share != 0 and coefficients.get(centre.mean, sp.S.Zero) == -share:
                extra += share * centre.deviation
                coefficients[centre.tensor] = coefficients[centre.mean] = sp.S.Zero
        rest = [c * self.enter(cast(sp.Expr, term)) for term, c in coefficients.items() if c != 0]
        return sp.Add(extra, *rest)

    def _enter_power(self, base: sp.Expr, exponent: sp.Rational) -> sp.Expr:
        simple = isinstance(base, sp.Indexed | sp.Symbol | sp.Rational)
        if simple or (exponent.is_Integer and exponent > 0):
            return base**exponent
        if isinstance(base, sp.Mul) and exponent.is_Integer:
            return sp.Mul(*[self._enter_power(b, exponent) for b in base.args])
        if isinstance(base, sp.Pow) and exponent.is_Integer:
            return self._enter_power(cast(sp.Expr, base.base), cast(sp.Rational, base.exp * exponent))
        for root in self.roots:
            if root.base == base and (exponent * root.degree).is_Integer:
                return cast(sp.Expr, root.symbol ** (-exponent * root.degree))
        if base.has(sp.Sum):
            raise AlgebraError(f"a power of a sum, ({base})**({exponent}), has no definition of its own")
        degree = int(exponent.q)
        symbol = self._name(cast(sp.Expr, base ** sp.Rational(-1, degree)), self._root_name(base, degree))
        self.roots.append(Root(symbol, base, degree))
        return cast(sp.Expr, symbol ** (-exponent * degree))

    def _enter_function(self, expr: sp.Function) -> sp.Expr:
        argument = self.enter(cast(sp.Expr, expr.args[0]))
        if isinstance(expr, sp.exp):
            # exp(2*v) is a power of exp(v): one function, evaluated once.
            for known, symbol in self._functions.items():
                ratio = argument / known.args[0] if isinstance(known, sp.exp) else sp.S.Zero
                if isinstance(ratio, sp.Integer) and ratio != 0:
                    return cast(sp.Expr, symbol**ratio)
        entered = cast(sp.Expr, expr.func(argument))
        if entered not in self._functions:
            atoms = list(dict.fromkeys(atoms_of(argument)))
            stem = f"{type(expr).__name__}_{name_of(atoms[0]) if len(atoms) == 1 else 1}"
            self._functions[entered] = self._name(entered, stem)
        return self._functions[entered]

    def _root_name(self, base: sp.Expr, degree: int) -> str:
        statistics = [name_of(a) for a in ordered(set(atoms_of(base))) if not isinstance(a, Constant)]
        return {1: "inv", 2: "inv_sqrt"}.get(degree, f"inv_root{degree}") + f"_{'_'.join(statistics[:2])}"

    def _name(self, value: sp.Expr, proposal: str) -> sp.Expr:
        """A new atom for `value`, under its preferred name if it has one, and its definition."""
        for preferred, expr in self._names.items():
            if self._same(expr, value):
                proposal = preferred
        name, number = proposal, 2
        while name in self._taken:
            name, number = f"{proposal}_{number}", number + 1
        self._taken.add(name)
        symbol = atom(name, axes_of(value, self.graph.axes))
        self.definitions.append(Equation(symbol, value))
        return symbol

    def _same(self, named: sp.Expr, value: sp.Expr) -> bool:
        """Whether an expression that a layer's author wrote is `value`, which is in the basis."""
        deviations = {centre.deviation: centre.tensor - centre.mean for centre in self.centres}
        return key(named) == key(value) or key(named) == key(cast(sp.Expr, value.xreplace(deviations)))

    def _averages(self) -> dict[sp.Expr, tuple[Equation, sp.Expr, sp.Expr]]:
        """The means among the definitions, each with the weights of its elements and their sum."""
        found: dict[sp.Expr, tuple[Equation, sp.Expr, sp.Expr]] = {}
        for e in self.graph.equations:
            if e.is_average:
                found[e.target] = (e, sp.S.One, count(e.over))
        for mass in (e for e in self.graph.equations if e.over and e.factor == 1 and not e.stabilizer):
            for e in self.graph.equations:
                if e.over == mass.over and e.factor == 1 / mass.target:
                    found[e.target] = (e, mass.summand, mass.target)
        return found

    def _find_centres(self) -> None:
        one: sp.Expr = sp.S.One
        averages = self._averages()
        for equation in self.graph.equations:
            for node in sorted(equation.summand.atoms(sp.Add), key=key):
                plus, minus = _signed_atoms(node)
                for tensor in plus:
                    for mean in minus:
                        known = any((c.tensor, c.mean) == (tensor, mean) for c in self.centres)
                        if known or not set(indices(mean)) < set(indices(tensor)):
                            continue
                        source = averages.get(mean)
                        own = source is not None and source[0].summand == source[1] * tensor
                        exact = mean in self.graph.stabilizers
                        if own or exact or mean in self.graph.buffers:
                            over, weights, mass = (source[0].over, *source[1:]) if source and own else ((), one, one)
                            stem = f"{name_of(tensor)}_{'shifted' if exact else 'centred'}"
                            symbol = self._name(tensor - mean, stem)
                            self.centres.append(Centre(symbol, tensor, mean, over, exact, weights, mass))


def _signed_atoms(node: sp.Basic) -> tuple[list[sp.Expr], list[sp.Expr]]:
    """The tensors that stand in a sum of terms with the coefficient +1, and those with -1."""
    plus: list[sp.Expr] = []
    minus: list[sp.Expr] = []
    for term in node.args:
        coefficient, rest = cast(sp.Expr, term).as_coeff_Mul()
        if isinstance(rest, sp.Indexed | sp.Symbol) and not isinstance(rest, Size | Constant):
            (plus if coefficient == 1 else minus if coefficient == -1 else []).append(cast(sp.Expr, rest))
    return sorted(plus, key=key), sorted(minus, key=key)
