from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_out import ErrorOut
from ...models.findings_list_kind import FindingsListKind
from ...models.findings_list_platform import FindingsListPlatform
from ...models.findings_list_status import FindingsListStatus
from ...models.paginated_post_finding_out_list import PaginatedPostFindingOutList
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    account: UUID | Unset = UNSET,
    cursor: str | Unset = UNSET,
    kind: FindingsListKind | Unset = UNSET,
    limit: int | Unset = 50,
    platform: FindingsListPlatform | Unset = UNSET,
    status: FindingsListStatus | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match

    params: dict[str, Any] = {}

    json_account: str | Unset = UNSET
    if not isinstance(account, Unset):
        json_account = str(account)
    params["account"] = json_account

    params["cursor"] = cursor

    json_kind: str | Unset = UNSET
    if not isinstance(kind, Unset):
        json_kind = kind

    params["kind"] = json_kind

    params["limit"] = limit

    json_platform: str | Unset = UNSET
    if not isinstance(platform, Unset):
        json_platform = platform

    params["platform"] = json_platform

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status

    params["status"] = json_status

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/publishing/findings",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | ErrorOut | PaginatedPostFindingOutList | None:
    if response.status_code == 200:
        response_200 = PaginatedPostFindingOutList.from_dict(response.json())

        return response_200

    if response.status_code == 304:
        response_304 = cast(Any, None)
        return response_304

    if response.status_code == 400:
        response_400 = ErrorOut.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ErrorOut.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = ErrorOut.from_dict(response.json())

        return response_403

    if response.status_code == 429:
        response_429 = ErrorOut.from_dict(response.json())

        return response_429

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Any | ErrorOut | PaginatedPostFindingOutList]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    account: UUID | Unset = UNSET,
    cursor: str | Unset = UNSET,
    kind: FindingsListKind | Unset = UNSET,
    limit: int | Unset = 50,
    platform: FindingsListPlatform | Unset = UNSET,
    status: FindingsListStatus | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ErrorOut | PaginatedPostFindingOutList]:
    """What the audit found.

    Args:
        account (UUID | Unset):
        cursor (str | Unset):
        kind (FindingsListKind | Unset):
        limit (int | Unset):  Default: 50.
        platform (FindingsListPlatform | Unset):
        status (FindingsListStatus | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorOut | PaginatedPostFindingOutList]
    """

    kwargs = _get_kwargs(
        account=account,
        cursor=cursor,
        kind=kind,
        limit=limit,
        platform=platform,
        status=status,
        if_none_match=if_none_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    account: UUID | Unset = UNSET,
    cursor: str | Unset = UNSET,
    kind: FindingsListKind | Unset = UNSET,
    limit: int | Unset = 50,
    platform: FindingsListPlatform | Unset = UNSET,
    status: FindingsListStatus | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ErrorOut | PaginatedPostFindingOutList | None:
    """What the audit found.

    Args:
        account (UUID | Unset):
        cursor (str | Unset):
        kind (FindingsListKind | Unset):
        limit (int | Unset):  Default: 50.
        platform (FindingsListPlatform | Unset):
        status (FindingsListStatus | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorOut | PaginatedPostFindingOutList
    """

    return sync_detailed(
        client=client,
        account=account,
        cursor=cursor,
        kind=kind,
        limit=limit,
        platform=platform,
        status=status,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    account: UUID | Unset = UNSET,
    cursor: str | Unset = UNSET,
    kind: FindingsListKind | Unset = UNSET,
    limit: int | Unset = 50,
    platform: FindingsListPlatform | Unset = UNSET,
    status: FindingsListStatus | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ErrorOut | PaginatedPostFindingOutList]:
    """What the audit found.

    Args:
        account (UUID | Unset):
        cursor (str | Unset):
        kind (FindingsListKind | Unset):
        limit (int | Unset):  Default: 50.
        platform (FindingsListPlatform | Unset):
        status (FindingsListStatus | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorOut | PaginatedPostFindingOutList]
    """

    kwargs = _get_kwargs(
        account=account,
        cursor=cursor,
        kind=kind,
        limit=limit,
        platform=platform,
        status=status,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    account: UUID | Unset = UNSET,
    cursor: str | Unset = UNSET,
    kind: FindingsListKind | Unset = UNSET,
    limit: int | Unset = 50,
    platform: FindingsListPlatform | Unset = UNSET,
    status: FindingsListStatus | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ErrorOut | PaginatedPostFindingOutList | None:
    """What the audit found.

    Args:
        account (UUID | Unset):
        cursor (str | Unset):
        kind (FindingsListKind | Unset):
        limit (int | Unset):  Default: 50.
        platform (FindingsListPlatform | Unset):
        status (FindingsListStatus | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorOut | PaginatedPostFindingOutList
    """

    return (
        await asyncio_detailed(
            client=client,
            account=account,
            cursor=cursor,
            kind=kind,
            limit=limit,
            platform=platform,
            status=status,
            if_none_match=if_none_match,
        )
    ).parsed
