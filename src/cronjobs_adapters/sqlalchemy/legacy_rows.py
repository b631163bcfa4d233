"""Rows of the previous backend, made to keep the rules that its database did not enforce.

A row is never dropped without a trace: what has no place in its table any more, and the original
of what had to be changed beyond its form, is handed over with the reason.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, bindparam, inspect, text

from cronjobs_adapters.sqlalchemy.legacy_columns import TABLES, Converted, convert, shown
from cronjobs_core.domain.users import normalise_login

CHUNK: Final = 1000
_REFERENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "jobs": {"created_by": "users"},
    "job_executions": {"job_id": "jobs"},
    "notifications": {
        "user_id": "users",
        "related_job_id": "jobs",
        "related_execution_id": "job_executions",
    },
    "user_notification_preferences": {"user_id": "users"},
    "user_ui_preferences": {"user_id": "users"},
}
_OWNERS: Final = frozenset({"user_id", "job_id"})
"""References without which a row belongs to nobody and cannot be shown."""
_UNIQUE: Final[Mapping[str, Sequence[str]]] = {
    "users": ("username", "email"),
    "jobs": ("name",),
    "job_categories": ("slug",),
    "pic_teams": ("slug",),
}
_LOGINS: Final = ("username", "email")
_ONE_EACH: Final[Mapping[str, str | None]] = {
    "user_notification_preferences": "user_id",
    "user_ui_preferences": "user_id",
    "slack_settings": None,
}
"""Tables of which one row counts, for each value of the column: the one that was changed last."""


@dataclass(slots=True)
class Outcome:
    """A row before and after. `problems` says what was wrong; without `kept` it has no place."""

    table: str
    stored: Mapping[str, Any]
    row: dict[str, Any]
    problems: list[str] = field(default_factory=list)
    kept: bool = True

    def reject(self, problem: str) -> None:
        """Take the row out of its table."""
        self.problems.append(problem)
        self.kept = False


def outcomes(connection: Connection, table: str, source: str) -> Iterator[list[Outcome]]:
    """Convert the rows of `source`, which holds those of `table`, in chunks.

    What a row refers to is looked up in the tables of the connection.
    """
    rules = _Rules(connection, table, source)
    for rows in _chunks(connection, table, source):
        found = [_begin(table, row) for row in rows]
        rules.apply(found)
        yield found


def _chunks(connection: Connection, table: str, source: str) -> Iterator[list[dict[str, Any]]]:
    order = " ORDER BY updated_at DESC" if table in _ONE_EACH else ""
    everything = text(f"SELECT * FROM {source}{order}")  # noqa: S608 -- a name of ours
    options = {"stream_results": True, "yield_per": CHUNK}
    for part in connection.execute(everything, execution_options=options).partitions():
        yield [row._asdict() for row in part]


def _begin(table: str, stored: Mapping[str, Any]) -> Outcome:
    converted = convert(TABLES[table], stored)
    outcome = Outcome(table, stored, converted.row)
    for name in converted.unreadable:
        outcome.problems.append(f"{name} cannot be read: {shown(stored[name])}")
    if table == "jobs":
        _pause_without_end(outcome, converted)
    if converted.row["id"] is None:
        outcome.reject("it has no id")
    return outcome


def _pause_without_end(outcome: Outcome, converted: Converted) -> None:
    """A job that was to end at some time must not go on for ever."""
    if "end_date" in converted.unreadable and outcome.row["is_active"]:
        outcome.row["is_active"] = False
        outcome.problems.append("paused, as its end is unknown")


class _Rules:
    """The rules of one table, and what they have to remember from row to row."""

    def __init__(self, connection: Connection, table: str, source: str) -> None:
        self._connection = connection
        self._table = table
        names = _LOGINS if table == "users" else ()
        self._logins = {name: _values(connection, name, source) for name in names}
        self._taken: dict[str, set[str]] = {name: set() for name in _UNIQUE.get(table, ())}
        self._present: set[Any] = set()

    def apply(self, found: list[Outcome]) -> None:
        for column, parent in _REFERENCES.get(self._table, {}).items():
            self._check_references(found, column, parent)
        for outcome in found:
            if not outcome.kept:
                continue
            if self._table in _ONE_EACH:
                self._only_one(outcome, _ONE_EACH[self._table])
            for column in self._taken:
                self._make_unique(outcome, column)

    def _check_references(self, found: list[Outcome], column: str, parent: str) -> None:
        wanted = {one.row[column] for one in found} - {None}
        there = self._ids(parent, wanted)
        for outcome in found:
            value = outcome.row[column]
            if value in there:
                continue
            if column in _OWNERS:
                outcome.reject(f"{column} {shown(value)} is not in {parent}")
            elif value is not None:
                outcome.row[column] = None
                outcome.problems.append(f"{column} {shown(value)} is not in {parent}")

    def _ids(self, table: str, wanted: set[str]) -> set[str]:
        if not wanted or not inspect(self._connection).has_table(table):
            return set()
        query = text(f"SELECT id FROM {table} WHERE id IN :ids")  # noqa: S608 -- a name of ours
        among = query.bindparams(bindparam("ids", sorted(wanted), expanding=True))
        return set(self._connection.scalars(among))

    def _only_one(self, outcome: Outcome, column: str | None) -> None:
        value = outcome.row[column] if column else None
        if value in self._present:
            outcome.reject("another row of the same kind was changed later")
        self._present.add(value)

    def _make_unique(self, outcome: Outcome, column: str) -> None:
        """Keep two rows apart that the missing constraint let be alike."""
        value = outcome.row[column]
        if column in self._logins:
            value = self._as_login(outcome, column)
        taken, name, count = self._taken[column], value, 1
        while name in taken:
            count += 1
            name = f"{value}-{count}"
        if name != value:
            outcome.problems.append(f"{column} {shown(value)} is taken, it is {shown(name)} now")
        taken.add(name)
        outcome.row[column] = name

    def _as_login(self, outcome: Outcome, column: str) -> str:
        """In lower case, as sign-in looks it up, unless that is another user's."""
        value: str = outcome.row[column]
        login = normalise_login(value)
        if login == value or not self._is_used(column, login):
            return login
        problem = f"{column} {shown(value)} is another user's in lower case"
        outcome.problems.append(f"{problem}: it cannot be used to sign in")
        return value

    def _is_used(self, column: str, login: str) -> bool:
        return login in self._logins[column] or login in self._taken[column]


def _values(connection: Connection, column: str, source: str) -> set[str]:
    query = text(f"SELECT {column} FROM {source}")  # noqa: S608 -- names of ours
    return set(connection.scalars(query))
