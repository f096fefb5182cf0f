"""The Lambda functions behind queues and schedules: one module each."""
