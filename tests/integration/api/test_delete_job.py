"""Deleting jobs (contract 4.5)."""

from api import Api, Person
from cronjobs_core.domain.ids import JobId
from cronjobs_core.testing.builders import an_execution
from integration.api.contents import rows, unchanged
from integration.api.shapes import refusal


async def test_a_deleted_job_is_gone_with_its_history(api: Api, user: Person) -> None:
    """C-25, F-37: whatever its history, the job goes in one request, and is named once more."""
    job = await user.create_job()
    kept = await user.create_job(name="Kept")
    async with api.container.store().writing() as uow:
        ids = [JobId(job["id"])] * 250 + [JobId(kept["id"])]
        await uow.executions.claim([an_execution(job_id=one) for one in ids])
        await uow.commit()
    answer = await user.delete(f"/jobs/{job['id']}")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "message": "Job deleted successfully",
            "deleted_job": {"id": job["id"], "name": "Nightly report"},
        },
    )
    assert (await user.get(f"/jobs/{job['id']}")).status_code == 404
    assert [row["job_id"] for row in await rows(api, "job_executions")] == [kept["id"]]
    assert [row["name"] for row in await rows(api, "jobs")] == ["Kept"]


async def test_everybody_is_told_and_no_message_points_to_nothing(api: Api, user: Person) -> None:
    """Section 8.1: messages about the job stay, and are related to nothing any more."""
    job = await user.create_job()
    await user.delete(f"/jobs/{job['id']}")
    told = await rows(api, "notifications")
    assert sorted(row["title"] for row in told) == ["Job Deleted"] * 4 + ["New Job Created"] * 4
    assert {row["related_job_id"] for row in told} == {None}
    assert 'Job "Nightly report" was deleted by user@example.com.' in {
        row["message"] for row in told
    }


async def test_a_second_deletion_finds_nothing(api: Api, user: Person, other: Person) -> None:
    """404 comes before 403: who asks for what is gone learns just that."""
    job = await user.create_job()
    await user.delete(f"/jobs/{job['id']}")
    gone = refusal("Job not found", f"No job found with ID: {job['id']}")
    async with unchanged(api):
        for person in (user, other):
            answer = await person.delete(f"/jobs/{job['id']}")
            assert (answer.status_code, answer.json()) == (404, gone)


async def test_the_name_of_a_deleted_job_is_free(user: Person) -> None:
    """Whoever deletes a job can make it anew."""
    job = await user.create_job()
    await user.delete(f"/jobs/{job['id']}")
    assert (await user.create_job())["id"] != job["id"]
