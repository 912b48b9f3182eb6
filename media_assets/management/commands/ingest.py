"""Bring videos in from the local disk."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from ledger.context import acting
from media_assets.services.ingest import ingest_path
from stakazo.core.commands import StakazoCommand, progress
from stakazo.core.errors import StakazoError


class Command(StakazoCommand):
    """Check each file, store it, and put the search for its clips in the queue."""

    help = (
        "Bring videos in: each file is checked, copied into the storage and put in the queue for "
        "analysis. The same bytes twice are one video. Exit code 1 when some were refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The files, and a title for one."""
        parser.add_argument("paths", nargs="+", metavar="PATH", type=Path, help="Video files.")
        parser.add_argument(
            "--title", default="", help="Title, for one file; else the file's name."
        )

        parser.add_argument("--dry-run", action="store_true", help="Check the files, keep nothing.")

    def work(self, **options: Any) -> dict[str, Any]:
        """Take each in."""
        paths: list[Path] = options["paths"]
        if options["title"] and len(paths) > 1:
            raise CommandError("--title is for one file at a time.", returncode=2)
        videos, failed, dry = [], [], options["dry_run"]
        with acting(actor="command:ingest"):
            for path in progress(paths, what="Bringing in", total=len(paths)):
                try:
                    ingested = ingest_path(path, title=options["title"], dry_run=dry)
                except StakazoError as error:
                    failed.append({"path": path, "code": error.code, "message": error.message})
                    continue
                videos.append(
                    {
                        "path": path,
                        "id": None if dry and ingested.created else ingested.video.pk,
                        "title": ingested.video.title,
                        "created": ingested.created,
                        "job_id": ingested.job.pk if ingested.job else None,
                    }
                )
        return {"videos": videos, "failed": failed}

    def words(self, answer: dict[str, Any]) -> str:
        """One line per file."""
        lines = [
            f"{each['title']}: {'video' if each['created'] else 'known as'} "
            f"{each['id'] or 'that would be new'}"
            for each in answer["videos"]
        ]
        lines += [f"{each['path']}: refused. {each['message']}" for each in answer["failed"]]
        return "\n".join(lines)
