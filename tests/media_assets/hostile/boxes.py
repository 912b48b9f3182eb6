"""Taking MP4, Matroska and AVI apart and putting wrong things in."""

import struct

_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"udta", b"mvex"}


def box(name, *parts):
    """A box with its length in front."""
    inside = b"".join(parts)
    return struct.pack(">I4s", 8 + len(inside), name) + inside


def full_box(name, *parts, version=0, flags=0):
    """A box that begins with a version."""
    return box(name, struct.pack(">I", version << 24 | flags), *parts)


def children(data):
    """[(name, payload)] of the boxes in these bytes."""
    found, at = [], 0
    while at + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        length = length or len(data) - at
        found.append((name, data[at + 8 : at + length]))
        at += length
    return found


def rebuilt(data, change):
    """The boxes anew; change(path, payload) gives another payload, None to leave one out.

    Lengths of the boxes around follow. Give it a file whose index is at its end.
    """
    return _rebuilt(data, change, ())


def _rebuilt(data, change, path):
    out = b""
    for name, payload in children(data):
        here = (*path, name)
        inside = _rebuilt(payload, change, here) if name in _CONTAINERS else payload
        inside = change(here, inside)
        if inside is not None:
            out += box(name, inside)
    return out


def with_box(data, name, payload):
    """The file with each box of this name given another payload; payload may be a function of it."""
    hit = []

    def change(path, old):
        if path[-1] != name:
            return old
        hit.append(path)
        return payload(old) if callable(payload) else payload

    made = rebuilt(data, change)
    assert hit, name
    return made


def poked(data, name, at, form, *values, nth=0):
    """The file with numbers written over the payload of the nth box of this name."""
    out, place = bytearray(data), -1
    for _ in range(nth + 1):
        place = data.index(name, place + 1)
    struct.pack_into(form, out, place + 4 + at, *values)
    return bytes(out)


def element(number, payload, *, size=None):
    """A Matroska element; size: what it claims, eight bytes long."""
    length = len(payload) if size is None else size
    return bytes.fromhex(f"{number:x}") + ((1 << 56) | length).to_bytes(8) + payload


def whole_number(number, value):
    """A Matroska element that holds a number."""
    return element(number, value.to_bytes(max(1, (value.bit_length() + 7) // 8)))


def chunk(name, payload):
    """A RIFF chunk."""
    return name + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) & 1)
