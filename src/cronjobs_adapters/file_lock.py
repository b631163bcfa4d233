"""Leadership on one host: an exclusive `flock`, held for as long as the leader lives.

The kernel frees the lock when its holder dies, however it dies. What stands in the file, a process
number and an instant, is for people; numbers mean nothing across containers (reliability
checklist, finding 3). The file is never deleted: whoever deletes a lock file may delete the one
that another process is about to lock, and then two lead.
"""

import fcntl
import os
from contextlib import suppress
from datetime import MAXYEAR, UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from cronjobs_core.domain.errors import Unavailable
from cronjobs_core.ports.leadership import Term
from cronjobs_core.ports.world import Clock

LOCK_NAME: Final = "scheduler.lock"
_FLAGS: Final = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
_MODE: Final = 0o600
_MICROSECOND: Final = timedelta(microseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_CONTENT: Final = 1024
_ATTEMPTS: Final = 10


class FileLock:
    """A candidate that leads while it holds the lock on `path`.

    The epoch of a term is the instant in the file, in microseconds since 1970; it is made later
    than the one found there, so it grows even where the clock was set back. Every method raises
    Unavailable where the file cannot be used; `renew` answers False instead.
    """

    def __init__(self, path: Path, owner: str, clock: Clock) -> None:
        self._path = path
        self._owner = owner
        self._clock = clock
        self._held: int | None = None
        self._term: Term | None = None

    async def acquire(self) -> Term | None:
        if self._term is not None and self._still_holds():
            return self._term
        self._release()
        try:
            self._held = self._lock()
            if self._held is not None:
                self._term = self._begin(self._held)
        except OSError as error:
            self._release()
            message = f"The lock file {self._path} cannot be used: {error.strerror}."
            raise Unavailable(message) from error
        return self._term

    async def renew(self, term: Term) -> bool:
        if term != self._term:
            return False
        if not self._still_holds():
            self._release()
        return self._term is not None

    async def resign(self, term: Term) -> None:
        """See the port. The instant stays in the file, so that the next epoch is greater."""
        if self._held is None or term != self._term:
            return
        with suppress(OSError):  # what people read there is no reason to keep on leading
            _write(self._held, f"\n{term.since.isoformat(timespec='microseconds')}\n")
        self._release()

    def _lock(self) -> int | None:
        """A descriptor that holds the lock on what `path` names, or None where another does."""
        for _ in range(_ATTEMPTS):
            descriptor = os.open(self._path, _FLAGS, _MODE)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self._names(descriptor):
                    return descriptor
            except BlockingIOError:
                os.close(descriptor)
                return None
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)  # the file was replaced between opening and locking
        return None

    def _begin(self, descriptor: int) -> Term:
        epoch = max(_microseconds(self._clock.now()), _found(descriptor) + 1)
        since = _EPOCH + epoch * _MICROSECOND
        _write(descriptor, f"{os.getpid()}\n{since.isoformat(timespec='microseconds')}\n")
        return Term(owner=self._owner, epoch=epoch, since=since)

    def _still_holds(self) -> bool:
        """Whether the lock is ours and is the one that others would try to get.

        A file that was deleted or replaced keeps our lock, but nobody else meets it any more.
        """
        if self._held is None:
            return False
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return self._names(self._held)
        except OSError:
            return False

    def _names(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), os.lstat(self._path))
        except FileNotFoundError:
            return False

    def _release(self) -> None:
        held, self._held, self._term = self._held, None, None
        if held is not None:
            with suppress(OSError):  # closing frees the lock only when no fork has the file open
                fcntl.flock(held, fcntl.LOCK_UN)
            os.close(held)


def default_lock_path(database_url: str) -> Path:
    """Where the lock file belongs: next to the file of a SQLite URL, else in the working directory.

    Reads the URL as SQLAlchemy does: `sqlite:///relative`, `sqlite:////absolute`, any driver,
    percent escapes, and with `uri=true` SQLite's own `file:` URIs.
    """
    scheme, _, rest = database_url.partition("://")
    if scheme.partition("+")[0] != "sqlite":
        return Path(LOCK_NAME)
    name, _, query = rest.partition("?")
    options = parse_qs(query)
    database = unquote(name.partition("/")[2])
    if options.get("uri", ["false"])[-1].lower() in {"true", "yes", "on", "y", "t", "1"}:
        database = unquote(urlsplit(database).path)
    if database in {"", ":memory:"} or options.get("mode") == ["memory"]:
        return Path(LOCK_NAME)
    return Path(database).parent / LOCK_NAME


def _found(descriptor: int) -> int:
    """The epoch of the term before, as the file says; 0 where it says nothing readable."""
    lines = os.pread(descriptor, _MAX_CONTENT, 0).decode(errors="replace").splitlines()
    try:
        since = datetime.fromisoformat(lines[1].strip())
    except (IndexError, ValueError):
        return 0
    if since.tzinfo is None or since.year == MAXYEAR:  # nothing is later than the last year
        return 0
    return _microseconds(since)


def _write(descriptor: int, text: str) -> None:
    """Put `text` in place of what the file holds."""
    os.pwrite(descriptor, text.encode(), 0)
    os.ftruncate(descriptor, len(text))


def _microseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND
