"""One transaction, as the repositories see it: reading, writing, holding on to rows."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, Select, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import UpdateBase

from cronjobs_adapters.sqlalchemy.dialects import Rows, insert_absent
from cronjobs_adapters.sqlalchemy.errors import Clashes, translated

_BATCH: Final = 10_000
"""Values in one list of a statement: SQLite takes 32,766 variables, PostgreSQL 65,535."""

Statement = Select[*tuple[Any, ...]]
Values = Mapping[str, Any] | Rows


class Transaction:
    """Runs statements, and translates the errors of all of them.

    In a writing unit, rows that are read in order to be changed are locked (`lock`) until its end:
    another unit that wants them waits, and then sees what this one committed. SQLite needs no
    such locks, since a unit that writes is alone there, and leaves them out of the statement.
    """

    def __init__(self, connection: AsyncConnection, *, writes: bool) -> None:
        self._connection = connection
        self._writes = writes

    def settle(self) -> None:
        """Refuse to write from now on."""
        self._writes = False

    async def rows(
        self, statement: Statement, *, lock: Table | None = None
    ) -> Sequence[RowMapping]:
        """All rows; those of the table `lock` stay as they are until the unit ends."""
        if lock is not None and self._writes:
            statement = statement.with_for_update(key_share=True, of=lock)
        with translated():
            result = await self._connection.execute(statement)
            return result.mappings().all()

    async def rows_among(
        self,
        statement: Statement,
        column: ColumnElement[Any],
        values: Collection[str],
        *,
        lock: Table | None = None,
    ) -> list[RowMapping]:
        """All rows in which the column has one of the values, in the order of the column.

        Everybody locks in this order, so that no two units wait for each other.
        """
        found: list[RowMapping] = []
        for batch in _batches(sorted(set(values))):
            some = statement.where(column.in_(batch)).order_by(column)
            found.extend(await self.rows(some, lock=lock))
        return found

    async def held(self, column: ColumnElement[str], values: Collection[str]) -> set[str]:
        """Those of the ids that exist; their rows are not deleted before the unit ends."""
        found: set[str] = set()
        for batch in _batches(sorted(set(values))):
            some = select(column).where(column.in_(batch)).order_by(column)
            with translated():
                keeping = some.with_for_update(read=True, key_share=True)
                found.update(await self._connection.scalars(keeping))
        return found

    async def row(self, statement: Statement, *, lock: Table | None = None) -> RowMapping | None:
        """The first row, or None."""
        rows = await self.rows(statement, lock=lock)
        return rows[0] if rows else None

    async def count(self, table: Table, *conditions: ColumnElement[bool]) -> int:
        """How many rows of the table meet all conditions."""
        statement = select(func.count().label("total")).select_from(table).where(*conditions)
        return int((await self.rows(statement))[0]["total"])

    async def write(
        self, statement: UpdateBase, values: Values = (), *, clashes: Clashes | None = None
    ) -> None:
        """Change rows; raises RuntimeError in a unit that reads, or that was committed.

        Where `clashes` names unique columns, a clash undoes this statement alone: the unit goes
        on as it was before.
        """
        self.require_writing()
        with translated(clashes):
            if not clashes:
                await self._connection.execute(statement, values or None)
                return
            async with self._connection.begin_nested():
                await self._connection.execute(statement, values or None)

    async def insert_absent(self, table: Table, key: tuple[str, ...], rows: Rows) -> set[str]:
        """Insert in order the rows whose `key` is not there yet; returns the ids of those."""
        self.require_writing()
        if not rows:
            return set()
        insert, values = insert_absent(self._connection.dialect.name, table, key, rows)
        with translated():
            result = await self._connection.execute(insert.returning(table.c.id), values)
            return set(result.scalars())

    def require_writing(self) -> None:
        """Raise RuntimeError unless this unit may write."""
        if not self._writes:
            raise RuntimeError("this unit of work only reads, or has been committed")


def _batches(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _BATCH):
        yield values[start : start + _BATCH]
