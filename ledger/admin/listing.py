"""The list of events: keyset pages, questions with qualifiers, filters that ask the catalogue."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.paginator import InfinitePaginator
from unfold.views import ChangeList

from ledger.errors import BadCursor, BadQuestion
from ledger.models import LedgerEvent, LedgerSeal
from ledger.queries import Asked, Page, asked_in_words, page_of
from ledger.registry import AUDITED, EVENT_TYPES


class _Choice(admin.SimpleListFilter):
    """A filter that narrows the question; the list itself asks it."""

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[LedgerEvent]
    ) -> QuerySet[LedgerEvent]:
        """Left as it is."""
        return queryset


class TypeFilter(_Choice):
    title, parameter_name = "event type", "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Those of the catalogue; nothing is read."""
        return [(name, name) for name in sorted(EVENT_TYPES)]


class SeverityFilter(_Choice):
    title, parameter_name = "severity", "severity"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """All three."""
        return [(str(value), str(label)) for value, label in LedgerEvent.Severity.choices]


class EntityFilter(_Choice):
    title, parameter_name = "kind of thing", "entity"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Those that are audited."""
        names = sorted({audited.entity_type for audited in AUDITED.values()} | {"worker"})
        return [(name, name.replace("_", " ")) for name in names]


class WhenFilter(_Choice):
    title, parameter_name = "time", "since"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Back from now."""
        return [("1h", "The last hour"), ("1d", "The last day"), ("7d", "The last week")]


FILTERS = [SeverityFilter, WhenFilter, TypeFilter, EntityFilter]


class NoPages(InfinitePaginator):  # type: ignore[misc]  # unfold has no stubs
    """Pages have cursors instead of numbers."""

    template_name = "admin/ledger/pages.html"


class KeysetChangeList(ChangeList):  # type: ignore[misc]  # unfold has no stubs
    """A page of rows from a cursor on. Nothing is counted, nothing skipped with OFFSET."""

    def __init__(self, request: HttpRequest, *args: Any, **more: Any) -> None:
        given = request.GET.copy()
        self.cursor = (given.pop("cursor", None) or [""])[-1]
        request.GET = given  # type: ignore[assignment]  # what is left are filters
        super().__init__(request, *args, **more)

    def show(self, rows: list[Any], *, older: str, newer: str, searched_on: bool = False) -> None:
        """This page, and the cursors of those beside it; empty where there is none."""
        self.result_list = rows
        # Equal, so that the theme says nothing of a total.
        self.result_count = self.full_result_count = len(rows)
        self.show_full_result_count = False
        self.show_admin_actions = bool(rows)
        self.can_show_all = self.multi_page = False
        self.paginator = NoPages(rows, self.list_per_page)
        self.searched_on = searched_on
        self.older = self.get_query_string({"cursor": older}) if older else ""
        self.newer = self.get_query_string({"cursor": newer}) if newer else ""


class EventChangeList(KeysetChangeList):
    """Events that a question asks for."""

    def get_results(self, request: HttpRequest) -> None:
        """One page; a question that means nothing shows no events, and says why."""
        page = Page([])
        try:
            page = page_of(
                asked_by(request), cursor=self.cursor, limit=self.list_per_page, newest_first=True
            )
        except (BadQuestion, BadCursor) as refused:
            messages.error(request, refused.message)
        self.show(page.events, older=page.next, newer=page.previous, searched_on=page.searched_on)


class SealChangeList(KeysetChangeList):
    """Seals, by their number, which is their cursor: `old-7` begins below 7, `new-7` ends above it."""

    def get_results(self, request: HttpRequest) -> None:
        """One page; what is no cursor shows no seals, and says why."""
        try:
            back, number = seal_cursor(self.cursor)
        except BadCursor as refused:
            messages.error(request, refused.message)
            self.show([], older="", newer="")
            return
        seals, most = LedgerSeal.objects.defer("members"), self.list_per_page
        if number is not None:
            seals = seals.filter(**{"number__gt" if back else "number__lt": number})
        found = list(seals.order_by("number" if back else "-number")[: most + 1])
        more, page = len(found) > most, found[:most]
        if back:
            page.reverse()
        if not page:
            self.show([], older="", newer="")
            return
        self.show(
            page,
            older=f"old-{page[-1].number}" if more or back else "",
            newer=f"new-{page[0].number}" if (more if back else number is not None) else "",
        )


def seal_cursor(text: str) -> tuple[bool, int | None]:
    """(whether it goes back to newer ones, the number that it begins beyond). Raises BadCursor."""
    if not text:
        return False, None
    way, _, digits = text.partition("-")
    if way not in ("old", "new") or not (digits.isascii() and digits.isdigit()) or len(digits) > 18:
        raise BadCursor("No page begins here.")
    return way == "new", int(digits)


def asked_by(request: HttpRequest) -> Asked:
    """What the search box and the filters ask for together. Raises BadQuestion."""
    words = [request.GET.get("q", "")]
    for each in FILTERS:
        name = str(each.parameter_name)
        if chosen := request.GET.get(name):
            words.append(f'{name}:"{chosen}"')
    return asked_in_words(" ".join(words))
