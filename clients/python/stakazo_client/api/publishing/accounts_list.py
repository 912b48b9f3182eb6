from http import HTTPStatus
from typing import Any, cast

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.accounts_list_mode import AccountsListMode
from ...models.accounts_list_platform import AccountsListPlatform
from ...models.accounts_list_status import AccountsListStatus
from ...models.error_out import ErrorOut
from ...models.paginated_account_out_list import PaginatedAccountOutList
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
    mode: AccountsListMode | Unset = UNSET,
    platform: AccountsListPlatform | Unset = UNSET,
    status: AccountsListStatus | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match

    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    json_mode: str | Unset = UNSET
    if not isinstance(mode, Unset):
        json_mode = mode

    params["mode"] = json_mode

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
        "url": "/publishing/accounts",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | ErrorOut | PaginatedAccountOutList | None:
    if response.status_code == 200:
        response_200 = PaginatedAccountOutList.from_dict(response.json())

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
) -> Response[Any | ErrorOut | PaginatedAccountOutList]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
    mode: AccountsListMode | Unset = UNSET,
    platform: AccountsListPlatform | Unset = UNSET,
    status: AccountsListStatus | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ErrorOut | PaginatedAccountOutList]:
    """The accounts that we may post on; one of them with what holds its posts up.

    Args:
        cursor (str | Unset):
        limit (int | Unset):  Default: 50.
        mode (AccountsListMode | Unset):
        platform (AccountsListPlatform | Unset):
        status (AccountsListStatus | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorOut | PaginatedAccountOutList]
    """

    kwargs = _get_kwargs(
        cursor=cursor,
        limit=limit,
        mode=mode,
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
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
    mode: AccountsListMode | Unset = UNSET,
    platform: AccountsListPlatform | Unset = UNSET,
    status: AccountsListStatus | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ErrorOut | PaginatedAccountOutList | None:
    """The accounts that we may post on; one of them with what holds its posts up.

    Args:
        cursor (str | Unset):
        limit (int | Unset):  Default: 50.
        mode (AccountsListMode | Unset):
        platform (AccountsListPlatform | Unset):
        status (AccountsListStatus | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorOut | PaginatedAccountOutList
    """

    return sync_detailed(
        client=client,
        cursor=cursor,
        limit=limit,
        mode=mode,
        platform=platform,
        status=status,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
    mode: AccountsListMode | Unset = UNSET,
    platform: AccountsListPlatform | Unset = UNSET,
    status: AccountsListStatus | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ErrorOut | PaginatedAccountOutList]:
    """The accounts that we may post on; one of them with what holds its posts up.

    Args:
        cursor (str | Unset):
        limit (int | Unset):  Default: 50.
        mode (AccountsListMode | Unset):
        platform (AccountsListPlatform | Unset):
        status (AccountsListStatus | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorOut | PaginatedAccountOutList]
    """

    kwargs = _get_kwargs(
        cursor=cursor,
        limit=limit,
        mode=mode,
        platform=platform,
        status=status,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
    mode: AccountsListMode | Unset = UNSET,
    platform: AccountsListPlatform | Unset = UNSET,
    status: AccountsListStatus | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ErrorOut | PaginatedAccountOutList | None:
    """The accounts that we may post on; one of them with what holds its posts up.

    Args:
        cursor (str | Unset):
        limit (int | Unset):  Default: 50.
        mode (AccountsListMode | Unset):
        platform (AccountsListPlatform | Unset):
        status (AccountsListStatus | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorOut | PaginatedAccountOutList
    """

    return (
        await asyncio_detailed(
            client=client,
            cursor=cursor,
            limit=limit,
            mode=mode,
            platform=platform,
            status=status,
            if_none_match=if_none_match,
        )
    ).parsed
