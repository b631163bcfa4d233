"""Reading the fields of a JSON object: null is absent, types are strict, texts have limits.

Every reader raises InvalidInput with `error` "Invalid <field>" and a sentence naming the field.
"""

import re
from collections.abc import Mapping
from typing import Final

from cronjobs_core.domain.errors import InvalidInput

Fields = Mapping[str, object]

MAX_EMAIL: Final = 254
MAX_RECIPIENTS: Final = 20
_NOT_ONE_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ADDRESS = re.compile(r"[^@\s,;:<>()\[\]\"\\]+@[^@\s,;:<>()\[\]\"\\.]+(\.[^@\s,;:<>()\[\]\"\\.]+)+")


def is_absent(fields: Fields, key: str) -> bool:
    """Whether the key is missing or null (decision 0.12)."""
    return fields.get(key) is None


def text(fields: Fields, key: str, limit: int) -> str | None:
    """The trimmed one-line text under `key`, or None where it is absent."""
    value = fields.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidInput(f"Invalid {key}", f"{key} must be a string.")
    trimmed = value.strip()
    if len(trimmed) > limit:
        raise InvalidInput(f"Invalid {key}", f"{key} must be at most {limit} characters.")
    if not is_one_line(trimmed):
        raise InvalidInput(f"Invalid {key}", f"{key} must not hold control characters.")
    return trimmed


def flag(fields: Fields, key: str) -> bool | None:
    """The boolean under `key`, or None where it is absent; numbers and texts are no booleans."""
    value = fields.get(key)
    if value is None or isinstance(value, bool):
        return value
    raise InvalidInput(f"Invalid {key}", f"{key} must be true or false.")


def email_list(fields: Fields, key: str) -> tuple[str, ...] | None:
    """The e-mail addresses under `key`: trimmed, blank ones left out, each once, order kept."""
    value = fields.get(key)
    if value is None:
        return None
    if not isinstance(value, list | tuple):
        raise InvalidInput(f"Invalid {key}", f"{key} must be a list")
    filled = (one for one in value if not (isinstance(one, str) and not one.strip()))
    addresses = dict.fromkeys(map(email, filled))
    if len(addresses) > MAX_RECIPIENTS:
        message = f"{key} must hold at most {MAX_RECIPIENTS} addresses."
        raise InvalidInput(f"Invalid {key}", message)
    return tuple(addresses)


def email(value: object, limit: int = MAX_EMAIL) -> str:
    """One e-mail address, trimmed; raises InvalidInput ("Invalid email") for anything else."""
    trimmed = value.strip() if isinstance(value, str) else ""
    if not is_one_line(trimmed) or _ADDRESS.fullmatch(trimmed) is None:
        shown = trimmed if is_one_line(trimmed) and len(trimmed) <= limit else ""
        raise InvalidInput("Invalid email", f'"{shown}" is not a valid e-mail address.')
    if len(trimmed) > limit:
        raise InvalidInput("Invalid email", f"email must be at most {limit} characters.")
    return trimmed


def is_one_line(value: str) -> bool:
    """Whether the text holds no control character, line or paragraph separator, or surrogate."""
    return _NOT_ONE_LINE.search(value) is None
