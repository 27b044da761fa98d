"""How fast the memory is: loops in C that move the bytes of a pass and do next to nothing with them.

A backward pass reads two arrays and writes one, as the triad y = a*x + g does; a forward pass reads one and writes one.
NumPy has no such loop without a temporary, so this needs cffi and a C compiler; where there is none it is left out.
"""

from __future__ import annotations

import importlib
import importlib.util
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from tests.support import targets
from tests.support.contract import Array

DECLARATIONS = """
void triad_float(const float *x, const float *g, float *y, long long n, int threads);
void triad_double(const double *x, const double *g, double *y, long long n, int threads);
void scale_float(const float *x, float *y, long long n, int threads);
void scale_double(const double *x, double *y, long long n, int threads);
"""
LOOP = """
void triad_REAL(const REAL *restrict x, const REAL *restrict g, REAL *restrict y, long long n, int threads) {
    (void)threads;
    #pragma omp parallel for num_threads(threads) schedule(static)
    for (long long i = 0; i < n; i++) y[i] = (REAL)1.5 * x[i] + g[i];
}
void scale_REAL(const REAL *restrict x, REAL *restrict y, long long n, int threads) {
    (void)threads;
    #pragma omp parallel for num_threads(threads) schedule(static)
    for (long long i = 0; i < n; i++) y[i] = (REAL)1.5 * x[i];
}
"""
FLAGS = ("-O3", "-march=native", "-fopenmp")


@cache
def _compiled() -> Any:
    """The loops; None where they cannot be compiled."""
    if targets.missing("c") is not None:
        return None
    ffi: Any = importlib.import_module("cffi").FFI()
    ffi.cdef(DECLARATIONS)
    source = "".join(LOOP.replace("REAL", real) for real in ("float", "double"))
    ffi.set_source("_stream", source, extra_compile_args=list(FLAGS), extra_link_args=["-fopenmp"])
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = Path(ffi.compile(tmpdir=folder))
        except importlib.import_module("cffi").VerificationError:
            return None
        spec: Any = importlib.util.spec_from_file_location("_stream", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return module


def call(kind: str, x: Array, g: Array, threads: int) -> Callable[[], object] | None:
    """The loop that moves the bytes of a `forward` or `backward` pass over such arrays; None where there is none."""
    module = _compiled()
    if module is None:
        return None
    real = {4: "float", 8: "double"}[x.dtype.itemsize]
    y = np.empty_like(x)
    inputs = (x, g) if kind == "backward" else (x,)
    pointers = [module.ffi.from_buffer(f"{real} *", a) for a in (*inputs, y)]
    loop = getattr(module.lib, f"{'triad' if kind == 'backward' else 'scale'}_{real}")
    return lambda: loop(*pointers, x.size, threads)
