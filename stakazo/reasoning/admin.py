"""Recommendations for operators: read them, and ask for a fresh look."""

import json
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm

from jobs.models import Job
from ledger.trail import TrailMixin
from stakazo.core.admin import ReadOnlyAdmin, admin_link
from stakazo.reasoning.models import REASONING, ReasoningRun
from stakazo.reasoning.services import request_reasoning

_COLOURS = {"running": "info", "completed": "success", "failed": "danger"}


@admin.register(ReasoningRun)
class ReasoningRunAdmin(TrailMixin, ReadOnlyAdmin):
    """Each look at the house, what it found and what it proposes. Nothing here acts by itself."""

    list_display = ["started_at", "state", "summary", "found", "trigger", "reasoner"]
    list_filter = ["status", "trigger"]
    search_fields = ["summary"]
    actions_list = ["look_now"]
    fieldsets = [
        (None, {"fields": ["sentence", "summary", "error"]}),
        ("Found", {"fields": ["findings"]}),
        ("Proposed, in order", {"fields": ["steps"]}),
        (
            "The run",
            {
                "fields": [
                    "started_at",
                    "ended_at",
                    "trigger",
                    "reasoner",
                    "reasoner_version",
                    "job_link",
                    "facts",
                    "ledger_trail",
                ]
            },
        ),
    ]
    readonly_fields = ["sentence", "findings", "steps", "job_link", "facts"]

    def has_look_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether this operator may ask for a run."""
        # A method, not the permission's name: for a name unfold asks the database at start-up.
        return request.user.has_perm("reasoning.add_reasoningrun")

    @display(description="State", ordering="status", label=_COLOURS)
    def state(self, run: ReasoningRun) -> tuple[str, str]:
        """The state, as a label."""
        return run.status, run.get_status_display()

    @display(description="State")
    def sentence(self, run: ReasoningRun) -> str:
        """The state and what it means."""
        return f"{run.get_status_display()}. {REASONING.sentences[run.status]}"

    @display(description="Findings")
    def found(self, run: ReasoningRun) -> int:
        """How many."""
        return len(run.recommendations)

    @display(description="Findings")
    def findings(self, run: ReasoningRun) -> str:
        """What was found, with evidence and proposal."""
        rows = [
            {**each, "percent": round(each["confidence"] * 100)} for each in run.recommendations
        ]
        return render_to_string("reasoning/findings.html", {"findings": rows})

    @display(description="Plan")
    def steps(self, run: ReasoningRun) -> SafeString:
        """The steps, each with its reasons."""
        steps = [
            (step["number"], step["do"], "; ".join(step["because"]))
            for step in run.plan.get("steps", [])
        ]
        return format_html(
            "<p>{}</p>{}",
            run.plan.get("note", "Nothing to propose."),
            format_html_join("", "<p>{}. {} ({})</p>", steps),
        )

    @display(description="Job")
    def job_link(self, run: ReasoningRun) -> SafeString | str:
        """The job in which it ran."""
        job = Job(pk=run.job_id)
        return admin_link(job, "Job") if admin.site.is_registered(Job) else str(run.job_id)

    @display(description="Facts")
    def facts(self, run: ReasoningRun) -> SafeString:
        """What it looked at."""
        return format_html(
            "<details><summary>Show</summary><pre>{}</pre></details>",
            json.dumps(run.snapshot, indent=2, sort_keys=True),
        )

    @action(
        description="Look now",
        url_path="look-now",
        permissions=["look"],
        dialog={
            "title": "Look at the house now",
            "description": "A job gathers the facts and proposes what to do; it changes nothing.",
            "form_class": BaseDialogForm,
            "form_submit_text": "Look",
        },
    )
    def look_now(self, request: HttpRequest, form: BaseDialogForm) -> HttpResponse:
        """Put a run in the queue."""
        request_reasoning()
        messages.success(request, "A run is in the queue; it shows here in a moment.")
        url = reverse("admin:reasoning_reasoningrun_changelist")
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": url})
        return HttpResponseRedirect(url)
