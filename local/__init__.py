"""The service on one machine: the engine, the API and the workers. It is never deployed to Lambda."""
