"""Who is shown and kept how often, by region and tax status: counts by day, no visitor."""
