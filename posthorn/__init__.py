"""What programs and people use to talk to a Posthorn service. It knows the service by its HTTP API alone.

==========================  ==============================================================================
`posthorn.client`           the Python client: `Client` has an attribute for each noun of the API
`posthorn.schemas`          the types of its requests and results, generated from the OpenAPI document
`posthorn.signatures`       verifies the signature of a received request; needs only the standard library
`posthorn.cli`              the command `posthorn`, built on the client
==========================  ==============================================================================
"""

from typing import Final

__version__: Final = "0.1.0"
"""The only place that states the version; `pyproject.toml` reads it from here."""
