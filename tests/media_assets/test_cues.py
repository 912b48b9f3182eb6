"""Reading captions that anybody may have written, and writing our own."""

import random

import pytest

from media_assets.cues import Cue, cues_within, parse_captions, plain, write_vtt
from media_assets.errors import BadCaptions, EmptyFile, FileTooLarge, NotCaptions
from stakazo.core.errors import StakazoError

SRT = "1\n00:00:01,000 --> 00:00:02,500\nHello\n\n2\n00:00:03,000 --> 00:00:04,000\nTwo\nlines\n"


def spans(parsed):
    return [(cue.start_ms, cue.end_ms, cue.text) for cue in parsed.cues]


@pytest.mark.parametrize(
    "data",
    [
        SRT.encode(),
        b"\xef\xbb\xbf" + SRT.encode(),
        SRT.replace("\n", "\r\n").encode(),
        SRT.replace("\n", "\r").encode(),
        SRT.encode("utf-16"),
        SRT.replace(",", ".").encode(),
        SRT.replace("1\n00", "00").replace("2\n00", "00").encode(),  # without numbers
        SRT.replace(" --> ", "-->").encode(),
        ("WEBVTT\n\n" + SRT.replace(",", ".")).encode(),
        b"WEBVTT\n\n00:01.000 --> 00:02.500 align:start line:0\nHello\n\nintro\n"
        b"00:03.000 --> 00:04.000\nTwo\nlines",
    ],
)
def test_the_same_captions_in_many_dresses(data):
    parsed = parse_captions(data)
    assert spans(parsed) == [(1000, 2500, "Hello"), (3000, 4000, "Two\nlines")]
    assert not parsed.notes


def test_what_is_no_cue_of_a_vtt_file_is_passed_over():
    parsed = parse_captions(
        b"WEBVTT - a title\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nNOTE 00:01 --> 00:09\n"
        b"arrows --> in notes\n\nREGION\nid:a\n\n00:01.000 --> 00:02.000\nHello\n\nNOTE end"
    )
    assert spans(parsed) == [(1000, 2000, "Hello")]


def test_foreign_markup_becomes_ours():
    parsed = parse_captions(
        b"00:01,0 --> 00:02,0\n{\\an8}<font color=red><I>A</I></font> <v Ada>said</v> <c.loud>1 < 2"
        b" &amp; 3 > 2 <b><u>x</b> <script>y</script> &lt;b&gt; \\h"
    )
    (cue,) = parsed.cues
    assert cue.text == ("<i>A</i> said 1 &lt; 2 &amp; 3 &gt; 2 <b><u>x</u></b> y &lt;b&gt;")
    assert plain(cue.text) == "A said 1 < 2 & 3 > 2 x y <b>"


def test_an_old_windows_file_is_read_and_noted():
    parsed = parse_captions(SRT.replace("Hello", "Müller – “ja”").encode("cp1252"))
    assert parsed.cues[0].text == "Müller – “ja”"
    assert "Windows-1252" in parsed.notes[0]


def test_what_cannot_be_shown_is_left_out_and_noted():
    parsed = parse_captions(
        b"00:09,0 --> 00:10,0\nLate\n\n00:02,0 --> 00:01,0\nBackwards\n\n00:75,0 --> 00:80,0\nWhen\n\n"
        b"99:00:00,0 --> 99:00:01,0\nFar\n\n00:01,0 --> 00:03,0\n<i></i>\n\nx --> y\nNo\n\n"
        b"00:01,0 --> 00:03,0\nEarly\n\n00:02,0 --> 00:04,0\nOver it"
    )
    assert [cue.text for cue in parsed.cues] == ["Early", "Over it", "Late"]
    assert len(parsed.notes) == 6
    assert "order" in parsed.notes[-1]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyFile),
        (b"\xef\xbb\xbf \r\n", EmptyFile),
        (b"a" * (1024 * 1024 + 1), FileTooLarge),
        (b"\x00\x00\x00\x20ftypisom", NotCaptions),
        (b"\xff\xfe\x00", NotCaptions),
        (b"{\\rtf1 words }", NotCaptions),
        (b"\x81\x8d", NotCaptions),
        (b"#EXTM3U\nhttp://a/b.ts", NotCaptions),
        (b"WEBVTT\n\n", BadCaptions),
        (b"00:02,0 --> 00:01,0\nBackwards", BadCaptions),
        (b"00:01,0 --> 00:02,0\n" + b"word " * 500, BadCaptions),
        (b"00:01,0 --> 00:02,0\nA\n\n" * 10_001, BadCaptions),
    ],
)
def test_what_nobody_could_show_is_refused(data, error):
    with pytest.raises(error):
        parse_captions(data)


def test_noise_is_read_or_refused_and_what_is_written_is_read_again():
    noise = random.Random(7)
    pieces = [
        b"00:01,0 --> 00:02,0\n", b"\n\n", b"WEBVTT\n", b"NOTE\n", b"<i>", b"</b>", b"<" * 50, b"&#0;",
        b"&#x10FFFF;", b"{\\an", b"-->", "\u202eش😀".encode(), b"\xff", b"7\n", b"\r", b"STYLE\n", b"a",
    ]  # fmt: skip
    read = 0
    for _ in range(400):
        data = b"".join(noise.choices(pieces, k=noise.randrange(1, 40)))
        try:
            cues = parse_captions(data).cues
        except StakazoError:
            continue
        read += 1
        assert parse_captions(write_vtt(cues).encode()).cues == cues
    assert read > 50


def test_cues_are_cut_to_a_span_and_counted_from_it():
    cues = [Cue(0, 1000, "a"), Cue(900, 5000, "b"), Cue(5000, 6000, "c")]
    assert cues_within(cues, 1000, 5000) == [Cue(0, 4000, "b")]
    assert write_vtt([Cue(0, 4000, "b")], shift_ms=3_600_500) == (
        "WEBVTT\n\n01:00:00.500 --> 01:00:04.500\nb\n"
    )


def test_a_cue_may_follow_the_header_at_once():
    parsed = parse_captions(b"\n\nWEBVTT\nKind: captions\n00:01.000 --> 00:02.000\nHello")
    assert spans(parsed) == [(1000, 2000, "Hello")]
