"""The rules of Quorum, pure: standard library and pydantic, no AWS, no clock, no randomness."""
