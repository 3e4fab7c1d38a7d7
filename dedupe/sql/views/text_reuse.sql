-- One row for each two outlets that share text and each day: how many texts, how much of them, and who was earlier.
CREATE VIEW text_reuse AS
SELECT x.published_day AS day,
       x.outlet,
       y.outlet AS other_outlet,
       count(DISTINCT x.id) AS texts,
       count(*) AS pairs,
       round(avg(CASE WHEN p.a = x.id THEN p.a_in_b ELSE p.b_in_a END), 4) AS share,
       sum(p.words) AS words,
       count(*) FILTER (WHERE CASE WHEN x.published_at IS NULL OR y.published_at IS NULL
                                   THEN x.published_day < y.published_day
                                   ELSE x.published_at < y.published_at END) AS earlier,
       count(*) FILTER (WHERE CASE WHEN x.published_at IS NULL OR y.published_at IS NULL
                                   THEN x.published_day > y.published_day
                                   ELSE x.published_at > y.published_at END) AS later,
       count(DISTINCT x.id) FILTER (WHERE x.source_credit IS NOT NULL) AS crediting
  FROM articles AS x
  -- CROSS JOIN keeps the order: the articles of the days asked for, then their pairs
  CROSS JOIN text_pairs AS p ON p.a = x.id OR p.b = x.id
  JOIN articles AS y ON y.id = p.a + p.b - x.id
 WHERE x.outlet <> y.outlet
 GROUP BY x.published_day, x.outlet, y.outlet;
