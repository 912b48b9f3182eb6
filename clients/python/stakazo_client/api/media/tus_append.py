from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_out import ErrorOut
from ...types import UNSET, File, Response, Unset


def _get_kwargs(
    id: UUID,
    *,
    body: File | Unset = UNSET,
    tus_resumable: str,
    upload_checksum: str | Unset = UNSET,
    upload_offset: str,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    headers["Tus-Resumable"] = tus_resumable

    if not isinstance(upload_checksum, Unset):
        headers["Upload-Checksum"] = upload_checksum

    headers["Upload-Offset"] = upload_offset

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/upload/tus/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }

    if not isinstance(body, Unset):
        _kwargs["content"] = body.payload
    headers["Content-Type"] = "application/offset+octet-stream"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | ErrorOut | None:
    if response.status_code == 204:
        response_204 = cast(Any, None)
        return response_204

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

    if response.status_code == 410:
        response_410 = ErrorOut.from_dict(response.json())

        return response_410

    if response.status_code == 412:
        response_412 = ErrorOut.from_dict(response.json())

        return response_412

    if response.status_code == 413:
        response_413 = ErrorOut.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = ErrorOut.from_dict(response.json())

        return response_415

    if response.status_code == 423:
        response_423 = ErrorOut.from_dict(response.json())

        return response_423

    if response.status_code == 460:
        response_460 = ErrorOut.from_dict(response.json())

        return response_460

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
    id: UUID,
    *,
    client: AuthenticatedClient,
    body: File | Unset = UNSET,
    tus_resumable: str,
    upload_checksum: str | Unset = UNSET,
    upload_offset: str,
) -> Response[Any | ErrorOut]:
    """Send bytes of an upload by tus

     The body follows what is there; with the last byte, the video is checked and taken in.

    Args:
        id (UUID):
        tus_resumable (str):
        upload_checksum (str | Unset):
        upload_offset (str):
        body (File | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorOut]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
        tus_resumable=tus_resumable,
        upload_checksum=upload_checksum,
        upload_offset=upload_offset,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: UUID,
    *,
    client: AuthenticatedClient,
    body: File | Unset = UNSET,
    tus_resumable: str,
    upload_checksum: str | Unset = UNSET,
    upload_offset: str,
) -> Any | ErrorOut | None:
    """Send bytes of an upload by tus

     The body follows what is there; with the last byte, the video is checked and taken in.

    Args:
        id (UUID):
        tus_resumable (str):
        upload_checksum (str | Unset):
        upload_offset (str):
        body (File | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorOut
    """

    return sync_detailed(
        id=id,
        client=client,
        body=body,
        tus_resumable=tus_resumable,
        upload_checksum=upload_checksum,
        upload_offset=upload_offset,
    ).parsed


async def asyncio_detailed(
    id: UUID,
    *,
    client: AuthenticatedClient,
    body: File | Unset = UNSET,
    tus_resumable: str,
    upload_checksum: str | Unset = UNSET,
    upload_offset: str,
) -> Response[Any | ErrorOut]:
    """Send bytes of an upload by tus

     The body follows what is there; with the last byte, the video is checked and taken in.

    Args:
        id (UUID):
        tus_resumable (str):
        upload_checksum (str | Unset):
        upload_offset (str):
        body (File | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorOut]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
        tus_resumable=tus_resumable,
        upload_checksum=upload_checksum,
        upload_offset=upload_offset,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: UUID,
    *,
    client: AuthenticatedClient,
    body: File | Unset = UNSET,
    tus_resumable: str,
    upload_checksum: str | Unset = UNSET,
    upload_offset: str,
) -> Any | ErrorOut | None:
    """Send bytes of an upload by tus

     The body follows what is there; with the last byte, the video is checked and taken in.

    Args:
        id (UUID):
        tus_resumable (str):
        upload_checksum (str | Unset):
        upload_offset (str):
        body (File | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorOut
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            body=body,
            tus_resumable=tus_resumable,
            upload_checksum=upload_checksum,
            upload_offset=upload_offset,
        )
    ).parsed
