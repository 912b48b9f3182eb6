"""What the pages share: links, dialogs, and rows that only buttons move."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.safestring import SafeString

from campaigns.forms import WhyForm
from ledger.machine import Machine
from ledger.trail import TrailMixin
from stakazo.core.admin import StakazoAdmin, admin_link, admin_url
from stakazo.core.errors import StakazoError


def dialog_for(title: str, description: str, button: str, form: type = WhyForm) -> dict[str, Any]:
    return {
        "title": title,
        "description": description,
        "form_class": form,
        "form_submit_text": button,
    }


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser there; a dialog is told so by a header, for it asks in the background."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


class NeverEdited(TrailMixin, StakazoAdmin):
    """Rows that are made by a form and afterwards only moved by actions."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: the ledger speaks of them."""
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The form to add one; for one that is there a page without save buttons."""
        hidden = {
            "show_save": object_id is None,
            "show_save_and_continue": False,
            "show_save_and_add_another": False,
        }
        return super().changeform_view(request, object_id, form_url, (extra_context or {}) | hidden)

    def _one(self, request: HttpRequest, object_id: str) -> Any:
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        return row

    def _call(
        self,
        request: HttpRequest,
        object_id: str,
        service: Callable[[Any], object],
        *,
        done: str,
    ) -> HttpResponse:
        row = self._one(request, object_id)
        try:
            service(row)
            messages.success(request, f"{row}: {done}.")
        except StakazoError as error:
            messages.warning(request, error.message)
        return go_to(request, admin_url(row))


def possible_buttons(
    buttons: list[Any], row: Any, machine: Machine[Any], moves: Mapping[str, str]
) -> list[Any]:
    """The buttons without those whose move the row's state does not allow."""
    if row is None:
        return []
    prefix = f"{row._meta.app_label}_{row._meta.model_name}_"
    refused = {prefix + name for name, to in moves.items() if not machine.may(row, to)}
    return [button for button in buttons if button.action_name not in refused]


def link_to(row: Any) -> SafeString | str:
    """A link where the admin has a page for it, else its name."""
    return admin_link(row) if admin.site.is_registered(type(row)) else str(row)
