"""The contract of the memory on each adapter."""
