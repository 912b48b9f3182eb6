"""The doors of events: lists, timelines, trails, what is new, one event and its proof."""

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from ledger.api import examples
from ledger.api.serializers import (
    EventDetailOut,
    EventPageOut,
    EventsIn,
    LedgerEventOut,
    PageIn,
    ProofOut,
    TailIn,
    TailOut,
)
from ledger.errors import BadQuestion
from ledger.models import LedgerEvent
from ledger.queries import Asked, asked_in_words, events_behind, page_of
from ledger.sealing.proofs import NotSealed, prove_event, seal_of
from stakazo.core.api.errors import ErrorOut
from stakazo.core.api.views import APIView, validated
from stakazo.core.errors import InvalidInput, NotFound

_NAMES = (
    "severity",
    "entity_type",
    "entity_id",
    "job_id",
    "clip_id",
    "video_id",
    "correlation_id",
    "actor",
    "worker_id",
    "since",
    "until",
)


class EventsView(APIView):
    """Events, by what they are about."""

    view_permission = "ledger.view_ledgerevent"

    @extend_schema(
        operation_id="ledger_events",
        tags=["ledger"],
        summary="Events, page by page",
        description="The newest first, or with `order=oldest` the other way. Pages stay put while"
        " events come in and cost the same at any depth. There is no total. To follow what is new"
        " without missing what commits late, use `GET /ledger/tail`.",
        parameters=[EventsIn],
        responses={200: EventPageOut},
        examples=[examples.EVENTS],
    )
    def get(self, request: Request) -> Response:
        """One page."""
        args = validated(EventsIn, request.query_params)
        return _page(request, _asked(args), args, first="newest")


class EventView(APIView):
    """One event."""

    view_permission = "ledger.view_ledgerevent"

    @extend_schema(
        operation_id="ledger_event",
        tags=["ledger"],
        summary="One event, with its seal",
        responses={200: EventDetailOut},
        examples=[examples.ONE],
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """The event; 404 when there is none."""
        event: Any = LedgerEvent.objects.filter(pk=pk).first()
        if event is None:
            raise NotFound("The ledger has no such event.", event=str(pk))
        try:
            event.seal = seal_of(event).number
        except NotSealed:
            event.seal = None
        return Response(EventDetailOut(event).data)


class ProofView(APIView):
    """The proof of one event."""

    view_permission = "ledger.view_ledgerevent"

    @extend_schema(
        operation_id="ledger_event_proof",
        tags=["ledger"],
        summary="Prove that an event is in the ledger",
        description="The event, its path to the root of its seal, and the chain from there to its"
        " head. `ledger/check_proof.py` checks it with nothing of ours. 409: not sealed yet.",
        responses={200: ProofOut, 409: ErrorOut},
        examples=[examples.PROOF],
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """The proof; 404, or 409 until the next sealing."""
        return Response(prove_event(pk))


class TimelineView(APIView):
    """The life of one thing."""

    view_permission = "ledger.view_ledgerevent"

    @extend_schema(
        operation_id="ledger_timeline",
        tags=["ledger"],
        summary="The life of one thing",
        description="Oldest first, or with `order=newest` the other way.",
        parameters=[
            OpenApiParameter("entity_type", str, "path", description="Such as clip or job."),
            OpenApiParameter("id", str, "path"),
            PageIn,
        ],
        responses={200: EventPageOut},
        examples=[examples.EVENTS],
    )
    def get(self, request: Request, entity_type: str, id: str) -> Response:
        """One page of it; empty when nothing was told of such a thing."""
        args = validated(PageIn, request.query_params)
        if "\x00" in entity_type + id:
            raise InvalidInput("An id has no null characters.")
        return _page(request, Asked(entity_type=entity_type, entity_id=id), args, first="oldest")


class VideoTrailView(APIView):
    """The whole road of one video."""

    view_permission = "ledger.view_ledgerevent"

    @extend_schema(
        operation_id="ledger_video_trail",
        tags=["ledger"],
        summary="The trail of a video",
        description="How it came in, its jobs, clips, variants and publications, and what people"
        " did to them. Oldest first, or with `order=newest` the other way.",
        parameters=[PageIn],
        responses={200: EventPageOut},
        examples=[examples.EVENTS],
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """One page of it; empty when the ledger knows no such video."""
        args = validated(PageIn, request.query_params)
        return _page(request, Asked(video_id=pk), args, first="oldest")


class TailView(APIView):
    """What is new."""

    view_permission = "ledger.view_ledgerevent"
    tagged = False  # who follows asks on from elsewhere each time

    @extend_schema(
        operation_id="ledger_tail",
        tags=["ledger"],
        summary="Follow the ledger",
        description="Events in the order in which they were committed, each exactly once for who"
        " asks on with `after`. One that commits late is not skipped. An empty list: nothing new.",
        parameters=[TailIn],
        responses={200: TailOut},
        examples=[examples.TAIL],
    )
    def get(self, request: Request) -> Response:
        """The next of them."""
        args = validated(TailIn, request.query_params)
        events, after = events_behind(args["after"], limit=args["limit"])
        return Response({"events": LedgerEventOut(events, many=True).data, "after": after})


def _asked(args: dict[str, Any]) -> Asked:
    """What parameters and words ask for together. Raises BadQuestion when both say the same thing."""
    asked = asked_in_words(args["q"])
    said: dict[str, Any] = {name: args[name] for name in _NAMES if args.get(name)}
    if args["event_type"]:
        said["event_types"] = tuple(args["event_type"])
    if twice := sorted(name for name in said if getattr(asked, name)):
        raise BadQuestion("The question and the parameters both name these.", fields=twice)
    return Asked(**{**vars(asked), **said})


def _page(request: Request, asked: Asked, args: dict[str, Any], *, first: str) -> Response:
    page = page_of(
        asked,
        cursor=args["cursor"],
        limit=args["limit"],
        newest_first=args.get("order", first) == "newest",
    )
    here = request.build_absolute_uri()
    return Response(
        {
            "next": replace_query_param(here, "cursor", page.next) if page.next else None,
            "previous": (
                replace_query_param(here, "cursor", page.previous) if page.previous else None
            ),
            "searched_on": page.searched_on,
            "results": LedgerEventOut(page.events, many=True).data,
        }
    )
