//! Rounds of a trial side by side: as many lanes as there are processors, two at most.
//!
//! sled holds one lock for all databases of a process. One that waits for itself on a disk that died keeps that lock, and
//! with it every other in that process: a real process dies with its disk. Where a trial kills disks that often, each lane
//! is a process of its own; one that stands still is ended and its round played again in a new one.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// Runs `lane(number, lanes)` in each lane and adds up what they give. A lane takes every round whose number leaves its
/// own when divided by `lanes`.
pub(crate) fn lanes<const N: usize>(lane: impl Fn(u64, u64) -> [u64; N] + Sync) -> [u64; N] {
    let processors = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let lanes = processors.min(2);
    let lane = &lane;
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..lanes)
            .map(|number| scope.spawn(move || lane(number, lanes)))
            .collect();
        let mut sum = [0; N];
        for thread in running {
            let counts = thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            for (all, one) in sum.iter_mut().zip(counts) {
                *all += one;
            }
        }
        sum
    })
}

/// How long a lane may be silent: a round takes a few seconds at most.
const SILENCE: Duration = Duration::from_secs(120);
/// How often one lane may stand still before the trial fails.
const MOST_RETRIES: u64 = 10;
/// Tells a process that it is a lane: its number, how many there are, the first round to play, and where to tell of them.
const LANE: &str = "DEALTRAIL_TRIAL_LANE";

/// The rounds of one lane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lane {
    number: u64,
    lanes: u64,
    from: u64,
}

impl Lane {
    /// The numbers of its rounds, counted from 0 over all lanes, without end.
    pub(crate) fn rounds(self) -> impl Iterator<Item = u64> {
        let mine = (self.number..).step_by(usize::try_from(self.lanes).unwrap());
        mine.skip_while(move |round| *round < self.from)
    }
}

/// Plays the rounds of a trial in lanes that are processes of their own, each this test again; `play` tells what a lane's
/// rounds came to, one by one. Gives the sums, and how many rounds were played again because a lane stood still.
pub(crate) fn lanes_apart<const N: usize>(
    test: &str,
    play: impl Fn(Lane, &mut dyn FnMut(u64, [u64; N])),
) -> ([u64; N], u64) {
    if let Some(told) = std::env::var_os(LANE) {
        let told = told.into_string().unwrap();
        let parts: Vec<&str> = told.splitn(4, ' ').collect();
        let part = |index: usize| parts[index].parse().unwrap();
        let (number, lanes, from) = (part(0), part(1), part(2));
        let mut out = fs::OpenOptions::new().append(true).open(parts[3]).unwrap();
        let lane = Lane {
            number,
            lanes,
            from,
        };
        play(lane, &mut |round, counts| {
            use std::io::Write;
            let counts = counts.map(|count| count.to_string()).join(" ");
            writeln!(out, "{round} {counts}").unwrap();
        });
        std::process::exit(0);
    }
    let lanes = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let lanes = lanes.min(2);
    let told = std::thread::scope(|scope| {
        let running: Vec<_> = (0..lanes)
            .map(|number| scope.spawn(move || watched(test, number, lanes)))
            .collect();
        let ended = running.into_iter().map(|lane| {
            lane.join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        ended.collect::<Vec<_>>()
    });
    let mut sum = [0; N];
    let mut again = 0;
    for (rounds, retried) in told {
        again += retried;
        for line in rounds.lines() {
            let counts = line.split(' ').skip(1);
            for (all, one) in sum.iter_mut().zip(counts) {
                *all += one.parse::<u64>().unwrap();
            }
        }
    }
    (sum, again)
}

/// Sees one lane to its end; gives what it told, and how often it stood still.
fn watched(test: &str, number: u64, lanes: u64) -> (String, u64) {
    let place = tempfile::tempdir().unwrap();
    let (out, log) = (place.path().join("told"), place.path().join("log"));
    File::create(&out).unwrap();
    let mut retried = 0;
    loop {
        let before = fs::read_to_string(&out).unwrap();
        let last = before.lines().last().map(|line| line.split(' ').next());
        let from = last.map_or(0, |round| round.unwrap().parse::<u64>().unwrap() + 1);
        let mut lane = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(LANE, format!("{number} {lanes} {from} {}", out.display()))
            .env("TMPDIR", place.path())
            .stdout(File::create(&log).unwrap())
            .stderr(File::create(place.path().join("errors")).unwrap())
            .spawn()
            .unwrap();
        if let Some(status) = ended(&mut lane, &out) {
            let errors = fs::read_to_string(place.path().join("errors")).unwrap_or_default();
            assert!(status, "lane {number} from round {from} on:\n{errors}");
            return (fs::read_to_string(&out).unwrap(), retried);
        }
        unmounted(place.path());
        retried += 1;
        assert!(
            retried <= MOST_RETRIES,
            "lane {number} stands still at round {from}"
        );
    }
}

/// Whether a lane ended well; `None` when it told nothing for too long, and was ended.
fn ended(lane: &mut Child, out: &Path) -> Option<bool> {
    let length = || fs::metadata(out).map_or(0, |file| file.len());
    let (mut heard, mut last) = (length(), Instant::now());
    loop {
        if let Some(status) = lane.try_wait().unwrap() {
            return Some(status.success());
        }
        if length() != heard {
            (heard, last) = (length(), Instant::now());
        }
        if last.elapsed() > SILENCE {
            // A process that waits for its own disk cannot end before that disk has.
            aborted(out.parent().unwrap());
            lane.kill().unwrap();
            lane.wait().unwrap();
            return None;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Ends the disks of a lane: whoever waits for one of them is told that it is gone.
fn aborted(place: &Path) {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let here = place.display().to_string();
    for mount in mounts.lines() {
        let fields: Vec<&str> = mount.split(' ').collect();
        let (Some(device), Some(at)) = (fields.get(2), fields.get(4)) else {
            continue;
        };
        if at.starts_with(&here)
            && let Some((_, minor)) = device.split_once(':')
        {
            let _ = fs::write(format!("/sys/fs/fuse/connections/{minor}/abort"), "1");
        }
    }
}

/// Takes away the disks that a lane left behind.
fn unmounted(place: &Path) {
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
    let here = place.display().to_string();
    let left = mounts.lines().filter_map(|line| line.split(' ').nth(1));
    for mount in left.filter(|mount| mount.starts_with(&here)) {
        let _ = Command::new("umount").args(["-l", mount]).status();
    }
}
