//! The command line: arguments in, sentences out.

mod words;
