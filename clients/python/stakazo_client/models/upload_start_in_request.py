from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="UploadStartInRequest")


@_attrs_define
class UploadStartInRequest:
    """A video that is going to be sent.

    Attributes:
        size_bytes (int):
        filename (str | Unset):  Default: ''.
        title (str | Unset):  Default: ''.
        content_type (str | Unset):
        sha256 (str | Unset): Of the whole file; what arrives is checked against it.
    """

    size_bytes: int
    filename: str | Unset = ""
    title: str | Unset = ""
    content_type: str | Unset = UNSET
    sha256: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        size_bytes = self.size_bytes

        filename = self.filename

        title = self.title

        content_type: str | Unset
        if isinstance(self.content_type, Unset):
            content_type = UNSET
        else:
            content_type = self.content_type

        sha256: str | Unset
        if isinstance(self.sha256, Unset):
            sha256 = UNSET
        else:
            sha256 = self.sha256

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "size_bytes": size_bytes,
            }
        )
        if filename is not UNSET:
            field_dict["filename"] = filename
        if title is not UNSET:
            field_dict["title"] = title
        if content_type is not UNSET:
            field_dict["content_type"] = content_type
        if sha256 is not UNSET:
            field_dict["sha256"] = sha256

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        size_bytes = d.pop("size_bytes")

        filename = d.pop("filename", UNSET)

        title = d.pop("title", UNSET)

        def _parse_content_type(data: object) -> str | Unset:
            if isinstance(data, Unset):
                return data
            return cast(str | Unset, data)

        content_type = _parse_content_type(d.pop("content_type", UNSET))

        def _parse_sha256(data: object) -> str | Unset:
            if isinstance(data, Unset):
                return data
            return cast(str | Unset, data)

        sha256 = _parse_sha256(d.pop("sha256", UNSET))

        upload_start_in_request = cls(
            size_bytes=size_bytes,
            filename=filename,
            title=title,
            content_type=content_type,
            sha256=sha256,
        )

        upload_start_in_request.additional_properties = d
        return upload_start_in_request

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
