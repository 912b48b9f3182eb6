"""manage.py permissions"""

from typing import Any

from django.core.management.base import CommandParser

from stakazo.core.commands import StakazoCommand
from stakazo.identity.endpoints import ROLE, endpoints
from stakazo.identity.policy import ROLES, TABLE, WATCH, roles_with

_PAGE = """\
# Who may what

One table, [policy.py](../stakazo/identity/policy.py), makes the groups Admin, Editor and Viewer, which are set to it after every
migration, and with them the admin, the API and the socket. This page is printed by `manage.py permissions --markdown`;
`tests/identity/test_policy.py` keeps it true and calls every endpoint in every role. Somebody who needs something else gets a
group of another name beside the role. A superuser may do everything; somebody without a role only what *any login* may.

## Roles

| resource | models | {roles} |
|---|---|{rule}|
{resources}

## Endpoints

An API key may what its user may, if it has the scope: `read` for GET, `write` for every other method; nothing that asks for
people. Without a login the answer is 401, with one that may not it is 403.

| endpoint | asks for | {roles} |
|---|---|{rule}|
{endpoints}
| `WS /telemetry/ws`, `GET /telemetry` | `{watch}` | {watch_roles} |

The admin asks for Django's four permissions on each model, as above, and lets in whose account is *staff*.
"""


class Command(StakazoCommand):
    """Prints the policy table."""

    help = "Prints who may do what, by role and by endpoint. Changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """For docs/permissions.md."""
        parser.add_argument("--markdown", action="store_true", help="Print the page of the docs.")

    def work(self, **options: Any) -> dict[str, Any]:
        """One read."""
        self.as_page = bool(options["markdown"])
        return {
            "resources": [
                {
                    "name": row.name,
                    "models": list(row.models),
                    "may": {role: list(actions) for role, actions in row.may.items()},
                }
                for row in TABLE
            ],
            "endpoints": [
                {
                    "method": each.method,
                    "path": each.path,
                    "asks": each.permission if each.asks == ROLE else each.asks,
                    "or_link": each.or_link,
                    "people": each.people,
                    "roles": list(each.roles),
                }
                for each in endpoints()
            ],
        }

    def words(self, answer: dict[str, Any]) -> str:
        """A line per endpoint, or the page."""
        if self.as_page:
            return _page(answer).rstrip("\n")
        return "\n".join(
            f"{row['method']:<7} {row['path']:<48} {row['asks']:<40} {', '.join(row['roles'])}"
            for row in answer["endpoints"]
        )


def _page(answer: dict[str, Any]) -> str:
    resources = [
        f"| {row['name']} | {', '.join(f'`{model}`' for model in row['models'])} | "
        + " | ".join(", ".join(row["may"][role]) or "–" for role in ROLES)
        + " |"
        for row in answer["resources"]
    ]
    return _PAGE.format(
        roles=" | ".join(ROLES),
        rule="|".join("---" for _ in ROLES),
        resources="\n".join(resources),
        endpoints="\n".join(_endpoint(row) for row in answer["endpoints"]),
        watch=WATCH,
        watch_roles=_marks(roles_with(WATCH)),
    )


def _endpoint(row: dict[str, Any]) -> str:
    asks = f"`{row['asks']}`" if "." in row["asks"] else row["asks"]
    asks += ", or a signed link" if row["or_link"] else ""
    asks += ", people" if row["people"] else ""
    return f"| `{row['method']} {row['path']}` | {asks} | {_marks(row['roles'])} |"


def _marks(roles: Any) -> str:
    return " | ".join("yes" if role in roles else "no" for role in ROLES)
