from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.variant_out_facts import VariantOutFacts


T = TypeVar("T", bound="VariantOut")


@_attrs_define
class VariantOut:
    """A rendered file of a clip.

    Attributes:
        id (UUID):
        url (str):
        clip (UUID):
        format_ (str): Name of a RenderFormat.
        width_px (int):
        height_px (int):
        duration_ms (int):
        fps (float):
        has_audio (bool):
        size_bytes (int):
        sha256 (str):
        recipe_hash (str):
        facts (VariantOutFacts): What the check measured.
        created_at (datetime.datetime):
        file_url (None | str):
        thumbnail_url (None | str):
        captions_url (None | str):
    """

    id: UUID
    url: str
    clip: UUID
    format_: str
    width_px: int
    height_px: int
    duration_ms: int
    fps: float
    has_audio: bool
    size_bytes: int
    sha256: str
    recipe_hash: str
    facts: VariantOutFacts
    created_at: datetime.datetime
    file_url: None | str
    thumbnail_url: None | str
    captions_url: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        url = self.url

        clip = str(self.clip)

        format_ = self.format_

        width_px = self.width_px

        height_px = self.height_px

        duration_ms = self.duration_ms

        fps = self.fps

        has_audio = self.has_audio

        size_bytes = self.size_bytes

        sha256 = self.sha256

        recipe_hash = self.recipe_hash

        facts = self.facts.to_dict()

        created_at = self.created_at.isoformat()

        file_url: None | str
        file_url = self.file_url

        thumbnail_url: None | str
        thumbnail_url = self.thumbnail_url

        captions_url: None | str
        captions_url = self.captions_url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "url": url,
                "clip": clip,
                "format": format_,
                "width_px": width_px,
                "height_px": height_px,
                "duration_ms": duration_ms,
                "fps": fps,
                "has_audio": has_audio,
                "size_bytes": size_bytes,
                "sha256": sha256,
                "recipe_hash": recipe_hash,
                "facts": facts,
                "created_at": created_at,
                "file_url": file_url,
                "thumbnail_url": thumbnail_url,
                "captions_url": captions_url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.variant_out_facts import VariantOutFacts  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        url = d.pop("url")

        clip = UUID(d.pop("clip"))

        format_ = d.pop("format")

        width_px = d.pop("width_px")

        height_px = d.pop("height_px")

        duration_ms = d.pop("duration_ms")

        fps = d.pop("fps")

        has_audio = d.pop("has_audio")

        size_bytes = d.pop("size_bytes")

        sha256 = d.pop("sha256")

        recipe_hash = d.pop("recipe_hash")

        facts = VariantOutFacts.from_dict(d.pop("facts"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_file_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        file_url = _parse_file_url(d.pop("file_url"))

        def _parse_thumbnail_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        thumbnail_url = _parse_thumbnail_url(d.pop("thumbnail_url"))

        def _parse_captions_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        captions_url = _parse_captions_url(d.pop("captions_url"))

        variant_out = cls(
            id=id,
            url=url,
            clip=clip,
            format_=format_,
            width_px=width_px,
            height_px=height_px,
            duration_ms=duration_ms,
            fps=fps,
            has_audio=has_audio,
            size_bytes=size_bytes,
            sha256=sha256,
            recipe_hash=recipe_hash,
            facts=facts,
            created_at=created_at,
            file_url=file_url,
            thumbnail_url=thumbnail_url,
            captions_url=captions_url,
        )

        variant_out.additional_properties = d
        return variant_out

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
