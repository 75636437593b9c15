"""Owns the rules of money between two people: recorded payments, what a payee still needs."""
