"""The HTTP server of the services: protocol, limits, monitoring addresses, documents, parameters, problems, metrics."""
