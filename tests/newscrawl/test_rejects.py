"""Pages that are no articles say what they are, in several languages; articles with such things inside stay."""

from __future__ import annotations

import json

import pytest

from dedupe import Article, Reject
from newscrawl import page
from newscrawl.rules import Rules

SITE = "https://harbour.example"
SENTENCES = (
    "The old ferry crossed the bay again on Monday after three winters in the dry dock at the rope works.",
    "Its captain, Imke Dorn, counted forty passengers and one goat before she let the mooring lines go.",
    "Tickets stay at the price of the last century, because nobody found the machine that prints new ones.",
)
TEXT = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
LD = json.dumps({"@type": "NewsArticle", "headline": "Ferry returns"})
SAYS_SO = f'<script type="application/ld+json">{LD}</script>'
LOG_IN = "<form><input name=user><input type=password><button>OK</button></form>"
TEASERS = "".join(
    f"<div class=t><h3><a href='/news/a-{n}'>The ferry number {n} is back in the bay</a></h3>"
    f"<p>Its captain counted {n} passengers and one goat, and the whole quay was on its feet that day.</p></div>"
    for n in range(12)
)
TICKER = "".join(
    f"<li><a href='/news/a-{n}'>{n + 8:02}:15 The ferry number {n} leaves the quay of the rope works</a></li>"
    for n in range(10)
)
PICTURES = "".join(f"<figure><img src={n}.jpg width=900><figcaption>Quay {n}</figcaption></figure>" for n in range(8))


def html(title: str, body: str, head: str = "", h1: str | None = None) -> str:
    heading = f"<h1>{h1 or title}</h1>"
    return f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{heading}{body}</body></html>"


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


CONSENT = {
    "id": ("Pengaturan privasi",
           "Kami dan mitra memakai cookie untuk menampilkan iklan. Berikan persetujuan Anda di sini agar kami boleh "
           "membaca data peramban, atau tolak semua cookie yang tidak perlu."),
    "en": ("Before you continue",
           "We and our partners use cookies to show advertisements on this site. Give your consent here so that we may "
           "read what your browser keeps, or reject every cookie that is not needed."),
    "de": ("Ihre Privatsphäre",
           "Wir und unsere Partner setzen Cookies, um Werbung zu zeigen. Mit Ihrer Einwilligung lesen wir, was der "
           "Browser aufbewahrt; lehnen Sie sonst alle Cookies ab, die nicht nötig sind."),
    "es": ("Su privacidad",
           "Nosotros y los socios usamos cookies para mostrar anuncios. Con su consentimiento leemos lo que guarda "
           "el navegador; rechace si no todas las cookies que no hacen falta."),
}  # fmt: skip
GONE = {
    "id": ("Halaman tidak ditemukan", "Maaf, alamat ini sudah tidak ada. Silakan kembali ke beranda."),
    "en": ("Page not found", "Sorry, this address is no more. Go back to the first page."),
    "de": ("Seite nicht gefunden", "Diese Adresse gibt es nicht mehr. Zurück zur Startseite."),
    "es": ("Página no encontrada", "Lo sentimos, esta dirección ya no está. Vuelva a la portada."),
    "ms": ("Halaman tidak dijumpai", "Maaf, alamat ini sudah tiada."),
    "fr": ("Page introuvable", "Cette adresse n’est plus."),
}
LOGIN = {
    "id": ("Masuk ke akun Anda", "Silakan masuk untuk membaca kabar ini."),
    "en": ("Log in to go on",
           "Please log in to read on. Whoever has no account may open one within a minute, without a fee, and read ten "
           "articles in each month from then on, on every device that they own."),
    "de": ("Anmelden", "Bitte melden Sie sich an, um weiterzulesen."),
    "es": ("Iniciar sesión", "Inicie la sesión para seguir leyendo."),
}  # fmt: skip
SECTIONS = {"id": "Politik", "en": "Politics", "de": "Politik", "es": "Política"}
TICKERS = {"id": "Terkini", "en": "Latest", "de": "Live-Ticker", "es": "Última hora"}
GALLERIES = {"id": "Foto: Dermaga", "en": "In pictures: the quay", "de": "Bilder vom Kai", "es": "Fotos del muelle"}

REJECTED = [
    *(("consent-wall", code, "/news/ferry-returns-to-bay", html(title, paragraphs(text)))
      for code, (title, text) in CONSENT.items()),
    *(("soft-404", code, "/news/ferry-returns-to-bay", html(title, paragraphs(text)))
      for code, (title, text) in GONE.items()),
    *(("soft-404", f"{code} over teasers", "/news/ferry-returns-to-bay", html(title, paragraphs(text) + TEASERS))
      for code, (title, text) in GONE.items() if code == "en"),
    *(("soft-404", f"{code} in the heading", "/news/x-y-z-1", html("Harbour", paragraphs(text), h1=title))
      for code, (title, text) in GONE.items()),
    *(("login-wall", code, "/news/ferry-returns-to-bay", html(title, paragraphs(text) + LOG_IN))
      for code, (title, text) in LOGIN.items()),
    *(("section-page", code, "/news/" + name.lower(), html(name, TEASERS)) for code, name in SECTIONS.items()),
    ("section-page", "first page", "/", html("Harbour Times", TEASERS)),
    *(("live-index", code, "/news/latest", html(name, f"<ul>{TICKER}</ul>")) for code, name in TICKERS.items()),
    *(("gallery", code, "/news/the-quay-in-pictures-1", html(name, f"<article>{PICTURES}</article>", SAYS_SO))
      for code, name in GALLERIES.items()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "path", "text"), [pytest.param(reason, path, text, id=f"{reason}-{name}")
                                 for reason, name, path, text in REJECTED]
)  # fmt: skip
def test_a_page_that_is_no_article_says_what_it_is(reason: str, path: str, text: str) -> None:
    answer = page.read(text, SITE + path)
    assert isinstance(answer, Reject), answer
    assert (answer.reason, answer.stage) == (reason, "read")
    assert answer.detail


ARTICLES = {
    "a gallery inside": html("Ferry returns", f"<article>{TEXT}{PICTURES}</article>", SAYS_SO),
    "a gallery inside, no metadata": html("Ferry returns", f"<article>{TEXT}{PICTURES}</article>"),
    "a ticker beside": html("Ferry returns", f"<article>{TEXT}</article><aside><ul>{TICKER}</ul></aside>", SAYS_SO),
    "a ticker beside, no metadata": html("Ferry returns", f"<article>{TEXT * 9}</article><aside>{TICKER}</aside>"),
    "teasers below": html("Ferry returns", f"<article>{TEXT}</article>{TEASERS}", SAYS_SO),
    "teasers below, no metadata": html("Ferry returns", f"<article>{TEXT}</article>{TEASERS}"),
    "a log-in form in the masthead": html("Ferry returns", f"{LOG_IN}<article>{TEXT}</article>"),
    "a log-in form, of logging in": html("Log in with a fish", f"{LOG_IN}<article>{TEXT}</article>", SAYS_SO),
    "a cookie notice": html("Ferry returns", f"{paragraphs(CONSENT['en'][1])}<article>{TEXT * 2}</article>"),
    "of cookies": html("Cookies of the bay", f"<article>{TEXT}</article>"),
    "of what was not found": html("The ferry was not found", f"<article>{TEXT}</article>", SAYS_SO),
}


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_with_such_things_beside_it_stays_one(name: str) -> None:
    answer = page.read(ARTICLES[name], f"{SITE}/news/ferry-returns-to-bay")
    assert isinstance(answer, Article), answer
    assert SENTENCES[0] in answer.body


def test_a_stub_before_a_paywall_is_an_article_that_is_not_free() -> None:
    said = json.dumps({"@type": "NewsArticle", "headline": "Ferry returns", "isAccessibleForFree": False})
    stub = f"<article><p>{SENTENCES[0]}</p></article>{LOG_IN}"
    answer = page.read(
        html("Ferry returns", stub, f'<script type="application/ld+json">{said}</script>'), f"{SITE}/news/ferry-1"
    )
    assert isinstance(answer, Article)
    assert answer.is_free is False


def test_what_an_outlets_selector_finds_is_never_a_long_notice() -> None:
    rules = Rules(article_css="article", body_css="article")
    answer = page.read(html("404: the lost ferry", f"<article>{TEXT * 20}{TEXT}</article>"), f"{SITE}/a/b", rules)
    assert isinstance(answer, Reject | Article)
    long = "".join(f"<p>{n} {sentence}</p>" for n in range(5) for sentence in SENTENCES)
    answer = page.read(html("404: the lost ferry", f"<article>{long}</article>"), f"{SITE}/a/b", rules)
    assert isinstance(answer, Article)
