"""Numbers per frame, in columns that grow by blocks: memory stays flat, hours long."""

from typing import Any

import numpy as np
import numpy.typing as npt

BLOCK_ROWS = 16_384


class Columns:
    """A growing table with one typed column per name.

    About sixty bytes per frame: two hours at 24 frames a second take some ten megabytes.
    """

    def __init__(self, **types: Any) -> None:
        self.names = list(types)
        self._data = {name: np.zeros(BLOCK_ROWS, kind) for name, kind in types.items()}
        self._rows = 0

    @classmethod
    def of(cls, data: "dict[str, npt.NDArray[Any]]") -> "Columns":
        """A table with these columns; raises ValueError when their lengths differ."""
        if len({len(column) for column in data.values()}) > 1:
            raise ValueError("the columns of a table have different lengths")
        made = cls()
        made.names, made._data = list(data), dict(data)
        made._rows = len(next(iter(data.values()), ()))
        return made

    def __len__(self) -> int:
        return self._rows

    def append(self, *values: Any) -> None:
        """Add one row; values in the order of the names."""
        if self._rows == len(next(iter(self._data.values()))):
            self._data = {
                name: np.concatenate([data, np.zeros(max(BLOCK_ROWS, len(data) // 2), data.dtype)])
                for name, data in self._data.items()
            }
        for name, value in zip(self.names, values, strict=True):
            self._data[name][self._rows] = value
        self._rows += 1

    def extend(self, other: "Columns") -> None:
        """Add all rows of a table with the same columns."""
        need = self._rows + len(other)
        for name in self.names:
            data = self._data[name]
            if need > len(data):
                grown = np.zeros(max(need, len(data) + max(BLOCK_ROWS, len(data) // 2)), data.dtype)
                grown[: self._rows] = data[: self._rows]
                self._data[name] = data = grown
            data[self._rows : need] = other[name]
        self._rows = need

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self._data[name][: self._rows]


class Samples:
    """A growing one-dimensional float32 series, filled by chunks."""

    def __init__(self) -> None:
        self._data = np.zeros(BLOCK_ROWS, np.float32)
        self._rows = 0

    def __len__(self) -> int:
        return self._rows

    def extend(self, chunk: npt.NDArray[np.float32]) -> None:
        """Add a chunk at the end."""
        need = self._rows + len(chunk)
        if need > len(self._data):
            grown = np.zeros(max(need, len(self._data) * 3 // 2), np.float32)
            grown[: self._rows] = self._data[: self._rows]
            self._data = grown
        self._data[self._rows : need] = chunk
        self._rows = need

    @property
    def values(self) -> npt.NDArray[np.float32]:
        """The series so far."""
        return self._data[: self._rows]
