"""NATS: one client, where every override of nats-py stands, its addresses, connections and permissions."""
