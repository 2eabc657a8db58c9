"""The memory's pure parts: entries, rankings, passages."""
