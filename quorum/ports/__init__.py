"""What the logic needs from outside, in its own words, with the errors each call may raise.

Every port has one adapter per technology in `adapters/` and a fake in `tests/fakes`; the same
contract tests run against both. Unless said otherwise a call may raise StoreUnavailableError.
"""
