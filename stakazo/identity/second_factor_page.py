"""The page where people make, renew and remove their own second factor."""

from typing import Any, cast

import segno
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminTextInputWidget

from stakazo.core.errors import StakazoError
from stakazo.identity.errors import SecondFactorMissing
from stakazo.identity.services import second_factors

PAGE = "second-factor"
_ACTS = ("begin", "confirm", "renew", "remove")


class CodeForm(forms.Form):
    """A code."""

    code = forms.CharField(
        max_length=32,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True}
        ),
    )


@never_cache
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor_page(request: HttpRequest) -> HttpResponse:
    """How it stands; a form to make one; then forms for other recovery codes and for the end of it."""
    user, codes = cast(User, request.user), []
    act = request.POST.get("act", "")
    form = CodeForm(request.POST if act in _ACTS[1:] else None)
    begun = act in ("begin", "confirm") and not second_factors.has_second_factor(user)
    if form.is_bound and form.is_valid():
        try:
            codes = _done(user, act, form.cleaned_data["code"])
        except SecondFactorMissing as error:
            messages.error(request, error.message)
        except StakazoError as error:
            form.add_error("code", error.message)
        else:
            begun = False
            if act == "remove":
                messages.success(request, "The second factor is removed.")
                return redirect(f"admin:{PAGE}")
    context = admin.site.each_context(request) | {
        "title": "Second factor",
        "form": form,
        "act": act,
        "codes": codes,
        "has_one": second_factors.has_second_factor(user),
        "must_have_one": second_factors.must_have_second_factor(user),
        "codes_left": second_factors.recovery_codes_left(user),
    }
    if begun:
        enrolment = second_factors.begin_enrolment(user)
        context |= {"secret": _in_groups(enrolment.secret), "picture": qr_svg(enrolment.uri)}
    return TemplateResponse(request, "identity/second_factor.html", context)


def _done(user: User, act: str, code: str) -> list[str]:
    """Do it; new recovery codes, if there are any. Raises StakazoError."""
    if act == "confirm":
        return second_factors.confirm_enrolment(user, code)
    if act == "renew":
        return second_factors.new_recovery_codes(user, code)
    if second_factors.must_have_second_factor(user):
        raise SecondFactorMissing("Your role must have a second factor.")
    second_factors.check_second_factor(user, code)
    second_factors.remove_second_factor(user, why="its owner removed it")
    return []


def qr_svg(text: str) -> SafeString:
    """The text as a QR code, drawn here, for the middle of a page."""
    drawn: Any = segno.make(text, error="m", micro=False)
    return mark_safe(  # noqa: S308  shapes only; the text is not in it
        drawn.svg_inline(scale=5, dark="#000", light="#fff", svgclass=None, lineclass=None)
    )


def _in_groups(secret: str) -> str:
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
