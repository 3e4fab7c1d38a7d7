-- One row for each story and each outlet that covers it: how many articles, and from when to when.
CREATE VIEW coverage_by_outlet AS
SELECT c.story_id,
       s.first_day AS story_day,
       a.outlet,
       s.title,
       s.outlets,
       count(*) AS articles,
       min(a.published_day) AS first_day,
       max(a.published_day) AS last_day,
       min(a.published_at) AS first_printed_at,
       min(a.first_seen_at) AS first_seen_at,
       count(m.article_id) AS sharing_text,
       count(a.source_credit) AS crediting,
       round(avg(c.score), 4) AS score
  FROM stories AS s
  JOIN coverage AS c ON c.story_id = s.id
  JOIN articles AS a ON a.id = c.article_id
  LEFT JOIN family_members AS m ON m.article_id = a.id
 GROUP BY c.story_id, s.first_day, a.outlet;
