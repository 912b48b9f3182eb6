"""What our admin screens share."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from stakazo.core.errors import StakazoError

M = TypeVar("M", bound=Model)
R = TypeVar("R")


class StakazoAdmin(ModelAdmin):  # type: ignore[misc]  # unfold has no stubs
    """Our base: no full counts on lists, filters in a sheet, ids as links."""

    show_full_result_count = False
    list_per_page = 50
    list_filter_submit = True
    compressed_fields = True


class ReadOnlyAdmin(StakazoAdmin):
    """Look, filter, follow links; nothing can be added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


def made_once(method: Callable[[Any, M], R]) -> Callable[[Any, M], R]:
    """For what an admin shows of a row with queries: the theme asks three times for each field."""
    name = f"_shown_{method.__name__}"

    @wraps(method)
    def made(admin: Any, row: M) -> R:
        if name not in row.__dict__:
            row.__dict__[name] = method(admin, row)
        known: R = row.__dict__[name]
        return known

    return made


def admin_url(row: Model) -> str:
    """The address of the row's admin page."""
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])


def admin_link(row: Model | None, text: str = "") -> SafeString | str:
    """A link to the row's admin page; a dash for None."""
    if row is None:
        return "–"
    return format_html('<a class="text-primary-600" href="{}">{}</a>', admin_url(row), text or row)


def act_on_each(
    request: HttpRequest,
    rows: QuerySet[M] | Iterable[M],
    service: Callable[[M], object],
    *,
    done: str,
) -> None:
    """Call the service on each row and tell the operator in one message how it went.

    done: the past tense of what was done, such as "retried".
    """
    moved, refused = 0, []
    for row in rows:
        try:
            service(row)
            moved += 1
        except StakazoError as error:
            refused.append(f"{row}: {error.message}")
    if moved:
        messages.success(request, f"{moved} {done}.")
    if refused:
        shown = "; ".join(refused[:3]) + ("; …" if len(refused) > 3 else "")
        messages.warning(request, f"{len(refused)} refused. {shown}")


class ActingMixin:
    """Actions that lists and pages share: one service per row, told in one message.

    page_actions: (name, label) of those that the row's own page shows as buttons. They are forms,
    because a link must not change anything.
    """

    page_actions: list[tuple[str, str]] = []
    change_form_outer_before_template = "admin/page_actions.html"
    acting_permission = ""

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whether this user may start things here."""
        return request.user.has_perm(self.acting_permission)

    def page_actions_of(self, row: Any) -> list[tuple[str, str]]:
        """Those buttons that make sense for this row."""
        return self.page_actions

    def page_links_of(self, row: Any) -> list[tuple[str, str]]:
        """(address, label) of pages of its own that the row has beside this one."""
        return []

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], **more: Any
    ) -> HttpResponse:
        """With the buttons, for those who may press them."""
        row = context.get("original")
        if row is not None:
            context["page_links"] = self.page_links_of(row)
            if self.has_act_permission(request):
                context["page_actions"] = self.page_actions_of(row)
        answer: HttpResponse = super().render_change_form(request, context, **more)  # type: ignore[misc]  # a mixin
        return answer

    def act(
        self,
        request: HttpRequest,
        rows: QuerySet[Any],
        service: Callable[[Any], object],
        *,
        done: str,
    ) -> HttpResponse | None:
        """Act on each, then go back to where the user was."""
        act_on_each(request, rows, service, done=done)
        row = rows.first() if request.POST.get("back") else None
        return redirect(admin_url(row)) if row is not None else None
