"""What drf-spectacular cannot know by itself: the one error shape of every operation."""

import copy
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter
from rest_framework.serializers import ModelSerializer

from stakazo.core.api.errors import ErrorOut
from stakazo.core.api.idempotency import HEADER, MAX_KEY_CHARS
from stakazo.core.api.sparse import FIELDS, SparseListMixin
from stakazo.core.api.unchanged import ASKED, TAG

_KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": MAX_KEY_CHARS},
    OpenApiParameter.HEADER,
    description=(
        "Of the caller's choice. The same request with the same key has one effect; sent again within "
        "7 days it gets the first answer, with `Idempotent-Replayed: true`."
    ),
)
_TAG = OpenApiParameter(
    TAG,
    str,
    OpenApiParameter.HEADER,
    response=[200],
    description="Of just this answer; send it back in `If-None-Match`.",
)
_IF_NONE_MATCH = OpenApiParameter(
    ASKED,
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` of an answer that you have: 304 while it would be the same.",
)
# Where neither the view nor its kind says it.
_WORDS = {
    "400": "The request has fields that are wrong.",
    "401": "Whoever it says it is, it is not, or not any more.",
    "403": "This may not be done.",
    "404": "There is no such thing.",
    "409": "It cannot be done in the state things are in.",
    "413": "The body is larger than we take.",
    "422": "It is understood, but it cannot be.",
    "429": "Too often. `Retry-After` says how many seconds to wait.",
    "503": "Not now; ask again.",
}


class StakazoAutoSchema(AutoSchema):
    """Adds the errors that an operation of this kind can answer."""

    def get_override_parameters(self) -> list[Any]:
        """The key that a POST takes, the tag of a read, the fields of a heavy list."""
        if self.method == "POST" and getattr(self.view, "once", False):
            return [_KEY]
        tags = [_TAG, _IF_NONE_MATCH] if self._is_tagged() else []
        return [*tags, self._fields()] if self._is_sparse() else tags

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """drf-spectacular's operation, with its errors."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None:
            responses = operation["responses"]
            if self._is_tagged() and "200" in responses:
                responses["304"] = {"description": "What you have is what it is."}
            if self._is_sparse():
                self._allow_sparse(responses["200"]["content"]["application/json"])
            for status, words in self._errors(operation).items():
                if status not in responses:
                    answer = self._get_response_for_code(ErrorOut, status)
                    responses[status] = answer | {"description": words}
            for status, answer in responses.items():
                answer["description"] = answer.get("description") or _WORDS.get(status, "")
            operation["responses"] = dict(sorted(responses.items()))
        return operation

    def _get_examples(
        self,
        serializer: Any,
        direction: str,
        media_type: str,
        status_code: str | None = None,
        extras: Any = None,
    ) -> Any:
        """An example that names no status is one of 202 too; the library takes it for 200 and 201."""
        find = super()._get_examples
        found = find(serializer, direction, media_type, status_code, extras)
        if not found and status_code == "202":
            found = find(serializer, direction, media_type, "200", extras)
        return found

    def _map_basic_serializer(self, serializer: Any, direction: str) -> dict[str, Any]:
        """A row that we give has all of its fields, also those that need not be sent to us."""
        shape: dict[str, Any] = super()._map_basic_serializer(serializer, direction)
        if direction == "response" and isinstance(serializer, ModelSerializer):
            properties = shape.get("properties", {})
            shape["required"] = sorted(properties)
            for each in properties.values():
                if "integer" in each.get("type", ""):
                    # What a column can hold differs from database to database; the contract does not.
                    for word in ("minimum", "maximum", "format"):
                        each.pop(word, None)
        return shape

    def _is_tagged(self) -> bool:
        return self.method == "GET" and getattr(self.view, "tagged", False)

    def _is_sparse(self) -> bool:
        is_list = getattr(self.view, "action", "") == "list"
        return is_list and isinstance(self.view, SparseListMixin)

    def _fields(self) -> OpenApiParameter:
        view: Any = self.view
        names = [*view.get_serializer().fields]
        return OpenApiParameter(
            FIELDS,
            {"type": "array", "minItems": 1, "items": {"type": "string", "enum": names}},
            explode=False,
            description="Only these of each row, divided by commas. The page says so in `fields`.",
        )

    def _allow_sparse(self, content: dict[str, Any]) -> None:
        """The answer is a whole page, or one that says which fields its rows have."""
        view: Any = self.view
        whole = view.get_serializer()
        row = self.registry[self.resolve_serializer(whole, "response").key].schema
        page = ResolvedComponent(
            name=f"Sparse{type(whole).__name__}List",
            type=ResolvedComponent.SCHEMA,
            object=type(self.view),
        )
        properties = copy.deepcopy(row["properties"])
        shape = self._get_paginator().get_paginated_response_schema(
            {"type": "array", "items": {"type": "object", "properties": properties}}
        )
        shape["properties"][FIELDS] = {"type": "array", "items": {"type": "string"}}
        shape["required"].append(FIELDS)
        page.schema = shape
        self.registry.register_on_missing(page)
        content["schema"] = {"anyOf": [content["schema"], page.ref]}

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
