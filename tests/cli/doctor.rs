//! `doctor` at the terminal: whole, damaged, mended, and damaged where no copy helps.

use std::fs;
use std::os::unix::fs::FileExt;

use super::desk::Desk;

fn rot(desk: &Desk) {
    let path = desk.ledger().join("journal/000000");
    let name = b"Brick works";
    let bytes = fs::read(&path).unwrap();
    let at = bytes.windows(name.len()).position(|part| part == name);
    let file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.write_all_at(&[name[0] ^ 1], at.unwrap() as u64)
        .unwrap();
}

fn code(desk: &Desk, words: &str) -> Option<i32> {
    desk.quiet(words).status.code()
}

#[test]
fn the_doctor_names_and_mends() {
    let mut desk = Desk::with_two_agreements();
    desk.say("doctor");
    rot(&desk);
    assert_eq!(code(&desk, "doctor"), Some(1));
    desk.say("doctor").say("doctor --repair");
    assert_eq!(code(&desk, "doctor"), Some(0));
    desk.say("doctor");
    insta::assert_snapshot!(desk.said());
}

#[test]
fn without_a_copy_nothing_is_touched_and_the_hint_says_so() {
    let mut desk = Desk::with_two_agreements();
    rot(&desk);
    rot_again(&desk);
    fs::remove_dir_all(desk.ledger().join("sled")).unwrap();
    assert_eq!(code(&desk, "doctor --repair"), Some(2));
    desk.say("doctor --repair");
    insta::assert_snapshot!(desk.said());
}

/// A second flip in the same frame: no single bit mends it.
fn rot_again(desk: &Desk) {
    let path = desk.ledger().join("journal/000000");
    let name = b"rick works";
    let bytes = fs::read(&path).unwrap();
    let at = bytes.windows(name.len()).position(|part| part == name);
    let file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.write_all_at(&[name[0] ^ 2], at.unwrap() as u64)
        .unwrap();
}
