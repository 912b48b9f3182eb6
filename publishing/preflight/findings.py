"""What a rule answers."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class Severity(StrEnum):
    """error: it is not posted like this. warning: it can be, and somebody should know."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit.

    rule: its name in the schema. field: as in the API, `options.tags` for an option. limit, actual:
    what is taken and what is there, for people, with units. message: all of it in sentences.
    """

    rule: str
    field: str
    limit: str
    actual: str
    cure: str
    severity: Severity
    message: str

    def as_data(self) -> dict[str, str]:
        """As doors and rows carry it."""
        return {name: str(value) for name, value in asdict(self).items()}
