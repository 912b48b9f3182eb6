"""A question in words, as people type it: `type:clip_created severity:ERROR since:2d job:… "no luck"`."""

import difflib
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from ledger.errors import BadQuestion
from ledger.models import LedgerEvent
from ledger.queries.pages import MOST_TYPES, Asked
from ledger.registry import AUDITED, EVENT_TYPES

MOST_CHARS = 500
QUALIFIERS = {
    "type": "an event type, such as clip_created; may be repeated",
    "severity": "INFO, WARN or ERROR",
    "entity": "a kind of thing, or one thing: entity:clip, entity:clip:01a1…",
    "job": "a job's id: all that happened in it and to it",
    "clip": "a clip's id: with its variants and posts",
    "video": "a video's id: its whole trail",
    "correlation": "the id that follows a road",
    "actor": "who did it, such as user:42 or worker",
    "worker": "in which worker",
    "since": "a time (2026-11-20, 2026-11-20T09:30Z) or so long ago (30m, 12h, 7d)",
    "until": "the same, as the end",
}
_TOKEN = re.compile(r'([A-Za-z_]+):(?:"([^"]*)"|(\S+))|"([^"]*)"|(\S+)')
_AGO = re.compile(r"(\d{1,6})([smhdw])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def asked_in_words(question: str, *, now: datetime | None = None) -> Asked:
    """What the question asks for. A bare id asks for all that names it. Raises BadQuestion."""
    if len(question) > MOST_CHARS:
        raise BadQuestion(f"A question has at most {MOST_CHARS} characters.")
    if "\x00" in question:
        raise BadQuestion("A question has no null characters.")
    now = now or timezone.now()
    found: dict[str, Any] = {}
    for name, quoted, plain, phrase, word in _TOKEN.findall(question):
        if name:
            _qualify(found, name.lower(), quoted or plain, now)
        elif (some_id := _uuid_or_none(word)) and "about" not in found:
            found["about"] = some_id
        elif ":" in word:
            raise BadQuestion(
                f"“{word}” looks like a qualifier and is none. Words with a colon go in quotes."
            )
        elif said := (phrase or word):
            found["words"] = (*found.get("words", ()), said)
    return Asked(**found)


def _qualify(found: dict[str, Any], name: str, value: str, now: datetime) -> None:
    if name not in QUALIFIERS:
        near = difflib.get_close_matches(name, QUALIFIERS, n=1)
        hint = f"Did you mean {near[0]}:?" if near else f"There are {', '.join(QUALIFIERS)}."
        raise BadQuestion(
            f"There is no qualifier “{name}:”. {hint} Words with a colon go in quotes.",
            qualifier=name,
            known=sorted(QUALIFIERS),
        )
    if not value:
        raise BadQuestion(f"“{name}:” wants {QUALIFIERS[name]}.", qualifier=name)
    if name == "type":
        types = (*found.get("event_types", ()), known_event_type(value))
        if len(types) > MOST_TYPES:
            raise BadQuestion(f"At most {MOST_TYPES} types at once.", qualifier=name)
        found["event_types"] = types
        return
    values = _READ[name](value, now)
    if twice := sorted(values.keys() & found.keys()):
        raise BadQuestion(f"“{name}:” is said twice.", qualifier=name, fields=twice)
    found |= values


def known_event_type(value: str) -> str:
    """The event type of this name. Raises BadQuestion with those that are near."""
    if value in EVENT_TYPES:
        return value
    near = difflib.get_close_matches(value, EVENT_TYPES, n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else "`manage.py ledger_types` lists them."
    raise BadQuestion(f"There is no event type “{value}”. {hint}", qualifier="type", close=near)


def _severity(value: str, now: datetime) -> dict[str, Any]:
    if value.upper() not in LedgerEvent.Severity.values:
        raise BadQuestion(
            f"The severity “{value}” is none of INFO, WARN, ERROR.", qualifier="severity"
        )
    return {"severity": value.upper()}


# What events are about that is no row of an audited model.
_NOT_AUDITED = {"worker", "ledger", "health_check", "address", "backup"}


def known_entity_type(value: str) -> str:
    """The kind of thing of this name. Raises BadQuestion with the nearest."""
    known = {audited.entity_type for audited in AUDITED.values()} | _NOT_AUDITED
    if value in known:
        return value
    near = difflib.get_close_matches(value, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(sorted(known))}."
    raise BadQuestion(f"There is no kind of thing “{value}”. {hint}", qualifier="entity")


def _entity(value: str, now: datetime) -> dict[str, Any]:
    entity_type, _, entity_id = value.partition(":")
    if not entity_id:
        known_entity_type(entity_type)
    return {"entity_type": entity_type, **({"entity_id": entity_id} if entity_id else {})}


def _id_of(field: str, name: str) -> Callable[[str, datetime], dict[str, Any]]:
    def read(value: str, now: datetime) -> dict[str, Any]:
        if (found := _uuid_or_none(value)) is None:
            raise BadQuestion(
                f"“{value}” is no id; “{name}:” wants {QUALIFIERS[name]}.", qualifier=name
            )
        return {field: found}

    return read


def _text_of(field: str) -> Callable[[str, datetime], dict[str, Any]]:
    return lambda value, now: {field: value}


def _time_of(field: str) -> Callable[[str, datetime], dict[str, Any]]:
    return lambda value, now: {field: _moment(value, field, now)}


def _moment(value: str, name: str, now: datetime) -> datetime:
    try:
        if ago := _AGO.fullmatch(value):
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        if moment := parse_datetime(value):
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        if day := parse_date(value):
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
    except (ValueError, OverflowError):
        pass
    raise BadQuestion(f"“{value}” is no time; “{name}:” wants {QUALIFIERS[name]}.", qualifier=name)


def _uuid_or_none(value: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(value) if len(value) in (32, 36) else None
    except ValueError:
        return None


_READ: dict[str, Callable[[str, datetime], dict[str, Any]]] = {
    "severity": _severity,
    "entity": _entity,
    "job": _id_of("job_id", "job"),
    "clip": _id_of("clip_id", "clip"),
    "video": _id_of("video_id", "video"),
    "correlation": _text_of("correlation_id"),
    "actor": _text_of("actor"),
    "worker": _text_of("worker_id"),
    "since": _time_of("since"),
    "until": _time_of("until"),
}
