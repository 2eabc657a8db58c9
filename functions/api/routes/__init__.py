"""HTTP routes: paths, methods and schemas, and the one call behind each."""
