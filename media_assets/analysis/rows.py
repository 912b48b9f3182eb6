"""A long list of one dataclass, kept as columns: a row is made when it is asked for.

Hours of video leave ten thousands of rows. As objects each takes several times the bytes of its
numbers; arrays, most of what a row holds, lie in a file without a name once they are many (`series`).
"""

import types
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import (
    Any,
    Generic,
    Protocol,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import numpy as np
import numpy.typing as npt

from media_assets.analysis.series import Series

Row = TypeVar("Row")
Numbers = npt.NDArray[Any]

KINDS: dict[Any, tuple[str, Any]] = {
    bool: ("b", np.bool_),
    int: ("q", np.int64),
    float: ("d", np.float64),
}
AT_ONCE = 256  # arrays that are read


class Column(Protocol):
    """The values of one field, in the order of the rows."""

    def __len__(self) -> int: ...

    def __getitem__(self, row: int, /) -> Any: ...

    def append(self, value: Any, /) -> None:
        """Add the value of the next row."""


class Rows(Sequence[Row], Generic[Row]):
    """Rows of one dataclass. Each row that is asked for is a new object: changing it changes nothing
    here."""

    def __init__(self, kind: type[Row], rows: Iterable[Row] = ()) -> None:
        self.kind: Any = kind
        self.columns: dict[str, Column] = {
            name: column_for(hint) for name, hint in types_of(cast(Any, kind)).items()
        }
        self._count = 0
        for row in rows:
            self.append(row)

    @classmethod
    def of(cls, kind: type[Row], columns: dict[str, Column]) -> "Rows[Row]":
        """Rows with these columns. Raises ValueError when their lengths or names are others."""
        made = cls(kind)
        if set(columns) != set(made.columns) or len({len(each) for each in columns.values()}) > 1:
            raise ValueError("the columns of a table do not fit")
        made.columns = {name: columns[name] for name in made.columns}
        made._count = len(next(iter(columns.values()), ()))
        return made

    def append(self, row: Row) -> None:
        """Add one row."""
        for name, column in self.columns.items():
            column.append(getattr(row, name))
        self._count += 1

    def values(self, field: str) -> Iterator[Any]:
        """One field of all rows."""
        column = self.columns[field]
        return (column[row] for row in range(self._count))

    def between(self, field: str, low: int, high: int) -> list[Row]:
        """Rows whose field is in [low, high); the field must grow from row to row."""
        first = _bisect(self.columns[field], low)
        return [self[row] for row in range(first, _bisect(self.columns[field], high, first))]

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Row]:
        return (self[row] for row in range(self._count))

    def __getitem__(self, row: Any) -> Any:
        if isinstance(row, slice):
            return [self[each] for each in range(*row.indices(self._count))]
        at = row + self._count if row < 0 else row
        if not 0 <= at < self._count:
            raise IndexError("no such row")
        return self.kind(*[column[at] for column in self.columns.values()])


@cache
def types_of(kind: Any) -> dict[str, Any]:
    """name → type of each field of a dataclass, in order."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def optional(hint: Any) -> tuple[Any, bool]:
    """(the type inside, whether None is allowed)."""
    if get_origin(hint) in (Union, types.UnionType):
        inside = [each for each in get_args(hint) if each is not type(None)]
        if len(inside) == 1:
            return inside[0], True
    return hint, False


def is_array(hint: Any) -> bool:
    """Whether it is the type of a numpy array."""
    return hint is np.ndarray or get_origin(hint) is np.ndarray


def column_for(hint: Any) -> Column:
    """An empty column for values of this type."""
    inside, may_be_none = optional(hint)
    if may_be_none:
        return Maybe(column_for(inside))
    if inside in KINDS:
        return Plain(inside)
    if is_array(inside):
        return Arrays()
    if get_origin(inside) is tuple and set(get_args(inside)) == {float}:
        return Tuples(len(get_args(inside)))
    if get_origin(inside) is list and is_dataclass(get_args(inside)[0]):
        return Lists(get_args(inside)[0])
    return Anything()


class Anything(list[Any]):
    """Values of whatever type."""


class Plain:
    """Numbers or truths of one Python type."""

    def __init__(self, kind: type, numbers: Numbers | None = None) -> None:
        self.kind = kind
        code, self.dtype = KINDS[kind]
        self._values = array(code)
        if numbers is not None:
            self._values.frombytes(np.asarray(numbers, self.dtype).tobytes())

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, row: int) -> Any:
        return self.kind(self._values[row])

    def append(self, value: Any) -> None:
        """Add one."""
        self._values.append(value)

    def numbers(self) -> Numbers:
        """All of them; a copy."""
        return np.array(self._values, self.dtype)


class Tuples:
    """Tuples of so many floats."""

    def __init__(self, width: int, numbers: Numbers | None = None) -> None:
        self.width = width
        self._values = array("d")
        if numbers is not None:
            if numbers.ndim != 2 or numbers.shape[1] != width:
                raise ValueError("tuples of another length")
            self._values.frombytes(np.asarray(numbers, np.float64).tobytes())

    def __len__(self) -> int:
        return len(self._values) // self.width

    def __getitem__(self, row: int) -> tuple[float, ...]:
        return tuple(self._values[row * self.width : (row + 1) * self.width])

    def append(self, value: Sequence[float]) -> None:
        """Add one. Raises ValueError for one of another length."""
        if len(value) != self.width:
            raise ValueError("a tuple of another length")
        self._values.extend(map(float, value))

    def numbers(self) -> Numbers:
        """(rows, width); a copy."""
        return np.array(self._values, np.float64).reshape(-1, self.width)


class Maybe:
    """Values of a column, or None."""

    def __init__(self, inside: Column, there: Numbers | None = None) -> None:
        self.inside = inside
        self._at = array("q")  # the row inside; -1: None
        if there is not None:
            if int(there.sum()) != len(inside):
                raise ValueError("more or fewer values than there should be")
            self._at.frombytes(np.where(there, np.cumsum(there) - 1, -1).astype(np.int64).tobytes())

    def __len__(self) -> int:
        return len(self._at)

    def __getitem__(self, row: int) -> Any:
        at = self._at[row]
        return None if at < 0 else self.inside[at]

    def append(self, value: Any) -> None:
        """Add one, or None."""
        self._at.append(-1 if value is None else len(self.inside))
        if value is not None:
            self.inside.append(value)

    def there(self) -> Numbers:
        """Whether each row has a value."""
        return np.array(self._at, np.int64) >= 0


class Lists:
    """Lists of a dataclass, one behind the other."""

    def __init__(
        self, kind: Any, flattened: "Rows[Any] | None" = None, counts: Numbers | None = None
    ) -> None:
        self.rows: Rows[Any] = Rows(kind) if flattened is None else flattened
        self._ends = array("q", [0])
        if counts is not None:
            if (len(counts) and int(counts.min()) < 0) or int(counts.sum()) != len(self.rows):
                raise ValueError("the rows of a table do not add up")
            self._ends.frombytes(np.cumsum(counts, dtype=np.int64).tobytes())

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, row: int) -> list[Any]:
        return [self.rows[at] for at in range(self._ends[row], self._ends[row + 1])]

    def append(self, value: list[Any]) -> None:
        """Add one."""
        for each in value:
            self.rows.append(each)
        self._ends.append(len(self.rows))

    def counts(self) -> Numbers:
        """How long each list is."""
        return np.diff(np.array(self._ends, np.int64))


class Arrays:
    """Arrays: of one shape and type in a series, else as they are."""

    def __init__(self, stacked: Numbers | None = None) -> None:
        self._alike: Series | None = None
        self._apart: list[Numbers] = []  # where they differ
        self._read: tuple[int, Numbers] = (0, np.zeros(0))  # number of the first, some of them
        if stacked is not None:
            self._alike = Series(stacked.dtype, stacked.shape[1:])
            self._alike.extend(stacked)

    def __len__(self) -> int:
        return len(self._apart) if self._alike is None else len(self._alike)

    def __getitem__(self, row: int) -> Numbers:
        if self._alike is None:
            return self._apart[row]
        first, some = self._read
        if not first <= row < first + len(some):
            first = row - row % AT_ONCE
            self._read = first, self._alike[first : first + AT_ONCE]
        found: Numbers = self._read[1][row - self._read[0]]
        return found

    def append(self, value: Numbers) -> None:
        """Add one."""
        if not len(self) and value.size:
            self._alike = Series(value.dtype, value.shape)
        if self._alike is None:
            self._apart.append(value)
        elif (self._alike.dtype, self._alike.shape) == (value.dtype, value.shape):
            self._alike.extend(value[None])
            self._read = (0, np.zeros(0))
        else:
            self._apart = [*self._alike[:], value]
            self._alike = None

    @property
    def alike(self) -> "Series | None":
        """All of them, where there are some and all have one form."""
        return self._alike if len(self) else None


def _bisect(column: Column, value: int, low: int = 0) -> int:
    """The first row that is not below the value."""
    high = len(column)
    while low < high:
        middle = (low + high) // 2
        if column[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low
