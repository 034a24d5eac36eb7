"""Runs the scenarios and prints the table."""

import dataclasses
import functools
import statistics
from collections.abc import Callable

from ..groups import Group, summary
from ..runs import RunFailed
from ..table import number, render, spread, verdict
from . import fanout, interest, join

DESCRIPTION = """Measures two nodes of a cluster on a NATS server, beside one node alone.

  tools/bench cluster                 everything, three runs of each
  tools/bench cluster --quick         one short run of each: to see that it works, not to compare
  tools/bench cluster --only fanout   what has `fanout` in its name; further names after a comma
"""


@dataclasses.dataclass(frozen=True)
class Goal:
    """What a figure of one way is held against: a number, or the same figure of another way, as a ratio or a difference."""

    limit: float
    way: str
    against: str = ""
    is_ratio: bool = False

    def text(self):
        beside = f" × {self.against}" if self.is_ratio else f" more than {self.against}" if self.against else ""
        return f"{self.way}: ≤ {self.limit:g}{beside}"

    def value(self, medians):
        own, other = medians[self.way], medians.get(self.against, 0)
        return own / other if self.is_ratio else own - other


@dataclasses.dataclass(frozen=True)
class Figure:
    key: str
    label: str
    goal: Goal | None = None
    digits: int = 2


@dataclasses.dataclass(frozen=True)
class Scenario:
    title: str
    run: Callable
    ways: tuple[str, ...]
    figures: tuple[Figure, ...]


SHARES = ("0", "1", "10")  # of a hundred
LATENCY = (
    Figure("latency_p50_ms", "latency p50 ms", Goal(1, "cluster", "alone")),
    Figure("latency_p99_ms", "latency p99 ms", Goal(5, "cluster", "alone")),
)
SCENARIOS = {
    "fanout": Scenario(
        "10 events/s to 10,000 clients of a node: published there, or on another node",
        functools.partial(fanout.run, connections=10_000, rate=10),
        ("alone", "cluster"),
        (
            Figure("server_cpu_us_per_delivery", "CPU µs/delivery, clients' node",
                   Goal(1.1, "cluster", "alone", is_ratio=True)),
            *LATENCY,
            Figure("deliveries_per_s", "deliveries/s", digits=0),
        ),
    ),
    "hop": Scenario(
        "100 events/s to 100 clients of a node: what the way over another node takes, without the wait for many clients",
        functools.partial(fanout.run, connections=100, rate=100),
        ("alone", "cluster"),
        LATENCY,
    ),
    "interest": Scenario(
        f"{interest.TYPES:,} event types, each published once; so many of a hundred are wanted on another node",
        interest.run,
        ("alone", *SHARES),
        (
            Figure("entry_us_per_event", "CPU µs/event, node of the publisher", Goal(5, "0", "alone")),
            Figure("other_us_per_event", "CPU µs/event published, other node"),
            Figure("delivered", "delivered", digits=0),
        ),
    ),
    "join": Scenario(
        "a node joins: 10,000 API definitions, 100,000 sessions that are cut off",
        join.run,
        ("cluster",),
        (
            Figure("ready_s", "s from the start until it is ready", Goal(3, "cluster")),
            Figure("ready_cpu_s", "CPU s of the node until then"),
            Figure("api_writes_per_s", "definitions written/s", digits=0),
            Figure("session_writes_per_s", "sessions cut off/s", digits=0),
        ),
    ),
}


def run_all(options, say):
    """The ways take turns, so that a change of the machine hits all."""
    results, problems = [], []
    for name in options.names:
        for turn in range(options.runs):
            for way in SCENARIOS[name].ways:
                say(f"{name} {way}, run {turn + 1} of {options.runs}")
                try:
                    result = SCENARIOS[name].run(way, options)
                except RunFailed as error:
                    problems.append(f"{name} {way}: {error}")
                    continue
                if result["errors"]:
                    problems.append(f"{name} {way}: not everything got through")
                results.append({"scenario": name, "way": way} | result)
    return results, problems


def values_of(results, name, way, key):
    return [run[key] for run in results if (run["scenario"], run["way"]) == (name, way)]


def goal_cells(goal, medians):
    """(what was reached, the goal, whether it is)"""
    if goal is None:
        return "", "", None
    if goal.way not in medians or (goal.against and goal.against not in medians):
        return "NO RUN", goal.text(), False
    value = goal.value(medians)
    return number(value, 2), goal.text(), value <= goal.limit


def table(names, results):
    rows, missed, goals = [], [], 0
    for name in names:
        for figure in SCENARIOS[name].figures:
            found = {way: values_of(results, name, way, figure.key) for way in SCENARIOS[name].ways}
            medians = {way: statistics.median(values) for way, values in found.items() if values}
            value, goal, is_reached = goal_cells(figure.goal, medians)
            goals += is_reached is not None
            if is_reached is False:
                missed.append(f"{name} ({figure.label})")
            for way, values in found.items():
                is_judged = figure.goal is not None and figure.goal.way == way
                rows.append([name, way, figure.label, spread(values, figure.digits) if values else "NO RUN",
                             *((value, goal, verdict(is_reached)) if is_judged else ("", "", ""))])
    header = ["scenario", "way", "figure", "median (min to max)", "beside", "goal", "reached"]
    return f"{render(header, rows)}\n\n{summary(goals, missed)}"


GROUP = Group(
    name="cluster",
    description=DESCRIPTION,
    scenarios=SCENARIOS,
    run_all=run_all,
    table=table,
    placement=lambda load_cpu, cpu: (f"the clients' node (interest: both nodes) on CPU {cpu}, "
                                     f"load, NATS and the other node on CPU {load_cpu}"),
    programs=("rig", "rig_load"),
    needed=("nats-server",),
    runs=3,
)


def main(arguments, root, build, say):
    options = GROUP.parse(GROUP.parser(), arguments)
    options.patience = 0 if options.quick else 10
    return GROUP.run(options, root, build, say)
