"""Is the ledger what it was?"""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from ledger.models import LedgerEvent
from ledger.upkeep import verify_rows
from stakazo.core.commands import StakazoCommand, progress


class Command(StakazoCommand):
    help = "Recompute the hash of every event and name those that were changed. Changes nothing."

    def work(self, **options: Any) -> dict[str, Any]:
        """Exit code 1 when an event was changed."""
        found = verify_rows(follow=_with_progress)
        return asdict(found) | {"failed": found.wrong}

    def words(self, answer: dict[str, Any]) -> str:
        """For people."""
        if not answer["wrong"]:
            return f"{answer['checked']} events, each as it was written."
        names = "\n".join(f"  {pk}" for pk in answer["changed"])
        return f"{answer['wrong']} of {answer['checked']} events were changed:\n{names}"


def _with_progress(events: Iterable[LedgerEvent], total: int) -> Iterable[LedgerEvent]:
    return progress(events, what="verify", total=total)
