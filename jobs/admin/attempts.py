"""Each try at each job."""

from django.contrib import admin
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from jobs.admin.showing import life_shown
from jobs.life import life_of_try
from jobs.models import JobAttempt
from stakazo.core.admin import ReadOnlyAdmin, admin_link


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

    class Media:
        css = {"all": ["jobs/jobs.css"]}

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
        return life_shown(life_of_try(attempt))
