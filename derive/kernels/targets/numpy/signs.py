"""Negated coefficients, alone and in products: on small arrays each call of NumPy counts, that which negates too."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from derive.kernels.statements import Apply, Formula, Name, Value, WholeKernel, bare, names_in


def subtracting(kernel: WholeKernel) -> WholeKernel:
    """The same kernel, in which a negated coefficient, or a product with one, is not added, but what is negated is
    subtracted: it has the same bits, and takes a call less."""
    values = [*(s.value for s in kernel.statements), *(value for _, value in kernel.returns)]
    reads = Counter(name for value in values for name in names_in(value))
    formulas = {s.names[0]: s.value for s in kernel.statements if isinstance(s.value, Formula)}
    negated = {name for name, f in formulas.items() if f.expr.as_coeff_Mul()[0].is_negative}
    negated = {name for name in negated if reads[name] == 1 and not (formulas[name].floor or formulas[name].number)}
    turned = set[str]()

    def coefficients(value: Value) -> set[str]:
        match value:
            case Apply("multiply", args):
                operands = [bare(arg) for arg in args]
                found = [arg.text for arg in operands if isinstance(arg, Name) and arg.text in negated]
                return set(found) if len(found) == 1 else set()  # two signs cancel
        alone = bare(value)
        return {alone.text} & negated if isinstance(alone, Name) else set()

    def seen(value: Value) -> Value:
        match value:
            case Apply("add", (a, b)) if found := coefficients(b):
                turned.update(found)
                return Apply("subtract", (seen(a), b))
            case Apply("add", (a, b)) if found := coefficients(a):
                turned.update(found)
                return Apply("subtract", (seen(b), a))
            case Apply(function, args):
                return Apply(function, tuple(map(seen, args)))
        return value

    statements = [replace(s, value=seen(s.value)) for s in kernel.statements]
    for place, s in enumerate(statements):
        if isinstance(s.value, Formula) and s.names[0] in turned:
            statements[place] = replace(s, value=replace(s.value, expr=-s.value.expr))
    return replace(kernel, statements=tuple(statements))
