"""What PyTorch calls the operations of a plan."""

from __future__ import annotations

from derive.kernels.tensor_api.printer import Library

LIBRARY = Library(
    name="PyTorch",
    prefix="torch.",
    finfo="torch.finfo",
    reserved=frozenset({"torch"}),
    functions={"sigmoid": "torch.sigmoid", "erf": "torch.erf", "erf_slope": "_erf_slope"},
    python={
        "array": "torch.Tensor",
        "argsort": "_argsort(%s)",
        "transpose": "permute",
        "shape": "tuple(%s.shape)",
        "numbers": "numbers.Real",
    },
    summary=(
        "as functions of PyTorch tensors, which autograd, torch.func and torch.compile differentiate by the kernels "
        "below: the backward pass, the backward pass of that one, and the derivative along tangents; PyTorch takes "
        "higher derivatives of these. Forward mode within forward mode is not to be used: there PyTorch loses the "
        "outer tangent of every autograd.Function. torch.func.hessian, forward mode over reverse mode, is right. Half "
        "precision is computed in float32 and rounded once."
    ),
)
