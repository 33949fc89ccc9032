//! Letters to our own people: notices, escalations with evidence and trust line, broken promises, digests, alarms.
