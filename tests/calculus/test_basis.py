"""The basis: deviations kept whole, roots and functions as atoms, each with a definition that can be evaluated."""

from __future__ import annotations

import random

import pytest
import sympy as sp

from derive import Layer, average, axes, exp, log, positive, sqrt, tanh, tensor
from derive.calculus.basis import Basis
from derive.graph import lower
from derive.language import Constant, atom
from derive.layers.batch_norm.forward import c, eps, mean, n, s, var, x
from derive.layers.batch_norm.interface import interface
from derive.proofs.derivation import derive_layer
from derive.proofs.evaluate import fill
from tests.calculus import examples
from tests.calculus.expressions import agree, ground

m, k = axes("m k")
v, w, u = tensor("v", m, k), tensor("w", m), tensor("u", m, k)


def basis_of(
    expression: sp.Expr, *inputs: sp.Expr, buffers: tuple[sp.Expr, ...] = (), constants: tuple[Constant, ...] = ()
) -> Basis:
    layer = Layer("small", inputs=inputs or (v,), buffers=buffers, constants=constants)
    layer.output("y", expression)
    return Basis(lower(layer))


@pytest.fixture(scope="module")
def batch_norm() -> Basis:
    return Basis(lower(examples.batch_norm()), interface.names)


def test_batch_norm_has_one_deviation_and_one_root(batch_norm: Basis) -> None:
    (centre,) = batch_norm.centres
    assert (centre.deviation, centre.tensor, centre.mean, centre.over) == (atom("d", (n, c, s)), x, mean, (n, s))
    (root,) = batch_norm.roots
    assert (root.symbol, root.base, root.degree) == (atom("inv_std", (c,)), var + eps, 2)
    assert {e.name: e.value for e in batch_norm.definitions} == {"d": x - mean, "inv_std": 1 / sqrt(var + eps)}


def test_a_difference_is_kept_whole(batch_norm: Basis) -> None:
    d = batch_norm.centres[0].deviation
    g = tensor("g", n, c, s)
    assert batch_norm.enter(x - mean) == d
    assert batch_norm.enter(3 * mean - 3 * x) == -3 * d
    assert batch_norm.enter(x - mean + eps) == d + eps
    assert batch_norm.enter(g * (x - mean) ** 2) == g * d**2


def test_other_combinations_are_not_deviations(batch_norm: Basis) -> None:
    for other in (x + mean, x - 2 * mean, 2 * x - mean, x - var, x * mean):
        assert batch_norm.enter(other) == other


def test_powers_of_the_root(batch_norm: Basis) -> None:
    r = batch_norm.roots[0].symbol
    for exponent in (sp.Rational(-3, 2), sp.Rational(-1, 2), sp.Rational(1, 2), sp.Integer(-1), sp.Integer(-2)):
        assert batch_norm.enter((var + eps) ** exponent) == r ** (-2 * exponent)
    assert batch_norm.enter((var + eps) ** 2) == (var + eps) ** 2


def test_without_centres_the_difference_stays() -> None:
    basis = ground(examples.layer_norm, False).basis
    assert basis.centres == []
    assert basis.enter(examples.x - atom("mean", (examples.n,))) == examples.x - atom("mean", (examples.n,))


def test_a_deviation_from_a_given_mean_has_no_sum_of_its_own() -> None:
    basis = basis_of((v - w) ** 2, buffers=(w,))
    (centre,) = basis.centres
    assert (str(centre.deviation), centre.mean, centre.over) == ("v_centred[m, k]", w, ())


def test_only_averages_and_buffers_make_deviations() -> None:
    assert basis_of(v - w, v, w).centres == []  # w is an input like any other
    assert basis_of(v - u, v, buffers=(u,)).centres == []  # as many axes
    assert basis_of(v - average(v**2, over=k)).centres == []  # the average of something else


def test_two_means_of_one_tensor_make_two_deviations() -> None:
    basis = basis_of((v - average(v, over=k)) * (v - average(v, over=m)))
    assert [str(centre.deviation) for centre in basis.centres] == ["v_centred[m, k]", "v_centred_2[m, k]"]
    assert len({centre.mean for centre in basis.centres}) == 2


def test_roots_of_one_base_are_shared_across_powers() -> None:
    base = v**2 + positive("e")
    basis = basis_of(base ** sp.Rational(1, 2) + base ** sp.Rational(-3, 2), v, constants=(positive("e"),))
    (root,) = basis.roots
    assert basis.enter(sp.sqrt(base)) == 1 / root.symbol
    assert basis.enter(base**-3) == root.symbol**6


def test_a_cube_root_has_degree_three() -> None:
    (root,) = basis_of((v**2 + 1) ** sp.Rational(-2, 3)).roots
    assert (root.degree, str(root.symbol)) == (3, "inv_root3_v[m, k]")


def test_powers_of_a_single_tensor_need_no_root() -> None:
    basis = basis_of(sqrt(v) + v ** sp.Rational(-5, 2))
    assert (basis.roots, basis.definitions) == ([], [])


def test_functions_are_atoms_each_once() -> None:
    basis = basis_of(tanh(v) * log(v) + tanh(v) ** 2)
    assert sorted(str(e.value) for e in basis.definitions) == ["log(v[m, k])", "tanh(v[m, k])"]
    assert basis.enter(tanh(v) + 1) == atom("tanh_v", (m, k)) + 1


def test_whole_multiples_of_an_exponent_are_powers() -> None:
    basis = basis_of(exp(v) * v)
    raised = atom("exp_v", (m, k))
    assert basis.enter(exp(3 * v) + exp(-v)) == raised**3 + 1 / raised
    assert len(basis.definitions) == 1


def test_an_argument_with_a_deviation_is_entered_first() -> None:
    basis = basis_of(exp(v - average(v, over=k)))
    names = [e.name for e in basis.definitions]
    assert names == ["v_centred", "exp_v_centred"]
    assert basis.definitions[1].value == exp(basis.centres[0].deviation)


def test_a_new_atom_gives_way_to_a_name_that_is_taken() -> None:
    taken = tensor("exp_v", m)
    assert [e.name for e in basis_of(exp(v) * taken, v, taken).definitions] == ["exp_v_2"]


def test_a_preferred_name_is_used_for_its_expression_only() -> None:
    names = {"scale": 1 / sqrt(atom("mean_square", (examples.n,)) + examples.eps), "unused": sp.sqrt(examples.x)}
    derivation = derive_layer(examples.rms_norm(), names)
    assert [e.name for e in derivation.basis.definitions] == ["scale"]


@pytest.mark.parametrize("make", examples.ALL, ids=lambda make: make.__name__)
def test_entering_changes_no_value_of_any_equation(make: examples.Maker) -> None:
    here = ground(make)
    sizes = {axis.name: 2 for axis in here.graph.axes}
    at = fill(here.graph, sizes, random.Random(5), positive=True)
    for equation in here.graph.equations:
        assert agree(equation.value, here.basis.enter(equation.value), at, here.equations)
