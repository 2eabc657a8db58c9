"""The model of AWS behind `python -m benchmarks.pace`."""
