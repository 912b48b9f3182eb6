"""Saying yes to a publication, taking that back, and changing what it says: parts of its page."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from publishing import queries
from publishing.admin.steps import FinishingFields, field_of, fields_from, options_with
from publishing.approval import MEANING, Mode, content_hash, mode_of
from publishing.errors import NotPublishable
from publishing.models import Publication
from publishing.services import approvals, editing
from stakazo.core.admin import act_on_each
from stakazo.core.errors import StakazoError

PRIVACIES = [
    ("public", "Public"),
    ("unlisted", "Unlisted (YouTube)"),
    ("private", "Private (TikTok, YouTube)"),
]


class EditForm(FinishingFields):
    """What a publication says."""

    title = forms.CharField(max_length=100, required=False, widget=UnfoldAdminTextInputWidget)
    caption = forms.CharField(
        max_length=10_000, required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 6})
    )
    privacy = forms.ChoiceField(choices=PRIVACIES, widget=UnfoldAdminSelectWidget)
    allow_repeat = forms.BooleanField(
        required=False,
        widget=UnfoldBooleanWidget,
        label="It may repeat an earlier post",
    )


class ApprovingMixin:
    """For the admin of publications."""

    def get_urls(self) -> list[URLPattern]:
        """With the page that changes what one says."""
        wrap = self.admin_site.admin_view  # type: ignore[attr-defined]  # a mixin
        mine = path("<uuid:pk>/edit/", wrap(self.edit_view), name="publishing_publication_edit")
        return [mine, *super().get_urls()]  # type: ignore[misc]  # a mixin

    def has_approve_permission(self, request: HttpRequest, *args: Any) -> bool:
        """For the buttons; the service asks again."""
        return request.user.has_perm(approvals.PERMISSION)

    @display(description="Approval")
    def its_approval(self, publication: Publication) -> SafeString:
        """Whose yes it needs and has. The form carries along to what a yes would be."""
        mode = mode_of(queries.plan_of(publication.social_account))
        words = MEANING[mode]
        if mode is not Mode.OFF:
            missing = queries.lacks_approval(publication)
            words += " It is missing." if missing else " It is there."
        return format_html(
            '{}<input type="hidden" name="seen" value="{}">', words, content_hash(publication)
        )

    @admin.action(description="Withdraw the approval", permissions=["approve"])
    def withdraw(self, request: HttpRequest, rows: Any) -> None:
        """What is not sent yet is stopped."""
        act_on_each(request, rows, approvals.withdraw_approval, done="need approval again")

    @action(description="Approve what it says now", permissions=["approve"])
    def approve_this(self, request: HttpRequest, obj: Publication) -> None:
        """This one, as it was when the page was opened."""
        by: Any = request.user  # the admin lets no stranger in
        service = partial(approvals.approve_publication, by=by, seen=request.POST.get("seen", ""))
        act_on_each(request, [queries.publication_by_id(obj.pk)], service, done="approved")

    @action(description="Withdraw the approval", permissions=["approve"])
    def withdraw_this(self, request: HttpRequest, obj: Publication) -> None:
        """This one."""
        rows = [queries.publication_by_id(obj.pk)]
        act_on_each(request, rows, approvals.withdraw_approval, done="needs approval again")

    @action(description="Change the words", permissions=["change"])
    def open_edit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """To the page that changes them."""
        return redirect("admin:publishing_publication_edit", object_id)

    def edit_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Change what a publication says, before it goes out."""
        publication = queries.publications().filter(pk=pk).first()
        if publication is None:
            raise Http404
        if not self.has_change_permission(request, publication):  # type: ignore[attr-defined]  # a mixin
            raise PermissionDenied
        initial = {name: getattr(publication, name) for name in ("title", "caption", "privacy")}
        initial |= fields_from(publication.options)
        initial["allow_repeat"] = publication.repeat_allowed
        form = EditForm(request.POST or None, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                data = form.cleaned_data
                options = options_with(publication.options, data)
                words = {name: data[name] for name in ("title", "caption", "privacy")}
                edited = editing.edit_publication(
                    publication, **words, options=options, allow_repeat=data["allow_repeat"]
                )
            except NotPublishable as error:
                for problem in error.details["problems"]:
                    field = field_of(problem["field"])
                    form.add_error(field if field in form.fields else None, problem["message"])
            except StakazoError as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, "Saved." + _what_now(edited))
                return redirect("admin:publishing_publication_change", pk)
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]  # a mixin
            "title": f"Change the words of {publication}",
            "opts": self.opts,  # type: ignore[attr-defined]  # a mixin
            "publication": publication,
            "form": form,
            "asks": mode_of(queries.plan_of(publication.social_account)) is not Mode.OFF,
        }
        page = "admin/publishing/publication/edit.html"
        return TemplateResponse(request, page, context, status=400 if form.errors else 200)


def _what_now(publication: Publication) -> str:
    needs = queries.lacks_approval(publication)
    return " It needs approval before it goes out." if needs else ""


def useful_buttons(publication: Publication) -> dict[str, bool]:
    """Which of the buttons above can do something."""
    status = Publication.Status
    before = (
        status.DRAFT,
        status.AWAITING,
        status.SCHEDULED,
        status.MISSED,
        status.FAILED,
    )
    has = queries.standing_approval(publication) is not None
    return {
        "approve_this": publication.status in before and queries.lacks_approval(publication),
        "withdraw_this": has and publication.status in (*before, status.PUBLISHING),
    }
