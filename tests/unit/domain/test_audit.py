"""Audit entries: what changed, by whom, and what stays hidden."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from cronjobs_core.domain.audit import HIDDEN, AuditEntry, Entity, entry
from cronjobs_core.domain.slack import SlackSettings
from cronjobs_core.testing.builders import (
    NOON,
    a_category,
    a_job,
    a_pic_team,
    a_user,
    an_actor,
)

ANNA = an_actor(username="anna")


def made(before: Entity | None, after: Entity | None) -> AuditEntry:
    """Return the entry for a change by Anna."""
    return entry(id="e", at=NOON, actor=ANNA, action="change", before=before, after=after)


def test_an_entry_names_its_actor() -> None:
    """An entry keeps who did what, and when."""
    job = a_job()
    audited = made(None, job)
    assert (audited.id, audited.at, audited.action) == ("e", NOON, "change")
    assert (audited.actor_id, audited.actor_name) == (ANNA.user_id, "anna")
    assert (audited.entity_type, audited.entity_id) == ("job", job.id)


def test_the_service_itself_is_called_system() -> None:
    """What nobody asked for is entered without an actor's id."""
    audited = entry(id="e", at=NOON, actor=None, action="pause", before=a_job(), after=None)
    assert (audited.actor_id, audited.actor_name) == (None, "system")


@pytest.mark.parametrize(
    ("entity", "kind"),
    [
        (a_job(), "job"),
        (a_user(), "user"),
        (a_category(), "category"),
        (a_pic_team(), "pic_team"),
        (SlackSettings.initial(NOON), "slack_settings"),
    ],
    ids=["job", "user", "category", "pic_team", "slack_settings"],
)
def test_every_kind_of_thing_can_be_entered(entity: Entity, kind: str) -> None:
    """Creation shows all that is new, deletion all that is gone; both can be stored as JSON."""
    created, deleted = made(None, entity), made(entity, None)
    assert created.entity_type == deleted.entity_type == kind
    assert created.before == deleted.after == {}
    assert created.after == deleted.before
    assert created.after["id"] == entity.id
    assert json.loads(json.dumps(created.after)) == created.after


def test_a_change_shows_only_what_differs() -> None:
    """Fields that are as before are left out, and so are the instants of the rows."""
    before = a_job(name="Nightly", end_date=date(2026, 1, 31), notification_emails=("a@b.example",))
    after = replace(
        before,
        name="Daily",
        end_date=date(2026, 2, 28),
        notification_emails=(),
        updated_at=NOON + timedelta(hours=1),
    )
    audited = made(before, after)
    assert audited.before == {
        "name": "Nightly",
        "end_date": "2026-01-31",
        "notification_emails": ["a@b.example"],
    }
    assert audited.after == {"name": "Daily", "end_date": "2026-02-28", "notification_emails": []}


def test_instants_and_words_are_plain() -> None:
    """Instants are entered as ISO texts and enumerations by their value."""
    audited = made(None, a_user(sessions_end_before=NOON))
    assert audited.after["sessions_end_before"] == "2026-01-15T12:00:00+00:00"
    assert type(audited.after["role"]) is str
    assert audited.after["role"] == "user"


def test_a_password_is_never_entered() -> None:
    """A changed password shows that it changed and nothing of either."""
    before = a_user(password_hash="hash-of-old")  # noqa: S106 -- no real one
    audited = made(before, replace(before, password_hash="hash-of-new"))  # noqa: S106
    assert audited.before == audited.after == {"password_hash": HIDDEN}


def test_the_slack_url_is_never_entered() -> None:
    """Whoever has the URL can post, so a change of it shows only that it changed."""
    before = replace(SlackSettings.initial(NOON), webhook_url="https://hooks.example/m4rker")
    audited = made(before, replace(before, webhook_url=None))
    assert audited.before == audited.after == {"webhook_url": HIDDEN}


@pytest.mark.parametrize(
    "name", ["password", "API_KEY", "apikey", "githubToken", "client-secret", "Authorization"]
)
def test_metadata_with_a_secret_name_is_hidden(name: str) -> None:
    """A value under a name that looks secret is hidden, at any depth; the rest is shown."""
    job = a_job(metadata={"branch": "main", name: "m4rker", "nested": [{name: {"x": "m4rker"}}]})
    audited = made(None, job)
    assert "m4rker" not in json.dumps(audited.after)
    assert audited.after["metadata"]["branch"] == "main"
    assert audited.after["metadata"][name] == HIDDEN


def test_an_entry_is_about_something() -> None:
    """From nothing to nothing is no change."""
    with pytest.raises(ValueError, match="about something"):
        made(None, None)
