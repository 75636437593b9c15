"""Owns agreements: offers, versions, documents, signatures, evidence; never moves money."""
