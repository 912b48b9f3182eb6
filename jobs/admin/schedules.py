"""What recurs, for operators."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from unfold.decorators import action, display

from jobs.models import JobSchedule
from jobs.services.schedules import pause_schedule, resume_schedule, run_schedule_now
from ledger.trail import TrailMixin
from stakazo.core.admin import ActingMixin, ReadOnlyAdmin, admin_link


@admin.register(JobSchedule)
class JobScheduleAdmin(ActingMixin, TrailMixin, ReadOnlyAdmin):
    """What recurs. The code declares it; here it is paused, resumed and run now."""

    list_display = ["name", "state", "recurs", "next_run", "last_run_at", "last_job_link", "note"]
    list_before_template = "jobs/doors.html"
    list_filter = [("paused_at", admin.EmptyFieldListFilter)]
    list_select_related = ["last_job"]
    search_fields = ["name", "job_type"]
    ordering = ["name"]
    actions = ["run_schedules", "pause_schedules", "resume_schedules"]
    acting_permission = "jobs.change_jobschedule"
    fields = [
        "name",
        "job_type",
        "state",
        "recurs",
        "next_run",
        "last_run_at",
        "last_job_link",
        "paused_at",
        "note",
        "ledger_trail",
    ]
    readonly_fields = fields

    class Media:
        css = {"all": ["jobs/jobs.css"]}

    def page_actions_of(self, row: JobSchedule) -> list[tuple[str, str]]:
        """Run, and the one of the two that changes anything."""
        other = ("resume_schedules", "Resume") if row.paused_at else ("pause_schedules", "Pause")
        return [("run_schedules", "Run now"), other]

    @display(description="State", label={"runs": "success", "paused": "warning"})
    def state(self, row: JobSchedule) -> tuple[str, str]:
        """Whether it runs, as a label."""
        return ("paused", "Paused") if row.paused_at else ("runs", "Runs")

    @display(description="Next run", ordering="next_run_at")
    def next_run(self, row: JobSchedule) -> object:
        """The next tick; none while it is paused."""
        return None if row.paused_at else row.next_run_at

    @display(description="Last job")
    def last_job_link(self, row: JobSchedule) -> SafeString | str:
        """What it put in the queue last, and how that went."""
        job = row.last_job
        return admin_link(job, job.get_status_display() if job else "")

    @action(description="Run now", permissions=["act"])
    def run_schedules(
        self, request: HttpRequest, schedules: QuerySet[JobSchedule]
    ) -> HttpResponse | None:
        """Put their jobs in the queue now."""
        return self.act(request, schedules, run_schedule_now, done="run")

    @action(description="Pause", permissions=["act"])
    def pause_schedules(
        self, request: HttpRequest, schedules: QuerySet[JobSchedule]
    ) -> HttpResponse | None:
        """Run no tick of them until they are resumed."""
        return self.act(request, schedules, pause_schedule, done="paused")

    @action(description="Resume", permissions=["act"])
    def resume_schedules(
        self, request: HttpRequest, schedules: QuerySet[JobSchedule]
    ) -> HttpResponse | None:
        """Go on with their next ticks."""
        return self.act(request, schedules, resume_schedule, done="resumed")
