"""manage.py account_limits"""

import uuid
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandParser

from publishing import budgets, queries
from publishing.services.releasing import release_account
from stakazo.core.commands import StakazoCommand


def account_id(text: str) -> uuid.UUID:
    """The type of an argument that is an id."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no id") from None


class Command(StakazoCommand):
    """Show what holds the accounts' posts up, and let one post again."""

    help = (
        "Prints each account's hold, what waits, and how its budgets stand. With --release it ends "
        "the hold of one account, and what waits there goes out, one by one."
    )
    writes = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Which account."""
        parser.add_argument("--release", metavar="ID", type=account_id, help="End its hold.")
        parser.add_argument("--why", default="asked for", help="A reason for the ledger.")

    def work(self, **options: Any) -> dict[str, Any]:
        """One release, or one read."""
        if options["release"]:
            account = queries.account_by_id(options["release"])
            return {"released": str(account), "woken": release_account(account, why=options["why"])}
        return {
            "accounts": [
                {
                    "id": str(account.pk),
                    "account": str(account),
                    "status": account.status,
                    "hold": _hold(account),
                    "waiting": queries.waiting_on(account).count(),
                    "next_post_in_s": round(budgets.wait_for_a_post(account), 1),
                    "budgets": budgets.budgets_of(account),
                }
                for account in queries.accounts_with_counts().order_by("platform", "handle")
            ]
        }

    def words(self, answer: dict[str, Any]) -> str:
        """A paragraph per account."""
        if "released" in answer:
            return f"{answer['released']} posts again; {answer['woken']} that waited were woken."
        return "\n".join(map(_paragraph, answer["accounts"])) or "No account is connected."


def _hold(account: Any) -> dict[str, Any] | None:
    """Any: the query adds a column to the account."""
    hold = queries.hold_of(account)
    return {"why": hold.why, "remedy": hold.remedy, "retry_at": hold.retry_at} if hold else None


def _paragraph(row: dict[str, Any]) -> str:
    lines = [f"{row['account']} ({row['status']}), {row['id']}"]
    if hold := row["hold"]:
        lines.append(f"    held until {hold['retry_at']:%Y-%m-%d %H:%M} UTC: {hold['why']}")
    when = f"in {row['next_post_in_s']:g} s" if row["next_post_in_s"] else "now"
    lines.append(f"    {row['waiting']} waiting; the next post may go out {when}")
    for each in row["budgets"]:
        free = f", free in {each['wait_s']:g} s" if each["wait_s"] else ""
        lines.append(
            f"    {each['scope']} {each['name']}: {each['used']} of {each['limit']} "
            f"in {each['per_s']:g} s{free}"
        )
    return "\n".join(lines)
