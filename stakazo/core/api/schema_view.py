"""`/schema`: the contract as it is served."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

from stakazo.core.api.unchanged import Tagged


class SchemaView(Tagged, SpectacularAPIView):
    """The OpenAPI schema, as YAML or JSON: for everybody the same, and made once per process.

    To make it takes seconds, which every caller used to wait for.
    """

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        """The schema, in the form that was asked for."""
        renderer: Any = request.accepted_renderer
        return HttpResponse(
            _rendered(type(renderer)),
            content_type=renderer.media_type,
            headers={"Content-Disposition": f'inline; filename="stakazo.{renderer.format}"'},
        )


_KEPT: dict[Any, Any] = {}  # a class of renderers → what one wrote


def _rendered(renderer: Any) -> Any:
    if renderer not in _KEPT:
        schema = SchemaGenerator().get_schema(request=None, public=True)
        _KEPT[renderer] = renderer().render(schema, renderer_context={})
    return _KEPT[renderer]
