"""Is the ledger what it was?"""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from ledger.keeping.reading import find_archive, verify_archive
from ledger.sealing.faults import CHANGED, INSERTED, REMOVED, REORDERED, Fault
from ledger.sealing.verify import verify_ledger
from stakazo.core.commands import StakazoCommand, progress, whole

SHOWN = 20


class Command(StakazoCommand):
    help = (
        "Recompute the hash of every event, every seal and the chain, compare them with the anchors, "
        "and name each event that was changed, removed, inserted or reordered. Changes nothing. "
        "With --archive: the same of an archive that retention wrote."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--no-anchors", action="store_true", help="Leave the files in the storage alone."
        )
        parser.add_argument(
            "--archive", default="", help="An archive, by number or name, instead of the table."
        )
        parser.add_argument(
            "--workers", type=whole(1, 16), help="Connections side by side; PostgreSQL only."
        )

    def work(self, **options: Any) -> dict[str, Any]:
        """Exit code 1 when anything is not what it was."""
        self.archive = options["archive"]
        if self.archive:
            found = verify_archive(find_archive(self.archive))
        else:
            found = verify_ledger(
                with_anchors=not options["no_anchors"],
                workers=options["workers"],
                follow=_with_progress,
            )
        return asdict(found) | {
            "kinds": dict(found.kinds),
            **{kind: found.named(kind) for kind in (CHANGED, REMOVED, INSERTED, REORDERED)},
            "failed": found.wrong,
        }

    def words(self, answer: dict[str, Any]) -> str:
        """For people."""
        lines = [
            f"{answer['checked']} events looked at, {answer['seals']} seals over "
            f"{answer['sealed']}, {answer['unsealed']} not sealed yet, {answer['pruned']} pruned, "
            f"{answer['anchors']} anchors."
            if not self.archive
            else f"{answer['checked']} events of the archive looked at, of {answer['seals']} seals."
        ]
        if answer["late"]:
            lines.append(f"{answer['late']} came long after the time they claim (not a fault):")
            lines += [f"  {pk}" for pk in answer["late_events"][:SHOWN]]
        if answer["anchors_torn"]:
            lines.append(f"{answer['anchors_torn']} anchors are torn and say nothing.")
        if not answer["wrong"]:
            return "\n".join([*lines, "Everything is as it was written."])
        lines.append(f"{answer['wrong']} faults:")
        lines += [f"  {_sentence(Fault(**fault))}" for fault in answer["faults"][:SHOWN]]
        if answer["wrong"] > SHOWN:
            lines.append(f"  … and {answer['wrong'] - SHOWN} more; --json names a thousand.")
        return "\n".join(lines)


def _sentence(fault: Fault) -> str:
    if fault.event:
        where = f" (seal {fault.seal})" if fault.seal else ""
        return f"{fault.kind}: event {fault.event}{where} {fault.words}"
    return f"{fault.kind}: " + (f"seal {fault.seal}: " if fault.seal else "") + fault.words


def _with_progress(steps: Iterable[int], total: int) -> Iterable[int]:
    return progress(steps, what="verify", total=total)
