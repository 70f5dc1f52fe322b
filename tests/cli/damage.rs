//! A ledger with damaged, missing or half-made files, and a disk without room.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::desk::Desk;

/// Flips one bit in the frame that holds the agreement BRICK.
fn rot(desk: &Desk) {
    let mut options = fs::OpenOptions::new();
    let options = options.read(true).write(true);
    let file = options.open(desk.ledger().join("journal/000000")).unwrap();
    let mut bytes = vec![0; 64 << 10];
    file.read_exact_at(&mut bytes, 0).unwrap();
    let name = b"Brick works";
    let at = bytes
        .windows(name.len())
        .position(|part| part == name)
        .unwrap();
    file.write_all_at(&[name[0] ^ 1], at as u64).unwrap();
}

fn journal(desk: &Desk) -> Vec<u8> {
    fs::read(desk.ledger().join("journal/000000")).unwrap()
}

#[test]
fn a_flipped_bit_is_named_and_no_answer_rests_on_a_part() {
    let mut desk = Desk::with_two_agreements();
    let whole = desk.json("replay")["root"].clone();
    rot(&desk);
    let before = journal(&desk);
    desk.say("replay")
        .say("list")
        .say("show GLASS")
        .say("list --known-at 2025-04-18")
        .say("list --known-at 4");
    assert_eq!(journal(&desk), before, "looking changes nothing");
    let info = desk.json("info");
    assert!(
        info["findings"][0]
            .as_str()
            .unwrap()
            .contains("journal/000000 is damaged")
    );
    desk.say("note GLASS 'the map was sent'")
        .say("list")
        .say("replay --known-at 8");
    insta::assert_snapshot!(desk.said());
    let restored = desk.json("replay --known-at 8")["root"].clone();
    assert_eq!(restored, whole, "what was there before is there again");
}

#[test]
fn damage_that_no_copy_can_mend_is_named_and_nothing_is_recorded() {
    let mut desk = Desk::with_two_agreements();
    rot(&desk);
    fs::remove_dir_all(desk.ledger().join("sled")).unwrap();
    desk.say("note GLASS 'the map was sent'")
        .say("list --known-at 4");
    let output = desk.quiet("note GLASS 'the map was sent'");
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(desk.said());
}

#[test]
fn a_missing_segment_is_named() {
    let mut desk = Desk::with_two_agreements();
    fs::remove_file(desk.ledger().join("journal/000000")).unwrap();
    desk.say("list").say("note GLASS x").say("replay");
    insta::assert_snapshot!(desk.said());
}

#[test]
fn a_lost_second_copy_is_made_anew_with_the_same_answers() {
    let mut desk = Desk::with_two_agreements();
    desk.done("note GLASS 'the map was sent' --command-id map-1");
    let before = desk.json("replay");
    fs::remove_dir_all(desk.ledger().join("sled")).unwrap();
    desk.done("note GLASS 'the map was sent' --command-id map-1");
    assert_eq!(
        desk.json("replay"),
        before,
        "told again, not recorded again"
    );
}

/// A file system of its own size, there until it is dropped.
struct Tmpfs<'a>(&'a Path);

impl<'a> Tmpfs<'a> {
    fn of_mib(at: &'a Path, mib: u32) -> Self {
        fs::create_dir_all(at).unwrap();
        let size = format!("size={mib}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(at)
            .status()
            .unwrap();
        assert!(
            mounted.success(),
            "mounting a small disk needs the rights of root"
        );
        Self(at)
    }
}

impl Drop for Tmpfs<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

#[test]
fn on_a_full_disk_reading_goes_on_and_recording_resumes_by_itself() {
    let place = tempfile::tempdir().unwrap();
    let _disk = Tmpfs::of_mib(place.path(), 96);
    let mut desk = Desk::with_two_agreements_in(&place.path().join("ledger"));
    let before = desk.position();
    let filler = place.path().join("filler");
    let _ = fs::write(&filler, vec![7; 96 << 20]);
    let full = desk.quiet("note GLASS 'the map was sent' --command-id map-1");
    let said = String::from_utf8_lossy(&full.stderr).into_owned();
    assert_eq!(full.status.code(), Some(2), "{said}");
    assert!(
        said.contains("no space") && said.contains("hint: free some space"),
        "{said}"
    );
    assert_eq!(desk.position(), before, "nothing was recorded");
    desk.done("list")
        .done("replay")
        .done("report practical-steps --since 2025-04-17");
    fs::remove_file(&filler).unwrap();
    desk.done("note GLASS 'the map was sent' --command-id map-1");
    assert_eq!(desk.position(), before + 1);
}

#[test]
fn an_interrupted_rebuild_is_taken_up_again() {
    let mut desk = Desk::with_two_agreements();
    for n in 0..40 {
        desk.done(&format!("note GLASS 'remark {n}'"));
    }
    let before = desk.json("replay");
    for wait in [0, 2, 5, 10, 20, 40] {
        // Interrupted early enough, there is none yet.
        let _ = fs::remove_dir_all(desk.ledger().join("sled"));
        let program = desk
            .program()
            .args(["assign", "GLASS", "u:local"])
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        let mut program = program.unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        let pid = Pid::from_raw(i32::try_from(program.id()).unwrap()).unwrap();
        let _ = kill_process(pid, Signal::INT);
        let code = program.wait().unwrap().code();
        assert!(matches!(code, Some(0 | 2) | None), "{code:?}");
    }
    desk.done("assign GLASS u:local").done("replay");
    let after = desk.json("replay --known-at 48");
    assert_eq!(after["root"], before["root"]);
    assert_eq!(
        desk.position(),
        49,
        "assigned once, however often it was interrupted"
    );
}
