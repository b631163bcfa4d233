"""Who may claim: at most one leader at any instant."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One stretch of leading. `epoch` grows with every term, whoever wins it."""

    owner: str
    epoch: int
    since: datetime


class Leadership(Protocol):
    """The election, as one candidate sees it."""

    async def acquire(self) -> Term | None:
        """Lead from now on, with an epoch above all earlier ones; None while another leads.

        Asking again while leading returns the same term.
        """
        ...

    async def renew(self, term: Term) -> bool:
        """Whether `term` still leads; after False it never does again."""
        ...

    async def resign(self, term: Term) -> None:
        """Stop leading, so that another can at once; nothing for a term that does not lead."""
        ...
