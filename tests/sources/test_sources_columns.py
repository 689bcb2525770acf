"""Which columns are the lead, event, time and id, and what is said about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from source_files import T, log, written

from scoredsl.engine.sources import ColumnNames, ReadOptions, SourceError, read_events, read_profiles


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("lead,event,time,id", ("lead", "event", "time", "id")),
        ("user_id,event_name,timestamp,message_id", ("user_id", "event_name", "timestamp", "message_id")),
        ("userId,eventName,originalTimestamp,messageId", ("userId", "eventName", "originalTimestamp", "messageId")),
        ("Contact ID,Event-Type,Occurred At,EVENT_ID", ("Contact ID", "Event-Type", "Occurred At", "EVENT_ID")),
        ("case_id,activity,timestamp,x", ("case_id", "activity", "timestamp", None)),
        ("user_id,lead,event,action,time,ts", ("lead", "event", "time", None)),
        ("Lead,EVENT,Time,Id", ("Lead", "EVENT", "Time", "Id")),
        ("anonymous_id,user_id,event,date", ("user_id", "event", "date", None)),
        ("anonymous_id,event,created_at", ("anonymous_id", "event", "created_at", None)),
    ],
)
def test_usual_names(tmp_path: Path, header: str, columns: tuple[str | None, ...]) -> None:
    row = ",".join(T for _ in header.split(","))
    found = log(tmp_path, "e.csv", f"{header}\n{row}\n")
    assert (
        tuple(found.found[r].column if r in found.found else None for r in ("lead", "event", "time", "id")) == columns
    )
    usual = [one for one in found.found.values() if one.how == "usual"]
    assert len(found.notes) == len(usual)
    taken = {*columns, "lead", "event", "time", "id"}
    assert set(found.events[0].properties) == set(header.split(",")) - taken


def test_notes(tmp_path: Path) -> None:
    found = log(tmp_path, "e.csv", f"user_id,lead_id,event,time\nu,l,v,{T}\n")
    assert found.events[0].lead == "l"
    assert found.notes == [
        "Column lead_id is read as the lead (user_id could be it, too); name another with --lead-column."
    ]


def test_notes_of_several_files_are_said_once(tmp_path: Path) -> None:
    paths = [written(tmp_path, f"{i}.csv", f"user_id,event,time\nu,v,{T}\n") for i in range(3)]
    assert len(read_events(paths).notes) == 1


def test_named_columns(tmp_path: Path) -> None:
    names = ColumnNames(lead="who", event="what", time="when", id="key", properties="more")
    text = f'who,what,when,key,more,lead,event,time,id\na,v,{T},k,"{{""x"": 1}}",1,2,3,4\n'
    found = log(tmp_path, "e.csv", text, ReadOptions(names))
    event = found.events[0]
    assert (event.lead, event.name, event.id, dict(event.properties)) == ("a", "v", "k", {"x": 1})
    assert found.notes == []
    assert {one.how for one in found.found.values()} == {"named"}


def test_a_column_has_one_role(tmp_path: Path) -> None:
    found = log(tmp_path, "e.csv", f"id,event,time\na,v,{T}\n", ReadOptions(ColumnNames(lead="id")))
    assert found.events[0].id is None and "id" not in found.found


def test_missing_columns(tmp_path: Path) -> None:
    for header, said in (
        ("x,event,time", r"no column that is known as the lead; name it with --lead-column. Its columns are x, event"),
        ("lead,x,time", "known as the event; name it with --event-column or, .*--event-name"),
        ("lead,event,x", "known as the time; name it with --time-column"),
    ):
        with pytest.raises(SourceError, match=said):
            log(tmp_path, "e.csv", f"{header}\na,b,c\n")
    with pytest.raises(SourceError, match=r"e.csv has no column who \(--lead-column\); there are lead, event, time"):
        log(tmp_path, "e.csv", "lead,event,time\na,b,c\n", ReadOptions(ColumnNames(lead="who")))
    with pytest.raises(SourceError, match="did you mean User ID"):
        log(tmp_path, "e.csv", "User ID,event,time\na,b,c\n", ReadOptions(ColumnNames(lead="user_id")))


def test_event_name(tmp_path: Path) -> None:
    found = log(tmp_path, "e.csv", f"lead,action,time\na,x,{T}\n", ReadOptions(event_name="purchase"))
    assert (found.events[0].name, dict(found.events[0].properties)) == ("purchase", {"action": "x"})
    found = log(tmp_path, "e.csv", f"lead,event,time\na,x,{T}\n", ReadOptions(event_name="purchase"))
    assert (found.events[0].name, dict(found.events[0].properties)) == ("purchase", {})
    assert "is not read" in found.notes[0]
    with pytest.raises(SourceError, match="not both"):
        read_events([], ReadOptions(ColumnNames(event="x"), event_name="purchase"))


def test_profiles_never_guess_the_time(tmp_path: Path) -> None:
    path = written(tmp_path, "p.csv", f"user_id,timestamp,created_at,Time,event,id\na,{T},x,y,z,w\n")
    found = read_profiles([path])
    assert found.rows[0].time is None
    assert found.rows[0].fields == {"timestamp": T, "created_at": "x", "Time": "y", "event": "z", "id": "w"}
    with pytest.raises(SourceError, match="known as the lead"):
        read_profiles([written(tmp_path, "q.csv", "id,email\na,b\n")])
    named = read_profiles([path], ReadOptions(ColumnNames(time="timestamp", lead="id")))
    assert named.rows[0].lead == "w" and named.rows[0].time is not None
    assert "timestamp" not in named.rows[0].fields


def test_profile_rows_are_in_the_order_of_the_files(tmp_path: Path) -> None:
    paths = [written(tmp_path, f"{name}.csv", "lead,x\na,1\n,2\nb,3\n") for name in ("z", "a")]
    found = read_profiles(paths)
    places = [row.place for row in found.rows]
    assert places == sorted(set(places)) and len(places) == 4
    assert [Path(one.file).name for one in found.rejected] == ["z.csv", "a.csv"]


def test_hostile_column_names(tmp_path: Path) -> None:
    header = '"; drop table x --","a""b",\'; select 1,$p,emoji 🙂'
    found = log(tmp_path, "e.csv", f"lead,event,time,{header}\na,v,{T},1,2,3,4,5\n")
    assert dict(found.events[0].properties) == {
        "; drop table x --": "1", 'a"b': "2", "'; select 1": "3", "$p": "4", "emoji 🙂": "5"
    }  # fmt: skip
