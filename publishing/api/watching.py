"""The history of reconciliation, and what the audit found, as programs see them."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from publishing.api.serializers import ReasonIn
from publishing.models import Platform, PostFinding, ReconcileRun
from publishing.services import auditing
from stakazo.core.api.errors import ErrorOut
from stakazo.core.api.views import GenericViewSet, validated
from stakazo.identity.reach import in_reach


class ReconcileRunOut(serializers.ModelSerializer[ReconcileRun]):
    """One run of reconciliation or of the audit."""

    success_log_ids = serializers.ListField(child=serializers.UUIDField(), read_only=True)
    failed_log_ids = serializers.ListField(child=serializers.UUIDField(), read_only=True)
    parameters = serializers.DictField(read_only=True)
    per_platform = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField()), read_only=True
    )
    troubles = serializers.ListField(
        child=serializers.DictField(child=serializers.CharField()),
        source="errors",
        read_only=True,
        help_text="What could not be asked about, and why.",
    )

    class Meta:
        model = ReconcileRun
        fields = [
            "id",
            "kind",
            "door",
            "actor",
            "job_id",
            "parameters",
            "started_at",
            "ended_at",
            "duration_ms",
            "total_checked",
            "marked_success",
            "marked_failed",
            "skipped",
            "found",
            "success_log_ids",
            "failed_log_ids",
            "per_platform",
            "troubles",
            "error",
        ]
        read_only_fields = fields


class PostFindingOut(serializers.ModelSerializer[PostFinding]):
    """Where a platform's list and our records do not agree."""

    url = serializers.CharField(source="external_url")

    class Meta:
        model = PostFinding
        fields = [
            "id",
            "kind",
            "status",
            "social_account",
            "publication",
            "external_post_id",
            "url",
            "posted_at",
            "why",
            "first_seen",
            "last_seen",
            "ended_at",
            "ended_why",
        ]
        read_only_fields = fields


class RunFilter(filters.FilterSet):
    """`?kind=`, `?door=`."""

    kind = filters.ChoiceFilter(choices=ReconcileRun.Kind.choices)
    door = filters.ChoiceFilter(choices=ReconcileRun.Door.choices)

    class Meta:
        model = ReconcileRun
        fields: list[str] = []


class FindingFilter(filters.FilterSet):
    """`?status=`, `?kind=`, `?platform=`, `?account=`."""

    status = filters.ChoiceFilter(choices=PostFinding.Status.choices)
    kind = filters.ChoiceFilter(choices=PostFinding.Kind.choices)
    platform = filters.ChoiceFilter(field_name="social_account__platform", choices=Platform.choices)
    account = filters.UUIDFilter(field_name="social_account_id")

    class Meta:
        model = PostFinding
        fields: list[str] = []


_RUN: dict[str, Any] = {
    "id": "0190a0b0-0000-7000-8000-000000000070",
    "kind": "settle",
    "door": "schedule",
    "actor": "worker",
    "job_id": "0190a0b0-0000-7000-8000-000000000010",
    "parameters": {"since_minutes": 10, "dry_run": False},
    "started_at": "2026-11-20T09:00:00Z",
    "ended_at": "2026-11-20T09:00:01Z",
    "duration_ms": 812,
    "total_checked": 1,
    "marked_success": 1,
    "marked_failed": 0,
    "skipped": 0,
    "found": 0,
    "success_log_ids": ["0190a0b0-0000-7000-8000-000000000041"],
    "failed_log_ids": [],
    "per_platform": {"tiktok": {"checked": 1, "skipped": 0, "ms": 780, "success": 1}},
    "troubles": [],
    "error": "",
}
_FINDING: dict[str, Any] = {
    "id": "0190a0b0-0000-7000-8000-000000000080",
    "kind": "removed",
    "status": "open",
    "social_account": "0190a0b0-0000-7000-8000-000000000031",
    "publication": "0190a0b0-0000-7000-8000-000000000030",
    "external_post_id": "17912345678901234",
    "url": "https://www.instagram.com/reel/C8abc/",
    "posted_at": "2026-11-18T09:00:00Z",
    "why": "It was posted at 2026-11-18 09:00 UTC, and the account does not list it any more: its "
    "owner or the platform removed it, or hid it.",
    "first_seen": "2026-11-20T03:23:00Z",
    "last_seen": "2026-11-20T03:23:00Z",
    "ended_at": None,
    "ended_why": "",
}


def _example(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True)


@extend_schema_view(
    list=extend_schema(
        operation_id="reconcile_runs_list", tags=["publishing"], examples=[_example("One", _RUN)]
    ),
    retrieve=extend_schema(
        operation_id="reconcile_runs_get", tags=["publishing"], examples=[_example("One", _RUN)]
    ),
)
class RunViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[ReconcileRun]):
    """The history of reconciliation and of the audit."""

    required_permission = "publishing.change_publication"
    serializer_class = ReconcileRunOut
    filterset_class = RunFilter
    queryset = ReconcileRun.objects.all()


@extend_schema_view(
    list=extend_schema(
        operation_id="findings_list", tags=["publishing"], examples=[_example("One", _FINDING)]
    ),
    retrieve=extend_schema(
        operation_id="findings_get", tags=["publishing"], examples=[_example("One", _FINDING)]
    ),
)
class FindingViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[PostFinding]):
    """What the audit found."""

    required_permission = "publishing.change_publication"
    serializer_class = PostFindingOut
    filterset_class = FindingFilter
    queryset = PostFinding.objects.all()

    def get_queryset(self) -> QuerySet[PostFinding]:
        """Those on accounts that the caller's key reaches."""
        return in_reach(super().get_queryset(), mode="social_account__mode")

    @extend_schema(
        operation_id="findings_dismiss",
        tags=["publishing"],
        request=ReasonIn,
        responses={200: PostFindingOut, 409: ErrorOut},
        examples=[
            OpenApiExample("With a reason", value={"why": "we removed it"}, request_only=True),
            _example("Dismissed", _FINDING | {"status": "dismissed"}),
        ],
    )
    @action(detail=True, methods=["post"])
    def dismiss(self, request: Request, pk: str) -> Response:
        """It is as it should be; it is not opened again."""
        why = validated(ReasonIn, request.data)["why"]
        return Response(PostFindingOut(auditing.dismiss_finding(self.get_object(), why=why)).data)
