"""From records to calls made of values: types, words, structures and signatures."""
