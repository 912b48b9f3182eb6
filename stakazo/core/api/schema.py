"""What drf-spectacular cannot know by itself: the one error shape of every operation."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from stakazo.core.api.errors import ErrorOut
from stakazo.core.api.idempotency import HEADER, MAX_KEY_CHARS

_KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": MAX_KEY_CHARS},
    OpenApiParameter.HEADER,
    description=(
        "Of the caller's choice. The same request with the same key has one effect; sent again within "
        "7 days it gets the first answer, with `Idempotent-Replayed: true`."
    ),
)


class StakazoAutoSchema(AutoSchema):
    """Adds the errors that an operation of this kind can answer."""

    def get_override_parameters(self) -> list[Any]:
        """The key that a POST takes."""
        if self.method == "POST" and getattr(self.view, "once", False):
            return [_KEY]
        return []

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """drf-spectacular's operation, with its errors."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None:
            responses = operation["responses"]
            for status, words in self._errors(operation).items():
                if status not in responses:
                    answer = self._get_response_for_code(ErrorOut, status)
                    responses[status] = answer | {"description": words}
            operation["responses"] = dict(sorted(responses.items()))
        return operation

    def _errors(self, operation: dict[str, Any]) -> dict[str, str]:
        errors = {"429": "More calls than the caller may make; Retry-After says when to go on."}
        if not self.view.throttle_classes:
            errors = {}
        places = {each["in"] for each in operation.get("parameters", [])}
        if any(operation.get("security", [])):  # an empty one: nobody needs to be known
            errors["401"] = "Nobody is logged in."
            errors["403"] = "The caller may not do this."
        if "path" in places:
            errors["404"] = "There is no such thing."
        if self.method != "GET" or "query" in places:
            errors["400"] = "The request has fields that are wrong."
        if self.method != "GET":
            errors["409"] = "It cannot be done in the state things are in."
            errors["413"] = "The body is larger than we take."
            if getattr(self.view, "once", False) and self.method == "POST":
                errors["422"] = "The key was sent with another request, or a value cannot be."
            errors["415"] = "The body is of a kind that we do not read."
        return errors
