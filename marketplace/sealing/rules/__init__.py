"""What a sealed file must satisfy; pure functions of bytes, usable without a database."""
