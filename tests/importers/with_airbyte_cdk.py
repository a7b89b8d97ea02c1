"""Reads every stream of manifests with airbyte-cdk, in an environment of its own: jobs on stdin, counts on stdout."""

import json
import sys
from pathlib import Path

import yaml
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource

counts = {}
for job in json.load(sys.stdin):
    manifest = yaml.safe_load(Path(job["manifest"]).read_text())
    source = ConcurrentDeclarativeSource(catalog=None, config=job["config"], state=[], source_config=manifest)
    found = counts[job["name"]] = {}
    for stream in source.streams(job["config"]):
        found[stream.name] = sum(1 for part in stream.generate_partitions() for _ in part.read())
print("counts:" + json.dumps(counts))
