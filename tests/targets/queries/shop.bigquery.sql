-- Scores of rules.score, written by scoredsl for bigquery. Sums are in millionths of a point.
-- crm.events: lead and event (text), time (timestamp in UTC), amount (number), campaign (text), user_agent (text)
WITH
  moment AS (
    SELECT CAST(@as_of AS TIMESTAMP) AS as_of
  ),
  -- The log up to then
  log AS (
    SELECT
      e.lead,
      e.event,
      e.time,
      e.amount,
      NULLIF(e.campaign, '') AS campaign,
      NULLIF(e.user_agent, '') AS user_agent,
      moment.as_of
    FROM crm.events AS e
    CROSS JOIN moment
    WHERE e.time <= moment.as_of
  ),
  -- Without the events that are ignored
  heeded AS (
    SELECT *
    FROM log
    WHERE NOT COALESCE(LOWER(user_agent) LIKE '%bot%', FALSE)
  ),
  -- Points that are computed: what the rules say
  amounts AS (
    SELECT
      heeded.*,
      (amount / 10) AS line_5_amount
    FROM heeded
  ),
  -- Rounded to millionths; none beyond a thousand million points
  valued AS (
    SELECT
      amounts.*,
      CASE WHEN FLOOR(ABS(line_5_amount) * 1000000 + 0.5) <= 1000000000000000 THEN CAST(SIGN(line_5_amount) * FLOOR(ABS(line_5_amount) * 1000000 + 0.5) AS INT64) END AS line_5_points_each
    FROM amounts
  ),
  -- What decaying points are worth by now
  seen AS (
    SELECT
      valued.*,
      (CAST(line_5_points_each AS FLOAT64) / 1000000 * POWER(CAST('0.5' AS FLOAT64), CAST(DATE_DIFF(DATE(as_of), DATE(time), DAY) AS FLOAT64) / 30)) AS line_5_faded
    FROM valued
  ),
  -- One pass over the log: the plain rules and the facts
  by_lead AS (
    SELECT
      lead,
      MAX(time) AS last_event,
      -- rules.score:5  on purchase add amount / 10 up to 50 points, decay by half every 30d
      SUM(CASE WHEN event = 'purchase' THEN CAST(SIGN(line_5_faded) * FLOOR(ABS(line_5_faded) * 1000000 + 0.5) AS INT64) END) AS purchase_5_points,
      -- rules.score:11  on unsubscribed subtract 20 once
      MIN(CASE WHEN event = 'unsubscribed' THEN time END) AS first_unsubscribed_11,
      COUNT(CASE WHEN event = 'refund' AND time > as_of - INTERVAL 90 DAY THEN 1 END) AS count_refund,
      COUNT(CASE WHEN event = 'purchase' AND time > as_of - INTERVAL 30 DAY THEN 1 END) AS count_purchase,
      COUNT(CASE WHEN event = 'purchase' THEN 1 END) AS count_purchase_2,
      SUM(CASE WHEN event = 'purchase' THEN CASE WHEN FLOOR(ABS(amount) * 1000000 + 0.5) <= 1000000000000000 THEN CAST(SIGN(amount) * FLOOR(ABS(amount) * 1000000 + 0.5) AS INT64) END END) AS sum_amount,
      COUNT(CASE WHEN event = 'purchase' THEN CASE WHEN FLOOR(ABS(amount) * 1000000 + 0.5) <= 1000000000000000 THEN CAST(SIGN(amount) * FLOOR(ABS(amount) * 1000000 + 0.5) AS INT64) END END) AS known_amount,
      MAX(CASE WHEN TRUE THEN time END) AS last_any,
      COUNT(DISTINCT CASE WHEN event = 'email_opened' THEN LOWER(campaign) END) AS distinct_campaign
    FROM seen
    GROUP BY lead
  ),
  -- rules.score:6  on purchase or renewal add 2 up to 6 points per week from 2026-01-01 until 2026-06-30
  purchase_and_others_6 AS (
    SELECT lead, SUM(points) AS points
    FROM (
      SELECT lead, GREATEST(-6000000, LEAST(6000000, SUM(2000000))) AS points
      FROM (SELECT seen.* FROM seen WHERE event IN ('purchase', 'renewal') AND time >= CAST('2026-01-01 00:00:00' AS TIMESTAMP) AND time < CAST('2026-07-01 00:00:00' AS TIMESTAMP)) AS award
      GROUP BY lead, DATE_TRUNC(DATE(time), ISOWEEK)
    ) AS capped
    GROUP BY lead
  ),
  -- rules.score:10  on email_opened add 1 once per campaign
  email_opened_10 AS (
    SELECT lead, SUM(1000000) AS points
    FROM (SELECT seen.*, ROW_NUMBER() OVER (PARTITION BY seen.lead, LOWER(campaign) ORDER BY seen.time NULLS LAST) AS nth FROM seen WHERE event = 'email_opened') AS award
    WHERE nth = 1
    GROUP BY lead
  ),
  -- What each rule is worth to a lead
  worth AS (
    SELECT
      by_lead.lead,
      moment.as_of,
      by_lead.distinct_campaign,
      -- rules.score:5  on purchase add amount / 10 up to 50 points, decay by half every 30d
      GREATEST(-50000000, LEAST(50000000, COALESCE(purchase_5_points, 0))) AS purchase_5,
      COALESCE(purchase_and_others_6.points, 0) AS purchase_and_others_6,
      COALESCE(email_opened_10.points, 0) AS email_opened_10,
      CASE WHEN NOT first_unsubscribed_11 IS NULL THEN -20000000 ELSE 0 END AS unsubscribed_11,
      -- rules.score:4  maximum 200 when no refund in last 90d
      CASE WHEN COALESCE(count_refund, 0) = 0 THEN 200000000 ELSE 1000000000000000000 END AS maximum_4,
      -- rules.score:14  when count of purchase in last 30d >= 2 add 10, else when has purchase add 5
      CASE WHEN COALESCE(count_purchase, 0) >= 2 THEN 10000000 WHEN COALESCE(count_purchase_2, 0) > 0 THEN 5000000 ELSE 0 END AS when_14,
      -- rules.score:15  when average of amount of purchase > 49.9 add 3
      CASE WHEN (CASE WHEN known_amount > 0 THEN SIGN(((CAST(sum_amount AS FLOAT64) / 1000000) / CAST(known_amount AS FLOAT64))) * FLOOR(ABS(((CAST(sum_amount AS FLOAT64) / 1000000) / CAST(known_amount AS FLOAT64))) * 1000000 + 0.5) END / 1000000) > 49.9 THEN 3000000 ELSE 0 END AS when_15,
      -- rules.score:16  when days since last any <= 7 add sum of amount of purchase up to 30 points
      GREATEST(-30000000, LEAST(30000000, CASE WHEN FLOOR(CAST(UNIX_MICROS(as_of) - UNIX_MICROS(last_any) AS FLOAT64) / 86400000000) <= 7 THEN COALESCE(CASE WHEN FLOOR(ABS((CAST(sum_amount AS FLOAT64) / 1000000)) * 1000000 + 0.5) <= 1000000000000000 THEN CAST(SIGN((CAST(sum_amount AS FLOAT64) / 1000000)) * FLOOR(ABS((CAST(sum_amount AS FLOAT64) / 1000000)) * 1000000 + 0.5) AS INT64) END, 0) ELSE 0 END)) AS when_16,
      -- rules.score:17  when inactive for 30d subtract 10
      CASE WHEN last_event <= as_of - INTERVAL 30 DAY THEN -10000000 ELSE 0 END AS when_17
    FROM by_lead
    CROSS JOIN moment
    LEFT JOIN purchase_and_others_6 ON purchase_and_others_6.lead = by_lead.lead
    LEFT JOIN email_opened_10 ON email_opened_10.lead = by_lead.lead
  ),
  -- The scores, in millionths of a point
  scores AS (
    SELECT
      worth.*,
      -- rules.score:3  score money
      LEAST(maximum_4, purchase_5 + purchase_and_others_6 + LEAST(40000000, GREATEST(0, email_opened_10 + unsubscribed_11))) AS money,
      -- rules.score:12  score activity
      (when_14 + when_15 + when_16 + when_17 + 5000000) AS activity
    FROM worth
  ),
  -- Formulas, as doubles
  unrounded AS (
    SELECT
      scores.*,
      LEAST(CAST('9000000000000' AS FLOAT64), GREATEST(-CAST('9000000000000' AS FLOAT64), ((0.4 * (CAST(money AS FLOAT64) / 1000000)) + COALESCE((0.6 * (CAST(activity AS FLOAT64) / 1000000)) / NULLIF(GREATEST((CAST(money AS FLOAT64) / 1000000), CAST('1.0' AS FLOAT64)), 0), 0)))) AS value_unrounded
    FROM scores
  ),
  -- Rounded to millionths
  rounded AS (
    SELECT
      unrounded.*,
      -- rules.score:18  score value = 0.4 * money + 0.6 * activity / max(money, 1)
      (CAST(SIGN(value_unrounded) * FLOOR(ABS(value_unrounded) * 1000000 + 0.5) AS INT64)) AS `value`
    FROM unrounded
  )
SELECT
  lead,
  CAST(money AS FLOAT64) / 1000000 AS money,
  CAST(activity AS FLOAT64) / 1000000 AS activity,
  CAST(`value` AS FLOAT64) / 1000000 AS `value`,
  CASE WHEN `value` > 50000000 THEN 'gold' WHEN `value` >= 20000000 THEN 'silver' END AS value_tier,
  CONCAT(COALESCE(CASE WHEN money >= 75000000 THEN 'A' WHEN money >= 50000000 THEN 'B' ELSE 'C' END, ''), COALESCE(CASE WHEN activity >= 10000000 THEN '1' ELSE '2' END, '')) AS segment,
  COALESCE((CAST(money AS FLOAT64) / 1000000) >= 30 AND COALESCE(distinct_campaign, 0) > 1, FALSE) AS win_back
FROM rounded
ORDER BY lead
