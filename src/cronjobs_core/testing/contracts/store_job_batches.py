"""The repository of jobs: what is done to many at once."""

import pytest

from cronjobs_core.domain.errors import DuplicateJobName
from cronjobs_core.ports.store import Store
from cronjobs_core.testing.builders import a_job
from cronjobs_core.testing.contracts.store_case import StoreCase, committing, found, given


class JobBatchesContract(StoreCase):
    """What `ports.job_repositories.Jobs` says of many jobs, a test for each sentence."""

    async def test_which_names_are_taken(self, store: Store) -> None:
        """Of the names asked for, those are given that some job has, active or not."""
        await given(store, a_job(name="Nightly"), a_job(name="Weekly", is_active=False), a_job())
        async with store.reading() as unit:
            assert await unit.jobs.names_taken(["Weekly", "Nightly", "Yearly"]) == {
                "Nightly",
                "Weekly",
            }
            assert await unit.jobs.names_taken([]) == set()

    async def test_names_are_taken_to_the_letter(self, store: Store) -> None:
        """A name that differs in case, blanks or length is not taken."""
        await given(store, a_job(name="Nightly"))
        others = ["nightly", "NIGHTLY", "Nightly ", "Night", "Nightl_", "%"]
        async with store.reading() as unit:
            assert await unit.jobs.names_taken(others) == set()

    async def test_of_many_names_all_are_looked_up(self, store: Store) -> None:
        """There is no limit to the names of one question."""
        jobs = [a_job(), a_job()]
        await given(store, *jobs)
        free = [f"free {number}" for number in range(2000)]
        async with store.reading() as unit:
            taken = await unit.jobs.names_taken([jobs[0].name, *free, jobs[1].name])
        assert taken == {job.name for job in jobs}

    async def test_many_jobs_are_stored_together(self, store: Store) -> None:
        """All jobs of a call are stored, as they are; a call with none stores none."""
        jobs = [
            a_job(metadata={"branch": "main"}, options={"retries": 2}),
            a_job(target_url=None, end_date=None, notification_emails=("ops@example.com",)),
            a_job(is_active=False),
        ]
        async with committing(store) as unit:
            await unit.jobs.add_many(jobs)
            await unit.jobs.add_many([])
        async with store.reading() as unit:
            assert await unit.jobs.many([job.id for job in jobs]) == {job.id: job for job in jobs}
            assert await unit.jobs.count() == len(jobs)

    async def test_many_jobs_with_a_taken_name_are_refused(self, store: Store) -> None:
        """Adding many jobs raises DuplicateJobName where a name is taken, and names it."""
        await given(store, a_job(name="Nightly"))
        with pytest.raises(DuplicateJobName, match='"Nightly"'):
            async with committing(store) as unit:
                await unit.jobs.add_many([a_job(), a_job(name="Nightly"), a_job()])

    async def test_many_jobs_with_a_repeated_name_are_refused(self, store: Store) -> None:
        """Adding many jobs raises DuplicateJobName where two have one name, and names it."""
        with pytest.raises(DuplicateJobName, match='"Nightly"'):
            async with committing(store) as unit:
                await unit.jobs.add_many([a_job(name="Nightly"), a_job(), a_job(name="Nightly")])

    @pytest.mark.parametrize("clash", ["taken", "repeated"])
    async def test_of_many_jobs_all_are_stored_or_none(self, store: Store, clash: str) -> None:
        """Of jobs that were refused none is stored, even where the unit goes on and commits."""
        kept, later = a_job(name="taken"), a_job()
        refused = [a_job(), a_job(name="repeated"), a_job(name=clash), a_job()]
        await given(store, kept)
        async with committing(store) as unit:
            with pytest.raises(DuplicateJobName):
                await unit.jobs.add_many(refused)
            await unit.jobs.add(later)
        async with store.reading() as unit:
            assert await unit.jobs.many([job.id for job in refused]) == {}
            assert await unit.jobs.many([kept.id, later.id]) == {kept.id: kept, later.id: later}
            assert await unit.jobs.count() == len([kept, later])

    @pytest.mark.parametrize("field", ["category", "pic_team"])
    async def test_the_jobs_of_a_slug_are_moved(self, store: Store, field: str) -> None:
        """Every job of the old slug, active or not, is of the new one; their number is told."""
        first, second = a_job(**{field: "old"}), a_job(**{field: "old"}, is_active=False)
        await given(store, first, second)
        async with committing(store) as unit:
            move = getattr(unit.jobs, f"move_to_{field}")
            assert await move("old", "new") == len([first, second])
            assert await move("old", "new") == 0
        async with store.reading() as unit:
            assert await found(unit, first) == first.change({field: "new"}, first.updated_at)
            assert await found(unit, second) == second.change({field: "new"}, second.updated_at)

    @pytest.mark.parametrize("field", ["category", "pic_team"])
    async def test_the_jobs_of_other_slugs_are_not_moved(self, store: Store, field: str) -> None:
        """Jobs of other slugs stay where they are, also those of the other list's equal slug."""
        slugs = {"category": "older", "pic_team": "older"}
        other_list = {"category": "old", "pic_team": "old"} | {field: "elsewhere"}
        jobs = [a_job(**slugs), a_job(**other_list), a_job(**other_list | {field: "Old"})]
        await given(store, *jobs)
        async with committing(store) as unit:
            assert await getattr(unit.jobs, f"move_to_{field}")("old", "new") == 0
        async with store.reading() as unit:
            assert await unit.jobs.many([job.id for job in jobs]) == {job.id: job for job in jobs}
