"""Runs the scenarios and prints the table."""

import statistics
import subprocess
import tempfile

from .. import machine
from ..groups import Group, summary
from ..runs import RunFailed
from ..table import number, render, spread, verdict
from . import load, servers
from .scenarios import SCENARIOS

DESCRIPTION = """Measures the gateway as a reverse proxy beside nginx and haproxy, in turn, for the same backend.

  tools/bench proxy                 everything, five runs of each
  tools/bench proxy --quick         one short run of each: to see that it works, not to compare
  tools/bench proxy --only 64k      what has `64k` in its name; further names after a comma
"""

def run_once(folder, backend, name, server, options):
    scenario = SCENARIOS[name]
    with servers.running(server, folder, backend, options, scenario) as (processes, port):
        machine.wait_until_quiet(0 if options.quick else 10)
        tokens = (folder / "tokens" / "tokens").read_text().splitlines()
        load.expect_body(port, scenario, tokens[0] if scenario.has_token else None)
        how = load.measure_slow if scenario.slow else load.measure
        return {"scenario": name, "server": server} | how(folder, processes, port, scenario, options)


def run_all(options, say):
    results, problems = [], []
    with tempfile.TemporaryDirectory() as path:
        folder = load.folder_of(path)
        subprocess.run([options.programs / "rig_tokens", "64", folder / "tokens"], check=True)
        with servers.running_backend(folder, options.cpus[0]) as backend:
            for name in options.names:
                for turn in range(options.runs):
                    for server in SCENARIOS[name].servers:
                        say(f"{name} {server}, run {turn + 1} of {options.runs}")
                        try:
                            result = run_once(folder, backend, name, server, options)
                        except RunFailed as error:
                            problems.append(f"{name} {server}: {error}")
                            continue
                        if result["errors"]:
                            problems.append(f"{name} {server}: {result['errors']} requests failed")
                        results.append(result)
    return results, problems


def values_of(results, name, server, key):
    return [run[key] for run in results if (run["scenario"], run["server"], key in run) == (name, server, True)]


def goal_cells(figure, name, results):
    """(ratio, goal, whether it is reached)"""
    own = values_of(results, name, "rig", figure.key)
    if figure.value_max is not None:
        return "", f"≤ {figure.value_max:,g}", bool(own) and statistics.median(own) <= figure.value_max
    if figure.goal is None:
        return "", "", None
    is_server = figure.goal.against in servers_of(results)
    other = (values_of(results, name, figure.goal.against, figure.key) if is_server else
             values_of(results, figure.goal.against, "rig", figure.key))
    if not own or not other:
        return "", figure.goal.text(), False
    ratio = statistics.median(own) / statistics.median(other)
    return number(ratio, 2), figure.goal.text(), figure.goal.is_reached(ratio)


def servers_of(results):
    return {run["server"] for run in results} | {"nginx", "haproxy"}


def table(names, results):
    columns = ("nginx", "haproxy", "rig")
    rows, missed, goals = [], [], 0
    for name in names:
        for index, figure in enumerate(SCENARIOS[name].figures):
            found = [values_of(results, name, server, figure.key) for server in columns]
            texts = [spread(values, figure.digits) if values else "" for values in found]
            ratio, goal, is_reached = goal_cells(figure, name, results)
            goals += is_reached is not None
            if is_reached is False:
                missed.append(f"{name} ({figure.label})")
            rows.append(["" if index else name, figure.label, *texts, ratio, goal,
                         "" if is_reached is None else verdict(is_reached)])
    header = ["scenario", "figure", *(f"{server}: median (min to max)" for server in columns), "ratio", "goal", "reached"]
    return f"{render(header, rows)}\n\n{summary(goals, missed)}"


GROUP = Group(
    name="proxy",
    description=DESCRIPTION,
    scenarios=SCENARIOS,
    run_all=run_all,
    table=table,
    placement=lambda load_cpu, cpu: f"proxy on CPU {cpu}, wrk and the backend on CPU {load_cpu}",
    programs=("rig", "rig_tokens"),
    needed=("nginx", "haproxy", "wrk"),
    runs=5,
)


def main(arguments, root, build, say):
    parser = GROUP.parser()
    parser.add_argument("--duration", type=int, help="seconds of a run (5; with --quick 1)")
    options = GROUP.parse(parser, arguments)
    options.duration = options.duration or (1 if options.quick else 5)
    options.warmup = 1
    options.slow_rounds = 3 if options.quick else 15
    return GROUP.run(options, root, build, say)
