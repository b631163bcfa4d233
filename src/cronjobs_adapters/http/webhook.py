"""Delivery to an HTTP endpoint (contract 6.4)."""

import json
from datetime import datetime
from typing import Final

import httpx2

from cronjobs_adapters.http.calls import Answer, Caller, CallFailed, total_deadline
from cronjobs_core.domain.executions import Delivery, Reason, Run
from cronjobs_core.domain.targets import Webhook

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class WebhookDeliverer:
    """POSTs a run's metadata as JSON, or sends a GET where there is none.

    `allow_http` is judged at each call: the setting may have changed since the job was stored.
    """

    def __init__(self, caller: Caller, *, allow_http: bool) -> None:
        self._caller = caller
        self._schemes = ("https", "http") if allow_http else ("https",)

    async def deliver(self, run: Run, target: Webhook) -> Delivery:
        """One attempt, within the run's deadline."""
        try:
            async with total_deadline(run.deadline):
                answer = await self._call(run, self._checked(target.url))
        except CallFailed as failed:
            return Delivery.failure(failed.reason, f"Webhook call failed: {failed.cause}")
        return _delivery(answer)

    def _checked(self, text: str) -> httpx2.URL:
        try:
            url = httpx2.URL(text)
        except (httpx2.InvalidURL, ValueError):  # their texts quote what may be secret
            raise CallFailed(Reason.INVALID_TARGET, "the URL is not valid") from None
        if url.scheme not in self._schemes or url.userinfo:
            cause = "the URL's scheme is not allowed, or it holds a user name or password"
            raise CallFailed(Reason.INVALID_TARGET, cause)
        return url

    async def _call(self, run: Run, url: httpx2.URL) -> Answer:
        headers = _headers(run)
        if not run.metadata:
            return await self._caller.call("GET", url, headers)
        headers["Content-Type"] = "application/json"
        return await self._caller.call("POST", url, headers, _body(run))


def _headers(run: Run) -> dict[str, str]:
    headers = {
        "Idempotency-Key": run.idempotency_key,
        "Cronjobs-Attempt": str(run.execution.attempt),
    }
    planned = run.execution.scheduled_for
    if planned is not None:
        headers["Cronjobs-Scheduled-For"] = _utc(planned)
    return headers


def _utc(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def _body(run: Run) -> bytes:
    try:
        return json.dumps(dict(run.metadata), separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):
        raise CallFailed(Reason.INVALID_TARGET, "the metadata cannot be sent as JSON") from None


def _delivery(answer: Answer) -> Delivery:
    if answer.is_success:
        return Delivery(succeeded=True, response_status=answer.status, output=answer.text)
    return Delivery(
        succeeded=False,
        response_status=answer.status,
        output=answer.text,
        error_message=f"Webhook returned status {answer.status}{_redirect(answer)}",
        reason=Reason.HTTP_STATUS,
    )


def _redirect(answer: Answer) -> str:
    if answer.status not in _REDIRECTS:
        return ""
    where = f" (to {answer.location})" if answer.location is not None else ""
    return f"; redirects are not followed{where}"
