"""From the rows of a CSV table to jobs, or to what is wrong with each row."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cronjobs_core.domain.csv_jobs import Judgement, Known, RowError, judge, names_in
from cronjobs_core.domain.csv_table import read_table
from cronjobs_core.domain.targets import TargetRules
from cronjobs_core.testing.builders import a_category, a_pic_team

KNOWN = Known(
    categories=(
        a_category(slug="general", name="General"),
        a_category(slug="dr-testing", name="Disaster recovery"),
        a_category(slug="old", name="Old", is_active=False),
    ),
    teams=(
        a_pic_team(slug="payments", name="Payment people"),
        a_pic_team(slug="gone", name="Gone", is_active=False),
    ),
    names_taken=frozenset({"Taken"}),
    targets=TargetRules(github_owner="acme"),
    today=date(2026, 1, 15),
)
HOOK = "https://hooks.example.com/run"
GOOD = {
    "job name": "Nightly",
    "cron": "0 9 * * *",
    "end date": "2026-01-15",
    "pic team": "payments",
    "target url": HOOK,
}
BLANK = dict.fromkeys(GOOD, "")


def judged(*rows: dict[str, str], known: Known = KNOWN) -> Judgement:
    """Return what becomes of rows that differ from a good one as given."""
    return judge([GOOD | row for row in rows], known)


def values(known: Known = KNOWN, /, **cells: str) -> dict[str, Any]:
    """Return the values of a good row with other cells; `_` in a header stands for a blank."""
    (made,) = judged({key.replace("_", " "): cell for key, cell in cells.items()}, known=known).jobs
    return made


def problem(row: dict[str, str], known: Known = KNOWN) -> RowError:
    """Return the error of a row."""
    (error,) = judged(row, known=known).errors
    return error


def test_a_row_makes_a_job() -> None:
    """A row with what is required is an active job of the general category that mails nobody."""
    assert values(request_body='{"a": 1}') == {
        "name": "Nightly",
        "cron_expression": "0 9 * * *",
        "end_date": date(2026, 1, 15),
        "pic_team": "payments",
        "category": "general",
        "target_url": HOOK,
        "metadata": {"a": 1},
        "is_active": True,
    }


@pytest.mark.parametrize(
    ("headers", "key", "cell", "value"),
    [
        (("job name", "name"), "name", "A", "A"),
        (
            ("cron schedule (jst)", "cron expression", "cron", "cron_expression"),
            "cron_expression",
            " 1 2 * *  5",
            "1 2 * * 5",
        ),
        (("status", "is_active", "active"), "is_active", "off", False),
        (("target url", "target_url", "url"), "target_url", f"{HOOK}?x=1", f"{HOOK}?x=1"),
        (
            ("category", "job category", "job_category"),
            "category",
            "disaster RECOVERY",
            "dr-testing",
        ),
        (("end date", "end_date"), "end_date", "2027-02-28", date(2027, 2, 28)),
        (
            ("pic team", "pic_team", "pic team slug", "pic_team_slug"),
            "pic_team",
            "payment PEOPLE",
            "payments",
        ),
        (("branch", "ref"), "metadata", "main", {"branchDetails": "main"}),
        (("request body", "request_body", "metadata"), "metadata", '{"a": [1]}', {"a": [1]}),
        (("options",), "options", '{"retries": 3}', {"retries": 3}),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_a_column_has_several_names_and_the_first_filled_cell_wins(
    headers: tuple[str, ...], key: str, cell: str, value: object
) -> None:
    """Files of several origins are understood (contract 4.7)."""
    rest = {header: filled for header, filled in GOOD.items() if header not in headers}
    for place, header in enumerate(headers):
        cells = dict.fromkeys(headers[:place], "") | {header: cell}
        cells |= {"name": "N"} if "name" in headers and header != "name" else {}
        (made,) = judge([rest | cells], KNOWN).jobs
        assert made[key] == value


@pytest.mark.parametrize(
    "word", ["Disable", "disabled", "INACTIVE", "false", "0", "no", "n", "off"]
)
def test_words_that_switch_a_job_off(word: str) -> None:
    """Each of these says that the job does not run."""
    assert values(status=word)["is_active"] is False


@pytest.mark.parametrize("word", ["", "Enable", "on", "whatever", "1"])
def test_any_other_word_leaves_a_job_on(word: str) -> None:
    """A blank or unknown status is no reason not to run."""
    assert values(status=word)["is_active"] is True


@pytest.mark.parametrize(
    ("cells", "target"),
    [
        ({"repo": "app", "workflow name": "run"}, (None, "acme", "app", "run")),
        ({"repo": "app", "workflow name": "run", "owner": "o"}, (None, "o", "app", "run")),
        ({"github repo": "x/app", "workflow name": "run", "owner": "o"}, (None, "x", "app", "run")),
        ({"target url": "o/app/run.yml", "repo": "other"}, (None, "o", "app", "run.yml")),
        (
            {"dispatch url": "https://github.com/o/app/actions/workflows/run.yml", "url": HOOK},
            (None, "o", "app", "run.yml"),
        ),
        (
            {"github dispatch url": "o/app/run", "repo": "x/y", "secondary url": HOOK},
            (HOOK, "o", "app", "run"),
        ),
        ({"url": HOOK, "repo": "x/y", "workflow name": "run"}, (HOOK, None, None, None)),
        (
            {"secondary url": HOOK, "repo": "x/y", "workflow name": "run"},
            (HOOK, "x", "y", "run"),
        ),
        ({"secondary url": HOOK, "repo": "y"}, (HOOK, None, "y", None)),
    ],
)
def test_targets(cells: dict[str, str], target: tuple[str | None, ...]) -> None:
    """URL, GitHub columns, shorthand and dispatch URL each lead to the target they name."""
    (made,) = judge([GOOD | {"target url": ""} | cells], KNOWN).jobs
    keys = ("target_url", "github_owner", "github_repo", "github_workflow_name")
    assert tuple(made.get(key) for key in keys) == target


@pytest.mark.parametrize(
    ("body", "metadata"),
    [
        ("{}", {"branchDetails": "main"}),
        ('{"a": 1}', {"branchDetails": "main", "a": 1}),
        ('{"branchDetails": "dev"}', {"branchDetails": "dev"}),
        ('{"branchDetails": ""}', {"branchDetails": ""}),
    ],
)
def test_branch_goes_where_the_body_names_none(body: str, metadata: dict[str, Any]) -> None:
    """The branch column fills `branchDetails`, for webhooks too; the body's own wins."""
    assert values(branch="main", request_body=body)["metadata"] == metadata


BAD = {
    "Invalid dispatch_url": {"dispatch url": "https://example.com/x"},
    "Invalid category": {"category": "nothing"},
    "Invalid end_date": {"end date": "2026/12/31"},
    "Invalid PIC team": {"pic team": "nobody"},
    "Missing required fields": {"job name": ""},
    "Duplicate job name": {"job name": "Taken"},
    "Invalid cron expression": {"cron": "61 * * * *"},
    "Invalid JSON in Request Body": {"request body": "{"},
    "Missing target configuration": {"target url": ""},
}


@pytest.mark.parametrize("first", range(len(BAD)))
def test_the_first_failing_check_in_the_contracts_order_wins(first: int) -> None:
    """A row that is wrong in many ways is told the contract's first one."""
    titles = list(BAD)
    row: dict[str, str] = {}
    for title in reversed(titles[first:]):
        row |= BAD[title]
    assert problem(row).error == titles[first]


@pytest.mark.parametrize(
    ("row", "error", "message"),
    [
        (
            {"dispatch url": "nonsense"},
            "Invalid dispatch_url",
            (
                "Invalid dispatch URL format. Expected one of: <owner>/<repo>/<workflow>, "
                "/<owner>/<repo>/actions/workflows/<workflow>, or "
                "https://github.com/<owner>/<repo>/actions/workflows/<workflow>."
            ),
        ),
        (
            {"category": "nothing"},
            "Invalid category",
            "Unknown category. Create it in Settings → Categories first, or choose General.",
        ),
        ({"end date": "31.12.2026"}, "Invalid end_date", "Invalid end_date. Use YYYY-MM-DD."),
        ({"end date": ""}, "Missing required fields", "end_date (YYYY-MM-DD) is required."),
        (
            {"end date": "2026-01-14"},
            "Invalid end_date",
            "end_date must be today or in the future (JST).",
        ),
        (
            {"job name": "Taken"},
            "Duplicate job name",
            'A job with the name "Taken" already exists.',
        ),
        ({"job name": "x" * 256}, "Invalid name", "name must be at most 255 characters."),
        (
            {"cron": "* * *"},
            "Invalid cron expression",
            "Cron expression must have exactly 5 fields (minute hour day month day-of-week).",
        ),
        (
            {"request body": '{"a": }'},
            "Invalid JSON in Request Body",
            "Expecting value: line 1 column 7 (char 6)",
        ),
        ({"request body": '{"a": NaN}'}, "Invalid JSON in Request Body", "NaN is not JSON"),
        (
            {"request body": '{"a": "\\u0000"}'},
            "Invalid JSON in Request Body",
            "Texts must not hold NUL or lone surrogates.",
        ),
        (
            {"request body": "[" * 60_000},
            "Invalid JSON in Request Body",
            "Nesting deeper than 20 levels.",
        ),
        (
            {"request body": '{"a": 1e999}'},
            "Invalid JSON in Request Body",
            "Numbers must be finite.",
        ),
        ({"request body": "[1]"}, "Invalid Request Body", "Request Body must be a JSON object."),
        ({"request body": "null"}, "Invalid Request Body", "Request Body must be a JSON object."),
        (
            {"target url": "ftp://example.com/x"},
            "Invalid target_url",
            "target_url must start with https://.",
        ),
        (
            {"target url": "https://127.0.0.1/x"},
            "Invalid target_url",
            "target_url points to an address that is not allowed.",
        ),
        (
            {"target url": "", "repo": "a/../b", "workflow name": "run"},
            "Invalid GitHub target",
            "github_repo may hold only letters, digits, dots, hyphens and underscores.",
        ),
        (
            {"target url": "", "repo": "app"},
            "Missing target configuration",
            (
                "Provide target_url or GitHub config "
                "(github_owner, github_repo, github_workflow_name)."
            ),
        ),
        ({"options": "{"}, "Invalid options", None),
        (
            {"options": '{"retries": 99}'},
            "Invalid options",
            "options: retries must be a whole number from 0 to 10.",
        ),
    ],
)
def test_what_a_row_is_told(row: dict[str, str], error: str, message: str | None) -> None:
    """Title and sentence are the contract's, with the number and the name of the row."""
    found = problem(row)
    assert (found.row, found.error, found.job_name) == (2, error, (GOOD | row)["job name"])
    assert message in {None, found.message}


@pytest.mark.parametrize("missing", ["job name", "cron"])
def test_a_row_without_name_or_plan_is_told_by_number_alone(missing: str) -> None:
    """The contract gives this error no job name, even where there is one."""
    found = problem({missing: ""})
    assert (found.error, found.message) == (
        "Missing required fields",
        "name and cron_expression are required.",
    )
    assert found.job_name is None


@pytest.mark.parametrize(
    ("cell", "team", "slug", "message"),
    [
        ("Nobody Yet", "Nobody Yet", "nobody-yet", "Unknown PIC team."),
        ("GONE", "GONE", "gone", "PIC team is disabled."),
        ("", None, None, "PIC team is required."),
    ],
)
def test_team_errors_name_the_team(
    cell: str, team: str | None, slug: str | None, message: str
) -> None:
    """The frontend lists the teams that have to be made first."""
    found = problem({"pic team": cell})
    assert found.error == "Invalid PIC team"
    assert found.message is not None
    assert found.message.startswith(message)
    assert found.extra == {"pic_team": team, "pic_team_slug": slug}


def test_a_github_row_needs_an_owner_from_somewhere() -> None:
    """Without an owner in the row and without a default one nothing could be called."""
    nobody = replace(KNOWN, targets=TargetRules())
    row = {"target url": "", "repo": "app", "workflow name": "run"}
    assert problem(row, nobody).error == "Missing GitHub owner"
    assert judged(row).errors == ()


def test_repeated_names_count_from_where_a_name_is_looked_at() -> None:
    """A name is used up by a row that fails later, not by one that failed before (check 8)."""
    result = judged(
        {"end date": "no"},
        {"cron": "no"},
        {},
        {"job name": "nightly"},
    )
    assert [(one.row, one.error, one.message) for one in result.errors[::2]] == [
        (2, "Invalid end_date", "Invalid end_date. Use YYYY-MM-DD."),
        (4, "Duplicate job name in CSV", None),
    ]
    assert [job["name"] for job in result.jobs] == ["nightly"]
    twice = judged({"job name": "Taken"}, {"job name": "Taken"})
    assert [one.error for one in twice.errors] == [
        "Duplicate job name",
        "Duplicate job name in CSV",
    ]


def test_rows_are_numbered_as_the_frontend_numbers_them() -> None:
    """The header is row 1 and blank rows do not count."""
    table = read_table(b"name\n\na\n\n\nb\n")
    assert [one.row for one in judge(table.rows, KNOWN).errors] == [2, 3]


def test_a_row_with_unreadable_bytes_is_an_error_and_shows_them_as_such() -> None:
    """Nothing is stored under a name that nobody wrote (C092)."""
    table = read_table(b"name,x\nM\xfcller,\nMeier,\xe4\n")
    errors = judge(table.rows, KNOWN).errors
    assert [(one.error, one.job_name) for one in errors] == [
        ("Invalid encoding", "M\N{REPLACEMENT CHARACTER}ller"),
        ("Invalid encoding", "Meier"),
    ]
    assert names_in(table.rows) == {"Meier"}
