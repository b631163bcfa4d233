"""Categories and PIC teams: the two lists by which jobs are sorted and people are found."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Generic, Self, TypeVar

from cronjobs_core.domain import fields as read
from cronjobs_core.domain.errors import InvalidInput
from cronjobs_core.domain.fields import Fields
from cronjobs_core.domain.ids import CategoryId, PicTeamId

MAX_SLUG: Final = 100
MAX_NAME: Final = 255
GENERAL: Final = "general"

SEED_CATEGORIES: Final = (
    ("general", "General"),
    ("regression", "Regression"),
    ("dr-testing", "DR Testing"),
    ("feature-testing", "Feature Testing"),
    ("prod-canary", "Prod/Canary"),
    ("refund", "Refund"),
    ("backward-compatibility", "Backward Compatibility"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """What a job is about. Jobs refer to it by slug."""

    id: CategoryId
    slug: str
    name: str
    is_active: bool = True
    created_at: datetime
    updated_at: datetime

    def change(self, values: Mapping[str, Any], at: datetime) -> Self:
        """The category with validated `values` in place of its own."""
        return replace(self, **values, updated_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class PicTeam:
    """The team in charge of a job. Jobs refer to it by slug."""

    id: PicTeamId
    slug: str
    name: str
    slack_handle: str | None
    is_active: bool = True
    created_at: datetime
    updated_at: datetime

    def change(self, values: Mapping[str, Any], at: datetime) -> Self:
        """The team with validated `values` in place of its own."""
        return replace(self, **values, updated_at=at)


Entry = TypeVar("Entry", Category, PicTeam)


class Directory(Generic[Entry]):
    """All entries of one list, found the way people refer to them."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_slug: dict[str, Entry] = {}
        self._by_name: dict[str, Entry] = {}
        for entry in entries:
            self._by_slug[entry.slug] = entry
            self._by_name.setdefault(entry.name.casefold(), entry)

    def find(self, text: str) -> Entry | None:
        """The entry whose slug is that of `text`, else the one of that name in any case."""
        return self._by_slug.get(slugify(text)) or self._by_name.get(text.strip().casefold())


def slugify(text: str) -> str:
    """Lower-case, every run of anything but a-z and 0-9 one hyphen, none at the ends."""
    return re.sub(r"[^a-z0-9]+", "-", text.strip().lower()).strip("-")


def slug_for(name: str, given: str | None = None) -> str:
    """The slug of a new entry: from `given`, else from `name`; at most 100 characters.

    Raises InvalidInput where nothing usable is left.
    """
    slug = slugify(given or "") or slugify(name)
    if not slug:
        raise InvalidInput("Invalid slug", "Unable to generate a valid slug from name.")
    if len(slug) > MAX_SLUG:
        raise InvalidInput("Invalid slug", f"slug must be at most {MAX_SLUG} characters.")
    return slug


def entry_change(entry: Category | PicTeam, fields: Fields) -> dict[str, Any]:
    """The values that a request changes about a category or a team; the slug follows the name.

    Raises InvalidInput, in the contract's order, with nothing half-done.
    """
    values: dict[str, Any] = {}
    name = read.text(fields, "name", MAX_NAME)
    if name == "":
        raise InvalidInput("Invalid name", "Name cannot be empty.")
    if name is not None:
        values = {"name": name, "slug": entry.slug if name == entry.name else slug_for(name)}
    if not read.is_absent(fields, "slug"):
        message = "Slug cannot be edited directly; it is derived from name."
        raise InvalidInput("Invalid payload", message)
    active = read.flag(fields, "is_active")
    return values if active is None else {**values, "is_active": active}


def category_change(category: Category, fields: Fields) -> dict[str, Any]:
    """The same for a category; the general one can be neither renamed nor disabled (0.13)."""
    general = category.slug == GENERAL
    name = read.text(fields, "name", MAX_NAME)
    if general and name and name != category.name:
        raise InvalidInput("Invalid category", 'The "General" category cannot be renamed.')
    values = entry_change(category, fields)
    if general and values.get("is_active") is False:
        raise InvalidInput("Invalid category", 'The "General" category cannot be disabled.')
    return values


def team_change(team: PicTeam, fields: Fields) -> dict[str, Any]:
    """The same for a team, with its Slack handle."""
    values = entry_change(team, fields)
    handle = read.text(fields, "slack_handle", MAX_NAME)
    if handle == "":
        raise InvalidInput("Invalid slack_handle", "slack_handle cannot be empty.")
    return values if handle is None else {**values, "slack_handle": handle}
