"""The emitted tests go red for modules that are emitted from wrong derivations, and stay green for right ones."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from derive import catalogue
from derive.calculus.mutants import Mutant, mutants
from derive.catalogue import Entry
from derive.errors import PlanError
from derive.kernels.planner import plan
from derive.kernels.subject import Emission, Subject
from derive.kernels.targets.numpy.emit import companions, emit
from derive.language import name_of
from derive.proofs.derivation import Derivation, derive_layer, set_up
from derive.proofs.domain import prove_domain
from tests.support.oracles import LONGDOUBLE_IS_WIDE
from tests.user_layers.workshop import write

pytestmark = pytest.mark.skipif(not LONGDOUBLE_IS_WIDE, reason="which mistakes change nothing is told in longdouble")

USERS = """
n, d = axes("n d")
x, w, t = tensor("x", n, d), tensor("w", d), tensor("t")
eps = positive("eps")

cube_norm = Layer("cube_norm", inputs=(x, w), constants=(eps,))
power = cube_norm.define("power", average(x**4, over=d))
cube_norm.output("y", w * x / (power + eps)**(1/4))

rooted = Layer("rooted", inputs=(x, w, t))
mass = rooted.define("mass", average(x**(2/3), over=d))
rooted.output("y", w * log(x) * t / mass + tanh(x - mass))
"""
_numbers = itertools.count()


def wrong(derivation: Derivation, mutant: Mutant) -> Derivation:
    """The derivation with the mutant's backward equations in the place of its own."""
    own = {e.target: e for e in mutant.equations}
    adjoints = tuple(
        replace(a, contributions=tuple(replace(c, equation=own[c.equation.target]) for c in a.contributions))
        for a in derivation.backward.adjoints
    )
    return set_up(replace(derivation.backward, adjoints=adjoints), {})


def emission(entry: Entry, derivation: Derivation) -> Emission:
    """What would be emitted for a derivation that nobody has proven, for training only."""
    forms = tuple((name_of(i), derivation.closed_form(name_of(i)).expr) for i in derivation.graph.inputs)
    interface = replace(entry.interface, inference=None, updates=())
    domain = prove_domain(derivation)
    subject = Subject(derivation, plan(derivation), interface, forms, (), domain=domain)
    return Emission(entry.name, (subject,), "0" * 64, entry.source)


def vendored(folder: Path, made: Emission) -> ModuleType:
    """The test module beside the emitted one, both in a folder of their own."""
    (place := folder / f"m{next(_numbers)}").mkdir()
    (place / f"{made.name}.py").write_text(emit(made))
    for name, text in companions(made).items():
        (place / name).write_text(text)
    spec = importlib.util.spec_from_file_location(f"vendored_{next(_numbers)}", place / f"test_{made.name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def failures(tests: ModuleType, right: ModuleType, *, single: bool = True) -> Iterator[str]:
    """Every case of the gradient test that goes red; the truth is taken from another run, which has it already.

    Without `single`, sizes of one element are left out.
    """
    form = tests.FORMS["forward"]
    for row in tests.SIZES:
        if not single and 1 in row[: len(form.axes)]:
            continue
        for dtype in (np.float64, np.float32):
            try:
                case = replace(right.case_of("forward", row, dtype), form=form)
                case.check_gradients(case.backward(case.g, case.arrays()))
            except AssertionError as error:
                yield str(error)
            except pytest.skip.Exception:
                continue


def entries() -> list[Any]:
    return [pytest.param(name, id=name) for name in (*catalogue.names(), "cube_norm", "rooted")]


def entry_of(name: str, folder: Path) -> Entry:
    if name in catalogue.names():
        return catalogue.builtin(name)
    return next(catalogue.from_file(write(folder, USERS), name))


@pytest.mark.parametrize("name", entries())
def test_wrong_derivations_turn_it_red(name: str, tmp_path: Path) -> None:
    entry = entry_of(name, tmp_path)
    derivation = derive_layer(entry.layer, entry.interface.names)
    right = vendored(tmp_path, emission(entry, derivation))
    assert not list(failures(right, right))
    found = mutants(derivation.backward)
    assert len(found) >= 5
    alive, emitted = [], 0
    for mutant in found:
        try:
            made = emission(entry, wrong(derivation, mutant))
        except PlanError as error:  # it looks at what a mask hides: no module is emitted that could be wrong
            assert "looks at data where the mask is zero" in str(error)
            continue
        emitted += 1
        if next(failures(vendored(tmp_path, made), right), None) is None:
            alive.append(mutant.description)
    assert not alive and emitted >= 5


@pytest.mark.parametrize("name", ["batch_norm", "softmax", "cube_norm"])
def test_mistakes_that_change_nothing_leave_it_green(name: str, tmp_path: Path) -> None:
    """The tolerance has room for another way to write the same thing."""
    entry = entry_of(name, tmp_path)
    derivation = derive_layer(entry.layer, entry.interface.names)
    right = vendored(tmp_path, emission(entry, derivation))
    for mutant in mutants(derivation.backward, equivalent=True):
        tests = vendored(tmp_path, emission(entry, wrong(derivation, mutant)))
        assert not list(failures(tests, right, single=False)), mutant.description
