"""Uploading jobs as CSV, exporting them, and the template (contract 4.7, 10)."""

import asyncio
import csv
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import event

from api import Api, Person, running_api
from integration.api.contents import rows, unchanged
from integration.api.shapes import refusal

MASTER = Path(__file__).parents[2] / "data" / "job-master.csv"
TEAMS = ("Catalog", "QA Tech", "Store Ops", "Ledger")
"""The teams of the file, beside `Payments`, which is always there."""
HEADER = "Job Name,Cron,End Date,PIC Team,Target URL\n"
HOOK = "https://hooks.example.com/run"
KEYS = {
    "message",
    "dry_run",
    "stats",
    "created_count",
    "error_count",
    "errors",
    "jobs",
    "created",
    "updated",
    "failed",
}
MIB = 1024 * 1024


def a_file(*names: str, **others: str) -> str:
    """Return a CSV file with a job for each name; `others` are rows under names that say why."""
    good = [f"{name},0 9 * * *,2026-12-31,Payments,{HOOK}\n" for name in names]
    return HEADER + "".join(good) + "".join(others.values())


async def upload(person: Person, data: str | bytes, **fields: str) -> httpx2.Response:
    """Upload a file as the frontend does."""
    body = data.encode() if isinstance(data, str) else data
    sent = {"file": ("jobs-normalized.csv", body, "text/csv")}
    return await person.call("POST", "/jobs/bulk-upload", files=sent, data=fields)


@contextmanager
def statements(api: Api) -> Iterator[list[str]]:
    """Collect what is sent to the database in the block."""
    sent: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        sent.append(statement)

    engine = api.container.engine().sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
async def teams(admin: Person) -> None:
    """Make the teams of the real file."""
    for name in TEAMS:
        team = {"name": name, "slack_handle": f"@{name}"}
        assert (await admin.post("/pic-teams", team)).status_code == 201


@pytest.mark.usefixtures("teams")
async def test_the_teams_own_file(api: Api, user: Person) -> None:
    """As it is, every row is past its end date; with dates ahead it makes 46 jobs (section 10)."""
    async with unchanged(api):
        late = await upload(user, MASTER.read_bytes(), default_github_owner="acme")
    assert [one["error"] for one in late.json()["errors"]] == ["Invalid end_date"] * 108
    moved = MASTER.read_bytes().replace(b",2026-0", b",2027-0")
    body = (await upload(user, moved, default_github_owner="acme")).json()
    assert (body["created_count"], body["error_count"]) == (46, 62)
    assert {one["error"] for one in body["errors"]} == {"Duplicate job name in CSV"}
    jobs = (await user.get("/jobs")).json()["jobs"]
    assert len(jobs) == 46
    assert {(job["github_owner"], job["github_repo"]) for job in jobs} == {
        ("acme", "suite-runner-api")
    }


async def test_the_answer_names_jobs_and_rows(user: Person) -> None:
    """All keys of both descriptions of the contract are there, and no null ones (C-07, C-08)."""
    data = a_file(
        "A",
        team="B,0 9 * * *,2026-12-31,QA Tech,x\n",
        name=",0 9 * * *,2026-12-31,payments,x\n",
        twice=f"A,0 9 * * *,2026-12-31,payments,{HOOK}\n",
        blank=" ,,,,\n",
    )
    answer = await upload(user, data)
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == KEYS
    (job,) = body.pop("jobs")
    assert job == {
        "id": (await user.get("/jobs")).json()["jobs"][0]["id"],
        "name": "A",
        "is_active": True,
        "cron_expression": "0 9 * * *",
        "end_date": "2026-12-31",
        "pic_team": "payments",
    }
    assert body == {
        "message": "Bulk upload completed",
        "dry_run": False,
        "stats": {
            "original_column_count": 5,
            "original_row_count": 5,
            "removed_column_count": 0,
            "removed_empty_row_count": 1,
        },
        "created_count": 1,
        "error_count": 3,
        "created": 1,
        "updated": 0,
        "failed": 3,
        "errors": [
            {
                "row": 3,
                "job_name": "B",
                "name": "B",
                "error": "Invalid PIC team",
                "message": "Unknown PIC team. Create it in Settings → PIC Teams first.",
                "pic_team": "QA Tech",
                "pic_team_slug": "qa-tech",
            },
            {
                "row": 4,
                "error": "Missing required fields",
                "message": "name and cron_expression are required.",
            },
            {"row": 5, "job_name": "A", "name": "A", "error": "Duplicate job name in CSV"},
        ],
    }


async def test_when_no_row_is_good_the_answer_says_so_and_is_200(api: Api, user: Person) -> None:
    """A 400 would make the frontend hide the row errors (C-06)."""
    async with unchanged(api):
        answer = await upload(user, a_file(bad="A,0 9 * * *,2026-12-31,nobody,x\n"))
    body = answer.json()
    assert answer.status_code == 200
    assert set(body) == KEYS | {"error"}
    assert (body["error"], body["message"]) == (
        "Bulk upload failed",
        "No jobs were created. Fix CSV errors and try again.",
    )
    assert (body["created_count"], body["error_count"], body["jobs"]) == (0, 1, [])


@pytest.mark.parametrize("word", ["1", "true", "YES", "y", " on "])
async def test_a_dry_run_writes_nothing(api: Api, user: Person, word: str) -> None:
    """The answer tells what an upload would do; the database is as before."""
    async with unchanged(api):
        body = (await upload(user, a_file("A"), dry_run=word)).json()
    assert (body["message"], body["dry_run"]) == ("CSV validated successfully", True)
    assert body["created_count"] == 1
    assert body["jobs"] == [
        {
            "id": None,
            "name": "A",
            "is_active": True,
            "cron_expression": "0 9 * * *",
            "end_date": "2026-12-31",
            "pic_team": "payments",
        }
    ]


async def test_a_dry_run_without_good_rows(user: Person) -> None:
    """A dry run has words of its own for a file that would make nothing."""
    body = (await upload(user, a_file(bad="A,,2026-12-31,payments,x\n"), dry_run="true")).json()
    assert (body["error"], body["message"]) == ("CSV validation failed", "CSV validation failed")


@pytest.mark.parametrize("word", ["", "0", "false", "no"])
async def test_other_words_are_no_dry_run(user: Person, word: str) -> None:
    """Only the contract's words keep an upload from writing."""
    body = (await upload(user, a_file("A"), dry_run=word)).json()
    assert (body["dry_run"], body["created"]) == (False, 1)
    assert (await user.get("/jobs")).json()["count"] == 1


async def test_the_same_file_twice(user: Person) -> None:
    """The second time every name is taken, and nothing is changed (C086)."""
    assert (await upload(user, a_file("A", "B"))).json()["created"] == 2
    body = (await upload(user, a_file("A", "B"))).json()
    assert [one["message"] for one in body["errors"]] == [
        'A job with the name "A" already exists.',
        'A job with the name "B" already exists.',
    ]
    assert (await user.get("/jobs")).json()["count"] == 2


async def test_the_frontends_normalised_file(user: Person) -> None:
    """CRLF line ends, JSON over several lines and the template's literal line end are read."""
    data = (
        "Job Name,Repo,Workflow Name,Branch,Cron schedule (JST),Status,End Date,PIC Team,"
        r"Request Body\r\n"
        "\r\n"
        "Nightly,acme/app,run.yml,main,0 10 * * 2 ,Disable,2026-12-31,Payments,"
        '"{\n  ""prjName"": ""a, b""\n}"\r\n'
    )
    assert (await upload(user, data)).json()["errors"] == []
    (job,) = (await user.get("/jobs")).json()["jobs"]
    assert job["metadata"] == {"branchDetails": "main", "prjName": "a, b"}
    assert (job["cron_expression"], job["is_active"]) == ("0 10 * * 2", False)
    assert (job["github_owner"], job["github_repo"]) == ("acme", "app")


async def test_a_japanese_excels_file(user: Person) -> None:
    """A file in Windows-31J makes jobs with the names that were typed (F-36)."""
    assert (await upload(user, a_file("夜間バッチ①").encode("cp932"))).json()["created"] == 1
    assert (await user.get("/jobs")).json()["jobs"][0]["name"] == "夜間バッチ①"


async def test_an_unreadable_row_is_reported_and_the_others_stored(user: Person) -> None:
    """A byte that is neither UTF-8 nor Windows-31J never becomes another letter (C092)."""
    data = a_file("A", "M?ller").encode().replace(b"?", b"\xfc")
    body = (await upload(user, data)).json()
    assert [job["name"] for job in body["jobs"]] == ["A"]
    assert [(one["row"], one["error"], one["job_name"]) for one in body["errors"]] == [
        (3, "Invalid encoding", "M\N{REPLACEMENT CHARACTER}ller")
    ]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({}, 'Upload a CSV file using form field "file".'),
        ({"json": {"file": "x"}}, 'Upload a CSV file using form field "file".'),
        ({"data": {"file": "a,b"}}, 'Upload a CSV file using form field "file".'),
        ({"files": {"other": ("a.csv", b"a")}}, 'Upload a CSV file using form field "file".'),
        ({"files": {"file": (None, b"a")}}, 'Upload a CSV file using form field "file".'),
    ],
)
async def test_a_request_without_a_file(user: Person, request_: Any, message: str) -> None:
    """Whatever else is sent, the answer says under which name a file is expected."""
    answer = await user.call("POST", "/jobs/bulk-upload", **request_)
    assert (answer.status_code, answer.json()) == (400, refusal("Missing file", message))


async def test_a_form_in_which_no_file_was_chosen(user: Person) -> None:
    """A browser sends an empty file name when nothing was chosen."""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename=""\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n\r\n--x--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await user.call("POST", "/jobs/bulk-upload", headers=headers, content=body)
    expected = refusal("Missing file", "No file selected.")
    assert (answer.status_code, answer.json()) == (400, expected)


@pytest.mark.parametrize(
    ("data", "body"),
    [
        (b"", refusal("Invalid CSV", "CSV is empty.")),
        (b",,\n", refusal("Invalid CSV", "CSV header row has no usable column names.")),
        (
            b"Job Name;Cron\na;b\n",
            refusal(
                "Invalid CSV", "The columns are separated by semicolons. Save the file with commas."
            ),
        ),
        (
            b"Job Name\na\x00b\n",
            refusal("Invalid CSV", "Row 2: a cell holds a NUL character.", row=2),
        ),
        (
            b"Job Name\n" + b"x" * 200_000,
            refusal(
                "Invalid CSV",
                "Row 2: a cell is larger than 64 KiB, or a quotation mark is not closed.",
                row=2,
            ),
        ),
    ],
)
async def test_what_is_no_table(api: Api, user: Person, data: bytes, body: dict[str, Any]) -> None:
    """What is wrong with the file as a whole is 400, and nothing is stored (C085, C088)."""
    async with unchanged(api):
        answer = await upload(user, data)
    assert (answer.status_code, answer.json()) == (400, body)


async def test_name_and_type_of_the_file_mean_nothing(user: Person) -> None:
    """Neither is trusted nor used for anything (S47)."""
    sent = {"file": ("../../etc/passwd\x01.exe", a_file("A").encode(), "image/png")}
    answer = await user.call("POST", "/jobs/bulk-upload", files=sent)
    assert answer.json()["created"] == 1


async def in_chunks(body: bytes) -> AsyncIterator[bytes]:
    """Send a body without saying how much of it will come."""
    for start in range(0, len(body), 65_536):
        yield body[start : start + 65_536]


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize(
    ("path", "limit", "kind"),
    [
        ("/jobs/bulk-upload", 5 * MIB, "multipart/form-data; boundary=x"),
        ("/jobs", MIB, "application/json"),
    ],
)
async def test_a_body_above_the_limit_is_not_read(
    user: Person, path: str, limit: int, kind: str, declared: bool
) -> None:
    """413 in the shape of every error, whether or not the sender says how much will come (S44)."""
    begin = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    body = begin.ljust(limit + 1, b"x")
    sent: Any = body if declared else in_chunks(body)
    answer = await user.call("POST", path, headers={"Content-Type": kind}, content=sent)
    text = "Content Too Large"
    assert (answer.status_code, answer.json()) == (413, refusal(text, text, detail=text))


async def test_a_file_just_below_the_limit_is_read(user: Person) -> None:
    """Five mebibytes are the limit of a body, not less."""
    padding = ",".join(["x" * 1000] * 40)
    row = f"A,0 9 * * *,2026-12-31,Payments,{HOOK},{padding}\n"
    data = HEADER + row * ((5 * MIB - 1000) // len(row))
    body = (await upload(user, data)).json()
    assert (body["created"], body["failed"]) == (1, body["stats"]["original_row_count"] - 1)


async def test_too_many_parts(api: Api, user: Person) -> None:
    """A form of more than ten parts is refused before it fills memory or disk (S44)."""
    files = [("file", ("a.csv", a_file("A").encode())), ("file", ("b.csv", b"x"))]
    fields = {f"field{number}": "x" for number in range(10)}
    one = {"file": ("a.csv", a_file("A").encode())}
    async with unchanged(api):
        two = await user.call("POST", "/jobs/bulk-upload", files=files)
        many = await user.call("POST", "/jobs/bulk-upload", files=one, data=fields)
    assert (two.status_code, many.status_code) == (400, 400)
    assert set(two.json()) == set(many.json()) == {"error", "message", "detail"}


@pytest.mark.parametrize("dry_run", ["", "true"])
async def test_queries_do_not_grow_with_the_rows(api: Api, user: Person, dry_run: str) -> None:
    """A hundred rows cost as many statements as ten (F-23)."""
    counts = []
    for start, size in ((0, 10), (10, 100)):
        names = [f"Job {number}" for number in range(start, start + size)]
        with statements(api) as sent:
            body = (await upload(user, a_file(*names), dry_run=dry_run)).json()
        assert body["created_count"] == size
        counts.append(len(sent))
    assert counts[0] == counts[1] < 20


async def test_an_upload_is_told_once(api: Api, user: Person, viewer: Person) -> None:
    """Each active user gets one message, the audit log one entry, however many rows (C-22)."""
    await upload(user, a_file("A", "B", "C"))
    told = (await viewer.get("/notifications")).json()["notifications"]
    assert [(one["title"], one["message"]) for one in told] == [
        ("Jobs Imported", f"3 jobs were created from a CSV file by {user.email}.")
    ]
    actions = [one["action"] for one in await rows(api, "audit_log")]
    assert (actions.count("job.import"), actions.count("job.create")) == (1, 0)


async def test_an_export_makes_the_same_jobs_in_an_empty_store(
    admin: Person, user: Person, viewer: Person, tmp_path: Path
) -> None:
    """Export, import elsewhere, compare field by field: only ids, people and instants differ."""
    await admin.post("/job-categories", {"name": "Regression"})
    await user.create_job(name='=HYPERLINK("http://x","y")', metadata={"a": '"\n', "b": [1, None]})
    await user.create_job(name="both", target_url=HOOK, github_owner="a", github_repo="b")
    await user.create_job(
        name="夜間",
        target_url="acme/app/run.yml",
        is_active=False,
        category="regression",
        options={"timezone": "Europe/Berlin", "retries": 3},
    )
    exported = await viewer.get("/jobs/export")
    async with running_api(tmp_path / "elsewhere") as elsewhere:
        stranger = await elsewhere.admin()
        await stranger.post("/pic-teams", {"name": "Payments", "slack_handle": "@p"})
        await stranger.post("/job-categories", {"name": "Regression"})
        body = (await upload(stranger, exported.content)).json()
        assert (body["created"], body["errors"]) == (3, [])
        assert comparable(await stranger.get("/jobs")) == comparable(await user.get("/jobs"))


def comparable(answer: httpx2.Response) -> list[dict[str, Any]]:
    """Return the jobs of a list by name, without what an export leaves out."""
    left_out = {"id", "created_by", "created_at", "updated_at"}
    jobs = [
        {key: value for key, value in job.items() if key not in left_out}
        for job in answer.json()["jobs"]
    ]
    return sorted(jobs, key=lambda job: str(job["name"]))


@pytest.mark.parametrize(
    ("path", "name"),
    [("/jobs/export", "jobs.csv"), ("/jobs/import-template", "jobs-template.csv")],
)
async def test_downloads_are_files_that_excel_opens(viewer: Person, path: str, name: str) -> None:
    """A byte order mark says UTF-8 to Excel; the name of the file is ours."""
    answer = await viewer.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    (header,) = csv.reader(StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert (header[0], header[8]) == ("Job Name", "Request Body")


async def test_uploads_at_once_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    """The constraint settles who creates a job; the others are told by row, and nobody gets 500."""
    async with running_api(tmp_path, database_url=postgres_url) as api:
        admin = await api.admin()
        await admin.post("/pic-teams", {"name": "Payments", "slack_handle": "@p"})
        names = [f"Job {number}" for number in range(50)]
        files = [a_file(*names), a_file(*reversed(names))] * 4
        answers = await asyncio.gather(*(upload(admin, data) for data in files))
        assert {answer.status_code for answer in answers} == {200}
        assert sum(answer.json()["created"] for answer in answers) == 50
        errors = {one["error"] for answer in answers for one in answer.json()["errors"]}
        assert errors == {"Duplicate job name"}
        assert (await admin.get("/jobs")).json()["count"] == 50
