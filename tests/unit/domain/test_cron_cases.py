"""Real cases: what people met with other schedulers, and what this one answers."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import pytest

from cronjobs_core.domain.cron import CronExpression
from cronjobs_core.domain.errors import InvalidCronExpression

DATA = Path(__file__).parents[2] / "data"
ROWS = json.loads((DATA / "cron-cases.json").read_text(encoding="utf-8"))
NAMED = json.loads((DATA / "cron-named-cases.json").read_text(encoding="utf-8"))
VALID = [pytest.param(row, id=row["id"]) for row in ROWS if row["valid"]]
REFUSED = [pytest.param(row["expression"], id=row["id"]) for row in ROWS if not row["valid"]]
PREVIEWS = [pytest.param(row, id=f"{row['case']}-{n}") for n, row in enumerate(NAMED)]


@pytest.mark.parametrize("row", VALID)
def test_a_reported_expression_fires_when_cron_would(row: dict[str, Any]) -> None:
    """Each expression from a public report fires at the instants that crontab users expect."""
    expected = [datetime.fromisoformat(text) for text in row["expected_utc"]]
    after = datetime.fromisoformat(row["after"])
    cron = CronExpression.parse(row["expression"])
    found = cron.upcoming(after, row["timezone"], len(expected))
    assert [due.astimezone(UTC) for due in found] == expected


@pytest.mark.parametrize("expression", REFUSED)
def test_a_reported_fault_is_refused(expression: str) -> None:
    """Each text that other libraries take, misread or crash on is refused with a sentence."""
    with pytest.raises(InvalidCronExpression) as caught:
        CronExpression.parse(expression)
    message = caught.value.message
    assert message is not None
    assert message.isascii()
    assert message.isprintable()
    assert message.endswith(".")


@pytest.mark.parametrize("row", PREVIEWS)
def test_a_named_case_shows_the_right_wall_time_and_offset(row: dict[str, Any]) -> None:
    """A preview shows local times with the offset that holds there, in the given zone."""
    after = datetime.fromisoformat(row["after"])
    found = CronExpression.parse(row["expression"]).upcoming(
        after, row["timezone"], len(row["expected"])
    )
    assert [when.isoformat(timespec="minutes") for when in found] == row["expected"]


@pytest.mark.parametrize("zone", ["Asia/Tokio", "JST", "../../etc/passwd", "EST4"])
def test_an_unknown_zone_is_never_read_as_utc(zone: str) -> None:
    """C031: a typing error in a zone name is an error, not a silent shift by hours."""
    cron = CronExpression.parse("0 2 * * *")
    after = datetime.fromisoformat("2026-11-24T00:00:00+09:00")
    with pytest.raises((ZoneInfoNotFoundError, ValueError)):
        cron.next_after(after, zone)
