import datetime
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_out import ErrorOut
from ...models.jobs_list_status_item import JobsListStatusItem
from ...models.paginated_job_out_list import PaginatedJobOutList
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    batch: UUID | Unset = UNSET,
    correlation_id: str | Unset = UNSET,
    cursor: str | Unset = UNSET,
    error_group: str | Unset = UNSET,
    job_type: str | Unset = UNSET,
    limit: int | Unset = 50,
    queue: str | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    status: list[JobsListStatusItem] | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match

    params: dict[str, Any] = {}

    json_batch: str | Unset = UNSET
    if not isinstance(batch, Unset):
        json_batch = str(batch)
    params["batch"] = json_batch

    params["correlation_id"] = correlation_id

    params["cursor"] = cursor

    params["error_group"] = error_group

    params["job_type"] = job_type

    params["limit"] = limit

    params["queue"] = queue

    json_since: str | Unset = UNSET
    if not isinstance(since, Unset):
        json_since = since.isoformat()
    params["since"] = json_since

    json_status: list[str] | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = []
        for status_item_data in status:
            status_item: str = status_item_data
            json_status.append(status_item)

    params["status"] = json_status

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/jobs",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | ErrorOut | PaginatedJobOutList | None:
    if response.status_code == 200:
        response_200 = PaginatedJobOutList.from_dict(response.json())

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
) -> Response[Any | ErrorOut | PaginatedJobOutList]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    batch: UUID | Unset = UNSET,
    correlation_id: str | Unset = UNSET,
    cursor: str | Unset = UNSET,
    error_group: str | Unset = UNSET,
    job_type: str | Unset = UNSET,
    limit: int | Unset = 50,
    queue: str | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    status: list[JobsListStatusItem] | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ErrorOut | PaginatedJobOutList]:
    """Jobs, newest first

     Background work: put it in, watch it, try it again, end it.

    Args:
        batch (UUID | Unset):
        correlation_id (str | Unset):
        cursor (str | Unset):
        error_group (str | Unset):
        job_type (str | Unset):
        limit (int | Unset):  Default: 50.
        queue (str | Unset):
        since (datetime.datetime | Unset):
        status (list[JobsListStatusItem] | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorOut | PaginatedJobOutList]
    """

    kwargs = _get_kwargs(
        batch=batch,
        correlation_id=correlation_id,
        cursor=cursor,
        error_group=error_group,
        job_type=job_type,
        limit=limit,
        queue=queue,
        since=since,
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
    batch: UUID | Unset = UNSET,
    correlation_id: str | Unset = UNSET,
    cursor: str | Unset = UNSET,
    error_group: str | Unset = UNSET,
    job_type: str | Unset = UNSET,
    limit: int | Unset = 50,
    queue: str | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    status: list[JobsListStatusItem] | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ErrorOut | PaginatedJobOutList | None:
    """Jobs, newest first

     Background work: put it in, watch it, try it again, end it.

    Args:
        batch (UUID | Unset):
        correlation_id (str | Unset):
        cursor (str | Unset):
        error_group (str | Unset):
        job_type (str | Unset):
        limit (int | Unset):  Default: 50.
        queue (str | Unset):
        since (datetime.datetime | Unset):
        status (list[JobsListStatusItem] | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorOut | PaginatedJobOutList
    """

    return sync_detailed(
        client=client,
        batch=batch,
        correlation_id=correlation_id,
        cursor=cursor,
        error_group=error_group,
        job_type=job_type,
        limit=limit,
        queue=queue,
        since=since,
        status=status,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    batch: UUID | Unset = UNSET,
    correlation_id: str | Unset = UNSET,
    cursor: str | Unset = UNSET,
    error_group: str | Unset = UNSET,
    job_type: str | Unset = UNSET,
    limit: int | Unset = 50,
    queue: str | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    status: list[JobsListStatusItem] | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ErrorOut | PaginatedJobOutList]:
    """Jobs, newest first

     Background work: put it in, watch it, try it again, end it.

    Args:
        batch (UUID | Unset):
        correlation_id (str | Unset):
        cursor (str | Unset):
        error_group (str | Unset):
        job_type (str | Unset):
        limit (int | Unset):  Default: 50.
        queue (str | Unset):
        since (datetime.datetime | Unset):
        status (list[JobsListStatusItem] | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorOut | PaginatedJobOutList]
    """

    kwargs = _get_kwargs(
        batch=batch,
        correlation_id=correlation_id,
        cursor=cursor,
        error_group=error_group,
        job_type=job_type,
        limit=limit,
        queue=queue,
        since=since,
        status=status,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    batch: UUID | Unset = UNSET,
    correlation_id: str | Unset = UNSET,
    cursor: str | Unset = UNSET,
    error_group: str | Unset = UNSET,
    job_type: str | Unset = UNSET,
    limit: int | Unset = 50,
    queue: str | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    status: list[JobsListStatusItem] | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ErrorOut | PaginatedJobOutList | None:
    """Jobs, newest first

     Background work: put it in, watch it, try it again, end it.

    Args:
        batch (UUID | Unset):
        correlation_id (str | Unset):
        cursor (str | Unset):
        error_group (str | Unset):
        job_type (str | Unset):
        limit (int | Unset):  Default: 50.
        queue (str | Unset):
        since (datetime.datetime | Unset):
        status (list[JobsListStatusItem] | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorOut | PaginatedJobOutList
    """

    return (
        await asyncio_detailed(
            client=client,
            batch=batch,
            correlation_id=correlation_id,
            cursor=cursor,
            error_group=error_group,
            job_type=job_type,
            limit=limit,
            queue=queue,
            since=since,
            status=status,
            if_none_match=if_none_match,
        )
    ).parsed
