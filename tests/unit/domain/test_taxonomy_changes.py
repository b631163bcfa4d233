"""Changing categories and PIC teams (contract 4.12)."""

from datetime import timedelta

import pytest

from cronjobs_core.domain.errors import InvalidInput
from cronjobs_core.domain.taxonomy import (
    Category,
    PicTeam,
    category_change,
    entry_change,
    team_change,
)
from cronjobs_core.testing.builders import NOON, a_category, a_pic_team

CATEGORY = a_category(slug="ops", name="Ops")
TEAM = a_pic_team(slug="ops", name="Ops", slack_handle="@ops")
GENERAL = a_category(slug="general", name="General")
LATER = NOON + timedelta(hours=1)


@pytest.mark.parametrize("entry", [CATEGORY, TEAM], ids=["category", "team"])
def test_a_slug_follows_the_name(entry: Category | PicTeam) -> None:
    """A new name brings its slug; the stored name, sent again, leaves a slug of its own alone."""
    assert entry_change(entry, {"name": " Data Base "}) == {
        "name": "Data Base",
        "slug": "data-base",
    }
    kept = entry.change({"slug": "older"}, NOON)
    assert entry_change(kept, {"name": "Ops"}) == {"name": "Ops", "slug": "older"}


@pytest.mark.parametrize(
    "sent", [{}, {"name": None, "slug": None, "is_active": None}, {"unknown": 1}]
)
def test_what_is_absent_is_not_changed(sent: dict[str, object]) -> None:
    """Absent and null fields and unknown keys change nothing."""
    assert entry_change(CATEGORY, sent) == {}
    assert team_change(TEAM, {**sent, "slack_handle": None}) == {}


def test_an_entry_is_switched() -> None:
    """An entry can be switched off and on without a name."""
    assert entry_change(CATEGORY, {"is_active": False}) == {"is_active": False}
    assert team_change(TEAM, {"is_active": True}) == {"is_active": True}


def test_a_slack_handle_is_changed() -> None:
    """A team's handle changes alone or with its name."""
    assert team_change(TEAM, {"slack_handle": " @new "}) == {"slack_handle": "@new"}
    both = team_change(TEAM, {"name": "New", "slack_handle": "@new"})
    assert both == {"name": "New", "slug": "new", "slack_handle": "@new"}


# In the contract's order: each row is told before the ones that follow it.
PROBLEMS = [
    ({"name": ""}, "Invalid name", "Name cannot be empty."),
    ({"name": "東京"}, "Invalid slug", "Unable to generate a valid slug from name."),
    (
        {"slug": "x"},
        "Invalid payload",
        "Slug cannot be edited directly; it is derived from name.",
    ),
    ({"is_active": 1}, "Invalid is_active", "is_active must be true or false."),
    ({"slack_handle": " "}, "Invalid slack_handle", "slack_handle cannot be empty."),
]


@pytest.mark.parametrize("number", range(len(PROBLEMS)))
def test_what_a_change_is_refused_for(number: int) -> None:
    """Each problem is told in the contract's words, and before those that come after it."""
    sent, error, message = PROBLEMS[number]
    later = {key: value for row, _, _ in PROBLEMS[number + 1 :] for key, value in row.items()}
    for fields in (sent, {**later, **sent}):
        with pytest.raises(InvalidInput) as refused:
            team_change(TEAM, fields)
        assert (refused.value.error, refused.value.message) == (error, message)


def test_a_change_is_a_new_value() -> None:
    """Changed values stand in place of the old ones, with the time of the change."""
    for entry in (CATEGORY, TEAM):
        changed = entry.change({"name": "New", "slug": "new"}, LATER)
        assert (changed.name, changed.slug, changed.updated_at) == ("New", "new", LATER)
        assert (changed.id, changed.created_at, changed.is_active) == (entry.id, NOON, True)
        assert entry.name == "Ops"


@pytest.mark.parametrize(
    ("sent", "done"),
    [
        ({"name": "Other"}, "renamed"),
        ({"name": "東京"}, "renamed"),
        ({"name": "Other", "slug": "x", "is_active": False}, "renamed"),
        ({"is_active": False}, "disabled"),
        ({"name": "General", "is_active": False}, "disabled"),
    ],
)
def test_the_general_category_stays(sent: dict[str, object], done: str) -> None:
    """General can be neither renamed (told before what is wrong with the name) nor disabled."""
    with pytest.raises(InvalidInput) as refused:
        category_change(GENERAL, sent)
    assert refused.value.error == "Invalid category"
    assert refused.value.message == f'The "General" category cannot be {done}.'


def test_other_categories_are_renamed_and_disabled() -> None:
    """The rule is about General alone."""
    values = category_change(CATEGORY, {"name": "Other", "is_active": False})
    assert values == {"name": "Other", "slug": "other", "is_active": False}


@pytest.mark.parametrize("sent", [{"name": "General", "is_active": True}, {"name": None}])
def test_the_general_category_may_be_sent_unchanged(sent: dict[str, object]) -> None:
    """Sending General as it is, is no renaming."""
    values = category_change(GENERAL, sent)
    changed = GENERAL.change(values, LATER)
    assert (changed.name, changed.slug, changed.is_active) == ("General", "general", True)
