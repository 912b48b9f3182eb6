"""Who may do what through the API."""

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView


class MayChange(BasePermission):
    """Whoever is logged in may look; to change takes staff, or the permission that the view names.

    The view names it as `required_permission`, such as "jobs.change_job".
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether this request may go on."""
        user = request.user
        if not user.is_authenticated or request.method in SAFE_METHODS:
            return user.is_authenticated
        required: str = view.required_permission  # type: ignore[attr-defined]  # ours, see above
        return user.is_staff or user.has_perm(required)
