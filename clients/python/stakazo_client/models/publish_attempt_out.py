from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.blank_enum import BlankEnum, check_blank_enum
from ..models.error_kind_enum import ErrorKindEnum, check_error_kind_enum
from ..models.publish_log_status_enum import PublishLogStatusEnum, check_publish_log_status_enum
from ..models.publish_phase_enum import PublishPhaseEnum, check_publish_phase_enum

if TYPE_CHECKING:
    from ..models.publish_attempt_out_handle import PublishAttemptOutHandle


T = TypeVar("T", bound="PublishAttemptOut")


@_attrs_define
class PublishAttemptOut:
    """One attempt to make it real.

    Attributes:
        id (UUID):
        status (PublishLogStatusEnum): * `pending` - Pending
            * `processing` - Processing
            * `retry` - Retry
            * `success` - Success
            * `failed` - Failed
        phase (PublishPhaseEnum): * `intent` - Intent written
            * `prepared` - Handle known
            * `committing` - Past the point of no return
            * `accepted` - Accepted by the platform
            * `settled` - Settled
        handle (PublishAttemptOutHandle):
        external_post_id (str):
        external_url (str):
        extra_metadata (Any):
        error_code (str):
        error_kind (BlankEnum | ErrorKindEnum):
        error (str):
        remedy (str): What a person does about it.
        created_at (datetime.datetime):
        updated_at (datetime.datetime):
        settled_at (datetime.datetime | None):
    """

    id: UUID
    status: PublishLogStatusEnum
    phase: PublishPhaseEnum
    handle: PublishAttemptOutHandle
    external_post_id: str
    external_url: str
    extra_metadata: Any
    error_code: str
    error_kind: BlankEnum | ErrorKindEnum
    error: str
    remedy: str
    created_at: datetime.datetime
    updated_at: datetime.datetime
    settled_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        status: str = self.status

        phase: str = self.phase

        handle = self.handle.to_dict()

        external_post_id = self.external_post_id

        external_url = self.external_url

        extra_metadata = self.extra_metadata

        error_code = self.error_code

        error_kind: str
        if isinstance(self.error_kind, str):
            error_kind = self.error_kind
        else:
            error_kind = self.error_kind

        error = self.error

        remedy = self.remedy

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        settled_at: None | str
        if isinstance(self.settled_at, datetime.datetime):
            settled_at = self.settled_at.isoformat()
        else:
            settled_at = self.settled_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "status": status,
                "phase": phase,
                "handle": handle,
                "external_post_id": external_post_id,
                "external_url": external_url,
                "extra_metadata": extra_metadata,
                "error_code": error_code,
                "error_kind": error_kind,
                "error": error,
                "remedy": remedy,
                "created_at": created_at,
                "updated_at": updated_at,
                "settled_at": settled_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.publish_attempt_out_handle import PublishAttemptOutHandle  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        status = check_publish_log_status_enum(d.pop("status"))

        phase = check_publish_phase_enum(d.pop("phase"))

        handle = PublishAttemptOutHandle.from_dict(d.pop("handle"))

        external_post_id = d.pop("external_post_id")

        external_url = d.pop("external_url")

        extra_metadata = d.pop("extra_metadata")

        error_code = d.pop("error_code")

        def _parse_error_kind(data: object) -> BlankEnum | ErrorKindEnum:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                error_kind_type_0 = check_error_kind_enum(data)

                return error_kind_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, str):
                raise TypeError()
            error_kind_type_1 = check_blank_enum(data)

            return error_kind_type_1

        error_kind = _parse_error_kind(d.pop("error_kind"))

        error = d.pop("error")

        remedy = d.pop("remedy")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        def _parse_settled_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                settled_at_type_0 = datetime.datetime.fromisoformat(data)

                return settled_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        settled_at = _parse_settled_at(d.pop("settled_at"))

        publish_attempt_out = cls(
            id=id,
            status=status,
            phase=phase,
            handle=handle,
            external_post_id=external_post_id,
            external_url=external_url,
            extra_metadata=extra_metadata,
            error_code=error_code,
            error_kind=error_kind,
            error=error,
            remedy=remedy,
            created_at=created_at,
            updated_at=updated_at,
            settled_at=settled_at,
        )

        publish_attempt_out.additional_properties = d
        return publish_attempt_out

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
