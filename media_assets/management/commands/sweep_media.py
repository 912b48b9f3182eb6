"""Take away what crashes and forgotten uploads have left."""

from typing import Any

from django.core.management.base import CommandParser

from ledger.context import acting
from media_assets.services.upkeep import sweep_media
from stakazo.core.commands import StakazoCommand, whole


class Command(StakazoCommand):
    """Temporaries, forgotten uploads, half fetches, and stored files that no row knows."""

    help = (
        "Take away what crashes have left: temporaries on this machine, parts of uploads that nobody "
        "finished, half fetches, and stored files that no row knows. The same runs by itself."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """How old leftovers must be."""
        parser.add_argument(
            "--dry-run", action="store_true", help="Name the orphans, take nothing."
        )
        parser.add_argument(
            "--older-than-hours",
            type=whole(6, 24 * 365),
            default=24,
            help="Leave what is younger; a job may take hours before its row is written.",
        )

    def work(self, **options: Any) -> dict[str, Any]:
        """One sweep."""
        with acting(actor="command:sweep_media"):
            return sweep_media(
                older_than_s=options["older_than_hours"] * 3600.0, dry_run=options["dry_run"]
            )

    def words(self, answer: dict[str, Any]) -> str:
        """What was found, and where it was a dry run, each file by name."""
        orphans, dry = answer["orphans"], answer["dry_run"]
        lines = [
            f"{orphans['removed']} of {orphans['checked']} stored files "
            f"{'belong' if dry else 'belonged'} to nothing ({orphans['bytes']} bytes)."
        ]
        lines += orphans["files"]
        if not dry:
            lines.append(
                f"{answer['temporaries']['removed']} temporaries and {answer['fetches']['removed']} "
                f"half fetches taken away; {answer['uploads']['expired']} uploads expired, parts of "
                f"{answer['uploads']['removed']} taken away."
            )
        return "\n".join(lines)
