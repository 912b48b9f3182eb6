"""Captions as text: read from SRT and WebVTT files that anybody may have written, and written as WebVTT.

The text of a cue is markup of ours alone: lines, `<i> <b> <u>`, and `&amp; &lt; &gt;`. Formats: the W3C's
WebVTT (https://www.w3.org/TR/webvtt1/) and what players take for SubRip.
"""

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from media_assets.errors import BadCaptions, EmptyFile, FileTooLarge, NotCaptions

MOST_BYTES = 1024 * 1024  # a film of two hours has about 100 KiB
MOST_CUES = 10_000
MOST_LETTERS = 600  # of one cue; two lines of a film have 84
MOST_LINES = 8
LAST_MS = 24 * 3600 * 1000
MOST_NOTES = 20

_CLOCK = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_TIMING = re.compile(rf"\s*{_CLOCK}\s*--?>\s*{_CLOCK}(?:\s.*)?", re.ASCII)
_TAG = re.compile(r"<(/?)([A-Za-z][\w.]{0,40}|\d[\d:.]{0,20})[^<>\n]{0,200}>", re.ASCII)
_OVERRIDE = re.compile(r"\{\\[^{}\n]{0,200}\}")  # of the ASS format, which many SRT files hold
_KEPT = ("i", "b", "u")
# They turn the order of what follows them, beyond the cue; a letter's own direction is enough.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


@dataclass(frozen=True)
class Cue:
    """Words shown from start_ms until before end_ms. text: our markup, see above."""

    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True)
class Parsed:
    """What a file says. kind: srt or vtt. notes: sentences about what was mended or left out."""

    kind: str
    cues: list[Cue]
    notes: list[str] = field(default_factory=list)


def parse_captions(data: bytes) -> Parsed:
    """Read an SRT or WebVTT file, in time order.

    What a player would forgive is forgiven and noted: a wrong encoding, cues out of order or without
    length, settings, styles, notes, tags. Raises EmptyFile, FileTooLarge, NotCaptions when it is
    something else, BadCaptions when it is captions that nobody could show.
    """
    if len(data) > MOST_BYTES:
        raise FileTooLarge(
            f"The file is larger than {MOST_BYTES // 1024} KiB, the most we take of captions.",
            max_bytes=MOST_BYTES,
        )
    notes: list[str] = []
    lines = _decoded(data, notes).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next((line for line in lines if line.strip()), "")
    if not first:
        raise EmptyFile("The file is empty.")
    is_vtt = re.match(r"WEBVTT(?=\s|$)", first.strip()) is not None
    cues = _cues(lines, is_vtt=is_vtt, notes=notes)
    if not cues:
        if is_vtt or any("-->" in line for line in lines):
            raise BadCaptions("No cue in the file can be shown. " + " ".join(notes[:3]))
        raise NotCaptions("This is no SRT or WebVTT file: it has no line such as 00:01 --> 00:02.")
    ordered = sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms))
    if ordered != cues:
        notes.append("The cues were not in the order of time; they are now.")
    if len(notes) > MOST_NOTES:
        notes = [*notes[:MOST_NOTES], f"And {len(notes) - MOST_NOTES} notes more."]
    return Parsed("vtt" if is_vtt else "srt", ordered, notes)


def _decoded(data: bytes, notes: list[str]) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            raise NotCaptions("The file says it is UTF-16, but is not.") from None
    if b"\x00" in data:
        raise NotCaptions("This is no text file.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        raise NotCaptions("The file is neither UTF-8 nor Windows-1252 text.") from None
    if sum(letter < " " and letter not in "\t\n\r" for letter in text) * 100 > len(text):
        raise NotCaptions("This is no text file.")
    notes.append("The file is not UTF-8; it was read as Windows-1252. Look at its accents.")
    return text


def _cues(lines: list[str], *, is_vtt: bool, notes: list[str]) -> list[Cue]:
    """Every cue that can be shown, in the order of the file."""
    timings = [
        number
        for number, line in enumerate(lines)
        if "-->" in line or ("->" in line and _TIMING.fullmatch(line))
    ]
    if is_vtt:
        hidden = _hidden_lines(lines)
        timings = [number for number in timings if number not in hidden]
    if len(timings) > MOST_CUES:
        raise BadCaptions(f"The file has {len(timings)} cues; we take {MOST_CUES}.", most=MOST_CUES)
    cues: list[Cue] = []
    for number, until in zip(timings, [*timings[1:], len(lines)], strict=False):
        span = _span(lines[number])
        if isinstance(span, str):
            notes.append(f"The cue of line {number + 1} was left out: {span}.")
            continue
        body = _body(lines, number + 1, until, is_vtt=is_vtt, last=until == len(lines))
        text = clean_text(body)
        if len(plain(text)) > MOST_LETTERS:
            raise BadCaptions(
                f"The cue of line {number + 1} has {len(plain(text))} letters; "
                f"{MOST_LETTERS} can be read.",
                line=number + 1,
                most=MOST_LETTERS,
            )
        if text:
            cues.append(Cue(*span, text))
        else:
            notes.append(f"The cue of line {number + 1} was left out: it has no text.")
    return cues


def _hidden_lines(lines: list[str]) -> set[int]:
    """Lines of WebVTT blocks that hold no cue: the header, notes, styles, regions."""
    hidden: set[int] = set()
    header = inside = begun = False
    after_blank = True
    for number, line in enumerate(lines):
        blank = not line.strip()
        if not begun and not blank:
            begun = header = inside = True
        elif blank or (header and "-->" in line):  # a cue right below the header is a cue
            header = inside = False
        elif after_blank and re.match(r"(NOTE|STYLE|REGION)(\s|$)", line):
            inside = True
        if inside:
            hidden.add(number)
        after_blank = blank
    return hidden


def _span(line: str) -> tuple[int, int] | str:
    """Start and end of a cue in milliseconds, or why there is none."""
    found = _TIMING.fullmatch(line)
    if found is None:
        return "its times cannot be read"
    start, end = _ms(found.groups()[:4]), _ms(found.groups()[4:])
    if start is None or end is None:
        return "it has more than 59 minutes or seconds"
    if end <= start:
        return "it ends before it starts"
    if end > LAST_MS:
        return "it lies after 24 hours"
    return start, end


def _ms(parts: tuple[str | None, ...]) -> int | None:
    hours, minutes, seconds = (int(part or 0) for part in parts[:3])
    if minutes > 59 or seconds > 59:
        return None
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((parts[3] or "0").ljust(3, "0"))


def _body(lines: list[str], start: int, until: int, *, is_vtt: bool, last: bool) -> list[str]:
    """The lines of a cue's text. SRT files may have blank lines in it, and a number after it."""
    body = lines[start:until]
    if is_vtt:
        blank = next((n for n, line in enumerate(body) if not line.strip()), len(body))
        return body[:blank]
    while body and not body[-1].strip():
        body.pop()
    if not last and body and body[-1].strip().isdigit():
        body.pop()
    return body


def clean_text(lines: Iterable[str]) -> str:
    """Foreign markup as ours; empty for a text without letters."""
    text = "\n".join(" ".join(line.split()) for line in lines)
    text = _OVERRIDE.sub("", text).replace("\\N", "\n").replace("\\h", " ")
    made: list[str] = []
    tags: list[str] = []
    at = 0
    for found in _TAG.finditer(text):
        made.append(_escaped(text[at : found.start()]))
        at = found.end()
        closing, name = bool(found.group(1)), found.group(2).split(".")[0].lower()
        if name not in _KEPT:
            continue
        if not closing and name not in tags:
            tags.append(name)
            made.append(f"<{name}>")
        elif closing and name in tags:
            while tags:  # whatever was opened inside is closed with it
                inner = tags.pop()
                made.append(f"</{inner}>")
                if inner == name:
                    break
    made.append(_escaped(text[at:]))
    made += [f"</{name}>" for name in reversed(tags)]
    marked = [line.strip() for line in "".join(made).split("\n")]
    kept = [line for line in marked if plain(line).strip() or _TAG.search(line)]
    if not plain("".join(kept)).strip():
        return ""
    if len(kept) > MOST_LINES:
        kept = [" ".join(kept)]
    return "\n".join(kept)


def _escaped(text: str) -> str:
    """Text without what cannot be seen, its own signs escaped."""
    text = html.unescape(text).translate(_TURNING).replace("\xa0", " ")
    seen = "".join(
        letter
        for letter in text
        if letter == "\n" or unicodedata.category(letter) not in ("Cc", "Cs", "Co", "Cn")
    )
    return html.escape(unicodedata.normalize("NFC", seen), quote=False)


def plain(text: str) -> str:
    """The words of a cue without markup."""
    return html.unescape(_TAG.sub("", text))


# --- What is done with cues -----------------------------------------------------------------------


def cues_within(cues: Iterable[Cue], start_ms: int, end_ms: int) -> list[Cue]:
    """The cues of a span, cut to it and counted from its start."""
    return [
        Cue(max(cue.start_ms, start_ms) - start_ms, min(cue.end_ms, end_ms) - start_ms, cue.text)
        for cue in cues
        if cue.start_ms < end_ms and cue.end_ms > start_ms
    ]


def write_vtt(cues: Iterable[Cue], *, shift_ms: int = 0) -> str:
    """A WebVTT file. shift_ms: how much later all of it is shown."""
    blocks = [
        f"{_clock(cue.start_ms + shift_ms)} --> {_clock(cue.end_ms + shift_ms)}\n{cue.text}\n"
        for cue in cues
    ]
    return "\n".join(["WEBVTT\n", *blocks])


def _clock(ms: int) -> str:
    minutes, rest = divmod(ms, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
