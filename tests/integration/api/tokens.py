"""Tokens as other programs make them, under the key of the tests."""

from datetime import timedelta
from typing import Any, Final

import jwt

from api import NOW, Api

HOUR: Final = timedelta(hours=1)


def claims(user_id: str, **more: Any) -> dict[str, Any]:
    """Return the claims of a token for the user that is good for an hour; None leaves one out."""
    issued = NOW.timestamp()
    plain: dict[str, Any] = {"sub": user_id, "iat": issued, "exp": issued + HOUR.total_seconds()}
    return {name: value for name, value in (plain | more).items() if value is not None}


def signed(api: Api, content: dict[str, Any], algorithm: str = "HS256", key: str = "") -> str:
    """Return a token with this content, under the application's own key unless one is given."""
    return jwt.encode(content, key or api.container.settings().signing_key, algorithm)
