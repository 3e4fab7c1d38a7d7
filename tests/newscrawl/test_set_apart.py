"""Which lines of a body the page sets as block quotations."""

import json

import pytest

from dedupe import Article
from newscrawl import page
from newscrawl.rules import Rules

A = "https://harbour.example/a"
SENTENCES = (
    "The old ferry crossed the bay again on Monday after three winters in the dry dock at the rope works.",
    "Its captain, Imke Dorn, counted forty passengers and one goat before she let the mooring lines go.",
    "Tickets stay at the price of the last century, because nobody found the machine that prints new ones.",
)
TEXT = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
LD = json.dumps({"@type": "NewsArticle", "headline": "Ferry returns"})


def read(body: str, rules: Rules | None = None) -> Article:
    text = f'<html lang="en"><script type="application/ld+json">{LD}</script><body>{body}</body></html>'
    answer = page.read(text, A, rules or Rules())
    assert isinstance(answer, Article), answer
    return answer


QUOTED = "We waited three winters for this, and nobody thought of the goat."


@pytest.mark.parametrize("rules", [Rules(), Rules(body_css="article")], ids=["unknown", "outlet"])
@pytest.mark.parametrize(
    ("block", "apart"),
    [
        (f"<blockquote><p>{QUOTED}</p></blockquote>", [QUOTED]),
        (f"<blockquote>{QUOTED}<footer>Imke Dorn</footer></blockquote>", [QUOTED]),
        (f"<blockquote><p>{QUOTED}</p><p><cite>Imke Dorn, captain</cite></p></blockquote>", [QUOTED]),
        (f"<blockquote><p>{QUOTED}</p><p>{QUOTED[:60]}.</p></blockquote>", [QUOTED, f"{QUOTED[:60]}."]),
        (f"<div class='quote'><p>{QUOTED}</p></div>", [QUOTED]),
        (f"<blockquote class='twitter-tweet'><p>{QUOTED}</p></blockquote>", []),
        (f"<div class='tiktok-embed'><blockquote><p>{QUOTED}</p></blockquote></div>", []),
        (f"<p>{QUOTED}</p>", []),
    ],
)
def test_lines_in_block_quotations_are_told(block: str, apart: list[str], rules: Rules) -> None:
    article = read(f"<article>{TEXT}{block}{TEXT.replace('o', 'a')}</article>", rules)
    assert list(article.set_apart) == apart
    assert set(article.set_apart) <= set(article.body.split("\n"))


def test_a_text_laid_out_as_one_block_quotation_quotes_nobody() -> None:
    assert read(f"<article><blockquote>{TEXT}</blockquote></article>").set_apart == ()


def part(body: str, apart: str) -> Article:
    return Article(url=A, outlet="harbour", title="T", body=body, set_apart=(apart,))


def test_lines_set_apart_survive_joining() -> None:
    assert page.join([part("x\nAye.", "Aye."), part("x\nNo.\nz", "No.")]).set_apart == ("Aye.", "No.")
    assert page.join([part("x\nAye.", "Aye."), part("y", "Gone.")]).set_apart == ("Aye.",)
