"""Real editors with the files of `editors/`, as docs/editors.md says. Skipped where there is none on the PATH."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RULES = 'event page_view\nscore s "é🎵"\n  on page_view add 1 as "🎵"\n  when has loked add   2\n'


COLOURS = """\
event page_view "A \\"page\\"" with number text, plan text # on
define pricing: url matches /^\\/#p/ and `on a` not in [2.5]
score s
  tier warm from 40 until below 30
  on page_view where context.on = "x" add 15 points at most 2 times per day, expire after 30d
  when no page_view in last 5d and max(a, 1) > 20% add 1 from 2026-01-02
"""
LOOK = {
    "comment": ("Comment", "comment"), "string": ("String", "string"), "number": ("Number", "constant"),
    "constant": ("Constant", "constant"), "control": ("Statement", "keyword"), "clause": ("Keyword", "keyword"),
    "declaration": ("Structure", "keyword"), "operator": ("Operator", "builtin"),
    "function": ("Function", "function-name"), "type": ("Type", "type"), "name": ("Identifier", "variable-name"),
}  # fmt: skip
"""Vim's group and Emacs' face."""
COLOURED = [
    [("event", "declaration"), ('"A \\"page\\""', "string"), ("with", "control"), ("text", "type"), ("text", "type"),
     ("# on", "comment")],
    [("define", "declaration"), ("matches", "operator"), (r"/^\/#p/", "string"), ("and", "operator"),
     ("`on a`", "name"), ("not in", "operator"), ("2.5", "number")],
    [("score", "declaration")],
    [("tier", "declaration"), ("from", "clause"), ("40", "number"), ("until below", "clause"), ("30", "number")],
    [("on", "control"), ("where", "control"), ('"x"', "string"), ("add", "clause"), ("15", "number"),
     ("points", "clause"), ("at most", "clause"), ("2", "number"), ("times", "clause"), ("per", "clause"),
     ("day", "constant"), ("expire after", "clause"), ("30d", "number")],
    [("when", "control"), ("no", "function"), ("in last", "operator"), ("5d", "number"), ("and", "operator"),
     ("max", "function"), ("1", "number"), ("20%", "number"), ("add", "clause"), ("1", "number"), ("from", "clause"),
     ("2026-01-02", "number")],
]  # fmt: skip


def neovims() -> dict[str, str]:
    """Every Neovim on the PATH by its version, `0.7`."""
    found = {}
    for folder in os.get_exec_path():
        path = shutil.which("nvim", path=folder)
        if path is not None:
            said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
            version = re.match(r"NVIM v(\d+\.\d+)", said)
            if version is not None:
                found.setdefault(version[1], path)
    return found


def block(language: str) -> str:
    """The configuration in a language, as the page shows it."""
    page = (ROOT / "docs" / "editors.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return str(found).replace("SCOREDSL", str(ROOT))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    project.mkdir()
    (project / "rules.score").write_text(RULES, encoding="utf-8")
    (project / "colours.score").write_text(COLOURS, encoding="utf-8")
    (project / "scoredsl.toml").write_text('rules = "rules.score"\n')
    return project


@pytest.fixture
def environment(tmp_path: Path, project: Path) -> dict[str, str]:
    """With a command `scoredsl` on the PATH that is the one under test, and no settings of the user."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "scoredsl").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m scoredsl "$@"\n')
    (programs / "scoredsl").chmod(0o755)
    return {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "share"),
        "RULES": str(project / "rules.score"),
        "COLOURS": str(project / "colours.score"),
    }


@pytest.mark.parametrize(("version", "encoding"), [("0.7", "utf-16"), ("0.11", "utf-8")])
def test_neovim(version: str, encoding: str, tmp_path: Path, project: Path, environment: dict[str, str]) -> None:
    editor = neovims().get(version)
    if editor is None:
        pytest.skip(f"Neovim {version} is not on the PATH")
    (tmp_path / "config" / "nvim").mkdir(parents=True)
    (tmp_path / "config" / "nvim" / "init.lua").write_text(block("lua"))
    out = tmp_path / "out.json"
    command = [editor, "--headless", "-n", "-i", "NONE", "-c", f"luafile {HERE / 'neovim.lua'}"]
    variables = {**environment, "OUT": str(out)}
    subprocess.run(command, env=variables, cwd=project, timeout=300, check=False, capture_output=True)
    seen = json.loads(out.read_text())
    assert "problem" not in seen, seen["problem"]
    assert (seen["filetype"], seen["encoding"], seen["root"]) == ("score", encoding, str(project))
    assert seen["diagnostics"] == [{"line": 3, "first": 11, "last": 16, "code": "unknown-event"}]
    assert seen["hover"].startswith("**page_view** — event")
    assert "page_view" in seen["completion"]
    end = "  when has loked add 2" if version == "0.7" else "  when has looked add 2"
    assert seen["text"] == ["event looked", "", 'score s "é🎵"', '  on looked add 1 as "🎵"', end]
    assert seen["colours"] == [[[word, f"score{LOOK[look][0]}"] for word, look in line] for line in COLOURED]


def test_emacs(tmp_path: Path, project: Path, environment: dict[str, str]) -> None:
    editor = shutil.which("emacs")
    if editor is None:
        pytest.skip("Emacs is not on the PATH")
    config = tmp_path / "config.el"
    config.write_text(block("elisp"))
    command = [editor, "-Q", "--batch", "-l", str(HERE / "eglot.el")]
    variables = {**environment, "CONFIG": str(config), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, env=variables, cwd=project, timeout=300, check=False, capture_output=True, text=True)
    seen = json.loads(done.stdout[done.stdout.index("{") :])
    assert "problem" not in seen, seen["problem"]
    assert seen["mode"] == "score-mode"
    first, last, said = seen["diagnostic"]
    assert RULES[first - 1 : last - 1] == "loked" and "loked is not a declared event" in said
    assert seen["hover"].startswith("**page_view** — event")
    assert "page_view" in seen["completion"]
    assert seen["text"] == 'event looked\n\nscore s "é🎵"\n  on looked add 1 as "🎵"\n  when has loked add 2\n'
    coloured = [[[word, f"font-lock-{LOOK[look][1]}-face"] for word, look in line] for line in COLOURED]
    coloured[0][-1:] = [["# ", "font-lock-comment-delimiter-face"], ["on", "font-lock-comment-face"]]
    assert seen["colours"] == coloured


# ---- Kate


@pytest.fixture
def kate(tmp_path: Path, environment: dict[str, str]) -> dict[str, str]:
    """An environment whose home has the files of `editors/kate`, and where Kate has been told to start the server."""
    syntax = tmp_path / "share" / "org.kde.syntax-highlighting" / "syntax"
    settings = tmp_path / "config" / "kate" / "lspclient"
    syntax.mkdir(parents=True)
    settings.mkdir(parents=True)
    shutil.copy(ROOT / "editors" / "kate" / "score.xml", syntax)
    shutil.copy(ROOT / "editors" / "kate" / "settings.json", settings)
    (tmp_path / "config" / "katerc").write_text(
        "[General]\nShow welcome view for new window=false\n[Kate Plugins]\nlspclientplugin=true\n"
        f"[lspclient]\nAllowedServerCommandLines={tmp_path / 'bin' / 'scoredsl'} lsp\nAutoHover=true\n"
    )
    (tmp_path / "run").mkdir(mode=0o700)
    return {**environment, "XDG_RUNTIME_DIR": str(tmp_path / "run"), "LANG": "C.UTF-8", "TMPDIR": str(tmp_path)}


def messages(path: Path) -> list[dict[str, Any]]:
    """What went one way between an editor and the server."""
    data, found = path.read_bytes(), []
    while (head := re.match(rb"(?:[\w-]+: [^\r]*\r\n)+\r\n", data)) is not None:
        size = int(re.search(rb"Content-Length: (\d+)", head[0])[1])  # type: ignore[index]
        found.append(json.loads(data[head.end() : head.end() + size]))
        data = data[head.end() + size :]
    return found


def test_kate(tmp_path: Path, project: Path, kate: dict[str, str]) -> None:
    tools = ("kate", "xvfb-run", "dbus-run-session", "xdotool", "import")
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)}: not on the PATH")
    sent, said = tmp_path / "sent", tmp_path / "said"
    sent.touch()
    said.touch()
    (tmp_path / "bin" / "scoredsl").write_text(
        f'#!/bin/sh\ntee "{sent}" | "{sys.executable}" -m scoredsl "$@" | tee "{said}"\n'
    )
    variables = {**kate, "SENT": str(sent), "SAID": str(said), "SHOT": str(tmp_path / "kate"), "QT_QPA_PLATFORM": "xcb"}
    command = ["xvfb-run", "-a", "-s", "-screen 0 1280x720x24", "dbus-run-session", "--", "bash", str(HERE / "kate.sh")]
    done = subprocess.run(
        command, env=variables, cwd=project, timeout=300, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answers = messages(said)
    asked = {each["id"]: each["method"] for each in messages(sent) if "id" in each and "method" in each}
    sent_alone = [each for each in answers if each.get("method") == "textDocument/publishDiagnostics"]
    wrong = sent_alone[0]["params"]["diagnostics"][0]
    assert wrong["code"] == "unknown-event"
    assert wrong["range"] == {"start": {"line": 3, "character": 11}, "end": {"line": 3, "character": 16}}
    hovers = [each.get("result") for each in answers if asked.get(each.get("id")) == "textDocument/hover"]
    assert any("**page_view** — event" in json.dumps(hover, ensure_ascii=False) for hover in hovers)
    assert (project / "rules.score").read_text(encoding="utf-8").splitlines()[2] == '  on page_view add 1 as "🎵" once'


def test_the_colours_of_kate(project: Path, kate: dict[str, str]) -> None:
    tool = shutil.which("kate-syntax-highlighter") or shutil.which("ksyntaxhighlighter6")
    if tool is None:
        pytest.skip("kate-syntax-highlighter (of KSyntaxHighlighting) is not on the PATH")
    command = [tool, "-t", "Breeze Light", str(project / "colours.score")]
    variables = {**kate, "QT_QPA_PLATFORM": "offscreen"}
    page = subprocess.run(command, env=variables, check=True, capture_output=True, text=True, timeout=60).stdout
    bold = "font-weight:bold;"
    styles = {
        "comment": "color:#898887;", "string": "color:#bf0303;", "number": "color:#b08000;",
        "constant": "color:#aa5500;", "control": bold, "clause": bold, "declaration": bold,
        "operator": "color:#ca60ca;", "function": "color:#644a9b;", "type": "color:#0057ae;", "name": "color:#0057ae;",
    }  # fmt: skip
    lines = page[page.index("<pre>\n") + 6 : page.index("</pre>")].splitlines()
    seen = [re.findall('<span style="([^"]*)">(.*?)</span>', line) for line in lines if line]
    coloured = [[[html.unescape(word).strip(), style] for style, word in line] for line in seen]
    assert coloured == [[[word, styles[look]] for word, look in line] for line in COLOURED]
