-- One row for each two articles of a story and each quotation that both print, in the same words or in others.
CREATE VIEW quotation_variants AS
SELECT c.story_id,
       s.first_day AS story_day,
       x.outlet,
       y.outlet AS other_outlet,
       q.speaker,
       r.speaker AS other_speaker,
       q.text,
       r.text AS other_text,
       round(alike.value, 4) AS similarity,
       q.text = r.text AS is_verbatim,
       q.id AS quote_id,
       r.id AS other_quote_id,
       q.article_id,
       r.article_id AS other_article_id
  FROM stories AS s
  JOIN coverage AS c ON c.story_id = s.id
  JOIN pairs AS p ON p.a = c.article_id AND json_extract(p.evidence, '$.quotations.value') > 0
  JOIN coverage AS d ON d.article_id = p.b AND d.story_id = c.story_id
  JOIN quotes AS q ON q.article_id = p.a AND q.kind <> 'fragment'
  JOIN quotes AS r ON r.article_id = p.b AND r.kind <> 'fragment'
  JOIN articles AS x ON x.id = q.article_id
  JOIN articles AS y ON y.id = r.article_id
  -- how alike the two are, computed once and used twice: json_each() of one value is a row. What clustering has compared
  -- stands in the evidence, scaled from 0.4 to 1; of the others the words that both have, of those that either has
  JOIN json_each(json_array(
         CASE WHEN q.text = r.text THEN 1.0
              WHEN q.text = json_extract(p.evidence, '$.quotations.shared[0]')
               AND r.text = json_extract(p.evidence, '$.quotations.shared[1]')
              THEN 0.4 + 0.6 * json_extract(p.evidence, '$.quotations.value')
              -- most are two others: of six short runs of letters none stands in both, or one is far longer
              WHEN length(q.text) > 4 * length(r.text) OR length(r.text) > 4 * length(q.text)
                OR NOT (instr(r.text, substr(q.text, length(q.text) / 12, 5))
                     OR instr(r.text, substr(q.text, length(q.text) * 3 / 12, 5))
                     OR instr(r.text, substr(q.text, length(q.text) * 5 / 12, 5))
                     OR instr(r.text, substr(q.text, length(q.text) * 7 / 12, 5))
                     OR instr(r.text, substr(q.text, length(q.text) * 9 / 12, 5))
                     OR instr(r.text, substr(q.text, length(q.text) * 11 / 12, 5))) THEN 0.0
              ELSE (
                SELECT 1.0 * count(DISTINCT w.value) FILTER (WHERE instr(other.value, ' ' || w.value || ' '))
                       / (count(DISTINCT w.value) FILTER (WHERE NOT instr(other.value, ' ' || w.value || ' '))
                          + (SELECT count(DISTINCT v.value)
                               FROM json_each('[' || replace(json_quote(other.value), ' ', '","') || ']') AS v
                              WHERE v.value <> ''))
                  FROM json_each(json_array(
                         replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
                         ' ' || lower(q.text) || ' ', char(10), ' '), '\', ' '), '"', ' '), '“', ' '), '”', ' '),
                         ', ', ' '), '. ', ' '), '? ', ' '), '! ', ' '), ': ', ' '))) AS said,
                       json_each(json_array(
                         replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
                         ' ' || lower(r.text) || ' ', char(10), ' '), '\', ' '), '"', ' '), '“', ' '), '”', ' '),
                         ', ', ' '), '. ', ' '), '? ', ' '), '! ', ' '), ': ', ' '))) AS other,
                       json_each('[' || replace(json_quote(said.value), ' ', '","') || ']') AS w
                 WHERE w.value <> '') END)) AS alike
 WHERE alike.value > 0.4;
