"""What never reaches the ledger: secrets, signed addresses, e-mail addresses."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

MASK = "***"
MAX_TEXT_CHARS = 2_000
MAX_ITEMS = 200
MAX_DEPTH = 8

_SECRET_KEY = re.compile(
    r"token|secret|password|passwd|authorization|cookie|signature|api_?key|credential|upload_url",
    re.IGNORECASE,
)
_HARMLESS_KEY = re.compile(r"^(fencing_token|token_expires_at|key_id)$")
_PATTERNS = [
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"), MASK),
    (re.compile(r"(https?://[^\s?#]+)\?[^\s]*"), r"\1?" + MASK),
    (re.compile(r"(?i)bearer\s+[\w.~+/=-]+"), "Bearer " + MASK),
    (re.compile(r"eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+"), MASK),
]
_SUSPECT = re.compile(r"@|\?|bearer|eyJ", re.IGNORECASE)  # no pattern finds anything without one
_encoder = DjangoJSONEncoder()


def masked(value: Any, *, depth: int = 0) -> Any:
    """The value as plain JSON data: secrets masked by key and by pattern, bounded in size.

    What JSON does not know becomes text, so that no metadata is ever a reason to lose an event.
    """
    if depth > MAX_DEPTH:
        return "…"
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return _plain_number(value)
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, Mapping):
        return {
            str(key)[:128]: MASK if item and _is_secret(str(key)) else masked(item, depth=depth + 1)
            for key, item in list(value.items())[:MAX_ITEMS]
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [masked(item, depth=depth + 1) for item in list(value)[:MAX_ITEMS]]
    try:
        return masked(_encoder.default(value), depth=depth + 1)
    except TypeError:
        return masked_text(repr(value))


def _plain_number(value: float) -> float | int | str:
    """A number that PostgreSQL's jsonb gives back as it was: it knows neither 1e+16 nor -0.0."""
    if value != value or abs(value) == float("inf"):
        return str(value)
    return int(value) if abs(value) >= 1e16 else value + 0.0


@lru_cache(maxsize=1024)
def _is_secret(key: str) -> bool:
    return bool(_SECRET_KEY.search(key)) and not _HARMLESS_KEY.match(key)


def masked_text(text: str) -> str:
    """The text without what looks like a secret, at most MAX_TEXT_CHARS long."""
    text = text.replace("\x00", "")
    if _SUSPECT.search(text):
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
    return text if len(text) <= MAX_TEXT_CHARS else text[: MAX_TEXT_CHARS - 1] + "…"
