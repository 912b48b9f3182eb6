from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_out import ErrorOut
from ...models.paginated_step_out_list import PaginatedStepOutList
from ...models.steps_list_kind import StepsListKind
from ...models.steps_list_platform import StepsListPlatform
from ...models.steps_list_status import StepsListStatus
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    cursor: str | Unset = UNSET,
    kind: StepsListKind | Unset = UNSET,
    limit: int | Unset = 50,
    platform: StepsListPlatform | Unset = UNSET,
    publication: UUID | Unset = UNSET,
    status: StepsListStatus | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match

    params: dict[str, Any] = {}

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

    json_publication: str | Unset = UNSET
    if not isinstance(publication, Unset):
        json_publication = str(publication)
    params["publication"] = json_publication

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status

    params["status"] = json_status

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/publishing/steps",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | ErrorOut | PaginatedStepOutList | None:
    if response.status_code == 200:
        response_200 = PaginatedStepOutList.from_dict(response.json())

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
) -> Response[Any | ErrorOut | PaginatedStepOutList]:
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
    kind: StepsListKind | Unset = UNSET,
    limit: int | Unset = 50,
    platform: StepsListPlatform | Unset = UNSET,
    publication: UUID | Unset = UNSET,
    status: StepsListStatus | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ErrorOut | PaginatedStepOutList]:
    """First comments and thumbnails of live posts.

    Args:
        cursor (str | Unset):
        kind (StepsListKind | Unset):
        limit (int | Unset):  Default: 50.
        platform (StepsListPlatform | Unset):
        publication (UUID | Unset):
        status (StepsListStatus | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorOut | PaginatedStepOutList]
    """

    kwargs = _get_kwargs(
        cursor=cursor,
        kind=kind,
        limit=limit,
        platform=platform,
        publication=publication,
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
    kind: StepsListKind | Unset = UNSET,
    limit: int | Unset = 50,
    platform: StepsListPlatform | Unset = UNSET,
    publication: UUID | Unset = UNSET,
    status: StepsListStatus | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ErrorOut | PaginatedStepOutList | None:
    """First comments and thumbnails of live posts.

    Args:
        cursor (str | Unset):
        kind (StepsListKind | Unset):
        limit (int | Unset):  Default: 50.
        platform (StepsListPlatform | Unset):
        publication (UUID | Unset):
        status (StepsListStatus | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorOut | PaginatedStepOutList
    """

    return sync_detailed(
        client=client,
        cursor=cursor,
        kind=kind,
        limit=limit,
        platform=platform,
        publication=publication,
        status=status,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    kind: StepsListKind | Unset = UNSET,
    limit: int | Unset = 50,
    platform: StepsListPlatform | Unset = UNSET,
    publication: UUID | Unset = UNSET,
    status: StepsListStatus | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ErrorOut | PaginatedStepOutList]:
    """First comments and thumbnails of live posts.

    Args:
        cursor (str | Unset):
        kind (StepsListKind | Unset):
        limit (int | Unset):  Default: 50.
        platform (StepsListPlatform | Unset):
        publication (UUID | Unset):
        status (StepsListStatus | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorOut | PaginatedStepOutList]
    """

    kwargs = _get_kwargs(
        cursor=cursor,
        kind=kind,
        limit=limit,
        platform=platform,
        publication=publication,
        status=status,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    kind: StepsListKind | Unset = UNSET,
    limit: int | Unset = 50,
    platform: StepsListPlatform | Unset = UNSET,
    publication: UUID | Unset = UNSET,
    status: StepsListStatus | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ErrorOut | PaginatedStepOutList | None:
    """First comments and thumbnails of live posts.

    Args:
        cursor (str | Unset):
        kind (StepsListKind | Unset):
        limit (int | Unset):  Default: 50.
        platform (StepsListPlatform | Unset):
        publication (UUID | Unset):
        status (StepsListStatus | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorOut | PaginatedStepOutList
    """

    return (
        await asyncio_detailed(
            client=client,
            cursor=cursor,
            kind=kind,
            limit=limit,
            platform=platform,
            publication=publication,
            status=status,
            if_none_match=if_none_match,
        )
    ).parsed
