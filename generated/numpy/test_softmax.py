"""Tests of softmax.py, the module beside this file; they need NumPy and pytest and nothing else.

Do not edit: this file is generated. Regenerate it with: regenerate-kernels softmax

Copy the two files together; they may stand in a package or in a plain folder. Run them with: python -m pytest

The truth is the layer's forward equations, written out below in plain NumPy and evaluated with the widest numbers there
are; gradients are their complex-step derivatives, Im f(
    x + ih
)/h, which involve no difference of nearby numbers. None of
it comes from the module's own derivation.

How far a result may be off is measured on the same equations, never on the module. Evaluated with every
operation wrong by a random relative amount, independently up to one eps (twice what rounding may do), they give a
standard deviation, S, of y and of every derivative. The kernels evaluate the same terms in another order and make no
more roundings than that for each of them, each at most eps/2 and of standard deviation 0.3 eps against the 0.58 eps of
the experiment. So 4*S is eight standard deviations of what rounding does to a kernel, or four if all of its terms were
rounded twice as often. S is known from few repetitions; it is taken to be at least its root mean square over the
tensor. Half an eps of the value for the last rounding, at most one, is added.

Derivation: sha256 2725177e8e085970d41f00c1b149f07f02586075da66c427323b4ecf16306c44
"""

from __future__ import annotations

import importlib.util
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

Array = Any  # arrays of any dtype, and the subclass of them that rounds


def _beside(name: str) -> Any:
    """Return the module in the file of that name in this folder, whatever package the folder may be."""
    path = Path(__file__).with_name(name)
    spec = importlib.util.spec_from_file_location(f"_beside_{path.stem}", path)
    assert spec is not None and spec.loader is not None, f"{path} is missing"
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


layer = _beside("softmax.py")


# ======================================================================================
# The layer: its equations, and how it is called.
# ======================================================================================


def _reference(x: Array) -> tuple[Array, tuple[Array, ...]]:
    """Return y and what must be positive; dimension 0 holds copies, then come n, d."""
    shift = np.max(x, axis=(2,), keepdims=True)
    raised = np.exp(x - shift)
    mass = np.sum(raised, axis=(2,), keepdims=True)
    y = raised/mass
    _needed = ()
    return y, _needed


def _arguments(sizes: dict[str, int]) -> dict[str, Any]:
    """Return the arguments that say which dimension of data in the declared order is which."""
    return {"dim": 1}


@dataclass(frozen=True)
class Form:
    """One pair of functions.

    `tensors` have the axes that are named; `kinds` are those that take no gradient; `needed` is what backward takes.
    """

    forward: Callable[..., Any]
    backward: Callable[..., Any]
    reference: Callable[..., tuple[Array, tuple[Array, ...]]]
    arguments: Callable[[dict[str, int]], dict[str, Any]]
    axes: tuple[str, ...]
    tensors: dict[str, tuple[str, ...]]
    kinds: dict[str, str]
    needed: tuple[str, ...]
    optional: dict[str, float]
    constants: dict[str, float]
    gradients: dict[str, str]
    checked: tuple[str, ...]
    saves: bool
    moved: str
    place: int
    merged: int


FORMS = {
    "forward": Form(
        forward=lambda *args, **more: layer.forward(*args, **more),
        backward=lambda *args, **more: layer.backward(*args, **more),
        reference=_reference,
        arguments=_arguments,
        axes=("n", "d", ),
        tensors={"x": ("n", "d", )},
        kinds={},
        needed=("x", ),
        optional={},
        constants={},
        gradients={"x": "grad_input"},
        checked=(),
        saves=True,
        moved="dim",
        place=1,
        merged=-1,
    ),
}

# ======================================================================================
# The test bench: the same for every layer.
# ======================================================================================

DTYPES = (np.float32, np.float64)
# The size of each axis in turn, over and over: with single elements, small, and long enough for several rows of sums.
SIZES = ((3, 2, 4), (2, 5, 1), (1, 3, 6), (4, 1, 2), (2, 3, 300))
REPEATS = 12
FACTOR = 4
STEP = 1e-30
AMPLITUDE = 2.0**-24  # of the experiment: small enough to be linear, large enough for the widest numbers


class _Rounding(np.ndarray[Any, Any]):
    """An array whose every operation is off by a random relative amount, real and imaginary parts independently."""

    rng = np.random.default_rng(0)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        plain = [np.asarray(a) if isinstance(a, np.ndarray) else a for a in inputs]
        result = np.asarray(getattr(ufunc, method)(*plain, **settings))
        if ufunc in (np.maximum, np.negative) or result.dtype.kind not in "fc":
            return result.view(_Rounding)
        real, imaginary = (1 + AMPLITUDE * self.rng.uniform(-1, 1, result.shape) for _ in range(2))
        off = result.real * real + 1j * (result.imag * imaginary) if result.dtype.kind == "c" else result * real
        return np.asarray(off).view(_Rounding)


@dataclass
class Case:
    """One layer on one set of data, with its arguments, the truth and what may be off."""

    form: Form
    sizes: dict[str, int]
    tensors: dict[str, Array]
    grad_output: Array
    result: Array
    result_scatter: Array
    directions: dict[str, Array]
    slopes: dict[str, Array]
    slope_scatters: dict[str, Array]

    def tolerance(self, truth: Array, scatter: Array, dtype: Any) -> Array:
        """Return how far values of this dtype may be from the truth."""
        share = np.maximum(scatter, np.sqrt(np.mean(scatter * scatter)))
        info = np.finfo(dtype)
        return FACTOR * share / AMPLITUDE * info.eps + info.eps * abs(truth) + info.tiny

    def outer(self, array: Array, name: str = "") -> Array:
        """Return an array as the module takes it: two axes that are one dimension are merged."""
        axes = self.form.tensors.get(name, self.form.axes)
        shape = [self.sizes[axis] for axis in axes]
        if self.form.merged >= 0 and self.form.axes[self.form.merged] in axes:
            at = axes.index(self.form.axes[self.form.merged])
            shape[at : at + 2] = [shape[at] * shape[at + 1]]
        return np.ascontiguousarray(array).reshape(shape)

    def arrays(self) -> dict[str, Array]:
        """Return the tensors as the module takes them."""
        return {name: self.outer(values, name) for name, values in self.tensors.items()}

    @property
    def g(self) -> Array:
        """Return grad_output as the module takes it."""
        return self.outer(self.grad_output)

    def forward(self, arrays: dict[str, Array], **more: Any) -> tuple[Array, Any]:
        """Return what the module computes, and what it saves."""
        settings = {**self.form.arguments(self.sizes), **self.form.constants, **more}
        found = self.form.forward(*arrays.values(), **settings)
        return found if self.form.saves else (found, None)

    def backward(self, g: Array, arrays: dict[str, Array], **more: Any) -> dict[str, Array]:
        """Return the module's gradients by the names of the tensors."""
        settings = {**self.form.arguments(self.sizes), **self.form.constants, **more}
        found = self.form.backward(g, *[arrays[name] for name in self.form.needed], **settings)
        return {name: getattr(found, public) for name, public in self.form.gradients.items()}

    def check_result(self, y: Array, how: str = "") -> None:
        """Require the right output."""
        assert y.dtype == self.grad_output.dtype
        off = abs(y.reshape(self.result.shape).astype(np.longdouble) - self.result)
        allowed = self.tolerance(self.result, self.result_scatter, y.dtype)
        assert (off <= allowed).all(), f"y is off by up to {np.max(off / allowed):.3g} times what is allowed {how}"

    def check_gradients(self, found: dict[str, Array], how: str = "") -> None:
        """Require the right derivative along every direction."""
        for name, directions in self.directions.items():
            assert found[name].dtype == self.grad_output.dtype
            slopes = (directions * found[name].reshape(directions.shape[1:])).reshape(len(directions), -1).sum(1)
            off = abs(slopes - self.slopes[name])
            allowed = self.tolerance(self.slopes[name], self.slope_scatters[name], self.grad_output.dtype)
            worst = np.max(off / allowed)
            assert (off <= allowed).all(), f"the gradient of {name} is off by {worst:.3g} times what is allowed {how}"


def _drawn(form: Form, sizes: dict[str, int], dtype: Any, rng: Any) -> dict[str, Array] | None:
    """Return data that meets the layer's assumptions with room to spare; None when none was found."""
    for attempt in range(60):
        tensors = {}
        for name, axes in form.tensors.items():
            shape, kind = [sizes[axis] for axis in axes], form.kinds.get(name)
            values = rng.standard_normal(shape) + 0.25
            if kind == "mask":
                values = (rng.random(shape) < 0.7).astype(float)
                values.flat[0] = 1
            elif kind is not None or attempt % 3 == 1 or (attempt % 3 == 2 and rng.random() < 0.5):
                values = rng.uniform(0.5, 2, shape)
            tensors[name] = np.asarray(values).astype(dtype)
        with np.errstate(all="ignore"):
            _, needed = form.reference(*_wide(form, tensors), *form.constants.values())
        if all(np.all(values > 0.02) for values in needed):
            return tensors
    return None


def _wide(form: Form, tensors: dict[str, Array]) -> list[Array]:
    """Return the tensors in wide numbers, with a dimension for each axis and one for copies in front."""
    result = []
    for name, axes in form.tensors.items():
        shape = iter(tensors[name].shape)
        full = [next(shape) if axis in axes else 1 for axis in form.axes]
        result.append(tensors[name].astype(np.longdouble).reshape([1, *full]))
    return result


def _moved(wide: list[Array], at: int, directions: Array) -> list[Array]:
    """Return the tensors, one of them moved by an imaginary step along each of some directions, one for each copy."""
    moved = [tensor.astype(np.clongdouble) for tensor in wide]
    moved[at] = moved[at] + (STEP * 1j) * directions.reshape([-1, *moved[at].shape[1:]])
    return moved


def _scattered(repeats: Callable[[], Array], truth: Array) -> Array:
    """Return the root mean square of what random roundings change."""
    total = sum(abs(repeats() - truth) ** 2 for _ in range(REPEATS))
    return np.sqrt(np.asarray(total / REPEATS))


def _case(form: Form, row: tuple[int, ...], dtype: Any, neutral: bool = False) -> Case | None:
    """Return one case, its data drawn from the sizes alone; `neutral` gives optional inputs their neutral values."""
    sizes = {axis: row[k % len(row)] for k, axis in enumerate(form.axes)}
    rng = np.random.default_rng([*row, np.dtype(dtype).itemsize, neutral])
    tensors = _drawn(form, sizes, dtype, rng)
    if tensors is None:
        return None
    if neutral:
        tensors |= {name: np.full_like(tensors[name], value) for name, value in form.optional.items()}
    constants, wide = list(form.constants.values()), _wide(form, tensors)
    shape = [sizes[axis] for axis in form.axes]
    g = (rng.standard_normal(shape) + 0.25).astype(dtype)
    weights = g.astype(np.longdouble)

    def value(noisy: bool) -> Array:
        given = [tensor.view(_Rounding) if noisy else tensor for tensor in wide]
        return np.broadcast_to(np.asarray(form.reference(*given, *constants)[0]), [1, *shape])[0]

    _Rounding.rng = np.random.default_rng(1)
    result = value(False)
    case = Case(form, sizes, tensors, g, result, _scattered(lambda: value(True), result), {}, {}, {})
    for at, name in enumerate(form.tensors):
        if name not in form.gradients:
            continue
        size = tensors[name].size
        units = size <= 48
        directions = np.eye(size) if units else rng.standard_normal((8, size))
        directions = directions.reshape([-1, *tensors[name].shape]).astype(np.longdouble)
        moved = _moved(wide, at, directions)

        def slope(noisy: bool, moved: list[Array] = moved) -> Array:
            given = [tensor.view(_Rounding) if noisy else tensor for tensor in moved]
            y = form.reference(*given, *constants)[0]
            terms = (y * weights if noisy else np.asarray(y) * weights).imag / STEP
            return np.asarray(np.asarray(terms).reshape(len(terms), -1).sum(1), np.longdouble)

        case.directions[name], case.slopes[name] = directions, slope(False)
        case.slope_scatters[name] = _scattered(lambda s=slope: s(True), case.slopes[name])  # type: ignore[misc]
    return case


_cases: dict[tuple[Any, ...], Case | None] = {}


def case_of(form: str, row: tuple[int, ...], dtype: Any, neutral: bool = False) -> Case:
    """Return a case, computed once; the test is skipped where no data of these sizes meets the assumptions."""
    key = (form, row, dtype, neutral)
    if key not in _cases:
        _cases[key] = _case(FORMS[form], row, dtype, neutral)
    found = _cases[key]
    if found is None:
        pytest.skip(f"no data of sizes {row} meets the layer's assumptions")
    return found


each_form = pytest.mark.parametrize("form", FORMS)
each_dtype = pytest.mark.parametrize("dtype", DTYPES)
each_size = pytest.mark.parametrize("row", SIZES)


@pytest.fixture(autouse=True, params=[False, True], ids=["as it is", "in blocks"])
def _blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Without and with the loops over blocks, which small arrays do not need."""
    if request.param:
        monkeypatch.setattr(layer, "_SMALL", 0)
    layer._SPACES.clear()
    yield
    layer._SPACES.clear()


# ======================================================================================
# The tests.
# ======================================================================================


@each_form
def test_there_is_data(form: str) -> None:
    """Of most sizes there is data that meets the layer's assumptions, or the other tests would say nothing."""
    assert sum(_drawn(FORMS[form], dict(zip(FORMS[form].axes, (row * 3), strict=False)), float,
                      np.random.default_rng(0)) is not None for row in SIZES) >= 3


@each_form
@each_dtype
@each_size
def test_forward(form: str, row: tuple[int, ...], dtype: Any) -> None:
    """The output is that of the equations."""
    case = case_of(form, row, dtype)
    case.check_result(case.forward(case.arrays())[0])


@each_form
@each_dtype
@each_size
def test_gradients(form: str, row: tuple[int, ...], dtype: Any) -> None:
    """Every gradient is that of the equations, with what forward saved and without."""
    case = case_of(form, row, dtype)
    arrays = case.arrays()
    case.check_gradients(case.backward(case.g, arrays))
    if case.form.saves:
        saved = case.forward(arrays)[1]
        case.check_gradients(case.backward(case.g, arrays, saved=saved), "(with saved)")


@each_form
@each_dtype
def test_optional_inputs(form: str, dtype: Any) -> None:
    """None does what the neutral value does, and has no gradient."""
    if not FORMS[form].optional:
        pytest.skip("no input is optional")
    case = case_of(form, SIZES[0], dtype, True)
    arrays = {name: None if name in case.form.optional else array for name, array in case.arrays().items()}
    case.check_result(case.forward(arrays)[0])
    given = case.backward(case.g, case.arrays())
    found = case.backward(case.g, arrays)
    for name in case.form.optional:
        if name in case.form.needed:
            assert found[name] is None
    case.check_gradients({**found, **{name: given[name] for name in found if found[name] is None}})


def _layouts(array: Array) -> Iterator[tuple[str, Array]]:
    """Yield the same values in other places of memory."""
    yield "Fortran order", array.copy(order="F")
    spread = np.zeros([2 * n for n in array.shape], array.dtype)
    every_other: tuple[Any, ...] = (*(slice(None, None, 2) for _ in array.shape), ...)
    spread[every_other] = array
    yield "every other element", spread[every_other]
    yield "backwards", np.asarray(np.flip(np.flip(array).copy()))
    fixed = array.copy()
    fixed.setflags(write=False)
    yield "read-only", fixed


@each_form
@each_dtype
@pytest.mark.parametrize("row", (SIZES[0], SIZES[-1]))
def test_layouts(form: str, row: tuple[int, ...], dtype: Any) -> None:
    """Where the numbers lie in memory does not matter."""
    case = case_of(form, row, dtype)
    laid_out = {name: dict(_layouts(array)) for name, array in case.arrays().items()}
    for how, g in _layouts(case.g):
        arrays = {name: layouts[how] for name, layouts in laid_out.items()}
        case.check_result(case.forward(arrays)[0], how)
        case.check_gradients(case.backward(g, arrays), how)


@each_form
@each_dtype
def test_another_dimension(form: str, dtype: Any) -> None:
    """The argument that moves an axis moves it."""
    case = case_of(form, SIZES[0], dtype)
    if not case.form.moved:
        pytest.skip("no argument moves an axis")
    arrays, last, place = case.arrays(), {case.form.moved: -1}, case.form.place
    whole = [name for name, array in arrays.items() if name not in case.form.kinds and array.ndim == case.g.ndim]
    moved = {name: np.moveaxis(a, place, -1) if name in whole else a for name, a in arrays.items()}
    case.check_result(np.moveaxis(case.forward(moved, **last)[0], -1, place), "(moved)")
    found = case.backward(np.moveaxis(case.g, place, -1), moved, **last)
    case.check_gradients({n: np.moveaxis(v, -1, place) if n in whole else v for n, v in found.items()}, "(moved)")


def _same_bits(first: dict[str, Array], second: dict[str, Array]) -> bool:
    return all(first[name].tobytes() == second[name].tobytes() for name in first)


@each_form
@each_dtype
@pytest.mark.parametrize("row", (SIZES[0], SIZES[-1]))
def test_out_and_threads(form: str, row: tuple[int, ...], dtype: Any) -> None:
    """`out` receives the result, in place too; neither it nor `threads` nor a repetition changes a bit."""
    case = case_of(form, row, dtype)
    arrays, first = case.arrays(), next(iter(case.form.tensors))
    y, found = case.forward(arrays)[0], case.backward(case.g, arrays)
    for threads in (1, 3):
        out = np.full_like(y, np.nan)
        assert case.forward(arrays, out=out, threads=threads)[0] is out and out.tobytes() == y.tobytes()
        again = case.backward(case.g, arrays, out=out, threads=threads)
        assert again[first] is out and _same_bits(again, found)
        x, g = arrays[first].copy(), case.g.copy()
        assert case.forward({**arrays, first: x}, out=x, threads=threads)[0] is x and x.tobytes() == y.tobytes()
        assert _same_bits(case.backward(g, arrays, out=g, threads=threads), found)
    before = case.arrays()
    case.forward(before)
    case.backward(case.g, before)
    assert _same_bits(before, case.arrays()), "an input was written to"


@each_form
def test_errors(form: str) -> None:
    """What does not fit is refused, by name."""
    case = case_of(form, SIZES[0], np.float64)
    arrays, g, first = case.arrays(), case.g, next(iter(case.form.tensors))
    mixed = {name: a.astype(np.float32) if name == first else a for name, a in arrays.items()}
    if len(arrays) - len(case.form.kinds) > 1:
        with pytest.raises(TypeError, match=first):
            case.forward(mixed)
    with pytest.raises(TypeError, match=first):
        case.backward(g, {name: a for name, a in mixed.items()})
    with pytest.raises(TypeError, match=first):
        case.forward({**arrays, first: arrays[first].tolist()})
    with pytest.raises(TypeError, match=first):
        case.forward({**arrays, first: arrays[first].astype(np.int64)})
    with pytest.raises(ValueError, match="grad_output"):
        case.backward(g[..., :-1], arrays)
    for name, array in arrays.items():
        if name != first:
            with pytest.raises(ValueError, match=name):
                case.forward({**arrays, name: np.ones([n + 1 for n in (*array.shape, 0)])})
    with pytest.raises(ValueError, match="out"):
        case.forward(arrays, out=np.empty([n + 1 for n in g.shape]))
    with pytest.raises(TypeError, match="out"):
        case.forward(arrays, out=np.empty(g.shape, np.float32))
    with pytest.raises(ValueError, match="threads"):
        case.forward(arrays, threads=0)
    for name in case.form.constants:
        with pytest.raises(ValueError, match=name):
            case.forward(arrays, **{name: math.nan})
    if case.form.saves:
        with pytest.raises(TypeError, match="saved"):
            case.backward(g, arrays, saved=(1, 2)) if layer.Saved._fields else layer._check_types("saved", (), saved=0)


@each_form
def test_assumptions(form: str) -> None:
    """Where a condition that is checked does not hold, the call is refused."""
    case = case_of(form, SIZES[0], np.float64)
    if not case.form.checked:
        pytest.skip("the layer assumes nothing that is checked")
    refused = 0
    for value in (0.0, -2.0):
        for chosen in ([name] for name in case.form.tensors):
            tensors = {n: np.full_like(t, value) if n in chosen else t for n, t in case.tensors.items()}
            with np.errstate(all="ignore"):
                _, needed = case.form.reference(*_wide(case.form, tensors), *case.form.constants.values())
            small = [v for v in needed if np.asarray(v).size < case.g.size]
            if any((np.asarray(v) <= 0).any() for v in small):
                refused += 1
                with pytest.raises(ValueError, match="is needed, but|must"):
                    case.forward({name: case.outer(array, name) for name, array in tensors.items()})
    assert refused
