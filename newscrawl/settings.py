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
    "newscrawl.guard.Guard": 50,  # before anybody asks for a robots.txt
    "newscrawl.robots.Robots": 100,  # in the place of Scrapy's own
    "newscrawl.archive.KeepRaw": 595,  # after decompression (590), before redirects (600) are followed
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "newscrawl.guard.Redirects": 600,  # in the place of Scrapy's own
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,  # an article needs none, a trap may use it
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "newscrawl.politeness.Politeness": 950,  # the last before the network: what passes is asked at once
}
SPIDER_MIDDLEWARES = {
    "newscrawl.limits.Limits": 50,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,  # limits.py counts depth
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,  # no Referer is sent at all
}
DOWNLOAD_HANDLERS = {
    "http": "newscrawl.demo.server.DemoHandler",  # fetching.GuardedHandler, but for the made-up outlets under .example
    "https": "newscrawl.demo.server.DemoHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}

CONTACT = ""
"""A mail or web address of the operator, sent in the User-Agent; no public host is asked without one."""
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS = 8
"""Of one outlet, waiting for their turn at a host included: few, so that what is newest goes first."""
CONCURRENT_REQUESTS_PER_DOMAIN = 1
"""To one host, of all outlets of this process together."""
DOWNLOAD_DELAY = 1.0
"""Seconds between two requests to a host, give or take a half; a longer Crawl-delay wins."""
PAUSE_FIRST = 10.0
"""Seconds that a host is left alone which answers 429 or 503 and names no time; three times as long each time on."""
PAUSE_WAIT = 60.0
"""Seconds of a pause that a run waits for; what is due at a host that pauses longer is left to a later run."""
PAUSE_SILENCES = 12
"""Requests in a row that a host does not answer at all, after which a run leaves what is due there to a later one."""
RUN_PAGES = 0
"""Articles' pages that a run asks of an outlet; 0: as many as are due."""
RUN_MINUTES = 0
"""After so many minutes a run makes no more requests; 0: when nothing is due any more."""
RUN_DEPTH = 3
"""Listings deep: a sitemap of an index of sitemaps is the second."""
SINCE = ""
UNTIL = ""
"""Days (YYYY-MM-DD) of a back-fill: the crawl asks sitemaps and dated index pages for what was published then."""
LISTINGS_NOW = True
"""Whether listings, and pages that failed before, are asked before their time: True for who names an outlet, False for
a timer, which leaves it to how often a listing brings something."""
DRY_RUN = False
"""Whether a crawl only looks: nothing is stored, nothing counts as seen."""
PATTERN_PAGES = 2000
"""Pages of one pattern of addresses, numbers folded, that a run asks for: a calendar has no last page."""

EXTENSIONS = {
    "newscrawl.guard.Watch": 0,
    "newscrawl.recording.Recording": 10,  # the run's rows; takes the lock for a `scrapy crawl` of its own
    "scrapy.extensions.remote_control.RemoteControl": None,  # not even imported: that alone takes a third of a second
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.throttle.AutoThrottle": None,  # politeness.py throttles, for all crawls of the process
}
TWISTED_DNS_RESOLVER = "newscrawl.fetching.GuardedResolver"
REACTOR_THREADPOOL_MAXSIZE = 32
"""More than the requests under way: names that a slow server resolves must not keep other outlets' names waiting."""
GUARD_ALLOW: list[str] = []
"""What may be reached besides public addresses on ports 80, 443, 8080 and 8443: `127.0.0.1:8080`, `10.0.0.0/8`, a
host's name; or the name of a setting below that is to take off a part of the guard."""

DOWNLOAD_TIMEOUT = 30
"""Seconds for a whole request, from the first byte sent to the last received."""
DOWNLOAD_MAXSIZE = 5 * 1024 * 1024
"""Bytes; the largest article page measured has 2 MB, and at this limit every bomb measured ended in half a second."""
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_VERIFY_CERTIFICATES = True
RETRY_TIMES = 2
REDIRECT_MAX_TIMES = 5
CONCURRENT_ITEMS = 2
"""Of one page: it has one, and requests go on while that waits for its commit."""

HTTPPROXY_ENABLED = False
COOKIES_ENABLED = False
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
LOG_LEVEL = "INFO"
LOG_SHORT_NAMES = True
WARN_ON_GENERATOR_RETURN_VALUE = False
"""Scrapy would read the source of our callbacks anew for each page; mypy and the tests see a wrong return."""
