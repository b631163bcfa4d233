"""From a request to a job: what is accepted, and what becomes of it."""

from dataclasses import replace
from datetime import date

import pytest

from cronjobs_core.domain.job_form import changed_job_values, new_job_values, parse_day
from cronjobs_core.domain.taxonomy import Directory
from cronjobs_core.testing.builders import a_pic_team
from unit.domain.job_forms import (
    AROUND,
    EXPIRED,
    NAME_TAKEN,
    STORED,
    TODAY,
    VALID,
    YESTERDAY,
    Sent,
)


def test_a_name_that_is_not_sent_is_not_judged() -> None:
    """A change that leaves the name alone does not ask whether it is taken."""
    assert "name" not in changed_job_values(STORED, {"is_active": True}, NAME_TAKEN)


def test_nothing_is_required_of_a_change() -> None:
    """A change of nothing is no error and changes nothing that was stored."""
    values = changed_job_values(STORED, {}, AROUND)
    assert replace(STORED, **values) == STORED


def test_the_forms_own_end_date_does_not_block_an_edit() -> None:
    """The frontend sends the stored end date with every edit, also when it has passed."""
    values = changed_job_values(EXPIRED, {"name": "New", "end_date": "2026-01-14"}, AROUND)
    assert (values["name"], values["end_date"]) == ("New", YESTERDAY)


def test_a_disabled_team_does_not_block_an_edit() -> None:
    """The frontend sends the stored team with every edit, also when it was disabled or removed."""
    for slug in ("gone", "unheard-of"):
        job = replace(STORED, pic_team=slug)
        assert changed_job_values(job, {"pic_team": slug}, AROUND)["pic_team"] == slug


def test_the_values_of_a_new_job() -> None:
    """What is not sent gets its default; what is sent is trimmed and resolved."""
    values = new_job_values(VALID | {"name": " Nightly ", "pic_team": "Payment PEOPLE"}, AROUND)
    assert values == {
        "name": "Nightly",
        "cron_expression": "0 9 * * *",
        "target_url": "https://hooks.example.com/run",
        "category": "general",
        "metadata": {},
        "enable_email_notifications": False,
        "notification_emails": (),
        "notify_on_success": False,
        "end_date": TODAY,
        "pic_team": "payments",
        "is_active": True,
    }


NULLABLE = (
    "target_url",
    "github_owner",
    "github_repo",
    "github_workflow_name",
    "category",
    "enable_email_notifications",
    "notification_emails",
    "notify_on_success",
    "pic_team_slug",
    "is_active",
)


@pytest.mark.parametrize("field", [*NULLABLE, "name", "cron_expression", "pic_team"])
def test_null_leaves_what_is_stored(field: str) -> None:
    """In a change null means absent: the stored value stays."""
    values = changed_job_values(STORED, {field: None}, AROUND)
    assert replace(STORED, **values) == STORED


@pytest.mark.parametrize("field", [one for one in NULLABLE if one != "target_url"])
def test_null_is_the_default_of_a_new_job(field: str) -> None:
    """In a creation null means absent: the default stands."""
    assert new_job_values(VALID | {field: None}, AROUND) == new_job_values(VALID, AROUND)


def test_metadata_that_is_null_is_emptied() -> None:
    """Null metadata is an empty object, on creation and on change."""
    assert new_job_values(VALID | {"metadata": None}, AROUND)["metadata"] == {}
    assert changed_job_values(STORED, {"metadata": None}, AROUND) == changed_job_values(
        STORED, {"metadata": {}}, AROUND
    )
    assert changed_job_values(STORED, {"metadata": {"a": 1}}, AROUND)["metadata"] == {"a": 1}


@pytest.mark.parametrize(
    ("sent", "slug"),
    [
        ("dr-testing", "dr-testing"),
        (" DR Testing ", "dr-testing"),
        ("disaster RECOVERY", "dr-testing"),
        ("old", "old"),
        ("General", "general"),
        ("", "general"),
        ("  ", "general"),
    ],
)
def test_how_a_category_may_be_named(sent: str, slug: str) -> None:
    """A category is found by slug or name, also an inactive one; a blank one is General."""
    assert new_job_values(VALID | {"category": sent}, AROUND)["category"] == slug
    assert changed_job_values(STORED, {"category": sent}, AROUND)["category"] == slug


def test_general_needs_no_entry() -> None:
    """General is accepted also where the list of categories does not hold it."""
    around = replace(AROUND, categories=Directory([]))
    assert new_job_values(VALID | {"category": "GENERAL"}, around)["category"] == "general"


@pytest.mark.parametrize("field", ["pic_team", "pic_team_slug"])
@pytest.mark.parametrize("sent", ["payments", "PAYMENTS", "Payment people", " payments "])
def test_how_a_team_may_be_named(field: str, sent: str) -> None:
    """A team is found by slug or name, under either key."""
    fields = {key: value for key, value in VALID.items() if key != "pic_team"} | {field: sent}
    assert new_job_values(fields, AROUND)["pic_team"] == "payments"


def test_a_team_with_a_name_in_any_script() -> None:
    """A name that has no slug of its own is still a name."""
    around = replace(AROUND, teams=Directory([a_pic_team(slug="tokyo", name="東京")]))
    assert new_job_values(VALID | {"pic_team": "東京"}, around)["pic_team"] == "tokyo"


MAILED = {
    "enable_email_notifications": True,
    "notification_emails": ["ops@example.com"],
    "notify_on_success": True,
}
WITH_MAIL = replace(
    STORED,
    enable_email_notifications=True,
    notification_emails=("ops@example.com",),
    notify_on_success=True,
)


def mail(values: Sent) -> tuple[bool, tuple[str, ...], bool]:
    """Return the three settings about mail."""
    return (
        values["enable_email_notifications"],
        values["notification_emails"],
        values["notify_on_success"],
    )


def test_mail_settings_of_a_new_job() -> None:
    """Recipients and the wish for success mails are kept while mails are enabled, else dropped."""
    assert mail(new_job_values(VALID | MAILED, AROUND)) == (True, ("ops@example.com",), True)
    disabled = VALID | MAILED | {"enable_email_notifications": False}
    assert mail(new_job_values(disabled, AROUND)) == (False, (), False)


def test_mail_settings_of_a_change() -> None:
    """Disabling mails empties the other two even if they are sent; enabling keeps what is sent."""
    off = {**MAILED, "enable_email_notifications": False}
    assert mail(changed_job_values(WITH_MAIL, off, AROUND)) == (False, (), False)
    without_flag = {"notification_emails": ["new@example.com"], "notify_on_success": True}
    assert mail(changed_job_values(STORED, without_flag, AROUND)) == (False, (), False)
    changed = mail(changed_job_values(WITH_MAIL, without_flag, AROUND))
    assert changed == (True, ("new@example.com",), True)
    kept = mail(changed_job_values(WITH_MAIL, {"notify_on_success": False}, AROUND))
    assert kept == (True, ("ops@example.com",), False)
    emptied = mail(changed_job_values(WITH_MAIL, {"notification_emails": []}, AROUND))
    assert emptied == (True, (), True)


def test_blanks_in_a_cron_expression() -> None:
    """The fields of a cron text are stored with single blanks between them."""
    values = new_job_values(VALID | {"cron_expression": "  0  9 *\t* * "}, AROUND)
    assert values["cron_expression"] == "0 9 * * *"


def test_a_day_is_read() -> None:
    """An end date is a calendar day, with or without blanks around it."""
    assert parse_day(" 2026-02-28 ") == date(2026, 2, 28)


def test_options() -> None:
    """Options that are sent are validated and replace all stored ones; null leaves them."""
    assert new_job_values(VALID | {"options": {"retries": 2}}, AROUND)["options"] == {"retries": 2}
    job = replace(STORED, options={"retries": 2, "method": "GET"})
    assert changed_job_values(job, {"options": {"retries": 3}}, AROUND)["options"] == {"retries": 3}
    assert changed_job_values(job, {"options": {}}, AROUND)["options"] == {}
    assert "options" not in changed_job_values(job, {"options": None}, AROUND)
