"""Categories and PIC teams: slugs and how an entry is found."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cronjobs_core.domain.errors import InvalidInput
from cronjobs_core.domain.taxonomy import (
    GENERAL,
    MAX_SLUG,
    SEED_CATEGORIES,
    Directory,
    slug_for,
    slugify,
)
from cronjobs_core.testing.builders import a_category, a_pic_team


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("DR Testing", "dr-testing"),
        ("Prod/Canary", "prod-canary"),
        ("  a   b  ", "a-b"),
        ("--a--", "a"),
        ("Ünïcode", "n-code"),
        ("東京", ""),
        ("", ""),
    ],
)
def test_a_slug_is_made_of_letters_digits_and_hyphens(text: str, slug: str) -> None:
    """A slug is the text in lower case with one hyphen for each run of anything else."""
    assert slugify(text) == slug


@given(st.text())
@example("İ")
def test_slugs_have_one_form(text: str) -> None:
    """Whatever the text, its slug is empty or plain, and its own slug."""
    slug = slugify(text)
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", slug)
    assert slugify(slug) == slug


@given(st.from_regex(r"[A-Za-z0-9 ]*", fullmatch=True))
def test_case_and_blanks_do_not_matter(text: str) -> None:
    """The same words in other letters and with other blanks have the same slug."""
    assert slugify(f" {text.upper().replace(' ', '   ')} ") == slugify(text)


def test_the_slug_of_a_new_entry_comes_from_what_is_given() -> None:
    """A given slug goes before the name, in its plain form; a useless one is not used."""
    assert slug_for("Payments", "Pay Team") == "pay-team"
    assert slug_for("Payments", "!!!") == "payments"
    assert slug_for("Payments") == "payments"


def test_a_slug_has_a_limit() -> None:
    """A slug of 100 characters is accepted, a longer one refused by name."""
    assert slug_for("x" * MAX_SLUG) == "x" * MAX_SLUG
    with pytest.raises(InvalidInput) as refused:
        slug_for("x" * (MAX_SLUG + 1))
    assert refused.value.error == "Invalid slug"
    assert refused.value.message == "slug must be at most 100 characters."


def test_a_name_without_a_slug_is_refused() -> None:
    """Where neither name nor given slug leaves anything usable, that is said."""
    with pytest.raises(InvalidInput) as refused:
        slug_for("東京", "--")
    assert refused.value.error == "Invalid slug"
    assert refused.value.message == "Unable to generate a valid slug from name."


@pytest.mark.parametrize("text", ["dr-testing", "DR Testing", " dr testing ", "DR/Testing"])
def test_an_entry_is_found_by_its_slug(text: str) -> None:
    """People may write the slug or anything that has it."""
    entry = a_category(slug="dr-testing", name="Disaster recovery")
    assert Directory([a_category(), entry]).find(text) is entry


@pytest.mark.parametrize(
    ("text", "slug"),
    [("東京チーム", "tokyo"), (" 東京チーム ", "tokyo"), ("STRASSE", "road"), ("straße", "road")],
)
def test_an_entry_is_found_by_its_name(text: str, slug: str) -> None:
    """Where no slug fits, the name in any case of letters does."""
    entries = [a_pic_team(slug="tokyo", name="東京チーム"), a_pic_team(slug="road", name="Straße")]
    found = Directory(entries).find(text)
    assert found is not None
    assert found.slug == slug


def test_a_slug_goes_before_a_name() -> None:
    """Where one entry's slug is another's name, the slug counts."""
    by_name = a_category(slug="other", name="Ops")
    by_slug = a_category(slug="ops", name="Operations")
    assert Directory([by_name, by_slug]).find("Ops") is by_slug


def test_of_two_with_one_name_the_first_is_found() -> None:
    """Names need not be unique; the first of the list is meant."""
    first, second = a_category(name="Ops"), a_category(name="OPS")
    assert Directory([first, second]).find("ops") is first


@pytest.mark.parametrize("text", ["", "   ", "---", "unknown"])
def test_nothing_is_found(text: str) -> None:
    """A text that is nobody's slug or name finds nothing."""
    assert Directory([a_category(slug="ops", name="Ops")]).find(text) is None


def test_the_seeds_are_usable() -> None:
    """The categories of a new installation have their own slugs, and General is one of them."""
    assert dict(SEED_CATEGORIES)[GENERAL] == "General"
    assert all(slugify(name) == slug for slug, name in SEED_CATEGORIES)
