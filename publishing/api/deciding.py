"""The platform's list beside our record, and a person's decision, as programs see them."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from publishing import queries
from publishing.api.examples import WITH_EVIDENCE
from publishing.api.serializers import EvidenceOut, PublicationDetailOut
from publishing.models import Publication
from publishing.services import deciding
from stakazo.core.api.errors import ErrorOut
from stakazo.core.api.views import APIView, validated
from stakazo.identity.reach import in_reach

OUTCOMES = [("ours", "This post is ours"), ("absent", "It is not there")]


class MatchReasonOut(serializers.Serializer[Any]):
    """One thing that was compared."""

    about = serializers.CharField(help_text="text, time, length, size or owner.")
    fits = serializers.BooleanField()
    words = serializers.CharField()


class CandidateOut(serializers.Serializer[Any]):
    """A post of the account's own list."""

    external_post_id = serializers.CharField(source="post.external_post_id")
    url = serializers.CharField(source="post.external_url")
    text = serializers.CharField(source="post.text", help_text="As the list shows it.")
    posted_at = serializers.DateTimeField(source="post.posted_at")
    fits = serializers.BooleanField(help_text="Nothing speaks against it.")
    taken_by = serializers.CharField(
        allow_blank=True, help_text="Another publication that it belongs to."
    )
    reasons = MatchReasonOut(many=True)


class PlatformEvidenceOut(serializers.Serializer[Any]):
    """What the platform lists around a post of ours."""

    asked_at = serializers.DateTimeField()
    since = serializers.DateTimeField(allow_null=True)
    complete = serializers.BooleanField(help_text="The list leaves nothing out.")
    trouble = serializers.CharField(allow_blank=True, help_text="Why there is no list.")
    candidates = CandidateOut(many=True, help_text="Likely ones first.")


class BothSidesOut(serializers.Serializer[Any]):
    """Our record and the platform's list."""

    status = serializers.CharField()
    may_settle = serializers.BooleanField(help_text="Whether a person may say what became of it.")
    ours = EvidenceOut()
    platform = PlatformEvidenceOut()


class SettleIn(serializers.Serializer[dict[str, Any]]):
    """A person's decision."""

    outcome = serializers.ChoiceField(choices=OUTCOMES)
    external_post_id = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=128, help_text="Of `ours`."
    )
    not_ours = serializers.ListField(
        child=serializers.CharField(max_length=128),
        required=False,
        default=list,
        max_length=200,
        help_text="Of `absent`: posts that fit, and that you say are others.",
    )
    why = serializers.CharField(required=False, default="asked for", max_length=500)


_POST = {
    "external_post_id": "17912345678901234",
    "url": "https://www.instagram.com/reel/C8abc/",
    "text": "Out now #harbour",
    "posted_at": "2026-11-20T09:00:04Z",
    "fits": True,
    "taken_by": "",
    "reasons": [{"about": "text", "fits": True, "words": "The words are the same."}],
}
_BOTH = {
    "status": "unknown",
    "may_settle": True,
    "ours": {
        "known": ["The platform may have it; we are asking."],
        "attempts": [],
        "job_id": None,
    },
    "platform": {
        "asked_at": "2026-11-20T09:20:00Z",
        "since": "2026-11-20T08:55:00Z",
        "complete": True,
        "trouble": "",
        "candidates": [_POST],
    },
}


class _PublicationView(APIView):
    """Of one publication. Asks the platform, so its POST is no transaction."""

    answer_with_effect = False

    required_permission = deciding.PERMISSION

    def publication(self) -> Publication:
        """The one that the address names."""
        found: Publication = get_object_or_404(
            in_reach(queries.publications(), mode="social_account__mode"), pk=self.kwargs["pk"]
        )
        return found


class EvidenceView(_PublicationView):
    """Why is this not out?"""

    @extend_schema(
        operation_id="publications_evidence",
        tags=["publishing"],
        responses={200: BothSidesOut},
        examples=[OpenApiExample("One that fits", value=_BOTH, response_only=True)],
    )
    def get(self, request: Request, pk: str) -> Response:
        """Our record beside the platform's own list. `trouble` says why there is no list."""
        publication = self.publication()
        shown = deciding.look_at_platform(publication)
        both = {
            "status": publication.status,
            "may_settle": deciding.may_settle(publication),
            "ours": queries.evidence_of(publication),
            "platform": shown,
        }
        return Response(BothSidesOut(both).data)


class SettleView(_PublicationView):
    """A person's decision."""

    @extend_schema(
        operation_id="publications_settle",
        tags=["publishing"],
        request=SettleIn,
        responses={200: PublicationDetailOut, 403: ErrorOut, 409: ErrorOut, 503: ErrorOut},
        examples=[
            OpenApiExample(
                "This one is ours",
                value={"outcome": "ours", "external_post_id": _POST["external_post_id"]},
                request_only=True,
            ),
            OpenApiExample(
                "It is not there",
                value={"outcome": "absent", "why": "looked at the profile"},
                request_only=True,
            ),
            OpenApiExample(
                "Settled", value=WITH_EVIDENCE, response_only=True, status_codes=["200"]
            ),
        ],
    )
    def post(self, request: Request, pk: str) -> Response:
        """Say what became of it. The platform is asked first; saying the same again changes nothing."""
        wish = validated(SettleIn, request.data)
        by: Any = request.user  # who may not is stopped before
        if wish["outcome"] == "absent":
            settled = deciding.settle_as_absent(
                self.publication(), by=by, why=wish["why"], not_ours=wish["not_ours"]
            )
        elif wish["external_post_id"]:
            settled = deciding.settle_as_ours(
                self.publication(), wish["external_post_id"], by=by, why=wish["why"]
            )
        else:
            raise ValidationError({"external_post_id": "Which post of the list is it?"})
        return Response(PublicationDetailOut(settled).data)
