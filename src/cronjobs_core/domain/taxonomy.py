"""Categories and PIC teams: the two lists by which jobs are sorted and people are found."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar

from cronjobs_core.domain.errors import InvalidInput
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
