"""Choosing among the accounts that one sign-in opens."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from publishing.services import accounts, choosing
from publishing.sessions import session_secret
from stakazo.core.errors import NotFound, StakazoError


class ChoiceForm(forms.Form):
    """Which of the found accounts are to be connected."""

    accounts = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, label="Accounts to connect"
    )

    def __init__(self, *args: Any, found: list[dict[str, Any]], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["accounts"]  # Any: the stubs know no choices of a field
        field.choices = [(each["external_id"], _words(each)) for each in found]


def _words(each: dict[str, Any]) -> str:
    name = f"@{each['handle']}" if each["handle"] else each["external_id"]
    page = each["raw"].get("page_name")
    return f"{name}, of the page {page}" if page else name


class ChoiceMixin:
    """The page of the choice, for the admin of accounts."""

    def get_urls(self) -> list[URLPattern]:
        """With the page that a sign-in leads to."""
        wrap = self.admin_site.admin_view  # type: ignore[attr-defined]  # a mixin
        mine = path(
            "choose/<uuid:pk>/", wrap(self.choose_view), name="publishing_socialaccount_choose"
        )
        return [mine, *super().get_urls()]  # type: ignore[misc]  # a mixin

    def choose_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """The list, and what was chosen. Raises Http404 where it is another session's, or over."""
        if not self.has_change_permission(request):  # type: ignore[attr-defined]  # a mixin
            raise PermissionDenied
        secret = session_secret(request)
        try:
            choice = choosing.choice_by_id(pk, session_secret=secret)
        except NotFound as error:
            raise Http404(error.message) from None
        sent = request.POST if request.method == "POST" else None
        form = ChoiceForm(sent, found=choice.found)
        if form.is_valid():
            try:
                chosen = accounts.choose_accounts(
                    pk, form.cleaned_data["accounts"], session_secret=secret
                )
            except StakazoError as error:
                messages.error(request, error.message)
            else:
                messages.success(request, f"Connected: {', '.join(map(str, chosen))}.")
            return redirect("admin:publishing_socialaccount_changelist")
        return TemplateResponse(
            request,
            "admin/publishing/socialaccount/choose.html",
            {
                **self.admin_site.each_context(request),  # type: ignore[attr-defined]  # a mixin
                "opts": self.opts,  # type: ignore[attr-defined]  # a mixin
                "title": "Which accounts?",
                "form": form,
                "choice": choice,
            },
        )
