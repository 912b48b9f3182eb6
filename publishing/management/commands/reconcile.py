"""manage.py reconcile"""

import uuid
from typing import Any

from django.core.management.base import CommandError, CommandParser

from publishing import queries
from publishing.services.auditing import audit_posts
from publishing.services.reconcile import reconcile
from stakazo.core.commands import StakazoCommand


class Command(StakazoCommand):
    """Ask the platforms about posts whose outcome nobody told us, and settle what they make clear."""

    help = (
        "Asks the platforms about open publish attempts that nobody touched for a while, and marks "
        "them success or failed where the platform leaves no doubt. Posts nothing. --audit compares "
        "what the accounts list with our records instead, and opens findings; it settles nothing. "
        "Each run is in the history."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Its own --dry-run: asking cannot be rolled back, so a dry run asks and settles nothing."""
        parser.add_argument(
            "--since-minutes", type=int, default=10, help="Untouched for so long, 1 to 1440."
        )
        parser.add_argument("--dry-run", action="store_true", help="Ask, but settle nothing.")
        parser.add_argument(
            "--audit", action="store_true", help="Compare live posts with our records, both ways."
        )
        parser.add_argument(
            "--days", type=int, default=30, help="With --audit: of so many days, 1 to 90."
        )
        parser.add_argument(
            "--account", type=uuid.UUID, help="With --audit: only this account, by its id."
        )

    def work(self, **options: Any) -> dict[str, Any]:
        """One run."""
        if not options["audit"]:
            return reconcile(options["since_minutes"], dry_run=options["dry_run"])
        if options["dry_run"]:
            raise CommandError("--audit changes no post; it has no --dry-run.")
        account = queries.account_by_id(options["account"]) if options["account"] else None
        return audit_posts(options["days"], account=account)

    def words(self, answer: dict[str, Any]) -> str:
        """One line."""
        if "accounts" in answer:
            return (
                f"Compared {answer['posts']} posts of {answer['accounts']} accounts: "
                f"{answer['opened']} findings are new, {answer['resolved']} are over, "
                f"{answer['failed']} accounts could not be asked."
            )
        return (
            f"Looked at {answer['total_checked']}: {answer['marked_success']} are live, "
            f"{answer['marked_failed']} are not, {answer['skipped']} stay open."
        )
