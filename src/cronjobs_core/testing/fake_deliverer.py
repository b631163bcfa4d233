"""A deliverer that calls nobody."""

from typing import Final

import anyio
import anyio.lowlevel

from cronjobs_core.domain.executions import Delivery, Reason, Run
from cronjobs_core.domain.targets import Target

ACCEPTED: Final = Delivery(succeeded=True, response_status=200, output="ok")
"""What comes of a run unless it was scripted otherwise."""


class FakeDeliverer:
    """A `Deliverer` with scripted outcomes; `runs` holds what it was given, in order.

    While `gate` is an event, deliveries wait for it.
    """

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.gate: anyio.Event | None = None
        self._scripts: dict[str, list[Delivery]] = {}

    def script(self, target: Target, *outcomes: Delivery) -> None:
        """Let attempts at `target` come to `outcomes`, one after the other; the last one stays."""
        self._scripts[str(target)] = list(outcomes)

    async def deliver(self, run: Run) -> Delivery:
        """Keep the run and return the next outcome of its target."""
        self.runs.append(run)
        await anyio.lowlevel.checkpoint()
        if self.gate is not None:
            await self.gate.wait()
        if run.target is None:
            message = f"Job '{run.job_name}' has invalid configuration"
            return Delivery.failure(Reason.INVALID_TARGET, message)
        script = self._scripts.get(str(run.target), [ACCEPTED])
        return script.pop(0) if len(script) > 1 else script[0]
