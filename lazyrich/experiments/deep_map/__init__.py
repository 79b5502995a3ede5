"""Test accuracy of deep networks over scale and balance, as a map."""
