"""The micro benchmarks: Google Benchmark's figures, in nanoseconds of processor time."""

import json
import re
import statistics
import subprocess

from .machine import wait_until_quiet

# Benchmarks (by a part of their name) that must stay below a time, whatever their argument is.
GOALS_NS = {"equality": 300}


def run_micro(options):
    """{name: [ns of each repetition]}"""
    wait_until_quiet(options.patience)
    command = [
        options.programs / "rig_micro",
        "--benchmark_format=json",
        f"--benchmark_repetitions={options.runs}",
        f"--benchmark_min_time={0.05 if options.quick else 0.3}",
    ]
    # Not bound to a CPU: some of them measure what threads do to each other.
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=1800, check=True)
    to_ns = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
    times = {}
    for entry in json.loads(done.stdout)["benchmarks"]:
        if entry["run_type"] == "iteration" and not entry.get("error_occurred"):
            times.setdefault(entry["run_name"], []).append(entry["cpu_time"] * to_ns[entry["time_unit"]])
    return times


def goal_of(name):
    return next((goal for part, goal in GOALS_NS.items() if re.search(part, name, re.IGNORECASE)), None)


def micro_rows(times):
    """Rows of (name, median, min, max, ratio to the first of its family, goal)."""
    first = {}
    rows = []
    for name, values in times.items():
        median = statistics.median(values)
        reference = first.setdefault(name.rsplit("/", 1)[0], median)
        rows.append((name, median, min(values), max(values), median / reference, goal_of(name)))
    return rows
