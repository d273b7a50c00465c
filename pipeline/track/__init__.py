"""Track: what was set, reported, kept and dropped across documents and years."""
