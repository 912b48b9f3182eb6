from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_out import ErrorOut
from ...models.upload_in_request import UploadInRequest
from ...models.upload_out import UploadOut
from ...types import UNSET, File, Response, Unset


def _get_kwargs(
    *,
    body: UploadInRequest | File | Unset = UNSET,
    filename: str | Unset = UNSET,
    title: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    params: dict[str, Any] = {}

    params["filename"] = filename

    params["title"] = title

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/upload",
        "params": params,
    }

    if isinstance(body, UploadInRequest):
        if not isinstance(body, Unset):
            _kwargs["files"] = body.to_multipart()

        headers["Content-Type"] = "multipart/form-data; boundary=+++"
    if isinstance(body, File):
        if not isinstance(body, Unset):
            _kwargs["content"] = body.payload
        headers["Content-Type"] = "application/octet-stream"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ErrorOut | UploadOut | None:
    if response.status_code == 200:
        response_200 = UploadOut.from_dict(response.json())

        return response_200

    if response.status_code == 201:
        response_201 = UploadOut.from_dict(response.json())

        return response_201

    if response.status_code == 400:
        response_400 = ErrorOut.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ErrorOut.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = ErrorOut.from_dict(response.json())

        return response_403

    if response.status_code == 409:
        response_409 = ErrorOut.from_dict(response.json())

        return response_409

    if response.status_code == 411:
        response_411 = ErrorOut.from_dict(response.json())

        return response_411

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
) -> Response[ErrorOut | UploadOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: UploadInRequest | File | Unset = UNSET,
    filename: str | Unset = UNSET,
    title: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[ErrorOut | UploadOut]:
    """Bring a video in

     Take the video in.

    Args:
        filename (str | Unset):
        title (str | Unset):
        idempotency_key (str | Unset):
        body (UploadInRequest | Unset): A video file, and a title for people.
        body (File | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorOut | UploadOut]
    """

    kwargs = _get_kwargs(
        body=body,
        filename=filename,
        title=title,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: UploadInRequest | File | Unset = UNSET,
    filename: str | Unset = UNSET,
    title: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> ErrorOut | UploadOut | None:
    """Bring a video in

     Take the video in.

    Args:
        filename (str | Unset):
        title (str | Unset):
        idempotency_key (str | Unset):
        body (UploadInRequest | Unset): A video file, and a title for people.
        body (File | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorOut | UploadOut
    """

    return sync_detailed(
        client=client,
        body=body,
        filename=filename,
        title=title,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: UploadInRequest | File | Unset = UNSET,
    filename: str | Unset = UNSET,
    title: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[ErrorOut | UploadOut]:
    """Bring a video in

     Take the video in.

    Args:
        filename (str | Unset):
        title (str | Unset):
        idempotency_key (str | Unset):
        body (UploadInRequest | Unset): A video file, and a title for people.
        body (File | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorOut | UploadOut]
    """

    kwargs = _get_kwargs(
        body=body,
        filename=filename,
        title=title,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: UploadInRequest | File | Unset = UNSET,
    filename: str | Unset = UNSET,
    title: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> ErrorOut | UploadOut | None:
    """Bring a video in

     Take the video in.

    Args:
        filename (str | Unset):
        title (str | Unset):
        idempotency_key (str | Unset):
        body (UploadInRequest | Unset): A video file, and a title for people.
        body (File | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorOut | UploadOut
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            filename=filename,
            title=title,
            idempotency_key=idempotency_key,
        )
    ).parsed
