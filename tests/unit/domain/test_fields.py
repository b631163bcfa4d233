"""Reading the fields of a JSON object."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronjobs_core.domain.errors import InvalidInput
from cronjobs_core.domain.fields import email, email_list, flag, is_absent, is_one_line, text

OTHER_TYPES = [0, 1, 1.5, True, [], ["x"], {}, {"x": 1}]


@pytest.mark.parametrize(
    ("fields", "absent"), [({}, True), ({"x": None}, True), ({"x": ""}, False)]
)
def test_null_is_absent(fields: dict[str, object], absent: bool) -> None:
    """A key that is missing and one that is null are the same; an empty text is something."""
    assert is_absent(fields, "x") is absent


def test_a_text_is_trimmed() -> None:
    """Blanks around a text do not count, neither as text nor against its limit."""
    assert text({"x": "  ab  "}, "x", 2) == "ab"
    assert text({"x": "   "}, "x", 2) == ""
    assert text({"x": None}, "x", 2) is None
    assert text({}, "x", 2) is None


@pytest.mark.parametrize("value", OTHER_TYPES)
def test_only_a_text_is_a_text(value: object) -> None:
    """A number, a boolean, a list and an object are refused, not converted."""
    with pytest.raises(InvalidInput) as refused:
        text({"name": value}, "name", 9)
    assert (refused.value.error, refused.value.message) == (
        "Invalid name",
        "name must be a string.",
    )


def test_a_text_has_a_limit() -> None:
    """A text at its limit is accepted, one character more is refused by name."""
    assert text({"name": "x" * 9}, "name", 9) == "x" * 9
    with pytest.raises(InvalidInput) as refused:
        text({"name": "x" * 10}, "name", 9)
    assert (refused.value.error, refused.value.message) == (
        "Invalid name",
        "name must be at most 9 characters.",
    )


@pytest.mark.parametrize(
    "character",
    ["\x00", "\t", "\n", "\r", "\x1f", "\x7f", "\x85", "\x9f", "\u2028", "\u2029", "\ud800"],
)
def test_a_text_is_one_line(character: str) -> None:
    """A control character inside a text is refused: it would break subjects, logs and headers."""
    value = f"a{character}b"
    assert not is_one_line(value)
    with pytest.raises(InvalidInput) as refused:
        text({"name": value}, "name", 99)
    assert refused.value.message == "name must not hold control characters."


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))))
def test_other_letters_are_welcome(value: str) -> None:
    """Letters of every script, marks and symbols are one line."""
    assert is_one_line(value)


@pytest.mark.parametrize("value", [True, False, None])
def test_a_boolean_is_read(value: bool | None) -> None:
    """True, false and null are read as they are."""
    assert flag({"x": value}, "x") is value


@pytest.mark.parametrize("value", [0, 1, "true", "false", "", [], {}])
def test_only_a_boolean_is_a_boolean(value: object) -> None:
    """Numbers and words are refused: "false" must not switch anything on."""
    with pytest.raises(InvalidInput) as refused:
        flag({"is_active": value}, "is_active")
    assert (refused.value.error, refused.value.message) == (
        "Invalid is_active",
        "is_active must be true or false.",
    )


@pytest.mark.parametrize(
    "value",
    [
        "anna@example.com",
        "a@b.example",
        "first.last+tag@sub.example.co.jp",
        "o'brien@example.com",
        "用户@例え.jp",
    ],
)
def test_addresses_that_are_accepted(value: str) -> None:
    """What people have as an address is accepted, without the blanks around it."""
    assert email(f" {value} ") == value


@pytest.mark.parametrize(
    "value",
    [
        "",
        "anna",
        "anna@",
        "@example.com",
        "anna@example",
        "anna@@example.com",
        "anna@example..com",
        "anna@.example.com",
        "an na@example.com",
        "anna@example.com, bert@example.com",
        "Anna <anna@example.com>",
        "anna@example.com\nBcc: all@example.com",
        "anna@[127.0.0.1]",
        None,
        5,
        ["anna@example.com"],
    ],
)
def test_addresses_that_are_refused(value: object) -> None:
    """What is no single address is refused, and with it every second line of a header."""
    with pytest.raises(InvalidInput) as refused:
        email(value)
    assert refused.value.error == "Invalid email"
    assert refused.value.message is not None
    assert refused.value.message.endswith("is not a valid e-mail address.")
    assert is_one_line(refused.value.message)


def test_an_address_has_a_limit() -> None:
    """An address longer than its column is refused with the figure."""
    address = f"{'a' * 10}@example.com"
    assert email(address, len(address)) == address
    with pytest.raises(InvalidInput) as refused:
        email(address, len(address) - 1)
    assert refused.value.message == "email must be at most 21 characters."


def test_a_refused_address_is_not_echoed_at_length() -> None:
    """A long text that is no address does not come back in the message."""
    with pytest.raises(InvalidInput) as refused:
        email("x" * 10_000)
    assert refused.value.message == '"" is not a valid e-mail address.'


def test_a_list_of_addresses() -> None:
    """Addresses are trimmed, blank ones left out, each kept once in the order given."""
    sent = ["b@x.example", " a@x.example ", "", "  ", "b@x.example"]
    assert email_list({"to": sent}, "to") == ("b@x.example", "a@x.example")
    assert email_list({"to": []}, "to") == ()
    assert email_list({"to": None}, "to") is None


@pytest.mark.parametrize("value", ["a@x.example", {"a@x.example": 1}, 5, True])
def test_only_a_list_is_a_list(value: object) -> None:
    """A single address or an object is refused in the contract's words."""
    with pytest.raises(InvalidInput) as refused:
        email_list({"notification_emails": value}, "notification_emails")
    assert (refused.value.error, refused.value.message) == (
        "Invalid notification_emails",
        "notification_emails must be a list",
    )


@pytest.mark.parametrize("entry", [1, None, {}, "nobody"])
def test_every_entry_of_a_list_is_an_address(entry: object) -> None:
    """One entry that is no address is enough to refuse the list."""
    with pytest.raises(InvalidInput, match="is not a valid e-mail address"):
        email_list({"to": ["a@x.example", entry]}, "to")


def test_a_list_has_a_limit() -> None:
    """Twenty recipients are accepted, one more is refused; repetitions do not count."""
    twenty = [f"a{number}@x.example" for number in range(20)]
    assert len(email_list({"to": twenty * 2}, "to") or ()) == 20
    with pytest.raises(InvalidInput) as refused:
        email_list({"to": [*twenty, "b@x.example"]}, "to")
    assert refused.value.message == "to must hold at most 20 addresses."
