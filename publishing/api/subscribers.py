"""The doors of webhooks out: who is told, and what became of the messages."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from publishing.api.serializers import ReasonIn
from publishing.outgoing.guard import MAX_URL_CHARS
from publishing.outgoing.models import OutgoingAttempt, OutgoingDelivery, WebhookSubscriber
from publishing.queries import STANDINGS
from publishing.services import subscribers
from stakazo.core.api.views import GenericViewSet, validated

_SUBSCRIBER: dict[str, Any] = {
    "id": "0190a0b0-0000-7000-8000-000000000060",
    "name": "Label's dashboard",
    "url": "https://hooks.label.example/stakazo",
    "event_types": ["clip_published", "publication_failed"],
    "status": "active",
    "disabled_reason": "",
    "failures": 0,
    "failing_since": None,
    "retry_at": None,
    "last_success_at": "2026-11-20T09:00:00Z",
    "former_secret_until": None,
    "active_since": "2026-11-20T08:00:00Z",
    "created_at": "2026-11-20T08:00:00Z",
}
_DELIVERY: dict[str, Any] = {
    "id": "0190a0b0-0000-7000-8000-000000000061",
    "subscriber": _SUBSCRIBER["id"],
    "event_id": "0190a0b0-0000-7000-8000-000000000050",
    "event_type": "clip_published",
    "status": "delivered",
    "attempts": 1,
    "next_at": "2026-11-20T09:00:00Z",
    "delivered_at": "2026-11-20T09:00:01Z",
    "failed_at": None,
    "error": "",
    "created_at": "2026-11-20T09:00:00Z",
}
_DETAIL = _DELIVERY | {
    "body": '{"type":"clip_published","timestamp":"2026-11-20T09:00:00+00:00","data":{}}',
    "tries": [
        {
            "number": 1,
            "at": "2026-11-20T09:00:01Z",
            "took_ms": 84,
            "http_status": 204,
            "address": "93.184.215.14",
            "answer": "",
            "error": "",
        }
    ],
}


class SubscriberIn(serializers.Serializer[Any]):
    """Who is to be told of what."""

    name = serializers.CharField(max_length=100)
    url = serializers.CharField(max_length=MAX_URL_CHARS, help_text="https, on a public address.")
    event_types = serializers.ListField(
        child=serializers.CharField(max_length=64),
        max_length=300,
        help_text='Event types of the ledger; ["*"] for all.',
    )


class SubscriberChangeIn(serializers.Serializer[Any]):
    """What is to be otherwise; what is left out stays."""

    name = serializers.CharField(max_length=100, required=False)
    url = serializers.CharField(max_length=MAX_URL_CHARS, required=False)
    event_types = serializers.ListField(
        child=serializers.CharField(max_length=64), max_length=300, required=False
    )


class SinceIn(serializers.Serializer[Any]):
    """From when on."""

    since = serializers.DateTimeField(help_text="Events from this time on.")


class SubscriberOut(serializers.ModelSerializer[WebhookSubscriber]):
    """A subscriber; never its secret."""

    event_types = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = WebhookSubscriber
        fields = [
            "id",
            "name",
            "url",
            "event_types",
            "status",
            "disabled_reason",
            "failures",
            "failing_since",
            "retry_at",
            "last_success_at",
            "former_secret_until",
            "active_since",
            "created_at",
        ]
        read_only_fields = fields


class SubscriberSecretOut(SubscriberOut):
    """A subscriber with its new secret, told this once."""

    secret = serializers.SerializerMethodField(help_text="whsec_ and base64.")

    class Meta(SubscriberOut.Meta):
        fields = [*SubscriberOut.Meta.fields, "secret"]
        read_only_fields = fields

    def get_secret(self, subscriber: WebhookSubscriber) -> str:
        """As it was just made."""
        plain: str = self.context["plain"]
        return plain


class ReplayedOut(serializers.Serializer[Any]):
    """What will be told."""

    added = serializers.IntegerField(help_text="Messages of events that none was made of before.")
    repeated = serializers.IntegerField(help_text="Messages that had failed.")


class OutgoingTryOut(serializers.ModelSerializer[OutgoingAttempt]):
    """One try."""

    class Meta:
        model = OutgoingAttempt
        fields = ["number", "at", "took_ms", "http_status", "address", "answer", "error"]
        read_only_fields = fields


class OutgoingOut(serializers.ModelSerializer[OutgoingDelivery]):
    """A message, in short."""

    status = serializers.ChoiceField(choices=OutgoingDelivery.Status.choices, read_only=True)

    class Meta:
        model = OutgoingDelivery
        fields = [
            "id",
            "subscriber",
            "event_id",
            "event_type",
            "status",
            "attempts",
            "next_at",
            "delivered_at",
            "failed_at",
            "error",
            "created_at",
        ]
        read_only_fields = fields


class OutgoingDetailOut(OutgoingOut):
    """A message with its text and its tries, newest first."""

    tries = OutgoingTryOut(source="attempt_rows", many=True)

    class Meta(OutgoingOut.Meta):
        fields = [*OutgoingOut.Meta.fields, "body", "tries"]
        read_only_fields = fields


class OutgoingFilter(django_filters.FilterSet):
    """`?subscriber=`, `?status=`, `?event_type=`."""

    subscriber = django_filters.UUIDFilter(field_name="subscriber_id")
    status = django_filters.ChoiceFilter(
        choices=OutgoingDelivery.Status.choices, method="standing", help_text="How it stands."
    )
    event_type = django_filters.CharFilter()

    class Meta:
        model = OutgoingDelivery
        fields: list[str] = []

    def standing(
        self, rows: QuerySet[OutgoingDelivery], name: str, value: str
    ) -> QuerySet[OutgoingDelivery]:
        """Those that stand so."""
        return rows.filter(STANDINGS[value])


def _example(name: str, value: Any, **more: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, **more)


def _asked(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


_WHY = _asked("With a reason", {"why": "its host moves"})
_WITH_SECRET = _SUBSCRIBER | {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
_ASKED = _asked("Posts", {key: _SUBSCRIBER[key] for key in ("name", "url", "event_types")})


@extend_schema_view(
    list=extend_schema(
        operation_id="subscribers_list",
        tags=["publishing"],
        examples=[_example("One", _SUBSCRIBER)],
    ),
    retrieve=extend_schema(
        operation_id="subscribers_get",
        tags=["publishing"],
        examples=[_example("One", _SUBSCRIBER)],
    ),
)
class SubscriberViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[WebhookSubscriber]):
    """Addresses outside that are told what happens (Standard Webhooks)."""

    required_permission = "publishing.change_webhooksubscriber"
    serializer_class = SubscriberOut
    filterset_fields = ["status"]
    queryset = WebhookSubscriber.objects.all()

    @extend_schema(
        operation_id="subscribers_create",
        tags=["publishing"],
        request=SubscriberIn,
        responses={201: SubscriberSecretOut},
        examples=[_ASKED, _example("With its secret", _WITH_SECRET, status_codes=["201"])],
    )
    def create(self, request: Request) -> Response:
        """Tell an address from now on. The answer has its secret, this once."""
        subscriber, plain = subscribers.add_subscriber(**validated(SubscriberIn, request.data))
        return Response(
            SubscriberSecretOut(subscriber, context={"plain": plain}).data,
            status=status.HTTP_201_CREATED,
        )

    @extend_schema(
        operation_id="subscribers_change",
        tags=["publishing"],
        request=SubscriberChangeIn,
        responses={200: SubscriberOut},
        examples=[_asked("All events", {"event_types": ["*"]}), _example("Changed", _SUBSCRIBER)],
    )
    @action(detail=True, methods=["post"])
    def change(self, request: Request, pk: str) -> Response:
        """Change its name, its address, or what it is told."""
        given = validated(SubscriberChangeIn, request.data)
        return Response(
            SubscriberOut(subscribers.change_subscriber(self.get_object(), **given)).data
        )

    @extend_schema(
        operation_id="subscribers_disable",
        tags=["publishing"],
        request=ReasonIn,
        responses={200: SubscriberOut},
        examples=[_WHY, _example("Disabled", _SUBSCRIBER | {"status": "disabled"})],
    )
    @action(detail=True, methods=["post"])
    def disable(self, request: Request, pk: str) -> Response:
        """Tell it nothing more."""
        why = validated(ReasonIn, request.data)["why"]
        return Response(
            SubscriberOut(subscribers.disable_subscriber(self.get_object(), why=why)).data
        )

    @extend_schema(
        operation_id="subscribers_enable",
        tags=["publishing"],
        request=ReasonIn,
        responses={200: SubscriberOut},
        examples=[_WHY, _example("Active", _SUBSCRIBER)],
    )
    @action(detail=True, methods=["post"])
    def enable(self, request: Request, pk: str) -> Response:
        """Tell it again, from now on; `replay` tells what happened in between."""
        why = validated(ReasonIn, request.data)["why"]
        return Response(
            SubscriberOut(subscribers.enable_subscriber(self.get_object(), why=why)).data
        )

    @extend_schema(
        operation_id="subscribers_rotate",
        tags=["publishing"],
        request=None,
        responses={200: SubscriberSecretOut},
        examples=[_example("With its secret", _WITH_SECRET)],
    )
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, pk: str) -> Response:
        """Give it a new secret. For 24 hours both sign."""
        subscriber = self.get_object()
        plain = subscribers.rotate_secret(subscriber)
        return Response(SubscriberSecretOut(subscriber, context={"plain": plain}).data)

    @extend_schema(
        operation_id="subscribers_ping",
        tags=["publishing"],
        request=None,
        responses={202: OutgoingOut},
        examples=[
            _example(
                "On its way",
                _DELIVERY | {"event_type": "webhook_ping", "event_id": None, "status": "waiting"},
                status_codes=["202"],
            )
        ],
    )
    @action(detail=True, methods=["post"])
    def ping(self, request: Request, pk: str) -> Response:
        """Send it a message that says nothing; it is tried once."""
        delivery = subscribers.ping(self.get_object())
        return Response(OutgoingOut(delivery).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(
        operation_id="subscribers_replay",
        tags=["publishing"],
        request=SinceIn,
        responses={202: ReplayedOut},
        examples=[
            _asked("Since yesterday", {"since": "2026-11-19T09:00:00Z"}),
            _example("Some", {"added": 12, "repeated": 3}, status_codes=["202"]),
        ],
    )
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, pk: str) -> Response:
        """Tell it what it missed: messages that failed, and events that no message was made of."""
        since = validated(SinceIn, request.data)["since"]
        told = subscribers.replay_since(self.get_object(), since=since)
        return Response(ReplayedOut(told).data, status=status.HTTP_202_ACCEPTED)


@extend_schema_view(
    list=extend_schema(
        operation_id="outgoing_list", tags=["publishing"], examples=[_example("One", _DELIVERY)]
    ),
    retrieve=extend_schema(
        operation_id="outgoing_get",
        tags=["publishing"],
        responses={200: OutgoingDetailOut},
        examples=[_example("With its tries", _DETAIL)],
    ),
)
class OutgoingViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[OutgoingDelivery]):
    """Messages to subscribers."""

    required_permission = "publishing.change_webhooksubscriber"
    serializer_class = OutgoingOut
    filterset_class = OutgoingFilter
    view_permission = "publishing.view_outgoingdelivery"
    queryset = OutgoingDelivery.objects.select_related("subscriber")

    def get_serializer_class(self) -> Any:
        """One message comes with its tries."""
        return OutgoingDetailOut if self.action == "retrieve" else OutgoingOut

    @extend_schema(
        operation_id="outgoing_replay",
        tags=["publishing"],
        request=None,
        responses={202: OutgoingOut},
        examples=[
            _example("Waiting", _DELIVERY | {"status": "waiting"}, status_codes=["202"]),
        ],
    )
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, pk: str) -> Response:
        """Send it again, under the same id."""
        delivery = subscribers.replay_delivery(self.get_object())
        return Response(OutgoingOut(delivery).data, status=status.HTTP_202_ACCEPTED)
