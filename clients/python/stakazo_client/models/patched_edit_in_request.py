from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.patched_edit_in_request_options import PatchedEditInRequestOptions


T = TypeVar("T", bound="PatchedEditInRequest")


@_attrs_define
class PatchedEditInRequest:
    """What to change; what is left out stays as it is.

    Attributes:
        title (str | Unset):
        caption (str | Unset):
        privacy (str | Unset):
        options (PatchedEditInRequestOptions | Unset):
        allow_repeat (bool | Unset): True: though the same clip went out there with nearly the same words. Default:
            False.
    """

    title: str | Unset = UNSET
    caption: str | Unset = UNSET
    privacy: str | Unset = UNSET
    options: PatchedEditInRequestOptions | Unset = UNSET
    allow_repeat: bool | Unset = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        title = self.title

        caption = self.caption

        privacy = self.privacy

        options: dict[str, Any] | Unset = UNSET
        if not isinstance(self.options, Unset):
            options = self.options.to_dict()

        allow_repeat = self.allow_repeat

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if title is not UNSET:
            field_dict["title"] = title
        if caption is not UNSET:
            field_dict["caption"] = caption
        if privacy is not UNSET:
            field_dict["privacy"] = privacy
        if options is not UNSET:
            field_dict["options"] = options
        if allow_repeat is not UNSET:
            field_dict["allow_repeat"] = allow_repeat

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.patched_edit_in_request_options import PatchedEditInRequestOptions  # noqa: PLC0415

        d = dict(src_dict)
        title = d.pop("title", UNSET)

        caption = d.pop("caption", UNSET)

        privacy = d.pop("privacy", UNSET)

        _options = d.pop("options", UNSET)
        options: PatchedEditInRequestOptions | Unset
        if isinstance(_options, Unset):
            options = UNSET
        else:
            options = PatchedEditInRequestOptions.from_dict(_options)

        allow_repeat = d.pop("allow_repeat", UNSET)

        patched_edit_in_request = cls(
            title=title,
            caption=caption,
            privacy=privacy,
            options=options,
            allow_repeat=allow_repeat,
        )

        patched_edit_in_request.additional_properties = d
        return patched_edit_in_request

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
