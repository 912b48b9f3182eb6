from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_out import ErrorOut
from ...models.webhooks_receive_body import WebhooksReceiveBody
from ...models.webhooks_receive_platform import WebhooksReceivePlatform
from ...types import UNSET, Response, Unset


def _get_kwargs(
    platform: WebhooksReceivePlatform,
    *,
    body: WebhooksReceiveBody | Unset = UNSET,
    lease: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    params: dict[str, Any] = {}

    params["lease"] = lease

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/publishing/webhooks/{platform}".format(
            platform=quote(str(platform), safe=""),
        ),
        "params": params,
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | ErrorOut | None:
    if response.status_code == 200:
        response_200 = cast(Any, None)
        return response_200

    if response.status_code == 400:
        response_400 = ErrorOut.from_dict(response.json())

        return response_400

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

    if response.status_code == 429:
        response_429 = ErrorOut.from_dict(response.json())

        return response_429

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Any | ErrorOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    platform: WebhooksReceivePlatform,
    *,
    client: AuthenticatedClient | Client,
    body: WebhooksReceiveBody | Unset = UNSET,
    lease: str | Unset = UNSET,
) -> Response[Any | ErrorOut]:
    """Keep a signed delivery and say yes at once; a job looks at it. A repeated one is harmless.

    Args:
        platform (WebhooksReceivePlatform):
        lease (str | Unset):
        body (WebhooksReceiveBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorOut]
    """

    kwargs = _get_kwargs(
        platform=platform,
        body=body,
        lease=lease,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    platform: WebhooksReceivePlatform,
    *,
    client: AuthenticatedClient | Client,
    body: WebhooksReceiveBody | Unset = UNSET,
    lease: str | Unset = UNSET,
) -> Any | ErrorOut | None:
    """Keep a signed delivery and say yes at once; a job looks at it. A repeated one is harmless.

    Args:
        platform (WebhooksReceivePlatform):
        lease (str | Unset):
        body (WebhooksReceiveBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorOut
    """

    return sync_detailed(
        platform=platform,
        client=client,
        body=body,
        lease=lease,
    ).parsed


async def asyncio_detailed(
    platform: WebhooksReceivePlatform,
    *,
    client: AuthenticatedClient | Client,
    body: WebhooksReceiveBody | Unset = UNSET,
    lease: str | Unset = UNSET,
) -> Response[Any | ErrorOut]:
    """Keep a signed delivery and say yes at once; a job looks at it. A repeated one is harmless.

    Args:
        platform (WebhooksReceivePlatform):
        lease (str | Unset):
        body (WebhooksReceiveBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorOut]
    """

    kwargs = _get_kwargs(
        platform=platform,
        body=body,
        lease=lease,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    platform: WebhooksReceivePlatform,
    *,
    client: AuthenticatedClient | Client,
    body: WebhooksReceiveBody | Unset = UNSET,
    lease: str | Unset = UNSET,
) -> Any | ErrorOut | None:
    """Keep a signed delivery and say yes at once; a job looks at it. A repeated one is harmless.

    Args:
        platform (WebhooksReceivePlatform):
        lease (str | Unset):
        body (WebhooksReceiveBody | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorOut
    """

    return (
        await asyncio_detailed(
            platform=platform,
            client=client,
            body=body,
            lease=lease,
        )
    ).parsed
