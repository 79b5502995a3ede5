"""Faults: experiments, connections and inputs that fail in a way chosen by a test."""
