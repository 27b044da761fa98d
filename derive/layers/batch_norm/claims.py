"""What is claimed about batch normalization; each claim is proven against the derivation and none feeds the plan."""

from __future__ import annotations

from typing import cast

import sympy as sp

from derive.errors import ProofError
from derive.graph import lower
from derive.language import Layer, average, count, sqrt, total
from derive.layers.batch_norm.forward import beta, c, eps, gamma, mean, n, s, var, x
from derive.proofs.brute_force import write_out
from derive.proofs.derivation import Derivation
from derive.proofs.families import Centred
from derive.proofs.misuse import hold
from derive.proofs.theorem import Check, Claim, Misuse

_over = (n, s)


def claims(derivation: Derivation) -> tuple[Claim | Misuse, ...]:
    """The theorems of batch normalization, for `N` elements per channel."""
    b = derivation.backward
    g, grad_x, grad_x_norm = b.grad_output, b.grad("x"), b.grad("x_norm")
    x_norm, inv_std = derivation.graph["x_norm"], 1 / sqrt(var + eps)
    family = Centred(derivation, _over, x - mean, var, eps, x_norm, gamma)
    grad_var = total(grad_x_norm * (x - mean) * sp.Rational(-1, 2) * inv_std**3, over=_over)
    grad_mean = total(-grad_x_norm * inv_std, over=_over)
    size = count(_over)
    return (
        family.vanishing("mean", "var"),
        Claim(
            "three-term formula",
            grad_x,
            grad_x_norm * inv_std + grad_var * 2 * (x - mean) / size + grad_mean / size,
        ),
        family.consolidated(),
        family.shift_claim(),
        family.scale_claim(),
        family.constant_claim(),
        family.output_claim(
            "A loss that adds up the squares of the outputs is of this kind, for any shift, because the shift adds a "
            "constant only."
        ),
        Claim(
            "spectrum of the input Jacobian",
            grad_x,
            gamma * inv_std * g,
            assuming=(cast(sp.Sum, total(g, over=_over)), cast(sp.Sum, total(g * (x - mean), over=_over))),
            conditions=(sp.Gt(var, 0), sp.Ge(size, 2)),
            remark="All directions but two, those orthogonal to the constant and to the data, are eigenvectors with "
            "one eigenvalue; the two theorems on blindness give the other two.",
            witness=_characteristic_polynomial,
        ),
        _detached(derivation),
        _raw_moments(),
    )


def _detached(derivation: Derivation) -> Misuse:
    changed, held = hold(derivation.graph, "var", "mean")
    return Misuse(
        "detaching the mean in the variance breaks second derivatives",
        derivation.graph,
        changed,
        held,
        derivative=2,
        of="x",
        remark="The first derivative is the same, so no first-order check notices; a Hessian-vector product is wrong.",
    )


def _raw_moments() -> Misuse:
    layer = Layer("batch_norm_raw_moments", inputs=(x, gamma, beta), constants=(eps,))
    raw_mean = layer.define("mean", average(x, over=_over))
    square = layer.define("mean_square", average(x**2, over=_over))
    raw_var = layer.define("var", square - raw_mean**2)
    layer.output("y", gamma * (x - raw_mean) / sqrt(raw_var + eps) + beta)
    graph = lower(layer)
    changed, held = hold(graph, "var", "mean")
    return Misuse(
        "detaching the mean in the raw-moment variance breaks first derivatives",
        graph,
        changed,
        held,
        derivative=1,
        of="x",
        remark="The variance written as a difference of raw moments has no vanishing contribution to drop.",
    )


def _characteristic_polynomial(derivation: Derivation, claim: Claim) -> Check:
    """The written-out input Jacobian at N = 4, exactly: its characteristic polynomial has the claimed roots."""
    sizes = {n.name: 4, c.name: 1, s.name: 1}
    written = write_out(derivation.graph, sizes)
    symbols = written.symbols
    # Data of variance 5/2 and eps 3/2, so that every root is rational.
    values = {symbol: value for symbol, value in zip(symbols["x"].values(), (0, 1, 3, 4), strict=True)}
    values |= {symbols["gamma"][(0,)]: 3, symbols["beta"][(0,)]: 5, symbols["eps"][()]: sp.Rational(3, 2)}
    jacobian = sp.Matrix([[sp.diff(y, v) for v in symbols["x"].values()] for y in written.outputs.values()]).subs(
        values
    )
    variance, scale, root = sp.Rational(5, 2), sp.Rational(3, 2), sp.Symbol("root")
    found = (jacobian / scale).charpoly(root).as_expr()
    shrink = sp.Rational(3, 2) / (variance + sp.Rational(3, 2))
    if sp.expand(found - root * (root - shrink) * (root - 1) ** 2) != 0:
        raise ProofError(f"{derivation.name}, theorem {claim.name!r}: the characteristic polynomial is {found}")
    return Check("characteristic polynomial of the written-out Jacobian, exactly", "n=4, c=1, s=1")
