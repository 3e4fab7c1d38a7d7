-- Where learned furniture stood in the texts as printed: it has a meaning only beside whole texts.

INSERT INTO main.furniture (id, outlet, kind, text, is_furniture, articles, "of", days, first_day, last_day)
SELECT id, outlet, kind, text, is_furniture, articles, "of", days, first_day, last_day
  FROM source.furniture;

INSERT INTO main.furniture_lines (article_id, position, "start", "end", furniture_id)
SELECT article_id, position, "start", "end", furniture_id
  FROM source.furniture_lines;
