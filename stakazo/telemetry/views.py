"""The watch endpoints and the watch page."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from typing import Any, cast

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from drf_spectacular.utils import OpenApiExample, extend_schema
from prometheus_client import CONTENT_TYPE_LATEST
from rest_framework import views
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from jobs.stats import queue_stats
from ledger.models import LedgerEvent
from ledger.queries import errors_since, events_total, get_recent_events
from ledger.registry import AUDITED
from publishing.models import Platform
from stakazo.core.api.errors import ErrorOut
from stakazo.core.api.views import APIView, validated
from stakazo.identity.permissions import RoleAllows
from stakazo.identity.policy import WATCH
from stakazo.identity.services import TICKET_LIFE_S, issue_ticket
from stakazo.telemetry.events import event_data
from stakazo.telemetry.gauges import prometheus_text
from stakazo.telemetry.health import NEEDED, OK, Health, check_health
from stakazo.telemetry.serializers import (
    ClipsSummaryOut,
    HealthOut,
    JobsSummaryOut,
    LiveOut,
    RecentEventsIn,
    RecentEventsOut,
    SnapshotOut,
    TicketOut,
)
from stakazo.telemetry.snapshot import JobsSection, MediaSection, take_snapshot

EVENTS_ON_PAGE = 60
ERRORS_ON_PAGE = 5
PLATFORM_STATUSES = ("scheduled", "publishing", "unknown", "published", "failed")
_LOOPBACK = ("127.0.0.1", "::1")

_EVENT = {
    "id": "01930000-0000-7000-8000-000000000001",
    "timestamp": "2026-11-20T09:00:00Z",
    "event_type": "clip_published",
    "sentence": "The clip is live on a platform.",
    "severity": "INFO",
    "entity_type": "publication",
    "entity_id": "01930000-0000-7000-8000-000000000002",
    "actor": "worker",
    "worker_id": "studio:4711",
    "correlation_id": "01930000-0000-7000-8000-000000000003",
    "job_id": None,
    "clip_id": None,
    "metadata": {"platform": "instagram"},
}
_JOBS = {
    "by_status": {"pending": 2, "processing": 1, "completed": 40},
    "queues": [
        {
            "name": "render",
            "waiting": 2,
            "processing": 1,
            "retry": 0,
            "dead": 0,
            "oldest_waiting_s": 3.5,
        }
    ],
    "running": [
        {
            "id": "01930000-0000-7000-8000-000000000004",
            "job_type": "generate_variants",
            "queue": "render",
            "stage": "encode",
            "progress": 0.4,
            "attempt": 1,
            "worker_id": "studio:4711",
            "running_s": 6.1,
        }
    ],
}
_MEDIA = {
    "videos": {"ready": 3},
    "clips_ready": 9,
    "clips_published": 4,
    "clips_archived": 1,
    "variants": {"vertical_1080x1920": 9},
}


class SnapshotView(APIView):
    """How things stand."""

    view_permission = WATCH
    tagged = False  # it says when it was taken

    @extend_schema(
        operation_id="telemetry_snapshot",
        tags=["watch"],
        responses=SnapshotOut,
        examples=[
            OpenApiExample(
                "A quiet moment",
                {
                    "taken_at": "2026-11-20T09:00:00Z",
                    "mode": "simulator",
                    "position": "WzQ3MTEsIiJd:…",
                    "jobs": _JOBS,
                    "media": _MEDIA,
                    "publishing": {
                        "by_status": {"published": 4},
                        "platforms": {"instagram": {"published": 4}},
                    },
                    "campaigns": {"by_status": {"active": 1}},
                    "ledger": {
                        "total": 4711,
                        "errors_last_hour": 0,
                        "errors_last_day": 2,
                        "last_event": _EVENT,
                    },
                    "workers": {
                        "seen": [
                            {"id": "studio:4711", "seen_at": "2026-11-20T08:59:58Z", "seen_s": 2.0}
                        ]
                    },
                    "alerts": {"open": 1, "unread": 1},
                },
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """How all rooms stand, at a position of the ledger."""
        return Response(SnapshotOut(take_snapshot().data()).data)


class TicketView(APIView):
    """Tickets for the socket."""

    once = False  # a ticket that was used is of no use again

    required_permission = WATCH  # it opens the socket, which only shows

    @extend_schema(
        operation_id="telemetry_ticket",
        tags=["watch"],
        request=None,
        responses=TicketOut,
        examples=[
            OpenApiExample("A ticket", {"ticket": "Zk3v…", "expires_s": 60}, response_only=True)
        ],
    )
    def post(self, request: Request) -> Response:
        """A ticket for `WS /telemetry/ws?ticket=…`, good once within a minute."""
        user = cast(User, request.user)  # RoleAllows said so
        return Response({"ticket": issue_ticket(user), "expires_s": TICKET_LIFE_S})


class JobsSummaryView(APIView):
    """Jobs, in short."""

    view_permission = "jobs.view_job"

    @extend_schema(
        operation_id="debug_jobs_summary",
        tags=["watch"],
        responses=JobsSummaryOut,
        examples=[
            OpenApiExample(
                "Rendering", _JOBS | {"total": 43, "oldest_waiting_s": 3.5}, response_only=True
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Jobs by status and queue, and what runs now."""
        jobs = JobsSection.read(timezone.now())
        more = {"total": sum(jobs.by_status.values()), "oldest_waiting_s": jobs.oldest_waiting_s}
        return Response(JobsSummaryOut(asdict(jobs) | more).data)


class ClipsSummaryView(APIView):
    """Clips, in short."""

    view_permission = "media_assets.view_clip"

    @extend_schema(
        operation_id="debug_clips_summary",
        tags=["watch"],
        responses=ClipsSummaryOut,
        examples=[OpenApiExample("Some clips", _MEDIA | {"clips": 10}, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        """Clips that are ready, published and archived, with their videos and variants."""
        media = MediaSection.read()
        total = {"clips": media.clips_ready + media.clips_archived}
        return Response(ClipsSummaryOut(asdict(media) | total).data)


class RecentEventsView(APIView):
    """The tail of the ledger."""

    view_permission = "ledger.view_ledgerevent"

    @extend_schema(
        operation_id="debug_ledger_recent",
        tags=["watch"],
        parameters=[RecentEventsIn],
        responses={200: RecentEventsOut, 400: ErrorOut},
        examples=[
            OpenApiExample(
                "One of many",
                {"events": [_EVENT], "total": 4711, "limit": 1},
                response_only=True,
                status_codes=["200"],
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """The newest events, newest first; `limit` from 1 to 500."""
        limit = validated(RecentEventsIn, request.query_params.dict())["limit"]
        events = [event_data(event) for event in get_recent_events(limit=limit)]
        answer = {"events": events, "total": events_total(), "limit": limit}
        return Response(RecentEventsOut(answer).data)


class HealthView(APIView):
    """Health, for people and for load balancers; open, for it tells no secret."""

    throttle_classes = ()  # whoever balances load asks often
    tagged = False  # who asks wants to know of this moment
    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="debug_health",
        tags=["watch"],
        responses={200: HealthOut, 503: HealthOut},
        examples=[
            OpenApiExample(
                "Well",
                {
                    "status": "ok",
                    "checks": {"database": {"status": "ok", "message": "sqlite answers."}},
                },
                response_only=True,
                status_codes=["200"],
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Every part checked: ok, degraded (some things wait) or failing (503)."""
        return _answer(check_health())


class ReadyView(APIView):
    """Send us requests?"""

    throttle_classes = ()  # whoever balances load asks often
    tagged = False  # who asks wants to know of this moment
    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="debug_health_ready",
        tags=["watch"],
        responses={200: HealthOut, 503: HealthOut},
        examples=[
            OpenApiExample(
                "Ready",
                {
                    "status": "ok",
                    "checks": {"database": {"status": "ok", "message": "sqlite answers."}},
                },
                response_only=True,
                status_codes=["200"],
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Only the parts without which nothing works; 503 when one is gone."""
        return _answer(check_health(parts=NEEDED))


class LiveView(APIView):
    """Are we alive?"""

    throttle_classes = ()  # whoever balances load asks often
    tagged = False  # who asks wants to know of this moment
    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="debug_health_live",
        tags=["watch"],
        responses=LiveOut,
        examples=[OpenApiExample("Alive", {"status": "ok"}, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        """The process answers; asks nothing of the database."""
        return Response({"status": OK})


def _answer(health: Health) -> Response:
    return Response(HealthOut(asdict(health)).data, status=health.http_status)


class WhateverIsAsked(BaseContentNegotiation):
    """Prometheus asks for text formats by name; errors are JSON all the same."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        """The first."""
        return next(iter(parsers))

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        """The first."""
        first = next(iter(renderers))
        return first, str(first.media_type)


class MayReadMetrics(RoleAllows):
    """Who may watch, or, where the settings say so, a caller on this machine."""

    def has_permission(self, request: Request, view: views.APIView) -> bool:
        """Whether this caller may."""
        local = request.META.get("REMOTE_ADDR") in _LOOPBACK
        if settings.METRICS_OPEN_TO_LOCALHOST and local:
            return True
        return super().has_permission(request, view)


class MetricsView(APIView):
    """Prometheus."""

    view_permission = WATCH
    tagged = False  # scraped for how it is now

    permission_classes = [MayReadMetrics]
    content_negotiation_class = WhateverIsAsked

    @extend_schema(
        operation_id="metrics",
        tags=["watch"],
        responses={(200, "text/plain"): str},
        examples=[
            OpenApiExample(
                "Some lines",
                'stakazo_jobs{status="pending"} 2.0\n',
                response_only=True,
                media_type="text/plain",
            )
        ],
    )
    def get(self, request: Request) -> HttpResponse:
        """The business gauges in Prometheus' text format."""
        return HttpResponse(prometheus_text(), content_type=CONTENT_TYPE_LATEST)


@never_cache
@require_safe
@login_required
@permission_required(WATCH, raise_exception=True)
@csp_replace(
    {"default-src": [SELF], "style-src": [SELF], "script-src": [SELF], "object-src": [NONE]}
)
def watch_page(request: HttpRequest) -> HttpResponse:
    """The live page: how things stand as HTML, then kept up to date by the socket."""
    pages = admin_pages() if request.user.is_staff else {}
    context = {
        "snapshot": take_snapshot(),
        "events": [_row(event, pages) for event in get_recent_events(limit=EVENTS_ON_PAGE)],
        "errors": [_row(event, pages) for event in _latest_errors()],
        "admin_pages": pages,
        "alerts_page": pages.get("alert", "").partition("ID")[0],
        "platform_statuses": PLATFORM_STATUSES,
        "names": dict(Platform.choices),
        "hours": {stats.queue: stats for stats in queue_stats()},
    }
    return render(request, "telemetry/watch.html", context)


def _row(event: LedgerEvent, pages: dict[str, str]) -> dict[str, Any]:
    """An event for the page: with the addresses of its own and its object's admin pages."""
    return event_data(event) | {
        "time": event.timestamp,
        "url": pages.get("ledger_event", "").replace("ID", str(event.pk)),
        "entity_url": pages.get(event.entity_type, "").replace("ID", event.entity_id),
        "entity_short": event.entity_id[-8:],
    }


def _latest_errors() -> QuerySet[LedgerEvent]:
    return errors_since(timezone.now() - timedelta(days=1)).order_by("-id")[:ERRORS_ON_PAGE]


def admin_pages() -> dict[str, str]:
    """entity type → address of its admin page, with ID for the id; only what the admin has."""
    models = {audited.entity_type: model for model, audited in AUDITED.items()}
    models["ledger_event"] = LedgerEvent
    return {
        entity_type: reverse(
            f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=["ID"]
        )
        for entity_type, model in models.items()
        if admin.site.is_registered(model)
    }
