"""Dataclasses of plain facts and columns of numbers as bytes, and back, without trust.

A ZIP archive: `head.json` with what is told by words and single numbers, and one member per column
of numbers (little-endian; the bytes of equal weight lie together, which halves what deflate makes of
them). Equal values give equal bytes. What is read is checked against the types that the caller
expects: nothing in the file can name a type, run code, or take more memory than MOST_BYTES.
"""

import io
import json
import types
import zipfile
from dataclasses import MISSING, fields, is_dataclass
from fractions import Fraction
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np
import numpy.typing as npt

from media_assets.analysis.columns import Columns
from media_assets.analysis.errors import AnalysisDamaged, AnalysisOutdated

Numbers = npt.NDArray[Any]

HEAD = "head.json"
MOST_BYTES = 512 * 1024 * 1024
MOST_HEAD_BYTES = 64 * 1024 * 1024
MOST_MEMBERS = 1_000
MOST_ROWS = 4_000_000  # of one list: rows are objects, and cost more than their bytes in the file
DTYPES = {"b1", "u1", "i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f2", "<f4", "<f8"}
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the time of every member: equal content, equal bytes


def pack_as(
    value: Any,
    kind_of: Any,
    *,
    kind: str,
    edition: str = "",
    told: dict[str, Any] | None = None,
    level: int = 6,
) -> bytes:
    """A dataclass of plain facts, arrays, `Columns` and lists of dataclasses, as bytes.

    kind, edition: what `unpack_as` will insist on. told: more for people to read in the head.
    level: how hard deflate tries, 1–9.
    """
    members: list[Numbers] = []
    head = {
        "kind": kind,
        "edition": edition,
        **(told or {}),
        "value": _encoded(value, kind_of, members),
        "members": [],
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number, member in enumerate(members):
            head["members"].append([member.dtype.str.replace("|", ""), list(member.shape)])
            _put(archive, f"{number:04d}", _by_weight(member), level)
        _put(archive, HEAD, json.dumps(head, separators=(",", ":")).encode(), level)
    return out.getvalue()


def unpack_as(content: bytes, kind_of: Any, *, kind: str, edition: str = "") -> Any:
    """What `pack_as` was given. Raises AnalysisDamaged, and AnalysisOutdated for another edition."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            head = _head_of(archive, kind, edition)
            return _decoded(head["value"], kind_of, _members_of(archive, head["members"]))
    except AnalysisOutdated:
        raise
    except Exception as error:  # whatever damage or malice makes of a ZIP, it is one thing to us
        raise AnalysisDamaged(
            f"The stored analysis cannot be read: {type(error).__name__}: {error}."
        ) from error


def _put(archive: zipfile.ZipFile, name: str, content: bytes, level: int) -> None:
    info = zipfile.ZipInfo(name, _LONG_AGO)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content, compresslevel=level)


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


def _members_of(archive: zipfile.ZipFile, described: list[Any]) -> list[Numbers]:
    found = []
    for number, (kind, shape) in enumerate(described):
        if kind not in DTYPES or not all(type(side) is int and side >= 0 for side in shape):
            raise ValueError("a column is of no known type")
        dtype = np.dtype(kind)
        content = archive.read(f"{number:04d}")  # checks the CRC; bounded by the sizes in the head
        weights = np.frombuffer(content, np.uint8).reshape(dtype.itemsize, -1)
        flat = np.ascontiguousarray(weights.T).reshape(-1).view(dtype)
        found.append(flat.reshape(shape))
    return found


def _by_weight(numbers: Numbers) -> bytes:
    """The first bytes of all numbers, then the second ones, and so on."""
    flat = np.ascontiguousarray(numbers).reshape(-1)
    return np.ascontiguousarray(flat.view(np.uint8).reshape(-1, flat.itemsize).T).tobytes()


# --- Values of known types ------------------------------------------------------------------------


@cache
def _fields_of(kind: Any) -> dict[str, tuple[Any, bool]]:
    """name → (type, whether it may be missing) of each stored field of a dataclass."""
    hints = get_type_hints(kind)
    return {
        field.name: (
            hints[field.name],
            field.default is not MISSING or field.default_factory is not MISSING,
        )
        for field in fields(kind)
    }


def _optional(hint: Any) -> tuple[Any, bool]:
    """(the type inside, whether None is allowed)."""
    if get_origin(hint) in (Union, types.UnionType):
        inside = [each for each in get_args(hint) if each is not type(None)]
        if len(inside) == 1:
            return inside[0], True
    return hint, False


def _is_array(hint: Any) -> bool:
    return hint is np.ndarray or get_origin(hint) is np.ndarray


def _member(members: list[Numbers], numbers: Numbers) -> int:
    kept = numbers.astype(numbers.dtype.newbyteorder("<"), copy=False)
    if kept.dtype.str.replace("|", "") not in DTYPES:
        raise TypeError(f"an analysis cannot keep {numbers.dtype} numbers")
    members.append(kept)
    return len(members) - 1


def _encoded(value: Any, hint: Any, members: list[Numbers]) -> Any:
    hint, _ = _optional(hint)
    origin = get_origin(hint)
    if value is None:
        return None
    if _is_array(hint):
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
    if origin is list and is_dataclass(get_args(hint)[0]):
        return _table(value, get_args(hint)[0], members)
    if origin in (list, tuple):
        inside = _inside(hint, len(value))
        return [_encoded(each, kind, members) for each, kind in zip(value, inside, strict=True)]
    return value.item() if isinstance(value, np.generic) else value


def _decoded(node: Any, hint: Any, members: list[Numbers]) -> Any:
    hint, may_be_none = _optional(hint)
    origin = get_origin(hint)
    if node is None and may_be_none:
        return None
    if _is_array(hint):
        return members[node]
    if hint is Columns:
        return Columns.of({name: members[number] for name, number in node.items()})
    if hint is Fraction:
        return Fraction(*node)
    if is_dataclass(hint):
        return _made(hint, {name: node[name] for name in node}, members)
    if origin is list and is_dataclass(get_args(hint)[0]):
        return _rows(node, get_args(hint)[0], members)
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


def _made(kind: Any, node: dict[str, Any], members: list[Numbers]) -> Any:
    given = {}
    for name, (hint, may_be_missing) in _fields_of(kind).items():
        if name in node:
            given[name] = _decoded(node[name], hint, members)
        elif not may_be_missing:
            raise KeyError(name)
    return kind(**given)


# --- Lists of dataclasses, column by column -------------------------------------------------------

_NUMBERS = {bool: np.bool_, int: np.int64, float: np.float64}
_PARTS = {"there", "numbers", "stacked", "tuples", "counts"}


def _table(rows: list[Any], kind: type, members: list[Numbers]) -> dict[str, Any]:
    return {
        "rows": len(rows),
        "columns": {
            name: _column([getattr(row, name) for row in rows], hint, members)
            for name, (hint, _) in _fields_of(kind).items()
        },
    }


def _column(values: list[Any], hint: Any, members: list[Numbers]) -> dict[str, Any]:
    """One field of all rows: as one column of numbers where its type allows, else one by one."""
    inside, may_be_none = _optional(hint)
    if may_be_none:
        there = np.array([value is not None for value in values], np.bool_)
        return {
            "there": _member(members, there),
            "of": _column([value for value in values if value is not None], inside, members),
        }
    if inside in _NUMBERS:
        return {"numbers": _member(members, np.array(values, _NUMBERS[inside]))}
    if (
        _is_array(inside)
        and values
        and len({(v.shape, v.dtype) for v in values}) == 1
        and values[0].size  # else nothing would say how many there are
    ):
        return {"stacked": _member(members, np.stack(values))}
    if get_origin(inside) is tuple and set(get_args(inside)) == {float}:
        width = len(get_args(inside))
        flat = np.array(values, np.float64).reshape(len(values), width)
        return {"tuples": _member(members, flat)}
    if get_origin(inside) is list and is_dataclass(get_args(inside)[0]):
        counts = np.array([len(value) for value in values], np.int64)
        flattened = [row for value in values for row in value]
        return {
            "counts": _member(members, counts),
            "of": _table(flattened, get_args(inside)[0], members),
        }
    return {"each": [_encoded(value, inside, members) for value in values]}


def _rows(node: dict[str, Any], kind: Any, members: list[Numbers]) -> list[Any]:
    count = node["rows"]
    if not 0 <= count <= MOST_ROWS:
        raise ValueError("a table with more rows than any analysis has")
    given = {}
    for name, (hint, may_be_missing) in _fields_of(kind).items():
        if name in node["columns"]:
            given[name] = _values(node["columns"][name], hint, members)
            if len(given[name]) != count:
                raise ValueError(f"the column {name} has another length than its table")
        elif not may_be_missing:
            raise KeyError(name)
    if not given and count:
        raise ValueError("a table without columns")
    return [kind(**{name: column[row] for name, column in given.items()}) for row in range(count)]


def _values(node: dict[str, Any], hint: Any, members: list[Numbers]) -> list[Any]:
    inside, may_be_none = _optional(hint)
    if any(len(members[node[part]]) > MOST_ROWS for part in _PARTS & node.keys()):
        raise ValueError("a column is longer than any of an analysis")
    if may_be_none:
        known = iter(_values(node["of"], inside, members))
        return [next(known) if there else None for there in members[node["there"]].tolist()]
    if inside in _NUMBERS:
        return list(members[node["numbers"]].astype(_NUMBERS[inside], copy=False).tolist())
    if "stacked" in node and _is_array(inside):
        return list(members[node["stacked"]])
    if "tuples" in node:
        return [tuple(row) for row in members[node["tuples"]].tolist()]
    if "counts" in node:
        flattened = iter(_rows(node["of"], get_args(inside)[0], members))
        counts = members[node["counts"]].tolist()
        if sum(counts) != node["of"]["rows"] or min(counts, default=0) < 0:
            raise ValueError("the rows of a table do not add up")
        return [[next(flattened) for _ in range(count)] for count in counts]
    return [_decoded(each, inside, members) for each in node["each"]]
