"""What somebody sees who starts the service, and what it refuses to start with."""

import json
import re
import socket
from pathlib import Path

import httpx2
import pytest

from processes import ADMIN_PASSWORD, run_cronjobs, serving

ONE_TIME = re.compile(r"password +(\S+) \(shown this once")


async def test_first_start_tells_where_it_is_and_how_to_sign_in(tmp_path: Path) -> None:
    """Who reads the start message can open the docs and sign in; a second start shows no password.

    The one-time password is printed once in the life of an instance, stays good, and is logged
    nowhere.
    """
    settings = {"DEFAULT_ADMIN_PASSWORD": ""}
    async with serving(tmp_path, settings) as first:
        for text in (f"{first.url}/api/v2", f"{first.url}/docs", "/api/v2/auth/login"):
            assert text in first.stdout
        [password] = ONE_TIME.findall(first.stdout)
        assert first.stdout.count(password) == 1
        assert "user name  admin" in first.stdout
        async with first.admin(password) as admin:
            assert (await admin.get("/auth/me")).json()["role"] == "admin"
        assert await first.stop() == 0
        assert password not in first.stderr
    async with serving(tmp_path, settings) as second, second.admin(password):
        assert "is ready" in second.stdout
        assert "The first admin was made" not in second.stdout
        assert not ONE_TIME.search(second.stdout)
        assert password not in second.stdout + second.stderr


async def test_chosen_password_is_not_printed(tmp_path: Path) -> None:
    """A password that the operator set is good and stands in no output; health is well at once."""
    async with serving(tmp_path) as service, service.admin(ADMIN_PASSWORD) as admin:
        assert "as set in DEFAULT_ADMIN_PASSWORD" in service.stdout
        assert ADMIN_PASSWORD not in service.stdout + service.stderr
        health = (await admin.get("/health")).json()
    assert (health["status"], health["database"]) == ("healthy", "ok")
    assert (health["scheduler_running"], health["scheduled_jobs_count"]) == (True, 0)
    assert health["timezone"] == "Asia/Tokyo"


async def test_unknown_zone_becomes_utc_and_is_told(tmp_path: Path) -> None:
    """A zone that does not exist stops nothing: log, start message and health say what is used."""
    async with (
        serving(tmp_path, {"SCHEDULER_TIMEZONE": "Mars/Olympus"}) as service,
        httpx2.AsyncClient(trust_env=False) as client,
    ):
        health = (await client.get(f"{service.url}/api/v2/health")).json()
        assert health["timezone"] == "UTC"
        assert re.search(r"Zone +UTC", service.stdout)
        warnings = [line for line in service.stderr.splitlines() if "Mars/Olympus" in line]
        assert [json.loads(line)["level"] for line in warnings] == ["warning"]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {
                "APP_ENV": "production",
                "SECRET_KEY": "dev-secret-key-please-change-in-production",
                "CORS_ORIGINS": "https://cron.example.com",
            },
            "SECRET_KEY is the sample value: set one of your own.",
        ),
        ({"WEBHOOK_ALLOWED_NETWORKS": "10.0.0.0/8,banana"}, "WEBHOOK_ALLOWED_NETWORKS: 'banana'"),
    ],
)
def test_bad_settings_end_the_start(
    tmp_path: Path, settings: dict[str, str], sentence: str
) -> None:
    """What cannot or must not run ends with 1 and one sentence, before anything is made."""
    ended = run_cronjobs(tmp_path, "serve", **settings)
    assert (ended.returncode, ended.stdout) == (1, "")
    [line] = ended.stderr.splitlines()
    assert line.startswith("Error: ")
    assert sentence in line
    assert list(tmp_path.iterdir()) == []


def test_port_in_use_is_told(tmp_path: Path) -> None:
    """A second service on one port ends with an error that names the port."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        ended = run_cronjobs(tmp_path, "serve", PORT=port)
    assert ended.returncode > 0
    assert port in ended.stderr
    assert "address already in use" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "is ready" not in ended.stdout
