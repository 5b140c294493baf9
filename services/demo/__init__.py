"""The demo: a seeded story of a few hundred deals, sent through the public intake, and the reports over it."""
