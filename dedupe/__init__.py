"""The door of dedupe: what newscrawl may import, and nothing deeper."""

from dedupe.clustering import ClusterReport, cluster, waiting
from dedupe.compare import Own, Utterance, Wording
from dedupe.covering import Coverage, Covered, LinkedStory, StoryLine, coverage, emptied, resolve, story_list
from dedupe.decisions import Decision, DecisionError, UnknownError, decision, decisions, merge, split, undo
from dedupe.evaluation import Evaluation, evaluate
from dedupe.explaining import Explanation, explain
from dedupe.export_formats import Format
from dedupe.exporting import Exported, export_view
from dedupe.file_store import FileStore, Reached
from dedupe.furniture_store import Furniture, FurnitureShown, FurnitureStore, Printed
from dedupe.host_store import HostState, HostStore, RobotsCopy
from dedupe.importing import ImportReport, import_job
from dedupe.lookup import Found, Match, addresses_in, look_up
from dedupe.merging import MergeReport, merge_store, name_stories, stories_here, stories_there
from dedupe.model import Article, Quote, Reject
from dedupe.outgoing import ExportError, sync
from dedupe.page_store import Announced, ListingState, PageState, PageStore
from dedupe.plain import as_plain
from dedupe.publishing import Published, publish_store
from dedupe.reading_store import ReadingStore, Version, as_version, at_time, reread
from dedupe.run_store import Alarm, RunStatus, RunStore
from dedupe.schema import Column, View, views
from dedupe.searching import Filters, Results, search
from dedupe.spark_job import JobReport, run_job
from dedupe.store import Saved, Store, StoreError, StoreFullError, connect, moment, now, open_store, transaction
from dedupe.tidying import StoryChange, TidyReport, tidy

__all__ = [
    "Alarm",
    "Announced",
    "Article",
    "ClusterReport",
    "Column",
    "Coverage",
    "Covered",
    "Decision",
    "DecisionError",
    "Evaluation",
    "Explanation",
    "ExportError",
    "Exported",
    "FileStore",
    "Filters",
    "Format",
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
    "Published",
    "Quote",
    "Reached",
    "ReadingStore",
    "Reject",
    "Results",
    "RobotsCopy",
    "RunStatus",
    "RunStore",
    "Saved",
    "Store",
    "StoreError",
    "StoreFullError",
    "StoryChange",
    "StoryLine",
    "TidyReport",
    "UnknownError",
    "Utterance",
    "Version",
    "View",
    "Wording",
    "addresses_in",
    "as_plain",
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
    "export_view",
    "import_job",
    "look_up",
    "merge",
    "merge_store",
    "moment",
    "name_stories",
    "now",
    "open_store",
    "publish_store",
    "reread",
    "resolve",
    "run_job",
    "search",
    "split",
    "stories_here",
    "stories_there",
    "story_list",
    "sync",
    "tidy",
    "transaction",
    "undo",
    "views",
    "waiting",
]
