"""The examples in docstrings hold."""

import doctest
import importlib
import pkgutil

import pytest

import dedupe
import newscrawl

MODULES = sorted(
    info.name
    for package in (dedupe, newscrawl)
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
)


def test_there_are_examples() -> None:
    found = [test for name in MODULES for test in doctest.DocTestFinder().find(importlib.import_module(name))]
    assert sum(bool(test.examples) for test in found) >= 8


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert not result.failed
