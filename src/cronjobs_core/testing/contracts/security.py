"""What a PasswordHasher and Tokens must do."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import pytest

from cronjobs_core.domain.errors import Unauthenticated
from cronjobs_core.domain.ids import SessionId
from cronjobs_core.domain.users import User
from cronjobs_core.ports.security import Claims, PasswordHasher, TokenKind, Tokens
from cronjobs_core.testing.builders import NOON, a_user, an_id
from cronjobs_core.testing.contracts.backend import OnAsyncio

Sign = Callable[[Mapping[str, object]], str]

MAX_HASH: Final = 255
LIFETIME: Final = 3600.0
NO_HASHES: Final = ("", "x", "\0", "é", "$", "$argon2id$", "$pbkdf2-sha256$29000$salt", "plain$")
NO_TOKENS: Final = ("", ".", "..", "x", "a.b.c", "é.é.é", "\0", "\ud800", "a" * 10_000)


class PasswordHasherContract(OnAsyncio):
    """Override the fixture `hasher`; name a `retired` hash if there is a way that is out of use.

    `retired` is a password and its hash. `patience` is the processor time, in seconds, that two
    calls may take from the event loop's thread.
    """

    retired: tuple[str, str] | None = None
    patience: float = 0.01

    @pytest.fixture
    def hasher(self) -> PasswordHasher:
        """Override it: the hasher under test."""
        raise NotImplementedError("override the fixture `hasher`")

    @pytest.mark.anyio
    @pytest.mark.parametrize("password", ["secret", "", "pässwörd 密码 🔑", "nul\0nul", "a" * 128])
    async def test_a_password_belongs_to_its_hash(
        self, hasher: PasswordHasher, password: str
    ) -> None:
        """Any text is taken whole and unchanged; one more character makes it another password."""
        stored = await hasher.hash(password)
        assert await hasher.verify(password, stored)
        assert not await hasher.verify(f"{password}x", stored)

    @pytest.mark.anyio
    async def test_two_hashes_of_a_password_differ(self, hasher: PasswordHasher) -> None:
        """Hashes are salted, so equal passwords cannot be seen."""
        first, second = await hasher.hash("secret"), await hasher.hash("secret")
        assert first != second

    @pytest.mark.anyio
    async def test_a_hash_fits_its_column(self, hasher: PasswordHasher) -> None:
        """A hash has at most 255 characters, however long the password is."""
        assert len(await hasher.hash("ü" * 1000)) <= MAX_HASH

    @pytest.mark.anyio
    @pytest.mark.parametrize("stored", NO_HASHES)
    async def test_no_password_belongs_to_a_text_that_is_no_hash(
        self, hasher: PasswordHasher, stored: str
    ) -> None:
        """Whatever stands in the store, a wrong answer is False and no error."""
        assert await hasher.verify("secret", stored) is False
        assert await hasher.verify("", stored) is False

    @pytest.mark.anyio
    async def test_the_event_loop_is_free_meanwhile(self, hasher: PasswordHasher) -> None:
        """The loop's own thread does not compute."""
        before = time.thread_time()
        assert await hasher.verify("secret", await hasher.hash("secret"))
        assert time.thread_time() - before < self.patience

    @pytest.mark.anyio
    async def test_a_new_hash_needs_no_rehash(self, hasher: PasswordHasher) -> None:
        """What was hashed just now is made in the present way."""
        assert not hasher.needs_rehash(await hasher.hash("secret"))

    @pytest.mark.anyio
    async def test_a_retired_hash_is_good_and_needs_a_rehash(self, hasher: PasswordHasher) -> None:
        """A hash made in a way no longer used still verifies, and is known as such."""
        if self.retired is None:
            pytest.skip("this hasher never hashed in another way")
        password, stored = self.retired
        assert await hasher.verify(password, stored)
        assert not await hasher.verify(f"{password}x", stored)
        assert hasher.needs_rehash(stored)


class TokensContract:
    """Override the three fixtures `tokens`, `strangers` and `sign`."""

    @pytest.fixture
    def tokens(self) -> Tokens:
        """Override it: the tokens under test."""
        raise NotImplementedError("override the fixture `tokens`")

    @pytest.fixture
    def strangers(self) -> Tokens:
        """Override it: the same with another key."""
        raise NotImplementedError("override the fixture `strangers`")

    @pytest.fixture
    def sign(self) -> Sign:
        """Override it: makes a genuine token that says exactly the claims it is given."""
        raise NotImplementedError("override the fixture `sign`")

    @pytest.fixture
    def user(self) -> User:
        """The user whom tokens name."""
        return a_user()

    @pytest.mark.parametrize("kind", ["access", "refresh"])
    def test_a_token_says_what_it_was_issued_for(
        self, tokens: Tokens, user: User, kind: TokenKind
    ) -> None:
        """User, session and both instants come back, to the microsecond."""
        session, at = SessionId(an_id()), NOON + timedelta(microseconds=123_457)
        claims = tokens.read(tokens.issue(kind, user, session, at, LIFETIME), kind, at)
        assert claims == Claims(
            user_id=user.id,
            session_id=session,
            issued_at=at,
            expires_at=at + timedelta(seconds=LIFETIME),
        )

    def test_a_token_expires_at_the_end_of_its_lifetime(self, tokens: Tokens, user: User) -> None:
        """It is good until just before that instant and not from then on."""
        token = tokens.issue("access", user, SessionId(an_id()), NOON, LIFETIME)
        end = NOON + timedelta(seconds=LIFETIME)
        assert tokens.read(token, "access", end - timedelta(milliseconds=1)).user_id == user.id
        for at in (end, end + timedelta(days=1)):
            assert self.refusal(tokens, token, at=at) == "Token has expired"

    @pytest.mark.parametrize(("issued", "asked"), [("access", "refresh"), ("refresh", "access")])
    def test_a_token_of_the_other_kind_is_refused(
        self, tokens: Tokens, user: User, issued: TokenKind, asked: TokenKind
    ) -> None:
        """A refresh token opens nothing, and an access token does not refresh."""
        token = tokens.issue(issued, user, SessionId(an_id()), NOON, LIFETIME)
        assert self.refusal(tokens, token, kind=asked) == "Invalid token type"

    def test_a_token_without_a_kind_is_an_access_token(self, tokens: Tokens, sign: Sign) -> None:
        """Tokens of the previous backend may not say their kind."""
        token = sign(self.claims(without="type"))
        assert tokens.read(token, "access", NOON).user_id == "someone"
        assert self.refusal(tokens, token, kind="refresh") == "Invalid token type"

    def test_a_token_without_a_session_names_none(self, tokens: Tokens, sign: Sign) -> None:
        """Tokens of the previous backend name no session."""
        token = sign(self.claims(without="sid"))
        assert tokens.read(token, "access", NOON).session_id is None

    def test_a_token_that_names_nobody_is_refused(self, tokens: Tokens, sign: Sign) -> None:
        """Without a subject there is nobody to let in."""
        token = sign(self.claims(without="sub"))
        assert self.refusal(tokens, token) == "Invalid token: missing subject"

    def test_a_token_that_never_ends_is_refused(self, tokens: Tokens, sign: Sign) -> None:
        """Every token must say when it expires."""
        token = sign(self.claims(without="exp"))
        assert self.refusal(tokens, token) == "Invalid token"

    @pytest.mark.parametrize("token", NO_TOKENS)
    def test_a_text_that_is_no_token_is_refused(self, tokens: Tokens, token: str) -> None:
        """Any garbage is answered like a forgery."""
        assert self.refusal(tokens, token) == "Invalid token"

    def test_a_token_of_another_key_is_refused(
        self, tokens: Tokens, strangers: Tokens, user: User
    ) -> None:
        """Only the holder of the key can issue tokens."""
        token = strangers.issue("access", user, SessionId(an_id()), NOON, LIFETIME)
        assert self.refusal(tokens, token) == "Invalid token"

    def test_a_token_that_was_changed_is_refused(self, tokens: Tokens, user: User) -> None:
        """Not one character can be another."""
        token = tokens.issue("access", user, SessionId(an_id()), NOON, LIFETIME)
        for place, character in enumerate(token):
            other = "A" if character != "A" else "B"
            changed = f"{token[:place]}{other}{token[place + 1 :]}"
            assert self.refusal(tokens, changed) == "Invalid token", place

    @staticmethod
    def claims(*, without: str) -> dict[str, object]:
        """The claims of a good access token, except one."""
        start = NOON.timestamp()
        whole = {
            "sub": "someone",
            "sid": "session",
            "type": "access",
            "iat": start,
            "exp": start + LIFETIME,
        }
        return {name: value for name, value in whole.items() if name != without}

    @staticmethod
    def refusal(
        tokens: Tokens, token: str, *, kind: TokenKind = "access", at: datetime = NOON
    ) -> str | None:
        """The message with which `token` is refused."""
        with pytest.raises(Unauthenticated) as refused:
            tokens.read(token, kind, at)
        return refused.value.message
