"""The doors of the chain."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from ledger.api import examples
from ledger.api.serializers import SealOut, SealPageOut, SealsIn
from ledger.models import LedgerSeal
from stakazo.core.api.views import APIView, validated
from stakazo.core.errors import NotFound

_LARGEST = 2**63 - 1


class SealsView(APIView):
    """The chain of seals."""

    view_permission = "ledger.view_ledgerseal"

    @extend_schema(
        operation_id="debug_ledger_seals",
        tags=["watch"],
        summary="Seals, the newest first",
        parameters=[SealsIn],
        responses={200: SealPageOut},
        examples=[examples.SEALS],
    )
    def get(self, request: Request) -> Response:
        """One page of the chain."""
        args = validated(SealsIn, request.query_params)
        seals = LedgerSeal.objects.defer("members").order_by("-number")
        if before := args.get("before"):
            seals = seals.filter(number__lt=before)
        page = list(seals[: args["limit"]])
        here = request.build_absolute_uri()
        more = bool(page) and page[-1].number > 1 and len(page) == args["limit"]
        following = replace_query_param(here, "before", str(page[-1].number)) if more else None
        return Response({"next": following, "results": SealOut(page, many=True).data})


class SealView(APIView):
    """One seal."""

    view_permission = "ledger.view_ledgerseal"

    @extend_schema(
        operation_id="debug_ledger_seal",
        tags=["watch"],
        summary="One seal",
        responses={200: SealOut},
        examples=[examples.ONE_SEAL],
    )
    def get(self, request: Request, number: int) -> Response:
        """The seal of this number; 404 when there is none."""
        known = number <= _LARGEST
        seal = LedgerSeal.objects.defer("members").filter(pk=number).first() if known else None
        if seal is None:
            raise NotFound("There is no seal of this number.", number=number)
        return Response(SealOut(seal).data)
