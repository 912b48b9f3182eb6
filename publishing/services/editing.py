"""Changing what a publication says, before it goes out."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from ledger.machine import IllegalMove
from ledger.services import log_event
from publishing import queries
from publishing.models import Publication
from publishing.people import acting_user_id
from publishing.platforms.base import Content
from publishing.services import approvals, checking, publications, repeats
from stakazo.core.errors import Conflict
from stakazo.identity.reach import check_reach

Status = Publication.Status
EDITABLE = (Status.DRAFT, Status.AWAITING, Status.SCHEDULED, Status.MISSED, Status.FAILED)


def edit_publication(
    publication: Publication,
    *,
    title: str | None = None,
    caption: str | None = None,
    privacy: str | None = None,
    options: Mapping[str, Any] | None = None,
    allow_repeat: bool = False,
) -> Publication:
    """Change the words or the options; what is None stays. An approval of the former is withdrawn.

    Where its account asks for one, it then waits for the next. allow_repeat: it may say nearly what
    another of the same clip says. Raises IllegalMove once it is on its way or over, NotPublishable,
    Conflict, Repeated.
    """
    check_reach(publication.social_account.mode)
    given = {"title": title, "caption": caption, "privacy": privacy}
    wanted: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if options is not None:
        wanted["options"] = dict(options)
    with transaction.atomic():
        queries.hold_account(publication.social_account)
        rows = queries.publications().select_for_update(of=("self",))
        found = rows.get(pk=publication.pk)
        if found.status not in EDITABLE:
            raise IllegalMove(
                f"A publication that is {found.status} cannot be edited.",
                entity_id=str(found.pk),
                state=found.status,
                possible=list(EDITABLE),
            )
        if allow_repeat and not found.repeat_allowed:
            repeats.allow_repeat(found)
        changed = {name: new for name, new in wanted.items() if getattr(found, name) != new}
        if not changed:
            return found
        for name, new in changed.items():
            setattr(found, name, new)
        content = queries.content_of(found)
        checked = checking.check_publishable(found.clip_variant, found.social_account, content)
        if found.status not in (Status.DRAFT, Status.FAILED):  # those are looked at when they go
            repeats.guard(found)
        for name, new in checked.columns.items():
            setattr(found, name, new)
        _write(found, content, [*changed], also=[*checked.columns])
        approvals.forget_approval(found, why="It was edited.")
        if found.status == Status.SCHEDULED and queries.lacks_approval(found):
            publications.wait_or_ask(found, why="It was edited and needs approval.")
    return found


def _write(
    publication: Publication, content: Content, changed: list[str], *, also: list[str]
) -> None:
    publication.dedup_key = publications.dedup_key(
        publication.clip_variant, publication.social_account, content, publication.scheduled_at
    )
    author = acting_user_id()
    if author is not None and author not in publication.written_by:
        publication.written_by = [*publication.written_by, author]
    try:
        with transaction.atomic():
            publication.save(update_fields=[*changed, *also, "dedup_key", "written_by"])
    except IntegrityError:
        raise Conflict(
            "The same post is wanted by another publication already.",
            publication_id=str(publication.pk),
        ) from None
    log_event(
        "publication_edited",
        entity=publication,
        clip_id=publication.clip_variant.clip_id,
        metadata={"changed": changed},  # which, not what: captions are not for the ledger
    )
