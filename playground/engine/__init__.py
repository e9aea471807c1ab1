"""The headless half of Playground: everything that learns. It never imports Qt."""
