"""Owns the reading of mandates, invoices and yearly figures; never writes."""
