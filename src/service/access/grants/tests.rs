use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

const LEDGER: Uuid = Uuid::from_u128(7);

fn order(role: Role) -> Order {
    Order {
        actor: "u:7f3a".parse().unwrap(),
        role,
        only: Vec::new(),
        valid: TimeDelta::days(90),
        label: Some("desk".to_owned()),
        by: "u:admin".parse().unwrap(),
    }
}

#[test]
fn what_was_granted_is_read_again_and_can_be_revoked_by_token_or_id() {
    let dir = tempfile::tempdir().unwrap();
    let (dir, now) = (dir.path(), at("2026-01-01T00:00:00Z"));
    assert!(read(dir, LEDGER).unwrap().all.is_empty());
    let (first, one) = grant(dir, LEDGER, order(Role::Officer), now).unwrap();
    let (_, two) = grant(dir, LEDGER, order(Role::Auditor), now).unwrap();
    let grants = read(dir, LEDGER).unwrap();
    assert_eq!(grants.all, vec![one.clone(), two.clone()]);
    assert_eq!(grants.valid(now), 2);
    assert_eq!(
        grants.valid(at("2026-04-01T00:00:00Z")),
        0,
        "90 days are over"
    );
    assert_eq!(grants.valid(at("2026-03-31T23:59:59Z")), 2);
    let by = "u:other".parse().unwrap();
    revoke(dir, LEDGER, first.as_str(), &by, now).unwrap();
    revoke(dir, LEDGER, two.grant.token.as_str(), &by, now).unwrap();
    let place = read(dir, LEDGER).unwrap().place;
    // A second time adds nothing.
    let again = revoke(dir, LEDGER, first.as_str(), &order(Role::Officer).by, now).unwrap();
    assert_eq!(again.revoked.unwrap().1, by);
    let grants = read(dir, LEDGER).unwrap();
    assert_eq!((grants.valid(now), grants.place), (0, place));
    let error = revoke(dir, LEDGER, "t-aaaaaaaaaaaa", &by, now).unwrap_err();
    assert_eq!(error.to_string(), "there is no token t-aaaaaaaaaaaa");
}

#[test]
fn no_token_and_no_open_directory_is_left_on_the_disk() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let now = at("2026-01-01T00:00:00Z");
    let (token, _) = grant(dir.path(), LEDGER, order(Role::Officer), now).unwrap();
    let text = std::fs::read_to_string(path(dir.path())).unwrap();
    assert!(!text.contains(&token.as_str()[3..]), "{text}");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path(dir.path())), 0o600);
    assert_eq!(mode(&dir.path().join(DIRECTORY)), 0o700);
}

#[test]
fn what_cannot_be_granted_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (dir, now) = (dir.path(), at("2026-01-01T00:00:00Z"));
    let refused = |order: Order| grant(dir, LEDGER, order, now).unwrap_err();
    let long = Order {
        valid: TimeDelta::days(91),
        ..order(Role::Officer)
    };
    assert!(matches!(refused(long), GrantsError::TooLong));
    let none = Order {
        valid: TimeDelta::zero(),
        ..order(Role::Officer)
    };
    assert!(matches!(refused(none), GrantsError::TooLong));
    let more = Order {
        only: vec![Action::Confirm],
        ..order(Role::Officer)
    };
    assert!(matches!(refused(more), GrantsError::NotOfRole(..)));
    let line = Order {
        label: Some("a\nb".to_owned()),
        ..order(Role::Officer)
    };
    assert!(matches!(refused(line), GrantsError::Label));
    assert!(!path(dir).exists(), "nothing was written");
}

#[test]
fn half_a_line_was_never_granted_and_a_changed_one_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (dir, now) = (dir.path(), at("2026-01-01T00:00:00Z"));
    grant(dir, LEDGER, order(Role::Officer), now).unwrap();
    grant(dir, LEDGER, order(Role::Reviewer), now).unwrap();
    let whole = std::fs::read(path(dir)).unwrap();
    std::fs::write(path(dir), &whole[..whole.len() - 9]).unwrap();
    assert_eq!(read(dir, LEDGER).unwrap().all.len(), 1);
    grant(dir, LEDGER, order(Role::Auditor), now).unwrap();
    assert_eq!(read(dir, LEDGER).unwrap().all.len(), 2);
    // An administrator who makes a reviewer of himself in the file is found out.
    let text = std::fs::read_to_string(path(dir)).unwrap();
    std::fs::write(path(dir), text.replacen("officer", "reviewer", 1)).unwrap();
    assert!(matches!(read(dir, LEDGER), Err(GrantsError::Damaged(_))));
    std::fs::write(path(dir), &whole).unwrap();
    let other = read(dir, Uuid::from_u128(8)).unwrap_err();
    assert!(matches!(other, GrantsError::OtherLedger(_)));
}

#[test]
fn two_who_grant_at_once_follow_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let now = at("2026-01-01T00:00:00Z");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    grant(dir.path(), LEDGER, order(Role::Officer), now).unwrap();
                }
            });
        }
    });
    assert_eq!(read(dir.path(), LEDGER).unwrap().all.len(), 20);
}
