"""What the use-case tests share."""

import pytest

from house import House


@pytest.fixture
def house() -> House:
    """A core on fakes, at half a minute before 09:00 in Tokyo."""
    return House()
