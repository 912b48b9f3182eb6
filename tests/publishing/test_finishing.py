"""First comments and thumbnails: done once, after the post, and never at its expense."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from jobs import services as jobs
from jobs.models import Job
from jobs.runner import run_job
from ledger.machine import IllegalMove
from publishing import queries, vault
from publishing.models import AccountHold, PublishStep
from publishing.platforms import client_for
from publishing.platforms.base import Tokens
from publishing.platforms.oauth import GoogleOAuth
from publishing.services import accounts
from publishing.services.publications import create_publication
from publishing.services.reconcile import take_up_forgotten
from publishing.services.steps import drop_step, retry_step, steps_wanted
from publishing.simulator.credentials import SIMULATED_APPS
from stakazo.alerts.facts import gather_facts
from stakazo.alerts.rules import RULES
from tests.events import event_types_of
from tests.factories import make_account, make_publication, make_user
from tests.past_the_ledger import overwrite
from tests.publishing.road import Crash, drive, wanted

pytestmark = pytest.mark.django_db(transaction=True)

COMMENT = "What do you think? #harbour"
COMMENTING = ["instagram", "youtube"]


def posted(simulator, platform, path, clock, **options):
    """A live post with something to do to it."""
    options = options or {"first_comment": COMMENT}
    publication = drive(wanted(simulator, platform, path, options=options), clock)
    assert publication.status == "published", publication.error
    return publication


def step_of(publication, kind="first_comment"):
    return publication.steps.get(kind=kind)


def finished(step, clock, *, rounds=20, step_s=61):
    """Run its job until nothing is left to do."""
    for _ in range(rounds):
        job = queries.live_job_of_step(step)
        if job is None:
            break
        try:
            run_job(job.pk)
        except Crash:
            job.refresh_from_db()
            jobs.settle_lost(job, why="killed")
        clock.shift(step_s)
    step.refresh_from_db()
    return step


def dying_client(monkeypatch, when):
    """The process dies once in the call that comments."""
    left = [1]

    class Mortal:
        def __init__(self, real):
            self._real = real

        def __getattr__(self, name):
            return getattr(self._real, name)

        def comment(self, *args):
            if left and when == "before":
                left.pop()
                raise Crash(when)
            answer = self._real.comment(*args)
            if left:
                left.pop()
                raise Crash(when)
            return answer

    monkeypatch.setattr(
        accounts, "client_for", lambda *args, **more: Mortal(client_for(*args, **more))
    )


@pytest.mark.parametrize("platform", COMMENTING)
def test_a_first_comment_is_written_once_the_post_is_live(simulator, clock, small_video, platform):
    publication = posted(simulator, platform, small_video, clock)
    assert simulator.comments() == []
    step = finished(step_of(publication), clock)
    (comment,) = simulator.comments()
    assert (comment["text"], comment["post_id"]) == (COMMENT, publication.external_post_id)
    assert (step.status, step.external_id, step.sends) == ("done", comment["id"], 1)
    assert event_types_of(step) == [
        "publish_step_created",
        "publish_step_sent",
        "publish_step_done",
    ]


def test_tiktok_takes_no_comments_so_no_step_is_made(simulator, clock, small_video):
    publication = posted(simulator, "tiktok", small_video, clock)
    assert list(publication.steps.all()) == []
    assert {found["rule"] for found in publication.preflight_findings} >= {"unread options"}


def test_a_video_on_youtube_gets_the_picture_of_its_moment(simulator, clock, small_video):
    publication = posted(simulator, "youtube", small_video, clock, thumb_offset_ms=1500)
    step = finished(step_of(publication, "thumbnail"), clock)
    (thumbnail,) = simulator.truth()["thumbnails"]
    assert (step.status, step.sends) == ("done", 1)
    assert thumbnail["post_id"] == publication.external_post_id
    assert thumbnail["size_bytes"] > 1_000


def test_covers_of_instagram_and_tiktok_go_with_the_post(simulator, clock, small_video):
    posted(simulator, "tiktok", small_video, clock, thumb_offset_ms=1500)
    first = posted(simulator, "instagram", small_video, clock, thumb_offset_ms=700)
    url = "https://pictures.label.example/cover.jpg"
    second = create_publication(
        first.clip_variant,
        first.social_account,
        title="",
        caption="Another thing altogether",
        options={"cover_url": url, "thumb_offset_ms": 700},
    )
    drive(second, clock)
    covers = [(row["url"], row["at_ms"]) for row in simulator.truth()["covers"]]
    assert covers == [("", 1500), ("", 700), (url, None)]
    assert not PublishStep.objects.exists()


@pytest.mark.parametrize(
    "fault", ["reset_after", "error_after", "truncated_after", "html_after", "late_effect"]
)
@pytest.mark.parametrize("platform", COMMENTING)
def test_a_lost_answer_never_makes_a_second_comment(simulator, clock, small_video, platform, fault):
    publication = posted(simulator, platform, small_video, clock)
    simulator.inject(f"{platform}.comment", fault)
    step = finished(step_of(publication), clock)
    (comment,) = simulator.comments()
    assert (step.status, step.external_id) == ("done", comment["id"])
    assert "publish_step_outcome_unknown" in event_types_of(step)
    publication.refresh_from_db()
    assert publication.status == "published"


@pytest.mark.parametrize("fault", ["reset_before", "error_before"])
@pytest.mark.parametrize("platform", COMMENTING)
def test_a_comment_that_was_never_taken_is_written_after_proof(
    simulator, clock, small_video, platform, fault
):
    publication = posted(simulator, platform, small_video, clock)
    simulator.inject(f"{platform}.comment", fault)
    step = finished(step_of(publication), clock)
    assert (step.status, step.sends, len(simulator.comments())) == ("done", 2, 1)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_in_the_call_still_makes_one_comment(
    simulator, clock, small_video, monkeypatch, when
):
    publication = posted(simulator, "instagram", small_video, clock)
    dying_client(monkeypatch, when)
    step = finished(step_of(publication), clock)
    assert (step.status, len(simulator.comments())) == ("done", 1)


def test_somebody_elses_same_words_are_not_taken_for_ours_and_ours_of_long_ago_neither(
    simulator, clock, small_video
):
    publication = posted(simulator, "youtube", small_video, clock)
    step = finished(step_of(publication), clock)
    clock.shift(3600)
    overwrite(
        PublishStep.objects.filter(pk=step.pk), status="unknown", first_sent_at=timezone.now()
    )
    step.refresh_from_db()
    retry_step(step)
    finished(step, clock)
    assert len(simulator.comments()) == 2  # the first one was written before this one was sent


def test_a_comment_where_nobody_can_comment_is_refused_before_the_post(
    simulator, clock, small_video
):
    publication = wanted(simulator, "youtube", small_video, options={"first_comment": COMMENT})
    overwrite(type(publication).objects.filter(pk=publication.pk), privacy="private")
    drive(publication, clock)
    assert publication.status == "failed"
    assert "may comment" in publication.error


def test_what_the_platform_refuses_fails_the_step_with_a_remedy_and_an_alert(
    simulator, clock, small_video
):
    publication = posted(simulator, "youtube", small_video, clock, category_id="10")
    simulator.remove(publication.external_post_id)
    step = PublishStep.objects.create(publication=publication, kind="first_comment", text=COMMENT)
    with pytest.raises(IllegalMove, match="waiting"):
        retry_step(step)
    take_up(clock)
    finished(step, clock)
    assert (step.status, step.error_kind) == ("failed", "user_fix")
    assert "removed" in step.remedy
    publication.refresh_from_db()
    assert publication.status == "published"
    (alert,) = RULES["step_undone"](gather_facts())
    assert (alert.entity_id, alert.severity) == (str(step.pk), "WARN")
    assert any("First comment" in words for words in queries.evidence_of(publication).known)


def take_up(clock):
    clock.shift(61)
    return take_up_forgotten()


def test_a_step_whose_job_was_lost_is_taken_up(simulator, clock, small_video):
    publication = posted(simulator, "instagram", small_video, clock)
    step = step_of(publication)
    overwrite(Job.objects.filter(pk=queries.live_job_of_step(step).pk), status="dead", dedup_key="")
    assert queries.steps_without_a_job(now=timezone.now() + timedelta(minutes=2)) == [step]
    assert take_up(clock) == 1
    assert finished(step, clock).status == "done"


def test_a_busy_platform_is_tried_again_and_then_given_up_and_a_person_retries(
    simulator, clock, small_video
):
    publication = posted(simulator, "youtube", small_video, clock, thumb_offset_ms=5)
    step = step_of(publication, "thumbnail")
    simulator.inject("youtube.thumbnail", "error_before", count=500)
    finished(step, clock, step_s=1000)
    assert (step.status, step.error_kind) == ("failed", "transient")
    simulator.reset_faults()
    retry_step(step, why="it works again")
    assert finished(step, clock).status == "done"
    assert len(simulator.truth()["thumbnails"]) == 1


def test_a_retry_of_what_was_sent_asks_first(simulator, clock, small_video):
    publication = posted(simulator, "instagram", small_video, clock)
    step = step_of(publication)
    simulator.inject("instagram.comment", "reset_after")
    run_job(queries.live_job_of_step(step).pk)
    step.refresh_from_db()
    assert step.status == "unknown"
    overwrite(PublishStep.objects.filter(pk=step.pk), status="failed")
    step.refresh_from_db()
    assert retry_step(step).status == "unknown"
    assert finished(step, clock).status == "done"
    assert len(simulator.comments()) == 1


def test_a_missing_permission_leaves_the_account_connected(simulator, clock, small_video):
    publication = posted(simulator, "youtube", small_video, clock)
    step, account = step_of(publication), publication.social_account
    scopes = GoogleOAuth.scopes[:2]  # somebody unticked the third
    vault.keep_tokens(account, Tokens(token_with(simulator, scopes), "kept"))
    finished(step, clock)
    account.refresh_from_db()
    assert (account.status, step.status, step.error_kind) == ("connected", "failed", "reconnect")
    assert simulator.comments() == []


def token_with(simulator, scopes):
    """An access token of YouTube's seeded channel that allows only this."""
    app, here = SIMULATED_APPS["youtube"], "http://127.0.0.1:9/back"
    consent = {"client_id": app.client_id, "response_type": "code", "redirect_uri": here}
    answer = simulator.get(
        "/accounts.google.com/o/oauth2/v2/auth", params={**consent, "scope": " ".join(scopes)}
    )
    (code,) = parse_qs(urlsplit(answer.headers["location"]).query)["code"]
    form = {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "grant_type": "authorization_code",
        "redirect_uri": here,
        "code": code,
    }
    return simulator.request("POST", "/oauth2.googleapis.com/token", data=form).json()[
        "access_token"
    ]


def test_one_that_is_dropped_is_never_done(simulator, clock, small_video):
    publication = posted(simulator, "instagram", small_video, clock)
    step = step_of(publication)
    drop_step(step, why="on second thoughts")
    assert finished(step, clock).status == "dropped"
    assert simulator.comments() == []
    with pytest.raises(IllegalMove):
        retry_step(step)


def test_an_account_that_its_platform_blocks_is_left_in_peace(simulator, clock, small_video):
    publication = posted(simulator, "instagram", small_video, clock)
    hold = AccountHold.objects.create(
        social_account=publication.social_account,
        why="Blocked.",
        by_platform=True,
        retry_at=timezone.now() + timedelta(hours=6),
    )
    step = finished(step_of(publication), clock, rounds=2)
    assert (step.status, step.sends, simulator.comments()) == ("waiting", 0, [])
    assert hold.status == "held"


def test_what_the_options_ask_for():
    asked = {"first_comment": "  Hello ", "thumb_offset_ms": 0}
    assert steps_wanted("youtube", asked) == {
        "first_comment": {"text": "Hello"},
        "thumbnail": {"at_ms": 0},
    }
    assert steps_wanted("instagram", asked) == {"first_comment": {"text": "Hello"}}
    assert steps_wanted("tiktok", asked) == {}
    assert steps_wanted("youtube", {"first_comment": " ", "thumb_offset_ms": True}) == {}
    assert steps_wanted("youtube", {"first_comment": 5, "thumb_offset_ms": "x"}) == {}


# --- The doors ------------------------------------------------------------------------------------


def failed_step():
    publication = make_publication(
        account=make_account("youtube"), status="published", external_post_id="p1"
    )
    return PublishStep.objects.create(
        publication=publication,
        kind="thumbnail",
        at_ms=5,
        status="failed",
        error="It broke.",
        remedy="Wait.",
    )


def test_programs_see_retry_and_drop_steps():
    step, client = failed_step(), APIClient()
    client.force_authenticate(make_user("ben"))
    (listed,) = client.get("/publishing/steps?status=failed&kind=thumbnail").data["results"]
    assert (listed["id"], listed["remedy"]) == (str(step.pk), "Wait.")
    detail = client.get(f"/publications/{step.publication_id}").data
    assert [each["id"] for each in detail["steps"]] == [str(step.pk)]
    answer = client.post(f"/publishing/steps/{step.pk}/retry", {"why": "now"}, format="json")
    assert (answer.status_code, answer.data["status"]) == (200, "waiting")
    assert client.post(f"/publishing/steps/{step.pk}/retry").status_code == 409
    assert client.post(f"/publishing/steps/{step.pk}/drop").data["status"] == "dropped"


def test_who_may_only_look_changes_no_step():
    step, client = failed_step(), APIClient()
    client.force_authenticate(make_user("cleo"))
    assert client.get(f"/publishing/steps/{step.pk}").status_code == 200
    assert client.post(f"/publishing/steps/{step.pk}/retry").status_code == 403


def test_operators_retry_a_step_on_its_page(client):
    step = failed_step()
    client.force_login(make_user("ada"))
    page = client.get(reverse("admin:publishing_publishstep_change", args=[step.pk])).text
    assert "Try again" in page
    assert "It broke." in page
    form = {"action": "retry", "_selected_action": str(step.pk), "index": "0", "back": "1"}
    client.post(reverse("admin:publishing_publishstep_changelist"), form)
    step.refresh_from_db()
    assert (step.status, step.error) == ("waiting", "")


def test_the_forms_of_a_publication_offer_comment_and_cover(client):
    publication = make_publication(status="draft", options={"share_to_feed": False})
    client.force_login(make_user("ada"))
    address = reverse("admin:publishing_publication_edit", args=[publication.pk])
    form = {"title": "T", "caption": "C", "privacy": "public", "cover_at_ms": "1200"}
    assert client.post(address, {**form, "first_comment": COMMENT}).status_code == 302
    publication.refresh_from_db()
    assert publication.options == {
        "share_to_feed": False,
        "first_comment": COMMENT,
        "thumb_offset_ms": 1200,
    }
    assert COMMENT in client.get(address).text
    answer = client.post(address, {**form, "first_comment": "x" * 2201})
    assert "Shorten the first comment." in str(answer.context["form"].errors["first_comment"])
    client.post(address, {**form, "cover_at_ms": "", "first_comment": ""})
    publication.refresh_from_db()
    assert publication.options == {"share_to_feed": False}
