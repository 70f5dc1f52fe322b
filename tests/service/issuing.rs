//! Issuing: the Document is durable before its event, numbers name one issue, and what was issued stays.

use std::fs;
use std::path::Path;

use dealtrail::deal::value::ids::{Actor, CommandId, KnownBy};
use dealtrail::service::ambient::SetClock;
use dealtrail::service::answer::CommandError;
use dealtrail::service::doctor;
use dealtrail::service::issue::{self, Issued};
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::service::publish::{self, Asked};
use dealtrail::service::publish_error::PublishError;
use dealtrail::store::documents;

use dealtrail::store::group::{CommandRecord, Group, Scope};
use dealtrail::store::open::MirrorChoice;
use dealtrail::store::recorded::Recorded;

use super::backup::{Place, opts};
use super::support::{agreement, init, moment, options, record, registered, send};
use crate::faults::pristine::quick;

fn asked(name: &str, parameters: &[(&str, &str)]) -> Asked {
    let parameters = parameters.iter();
    Asked {
        name: name.to_owned(),
        parameters: parameters
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        ..Asked::default()
    }
}

fn actor() -> Actor {
    Actor {
        id: "u:officer".parse().unwrap(),
        known_by: KnownBy::LocalClaim,
    }
}

fn id(text: &str) -> CommandId {
    text.parse().unwrap()
}

fn try_issue(ledger: &Ledger, asked: &Asked, command: &str) -> Result<Issued, PublishError> {
    issue::issue(ledger, asked, &actor(), id(command))
}

fn steps(ledger: &Ledger, command: &str) -> Issued {
    try_issue(ledger, &asked("practical-steps", &[]), command).unwrap()
}

/// A ledger with a signed agreement, on 25 April.
fn ledger(dir: &Path, clock: &SetClock) -> Ledger {
    let ledger = Ledger::create(dir, init(), &options(clock)).unwrap();
    let signed = record(agreement(1), "signed", Some("2025-04-17"), "{}");
    send(&ledger, "c-1", vec![registered(1), signed]).unwrap();
    clock.set(moment("2025-04-25T06:00:00Z"));
    land(&ledger, "c-2", "2025-04-22");
    ledger
}

fn land(ledger: &Ledger, command: &str, on: &str) {
    let land = record(
        agreement(1),
        "land_allocated",
        Some(on),
        r#"{"additional":true}"#,
    );
    send(ledger, command, vec![land]).unwrap();
}

fn open() -> (tempfile::TempDir, SetClock, Ledger) {
    let dir = tempfile::tempdir().unwrap();
    let clock = super::support::clock();
    let ledger = ledger(dir.path(), &clock);
    (dir, clock, ledger)
}

#[test]
fn the_document_is_kept_and_the_event_says_how_to_compute_it_again() {
    let (dir, _, ledger) = open();
    let head = ledger.head();
    let issued = steps(&ledger, "i-1");
    assert_eq!(
        (issued.number.as_str(), issued.series.as_str()),
        ("PS-2025-001", "practical-steps")
    );
    let bytes = fs::read(dir.path().join(&issued.file)).unwrap();
    assert_eq!(bytes, issued.document.canonical_bytes().unwrap());
    assert_eq!(documents::digest(&bytes), issued.digest);
    assert_eq!(issued.file, format!("reports/{}.json", issued.digest));
    let event = ledger.event_bytes(head).unwrap().unwrap();
    let event: serde_json::Value = serde_json::from_slice(&event).unwrap();
    let manifest = &event["data"]["manifest"];
    assert_eq!(manifest["document_sha256"], issued.digest.as_str());
    assert_eq!(manifest["known_at"], head);
    assert_eq!(
        manifest["root"],
        ledger.root(head).unwrap().hash.to_string()
    );
    assert_eq!(manifest["parameters"]["until"], "2025-04-25");
    let models = ledger.models_at_head().unwrap();
    for model in models.each() {
        assert_eq!(manifest["read_models"][model.name()], model.version());
    }
    assert_eq!(manifest["policy_sha256"].as_str().unwrap().len(), 64);
    // What the manifest says is enough to compute the very bytes again.
    let mut again = asked("practical-steps", &[("until", "2025-04-25")]);
    again.known_at = Some(head.to_string());
    assert_eq!(publish::document(&ledger, &again).unwrap(), issued.document);
}

#[test]
fn a_number_names_one_issue_whatever_its_series() {
    let (_dir, clock, ledger) = open();
    let package = r#"{"declared_counts":{"all":1},"ref":"PK-1","titles":{"en":"Fair"}}"#;
    let stream = "package-00000000-0000-0000-0000-000000000007"
        .parse()
        .unwrap();
    send(
        &ledger,
        "p-1",
        vec![record(stream, "package_registered", None, package)],
    )
    .unwrap();
    assert_eq!(steps(&ledger, "i-1").number, "PS-2025-001");
    let one = try_issue(
        &ledger,
        &asked("practical-steps", &[("package", "pk-1")]),
        "i-2",
    )
    .unwrap();
    assert_eq!(
        (one.number.as_str(), one.series.as_str()),
        ("PS-2025-002", "practical-steps package=PK-1")
    );
    assert_eq!(steps(&ledger, "i-3").number, "PS-2025-003");
    let follow_up = try_issue(&ledger, &asked("follow-up", &[]), "i-4").unwrap();
    assert_eq!(follow_up.number, "FU-2025-001");
    clock.set(moment("2025-12-31T22:30:00Z"));
    // It is the new year in Baku.
    assert_eq!(steps(&ledger, "i-5").number, "PS-2026-001");
    let listed = issue::list(&ledger, Some("practical-steps")).unwrap();
    let numbers: Vec<&str> = listed.iter().map(|one| one.number.as_str()).collect();
    assert_eq!(
        numbers,
        ["PS-2025-001", "PS-2025-002", "PS-2025-003", "PS-2026-001"]
    );
    assert_eq!(issue::list(&ledger, None).unwrap().len(), 5);
}

#[test]
fn officers_who_issue_at_once_get_numbers_of_their_own() {
    let (_dir, _, ledger) = open();
    let numbers = std::thread::scope(|scope| {
        let issue = |n: usize| {
            let ledger = &ledger;
            scope.spawn(move || steps(ledger, &format!("i-{n}")).number)
        };
        let officers: Vec<_> = (0..4).map(issue).collect();
        let numbers = officers.into_iter().map(|one| one.join().unwrap());
        numbers.collect::<std::collections::BTreeSet<String>>()
    });
    assert_eq!(numbers.len(), 4, "{numbers:?}");
}

#[test]
fn a_command_sent_again_gets_the_first_answer() {
    let (_dir, clock, ledger) = open();
    let first = steps(&ledger, "i-1");
    land(&ledger, "c-3", "2025-04-24");
    clock.set(moment("2025-05-02T06:00:00Z"));
    let head = ledger.head();
    let again = steps(&ledger, "i-1");
    assert!(again.answer.replayed && !first.answer.replayed);
    assert_eq!((again.number, again.digest), (first.number, first.digest));
    assert_eq!(again.document, first.document);
    assert_eq!(again.answer.events, first.answer.events);
    assert_eq!(ledger.head(), head, "nothing was recorded again");
    for other in [
        asked("follow-up", &[]),
        asked("practical-steps", &[("since", "2025-04-20")]),
    ] {
        let refused = try_issue(&ledger, &other, "i-1");
        let refused = refused.err().map(|error| error.to_string()).unwrap();
        assert!(
            refused.contains("i-1 was used before for another command"),
            "{refused}"
        );
    }
    assert_eq!(ledger.head(), head);
}

#[test]
fn since_the_last_issue_begins_the_day_after_it() {
    let (_dir, clock, ledger) = open();
    let since = asked("practical-steps", &[("since", "last-issue")]);
    let none = publish::document(&ledger, &since).unwrap_err().to_string();
    assert!(
        none.contains("no report of the series \"practical-steps\" was issued"),
        "{none}"
    );
    let first = steps(&ledger, "i-1");
    let same_day = publish::document(&ledger, &since).unwrap_err().to_string();
    assert!(
        same_day.contains("PS-2025-001 tells of the days up to 2025-04-25 already"),
        "{same_day}"
    );
    clock.set(moment("2025-05-02T06:00:00Z"));
    land(&ledger, "c-3", "2025-04-24");
    let works = record(
        agreement(1),
        "milestone_reached",
        Some("2025-04-30"),
        r#"{"milestone":"works_started","nature":"preparation"}"#,
    );
    send(&ledger, "c-4", vec![works]).unwrap();
    let second = try_issue(&ledger, &since, "i-2").unwrap();
    assert_eq!(second.document.parameters["since"], "2025-04-26");
    assert_eq!(second.document.parameters["follows"], first.number);
    assert_eq!(second.series, first.series);
    // Its own parameters are enough to compute it again, also once others were issued.
    clock.set(moment("2025-06-02T06:00:00Z"));
    let third = try_issue(&ledger, &since, "i-3").unwrap();
    assert_eq!(third.document.parameters["since"], "2025-05-03");
    let shown = issue::show(&ledger, "ps-2025-002").unwrap();
    assert_eq!(shown.bytes, second.document.canonical_bytes().unwrap());
    let mut again = Asked {
        parameters: second.document.parameters.clone(),
        ..asked("practical-steps", &[])
    };
    again.known_at = Some(second.document.known_at.to_string());
    assert_eq!(publish::document(&ledger, &again).unwrap(), second.document);
    // What was asked as known before the second issue follows the first.
    let mut then = since;
    then.known_at = Some(second.document.known_at.to_string());
    assert_eq!(
        publish::document(&ledger, &then).unwrap().parameters["follows"],
        first.number
    );
}

#[test]
fn what_was_issued_stays_and_says_what_was_corrected() {
    let (dir, _, ledger) = open();
    let issued = steps(&ledger, "i-1");
    let line = |ledger: &Ledger| issue::show(ledger, "PS-2025-001").unwrap().line;
    assert!(
        line(&ledger).contains("as issued on 25 April 2025; 0 cited facts since corrected."),
        "{}",
        line(&ledger)
    );
    let land = ledger.models_at_head().unwrap().status.event_at(6).unwrap();
    let reason = dealtrail::deal::value::text::Text::new("never allocated").unwrap();
    let retract = dealtrail::deal::command::Intent::Retract { fact: land, reason };
    send(&ledger, "c-3", vec![retract]).unwrap();
    let said = line(&ledger);
    assert!(said.contains("1 cited fact since corrected: Brick 1 (AG-001), allocation of land (entry 6), withdrawn on 25 April 2025 by entry 8."), "{said}");
    let listed = issue::list(&ledger, None).unwrap();
    assert_eq!(listed[0].corrected.as_ref().unwrap().len(), 1);
    // Damaged or gone, it is computed again and proved against its digest.
    let bytes = issued.document.canonical_bytes().unwrap();
    for damage in [Some("{}"), None] {
        match damage {
            Some(other) => fs::write(dir.path().join(&issued.file), other).unwrap(),
            None => fs::remove_file(dir.path().join(&issued.file)).unwrap(),
        }
        let shown = issue::show(&ledger, "PS-2025-001").unwrap();
        assert_eq!(
            (shown.bytes, shown.document),
            (bytes.clone(), issued.document.clone())
        );
    }
    let missing = issue::show(&ledger, "PS-2025-009").unwrap_err();
    assert!(matches!(missing, PublishError::UnknownNumber(_)));
}

#[test]
fn what_rests_on_entries_nobody_can_read_is_not_issued() {
    let (dir, _, ledger) = open();
    let known = String::from_utf8(ledger.event_bytes(6).unwrap().unwrap()).unwrap();
    let later = known
        .replace("land_allocated", "moon_landed")
        .replace(r#""seq":6"#, r#""seq":7"#)
        .replace(r#""first":6"#, r#""first":7"#)
        .replace(r#""version":2"#, r#""version":3"#);
    let record = CommandRecord {
        scope: Scope {
            actor: "u:later".to_owned(),
            key: "c-9".to_owned(),
        },
        digest: [0; 32],
        first_seq: 7,
        count: 1,
        recorded_at: moment("2025-04-25T06:00:00Z"),
        warnings: b"[]".to_vec(),
    };
    let group = Group {
        commands: vec![record],
        events: vec![Recorded::parse(later.into_bytes()).unwrap()],
    };
    ledger.store().append(7, group).unwrap();
    let refused = try_issue(&ledger, &asked("practical-steps", &[]), "i-1").unwrap_err();
    assert!(matches!(refused, PublishError::Incomplete(_)), "{refused}");
    assert!(!dir.path().join("reports").exists());
    assert_eq!(ledger.head(), 8);
    // As known before that entry it is whole.
    let mut before = asked("practical-steps", &[]);
    before.known_at = Some("7".to_owned());
    assert!(try_issue(&ledger, &before, "i-2").is_ok());
}

#[test]
fn a_reader_issues_nothing_and_neither_does_a_ledger_in_memory() {
    let (dir, clock, _writer) = open();
    let reader = Ledger::read(dir.path(), &options(&clock)).unwrap();
    let refused = try_issue(&reader, &asked("practical-steps", &[]), "i-1").unwrap_err();
    assert!(
        matches!(refused, PublishError::Command(CommandError::ReadOnly)),
        "{refused}"
    );
    assert!(!dir.path().join("reports").exists());
    let memory = super::support::memory();
    let refused = try_issue(&memory, &asked("practical-steps", &[]), "i-1").unwrap_err();
    assert!(matches!(refused, PublishError::NoPlace), "{refused}");
}

/// A ledger with a mirror and one issued report, closed.
fn mirrored(home: &Path) -> String {
    let made = Options {
        mirror: MirrorChoice::In(home.join("mirror")),
        ..quick()
    };
    let ledger = Ledger::create(&home.join("ledger"), init(), &made).unwrap();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    steps(&ledger, "i-1").file
}

#[test]
fn the_mirror_has_it_and_the_doctor_puts_it_back_either_way() {
    let home = tempfile::tempdir().unwrap();
    let file = mirrored(home.path());
    let (ledger, mirror) = (home.path().join("ledger"), home.path().join("mirror"));
    let bytes = fs::read(ledger.join(&file)).unwrap();
    assert_eq!(fs::read(mirror.join(&file)).unwrap(), bytes);
    let whole = doctor::examine(&ledger, &quick()).unwrap();
    assert!(whole.is_whole(), "{whole:#?}");
    assert_eq!(whole.issued_reports, 1);
    for (side, name) in [(&ledger, file.clone()), (&mirror, format!("mirror/{file}"))] {
        fs::write(side.join(&file), "{}").unwrap();
        let found = doctor::examine(&ledger, &quick()).unwrap();
        let files: Vec<&str> = found
            .damage
            .iter()
            .map(|place| place.file.as_str())
            .collect();
        assert_eq!(files, [name.as_str()], "{found:#?}");
        assert!(found.is_mendable());
        let treatment = doctor::repair(&ledger, &quick()).unwrap();
        assert!(treatment.after.is_some_and(|after| after.is_whole()));
        assert!(
            treatment
                .done
                .iter()
                .any(|done| done.contains(&name) && done.contains("issued by entry")),
            "{:?}",
            treatment.done
        );
        assert_eq!(fs::read(side.join(&file)).unwrap(), bytes);
    }
    for side in [&ledger, &mirror] {
        fs::remove_file(side.join(&file)).unwrap();
    }
    let found = doctor::examine(&ledger, &quick()).unwrap();
    assert_eq!(found.damage.len(), 2);
    assert!(!found.is_mendable(), "{found:#?}");
    // Opened for recording, a mirror gets what it lacks.
    fs::write(ledger.join(&file), &bytes).unwrap();
    drop(Ledger::open(&ledger, &quick()).unwrap());
    assert_eq!(fs::read(mirror.join(&file)).unwrap(), bytes);
}

#[test]
fn where_it_cannot_be_kept_nothing_is_issued() {
    let home = tempfile::tempdir().unwrap();
    mirrored(home.path());
    let mirror = home.path().join("mirror");
    let ledger = Ledger::open(&home.path().join("ledger"), &quick()).unwrap();
    let head = ledger.head();
    fs::remove_dir_all(mirror.join("reports")).unwrap();
    fs::write(mirror.join("reports"), "no directory").unwrap();
    let refused = try_issue(&ledger, &asked("follow-up", &[]), "i-2").unwrap_err();
    assert!(matches!(refused, PublishError::NotKept { .. }), "{refused}");
    assert_eq!(ledger.head(), head);
    fs::remove_file(mirror.join("reports")).unwrap();
    let issued = try_issue(&ledger, &asked("follow-up", &[]), "i-2").unwrap();
    assert!(mirror.join(issued.file).exists());
}

#[test]
fn backups_take_it_along_and_turn_a_damaged_one_away() {
    let place = Place::new();
    let clock = super::support::clock();
    let ledger = ledger(&place.ledger(), &clock);
    let issued = steps(&ledger, "i-1");
    place.take(true).unwrap();
    let kept = place.backup().join(&issued.file);
    let bytes = fs::read(&kept).unwrap();
    assert_eq!(documents::digest(&bytes), issued.digest);
    place.put_back(&Default::default()).unwrap();
    assert_eq!(
        fs::read(place.restored().join(&issued.file)).unwrap(),
        bytes
    );
    let restored = Ledger::open(&place.restored(), &opts()).unwrap();
    assert_eq!(issue::show(&restored, "PS-2025-001").unwrap().bytes, bytes);
    clock.set(moment("2025-05-02T06:00:00Z"));
    let second = steps(&ledger, "i-2");
    let there = place.ledger().join(&second.file);
    let good = fs::read(&there).unwrap();
    fs::write(&there, "{}").unwrap();
    let refused = place.take(false).unwrap_err().to_string();
    assert!(refused.contains("does not fit its digest"), "{refused}");
    fs::write(&there, good).unwrap();
    place.take(true).unwrap();
    // A backup whose copy was changed is not restored.
    fs::write(&kept, "{}").unwrap();
    fs::remove_dir_all(place.restored()).unwrap();
    drop(restored);
    assert!(place.put_back(&Default::default()).is_err());
}

#[test]
fn changes_name_the_issues_that_cite_what_was_corrected() {
    let (dir, clock, ledger) = open();
    let first = steps(&ledger, "i-1");
    clock.set(moment("2025-05-02T06:00:00Z"));
    let fact = ledger.models_at_head().unwrap().status.event_at(6).unwrap();
    let reason = dealtrail::deal::value::text::Text::new("never allocated").unwrap();
    send(
        &ledger,
        "c-3",
        vec![dealtrail::deal::command::Intent::Retract { fact, reason }],
    )
    .unwrap();
    let since = |moment: &str| asked("changes", &[("from", moment)]);
    let page = |asked: &Asked| {
        let page = publish::publish(&ledger, asked, "text").unwrap();
        let page = String::from_utf8(page).unwrap();
        page.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let by_day = page(&since("2025-04-30"));
    assert!(
        by_day.contains(
            "PS-2025-001, as known from the first 7 entries: 1 cited fact since corrected"
        ),
        "{by_day}"
    );
    assert!(by_day.contains("step: land allocated"), "{by_day}");
    assert_eq!(
        page(&since("8")),
        by_day,
        "a day and the position it means are one question"
    );
    assert!(page(&since("9")).contains("Nothing was recorded between the two positions."));
    let issued = try_issue(&ledger, &since("2025-04-30"), "i-2").unwrap();
    assert_eq!(
        (issued.number.as_str(), issued.series.as_str()),
        ("CH-2025-001", "changes")
    );
    assert_eq!(issued.document.parameters["from"], "8");
    // Computed again once its file is gone, although the first issue's is gone as well.
    for file in [&first.file, &issued.file] {
        fs::remove_file(dir.path().join(file)).unwrap();
    }
    let shown = issue::show(&ledger, "CH-2025-001").unwrap();
    assert_eq!(shown.document, issued.document);
    let beyond = publish::document(&ledger, &since("900"))
        .unwrap_err()
        .to_string();
    assert!(
        beyond.contains("position 900 is beyond the ledger"),
        "{beyond}"
    );
    let mut backwards = since("9");
    backwards.known_at = Some("7".to_owned());
    let backwards = publish::document(&ledger, &backwards)
        .unwrap_err()
        .to_string();
    assert!(backwards.contains("give an earlier moment"), "{backwards}");
}
