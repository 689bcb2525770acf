"""`scoredsl docs` through the command line."""

from __future__ import annotations


def test_markdown_on_standard_output_html_by_its_name(run, project):
    done = run("docs", "rules.score")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("# Rule sheet: rules.score\n") and "**Demo:** Adds 40 points" in done.out
    assert run("docs").out == done.out == run("docs", ".").out
    done = run("docs", "--out", "sheet.html")
    assert done.status == 0 and done.out == "" and (project / "sheet.html").read_text().startswith("<!doctype html>")
    run("docs", "--out", "sheet.html", "--format", "markdown")
    assert (project / "sheet.html").read_text().startswith("# Rule sheet")


def test_the_tests_of_the_project_are_examples(run, project):
    (project / "tests.score").write_text(
        'import "rules.score"\ntest "more"\n  given demo at 2026-03-01\n  expect interest = 40\n'
    )
    (project / "scoredsl.toml").write_text('rules = "rules.score"\ntests = ["tests.score"]\n')
    for arguments in ((), (".",)):
        page = run("docs", *arguments).out
        assert page.count("### A demo") == 1 and page.count("### More") == 1
    assert "### More" not in run("docs", "rules.score").out


def test_what_cannot_be_done(run, project):
    done = run("docs", "rules.score", "--out", "rules.score")
    assert done.status == 2 and "would overwrite the rules" in done.err
    (project / "rules.score").write_text("on visit ad 5\n")
    done = run("docs", "--out", "sheet.md")
    assert done.status == 1 and "misspelt-word" in done.err and not (project / "sheet.md").exists()
