"""Checks of an account and a configuration, before and after a deployment; nothing here ships."""
