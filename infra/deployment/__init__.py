"""Puts a package into an AWS account, by CloudFormation, and takes it out again."""


class DeploymentError(Exception):
    """What was asked for cannot be done; the message says why, and what to do."""
