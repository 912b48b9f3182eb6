from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.publication_status_enum import PublicationStatusEnum, check_publication_status_enum

if TYPE_CHECKING:
    from ..models.approval_out import ApprovalOut
    from ..models.evidence_out import EvidenceOut
    from ..models.preflight_out import PreflightOut
    from ..models.step_out import StepOut
    from ..models.trail_out import TrailOut


T = TypeVar("T", bound="PublicationDetailOut")


@_attrs_define
class PublicationDetailOut:
    """A publication with its evidence.

    Attributes:
        id (UUID):
        status (PublicationStatusEnum): * `draft` - Draft
            * `awaiting` - Awaiting approval
            * `scheduled` - Scheduled
            * `publishing` - Publishing
            * `unknown` - Outcome unknown
            * `delivered` - In the creator's inbox
            * `missed` - Missed its time
            * `published` - Published
            * `failed` - Failed
            * `cancelled` - Cancelled
        sentence (str): What its status means.
        platform (str):
        account (str):
        social_account (UUID):
        clip_variant (UUID):
        clip (UUID):
        title (str):
        caption (str):
        privacy (str):
        options (Any): Per-platform settings.
        scheduled_at (datetime.datetime | None):
        local_time (datetime.datetime | None):
        published_at (datetime.datetime | None):
        external_post_id (str):
        url (str):
        error (str):
        preflight (PreflightOut): What the last check by the destination's schema said.
        repeat_allowed (bool): It may go out though it repeats an earlier post.
        created_at (datetime.datetime):
        content_hash (str): Of what it says now; an approval is bound to it.
        approval (ApprovalOut): Whose yes a publication needs, and whose it has for what it says now.
        evidence (EvidenceOut): Why we believe what the status says.
        steps (list[StepOut]):
        ledger_trail (list[TrailOut]):
    """

    id: UUID
    status: PublicationStatusEnum
    sentence: str
    platform: str
    account: str
    social_account: UUID
    clip_variant: UUID
    clip: UUID
    title: str
    caption: str
    privacy: str
    options: Any
    scheduled_at: datetime.datetime | None
    local_time: datetime.datetime | None
    published_at: datetime.datetime | None
    external_post_id: str
    url: str
    error: str
    preflight: PreflightOut
    repeat_allowed: bool
    created_at: datetime.datetime
    content_hash: str
    approval: ApprovalOut
    evidence: EvidenceOut
    steps: list[StepOut]
    ledger_trail: list[TrailOut]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        status: str = self.status

        sentence = self.sentence

        platform = self.platform

        account = self.account

        social_account = str(self.social_account)

        clip_variant = str(self.clip_variant)

        clip = str(self.clip)

        title = self.title

        caption = self.caption

        privacy = self.privacy

        options = self.options

        scheduled_at: None | str
        if isinstance(self.scheduled_at, datetime.datetime):
            scheduled_at = self.scheduled_at.isoformat()
        else:
            scheduled_at = self.scheduled_at

        local_time: None | str
        if isinstance(self.local_time, datetime.datetime):
            local_time = self.local_time.isoformat()
        else:
            local_time = self.local_time

        published_at: None | str
        if isinstance(self.published_at, datetime.datetime):
            published_at = self.published_at.isoformat()
        else:
            published_at = self.published_at

        external_post_id = self.external_post_id

        url = self.url

        error = self.error

        preflight = self.preflight.to_dict()

        repeat_allowed = self.repeat_allowed

        created_at = self.created_at.isoformat()

        content_hash = self.content_hash

        approval = self.approval.to_dict()

        evidence = self.evidence.to_dict()

        steps = []
        for steps_item_data in self.steps:
            steps_item = steps_item_data.to_dict()
            steps.append(steps_item)

        ledger_trail = []
        for ledger_trail_item_data in self.ledger_trail:
            ledger_trail_item = ledger_trail_item_data.to_dict()
            ledger_trail.append(ledger_trail_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "status": status,
                "sentence": sentence,
                "platform": platform,
                "account": account,
                "social_account": social_account,
                "clip_variant": clip_variant,
                "clip": clip,
                "title": title,
                "caption": caption,
                "privacy": privacy,
                "options": options,
                "scheduled_at": scheduled_at,
                "local_time": local_time,
                "published_at": published_at,
                "external_post_id": external_post_id,
                "url": url,
                "error": error,
                "preflight": preflight,
                "repeat_allowed": repeat_allowed,
                "created_at": created_at,
                "content_hash": content_hash,
                "approval": approval,
                "evidence": evidence,
                "steps": steps,
                "ledger_trail": ledger_trail,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.approval_out import ApprovalOut  # noqa: PLC0415
        from ..models.evidence_out import EvidenceOut  # noqa: PLC0415
        from ..models.preflight_out import PreflightOut  # noqa: PLC0415
        from ..models.step_out import StepOut  # noqa: PLC0415
        from ..models.trail_out import TrailOut  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        status = check_publication_status_enum(d.pop("status"))

        sentence = d.pop("sentence")

        platform = d.pop("platform")

        account = d.pop("account")

        social_account = UUID(d.pop("social_account"))

        clip_variant = UUID(d.pop("clip_variant"))

        clip = UUID(d.pop("clip"))

        title = d.pop("title")

        caption = d.pop("caption")

        privacy = d.pop("privacy")

        options = d.pop("options")

        def _parse_scheduled_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                scheduled_at_type_0 = datetime.datetime.fromisoformat(data)

                return scheduled_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        scheduled_at = _parse_scheduled_at(d.pop("scheduled_at"))

        def _parse_local_time(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                local_time_type_0 = datetime.datetime.fromisoformat(data)

                return local_time_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        local_time = _parse_local_time(d.pop("local_time"))

        def _parse_published_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                published_at_type_0 = datetime.datetime.fromisoformat(data)

                return published_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        published_at = _parse_published_at(d.pop("published_at"))

        external_post_id = d.pop("external_post_id")

        url = d.pop("url")

        error = d.pop("error")

        preflight = PreflightOut.from_dict(d.pop("preflight"))

        repeat_allowed = d.pop("repeat_allowed")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        content_hash = d.pop("content_hash")

        approval = ApprovalOut.from_dict(d.pop("approval"))

        evidence = EvidenceOut.from_dict(d.pop("evidence"))

        steps = []
        _steps = d.pop("steps")
        for steps_item_data in _steps:
            steps_item = StepOut.from_dict(steps_item_data)

            steps.append(steps_item)

        ledger_trail = []
        _ledger_trail = d.pop("ledger_trail")
        for ledger_trail_item_data in _ledger_trail:
            ledger_trail_item = TrailOut.from_dict(ledger_trail_item_data)

            ledger_trail.append(ledger_trail_item)

        publication_detail_out = cls(
            id=id,
            status=status,
            sentence=sentence,
            platform=platform,
            account=account,
            social_account=social_account,
            clip_variant=clip_variant,
            clip=clip,
            title=title,
            caption=caption,
            privacy=privacy,
            options=options,
            scheduled_at=scheduled_at,
            local_time=local_time,
            published_at=published_at,
            external_post_id=external_post_id,
            url=url,
            error=error,
            preflight=preflight,
            repeat_allowed=repeat_allowed,
            created_at=created_at,
            content_hash=content_hash,
            approval=approval,
            evidence=evidence,
            steps=steps,
            ledger_trail=ledger_trail,
        )

        publication_detail_out.additional_properties = d
        return publication_detail_out

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
