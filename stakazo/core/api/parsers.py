"""JSON as we take it: what no database of ours could keep is refused at the door."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from rest_framework import parsers
from rest_framework.exceptions import ParseError

from stakazo.core.errors import InvalidInput

_MAX_DEPTH = 32
_MAX_DIGITS = 300  # more do not fit a float; what a field takes is for its room to say


class JSONParser(parsers.JSONParser):
    """UTF-8, not nested without end, no null characters, no half characters, no endless numbers.

    PostgreSQL keeps no null character, neither in text nor in JSON; halves of surrogate pairs and
    infinite numbers can be read but never be written again.
    """

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """What the body says. Raises ParseError, InvalidInput."""
        try:
            data = json.loads(
                stream.read().decode("utf-8-sig"),
                parse_constant=_not_a_number,
                parse_float=_finite,
                parse_int=_whole,
            )
        except RecursionError:
            raise ParseError("The JSON is nested too deeply.") from None
        except ValueError as error:
            raise ParseError(f"The body is no JSON that we can read: {error}") from None
        _check(data)
        return data


def _not_a_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number is too large")
    return number


def _whole(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise ValueError("a number is too large")
    return int(text)


def _check(data: Any) -> None:
    """Look at every value; without recursion, for depth is one of the questions."""
    waiting = [(data, 1)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, str):
            _check_text(value)
        elif isinstance(value, list | dict):
            if depth > _MAX_DEPTH:
                raise ParseError("The JSON is nested too deeply.")
            inside = value if isinstance(value, list) else [*value, *value.values()]
            waiting.extend((each, depth + 1) for each in inside)


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise InvalidInput("A text has a null character, which we cannot keep.")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise InvalidInput("A text has half of a character (a lone surrogate).")
