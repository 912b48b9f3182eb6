"""Runs of reconciliation and what the audit found, for operators."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display

from ledger.trail import TrailMixin
from publishing.admin.pages import link_to, outside_link
from publishing.models import PostFinding, PublishLog, ReconcileRun
from publishing.services import auditing
from stakazo.core.admin import ActingMixin, ReadOnlyAdmin, admin_link, made_once

MOST_LINKS = 100


@admin.register(ReconcileRun)
class ReconcileRunAdmin(ReadOnlyAdmin):
    """Each run: who asked for it, how long it took, what it has done."""

    list_display = [
        "started_at",
        "kind",
        "door",
        "actor",
        "total_checked",
        "marked_success",
        "marked_failed",
        "skipped",
        "found",
        "took",
    ]
    list_filter = ["kind", "door", "started_at"]
    search_fields = ["actor", "error"]
    date_hierarchy = "started_at"
    fields = [
        "kind",
        "door",
        "actor",
        "job_id",
        "parameters",
        "started_at",
        "ended_at",
        "took",
        "total_checked",
        "marked_success",
        "marked_failed",
        "skipped",
        "found",
        "platforms",
        "settled",
        "errors",
        "error",
    ]
    readonly_fields = fields

    @display(description="Took")
    def took(self, run: ReconcileRun) -> str:
        """How long; a run without an end is told so."""
        if run.duration_ms is None:
            return "no end: it runs, or its process died"
        return f"{run.duration_ms / 1000:.1f} s"

    @display(description="By platform")
    def platforms(self, run: ReconcileRun) -> SafeString:
        """The numbers of each."""
        rows = [(name, dict(numbers)) for name, numbers in sorted(run.per_platform.items())]
        return render_to_string("publishing/platform_numbers.html", {"rows": rows})

    @display(description="Settled attempts")
    @made_once
    def settled(self, run: ReconcileRun) -> SafeString | str:
        """Links to what it settled."""
        ids = [*run.success_log_ids, *run.failed_log_ids]
        logs = PublishLog.objects.select_related("publication__social_account").filter(
            pk__in=ids[:MOST_LINKS]
        )
        links = format_html_join(", ", "{}", ((admin_link(log),) for log in logs))
        return links or "–"


@admin.register(PostFinding)
class PostFindingAdmin(ActingMixin, TrailMixin, ReadOnlyAdmin):
    """Where a platform's list and our records do not agree. Nothing is changed by itself."""

    list_display = ["first_seen", "account", "kind", "state", "post", "publication_link", "why"]
    list_select_related = [
        "social_account",
        "publication__social_account",
        "publication__clip_variant__clip__video_asset",
    ]
    list_filter = ["status", "kind", "social_account__platform", "social_account"]
    search_fields = ["external_post_id", "why"]
    acting_permission = "publishing.change_publication"
    actions = ["dismiss"]
    fields = [
        "account",
        "kind",
        "status_in_words",
        "why",
        "post",
        "posted_at",
        "publication_link",
        "first_seen",
        "last_seen",
        "ended_at",
        "ended_why",
        "ledger_trail",
    ]
    readonly_fields = fields

    @display(description="Account", ordering="social_account")
    def account(self, finding: PostFinding) -> SafeString | str:
        """A link up."""
        return link_to(finding.social_account)

    @display(description="Publication")
    def publication_link(self, finding: PostFinding) -> SafeString | str:
        """Ours, or the one that it looks like."""
        return link_to(finding.publication)

    @display(description="Post")
    def post(self, finding: PostFinding) -> SafeString | str:
        """The post on the platform."""
        return outside_link(finding.external_url, finding.external_post_id)

    @display(description="Status")
    def status_in_words(self, finding: PostFinding) -> str:
        """The status, for the page."""
        return finding.get_status_display()

    @display(
        description="Status",
        ordering="status",
        label={"open": "warning", "resolved": "success", "dismissed": "info"},
    )
    def state(self, finding: PostFinding) -> tuple[str, str]:
        """The status, as a label."""
        return finding.status, finding.get_status_display()

    def page_actions_of(self, row: PostFinding) -> list[tuple[str, str]]:
        """Only while it is open."""
        is_open = row.status == PostFinding.Status.OPEN
        return [("dismiss", "It is as it should be")] if is_open else []

    @admin.action(description="It is as it should be", permissions=["act"])
    def dismiss(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        """Not opened again."""
        return self.act(request, rows, auditing.dismiss_finding, done="dismissed")
