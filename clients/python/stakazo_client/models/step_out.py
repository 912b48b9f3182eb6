from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.publish_step_status_enum import PublishStepStatusEnum, check_publish_step_status_enum
from ..models.step_kind_enum import StepKindEnum, check_step_kind_enum

T = TypeVar("T", bound="StepOut")


@_attrs_define
class StepOut:
    """One thing that is done to a post once it is live.

    Attributes:
        id (UUID):
        publication_id (UUID):
        kind (StepKindEnum): * `first_comment` - First comment
            * `thumbnail` - Thumbnail
        status (PublishStepStatusEnum): * `waiting` - Waiting
            * `sending` - Sending
            * `unknown` - Outcome unknown
            * `done` - Done
            * `failed` - Failed
            * `dropped` - Dropped
        sentence (str): What its status means.
        text (str): Of a comment.
        at_ms (int | None): Of a thumbnail: the moment of the video.
        external_id (str): The comment's id on the platform.
        sends (int): How often the platform was told to do it.
        error_code (str):
        error_kind (str): Of the last failure, as in the table of errors; empty: none.
        error (str):
        remedy (str): What a person does about it.
        created_at (datetime.datetime):
        updated_at (datetime.datetime):
        done_at (datetime.datetime | None):
    """

    id: UUID
    publication_id: UUID
    kind: StepKindEnum
    status: PublishStepStatusEnum
    sentence: str
    text: str
    at_ms: int | None
    external_id: str
    sends: int
    error_code: str
    error_kind: str
    error: str
    remedy: str
    created_at: datetime.datetime
    updated_at: datetime.datetime
    done_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        publication_id = str(self.publication_id)

        kind: str = self.kind

        status: str = self.status

        sentence = self.sentence

        text = self.text

        at_ms: int | None
        at_ms = self.at_ms

        external_id = self.external_id

        sends = self.sends

        error_code = self.error_code

        error_kind = self.error_kind

        error = self.error

        remedy = self.remedy

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        done_at: None | str
        if isinstance(self.done_at, datetime.datetime):
            done_at = self.done_at.isoformat()
        else:
            done_at = self.done_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "publication_id": publication_id,
                "kind": kind,
                "status": status,
                "sentence": sentence,
                "text": text,
                "at_ms": at_ms,
                "external_id": external_id,
                "sends": sends,
                "error_code": error_code,
                "error_kind": error_kind,
                "error": error,
                "remedy": remedy,
                "created_at": created_at,
                "updated_at": updated_at,
                "done_at": done_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        publication_id = UUID(d.pop("publication_id"))

        kind = check_step_kind_enum(d.pop("kind"))

        status = check_publish_step_status_enum(d.pop("status"))

        sentence = d.pop("sentence")

        text = d.pop("text")

        def _parse_at_ms(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        at_ms = _parse_at_ms(d.pop("at_ms"))

        external_id = d.pop("external_id")

        sends = d.pop("sends")

        error_code = d.pop("error_code")

        error_kind = d.pop("error_kind")

        error = d.pop("error")

        remedy = d.pop("remedy")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        def _parse_done_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                done_at_type_0 = datetime.datetime.fromisoformat(data)

                return done_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        done_at = _parse_done_at(d.pop("done_at"))

        step_out = cls(
            id=id,
            publication_id=publication_id,
            kind=kind,
            status=status,
            sentence=sentence,
            text=text,
            at_ms=at_ms,
            external_id=external_id,
            sends=sends,
            error_code=error_code,
            error_kind=error_kind,
            error=error,
            remedy=remedy,
            created_at=created_at,
            updated_at=updated_at,
            done_at=done_at,
        )

        step_out.additional_properties = d
        return step_out

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
