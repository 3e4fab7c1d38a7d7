-- One row for each article that shares text with others: who had the text first, how the two are one, how much is shared.
CREATE VIEW text_families AS
SELECT m.family_id,
       (SELECT count(*) FROM (SELECT 1 FROM family_members AS n WHERE n.family_id = m.family_id LIMIT 1000)) AS articles,
       m.article_id,
       a.outlet,
       a.title,
       a.url,
       a.source_credit,
       a.published_text,
       CASE WHEN a.published_at IS NOT NULL THEN a.published_at
            WHEN a.published_day IS NULL THEN a.first_seen_at
            ELSE min(a.first_seen_at, a.published_day || 'T23:59:59Z') END AS seen_at,
       NOT EXISTS (SELECT 1
                     FROM family_members AS n
                     JOIN articles AS e ON e.id = n.article_id
                    WHERE n.family_id = m.family_id AND n.article_id <> m.article_id
                      AND (CASE WHEN e.published_at IS NOT NULL THEN e.published_at
                                WHEN e.published_day IS NULL THEN e.first_seen_at
                                ELSE min(e.first_seen_at, e.published_day || 'T23:59:59Z') END, e.id)
                        < (CASE WHEN a.published_at IS NOT NULL THEN a.published_at
                                WHEN a.published_day IS NULL THEN a.first_seen_at
                                ELSE min(a.first_seen_at, a.published_day || 'T23:59:59Z') END, a.id)) AS is_earliest,
       CASE WHEN m.article_id = m.family_id THEN NULL
            WHEN p.kind <> 'excerpt' THEN p.kind
            WHEN (p.a = m.article_id) = (p.a_in_b > p.b_in_a) THEN 'excerpt'
            ELSE 'extended' END AS kind,
       CASE WHEN m.article_id <> m.family_id THEN m.family_id END AS compared_with,
       m.shared,
       c.story_id,
       a.published_day
  FROM family_members AS m
  JOIN articles AS a ON a.id = m.article_id
  LEFT JOIN coverage AS c ON c.article_id = m.article_id
  LEFT JOIN text_pairs AS p ON p.a = min(m.article_id, m.family_id) AND p.b = max(m.article_id, m.family_id);
