//! The service's figures: well formed, true, and told in the book.

use std::collections::BTreeMap;

use dealtrail::service::health::CODES;

use super::moody::{moody, record};
use super::service::Service;

/// A page of figures: every family's type, and every sample by its name and labels.
struct Page {
    families: BTreeMap<String, String>,
    samples: BTreeMap<(String, String), f64>,
}

/// Reads the page as strictly as the text form is described.
fn page(service: &Service) -> Page {
    let answer = service.get("/metrics");
    assert_eq!(answer.status, 200, "{}", answer.text());
    let media = answer.header("content-type").unwrap().to_owned();
    assert!(media.starts_with("text/plain; version=0.0.4"), "{media}");
    let text = answer.text();
    assert!(text.ends_with('\n'));
    let (mut families, mut samples) = (BTreeMap::new(), BTreeMap::new());
    let (mut current, mut helped) = (String::new(), String::new());
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap();
            assert!(!help.is_empty());
            name.clone_into(&mut helped);
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert_eq!(name, helped, "told what it is");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{name}");
            let before = families.insert(name.to_owned(), kind.to_owned());
            assert_eq!(before, None, "{name} is there twice");
            name.clone_into(&mut current);
        } else {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
            let kind = &families[&current];
            let family = match kind.as_str() {
                "histogram" => ["_bucket", "_sum", "_count"]
                    .iter()
                    .find_map(|end| name.strip_suffix(end))
                    .unwrap(),
                _ => name,
            };
            assert_eq!(family, current, "samples stand with their family");
            let labels = labels.strip_suffix('}').unwrap().to_owned();
            let value: f64 = value.parse().unwrap();
            let before = samples.insert((name.to_owned(), labels), value);
            assert_eq!(before, None, "{line} is there twice");
        }
    }
    Page { families, samples }
}

/// One figure.
pub(super) fn figure(service: &Service, name: &str, labels: &str) -> f64 {
    page(service).value(name, labels)
}

impl Page {
    fn value(&self, name: &str, labels: &str) -> f64 {
        let key = (name.to_owned(), labels.to_owned());
        let value = self.samples.get(&key);
        *value.unwrap_or_else(|| panic!("no {name}{{{labels}}}"))
    }
}

#[test]
fn the_figures_are_well_formed_and_true() {
    let (service, ..) = moody();
    for number in 0..5 {
        record(&service.ledger, &format!("OR-{number}")).unwrap();
    }
    assert!(record(&service.ledger, "OR-0").is_err(), "it is taken");
    service.get("/v1/agreements/NONE");
    service.get("/v1/agreements/NEITHER");
    service.get("/made/up/by/a/client");
    service.send("POST", "/version", &[], Some(b"{}"));
    let page = page(&service);
    let value = |name: &str, labels: &str| page.value(name, labels);
    assert_eq!(value("dealtrail_ready", ""), 1.0);
    assert_eq!(
        value("dealtrail_ledger_events", ""),
        service.ledger.head() as f64
    );
    assert_eq!(
        value("dealtrail_commands_refused_total", "code=\"ref_in_use\""),
        1.0
    );
    assert_eq!(value("dealtrail_commands_waiting", ""), 0.0);
    // The opening, and the five.
    assert_eq!(value("dealtrail_commands_recorded_total", ""), 6.0);
    assert_eq!(
        value("dealtrail_events_recorded_total", ""),
        service.ledger.head() as f64
    );
    assert_eq!(value("dealtrail_commit_duration_seconds_count", ""), 6.0);
    let route = "route=\"/v1/agreements/{ref}\",method=\"GET\"";
    assert_eq!(
        value(
            "dealtrail_http_requests_total",
            &format!("{route},status=\"404\"")
        ),
        2.0
    );
    assert_eq!(
        value("dealtrail_http_request_duration_seconds_count", route),
        2.0
    );
    assert_eq!(
        value(
            "dealtrail_http_requests_total",
            "route=\"\",method=\"GET\",status=\"404\""
        ),
        1.0
    );
    assert_eq!(
        value(
            "dealtrail_http_requests_total",
            "route=\"/version\",method=\"POST\",status=\"405\""
        ),
        1.0
    );
    assert_eq!(
        value("dealtrail_http_requests_in_flight", ""),
        1.0,
        "this one"
    );
    assert_eq!(
        value("dealtrail_projection_lag_events", "projection=\"status\""),
        0.0
    );
    assert!(value("process_resident_memory_bytes", "") > 1e6);
    assert!(value("dealtrail_last_sync_seconds", "") < 60.0);
    for code in CODES {
        assert_eq!(value("dealtrail_trouble", &format!("code=\"{code}\"")), 0.0);
    }
}

#[test]
fn every_histogram_counts_what_its_last_bucket_holds() {
    let (service, ..) = moody();
    record(&service.ledger, "OR-1").unwrap();
    service.get("/version");
    let page = page(&service);
    // Buckets rise to the count, and the sum is of the same order.
    for (name, kind) in &page.families {
        if kind != "histogram" {
            continue;
        }
        let counts = format!("{name}_count");
        for ((_, labels), count) in page
            .samples
            .iter()
            .filter(|((found, _), _)| *found == counts)
        {
            let comma = if labels.is_empty() { "" } else { "," };
            let all = page.value(
                &format!("{name}_bucket"),
                &format!("{labels}{comma}le=\"+Inf\""),
            );
            assert_eq!(all, *count, "{name}{{{labels}}}");
        }
    }
}

/// The book lists every family there is.
#[test]
fn every_figure_is_in_the_book() {
    let (service, ..) = moody();
    let book = std::fs::read_to_string("docs/service.md").unwrap();
    for name in page(&service).families.keys() {
        assert!(
            book.contains(&format!("`{name}`")),
            "{name} is not in docs/service.md"
        );
    }
}
