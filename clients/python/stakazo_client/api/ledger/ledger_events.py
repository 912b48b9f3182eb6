import datetime
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_out import ErrorOut
from ...models.event_page_out import EventPageOut
from ...models.ledger_events_event_type_item import LedgerEventsEventTypeItem
from ...models.ledger_events_order import LedgerEventsOrder
from ...models.ledger_events_severity import LedgerEventsSeverity
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    actor: str | Unset = UNSET,
    clip_id: UUID | Unset = UNSET,
    correlation_id: str | Unset = UNSET,
    cursor: str | Unset = "",
    entity_id: str | Unset = UNSET,
    entity_type: str | Unset = UNSET,
    event_type: list[LedgerEventsEventTypeItem] | Unset = UNSET,
    job_id: UUID | Unset = UNSET,
    limit: int | Unset = 50,
    order: LedgerEventsOrder | Unset = UNSET,
    q: str | Unset = "",
    severity: LedgerEventsSeverity | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
    video_id: UUID | Unset = UNSET,
    worker_id: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match

    params: dict[str, Any] = {}

    params["actor"] = actor

    json_clip_id: str | Unset = UNSET
    if not isinstance(clip_id, Unset):
        json_clip_id = str(clip_id)
    params["clip_id"] = json_clip_id

    params["correlation_id"] = correlation_id

    params["cursor"] = cursor

    params["entity_id"] = entity_id

    params["entity_type"] = entity_type

    json_event_type: list[str] | Unset = UNSET
    if not isinstance(event_type, Unset):
        json_event_type = []
        for event_type_item_data in event_type:
            event_type_item: str = event_type_item_data
            json_event_type.append(event_type_item)

    params["event_type"] = json_event_type

    json_job_id: str | Unset = UNSET
    if not isinstance(job_id, Unset):
        json_job_id = str(job_id)
    params["job_id"] = json_job_id

    params["limit"] = limit

    json_order: str | Unset = UNSET
    if not isinstance(order, Unset):
        json_order = order

    params["order"] = json_order

    params["q"] = q

    json_severity: str | Unset = UNSET
    if not isinstance(severity, Unset):
        json_severity = severity

    params["severity"] = json_severity

    json_since: str | Unset = UNSET
    if not isinstance(since, Unset):
        json_since = since.isoformat()
    params["since"] = json_since

    json_until: str | Unset = UNSET
    if not isinstance(until, Unset):
        json_until = until.isoformat()
    params["until"] = json_until

    json_video_id: str | Unset = UNSET
    if not isinstance(video_id, Unset):
        json_video_id = str(video_id)
    params["video_id"] = json_video_id

    params["worker_id"] = worker_id

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/ledger/events",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | ErrorOut | EventPageOut | None:
    if response.status_code == 200:
        response_200 = EventPageOut.from_dict(response.json())

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
) -> Response[Any | ErrorOut | EventPageOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    actor: str | Unset = UNSET,
    clip_id: UUID | Unset = UNSET,
    correlation_id: str | Unset = UNSET,
    cursor: str | Unset = "",
    entity_id: str | Unset = UNSET,
    entity_type: str | Unset = UNSET,
    event_type: list[LedgerEventsEventTypeItem] | Unset = UNSET,
    job_id: UUID | Unset = UNSET,
    limit: int | Unset = 50,
    order: LedgerEventsOrder | Unset = UNSET,
    q: str | Unset = "",
    severity: LedgerEventsSeverity | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
    video_id: UUID | Unset = UNSET,
    worker_id: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ErrorOut | EventPageOut]:
    """Events, page by page

     The newest first, or with `order=oldest` the other way. Pages stay put while events come in and cost
    the same at any depth. There is no total. To follow what is new without missing what commits late,
    use `GET /ledger/tail`.

    Args:
        actor (str | Unset):
        clip_id (UUID | Unset):
        correlation_id (str | Unset):
        cursor (str | Unset):  Default: ''.
        entity_id (str | Unset):
        entity_type (str | Unset):
        event_type (list[LedgerEventsEventTypeItem] | Unset):
        job_id (UUID | Unset):
        limit (int | Unset):  Default: 50.
        order (LedgerEventsOrder | Unset):
        q (str | Unset):  Default: ''.
        severity (LedgerEventsSeverity | Unset):
        since (datetime.datetime | Unset):
        until (datetime.datetime | Unset):
        video_id (UUID | Unset):
        worker_id (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorOut | EventPageOut]
    """

    kwargs = _get_kwargs(
        actor=actor,
        clip_id=clip_id,
        correlation_id=correlation_id,
        cursor=cursor,
        entity_id=entity_id,
        entity_type=entity_type,
        event_type=event_type,
        job_id=job_id,
        limit=limit,
        order=order,
        q=q,
        severity=severity,
        since=since,
        until=until,
        video_id=video_id,
        worker_id=worker_id,
        if_none_match=if_none_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    actor: str | Unset = UNSET,
    clip_id: UUID | Unset = UNSET,
    correlation_id: str | Unset = UNSET,
    cursor: str | Unset = "",
    entity_id: str | Unset = UNSET,
    entity_type: str | Unset = UNSET,
    event_type: list[LedgerEventsEventTypeItem] | Unset = UNSET,
    job_id: UUID | Unset = UNSET,
    limit: int | Unset = 50,
    order: LedgerEventsOrder | Unset = UNSET,
    q: str | Unset = "",
    severity: LedgerEventsSeverity | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
    video_id: UUID | Unset = UNSET,
    worker_id: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ErrorOut | EventPageOut | None:
    """Events, page by page

     The newest first, or with `order=oldest` the other way. Pages stay put while events come in and cost
    the same at any depth. There is no total. To follow what is new without missing what commits late,
    use `GET /ledger/tail`.

    Args:
        actor (str | Unset):
        clip_id (UUID | Unset):
        correlation_id (str | Unset):
        cursor (str | Unset):  Default: ''.
        entity_id (str | Unset):
        entity_type (str | Unset):
        event_type (list[LedgerEventsEventTypeItem] | Unset):
        job_id (UUID | Unset):
        limit (int | Unset):  Default: 50.
        order (LedgerEventsOrder | Unset):
        q (str | Unset):  Default: ''.
        severity (LedgerEventsSeverity | Unset):
        since (datetime.datetime | Unset):
        until (datetime.datetime | Unset):
        video_id (UUID | Unset):
        worker_id (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorOut | EventPageOut
    """

    return sync_detailed(
        client=client,
        actor=actor,
        clip_id=clip_id,
        correlation_id=correlation_id,
        cursor=cursor,
        entity_id=entity_id,
        entity_type=entity_type,
        event_type=event_type,
        job_id=job_id,
        limit=limit,
        order=order,
        q=q,
        severity=severity,
        since=since,
        until=until,
        video_id=video_id,
        worker_id=worker_id,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    actor: str | Unset = UNSET,
    clip_id: UUID | Unset = UNSET,
    correlation_id: str | Unset = UNSET,
    cursor: str | Unset = "",
    entity_id: str | Unset = UNSET,
    entity_type: str | Unset = UNSET,
    event_type: list[LedgerEventsEventTypeItem] | Unset = UNSET,
    job_id: UUID | Unset = UNSET,
    limit: int | Unset = 50,
    order: LedgerEventsOrder | Unset = UNSET,
    q: str | Unset = "",
    severity: LedgerEventsSeverity | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
    video_id: UUID | Unset = UNSET,
    worker_id: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ErrorOut | EventPageOut]:
    """Events, page by page

     The newest first, or with `order=oldest` the other way. Pages stay put while events come in and cost
    the same at any depth. There is no total. To follow what is new without missing what commits late,
    use `GET /ledger/tail`.

    Args:
        actor (str | Unset):
        clip_id (UUID | Unset):
        correlation_id (str | Unset):
        cursor (str | Unset):  Default: ''.
        entity_id (str | Unset):
        entity_type (str | Unset):
        event_type (list[LedgerEventsEventTypeItem] | Unset):
        job_id (UUID | Unset):
        limit (int | Unset):  Default: 50.
        order (LedgerEventsOrder | Unset):
        q (str | Unset):  Default: ''.
        severity (LedgerEventsSeverity | Unset):
        since (datetime.datetime | Unset):
        until (datetime.datetime | Unset):
        video_id (UUID | Unset):
        worker_id (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorOut | EventPageOut]
    """

    kwargs = _get_kwargs(
        actor=actor,
        clip_id=clip_id,
        correlation_id=correlation_id,
        cursor=cursor,
        entity_id=entity_id,
        entity_type=entity_type,
        event_type=event_type,
        job_id=job_id,
        limit=limit,
        order=order,
        q=q,
        severity=severity,
        since=since,
        until=until,
        video_id=video_id,
        worker_id=worker_id,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    actor: str | Unset = UNSET,
    clip_id: UUID | Unset = UNSET,
    correlation_id: str | Unset = UNSET,
    cursor: str | Unset = "",
    entity_id: str | Unset = UNSET,
    entity_type: str | Unset = UNSET,
    event_type: list[LedgerEventsEventTypeItem] | Unset = UNSET,
    job_id: UUID | Unset = UNSET,
    limit: int | Unset = 50,
    order: LedgerEventsOrder | Unset = UNSET,
    q: str | Unset = "",
    severity: LedgerEventsSeverity | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    until: datetime.datetime | Unset = UNSET,
    video_id: UUID | Unset = UNSET,
    worker_id: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ErrorOut | EventPageOut | None:
    """Events, page by page

     The newest first, or with `order=oldest` the other way. Pages stay put while events come in and cost
    the same at any depth. There is no total. To follow what is new without missing what commits late,
    use `GET /ledger/tail`.

    Args:
        actor (str | Unset):
        clip_id (UUID | Unset):
        correlation_id (str | Unset):
        cursor (str | Unset):  Default: ''.
        entity_id (str | Unset):
        entity_type (str | Unset):
        event_type (list[LedgerEventsEventTypeItem] | Unset):
        job_id (UUID | Unset):
        limit (int | Unset):  Default: 50.
        order (LedgerEventsOrder | Unset):
        q (str | Unset):  Default: ''.
        severity (LedgerEventsSeverity | Unset):
        since (datetime.datetime | Unset):
        until (datetime.datetime | Unset):
        video_id (UUID | Unset):
        worker_id (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorOut | EventPageOut
    """

    return (
        await asyncio_detailed(
            client=client,
            actor=actor,
            clip_id=clip_id,
            correlation_id=correlation_id,
            cursor=cursor,
            entity_id=entity_id,
            entity_type=entity_type,
            event_type=event_type,
            job_id=job_id,
            limit=limit,
            order=order,
            q=q,
            severity=severity,
            since=since,
            until=until,
            video_id=video_id,
            worker_id=worker_id,
            if_none_match=if_none_match,
        )
    ).parsed
