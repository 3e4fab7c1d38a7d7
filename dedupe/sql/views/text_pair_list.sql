-- One row for each article and each other one that it was found to share text with: how the two are one, and who was earlier.
CREATE VIEW text_pair_list AS
SELECT x.id AS article_id,
       y.id AS other_article_id,
       c.story_id,
       x.outlet,
       y.outlet AS other_outlet,
       x.published_day,
       y.published_day AS other_published_day,
       CASE WHEN p.kind <> 'excerpt' THEN p.kind
            WHEN (p.a = x.id) = (p.a_in_b > p.b_in_a) THEN 'excerpt'
            ELSE 'extended' END AS kind,
       CASE WHEN p.a = x.id THEN p.a_in_b ELSE p.b_in_a END AS share,
       CASE WHEN p.a = x.id THEN p.b_in_a ELSE p.a_in_b END AS other_share,
       p.words,
       CASE WHEN x.published_at < y.published_at THEN 1
            WHEN x.published_at > y.published_at THEN 0
            WHEN x.published_at = y.published_at THEN NULL
            WHEN x.published_day < y.published_day THEN 1
            WHEN x.published_day > y.published_day THEN 0 END AS printed_earlier,
       x.first_seen_at < y.first_seen_at AS seen_earlier,
       round(24 * (julianday(y.published_at) - julianday(x.published_at)), 2) AS hours_before_other,
       x.source_credit,
       y.source_credit AS other_source_credit
  FROM articles AS x
  JOIN text_pairs AS p ON p.a = x.id OR p.b = x.id
  JOIN articles AS y ON y.id = p.a + p.b - x.id
  LEFT JOIN coverage AS c ON c.article_id = x.id;
