"""The formatter: one canonical layout, the same meaning, all comments, and stable."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoredsl.syntax.format import WIDTH, FormatResult, format_source
from scoredsl.syntax.grammar import parser
from scoredsl.syntax.parse import parse_file
from scoredsl.syntax.printer import print_statement
from scoredsl.text import Source

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.strategies.nodes import Branching, Nodes  # noqa: E402

NODES = Nodes(depth=2)
HEADERS = ("Score", "Group", "Test")
IGNORE = re.compile(r"#\s*scoredsl:\s*ignore")


def formatted(text: str) -> str:
    result = format_source(Source(text))
    assert result.refused is None, result.refused
    again = format_source(Source(result.text))
    assert again == FormatResult(result.text, False)
    return result.text


# ---- pairs


PAIRS: dict[str, tuple[str, str]] = {
    "empty": ("", ""),
    "blank lines only": ("\n  \n\n", ""),
    "comments only": ("\ufeff\n  # a \n\n\n# b", "# a\n\n# b\n"),
    "line ends and byte order mark": ("\ufeffon a add 1\r\non b add 2\r", "on a add 1\non b add 2\n"),
    "spaces": (
        "on   a  where x>=1  and ( y in[1,2 , ] or not z )  add  max( a,b )*-2-( 1+c )",
        "on a where x >= 1 and (y in [1, 2] or not z) add max(a, b) * -2 - (1 + c)\n",
    ),
    "keywords of several words": ("on a add 1 at   most 1  time but  not   above 5",
                                  "on a add 1 at most 1 time but not above 5\n"),
    "define and given": (
        "define x :-5\nevents y:a   or b\ntest \"t\"\n given a with n -5 ,b [ -1,2 ] at 2026-03-01 09:30",
        "define x: -5\nevents y: a or b\n\ntest \"t\"\n  given a with n -5, b [-1, 2] at 2026-03-01 09:30\n",
    ),
    "literals as written": (
        'on a where x = 1_000.50 and t > 2026-03-01T09:30:00Z add 2.0 expire after 07d as "a\\"b  c"',
        'on a where x = 1_000.50 and t > 2026-03-01T09:30:00Z add 2.0 expire after 07d as "a\\"b  c"\n',
    ),
    "commas between clauses": (
        "on a add 1, once , expire after 3d\nwhen b add 1 else when c add 2 , else add 3",
        "on a add 1, once, expire after 3d\nwhen b add 1, else when c add 2, else add 3\n",
    ),
    "a comma that a name needs": (
        "on a add 1 ends on b where has, once",
        "on a add 1 ends on b where has, once\n",
    ),
    "semicolons": ("on a add 1; on b add 2 # two\non c\n  add 3; on d add 4;",
                   "on a add 1\non b add 2  # two\non c add 3\non d add 4\n"),
    "indentation": (
        "score s\n    on a add 1\n    group g\n         on b add 1\n    on c add 1\n",
        "score s\n  on a add 1\n\n  group g\n    on b add 1\n\n  on c add 1\n",
    ),
    "blank lines": (
        "\n\ntimezone \"UTC\"\n\n\n\nscore s\n\n  on a add 1\n\n\n  on b add 1\n"
        "score t\n  on a add 1\nlabel x when y\n\n",
        'timezone "UTC"\n\nscore s\n  on a add 1\n\n  on b add 1\n\nscore t\n  on a add 1\n\nlabel x when y\n',
    ),
    "one-line headers stand together": (
        "score s\n  on a add 1\nscore t = s * 2\nscore u = t\n",
        "score s\n  on a add 1\n\nscore t = s * 2\nscore u = t\n",
    ),
    "comments at their levels": (
        """\
        score s # head
            # first
          on a add 1
        # between
          on b add 1
            # last of s
        # about t
        score t
          on a add 1
        # end
        """,
        """\
        score s  # head
          # first
          on a add 1
          # between
          on b add 1
          # last of s

        # about t
        score t
          on a add 1

        # end
        """,
    ),
    "a comment in an empty block": ("score s\n    # nothing yet\nscore t", "score s\n  # nothing yet\n\nscore t\n"),
    "comments inside keep the lines": (
        """\
        on a   where x in [ # these
        "a",   # first
          "b"
        ] add 5 , # points
          # once a week
            once  per week   # end
        """,
        """\
        on a where x in [  # these
            "a",  # first
            "b"
        ] add 5,  # points
            # once a week
            once per week  # end
        """,
    ),
    "an ignore keeps its line": (
        "on a add 1; on b   add 2 # scoredsl: ignore[points-0] why\n\n# scoredsl: ignore[x]\non a add 1; on b add 1",
        "on a add 1; on b add 2  # scoredsl: ignore[points-0] why\n\n# scoredsl: ignore[x]\non a add 1; on b add 1\n",
    ),
    "an ignore stays above its block": (
        "score s\n  on a add 1\n  # scoredsl: ignore[x]\nscore t\n  on a add 1",
        "score s\n  on a add 1\n\n# scoredsl: ignore[x]\nscore t\n  on a add 1\n",
    ),
    "a long rule": (
        "score s\n  on webinar_registered without webinar_attended with same webinar within 7d subtract 15 "
        'expire after 60d as "Registered, but did not attend"',
        """\
        score s
          on webinar_registered without webinar_attended with same webinar within 7d subtract 15
              expire after 60d as "Registered, but did not attend"
        """,
    ),
    "a long choice": (
        "when company_size >= 200 add 40, else when company_size >= 50 add 25, "
        "else when company_size >= 10 add 10 once",
        """\
        when company_size >= 200 add 40,
            else when company_size >= 50 add 25,
            else when company_size >= 10 add 10 once
        """,
    ),
    "a long list": (
        'define titles: ["chief executive officer", "chief technical officer", '
        '"vice president of sales", "head of it"]',
        """\
        define titles: [
            "chief executive officer",
            "chief technical officer",
            "vice president of sales",
            "head of it"
        ]
        """,
    ),
    "a long formula": (
        "score total = (0.4 * a_long_name_of_a_score + 0.6 * another_long_name_of_a_score "
        "+ 0.2 * the_third_of_the_scores)",
        """\
        score total = (0.4 * a_long_name_of_a_score + 0.6 * another_long_name_of_a_score
            + 0.2 * the_third_of_the_scores)
        """,
    ),
    "a long formula without parentheses": (
        "score total = " + " + ".join(["a_long_name_of_a_score"] * 5),
        "score total = " + " + ".join(["a_long_name_of_a_score"] * 5) + "\n",
    ),
    "a long given": (
        'given profile job_title "Marketing Manager", country "AT", industry "retail", '
        'email "max@gmail.com" at 2026-01-01',
        """\
        given profile job_title "Marketing Manager", country "AT", industry "retail",
            email "max@gmail.com" at 2026-01-01
        """,
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_pairs(name: str) -> None:
    before, after = (dedent(text) for text in PAIRS[name])
    if name == "a long given":
        before, after = 'test "t"\n  ' + before, 'test "t"\n' + "".join(f"  {line}\n" for line in after.splitlines())
    assert formatted(before) == after


@pytest.mark.parametrize("name", PAIRS)
def test_canonical_files_are_not_changed(name: str) -> None:
    after = dedent(PAIRS[name][1])
    if name != "a long given":
        assert format_source(Source(after)) == FormatResult(after, False)


def test_errors_are_refused() -> None:
    text = "on a add 1\non b ad 2\n"
    result = format_source(Source(text))
    assert (result.text, result.changed) == (text, False)
    assert result.refused is not None
    assert result.diagnostics


@pytest.mark.parametrize("text", ["x " * 10, "(" * 3000, "score s = " + "(" * 3000 + "1" + ")" * 3000, "\x00", "[1"])
def test_never_raises(text: str) -> None:
    assert format_source(Source(text)).text


def test_deep_nesting_is_refused_or_formatted() -> None:
    for deep in (100, 400, 900):
        text = f"when {'not ' * deep}x add {'-' * deep}1"
        result = format_source(Source(text))
        assert result.refused is not None or parse_file(Source(result.text)).diagnostics == ()


# ---- files


INLINE = [
    "on webinar_attended add 30 once; expire after 30d; threshold 100",
    'score s\n  on a add 1\n  when no b in last 3d add 2\nlabel x when s > 3\n'
    'test "t"\n  given a at 2026-03-01\n  expect s = 1\n',
    'event "Order Completed" with amount number\nprofile country text one of "DE", "AT"\nignore any where bot\n',
    "grid g = a (\n  A from 3, B) by b (x)\nscore a # c\nscore b\n  # d\n",
]
PROGRAMS = [(str(path.relative_to(ROOT)), path) for path in sorted((ROOT / "tests" / "conformance").glob("**/*.score"))]


@pytest.mark.parametrize(
    "text",
    [pytest.param(path, id=name) for name, path in PROGRAMS] if PROGRAMS else [pytest.param(t) for t in INLINE],
)
def test_programs_keep_their_meaning(text: str | Path) -> None:
    if isinstance(text, Path):
        try:
            text = text.read_bytes().decode()
        except UnicodeDecodeError:
            return  # a case about a file that is not UTF-8
    file = parse_file(Source(text))
    result = format_source(Source(text))
    if file.diagnostics:
        assert (result.text, result.diagnostics) == (text, file.diagnostics)
    else:
        formatted(text)
        assert nodes_of(result.text) == nodes_of(text)


def nodes_of(text: str) -> list[object]:
    file = parse_file(Source(text))
    assert not file.diagnostics, (text, file.diagnostics)
    return [statement.node for statement in file.walk()]


# ---- random files in random layout


@st.composite
def texts(draw: st.DrawFn, branches: tuple[Branching, ...]) -> str:
    """A file of these statements with random spaces, comments, continuation lines and semicolons."""
    lines: list[str] = []
    comments = st.sampled_from(["#", "# a comment", "# scoredsl: ignore[x] why", '#"; (on a add 1', "#\ttab "])
    rarely = st.sampled_from([False, False, False, True])

    def add_blank(indent: int) -> None:
        while draw(rarely):
            lines.append(draw(st.sampled_from(["", "  ", " " * indent + draw(comments), draw(comments)])))

    def statement(branch: Branching, indent: int) -> str:
        text = print_statement(branch.node)
        is_header = branch.node.__class__.__name__ in HEADERS
        tokens = [str(token) for token in parser().parse(text).scan_values(lambda _: True)]
        at = depth = 0
        result = ""
        for token in tokens:
            between = text[at : text.index(token, at)]
            at = text.index(token, at) + len(token)
            if between or (result and result[-1] in "([,"):
                if (depth or not is_header) and draw(rarely):
                    between += f" {draw(comments)}" if draw(rarely) else ""
                    between += "\n" + " " * draw(st.integers(indent + 1, indent + 9))
                elif draw(rarely):
                    between = "   "
            depth += (token in "([") - (token in ")]")
            result += between + token
        return result

    def block(branches: tuple[Branching, ...], indent: int) -> None:
        joined = False
        for branch in branches:
            # What continues a joined statement is deeper than the line it begins on, which may continue one itself.
            begin = max(len(row) - len(row.lstrip()) for row in lines[-1].split("\n")) if joined else indent
            joined = joined and (begin == indent or branch.node.__class__.__name__ not in HEADERS)
            text = statement(branch, begin if joined else indent)
            if joined:
                lines[-1] += text
            else:
                add_blank(indent)
                lines.append(" " * indent + text)
            is_header = branch.node.__class__.__name__ in HEADERS
            joined = not is_header and branch is not branches[-1] and draw(rarely)
            if joined:
                lines[-1] += draw(st.sampled_from([";", " ;  "]))
            elif draw(rarely):
                lines[-1] += "  " + draw(comments)
            if branch.children:
                block(branch.children, indent + draw(st.integers(1, 4)))
        add_blank(indent)

    block(branches, 0)
    return draw(st.sampled_from(["\n", "\r\n"])).join("\n".join(lines).split("\n")) + draw(st.sampled_from(["", "\n"]))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(NODES.files().flatmap(texts))
def test_random_files(text: str) -> None:
    file = parse_file(Source(text))
    assert file.diagnostics == ()
    result = formatted(text)
    assert nodes_of(result) == [statement.node for statement in file.walk()]
    assert comments_of(result) == comments_of(text)
    assert "\r" not in result
    assert "\n\n\n" not in result
    assert not result.startswith("\n")
    assert not result.endswith("\n\n")
    assert all(line == line.rstrip() for line in result.split("\n"))
    for before, after in zip(spoken_of(text), spoken_of(result), strict=True):
        assert before <= after


def comments_of(text: str) -> list[str]:
    return [text[comment.start : comment.end].strip() for comment in parse_file(Source(text)).comments]


def spoken_of(text: str) -> list[set[int]]:
    """For each ignore comment the statements on its line; where it has its own line, on the line below."""
    source = Source(text)
    file = parse_file(source)
    lines: dict[int, set[int]] = {}
    for i, statement in enumerate(file.walk()):
        first, last = source.position(statement.span.start).line, source.position(statement.span.end).line
        for line in range(first, last + 1):
            lines.setdefault(line, set()).add(i)
    result = []
    for comment in file.comments:
        if IGNORE.match(text[comment.start : comment.end]):
            line = source.position(comment.start).line
            own = not source.line_text(line)[: source.position(comment.start).column - 1].strip()
            result.append(lines.get(line + 1 if own else line, set()))
    return result


def test_lines_are_short() -> None:
    text = "on a where " + " and ".join(f"property_{i} = {i}" for i in range(40)) + " add 1 once"
    assert max(map(len, formatted(text).split("\n"))) <= WIDTH
