"""Batches, for operators."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import Script
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from jobs.admin.showing import LABELS, batch_bar, name_of
from jobs.models import Job, JobBatch
from jobs.stats import batches_shown
from stakazo.core.admin import ReadOnlyAdmin, admin_link, made_once


@admin.register(JobBatch)
class JobBatchAdmin(ReadOnlyAdmin):
    """Jobs that were put in together: how far they are, and what comes then."""

    list_before_template = "jobs/doors_alive.html"
    paginator = InfinitePaginator
    list_display = ["name", "created_at", "total", "so_far", "callback_link"]
    list_select_related = ["callback"]
    search_fields = ["name", "=id"]
    ordering = ["-id"]
    fields = ["name", "created_at", "total", "so_far", "counts", "jobs_link", "callback_link"]
    readonly_fields = fields

    class Media:
        css = {"all": ["jobs/jobs.css"]}
        js = [Script("jobs/alive.js", defer=True)]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With how far each batch of the page is, asked for all of them at once."""
        page = super().get_changelist_instance(request)
        page.result_list = list(page.result_list)
        shown = batches_shown(page.result_list)
        for batch in page.result_list:
            batch.shown = shown[batch.pk]
        return page

    def get_queryset(self, request: HttpRequest) -> QuerySet[JobBatch]:
        """With the callback, which the page links to."""
        return super().get_queryset(request).select_related("callback")  # type: ignore[no-any-return]  # no stubs

    @display(description="Done")
    @made_once
    def so_far(self, batch: JobBatch) -> SafeString:
        """A bar by state, and the same in words."""
        return batch_bar(batch, getattr(batch, "shown", None))

    @display(description="Jobs by state")
    @made_once
    def counts(self, batch: JobBatch) -> SafeString:
        """Each state with a link to its jobs."""
        counts = batches_shown([batch])[batch.pk].counts
        rows = (
            (_jobs_of(batch, status), count, Job.Status(status).label)
            for status, count in counts.items()
            if count
        )
        return format_html_join(", ", '<a class="text-primary-600" href="{}">{} {}</a>', rows)

    @display(description="Jobs")
    def jobs_link(self, batch: JobBatch) -> SafeString:
        """Down."""
        link = '<a class="text-primary-600" href="{}">All jobs of this batch</a>'
        return format_html(link, _jobs_of(batch))

    @display(description="Then")
    def callback_link(self, batch: JobBatch) -> SafeString | str:
        """What begins when all have ended, and how that stands."""
        if (job := batch.callback) is None:
            return "–"
        return format_html(
            "{} ({})", admin_link(job, name_of(job)), job.get_status_display().lower()
        )


def _jobs_of(batch: JobBatch, status: str = "") -> str:
    chosen = f"&status__exact={status}" if status in LABELS else ""
    return f"{reverse('admin:jobs_job_changelist')}?of_batch={batch.pk}{chosen}"
