"""The rules of Quorum. Pure: standard library and pydantic, no AWS, no clock, no randomness."""
