"""`?fields=id,status`: of rows that are heavy, only what is asked for."""

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

FIELDS = "fields"


class SparseListMixin(ListModelMixin):
    """A list that takes `fields`. The page repeats them, so that nobody takes it for a whole one."""

    def get_paginated_response(self, data: Any) -> Response:
        """The page."""
        answer: Response = super().get_paginated_response(data)  # type: ignore[misc]  # a mixin
        if wanted := self._wanted(self.request):  # type: ignore[attr-defined]  # of the view
            answer.data[FIELDS] = wanted
        return answer

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """DRF's, without the fields that nobody asked for. Raises ValidationError for a name that is none."""
        serializer: Any = super().get_serializer(*args, **kwargs)  # type: ignore[misc]  # a mixin
        if kwargs.get("many") and self.action == "list":  # type: ignore[attr-defined]  # of the view set
            row = serializer.child
            if wanted := self._wanted(self.request):  # type: ignore[attr-defined]  # of the view
                if unknown := sorted(set(wanted) - set(row.fields)):
                    known = ", ".join(row.fields)
                    raise ValidationError(
                        {FIELDS: f"There is no {' and no '.join(unknown)}. There is: {known}."}
                    )
                for name in set(row.fields) - set(wanted):
                    row.fields.pop(name)
        return serializer

    def _wanted(self, request: Request) -> list[str]:
        """The names, each once; none when all are wanted."""
        if FIELDS not in request.query_params:
            return []
        said = ",".join(request.query_params.getlist(FIELDS))
        return [*dict.fromkeys(said.split(","))]
