"""manage.py second_factor_remove"""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandParser

from ledger.context import acting
from stakazo.core.commands import StakazoCommand
from stakazo.core.errors import NotFound
from stakazo.identity.services.second_factors import remove_second_factor


class Command(StakazoCommand):
    """For a lost device."""

    help = (
        "Removes somebody's second factor and recovery codes, so that the password alone opens again."
        " For a device that was lost; make sure who is asking."
    )
    writes = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, and why."""
        parser.add_argument("username")
        parser.add_argument("--why", default="the device was lost", help="For the ledger.")

    def work(self, **options: Any) -> dict[str, Any]:
        """One write."""
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise NotFound("There is nobody of this name.", username=options["username"])
        with acting(actor="command:second_factor_remove"):
            removed = remove_second_factor(user, why=options["why"])
        return {"username": user.username, "removed": removed}

    def words(self, answer: dict[str, Any]) -> str:
        """A sentence."""
        what = "is removed" if answer["removed"] else "was not there"
        return f"The second factor of {answer['username']} {what}."
