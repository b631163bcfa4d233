"""Uploading jobs as CSV, and exporting them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cronjobs_core.domain.csv_export import csv_template
from cronjobs_core.domain.errors import InvalidInput, RoleRequired, Unavailable
from cronjobs_core.domain.jobs import Job, JobQuery
from cronjobs_core.domain.paging import Page
from cronjobs_core.domain.targets import TargetRules
from cronjobs_core.domain.users import Role
from cronjobs_core.testing.builders import NOON, a_job
from cronjobs_core.testing.memory_store import MemoryStore, MemoryUnit
from cronjobs_core.usecases.import_jobs import ATTEMPTS
from house import HOOK, House, job_fields

MASTER = Path(__file__).parents[2] / "data" / "job-master.csv"
TEAMS = ("Payments", "Catalog", "QA Tech", "Store Ops", "Ledger")


def a_file(*rows: str) -> bytes:
    """Return a CSV file of name, plan, end date, team and URL; "" in a row is filled in."""
    usual = ("", "* * * * *", "2026-12-31", "Payments", HOOK)
    lines = ["Name,Cron,End Date,PIC Team,URL"]
    for row in rows:
        cells = row.split(",")
        lines.append(",".join(cells[: len(usual)] + list(usual[len(cells) :])))
    return "\n".join(lines).encode()


async def stored(house: House) -> list[Job]:
    """Return all jobs by name."""
    async with house.store.reading() as view:
        listed, _ = await view.jobs.find(JobQuery())
    return sorted((one.job for one in listed), key=lambda job: job.name)


async def test_good_rows_become_jobs_of_the_uploader(house: House) -> None:
    """Every good row is an active job of whoever uploads, and the report says which."""
    user = await house.user()
    await house.team()
    report = await house.services.import_jobs.upload(user, a_file("A", "B"))
    assert list(report.jobs) == await stored(house)
    assert [(job.name, job.created_by) for job in report.jobs] == [
        ("A", user.user_id),
        ("B", user.user_id),
    ]
    assert report.errors == ()


async def test_a_bad_row_does_not_keep_the_others_out(house: House) -> None:
    """Of three rows the good two are stored, and the second upload finds both taken (C086)."""
    user = await house.user()
    await house.team()
    data = a_file("A", "B,61 * * * *", "C")
    first = await house.services.import_jobs.upload(user, data)
    assert [job.name for job in first.jobs] == ["A", "C"]
    assert [(one.row, one.error) for one in first.errors] == [(3, "Invalid cron expression")]
    second = await house.services.import_jobs.upload(user, data)
    assert second.jobs == ()
    assert [one.error for one in second.errors] == [
        "Duplicate job name",
        "Invalid cron expression",
        "Duplicate job name",
    ]


async def test_an_upload_is_told_once_and_noted_once(house: House) -> None:
    """Everybody active gets one message for all jobs of a file, the audit log one entry (C-22)."""
    user = await house.user(email="ann@example.com")
    viewer = await house.user(Role.VIEWER)
    gone = await house.user(is_active=False)
    await house.team()
    report = await house.services.import_jobs.upload(user, a_file("A", "B", ",,"))
    told = await house.messages(viewer.user_id)
    assert [(one.title, one.message, one.related_job_id) for one in told] == [
        ("Jobs Imported", "2 jobs were created from a CSV file by ann@example.com.", None)
    ]
    assert await house.messages(gone.user_id) == []
    async with house.store.reading() as view:
        (entry,), _ = await view.audit.page(Page(1, 10))
    assert (entry.actor_id, entry.action, entry.entity_type) == (
        user.user_id,
        "job.import",
        "job_import",
    )
    assert entry.after == {"job_ids": [job.id for job in report.jobs], "refused_rows": 1}


@pytest.mark.parametrize(
    ("data", "dry_run"), [(a_file("A", "B"), True), (a_file("A,no", ""), False), (a_file(), False)]
)
async def test_without_good_rows_or_in_a_dry_run_nothing_is_written(
    house: House, data: bytes, dry_run: bool
) -> None:
    """Nothing is stored, told or noted; a dry run names the jobs that it would have made."""
    user = await house.user()
    await house.team()
    report = await house.services.import_jobs.upload(user, data, dry_run=dry_run)
    assert [job.name for job in report.jobs] == (["A", "B"] if dry_run else [])
    assert await stored(house) == []
    assert await house.messages(user.user_id) == []
    assert await house.audited() == []


async def test_imported_jobs_are_on_the_timetable_at_once(house: House) -> None:
    """A leading process runs an imported job when it is due, without waiting for a round."""
    user = await house.user()
    await house.team()
    await house.start()
    report = await house.services.import_jobs.upload(user, a_file("A"))
    await house.pass_time(timedelta(seconds=31))
    assert [one.job_id for one in await house.history()] == [report.jobs[0].id]


async def test_viewers_may_not_upload(house: House) -> None:
    """Who may not create jobs may not import them."""
    with pytest.raises(RoleRequired):
        await house.services.import_jobs.upload(await house.user(Role.VIEWER), a_file("A"))


async def test_a_file_that_is_no_table_is_refused(house: House) -> None:
    """What is wrong with the file as a whole is an error of the request."""
    with pytest.raises(InvalidInput, match="CSV is empty"):
        await house.services.import_jobs.upload(await house.user(), b"")


@pytest.mark.parametrize(
    ("operators", "sent", "owner"),
    [("", "acme", "acme"), ("acme", "", "acme"), ("acme", "other", "other")],
)
async def test_default_owner(operators: str, sent: str, owner: str) -> None:
    """The owner that comes with the upload wins over the operator's."""
    house = House(targets=TargetRules(github_owner=operators))
    user = await house.user()
    await house.team()
    data = (
        b"name,cron,end date,team,pic team,repo,workflow name\nA,0 9 * * *,2027-01-01,,Payments,r,w"
    )
    report = await house.services.import_jobs.upload(user, data, default_owner=sent)
    assert [job.github_owner for job in report.jobs] == [owner]


async def test_the_teams_own_file(house: House) -> None:
    """With its end dates moved ahead the file makes 46 jobs; 62 rows repeat a name (section 10)."""
    user = await house.user()
    for name in TEAMS:
        await house.team(name)
    upload = house.services.import_jobs.upload
    late = await upload(user, MASTER.read_bytes(), default_owner="acme")
    assert (len(late.jobs), [one.error for one in late.errors]) == (0, ["Invalid end_date"] * 108)
    moved = MASTER.read_bytes().replace(b",2026-0", b",2027-0")
    report = await upload(user, moved, default_owner="acme")
    assert len(report.jobs) == 46
    assert [one.error for one in report.errors] == ["Duplicate job name in CSV"] * 62
    assert len(await stored(house)) == 46


async def test_two_uploads_of_one_file_at_once_make_each_job_once(house: House) -> None:
    """Whoever comes second is told of each name that it is taken, and nothing else goes wrong."""
    user = await house.user()
    await house.team()
    names = [f"Job {number}" for number in range(20)]
    uploads = (house.services.import_jobs.upload(user, a_file(*names)) for _ in range(3))
    reports = await asyncio.gather(*uploads)
    assert sorted(len(report.jobs) for report in reports) == [0, 0, 20]
    assert {one.error for report in reports for one in report.errors} == {"Duplicate job name"}
    assert [job.name for job in await stored(house)] == sorted(names)


class BusyStore:
    """A store into which somebody else writes a job right before each of the first writes."""

    def __init__(self, store: MemoryStore, jobs: list[Job]) -> None:
        self.reading = store.reading
        self.ping = store.ping
        self._store = store
        self._jobs = jobs

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[MemoryUnit]:
        """A unit that begins after somebody else's."""
        if self._jobs:
            async with self._store.writing() as other:
                await other.jobs.add(self._jobs.pop(0))
                await other.commit()
        async with self._store.writing() as unit:
            yield unit


async def test_a_name_taken_while_the_file_was_judged_is_a_row_error(house: House) -> None:
    """What was true when the rows were judged is true when they are written, or they are anew."""
    user = await house.user()
    await house.team()
    busy = BusyStore(house.store, [a_job(name="B"), a_job(name="C")])
    report = await replace(house.services.import_jobs, store=busy).upload(
        user, a_file("A", "B", "C", "D")
    )
    assert [job.name for job in report.jobs] == ["A", "D"]
    assert [(one.row, one.error) for one in report.errors] == [
        (3, "Duplicate job name"),
        (4, "Duplicate job name"),
    ]


async def test_an_upload_gives_up_on_a_store_that_never_rests(house: House) -> None:
    """After five attempts the caller is asked to try later, and nothing of the file is stored."""
    user = await house.user()
    await house.team()
    names = [f"Job {number}" for number in range(6)]
    busy = BusyStore(house.store, [a_job(name=name) for name in names[:ATTEMPTS]])
    with pytest.raises(Unavailable):
        await replace(house.services.import_jobs, store=busy).upload(user, a_file(*names))
    assert [job.name for job in await stored(house)] == names[:ATTEMPTS]
    assert await house.audited() == []


async def test_an_export_makes_the_same_jobs_elsewhere(house: House) -> None:
    """Whatever role exports, importing the file into an empty store makes the jobs again."""
    user, viewer = await house.user(), await house.user(Role.VIEWER)
    await house.job(user, name="b", is_active=False, options={"retries": 2})
    await house.job(user, name="A", target_url="acme/app/run.yml", metadata={"x": "=1"})
    text = await house.services.export_jobs.export(viewer)
    elsewhere = House()
    owner = await elsewhere.user()
    await elsewhere.team()
    report = await elsewhere.services.import_jobs.upload(owner, text.encode())
    assert [job.name for job in report.jobs] == ["A", "b"]
    mine = {"id": "", "created_by": None, "created_at": NOON, "updated_at": NOON}
    assert [replace(job, **mine) for job in await stored(elsewhere)] == [
        replace(job, **mine) for job in await stored(house)
    ]


async def test_the_template_is_for_everybody(house: House) -> None:
    """Every role gets the header of a file that can be uploaded."""
    viewer = await house.user(Role.VIEWER)
    assert await house.services.export_jobs.template(viewer) == csv_template()


async def test_a_job_in_the_store_is_not_touched(house: House) -> None:
    """An upload never changes a job that is there (C-07)."""
    user = await house.user()
    job = await house.job(user, **job_fields(name="A", metadata={"kept": 1}))
    report = await house.services.import_jobs.upload(user, a_file("A"))
    assert [one.error for one in report.errors] == ["Duplicate job name"]
    assert await stored(house) == [job]
