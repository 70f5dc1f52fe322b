//! Problems of a service (RFC 9457) as the same failures that a ledger at hand gives.

use serde_json::{Map, Value};

use super::failure::{Exit, Failure};
use super::trouble::{HINT_FACT, HINT_THING};

/// Members that every problem has, or that say nothing beyond the sentence.
const OWN: [&str; 8] = [
    "type", "title", "status", "code", "detail", "hint", "instance", "event",
];
/// What to do about a report that was asked for wrongly.
const REPORT: &str = "`dealtrail report --help` tells what can be asked";

/// The failure that an answer other than success stands for.
pub(super) fn failure(server: &str, status: u16, body: &[u8]) -> Failure {
    let problem = serde_json::from_slice::<Map<String, Value>>(body);
    let Ok(problem) = problem else {
        let sentence =
            format!("{server} answered {status}, which is no answer of a dealtrail service");
        return Failure::broken("service", sentence).hint("check the address given as --server");
    };
    let text = |member: &str| problem.get(member).and_then(Value::as_str);
    let (code, sentence) = (
        text("code").unwrap_or("service"),
        text("detail").unwrap_or_default(),
    );
    let known = |code: &'static str, hint: Option<&str>| {
        let failure = Failure::refused(code, sentence);
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    };
    let mut failure = match code {
        "not_found" => known("not_found", Some(HINT_THING)),
        "unknown_fact" => known("unknown_fact", Some(HINT_FACT)),
        "beyond_head" | "no_such_moment" => return known("refused", None),
        "other_kind" => known("malformed", None),
        "no_such_path" | "no_such_method" => {
            let sentence = format!("{server} has nothing there that this command asks for");
            return Failure::refused("service", sentence).hint(
                "check the address given as --server, which ends before /v1; the service may be of an earlier release",
            );
        }
        "no_such_issue" | "follows_nothing" => known("report", None),
        "no_such_report" | "report" => known("report", Some(REPORT)),
        // What is not said by the ledger's rules but by the words around it has its own field.
        "no_such_format" => return known("report", Some(REPORT)),
        "document_gone" => known("report", None),
        "token" => known(
            "token",
            Some(
                "give one with --token or in DEALTRAIL_TOKEN; whoever administers the service makes them",
            ),
        ),
        other => Failure {
            code: other.to_owned().into(),
            hint: text("hint").map(str::to_owned),
            ..Failure::refused("service", sentence)
        },
    };
    failure.exit = match status {
        500..=599 => Exit::Broken,
        _ => Exit::Refused,
    };
    // Too many commands at once is a refusal: the same one can be sent again.
    if code == "busy" {
        failure.exit = Exit::Refused;
    }
    let members = problem.into_iter();
    let further = members.filter(|(name, _)| !OWN.contains(&name.as_str()));
    failure.details.extend(further);
    if let Some(Value::String(field)) = failure.details.get_mut("field") {
        *field = own_field(field).to_owned();
    }
    failure
}

/// A field of the one fact that a command line speaks of, where the service names it by its place in a batch:
/// `events[0].data.parcel` is `parcel`.
fn own_field(field: &str) -> &str {
    let of_event = field.strip_prefix("events[");
    let own = of_event.and_then(|rest| rest.split_once("]."));
    let own = own.map_or(field, |(_, own)| own);
    own.strip_prefix("data.").unwrap_or(own)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(status: u16, problem: &Value) -> Failure {
        failure(
            "http://ledger.example",
            status,
            problem.to_string().as_bytes(),
        )
    }

    #[test]
    fn a_problem_is_the_failure_a_ledger_gives() {
        let near = of(
            404,
            &json!({"code": "not_found", "detail": "there is no thing called \"BRIK\"", "near": ["BRICK"],
                "type": "/problems/not_found", "status": 404, "title": "Not Found"}),
        );
        assert_eq!((near.exit as u8, near.code.as_ref()), (1, "not_found"));
        assert_eq!(near.hint.as_deref(), Some(HINT_THING));
        assert_eq!(near.details.keys().collect::<Vec<_>>(), ["near"]);
        let rule = of(
            422,
            &json!({"code": "closed", "detail": "it is closed", "hint": "reopen it", "field": "on"}),
        );
        assert_eq!(
            (rule.code.as_ref(), rule.hint.as_deref()),
            ("closed", Some("reopen it"))
        );
        assert_eq!(rule.details["field"], "on");
        let field = |path: &str| {
            of(422, &json!({"code": "x", "detail": "", "field": path})).details["field"].clone()
        };
        assert_eq!(field("events[12].data.parcel"), "parcel");
        assert_eq!(field("events[0].on"), "on");
        assert_eq!(field("data"), "data");
        let full = of(
            507,
            &json!({"code": "no_space", "detail": "there is no space left"}),
        );
        assert_eq!(full.exit as u8, 2);
    }

    #[test]
    fn what_is_no_problem_is_no_service() {
        let failure = failure("http://ledger.example", 502, b"<html>");
        assert_eq!((failure.exit as u8, failure.code.as_ref()), (2, "service"));
        assert!(failure.sentence.contains("502"));
    }
}
