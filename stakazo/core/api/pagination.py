"""Lists in pages that stay put while rows are added."""

from base64 import b64decode
from typing import Any
from urllib.parse import parse_qs

from django.core.exceptions import ValidationError as InvalidValue
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.views import APIView


def _address(words: str, example: str) -> dict[str, Any]:
    return {
        "type": ["string", "null"],
        "format": "uri",
        "description": words,
        "example": f"http://127.0.0.1:8000/videos?cursor={example}",
    }


def _is_cursor(text: str) -> bool:
    """Whether it is one of DRF's: base64 of some of o (offset), r (reverse) and p (position)."""
    try:
        said = b64decode(text.encode("ascii"), validate=True).decode("ascii")
        return set(parse_qs(said, strict_parsing=True)) <= {"o", "r", "p"}
    except ValueError:
        return False


class NewestFirst(CursorPagination):
    """Newest first, by the time-ordered id; `?limit=` up to 200, `?cursor=` from `next`.

    A limit or a cursor that is none is refused (400), not overlooked.
    """

    ordering = "-id"
    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        """The rows of the page. Raises ValidationError."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, InvalidValue, ValueError):
            raise ValidationError(
                {
                    self.cursor_query_param: "No page begins here. Take cursors from next and previous."
                }
            ) from None

    def decode_cursor(self, request: Request) -> Any:
        """Where the page begins. Raises NotFound: DRF's own reading takes most nonsense for the first page."""
        text = request.query_params.get(self.cursor_query_param)
        if text and not _is_cursor(text):
            raise NotFound(self.invalid_cursor_message)
        return super().decode_cursor(request)

    def get_page_size(self, request: Request) -> int:
        """How many rows. Raises ValidationError."""
        text = request.query_params.get(self.page_size_query_param)
        if text is None:
            return self.page_size
        if not (text.isascii() and text.isdigit() and len(text) < 5) or not (
            1 <= int(text) <= self.max_page_size
        ):
            raise ValidationError(
                {self.page_size_query_param: f"A whole number from 1 to {self.max_page_size}."}
            )
        return int(text)

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """What `limit` and `cursor` may be."""
        limit = {
            "type": "integer",
            "minimum": 1,
            "maximum": self.max_page_size,
            "default": self.page_size,
        }
        return [
            {
                "name": self.page_size_query_param,
                "in": "query",
                "required": False,
                "description": "How many rows a page has.",
                "schema": limit,
            },
            {
                "name": self.cursor_query_param,
                "in": "query",
                "required": False,
                "description": "Where the page begins: of `next` and `previous`.",
                "schema": {"type": "string"},
            },
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """How a page looks on the wire, for OpenAPI 3.1."""
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": _address("The page of older rows, if there is one.", "cD0wMWEx"),
                "previous": _address("The page of newer rows, if there is one.", "cj0xJnA9"),
                "results": schema,
            },
        }
