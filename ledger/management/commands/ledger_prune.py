"""Letting very old events go."""

from typing import Any

from django.core.management.base import CommandParser

from ledger.keeping.pruning import prune_ledger, would_prune
from stakazo.core.commands import StakazoCommand, whole

SHOWN = 20


class Command(StakazoCommand):
    help = (
        "Write the events that the retention rule lets go into archives in the storage, read these "
        "back, then remove the events; the only way to remove any. A schedule does the same each day. "
        "Seals stay, so the chain still verifies. Interrupted, the next run goes on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days",
            type=whole(0, 36_500),
            help="Keep the last so many days, of every type; without it the settings say.",
        )
        parser.add_argument(
            "--keep-at-least", type=whole(0, 10**9), default=0, help="Keep so many, however old."
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would go, and change nothing."
        )

    def work(self, **options: Any) -> dict[str, Any]:
        """How many went, and where they are."""
        self.only_asked = bool(options["dry_run"])
        what = {"days": options["days"], "keep_at_least": options["keep_at_least"]}
        if self.only_asked:
            return would_prune(**what)
        pruned = prune_ledger(**what).facts()
        return pruned | {"failed": len(pruned["left"])}

    def words(self, answer: dict[str, Any]) -> str:
        """For people."""
        if self.only_asked:
            lines = [f"{answer['pruned']} events would go."]
            lines += [
                f"  {name}: {of['events']}, the oldest of {of['oldest']}"
                for name, of in answer["by_type"].items()
            ]
            if answer["waiting"]:
                lines.append(f"{answer['waiting']} more would go once they are sealed.")
            if answer["pending_archives"]:
                lines.append(f"{answer['pending_archives']} archives of a run that was cut short.")
            return "\n".join(lines)
        lines = [f"{answer['pruned']} events pruned."]
        lines += [f"  {name}" for name in answer["archives"]]
        if answer["partitions"]:
            lines.append(f"Partitions dropped: {', '.join(answer['partitions'])}.")
        if answer["left"]:
            lines.append(f"{len(answer['left'])} events are not what was sealed, and stay:")
            lines += [f"  {pk}" for pk in answer["left"][:SHOWN]]
        return "\n".join(lines)
