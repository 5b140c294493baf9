"""The stream DAYBOOK on NATS JetStream: provisioning, appending, following."""
