"""Thousands of posts, good and bad, made from a seed: real files, texts and options near every limit.

`judge` compares what preflight says before the first call with what becomes of the post when the real
client sends it to the simulator over HTTP. Preflight and the simulator's rules share no code.
"""

import hashlib
import random
import re
import subprocess
from collections import Counter
from dataclasses import dataclass, field

import imageio_ffmpeg

from media_assets.file_facts import look
from publishing.errors import PlatformError
from publishing.platforms import client_for
from publishing.platforms.base import Content, Media, PostState
from publishing.preflight import AccountFacts, Severity, Subject, findings_of
from stakazo.core.errors import StakazoError

PLATFORMS = ("instagram", "tiktok", "youtube")
VIDEO = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
SOUND = ["-c:a", "aac", "-ar", "48000", "-ac", "2"]
VP8 = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"]
SMALL = {"size": "360x640", "rate": "24", "seconds": "3.2"}
MP4 = ["-use_editlist", "0", "-movflags", "+faststart"]
SIZES = ["540x960", "540x960", "640x640", "360x640", "358x640", "640x358", "960x540", "320x568"]
RATES = [
    "30",
    "30",
    "25",
    "24",
    "24000/1001",
    "30000/1001",
    "23",
    "22",
    "15",
    "50",
    "60",
    "75",
    "120",
]


# --- Files ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class File:
    """A file with what preflight knows of it. heavy: too large to send often."""

    name: str
    media: Media
    facts: object
    trouble: str
    heavy: bool = False


def made(
    path, *, size="540x960", rate="30", seconds="4", video=None, sound=SOUND, flags=MP4, more=()
):
    """A file by ffmpeg."""
    source = ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}"]
    heard = ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}"] if sound else []
    run(*source, *heard, *more, *(video or VIDEO), *sound, "-shortest", *flags, str(path))
    return path


def run(*words):
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *words]
    subprocess.run(command, check=True, timeout=120)


def looped(path, source, times):
    """The same again and again, as it is; times: how often more."""
    run("-stream_loop", str(times), "-i", str(source), "-c", "copy", *MP4, str(path))
    return path


def padded(path, source, size_bytes):
    """Grown by an empty box at its end; the disk keeps a hole."""
    content = source.read_bytes()
    path.write_bytes(content + (size_bytes - len(content)).to_bytes(4) + b"free")
    with path.open("r+b") as file:
        file.truncate(size_bytes)
    return path


def chosen_files(folder, *, all_of_them=True):
    """One for each thing that a file can be refused for, and good ones beside them.

    all_of_them False: without those of many minutes and many bytes.
    """
    good = made(folder / "good.mp4")
    minute = looped(
        folder / "minute.mp4", made(folder / "ten.mp4", seconds="10", size="360x640"), 5
    )
    paths = [
        good,
        minute,
        made(folder / "short.mp4", seconds="2.8"),
        made(folder / "three.mp4", seconds="3"),
        made(folder / "half.mp4", seconds="0.5"),
        made(folder / "mute.mp4", sound=[]),
        made(folder / "late_index.mp4", flags=["-use_editlist", "0"]),
        made(folder / "edits.mp4", flags=["-movflags", "+faststart"]),
        made(folder / "good.mov"),
        made(folder / "hevc.mp4", video=["-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p",
                                         "-x265-params", "log-level=none", "-tag:v", "hvc1"], **SMALL),
        made(folder / "mpeg4.mp4", video=["-c:v", "mpeg4", "-q:v", "5"]),
        made(folder / "mpeg4.avi", video=["-c:v", "mpeg4", "-q:v", "5"], flags=[]),
        made(folder / "mjpeg.avi", video=["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"], flags=[]),
        made(folder / "prores.mov", video=["-c:v", "prores_ks", "-profile:v", "0"], **SMALL),
        made(folder / "vp8.webm", video=VP8, sound=["-c:a", "libopus"], flags=[], **SMALL),
        made(folder / "vp9.webm", video=["-c:v", "libvpx-vp9", *VP8[2:]], sound=["-c:a", "libopus"],
             flags=[], **SMALL),
        made(folder / "h264.mkv", flags=[]),
        made(folder / "444.mp4", video=[*VIDEO[:4], "-pix_fmt", "yuv444p"]),
        made(folder / "422.mp4", video=[*VIDEO[:4], "-pix_fmt", "yuv422p"]),
        made(folder / "interlaced.mp4", video=[*VIDEO, "-flags", "+ildct+ilme", "-x264-params", "tff=1"]),
        made(folder / "mp3.mp4", sound=["-c:a", "libmp3lame"]),
        made(folder / "opus.mp4", sound=["-c:a", "libopus"]),
        made(folder / "96k.mp4", sound=["-c:a", "aac", "-ar", "96000"]),
        made(folder / "surround.mp4", sound=["-c:a", "aac", "-ac", "6"]),
        made(folder / "mono.mp4", sound=["-c:a", "aac", "-ac", "1", "-ar", "44100"]),
        made(folder / "wide.mp4", size="2160x1216", rate="24"),
        made(folder / "1920.mp4", size="1920x1080", rate="24"),
        made(folder / "strip.mp4", size="1280x120"),
        made(folder / "mast.mp4", size="120x1280"),
        made(folder / "4200.mp4", size="4200x420", rate="24"),
        made(folder / "stretched.mp4", size="1280x120", more=["-vf", "setsar=2"]),
        turned(folder / "turned.mp4", made(folder / "lying.mp4", size="960x540")),
        padded(folder / "fast.mp4", good, 14_000_000),
        padded(folder / "24mbit.mp4", good, 11_900_000),
        cut(folder / "cut.mp4", good, part=0.7),
        followed(folder / "tail.mp4", good, b"something else behind the end"),
        followed(folder / "notes.mp4", folder / "empty", b"a shopping list, not a video" * 50),
    ]  # fmt: skip
    if not all_of_them:
        return [file_at(path) for path in paths]
    paths += [
        looped(folder / "170s.mp4", folder / "ten.mp4", 16),
        looped(folder / "200s.mp4", folder / "ten.mp4", 19),
        looped(folder / "590s.mp4", minute, 8),
        looped(folder / "660s.mp4", minute, 10),
        looped(folder / "16min.mp4", minute, 15),
    ]
    heavy = file_at(padded(folder / "301MB.mp4", minute, 301_000_000), heavy=True)
    return [*(file_at(path) for path in paths), heavy]


def turned(path, source):
    run("-display_rotation", "90", "-i", str(source), "-c", "copy", *MP4, str(path))
    return path


def cut(path, source, *, part):
    content = source.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    return path


def followed(path, source, tail):
    path.write_bytes((source.read_bytes() if source.exists() else b"") + tail)
    return path


def drawn_file(folder, dice, number):
    """Any shape, rate, length, order and sound together."""
    kind = dice.choice(["mp4", "mp4", "mp4", "mov", "webm"])
    flags = (
        [] if kind == "webm" else dice.choice([MP4, MP4, MP4, ["-movflags", "+faststart"], MP4[:2]])
    )
    sound = dice.choice([SOUND, SOUND, [], ["-c:a", "aac", "-ac", "1"], ["-c:a", "libmp3lame"]])
    video = dice.choice(
        [VIDEO, VIDEO, VIDEO, ["-c:v", "mpeg4"], [*VIDEO[:4], "-pix_fmt", "yuv444p"]]
    )
    if kind == "webm":
        video = VP8
        sound = sound and ["-c:a", "libopus"]
    path = made(
        folder / f"drawn{number}.{kind}",
        size=dice.choice(SIZES),
        rate=dice.choice(RATES),
        seconds=dice.choice(["2.9", "3", "3.04", "3.2", "3.5"]),
        video=video,
        sound=sound,
        flags=flags,
    )
    return file_at(path)


def file_at(path, *, heavy=False):
    facts, trouble = None, ""
    try:
        facts = look(path)
    except StakazoError as error:
        trouble = error.message
    size = path.stat().st_size
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    media = Media(
        path=path,
        size_bytes=size,
        sha256=digest,
        duration_ms=facts.duration_ms if facts else 4_000,
        width_px=facts.width_px if facts else 540,
        height_px=facts.height_px if facts else 960,
    )
    return File(path.name, media, facts, trouble, heavy)


# --- Words and options ----------------------------------------------------------------------------


def words(dice, length, *, alphabet="aeiou rstln"):
    return "".join(dice.choice(alphabet) for _ in range(length))


def drawn_caption(dice, platform):
    most = {"instagram": 2200, "tiktok": 2200, "youtube": 5000}[platform]
    match dice.choice(["plain"] * 8 + ["near", "wide", "tags", "names", "signs", "empty", "mixed"]):
        case "near":
            return words(dice, most + dice.randint(-4, 6))
        case "wide":
            return dice.choice(["é", "😀", "日"]) * (most // 2 + dice.randint(-900, 900))
        case "tags":
            joint = dice.choice([" ", "", "\n", ", "])
            return joint.join(
                f"#{words(dice, 4, alphabet='abc')}" for _ in range(dice.randint(27, 34))
            )
        case "names":
            return " ".join(
                f"@{words(dice, 4, alphabet='abc1_')}" for _ in range(dice.randint(17, 24))
            )
        case "signs":
            return f"a {dice.choice('<>&#@')} b {dice.choice(['1 > 2', 'x', '##', 'a#b'])}"
        case "empty":
            return ""
        case "mixed":
            return "#" * 40 + " @ " * 30 + "".join(f" a#b{n}" for n in range(dice.randint(20, 40)))
    return words(dice, dice.randint(1, 200)) + dice.choice(["", " #harbour", " @ada", " 😀"])


def drawn_title(dice):
    if dice.random() < 0.7:
        return dice.choice(["Harbour lights", "Hafenlichter 😀"])
    return dice.choice([
        "", "   ", "<b>bold</b>", "a > b", words(dice, dice.randint(95, 104), alphabet="abc"),
        "😀" * dice.randint(98, 102),
    ])  # fmt: skip


def drawn_options(dice, platform, file):
    end = file.media.duration_ms
    pool = {
        "instagram": {
            "thumb_offset_ms": [0, 1000, end, end + 1, 99_999_999, -1, "1000", 1.5, None],
            "share_to_feed": [True, False, "no"],
            "is_ai_generated": [True, False],
            "upload": ["bytes", "ftp", 1],
        },
        "tiktok": {
            "privacy_level": ["SELF_ONLY", "PUBLIC_TO_EVERYONE", "FOLLOWER_OF_CREATOR", "EVERYBODY",
                              "MUTUAL_FOLLOW_FRIENDS", 7],
            "brand_content": [True, False, "yes"],
            "brand_organic": [True, False],
            "disable_duet": [True, 1],
            "thumb_offset_ms": [0, 500, -5, "soon", 10**9],
            "music_usage_consent": [True],
        },
        "youtube": {
            "tags": [["a", "b"], ["harbour lights"] * 30, ["x" * 20] * 24, ["x" * 20] * 25, ["a<b"], "tags",
                     [words(dice, dice.randint(480, 505), alphabet="abc")], ["a b"] * 83, [1, 2]],
            "category_id": ["22", 10, "99", "18", "music", 22, None],
            "made_for_kids": [True, False, "no"],
            "is_ai_generated": [True],
            "notify_subscribers": [False],
            "destination": ["youtube_video"],
        },
    }[platform]  # fmt: skip
    taken = [name for name in pool if dice.random() < 0.12]
    return {name: dice.choice(pool[name]) for name in taken}


def drawn_content(dice, platform, file, account):
    usual = ["public", "private"]
    if "FOLLOWER_OF_CREATOR" in account.facts.profile.get("privacy_level_options", []):
        usual = ["private"]
    privacy = dice.choice(usual * 12 + ["public", "private", "unlisted", "friends"])
    if platform == "instagram":
        privacy = "public"  # it knows no other, and is not told any
    return Content(
        drawn_title(dice),
        drawn_caption(dice, platform),
        privacy,
        drawn_options(dice, platform, file),
    )


# --- Both verdicts --------------------------------------------------------------------------------


@dataclass
class Tally:
    """What came out for one platform. refused: by the simulator, through our client."""

    posts: int = 0
    refused: int = 0
    found: int = 0
    named: int = 0
    strict: Counter = field(default_factory=Counter)
    codes: Counter = field(default_factory=Counter)
    missed: list = field(default_factory=list)

    def add(self, file, content, errors, code):
        self.posts += 1
        if code is None:
            self.strict.update([errors[0].rule] if errors else [])
            return
        self.refused += 1
        self.codes[code] += 1
        self.found += bool(errors)
        self.named += any(re.fullmatch(FIELDS.get(code, ".*"), each.field) for each in errors)
        if not errors:
            self.missed.append((file.name, code, content))


_FILE = "clip_variant_id"
# The platform's word → the fields that it is about.
FIELDS = {
    "36004": "caption",
    "2207026": _FILE, "2207009": _FILE, "2207004": _FILE, "2207057": "options.thumb_offset_ms",
    "file_format_check_failed": _FILE, "duration_check_failed": _FILE,
    "frame_rate_check_failed": _FILE, "picture_size_check_failed": _FILE,
    "privacy_level_option_mismatch": "privacy|options.privacy_level",
    "invalid_param": "caption|options.(thumb_offset_ms|brand_content)",
    "invalidTitle": "title", "invalidDescription": "caption", "invalidTags": "options.tags",
    "invalidCategoryId": "options.category_id", "invalidVideoMetadata": "privacy",
    "invalidFile": _FILE, "codec": _FILE, "length": _FILE,
    # What our own client would not send.
    "option": "options.*", "privacy": "privacy|options.privacy_level", "text": "title|caption",
}  # fmt: skip


@dataclass
class Account:
    """A simulated account with its client, and what it told of itself when it was connected."""

    client: object
    facts: AccountFacts


def account_on(simulator, platform, **fields):
    there = simulator.account(platform, **fields)
    client = client_for(
        platform, mode="simulator", external_id=there.external_id, access_token=there.access_token
    )
    return Account(client, AccountFacts(profile=client.authenticate().raw))


def errors_of(platform, file, content, account):
    """What preflight says, before any call."""
    subject = Subject(platform, file.facts, content, account.facts, file.trouble)
    _, findings = findings_of(subject)
    return [each for each in findings if each.severity is Severity.ERROR]


def sent(file, content, client):
    """None: it became a post. Else the word of whoever refused it."""
    try:
        handle = client.upload_video(file.media, content, handle={}, on_handle=lambda known: None)
        status = client.publish_video(file.media, content, handle=handle)
        for _ in range(20):
            if status.state in (PostState.PUBLISHED, PostState.FAILED):
                break
            status = client.get_publish_status(
                {**handle, "external_post_id": status.external_post_id}
            )
    except PlatformError as error:
        return code_of(error)
    except (TypeError, ValueError):
        return "option"
    if status.state is PostState.PUBLISHED:
        return None
    assert status.state is PostState.FAILED, status
    said = status.raw.get("status")
    said = said if isinstance(said, dict) else {}
    return str(
        status.raw.get("fail_reason") or said.get("failureReason") or said.get("rejectionReason")
    )


def code_of(error):
    number = re.search(r"\b2207\d{3}\b", str(error.wire))
    code = str(error.details.get("platform_code", ""))
    if code:
        return code if number is None or code == "36004" else number.group()
    if number:
        return number.group()
    if isinstance(error.wire, str) and error.wire:
        return error.wire
    # Our client's own words, before the platform's.
    for sign, name in (
        ("privacy", "privacy"),
        ("titles", "text"),
        ("seconds", "duration_check_failed"),
    ):
        if sign in error.message:
            return name
    raise error


def judge(simulator, folder, *, posts, drawn, seed, all_of_them=True):
    """platform → Tally of so many posts each; drawn: how many files beside the chosen ones."""
    dice = random.Random(seed)
    files = chosen_files(folder, all_of_them=all_of_them) + [
        drawn_file(folder, dice, number) for number in range(drawn)
    ]
    light = [file for file in files if not file.heavy]
    good = [file for file in light if file.name == "good.mp4"]
    tallies = {}
    for platform in PLATFORMS:
        tally = tallies[platform] = Tally()
        # Each file once with plain words; then either a good file or any, with any words.
        plain = [(file, Content("Harbour lights", "Out now")) for file in files]
        for number in range(posts):
            if number % 150 == 0:
                accounts = fresh_accounts(simulator, platform)
            account = dice.choice(accounts)
            if number < len(plain):
                (file, content), account = plain[number], accounts[0]
            else:
                file = dice.choice(good if dice.random() < 0.75 else light)
                content = drawn_content(dice, platform, file, account)
            errors = errors_of(platform, file, content, account)
            tally.add(file, content, errors, sent(file, content, account.client))
    return tallies


def fresh_accounts(simulator, platform):
    """A new world, so that lists stay short, with a public account and a private one."""
    simulator.reset()
    many = 1_000_000
    simulator.set(
        instagram__quota_total=many, tiktok__daily_cap=many, tiktok__init_per_minute=many,
        youtube__uploads_per_day=many,
    )  # fmt: skip
    more = (
        [account_on(simulator, platform, handle="quiet", private=True)]
        if platform == "tiktok"
        else []
    )
    return [account_on(simulator, platform, handle="ada"), *more]
