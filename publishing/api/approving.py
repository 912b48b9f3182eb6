"""Changing what a publication says, and saying yes to it."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from publishing.api.examples import WITH_EVIDENCE
from publishing.api.serializers import PublicationDetailOut, ReasonIn
from publishing.services import approvals, editing
from stakazo.core.api.errors import ErrorOut
from stakazo.core.api.views import validated


class EditIn(serializers.Serializer[dict[str, Any]]):
    """What to change; what is left out stays as it is."""

    title = serializers.CharField(max_length=100, required=False, allow_blank=True)
    caption = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    privacy = serializers.CharField(max_length=32, required=False)
    options = serializers.DictField(required=False)
    allow_repeat = serializers.BooleanField(
        required=False,
        default=False,
        help_text="True: though the same clip went out there with nearly the same words.",
    )


class ApproveIn(serializers.Serializer[dict[str, Any]]):
    """A yes, and to what."""

    content_hash = serializers.CharField(
        required=False,
        default="",
        max_length=64,
        allow_blank=True,
        help_text="As it was when you looked; another one by now is a conflict.",
    )
    why = serializers.CharField(required=False, default="", max_length=500, allow_blank=True)


_HASH = {"content_hash": "9f2c…"}
_SO_IT_IS = OpenApiExample("So it is now", value=WITH_EVIDENCE, response_only=True)


class ApprovingMixin:
    """For the viewset of publications."""

    @extend_schema(
        operation_id="publications_edit",
        tags=["publishing"],
        request=EditIn,
        responses={200: PublicationDetailOut, 409: ErrorOut, 422: ErrorOut},
        examples=[
            OpenApiExample("Other words", value={"caption": "Out today"}, request_only=True),
            _SO_IT_IS,
        ],
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what it says, before it goes out. An approval of the former is withdrawn."""
        wish = validated(EditIn, request.data)
        publication = editing.edit_publication(self.get_object(), **wish)  # type: ignore[attr-defined]  # a mixin
        return Response(PublicationDetailOut(publication).data)

    @extend_schema(
        operation_id="publications_approve",
        tags=["publishing"],
        request=ApproveIn,
        responses={200: PublicationDetailOut, 403: ErrorOut, 409: ErrorOut, 422: ErrorOut},
        examples=[OpenApiExample("What I have seen", value=_HASH, request_only=True), _SO_IT_IS],
    )
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        """Say yes to what it says now; one that waits for this goes out at its time."""
        wish = validated(ApproveIn, request.data)
        publication = approvals.approve_publication(
            self.get_object(),  # type: ignore[attr-defined]  # a mixin
            by=request.user,  # type: ignore[arg-type]  # RoleAllows lets nobody else in
            seen=wish["content_hash"],
            why=wish["why"],
        )
        return Response(PublicationDetailOut(publication).data)

    @extend_schema(
        operation_id="publications_withdraw_approval",
        tags=["publishing"],
        request=ReasonIn,
        responses={200: PublicationDetailOut, 409: ErrorOut},
        examples=[
            OpenApiExample("With a reason", value={"why": "wrong song"}, request_only=True),
            _SO_IT_IS,
        ],
    )
    @action(detail=True, methods=["post"])
    def withdraw_approval(self, request: Request, pk: str) -> Response:
        """Take the yes back; what is not sent yet is stopped and needs one again."""
        why = validated(ReasonIn, request.data)["why"]
        publication = approvals.withdraw_approval(self.get_object(), why=why)  # type: ignore[attr-defined]  # a mixin
        return Response(PublicationDetailOut(publication).data)
