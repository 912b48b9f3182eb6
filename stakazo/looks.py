"""How the admin looks: its names, and the lines of its sidebar."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy


def _page(title: str, icon: str, name: str, *, besides: str = "") -> dict[str, Any]:
    """A line of the sidebar. besides: a page below its address that has a line of its own."""
    link = reverse_lazy(f"admin:{name}")
    line: dict[str, Any] = {"title": title, "icon": icon, "link": link}
    if besides:
        line["active"] = lambda request: (
            request.path.startswith(str(link)) and not request.path.startswith(f"{link}{besides}/")
        )
    return line


UNFOLD: dict[str, Any] = {
    "LOGIN": {"form": "stakazo.identity.forms.LoginForm"},
    "SITE_TITLE": "Stakazo",
    "SITE_HEADER": "Stakazo",
    "SITE_SUBHEADER": "Long videos in, results out",
    "SITE_SYMBOL": "movie",
    "STYLES": [lambda request: static("stakazo/admin.css")],
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("stakazo/icon.svg"),
        }
    ],
    "SHOW_HISTORY": False,
    "ACCOUNT": {
        "navigation": [
            {"title": "Second factor", "link": reverse_lazy("admin:second-factor")},
        ]
    },
    "DASHBOARD_CALLBACK": "stakazo.dashboard.dashboard_context",
    "ENVIRONMENT": "stakazo.dashboard.environment_badge",
    "SIDEBAR": {
        "show_search": True,
        "navigation": [
            {
                "items": [
                    _page("Home", "home", "index"),
                    {"title": "Live telemetry", "icon": "monitor_heart", "link": "/telemetry"},
                ]
            },
            {
                "title": "Media",
                "items": [
                    _page("Videos", "movie", "media_assets_videoasset_changelist"),
                    _page("Clips", "content_cut", "media_assets_clip_changelist"),
                    _page("Uploads", "upload", "media_assets_upload_changelist"),
                    _page("Variants", "crop", "media_assets_clipvariant_changelist"),
                    _page("Formats", "aspect_ratio", "media_assets_formatrow_changelist"),
                    _page("Captions", "closed_caption", "media_assets_captions_changelist"),
                    _page("Watermarks", "branding_watermark", "media_assets_watermark_changelist"),
                    _page("Cards", "slideshow", "media_assets_card_changelist"),
                ],
            },
            {
                "title": "Publishing",
                "items": [
                    _page(
                        "Publications",
                        "send",
                        "publishing_publication_changelist",
                        besides="calendar",
                    ),
                    _page("Calendar", "calendar_month", "publishing_publication_calendar"),
                    _page("Accounts", "account_circle", "publishing_socialaccount_changelist"),
                    _page("Attempts", "list_alt", "publishing_publishlog_changelist"),
                    _page("Steps after the post", "checklist", "publishing_publishstep_changelist"),
                    _page("Reconcile runs", "sync", "publishing_reconcilerun_changelist"),
                    _page("Findings", "fact_check", "publishing_postfinding_changelist"),
                    _page("Webhooks", "webhook", "publishing_webhookdelivery_changelist"),
                ],
            },
            {
                "title": "Campaigns",
                "items": [
                    _page("Campaigns", "campaign", "campaigns_campaign_changelist"),
                    _page("Rules", "tune", "campaigns_platformrule_changelist"),
                ],
            },
            {
                "title": "Jobs",
                "items": [
                    _page("Queues", "view_kanban", "jobs_jobqueue_changelist"),
                    _page("Jobs", "engineering", "jobs_job_changelist", besides="causes"),
                    _page("Failures", "error", "jobs_job_causes"),
                    _page("Batches", "inventory_2", "jobs_jobbatch_changelist"),
                    _page("Workers", "memory", "jobs_jobworker_changelist"),
                    _page("Schedules", "event_repeat", "jobs_jobschedule_changelist"),
                    _page("Rate budgets", "speed", "jobs_ratebudget_changelist"),
                ],
            },
            {
                "title": "Watch",
                "items": [
                    _page(
                        "Ledger", "menu_book", "ledger_ledgerevent_changelist", besides="figures"
                    ),
                    _page("Figures", "monitoring", "ledger_figures"),
                    _page("Seals", "verified", "ledger_ledgerseal_changelist"),
                    _page("Alerts", "notifications", "alerts_alert_changelist"),
                    _page("Recommendations", "psychology", "reasoning_reasoningrun_changelist"),
                ],
            },
            {
                "title": "People and programs",
                "collapsible": True,
                "items": [
                    _page("Users", "person", "auth_user_changelist"),
                    _page("API keys", "key", "identity_apikey_changelist"),
                    {"title": "API reference", "icon": "api", "link": "/docs"},
                ],
            },
        ],
    },
}
