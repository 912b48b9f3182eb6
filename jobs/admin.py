"""Jobs for operators: what runs, what waits, what needs somebody."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django_q.models import Failure, OrmQ, Schedule, Success
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import action, display
from unfold.paginator import InfinitePaginator

from jobs import services
from jobs.about import names_of, objects_of
from jobs.drawing import states_in_words
from jobs.models import JOB, Job, JobAttempt
from ledger.trail import TrailMixin
from stakazo.core.admin import ActingMixin, ReadOnlyAdmin, admin_link

_LABELS = {
    Job.Status.PENDING: "info",
    Job.Status.PROCESSING: "primary",
    Job.Status.RETRY: "warning",
    Job.Status.COMPLETED: "success",
    Job.Status.FAILED: "danger",
    Job.Status.DEAD: "danger",
    Job.Status.CANCELLED: "default",
}


def progress_bar(job: Job) -> SafeString | str:
    """How far a running job is, as a bar and in words; its stage and result for the others."""
    if job.status != Job.Status.PROCESSING:
        return "–"
    percent = round(job.progress * 100)
    return format_html(
        '<progress class="w-24 align-middle" max="100" value="{}" aria-label="Progress">{} %'
        '</progress> <span class="whitespace-nowrap">{} % {}</span>',
        percent,
        percent,
        percent,
        job.stage,
    )


class LifeFilter(admin.SimpleListFilter):
    """Live, in trouble, or ended."""

    title = "Life"
    parameter_name = "life"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The choices."""
        return [("live", "Waiting or running"), ("trouble", "Failed or dead"), ("ended", "Ended")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """The jobs of the choice."""
        match self.value():
            case "live":
                return queryset.filter(status__in=Job.LIVE)
            case "trouble":
                return queryset.filter(status__in=[Job.Status.FAILED, Job.Status.DEAD])
            case "ended":
                return queryset.exclude(status__in=Job.LIVE)
        return queryset


@admin.register(Job)
class JobAdmin(ActingMixin, TrailMixin, ReadOnlyAdmin):
    """All background work, newest first. Jobs change only through their three actions."""

    paginator = InfinitePaginator
    list_display = ["name", "state", "progress_shown", "queue", "tries", "age", "names", "in_words"]
    list_filter = [
        LifeFilter,
        "status",
        "job_type",
        "queue",
        ("created_at", RangeDateTimeFilter),
    ]
    search_fields = ["=id", "dedup_key", "correlation_id"]
    search_help_text = "A job's id, a dedup key, or a correlation id."
    ordering = ["-id"]
    actions = ["retry_jobs", "cancel_jobs", "start_jobs_now"]
    acting_permission = "jobs.change_job"
    fieldsets = [
        (
            "The work",
            {
                "fields": [
                    "job_type",
                    "status",
                    "meaning",
                    "progress_shown",
                    "about",
                    "payload_shown",
                    "result_shown",
                ]
            },
        ),
        ("What went wrong", {"fields": ["in_words", "error_code"]}),
        (
            "How it is treated",
            {
                "fields": [
                    "queue",
                    "priority",
                    "tries",
                    "timeout_s",
                    "dedup_key",
                    "correlation_id",
                    "parent_link",
                    "children_links",
                ]
            },
        ),
        (
            "Times",
            {
                "fields": [
                    "created_at",
                    "run_at",
                    "started_at",
                    "ended_at",
                    "rung_at",
                    "worker_id",
                    "lease_until",
                    "cancel_requested",
                ]
            },
        ),
        ("Tries", {"fields": ["tries_shown"]}),
        ("Every state, in words", {"fields": ["states_shown"], "classes": ["collapse"]}),
        ("Memory", {"fields": ["ledger_trail"]}),
    ]

    def page_actions_of(self, row: Job) -> list[tuple[str, str]]:
        """Those of the three that its status allows."""
        if row.is_waiting:
            return [("start_jobs_now", "Start now"), ("cancel_jobs", "Cancel")]
        if row.status in Job.LIVE:
            return [] if row.cancel_requested else [("cancel_jobs", "Cancel")]
        return [("retry_jobs", "Try again")] if Job.Status.PENDING in JOB.moves[row.status] else []

    # --- Columns and fields ---------------------------------------------------------------------

    @display(description="Job", ordering="job_type")
    def name(self, job: Job) -> str:
        """Type and the end of the id."""
        return f"{job.job_type} …{str(job.pk)[-6:]}"

    @display(description="Status", ordering="status", label=_LABELS)
    def state(self, job: Job) -> tuple[str, str]:
        """The status, as a label."""
        return job.status, job.get_status_display()

    @display(description="Means")
    def meaning(self, job: Job) -> str:
        """The status in a sentence."""
        return JOB.sentences[job.status]

    @display(description="Progress")
    def progress_shown(self, job: Job) -> SafeString | str:
        """A bar, and the same in words."""
        return progress_bar(job)

    @display(description="Attempt")
    def tries(self, job: Job) -> str:
        """n of max."""
        return f"{job.attempt} of {job.max_attempts}"

    @display(description="Age", ordering="created_at")
    def age(self, job: Job) -> str:
        """Since it was put in."""
        return timesince(job.created_at)

    @display(description="About")
    def names(self, job: Job) -> SafeString | str:
        """Links to the objects that the payload names, by kind; costs no query."""
        links = [
            (admin_link(model(pk=pk), f"{model._meta.verbose_name} …{str(pk)[-6:]}"),)
            for model, pk in names_of(job)
            if admin.site.is_registered(model)
        ]
        return format_html_join(", ", "{}", links) if links else "–"

    @display(description="About")
    def about(self, job: Job) -> SafeString | str:
        """Links to the objects that the payload names, with what they are called."""
        links = [
            (admin_link(row),) for row in objects_of(job) if admin.site.is_registered(type(row))
        ]
        return format_html_join(", ", "{}", links) if links else "–"

    @display(description="Error")
    def in_words(self, job: Job) -> str:
        """The last failure."""
        return job.error or "–"

    @display(description="Payload")
    def payload_shown(self, job: Job) -> SafeString:
        """The payload, readable."""
        return format_html("<pre>{}</pre>", json.dumps(job.payload, indent=2))

    @display(description="Result")
    def result_shown(self, job: Job) -> SafeString | str:
        """The result, readable."""
        if not job.result:
            return "–"
        return format_html("<pre>{}</pre>", json.dumps(job.result, indent=2))

    @display(description="Started by job")
    def parent_link(self, job: Job) -> SafeString | str:
        """Up."""
        return admin_link(job.parent)

    @display(description="Started jobs")
    def children_links(self, job: Job) -> SafeString | str:
        """Down."""
        children = list(job.children.order_by("id")[:20])
        links = ((admin_link(child, self.name(child)),) for child in children)
        return format_html_join(", ", "{}", links) if children else "–"

    @display(description="Tries")
    def tries_shown(self, job: Job) -> SafeString:
        """Each try with its stages as a timeline."""
        tries = [_try_of(attempt) for attempt in job.attempts.order_by("fencing_token")]
        return render_to_string("jobs/tries.html", {"tries": tries})

    @display(description="States")
    def states_shown(self, job: Job) -> SafeString:
        """What each state means and where it leads, from the table itself."""
        return render_to_string(
            "jobs/states.html", {"states": states_in_words(JOB), "here": job.status}
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        """With the parent, which the page links to."""
        return super().get_queryset(request).select_related("parent")  # type: ignore[no-any-return]  # no stubs

    # --- Actions --------------------------------------------------------------------------------

    @action(description="Try again", permissions=["act"])
    def retry_jobs(self, request: HttpRequest, jobs: QuerySet[Job]) -> HttpResponse | None:
        """Put ended jobs back in the queue."""
        return self.act(request, jobs, services.retry_job, done="put back in the queue")

    @action(description="Cancel", permissions=["act"])
    def cancel_jobs(self, request: HttpRequest, jobs: QuerySet[Job]) -> HttpResponse | None:
        """End waiting jobs, ask running ones to end."""
        return self.act(request, jobs, services.cancel_job, done="cancelled or asked to end")

    @action(description="Start now", permissions=["act"])
    def start_jobs_now(self, request: HttpRequest, jobs: QuerySet[Job]) -> HttpResponse | None:
        """Make waiting jobs due at once."""
        return self.act(request, jobs, services.start_now, done="told to start now")


def _try_of(attempt: JobAttempt) -> dict[str, Any]:
    """An attempt for its template; offsets and widths of stages are percent of its whole length."""
    spans = [stage for stage in attempt.stages if isinstance(stage, dict)]
    whole_ms = max((stage["started_ms"] + stage["ms"] for stage in spans), default=0) or 1
    stages = [
        stage
        | {
            "left": round(100 * stage["started_ms"] / whole_ms, 2),
            "width": round(max(100 * stage["ms"] / whole_ms, 0.5), 2),
        }
        for stage in spans
    ]
    ended = attempt.ended_at
    took_s = (ended - attempt.started_at).total_seconds() if ended else None
    return {"attempt": attempt, "stages": stages, "took_s": took_s}


@admin.register(JobAttempt)
class JobAttemptAdmin(ReadOnlyAdmin):
    """Each try at each job; the job's own page shows them together."""

    paginator = InfinitePaginator
    list_display = ["started_at", "job_link", "number", "ended", "worker_id", "error"]
    list_filter = ["outcome", "job__job_type", ("started_at", RangeDateTimeFilter)]
    list_select_related = ["job"]
    search_fields = ["=job__id", "worker_id"]
    ordering = ["-id"]
    fields = [
        "job_link",
        "number",
        "fencing_token",
        "worker_id",
        "started_at",
        "ended_at",
        "ended",
        "error_code",
        "error",
        "stages_shown",
    ]
    readonly_fields = fields

    @display(description="Job")
    def job_link(self, attempt: JobAttempt) -> SafeString | str:
        """Up."""
        return admin_link(attempt.job)

    @display(
        description="Outcome",
        ordering="outcome",
        label={
            JobAttempt.Outcome.DONE: "success",
            JobAttempt.Outcome.RUNNING: "primary",
            JobAttempt.Outcome.SNOOZED: "info",
            JobAttempt.Outcome.RELEASED: "info",
            JobAttempt.Outcome.FAILED: "warning",
            JobAttempt.Outcome.LOST: "warning",
            JobAttempt.Outcome.GAVE_UP: "danger",
        },
    )
    def ended(self, attempt: JobAttempt) -> tuple[str, str]:
        """How it ended, as a label."""
        return attempt.outcome, attempt.get_outcome_display()

    @display(description="Stages")
    def stages_shown(self, attempt: JobAttempt) -> SafeString:
        """The stages as a timeline."""
        return render_to_string("jobs/tries.html", {"tries": [_try_of(attempt)]})


# django-q2's own pages offer to submit, delete and schedule things behind the jobs' back, and one
# malformed schedule stops all of them. Its results are never kept, so that two lists are empty too.
for transport_model in (Success, Failure):
    admin.site.unregister(transport_model)
for transport_model in (Schedule, OrmQ):
    if admin.site.is_registered(transport_model):
        admin.site.unregister(transport_model)


@admin.register(Schedule)
class ScheduleAdmin(ReadOnlyAdmin):
    """What every cluster calls from time to time; made by `jobs.transport.ensure_schedule`."""

    list_display = ["name", "func", "minutes", "next_run"]
    fields = ["name", "func", "schedule_type", "minutes", "repeats", "next_run"]
    readonly_fields = fields
