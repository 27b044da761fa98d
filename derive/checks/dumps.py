"""Arrays from files that nobody vouches for: no pickles, nothing allocated before the file is known to hold it."""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from derive.checks.binding import Array
from derive.errors import CheckError

# Deflate cannot make more than this of a byte; whatever claims to is not what it says.
EXPANSION = 1100


def read_npz(path: Path) -> dict[str, Array]:
    """The arrays of an .npz file by name; CheckError when it is not one, or holds anything but plain numbers."""
    found: dict[str, Array] = {}
    with _reading(str(path)), zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            name = member.filename.removesuffix(".npy")
            if name == member.filename or not name.isidentifier():
                raise CheckError(f"{path}: {member.filename!r} is not an array with a keyword name")
            if name in found:
                raise CheckError(f"{path}: {name} occurs twice")
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise CheckError(f"{path}: {name} is compressed in a way that numpy.savez does not use")
            if member.file_size > EXPANSION * max(member.compress_size, 1):
                raise CheckError(f"{path}: {name} claims to hold {member.file_size} bytes, more than its data can make")
            with _reading(f"{path}: {name}"), archive.open(member) as file:
                found[name] = _array(file, member.file_size, f"{path}: {name}")
    return found


def read_npy(path: Path, name: str) -> Array:
    """The array of an .npy file; CheckError when it is not one, or holds anything but plain numbers."""
    with _reading(f"{path} ({name})"), path.open("rb") as file:
        return _array(file, path.stat().st_size, f"{path} ({name})")


@contextmanager
def _reading(what: str) -> Iterator[None]:
    """Say which file it was when reading fails."""
    try:
        yield
    except CheckError:
        raise
    except MemoryError as error:
        raise CheckError(f"{what} does not fit into memory") from error
    except (OSError, ValueError, EOFError, SyntaxError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
        words = " ".join(str(error).split())[:200] or type(error).__name__
        raise CheckError(f"{what} cannot be read: {words}") from error


def _array(file: IO[bytes], size: int, what: str) -> Array:
    """One array in NumPy's format, after its header was found to fit the number of bytes there are."""
    start = io.BytesIO(file.read(min(size, 65536 + 16)))
    version = npy.read_magic(start)
    headers: dict[tuple[int, int], Any] = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
    if version not in headers:
        raise CheckError(f"{what} is in format {version[0]}.{version[1]} of NumPy, expected 1.0 or 2.0")
    shape, fortran, dtype = headers[version](start)
    if dtype.hasobject or dtype.kind not in "fiu":
        raise CheckError(f"{what} holds {dtype}, expected plain numbers; leave out what is None")
    if any(n < 0 for n in shape):
        raise CheckError(f"{what} has shape {shape}")
    expected = math.prod(shape) * dtype.itemsize
    if start.tell() + expected != size:
        raise CheckError(
            f"{what} says shape {shape} of {dtype}, that is {expected} bytes, but {size - start.tell()} are there"
        )
    data = bytearray(start.read())
    data += file.read(expected - len(data) + 1)  # one more than there is, so that a checksum is looked at
    if len(data) != expected:
        raise CheckError(f"{what} ends after {len(data)} of {expected} bytes")
    values = np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")
    return values.astype(dtype.newbyteorder("="), copy=False)
