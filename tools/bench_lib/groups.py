"""A group of benchmarks with a command of its own (`tools/bench proxy`, `tools/bench cluster`): its options, and what it prints."""

import argparse
import dataclasses
import json
import pathlib
import shutil
import sys
from collections.abc import Callable, Mapping

from . import machine


@dataclasses.dataclass(frozen=True)
class Group:
    name: str
    description: str
    scenarios: Mapping  # by name; each has a title
    run_all: Callable  # (options, say) -> results, problems
    table: Callable  # (names, results) -> text
    placement: Callable  # (CPU of the load, CPU of what is measured) -> text
    programs: tuple[str, ...]  # of ours
    needed: tuple[str, ...]  # of others
    runs: int  # of each scenario, unless it is said or --quick is

    def parser(self):
        parser = argparse.ArgumentParser(prog=f"tools/bench {self.name}", description=self.description,
                                         formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("--quick", action="store_true", help="one short run of each")
        parser.add_argument("--only", type=lambda text: text.split(","), default=[], metavar="NAMES")
        parser.add_argument("--list", action="store_true", help="print the scenarios and do nothing")
        parser.add_argument("--runs", type=int, help=f"of each scenario ({self.runs}; with --quick 1)")
        parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write all figures there")
        parser.add_argument("--programs", type=pathlib.Path, metavar="DIR",
                            help="measure the programs in there, build nothing")
        parser.add_argument("--env", type=lambda text: text.split("=", 1), action="append", default=[],
                            metavar="NAME=VALUE", help="a setting of the gateway; may be repeated")
        return parser

    def parse(self, parser, arguments):
        options = parser.parse_args(arguments)
        for word in options.only:
            if not any(word in name for name in self.scenarios):
                parser.error(f"no scenario is called {word!r}; there are {', '.join(self.scenarios)}")
        options.names = [name for name in self.scenarios
                         if not options.only or any(word in name for word in options.only)]
        options.runs = options.runs or (1 if options.quick else self.runs)
        options.env = dict(options.env)
        options.cpus = machine.pick_cpus()
        return options

    def run(self, options, root, build, say):
        """Returns the exit status."""
        titles = "\n".join(f"{name:12}{self.scenarios[name].title}" for name in options.names)
        if options.list:
            print(titles)
            return 0
        missing = [program for program in self.needed if shutil.which(program) is None]
        if missing:
            sys.exit(f"tools/bench {self.name} needs {', '.join(missing)}: tools/install bench")
        is_built_here = options.programs is None
        options.programs = build(self.programs) if is_built_here else options.programs.resolve()
        about = machine.describe(root, options.programs, is_built_here) | {"placement": self.placement(*options.cpus)}
        results, problems = self.run_all(options, say)
        for key, value in about.items():
            print(f"{key + ':':11}{value}")
        print(f"\n{titles}\n\n{self.table(options.names, results)}")
        if options.json:
            everything = {"machine": about, "runs": results, "problems": problems}
            options.json.write_text(json.dumps(everything, indent=1) + "\n")
        for problem in problems:
            print(f"PROBLEM: {problem}")
        return 1 if problems else 0


def summary(goals, missed):
    """The line below a table: how many goals there are, and the names of those that were missed."""
    return f"Goals reached: {goals - len(missed)} of {goals}." + (f" Missed: {'; '.join(missed)}." if missed else "")
