"""The HTTP API: one blueprint per noun of the URL space."""
