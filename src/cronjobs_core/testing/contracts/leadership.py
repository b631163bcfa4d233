"""What Leadership must do."""

from typing import Final, Protocol

import anyio
import pytest

from cronjobs_core.ports.leadership import Leadership, Term
from cronjobs_core.testing.contracts.backend import OnAsyncio

CANDIDATES: Final = 10


class Election(Protocol):
    """One election, as its contract needs it."""

    def candidate(self, owner: str) -> Leadership:
        """A new candidate, as another process would have it."""
        ...

    async def depose(self) -> None:
        """End the present term without its leader: its lease expires, its lock file is deleted."""
        ...


class LeadershipContract(OnAsyncio):
    """Override the fixture `election`: one in which nobody leads yet."""

    @pytest.fixture
    def election(self) -> Election:
        """Override it, as a plain or an async fixture."""
        raise NotImplementedError("override the fixture `election`")

    @pytest.mark.anyio
    async def test_the_first_candidate_leads(self, election: Election) -> None:
        """A term names its owner and says since when it leads, with a zone."""
        term = await won(election.candidate("a"))
        assert term.owner == "a"
        assert term.since.utcoffset() is not None

    @pytest.mark.anyio
    async def test_nobody_leads_beside_the_leader(self, election: Election) -> None:
        """While one leads, others get no term, however often they ask."""
        leader, other = election.candidate("a"), election.candidate("b")
        term = await won(leader)
        assert [await other.acquire() for _ in range(3)] == [None, None, None]
        assert await leader.renew(term)

    @pytest.mark.anyio
    async def test_of_many_candidates_at_once_one_leads(self, election: Election) -> None:
        """At any instant at most one candidate holds a term."""
        terms: list[Term | None] = []

        async def run(candidate: Leadership) -> None:
            terms.append(await candidate.acquire())

        async with anyio.create_task_group() as tasks:
            for number in range(CANDIDATES):
                tasks.start_soon(run, election.candidate(str(number)))
        assert len(terms) == CANDIDATES
        assert len([term for term in terms if term is not None]) == 1

    @pytest.mark.anyio
    async def test_the_leader_that_asks_again_gets_the_same_term(self, election: Election) -> None:
        """Asking again does not begin a new term."""
        leader = election.candidate("a")
        term = await won(leader)
        assert await leader.acquire() == term

    @pytest.mark.anyio
    async def test_each_term_has_a_greater_epoch(self, election: Election) -> None:
        """Epochs grow, whoever wins and however the term before ended."""
        first, second = election.candidate("a"), election.candidate("b")
        epochs = []
        for candidate in (first, second, second, first):
            term = await won(candidate)
            epochs.append(term.epoch)
            await candidate.resign(term)
        epochs.append((await won(first)).epoch)
        await election.depose()
        epochs.append((await won(second)).epoch)
        assert epochs == sorted(set(epochs))

    @pytest.mark.anyio
    async def test_the_leader_renews(self, election: Election) -> None:
        """A term leads as long as nothing ends it."""
        leader = election.candidate("a")
        term = await won(leader)
        assert [await leader.renew(term) for _ in range(3)] == [True, True, True]

    @pytest.mark.anyio
    async def test_a_deposed_leader_cannot_renew(self, election: Election) -> None:
        """The leader learns that it no longer leads, and another can."""
        leader, other = election.candidate("a"), election.candidate("b")
        term = await won(leader)
        await election.depose()
        await won(other)
        assert not await leader.renew(term)

    @pytest.mark.anyio
    async def test_a_lost_term_never_leads_again(self, election: Election) -> None:
        """Not even when its owner leads again in a new term."""
        leader = election.candidate("a")
        lost = await won(leader)
        await election.depose()
        assert not await leader.renew(lost)
        term = await won(leader)
        assert not await leader.renew(lost)
        assert await leader.renew(term)

    @pytest.mark.anyio
    async def test_after_resigning_another_can_lead_at_once(self, election: Election) -> None:
        """A leader that leaves need not be waited for, and has left."""
        leader, other = election.candidate("a"), election.candidate("b")
        term = await won(leader)
        await leader.resign(term)
        assert not await leader.renew(term)
        await won(other)
        assert await leader.acquire() is None

    @pytest.mark.anyio
    async def test_resigning_a_term_that_no_longer_leads_changes_nothing(
        self, election: Election
    ) -> None:
        """An old term cannot end a new one: another's, or its own owner's."""
        leader, other = election.candidate("a"), election.candidate("b")
        old = await won(leader)
        await leader.resign(old)
        await leader.resign(old)
        term = await won(other)
        await leader.resign(old)
        assert await other.renew(term)
        await other.resign(term)
        term = await won(leader)
        await leader.resign(old)
        assert await leader.renew(term)
        assert await other.acquire() is None


async def won(candidate: Leadership) -> Term:
    """The term of a candidate that must win."""
    term = await candidate.acquire()
    assert term is not None
    return term
