"""“Why is this not out?”: our record beside the platform's list, and a person's decision. Parts of the page."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

from publishing import queries
from publishing.models import Publication
from publishing.services import deciding
from stakazo.core.errors import StakazoError

_PAGES = "admin/publishing/publication"


class SettleForm(forms.Form):
    """A decision, its reason, and what was seen when it was taken."""

    ours = forms.CharField(required=False, max_length=128, widget=forms.HiddenInput)
    not_ours = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)
    why = forms.CharField(
        max_length=500,
        label="Why",
        help_text="For the ledger: what you have seen.",
        widget=UnfoldAdminTextInputWidget,
    )


class SettlingMixin:
    """For the admin of publications."""

    def get_urls(self) -> list[URLPattern]:
        """With the pages of evidence and of the decision."""
        wrap = self.admin_site.admin_view  # type: ignore[attr-defined]  # a mixin
        mine = [
            path(
                "<uuid:pk>/evidence/",
                wrap(self.evidence_view),
                name="publishing_publication_evidence",
            ),
            path("<uuid:pk>/settle/", wrap(self.settle_view), name="publishing_publication_settle"),
        ]
        return [*mine, *super().get_urls()]  # type: ignore[misc]  # a mixin

    @action(description="Why is this not out?")
    def open_evidence(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """To the page that shows what we know and what the platform lists."""
        return redirect("admin:publishing_publication_evidence", object_id)

    def evidence_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Our record; with POST the platform's own list beside it."""
        publication = self._looked_up(request, pk)
        shown = None
        if request.method == "POST":
            shown = deciding.look_at_platform(publication)
            publication.refresh_from_db()
        fitting = [each for each in shown.candidates if each.fits] if shown else []
        context = {
            "title": f"Why is this not out? {publication}",
            "publication": publication,
            "evidence": queries.evidence_of(publication),
            "attempts": [
                (log, queries.safe_handle(log)) for log in publication.publish_logs.order_by("-id")
            ],
            "shown": shown,
            "fitting": ",".join(each.post.external_post_id for each in fitting),
            "may_settle": deciding.may_settle(publication)
            and request.user.has_perm(deciding.PERMISSION),
            "may_be_absent": publication.status in deciding.UNCLEAR,
        }
        return self._page(request, "evidence", context)

    def settle_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Confirm the decision; GET asks, POST does it."""
        publication = self._looked_up(request, pk)
        if not request.user.has_perm(deciding.PERMISSION):
            raise PermissionDenied
        seen = {name: request.GET.get(name, "") for name in ("ours", "not_ours")}
        form = SettleForm(request.POST or None, initial=seen)
        if request.method == "POST" and form.is_valid():
            try:
                _settle(publication, form.cleaned_data, by=request.user)
            except StakazoError as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, "Settled.")
                return redirect("admin:publishing_publication_change", pk)
        context = {
            "title": f"Settle {publication}",
            "publication": publication,
            "form": form,
            "ours": form["ours"].value(),
            "not_ours": [each for each in (form["not_ours"].value() or "").split(",") if each],
        }
        return self._page(request, "settle", context, status=400 if form.errors else 200)

    def _looked_up(self, request: HttpRequest, pk: str) -> Publication:
        publication = queries.publications().filter(pk=pk).first()
        if publication is None:
            raise Http404
        if not self.has_view_permission(request, publication):  # type: ignore[attr-defined]  # a mixin
            raise PermissionDenied
        return publication

    def _page(
        self, request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
    ) -> HttpResponse:
        each = self.admin_site.each_context(request)  # type: ignore[attr-defined]  # a mixin
        opts = self.opts  # type: ignore[attr-defined]  # a mixin
        return TemplateResponse(
            request, f"{_PAGES}/{name}.html", {**each, "opts": opts, **context}, status=status
        )


def _settle(publication: Publication, data: dict[str, Any], *, by: Any) -> Publication:
    """by: whoever is logged in; the admin lets no stranger in."""
    if data["ours"]:
        return deciding.settle_as_ours(publication, data["ours"], by=by, why=data["why"])
    not_ours = [each for each in data["not_ours"].split(",") if each]
    return deciding.settle_as_absent(publication, by=by, why=data["why"], not_ours=not_ours)
