-- One row for each version of an article after its first: when it was seen here, and what it changed of the one before.
CREATE VIEW version_list AS
SELECT v.article_id,
       c.story_id,
       a.outlet,
       a.url,
       v.number,
       v.seen_at,
       v.modified_text,
       v.modified_at,
       v.title,
       b.title AS title_before,
       v.title <> b.title AS title_changed,
       v.body <> b.body AS text_changed,
       length(v.body) AS characters,
       length(v.body) - length(b.body) AS characters_more,
       -- a text's paragraphs as a JSON list: json_quote() would write a line's end as two characters that may stand in a
       -- text too, so one of private use goes before it in its place
       CASE WHEN v.body <> b.body THEN (
         SELECT json_group_array(p.value)
           FROM json_each('[' || replace(json_quote(replace(v.body, char(10), char(57344))), char(57344), '","') || ']') AS p
          WHERE NOT instr(char(10) || b.body || char(10), char(10) || p.value || char(10))) END AS paragraphs_new,
       CASE WHEN v.body <> b.body THEN (
         SELECT json_group_array(p.value)
           FROM json_each('[' || replace(json_quote(replace(b.body, char(10), char(57344))), char(57344), '","') || ']') AS p
          WHERE NOT instr(char(10) || v.body || char(10), char(10) || p.value || char(10))) END AS paragraphs_gone
  FROM versions AS v
  -- CROSS JOIN keeps the order: few of an outlet's articles have a later version
  CROSS JOIN articles AS a ON a.id = v.article_id
  JOIN versions AS b ON b.article_id = v.article_id AND b.number = v.number - 1
  LEFT JOIN coverage AS c ON c.article_id = v.article_id
 WHERE v.number > 1;
