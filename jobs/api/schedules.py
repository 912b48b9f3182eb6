"""The doors of what recurs."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from jobs.api.examples import A_JOB
from jobs.api.serializers import JobOut
from jobs.models import JobSchedule
from jobs.registry import job_type
from jobs.schedules import SCHEDULES
from jobs.services.schedules import pause_schedule, resume_schedule, run_schedule_now
from stakazo.core.api.serializers import WhyIn
from stakazo.core.api.views import GenericViewSet, validated
from stakazo.identity.reach import check_queue_reach


class ScheduleOut(serializers.ModelSerializer[JobSchedule]):
    """What recurs."""

    last_job = serializers.UUIDField(source="last_job_id", allow_null=True, read_only=True)

    class Meta:
        model = JobSchedule
        fields = [
            "name",
            "job_type",
            "recurs",
            "next_run_at",
            "last_run_at",
            "last_job",
            "paused_at",
            "note",
        ]


_SCHEDULE = OpenApiExample(
    "Every five minutes",
    response_only=True,
    value={
        "name": "telemetry.record",
        "job_type": "record_telemetry",
        "recurs": "every 5 minutes",
        "next_run_at": "2026-03-01T12:05:00Z",
        "last_run_at": "2026-03-01T12:00:00Z",
        "last_job": "01930f6e-7f6e-7c3a-9a53-0d5c4f1f6a10",
        "paused_at": None,
        "note": "",
    },
)
_WHY = OpenApiExample("With a word", request_only=True, value={"why": "moving house"})


@extend_schema(tags=["jobs"])
@extend_schema_view(
    list=extend_schema(
        operation_id="job_schedules_list",
        summary="What recurs",
        description="The code declares them; times are UTC.",
        examples=[_SCHEDULE],
    )
)
class ScheduleViewSet(ListModelMixin, GenericViewSet[JobSchedule]):
    """What recurs: look, pause, resume, run now."""

    queryset = JobSchedule.objects.all()
    serializer_class = ScheduleOut
    required_permission = "jobs.change_jobschedule"
    lookup_field = lookup_url_kwarg = "name"
    filterset_class = None

    def get_object(self) -> JobSchedule:
        """Of those that the code declares: what else is asked for never reaches the database."""
        if self.kwargs["name"] not in SCHEDULES:
            raise Http404
        if self.request.method not in SAFE_METHODS:
            check_queue_reach(job_type(SCHEDULES[self.kwargs["name"]].job_type).queue)
        return super().get_object()

    @extend_schema(
        operation_id="job_schedule_pause",
        summary="Pause a schedule",
        description="No tick is run until it is resumed. What it started goes on.",
        request=WhyIn,
        responses={200: ScheduleOut},
        examples=[_WHY, _SCHEDULE],
    )
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, name: str) -> Response:
        """Pause; one that is paused stays so."""
        return self._change(request, pause_schedule)

    @extend_schema(
        operation_id="job_schedule_resume",
        summary="Resume a schedule",
        description="It goes on with its next tick; what was missed stays undone.",
        request=WhyIn,
        responses={200: ScheduleOut},
        examples=[_WHY, _SCHEDULE],
    )
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, name: str) -> Response:
        """Resume; one that runs stays as it is."""
        return self._change(request, resume_schedule)

    @extend_schema(
        operation_id="job_schedule_run",
        summary="Run a schedule now",
        description="Answers its job: a new one, or the last where that has not ended.",
        request=WhyIn,
        responses={202: JobOut},
        examples=[_WHY, A_JOB],
    )
    @action(detail=True, methods=["post"])
    def run(self, request: Request, name: str) -> Response:
        """Its job, in the queue, also while it is paused; its ticks stay as they are."""
        why = validated(WhyIn, request.data)["why"]
        job = run_schedule_now(self.get_object(), why=why)
        body = JobOut(job, context=self.get_serializer_context()).data
        headers = {"Location": body["links"]["self"]}
        return Response(body, status=status.HTTP_202_ACCEPTED, headers=headers)

    def _change(self, request: Request, service: Any) -> Response:
        why = validated(WhyIn, request.data)["why"]
        return Response(ScheduleOut(service(self.get_object(), why=why)).data)
