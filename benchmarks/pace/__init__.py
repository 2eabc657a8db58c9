"""Quorum at AWS's own pace: its real parts in process, on a virtual clock, over a model of AWS."""
