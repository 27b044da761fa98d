"""PyTorch agrees in float64 on every layer of the catalogue that it has, with the arguments that its users know."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from tests.support.contract import Array, load_layer

torch: Any = pytest.importorskip("torch", reason="PyTorch is not installed (the peers extra)")
pytestmark = pytest.mark.peers
F: Any = torch.nn.functional


@dataclass(frozen=True)
class Peer:
    """A layer, shapes of data and parameters, our arguments, and the same call there."""

    layer: str
    shape: tuple[int, ...]
    parameters: dict[str, tuple[int, ...]]
    settings: dict[str, Any]
    theirs: Callable[..., Any]


PEERS = [
    Peer(
        "batch_norm_silu", (4, 5, 6, 7), {"gamma": (5,), "beta": (5,)}, {},
        lambda x, gamma, beta: F.silu(F.batch_norm(x, None, None, gamma, beta, True)),
    ),
    Peer(
        "layer_norm", (4, 5, 6, 7), {"weight": (6, 7), "bias": (6, 7)}, {"normalized_shape": (6, 7), "eps": 1e-3},
        lambda x, weight, bias: F.layer_norm(x, (6, 7), weight, bias, 1e-3),
    ),
    Peer(
        "layer_norm", (300, 17), {"weight": (17,), "bias": (17,)}, {"normalized_shape": 17},
        lambda x, weight, bias: F.layer_norm(x, (17,), weight, bias),
    ),
    Peer(
        "rms_norm", (4, 9, 16), {"weight": (16,)}, {"normalized_shape": (16,)},
        lambda x, weight: F.rms_norm(x, (16,), weight),
    ),
    Peer("rms_norm", (4, 9, 16), {}, {"eps": 1e-2}, lambda x: F.rms_norm(x, (16,), None, 1e-2)),
    Peer(
        "instance_norm", (4, 5, 6, 7), {"weight": (5,), "bias": (5,)}, {},
        lambda x, weight, bias: F.instance_norm(x, weight=weight, bias=bias),
    ),
    *(
        Peer(
            "group_norm", (4, 12, 5, 3), {"weight": (12,), "bias": (12,)}, {"num_groups": groups},
            lambda x, weight, bias, groups=groups: F.group_norm(x, groups, weight, bias),
        )
        for groups in (1, 3, 12)
    ),
    *(Peer("softmax", (4, 5, 6), {}, {"dim": dim}, lambda x, dim=dim: F.softmax(x, dim)) for dim in (0, 1, -1)),
    *(Peer("log_softmax", (4, 5, 6), {}, {"dim": dim}, lambda x, dim=dim: F.log_softmax(x, dim)) for dim in (0, -1)),
    *(
        Peer("l2_normalize", (4, 5, 6), {}, {"dim": dim}, lambda x, dim=dim: F.normalize(x, dim=dim))
        for dim in (0, 1, -1)
    ),
]  # fmt: skip


def close(ours: Array, theirs: Any, what: str) -> None:
    """Within 1e-12 of the largest element: both are float64, and sums here have at most a few thousand terms."""
    other = theirs.detach().numpy()
    assert ours.shape == other.shape and ours.dtype == other.dtype, what
    assert abs(ours - other).max() <= 1e-12 * abs(other).max(), f"{what}: {abs(ours - other).max()}"


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: f"{peer.layer}-{peer.settings}")
def test_forward_and_backward(peer: Peer) -> None:
    rng = np.random.default_rng(20)
    x, g = rng.standard_normal(peer.shape) + 0.5, rng.standard_normal(peer.shape)
    parameters = {name: rng.standard_normal(shape) for name, shape in peer.parameters.items()}
    leaves = {name: torch.tensor(a).requires_grad_() for name, a in {"x": x, **parameters}.items()}
    there = peer.theirs(**leaves)
    there.backward(torch.tensor(g))
    module = load_layer(peer.layer)
    y, saved = module.forward(x, **parameters, **peer.settings)
    taken = inspect.signature(module.backward).parameters
    needed = {name: a for name, a in parameters.items() if name in taken}
    found = module.backward(g, x, **needed, saved=saved, **peer.settings)
    close(y, there, "y")
    close(found.grad_input, leaves["x"].grad, "grad_input")
    for name in parameters:
        close(getattr(found, f"grad_{name}"), leaves[name].grad, f"grad_{name}")
