"""What a platform's error means for us, as data: (platform, HTTP, code, subcode, phase) → kind.

Each row has a sentence that says what happened and a remedy that says what a person does about it. The
first row that fits wins. What no row names is ambiguous in the commit, and otherwise waits, reconnects
or stays a bug by its HTTP status. Codes as of rows.AS_OF; docs/platform-errors.md is printed from here.
"""

from publishing.platforms.error_table.meaning import (
    FAILURES,
    LABELS,
    TABLE,
    error_for,
    failure_of,
    network_error,
)
from publishing.platforms.error_table.rows import (
    ANYWHERE,
    AS_OF,
    COMMIT_ONLY,
    MINUTE,
    SAFE,
    Failure,
    Phase,
    Row,
)

__all__ = [
    "ANYWHERE",
    "AS_OF",
    "COMMIT_ONLY",
    "FAILURES",
    "LABELS",
    "MINUTE",
    "SAFE",
    "TABLE",
    "Failure",
    "Phase",
    "Row",
    "error_for",
    "failure_of",
    "network_error",
]
