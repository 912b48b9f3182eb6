"""Putting a backup back."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from ledger.context import acting
from stakazo.backups.services import restore_backup, would_restore
from stakazo.core.commands import StakazoCommand, progress


class Command(StakazoCommand):
    help = (
        "Put a backup in the place of the database, after checking its signature, each hash and "
        "whether it fits; then compare rows and the head of the ledger with the manifest. Stop web "
        "and workers first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="The backup's folder.")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="The database may hold something, and stored files may differ: both are replaced.",
        )
        parser.add_argument(
            "--no-media", action="store_true", help="Leave the stored files as they are."
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Check everything, and change nothing."
        )

    def work(self, **options: Any) -> dict[str, Any]:
        """What was put back. Exit code 1 when the head does not verify or a file was left."""
        restore = would_restore if options["dry_run"] else restore_backup
        with acting(actor="command:restore"):
            return restore(
                options["folder"],
                replace=options["replace"],
                media=not options["no_media"],
                follow=progress,
            )

    def words(self, answer: dict[str, Any]) -> str:
        """For people, with what to do next."""
        rows = f"{answer['rows']} rows of {answer['tables']} tables, as of {answer['made_at']}"
        if answer["dry_run"]:
            lines = [f"The backup is whole and fits. Would be restored: {rows}."]
        else:
            lines = [f"Restored: {rows}."]
            if answer["files"]["copied"]:
                lines.append(
                    f"  {answer['files_put']} files put back, {answer['files_there']} were there"
                )
            lines += [f"another file is there, and was left: {n}" for n in answer["files_differ"]]
            if answer["head_faults"]:
                lines.append(f"The newest seal does not verify: {answer['head_faults']} faults.")
        if answer["newer_anchors"]:
            lines.append(
                f"{len(answer['newer_anchors'])} anchors in the storage speak of newer seals, which "
                "this backup does not have: ledger_verify will call them gone (docs/backup.md)."
            )
        steps = ", then ".join(f"manage.py {command}" for command in answer["next"])
        lines.append(f"Next: {steps}.")
        return "\n".join(lines)
