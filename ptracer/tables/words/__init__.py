"""Integers with meaning: which generated group of constants a flag word or a choice is made of."""
