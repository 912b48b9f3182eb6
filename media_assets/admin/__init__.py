"""Videos, clips and variants for operators, a file each."""

from media_assets.admin.captions import CaptionsAdmin
from media_assets.admin.clips import ClipAdmin
from media_assets.admin.formats import FormatRowAdmin
from media_assets.admin.graphics import CardAdmin, WatermarkAdmin
from media_assets.admin.uploads import UploadAdmin
from media_assets.admin.variants import ClipVariantAdmin
from media_assets.admin.videos import VideoAssetAdmin

__all__ = [
    "CaptionsAdmin",
    "CardAdmin",
    "ClipAdmin",
    "ClipVariantAdmin",
    "FormatRowAdmin",
    "UploadAdmin",
    "VideoAssetAdmin",
    "WatermarkAdmin",
]
