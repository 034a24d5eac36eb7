"""Runs the scenarios and prints the table."""

import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

from .. import machine
from ..runs import RunFailed
from ..table import number, render, spread, verdict
from . import load, servers
from .scenarios import SCENARIOS, selected

DESCRIPTION = """Measures the gateway as a reverse proxy beside nginx and haproxy, in turn, for the same backend.

  tools/bench proxy                 everything, five runs of each
  tools/bench proxy --quick         one short run of each: to see that it works, not to compare
  tools/bench proxy --only 64k      what has `64k` in its name; further names after a comma
"""
NEEDED = ("nginx", "haproxy", "wrk")


def parse(arguments):
    parser = argparse.ArgumentParser(prog="tools/bench proxy", description=DESCRIPTION,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one short run of each")
    parser.add_argument("--only", type=lambda text: text.split(","), default=[], metavar="NAMES")
    parser.add_argument("--list", action="store_true", help="print the scenarios and do nothing")
    parser.add_argument("--runs", type=int, help="of each scenario with each server (5; with --quick 1)")
    parser.add_argument("--duration", type=int, help="seconds of a run (5; with --quick 1)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--programs", type=pathlib.Path, metavar="DIR", help="measure the programs in there, build nothing")
    parser.add_argument("--env", type=lambda text: text.split("=", 1), action="append", default=[], metavar="NAME=VALUE",
                        help="a setting of the gateway; may be repeated")
    options = parser.parse_args(arguments)
    try:
        options.names = selected(options.only)
    except ValueError as error:
        parser.error(str(error))
    options.runs = options.runs or (1 if options.quick else 5)
    options.duration = options.duration or (1 if options.quick else 5)
    options.warmup = 1
    options.slow_rounds = 3 if options.quick else 15
    options.env = dict(options.env)
    options.cpus = machine.pick_cpus()
    return options


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
    summary = f"Goals reached: {goals - len(missed)} of {goals}." + (f" Missed: {'; '.join(missed)}." if missed else "")
    return f"{render(header, rows)}\n\n{summary}"


def main(arguments, root, build, say):
    options = parse(arguments)
    titles = "\n".join(f"{name:12}{SCENARIOS[name].title}" for name in options.names)
    if options.list:
        print(titles)
        return 0
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing:
        sys.exit(f"tools/bench proxy needs {', '.join(missing)}: tools/install bench")
    is_built_here = options.programs is None
    options.programs = build(("rig", "rig_tokens")) if is_built_here else options.programs.resolve()
    about = machine.describe(root, options.programs, is_built_here)
    about["placement"] = f"proxy on CPU {options.cpus[1]}, wrk and the backend on CPU {options.cpus[0]}"
    results, problems = run_all(options, say)
    for key, value in about.items():
        print(f"{key + ':':11}{value}")
    print(f"\n{titles}\n\n{table(options.names, results)}")
    if options.json:
        options.json.write_text(json.dumps({"machine": about, "runs": results, "problems": problems}, indent=1) + "\n")
    for problem in problems:
        print(f"PROBLEM: {problem}")
    return 1 if problems else 0
