"""What the words of the language make: ordinary SymPy objects."""

from __future__ import annotations

import sympy as sp

from derive import Layer, average, axes, exp, log, positive, real, sqrt, tanh, tensor, total
from derive.language import atom, atoms_of, axes_of, indices, name_of, to_expr

n, c, s = axes("n c s...")
x, w = tensor("x", n, c, s), tensor("w", c)


def test_only_the_dotted_axis_stands_for_many_dimensions() -> None:
    assert [axis.name for axis in (n, c, s)] == ["n", "c", "s"]
    assert [axis.many for axis in (n, c, s)] == [False, False, True]


def test_the_size_of_an_axis_is_a_positive_whole_number() -> None:
    assert str(n.size) == "N_n"
    assert n.size.is_positive and n.size.is_integer
    assert len({n.size, c.size, s.size}) == 3


def test_a_tensor_is_indexed_by_its_axes() -> None:
    assert isinstance(x, sp.Indexed)
    assert (name_of(x), indices(x)) == ("x", (n, c, s))
    assert x.is_real


def test_a_tensor_without_axes_is_a_symbol_that_takes_a_gradient() -> None:
    scale = tensor("scale")
    assert isinstance(scale, sp.Symbol) and indices(scale) == ()
    assert scale == atom("scale", ())


def test_positive_and_real_say_what_they_know() -> None:
    assert positive("eps").is_positive
    assert real("shift").is_real and real("shift").is_positive is None


def test_a_total_is_a_sum_over_whole_axes() -> None:
    assert total(x, over=(n, s)) == sp.Sum(x, (n, 0, n.size - 1), (s, 0, s.size - 1))
    assert total(x, over=n) == total(x, over=[n])


def test_an_axis_named_twice_in_over_is_summed_once() -> None:
    assert total(x, over=(n, n)) == total(x, over=n)


def test_an_average_is_a_total_divided_by_the_number_of_elements() -> None:
    assert average(x, over=(n, s)) == total(x, over=(n, s)) / (n.size * s.size)


def test_a_python_float_is_the_quotient_it_was_written_as() -> None:
    """1/3 is a float by the time it is seen; the power it stands in is a cube root all the same."""
    assert to_expr(x ** (1 / 3)) == x ** sp.Rational(1, 3)
    assert to_expr(x ** (-2 / 7)) == x ** sp.Rational(-2, 7)
    assert to_expr(0.5 * x) == x / 2
    assert to_expr(0.044715) == sp.Rational(44715, 10**6)
    assert to_expr(1e-5) == sp.Rational(1, 10**5) and to_expr(1e300) == sp.Integer(10) ** 300
    assert to_expr(0.3333) == sp.Rational(3333, 10**4)


def test_broadcasting_is_by_name() -> None:
    assert axes_of(x * w, (n, c, s)) == (n, c, s)
    assert axes_of(total(x * w, over=(n, s)), (n, c, s)) == (c,)
    assert axes_of(sp.Integer(3)) == ()


def test_the_functions_are_those_of_sympy() -> None:
    assert (sqrt(x), exp(x), log(x), tanh(x)) == (sp.sqrt(x), sp.exp(x), sp.log(x), sp.tanh(x))


def test_a_float_is_read_as_the_decimal_it_prints() -> None:
    assert to_expr(0.1) == sp.Rational(1, 10)
    assert to_expr(1e-5) == sp.Rational(1, 100000)
    assert to_expr(0.044715 * x) == sp.Rational(44715, 10**6) * x
    assert to_expr(x**0.5) == sp.sqrt(x)


def test_floats_inside_a_definition_become_rationals() -> None:
    layer = Layer("scaled", inputs=(x,))
    layer.output("y", 0.1 * x + 2.5)
    assert layer.definitions["y"][1] == x / 10 + sp.Rational(5, 2)


def test_atoms_come_in_order_without_axes_and_sizes() -> None:
    assert list(atoms_of(average(x, over=n))) == [x]
    assert set(atoms_of(w * x + positive("eps") * n.size)) == {w, x, positive("eps")}


def test_a_definition_has_the_axes_of_its_value_in_the_order_of_the_layer() -> None:
    layer = Layer("ordered", inputs=(x, w))
    centred = layer.define("centred", w - x)
    assert centred == atom("centred", (n, c, s))
    assert layer.define("mean", average(centred, over=(s, n))) == atom("mean", (c,))
    assert layer.axes == (n, c, s)
