"""`Idempotency-Key`: the same POST sent again has one effect and one answer.

A request first holds the key, in a row of its own that others see at once. Then its effect and its answer
are written in one transaction, which only counts while the row is still held: whoever was taken over
meanwhile, because it seemed dead, is rolled back.
"""

import hashlib
import json
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from stakazo.core.errors import Conflict, InvalidInput, StakazoError
from stakazo.core.models import IdempotentCall
from stakazo.core.sealing import seal, unseal

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
MAX_KEY_CHARS = 255
KEPT_FOR = timedelta(days=7)
# A request that died holds its key for so long. Longer where the effect is not undone with it.
HELD_FOR = timedelta(minutes=2)
HELD_FOR_LONG = timedelta(hours=1)
FORGOTTEN_AT_ONCE = 20
# Refusals that say nothing of the request itself: it may well be taken when it comes again.
PASSING = frozenset({401, 403, 408, 425, 429})
_PURPOSE = b"stakazo idempotent answers"
Handler = Callable[..., HttpResponseBase]


class BadKey(InvalidInput):
    """The Idempotency-Key is empty, too long, or not plain text."""

    code = "stakazo.bad-idempotency-key"


class KeyInFlight(Conflict):
    """A request with this Idempotency-Key is being worked on; ask again for its answer."""

    code, permanent = "stakazo.idempotency-key-in-flight", False


class KeyReused(StakazoError):
    """This Idempotency-Key was sent with another request; each request has its own."""

    code, http_status = "stakazo.idempotency-key-reused", 422


class AnswerLost(Conflict):
    """What was asked for was done, but its answer cannot be opened any more: the secret key changed."""

    code = "stakazo.idempotent-answer-lost"


@dataclass(frozen=True)
class _Held:
    """The key is ours."""

    pk: uuid.UUID
    holder: uuid.UUID
    place: str


def answer_once(
    handler: Handler,
    request: Request,
    *args: Any,
    refuse: Callable[[Exception], Response],
    with_effect: bool,
    **kwargs: Any,
) -> HttpResponseBase:
    """The handler's answer, or the one it gave to the same request before.

    refuse: turns what the handler raises into an answer, or raises it again. with_effect: run it in one
    transaction with the writing of its answer; else the answer is written after it, and a process that dies
    in between leaves the key held for an hour, after which the handler runs again.
    Raises BadKey, KeyInFlight, KeyReused, AnswerLost.
    """
    key = _checked_key(request.headers.get(HEADER, ""))
    caller = f"user:{request.user.pk}"
    held = _hold(caller, key, _fingerprint(request), HELD_FOR if with_effect else HELD_FOR_LONG)
    if not isinstance(held, _Held):
        return _replayed(held)
    together: AbstractContextManager[Any] = transaction.atomic() if with_effect else nullcontext()
    try:
        with together:
            answer = handler(request, *args, **kwargs)
            _keep(held, answer)
            return answer
    except KeyInFlight:
        raise  # somebody took over, and will answer
    except Exception as error:  # noqa: BLE001  whatever it is becomes an answer, or is raised again
        try:
            refused = refuse(error)
        except Exception:
            _let_go(held)
            raise
        if _is_for_good(error, refused.status_code):
            _keep(held, refused)
        else:
            _let_go(held)
        return refused


def _checked_key(text: str) -> str:
    if not text or len(text) > MAX_KEY_CHARS or not text.isascii() or not text.isprintable():
        raise BadKey(f"{HEADER} has 1 to {MAX_KEY_CHARS} characters of plain ASCII.")
    return text


def _is_for_good(error: Exception, status: int) -> bool:
    return 400 <= status < 500 and status not in PASSING and getattr(error, "permanent", True)


# --- What was asked -------------------------------------------------------------------------------


def _fingerprint(request: Request) -> str:
    """SHA-256 of what is asked: address, fields and files, however the body spells them."""
    data: Any = request.data
    asked = [
        str(request.method),
        request.path,
        sorted((name, values) for name, values in request.query_params.lists()),
        _plain(data),
    ]
    text = json.dumps(asked, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(data: Any) -> Any:
    if isinstance(data, UploadedFile):
        return {"file": data.name, "size": data.size, "sha256": _sha256_of(data)}
    if hasattr(data, "lists"):  # a form: each field may come several times
        return {name: [_plain(each) for each in values] for name, values in data.lists()}
    if isinstance(data, dict):
        return {str(name): _plain(each) for name, each in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(each) for each in data]
    return data


def _sha256_of(file: UploadedFile) -> str:
    if (known := getattr(file, "sha256", None)) is not None:
        return str(known)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


# --- The row --------------------------------------------------------------------------------------


def _hold(caller: str, key: str, fingerprint: str, held_for: timedelta) -> "_Held | IdempotentCall":
    """The key, or the row of a call that was answered. Raises KeyInFlight, KeyReused."""
    now, holder = timezone.now(), uuid.uuid4()
    _forget_old(caller, key)
    with transaction.atomic():
        row, made = IdempotentCall.objects.get_or_create(
            caller=caller,
            key=key,
            defaults={
                "fingerprint": fingerprint,
                "holder": holder,
                "held_until": now + held_for,
                "created_at": now,
            },
        )
        if not made and row.fingerprint != fingerprint:
            raise KeyReused(f"This {HEADER} was sent with another request.")
        if not made and row.status is not None:
            return row
        if not made:
            left_s = (row.held_until - now).total_seconds()
            same = IdempotentCall.objects.filter(pk=row.pk, holder=row.holder, status=None)
            if left_s > 0 or not same.update(holder=holder, held_until=now + held_for):
                raise KeyInFlight(
                    f"A request with this {HEADER} is being worked on.", retry_after_s=1
                )
    return _Held(row.pk, holder, f"{caller}\0{key}")


def _keep(held: _Held, answer: HttpResponseBase) -> None:
    """Write the answer down. Raises KeyInFlight when somebody has taken over."""
    mine = IdempotentCall.objects.filter(pk=held.pk, holder=held.holder, status=None)
    if not mine.update(
        status=answer.status_code, answer_sealed=_sealed(_written(answer), held.place)
    ):
        raise KeyInFlight(f"Another request with this {HEADER} has taken over.", retry_after_s=1)


def _let_go(held: _Held) -> None:
    IdempotentCall.objects.filter(pk=held.pk, holder=held.holder, status=None).delete()


def _forget_old(caller: str, key: str) -> None:
    """Let go of what is too old to count: this key's call, and some others."""
    old = IdempotentCall.objects.filter(created_at__lt=timezone.now() - KEPT_FOR)
    some = old.order_by("created_at").values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]
    if keys := list(some):
        IdempotentCall.objects.filter(pk__in=keys).delete()
        old.filter(caller=caller, key=key).delete()


# --- The answer -----------------------------------------------------------------------------------


def _written(answer: HttpResponseBase) -> dict[str, Any]:
    headers = {name: value for name, value in answer.items() if name.lower() != "set-cookie"}
    if isinstance(answer, Response):
        headers.pop("Content-Type", None)  # who asks again may want another kind
        data = json.loads(JSONRenderer().render(answer.data) or b"null")
        return {"data": data, "headers": headers}
    content = answer.content.decode() if isinstance(answer, HttpResponse) else ""
    return {"content": content, "headers": headers}


def _replayed(row: IdempotentCall) -> HttpResponseBase:
    written = _opened(bytes(row.answer_sealed or b""), f"{row.caller}\0{row.key}")
    headers = written["headers"] | {REPLAYED: "true"}
    if "data" in written:
        return Response(written["data"], status=row.status, headers=headers)
    return HttpResponse(written["content"], status=row.status, headers=headers)


def _sealed(written: dict[str, Any], place: str) -> bytes:
    """Answers may show a secret once; they lie here for a week, so they are sealed."""
    return seal(json.dumps(written).encode(), purpose=_PURPOSE, place=place)


def _opened(sealed: bytes, place: str) -> dict[str, Any]:
    text = unseal(sealed, purpose=_PURPOSE, place=place)
    if text is None:
        raise AnswerLost("It was done, but its answer cannot be opened any more.")
    written: dict[str, Any] = json.loads(text)
    return written
