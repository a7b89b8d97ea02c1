"""Floor 11: makes connectors: tries their endpoints, learns from the answers."""

from weftline.builder.console import MOST_PAGES, Trial, try_endpoint
from weftline.builder.problems import problems_of
from weftline.builder.schema import infer

__all__ = ["MOST_PAGES", "Trial", "infer", "problems_of", "try_endpoint"]
