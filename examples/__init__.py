"""Programs over imagetx's public functions: the loop that sends, and a gateway."""
