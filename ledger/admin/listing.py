"""The list of events: keyset pages, questions with qualifiers, filters that ask the catalogue."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.paginator import InfinitePaginator
from unfold.views import ChangeList

from ledger.errors import BadCursor, BadQuestion
from ledger.models import LedgerEvent
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
    """A page of events from a cursor on. Nothing is counted, nothing skipped with OFFSET."""

    def __init__(self, request: HttpRequest, *args: Any, **more: Any) -> None:
        given = request.GET.copy()
        self.cursor = (given.pop("cursor", None) or [""])[-1]
        request.GET = given  # type: ignore[assignment]  # what is left are filters
        super().__init__(request, *args, **more)

    def get_results(self, request: HttpRequest) -> None:
        """One page; a question that means nothing shows no events, and says why."""
        page = Page([])
        try:
            page = page_of(
                asked_by(request), cursor=self.cursor, limit=self.list_per_page, newest_first=True
            )
        except (BadQuestion, BadCursor) as refused:
            messages.error(request, refused.message)
        self.result_list = page.events
        # Equal, so that the theme says nothing of a total.
        self.result_count = self.full_result_count = len(page.events)
        self.show_full_result_count = False
        self.show_admin_actions = bool(page.events)
        self.can_show_all = self.multi_page = False
        self.paginator = NoPages(page.events, self.list_per_page)
        self.searched_on = page.searched_on
        self.older = self.get_query_string({"cursor": page.next}) if page.next else ""
        self.newer = self.get_query_string({"cursor": page.previous}) if page.previous else ""


def asked_by(request: HttpRequest) -> Asked:
    """What the search box and the filters ask for together. Raises BadQuestion."""
    words = [request.GET.get("q", "")]
    for each in FILTERS:
        name = str(each.parameter_name)
        if chosen := request.GET.get(name):
            words.append(f'{name}:"{chosen}"')
    return asked_in_words(" ".join(words))
