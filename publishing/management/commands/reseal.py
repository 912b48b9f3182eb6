"""manage.py reseal"""

from typing import Any

from django.core.management.base import CommandParser

from publishing.services.resealing import reseal
from stakazo.core.commands import StakazoCommand, progress


class Command(StakazoCommand):
    """Seals every stored secret with the newest key."""

    help = (
        "Seals tokens of accounts and secrets of webhooks anew with the first of STAKAZO_TOKEN_KEYS, so "
        "that the others can be taken out. May be stopped and begun again; workers may run beside it. "
        "Exit 1: something cannot be opened by any key, and keeps its seal."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Its own --dry-run, which opens everything and writes nothing, so it holds no lock."""
        parser.add_argument("--dry-run", action="store_true", help="Open everything, seal nothing.")

    def work(self, **options: Any) -> dict[str, Any]:
        """One pass."""
        return reseal(dry_run=options["dry_run"], watch=progress)

    def words(self, answer: dict[str, Any]) -> str:
        """A line, and one for each row that stays shut."""
        lines = [
            f"{answer['resealed']} rows sealed with the first key, {answer['failed']} cannot be "
            f"opened, {answer['skipped']} changed meanwhile."
        ]
        return "\n".join([*lines, *(f"Cannot be opened: {name}" for name in answer["broken"])])
