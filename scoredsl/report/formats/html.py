"""A page that stands alone: no script, no font, no picture from anywhere; light and dark as the reader has it.

Every colour of text stands to its ground as 4.5 to 1 or better (WCAG 2.2, AA); a test computes it.
"""

from __future__ import annotations

from html import escape

from scoredsl.report.document import (
    Badge,
    Block,
    Bullets,
    Code,
    Details,
    Document,
    Heading,
    Inline,
    Line,
    Mono,
    Paragraph,
    Strong,
    Table,
    parts,
    plain,
)
from scoredsl.report.model import Report, Setting

LIGHT = {
    "ground": "#ffffff",
    "panel": "#f3f4f6",
    "ink": "#1b1f24",
    "faint": "#57606a",
    "line": "#d0d7de",
    "error": "#b3141d",
    "warning": "#855000",
    "note": "#0b5cad",
    "good": "#116329",
}
DARK = {
    "ground": "#15191e",
    "panel": "#20262d",
    "ink": "#e6e9ed",
    "faint": "#a3adb8",
    "line": "#3a424c",
    "error": "#ff938a",
    "warning": "#f0b429",
    "note": "#7cbcff",
    "good": "#6ed48a",
}
"""Colours by what they are for: texts on `ground` and on `panel`."""

_SIGNS = {"error": "✖", "warning": "▲", "note": "●", "good": "✔"}


def _variables(colours: dict[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


_STYLE = f"""
:root {{ color-scheme: light dark; {_variables(LIGHT)} }}
@media (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}
* {{ box-sizing: border-box; }}
body {{ margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }}
main {{ max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }}
h1 {{ font-size: 1.7rem; margin: 0 0 .25rem; }}
h2 {{ font-size: 1.3rem; margin: 2.25rem 0 .5rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; }}
h3 {{ font-size: 1.08rem; margin: 1.5rem 0 .4rem; }}
h4 {{ font-size: 1rem; margin: 1.2rem 0 .3rem; }}
p {{ margin: .5rem 0; }}
.lead {{ color: var(--faint); font-size: 1.08rem; }}
.scroll {{ overflow-x: auto; }}
table {{ border-collapse: collapse; width: 100%; margin: .75rem 0; font-size: .95rem; }}
th, td {{ text-align: left; vertical-align: top; padding: .4rem .7rem; border-bottom: 1px solid var(--line); }}
th {{ color: var(--faint); font-weight: 600; }}
.number {{ text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }}
code, pre {{ font: .88em/1.5 ui-monospace, monospace; background: var(--panel); border-radius: 4px; }}
code {{ padding: .1em .3em; overflow-wrap: anywhere; }}
pre {{ padding: .7rem .9rem; overflow-x: auto; }}
pre code {{ padding: 0; font-size: 1em; overflow-wrap: normal; }}
details {{ margin: .6rem 0; border: 1px solid var(--line); border-radius: 6px; padding: .4rem .8rem; }}
summary {{ cursor: pointer; }}
.badge {{ font-weight: 600; white-space: nowrap; }}
.error {{ color: var(--error); }} .warning {{ color: var(--warning); }}
.note {{ color: var(--note); }} .good {{ color: var(--good); }}
nav ul {{ columns: 16rem; padding-left: 1.2rem; }}
a {{ color: var(--note); }}
:focus-visible {{ outline: 3px solid var(--note); outline-offset: 2px; }}
@media print {{ details > * {{ display: block; }} main {{ max-width: none; padding: 0; }} }}
""".strip()


def render(report: Report, setting: Setting) -> str:
    return page(report.document())


def page(document: Document) -> str:
    """A document as a whole HTML page; one with several sections begins with a list of them."""
    numbered = list(enumerate(document.blocks))
    headings = [(i, block) for i, block in numbered if isinstance(block, Heading)]
    sections = [(f"section-{i}", heading.text) for i, heading in headings if heading.level == 2]
    contents = ""
    if len(sections) > 2:
        links = "".join(f'<li><a href="#{name}">{escape(plain(text))}</a></li>' for name, text in sections)
        contents = f'<nav aria-label="Contents"><ul>{links}</ul></nav>\n'
    body = "\n".join(_block(block, f"section-{i}") for i, block in numbered)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(document.title)}</title>
<style>
{_STYLE}
</style>
</head>
<body>
<main>
<h1>{escape(document.title)}</h1>
<p class="lead">{_line(document.lead)}</p>
{contents}{body}
</main>
</body>
</html>"""


def _block(block: Block, name: str = "") -> str:
    match block:
        case Heading(level, text):
            id_ = f' id="{name}"' if level == 2 and name else ""
            return f"<h{level}{id_}>{_line(text)}</h{level}>"
        case Paragraph(text):
            return f"<p>{_line(text)}</p>"
        case Bullets(items):
            return "<ul>\n" + "\n".join(f"<li>{_line(item)}</li>" for item in items) + "\n</ul>"
        case Table():
            return _table(block)
        case Code(text):
            return f'<pre tabindex="0"><code>{escape(text)}</code></pre>'
        case Details(summary, blocks):
            inner = "\n".join(_block(each) for each in blocks)
            return f"<details>\n<summary>{_line(summary)}</summary>\n{inner}\n</details>"


def _table(table: Table) -> str:
    def cell(tag: str, i: int, text: Line, scope: str = "") -> str:
        number = ' class="number"' if i in table.numbers else ""
        return f"<{tag}{scope}{number}>{_line(text)}</{tag}>"

    head = "".join(cell("th", i, text, ' scope="col"') for i, text in enumerate(table.header))
    rows = "\n".join(
        "<tr>" + "".join(cell("td", i, text) for i, text in enumerate(row)) + "</tr>" for row in table.rows
    )
    name = escape(", ".join(plain(text) for text in table.header))
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{name}">\n'
        f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>"
    )


def _line(line: Line) -> str:
    return "".join(_inline(part) for part in parts(line))


def _inline(part: Inline) -> str:
    match part:
        case str():
            return escape(part)
        case Strong(text):
            return f"<strong>{escape(text)}</strong>"
        case Mono(text):
            return f"<code>{escape(text)}</code>"
        case Badge(text, tone):
            return f'<span class="badge {tone}"><span aria-hidden="true">{_SIGNS[tone]}</span> {escape(text)}</span>'
