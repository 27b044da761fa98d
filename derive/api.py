"""The stages as functions of a layer, for use from Python."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from derive import catalogue, files
from derive.calculus.chain_rule import Backward
from derive.catalogue import Entry
from derive.checks import gradient
from derive.checks.audit_call import audit_named
from derive.checks.audit_report import AuditReport
from derive.checks.cotangents import Given
from derive.checks.gradient_report import GradientReport
from derive.checks.known import KnownLayer
from derive.checks.problem import bind
from derive.checks.progress import Bar
from derive.checks.verdict import AGREES, CANNOT_TELL
from derive.errors import CatalogueError, CheckError
from derive.interface import Interface
from derive.language import Layer, name_of
from derive.pipeline import make, package_files, prove_entry
from derive.proofs.derivation import Derivation, derive_layer
from derive.proofs.prove import Proven


def layer_names() -> tuple[str, ...]:
    """The names of the layers in the catalogue."""
    return catalogue.names()


def derive_backward(layer: Layer | str) -> Backward:
    """The backward pass of a layer, with every contribution kept apart.

    Args:
        layer: a Layer, or what `regenerate-kernels` takes: a catalogue name, `file.py` or `file.py:layer`.
    """
    entry = _entry(layer)
    return derive_layer(entry.layer, entry.interface.names).backward


def prove_layer(layer: Layer | str) -> Proven:
    """The derivation of a layer with all its theorems; ProofError when one of them fails."""
    return prove_entry(_entry(layer))[0][1]


def regenerate(layer: Layer | str, output: Path | str) -> list[Path]:
    """Derive, prove and emit one layer into a folder; returns the files that changed.

    Args:
        layer: a Layer, or what `regenerate-kernels` takes.
        output: the folder; made if it is not there. Files in it that Backproof did not generate are left alone.
    """
    product = make(_entry(layer))
    return files.write_all(Path(output), {**package_files(), **dict(product.files)})


def check_gradient(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    inputs: Sequence[Any] | Mapping[str, Any],
    *,
    cotangent: Given = None,
    layer: Layer | str | None = None,
    call: Mapping[str, Any] | None = None,
    names: Sequence[str] | None = None,
    required: float | None = None,
    false_alarm: float = 1e-6,
    directions: int = 6,
    cotangents: int = 3,
    complex_step: bool = True,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> GradientReport:
    """Compare a backward function with its forward function; the verdict may be *cannot tell*.

    Args:
        forward: `forward(*inputs) -> y`, one floating-point array; it must not depend on anything else.
        backward: `backward(grad_output, *inputs)` -> a sequence with one gradient per input, None where none is offered
            (or the one gradient of a single input).
        inputs: the arrays at which to check, or a mapping from names to arrays. Integer arrays are passed on as they
            are.
        cotangent: what grad_output is: None lets the check choose several random ones; an array of the output's shape;
            a function of the output, such as `lambda y: 2 * y` for the loss sum(y**2); or one of the names "ones",
            "sum(y)", "sum(y**2)", "sum(y**3)", "one-hot", "linear", "i % 4", "normal". The verdict then concerns that
            cotangent alone.
        layer: the layer that the functions implement, if it is known: a Layer, or what `regenerate-kernels` takes.
            Mistakes to test the check with then come from its derivation, and a cotangent's blind share from its
            theorems.
        call: how the layer is called, with the names that the emitted functions use: constants, the arguments that say
            what the dimensions are, `axes`; such as `{"eps": 1e-3, "axis": -1}`. Only with `layer`.
        names: what to call the inputs; by default the layer's names, or "input 0", ...
        required: the relative error that must be noticeable for *agrees*; by default 1e-3 for float32 and 1e-6 for
            float64.
        false_alarm: the probability with which a right gradient is said to disagree, for the whole check.
        directions: along how many random directions each input is moved.
        cotangents: how many random cotangents are tried when none is given.
        complex_step: whether a forward function that takes complex numbers is differentiated by the complex step, once
            central differences have confirmed it.
        seed: of everything random.
        progress: called with how many directions are done, and of how many; None shows a bar on a terminal when it
            takes long.

    Returns:
        A report that prints as a table, with a verdict per input and `.verdict`, `.ok` for the whole.

    Raises:
        CheckError: an argument does not fit, named with what was expected and given.
    """
    known = None
    if layer is not None:
        entry = _entry(layer)
        derivation = _derivation(entry)
        if names is None and not isinstance(inputs, Mapping):
            names = [name_of(t) for t in (*derivation.graph.inputs, *derivation.graph.buffers)][: len(inputs)]
        given = dict(inputs) if isinstance(inputs, Mapping) else dict(zip(names or (), inputs, strict=True))
        arrays = {name: np.asarray(value) for name, value in given.items()}
        known = KnownLayer(bind(derivation, entry.interface, arrays, call), entry.claims)
    elif call is not None:
        raise CheckError("call says how a layer is called; it needs layer=")
    with Bar("gradient check") as bar:
        return gradient.check(
            forward,
            backward,
            inputs,
            names=names,
            cotangent=cotangent,
            known=known,
            required=required,
            false_alarm=false_alarm,
            directions=directions,
            cotangents=cotangents,
            complex_step=complex_step,
            seed=seed,
            progress=bar if progress is None else progress,
        )


def assert_gradient(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    inputs: Sequence[Any] | Mapping[str, Any],
    *,
    allow_cannot_tell: bool = False,
    **more: Any,
) -> GradientReport:
    """Raise unless the gradient agrees: one line for a test suite.

    Args:
        forward, backward, inputs: as for `check_gradient`.
        allow_cannot_tell: let a check pass that could not decide; without it that is a failure of the test.
        more: the other arguments of `check_gradient`.

    Raises:
        AssertionError: the table, with a snippet that repeats the comparison.
        CheckError: an argument does not fit.
    """
    __tracebackhide__ = True  # pytest then shows the caller's line
    report = check_gradient(forward, backward, inputs, **more)
    if report.verdict != AGREES and not (allow_cannot_tell and report.verdict == CANNOT_TELL):
        raise AssertionError(f"\n{report}")
    return report


def audit(
    layer: Layer | str,
    *,
    required: float | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    **named: Any,
) -> AuditReport:
    """Compare gradients from anywhere with the derived ones, and name the mistake when they are wrong.

    Args:
        layer: a Layer, or what `regenerate-kernels` takes.
        required: the largest relative error that *agrees* may leave unseen; by default 1e-3 for float32 data and 1e-6
            for float64.
        progress: called with what is being done, how much of it is done, and of how much.
        named: `grad_output`; the layer's inputs (float32 or float64 arrays; optional ones may be None), its constants
            and its axis argument or `axes`, as for the emitted `backward`; and what is to be audited, some of
            `grad_input` (the gradient of the first input) and `grad_<input>`, each in the shape of its input. With the
            statistics that only the inference form takes, the inference form is audited.

    Returns:
        A report that prints as a table, with `.verdict`, `.ok`, `.exit_code`, `.entries` and `.explanations`.

    Raises:
        CheckError: a name is unknown or missing, or a dtype, a shape or a number does not fit.
    """
    entry = _entry(layer)
    return audit_named(
        entry.layer,
        entry.interface,
        named,
        claims=entry.claims,
        required=required,
        derived=lambda one: _derivation(replace(entry, layer=one)),
        **({} if progress is None else {"progress": progress}),
    )


_derivations: weakref.WeakKeyDictionary[Layer, Derivation] = weakref.WeakKeyDictionary()


def _derivation(entry: Entry) -> Derivation:
    """The derivation of a layer; remembered, because a test suite asks for the same one again and again."""
    if entry.layer not in _derivations:
        _derivations[entry.layer] = derive_layer(entry.layer, entry.interface.names)
    return _derivations[entry.layer]


def _entry(layer: Layer | str) -> Entry:
    if isinstance(layer, Layer):
        return Entry(layer, Interface(), None, f"{layer.where.partition(':')[0]}:{layer.name}")
    found = catalogue.find(layer)
    if len(found) != 1:
        raise CatalogueError(f"{layer} defines {len(found)} layers; name one: {', '.join(e.source for e in found)}")
    return found[0]
