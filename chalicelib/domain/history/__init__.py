"""History records, statistics and recoveries."""
