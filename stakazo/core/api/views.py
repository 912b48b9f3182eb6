"""What views share: shapes are checked in one way, a POST under a key has one effect, reads have a tag."""

from functools import partial
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from rest_framework import generics, serializers, views, viewsets
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from stakazo.core.api.idempotency import HEADER, answer_once
from stakazo.core.api.unchanged import Tagged

M = TypeVar("M", bound=Model)


def validated(serializer: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """The data, checked for shape. Raises DRF's ValidationError, which answers 400."""
    checked = serializer(data=data)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


class Once:
    """POSTs of this view take an `Idempotency-Key`.

    once: False where it makes no sense; the view says why. answer_with_effect: whether a POST is one
    transaction with its answer; False where it talks to others or handles large files meanwhile, and is by
    itself safe to repeat.
    """

    once = True
    answer_with_effect = True

    def perform_authentication(self, request: Request) -> None:
        """Who asks. One whose token or key is not taken is counted by address."""
        try:
            super().perform_authentication(request)  # type: ignore[misc]  # a mixin
        except APIException:
            request.user, request.auth = AnonymousUser(), None
            self.check_throttles(request)  # type: ignore[attr-defined]  # of the view
            raise

    def check_permissions(self, request: Request) -> None:
        """Whether they may; a refusal counts as a call too, so calls are counted first."""
        self.check_throttles(request)  # type: ignore[attr-defined]  # of the view
        super().check_permissions(request)  # type: ignore[misc]  # a mixin

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Everything that DRF checks first: who asks, and whether they may. Then the key."""
        super().initial(request, *args, **kwargs)  # type: ignore[misc]  # a mixin
        handler = getattr(self, "post", None)
        if request.method == "POST" and self.once and HEADER in request.headers and handler:
            # DRF takes the handler off the view right after this.
            answer = partial(
                answer_once,
                handler,
                refuse=self.handle_exception,  # type: ignore[attr-defined]  # of the view
                with_effect=self.answer_with_effect,
            )
            setattr(self, "post", answer)  # noqa: B010  views declare `post` in many shapes


class APIView(Once, Tagged, views.APIView):
    """DRF's, with the key and the tag."""


class GenericAPIView(Once, Tagged, generics.GenericAPIView[M]):
    """DRF's, with the key and the tag."""


class GenericViewSet(Once, Tagged, viewsets.GenericViewSet[M]):
    """DRF's, with the key and the tag."""
