"""What is done to live posts, as programs see it."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from publishing import queries
from publishing.api.serializers import ReasonIn, StepOut
from publishing.models import Platform, PublishStep, StepKind
from publishing.services import steps
from stakazo.core.api.errors import ErrorOut
from stakazo.core.api.views import GenericViewSet, validated
from stakazo.identity.reach import in_reach

_STEP: dict[str, Any] = {
    "id": "0190a0b0-0000-7000-8000-000000000060",
    "publication_id": "0190a0b0-0000-7000-8000-000000000030",
    "kind": "first_comment",
    "status": "done",
    "sentence": "The platform has done it.",
    "text": "What do you think?",
    "at_ms": None,
    "external_id": "18012345678901234",
    "sends": 1,
    "error_code": "",
    "error_kind": "",
    "error": "",
    "remedy": "",
    "created_at": "2026-11-20T09:00:00Z",
    "updated_at": "2026-11-20T09:00:02Z",
    "done_at": "2026-11-20T09:00:02Z",
}
_WHY = OpenApiExample("With a reason", value={"why": "comments are on now"}, request_only=True)


def _example(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True)


class StepFilter(filters.FilterSet):
    """`?status=`, `?kind=`, `?platform=`, `?publication=`."""

    status = filters.ChoiceFilter(choices=PublishStep.Status.choices)
    kind = filters.ChoiceFilter(choices=StepKind.choices)
    platform = filters.ChoiceFilter(
        field_name="publication__social_account__platform", choices=Platform.choices
    )
    publication = filters.UUIDFilter(field_name="publication_id")

    class Meta:
        model = PublishStep
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(
        operation_id="steps_list", tags=["publishing"], examples=[_example("One", _STEP)]
    ),
    retrieve=extend_schema(
        operation_id="steps_get", tags=["publishing"], examples=[_example("Done", _STEP)]
    ),
)
class StepViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[PublishStep]):
    """First comments and thumbnails of live posts."""

    required_permission = "publishing.change_publication"
    serializer_class = StepOut
    filterset_class = StepFilter
    queryset = queries.steps()

    def get_queryset(self) -> QuerySet[PublishStep]:
        """Those on accounts that the caller's key reaches."""
        return in_reach(super().get_queryset(), mode="publication__social_account__mode")

    @extend_schema(
        operation_id="steps_retry",
        tags=["publishing"],
        request=ReasonIn,
        responses={200: StepOut, 409: ErrorOut},
        examples=[_WHY, _example("Waiting", _STEP | {"status": "waiting", "done_at": None})],
    )
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        """Do one that failed once more; what was sent before is asked about first."""
        why = validated(ReasonIn, request.data)["why"]
        return Response(StepOut(steps.retry_step(self.get_object(), why=why)).data)

    @extend_schema(
        operation_id="steps_drop",
        tags=["publishing"],
        request=ReasonIn,
        responses={200: StepOut, 409: ErrorOut},
        examples=[_WHY, _example("Dropped", _STEP | {"status": "dropped", "done_at": None})],
    )
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        """Leave it undone."""
        why = validated(ReasonIn, request.data)["why"]
        return Response(StepOut(steps.drop_step(self.get_object(), why=why)).data)
