"""Every emitted function on small data, in float64, with its awkward arguments: what the suites differentiate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.support.contract import Array


@dataclass(frozen=True)
class Call:
    """One function of an emitted module, the tensors that take a gradient, those that do not, and its settings."""

    layer: str
    inputs: tuple[Array, ...]
    buffers: tuple[Array, ...] = ()
    settings: tuple[tuple[str, Any], ...] = ()
    suffix: str = ""

    def __str__(self) -> str:
        words = "-".join(f"{key}={value}" for key, value in self.settings)
        return f"{self.layer}{self.suffix}{'-' if words else ''}{words}"

    def function(self, module: Any, convert: Callable[[Array], Any], mode: str = "") -> Callable[..., Any]:
        """The function of the inputs alone."""
        buffers = [convert(b) for b in self.buffers]
        function = getattr(module, f"{self.layer}{self.suffix}{mode}")
        return lambda *inputs: function(*inputs, *buffers, **dict(self.settings))


_rng = np.random.default_rng(11)


def _normal(*shape: int) -> Array:
    return np.asarray(_rng.standard_normal(shape) * 1.4 + 0.3)


_MASK = np.asarray([[1, 1, 0, 1, 1], [0, 1, 1, 1, 0], [1, 0, 1, 1, 1]], bool)
_PARAMETERS = (_normal(4), _normal(4))
_RUNNING = (_normal(4), np.exp(_normal(4)))

CALLS: tuple[Call, ...] = (
    Call("batch_norm", (_normal(3, 4, 5), *_PARAMETERS)),
    Call("batch_norm", (_normal(5, 2, 4), *_PARAMETERS), settings=(("axis", -1), ("eps", 0.1))),
    Call("batch_norm", (_normal(3, 4, 5), *_PARAMETERS), _RUNNING, suffix="_inference"),
    Call("batch_norm_silu", (_normal(3, 4, 2), *_PARAMETERS)),
    Call("masked_batch_norm", (_normal(3, 4, 5), *_PARAMETERS), (_MASK,)),
    Call("weighted_batch_norm", (_normal(3, 4, 5), *_PARAMETERS), (np.exp(_normal(3, 5)),)),
    Call("group_norm", (_normal(3, 4, 5), *_PARAMETERS), settings=(("num_groups", 2),)),
    Call("instance_norm", (_normal(3, 4, 5), *_PARAMETERS)),
    Call("layer_norm", (_normal(3, 4, 2), _normal(4, 2), _normal(4, 2)), settings=(("normalized_shape", (4, 2)),)),
    Call("rms_norm", (_normal(3, 2, 5), _normal(5))),
    Call("l2_normalize", (_normal(3, 4, 2),), settings=(("eps", 0.1),)),
    Call("softmax", (_normal(3, 4, 2),), settings=(("dim", 1),)),
    Call("log_softmax", (_normal(3, 5),)),
    Call("weight_standardization", (_normal(4, 3, 2),)),
)
