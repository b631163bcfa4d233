"""Preferences: which mails a user gets, which columns a user sees."""

from dataclasses import fields
from datetime import UTC, datetime

import pytest

from cronjobs_core.domain.errors import InvalidInput
from cronjobs_core.domain.ids import UserId
from cronjobs_core.domain.preferences import (
    DEFAULT_COLUMNS,
    NotificationFlags,
    UiPreferences,
    columns,
)

FLAGS = [one.name for one in fields(NotificationFlags)]


def test_the_flags_of_a_new_user() -> None:
    """Before anything is chosen, mails come for success and failure only."""
    on = {name for name in FLAGS if getattr(NotificationFlags(), name)}
    assert on == {"email_on_job_success", "email_on_job_failure"}


@pytest.mark.parametrize("name", FLAGS)
def test_one_flag_is_changed(name: str) -> None:
    """A change of one flag leaves the others; unknown keys and null change nothing."""
    before = NotificationFlags()
    wanted = not getattr(before, name)
    changed = before.changed({**dict.fromkeys(FLAGS), "unknown": True, name: wanted})
    assert getattr(changed, name) is wanted
    assert all(getattr(changed, one) == getattr(before, one) for one in FLAGS if one != name)


@pytest.mark.parametrize("value", ["false", 0, []])
def test_a_flag_is_a_boolean(value: object) -> None:
    """A word or a number is refused, not taken for true."""
    with pytest.raises(InvalidInput, match="weekly_report must be true or false"):
        NotificationFlags().changed({"weekly_report": value})


def test_columns_are_laid_over_the_defaults() -> None:
    """Known columns are taken; what is not sent is the default again, unknown ones are dropped."""
    assert columns({"jobs_table_columns": {}}) == DEFAULT_COLUMNS
    sent = {"pic_team": False, "target_url": True, "end_date": None, "unknown": True}
    chosen = columns({"jobs_table_columns": sent})
    assert chosen == {**DEFAULT_COLUMNS, "pic_team": False, "target_url": True}


@pytest.mark.parametrize(
    ("sent", "error", "message"),
    [
        ({}, "Missing required fields", '"jobs_table_columns" is required.'),
        (
            {"jobs_table_columns": None},
            "Missing required fields",
            '"jobs_table_columns" is required.',
        ),
        ({"jobs_table_columns": []}, "Invalid payload", '"jobs_table_columns" must be an object.'),
        (
            {"jobs_table_columns": {"pic_team": 1}},
            "Invalid pic_team",
            "pic_team must be true or false.",
        ),
    ],
    ids=["absent", "null", "list", "number"],
)
def test_what_columns_are_refused_for(sent: dict[str, object], error: str, message: str) -> None:
    """Each problem is told in the contract's words (4.3)."""
    with pytest.raises(InvalidInput) as refused:
        columns(sent)
    assert (refused.value.error, refused.value.message) == (error, message)


def test_what_an_old_row_does_not_say_is_the_default() -> None:
    """A choice that was stored long ago keeps what it says and gets the columns that came later."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    stored: dict[str, object] = {"target_url": True, "pic_team": "yes", "gone": True}
    chosen = UiPreferences(
        id="p",
        user_id=UserId("u"),
        jobs_table_columns=stored,  # type: ignore[arg-type] -- what a database may hold
        created_at=at,
        updated_at=at,
    ).complete()
    assert chosen.jobs_table_columns == {**DEFAULT_COLUMNS, "target_url": True}
