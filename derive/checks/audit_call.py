"""An audit by keyword names: which of them are arrays of the layer, numbers, axes and supplied gradients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from derive.checks.audit import Progress, audit_problem
from derive.checks.audit_report import AuditReport
from derive.checks.binding import Array, arguments_of, check_dtypes, names_of
from derive.checks.mistakes.words import gradient_name, listed
from derive.checks.problem import bind
from derive.errors import CheckError
from derive.graph import Graph, lower
from derive.interface import Interface
from derive.language import Layer, name_of
from derive.proofs.derivation import Derivation, derive_layer
from derive.proofs.prove import Claims, own_claims


def audit_named(
    layer: Layer,
    interface: Interface,
    named: Mapping[str, Any],
    *,
    claims: Claims | None = None,
    required: float | None = None,
    progress: Progress = lambda _, __, ___: None,
    derived: Callable[[Layer], Derivation] | None = None,
) -> AuditReport:
    """Audit what was named as the public function `audit` takes it.

    Args:
        layer: the layer; its inference form is meant when one of that form's buffers is named.
        interface: its calling convention.
        named: arrays, constants, `axes` or the axis argument, grad_output and gradients by their keyword names.
        claims: what the layer claims about itself.
        required: as for `audit_problem`.
        progress: as for `audit_problem`.
        derived: the derivation of a layer, for those who keep them.

    Raises:
        CheckError: a name is unknown, missing or given twice, or something does not fit.
    """
    given = {name: value for name, value in named.items() if value is not None}
    derived = derived or (lambda one: derive_layer(one, interface.names))
    training: Derivation | None = None
    if _is_inference(layer, interface, given) and interface.inference is not None:
        training = derived(layer)
        layer, claims = interface.inference, None
    derivation = derived(layer)
    names = keywords(derivation.graph, interface)
    unknown = [name for name in given if name not in names]
    if unknown:
        raise CheckError(f"layer {layer.name!r} has no {listed(map(repr, unknown))}; the names are {listed(names)}")
    graph = derivation.graph
    seed = name_of(derivation.backward.grad_output)
    if seed not in given:
        raise CheckError(f"{seed} is missing: the gradient of the output, from which the others were computed")
    arrays = {name: _array(given[name]) for name in names_of(graph) if name in given}
    constants = {str(c): _number(given[str(c)]) for c in graph.constants if str(c) in given}
    call = {name: _number(given[name]) for name in (*arguments_of(interface), "axes") if name in given}
    problem = bind(derivation, interface, arrays, {**constants, **call}, training=training)
    output, binding = derivation.backward.grad_output, problem.binding
    cotangent = _array(given[seed])
    check_dtypes({seed: cotangent}, alike=False)
    cotangent = binding.taken(seed, output, cotangent)
    supplied = {}
    for name, value in _supplied(graph, given).items():
        check_dtypes({gradient_name(graph, name): value}, alike=False)
        supplied[name] = binding.taken(gradient_name(graph, name), graph[name], value)
    own = own_claims(derivation.fork(), claims) if claims is not None else ()
    return audit_problem(problem, cotangent, supplied, required=required, claims=own, progress=progress)


def keywords(graph: Graph, interface: Interface) -> list[str]:
    """Every name that an audit of a layer takes, in the order in which to list them."""
    inputs = [name_of(t) for t in graph.inputs]
    gradients = ["grad_input", *(f"grad_{name}" for name in inputs if name != "input")]
    constants = [str(c) for c in graph.constants]
    return ["grad_output", *names_of(graph), *constants, *arguments_of(interface), "axes", *gradients]


def _is_inference(layer: Layer, interface: Interface, given: Mapping[str, Any]) -> bool:
    """Whether a statistic was named that only the inference form takes."""
    if interface.inference is None:
        return False
    own = names_of(lower(layer))
    return any(name_of(b) in given and name_of(b) not in own for b in interface.inference.buffers)


def _supplied(graph: Graph, given: Mapping[str, Any]) -> dict[str, Array]:
    found: dict[str, Array] = {}
    for tensor in graph.inputs:
        name = name_of(tensor)
        spellings = [s for s in dict.fromkeys((gradient_name(graph, name), f"grad_{name}")) if s in given]
        if len(spellings) > 1:
            raise CheckError(f"{listed(spellings)} are the same gradient; give one of them")
        if spellings:
            found[name] = _array(given[spellings[0]])
    return found


def _array(value: Any) -> Any:
    """A NumPy number is an array without dimensions."""
    return np.asarray(value) if isinstance(value, np.generic) else value


def _number(value: Any) -> Any:
    return value.item() if isinstance(value, np.ndarray) and value.ndim == 0 else value


