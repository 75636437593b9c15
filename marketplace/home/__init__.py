"""The front door: home page, "how it works", theme and language, robots and sitemap."""
