"""The README's quick start and use, run as they stand there."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from architecture.sources import PROJECT
from processes import PATIENCE, ended, is_healthy, until
from servers.sockets import closed_port

README = (PROJECT / "README.md").read_text()
DEMO_PATIENCE = 150.0
"""Seconds: a start, a whole minute and an end, on a busy machine."""
VENV = Path(sys.prefix)
INSTALLED = f"VENV={VENV} -o {VENV}/.server -o {VENV}/.dev"
"""What make must be told so that it runs the environment of the tests and installs nothing."""


def commands(section: str) -> list[str]:
    """The commands of a section's console blocks, each with its further lines."""
    _, _, rest = README.partition(f"\n## {section}\n")
    text, _, _ = rest.partition("\n## ")
    blocks = "".join(re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    return [one.strip() for one in re.split(r"^\$ ", blocks, flags=re.MULTILINE) if one.strip()]


def test_quick_start_is_these_commands() -> None:
    """Each command of the quick start is run by a test below."""
    assert commands("Quick start") == ["make serve", "make demo"]


async def test_service_is_set_up_and_used_as_the_readme_says(tmp_path: Path) -> None:
    """`make serve`, sign in with the password it printed, make a team and a job: it works."""
    port = closed_port()
    settings = {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "DATABASE_URL": f"sqlite:///{tmp_path}/readme.db",
        "SCHEDULER_ENABLED": "false",  # the job's target is on the internet
    }
    async with made("serve", tmp_path, settings) as (process, output):
        await until(lambda: answers(process, port))
        [password] = re.findall(r"password +(\S+) \(shown", output.read_text())
        script = "\n".join(commands("Use")).replace("THE PASSWORD", password)
        (tmp_path / ".curlrc").write_text('write-out = "%{stderr}%{http_code}\\n"\n')
        used = subprocess.run(  # noqa: ASYNC221, S603 -- the README's commands
            ["bash", "-euo", "pipefail", "-c", script.replace(":5001/", f":{port}/")],  # noqa: S607
            env={"PATH": os.environ["PATH"], "CURL_HOME": str(tmp_path)},
            check=False,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert used.stderr.split() == ["200", "201", "201"], used.stdout
        assert "Job created successfully" in used.stdout
        process.send_signal(signal.SIGTERM)
        await ended(process)


async def test_demo_shows_the_main_job(tmp_path: Path) -> None:
    """`make demo` shows the request that arrived and its row, and leaves nothing behind."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    async with made("demo", tmp_path, {"TMPDIR": str(temporary)}) as (process, output):
        assert await ended(process, DEMO_PATIENCE) == 0, output.read_text()
        shown = output.read_text()
    for text in ("POST /hook HTTP/1.1", "hello from cronjobs", '"status": "success"', "Done."):
        assert text in shown
    assert list(temporary.iterdir()) == []


@asynccontextmanager
async def made(
    target: str, folder: Path, settings: dict[str, str]
) -> AsyncIterator[tuple[subprocess.Popen[bytes], Path]]:
    """Give the process of `make <target>` in the project, and the file of what it prints.

    What it is set to here goes before a developer's own `.env`.
    """
    output = folder / "output"
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "FASTAPI_DATABASE_URL": ""}
    environment |= {f"DEFAULT_ADMIN_{name}": "" for name in ("USERNAME", "PASSWORD", "EMAIL")}
    with output.open("wb") as out:
        process = subprocess.Popen(  # noqa: ASYNC220, S603 -- the README's command
            ["make", target, *INSTALLED.split()],  # noqa: S607
            cwd=PROJECT,
            env=environment | settings,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process, output
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # make and its child are a group of their own
            process.wait(PATIENCE)


async def answers(process: subprocess.Popen[bytes], port: int) -> bool:
    """Whether the service is up; fails where it has ended."""
    assert process.poll() is None
    return await is_healthy(f"http://localhost:{port}")
