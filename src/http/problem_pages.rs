//! A page for each type of problem, and the list of them; for programs the same as JSON.

use std::fmt::Write;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::endpoint::Endpoint;
use super::pages::{self, HTML, Safe, prose};
use super::problem::Problem;
use super::problems;
use super::problems::table::Known;
use crate::service::access::role::Action;

/// Its routes.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    let both = |endpoint: Endpoint| {
        endpoint
            .giving::<serde_json::Value>(StatusCode::OK)
            .giving_bytes(StatusCode::OK, HTML)
    };
    vec![
        both(Endpoint::get(Action::Greet, "/problems", list).called(
            "problems",
            "Every type of problem, with what it means and what to do",
        )),
        both(
            Endpoint::get(Action::Greet, "/problems/{code}", one)
                .called("problem", "One type of problem"),
        ),
    ]
}

/// Whether whoever asks wants a page: they say so, or say nothing of JSON.
fn wants_page(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT);
    let accepts = accepts
        .and_then(|accepts| accepts.to_str().ok())
        .unwrap_or_default();
    accepts.contains("text/html")
}

async fn list(headers: HeaderMap) -> Response {
    let all = problems::all();
    if wants_page(&headers) {
        return pages::answer(list_page(&all));
    }
    let all: Vec<_> = all.iter().map(Known::to_json).collect();
    Json(json!({ "problems": all })).into_response()
}

async fn one(Path(code): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let found = problems::find(&code).ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "no_such_path",
            "there is no problem of this type",
            "/problems lists them",
        )
    })?;
    Ok(match wants_page(&headers) {
        true => pages::answer(page(&found)),
        false => Json(found.to_json()).into_response(),
    })
}

fn list_page(all: &[Known]) -> String {
    let mut main = String::from(
        "<main id=\"main\" class=\"plain\">\n<h1>Problems</h1>\n\
         <p class=\"lead\">What the service answers when it does not do what was asked. Each answer names its type; \
         <code>detail</code> says what is wrong with the request at hand, and <code>hint</code> what to do.</p>\n",
    );
    let mut statuses: Vec<u16> = all.iter().map(|one| one.status).collect();
    statuses.sort_unstable();
    statuses.dedup();
    for status in statuses {
        let of_status: Vec<&Known> = all.iter().filter(|one| one.status == status).collect();
        let title = of_status.first().map_or("", |one| one.title());
        // Writing into memory does not fail.
        let _ = write!(
            main,
            "<h2>{status} {}</h2>\n<table class=\"rows\"><tbody>\n",
            Safe(title)
        );
        for one in of_status {
            let (code, meaning) = (one.code, prose(one.meaning));
            let _ = writeln!(
                main,
                "<tr><th scope=\"row\"><a href=\"/problems/{code}\"><code>{code}</code></a></th><td>{meaning}</td></tr>"
            );
        }
        main.push_str("</tbody></table>\n");
    }
    main.push_str("</main>");
    pages::page("Problems", &main)
}

fn page(one: &Known) -> String {
    let example = serde_json::to_string_pretty(&one.example()).unwrap_or_default();
    let main = format!(
        "<main id=\"main\" class=\"plain\">\n<p class=\"quiet\"><a href=\"/problems\">Problems</a> · {} {}</p>\n\
         <h1><code>{}</code></h1>\n<p class=\"lead\">{}</p>\n<h2>What to do</h2>\n<p>{}</p>\n\
         <h2>What an answer looks like</h2>\n<p class=\"quiet\">As <code>application/problem+json</code> (RFC 9457). Further members \
         may say more: the field, near references, what stands in the way.</p>\n\
         <pre><code>{}</code></pre>\n</main>",
        one.status,
        Safe(one.title()),
        one.code,
        prose(one.meaning),
        prose(one.remedy),
        Safe(&example)
    );
    pages::page(one.code, &main)
}
