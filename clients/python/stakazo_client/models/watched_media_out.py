from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.watched_media_out_variants import WatchedMediaOutVariants
    from ..models.watched_media_out_videos import WatchedMediaOutVideos


T = TypeVar("T", bound="WatchedMediaOut")


@_attrs_define
class WatchedMediaOut:
    """Videos, clips and variants.

    Attributes:
        videos (WatchedMediaOutVideos): By status.
        clips_ready (int):
        clips_published (int):
        clips_archived (int):
        variants (WatchedMediaOutVariants): By format.
    """

    videos: WatchedMediaOutVideos
    clips_ready: int
    clips_published: int
    clips_archived: int
    variants: WatchedMediaOutVariants
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        videos = self.videos.to_dict()

        clips_ready = self.clips_ready

        clips_published = self.clips_published

        clips_archived = self.clips_archived

        variants = self.variants.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "videos": videos,
                "clips_ready": clips_ready,
                "clips_published": clips_published,
                "clips_archived": clips_archived,
                "variants": variants,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.watched_media_out_variants import WatchedMediaOutVariants  # noqa: PLC0415
        from ..models.watched_media_out_videos import WatchedMediaOutVideos  # noqa: PLC0415

        d = dict(src_dict)
        videos = WatchedMediaOutVideos.from_dict(d.pop("videos"))

        clips_ready = d.pop("clips_ready")

        clips_published = d.pop("clips_published")

        clips_archived = d.pop("clips_archived")

        variants = WatchedMediaOutVariants.from_dict(d.pop("variants"))

        watched_media_out = cls(
            videos=videos,
            clips_ready=clips_ready,
            clips_published=clips_published,
            clips_archived=clips_archived,
            variants=variants,
        )

        watched_media_out.additional_properties = d
        return watched_media_out

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
