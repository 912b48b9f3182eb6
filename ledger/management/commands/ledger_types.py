"""The catalogue of event types."""

from typing import Any

from django.core.management.base import CommandParser

from ledger.queries import event_catalogue
from stakazo.core.commands import StakazoCommand

_PAGE = """\
# Events

What the ledger can say. An event type keeps its name for ever. A room declares its own in its `audit.py`; those with a
row's life in the last column are recorded by themselves, in the transaction that makes the change. This page is printed
by `manage.py ledger_types --markdown`; `tests/flows/test_docs.py` keeps it true.

An event of the class `audit` is in the transaction of what it tells of and is never lost. One of the class `telemetry` is
written a moment later, whether that transaction commits or not ([recording](ledger.md#recording)).

| event type | severity | class | means | recorded when |
|---|---|---|---|---|
{rows}"""


class Command(StakazoCommand):
    """Prints it."""

    help = "Prints which events the ledger can hold and what they mean. Changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """For docs/events.md."""
        parser.add_argument("--markdown", action="store_true", help="Print docs/events.md.")

    def work(self, **options: Any) -> dict[str, Any]:
        """One read."""
        self.as_page = bool(options["markdown"])
        return {"event_types": event_catalogue()}

    def words(self, answer: dict[str, Any]) -> str:
        """A line per type, or the page."""
        rows = answer["event_types"]
        if self.as_page:
            return _PAGE.format(rows="\n".join(_table_row(row) for row in rows))
        width = max((len(row["name"]) for row in rows), default=0)
        return "\n".join(
            f"{row['name']:<{width}}  {row['severity']:<5}  {row['class']:<9}  {row['sentence']}"
            for row in rows
        )


def _table_row(row: dict[str, Any]) -> str:
    moments = ", ".join(f"`{moment}`" for moment in row["recorded_when"])
    when = moments or "a service says so"
    return f"| `{row['name']}` | {row['severity']} | {row['class']} | {row['sentence']} | {when} |"
