"""Publications for operators: put together, follow, retry, cancel."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanWidget

from media_assets.models import ClipVariant
from publishing import queries
from publishing.admin.approving import PRIVACIES, ApprovingMixin, useful_buttons
from publishing.admin.calendar import CalendarMixin
from publishing.admin.pages import FactsPage, link_to, outside_link, thumbnail_of
from publishing.admin.settling import SettlingMixin
from publishing.admin.steps import FinishingFields, field_of, options_with
from publishing.admin.times import in_next_slot, read_time, shown_time
from publishing.admin.variants import PublishVariantsForm, publish_pairs, variants_named
from publishing.errors import NotPublishable
from publishing.models import (
    PUBLICATION,
    AgeMetric,
    Approval,
    PostMetric,
    Publication,
    PublishLog,
    PublishStep,
    SocialAccount,
)
from publishing.platforms.base import Content
from publishing.services import publications, stopping
from publishing.services.reconcile import reconcile_publication
from stakazo.core.admin import act_on_each
from stakazo.core.errors import StakazoError

VARIANTS_OFFERED = 300
PRIVACIES_OF_NEW = [("", "Choose who may see it"), *PRIVACIES]  # TikTok: nothing beforehand


class PublicationForm(FinishingFields, forms.ModelForm):  # type: ignore[type-arg]  # django-stubs: generic only there
    """A new publication. What the platform would refuse is said here, at the field it is about."""

    privacy = forms.ChoiceField(choices=PRIVACIES_OF_NEW, widget=UnfoldAdminSelectWidget)
    draft = forms.BooleanField(
        required=False,
        widget=UnfoldBooleanWidget,
        label="Only a draft",
        help_text="Nothing happens until it is published or given a time.",
    )
    next_slot = forms.BooleanField(
        required=False,
        widget=UnfoldBooleanWidget,
        label="In the next free slot",
        help_text="Of the account's plan, instead of a time.",
    )
    allow_repeat = forms.BooleanField(
        required=False,
        widget=UnfoldBooleanWidget,
        label="It may repeat an earlier post",
        help_text="The same clip with nearly the same words on this account.",
    )

    class Meta:
        model = Publication
        fields = ["clip_variant", "social_account", "title", "caption", "privacy", "scheduled_at"]
        help_texts = {"scheduled_at": "By the clocks of the account. Empty: now."}

    def clean(self) -> dict[str, Any] | None:
        """Shape first, then the platform's limits."""
        data = super().clean() or self.cleaned_data
        read_time(self, data)
        if {"clip_variant", "social_account"} <= data.keys() and not self.errors:
            content = Content(
                data["title"], data["caption"], data["privacy"], options_with({}, data)
            )
            try:
                publications.check_publishable(
                    data["clip_variant"], data["social_account"], content
                )
            except NotPublishable as error:
                for problem in error.details["problems"]:
                    field = field_of(problem["field"].removesuffix("_id"))
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


class StepInline(ReadOnlyInline):
    """What is done to the post once it is live."""

    model = PublishStep
    verbose_name_plural = "Steps after the post"
    show_change_link = True
    fields = ["kind", "status", "text", "external_id", "error", "remedy", "done_at"]
    readonly_fields = fields


class ApprovalInline(ReadOnlyInline):
    """Who said yes to it, and what became of that."""

    model = Approval
    verbose_name_plural = "Approvals"
    fields = ["created_at", "approved_by", "why", "withdrawn_at", "withdrawn_why"]
    readonly_fields = fields


class MetricInline(ReadOnlyInline):
    """The numbers of the post."""

    model = PostMetric
    verbose_name_plural = "Numbers"
    fields = ["taken_at", "views", "likes", "comments", "shares", "watch_ms"]
    readonly_fields = fields
    ordering = ["-taken_at"]
    max_num = 24


class AgeMetricInline(ReadOnlyInline):
    """The numbers of the post at fixed ages."""

    model = AgeMetric
    verbose_name_plural = "Numbers at fixed ages (– : the platform does not tell)"
    fields = ["age_h", "taken_at", "views", "likes", "comments", "shares", "watch_ms"]
    readonly_fields = fields
    ordering = ["age_h"]


@admin.register(Publication)
class PublicationAdmin(SettlingMixin, CalendarMixin, ApprovingMixin, FactsPage):
    """What is to be posted, where and when; why it is or is not live."""

    list_display = ["thumbnail", "name", "account", "state", "when", "live_post"]
    list_display_links = ["name"]
    list_select_related = ["clip_variant__clip__video_asset", "social_account__plan"]
    list_filter = ["status", "social_account__platform", "social_account"]
    search_fields = ["title", "caption", "external_post_id", "id"]
    search_help_text = "Title, caption, or the post's id on the platform."
    form = PublicationForm
    actions = ["publish_now", "put_in_the_next_slot", "withdraw", "cancel", "retry", "ask"]
    actions_submit_line: ClassVar[list[str]] = [
        "publish_this_now",
        "put_this_in_the_next_slot",
        "approve_this",
        "withdraw_this",
        "cancel_this",
        "retry_this",
        "ask_about_this",
    ]
    actions_detail: ClassVar[list[str]] = ["open_edit", "open_evidence"]
    fields = [
        "status_in_words",
        "evidence",
        "its_approval",
        "variant_link",
        "player",
        "account",
        "title",
        "caption",
        "privacy",
        "options",
        "preflight",
        "when",
        "published_at",
        "live_post",
        "external_post_id",
        "its_job",
        "created_at",
        "ledger_trail",
    ]
    readonly_fields = fields
    inlines = [ApprovalInline, AttemptInline, StepInline, AgeMetricInline, MetricInline]

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
            "awaiting": "warning",
            "missed": "warning",
            "scheduled": "info",
            "publishing": "warning",
            "unknown": "warning",
            "delivered": "warning",
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
            return shown_time(publication.social_account, publication.published_at)
        if publication.scheduled_at:
            return "planned " + shown_time(publication.social_account, publication.scheduled_at)
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

    @display(description="Preflight")
    def preflight(self, publication: Publication) -> SafeString:
        """By which schema it was checked last, and what that found."""
        return render_to_string("publishing/preflight.html", {"publication": publication})

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
        return (
            self.fields
            if obj
            else [
                *PublicationForm.Meta.fields,
                "first_comment",
                "cover_at_ms",
                "next_slot",
                "allow_repeat",
                "draft",
            ]
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nothing of an existing one is edited here; the buttons call the services."""
        return super().get_readonly_fields(request, obj) if obj else []

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Only for one that is there."""
        return self.inlines if obj else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """`?clip_variant=<id>` fills in the variant and the title of its video."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        chosen = variants_named([initial.get("clip_variant", "")])
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
        also = [variant.pk for variant in variants_named([chosen])]
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
            options=options_with({}, data),
            draft=data["draft"],
            next_slot=data["next_slot"],
            allow_repeat=data["allow_repeat"],
        )
        obj.__dict__.update(made.__dict__)
        if not is_new:
            messages.warning(request, "The same post was wanted before; this is that one.")
        for finding in made.preflight_findings:
            messages.warning(request, finding["message"])

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

    @admin.action(description="Put in the next free slot", permissions=["change"])
    def put_in_the_next_slot(self, request: HttpRequest, rows: QuerySet[Publication]) -> None:
        """Drafts and those that wait for their time, each of its own account."""
        # As they were made: the lists show the newest first, and it shall not go first.
        act_on_each(request, rows.order_by("id"), in_next_slot, done="have a slot")

    @admin.action(description="Cancel", permissions=["change"])
    def cancel(self, request: HttpRequest, rows: QuerySet[Publication]) -> None:
        """As long as they are not on their way."""
        act_on_each(request, rows, stopping.cancel_publication, done="cancelled")

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

    @action(description="Put in the next free slot", permissions=["change"])
    def put_this_in_the_next_slot(self, request: HttpRequest, obj: Publication) -> None:
        """This one."""
        self._one(request, obj, in_next_slot, done="has a slot")

    @action(description="Cancel it", permissions=["change"])
    def cancel_this(self, request: HttpRequest, obj: Publication) -> None:
        """This one."""
        self._one(request, obj, stopping.cancel_publication, done="cancelled")

    @action(description="Retry", permissions=["change"])
    def retry_this(self, request: HttpRequest, obj: Publication) -> None:
        """This one."""
        self._one(request, obj, publications.retry_publication, done="waiting again")

    @action(description="Reconcile: ask the platform", permissions=["change"])
    def ask_about_this(self, request: HttpRequest, obj: Publication) -> None:
        """This one."""
        self._one(request, obj, reconcile_publication, done="asked about")

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Only the buttons that can do something in the state it is in."""
        found = queries.publications().filter(pk=object_id).first() if object_id else None
        if found is None:
            return []
        status = Publication.Status
        waits = (status.DRAFT, status.AWAITING, status.SCHEDULED, status.MISSED)
        useful = {
            "publish_this_now": found.status in waits,
            "put_this_in_the_next_slot": found.status in waits,
            "cancel_this": PUBLICATION.may(found, status.CANCELLED),
            "retry_this": found.status == status.FAILED,
            "ask_about_this": found.status in (status.PUBLISHING, status.UNKNOWN, status.DELIVERED),
            **useful_buttons(found),
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
        variants = variants_named(request.GET.getlist("variant"))
        form = PublishVariantsForm(request.POST or None)
        if request.method == "POST" and variants and form.is_valid():
            publish_pairs(request, variants, form.cleaned_data)
            return redirect("admin:publishing_publication_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": "Publish",
            "opts": self.opts,
            "form": form,
            "variants": [(variant, thumbnail_of(variant)) for variant in variants],
        }
        return render(request, "publishing/publish_variants.html", context)
