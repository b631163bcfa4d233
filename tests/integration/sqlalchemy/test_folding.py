"""Texts are found and sorted without regard to case, on either database and in any script."""

import pytest

from cronjobs_adapters.sqlalchemy import SqlStore
from cronjobs_core.domain.jobs import JobOrder, JobQuery
from cronjobs_core.testing.builders import a_job
from cronjobs_core.testing.contracts.store_case import given


@pytest.mark.parametrize(
    ("name", "search"),
    [
        ("STRASSE ÄÖÜ", "strasse äöü"),
        ("ночной", "НОЧНОЙ"),
        ("ΑΘΗΝΑ", "αθηνα"),
        ("İstanbul", "İSTANBUL"),
        ("🕐 東京", "東京"),
        ("a" * 200, "A" * 200),
        ("it's 100% \\ _", "IT'S 100% \\ _"),
    ],
)
async def test_a_text_is_found_in_any_case(store: SqlStore, name: str, search: str) -> None:
    """Letters of any script are found in either case, and special ones as they are."""
    job = a_job(name=name)
    await given(store, job, a_job())
    async with store.reading() as unit:
        found, total = await unit.jobs.find(JobQuery(search=search))
    assert [one.job for one in found] == [job]
    assert total == 1


async def test_a_search_longer_than_any_pattern_finds_nothing(store: SqlStore) -> None:
    """A search of a hundred thousand letters, or wildcards, is answered like any other."""
    await given(store, a_job(name="a"))
    async with store.reading() as unit:
        for letter in "a%_\\":
            assert await unit.jobs.find(JobQuery(search=letter * 100_000)) == ([], 0)


async def test_names_are_sorted_by_their_letters_alone(store: SqlStore) -> None:
    """Both databases sort names alike: by code points of their lower-case letters."""
    names = ["10", "9", "A b", "a-b", "B", "z", "Ä", "é", "Я", "東"]
    await given(store, *(a_job(name=name) for name in reversed(names)))
    async with store.reading() as unit:
        found, _ = await unit.jobs.find(JobQuery(sort_by=JobOrder.NAME, descending=False))
    assert [one.job.name for one in found] == names
