"""Sandboxes: local stand-ins of applications, found in the catalog, run on loopback, counted and made to fail."""

from weftline.testing.sandboxes.app import Reply, Request, SandboxApp, json_reply
from weftline.testing.sandboxes.cli import main
from weftline.testing.sandboxes.discovery import Sandbox, default_catalog, discover, find
from weftline.testing.sandboxes.faults import ConnectionCut, Fault, FaultPlan
from weftline.testing.sandboxes.options import SandboxOptions, parse_options
from weftline.testing.sandboxes.placement import Placement, read_file
from weftline.testing.sandboxes.runner import run_file, run_one, serve, serve_all
from weftline.testing.sandboxes.running import RunningSandbox, running
from weftline.testing.sandboxes.server import SandboxServer

__all__ = [
    "ConnectionCut",
    "Fault",
    "FaultPlan",
    "Placement",
    "Reply",
    "Request",
    "RunningSandbox",
    "Sandbox",
    "SandboxApp",
    "SandboxOptions",
    "SandboxServer",
    "default_catalog",
    "discover",
    "find",
    "json_reply",
    "main",
    "parse_options",
    "read_file",
    "run_file",
    "run_one",
    "running",
    "serve",
    "serve_all",
]
