"""The load: wrk, which asks as fast as it is answered, and clients that are slow on purpose."""

import contextlib
import json
import pathlib
import selectors
import socket
import subprocess
import time

from ..machine import pinned_to
from ..runs import RunFailed
from .scenarios import MIB

# Each connection has the token of one user. What wrk found is printed as JSON.
SCRIPT = """
local tokens, requests = {}, {}
function init(args)
  for index, file in ipairs(args) do
    for line in io.lines(file) do tokens[#tokens + 1] = line end
  end
  for index, token in ipairs(tokens) do
    requests[index] = wrk.format(nil, nil, {["authorization"] = "Bearer " .. token})
  end
  if #requests == 0 then requests[1] = wrk.format() end
end
local turn = 0
function request()
  turn = turn % #requests + 1
  return requests[turn]
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\\nRESULT {"requests": %d, "bytes": %d, "us": %d, "p50_us": %f, "p99_us": %f, "errors": %d}\\n',
    summary.requests, summary.bytes, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


def expect_body(port, scenario, token):
    """One request, to see that the right thing is measured."""
    header = f"authorization: Bearer {token}\r\n" if token else ""
    with socket.create_connection(("127.0.0.1", port), 10) as one:
        one.sendall(f"GET {scenario.path} HTTP/1.1\r\nhost: bench\r\n{header}connection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: one.recv(MIB), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200 ") or len(body) != scenario.body:
        raise RunFailed(f"{scenario.path} is answered by {head[:60]!r} and {len(body)} bytes")


def wrk(folder, port, scenario, seconds, cpu):
    script = folder / "load.lua"
    script.write_text(SCRIPT)
    command = ["wrk", "--latency", "-t1", f"-c{scenario.connections}", f"-d{seconds}s", "--timeout", "30s", "-s", script,
               f"http://127.0.0.1:{port}{scenario.path}"]
    if scenario.has_token:
        command += ["--", folder / "tokens" / "tokens"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=False,
                          preexec_fn=pinned_to(cpu))
    for line in done.stdout.splitlines():
        if line.startswith("RESULT "):
            return json.loads(line.removeprefix("RESULT "))
    raise RunFailed(f"wrk ended with status {done.returncode}: {done.stderr.strip()[:200]}")


def measure(folder, processes, port, scenario, options):
    """The figures of one run with wrk."""
    wrk(folder, port, scenario, options.warmup, options.cpus[0])
    before = processes.cpu_seconds()
    found = wrk(folder, port, scenario, options.duration, options.cpus[0])
    used = processes.cpu_seconds() - before
    requests = max(found["requests"], 1)
    return {
        "requests_per_s": requests / found["us"] * 1e6,
        "mib_per_s": found["bytes"] / found["us"] * 1e6 / MIB,
        "cpu_us_per_request": used / requests * 1e6,
        "cpu_cores": used / found["us"] * 1e6,
        "p50_ms": found["p50_us"] / 1000,
        "p99_ms": found["p99_us"] / 1000,
        "errors": found["errors"],
    }


def slow_request(scenario):
    if scenario.slow == "down":
        return f"GET {scenario.path} HTTP/1.1\r\nhost: bench\r\n\r\n".encode()
    return f"POST {scenario.path} HTTP/1.1\r\nhost: bench\r\ncontent-length: {MIB}\r\n\r\n".encode()


def give_or_take(clients, scenario):
    """One round: each client takes, or gives, some bytes of its body."""
    failed = 0
    for one in clients:
        with contextlib.suppress(BlockingIOError):
            if scenario.slow == "up":
                one.send(b"some bytes of a body ")
            elif not one.recv(64):
                failed += 1
    return failed


def measure_slow(folder, processes, port, scenario, options):
    """What the proxy's memory grows by while all of them are under way."""
    expect_body(port, scenario, None)  # what a first request costs is not the clients'
    before = processes.pss_bytes()
    with contextlib.ExitStack() as stack, selectors.DefaultSelector() as waiting:
        clients = []
        for _ in range(scenario.connections):
            one = stack.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # so that little is under way
            one.connect(("127.0.0.1", port))
            one.sendall(slow_request(scenario))
            one.setblocking(False)
            clients.append(one)
            if scenario.slow == "down":
                waiting.register(one, selectors.EVENT_READ)
        deadline = time.monotonic() + 30
        while waiting.get_map():  # each has the beginning of its answer
            if time.monotonic() > deadline:
                raise RunFailed(f"{len(waiting.get_map())} of the clients get no answer")
            for key, _ in waiting.select(1):
                waiting.unregister(key.fileobj)
        failed = 0
        for _ in range(options.slow_rounds):
            failed += give_or_take(clients, scenario)
            time.sleep(0.2)  # that they are slow is what is measured
        grown = processes.pss_bytes() - before
    return {"bytes_per_request": grown / scenario.connections, "errors": failed}


def folder_of(path):
    folder = pathlib.Path(path)
    folder.chmod(0o755)  # nginx reads its files as somebody else
    for name in ("body", "proxy", "f", "u", "s", "tokens"):
        (folder / name).mkdir(exist_ok=True)
    return folder
