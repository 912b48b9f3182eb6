"""What a seal remembers of each event of its batch: 56 bytes, in the order of commits."""

import struct
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

_ENTRY = struct.Struct(">16sq32s")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Member(NamedTuple):
    """id: 16 bytes. at_us: the event's time in microseconds since 1970. leaf: its leaf, 32 bytes."""

    id: bytes
    at_us: int
    leaf: bytes

    @property
    def event_id(self) -> str:
        """The id as people write it."""
        return str(uuid.UUID(bytes=self.id))


def pack(members: Iterable[Member]) -> bytes:
    """The members one after the other."""
    return b"".join(_ENTRY.pack(*member) for member in members)


def unpack(packed: bytes | memoryview) -> Iterator[Member]:
    """The members again; what is left over at the end, when somebody cut it, is dropped."""
    data = bytes(packed)
    whole = data[: len(data) - len(data) % _ENTRY.size]
    return map(Member._make, _ENTRY.iter_unpack(whole))


def microseconds(moment: datetime) -> int:
    """Since 1970."""
    return (moment - _EPOCH) // _MICROSECOND
