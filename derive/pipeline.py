"""From a layer to its files: derive, prove, plan, emit, report."""

from __future__ import annotations

import contextlib
import hashlib
import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

from derive.calculus.canonical import key
from derive.catalogue import Entry, builtin, names
from derive.checks.blind_spots import blind_spots
from derive.interface import Interface
from derive.kernels.planner import plan
from derive.kernels.subject import Emission, Subject
from derive.kernels.targets import targets
from derive.proofs.derivation import Derivation, derive_layer
from derive.proofs.prove import Proven, prove_all
from derive.report.build import build_report
from derive.report.formats import report_files
from derive.report.model import Report

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Product:
    """Everything made for one layer.

    Args:
        entry: the layer as it was found.
        parts: the proven derivations, by the suffix of their functions (none for training, `_inference`).
        emission: what the targets were given.
        report: the derivation report.
        files: the text of each file, by its path below the output folder.
        seconds: how long it took.
    """

    entry: Entry
    parts: tuple[tuple[str, Proven], ...]
    emission: Emission
    report: Report
    files: tuple[tuple[str, str], ...]
    seconds: float

    @property
    def theorems(self) -> int:
        """How many theorems were proven."""
        return sum(len(proven.theorems) for _, proven in self.parts)


@dataclass(frozen=True)
class Outcome:
    """What is told of a product, and its files: plain text and numbers that another process can hand back."""

    name: str
    theorems: int
    passes: str
    files: tuple[tuple[str, str], ...]
    seconds: float


def outcome(product: Product) -> Outcome:
    """The product without its mathematics."""
    sweeps = product.emission.subjects[0].plan.backward.sweeps
    passes = " + ".join("map" if sweep.writes else f"reduce({len(sweep.reductions)})" for sweep in sweeps)
    return Outcome(product.entry.name, product.theorems, passes, product.files, product.seconds)


def make_all(entries: Sequence[Entry], progress: Progress, done: Callable[[], None]) -> list[Outcome]:
    """What is made of several layers, in their order; several of the catalogue share out the processors.

    A user's layers are made in this process, whose modules they are.
    """
    shared = [entry.source for entry in entries if entry.source in names()]
    workers = min(os.cpu_count() or 1, len(shared))
    made: dict[str, Outcome] = {}
    if workers > 1:
        progress(f"{len(shared)} layers, {workers} at a time")
        # Where processes cannot be started, the layers that are left are made here.
        with (
            contextlib.suppress(OSError, BrokenProcessPool),
            ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool,
        ):
            for found in pool.map(_made, shared):
                made[found.name] = found
                progress(f"{found.name}: done")
                done()
    result = []
    for entry in entries:
        if entry.name not in made:
            made[entry.name] = outcome(make(entry, progress))
            done()
        result.append(made[entry.name])
    return result


def _made(name: str) -> Outcome:
    return outcome(make(builtin(name)))


def prove_entry(entry: Entry, progress: Progress = lambda _: None) -> tuple[tuple[str, Proven], ...]:
    """The proven derivation of a layer, and that of its inference form if it has one."""
    forms: list[tuple[str, Any, Any]] = [("", entry.layer, entry.claims)]
    if entry.interface.inference is not None:
        forms.append(("_inference", entry.interface.inference, None))
    parts = []
    for suffix, layer, claims in forms:
        derivation = derive_layer(layer, entry.interface.names)
        words = f"{entry.name}{suffix.replace('_', ' ')}"
        parts.append((suffix, prove_all(derivation, claims, _prefixed(progress, words))))
    return tuple(parts)


def _prefixed(progress: Progress, words: str) -> Progress:
    return lambda step: progress(f"{words}: {step}")


def make(entry: Entry, progress: Progress = lambda _: None) -> Product:
    """All files for one layer; an exception, and therefore no file, when anything cannot be proven."""
    start = time.perf_counter()
    parts = prove_entry(entry, progress)
    progress(f"{entry.name}: kernels")
    subjects = tuple(subject(proven, entry.interface, suffix) for suffix, proven in parts)
    emission = Emission(entry.name, subjects, digest(proven.derivation for _, proven in parts), entry.source)
    files, beside = [], []
    for target in targets():
        files.append((f"{target.name}/{entry.name}{target.extension}", target.emit(emission)))
        beside += [(f"{target.name}/{name}", text) for name, text in target.companions(emission).items()]
    progress(f"{entry.name}: report")
    sources = {path.partition("/")[0]: (path, text) for path, text in files}
    spots = tuple(blind_spots(proven.derivation, entry.interface) for _, proven in parts)
    report = build_report(emission, tuple(proven for _, proven in parts), sources, spots, entry.stories)
    files += beside + [(f"reports/{name}", text) for name, text in report_files(report)]
    return Product(entry, parts, emission, report, tuple(files), time.perf_counter() - start)


def package_files() -> dict[str, str]:
    """What makes the output folder importable as `generated`."""
    text = '"""Emitted kernels. Do not edit: this file is generated. Regenerate it with: regenerate-kernels"""\n'
    return {"__init__.py": text, **{f"{t.name}/__init__.py": text for t in targets() if t.extension == ".py"}}


def subject(proven: Proven, interface: Interface, suffix: str = "") -> Subject:
    """What the targets emit for one proven derivation."""
    relied = ("the output does not depend", "deviations", "weighted deviations", "closed form")
    theorems = tuple(
        t.name for t in proven.theorems if t.name.startswith(relied) or t.name.endswith("element by element")
    )
    made = plan(proven.derivation)
    return Subject(proven.derivation, made, interface, proven.closed_forms, theorems, suffix, proven.domain)


def digest(derivations: Iterable[Derivation]) -> str:
    """A fingerprint of the mathematics: every equation of the derivations in canonical spelling."""
    text = "\n".join(f"{key(e.target)} = {key(e.value)}" for d in derivations for e in d.equations)
    return hashlib.sha256(text.encode()).hexdigest()
