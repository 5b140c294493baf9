"""Files for the servers of an installation: NATS, PostgreSQL, Prometheus, and what to do after a loss.

They travel in the wheel; `daybook deploy` writes them out.
"""
