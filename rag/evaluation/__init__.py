"""Measuring how well papers are found and questions answered."""
