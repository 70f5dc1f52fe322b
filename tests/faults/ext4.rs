//! The power goes under a real file system: ext4 in an image file, mounted through a loop device.
//!
//! The senders are stopped at a random moment and the image is copied as it is: what the file system had not yet handed
//! to its device is lost, as in a cut of power. They stand still while the copy is made, since a disk does not change
//! while it has no power; a write that was under way has come to its end then, and torn writes are the affair of the
//! forgetting disk. The copy is mounted, ext4 replays its journal, and the ledger on it is checked.
//! `DEALTRAIL_EXT4_CUTS` is how often (usual 2). Who may not mount skips the trial, unless `DEALTRAIL_REQUIRE_MOUNT=1`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::client::{Client, SENDERS};
use super::senders::Senders;
use super::shim::dice::Dice;
use super::tally::{count, say, tell};
use crate::service::support::{on_disk, registered, send};

const IMAGE_BYTES: u64 = 64 << 20;
/// A ledger lives through so many cuts, then another one begins.
const LIFE: u64 = 10;

fn run(program: &str, arguments: &[&Path]) -> Result<(), String> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!(
            "{program}: {}",
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}

/// A mounted image; unmounted when dropped.
struct Mounted {
    at: PathBuf,
}

impl Mounted {
    fn new(image: &Path, at: &Path) -> Result<Self, String> {
        // Commit the file system's own journal seldom: only a sync of ours may make something durable.
        let options = Path::new("loop,commit=300");
        run("mount", &[Path::new("-o"), options, image, at])?;
        Ok(Self { at: at.to_owned() })
    }

    fn ledger(&self) -> PathBuf {
        self.at.join("ledger")
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // A process that was just killed may hold it a moment longer.
        for _ in 0..100 {
            if run("umount", &[&self.at]).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = run("umount", &[Path::new("-l"), &self.at]);
    }
}

/// An image with a young ledger on it, or why there can be none.
fn young(image: &Path, at: &Path) -> Result<(), String> {
    let file = std::fs::File::create(image).map_err(|error| error.to_string())?;
    file.set_len(IMAGE_BYTES)
        .map_err(|error| error.to_string())?;
    run("mkfs.ext4", &[Path::new("-q"), image])?;
    let mounted = Mounted::new(image, at)?;
    let ledger = on_disk(&mounted.ledger());
    send(&ledger, "register", (0..=SENDERS).map(registered).collect()).unwrap();
    Ok(())
}

/// Whether every thread of a process stands still.
fn stands(process: u32) -> bool {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).unwrap();
    tasks.map_while(Result::ok).all(|task| {
        let status = std::fs::read_to_string(task.path().join("stat")).unwrap_or_default();
        let state = status
            .rsplit(") ")
            .next()
            .and_then(|rest| rest.chars().next());
        matches!(state, None | Some('T' | 't' | 'Z' | 'X'))
    })
}

/// Runs the senders on `image`, and leaves in `copy` what its device held at a random moment; gives what they were told.
fn cut(image: &Path, copy: &Path, at: &Path, dice: &mut Dice, round: u64) -> Vec<String> {
    let mounted = Mounted::new(image, at).unwrap();
    let mut senders = Senders::start(&mounted.ledger(), round, u64::MAX, &[]);
    assert!(senders.wait_for("begin"), "the senders record");
    std::thread::sleep(Duration::from_micros(dice.below(200_000)));
    let id = Pid::from_raw(senders.id() as i32).unwrap();
    kill_process(id, Signal::STOP).unwrap();
    while !stands(senders.id()) {
        std::thread::sleep(Duration::from_micros(200));
    }
    std::fs::copy(image, copy).unwrap();
    let told = senders.kill();
    drop(mounted);
    told
}

#[test]
fn nothing_acknowledged_is_lost_on_ext4() {
    let cuts = count("DEALTRAIL_EXT4_CUTS", 2);
    let place = tempfile::tempdir().unwrap();
    let at = place.path().join("mounted");
    std::fs::create_dir(&at).unwrap();
    let [first, image, copy] = ["first", "image", "copy"].map(|name| place.path().join(name));
    if let Err(why) = young(&first, &at) {
        let required = std::env::var("DEALTRAIL_REQUIRE_MOUNT").is_ok_and(|set| set == "1");
        assert!(!required, "no image can be mounted: {why}");
        say(&format!(
            "SKIPPED: power cuts on ext4, since no image can be mounted here: {why}\n"
        ));
        return;
    }
    let (mut client, mut acknowledged) = (Client::default(), 0);
    for round in 0..cuts {
        if round % LIFE == 0 {
            acknowledged += client.len();
            client = Client::default();
            std::fs::copy(&first, &image).unwrap();
        }
        client.note(&cut(&image, &copy, &at, &mut Dice::new(round + 1), round));
        std::fs::rename(&copy, &image).unwrap();
        let mounted = Mounted::new(&image, &at).unwrap();
        client.check(&mounted.ledger(), &format!("cut {round} on ext4"));
    }
    acknowledged += client.len();
    assert!(acknowledged > cuts, "the senders recorded");
    let figures = [("cuts", cuts), ("acknowledged", acknowledged), ("lost", 0)];
    tell("power cuts on ext4", &figures);
}
