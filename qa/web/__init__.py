"""The web page over a store: what it shows, and the server it runs on."""

# What gradio reads from the environment, to be set before it is imported: it tells nobody about us, and
# keeps no statistics of events (it would put all of them into a table anew after each).
GRADIO = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
}
