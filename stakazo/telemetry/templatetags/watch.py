"""Small words for the watch page."""

from typing import Any

from django import template

register = template.Library()


@register.filter
def age(seconds: float | None) -> str:
    """Seconds as people say them: 8 s, 3 min, 2 h, 4 d; a dash for none. watch.js does the same."""
    if seconds is None:
        return "–"
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


@register.filter
def words(name: str) -> str:
    """job_type → Job type."""
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]


@register.filter
def percent(fraction: float) -> str:
    """0.4 → 40 %."""
    return f"{fraction * 100:.0f} %"


@register.filter
def of(counts: dict[str, Any], name: str) -> Any:
    """The entry of this name, or 0."""
    return counts.get(name, 0)
