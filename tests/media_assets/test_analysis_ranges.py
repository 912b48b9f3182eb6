"""Parts of long files: libav reads the same packets through them as out of the whole file."""

import functools
import io
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from media_assets.analysis import excerpts, hearing, ranges, segments, splitting, tracks
from media_assets.analysis import tables as tables_module
from media_assets.analysis.boxes import Box
from media_assets.analysis.errors import NothingToSee
from media_assets.analysis.excerpts import Astray, packets_in_parts, part_for
from media_assets.analysis.hearing import hear
from media_assets.analysis.ranges import long_track, overview
from media_assets.analysis.reading import main_audio, main_video, only, opened, packets_of
from media_assets.analysis.splitting import lay_out
from media_assets.analysis.tables import Tables, runs_of
from media_assets.analysis.watch import watch
from tests.media import ffmpeg
from tests.media_assets.test_analysis_artifact import same
from tests.media_assets.test_analysis_memory import facts

PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=128x72:rate=25:duration=20")
SOUND = ("-f", "lavfi", "-i", "sine=frequency=300:beep_factor=4:duration=20")
CODED = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "50", "-c:a", "aac")
SHAPES = {
    "plain.mp4": [*PICTURE, *SOUND, *CODED],
    "first.mov": [*PICTURE, *SOUND, *CODED, "-movflags", "+faststart+negative_cts_offsets"],
    "late.mp4": [*PICTURE, "-itsoffset", "0.4", *SOUND, *CODED, "-video_track_timescale", "90000"],
    "uneven.mp4": [
        *(*PICTURE, *SOUND, "-vf", "select='mod(n\\,3)+lt(random(1)\\,0.4)'", "-fps_mode", "vfr"),
        *(*CODED, "-b_strategy", "2", "-bf", "3"),
    ],
    "hevc.mp4": [
        *(*PICTURE, *SOUND, "-c:v", "libx265", "-preset", "ultrafast", "-g", "50"),
        *("-x265-params", "log-level=none", "-c:a", "aac"),
    ],
}


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Name → a film of 20 s; turned.mp4: by 90 degrees; cut.mp4: begins within a group, by an edit list."""
    folder = tmp_path_factory.mktemp("ranges")
    for name, how in SHAPES.items():
        ffmpeg(*how, folder / name)
    ffmpeg(
        *("-display_rotation", "90", "-i", folder / "plain.mp4"), "-c", "copy",
        folder / "turned.mp4",
    )  # fmt: skip
    ffmpeg("-ss", "2.3", "-i", folder / "plain.mp4", "-c", "copy", folder / "cut.mp4")
    return {path.name: path for path in folder.iterdir()}


NAMES = [*SHAPES, "turned.mp4", "cut.mp4"]


@pytest.fixture(autouse=True)
def short_tables(monkeypatch):
    """Tracks are thought long from 200 samples on, and keep 100."""
    for module in (tracks, ranges):
        monkeypatch.setattr(module, "WORTH_SAMPLES", 200)
    monkeypatch.setattr(ranges, "HEAD_SAMPLES", 100)
    monkeypatch.setattr(tracks, "KEPT_SAMPLES", 100)
    monkeypatch.setattr(excerpts, "PACKETS_AT_ONCE", 70)
    monkeypatch.setattr(splitting, "SEGMENT_MS", 4_000)


@functools.cache
def whole_of(path, index):
    """What libav says of a file, and all packets of a stream."""
    with opened(path) as container:
        stream = container.streams[index]
        only(container, stream)
        return facts(container), [told(each) for each in packets_of(container, stream) if each.size]


def told(packet):
    return (
        packet.pos,
        bytes(packet),
        packet.pts,
        packet.dts,
        packet.duration,
        packet.is_keyframe,
        packet.is_discard,
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("index", [0, 1])
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(chosen=st.data())
def test_packets_of_any_range_are_those_of_the_whole_file(films, name, index, chosen):
    path = films[name]
    described, packets = whole_of(path, index)
    with long_track(path, index) as track:
        count = track.tables.count
        first = chosen.draw(st.integers(0, count - 1))
        end = chosen.draw(st.integers(first + 1, min(first + 150, count)))
        samples = track.tables.between(first, end)
        part = track.range(first, min(end + 1, count))
    assume(part is not None)  # where the table of contents would grow by it
    wanted = [each for each in packets if each[0] in set(samples.places.tolist())]
    if len(packets) == count:
        assert [each[0] for each in wanted] == samples.places.tolist()
        assert [len(each[1]) for each in wanted] == samples.sizes.tolist()
        assert [each[5] for each in wanted] == samples.keys.tolist()
        assert len({each[3] - dts for each, dts in zip(wanted, samples.dts, strict=True)}) == 1
        assert len({each[2] - pts for each, pts in zip(wanted, samples.pts, strict=True)}) == 1
    with opened(path, part=part) as container:
        assert facts(container) == described
        stream = container.streams[index]
        assert stream.id == part.track_id
        assert stream.frames < 300 < count
        only(container, stream)
        found = {each.pos: told(each) for each in packets_of(container, stream) if each.size}
    assert [found.get(each[0]) for each in wanted] == wanted


@pytest.mark.parametrize("name", NAMES)
def test_an_overview_tells_of_the_streams_what_the_whole_file_does(films, name):
    with opened(films[name], part=overview(films[name])) as container:
        assert facts(container) == whole_of(films[name], 0)[0]


@pytest.mark.parametrize("name", NAMES)
def test_decoded_sound_is_the_same_to_the_last_bit(films, name):
    path = films[name]
    decoded = []
    for part in (None, overview(path)):
        with opened(path, part=part) as container:
            stream = main_audio(container)
            only(container, stream)
            read = packets_of(container, stream) if part is None else packets_in_parts(path, stream)
            decoded.append(
                [
                    (frame.pts, frame.time_base, frame.to_ndarray())
                    for packet in read
                    for frame in stream.codec_context.decode(packet)
                ]
            )
    assert len(decoded[0]) > 700
    assert same(*decoded)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_seen_and_heard_is_the_same(films, name, monkeypatch):
    path, parts, heard = films[name], [], []

    def counted(*given):
        parts.append(part_for(*given))
        return parts[-1]

    def listened(path, stream):
        heard.append(stream.index)
        return packets_in_parts(path, stream)

    monkeypatch.setattr(segments, "part_for", counted)
    monkeypatch.setattr(hearing, "packets_in_parts", listened)
    found = watch(path)
    assert heard == [1]
    assert len(parts) == len(lay_out(path).segments) > 2
    if name != "cut.mp4":  # a part with the first pictures, which are not shown
        assert all(parts)
    monkeypatch.setattr(segments, "part_for", lambda *given: None)
    monkeypatch.setattr(hearing, "overview", lambda path: None)
    assert same(found, watch(path))


def test_a_part_that_leads_astray_is_not_used(films, monkeypatch):
    """The view shows other samples than it was asked for."""
    path = films["plain.mp4"]
    layout, plain = lay_out(path), hear(path)
    assert all(part_for(path, layout, segment.number) for segment in layout.segments)
    made = ranges.LongTrack.range
    monkeypatch.setattr(
        ranges.LongTrack,
        "range",
        lambda self, first, end: made(self, first + 1, end + 1) if first else made(self, 0, 0),
    )
    for segment in layout.segments:
        assert part_for(path, layout, segment.number) is None
    with opened(path, part=overview(path)) as container, pytest.raises(Astray):
        list(packets_in_parts(path, main_audio(container)))
    assert same(hear(path), plain)


def test_tables_of_another_film_are_not_believed(films, monkeypatch):
    path = films["plain.mp4"]
    layout, plain = lay_out(path), hear(path)
    between = ranges.Tables.between

    def shifted(self, first, end):
        return between(self, first + 1, end + 1) if first > 60 else between(self, first, end)

    monkeypatch.setattr(ranges.Tables, "between", shifted)
    assert part_for(path, layout, 1) is None
    with opened(path, part=overview(path)) as container, pytest.raises(Astray):
        list(packets_in_parts(path, main_audio(container)))
    assert same(hear(path), plain)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"stss", b"stps"),
        (b"stts", b"free"),
        (b"stsd", b"free"),
        (b"tkhd", b"free"),
        (b"sbgp\0\0\0\0roll", b"sbgp\0\0\0\0sync"),
        (b"stsz\0\0\0\0\0\0\0\0", b"stsz\0\0\0\0\0\0\0\1"),
    ],
)
def test_tables_that_we_do_not_understand_give_no_part(films, tmp_path, old, new):
    path, content = tmp_path / "odd.mp4", films["plain.mp4"].read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))
    for index in (0, 1):
        with long_track(path, index) as track:
            if track is not None and track.range(10, 20) is not None:
                assert old in (b"stss", b"sbgp\0\0\0\0roll")  # the other track has none
                assert index == (1 if old == b"stss" else 0)


def test_a_sample_that_reaches_into_the_table_of_contents_is_in_no_part(films, tmp_path):
    """Through a part, other bytes lie there."""
    content = bytearray(films["plain.mp4"].read_bytes())
    at = content.index(b"stsz") + 16 + 4 * 484
    content[at : at + 4] = struct.pack(">I", 32_500)
    path = tmp_path / "reaching.mp4"
    path.write_bytes(content)
    with long_track(path, 0) as track:
        assert track.range(300, 484) is not None
        assert track.range(484, 486) is None


def test_sound_that_nobody_can_decode_is_no_sound(films, tmp_path):
    content = bytearray(films["plain.mp4"].read_bytes())
    content[content.index(b"\x40\x15", content.index(b"esds"))] = 1  # of no codec that there is
    path = tmp_path / "mute.mp4"
    path.write_bytes(content)
    assert not lay_out(path).has_sound


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(chosen=st.data())
def test_a_damaged_table_of_contents_gives_no_part_or_a_right_one(films, tmp_path, chosen):
    content = bytearray(films["plain.mp4"].read_bytes())
    start = content.index(b"moov")
    for _ in range(chosen.draw(st.integers(1, 4))):
        at = chosen.draw(st.integers(start + 4, len(content) - 1))
        content[at] = chosen.draw(st.sampled_from([0, 1, 2, 127, 128, 255]))
    path = tmp_path / "damaged.mp4"
    path.write_bytes(content)
    try:
        layout = lay_out(path)
    except NothingToSee:
        return
    for segment in layout.segments:
        part = part_for(path, layout, segment.number)
        if part is not None:
            assert shown(path, segment, part) == shown(path, segment, None)
    with opened(path) as container:
        started, stream = container.start_time, main_audio(container)
        packets = []
        if stream is not None:
            only(container, stream)
            packets = [told(each) for each in packets_of(container, stream) if each.size]
    part = overview(path)
    if part is None or stream is None:
        return
    with opened(path, part=part) as container:
        assert container.start_time == started
        again = main_audio(container)
        try:
            found = [told(each) for each in packets_in_parts(path, again) if each is not None]
        except Astray:
            return
    assert found == packets


def shown(path, segment, part):
    """All packets from the first one of a segment to the first one of the next."""
    with opened(path, part=part) as container:
        stream = main_video(container)
        only(container, stream)
        found = []
        for packet in packets_of(container, stream):
            if packet.size and segment.end_pts is not None and packet.pts == segment.end_pts:
                break
            if found or segment.start_pts in (None, packet.pts):
                found.append(told(packet))
    return found


# --- The tables alone -----------------------------------------------------------------------------


@st.composite
def made_tracks(draw):
    """Chunks of samples, each (bytes, time to the next, shift), and which of them are key frames."""
    sizes = draw(st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=5), max_size=40))
    sizes = [[1], *sizes]
    count = sum(map(len, sizes))
    times = st.lists(st.integers(1, 4), min_size=count, max_size=count)
    shifts = st.lists(st.sampled_from([-2, 0, 0, 3, 9]), min_size=count, max_size=count)
    keys = draw(st.sets(st.integers(1, count - 1))) if count > 1 else set()
    return sizes, draw(times), draw(shifts), sorted({0, *keys})


@given(made=made_tracks(), chosen=st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_tables_say_what_was_written_into_them(made, monkeypatch, chosen):
    sizes, gaps, shifts, keys = made
    monkeypatch.setattr(tables_module, "PIECE", chosen.draw(st.integers(1, 7)))
    tables = written(sizes, gaps, shifts, keys)
    count = len(gaps)
    survey = tables.survey()
    starts = 1000 * np.arange(1, len(sizes) + 1)
    places = [
        int(start) + sum(chunk[:n])
        for start, chunk in zip(starts, sizes, strict=True)
        for n in range(len(chunk))
    ]
    dts = np.cumsum([0, *gaps[:-1]])
    pts = dts + shifts
    later = [int((pts[max(0, n - 16) : n] > pts[n]).sum()) for n in range(count)]
    assert later[survey.late] == max(later)
    runs = runs_of(np.array(shifts))
    moved = max(0, -min(runs[:-2, 1], default=0))
    assert survey.shift == moved
    assert survey.lowest == (shifts.index(-moved) if moved else -1)
    for _ in range(3):
        first = chosen.draw(st.integers(0, count - 1))
        end = chosen.draw(st.integers(first + 1, count))
        some = tables.between(first, end)
        assert some.numbers.tolist() == list(range(first, end))
        assert some.dts.tolist() == dts[first:end].tolist()
        assert some.gaps.tolist() == gaps[first:end]
        assert some.pts.tolist() == pts[first:end].tolist()
        assert some.sizes.tolist() == [size for chunk in sizes for size in chunk][first:end]
        assert some.places.tolist() == places[first:end]
        assert np.flatnonzero(some.keys).tolist() == [n - first for n in keys if first <= n < end]


@pytest.mark.parametrize(
    ("kind", "rows", "columns"),
    [
        (b"stsc", [[2, 3, 1]], ">u4"),
        (b"stsc", [[1, 2, 1]], ">u4"),
        (b"stsc", [[1, 3, 2]], ">u4"),
        (b"stsc", [[1, 2**32 - 1, 1]], ">u4"),
        (b"stsc", [[1, 3, 1], [1, 3, 1]], ">u4"),
        (b"stsc", [], ">u4"),
        (b"stts", [[5, 2]], ">u4"),
        (b"stts", [[6, 0]], ">u4"),
        (b"stts", [[6, 2**31]], ">u4"),
        (b"stts", [[0, 1], [6, 1]], ">u4"),
        (b"ctts", [[7, 0]], ">i4"),
        (b"ctts", [[6, -(2**29)]], ">i4"),
        (b"stss", [[2]], ">u4"),
        (b"stss", [[1], [1]], ">u4"),
        (b"stss", [[1], [7]], ">u4"),
        (b"stss", [], ">u4"),
        (b"stco", [[1]] * 3, ">u4"),
    ],
)
def test_tables_that_contradict_themselves_are_refused(kind, rows, columns):
    good = [[1, 2, 3], [4, 5, 6]], [2] * 6, [0] * 6, [0, 3]
    written(*good).survey()
    with pytest.raises(ValueError, match=" "):
        written(*good, **{kind.decode(): np.array(rows, np.int64).astype(columns)}).survey()


def written(sizes, gaps, shifts, keys, **odd):
    """The tables of a track in a file in memory; odd: other rows for some of them."""
    held = np.array([[n + 1, len(chunk), 1] for n, chunk in enumerate(sizes)])
    rows = {
        "stts": runs_of(np.array(gaps)).astype(">u4"),
        "ctts": runs_of(np.array(shifts)).astype(">i4"),
        "stss": np.array(keys).astype(">u4") + np.uint32(1),
        "stsc": held.astype(">u4"),
        "stco": (1000 * np.arange(1, len(sizes) + 1)).astype(">u4"),
    } | odd
    rows["stss"] = rows["stss"].astype(">u4")
    every = np.concatenate([np.array(chunk) for chunk in sizes]).astype(">u4")
    contents = {
        name: struct.pack(">II", 0, len(each)) + each.tobytes() for name, each in rows.items()
    }
    contents["stsz"] = struct.pack(">III", 0, 0, len(every)) + every.tobytes()
    contents["stsd"] = struct.pack(">II", 0, 1)
    file, boxes = io.BytesIO(), {}
    for name, content in contents.items():
        at = file.tell()
        file.write(struct.pack(">I4s", 8 + len(content), name.encode()) + content)
        boxes[name.encode()] = Box(name.encode(), at, at + 8, file.tell())
    return Tables(file, boxes)
