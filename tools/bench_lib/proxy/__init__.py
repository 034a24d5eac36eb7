"""`tools/bench proxy`: the gateway as a reverse proxy beside nginx and haproxy, for the same backend."""
