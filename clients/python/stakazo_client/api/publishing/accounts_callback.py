from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.account_choice_out import AccountChoiceOut
from ...models.account_out import AccountOut
from ...models.accounts_callback_platform import AccountsCallbackPlatform
from ...models.error_out import ErrorOut
from ...types import UNSET, Response, Unset


def _get_kwargs(
    platform: AccountsCallbackPlatform,
    *,
    code: str | Unset = UNSET,
    error: str | Unset = UNSET,
    state: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["code"] = code

    params["error"] = error

    params["state"] = state

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/publishing/accounts/{platform}/callback".format(
            platform=quote(str(platform), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AccountChoiceOut | AccountOut | Any | ErrorOut | None:
    if response.status_code == 200:
        response_200 = AccountOut.from_dict(response.json())

        return response_200

    if response.status_code == 202:
        response_202 = AccountChoiceOut.from_dict(response.json())

        return response_202

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

    if response.status_code == 429:
        response_429 = ErrorOut.from_dict(response.json())

        return response_429

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[AccountChoiceOut | AccountOut | Any | ErrorOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    platform: AccountsCallbackPlatform,
    *,
    client: AuthenticatedClient,
    code: str | Unset = UNSET,
    error: str | Unset = UNSET,
    state: str | Unset = UNSET,
) -> Response[AccountChoiceOut | AccountOut | Any | ErrorOut]:
    """Keep the account; only in the session that opened the page, within ten minutes, once.

    202: the sign-in opens several accounts, and none is kept until some are chosen.

    Args:
        platform (AccountsCallbackPlatform):
        code (str | Unset):
        error (str | Unset):
        state (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AccountChoiceOut | AccountOut | Any | ErrorOut]
    """

    kwargs = _get_kwargs(
        platform=platform,
        code=code,
        error=error,
        state=state,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    platform: AccountsCallbackPlatform,
    *,
    client: AuthenticatedClient,
    code: str | Unset = UNSET,
    error: str | Unset = UNSET,
    state: str | Unset = UNSET,
) -> AccountChoiceOut | AccountOut | Any | ErrorOut | None:
    """Keep the account; only in the session that opened the page, within ten minutes, once.

    202: the sign-in opens several accounts, and none is kept until some are chosen.

    Args:
        platform (AccountsCallbackPlatform):
        code (str | Unset):
        error (str | Unset):
        state (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AccountChoiceOut | AccountOut | Any | ErrorOut
    """

    return sync_detailed(
        platform=platform,
        client=client,
        code=code,
        error=error,
        state=state,
    ).parsed


async def asyncio_detailed(
    platform: AccountsCallbackPlatform,
    *,
    client: AuthenticatedClient,
    code: str | Unset = UNSET,
    error: str | Unset = UNSET,
    state: str | Unset = UNSET,
) -> Response[AccountChoiceOut | AccountOut | Any | ErrorOut]:
    """Keep the account; only in the session that opened the page, within ten minutes, once.

    202: the sign-in opens several accounts, and none is kept until some are chosen.

    Args:
        platform (AccountsCallbackPlatform):
        code (str | Unset):
        error (str | Unset):
        state (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AccountChoiceOut | AccountOut | Any | ErrorOut]
    """

    kwargs = _get_kwargs(
        platform=platform,
        code=code,
        error=error,
        state=state,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    platform: AccountsCallbackPlatform,
    *,
    client: AuthenticatedClient,
    code: str | Unset = UNSET,
    error: str | Unset = UNSET,
    state: str | Unset = UNSET,
) -> AccountChoiceOut | AccountOut | Any | ErrorOut | None:
    """Keep the account; only in the session that opened the page, within ten minutes, once.

    202: the sign-in opens several accounts, and none is kept until some are chosen.

    Args:
        platform (AccountsCallbackPlatform):
        code (str | Unset):
        error (str | Unset):
        state (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AccountChoiceOut | AccountOut | Any | ErrorOut
    """

    return (
        await asyncio_detailed(
            platform=platform,
            client=client,
            code=code,
            error=error,
            state=state,
        )
    ).parsed
