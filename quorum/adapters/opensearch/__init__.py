"""OpenSearch: a domain, a serverless collection, or a local server."""
