"""The headers' own exp, against that of the C library in more digits."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.compiled.test_headers import compiler, run
from tests.support.targets import GENERATED

SOURCE = r"""
#define SOFTMAX_IMPLEMENTATION
#include "softmax.h"
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **words)
{
    const long steps = 400000;
    const double least = atof(words[1]), most = atof(words[2]);
    double worst = 0;
    long i;
    int k;
    for (i = 0; i <= steps; ++i) {
        const double value = least + (most - least) * ((double)i / (double)steps);
        const long double exact = expl(value);
        const double off = (double)fabsl((long double)softmax_exp_double(value) - exact);
        const double ulp = exact < 2.3e-308L ? 4.9406564584124654e-324 : ldexp(1.0, ilogb((double)exact) - 52);
        if (!(off / ulp <= worst)) worst = off / ulp;
    }
    printf("%.4f\n", worst);
    for (k = 3; k < count; ++k) printf("%a\n", softmax_exp_double(atof(words[k])));
    return 0;
}
"""
SPECIAL = ["-inf", "inf", "nan", "-1e308", "1e308", "-746", "710", "0", "-0.0", "5e-324"]
RESULTS = [0.0, math.inf, math.nan, 0.0, math.inf, 0.0, math.inf, 1.0, 1.0, 1.0]


@pytest.fixture(scope="module", params=["-O0", "-O2"])
def program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exp")
    (folder / "it.c").write_text(SOURCE)
    flags = ["-O2", "-fno-trapping-math"] if request.param == "-O2" else ["-O0"]
    done = run(
        compiler("gcc"), "-std=c99", *flags, "-I", GENERATED / "c", folder / "it.c", "-o", folder / "it", "-lm"
    )
    assert done.returncode == 0, done.stderr
    return folder / "it"


@pytest.mark.parametrize(("least", "most"), [(-1, 1), (-709, 709), (-1e-8, 1e-8), (-745.1, -708), (-60, 0)])
def test_it_is_within_an_ulp_or_two(program: Path, least: float, most: float) -> None:
    """Half an ulp for the last rounding; less than a quarter each for the rest (at most 0.35), of the term after
    one and of the series that it is made of, all next to one, where the result's ulp may be half as large as above it.
    Subnormal results are rounded once more, by the second factor.
    """
    worst = float(run(program, repr(least), repr(most)).stdout.split()[0])
    assert worst <= (1.75 if most < -700 else 1.25), f"{worst} ulp"


def test_what_is_out_of_range_ends_as_it_should(program: Path) -> None:
    done = run(program, "0", "1", *SPECIAL)
    found = [float.fromhex(word) for word in done.stdout.split()[1:]]
    assert str(found) == str(RESULTS)
