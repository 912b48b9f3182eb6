"""Numbers with their units, for people."""

from typing import Any

MANY_WORDS = 80


def in_words(value: Any, unit: str = "") -> str:
    """A measured value. Any: what a measure gave, which may be what a caller sent."""
    if isinstance(value, list | tuple):
        return ", ".join(in_words(each, unit) for each in value[:5])
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)[:MANY_WORDS]
    if unit == "ms":
        return _time(value, digits=1)
    if unit == "bytes":
        return _bytes(value)
    if unit == "bit/s":
        return f"{value / 1e6:.1f} Mbit/s"
    if unit == ":1":
        return f"{value:.3g}:1"
    number = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return f"{number} {unit}".strip()


def span_in_words(least: float | None, most: float | None, unit: str) -> str:
    """A range with its ends."""
    if least is None:
        return f"up to {_end(most, unit)}"
    if most is None:
        return f"from {_end(least, unit)}"
    return f"from {_end(least, unit)} to {_end(most, unit)}"


def _end(value: float | None, unit: str) -> str:
    if unit == "ms":
        return _time(value or 0, digits=0)
    if unit == "bytes":
        return _bytes(value or 0)
    return f"{value:g} {unit}".strip() if unit != "bit/s" else in_words(value, unit)


def _time(ms: float, *, digits: int) -> str:
    if ms >= 3_600_000:
        return f"{ms / 3_600_000:.{digits}f} h"
    if ms >= 120_000:
        return f"{ms / 60_000:.{digits}f} min"
    return f"{ms / 1000:.{max(digits, 0 if ms % 1000 == 0 else 3)}f} s"


def _bytes(count: float) -> str:
    for size, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= size:
            return f"{count / size:.4g} {name}"
    return f"{count:g} bytes"
