"""Find the passages of a store that answer a query: by words, by meaning and by filter, in one ranking."""
