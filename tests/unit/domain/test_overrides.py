"""What a manual run may do differently (contract 4.6)."""

from dataclasses import replace

import pytest

from cronjobs_core.domain.errors import InvalidInput, InvalidTarget
from cronjobs_core.domain.jobs import Job
from cronjobs_core.domain.overrides import Overrides
from cronjobs_core.domain.targets import GitHubWorkflow, TargetRules, Webhook
from cronjobs_core.testing.builders import a_job

RULES = TargetRules()
URL = "https://hooks.example.com/run"
OTHER_URL = "https://hooks.example.com/other"
STORED = {"github_owner": "octo-org", "github_repo": "nightly", "github_workflow_name": "build.yml"}
WEBHOOK_JOB = a_job(target_url=URL, metadata={"stored": 1})
GITHUB_JOB = a_job(target_url=None, metadata={"stored": 1}, **STORED)
EMPTY_JOB = a_job(target_url=None)


def workflow(owner: str, repo: str, name: str) -> GitHubWorkflow:
    """Return the workflow of these names."""
    return GitHubWorkflow(owner=owner, repo=repo, workflow=name)


def test_nothing_sent_is_the_job_as_it_is() -> None:
    """Without overrides a run calls what is stored with what is stored."""
    assert Overrides.read(WEBHOOK_JOB, {}, RULES) == Overrides(
        target=Webhook(url=URL), metadata={"stored": 1}
    )
    assert Overrides.read(GITHUB_JOB, {}, RULES).target == GITHUB_JOB.target


@pytest.mark.parametrize(
    ("fields", "metadata"),
    [
        ({"metadata": {"a": 1}}, {"a": 1}),
        ({"metadata": {}}, {}),
        ({"inputs": {"b": 2}}, {"b": 2}),
        ({"metadata": {"a": 1}, "inputs": {"b": 2}}, {"a": 1}),
        ({"metadata": None, "inputs": {"b": 2}}, {"b": 2}),
        ({"metadata": None, "inputs": None}, {"stored": 1}),
    ],
)
def test_metadata_is_replaced(fields: dict[str, object], metadata: dict[str, int]) -> None:
    """Metadata that is sent, under either name, replaces the stored one for this run."""
    assert Overrides.read(WEBHOOK_JOB, fields, RULES).metadata == metadata


@pytest.mark.parametrize("field", ["metadata", "inputs"])
@pytest.mark.parametrize("value", [[], "x", 5])
def test_metadata_must_be_an_object(field: str, value: object) -> None:
    """Anything but an object is refused in the contract's words."""
    with pytest.raises(InvalidInput) as refused:
        Overrides.read(WEBHOOK_JOB, {field: value}, RULES)
    assert refused.value.error == "Invalid payload"
    assert refused.value.message == '"metadata" must be a JSON object.'


@pytest.mark.parametrize(("sent", "called"), [(OTHER_URL, OTHER_URL), ("", URL), (None, URL)])
def test_a_webhook_may_be_called_elsewhere(sent: str | None, called: str) -> None:
    """Another URL is called for this run; a blank or absent one leaves the stored one."""
    target = Overrides.read(WEBHOOK_JOB, {"target_url": sent}, RULES).target
    assert target == Webhook(url=called)


@pytest.mark.parametrize("url", ["http://example.com/", "https://10.0.0.1/", "example.com"])
def test_another_url_is_judged_as_a_stored_one(url: str) -> None:
    """An override reaches no address that a job could not be given."""
    with pytest.raises(InvalidTarget):
        Overrides.read(WEBHOOK_JOB, {"target_url": url}, RULES)


@pytest.mark.parametrize(
    ("fields", "called"),
    [
        (STORED, ("octo-org", "nightly", "build.yml")),
        ({"github_repo": "other"}, ("octo-org", "other", "build.yml")),
        ({"github_repo": "", "github_owner": None}, ("octo-org", "nightly", "build.yml")),
        ({"dispatch_url": "a/b/c.yml"}, ("a", "b", "c.yml")),
        ({**STORED, "dispatch_url": "a/b/c.yml"}, ("a", "b", "c.yml")),
        ({"dispatch_url": "a/b/c.yml", "github_repo": "other"}, ("a", "other", "c.yml")),
        (
            {**STORED, "github_workflow_name": "build", "dispatch_url": "a/b/c.yml"},
            ("a", "b", "c.yml"),
        ),
        ({"dispatch_url": ""}, ("octo-org", "nightly", "build.yml")),
    ],
)
def test_a_workflow_may_be_another(fields: dict[str, object], called: tuple[str, str, str]) -> None:
    """A changed name wins over the dispatch URL, that over what is stored (C-19)."""
    assert Overrides.read(GITHUB_JOB, fields, RULES).target == workflow(*called)


def test_another_workflow_is_judged_as_a_stored_one() -> None:
    """An override reaches no repository that a job could not be given."""
    with pytest.raises(InvalidTarget, match="may hold only"):
        Overrides.read(GITHUB_JOB, {"github_repo": "../x"}, RULES)
    only = TargetRules(github_repos=("octo-org/nightly",))
    with pytest.raises(InvalidTarget, match="octo-org/other is not allowed here"):
        Overrides.read(GITHUB_JOB, {"github_repo": "other"}, only)
    with pytest.raises(InvalidInput, match="Invalid dispatch URL format"):
        Overrides.read(GITHUB_JOB, {"dispatch_url": "nonsense"}, RULES)


def test_a_webhook_job_stays_one() -> None:
    """GitHub fields do not turn a job with a URL into a workflow."""
    target = Overrides.read(WEBHOOK_JOB, {**STORED, "dispatch_url": "nonsense"}, RULES).target
    assert target == Webhook(url=URL)


def test_a_job_without_a_target_may_be_given_one() -> None:
    """For a job that names nothing to call, the run may name either kind."""
    assert Overrides.read(EMPTY_JOB, {}, RULES).target is None
    assert Overrides.read(EMPTY_JOB, {"target_url": URL}, RULES).target == Webhook(url=URL)
    assert Overrides.read(EMPTY_JOB, STORED, RULES).target == GITHUB_JOB.target
    assert Overrides.read(EMPTY_JOB, {"github_repo": "nightly"}, RULES).target is None


def test_the_default_owner_completes_an_override() -> None:
    """Where neither job nor run names an owner, the operator's default does."""
    job = replace(GITHUB_JOB, github_owner=None)
    rules = TargetRules(github_owner="octo-org")
    assert Overrides.read(job, {"github_repo": "other"}, rules).target == workflow(
        "octo-org", "other", "build.yml"
    )


def test_a_token_for_this_run_is_not_shown() -> None:
    """A token that is sent is used and never stands in a log line about the overrides."""
    overrides = Overrides.read(GITHUB_JOB, {"github_token": " m4rker "}, RULES)
    assert overrides.github_token == "m4rker"  # noqa: S105 -- no real one
    assert "m4rker" not in repr(overrides)
    assert Overrides.read(GITHUB_JOB, {"github_token": ""}, RULES).github_token is None


@pytest.mark.parametrize("field", ["github_token", "github_owner", "dispatch_url"])
def test_every_text_is_a_text(field: str) -> None:
    """A value of another type is refused by the name of its field."""
    with pytest.raises(InvalidInput, match=f"{field} must be a string"):
        Overrides.read(GITHUB_JOB, {field: 5}, RULES)


@pytest.mark.parametrize(
    ("job", "field"),
    [(WEBHOOK_JOB, "github_owner"), (WEBHOOK_JOB, "dispatch_url"), (GITHUB_JOB, "target_url")],
    ids=["webhook, owner", "webhook, dispatch", "workflow, url"],
)
def test_a_text_that_the_job_does_not_use_is_a_text_too(job: Job, field: str) -> None:
    """A wrong type is no less wrong because the target is of the other kind."""
    with pytest.raises(InvalidInput, match=f"{field} must be a string"):
        Overrides.read(job, {field: 5}, RULES)
