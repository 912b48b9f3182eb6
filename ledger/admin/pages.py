"""Pages beside the list: the trail of a thing, and figures."""

import uuid
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from ledger import queries
from ledger.admin.links import object_link
from ledger.admin.showing import in_time, lines_of, steps_of
from ledger.errors import BadCursor
from ledger.queries.trails import VIDEO

TRAIL_PAGE = 200
HOURS = 24


class LedgerPagesMixin:
    """The pages, for the admin of events."""

    def get_urls(self) -> list[URLPattern]:
        """With the trail and the figures."""
        site: Any = self.admin_site  # type: ignore[attr-defined]  # a mixin
        return [
            path("figures/", site.admin_view(self.figures_view), name="ledger_figures"),
            path(
                "trail/<str:entity_type>/<path:entity_id>/",
                site.admin_view(self.trail_view),
                name="ledger_trail",
            ),
            *super().get_urls(),  # type: ignore[misc]  # a mixin
        ]

    def trail_view(self, request: HttpRequest, entity_type: str, entity_id: str) -> HttpResponse:
        """All that happened to a thing; of a video, its whole road."""
        asked = _asked(entity_type, entity_id)
        cursor, wrong = request.GET.get("cursor", ""), ""
        try:
            page = queries.page_of(asked, cursor=cursor, limit=TRAIL_PAGE, newest_first=False)
        except BadCursor as refused:
            page, wrong = queries.Page([]), refused.message
        took = page.events[-1].timestamp - page.events[0].timestamp if page.events else None
        context = {
            "title": "Trail of a video"
            if entity_type == VIDEO
            else f"Trail of a {_said(entity_type)}",
            "wrong": wrong,
            "entity_type": entity_type,
            "about": object_link(entity_type, entity_id),
            "lines": lines_of(page.events),
            "steps": steps_of(page.events),
            "took": in_time(took) if took is not None else "",
            "page": page,
            "first_page": not cursor,
        }
        return self._page(request, "admin/ledger/trail.html", context)

    def figures_view(self, request: HttpRequest) -> HttpResponse:
        """What is unusual, how jobs end, what takes long, how much there is."""
        hours = queries.throughput_per_hour(hours=HOURS)
        most = max((hour.events for hour in hours), default=0) or 1
        context = {
            "title": "Figures of the ledger",
            "counted_until": queries.counted_until(),
            "anomalies": [
                (each, object_link(each.entity_type, each.entity_id) if each.entity_id else "")
                for each in queries.anomalies()
            ],
            "rates": queries.failure_rates(),
            "slowest": [
                (
                    one,
                    in_time(timedelta(milliseconds=one.duration_ms)),
                    object_link("job", str(one.job_id)),
                )
                for one in queries.slowest_jobs()
            ],
            "hours": [(hour, round(100 * hour.events / most, 1)) for hour in hours],
        }
        return self._page(request, "admin/ledger/figures.html", context)

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        if not self.has_view_permission(request):  # type: ignore[attr-defined]  # a mixin
            raise PermissionDenied
        site: Any = self.admin_site  # type: ignore[attr-defined]  # a mixin
        return TemplateResponse(request, template, {**site.each_context(request), **context})


def _asked(entity_type: str, entity_id: str) -> queries.Asked:
    if entity_type == VIDEO:
        try:
            return queries.Asked(video_id=uuid.UUID(entity_id))
        except ValueError:
            pass
    return queries.Asked(
        entity_type=entity_type.replace("\x00", ""), entity_id=entity_id.replace("\x00", "")
    )


def _said(entity_type: str) -> str:
    return entity_type.replace("_", " ")
