"""Deploys a package to an AWS account with CloudFormation, and removes it."""


class DeploymentError(Exception):
    """A program cannot continue. The message has the reason and the next step."""
