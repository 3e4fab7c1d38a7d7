-- One row for each article that shares text with others: who had the text first, how the two are one, how much is shared.
CREATE VIEW text_families AS
SELECT m.family_id,
       count(*) OVER family AS articles,
       m.article_id,
       a.outlet,
       a.title,
       a.url,
       a.source_credit,
       a.published_text,
       CASE WHEN a.published_at IS NOT NULL THEN a.published_at
            WHEN a.published_day IS NULL THEN a.first_seen_at
            ELSE min(a.first_seen_at, a.published_day || 'T23:59:59Z') END AS seen_at,
       row_number() OVER (family ORDER BY CASE WHEN a.published_at IS NOT NULL THEN a.published_at
                                               WHEN a.published_day IS NULL THEN a.first_seen_at
                                               ELSE min(a.first_seen_at, a.published_day || 'T23:59:59Z') END,
                                          a.id) = 1 AS is_earliest,
       CASE WHEN m.article_id = m.family_id THEN NULL
            WHEN p.kind <> 'excerpt' THEN p.kind
            WHEN (p.a = m.article_id) = (p.a_in_b > p.b_in_a) THEN 'excerpt'
            ELSE 'extended' END AS kind,
       CASE WHEN m.article_id <> m.family_id THEN m.family_id END AS compared_with,
       m.shared
  FROM family_members AS m
  JOIN articles AS a ON a.id = m.article_id
  LEFT JOIN text_pairs AS p ON p.a = min(m.article_id, m.family_id) AND p.b = max(m.article_id, m.family_id)
WINDOW family AS (PARTITION BY m.family_id);
