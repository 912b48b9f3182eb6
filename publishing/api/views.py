"""The doors of publishing: translate, make one call, translate back."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_view,
)
from rest_framework import renderers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import RetrieveModelMixin
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from publishing import queries
from publishing.api.approving import ApprovingMixin
from publishing.api.examples import PUBLICATION, REFUSED, WITH_EVIDENCE
from publishing.api.filters import PublicationFilter
from publishing.api.serializers import (
    ConfirmedOut,
    ConfirmIn,
    PublicationDetailOut,
    PublicationIn,
    PublicationOut,
    ReasonIn,
    ReconciledOut,
    RetryIn,
    ScheduleIn,
)
from publishing.models import Platform, Publication, ReconcileRun
from publishing.services import publications, stopping, webhooks
from publishing.services.publications import Confirmation
from publishing.services.reconcile import SINCE_MINUTES_MAX, SINCE_MINUTES_MIN, reconcile
from stakazo.core.api.errors import ErrorOut
from stakazo.core.api.sparse import SparseListMixin
from stakazo.core.api.views import APIView, GenericViewSet, validated
from stakazo.core.errors import TooLarge
from stakazo.identity.reach import in_reach

_HUB = [
    OpenApiParameter(f"hub.{name}", str)
    for name in ("mode", "challenge", "verify_token", "topic", "lease_seconds", "reason")
]
_LEASE = OpenApiParameter("lease", str, description="Of a WebSub hub: the lease it speaks for.")
# In the schema: what is taken over from the door of all platforms, but is not in this address.
_NO_PLATFORM = [OpenApiParameter("platform", str, OpenApiParameter.PATH, exclude=True)]


def _example(name: str, value: Any, **more: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, **more)


def _asked(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


@extend_schema_view(
    list=extend_schema(
        operation_id="publications_list",
        tags=["publishing"],
        examples=[_example("One", PUBLICATION)],
    ),
    retrieve=extend_schema(
        operation_id="publications_get",
        tags=["publishing"],
        responses={200: PublicationDetailOut},
        examples=[_example("With its evidence", WITH_EVIDENCE)],
    ),
)
class PublicationViewSet(
    ApprovingMixin, SparseListMixin, RetrieveModelMixin, GenericViewSet[Publication]
):
    """What is to be posted, and what became of it."""

    required_permission = "publishing.change_publication"
    action_permissions = {"approve": "publishing.approve_publication"}
    serializer_class = PublicationOut
    filterset_class = PublicationFilter
    queryset = queries.publications()

    def get_queryset(self) -> QuerySet[Publication]:
        """Those on accounts that the caller's key reaches."""
        return in_reach(super().get_queryset(), mode="social_account__mode")

    def get_serializer_class(self) -> Any:
        """One publication comes with its evidence."""
        return PublicationDetailOut if self.action == "retrieve" else PublicationOut

    @extend_schema(
        operation_id="publications_create",
        tags=["publishing"],
        request=PublicationIn,
        responses={201: PublicationOut, 200: PublicationOut, 422: ErrorOut},
        examples=[
            _asked(
                "Now",
                {
                    "clip_variant_id": PUBLICATION["clip_variant"],
                    "social_account_id": PUBLICATION["social_account"],
                    "caption": "Out now #harbour",
                },
            ),
            _example("Created", {**PUBLICATION, "status": "scheduled"}, status_codes=["201"]),
            _example("Wanted before", PUBLICATION, status_codes=["200"]),
            _example("Refused by preflight", REFUSED, status_codes=["422"]),
        ],
    )
    def create(self, request: Request) -> Response:
        """Have a variant posted. The same one wanted again is given back, with 200."""
        publication, is_new = publications.ensure_publication(
            **validated(PublicationIn, request.data)
        )
        return Response(
            PublicationOut(publication).data,
            status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK,
        )

    @extend_schema(
        operation_id="publications_schedule",
        tags=["publishing"],
        request=ScheduleIn,
        responses={200: PublicationOut, 422: ErrorOut},
        examples=[
            _asked("Tomorrow", {"scheduled_at": "2026-11-21T18:00:00Z"}),
            _asked("By the account's clocks", {"scheduled_at": "2026-11-21T19:00:00"}),
            _asked("In the next slot", {"next_slot": True}),
            _example("Scheduled", {**PUBLICATION, "status": "scheduled"}),
        ],
    )
    @action(detail=True, methods=["post"])
    def schedule(self, request: Request, pk: str) -> Response:
        """Post it at this time, in the next slot, or now."""
        wish = validated(ScheduleIn, request.data)
        publication = publications.schedule_publication(
            self.get_object(),
            at=wish["scheduled_at"],
            next_slot=wish["next_slot"],
            allow_repeat=wish["allow_repeat"],
        )
        return Response(PublicationOut(publication).data)

    @extend_schema(
        operation_id="publications_cancel",
        tags=["publishing"],
        request=ReasonIn,
        responses={200: PublicationOut},
        examples=[
            _asked("With a reason", {"why": "wrong song"}),
            _example("Cancelled", {**PUBLICATION, "status": "cancelled"}),
        ],
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Take it back, as long as it is not on its way."""
        why = validated(ReasonIn, request.data)["why"]
        publication = stopping.cancel_publication(self.get_object(), why=why)
        return Response(PublicationOut(publication).data)

    @extend_schema(
        operation_id="publications_retry",
        tags=["publishing"],
        request=RetryIn,
        responses={200: PublicationOut, 422: ErrorOut},
        examples=[
            _asked("With a reason", {"why": "the account is connected again"}),
            _example("Waiting again", {**PUBLICATION, "status": "scheduled"}),
        ],
    )
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        """Try one that failed once more."""
        wish = validated(RetryIn, request.data)
        publication = publications.retry_publication(self.get_object(), **wish)
        return Response(PublicationOut(publication).data)


class ConfirmPublishView(APIView):
    """Somebody outside says that a post is live."""

    answer_with_effect = False  # asks the platform

    required_permission = "publishing.change_publication"

    @extend_schema(
        operation_id="confirm_publish",
        tags=["publishing"],
        request=ConfirmIn,
        responses={200: ConfirmedOut, 202: ConfirmedOut, 404: ErrorOut, 503: ErrorOut},
        examples=[
            _asked(
                "By publication",
                {
                    "publication_id": PUBLICATION["id"],
                    "external_post_id": "17912345678901234",
                },
            ),
            _example(
                "The platform shows it",
                {"outcome": "confirmed", "reason": "", "publication": PUBLICATION},
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        """Ask the platform. 200: it shows the post. 202: it does not say yet. 409: it denies it."""
        answer = publications.confirm_publish(**validated(ConfirmIn, request.data))
        unknown = answer.outcome is Confirmation.UNKNOWN
        return Response(
            ConfirmedOut(answer).data,
            status=status.HTTP_202_ACCEPTED if unknown else status.HTTP_200_OK,
        )


class ReconcileView(APIView):
    """Settling what nobody told us."""

    answer_with_effect = False  # asks the platforms

    required_permission = "publishing.change_publication"

    @extend_schema(
        operation_id="publishing_reconcile",
        tags=["publishing"],
        request=None,
        parameters=[
            OpenApiParameter(
                "since_minutes",
                int,
                default=10,
                description="Attempts untouched for so long, 1 to 1440.",
            )
        ],
        responses={200: ReconciledOut},
        examples=[
            _example(
                "Two of three settled",
                {
                    "total_checked": 3,
                    "marked_success": 1,
                    "marked_failed": 1,
                    "skipped": 1,
                    "success_log_ids": ["0190a0b0-0000-7000-8000-000000000041"],
                    "failed_log_ids": ["0190a0b0-0000-7000-8000-000000000042"],
                },
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Ask the platforms about old open attempts, and settle what they make clear."""
        text = request.query_params.get("since_minutes", "10")
        if not text.isascii() or not text.isdigit() or len(text) > 6:
            raise ValidationError(
                {
                    "since_minutes": f"A whole number from {SINCE_MINUTES_MIN} "
                    f"to {SINCE_MINUTES_MAX}."
                }
            )
        return Response(ReconciledOut(reconcile(int(text), door=ReconcileRun.Door.API)).data)


# --- Webhooks -----------------------------------------------------------------------------------


class WebhookView(APIView):
    """Where platforms tell us what happened. The signature is the only key."""

    once = False  # platforms send none; a repeated delivery is known by what it says
    tagged = False  # each challenge is a new one

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    parser_classes: list[Any] = []  # the signature is over the bytes as they came
    renderer_classes = [renderers.JSONRenderer]

    @extend_schema(
        operation_id="webhooks_challenge",
        tags=["publishing"],
        auth=[],
        parameters=[
            OpenApiParameter("platform", str, OpenApiParameter.PATH, enum=list(Platform.values)),
            *_HUB,
            _LEASE,
        ],
        responses={(200, "text/plain"): OpenApiTypes.STR, 403: ErrorOut, 404: ErrorOut},
        examples=[_example("The challenge", "1158201444", media_type="text/plain")],
    )
    def get(self, request: Request, platform: str = "instagram") -> HttpResponse:
        """Prove that this address is ours (Meta's verify token, WebSub's topic)."""
        challenge = webhooks.answer_challenge(platform, request.query_params)
        answer = HttpResponse(challenge, content_type="text/plain")
        answer["X-Content-Type-Options"] = "nosniff"
        return answer

    @extend_schema(
        operation_id="webhooks_receive",
        tags=["publishing"],
        auth=[],
        parameters=[
            OpenApiParameter("platform", str, OpenApiParameter.PATH, enum=list(Platform.values)),
            _LEASE,
        ],
        request={"application/json": OpenApiTypes.OBJECT},
        responses={200: None, 403: ErrorOut, 413: ErrorOut},
        examples=[
            _asked(
                "TikTok",
                {
                    "client_key": "aw…",
                    "event": "post.publish.complete",
                    "create_time": 1795165200,
                    "user_openid": "act.example",
                    "content": '{"publish_id":"v_pub_file~v2-1.123"}',
                },
            )
        ],
    )
    def post(self, request: Request, platform: str = "instagram") -> Response:
        """Keep a signed delivery and say yes at once; a job looks at it. A repeated one is harmless."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > webhooks.MAX_BODY_BYTES:
            raise TooLarge("A delivery has at most 1 MiB.", max_bytes=webhooks.MAX_BODY_BYTES)
        lease = request.query_params.get("lease", "")
        webhooks.receive(platform, _raw_body(request), request.headers, lease=lease)
        return Response(status=status.HTTP_200_OK)


def _raw_body(request: Request) -> bytes:
    return bytes(request.stream.read(webhooks.MAX_BODY_BYTES + 1)) if request.stream else b""


@extend_schema_view(
    get=extend_schema(operation_id="webhooks_challenge_instagram", parameters=_NO_PLATFORM),
    post=extend_schema(operation_id="webhooks_receive_instagram", parameters=_NO_PLATFORM),
)
class InstagramWebhookView(WebhookView):
    """The same door under the name that Meta was given first."""
