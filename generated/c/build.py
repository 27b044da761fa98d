"""Builds the extension modules through which the Python modules of this folder call their headers.

Do not edit: this file is generated. Regenerate it with: regenerate-kernels

    python build.py                    # every header of this folder
    python build.py NAME.h ...         # some of them

It needs cffi, setuptools and a C compiler. Flags that the compiler does not know are left out, OpenMP among them; where
the environment variable CFLAGS is set, its flags are taken instead.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

# With -O2, gcc keeps sums in memory, not in registers, where its vectors are shorter than they could be: its choice for
# some machines. Without -fno-trapping-math, it keeps the branches of what chooses between two numbers, and without
# -fno-math-errno the calls of sqrt; such loops stay scalar.
FLAGS = (
    ("-O3", "-march=native", "-fno-trapping-math", "-fno-math-errno", "-fopenmp"),
    ("-O3", "-fno-trapping-math", "-fno-math-errno", "-fopenmp"),
    ("-O3", "-fopenmp"),
    ("-O3", "-march=native", "-fno-trapping-math", "-fno-math-errno"),  # Apple's clang has no OpenMP
    ("-O3", "-fno-trapping-math", "-fno-math-errno"),
    ("-O2",),
    (),
)


def declarations(header: str) -> str:
    """The part of a header that declares its functions, as cffi reads it."""
    found = re.search(r'extern "C" \{\n#endif\n(.*?)#ifdef __cplusplus', header, re.DOTALL)
    if found is None:
        raise ValueError("the header has no declarations between its guards for C++")
    return found[1]


def builder(path: Path, flags: tuple[str, ...] = FLAGS[0]) -> Any:
    """The cffi builder of one header; its module is called like the header, with an underscore in front."""
    from cffi import FFI

    path = path.resolve()  # the compiler runs in another folder
    header = path.read_text(encoding="utf-8")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    prefix = _prefix(header)
    ffi = FFI()
    ffi.cdef(declarations(header) + "const char *header_digest(void);")
    ffi.set_source(
        f"_{path.stem}",
        f"#define {prefix}_IMPLEMENTATION\n"
        f"#define {prefix}_SECOND_CACHE {_second_cache()}\n"
        f'#include "{path.name}"\n'
        f'static const char *header_digest(void) {{ return "{digest}"; }}\n',
        include_dirs=[str(path.parent)],
        libraries=[] if sys.platform == "win32" else ["m"],
        extra_compile_args=list(flags),
        extra_link_args=[flag for flag in flags if flag == "-fopenmp"],
    )
    return ffi


def _prefix(header: str) -> str:
    found = re.search(r"#ifndef (\w+)_H\n", header)
    if found is None:
        raise ValueError("the header has no include guard")
    return found[1]


def _second_cache() -> int:
    """The bytes of this machine's second cache; 0 where the system does not say."""
    try:
        return 1024 * int(Path("/sys/devices/system/cpu/cpu0/cache/index2/size").read_text().strip().removesuffix("K"))
    except (OSError, ValueError):
        return 0


def build(path: Path) -> Path:
    """Compile one header; returns the module, which lies beside it."""
    from cffi import VerificationError

    failures = []
    for flags in (tuple(os.environ["CFLAGS"].split()),) if "CFLAGS" in os.environ else FLAGS:
        with tempfile.TemporaryDirectory() as folder:
            try:
                made = Path(builder(path, flags).compile(tmpdir=folder))
            except VerificationError as error:
                failures.append(f"with {' '.join(flags) or 'no flags'}: {error}")
                continue
            place = path.parent / made.name
            part = place.with_name(f"{place.name}.part")
            part.write_bytes(made.read_bytes())
            part.replace(place)  # at once; whoever has loaded the old one keeps it
            return place
    raise RuntimeError(f"{path.name} could not be compiled\n" + "\n".join(failures))


def main(names: list[str]) -> None:
    """Build the named headers, or all of this folder."""
    folder = Path(__file__).resolve().parent
    for path in [folder / name for name in names] or sorted(folder.glob("*.h")):
        print(f"{path.name}: {build(path).name}")


if __name__ == "__main__":
    main(sys.argv[1:])
