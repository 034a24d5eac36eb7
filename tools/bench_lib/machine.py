"""The machine: what it is, who may run where, and whether it is quiet enough to measure."""

import datetime
import os
import pathlib
import platform
import resource
import subprocess
import time


def pick_cpus():
    """(load, server): the first two CPUs that we may use, or None for both where there is only one."""
    cpus = sorted(os.sched_getaffinity(0))
    return (cpus[0], cpus[1]) if len(cpus) > 1 else (None, None)


def pinned_to(cpu):
    """What a child does before it runs: bind itself to a CPU, and open as many files as it may."""

    def prepare():
        if cpu is not None:
            os.sched_setaffinity(0, {cpu})
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    return prepare


def busy_seconds():
    """Of all CPUs since the machine started."""
    fields = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:8]
    user, nice, system, _idle, _wait, irq, softirq = map(int, fields)
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def wait_until_quiet(patience):
    """Waits, at most `patience` seconds, for a second in which the machine has next to nothing to do."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        before = busy_seconds()
        time.sleep(1)  # the measurement itself: /proc/stat counts in ticks of 10 ms
        if busy_seconds() - before < 0.15:
            return


def value_of(path, name):
    """The value of the first line `name…: value` or `name…=value`."""
    for line in pathlib.Path(path).read_text().splitlines():
        if line.startswith(name):
            return line.split("=" if "=" in line else ":", 1)[1].strip()
    return "unknown"


def output_of(root, *command):
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout.strip()


def commit_of(root):
    git = ("git", "-c", "safe.directory=*")
    commit = output_of(root, *git, "rev-parse", "--short=12", "HEAD") or "none"
    return commit + (" with changes" if output_of(root, *git, "status", "--porcelain") else "")


def describe(root, programs, is_built_here):
    """`is_built_here`: the programs were just built from this tree; otherwise the gateway says what it was built from."""
    cache = programs.parent / "CMakeCache.txt"
    build = "unknown"
    if cache.is_file():
        compiler = value_of(cache, "CMAKE_CXX_COMPILER:")
        lto = ", ThinLTO" if value_of(cache, "RIG_LTO:") == "ON" else ""
        build = f"{value_of(cache, 'CMAKE_BUILD_TYPE:')}{lto}, {output_of(root, compiler, '--version').splitlines()[0]}"
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "commit": commit_of(root) if is_built_here else f"of {output_of(root, programs / 'rig', '--version')}",
        "build": build,
        "cpu": value_of("/proc/cpuinfo", "model name"),
        "cpus": len(os.sched_getaffinity(0)),
        "memory": f"{int(value_of('/proc/meminfo', 'MemTotal').split()[0]) / 2**20:.0f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
    }
