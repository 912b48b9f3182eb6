"""A small client of our own API, for the commands that drive it as a program would."""

import mimetypes
from pathlib import Path
from typing import Any

import httpx

from stakazo.core.errors import StakazoError


class ApiRefused(StakazoError):
    """The API answered with an error."""

    code = "stakazo.api-refused"


class Api:
    """The API at `base_url`, spoken to as the owner of the access token. Raises ApiRefused."""

    def __init__(self, base_url: str, *, access_token: str) -> None:
        self._http = httpx.Client(
            base_url=base_url,
            headers={"Authorization": f"Bearer {access_token}", "Accept": "application/json"},
            timeout=httpx.Timeout(30, write=600, read=600),
            trust_env=False,  # a proxy for the world outside knows nothing of this machine
        )

    def get(self, path: str) -> Any:
        """GET, as JSON."""
        return self._answer("GET", path)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """POST JSON, as JSON."""
        return self._answer("POST", path, json=body)

    def upload(self, path: str, file: Path) -> Any:
        """POST a file, streamed from disk."""
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        with file.open("rb") as stream:
            return self._answer("POST", path, files={"file": (file.name, stream, kind)})

    def every(self, path: str) -> list[dict[str, Any]]:
        """All rows of a list, through its pages."""
        rows: list[dict[str, Any]] = []
        next_page: str | None = path
        while next_page:
            page = self.get(next_page)
            rows += page["results"]
            next_page = page["next"]
        return rows

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def _answer(self, method: str, path: str, **body: Any) -> Any:
        try:
            response = self._http.request(method, path, **body)
        except httpx.HTTPError as away:
            raise ApiRefused(f"{method} {path} was not answered: {away}") from away
        if response.is_success:
            return response.json()
        try:
            error = response.json()
            raise ApiRefused(error["message"], **error.get("details", {}), error=error["code"])
        except (ValueError, KeyError, TypeError):
            raise ApiRefused(
                f"{response.request.method} {response.url.path} answered {response.status_code}."
            ) from None
