"""What a webhook is sent."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cronjobs_adapters.http import HttpDeliverer
from cronjobs_core.domain.executions import Reason
from cronjobs_core.domain.targets import TargetRules, Webhook
from cronjobs_core.testing.builders import an_execution
from cronjobs_core.testing.contracts.targets import SECRET, a_run, deliver_in_time
from integration.http.conftest import Open
from servers.hostile import HostileServer
from servers.sockets import Received

PLANNED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


async def received(deliverer: HttpDeliverer, target: HostileServer, **run: Any) -> Received:
    """Deliver a run to the target and return what arrived."""
    delivery = await deliver_in_time(deliverer, a_run(Webhook(url=target.url("/ok")), **run))
    assert delivery.succeeded
    assert (delivery.response_status, delivery.output) == (200, "ok")
    return target.requests[-1]


async def test_metadata_is_posted_as_compact_json(
    deliverer: HttpDeliverer, target: HostileServer
) -> None:
    """A target reads the job's metadata as the whole JSON body."""
    metadata = {"env": "prod", "n": 1, "nested": {"flag": True}, "text": "ü\ud800"}
    request = await received(deliverer, target, metadata=metadata)
    assert request.method == "POST"
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.body) == metadata
    assert request.body.startswith(b'{"env":"prod","n":1,')


async def test_without_metadata_it_is_a_get_without_body(
    deliverer: HttpDeliverer, target: HostileServer
) -> None:
    """A plain endpoint is simply called."""
    request = await received(deliverer, target, metadata={})
    assert (request.method, request.body) == ("GET", b"")
    assert not {"content-type", "content-length"} & request.headers.keys()


async def test_the_headers_are_ours_and_no_more(
    deliverer: HttpDeliverer, target: HostileServer
) -> None:
    """A target learns who calls, for which occurrence, and nothing of the run's secrets."""
    execution = an_execution(job_id="job-7", scheduled_for=PLANNED, attempt=2)
    request = await received(deliverer, target, execution=execution, metadata={})
    assert request.headers == {
        "host": f"127.0.0.1:{target.port}",
        "accept": "*/*",
        "accept-encoding": "identity",
        "user-agent": "cronjobs/1.2.3",
        "idempotency-key": "job-7:2026-03-01T09:30:00Z",
        "cronjobs-attempt": "2",
        "cronjobs-scheduled-for": "2026-03-01T09:30:00Z",
    }


async def test_a_manual_run_has_no_planned_instant(
    deliverer: HttpDeliverer, target: HostileServer
) -> None:
    """A run that nobody planned is told from a scheduled one by the header's absence."""
    request = await received(deliverer, target, execution=an_execution(id="run-1"))
    assert "cronjobs-scheduled-for" not in request.headers
    assert request.headers["idempotency-key"] == "run-1"


async def test_attempts_at_one_occurrence_share_their_key(
    deliverer: HttpDeliverer, target: HostileServer
) -> None:
    """A receiver can tell a repetition from the next occurrence (C058)."""
    instants = (PLANNED, PLANNED, PLANNED.replace(day=2))
    keys = [
        (
            await received(
                deliverer, target, execution=an_execution(job_id="job-7", scheduled_for=instant)
            )
        ).headers["idempotency-key"]
        for instant in instants
    ]
    assert keys[0] == keys[1] != keys[2]


async def test_no_cookie_is_kept(deliverer: HttpDeliverer, target: HostileServer) -> None:
    """What one run was given is not shown to the next."""
    target.raw["cookie"] = b"HTTP/1.1 204 No Content\r\nSet-Cookie: id=1; Path=/\r\n\r\n"
    await deliver_in_time(deliverer, a_run(Webhook(url=target.url("/raw/cookie"))))
    assert "cookie" not in (await received(deliverer, target)).headers


async def test_proxies_of_the_environment_are_ignored(
    open_deliverer: Open, target: HostileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy would be a way round the guard (S33)."""
    async with HostileServer() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url(""))
        await received(open_deliverer(), target)
        assert proxy.connections == 0


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", f"https://user:{SECRET}@127.0.0.1:1/"])
async def test_a_stored_url_that_is_no_longer_admitted_is_not_called(
    open_deliverer: Open, url: str
) -> None:
    """What was stored under other settings is judged again at each run (S27, S32)."""
    delivery = await deliver_in_time(open_deliverer(TargetRules()), a_run(Webhook(url=url)))
    assert delivery.reason is Reason.INVALID_TARGET
    assert delivery.error_message == (
        "Webhook call failed: the URL's scheme is not allowed, or it holds a user name or password"
    )
