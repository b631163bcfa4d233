"""The scheduler, as admins see it (contract 4.14)."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from api import Api, Person
from cronjobs_core.testing.builders import a_job
from integration.api.contents import rows, unchanged
from integration.api.shapes import check_instants, detailed, holds
from integration.api.town import ADMIN, Town, at_home, copy_of

REPORT = {
    "message",
    "ran_at",
    "db_jobs_total",
    "db_jobs_active",
    "scheduled_now",
    "scheduled_added",
    "scheduled_removed",
    "expired_auto_paused",
    "orphaned_removed",
    "invalid_cron",
}


@pytest.fixture
async def leader(town: Town, tmp_path: Path) -> AsyncIterator[Api]:
    """Give an application that schedules, and leads."""
    async with copy_of(town, tmp_path, testing=False) as api:
        yield api


@pytest.fixture
def chief(town: Town, leader: Api) -> Person:
    """Give an admin of the application that leads."""
    return at_home(town.people[ADMIN], leader)


async def test_where_nothing_is_scheduled_the_status_says_so(admin: Person) -> None:
    """A process that does not schedule is no error."""
    assert (await admin.get("/scheduler/status")).json() == {
        "scheduler_running": False,
        "scheduler_is_leader": False,
        "scheduled_jobs_count": 0,
        "last_resync_at": None,
    }


async def test_only_the_leader_can_reconcile(api: Api, admin: Person) -> None:
    """Section 4.14: 409, and the sentence where clients of the previous API read it."""
    async with unchanged(api):
        answer = await admin.post("/scheduler/resync")
    sentence = "Scheduler is not running as leader in this process."
    assert (answer.status_code, answer.json()) == (409, detailed("Not the leader", sentence))


async def test_the_leader_counts_what_it_plans(leader: Api, chief: Person) -> None:
    """Section 4.1: what users made, from the moment it is answered, and nothing internal."""
    status = (await chief.get("/scheduler/status")).json()
    assert status == {
        "scheduler_running": True,
        "scheduler_is_leader": True,
        "scheduled_jobs_count": 0,
        "last_resync_at": "2026-11-24T23:59:30.123Z",
    }
    job = await chief.create_job()
    await chief.create_job(name="Paused", is_active=False)

    async def planned() -> list[int]:
        health = (await leader.client.get("/api/v2/health")).json()
        shown = (await chief.get("/scheduler/status")).json()
        assert health["scheduler_running"] is True
        return [health["scheduled_jobs_count"], shown["scheduled_jobs_count"]]

    assert await planned() == [1, 1]
    await chief.put(f"/jobs/{job['id']}", {"is_active": False})
    assert await planned() == [0, 0]
    await chief.put(f"/jobs/{job['id']}", {"is_active": True})
    assert await planned() == [1, 1]
    await chief.delete(f"/jobs/{job['id']}")
    assert await planned() == [0, 0]


async def test_a_reconciliation_tells_what_it_did(leader: Api, chief: Person) -> None:
    """F-08, F-34: foreign changes are taken over, expired jobs paused aloud, bad texts counted."""
    gone = await chief.create_job(name="Gone")
    await chief.create_job(name="Kept")
    async with leader.container.store().writing() as uow:
        await uow.jobs.delete(gone["id"])
        await uow.jobs.add(a_job(name="New"))
        await uow.jobs.add(a_job(name="Ended", end_date=date(2026, 11, 24)))
        await uow.jobs.add(a_job(name="Odd", cron_expression="not cron"))
        await uow.jobs.add(a_job(name="Paused", is_active=False))
        await uow.commit()
    answer = await chief.post("/scheduler/resync")
    body = answer.json()
    assert (answer.status_code, set(body)) == (200, REPORT)
    # The leader may have noticed the changes by itself before it was asked.
    holds(
        body,
        {
            "message": "Scheduler resync completed",
            "ran_at": "2026-11-24T23:59:30.123Z",
            "db_jobs_total": 5,
            "db_jobs_active": 3,
            "scheduled_now": 2,
            "invalid_cron": 1,
        },
    )
    assert check_instants(body) == 1
    told = {row["message"] for row in await rows(leader, "notifications")}
    ended = 'Job "Ended" passed its end_date (2026-11-24 JST) and was auto-paused. PIC Team: -'
    assert ended in told
    again = (await chief.post("/scheduler/resync")).json()
    holds(
        again,
        {
            "scheduled_now": 2,
            "scheduled_added": 0,
            "scheduled_removed": 0,
            "expired_auto_paused": 0,
            "orphaned_removed": 0,
        },
    )
