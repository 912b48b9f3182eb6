"""The file that keeps what one pass over a video saw, so that nothing has to be decoded again.

It holds `Seen` to the last bit, with every parameter of the measuring; how, says `packing`.
"""

import hashlib
import importlib
import io
import json
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, is_dataclass
from functools import cache
from types import ModuleType
from typing import IO, Any

from media_assets.analysis import (
    columns,
    cuts,
    faces,
    histograms,
    likeness,
    moves,
    picture,
    reading,
    segments,
    shots,
    sound,
    sparing,
    splitting,
    strip,
    subjects,
    transitions,
    unseen,
)
from media_assets.analysis.packing import pack_into, unpack_as
from media_assets.analysis.watch import Seen

# Raise it when the same parameters would measure something else than before.
VERSION = 5
KIND = "stakazo-analysis"
MEASURING = (
    *(columns, cuts, faces, histograms, likeness, moves, picture, reading, segments),
    *(shots, sound, sparing, splitting, strip, subjects, transitions, unseen),
)


@cache
def algorithm() -> dict[str, Any]:
    """Every number that decides what a pass sees: the constants and rules of the measuring modules."""
    found: dict[str, Any] = {}
    for module in _with_rooms(MEASURING):
        named: dict[str, Any] = {}
        for name, value in sorted(vars(module).items()):
            if not name.lstrip("_").isupper():
                continue
            if is_dataclass(value) and not isinstance(value, type):
                named[name] = asdict(value)
            elif isinstance(value, (bool, int, float, str, tuple, dict)):
                named[name] = value
        found[module.__name__.removeprefix(f"{__package__}.")] = named
    found["faces"]["finder"] = faces.finder()
    return dict(json.loads(json.dumps(found, sort_keys=True, default=str)))


def _with_rooms(modules: Iterable[ModuleType]) -> Iterator[ModuleType]:
    """The modules, and those inside of packages."""
    for module in modules:
        yield module
        for each in pkgutil.iter_modules(getattr(module, "__path__", ())):
            yield importlib.import_module(f"{module.__name__}.{each.name}")


@cache
def edition() -> str:
    """The version with a short hash of every parameter, such as "1-3fb2a90c44"."""
    told = json.dumps(algorithm(), sort_keys=True).encode()
    return f"{VERSION}-{hashlib.sha256(told).hexdigest()[:10]}"


def artifact_name(sha256: str) -> str:
    """Where the artifact of a file with this content lies in the storage."""
    return f"analyses/{sha256[:2]}/{sha256}-v{edition()}.npz"


def pack(seen: Seen) -> bytes:
    """Everything a pass saw, as the bytes of an artifact."""
    out = io.BytesIO()
    write(seen, out)
    return out.getvalue()


def write(seen: Seen, file: IO[bytes]) -> None:
    """As `pack`, into a file: of six hours, the bytes of an artifact are fifty megabytes and more."""
    told = {"algorithm": algorithm()}
    pack_into(file, seen, Seen, kind=KIND, edition=edition(), told=told)


def unpack(content: bytes) -> Seen:
    """What `pack` was given. Raises AnalysisDamaged, and AnalysisOutdated for another edition."""
    found: Seen = unpack_as(content, Seen, kind=KIND, edition=edition())
    return found
