"""Letting very old events go."""

from datetime import timedelta
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from ledger.upkeep import prune_events
from stakazo.core.commands import StakazoCommand, whole


class Command(StakazoCommand):
    help = "Delete events older than so many days; the only way to delete any. Export them first."
    writes = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=whole(0, 36_500), required=True, help="Keep the last so many days."
        )
        parser.add_argument(
            "--keep-at-least", type=whole(0, 10**9), default=0, help="Keep so many, however old."
        )

    def work(self, **options: Any) -> dict[str, Any]:
        """How many went."""
        before = timezone.now() - timedelta(days=options["days"])
        return prune_events(before=before, keep_at_least=options["keep_at_least"])

    def words(self, answer: dict[str, Any]) -> str:
        """For people."""
        return f"{answer['pruned']} events pruned."
