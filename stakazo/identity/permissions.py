"""Who may call an endpoint, by role."""

from typing import TYPE_CHECKING, Any

from django.apps import apps
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from stakazo.identity.models import ApiKey

if TYPE_CHECKING:  # DRF reads this module while it loads its views
    from rest_framework.views import APIView

_WRITING = ("add", "change", "delete")


class IsPerson(BasePermission):
    """Somebody who logged in: an API key has no password and no logins."""

    message = "This is for people; an API key cannot do it."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Whether this caller may."""
        user: Any = request.user
        return bool(user and user.is_authenticated) and not isinstance(request.auth, ApiKey)


class RoleAllows(BasePermission):
    """Whoever is logged in may look; to change things takes a right in the room of the endpoint.

    A view may name the right itself (`required_permission = "campaigns.change_campaign"`); it is then
    asked for on unsafe methods. Otherwise any add, change or delete right on the room's models does,
    which is what the roles Editor and Admin have and Viewer has not.
    """

    message = "Your role may look, but not change this."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Whether this caller may."""
        user: Any = request.user
        if not user or not user.is_authenticated:
            return False
        if request.method in SAFE_METHODS or user.is_superuser:
            return True
        if required := getattr(view, "required_permission", None):
            return bool(user.has_perm(required))
        room = apps.get_containing_app_config(type(view).__module__)
        return room is not None and any(
            permission.startswith(tuple(f"{room.label}.{verb}_" for verb in _WRITING))
            for permission in user.get_all_permissions()
        )
