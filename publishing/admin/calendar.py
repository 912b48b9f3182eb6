"""The calendar: when posts go out, and moving them by hand, by key, or by a form."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from publishing import calendar, queries
from publishing.clocks import moment_of, zone_called, zone_names
from publishing.models import Publication
from publishing.services import publications
from stakazo.core.api.errors import error_body
from stakazo.core.errors import InvalidInput, StakazoError


class MoveForm(forms.Form):
    """Another time. Without a time of the day it keeps its own; with an hour, its minutes."""

    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    at = forms.TimeField(
        required=False, label="Time", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    hour = forms.IntegerField(required=False, min_value=0, max_value=23, widget=forms.HiddenInput())
    zone = forms.CharField(max_length=64, widget=forms.HiddenInput())
    allow_repeat = forms.BooleanField(required=False, label="It may repeat an earlier post")


class CalendarMixin:
    """The calendar, for the admin of publications."""

    def get_urls(self) -> list[URLPattern]:
        """With the calendar, and the page that moves one post on it."""
        wrap = self.admin_site.admin_view  # type: ignore[attr-defined]  # a mixin
        return [
            path("calendar/", wrap(self.calendar_view), name="publishing_publication_calendar"),
            path("calendar/<uuid:pk>/", wrap(self.move_view), name="publishing_publication_move"),
            *super().get_urls(),  # type: ignore[misc]  # a mixin
        ]

    def calendar_view(self, request: HttpRequest) -> HttpResponse:
        """A month or a week. `?view=week&day=2026-11-20&zone=Europe/Madrid`."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]  # a mixin
            raise PermissionDenied
        zone = _zone(request.GET.get("zone", ""))
        today = timezone.now().astimezone(zone).date()
        day = _day(request.GET.get("day", ""), today)
        by_hour = request.GET.get("view") == "week"
        first, last = calendar.week_of(day) if by_hour else calendar.month_of(day)
        shown = calendar.calendar_of(first, last, zone, by_hour=by_hour)
        step = timedelta(days=7) if by_hour else timedelta(days=32)
        middle = day if by_hour else day.replace(day=1)
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]  # a mixin
            "title": "Calendar",
            "opts": self.opts,  # type: ignore[attr-defined]  # a mixin
            "calendar": shown,
            "day": day,
            "by_hour": by_hour,
            "today": today,
            "zone": zone.key,
            "zones": zone_names(),
            "may": self.has_change_permission(request),  # type: ignore[attr-defined]  # a mixin
            "here": _address(by_hour, day, zone.key),
            "earlier": _address(
                by_hour, middle - (step if by_hour else timedelta(days=1)), zone.key
            ),
            "later": _address(by_hour, middle + step, zone.key),
            "now": _address(by_hour, today, zone.key),
            "other": _address(not by_hour, day, zone.key),
            "without_time": queries.publications()
            .filter(status=Publication.Status.DRAFT, scheduled_at=None)
            .order_by("-id")[:20],
        }
        return TemplateResponse(request, "admin/publishing/publication/calendar.html", context)

    def move_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """A form that gives one post another time; the calendar's script posts here too."""
        publication = queries.publications().filter(pk=pk).first()
        if publication is None:
            raise Http404
        if not self.has_change_permission(request, publication):  # type: ignore[attr-defined]  # a mixin
            raise PermissionDenied
        zone = _zone(request.GET.get("zone", ""))
        at = publication.scheduled_at.astimezone(zone) if publication.scheduled_at else None
        initial = {"day": at and at.date(), "at": at and at.time(), "zone": zone.key}
        form = MoveForm(request.POST or None, initial=initial)
        by_script = request.headers.get("Accept", "").startswith("application/json")
        if request.method == "POST":
            try:
                said = _move(publication, form)
            except StakazoError as error:
                if by_script:
                    answer = error_body(error.code, error.message, error.details)
                    return JsonResponse(answer, status=error.http_status)
                form.add_error(None, error.message)
            else:
                if by_script:
                    return JsonResponse({"message": said})
                messages.success(request, said)
                day, shown = form.cleaned_data["day"], form.cleaned_data["zone"]
                by_hour = request.GET.get("view") == "week"
                return HttpResponseRedirect(_address(by_hour, day, shown))
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]  # a mixin
            "title": f"Move {publication}",
            "opts": self.opts,  # type: ignore[attr-defined]  # a mixin
            "publication": publication,
            "form": form,
            "zone": zone.key,
            "back": _address(
                request.GET.get("view") == "week", at.date() if at else None, zone.key
            ),
        }
        page = "admin/publishing/publication/move.html"
        return TemplateResponse(request, page, context, status=400 if form.errors else 200)


def _move(publication: Publication, form: MoveForm) -> str:
    """What was done, in a sentence. Raises InvalidInput and what the service raises."""
    if not form.is_valid():
        wrong = "; ".join(
            f"{name}: {' '.join(each['message'] for each in said)}"
            for name, said in form.errors.get_json_data().items()
        )
        raise InvalidInput(f"That is no time. {wrong}")
    wish = form.cleaned_data
    zone = zone_called(wish["zone"])
    own = publication.scheduled_at.astimezone(zone).time() if publication.scheduled_at else None
    if (clock := wish["at"] or own) is None:
        raise InvalidInput("Say at which time of the day.", field="at")
    if wish["hour"] is not None:
        clock = clock.replace(hour=wish["hour"])
    local = datetime.combine(wish["day"], clock.replace(second=0, microsecond=0))
    publications.move_publication(
        publication, at=moment_of(local, zone), allow_repeat=wish["allow_repeat"]
    )
    return f"{publication.title or 'The post'} goes out on {local:%A %d %B %Y at %H:%M} {zone.key}."


def _address(by_hour: bool, day: date | None, zone: str) -> str:
    asked = {"view": "week" if by_hour else "month", "zone": zone}
    if day is not None:
        asked["day"] = day.isoformat()
    return f"{reverse('admin:publishing_publication_calendar')}?{urlencode(asked)}"


def _zone(name: str) -> Any:
    try:
        return zone_called(name or calendar.usual_zone())
    except StakazoError:
        return zone_called("UTC")


def _day(text: str, today: date) -> date:
    """The day that is asked for; today where it is none, or not of this century."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if 2001 <= day.year <= 2099 else today
