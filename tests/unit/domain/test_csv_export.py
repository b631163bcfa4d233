"""Jobs as CSV, and the way back."""

import csv
from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronjobs_core.domain.csv_export import csv_of_jobs, csv_template
from cronjobs_core.domain.csv_jobs import Known, judge
from cronjobs_core.domain.csv_table import read_table
from cronjobs_core.domain.jobs import Job
from cronjobs_core.domain.targets import TargetRules
from cronjobs_core.testing.builders import NOON, a_category, a_job, a_pic_team

KNOWN = Known(
    categories=(a_category(slug="general"), a_category(slug="dr-testing", name="=Recovery")),
    teams=(a_pic_team(slug="payments", name="-Payments"),),
    names_taken=frozenset(),
    targets=TargetRules(github_owner="somebody-else"),
    today=date(2026, 1, 15),
)
KEPT = [
    one.name
    for one in fields(Job)
    if one.name not in {"id", "created_by", "created_at", "updated_at"}
    and one.name not in {"enable_email_notifications", "notification_emails", "notify_on_success"}
]
TRIGGERS = "=+-@\t\r＝＋－＠'"  # noqa: RUF001


def cells_of(text: str) -> list[list[str]]:
    """Return the lines of a CSV text as another program reads them."""
    return list(csv.reader(StringIO(text, newline="")))


def brought_back(jobs: Sequence[Job]) -> list[dict[str, Any]]:
    """Return what an import of the exported jobs would make, where there is none of them."""
    judgement = judge(read_table(csv_of_jobs(jobs).encode("utf-8-sig")).rows, KNOWN)
    assert judgement.errors == ()
    made = [
        Job(id=job.id, created_at=NOON, updated_at=NOON, **values)
        for job, values in zip(jobs, judgement.jobs, strict=True)
    ]
    return [kept(job) for job in made]


def kept(job: Job) -> dict[str, Any]:
    """Return the fields of a job that an export is to keep."""
    return {name: getattr(job, name) for name in KEPT}


def a_full_job(**overrides: Any) -> Job:
    """Return a job as a CSV row can make one."""
    return a_job(**{"pic_team": "payments"} | overrides)


TRIO = {"github_owner": "acme", "github_repo": "app", "github_workflow_name": "run.yml"}


@pytest.mark.parametrize(
    "overrides",
    [
        {},
        {"target_url": None, **TRIO},
        TRIO,
        {"github_repo": "app"},
        {"github_repo": "app", "github_workflow_name": "run"},
        {"is_active": False, "category": "dr-testing"},
        {"cron_expression": "*/5 0 1-7 JAN MON"},
        {"metadata": {"branchDetails": "main", "nested": {"list": [1, 2.5, None, True]}}},
        {"metadata": {"branchDetails": 5}},
        {"metadata": {"branchDetails": " = "}},
        {"metadata": {"text": 'line\r\nline\t"quoted", 夜間 \u2028 \U0001f600', "": "'="}},
        {"options": {"timezone": "Europe/Berlin", "headers": {"X-A": '"=1",'}}},
    ],
    ids=str,
)
def test_each_kind_of_job_comes_back(overrides: dict[str, Any]) -> None:
    """An import of an export makes the same job, whatever it calls and however it is set."""
    job = a_full_job(**overrides)
    assert brought_back([job]) == [kept(job)]


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x","y")', "+1", "-1", "@x", "＝1"])  # noqa: RUF001
def test_formulas_are_text_in_a_spreadsheet(name: str) -> None:
    """What a spreadsheet would run starts with an apostrophe, in every column (C089)."""
    job = a_full_job(name=name, metadata={"branchDetails": name})
    _, line = cells_of(csv_of_jobs([job]))
    assert (line[0], line[3]) == (f"'{name}", f"'{name}")
    assert brought_back([job]) == [kept(job)]


def test_the_template_has_the_teams_columns() -> None:
    """The template is the header of the file that the team keeps."""
    assert cells_of(csv_template()) == [
        [
            "Job Name",
            "Repo",
            "Workflow Name",
            "Branch",
            "Cron schedule (JST)",
            "Status",
            "End Date",
            "PIC Team",
            "Request Body",
        ]
    ]


def test_nothing_to_export_is_a_file_with_a_header() -> None:
    """An export of no jobs is still a file that can be filled in."""
    (header,) = cells_of(csv_of_jobs([]))
    assert header[:9] == cells_of(csv_template())[0]


_PRINTABLE = st.characters(exclude_categories=["C", "Zl", "Zp"])
_TEXTS = st.text(st.one_of(_PRINTABLE, st.sampled_from(TRIGGERS + ',"\n')), max_size=20)
_NAMES = (
    st.text(st.one_of(_PRINTABLE, st.sampled_from("=+-@'\",;")), min_size=1, max_size=255)
    .map(str.strip)
    .filter(bool)
)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | _TEXTS
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=8,
)
_METADATA = st.dictionaries(_TEXTS | st.just("branchDetails"), _JSON, max_size=4)


@given(st.lists(st.tuples(_NAMES, _METADATA), unique_by=lambda one: one[0], max_size=5))
def test_any_name_and_metadata_come_back(drafts: list[tuple[str, dict[str, Any]]]) -> None:
    """No quote, line break, formula or letter is lost or changed on the way out and back."""
    jobs = [a_full_job(name=name, metadata=metadata) for name, metadata in drafts]
    assert brought_back(jobs) == [kept(job) for job in jobs]


@given(st.lists(_TEXTS, min_size=1, max_size=14))
def test_no_cell_of_an_export_begins_a_formula(texts: list[str]) -> None:
    """Whatever jobs hold, a spreadsheet that opens the export runs nothing (S46)."""
    jobs = [
        a_full_job(name=text, category=text, metadata={"branchDetails": text}) for text in texts
    ]
    for line in cells_of(csv_of_jobs(jobs)):
        assert not [cell for cell in line if cell[:1] and cell[:1] in TRIGGERS.removesuffix("'")]
