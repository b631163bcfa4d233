"""What the databases report reaches the core in its own words, with the cause kept."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from cronjobs_adapters.sqlalchemy import SqlStore, make_engine
from cronjobs_adapters.sqlalchemy.errors import translated
from cronjobs_core.domain.errors import (
    AccountTaken,
    Conflict,
    CronjobsError,
    DuplicateJobName,
    DuplicateSlug,
    Unavailable,
)
from cronjobs_core.domain.ids import UserId
from cronjobs_core.ports.store import UnitOfWork
from cronjobs_core.testing.builders import (
    a_category,
    a_job,
    a_pic_team,
    a_session,
    a_user,
    an_execution,
)
from databases import opened

JOB, OTHER = a_job(name="nightly"), a_job(name="other")
USER, PERSON = a_user(username="anna", email="anna@example.com"), a_user()


@dataclass(frozen=True)
class Refused:
    """A write that a stored row refuses, and the error that says so."""

    write: Callable[[UnitOfWork], Any]
    error: type[CronjobsError]
    words: str


REFUSED = {
    "name of a new job": Refused(
        lambda unit: unit.jobs.add(a_job(name="nightly")), DuplicateJobName, '"nightly" already'
    ),
    "name of a changed job": Refused(
        lambda unit: unit.jobs.update(replace(OTHER, name="nightly")),
        DuplicateJobName,
        '"nightly" already',
    ),
    "user name": Refused(
        lambda unit: unit.users.add(a_user(username="anna")), AccountTaken, "Username"
    ),
    "address": Refused(
        lambda unit: unit.users.update(replace(PERSON, email="anna@example.com")),
        AccountTaken,
        "Email",
    ),
    "slug of a category": Refused(
        lambda unit: unit.taxonomy.add_category(a_category(slug="ops")), DuplicateSlug, "Category"
    ),
    "slug of a team": Refused(
        lambda unit: unit.taxonomy.add_pic_team(a_pic_team(slug="ops")), DuplicateSlug, "PIC team"
    ),
    "creator who is gone": Refused(
        lambda unit: unit.jobs.add(a_job(created_by=UserId("gone"))), Conflict, "does not exist"
    ),
}


@pytest.mark.parametrize("refused", REFUSED.values(), ids=REFUSED.keys())
async def test_a_refused_row_is_told_in_the_words_of_the_core(
    store: SqlStore, refused: Refused
) -> None:
    """Each constraint of the database becomes the error that names what is taken."""
    await _fill(store)
    with pytest.raises(refused.error, match=refused.words):
        async with store.writing() as unit:
            await refused.write(unit)


@pytest.mark.parametrize("name", [name for name in REFUSED if name != "creator who is gone"])
async def test_a_unit_goes_on_after_a_clash(store: SqlStore, name: str) -> None:
    """What a unit wrote before and after a clash is stored, on PostgreSQL as well."""
    await _fill(store)
    async with store.writing() as unit:
        before, after = a_job(), a_job()
        await unit.jobs.add(before)
        with pytest.raises(REFUSED[name].error):
            await REFUSED[name].write(unit)
        await unit.jobs.add(after)
        await unit.commit()
    async with store.reading() as reading:
        assert set(await reading.jobs.many([before.id, after.id])) == {before.id, after.id}


async def test_a_user_name_that_is_taken_in_between_is_told(store: SqlStore) -> None:
    """Of two users with one name added at once, the second is told what is taken."""

    async def add(address: str) -> str:
        try:
            async with store.writing() as unit:
                await unit.users.add(a_user(username="anna", email=address))
                await asyncio.sleep(0.05)  # PostgreSQL lets the other look before this one is seen
                await unit.commit()
        except AccountTaken as error:
            return str(error)
        return "added"

    outcomes = await asyncio.gather(add("a@example.com"), add("b@example.com"))
    assert sorted(outcomes) == ["Username already exists", "added"]


async def test_our_own_faults_are_not_dressed_up(engine: AsyncEngine) -> None:
    """A row that breaks a rule no caller can break stays the database's error."""
    async with engine.connect() as connection:
        with pytest.raises(IntegrityError), translated():
            await connection.execute(text("INSERT INTO audit_log (id) VALUES ('x')"))


async def test_a_full_disk_is_unavailable(sqlite_url: str) -> None:
    """A write for which there is no room raises Unavailable; nothing of its unit is stored."""
    engine = make_engine(sqlite_url)
    event.listen(engine.sync_engine, "connect", _leave_no_room)
    store = SqlStore(engine)
    async with store.writing() as unit:
        with pytest.raises(Unavailable) as caught:
            await unit.jobs.add(a_job(metadata={"long": "x" * 200_000}))
        with pytest.raises(RuntimeError):
            await unit.jobs.add(a_job())
        with pytest.raises(RuntimeError):
            await unit.commit()
    assert "disk is full" in str(caught.value.__cause__)
    async with store.reading() as reading:
        assert await reading.jobs.count() == 0
    await store.close()


async def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    """A file of something else raises Unavailable and is left as it is."""
    path = tmp_path / "notes.txt"
    path.write_text("these are notes\n" * 100)
    async with opened(f"sqlite:///{path}") as store:
        with pytest.raises(Unavailable) as caught:
            await store.ping()
    assert "not a database" in str(caught.value.__cause__)
    assert path.read_text() == "these are notes\n" * 100


async def test_a_database_without_tables_is_unavailable(new_url: str) -> None:
    """A database whose schema was never created raises Unavailable."""
    async with opened(new_url) as store:
        with pytest.raises(Unavailable):
            await store.ping()


async def test_waiting_for_a_connection_ends(url: str) -> None:
    """A unit that gets no connection in time raises Unavailable; later ones work again."""
    async with opened(url, patience=0.1) as store:
        async with AsyncExitStack() as readers:
            for _ in range(15):
                await readers.enter_async_context(store.reading())
            with pytest.raises(Unavailable):
                await store.ping()
        await store.ping()


BREAKING: dict[str, Callable[[UnitOfWork], Any]] = {
    "read": lambda unit: unit.jobs.count(),
    "write": lambda unit: unit.jobs.delete(JOB.id),
    "write that may clash": lambda unit: unit.jobs.add(a_job()),
    "claim": lambda unit: unit.executions.claim([an_execution()]),
    "commit": lambda unit: unit.commit(),
}


@pytest.mark.parametrize("act", BREAKING.values(), ids=BREAKING.keys())
async def test_a_connection_that_breaks_is_replaced(
    postgres_database: str, act: Callable[[UnitOfWork], Any]
) -> None:
    """Whatever a unit does on a connection that was cut is Unavailable; the next one works."""
    async with opened(postgres_database) as store, opened(postgres_database) as other:
        async with store.writing() as unit:
            await unit.jobs.count()
            await _cut_all_others(other)
            with pytest.raises(Unavailable):
                await act(unit)
        await store.ping()


async def test_leaving_a_unit_whose_connection_broke(postgres_database: str) -> None:
    """The error with which a unit is left passes, also when its connection was cut before."""
    async with opened(postgres_database) as store, opened(postgres_database) as other:
        with pytest.raises(ArithmeticError):
            await _fail_after_a_cut(store, other)
        await store.ping()


async def test_messages_tell_nothing_of_the_database(new_url: str) -> None:
    """The message of Unavailable holds neither SQL nor what the driver said."""
    async with opened(new_url) as store:
        with pytest.raises(Unavailable) as caught:
            await store.ping()
    words = f"{caught.value} {caught.value.message}".lower()
    assert not [word for word in ("select", "jobs", "sqlite", "psycopg", "table") if word in words]
    assert caught.value.__cause__ is not None


async def test_errors_hide_the_values_of_rows(store: SqlStore) -> None:
    """What a log prints of a driver's error holds no value of the row, such as a hash."""
    session = a_session(user_id=UserId("secret-value"))
    with pytest.raises(Conflict) as caught:
        async with store.writing() as unit:
            await unit.sessions.add(session)
    assert "[SQL: INSERT" in str(caught.value.__cause__)
    assert session.id not in str(caught.value.__cause__)


async def _fill(store: SqlStore) -> None:
    async with store.writing() as unit:
        for user in (USER, PERSON):
            await unit.users.add(user)
        for job in (JOB, OTHER):
            await unit.jobs.add(job)
        await unit.taxonomy.add_category(a_category(slug="ops"))
        await unit.taxonomy.add_pic_team(a_pic_team(slug="ops"))
        await unit.executions.claim([an_execution(job_id=JOB.id)])
        await unit.commit()


def _leave_no_room(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA max_page_count = 1")  # at least what the file has already
    cursor.close()


async def _cut_all_others(store: SqlStore) -> None:
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    async with store._engine.connect() as connection:  # noqa: SLF001 -- as an operator would
        await connection.execute(cut)


async def _fail_after_a_cut(store: SqlStore, other: SqlStore) -> None:
    async with store.writing() as unit:
        await unit.jobs.count()
        await _cut_all_others(other)
        raise ArithmeticError
