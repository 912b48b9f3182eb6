from http import HTTPStatus
from io import BytesIO
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.clips_preview_captions_position import (
    ClipsPreviewCaptionsPosition,
)
from ...models.clips_preview_part import ClipsPreviewPart
from ...models.error_out import ErrorOut
from ...types import UNSET, File, Response, Unset


def _get_kwargs(
    id: UUID,
    *,
    at_ms: int | Unset = 0,
    caption: str | Unset = "",
    captions: None | Unset | UUID = UNSET,
    captions_box: bool | Unset = True,
    captions_position: ClipsPreviewCaptionsPosition | Unset = "bottom",
    captions_size: float | Unset = 1.0,
    crossfade_ms: int | Unset = 0,
    intro: None | Unset | UUID = UNSET,
    outro: None | Unset | UUID = UNSET,
    part: ClipsPreviewPart | Unset = "clip",
    render_format: str,
    title: str | Unset = "",
    watermark: None | Unset | UUID = UNSET,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match

    params: dict[str, Any] = {}

    params["at_ms"] = at_ms

    params["caption"] = caption

    json_captions: None | str | Unset
    if isinstance(captions, Unset):
        json_captions = UNSET
    elif isinstance(captions, UUID):
        json_captions = str(captions)
    else:
        json_captions = captions
    params["captions"] = json_captions

    params["captions_box"] = captions_box

    json_captions_position: str | Unset = UNSET
    if not isinstance(captions_position, Unset):
        json_captions_position = captions_position

    params["captions_position"] = json_captions_position

    params["captions_size"] = captions_size

    params["crossfade_ms"] = crossfade_ms

    json_intro: None | str | Unset
    if isinstance(intro, Unset):
        json_intro = UNSET
    elif isinstance(intro, UUID):
        json_intro = str(intro)
    else:
        json_intro = intro
    params["intro"] = json_intro

    json_outro: None | str | Unset
    if isinstance(outro, Unset):
        json_outro = UNSET
    elif isinstance(outro, UUID):
        json_outro = str(outro)
    else:
        json_outro = outro
    params["outro"] = json_outro

    json_part: str | Unset = UNSET
    if not isinstance(part, Unset):
        json_part = part

    params["part"] = json_part

    params["render_format"] = render_format

    params["title"] = title

    json_watermark: None | str | Unset
    if isinstance(watermark, Unset):
        json_watermark = UNSET
    elif isinstance(watermark, UUID):
        json_watermark = str(watermark)
    else:
        json_watermark = watermark
    params["watermark"] = json_watermark

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/clips/{id}/preview".format(
            id=quote(str(id), safe=""),
        ),
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | ErrorOut | File | None:
    if response.status_code == 200:
        response_200 = File(payload=BytesIO(response.content))

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
) -> Response[Any | ErrorOut | File]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    id: UUID,
    *,
    client: AuthenticatedClient,
    at_ms: int | Unset = 0,
    caption: str | Unset = "",
    captions: None | Unset | UUID = UNSET,
    captions_box: bool | Unset = True,
    captions_position: ClipsPreviewCaptionsPosition | Unset = "bottom",
    captions_size: float | Unset = 1.0,
    crossfade_ms: int | Unset = 0,
    intro: None | Unset | UUID = UNSET,
    outro: None | Unset | UUID = UNSET,
    part: ClipsPreviewPart | Unset = "clip",
    render_format: str,
    title: str | Unset = "",
    watermark: None | Unset | UUID = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ErrorOut | File]:
    """One frame of a variant, before it is rendered

     By the same filters as the variant; nothing is kept.

    Args:
        id (UUID):
        at_ms (int | Unset):  Default: 0.
        caption (str | Unset):  Default: ''.
        captions (None | Unset | UUID):
        captions_box (bool | Unset):  Default: True.
        captions_position (ClipsPreviewCaptionsPosition | Unset):  Default: 'bottom'.
        captions_size (float | Unset):  Default: 1.0.
        crossfade_ms (int | Unset):  Default: 0.
        intro (None | Unset | UUID):
        outro (None | Unset | UUID):
        part (ClipsPreviewPart | Unset):  Default: 'clip'.
        render_format (str):
        title (str | Unset):  Default: ''.
        watermark (None | Unset | UUID):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorOut | File]
    """

    kwargs = _get_kwargs(
        id=id,
        at_ms=at_ms,
        caption=caption,
        captions=captions,
        captions_box=captions_box,
        captions_position=captions_position,
        captions_size=captions_size,
        crossfade_ms=crossfade_ms,
        intro=intro,
        outro=outro,
        part=part,
        render_format=render_format,
        title=title,
        watermark=watermark,
        if_none_match=if_none_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: UUID,
    *,
    client: AuthenticatedClient,
    at_ms: int | Unset = 0,
    caption: str | Unset = "",
    captions: None | Unset | UUID = UNSET,
    captions_box: bool | Unset = True,
    captions_position: ClipsPreviewCaptionsPosition | Unset = "bottom",
    captions_size: float | Unset = 1.0,
    crossfade_ms: int | Unset = 0,
    intro: None | Unset | UUID = UNSET,
    outro: None | Unset | UUID = UNSET,
    part: ClipsPreviewPart | Unset = "clip",
    render_format: str,
    title: str | Unset = "",
    watermark: None | Unset | UUID = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ErrorOut | File | None:
    """One frame of a variant, before it is rendered

     By the same filters as the variant; nothing is kept.

    Args:
        id (UUID):
        at_ms (int | Unset):  Default: 0.
        caption (str | Unset):  Default: ''.
        captions (None | Unset | UUID):
        captions_box (bool | Unset):  Default: True.
        captions_position (ClipsPreviewCaptionsPosition | Unset):  Default: 'bottom'.
        captions_size (float | Unset):  Default: 1.0.
        crossfade_ms (int | Unset):  Default: 0.
        intro (None | Unset | UUID):
        outro (None | Unset | UUID):
        part (ClipsPreviewPart | Unset):  Default: 'clip'.
        render_format (str):
        title (str | Unset):  Default: ''.
        watermark (None | Unset | UUID):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorOut | File
    """

    return sync_detailed(
        id=id,
        client=client,
        at_ms=at_ms,
        caption=caption,
        captions=captions,
        captions_box=captions_box,
        captions_position=captions_position,
        captions_size=captions_size,
        crossfade_ms=crossfade_ms,
        intro=intro,
        outro=outro,
        part=part,
        render_format=render_format,
        title=title,
        watermark=watermark,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    id: UUID,
    *,
    client: AuthenticatedClient,
    at_ms: int | Unset = 0,
    caption: str | Unset = "",
    captions: None | Unset | UUID = UNSET,
    captions_box: bool | Unset = True,
    captions_position: ClipsPreviewCaptionsPosition | Unset = "bottom",
    captions_size: float | Unset = 1.0,
    crossfade_ms: int | Unset = 0,
    intro: None | Unset | UUID = UNSET,
    outro: None | Unset | UUID = UNSET,
    part: ClipsPreviewPart | Unset = "clip",
    render_format: str,
    title: str | Unset = "",
    watermark: None | Unset | UUID = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ErrorOut | File]:
    """One frame of a variant, before it is rendered

     By the same filters as the variant; nothing is kept.

    Args:
        id (UUID):
        at_ms (int | Unset):  Default: 0.
        caption (str | Unset):  Default: ''.
        captions (None | Unset | UUID):
        captions_box (bool | Unset):  Default: True.
        captions_position (ClipsPreviewCaptionsPosition | Unset):  Default: 'bottom'.
        captions_size (float | Unset):  Default: 1.0.
        crossfade_ms (int | Unset):  Default: 0.
        intro (None | Unset | UUID):
        outro (None | Unset | UUID):
        part (ClipsPreviewPart | Unset):  Default: 'clip'.
        render_format (str):
        title (str | Unset):  Default: ''.
        watermark (None | Unset | UUID):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorOut | File]
    """

    kwargs = _get_kwargs(
        id=id,
        at_ms=at_ms,
        caption=caption,
        captions=captions,
        captions_box=captions_box,
        captions_position=captions_position,
        captions_size=captions_size,
        crossfade_ms=crossfade_ms,
        intro=intro,
        outro=outro,
        part=part,
        render_format=render_format,
        title=title,
        watermark=watermark,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: UUID,
    *,
    client: AuthenticatedClient,
    at_ms: int | Unset = 0,
    caption: str | Unset = "",
    captions: None | Unset | UUID = UNSET,
    captions_box: bool | Unset = True,
    captions_position: ClipsPreviewCaptionsPosition | Unset = "bottom",
    captions_size: float | Unset = 1.0,
    crossfade_ms: int | Unset = 0,
    intro: None | Unset | UUID = UNSET,
    outro: None | Unset | UUID = UNSET,
    part: ClipsPreviewPart | Unset = "clip",
    render_format: str,
    title: str | Unset = "",
    watermark: None | Unset | UUID = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ErrorOut | File | None:
    """One frame of a variant, before it is rendered

     By the same filters as the variant; nothing is kept.

    Args:
        id (UUID):
        at_ms (int | Unset):  Default: 0.
        caption (str | Unset):  Default: ''.
        captions (None | Unset | UUID):
        captions_box (bool | Unset):  Default: True.
        captions_position (ClipsPreviewCaptionsPosition | Unset):  Default: 'bottom'.
        captions_size (float | Unset):  Default: 1.0.
        crossfade_ms (int | Unset):  Default: 0.
        intro (None | Unset | UUID):
        outro (None | Unset | UUID):
        part (ClipsPreviewPart | Unset):  Default: 'clip'.
        render_format (str):
        title (str | Unset):  Default: ''.
        watermark (None | Unset | UUID):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorOut | File
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            at_ms=at_ms,
            caption=caption,
            captions=captions,
            captions_box=captions_box,
            captions_position=captions_position,
            captions_size=captions_size,
            crossfade_ms=crossfade_ms,
            intro=intro,
            outro=outro,
            part=part,
            render_format=render_format,
            title=title,
            watermark=watermark,
            if_none_match=if_none_match,
        )
    ).parsed
