"""Numbers with their units, for people."""

from typing import Any

MANY_WORDS = 80


def in_words(value: Any, unit: str = "") -> str:
    """A measured value. Any: what a measure gave, which may be what a caller sent."""
    if isinstance(value, list | tuple):
        return ", ".join(in_words(each, unit) for each in value[:5])
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)[:MANY_WORDS]
    if unit in _IN_WORDS:
        return _IN_WORDS[unit](value)
    return f"{value:.10g} {unit}".strip()


def span_in_words(least: float | None, most: float | None, unit: str) -> str:
    """A range with its ends; a unit that is a word stands once."""
    if least is None:
        return f"up to {in_words(most, unit)}"
    if most is None:
        return f"from {in_words(least, unit)}"
    first = in_words(least, unit if unit in _IN_WORDS else "")
    return f"from {first} to {in_words(most, unit)}"


def _time(ms: float) -> str:
    """Such as 0 s, 2.999 s, 15 min, 15 min 0.001 s, 12 h."""
    parts = []
    for size, name in ((3_600_000, "h"), (60_000, "min")):
        count, ms = divmod(ms, size)
        parts += [f"{count:g} {name}"] * bool(count)
    if ms or not parts:
        parts.append(f"{ms / 1000:.10g} s")
    return " ".join(parts)


def _bytes(count: float) -> str:
    for size, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= size:
            return f"{count / size:.10g} {name}"
    return f"{count:g} bytes"


def _rate(bps: float) -> str:
    return f"{bps / 1e6:.3g} Mbit/s"


def _ratio(value: float) -> str:
    return f"{value:.3g}:1"


_IN_WORDS = {"ms": _time, "bytes": _bytes, "bit/s": _rate, ":1": _ratio}
