"""What the tests share: the program under test, and what it generates."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest

import moto_extensions  # noqa: F401  (moto must be told before anybody uses it)
from account import ALERT_EMAIL, HOME_REGION, OTHER_REGION, SECURITY_EMAIL, SECURITY_PHONE

ROOT = Path(__file__).resolve().parents[2]
BASELINT = Path(os.environ.get("BASELINT", ROOT / "target/debug/baselint"))

# Nothing here may reach a real account, whatever the machine is set up for.
for name in [name for name in os.environ if name.startswith(("AWS_", "TF_VAR_", "TF_CLI_ARGS"))]:
    del os.environ[name]
os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_EC2_METADATA_DISABLED="true",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    AWS_DEFAULT_REGION="us-east-1",
)

# The values that `account.CHECKS` expect: two regions, and people to reach. All else is the default.
HOME_VALUES = [
    f"region={HOME_REGION}",
    f"alert_email={ALERT_EMAIL}",
    f"security_contact_email={SECURITY_EMAIL}",
    f"security_contact_phone={SECURITY_PHONE}",
]
CHECKED_VALUES = [*HOME_VALUES, f"other_regions={OTHER_REGION}"]

Note = Callable[[str], None]

_notes: list[str] = []


class Generate(Protocol):
    """Generates the profile minimal in a language, with values, into a directory of its own, or over the last one."""

    def __call__(self, language: str, values: list[str], over: Path | None = None) -> Path: ...


@pytest.fixture(scope="session")
def generate(tmp_path_factory: pytest.TempPathFactory) -> Generate:
    """See there."""

    def generated(language: str, values: list[str], over: Path | None = None) -> Path:
        directory = over or tmp_path_factory.mktemp(language)
        arguments = ["generate", "--profile", "minimal", "--format", language, "--output", ".", "--quiet"]
        if over:
            arguments.append("--force")
        for value in values:
            arguments += ["--set", value]
        subprocess.run([BASELINT, *arguments], cwd=directory, check=True, timeout=60)
        return directory

    return generated


@pytest.fixture(scope="session")
def note() -> Note:
    """Says at the end what was done how, whether or not the tests pass."""
    return _notes.append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the notes."""
    if _notes:
        terminalreporter.section("what was done how")
        for line in _notes:
            terminalreporter.line(line)


def pytest_report_header() -> list[str]:
    return [f"baselint: {BASELINT}"]
