"""Files that a bad line, a bad disk or a bad will has damaged."""

import random

from tests.media_assets.hostile.kinds import Hostile, good

KINDS = ["mp4", "fast", "frag", "mov", "mkv", "webm", "avi"]
# Where a file is cut, in parts of its length; the last one loses a byte.
CUTS = [0.002, 0.01, 0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1.0]
# Where bits are flipped: in the first bytes, in the index, in the pictures, anywhere.
REGIONS = ["head", "index", "payload", "anywhere"]

FLIPS = [1, 8, 64]  # bits


def files():
    """Cuts, flipped bits, holes of nought, blocks in the wrong order, blocks twice."""
    for kind in KINDS:
        for part in CUTS:
            yield Hostile(f"cut-{kind}-{part:g}", cut(kind, part))
        for region in REGIONS:
            for seed in range(len(FLIPS)):
                yield Hostile(f"flip-{kind}-{region}-{seed}", flipped(kind, region, seed))
        yield Hostile(f"hole-{kind}", with_hole(kind))
        yield Hostile(f"swap-{kind}", swapped(kind))
        yield Hostile(f"doubled-{kind}", doubled(kind))


def cut(kind, part):
    def make(lure):
        data = good(kind)
        return data[: min(len(data) - 1, max(1, int(len(data) * part)))]

    return make


def flipped(kind, region, seed):
    def make(lure):
        chance, data = random.Random(f"{kind}-{region}-{seed}"), bytearray(good(kind))
        first, last = where(kind, region, bytes(data))
        for _ in range(FLIPS[seed]):
            data[chance.randrange(first, last)] ^= 1 << chance.randrange(8)
        return bytes(data)

    return make


def where(kind, region, data):
    """[first, last) byte of a region of a file."""
    index = {"avi": b"strl", "mkv": b"\x16\x54\xae\x6b", "webm": b"\x16\x54\xae\x6b"}
    payload = {"avi": b"movi", "mkv": b"\x1f\x43\xb6\x75", "webm": b"\x1f\x43\xb6\x75"}
    if region == "head":
        return 0, 64
    if region == "anywhere":
        return 0, len(data)
    start = data.index((index if region == "index" else payload).get(
        kind, b"moov" if region == "index" else b"mdat"))  # fmt: skip
    return start, min(start + (900 if region == "index" else 4000), len(data))


def with_hole(kind):
    def make(lure):
        data, at = bytearray(good(kind)), len(good(kind)) // 3
        data[at : at + 2048] = bytes(min(2048, len(data) - at))
        return bytes(data)

    return make


def swapped(kind):
    def make(lure):
        data, third = good(kind), len(good(kind)) // 3
        return data[:512] + data[2 * third :] + data[third : 2 * third] + data[512:third]

    return make


def doubled(kind):
    return lambda lure: good(kind) + good(kind)
