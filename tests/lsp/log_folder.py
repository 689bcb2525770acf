"""What stands in the files of the fixture `folder`."""

from __future__ import annotations

RULES = """\
score interest
  threshold 40 as hot
  on visit add 5
  on demo add 40 once
"""
EVENTS = """\
lead,event,time
a,visit,2026-03-01T10:00:00Z
a,demo,2026-03-02T09:00:00Z
b,visit,2026-03-03T08:30:00Z
"""
