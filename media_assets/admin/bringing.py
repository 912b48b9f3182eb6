"""What captions, watermarks and cards share: a form that brings one in, and rows that stay as they came."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from media_assets.files import media_link
from stakazo.core.admin import ReadOnlyAdmin, StakazoAdmin, admin_url
from stakazo.core.errors import StakazoError


class BringingAdmin(ReadOnlyAdmin):
    """Rows are brought in by a form of their own; nothing changes them afterwards."""

    bring_form: type[forms.Form]
    bring_title = ""
    bring_words = ""
    file_field = "file"  # where a refusal is shown

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever has the permission."""
        return bool(super(StakazoAdmin, self).has_add_permission(request))

    def bring(self, request: HttpRequest, form: forms.Form) -> tuple[Model, str]:
        """Call the service: the row to go to, and what to tell. Raises StakazoError."""
        raise NotImplementedError

    def first_words(self, request: HttpRequest) -> dict[str, Any]:
        """What the empty form begins with."""
        return {}

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Bring one in, or be told in the form why not."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            form = self.bring_form(request.POST, request.FILES)
            if form.is_valid() and (answer := self._brought(request, form)):
                return answer
        else:
            form = self.bring_form(initial=self.first_words(request))
        context = {
            **self.admin_site.each_context(request),
            "title": self.bring_title,
            "opts": self.opts,
            "form": form,
            "words": self.bring_words,
            **(extra_context or {}),
        }
        return TemplateResponse(
            request, "admin/media_assets/bring.html", context, status=400 if form.errors else 200
        )

    def _brought(self, request: HttpRequest, form: forms.Form) -> HttpResponseRedirect | None:
        try:
            row, told = self.bring(request, form)
        except StakazoError as error:
            form.add_error(self.file_field, error.message)
            return None
        messages.success(request, told)
        return HttpResponseRedirect(admin_url(row))


def content_of(file: UploadedFile, most: int) -> bytes:
    """The bytes of an upload; one more than may be, where there are more, so that it is refused."""
    return file.read(most + 1)


def image_shown(row: Any, *, width_px: int) -> SafeString | str:
    """The row's picture, over grey squares where it is transparent."""
    link = media_link(row.image)
    if not link:
        return "–"
    return format_html(
        '<img src="{}" alt="{}" loading="lazy" decoding="async" style="width:{}px;max-height:{}px;'
        "object-fit:contain;border-radius:4px;background:repeating-conic-gradient(#888 0 25%,#aaa 0 50%)"
        ' 0 0/16px 16px">',
        link,
        f"The picture of {row.name}",
        width_px,
        width_px,
    )
