//! The command line: arguments in, sentences out, one file a subcommand.
//!
//! Read `args` (the tree of commands), `context` and `session` (how a command meets the
//! ledger), then any subcommand. Only `output` prints; only `session` and `demo` open a ledger
//! that exists. What people type is read by `words`.

mod access_log;
mod answer;
mod args;
mod assign;
mod audit_pack;
mod backup;
mod checkpoint;
mod claim;
mod completions;
mod confirm;
mod contact;
mod context;
mod correct;
mod demo;
mod describe;
mod doctor;
mod expect;
mod explaining;
mod export;
mod failure;
mod fields;
mod figure;
mod flags;
mod history;
mod info;
mod init;
mod issuing;
mod link;
mod list;
mod lookup;
mod man;
mod moments;
mod moving;
mod note;
mod obstacle;
mod output;
mod passphrase;
mod progress;
mod promise;
mod receipt;
mod record;
mod recorded;
mod register;
mod replay;

mod report;
mod restore;
mod retract;
pub mod run;
mod search;
mod serve;
mod session;
mod show;
mod source;
mod sources;
mod stopping;
mod synth;
mod things;
mod token;
mod trouble;
mod trust;
mod value;
mod verify;
mod verify_report;
mod vouched;
mod witness;
mod words;
mod writing;
