"""Delivery to GitHub Actions by `workflow_dispatch` (contract 6.5).

Success means that GitHub accepted the dispatch, not that the workflow passed (F-18).
"""

import json
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from cronjobs_adapters.http.calls import Answer, Caller, CallFailed, total_deadline
from cronjobs_core.domain.errors import InvalidTarget
from cronjobs_core.domain.executions import Delivery, Reason, Run
from cronjobs_core.domain.targets import GitHubWorkflow, TargetRules, dispatch_ref

API_VERSION: Final = "2022-11-28"

_ACCEPTED: Final = frozenset({200, 201, 204})
_NOT_FOUND: Final = 404


class GitHubDeliverer:
    """Dispatches workflows with the run's own token, else with the shared `token`.

    The shared token is used for repositories that `rules` admit and for no other; that is judged
    at each call, because the setting may have changed since the job was stored (S36).
    """

    def __init__(self, caller: Caller, rules: TargetRules, *, token: str, base_url: str) -> None:
        self._caller = caller
        self._rules = rules
        self._token = token.strip()
        self._base_url = base_url.rstrip("/")

    async def deliver(self, run: Run, target: GitHubWorkflow) -> Delivery:
        """One attempt, within the run's deadline; a 404 is asked again as `.yml` and `.yaml`."""
        own_token = (run.github_token or "").strip()
        token = own_token or self._token
        if not token:
            return Delivery.failure(
                Reason.GITHUB_TOKEN_MISSING,
                f"GitHub token not configured. Cannot trigger workflow for job '{run.job_name}'",
            )
        try:
            self._admit(target, shared=not own_token)
            async with total_deadline(run.deadline):
                return await self._dispatch(run, target, token)
        except CallFailed as failed:
            return Delivery.failure(failed.reason, f"GitHub Actions request failed: {failed.cause}")

    def _admit(self, target: GitHubWorkflow, *, shared: bool) -> None:
        """Raise CallFailed for names that are not plain, and where the token may not be used."""
        try:
            target.check(replace(self._rules, github_repos=()))
        except InvalidTarget as refused:
            raise CallFailed(Reason.INVALID_TARGET, str(refused)) from None
        if shared:
            try:
                target.check(self._rules)
            except InvalidTarget as refused:
                raise CallFailed(Reason.BLOCKED_TARGET, str(refused)) from None

    async def _dispatch(self, run: Run, target: GitHubWorkflow, token: str) -> Delivery:
        ref = dispatch_ref(run.metadata, self._rules.github_ref)
        content = _body(run, ref)
        first = await self._post(target, token, content)
        if first.status != _NOT_FOUND:
            return _delivery(first, ref)
        for other in _spellings(target):
            answer = await self._post(other, token, content)
            if answer.status != _NOT_FOUND:
                return replace(_delivery(answer, ref), target=str(other))
        return _delivery(first, ref)

    async def _post(self, target: GitHubWorkflow, token: str, content: bytes) -> Answer:
        owner, repo, workflow = (
            quote(part, safe="") for part in (target.owner, target.repo, target.workflow)
        )
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "X-GitHub-Api-Version": API_VERSION,
        }
        path = f"/repos/{owner}/{repo}/actions/workflows/{workflow}/dispatches"
        return await self._caller.call(
            "POST", self._base_url + path, headers, content, secret=token
        )


def _spellings(target: GitHubWorkflow) -> tuple[GitHubWorkflow, ...]:
    """What a bare workflow name may stand for; a file name or numeric id stands for itself."""
    if "." in target.workflow or target.workflow.isdigit():
        return ()
    return tuple(replace(target, workflow=target.workflow + end) for end in (".yml", ".yaml"))


def _body(run: Run, ref: str) -> bytes:
    try:
        inputs = {key: _input(value) for key, value in run.metadata.items()}
        return json.dumps({"ref": ref, "inputs": inputs}).encode()
    except (TypeError, ValueError, RecursionError):
        raise CallFailed(Reason.INVALID_TARGET, "the metadata cannot be sent as JSON") from None


def _input(value: object) -> str:
    """An input as GitHub takes it: always a text (C068)."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _delivery(answer: Answer, ref: str) -> Delivery:
    if answer.status in _ACCEPTED:
        return Delivery(
            succeeded=True,
            response_status=answer.status,
            output=f"Workflow triggered successfully on branch {ref}",
        )
    return Delivery(
        succeeded=False,
        response_status=answer.status,
        output=answer.text,
        error_message=(
            f"GitHub Actions dispatch failed. Status: {answer.status}, Response: {answer.text}"
        ),
        reason=Reason.GITHUB_REJECTED,
    )
