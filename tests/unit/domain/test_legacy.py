"""What the move from the previous backend changes for a job."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st

from cronjobs_core.domain.addresses import AddressRules
from cronjobs_core.domain.jobs import Job
from cronjobs_core.domain.legacy import Change, differing_in_case, former_weekdays, what_changes
from cronjobs_core.domain.targets import TargetRules
from cronjobs_core.testing.builders import a_job

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
"""Tuesday noon in Tokyo, as in the contract's observation (section 5)."""
A_WEEK = [date(2026, 11, 22) + timedelta(days=n) for n in range(7)]


def _found(job: Job, rules: TargetRules | None = None) -> list[tuple[Change, str]]:
    found = what_changes(job, NOW, TOKYO, rules or TargetRules())
    return [(one.change, one.message) for one in found]


def _changes(**values: Any) -> list[Change]:
    return [change for change, _ in _found(a_job(**values))]


@pytest.mark.parametrize(
    "cron", ["0 2 * * *", "0 9 * * MON-FRI", "*/5 * 1 * *", "0 0 */2 * SUN", "0 0 * * */1"]
)
def test_most_jobs_stay_as_they_are(cron: str) -> None:
    """Without weekday numbers, and with one restricted day field, nothing changes."""
    assert _changes(cron_expression=cron) == []


def test_weekday_numbers_move_by_a_day() -> None:
    """The finding names the days and the next run, before and now."""
    ((change, message),) = _found(a_job(cron_expression="0 10 * * 2"))
    assert change is Change.TIMES
    assert "on Wednesday (next run Wed 2026-11-25 10:00)" in message
    assert "on Tuesday (next run Tue 2026-12-01 10:00)" in message


def test_two_day_fields_mean_either() -> None:
    """What had to be both is either now, also where the weekday is a name."""
    ((change, message),) = _found(a_job(cron_expression="0 0 13 * FRI"))
    assert change is Change.TIMES
    assert "Before" in message
    assert "and only if it is Friday (next run Fri 2027-08-13" in message
    assert "or on Friday (next run Fri 2026-11-27" in message
    assert "count from Sunday" not in message


def test_a_text_that_was_refused_before_fires_now() -> None:
    """Day 7 was no weekday there."""
    ((change, message),) = _found(a_job(cron_expression="0 0 * * 7"))
    assert change is Change.TIMES
    assert "could not run it" in message
    assert "on Sunday" in message


@pytest.mark.parametrize("cron", ["0 0 last * *", "5/15 * * * *", "0 0 30 2 *", "@daily", ""])
def test_a_text_that_is_not_valid_here_is_told_with_the_reason(cron: str) -> None:
    """Such a job is shown and does not fire."""
    ((change, message),) = _found(a_job(cron_expression=cron))
    assert change is Change.INVALID_CRON
    assert message.startswith(f'"{cron}": ')


def test_a_job_past_its_end_is_told_while_it_is_active() -> None:
    """An inactive one does not change."""
    assert _changes(end_date=date(2026, 11, 23)) == [Change.ENDED]
    assert _changes(end_date=date(2026, 11, 24)) == []
    assert _changes(end_date=date(2026, 11, 23), is_active=False) == []


def test_refused_targets_are_told() -> None:
    """http, private addresses and the absence of a target are, and the operator's rules count."""
    plain = a_job(target_url="http://10.0.0.1/x")
    assert _changes(target_url="http://example.com") == [Change.TARGET]
    assert _changes(target_url="https://10.0.0.1/x") == [Change.TARGET]
    assert _changes(target_url=None) == [Change.TARGET]
    rules = TargetRules(allow_http=True, addresses=AddressRules.parse(["10.0.0.0/8"]))
    assert _found(plain, rules) == []


@pytest.mark.parametrize(("owner", "count"), [("acme", 0), ("../../user", 1), ("None", 1)])
def test_refused_github_names_are_told(owner: str, count: int) -> None:
    """Names that are no plain names, and the text None that the previous backend stored (F-12)."""
    job = a_job(github_owner=owner, github_repo="tools", github_workflow_name="build.yml")
    assert [change for change, _ in _found(job)] == [Change.GITHUB] * count


def test_texts_that_differ_in_case_only_are_grouped() -> None:
    """Each group is told once; equal texts are no difference."""
    assert differing_in_case(["b", "A", "a", "B", "c", "c"]) == [("A", "a"), ("B", "b")]


_NUMBER = st.integers(0, 8).map(str)
_NAME = st.sampled_from(["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN", "XYZ"])
_PART = st.one_of(
    st.just("*"),
    st.builds("*/{}".format, _NUMBER),
    _NUMBER,
    st.builds("{}-{}".format, _NUMBER, _NUMBER),
    st.builds("{}-{}/{}".format, _NUMBER, _NUMBER, _NUMBER),
    st.builds("{}/{}".format, _NUMBER, _NUMBER),
    _NAME,
    st.builds("{}-{}".format, _NAME, _NAME),
    st.builds("{}-{}/{}".format, _NAME, _NAME, _NUMBER),
)


@given(st.lists(_PART, min_size=1, max_size=3).map(",".join))
def test_former_weekdays_are_those_of_the_library_in_use_then(field: str) -> None:
    """The days are the ones on which APScheduler fires, and what it refuses is refused."""
    found = former_weekdays(field)
    try:
        trigger = CronTrigger.from_crontab(f"0 0 * * {field}", timezone=UTC)
    except ValueError:
        assert found is None, json.dumps(field)
        return
    assert found is not None
    for weekday, day in enumerate(A_WEEK):
        start = datetime(day.year, day.month, day.day, tzinfo=UTC)
        assert (trigger.get_next_fire_time(None, start) == start) == bool(found >> weekday & 1)
