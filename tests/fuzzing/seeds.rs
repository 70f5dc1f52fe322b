//! The seeds that are drawn from the program: an example of every kind of event, and real frames.
//!
//! `DEALTRAIL_BLESS=1` writes them; the rest of `fuzz/seeds` is written by hand.

use std::fs;

use dealtrail::deal::event::Kind;

use super::{folder, frame};

fn drawn() -> Vec<(&'static str, String, Vec<u8>)> {
    let mut drawn = Vec::new();
    for kind in Kind::ALL {
        let data = format!("{}\n{}", kind.as_str(), kind.example());
        drawn.push(("codec", kind.as_str().to_owned(), data.into_bytes()));
    }
    for (n, frame) in frame::good_frames().iter().enumerate() {
        for (what, name) in [(0_u8, "as_it_is"), (1, "sealed")] {
            let bytes = [&[what], frame.bytes()].concat();
            drawn.push(("frame", format!("frame_{n}_{name}"), bytes));
        }
    }
    drawn
}

#[test]
fn every_kind_and_every_frame_is_a_seed() {
    for (target, name, wanted) in drawn() {
        let path = folder(target).join(&name);
        if std::env::var_os("DEALTRAIL_BLESS").is_some() {
            fs::create_dir_all(folder(target)).unwrap();
            fs::write(&path, &wanted).unwrap();
        }
        let found = fs::read(&path).unwrap_or_default();
        assert!(
            found == wanted,
            "fuzz/seeds/{target}/{name} is not as the program draws it: run this test with DEALTRAIL_BLESS=1"
        );
    }
}
