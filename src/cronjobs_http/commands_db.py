"""cronjobs db: the schema, and the move from the previous backend."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from cronjobs_adapters.security import PasslibHasher
from cronjobs_adapters.sqlalchemy.legacy import Schema, recognise, survey
from cronjobs_adapters.sqlalchemy.legacy_survey import Survey
from cronjobs_adapters.sqlalchemy.migrate import Upgraded, bring_up_to_date
from cronjobs_adapters.sqlalchemy.read_only import read_only
from cronjobs_adapters.system import SystemClock
from cronjobs_core.domain.errors import CronjobsError
from cronjobs_core.domain.legacy import FORMER_DEFAULT_PASSWORD
from cronjobs_core.domain.users import Role
from cronjobs_http.console import fail, read_settings, run
from cronjobs_http.container import Container
from cronjobs_http.legacy_report import Section, counts, invalid_crons, sections

FOUND: Final = 1
NOT_LEGACY: Final = 2
_WHY: Final = {
    Schema.NONE: "it holds no tables.",
    Schema.OURS: "it is a database of this service already.",
    Schema.FOREIGN: "it holds other tables.",
}

db = typer.Typer(no_args_is_help=True, help="The database.")


@db.command()
def upgrade() -> None:
    """Bring the database to this version's schema; one of the previous backend is taken over."""

    async def work(container: Container) -> Upgraded:
        return await bring_up_to_date(container.engine())

    done = run(work)
    if done.taken_over is not None:
        _tell_of_move(done.taken_over, done.backup)
    typer.echo(f"The database is at revision {done.revision}.")


@db.command()
def check_legacy(
    database: Annotated[
        str, typer.Argument(metavar="FILE", help="A SQLite file, or the URL of a database.")
    ],
) -> None:
    """Report what moving from the previous backend will change; nothing is touched.

    Ends with 0 where nothing needs attention, 1 where something does, 2 where the database is not
    one of the previous backend.
    """
    settings = read_settings()
    found = _look_at(database)
    reported = sections(found, settings, SystemClock().now())
    known = asyncio.run(_with_well_known_password(found))
    if known:
        reported.append(Section(f"Admins whose password is {FORMER_DEFAULT_PASSWORD}", known))
    _show("\n\n".join((f"Rows\n{counts(found)}", *map(str, reported))))
    for sentence in settings.problems():
        _show(f"\nSettings: {sentence}")
    number = sum(len(one.lines) for one in reported)
    typer.echo(f"\nNothing was changed. Findings: {number}.")
    raise typer.Exit(FOUND if number else 0)


def _look_at(database: str) -> Survey:
    url = database if "://" in database else f"sqlite:///{Path(database).absolute()}"
    try:
        with read_only(url) as connection:
            schema = recognise(connection)
            if schema is not Schema.PREVIOUS:
                fail(f"This is not a database of the previous backend: {_WHY[schema]}", NOT_LEGACY)
            return survey(connection)
    except (CronjobsError, ValueError) as problem:
        fail(str(problem), NOT_LEGACY)


async def _with_well_known_password(found: Survey) -> list[str]:
    hasher = PasslibHasher()
    try:
        return [
            user["username"]
            for user in found.small.get("users", ())
            if user["role"] is Role.ADMIN
            and await hasher.verify(FORMER_DEFAULT_PASSWORD, user["password_hash"])
        ]
    finally:
        hasher.close()


def _tell_of_move(found: Survey, backup: Path | None) -> None:
    _show(f"Took over the database of the previous backend:\n{counts(found)}")
    if backup is not None:
        _show(f"It was copied first, to {backup}")
    else:
        _show("No copy was made: a copy of a PostgreSQL database is pg_dump's work.")
    if found.problems:
        number = len(found.problems)
        _show(f"Rows that could not be taken over as they were: {number:,}; see legacy_rows.")
    invalid = invalid_crons(found, read_settings(), SystemClock().now())
    if invalid:
        _show("These jobs are shown and do not fire, their cron texts are not valid here:")
    for line in invalid:
        _show(f"  - {line}")


def _show(text: str) -> None:
    """Print text of other people's: nothing in it may steer the terminal or fail to encode."""
    plain = "".join(one if one.isprintable() or one == "\n" else "\ufffd" for one in text)
    encoding = sys.stdout.encoding or "utf-8"
    typer.echo(plain.encode(encoding, "replace").decode(encoding))
