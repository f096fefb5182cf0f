"""Implementations of the ports: DynamoDB, SQS, KMS, HTTP, the clock."""
