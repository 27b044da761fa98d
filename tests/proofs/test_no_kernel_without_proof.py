"""When a theorem fails, nothing is written and the old files stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import derive.layers.batch_norm.claims as batch_norm_claims
from derive import Claim, catalogue, regenerate
from derive.calculus import chain_rule
from derive.catalogue import Entry, from_file
from derive.cli import derivation_report, regenerate_kernels
from derive.errors import ProofError
from derive.pipeline import make
from derive.proofs.derivation import Derivation

LAYER = """\
import sympy as sp
from derive import Claim, Layer, axes, tensor, total

n, d = axes("n d")
x, w = tensor("x", n, d), tensor("w", d)
scale = Layer("scale", inputs=(x, w))
scale.output("y", w * x)


def claims(derivation):
    b = derivation.backward
    return (Claim("gradient", b.grad("x"), {value}),)
"""
TRUE, FALSE = "w * b.grad_output", "2 * w * b.grad_output"


@pytest.fixture
def false_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batch norm claims that its input gradient is its output gradient."""

    def claims(derivation: Derivation) -> tuple[Claim, ...]:
        return (Claim("a false one", derivation.backward.grad("x"), derivation.backward.grad_output),)

    monkeypatch.setattr(batch_norm_claims, "claims", claims)


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(p.relative_to(folder)): (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()
    }


def old_files(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Files of an earlier run, different from what would be written now."""
    for name in ("numpy/batch_norm.py", "numpy/__init__.py", "reports/batch_norm.md", "__init__.py"):
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("# Do not edit: this file is generated. regenerate-kernels batch_norm\nold = True\n")
    return snapshot(folder)


@pytest.mark.usefixtures("false_claim")
def test_a_failed_theorem_leaves_the_old_files(tmp_path: Path) -> None:
    before = old_files(tmp_path)
    result = CliRunner().invoke(regenerate_kernels, ["batch_norm", "--output", str(tmp_path)])
    assert result.exit_code == 1
    assert "theorem 'a false one': the two sides cannot be brought to the same form" in result.output
    assert "Traceback" not in result.output
    assert snapshot(tmp_path) == before


@pytest.mark.usefixtures("false_claim")
def test_a_failed_theorem_makes_no_new_folder(tmp_path: Path) -> None:
    for command, option in ((regenerate_kernels, ["batch_norm"]), (derivation_report, ["batch_norm"])):
        result = CliRunner().invoke(command, [*option, "--output", str(tmp_path / "new")])
        assert result.exit_code == 1
        assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("false_claim")
def test_the_pipeline_raises_before_there_is_a_plan() -> None:
    with pytest.raises(ProofError, match="a false one"):
        make(catalogue.builtin("batch_norm"))


def test_a_wrong_chain_rule_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    true = chain_rule.partial
    monkeypatch.setattr(chain_rule, "partial", lambda expr, tensor: 2 * true(expr, tensor))
    before = old_files(tmp_path)
    result = CliRunner().invoke(regenerate_kernels, ["batch_norm", "--output", str(tmp_path)])
    assert result.exit_code == 1
    assert "brute force gives" in result.output
    assert snapshot(tmp_path) == before


def test_a_users_false_claim_keeps_the_kernels_of_the_true_one(tmp_path: Path) -> None:
    place, output = tmp_path / "scale.py", tmp_path / "out"
    place.write_text(LAYER.replace("{value}", TRUE))
    result = CliRunner().invoke(regenerate_kernels, [str(place), "--output", str(output)])
    assert result.exit_code == 0, result.output
    before = snapshot(output)
    assert "numpy/scale.py" in before and "reports/scale.md" in before
    place.write_text(LAYER.replace("{value}", FALSE))
    result = CliRunner().invoke(regenerate_kernels, [str(place), "--output", str(output)])
    assert result.exit_code == 1
    assert "scale, theorem 'gradient'" in result.output
    assert snapshot(output) == before


def test_one_failing_layer_of_several_stops_them_all(tmp_path: Path) -> None:
    good, bad, output = tmp_path / "good.py", tmp_path / "bad.py", tmp_path / "out"
    good.write_text(LAYER.replace("{value}", TRUE).replace('"scale"', '"good"'))
    bad.write_text(LAYER.replace("{value}", FALSE).replace('"scale"', '"bad"'))
    result = CliRunner().invoke(regenerate_kernels, [str(good), str(bad), "--output", str(output)])
    assert result.exit_code == 1
    assert not output.exists()


def test_regenerating_from_python_raises_and_writes_nothing(tmp_path: Path) -> None:
    place = tmp_path / "scale.py"
    place.write_text(LAYER.replace("{value}", FALSE))
    with pytest.raises(ProofError, match="theorem 'gradient'"):
        regenerate(str(place), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_the_false_claim_the_same_layer_is_made(tmp_path: Path) -> None:
    place = tmp_path / "scale.py"
    place.write_text(LAYER.replace("{value}", TRUE))
    (entry,) = from_file(place)
    assert isinstance(entry, Entry)
    assert [t.name for t in make(entry).parts[0][1].theorems][-1] == "gradient"
