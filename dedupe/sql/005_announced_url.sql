-- The spelling of an announced address to ask for, where the outlet may not answer under the canonical one.
ALTER TABLE pages ADD COLUMN announced_url TEXT;
