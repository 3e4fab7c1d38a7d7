"""newscrawl: fetched page -> Article."""
