"""One transaction, as the repositories see it: reading, writing, holding on to rows."""

from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import UpdateBase

from cronjobs_adapters.sqlalchemy.dialects import DIALECTS, Rows, insert_absent, upsert
from cronjobs_adapters.sqlalchemy.errors import Clashes, translated
from cronjobs_core.domain.errors import Unavailable

_BATCH: Final = 10_000
"""Values in one list of a statement: SQLite takes 32,766 variables, PostgreSQL 65,535."""

Statement = Select[*tuple[Any, ...]]
Values = Mapping[str, Any] | Rows
Read = Row[*tuple[Any, ...]]


class Transaction:
    """Runs statements, and translates the errors of all of them.

    In a writing unit, rows that are read in order to be changed are locked (`lock`) until its end:
    another unit that wants them waits, and then sees what this one committed. SQLite needs no
    such locks, since a unit that writes is alone there, and leaves them out of the statement.
    """

    def __init__(self, connection: AsyncConnection, *, writes: bool) -> None:
        self._connection = connection
        self._dialect = DIALECTS[connection.dialect.name]
        self._writes = writes

    def settle(self) -> None:
        """Refuse to write from now on."""
        self._writes = False

    async def rows(self, statement: Statement, *, lock: Table | None = None) -> Sequence[Read]:
        """All rows; those of the table `lock` stay as they are until the unit ends."""
        if lock is not None and self._writes:
            statement = statement.with_for_update(key_share=True, of=lock)
        with self._translated():
            result = await self._connection.execute(statement)
            return result.all()

    async def rows_among(
        self,
        statement: Statement,
        column: ColumnElement[Any],
        values: Collection[str],
        *,
        lock: Table | None = None,
    ) -> list[Read]:
        """All rows in which the column has one of the values, in the order of the column.

        Everybody locks in this order, so that no two units wait for each other.
        """
        found: list[Read] = []
        for batch in _batches(sorted(set(values))):
            some = statement.where(column.in_(batch)).order_by(column)
            found.extend(await self.rows(some, lock=lock))
        return found

    async def held(self, column: ColumnElement[str], values: Collection[str]) -> set[str]:
        """Those of the ids that exist; their rows are not deleted before the unit ends."""
        found: set[str] = set()
        for batch in _batches(sorted(set(values))):
            some = select(column).where(column.in_(batch)).order_by(column)
            with self._translated():
                keeping = some.with_for_update(read=True, key_share=True)
                found.update(await self._connection.scalars(keeping))
        return found

    async def row(self, statement: Statement, *, lock: Table | None = None) -> Read | None:
        """The first row, or None."""
        rows = await self.rows(statement, lock=lock)
        return rows[0] if rows else None

    async def count(self, table: Table, *conditions: ColumnElement[bool]) -> int:
        """How many rows of the table meet all conditions."""
        statement = select(func.count().label("total")).select_from(table).where(*conditions)
        return int((await self.rows(statement))[0].total)

    async def hold_accounts(self) -> None:
        """Let no other writing unit change accounts until this one ends.

        One lock for all, taken after those of single rows: were the accounts locked one by one,
        two units that each hold one already would wait for each other.
        """
        if self._writes and self._dialect.hold_accounts is not None:
            with self._translated():
                await self._connection.exec_driver_sql(self._dialect.hold_accounts)

    async def write(
        self, statement: UpdateBase, values: Values = (), *, clashes: Clashes | None = None
    ) -> int:
        """Change rows; raises RuntimeError in a unit that reads, or that was committed.

        Returns how many rows a statement without `values` changed.

        Where `clashes` names unique columns, a clash undoes this statement alone: the unit goes
        on as it was before.
        """
        self.require_writing()
        alone = clashes is not None and self._dialect.clash_aborts
        with self._translated(clashes):
            async with self._connection.begin_nested() if alone else nullcontext():
                return (await self._connection.execute(statement, values or None)).rowcount

    async def put(
        self, table: Table, key: str, row: Mapping[str, Any], *, kept: Collection[str] = ()
    ) -> None:
        """Insert the row, or else change the one of the same `key`, but for its `kept` columns."""
        await self.write(upsert(self._connection.dialect.name, table, key, row, kept))

    async def insert_absent(self, table: Table, key: tuple[str, ...], rows: Rows) -> set[str]:
        """Insert in order the rows whose `key` is not there yet; returns the ids of those."""
        self.require_writing()
        if not rows:
            return set()
        insert, values = insert_absent(self._connection.dialect.name, table, key, rows)
        with self._translated():
            result = await self._connection.execute(insert.returning(table.c.id), values)
            return set(result.scalars())

    @asynccontextmanager
    async def all_or_none(self) -> AsyncIterator[None]:
        """An error inside undoes what was written inside; the unit goes on as it was before."""
        self.require_writing()
        with self._translated():
            async with self._connection.begin_nested():
                yield

    def require_writing(self) -> None:
        """Raise RuntimeError unless this unit may write."""
        if not self._writes:
            raise RuntimeError("this unit of work only reads, has been committed, or failed")

    @contextmanager
    def _translated(self, clashes: Clashes | None = None) -> Iterator[None]:
        """Translate errors; an outage ends the unit.

        When SQLite runs out of room it rolls back by itself, and would then store what follows
        piece by piece.
        """
        try:
            with translated(clashes):
                yield
        except Unavailable:
            self.settle()
            raise


def _batches(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _BATCH):
        yield values[start : start + _BATCH]
