//! Signals by word groups that stand together in one sentence, damped by negation, questions, past and hedges.
