"""`cronjobs db check-legacy` and `db upgrade`, as an operator sees them."""

import re
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from cronjobs_http.cli import app
from databases import migrate
from legacy_database import DDL, build_postgres, build_sqlite
from processes import SECRET_KEY, run_cronjobs

WEEKDAYS = re.compile(
    r'"Weekdays" .* count from Sunday .* Before "0 9 \* \* 1-5" is: At 09:00 AM, '
    r"on Tuesday through Saturday \(next run \w{3} [-0-9]{10} 09:00\)\. "
    r"Now .* on Monday through Friday \(next run"
)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the `.env` of the place where the tests run out of it."""
    monkeypatch.chdir(tmp_path)


def _cronjobs(*arguments: str | Path, **settings: str) -> Result:
    """Run a command of the command line, in this process: it is sooner there."""
    settings = {"SECRET_KEY": SECRET_KEY} | settings
    return CliRunner().invoke(app, ["db", *map(str, arguments)], env=settings)


def test_it_says_what_will_change_and_touches_nothing(old_file: Path, tmp_path: Path) -> None:
    """The report names everything that needs attention, and the file stays byte for byte."""
    before = old_file.read_bytes(), sorted(tmp_path.iterdir())
    done = _cronjobs("check-legacy", "old.db", SECRET_KEY="short")  # noqa: S106 -- weak on purpose
    assert done.exit_code == 1, done.output
    assert (old_file.read_bytes(), sorted(tmp_path.iterdir())) == before
    assert WEEKDAYS.search(done.stdout)
    for words in (
        "jobs                                  15",
        "on day 13 of the month, and only if it is Friday",
        '"Month\'s end"',
        "Invalid day of month 'LAST'",
        '"Ended"',
        "Its end date is 2020-01-31.",
        "target_url must start with https://.",
        "target_url points to an address that is not allowed.",
        "../../user/None/a?y=: github_owner may hold only",
        "user names: ANNA, anna",
        "category unheard-of",
        "end_date cannot be read: 'when it is done'; paused",
        "is not in jobs (moved to legacy_rows)",
        "Admins whose password is admin123 (1)\n  - admin",
        "SECRET_KEY is shorter than 32 bytes.",
        "Nothing was changed. Findings: 27.",
    ):
        assert words in done.stdout


def test_settings_that_admit_a_target_silence_its_finding(good_file: Path) -> None:
    """With the networks listed and http admitted these two jobs are no findings any more."""
    chosen = {"WEBHOOK_ALLOW_HTTP": "true", "WEBHOOK_ALLOWED_NETWORKS": "10.0.0.0/8"}
    done = _cronjobs("check-legacy", good_file, **chosen)
    assert "Plain http" not in done.stdout
    assert "Inside" not in done.stdout


def test_nothing_to_say_ends_with_0(tmp_path: Path) -> None:
    """Of an empty installation there is nothing to report."""
    build_sqlite(tmp_path / "old.db", tables={})
    done = _cronjobs("check-legacy", "old.db")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert "Findings: 0." in done.stdout


def test_other_databases_end_with_2(tmp_path: Path) -> None:
    """No such file, no database, somebody else's and our own: each is told, none is touched."""
    (tmp_path / "text.db").write_text("This is no database at all. " * 100)
    build_sqlite(tmp_path / "foreign.db", ddl=["CREATE TABLE films (title TEXT)"], tables={})
    migrate(f"sqlite:///{tmp_path / 'ours.db'}")
    files = sorted(tmp_path.iterdir())
    for name in ("missing.db", "text.db", "foreign.db", "ours.db"):
        done = _cronjobs("check-legacy", name)
        assert done.exit_code == 2, done.stdout
        assert done.stderr.startswith("Error: ")
    assert sorted(tmp_path.iterdir()) == files


def test_a_postgres_database_is_looked_at_by_its_url(postgres_url: str) -> None:
    """The same report is made of a PostgreSQL database."""
    build_postgres(postgres_url)
    done = _cronjobs("check-legacy", postgres_url)
    assert done.exit_code == 1, done.output
    assert WEEKDAYS.search(done.stdout)


def test_the_upgrade_tells_where_the_copy_is(good_file: Path, tmp_path: Path) -> None:
    """It names the copy and the jobs that do not fire, and is quiet the second time."""
    url = f"sqlite:///{good_file}"
    first = run_cronjobs(tmp_path, "db", "upgrade", DATABASE_URL=url)
    assert first.returncode == 0, first.stderr
    (backup,) = good_file.parent.glob("good.db.before-cronjobs-*.bak")
    assert f"It was copied first, to {backup}" in first.stdout
    assert '"Month\'s end"' in first.stdout
    assert "legacy_rows" not in first.stdout
    second = _cronjobs("upgrade", DATABASE_URL=url)
    assert second.stdout == "The database is at revision 0002.\n"


def test_on_postgres_it_says_that_there_is_no_copy(postgres_url: str) -> None:
    """Nobody should believe in a backup that was not made."""
    build_postgres(postgres_url)
    done = _cronjobs("upgrade", DATABASE_URL=postgres_url)
    assert done.exit_code == 0, done.stderr
    assert "No copy was made" in done.stdout


def test_names_cannot_steer_the_terminal(tmp_path: Path) -> None:
    """Control characters of a stored name are not printed."""
    file = build_sqlite(
        tmp_path / "old.db",
        {"jobs": []},
        ddl=DDL,
        tables={
            "jobs": [
                {
                    "id": "j",
                    "name": "\x1b[2Jgone",
                    "cron_expression": "x",
                    "category": "general",
                    "enable_email_notifications": False,
                    "notify_on_success": False,
                    "is_active": True,
                    "created_at": "2025-01-01 00:00:00",
                    "updated_at": "2025-01-01 00:00:00",
                }
            ]
        },
    )
    done = _cronjobs("check-legacy", file)
    assert "\x1b" not in done.stdout
    assert "[2Jgone" in done.stdout


@pytest.mark.parametrize("database", ["mysql://x@y/z", "sqlite://"])
def test_a_database_that_cannot_be_looked_at_is_told(database: str) -> None:
    """A URL of another kind is refused in words."""
    done = _cronjobs("check-legacy", database)
    assert done.exit_code == 2
    assert done.stderr.startswith("Error: ")
