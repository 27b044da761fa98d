"""The NumPy target prints every operation on the list and nothing else; templates need all of their values."""

from __future__ import annotations

import ast
import re
from dataclasses import replace

import jinja2
import pytest
import sympy as sp

from derive import Interface, Layer, axes, positive, tensor
from derive.catalogue import Entry
from derive.errors import EmitError
from derive.files import template_folder
from derive.kernels.lowering import lower
from derive.kernels.operations import OPERATIONS
from derive.kernels.plan import Kernel, Op, Plan, Reduction, Ref, Sweep, Write
from derive.kernels.python_api.names import MADE, RESERVED, check_names, names_of
from derive.kernels.python_api.source import FUNCTIONS
from derive.kernels.render import environment, render
from derive.kernels.targets import target, targets
from derive.kernels.targets.c.passes import PassSource
from derive.kernels.targets.c.tables import Tables
from derive.kernels.targets.numba.expressions import identifier as in_numba
from derive.kernels.targets.numba.passes import PassSource as NumbaPass
from derive.kernels.targets.numba.passes import Tables as NumbaTables
from derive.kernels.targets.numpy.names import code
from derive.kernels.targets.numpy.printer import KernelPrinter, Loop
from derive.pipeline import make as make_product
from tests.calculus import examples
from tests.kernels.plans import planned

ARRAY, NUMBER = Ref("array", "x"), Ref("number", "2.0")


def lines(*ops: Op, reductions: tuple[Reduction, ...] = ()) -> list[str]:
    """What the printer makes of one sweep that ends by writing its last value."""
    plan = planned(examples.softmax)
    write = (Write("grad_x", Ref("local", ops[-1].result)),) if not reductions else ()
    kernel = replace(plan.backward, stages=(Sweep(ops, reductions, write),))
    (loop,) = KernelPrinter(plan, kernel).stages()
    assert isinstance(loop, Loop)
    return list(loop.body)


@pytest.mark.parametrize(("function", "operands"), OPERATIONS.items())
def test_every_operation_is_printed(function: str, operands: int) -> None:
    numbers = (Ref("number", "2"), Ref("number", "3")) if function == "power" else (NUMBER,)
    body = lines(Op("t1", function, (ARRAY, *numbers)[:operands]))
    printed = [line for line in body if "grad_x_view[slab]" in line]
    assert len(printed) == 1
    arguments = ", ".join(["x_slab", "2.0"][:operands])
    expected = f"np.{function}({arguments}, out=grad_x_view[slab])"
    if function == "select":
        expected = f"_select({arguments}, grad_x_view[slab])"
    elif function == "power":
        # The nearest float64 is 6004799503160661 * 2**-53; two thirds of 2**-54 are missing.
        block = 'scratch.block("power of", x_slab)'
        expected = f"_power(x_slab, 0.6666666666666666, 3.700743415417188e-17, grad_x_view[slab], {block})"
    elif function == "copy":
        expected = f"_fill(grad_x_view[slab], {arguments})"
    elif function in FUNCTIONS:
        expected = f'{FUNCTIONS[function]}({arguments}, grad_x_view[slab], scratch.block("{function} of", x_slab))'
    assert printed == [expected]


def c_lines(*ops: Op, data: str, type: str) -> list[str]:
    """What the C target makes of the element of one sweep that ends by writing its last value."""
    plan = planned(examples.softmax)
    kernel = replace(plan.backward, stages=(Sweep(ops, (), (Write("grad_x", Ref("local", ops[-1].result)),)),))
    lowered = lower(plan, kernel)
    (sweep,) = lowered.sweeps
    body: list[str] = PassSource("p", lowered, sweep, 0, "k", data, type, Tables(lowered), "n").context()["body"]
    return body


@pytest.mark.parametrize(("data", "type"), [("float", "float"), ("double", "double"), ("double", "long double")])
@pytest.mark.parametrize(("function", "operands"), OPERATIONS.items())
def test_every_operation_is_printed_in_c(function: str, operands: int, data: str, type: str) -> None:
    operand = (ARRAY, NUMBER, Ref("number", "3.0"))[:operands]
    first, last = c_lines(Op("t1", function, operand), data=data, type=type)
    assert first.startswith(f"const {type} at_t1 = ") and "x" in first and last == "*to_grad_x = at_t1;"
    assert [number in first for number in ("2.0", "3.0")] == [operands > 1, operands > 2]


def test_a_power_is_printed_in_c() -> None:
    first, _ = c_lines(Op("t1", "power", (ARRAY, NUMBER, Ref("number", "3.0"))), data="double", type="double")
    assert first == "const double at_t1 = p_power_double(x, (double)2.0, (double)3.0);"


@pytest.mark.parametrize("name", ["cosine", "", "maximum", "Add"])
def test_an_unknown_operation_is_an_error_in_c(name: str) -> None:
    with pytest.raises(EmitError, match=f"the C target cannot print the operation '{name}'"):
        c_lines(Op("t1", name, (ARRAY,)), data="float", type="float")


def numba_lines(*ops: Op, wide: bool) -> list[str]:
    """What the Numba target makes of the element of one sweep: in float64 where a sum is taken of it, else as data."""
    plan = planned(examples.softmax)
    write = Write("grad_x", Ref("local", ops[-1].result))
    total = Reduction("s", sp.Symbol("s"), write.value, None, "d", "n", "n", across=False)
    sweep = Sweep(ops, (total,), ()) if wide else Sweep(ops, (), (write,))
    lowered = lower(plan, replace(plan.backward, stages=(sweep,)))
    body: list[str] = NumbaPass(lowered, lowered.sweeps[0], "k_0", NumbaTables(lowered), {"d"}).context()["body"]
    return body


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize(("function", "operands"), OPERATIONS.items())
def test_every_operation_is_printed_for_numba(function: str, operands: int, wide: bool) -> None:
    numbers = (Ref("number", "2"), Ref("number", "3")) if function == "power" else (NUMBER,)
    (line,) = numba_lines(Op("t1", function, (ARRAY, *numbers)[:operands]), wide=wide)
    assert line.startswith("t1 = ") and "x" in line.removeprefix("t1 = ")
    assert ("2.0" in line) == (operands == 2) and ("0.6666666666666666, 3.7" in line) == (function == "power")
    told = wide and function in ("exp", "sigmoid")  # what type the data have: the digits of a sum depend on it
    assert line.endswith(", kind(0.0))") == told
    assert ("kind(" in line) == (told or (not wide and (operands > 1 or function == "erf_slope")))
    compile(line, function, "exec")


@pytest.mark.parametrize("name", ["cosine", "", "maximum", "Add"])
def test_an_unknown_operation_is_an_error_for_numba(name: str) -> None:
    with pytest.raises(EmitError, match=f"the Numba target cannot print the operation '{name}'"):
        numba_lines(Op("t1", name, (ARRAY,)), wide=False)


@pytest.mark.parametrize("name", ["cosine", "", "root", "maximum", "Add"])
def test_an_unknown_operation_is_an_error(name: str) -> None:
    with pytest.raises(EmitError, match=f"the NumPy target cannot print the operation '{name}'"):
        lines(Op("t1", name, (ARRAY,)))


def test_a_sum_of_something_that_no_operation_makes_is_an_error() -> None:
    reduction = Reduction("s", sp.Symbol("s"), Ref("local", "nowhere"), None, "d", "n", "n", across=False)
    with pytest.raises(EmitError, match="the sum 's' has an operand that its sweep does not compute"):
        lines(Op("t1", "exp", (ARRAY,)), reductions=(reduction,))


def test_results_go_straight_to_where_they_are_written_and_blocks_are_used_again() -> None:
    body = lines(
        Op("t1", "exp", (ARRAY,)),
        Op("t2", "multiply", (Ref("local", "t1"), NUMBER)),
        Op("t3", "add", (Ref("local", "t2"), ARRAY)),
    )
    assert body[-4:] == [
        'grad_x_slab = scratch.output("grad_x", grad_x_view[slab], grad_x_own)',
        "t1 = np.exp(x_slab, out=grad_x_slab)",
        "t2 = np.multiply(t1, 2.0, out=t1)",
        "np.add(t2, x_slab, out=grad_x_view[slab])",
    ]


def test_a_block_that_is_needed_later_is_not_written_over() -> None:
    body = lines(
        Op("t1", "exp", (ARRAY,)),
        Op("t2", "multiply", (Ref("local", "t1"), NUMBER)),
        Op("t3", "add", (Ref("local", "t2"), Ref("local", "t1"))),
    )
    assert 'out=scratch.block("t2", x_slab)' in body[-2]


def test_a_size_without_its_class_is_an_error() -> None:
    n, c, s = planned(examples.batch_norm).axes
    plan = planned(examples.batch_norm)
    assert code(1 / (n.size * s.size), plan) == "1/count_n"
    assert code(c.size * sp.Symbol("a"), plan) == "a*count_c"
    with pytest.raises(EmitError, match="the size N_s is used without the axes that go with it"):
        code(s.size * sp.Symbol("a"), plan)


def layer_with(*, layer: str = "fine", data: str = "x", small: str = "w", constant: str = "eps") -> Layer:
    m, k = axes("m k")
    x, w, eps = tensor(data, m, k), tensor(small, k), positive(constant)
    made = Layer(layer, inputs=(x, w), constants=(eps,))
    made.output("y", w * x + eps)
    return made


@pytest.mark.parametrize("where", ["layer", "data", "small", "constant"])
@pytest.mark.parametrize("name", ["scratch", "backward", "Saved", "math", "bound"])
def test_a_name_that_the_target_uses_itself_is_refused(where: str, name: str) -> None:
    assert name in RESERVED
    with pytest.raises(EmitError, match=f"the name '{name}' is taken in emitted modules; choose another"):
        make_product(Entry(layer_with(**{where: name}), Interface(), None, "fine.py"))


@pytest.mark.parametrize("name", ["numpy", "c", "numba"])
def test_every_name_in_an_emitted_function_is_reserved_or_comes_from_the_layer(name: str) -> None:
    """Else a layer with a tensor of that name would have a module that computes something else."""
    entry = Entry(layer_with(), Interface(), None, "fine.py")
    product = make_product(entry)
    (source,) = [text for path, text in product.files if path == f"{name}/fine.py"]
    functions = [f for f in ast.parse(source).body if isinstance(f, ast.FunctionDef)]
    own = [f for f in functions if re.match(r"_?(forward|backward|jvp|double_backward|statistics)", f.name)]
    assert len(own) >= 9
    used = {node.id for f in own for node in ast.walk(f) if isinstance(node, ast.Name)}
    parameters = {p.arg for f in own if not f.name.startswith("_") for p in (*f.args.args, *f.args.kwonlyargs)}
    known = RESERVED | names_of(product.emission.subjects[0].plan) | parameters
    changed = {n for n in used if name == "numba" and in_numba(n) != n}  # inside its compiled functions
    assert not {n for n in used - changed if n not in known and not MADE.fullmatch(n)}


def test_names_that_nobody_uses_are_accepted() -> None:
    check_names(planned(examples.batch_norm))
    product = make_product(Entry(layer_with(small="weight", constant="shift"), Interface(), None, "fine.py"))
    compile(dict(product.files)["numpy/fine.py"], "fine.py", "exec")


def test_a_missing_value_is_an_error() -> None:
    assert environment().undefined is jinja2.StrictUndefined
    for template in ("numpy/module.py.j2", "numpy/kernel.py.j2", "python_api/update.py.j2"):
        with pytest.raises(EmitError, match=f"template {template}: .* is undefined"):
            render(template)


def test_a_missing_template_is_an_error() -> None:
    with pytest.raises(EmitError, match="template numpy/nowhere.py.j2"):
        render("numpy/nowhere.py.j2")


def test_every_template_is_strict_about_attributes_too() -> None:
    with pytest.raises(jinja2.UndefinedError):
        environment().from_string("{{ kernel.nothing }}").render(kernel=planned(examples.softmax).backward)


def test_a_template_may_refuse() -> None:
    with pytest.raises(EmitError, match="not this"):
        environment().from_string("{{ raise('not this') }}").render()


def test_every_target_has_a_folder_of_templates() -> None:
    assert {t.name for t in targets()} <= {p.name for p in template_folder().iterdir() if p.is_dir()}
    assert target("numpy").extension == ".py"


def test_every_kernel_of_the_examples_can_be_printed() -> None:
    for make in examples.ALL:
        plan: Plan = planned(make)
        kernels: list[Kernel] = [k for k in (plan.statistics, plan.forward, plan.backward) if k is not None]
        for kernel in kernels:
            printer = KernelPrinter(plan, kernel)
            loops = [stage for stage in printer.stages() if isinstance(stage, Loop)]
            assert len(loops) == len(kernel.sweeps)
            for lines in [part for loop in loops for part in (loop.before, loop.body, loop.after)]:
                compile("\n".join(lines), make.__name__, "exec")
