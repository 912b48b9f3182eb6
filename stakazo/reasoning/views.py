"""The doors of reasoning."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from stakazo.core.api.unchanged import Tagged
from stakazo.core.api.views import APIView
from stakazo.reasoning import queries
from stakazo.reasoning.models import ReasoningRun
from stakazo.reasoning.reasoner import NAME, VERSION
from stakazo.reasoning.rules import RULES
from stakazo.reasoning.serializers import (
    ReasoningRunDetailOut,
    ReasoningRunOut,
    ReasoningStatusOut,
    TriggeredOut,
)
from stakazo.reasoning.services import request_reasoning

_JOB = {
    "id": "0190a0b0-0000-7000-8000-000000000030",
    "status": "pending",
    "url": "/jobs/0190a0b0-0000-7000-8000-000000000030",
}
_RUN = {
    "id": "0190a0b0-0000-7000-8000-000000000031",
    "started_at": "2026-11-20T09:00:00Z",
    "ended_at": "2026-11-20T09:00:01Z",
    "trigger": "asked",
    "status": "completed",
    "sentence": "Its proposals are there; nothing was done yet.",
    "job_id": _JOB["id"],
    "reasoner": "rules",
    "reasoner_version": "1",
    "summary": "1 thing needs somebody now. First: 3 jobs of type publish_clip failed every try.",
    "findings": 1,
    "error": "",
}
_CALLS = [{"method": "POST", "path": f"/jobs/{_JOB['id']}/retry", "body": None}]
_DETAIL = {
    **_RUN,
    "recommendations": [
        {
            "rule": "jobs_that_ended_badly",
            "title": "3 jobs of type publish_clip failed every try",
            "evidence": ["3 jobs of type publish_clip.", "The error: timed out (jobs.timeout)."],
            "severity": "ERROR",
            "confidence": 0.7,
            "action": {"title": "Retry 3 dead jobs.", "calls": _CALLS},
        }
    ],
    "plan": {
        "note": "Nothing was done. Each step waits for somebody to take it.",
        "steps": [
            {
                "number": 1,
                "do": "Retry 3 dead jobs.",
                "because": ["3 jobs of type publish_clip failed every try"],
                "severity": "ERROR",
                "confidence": 0.7,
                "calls": _CALLS,
            }
        ],
    },
    "snapshot": {"jobs": {"dead": 3}},
}


def _example(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True)


class RunFilter(filters.FilterSet):
    """`?status=`, `?trigger=`."""

    status = filters.ChoiceFilter(choices=ReasoningRun.Status.choices)
    trigger = filters.ChoiceFilter(choices=ReasoningRun.Trigger.choices)

    class Meta:
        model = ReasoningRun
        fields: list[str] = []


class StatusView(APIView):
    """How reasoning stands."""

    view_permission = "reasoning.view_reasoningrun"

    @extend_schema(
        operation_id="reasoning_status",
        tags=["reasoning"],
        responses=ReasoningStatusOut,
        examples=[
            _example(
                "Idle",
                {
                    "running": False,
                    "job": None,
                    "last_run": _RUN,
                    "reasoner": "rules",
                    "reasoner_version": "1",
                    "rules": [
                        {
                            "name": "posts_in_doubt",
                            "sentence": "Publications whose outcome has been unknown.",
                        }
                    ],
                },
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Whether a run goes on, the last one, and the rules that reason."""
        job = queries.live_job()
        answer = {
            "running": job is not None,
            "job": job,
            "last_run": queries.last_run(),
            "reasoner": NAME,
            "reasoner_version": VERSION,
            "rules": [
                {"name": rule.__name__, "sentence": (rule.__doc__ or "").strip().splitlines()[0]}
                for rule in RULES
            ],
        }
        return Response(ReasoningStatusOut(answer).data)


class TriggerView(APIView):
    """Asking for a run."""

    required_permission = "reasoning.add_reasoningrun"

    @extend_schema(
        operation_id="reasoning_trigger",
        tags=["reasoning"],
        request=None,
        responses={202: TriggeredOut},
        examples=[
            OpenApiExample("Queued", value={"job": _JOB}, response_only=True, status_codes=["202"])
        ],
    )
    def post(self, request: Request) -> Response:
        """Look at the house soon; a run that waits or goes on already is given back."""
        job = request_reasoning()
        return Response(TriggeredOut({"job": job}).data, status=status.HTTP_202_ACCEPTED)


class HistoryView(Tagged, ListAPIView[ReasoningRun]):
    """The runs there were, newest first."""

    view_permission = "reasoning.view_reasoningrun"
    serializer_class = ReasoningRunOut
    filterset_class = RunFilter
    queryset = queries.runs()

    @extend_schema(
        operation_id="reasoning_history", tags=["reasoning"], examples=[_example("One", _RUN)]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The runs there were, newest first, in short."""
        return super().get(request, *args, **kwargs)


class RunView(Tagged, RetrieveAPIView[ReasoningRun]):
    """One run."""

    view_permission = "reasoning.view_reasoningrun"
    serializer_class = ReasoningRunDetailOut
    queryset = queries.runs()

    @extend_schema(
        operation_id="reasoning_run", tags=["reasoning"], examples=[_example("Whole", _DETAIL)]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One run whole: what it saw, what it found, what it proposes."""
        return super().get(request, *args, **kwargs)


@extend_schema(exclude=True)
class RunAliasView(RunView):
    """The same under the shorter path; the schema names only the other one."""
