"""The pages of the app as one site: their names, questions and addresses, and what stands around each of them."""
