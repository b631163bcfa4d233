"""Checking, previewing and describing cron texts (contract 4.8, 5)."""

from typing import Any

import pytest

from api import Person
from cronjobs_core.domain.cron import CronExpression
from integration.api.cases import numbered
from integration.api.shapes import check_instants, holds, refusal
from integration.api.words import FIVE_FIELDS

VALIDATE = "/jobs/validate-cron"
PREVIEW = "/jobs/cron-preview"
DESCRIBE = "/jobs/cron-description"
NOT_TEXT = "Cron expression must be a string."
REFUSED = numbered(
    [
        ("", "Cron expression is required."),
        ("   ", "Cron expression is required."),
        ("* * * *", FIVE_FIELDS),
        ("0 0 0 * * *", FIVE_FIELDS),
        ("0 0 30 2 *", "It never fires: day 30 does not come in month 2."),
        (5, NOT_TEXT),
        (True, NOT_TEXT),
        (["* * * * *"], NOT_TEXT),
        ({"a": 1}, NOT_TEXT),
    ]
)


@pytest.mark.parametrize("key", ["expression", "cron_expression"])
async def test_a_good_text_is_told_with_its_meaning(viewer: Person, key: str) -> None:
    """C-17: both names of the field are read, and both come back."""
    answer = await viewer.post(VALIDATE, {key: "0 2 * * 1-5"})
    body = answer.json()
    assert answer.status_code == 200
    holds(
        body,
        {
            "valid": True,
            "message": "Valid cron expression",
            "expression": "0 2 * * 1-5",
            "cron_expression": "0 2 * * 1-5",
            "description": CronExpression.parse("0 2 * * 1-5").describe(),
        },
    )
    assert "error" not in body


@pytest.mark.parametrize(("text", "why"), REFUSED)
async def test_a_bad_text_is_a_good_question(viewer: Person, text: Any, why: str) -> None:
    """C-16: 200 with the reason, as the frontend asks at every key stroke."""
    answer = await viewer.post(VALIDATE, {"expression": text})
    body = answer.json()
    assert answer.status_code == 200
    assert (
        body.items() >= {"valid": False, "error": "Invalid cron expression", "message": why}.items()
    )


@pytest.mark.parametrize("body", [{}, {"expression": None}, {"cron_expression": ""}], ids=str)
async def test_nothing_is_no_cron_text(viewer: Person, body: dict[str, Any]) -> None:
    """An empty field of the form is told what it lacks."""
    answer = (await viewer.post(VALIDATE, body)).json()
    assert (answer["valid"], answer["message"]) == (False, "Cron expression is required.")


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("0 0 * * 7", True),
        ("0 0 * * SUN", True),
        ("*/60 * * * *", True),
        ("0 0 13 * 5", True),
        ("5/15 * * * *", False),
        ("0 0 * * 5-1", False),
        ("60 * * * *", False),
        ("* 24 * * *", False),
        ("0 0 0 * *", False),
        ("0 0 * 13 *", False),
        ("0 0 * * 8", False),
        ("*/0 * * * *", False),
        ("@daily", False),
        ("0 0 L * *", False),
        ("0 0 ? * *", False),
        ("\u0660 \u0660 * * *", False),
        ("0 0 * * *\n", False),
        (f"{'0,' * 49}0 0 * * *", False),
    ],
)
async def test_the_door_reads_cron_as_cron_does(
    viewer: Person, user: Person, text: str, valid: bool
) -> None:
    """F-03: Sunday is 0 and 7, and what a crontab refuses no job is made of."""
    assert (await viewer.post(VALIDATE, {"expression": text})).json()["valid"] is valid
    preview = await viewer.post(PREVIEW, {"expression": text, "count": 1})
    body = {
        "name": "x",
        "cron_expression": text,
        "end_date": "2026-12-31",
        "pic_team": "payments",
        "target_url": "https://example.com/",
    }
    created = await user.post("/jobs", body)
    assert (preview.status_code, created.status_code) == ((200, 201) if valid else (400, 400))
    if not valid:
        assert created.json() == preview.json()
        assert created.json()["error"] == "Invalid cron expression"


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (None, 5),
        (0, 5),
        (1, 1),
        (5, 5),
        (20, 20),
        (21, 20),
        (2**62, 20),
        (-1, 0),
        (-(2**62), 0),
    ],
)
async def test_a_preview_shows_as_many_as_asked_up_to_twenty(
    viewer: Person, count: int | None, shown: int
) -> None:
    """Section 4.8: five by default, twenty at most, none for less than none."""
    body = (await viewer.post(PREVIEW, {"expression": "0 10 * * 2", "count": count})).json()
    assert set(body) == {"cron_expression", "timezone", "next_runs", "count"}
    assert (body["cron_expression"], body["timezone"], body["count"]) == (
        "0 10 * * 2",
        "Asia/Tokyo",
        shown,
    )
    assert len(body["next_runs"]) == shown == check_instants(body)
    assert body["next_runs"][:1] == (["2026-12-01T10:00:00+09:00"] if shown else [])


@pytest.mark.parametrize("count", ["abc", "5", 5.0, 1.5, True, [5], {"a": 1}], ids=str)
async def test_a_count_that_is_no_integer_is_400(viewer: Person, count: Any) -> None:
    """F-13: `count:"abc"` was a fault of the server once."""
    answer = await viewer.post(PREVIEW, {"expression": "* * * * *", "count": count})
    assert (answer.status_code, answer.json()) == (
        400,
        refusal("Invalid count", "count must be an integer."),
    )


@pytest.mark.parametrize("path", [PREVIEW, DESCRIBE])
@pytest.mark.parametrize(("text", "why"), REFUSED)
async def test_what_cannot_be_read_cannot_be_shown(
    viewer: Person, path: str, text: Any, why: str
) -> None:
    """Section 4.8: 400 with the reason, exactly these two keys."""
    answer = await viewer.post(path, {"expression": text})
    assert (answer.status_code, answer.json()) == (400, refusal("Invalid cron expression", why))


async def test_a_bad_text_is_told_before_a_bad_count(viewer: Person) -> None:
    """Whoever mends the text first is told about the count next."""
    answer = await viewer.post(PREVIEW, {"expression": "x", "count": "x"})
    assert answer.json()["error"] in {"Invalid cron expression", "Invalid count"}


@pytest.mark.parametrize("key", ["expression", "cron_expression"])
async def test_a_description_is_a_sentence(viewer: Person, key: str) -> None:
    """C-35: the frontend's caller reads `description`."""
    answer = await viewer.post(DESCRIBE, {key: "0 2 * * *"})
    assert (answer.status_code, answer.json()) == (
        200,
        {"cron_expression": "0 2 * * *", "description": "At 02:00 AM, every day"},
    )


async def test_a_preview_begins_after_now(viewer: Person) -> None:
    """Section 5: from now, exclusive of the past; it is 08:59:30 in Tokyo."""
    runs = (await viewer.post(PREVIEW, {"expression": "59 8 * * *", "count": 1})).json()[
        "next_runs"
    ]
    assert runs == ["2026-11-26T08:59:00+09:00"]
