"""What the documentation shows is true: its programs check and their tests pass, its sessions print what they say."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from scoredsl import api
from scoredsl.cli import config
from scoredsl.testing import run_tests

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "examples").glob("*/README.md"))]
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    return [text for found, text in _BLOCK.findall(page.read_text(encoding="utf-8")) if found == language]


PROGRAMS = [
    (page.relative_to(ROOT).as_posix(), i, text) for page in PAGES for i, text in enumerate(blocks(page, "score"))
]


def test_there_are_programs() -> None:
    assert len(PROGRAMS) > 30


@pytest.mark.parametrize(("page", "number", "text"), PROGRAMS, ids=[f"{page}-{number}" for page, number, _ in PROGRAMS])
def test_programs(page: str, number: int, text: str) -> None:
    program, diagnostics = api.check_text(text)
    assert program is not None, [diagnostic.message for diagnostic in diagnostics]
    assert all(result.passed for result in run_tests(program, program.tests))


def test_the_session_of_the_readme(run, tmp_path: Path) -> None:
    readme = ROOT / "README.md"
    rules = blocks(readme, "score")[0]
    (tmp_path / "rules.score").write_text(rules)
    (tmp_path / "events.csv").write_text(blocks(readme, "csv")[0])
    sessions = blocks(readme, "console")
    assert len(sessions) == 4
    for session in sessions:
        command, _, shown = session.partition("\n")
        if " check " in command:
            (tmp_path / "rules.score").write_text(rules.replace("at most 1 time per day", "at most once per day"))
        done = run(*shlex.split(command.removeprefix("$ scoredsl ").removesuffix(" | cat")))
        printed = done.out + done.err
        assert [line for line in shown.splitlines() if line not in printed] == []


def test_the_page_of_the_configuration_has_all_keys(run, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "config.md").read_text(encoding="utf-8")
    keys = re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)
    tables = [key for table in config._TABLES.values() for key in table]
    assert sorted(keys) == sorted([*config._LISTS, *config._TEXTS, *config._PATHS, *tables])
    for text in blocks(ROOT / "docs" / "config.md", "toml"):
        (tmp_path / "scoredsl.toml").write_text(text)
        _, diagnostics = config.read(tmp_path / "scoredsl.toml")
        assert diagnostics == []


def test_the_page_of_the_data_has_all_options(run) -> None:
    page = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    table = set(re.findall(r"^\| `(--[a-z-]+)", page, re.MULTILINE))
    from scoredsl.cli.data_options import _SOURCE_OPTIONS
    from scoredsl.cli.score_command import command

    assert len(_SOURCE_OPTIONS) == len(table)
    assert table <= {name for parameter in command.params for name in parameter.opts}


def test_getting_started(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From `init` to the reader's own log, as the page says it."""
    shown = blocks(ROOT / "docs" / "getting-started.md", "")
    assert run("init", "my-scoring").status == 0
    project = tmp_path / "my-scoring"
    monkeypatch.chdir(project)
    lines = [line for block in shown for line in block.splitlines()]
    for line in lines[: lines.index("scoredsl history --lead eva") + 1]:
        if line.startswith("scoredsl") and " init " not in line:
            assert run(*line.split()[1:]).status == 0, line

    def block_with(words: str) -> str:
        return next(block for block in shown if words in block)

    rule, declared = block_with("at most 2 times per week"), block_with("with video text")
    rules = (project / "rules.score").read_text()
    anchor = "  expire after 90d\n"
    assert anchor in rules
    (project / "rules.score").write_text(rules.replace(anchor, anchor + rule))
    done = run("check")
    assert done.status == 1 and "video_played is not a declared event" in done.out
    for name, text in (("catalog.score", declared), ("tests.score", block_with("two videos a week"))):
        with (project / name).open("a") as file:
            file.write("\n" + text)
    assert run("check").status == 0
    assert run("test").status == 0

    (project / "my-events.csv").write_text("lead,event,time\na,signup,2026-03-01\n")
    (project / "my-profiles.csv").write_text("lead,country\na,DE\n")
    catalog = next(line for line in lines if line.startswith("scoredsl catalog"))
    assert run(*catalog.split()[1:]).status == 0
    stated = (project / "scoredsl.toml").read_text()
    for line in blocks(ROOT / "docs" / "getting-started.md", "toml")[0].splitlines():
        key = line.split()[0]
        stated, count = re.subn(rf"^{key} = .*$", line, stated, flags=re.MULTILINE)
        assert count == 1, "the lines stand in the project that init wrote"
    (project / "scoredsl.toml").write_text(stated)
    done = run("check")
    assert done.status == 1 and "is not a declared event" in done.out and "is not a declared profile field" in done.out
