"""The exceptions of Backproof: one class per stage, all of them `BackproofError`."""

from __future__ import annotations


class BackproofError(Exception):
    """Anything that Backproof refuses to do; the message says what, where, and what would be accepted."""


class LanguageError(BackproofError):
    """A layer is not written in the language of layers."""


class ChainRuleError(BackproofError):
    """A layer cannot be differentiated."""


class AlgebraError(BackproofError):
    """The algebra of sums met an expression that it has no rule for."""


class ProofError(BackproofError):
    """A statement could not be proven, or its independent check failed."""


class PlanError(BackproofError):
    """A derivation cannot be turned into passes over the data."""


class EmitError(BackproofError):
    """A plan cannot be printed for a target, or a file cannot be written."""


class CheckError(BackproofError):
    """A check cannot be made of what was given: a shape, a dtype or a name does not fit."""


class CatalogueError(BackproofError):
    """A layer, a layer file or a target could not be found or loaded."""
