"""The VS Code extension as it stands in the repository. What needs Node is skipped until `make extension` was run."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXTENSION = ROOT / "vscode-extension"
PACKAGE = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))
CONTRIBUTES = PACKAGE["contributes"]


@cache
def textmate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("scoredsl_textmate", EXTENSION / "textmate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def node(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a tool of the extension's node_modules."""
    if shutil.which("node") is None:
        pytest.skip("Node is not on the PATH")
    if not (EXTENSION / "node_modules").is_dir():
        pytest.skip("the extension's packages are not installed: make extension")
    return subprocess.run(
        ["node", *arguments], cwd=EXTENSION, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False
    )


# ---- the grammar


def test_the_grammar_is_the_one_that_the_terminals_give() -> None:
    module = textmate()
    made = module.text()
    assert module.TARGET.read_text(encoding="utf-8") == made, "write it again: python vscode-extension/textmate.py"


def test_a_terminal_without_a_scope_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    module = textmate()
    monkeypatch.setattr(module, "PERIODS", set())
    with pytest.raises(module.UnknownTerminalError, match="PERIOD has no scope"):
        module.grammar()
    monkeypatch.setattr(module, "PERIODS", {"PERIOD", "FORTNIGHT"})
    with pytest.raises(module.UnknownTerminalError, match="no terminal FORTNIGHT"):
        module.grammar()


@pytest.mark.parametrize(
    ("pattern", "plain"),
    [("(a|b)", "(?:a|b)"), ("(?=a)(b)", "(?=a)(?:b)"), (r"\((a)", r"\((?:a)"), ('[("](a)', '[("](?:a)')],
)
def test_captures_are_taken_out(pattern: str, plain: str) -> None:
    assert textmate().uncaptured(pattern) == plain


def test_every_kind_of_word_has_its_scope() -> None:
    tool = "node_modules/vscode-tmgrammar-test/dist/unit.js"
    done = node(tool, "-g", "syntaxes/score.tmLanguage.json", "test/*.test.score")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "language.test.score" in done.stdout


# ---- the package


def files_named(value: Any) -> set[str]:
    """Paths of files that are named anywhere in package.json."""
    match value:
        case dict():
            return set[str]().union(*map(files_named, value.values()))
        case list():
            return set[str]().union(*map(files_named, value))
        case str() if re.fullmatch(r"(\./)?(icons|snippets|syntaxes|walkthrough|media)/[\w.-]+", value):
            return {value}
        case _:
            return set()


def test_what_the_package_names_is_there() -> None:
    named = files_named(PACKAGE)
    assert len(named) >= 6
    assert [name for name in sorted(named) if not (EXTENSION / name).is_file()] == []
    assert (EXTENSION / CONTRIBUTES["languages"][0]["configuration"]).is_file()


def source() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((EXTENSION / "src").rglob("*.ts")))


def test_every_command_is_registered_and_every_registered_one_is_listed() -> None:
    listed = {command["command"] for command in CONTRIBUTES["commands"]}
    registered = set(re.findall(r"(?:command|registerCommand)\('(scoredsl\.\w+)'", source()))
    assert listed == registered
    used = set(re.findall(r"command:(scoredsl\.\w+)", json.dumps(CONTRIBUTES["walkthroughs"])))
    assert used <= listed


def test_every_setting_is_read_and_explained() -> None:
    readme = (EXTENSION / "README.md").read_text(encoding="utf-8")
    for name in CONTRIBUTES["configuration"]["properties"]:
        assert f"`{name}`" in readme, name
        key = name.removeprefix("scoredsl.")
        assert key == "trace.server" or f"'{key}'" in source(), name


def test_it_has_the_version_of_the_program() -> None:
    from scoredsl import __version__

    assert PACKAGE["version"] == __version__
    assert f"## {__version__}" in (EXTENSION / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_lock_names_no_server() -> None:
    lock = json.loads((EXTENSION / "package-lock.json").read_text(encoding="utf-8"))
    assert len(lock["packages"]) > 100
    assert [name for name, each in lock["packages"].items() if "resolved" in each] == []


def test_the_license_is_that_of_the_project() -> None:
    assert (EXTENSION / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


@pytest.mark.parametrize("snippet", json.loads((EXTENSION / "snippets/score.json").read_text()).values(),
                         ids=lambda each: str(each["prefix"]))
def test_snippets_are_rules(snippet: dict[str, Any]) -> None:
    """As they are inserted, with the first of their choices, they have no error."""
    from scoredsl import api

    body = snippet["body"] if isinstance(snippet["body"], str) else "\n".join(snippet["body"])
    text = re.sub(r"\$\{\d+\|([^,|]*)[^}]*\}", r"\1", body)
    text = re.sub(r"\$\{\d+:([^}]*)\}", r"\1", text).replace("$0", "")
    prefix = snippet["prefix"]
    if prefix == "new test":
        text = f"score engagement\n  on webinar_attended add 30 once\n{text}"
    elif prefix == "new grid":
        text = f"score fit\n  on a add 1\nscore engagement\n  on a add 1\n{text}"
    said = [each.message for each in api.check_text(text)[1] if each.is_error]
    assert said == []


def test_the_sources_are_typed_and_bundled(tmp_path: Path) -> None:
    typed = node("node_modules/typescript/bin/tsc")
    assert typed.returncode == 0, typed.stdout
    bundled = node("build.mjs")
    assert bundled.returncode == 0, bundled.stderr
    program = (EXTENSION / "dist" / "extension.js").read_text(encoding="utf-8")
    assert len(program) < 1_000_000 and "scoredsl.choosePython" in program
