"""What an audit found, and how it prints."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from derive.checks.audit_explain import Explanation
from derive.checks.audit_fit import Coefficient, Fit
from derive.checks.blindness import BlindShare
from derive.checks.verdict import AGREES, DISAGREES, Verdict, worst

WIDTH = 110
SHOWN = 20  # mistakes listed by name; all of them are in the report's `not_shown`
LAST_WORDS = ("dropped", "doubled", "negated", "halved", "N-1")
EXIT_CODES: dict[Verdict, int] = {"agrees": 0, "disagrees": 1, "cannot tell": 2}


@dataclass(frozen=True)
class GradientAudit:
    """What was found about one supplied gradient.

    Args:
        name: its public name.
        verdict: agrees, disagrees or cannot tell.
        error: the largest error, relative to the size of the exact gradient.
        error_eps: the largest error in eps of what the gradient's terms add up to in absolute value.
        allowed_eps: what rounding may cause, in the same units.
        resolution: the relative error that rounding alone may cause at these data; a larger one disagrees.
        wrong: the share of the elements that are wrong.
        reason: why it is not "agrees", or what the agreement rests on.
        where: which elements are wrong.
        fit: its coefficients on the terms of the closed form.
    """

    name: str
    verdict: Verdict
    error: float
    error_eps: float
    allowed_eps: float
    resolution: float
    wrong: float
    reason: str = ""
    where: str = ""
    fit: Fit | None = None


@dataclass(frozen=True)
class AuditReport:
    """The result of an audit; prints as a table.

    Args:
        layer: the layer's name.
        data: dtype, shape and axes in words.
        required: the largest relative error that "agrees" may leave unseen.
        entries: one for each supplied gradient.
        explanations: what is wrong, the best explanation for each group of gradients.
        not_shown: mistakes that these data would not show; they do not change the verdict.
        blind: how much of grad_output lies in directions that the layer's theorems call blind.
        proposals: inputs that would show more.
        notes: what else was noticed about the data.
    """

    layer: str
    data: str
    required: float
    entries: tuple[GradientAudit, ...]
    explanations: tuple[Explanation, ...] = ()
    not_shown: tuple[str, ...] = ()
    blind: BlindShare | None = None
    proposals: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """One verdict for all gradients: wrong if any is, unknown if any is."""
        return worst([entry.verdict for entry in self.entries])

    @property
    def ok(self) -> bool:
        """Whether every supplied gradient agrees."""
        return self.verdict == AGREES

    @property
    def exit_code(self) -> int:
        """0 right, 1 wrong, 2 cannot tell."""
        return EXIT_CODES[self.verdict]

    def entry(self, name: str) -> GradientAudit:
        """What was found about the gradient of that public name."""
        return next(entry for entry in self.entries if entry.name == name)

    def __str__(self) -> str:
        return "\n".join(_lines(self))

    def as_dict(self) -> dict[str, Any]:
        """The report in plain types, for JSON; numbers that are not finite are None."""
        return {
            "layer": self.layer,
            "data": self.data,
            "verdict": self.verdict,
            "exit_code": self.exit_code,
            "required": self.required,
            "gradients": [_entry_dict(entry) for entry in self.entries],
            "explanations": [
                {
                    "gradients": list(e.gradients),
                    "name": e.name,
                    "description": e.description,
                    "also": list(e.also),
                    "complete": e.complete,
                    "explained": _finite(e.explained),
                    "misfit": _finite(e.misfit),
                    "fitted": e.fitted,
                    "alike": list(e.alike),
                    "unlikely": list(e.unlikely),
                }
                for e in self.explanations
            ],
            "not_shown": list(self.not_shown),
            "blind_share": None if self.blind is None else _finite(self.blind.overall),
            "proposals": list(self.proposals),
            "notes": list(self.notes),
        }


def _entry_dict(entry: GradientAudit) -> dict[str, Any]:
    coefficients = [] if entry.fit is None else list(entry.fit.coefficients)
    return {
        "name": entry.name,
        "verdict": entry.verdict,
        "error": _finite(entry.error),
        "error_eps": _finite(entry.error_eps),
        "allowed_eps": _finite(entry.allowed_eps),
        "resolution": _finite(entry.resolution),
        "wrong": entry.wrong,
        "reason": entry.reason,
        "where": entry.where,
        "coefficients": [
            {"term": c.term, "value": _finite(c.value), "sigma": _finite(c.sigma), "expected": c.expected}
            for c in coefficients
        ],
    }


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None


def _lines(report: AuditReport) -> Iterable[str]:
    yield f"audit of {report.layer}: {report.verdict}"
    yield f"{report.data}, required {report.required:g}"
    yield ""
    rows = [("gradient", "verdict", "error", "in eps", "rounding allows", "wrong elements")]
    for entry in report.entries:
        wrong = f"{100 * entry.wrong:.3g}%" if entry.wrong else "none"
        numbers = (_short(entry.error), f"{entry.error_eps:.3g}", _short(entry.resolution))
        rows.append((entry.name, entry.verdict, *numbers, wrong))
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    for explanation in report.explanations:
        yield ""
        yield from _explained(explanation)
    for entry in report.entries:
        said = [entry.reason] if entry.reason else []
        if entry.verdict == DISAGREES:
            said += [entry.where] if entry.where else []
            said += list(_fitted(entry.fit)) if entry.fit is not None else []
        if said:
            yield ""
            yield f"{entry.name}:"
            for words in said:
                yield from _wrapped(words)
    for title, several in (("notes", report.notes), ("proposals", report.proposals)):
        if several:
            yield ""
            yield f"{title}:"
            for one in several:
                yield from _wrapped(one)
    if report.not_shown:
        yield ""
        yield f"not shown by these data ({len(report.not_shown)} mistakes; the verdict does not cover them):"
        yield from _wrapped("; ".join(compact(report.not_shown)))


def _explained(one: Explanation) -> Iterable[str]:
    yield f"what is wrong with {', '.join(one.gradients)}:"
    yield from _wrapped(one.name if one.description in (one.name, "") else f"{one.name}: {one.description}")
    if one.also:
        yield from _wrapped("that is: " + "; ".join(one.also), 4)
    if one.complete:
        left = f"what it leaves is {one.misfit:.2g} of what rounding may leave"
        yield from _wrapped(f"it explains all of the error; {left}", 4)
    elif one.explained > 0:
        yield from _wrapped(f"it explains {100 * one.explained:.3g}% of the squared error and not the rest", 4)
    if one.alike:
        yield from _wrapped("these data cannot tell it from: " + "; ".join(one.alike), 4)
    if one.unlikely:
        yield from _wrapped("within the allowance for rounding too, but less well: " + "; ".join(one.unlikely), 4)


def _fitted(fit: Fit) -> Iterable[str]:
    front = f" (after {fit.front} in front)" if fit.front else ""
    yield f"fitted to its terms{front}, {100 * (1 - fit.left):.4g}% of the squared error:"
    for c in fit.coefficients:
        yield "  " + coefficient_words(c)
    for where, coefficients in fit.groups[:6]:
        off = "; ".join(coefficient_words(c) for c in coefficients if c.off)
        if off:
            yield f"  at {where}: {off}"
    if len(fit.groups) > 6:
        yield f"  and {len(fit.groups) - 6} more groups that differ from the rest"


def coefficient_words(c: Coefficient) -> str:
    """`mean(g) has coefficient -2.00 +- 0.01, expected -1`."""
    if not c.determined:
        return f"{c.term}: its coefficient is not determined by these data"
    if not c.off:
        return f"{c.term} has coefficient {c.expected:g}, as expected"
    digits = 2 if c.sigma >= 0.005 else 4 if abs(c.value) >= 0.1 else 6
    return f"{c.term} has coefficient {c.value:.{digits}f} +- {c.sigma:.1g}, expected {c.expected:g}"


def _short(value: float) -> str:
    return f"{value:.2g}" if abs(value) < float("inf") else "-"


def compact(names: Iterable[str]) -> list[str]:
    """Names that differ in their last word only, gathered: `mean -> x dropped, doubled, negated`; at most `SHOWN`."""
    gathered: dict[str, list[str]] = {}
    for name in names:
        stem, _, last = name.rpartition(" ")
        key = stem if last in LAST_WORDS else name
        gathered.setdefault(key, []).append(last if last in LAST_WORDS else "")
    found = [f"{stem} {', '.join(words)}".strip() for stem, words in gathered.items()]
    return found if len(found) <= SHOWN else [*found[:SHOWN], f"and {len(found) - SHOWN} more"]


def _wrapped(words: str, indent: int = 2) -> list[str]:
    lead = len(words) - len(words.lstrip()) + indent
    return textwrap.wrap(
        words.strip(), WIDTH, initial_indent=" " * lead, subsequent_indent=" " * (lead + 2), break_on_hyphens=False
    )
