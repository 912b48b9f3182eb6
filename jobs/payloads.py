"""What the jobs of this room take."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class ActOnJobs:
    """action: retry or cancel. job_ids: to which. why: what the ledger is told."""

    action: str
    job_ids: tuple[uuid.UUID, ...]
    why: str = "asked for"

    def __post_init__(self) -> None:
        if self.action not in ("retry", "cancel"):
            raise ValueError("action is retry or cancel")
