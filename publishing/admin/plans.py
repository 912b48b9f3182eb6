"""The plan of an account: its zone, its slots by the day of the week, the gap between posts."""

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from publishing import queries
from publishing.admin.times import shown_time
from publishing.approval import MEANING, mode_of
from publishing.clocks import WEEKDAYS, Slot, clock_time, zone_called, zone_names
from publishing.models import AccountPlan, SocialAccount
from publishing.plan_models import CatchUp
from publishing.services import plans, slots
from stakazo.core.errors import StakazoError

SHOWN = 5


class PlanForm(forms.Form):
    """When posts of an account go out."""

    zone = forms.CharField(
        max_length=64,
        label="Time zone",
        help_text="IANA name, such as Europe/Madrid.",
        widget=UnfoldAdminTextInputWidget(attrs={"list": "zones", "autocomplete": "off"}),
    )
    gap_min = forms.IntegerField(
        min_value=0,
        max_value=plans.MOST_GAP_MIN,
        label="Minutes between posts",
        help_text="At least, between two posts whose time we choose (slots, late ones).",
        widget=UnfoldAdminIntegerFieldWidget,
    )

    approval = forms.ChoiceField(
        required=False,
        choices=AccountPlan._meta.get_field("approval").get_choices(
            blank_choice=[("", "As the setting says")]
        ),
        help_text="Whose yes a post needs before it goes out.",
        widget=UnfoldAdminSelectWidget,
    )

    catch_up = forms.ChoiceField(
        choices=CatchUp.choices,
        label="After downtime",
        help_text="What becomes of a post whose time passed while nothing ran.",
        widget=UnfoldAdminSelectWidget,
    )
    catch_up_within_h = forms.IntegerField(
        min_value=0,
        max_value=plans.MOST_LATE_H,
        label="Late by at most, hours",
        help_text="A post that would go out later than that is held and asked about.",
        widget=UnfoldAdminIntegerFieldWidget,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for number, day in enumerate(WEEKDAYS, 1):
            self.fields[f"day{number}"] = forms.CharField(
                required=False,
                max_length=400,
                label=day,
                widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "12:30, 18:00"}),
            )

    def clean_zone(self) -> str:
        """A zone that there is."""
        try:
            return zone_called(self.cleaned_data["zone"].strip()).key
        except StakazoError as error:
            raise forms.ValidationError(error.message) from None

    def clean(self) -> dict[str, Any]:
        """The times of each day, as slots."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        data["slots"] = []
        for number in range(1, 8):
            name = f"day{number}"
            for text in re.split(r"[,;\s]+", data.pop(name, "").strip()):
                try:
                    data["slots"] += [Slot(number, clock_time(text))] if text else []
                except StakazoError as error:
                    self.add_error(name, error.message)
        return data


class PlanMixin:
    """The page of the plan, for the admin of accounts."""

    def get_urls(self) -> list[URLPattern]:
        """With the plan of an account."""
        wrap = self.admin_site.admin_view  # type: ignore[attr-defined]  # a mixin
        mine = path("<uuid:pk>/plan/", wrap(self.plan_view), name="publishing_socialaccount_plan")
        return [mine, *super().get_urls()]  # type: ignore[misc]  # a mixin

    @action(description="Plan", permissions=["view"])
    def open_plan(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """To the page of the plan."""
        return redirect("admin:publishing_socialaccount_plan", object_id)

    @display(description="Plan")
    def its_plan(self, account: SocialAccount) -> SafeString:
        """The plan in words, and where to change it."""
        url = reverse("admin:publishing_socialaccount_plan", args=[account.pk])
        link = format_html('<a class="text-primary-600" href="{}">Plan</a>', url)
        lines = [[words] for words in _in_words(account)]
        return format_html("{}{}", format_html_join("", "<p>{}</p>", lines), link)

    def plan_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Show the plan; a POST changes it."""
        account = SocialAccount.objects.select_related("plan").filter(pk=pk).first()
        if account is None:
            raise Http404
        if not self.has_view_permission(request, account):  # type: ignore[attr-defined]  # a mixin
            raise PermissionDenied
        may = request.user.has_perm("publishing.change_socialaccount")
        if request.method == "POST" and not may:
            raise PermissionDenied
        form = PlanForm(request.POST or None, initial=_initial(account))
        if request.method == "POST" and form.is_valid():
            try:
                plans.set_plan(account, **form.cleaned_data)
            except StakazoError as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, "The plan was changed. Posts that have a time keep it.")
                return HttpResponseRedirect(request.path)
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]  # a mixin
            "title": f"Plan of {account}",
            "opts": self.opts,  # type: ignore[attr-defined]  # a mixin
            "account": account,
            "form": form,
            "zones": zone_names(),
            "ahead": _ahead(account),
            "may": may,
        }
        status = 400 if form.errors else 200
        page = "admin/publishing/socialaccount/plan.html"
        return TemplateResponse(request, page, context, status=status)


def _initial(account: SocialAccount) -> dict[str, Any]:
    plan = queries.plan_of(account)
    days: dict[str, list[str]] = {}
    for each in plan.slots:
        days.setdefault(f"day{each['weekday']}", []).append(each["at"])
    names = ("zone", "gap_min", "approval", "catch_up", "catch_up_within_h")
    given: dict[str, Any] = {name: getattr(plan, name) for name in names}
    return given | {day: ", ".join(times) for day, times in days.items()}


def _in_words(account: SocialAccount) -> list[str]:
    plan = queries.plan_of(account)
    slots_told = ", ".join(str(slot) for slot in queries.slots_of(plan))
    return [
        f"Time zone: {plan.zone}.",
        f"Slots: {slots_told}." if slots_told else "No slots.",
        MEANING[mode_of(plan)],
        f"After downtime: {plan.get_catch_up_display().lower()}, by {plan.catch_up_within_h} h at most.",
    ]


def _ahead(account: SocialAccount) -> list[tuple[str, Any]]:
    """The next slots in words, and what has them."""
    now = timezone.now()
    places = slots.slots_ahead(account, now=now, until=now + timedelta(days=15))
    return [(shown_time(account, place.at), place.taken_by) for place in places[:SHOWN]]
