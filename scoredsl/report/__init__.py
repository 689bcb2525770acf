"""What a command says, once as data and then in any of the formats of `scoredsl.report.formats`.

A command makes one `Report`. A report is asked for *views* of itself, and each format renders one view:

| view | is | rendered by |
| --- | --- | --- |
| `text(style)` | the verb's own lines for a terminal | `text`, `concise` |
| `objects()` | plain data | `json` |
| `findings` | what is wrong, each with a place | `sarif`, `github`, `gitlab` |
| `suites()` | cases that passed or failed | `junit` |
| `document()` | headings, paragraphs, tables | `markdown`, `html` |

To add a verb: write a class with these members (`Report` in `model.py` is the protocol; a page that finds nothing wrong
has most of them from `PageReport` in `pages.py`), decorate the command with `report_options` from
`scoredsl.cli.reporting` and hand the report to `deliver`. A gate that is breached is a `Finding`, placed at the first
line of the program's file, with a page for its code (`gates.py`).

To add a format: write `formats/NAME.py` with one function `render(report, setting) -> str`, and its line in the table
`FORMATS` of `formats/__init__.py`.
"""

from scoredsl.report.findings import Edit, Finding, Note, Place, Repair, finding, place
from scoredsl.report.model import Report, Setting
from scoredsl.report.suites import Case, Problem, Suite

__all__ = [
    "Case",
    "Edit",
    "Finding",
    "Note",
    "Place",
    "Problem",
    "Repair",
    "Report",
    "Setting",
    "Suite",
    "finding",
    "place",
]
