"""Those who watch: alerts, the history of the gauges, the reasoning worker."""

from collections import Counter
from datetime import timedelta

from django.utils import timezone

from jobs.services import enqueue
from tests.chaos.scenes.scene import Scene, told_once


class Alerts(Scene):
    """evaluate_alerts: two troubles begin, one goes on, one is over."""

    job_type = "evaluate_alerts"

    def prepare(self):
        """Three accounts that need reconnecting, one of which is known; an alert about none."""
        from stakazo.alerts.models import Alert
        from tests.factories import make_account

        accounts = [make_account(status="expired") for _ in range(3)]
        for key in (accounts[0].pk, "over"):
            Alert.objects.create(
                rule="account_expired", fingerprint=f"account_expired:{key}", title="Known"
            )
        enqueue(self.job_type, {})

    def wrong(self):
        """One open alert for each trouble, told once; the other is resolved, told once."""
        from ledger.models import LedgerEvent
        from publishing.models import SocialAccount
        from stakazo.alerts.models import Alert

        ours = Alert.objects.filter(rule="account_expired")
        opened = Counter(ours.filter(status="open").values_list("fingerprint", flat=True))
        keys = SocialAccount.objects.values_list("pk", flat=True)
        if opened != Counter(f"account_expired:{pk}" for pk in keys):
            yield f"open are {sorted(opened)}"
        told = LedgerEvent.objects.filter(
            event_type="alert_opened", metadata__rule="account_expired"
        ).count()
        if told != 4:
            yield f"{told} × alert_opened of 4"
        over = ours.filter(fingerprint="account_expired:over")
        if [alert.status for alert in over] != ["resolved"]:
            yield "what is over is not resolved"
        yield from told_once("alert_resolved", Alert.objects.filter(status="resolved"))


class Gauges(Scene):
    """record_telemetry: all gauges of a moment or none, and the oldest go."""

    job_type = "record_telemetry"

    def prepare(self):
        """Some of long ago."""
        from stakazo.telemetry.models import TelemetryMetric

        old = timezone.now() - timedelta(days=4000)
        for number in range(3):
            TelemetryMetric.objects.create(name="old", value=number, taken_at=old)
        enqueue(self.job_type, {})

    def wrong(self):
        """As many moments as tries that completed, each whole."""
        from stakazo.telemetry.models import TelemetryMetric

        rows = TelemetryMetric.objects.values_list("taken_at", "name", "labels")
        moments = {taken_at for taken_at, _, _ in rows}
        completed = self.jobs().filter(status="completed")
        if len(moments) != completed.count():
            yield f"{len(moments)} moments, {completed.count()} jobs that completed"
        if len(rows) != sum(job.result["recorded"] for job in completed):
            yield f"{len(rows)} rows of {[job.result for job in completed]}"
        doubled = [key for key, count in Counter(map(str, rows)).items() if count > 1]
        if doubled:
            yield f"twice: {doubled[:3]}"
        if TelemetryMetric.objects.filter(name="old").exists():
            yield "the oldest are still there"


class Reasoning(Scene):
    """ai_reasoning: one look, one run."""

    job_type = "ai_reasoning"

    def prepare(self):
        """Something to find; a run that its job left behind."""
        import uuid

        from stakazo.reasoning.models import ReasoningRun
        from stakazo.reasoning.services import request_reasoning
        from tests.factories import make_account

        make_account(status="expired")
        ReasoningRun.objects.create(job_id=uuid.uuid4())
        request_reasoning()

    def wrong(self):
        """One run of this job, completed, with what it found; the other is closed."""
        from stakazo.reasoning.models import ReasoningRun

        (job,) = self.jobs()
        runs = ReasoningRun.objects.all()
        ours, others = runs.filter(job_id=job.pk), runs.exclude(job_id=job.pk)
        if [run.status for run in ours] != ["completed"] or not ours[0].recommendations:
            yield f"the runs are {[run.status for run in ours]}"
        if job.result.get("reasoning_run_id") not in [str(run.pk) for run in ours]:
            yield f"the job names {job.result}"
        if [run.status for run in others] != ["failed"]:
            yield f"the other run is {[run.status for run in others]}"
        yield from told_once("reasoning_started", runs)
        yield from told_once("reasoning_completed", ours)
        yield from told_once("reasoning_failed", others)
