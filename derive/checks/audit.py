"""The audit: gradients from anywhere beside the derived ones, and the name of the mistake if there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from derive.checks.audit_case import Case, Compared, make_case
from derive.checks.audit_explain import explain
from derive.checks.audit_fit import fit
from derive.checks.audit_focus import focus, mixing_groups
from derive.checks.audit_match import Score, scores
from derive.checks.audit_noise import growth
from derive.checks.audit_report import AuditReport, GradientAudit
from derive.checks.audit_where import described, places
from derive.checks.binding import Array
from derive.checks.blindness import BlindShare, blind_share
from derive.checks.cotangents import stream
from derive.checks.mistakes.words import listed
from derive.checks.problem import LARGE, Problem
from derive.checks.verdict import AGREES, CANNOT_TELL, DISAGREES, Verdict
from derive.errors import CheckError
from derive.language import name_of

REQUIRED = {4: 1e-3, 8: 1e-6}
MOSTLY_BLIND = 0.5
FAR = 100.0  # eps for every one that an ordinary rounding may cost; then the data are far from zero
LOSSY = 4.0  # eps; what more than this is lost is worth a word
EXACT = 1e-17  # relative; what is smaller than this is the rounding of the exact evaluation itself

Progress = Callable[[str, int, int], None]


def audit_problem(
    problem: Problem,
    grad_output: Array,
    supplied: Mapping[str, Array],
    *,
    required: float | None = None,
    claims: Iterable[object] = (),
    progress: Progress = lambda _, __, ___: None,
) -> AuditReport:
    """Whether supplied gradients are right, and which mistake makes them wrong.

    Args:
        problem: the layer at its data.
        grad_output: the gradient of the output, in its shape, float32 or float64.
        supplied: gradients by the names of the inputs, each in the shape of its input, float32 or float64.
        required: the largest relative error that "agrees" may leave unseen; by default 1e-3 for float32 data and 1e-6
            for float64.
        claims: the layer's claims, for the reason when a cotangent is blind.
        progress: told what is being done, how much of it is done, and of how much.

    Raises:
        CheckError: nothing to audit, or a name, a dtype, a shape or `required` does not fit.
    """
    needed = REQUIRED[problem.dtype.itemsize] if required is None else required
    if not 0 < needed < 1:
        raise CheckError(f"required is {needed}, expected a relative error between 0 and 1")
    progress("exact gradients", 0, 1)
    with np.errstate(all="ignore"):
        case = make_case(problem, grad_output, supplied)
        blind = blind_share(problem, grad_output, claims)
        sizes = {name: _size(one) for name, one in case.compared.items()}
        entries = tuple(_entry(case, one, sizes[name], needed, blind) for name, one in case.compared.items())
        agreeing = {name for name, entry in zip(case.compared, entries, strict=True) if entry.verdict == AGREES}
        limits = {name: needed * sizes[name].whole for name in agreeing}
        smaller = focus(case)
        mutants = problem.mutants() if smaller is case else smaller.problem.mutants()
        mixing, own = mixing_groups(case, smaller, mutants)
        mixing = mixing if problem.size <= LARGE else []
        found = scores(smaller, own, limits, lambda k, n: progress("mistakes", k, n))
        found += scores(case, mixing, limits, lambda k, n: progress("mistakes that mix groups", k, n))
        explanations = explain(smaller, found)
        hidden = _hidden(smaller, found)
    names = tuple(s.mutant.name for s in hidden)
    report = AuditReport(
        problem.graph.name, _data(problem), needed, entries, explanations, names, blind, notes=_notes(case, smaller)
    )
    return replace(report, proposals=_proposals(case, report))


@dataclass(frozen=True)
class _Size:
    """The sizes that make up a verdict, all in units of what the terms add up to in absolute value.

    `whole` is the size of the true gradient: the root mean square, over groups, of its largest element. It is near 1
    where nothing cancels, and 0 for a blind cotangent. `error` is the largest error; `allowed` is what rounding may
    change in the median group.
    """

    error: float
    allowed: float
    whole: float


def _size(one: Compared) -> _Size:
    scale = one.noise.group_scale
    some = one.usable & (scale > 0)
    live = one.per_group(some)
    if not live.any():
        return _Size(0.0, 0.0, 0.0)
    safe = np.where(scale > 0, scale, 1)
    size = one.per_group(np.where(some, np.abs(one.true), 0)) / safe
    allowances = one.per_group(np.where(some, one.noise.allowance, 0)) / safe
    error = float((np.abs(one.error) / safe).max())
    return _Size(error, float(np.median(allowances[live])), float(np.sqrt((size[live] ** 2).mean())))


def _entry(case: Case, one: Compared, size: _Size, required: float, blind: BlindShare) -> GradientAudit:
    """The verdict on one gradient."""
    if one.wrong.any():
        return _verdict(case, one, DISAGREES, size, _missing_reason(one))
    if not (one.usable & (one.noise.group_scale > 0)).any():
        return _verdict(case, one, CANNOT_TELL, size, _empty_reason(one))
    if size.whole > EXACT and (size.error <= required * size.whole or size.allowed <= required * size.whole):
        return _verdict(case, one, AGREES, size, _lossy_reason(one, size))
    return _verdict(case, one, CANNOT_TELL, size, _blind_reason(one, size, required, blind))


def _verdict(case: Case, one: Compared, verdict: Verdict, size: _Size, reason: str) -> GradientAudit:
    wrong = verdict == DISAGREES
    return GradientAudit(
        case.called(one.name),
        verdict,
        _relative(size.error, size.whole),
        size.error / one.eps,
        size.allowed / one.eps,
        _relative(size.allowed, size.whole),
        float(one.wrong.mean()),
        reason,
        described(one, places(one, case.problem.kept_dims)) if wrong else "",
        fit(case, one) if wrong else None,
    )


def _relative(value: float, size: float) -> float:
    return value / size if size > EXACT else (0.0 if value == 0 else float("inf"))


def _empty_reason(one: Compared) -> str:
    if not one.usable.any():
        return "the exact gradient is nowhere finite at these data"
    return "every term of the exact gradient is zero at these data, so nothing could be wrong with it"


def _lossy_reason(one: Compared, size: _Size) -> str:
    lost = size.error / one.eps
    return f"right within rounding, which costs {lost:.3g} eps at these data" if lost > LOSSY else ""


def _missing_reason(one: Compared) -> str:
    if not one.missing.any():
        return ""
    return f"not finite at {int(one.missing.sum())} of {one.true.size} elements where the exact gradient is finite"


def _blind_reason(one: Compared, size: _Size, required: float, blind: BlindShare) -> str:
    ratio = f"the true gradient is {size.whole:.2g} of what its terms add up to"
    ratio += f", and rounding may change it by {size.allowed:.2g}"
    words = f"cannot tell: {ratio}, so a relative error of {required:g} would not show"
    if size.whole <= EXACT:
        words = "cannot tell: the true gradient is exactly zero here, so whatever was returned is rounding"
    spoken = [d for d in blind.directions if d.gradient == one.name and d.share > 0.01]
    if spoken and blind.overall > MOSTLY_BLIND:
        shares = listed(f'{100 * d.share:.4g}% ("{d.claim}")' for d in spoken)
        words += f". grad_output lies in blind directions, by theorem: {shares}"
    return words


def _hidden(case: Case, found: list[Score]) -> list[Score]:
    """The mistakes that these data would not show, but for those that are none at this shape."""
    return [s for s in found if s.shown <= 1 and not _harmless(case, s) and not _elsewhere(case, s)]


def _elsewhere(case: Case, score: Score) -> bool:
    """Whether a mistake is in gradients only that were not supplied."""
    touches = getattr(score.mutant, "touches", ())
    return bool(touches) and not set(touches) & set(case.compared)


def _harmless(case: Case, score: Score) -> bool:
    """Whether a mistake changes no supplied gradient because an axis that it is about has one element or none."""
    if score.shown > 0:
        return False
    single = [name for name, dims in case.problem.dims.items() if all(case.problem.shape[d] == 1 for d in dims)]
    words = score.mutant.name.replace(",", " ").split()
    return any(name in words for name in single)


def _data(problem: Problem) -> str:
    axes = ", ".join(
        f"{name} is dimension{'s' if len(dims) > 1 else ''} {listed(map(str, dims))}"
        for name, dims in problem.dims.items()
        if dims
    )
    numbers = "".join(f", {name}={value:g}" for name, value in problem.constants.items())
    return f"{problem.dtype} {problem.shape}: {axes}{numbers}"


def _notes(case: Case, smaller: Case) -> tuple[str, ...]:
    notes = []
    for one in case.compared.values():
        left_out = int((~one.usable).sum())
        if left_out:
            called = case.called(one.name)
            notes.append(f"{called}: {left_out} elements left out, because the data make the exact gradient not finite")
    if smaller is not case:
        part = f"some of the groups, of shape {smaller.problem.shape}"
        notes.append(f"the mistake was looked for in {part}; the verdict is about all data")
    return tuple(notes)


def _proposals(case: Case, report: AuditReport) -> tuple[str, ...]:
    problem, found = case.problem, []
    blind = report.blind is not None and report.blind.overall > MOSTLY_BLIND
    seed = name_of(problem.derivation.backward.grad_output)
    small = [d for d in range(len(problem.shape)) if d not in problem.kept_dims]
    count = int(np.prod([problem.shape[d] for d in small], dtype=np.int64))
    unknown = [entry for entry in report.entries if entry.verdict == CANNOT_TELL]
    finite = {case.called(name): bool(one.usable.any()) for name, one in case.compared.items()}
    if not all(finite.values()):
        found.append("data without NaN or Inf: they reach every element of a gradient that adds up over groups")
    unknown = [entry for entry in unknown if finite[entry.name]]
    if any(entry.allowed_eps > FAR * growth(count, float(np.finfo(problem.dtype).eps)) for entry in unknown):
        found.append("data nearer to zero in units of their own spread: here the rounding of statistics hides the rest")
    elif count > 1 and (blind or unknown):
        # Not the seed that the data may be drawn from: a layer may be blind to its own input.
        drawn = f"numpy.random.default_rng({stream()[0]}).standard_normal(shape)"
        found.append(f"{seed} drawn at random: {drawn}, in the data's dtype")
    neutral = []
    for name, value in problem.interface.optional.items():
        if name in problem.names and (problem.arrays[name] == value).all():
            neutral.append(f"{name} away from {value:g}, such as default_rng(1).uniform(0.5, 2, shape)")
    if report.not_shown or unknown:
        found += neutral
        if count < 8:
            found.append(f"more elements in each group than {count}")
        missing = [name for name, dims in problem.dims.items() if not dims]
        if missing:
            found.append(f"data with a dimension for {listed(missing)}")
        if count > 4096:
            found.append(f"fewer elements in each group than {count}, which shows mistakes in counts")
    absent = [case.called(name) for name in problem.offered if name not in case.compared]
    if absent:
        found.append(f"supply {listed(absent)} as well")
    if report.not_shown and not found:
        single = problem.dtype.itemsize == 4
        found.append("float64 data" if single else "data with statistics far from zero and from one")
    return tuple(found)
