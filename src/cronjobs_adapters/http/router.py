"""The deliverer: each run goes to the one who knows its kind of target."""

import ssl
from typing import Final

import httpx2

from cronjobs_adapters.http.calls import Caller
from cronjobs_adapters.http.github import GitHubDeliverer
from cronjobs_adapters.http.guard import OPERATOR_ADDRESSES, Guard
from cronjobs_adapters.http.resolver import Lookup, Resolver, system_lookup
from cronjobs_adapters.http.transport import ConnectionLimits, PooledTransport
from cronjobs_adapters.http.webhook import WebhookDeliverer
from cronjobs_core.domain.executions import Delivery, Reason, Run
from cronjobs_core.domain.targets import GitHubWorkflow, TargetRules, Webhook

GITHUB_URL: Final = "https://api.github.com"
DEFAULT_LIMITS: Final = ConnectionLimits()


class HttpDeliverer:
    """The `Deliverer` for webhooks and GitHub workflows. Close it with `aclose`.

    `github_url` is the operator's own and may lead inside the network; webhooks go only where
    `rules` admit. `limits` hold for webhooks and for GitHub separately. Certificates are always
    verified: against the system's authorities, or as `ssl_context` says. `lookup` stands in for
    the system's resolver.
    """

    def __init__(
        self,
        rules: TargetRules,
        *,
        version: str,
        github_token: str = "",
        github_url: str = GITHUB_URL,
        limits: ConnectionLimits = DEFAULT_LIMITS,
        ssl_context: ssl.SSLContext | None = None,
        lookup: Lookup = system_lookup,
    ) -> None:
        tls = ssl_context or httpx2.create_ssl_context()
        self._resolver = Resolver(lookup)

        def caller(guard: Guard) -> Caller:
            return Caller(PooledTransport(guard, tls, limits), f"cronjobs/{version}")

        self._to_targets = caller(Guard(self._resolver, rules.addresses))
        self._to_github = caller(Guard(self._resolver, OPERATOR_ADDRESSES, any_port=True))
        self._webhook = WebhookDeliverer(self._to_targets, allow_http=rules.allow_http)
        self._github = GitHubDeliverer(
            self._to_github, rules, token=github_token, base_url=github_url
        )

    async def deliver(self, run: Run) -> Delivery:
        match run.target:
            case Webhook() as target:
                return await self._webhook.deliver(run, target)
            case GitHubWorkflow() as target:
                return await self._github.deliver(run, target)
            case None:
                return Delivery.failure(
                    Reason.INVALID_TARGET,
                    f"Job '{run.job_name}' has invalid configuration "
                    "(neither GitHub Actions nor webhook URL)",
                )

    async def aclose(self) -> None:
        """Close every idle connection; no run may be under way."""
        await self._to_targets.aclose()
        await self._to_github.aclose()
        self._resolver.close()
