"""Stores in memory whose units of work have one fault each.

The docstring says what a store does wrong; `caught_by` names the test whose sentence it breaks.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields, replace

from cronjobs_core.testing.memory_store import MemoryStore, MemoryUnit
from cronjobs_core.testing.memory_tables import Tables


class KeepsWhatWasNotCommitted(MemoryStore):
    """Leaving a unit without commit stores what it wrote."""

    caught_by = "test_leaving_without_commit_stores_nothing"

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[MemoryUnit]:
        async with super().writing() as unit:
            yield unit
            self._committed = unit.jobs.tables


class KeepsWhatAnErrorLeft(MemoryStore):
    """Leaving a unit by an error stores what it wrote."""

    caught_by = "test_leaving_by_an_error_stores_nothing"

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[MemoryUnit]:
        async with super().writing() as unit:
            try:
                yield unit
            except ArithmeticError:
                await self.publish(unit.jobs.tables)
                raise


class ShowsWhatIsNotCommitted(MemoryStore):
    """Readers see what a writer has not committed yet."""

    caught_by = "test_what_was_not_yet_committed_is_not_seen_by_others"

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[MemoryUnit]:
        before = self._committed
        async with super().writing() as unit:
            self._committed = unit.jobs.tables
            try:
                yield unit
            finally:
                if not unit.jobs.tables.settled:
                    self._committed = before


class ForgetsSessions(MemoryStore):
    """A commit leaves one kind of things out."""

    caught_by = "test_what_was_committed_is_seen_by_others"

    async def publish(self, tables: Tables) -> None:
        await super().publish(replace(tables, sessions={}))


class LosesUpdates(MemoryStore):
    """Writers do not wait for each other: the last one overwrites the others."""

    caught_by = "test_no_update_is_lost"

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[MemoryUnit]:
        yield MemoryUnit(self, self._committed.copy())


class LetsTheLastAdminsGo(LosesUpdates):
    """The admins that were counted may go before the unit ends."""

    caught_by = "test_of_the_last_two_admins_one_stays"


class MakesPreferencesForEachWriter(LosesUpdates):
    """Each of several first writers makes preferences of its own."""

    caught_by = "test_the_first_of_many_preferences_keeps_its_id"


class GivesOneSlugToMany(LosesUpdates):
    """Each of several writers finds the slug free."""

    caught_by = "test_one_of_many_entries_gets_the_slug"


class ShowsTheSecondWriterTheOldState(MemoryStore):
    """A writer that waits has taken its copy before it waited."""

    caught_by = "test_the_second_writer_sees_what_the_first_committed"

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[MemoryUnit]:
        stale = self._committed.copy()
        async with super().writing():
            yield MemoryUnit(self, stale)


class MovesUnderTheReader(MemoryStore):
    """A reader sees each commit as soon as it is made."""

    caught_by = "test_a_reader_keeps_its_state"

    async def publish(self, tables: Tables) -> None:
        for one in fields(tables):
            rows = getattr(self._committed, one.name)
            if isinstance(rows, dict):
                rows.clear()
                rows.update(getattr(tables, one.name))
        tables.settled = True


class MakesReadersWait(MemoryStore):
    """A reader waits until the writer has ended."""

    caught_by = "test_a_reader_does_not_wait_for_a_writer"

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[MemoryUnit]:
        async with self._writer:
            unit = MemoryUnit(self, self._committed)
        yield unit


class LetsReadersWrite(MemoryStore):
    """A reading unit takes writes and drops them without a word."""

    caught_by = "test_a_reading_unit_refuses_writes"

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[MemoryUnit]:
        yield MemoryUnit(self, self._committed.copy())
