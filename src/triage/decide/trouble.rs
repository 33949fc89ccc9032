//! Something is wrong with triaged's own work: the operators are told.
