"""From a layer to its files: derive, prove, plan, emit, report."""

from __future__ import annotations

import contextlib
import hashlib
import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

from derive.calculus.canonical import key
from derive.catalogue import Entry, builtin, names
from derive.checks.blind_spots import blind_spots
from derive.interface import Interface
from derive.kernels.planner import plan
from derive.kernels.subject import Emission, Subject
from derive.kernels.targets import PACKAGE, folders, look_in, targets
from derive.proofs.derivation import derive_layer
from derive.proofs.prove import Proven, prove_all
from derive.proofs.second_order import second_order
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
    """What is told of a layer, and its files: plain text and numbers that another process can hand back."""

    name: str
    source: str
    theorems: int
    passes: str
    files: tuple[tuple[str, str], ...]
    seconds: float


def make_all(
    entries: Sequence[Entry], progress: Progress, done: Callable[[Outcome], None], chosen: Sequence[str] = ()
) -> list[Outcome]:
    """What is made of several layers, in their order; several of the catalogue share out the processors.

    A user's layers are made in this process, whose modules they are. With chosen targets it is their files alone.
    """
    shared = sorted((entry for entry in entries if entry.source in names()), key=_effort, reverse=True)
    workers = min(os.cpu_count() or 1, len(shared))
    made: dict[str, Outcome] = {}

    def finished(found: Outcome) -> None:
        made[found.name] = found
        done(found)

    if workers > 1:
        progress(f"{len(shared)} layers, {workers} at a time")
        # Where processes cannot be started, the layers that are left are made here.
        with (
            contextlib.suppress(OSError, BrokenProcessPool),
            ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), look_in, (folders(),)) as pool,
        ):
            _collect([pool.submit(_made, entry.source, tuple(chosen)) for entry in shared], finished)
    for entry in entries:
        if entry.name not in made:
            finished(make_outcome(entry, chosen, progress))
    return [made[entry.name] for entry in entries]


def _collect(waiting: Sequence[Future[Outcome]], finished: Callable[[Outcome], None]) -> None:
    """Take what comes, as it comes; after a failure nothing more is begun."""
    try:
        for future in as_completed(waiting):
            finished(future.result())
    finally:
        for future in waiting:
            future.cancel()


def _effort(entry: Entry) -> int:
    """Roughly how long a layer takes: the longest are begun first, so that none is left over at the end.

    Brute force writes every definition out for all elements, and their number doubles with each axis.
    """
    layers = [layer for layer in (entry.layer, entry.interface.inference) if layer is not None]
    return sum(len(layer.definitions) * len(layer.inputs) * 2 ** len(layer.axes) for layer in layers)


def _made(name: str, chosen: Sequence[str]) -> Outcome:
    return make_outcome(builtin(name), chosen)


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
    parts, emission = _develop(entry, progress)
    emitted = {target.name: target.files(emission) for target in targets()}
    progress(f"{entry.name}: report")
    sources = {name: next(iter(made.items())) for name, made in emitted.items()}
    spots = tuple(blind_spots(proven.derivation, entry.interface) for _, proven in parts)
    report = build_report(emission, tuple(proven for _, proven in parts), sources, spots, entry.stories)
    files = [item for made in emitted.values() for item in made.items()]
    files += [(f"reports/{name}", text) for name, text in report_files(report)]
    return Product(entry, parts, emission, report, tuple(files), time.perf_counter() - start)


def make_outcome(entry: Entry, chosen: Sequence[str] = (), progress: Progress = lambda _: None) -> Outcome:
    """What is told of a layer and its files: all of them, or only those of the chosen targets.

    A report shows what every target emits, so it is only made when none is left out.
    """
    if not chosen:
        product = make(entry, progress)
        return _outcome(product.parts, product.emission, product.files, product.seconds)
    start = time.perf_counter()
    parts, emission = _develop(entry, progress)
    files = tuple(item for target in targets(chosen) for item in target.files(emission).items())
    return _outcome(parts, emission, files, time.perf_counter() - start)


def _develop(entry: Entry, progress: Progress) -> tuple[tuple[tuple[str, Proven], ...], Emission]:
    """What is proven of a layer, and what the targets are given of it."""
    parts = prove_entry(entry, progress)
    subjects = tuple(
        subject(proven, entry.interface, suffix, _prefixed(progress, f"{entry.name}{suffix.replace('_', ' ')}"))
        for suffix, proven in parts
    )
    return parts, Emission(entry.name, subjects, digest(subjects), entry.source)


def _outcome(
    parts: Sequence[tuple[str, Proven]], emission: Emission, files: tuple[tuple[str, str], ...], seconds: float
) -> Outcome:
    sweeps = emission.subjects[0].plan.backward.sweeps
    passes = " + ".join("map" if sweep.writes else f"reduce({len(sweep.reductions)})" for sweep in sweeps)
    theorems = sum(len(proven.theorems) for _, proven in parts)
    return Outcome(emission.name, emission.source, theorems, passes, files, seconds)


def package_files(chosen: Sequence[str] = ()) -> dict[str, str]:
    """What belongs to no layer: what makes the output folder importable as `generated`, and each target's own files."""
    return {"__init__.py": PACKAGE} | {k: v for target in targets(chosen) for k, v in target.package().items()}


def subject(proven: Proven, interface: Interface, suffix: str = "", progress: Progress = lambda _: None) -> Subject:
    """What the targets emit for one proven derivation: with the derivatives along directions, which are proven here."""
    second = second_order(proven, progress=progress)
    progress("kernels")
    relied = ("the output does not depend", "deviations", "weighted deviations", "closed form")
    theorems = tuple(
        t.name for t in proven.theorems if t.name.startswith(relied) or t.name.endswith("element by element")
    )
    planned = plan(proven.derivation, second)
    names = (*theorems, *(t.name for t in (*second.relied, *second.theorems)))
    return Subject(proven.derivation, planned, interface, proven.closed_forms, names, suffix, proven.domain, second)


def digest(subjects: Iterable[Subject]) -> str:
    """A fingerprint of the mathematics: every equation of the derivations in canonical spelling."""
    derivations = [d for one in subjects for d in one.derivations]
    text = "\n".join(f"{key(e.target)} = {key(e.value)}" for d in derivations for e in d.equations)
    return hashlib.sha256(text.encode()).hexdigest()
