"""The deployment package, step by step; `infra/package.py` takes the steps."""


class PackageError(Exception):
    """There is no package, and the message says what stands in its way."""
