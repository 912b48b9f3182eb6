from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from .. import types
from ..types import UNSET, File, FileTypes, Unset

T = TypeVar("T", bound="CardInRequest")


@_attrs_define
class CardInRequest:
    """A picture of at most 8 MiB, words, or both.

    Attributes:
        file (File | Unset): PNG, WebP or JPEG.
        name (str | Unset):  Default: ''.
        text (str | Unset):  Default: ''.
        background (str | Unset): A colour such as #101418. Default: '#101418'.
        duration_ms (int | Unset):  Default: 2500.
    """

    file: File | Unset = UNSET
    name: str | Unset = ""
    text: str | Unset = ""
    background: str | Unset = "#101418"
    duration_ms: int | Unset = 2500
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        file: FileTypes | Unset = UNSET
        if not isinstance(self.file, Unset):
            file = self.file.to_tuple()

        name = self.name

        text = self.text

        background = self.background

        duration_ms = self.duration_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if file is not UNSET:
            field_dict["file"] = file
        if name is not UNSET:
            field_dict["name"] = name
        if text is not UNSET:
            field_dict["text"] = text
        if background is not UNSET:
            field_dict["background"] = background
        if duration_ms is not UNSET:
            field_dict["duration_ms"] = duration_ms

        return field_dict

    def to_multipart(self) -> types.RequestFiles:
        files: types.RequestFiles = []

        if not isinstance(self.file, Unset):
            files.append(("file", self.file.to_tuple()))

        if not isinstance(self.name, Unset):
            files.append(("name", (None, str(self.name).encode(), "text/plain")))

        if not isinstance(self.text, Unset):
            files.append(("text", (None, str(self.text).encode(), "text/plain")))

        if not isinstance(self.background, Unset):
            files.append(("background", (None, str(self.background).encode(), "text/plain")))

        if not isinstance(self.duration_ms, Unset):
            files.append(("duration_ms", (None, str(self.duration_ms).encode(), "text/plain")))

        for prop_name, prop in self.additional_properties.items():
            files.append((prop_name, (None, str(prop).encode(), "text/plain")))

        return files

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _file = d.pop("file", UNSET)
        file: File | Unset
        if isinstance(_file, Unset):
            file = UNSET
        else:
            file = File(payload=BytesIO(_file))

        name = d.pop("name", UNSET)

        text = d.pop("text", UNSET)

        background = d.pop("background", UNSET)

        duration_ms = d.pop("duration_ms", UNSET)

        card_in_request = cls(
            file=file,
            name=name,
            text=text,
            background=background,
            duration_ms=duration_ms,
        )

        card_in_request.additional_properties = d
        return card_in_request

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
