"""A copy of everything that cannot be made again."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from ledger.context import acting
from stakazo.backups.services import make_backup
from stakazo.core.commands import StakazoCommand, progress


class Command(StakazoCommand):
    help = (
        "Back up one moment of the database into a new folder while everybody works on, with a signed "
        "manifest: rows, migrations, hashes, the head of the ledger, and a list of the stored files. "
        "Keys and secrets are not in it. `restore` puts it back."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder",
            nargs="?",
            type=Path,
            help="The new folder; without it one in the var folder, named after the time.",
        )
        parser.add_argument("--media", action="store_true", help="Copy the stored files too.")
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would be in it, and write nothing."
        )

    def work(self, **options: Any) -> dict[str, Any]:
        """What is in it. Exit code 1 when a file that rows name is missing or not what they say."""
        with acting(actor="command:backup"):
            return make_backup(
                options["folder"],
                media=options["media"],
                dry_run=options["dry_run"],
                follow=progress,
            )

    def words(self, answer: dict[str, Any]) -> str:
        """For people."""
        would, head, files = answer["dry_run"], answer["head"], answer["files"]
        lines = [f"Would be made: {answer['folder']}." if would else f"Made: {answer['folder']}."]
        lines.append(f"  {answer['rows']} rows of {answer['tables']} tables")
        lines.append(
            f"  the ledger up to seal {head['number']}: {head['seal_hash']}"
            if head
            else "  the ledger, without a seal yet"
        )
        how = "copied" if files["copied"] else "listed, not copied (--media copies them)"
        lines.append(f"  {files['count']} stored files of {files['size_bytes']} bytes, {how}")
        for name in answer["missing"]:
            lines.append(f"missing: {name}")
        for name in answer["damaged"]:
            lines.append(f"not what its row says: {name}")
        if not would:
            lines.append("Keys and secrets are not in it; keep those elsewhere (docs/backup.md).")
        return "\n".join(lines)
