//! What everybody may ask, and what is answered where there is nothing.

use super::service::Service;

#[test]
fn the_version_is_told_and_what_is_not_there_is_a_problem() {
    let service = Service::start();
    let version = service.get("/version");
    assert_eq!(version.status, 200);
    assert_eq!(version.json()["name"], "dealtrail");
    let nothing = service.get("/nothing");
    assert_eq!(nothing.status, 404);
    assert_eq!(
        nothing.header("content-type"),
        Some("application/problem+json")
    );
    assert_eq!(nothing.json()["type"], "/problems/no_such_path");
    let posted = service.post("/version", &serde_json::json!({}));
    assert_eq!(
        (posted.status, posted.json()["code"].as_str()),
        (405, Some("no_such_method"))
    );
    let unknown = service.get("/v1/agreements/BRICK?color=red");
    assert_eq!(
        (unknown.status, unknown.json()["field"].as_str()),
        (400, Some("color"))
    );
    let missing = service.get("/v1/agreements/BRICK");
    assert_eq!(
        (missing.status, missing.json()["code"].as_str()),
        (404, Some("not_found"))
    );
    assert!(service.ledger.head() > 0, "it is open beside the service");
}
