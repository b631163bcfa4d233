"""Users, their sessions, and the actors that they become."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronjobs_core.domain.ids import SessionId
from cronjobs_core.domain.users import Actor, Role, normalise_login
from cronjobs_core.testing.builders import NOON, a_session, a_user, an_actor, an_admin

HOUR = timedelta(hours=1)


def test_a_session_is_alive_until_it_expires() -> None:
    """Tokens of a session are good before its expiry and not from then on."""
    session = a_session(expires_at=NOON + HOUR)
    assert session.is_alive(NOON + HOUR - timedelta(microseconds=1))
    assert not session.is_alive(NOON + HOUR)


def test_an_ended_session_is_dead() -> None:
    """Ending makes a session worthless at once; the first end counts."""
    ended = a_session().end(NOON)
    assert not ended.is_alive(NOON)
    assert ended.ended_at == NOON
    assert ended.end(NOON + HOUR) == ended


def test_an_actor_is_the_user_as_stored() -> None:
    """An actor has the name, the address and the role of the user, and a session where known."""
    admin = an_admin()
    actor = Actor.of(admin, SessionId("s"))
    assert (actor.user_id, actor.username, actor.email) == (admin.id, admin.username, admin.email)
    assert (actor.role, actor.session_id) == (admin.role, "s")
    assert Actor.of(admin).session_id is None


@pytest.mark.parametrize(("email", "label"), [("a@b.example", "a@b.example"), ("", "anna")])
def test_how_people_read_an_actor(email: str, label: str) -> None:
    """People read the address, or the user name where there is none."""
    assert an_actor(email=email, username="anna").label == label


def test_a_user_is_changed() -> None:
    """What is given stands in place of what was, also where it switches something off."""
    user = a_user()
    changed = user.change(
        email="new@example.com",
        password_hash="new",  # noqa: S106 -- no real one
        role=Role.VIEWER,
        is_active=False,
        at=NOON + HOUR,
    )
    assert (changed.email, changed.password_hash) == ("new@example.com", "new")
    assert (changed.role, changed.is_active) == (Role.VIEWER, False)
    assert (changed.id, changed.username, changed.updated_at) == (
        user.id,
        user.username,
        NOON + HOUR,
    )


def test_a_change_of_nothing() -> None:
    """What is not given stays, also on an account that is switched off."""
    gone = a_user(is_active=False)
    assert gone.change(at=NOON) == gone


def test_tokens_without_a_session_can_be_ended() -> None:
    """A user keeps the instant before which tokens of the previous backend are worthless."""
    assert a_user().end_sessions_before(NOON).sessions_end_before == NOON


@pytest.mark.parametrize(
    ("role", "is_active", "counts"),
    [(Role.ADMIN, True, True), (Role.ADMIN, False, False), (Role.USER, True, False)],
)
def test_who_keeps_the_installation_manageable(role: Role, is_active: bool, counts: bool) -> None:
    """Only an admin whose account is active can manage anything."""
    assert a_user(role=role, is_active=is_active).is_active_admin is counts


@pytest.mark.parametrize("text", ["Anna", " anna ", "ANNA"])
def test_a_login_has_one_form(text: str) -> None:
    """Case and outer blanks of a login do not matter (S10)."""
    assert normalise_login(text) == "anna"


def test_a_login_in_composed_and_decomposed_letters() -> None:
    """The same letters in either encoding are the same login (S10)."""
    assert normalise_login("mu\u0308ller") == normalise_login("M\u00dcLLER")


@given(st.text())
def test_the_form_of_a_login_is_final(text: str) -> None:
    """What is stored is found again: the stored form of a login is its own."""
    once = normalise_login(text)
    assert normalise_login(once) == once
