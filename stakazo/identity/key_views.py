"""The endpoints of API keys: for administrators, and never by a key itself."""

import uuid
from typing import Any, cast

from django.contrib.auth.models import User
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from stakazo.core.api.errors import ErrorOut
from stakazo.core.api.views import APIView, GenericAPIView, validated
from stakazo.core.errors import InvalidInput
from stakazo.identity import services
from stakazo.identity.models import ApiKey
from stakazo.identity.permissions import IsPerson, RoleAllows

_MOST_CALLS = 1_000_000
_KEY = {
    "id": "0193a1b2-7c00-7000-8000-000000000008",
    "name": "importer",
    "start": "stk_test_0a1b2c3d",
    "user": "ben",
    "mode": "test",
    "scopes": ["read", "write"],
    "networks": ["192.0.2.0/24"],
    "calls_per_minute": 600,
    "created_at": "2026-11-20T09:00:00Z",
    "expires_at": "2027-02-18T09:00:00Z",
    "last_used_at": None,
    "revoked_at": None,
    "replaces": None,
}
_NEW = OpenApiExample(
    "A new key",
    _KEY | {"key": "stk_test_0a1b2c3d_Zk3v…"},
    response_only=True,
)
_ONE = OpenApiExample("One", _KEY, response_only=True)


def _calls(**more: Any) -> serializers.IntegerField:
    return serializers.IntegerField(
        allow_null=True,
        min_value=0,
        max_value=_MOST_CALLS,
        help_text="Null: as the settings say. 0: no limit.",
        **more,
    )


class KeyIn(serializers.Serializer[Any]):
    """A key to be made."""

    name = serializers.CharField(max_length=100, help_text="What uses it.")
    user = serializers.CharField(
        max_length=150, required=False, help_text="The username whose rights it has; else yours."
    )
    mode = serializers.ChoiceField(
        choices=ApiKey.Mode.choices,
        default=ApiKey.Mode.TEST,
        help_text="Which accounts it reaches.",
    )
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=ApiKey.Scope.choices), min_length=1, max_length=2
    )
    networks = serializers.ListField(
        child=serializers.CharField(max_length=64),
        required=False,
        default=list,
        max_length=50,
        help_text="As 192.0.2.0/24; empty: it may come from anywhere.",
    )
    calls_per_minute = _calls(required=False, default=None)
    expires_at = serializers.DateTimeField(
        required=False, allow_null=True, default=None, help_text="Null: in 90 days."
    )


class KeyChangeIn(serializers.Serializer[Any]):
    """What can change of a key."""

    calls_per_minute = _calls()


class KeyOut(serializers.ModelSerializer[ApiKey]):
    """A key, without its text."""

    start = serializers.CharField(help_text="How its text begins.")
    user = serializers.CharField(source="user.username", help_text="Whose rights it has.")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=ApiKey.Scope.choices))
    networks = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = ApiKey
        fields = tuple(_KEY)


class NewKeyOut(KeyOut):
    """A new key, with its text, this once."""

    key = serializers.SerializerMethodField(help_text="For `X-Api-Key`; it is never shown again.")

    class Meta(KeyOut.Meta):
        fields = (*KeyOut.Meta.fields, "key")

    def get_key(self, key: ApiKey) -> str:
        """The plain text."""
        return str(self.context["plain"])


class KeysView(GenericAPIView[ApiKey]):
    """All keys."""

    once = False  # the answer shows a secret, and is not kept for a second telling
    view_permission = "identity.view_apikey"
    required_permission = "identity.add_apikey"
    permission_classes = [IsPerson, RoleAllows]
    queryset = ApiKey.objects.select_related("user")
    serializer_class = KeyOut

    @extend_schema(operation_id="auth_keys", tags=["identity"], examples=[_ONE])
    def get(self, request: Request) -> Response:
        """Keys, newest first; their texts are known to nobody but their users."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(KeyOut(page, many=True).data)

    @extend_schema(
        operation_id="auth_keys_create",
        tags=["identity"],
        request=KeyIn,
        responses={201: NewKeyOut},
        examples=[
            OpenApiExample(
                "An importer", {"name": "importer", "scopes": ["read"]}, request_only=True
            ),
            _NEW,
        ],
    )
    def post(self, request: Request) -> Response:
        """Make a key; its text is shown in this answer and never again."""
        args = validated(KeyIn, request.data)
        user = cast(User, request.user)
        if name := args.pop("user", ""):
            found = User.objects.filter(username=name).first()
            if found is None:
                raise InvalidInput("There is nobody of this name.", user=name)
            user = found
        return _shown(*services.create_api_key(user=user, **args))


class KeyView(APIView):
    """One key."""

    required_permission = "identity.change_apikey"
    permission_classes = [IsPerson, RoleAllows]

    @extend_schema(operation_id="auth_key", tags=["identity"], responses=KeyOut, examples=[_ONE])
    def get(self, request: Request, id: uuid.UUID) -> Response:
        """The key, without its text."""
        return Response(KeyOut(_key(id)).data)

    @extend_schema(
        operation_id="auth_key_change",
        tags=["identity"],
        request=KeyChangeIn,
        responses=KeyOut,
        examples=[OpenApiExample("Less", {"calls_per_minute": 60}, request_only=True), _ONE],
    )
    def patch(self, request: Request, id: uuid.UUID) -> Response:
        """How often it may call; all else stays for the life of a key."""
        calls = validated(KeyChangeIn, request.data)["calls_per_minute"]
        return Response(KeyOut(services.set_key_budget(_key(id), calls_per_minute=calls)).data)


class RotateKeyView(APIView):
    """Following one key by another."""

    once = False  # as above
    required_permission = "identity.change_apikey"
    permission_classes = [IsPerson, RoleAllows]

    @extend_schema(
        operation_id="auth_key_rotate",
        tags=["identity"],
        request=None,
        responses={201: NewKeyOut, 409: ErrorOut},
        examples=[_NEW],
    )
    def post(self, request: Request, id: uuid.UUID) -> Response:
        """A key with the same rights; the old one opens for one day more."""
        return _shown(*services.rotate_api_key(_key(id)))


class RevokeKeyView(APIView):
    """The end of a key."""

    required_permission = "identity.change_apikey"
    permission_classes = [IsPerson, RoleAllows]

    @extend_schema(
        operation_id="auth_key_revoke",
        tags=["identity"],
        request=None,
        responses=KeyOut,
        examples=[
            OpenApiExample(
                "Revoked", _KEY | {"revoked_at": "2026-11-21T09:00:00Z"}, response_only=True
            )
        ],
    )
    def post(self, request: Request, id: uuid.UUID) -> Response:
        """It opens nothing from now on; a second time changes nothing."""
        return Response(KeyOut(services.revoke_api_key(_key(id))).data)


def _key(id: uuid.UUID) -> ApiKey:
    return get_object_or_404(ApiKey.objects.select_related("user"), pk=id)


def _shown(key: ApiKey, plain: str) -> Response:
    answer = Response(NewKeyOut(key, context={"plain": plain}).data, status=201)
    answer["Cache-Control"] = "no-store"
    return answer
