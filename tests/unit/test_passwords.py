"""Password hashes, old and new, and texts that are none (reliability checklist S01 to S03)."""

import threading
from collections.abc import Iterator

import anyio
import pytest
from passlib.hash import argon2, pbkdf2_sha256  # type: ignore[import-untyped]

from cronjobs_adapters.security import PasslibHasher
from cronjobs_core.domain.errors import InvalidInput

pytestmark = pytest.mark.anyio


@pytest.fixture
def hasher() -> Iterator[PasslibHasher]:
    """Give a hasher whose threads end with the test."""
    hasher = PasslibHasher()
    yield hasher
    hasher.close()


async def test_new_hashes_have_the_cost_that_owasp_asks_for(hasher: PasslibHasher) -> None:
    """Argon2id, 19 MiB, two passes, one lane."""
    assert (await hasher.hash("secret")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_a_hash_of_the_previous_backend_verifies_and_is_due(hasher: PasslibHasher) -> None:
    """People sign in with the password they have; the next sign-in strengthens its hash."""
    stored = pbkdf2_sha256.using(rounds=29_000).hash("admin123")
    assert await hasher.verify("admin123", stored)
    assert not await hasher.verify("admin124", stored)
    assert hasher.needs_rehash(stored)


@pytest.mark.parametrize(
    "weaker",
    [
        {"memory_cost": 1024, "time_cost": 2, "parallelism": 1, "type": "ID"},
        {"memory_cost": 19456, "time_cost": 1, "parallelism": 1, "type": "ID"},
        {"memory_cost": 19456, "time_cost": 2, "parallelism": 1, "type": "I"},
    ],
)
async def test_an_argon2_hash_of_another_cost_is_due(
    hasher: PasslibHasher, weaker: dict[str, object]
) -> None:
    """Raising the cost later reaches the hashes that exist."""
    stored = argon2.using(**weaker).hash("secret")
    assert await hasher.verify("secret", stored)
    assert hasher.needs_rehash(stored)


async def test_nothing_is_cut_at_72_bytes(hasher: PasslibHasher) -> None:
    """Two long passwords that differ in the 73rd character are two passwords."""
    stored = await hasher.hash("a" * 72 + "X")
    assert await hasher.verify("a" * 72 + "X", stored)
    assert not await hasher.verify("a" * 72 + "Y", stored)


async def test_nothing_is_cut_at_a_nul(hasher: PasslibHasher) -> None:
    """What follows a NUL belongs to the password."""
    stored = await hasher.hash("a\0b")
    assert await hasher.verify("a\0b", stored)
    assert not await hasher.verify("a\0c", stored)
    assert not await hasher.verify("a", stored)


async def test_passwords_are_not_normalised(hasher: PasslibHasher) -> None:
    """The same letter in two encodings of Unicode is two passwords: they are taken unchanged."""
    stored = await hasher.hash("\u00e9")
    assert not await hasher.verify("e\u0301", stored)


@pytest.mark.parametrize("password", ["a" * 4097, "a" * 1_000_000, "\ud800"])
async def test_a_password_that_cannot_be_hashed_is_refused(
    hasher: PasslibHasher, password: str
) -> None:
    """Setting it is an error of the caller; signing in with it simply fails."""
    with pytest.raises(InvalidInput, match="at most 4096 characters"):
        await hasher.hash(password)
    assert not await hasher.verify(password, await hasher.hash("secret"))


async def test_the_longest_password_is_taken(hasher: PasslibHasher) -> None:
    """4096 characters are hashed whole."""
    stored = await hasher.hash("a" * 4096)
    assert await hasher.verify("a" * 4096, stored)
    assert not await hasher.verify("a" * 4095, stored)


async def test_a_damaged_hash_verifies_nothing(hasher: PasslibHasher) -> None:
    """A hash that was cut, lengthened or altered in the store is a wrong password, no failure."""
    for good in (await hasher.hash("secret"), pbkdf2_sha256.hash("secret")):
        for damaged in (good[:-3], good[:-1], f"{good}!", good[1:], good.upper()):
            assert not await hasher.verify("secret", damaged), damaged
            assert isinstance(hasher.needs_rehash(damaged), bool)
    for text in ("", "x", "\0", "\ud800", "$argon2id$v=19$m=0,t=0,p=0$c29tZXNhbHQ$aaaa"):
        assert hasher.needs_rehash(text)


async def test_two_threads_compute_and_no_more(hasher: PasslibHasher) -> None:
    """A storm of sign-ins takes neither all memory nor the threads that resolve host names."""
    before = set(threading.enumerate())  # other tests of this process may have left some
    begun: set[threading.Thread] = set()
    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(hasher.hash, "secret")
        for _ in range(20):
            begun |= set(threading.enumerate()) - before
            await anyio.sleep(0.001)
    assert {each.name for each in begun} <= {"password_0", "password_1"}


async def test_a_closed_hasher_has_no_threads() -> None:
    """A service that stops leaves none behind, and a late call is an error."""
    before = set(threading.enumerate())
    hasher = PasslibHasher()
    await hasher.hash("secret")
    own = set(threading.enumerate()) - before
    assert own
    hasher.close()
    hasher.close()
    assert not any(each.is_alive() for each in own)
    with pytest.raises(RuntimeError):
        await hasher.hash("secret")
