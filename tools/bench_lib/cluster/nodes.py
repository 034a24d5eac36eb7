"""The NATS server and the nodes, and how they are looked at."""

import contextlib
import dataclasses
import http.client
import json
import os
import pathlib
import time

from ..runs import RunFailed, free_ports, started
from ..scenarios import GATEWAY


@dataclasses.dataclass(frozen=True)
class Node:
    pid: int
    port: int
    management: int

    def cpu_seconds(self):
        """Of its threads, to the nanosecond: /proc/PID/stat counts in ticks of 10 ms."""
        tasks = pathlib.Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


@contextlib.contextmanager
def running_nats(folder, cpu):
    """Yields its URL."""
    (port,) = free_ports(1)
    command = ["nats-server", "-a", "127.0.0.1", "-p", str(port), "-l", str(folder / "nats.log")]
    with started(command, None, [port], cpu):
        yield f"nats://127.0.0.1:{port}"


@contextlib.contextmanager
def running_node(options, nats, cpu, settings=()):
    """A node of the cluster on `nats`, or one that is alone; it is ready."""
    port, management = free_ports(2)
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    env |= {"INBOUND_PORT": str(port), "API_HTTP_PORT": str(management)} | GATEWAY | dict(settings)
    if nats:
        env |= {"CLUSTER_URL": nats}
    with started([options.programs / "rig"], env | options.env, [port, management], cpu) as process:
        node = Node(process.pid, port, management)
        wait_until_ready(node)
        yield node


def wait_until_ready(node):
    """Looks as often as a millisecond allows, as the time until then is measured too."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if ask(node.management, "GET", "/health/ready")[0] == 200:
                return
        time.sleep(0.001)
    raise RunFailed("a node does not get ready")


def ask(port, method, path, body=None, content_type="application/json"):
    """(status, body) of one request."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        return send(connection, method, path, body, content_type)


def send(connection, method, path, body=None, content_type="application/json"):
    """The same on a connection that stays."""
    text = None if body is None else json.dumps(body)
    connection.request(method, path, text, {"content-type": content_type} if text else {})
    answer = connection.getresponse()
    return answer.status, answer.read()
