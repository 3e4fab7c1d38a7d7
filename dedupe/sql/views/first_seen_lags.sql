-- One row for each story of several outlets and each outlet that covers it: how much later than the first it was there.
CREATE VIEW first_seen_lags AS
SELECT c.story_id,
       s.first_day AS story_day,
       a.outlet,
       s.outlets,
       min(a.first_seen_at) AS first_seen_at,
       round(24 * (julianday(min(a.first_seen_at)) - julianday(min(min(a.first_seen_at)) OVER story)), 2)
         AS hours_after_first_seen,
       min(a.published_at) AS first_printed_at,
       round(24 * (julianday(min(a.published_at)) - julianday(min(min(a.published_at)) OVER story)), 2)
         AS hours_after_first_printed,
       min(a.published_day) AS first_day,
       CAST(julianday(min(a.published_day)) - julianday(min(min(a.published_day)) OVER story) AS INTEGER)
         AS days_after_first_day,
       rank() OVER (PARTITION BY c.story_id, s.first_day ORDER BY min(a.first_seen_at)) AS place_seen
  FROM stories AS s
  JOIN coverage AS c ON c.story_id = s.id
  JOIN articles AS a ON a.id = c.article_id
 WHERE s.outlets > 1
 GROUP BY c.story_id, s.first_day, a.outlet
WINDOW story AS (PARTITION BY c.story_id, s.first_day);
