"""The screens of publishing: they open, they act through services, they show no secrets."""

import pytest
from django.urls import reverse

from publishing import vault
from publishing.models import PostMetric, Publication, PublishLog, WebhookDelivery
from publishing.platforms.base import Tokens
from tests.factories import make_account, make_publication, make_user, make_variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client):
    client.force_login(make_user("ada"))
    return client


def page(name, *args):
    return reverse(f"admin:publishing_{name}", args=args)


def test_every_list_and_page_opens(ada):
    publication = make_publication(
        status="published", external_post_id="1", external_url="https://x.example/1"
    )
    vault.keep_tokens(publication.social_account, Tokens("hush-access", "hush-refresh"))
    log = PublishLog.objects.create(
        publication=publication,
        status="success",
        phase="settled",
        external_post_id="1",
        handle={"upload_url": "https://up.example/?token=hush"},
    )
    delivery = WebhookDelivery.objects.create(platform="tiktok", event_key="1", body="{}")
    PostMetric.objects.create(
        publication=publication,
        hour="2026-11-20T09:00:00Z",
        taken_at="2026-11-20T09:05:00Z",
        views=1234,
    )
    for name, row in (
        ("socialaccount", publication.social_account),
        ("publication", publication),
        ("publishlog", log),
        ("webhookdelivery", delivery),
    ):
        for address in (page(f"{name}_changelist"), page(f"{name}_change", row.pk)):
            answer = ada.get(address)
            assert answer.status_code == 200, address
            assert "hush" not in answer.content.decode(), address
    text = ada.get(page("publication_change", publication.pk)).content.decode()
    assert "Live on the platform." in text
    assert "1234" in text.replace(",", "")
    assert 'href="https://x.example/1"' in text
    assert "publication_created" in text


def test_the_list_of_publications_costs_the_same_for_few_and_many(
    ada, django_assert_num_queries, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_publication()
    ada.get(page("publication_changelist"))
    with CaptureQueriesContext(connection) as few:
        ada.get(page("publication_changelist"))
    for _ in range(10):
        make_publication()
    with CaptureQueriesContext(connection) as many:
        ada.get(page("publication_changelist"))
    # the filter by account may fetch more accounts in the same query
    assert len(many) <= len(few) + 1


def test_a_new_publication_is_made_by_the_service(ada):
    variant, account = make_variant(), make_account()
    form = {
        "clip_variant": str(variant.pk),
        "social_account": str(account.pk),
        "title": "Harbour lights",
        "caption": "Out now",
        "privacy": "public",
        "scheduled_at_0": "",
        "scheduled_at_1": "",
    }
    answer = ada.post(page("publication_add"), form)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    (publication,) = Publication.objects.all()
    assert publication.status == "scheduled"
    ada.post(page("publication_add"), form)
    assert Publication.objects.count() == 1


def test_what_the_platform_would_refuse_is_said_at_the_field(ada):
    variant, account = make_variant(duration_ms=1_000), make_account()
    answer = ada.post(
        page("publication_add"),
        {
            "clip_variant": str(variant.pk),
            "social_account": str(account.pk),
            "title": "",
            "caption": "x" * 2300,
            "privacy": "public",
            "scheduled_at_0": "",
            "scheduled_at_1": "",
        },
    )
    errors = answer.context["adminform"].form.errors
    assert set(errors) == {"clip_variant", "caption"}
    assert Publication.objects.count() == 0


def test_the_add_page_is_filled_in_from_a_variant(ada):
    variant = make_variant()
    answer = ada.get(page("publication_add") + f"?clip_variant={variant.pk}")
    form = answer.context["adminform"].form
    assert str(form.initial["clip_variant"]) == str(variant.pk)
    assert form.initial["title"] == variant.clip.video_asset.title
    assert ada.get(page("publication_add") + "?clip_variant=nonsense").status_code == 200


def test_several_variants_go_to_several_accounts_at_once(ada):
    variants = [make_variant(content=b"one"), make_variant(content=b"two")]
    accounts = [make_account(), make_account("tiktok")]
    address = page("publication_publish") + "?" + "&".join(f"variant={v.pk}" for v in variants)
    assert ada.get(address).status_code == 200
    answer = ada.post(
        address,
        {
            "social_accounts": [str(account.pk) for account in accounts],
            "title": "",
            "caption": "Out now",
            "scheduled_at_0": "",
            "scheduled_at_1": "",
        },
        follow=True,
    )
    assert Publication.objects.count() == 4
    assert "4 publications" in answer.content.decode()
    assert {p.title for p in Publication.objects.all()} == {"Harbour lights"}


def test_actions_and_buttons_call_the_services(ada):
    draft = make_publication(status="draft")
    failed = make_publication(status="failed")
    ada.post(
        page("publication_changelist"),
        {"action": "publish_now", "_selected_action": [str(draft.pk), str(failed.pk)]},
    )
    draft.refresh_from_db()
    failed.refresh_from_db()
    assert (draft.status, failed.status) == ("scheduled", "failed")
    button = "publishing_publication_retry_this"
    text = ada.get(page("publication_change", failed.pk)).content.decode()
    assert button in text
    assert "_addanother" not in text
    answer = ada.post(
        page("publication_change", failed.pk),
        {
            button: "1",
            "publish_logs-TOTAL_FORMS": "0",
            "publish_logs-INITIAL_FORMS": "0",
            "age_metrics-TOTAL_FORMS": "0",
            "age_metrics-INITIAL_FORMS": "0",
            "approvals-TOTAL_FORMS": "0",
            "approvals-INITIAL_FORMS": "0",
            "metrics-TOTAL_FORMS": "0",
            "metrics-INITIAL_FORMS": "0",
            "steps-TOTAL_FORMS": "0",
            "steps-INITIAL_FORMS": "0",
        },
    )
    assert answer.status_code == 302
    assert answer["Location"] == page("publication_change", failed.pk)
    failed.refresh_from_db()
    assert failed.status == "scheduled"


def test_who_may_only_look_gets_no_form(client):
    client.force_login(make_user("cleo", is_staff=True))
    assert client.get(page("publication_publish")).status_code == 403
    assert client.get(page("publication_add")).status_code == 403
