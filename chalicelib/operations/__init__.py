"""The queues and dead letters, for operators."""
