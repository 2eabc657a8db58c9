"""The source of evidence for the seats' tests: a shop simulated request by request."""
