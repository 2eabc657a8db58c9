"""The routes: paths and methods, their shapes, and the one call behind each."""
