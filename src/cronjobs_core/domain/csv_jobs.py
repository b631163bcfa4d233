"""From the rows of a CSV table to the values of new jobs, or to what is wrong with each row.

The first failing check of a row is reported, in the order of contract 4.7; what the contract does
not place (undecodable bytes, lengths, refused targets, options) stands where its field does. The
rules themselves are those of the job form. Mail settings cannot be set by CSV.

Beyond the team's columns there are two of ours: `Options`, a JSON object, and `Secondary URL`, for
a job that has a URL beside its GitHub workflow (with a `Target URL` there is no workflow).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from cronjobs_core.domain.csv_table import Cells, is_decodable, shown
from cronjobs_core.domain.errors import DuplicateJobName, InvalidInput, MissingTarget
from cronjobs_core.domain.job_form import Surroundings, Values, new_job_field
from cronjobs_core.domain.json_text import parse_json
from cronjobs_core.domain.target_form import TRIO, target_values
from cronjobs_core.domain.targets import GitHubWorkflow, TargetRules
from cronjobs_core.domain.taxonomy import Category, Directory, PicTeam, slugify

FIRST_ROW: Final = 2
"""The number of the first row that is not blank; the header is row 1."""

# The headers that name a column, the first with a filled cell wins.
NAME: Final = ("job name", "name")
CRON: Final = ("cron schedule (jst)", "cron expression", "cron", "cron_expression")
STATUS: Final = ("status", "is_active", "active")
URL: Final = ("target url", "target_url", "url")
SECONDARY_URL: Final = ("secondary url", "secondary_url")
OWNER: Final = ("github owner", "owner", "github_owner")
REPO: Final = ("repo", "github repo", "github_repo")
WORKFLOW: Final = ("workflow name", "github workflow name", "github_workflow_name")
DISPATCH: Final = ("dispatch url", "dispatch_url", "github dispatch url", "github_dispatch_url")
CATEGORY: Final = ("category", "job category", "job_category")
END_DATE: Final = ("end date", "end_date")
TEAM: Final = ("pic team", "pic_team", "pic team slug", "pic_team_slug")
BRANCH: Final = ("branch", "ref")
BODY: Final = ("request body", "request_body", "metadata")
OPTIONS: Final = ("options",)

_OFF: Final = frozenset({"disable", "disabled", "inactive", "false", "0", "no", "n", "off"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What rows are judged against: the store's lists, the operator's rules, today's date.

    Two that are equal judge alike.
    """

    categories: tuple[Category, ...]
    teams: tuple[PicTeam, ...]
    names_taken: frozenset[str]
    targets: TargetRules
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RowError:
    """Why a row makes no job. `job_name` and `message` are None where the contract has none."""

    row: int
    job_name: str | None
    error: str
    message: str | None
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The values of the good rows, for `Job`, and the errors of the others, each in order."""

    jobs: tuple[Values, ...]
    errors: tuple[RowError, ...]


class _Nameless(InvalidInput):
    """The row has no name or no plan; the contract reports it by its number alone."""


def names_in(rows: Iterable[Cells]) -> frozenset[str]:
    """The names for which it has to be known whether a job has them."""
    names = (_text(cells, NAME) for cells in rows)
    return frozenset(name for name in names if name and is_decodable(name))


def judge(rows: Iterable[Cells], known: Known) -> Judgement:
    """Read every row, and say for each what job it makes or why it makes none."""
    around = Surroundings(
        name_taken=False,
        categories=Directory(known.categories),
        teams=Directory(known.teams),
        targets=known.targets,
        today=known.today,
    )
    reader = _Reader(around, known.names_taken)
    jobs: list[Values] = []
    errors: list[RowError] = []
    for number, cells in enumerate(rows, start=FIRST_ROW):
        try:
            jobs.append(reader.values(cells))
        except InvalidInput as problem:
            errors.append(_row_error(number, cells, problem))
    return Judgement(jobs=tuple(jobs), errors=tuple(errors))


class _Reader:
    """Reads one row after the other, and remembers the names it has seen."""

    def __init__(self, around: Surroundings, names_taken: frozenset[str]) -> None:
        self._around = around
        self._names_taken = names_taken
        self._names_seen: set[str] = set()

    def values(self, cells: Cells) -> Values:
        """The values of the row's job; the steps are in the contract's order."""
        _require_decodable(cells)
        workflow = _dispatched(cells)
        values = self._field("category", _text(cells, CATEGORY))
        values |= self._end_date(cells)
        values |= self._team(cells)
        values |= self._name(cells)
        values |= self._field("cron_expression", _text(cells, CRON))
        values |= {"metadata": _metadata(cells)}
        values |= self._target(cells, workflow)
        values |= self._options(cells)
        return values | {"is_active": _text(cells, STATUS).lower() not in _OFF}

    def _field(self, name: str, value: object) -> Values:
        return new_job_field(name, value, self._around)

    def _end_date(self, cells: Cells) -> Values:
        text = _text(cells, END_DATE)
        if not text:
            message = "end_date (YYYY-MM-DD) is required."
            raise InvalidInput("Missing required fields", message)
        return self._field("end_date", text)

    def _team(self, cells: Cells) -> Values:
        text = _text(cells, TEAM)
        try:
            return self._field("pic_team", text)
        except InvalidInput as problem:
            team = self._around.teams.find(text)
            slug = team.slug if team is not None else slugify(text)
            problem.extra = {"pic_team": text or None, "pic_team_slug": slug or None}
            raise

    def _name(self, cells: Cells) -> Values:
        name = _text(cells, NAME)
        if not name or not _text(cells, CRON):
            message = "name and cron_expression are required."
            raise _Nameless("Missing required fields", message)
        values = self._field("name", name)
        if name in self._names_seen:
            raise InvalidInput("Duplicate job name in CSV")
        self._names_seen.add(name)
        if name in self._names_taken:
            raise DuplicateJobName(name)
        return values

    def _target(self, cells: Cells, workflow: GitHubWorkflow | None) -> Values:
        values = target_values(_target_fields(cells, workflow), None, self._around.targets)
        owner, repo, name = (values.get(key) for key in TRIO)
        if values.get("target_url") or (owner and repo and name):
            return dict(values)
        if repo and name:
            message = "Name the GitHub owner in the row, or send default_github_owner."
            raise InvalidInput("Missing GitHub owner", message)
        raise MissingTarget(
            "Provide target_url or GitHub config (github_owner, github_repo, github_workflow_name)."
        )

    def _options(self, cells: Cells) -> Values:
        text = _text(cells, OPTIONS)
        return self._field("options", _json(text, "Invalid options")) if text else {}


def _text(cells: Cells, headers: tuple[str, ...]) -> str:
    return next((cells[header] for header in headers if cells.get(header)), "")


def _require_decodable(cells: Cells) -> None:
    if not all(map(is_decodable, cells.values())):
        message = "The row holds bytes that are neither UTF-8 nor Windows-31J. Save it in UTF-8."
        raise InvalidInput("Invalid encoding", message)


def _dispatched(cells: Cells) -> GitHubWorkflow | None:
    text = _text(cells, DISPATCH)
    try:
        return GitHubWorkflow.from_dispatch_url(text) if text else None
    except InvalidInput as problem:
        raise InvalidInput("Invalid dispatch_url", problem.message) from problem


def _metadata(cells: Cells) -> dict[str, object]:
    """The request body, with the branch where it names none itself."""
    text, branch = _text(cells, BODY), _text(cells, BRANCH)
    body = _json(text, "Invalid JSON in Request Body") if text else {}
    if not isinstance(body, dict):
        raise InvalidInput("Invalid Request Body", "Request Body must be a JSON object.")
    return {"branchDetails": branch, **body} if branch else body


def _json(text: str, error: str) -> object:
    try:
        return parse_json(text)
    except ValueError as problem:
        raise InvalidInput(error, str(problem)) from problem


def _target_fields(cells: Cells, workflow: GitHubWorkflow | None) -> dict[str, object]:
    """The target as the job form takes it; blank cells are absent there."""
    url, secondary = _text(cells, URL), _text(cells, SECONDARY_URL)
    if workflow is not None:
        trio = (workflow.owner, workflow.repo, workflow.workflow)
    elif url:
        return {"target_url": url}
    else:
        owner, repo = _text(cells, OWNER), _text(cells, REPO)
        if "/" in repo:
            owner, _, repo = repo.partition("/")
        trio = (owner, repo, _text(cells, WORKFLOW))
    return {"target_url": secondary, **dict(zip(TRIO, trio, strict=True))}


def _row_error(number: int, cells: Cells, problem: InvalidInput) -> RowError:
    name = shown(_text(cells, NAME))
    return RowError(
        row=number,
        job_name=None if isinstance(problem, _Nameless) else name or None,
        error=problem.error,
        message=problem.message,
        extra=problem.extra,
    )
