"""What is told of a listing by the form and the names of its elements, before it is read."""
