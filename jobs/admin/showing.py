"""How jobs look in lists and on pages."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jobs.drawing import picture_of, states_in_words
from jobs.life import Life, life_of
from jobs.models import JOB, Job, JobBatch, JobDependency
from jobs.stats import BatchShown, batches_shown
from stakazo.core.admin import admin_link

LABELS = {
    Job.Status.PENDING: "info",
    Job.Status.SCHEDULED: "info",
    Job.Status.PROCESSING: "primary",
    Job.Status.RETRY: "warning",
    Job.Status.COMPLETED: "success",
    Job.Status.FAILED: "danger",
    Job.Status.DEAD: "danger",
    Job.Status.CANCELLED: "default",
}
NEIGHBOURS_SHOWN = 20


def name_of(job: Job) -> str:
    """Type and the end of the id."""
    return f"{job.job_type} …{str(job.pk)[-6:]}"


def progress_bar(job: Job) -> SafeString | str:
    """How far a running job is, as a bar and in words; a dash for the others."""
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


def in_time(seconds: float | None) -> str:
    """0.4 s, 12 s, 3 min 5 s, 2 h 10 min, 4 d 3 h; a dash for None."""
    if seconds is None:
        return "–"
    if seconds < 9.95:
        return f"{seconds:.1f} s" if seconds >= 0.1 else f"{max(seconds, 0) * 1000:.0f} ms"
    whole = timedelta(seconds=round(seconds))
    minutes, rest_s = divmod(whole.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(whole.days, "d"), (hours, "h"), (minutes, "min"), (rest_s, "s")]
    first = next(place for place, (number, _) in enumerate(parts) if number)
    return " ".join(f"{number} {unit}" for number, unit in parts[first : first + 2] if number)


def life_shown(life: Life) -> SafeString:
    """Waits and tries as bars on one axis."""
    return render_to_string("jobs/life.html", {"life": life, "tries": _words(life)})


def _words(life: Life) -> list[dict[str, Any]]:
    """Rows for the template, with times in words."""
    rows = []
    for row in life.rows:
        attempt = getattr(row, "attempt", None)
        rows.append(
            {
                "span": row.span,
                "took": in_time(row.span.took_s),
                "attempt": attempt,
                "kind": f"try {attempt.outcome}" if attempt else "wait",
                "stages": [(stage, in_time(stage.took_s)) for stage in getattr(row, "stages", [])],
            }
        )
    return rows


def job_life(job: Job) -> SafeString:
    """The life of a job, and what it came to in all."""
    life = life_of(job)
    sums = format_html(
        "<p>{} worked, {} waited.</p>", in_time(life.worked_s), in_time(life.waited_s)
    )
    return sums + life_shown(life)


def states_shown(job: Job) -> SafeString:
    """The machine of jobs as a picture and in words, both from its table; the job's state marked."""
    return render_to_string(
        "jobs/states.html",
        {
            "states": states_in_words(JOB),
            "here": job.status,
            "picture": picture_of(JOB, here=job.status),
        },
    )


def comes_after(job: Job) -> SafeString | str:
    """What it waits for."""
    return _neighbours(job.waits_for.select_related("on"), "on")


def awaited_by(job: Job) -> SafeString | str:
    """What waits for it."""
    return _neighbours(job.awaited_by.select_related("job"), "job")


def _neighbours(found: QuerySet[JobDependency], end: str) -> SafeString | str:
    rows = list(found.order_by(f"{end}_id")[: NEIGHBOURS_SHOWN + 1])
    if not rows:
        return "–"
    links = format_html_join(
        ", ", "{} ({})", (_named(getattr(row, end)) for row in rows[:NEIGHBOURS_SHOWN])
    )
    return format_html("{} and more", links) if len(rows) > NEIGHBOURS_SHOWN else links


def _named(job: Job) -> tuple[SafeString | str, str]:
    return admin_link(job, name_of(job)), job.get_status_display().lower()


def batch_bar(batch: JobBatch, shown: BatchShown | None = None) -> SafeString:
    """A batch as a bar of its states, and in words."""
    shown = shown or batches_shown([batch])[batch.pk]
    return render_to_string("jobs/batch_bar.html", {"batch": batch, "parts": _parts(shown, batch)})


def _parts(shown: BatchShown, batch: JobBatch) -> dict[str, Any]:
    order = ["completed", "processing", "retry", "pending", "scheduled", "failed", "dead"]
    order += ["cancelled"]
    left, bars = 0.0, []
    for status in order:
        if n := shown.counts[status]:
            width = 100 * n / (batch.total or 1)
            label = str(Job.Status(status).label).lower()
            bars.append({"status": status, "n": n, "left": left, "width": width, "label": label})
            left += width
    return {"percent": round(100 * shown.progress), "bars": bars}


def batch_of(job: Job) -> SafeString | str:
    """The batch of a job, and how far that is."""
    if job.batch is None:
        return "–"
    return format_html("{} {}", admin_link(job.batch), batch_bar(job.batch))


def links_of(jobs: Iterable[Job]) -> SafeString | str:
    """Links to jobs; a dash for none."""
    links = [(admin_link(job, name_of(job)),) for job in jobs]
    return format_html_join(", ", "{}", links) if links else "–"
