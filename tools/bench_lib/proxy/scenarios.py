"""What is asked of the proxies, and what the gateway should reach beside nginx."""

import dataclasses

KIB, MIB = 2**10, 2**20
SECURED = "/secured/1k"
ROUTES = 1000  # in the scenario with many; the last one is asked for


@dataclasses.dataclass(frozen=True)
class Goal:
    """The gateway's figure, divided by the same figure of `against`: a proxy, or another scenario of the gateway."""

    against: str
    ratio_max: float | None = None
    ratio_min: float | None = None

    def text(self):
        limit = f"≤ {self.ratio_max:g}" if self.ratio_max is not None else f"≥ {self.ratio_min:g}"
        return f"{limit} × {self.against}"

    def is_reached(self, ratio):
        return ratio <= self.ratio_max if self.ratio_max is not None else ratio >= self.ratio_min


@dataclasses.dataclass(frozen=True)
class Figure:
    key: str
    label: str
    goal: Goal | None = None
    value_max: float | None = None  # of the gateway
    digits: int = 1


@dataclasses.dataclass(frozen=True)
class Scenario:
    title: str
    path: str
    figures: tuple[Figure, ...]
    servers: tuple[str, ...] = ("nginx", "haproxy", "rig")
    connections: int = 64
    body: int = KIB
    has_token: bool = False
    has_many_routes: bool = False
    slow: str = ""  # "down" or "up": clients that take or give a body slowly, instead of wrk


def figures(rate=None, cpu=None, p99=None):
    return (
        Figure("requests_per_s", "requests/s", rate, digits=0),
        Figure("cpu_us_per_request", "CPU µs/request", cpu),
        Figure("p99_ms", "latency p99 ms", p99, digits=2),
    )


def large():
    return (
        Figure("mib_per_s", "MiB/s", Goal("nginx", ratio_min=0.9), digits=0),
        Figure("cpu_us_per_request", "CPU µs/request"),
        Figure("p99_ms", "latency p99 ms", digits=2),
    )


AT_LEAST = Goal("nginx", ratio_min=1)
AT_MOST = Goal("nginx", ratio_max=1)
SLOW = (Figure("bytes_per_request", "memory B/request", value_max=8 * KIB, digits=0),)

SCENARIOS = {
    "plain": Scenario("1 KiB from the backend", "/static/1k", figures(AT_LEAST, AT_MOST, AT_MOST)),
    "secured": Scenario(
        "the same, each request with a token (RS256, one for each of 64 users)",
        SECURED,
        figures(cpu=Goal("plain", ratio_max=1.2)),
        servers=("rig",),
        has_token=True,
    ),
    "routes": Scenario(
        f"the same, the last of {ROUTES:,} routes",
        f"/route{ROUTES - 1}/1k",
        figures(AT_LEAST, AT_MOST, AT_MOST),
        has_many_routes=True,
    ),
    "64k": Scenario("64 KiB from the backend", "/static/64k", large(), body=64 * KIB),
    "16m": Scenario("16 MiB from the backend, 8 connections", "/static/16m", large(), connections=8, body=16 * MIB),
    "slow-down": Scenario(
        "1,000 clients that take 16 MiB, some bytes at a time", "/static/16m", SLOW, connections=1000,
        body=16 * MIB, slow="down",
    ),
    "slow-up": Scenario(
        "1,000 clients that send 1 MiB, some bytes at a time", "/static/1k", SLOW, connections=1000,
        slow="up",
    ),
}
