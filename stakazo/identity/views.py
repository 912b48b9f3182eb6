"""The identity endpoints."""

from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import User
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from stakazo.core.api.errors import ErrorOut
from stakazo.core.api.views import APIView, validated
from stakazo.identity import services
from stakazo.identity.models import ApiKey
from stakazo.identity.serializers import (
    LoginIn,
    MeOut,
    RefreshIn,
    RegisterIn,
    TokensOut,
    UserOut,
)

_USER = {"id": 7, "username": "ben", "email": "", "is_staff": False, "roles": ["Editor"]}
_TOKENS = {"access": "eyJhbGciOi…", "refresh": "Zk3v…", "expires_s": 600, "user": _USER}


class OpenDoorView(APIView):
    """For those who are not known yet; an old token in the header is no hindrance."""

    once = False  # nobody is known, so nobody's key; and each login is one of its own

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]


class RegisterView(OpenDoorView):
    """Make an account."""

    @extend_schema(
        operation_id="auth_register",
        tags=["identity"],
        request=RegisterIn,
        responses={201: UserOut, 403: ErrorOut, 409: ErrorOut},
        examples=[
            OpenApiExample(
                "Cleo",
                {"username": "cleo", "password": "correct horse battery"},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Make an account in the role Viewer; 403 where registration is closed."""
        args = validated(RegisterIn, request.data)
        user = services.register_user(**args, open_to_all=settings.REGISTRATION_OPEN)
        return Response(UserOut(user).data, status=201)


class LoginView(OpenDoorView):
    """Log in."""

    @extend_schema(
        operation_id="auth_login",
        tags=["identity"],
        request=LoginIn,
        responses={200: TokensOut, 401: ErrorOut, 429: ErrorOut},
        examples=[OpenApiExample("Tokens", _TOKENS, response_only=True, status_codes=["200"])],
    )
    def post(self, request: Request) -> Response:
        """Name and password for tokens; after five failures wait (429, Retry-After)."""
        args = validated(LoginIn, request.data)
        tokens = services.login(**args, address=str(request.META.get("REMOTE_ADDR", "")))
        return Response(TokensOut(tokens).data)


class RefreshView(OpenDoorView):
    """Stay logged in."""

    @extend_schema(
        operation_id="auth_refresh",
        tags=["identity"],
        request=RefreshIn,
        responses={200: TokensOut, 401: ErrorOut},
        examples=[OpenApiExample("Tokens", _TOKENS, response_only=True, status_codes=["200"])],
    )
    def post(self, request: Request) -> Response:
        """A refresh token for new tokens, once; used again, it ends the whole login."""
        args = validated(RefreshIn, request.data)
        return Response(TokensOut(services.refresh(args["refresh"])).data)


class LogoutView(OpenDoorView):
    """Log out."""

    @extend_schema(
        operation_id="auth_logout",
        tags=["identity"],
        request=RefreshIn,
        responses={204: OpenApiResponse(description="The login has ended, if there was one.")},
        examples=[OpenApiExample("Token", {"refresh": "Zk3v…"}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        """End the login of this refresh token, with all its tokens."""
        services.logout(validated(RefreshIn, request.data)["refresh"])
        return Response(status=204)


class MeView(APIView):
    """Who am I?"""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="auth_me",
        tags=["identity"],
        responses=MeOut,
        examples=[
            OpenApiExample(
                "Ben",
                _USER | {"permissions": ["media_assets.view_clip"], "came_by": "token"},
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """The caller, its roles and what it may do."""
        auth, user = request.auth, cast(User, request.user)  # IsAuthenticated said so
        came_by = "key" if isinstance(auth, ApiKey) else "token" if auth else "session"
        return Response(MeOut(user, context={"came_by": came_by}).data)
