"""Hashers and tokens keep the contract of the security ports."""

from collections.abc import Iterator

import jwt
import pytest

from cronjobs_adapters.security import Algorithm, JwtTokens, PasslibHasher
from cronjobs_core.ports.security import PasswordHasher, Tokens
from cronjobs_core.testing.contracts.security import PasswordHasherContract, Sign, TokensContract
from cronjobs_core.testing.fakes import CountingIds, PlainHasher, PlainTokens

SECRET = "the secret that these tests sign with, long enough for any algorithm of the three"  # noqa: S105 -- of tests
OTHER = SECRET[::-1]


class TestPasslibHasher(PasswordHasherContract):
    """Argon2id, and hashes of the previous backend."""

    retired = (
        "admin123",
        "$pbkdf2-sha256$29000$c2FsdHNhbHRzYWx0c2FsdA$O3RWZY5YsOiMY64sesVZafGpXD6HSSbaAf7RutNcle8",
    )

    @pytest.fixture
    def hasher(self) -> Iterator[PasswordHasher]:
        hasher = PasslibHasher()
        yield hasher
        hasher.close()


class TestPlainHasher(PasswordHasherContract):
    """The hasher of tests."""

    retired = ("admin123", PlainHasher().hash_now("admin123", way="older"))

    @pytest.fixture
    def hasher(self) -> PasswordHasher:
        return PlainHasher()


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
class TestJwtTokens(TokensContract):
    """JSON web tokens, by each algorithm that can be configured."""

    @pytest.fixture
    def tokens(self, algorithm: Algorithm) -> Tokens:
        return JwtTokens(SECRET, algorithm, CountingIds())

    @pytest.fixture
    def strangers(self, algorithm: Algorithm) -> Tokens:
        return JwtTokens(OTHER, algorithm, CountingIds())

    @pytest.fixture
    def sign(self, algorithm: Algorithm) -> Sign:
        return lambda claims: jwt.encode(dict(claims), SECRET, algorithm)


class TestPlainTokens(TokensContract):
    """The tokens of tests."""

    @pytest.fixture
    def tokens(self) -> Tokens:
        return PlainTokens()

    @pytest.fixture
    def strangers(self) -> Tokens:
        return PlainTokens("another key")

    @pytest.fixture
    def sign(self) -> Sign:
        return PlainTokens().sign
