"""The door of dedupe: what newscrawl may import, and nothing deeper."""

from dedupe.clustering import ClusterReport, cluster, waiting
from dedupe.compare import Own, Utterance, Wording
from dedupe.covering import Coverage, Covered, LinkedStory, StoryLine, coverage, emptied, resolve, story_list
from dedupe.decisions import Decision, DecisionError, UnknownError, decision, decisions, merge, split, undo
from dedupe.evaluation import Evaluation, evaluate
from dedupe.file_store import FileStore, Reached
from dedupe.furniture_store import Furniture, FurnitureShown, FurnitureStore, Printed
from dedupe.host_store import HostState, HostStore, RobotsCopy
from dedupe.importing import ImportReport, import_job
from dedupe.lookup import Explanation, Found, Match, explain, look_up
from dedupe.merging import MergeReport, merge_store, name_stories, stories_here, stories_there
from dedupe.model import Article, Quote, Reject
from dedupe.page_store import Announced, ListingState, PageState, PageStore
from dedupe.reading_store import ReadingStore, Version, as_version, at_time, reread
from dedupe.run_store import Alarm, RunStatus, RunStore
from dedupe.spark_job import JobReport, run_job
from dedupe.store import Saved, Store, StoreError, connect, moment, now, open_store, transaction
from dedupe.tidying import StoryChange, TidyReport, tidy

__all__ = [
    "Alarm",
    "Announced",
    "Article",
    "ClusterReport",
    "Coverage",
    "Covered",
    "Decision",
    "DecisionError",
    "Evaluation",
    "Explanation",
    "FileStore",
    "Found",
    "Furniture",
    "FurnitureShown",
    "FurnitureStore",
    "HostState",
    "HostStore",
    "ImportReport",
    "JobReport",
    "LinkedStory",
    "ListingState",
    "Match",
    "MergeReport",
    "Own",
    "PageState",
    "PageStore",
    "Printed",
    "Quote",
    "Reached",
    "ReadingStore",
    "Reject",
    "RobotsCopy",
    "RunStatus",
    "RunStore",
    "Saved",
    "Store",
    "StoreError",
    "StoryChange",
    "StoryLine",
    "TidyReport",
    "UnknownError",
    "Utterance",
    "Version",
    "Wording",
    "as_version",
    "at_time",
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
    "reread",
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
