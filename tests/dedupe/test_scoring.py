from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from dedupe import scoring
from dedupe.stories import LEAST
from dedupe.verify import FEATURES

SAYS = tomllib.loads((Path(scoring.__file__).parent / scoring.FILE).read_text("utf-8"))
FOR_A_PAIR = [name for name in FEATURES if name != "days"]


@pytest.mark.parametrize("feature", FOR_A_PAIR)
def test_what_two_articles_share_speaks_for_the_pair(feature: str) -> None:
    assert scoring.WEIGHTS[feature] >= 0


def test_days_between_speak_against_it_and_sharing_nothing_is_no_story() -> None:
    assert scoring.WEIGHTS["days"] < 0
    assert scoring.BASE < 0


def test_no_single_feature_makes_a_story_by_itself() -> None:
    """The log-odds of half are 0: a reworded quotation, a headline or a place alone do not reach it."""
    assert all(scoring.BASE + scoring.WEIGHTS[name] < 0.5 for name in FOR_A_PAIR if name != "words")


@pytest.mark.parametrize("language", scoring.THRESHOLDS)
def test_thresholds_are_probabilities_and_words_alone_must_say_more(language: str) -> None:
    said = scoring.thresholds(language)
    assert 0 < said.dated <= said.undated < 1
    assert said.merge >= 1
    assert said.undated * said.merge <= 1, "two undated stories could never grow together"
    assert said.dated >= LEAST


@pytest.mark.parametrize("language", ["", "xx", "eu", "other"])
def test_a_language_without_labelled_data_has_thresholds_too(language: str) -> None:
    assert scoring.thresholds(language) == scoring.OTHER


def test_the_file_says_where_its_numbers_come_from() -> None:
    assert SAYS["learned"]["by"] == "bench/calibrate.py"
    assert all(said["pairs"] >= said["same_event"] > 0 for said in SAYS["learned"]["pairs"].values())
    assert tuple(SAYS["weights"]) == FEATURES
