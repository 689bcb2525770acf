-- Scores of rules.score, written by scoredsl for spark. Sums are in millionths of a point.
-- events: lead and event (text), time (timestamp in UTC)
-- profiles: lead (text), time (timestamp in UTC), company_size (number), country (text), email (text), job_title (text), member (boolean), renewal (time)
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
      moment.as_of
    FROM events AS e
    CROSS JOIN moment
    WHERE e.time <= moment.as_of
  ),
  -- One pass over the log: the plain rules and the facts
  by_lead AS (
    SELECT
      lead
    FROM seen
    GROUP BY lead
  ),
  -- The profile: of each field the newest value known then
  profile AS (
    SELECT
      lead,
      MAX(CASE WHEN since = since_1 THEN lead_company_size END) AS lead_company_size,
      MAX(CASE WHEN since = since_2 THEN lead_country END) AS lead_country,
      MAX(CASE WHEN since = since_3 THEN lead_email END) AS lead_email,
      MAX(CASE WHEN since = since_4 THEN lead_job_title END) AS lead_job_title,
      MAX(CASE WHEN CASE WHEN since = since_5 THEN lead_member END THEN 1 WHEN NOT CASE WHEN since = since_5 THEN lead_member END THEN 0 END) = 1 AS lead_member,
      MAX(CASE WHEN since = since_6 THEN lead_renewal END) AS lead_renewal
    FROM (
      SELECT
          version.*,
          MAX(CASE WHEN NOT lead_company_size IS NULL THEN since END) OVER (PARTITION BY lead) AS since_1,
          MAX(CASE WHEN NOT lead_country IS NULL THEN since END) OVER (PARTITION BY lead) AS since_2,
          MAX(CASE WHEN NOT lead_email IS NULL THEN since END) OVER (PARTITION BY lead) AS since_3,
          MAX(CASE WHEN NOT lead_job_title IS NULL THEN since END) OVER (PARTITION BY lead) AS since_4,
          MAX(CASE WHEN NOT lead_member IS NULL THEN since END) OVER (PARTITION BY lead) AS since_5,
          MAX(CASE WHEN NOT lead_renewal IS NULL THEN since END) OVER (PARTITION BY lead) AS since_6
        FROM (
        SELECT
            p.lead,
            COALESCE(p.time, CAST('0001-01-01 00:00:00' AS TIMESTAMP_NTZ)) AS since,
            p.company_size AS lead_company_size,
            NULLIF(p.country, '') AS lead_country,
            NULLIF(p.email, '') AS lead_email,
            NULLIF(p.job_title, '') AS lead_job_title,
            p.member AS lead_member,
            p.renewal AS lead_renewal
          FROM profiles AS p
          CROSS JOIN moment
          WHERE p.time IS NULL OR p.time <= moment.as_of
        ) AS version
    ) AS dated
    GROUP BY lead
  ),
  -- All that have an event or a profile
  leads AS (
    SELECT lead FROM by_lead UNION SELECT lead FROM profile
  ),
  -- What each rule is worth to a lead
  worth AS (
    SELECT
      leads.lead,
      moment.as_of,
      profile.lead_email,
      -- rules.score:11  when company_size >= 500 add 20, else when company_size between 50 and 499 add 10
      CASE WHEN lead_company_size >= 500 THEN 20000000 WHEN lead_company_size >= 50 AND lead_company_size <= 499 THEN 10000000 ELSE 0 END AS when_11,
      -- rules.score:12  when job_title contains any word of ["ceo", "cto"] add 25
      CASE WHEN LOWER(lead_job_title) RLIKE '(^|[^\\p{L}\\p{N}_])(ceo|cto)([^\\p{L}\\p{N}_]|$)' THEN 25000000 ELSE 0 END AS when_12,
      -- rules.score:13  when country in ["DE", "AT", "CH"] add 10
      CASE WHEN LOWER(lead_country) IN ('de', 'at', 'ch') THEN 10000000 ELSE 0 END AS when_13,
      -- rules.score:14  when email is missing or email matches /@(gmail|gmx)\./ subtract 15
      CASE WHEN lead_email IS NULL OR lead_email RLIKE '@(gmail|gmx)\\.' THEN -15000000 ELSE 0 END AS when_14,
      -- rules.score:15  when member and not renewal in next 30d add 5
      CASE WHEN lead_member = TRUE AND NOT COALESCE((lead_renewal > as_of AND lead_renewal <= as_of + INTERVAL 30 DAY), FALSE) THEN 5000000 ELSE 0 END AS when_15,
      -- rules.score:16  when days until renewal <= 14 add 7
      CASE WHEN CASE WHEN as_of <= lead_renewal THEN CEIL(CAST(UNIX_MICROS(CAST(lead_renewal AS TIMESTAMP)) - UNIX_MICROS(CAST(as_of AS TIMESTAMP)) AS DOUBLE) / 86400000000) END <= 14 THEN 7000000 ELSE 0 END AS when_16
    FROM leads
    CROSS JOIN moment
    LEFT JOIN by_lead ON by_lead.lead = leads.lead
    LEFT JOIN profile ON profile.lead = leads.lead
  ),
  -- The scores, in millionths of a point
  scores AS (
    SELECT
      worth.*,
      -- rules.score:9  score fit
      LEAST(100000000, when_11 + when_12 + when_13 + when_14 + when_15 + when_16) AS fit
    FROM worth
  )
SELECT
  lead,
  CAST(fit AS DOUBLE) / 1000000 AS fit
FROM scores
WHERE NOT (COALESCE(LOWER(lead_email) LIKE '%@acme.com', FALSE))
ORDER BY lead
