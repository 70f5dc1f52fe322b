//! Files behind facts over HTTP.

use dealtrail::http::limits::Settings;
use serde_json::json;

use super::recording::brick;
use super::service::Service;

#[test]
fn a_file_is_kept_named_by_a_fact_and_handed_out_again() {
    let service = Service::start();
    let letter = b"\x89PDF land of brick".repeat(20_000);
    let media = [("content-type", "application/pdf")];
    let kept = service.send("POST", "/v1/evidence", &media, Some(&letter));
    assert_eq!(kept.status, 201, "{}", kept.text());
    let evidence = kept.json();
    assert_eq!(
        (&evidence["size"], &evidence["media"]),
        (&json!(letter.len()), &json!("application/pdf"))
    );
    let place = kept.header("location").unwrap().to_owned();
    assert_eq!(
        place,
        format!("/v1/evidence/{}", evidence["commit"].as_str().unwrap())
    );

    service.post("/v1/agreements", &brick("AG-1"));
    let land = json!({
        "kind": "land_allocated",
        "on": "2025-04-22",
        "data": { "parcel": "AZ-1" },
        "sources": [{ "title": "the letter", "type": "document", "evidence": evidence }],
    });
    let recorded = service.post("/v1/agreements/AG-1/events", &land);
    assert_eq!(recorded.status, 201, "{}", recorded.text());

    let file = service.get(&place);
    assert_eq!(
        (file.status, file.body.as_slice()),
        (200, letter.as_slice())
    );
    assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
    assert!(
        file.header("content-disposition")
            .unwrap()
            .starts_with("attachment")
    );
    assert_eq!(
        file.header("content-type"),
        Some("application/octet-stream")
    );
}

#[test]
fn what_is_no_file_is_refused_and_leaves_nothing() {
    let service = Service::limited(Settings {
        upload_bytes: 1_000,
        ..Settings::default()
    });
    let send = |bytes: &[u8]| {
        service.send(
            "POST",
            "/v1/evidence",
            &[("content-type", "text/plain")],
            Some(bytes),
        )
    };
    let long = send(&[7; 1_001]);
    assert_eq!(
        (long.status, long.json()["code"].as_str()),
        (413, Some("evidence_too_large"))
    );
    assert_eq!(send(&[7; 1_000]).status, 201);
    assert_eq!(send(&[]).status, 400);
    let media = service.send(
        "POST",
        "/v1/evidence",
        &[("content-type", "no type")],
        Some(b"x"),
    );
    assert_eq!(
        (media.status, media.json()["field"].as_str()),
        (400, Some("content-type"))
    );
    let dir = service.ledger.dir().unwrap().join("evidence");
    let left = std::fs::read_dir(dir).unwrap().filter(|one| {
        let name = one.as_ref().unwrap().file_name();
        name.to_string_lossy().ends_with(".new")
    });
    assert_eq!(left.count(), 0);
    let gone = service.get(&format!("/v1/evidence/{}", "0".repeat(64)));
    assert_eq!(
        (gone.status, gone.json()["code"].as_str()),
        (404, Some("evidence_gone"))
    );
    assert_eq!(service.get("/v1/evidence/..%2F..%2FLEDGER").status, 400);
}
