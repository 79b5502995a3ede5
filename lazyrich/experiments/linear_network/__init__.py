"""Wide and deep linear networks beside their exact flow."""
