from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_out import ErrorOut
from ...models.webhooks_challenge_platform import WebhooksChallengePlatform
from ...types import UNSET, Response, Unset


def _get_kwargs(
    platform: WebhooksChallengePlatform,
    *,
    hub_challenge: str | Unset = UNSET,
    hub_lease_seconds: str | Unset = UNSET,
    hub_mode: str | Unset = UNSET,
    hub_reason: str | Unset = UNSET,
    hub_topic: str | Unset = UNSET,
    hub_verify_token: str | Unset = UNSET,
    lease: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["hub.challenge"] = hub_challenge

    params["hub.lease_seconds"] = hub_lease_seconds

    params["hub.mode"] = hub_mode

    params["hub.reason"] = hub_reason

    params["hub.topic"] = hub_topic

    params["hub.verify_token"] = hub_verify_token

    params["lease"] = lease

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/publishing/webhooks/{platform}".format(
            platform=quote(str(platform), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ErrorOut | str | None:
    if response.status_code == 200:
        response_200 = response.text
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

    if response.status_code == 429:
        response_429 = ErrorOut.from_dict(response.json())

        return response_429

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[ErrorOut | str]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    platform: WebhooksChallengePlatform,
    *,
    client: AuthenticatedClient | Client,
    hub_challenge: str | Unset = UNSET,
    hub_lease_seconds: str | Unset = UNSET,
    hub_mode: str | Unset = UNSET,
    hub_reason: str | Unset = UNSET,
    hub_topic: str | Unset = UNSET,
    hub_verify_token: str | Unset = UNSET,
    lease: str | Unset = UNSET,
) -> Response[ErrorOut | str]:
    """Prove that this address is ours (Meta's verify token, WebSub's topic).

    Args:
        platform (WebhooksChallengePlatform):
        hub_challenge (str | Unset):
        hub_lease_seconds (str | Unset):
        hub_mode (str | Unset):
        hub_reason (str | Unset):
        hub_topic (str | Unset):
        hub_verify_token (str | Unset):
        lease (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorOut | str]
    """

    kwargs = _get_kwargs(
        platform=platform,
        hub_challenge=hub_challenge,
        hub_lease_seconds=hub_lease_seconds,
        hub_mode=hub_mode,
        hub_reason=hub_reason,
        hub_topic=hub_topic,
        hub_verify_token=hub_verify_token,
        lease=lease,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    platform: WebhooksChallengePlatform,
    *,
    client: AuthenticatedClient | Client,
    hub_challenge: str | Unset = UNSET,
    hub_lease_seconds: str | Unset = UNSET,
    hub_mode: str | Unset = UNSET,
    hub_reason: str | Unset = UNSET,
    hub_topic: str | Unset = UNSET,
    hub_verify_token: str | Unset = UNSET,
    lease: str | Unset = UNSET,
) -> ErrorOut | str | None:
    """Prove that this address is ours (Meta's verify token, WebSub's topic).

    Args:
        platform (WebhooksChallengePlatform):
        hub_challenge (str | Unset):
        hub_lease_seconds (str | Unset):
        hub_mode (str | Unset):
        hub_reason (str | Unset):
        hub_topic (str | Unset):
        hub_verify_token (str | Unset):
        lease (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorOut | str
    """

    return sync_detailed(
        platform=platform,
        client=client,
        hub_challenge=hub_challenge,
        hub_lease_seconds=hub_lease_seconds,
        hub_mode=hub_mode,
        hub_reason=hub_reason,
        hub_topic=hub_topic,
        hub_verify_token=hub_verify_token,
        lease=lease,
    ).parsed


async def asyncio_detailed(
    platform: WebhooksChallengePlatform,
    *,
    client: AuthenticatedClient | Client,
    hub_challenge: str | Unset = UNSET,
    hub_lease_seconds: str | Unset = UNSET,
    hub_mode: str | Unset = UNSET,
    hub_reason: str | Unset = UNSET,
    hub_topic: str | Unset = UNSET,
    hub_verify_token: str | Unset = UNSET,
    lease: str | Unset = UNSET,
) -> Response[ErrorOut | str]:
    """Prove that this address is ours (Meta's verify token, WebSub's topic).

    Args:
        platform (WebhooksChallengePlatform):
        hub_challenge (str | Unset):
        hub_lease_seconds (str | Unset):
        hub_mode (str | Unset):
        hub_reason (str | Unset):
        hub_topic (str | Unset):
        hub_verify_token (str | Unset):
        lease (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorOut | str]
    """

    kwargs = _get_kwargs(
        platform=platform,
        hub_challenge=hub_challenge,
        hub_lease_seconds=hub_lease_seconds,
        hub_mode=hub_mode,
        hub_reason=hub_reason,
        hub_topic=hub_topic,
        hub_verify_token=hub_verify_token,
        lease=lease,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    platform: WebhooksChallengePlatform,
    *,
    client: AuthenticatedClient | Client,
    hub_challenge: str | Unset = UNSET,
    hub_lease_seconds: str | Unset = UNSET,
    hub_mode: str | Unset = UNSET,
    hub_reason: str | Unset = UNSET,
    hub_topic: str | Unset = UNSET,
    hub_verify_token: str | Unset = UNSET,
    lease: str | Unset = UNSET,
) -> ErrorOut | str | None:
    """Prove that this address is ours (Meta's verify token, WebSub's topic).

    Args:
        platform (WebhooksChallengePlatform):
        hub_challenge (str | Unset):
        hub_lease_seconds (str | Unset):
        hub_mode (str | Unset):
        hub_reason (str | Unset):
        hub_topic (str | Unset):
        hub_verify_token (str | Unset):
        lease (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorOut | str
    """

    return (
        await asyncio_detailed(
            platform=platform,
            client=client,
            hub_challenge=hub_challenge,
            hub_lease_seconds=hub_lease_seconds,
            hub_mode=hub_mode,
            hub_reason=hub_reason,
            hub_topic=hub_topic,
            hub_verify_token=hub_verify_token,
            lease=lease,
        )
    ).parsed
