//! Signing, receipts and the auditor's checks as a person meets them.

use std::fs;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::Path;

use super::desk::Desk;
use crate::service::forgery::forge;

/// What was said, with keys, signatures, hashes and sizes that differ from run to run left out.
pub(super) fn without_signatures(said: &str) -> String {
    let word = |word: &str| {
        let letters = word.trim_end_matches(['.', ',', ';', ':']);
        let rest = &word[letters.len()..];
        let base64 = |text: &str| {
            text.len() >= 40
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
        };
        let hex = |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        match letters.splitn(3, '+').collect::<Vec<_>>().as_slice() {
            [name, id, key] if id.len() == 8 && base64(key) => format!("{name}+[id]+[key]{rest}"),
            _ if hex(letters) => format!("[root]{rest}"),
            _ if base64(letters) => format!("[base64]{rest}"),
            _ => word.to_owned(),
        }
    };
    let lines = said.lines().map(|line| {
        let words: Vec<String> = line.split(' ').map(word).collect();
        words.join(" ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

pub(super) fn signed() -> Desk {
    let mut desk = Desk::with_two_agreements();
    desk.done("trust key new --without-passphrase");
    desk
}

pub(super) fn keep(desk: &Desk, line: &str, file: &str) {
    let output = desk.quiet(line);
    assert_eq!(output.status.code(), Some(0), "{line}");
    fs::write(desk.path().join(file), output.stdout).unwrap();
}

#[test]
fn a_ledger_is_signed_proved_and_verified() {
    let mut desk = Desk::with_two_agreements();
    desk.say("verify")
        .say("trust")
        .say("receipt 7")
        .say("trust key new --without-passphrase")
        .say("trust key new --without-passphrase")
        .say("trust")
        .say("checkpoint")
        .say("checkpoint");
    keep(&desk, "checkpoint", "kept");
    keep(&desk, "trust", "policy");
    desk.done("note GLASS 'the map was sent'")
        .say("receipt 8")
        .say("receipt 5 --output entry.tlog-proof --record entry.json")
        .say("receipt 12")
        .say("verify receipt entry.tlog-proof --trust policy")
        .say("verify receipt entry.tlog-proof --trust policy --record entry.json")
        .say("verify receipt entry.tlog-proof --trust policy --record policy")
        .say("verify receipt policy --trust policy")
        .say("verify receipt entry.tlog-proof --trust entry.json")
        .say("verify receipt entry.tlog-proof --trust nowhere")
        .say("verify receipt entry.tlog-proof")
        .say("verify --checkpoint kept --trust policy")
        .say("verify --checkpoint policy")
        .say("verify");
    insta::assert_snapshot!(without_signatures(&desk.said()));
}

#[test]
fn a_key_is_changed_and_followed() {
    let mut desk = Desk::with_two_agreements();
    desk.say("trust key rotate --reason 'yearly rotation'");
    desk.done("trust key new --without-passphrase");
    keep(&desk, "trust", "old-policy");
    desk.say("trust key rotate")
        .say("trust key rotate --reason 'yearly rotation'")
        .say("trust")
        .say("verify --trust old-policy");
    insta::assert_snapshot!(without_signatures(&desk.said()));
    let info = desk.json("info");
    assert_eq!(
        (&info["signed"]["size"], &info["signed"]["behind"]),
        (&9.into(), &0.into())
    );
    assert!(info["signed"]["age_seconds"].as_u64().unwrap() < 600);
    assert!(info["signed"]["unsigned_since"].is_null());
    desk.done("note GLASS 'the map was sent'");
    let info = desk.json("info");
    assert_eq!(info["signed"]["behind"], 1);
    assert_eq!(info["signed"]["unsigned_since"], "2025-04-18T06:00:00Z");
    let words = info["signed"]["words"].as_str().unwrap();
    assert_eq!(
        words,
        "9 entries, signed less than a minute ago; 1 recorded since, the first on 2025-04-18 06:00 UTC"
    );
}

#[test]
fn damaged_tiles_are_named_and_made_again() {
    let mut desk = signed();
    desk.done("checkpoint");
    fs::write(desk.ledger().join("published/tile/0/000.p/8"), "rotten").unwrap();
    desk.say("verify")
        .say("doctor")
        .say("doctor --repair")
        .say("verify");
    insta::assert_snapshot!(without_signatures(&desk.said()));
    let published = desk.json("verify");
    assert_eq!(published["published"]["damaged"], serde_json::json!([]));
}

#[test]
fn a_ledger_that_is_not_what_it_signed_is_read_and_nothing_else() {
    let mut desk = signed();
    desk.done("checkpoint");
    forge(&desk.ledger(), |frames| drop(frames.pop()));
    desk.say("note GLASS 'the map was sent'")
        .say("checkpoint")
        .say("receipt 2")
        .say("list")
        .say("verify");
    insta::assert_snapshot!(without_signatures(&desk.said()));
}

#[test]
fn a_ledger_rewritten_and_signed_again_is_caught_by_a_kept_checkpoint() {
    let mut desk = signed();
    keep(&desk, "checkpoint", "kept");
    forge(&desk.ledger(), |frames| {
        let title = frames[1].events[0].pointer_mut("/data/titles/en").unwrap();
        *title = "Brick factory".into();
    });
    fs::remove_dir_all(desk.ledger().join("checkpoints")).unwrap();
    fs::remove_file(desk.ledger().join("checkpoint")).unwrap();
    desk.done("checkpoint")
        .say("verify")
        .say("verify --checkpoint kept");
    insta::assert_snapshot!(without_signatures(&desk.said()));
}

#[test]
fn damage_is_named_with_its_place() {
    let mut desk = signed();
    desk.done("checkpoint");
    rot(&desk.ledger());
    desk.say("verify");
    insta::assert_snapshot!(without_signatures(&desk.said()));
    assert_eq!(desk.quiet("verify").status.code(), Some(2));
}

pub(super) fn rot(ledger: &Path) {
    let path = ledger.join("journal/000000");
    let bytes = fs::read(&path).unwrap();
    let at = bytes.windows(11).position(|part| part == b"Brick works");
    let file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.write_all_at(b"b", at.unwrap() as u64).unwrap();
}

#[test]
fn a_key_is_sealed_with_the_passphrase_of_the_environment() {
    let mut desk = Desk::with_two_agreements();
    let with = |desk: &Desk, passphrase: &str, line: &str| {
        let mut program = desk.program();
        program.env("DEALTRAIL_KEY_PASSPHRASE", passphrase);
        let output = program.args(line.split(' ')).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).unwrap())
    };
    let (code, said) = with(&desk, "brick", "checkpoint");
    assert_eq!(code, Some(1));
    assert!(
        said.contains("shorter than 12") && !desk.ledger().join("key").exists(),
        "{said}"
    );
    let (code, said) = with(&desk, "brick by brick by brick", "checkpoint");
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.starts_with("ledger.example/bricks\n8\n")
            && said.contains("Made: the ledger's signing key, sealed")
    );
    let mode = fs::metadata(desk.ledger().join("key"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    desk.done("note GLASS 'the map was sent'");
    let (code, said) = with(&desk, "glass by glass by glass", "checkpoint");
    assert_eq!(code, Some(1));
    assert!(
        said.contains("does not open the ledger's signing key"),
        "{said}"
    );
    // A file serves as well; its last newline is not part of the passphrase.
    fs::write(desk.path().join("secret"), "brick by brick by brick\n").unwrap();
    let mut program = desk.program();
    program.env("DEALTRAIL_KEY_PASSPHRASE_FILE", "secret");
    let output = program.arg("checkpoint").output().unwrap();
    assert!(output.stdout.starts_with(b"ledger.example/bricks\n9\n"));
    let secret = fs::read(desk.ledger().join("key")).unwrap();
    fs::set_permissions(desk.ledger().join("key"), fs::Permissions::from_mode(0o644)).unwrap();
    desk.done("note GLASS 'the map was read'");
    let (code, said) = with(&desk, "brick by brick by brick", "checkpoint");
    assert_eq!(code, Some(1));
    assert!(
        said.contains("(mode 644)") && said.contains("chmod 600"),
        "{said}"
    );
    assert!(!String::from_utf8(secret).unwrap().contains("brick by"));
}

#[test]
fn programs_are_answered_in_json() {
    let desk = signed();
    let published = desk.json("checkpoint");
    assert_eq!(
        (&published["size"], &published["fresh"]),
        (&8.into(), &true.into())
    );
    assert_eq!(desk.json("checkpoint")["fresh"], false);
    let trust = desk.json("trust");
    assert_eq!(trust["sealed"], false);
    let policy = trust["policy"].as_str().unwrap();
    assert_eq!(
        policy,
        format!("log {}\nquorum none\n", trust["key"].as_str().unwrap())
    );
    fs::write(desk.path().join("policy"), policy).unwrap();
    let receipt = desk.json("receipt 5");
    fs::write(
        desk.path().join("proof"),
        receipt["receipt"].as_str().unwrap(),
    )
    .unwrap();
    let proven = desk.json("verify receipt proof --trust policy");
    assert_eq!(
        (&proven["seq"], &proven["record"]),
        (&5.into(), &receipt["record"])
    );
    assert_eq!(proven["checkpoint"]["root"], published["root"]);
    fs::write(
        desk.path().join("kept"),
        published["checkpoint"].as_str().unwrap(),
    )
    .unwrap();
    let verified = desk.json("verify --checkpoint kept --trust policy");
    assert_eq!(verified["root"], published["root"]);
    assert_eq!(verified["checkpoints"][1]["vouched_by"], "policy");
    assert_eq!(verified["checkpoints"][1]["fits"], true);
    forge(&desk.ledger(), |frames| drop(frames.pop()));
    let verified = desk.quiet("verify --json");
    assert_eq!(verified.status.code(), Some(1));
}
