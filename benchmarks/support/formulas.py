"""The layers as people write them by hand, for every library that looks like NumPy.

Each formula has a *definition* (what a framework differentiates), a *textbook* backward pass (the staged chain rule,
each line as books print it, with a temporary for every operation) and a *tidied* one (the closed formula: what a
careful reader makes of it, everything constant taken out of the sums). `xp` is NumPy, `jax.numpy`, `autograd.numpy` or
`torch`.
Statistics are taken in the data's own dtype, as these libraries do. Nothing here is used by what Backproof emits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

Tensors = tuple[Any, ...]


class Formula(Protocol):
    """One layer. `others` are its inputs after x, `saved` what `statistics` returned."""

    def definition(self, xp: Any, x: Any, *others: Any) -> Any:
        """The output."""

    def statistics(self, x: Any, *others: Any) -> Tensors:
        """What a forward pass hands to the backward pass, as NumPy arrays."""

    def textbook(self, g: Any, x: Any, *others: Any, saved: Tensors) -> Tensors:
        """The gradients of x and of the parameters, in NumPy, line by line."""

    def tidied(self, xp: Any, g: Any, x: Any, *others: Any, saved: Tensors) -> Tensors:
        """The same without repeating itself."""


@dataclass(frozen=True)
class Normalization:
    """(x - mean)/sqrt(var + eps), times gamma, plus beta.

    `over` are the dimensions that the statistics run over, of x seen in the shape `view`; the parameters broadcast in
    the shape `column`, None when there are none. `buffer` is the shape in which weights of the elements broadcast: they
    weigh the mean and the variance, and with `masks` the output too. With `silu` the output is z*sigmoid(z).
    """

    over: tuple[int, ...]
    column: tuple[int, ...] | None
    view: tuple[int, ...] | None = None
    buffer: tuple[int, ...] | None = None
    masks: bool = False
    silu: bool = False
    eps: float = 1e-5

    def _seen(self, xp: Any, values: Any) -> Any:
        return values if self.view is None else xp.reshape(values, self.view)

    def _named(self, xp: Any, others: Tensors) -> tuple[Any, Any, Any]:
        """gamma, beta and weights, ready to broadcast; None for what the layer does not have."""
        gamma = beta = weights = None
        if self.column is not None:
            gamma, beta = (xp.reshape(parameter, self.column) for parameter in others[:2])
        if self.buffer is not None:
            weights = xp.reshape(others[-1], self.buffer)
        return gamma, beta, weights

    def _mean(self, xp: Any, values: Any, weights: Any) -> Any:
        if weights is None:
            return xp.mean(values, axis=self.over, keepdims=True)
        mass = xp.sum(weights, axis=self.over, keepdims=True)
        return xp.sum(weights * values, axis=self.over, keepdims=True) / mass

    def _summed(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The dimensions of x that a parameter does not have."""
        assert self.column is not None
        column = (1,) * (len(shape) - len(self.column)) + self.column
        return tuple(dim for dim, size in enumerate(column) if size == 1)

    def definition(self, xp: Any, x: Any, *others: Any) -> Any:
        gamma, beta, weights = self._named(xp, others)
        seen = self._seen(xp, x)
        centred = seen - self._mean(xp, seen, weights)
        y = xp.reshape(centred / xp.sqrt(self._mean(xp, centred * centred, weights) + self.eps), x.shape)
        if gamma is not None:
            y = gamma * y + beta
        if self.masks:
            y = weights * y
        return y / (1 + xp.exp(-y)) if self.silu else y

    def statistics(self, x: Any, *others: Any) -> Tensors:
        _, _, weights = self._named(np, others)
        seen = self._seen(np, x)
        mean = self._mean(np, seen, weights)
        return mean, self._mean(np, (seen - mean) ** 2, weights)

    def _through_output(self, xp: Any, g: Any, x_norm: Any, named: tuple[Any, Any, Any]) -> Any:
        """grad_output of the affine part."""
        gamma, beta, weights = named
        if self.silu:
            z = gamma * x_norm + beta
            s = 1 / (1 + xp.exp(-z))
            g = g * (s + z * s * (1 - s))
        return g * weights if self.masks else g

    def textbook(self, g: Any, x: Any, *others: Any, saved: Tensors) -> Tensors:
        gamma, beta, weights = named = self._named(np, others)
        mean, var = saved
        seen = self._seen(np, x)
        std = np.sqrt(var + self.eps)

        x_norm = ((seen - mean) / std).reshape(x.shape)
        g = self._through_output(np, g, x_norm, named)
        parameters: Tensors = ()
        grad_x_norm = g
        if gamma is not None:
            grad_beta = np.sum(g, axis=self._summed(x.shape))
            grad_gamma = np.sum(g * x_norm, axis=self._summed(x.shape))
            parameters = grad_gamma, grad_beta
            grad_x_norm = g * gamma
        grad_x_norm = self._seen(np, grad_x_norm)
        grad_var = np.sum(grad_x_norm * (seen - mean) * -0.5 * std**-3, axis=self.over, keepdims=True)
        grad_mean = np.sum(grad_x_norm * -1 / std, axis=self.over, keepdims=True)
        if weights is None:
            count = math.prod(seen.shape[dim] for dim in self.over)
            grad_input = grad_x_norm / std + grad_var * 2 * (seen - mean) / count + grad_mean / count
        else:
            mass = np.sum(weights, axis=self.over, keepdims=True)
            grad_input = grad_x_norm / std + weights * grad_var * 2 * (seen - mean) / mass + weights * grad_mean / mass
        return grad_input.reshape(x.shape), *parameters

    def tidied(self, xp: Any, g: Any, x: Any, *others: Any, saved: Tensors) -> Tensors:
        gamma, beta, weights = named = self._named(xp, others)
        mean, var = saved
        seen = self._seen(xp, x)
        inv_std = 1 / xp.sqrt(var + self.eps)
        centred = seen - mean
        if self.silu:
            g = self._through_output(xp, g, xp.reshape(centred * inv_std, x.shape), named)
        elif self.masks:
            g = g * weights
        if gamma is not None and self.view is None and self._summed(x.shape) == self.over:
            # One gamma for all elements that share a statistic: the sums are the parameters' gradients.
            total = xp.sum(g, axis=self.over, keepdims=True)
            along = xp.sum(g * centred, axis=self.over, keepdims=True) * inv_std
            mass = x.size // total.size if weights is None else xp.sum(weights)
            scale = gamma * inv_std
            slope, shift = scale * inv_std * along / -mass, scale * total / -mass
            mixed = centred * slope + shift
            grad_input = g * scale + (mixed if weights is None else weights * mixed)
            return grad_input, xp.reshape(along, (-1,)), xp.reshape(total, (-1,))
        x_norm = centred * inv_std
        flat = xp.reshape(x_norm, x.shape)
        parameters: Tensors = ()
        if gamma is not None:
            summed = self._summed(x.shape)
            parameters = xp.sum(g * flat, axis=summed), xp.sum(g, axis=summed)
            g = g * gamma
        g = self._seen(xp, g)
        along = self._mean(xp, g * x_norm, None)
        grad_input = inv_std * (g - self._mean(xp, g, None) - x_norm * along)
        return xp.reshape(grad_input, x.shape), *parameters


@dataclass(frozen=True)
class Scaling:
    """x/sqrt(mean(x**2) + eps) times a weight over the last dimension, or x/sqrt(sum(x**2) + eps**2) without one."""

    mean: bool
    eps: float

    def _root(self, xp: Any, x: Any) -> Any:
        if self.mean:
            return xp.sqrt(xp.mean(x * x, axis=-1, keepdims=True) + self.eps)
        return xp.sqrt(xp.sum(x * x, axis=-1, keepdims=True) + self.eps**2)

    def definition(self, xp: Any, x: Any, *others: Any) -> Any:
        y = x / self._root(xp, x)
        return others[0] * y if others else y

    def statistics(self, x: Any, *others: Any) -> Tensors:
        return (self._root(np, x),)

    def textbook(self, g: Any, x: Any, *others: Any, saved: Tensors) -> Tensors:
        (root,) = saved
        parameters: Tensors = ()
        grad_x_norm = g
        if others:
            x_norm = x / root
            parameters = (np.sum(g * x_norm, axis=tuple(range(x.ndim - 1))),)
            grad_x_norm = g * others[0]
        grad_square = np.sum(grad_x_norm * x * -0.5 * root**-3, axis=-1, keepdims=True)
        count = x.shape[-1] if self.mean else 1
        return grad_x_norm / root + grad_square * 2 * x / count, *parameters

    def tidied(self, xp: Any, g: Any, x: Any, *others: Any, saved: Tensors) -> Tensors:
        inv = 1 / saved[0]
        parameters: Tensors = ()
        if others:
            parameters = (xp.sum(g * x * inv, axis=tuple(range(x.ndim - 1))),)
            g = g * others[0]
        along = xp.sum(g * x, axis=-1, keepdims=True) * (inv * inv * inv / (x.shape[-1] if self.mean else 1))
        return g * inv - x * along, *parameters


@dataclass(frozen=True)
class Softmax:
    """exp(x)/sum(exp(x)) over the last dimension, or its logarithm."""

    log: bool = False

    def definition(self, xp: Any, x: Any, *others: Any) -> Any:
        shifted = x - xp.max(x, axis=-1, keepdims=True)
        raised = xp.exp(shifted)
        mass = xp.sum(raised, axis=-1, keepdims=True)
        return shifted - xp.log(mass) if self.log else raised / mass

    def statistics(self, x: Any, *others: Any) -> Tensors:
        return (self.definition(np, x),)

    def textbook(self, g: Any, x: Any, *others: Any, saved: Tensors) -> Tensors:
        (y,) = saved
        if self.log:
            return (g - np.exp(y) * np.sum(g, axis=-1, keepdims=True),)
        return (g * y - y * np.sum(g * y, axis=-1, keepdims=True),)

    def tidied(self, xp: Any, g: Any, x: Any, *others: Any, saved: Tensors) -> Tensors:
        (y,) = saved
        if self.log:
            return (g - xp.exp(y) * xp.sum(g, axis=-1, keepdims=True),)
        return (y * (g - xp.sum(g * y, axis=-1, keepdims=True)),)
