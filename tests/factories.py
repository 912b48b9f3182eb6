"""Rows for tests: plain functions, valid by default, overridden by keyword."""

import hashlib
import itertools

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile

from campaigns.models import Campaign
from media_assets.file_facts import FileFacts
from media_assets.models import Captions, Clip, ClipVariant, VideoAsset
from publishing.models import Publication, SocialAccount

_numbers = itertools.count(1)


def make_user(username="ada", **fields):
    """Somebody with a login; Ada owns (superuser), Ben edits (staff, role Editor), Cleo may only look (Viewer)."""
    fields.setdefault("is_staff", username in ("ada", "ben"))
    fields.setdefault("is_superuser", username == "ada")
    password = fields.pop("password", "correct horse battery")
    user = get_user_model().objects.create_user(username, password=password, **fields)
    role = {"ben": "Editor", "cleo": "Viewer"}.get(username)
    user.groups.add(*Group.objects.filter(name=role))
    return user


def make_video(*, content=b"not really a video", **fields):
    """A validated video asset. Its file is a stand-in; tests that decode it bring a real one."""
    sha = hashlib.sha256(content + str(next(_numbers)).encode()).hexdigest()
    fields = {
        "title": "Harbour lights",
        "status": VideoAsset.Status.VALIDATED,
        "sha256": sha,
        "dedup_key": f"sha256:{sha}",
        "size_bytes": len(content),
        "container": "mp4",
        "duration_ms": 60_000,
        "width_px": 1280,
        "height_px": 720,
        "fps": 25.0,
        "video_codec": "h264",
        "audio_codec": "aac",
        **fields,
    }
    video = VideoAsset(**fields)
    video.file.save("v.mp4", ContentFile(content), save=False)
    video.save(force_insert=True)
    return video


def make_clip(video=None, **fields):
    """A ready clip of ten seconds."""
    video = video or make_video()
    start = fields.pop("start_ms", 1_000 * next(_numbers))
    fields = {
        "start_ms": start,
        "end_ms": start + 10_000,
        "rank": 1,
        "visual_score": 0.8,
        "reasons": ["Strong motion."],
        "features": {"motion": 0.9, "energy": 0.7, "sharpness": 0.6},
        **fields,
    }
    return Clip.objects.create(video_asset=video, **fields)


def make_variant(clip=None, *, content=b"not really a video", **fields):
    """A vertical variant; its file is a stand-in of the given bytes."""
    clip = clip or make_clip()
    number = next(_numbers)
    fields = {
        "format": "vertical_1080x1920",
        "recipe": {"n": number},
        "recipe_hash": hashlib.sha256(str(number).encode()).hexdigest(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "size_bytes": len(content),
        "width_px": 1080,
        "height_px": 1920,
        "duration_ms": clip.duration_ms,
        "fps": 25.0,
        "has_audio": True,
        **fields,
    }
    fields["facts"] = {"file": file_facts(fields), **fields.get("facts", {})}
    variant = ClipVariant(clip=clip, **fields)
    variant.file.save("v.mp4", ContentFile(content), save=False)
    variant.save(force_insert=True)
    return variant


def file_facts(fields):
    """What a render of these columns writes down of its file."""
    return FileFacts(
        container="mp4",
        whole_ms=fields["duration_ms"],
        video_codec="h264",
        pix_fmt="yuv420p",
        audio_codec="aac",
        audio_channels=2,
        audio_rate_hz=48_000,
        **{
            name: fields[name]
            for name in ("size_bytes", "duration_ms", "width_px", "height_px", "fps")
        },
    ).as_json()


def make_captions(video=None, **fields):
    """Captions of one cue."""
    number = next(_numbers)
    return Captions.objects.create(
        **{
            "video_asset": video or make_video(),
            "name": "Harbour",
            "language": "en",
            "file": f"captions/{number}.vtt",
            "sha256": hashlib.sha256(str(number).encode()).hexdigest(),
            "cue_count": 1,
            "end_ms": 2000,
            **fields,
        }
    )


def make_graphic(model, **fields):
    """A watermark or a card; its picture is a stand-in."""
    picture = {"name": "Logo", "image": "graphics/l.png", "sha256": "0" * 64}
    return model.objects.create(**{**picture, "width_px": 60, "height_px": 30, **fields})


def make_account(platform="instagram", **fields):
    """A connected simulator account."""
    number = next(_numbers)
    fields = {"external_id": f"1784140{number:04}", "handle": f"ada{number}", **fields}
    return SocialAccount.objects.create(platform=platform, **fields)


def make_publication(variant=None, account=None, **fields):
    """A scheduled publication."""
    fields = {
        "title": "Harbour lights",
        "caption": "Out now #harbour",
        "status": Publication.Status.SCHEDULED,
        "dedup_key": f"test:{next(_numbers)}",
        **fields,
    }
    return Publication.objects.create(
        clip_variant=variant or make_variant(),
        social_account=account or make_account(),
        **fields,
    )


def make_campaign(**fields):
    """A draft campaign."""
    return Campaign.objects.create(**{"name": "Spring", "platforms": ["instagram"], **fields})
