"""Files that are not what they say: lists of files, other kinds, two kinds at once, strange names."""

import gzip
import io
import struct
import zipfile
import zlib

from tests.media_assets.hostile.boxes import box, element
from tests.media_assets.hostile.kinds import Hostile, good

PLAYLIST, OTHER, BOTH = "media.playlist-refused", "media.not-a-video", "media.two-files-in-one"
FTYP = box(b"ftyp", b"isom\0\0\2\0isomiso2mp41")

LISTS = {
    "hls-sibling": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{sibling}\n#EXT-X-ENDLIST\n",
    "hls-path": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://{path}\n#EXT-X-ENDLIST\n",
    "hls-url": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{url}\n#EXT-X-ENDLIST\n",
    "hls-key": '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{url}"\n#EXTINF:2,\n{sibling}\n',
    "hls-nested": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{sibling}\n",
    "hls-concat": "#EXTM3U\n#EXTINF:2,\nconcat:{path}|{url}\n#EXT-X-ENDLIST\n",
    "hls-bom": "\ufeff#EXTM3U\n#EXTINF:2,\n{sibling}\n",
    "hls-space": "\n\n  #EXTM3U\n#EXTINF:2,\n{sibling}\n",
    "concat": "ffconcat version 1.0\nfile {sibling}\n",
    "concat-path": "ffconcat version 1.0\nfile '{path}'\n",
    "concat-url": "ffconcat version 1.0\nfile '{url}'\n",
    "concat-bare": "file '{sibling}'\nfile '{path}'\n",
    "concat-subfile": "ffconcat version 1.0\nfile 'subfile,,start,0,end,9,,:{path}'\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n",
    "dash": '<?xml version="1.0"?>\n<MPD><Period><BaseURL>{url}</BaseURL></Period></MPD>\n',
    "dash-bare": "<MPD><Period><BaseURL>{path}</BaseURL></Period></MPD>\n",
    "pls": "[playlist]\nFile1={path}\nNumberOfEntries=1\nVersion=2\n",
    "xspf": '<?xml version="1.0"?>\n<playlist><trackList><track><location>{url}</location></track></trackList></playlist>\n',
    "asx": '<ASX version="3.0"><Entry><Ref href="{url}"/></Entry></ASX>\n',
    "smil": '<?xml version="1.0"?>\n<smil><body><video src="{url}"/></body></smil>\n',
    "reference": "[Reference]\nRef1={url}\n",
    "rtsptext": "RTSPtext\n{url}\n",
    "ismc": '<?xml version="1.0"?>\n<SmoothStreamingMedia><StreamIndex Url="{url}"/></SmoothStreamingMedia>\n',
}


def files():
    """Lists first, then other kinds, then what is two things at once, then names."""
    for name, text in LISTS.items():
        yield Hostile(f"list-{name}", listed(text), "refused", PLAYLIST)
    for name, data in other_kinds().items():
        yield Hostile(f"kind-{name}", always(data), "refused", OTHER)
    for name, make in EXTRA.items():
        yield Hostile(
            f"kind-{name}", make, "refused", "media.empty-file" if name == "empty" else OTHER
        )
    for kind in ("mp4", "fast", "mkv", "avi"):
        for name, make in TAILS.items():
            yield Hostile(f"both-{kind}-{name}", behind(kind, make), "refused", BOTH)
    for name, make in HIDDEN.items():
        yield Hostile(f"both-{name}", make, "refused", BOTH)
    for name, make in LYING.items():
        yield Hostile(f"lying-{name}", make)
    for number, (name, kind) in enumerate(NAMES):
        yield Hostile(f"named-{number}", lambda lure, kind=kind: good(kind), "processed", "", name)


def always(data):
    return lambda lure: data


def listed(text):
    return lambda lure: text.format(sibling=lure.sibling, path=lure.path, url=lure.url).encode()


def archive():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo("../../evil.sh"), "echo")
        file.writestr(zipfile.ZipInfo("bomb"), bytes(1024**2))
    return made.getvalue()


def png(width, height):
    rows = zlib.compress(b"\0" * 1000)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(inside))
        + name
        + inside
        + struct.pack(">I", zlib.crc32(name + inside))
        for name, inside in parts
    )


def other_kinds():
    silence = bytes(4000)
    return {
        "text": b"Dear diary, this is not a video.\n" * 20,
        "zip": archive(),
        "gzip": gzip.compress(bytes(1024**2), mtime=0),
        "rar": b"Rar!\x1a\x07\x01\0" + silence,
        "7z": b"7z\xbc\xaf\x27\x1c" + silence,
        "pdf": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n",
        "html": b"<!DOCTYPE html><script>alert(1)</script>",
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        "xml-entities": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
        "exe": b"MZ\x90\0" + silence,
        "elf": b"\x7fELF\x02\x01\x01" + silence,
        "script": b"#!/bin/sh\nrm -rf /\n",
        "php": b"<?php system($_GET[0]); ?>",
        "png": png(64, 64),
        "png-bomb": png(16_384, 16_384),
        "png-absurd": png(2**31 - 1, 2**31 - 1),
        "gif": b"GIF89a\xff\xff\xff\xff\0\0\0" + silence,
        "jpeg-bomb": b"\xff\xd8\xff\xc0\0\x11\x08\x40\0\x40\0\3\1\x11\0\2\x11\1\3\x11\1\xff\xd9",
        "bmp-bomb": b"BM" + struct.pack("<IHHIIiiHH", 99, 0, 0, 54, 40, 65_535, 65_535, 1, 24) + silence,
        "tiff": b"II*\0\x08\0\0\0" + silence,
        "webp": b"RIFF" + struct.pack("<I", 4000) + b"WEBPVP8 " + silence,
        "wav": b"RIFF" + struct.pack("<I", 4036) + b"WAVEfmt \x10\0\0\0" + silence,
        "mp3": b"ID3\4\0\0\0\0\0\0" + b"\xff\xfb\x90\0" + silence,
        "flac": b"fLaC\0\0\0\x22" + silence,
        "ogg": b"OggS\0\2" + silence,
        "flv": b"FLV\1\5\0\0\0\x09\0\0\0\0" + silence,
        "asf": bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + silence,
        "ts": (b"\x47\x40\0\x10" + bytes(184)) * 40,
        "mpeg-ps": b"\0\0\1\xba\x44\0\4\0\4\1" + silence,
        "y4m": b"YUV4MPEG2 W16384 H16384 F25:1\nFRAME\n" + silence,
        "heic": box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", bytes(64)),
        "avif": box(b"ftyp", b"avif\0\0\0\0mif1avif") + box(b"meta", bytes(64)),
        "ebml-other": element(0x1A45DFA3, element(0x4282, b"docfile")) + silence,
        "one-byte": b"\0",
        "four-bytes": b"\0\0\0\x18",
        "noise": bytes((n * 7919 + n // 251) % 256 for n in range(5000)),
        "noughts": bytes(5000),
    }  # fmt: skip


def raw_h264(lure):
    """The bare stream, as a camera sends it."""
    data = good("silent")
    avcc = data.index(b"avcC") + 4
    length = int.from_bytes(data[avcc + 6 : avcc + 8])
    return b"\0\0\0\1" + data[avcc + 8 : avcc + 8 + length] + b"\0\0\0\1\x65" + bytes(2000)


EXTRA = {"empty": lambda lure: b"", "h264": raw_h264}


def behind(kind, make):
    return lambda lure: good(kind) + make(lure)


TAILS = {
    "zip": lambda lure: archive(),
    "html": lambda lure: b"\n<html><script>fetch('/admin')</script></html>",
    "list": lambda lure: listed(LISTS["hls-sibling"])(lure),
    "pdf": lambda lure: b"%PDF-1.7\n%%EOF\n",
    "exe": lambda lure: b"MZ\x90\0" + bytes(300),
    "php": lambda lure: b"<?php system($_GET[0]); ?>",
}
HIDDEN = {
    "zip-in-box": lambda lure: good("mp4") + box(b"free", archive()),
    "zip-in-uuid": lambda lure: good("fast") + box(b"uuid", bytes(16), archive()),
    "zip-commented": lambda lure: (
        good("mkv") + archive()[:-2] + struct.pack("<H", 300) + b"x" * 300
    ),
    "pdf-in-box": lambda lure: FTYP + box(b"free", b"%PDF-1.7\n") + good("mp4"),
    "zip-empty": lambda lure: good("mp4") + b"PK\5\6" + bytes(18),
}
LYING = {
    "mp4-brand-of-quicktime": lambda lure: good("mp4").replace(b"isom", b"qt  ", 1),
    "unknown-brand": lambda lure: good("mp4").replace(b"isom", b"zzzz", 1),
    "ftyp-before-mkv": lambda lure: FTYP + good("mkv"),
    "ftyp-before-list": lambda lure: FTYP + listed(LISTS["concat"])(lure),
    "ftyp-over-list": lambda lure: (
        b"\0\0\0\x14ftypisom\0\0\2\0isom" + listed(LISTS["concat"])(lure)
    ),
    "ftyp-as-text": lambda lure: b"<!--ftypisom--><html>" + good("mp4"),
    "webm-with-h264": lambda lure: good("mkv").replace(b"matroska", b"webm\0\0\0\0", 1),
    "matroska-with-vp9": lambda lure: good("webm").replace(
        b"\x42\x82\x84webm", b"\x42\x82\x84matr", 1
    ),
    "avi-around-mp4": lambda lure: b"RIFF" + struct.pack("<I", 4 + len(good())) + b"AVI " + good(),
    "wave-in-avi": lambda lure: b"RIFF" + struct.pack("<I", 40) + b"AVI WAVEfmt " + bytes(40),
    "h264-called-hevc": lambda lure: good("mp4").replace(b"avc1", b"hvc1"),
    "h264-called-prores": lambda lure: good("mp4").replace(b"avc1", b"apch"),
    "codec-unheard-of": lambda lure: good("mp4").replace(b"avc1", b"xxxx"),
    "video-called-sound": lambda lure: good("mp4").replace(b"vide", b"soun"),
    "sound-called-video": lambda lure: good("mp4").replace(b"soun", b"vide"),
    "avi-codec-unheard-of": lambda lure: good("avi").replace(b"FMP4", b"XXXX"),
}
NAMES = [
    ("../../../../etc/cron.d/evil.mp4", "mp4"),
    ("..\\..\\windows\\system32\\evil.mp4", "mp4"),
    ("/etc/passwd", "mp4"),
    ("nul\0byte.mp4", "mp4"),
    ("photo\u202egpj.mp4", "mp4"),
    ("x" * 5000 + ".mp4", "mp4"),
    ("line\r\nSet-Cookie: a=b.mp4", "mp4"),
    ("\x1b[31mred\x07.mp4", "mp4"),
    ("-i.mp4", "mp4"),
    ("concat:a|b.mp4", "mp4"),
    ("%00%2e%2e%2f.mp4", "mp4"),
    ("$(reboot) `id` ;rm -rf.mp4", "mp4"),
    ("<img src=x onerror=alert(1)>.mp4", "mp4"),
    ("\ud83d\ude00 ñandú 視頻.mp4".encode("utf-16", "surrogatepass").decode("utf-16"), "mp4"),
    ("CON", "mp4"),
    ("", "mp4"),
    ("song.mp3", "mkv"),
    ("list.m3u8", "webm"),
    ("page.html", "avi"),
    ("archive.zip", "mov"),
    ("film.mkv", "mp4"),
    ("film.avi", "fast"),
]
