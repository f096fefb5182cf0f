"""Queues and dead letters, for operators."""
