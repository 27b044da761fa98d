"""How often the gradient check and the audit are right, over seeded random kernels.

    python benchmarks/check_rates.py             # 1,000 right kernels and 1,000 mutants; about half an hour
    python benchmarks/check_rates.py --quick     # 40 and 40
    python benchmarks/check_rates.py --write docs/check-rates.md

Right kernels are HIPS autograd in float32 or float64 and the emitted module; mutants are wrong derivations, rounded
once.
Layers, shapes, dtypes and data are random, part of the data hostile, part of the cotangents blind. The tests run a
smaller number of the same cases.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # for `tests`, wherever this is run from

from rich.progress import track

from derive.files import write_all
from tests.support.check_rates import MutantOutcome, RightOutcome, mutant_outcomes, right_outcomes

T = TypeVar("T")


@dataclass
class Table:
    """Counts by group and verdict."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, group: str, verdict: str) -> None:
        self.counts.setdefault(group, Counter())[verdict] += 1

    def rows(self) -> Iterator[str]:
        for group, counts in self.counts.items():
            whole = sum(counts.values())
            cells = [f"{counts[v]} ({counts[v] / whole:.1%})" for v in ("agrees", "cannot tell", "disagrees")]
            yield f"| {group} | {whole} | {' | '.join(cells)} |"


def group_of(outcome: RightOutcome | MutantOutcome) -> str:
    return "hostile data" if outcome.hostile else "blind cotangent" if outcome.blind else "other data"


def page(right: Iterable[RightOutcome], mutants: Iterable[MutantOutcome], seed: int) -> str:
    header = "| | cases | agrees | cannot tell | disagrees |\n|---|---|---|---|---|"
    rights, wrongs, odd = Table(), Table(), []
    for one in right:
        rights.add(group_of(one), one.verdict)
        if one.verdict == "disagrees" or (one.verdict != "agrees" and not one.hostile and not one.blind):
            odd.append(f"- right, {one.verdict}: {one.name}")
    equivalent = near = named = asked = 0
    for wrong in mutants:
        if wrong.distance <= wrong.required:
            equivalent += wrong.distance < 1e-12
            near += wrong.distance >= 1e-12
            continue
        wrongs.add(group_of(wrong), wrong.verdict)
        if wrong.verdict == "agrees" or (wrong.verdict != "disagrees" and not wrong.hostile and not wrong.blind):
            odd.append(f"- wrong, {wrong.verdict}: {wrong.name}")
        if not wrong.hostile and not wrong.blind:
            asked += 1
            named += wrong.named
            if not wrong.named:
                odd.append(f"- called {wrong.called}: {wrong.name}")
    lines = [
        "<!-- This file is generated: python benchmarks/check_rates.py --write docs/check-rates.md -->",
        "# How often the verdicts are right",
        "",
        f"Made by `python benchmarks/check_rates.py` with seed {seed}; how the cases are drawn is in",
        "`tests/support/check_cases.py`.",
        "",
        "Right kernels, with the gradient check's verdict:",
        "",
        header,
        *rights.rows(),
        "",
        "Mutants whose exact gradient differs by more than the check is asked to notice (1e-3 in float32, 1e-6 in",
        "float64):",
        "",
        header,
        *wrongs.rows(),
        "",
        f"Counted apart: {equivalent} mutants that change nothing at their data, {near} that change less than that.",
        "",
        f"The audit's first name was right for {named} of {asked} mutants on other data"
        + (f" ({named / asked:.1%})." if asked else "."),
        "",
    ]
    if odd:
        lines += ["What was not as one would wish:", "", *odd, ""]
    return "\n".join(lines)


def wrong_enough(outcomes: Iterable[MutantOutcome], count: int) -> Iterator[MutantOutcome]:
    """Outcomes up to and with the count-th mutant that differs by more than the check is asked to notice."""
    for outcome in outcomes:
        yield outcome
        count -= outcome.distance > outcome.required
        if not count:
            return


def shown(outcomes: Iterator[T], count: int, words: str) -> list[T]:
    return list(track(outcomes, words, total=count, disable=not sys.stderr.isatty()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="40 cases of each kind")
    parser.add_argument("--count", type=int, help="cases of each kind (default: 1000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", type=Path, metavar="PATH", help="where the page goes, instead of the terminal")
    given = parser.parse_args()
    count = given.count or (40 if given.quick else 1000)
    warnings.simplefilter("ignore", RuntimeWarning)  # textbook kernels on hostile data
    right = shown(right_outcomes(given.seed, count), count, "right kernels")
    mutants = shown(wrong_enough(mutant_outcomes(given.seed, 2 * count), count), count, "mutants")
    text = page(right, mutants, given.seed)
    if given.write is None:
        print(text)
    else:
        write_all(given.write.parent, {given.write.name: text})


if __name__ == "__main__":
    main()
