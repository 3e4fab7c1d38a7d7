"""What prose and prune keep of pages of unknown outlets: the article's lines and nothing set beside them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl import markup, prose, prune

ONE = "The old ferry crossed the bay again on Monday after three winters in the dry dock at the rope works."
TWO = "Its captain, Imke Dorn, counted forty passengers and one goat before she let the mooring lines go."
THREE = "Tickets stay at the price of the last century, because nobody found the machine that prints new ones."
TEXT = [ONE, TWO, THREE]
OTHER = "Somewhere else a lighthouse was painted green by mistake, and nobody on the island wants it back."


def p(*lines: str) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def read(body: str) -> list[str]:
    root = markup.parse(f"<html><body>{body}</body></html>")
    assert root is not None
    return prose.article(prune.pruned(root))[0]


@pytest.mark.parametrize(
    "beside",
    [
        f"<div class='related-articles'>{p(OTHER)}</div>",
        f"<div class='c-newsletterBox'>{p(OTHER)}</div>",
        f"<aside>{p(OTHER)}</aside>",
        f"<figure><img src=a.jpg><figcaption>{OTHER}</figcaption></figure>",
        f"<div id='cookie-law-info-bar'>{p(OTHER)}</div>",
        f"<amedia-factbox class='fact-box'>{p(OTHER)}</amedia-factbox>",
        f"<div class='box hidden'>{p(OTHER)}</div>",
        f"<div style='display:none'>{p(OTHER)}</div>",
        f"<p><a href=/x>{OTHER}</a></p>",
        "<h3>Read also</h3><ul><li><a href=/x>Green lighthouse</a></li></ul>",
        "<p>READ NEXT: <a href=/x>Green lighthouse puzzles the whole island</a></p>",
        "<p>Advertisement</p>",
        "<p>Photo: Ada Quill</p>",
    ],
)
@pytest.mark.parametrize("place", [1, 2, 3])
def test_what_is_set_beside_the_article_is_left_out(beside: str, place: int) -> None:
    paragraphs = [f"<p>{line}</p>" for line in TEXT]
    paragraphs.insert(place, beside)
    assert read(f"<main>{''.join(paragraphs)}</main>") == TEXT


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (f"<div class=a>{p(ONE)}<h2>On board</h2>{p(TWO, THREE)}</div>", [ONE, "On board", TWO, THREE]),
        (f"<div class=a>{p(ONE)}<ul><li>one goat</li><li>none</li></ul>{p(TWO)}</div>", [ONE, "one goat", "none", TWO]),
        (f"<div class=a>{p(*TEXT)}<ul><li>one goat</li><li>no dog</li></ul></div>", [*TEXT, "one goat", "no dog"]),
        (f"<div class=a>{ONE}<br><br>{TWO}<br>{THREE}</div>", [ONE, f"{TWO} {THREE}"]),
        (f"<div class=a>{p(ONE, TWO)}<table><tr><td>goats</td><td>1</td></tr></table>{p(THREE)}</div>",
         [ONE, TWO, "goats 1", THREE]),
        (f"<div class=a>{p(ONE)}<div class='paywall'>{p(TWO, THREE, OTHER)}</div></div>", [ONE, TWO, THREE, OTHER]),
        (f"<div class=part>{p(ONE, TWO)}</div><div class=part>{p(THREE, OTHER)}</div>", [ONE, TWO, THREE, OTHER]),
        (f"<div class='promo-area article-body'>{p(*TEXT)}</div>", TEXT),
        (f"<div class=with-sidebar><div class=a>{p(*TEXT)}</div></div>", TEXT),
        (f"<div class=a><p>4 May 2026</p>{p(*TEXT)}<h3>More from the bay</h3></div>", TEXT),
        (f"<div class=a>{p(*TEXT)}<p>Sign up for our newsletter</p></div>", TEXT),
        ("<div class=a></div>", []),
    ],
)  # fmt: skip
def test_the_article_is_read_whole(body: str, lines: list[str]) -> None:
    assert read(body) == lines


def test_the_box_with_most_of_the_prose_is_the_article() -> None:
    teasers = "".join(f"<div class=t><h3><a href=/{n}>A {n}</a></h3><p>{OTHER}</p></div>" for n in range(3))
    assert read(f"<article>{p(*TEXT, *TEXT)}</article><div class=list>{teasers}</div>") == TEXT + TEXT


def test_prose_in_several_boxes_is_less_sure() -> None:
    root = markup.parse(f"<body><article>{p(*TEXT)}</article><div>{p(*TEXT)}</div></body>")
    assert prose.article(prune.pruned(root))[1] == pytest.approx(0.5)


def test_pruning_leaves_the_page_itself_as_it_was() -> None:
    root = markup.parse(f"<body><nav>x</nav>tail<aside>y</aside>{p(ONE)}</body>")
    before = markup.lines(root)
    prune.pruned(root)
    assert markup.lines(root) == before


PIECES = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<div class='related'>",
        "<div>",
        "</div>",
        "<td>",
        "<li>",
        "<br>",
        "<a href=x>",
        "</a>",
        "<h2>",
        ONE,
        "x",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
@settings(max_examples=150, deadline=None)
def test_every_line_is_printed_on_the_page_and_on_one_line(html: str) -> None:
    root = markup.parse(f"<html><body>{html}</body></html>")
    whole = markup.line(markup.content(root)).replace(" ", "")
    for line in prose.article(prune.pruned(root))[0]:
        assert line == markup.line(line)
        assert line.replace(" ", "") in whole
