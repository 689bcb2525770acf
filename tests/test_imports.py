"""Imports run one way, downwards; heavy libraries and files stay where they belong. See ARCHITECTURE.md."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import scoredsl

PACKAGE = Path(scoredsl.__file__).resolve().parent
STARTER = PACKAGE.parent / "examples" / "starter"

LAYERS = (
    {"text"},
    {"diagnostics"},
    {"report"},
    {"syntax"},
    {"semantics"},
    {"reference"},
    {"reasoning", "prose"},
    {"plan"},
    {"lint"},
    {"engine"},
    {"targets"},
    {"impact", "testing"},
    {"learning", "proof"},
    {"ide"},
    {"api"},
    {"lsp", "service"},
    {"cli"},
)
"""From the bottom to the top. A package imports itself and what stands below it, never its neighbours."""

RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}

THE_LANGUAGE = {"text", "diagnostics", "syntax", "semantics"}
ONLY = {
    "report": {"text", "diagnostics"},
    "reference": THE_LANGUAGE,
    "prose": THE_LANGUAGE | {"report"},
    "reasoning": THE_LANGUAGE | {"reference"},
    "plan": THE_LANGUAGE | {"reasoning"},
    "lint": THE_LANGUAGE | {"reference", "reasoning", "plan"},
}
"""Where less is allowed than what stands below: the definition knows no engine, proofs know nothing but it, plans run
nothing."""

HOMES = {
    "lark": {"syntax"},
    "duckdb": {"engine", "targets"},
    "grpc": {"engine"},
    "pyarrow": {"engine", "targets"},
    "sqlglot": {"targets"},
    "psycopg": {"targets"},
    "pysail": {"engine"},
    "pyspark": {"engine"},
    "chdb": {"targets"},
    "pytz": {"engine"},
    "click": {"cli"},
    "lsprotocol": {"lsp"},
    "pygls": {"lsp"},
    "rich": {"cli"},
    "re2": {"semantics", "reference", "engine"},
    "numpy": {"engine", "learning", "cli"},
    "sklearn": {"learning"},
}
"""All libraries that are not Python's own, and the packages that may import them."""

LAZY = {
    "chdb", "duckdb", "grpc", "numpy", "psycopg", "pyarrow", "pysail", "pyspark", "pytz", "rich", "re2", "sklearn",
    "sqlglot",
}
"""Imported inside functions, so that `scoredsl check` does not wait for them."""

WORLD = {
    "asyncio", "fileinput", "ftplib", "glob", "http", "io", "mmap", "multiprocessing", "os", "pathlib", "shutil",
    "smtplib", "socket", "sqlite3", "ssl", "subprocess", "tempfile", "time", "urllib", "webbrowser",
}
"""Modules that reach files, the network, other processes or the clock."""

PURE = set(RANK) - {"api", "lsp", "cli", "service"}
REACHES_FILES = {
    "diagnostics/codes.py": "the pages of the codes, packaged with it",
    "syntax/grammar.py": "the packaged grammar, and its tables in the user's cache",
    "engine/cluster/": "asks a cluster, whose workers read logs and write results",
    "engine/kernel/compiler.py": "compiles the kernel",
    "engine/kernel/library.py": "loads the kernel, from the user's cache too",
    "engine/kernel/walk.py": "says what the system said about the temporary file",
    "engine/kernel/partition.py": "names the temporary file of what does not fit in memory",
    "engine/output.py": "replaces files whole",
    "engine/result_rows.py": "writes results of the kernel",
    "engine/results.py": "writes results",
    "engine/sources/": "reads logs and profiles",
    "engine/state/": "keeps what runs have read, in a folder of its own",
    "engine/scan/": "has DuckDB read logs and profiles where they are",
    "targets/sql/run.py": "starts a private server, or an engine in the process, to run a query in",
}


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module; `deep` where the import stands inside a function or under TYPE_CHECKING."""

    module: str
    line: int
    deep: bool


@dataclass(frozen=True, slots=True)
class Module:
    path: Path
    tree: ast.Module

    @property
    def inside(self) -> str:
        """Its path inside the package, with slashes."""
        return self.path.relative_to(PACKAGE).as_posix()

    @property
    def layer(self) -> str:
        """`cli` for `cli/group.py`, `api` for `api.py`; `__main__` starts the command line, `__init__` is nobody's."""
        first = self.inside.split("/")[0].removesuffix(".py")
        return "cli" if first == "__main__" else first

    def imports(self) -> Iterator[Import]:
        yield from self._imports(self.tree, False)

    def _imports(self, node: ast.AST, deep: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            match child:
                case ast.Import(names):
                    for name in names:
                        yield Import(name.name, child.lineno, deep)
                case ast.ImportFrom(module, names, level):
                    base = self._absolute(module, level)
                    if base == "scoredsl":
                        for name in names:
                            yield Import(f"scoredsl.{name.name}", child.lineno, deep)
                    else:
                        yield Import(base, child.lineno, deep)
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                    yield from self._imports(child, True)
                case ast.If(ast.Name("TYPE_CHECKING")):
                    yield from self._imports(child, True)
                case _:
                    yield from self._imports(child, deep)

    def _absolute(self, module: str | None, level: int) -> str:
        if level == 0:
            return module or ""
        parts = ["scoredsl", *self.inside.split("/")][:-level]
        return ".".join([*parts, module] if module else parts)


MODULES = [Module(path, ast.parse(path.read_text(encoding="utf-8"))) for path in sorted(PACKAGE.rglob("*.py"))]
EACH = pytest.mark.parametrize("module", MODULES, ids=lambda module: module.inside)


def climbs(layer: str, imported: str) -> bool:
    """Whether the package `layer` may not import the package `imported`."""
    if layer == imported or imported.startswith("__"):
        return False
    if layer in ONLY:
        return imported not in ONLY[layer]
    return RANK[imported] >= RANK[layer]


def test_what_climbs() -> None:
    assert climbs("syntax", "semantics")
    assert climbs("reference", "engine") and climbs("reference", "reasoning") and climbs("plan", "reference")
    assert climbs("api", "cli") and climbs("lsp", "cli")
    assert not climbs("cli", "api") and not climbs("engine", "reference") and not climbs("syntax", "syntax")


@EACH
def test_no_import_climbs(module: Module) -> None:
    if module.layer != "__init__":
        assert module.layer in RANK, f"{module.layer} has no place among the layers"
    wrong = []
    for each in module.imports():
        head, _, rest = each.module.partition(".")
        if head != "scoredsl":
            continue
        imported = rest.partition(".")[0]
        if module.layer == "__init__" or (not imported.startswith("__") and climbs(module.layer, imported)):
            wrong.append(f"line {each.line}: {each.module}")
    assert not wrong, f"{module.inside} climbs: {'; '.join(wrong)}"


@EACH
def test_libraries_stay_at_home(module: Module) -> None:
    wrong = []
    for each in module.imports():
        library = each.module.partition(".")[0]
        if library == "scoredsl" or library in sys.stdlib_module_names:
            continue
        if module.layer not in HOMES.get(library, set()):
            wrong.append(f"line {each.line}: {library} has no home in {module.layer}")
        elif library in LAZY and not each.deep:
            wrong.append(f"line {each.line}: {library} is to be imported inside a function")
    assert not wrong, f"{module.inside}: {'; '.join(wrong)}"


@EACH
def test_no_files_no_network_no_clock_below_the_edges(module: Module) -> None:
    if module.layer not in PURE or any(module.inside.startswith(place) for place in REACHES_FILES):
        return
    reached = [each for each in module.imports() if each.module.partition(".")[0] in WORLD]
    wrong = [f"line {each.line}: import {each.module}" for each in reached]
    for node in ast.walk(module.tree):
        match node:
            case ast.Call(ast.Name("open" | "input" | "print" | "exec" | "eval" as called)):
                wrong.append(f"line {node.lineno}: {called}()")
            case ast.Call(ast.Attribute(ast.Name("datetime" | "date"), "now" | "utcnow" | "today" as called)):
                wrong.append(f"line {node.lineno}: .{called}(): the clock is a parameter")
    assert not wrong, f"{module.inside}: {'; '.join(wrong)}"


def test_a_relative_import_is_understood() -> None:
    module = Module(PACKAGE / "syntax" / "made_up.py", ast.parse("from ..semantics import check\nfrom . import nodes"))
    assert [each.module for each in module.imports()] == ["scoredsl.semantics", "scoredsl.syntax"]


@pytest.mark.parametrize("arguments", [["check", "rules.score"], ["fmt", "--check", "rules.score"], ["--help"]])
def test_short_commands_load_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys\n"
        f"sys.argv = ['scoredsl', *{arguments!r}]\n"
        "from scoredsl.cli import main\n"
        "try:\n"
        "    main()\n"
        "except SystemExit:\n"
        "    pass\n"
        "heavy = {'duckdb', 'pyarrow', 'numpy', 'rich', 're2', 'pytz'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {sorted(heavy)}' if heavy else 0)\n"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=STARTER, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
