"""How the probing process says no."""

from typing import Any


class Refused(Exception):
    """The file is not one we take."""

    def __init__(self, code: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.code, self.details = code, details
