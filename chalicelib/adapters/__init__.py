"""The world behind the ports: DynamoDB, SQS, HTTP, the clock."""
