"""Targets: webhooks and workflows, how they are written and which may be called."""

import pytest

from cronjobs_core.domain.addresses import AddressRules
from cronjobs_core.domain.errors import InvalidInput, InvalidTarget
from cronjobs_core.domain.targets import (
    GitHubWorkflow,
    TargetRules,
    Webhook,
    check_github_name,
    check_webhook_url,
    check_workflow_name,
    dispatch_ref,
)

BUILD = GitHubWorkflow(owner="octo-org", repo="nightly", workflow="build.yml")
RULES = TargetRules()


def test_how_targets_are_shown() -> None:
    """Executions name a webhook by its URL and a workflow by three segments (contract 6.1)."""
    webhook = Webhook(url="https://hooks.example.com/run")
    assert (webhook.kind, str(webhook)) == ("webhook", "https://hooks.example.com/run")
    assert (BUILD.kind, str(BUILD)) == ("github_actions", "octo-org/nightly/build.yml")


@pytest.mark.parametrize(
    "text", ["octo-org/nightly/build.yml", " octo-org/nightly/build.yml ", "octo-org/nightly/123"]
)
def test_a_shorthand(text: str) -> None:
    """Three segments are a workflow."""
    workflow = GitHubWorkflow.from_shorthand(text)
    assert workflow is not None
    assert str(workflow) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "example.com/a/b",
        "octo-org/nightly",
        "octo-org/nightly/build.yml/x",
        "https://example.com/a",
        "octo org/nightly/build.yml",
        "//",
        "",
    ],
)
def test_what_is_no_shorthand(text: str) -> None:
    """Another number of segments, a blank, or a dot in the first one is no shorthand."""
    assert GitHubWorkflow.from_shorthand(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/octo-org/nightly/actions/workflows/build.yml",
        "https://github.com/octo-org/nightly/actions/workflows/build.yml/",
        "https://api.github.com/repos/octo-org/nightly/actions/workflows/build.yml/dispatches",
        "/octo-org/nightly/actions/workflows/build.yml",
        "octo-org/nightly/build.yml",
        "  octo-org/nightly/build.yml  ",
    ],
)
def test_the_four_forms_of_a_dispatch_url(text: str) -> None:
    """All four forms name the same workflow (contract 4.6)."""
    assert GitHubWorkflow.from_dispatch_url(text) == BUILD


@pytest.mark.parametrize(
    "text",
    [
        "",
        "octo-org/nightly",
        "http://github.com/octo-org/nightly/actions/workflows/build.yml",
        "https://example.com/octo-org/nightly/actions/workflows/build.yml",
        "https://github.com/octo-org/nightly/actions/workflows/build.yml?x=1",
        "https://github.com/octo-org/nightly",
        "octo-org/nightly/build.yml/x",
    ],
)
def test_what_is_no_dispatch_url(text: str) -> None:
    """Anything else is refused with the contract's list of forms."""
    with pytest.raises(InvalidInput) as refused:
        GitHubWorkflow.from_dispatch_url(text)
    assert refused.value.error == "Invalid payload"
    assert refused.value.message == (
        "Invalid dispatch URL format. Expected one of: <owner>/<repo>/<workflow>, "
        "/<owner>/<repo>/actions/workflows/<workflow>, or "
        "https://github.com/<owner>/<repo>/actions/workflows/<workflow>."
    )


@pytest.mark.parametrize("name", ["octo-org", "a", "A.b_c-9", "x" * 255, ".github"])
def test_plain_names(name: str) -> None:
    """Letters, digits, dots, hyphens and underscores make a name, up to 255 of them."""
    check_github_name("github_repo", name)


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "...", "a..b", "a/b", "a b", "a%2Fb", "a?y=", "a#b", "ä", "a\n", "../../user"],
)
def test_names_that_build_another_path(name: str) -> None:
    """A name that could lead the token to another path of the API is refused (F-22)."""
    with pytest.raises(InvalidTarget) as refused:
        check_github_name("github_repo", name)
    assert refused.value.error == "Invalid GitHub target"
    assert refused.value.message == (
        "github_repo may hold only letters, digits, dots, hyphens and underscores."
    )


def test_a_name_has_a_limit() -> None:
    """A name of 256 characters is refused with the figure."""
    with pytest.raises(InvalidTarget) as refused:
        check_github_name("github_repo", "x" * 256)
    assert refused.value.error == "Invalid github_repo"
    assert refused.value.message == "github_repo must be at most 255 characters."


@pytest.mark.parametrize("name", ["build.yml", "build.yaml", "build", "12345", "a.b.yml"])
def test_workflow_names(name: str) -> None:
    """A workflow is a YAML file, a bare name or a numeric id."""
    check_workflow_name(name)


@pytest.mark.parametrize("name", ["build.txt", "build.yml.bak", "build.YML", ".yml/x", "a b.yml"])
def test_what_is_no_workflow_name(name: str) -> None:
    """Another file, or a name that is not plain, is no workflow."""
    with pytest.raises(InvalidTarget, match="github_workflow_name"):
        check_workflow_name(name)


@pytest.mark.parametrize("field", ["owner", "repo", "workflow"])
def test_every_name_of_a_workflow_is_checked(field: str) -> None:
    """One name that is not plain refuses the workflow."""
    names = {"owner": "o", "repo": "r", "workflow": "w.yml"} | {field: "../x"}
    with pytest.raises(InvalidTarget, match=f"github_{field}"):
        GitHubWorkflow(**names).check(RULES)


@pytest.mark.parametrize(
    "patterns", [(), ("octo-org/nightly",), ("octo-org/*",), ("x/y", "OCTO-ORG/Nightly"), ("*/*",)]
)
def test_admitted_repositories(patterns: tuple[str, ...]) -> None:
    """A repository is admitted where no list is set or a pattern fits, in any case of letters."""
    BUILD.check(TargetRules(github_repos=patterns))


@pytest.mark.parametrize("pattern", ["octo-org/other", "other/*", "octo-org", "octo-org/night"])
def test_repositories_that_are_not_admitted(pattern: str) -> None:
    """With a list set, any other repository is refused by name (S36)."""
    with pytest.raises(InvalidTarget) as refused:
        BUILD.check(TargetRules(github_repos=(pattern,)))
    assert refused.value.error == "Invalid GitHub target"
    assert refused.value.message == "The repository octo-org/nightly is not allowed here."


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://example.com:8443/a/b?c=d&e=%20#f",
        "HTTPS://EXAMPLE.COM/",
        "https://xn--wgv71a.example/",
        "https://8.8.8.8/run",
        "https://[2606:4700::1111]/run",
    ],
)
def test_urls_that_may_be_called(url: str) -> None:
    """An absolute https URL with a public host may be stored."""
    check_webhook_url(url, RULES, help_text="")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("example.com/run", "no scheme"),
        ("//example.com/run", "no scheme"),
        ("", "no scheme"),
        ("https://example.com/" + "x" * 481, "target_url must be at most 500 characters."),
        ("http://example.com/", "target_url must start with https://."),
        ("ftp://example.com/", "target_url must start with https://."),
        ("file://host/etc/passwd", "target_url must start with https://."),
        ("gopher://example.com/", "target_url must start with https://."),
        ("://example.com/", "target_url must name a host."),
        ("https://", "target_url must name a host."),
        ("https:///run", "target_url must name a host."),
        ("https://example.com:0/", "target_url must name a host."),
        ("https://example.com:99999/", "target_url is not a valid URL."),
        ("https://example.com:x/", "target_url is not a valid URL."),
        ("https://[::1/", "target_url is not a valid URL."),
        ("https://a b.example/", "target_url must not hold blanks or control characters."),
        ("https://example.com/\n", "target_url must not hold blanks or control characters."),
        ("https://example.com/\u200b", "target_url must not hold blanks or control characters."),
        ("https://user@example.com/", "target_url must not hold a user name or password."),
        ("https://:secret@example.com/", "target_url must not hold a user name or password."),
        ("https://localhost/", "target_url points to an address that is not allowed."),
        ("https://10.0.0.1/", "target_url points to an address that is not allowed."),
        ("https://[::1]/", "target_url points to an address that is not allowed."),
        ("https://0x7f.1/", "target_url points to an address that is not allowed."),
    ],
)
def test_urls_that_may_not_be_called(url: str, message: str) -> None:
    """Every other URL is refused with a sentence that says why (S27, S30)."""
    with pytest.raises(InvalidTarget) as refused:
        check_webhook_url(url, RULES, help_text="no scheme")
    assert (refused.value.error, refused.value.message) == ("Invalid target_url", message)


def test_plain_http_is_the_operators_choice() -> None:
    """With http allowed both schemes are accepted, and the sentence for others names both."""
    rules = TargetRules(allow_http=True)
    check_webhook_url("http://example.com/", rules, help_text="")
    check_webhook_url("https://example.com/", rules, help_text="")
    with pytest.raises(InvalidTarget, match="must start with https:// or http://"):
        check_webhook_url("ftp://example.com/", rules, help_text="")


def test_a_private_host_is_the_operators_choice() -> None:
    """A listed network may be named in a URL."""
    rules = TargetRules(addresses=AddressRules.parse(["10.0.0.0/8"]))
    check_webhook_url("https://10.0.0.1/", rules, help_text="")


@pytest.mark.parametrize(
    ("metadata", "ref"),
    [
        ({"branchDetails": "a", "ref": "b", "branch": "c"}, "a"),
        ({"ref": "b", "branch": "c"}, "b"),
        ({"branch": " c "}, "c"),
        ({"branchDetails": " ", "ref": 5, "branch": "c"}, "c"),
        ({}, "master"),
    ],
)
def test_the_branch_of_a_dispatch(metadata: dict[str, object], ref: str) -> None:
    """The branch is the first usable of three keys, else the default (contract 6.5)."""
    assert dispatch_ref(metadata, "master") == ref
