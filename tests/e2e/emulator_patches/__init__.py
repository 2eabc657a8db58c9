"""The patched emulator behaves like AWS, by its API."""
