//! How pressing it is: a sum of points, each with its words.
