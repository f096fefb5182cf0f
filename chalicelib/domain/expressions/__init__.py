"""JMESPath filters and transforms: validated when a webhook is saved, metered when they run."""
