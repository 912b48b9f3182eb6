"""Dataclasses of plain facts and columns of numbers as bytes, and back, without trust.

A ZIP archive: `head.json` with what is told by words and single numbers, and one member per column
of numbers (little-endian; the bytes of equal weight lie together, which halves what deflate makes of
them). Equal values give equal bytes. What is read is checked against the types that the caller
expects: nothing in the file can name a type, run code, or take more memory than MOST_BYTES.
"""

import io
import json
import math
import zipfile
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from fractions import Fraction
from functools import cache
from typing import IO, Any, get_args, get_origin

import numpy as np
import numpy.typing as npt

from media_assets.analysis import rows
from media_assets.analysis.columns import Columns
from media_assets.analysis.errors import AnalysisDamaged, AnalysisOutdated
from media_assets.analysis.rows import KINDS, Rows, is_array, optional, types_of
from media_assets.analysis.series import Series

Numbers = npt.NDArray[Any]
Member = Numbers | Series

HEAD = "head.json"
MOST_BYTES = 512 * 1024 * 1024
MOST_HEAD_BYTES = 64 * 1024 * 1024
MOST_MEMBERS = 1_000
MOST_ROWS = 4_000_000  # of one list: rows are objects, and cost more than their bytes in the file
AT_ONCE = 65_536  # numbers
DTYPES = {"b1", "u1", "i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f2", "<f4", "<f8"}


def pack_into(
    file: IO[bytes],
    value: Any,
    kind_of: Any,
    *,
    kind: str,
    edition: str = "",
    told: dict[str, Any] | None = None,
    level: int = 6,
) -> None:
    """Write a dataclass of plain facts, arrays, `Columns`, `Rows` and lists of dataclasses.

    kind, edition: what `unpack_as` will insist on. told: more for people to read in the head.
    level: how hard deflate tries, 1–9.
    """
    members: list[Member] = []
    head = {
        "kind": kind,
        "edition": edition,
        **(told or {}),
        "value": _encoded(value, kind_of, members),
        "members": [],
    }
    # Members have no time of their own (1980): equal content, equal bytes.
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for number, member in enumerate(members):
            dtype = np.dtype(member.dtype)
            shape = (len(member), *member.shape) if isinstance(member, Series) else member.shape
            head["members"].append([dtype.str.replace("|", ""), list(shape)])
            with archive.open(f"{number:04d}", "w") as out:
                for piece in _by_weight(member):
                    out.write(piece)
        with archive.open(HEAD, "w") as out:
            out.write(json.dumps(head, separators=(",", ":")).encode())


def unpack_as(content: bytes, kind_of: Any, *, kind: str, edition: str = "") -> Any:
    """What `pack_into` was given. Raises AnalysisDamaged, and AnalysisOutdated for another edition."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            head = _head_of(archive, kind, edition)
            return _decoded(head["value"], kind_of, _Members(archive, head["members"]))
    except AnalysisOutdated:
        raise
    except Exception as error:  # whatever damage or malice makes of a ZIP, it is one thing to us
        raise AnalysisDamaged(
            f"The stored analysis cannot be read: {type(error).__name__}: {error}."
        ) from error


def _head_of(archive: zipfile.ZipFile, kind: str, edition: str) -> dict[str, Any]:
    members = archive.infolist()
    if len(members) > MOST_MEMBERS or sum(each.file_size for each in members) > MOST_BYTES:
        raise ValueError("it claims to be larger than any analysis")
    info = archive.getinfo(HEAD)
    if info.file_size > MOST_HEAD_BYTES:
        raise ValueError("its head is too long")
    head = json.loads(archive.read(info))
    if head["kind"] != kind:
        raise ValueError(f"it is not a {kind}")
    if head["edition"] != edition:
        raise AnalysisOutdated(
            f"The analysis was made by another version ({str(head['edition'])[:40]}; ours is {edition}). "
            "Analyse the video again.",
            edition=str(head["edition"])[:40],
        )
    return dict(head)


class _Members:
    """The columns of an archive, each read when it is asked for."""

    def __init__(self, archive: zipfile.ZipFile, described: list[Any]) -> None:
        self._archive, self._described = archive, described
        for number, (kind, shape) in enumerate(described):
            if kind not in DTYPES or not all(type(side) is int and side >= 0 for side in shape):
                raise ValueError("a column is of no known type")
            if archive.getinfo(f"{number:04d}").file_size != _size_of(kind, shape):
                raise ValueError("a column has another size than it says")

    def __getitem__(self, number: int) -> Numbers:
        kind, shape = self._described[number]
        dtype, name, count = np.dtype(kind), f"{number:04d}", math.prod(shape)
        weights = np.empty((count, dtype.itemsize), np.uint8)
        with self._archive.open(name) as stream:
            for weight in range(dtype.itemsize):
                for first in range(0, count, AT_ONCE):
                    end = min(first + AT_ONCE, count)
                    weights[first:end, weight] = np.frombuffer(stream.read(end - first), np.uint8)
            if stream.read(1):  # at the end, the CRC is checked
                raise ValueError("a column is longer than it says")
        return weights.reshape(-1).view(dtype).reshape(shape)


def _size_of(kind: str, shape: list[int]) -> int:
    return int(np.dtype(kind).itemsize * math.prod(shape))


def _by_weight(member: Member) -> Iterator[bytes]:
    """The first bytes of all numbers, then the second ones, and so on; some at a time."""
    rows_of = member if isinstance(member, Series) else np.ascontiguousarray(member).reshape(-1)
    at_once = max(1, AT_ONCE // math.prod(member.shape)) if isinstance(member, Series) else AT_ONCE
    for weight in range(np.dtype(member.dtype).itemsize):
        for first in range(0, len(rows_of), at_once):
            flat = np.ascontiguousarray(rows_of[first : first + at_once]).reshape(-1)
            yield flat.view(np.uint8).reshape(-1, flat.itemsize)[:, weight].tobytes()


def _member(members: list[Member], numbers: Numbers) -> int:
    kept = numbers.astype(numbers.dtype.newbyteorder("<"), copy=False)
    if kept.dtype.str.replace("|", "") not in DTYPES:
        raise TypeError(f"an analysis cannot keep {numbers.dtype} numbers")
    members.append(kept)
    return len(members) - 1


# --- Values of known types ------------------------------------------------------------------------


@cache
def _fields_of(kind: Any) -> dict[str, tuple[Any, bool]]:
    """name → (type, whether it may be missing) of each stored field of a dataclass."""
    return {
        field.name: (
            types_of(kind)[field.name],
            field.default is not MISSING or field.default_factory is not MISSING,
        )
        for field in fields(kind)
    }


def _encoded(value: Any, hint: Any, members: list[Member]) -> Any:
    hint, _ = optional(hint)
    origin = get_origin(hint)
    if value is None:
        return None
    if is_array(hint):
        return _member(members, value)
    if hint is Columns:
        return {name: _member(members, value[name]) for name in value.names}
    if hint is Fraction:
        return [value.numerator, value.denominator]
    if isinstance(hint, type) and is_dataclass(hint):
        return {
            name: _encoded(getattr(value, name), kind, members)
            for name, (kind, _) in _fields_of(hint).items()
        }
    if origin in (list, Rows) and is_dataclass(get_args(hint)[0]):
        table = value if isinstance(value, Rows) else Rows(get_args(hint)[0], value)
        return _table(table, members)
    if origin in (list, tuple):
        inside = _inside(hint, len(value))
        return [_encoded(each, kind, members) for each, kind in zip(value, inside, strict=True)]
    return value.item() if isinstance(value, np.generic) else value


def _decoded(node: Any, hint: Any, members: _Members) -> Any:
    hint, may_be_none = optional(hint)
    origin = get_origin(hint)
    if node is None and may_be_none:
        return None
    if is_array(hint):
        return members[node]
    if hint is Columns:
        return Columns.of({name: members[number] for name, number in node.items()})
    if hint is Fraction:
        return Fraction(*node)
    if is_dataclass(hint):
        return _made(hint, {name: node[name] for name in node}, members)
    if origin in (list, Rows) and is_dataclass(get_args(hint)[0]):
        table = _rows(node, get_args(hint)[0], members)
        return list(table) if origin is list else table
    if origin in (list, tuple):
        inside = _inside(hint, len(node))
        found = [_decoded(each, kind, members) for each, kind in zip(node, inside, strict=True)]
        return found if origin is list else tuple(found)
    return _plain(node, hint)


def _plain(node: Any, hint: Any) -> Any:
    if hint is float and type(node) is int:
        return float(node)
    if hint in (bool, int, float, str) and type(node) is not hint:
        raise TypeError(f"{type(node).__name__} where {hint.__name__} belongs")
    return node


def _inside(hint: Any, count: int) -> list[Any]:
    """The types of the values of a list or tuple with so many of them."""
    arguments = get_args(hint) or (Any,)
    if get_origin(hint) is tuple and arguments[-1] is not Ellipsis:
        return list(arguments)
    return [arguments[0]] * count


def _made(kind: Any, node: dict[str, Any], members: _Members) -> Any:
    given = {}
    for name, (hint, may_be_missing) in _fields_of(kind).items():
        if name in node:
            given[name] = _decoded(node[name], hint, members)
        elif not may_be_missing:
            raise KeyError(name)
    return kind(**given)


# --- Lists of dataclasses, column by column -------------------------------------------------------


def _table(table: Rows[Any], members: list[Member]) -> dict[str, Any]:
    return {
        "rows": len(table),
        "columns": {
            name: _column(table.columns[name], hint, members)
            for name, (hint, _) in _fields_of(table.kind).items()
        },
    }


def _column(column: rows.Column, hint: Any, members: list[Member]) -> dict[str, Any]:
    """One field of all rows: as one column of numbers where its type allows, else one by one."""
    inside, _ = optional(hint)
    match column:
        case rows.Maybe():
            there = _member(members, column.there())
            return {"there": there, "of": _column(column.inside, inside, members)}
        case rows.Plain():
            return {"numbers": _member(members, column.numbers())}
        case rows.Tuples():
            return {"tuples": _member(members, column.numbers())}
        case rows.Lists():
            counts = _member(members, column.counts())
            return {"counts": counts, "of": _table(column.rows, members)}
        case rows.Arrays(alike=Series() as stacked):
            members.append(stacked)
            return {"stacked": len(members) - 1}
    return {"each": [_encoded(column[row], inside, members) for row in range(len(column))]}


def _rows(node: dict[str, Any], kind: Any, members: _Members) -> Rows[Any]:
    count = node["rows"]
    if not 0 <= count <= MOST_ROWS:
        raise ValueError("a table with more rows than any analysis has")
    given: dict[str, rows.Column] = {}
    for name, (hint, may_be_missing) in _fields_of(kind).items():
        if name in node["columns"]:
            given[name] = _values(node["columns"][name], hint, members)
            if len(given[name]) != count:
                raise ValueError(f"the column {name} has another length than its table")
        elif not may_be_missing:
            raise KeyError(name)
    if not given and count:
        raise ValueError("a table without columns")
    if len(given) < len(_fields_of(kind)):  # some have their defaults
        made = ({name: given[name][row] for name in given} for row in range(count))
        return Rows(kind, (kind(**each) for each in made))
    return Rows.of(kind, given)


def _values(node: dict[str, Any], hint: Any, members: _Members) -> rows.Column:
    inside, may_be_none = optional(hint)
    if may_be_none:
        there = _short(members[node["there"]])
        return rows.Maybe(_values(node["of"], inside, members), there.astype(np.bool_, copy=False))
    if inside in KINDS:
        return rows.Plain(inside, _short(members[node["numbers"]]))
    if "stacked" in node and is_array(inside):
        return rows.Arrays(_short(members[node["stacked"]]))
    if "tuples" in node and isinstance(tuples := rows.column_for(inside), rows.Tuples):
        return rows.Tuples(tuples.width, _short(members[node["tuples"]]))
    if "counts" in node:
        kind = get_args(inside)[0]
        return rows.Lists(kind, _rows(node["of"], kind, members), _short(members[node["counts"]]))
    column = rows.column_for(inside)
    for each in node["each"]:
        column.append(_decoded(each, inside, members))
    return column


def _short(numbers: Numbers) -> Numbers:
    if numbers.ndim < 1 or len(numbers) > MOST_ROWS:
        raise ValueError("a column is longer than any of an analysis")
    return numbers
