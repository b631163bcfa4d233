"""Values: what is stored comes back as it was."""

from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, Final

import pytest

from cronjobs_core.domain.executions import ExecutionStatus, TriggerType
from cronjobs_core.domain.notifications import NotificationType
from cronjobs_core.domain.users import Role
from cronjobs_core.ports.store import Store
from cronjobs_core.testing.builders import a_job, a_notification, a_user, an_audit_entry
from cronjobs_core.testing.contracts.store_case import (
    Kind,
    StoreCase,
    Thing,
    every_kind,
    found,
    given,
    one_of_each,
)

TOKYO: Final = timezone(timedelta(hours=9))
TEXTS: Final = {
    "letters of many scripts": "Grüße, 東京, عربى, e\u0301 is not é",
    "beyond the basic plane": "🕐 🧪 👩‍👧 𠮷",
    "quotes and wildcards": 'it\'s "50 %" of a_b\\c; -- /* ? :name $1 {x}',
    "blanks at both ends": "  kept  ",
    "lines": "one\ntwo\r\n\tthree",
    "nothing": "",
}
MAPPINGS: Final = {
    "empty": {},
    "nested": {"a": {"b": [{"c": []}, [1, [2]]]}},
    "plain values": {"t": True, "f": False, "n": None, "i": -7, "x": 0.1, "s": "text"},
    "large numbers": {"i": 2**53 - 1, "small": 1e-7},
    "keys of any letters": {"": 1, "ключ": 2, "a.b": 3, "$set": 4, "with blank": 5},
}


class ValuesContract(StoreCase):
    """What stands in the module docstring of `ports.store` about what comes back."""

    @every_kind
    async def test_instants_come_back_to_the_microsecond(self, store: Store, kind: Kind) -> None:
        """Instants come back as the same instant, to the microsecond."""
        things = {kind: _at_odd_instants(thing) for kind, thing in one_of_each().items()}
        await given(store, *things.values())
        async with store.reading() as unit:
            kept = await found(unit, things[kind])
        assert kept is not None
        assert _instants(kept) == _instants(things[kind])

    @every_kind
    async def test_instants_come_back_in_utc(self, store: Store, kind: Kind) -> None:
        """Instants come back in UTC, whatever the zone in which they were given."""
        things = {kind: _at_odd_instants(thing) for kind, thing in one_of_each().items()}
        await given(store, *things.values())
        async with store.reading() as unit:
            kept = await found(unit, things[kind])
        assert kept is not None
        offsets = {one.utcoffset() for one in _instants(kept).values()}
        assert offsets == {timedelta(0)}

    @pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
    async def test_texts_come_back_unchanged(self, store: Store, text: str) -> None:
        """Texts come back unchanged, wherever they stand."""
        user = a_user()
        job = a_job(name=text, metadata={"text": text}, notification_emails=(text,))
        message = a_notification(user_id=user.id, message=text)
        await given(store, user, job, message)
        async with store.reading() as unit:
            assert await found(unit, job) == job
            assert await found(unit, message) == message

    @pytest.mark.parametrize("mapping", MAPPINGS.values(), ids=MAPPINGS.keys())
    async def test_mappings_come_back_equal(self, store: Store, mapping: dict[str, object]) -> None:
        """Mappings of entities come back equal."""
        job = a_job(metadata=mapping, options=mapping)
        entry = an_audit_entry(before=mapping, after={"metadata": mapping})
        await given(store, job, entry)
        async with store.reading() as unit:
            assert await found(unit, job) == job
            assert await found(unit, entry) == entry

    @pytest.mark.parametrize(
        "addresses", [(), ("z@example.com",), ("z@example.com", "a@example.com")], ids=len
    )
    async def test_tuples_come_back_equal(self, store: Store, addresses: tuple[str, ...]) -> None:
        """Tuples of entities come back equal, in their order."""
        job = a_job(notification_emails=addresses)
        await given(store, job)
        async with store.reading() as unit:
            assert await found(unit, job) == job

    @every_kind
    async def test_enumerations_come_back_as_such(self, store: Store, kind: Kind) -> None:
        """A field that the entity declares as an enumeration comes back as a member of it."""
        things = one_of_each()
        await given(store, *things.values())
        async with store.reading() as unit:
            kept = await found(unit, things[kind])
        assert kept is not None
        for name, value in _enumerated(things[kind]).items():
            assert type(getattr(kept, name)) is type(value)


def _enumerated(thing: Thing) -> dict[str, StrEnum]:
    declared = (Role, ExecutionStatus, TriggerType, NotificationType)
    values = {one.name: getattr(thing, one.name) for one in fields(thing)}
    return {name: value for name, value in values.items() if isinstance(value, declared)}


def _instants(thing: Thing) -> dict[str, datetime]:
    values = {one.name: getattr(thing, one.name) for one in fields(thing)}
    return {name: value for name, value in values.items() if isinstance(value, datetime)}


def _at_odd_instants(thing: Thing) -> Thing:
    """The thing with every instant in another zone and not on a whole second."""
    odd: dict[str, Any] = {
        name: instant.astimezone(TOKYO) + timedelta(days=number, microseconds=123_457)
        for number, (name, instant) in enumerate(_instants(thing).items())
    }
    return replace(thing, **odd)
