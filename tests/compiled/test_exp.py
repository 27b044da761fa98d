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
#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double at(const char *word, double value)
{
    const int below = word[strlen(word) - 1] == '-';
    if (word[0] == 'f') return below ? softmax_exp_below_float((float)value) : softmax_exp_float((float)value);
    if (word[0] == 's') return below ? softmax_exp_below_single(value) : softmax_exp_single(value);
    return below ? softmax_exp_below_double(value) : softmax_exp_double(value);
}

int main(int count, char **words)
{
    const long steps = 400000;
    const double least = atof(words[2]), most = atof(words[3]);
    const int in_float = words[1][0] == 'f';
    const double tiniest = in_float ? 1.401298464324817e-45 : 4.9406564584124654e-324;
    const double normal = in_float ? FLT_MIN : DBL_MIN;
    double worst = 0;
    long i;
    int k;
    for (i = 0; i <= steps; ++i) {
        const double apart = least + (most - least) * ((double)i / (double)steps);
        const double value = in_float ? (float)apart : apart;
        const long double exact = expl(value);
        const double off = (double)fabsl((long double)at(words[1], value) - exact);
        const double ulp = exact < normal ? tiniest : ldexp(1.0, ilogb((double)exact) - (in_float ? 23 : 52));
        if (!(off / ulp <= worst)) worst = off / ulp;
    }
    printf("%.4f\n", worst);
    for (k = 4; k < count; ++k) printf("%a\n", at(words[1], atof(words[k])));
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


@pytest.mark.parametrize(
    ("word", "least", "most"),
    [("double", *ends) for ends in ((-1, 1), (-709, 709), (-1e-8, 1e-8), (-745.1, -708), (-60, 0))]
    + [("float", *ends) for ends in ((-1, 1), (-87, 88), (-103.9, -87), (-1e-4, 1e-4))]
    + [("double-", *ends) for ends in ((-1, 0), (-709, 0), (-1e-8, 0), (-745.1, -708))]
    + [("float-", *ends) for ends in ((-1, 0), (-87, 0), (-103.9, -87), (-1e-4, 0))],
)
def test_it_is_within_an_ulp_or_two(program: Path, word: str, least: float, most: float) -> None:
    """Half an ulp for the last rounding; less than a quarter each for the rest (at most 0.35), of the term after
    one and of the series that it is made of, all next to one, where the result's ulp may be half as large as above it.
    Subnormal results are rounded once more, by the second factor.
    """
    worst = float(run(program, word, repr(least), repr(most)).stdout.split()[0])
    assert worst <= (1.75 if most < -80 else 1.25), f"{worst} ulp"


@pytest.mark.parametrize(
    ("word", "least", "most"),
    [("single", -1, 1), ("single", -87, 88), ("single", -700, 700), ("single-", -1, 0), ("single-", -700, 0)],
)
def test_for_sums_over_float_data_the_series_is_shorter(program: Path, word: str, least: float, most: float) -> None:
    """2^-32 is 2^20 units in the last place of double, and a two-hundredth of one of float."""
    worst = float(run(program, word, repr(least), repr(most)).stdout.split()[0])
    assert 2**10 < worst <= 2**21, f"{worst} ulp"


@pytest.mark.parametrize("word", ["double", "single", "float"])
def test_what_is_out_of_range_ends_as_it_should(program: Path, word: str) -> None:
    done = run(program, word, "0", "1", *SPECIAL)
    found = [float.fromhex(text) for text in done.stdout.split()[1:]]
    assert str(found) == str(RESULTS)


@pytest.mark.parametrize("word", ["double-", "single-", "float-"])
def test_below_zero_what_is_out_of_range_ends_so_too(program: Path, word: str) -> None:
    ends = {text: result for text, result in zip(SPECIAL, RESULTS, strict=True) if not float(text) > 1}
    done = run(program, word, "0", "1", *ends)
    assert str([float.fromhex(text) for text in done.stdout.split()[1:]]) == str(list(ends.values()))


DIFFERENCES = r"""
#define SOFTMAX_IMPLEMENTATION
#include "softmax.h"
#include <stdio.h>
#include <stdlib.h>

/* The largest error in ulp over numbers below `less`, which their difference rounds differently each time. */
int main(int count, char **words)
{
    const float less = (float)atof(words[1]);
    const double reach = atof(words[2]);
    double worst = 0;
    long i;
    int k;
    for (i = 0; i < 200000; ++i) {
        const float of = (float)((double)less - reach * (double)i / 200000.0);
        const long double exact = expl((long double)of - less);
        const double ulp = ldexp(1.0, ilogb((double)exact) - 23);
        const double off = (double)fabsl((long double)softmax_exp_less_float(of, less) - exact) / ulp;
        if (!(off <= worst)) worst = off;
    }
    printf("%.4f\n", worst);
    for (k = 3; k < count; ++k) printf("%a\n", (double)softmax_exp_less_float((float)atof(words[k]), less));
    return 0;
}
"""


@pytest.mark.parametrize("less", ["0", "0.3333", "77.7", "-12.3", "1e-3", "-1e4", "16777217"])
def test_of_a_difference_nothing_is_lost(tmp_path: Path, less: str) -> None:
    """The bound is that of a single argument, however the difference is rounded (at 77.7 by up to 2^-18)."""
    (tmp_path / "it.c").write_text(DIFFERENCES)
    done = run(
        compiler("gcc"), "-std=c99", "-O2", "-I", GENERATED / "c", tmp_path / "it.c", "-o", tmp_path / "it", "-lm"
    )
    assert done.returncode == 0, done.stderr
    worst, *ends = run(tmp_path / "it", less, "87", "-inf", "nan", less, "-3e38").stdout.split()
    assert float(worst) <= 1.3, f"{worst} ulp"
    assert str([float.fromhex(text) for text in ends]) == str([0.0, math.nan, 1.0, 0.0])
