-- Scores of rules.score, written by scoredsl for spark. Sums are in millionths of a point.
-- crm.events: lead and event (text), time (timestamp in UTC), url (text)
WITH
  moment AS (
    SELECT CAST(:as_of AS TIMESTAMP_NTZ) AS as_of
  ),
  -- The log up to then
  seen AS (
    SELECT
      e.lead,
      e.event,
      e.time,
      NULLIF(e.url, '') AS url,
      moment.as_of
    FROM crm.events AS e
    CROSS JOIN moment
    WHERE e.time <= moment.as_of
  ),
  -- One pass over the log: the plain rules and the facts
  by_lead AS (
    SELECT
      lead,
      -- rules.score:6  on webinar_attended add 30 once as "Webinar fan"
      MIN(CASE WHEN event = 'webinar_attended' THEN time END) AS first_webinar_fan,
      -- rules.score:8  on demo_requested add 60 once never expire
      MIN(CASE WHEN event = 'demo_requested' THEN time END) AS first_demo_requested_8,
      -- rules.score:9  on page_view where url starts with "/jobs" subtract 2.5
      SUM(CASE WHEN event = 'page_view' AND LOWER(url) LIKE '/jobs%' AND time > as_of - INTERVAL 90 DAY THEN -2500000 ELSE 0 END) AS page_view_9_points
    FROM seen
    GROUP BY lead
  ),
  -- rules.score:7  on pricing_viewed add 15 at most 1 time per day
  pricing_viewed_7 AS (
    SELECT lead, SUM(15000000) AS points
    FROM (SELECT seen.*, ROW_NUMBER() OVER (PARTITION BY seen.lead, CAST(FROM_UTC_TIMESTAMP(time, 'Europe/Berlin') AS DATE) ORDER BY seen.time NULLS LAST) AS nth FROM seen WHERE event = 'pricing_viewed') AS award
    WHERE nth = 1 AND time > as_of - INTERVAL 90 DAY
    GROUP BY lead
  ),
  -- What each rule is worth to a lead
  worth AS (
    SELECT
      by_lead.lead,
      moment.as_of,
      CASE WHEN first_webinar_fan > as_of - INTERVAL 90 DAY THEN 30000000 ELSE 0 END AS webinar_fan,
      COALESCE(pricing_viewed_7.points, 0) AS pricing_viewed_7,
      CASE WHEN NOT first_demo_requested_8 IS NULL THEN 60000000 ELSE 0 END AS demo_requested_8,
      -- rules.score:9  on page_view where url starts with "/jobs" subtract 2.5
      COALESCE(page_view_9_points, 0) AS page_view_9
    FROM by_lead
    CROSS JOIN moment
    LEFT JOIN pricing_viewed_7 ON pricing_viewed_7.lead = by_lead.lead
  ),
  -- The scores, in millionths of a point
  scores AS (
    SELECT
      worth.*,
      -- rules.score:3  score interest "How interested is this lead?"
      (webinar_fan + pricing_viewed_7 + demo_requested_8 + page_view_9) AS interest
    FROM worth
  )
SELECT
  lead,
  CAST(interest AS DOUBLE) / 1000000 AS interest,
  CASE WHEN interest >= 100000000 THEN 'sales_ready' END AS interest_tier
FROM scores
ORDER BY lead
