from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.upload_status_enum import UploadStatusEnum, check_upload_status_enum

if TYPE_CHECKING:
    from ..models.part_out import PartOut


T = TypeVar("T", bound="UploadStateOut")


@_attrs_define
class UploadStateOut:
    """How far an upload has come. parts: while it is open. video: when it is done.

    Attributes:
        id (UUID):
        url (str):
        status (UploadStatusEnum): * `open` - Open
            * `checking` - Being checked
            * `done` - Done
            * `refused` - Refused
            * `aborted` - Aborted
            * `expired` - Expired
        filename (str):
        title (str):
        size_bytes (int):
        part_bytes (int): Of each part but the last.
        expires_at (datetime.datetime):
        parts (list[PartOut]):
        video (None | UUID):
        created (bool | None): False: we had the same bytes already.
        error (str):
        error_code (str):
    """

    id: UUID
    url: str
    status: UploadStatusEnum
    filename: str
    title: str
    size_bytes: int
    part_bytes: int
    expires_at: datetime.datetime
    parts: list[PartOut]
    video: None | UUID
    created: bool | None
    error: str
    error_code: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        url = self.url

        status: str = self.status

        filename = self.filename

        title = self.title

        size_bytes = self.size_bytes

        part_bytes = self.part_bytes

        expires_at = self.expires_at.isoformat()

        parts = []
        for parts_item_data in self.parts:
            parts_item = parts_item_data.to_dict()
            parts.append(parts_item)

        video: None | str
        if isinstance(self.video, UUID):
            video = str(self.video)
        else:
            video = self.video

        created: bool | None
        created = self.created

        error = self.error

        error_code = self.error_code

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "url": url,
                "status": status,
                "filename": filename,
                "title": title,
                "size_bytes": size_bytes,
                "part_bytes": part_bytes,
                "expires_at": expires_at,
                "parts": parts,
                "video": video,
                "created": created,
                "error": error,
                "error_code": error_code,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.part_out import PartOut  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        url = d.pop("url")

        status = check_upload_status_enum(d.pop("status"))

        filename = d.pop("filename")

        title = d.pop("title")

        size_bytes = d.pop("size_bytes")

        part_bytes = d.pop("part_bytes")

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        parts = []
        _parts = d.pop("parts")
        for parts_item_data in _parts:
            parts_item = PartOut.from_dict(parts_item_data)

            parts.append(parts_item)

        def _parse_video(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                video_type_0 = UUID(data)

                return video_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        video = _parse_video(d.pop("video"))

        def _parse_created(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        created = _parse_created(d.pop("created"))

        error = d.pop("error")

        error_code = d.pop("error_code")

        upload_state_out = cls(
            id=id,
            url=url,
            status=status,
            filename=filename,
            title=title,
            size_bytes=size_bytes,
            part_bytes=part_bytes,
            expires_at=expires_at,
            parts=parts,
            video=video,
            created=created,
            error=error,
            error_code=error_code,
        )

        upload_state_out.additional_properties = d
        return upload_state_out

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
