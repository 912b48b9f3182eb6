"""Long series of numbers in a file without a name: memory stays flat, hours long.

What is worked out of a series is worked out a stretch at a time, to the last bit as if it were done
at once.
"""

import contextlib
import ctypes
import math
import tempfile
from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]

IN_MEMORY_BYTES = 512 * 1024  # of one series; a longer one goes to the disk
STRETCH = 65_536  # numbers that are worked on at once


class Long(Protocol):
    """Numbers that are read by stretches: a series, or an array."""

    def __len__(self) -> int: ...

    def __getitem__(self, stretch: slice, /) -> Numbers: ...


class Series:
    """Rows of numbers of one type and shape. They are added at the end and read by stretches."""

    def __init__(self, dtype: Any, shape: tuple[int, ...] = ()) -> None:
        self.dtype, self.shape = np.dtype(dtype), shape
        self.row_bytes = math.prod(shape) * self.dtype.itemsize
        self._count = 0
        self._file = tempfile.SpooledTemporaryFile(  # noqa: SIM115  lives as long as we do
            max_size=IN_MEMORY_BYTES, prefix="stakazo-series-"
        )

    def __len__(self) -> int:
        return self._count

    def extend(self, rows: Numbers) -> None:
        """Add rows, in the type of the series."""
        content = np.ascontiguousarray(rows, self.dtype)
        self._file.seek(0, 2)
        self._file.write(content.tobytes())
        self._count += len(content)

    def end_at(self, count: int) -> None:
        """Forget what is behind so many rows."""
        self._count = min(self._count, count)
        self._file.truncate(self._count * self.row_bytes)

    def __getitem__(self, stretch: slice) -> Numbers:
        first, end, step = stretch.indices(self._count)
        if step != 1:
            raise ValueError("a series is read without gaps")
        self._file.seek(first * self.row_bytes)
        raw = self._file.read(max(end - first, 0) * self.row_bytes)
        return np.frombuffer(raw, self.dtype).reshape(-1, *self.shape)

    def __del__(self) -> None:
        with contextlib.suppress(AttributeError):
            self._file.close()


def stretches(count: int) -> Iterator[tuple[int, int]]:
    """[first, end) of stretches that together are [0, count)."""
    for first in range(0, count, STRETCH):
        yield first, min(first + STRETCH, count)


def smoothed(numbers: Long, kernel: Numbers, first: int, end: int) -> Numbers:
    """np.convolve(numbers, kernel, mode="same")[first:end]; there are no fewer numbers than that."""
    low, high = max(first - len(kernel), 0), min(end + len(kernel), len(numbers))
    part: Numbers = np.convolve(numbers[low:high], kernel, mode="same")
    return part[first - low : end - low]


def deviation(numbers: Long) -> float:
    """numbers.astype(np.float64).std()."""

    def summed(first: int, count: int, less: float) -> float:
        """As numpy sums, in pairs of halves (`pairwise_sum`); less 0: the numbers, else squares of
        what they have above it."""
        if count > STRETCH:
            half = count // 2
            half -= half % 8
            return summed(first, half, less) + summed(first + half, count - half, less)
        part = numbers[first : first + count].astype(np.float64)
        if less:
            part -= less
            part *= part
        return float(np.add.reduce(part))

    count = len(numbers)
    mean = summed(0, count, 0.0) / count
    return math.sqrt(summed(0, count, mean) / count)


def give_back() -> None:
    """Give memory that is free back to the system; what was freed in small pieces stays ours else."""
    with contextlib.suppress(AttributeError, OSError):  # only the C library of GNU has it
        ctypes.CDLL(None).malloc_trim(0)
