from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_out import ErrorOut
from ...models.outgoing_list_status import OutgoingListStatus
from ...models.paginated_outgoing_out_list import PaginatedOutgoingOutList
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    cursor: str | Unset = UNSET,
    event_type: str | Unset = UNSET,
    limit: int | Unset = 50,
    status: OutgoingListStatus | Unset = UNSET,
    subscriber: UUID | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match

    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["event_type"] = event_type

    params["limit"] = limit

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status

    params["status"] = json_status

    json_subscriber: str | Unset = UNSET
    if not isinstance(subscriber, Unset):
        json_subscriber = str(subscriber)
    params["subscriber"] = json_subscriber

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/webhooks/deliveries",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | ErrorOut | PaginatedOutgoingOutList | None:
    if response.status_code == 200:
        response_200 = PaginatedOutgoingOutList.from_dict(response.json())

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
) -> Response[Any | ErrorOut | PaginatedOutgoingOutList]:
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
    event_type: str | Unset = UNSET,
    limit: int | Unset = 50,
    status: OutgoingListStatus | Unset = UNSET,
    subscriber: UUID | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ErrorOut | PaginatedOutgoingOutList]:
    """Messages to subscribers.

    Args:
        cursor (str | Unset):
        event_type (str | Unset):
        limit (int | Unset):  Default: 50.
        status (OutgoingListStatus | Unset):
        subscriber (UUID | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorOut | PaginatedOutgoingOutList]
    """

    kwargs = _get_kwargs(
        cursor=cursor,
        event_type=event_type,
        limit=limit,
        status=status,
        subscriber=subscriber,
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
    event_type: str | Unset = UNSET,
    limit: int | Unset = 50,
    status: OutgoingListStatus | Unset = UNSET,
    subscriber: UUID | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ErrorOut | PaginatedOutgoingOutList | None:
    """Messages to subscribers.

    Args:
        cursor (str | Unset):
        event_type (str | Unset):
        limit (int | Unset):  Default: 50.
        status (OutgoingListStatus | Unset):
        subscriber (UUID | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorOut | PaginatedOutgoingOutList
    """

    return sync_detailed(
        client=client,
        cursor=cursor,
        event_type=event_type,
        limit=limit,
        status=status,
        subscriber=subscriber,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    event_type: str | Unset = UNSET,
    limit: int | Unset = 50,
    status: OutgoingListStatus | Unset = UNSET,
    subscriber: UUID | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ErrorOut | PaginatedOutgoingOutList]:
    """Messages to subscribers.

    Args:
        cursor (str | Unset):
        event_type (str | Unset):
        limit (int | Unset):  Default: 50.
        status (OutgoingListStatus | Unset):
        subscriber (UUID | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorOut | PaginatedOutgoingOutList]
    """

    kwargs = _get_kwargs(
        cursor=cursor,
        event_type=event_type,
        limit=limit,
        status=status,
        subscriber=subscriber,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    event_type: str | Unset = UNSET,
    limit: int | Unset = 50,
    status: OutgoingListStatus | Unset = UNSET,
    subscriber: UUID | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ErrorOut | PaginatedOutgoingOutList | None:
    """Messages to subscribers.

    Args:
        cursor (str | Unset):
        event_type (str | Unset):
        limit (int | Unset):  Default: 50.
        status (OutgoingListStatus | Unset):
        subscriber (UUID | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorOut | PaginatedOutgoingOutList
    """

    return (
        await asyncio_detailed(
            client=client,
            cursor=cursor,
            event_type=event_type,
            limit=limit,
            status=status,
            subscriber=subscriber,
            if_none_match=if_none_match,
        )
    ).parsed
