"""A job's options: validated, stored and shown (contract 4.5; ours)."""

from typing import Any

import pytest

from api import Api, Person, job_body
from integration.api.cases import numbered
from integration.api.contents import unchanged
from integration.api.shapes import refusal

EVERY = {
    "timezone": "Europe/Berlin",
    "method": "PUT",
    "headers": {"X-Team": "payments", "Accept": "text/plain"},
    "timeout_seconds": 2.5,
    "expect_status": [200, 202],
    "retries": 3,
    "retry_delay_seconds": 30,
    "overlap": "allow",
    "misfire_window_seconds": 600,
    "dst": "skip",
}
KNOWN = ", ".join(EVERY)
STATUSES = "expect_status must be a list of HTTP statuses"


def bad(problem: str) -> dict[str, Any]:
    """Return the body of the error about options."""
    return refusal("Invalid options", f"options: {problem}.")


async def test_a_job_has_no_options_unless_they_are_sent(user: Person) -> None:
    """An object in any case, so that clients need not ask whether it is there."""
    assert (await user.create_job())["options"] == {}
    for number, sent in enumerate((None, {}, {"retries": None})):
        job = await user.create_job(name=f"Job {number}", options=sent)
        assert job["options"] == {}


async def test_options_come_back_as_they_were_sent(user: Person, other: Person) -> None:
    """In every answer that shows a job."""
    job = await user.create_job(options=EVERY)
    assert job["options"] == EVERY
    assert (await other.get(f"/jobs/{job['id']}")).json()["job"] == job
    assert (await other.get("/jobs")).json()["jobs"] == [job]
    changed = await user.put(f"/jobs/{job['id']}", {"metadata": {}})
    assert changed.json()["job"]["options"] == EVERY


async def test_options_are_tidied(user: Person) -> None:
    """Methods in capitals, statuses sorted and each once."""
    sent = {"method": "patch", "expect_status": [204, 200, 204], "timeout_seconds": 5}
    shown = (await user.create_job(options=sent))["options"]
    assert shown == {"method": "PATCH", "expect_status": [200, 204], "timeout_seconds": 5}


@pytest.mark.parametrize(
    ("sent", "after"),
    numbered(
        [
            (None, {"retries": 3, "overlap": "allow"}),
            ({}, {}),
            ({"retries": 1}, {"retries": 1}),
            ({"retries": None, "dst": "run"}, {"dst": "run"}),
        ]
    ),
)
async def test_options_are_changed_as_a_whole(
    user: Person, sent: dict[str, Any] | None, after: dict[str, Any]
) -> None:
    """Decision 0.12: null leaves them; what is sent takes the place of all."""
    job = await user.create_job(options={"retries": 3, "overlap": "allow"})
    answer = await user.put(f"/jobs/{job['id']}", {"options": sent})
    assert answer.json()["job"]["options"] == after
    assert (await user.get(f"/jobs/{job['id']}")).json()["job"]["options"] == after


@pytest.mark.parametrize(
    ("options", "body"),
    numbered(
        [
            ([], refusal("Invalid options", "options must be a JSON object.")),
            ("x", refusal("Invalid options", "options must be a JSON object.")),
            ({"retry": 3}, bad(f"unknown option 'retry'; known are {KNOWN}")),
            ({"Timezone": "UTC"}, bad(f"unknown option 'Timezone'; known are {KNOWN}")),
            (
                {"timezone": "Mars/Base"},
                bad("timezone must be the name of a time zone, such as Europe/Berlin"),
            ),
            (
                {"timezone": "../etc/passwd"},
                bad("timezone must be the name of a time zone, such as Europe/Berlin"),
            ),
            (
                {"timezone": 9},
                bad("timezone must be the name of a time zone, such as Europe/Berlin"),
            ),
            (
                {"method": "BREW"},
                bad("method must be one of GET, POST, PUT, PATCH, DELETE, HEAD"),
            ),
            ({"headers": []}, bad("headers must be an object of at most 20 texts")),
            (
                {"headers": {f"x-{n}": "" for n in range(21)}},
                bad("headers must be an object of at most 20 texts"),
            ),
            ({"headers": {"Host": "x"}}, bad("headers must not set 'Host'")),
            ({"headers": {"a b": "x"}}, bad("headers must not set 'a b'")),
            (
                {"headers": {"X-A": "a\r\nX-B: b"}},
                bad("headers: the value of 'X-A' must be one line of text"),
            ),
            ({"headers": {"X-A": 5}}, bad("headers: the value of 'X-A' must be one line of text")),
            ({"headers": {"X-A": "ü"}}, bad("headers: the value of 'X-A' must be ASCII")),
            ({"timeout_seconds": 0}, bad("timeout_seconds must be a number from 1 to 900")),
            ({"timeout_seconds": "10"}, bad("timeout_seconds must be a number from 1 to 900")),
            ({"expect_status": 200}, bad(STATUSES)),
            ({"expect_status": []}, bad(STATUSES)),
            ({"expect_status": [99]}, bad(STATUSES)),
            ({"expect_status": ["200"]}, bad(STATUSES)),
            ({"retries": 11}, bad("retries must be a whole number from 0 to 10")),
            ({"retries": True}, bad("retries must be a whole number from 0 to 10")),
            ({"retries": 1.5}, bad("retries must be a whole number from 0 to 10")),
            (
                {"retry_delay_seconds": 3601},
                bad("retry_delay_seconds must be a number from 1 to 3600"),
            ),
            ({"overlap": "queue"}, bad("overlap must be one of skip, allow")),
            (
                {"misfire_window_seconds": -1},
                bad("misfire_window_seconds must be a whole number from 0 to 86400"),
            ),
            ({"dst": "twice"}, bad("dst must be one of run, skip")),
        ]
    ),
)
async def test_options_that_make_no_sense_are_400(
    api: Api, user: Person, options: Any, body: dict[str, Any]
) -> None:
    """A misspelt option is noticed, by create and change alike, and nothing is stored."""
    job = await user.create_job(options={"retries": 3})
    async with unchanged(api):
        created = await user.post("/jobs", job_body(name="Other", options=options))
        changed = await user.put(f"/jobs/{job['id']}", {"name": "Renamed", "options": options})
    for answer in (created, changed):
        assert (answer.status_code, answer.json()) == (400, body)


async def test_the_contracts_fields_are_told_first(user: Person) -> None:
    """Options are ours: they come after all that clients of the contract know."""
    answer = await user.post("/jobs", job_body(pic_team="nobody", options={"x": 1}))
    assert answer.json()["error"] == "Invalid PIC team"
    assert set(answer.json()["details"]) == {"pic_team", "options"}


async def test_the_zone_of_a_job_is_the_zone_of_its_next_run(user: Person) -> None:
    """The instant that is shown is the one at which it is planned, with that zone's offset."""
    job = await user.create_job(
        cron_expression="0 2 * * *", options={"timezone": "America/New_York"}
    )
    assert job["next_execution_at"] == "2026-11-25T02:00:00-05:00"
