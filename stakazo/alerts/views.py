"""The alert endpoints."""

from typing import Any

import django_filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from stakazo.alerts import services
from stakazo.alerts.models import Alert
from stakazo.alerts.serializers import AlertIn, AlertOut, AlertWhyIn
from stakazo.core.api.errors import ErrorOut
from stakazo.core.api.views import GenericViewSet, validated

_ALERT: dict[str, Any] = {
    "id": "01930000-0000-7000-8000-000000000001",
    "rule": "dead_letters",
    "severity": "ERROR",
    "title": "A job of type publish_clip failed every try",
    "message": "The error is publishing.platform-busy. Look at it, then retry or cancel.",
    "entity_type": "job",
    "entity_id": "01930000-0000-7000-8000-000000000002",
    "status": "open",
    "count": 1,
    "first_seen": "2026-11-20T09:00:00Z",
    "last_seen": "2026-11-20T09:01:00Z",
    "read_at": None,
    "acknowledged_at": None,
    "resolved_at": None,
}
_ONE = OpenApiExample("A dead letter", _ALERT, response_only=True, status_codes=["200", "201"])
_BODY = OpenApiExample("A reason", {"why": "token renewed"}, request_only=True)


class AlertFilter(django_filters.FilterSet):
    """Which alerts."""

    status = django_filters.ChoiceFilter(choices=Alert.Status.choices)
    severity = django_filters.ChoiceFilter(choices=Alert.Severity.choices)
    rule = django_filters.CharFilter()
    unread = django_filters.BooleanFilter(field_name="read_at", lookup_expr="isnull")

    class Meta:
        model = Alert
        fields = ["status", "severity", "rule", "unread"]


@extend_schema_view(
    list=extend_schema(operation_id="alerts_list", tags=["watch"], examples=[_ONE]),
    retrieve=extend_schema(operation_id="alerts_retrieve", tags=["watch"], examples=[_ONE]),
)
class AlertViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[Alert]):
    """Alerts: look, open one by hand, take on, resolve."""

    queryset = Alert.objects.all()
    serializer_class = AlertOut
    filterset_class = AlertFilter
    required_permission = "alerts.change_alert"

    @extend_schema(
        operation_id="alerts_create",
        tags=["watch"],
        request=AlertIn,
        responses={201: AlertOut},
        examples=[
            OpenApiExample(
                "By hand", {"title": "TikTok shows no sound", "severity": "WARN"}, request_only=True
            ),
            _ONE,
        ],
    )
    def create(self, request: Request) -> Response:
        """Open an alert by hand."""
        args = validated(AlertIn, request.data)
        return Response(AlertOut(services.raise_alert(**args)).data, status=201)

    @extend_schema(
        operation_id="alerts_read",
        tags=["watch"],
        request=None,
        responses={200: AlertOut},
        examples=[_ONE],
    )
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str) -> Response:
        """Somebody has seen it; a second time changes nothing."""
        return Response(AlertOut(services.read_alert(self.get_object())).data)

    @extend_schema(
        operation_id="alerts_acknowledge",
        tags=["watch"],
        request=AlertWhyIn,
        responses={200: AlertOut, 409: ErrorOut},
        examples=[_BODY, _ONE],
    )
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: str) -> Response:
        """Somebody is on it."""
        why = validated(AlertWhyIn, request.data)["why"]
        return Response(AlertOut(services.acknowledge_alert(self.get_object(), why=why)).data)

    @extend_schema(
        operation_id="alerts_resolve",
        tags=["watch"],
        request=AlertWhyIn,
        responses={200: AlertOut, 409: ErrorOut},
        examples=[_BODY, _ONE],
    )
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: str) -> Response:
        """It is over."""
        why = validated(AlertWhyIn, request.data)["why"] or "resolved by hand"
        return Response(AlertOut(services.resolve_alert(self.get_object(), why=why)).data)
