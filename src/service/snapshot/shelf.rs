//! The snapshots that stand in a ledger's directory: what they are called, and which of them are kept.
//!
//! A name is the position and, behind a point, what stands for the versions of the folds, so that two programs have theirs
//! side by side. The names of earlier programs are the position alone; whose folds those are of their first line says. Such a
//! program takes no notice of a name with a point.
//!
//! Whoever records forgets, as the only one; a rebuild beside them forgets nothing.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::draft;
use super::label::Label;

/// How many snapshots of a program's own versions are kept: the newest, and one before it should that be damaged.
const KEPT: usize = 2;
/// How many of other versions: what the program before goes on from, or the one that was made ready to follow.
const KEPT_OF_OTHERS: usize = 1;
/// How many digits a position has in a name.
const DIGITS: usize = 20;

/// A snapshot that stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shelved {
    pub(super) path: PathBuf,
    pub(super) position: u64,
    /// What stands for the versions of its folds; `None` where that cannot be told.
    folds: Option<String>,
    /// When it was written: of two at one position the later one was meant.
    written: Option<SystemTime>,
}

impl Shelved {
    /// Whether it is of the versions that this stands for, or whose it is cannot be told and it has to be tried.
    pub(super) fn may_be_of(&self, folds: &str) -> bool {
        self.folds.as_deref().is_none_or(|own| own == folds)
    }

    /// Whether it is of the versions that this stands for.
    pub(super) fn is_of(&self, folds: &str) -> bool {
        self.folds.as_deref() == Some(folds)
    }
}

/// The name of a snapshot.
pub(super) fn name(position: u64, folds: &str) -> String {
    format!("{position:0DIGITS$}.{folds}")
}

/// The position that a name says, and what stands behind it.
fn parts(name: &str) -> Option<(u64, &str)> {
    let (position, rest) = name.split_at_checked(DIGITS)?;
    let is_number = position.bytes().all(|digit| digit.is_ascii_digit());
    let position = position.parse().ok().filter(|_| is_number)?;
    Some((position, rest))
}

/// Every snapshot in the directory of snapshots, the oldest first; of two at one position the one with the later form of name is
/// the later one.
pub(super) fn all(place: &Path) -> Vec<Shelved> {
    let entries = fs::read_dir(place).into_iter().flatten();
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut all: Vec<_> = paths.filter_map(shelved).collect();
    all.sort_by(|one, next| (one.position, &one.path).cmp(&(next.position, &next.path)));
    all
}

fn shelved(path: PathBuf) -> Option<Shelved> {
    let (position, rest) = parts(path.file_name()?.to_str()?)?;
    let folds = match rest.strip_prefix('.') {
        None if rest.is_empty() => told_by_label(&path),
        Some(folds) if !folds.is_empty() && folds.bytes().all(is_hex) => Some(folds.to_owned()),
        // Unfinished, or nothing of ours.
        _ => return None,
    };
    let written = fs::metadata(&path).and_then(|file| file.modified()).ok();
    Some(Shelved {
        path,
        position,
        folds,
        written,
    })
}

fn is_hex(letter: u8) -> bool {
    matches!(letter, b'0'..=b'9' | b'a'..=b'f')
}

fn told_by_label(path: &Path) -> Option<String> {
    let mut reader = BufReader::new(File::open(path).ok()?);
    Some(Label::read(&mut reader).ok()?.folds().id())
}

/// Those that are not kept by a program of these folds, of all there are, the oldest first.
fn superfluous<'a>(all: &'a [Shelved], folds: &str) -> Vec<&'a Shelved> {
    let (own, mut others): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.may_be_of(folds));
    others.sort_by_key(|one| (one.position, one.written));
    let own = own.into_iter().rev().skip(KEPT);
    own.chain(others.into_iter().rev().skip(KEPT_OF_OTHERS))
        .collect()
}

/// Forgets what a program of these folds, which records, keeps no longer.
pub(super) fn forget(place: &Path, folds: &str) -> io::Result<()> {
    let all = all(place);
    superfluous(&all, folds)
        .into_iter()
        .try_for_each(|one| fs::remove_file(&one.path))?;
    sweep_earlier(place);
    Ok(())
}

/// Removes what an earlier program left unfinished. Such a program wrote snapshots only while it recorded, and now another one
/// does.
pub(super) fn sweep_earlier(place: &Path) {
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let parts = name.to_str().and_then(parts);
        if parts.is_some_and(|(_, rest)| rest == ".new") {
            draft::discard(&entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const OWN: &str = "aa";

    fn at(position: u64, folds: Option<&str>) -> Shelved {
        Shelved {
            path: PathBuf::from(format!("{position}.{}", folds.unwrap_or_default())),
            position,
            folds: folds.map(str::to_owned),
            written: None,
        }
    }

    fn forgotten(all: &[Shelved]) -> Vec<(u64, &str)> {
        let mut forgotten: Vec<_> = superfluous(all, OWN)
            .into_iter()
            .map(|one| (one.position, one.folds.as_deref().unwrap_or_default()))
            .collect();
        forgotten.sort_unstable();
        forgotten
    }

    #[test]
    fn given_snapshots_of_one_program_then_the_two_newest_are_kept() {
        let all = [10, 20, 30, 40].map(|position| at(position, Some(OWN)));
        assert_eq!(forgotten(&all), [(10, OWN), (20, OWN)]);
        assert!(forgotten(&all[..2]).is_empty() && forgotten(&[]).is_empty());
    }

    #[test]
    fn given_a_rebuild_for_another_program_when_this_one_goes_on_then_it_stays() {
        // However far this one has gone past it.
        let all = [
            at(10, Some(OWN)),
            at(15, Some("bb")),
            at(20, Some(OWN)),
            at(30, Some(OWN)),
        ];
        assert_eq!(forgotten(&all), [(10, OWN)]);
    }

    #[test]
    fn given_a_rebuild_for_this_program_when_it_takes_over_then_the_one_before_can_go_on_from_its_newest()
     {
        let all = [
            at(10, Some("bb")),
            at(20, Some("bb")),
            at(25, Some(OWN)),
            at(40, Some(OWN)),
        ];
        assert_eq!(forgotten(&all), [(10, "bb")]);
    }

    #[test]
    fn given_two_other_programs_then_the_one_with_the_newest_is_kept() {
        let all = [at(10, Some("bb")), at(20, Some("cc")), at(30, Some(OWN))];
        assert_eq!(forgotten(&all), [(10, "bb")]);
        // At one position, that which was written later: who rebuilt it is about to start it.
        let first = SystemTime::UNIX_EPOCH;
        let mut all = [at(20, Some("bb")), at(20, Some("cc"))];
        all[0].written = Some(first + Duration::from_secs(60));
        all[1].written = Some(first);
        assert_eq!(forgotten(&all), [(20, "cc")]);
    }

    #[test]
    fn given_one_whose_folds_cannot_be_told_then_it_is_forgotten_like_one_of_this_program() {
        let all = [
            at(10, None),
            at(20, Some("bb")),
            at(30, Some(OWN)),
            at(40, Some(OWN)),
        ];
        assert_eq!(forgotten(&all), [(10, "")]);
    }

    #[test]
    fn given_names_of_any_kind_then_snapshots_are_told_from_the_rest() {
        let place = tempfile::tempdir().unwrap();
        let names = [
            "00000000000000000007",
            "00000000000000000009",
            "00000000000000000009.00ff00ff00ff00ff",
            "00000000000000000008.00ff00ff00ff00ff.0.part",
            "00000000000000000008.new",
            "00000000000000000008.",
            "0000000000000000008x",
            "+0000000000000000008",
            "note",
            "äöü",
        ];
        for name in names {
            fs::write(place.path().join(name), "x").unwrap();
        }
        let found = all(place.path());
        let found: Vec<_> = found
            .iter()
            .map(|one| one.path.file_name().unwrap().to_str().unwrap())
            .collect();
        assert_eq!(found, [names[0], names[1], names[2]]);
    }
}
