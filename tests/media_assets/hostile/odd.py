"""Files that are legal in parts, and made to lead a reader astray or to be no video at all."""

import functools
import struct
import tempfile
from pathlib import Path

from tests.media import ffmpeg
from tests.media_assets.hostile.boxes import box, full_box, rebuilt, with_box
from tests.media_assets.hostile.kinds import Hostile, good

NO_VIDEO = "media.no-video-stream"


def files():
    """References to elsewhere first, then what has no picture, locks, time lines."""
    for name, make in REFERENCES.items():
        yield Hostile(f"odd-{name}", make)
    for name, make, code in WITHOUT:
        yield Hostile(f"odd-{name}", lambda lure, make=make: make(), "refused", code)
    for name, make, *expected in REST:
        yield Hostile(f"odd-{name}", lambda lure, make=make: make(), *expected)


# --- References to other files -------------------------------------------------------------------


def data_elsewhere(name, text):
    """The pictures lie elsewhere, says the file."""

    def make(lure):
        place = text.format(path=lure.path, url=lure.url, sibling=lure.sibling).encode()
        entry = full_box(name, alias(place) if name == b"alis" else place + b"\0", flags=0)
        return with_box(good("silent"), b"dref", struct.pack(">II", 0, 1) + entry)

    return make


def alias(place):
    """A Macintosh alias record that ends in the path."""
    head = struct.pack(">IHH", 0, 150 + 4 + len(place), 2) + bytes(142)
    return head + struct.pack(">HH", 18, len(place)) + place + b"\xff\xff\0\0"


def reference_movie(kind, text):
    """A QuickTime movie that is nothing but the address of another."""

    def make(lure):
        place = text.format(path=lure.path, url=lure.url, sibling=lure.sibling).encode() + b"\0"
        link = full_box(b"rdrf", kind, struct.pack(">I", len(place)), place)
        return box(b"ftyp", b"qt  \0\0\0\0qt  ") + box(b"moov", box(b"rmra", box(b"rmda", link)))

    return make


REFERENCES = {
    "dref-url-path": data_elsewhere(b"url ", "file://{path}"),
    "dref-url-http": data_elsewhere(b"url ", "{url}"),
    "dref-url-sibling": data_elsewhere(b"url ", "{sibling}"),
    "dref-urn": data_elsewhere(b"urn ", "urn:x\0{url}"),
    "dref-alias-path": data_elsewhere(b"alis", "{path}"),
    "dref-alias-sibling": data_elsewhere(b"alis", "{sibling}"),
    "rdrf-path": reference_movie(b"url ", "file://{path}"),
    "rdrf-http": reference_movie(b"url ", "{url}"),
    "rdrf-sibling": reference_movie(b"url ", "{sibling}"),
    "rdrf-alias": reference_movie(b"alis", "{path}"),
}

# --- No moving picture ---------------------------------------------------------------------------


@functools.cache
def muxed(suffix, *arguments):
    """What our ffmpeg makes of the arguments."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "s.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
        (here / "in.mp4").write_bytes(good("mp4"))
        (here / "in.mkv").write_bytes(good("mkv"))
        (here / "sound.mp4").write_bytes(good("sound"))
        out = here / f"out{suffix}"
        ffmpeg(*[str(each).replace("@", f"{here}/") for each in arguments], out)
        return out.read_bytes()


def cover_only(suffix):
    return muxed(
        suffix, "-i", "@sound.mp4", "-f", "lavfi", "-i", "color=red:size=200x200:duration=0.04",
        "-map", "0:a", "-map", "1:v", "-c:a", "copy", "-c:v", "mjpeg", "-frames:v", 1,
        "-disposition:v:0", "attached_pic",
    )  # fmt: skip


WITHOUT = [
    ("only-sound-mp4", lambda: good("sound"), NO_VIDEO),
    ("only-sound-mkv", lambda: muxed(".mkv", "-i", "@sound.mp4", "-c", "copy"), NO_VIDEO),
    ("only-subtitles-mp4", lambda: muxed(".mp4", "-i", "@s.srt", "-c:s", "mov_text"), NO_VIDEO),
    ("only-subtitles-mkv", lambda: muxed(".mkv", "-i", "@s.srt", "-c:s", "srt"), NO_VIDEO),
    ("only-cover-mp4", lambda: cover_only(".mp4"), NO_VIDEO),
    ("only-cover-m4a", lambda: cover_only(".m4a"), NO_VIDEO),
    ("only-ftyp", lambda: good("mp4")[:32], ""),
    ("only-index", lambda: good("silent")[good("silent").index(b"moov") - 4 :], ""),
    ("only-pictures", lambda: good("silent")[: good("silent").index(b"moov") - 4], ""),
    ("init-missing", lambda: good("frag")[good("frag").index(b"moof") - 4 :], ""),
    ("init-only", lambda: good("frag")[: good("frag").index(b"moof") - 4], ""),
]

# --- Locks, time lines, loops --------------------------------------------------------------------


def encrypted():
    return muxed(
        ".mp4", "-i", "@in.mp4", "-c", "copy", "-encryption_scheme", "cenc-aes-ctr",
        "-encryption_key", "0" * 32, "-encryption_kid", "1" * 32,
    )  # fmt: skip


def edited(*entries):
    """An edit list of these (length, media time, rate) entries for the picture."""
    rows = b"".join(struct.pack(">Iii", length, time, rate) for length, time, rate in entries)
    return lambda: with_box(good("mp4"), b"elst", struct.pack(">II", 0, len(entries)) + rows)


def track_references(target):
    """Each track says that it depends on another, which depends on it."""

    def change(path, payload):
        if path == (b"moov", b"trak"):
            return payload + box(
                b"tref",
                box(b"chap", struct.pack(">I", target)),
                box(b"sync", struct.pack(">I", target)),
            )
        return payload

    return rebuilt(good("mp4"), change)


def matrix(*numbers):
    """Turned and sheared by this matrix."""
    return lambda: with_box(
        good("silent"), b"tkhd", lambda old: old[:40] + struct.pack(">9i", *numbers) + old[76:]
    )


def text_in(name, text):
    """Metadata that goes on and on, or cannot be read as text."""
    entry = box(b"\xa9nam", box(b"data", struct.pack(">II", 1, 0), text))
    meta = full_box(
        b"meta", full_box(b"hdlr", bytes(4), b"mdirappl", bytes(9)), box(b"ilst", entry)
    )

    def change(path, payload):
        return payload + box(b"udta", meta) if path == (b"moov",) else payload

    return rebuilt(good("silent"), change)


WHOLE = 1 << 16
REST = [
    ("encrypted", encrypted, "refused", "media.encrypted"),
    ("encrypted-tail", lambda: encrypted().replace(b"encv", b"avc1"), "either"),
    ("edit-negative", edited((1000, -2, WHOLE)), "either"),
    ("edit-far", edited((1000, 2**31 - 1, WHOLE)), "either"),
    ("edit-empty-huge", edited((2**32 - 1, -1, WHOLE), (1000, 0, WHOLE)), "either"),
    ("edit-rate-0", edited((1000, 0, 0)), "either"),
    ("edit-rate-negative", edited((1000, 0, -WHOLE)), "either"),
    ("edit-same-5000-times", edited(*[(10, 0, WHOLE)] * 5000), "either"),
    ("tref-self", lambda: track_references(1), "either"),
    ("tref-loop", lambda: track_references(2), "either"),
    ("tref-nowhere", lambda: track_references(99), "either"),
    ("matrix-nought", matrix(0, 0, 0, 0, 0, 0, 0, 0, 0), "either"),
    ("matrix-sheared", matrix(1, 70_000, 3, -9, 5, 2**31 - 1, 0, 0, 1), "either"),
    ("title-long", lambda: text_in("title", b"x" * 500_000), "either"),
    ("title-not-text", lambda: text_in("title", b"\xff\xfe\0\xd8" * 64), "either"),
    ("two-indexes", lambda: good("silent") + good("silent")[good("silent").index(b"moov") - 4 :], "either"),
]  # fmt: skip
