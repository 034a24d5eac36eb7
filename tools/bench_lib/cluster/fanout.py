"""An event enters on one node and has its clients on another."""

import contextlib
import json
import pathlib
import subprocess
import tempfile

from .. import machine
from ..runs import RunFailed
from .nodes import running_nats, running_node

LOAD = "--peer rig --transport sse"
QUICK = "--duration 1.5 --warmup 0.5 --settle 0.5"


def run_load(options, label, what, receiver, publish_port):
    command = [options.programs / "rig_load", "--label", label, *LOAD.split(), *what.split(), *(QUICK.split() if options.quick else []),
               "--server-pid", str(receiver.pid), "--port", str(receiver.port), "--publish-port", str(publish_port)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=300, check=False,
                          preexec_fn=machine.pinned_to(options.cpus[0]))
    if done.returncode not in (0, 1):
        raise RunFailed(f"{label}: the load ended with status {done.returncode}, its reason is above")
    return json.loads(done.stdout)


def run(way, options, connections, rate):
    """`way`: `alone`, or `cluster`. The node with the clients has a CPU for itself."""
    connections = min(connections, 1000) if options.quick else connections
    what = f"--connections {connections} --rate {rate}"
    load_cpu, server_cpu = options.cpus
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        nats = stack.enter_context(running_nats(folder, load_cpu)) if way == "cluster" else None
        receiver = stack.enter_context(running_node(options, nats, server_cpu))
        entry = stack.enter_context(running_node(options, nats, load_cpu)) if nats else receiver
        machine.wait_until_quiet(options.patience)
        before = entry.cpu_seconds()
        result = run_load(options, f"{connections} x {rate}/s {way}", what, receiver, entry.management)
        result["entry_cpu_s"] = entry.cpu_seconds() - before
    return result | {"errors": 0 if result["clean"] else 1}
