"""Programs as text: files after lines `--- NAME`, the cursor as §, marked stretches as ⟦...⟧."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scoredsl.ide.project import Project
from scoredsl.semantics.check import Checked
from scoredsl.semantics.imports import Unreadable
from scoredsl.text import Span

MAIN = "rules.score"


class NoFiles:
    """There is nothing but what is open."""

    def same(self, path: str) -> str:
        return path

    def read(self, path: str) -> str:
        raise Unreadable(f"There is no file {path}.")


@dataclass
class Marked:
    project: Project
    path: str
    offset: int
    spans: list[Span]
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def analysis(self):
        return self.project.analysis(self.path)

    @property
    def text(self) -> str:
        return self.texts[self.path]

    def slice(self, span: Span) -> str:
        return self.texts[span.file][span.start : span.end]


def files_of(text: str) -> dict[str, str]:
    parts = re.split(r"^--- (\S+)\n", text, flags=re.MULTILINE)
    found = {MAIN: parts[0]} if parts[0].strip() or len(parts) == 1 else {}
    return found | dict(zip(parts[1::2], parts[2::2], strict=True))


def marked(text: str) -> Marked:
    """The project of a text, with its cursor and its marks."""
    project = Project(NoFiles(), Checked.said)
    path, offset, spans, texts = MAIN, 0, [], {}
    for name, written in files_of(text).items():
        plain = ""
        opened: list[int] = []
        for character in written:
            if character == "§":
                path, offset = name, len(plain)
            elif character == "⟦":
                opened.append(len(plain))
            elif character == "⟧":
                spans.append(Span(opened.pop(), len(plain), name))
            else:
                plain += character
        project.open(name, plain)
        texts[name] = plain
    return Marked(project, path, offset, spans, texts)
