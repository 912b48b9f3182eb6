"""What may not be in the ledger is not, and what cannot be is bent until it can."""

import json

import pytest

from ledger.masking import (
    ALTERED,
    MASK,
    MAX_CHARS,
    masked,
    masked_metadata,
    masked_text,
    plain_text,
)

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("from ada@example.org", "from ***"),
        ("https://x.example/v.mp4?X-Amz-Signature=abc", "https://x.example/v.mp4?***"),
        ("see https://x.example/cb#access_token=abc", "see https://x.example/cb?***"),
        ("postgres://ada:pw@db.example/x", "postgres://***@db.example/x"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("Authorization: Basic YWRhOnB3", "Authorization: Basic ***"),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "jwt ***"),
        ("key stk_0a1b2c3d_s3cr3t-s3cr3t", "key ***"),
        ("key stk_live_0a1b2c3d_s3cr3t-s3cr3t", "key ***"),
        ("EAABsbCS1iHgBAKZAZCkbdDoZCd1", MASK),
        ("ya29.a0AfH6SMBx-1234567890", MASK),
        ("client_secret=abc&grant=x", "client_secret=***&grant=x"),
        ('{"refresh_token": "abc", "n": 1}', '{"refresh_token": "***", "n": 1}'),
        ("Error validating access token: expired", "Error validating access token: expired"),
        ("don't touch = this", "don't touch = this"),
        ("0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee", "0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee"),
    ],
)
def test_patterns(given, kept):
    assert masked_text(given) == kept


@pytest.mark.parametrize(
    "key",
    [
        *("access_token", "client_secret", "password", "Authorization", "Set-Cookie", "api_key"),
        *("email", "signature", "upload_url", "sessionid", "code_verifier", "AWS_ACCESS_KEY_ID"),
    ],
)
def test_keys(key):
    assert masked({key: "abc", "deep": [{key: ["abc"]}]}) == {key: MASK, "deep": [{key: MASK}]}


def test_harmless_keys_keep_their_values():
    facts = {"fencing_token": 3, "key_id": "k", "prompt_tokens": 12, "token_expires_at": "soon"}
    assert masked_metadata(facts) == facts


def test_a_secret_that_is_a_key_is_masked_too():
    assert list(masked({"ada@example.org": 1})) == [MASK]


def test_halves_of_characters_are_kept_as_their_numbers_and_said():
    kept = masked_metadata({"name": "a" + chr(0xD800)})
    assert kept == {"name": "a\\ud800", ALTERED: {"surrogates": 1}}
    assert json.dumps(kept, ensure_ascii=False).encode()


def test_what_is_too_much_is_cut_and_counted():
    kept = masked_metadata({"text": "x" * 5_000_000, "list": list(range(1_000))})
    assert kept[ALTERED] == {"chars_left_out": 4_998_001, "items_left_out": 800, "texts_cut": 1}
    assert (
        len(json.dumps(masked_metadata({str(n): "y" * 1_500 for n in range(150)}))) < 2 * MAX_CHARS
    )


def test_a_thing_that_holds_itself_comes_to_an_end():
    loop = []
    loop.extend([loop] * 200)
    assert masked_metadata({"loop": loop})[ALTERED]["items_left_out"] > 0


def test_a_secret_at_the_cut_is_not_kept_in_half():
    text = "word " * 1_598 + "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"
    assert "eyJ" not in masked_text(text)


def test_a_long_text_full_of_signs_takes_no_time_to_speak_of():
    # Counted in steps of the patterns, not in seconds: none of them looks further than a bound.
    for text in (
        "a." * 4_000 + "@",
        "-a" * 4_000 + "token",
        "a" * 8_000 + "@",
        "a:" * 4_000 + "//",
    ):
        assert len(masked_text(text)) == 2_000


def test_columns_take_any_value():
    assert plain_text("n\x00l " + chr(0xDC00), limit=64) == "nl \\udc00"
    assert plain_text("mail ada@example.org", limit=64) == "mail ***"
    assert plain_text(None, limit=64) == "None"
    assert plain_text("x" * 99, limit=64) == "x" * 64
