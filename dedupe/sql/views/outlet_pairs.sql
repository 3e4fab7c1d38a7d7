-- One row for each two outlets and each day on which stories began that both cover: how many.
CREATE VIEW outlet_pairs AS
SELECT s.first_day AS story_day,
       x.outlet,
       y.outlet AS other_outlet,
       count(DISTINCT s.id) AS stories,
       count(DISTINCT x.id) AS articles
  FROM stories AS s
  JOIN coverage AS c ON c.story_id = s.id
  JOIN articles AS x ON x.id = c.article_id
  JOIN coverage AS d ON d.story_id = s.id AND d.article_id <> c.article_id
  JOIN articles AS y ON y.id = d.article_id
 WHERE s.outlets > 1 AND x.outlet <> y.outlet
 GROUP BY s.first_day, x.outlet, y.outlet;
