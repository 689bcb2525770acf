"""The same model by hand in DuckDB SQL: python by_hand.py LOG AS_OF WHAT [THREADS] [OUT]

asof-plain        what an analyst writes, one select a rule
asof-expert       one filtered pass, the once-rules as bits
asof-expert-full  the same for every lead of the log, with the tier, sorted by lead, written to OUT (Parquet)
history           every entry to and exit from the 100-point threshold, with window functions

Prints leads, the sum of scores (or entries, exits, leads that ever entered) and the seconds taken.
"""
import sys
import time

import duckdb

EVERY = [("page_view", 5, 30), ("email_opened", 2, 30), ("email_clicked", 4, 30), ("pricing_viewed", 10, 14),
         ("video_played", 3, 30), ("social_shared", 2, 60), ("chat_started", 6, 30), ("bounced", -5, 90)]
ONCE = [("webinar_registered", 10, 60), ("webinar_attended", 30, 90), ("whitepaper_downloaded", 15, 60),
        ("demo_requested", 40, 90), ("trial_started", 35, 60), ("newsletter_signup", 15, 365),
        ("survey_filled", 10, 60), ("unsubscribed", -50, 365)]
log, as_of, what = sys.argv[1], f"timestamp '{sys.argv[2]}'", sys.argv[3]
con = duckdb.connect()
con.execute(f"set threads = {sys.argv[4] if len(sys.argv) > 4 else 2}; set preserve_insertion_order = false")

if what == "asof-plain":
    parts = [f"select lead, count(*) * {p} as s from '{log}' where event = '{e}' "
             f"and time > {as_of} - interval {d} day and time <= {as_of} group by lead" for e, p, d in EVERY]
    parts += [f"select lead, {p} as s from (select lead, min(time) as t from '{log}' where event = '{e}' "
              f"and time <= {as_of} group by lead) where t > {as_of} - interval {d} day" for e, p, d in ONCE]
    query = f"select count(*), sum(s) from (select lead, sum(s) as s from ({' union all '.join(parts)}) group by lead)"
elif what.startswith("asof-expert"):
    rows = [f"('{e}', {p}, {as_of} - interval {d} day, 0)" for e, p, d in EVERY]
    rows += [f"('{e}', 0, {as_of} - interval {d} day, {1 << k})" for k, (e, _, d) in enumerate(ONCE)]
    bits = " + ".join(f"{p} * ((bits >> {k}) & 1)" for k, (_, p, _) in enumerate(ONCE))
    full = what == "asof-expert-full"
    scores = f"""with rule(event, points, since, bit) as (values {', '.join(rows)}), scored as (
        select lead, coalesce(sum(case when time > since then points else 0 end), 0)::int as s,
               coalesce(bit_or(case when time > since then bit else 0 end), 0)
               & ~coalesce(bit_or(case when time <= since then bit else 0 end), 0) as bits
        from '{log}' {"left" if full else ""} join rule using (event)
        where time <= {as_of} {"" if full else "and (time > since or bit > 0)"} group by lead)"""
    if full:
        out = sys.argv[5] if len(sys.argv) > 5 else "baseline.parquet"
        query = f"""copy ({scores}, total as (select lead, s + {bits} as engagement from scored)
          select lead, engagement, case when engagement >= 100 then 'sales_ready' end as engagement_tier
          from total order by lead) to '{out}' (format parquet)"""
    else:
        query = f"{scores} select count(*), sum(s + {bits}) from scored"
else:
    rows = [f"('{e}', {p}, {d}, {int(o)})" for o, rules in ((False, EVERY), (True, ONCE)) for e, p, d in rules]
    query = f"""with rule(event, points, days, once) as (values {', '.join(rows)}),
      hit as (select lead, time, points, days from (
        select lead, time, points, days, once, row_number() over (partition by lead, event order by time) as n
        from '{log}' join rule using (event) where time <= {as_of}) where once = 0 or n = 1),
      change as (select lead, time, points from hit
                 union all select lead, time + to_days(days), -points from hit where time + to_days(days) <= {as_of}),
      instant as (select lead, time, sum(points) as points from change group by lead, time),
      course as (select lead, points, sum(points) over (partition by lead order by time) as s from instant)
      select count(*) filter (s >= 100 and s - points < 100), count(*) filter (s < 100 and s - points >= 100),
             count(distinct lead) filter (s >= 100) from course"""
start = time.perf_counter()
row = con.execute(query).fetchone()
print(what, row, f"{time.perf_counter() - start:.2f} s")
