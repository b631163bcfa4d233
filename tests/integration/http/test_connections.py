"""Connections are reused for a moment, never trusted for longer, and never piled up."""

import asyncio

import pytest

from cronjobs_adapters.http import ConnectionLimits, HttpDeliverer
from cronjobs_core.domain.executions import Delivery, Reason
from cronjobs_core.domain.targets import Webhook
from cronjobs_core.testing.contracts.targets import a_run, deliver_in_time
from integration.http.conftest import Open
from servers.hostile import HostileServer
from servers.sockets import open_files, response


async def call(deliverer: HttpDeliverer, target: HostileServer, path: str) -> Delivery:
    """Deliver to a path of the target."""
    return await deliver_in_time(deliverer, a_run(Webhook(url=target.url(path))))


async def test_two_requests_in_a_row_share_a_connection(
    deliverer: HttpDeliverer, target: HostileServer
) -> None:
    """Jobs that are due together do not pay for a connection each."""
    for _ in range(3):
        assert (await call(deliverer, target, "/ok")).succeeded
    assert [one.connection for one in target.requests] == [1, 1, 1]


async def test_requests_at_once_have_a_connection_each(
    deliverer: HttpDeliverer, target: HostileServer
) -> None:
    """No run waits behind another one's answer."""
    await asyncio.gather(*(call(deliverer, target, "/late/0.05") for _ in range(5)))
    assert {one.connection for one in target.requests} == {1, 2, 3, 4, 5}


async def test_no_more_requests_are_in_flight_than_the_limit(
    open_deliverer: Open, target: HostileServer
) -> None:
    """A burst cannot use up the machine's sockets; who waits is served in its turn."""
    deliverer = open_deliverer(limits=ConnectionLimits(in_flight=2))
    done = await asyncio.gather(*(call(deliverer, target, "/late/0.02") for _ in range(8)))
    assert all(one.succeeded for one in done)
    assert target.connections == 2


async def test_failures_give_their_place_back(open_deliverer: Open, target: HostileServer) -> None:
    """Runs that fail or time out do not use up the limit."""
    deliverer = open_deliverer(limits=ConnectionLimits(in_flight=1))
    for path in ("/reset", "/bad-headers", "/blackhole", "/half-then-hang", "/endless"):
        await call(deliverer, target, path)
    assert (await call(deliverer, target, "/ok")).succeeded


@pytest.mark.parametrize("pause", [0, 0.05])
async def test_a_connection_that_the_target_gave_up_is_replaced(
    deliverer: HttpDeliverer, target: HostileServer, pause: float
) -> None:
    """An idle connection that dies just as it is used again fails no run."""
    await call(deliverer, target, "/once")
    await asyncio.sleep(pause)
    assert (await call(deliverer, target, "/ok")).succeeded
    assert [one.connection for one in target.requests] == [1, 1, 2]


async def test_an_answer_that_had_begun_is_not_asked_for_again(
    deliverer: HttpDeliverer, target: HostileServer
) -> None:
    """Once a byte came back the target has the request, and is not sent another."""
    await call(deliverer, target, "/once-then-half")
    assert (await call(deliverer, target, "/ok")).reason is not None
    assert len(target.requests) == 2


async def test_a_fresh_connection_that_fails_is_not_tried_again(
    deliverer: HttpDeliverer, target: HostileServer
) -> None:
    """A target that hangs up on a new connection did so on purpose."""
    assert (await call(deliverer, target, "/hang-up")).reason is Reason.CONNECTION
    assert len(target.requests) == 1


async def test_a_body_that_no_204_may_have_does_not_spoil_the_next_run(
    deliverer: HttpDeliverer, target: HostileServer
) -> None:
    """A sloppy answer costs its connection and no other run (T42)."""
    target.raw["sloppy"] = response(204, b"all done")
    assert (await call(deliverer, target, "/raw/sloppy")).succeeded
    assert (await call(deliverer, target, "/ok")).output == "ok"


async def test_what_a_target_says_into_an_idle_connection_is_no_answer(
    deliverer: HttpDeliverer, target: HostileServer
) -> None:
    """A server's farewell to an idle connection is not taken for the next run's result."""
    await call(deliverer, target, "/ok-then-408")
    await asyncio.sleep(0.1)
    assert (await call(deliverer, target, "/ok")).succeeded
    assert [one.connection for one in target.requests] == [1, 2]


async def test_idle_connections_are_closed_after_a_moment(
    open_deliverer: Open, target: HostileServer
) -> None:
    """No target has a line of ours open for long, even if nobody calls it again."""
    before = open_files()
    deliverer = open_deliverer(limits=ConnectionLimits(keep_alive=0.05))
    await asyncio.gather(*(call(deliverer, target, "/late/0.05") for _ in range(3)))
    assert open_files() > before
    await asyncio.sleep(0.2)
    assert open_files() == before


async def test_only_so_many_connections_are_kept_idle(
    open_deliverer: Open, target: HostileServer
) -> None:
    """After a burst the rest is closed at once."""
    before = open_files()
    deliverer = open_deliverer(limits=ConnectionLimits(idle=2))
    await asyncio.gather(*(call(deliverer, target, "/late/0.05") for _ in range(6)))
    await asyncio.sleep(0.05)
    assert open_files() == before + 2 * 2  # both ends are in this process


async def test_closing_ends_every_idle_connection(
    open_deliverer: Open, target: HostileServer
) -> None:
    """A service that has stopped holds no connection."""
    before = open_files()
    deliverer = open_deliverer()
    await call(deliverer, target, "/ok")
    await deliverer.aclose()
    await asyncio.sleep(0.05)
    assert open_files() == before
