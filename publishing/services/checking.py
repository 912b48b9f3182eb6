"""When preflight runs, and what becomes of its answer.

When a publication is wanted, scheduled, moved to another time or retried, and once more just before
the first call of its job: the schema may be a newer one by then, and the file may be gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from jobs.registry import GiveUp
from jobs.running import Running
from media_assets.file_facts import FileFacts
from media_assets.models import ClipVariant
from media_assets.services.variants import file_facts_of
from publishing import queries
from publishing.errors import NotPublishable
from publishing.models import PUBLICATION, Publication, SocialAccount
from publishing.payloads import PublishClip
from publishing.platforms.base import Content
from publishing.preflight import AccountFacts, Finding, Schema, Severity, Subject, findings_of
from stakazo.core.errors import Conflict, StakazoError


@dataclass(frozen=True)
class Checked:
    """What one look has found."""

    schema: Schema
    findings: Sequence[Finding]

    @property
    def errors(self) -> list[Finding]:
        """Those that keep it from being posted."""
        return [each for each in self.findings if each.severity is Severity.ERROR]

    @property
    def columns(self) -> dict[str, Any]:
        """What the publication keeps of it."""
        return {
            "preflight_version": self.schema.ref,
            "preflight_at": timezone.now(),
            "preflight_findings": [each.as_data() for each in self.findings],
        }

    @property
    def refusal(self) -> NotPublishable:
        """The error that says all of it."""
        return NotPublishable(
            " ".join(each.message for each in self.errors),
            destination=self.schema.name,
            version=self.schema.version,
            problems=[each.as_data() for each in self.errors],
        )


def check(variant: ClipVariant, account: SocialAccount, content: Content) -> Checked:
    """What the platform would say to it, without asking. Raises what may pass, such as Unavailable."""
    file, trouble = _file_of(variant)
    return _checked(file, trouble, account, content)


def check_content(variant: ClipVariant, account: SocialAccount, content: Content) -> Checked:
    """Raises NotPublishable with every problem and its cure."""
    checked = check(variant, account, content)
    if checked.errors:
        raise checked.refusal
    return checked


def check_publishable(variant: ClipVariant, account: SocialAccount, content: Content) -> Checked:
    """As check_content; raises also Conflict when the account is not ready."""
    checked = check_content(variant, account, content)
    if account.status != SocialAccount.Status.CONNECTED:
        raise Conflict(
            f"The account {account} is not connected. Connect it again first.",
            account_id=str(account.pk),
            status=account.status,
        )
    return checked


def check_again(publication: Publication, *, account_too: bool = True) -> Checked:
    """Of what is wanted already: check_publishable, or check_content where the account may be out."""
    look = check_publishable if account_too else check_content
    return look(
        publication.clip_variant, publication.social_account, queries.content_of(publication)
    )


def refused_before_the_first_call(
    publication: Publication, job: Running[PublishClip]
) -> GiveUp | None:
    """The last look. What would be refused fails here, with its reasons, and no platform hears of it."""
    variant = publication.clip_variant
    trouble = _no_longer_stored(variant)
    file, trouble = (None, trouble) if trouble else _file_of(variant)
    content = queries.content_of(publication)
    checked = _checked(file, trouble, publication.social_account, content)
    with job.guarded():
        if not checked.errors:
            Publication.objects.filter(pk=publication.pk).update(**checked.columns)
            return None
        error = checked.refusal
        PUBLICATION.move(
            publication,
            Publication.Status.FAILED,
            why=error.message,
            values={"error": error.message, **checked.columns},
            metadata={"error_code": error.code, **error.details},
        )
    return GiveUp(error.message, error.code)


def _checked(
    file: FileFacts | None, trouble: str, account: SocialAccount, content: Content
) -> Checked:
    facts = AccountFacts(
        live=account.mode == SocialAccount.Mode.LIVE,
        profile=account.profile,
        declared=frozenset(settings.DECLARATIONS),
        scopes=frozenset(account.scopes),
    )
    return Checked(*findings_of(Subject(account.platform, file, content, facts, trouble)))


def _file_of(variant: ClipVariant) -> tuple[FileFacts | None, str]:
    """The facts, or why there are none."""
    try:
        return file_facts_of(variant), ""
    except StakazoError as error:
        if not error.permanent:
            raise
        return None, error.message


def _no_longer_stored(variant: ClipVariant) -> str:
    """Why the file cannot be what was checked, by one question to the storage."""
    storage, name = variant.file.storage, str(variant.file.name)
    if not storage.exists(name):
        return "The file is no longer in the storage."
    if storage.size(name) != variant.size_bytes:
        return "The storage holds another file than the one that was rendered."
    return ""
