"""Where the results of operations lie: an output is working memory until it is written, and never after."""

from __future__ import annotations

from derive.kernels.plan import Op, Reduction, Ref, Write
from derive.kernels.targets.numpy.places import Places
from derive.kernels.targets.numpy.steps import last_uses


def local(name: str) -> Ref:
    return Ref("local", name)


X = Ref("array", "x")


def placed(ops: list[Op], writes: list[Write], held: tuple[str, ...] = ()) -> list[str]:
    steps: list[Op | Reduction | Write] = [*ops, *writes]
    places = Places(steps, last_uses(steps), writes, held)
    found = [places.target(op, k, "scratch", "x_slab")[0] for k, op in enumerate(ops)]
    return [*found, *(f"copy to {w.output}" for w in places.copies())]


def test_a_chain_lies_where_it_is_written() -> None:
    ops = [Op("a", "exp", (X,)), Op("b", "add", (local("a"), X)), Op("c", "exp", (local("b"),))]
    assert placed(ops, [Write("y", local("c"))]) == ["y_slab", "a", "y_view[slab]"]


def test_a_second_value_needs_a_block_and_a_second_output_is_one() -> None:
    ops = [Op("a", "exp", (X,)), Op("b", "log", (X,)), Op("c", "add", (local("a"), local("b")))]
    assert placed(ops, [Write("y", local("c"))]) == ["y_slab", 'scratch.block("b", x_slab)', "y_view[slab]"]
    more = [*ops, Op("e", "exp", (X,))]
    assert placed(more, [Write("y", local("c")), Write("z", local("e"))]) == [
        "y_slab",
        "z_slab",
        "y_view[slab]",
        "z_view[slab]",
    ]


def test_an_output_that_is_written_is_left_alone() -> None:
    """`a` is still read when `y` has been written: it may not lie there, nor may what is made of it afterwards."""
    ops = [
        Op("a", "exp", (X,)),
        Op("b", "log", (X,)),
        Op("c", "exp", (local("b"),)),  # written to y at once
        Op("e", "log", (local("a"),)),
        Op("f", "exp", (local("e"),)),
    ]
    found = placed(ops, [Write("y", local("c")), Write("z", local("f"))])
    assert found == ["z_slab", "y_slab", "y_view[slab]", "a", "z_view[slab]"]


def test_a_place_goes_to_no_result_that_is_needed_longer() -> None:
    """`a` may lie in `y`; what is made of it is needed until after `y` is written, and so is elsewhere."""
    ops = [
        Op("a", "exp", (X,)),
        Op("b", "log", (local("a"),)),
        Op("c", "exp", (X,)),
        Op("e", "log", (local("b"),)),
    ]
    found = placed(ops, [Write("y", local("c")), Write("z", local("e"))])
    assert found == ["y_slab", "z_slab", "y_view[slab]", "z_view[slab]"]


def test_what_a_sweep_has_left_is_a_block() -> None:
    ops = [Op("a", "exp", (local("kept"),)), Op("b", "add", (local("a"), X))]
    assert placed(ops, [Write("y", local("b"))], held=("kept",)) == ["kept", "y_view[slab]"]
