"""The far end of a run."""

from typing import Protocol

from cronjobs_core.domain.executions import Delivery, Run


class Deliverer(Protocol):
    """Calls what a run's target names."""

    async def deliver(self, run: Run) -> Delivery:
        """Make one attempt and say what came of it, within `run.deadline` + 1 second.

        Never raises for anything the target, the network or the run's own data do: a failure is
        a Delivery with a reason and a sentence. A run without a target fails with
        `invalid_target`. No secret of the run stands in what is returned.
        """
        ...
