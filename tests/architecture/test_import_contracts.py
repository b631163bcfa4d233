"""Each import contract of `pyproject.toml` holds, and is seen to fail when it is broken."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from architecture.sources import PROJECT, SRC

CONTRACTS = {
    contract["name"]: contract["id"]
    for contract in tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
}

# What is broken -> the files to add below `src`. A layer that looks upwards also closes a cycle,
# so the probe for it brings its own way down and expects both.
VIOLATIONS = [
    ("hexagon", {"cronjobs_core/domain/probe.py": "import cronjobs_adapters"}),
    ("core", {"cronjobs_core/stray.py": ""}),
    (
        "core cycles",
        {
            "cronjobs_core/domain/probe.py": "import cronjobs_core.usecases.probe",
            "cronjobs_core/usecases/probe.py": "import cronjobs_core.domain.other_probe",
            "cronjobs_core/domain/other_probe.py": "",
        },
    ),
    ("pure", {"cronjobs_core/domain/probe.py": "import sqlalchemy"}),
    (
        "adapters",
        {
            "cronjobs_adapters/probe.py": "import cronjobs_adapters.other_probe",
            "cronjobs_adapters/other_probe.py": "",
        },
    ),
    (
        "usecases",
        {
            "cronjobs_core/usecases/probe.py": "import cronjobs_core.usecases.other_probe",
            "cronjobs_core/usecases/other_probe.py": "",
        },
    ),
    (
        "cycles",
        {
            "cronjobs_core/domain/probe.py": "import cronjobs_core.domain.other_probe",
            "cronjobs_core/domain/other_probe.py": "import cronjobs_core.domain.probe",
        },
    ),
    ("kit", {"cronjobs_adapters/probe.py": "import cronjobs_core.testing"}),
    ("kit", {"cronjobs_http/probe.py": "import pytest"}),
]


@pytest.fixture
def copied_project(tmp_path: Path) -> Path:
    """Give a copy of the sources and of the contracts, to be broken at will."""
    shutil.copytree(SRC, tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    return tmp_path


def broken_contracts(project: Path) -> set[str]:
    """Run the linter on a project and return the ids of the contracts that it finds broken."""
    result = subprocess.run(  # noqa: S603 -- our own arguments
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=project,
        env={"COLUMNS": "200", "PATH": os.defpath, "PYTHONPATH": str(project / "src")},
        check=False,
        capture_output=True,
        text=True,
    )
    verdicts = dict(re.findall(r"^(.+) (KEPT|BROKEN)$", result.stdout, flags=re.MULTILINE))
    assert verdicts.keys() == CONTRACTS.keys(), result.stdout + result.stderr
    broken = {CONTRACTS[name] for name, verdict in verdicts.items() if verdict == "BROKEN"}
    assert (result.returncode != 0) == bool(broken)
    return broken


def test_every_contract_holds(copied_project: Path) -> None:
    """The sources as they are break no contract."""
    assert broken_contracts(copied_project) == set()


@pytest.mark.parametrize(("broken", "files"), VIOLATIONS)
def test_a_violation_breaks_its_contract_and_no_other(
    copied_project: Path, broken: str, files: dict[str, str]
) -> None:
    """One import that a contract forbids makes that contract fail, and the linter with it."""
    for path, source in files.items():
        added = copied_project / "src" / path
        assert not added.exists()
        added.write_text(source)
    assert broken_contracts(copied_project) == set(broken.split())


def test_every_contract_has_a_violation() -> None:
    """A contract that nobody has seen fail may be one that cannot."""
    assert {name for broken, _ in VIOLATIONS for name in broken.split()} == set(CONTRACTS.values())
