"""The browsable API, in our own page."""

import re
from typing import Any

from django.utils.html import escape, linebreaks
from django.utils.safestring import SafeString, mark_safe
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BrowsableAPIRenderer

_CODE = re.compile(r"`([^`]+)`")


class BrowsableRenderer(BrowsableAPIRenderer):
    """DRF's browsable API with our template."""

    template = "rest_framework/api.html"

    def get_description(self, view: Any, status_code: int) -> SafeString | str:
        """The view's docstring, with its paragraphs and its `code`."""
        if status_code in (401, 403):
            return ""
        text = escape(view.get_view_description(html=False))
        return mark_safe(linebreaks(_CODE.sub(r"<code>\1</code>", text)))  # noqa: S308  escaped above

    def get_context(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """DRF's context; a JSON form only where JSON is read."""
        context: dict[str, Any] = super().get_context(*args, **kwargs)
        if not any(issubclass(parser, JSONParser) for parser in context["view"].parser_classes):
            context["raw_data_post_form"] = None
        return context
