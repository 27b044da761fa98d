"""The same zero as a theorem of the project."""

from __future__ import annotations


def test_blindness_to_ones_is_a_theorem() -> None:
    """`test_blind_ones.py` shows it at one input; the theorem says it for every size and value."""
    from derive import prove_layer

    names = [theorem.name for theorem in prove_layer("batch_norm").theorems]
    assert any("blind" in name for name in names)
