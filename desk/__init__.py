"""The desk: what colleagues note down about people, and what they still have to do."""
