"""What is audited: the supplied gradients beside the exact ones, with the allowance for rounding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

import numpy as np

from derive.calculus.numeric import ArrayEvaluation
from derive.checks.audit_noise import Noise, noises
from derive.checks.binding import Array, check_dtypes
from derive.checks.mistakes.words import gradient_name, listed
from derive.checks.problem import Problem
from derive.errors import CheckError
from derive.language import name_of


@dataclass(frozen=True)
class Compared:
    """One supplied gradient beside the exact one; arrays have the dimensions of the data (one where it has no axis).

    Args:
        name: the input.
        given: what was supplied.
        true: the exact gradient.
        noise: what rounding may do.
        eps: the relative spacing of the coarser of the two dtypes involved.
    """

    name: str
    given: Array
    true: Array
    noise: Noise
    eps: float

    @cached_property
    def usable(self) -> Array:
        """Where the exact gradient is finite: elsewhere the data are not, and nothing is expected."""
        return np.isfinite(self.true) & np.isfinite(self.noise.allowance)

    @cached_property
    def missing(self) -> Array:
        """Where the exact gradient is finite and the supplied one is not."""
        return self.usable & ~np.isfinite(self.given)

    @cached_property
    def error(self) -> Array:
        """Supplied minus exact; zero where one of them is not finite."""
        with np.errstate(all="ignore"):
            return np.where(self.usable & ~self.missing, self.given - self.true, 0)

    @cached_property
    def wrong(self) -> Array:
        """Where the error is larger than rounding may make it."""
        return self.missing | (np.abs(self.error) > np.where(self.usable, self.noise.allowance, np.inf))

    def rounded(self) -> Compared:
        """The same in float64."""
        noise = replace(self.noise, allowance=_float64(self.noise.allowance), scale=_float64(self.noise.scale))
        return replace(self, given=_float64(self.given), true=_float64(self.true), noise=noise)

    def per_group(self, values: Array) -> Array:
        """The largest value of each group."""
        return cast(Array, values.max(axis=self.noise.dims, keepdims=True)) if self.noise.dims else values


@dataclass(frozen=True)
class Case:
    """A problem with a cotangent and supplied gradients.

    Args:
        problem: the layer at its data.
        grad_output: the cotangent.
        right: the exact evaluation.
        compared: the supplied gradients, by input.
    """

    problem: Problem
    grad_output: Array
    right: ArrayEvaluation
    compared: Mapping[str, Compared]

    def called(self, name: str) -> str:
        """The public name of a gradient."""
        return gradient_name(self.problem.graph, name)

    @property
    def disagreeing(self) -> list[str]:
        """The inputs whose gradients are not right."""
        return [name for name, one in self.compared.items() if one.wrong.any()]

    @cached_property
    def sketch(self) -> ArrayEvaluation:
        """The right evaluation in as many digits as mistakes need to be told apart: float64 for float32 data."""
        if self.problem.dtype.itemsize == 8:
            return self.right
        seed = self.problem.derivation.backward.grad_output
        value = {name_of(seed): self.problem.binding.lined_up(seed, self.grad_output)}
        return self.problem.evaluation_in(np.float64).altered(values=value)


def make_case(problem: Problem, grad_output: Array, supplied: Mapping[str, Array]) -> Case:
    """The exact gradients beside the supplied ones.

    Args:
        problem: the layer at its data.
        grad_output: the cotangent, with the shape of the output.
        supplied: gradients by the names of the inputs, each in the shape of its input, float32 or float64.

    Raises:
        CheckError: a gradient is of an input that the layer does not have or that was not given, or does not fit.
    """
    graph = problem.graph
    names = {name_of(t): t for t in graph.inputs}
    if not supplied:
        offered = listed(gradient_name(graph, name) for name in problem.names)
        raise CheckError(f"no gradient was supplied, so there is nothing to audit: give some of {offered}")
    for name in supplied:
        called = gradient_name(graph, name)
        if name not in names:
            raise CheckError(f"layer {graph.name!r} has no input {name!r}, so {called} cannot be audited")
    check_dtypes({gradient_name(graph, name): value for name, value in supplied.items()}, alike=False)
    with np.errstate(all="ignore"):
        right = problem.at(grad_output)
        eps = {n: max(_eps(problem.dtype), _eps(v.dtype), _eps(grad_output.dtype)) for n, v in supplied.items()}
        for name, value in supplied.items():
            problem.binding.check(gradient_name(graph, name), names[name], value)
        found = noises(problem, right, eps)
        compared = {}
        for name in (n for n in problem.names if n in supplied):
            true = right.tensor(problem.derivation.backward.grad(name))
            full = [n if d in problem.binding.declared_dims(names[name]) else 1 for d, n in enumerate(problem.shape)]
            true = np.broadcast_to(true, full)
            given = problem.binding.lined_up(names[name], supplied[name]).astype(problem.real)
            compared[name] = Compared(name, given, true, found[name], eps[name])
            if problem.dtype.itemsize == 4:  # float64 holds all that matters, and is much faster
                compared[name] = compared[name].rounded()
    return Case(problem, grad_output, right, compared)


def _eps(dtype: Any) -> float:
    return float(np.finfo(dtype).eps)


def _float64(values: Array) -> Array:
    return values.astype(np.float64)
