"""The person of a result: their height, and hands that are at the grips and close about them."""
