"""A node joins a cluster that knows a lot."""

import concurrent.futures
import contextlib
import http.client
import pathlib
import tempfile
import time

from ..runs import RunFailed
from .nodes import ask, running_nats, running_node, send

WRITERS = 4


def definition(index):
    return {
        "id": f"api{index}",
        "name": f"api{index}",
        "version_data": {"default": {"endpoints": [{"id": "get", "method": "GET", "path": f"/api{index}/things"}]}},
        "proxy": {"target_url": "127.0.0.1", "port": 9},
    }


def cut_off(index):
    return {"sessionId": f"session-{index}", "validityInSeconds": 3600}


def write_all(port, path, bodies):
    def write(part):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            for body in part:
                status, text = send(connection, "POST", path, body)
                if status != 201:
                    raise RunFailed(f"{path} is answered by {status} {text[:200]!r}")

    with concurrent.futures.ThreadPoolExecutor(WRITERS) as pool:
        for done in [pool.submit(write, bodies[part::WRITERS]) for part in range(WRITERS)]:
            done.result()


def run(_way, options):
    apis, sessions = (100, 1000) if options.quick else (10_000, 100_000)
    load_cpu, server_cpu = options.cpus
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        nats = stack.enter_context(running_nats(folder, load_cpu))
        first = stack.enter_context(running_node(options, nats, load_cpu))
        before = time.monotonic()
        write_all(first.management, "/v3/apis", [definition(index) for index in range(apis)])
        apis_written = time.monotonic()
        write_all(first.management, "/v3/session-blacklist", [cut_off(index) for index in range(sessions)])
        sessions_written = time.monotonic()
        start = time.monotonic()
        second = stack.enter_context(running_node(options, nats, server_cpu))
        seconds = time.monotonic() - start
        knows = (ask(second.management, "GET", f"/v3/apis/api{apis - 1}")[0] == 200
                 and ask(second.management, "GET", f"/v3/session-blacklist/session-{sessions - 1}")[0] == 200)
        return {
            "ready_s": seconds,
            "ready_cpu_s": second.cpu_seconds(),
            "api_writes_per_s": apis / (apis_written - before),
            "session_writes_per_s": sessions / (sessions_written - apis_written),
            "errors": 0 if knows else 1,
        }
