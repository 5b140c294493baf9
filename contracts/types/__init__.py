"""Types of values in events: money, currencies, instants, days, time zones, identifiers and references."""
