"""Loaded by pytest: failures in the contract kit show the values that were compared."""

import pytest

pytest.register_assert_rewrite("cronjobs_core.testing.contracts")
