"""A layer at concrete data: its exact gradients, its mutants' gradients, and how much of a cotangent is blind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp

from derive.calculus.mutants import Mutant
from derive.calculus.numeric import ArrayEvaluation
from derive.checks.binding import Array, Binding, arguments_of, bind_axes, check_constants, check_dtypes, names_of
from derive.checks.mistakes.collection import all_mutants
from derive.checks.mistakes.partial import PartialMutant, masked, partial_mutants
from derive.checks.mistakes.remembered import closed_forms
from derive.errors import CheckError
from derive.graph import Equation, Graph
from derive.interface import Interface
from derive.language import indices, is_indicator, name_of
from derive.proofs.derivation import Derivation

AnyMutant = Mutant | PartialMutant
LARGE = 2_000_000  # elements; from here on float64 has to do, longdouble takes several seconds per evaluation


@dataclass(frozen=True)
class Problem:
    """A layer at concrete data.

    Args:
        derivation: the layer's derivation.
        interface: its calling convention.
        binding: which dimension of the data is which axis.
        arrays: inputs and buffers by name, as callers give them (absent ones filled with their neutral value).
        absent: the optional inputs that were not given.
        constants: the constants by name.
        dtype: float32 or float64, the dtype of the inputs.
        training: for a layer with given statistics the one that computes them.
    """

    derivation: Derivation
    interface: Interface
    binding: Binding
    arrays: Mapping[str, Array]
    absent: frozenset[str]
    constants: Mapping[str, float]
    dtype: np.dtype[Any]
    training: Derivation | None = None
    _last: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def graph(self) -> Graph:
        """The forward graph."""
        return self.derivation.graph

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the data."""
        return self.binding.shape

    @property
    def dims(self) -> Mapping[str, tuple[int, ...]]:
        """For each axis, by name, its dimensions of the data."""
        return self.binding.dims

    @property
    def names(self) -> tuple[str, ...]:
        """The inputs, in the layer's order."""
        return tuple(name_of(t) for t in self.graph.inputs)

    @property
    def offered(self) -> tuple[str, ...]:
        """The inputs that have a gradient here: those that were given."""
        return tuple(name for name in self.names if name not in self.absent)

    @property
    def size(self) -> int:
        """The number of elements of the data."""
        return int(np.prod(self.shape))

    @cached_property
    def real(self) -> Any:
        """What exact values are calculated in: longdouble, float64 for large data."""
        return np.float64 if self.size > LARGE else np.longdouble

    @cached_property
    def kept(self) -> tuple[str, ...]:
        """The axes over which no forward equation sums, by name: data of one index along them is a group."""
        summed = {axis for equation in self.graph.equations for axis in equation.over}
        return tuple(axis.name for axis in self.graph.axes if axis not in summed)

    @property
    def kept_dims(self) -> tuple[int, ...]:
        """The dimensions of the data along which the groups lie."""
        return tuple(sorted(dim for name in self.kept for dim in self.dims[name]))

    @property
    def output_shape(self) -> tuple[int, ...]:
        """The shape of the output, and so of grad_output."""
        return self.binding.shape_of(self.graph.output)

    @cached_property
    def forward(self) -> ArrayEvaluation:
        """Everything that does not depend on grad_output."""
        return self.evaluation_in(self.real)

    def evaluation_in(self, real: Any, arrays: Mapping[str, Array] | None = None) -> ArrayEvaluation:
        """An evaluation of its own, in the given dtype and with the given arrays instead of the data's."""
        values: dict[str, Array | float] = dict(self.constants)
        for tensor in (*self.graph.inputs, *self.graph.buffers):
            name = name_of(tensor)
            values[name] = self.binding.lined_up(tensor, (arrays or {}).get(name, self.arrays[name]))
        equations = self.derivation.equations
        return ArrayEvaluation(equations, self.graph.axes, self.dims, values, self.shape, real)

    def at(self, grad_output: Array) -> ArrayEvaluation:
        """Everything, for one grad_output; CheckError when it does not fit. The last one is remembered."""
        known = self._last.get("grad_output")
        if known is None or known.shape != np.shape(grad_output) or not np.array_equal(known, grad_output, True):
            seed = self.derivation.backward.grad_output
            check_dtypes({name_of(seed): grad_output}, alike=False)
            self.binding.check(name_of(seed), seed, grad_output)
            value = {name_of(seed): self.binding.lined_up(seed, grad_output)}
            self._last.update(grad_output=grad_output.copy(), at=self.forward.altered(values=value))
        found: ArrayEvaluation = self._last["at"]
        return found

    def evaluate(
        self, expr: sp.Expr, grad_output: Array | None = None, *, kept: Sequence[str] | None = None
    ) -> Array:
        """The value of an expression in the layer's tensors, their gradients and the atoms of the basis.

        Args:
            expr: any expression of the derivation.
            grad_output: needed when the expression depends on it.
            kept: the axes that the result has, by name; None for an array that broadcasts against the data.
        """
        with np.errstate(all="ignore"):
            value = (self.forward if grad_output is None else self.at(grad_output))(expr)
        if kept is None:
            return value
        dims = sorted(dim for name in kept for dim in self.dims[name])
        full = [n if dim in dims else 1 for dim, n in enumerate(self.shape)]
        return np.broadcast_to(value, full).reshape([self.shape[dim] for dim in dims])

    def gradients(self, grad_output: Array) -> dict[str, Array]:
        """The exact gradients by the names of the inputs, each in the shape of its input."""
        return self.read(self.at(grad_output))

    def read(self, evaluation: ArrayEvaluation) -> dict[str, Array]:
        """The gradients of the inputs in an evaluation, each in the shape of its input."""
        with np.errstate(all="ignore"):
            return {
                name_of(t): self.binding.declared(t, evaluation.tensor(self.derivation.backward.grad(name_of(t))))
                for t in self.graph.inputs
            }

    @cached_property
    def _mutants(self) -> tuple[AnyMutant, ...]:
        known = all_mutants(self.derivation, self.interface, self.training)
        summed = [dim for dim in range(len(self.shape)) if dim not in self.kept_dims]
        return (*(m for m in known if not m.equivalent), *partial_mutants(self.shape, summed))

    def mutants(self) -> tuple[AnyMutant, ...]:
        """The derivation's mutants that change something at generic data, and those of the data's shape; remembered."""
        return self._mutants

    def mutant_gradients(self, mutant: AnyMutant, grad_output: Array) -> dict[str, Array]:
        """The gradients of a mutant, like `gradients`; what the mistake does not touch is shared."""
        return self.read_mutant(mutant, self.at(grad_output))

    def read_mutant(self, mutant: AnyMutant, right: ArrayEvaluation) -> dict[str, Array]:
        """The gradients of a mutant, given the evaluation of the right derivation."""
        if isinstance(mutant, Mutant):
            return self.read(right.altered(mutant.equations))
        found = self.read(self.without(mutant, right))
        if not mutant.written:
            full = next(n for n in self.names if found[n].shape == self.shape)
            found[full] = np.where(mutant.present, found[full], found[full].dtype.type(0))
        return found

    def without(self, mutant: PartialMutant, right: ArrayEvaluation) -> ArrayEvaluation:
        """The evaluation in which elements are left out of sums."""
        graph, seed = self.graph, self.derivation.backward.grad_output
        touched = [*((graph.inputs) if mutant.statistics else ()), *((seed,) if mutant.sums else ())]
        if not touched:
            return right
        values = {name_of(t): right.tensor(t) for t in touched}
        # In the closed form, as kernels are written; in the chain rule terms that cancel would no longer do so.
        forms = closed_forms(self.derivation)
        written = [Equation(grad, forms[n].expr) for n in self.names for grad in [self.derivation.backward.grad(n)]]
        return right.altered(written, values, masked(mutant.present))


def bind(
    derivation: Derivation,
    interface: Interface,
    arrays: Mapping[str, Array | None],
    call: Mapping[str, Any] | None = None,
    *,
    training: Derivation | None = None,
    binding: Binding | None = None,
) -> Problem:
    """A layer at concrete data.

    Args:
        derivation: the layer's derivation.
        interface: its calling convention: optional inputs, defaults, arguments.
        arrays: inputs and buffers by name, float32 or float64 (buffers may be either, and bool where they hold zeros
            and ones); optional inputs may be None or missing.
        call: the other arguments of the emitted functions by name: constants, what says which dimensions are which,
            and `axes`.
        training: for a layer with given statistics the one that computes them, whose formula may be used by mistake.
        binding: the dimensions, for arrays that have them already; `call` then holds constants only.

    Raises:
        CheckError: a name, a dtype, a shape, an axis or a number does not fit, or there are no elements.
    """
    graph, call = derivation.graph, dict(call or {})
    _check_names(graph, interface, arrays, call)
    given = {name: array for name, array in arrays.items() if array is not None}
    inputs = [name_of(t) for t in graph.inputs]
    absent = frozenset(name for name in inputs if name not in given and name in interface.optional)
    missing = [name for name in names_of(graph) if name not in given and name not in absent]
    if missing:
        raise CheckError(f"layer {graph.name!r} needs {', '.join(missing)}")
    check_dtypes({name: given[name] for name in inputs if name in given})
    data = next((t for t in graph.inputs if set(indices(t)) == set(graph.axes)), None)
    if data is None or name_of(data) in absent:
        raise CheckError(f"layer {graph.name!r} has no input with all its axes, whose shape could bind them")
    dtype = given[name_of(data)].dtype.newbyteorder("=")
    for buffer in graph.buffers:
        given[name_of(buffer)] = _buffer(buffer, given[name_of(buffer)], dtype)
    ready = binding is not None
    binding = binding or bind_axes(graph, interface, name_of(data), given[name_of(data)], call)
    if 0 in binding.shape:
        raise CheckError(f"{name_of(data)} has shape {binding.shape}: no elements, so there is nothing to check")
    full = {}
    for tensor in (*graph.inputs, *graph.buffers):
        name = name_of(tensor)
        if name in absent:
            full[name] = np.full(binding.shape_of(tensor), interface.optional[name], dtype)
        elif ready:
            binding.check(name, tensor, given[name])
            full[name] = given[name]
        else:
            full[name] = binding.taken(name, tensor, given[name])
    numbers = check_constants(graph.constants, call, interface.defaults, dtype)
    return Problem(derivation, interface, binding, full, absent, numbers, dtype, training)


def _buffer(buffer: sp.Expr, values: Array, dtype: np.dtype[Any]) -> Array:
    """What takes no gradient: real numbers of either dtype, or zeros and ones of any kind."""
    name = name_of(buffer)
    if not is_indicator(buffer) or not isinstance(values, np.ndarray):
        check_dtypes({name: values}, alike=False)
        return values
    if values.dtype != np.bool_:
        check_dtypes({name: values}, alike=False)
        if not np.isin(values, (0, 1)).all():
            raise CheckError(f"{name} has elements that are neither 0 nor 1")
    return values.astype(dtype)


def _check_names(graph: Graph, interface: Interface, arrays: Iterable[str], call: Iterable[str]) -> None:
    known = names_of(graph)
    for name in arrays:
        if name not in known:
            raise CheckError(f"layer {graph.name!r} has no input {name!r}; it takes {', '.join(known)}")
    numbers = [str(c) for c in graph.constants]
    arguments = [*numbers, *arguments_of(interface), "axes"]
    for name in call:
        if name not in arguments:
            raise CheckError(f"layer {graph.name!r} has no argument {name!r}; it has {', '.join(arguments)}")
