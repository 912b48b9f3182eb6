"""The live queue board: how each queue stands, and the buttons that hold it back or let it run."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.decorators import display

from jobs import services
from jobs.admin.causes import errors_of
from jobs.admin.showing import in_time
from jobs.drawing import Sparkline, sparkline
from jobs.models import QUEUE, JobQueue
from jobs.queries import longest_running, stuck_jobs, workers_alive
from jobs.stats import QueueStats, queue_stats
from ledger.trail import TrailMixin
from stakazo.core.admin import ReadOnlyAdmin
from stakazo.core.errors import StakazoError

RUNNING_SHOWN = 20
MOST_AT_ONCE = 10_000

_ACTS: dict[str, tuple[Callable[..., JobQueue], str]] = {
    "pause": (services.pause_queue, "is paused: workers take none of its jobs"),
    "resume": (services.resume_queue, "runs"),
    "drain": (services.drain_queue, "drains: what waits now is done, then it pauses"),
}


class QueueForm(forms.Form):
    """What to do with a queue."""

    act = forms.ChoiceField(choices=[(act, act) for act in (*_ACTS, "limit")], label="What to do")
    queue = forms.CharField(max_length=32)
    why = forms.CharField(max_length=200, required=False, label="Reason")


class LimitForm(QueueForm):
    """How many jobs of a queue run at once; empty: as the settings say."""

    host_limit = forms.IntegerField(
        min_value=1, max_value=MOST_AT_ONCE, required=False, label="At once on one machine"
    )
    total_limit = forms.IntegerField(
        min_value=1, max_value=MOST_AT_ONCE, required=False, label="At once on all machines"
    )


@dataclass(frozen=True)
class BoardRow:
    """A queue on the board. row: what somebody said of it, if anybody did."""

    stats: QueueStats
    row: JobQueue | None
    hour: Sparkline
    means: str
    oldest: str
    share: str

    @property
    def acts(self) -> list[tuple[str, str]]:
        """(act, label) of those that would change anything."""
        known = [("resume", "Resume"), ("pause", "Pause"), ("drain", "Drain")]
        done = {"running": "resume", "paused": "pause", "draining": "drain"}[self.stats.status]
        return [one for one in known if one[0] != done]

    @property
    def version(self) -> str:
        """What the forms depend on; the page keeps them as they are while this is the same."""
        row = self.row
        limits = f"{row.host_limit} {row.total_limit}" if row else ""
        return f"{self.stats.status} {limits}"


@admin.register(JobQueue)
class JobQueueAdmin(TrailMixin, ReadOnlyAdmin):
    """The board is the list of queues; a queue's own page tells who held it back, when and why."""

    fields = ["name", "state", "meaning", "why", "changed_at", "host_limit", "total_limit"]
    readonly_fields = [*fields, "ledger_trail"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """With the trail."""
        return list(self.readonly_fields)

    def get_urls(self) -> list[URLPattern]:
        """With the part of the board that is alive."""
        live = self.admin_site.admin_view(self.live_view)
        return [path("live", live, name="jobs_jobqueue_live"), *super().get_urls()]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may see jobs may see their queues."""
        return request.user.has_perm("jobs.view_job")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The board; a POST acts on a queue and comes back."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            if not _may_act(request):
                raise PermissionDenied
            _act(request)
            return HttpResponseRedirect(reverse("admin:jobs_jobqueue_changelist"))
        context = {
            **self.admin_site.each_context(request),
            **_board(request),
            **(extra_context or {}),
            "title": "Queues",
        }
        return TemplateResponse(request, "admin/jobs/board.html", context)

    def live_view(self, request: HttpRequest) -> HttpResponse:
        """The figures alone, for the page's script."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return render(request, "admin/jobs/board_live.html", _board(request))

    @display(
        description="State", label={"running": "success", "draining": "info", "paused": "warning"}
    )
    def state(self, queue: JobQueue) -> tuple[str, str]:
        """As a label."""
        return queue.status, queue.get_status_display()

    @display(description="Means")
    def meaning(self, queue: JobQueue) -> str:
        """The state in a sentence."""
        return QUEUE.sentences[queue.status]


def _may_act(request: HttpRequest) -> bool:
    return request.user.has_perm("jobs.change_job")


def _board(request: HttpRequest) -> dict[str, Any]:
    now = timezone.now()
    known = {row.name: row for row in JobQueue.objects.all()}
    rows = [_board_row(stats, known.get(stats.queue)) for stats in queue_stats(now=now)]
    return {
        "now": now,
        "rows": rows,
        "running": [
            (job, in_time((now - (job.started_at or now)).total_seconds()))
            for job in longest_running(at_most=RUNNING_SHOWN)
        ],
        "totals": [
            ("Waiting", sum(row.stats.waiting for row in rows)),
            ("Running", sum(row.stats.running for row in rows)),
            ("Done, last hour", sum(row.stats.done_1h for row in rows)),
            ("Failed, last hour", sum(row.stats.failed_1h for row in rows)),
        ],
        "workers": workers_alive(now=now).count(),
        "stuck": stuck_jobs(now=now).count(),
        "may_act": _may_act(request),
    }


def _board_row(stats: QueueStats, row: JobQueue | None) -> BoardRow:
    return BoardRow(
        stats,
        row,
        sparkline(stats.done_by_minute, stats.failed_by_minute),
        QUEUE.sentences[stats.status],
        in_time(stats.oldest_wait_s),
        _percent(stats.failure_share),
    )


def _percent(share: float) -> str:
    """0 %, 0.4 %, 12 %."""
    percent = 100 * share
    return f"{percent:.1f} %" if 0 < percent < 10 else f"{percent:.0f} %"


def _act(request: HttpRequest) -> None:
    limits = request.POST.get("act") == "limit"
    form = (LimitForm if limits else QueueForm)(request.POST)
    if not form.is_valid():
        messages.error(request, f"Nothing was changed. {errors_of(form)}")
        return
    wanted = form.cleaned_data
    queue, why = wanted["queue"], wanted["why"] or "asked for"
    try:
        if limits:
            chosen = {"host_limit": wanted["host_limit"], "total_limit": wanted["total_limit"]}
            services.limit_queue(queue, **chosen, why=why)
            messages.success(request, f"The limits of {queue} are set.")
        else:
            act, done = _ACTS[wanted["act"]]
            act(queue, why=why)
            messages.success(request, f"The queue {queue} {done}.")
    except StakazoError as error:
        messages.error(request, error.message)
