"""Accounts, publications and attempts for operators. Tokens are nowhere to be seen."""

import contextlib
import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timeuntil
from unfold.admin import TabularInline
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from ledger.trail import TrailMixin
from media_assets.models import ClipVariant
from publishing import queries
from publishing.errors import NotPublishable
from publishing.models import (
    PUBLICATION,
    Platform,
    PostMetric,
    Publication,
    PublishLog,
    SocialAccount,
    WebhookDelivery,
)
from publishing.platforms.base import Content
from publishing.services import accounts, publications
from publishing.services.reconcile import reconcile_publication
from publishing.sessions import session_secret
from stakazo.core.admin import ReadOnlyAdmin, StakazoAdmin, act_on_each, admin_link
from stakazo.core.errors import StakazoError

VARIANTS_OFFERED = 300
PRIVACIES = [
    ("public", "Public"),
    ("unlisted", "Unlisted (YouTube)"),
    ("private", "Private (TikTok, YouTube)"),
]


def link_to(row: Model | None, text: str = "") -> SafeString | str:
    """A link to the row where its admin is there, else its name."""
    if row is not None and not admin.site.is_registered(type(row)):
        return text or str(row)
    return admin_link(row, text)


def thumbnail_of(variant: ClipVariant) -> SafeString | str:
    """A small picture of the variant, or of its clip; a dash where neither has one."""
    picture = variant.thumbnail or variant.clip.thumbnail
    if not picture:
        return "–"
    return format_html(
        '<img src="{}" alt="Still of {}" loading="lazy" width="48" class="rounded-default">',
        picture.url,
        variant,
    )


def outside_link(url: str, text: str) -> SafeString | str:
    """A link to a page outside, only if it is a web address."""
    if not url.startswith(("https://", "http://")):
        return text or "–"
    return format_html(
        '<a class="text-primary-600" href="{}" target="_blank" rel="noopener noreferrer">{}</a>',
        url,
        text,
    )


class FactsPage(TrailMixin, StakazoAdmin):
    """A page of facts with buttons: nothing is edited in fields, so nothing is saved."""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Without Django's buttons for saving."""
        hidden = dict.fromkeys(
            ("show_save", "show_save_and_continue", "show_save_and_add_another"), False
        )
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **hidden}
        )

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """After a button: the same page again, with the button's own message."""
        return redirect(request.path)

    @display(description="Status")
    def status_in_words(self, row: Any) -> str:
        """The status, for a page (a list shows it as a label)."""
        return str(row.get_status_display())


# --- Accounts -----------------------------------------------------------------------------------


@admin.register(SocialAccount)
class SocialAccountAdmin(FactsPage):
    """Where we may post. Connect here; the platform asks the person, we keep the tokens sealed."""

    list_display = ["name", "platform", "mode", "state", "token_ends", "last_post", "created_at"]
    list_filter = ["platform", "status", "mode"]
    search_fields = ["handle", "external_id"]
    search_help_text = "The account's name or its id on the platform."
    actions = ["ask_whether_it_works", "disconnect"]
    actions_list: ClassVar[list[Any]] = [
        {
            "title": "Connect an account",
            "items": ["connect_instagram", "connect_tiktok", "connect_youtube"],
        }
    ]
    actions_detail: ClassVar[list[Any]] = ["reconnect"]
    fields = [
        "name",
        "platform",
        "mode",
        "status_in_words",
        "external_id",
        "token_ends",
        "refresh_expires_at",
        "scopes",
        "created_at",
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

    @display(description="Token ends", ordering="token_expires_at")
    def token_ends(self, account: SocialAccount) -> str:
        """The time left; most are renewed by themselves before that."""
        if account.token_expires_at is None:
            return "–"
        if account.token_expires_at <= timezone.now():
            return "ended; renewed at the next use, or connect again"
        renewed = " (renewed by itself)" if account.refresh_token_sealed else ""
        return f"in {timeuntil(account.token_expires_at)}{renewed}"

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
        return self._connect(request, account.platform, mode=account.mode)

    def _connect(self, request: HttpRequest, platform: str, *, mode: str = "") -> HttpResponse:
        try:
            consent = accounts.begin_connect(
                platform, session_secret=session_secret(request), mode=mode
            )
        except StakazoError as error:
            messages.error(request, error.message)
            return redirect("admin:publishing_socialaccount_changelist")
        return HttpResponseRedirect(consent.authorize_url)


# --- Publications -------------------------------------------------------------------------------


class PublicationForm(forms.ModelForm):  # type: ignore[type-arg]  # django-stubs: generic only there
    """A new publication. What the platform would refuse is said here, at the field it is about."""

    privacy = forms.ChoiceField(choices=PRIVACIES, initial="public", widget=UnfoldAdminSelectWidget)
    draft = forms.BooleanField(
        required=False,
        widget=UnfoldBooleanWidget,
        label="Only a draft",
        help_text="Nothing happens until it is published or given a time.",
    )

    class Meta:
        model = Publication
        fields = ["clip_variant", "social_account", "title", "caption", "privacy", "scheduled_at"]

    def clean(self) -> dict[str, Any] | None:
        """Shape first, then the platform's limits."""
        data = super().clean() or self.cleaned_data
        if {"clip_variant", "social_account"} <= data.keys() and not self.errors:
            content = Content(data["title"], data["caption"], data["privacy"])
            try:
                publications.check_publishable(
                    data["clip_variant"], data["social_account"], content
                )
            except NotPublishable as error:
                for problem in error.details["problems"]:
                    field = problem["field"].removesuffix("_id")
                    self.add_error(field if field in self.fields else None, problem["message"])
            except StakazoError as error:
                self.add_error("social_account", error.message)
        return data


class ReadOnlyInline(TabularInline):  # type: ignore[misc]  # unfold has no stubs
    """Rows below another, to look at."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never by hand."""
        return False


class AttemptInline(ReadOnlyInline):
    """The attempts of a publication."""

    model = PublishLog
    verbose_name_plural = "Attempts"
    show_change_link = True
    fields = ["created_at", "status", "phase", "external_post_id", "error"]
    readonly_fields = fields
    ordering = ["-id"]


class MetricInline(ReadOnlyInline):
    """The numbers of the post."""

    model = PostMetric
    verbose_name_plural = "Numbers"
    fields = ["taken_at", "views", "likes", "comments", "shares"]
    readonly_fields = fields
    ordering = ["-taken_at"]
    max_num = 24


@admin.register(Publication)
class PublicationAdmin(FactsPage):
    """What is to be posted, where and when; why it is or is not live."""

    list_display = ["thumbnail", "name", "account", "state", "when", "live_post"]
    list_display_links = ["name"]
    list_select_related = ["clip_variant__clip__video_asset", "social_account"]
    list_filter = ["status", "social_account__platform", "social_account"]
    search_fields = ["title", "caption", "external_post_id", "id"]
    search_help_text = "Title, caption, or the post's id on the platform."
    form = PublicationForm
    actions = ["publish_now", "cancel", "retry", "ask"]
    actions_submit_line: ClassVar[list[str]] = [
        "publish_this_now",
        "cancel_this",
        "retry_this",
        "ask_about_this",
        "declare_this_not_posted",
    ]
    fields = [
        "status_in_words",
        "evidence",
        "variant_link",
        "player",
        "account",
        "title",
        "caption",
        "privacy",
        "scheduled_at",
        "published_at",
        "live_post",
        "external_post_id",
        "its_job",
        "created_at",
        "ledger_trail",
    ]
    readonly_fields = fields
    inlines = [AttemptInline, MetricInline]

    # --- the list ---------------------------------------------------------------------------------

    @display(description="Still")
    def thumbnail(self, publication: Publication) -> SafeString | str:
        """A small picture."""
        return thumbnail_of(publication.clip_variant)

    @display(description="Publication", ordering="title")
    def name(self, publication: Publication) -> str:
        """Title or first words."""
        return publication.title or publication.caption[:60] or str(publication.pk)

    @display(description="Account", ordering="social_account")
    def account(self, publication: Publication) -> SafeString | str:
        """A link up."""
        return link_to(publication.social_account)

    @display(
        description="Status",
        ordering="status",
        label={
            "draft": "info",
            "scheduled": "info",
            "publishing": "warning",
            "unknown": "warning",
            "published": "success",
            "failed": "danger",
            "cancelled": "info",
        },
    )
    def state(self, publication: Publication) -> tuple[str, str]:
        """The status, as a label."""
        return publication.status, publication.get_status_display()

    @display(description="When", ordering="scheduled_at")
    def when(self, publication: Publication) -> str:
        """Published, or to be."""
        if publication.published_at:
            return f"{publication.published_at:%Y-%m-%d %H:%M}"
        if publication.scheduled_at:
            return f"planned {publication.scheduled_at:%Y-%m-%d %H:%M}"
        return "–"

    @display(description="Live post")
    def live_post(self, publication: Publication) -> SafeString | str:
        """A link to the post itself."""
        if not publication.external_post_id:
            return "–"
        return outside_link(publication.external_url, publication.external_post_id)

    # --- one publication --------------------------------------------------------------------------

    @display(description="What we know")
    def evidence(self, publication: Publication) -> SafeString:
        """What its status means, each attempt, and the platform's last words."""
        return render_to_string(
            "publishing/evidence.html", {"known": queries.evidence_of(publication).known}
        )

    @display(description="Variant")
    def variant_link(self, publication: Publication) -> SafeString | str:
        """A link up."""
        return link_to(publication.clip_variant)

    @display(description="Video")
    def player(self, publication: Publication) -> SafeString:
        """The file itself."""
        url = publication.clip_variant.file.url
        return format_html(
            '<video controls preload="metadata" width="240" src="{}" aria-label="{}"></video>'
            '<p><a class="text-primary-600" href="{}">Open the file</a></p>',
            url,
            publication.clip_variant,
            url,
        )

    @display(description="Job")
    def its_job(self, publication: Publication) -> SafeString | str:
        """The job that works on it."""
        return link_to(queries.live_job_of(publication))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A form for a new one, a page of facts for one that is there."""
        return self.fields if obj else [*PublicationForm.Meta.fields, "draft"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nothing of an existing one is edited here; the buttons call the services."""
        return super().get_readonly_fields(request, obj) if obj else []

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Only for one that is there."""
        return self.inlines if obj else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """`?clip_variant=<id>` fills in the variant and the title of its video."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        chosen = _variants_named([initial.get("clip_variant", "")])
        if chosen:
            initial.setdefault("title", chosen[0].clip.video_asset.title[:100])
        else:
            initial.pop("clip_variant", None)
        return initial

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The newest variants, and accounts that can be posted on."""
        if db_field.name == "clip_variant":
            kwargs["queryset"] = self._offered(request.GET.get("clip_variant", ""))
        if db_field.name == "social_account":
            kwargs["queryset"] = SocialAccount.objects.filter(status=SocialAccount.Status.CONNECTED)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _offered(self, chosen: str) -> QuerySet[ClipVariant]:
        newest = list(ClipVariant.objects.values_list("pk", flat=True)[:VARIANTS_OFFERED])
        also = [variant.pk for variant in _variants_named([chosen])]
        return ClipVariant.objects.select_related("clip__video_asset").filter(
            pk__in=[*newest, *also]
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Publications are cancelled, never deleted: the ledger points at them."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new one is made by the service; for one that is there, the pressed button is called."""
        if change:
            for each in self.get_actions_submit_line(request, obj.pk):
                if each.action_name in request.POST:
                    each.method(request, obj)
            return
        data = form.cleaned_data
        made, is_new = publications.ensure_publication(
            data["clip_variant"],
            data["social_account"],
            title=data["title"],
            caption=data["caption"],
            privacy=data["privacy"],
            scheduled_at=data["scheduled_at"],
            draft=data["draft"],
        )
        obj.__dict__.update(made.__dict__)
        if not is_new:
            messages.warning(request, "The same post was wanted before; this is that one.")

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """What a service refuses is said on the page, not as a fault of ours."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except StakazoError as error:
            messages.error(request, error.message)
            return redirect(request.get_full_path())

    # --- acting -----------------------------------------------------------------------------------

    @admin.action(description="Publish now", permissions=["change"])
    def publish_now(self, request: HttpRequest, rows: QuerySet[Publication]) -> None:
        """Drafts and those that wait for their time."""
        act_on_each(request, rows, publications.schedule_publication, done="on their way")

    @admin.action(description="Cancel", permissions=["change"])
    def cancel(self, request: HttpRequest, rows: QuerySet[Publication]) -> None:
        """As long as they are not on their way."""
        act_on_each(request, rows, publications.cancel_publication, done="cancelled")

    @admin.action(description="Retry", permissions=["change"])
    def retry(self, request: HttpRequest, rows: QuerySet[Publication]) -> None:
        """Those that failed."""
        act_on_each(request, rows, publications.retry_publication, done="waiting again")

    @admin.action(description="Reconcile: ask the platform", permissions=["change"])
    def ask(self, request: HttpRequest, rows: QuerySet[Publication]) -> None:
        """Reconcile these now."""
        act_on_each(request, rows, reconcile_publication, done="asked about")

    @action(description="Publish now", permissions=["change"])
    def publish_this_now(self, request: HttpRequest, obj: Publication) -> None:
        """This one."""
        self._one(request, obj, publications.schedule_publication, done="on its way")

    @action(description="Cancel it", permissions=["change"])
    def cancel_this(self, request: HttpRequest, obj: Publication) -> None:
        """This one."""
        self._one(request, obj, publications.cancel_publication, done="cancelled")

    @action(description="Retry", permissions=["change"])
    def retry_this(self, request: HttpRequest, obj: Publication) -> None:
        """This one."""
        self._one(request, obj, publications.retry_publication, done="waiting again")

    @action(description="Reconcile: ask the platform", permissions=["change"])
    def ask_about_this(self, request: HttpRequest, obj: Publication) -> None:
        """This one."""
        self._one(request, obj, reconcile_publication, done="asked about")

    @action(description="I looked: it is not there", permissions=["change"])
    def declare_this_not_posted(self, request: HttpRequest, obj: Publication) -> None:
        """This one, after the platform was asked once more."""
        self._one(request, obj, publications.declare_not_posted, done="counts as not posted")

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Only the buttons that can do something in the state it is in."""
        found = Publication.objects.filter(pk=object_id).first() if object_id else None
        if found is None:
            return []
        status = Publication.Status
        useful = {
            "publish_this_now": found.status in (status.DRAFT, status.SCHEDULED),
            "cancel_this": PUBLICATION.may(found, status.CANCELLED),
            "retry_this": found.status == status.FAILED,
            "ask_about_this": found.status in (status.PUBLISHING, status.UNKNOWN),
            "declare_this_not_posted": found.status == status.UNKNOWN,
        }
        return [
            each
            for each in super().get_actions_submit_line(request, object_id)
            if useful[each.path]
        ]

    def _one(
        self,
        request: HttpRequest,
        obj: Publication,
        service: Callable[[Publication], object],
        *,
        done: str,
    ) -> None:
        act_on_each(request, [queries.publication_by_id(obj.pk)], service, done=done)

    # --- many variants at once --------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """And the page that posts several variants on several accounts."""
        mine = path(
            "publish/",
            self.admin_site.admin_view(self.publish_view),
            name="publishing_publication_publish",
        )
        return [mine, *super().get_urls()]

    def publish_view(self, request: HttpRequest) -> HttpResponse:
        """Choose accounts and words for the chosen variants; each pair becomes one publication."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        variants = _variants_named(request.GET.getlist("variant"))
        form = PublishVariantsForm(request.POST or None)
        if request.method == "POST" and variants and form.is_valid():
            _publish_pairs(request, variants, form.cleaned_data)
            return redirect("admin:publishing_publication_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": "Publish",
            "opts": self.opts,
            "form": form,
            "variants": [(variant, thumbnail_of(variant)) for variant in variants],
        }
        return render(request, "publishing/publish_variants.html", context)


class PublishVariantsForm(forms.Form):
    """Where to post the chosen variants, and with which words."""

    social_accounts = forms.ModelMultipleChoiceField(
        queryset=SocialAccount.objects.filter(status=SocialAccount.Status.CONNECTED),
        widget=forms.CheckboxSelectMultiple,
        label="Accounts",
        help_text="Each variant is posted on each of them, where the platform takes it.",
    )
    title = forms.CharField(
        max_length=100,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="YouTube needs one. Empty: the title of the video.",
    )
    caption = forms.CharField(
        required=False, max_length=10_000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4})
    )
    scheduled_at = forms.SplitDateTimeField(
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget,
        label="When",
        help_text="UTC. Empty: now.",
    )


def _variants_named(ids: list[str]) -> list[ClipVariant]:
    """The variants with these ids; what is no id is passed over."""
    wanted = []
    for text in ids[:100]:
        with contextlib.suppress(ValueError):
            wanted.append(uuid.UUID(text))
    found = ClipVariant.objects.filter(pk__in=wanted).select_related("clip__video_asset")
    return list(found) if wanted else []


def _publish_pairs(
    request: HttpRequest, variants: list[ClipVariant], words: dict[str, Any]
) -> None:
    pairs = [(variant, account) for variant in variants for account in words["social_accounts"]]

    def publish(pair: tuple[ClipVariant, SocialAccount]) -> object:
        variant, account = pair
        return publications.create_publication(
            variant,
            account,
            title=words["title"] or variant.clip.video_asset.title[:100],
            caption=words["caption"],
            scheduled_at=words["scheduled_at"],
        )

    act_on_each(request, pairs, publish, done="publications wait or are on their way")  # type: ignore[type-var]  # pairs, not rows


@admin.action(description="Publish…")
def publish_variants(
    modeladmin: Any, request: HttpRequest, rows: QuerySet[ClipVariant]
) -> HttpResponse:
    """From the list of variants to the page where accounts and words are chosen."""
    chosen = "&".join(f"variant={pk}" for pk in rows.values_list("pk", flat=True)[:100])
    return redirect(f"{reverse('admin:publishing_publication_publish')}?{chosen}")


def _offer_publishing_of_variants() -> None:
    """The media room knows no platforms, so its list of variants gets this action from here."""
    if admin.site.is_registered(ClipVariant):
        of_variants: Any = admin.site.get_model_admin(ClipVariant)
        of_variants.actions = [*(of_variants.actions or []), publish_variants]


_offer_publishing_of_variants()


# --- What happened ------------------------------------------------------------------------------


@admin.register(PublishLog)
class PublishLogAdmin(TrailMixin, ReadOnlyAdmin):
    """Every attempt, with what the platform said."""

    list_display = ["created_at", "publication_link", "state", "phase", "live_post", "updated_at"]
    list_select_related = [
        "publication__social_account",
        "publication__clip_variant__clip__video_asset",
    ]
    list_filter = ["status", "phase", "publication__social_account__platform"]
    search_fields = ["external_post_id", "error"]
    fields = [
        "publication_link",
        "status",
        "phase",
        "shown_handle",
        "live_post",
        "error_code",
        "error",
        "extra_metadata",
        "created_at",
        "updated_at",
        "settled_at",
        "ledger_trail",
    ]
    readonly_fields = fields

    @display(description="Publication")
    def publication_link(self, log: PublishLog) -> SafeString | str:
        """A link up."""
        return link_to(log.publication)

    @display(
        description="Status",
        ordering="status",
        label={
            "pending": "info",
            "processing": "warning",
            "retry": "warning",
            "success": "success",
            "failed": "danger",
        },
    )
    def state(self, log: PublishLog) -> tuple[str, str]:
        """The status, as a label."""
        return log.status, log.get_status_display()

    @display(description="Live post")
    def live_post(self, log: PublishLog) -> SafeString | str:
        """A link to the post itself."""
        return outside_link(log.external_url, log.external_post_id) if log.external_post_id else "–"

    @display(description="Handle")
    def shown_handle(self, log: PublishLog) -> str:
        """By what the platform knows it."""
        shown = queries.safe_handle(log)
        return ", ".join(f"{key}: {value}" for key, value in shown.items()) or "–"


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(TrailMixin, ReadOnlyAdmin):
    """What platforms told us; each of these had a signature that holds."""

    list_display = ["received_at", "platform", "outcome", "handled_at"]
    list_filter = ["platform", "received_at"]
    search_fields = ["event_key"]
    fields = [
        "platform",
        "received_at",
        "handled_at",
        "outcome",
        "headers",
        "body",
        "event_key",
        "ledger_trail",
    ]
    readonly_fields = fields
