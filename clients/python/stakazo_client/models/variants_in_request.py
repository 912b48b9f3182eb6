from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.captions_position_enum import CaptionsPositionEnum, check_captions_position_enum
from ..types import UNSET, Unset

T = TypeVar("T", bound="VariantsInRequest")


@_attrs_define
class VariantsInRequest:
    """Which formats to render a clip in (the default ones when none is named), and what to compose it with.

    Attributes:
        title (str | Unset):  Default: ''.
        caption (str | Unset):  Default: ''.
        captions (None | Unset | UUID): Captions to burn in.
        captions_size (float | Unset): 1 is usual. Default: 1.0.
        captions_position (CaptionsPositionEnum | Unset): * `bottom` - bottom
            * `middle` - middle
            * `top` - top Default: 'bottom'.
        captions_box (bool | Unset): On a dark box; else outlined. Default: True.
        watermark (None | Unset | UUID):
        intro (None | Unset | UUID): Id of a card or a video (30 s).
        outro (None | Unset | UUID): Id of a card or a video (30 s).
        crossfade_ms (int | Unset): Between intro, clip and outro. Default: 0.
        formats (list[str] | Unset): Names from GET /formats.
    """

    title: str | Unset = ""
    caption: str | Unset = ""
    captions: None | Unset | UUID = UNSET
    captions_size: float | Unset = 1.0
    captions_position: CaptionsPositionEnum | Unset = "bottom"
    captions_box: bool | Unset = True
    watermark: None | Unset | UUID = UNSET
    intro: None | Unset | UUID = UNSET
    outro: None | Unset | UUID = UNSET
    crossfade_ms: int | Unset = 0
    formats: list[str] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        title = self.title

        caption = self.caption

        captions: None | str | Unset
        if isinstance(self.captions, Unset):
            captions = UNSET
        elif isinstance(self.captions, UUID):
            captions = str(self.captions)
        else:
            captions = self.captions

        captions_size = self.captions_size

        captions_position: str | Unset = UNSET
        if not isinstance(self.captions_position, Unset):
            captions_position = self.captions_position

        captions_box = self.captions_box

        watermark: None | str | Unset
        if isinstance(self.watermark, Unset):
            watermark = UNSET
        elif isinstance(self.watermark, UUID):
            watermark = str(self.watermark)
        else:
            watermark = self.watermark

        intro: None | str | Unset
        if isinstance(self.intro, Unset):
            intro = UNSET
        elif isinstance(self.intro, UUID):
            intro = str(self.intro)
        else:
            intro = self.intro

        outro: None | str | Unset
        if isinstance(self.outro, Unset):
            outro = UNSET
        elif isinstance(self.outro, UUID):
            outro = str(self.outro)
        else:
            outro = self.outro

        crossfade_ms = self.crossfade_ms

        formats: list[str] | Unset = UNSET
        if not isinstance(self.formats, Unset):
            formats = self.formats

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if title is not UNSET:
            field_dict["title"] = title
        if caption is not UNSET:
            field_dict["caption"] = caption
        if captions is not UNSET:
            field_dict["captions"] = captions
        if captions_size is not UNSET:
            field_dict["captions_size"] = captions_size
        if captions_position is not UNSET:
            field_dict["captions_position"] = captions_position
        if captions_box is not UNSET:
            field_dict["captions_box"] = captions_box
        if watermark is not UNSET:
            field_dict["watermark"] = watermark
        if intro is not UNSET:
            field_dict["intro"] = intro
        if outro is not UNSET:
            field_dict["outro"] = outro
        if crossfade_ms is not UNSET:
            field_dict["crossfade_ms"] = crossfade_ms
        if formats is not UNSET:
            field_dict["formats"] = formats

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        title = d.pop("title", UNSET)

        caption = d.pop("caption", UNSET)

        def _parse_captions(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                captions_type_0 = UUID(data)

                return captions_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        captions = _parse_captions(d.pop("captions", UNSET))

        captions_size = d.pop("captions_size", UNSET)

        _captions_position = d.pop("captions_position", UNSET)
        captions_position: CaptionsPositionEnum | Unset
        if isinstance(_captions_position, Unset):
            captions_position = UNSET
        else:
            captions_position = check_captions_position_enum(_captions_position)

        captions_box = d.pop("captions_box", UNSET)

        def _parse_watermark(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                watermark_type_0 = UUID(data)

                return watermark_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        watermark = _parse_watermark(d.pop("watermark", UNSET))

        def _parse_intro(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                intro_type_0 = UUID(data)

                return intro_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        intro = _parse_intro(d.pop("intro", UNSET))

        def _parse_outro(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                outro_type_0 = UUID(data)

                return outro_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        outro = _parse_outro(d.pop("outro", UNSET))

        crossfade_ms = d.pop("crossfade_ms", UNSET)

        formats = cast(list[str], d.pop("formats", UNSET))

        variants_in_request = cls(
            title=title,
            caption=caption,
            captions=captions,
            captions_size=captions_size,
            captions_position=captions_position,
            captions_box=captions_box,
            watermark=watermark,
            intro=intro,
            outro=outro,
            crossfade_ms=crossfade_ms,
            formats=formats,
        )

        variants_in_request.additional_properties = d
        return variants_in_request

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
