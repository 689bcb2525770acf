"""Write a synthetic event log as Parquet: python make_log.py EVENTS LEADS OUT [--shuffle] [--part K N]

Columns: lead (text), event (text, 20 names, skewed), time (timestamp, one year, UTC),
campaign (text), url (text), amount (double). Leads are skewed: few are busy, many are quiet.
The same arguments give the same rows. `--part K N` writes the K-th of N parts (from 0): all parts together are the log,
each in order of time. Needs duckdb.
"""
import sys

import duckdb

events, leads, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
part, parts = map(int, sys.argv[sys.argv.index("--part") + 1 :][:2]) if "--part" in sys.argv else (0, 1)
first, last = (events * each // parts for each in (part, part + 1))
order = "" if "--shuffle" in sys.argv else "order by time"
NAMES = """page_view email_opened email_clicked form_submitted webinar_registered webinar_attended
whitepaper_downloaded demo_requested pricing_viewed video_played trial_started purchase unsubscribed bounced
social_shared survey_filled call_scheduled newsletter_signup chat_started support_ticket""".split()
con = duckdb.connect()
con.execute("set threads = 1")  # one thread, so that the same arguments give the same rows
con.execute(f"""
copy (
  with draw as (
    select i, hash(i * 4 + 0) / 18446744073709551615.0 as a, hash(i * 4 + 1) / 18446744073709551615.0 as b,
           hash(i * 4 + 2) / 18446744073709551615.0 as c, hash(i * 4 + 3) / 18446744073709551615.0 as d
    from range({first}, {last}) as t(i))
  select 'lead_' || lpad(cast(floor(a * a * {leads}) as bigint)::varchar, 8, '0') as lead,
         {NAMES!r}[1 + least(19, floor(power(b, 2.5) * 20)::int)] as event,
         timestamp '2025-01-01' + to_seconds(floor(i * 1.0 / {events} * 364.9 * 86400 + c * 3600)::bigint) as time,
         'c' || (floor(d * 40)::int)::varchar as campaign,
         '/' || (['pricing', 'docs', 'blog', 'home', 'jobs'])[1 + floor(d * 4.999)::int] || '/'
           || (floor(c * 50)::int)::varchar as url,
         round(d * 500, 2) as amount
  from draw {order}
) to '{out}' (format parquet, row_group_size 500000)
""")
print(con.execute(f"select count(*), count(distinct lead), min(time), max(time) from '{out}'").fetchone())
