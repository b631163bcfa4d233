"""The command line, beside `serve`."""

from pathlib import Path

import httpx2

from processes import run_cronjobs, serving

BOSS = ("users", "create-admin", "--username", "Boss", "--email", "boss@example.com")
PASSWORD = "a-password-of-the-boss"  # noqa: S105 -- of an account that lives for one test


async def test_created_admin_can_sign_in(tmp_path: Path) -> None:
    """An admin made on the command line, before the first start, signs in; nobody else is made."""
    made = run_cronjobs(tmp_path, *BOSS, "--password", PASSWORD)
    assert (made.returncode, made.stdout, made.stderr) == (0, "Made the admin boss.\n", "")
    async with serving(tmp_path) as service, httpx2.AsyncClient(trust_env=False) as client:
        assert "The first admin was made" not in service.stdout
        login = {"username": "boss", "password": PASSWORD}
        answer = await client.post(f"{service.url}/api/v2/auth/login", json=login)
        assert answer.json()["user"]["role"] == "admin"


def test_admin_is_made_once(tmp_path: Path) -> None:
    """A name that is taken ends with 1 and says so."""
    assert run_cronjobs(tmp_path, *BOSS, "--password", PASSWORD).returncode == 0
    again = run_cronjobs(tmp_path, *BOSS, "--password", PASSWORD)
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == "Error: Username already exists\n"


def test_database_is_upgraded_once(tmp_path: Path) -> None:
    """The second upgrade finds nothing to do and says the same revision."""
    first, second = (run_cronjobs(tmp_path, "db", "upgrade") for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout == second.stdout
    assert first.stdout.startswith("The database is at revision ")


def test_bad_settings_end_every_command(tmp_path: Path) -> None:
    """Settings that cannot be read end a command as they end the service."""
    ended = run_cronjobs(tmp_path, "db", "upgrade", JWT_ALGORITHM="none")
    assert ended.returncode == 1
    [line] = ended.stderr.splitlines()
    assert line.startswith("Error: JWT_ALGORITHM")


def test_help_names_every_command(tmp_path: Path) -> None:
    """Who asks for help is told what there is."""
    shown = run_cronjobs(tmp_path, "--help")
    assert shown.returncode == 0
    for command in ("serve", "demo", "db", "users", "openapi"):
        assert f" {command} " in shown.stdout
