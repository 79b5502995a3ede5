"""The page Start: a lazy and a rich network beside each other, and three ways to go on."""
