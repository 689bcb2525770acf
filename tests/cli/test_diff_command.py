"""`scoredsl diff` as a user calls it: what it shows, its gates, its versions, its formats. The figures are by hand."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path

import pytest

OLD = """\
score interest
  threshold 40 as hot
  expire after 30d
  on visit add 5 at most 1 time per day
  on demo add 40 once as "Demo"
"""
NEW = """\
score interest
  threshold 30 as hot
  expire after 30d
  on visit add 5 at most 1 time per day
  on demo add 20 once as "Demo"
  on call add 30
"""
EVENTS = """\
lead,event,time
a,demo,2026-03-01T10:00:00Z
b,visit,2026-03-02T10:00:00Z
b,visit,2026-03-03T10:00:00Z
c,call,2026-03-04T10:00:00Z
d,demo,2026-03-05T10:00:00Z
d,call,2026-03-15T10:00:00Z
"""
# as of 2026-03-15: a 40 -> 20, b 10 -> 10, c 0 -> 30, d 40 -> 50


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    (tmp_path / "old.score").write_text(OLD)
    (tmp_path / "new.score").write_text(NEW)
    (tmp_path / "events.csv").write_text(EVENTS)
    return tmp_path


def found(run, *more: str) -> dict:
    done = run("diff", "old.score", "new.score", "--events", "events.csv", "--format", "json", *more)
    assert done.status in (0, 1), done.err
    return json.loads(done.out)


def test_the_figures(run, versions: Path) -> None:
    report = found(run)
    assert (report["as_of"], report["alerts_since"]) == ("2026-03-15T10:00:00Z", "2026-03-01T10:00:00Z")
    assert (report["weeks"], report["leads"]) == (2, 4)
    assert [(each["number"], each["kind"], each["what"], each["details"]) for each in report["changes"]] == [
        (1, "changed", "tier", ["from 40 → 30"]),
        (2, "changed", "rule", ["points 40 → 20"]),
        (3, "added", "rule", []),
    ]
    assert report["changes"][1]["old"] == {"place": "old.score:5", "text": 'on demo add 40 once as "Demo"'}
    (score,) = report["scores"]
    assert (score["leads"], score["moved"], score["up"], score["down"]) == (4, 3, 2, 1)
    assert score["tier_changed"] == 2
    assert {(cell["old_tier"], cell["new_tier"]): cell["leads"] for cell in score["matrix"]} == {
        ("hot", "hot"): 1, ("hot", None): 1, (None, "hot"): 1, (None, None): 1,
    }  # fmt: skip
    (hot,) = score["tiers"]
    assert (hot["before"], hot["after"], hot["entering"], hot["leaving"], hot["lost"]) == (2, 2, 1, 1, 1)
    assert [move["lead"] for move in hot["entering_leads"]] == ["c"]
    assert hot["leaving_leads"] == [{"lead": "a", "old": 40, "new": 20, "old_tier": "hot", "new_tier": None}]
    # before: a and d come in; after: c and d, d only with the call
    assert score["alerts"] == {"before": 2, "after": 2, "before_a_week": 1.0, "after_a_week": 1.0}
    assert score["distribution"]["before"]["mean"] == 22.5 and score["distribution"]["after"]["mean"] == 27.5
    assert score["distribution"]["after"]["quantiles"]["0.5"] == 20


def test_each_change_alone(run, versions: Path) -> None:
    (score,) = found(run)["scores"]
    keys = ("change", "moved", "up", "down", "tier_changed", "moved_by_it_alone", "points")
    # the lower threshold: nobody has 30 to 39. The demo: a and d fall to 20, out of 40. The call: c 30, d 70.
    assert [tuple(part[key] for key in keys) for part in score["each_change_alone"]] == [
        (1, 0, 0, 0, 0, 0, 0),
        (2, 2, 0, 2, 2, 1, -40),
        (3, 2, 2, 0, 0, 1, 60),
    ]
    assert score["interaction"] == {"leads": 0, "points": 0}
    (nothing,) = found(run, "--no-attribution")["scores"]
    assert nothing["each_change_alone"] == [] and nothing["interaction"] is None
    some = found(run, "--attribution", "2")
    assert some["changes_not_computed_alone"] == 1 and len(some["scores"][0]["each_change_alone"]) == 2


def test_changes_that_work_on_each_other(run, versions: Path) -> None:
    (versions / "old.score").write_text("score s\n  maximum 50\n  on demo add 40\n  on call add 0\n")
    (versions / "new.score").write_text("score s\n  maximum 50\n  on demo add 45\n  on call add 20\n")
    (score,) = found(run)["scores"]
    # d: 40, with the first alone 45, with the second alone 50 (not 60), with both 50 (not 65): 50 - 40 - (5 + 10)
    assert score["interaction"] == {"leads": 1, "points": -5}


def test_the_ledgers_of_who_moved_most(run, versions: Path) -> None:
    (score,) = found(run)["scores"]
    assert [each["lead"] for each in score["moved_most"]] == ["c", "a", "d"]
    of_d = score["moved_most"][2]
    assert of_d["by_rule"] == [
        {"what": "Demo", "old": 40, "new": 20, "old_awards": 1, "new_awards": 1},
        {"what": "on call add 30", "old": None, "new": 30, "old_awards": 0, "new_awards": 1},
    ]
    assert (of_d["old_ledger"]["value"], of_d["new_ledger"]["value"]) == (40, 50)
    assert sum(line["worth"] for line in of_d["new_ledger"]["lines"]) == 50


@pytest.mark.parametrize("engine", ["fast", "reference"])
def test_times(run, versions: Path, engine: str) -> None:
    report = found(run, "--engine", engine, "--as-of", "2026-04-02", "--from", "2026-03-12")
    assert (report["weeks"], report["alerts_since"]) == (3, "2026-03-12T00:00:00Z")
    (score,) = report["scores"]
    # since then: before, a (03-31) leaves; after, d comes (03-15). At T all of a and of b's visits but one has expired
    assert (score["alerts"]["before"], score["alerts"]["after"]) == (1, 1)
    assert {cell["old_tier"]: cell["leads"] for cell in score["matrix"] if cell["new_tier"] is None} == {None: 2}
    assert found(run, "--to", "2026-04-02", "--from", "2026-03-12")["scores"] == report["scores"]
    assert "not both" in run("diff", "old.score", "new.score", "--to", "2026-04-02", "--as-of", "now").err
    assert "--from nowhere is no time" in run("diff", "old.score", "new.score", "--from", "nowhere").err
    late = run("diff", "old.score", "new.score", "--events", "events.csv", "--from", "2027-01-01")
    assert late.status == 2 and "--from is later" in late.err


# ---- gates


def gated(run, *more: str):
    return run("diff", "old.score", "new.score", "--events", "events.csv", *more)


def test_gates_that_are_kept(run, versions: Path) -> None:
    done = gated(run, "--max-moved", "75%", "--max-tier-changes", "2", "--max-alerts", "+0%")
    assert done.status == 0 and "3 gates kept." in done.err
    assert "3 of 4 leads (75%) get another score or tier in interest; at most 75% may." in done.out


def test_a_breached_gate_names_itself_the_number_and_the_limit(run, versions: Path) -> None:
    done = gated(run, "--max-moved", "74.9%", "--no-tier-loss", "hot", "--max-tier-changes", "1")
    assert done.status == 1 and "3 gates of 3 breached." in done.err
    assert "--max-moved 74.9%" in done.out
    assert "3 of 4 leads (75%) get another score or tier in interest; at most 74.9% may." in done.out
    assert "2 of 4 leads (50%) change their tier in interest; at most 1 may." in done.out
    assert "1 lead loses the tier hot of interest (a); none may." in done.out


def test_more_alerts(run, versions: Path) -> None:
    (versions / "new.score").write_text(OLD.replace("threshold 40", "threshold 5"))
    done = gated(run, "--max-alerts", "+49%")
    assert done.status == 1
    assert "Alerts of interest go from 1 a week to 1.5 a week (+50%); at most +49% is allowed." in done.out
    assert gated(run, "--max-alerts", "+50%").status == 0
    assert gated(run, "--max-alerts", "0.5").status == 0
    assert "(+0.5 a week); at most +0.4 a week is allowed" in gated(run, "--max-alerts", "0.4").out


def test_alerts_where_there_were_none(run, versions: Path) -> None:
    (versions / "old.score").write_text(OLD.replace("threshold 40", "threshold 400"))
    done = gated(run, "--max-alerts", "+1000%")
    assert done.status == 1 and "(from none)" in done.out


def test_a_higher_tier_is_no_loss(run, versions: Path) -> None:
    (versions / "old.score").write_text(OLD)
    (versions / "new.score").write_text(OLD.replace("  expire", "  tier vip from 38\n  expire"))
    assert gated(run, "--no-tier-loss", "hot").status == 0
    (versions / "new.score").write_text(OLD.replace("threshold 40 as hot", "threshold 41 as hot\n  tier warm from 20"))
    assert gated(run, "--no-tier-loss", "interest.hot").status == 1


def test_a_score_that_is_gone_loses_its_tiers(run, versions: Path) -> None:
    (versions / "old.score").write_text(OLD + "score other\n  on visit add 1\n  threshold 1 as seen\n")
    done = gated(run, "--no-tier-loss", "seen")
    assert done.status == 1 and "1 leads lose the tier seen: the score other is gone; none may." in done.out


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("--max-moved", "five", "five is neither a share nor a number"), ("--no-tier-loss", "hott", "Did you mean hot?"),
     ("--max-alerts", "-5%", "-5% is neither")],
)  # fmt: skip
def test_gates_that_are_none(run, versions: Path, option: str, value: str, said: str) -> None:
    done = gated(run, f"{option}={value}")
    assert done.status == 2 and said in done.err


# ---- programs that are equal, or of other scores


def test_equal_programs_need_no_log(run, versions: Path) -> None:
    (versions / "new.score").write_text('# another text\nscore interest "Interest"\n' + "\n".join(
        ['  on demo add 40 once, expire after 4w2d as "Demo"'.replace("4w2d", "30d"),
         "  on visit add 3 + 2 at most 1 time per day", "  tier hot from 40", "  expire after 30d", ""]))  # fmt: skip
    done = run("diff", "old.score", "new.score", "--max-moved", "0%")
    assert done.status == 0
    assert "The two programs mean the same: no lead gets another score." in done.out


def test_renamed_score_and_tier(run, versions: Path) -> None:
    new = OLD.replace("score interest", "score heat").replace("as hot", "as sales_ready")
    (versions / "new.score").write_text(new.replace("add 40", "add 30"))
    (score,) = found(run)["scores"]
    assert (score["score"], score["old_score"]) == ("heat", "interest")
    assert [(tier["tier"], tier["old_tier"], tier["gone"]) for tier in score["tiers"]] == [
        ("sales_ready", "hot", False)
    ]
    assert {(cell["old_tier"], cell["new_tier"]): cell["leads"] for cell in score["matrix"]} == {
        ("hot", None): 2, (None, None): 2,
    }  # fmt: skip


def test_a_formula_follows_its_scores(run, versions: Path) -> None:
    more = "score total = 2 * interest + 1\n  threshold 60 as mql\n"
    more += "grid g = total (A from 60, B)\nlabel l when total > 80\n"
    (versions / "old.score").write_text(OLD + more)
    (versions / "new.score").write_text(NEW + more)
    report = found(run)
    assert [score["score"] for score in report["scores"]] == ["interest", "total"]
    assert report["scores"][1]["moved"] == 3 and len(report["scores"][1]["each_change_alone"]) == 3
    # g: a A -> B, c B -> A; l (81 and more, which 40 gives): a gone, d stays
    assert report["grids_and_labels"] == [
        {"kind": "grid", "name": "g", "leads": 4, "changed": 2},
        {"kind": "label", "name": "l", "leads": 4, "changed": 1},
    ]


def test_excluded_leads_and_another_timezone(run, versions: Path) -> None:
    (versions / "profiles.csv").write_text("lead,plan\na,x\nb,y\n")
    (versions / "new.score").write_text('timezone "Europe/Berlin"\nexclude when plan = "x"\n' + OLD)
    report = found(run, "--profiles", "profiles.csv")
    assert [each["what"] for each in report["changes"]] == ["timezone", "exclude"]
    assert report["changes"][1]["new"]["text"] == 'exclude when plan = "x"'
    (score,) = report["scores"]
    assert (score["moved"], score["only_in_old"], score["only_in_new"]) == (1, 1, 0)
    assert score["moved_most"][0] | {"by_rule": 0, "old_ledger": 0} == {
        "lead": "a", "old": 40, "new": None, "old_tier": "hot", "new_tier": None, "by_rule": 0, "old_ledger": 0,
        "new_ledger": None,
    }  # fmt: skip


def test_a_default_is_one_change(run, versions: Path) -> None:
    (versions / "new.score").write_text(OLD.replace("30d", "7d"))
    report = found(run)
    (change,) = report["changes"]
    assert (change["what"], change["details"]) == ("rules", ["expiry 30d → 7d"])
    assert change["name"] == "2 rules, by a default or a name that they use"


# ---- formats and files


def test_formats(run, versions: Path) -> None:
    formats = ("markdown", "html", "json", "sarif", "github", "junit", "text")
    reports = [f"--report={name}=out.{name}" for name in formats]
    done = gated(run, "--max-moved", "5%", *reports)
    assert done.status == 1
    markdown = (versions / "out.markdown").read_text()
    assert markdown.startswith("# What the change of the rules does\n") and len(markdown) < 60_000
    assert "| `--max-moved 5%` | ❌ breached | 3 of 4 leads (75%) get another score or tier in interest" in markdown
    assert '- on demo add 40 once as "Demo"\n+ on demo add 20 once as "Demo"' in markdown
    assert "<html" in (versions / "out.html").read_text() and "src=" not in (versions / "out.html").read_text()
    assert json.loads((versions / "out.json").read_text()) == found(run, "--max-moved", "5%")
    (result,) = json.loads((versions / "out.sarif").read_text())["runs"][0]["results"]
    assert result["ruleId"] == "gate-breached" and result["message"]["text"].startswith("--max-moved 5%: 3 of 4 leads")
    assert "::error file=new.score,line=1" in (versions / "out.github").read_text()
    assert 'tests="1"' in (versions / "out.junit").read_text() and "<failure" in (versions / "out.junit").read_text()


def test_names_of_leads_are_no_markdown(run, versions: Path) -> None:
    (versions / "events.csv").write_text("lead,event,time\n@all|`x` <b>,call,2026-03-04\n")
    done = gated(run, "--format", "markdown")
    assert "``@all\\|`x` <b>``" in done.out


def test_every_lead_that_moves(run, versions: Path) -> None:
    done = gated(run, "--out", "moved.csv")
    assert "3 rows written to moved.csv." in done.err
    with (versions / "moved.csv").open() as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["lead", "interest_old", "interest_new", "interest_tier_old", "interest_tier_new"],
        ["a", "40", "20", "hot", ""],
        ["c", "0", "30", "", "hot"],
        ["d", "40", "50", "hot", "hot"],
    ]
    assert "would overwrite" in gated(run, "--report", "json=events.csv").err
    assert "would overwrite" in gated(run, "--out", "events.csv").err


# ---- versions


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Eva", "-c", "user.email=eva@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A project in git: at HEAD~1 the old rules, at HEAD the new ones with an import, in the folder threshold 20."""
    rules = tmp_path / "rules"
    rules.mkdir()
    (tmp_path / "events.csv").write_text(EVENTS)
    git(tmp_path, "init", "-q")
    (rules / "main.score").write_text(OLD)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "old")
    (rules / "catalog.score").write_text("event visit\nevent demo\nevent call\n")
    (rules / "main.score").write_text('import "catalog.score"\n' + NEW)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "new")
    (rules / "main.score").write_text('import "catalog.score"\n' + NEW.replace("threshold 30", "threshold 20"))
    (tmp_path / "scoredsl.toml").write_text('rules = "rules/main.score"\nevents = ["events.csv"]\n')
    return tmp_path


def changes(run, *arguments: str) -> list[list[str]]:
    done = run("diff", *arguments, "--format", "json")
    assert done.status == 0, done.err
    return [change["details"] for change in json.loads(done.out)["changes"]]


def test_revisions_and_folders(run, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    to_new = [["from 40 → 30"], ["points 40 → 20"], []]
    assert changes(run, "HEAD~1:rules/", "HEAD:rules") == to_new
    assert changes(run, "HEAD~1:rules/main.score", "HEAD:rules/main.score") == to_new
    assert changes(run, "HEAD:rules/", "rules/") == [["from 30 → 20"]]
    assert changes(run) == [["from 30 → 20"]], "HEAD against the folder"
    assert changes(run, "HEAD~1") == [["from 40 → 20"], ["points 40 → 20"], []]
    monkeypatch.chdir(repository / "rules")
    assert changes(run, "HEAD:./main.score", "main.score", "--events", "../events.csv") == [["from 30 → 20"]]
    assert changes(run, "HEAD:rules/", ".", "--events", "../events.csv") == [["from 30 → 20"]]
    done = run("diff", "HEAD:main.score", "main.score", "--events", "../events.csv")
    assert done.status == 2 and "write HEAD:./main.score" in done.err


def test_the_folder_of_a_revision_has_its_own_configuration(run, repository: Path) -> None:
    (repository / "rules" / "other.score").write_text("on visit add 1\n")
    assert "2 .score files that no other imports" in run("diff", "HEAD:rules", "rules").err
    (repository / "rules" / "scoredsl.toml").write_text('rules = "other.score"\n')
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "two")
    (repository / "rules" / "scoredsl.toml").write_text('rules = "main.score"\n')
    report = json.loads(run("diff", "HEAD:rules", "rules", "--format", "json").out)
    assert {change["what"] for change in report["changes"]} >= {"rule"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere.score", "rules"), "There is no file or folder nowhere.score."),
        (("HEAD~9:rules", "rules"), "git knows no revision HEAD~9."),
        (("HEAD:nothing", "rules"), "There was no nothing in HEAD."),
        ((":rules", "rules"), "of which revision? Write HEAD:rules"),
        (("rules", "rules", "events.csv"), "events.csv is a third. A log is named by --events."),
    ],
)
def test_versions_that_are_none(run, repository: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run("diff", *arguments)
    assert done.status == 2 and said in done.err


def test_errors_of_an_old_version_are_shown_with_its_text(run, repository: Path) -> None:
    (repository / "rules" / "main.score").write_text("score s\n  onn visit add 5\n")
    git(repository, "commit", "-q", "-a", "-m", "broken")
    (repository / "rules" / "main.score").write_text(NEW)
    done = run("diff", "HEAD:rules/main.score", "rules/main.score")
    assert done.status == 1 and "onn visit add 5" in done.err


def test_plans_are_versions(run, versions: Path) -> None:
    (versions / "old.json").write_text(run("plan", "old.score", "--format", "json").out)
    (versions / "new.json").write_text(run("plan", "new.score", "--format", "json").out)
    done = run("diff", "old.json", "new.json", "--events", "events.csv", "--format", "json")
    assert json.loads(done.out)["scores"][0]["moved"] == 3
    assert "Demo" in run("diff", "old.json", "new.json", "--events", "events.csv").out
