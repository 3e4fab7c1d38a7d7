"""The door of dedupe: what newscrawl may import, and nothing deeper."""

from dedupe.clustering import ClusterReport, cluster, waiting
from dedupe.compare import Own, Utterance, Wording
from dedupe.covering import Coverage, Covered, StoryLine, coverage, resolve, story_list
from dedupe.evaluation import Evaluation, evaluate
from dedupe.furniture_store import Furniture, FurnitureShown, FurnitureStore, Printed
from dedupe.lookup import Explanation, Found, Match, explain, look_up
from dedupe.model import Article, Quote, Reject
from dedupe.store import Saved, Store, StoreError, connect, moment, now, open_store, transaction

__all__ = [
    "Article",
    "ClusterReport",
    "Coverage",
    "Covered",
    "Evaluation",
    "Explanation",
    "Found",
    "Furniture",
    "FurnitureShown",
    "FurnitureStore",
    "Match",
    "Own",
    "Printed",
    "Quote",
    "Reject",
    "Saved",
    "Store",
    "StoreError",
    "StoryLine",
    "Utterance",
    "Wording",
    "cluster",
    "connect",
    "coverage",
    "evaluate",
    "explain",
    "look_up",
    "moment",
    "now",
    "open_store",
    "resolve",
    "story_list",
    "transaction",
    "waiting",
]
