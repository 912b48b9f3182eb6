"""What FFmpeg may touch, in one place: every call of it in the product is given these lists.

Formats that name other files (playlists, concat scripts) and protocols that reach elsewhere stay shut,
and so do decoders of streams that we never play, however the file is made up.
"""

PROTOCOLS = "file,pipe"
# By container, as `media_assets.containers` names them: the demuxer that reads it, and no other.
DEMUXER_OF = {
    "mp4": "mov",
    "mov": "mov",
    "mkv": "matroska",
    "webm": "matroska",
    "avi": "avi",
}
DEMUXERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi"

VIDEO_CODECS = frozenset({
    "h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mpeg2video", "mpeg1video", "prores", "dnxhd", "mjpeg",
})  # fmt: skip
AUDIO_CODECS = frozenset({
    "aac", "mp3", "mp2", "opus", "vorbis", "flac", "alac", "ac3", "eac3",
    "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_u8",
})  # fmt: skip
# Other names under which FFmpeg has decoders for the same codecs.
_DECODERS = (
    VIDEO_CODECS | AUDIO_CODECS | {"libdav1d", "libvpx", "libvpx-vp9", "libopus", "mp3float", "mp2float"}
)  # fmt: skip
DECODERS = ",".join(sorted(_DECODERS))

# For `av.open`. Without drefs a QuickTime file cannot send its reader to another one.
AV_OPTIONS = {
    "protocol_whitelist": PROTOCOLS,
    "format_whitelist": DEMUXERS,
    "codec_whitelist": DECODERS,
    "enable_drefs": "0",
}
# Before each `-i` of a file that came from outside. Drefs are off by default there.
FFMPEG_INPUT = [
    "-protocol_whitelist", PROTOCOLS,
    "-format_whitelist", DEMUXERS,
    "-codec_whitelist", DECODERS,
]  # fmt: skip
