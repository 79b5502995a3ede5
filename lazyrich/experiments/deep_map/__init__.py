"""Map of the test accuracy of deep networks over scale and balance."""
