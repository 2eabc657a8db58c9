"""Ports: the interfaces to the outside, with the errors that each call may raise.

Every port has one adapter per technology in `adapters/` and a fake in `tests/fakes`; the same
contract tests run against both. Unless stated otherwise, a call may raise StoreUnavailableError.
"""
