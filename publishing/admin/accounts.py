"""Accounts for operators: connect, ask, disconnect. Tokens are nowhere to be seen."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timeuntil
from unfold.decorators import action, display

from publishing import budgets, lifetimes, queries
from publishing.admin.choices import ChoiceMixin
from publishing.admin.pages import FactsPage
from publishing.admin.plans import PlanMixin
from publishing.models import Login, Platform, SocialAccount
from publishing.services import accounts
from publishing.services.releasing import release_account
from publishing.sessions import session_secret
from stakazo.core.admin import act_on_each
from stakazo.core.errors import StakazoError


@admin.register(SocialAccount)
class SocialAccountAdmin(PlanMixin, ChoiceMixin, FactsPage):
    """Where we may post. Connect here; the platform asks the person, we keep the tokens sealed."""

    list_display = ["name", "platform", "mode", "state", "connection", "last_post", "created_at"]
    list_filter = ["platform", "status", "mode"]
    search_fields = ["handle", "external_id"]
    search_help_text = "The account's name or its id on the platform."
    actions = ["ask_whether_it_works", "let_post_again", "disconnect"]
    actions_list: ClassVar[list[Any]] = [
        {
            "title": "Connect an account",
            "items": [
                "connect_instagram",
                "connect_by_facebook",
                "connect_tiktok",
                "connect_youtube",
            ],
        }
    ]
    actions_detail: ClassVar[list[Any]] = ["open_plan", "reconnect"]
    fields = [
        "name",
        "platform",
        "mode",
        "status_in_words",
        "external_id",
        "login_in_words",
        "connection",
        "token_ends",
        "refresh_expires_at",
        "renewed_at",
        "scopes",
        "posting",
        "created_at",
        "its_plan",
        "its_publications",
        "ledger_trail",
    ]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[SocialAccount]:
        """With the time of the last post."""
        return queries.accounts_with_counts().order_by("platform", "handle")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Accounts come from the platform's consent page, never from a form."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Posts keep pointing at it: disconnect it instead."""
        return False

    @display(description="Account", ordering="handle")
    def name(self, account: SocialAccount) -> str:
        """Its name on the platform."""
        return account.name

    @display(
        description="Status",
        ordering="status",
        label={"connected": "success", "expired": "danger", "disconnected": "warning"},
    )
    def state(self, account: SocialAccount) -> tuple[str, str]:
        """The status, as a label."""
        return account.status, account.get_status_display()

    @display(
        description="Connection",
        ordering="token_expires_at",
        label={"fine": "success", "soon": "warning", "last": "danger"},
    )
    def connection(self, account: SocialAccount) -> tuple[str, str]:
        """Whether it will need connecting again soon."""
        if account.status != SocialAccount.Status.CONNECTED:
            return "last", "connect again"
        left = lifetimes.days_left(account)
        if left is None:
            return "fine", "renews itself"
        if left == 0:
            return "last", "ends today: connect again"
        days = f"{left} day" + ("" if left == 1 else "s")
        return (
            "last" if left <= min(lifetimes.WARN_DAYS) else "soon"
        ), f"ends in {days}: connect again"

    @display(description="Token ends", ordering="token_expires_at")
    def token_ends(self, account: SocialAccount) -> str:
        """The time left; most are renewed by themselves before that."""
        if account.token_expires_at is None:
            return "–"
        if account.token_expires_at <= timezone.now():
            return "ended; renewed at the next use, or connect again"
        renewed = " (renewed by itself)" if account.refresh_token_sealed else ""
        return f"in {timeuntil(account.token_expires_at)}{renewed}"

    @display(description="Connected by")
    def login_in_words(self, account: SocialAccount) -> str:
        """By which of the platform's logins."""
        return account.get_login_display() or f"{account.get_platform_display()}'s own login"

    @display(description="Last post", ordering="last_post_at")
    def last_post(self, account: Any) -> str:
        """When something last went live there."""
        return f"{account.last_post_at:%Y-%m-%d %H:%M}" if account.last_post_at else "–"

    @display(description="Publications")
    def its_publications(self, account: SocialAccount) -> SafeString:
        """A link down."""
        url = reverse("admin:publishing_publication_changelist")
        return format_html(
            '<a class="text-primary-600" href="{}?social_account__id__exact={}">Show them</a>',
            url,
            account.pk,
        )

    @display(description="Posting")
    def posting(self, account: SocialAccount) -> SafeString:
        """The hold it is under, and how its budgets stand."""
        return render_to_string(
            "publishing/posting.html",
            {
                "hold": queries.hold_of(account),
                "waiting": queries.waiting_on(account).count(),
                "next_post_in_s": budgets.wait_for_a_post(account),
                "budgets": budgets.budgets_of(account),
            },
        )

    @admin.action(description="Let it post again (end its hold)", permissions=["change"])
    def let_post_again(self, request: HttpRequest, rows: QuerySet[SocialAccount]) -> None:
        """What waits goes out, one by one."""
        act_on_each(request, rows, release_account, done="let go")

    @admin.action(description="Ask the platform whether it works")
    def ask_whether_it_works(self, request: HttpRequest, rows: QuerySet[SocialAccount]) -> None:
        """Marks those whose token is refused."""
        act_on_each(request, rows, accounts.check_account, done="work")

    @admin.action(description="Disconnect (forget the tokens)")
    def disconnect(self, request: HttpRequest, rows: QuerySet[SocialAccount]) -> None:
        """What waits to be posted there will fail until it is back."""
        act_on_each(request, rows, accounts.disconnect_account, done="disconnected")

    @action(description="Instagram", permissions=["change"])
    def connect_instagram(self, request: HttpRequest) -> HttpResponse:
        """To Instagram's consent page."""
        return self._connect(request, Platform.INSTAGRAM)

    @action(description="Instagram, through Facebook", permissions=["change"])
    def connect_by_facebook(self, request: HttpRequest) -> HttpResponse:
        """To Facebook's consent page: for accounts that belong to a page."""
        return self._connect(request, Platform.INSTAGRAM, login=Login.FACEBOOK)

    @action(description="TikTok", permissions=["change"])
    def connect_tiktok(self, request: HttpRequest) -> HttpResponse:
        """To TikTok's consent page."""
        return self._connect(request, Platform.TIKTOK)

    @action(description="YouTube", permissions=["change"])
    def connect_youtube(self, request: HttpRequest) -> HttpResponse:
        """To Google's consent page."""
        return self._connect(request, Platform.YOUTUBE)

    @action(description="Connect again", permissions=["change"])
    def reconnect(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The same account keeps its row, its publications and its schedule."""
        account = SocialAccount.objects.get(pk=object_id)
        return self._connect(request, account.platform, mode=account.mode, login=account.login)

    def _connect(
        self, request: HttpRequest, platform: str, *, mode: str = "", login: str = ""
    ) -> HttpResponse:
        try:
            consent = accounts.begin_connect(
                platform, session_secret=session_secret(request), mode=mode, login=login
            )
        except StakazoError as error:
            messages.error(request, error.message)
            return redirect("admin:publishing_socialaccount_changelist")
        return HttpResponseRedirect(consent.authorize_url)
