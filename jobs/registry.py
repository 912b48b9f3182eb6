"""The dispatch table: which function does which job, and how it is to be treated."""

import dataclasses
import functools
import json
import types
import typing
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from jobs.errors import BadPayload, UnknownJobType, UnknownQueue

P = TypeVar("P")


@dataclass(frozen=True)
class Done:
    """The work is done. facts become the job's result.

    effect, where given, runs inside the transaction that completes the job, after the fencing token
    was checked: database effects that must happen exactly once belong there. What it returns is
    added to the facts.
    """

    facts: dict[str, Any] = dataclasses.field(default_factory=dict)
    effect: Callable[[], dict[str, Any] | None] | None = None


@dataclass(frozen=True)
class Snooze:
    """Not now: try again in so many seconds. Not a failure, costs no attempt."""

    seconds: float
    why: str


@dataclass(frozen=True)
class GiveUp:
    """Trying again cannot help."""

    why: str
    code: str = "jobs.gave-up"


Outcome = Done | Snooze | GiveUp


@dataclass(frozen=True)
class JobType(Generic[P]):
    """A row of the dispatch table."""

    name: str
    handler: Callable[[Any], Outcome]
    payload: type[P]
    queue: str
    max_attempts: int
    timeout_s: int
    backoff_base_s: float
    backoff_max_s: float
    stall_s: float | None = None
    stage_timeouts_s: Mapping[str, float] = dataclasses.field(default_factory=dict)
    on_buried: Callable[[Any, str], object] | None = None

    @functools.cached_property
    def hints(self) -> dict[str, Any]:
        """The type of each field of the payload."""
        return typing.get_type_hints(self.payload)

    @property
    def sentence(self) -> str:
        """What the job does: the first line of its handler's docstring."""
        return (self.handler.__doc__ or "").strip().splitlines()[0]


JOB_TYPES: dict[str, JobType[Any]] = {}


def handles(
    name: str,
    *,
    payload: type[Any],
    queue: str = "default",
    max_attempts: int = 3,
    timeout_s: int = 600,
    backoff_base_s: float = 2.0,
    backoff_max_s: float = 300.0,
    stall_s: float | None = None,
    stage_timeouts_s: Mapping[str, float] | None = None,
    on_buried: Callable[[Any, str], object] | None = None,
) -> Callable[[Callable[[Any], Outcome]], Callable[[Any], Outcome]]:
    """Register the function as the handler of a job type. Two handlers for one type is an error.

    A try ends, and is tried again, after timeout_s in all, after the time that stage_timeouts_s
    gives a stage, and when it showed no progress and began no stage for stall_s.

    on_buried(payload, why): called in the transaction that ends such a job as failed, dead or
    cancelled, whether or not the handler ever ran, so that what the job was about does not wait for
    it for ever. It should find everything as it must be where the handler has seen to it. When it
    fails, what it did is rolled back and the job ends all the same.
    """

    def register(handler: Callable[[Any], Outcome]) -> Callable[[Any], Outcome]:
        if name in JOB_TYPES:
            raise ValueError(f"job type {name} has two handlers")
        if not handler.__doc__:
            raise ValueError(f"job type {name}: the handler needs a docstring")
        JOB_TYPES[name] = JobType(
            name,
            handler,
            payload,
            queue,
            max_attempts,
            timeout_s,
            backoff_base_s,
            backoff_max_s,
            stall_s,
            dict(stage_timeouts_s or {}),
            on_buried,
        )
        return handler

    return register


def job_type(name: str) -> JobType[Any]:
    """The row of the table. Raises UnknownJobType."""
    try:
        return JOB_TYPES[name]
    except KeyError:
        raise UnknownJobType(
            f"There is no job type called {name!r}.", job_type=name, known=sorted(JOB_TYPES)
        ) from None


def encode_payload(payload: Any) -> dict[str, Any]:
    """A payload dataclass as JSON data."""
    data: dict[str, Any] = _plain(dataclasses.asdict(payload))
    return data


def _plain(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def decode_payload(kind: JobType[P], data: Any) -> P:
    """JSON data as the handler's payload; unknown keys are ignored, for old jobs outlive new code.

    Raises BadPayload naming each field that is missing or of the wrong type.
    """
    if not isinstance(data, dict):
        raise BadPayload(f"The payload of {kind.name} is an object.", job_type=kind.name)
    hints = kind.hints
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for field in dataclasses.fields(kind.payload):  # type: ignore[arg-type]  # payloads are dataclasses
        if field.name not in data:
            if _is_required(field):
                wrong[field.name] = "is missing"
            continue
        try:
            values[field.name] = _converted(hints[field.name], data[field.name])
        except (TypeError, ValueError, AttributeError):
            wrong[field.name] = f"is not a {_name(hints[field.name])}"
    if wrong:
        raise BadPayload(
            f"The payload of {kind.name} is wrong: "
            + ", ".join(f"{name} {fault}" for name, fault in wrong.items())
            + ".",
            job_type=kind.name,
            fields=wrong,
        )
    try:
        return kind.payload(**values)
    except (TypeError, ValueError) as error:
        raise BadPayload(
            f"The payload of {kind.name} is wrong: {error}.", job_type=kind.name
        ) from error


def _name(hint: Any) -> str:
    return getattr(hint, "__name__", str(hint))


def _converted(hint: Any, value: Any) -> Any:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        options = typing.get_args(hint)
        if value is None and type(None) in options:
            return None
        (hint,) = [option for option in options if option is not type(None)]
        return _converted(hint, value)
    if origin in (tuple, list):
        (item, *_) = typing.get_args(hint)
        if not isinstance(value, list | tuple):
            raise TypeError
        return origin(_converted(item, each) for each in value)
    if hint is uuid.UUID:
        return value if isinstance(value, uuid.UUID) else uuid.UUID(value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if hint in (str, int, float, bool, dict):
        if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
            raise TypeError
        if "\\u0000" in json.dumps(value):
            raise ValueError  # PostgreSQL has no text with a NUL
        return value
    raise TypeError(f"payloads cannot hold {hint}")


def queues() -> set[str]:
    """Every queue that a job type uses."""
    return {kind.queue for kind in JOB_TYPES.values()}


def check_queue(queue: str) -> None:
    """Raises UnknownQueue when no job type uses a queue of this name."""
    if queue not in queues():
        raise UnknownQueue(
            f"No job type uses a queue called {queue!r}.", queue=queue, known=sorted(queues())
        )


def describe_job_types() -> list[dict[str, Any]]:
    """The table as plain data, by name; payload: field → type, with `?` where it may be left out."""
    rows = []
    for kind in sorted(JOB_TYPES.values(), key=lambda kind: kind.name):
        hints = kind.hints
        rows.append(
            {
                "name": kind.name,
                "sentence": kind.sentence,
                "queue": kind.queue,
                "max_attempts": kind.max_attempts,
                "timeout_s": kind.timeout_s,
                "stall_s": kind.stall_s,
                "stage_timeouts_s": dict(kind.stage_timeouts_s),
                "payload": {
                    field.name: _name(hints[field.name]) + ("" if _is_required(field) else "?")
                    for field in dataclasses.fields(kind.payload)
                },
            }
        )
    return rows


def _is_required(field: "dataclasses.Field[Any]") -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
