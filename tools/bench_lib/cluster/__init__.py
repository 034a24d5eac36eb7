"""Two nodes on a NATS server, beside one alone."""
