"""The codes that newscrawl writes into a store, gathered from where its code declares them."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any

import scrapy.core.engine
import scrapy.exceptions
from scrapy.extensions import closespider, memusage

from dedupe import furniture_store
from dedupe.model import LASTING
from newscrawl import (
    addresses,
    facts,
    fetching,
    guard,
    headline,
    health,
    jobs,
    jsonl,
    languages,
    limits,
    outlet,
    outlets,
    page,
    pipelines,
    reading,
    reextract,
    rejects,
    runs,
    shares,
    sitemap_files,
)

REASON_MODULES = (addresses, fetching, guard, jsonl, page, pipelines, reading, rejects, sitemap_files)
ENDING_MODULES = (jobs, limits, runs, scrapy.core.engine, closespider, memusage)
UNSAID = "cancelled"
"""Scrapy's reason where whoever closes a crawl says none."""
OF_THE_RUN = ("running", "stopped", "failed", "crashed")
"""What stands where nothing is written down of an outlet's crawl: a good run has written it down of all."""


@cache
def tree(module: ModuleType) -> ast.Module:
    """The syntax of a module."""
    return ast.parse(inspect.getsource(module))


def functions(module: ModuleType) -> dict[str, ast.AST]:
    """The functions and methods of a module by their names."""
    found = (node for node in ast.walk(tree(module)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {node.name: node for node in found}


def calls(node: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call in it, with the last name of what is called."""
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            match one.func:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    yield name, one


def texts(node: ast.AST | None) -> set[str]:
    """The strings that an expression may come to; of one that is put together, how it begins."""
    match node:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp(body=one, orelse=other):
            return texts(one) | texts(other)
        case ast.BoolOp(values=several):
            return set().union(*map(texts, several))
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            return {text}
    return set()


def named(call: ast.Call, name: str) -> set[str]:
    """The strings that an argument given by its name may be."""
    return set().union(*(texts(one.value) for one in call.keywords if one.arg == name))


def firsts_of_pairs(node: ast.AST) -> set[str]:
    """What stands first in the pairs in it."""
    return set().union(*(texts(one.elts[0]) for one in tuples(node) if len(one.elts) == 2))


def lasts_of_pairs(node: ast.AST) -> set[str]:
    """What stands second in the pairs in it."""
    return set().union(*(texts(one.elts[1]) for one in tuples(node) if len(one.elts) == 2))


def tuples(node: ast.AST) -> Iterator[ast.Tuple]:
    return (one for one in ast.walk(node) if isinstance(one, ast.Tuple) and isinstance(one.ctx, ast.Load))


# --- the four lists -----------------------------------------------------------------------------


def reasons() -> set[str]:
    """Every reason of a reject; `http-` and `fetch-` are how many more begin."""
    found = set(guard.REASONS | LASTING | page._TROUBLES.keys() | {sitemap_files.BROKEN, sitemap_files.CUT})
    for module in REASON_MODULES:
        found |= set().union(*(reasons_given(name, call) for name, call in calls(tree(module))))
    for function in (*functions(page).values(), *functions(rejects).values()):
        if re.search(r"Reason|tuple\[str, str\] \| None", returned(function)):
            found |= firsts_of_pairs(function)
    told = (one for one in ast.walk(functions(outlet)["reason_of"]) if isinstance(one, ast.Return))
    return found.union(*(texts(one.value) for one in told))


def reasons_given(name: str, call: ast.Call) -> set[str]:
    """The reasons that a call gives to what it makes."""
    if name in {"Refused", "Refusal", "BadLineError"}:
        return texts(call.args[0])
    if name == "_reject" and len(call.args) == 4:
        return texts(call.args[2])
    return named(call, "reason") if name == "Reject" else set()


def returned(function: Any) -> str:
    """How a function says what it returns."""
    return ast.unparse(function.returns) if function.returns else ""


def failures() -> set[str]:
    """The reasons for which Scrapy says that a page could not be downloaded, but for those that the guard words."""
    errors = [one for name, one in vars(scrapy.exceptions).items() if name.startswith(("Download", "CannotResolve"))]
    return {f"fetch-{one.__name__}" for one in errors if guard.reason(one("")) is None}


def ends() -> set[str]:
    """Every reason for which a crawl ends, and how a run stands whose crawl has none."""
    found = {*limits.CLEAN_ENDS, *OF_THE_RUN, UNSAID}
    for module in ENDING_MODULES:
        for name, call in calls(tree(module)):
            if name in {"close_spider_async", "close_async", "_close_spider"}:
                found |= named(call, "reason") | (texts(call.args[0]) if call.args else set())
        for one in ast.walk(tree(module)):
            match one:
                case ast.Assign(targets=[ast.Name(id="why" | "default_reason")], value=value):
                    found |= texts(value)
    return found


def rules() -> set[str]:
    """Every rule that gives an article's field."""
    found = firsts_of_pairs(functions(page)["_layers"]) - facts._RULES.keys() | set(facts._RULES.values())
    for function in (*functions(facts).values(), *functions(headline).values(), functions(page)["_article"]):
        found |= lasts_of_pairs(function) if "url" not in returned(function) else set()
    for one in ast.walk(functions(page)["_body"]):
        if isinstance(one, ast.Assign) and "source" in ast.unparse(one.targets[0]):
            found |= set().union(*map(texts, getattr(one.value, "elts", [one.value])))
    for module in (outlet, reextract, jsonl):
        found |= of_provenance(module)
    return {one for one in found if re.fullmatch(r"[a-z-]+", one)} | {furniture_store.LEARNED}


def of_provenance(module: ModuleType) -> set[str]:
    """The rules that a module gives to fields by itself."""
    found: set[str] = set()
    for one in ast.walk(tree(module)):
        match one:
            case ast.Dict(keys=keys, values=values):
                pairs = zip(keys, values, strict=True)
                found |= set().union(*(texts(value) for key, value in pairs if texts(key) == {"published_text"}))
            case ast.keyword(arg="provenance", value=ast.DictComp(value=value)):
                found |= texts(value)
    return found


def fields() -> set[str]:
    """Every field of an article of which it is known which rule gave it."""
    found = {*page._FIELDS.values(), *page._CREDITS, furniture_store.AS_PRINTED, "body"}
    for one in ast.walk(functions(page)["_article"]):
        match one:
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id="picked"), slice=name)]):
                found |= texts(name)
    return found


def alarms() -> set[str]:
    """Every kind of alarm."""
    found = {one.kind for one in shares.MEASURES}
    for name, call in calls(tree(shares)):
        found |= texts(call.args[0]) if name == "Measure" else set()
    for one in tuples(functions(health)["judge"]):
        if len(one.elts) == 2 and texts(one.elts[1]) == {""}:
            found |= texts(one.elts[0])
    return found


def spoken() -> set[str]:
    """Every language that pages are read in."""
    return set(languages.known()) | {one.language for one in outlets.coded().values() if one.language}


def countries() -> set[str]:
    """Every country of an outlet."""
    return {one.country for one in outlets.coded().values() if one.country}
