"""Jobs for operators: what runs, what waits, what needs somebody."""

import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import action, display
from unfold.paginator import InfinitePaginator

from jobs import services
from jobs.about import names_of, objects_of
from jobs.admin import showing
from jobs.admin.causes import CausesMixin, to_batch
from jobs.admin.filters import BatchFilter, CauseFilter, LifeFilter
from jobs.models import JOB, Job
from ledger.trail import TrailMixin
from stakazo.core.admin import ActingMixin, ReadOnlyAdmin, admin_link, made_once
from stakazo.core.errors import StakazoError

COUNTED = 100_000
MANY = 100  # above that, the wish for all that match is done in the background


@admin.register(Job)
class JobAdmin(CausesMixin, ActingMixin, TrailMixin, ReadOnlyAdmin):
    """All background work, newest first. Jobs change only through their three actions."""

    paginator = InfinitePaginator
    list_display = ["name", "state", "progress_shown", "queue", "tries", "age", "names", "in_words"]
    list_filter = [
        LifeFilter,
        CauseFilter,
        BatchFilter,
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
    list_before_template = "jobs/doors.html"
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
        ("Its life", {"fields": ["life"]}),
        ("What went wrong", {"fields": ["in_words", "error_code", "same_cause"]}),
        (
            "Other jobs",
            {
                "fields": [
                    "comes_after",
                    "awaited_by",
                    "batch_shown",
                    "parent_link",
                    "children_links",
                ]
            },
        ),
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
        ("Every state", {"fields": ["states_shown"], "classes": ["collapse"]}),
        ("Memory", {"fields": ["ledger_trail"]}),
    ]

    class Media:
        css = {"all": ["jobs/jobs.css"]}

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """All that match are offered to actions only where they can be counted quickly."""
        page = super().get_changelist_instance(request)
        counted = page.queryset.order_by()[: COUNTED + 1].count()
        page.result_count = counted if counted <= COUNTED else len(page.result_list)
        return page

    def page_actions_of(self, row: Job) -> list[tuple[str, str]]:
        """Those of the three that its status allows."""
        if row.is_waiting:
            return [("start_jobs_now", "Start now"), ("cancel_jobs", "Cancel")]
        if row.status in Job.LIVE:
            return [] if row.cancel_requested else [("cancel_jobs", "Cancel")]
        return [("retry_jobs", "Try again")] if row.status in Job.BURIED else []

    # --- Columns and fields ---------------------------------------------------------------------

    @display(description="Job", ordering="job_type")
    def name(self, job: Job) -> str:
        """Type and the end of the id."""
        return showing.name_of(job)

    @display(description="Status", ordering="status", label=showing.LABELS)
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
        return showing.progress_bar(job)

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
    @made_once
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
    @made_once
    def children_links(self, job: Job) -> SafeString | str:
        """Down."""
        return showing.links_of(job.children.order_by("id")[:20])

    @display(description="Comes after")
    @made_once
    def comes_after(self, job: Job) -> SafeString | str:
        """The jobs that it waits for, or waited for."""
        return showing.comes_after(job)

    @display(description="Awaited by")
    @made_once
    def awaited_by(self, job: Job) -> SafeString | str:
        """The jobs that come after it."""
        return showing.awaited_by(job)

    @display(description="Batch")
    @made_once
    def batch_shown(self, job: Job) -> SafeString | str:
        """Its batch, and how far that is."""
        return showing.batch_of(job)

    @display(description="Same cause")
    def same_cause(self, job: Job) -> SafeString | str:
        """Others that fail as this one does."""
        if not job.error_group:
            return "–"
        link = '<a class="text-primary-600" href="{}?cause={}">Failures of the same cause</a>'
        return format_html(link, reverse("admin:jobs_job_changelist"), job.error_group)

    @display(description="Waits and tries")
    @made_once
    def life(self, job: Job) -> SafeString:
        """Waits, tries and their stages on one axis of time."""
        return showing.job_life(job)

    @display(description="States")
    def states_shown(self, job: Job) -> SafeString:
        """What each state means and where it leads, from the table itself."""
        return showing.states_shown(job)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        """With what the page links to."""
        return super().get_queryset(request).select_related("parent", "batch")  # type: ignore[no-any-return]  # no stubs

    # --- Actions --------------------------------------------------------------------------------

    @action(description="Try again", permissions=["act"])
    def retry_jobs(self, request: HttpRequest, jobs: QuerySet[Job]) -> HttpResponse | None:
        """Put ended jobs back in the queue."""
        if _are_many(request, jobs):
            return self._act_on_many(request, jobs, "retry")
        return self.act(request, jobs, services.retry_job, done="put back in the queue")

    @action(description="Cancel", permissions=["act"])
    def cancel_jobs(self, request: HttpRequest, jobs: QuerySet[Job]) -> HttpResponse | None:
        """End waiting jobs, ask running ones to end."""
        if _are_many(request, jobs):
            return self._act_on_many(request, jobs, "cancel")
        return self.act(request, jobs, services.cancel_job, done="cancelled or asked to end")

    @action(description="Start now", permissions=["act"])
    def start_jobs_now(self, request: HttpRequest, jobs: QuerySet[Job]) -> HttpResponse | None:
        """Make waiting jobs due at once."""
        if _are_many(request, jobs):
            messages.warning(request, f"At most {MANY} jobs are told to start now at a time.")
            return None
        return self.act(request, jobs, services.start_now, done="told to start now")

    def _act_on_many(
        self, request: HttpRequest, jobs: QuerySet[Job], wish: str
    ) -> HttpResponse | None:
        """In the background, as a batch."""
        try:
            batch = services.act_on_many(jobs, wish, why="asked for, for all of a list")
        except StakazoError as error:
            messages.warning(request, error.message)
            return None
        return to_batch(request, batch)


def _are_many(request: HttpRequest, jobs: QuerySet[Job]) -> bool:
    """Whether all that match are meant, and those are more than a request should do."""
    return request.POST.get("select_across") == "1" and jobs.order_by()[: MANY + 1].count() > MANY
