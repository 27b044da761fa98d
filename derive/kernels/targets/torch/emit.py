"""The PyTorch target: one vendorable module per layer, differentiated by the kernels that it holds."""

from __future__ import annotations

from derive.kernels.python_api.context import Words
from derive.kernels.python_api.layout import wrap_source
from derive.kernels.render import render
from derive.kernels.subject import Emission
from derive.kernels.targets.torch.operations import LIBRARY
from derive.kernels.tensor_api.emission import module_values
from derive.kernels.tensor_api.module import TensorContext

EXTENSION = ".py"
WORDS = Words(
    "torch.Tensor",
    "torch.Tensor",
    "float16, bfloat16, float32 or float64",
    "the dtype of {data}, or float32 beside half precision",
    "floating point",
)


def emit(emission: Emission) -> str:
    """The source text of the module."""
    contexts = [TensorContext(subject, WORDS, LIBRARY) for subject in emission.subjects]
    return wrap_source(render("torch/module.py.j2", **module_values(emission, contexts, LIBRARY)))
