"""Breaking a text into lines: no wider than the room, about equally long, never within a letter."""

import unicodedata
from collections.abc import Callable

_ZWJ, _TONES = "\u200d", range(0x1F3FB, 0x1F400)
_FLAGS = range(0x1F1E6, 0x1F200)
# They stay with the letter before them, also in scripts without spaces.
_CLOSING = set("、。，．：；？！）」』】〉》〕］｝…ー々・,.!?:;)]}%")


def clusters(text: str) -> list[str]:
    """The text in pieces that readers take for one letter: with its accents, joined emoji, flags."""
    found: list[str] = []
    for letter in text:
        before = found[-1] if found else ""
        mark = unicodedata.category(letter) in ("Mn", "Mc", "Me") or letter == _ZWJ
        paired = ord(letter) in _FLAGS and len(before) == 1 and ord(before) in _FLAGS
        if before and (mark or paired or before.endswith(_ZWJ) or ord(letter) in _TONES):
            found[-1] += letter
        else:
            found.append(letter)
    return found


def broken(text: str, width_of: Callable[[str], float], room: float) -> list[str]:
    """The lines of the text. width_of: of a piece without a break in it; room in the same unit.

    Line breaks of the text stay. Words too wide for a line are broken; scripts without spaces break
    between letters.
    """
    lines = []
    for paragraph in text.splitlines():
        pieces = _pieces(paragraph, width_of, room)
        if pieces:
            lines += _balanced(pieces, width_of(" "), room)
    return lines


def reflowed(text: str) -> str:
    """A text whose own line breaks do not fit: one paragraph, and one for each speaker's dash."""
    paragraphs: list[str] = []
    for line in text.splitlines():
        if paragraphs and not line.lstrip().startswith(("-", "–", "—", "•")):
            paragraphs[-1] += f" {line}"
        else:
            paragraphs.append(line)
    return "\n".join(paragraphs)


_Piece = tuple[str, float, bool]  # letters, width, whether a space comes before it


def _pieces(paragraph: str, width_of: Callable[[str], float], room: float) -> list[_Piece]:
    pieces: list[_Piece] = []
    for word in paragraph.split():
        spaced = bool(pieces)
        for part in _parts(word):
            width = width_of(part)
            if width <= room:
                pieces.append((part, width, spaced))
            else:
                for cut in _cut(part, width_of, room):
                    pieces.append((cut, width_of(cut), spaced))
                    spaced = False
            spaced = False
    return pieces


def _parts(word: str) -> list[str]:
    """A word in the parts between which a line may end."""
    parts: list[str] = []
    wide_before = False
    for cluster in clusters(word):
        wide = unicodedata.east_asian_width(cluster[0]) in ("W", "F")
        if parts and (not (wide or wide_before) or cluster[0] in _CLOSING):
            parts[-1] += cluster
        else:
            parts.append(cluster)
        wide_before = wide
    return parts


def _cut(word: str, width_of: Callable[[str], float], room: float) -> list[str]:
    cuts = [""]
    for cluster in clusters(word):
        if cuts[-1] and width_of(cuts[-1] + cluster) > room:
            cuts.append("")
        cuts[-1] += cluster
    return cuts


def _balanced(pieces: list[_Piece], space: float, room: float) -> list[str]:
    """As few lines as the room allows, and these as short as they can be."""
    best = _filled(pieces, space, room)
    low, high = max(width for _, width, _ in pieces), room
    for _ in range(8 if len(best) > 1 else 0):
        middle = (low + high) / 2
        tried = _filled(pieces, space, middle)
        if len(tried) <= len(best):
            best, high = tried, middle
        else:
            low = middle
    return best


def _filled(pieces: list[_Piece], space: float, room: float) -> list[str]:
    lines: list[str] = []
    used = 0.0
    for letters, width, spaced in pieces:
        gap = space if spaced else 0.0
        if lines and used + gap + width <= room:
            lines[-1] += f"{' ' if spaced else ''}{letters}"
            used += gap + width
        else:
            lines.append(letters)
            used = width
    return lines
