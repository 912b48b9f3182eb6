"""Closing what is committed into the chain, now."""

from typing import Any

from ledger.sealing.keys import sealing_key
from ledger.sealing.sealer import newest_seal, seal_events
from stakazo.core.commands import StakazoCommand


class Command(StakazoCommand):
    help = (
        "Seal the events that are in no seal yet, and anchor the head in the storage. A schedule "
        "does the same; running it twice, or beside the schedule, is safe."
    )
    writes = True

    def work(self, **options: Any) -> dict[str, Any]:
        """How many were sealed, and what the head is now."""
        facts = seal_events().facts()
        head, key = newest_seal(), sealing_key()
        return facts | {
            "head": head.number if head else 0,
            "seal_hash": head.seal_hash if head else "",
            "key_id": key.key_id,
            "public_key": key.public_hex,
        }

    def words(self, answer: dict[str, Any]) -> str:
        """For people."""
        line = f"{answer['events']} events sealed into {answer['seals']} seals."
        if answer["head"]:
            line += f" The head is seal {answer['head']}: {answer['seal_hash']}"
        if answer["public_key"]:
            line += f"\nPublic key: {answer['public_key']}"
        return line
