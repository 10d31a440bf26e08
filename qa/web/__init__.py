"""The web page over a store: what it shows, and the server it runs on."""
