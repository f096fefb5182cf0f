"""A simulated AWS account in virtual time: the service's handlers, with AWS's documented rules for SQS, Lambda, DynamoDB."""
