"""manage.py reconcile"""

from typing import Any

from django.core.management.base import CommandParser

from publishing.services.reconcile import reconcile
from stakazo.core.commands import StakazoCommand


class Command(StakazoCommand):
    """Ask the platforms about posts whose outcome nobody told us, and settle what they make clear."""

    help = (
        "Asks the platforms about open publish attempts that nobody touched for a while, and marks "
        "them success or failed where the platform leaves no doubt. Posts nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Its own --dry-run: asking cannot be rolled back, so a dry run asks and writes nothing."""
        parser.add_argument(
            "--since-minutes", type=int, default=10, help="Untouched for so long, 1 to 1440."
        )
        parser.add_argument("--dry-run", action="store_true", help="Ask, but settle nothing.")

    def work(self, **options: Any) -> dict[str, Any]:
        """One run."""
        return reconcile(options["since_minutes"], dry_run=options["dry_run"])

    def words(self, answer: dict[str, Any]) -> str:
        """One line."""
        return (
            f"Looked at {answer['total_checked']}: {answer['marked_success']} are live, "
            f"{answer['marked_failed']} are not, {answer['skipped']} stay open."
        )
