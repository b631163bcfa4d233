"""The repository of executions: claiming, finishing, reading."""

from dataclasses import replace
from datetime import timedelta, timezone

from cronjobs_core.domain.executions import (
    Delivery,
    ExecutionFilter,
    ExecutionStatus,
    ListedExecution,
    Reason,
)
from cronjobs_core.ports.store import Store
from cronjobs_core.testing.builders import NOON, a_job, an_execution
from cronjobs_core.testing.contracts.store_case import WHOLE, StoreCase, committing, found, given

HOUR = timedelta(hours=1)


class ClaimContract(StoreCase):
    """What `ports.job_repositories.Executions.claim` says, a test for each sentence."""

    async def test_a_claim_stores_free_occurrences(self, store: Store) -> None:
        """A claim stores those whose occurrence has no execution yet, and returns their ids."""
        job = a_job()
        taken = an_execution(job_id=job.id, scheduled_for=NOON)
        await given(store, job, taken)
        late = an_execution(job_id=job.id, scheduled_for=NOON)
        free = an_execution(job_id=job.id, scheduled_for=NOON + HOUR)
        async with committing(store) as unit:
            claimed = await unit.executions.claim([late, free])
        assert claimed == {free.id}
        async with store.reading() as unit:
            assert await found(unit, taken) == taken
            assert await found(unit, free) == free
            assert await found(unit, late) is None

    async def test_losing_is_no_error(self, store: Store) -> None:
        """A claim that loses everything returns nothing, and its unit goes on."""
        job, another = a_job(), a_job()
        taken = an_execution(job_id=job.id, scheduled_for=NOON)
        await given(store, job, taken)
        async with committing(store) as unit:
            late = replace(an_execution(job_id=job.id), scheduled_for=NOON)
            assert await unit.executions.claim([late]) == set()
            await unit.jobs.add(another)
        async with store.reading() as unit:
            assert await found(unit, another) == another

    async def test_a_finished_occurrence_is_not_claimed_again(self, store: Store) -> None:
        """An occurrence has one execution, however that one ended."""
        job = a_job()
        await given(store, job)
        for hour, status in enumerate(ExecutionStatus):
            due = NOON + hour * HOUR
            await given(store, an_execution(job_id=job.id, scheduled_for=due, status=status))
            async with store.writing() as unit:
                again = an_execution(job_id=job.id, scheduled_for=due)
                assert await unit.executions.claim([again]) == set()

    async def test_an_occurrence_is_known_in_every_zone(self, store: Store) -> None:
        """The same instant in another zone is the same occurrence."""
        job = a_job()
        await given(store, job, an_execution(job_id=job.id, scheduled_for=NOON))
        elsewhere = NOON.astimezone(timezone(timedelta(hours=9)))
        async with store.writing() as unit:
            again = an_execution(job_id=job.id, scheduled_for=elsewhere)
            assert await unit.executions.claim([again]) == set()

    async def test_of_two_in_one_claim_the_first_is_stored(self, store: Store) -> None:
        """Of two in the call for one occurrence the first is stored."""
        job = a_job()
        second = an_execution(job_id=job.id, scheduled_for=NOON)  # the lower id, so that
        first = an_execution(job_id=job.id, scheduled_for=NOON)  # only the order decides
        await given(store, job)
        async with committing(store) as unit:
            assert await unit.executions.claim([first, second]) == {first.id}
        async with store.reading() as unit:
            assert await found(unit, first) == first
            assert await found(unit, second) is None

    async def test_jobs_do_not_share_occurrences(self, store: Store) -> None:
        """Two jobs may be due at the same instant."""
        first, second = a_job(), a_job()
        await given(store, first, second)
        both = [an_execution(job_id=job.id, scheduled_for=NOON) for job in (first, second)]
        async with store.writing() as unit:
            assert await unit.executions.claim(both) == {one.id for one in both}

    async def test_executions_of_no_job_are_left_out(self, store: Store) -> None:
        """Executions of a job that does not exist are left out, the others are stored."""
        job = a_job()
        await given(store, job)
        orphan = an_execution(scheduled_for=NOON)
        manual_orphan = an_execution()
        good = an_execution(job_id=job.id, scheduled_for=NOON)
        async with committing(store) as unit:
            assert await unit.executions.claim([orphan, good, manual_orphan]) == {good.id}
        async with store.reading() as unit:
            assert await found(unit, good) == good
            assert await found(unit, orphan) is None
            assert await found(unit, manual_orphan) is None

    async def test_manual_runs_are_never_refused(self, store: Store) -> None:
        """Manual runs of one job are all stored, whatever else is."""
        job = a_job()
        await given(store, job, an_execution(job_id=job.id), an_execution(job_id=job.id))
        runs = [an_execution(job_id=job.id), an_execution(job_id=job.id)]
        async with store.writing() as unit:
            assert await unit.executions.claim(runs) == {one.id for one in runs}

    async def test_claiming_nothing(self, store: Store) -> None:
        """A claim of nothing returns nothing."""
        async with store.writing() as unit:
            assert await unit.executions.claim([]) == set()

    async def test_a_claim_of_many(self, store: Store) -> None:
        """A claim may hold a whole chunk of occurrences."""
        job = a_job()
        await given(store, job)
        chunk = [
            an_execution(job_id=job.id, scheduled_for=NOON + number * HOUR)
            for number in range(1000)
        ]
        async with committing(store) as unit:
            assert await unit.executions.claim(chunk) == {one.id for one in chunk}
        async with store.reading() as unit:
            _, total = await unit.executions.page(ExecutionFilter(), WHOLE)
        assert total == len(chunk)


class ExecutionsContract(StoreCase):
    """What `ports.job_repositories.Executions` says of one execution, a test for each sentence."""

    async def test_an_execution_comes_with_its_job(self, store: Store) -> None:
        """An execution comes with the name and repository of its job."""
        job = a_job(name="Nightly", github_repo="nightly")
        execution = an_execution(job_id=job.id)
        await given(store, job, a_job(github_repo="other"), execution)
        async with store.reading() as unit:
            kept = await unit.executions.get(execution.id)
        assert kept == ListedExecution(
            execution=execution, job_name="Nightly", github_repo="nightly"
        )

    async def test_getting_no_execution(self, store: Store) -> None:
        """Getting an execution that does not exist gives None."""
        async with store.reading() as unit:
            assert await unit.executions.get(an_execution().id) is None

    async def test_an_outcome_is_stored(self, store: Store) -> None:
        """The outcome of an execution that is still running is stored, and its id returned."""
        job = a_job()
        running = an_execution(job_id=job.id)
        other = an_execution(job_id=job.id)
        await given(store, job, running, other)
        delivery = Delivery(
            succeeded=False,
            response_status=502,
            output="Bad gateway",
            error_message="The target answered 502.",
            reason=Reason.HTTP_STATUS,
            target="https://hooks.example.com/other",
        )
        outcome = running.finish(delivery, NOON + timedelta(milliseconds=1500))
        async with committing(store) as unit:
            assert await unit.executions.finish([outcome]) == {running.id}
        async with store.reading() as unit:
            assert await found(unit, running) == outcome
            assert await found(unit, other) == other

    async def test_many_outcomes_are_stored_at_once(self, store: Store) -> None:
        """Outcomes that differ are stored each on its own execution."""
        job = a_job()
        running = [an_execution(job_id=job.id) for _ in range(3)]
        await given(store, job, *running)
        outcomes = [
            one.finish(Delivery(succeeded=bool(turn), output=f"{turn}"), NOON + turn * HOUR)
            for turn, one in enumerate(running)
        ]
        async with committing(store) as unit:
            assert await unit.executions.finish(outcomes) == {one.id for one in running}
        async with store.reading() as unit:
            assert [await found(unit, one) for one in running] == outcomes

    async def test_a_finished_execution_is_left_as_it_is(self, store: Store) -> None:
        """What is finished already is left as it is, and its id not returned."""
        job = a_job()
        running = an_execution(job_id=job.id)
        still_running = an_execution(job_id=job.id)
        await given(store, job, running, still_running)
        first = running.finish(Delivery(succeeded=True), NOON)
        second = running.finish(Delivery(succeeded=False, error_message="late"), NOON + HOUR)
        other = still_running.finish(Delivery(succeeded=True), NOON)
        async with committing(store) as unit:
            await unit.executions.finish([first])
        async with committing(store) as unit:
            assert await unit.executions.finish([second, other]) == {still_running.id}
        async with store.reading() as unit:
            assert await found(unit, running) == first
            assert await found(unit, still_running) == other

    async def test_an_outcome_of_a_deleted_execution(self, store: Store) -> None:
        """What was deleted with its job stays deleted, and its id is not returned."""
        job = a_job()
        running = an_execution(job_id=job.id)
        await given(store, job, running)
        outcome = running.finish(Delivery(succeeded=True), NOON)
        async with committing(store) as unit:
            await unit.jobs.delete(job.id)
        async with committing(store) as unit:
            assert await unit.executions.finish([outcome]) == set()
        async with store.reading() as unit:
            assert await found(unit, running) is None

    async def test_finishing_nothing(self, store: Store) -> None:
        """Finishing nothing returns nothing."""
        async with store.writing() as unit:
            assert await unit.executions.finish([]) == set()

    async def test_jobs_that_run(self, store: Store) -> None:
        """Those of the asked jobs are given that have an execution with status running."""
        runs, ended, idle, not_asked = a_job(), a_job(), a_job(), a_job()
        await given(store, runs, ended, idle, not_asked)
        for status in ExecutionStatus:
            await given(store, an_execution(job_id=runs.id, status=status))
            if status is not ExecutionStatus.RUNNING:
                await given(store, an_execution(job_id=ended.id, status=status))
        await given(store, an_execution(job_id=not_asked.id))
        async with store.reading() as unit:
            running = await unit.executions.running_jobs([runs.id, ended.id, idle.id])
            none = await unit.executions.running_jobs([])
        assert running == {runs.id}
        assert none == set()
