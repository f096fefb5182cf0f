"""The steps that make the deployment package. `infra/package.py` runs them."""


class PackageError(Exception):
    """The package cannot be made. The message has the reason."""
