"""What platforms say of our usage in the headers of their answers.

Only Meta does: in percent, and in minutes until calls are welcome again (never a Retry-After).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MINUTE = 60
_PERCENT = ("call_count", "total_cputime", "total_time")


@dataclass(frozen=True)
class Usage:
    """How much of the calls of our app or of one account is used. regain_s: 0 where it does not say."""

    scope: str  # "app" or "account"
    percent: int
    regain_s: int = 0


def usage_in(headers: Mapping[str, str]) -> list[Usage]:
    """Everything that the headers say; [] where they say nothing that can be read."""
    found = []
    app = _json(headers.get("x-app-usage", ""))
    if isinstance(app, dict):
        found.append(Usage("app", _highest(app)))
    business = _json(headers.get("x-business-use-case-usage", ""))
    rows = [
        row
        for of_one in (business.values() if isinstance(business, dict) else ())
        if isinstance(of_one, list)
        for row in of_one
        if isinstance(row, dict)
    ]
    if rows:
        found.append(Usage("account", max(map(_highest, rows)), regain_s(headers) or 0))
    return found


def regain_s(headers: Mapping[str, str]) -> int | None:
    """Seconds until calls are welcome again; None where the headers do not say so."""
    minutes = re.findall(
        r'"estimated_time_to_regain_access":\s*(\d{1,6})',
        headers.get("x-business-use-case-usage", ""),
    )
    longest = max((int(count) for count in minutes), default=0)
    return longest * MINUTE or None


def _json(text: str) -> Any:
    """Any: it came from outside."""
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def _highest(row: Mapping[str, Any]) -> int:
    """Whichever of the three is nearest to its limit; a platform throttles by each of them."""
    numbers = [row.get(name) for name in _PERCENT]
    whole = [number for number in numbers if isinstance(number, int | float)]
    return max((int(min(max(number, 0), 100)) for number in whole), default=0)
