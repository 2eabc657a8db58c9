"""The sections of a post-mortem, each a function from the report's input to Markdown."""
