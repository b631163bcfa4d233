"""C001 and its kind end to end: preview, next execution and the library say the same (R1, R2).

Every zone of the table is tried with its first rows; the rows one by one are the domain's tests.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from api import PASSWORD, Api, Person, job_body
from cronjobs_core.domain.cron import CronExpression
from integration.api.town import USER, Town, copy_of

DATA = Path(__file__).parents[2] / "data" / "cron-cases.json"
ROWS: list[dict[str, Any]] = json.loads(DATA.read_text(encoding="utf-8"))
PER_ZONE = 3
BY_ZONE = {
    zone: [row for row in rows if row["valid"]][:PER_ZONE]
    for zone, rows in groupby(
        sorted(ROWS, key=lambda row: row["timezone"]), lambda row: row["timezone"]
    )
}
ZONES = [zone for zone, rows in BY_ZONE.items() if rows]
# A body that holds NUL is refused as a whole (S49), before anybody asks what it means.
REFUSED = [
    pytest.param(row["expression"], id=row["id"])
    for row in ROWS
    if not row["valid"] and "\0" not in row["expression"]
]


@asynccontextmanager
async def signed_in_at(town: Town, api: Api, instant: datetime) -> AsyncIterator[Person]:
    """Give the user with tokens of that instant, and let the clock stand there."""
    api.clock.set(instant)
    login = {"username": USER, "password": PASSWORD}
    tokens = (await api.client.post("/api/v2/auth/login", json=login)).json()
    yield Person(api.client, town.people[USER].id, town.people[USER].email, tokens)


@pytest.mark.parametrize("zone", ZONES)
async def test_what_is_shown_is_what_cron_does(town: Town, tmp_path: Path, zone: str) -> None:
    """C001: what the form previews and the list announces is when a crontab fires, DST included."""
    async with copy_of(town, tmp_path, scheduler_timezone=zone) as api:
        for row in BY_ZONE[zone]:
            after = datetime.fromisoformat(row["after"])
            expected = [datetime.fromisoformat(text) for text in row["expected_utc"]]
            async with signed_in_at(town, api, after) as user:
                await check_row(user, row, zone, after, expected)


async def check_row(
    user: Person, row: dict[str, Any], zone: str, after: datetime, expected: list[datetime]
) -> None:
    """Fail where preview, next execution or library differ from the table."""
    text, count = row["expression"], len(expected)
    preview = (await user.post("/jobs/cron-preview", {"expression": text, "count": count})).json()
    job = await user.create_job(name=row["id"], cron_expression=text, end_date="9999-12-31")
    library = CronExpression.parse(text).upcoming(after, zone, count)
    shown = [datetime.fromisoformat(run) for run in preview["next_runs"]]
    assert preview["timezone"] == zone
    assert [run.astimezone(UTC) for run in shown] == expected, row["id"]
    assert preview["next_runs"] == [due.isoformat() for due in library]
    assert job["next_execution_at"] == (preview["next_runs"] or [None])[0]


@pytest.mark.parametrize("expression", REFUSED)
async def test_what_cron_refuses_no_job_is_made_of(
    user: Person, viewer: Person, expression: str
) -> None:
    """R2: every reported fault is refused with the same sentence by checker and door."""
    checked = (await viewer.post("/jobs/validate-cron", {"expression": expression})).json()
    assert (checked["valid"], checked["error"]) == (False, "Invalid cron expression")
    answer = await user.post("/jobs", job_body(cron_expression=expression))
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "Invalid cron expression", "message": checked["message"]},
    )
