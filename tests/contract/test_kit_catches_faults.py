"""The contract kit finds what is wrong with a store."""

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from contract.broken_stores import FAULTS
from cronjobs_core.testing.contracts.store import StoreContract

PROJECT = Path(__file__).parents[2]
TIMEOUT = 120


def run_on_faults(report: Path) -> ET.Element:
    """Run the contract on all faults in a pytest of its own, and return what it reports."""
    broken = PROJECT / "tests" / "contract" / "broken_stores.py"
    command = [sys.executable, "-m", "pytest", str(broken), "-q", "--tb=no"]
    options = ["-p", "no:cacheprovider", f"--junitxml={report}"]
    subprocess.run(  # noqa: S603 -- our own arguments
        [*command, *options], cwd=PROJECT, check=False, capture_output=True, timeout=TIMEOUT
    )
    return ET.parse(report).getroot()  # noqa: S314 -- our own file


def names(report: ET.Element, outcome: str) -> dict[str, set[str]]:
    """Return the names of the tests that the report has under an outcome, for each fault."""
    found: dict[str, set[str]] = defaultdict(set)
    for case in report.iter("testcase"):
        test, *parameters = re.split(r"[\[\]-]", case.attrib["name"])
        if outcome in {child.tag for child in case} or (outcome == "passed" and not len(case)):
            found[next(one for one in parameters if one in FAULTS)].add(test)
    return found


def test_every_fault_is_caught_by_the_test_of_its_sentence(
    tmp_path: Path, subtests: pytest.Subtests
) -> None:
    """A store with one fault fails the test that states the broken sentence, and not every test."""
    report = run_on_faults(tmp_path / "report.xml")
    failed, passed = names(report, "failure"), names(report, "passed")
    assert names(report, "error") == {}
    for name, fault in FAULTS.items():
        with subtests.test(name):
            assert fault.caught_by in failed[name]
            assert passed[name], "a store that fails everything proves nothing"


def test_contracts_do_not_hide_each_others_tests() -> None:
    """No test name stands in two contracts: the one class of all of them would run one only."""
    names_of_all = [
        name
        for contract in StoreContract.__bases__
        for name in vars(contract)
        if name.startswith("test_")
    ]
    assert len(names_of_all) == len(set(names_of_all))
