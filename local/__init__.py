"""The service on one machine: the engine, the API and the workers. It never ships to Lambda."""
