"""The GitHub action, the GitLab template, the pre-commit hooks and what docs/ci.md shows: valid, and run for real."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
import regress
from ruamel.yaml import YAML

from scoredsl.report.formats import FORMATS

ROOT = Path(__file__).resolve().parents[2]
DOC = (ROOT / "docs" / "ci.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", DOC, re.MULTILINE | re.DOTALL)


def yaml(text: str) -> list:
    # what GitLab puts in for `$[[ inputs.x ]]` is a text
    return list(YAML(typ="safe").load_all(re.sub(r"\$\[\[ inputs\.(\w+) \]\]", r"\1", text)))


def require_valid(name: str, data: object) -> None:
    place = resources.files("check_jsonschema.builtin_schemas.vendor") / f"{name}.json"
    schema = json.loads(place.read_text("utf-8"))
    kind = jsonschema.validators.validator_for(schema)

    def pattern(validator, patrn, instance, schema):
        if validator.is_type(instance, "string") and not regress.Regex(patrn).find(instance):
            yield jsonschema.ValidationError(f"{instance!r} does not match {patrn!r}")

    errors = list(jsonschema.validators.extend(kind, {"pattern": pattern})(schema).iter_errors(data))
    assert not errors, errors[0]


@pytest.fixture
def shell(tmp_path):
    """Runs a script as a CI step does, with this scoredsl on the path; gives (status, what was written)."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, line in (
        ("scoredsl", f'exec "{sys.executable}" -m scoredsl "$@"'),
        ("python", 'echo python "$@"'),
        ("pip", 'echo pip "$@"'),
    ):
        (programs / name).write_text(f"#!/bin/bash\n{line}\n")
        (programs / name).chmod(0o755)

    def run(script: str, folder: Path, **variables: str) -> tuple[int, str]:
        environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), **variables}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=folder,
            text=True,
            env=environment,
            capture_output=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run


# ---- GitHub

ACTION = yaml((ROOT / "action.yml").read_text("utf-8"))[0]


def test_the_action_is_valid() -> None:
    require_valid("github-actions", ACTION)
    step = next(step for step in ACTION["runs"]["steps"] if step.get("id") == "run")
    said = {re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", value)[1] for value in step["env"].values()}
    assert said | {"working-directory", "python-version"} == set(ACTION["inputs"]), "every input is used"
    table = {
        name
        for row in re.findall(
            r"^\| (`[a-z-]+`(?:, `[a-z-]+`)*) \|", DOC.split("## GitLab")[0].split("| Input")[1], re.MULTILINE
        )
        for name in re.findall(r"[a-z-]+", row)
    }
    assert table == set(ACTION["inputs"]), "and documented"


@pytest.fixture
def act(shell, project, tmp_path):
    """Runs the action's own script in a project; gives (status, output, page, summary)."""
    step = next(step for step in ACTION["runs"]["steps"] if step.get("id") == "run")
    names = {re.search(r"inputs\.([a-z-]+)", value)[1]: name for name, value in step["env"].items()}

    def run(**inputs: str):
        values = {
            name: inputs.get(key.replace("-", "_"), ACTION["inputs"][key]["default"]) for key, name in names.items()
        }
        output, summary = tmp_path / "output", tmp_path / "summary"
        status, said = shell(
            step["run"],
            project,
            RUNNER_TEMP=str(tmp_path / "temp"),
            GITHUB_OUTPUT=str(output),
            GITHUB_STEP_SUMMARY=str(summary),
            **values,
        )
        page = Path(re.search(r"^markdown=(.*)$", output.read_text(), re.MULTILINE)[1])
        return status, said, page.read_text(), summary.read_text()

    return run


def test_the_action_passes(act) -> None:
    status, said, page, summary = act()
    assert status == 0, said
    assert "# Scoring rules: check" in page and "# Scoring rules: test" in page and summary.endswith(page)


def test_the_action_fails_with_annotations_and_writes_its_reports(act, project) -> None:
    rules = (project / "rules.score").read_text()
    (project / "rules.score").write_text(rules.replace("interest = 40", "interest = 41"))
    (project / "more one.score").write_text("on visit ad 5\n")
    status, said, page, _ = act(paths="rules.score\nmore one.score\n", sarif="s.sarif", junit="j.xml")
    assert status == 1
    assert "::error file=more one.score,line=1" in said and "title=scoredsl test-failed" in said
    assert "expected" in page.lower() and "misspelt-word" in page
    assert json.loads((project / "s.sarif").read_text())["version"] == "2.1.0"
    assert "<testsuites" in (project / "j.xml").read_text()
    status, said, page, _ = act(paths="rules.score", test="false")
    assert status == 0 and "Scoring rules: test" not in page


def test_the_action_shows_a_git_that_cannot_answer(act) -> None:
    status, said, _, _ = act(changed_since="origin/main")
    assert status == 2 and "is in no git repository" in said


def test_inputs_of_the_action_are_no_commands(act, project) -> None:
    act(paths="$(touch hacked)\n`touch hacked`; touch hacked", baseline='"; touch hacked; "')
    assert not (project / "hacked").exists()


# ---- GitLab


def test_the_template_is_valid_and_does_what_it_says(shell, project) -> None:
    header, jobs = yaml((ROOT / "templates" / "scoredsl.yml").read_text("utf-8"))
    require_valid("gitlab-ci", jobs)
    text = (ROOT / "templates" / "scoredsl.yml").read_text("utf-8")
    inputs = header["spec"]["inputs"]
    assert set(re.findall(r"inputs\.(\w+)", text)) == set(inputs)
    for name in inputs:
        assert f"`{name}`" in DOC
    script = text.split("    - |\n")[1].split("  artifacts:")[0]
    script = re.sub(r"\$\[\[ inputs\.(\w+) \]\]", lambda match: inputs[match[1]]["default"], script)
    rules = (project / "rules.score").read_text()
    for text, status in ((rules, 0), (rules.replace("interest = 40", "interest = 41"), 1)):
        (project / "rules.score").write_text(text)
        assert shell(script, project, CI_PROJECT_DIR=str(project))[0] == status
        for report in jobs["scoredsl"]["artifacts"]["reports"].values():
            assert (project / report).exists()
    assert json.loads((project / "gl-code-quality-report.json").read_text()) == []


# ---- pre-commit


def test_the_hooks_are_valid_and_their_commands_run(shell, project) -> None:
    from pre_commit.clientlib import load_manifest

    hooks = load_manifest(str(ROOT / ".pre-commit-hooks.yaml"))
    assert [hook["id"] for hook in hooks] == ["scoredsl-check", "scoredsl-fmt", "scoredsl-test"]
    for hook in hooks:
        names = " rules.score" if hook["pass_filenames"] else ""
        status, said = shell(hook["entry"] + names, project)
        assert status == 0, said
        assert re.search(hook["files"], "rules/a.score") and not re.search(hook["files"], "a.score.py")


# ---- what the page shows


def test_the_page_is_valid(tmp_path) -> None:
    from pre_commit.clientlib import load_config

    workflow, component, job, hooks = blocks("yaml")
    require_valid("github-workflows", yaml(workflow)[0])
    for text in (component, job):
        require_valid("gitlab-ci", yaml(text)[0])
    with_ = [step["with"] for step in yaml(workflow)[0]["jobs"]["rules"]["steps"] if "OWNER" in step.get("uses", "")]
    assert set(with_[0]) <= set(ACTION["inputs"])
    (tmp_path / "config.yaml").write_text(hooks)
    load_config(str(tmp_path / "config.yaml"))


def test_the_commands_of_the_page_run(run, project) -> None:
    for line in "\n".join(blocks("console")).splitlines():
        if line.startswith("$ scoredsl") and "--changed-since" not in line:
            assert run(*line.split()[2:]).status == 0, line
    assert (project / "comment.md").read_text().startswith("# Scoring rules: check")


def test_the_page_has_all_formats() -> None:
    table = DOC.split("## The formats")[1].split("##")[0]
    assert re.findall(r"^\| `([a-z]+)` \|", table, re.MULTILINE) == list(FORMATS)
