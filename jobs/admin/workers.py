"""Worker processes, for operators."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import action, display

from jobs import services
from jobs.admin.showing import in_time, name_of, progress_bar
from jobs.models import Job, JobWorker
from jobs.queries import jobs_of_workers, workers_alive
from stakazo.core.admin import ActingMixin, ReadOnlyAdmin, admin_link


@admin.register(JobWorker)
class JobWorkerAdmin(ActingMixin, ReadOnlyAdmin):
    """Who works, on what, and since when nobody heard of them. They come and go by themselves."""

    list_before_template = "jobs/doors_alive.html"
    list_display = [
        "worker_id",
        "state",
        "heartbeat",
        "works_on",
        "memory",
        "jobs_done",
        "node",
        "group",
        "age",
    ]
    list_filter = ["node"]
    search_fields = ["worker_id", "node", "group"]
    ordering = ["node", "group", "started_at"]
    actions = ["stop_workers"]
    acting_permission = "jobs.change_job"
    fields = [
        "worker_id",
        "state",
        "heartbeat",
        "works_on",
        "memory",
        "jobs_done",
        "node",
        "group",
        "pid",
        "started_at",
        "tried_link",
    ]
    readonly_fields = fields

    class Media:
        css = {"all": ["jobs/jobs.css"]}
        js = [Script("jobs/alive.js", defer=True)]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may see jobs may see who does them."""
        return request.user.has_perm("jobs.view_job")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With what each worker of the page does, asked for all of them at once."""
        page = super().get_changelist_instance(request)
        page.result_list = list(page.result_list)
        _know(page.result_list)
        return page

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """With what it does."""
        worker = super().get_object(request, object_id, from_field)
        if worker is not None:
            _know([worker])
        return worker

    def page_actions_of(self, row: JobWorker) -> list[tuple[str, str]]:
        """Stop, once."""
        return [] if row.stop_requested else [("stop_workers", "Stop …")]

    @display(
        description="State", label={"works": "success", "stopping": "info", "silent": "danger"}
    )
    def state(self, worker: JobWorker) -> tuple[str, str]:
        """Whether it lives, as a label."""
        if not worker.alive:  # type: ignore[attr-defined]  # see _know
            return "silent", "Silent"
        return ("stopping", "Stopping") if worker.stop_requested else ("works", "Alive")

    @display(description="Heartbeat", ordering="-seen_at")
    def heartbeat(self, worker: JobWorker) -> str:
        """How long ago it said that it lives."""
        return f"{in_time((timezone.now() - worker.seen_at).total_seconds())} ago"

    @display(description="Works on")
    def works_on(self, worker: JobWorker) -> SafeString | str:
        """The job in hand, with stage and progress."""
        job: Job | None = worker.job  # type: ignore[attr-defined]  # see _know
        if job is None:
            return "–"
        return format_html("{} {}", admin_link(job, name_of(job)), progress_bar(job))

    @display(description="Memory", ordering="memory_bytes")
    def memory(self, worker: JobWorker) -> SafeString | str:
        """Its own, and that of its child processes."""
        own = filesizeformat(worker.memory_bytes)
        if not worker.children_memory_bytes:
            return own
        more = filesizeformat(worker.children_memory_bytes)
        words = '<span class="whitespace-nowrap">{} + {}</span> <small>of children</small>'
        return format_html(words, own, more)

    @display(description="Age", ordering="-started_at")
    def age(self, worker: JobWorker) -> str:
        """Since it was started."""
        return in_time((timezone.now() - worker.started_at).total_seconds())

    @display(description="Its tries")
    def tried_link(self, worker: JobWorker) -> SafeString:
        """What it has worked on."""
        link = '<a class="text-primary-600" href="{}?q={}">All tries of this worker</a>'
        return format_html(link, reverse("admin:jobs_jobattempt_changelist"), worker.worker_id)

    @action(description="Stop …", permissions=["act"])
    def stop_workers(
        self, request: HttpRequest, workers: QuerySet[JobWorker]
    ) -> HttpResponse | None:
        """Ask whether it is meant; then ask them to finish the job in hand and leave."""
        here = reverse("admin:jobs_jobworker_changelist")
        rows = list(workers)
        if request.POST.get("confirmed") != "1":
            _know(rows)
            context = {
                **self.admin_site.each_context(request),
                "title": "Stop workers?",
                "workers": [(worker, self.works_on(worker)) for worker in rows],
                "back": here,
            }
            return TemplateResponse(request, "admin/jobs/stop_workers.html", context)
        asked = sum(services.stop_worker(worker) for worker in rows)
        if asked:
            messages.success(
                request, f"{asked} asked to leave; each finishes the job in hand first."
            )
        if asked < len(rows):
            messages.warning(request, f"{len(rows) - asked} had been asked before, or are gone.")
        return HttpResponseRedirect(here)


def _know(workers: list[JobWorker]) -> None:
    """Note at each whether it lives and its job in hand. Two queries."""
    alive = set(workers_alive().values_list("pk", flat=True))
    jobs = {job.worker_id: job for job in jobs_of_workers(worker.worker_id for worker in workers)}
    for worker in workers:
        worker.alive = worker.pk in alive  # type: ignore[attr-defined]  # of this page only
        worker.job = jobs.get(worker.worker_id)  # type: ignore[attr-defined]  # of this page only
