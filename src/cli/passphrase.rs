//! The passphrase of the ledger's signing key: from the environment, from a file, or typed unseen at a terminal. It is never
//! an option of the command line, where every user of the machine could read it.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use super::failure::Failure;
use crate::service::checkpoint::key_file::Passphrase;

/// The environment's word for the passphrase itself.
const GIVEN: &str = "DEALTRAIL_KEY_PASSPHRASE";
/// The environment's word for a file with the passphrase.
const FILE: &str = "DEALTRAIL_KEY_PASSPHRASE_FILE";
/// The same of the key that is to follow, where it is to have another.
const NEXT_GIVEN: &str = "DEALTRAIL_NEW_KEY_PASSPHRASE";
/// A file with it.
const NEXT_FILE: &str = "DEALTRAIL_NEW_KEY_PASSPHRASE_FILE";
/// The longest that is typed, in bytes.
const LONGEST: usize = 1_024;

/// The passphrase of a key that is there; `None` where there is none and nobody to type it.
pub(super) fn given() -> Result<Option<Passphrase>, Failure> {
    match from_environment(GIVEN, FILE)? {
        Some(passphrase) => Ok(Some(passphrase)),
        None => typed("Passphrase of the signing key: "),
    }
}

/// Lets `act` ask for the passphrase of a key when it needs it. Why it could not be asked for comes before whatever `act`
/// says without it.
pub(super) fn handed<T>(
    act: impl FnOnce(&mut dyn FnMut() -> Option<Passphrase>) -> T,
) -> Result<T, Failure> {
    let mut problem = None;
    let done = act(&mut || {
        given().unwrap_or_else(|failure| {
            problem = Some(failure);
            None
        })
    });
    problem.map_or(Ok(done), Err)
}

/// The passphrase of a key that is to be made; typed, it is typed twice.
pub(super) fn chosen() -> Result<Option<Passphrase>, Failure> {
    if let Some(passphrase) = from_environment(GIVEN, FILE)? {
        return Ok(Some(passphrase));
    }
    typed_twice()
}

/// The passphrase of a key that is to follow another: its own, else the same from the environment, else typed twice.
pub(super) fn next() -> Result<Option<Passphrase>, Failure> {
    match from_environment(NEXT_GIVEN, NEXT_FILE)? {
        Some(passphrase) => Ok(Some(passphrase)),
        None => chosen(),
    }
}

fn typed_twice() -> Result<Option<Passphrase>, Failure> {
    let Some(first) = typed("Passphrase for the new signing key: ")? else {
        return Ok(None);
    };
    let again = typed("The same once more: ")?;
    match again.is_some_and(|again| again.is(&first)) {
        true => Ok(Some(first)),
        false => Err(Failure::refused(
            "passphrase",
            "the two passphrases differ: no key was made",
        )),
    }
}

fn from_environment(given: &str, file: &str) -> Result<Option<Passphrase>, Failure> {
    let said = |name| std::env::var_os(name).filter(|word| !word.is_empty());
    if let Some(word) = said(given) {
        return Ok(Some(Passphrase::new(word.into_vec())));
    }
    let Some(path) = said(file) else {
        return Ok(None);
    };
    let read = fs::read(Path::new(&path)).map(Zeroizing::new);
    let bytes = read.map_err(|error| {
        let path = path.to_string_lossy();
        Failure::broken("passphrase", format!("{file}: {path}: {error}"))
    })?;
    let line = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    Ok(Some(Passphrase::new(line.to_vec())))
}

fn typed(label: &str) -> Result<Option<Passphrase>, Failure> {
    // Not standard input: that may be a pipe while somebody sits at the terminal.
    let Ok(mut terminal) = File::options().read(true).write(true).open("/dev/tty") else {
        return Ok(None);
    };
    let ask = || -> io::Result<Option<Passphrase>> {
        let usual = tcgetattr(&terminal)?;
        let mut unseen = usual.clone();
        // Signals are off too: a program that is interrupted here would leave the terminal mute.
        let off = LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        unseen.local_modes.remove(off);
        tcsetattr(&terminal, OptionalActions::Flush, &unseen)?;
        let line = write!(terminal, "{label}").and_then(|()| line(&mut terminal));
        tcsetattr(&terminal, OptionalActions::Flush, &usual)?;
        writeln!(terminal)?;
        line
    };
    let failure = |error| Failure::broken("passphrase", format!("the terminal: {error}"));
    let mut ask = ask;
    match ask().map_err(failure)? {
        Some(passphrase) => Ok(Some(passphrase)),
        None => Err(Failure::broken(
            "interrupted",
            "interrupted: nothing was signed",
        )),
    }
}

/// What is typed up to Enter; `None` when it is broken off.
fn line(terminal: &mut impl Read) -> io::Result<Option<Passphrase>> {
    let mut typed = Zeroizing::new(Vec::with_capacity(LONGEST));
    let mut byte = Zeroizing::new([0]);
    loop {
        if terminal.read(byte.as_mut_slice())? == 0 {
            return Ok(None);
        }
        match *byte {
            [b'\r' | b'\n'] => return Ok(Some(Passphrase::new(typed.to_vec()))),
            // Ctrl-C, Ctrl-D, Ctrl-\.
            [0x03 | 0x04 | 0x1c] => return Ok(None),
            // Backspace takes the whole last letter, whatever its bytes.
            [0x08 | 0x7f] => while typed.pop().is_some_and(|last| last & 0xc0 == 0x80) {},
            // Ctrl-U takes everything.
            [0x15] => typed.clear(),
            [other] if typed.len() < LONGEST => typed.push(other),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_taken_as_meant() {
        let taken = |bytes: &[u8]| line(&mut &*bytes).unwrap();
        let is = |bytes: &[u8], wanted: &str| {
            taken(bytes).is_some_and(|one| one.is(&Passphrase::new(wanted.into())))
        };
        assert!(is(b"brick works\n", "brick works"));
        assert!(is(b"brix\x7fck\r", "brick"));
        assert!(is("é\u{7f}e\n".as_bytes(), "e"));
        assert!(is(b"wrong\x15right\n", "right"));
        assert!(is(b"\x7f\x7fa\n", "a"));
        for broken_off in [&b"brick\x03"[..], b"\x04", b"", b"brick"] {
            assert!(taken(broken_off).is_none());
        }
    }
}
