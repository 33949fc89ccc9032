//! HTML to plain text: block boundaries, list marks, tables and link targets are kept; scripts and hidden text are not.
