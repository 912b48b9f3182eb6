"""Files that nobody should get past the door, each with the code and the status it earns."""

import struct

import pytest

from tests.media import ffmpeg, make_clip_file


def text_named_mp4(path):
    path.write_text("Dear diary, this is not a video at all.\n" * 50)


def ffconcat(path):
    make_clip_file(path.with_name("sibling.mp4"))
    path.write_text("ffconcat version 1.0\nfile sibling.mp4\n")


def hls_playlist(path):
    secret = path.with_name("secret.txt")
    secret.write_text("secret")
    path.write_text(f"#EXTM3U\n#EXTINF:10,\nfile://{secret}\n#EXT-X-ENDLIST\n")


def zero_bytes(path):
    path.write_bytes(b"")


def truncated_end(path):
    whole = make_clip_file(path).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def truncated_faststart(path):
    whole = make_clip_file(path, extra=("-movflags", "+faststart")).read_bytes()
    path.write_bytes(whole[: len(whole) * 3 // 4])


def truncated_matroska(path):
    whole = make_clip_file(path.with_suffix(".mkv")).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    path.with_suffix(".mkv").unlink()


def truncated_avi(path):
    whole = make_clip_file(
        path.with_suffix(".avi"), vcodec="mpeg4", acodec="libmp3lame"
    ).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    path.with_suffix(".avi").unlink()


def audio_only(path):
    make_clip_file(path, video=False)


def no_streams(path):
    ftyp = struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 512, b"isom")
    path.write_bytes(ftyp + struct.pack(">I4s", 8, b"moov"))


def cover_art_only(path):
    sound, cover = path.with_name("s.mp4"), path.with_name("c.jpg")
    make_clip_file(sound, video=False)
    ffmpeg("-f", "lavfi", "-i", "color=red:size=640x640", "-frames:v", 1, cover)
    ffmpeg("-i", sound, "-i", cover, "-map", "0", "-map", "1", "-c", "copy",
           "-disposition:v:0", "attached_pic", path)  # fmt: skip
    sound.unlink()
    cover.unlink()


def ten_hours_by_its_header(path):
    data = bytearray(make_clip_file(path).read_bytes())
    at = data.index(b"mvhd") + 4
    (timescale,) = struct.unpack_from(">I", data, at + 12)
    struct.pack_into(">I", data, at + 16, 36_000 * timescale)
    path.write_bytes(data)


def one_by_one(path):
    ffmpeg("-f", "lavfi", "-i", "color=red:size=1x1:rate=25:duration=1",
           "-c:v", "libx264", "-pix_fmt", "yuv444p", path)  # fmt: skip


def enormous_picture(path):
    ffmpeg("-f", "lavfi", "-i", "color=red:size=8256x128:rate=5:duration=1",
           "-c:v", "libx264", "-preset", "ultrafast", path)  # fmt: skip


def thousand_frames_a_second(path):
    make_clip_file(path, fps=1000, seconds=1, audio=False)


def strange_codec(path):
    made = make_clip_file(path.with_suffix(".mkv"), vcodec="ffv1")
    made.rename(path)


def strange_sound(path):
    made = make_clip_file(path.with_suffix(".mkv"), acodec="wmav2")
    made.rename(path)


def seventy_streams(path):
    made = path.with_suffix(".mkv")
    ffmpeg("-f", "lavfi", "-i", "testsrc2=duration=1", "-f", "lavfi", "-i", "sine=duration=1",
           "-map", "0:v", *["-map", "1:a"] * 70, "-c:v", "libx264", "-c:a", "pcm_s16le", made)  # fmt: skip
    made.rename(path)


def one_still_picture(path):
    ffmpeg("-f", "lavfi", "-i", "color=red:size=320x180", "-frames:v", 1,
           "-c:v", "mjpeg", path.with_suffix(".jpg"))  # fmt: skip
    path.with_suffix(".jpg").rename(path)


def rubbish_in_the_middle(path):
    """All frames are noise; the index is whole."""
    data = bytearray(make_clip_file(path, audio=False).read_bytes())
    at = data.index(b"mdat") + 4
    size = int.from_bytes(data[at - 8 : at - 4]) - 8
    data[at : at + size] = bytes((n * 7919) % 251 for n in range(size))
    path.write_bytes(data)


BAD_FILES = [
    pytest.param(make, code, status, id=make.__name__)
    for make, code, status in [
        (text_named_mp4, "media.not-a-video", 415),
        (one_still_picture, "media.not-a-video", 415),
        (ffconcat, "media.playlist-refused", 415),
        (hls_playlist, "media.playlist-refused", 415),
        (zero_bytes, "media.empty-file", 400),
        (truncated_end, "media.truncated", 422),
        (truncated_faststart, "media.truncated", 422),
        (truncated_matroska, "media.truncated", 422),
        (truncated_avi, "media.truncated", 422),
        (audio_only, "media.no-video-stream", 415),
        (cover_art_only, "media.no-video-stream", 415),
        (no_streams, "media.no-video-stream", 415),
        (ten_hours_by_its_header, "media.too-long", 422),
        (one_by_one, "media.too-small", 422),
        (enormous_picture, "media.too-many-pixels", 422),
        (thousand_frames_a_second, "media.too-many-frames", 422),
        (strange_codec, "media.codec-not-accepted", 415),
        (strange_sound, "media.codec-not-accepted", 415),
        (seventy_streams, "media.too-many-streams", 422),
        (rubbish_in_the_middle, "media.undecodable", 422),
    ]
]
