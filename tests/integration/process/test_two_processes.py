"""Two processes on one database: one schedules, the other stands by."""

import asyncio
from pathlib import Path

from api import Person
from processes import LOOPBACK, make_job, make_team, recorded, serving, until
from servers.hostile import HostileServer

HAND_OVER = 10.0
"""Seconds: some times the two that a hand-over takes."""


async def leads(admin: Person) -> bool:
    """Whether the process that `admin` talks to is the leader."""
    status = (await admin.get("/scheduler/status")).json()
    assert status["scheduler_running"]
    return bool(status["scheduler_is_leader"])


async def test_the_other_process_leads_when_the_leader_dies(tmp_path: Path) -> None:
    """Exactly one of two leads, and after `kill -9` of it the one that is left."""
    async with (
        serving(tmp_path) as first,
        serving(tmp_path) as second,
        first.admin() as at_first,
        second.admin() as at_second,
    ):
        assert (await leads(at_first), await leads(at_second)) == (True, False)
        first.kill()
        await until(lambda: leads(at_second), HAND_OVER)


async def test_manual_run_of_a_dead_process_is_closed(
    tmp_path: Path, target: HostileServer
) -> None:
    """A run by hand whose process died is failed as soon as its time is over, not at a restart."""
    settings = {**LOOPBACK, "HTTP_TIMEOUT_SECONDS": "2"}
    async with (
        serving(tmp_path, settings) as survivor,
        serving(tmp_path, settings) as dying,
        survivor.admin() as at_survivor,
        dying.admin() as at_dying,
    ):
        await make_team(at_survivor)
        job_id = await make_job(at_survivor, "Hanging", target.url("/blackhole"), is_active=False)
        request = asyncio.create_task(at_dying.post(f"/jobs/{job_id}/execute"))
        await target.reached.wait()
        dying.kill()
        await asyncio.gather(request, return_exceptions=True)
        assert [row["status"] for row in recorded(tmp_path)] == ["running"]

        async def is_closed() -> bool:
            assert (await at_survivor.post("/scheduler/resync")).status_code == 200
            return [row["status"] for row in recorded(tmp_path)] != ["running"]

        await until(is_closed, HAND_OVER)
        [row] = recorded(tmp_path)
        assert (row["status"], row["reason"]) == ("failed", "interrupted")
