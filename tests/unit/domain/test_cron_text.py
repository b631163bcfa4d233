"""What a cron expression is called in English, and what is said about odd ones."""

import re

import pytest
from hypothesis import given

from cronjobs_core.domain.cron import CronExpression
from oracles.expressions import expressions

SENTENCE = re.compile(r"(At|Every) [A-Za-z0-9:, ]*[A-Za-z0-9]")


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("* * * * *", "Every minute"),
        ("*/5 * * * *", "Every 5 minutes"),
        ("0,30 * * * *", "Every 30 minutes"),
        ("*/45 * * * *", "At minutes 0 and 45 of every hour"),
        ("*/9 * * * *", "At minutes 0, 9, 18, 27, 36, 45 and 54 of every hour"),
        ("0 * * * *", "At minute 0 of every hour"),
        ("0 2 * * *", "At 02:00 AM, every day"),
        ("0 0,12 * * *", "At 12:00 AM and 12:00 PM, every day"),
        ("15,45 13 * * *", "At 01:15 PM and 01:45 PM, every day"),
        ("* 2 * * *", "Every minute from 02:00 AM to 02:59 AM"),
        ("*/10 9-17 * * *", "Every 10 minutes from 09:00 AM to 05:59 PM"),
        ("0-10 2 * * *", "At minutes 0 through 10 of every hour from 02:00 AM to 02:59 AM"),
        ("0 */2 * * *", "At minute 0 of every 2nd hour from 12:00 AM to 10:59 PM"),
        ("*/5 */3 * * *", "Every 5 minutes of every 3rd hour from 12:00 AM to 09:59 PM"),
        (
            "0 8-10,14-16,20 * * *",
            (
                "At minute 0 of every hour from 08:00 AM to 10:59 AM, from 02:00 PM to 04:59 PM "
                "and from 08:00 PM to 08:59 PM"
            ),
        ),
        ("30 9 * * 1-5", "At 09:30 AM, on Monday through Friday"),
        ("0 9 * * 0,6", "At 09:00 AM, on Saturday and Sunday"),
        ("0 9 * * FRI-SUN", "At 09:00 AM, on Friday through Sunday"),
        ("* * * * 1", "Every minute, on Monday"),
        ("0 0 1 * *", "At 12:00 AM, on day 1 of the month"),
        ("0 0 1,15 * *", "At 12:00 AM, on days 1 and 15 of the month"),
        ("0 0 1-7 * *", "At 12:00 AM, on days 1 through 7 of the month"),
        ("0 0 */10 * *", "At 12:00 AM, on every 10th day from day 1 to day 31 of the month"),
        ("0 0 29 2 *", "At 12:00 AM, on day 29 of February"),
        ("0 0 1 1,4,7-9 *", "At 12:00 AM, on day 1 of January, April and July through September"),
        ("0 0 * 3 *", "At 12:00 AM, every day in March"),
        ("* * * 3 *", "Every minute, every day in March"),
        ("0 9 * 6 1", "At 09:00 AM, on Monday in June"),
        ("0 0 13 * 5", "At 12:00 AM, on day 13 of the month, or on Friday"),
        ("0 0 13 3 5", "At 12:00 AM, on day 13 of March, or on Friday in March"),
        (
            "0 16 */2 * SAT,SUN",
            (
                "At 04:00 PM, on every 2nd day from day 1 to day 31 of the month, "
                "and only if it is Saturday or Sunday"
            ),
        ),
        (
            "1 1 1-7 5 */6",
            "At 01:01 AM, on days 1 through 7 of May, and only if it is Saturday or Sunday",
        ),
        ("0 12 1-31 * 1", "At 12:00 PM, every day"),
        ("0 9 1-29 2 1", "At 09:00 AM, every day in February"),
    ],
)
def test_an_expression_reads_as_an_english_phrase(text: str, description: str) -> None:
    """A user who cannot read cron sees what the job will do."""
    assert CronExpression.parse(text).describe() == description


@given(text=expressions())
def test_every_expression_has_a_description(text: str) -> None:
    """Whatever is valid can be put into words, on one line and without signs."""
    cron = CronExpression.parse(text)
    assert SENTENCE.fullmatch(cron.describe())
    assert all(warning.endswith(".") for warning in cron.warnings())


@pytest.mark.parametrize(
    "text",
    [
        "* * * * *",
        "*/7 * * * *",
        "*/1 */1 */1 */1 */1",
        "*/59 */23 */30 */11 */7",
        "5-6/1 * * * *",
        "0 0 13 * 5",
        "0 0 */2 * 1",
        "0 9 1-31 * *",
        "0 9 1-31 * 0-6",
        "0 9 1-30 * 1",
    ],
)
def test_an_ordinary_expression_gives_no_warning(text: str) -> None:
    """Nobody is warned about what means what it says."""
    assert CronExpression.parse(text).warnings() == ()


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("*/60 * * * *", 'The step 60 in minute "*/60" is larger than the range, so that only 0 '),
        ("*/90 * * * *", 'The step 90 in minute "*/90" is larger than the range, so that only 0 '),
        ("0 */24 * * *", 'The step 24 in hour "*/24" is larger'),
        ("0 0 1,*/31 * *", 'The step 31 in day of month "1,*/31" is larger'),
        ("0 0 * */12 *", 'The step 12 in month "*/12" is larger'),
        ("0 0 * * MON-FRI/5", 'The step 5 in day of week "MON-FRI/5" is larger'),
        ("0 12 1-31 * 1", 'It runs every day, because day of month "1-31" matches each day'),
        ("0 9 1 * 0-6", 'It runs every day, because day of week "0-6" matches each day'),
        ("0 9 1,* * 1", 'It runs every day, because day of month "1,*" matches each day'),
        ("0 9 1-30 4,6 1", 'It runs every day, because day of month "1-30" matches each day'),
    ],
)
def test_what_is_seldom_meant_is_pointed_out(text: str, start: str) -> None:
    """A step beyond its range and a full range beside another day field are valid, but warned."""
    (warning,) = CronExpression.parse(text).warnings()
    assert warning.startswith(start)


def test_a_warning_says_what_it_does_not_mean() -> None:
    """People who write */90 mean every ninety minutes; the warning denies exactly that."""
    (warning,) = CronExpression.parse("*/90 * * * *").warnings()
    assert warning.endswith("so that only 0 is left; it does not mean every 90 minutes.")


def test_each_oddity_has_its_own_warning() -> None:
    """Several oddities are all pointed out, in the order of the fields."""
    found = CronExpression.parse("*/60 */24 1-31 * 1").warnings()
    assert [warning.split()[2] for warning in found] == ["60", "24", "every"]
