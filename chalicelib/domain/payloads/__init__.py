"""Payloads: the bodies that receivers get."""
