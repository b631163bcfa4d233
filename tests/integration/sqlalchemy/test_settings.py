"""Settings of an old database: several where there should be one, and rubbish inside."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncEngine

from cronjobs_adapters.sqlalchemy import SqlStore
from cronjobs_adapters.sqlalchemy.rows import to_row
from cronjobs_adapters.sqlalchemy.tables import slack_settings as slack_table
from cronjobs_core.testing.builders import NOON, a_user, slack_settings, ui_preferences
from cronjobs_core.testing.contracts.store_case import given

HOUR = timedelta(hours=1)


async def test_of_several_slack_settings_the_last_changed_counts(
    store: SqlStore, engine: AsyncEngine
) -> None:
    """Where an old database holds several rows, the settings are those changed last."""
    settings = [slack_settings(id=str(n), updated_at=NOON + n % 3 * HOUR) for n in range(5)]
    async with engine.begin() as connection:
        await connection.execute(insert(slack_table), [to_row(one) for one in settings])
    async with store.reading() as unit:
        assert await unit.slack.get() == settings[2]


async def test_storing_slack_settings_leaves_one_row(store: SqlStore, engine: AsyncEngine) -> None:
    """The settings that are stored take the place of all that an old database held."""
    old = [slack_settings(id=str(number), updated_at=NOON + HOUR) for number in range(3)]
    async with engine.begin() as connection:
        await connection.execute(insert(slack_table), [to_row(one) for one in old])
    changed = slack_settings(id="1", channel="#new")
    await given(store, changed)
    async with store.reading() as unit:
        assert await unit.slack.get() == changed
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM slack_settings")) == 1


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        (None, {}),
        ("", {}),
        ("null", {}),
        ("[true]", {}),
        ("{", {}),
        ("not json", {}),
        (json.dumps({"pic_team": True, "end_date": "yes", "x": 1, "y": None}), {"pic_team": True}),
    ],
    ids=["NULL", "empty", "null", "list", "cut", "words", "other values"],
)
async def test_columns_that_are_no_booleans_are_left_out(
    store: SqlStore, engine: AsyncEngine, stored: str | None, read: dict[str, bool]
) -> None:
    """Whatever an old database holds as table columns, its booleans are read and nothing else."""
    user = a_user()
    await given(store, user, ui_preferences(user_id=user.id))
    async with engine.begin() as connection:
        change = text("UPDATE user_ui_preferences SET jobs_table_columns = :stored")
        await connection.execute(change, {"stored": stored})
    async with store.reading() as unit:
        kept = await unit.preferences.ui(user.id)
    assert kept is not None
    assert kept.jobs_table_columns == read
