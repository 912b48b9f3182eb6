"""The family of failures that people and programs are told about.

StakazoError
├── InvalidInput     400  the request does not say something we can do
├── NotAllowed       403  the caller may not do this
├── NotFound         404  there is no such thing
├── Conflict         409  it cannot be done in the state things are in
├── TooLarge         413  more bytes than we accept
├── UnsupportedMedia 415  not a file we accept
└── Unavailable      503  something we depend on does not answer; try again

Each room draws its own branch in its `errors.py`.
"""

from typing import Any


class StakazoError(Exception):
    """Something failed in a way that we can name.

    code: stable string for programs. http_status: what a door answers. permanent: whether trying the
    same thing again can help (False: it can).
    """

    code: str = "stakazo.error"
    http_status: int = 500
    permanent: bool = True

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class InvalidInput(StakazoError):
    """The request does not say something we can do."""

    code, http_status = "stakazo.invalid-input", 400


class NotAllowed(StakazoError):
    """The caller may not do this."""

    code, http_status = "stakazo.not-allowed", 403


class NotFound(StakazoError):
    """There is no such thing."""

    code, http_status = "stakazo.not-found", 404


class Conflict(StakazoError):
    """It cannot be done in the state things are in."""

    code, http_status = "stakazo.conflict", 409


class TooLarge(StakazoError):
    """More bytes than we accept."""

    code, http_status = "stakazo.too-large", 413


class UnsupportedMedia(StakazoError):
    """Not a file we accept."""

    code, http_status = "stakazo.unsupported-media", 415


class Unavailable(StakazoError):
    """Something we depend on does not answer; the same request may work later."""

    code, http_status, permanent = "stakazo.unavailable", 503, False
