use std::time::Instant;

use super::decision::Who;
use super::read::{check, export, page};
use super::*;
use crate::service::access::role::{Action, Role};

const LEDGER: Uuid = Uuid::from_u128(7);

fn now() -> DateTime<Utc> {
    "2026-01-01T00:00:00.125Z".parse().unwrap()
}

fn decision(n: u64) -> Decision {
    Decision {
        at: now(),
        who: Some(Who {
            actor: "u:7f3a".parse().unwrap(),
            role: Role::Officer,
            token: Some("t-aaaaaaaaaaaa".parse().unwrap()),
        }),
        from: Some("127.0.0.1".parse().unwrap()),
        method: "GET",
        path: format!("/v1/agreements/AG-{n}").into(),
        route: "agreement",
        action: Action::Read,
        refused: None,
        status: Some(200),
        position: Some(12),
        request: "r-1".into(),
    }
}

fn opened(dir: &Path) -> AccessLog {
    AccessLog::open(dir, LEDGER, Keeping::default(), now()).unwrap()
}

fn text(dir: &Path) -> String {
    let mut bytes = Vec::new();
    export(dir, LEDGER, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_record_says_who_did_what_and_holds_no_secret() {
    let dir = tempfile::tempdir().unwrap();
    let log = opened(dir.path());
    log.decided(decision(1));
    let secret = super::super::token::Token::of(&[3; 32]);
    log.decided(Decision {
        who: None,
        path: format!("/v1/\"{}", secret.as_str()).into(),
        refused: Some("token"),
        status: Some(401),
        position: None,
        ..decision(2)
    });
    log.decided(Decision {
        status: None,
        ..decision(3)
    });
    log.end();
    let text = text(dir.path());
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[1]["note"], "the service starts");
    let expected = serde_json::json!({
        "n": 1, "at": "2026-01-01T00:00:00.125Z", "who": "u:7f3a", "role": "officer", "token": "t-aaaaaaaaaaaa",
        "from": "127.0.0.1", "method": "GET", "path": "/v1/agreements/AG-1", "route": "agreement", "action": "read",
        "allowed": true, "status": 200, "position": 12, "request": "r-1", "prev": lines[2]["prev"],
    });
    assert_eq!(lines[2], expected);
    assert_eq!(
        (&lines[3]["allowed"], &lines[3]["why"]),
        (&false.into(), &"token".into())
    );
    assert_eq!(lines[3]["path"], "/v1/\"dt_");
    assert!(!text.contains(&secret.as_str()[3..20]));
    assert!(lines[4]["status"].is_null());
    let used = super::used::last_used(dir.path());
    assert_eq!(used.into_values().collect::<Vec<_>>(), [now()]);
}

#[test]
fn the_chain_goes_on_after_a_restart_and_over_files() {
    let dir = tempfile::tempdir().unwrap();
    let small = Keeping { file_bytes: 600 };
    for run in 0..3 {
        let log = AccessLog::open(dir.path(), LEDGER, small, now()).unwrap();
        for n in 0..4 {
            log.decided(decision(run * 4 + n));
            // So that a file is seen to be large in between.
            std::thread::sleep(TICK * 2);
        }
    }
    let checked = check(dir.path(), LEDGER).unwrap();
    assert_eq!((checked.records, checked.first), (15, 0));
    assert!(checked.files > 3, "{checked:?}");
    let some = page(dir.path(), 3, 5).unwrap();
    let lines = String::from_utf8(some.bytes).unwrap();
    assert_eq!((lines.lines().count(), some.next), (5, Some(8)));
    assert!(lines.starts_with("{\"n\":3,"), "{lines}");
    assert_eq!(page(dir.path(), 14, 5).unwrap().next, None);
    assert!(page(dir.path(), 15, 5).unwrap().bytes.is_empty());
    // Files that were moved elsewhere are missed by nobody but whoever asks for them.
    let all = files::all(dir.path()).unwrap();
    std::fs::remove_file(&all[0].1).unwrap();
    let rest = check(dir.path(), LEDGER).unwrap();
    assert_eq!((rest.first, rest.last), (all[1].0, checked.last));
    std::fs::remove_file(&all[2].1).unwrap();
    assert!(
        check(dir.path(), LEDGER).is_err(),
        "a gap in the middle shows"
    );
}

/// A page is found by halves; it has the lines that reading the whole file would give, whatever line is damaged or torn.
#[test]
fn any_page_of_a_large_file_is_the_part_of_it_that_it_should_be() {
    const RECORDS: u64 = 1_500;
    let dir = tempfile::tempdir().unwrap();
    let log = opened(dir.path());
    (0..RECORDS).for_each(|n| log.decided(decision(n)));
    drop(log);
    let file = files::all(dir.path()).unwrap().remove(0).1;
    let mut bytes = std::fs::read(&file).unwrap();
    assert!(bytes.len() > 300_000, "not large enough to be halved");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 400].fill(b'x');
    bytes.extend_from_slice(b"{\"n\":99999,\"to");
    std::fs::write(&file, &bytes).unwrap();
    let mut readable: Vec<(u64, &[u8])> = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n').skip(1) {
        let read: Option<serde_json::Value> = serde_json::from_slice(line).ok();
        readable.extend(read.and_then(|read| Some((read["n"].as_u64()?, line))));
    }
    assert!((RECORDS as usize - 10..RECORDS as usize + 2).contains(&readable.len()));
    for from in (0..RECORDS + 20).step_by(7) {
        for limit in [1, 5, 1_000] {
            let place = readable.partition_point(|(n, _)| *n < from);
            let wanted = &readable[place..];
            let page = page(dir.path(), from, limit).unwrap();
            let lines: Vec<&[u8]> = wanted.iter().take(limit).map(|(_, line)| *line).collect();
            assert!(page.bytes == lines.concat(), "{limit} from {from}");
            assert_eq!(page.next, wanted.get(limit).map(|(n, _)| *n));
        }
    }
}

#[test]
fn a_torn_end_is_cut_kept_aside_and_told() {
    let dir = tempfile::tempdir().unwrap();
    let log = opened(dir.path());
    log.decided(decision(1));
    log.end();
    let path = files::all(dir.path()).unwrap().pop().unwrap().1;
    let whole = std::fs::read(&path).unwrap();
    // Half a line, and what a file system may show of a block that was never written.
    for rest in [&b"{\"n\":2,\"at"[..], &[0; 40], b"\0\0\n\0"] {
        let torn = [whole.as_slice(), rest].concat();
        std::fs::write(&path, &torn).unwrap();
        let log = opened(dir.path());
        log.decided(decision(2));
        log.end();
        let text = text(dir.path());
        assert!(
            text.contains("bytes were cut and are kept in access/cut-"),
            "{text}"
        );
        assert_eq!(check(dir.path(), LEDGER).unwrap().records, 5);
        let aside = std::fs::read_dir(dir.path().join("access")).unwrap();
        let aside = aside.map(|entry| entry.unwrap().path());
        let kept: Vec<_> = aside
            .filter(|path| std::fs::read(path).unwrap() == rest)
            .collect();
        assert_eq!(kept.len(), 1);
    }
}

#[test]
fn what_was_altered_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let log = opened(dir.path());
    (0..3).for_each(|n| log.decided(decision(n)));
    log.end();
    let path = files::all(dir.path()).unwrap().pop().unwrap().1;
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("AG-1", "AG-9")).unwrap();
    assert!(matches!(
        check(dir.path(), LEDGER),
        Err(LogError::Damaged(_))
    ));
    std::fs::write(&path, &text).unwrap();
    assert!(check(dir.path(), LEDGER).is_ok());
    let other = check(dir.path(), Uuid::from_u128(8));
    assert!(matches!(other, Err(LogError::OtherLedger(_))));
}

/// Handing over is cheap, and what is handed over at full speed is all there.
#[test]
fn many_at_once_are_all_kept() {
    let dir = tempfile::tempdir().unwrap();
    let log = opened(dir.path());
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..5_000).for_each(|n| log.decided(decision(n))));
        }
    });
    let handed = began.elapsed();
    log.end();
    assert_eq!(check(dir.path(), LEDGER).unwrap().records, 20_001);
    assert!(handed < Duration::from_secs(5), "{handed:?}");
}

/// A disk without room: requests are refused while it lasts, and nothing that was decided is missing afterwards.
#[test]
fn a_log_that_cannot_be_written_says_so_and_goes_on_when_it_can() {
    let dir = tempfile::tempdir().unwrap();
    let small = Keeping { file_bytes: 300 };
    let log = AccessLog::open(dir.path(), LEDGER, small, now()).unwrap();
    assert!(log.is_ready());
    // The next file cannot be made where a directory has its name.
    let place = |n: u64| dir.path().join("access").join(files::name(n));
    (2..40).for_each(|n| std::fs::create_dir(place(n)).unwrap());
    let until = |ready: bool| {
        let began = Instant::now();
        while log.is_ready() != ready {
            assert!(began.elapsed() < Duration::from_secs(5), "{ready}");
            log.decided(decision(1));
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    until(false);
    (2..40).for_each(|n| std::fs::remove_dir(place(n)).unwrap());
    until(true);
    log.end();
    check(dir.path(), LEDGER).unwrap();
}

/// While the disk takes its time, so many wait and no more are let in; nobody who hands one over waits.
#[test]
fn a_disk_that_takes_its_time_holds_up_nobody_and_takes_no_more_memory() {
    let log = AccessLog {
        shared: Arc::new(Shared::new()),
        // Nobody empties the queue.
        thread: Mutex::new(None),
    };
    let mut handed = 0;
    while log.is_ready() {
        log.decided(decision(handed));
        handed += 1;
    }
    assert_eq!(handed, CAPACITY as u64);
    // Those who were let in before are recorded all the same.
    log.decided(decision(handed));
    let (taken, ended) = log.shared.take();
    assert_eq!((taken.len(), ended), (CAPACITY + 1, false));
    assert!(log.is_ready(), "it goes on once the disk took them");
}

/// What could not be written when the service ends is counted, not passed over.
#[test]
fn what_a_disk_did_not_take_at_the_end_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, _) = write::Writer::open(dir.path(), LEDGER, Keeping::default()).unwrap();
    writer.take_in(&Entry::Decision(decision(0)));
    writer.write(true).unwrap();
    assert_eq!(writer.unwritten(), 0);
    // Nothing can be written to what is open for reading.
    writer.write_to(std::fs::File::open(dir.path()).unwrap());
    writer.take_in(&Entry::Decision(decision(1)));
    writer.take_in(&Entry::Decision(decision(2)));
    assert!(writer.write(true).is_err());
    assert_eq!(writer.unwritten(), 2);
}
