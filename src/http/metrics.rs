//! The service's figures, for Prometheus and whatever reads its text form.
//!
//! Names follow its conventions: base units (seconds, bytes), `_total` on what only rises. Nothing that a client makes up is
//! a label, so that there are only so many series. What a family is and what to alarm on is told in `docs/service.md`.

mod page;

use std::time::{Duration, UNIX_EPOCH};

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use self::page::Kind::{Counter, Gauge, Histogram};
use self::page::{MEDIA, Page};
use super::endpoint::Endpoint;
use super::greeting::Version;
use super::problem::Problem;
use super::state::Api;
use crate::service::access::role::Action;
use crate::service::follow::Health;
use crate::service::health::CODES;
use crate::service::ledger::Ledger;
use crate::service::process::Process;
use crate::service::standing::Standing;

/// How long the ledger may take to say how it is.
const PATIENCE: Duration = Duration::from_secs(5);
/// Microseconds in a second.
const MICROS: f64 = 1e6;

/// Its routes.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(Action::ReadMetrics, "/metrics", metrics)
            .called(
                "metrics",
                "The service's figures, in the text form of Prometheus",
            )
            .giving_bytes(StatusCode::OK, MEDIA),
    ]
}

async fn metrics(State(api): State<Api>) -> Result<Response, Problem> {
    let written = api.looked(PATIENCE, written).await;
    let page = written.ok_or_else(|| {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "not_ready",
            "the ledger does not say how it is: its disk does not answer",
            "check the disk; what was acknowledged is safe",
        )
        .retry()
    })?;
    let headers = [
        (header::CONTENT_TYPE, MEDIA),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, page).into_response())
}

/// The whole page.
fn written(api: &Api) -> String {
    let mut page = Page::default();
    of_program(&mut page, api);
    of_health(&mut page, api);
    of_writer(&mut page, api.ledger());
    of_store(&mut page, api.ledger());
    of_projections(&mut page, api.ledger());
    of_audit(&mut page, api);
    of_traffic(&mut page, api);
    of_process(&mut page, api);
    page.text()
}

fn of_program(page: &mut Page, api: &Api) {
    let version = Version::own();
    let labels = [("version", version.number()), ("target", version.target())];
    page.family(
        "dealtrail_build_info",
        Gauge,
        "Which program answers; always 1.",
    );
    page.sample("dealtrail_build_info", &labels, 1);
    let uptime = api.operations().uptime().as_secs_f64();
    page.one(
        "dealtrail_uptime_seconds",
        Gauge,
        "How long the service has run.",
        uptime,
    );
}

fn of_health(page: &mut Page, api: &Api) {
    let troubles = api.troubles();
    let ready = u8::from(troubles.is_empty());
    page.one(
        "dealtrail_ready",
        Gauge,
        "Whether the service can do its work.",
        ready,
    );
    let name = "dealtrail_trouble";
    page.family(
        name,
        Gauge,
        "What keeps the service from its work, by code: 1 where it does.",
    );
    for code in CODES {
        let is = troubles.iter().any(|one| one.code == *code);
        page.sample(name, &[("code", code)], u8::from(is));
    }
}

fn of_writer(page: &mut Page, ledger: &Ledger) {
    let Some(figures) = ledger.figures() else {
        return;
    };
    let name = "dealtrail_commit_duration_seconds";
    page.family(
        name,
        Histogram,
        "How long a group of commands took to become durable.",
    );
    page.histogram(name, &[], &figures.commit.look(), MICROS);
    let name = "dealtrail_commit_commands";
    page.family(
        name,
        Histogram,
        "How many commands became durable together.",
    );
    page.histogram(name, &[], &figures.group.look(), 1.0);
    let (waiting, commands, events) = (figures.waiting(), figures.commands(), figures.events());
    page.one(
        "dealtrail_commands_waiting",
        Gauge,
        "Commands that wait to be decided.",
        waiting,
    );
    page.one(
        "dealtrail_commands_recorded_total",
        Counter,
        "Commands recorded.",
        commands,
    );
    page.one(
        "dealtrail_events_recorded_total",
        Counter,
        "Events recorded.",
        events,
    );
    let name = "dealtrail_commands_refused_total";
    page.family(
        name,
        Counter,
        "Commands that were not carried out, by the code of the refusal.",
    );
    for (code, count) in figures.refusals() {
        page.sample(name, &[("code", code)], count);
    }
}

fn of_store(page: &mut Page, ledger: &Ledger) {
    of_journal(page, ledger);
    of_second_copy(page, ledger);
    of_upkeep(page, ledger);
    of_copies(page, &Standing::of(ledger));
}

fn of_journal(page: &mut Page, ledger: &Ledger) {
    let store = ledger.store_info();
    let (position, frames) = (store.head.position, store.head.frames);
    page.one(
        "dealtrail_ledger_events",
        Gauge,
        "Events in the ledger, all durable.",
        position,
    );
    page.one(
        "dealtrail_ledger_frames",
        Gauge,
        "Frames in the ledger.",
        frames,
    );
    let bytes = store.segments.saturating_mul(store.segment_bytes);
    page.one(
        "dealtrail_journal_bytes",
        Gauge,
        "Space the journal takes, its spare segment aside.",
        bytes,
    );
    let sync = store.last_sync_micros.map(|micros| micros as f64 / MICROS);
    page.known(
        "dealtrail_last_sync_seconds",
        "How long the last sync of the journal took.",
        sync,
    );
    let recording = u8::from(store.stopped.is_none());
    page.one(
        "dealtrail_recording",
        Gauge,
        "Whether this process records; 0 after a failed sync.",
        recording,
    );
}

fn of_second_copy(page: &mut Page, ledger: &Ledger) {
    let store = ledger.store_info();
    let behind = store.head.position.saturating_sub(store.applied);
    let name = "dealtrail_second_copy_lag_events";
    page.one(
        name,
        Gauge,
        "Events the second copy and its index are behind.",
        behind,
    );
    let name = "dealtrail_second_copy_lag_bytes";
    page.one(
        name,
        Gauge,
        "Bytes of frames the second copy is behind.",
        store.lag_bytes,
    );
    let ready = u8::from(store.second_copy.starts_with("ready"));
    page.one(
        "dealtrail_second_copy_ready",
        Gauge,
        "Whether the second copy follows.",
        ready,
    );
    let name = "dealtrail_sled_blob_files";
    page.one(
        name,
        Gauge,
        "Blob files of sled: anything but 0 calls for attention.",
        store.blob_files,
    );
    page.known(
        "dealtrail_free_bytes",
        "Bytes free for the ledger on its disk.",
        store.free_bytes,
    );
}

fn of_upkeep(page: &mut Page, ledger: &Ledger) {
    let store = ledger.store_info();
    let findings = store.findings.len();
    page.one(
        "dealtrail_findings",
        Gauge,
        "Things found mended, set aside or damaged since it was opened.",
        findings,
    );
    let passes = store.scrub_passes;
    page.one(
        "dealtrail_scrub_passes_total",
        Counter,
        "How often everything stored was read again.",
        passes,
    );
    let name = "dealtrail_scrub_age_seconds";
    page.known(
        name,
        "How long ago everything stored was last read again.",
        store.scrub_ended_seconds,
    );
}

fn of_copies(page: &mut Page, standing: &Standing) {
    let name = "dealtrail_checkpoint_age_seconds";
    page.known(
        name,
        "How long ago the newest checkpoint was signed.",
        standing.checkpoint_age,
    );
    let name = "dealtrail_checkpoint_unsigned_events";
    page.known(
        name,
        "Events recorded since the newest checkpoint.",
        standing.unsigned,
    );
    let name = "dealtrail_backup_age_seconds";
    page.known(
        name,
        "How long ago the last backup was taken.",
        standing.backup_age,
    );
    let name = "dealtrail_backup_unsaved_events";
    page.known(
        name,
        "Events recorded since the last backup.",
        standing.unsaved,
    );
    page.known(
        "dealtrail_snapshot_events",
        "Where the newest snapshot of the read models stands that fits this program.",
        standing.snapshot,
    );
}

fn of_projections(page: &mut Page, ledger: &Ledger) {
    let follow = ledger.follow_status();
    let following = u8::from(follow.health == Health::Following);
    let names = Ledger::projections();
    let mut family = |name: &str, kind, help: &str, value: u64| {
        page.family(name, kind, help);
        for projection in names {
            page.sample(name, &[("projection", projection)], value);
        }
    };
    family(
        "dealtrail_projection_events",
        Gauge,
        "Events a read model has taken in.",
        follow.position,
    );
    family(
        "dealtrail_projection_lag_events",
        Gauge,
        "Events a read model is behind the ledger.",
        follow.lag,
    );
    family(
        "dealtrail_projection_following",
        Gauge,
        "Whether a read model follows; 0 when it gave up.",
        following.into(),
    );
    family(
        "dealtrail_projection_restarts_total",
        Counter,
        "How often a read model began anew.",
        follow.restarts.into(),
    );
}

fn of_audit(page: &mut Page, api: &Api) {
    let Some(audited) = api.operations().audited() else {
        return;
    };
    let name = "dealtrail_audit_rounds_total";
    page.one(
        name,
        Counter,
        "How often all read models were compared with the ledger.",
        audited.rounds,
    );
    let name = "dealtrail_audit_events_total";
    page.one(name, Counter, "Events that were compared.", audited.events);
    let name = "dealtrail_audit_work_seconds_total";
    page.one(
        name,
        Counter,
        "Processor time that took.",
        audited.worked.as_secs_f64(),
    );
    let differs = u8::from(audited.departure.is_some());
    page.one(
        "dealtrail_audit_differs",
        Gauge,
        "Whether the read models differ from the ledger.",
        differs,
    );
    let position = audited.departure.map(|departure| departure.position);
    page.known(
        "dealtrail_audit_first_difference",
        "The position of the first difference.",
        position,
    );
    let age = audited.ended.map(|ended| ended.elapsed().as_secs());
    page.known(
        "dealtrail_audit_age_seconds",
        "How long ago the last whole comparison ended.",
        age,
    );
    let unreadable = u8::from(audited.unreadable.is_some());
    page.one(
        "dealtrail_audit_unreadable",
        Gauge,
        "Whether stored events could not be read for it.",
        unreadable,
    );
}

fn of_traffic(page: &mut Page, api: &Api) {
    let traffic = api.traffic();
    let told = traffic.told();
    let name = "dealtrail_http_requests_total";
    page.family(
        name,
        Counter,
        "Requests, by route, method and status; no route is an empty one.",
    );
    for one in &told {
        for (status, count) in &one.statuses {
            let status = status.to_string();
            let labels = [
                ("route", one.route.as_str()),
                ("method", one.method),
                ("status", &status),
            ];
            page.sample(name, &labels, count);
        }
    }
    let name = "dealtrail_http_request_duration_seconds";
    page.family(name, Histogram, "How long it took until an answer began.");
    for one in &told {
        let labels = [("route", one.route.as_str()), ("method", one.method)];
        page.histogram(name, &labels, &one.time, MICROS);
    }
    let under_way = traffic.under_way();
    page.one(
        "dealtrail_http_requests_in_flight",
        Gauge,
        "Requests under way, until all was answered.",
        under_way,
    );
    let streams = traffic.streams();
    page.one(
        "dealtrail_event_streams",
        Gauge,
        "Those who follow the ledger as it grows.",
        streams,
    );
}

fn of_process(page: &mut Page, api: &Api) {
    let process = Process::own();
    let resident = process.resident_bytes;
    page.known(
        "process_resident_memory_bytes",
        "Memory it occupies.",
        resident,
    );
    page.known(
        "process_virtual_memory_bytes",
        "Memory it has addresses for.",
        process.virtual_bytes,
    );
    page.known(
        "process_open_fds",
        "Files and sockets it holds open.",
        process.open_files,
    );
    page.known(
        "process_max_fds",
        "How many it may hold open.",
        process.most_files,
    );
    page.known("process_threads", "Its threads.", process.threads);
    if let Some(seconds) = process.cpu_seconds {
        page.one(
            "process_cpu_seconds_total",
            Counter,
            "Processor time it took.",
            seconds,
        );
    }
    let begun = api.operations().begun_at().duration_since(UNIX_EPOCH);
    let begun = begun.ok().map(|since| since.as_secs_f64());
    page.known(
        "process_start_time_seconds",
        "When it began, in seconds since 1970.",
        begun,
    );
}
