"""Measurements, each against a named baseline in the same run; none of them is a test."""
