"""Only what differs from Scrapy's defaults; ITEM_PIPELINES reads as the itinerary."""

BOT_NAME = "newscrawl"
SPIDER_MODULES = ["newscrawl.spiders"]
DB = "data/news.db"
"""The store; the raw bodies lie beside it in `pages.db`. `-s DB=...` or `newscrawl --db ...` names another."""

ITEM_PIPELINES = {
    "newscrawl.pipelines.Clean": 100,
    "newscrawl.pipelines.ReadDates": 200,
    "newscrawl.pipelines.FindQuotes": 300,
    "newscrawl.pipelines.Save": 400,
}
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "newscrawl.robots.Robots": 100,  # in the place of Scrapy's own
    "newscrawl.archive.KeepRaw": 595,  # after decompression (590), before redirects (600) are followed
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,  # an article needs none, a trap may use it
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
}
DOWNLOAD_HANDLERS = {
    "http": "newscrawl.demo.server.DemoHandler",  # Scrapy's own, but for the made-up outlets under .example
    "https": "newscrawl.demo.server.DemoHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}

USER_AGENT = "newscrawl/0.1 (news crawler; obeys robots.txt)"
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
"""Seconds between two requests to a host, give or take a half."""

DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 5 * 1024 * 1024
"""Bytes; the largest article page measured has 2 MB, and at this limit every bomb measured ended in half a second."""
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_VERIFY_CERTIFICATES = True
RETRY_TIMES = 2
REDIRECT_MAX_TIMES = 5
CONCURRENT_ITEMS = 4

HTTPPROXY_ENABLED = False
COOKIES_ENABLED = False
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
REFERRER_POLICY = "no-referrer"
LOG_LEVEL = "INFO"
LOG_SHORT_NAMES = True
