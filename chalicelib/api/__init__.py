"""The HTTP API: one blueprint for each noun of the URLs."""
