"""Files whose small size hides a large cost: pictures, times, counts and lengths beyond all measure."""

import struct
import zlib

from tests.media_assets.hostile.boxes import (
    box,
    chunk,
    element,
    full_box,
    poked,
    rebuilt,
    whole_number,
    with_box,
)
from tests.media_assets.hostile.kinds import Hostile, good

MOST_32, MOST_64 = 2**32 - 1, 2**64 - 1
EBML, SEGMENT, INFO, TRACKS, CLUSTER = 0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675
TAGS, ATTACHMENTS, CUES = 0x1254C367, 0x1941A469, 0x1C53BB6B
WEBM_HEAD = element(EBML, element(0x4282, b"matroska"))


def files():
    """MP4 first, then Matroska, then AVI."""
    for name, make, expected in [*MP4, *COUNTS, *MATROSKA, *AVI]:
        yield Hostile(f"bomb-{name}", lambda lure, make=make: make(), expected)


# --- MP4 -----------------------------------------------------------------------------------------


def sized(width, height):
    """The sample description says another picture size than the stream."""
    return lambda: poked(good("mp4"), b"avc1", 24, ">HH", width, height)


def still_of(width, height):
    """A moving picture of JPEGs that claim to be huge, each of a few bytes."""
    data = bytearray(good("mov"))
    at = data.find(b"\xff\xc0")
    while at >= 0:
        struct.pack_into(">HH", data, at + 5, height, width)
        at = data.find(b"\xff\xc0", at + 2)
    data[:] = poked(bytes(data), b"jpeg", 24, ">HH", width, height)
    return bytes(data)


def paced(delta, scale):
    """Each frame lasts delta ticks of 1/scale s."""
    data = poked(good("silent"), b"mdhd", 12, ">I", scale)
    return poked(data, b"stts", 12, ">I", delta)


def movie_length(ticks):
    return with_box(
        good("silent"),
        b"mvhd",
        lambda old: b"\1\0\0\0" + bytes(16) + old[12:16] + struct.pack(">Q", ticks) + old[20:],
    )


def many_streams(number):
    """One track, again and again under other numbers."""
    tracks = []

    def change(path, payload):
        if path == (b"moov", b"trak"):
            tracks.append(payload)
            return payload
        if path == (b"moov",):
            return payload + box(b"trak", tracks[0]) * number
        return payload

    return rebuilt(good("silent"), change)


def compressed_index(real, claimed):
    """QuickTime's zlib-compressed moov, of nought: `real` bytes in truth, `claimed` by its own word."""
    squeezed = zlib.compress(bytes(real), 9)
    inside = box(b"dcom", b"zlib") + box(b"cmvd", struct.pack(">I", claimed), squeezed)
    return (
        box(b"ftyp", b"qt  \0\0\0\0qt  ")
        + box(b"moov", box(b"cmov", inside))
        + box(b"mdat", b"x" * 99)
    )


def compressed_real_index():
    """The same with the true index inside, as old QuickTime files have it."""
    data = good("silent")
    at = data.index(b"moov") - 4
    index = data[at : at + int.from_bytes(data[at : at + 4])]
    packed = box(b"dcom", b"zlib") + box(
        b"cmvd", struct.pack(">I", len(index)), zlib.compress(index)
    )
    return data[:at] + box(b"moov", box(b"cmov", packed))


def nested(name, depth):
    data = box(name)
    for _ in range(depth):
        data = box(name, data)
    return good("silent") + box(b"moov", data)


def top_boxes(number):
    return good("silent") + box(b"free") * number


def long_box(claimed):
    """A box with a length of 64 bits."""
    return good("silent") + struct.pack(">I4sQ", 1, b"mdat", claimed) + bytes(64)


def fragments(number):
    """Fragments that promise samples without end."""
    run = full_box(b"trun", struct.pack(">I", MOST_32), flags=0)
    part = box(b"traf", full_box(b"tfhd", struct.pack(">I", 1)), run)
    return good("frag") + box(b"moof", full_box(b"mfhd", struct.pack(">I", 9)), part) * number


MP4 = [
    ("mp4-65535-square", sized(65_535, 65_535), "either"),
    ("mp4-0-square", sized(0, 0), "either"),
    ("mp4-16k-square", sized(16_384, 16_384), "either"),
    ("still-16k", lambda: still_of(16_384, 16_384), "refused"),
    ("still-65k", lambda: still_of(65_535, 65_535), "refused"),
    ("still-8k", lambda: still_of(8192, 4320), "either"),
    ("fps-1e6", lambda: paced(1, 1_000_000), "refused"),
    ("fps-4e9", lambda: paced(1, MOST_32), "either"),
    ("scale-0", lambda: paced(1, 0), "either"),
    ("delta-0", lambda: paced(0, 12_800), "either"),
    ("delta-huge", lambda: paced(MOST_32, 1), "either"),
    ("delta-negative", lambda: paced(0x80000001, 12_800), "either"),
    ("length-2e63", lambda: movie_length(2**63), "refused"),
    ("length-unknown", lambda: movie_length(MOST_64), "either"),
    ("length-week", lambda: movie_length(7 * 24 * 3600 * 1000), "refused"),
    ("streams-65", lambda: many_streams(64), "refused"),
    ("streams-2000", lambda: many_streams(2000), "refused"),
    ("cmov", lambda: compressed_real_index(), "either"),
    ("cmov-64-mb", lambda: compressed_index(64 * 1024**2, 64 * 1024**2), "refused"),
    ("cmov-4-gb", lambda: compressed_index(1024, MOST_32 - 100), "refused"),
    ("cmov-lying", lambda: compressed_index(16 * 1024**2, 100), "refused"),
    ("nested-udta", lambda: nested(b"udta", 20_000), "either"),
    ("nested-trak", lambda: nested(b"trak", 5000), "either"),
    ("nested-moov", lambda: nested(b"moov", 5000), "either"),
    ("boxes-100000", lambda: top_boxes(100_000), "either"),
    ("box-2e63", lambda: long_box(2**63), "refused"),
    ("box-2e64", lambda: long_box(MOST_64), "refused"),
    ("box-0-long", lambda: long_box(0), "either"),
    ("fragments-endless", lambda: fragments(1), "either"),
    ("fragments-2000", lambda: fragments(2000), "either"),
]


def counted(name, at):
    """A table of the index that claims to have four thousand million rows."""
    return (
        f"count-{name.decode()}",
        lambda: poked(good("mp4"), name, at, ">I", MOST_32),
        "either",
    )


COUNTS = [
    counted(b"stsz", 8),
    counted(b"stts", 4),
    counted(b"stsc", 4),
    counted(b"stco", 4),
    counted(b"stss", 4),
    counted(b"elst", 4),
    counted(b"stsd", 4),
    counted(b"dref", 4),
    ("size-of-samples-2-gb", lambda: poked(good("silent"), b"stsz", 4, ">I", 2**31 - 1), "either"),
    ("rows-of-one-time", lambda: poked(good("silent"), b"stts", 8, ">I", 2**31 - 1), "either"),
]  # fmt: skip

# --- Matroska ------------------------------------------------------------------------------------


def picture_track(*more, codec=b"V_VP8", width=128, height=96):
    size = element(0xE0, whole_number(0xB0, width) + whole_number(0xBA, height))
    named = whole_number(0xD7, 1) + whole_number(0x73C5, 1) + whole_number(0x83, 1)
    return element(0xAE, named + element(0x86, codec) + size + b"".join(more))


def matroska(tracks, *more):
    inside = element(INFO, whole_number(0x2AD7B1, 1_000_000)) + element(TRACKS, tracks)
    return WEBM_HEAD + element(SEGMENT, inside + b"".join(more))


def squeezed_track(size):
    """A track whose private data and frames are zlib-compressed noughts."""
    coding = element(0x5034, whole_number(0x4254, 0))
    encodings = element(0x6D80, element(0x6240, whole_number(0x5032, 3) + coding))
    bomb = zlib.compress(bytes(size), 9)
    block = element(0xA3, b"\x81\0\0\x80" + bomb)
    track = picture_track(element(0x63A2, bomb), encodings)
    return matroska(track, element(CLUSTER, whole_number(0xE7, 0) + block * 8))


def attachment(name, data, *, size=None):
    file = element(0x466E, name) + element(0x4660, b"font/ttf") + element(0x465C, data, size=size)
    return element(ATTACHMENTS, element(0x61A7, file + whole_number(0x46AE, 7)))


def with_more(*more):
    """A good MKV whose segment has more at its end."""
    data = good("mkv")
    at = data.index(bytes.fromhex("18538067"))
    body = data[at + 12 :]
    return data[:at] + element(SEGMENT, body + b"".join(more))


def nested_tags(depth):
    inside = b""
    for _ in range(depth):
        inside = element(0x67C8, element(0x45A3, b"x") + inside)
    return with_more(element(TAGS, element(0x7373, inside)))


def laced(*lace):
    """Blocks whose lacing lies about what is in them."""
    block = element(0xA3, b"\x81\0\0" + bytes(lace))
    return matroska(picture_track(), element(CLUSTER, whole_number(0xE7, 0) + block * 4))


MATROSKA = [
    ("ebml-header-2e56", lambda: element(EBML, b"", size=2**56 - 2) + bytes(99), "refused"),
    ("ebml-segment-2e55", lambda: WEBM_HEAD + element(SEGMENT, bytes(99), size=2**55), "refused"),
    ("ebml-tracks-2e55", lambda: WEBM_HEAD + element(SEGMENT, element(TRACKS, b"", size=2**55)), "refused"),
    ("ebml-codec-2-gb", lambda: matroska(picture_track(element(0x63A2, b"x", size=2**31 - 9))), "refused"),
    ("ebml-heads", lambda: WEBM_HEAD * 20_000, "refused"),
    ("mkv-65535-square", lambda: matroska(picture_track(width=65_535, height=65_535)), "refused"),
    ("mkv-2e31-wide", lambda: matroska(picture_track(width=2**31 - 1)), "refused"),
    ("mkv-streams-3000", lambda: matroska(picture_track() * 3000), "refused"),
    ("mkv-zlib-private", lambda: squeezed_track(64 * 1024**2), "refused"),
    ("mkv-tags-2000", lambda: nested_tags(2000), "either"),
    ("mkv-attachment-path", lambda: with_more(attachment(b"../../../etc/cron.d/x", b"x" * 999)), "either"),
    ("mkv-attachment-2-gb", lambda: with_more(attachment(b"a.ttf", b"x", size=2**31 - 9)), "either"),
    ("mkv-attachments-500", lambda: with_more(attachment(b"/a.ttf", bytes(99)) * 500), "either"),
    ("mkv-cues-empty", lambda: with_more(element(CUES, element(0xBB, b"") * 50_000)), "either"),
    ("mkv-lacing-xiph", lambda: laced(0x82, 255, 255, 255, 255, 1), "refused"),
    ("mkv-lacing-ebml", lambda: laced(0x86, 255, 0x01, 255, 255, 255), "refused"),
    ("mkv-lacing-fixed", lambda: laced(0x84, 200, 1, 2, 3), "refused"),
    ("mkv-void", lambda: with_more(element(0xEC, bytes(200_000))), "processed"),
    ("mkv-scale-0", lambda: good("mkv").replace(bytes.fromhex("2ad7b1830f4240"), bytes.fromhex("2ad7b183000000")), "either"),
    ("mkv-scale-huge", lambda: good("mkv").replace(bytes.fromhex("2ad7b1830f4240"), bytes.fromhex("2ad7b183ffffff")), "either"),
]  # fmt: skip

# --- AVI -----------------------------------------------------------------------------------------


def avi_poked(name, at, form, value):
    return lambda: poked(good("avi"), name, at, form, value)


def avi_streams(number):
    head = struct.pack(
        "<4s4sIHHIIIIIIIIHHHH", b"vids", b"FMP4", 0, 0, 0, 0, 1, 25, 0, 9, 0, 0, 0, 0, 0, 9, 9
    )
    shape = struct.pack("<IiiHH4sIiiII", 40, 128, 96, 1, 24, b"FMP4", 0, 0, 0, 0, 0)
    stream = chunk(b"LIST", b"strl" + chunk(b"strh", head) + chunk(b"strf", shape))
    body = b"AVI " + chunk(b"LIST", b"hdrl" + chunk(b"avih", bytes(56)) + stream * number)
    return chunk(b"RIFF", body + chunk(b"LIST", b"movi"))


AVI = [
    ("avi-scale-0", avi_poked(b"vids", 16, "<I", 0), "either"),
    ("avi-rate-2e32", avi_poked(b"vids", 20, "<I", MOST_32), "refused"),
    ("avi-rate-0", avi_poked(b"vids", 20, "<I", 0), "either"),
    ("avi-length-2e32", avi_poked(b"vids", 28, "<I", MOST_32), "either"),
    ("avi-index-of-noise", lambda: good("avi")[: good("avi").rindex(b"idx1") + 8]
        + bytes(n * 31 % 256 for n in range(len(good("avi")) - good("avi").rindex(b"idx1") - 8)), "either"),
    ("avi-chunk-4-gb", avi_poked(b"strf", 0, "<I", MOST_32), "either"),
    ("avi-65535-square", lambda: poked(good("avi"), b"strf", 8, "<ii", 65_535, 65_535), "either"),
    ("avi-upside-down", avi_poked(b"strf", 12, "<i", -2**31), "either"),
    ("avi-streams-300", lambda: avi_streams(300), "refused"),
    ("avi-movi-missing", lambda: good("avi").replace(b"movi", b"xxxx"), "either"),
]  # fmt: skip
