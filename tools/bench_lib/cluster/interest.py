"""Events of very many types, some of which are wanted on another node."""

import contextlib
import http.client
import json
import pathlib
import re
import socket
import tempfile
import threading
import time
import urllib.parse

from ..runs import RunFailed
from .nodes import ask, running_nats, running_node

TYPES = 100_000
BATCH = 250  # events in a request
PER_CLIENT = 200  # types that one client wants


def type_name(index):
    return f"com.example.bench.type{index}"


def batches(types):
    """Each type once."""
    for first in range(0, types, BATCH):
        yield json.dumps([{"specversion": "1.0", "type": type_name(index), "source": "/bench", "id": str(index),
                           "data": {"text": "x" * 100}} for index in range(first, first + BATCH)], separators=(",", ":"))


class Reader(threading.Thread):
    """A client that counts the events that it gets."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.socket = socket.create_connection(("127.0.0.1", port), 30)
        self.socket.sendall(b"GET /_rig/v1/connection/sse HTTP/1.1\r\nhost: bench\r\n\r\n")
        self.token = self.read_token()
        self.count = 0

    def read_token(self):
        text = b""
        while not (found := re.search(rb'"connection_token":"([^"]+)"', text)):
            piece = self.socket.recv(65536)
            if not piece:
                raise RunFailed(f"a client is answered {text[:200]!r}")
            text += piece
        return found[1].decode()

    def want(self, port, types):
        path = f"/_rig/v1/connection/sse/{urllib.parse.quote(self.token)}/subscriptions"
        body = {"subscriptions": [{"eventType": type_name(index)} for index in types]}
        status, text = ask(port, "PUT", path, body)
        if status >= 300:
            raise RunFailed(f"subscriptions are answered by {status} {text[:200]!r}")

    def run(self):
        last = b""
        with contextlib.suppress(OSError):
            while piece := self.socket.recv(1 << 18):
                text = last + piece
                # What is cut off is counted with the next piece, and nothing twice.
                mark = b'"source":"/bench"'
                self.count += text.count(mark)
                last = text[max(len(text) - len(mark) + 1, text.rfind(mark) + len(mark), 0):]


def publish(port, texts):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        for text in texts:
            connection.request("POST", "/v3/messages", text, {"content-type": "application/cloudevents-batch+json"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 202:
                raise RunFailed(f"a batch is answered by {answer.status} {body[:200]!r}")


def wait_for(readers, wanted):
    deadline = time.monotonic() + 20
    while sum(reader.count for reader in readers) < wanted and time.monotonic() < deadline:
        time.sleep(0.005)
    return wanted - sum(reader.count for reader in readers)


def run(way, options):
    """`way`: how many of a hundred types are wanted on the other node, or `alone`: one node, nobody wants any."""
    load_cpu, server_cpu = options.cpus
    share = 0 if way == "alone" else float(way)
    types = TYPES // 10 if options.quick else TYPES
    wanted = round(types * share / 100)
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        nats = None if way == "alone" else stack.enter_context(running_nats(folder, load_cpu))
        entry = stack.enter_context(running_node(options, nats, server_cpu))
        other = stack.enter_context(running_node(options, nats, server_cpu)) if nats else None
        readers = []
        # Spread over all types, so that no batch is wanted more than another.
        chosen = [index * types // wanted for index in range(wanted)]
        for first in range(0, wanted, PER_CLIENT):
            reader = Reader(other.port)
            readers.append(reader)
            reader.want(other.port, chosen[first:first + PER_CLIENT])
            reader.start()
        texts = list(batches(types))
        before = entry.cpu_seconds(), other.cpu_seconds() if other else 0
        publish(entry.management, texts)
        missing = wait_for(readers, wanted)
        return {
            "entry_us_per_event": (entry.cpu_seconds() - before[0]) / types * 1e6,
            "other_us_per_event": ((other.cpu_seconds() - before[1]) if other else 0) / types * 1e6,
            "delivered": wanted - missing,
            "errors": missing,
        }
