"""The doors of jobs."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.mixins import RetrieveModelMixin
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from jobs import services
from jobs.api.examples import A_JOB, A_JOB_WITH_ATTEMPTS
from jobs.api.filters import JobFilter
from jobs.api.serializers import (
    JobDetailOut,
    JobIn,
    JobOut,
    RingIn,
    RingOut,
)
from jobs.models import Job
from jobs.queries import jobs_due
from jobs.registry import JOB_TYPES, check_queue
from stakazo.core.api.serializers import WhyIn
from stakazo.core.api.sparse import SparseListMixin
from stakazo.core.api.views import GenericViewSet, validated
from stakazo.identity.reach import PUBLISHING_QUEUES, check_queue_reach, reached_mode

_NEW = OpenApiExample(
    "Search a video for clips",
    request_only=True,
    value={
        "job_type": "cut_analysis",
        "payload": {"video_asset_id": "01930f6e-0000-7c3a-9a53-0d5c4f1f6a10"},
        "dedup_key": "cut_analysis:01930f6e-0000-7c3a-9a53-0d5c4f1f6a10",
    },
)
_WHY = OpenApiExample("With a word", request_only=True, value={"why": "wrong video"})


@extend_schema(tags=["jobs"])
@extend_schema_view(
    list=extend_schema(operation_id="jobs_list", summary="Jobs, newest first", examples=[A_JOB]),
    retrieve=extend_schema(
        operation_id="jobs_read",
        summary="A job with its attempts",
        responses={200: JobDetailOut},
        examples=[A_JOB_WITH_ATTEMPTS],
    ),
)
class JobViewSet(SparseListMixin, RetrieveModelMixin, GenericViewSet[Job]):
    """Background work: put it in, watch it, try it again, end it."""

    queryset = Job.objects.all()
    serializer_class = JobOut
    filterset_class = JobFilter
    required_permission = "jobs.change_job"

    def get_queryset(self) -> QuerySet[Job]:
        """Attempts come along where one job is shown."""
        jobs = super().get_queryset()
        if self.request.method not in SAFE_METHODS and reached_mode():
            jobs = jobs.exclude(queue__in=PUBLISHING_QUEUES)
        return jobs.prefetch_related("attempts") if self.action == "retrieve" else jobs

    def get_serializer_class(self) -> Any:
        """More detail for one job."""
        return JobDetailOut if self.action == "retrieve" else JobOut

    @extend_schema(
        operation_id="jobs_create",
        summary="Put work in the queue",
        description="With a `dedup_key`, a live job of the same key is given back.",
        request=JobIn,
        responses={202: JobOut},
        examples=[_NEW, A_JOB],
    )
    def create(self, request: Request) -> Response:
        """Enqueue; 202 with the job."""
        args = validated(JobIn, request.data)
        if (kind := JOB_TYPES.get(args["job_type"])) is not None:
            check_queue_reach(kind.queue)
        job = services.enqueue(
            args["job_type"],
            args["payload"],
            dedup_key=args["dedup_key"],
            priority=args["priority"],
            run_at=args["run_at"],
            after=args["after"],
        )
        return self._answer(job, status.HTTP_202_ACCEPTED)

    @extend_schema(
        operation_id="jobs_process",
        summary="Ring for due jobs",
        description="Wakes workers for due jobs, best first, also where a bell rang in vain.",
        request=RingIn,
        responses={200: RingOut},
        examples=[
            OpenApiExample("Ring", request_only=True, value={"queue": "render", "limit": 5}),
            OpenApiExample("Rung", response_only=True, value={"rung": 2, "due": 2}),
        ],
    )
    def process_due(self, request: Request) -> Response:
        """Ring; how many were due and how many bells that made."""
        args = validated(RingIn, request.data)
        queue = args["queue"]
        if queue:
            check_queue(queue)
        due = jobs_due(queue=queue).count()
        return Response({"rung": services.ring_due(queue=queue, limit=args["limit"]), "due": due})

    @extend_schema(
        operation_id="job_process",
        summary="Start a waiting job now",
        request=WhyIn,
        responses={202: JobOut},
        examples=[_WHY, A_JOB],
    )
    @action(detail=True, methods=["post"])
    def process(self, request: Request, pk: str) -> Response:
        """Make it due and ring; 409 when it does not wait."""
        why = validated(WhyIn, request.data)["why"]
        return self._answer(
            services.start_now(self.get_object(), why=why), status.HTTP_202_ACCEPTED
        )

    @extend_schema(
        operation_id="job_retry",
        summary="Try an ended job again",
        request=WhyIn,
        responses={202: JobOut},
        examples=[_WHY, A_JOB],
    )
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        """Back in the queue, its attempts counted anew; 409 when it is live or completed."""
        why = validated(WhyIn, request.data)["why"]
        return self._answer(
            services.retry_job(self.get_object(), why=why), status.HTTP_202_ACCEPTED
        )

    @extend_schema(
        operation_id="job_cancel",
        summary="End a job",
        description="A waiting job ends now; a running one at its next heartbeat.",
        request=WhyIn,
        responses={202: JobOut},
        examples=[_WHY, A_JOB],
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel; 409 when it has ended."""
        why = validated(WhyIn, request.data)["why"]
        return self._answer(
            services.cancel_job(self.get_object(), why=why), status.HTTP_202_ACCEPTED
        )

    def _answer(self, job: Job, http_status: int) -> Response:
        body = JobOut(job, context=self.get_serializer_context()).data
        return Response(body, status=http_status, headers={"Location": body["links"]["self"]})
