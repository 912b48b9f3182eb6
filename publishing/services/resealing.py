"""After a new key was put in front of STAKAZO_TOKEN_KEYS: seal every secret with it.

Row by row, each in one conditional update, so it may be stopped and begun again at any time, and beside
workers that renew tokens. What is sealed with the first key already is left alone.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet

from publishing import vault
from publishing.errors import SealBroken
from publishing.models import OAuthState, SocialAccount, WebsubLease
from publishing.outgoing.models import WebhookSubscriber
from publishing.services import choosing, leases, subscribers

MOST_NAMED = 20


@dataclass(frozen=True)
class Sealed:
    """The sealed columns of a model. places: column → what its text is bound to, for a row."""

    model: type[Model]
    places: dict[str, Callable[[Any], str]]  # Any: each takes rows of its own model

    def rows(self) -> QuerySet[Any]:
        """Those that have something sealed with another key than the first."""
        first, stale = vault.first_key_prefix(), Q(pk__in=[])
        for column in self.places:
            stale |= ~Q(**{column: ""}) & ~Q(**{f"{column}__startswith": first})
        return self.model._default_manager.filter(stale).order_by("pk")


SEALED = (
    Sealed(
        SocialAccount,
        {
            "access_token_sealed": lambda row: vault.place_of(row, "access"),
            "refresh_token_sealed": lambda row: vault.place_of(row, "refresh"),
            "former_refresh_sealed": lambda row: vault.place_of(row, "former_refresh"),
        },
    ),
    Sealed(
        OAuthState,
        {
            "verifier_sealed": lambda row: choosing.verifier_place(row.state_hash),
            "tokens_sealed": choosing.place_of,
        },
    ),
    Sealed(WebsubLease, {"secret_sealed": leases.secret_place}),
    Sealed(
        WebhookSubscriber,
        {
            "secret_sealed": subscribers.secret_place,
            "former_secret_sealed": subscribers.former_place,
        },
    ),
)


def _as_they_come(rows: Iterable[Any], *, what: str, total: int) -> Iterable[Any]:
    return rows


def reseal(
    *, dry_run: bool = False, watch: Callable[..., Iterable[Any]] = _as_they_come
) -> dict[str, Any]:
    """Seal what another key sealed. Answers {resealed, skipped, failed, broken, rows}.

    resealed: rows; in a dry run, those that would be. skipped: somebody else wrote to them meanwhile.
    failed: rows that no key opens, the first of them named in broken. rows: resealed by table.
    watch: sees the rows go by, as stakazo.core.commands.progress does.
    """
    answer: dict[str, Any] = {"resealed": 0, "skipped": 0, "failed": 0, "broken": [], "rows": {}}
    for sealed in SEALED:
        table, rows = sealed.model._meta.db_table, sealed.rows()
        for row in watch(_each(rows), what=table, total=rows.count()):
            try:
                done = _reseal_row(sealed, row, dry_run=dry_run)
            except SealBroken:
                answer["failed"] += 1
                answer["broken"] = [*answer["broken"], f"{table} {row.pk}"][:MOST_NAMED]
                continue
            answer["resealed" if done else "skipped"] += 1
            if done:
                answer["rows"][table] = answer["rows"].get(table, 0) + 1
    return answer


def _each(rows: QuerySet[Any]) -> Iterator[Any]:
    """The rows by pk, a few hundred at a time, so that no cursor stays open while they change."""
    last: Any = None
    while batch := list((rows if last is None else rows.filter(pk__gt=last))[:500]):
        yield from batch
        last = batch[-1].pk


def _reseal_row(sealed: Sealed, row: Any, *, dry_run: bool) -> bool:
    """Whether the row was still as it was read. Raises SealBroken."""
    here = {column: getattr(row, column) for column in sealed.places}
    plain = {
        column: vault.unseal(here[column], bound_to=place(row))
        for column, place in sealed.places.items()
    }
    if dry_run:
        return True
    fresh = {
        column: vault.seal(plain[column], bound_to=place(row))
        for column, place in sealed.places.items()
    }
    same = sealed.model._default_manager.filter(pk=row.pk, **here)
    return bool(same.update(**fresh))
