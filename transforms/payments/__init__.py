"""Payments to finance, and back."""
