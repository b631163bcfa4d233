"""Forged, foreign and damaged tokens (reliability checklist S11 to S14)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronjobs_adapters.security import JwtTokens
from cronjobs_core.domain.errors import Unauthenticated
from cronjobs_core.domain.ids import SessionId
from cronjobs_core.domain.users import Role
from cronjobs_core.ports.security import TokenKind
from cronjobs_core.testing.builders import a_user
from cronjobs_core.testing.fakes import CountingIds

SECRET = "dev-secret-key-please-change-in-production"  # noqa: S105 -- known to all
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
START = int(NOON.timestamp())
GOOD = {"sub": "someone", "sid": "session", "type": "access", "iat": START, "exp": START + 60}
PUBLIC_KEY = """-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
"""


def tokens() -> JwtTokens:
    """Return tokens with the development secret, as they are configured by default."""
    return JwtTokens(SECRET, "HS256", CountingIds())


def refusal(token: str, kind: TokenKind = "access", at: datetime = NOON) -> str | None:
    """Return the message with which a token is refused."""
    with pytest.raises(Unauthenticated) as refused:
        tokens().read(token, kind, at)
    return refused.value.message


def encoded(part: object) -> str:
    """Return one part of a token."""
    text = part if isinstance(part, str) else json.dumps(part)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def signed(header: Mapping[str, Any], claims: object, key: str = SECRET) -> str:
    """Return a token with any header, signed by HMAC-SHA256 and no library."""
    head = f"{encoded(header)}.{encoded(claims)}"
    digest = hmac.digest(key.encode(), head.encode(), hashlib.sha256)
    return f"{head}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def test_the_yardstick_is_a_good_token() -> None:
    """What the other tests spoil is accepted as long as it is not spoiled."""
    claims = tokens().read(signed({"alg": "HS256", "typ": "JWT"}, GOOD), "access", NOON)
    assert (claims.user_id, claims.session_id) == ("someone", "session")


@pytest.mark.parametrize("algorithm", ["none", "NONE", "nOnE", "", None, 0, [], {}])
@pytest.mark.parametrize("signature", ["", "AAAA"])
def test_an_unsigned_token_is_refused(algorithm: object, signature: str) -> None:
    """No spelling of `none` opens anything, with or without a signature."""
    token = f"{encoded({'alg': algorithm, 'typ': 'JWT'})}.{encoded(GOOD)}.{signature}"
    assert refusal(token) == "Invalid token"


def test_a_token_without_an_algorithm_is_refused() -> None:
    """The right signature is not enough where the header does not say how it was made."""
    assert refusal(signed({"typ": "JWT"}, GOOD)) == "Invalid token"


def test_a_token_without_its_signature_is_refused() -> None:
    """An empty signature is none."""
    token = signed({"alg": "HS256"}, GOOD)
    assert refusal(token.rpartition(".")[0] + ".") == "Invalid token"
    assert refusal(token.rpartition(".")[0]) == "Invalid token"


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_another_algorithm_with_the_right_secret_is_refused(algorithm: str) -> None:
    """The algorithm is the configured one, not the token's choice."""
    secret = SECRET * 2
    reader = JwtTokens(secret, "HS256", CountingIds())
    with pytest.raises(Unauthenticated, match=r"^Invalid token$"):
        reader.read(jwt.encode(GOOD, secret, algorithm), "access", NOON)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "PS256", "EdDSA", "HS255", "hs256"])
def test_a_signature_that_claims_another_kind_of_key_is_refused(algorithm: str) -> None:
    """The right HMAC does not pass under the name of another algorithm."""
    assert refusal(signed({"alg": algorithm}, GOOD)) == "Invalid token"


def test_a_token_signed_with_a_public_key_is_refused() -> None:
    """What everybody knows is no secret: the classic confusion of RS256 and HS256."""
    assert refusal(signed({"alg": "HS256"}, GOOD, key=PUBLIC_KEY)) == "Invalid token"


POINTERS = [
    {"kid": "../../../dev/null"},
    {"kid": "' UNION SELECT 'attacker"},
    {"jku": "https://attacker.example/keys.json"},
    {"x5u": "https://attacker.example/cert.pem"},
    {"jwk": {"kty": "oct", "k": encoded("the key of the attacker, long enough")}},
]


@pytest.mark.parametrize("pointer", POINTERS)
def test_a_token_cannot_bring_its_own_key(pointer: dict[str, object]) -> None:
    """A header that names a key changes nothing: a forgery stays one, a good token stays good."""
    header = {"alg": "HS256", **pointer}
    forged = signed(header, GOOD, key="the key of the attacker, long enough")
    assert refusal(forged) == "Invalid token"
    assert tokens().read(signed(header, GOOD), "access", NOON).user_id == "someone"


@pytest.mark.parametrize("header", [{"kid": 1}, {"crit": ["exp"]}, {"b64": False, "crit": ["b64"]}])
def test_a_header_that_changes_the_rules_is_refused(header: dict[str, object]) -> None:
    """Extensions that we do not know may not be ignored (RFC 7515, 4.1.11)."""
    assert refusal(signed({"alg": "HS256", **header}, GOOD)) == "Invalid token"


@pytest.mark.parametrize(
    "expiry",
    [
        "",
        "soon",
        str(START + 60),
        None,
        True,
        [],
        {},
        float("nan"),
        float("inf"),
        -float("inf"),
        10**30,
    ],
)
def test_an_expiry_that_is_no_instant_is_refused(expiry: object) -> None:
    """A token that would never end, or end nobody knows when, is as bad as a forgery."""
    assert refusal(signed({"alg": "HS256"}, GOOD | {"exp": expiry})) == "Invalid token"


def test_a_token_without_an_expiry_is_refused() -> None:
    """Every token must end."""
    claims = {name: value for name, value in GOOD.items() if name != "exp"}
    assert refusal(signed({"alg": "HS256"}, claims)) == "Invalid token"


@pytest.mark.parametrize("name", ["iat", "nbf"])
def test_a_token_of_the_future_is_refused_beyond_a_minute(name: str) -> None:
    """Another machine's clock may be a minute ahead and no more."""
    ahead = {"exp": START + 3600, name: START + 60}
    good = signed({"alg": "HS256"}, GOOD | ahead)
    assert tokens().read(good, "access", NOON).user_id == "someone"
    ahead[name] += 1
    assert refusal(signed({"alg": "HS256"}, GOOD | ahead)) == "Invalid token"


@pytest.mark.parametrize("year", [1999, 2099])
def test_the_clock_of_the_machine_is_not_asked(year: int) -> None:
    """What counts is the instant of the request, in a replay of the past as in a trial run."""
    at = NOON.replace(year=year)
    start = at.timestamp()
    claims = GOOD | {"iat": start, "nbf": start, "exp": start + 60}
    token = signed({"alg": "HS256"}, claims)
    assert tokens().read(token, "access", at).issued_at == at


def test_an_expired_token_has_no_grace() -> None:
    """The tolerance for clocks does not lengthen the life of a token."""
    token = signed({"alg": "HS256"}, GOOD)
    assert refusal(token, at=NOON + timedelta(seconds=60)) == "Token has expired"


@pytest.mark.parametrize("subject", [None, "", 0])
def test_a_token_that_names_nobody_is_refused(subject: object) -> None:
    """An empty subject is no subject."""
    assert (
        refusal(signed({"alg": "HS256"}, GOOD | {"sub": subject}))
        == "Invalid token: missing subject"
    )


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": 7},
        {"sub": ["a"]},
        {"sid": 7},
        {"aud": "others"},
        {"jti": 7},
        {"iat": "then"},
        {"nbf": []},
    ],
)
def test_a_claim_of_the_wrong_type_is_refused(claims: dict[str, object]) -> None:
    """Signed nonsense is refused, not a failure of the service."""
    assert refusal(signed({"alg": "HS256"}, GOOD | claims)) == "Invalid token"


@pytest.mark.parametrize("payload", ["[]", '"x"', "7", "null", "{", "", "[" * 100_000])
def test_a_payload_that_is_no_object_is_refused(payload: str) -> None:
    """Whatever is in the middle of a signed token, the answer is the same."""
    assert refusal(signed({"alg": "HS256"}, payload)) == "Invalid token"


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    """No text whatever makes the reader fail in another way."""
    assert refusal(text) == "Invalid token"


def test_a_token_of_flask_jwt_extended_is_read() -> None:
    """Sessions of the previous backends go on: no `sid`, but `jti`, `nbf`, `csrf` and `fresh`."""
    claims = {
        "fresh": False,
        "iat": START,
        "jti": "5f2f1f9e-3a0b-4d6e-9a63-3d1d9d2c8a11",
        "type": "access",
        "sub": "someone",
        "nbf": START,
        "csrf": "0d2c1c5e-2d7b-4a59-8a3e-0b9e6c6f7a22",
        "exp": START + 3600,
        "role": "admin",
    }
    read = tokens().read(jwt.encode(claims, SECRET, "HS256"), "access", NOON)
    assert (read.user_id, read.session_id, read.issued_at) == ("someone", None, NOON)


def test_a_token_that_does_not_say_when_it_was_issued_is_old() -> None:
    """Ending all sessions of a user must reach it."""
    claims = {name: value for name, value in GOOD.items() if name != "iat"}
    read = tokens().read(signed({"alg": "HS256"}, claims), "access", NOON)
    assert read.issued_at == datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("fresh", [True, False])
@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_the_claims_are_those_of_the_contract(kind: TokenKind, fresh: bool) -> None:
    """Scripts and the frontend find what they read, under the names they know (contract 3.1)."""
    user = a_user(role=Role.VIEWER, email="v@example.com")
    token = tokens().issue(kind, user, SessionId("session"), NOON, 3600, fresh=fresh)
    claims = jwt.decode(token, options={"verify_signature": False})
    expected = {
        "sub": user.id,
        "role": "viewer",
        "email": "v@example.com",
        "iat": START,
        "exp": START + 3600,
        "type": kind,
        "jti": "00000000-0000-4000-8000-000000000001",
        "sid": "session",
    }
    assert claims == expected | ({"fresh": fresh} if kind == "access" else {})
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}


def test_no_two_tokens_are_equal() -> None:
    """Each token has an id of its own, so one can be told from another."""
    issuer, user = tokens(), a_user()
    issued = {issuer.issue("access", user, SessionId("s"), NOON, 60) for _ in range(10)}
    assert len(issued) == 10


@pytest.mark.parametrize(
    ("secret", "algorithm"),
    [("", "HS256"), ("x" * 31, "HS256"), ("x" * 47, "HS384"), (SECRET, "HS512")],
)
def test_a_short_secret_is_refused_at_the_start(secret: str, algorithm: Any) -> None:
    """A service with a secret that can be guessed does not start, and says why."""
    with pytest.raises(ValueError, match=f"the JWT secret does not suit {algorithm}: .*HMAC key"):
        JwtTokens(secret, algorithm, CountingIds())


def test_a_public_key_is_no_secret() -> None:
    """Configuring a public key as the secret is a mistake that is told at once."""
    with pytest.raises(ValueError, match="the JWT secret does not suit HS256"):
        JwtTokens(PUBLIC_KEY, "HS256", CountingIds())


@pytest.mark.parametrize("algorithm", ["none", "RS256", "hs256", ""])
def test_another_algorithm_cannot_be_configured(algorithm: Any) -> None:
    """One secret signs by HMAC, in three sizes."""
    with pytest.raises(ValueError, match="JWT algorithm must be"):
        JwtTokens(SECRET * 2, algorithm, CountingIds())


@pytest.mark.parametrize(("length", "algorithm"), [(32, "HS256"), (48, "HS384"), (64, "HS512")])
def test_a_secret_of_the_least_length_is_taken(length: int, algorithm: Any) -> None:
    """The limits are those of RFC 7518, not more."""
    issuer = JwtTokens("x" * length, algorithm, CountingIds())
    token = issuer.issue("access", a_user(), SessionId("session"), NOON, 60)
    assert issuer.read(token, "access", NOON).session_id == "session"
