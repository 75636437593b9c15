"""The public side of profiles: searching, viewing and keeping the search index in step."""
