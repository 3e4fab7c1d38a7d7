-- One row for each outlet and each day that it printed: how many articles, and how many of what kind.
CREATE VIEW outlet_days AS
SELECT a.outlet,
       a.published_day AS day,
       count(*) AS articles,
       count(c.story_id) AS clustered,
       count(*) FILTER (WHERE s.outlets > 1) AS shared_stories,
       count(*) FILTER (WHERE s.outlets = 1) AS exclusive,
       count(m.article_id) AS sharing_text
  FROM articles AS a
  LEFT JOIN coverage AS c ON c.article_id = a.id
  LEFT JOIN stories AS s ON s.id = c.story_id
  LEFT JOIN family_members AS m ON m.article_id = a.id
 GROUP BY a.outlet, a.published_day;
