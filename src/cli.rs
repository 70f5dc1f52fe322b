//! The command line: arguments in, sentences out.

mod demo;
mod words;
