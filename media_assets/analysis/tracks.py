"""One kind of track of a long MP4: the others keep their first samples only.

libav keeps a table of every sample of every track of an open file: of six hours 75 MB, two thirds of
them for the sound, in each process that has it open. So the file is read through a view that tells
the other tracks shorter than they are. Nothing else changes: streams have their numbers, their
parameters and their starts, and the track that is read is read as it is. Who needs only some samples of
that one too reads through a range (`ranges`). Where we do not understand a track in full (ISO/IEC
14496-12, 8.5 to 8.7), it stays as it is.
"""

import os
import struct
from pathlib import Path
from typing import BinaryIO

from media_assets.analysis.boxes import MOST_BOXES, Box, View, content, walk

KEPT_SAMPLES = 1024  # at least; chunks stay whole
WORTH_SAMPLES = 10_000  # a shorter track is left as it is
ONCE = {*(b"stsz", b"stco", b"co64", b"stsc", b"stts", b"ctts", b"stss", b"sdtp", b"stsd", b"elst")}
LATEST_START_S = 1  # of an edit list; the samples that are kept have to reach beyond it


def view_of(path: Path, handler: bytes) -> View | None:
    """The file with the samples of one kind of track ("vide", "soun") and few of all others; None where
    that would gain nothing, or where we do not understand the file."""
    changed: dict[int, bytes] = {}
    try:
        with path.open("rb") as file:
            if file.read(8)[4:8] != b"ftyp":
                return None
            for track in tracks_of(file):
                changed |= _shortened(file, track, handler)
    except (OSError, ValueError, KeyError, struct.error):
        return None
    return View(path, changed) if changed else None


def tracks_of(file: BinaryIO) -> list[dict[bytes, Box]]:
    """The boxes of each track that is not fragmented, by type. Raises ValueError."""
    tracks: list[dict[bytes, Box]] = []
    moovs = 0
    for box in walk(file, 0, os.fstat(file.fileno()).st_size, [MOST_BOXES]):
        if box.kind == b"moov":
            moovs += 1
        elif box.kind == b"trak":
            tracks.append({})
        elif box.kind in (b"moof", b"mvex", b"cmov"):
            raise ValueError("tables that lie elsewhere")
        elif tracks:
            if box.kind in tracks[-1] and box.kind in ONCE:
                raise ValueError("two boxes where one belongs")
            tracks[-1].setdefault(box.kind, box)
    if moovs != 1:
        raise ValueError("one table of contents is understood")
    return tracks


def _shortened(file: BinaryIO, boxes: dict[bytes, Box], handler: bytes) -> dict[int, bytes]:
    """Other bytes for the tables of a track of another kind: fewer chunks, and the samples in them."""
    hdlr = content(file, boxes[b"hdlr"], 12)
    if hdlr[8:12] == handler:
        return {}
    _, size, samples = struct.unpack(">III", content(file, boxes[b"stsz"], 12))
    if size or samples < WORTH_SAMPLES or not starts_soon(file, boxes):
        return {}
    offsets = boxes.get(b"stco") or boxes[b"co64"]
    chunks = struct.unpack(">II", content(file, offsets, 8))[1]
    runs = struct.unpack(">II", content(file, boxes[b"stsc"], 8))[1]
    if not 0 < runs <= (boxes[b"stsc"].end - boxes[b"stsc"].start - 8) // 12:
        return {}
    kept = kept_chunks = 0
    for run in range(min(runs, KEPT_SAMPLES)):
        file.seek(boxes[b"stsc"].start + 8 + 12 * run)
        first, each = struct.unpack(">II", file.read(8))
        file.seek(4, os.SEEK_CUR)
        after = struct.unpack(">I", file.read(4))[0] if run + 1 < runs else chunks + 1
        if first != kept_chunks + 1 or after <= first or not each:
            return {}
        wanted = min(after - first, -(-(KEPT_SAMPLES - kept) // each))
        kept, kept_chunks = kept + wanted * each, kept_chunks + wanted
        if kept >= KEPT_SAMPLES:
            break
    if not KEPT_SAMPLES <= kept < samples or kept_chunks > chunks:
        return {}
    return {
        boxes[b"stsz"].start + 8: struct.pack(">I", kept),
        boxes[b"stsc"].start + 4: struct.pack(">I", run + 1),
        offsets.start + 4: struct.pack(">I", kept_chunks),
    }


def starts_soon(file: BinaryIO, boxes: dict[bytes, Box]) -> bool:
    """Whether the edit list, if any, shows the track from near its start to its end."""
    if b"elst" not in boxes:
        return True
    version = content(file, boxes[b"mdhd"], 1)[0]
    at = 20 if version == 1 else 12
    (scale,) = struct.unpack(">I", content(file, boxes[b"mdhd"], at + 4)[at:])
    head = content(file, boxes[b"elst"], 8)
    (count,) = struct.unpack(">I", head[4:])
    form = ">QqI" if head[0] == 1 else ">IiI"
    if not 0 < count <= 2:
        return False
    table = content(file, boxes[b"elst"], 8 + count * struct.calcsize(form))[8:]
    edits = [(start, rate) for _, start, rate in struct.iter_unpack(form, table)]
    shown = [start for start, _ in edits if start != -1]
    usual = all(rate == 0x10000 for _, rate in edits)
    return usual and len(shown) == 1 and edits[-1][0] == shown[0] <= LATEST_START_S * scale
