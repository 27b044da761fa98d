"""audit-kernel: what it prints, its exit codes, and files that nobody vouches for."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from derive import cli
from generated.numpy import batch_norm
from tests.cli.shell import Done, Shell, process
from tests.support.contract import Array
from tests.user_layers.pages import STEP_BY_STEP
from tests.user_layers.workshop import write


def arrays(dtype: Any = np.float32) -> dict[str, Array]:
    """A dump of the right kernel."""
    rng = np.random.default_rng(6)
    x, g = rng.normal(0, 1, (6, 3, 4, 5)).astype(dtype), rng.normal(0.2, 1, (6, 3, 4, 5)).astype(dtype)
    gamma = rng.uniform(0.5, 2, 3).astype(dtype)
    found = batch_norm.backward(g, x, gamma, eps=1e-3)
    gradients = {name: getattr(found, name) for name in ("grad_input", "grad_gamma", "grad_beta")}
    return {"x": x, "gamma": gamma, "grad_output": g, "eps": np.array(1e-3), **gradients}


def audit(shell: Shell, *arguments: str | Path) -> Done:
    return shell(*arguments, command=cli.audit_kernel)


def dumped(shell: Shell, name: str = "dump.npz", **changes: Any) -> str:
    values = {key: value for key, value in {**arrays(), **changes}.items() if value is not None}
    np.savez(shell.folder / name, **values)
    return name


def test_the_exit_code_is_the_verdict(shell: Shell) -> None:
    done = audit(shell, "batch_norm", "--data", dumped(shell))
    assert done.code == 0 and "agrees" in done.out and not done.err
    done = audit(shell, "batch_norm", "--data", dumped(shell, grad_input=arrays()["grad_input"] * np.float32(1.01)))
    assert done.code == 1 and "grad_input multiplied by 1.0100" in done.out
    ones = np.ones((6, 3, 4, 5), np.float32)
    blind = dumped(shell, grad_output=ones, grad_input=ones * 0, grad_gamma=None, grad_beta=None)
    done = audit(shell, "batch_norm", "--data", blind)
    assert done.code == 2 and "blind to a constant" in done.out and "standard_normal" in done.out
    done = audit(shell, "batch_norm", "--data", dumped(shell, x=None))
    assert done.code == 3 and done.err.startswith("error: ") and "needs x" in done.err and not done.out


def test_the_script_of_its_own_does_the_same(shell: Shell) -> None:
    name = dumped(shell, grad_input=arrays()["grad_input"] * np.float32(2))
    done = process("batch_norm", "--data", name, folder=shell.folder, name="audit-kernel")
    assert done.code == 1 and "y -> x_norm doubled" in done.out and "Traceback" not in done.err


def test_arrays_may_come_one_by_one(shell: Shell) -> None:
    for name, value in arrays().items():
        np.save(shell.folder / f"{name}.npy", value)
    words = ["--x", "x.npy", "--gamma=gamma.npy", "--grad-output", "grad_output.npy", "--grad-input=grad_input.npy"]
    assert audit(shell, "batch_norm", *words, "--constant", "eps=1e-3", "--axis", "1").code == 0
    assert audit(shell, "batch_norm", *words, "--constant", "eps=1e-3", "--axes", "c=1").code == 0
    assert audit(shell, "batch_norm", *words, "--constant", "eps=1e-1").code == 1
    done = audit(shell, "batch_norm", "--data", dumped(shell), "--x", "x.npy")
    assert done.code == 3 and "x is given twice" in done.err
    done = audit(shell, "batch_norm", "--data", dumped(shell), "--constant", "eps=1e-3")
    assert done.code == 3 and "eps is given twice" in done.err


def test_a_layer_of_ones_own(shell: Shell) -> None:
    path = write(shell.folder, STEP_BY_STEP)
    x, ones = np.array([[1.0, 3.0], [2.0, -1.0]]), np.ones(2)
    r = 1 / np.sqrt((x**2).mean(1, keepdims=True) + 0.5)
    g = np.array([[1.0, -2.0], [0.5, 1.5]])
    right = r * (g - x * r**2 * (g * x).mean(1, keepdims=True))
    for factor, code in ((1.0, 0), (0.5, 1)):
        np.savez(shell.folder / "own.npz", x=x, weight=ones, grad_output=g, grad_input=factor * right, eps=0.5)
        assert audit(shell, f"{path.name}:rms_norm", "--data", "own.npz").code == code
    done = audit(shell, path.name, "--data", "own.npz")
    assert done.code == 3 and "defines 3 layers" in done.err


def test_json_holds_everything_that_is_printed(shell: Shell) -> None:
    name = dumped(shell, grad_input=arrays()["grad_input"] * np.float32(1.01))
    done = audit(shell, "batch_norm", "--data", name, "--json")
    found = json.loads(done.out)
    assert done.code == found["exit_code"] == 1 and found["verdict"] == "disagrees"
    assert found["gradients"][0]["name"] == "grad_input" and found["gradients"][0]["verdict"] == "disagrees"
    assert found["gradients"][0]["coefficients"][0]["value"] == pytest.approx(1.01, rel=1e-5)
    assert found["explanations"][0]["complete"] and found["explanations"][0]["gradients"] == ["grad_input"]


def test_help_says_how_to_dump_arrays(shell: Shell) -> None:
    done = audit(shell, "--help")
    assert done.code == 0
    for words in ("LAYER", "--data", "--constant", "--axis", "--json", "--required", "numpy.savez", "PyTorch"):
        assert words in done.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "LAYER"),
        (("batch_norm", "--frobnicate"), "--frobnicate"),
        (("batch_norm", "--x", "x.txt"), "x.txt"),
        (("batch_norm", "stray"), "stray"),
        (("batch_norm", "--constant", "eps"), "NAME=VALUE"),
        (("batch_norm", "--axes", "c=one"), "a whole number"),
        (("batch_norm", "--axis", "first"), "first"),
        (("batch_norm", "--layer", "x.npy"), "--layer"),
        (("batch_norm", "--data", "nowhere.npz"), "nowhere.npz"),
        (("batchnorm", "--data", "dump.npz"), "batchnorm"),
        (("batch_norm",), "grad_output is missing"),
    ],
)
def test_a_usage_error_exits_with_three(shell: Shell, arguments: tuple[str, ...], words: str) -> None:
    dumped(shell)
    done = audit(shell, *arguments)
    assert done.code == 3 and not done.out
    assert words in done.err and "Traceback" not in done.err


def test_a_crash_is_no_verdict(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr("derive.audit_cli.audit", broken)
    done = audit(shell, "batch_norm", "--data", dumped(shell))
    assert done.code == 3 and "a defect" in done.err


def npy(header: str, data: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    """An .npy file with any header at all."""
    padded = header.encode() + b"\n"
    size = struct.pack("<H" if version[0] == 1 else "<I", len(padded))
    return b"\x93NUMPY" + version + size + padded + data


def saved(value: Array) -> bytes:
    stream = io.BytesIO()
    np.save(stream, value, allow_pickle=True)
    return stream.getvalue()


def zipped(path: Path, *members: tuple[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)


FLOATS = "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }"
BAD_ARRAYS: dict[str, tuple[bytes, str]] = {
    "objects": (saved(np.array([None, 1], dtype=object)), "holds object"),
    "strings": (saved(np.array(["a", "b"])), "holds <U1"),
    "complex numbers": (saved(np.ones(3, complex)), "holds complex128"),
    "records": (saved(np.ones(3, [("a", "f4")])), "expected plain numbers"),
    "nothing": (b"", "cannot be read"),
    "no magic": (b"hello, world, this is no array", "cannot be read"),
    "a huge shape": (npy(FLOATS % "1000000, 1000000, 1000", b"1234"), "but 4 are there"),
    "an overflowing shape": (npy(FLOATS % "4611686018427387904, 4", b""), "are there"),
    "a negative shape": (npy(FLOATS % "-1,", b""), "x has shape (-1,)"),
    "a truncated array": (saved(np.ones((4, 3), np.float32))[:-5], "but 43 are there"),
    "more than it says": (saved(np.ones((4, 3), np.float32)) + b"more", "but 52 are there"),
    "code in the header": (npy("__import__('os').abort()"), "cannot be read"),
    "a header without an end": (b"\x93NUMPY\x01\x00\xff\xff{'descr'", "cannot be read"),
    "a nested header": (npy("(" * 5000 + ")" * 5000), "cannot be read"),
    "another version": (npy(FLOATS % "0,", b"", b"\x09\x00"), "is in format 9.0"),
}


@pytest.mark.parametrize("kind", BAD_ARRAYS)
@pytest.mark.parametrize("where", ["in an npz", "on its own"])
def test_a_malformed_array_is_refused_by_name(shell: Shell, kind: str, where: str) -> None:
    data, words = BAD_ARRAYS[kind]
    if where == "on its own":
        (shell.folder / "bad.npy").write_bytes(data)
        done = audit(shell, "batch_norm", "--x", "bad.npy")
    else:
        zipped(shell.folder / "bad.npz", ("x.npy", data))
        done = audit(shell, "batch_norm", "--data", "bad.npz")
    assert done.code == 3 and not done.out and "Traceback" not in done.err
    assert words in done.err.replace("(x)", "x").replace(": x", " x") and "x" in done.err
    assert len(done.err) < 500


def _whole(folder: Path) -> bytes:
    np.savez(folder / "whole.npz", **arrays())  # type: ignore[arg-type]
    return (folder / "whole.npz").read_bytes()


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "truncated": lambda data: data[: len(data) // 2],
    "the end missing": lambda data: data[:-10],
    "empty": lambda _: b"",
    "text": lambda _: b"x = 1\n" * 50,
    "bytes flipped in the data": lambda data: data[:2000] + bytes(255 - b for b in data[2000:2100]) + data[2100:],
    "bytes flipped in the directory": lambda data: data[:-300] + bytes(255 - b for b in data[-300:-200]) + data[-200:],
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_archive_is_refused(shell: Shell, kind: str) -> None:
    (shell.folder / "bad.npz").write_bytes(DAMAGE[kind](_whole(shell.folder)))
    done = audit(shell, "batch_norm", "--data", "bad.npz")
    assert done.code == 3 and "bad.npz" in done.err and "Traceback" not in done.err and not done.out


def test_names_in_an_archive_are_unique_and_known(shell: Shell) -> None:
    one = saved(np.ones((4, 3), np.float32))
    with pytest.warns(UserWarning, match="Duplicate"):
        zipped(shell.folder / "twice.npz", ("x.npy", one), ("x.npy", one))
    for name, members, words in (
        ("twice.npz", None, "x occurs twice"),
        ("path.npz", [("../x.npy", one)], "'../x.npy' is not an array"),
        ("text.npz", [("x.txt", b"1 2 3")], "'x.txt' is not an array"),
        ("own.npz", [("required.npy", one)], "'required' is not the name of an array"),
        ("other.npz", [("weight.npy", one)], "'weight'"),
    ):
        if members is not None:
            zipped(shell.folder / name, *members)
        done = audit(shell, "batch_norm", "--data", name)
        assert done.code == 3 and words in done.err and "Traceback" not in done.err, done.err


def test_an_archive_that_unpacks_to_more_than_it_can_hold_is_not_unpacked(shell: Shell) -> None:
    """The sizes in the directory of an archive are claims: here 4 TB in a few hundred bytes."""
    size = 1 << 42
    start = npy(FLOATS % f"{(size - 128) // 4},")
    zipped(shell.folder / "bomb.npz", ("x.npy", start))
    data = (shell.folder / "bomb.npz").read_bytes()
    at = data.rindex(b"PK\x01\x02")
    forged = data[: at + 24] + struct.pack("<I", 0xFFFFFFFE) + data[at + 28 :]
    (shell.folder / "bomb.npz").write_bytes(forged)
    done = audit(shell, "batch_norm", "--data", "bomb.npz")
    assert done.code == 3 and "more than its data can make" in done.err


def test_compressed_archives_are_read(shell: Shell) -> None:
    np.savez_compressed(shell.folder / "small.npz", **arrays(np.float64))  # type: ignore[arg-type]
    assert audit(shell, "batch_norm", "--data", "small.npz").code == 0
