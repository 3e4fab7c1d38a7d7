"""The door of dedupe: what newscrawl may import, and nothing deeper."""

from dedupe.clustering import ClusterReport, cluster, waiting
from dedupe.compare import Own, Utterance, Wording
from dedupe.covering import Coverage, Covered, LinkedStory, StoryLine, coverage, emptied, resolve, story_list
from dedupe.decisions import Decision, DecisionError, UnknownError, decision, decisions, merge, split, undo
from dedupe.evaluation import Evaluation, evaluate
from dedupe.furniture_store import Furniture, FurnitureShown, FurnitureStore, Printed
from dedupe.importing import ImportReport, import_job
from dedupe.lookup import Explanation, Found, Match, explain, look_up
from dedupe.merging import MergeReport, merge_store, name_stories, stories_here, stories_there
from dedupe.model import Article, Quote, Reject
from dedupe.spark_job import JobReport, run_job
from dedupe.store import Saved, Store, StoreError, connect, moment, now, open_store, transaction
from dedupe.tidying import StoryChange, TidyReport, tidy

__all__ = [
    "Article",
    "ClusterReport",
    "Coverage",
    "Covered",
    "Decision",
    "DecisionError",
    "Evaluation",
    "Explanation",
    "Found",
    "Furniture",
    "FurnitureShown",
    "FurnitureStore",
    "ImportReport",
    "JobReport",
    "LinkedStory",
    "Match",
    "MergeReport",
    "Own",
    "Printed",
    "Quote",
    "Reject",
    "Saved",
    "Store",
    "StoreError",
    "StoryChange",
    "StoryLine",
    "TidyReport",
    "UnknownError",
    "Utterance",
    "Wording",
    "cluster",
    "connect",
    "coverage",
    "decision",
    "decisions",
    "emptied",
    "evaluate",
    "explain",
    "import_job",
    "look_up",
    "merge",
    "merge_store",
    "moment",
    "name_stories",
    "now",
    "open_store",
    "resolve",
    "run_job",
    "split",
    "stories_here",
    "stories_there",
    "story_list",
    "tidy",
    "transaction",
    "undo",
    "waiting",
]
