"""The doors of what is counted off the ledger."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from ledger import queries
from ledger.api import examples
from ledger.api.serializers import (
    AnomaliesOut,
    FailureRatesOut,
    SinceIn,
    SlowestIn,
    SlowestOut,
    ThroughputIn,
    ThroughputOut,
)
from stakazo.core.api.views import APIView, validated


def _answer(shape: type[Any], results: list[Any]) -> Response:
    return Response(shape({"counted_until": queries.counted_until(), "results": results}).data)


class SlowestView(APIView):
    """The slowest tries."""

    view_permission = "ledger.view_ledgerevent"

    @extend_schema(
        operation_id="ledger_jobs_slowest",
        tags=["ledger"],
        summary="The slowest jobs",
        description="Tries of jobs from their start to their end, the slowest first; of all time,"
        " or of the hours from `since` on.",
        parameters=[SlowestIn],
        responses={200: SlowestOut},
        examples=[examples.SLOWEST],
    )
    def get(self, request: Request) -> Response:
        """Up to fifty of them."""
        args = validated(SlowestIn, request.query_params)
        slow = queries.slowest_jobs(
            since=args.get("since"), job_type=args["job_type"], limit=args["limit"]
        )
        return _answer(SlowestOut, slow)


class FailureRatesView(APIView):
    """How often jobs fail."""

    view_permission = "ledger.view_ledgerevent"

    @extend_schema(
        operation_id="ledger_failure_rates",
        tags=["ledger"],
        summary="Failure rates by job type",
        description="Of the last 24 hours, or from `since` on; the worst first, each with the 95 %"
        " interval of its rate.",
        parameters=[SinceIn],
        responses={200: FailureRatesOut},
        examples=[examples.RATES],
    )
    def get(self, request: Request) -> Response:
        """All job types that ended."""
        args = validated(SinceIn, request.query_params)
        rates = queries.failure_rates(since=args.get("since"))
        return _answer(FailureRatesOut, [asdict(rate) for rate in rates])


class ThroughputView(APIView):
    """How much there is to do."""

    view_permission = "ledger.view_ledgerevent"

    @extend_schema(
        operation_id="ledger_throughput",
        tags=["ledger"],
        summary="Events and jobs by the hour",
        description="The last `hours`, oldest first, the present one last.",
        parameters=[ThroughputIn],
        responses={200: ThroughputOut},
        examples=[examples.THROUGHPUT],
    )
    def get(self, request: Request) -> Response:
        """One row for each hour."""
        args = validated(ThroughputIn, request.query_params)
        hours = queries.throughput_per_hour(hours=args["hours"])
        return _answer(ThroughputOut, [asdict(hour) for hour in hours])


class AnomaliesView(APIView):
    """What is unusual."""

    view_permission = "ledger.view_ledgerevent"

    @extend_schema(
        operation_id="ledger_anomalies",
        tags=["ledger"],
        summary="What is unusual now",
        description="Failures above the usual rate, storms of retries, things that hang, workers"
        " that fell silent; each beside what is usual, with how surprising it is.",
        responses={200: AnomaliesOut},
        examples=[examples.ANOMALIES],
    )
    def get(self, request: Request) -> Response:
        """All of it; an empty list is good news."""
        return _answer(AnomaliesOut, [asdict(each) for each in queries.anomalies()])
