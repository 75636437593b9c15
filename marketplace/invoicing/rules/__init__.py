"""Owns what an invoice is made of and when it may leave; pure: never reads, renders or stores."""
