"""What drf-spectacular cannot know by itself: the one error shape of every operation."""

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema

from stakazo.core.api.errors import ErrorOut


class StakazoAutoSchema(AutoSchema):
    """Adds the errors that any operation can answer."""

    def get_override_parameters(self) -> list[Any]:
        """Nothing to add to the parameters."""
        return []

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status, words in self._errors().items():
            if status not in bodies:
                bodies[status] = self._get_response_for_code(ErrorOut, status) | {
                    "description": words
                }
        return bodies

    def _errors(self) -> dict[str, str]:
        errors = {"401": "Nobody is logged in.", "403": "The caller may not do this."}
        if not self.get_auth():
            errors = {}
        if self.method not in ("GET", "HEAD"):
            errors["400"] = "The request has fields that are wrong."
            errors["409"] = "It cannot be done in the state things are in."
        if "{" in self.path:
            errors["404"] = "There is no such thing."
        return errors
