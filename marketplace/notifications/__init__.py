"""Mail that leaves: reactions that are nobody else's, and the mail reader of development."""
