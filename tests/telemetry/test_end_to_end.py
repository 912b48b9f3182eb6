"""The whole way: an event written by one process reaches a client of another."""

import asyncio
import json

import httpx
import pytest
import websockets
from websockets.asyncio.client import connect

from jobs.models import Job
from stakazo.identity.services import create_api_key
from tests.factories import make_user
from tests.telemetry.server import in_another_process

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_real_passwords"),
]
PATIENCE_S = 60  # to give up on the test, not to time anything
PASSWORD = "correct horse battery"


async def hear_until(socket, wanted):
    async def listen():
        async for text in socket:
            message = json.loads(text)
            if wanted(message):
                return message
        raise AssertionError("the server closed the socket")

    return await asyncio.wait_for(listen(), PATIENCE_S)


def is_event(name):
    return lambda message: message["type"] == "event" and message["event"]["entity_id"] == name


def is_snapshot(message):
    return message["type"] == "snapshot"


def write(name):
    """Code for another process that records an event."""
    return (
        "from ledger.services import log_event\n"
        f"assert log_event('worker_started', entity_type='worker', entity_id={name!r})"
    )


def test_a_client_hears_what_another_process_writes_and_misses_nothing_while_away(
    server_url, tmp_path
):
    make_user("ben")
    url = server_url
    with httpx.Client(base_url=url, timeout=60) as http:
        tokens = http.post("/auth/login", json={"username": "ben", "password": PASSWORD}).json()
        http.headers["Authorization"] = f"Bearer {tokens['access']}"
        socket_url = url.replace("http", "ws") + "/telemetry/ws"

        def ticket():
            return http.post("/telemetry/ticket").raise_for_status().json()["ticket"]

        async def watch():
            async with connect(f"{socket_url}?ticket={ticket()}") as socket:
                snapshot = await hear_until(socket, is_snapshot)
                assert snapshot["snapshot"]["mode"] == "simulator"
                written = asyncio.to_thread(in_another_process, write("far"), var_dir=tmp_path)
                heard, _ = await asyncio.gather(hear_until(socket, is_event("far")), written)
                assert heard["event"]["event_type"] == "worker_started"
            await asyncio.to_thread(in_another_process, write("missed"), var_dir=tmp_path)
            async with connect(f"{socket_url}?ticket={ticket()}") as socket:
                await socket.send(json.dumps({"type": "resume", "position": heard["position"]}))
                await hear_until(socket, is_event("missed"))

        asyncio.run(watch())
        total = http.get("/debug/ledger/recent?limit=1").json()["total"]
        assert total >= 3


def test_progress_that_a_worker_process_reports_is_seen(server_url, tmp_path):
    ben = make_user("ben")
    _, key = create_api_key(name="watcher", user=ben, scopes=["read", "write"])
    job = Job.objects.create(job_type="generate_variants", queue="render")
    work = (
        "from datetime import timedelta\nfrom django.utils import timezone\n"
        "from jobs.models import JOB, Job\n"
        f"job = Job.objects.get(pk='{job.pk}')\n"
        "JOB.move(job, 'processing', values={'lease_until': timezone.now() + timedelta(hours=1)})\n"
        "Job.objects.filter(pk=job.pk).update(progress=0.75, stage='encode')"
    )
    url = server_url
    headers = {"X-Api-Key": key}
    answer = httpx.post(f"{url}/telemetry/ticket", headers=headers, timeout=60)
    ticket = answer.json()["ticket"]

    def shows_it(message):
        running = is_snapshot(message) and message["snapshot"]["jobs"]["running"]
        return running and running[0]["progress"] == 0.75

    async def watch():
        async with connect(f"{url.replace('http', 'ws')}/telemetry/ws?ticket={ticket}") as socket:
            await hear_until(socket, is_snapshot)
            working = asyncio.to_thread(in_another_process, work, var_dir=tmp_path)
            heard, _ = await asyncio.gather(hear_until(socket, shows_it), working)
            assert heard["snapshot"]["jobs"]["running"][0]["stage"] == "encode"

    asyncio.run(watch())


def test_a_real_client_sees_the_close_code_of_a_stranger(server_url):
    url = server_url
    socket_url = url.replace("http", "ws") + "/telemetry/ws"

    async def knock():
        async with connect(socket_url, origin=url) as socket:
            with pytest.raises(websockets.ConnectionClosed):
                await asyncio.wait_for(socket.recv(), PATIENCE_S)
            assert socket.close_code == 4401
        with pytest.raises(websockets.InvalidStatus):
            await connect(socket_url, origin="http://evil.example")

    asyncio.run(knock())
