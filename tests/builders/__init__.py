"""Builders: one module per thing that tests build, each defined once with defaults that a test
overrides by keyword. Stand-ins for ports are in `tests.fakes`."""
