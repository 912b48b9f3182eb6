"""manage.py errors"""

import importlib
import pkgutil
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, TypeVar

from django.core.management.base import CommandParser
from rest_framework.exceptions import APIException
from rest_framework_simplejwt.exceptions import InvalidToken

from stakazo.core.api.errors import framework_code
from stakazo.core.commands import StakazoCommand
from stakazo.core.errors import StakazoError

E = TypeVar("E", bound=Exception)
ROOMS = ["stakazo", "ledger", "jobs", "media_assets", "publishing", "campaigns"]
_UNSEEN = ("migrations", "management", "wsgi", "asgi")
_OF_OTHERS = ("rest_framework.exceptions", InvalidToken.__module__)
# Said by functions, not by classes: `stakazo.core.api.outside`.
_BY_HAND = [
    ("stakazo.csrf-failed", 403, "A form was not sent from one of our pages."),
    ("stakazo.error", 500, "Something broke on our side; the log has it under the request's id."),
]
_PAGE = """\
# Errors

Every error of the API, of the socket, and of addresses that do not exist has one shape:

```json
{{"code": "stakazo.conflict", "message": "It is taken.", "details": {{"by": "ada"}}, "request_id": "0193a1b2-…"}}
```

`code` never changes, and programs decide by it; `message` is for people; `details` says what exactly, where that is known.
`request_id` stands in the header `X-Request-ID` of every answer too, is the `correlation_id` of what the request wrote to the
ledger, and is the caller's own where it sent one of 8 to 64 letters, digits, dots and lines. A replayed answer
([idempotency](idempotency.md)) tells the id of the request that did it. Who asks for HTML gets pages with the same facts. On the
socket errors come as `{{"type": "error", …}}` with the id of the handshake.

*Again*: whether the same request can work later; `Retry-After` says when, where we know. This page is printed by
`manage.py errors --markdown` from the classes; `tests/flows/test_errors_page.py` keeps it true.

{tables}
"""


class Command(StakazoCommand):
    """Prints the catalogue of errors."""

    help = "Prints which errors programs are told, with their codes. Changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """For docs/errors.md."""
        parser.add_argument("--markdown", action="store_true", help="Print the page of the docs.")

    def work(self, **options: Any) -> dict[str, Any]:
        """One read."""
        self.as_page = bool(options["markdown"])
        _load_everything()
        return {"errors": sorted(_rows(), key=lambda row: (row["room"], row["http"], row["code"]))}

    def words(self, answer: dict[str, Any]) -> str:
        """A line per error, or the page."""
        if self.as_page:
            return _page(answer["errors"]).rstrip("\n")
        return "\n".join(
            f"{row['code']:<44} {row['http']} {'again' if row['again'] else '     '} {row['sentence']}"
            for row in answer["errors"]
        )


def error_classes() -> list[type[StakazoError]]:
    """Every class of ours that has a code of its own."""
    _load_everything()
    found = [each for each in _family(StakazoError) if "code" in each.__dict__]
    return sorted(found, key=lambda each: (each.code, each.__qualname__))


def _load_everything() -> None:
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, prefix=f"{room}."):
            if not set(_UNSEEN) & set(module.name.split(".")):
                importlib.import_module(module.name)


def _family(first: type[E]) -> Iterator[type[E]]:
    yield first
    for below in first.__subclasses__():
        yield from _family(below)


def _rows() -> Iterator[dict[str, Any]]:
    for each in error_classes():
        if each.__module__.partition(".")[0] in ROOMS and each is not StakazoError:
            yield _row(each.code, each.http_status, again=not each.permanent, of=each)
    seen = {each.code for each in error_classes()}
    for one in sorted(set(_family(APIException)), key=lambda each: each.__qualname__):
        known = one.__module__ in _OF_OTHERS or one.__module__.partition(".")[0] in ROOMS
        code = framework_code(str(one.default_code))
        if known and one is not APIException and code not in seen and one.default_code != "error":
            seen.add(code)
            again = one.status_code in (429, 503)
            yield _row(code, one.status_code, again=again, sentence=str(one.default_detail))
    for code, status, sentence in _BY_HAND:
        yield _row(code, status, again=status == 500, sentence=sentence)


def _row(
    code: str, http: int, *, again: bool, of: type | None = None, sentence: str = ""
) -> dict[str, Any]:
    words = sentence or (of.__doc__ or "").strip().partition("\n\n")[0].replace("\n    ", " ")
    return {
        "room": code.partition(".")[0],
        "code": code,
        "http": http,
        "again": again,
        "sentence": words,
    }


def _page(rows: list[dict[str, Any]]) -> str:
    rooms = sorted({row["room"] for row in rows}, key=lambda room: (room != "stakazo", room))
    return _PAGE.format(tables="\n\n".join(_table(room, rows) for room in rooms))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:  # 460: tus's own
        return "Checksum Mismatch"


def _table(room: str, rows: list[dict[str, Any]]) -> str:
    lines = [
        f"| `{row['code']}` | {row['http']} {_phrase(row['http'])} | "
        f"{'yes' if row['again'] else 'no'} | {row['sentence'].replace('|', chr(92) + '|')} |"
        for row in rows
        if row["room"] == room
    ]
    return f"## {room}\n\n| code | HTTP | again | what happened |\n|---|---|---|---|\n" + "\n".join(
        lines
    )
