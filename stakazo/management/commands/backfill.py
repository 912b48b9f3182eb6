"""Rebuild what was missed."""

from collections.abc import Iterable
from typing import Any

from django.core.management.base import CommandParser
from media_assets.services.upkeep import backfill_media
from publishing.services.metrics import backfill_metrics

from ledger.backfill import backfill_ledger
from ledger.context import acting
from ledger.registry import Audited
from stakazo.core.commands import StakazoCommand, progress


class Command(StakazoCommand):
    help = (
        "Rebuild what was missed. ledger: replay spooled events and record states that no event "
        "tells. metrics: ask the platforms for the numbers of every post. media: probe stored "
        "videos again and report missing files. Twice gives nothing new."
    )
    writes = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["ledger", "metrics", "media"])

    def work(self, **options: Any) -> dict[str, Any]:
        """One call into the room concerned."""
        with acting(actor="command:backfill"):
            if options["what"] == "ledger":
                return backfill_ledger(follow=_models_with_progress).facts()
            if options["what"] == "media":
                return dict(backfill_media())
            return dict(backfill_metrics())


def _models_with_progress(models: Iterable[Audited]) -> Iterable[Audited]:
    return progress(list(models), what="ledger")
