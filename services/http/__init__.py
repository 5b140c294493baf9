"""The HTTP server of the services: its protocol, limits, monitoring addresses, documents and metrics."""
