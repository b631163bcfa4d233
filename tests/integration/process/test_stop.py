"""What becomes of a service that is told to stop, and of what it is at."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from processes import LOOPBACK, Service, make_job, make_team, recorded, serving, until
from servers.hostile import HostileServer

AT_ONCE = 15.0
"""Seconds: far more than stopping at once takes, far less than the run that is cut off."""


@asynccontextmanager
async def running_by_hand(
    folder: Path, target: HostileServer, path: str, deadline: int
) -> AsyncIterator[tuple[Service, asyncio.Task[httpx2.Response]]]:
    """Give a service, and the request that runs a job by hand, once `path` has been called."""
    async with (
        serving(folder, {**LOOPBACK, "HTTP_TIMEOUT_SECONDS": str(deadline)}) as service,
        service.admin() as admin,
    ):
        await make_team(admin)
        job_id = await make_job(
            admin, "Slow", target.url(path), is_active=False
        )  # paused: only this run calls the target
        request = asyncio.create_task(admin.post(f"/jobs/{job_id}/execute"))
        await target.reached.wait()
        yield service, request
        request.cancel()
        await asyncio.gather(request, return_exceptions=True)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_in_order(tmp_path: Path, how: signal.Signals) -> None:
    """Told to stop it ends with 0, its port is closed, and nothing of it is an error."""
    async with serving(tmp_path) as service:
        assert await service.stop(how) == 0
        assert await service.refuses()
        assert '"stopping"' in service.stderr
        assert '"error"' not in service.stderr


async def test_manual_run_ends_well_in_its_grace(tmp_path: Path, target: HostileServer) -> None:
    """Who runs a job while the service is told to stop still gets the run's result."""
    async with running_by_hand(tmp_path, target, "/late/1", deadline=20) as (service, request):
        assert await service.stop() == 0
        execution = (await request).json()["execution"]
        assert (execution["status"], execution["response_status"]) == ("success", 200)
    assert [row["status"] for row in recorded(tmp_path)] == ["success"]


async def test_manual_run_that_hangs_ends_by_its_deadline(
    tmp_path: Path, target: HostileServer
) -> None:
    """A hanging run is not left as running by a stop: its deadline comes first."""
    async with running_by_hand(tmp_path, target, "/blackhole", deadline=2) as (service, request):
        assert await service.stop() == 0
        assert (await request).json()["execution"]["reason"] == "timeout"
    assert [(row["status"], row["reason"]) for row in recorded(tmp_path)] == [("failed", "timeout")]


async def test_second_signal_stops_at_once(tmp_path: Path, target: HostileServer) -> None:
    """Who cannot wait for a run by hand says so by a second signal."""
    async with running_by_hand(tmp_path, target, "/blackhole", deadline=60) as (service, _):
        service.process.send_signal(signal.SIGTERM)
        await until(service.refuses)
        service.process.send_signal(signal.SIGTERM)
        assert await service.ended(within=AT_ONCE) == 0
