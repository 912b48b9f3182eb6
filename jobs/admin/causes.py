"""Failures grouped by what caused them, and the same wish for all of one cause."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from jobs import services
from jobs.queries import jobs_failing
from jobs.stats import CAUSES_SHOWN, failures_by_cause
from stakazo.core.admin import admin_url
from stakazo.core.errors import StakazoError


class CauseForm(forms.Form):
    """What to do to all jobs of a cause."""

    error_group = forms.RegexField("[0-9a-f]{16}")
    act = forms.ChoiceField(choices=[("retry", "Retry all"), ("cancel", "Cancel all")])
    why = forms.CharField(max_length=200, required=False)


class CausesMixin:
    """The page of failures, for the admin of jobs."""

    def get_urls(self) -> list[URLPattern]:
        """With the page of failures."""
        view = self.admin_site.admin_view(self.causes_view)  # type: ignore[attr-defined]  # a mixin
        return [path("causes/", view, name="jobs_job_causes"), *super().get_urls()]  # type: ignore[misc]  # a mixin

    def causes_view(self, request: HttpRequest) -> HttpResponse:
        """One row per cause; a POST asks the same of all its jobs and goes to the batch."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]  # a mixin
            raise PermissionDenied
        may_act = self.has_act_permission(request)  # type: ignore[attr-defined]  # ActingMixin
        if request.method == "POST":
            if not may_act:
                raise PermissionDenied
            return _act(request)
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]  # a mixin
            "title": "Failures by cause",
            "causes": failures_by_cause(),
            "shown": CAUSES_SHOWN,
            "may_act": may_act,
        }
        return TemplateResponse(request, "admin/jobs/causes.html", context)


def _act(request: HttpRequest) -> HttpResponseRedirect:
    form = CauseForm(request.POST)
    back = reverse("admin:jobs_job_causes")
    if not form.is_valid():
        messages.error(request, f"Nothing was done. {errors_of(form)}")
        return HttpResponseRedirect(back)
    wanted: dict[str, Any] = form.cleaned_data
    why = wanted["why"] or "asked for, for all of one cause"
    try:
        batch = services.act_on_many(jobs_failing(wanted["error_group"]), wanted["act"], why=why)
    except StakazoError as error:
        messages.warning(request, error.message)
        return HttpResponseRedirect(back)
    return to_batch(request, batch)


def to_batch(request: HttpRequest, batch: Any) -> HttpResponseRedirect:
    """On to the page of a batch that was just made, which shows how far it is."""
    messages.success(request, f"In hand: {batch.name}. This page shows how far it is.")
    return HttpResponseRedirect(admin_url(batch))


def errors_of(form: forms.Form) -> str:
    """What is wrong with a form, in a sentence or two."""
    return " ".join(
        f"{form[name].label}: {error}" for name, errors in form.errors.items() for error in errors
    )
