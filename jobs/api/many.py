"""The doors to many jobs at once: queues, batches, figures."""

from typing import Any

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_view,
)
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from jobs import services
from jobs.api.examples import A_BATCH, A_QUEUE, THE_STATS
from jobs.api.filters import JobFilter
from jobs.api.serializers import BatchOut, BulkIn, JobStatsOut, QueueStatsOut
from jobs.models import Job, JobBatch
from jobs.stats import job_stats, queue_stats
from stakazo.core.api.serializers import WhyIn
from stakazo.core.api.unchanged import Tagged
from stakazo.core.api.views import APIView, validated
from stakazo.core.errors import InvalidInput
from stakazo.identity.reach import PUBLISHING_QUEUES, check_queue_reach, reached_mode

_ACTS = {
    "pause": services.pause_queue,
    "resume": services.resume_queue,
    "drain": services.drain_queue,
}


class JobStatsView(APIView):
    """Queues and failures at this moment."""

    view_permission = "jobs.view_job"

    @extend_schema(
        operation_id="jobs_stats",
        tags=["jobs"],
        summary="How the queues are doing",
        description="Each queue with what waits and runs and its last hour by minute, and failures"
        " grouped by cause.",
        responses={200: JobStatsOut},
        examples=[THE_STATS],
    )
    def get(self, request: Request) -> Response:
        """The figures."""
        return Response(JobStatsOut(job_stats()).data)


class JobsBulkView(APIView):
    """Many jobs, one wish."""

    required_permission = "jobs.change_job"

    @extend_schema(
        operation_id="jobs_bulk",
        tags=["jobs"],
        summary="Retry or cancel many jobs",
        description="By ids or by a filter. It is done in the background by jobs of a batch, each for"
        " 500 jobs; 409 when no job suits.",
        request=BulkIn,
        responses={202: BatchOut},
        examples=[
            OpenApiExample(
                "Try again what died of one cause",
                request_only=True,
                value={
                    "action": "retry",
                    "filter": {"status": ["dead"], "error_group": "5b0f6a0e9d5f4c11"},
                    "why": "the platform is back",
                },
            ),
            A_BATCH,
        ],
    )
    def post(self, request: Request) -> Response:
        """Ask; 202 with the batch."""
        args = validated(BulkIn, request.data)
        jobs = Job.objects.all()
        if args.get("ids"):
            jobs = jobs.filter(pk__in=args["ids"])
        else:
            jobs = _matching(args["filter"])
        if reached_mode():
            jobs = jobs.exclude(queue__in=PUBLISHING_QUEUES)
        batch = services.act_on_many(jobs, args["action"], why=args["why"])
        return Response(BatchOut(batch).data, status=status.HTTP_202_ACCEPTED)


def _matching(wanted: dict[str, Any]) -> Any:
    known = JobFilter.base_filters
    if unknown := sorted(set(wanted) - set(known)):
        raise InvalidInput("The filter has unknown names.", unknown=unknown, known=sorted(known))
    statuses = wanted.get("status", [])
    one = isinstance(statuses, str)
    wanted = {**wanted, "status": [statuses] if one else statuses}
    found = JobFilter(wanted, queryset=Job.objects.all())
    if not found.is_valid():
        raise InvalidInput("The filter is wrong.", fields=found.errors)
    return found.qs


@extend_schema_view(
    get=extend_schema(
        operation_id="job_batch_read", tags=["jobs"], summary="A batch of jobs", examples=[A_BATCH]
    )
)
class JobBatchView(Tagged, generics.RetrieveAPIView[JobBatch]):
    """How far a batch is."""

    view_permission = "jobs.view_jobbatch"
    queryset = JobBatch.objects.all()
    serializer_class = BatchOut


class QueueView(APIView):
    """A whole queue."""

    required_permission = "jobs.change_jobqueue"

    @extend_schema(
        operation_id="job_queue_act",
        tags=["jobs"],
        summary="Pause, resume or drain a queue",
        description="Paused: workers take none of its jobs, running ones go on. Drained: what waits"
        " now is done, nothing newer, then it pauses. Takes effect within a second or two.",
        parameters=[OpenApiParameter("act", str, "path", enum=sorted(_ACTS))],
        request=WhyIn,
        responses={200: QueueStatsOut},
        examples=[
            OpenApiExample("With a word", request_only=True, value={"why": "moving house"}),
            A_QUEUE,
        ],
    )
    def post(self, request: Request, queue: str, act: str) -> Response:
        """Act; 400 for a queue or an act that does not exist."""
        if act not in _ACTS:
            raise InvalidInput(f"A queue cannot be told to {act}.", known=sorted(_ACTS))
        check_queue_reach(queue)
        _ACTS[act](queue, why=validated(WhyIn, request.data)["why"] or "asked for")
        (stats,) = [one for one in queue_stats() if one.queue == queue]
        return Response(QueueStatsOut(stats).data)
