//! Backups, restores and the mirror as a person meets them.

use std::fs;

use super::desk::Desk;

#[test]
fn a_ledger_is_backed_up_proved_lost_and_restored() {
    let mut desk = Desk::with_two_agreements();
    desk.say("backup copies")
        .say("note GLASS 'the map was sent' --command-id map-1")
        .at("2025-04-19T06:00:00Z")
        .say("backup copies --prove")
        .say("backup copies")
        .say("info");
    fs::remove_dir_all(desk.ledger()).unwrap();
    desk.say("restore copies")
        .say("note GLASS 'the map was sent' --command-id map-1")
        .say("replay")
        .say("restore copies");
    insta::assert_snapshot!(without_figures(&desk.said()));
}

#[test]
fn an_older_backup_is_not_restored_by_mistake() {
    let mut desk = Desk::with_two_agreements();
    desk.done("backup copies")
        .done("note GLASS 'the map was sent'");
    // The key lies open and stays behind: of the backup alone nobody can tell who signed.
    desk.done("trust key new --without-passphrase");
    let signed = desk.quiet("checkpoint").stdout;
    fs::write(desk.path().join("checkpoint"), &signed).unwrap();
    fs::write(desk.path().join("policy"), desk.quiet("trust").stdout).unwrap();
    let mut spoilt = signed;
    let last = spoilt.len() - 10;
    spoilt[last] = if spoilt[last] == b'A' { b'B' } else { b'A' };
    fs::write(desk.path().join("spoilt"), spoilt).unwrap();
    desk.say("restore copies");
    fs::remove_dir_all(desk.ledger()).unwrap();
    desk.say("restore copies --at-least 9")
        .say("restore copies --checkpoint checkpoint")
        .say("restore nowhere")
        .say("restore copies --checkpoint policy --trust policy")
        .say("restore copies --checkpoint spoilt --trust policy --accept-loss")
        .say("restore copies --checkpoint checkpoint --trust checkpoint")
        .say("restore copies --checkpoint checkpoint --trust policy --accept-loss");
    insta::assert_snapshot!(without_figures(&desk.said()));
}

#[test]
fn backups_and_restores_answer_in_json() {
    let mut desk = Desk::with_two_agreements();
    let taken = desk.json("backup copies --prove");
    assert_eq!(taken["position"], 8);
    assert_eq!(taken["proved"], true);
    assert_eq!(taken["mended"], serde_json::json!([]));
    assert_eq!(taken["root"], desk.json("info")["root"]);
    assert_eq!(desk.json("info")["backup"]["behind"], 0);
    fs::remove_dir_all(desk.ledger()).unwrap();
    let restored = desk.json("restore copies --at-least 8");
    assert_eq!(restored["restored"], 8);
    assert_eq!(restored["position"], 9);
    assert_eq!(restored["missing"], 0);
    desk.done("replay");
}

#[test]
fn damage_in_a_backup_is_named() {
    let mut desk = Desk::with_two_agreements();
    desk.done("backup copies");
    let segment = desk.path().join("copies/segments/000000-at-5");
    let mut bytes = fs::read(&segment).unwrap();
    bytes[5_000] ^= 1;
    fs::write(&segment, &bytes).unwrap();
    let kept = desk.ledger();
    fs::rename(&kept, desk.path().join("kept")).unwrap();
    desk.say("restore copies");
    fs::remove_dir_all(&kept).unwrap();
    fs::rename(desk.path().join("kept"), &kept).unwrap();
    desk.say("backup copies --prove");
    insta::assert_snapshot!(without_figures(&desk.said()));
}

#[test]
fn a_mirror_is_kept_until_it_is_ended() {
    let mut desk = Desk::with_two_agreements();
    let mirror = |desk: &Desk| desk.json("info")["mirror"]["position"].clone();
    desk.done("note GLASS one --mirror second");
    assert_eq!(mirror(&desk), 9);
    desk.done("note GLASS two");
    assert_eq!(mirror(&desk), 10, "kept without being told");
    let lines = desk.quiet("info");
    let lines = String::from_utf8(lines.stdout).unwrap();
    assert!(lines.contains("second: level, 10 entries"), "{lines}");
    // The disk of the mirror is gone: nothing is recorded until somebody decides.
    fs::remove_dir_all(desk.path().join("second")).unwrap();
    fs::write(desk.path().join("second"), "no directory").unwrap();
    desk.say("note GLASS three")
        .say("note GLASS three --mirror none --command-id three")
        .say("note GLASS four --command-id four");
    insta::assert_snapshot!(desk.said());
    assert_eq!(
        desk.json("info")["mirror"]["position"],
        serde_json::Value::Null
    );
}

#[test]
fn a_mirror_alone_is_the_ledger() {
    let mut desk = Desk::with_two_agreements();
    desk.done("note GLASS one --mirror second --command-id one");
    let before = desk.json("replay");
    fs::remove_dir_all(desk.ledger()).unwrap();
    fs::rename(desk.path().join("second"), desk.ledger()).unwrap();
    desk.done("note GLASS one --command-id one");
    assert_eq!(
        desk.json("replay"),
        before,
        "told again, not recorded again"
    );
}

/// Sizes and digests follow from the formats, whose own tests fix them.
fn without_figures(said: &str) -> String {
    let is_digest = |word: &str| word.len() >= 32 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let lines = said.lines().map(|line| match line.trim_start() {
        free if free.starts_with("free space") => "  free space       [free]".to_owned(),
        _ => line
            .split(' ')
            .map(|word| if is_digest(word) { "[digest]" } else { word })
            .collect::<Vec<_>>()
            .join(" "),
    });
    lines.collect::<Vec<_>>().join("\n")
}
