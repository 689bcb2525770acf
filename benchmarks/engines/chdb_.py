"""As a user of ClickHouse writes it: one pass with conditional aggregates. Prints leads and the sum of scores."""

import sys

import chdb
from model import EVERY, ONCE

log, as_of = sys.argv[1], sys.argv[2]
now = f"toDateTime64('{as_of} 00:00:00', 6, 'UTC')"
parts = [f"sumIf({points}, event = '{name}' AND time > {now} - INTERVAL {days} DAY)" for name, points, days in EVERY]
parts += [
    f"if(countIf(event = '{name}') > 0 AND minIf(time, event = '{name}') > {now} - INTERVAL {days} DAY, {points}, 0)"
    for name, points, days in ONCE
]
query = (f"SELECT count(), sum(s) FROM (SELECT lead, {' + '.join(parts)} AS s FROM file('{log}', Parquet) "
         f"WHERE time <= {now} GROUP BY lead ORDER BY lead)")
print(str(chdb.query(query, "TSV")).replace("\t", " "))
