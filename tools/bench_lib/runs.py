"""One run: a fresh server, the load, and the server's end."""

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import time

from .machine import pinned_to, wait_until_quiet
from .scenarios import GATEWAY, SCENARIOS

SERVERS = ("floor", "rig")
TOKENS = "tokens"  # the files that rig_tokens writes
KEY = "key.pem"
ATTEMPTS = 3  # for a run during which others used the machine


class RunFailed(Exception):
    """The run gave no figures."""


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def wait_for_port(port, name, server):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if server.poll() is not None:
            raise RunFailed(f"{name} ended with status {server.returncode} at its start")
        time.sleep(0.02)
    raise RunFailed(f"{name} does not open port {port}")


def server_command(server, options, ports, scenario):
    """The command and its environment; nothing that the caller has set for the gateway gets in, but for --env."""
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    if server == "floor":
        return [options.programs / "rig_floor", str(ports[0]), *scenario.floor_flags], env
    env |= {"INBOUND_PORT": str(ports[0]), "API_HTTP_PORT": str(ports[1])}
    if scenario.tokens:
        env |= {"JWT_SECRET_KEY": f"{options.tokens}/{KEY}", "JWT_ALG": "RS256"}
    return [options.programs / "rig"], env | GATEWAY | scenario.env | options.env


@contextlib.contextmanager
def started(command, env, ports, cpu):
    """A server on a CPU, once its ports are open; yields its process, which has ended afterwards."""
    name = pathlib.Path(command[0]).name
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, preexec_fn=pinned_to(cpu))
    try:
        for port in ports:
            wait_for_port(port, name, process)
        yield process
        if process.poll() is not None:
            raise RunFailed(f"{name} ended with status {process.returncode} under load")
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def running(server, options, scenario, cpu):
    """Yields (pid, port for clients, port for publishing)."""
    ports = free_ports(2 if server == "rig" else 1)
    command, env = server_command(server, options, ports, scenario)
    with started(command, env, ports, cpu) as process:
        yield process.pid, ports[0], ports[-1]
    if server == "rig" and process.returncode != 0:
        raise RunFailed(f"rig ended with status {process.returncode} when it was asked to stop")


def run_once(name, server, options):
    scenario = SCENARIOS[name]
    load_cpu, server_cpu = options.cpus
    with running(server, options, scenario, server_cpu) as (pid, port, publish_port):
        wait_until_quiet(options.patience)
        flags = f"--peer {server} {scenario.load} {scenario.quick if options.quick else ''}".split()
        command = [options.programs / "rig_load", "--label", f"{name} {server}", *flags]
        if scenario.tokens:
            command += ["--storm-tokens", f"{options.tokens}/{TOKENS}"]
        command += ["--server-pid", str(pid), "--port", str(port), "--publish-port", str(publish_port)]
        try:
            load = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=300, check=False,
                                  preexec_fn=pinned_to(load_cpu))
        except subprocess.TimeoutExpired as error:
            raise RunFailed(f"{name} {server}: the load does not end") from error
    if load.returncode not in (0, 1):
        raise RunFailed(f"{name} {server}: the load ended with status {load.returncode}, its reason is above")
    result = json.loads(load.stdout)
    result |= {"scenario": name, "server": server, "flags": " ".join(flags),
               "noisy": result["other_cores"] > options.noise}
    return result


def run_quietly(name, server, options, say):
    """Repeats a run during which others used the machine; the last attempt counts in any case."""
    for attempt in range(1, ATTEMPTS + 1):
        result = run_once(name, server, options)
        if not result["noisy"] or not result["clean"] or options.quick or attempt == ATTEMPTS:
            return result
        say("  others used the machine meanwhile; again")
    raise AssertionError("unreachable")


@contextlib.contextmanager
def with_tokens(names, options, say):
    """`options.tokens` is a folder with as many tokens as the scenarios need, and the key that goes with them."""
    count = max((SCENARIOS[name].tokens for name in names), default=0)
    with tempfile.TemporaryDirectory() as options.tokens:
        if count:
            say(f"making {count:,} tokens")
            subprocess.run([options.programs / "rig_tokens", str(count), options.tokens], check=True)
        yield


def run_all(names, options, say):
    """The runs, and what went wrong. Floor and gateway take turns, so that a change of the machine hits both."""
    with with_tokens(names, options, say):
        return run_in_turn(names, options, say)


def run_in_turn(names, options, say):
    results, problems = [], []
    for turn in range(options.runs):
        for name in names:
            for server in SERVERS:
                try:
                    result = run_quietly(name, server, options, say) | {"turn": turn}
                except RunFailed as error:
                    say(str(error))
                    problems.append(str(error))
                    continue
                results.append(result)
                if not result["clean"]:
                    problems.append(f"{name} {server}: not every client got each event once, whole and in order")
    return results, problems
