"""What a job calls: an HTTP webhook or a GitHub Actions workflow."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final, Self
from urllib.parse import SplitResult, urlsplit

from cronjobs_core.domain.addresses import AddressRules
from cronjobs_core.domain.errors import InvalidInput, InvalidTarget

MAX_URL: Final = 500
MAX_GITHUB_NAME: Final = 255
GITHUB_ACTIONS: Final = "github_actions"
WEBHOOK: Final = "webhook"

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_SHORTHAND = re.compile(r"([^/\s.]+)/([^/\s]+)/([^/\s]+)")
_DISPATCH_FORMS: Final = (
    re.compile(r"https://github\.com/([^/\s]+)/([^/\s]+)/actions/workflows/([^/\s?#]+)/?"),
    re.compile(
        r"https://api\.github\.com/repos/([^/\s]+)/([^/\s]+)/actions/workflows/([^/\s?#]+)/dispatches/?"
    ),
    re.compile(r"/([^/\s]+)/([^/\s]+)/actions/workflows/([^/\s?#]+)/?"),
    re.compile(r"([^/\s:]+)/([^/\s]+)/([^/\s]+)"),
)
_DISPATCH_HELP: Final = (
    "Invalid dispatch URL format. Expected one of: <owner>/<repo>/<workflow>, "
    "/<owner>/<repo>/actions/workflows/<workflow>, or "
    "https://github.com/<owner>/<repo>/actions/workflows/<workflow>."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRules:
    """The operator's choices about targets.

    `github_repos` holds `owner/repo` patterns (`*` allowed) that the shared token may be used
    for; empty means any repository. `github_owner` stands in where a job names none.
    """

    allow_http: bool = False
    addresses: AddressRules = field(default_factory=AddressRules)
    github_owner: str = ""
    github_repos: tuple[str, ...] = ()
    github_ref: str = "master"


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An HTTP endpoint; it gets the job's metadata as a JSON POST, or a GET where there is none."""

    url: str

    @property
    def kind(self) -> str:
        """The contract's `execution_type`."""
        return WEBHOOK

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubWorkflow:
    """A workflow file (or numeric id) of a repository, started by `workflow_dispatch`."""

    owner: str
    repo: str
    workflow: str

    @property
    def kind(self) -> str:
        """The contract's `execution_type`."""
        return GITHUB_ACTIONS

    def __str__(self) -> str:
        return f"{self.owner}/{self.repo}/{self.workflow}"

    @classmethod
    def from_shorthand(cls, text: str) -> Self | None:
        """Read `owner/repo/workflow` as it may stand in `target_url`; None for anything else.

        Three segments, no scheme and no dot in the first, so that `example.com/a/b` stays a URL
        that lacks its scheme (contract 4.5).
        """
        match = _SHORTHAND.fullmatch(text.strip())
        return None if match is None else cls(owner=match[1], repo=match[2], workflow=match[3])

    @classmethod
    def from_dispatch_url(cls, text: str) -> Self:
        """Read any of the four forms of a dispatch URL (contract 4.6).

        Raises InvalidInput with the contract's help text for anything else.
        """
        for form in _DISPATCH_FORMS:
            match = form.fullmatch(text.strip())
            if match is not None:
                return cls(owner=match[1], repo=match[2], workflow=match[3])
        raise InvalidInput("Invalid payload", _DISPATCH_HELP)

    def check(self, rules: TargetRules) -> None:
        """Raise InvalidTarget unless every name is plain and the repository is admitted.

        Plain names keep the shared token from being sent to another path of the API (F-22). A
        workflow name with a dot must be a YAML file; bare names and ids are accepted (C-15).
        """
        for name, value in (("github_owner", self.owner), ("github_repo", self.repo)):
            check_github_name(name, value)
        check_workflow_name(self.workflow)
        repository = f"{self.owner}/{self.repo}"
        allowed = rules.github_repos
        if allowed and not any(fnmatchcase(repository.lower(), one.lower()) for one in allowed):
            raise InvalidTarget(
                "Invalid GitHub target", f"The repository {repository} is not allowed here."
            )


Target = Webhook | GitHubWorkflow


def check_github_name(field: str, value: str) -> None:
    """Raise InvalidTarget unless `value` is a plain GitHub name of at most 255 characters."""
    if len(value) > MAX_GITHUB_NAME:
        message = f"{field} must be at most {MAX_GITHUB_NAME} characters."
        raise InvalidTarget(f"Invalid {field}", message)
    if _NAME.fullmatch(value) is None or set(value) == {"."} or ".." in value:
        raise InvalidTarget(
            "Invalid GitHub target",
            f"{field} may hold only letters, digits, dots, hyphens and underscores.",
        )


def check_workflow_name(value: str) -> None:
    """Raise InvalidTarget unless `value` is a bare name, a numeric id or a `.yml`/`.yaml` file."""
    check_github_name("github_workflow_name", value)
    if "." in value and not value.endswith((".yml", ".yaml")):
        raise InvalidTarget(
            "Invalid GitHub target", "github_workflow_name must end with .yml or .yaml."
        )


def check_webhook_url(url: str, rules: TargetRules, *, help_text: str) -> None:
    """Raise InvalidTarget unless `url` is absolute, of an admitted scheme and not forbidden.

    What a name resolves to is judged at the time of each call, by the outbound guard.
    `help_text` is the contract's message for a text without a scheme.
    """
    if len(url) > MAX_URL:
        raise InvalidTarget(
            "Invalid target_url", f"target_url must be at most {MAX_URL} characters."
        )
    if "://" not in url:
        raise InvalidTarget("Invalid target_url", help_text)
    problem = _url_problem(url, rules)
    if problem is not None:
        raise InvalidTarget("Invalid target_url", problem)


def _url_problem(url: str, rules: TargetRules) -> str | None:
    if any(character.isspace() or not character.isprintable() for character in url):
        return "target_url must not hold blanks or control characters."
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "target_url is not a valid URL."
    if not host or port == 0:
        return "target_url must name a host."
    if "%" in host:  # what it stands for is decoded by some readers and not by others
        return "target_url must not hold percent signs in its host."
    return _not_allowed(parts, host, rules)


def _not_allowed(parts: SplitResult, host: str, rules: TargetRules) -> str | None:
    schemes = ("https", "http") if rules.allow_http else ("https",)
    if parts.scheme not in schemes:
        return f"target_url must start with {' or '.join(f'{one}://' for one in schemes)}."
    if parts.username is not None or parts.password is not None:
        return "target_url must not hold a user name or password."
    if rules.addresses.refuses_host(host):
        return "target_url points to an address that is not allowed."
    return None


def dispatch_ref(metadata: Mapping[str, object], default: str) -> str:
    """The branch or tag of a dispatch: `branchDetails`, `ref`, `branch`, else `default` (6.5)."""
    for key in ("branchDetails", "ref", "branch"):
        value = metadata.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return default
