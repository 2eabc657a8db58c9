"""Where the seats' tests get their evidence: a shop simulated request by request."""
