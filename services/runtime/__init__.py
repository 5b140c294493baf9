"""Parts that every process needs: a clean end, logs, metrics, health, TLS, private files, text that is safe to show."""
