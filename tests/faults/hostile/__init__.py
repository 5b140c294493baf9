"""Malformed, oversized and hostile messages: made from the published schemas, and judged without the product."""
