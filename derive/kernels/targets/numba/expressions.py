"""Scalar expressions and elementwise operations as Python for Numba; what has no such form raises EmitError."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from derive.errors import EmitError
from derive.formula import Notation
from derive.formula.nodes import Node, Word
from derive.formula.printers import Text
from derive.kernels.plan import Op
from derive.kernels.python_api.source import exponent_code

# Functions for single elements, in the type of their operand: those of Numba, and of the emitted file.
LIBRARY = {"sqrt": "np.sqrt", "log": "np.log", "tanh": "np.tanh", "erf": "math.erf"}
LIBRARY |= {"exp": "_exp_at", "exp_less": "_exp_less_at", "sigmoid": "_sigmoid_at"}
# Functions of the emitted file that take and return float64.
OWN = {"erf_slope": "_erf_slope_at"}
# Those that cost less with no more digits than sums over float32 data need; they take a number of the data's type, too.
IN_SUMS = {"exp": "_exp_for", "sigmoid": "_sigmoid_for"}
BINARY = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}

# What the templates call things themselves inside the compiled functions.
RESERVED = frozenset(
    "ahead at b begin between block columns counts done end exact few first fold groups high i j k kind lane lanes "
    "last length line low math memory n near np partial past phase piece place r range rows run share shares since "
    "splits start steady step stop sums task to u unit units until walk wide".split()
)
LOST = "lost_"  # before the name of a value: what float64 cannot hold of it
_MADE = ("at_", "count_", "of_", "one_", "rank_of_", "step_", "sum_of_", "v_", LOST, "_")


def identifier(name: str) -> str:
    """A name of the layer inside compiled functions: one that the templates use gets a letter in front."""
    return f"v_{name}" if name in RESERVED or name.startswith(_MADE) else name


class _Source(Text):
    """Formulas as Python in float64."""

    def __init__(self, names: Callable[[str], str]) -> None:
        super().__init__()
        self.names = names

    def word(self, word: Word) -> str:
        return self.names(word.name)

    def raised(self, base: str, exponent: tuple[int, int]) -> str:
        if exponent[1] == 1:
            return super().raised(base, exponent)
        return f"_power_at({base}, {exponent_code(*exponent)})"

    def root(self, body: Node) -> str:
        return f"np.sqrt({self(body)})"

    def call(self, function: str, argument: str) -> str:
        return f"{_function(function)}({argument})"


def _function(name: str) -> str:
    found = LIBRARY.get(name) or OWN.get(name)
    if found is None:
        raise EmitError(f"the Numba target cannot print the function {name!r}")
    return found


def scalar(expr: sp.Expr, names: Callable[[str], str] = identifier) -> str:
    """A scalar expression in float64; `names` says how each symbol is spelled."""
    return Notation(printer=_Source(names))(expr)


def operation(op: Op, arguments: tuple[str, ...], *, wide: bool) -> str:
    """An elementwise operation on operands that are spelled already: in float64 where `wide`, else in the data's."""
    if op.function in BINARY:
        left, right = arguments
        return f"{left} {BINARY[op.function]} {right}"
    if op.function == "square":
        return f"{arguments[0]} * {arguments[0]}"
    if op.function == "copy":
        return arguments[0]
    if op.function == "select":
        value, mask = arguments
        return f"{value} if {mask} != 0 else {number('0.0', wide=wide)}"
    if wide and op.function in IN_SUMS:
        return f"{IN_SUMS[op.function]}({arguments[0]}, kind(0.0))"
    if op.function in LIBRARY:
        return f"{LIBRARY[op.function]}({', '.join(arguments)})"
    if op.function == "power":
        above, below = (int(sp.Rational(ref.name)) for ref in op.args[1:])
        called = f"_power_at({arguments[0]}, {exponent_code(above, below)})"
    elif op.function in OWN:
        called = f"{OWN[op.function]}({arguments[0]})"
    else:
        raise EmitError(f"the Numba target cannot print the operation {op.function!r}")
    return called if wide else f"kind({called})"


def precise(op: Op, pairs: tuple[tuple[str, str], ...]) -> str | None:
    """A sum or product of operands that are held in two numbers, as two numbers; None for all other operations."""
    match op.function, pairs:
        case "add", ((a, b), (c, d)):
            return f"_sum({a}, {b}, {c}, {d})"
        case "subtract", ((a, b), (c, d)):
            return f"_sum({a}, {b}, -({c}), -({d}))"
        case "multiply", ((a, b), (c, d)):
            return f"_product({a}, {b}, {c}, {d})"
        case "square", ((a, b),):
            return f"_product({a}, {b}, {a}, {b})"
        case "copy", ((a, b),):
            return f"{a}, {b}"
    return None


def number(text: str, *, wide: bool) -> str:
    """A number: of float64 where `wide`, else of the data's type."""
    return repr(float(text)) if wide else f"kind({float(text)!r})"
