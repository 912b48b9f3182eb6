"""`Idempotency-Key`: the same POST sent again has one effect and one answer."""

import json
import threading
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from rest_framework.response import Response

from campaigns.models import Campaign
from jobs.models import Job
from ledger.models import LedgerEvent
from publishing.models import Publication
from publishing.outgoing.models import WebhookSubscriber
from publishing.services import publications
from stakazo.alerts import services as alert_services
from stakazo.alerts.models import Alert
from stakazo.core.api import idempotency
from stakazo.core.models import IdempotentCall
from stakazo.identity.services import create_api_key
from tests.factories import make_account, make_publication, make_user, make_variant

pytestmark = pytest.mark.django_db

# POSTs without a key, each for its reason, which its view gives.
WITHOUT = {
    "auth_register",
    "auth_login",
    "auth_refresh",
    "auth_logout",
    "webhooks_receive",
    "webhooks_receive_instagram",
    "telemetry_ticket",
    "tus_create",
    "auth_keys_create",
    "auth_key_rotate",
}
ALERT = {"title": "By hand"}


@pytest.fixture
def ada(client):
    client.user = make_user("ada")
    client.force_login(client.user)
    client.raise_request_exception = False
    return client


def post(client, path, body, key="k-1"):
    return client.post(
        path, json.dumps(body), content_type="application/json", headers={"Idempotency-Key": key}
    )


def test_every_post_of_the_schema_takes_a_key_and_nothing_else_does():
    schema = SchemaGenerator().get_schema(request=None, public=True)
    for methods in schema["paths"].values():
        for method, operation in methods.items():
            if method not in ("get", "post", "put", "patch", "delete"):
                continue
            names = [each["name"] for each in operation.get("parameters", [])]
            takes = method == "post" and operation["operationId"] not in WITHOUT
            assert ("Idempotency-Key" in names) == takes, operation["operationId"]
            assert not takes or {"409", "422"} <= operation["responses"].keys()


def test_the_same_request_again_is_answered_as_before_and_done_once(ada):
    first = post(ada, "/alerts", ALERT)
    again = post(ada, "/alerts", ALERT)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert Alert.objects.count() == 1
    post(ada, "/alerts", ALERT, key="k-2")
    ada.post("/alerts", json.dumps(ALERT), content_type="application/json")
    assert Alert.objects.count() == 3


def test_the_order_of_fields_and_spaces_do_not_make_another_request(ada):
    def raw(text):
        return ada.post(
            "/alerts",
            text,
            content_type="application/json",
            headers={"Idempotency-Key": "k"},
        ).status_code

    assert raw('{"title": "x", "severity": "WARN"}') == 201
    assert raw('{"severity":"WARN",\n "title":"x"}') == 201
    assert raw('{"severity":"ERROR", "title":"x"}') == 422
    assert Alert.objects.count() == 1


def test_the_key_with_another_request_is_refused(ada):
    post(ada, "/alerts", ALERT)
    other = post(ada, "/alerts", {"title": "Other"})
    elsewhere = post(ada, "/ai/global/trigger", ALERT)
    queried = post(ada, "/alerts?a=1", ALERT)
    for answer in (other, elsewhere, queried):
        assert answer.status_code == 422
        assert answer.json()["code"] == "stakazo.idempotency-key-reused"
    assert Alert.objects.count() == 1
    assert not Job.objects.exists()


def test_keys_of_others_are_others(ada):
    post(ada, "/alerts", ALERT)
    ben = Client()
    ben.force_login(make_user("ben"))
    assert "Idempotent-Replayed" not in post(ben, "/alerts", ALERT)
    assert Alert.objects.count() == 2
    _, plain = create_api_key(user=ada.user, name="program", scopes=["read", "write"])
    program = Client(headers={"X-Api-Key": plain})
    assert post(program, "/alerts", ALERT)["Idempotent-Replayed"] == "true"  # the same user


def test_who_may_no_longer_is_not_answered_from_the_past(ada):
    post(ada, "/alerts", ALERT)
    ada.user.is_superuser = ada.user.is_staff = False
    ada.user.groups.clear()
    ada.user.save()
    assert post(ada, "/alerts", ALERT).status_code == 403
    assert post(Client(), "/alerts", ALERT).status_code == 401


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\tb"])
def test_a_key_that_is_none_is_refused(ada, key):
    answer = post(ada, "/alerts", ALERT, key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "stakazo.bad-idempotency-key")
    assert Alert.objects.count() == 0


def test_while_one_works_on_it_the_other_is_told_to_come_back(ada, monkeypatch):
    seen = []
    real = alert_services.raise_alert

    def slowly(**args):
        seen.append(post(ada, "/alerts", ALERT))
        return real(**args)

    monkeypatch.setattr(alert_services, "raise_alert", slowly)
    assert post(ada, "/alerts", ALERT).status_code == 201
    (meanwhile,) = seen
    assert meanwhile.status_code == 409
    assert meanwhile.json()["code"] == "stakazo.idempotency-key-in-flight"
    assert meanwhile["Retry-After"] == "1"
    assert Alert.objects.count() == 1


def test_a_refusal_is_an_answer_too_and_comes_again(ada):
    bad = {"title": "", "severity": "LOUD"}
    first, again = post(ada, "/alerts", bad), post(ada, "/alerts", bad)
    assert (first.status_code, again.status_code) == (400, 400)
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    gone = "/publications/0190a0b0-0000-7000-8000-000000000001/cancel"
    assert [post(ada, gone, {}, key="c").status_code for _ in range(2)] == [404, 404]


def test_a_failure_of_ours_is_forgotten_so_that_it_can_be_tried_again(ada, monkeypatch):
    def broken(**args):
        Alert.objects.create(rule="x", title="half", fingerprint="half")
        raise RuntimeError("lights out")

    with monkeypatch.context() as patch:
        patch.setattr(alert_services, "raise_alert", broken)
        assert post(ada, "/alerts", ALERT).status_code == 500
    assert Alert.objects.count() == IdempotentCall.objects.count() == 0  # rolled back with it
    answer = post(ada, "/alerts", ALERT)
    assert answer.status_code == 201
    assert "Idempotent-Replayed" not in answer


def test_an_answer_that_cannot_be_written_down_takes_the_effect_with_it(ada, monkeypatch):
    """Stored with the effect: neither is there without the other."""

    def full(*args):
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "_sealed", full)
        assert post(ada, "/alerts", ALERT).status_code == 500
    assert Alert.objects.count() == 0
    assert not LedgerEvent.objects.filter(event_type="alert_opened").exists()


def test_one_that_seems_dead_is_taken_over_and_what_it_does_late_is_rolled_back():
    def hold():
        return idempotency._hold("user:1", "k", "f", idempotency.HELD_FOR)

    dead = hold()
    with pytest.raises(idempotency.KeyInFlight):
        hold()
    with time_machine.travel(timezone.now() + idempotency.HELD_FOR + timedelta(seconds=1)):
        heir = hold()
        with pytest.raises(idempotency.KeyInFlight):
            hold()
    with pytest.raises(idempotency.KeyInFlight), transaction.atomic():
        alert_services.raise_alert(title="late")
        idempotency._keep(dead, Response({}, status=201))
    assert Alert.objects.count() == 0
    idempotency._let_go(dead)  # nor does it take the key away from its heir
    idempotency._keep(heir, Response({"by": "heir"}, status=201))
    assert idempotency._replayed(hold()).data == {"by": "heir"}


def test_after_seven_days_a_key_is_new(ada):
    post(ada, "/alerts", ALERT)
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        assert post(ada, "/alerts", ALERT)["Idempotent-Replayed"] == "true"
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)):
        assert "Idempotent-Replayed" not in post(ada, "/alerts", ALERT)
    assert Alert.objects.count() == 2
    assert IdempotentCall.objects.count() == 1


def test_what_an_answer_shows_once_lies_sealed_and_is_bound_to_its_key(ada, settings):
    settings.WEBHOOKS_OUT_LOOPBACK = True
    body = {"name": "x", "url": "http://127.0.0.1:9/", "event_types": ["clip_published"]}
    first = post(ada, "/webhooks/subscribers", body)
    secret = first.json()["secret"]
    call = IdempotentCall.objects.get()
    assert secret.encode() not in bytes(call.answer_sealed)
    assert post(ada, "/webhooks/subscribers", body).json()["secret"] == secret
    assert WebhookSubscriber.objects.count() == 1
    settings.SECRET_KEY_FALLBACKS = [django_settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    ada.force_login(ada.user)
    assert post(ada, "/webhooks/subscribers", body).json()["secret"] == secret
    settings.SECRET_KEY_FALLBACKS = []
    ada.force_login(ada.user)
    lost = post(ada, "/webhooks/subscribers", body)
    assert (lost.status_code, lost.json()["code"]) == (409, "stakazo.idempotent-answer-lost")
    settings.SECRET_KEY = django_settings.SECRET_KEY


def test_a_file_is_known_by_its_bytes_whatever_the_boundary(ada, small_video):
    def upload(name, boundary, key="k"):
        content = small_video.read_bytes()
        body = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: video/mp4\r\n\r\n"
        ).encode() + content + f"\r\n--{boundary}--\r\n".encode()  # fmt: skip
        return ada.post(
            "/upload",
            body,
            content_type=f"multipart/form-data; boundary={boundary}",
            headers={"Idempotency-Key": key},
        )

    first, again = upload("a.mp4", "one"), upload("a.mp4", "two")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Location"] == first["Location"]
    assert upload("b.mp4", "one").status_code == 422
    assert upload("a.mp4", "one", key="other").status_code == 200  # the house knows the bytes


def test_an_action_on_a_row_is_done_once(ada):
    publication = make_publication(status="scheduled")
    path = f"/publications/{publication.pk}/cancel"
    assert [post(ada, path, {}).status_code for _ in range(3)] == [200, 200, 200]
    assert post(ada, path, {}, key="k-2").status_code == 409
    assert LedgerEvent.objects.filter(event_type="publication_cancelled").count() == 1


def test_pages_for_people_take_it_too(ada):
    post(ada, "/alerts", ALERT)
    answer = ada.post(
        "/alerts",
        json.dumps(ALERT),
        content_type="application/json",
        headers={"Idempotency-Key": "k-1", "Accept": "text/html"},
    )
    assert answer.status_code == 201
    assert "text/html" in answer["Content-Type"]
    assert "By hand" in answer.text


# --- Fifty at once --------------------------------------------------------------------------------


def at_once(path, body, plain, count=50):
    """The answers of so many equal calls, each asked again until it is one."""
    start, answers = threading.Barrier(count), [None] * count

    def one(number):
        client = Client(headers={"X-Api-Key": plain})
        start.wait(60)
        try:
            for _ in range(500):
                answers[number] = post(client, path, body, key="fifty")
                if answers[number].status_code != 409:
                    return
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return answers


@pytest.mark.django_db(transaction=True)
def test_fifty_equal_calls_make_one_publication(monkeypatch):
    made = []
    real = publications.ensure_publication

    def noted(**args):
        made.append(1)
        return real(**args)

    monkeypatch.setattr(publications, "ensure_publication", noted)
    _, plain = create_api_key(user=make_user("ada"), name="p", scopes=["read", "write"])
    body = {
        "clip_variant_id": str(make_variant().pk),
        "social_account_id": str(make_account().pk),
        "caption": "Once",
        "draft": True,
    }
    answers = at_once("/publications", body, plain)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer for answer in answers) == 1
    assert len(made) == Publication.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_equal_calls_make_one_of_what_nothing_else_keeps_single():
    """Campaigns have no key of their own in the database."""
    _, plain = create_api_key(user=make_user("ada"), name="p", scopes=["read", "write"])
    body = {"name": "Spring", "goal": "awareness", "platforms": ["tiktok"]}
    answers = at_once("/campaigns", body, plain)
    assert len({(answer.status_code, answer.text) for answer in answers}) == 1
    assert answers[0].status_code == 201, answers[0].text
    assert Campaign.objects.count() == 1
