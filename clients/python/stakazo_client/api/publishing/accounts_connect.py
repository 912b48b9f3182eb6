from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.accounts_connect_login import AccountsConnectLogin
from ...models.accounts_connect_platform import AccountsConnectPlatform
from ...models.consent_out import ConsentOut
from ...models.error_out import ErrorOut
from ...types import UNSET, Response, Unset


def _get_kwargs(
    platform: AccountsConnectPlatform,
    *,
    login: AccountsConnectLogin | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    params: dict[str, Any] = {}

    json_login: str | Unset = UNSET
    if not isinstance(login, Unset):
        json_login = login

    params["login"] = json_login

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/publishing/accounts/{platform}/connect".format(
            platform=quote(str(platform), safe=""),
        ),
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | ConsentOut | ErrorOut | None:
    if response.status_code == 200:
        response_200 = ConsentOut.from_dict(response.json())

        return response_200

    if response.status_code == 302:
        response_302 = cast(Any, None)
        return response_302

    if response.status_code == 400:
        response_400 = ErrorOut.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ErrorOut.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = ErrorOut.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = ErrorOut.from_dict(response.json())

        return response_404

    if response.status_code == 409:
        response_409 = ErrorOut.from_dict(response.json())

        return response_409

    if response.status_code == 413:
        response_413 = ErrorOut.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = ErrorOut.from_dict(response.json())

        return response_415

    if response.status_code == 422:
        response_422 = ErrorOut.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = ErrorOut.from_dict(response.json())

        return response_429

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Any | ConsentOut | ErrorOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    platform: AccountsConnectPlatform,
    *,
    client: AuthenticatedClient,
    login: AccountsConnectLogin | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[Any | ConsentOut | ErrorOut]:
    """Open a consent page for this session; browsers are sent there.

    Args:
        platform (AccountsConnectPlatform):
        login (AccountsConnectLogin | Unset):
        idempotency_key (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ConsentOut | ErrorOut]
    """

    kwargs = _get_kwargs(
        platform=platform,
        login=login,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    platform: AccountsConnectPlatform,
    *,
    client: AuthenticatedClient,
    login: AccountsConnectLogin | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Any | ConsentOut | ErrorOut | None:
    """Open a consent page for this session; browsers are sent there.

    Args:
        platform (AccountsConnectPlatform):
        login (AccountsConnectLogin | Unset):
        idempotency_key (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ConsentOut | ErrorOut
    """

    return sync_detailed(
        platform=platform,
        client=client,
        login=login,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    platform: AccountsConnectPlatform,
    *,
    client: AuthenticatedClient,
    login: AccountsConnectLogin | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[Any | ConsentOut | ErrorOut]:
    """Open a consent page for this session; browsers are sent there.

    Args:
        platform (AccountsConnectPlatform):
        login (AccountsConnectLogin | Unset):
        idempotency_key (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ConsentOut | ErrorOut]
    """

    kwargs = _get_kwargs(
        platform=platform,
        login=login,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    platform: AccountsConnectPlatform,
    *,
    client: AuthenticatedClient,
    login: AccountsConnectLogin | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Any | ConsentOut | ErrorOut | None:
    """Open a consent page for this session; browsers are sent there.

    Args:
        platform (AccountsConnectPlatform):
        login (AccountsConnectLogin | Unset):
        idempotency_key (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ConsentOut | ErrorOut
    """

    return (
        await asyncio_detailed(
            platform=platform,
            client=client,
            login=login,
            idempotency_key=idempotency_key,
        )
    ).parsed
