//! Lists: what they are chosen by, and turning their pages.

use std::fmt::Write as _;

use serde_json::json;

use super::reading::{agreement, filled, refs};

#[test]
fn each_filter_leaves_what_it_says() {
    let service = filled();
    for (query, left) in [
        ("", vec!["BRICK", "GLASS", "TILES"]),
        ("sort=-ref", vec!["TILES", "GLASS", "BRICK"]),
        ("sort=last_news", vec!["GLASS", "BRICK", "TILES"]),
        ("class=institutional", vec!["TILES"]),
        ("class=Practical", vec!["BRICK", "GLASS"]),
        ("stage=land-allocated", vec!["BRICK"]),
        ("stage=signed", vec!["GLASS"]),
        ("health=current", vec!["BRICK", "GLASS", "TILES"]),
        ("health=suspended", vec![]),
        ("evidence=1", vec!["BRICK", "GLASS"]),
        ("evidence=4", vec![]),
        ("sector=brick%20production", vec!["BRICK"]),
        ("sector=2392", vec!["BRICK"]),
        ("country=AZ", vec!["BRICK"]),
        ("country=cn", vec!["GLASS"]),
        ("package=PAPERS", vec!["BRICK"]),
        ("officer=u:7f3a", vec!["BRICK"]),
        ("since=2025-04-20", vec!["BRICK", "TILES"]),
        ("until=2025-04-20", vec!["GLASS"]),
        ("q=works%20glass", vec!["GLASS"]),
        (
            "class=practical&q=works&sort=-last_news",
            vec!["BRICK", "GLASS"],
        ),
        ("as_of=2025-04-20&until=2025-04-20", vec!["BRICK", "GLASS"]),
        ("as_of=2025-04-20&stage=signed", vec!["BRICK", "GLASS"]),
        ("known_at=9", vec!["BRICK", "GLASS"]),
    ] {
        let reply = service.get(&format!("/v1/agreements?{query}"));
        assert_eq!(reply.status, 200, "{query}: {}", reply.text());
        assert_eq!(refs(&reply, "agreements"), left, "{query}");
    }
    let held = service.get("/v1/occasions?since=2025-04-17&until=2025-04-17");
    assert_eq!(refs(&held, "occasions"), ["SPRING"]);
    assert!(refs(&service.get("/v1/occasions?since=2025-04-18"), "occasions").is_empty());
    assert_eq!(
        refs(
            &service.get("/v1/organizations?country=AZ"),
            "organizations"
        ),
        ["WORKS"]
    );
    assert!(
        refs(
            &service.get("/v1/organizations?country=DE"),
            "organizations"
        )
        .is_empty()
    );
}

/// What a list is chosen by is what its rows say, on every day and at every position.
#[test]
fn filters_and_rows_agree_at_all_times() {
    let service = filled();
    for position in 7..=service.ledger.head() {
        for day in [
            "2025-04-16",
            "2025-04-17",
            "2025-04-20",
            "2025-04-26",
            "2026-01-01",
        ] {
            let times = format!("known_at={position}&as_of={day}");
            let all = service.get(&format!("/v1/agreements?{times}")).json();
            for row in all["agreements"].as_array().unwrap() {
                let filters = ["class", "stage", "health", "evidence", "package"];
                let mut query = times.clone();
                for filter in filters {
                    if let Some(word) = row[filter].as_str() {
                        write!(query, "&{filter}={word}").unwrap();
                    }
                }
                if let Some(news) = row["last_news"].as_str() {
                    write!(query, "&since={news}&until={news}").unwrap();
                }
                let found = service.get(&format!("/v1/agreements?{query}"));
                let own = row["ref"].as_str().unwrap().to_owned();
                assert!(
                    refs(&found, "agreements").contains(&own),
                    "{query}: {}",
                    found.text()
                );
            }
        }
    }
}

#[test]
fn what_a_list_does_not_know_is_refused_with_what_it_takes() {
    let service = filled();
    for (path, field, allowed) in [
        ("/v1/agreements?class=secret", "class", "institutional"),
        ("/v1/agreements?stage=painted", "stage", "works_started"),
        ("/v1/agreements?health=fine", "health", "slipping"),
        ("/v1/agreements?evidence=9", "evidence", "none"),
        ("/v1/agreements?sort=title", "sort", "-last_news"),
        ("/v1/packages?class=practical", "class", "sort"),
        ("/v1/organizations?stage=signed", "stage", "country"),
        ("/v1/agreements?country=Mars", "country", ""),
    ] {
        let reply = service.get(path);
        let problem = reply.json();
        assert_eq!(
            (reply.status, problem["code"].as_str()),
            (400, Some("no_such_filter")),
            "{path}"
        );
        assert_eq!(problem["field"], field, "{path}");
        let all = problem["allowed"].as_array().unwrap();
        assert!(
            allowed.is_empty() || all.iter().any(|one| one == allowed),
            "{path}: {all:?}"
        );
    }
    for (path, code) in [
        ("/v1/agreements?colour=red", "malformed"),
        ("/v1/agreements?limit=0", "malformed"),
        ("/v1/agreements?limit=1001", "malformed"),
        ("/v1/agreements?since=soon", "malformed"),
        ("/v1/agreements?cursor=abc", "no_such_cursor"),
        ("/v1/search?q=%20", "malformed"),
        ("/v1/search?q=a&kind=person", "malformed"),
    ] {
        let reply = service.get(path);
        assert_eq!(
            (reply.status, reply.json()["code"].as_str()),
            (400, Some(code)),
            "{path}"
        );
    }
    let near = service.get("/v1/agreements?package=PAPRS");
    assert_eq!(
        (near.status, &near.json()["near"][0]),
        (404, &json!("PAPERS"))
    );
}

/// Pages are those of the list as it was when the first one was asked for, whatever is recorded meanwhile.
#[test]
fn pages_stay_as_they_were_while_things_are_recorded() {
    let service = filled();
    for number in 0..7 {
        agreement(&service, &format!("AA-{number}"), &json!({}));
    }
    let whole = refs(&service.get("/v1/agreements?limit=1000"), "agreements");
    let position = service.ledger.head();
    let mut page = service.get("/v1/agreements?limit=3");
    let mut turned = refs(&page, "agreements");
    let mut pages = 1;
    while let Some(next) = page.json()["next"].as_str().map(str::to_owned) {
        // One that would stand before the page, one within, and one that leaves the list.
        agreement(&service, &format!("AA-0-{pages}"), &json!({}));
        agreement(&service, &format!("BB-{pages}"), &json!({}));
        assert!(page.header("link").unwrap().contains(&next));
        page = service.get(&next);
        assert_eq!(page.json()["known_at"], position);
        assert_eq!(page.json()["found"], 10);
        turned.extend(refs(&page, "agreements"));
        pages += 1;
    }
    assert_eq!((turned, pages), (whole, 4));
    // A cursor belongs to its list.
    let first = service.get("/v1/agreements?limit=3").json();
    let next = first["next"].as_str().unwrap();
    let other = service.get(&format!("{next}&class=practical"));
    assert_eq!(other.json()["code"], "no_such_cursor");
}
