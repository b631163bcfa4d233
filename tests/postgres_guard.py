"""Start a throw-away PostgreSQL and watch over it. Run as a program, standard library only.

The program returns once the server accepts connections, and leaves a guard behind: the server's
parent process. Whoever uses the server holds a shared lock on the file `users`. The guard waits
for the exclusive lock, which the kernel grants when the last user has left, be it by `SIGKILL`.
Then it stops the server and removes the files, so nothing outlives a run, however the run ends.
"""

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, TextIO

START_SECONDS = 60.0
READY = "ready"

# The data is thrown away, so durability buys nothing. A zone far from UTC, with an offset that is
# not a whole hour, betrays statements that lean on the server's zone.
SETTINGS = {
    "autovacuum_naptime": "1h",
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "synchronous_commit": "off",
    "timezone": "Asia/Kathmandu",
}


def main(root: Path, binaries: Path) -> int:
    """Start the server of `root` in a guard; return 0 when it is ready, else show its log."""
    read_end, write_end = os.pipe()
    if os.fork() == 0:
        os.close(read_end)
        os.setsid()
        with os.fdopen(write_end, "w") as report:
            guard(root, binaries, report)
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as report:
        words = report.read()
    if words == READY:
        return 0
    sys.stderr.write(words or "the guard of the PostgreSQL server died")
    return 1


def guard(root: Path, binaries: Path, report: TextIO) -> None:
    """Own the server from its first file to its last: start, tell, wait, stop, remove."""
    cluster = root / "cluster"
    cluster.mkdir(mode=0o700)
    log = cluster / "log"
    detach_output(log)
    server = None
    try:
        server = start(cluster, binaries)
        wait_until_ready(server, cluster / "data" / "postmaster.pid")
        report.write(READY)
    except (OSError, subprocess.SubprocessError) as error:
        report.write(f"{error}\n{log.read_text()}")
    else:
        report.close()
        wait_for_last_user(root / "users")
    finally:
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGQUIT)  # the data goes anyway: no checkpoint
            server.wait()
        shutil.rmtree(cluster, ignore_errors=True)


def detach_output(log: Path) -> None:
    """Send output to the log: a reader of the test run's output must not wait for the guard."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)


def start(cluster: Path, binaries: Path) -> subprocess.Popen[bytes]:
    """Create the cluster and run its server, as a user who is not root."""
    owner = unprivileged_owner()
    as_owner: dict[str, Any] = {"cwd": cluster, "env": {"LC_ALL": "C", "PATH": os.defpath}}
    if owner:
        os.chown(cluster, owner.pw_uid, owner.pw_gid)
        as_owner |= {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        binaries = reachable(binaries, cluster, owner, as_owner)
    data = cluster / "data"
    create = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust"]
    create += ["--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
    subprocess.run(create, check=True, **as_owner)  # noqa: S603 -- our own arguments
    settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
    serve = [str(binaries / "postgres"), "-D", str(data), "-k", str(cluster), *settings]
    return subprocess.Popen(serve, **as_owner)  # noqa: S603 -- our own arguments


def unprivileged_owner() -> pwd.struct_passwd | None:
    """Return the user to run as, or nothing where the present one will do."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def reachable(
    binaries: Path, cluster: Path, owner: pwd.struct_passwd, as_owner: dict[str, Any]
) -> Path:
    """Return binaries that the owner can execute: these, or a copy inside the cluster.

    An environment below a closed directory, such as a home, cannot be entered by another user.
    Opening that directory would be a lasting change to the machine; a copy goes with the run.
    """
    probe: dict[str, Any] = as_owner | {"stdout": subprocess.DEVNULL}
    try:
        subprocess.run([binaries / "initdb", "--version"], check=True, **probe)  # noqa: S603
    except PermissionError:
        copy = copied_wheel(binaries, cluster / "install")
        for path in (cluster / "install", *(cluster / "install").rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)
        return copy
    return binaries


def copied_wheel(binaries: Path, target: Path) -> Path:
    """Copy the installation, and the libraries that its programs find by a relative path."""
    package = binaries.parents[1]
    version = target / package.name / binaries.parent.name
    shutil.copytree(binaries.parent, version, ignore=shutil.ignore_patterns("include"))
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)
    return version / binaries.name


def wait_until_ready(server: subprocess.Popen[bytes], status: Path) -> None:
    """Return when the server's status file says that it takes connections."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            message = f"the server ended with {server.returncode}"
            raise ChildProcessError(message)
        if status.exists() and status.read_text().rstrip().endswith(READY):
            return
        time.sleep(0.01)
    message = f"the server was not ready within {START_SECONDS} s"
    raise TimeoutError(message)


def wait_for_last_user(users: Path) -> None:
    """Return when no other process holds a lock on the file."""
    with users.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
