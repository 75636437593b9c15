"""Reviews that the two sides of a contract give each other, and the rating made of them."""
