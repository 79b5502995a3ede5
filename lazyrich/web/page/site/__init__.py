"""The pages of the app as one site: their names, questions and addresses, and the frame around each of them."""
