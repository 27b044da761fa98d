"""How a layer is written: named axes, tensors, constants, sums, and a `Layer` of forward equations.

    n, c, s = axes("n c s...")
    x, gamma, beta = tensor("x", n, c, s), tensor("gamma", c), tensor("beta", c)
    eps = positive("eps")

    batch_norm = Layer("batch_norm", inputs=(x, gamma, beta), constants=(eps,))
    mean = batch_norm.define("mean", average(x, over=(n, s)))

Everything is an ordinary SymPy object: an axis is a `Symbol` (it is also the index that runs along it), a tensor is an
`Indexed` with its axes as indices, a sum is a `Sum` over the whole axis. Broadcasting is by name: an expression has the
axes that occur free in it.
"""

from __future__ import annotations

import functools
import keyword
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import sympy as sp

from derive import vocabulary
from derive.errors import LanguageError
from derive.vocabulary import FUNCTIONS, VOCABULARY, Maximum, Stabilizer, is_reduction

# Names that emitted modules and derivations use themselves.
_RESERVED = frozenset({"axes", "axis", "count", "out", "saved", "self", "threads"})
_TAKEN = ("_", "grad_", "tangent_", "cotangent_", "N_")  # beginnings of names


class Axis(sp.Symbol):
    """A named axis and the index along it; `many` says that it stands for zero or more array dimensions."""

    many = False

    if TYPE_CHECKING:  # SymPy's own is not annotated

        def __new__(cls, name: str, **assumptions: bool) -> Axis: ...  # noqa: D102

    @property
    def size(self) -> sp.Symbol:
        """The number of elements along the axis, a positive integer symbol."""
        return Size(f"N_{self.name}", integer=True, positive=True)


class ManyAxis(Axis):
    """An axis written `s...`: zero or more array dimensions under one name."""

    many = True


class Size(sp.Symbol):
    """The size of an axis."""

    if TYPE_CHECKING:

        def __new__(cls, name: str, **assumptions: bool) -> Size: ...  # noqa: D102


class Constant(sp.Symbol):
    """A number that is the same for the whole call, such as eps."""

    if TYPE_CHECKING:

        def __new__(cls, name: str, **assumptions: bool) -> Constant: ...  # noqa: D102


def _call_site(depth: int = 2) -> str:
    """`file:line` of the first caller outside this module, for messages about a user's layer file."""
    frame = sys._getframe(depth)
    while frame.f_back is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"


def check_name(name: object, what: str) -> str:
    """Return `name` if it can be a name in emitted code; raise LanguageError otherwise."""
    if not isinstance(name, str) or not name.isidentifier() or not name.isascii():
        raise LanguageError(f"{what} at {_call_site()}: expected an ASCII identifier as its name, got {name!r}")
    if keyword.iskeyword(name) or name.startswith(_TAKEN) or name in _RESERVED:
        raise LanguageError(
            f"{what} at {_call_site()}: the name {name!r} is reserved (Python keywords, names that start with "
            f"{', '.join(map(repr, _TAKEN))}, and {', '.join(sorted(_RESERVED))})"
        )
    return name


def axes(names: str) -> tuple[Axis, ...]:
    """Axes by name, separated by spaces; `s...` stands for zero or more array dimensions.

    With two of those in one layer, its interface must say which dimensions are which.
    """
    result: list[Axis] = []
    for word in names.split():
        many = word.endswith("...")
        name = check_name(word.removesuffix("..."), "axis")
        if any(axis.name == name for axis in result):
            raise LanguageError(f"axes({names!r}) at {_call_site()}: the axis {name!r} occurs twice")
        kind = ManyAxis if many else Axis
        result.append(kind(name, integer=True, nonnegative=True))
    return tuple(result)


def tensor(name: str, *over: Axis) -> sp.Expr:
    """A real tensor with the given axes (no axes: one number that takes a gradient)."""
    check_name(name, "tensor")
    for axis in over:
        if not isinstance(axis, Axis):
            raise LanguageError(f"tensor {name!r} at {_call_site()}: expected axes, got {axis!r}")
    if len(set(over)) != len(over):
        raise LanguageError(f"tensor {name!r} at {_call_site()}: an axis occurs twice in {over}")
    return atom(name, over)


def atom(name: str, over: Sequence[Axis]) -> sp.Expr:
    """The SymPy object for a tensor: `Indexed`, or a `Symbol` when it has no axes."""
    if not over:
        return sp.Symbol(name, real=True)
    return cast(sp.Expr, sp.IndexedBase(name, real=True)[tuple(over)])


def nonnegative(name: str, *over: Axis) -> sp.Expr:
    """A tensor of finite numbers that are not negative and not all zero, such as the weights of a mean."""
    return _checked(name, over, nonnegative=True)


def indicator(name: str, *over: Axis) -> sp.Expr:
    """A tensor of zeros and ones, not all zero, such as a mask; what is multiplied by its zeros is never looked at."""
    return _checked(name, over, nonnegative=True, integer=True)


def _checked(name: str, over: Sequence[Axis], **assumptions: bool) -> sp.Expr:
    tensor(name, *over)
    if not over:
        raise LanguageError(f"tensor {name!r} at {_call_site()}: expected at least one axis")
    return cast(sp.Expr, sp.IndexedBase(name, real=True, **assumptions)[tuple(over)])


def is_indicator(tensor_: sp.Basic) -> bool:
    """Whether a tensor holds zeros and ones only."""
    return isinstance(tensor_, sp.Indexed) and bool(tensor_.is_integer)


def positive(name: str) -> Constant:
    """A constant that is greater than zero, such as eps."""
    return Constant(check_name(name, "constant"), positive=True)


def real(name: str) -> Constant:
    """A constant of any sign."""
    return Constant(check_name(name, "constant"), real=True)


def total(expr: Any, *, over: Axis | Iterable[Axis]) -> sp.Expr:
    """The sum of `expr` over whole axes."""
    summand, summed = _reduced(expr, over, "total or average")
    return sum_over(summand, summed)


def maximum(expr: Any, *, over: Axis | Iterable[Axis]) -> sp.Expr:
    """The largest element of `expr` over whole axes; it has no derivative everywhere, so only a stabilizer takes it."""
    summand, summed = _reduced(expr, over, "maximum")
    return cast(sp.Expr, Maximum(summand, *whole(summed)))


def stabilizer(expr: Any) -> sp.Expr:
    """A maximum that the output does not depend on, such as what softmax subtracts from its logits.

    That is proven: the derivative of the output with respect to the stabilizer must vanish identically, and then it is
    zero at every order. The chain rule takes the stabilizer for a constant.
    """
    if type(expr) is not Maximum:
        raise LanguageError(
            f"stabilizer at {_call_site()}: expected maximum(..., over=...), got {expr!r}; anything else that the "
            "output does not depend on can be left out"
        )
    return cast(sp.Expr, Stabilizer(*expr.args))


def _reduced(expr: Any, over: Axis | Iterable[Axis], what: str) -> tuple[sp.Expr, list[Axis]]:
    """What a reduction runs over, checked."""
    summand = to_expr(expr)
    summed = (over,) if isinstance(over, Axis) else tuple(over)
    for axis in summed:
        if not isinstance(axis, Axis):
            raise LanguageError(f"{what} at {_call_site()}: expected axes in over=, got {axis!r}")
        if axis not in axes_of(summand):
            raise LanguageError(
                f"{what} at {_call_site()}: the axis {axis.name!r} does not occur in {summand}, "
                f"which has the axes ({', '.join(a.name for a in axes_of(summand))})"
            )
    if not summed:
        raise LanguageError(f"{what} at {_call_site()}: over= names no axis")
    return summand, list(dict.fromkeys(summed))


def whole(axes_: Iterable[Axis]) -> list[tuple[Axis, int, sp.Expr]]:
    """The limits of a reduction over whole axes."""
    return [(axis, 0, axis.size - 1) for axis in axes_]


def sum_over(summand: sp.Expr, over: Iterable[Axis]) -> sp.Expr:
    """The SymPy `Sum` of `summand` over whole axes; the summand itself when there are none."""
    axes_ = list(over)
    # SymPy would merge a sum into one around it; an axis that the inner one has used up only counts.
    inner = [limit[0] for limit in summand.limits] if isinstance(summand, sp.Sum) else []
    times = sp.Mul(*[axis.size for axis in axes_ if axis in inner])
    limits = whole(axis for axis in axes_ if axis not in inner)
    return cast(sp.Expr, times * (sp.Sum(summand, *limits) if limits else summand))


def average(expr: Any, *, over: Axis | Iterable[Axis]) -> sp.Expr:
    """The mean of `expr` over whole axes: `total` divided by the number of elements."""
    summed = (over,) if isinstance(over, Axis) else tuple(over)
    return cast(sp.Expr, total(expr, over=summed) / count(summed))


def sqrt(expr: Any) -> sp.Expr:
    """The square root, elementwise."""
    return cast(sp.Expr, sp.sqrt(to_expr(expr)))


def exp(expr: Any) -> sp.Expr:
    """The exponential, elementwise."""
    return cast(sp.Expr, sp.exp(to_expr(expr)))


def log(expr: Any) -> sp.Expr:
    """The natural logarithm, elementwise."""
    return cast(sp.Expr, sp.log(to_expr(expr)))


def tanh(expr: Any) -> sp.Expr:
    """The hyperbolic tangent, elementwise."""
    return cast(sp.Expr, sp.tanh(to_expr(expr)))


def sigmoid(expr: Any) -> sp.Expr:
    """The logistic function 1/(1 + exp(-v)), elementwise."""
    return cast(sp.Expr, vocabulary.sigmoid(to_expr(expr)))


def erf(expr: Any) -> sp.Expr:
    """The error function, elementwise."""
    return cast(sp.Expr, vocabulary.erf(to_expr(expr)))


def count(over: Iterable[Axis]) -> sp.Expr:
    """The number of elements along the given axes together."""
    return sp.Mul(*[axis.size for axis in over])


def to_expr(value: Any) -> sp.Expr:
    """A SymPy expression; a Python float is read as the quotient that it is, such as 1/3, else as what it prints."""
    try:
        expr = sp.sympify(value)
    except (sp.SympifyError, TypeError) as error:
        raise LanguageError(f"at {_call_site()}: expected an expression, got {value!r}") from error
    if not isinstance(expr, sp.Expr):
        raise LanguageError(f"at {_call_site()}: expected an expression, got {value!r}")
    return cast(sp.Expr, expr.xreplace({f: _rational(float(f)) for f in expr.atoms(sp.Float)}))


def _rational(value: float) -> sp.Rational:
    """The fraction with a denominator below a thousand that Python rounds to this float, else the decimal it prints."""
    near = Fraction(value).limit_denominator(999) if abs(value) < 2**53 else Fraction(0)
    exact = near if float(near) == value else Fraction(repr(value))
    return cast(sp.Rational, sp.Rational(exact.numerator, exact.denominator))


def atoms_of(expr: sp.Basic) -> Iterator[sp.Expr]:
    """The tensors and named numbers in an expression, each occurrence, left to right (sizes and axes are neither)."""
    if isinstance(expr, sp.Indexed):
        yield expr
    elif isinstance(expr, sp.Symbol):
        if not isinstance(expr, Axis | Size | sp.Dummy):
            yield expr
    elif is_reduction(expr):
        yield from atoms_of(expr.function)  # type: ignore[attr-defined]
    else:
        for arg in expr.args:
            yield from atoms_of(arg)


def name_of(tensor_: sp.Expr) -> str:
    """The name of a tensor or of a named number."""
    label = tensor_.base.label if isinstance(tensor_, sp.Indexed) else tensor_
    # A symbol prints as its name, but not as fast; a dummy prints otherwise.
    return label.name if isinstance(label, sp.Symbol) and not isinstance(label, sp.Dummy) else str(label)


def indices(tensor_: sp.Expr) -> tuple[Axis, ...]:
    """The axes of a tensor in the order in which it was declared."""
    return cast("tuple[Axis, ...]", tuple(tensor_.indices)) if isinstance(tensor_, sp.Indexed) else ()


def axes_of(expr: sp.Basic, order: Sequence[Axis] = ()) -> tuple[Axis, ...]:
    """The axes that occur free in an expression: those in `order` first, in that order, then by name."""
    free = _free_axes(expr)
    rest = sorted(free.difference(order), key=lambda axis: axis.name)
    return (*(axis for axis in order if axis in free), *rest)


@functools.lru_cache(maxsize=1 << 15)
def _free_axes(expr: sp.Basic) -> frozenset[Axis]:
    """The axes that occur free; remembered, because SymPy looks through the whole expression every time."""
    if isinstance(expr, Axis):
        return frozenset((expr,))
    if is_reduction(expr):
        return _free_axes(expr.function).difference(limit[0] for limit in expr.limits)  # type: ignore[attr-defined]
    return frozenset[Axis]().union(*map(_free_axes, expr.args))


class Layer:
    """The forward equations of a layer, written one after the other.

    Args:
        name: an identifier; the emitted module has this name.
        inputs: tensors that take a gradient; the first one is called `input` in gradient names.
        buffers: tensors that are given but take no gradient (running statistics, masks).
        constants: numbers that are the same for the whole call.
    """

    def __init__(
        self,
        name: str,
        *,
        inputs: Iterable[sp.Expr],
        buffers: Iterable[sp.Expr] = (),
        constants: Iterable[Constant] = (),
    ) -> None:
        self.name = check_name(name, "layer")
        self.where = _call_site()
        self.inputs = tuple(inputs)
        self.buffers = tuple(buffers)
        self.constants = tuple(constants)
        self.definitions: dict[str, tuple[sp.Expr, sp.Expr, str]] = {}
        self.output_name: str | None = None
        if not self.inputs:
            raise LanguageError(f"layer {name!r} at {self.where}: it has no inputs")
        self._known: dict[str, sp.Expr] = {}
        for given in (*self.inputs, *self.buffers, *self.constants):
            if not isinstance(given, sp.Indexed | sp.Symbol) or isinstance(given, Axis | Size):
                raise LanguageError(
                    f"layer {name!r} at {self.where}: expected tensors as inputs and buffers and constants made by "
                    f"positive(...) or real(...), got {given!r}"
                )
            if name_of(given) in self._known:
                raise LanguageError(f"layer {name!r} at {self.where}: the name {name_of(given)!r} is given twice")
            self._known[name_of(given)] = given
        self.axes = tuple(dict.fromkeys(axis for given in (*self.inputs, *self.buffers) for axis in indices(given)))
        if len({axis.name for axis in self.axes}) < len(self.axes):
            raise LanguageError(f"layer {name!r} at {self.where}: its axes {self.axes} do not come from one axes(...)")
        for axis in self.axes:
            if axis.name in self._known:
                raise LanguageError(f"layer {name!r} at {self.where}: {axis.name!r} names both an axis and a tensor")

    def define(self, name: str, value: Any) -> sp.Expr:
        """Add the definition `name = value` and return the new tensor; its axes are those that `value` has."""
        where = _call_site()
        label = f"layer {self.name!r}, definition {name!r} at {where}"
        check_name(name, f"layer {self.name!r}, definition")
        if self.output_name is not None:
            raise LanguageError(f"{label}: the output {self.output_name!r} is already given; it comes last")
        if name in self._known or name in {axis.name for axis in self.axes}:
            raise LanguageError(f"{label}: the name {name!r} is already taken")
        expr = to_expr(value)
        self._check(expr, label)
        target = atom(name, axes_of(expr, self.axes))
        self._known[name] = target
        self.definitions[name] = (target, expr, where)
        return target

    def output(self, name: str, value: Any) -> sp.Expr:
        """Add the last definition, the layer's output."""
        target = self.define(name, value)
        self.output_name = name
        return target

    def _check(self, expr: sp.Basic, label: str) -> None:
        """Refuse whatever the derivation could not handle, saying what it is."""
        if isinstance(expr, sp.Indexed) or (isinstance(expr, sp.Symbol) and not isinstance(expr, Axis | Size)):
            known = self._known.get(name_of(expr))
            if known is None:
                raise LanguageError(
                    f"{label}: {name_of(expr)!r} is used before it is made (it is neither an input, a buffer, a "
                    f"constant nor an earlier definition; known are {', '.join(self._known)})"
                )
            if known != expr:
                raise LanguageError(f"{label}: {expr} is not the {known} that the layer knows under this name")
        elif isinstance(expr, Axis):
            raise LanguageError(f"{label}: the axis {expr} is used as a number")
        elif isinstance(expr, Size):
            if expr not in [axis.size for axis in self.axes]:
                raise LanguageError(f"{label}: {expr} is the size of an axis that no input has")
        elif isinstance(expr, sp.Sum | Stabilizer):
            for axis, low, high in expr.limits:
                if not isinstance(axis, Axis) or low != 0 or high != axis.size - 1:
                    raise LanguageError(f"{label}: the sum {expr} does not run over whole axes; use total or average")
            self._check(expr.function, label)
        elif isinstance(expr, Maximum):
            raise LanguageError(
                f"{label}: a maximum is not smooth; only stabilizer(maximum(...)) is accepted, of which it is proven "
                "that the output does not depend on it"
            )
        elif isinstance(expr, sp.Pow) and expr.base != sp.E and not expr.exp.is_Rational:
            raise LanguageError(f"{label}: the power {expr} does not have a rational number as its exponent")
        elif isinstance(expr, sp.Abs):
            raise LanguageError(
                f"{label}: {expr} is not smooth (SymPy also writes sqrt(v**2) as Abs(v)); accepted are {VOCABULARY}"
            )
        elif isinstance(expr, sp.Add | sp.Mul | sp.Pow | sp.Rational | Size) or isinstance(expr, FUNCTIONS):
            for arg in expr.args:
                self._check(arg, label)
        else:
            what = type(expr).__name__ if expr.args else str(expr)
            raise LanguageError(f"{label}: {what} is not in the language; accepted are {VOCABULARY}")
