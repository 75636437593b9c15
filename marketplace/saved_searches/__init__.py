"""Searches a person saved, and the mails that tell what is new or changed among their matches."""
