"""The Lambda functions of the queues and the schedule: one module each."""
