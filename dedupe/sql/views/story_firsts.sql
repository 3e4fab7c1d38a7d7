-- One row for each story of several outlets and each way to be first that is certain: printed first, and seen first here.
CREATE VIEW story_firsts AS
SELECT c.story_id,
       'printed' AS first_by,
       a.outlet,
       a.published_day,
       coalesce(a.published_at, a.published_day) AS first_at,
       a.id AS article_id,
       a.title,
       a.url,
       s.outlets,
       s.first_day AS story_day
  FROM articles AS a
  JOIN coverage AS c ON c.article_id = a.id
  JOIN stories AS s ON s.id = c.story_id
 WHERE s.outlets > 1
   AND a.published_day IS NOT NULL
   AND NOT EXISTS (SELECT 1
                     FROM coverage AS d
                     JOIN articles AS o ON o.id = d.article_id
                    WHERE d.story_id = c.story_id AND d.article_id <> a.id
                      AND CASE WHEN o.outlet = a.outlet
                               THEN (o.published_day, coalesce(o.published_at, o.published_day), o.id)
                                  < (a.published_day, coalesce(a.published_at, a.published_day), a.id)
                               WHEN a.published_at IS NULL OR o.published_at IS NULL
                               THEN o.published_day <= a.published_day
                               ELSE o.published_at <= a.published_at END)
UNION ALL
SELECT c.story_id,
       'seen',
       a.outlet,
       a.published_day,
       a.first_seen_at,
       a.id,
       a.title,
       a.url,
       s.outlets,
       s.first_day
  FROM articles AS a
  JOIN coverage AS c ON c.article_id = a.id
  JOIN stories AS s ON s.id = c.story_id
 WHERE s.outlets > 1
   AND NOT EXISTS (SELECT 1
                     FROM coverage AS d
                     JOIN articles AS o ON o.id = d.article_id
                    WHERE d.story_id = c.story_id AND d.article_id <> a.id
                      AND (o.first_seen_at < a.first_seen_at
                           OR o.first_seen_at = a.first_seen_at AND (o.outlet <> a.outlet OR o.id < a.id)));
