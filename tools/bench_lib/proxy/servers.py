"""The backend and the proxies: their settings, alike as far as they go, and how they are started and looked at."""

import contextlib
import json
import os
import pathlib

from ..runs import RunFailed, free_ports, started
from .scenarios import KIB, MIB, ROUTES

BODIES = {"1k": KIB, "64k": 64 * KIB, "16m": 16 * MIB}

# nginx: one worker, nothing logged, and a place for all clients.
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx-{port}.pid; error_log stderr crit;
worker_rlimit_nofile 20000;
events {{ worker_connections 10000; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; keepalive_timeout 600s;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; client_max_body_size 0;
  {http}
  server {{ listen 127.0.0.1:{port} backlog=4096; {server} }}
}}
"""
NGINX_UPSTREAM = "upstream backend {{ server 127.0.0.1:{backend}; keepalive 64; keepalive_requests 100000000; }}"
NGINX_PROXY = 'proxy_pass http://backend{path}; proxy_http_version 1.1; proxy_set_header Connection "";'

HAPROXY = """
global
  nbthread 1
  maxconn 8000
  no log
defaults
  mode http
  option http-keep-alive
  http-reuse always
  timeout connect 5s
  timeout client 600s
  timeout server 600s
frontend clients
  bind 127.0.0.1:{port} backlog 4096
  {rules}
  default_backend none
backend all
  server one 127.0.0.1:{backend}
backend routed
  http-request replace-path /route[0-9]+/(.*) /static/\\1
  server one 127.0.0.1:{backend}
backend none
  http-request deny deny_status 404
"""


def backend_config(folder, port):
    """Serves files of the sizes there are, and takes any body for the same answer."""
    return NGINX.format(folder=folder, port=port, http="", server=f"root {folder}/files; error_page 405 =200 $uri;")


def nginx_config(folder, port, backend, has_many_routes):
    places = [("/static/", "")]
    if has_many_routes:
        places = [(f"/route{index}/", "/static/") for index in range(ROUTES)]
    server = "\n".join(f"location {place} {{ {NGINX_PROXY.format(path=path)} }}" for place, path in places)
    return NGINX.format(folder=folder, port=port, http=NGINX_UPSTREAM.format(backend=backend), server=server)


def haproxy_config(folder, port, backend, has_many_routes):
    if has_many_routes:
        prefixes = folder / "routes"
        prefixes.write_text("".join(f"/route{index}/ routed\n" for index in range(ROUTES)))
        rules = f"use_backend %[path,map_beg({prefixes},none)]"
    else:
        rules = "use_backend all if { path_beg /static/ }"
    return HAPROXY.format(port=port, backend=backend, rules=rules)


def definitions(backend, has_many_routes):
    def endpoint(name, **rest):
        return {"id": name, "method": "GET", **rest}

    endpoints = [
        endpoint("static", path_regex="/static/[^/]+"),
        endpoint("upload", path_regex="/static/[^/]+") | {"method": "POST"},
        endpoint("secured", path_regex="/secured/([^/]+)", path_replacement="/static/\\1", secured=True),
    ]
    if has_many_routes:
        endpoints = [
            endpoint(f"route{index}", path_regex=f"/route{index}/([^/]+)", path_replacement="/static/\\1")
            for index in range(ROUTES)
        ]
    return [
        {
            "id": "bench",
            "name": "bench",
            "auth_type": "jwt",
            "proxy": {"target_url": "127.0.0.1", "port": backend},
            "version_data": {"default": {"endpoints": endpoints}},
        }
    ]


def gateway(folder, port, management, backend, options, has_many_routes):
    """The command of the gateway and its environment."""
    file = folder / "apis.json"
    file.write_text(json.dumps(definitions(backend, has_many_routes)))
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    env |= {
        "INBOUND_PORT": str(port),
        "API_HTTP_PORT": str(management),
        "PROXY_CONFIG_FILE": str(file),
        "JWT_SECRET_KEY": str(folder / "tokens" / "key.pem"),
        "JWT_ALG": "RS256",
        "LOG_LEVEL": "error",
        "RIG_SHARDS": "1",
        "RIG_CONNECTIONS_MAX": "100000",
        "RIG_PROXY_CONNECTIONS_MAX": "2000",  # as the others: each slow client may hold one
        "PROXY_RECV_TIMEOUT": "600000",
        "RIG_REQUEST_BODY_TIMEOUT": "600s",
    }
    return [options.programs / "rig"], env | options.env


def command_of(server, folder, port, backend, options, scenario):
    many = scenario.has_many_routes
    if server == "rig":
        return gateway(folder, port, free_ports(1)[0], backend, options, many)
    config = folder / f"{server}-{port}.conf"
    text = {"nginx": nginx_config, "haproxy": haproxy_config}[server](folder, port, backend, many)
    config.write_text(text)
    command = {"nginx": ["nginx", "-p", folder, "-c", config], "haproxy": ["haproxy", "-db", "-q", "-f", config]}[server]
    return command, None


@contextlib.contextmanager
def running_backend(folder, cpu):
    """Yields its port."""
    files = folder / "files" / "static"
    files.mkdir(parents=True, exist_ok=True)
    for name, size in BODIES.items():
        (files / name).write_bytes(bytes(65 + index % 26 for index in range(KIB)) * (size // KIB))
    (port,) = free_ports(1)
    config = folder / "backend.conf"
    config.write_text(backend_config(folder, port))
    with started(["nginx", "-p", folder, "-c", config], None, [port], cpu):
        yield port


@contextlib.contextmanager
def running(server, folder, backend, options, scenario):
    """Yields (pids, port) of a proxy."""
    (port,) = free_ports(1)
    command, env = command_of(server, folder, port, backend, options, scenario)
    with started(command, env, [port], options.cpus[1]) as process:
        yield Processes(process.pid), port


class Processes:
    """A process and its children: an nginx is a master and its worker."""

    def __init__(self, pid):
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        self.pids = [pid, *map(int, children)]

    def cpu_seconds(self):
        total = 0
        for pid in self.pids:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / os.sysconf("SC_CLK_TCK")

    def pss_bytes(self):
        def of(pid):
            for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * KIB
            raise RunFailed(f"no memory figures of process {pid}")

        return sum(map(of, self.pids))
