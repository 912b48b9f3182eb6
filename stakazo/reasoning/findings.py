"""What a rule answers: a finding with its evidence, and what it proposes to do."""

import enum
from dataclasses import asdict, dataclass
from typing import Any


class Severity(enum.StrEnum):
    """How much it matters; the words of the ledger."""

    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"


ORDER = {Severity.ERROR: 0, Severity.WARN: 1, Severity.INFO: 2}


@dataclass(frozen=True)
class Call:
    """A request of our own API that does a part of an action."""

    method: str
    path: str
    body: dict[str, Any] | None = None


@dataclass(frozen=True)
class Action:
    """Something to do. calls: what carries it out, in order; none: only a person can."""

    title: str
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True)
class Finding:
    """Something that is so, how we know, and what to do about it.

    rule: which rule found it; the engine writes it in. confidence: 0 to 1, how sure it is that the
    action helps.
    """

    title: str
    evidence: tuple[str, ...]
    severity: Severity
    action: Action
    confidence: float
    rule: str = ""

    def data(self) -> dict[str, Any]:
        """Plain JSON data."""
        found = asdict(self)
        found["severity"] = str(self.severity)
        found["evidence"] = list(self.evidence)
        found["action"]["calls"] = [dict(call) for call in found["action"]["calls"]]
        return found


def some(number: int, one: str, many: str = "") -> str:
    """`1 job`, `3 jobs`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
