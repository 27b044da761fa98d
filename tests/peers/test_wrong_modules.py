"""The suites of the emitted PyTorch and JAX modules go red when a kernel is wrong; and what the modules may call."""

from __future__ import annotations

import ast
import importlib
import sys
import types
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from derive import catalogue
from derive.calculus.mutants import Mutant, mutants
from derive.kernels.plan import Kernel, Plan
from derive.kernels.planner import plan
from derive.kernels.python_api.layout import wrap_source
from derive.kernels.render import render
from derive.kernels.subject import Subject
from derive.kernels.tensor_api.emission import RUNTIME
from derive.kernels.tensor_api.module import TensorContext
from derive.proofs.derivation import Derivation, derive_layer
from tests.peers import standard
from tests.peers.calls import CALLS
from tests.peers.standard import validate

torch: Any = pytest.importorskip("torch", reason="PyTorch is not installed (the peers extra)")
pytest.importorskip("jax", reason="JAX is not installed (the peers extra)")
pytestmark = pytest.mark.peers
ROOT = Path(__file__).resolve().parents[2]
MUTATED = ("batch_norm", "softmax", "rms_norm")


@cache
def derived(name: str) -> Derivation:
    entry = catalogue.builtin(name)
    return derive_layer(entry.layer, entry.interface.names)


@cache
def planned(name: str) -> Plan:
    return plan(derived(name))


def wrong_kernel(name: str, mutant: Mutant) -> Kernel:
    """The backward kernel that is planned when the chain rule has made that mistake."""
    derivation = derived(name)
    right = derivation.backward
    changed = {a: b for a, b in zip(right.equations, mutant.equations, strict=True) if a != b}
    adjoints = tuple(
        replace(
            adjoint,
            contributions=tuple(
                replace(share, equation=changed.get(share.equation, share.equation)) for share in adjoint.contributions
            ),
        )
        for adjoint in right.adjoints
    )
    return plan(replace(derivation, backward=replace(right, adjoints=adjoints))).backward


def printed(target: str, name: str, kernel: Kernel) -> tuple[str, str]:
    """A backward kernel as the target prints it, and the call of it."""
    emit = importlib.import_module(f"derive.kernels.targets.{target}.emit")
    own = planned(name)
    # The kernels for second derivatives are not printed here, but the target insists that there are some.
    complete = replace(own, backward=kernel, jvp=own.backward, double_backward=own.backward)
    subject = Subject(derived(name), complete, catalogue.builtin(name).interface, (), ())
    context = TensorContext(subject, emit.WORDS, emit.LIBRARY)
    text = wrap_source(render("tensor_api/kernel.py.j2", kernel=context.kernel(kernel)))
    return text.strip(), context.call(kernel)


def source(target: str, name: str) -> str:
    return (ROOT / "generated" / target / f"{name}.py").read_text(encoding="utf-8")


def loaded(text: str, name: str) -> types.ModuleType:
    """A module from its source."""
    made = types.ModuleType(f"wrong_{name}")
    sys.modules[made.__name__] = made  # dataclasses look their module up
    exec(compile(text, made.__name__, "exec"), made.__dict__)
    return made


def exchanged(target: str, name: str, kernel: Kernel) -> types.ModuleType:
    """The emitted module with its backward kernel exchanged."""
    text = source(target, name)
    (node,) = [n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == "_backward"]
    old = ast.get_source_segment(text, node)
    right, call = printed(target, name, planned(name).backward)
    assert old == right and call in text, "the emitted kernel is not the one that is planned"
    wrong, other = printed(target, name, kernel)
    # A wrong kernel may need functions of the runtime that the right one does not.
    emit = importlib.import_module(f"derive.kernels.targets.{target}.emit")
    runtime = render(
        f"{target}/runtime.py.j2",
        uses=dict.fromkeys(RUNTIME, True),
        meets={"buffers": True, "masks": True},
        updates=True,
        python=emit.LIBRARY.python,
    )
    return loaded(f"{text.replace(old, wrong).replace(call, other)}\n\n{runtime}", name)


def run(target: str, name: str, module: Any) -> None:
    """The accuracy suite of one module, the quick part of it."""
    wrapper: Any
    if target == "torch":
        from tests.peers.torch_modules import TorchModule as wrapper
    else:
        from tests.peers.jax_modules import JaxModule as wrapper
    sizes = standard.layer(name).sizes
    if target == "jax":
        validate(wrapper(name, module), name, sizes[3], "float32")
        return
    validate(wrapper(name, module), name, sizes[0], "float32")
    validate(wrapper(name, module), name, sizes[3], "float64")


@pytest.mark.parametrize("name", MUTATED)
@pytest.mark.parametrize("target", ["torch", "jax"])
def test_the_kernel_is_exchanged_and_not_otherwise_changed(target: str, name: str) -> None:
    run(target, name, exchanged(target, name, planned(name).backward))


@pytest.mark.parametrize("name", MUTATED)
def test_every_mutant_is_caught(name: str) -> None:
    alive, tried = [], 0
    saved = {result.name for result in planned(name).saved}
    every = mutants(derived(name).backward)
    for number, mutant in enumerate(every):
        kernel = wrong_kernel(name, mutant)
        # Left out is what needs more than the right forward pass keeps, or an atom of its own: one over N - 1.
        needs = {given.name for given in kernel.givens if given.source == "saved"}
        if not needs <= saved or mutant.name.endswith("N-1"):
            continue
        tried += 1
        assert kernel != planned(name).backward, mutant.name
        for target in ("torch", "jax")[: 1 + (number % 8 == 0)]:  # each shape costs JAX a second of compilation
            try:
                run(target, name, exchanged(target, name, kernel))
            except AssertionError:
                continue
            alive.append((target, mutant.description))
    assert tried >= 0.8 * len(every)
    assert not alive


# Wrong kernels for second derivatives: every statement with its sign changed.


def negated(name: str, kernel: str) -> Iterator[tuple[str, types.ModuleType]]:
    """The PyTorch module with one statement of a kernel negated."""
    text = source("torch", name)
    tree = ast.parse(text)
    (function,) = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == kernel]
    for place, node in enumerate(function.body):
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        target = node.targets[0].id
        if target == "dtype" or target.startswith(("over_", "count_")) or ast.unparse(node.value).startswith("_wide("):
            continue
        value = node.value
        node.value = ast.UnaryOp(ast.USub(), value)
        yield f"{target} = -({ast.unparse(value)})", loaded(ast.unparse(ast.fix_missing_locations(tree)), name)
        node.value = value
        assert function.body[place] is node


def good(name: str, module: Any, *, forward: bool) -> bool:
    """What the suites say of the derivatives of a module: along tangents, or of second order."""
    call = next(c for c in CALLS if c.layer == name)
    small = (value[:2, ..., :2] if value.ndim > 1 else value for value in call.inputs)
    leaves = tuple(torch.tensor(value).requires_grad_() for value in small)
    function = call.function(module, torch.tensor)
    options = {"rtol": 1e-6, "atol": 1e-8, "raise_exception": False}
    if forward:
        found = torch.autograd.gradcheck(function, leaves, check_forward_ad=True, check_backward_ad=False, **options)
    else:
        found = torch.autograd.gradgradcheck(function, leaves, **options)
    return bool(found)


@pytest.mark.parametrize("name", ["batch_norm", "group_norm", "softmax"])
@pytest.mark.parametrize("kernel", ["_jvp", "_double_backward"])
def test_a_wrong_kernel_for_second_derivatives_is_caught(kernel: str, name: str) -> None:
    forward = kernel == "_jvp"
    assert good(name, loaded(source("torch", name), name), forward=forward)
    tried = list(negated(name, kernel))
    # In exact arithmetic a mean has nothing beyond its pivot: what is multiplied with that changes rounding alone.
    alive = [words for words, module in tried if good(name, module, forward=forward)]
    assert len(tried) >= 3
    assert not alive


# What the emitted code may call.


@pytest.mark.parametrize("target", ["torch", "jax"])
@pytest.mark.parametrize("name", catalogue.names())
def test_the_kernels_are_made_of_elementwise_operations_and_sums(target: str, name: str) -> None:
    """No norm, no softmax, no mean, no derivative of the framework's; nothing imported but it."""
    tree = ast.parse(source(target, name))
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    imported |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    library = {"torch": {"torch"}, "jax": {"jax", "jax.numpy"}}[target]
    assert {i for i in imported if i.partition(".")[0] not in sys.stdlib_module_names} == library
    attributes = {ast.unparse(n) for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    dotted = {a for a in attributes if a.replace(".", "").replace("_", "").isalnum()}
    used = {a for a in dotted if a.partition(".")[0] in ("torch", "jax", "jnp") and a not in library}
    allowed = {
        "torch": {
            *(f"torch.{f}" for f in ("sqrt", "exp", "log", "sigmoid", "where", "sum", "amax", "full", "finfo")),
            *(f"torch.{f}" for f in ("Tensor", "dtype", "bool", "float16", "bfloat16", "float32", "float64")),
            "torch.autograd", "torch.autograd.Function", "torch.compiler", "torch.compiler.is_compiling",
        },
        "jax": {
            *(f"jnp.{f}" for f in ("sqrt", "exp", "log", "where", "sum", "max", "clip", "full", "zeros", "asarray")),
            *(f"jnp.{f}" for f in ("float16", "bfloat16", "float32", "float64", "finfo", "dtype", "bool_", "floating")),
            "jnp.issubdtype", "jax.Array", "jax.lax", "jax.lax.logistic", "jax.custom_vjp", "jax.custom_jvp",
        },
    }[target]  # fmt: skip
    assert used <= allowed
    # Derivatives are declared by the two mechanisms for that, and taken nowhere.
    called = {n.func.attr for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)}
    assert not called & {"backward", "grad", "vjp", "jvp", "mean", "var", "std", "softmax", "norm", "requires_grad_"}


def test_agreement_with_the_numpy_modules() -> None:
    """The same results from all three, in float64, on every function of every layer."""
    from tests.peers.jax_modules import jax

    jax.config.update("jax_enable_x64", True)
    try:
        for call in CALLS:
            modules = [importlib.import_module(f"generated.{t}.{call.layer}") for t in ("numpy", "torch", "jax")]
            forward = getattr(modules[0], f"forward{call.suffix}")
            there = forward(*call.inputs, *call.buffers, **dict(call.settings))
            there = there if call.suffix else there[0]
            mine = call.function(modules[1], torch.tensor)(*map(torch.tensor, call.inputs)).numpy()
            other = jax.jit(call.function(modules[2], jax.numpy.asarray))(*call.inputs)
            for found in (mine, np.asarray(other)):
                np.testing.assert_allclose(found, there, rtol=1e-12, atol=1e-13, err_msg=str(call))
    finally:
        jax.config.update("jax_enable_x64", False)
