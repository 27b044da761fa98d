"""Theorems that hold for a family of layers, stated once: each member proves them for its own axes.

The members divide something by its size: by the standard deviation of what is left after the mean was taken away, or by
the root of a mean square or of a sum of squares. Softmax and its logarithm are the other family.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import sympy as sp

from derive.language import Axis, average, axes_of, sqrt, total
from derive.proofs.derivation import Derivation
from derive.proofs.theorem import Claim

SHIFT = "invariance to a shift of the input"
SCALE = "near-invariance to the scale of the input"
CONSTANT = "blind to a constant"
OUTPUT = "nearly blind to the output itself"
CONSOLIDATED = "consolidated formula"
VANISHING = "the vanishing term"


@dataclass(frozen=True)
class Normalized:
    """A layer whose output is `scale * direction / sqrt(power + offset)`, plus what does not depend on the data.

    `direction` is the data, or its deviation from its mean; `power` is the mean or the sum of its squares.

    Args:
        derivation: the layer and its chain rule.
        over: the axes that `power` is taken over.
        direction: what is divided by its size.
        power: the statistic.
        offset: what is added to it, such as eps.
        unit: the quotient, as the layer writes it.
        scale: what it is multiplied with.
        weights: with what weight each element enters the statistics.
        mean: whether `power` is a mean; else it is a sum.
        output: the tensor that the quotient goes into when that is not the output of the layer: an activation follows.
    """

    derivation: Derivation
    over: tuple[Axis, ...]
    direction: sp.Expr
    power: sp.Expr
    offset: sp.Expr
    unit: sp.Expr
    scale: sp.Expr = sp.S.One
    weights: sp.Expr = sp.S.One
    mean: bool = True
    output: str = ""

    @property
    def grad_output(self) -> sp.Expr:
        """The gradient of what the quotient goes into."""
        backward = self.derivation.backward
        return backward.grad(self.output) if self.output else backward.grad_output

    @property
    def grad_input(self) -> sp.Expr:
        """The gradient of the first input."""
        return self.derivation.backward.gradients[0].symbol

    @property
    def received(self) -> sp.Expr:
        """What reaches the quotient: the gradient of the output times the scale."""
        return cast(sp.Expr, self.grad_output * self.scale)

    @property
    def inverse(self) -> sp.Expr:
        """One divided by the size."""
        return cast(sp.Expr, 1 / sqrt(self.power + self.offset))

    @property
    def shrink(self) -> sp.Expr:
        """What remains of a gradient along the direction: nothing but for the offset."""
        return cast(sp.Expr, self.offset / (self.power + self.offset))

    @property
    def outside(self) -> bool:
        """Whether the scale is the same for all elements that share a statistic."""
        return not set(axes_of(self.scale)) & set(self.over)

    def _cotangent(self, value: sp.Expr) -> sp.Expr:
        """The gradient of the output with which `value` reaches the quotient, up to a scale that comes out of sums."""
        return cast(sp.Expr, value if self.outside else value / self.scale)

    def _through(self, value: sp.Expr) -> sp.Expr:
        """What that cotangent gives: `value` times the inverse size."""
        return cast(sp.Expr, self.scale * self.inverse * value if self.outside else self.inverse * value)

    def _summed(self, value: sp.Expr) -> sp.Expr:
        """`Sum scale * value`, the scale in front where it is the same for all elements."""
        if self.outside:
            return cast(sp.Expr, self.scale * total(value, over=self.over))
        return total(self.scale * value, over=self.over)

    def scale_claim(self) -> Claim:
        """Along the data the gradient is what the offset leaves of it."""
        g = self.grad_output
        return Claim(
            SCALE,
            total(self.grad_input * self.unit, over=self.over),
            self.inverse * self.shrink * self._summed(g * self.unit),
        )

    def output_claim(self, remark: str = "") -> Claim:
        """The cotangent that is the normalized data itself."""
        return Claim(
            OUTPUT,
            self.grad_input,
            self._through(self.weights * self.unit * self.shrink),
            given=((self.grad_output, self._cotangent(self.weights * self.unit)),),
            remark=remark
            or "A loss that adds up the squares of the outputs is of this kind wherever the scale is one.",
        )


class Centred(Normalized):
    """A normalized deviation from the mean: batch, layer, instance and group norm, and their relatives."""

    def vanishing(self, mean: str, variance: str) -> Claim:
        """What reaches the mean through the variance, in the centred form of the variance."""
        return Claim(
            VANISHING,
            self.derivation.backward.adjoint(mean).via(variance).equation.target,
            sp.S.Zero,
            order=1,
            remark="It is the value of the contribution that vanishes, at the mean of the data, in the centred form of "
            "the variance. First derivatives may drop it; detaching the mean in the forward pass is another matter.",
        )

    def consolidated(self) -> Claim:
        """Received, less its mean, less its share along the data."""
        g, h = self.grad_output, self.received
        inner = g if self.outside else h
        front = self.scale if self.outside else sp.S.One
        inner = inner - average(inner, over=self.over) - self.unit * average(inner * self.unit, over=self.over)
        return Claim(CONSOLIDATED, self.grad_input, front * self.inverse * inner)

    def shift_claim(self) -> Claim:
        """The gradient adds up to zero over the elements that share a mean."""
        return Claim(SHIFT, total(self.grad_input, over=self.over), sp.S.Zero)

    def constant_claim(self) -> Claim:
        """The cotangent of a loss that adds up the normalized data."""
        remark = "A loss that adds up the outputs has no gradient: a finite difference then shows its own noise."
        if not self.outside or self.weights != 1:
            remark = "A loss that adds up the outputs so weighted that their mean is what counts has no gradient."
        return Claim(
            CONSTANT,
            self.grad_input,
            sp.S.Zero,
            given=((self.grad_output, self._cotangent(self.weights)),),
            remark=remark,
        )

    def claims(self) -> tuple[Claim, ...]:
        """All of the family's theorems but those that need to know the names of the statistics."""
        return (
            self.consolidated(),
            self.shift_claim(),
            self.scale_claim(),
            self.constant_claim(),
            self.output_claim(),
        )


class Uncentred(Normalized):
    """The data divided by its own size: RMS norm and L2 normalization. A shift of the data is seen."""

    def consolidated(self) -> Claim:
        """Received, less its share along the data."""
        h = self.received
        reduce = average if self.mean else total
        inner = h - self.unit * reduce(h * self.unit, over=self.over)
        return Claim(CONSOLIDATED, self.grad_input, self.inverse * inner)

    def claims(self) -> tuple[Claim, ...]:
        """The family's theorems, and the two that it lacks."""
        g = self.grad_output
        return (
            self.consolidated(),
            self.scale_claim(),
            self.output_claim(),
            Claim(
                SHIFT,
                total(self.grad_input, over=self.over),
                sp.S.Zero,
                holds=False,
                remark="Nothing is taken away from the data, so a shift changes the output.",
            ),
            Claim(
                CONSTANT,
                self.grad_input,
                sp.S.Zero,
                given=((g, self._cotangent(sp.S.One)),),
                holds=False,
                remark="A loss that adds up the outputs has a gradient here.",
            ),
        )
