"""Content-Security-Policy: one for all pages, a wider one for the admin, whose theme evaluates in the page."""

from typing import Any

from csp.constants import SELF
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from media_assets.files import storage_origin

_ADMIN = "/admin"


class PagePolicyMiddleware(CSPMiddleware):  # type: ignore[misc]  # django-csp has no stubs
    """django-csp's, which can only leave a path out; the admin is not left out, it has its own."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        """The policy of this page; what the view itself says goes before."""
        parts: PolicyParts = super().get_policy_parts(request, response, report_only)
        if not report_only and request.path_info.startswith(_ADMIN) and parts.config is None:
            parts.config = admin_policy()
        return parts


def admin_policy() -> dict[str, Any]:
    """The settings' one, with the place that files are handed out from."""
    files = storage_origin()
    policy = dict(settings.ADMIN_CONTENT_SECURITY_POLICY)
    return policy | {
        "img-src": [*policy["img-src"], *files],
        "media-src": [SELF, *files],
    }
