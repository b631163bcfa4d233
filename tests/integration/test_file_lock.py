"""The lock file in bad hands, and between processes (reliability checklist T17 and T18)."""
# ruff: noqa: ASYNC220, ASYNC240 -- nothing else runs on the loop of these tests

import os
import select
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cronjobs_adapters.file_lock import FileLock
from cronjobs_core.domain.errors import Unavailable
from cronjobs_core.testing.fakes import FixedClock

NOON = datetime(2026, 1, 15, 12, 0, 0, 250, tzinfo=UTC)
EPOCH = int(NOON.timestamp()) * 1_000_000 + 250

# Says that it waits, or its epoch once it leads, and goes on until it is killed or its input ends.
CANDIDATE = """
import asyncio, sys
from pathlib import Path
from cronjobs_adapters.file_lock import FileLock
from cronjobs_adapters.system import SystemClock

async def main():
    lock = FileLock(Path(sys.argv[1]), "candidate", SystemClock())
    if (term := await lock.acquire()) is None:
        print("waiting", flush=True)
    while term is None:
        await asyncio.sleep(0.02)
        term = await lock.acquire()
    print(term.epoch, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await lock.resign(term)

asyncio.run(main())
"""

StartCandidate = Callable[[], "subprocess.Popen[str]"]

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a place for a lock file; nothing is there yet."""
    return tmp_path / "scheduler.lock"


@pytest.fixture
def clock() -> FixedClock:
    """Give a clock that stands at NOON."""
    return FixedClock(NOON)


@pytest.fixture
def start_candidate(path: Path) -> Iterator[StartCandidate]:
    """Give a way to start processes that want to lead; all are killed at the end."""
    started: list[subprocess.Popen[str]] = []

    def start() -> "subprocess.Popen[str]":
        process = subprocess.Popen(  # noqa: S603 -- our own program
            [sys.executable, "-c", CANDIDATE, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate(timeout=10)


async def test_people_find_the_process_and_the_instant(path: Path, clock: FixedClock) -> None:
    """Two lines: a process number and an instant in UTC, to the microsecond; for the owner only."""
    term = await FileLock(path, "a", clock).acquire()
    assert path.read_text() == f"{os.getpid()}\n2026-01-15T12:00:00.000250+00:00\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert term is not None
    assert (term.epoch, term.since) == (EPOCH, NOON)


GARBAGE = {
    "empty": b"",
    "process 1 of a container": b"1\n2020-01-01T00:00:00+00:00\n",
    "a live process": f"{os.getppid()}\n2020-01-01T00:00:00Z\n".encode(),
    "a foreign host": b"worker-7.example.com\n2020-01-01T00:00:00\n",
    "one line": b"4711",
    "no instant": b"4711\nyesterday\n",
    "the last instant": b"4711\n9999-12-31T23:59:59.999999+00:00\n",
    "the first instant": b"4711\n0001-01-01T00:00:00+14:00\n",
    "no text": bytes(range(256)) * 1000,
    "nothing but NUL": b"\0" * 4096,
}


@pytest.mark.parametrize("content", GARBAGE.values(), ids=GARBAGE)
async def test_what_stands_in_a_file_that_nobody_holds_keeps_nobody_out(
    path: Path, clock: FixedClock, content: bytes
) -> None:
    """A fresh start always leads, whatever was left behind, and leaves two lines of its own."""
    path.write_bytes(content)
    term = await FileLock(path, "a", clock).acquire()
    assert term is not None
    assert term.epoch == EPOCH
    assert path.read_text() == f"{os.getpid()}\n2026-01-15T12:00:00.000250+00:00\n"


async def test_the_epoch_grows_although_the_clock_was_set_back(
    path: Path, clock: FixedClock
) -> None:
    """The next leader is known to be later, whether the one before died or resigned."""
    path.write_text("1\n2027-01-01T00:00:00+00:00\n")
    lock = FileLock(path, "a", clock)
    epochs = []
    for _ in range(3):
        term = await lock.acquire()
        assert term is not None
        epochs.append(term.epoch)
        assert datetime.fromisoformat(path.read_text().split()[1]) == term.since
        await lock.resign(term)
        clock.set(clock.now() - timedelta(days=1))
    new_year = int(datetime(2027, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
    assert epochs == [new_year + 1, new_year + 2, new_year + 3]


async def test_resigning_leaves_the_file_without_a_process(path: Path, clock: FixedClock) -> None:
    """The file is never deleted, as another may be about to lock it; only the number goes."""
    lock = FileLock(path, "a", clock)
    term = await lock.acquire()
    assert term is not None
    inode = path.stat().st_ino
    await lock.resign(term)
    assert path.stat().st_ino == inode
    assert path.read_text() == "\n2026-01-15T12:00:00.000250+00:00\n"


@pytest.mark.parametrize("replaced", [False, True], ids=["deleted", "replaced"])
async def test_who_lost_the_file_leads_no_longer(
    path: Path, clock: FixedClock, *, replaced: bool
) -> None:
    """A deleted lock file makes room for another leader, so the first one must step down."""
    first, second = FileLock(path, "a", clock), FileLock(path, "b", clock)
    old = await first.acquire()
    assert old is not None
    path.unlink()
    if replaced:
        path.write_text("somebody's own")
    assert not await first.renew(old)
    clock.tick(1)
    term = await second.acquire()
    assert term is not None
    assert await first.acquire() is None
    await first.resign(old)
    assert await second.renew(term)


async def test_asking_again_after_the_file_was_lost_begins_a_new_term(
    path: Path, clock: FixedClock
) -> None:
    """A leader that does not renew but asks again cannot go on under the old epoch."""
    lock = FileLock(path, "a", clock)
    old = await lock.acquire()
    path.unlink()
    clock.tick(1)
    term = await lock.acquire()
    assert old is not None
    assert term is not None
    assert term.epoch > old.epoch
    assert path.exists()
    assert not await lock.renew(old)
    assert await lock.renew(term)


async def test_a_file_that_is_replaced_while_it_is_locked_is_not_led_by(
    path: Path, clock: FixedClock
) -> None:
    """Between opening and locking another may delete the file: the lock must be on the new one."""

    class ReplacedOnce(type(path)):  # type: ignore[misc]
        """A path that names another file from the second time on that the system asks for it."""

        asked = 0

        def __fspath__(self) -> str:
            ReplacedOnce.asked += 1
            if ReplacedOnce.asked == 2:
                path.unlink()
            return str(path)

    lock = FileLock(ReplacedOnce(path), "a", clock)
    term = await lock.acquire()
    assert term is not None
    assert path.exists()
    assert await lock.renew(term)
    assert await FileLock(path, "b", clock).acquire() is None


async def test_a_symbolic_link_is_refused(path: Path, clock: FixedClock, tmp_path: Path) -> None:
    """Nobody can make the leader write into another file (S68)."""
    victim = tmp_path / "victim"
    victim.write_text("precious")
    path.symlink_to(victim)
    with pytest.raises(Unavailable, match=r"scheduler\.lock cannot be used"):
        await FileLock(path, "a", clock).acquire()
    assert victim.read_text() == "precious"


async def test_what_is_no_file_is_refused(path: Path, clock: FixedClock) -> None:
    """A directory or a pipe in its place, or no directory to be in, is said to be so."""
    path.mkdir()
    pipe = path / "pipe"
    os.mkfifo(pipe)
    for place in (path, pipe, path / "missing" / "scheduler.lock"):
        with pytest.raises(Unavailable, match="cannot be used"):
            await FileLock(place, "a", clock).acquire()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a directory that none can write")
async def test_a_directory_that_cannot_be_written_is_an_error_not_a_defeat(
    clock: FixedClock,
) -> None:
    """A service that could never lead says why, instead of waiting as a follower for ever."""
    with pytest.raises(Unavailable, match="cannot be used"):
        await FileLock(Path("/proc/self/scheduler.lock"), "a", clock).acquire()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
async def test_a_full_disk_is_an_error_and_holds_nothing(clock: FixedClock) -> None:
    """Who cannot write the new epoch does not lead, and does not keep others from it."""
    for _ in range(2):
        with pytest.raises(Unavailable, match="No space left"):
            await FileLock(Path("/dev/full"), "a", clock).acquire()


async def test_it_leaves_no_descriptors_behind(path: Path, clock: FixedClock) -> None:
    """A follower that asks every few seconds for a year does not run out of files."""
    leader, follower = FileLock(path, "a", clock), FileLock(path, "b", clock)
    term = await leader.acquire()
    assert term is not None
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(100):
        assert await follower.acquire() is None
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    await leader.resign(term)
    assert len(list(Path("/proc/self/fd").iterdir())) == before - 1


async def test_a_child_process_does_not_inherit_the_lock(path: Path, clock: FixedClock) -> None:
    """A program that the leader started does not keep the lock when the leader is gone."""
    lock = FileLock(path, "a", clock)
    term = await lock.acquire()
    assert term is not None
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False
    ) as child:
        await lock.resign(term)
        assert await FileLock(path, "b", clock).acquire() is not None
        child.communicate(b"\n", timeout=10)


async def test_a_killed_leader_is_followed_within_two_seconds(
    start_candidate: StartCandidate,
) -> None:
    """`kill -9` frees the lock; the follower leads with a greater epoch (T11)."""
    first = start_candidate()
    epoch = int(line_of(first))
    second = start_candidate()
    assert line_of(second) == "waiting"
    first.send_signal(signal.SIGKILL)
    killed = time.monotonic()
    assert int(line_of(second)) > epoch
    assert time.monotonic() - killed < 2


async def test_a_leader_that_resigns_is_followed_within_two_seconds(
    start_candidate: StartCandidate,
) -> None:
    """An orderly stop hands over as fast as a crash (T12)."""
    first = start_candidate()
    epoch = int(line_of(first))
    second = start_candidate()
    assert line_of(second) == "waiting"
    first.communicate(timeout=10)  # ends its input, so it resigns
    resigned = time.monotonic()
    assert int(line_of(second)) > epoch
    assert time.monotonic() - resigned < 2


async def test_of_several_processes_one_leads(start_candidate: StartCandidate, path: Path) -> None:
    """All start at once; one says that it leads, and the file bears its number (T18)."""
    processes = [start_candidate() for _ in range(4)]
    said = {process.pid: line_of(process) for process in processes}
    leaders = [pid for pid, line in said.items() if line.isdigit()]
    assert sorted(said.values())[1:] == ["waiting"] * 3
    assert path.read_text().split()[0] == str(leaders[0])
    more = [each.stdout for each in processes if each.stdout is not None]
    assert select.select(more, [], [], 0.2) == ([], [], [])


def line_of(process: "subprocess.Popen[str]") -> str:
    """Wait for the next line that the process writes and return it."""
    assert process.stdout is not None
    return process.stdout.readline().strip()
