"""AWS's documented limits and the rule against recursive loops, for the simulated and the emulated account."""
