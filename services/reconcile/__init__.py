"""Bringing the stream back to what the journal remembers, when it was rewound, replaced or damaged."""
