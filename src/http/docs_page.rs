//! The page at `/docs`: the description of the API as a person reads it.

mod shapes;

use std::fmt::Write;

use serde_json::{Map, Value};

use super::pages::{self, Safe, prose};
use shapes::{anchor, example, members, words};

/// The page of a description.
#[must_use]
pub fn render(described: &Value) -> String {
    let groups = described.get("tags").and_then(Value::as_array);
    let groups: Vec<(&str, &str)> = groups
        .into_iter()
        .flatten()
        .map(|group| (text(group, "name"), text(group, "description")))
        .collect();
    let mut main = String::from(
        "<div class=\"with-side\">\n<nav class=\"side\" aria-label=\"Groups of routes\"><ul>\n",
    );
    for (name, _) in &groups {
        let name = Safe(name);
        // Writing into memory does not fail.
        let _ = writeln!(main, "<li><a href=\"#{name}\">{name}</a></li>");
    }
    main.push_str("<li><a href=\"#shapes\">shapes</a></li>\n</ul></nav>\n<main id=\"main\">\n");
    head(&mut main, described);
    for (name, about) in groups {
        let _ = write!(
            main,
            "<section aria-labelledby=\"{0}\">\n<h2 id=\"{0}\">{0}</h2>\n<p class=\"quiet\">{1}.</p>\n",
            Safe(name),
            prose(about)
        );
        for (path, method, operation) in operations(described) {
            let tag = operation.pointer("/tags/0").and_then(Value::as_str);
            if tag == Some(name) {
                route(&mut main, described, (path, method), operation);
            }
        }
        main.push_str("</section>\n");
    }
    schemas(&mut main, described);
    main.push_str("</main>\n</div>");
    pages::page("Routes", &main)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn head(main: &mut String, described: &Value) {
    let info = described.get("info").unwrap_or(&Value::Null);
    let _ = write!(
        main,
        "<h1>The API of dealtrail</h1>\n<p class=\"lead\">{}.</p>\n",
        prose(text(info, "summary"))
    );
    for paragraph in text(info, "description").split("\n\n") {
        let _ = writeln!(main, "<p>{}</p>", prose(paragraph));
    }
    let _ = writeln!(
        main,
        "<p>A request carries its token as <code>Authorization: Bearer dt_…</code>. Whoever administers the service makes tokens \
         with <code>dealtrail token add</code>. Version {} of the service; the same for programs is \
         <a href=\"/openapi.json\">OpenAPI 3.1</a>.</p>",
        Safe(text(info, "version"))
    );
}

/// Every operation with its path and method.
fn operations(described: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = described.get("paths").and_then(Value::as_object);
    let each = paths.into_iter().flatten();
    each.flat_map(|(path, methods)| {
        let methods = methods.as_object().into_iter().flatten();
        methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
    .collect()
}

fn route(main: &mut String, described: &Value, (path, method): (&str, &str), operation: &Value) {
    let id = Safe(text(operation, "operationId"));
    let _ = write!(
        main,
        "<details class=\"route\" id=\"op-{id}\"><summary><span class=\"method {method}\">{}</span>\
         <span class=\"path\">{}</span><span class=\"what\">{}</span></summary>\n<div class=\"inside\">\n<p>{}</p>\n",
        method.to_ascii_uppercase(),
        Safe(path),
        prose(text(operation, "summary")),
        prose(text(operation, "description"))
    );
    parameters(main, operation);
    if let Some(body) = operation.get("requestBody") {
        main.push_str("<h3>Body</h3>\n");
        content(main, described, body);
    }
    answers(main, described, operation);
    call(main, described, (path, method), operation);
    main.push_str("</div></details>\n");
}

fn parameters(main: &mut String, operation: &Value) {
    let Some(all) = operation.get("parameters").and_then(Value::as_array) else {
        return;
    };
    main.push_str(
        "<h3>Parameters</h3>\n<table class=\"rows\"><thead><tr><th scope=\"col\">Name</th><th scope=\"col\">What</th>\
         <th scope=\"col\">Meaning</th></tr></thead><tbody>\n",
    );
    for one in all {
        let required = one.get("required") == Some(&Value::Bool(true));
        let place = match text(one, "in") {
            "path" => " <span class=\"must\">in the path</span>",
            _ if required => " <span class=\"must\">needed</span>",
            _ => "",
        };
        let _ = writeln!(
            main,
            "<tr><th scope=\"row\"><code>{}</code>{place}</th><td>{}</td><td>{}</td></tr>",
            Safe(text(one, "name")),
            words(one.get("schema").unwrap_or(&Value::Null)),
            prose(text(one, "description"))
        );
    }
    main.push_str("</tbody></table>\n");
}

/// The types of a body, with its members and an example where it is JSON.
fn content(main: &mut String, described: &Value, body: &Value) {
    let types = body.get("content").and_then(Value::as_object);
    for (media, what) in types.into_iter().flatten() {
        let schema = what.get("schema").unwrap_or(&Value::Null);
        let told = words(schema);
        let _ = writeln!(main, "<p><code>{}</code> {told}</p>", Safe(media));
        if media == "application/json" {
            members(main, described, schema);
            sample(main, described, schema);
        }
    }
}

fn sample(main: &mut String, described: &Value, schema: &Value) {
    if let Some(example) = example(described, schema, 0) {
        let example = serde_json::to_string_pretty(&example).unwrap_or_default();
        let _ = writeln!(main, "<pre><code>{}</code></pre>", Safe(&example));
    }
}

fn answers(main: &mut String, described: &Value, operation: &Value) {
    let Some(all) = operation.get("responses").and_then(Value::as_object) else {
        return;
    };
    main.push_str("<h3>Answers</h3>\n<table class=\"rows\"><tbody>\n");
    let mut problems = Vec::new();
    for (status, answer) in all {
        let Some(content) = answer.get("content").and_then(Value::as_object) else {
            match answer.get("$ref").and_then(Value::as_str) {
                Some(named) => problems.push((status, resolved(described, named))),
                None => {
                    let about = Safe(text(answer, "description"));
                    let _ = writeln!(
                        main,
                        "<tr><th scope=\"row\" class=\"status\">{status}</th><td>{about}</td></tr>"
                    );
                }
            }
            continue;
        };
        for (media, what) in content {
            let told = words(what.get("schema").unwrap_or(&Value::Null));
            let _ = writeln!(
                main,
                "<tr><th scope=\"row\" class=\"status\">{status}</th><td><code>{}</code> {told}</td></tr>",
                Safe(media)
            );
        }
    }
    main.push_str("</tbody></table>\n<h3>Problems</h3>\n<table class=\"rows\"><tbody>\n");
    for (status, problem) in problems {
        let about = prose(text(problem, "description"));
        let _ = writeln!(
            main,
            "<tr><th scope=\"row\" class=\"status\">{status}</th><td>{about}</td></tr>"
        );
    }
    main.push_str("</tbody></table>\n");
}

fn resolved<'a>(described: &'a Value, named: &str) -> &'a Value {
    let place = named.strip_prefix('#').unwrap_or_default();
    described.pointer(place).unwrap_or(&Value::Null)
}

/// How it is called from a shell.
fn call(main: &mut String, described: &Value, (path, method): (&str, &str), operation: &Value) {
    let mut line = String::from("curl");
    if operation
        .get("security")
        .and_then(Value::as_array)
        .is_some_and(|all| !all.is_empty())
    {
        line.push_str(" -H \"Authorization: Bearer $TOKEN\"");
    }
    let body = operation.pointer("/requestBody/content");
    if method == "post" && operation.pointer("/requestBody").is_some() {
        let json = body.and_then(|body| body.get("application/json"));
        match json.and_then(|json| example(described, json.get("schema")?, 0)) {
            Some(example) => {
                let example = example.to_string().replace('\'', "'\\''");
                let _ = write!(
                    line,
                    " -H \"Content-Type: application/json\" \\\n  -H \"Idempotency-Key: $(uuidgen)\" \\\n  -d '{example}'"
                );
            }
            None => line.push_str(" --data-binary @FILE"),
        }
    } else if method == "post" {
        line.push_str(" -X POST");
    }
    let sample = path.replace("{ref}", "BRICK").replace("{seq}", "7");
    let sample = sample
        .replace("{name}", "practical-steps")
        .replace(['{', '}'], "");
    let _ = write!(
        main,
        "<h3>From a shell</h3>\n<pre><code>{}</code></pre>\n",
        Safe(&format!("{line} \\\n  http://127.0.0.1:7878{sample}"))
    );
}

fn schemas(main: &mut String, described: &Value) {
    let all = described
        .pointer("/components/schemas")
        .and_then(Value::as_object);
    let empty = Map::new();
    let all = all.unwrap_or(&empty);
    main.push_str(
        "<section aria-labelledby=\"shapes\">\n<h2 id=\"shapes\">shapes</h2>\n\
         <p class=\"quiet\">What bodies and answers are made of.</p>\n",
    );
    for (name, schema) in all {
        let _ = writeln!(
            main,
            "<details class=\"schema\" id=\"{}\"><summary><code>{}</code> <span class=\"quiet\">{}</span></summary>",
            anchor(name),
            Safe(name),
            prose(first_sentence(text(schema, "description")))
        );
        let _ = writeln!(main, "<p>{}</p>", words(schema));
        members(main, described, schema);
        sample(main, described, schema);
        main.push_str("</details>\n");
    }
    main.push_str("</section>\n");
}

fn first_sentence(text: &str) -> &str {
    let end = text.find(". ").map(|at| at.saturating_add(1));
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}
