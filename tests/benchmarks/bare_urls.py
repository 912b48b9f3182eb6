"""The product's paths, and beside them the least that DRF can answer."""

from django.urls import path
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from stakazo.urls import handler400, handler403, handler404, handler500, urlpatterns  # noqa: F401


class BareView(APIView):
    """Nobody is asked for, nothing is read."""

    authentication_classes = []
    permission_classes = [AllowAny]
    renderer_classes = [JSONRenderer]

    def get(self, request):
        return Response({"ok": True})


urlpatterns = [*urlpatterns, path("bench/bare", BareView.as_view())]
