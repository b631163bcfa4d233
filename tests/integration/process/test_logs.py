"""What must never stand in the logs, and what must never look like a line of them."""

import json
import os
import pty
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from processes import LOOPBACK, make_job, make_team, serving
from servers.hostile import HostileServer

FORGED = '{"event": "forged", "level": "error"}'
EVIL = f"a\n{FORGED}\r\n\x1b[31mred\x1b]0;title\x07\u2028\u0085b"
FAULTS = f"""
import logging
from cronjobs_http.logs import configure_logs

configure_logs("INFO")
evil = {EVIL!r}
log = logging.getLogger("tests")
log.warning("job %s", evil, extra={{"job": evil, "jobs": [evil]}})
try:
    raise ValueError(evil)
except ValueError:
    log.exception("fault in %s", evil)
"""


def lines_of(log: str) -> list[dict[str, Any]]:
    """The events of a log; each line is one, and nothing in it moves or colours a terminal."""
    assert all(line.isprintable() for line in log.split("\n"))
    return [json.loads(line) for line in log.splitlines()]


async def test_stored_text_cannot_forge_a_log_line(tmp_path: Path) -> None:
    """A name or a cron text with line breaks and escapes, wherever it came from, stays in its line.

    The API refuses such a cron text; one that is in the database is quoted in a warning.
    """
    async with serving(tmp_path) as service, service.admin() as admin:
        await make_team(admin)
        job_id = await make_job(admin, "Nightly", "https://example.com/")
        with closing(sqlite3.connect(tmp_path / "service.db")) as connection:
            change = "UPDATE jobs SET name = ?, cron_expression = ? WHERE id = ?"
            connection.execute(change, (EVIL, f"{EVIL} * * * *", job_id))
            connection.commit()
        assert (await admin.post("/scheduler/resync")).json()["invalid_cron"] == 1
        await admin.post("/auth/login", {"username": EVIL, "password": EVIL})
        await admin.post(f"/jobs/{job_id}/execute", {"target_url": EVIL})
        await admin.get("/jobs/%0A%1B%5B31m")
        await service.stop()
        events = lines_of(service.stderr)
    assert [one["level"] for one in events if "job not scheduled" in one["event"]] == ["warning"]
    assert not [one for one in events if one["event"] == "forged"]


def test_log_in_a_file_has_one_line_for_each_event() -> None:
    """Texts, lists and errors with line breaks in them cannot begin a line of their own."""
    logged = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-c", FAULTS], check=True, capture_output=True, text=True, timeout=60
    )
    events = lines_of(logged.stderr)
    assert [one["level"] for one in events] == ["warning", "error"]
    assert "forged" in events[0]["event"]
    assert "ValueError" in events[1]["exception"]


def test_log_on_a_terminal_is_not_steered_by_what_it_shows() -> None:
    """Escapes in texts and in errors reach a terminal as text; the colours are our own."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", FAULTS], stderr=theirs) as process:  # noqa: S603
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # how a terminal says that nobody writes any more
            while part := os.read(ours, 65_536):
                shown += part
    os.close(ours)
    assert process.returncode == 0
    text = shown.decode()
    assert "fault in a" in text
    assert "\\x1b[31mred" in text
    for sequence in ("\x1b[31mred", "\x1b]", "\x07", "\u2028", "\x85"):
        assert sequence not in text


async def test_no_secret_reaches_the_log(tmp_path: Path, target: HostileServer) -> None:
    """After a session that uses and misuses everything secret the log holds none of it."""
    settings = {
        **LOOPBACK,
        "DEBUG": "true",
        "SECRET_KEY": "marker-signing-key-of-thirty-two-bytes",
        "GITHUB_TOKEN": "marker-github-token",
        "DEFAULT_ADMIN_PASSWORD": "marker-password",
    }
    async with serving(tmp_path, settings) as service, service.admin("marker-password") as admin:
        tokens = [admin.tokens["access_token"], admin.tokens["refresh_token"]]
        wrong = {"username": "admin", "password": "marker-wrong-password"}
        assert (await admin.post("/auth/login", wrong)).status_code == 401
        cut_off = '{"username": "admin", "password": "marker-in-bad-json'
        headers = {"Content-Type": "application/json"}
        answer = await admin.call("POST", "/auth/login", content=cut_off, headers=headers)
        assert answer.status_code == 400
        renewed = await admin.call(
            "POST",
            "/auth/refresh",
            json={"refresh_token": tokens[1]},
            headers={"Authorization": ""},
        )
        tokens.append(renewed.json()["access_token"])
        await make_team(admin)
        url = target.url("/status/500?key=marker-in-query")
        job_id = await make_job(admin, "Secret", url, metadata={"key": "marker-in-metadata"})
        run = {"github_token": "marker-token-of-one-run"}
        assert (await admin.post(f"/jobs/{job_id}/execute", run)).status_code == 200
        garbled = {"Authorization": "Bearer marker-garbled-token"}
        assert (await admin.call("GET", "/auth/me", headers=garbled)).status_code == 401
        assert (await admin.post("/auth/logout")).status_code == 200
        assert await service.stop() == 0
        log = service.stderr + service.stdout
    assert '"started"' in log
    assert "marker" not in log
    for token in tokens:
        assert token not in log
        assert token.rpartition(".")[2] not in log
