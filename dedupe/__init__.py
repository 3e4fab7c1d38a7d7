"""The door of dedupe: what newscrawl may import, and nothing deeper."""

from dedupe.cluster import ClusterReport, cluster, waiting
from dedupe.compare import Own, Utterance, Wording, marked, own, passages, utterances
from dedupe.evaluate import Evaluation, evaluate
from dedupe.lookup import Explanation, Found, Match, coverage_order, explain, look_up
from dedupe.model import Article, Quote, Reject
from dedupe.store import Saved, Store, StoreError, connect, moment, now, open_store

__all__ = [
    "Article", "ClusterReport", "Evaluation", "Explanation", "Found", "Match", "Own", "Quote", "Reject", "Saved", "Store",
    "StoreError", "Utterance", "Wording", "cluster", "connect", "coverage_order", "evaluate", "explain", "look_up", "marked", "moment",
    "now", "open_store", "own", "passages", "utterances", "waiting",
]
