"""What the first bytes of a compressed picture prove: that decoding can begin there, or that no other
picture needs it. The flags of the container are not believed."""

from typing import Any

CLOSED, OPEN = "closed", "open"
ALWAYS_WHOLE = {"mjpeg", "prores"}  # each picture stands for itself


def nal_length_bytes(context: Any) -> int:
    """How many bytes tell the length of a NAL unit; 0 where start codes part them (Annex B)."""
    extra = bytes(context.extradata or b"")
    if context.name == "h264" and len(extra) > 6 and extra[0] == 1:
        return (extra[4] & 3) + 1
    if context.name == "hevc" and len(extra) > 22 and extra[0] == 1:
        return (extra[21] & 3) + 1
    return 0


def start_kind(codec: str, packet: bytes, nal_bytes: int) -> str:
    """CLOSED: decoding can begin with this packet. OPEN: it can, but pictures that follow and
    are shown before it need the past. Empty: it cannot, or we cannot tell.

    H.264: IDR, table 7-1 of ITU-T H.264. HEVC: IRAP, table 7-1 of ITU-T H.265. VP8: RFC 6386, 9.1.
    VP9 and AV1: the uncompressed headers of their bitstream specifications.
    """
    if codec in ALWAYS_WHOLE:
        return CLOSED
    if codec == "h264":
        return CLOSED if 5 in {unit & 31 for unit in nal_headers(packet, nal_bytes)} else ""
    if codec == "hevc":
        kinds = {unit >> 1 & 63 for unit in nal_headers(packet, nal_bytes)}
        if kinds & {19, 20}:
            return CLOSED
        return OPEN if kinds & {16, 17, 18, 21} else ""
    if codec in ("vp8", "libvpx"):
        return CLOSED if packet and not packet[0] & 1 else ""
    if codec in ("vp9", "libvpx-vp9"):
        return CLOSED if _is_vp9_key(packet) else ""
    if codec in ("av1", "libdav1d"):
        return CLOSED if _is_av1_key(packet) else ""
    return ""


def nal_headers(packet: bytes, nal_bytes: int) -> list[int]:
    """The first byte of each NAL unit."""
    found, at = [], 0
    if nal_bytes:
        while at + nal_bytes < len(packet):
            length = int.from_bytes(packet[at : at + nal_bytes], "big")
            found.append(packet[at + nal_bytes])
            at += nal_bytes + length
        return found
    while (at := packet.find(b"\0\0\1", at)) >= 0 and at + 3 < len(packet):
        found.append(packet[at + 3])
        at += 3
    return found


def _is_vp9_key(packet: bytes) -> bool:
    if not packet or packet[0] >> 6 != 2:
        return False
    profile = packet[0] >> 5 & 1 | packet[0] >> 3 & 2
    rest = packet[0] << (1 if profile == 3 else 0) & 0xFF
    return not rest & 0x08 and not rest & 0x04  # show_existing_frame, frame_type


def _is_av1_key(packet: bytes) -> bool:
    at, has_sequence = 0, False
    while at < len(packet):
        header = packet[at]
        kind, extended, sized = header >> 3 & 15, header >> 2 & 1, header >> 1 & 1
        at += 1 + extended
        length, shift = len(packet) - at, 0
        if sized:
            length = 0
            while at < len(packet) and shift < 56:
                byte = packet[at]
                length |= (byte & 127) << shift
                at, shift = at + 1, shift + 7
                if not byte & 128:
                    break
        has_sequence |= kind == 1
        if kind in (3, 6):  # frame header, frame: show_existing_frame, frame_type, show_frame
            return has_sequence and at < len(packet) and packet[at] & 0xF0 == 0x10
        at += length
    return False


def is_needless(packet: bytes, nal_bytes: int) -> bool:
    """Whether no other picture of an H.264 stream refers to this one: nal_ref_idc is 0 in all of its
    slices (7.4.1 of ITU-T H.264)."""
    slices = [unit for unit in nal_headers(packet, nal_bytes) if 1 <= unit & 31 <= 5]
    return bool(slices) and not any(unit & 0x60 for unit in slices)
