"""Expressions that measure the price of work: typical, hostile and random ones."""
