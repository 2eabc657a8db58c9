"""One module per AWS service: what its resources and metrics are called, and what they signal."""
