from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_out import ErrorOut
from ...models.paginated_variant_out_list import PaginatedVariantOutList
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    clip: UUID | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
    render_format: str | Unset = UNSET,
    video_asset: UUID | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match

    params: dict[str, Any] = {}

    json_clip: str | Unset = UNSET
    if not isinstance(clip, Unset):
        json_clip = str(clip)
    params["clip"] = json_clip

    params["cursor"] = cursor

    params["limit"] = limit

    params["render_format"] = render_format

    json_video_asset: str | Unset = UNSET
    if not isinstance(video_asset, Unset):
        json_video_asset = str(video_asset)
    params["video_asset"] = json_video_asset

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/variants",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | ErrorOut | PaginatedVariantOutList | None:
    if response.status_code == 200:
        response_200 = PaginatedVariantOutList.from_dict(response.json())

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
) -> Response[Any | ErrorOut | PaginatedVariantOutList]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    clip: UUID | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
    render_format: str | Unset = UNSET,
    video_asset: UUID | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ErrorOut | PaginatedVariantOutList]:
    """Variants, newest first

     Rendered files of clips.

    Args:
        clip (UUID | Unset):
        cursor (str | Unset):
        limit (int | Unset):  Default: 50.
        render_format (str | Unset):
        video_asset (UUID | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorOut | PaginatedVariantOutList]
    """

    kwargs = _get_kwargs(
        clip=clip,
        cursor=cursor,
        limit=limit,
        render_format=render_format,
        video_asset=video_asset,
        if_none_match=if_none_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    clip: UUID | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
    render_format: str | Unset = UNSET,
    video_asset: UUID | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ErrorOut | PaginatedVariantOutList | None:
    """Variants, newest first

     Rendered files of clips.

    Args:
        clip (UUID | Unset):
        cursor (str | Unset):
        limit (int | Unset):  Default: 50.
        render_format (str | Unset):
        video_asset (UUID | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorOut | PaginatedVariantOutList
    """

    return sync_detailed(
        client=client,
        clip=clip,
        cursor=cursor,
        limit=limit,
        render_format=render_format,
        video_asset=video_asset,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    clip: UUID | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
    render_format: str | Unset = UNSET,
    video_asset: UUID | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ErrorOut | PaginatedVariantOutList]:
    """Variants, newest first

     Rendered files of clips.

    Args:
        clip (UUID | Unset):
        cursor (str | Unset):
        limit (int | Unset):  Default: 50.
        render_format (str | Unset):
        video_asset (UUID | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorOut | PaginatedVariantOutList]
    """

    kwargs = _get_kwargs(
        clip=clip,
        cursor=cursor,
        limit=limit,
        render_format=render_format,
        video_asset=video_asset,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    clip: UUID | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
    render_format: str | Unset = UNSET,
    video_asset: UUID | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ErrorOut | PaginatedVariantOutList | None:
    """Variants, newest first

     Rendered files of clips.

    Args:
        clip (UUID | Unset):
        cursor (str | Unset):
        limit (int | Unset):  Default: 50.
        render_format (str | Unset):
        video_asset (UUID | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorOut | PaginatedVariantOutList
    """

    return (
        await asyncio_detailed(
            client=client,
            clip=clip,
            cursor=cursor,
            limit=limit,
            render_format=render_format,
            video_asset=video_asset,
            if_none_match=if_none_match,
        )
    ).parsed
