-- One row for each story and each day on which articles on it came out: how many, at how many outlets.
CREATE VIEW story_days AS
SELECT c.story_id,
       s.first_day AS story_day,
       coalesce(a.published_day, substr(a.first_seen_at, 1, 10)) AS day,
       s.title,
       count(*) AS articles,
       count(DISTINCT a.outlet) AS outlets
  FROM stories AS s
  JOIN coverage AS c ON c.story_id = s.id
  JOIN articles AS a ON a.id = c.article_id
 GROUP BY c.story_id, s.first_day, coalesce(a.published_day, substr(a.first_seen_at, 1, 10));
