"""The audit: every check of `daybook verify`, evidence files, and the verifier that needs nothing of Daybook."""
