"""The API's description that clients are generated from."""

from pathlib import Path

from architecture.sources import PROJECT
from processes import run_cronjobs


def test_committed_openapi_file_is_the_api(tmp_path: Path) -> None:
    """Who reads docs/openapi.json reads what the service answers; `make openapi` renews it."""
    printed = run_cronjobs(tmp_path, "openapi")
    assert printed.returncode == 0, printed.stderr
    assert (PROJECT / "docs" / "openapi.json").read_text() == printed.stdout
    assert list(tmp_path.iterdir()) == []
