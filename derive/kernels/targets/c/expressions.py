"""Scalar expressions and elementwise operations as C99 source; what has no such form raises EmitError."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import sympy as sp

from derive.errors import EmitError
from derive.formula import Notation
from derive.formula.nodes import Node, Word
from derive.formula.printers import Text
from derive.kernels.plan import Op

# Functions of the mathematical library, by operation; the type's suffix is appended.
LIBRARY = {"sqrt": "sqrt", "log": "log", "tanh": "tanh", "erf": "erf"}
# Functions of the emitted file; the prefix of the layer stands before them, the name of the type after them.
OWN = {"exp", "exp_less", "sigmoid", "erf_slope", "square", "select", "power"}
# Those of them that cost less with no more digits than sums over data of type float need.
SINGLE = {"exp", "sigmoid", "erf_slope"}
SUFFIX = {"float": "f", "double": "", "long double": "l"}
BINARY = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}

# C's keywords, those of C++, macros, and what the templates call things themselves.
RESERVED = frozenset(
    "alignas alignof and asm auto bitand bitor bool break case catch char class compl const constexpr continue default "
    "delete do double else enum errno explicit export extern false float for friend goto if inline int long main "
    "mutable namespace new not NULL operator or private protected public register restrict return short signed sizeof "
    "static static_cast struct switch template this throw true try typedef typeid typename typeof union unsigned using "
    "virtual void volatile while xor "
    "a again ahead arguments b begin block c count edge end extents few fill finite first h high i index j k lanes "
    "last later layouts line low memory n next offset part piece portions reach rest room rows run s status step "
    "strides sums t taken threads total unit w workspace workspace_size int64_t uintptr_t I "
    "abs acos asin atan ceil cos cosh exp fabs floor fmod free j0 j1 jn log malloc pow sin sinh sqrt tan tanh y0 y1 yn "
    "erf signgam remainder round trunc memcpy memset INFINITY NAN".split()
)
_MADE = re.compile(
    r"(again|at|begin|buffer|column|count|far|high|item|kept|lane|last|left|lost|low|more|next|out|own|part|place|places|rest|result|sum)_.*"
    r"|(less|term|times|to|total|wide)_.*"
    r"|.*_strides|.*__.*|_.*|.*_"
)


def identifier(name: str) -> str:
    """A name of the layer as C may have it: one that C or the templates use gets a letter in front."""
    return f"v_{name}" if name in RESERVED or _MADE.fullmatch(name) or name.startswith("v_") else name


class _Source(Text):
    """Formulas as C: whole numbers as floating-point ones, functions of one type."""

    def __init__(self, prefix: str, of: str, names: Mapping[str, str] | Callable[[str], str]) -> None:
        super().__init__()
        self.own, self.of = prefix, of
        self.names = names if callable(names) else names.__getitem__

    def word(self, word: Word) -> str:
        return self.names(word.name)

    def digits(self, text: str) -> str:
        return f"{text}.0"

    def raised(self, base: str, exponent: tuple[int, int]) -> str:
        above, below = exponent
        if below == 1 and above == 2:
            return f"{self.own}_square_{word_of(self.of)}({base})"
        if below == 1:
            return f"pow{SUFFIX[self.of]}({base}, {above}.0)"
        return called(self.own, "power", self.of, (base, f"{above}.0", f"{below}.0"))

    def root(self, body: Node) -> str:
        return f"sqrt{SUFFIX[self.of]}({self(body)})"

    def call(self, function: str, argument: str) -> str:
        return called(self.own, function, self.of, (argument,))


def word_of(of: str) -> str:
    """A type as part of a name."""
    return of.replace("long double", "extended")


def called(prefix: str, function: str, of: str, arguments: tuple[str, ...]) -> str:
    """A function of values of one type."""
    if function in LIBRARY:
        return f"{LIBRARY[function]}{SUFFIX[of]}({', '.join(arguments)})"
    if function in OWN:
        return f"{prefix}_{function}_{word_of(of)}({', '.join(arguments)})"
    raise EmitError(f"the C target cannot print the function {function!r}")


def scalar(expr: sp.Expr, prefix: str, of: str, names: Mapping[str, str] | Callable[[str], str]) -> str:
    """A scalar expression in the arithmetic of a type; `names` says how each symbol is spelled."""
    return Notation(printer=_Source(prefix, of, names))(expr)


def operation(op: Op, prefix: str, of: str, arguments: tuple[str, ...], data: str) -> str:
    """An elementwise operation on operands that are spelled already, in the arithmetic of a type.

    Where `data`, the type of the arrays, has fewer digits than that, functions are computed to those that matter.
    """
    if op.function in BINARY:
        left, right = arguments
        return f"{left} {BINARY[op.function]} {right}"
    if op.function == "power":
        return called(prefix, "power", of, arguments)
    if op.function == "copy":
        return arguments[0]
    if op.function in SINGLE and (data, of) == ("float", "double"):
        return f"{prefix}_{op.function}_single({', '.join(arguments)})"
    if op.function in LIBRARY or op.function in OWN:
        return called(prefix, op.function, of, arguments)
    raise EmitError(f"the C target cannot print the operation {op.function!r}")


def lost(function: str, prefix: str, pairs: tuple[tuple[str, str], ...], result: str) -> str:
    """What double loses of an operation on operands that are held in two numbers; `result` is what it holds of it.

    0 for functions, of which it is not known.
    """
    match function, pairs:
        case "add", ((a, b), (c, d)):
            lows = [low for low in (b, d) if low != "0"]
            more = f" + ({' + '.join(lows)})" if lows else ""
            return f"{prefix}_lost_of_sum({a}, {c}, {result}){more}"
        case "subtract", (left, (c, d)):
            return lost("add", prefix, (left, (f"-{c}", d if d == "0" else f"-{d}")), result)
        case "multiply", ((a, b), (c, d)):
            lows = [f"{of} * {low}" for of, low in ((a, d), (c, b)) if low != "0"]
            more = f" + ({' + '.join(lows)})" if lows else ""
            return f"fma({a}, {c}, -{result}){more}"
        case "square", (of,):
            return lost("multiply", prefix, (of, of), result)
        case "copy", ((_, b),):
            return b
    return "0"


def number(text: str, of: str) -> str:
    """A number literal of a type."""
    return f"({of}){text}"
