"""What the numbers of a run depend on: processor, versions, settings. No names of hosts, users or folders."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import os
import platform
import re
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from tests.support import targets

# The peers, by the name that a page calls them, and what is imported of each.
PEERS = {"PyTorch": "torch", "JAX": "jax", "HIPS autograd": "autograd", "MyGrad": "mygrad"}
VERSIONS = ("numpy", "torch", "jax", "autograd", "mygrad", "numba", "cffi")
BLAS_SETTINGS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # what else may change the speed of its sums


def installed(module: str) -> bool:
    """Whether a library can be imported, without importing it."""
    return importlib.util.find_spec(module) is not None


def left_out() -> dict[str, str]:
    """The peers and targets that cannot be run here, each with the reason."""
    found = {name: "not installed" for name, module in PEERS.items() if not installed(module)}
    reasons = {target: targets.missing(target) for target in targets.of_arrays()}
    return found | {f"Backproof {target}": reason for target, reason in reasons.items() if reason is not None}


def arrays_targets() -> tuple[str, ...]:
    """The targets that take NumPy arrays and can be run here."""
    return tuple(target for target in targets.of_arrays() if targets.missing(target) is None)


def described() -> dict[str, str]:
    """Processor, cores, caches, system, compiler, versions and BLAS, by what each is called."""
    compiler = targets.compiler()
    return {
        "processor": _processor(),
        "cores": f"{len(available())} available",
        "caches": _caches() or "unknown",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "libraries": ", ".join(f"{name} {importlib.metadata.version(name)}" for name in VERSIONS if installed(name)),
        "C compiler": _first_line(compiler) if compiler else "none",
        "BLAS of NumPy": _blas(),
    }


def available() -> list[int]:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def cores(number: int) -> list[int]:
    """So many processors, of different cores as long as there are any; ValueError when there are too few."""
    usable = available()
    if number > len(usable):
        raise ValueError(f"threads: expected at most {len(usable)}, the processors available here; got {number}")
    firsts, seen = [], set()
    for cpu in usable:
        siblings = _read(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list") or str(cpu)
        if siblings not in seen:
            seen.add(siblings)
            firsts.append(cpu)
    return sorted((firsts + [cpu for cpu in usable if cpu not in firsts])[:number])


def _read(path: str) -> str | None:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError:
        return None


def _processor() -> str:
    found = re.search(r"^model name\s*:\s*(.*)$", _read("/proc/cpuinfo") or "", re.MULTILINE)
    name = found[1] if found else platform.processor() or platform.machine()
    flags = set(re.split(r"\s+", _read("/proc/cpuinfo") or ""))
    widest = next((words for flag, words in (("avx512f", "AVX-512"), ("avx2", "AVX2")) if flag in flags), None)
    return f"{name} with {widest}" if widest else name


def _caches() -> str:
    found = []
    for index in range(8):
        folder = f"/sys/devices/system/cpu/cpu0/cache/index{index}"
        kind, level, size = (_read(f"{folder}/{name}") for name in ("type", "level", "size"))
        if kind and level and size and kind != "Instruction":
            found.append(f"L{level} {size}")
    return ", ".join(found)


def _first_line(compiler: str) -> str:
    done = subprocess.run([compiler, "--version"], stdout=subprocess.PIPE, text=True, check=False)
    return done.stdout.partition("\n")[0] or compiler


def _blas() -> str:
    config: Any = np.show_config(mode="dicts")
    blas = config.get("Build Dependencies", {}).get("blas", {})
    words = f"{blas.get('name', 'unknown')} {blas.get('version', '')}".strip()
    if installed("threadpoolctl"):
        pools: Any = importlib.import_module("threadpoolctl").threadpool_info()
        kernels = [pool["architecture"] for pool in pools if "architecture" in pool]
        words += f", kernels for {kernels[0]}" if kernels else ""
    settings = [f"{name}={os.environ[name]}" for name in BLAS_SETTINGS if name in os.environ]
    return f"{words}; {', '.join(settings) if settings else ' and '.join(BLAS_SETTINGS) + ' not set'}"
