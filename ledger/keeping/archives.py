"""Making an archive: a file of events, the seals over them beside it, both read back, then signed.

The order of steps is what makes it safe: the files are whole in the storage and were read back before
the row that speaks of them is there, and that row is there before any event goes.
"""

import gzip
import hashlib
import json
import os
import secrets
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction

from ledger.keeping.bounds import Bounds
from ledger.keeping.exporting import as_key, seal_line
from ledger.keeping.formats import JsonLines, Parquet, Writer, has_parquet
from ledger.models import LedgerArchive, LedgerEvent, LedgerSeal
from ledger.sealing.bodies import sign_archive
from ledger.sealing.gone import Bits, pack_bits, places_of, unpack_bits
from ledger.sealing.keys import sealing_key
from ledger.sealing.members import Member, unpack
from ledger.sealing.merkle import leaf_hash
from ledger.sealing.rows import Row, stream_rows
from ledger.sealing.sealer import position_behind
from ledger.watermark import Position
from stakazo.core.errors import Conflict, Unavailable

FOLDER = "ledger/archives"
EVENTS = 50_000
"""In one archive, at most."""

_PIECE = 1024 * 1024


class ArchiveNotRead(Unavailable):
    """An archive did not come back from the storage as it was written; nothing was removed."""

    code = "ledger.archive-not-read"


class PrunedMeanwhile(Conflict):
    """Another pruning made this archive first; it goes on with it."""

    code, permanent = "ledger.pruned-meanwhile", False


@dataclass
class Taken:
    """What went into the files. left: events that are not what was sealed, so they stay where they are."""

    count: int = 0
    first: Row | None = None
    last: Row | None = None
    bits: Bits = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    content_hash: str = ""


def make_archive(
    bounds: Bounds, *, number: int, after: Position | None, upto: Position
) -> tuple[LedgerArchive | None, list[str], Position | None]:
    """Archive the next events that the bounds let go, behind `after` and not behind `upto`.

    number: of the archive, one more than the last. Both in commit order, and up to there all must be sealed. (the archive, or None where all events of
    this part stay; the ids of events that are not what was sealed, which stay; where to go on, None at
    the end). Raises ArchiveNotRead, PrunedMeanwhile, and what the storage raises.
    """
    work = Path(settings.WORK_DIR)  # what a kill leaves there has a sweeper
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ledger-archive-", dir=work) as name:
        folder = Path(name)
        taken, seen = _take(bounds, after, upto, folder)
        archive = _keep(bounds, number, taken, folder) if taken.count else None
        return archive, taken.left, seen


def _take(
    bounds: Bounds, after: Position | None, upto: Position, folder: Path
) -> tuple[Taken, Position | None]:
    taken, hashed, seen = Taken(), hashlib.sha256(), None
    with ExitStack() as files:
        lines = _Hashing(_packed(folder / "events", files), hashed)
        writers: list[Writer] = [JsonLines(cast(BinaryIO, lines))]
        if has_parquet():
            writers.append(Parquet(files.enter_context((folder / "parquet").open("wb"))))
        seals = _Seals(_packed(folder / "seals", files))
        where, values = within(bounds, after, upto)
        for row in stream_rows(where, values, commit_order=True, limit=EVENTS):
            seen = Position(row.major, row.id)
            number, place = seals.place_of(row)
            if place is None:
                taken.left.append(row.id)
                continue
            for writer in writers:
                writer.write(row)
            taken.bits[number] = taken.bits.get(number, 0) | 1 << place
            taken.first, taken.last = taken.first or row, row
            taken.count += 1
        for writer in writers:
            writer.close()
    taken.content_hash = hashed.hexdigest()
    return taken, seen


def _packed(path: Path, files: ExitStack) -> IO[bytes]:
    file = gzip.open(path, "wb", 6)  # noqa: SIM115  the stack closes it
    files.callback(file.close)
    return cast(IO[bytes], file)


class _Hashing:
    """Writes through, and hashes what it writes."""

    def __init__(self, out: IO[bytes], hashed: Any) -> None:
        self._write, self._update = out.write, hashed.update

    def write(self, data: bytes) -> None:
        self._update(data)
        self._write(data)


class _Seals:
    """The seals over rows that come in commit order; each one touched is written out once."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._seals: Iterator[LedgerSeal] | None = None
        self._end = Position()
        self._number = 0
        self._places: dict[bytes, tuple[int, Member]] = {}

    def place_of(self, row: Row) -> tuple[int, int | None]:
        """(number of its seal, its place there); the place is None when it is not what was sealed."""
        here = (row.major, row.id)
        if self._seals is None:
            first = LedgerSeal.objects.filter(position__gte=row.major).order_by("number")
            self._seals = first.iterator(20)
        while here > (self._end.major, self._end.minor):
            seal = next(self._seals, None)
            if seal is None:
                return self._number, None
            self._end, self._number = position_behind(seal), seal.number
            if here <= (self._end.major, self._end.minor):
                members = enumerate(unpack(seal.members))
                self._places = {member.id: (n, member) for n, member in members}
                self._out.write(seal_line(seal))
        place, member = self._places.get(row.key, (None, None))
        content = row.canonical()
        if (
            member is None
            or leaf_hash(content) != member.leaf
            or hashlib.sha256(content).hexdigest() != row.row_hash
        ):
            return self._number, None
        return self._number, place


def within(bounds: Bounds, after: Position | None, upto: Position) -> tuple[str, list[Any]]:
    """The condition in SQL of what the bounds let go between two positions, and its values."""
    where, values = bounds.where()
    if connection.vendor == "postgresql":
        where += " AND (txid, id) <= (%s::text::xid8, %s::uuid)"
        values += [str(upto.major), upto.minor]
        if after:
            where += " AND (txid, id) > (%s::text::xid8, %s::uuid)"
            values += [str(after.major), after.minor]
        return where, values
    where += " AND rowid <= %s"
    values.append(upto.major)
    if after:
        where += " AND rowid > %s"
        values.append(after.major)
    return where, values


def _keep(bounds: Bounds, number: int, taken: Taken, folder: Path) -> LedgerArchive:
    """The files into the storage, read back, then the row."""
    stem = (
        f"{FOLDER}/{number:08}-{secrets.token_hex(4)}"  # a killed attempt may have left the number
    )
    names = [
        _store(folder / part, f"{stem}.{ending}")
        for part, ending in (
            ("events", "jsonl.gz"),
            ("seals", "seals.jsonl.gz"),
            ("parquet", "parquet"),
        )
        if (folder / part).exists()
    ]
    first, last = taken.first, taken.last
    assert first is not None  # noqa: S101  the caller looked
    assert last is not None  # noqa: S101
    archive = LedgerArchive(
        number=number,
        name=names[0],
        seals_name=names[1],
        parquet_name=names[2] if len(names) > 2 else "",
        count=taken.count,
        size_bytes=(folder / "events").stat().st_size,
        file_hash=_hash_of(folder / "events"),
        content_hash=taken.content_hash,
        first_id=first.id,
        last_id=last.id,
        position=last.major,
        bounds=bounds.as_json(),
        gone=pack_bits(taken.bits),
    )
    _read_back(archive, names[1], folder / "seals")
    try:
        with transaction.atomic():
            sign_archive(archive, sealing_key()).save(force_insert=True)
    except IntegrityError as error:
        for name in names:
            with suppress(Exception):  # each storage fails with errors of its own
                default_storage.delete(name)
        raise PrunedMeanwhile("Another pruning is at work.", archive=number) from error
    return archive


def _store(path: Path, name: str) -> str:
    with path.open("rb") as file:
        stored = str(default_storage.save(name, File(file)))
    with suppress(NotImplementedError):  # storages without paths answer for themselves
        kept = default_storage.path(stored)
        for each in (kept, str(Path(kept).parent)):
            descriptor = os.open(each, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    return stored


def _read_back(archive: LedgerArchive, seals_name: str, seals: Path) -> None:
    count, file_hash, content_hash = read_hashes(archive.name)
    if (count, file_hash, content_hash) != (
        archive.count,
        archive.file_hash,
        archive.content_hash,
    ) or read_hashes(seals_name)[1] != _hash_of(seals):
        raise ArchiveNotRead(
            "The storage gave an archive back otherwise than it was written.", archive=archive.name
        )


def read_hashes(name: str) -> tuple[int, str, str]:
    """(lines, SHA-256 of the file, SHA-256 of what it unpacks to) of a file in the storage.

    What cannot be unpacked has no lines.
    """
    whole = hashlib.sha256()
    with default_storage.open(name) as file:
        while piece := file.read(_PIECE):
            whole.update(piece)
    lines, content = 0, hashlib.sha256()
    try:
        for line in lines_of(name):
            content.update(line)
            lines += 1
    except (OSError, EOFError):
        return 0, whole.hexdigest(), ""
    return lines, whole.hexdigest(), content.hexdigest()


def sweep_halves() -> int:
    """Take away the files of attempts that were killed before they signed; how many.

    One attempt's files share a stem. They go when another archive has their number, and when what they
    hold is there or still in the table; a torn file holds nothing that was removed.
    """
    if not default_storage.exists(FOLDER):
        return 0
    rows = {archive.number: archive for archive in LedgerArchive.objects.all()}
    stems = {row.name.removesuffix(".jsonl.gz") for row in rows.values()}
    attempts: dict[str, list[str]] = {}
    for file in default_storage.listdir(FOLDER)[1]:
        attempts.setdefault(f"{FOLDER}/{file.split('.')[0]}", []).append(f"{FOLDER}/{file}")
    swept = 0
    for stem, names in attempts.items():
        number = stem.rpartition("/")[2][:8]
        row = rows.get(int(number)) if number.isdigit() else None
        if row is not None and stem not in stems and _is_double(f"{stem}.jsonl.gz", row):
            for name in names:
                default_storage.delete(name)
            swept += len(names)
    return swept


def _is_double(name: str, archive: LedgerArchive) -> bool:
    try:
        first = uuid.UUID(json.loads(next(lines_of(name)))["id"])
    except (OSError, EOFError, StopIteration, ValueError, KeyError):
        return True
    if LedgerEvent.objects.filter(pk=first).exists():
        return True
    return any(as_key(first) in ids for ids in ids_of(archive))


def lines_of(name: str) -> Iterator[bytes]:
    """The lines of a compressed file in the storage. Raises OSError or EOFError for a torn one."""
    with default_storage.open(name) as file, gzip.open(file) as lines:
        yield from lines


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def ids_of(archive: LedgerArchive) -> Iterator[list[Any]]:
    """The ids of an archive's events, a list for each seal, as the database at hand takes them."""
    bits = unpack_bits(archive.gone)
    for seal in LedgerSeal.objects.filter(pk__in=bits).order_by("number").iterator(20):
        members = list(unpack(seal.members))
        yield [
            as_key(uuid.UUID(bytes=members[place].id))
            for place in places_of(bits[seal.number])
            if place < len(members)
        ]
