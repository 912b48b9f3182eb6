"""What the platforms' errors mean: one table, by platform, code, subcode and phase."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from publishing.errors import (
    AgainstPolicy,
    FailureKind,
    NeedsReconnect,
    OutcomeUnknown,
    PlatformBusy,
    PlatformLimit,
    PlatformProblem,
    RefusedContent,
    UploadGone,
)
from publishing.platforms.error_table import (
    FAILURES,
    SAFE,
    TABLE,
    Phase,
    error_for,
    failure_of,
)


@pytest.mark.parametrize(
    ("platform", "phase", "answer", "error"),
    [
        ("instagram", "prepare", {"http": 400, "code": "190", "subcode": "463"}, NeedsReconnect),
        ("instagram", "commit", {"http": 400, "code": "190", "subcode": "463"}, NeedsReconnect),
        ("instagram", "prepare", {"http": 400, "code": "230"}, NeedsReconnect),
        ("instagram", "commit", {"http": 400, "code": "4", "subcode": "2207051"}, OutcomeUnknown),
        ("instagram", "prepare", {"http": 400, "code": "4", "subcode": "2207051"}, PlatformLimit),
        ("instagram", "commit", {"http": 400, "code": "4"}, PlatformLimit),
        ("instagram", "commit", {"http": 400, "code": "9007", "subcode": "2207027"}, PlatformBusy),
        ("instagram", "commit", {"http": 400, "code": "506"}, OutcomeUnknown),
        ("instagram", "prepare", {"http": 400, "code": "506"}, RefusedContent),
        ("instagram", "commit", {"http": 500, "code": "2"}, OutcomeUnknown),
        ("instagram", "prepare", {"http": 500, "code": "2"}, PlatformBusy),
        ("instagram", "prepare", {"http": 400, "code": "36004"}, RefusedContent),
        ("instagram", "prepare", {"http": 400, "code": "368"}, AgainstPolicy),
        ("instagram", "commit", {"http": 400, "code": "4711"}, OutcomeUnknown),
        ("instagram", "commit", {"http": 429, "code": "4711"}, OutcomeUnknown),
        ("instagram", "commit", {"http": 401, "code": "4711"}, OutcomeUnknown),
        ("instagram", "commit", {"http": 401}, NeedsReconnect),
        ("instagram", "prepare", {"http": 400, "code": "4711"}, PlatformProblem),
        ("instagram", "read", {"http": 400, "code": "4711", "transient": True}, PlatformBusy),
        ("instagram", "read", {"http": 400, "code": "100", "subcode": "33"}, PlatformBusy),
        ("instagram", "read", {"http": 400, "code": "100", "subcode": "9"}, PlatformProblem),
        ("instagram", "read", {"http": 400, "code": "-2", "subcode": "2207020"}, UploadGone),
        ("tiktok", "prepare", {"http": 200, "code": "spam_risk_too_many_posts"}, PlatformLimit),
        ("tiktok", "prepare", {"http": 401, "code": "access_token_invalid"}, NeedsReconnect),
        ("tiktok", "commit", {"http": 503, "code": "upload"}, OutcomeUnknown),
        ("tiktok", "commit", {"http": 416, "code": "upload"}, OutcomeUnknown),
        ("tiktok", "commit", {"http": 403, "code": "upload"}, UploadGone),
        ("tiktok", "commit", {"http": 429, "code": "upload"}, PlatformLimit),
        ("youtube", "prepare", {"http": 403, "code": "quotaExceeded"}, PlatformLimit),
        ("youtube", "prepare", {"http": 400, "code": "invalidTitle"}, RefusedContent),
        ("youtube", "commit", {"http": 502}, OutcomeUnknown),
        ("youtube", "commit", {"http": 429}, PlatformLimit),
    ],
)
def test_the_same_code_means_something_else_in_another_phase(platform, phase, answer, error):
    assert type(error_for(platform, phase=Phase(phase), **answer)) is error


@pytest.mark.parametrize("platform", ["instagram", "tiktok", "youtube"])
@pytest.mark.parametrize("http", [200, 302, 400, 401, 403, 404, 409, 429, 500, 502])
def test_what_nobody_knows_is_ambiguous_in_the_commit_and_never_before(platform, http):
    answer = {"http": http, "code": "no such code", "transient": True}
    assert error_for(platform, phase=Phase.COMMIT, **answer).kind == "ambiguous"
    for phase in SAFE:
        assert error_for(platform, phase=phase, **answer).kind != "ambiguous"


def test_no_row_is_hidden_behind_an_earlier_one():
    for place, row in enumerate(TABLE):
        for phase in row.phases:
            answer = {
                "http": row.http or 400,
                "code": row.code.partition("-")[0] if row.code == "200-299" else row.code,
                "subcode": row.subcode,
            }
            first = next(
                each
                for each in TABLE
                if each.platform == row.platform and each.fits(phase=phase, **answer)
            )
            assert first is row, f"row {place}: {row}"


def test_every_kind_is_used_and_each_error_carries_it_with_a_remedy():
    kinds = set()
    for row in TABLE:
        (phase, *_) = row.phases
        error = error_for(
            row.platform,
            phase=phase,
            http=row.http or 400,
            code="200" if row.code == "200-299" else row.code,
            subcode=row.subcode,
        )
        assert error.kind == row.kind == error.details["kind"]
        assert error.details["remedy"] == error.remedy == row.cure
        kinds.add(error.kind)
    assert kinds == set(FailureKind)


def test_every_sentence_and_remedy_is_one_for_people():
    texts = [row.sentence for row in TABLE] + [each.sentence for each in FAILURES.values()]
    texts += [row.cure for row in TABLE] + [each.cure for each in FAILURES.values()]
    for text in texts:
        assert text[0].isupper()
        assert text.endswith(".")
        assert "error code" not in text


def test_every_error_that_waits_says_when_to_come_back():
    for row in TABLE:
        if issubclass(row.error, PlatformBusy):
            error = error_for(
                row.platform,
                phase=next(iter(row.phases)),
                http=row.http or 400,
                code=row.code,
                subcode=row.subcode,
            )
            assert error.retry_after_s > 0


def test_a_refusal_without_a_known_word_is_left_to_a_person():
    failure = failure_of("tiktok", "brand_new_reason")
    assert (failure.kind, failure.retryable) == ("user_fix", False)
    assert "brand_new_reason" in failure.sentence


def test_every_budget_that_a_row_closes_is_declared():
    for row in TABLE:
        if row.closes not in ("", "*"):
            assert f"{row.platform}:{row.closes}" in settings.PLATFORM_BUDGETS


def test_secrets_in_an_answer_are_masked_in_the_error():
    wire = {"message": "Bearer abc.def", "access_token": "secret", "url": "https://x.example/?t=1"}
    error = error_for("tiktok", phase=Phase.READ, http=400, wire=wire)
    assert "secret" not in str(error.wire)
    assert "abc.def" not in str(error.wire)
    assert "t=1" not in str(error.wire)


def test_the_page_is_what_the_command_prints():
    out = StringIO()
    call_command("platform_errors", "--markdown", stdout=out)
    page = Path(settings.BASE_DIR) / "docs" / "platform-errors.md"
    assert page.read_text() == out.getvalue()
