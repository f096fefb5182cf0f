"""JMESPath filters and transforms: checked when they are written, metered when they run."""
