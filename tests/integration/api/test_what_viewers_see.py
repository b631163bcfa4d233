"""Decision 0.15, F-30, S24: what a webhook's URL keeps secret is not for viewers."""

from typing import Final

import pytest

from api import Api, Person
from cronjobs_core.domain.ids import JobId
from cronjobs_core.testing.builders import an_execution

SECRET: Final = "MARKER"  # noqa: S105 -- opens nothing
URL: Final = f"https://hooks.example.com/run?team=payments&token={SECRET}"
MASKED: Final = "https://hooks.example.com/run?team=***&token=***"
READS: Final = (
    "/jobs",
    "/jobs/{job_id}",
    "/executions",
    "/executions/{execution_id}",
    "/jobs/{job_id}/executions",
    "/jobs/{job_id}/executions/stats",
    "/jobs/{job_id}/executions/{execution_id}",
)


@pytest.mark.parametrize("path", READS)
async def test_viewers_see_where_a_job_calls_but_not_its_secret(
    api: Api, user: Person, other: Person, viewer: Person, path: str
) -> None:
    """Those who may create jobs see the URL as it is, the others with the values hidden."""
    job = await user.create_job(target_url=URL)
    execution = an_execution(job_id=JobId(job["id"]), target=URL)
    async with api.container.store().writing() as uow:
        await uow.executions.claim([execution])
        await uow.commit()
    where = path.format(job_id=job["id"], execution_id=execution.id)
    for person, shown, hidden in ((other, URL, MASKED), (viewer, MASKED, SECRET)):
        text = (await person.get(where)).text
        assert shown in text
        assert hidden not in text
