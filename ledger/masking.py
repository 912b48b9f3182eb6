"""What never reaches the ledger: secrets, signed addresses, e-mail addresses; and how much may.

Whatever it is given, `masked_metadata` answers plain JSON data that both databases take: no metadata
is ever a reason to lose an event. What it had to alter, it says under ALTERED.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

MASK = "***"
ALTERED = "_altered"
MAX_TEXT_CHARS = 2_000
MAX_KEY_CHARS = 128
MAX_ITEMS = 200
MAX_DEPTH = 8
MAX_CHARS = 32_000  # of one event's metadata, keys and texts together
MAX_NODES = 4_000
MAX_INT_BITS = 256
_WINDOW_CHARS = 4 * MAX_TEXT_CHARS  # so much of a long text is looked through for secrets

_SECRET_KEY = re.compile(
    r"token|secret|passw|pwd|passphrase|authorization|cookie|signature|api_?key|credential|upload_url"
    r"|private_?key|access_?key|session_?id|e_?mail|code_verifier|bearer|jwt|otp\b",
    re.IGNORECASE,
)
_HARMLESS_KEY = re.compile(
    r"^(fencing_token|token_expires_at|key_id|(prompt|completion|input|output|total|max)_tokens)$"
)
_PATTERNS = [
    (re.compile(r"(\b[a-zA-Z][a-zA-Z0-9+.-]{0,20}://)[^\s/?#@]*@"), r"\1" + MASK + "@"),
    (re.compile(r"(\b[a-zA-Z][a-zA-Z0-9+.-]{0,20}://[^\s?#]*)[?#][^\s\"'<>]*"), r"\1?" + MASK),
    (re.compile(r"[^\s@<>\"'(),:;/*]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"), MASK),
    (re.compile(r"(?i)\bbearer\s+[\w.~+/=-]+"), "Bearer " + MASK),
    (re.compile(r"(?i)(authorization\W{1,4}basic\s+)[\w+/=-]+"), r"\1" + MASK),
    (re.compile(r"eyJ[\w-]{10,}\.[\w-]{4,}(?:\.[\w-]*)?"), MASK),
    (re.compile(r"\bstk_(?:test_|live_)?[0-9a-f]{8}_[\w-]+"), MASK),
    (re.compile(r"\b(?:EAA[A-Za-z0-9]{16,}|ya29\.[\w-]{8,}|gAAAA[\w=-]{16,})"), MASK),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}|\bgh[pousr]_\w{20,}|\bxox[a-z]-[\w-]{8,}"), MASK),
    (
        re.compile(
            r"(?i)((?:token|secret|passw(?:or)?d|api[_-]?key|signature|credential)s?"
            r"(?:=|[\"']\s*[:=]\s*)[\"']?)[^\s\"'&,;]+"
        ),
        r"\1" + MASK,
    ),
]
# No pattern finds anything in a text without one of these (in small letters).
_SIGNS = (
    *("@", "://", "=", '"', "'", "bearer", "authorization", "eyj", "stk_", "eaa", "ya29", "gaaaa"),
    *("akia", "asia", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "xox"),
)
_TAME = re.compile(r"[a-z0-9_:-]{0,64}").fullmatch  # what most texts are: ids and names of ours
_encoder = DjangoJSONEncoder()


def masked_metadata(metadata: Any) -> dict[str, Any]:
    """The metadata of an event as it is kept: a new dict of plain JSON data, masked and bounded.

    Never raises. ALTERED in it counts what is not as it was given: `surrogates` (halves of
    characters, kept as \\udXXX), `texts_cut` with `chars_left_out`, `items_left_out`, `too_deep`,
    `unreadable` (values or keys that could not even be shown).
    """
    keeper = _Keeper()
    if not isinstance(metadata, Mapping):
        metadata = {"metadata": metadata}
    kept = keeper.kept(metadata, 0)
    if not isinstance(kept, dict):  # a mapping that cannot be read
        kept = {"metadata": kept}
    if keeper.altered:
        kept[ALTERED] = dict(sorted(keeper.altered.items()))
    return kept


def masked(value: Any) -> Any:
    """The value as plain JSON data: secrets masked by key and by pattern, bounded in size."""
    return _Keeper().kept(value, 0)


def masked_text(text: str) -> str:
    """The text without what looks like a secret, at most MAX_TEXT_CHARS long."""
    return _Keeper().text(text)


def plain_text(value: object, *, limit: int) -> str:
    """A value as a text for a column: storable, masked, at most `limit` characters. Never raises."""
    if type(value) is str and len(value) <= limit and _is_plain(value):
        return value
    keeper = _Keeper()
    try:
        text = str(value)
    except Exception:  # noqa: BLE001  whatever its __str__ does
        text = _name_of(value)
    return keeper.text(text)[:limit]


class _Keeper:
    """Walks through one value. altered: what was done to it, counted by kind."""

    def __init__(self) -> None:
        self.altered: dict[str, int] = {}
        self._chars, self._nodes = MAX_CHARS, MAX_NODES

    def kept(self, value: Any, depth: int) -> Any:
        """The value as it is kept."""
        kind = type(value)
        if kind is str:
            return self.text(value)
        if value is None or kind is bool:
            return value
        if kind is UUID:
            return str(value)
        if kind is int:
            return self._number(value)
        try:
            return self._other(value, depth)
        except Exception:  # noqa: BLE001  whatever methods it has may do whatever they like
            self._note("unreadable")
            return _name_of(value)

    def text(self, text: str) -> str:
        """Storable, masked and bounded. What databases take no text with: NUL, half characters."""
        length = len(text)
        if length <= min(self._chars, MAX_TEXT_CHARS) and _is_plain(text):
            self._chars -= length
            return text
        if length > _WINDOW_CHARS:
            text = text[:_WINDOW_CHARS]
            text = (
                text[: text.rfind(" ") + 1] or text
            )  # no half of a secret at the end of the window
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError:
                text = text.encode("utf-8", "backslashreplace").decode()
                self._note("surrogates")
        if "\x00" in text:
            text = text.replace("\x00", "")
        if _is_suspect(text):
            for pattern, instead in _PATTERNS:
                text = pattern.sub(instead, text)
        room = max(0, min(MAX_TEXT_CHARS, self._chars))
        if length > _WINDOW_CHARS or len(text) > room:
            self._note("texts_cut")
            text = text[: max(0, room - 1)] + "…"
            self._note("chars_left_out", max(0, length - len(text) + 1))
        self._chars -= len(text)
        return text

    def _other(self, value: Any, depth: int) -> Any:
        if isinstance(value, str):
            return self.text(str(value))
        if isinstance(value, int):
            return self._number(int(value))
        if isinstance(value, float):
            return _plain_number(float(value))
        if depth >= MAX_DEPTH:
            self._note("too_deep")
            return "…"
        if isinstance(value, Mapping):
            return self._mapping(value, depth + 1)
        if isinstance(value, list | tuple | set | frozenset):
            items = list(value)
            return [self.kept(item, depth + 1) for item in self._few(items)]
        try:
            plain = _encoder.default(value)
        except Exception:  # noqa: BLE001  it knows it not, or breaks on it
            return self.text(repr(value))
        return self.kept(plain, depth + 1)

    def _mapping(self, value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for key, item in self._few(list(value.items())):
            name = self._key(key)
            kept[name] = MASK if _is_secret(name) and item else self.kept(item, depth)
        return kept

    def _key(self, key: Any) -> str:
        if type(key) is str and len(key) <= MAX_KEY_CHARS and key.isascii() and "\x00" not in key:
            self._chars -= len(key)
            return _masked_key(key)
        try:
            return self.text(str(key))[:MAX_KEY_CHARS]
        except Exception:  # noqa: BLE001  whatever its __str__ does
            self._note("unreadable")
            return _name_of(key)

    def _few(self, items: list[Any]) -> list[Any]:
        # Also of many small lists within each other: a list that holds itself is one.
        room = 0 if self._chars <= 0 else max(0, min(MAX_ITEMS, self._nodes))
        if len(items) > room:
            self._note("items_left_out", len(items) - room)
            items = items[:room]
        self._nodes -= len(items)
        return items

    def _number(self, value: int) -> int | str:
        if value.bit_length() <= MAX_INT_BITS:
            return value
        self._note("texts_cut")
        return f"an integer of {value.bit_length()} bits"

    def _note(self, what: str, count: int = 1) -> None:
        self.altered[what] = self.altered.get(what, 0) + count


def _is_plain(text: str) -> bool:
    """Whether a short text is what most are: nothing in it that any rule here is about."""
    if _TAME(text) and "stk_" not in text and "gh" not in text and "xox" not in text:
        return True
    return text.isascii() and "\x00" not in text and not _is_suspect(text)


def _is_suspect(text: str) -> bool:
    small = text.lower()
    for sign in _SIGNS:  # noqa: SIM110  twice as fast as any()
        if sign in small:
            return True
    return False


def _plain_number(value: float) -> float | int | str:
    """A number that PostgreSQL's jsonb gives back as it was: it knows neither 1e+16 nor -0.0."""
    if value != value or abs(value) == float("inf"):
        return str(value)
    return int(value) if abs(value) >= 1e16 else value + 0.0


def _name_of(value: object) -> str:
    return f"<{type(value).__name__[:64]} that cannot be shown>".encode("ascii", "replace").decode()


@lru_cache(maxsize=1024)
def _is_secret(key: str) -> bool:
    return bool(_SECRET_KEY.search(key)) and not _HARMLESS_KEY.match(key)


@lru_cache(maxsize=1024)
def _masked_key(key: str) -> str:
    """A key in which a pattern finds something is no name of ours: an address, a token."""
    return _Keeper().text(key) if not _is_plain(key) else key
