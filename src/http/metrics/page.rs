//! The text form of Prometheus, version 0.0.4: families of samples, each with what it is and of which type.

use std::fmt::{Display, Write};

use crate::service::figures::Counted;

/// The media type of the page.
pub(super) const MEDIA: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What a family counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It only rises, and begins anew with the process.
    Counter,
    /// It rises and falls.
    Gauge,
    /// Values by bounds.
    Histogram,
}

/// A page being written.
#[derive(Debug, Default)]
pub(super) struct Page(String);

/// Labels of a sample: name and value.
pub(super) type Labels<'a> = &'a [(&'a str, &'a str)];

impl Page {
    /// Begins a family: its samples follow, and no other's come between.
    pub(super) fn family(&mut self, name: &str, kind: Kind, help: &str) {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        self.line(format_args!("# HELP {name} {help}"));
        self.line(format_args!("# TYPE {name} {kind}"));
    }

    /// One sample.
    pub(super) fn sample(&mut self, name: &str, labels: Labels<'_>, value: impl Display) {
        let labels = written(labels, None);
        self.line(format_args!("{name}{labels} {value}"));
    }

    /// A family of one sample.
    pub(super) fn one(&mut self, name: &str, kind: Kind, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }

    /// A gauge that is not always known: without a value there is no family.
    pub(super) fn known(&mut self, name: &str, help: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.one(name, Kind::Gauge, help, value);
        }
    }

    /// The samples of one histogram, `unit` of its numbers to one of the family's.
    pub(super) fn histogram(
        &mut self,
        name: &str,
        labels: Labels<'_>,
        counted: &Counted,
        unit: f64,
    ) {
        for (bound, count) in &counted.below {
            let bound = (*bound as f64 / unit).to_string();
            let labels = written(labels, Some(&bound));
            self.line(format_args!("{name}_bucket{labels} {count}"));
        }
        let all = written(labels, Some("+Inf"));
        let labels = written(labels, None);
        self.line(format_args!("{name}_bucket{all} {}", counted.count));
        self.line(format_args!(
            "{name}_sum{labels} {}",
            counted.sum as f64 / unit
        ));
        self.line(format_args!("{name}_count{labels} {}", counted.count));
    }

    /// The whole page.
    pub(super) fn text(self) -> String {
        self.0
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // A string takes everything.
        let _ = writeln!(self.0, "{line}");
    }
}

fn written(labels: Labels<'_>, bound: Option<&str>) -> String {
    let bound = bound.map(|bound| ("le", bound));
    let all = labels.iter().copied().chain(bound);
    let all: Vec<String> = all
        .map(|(name, value)| {
            let value = value
                .replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('\n', "\\n");
            format!("{name}=\"{value}\"")
        })
        .collect();
    match all.is_empty() {
        true => String::new(),
        false => format!("{{{}}}", all.join(",")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_label_holds_cannot_end_it() {
        let mut page = Page::default();
        page.family("a_total", Kind::Counter, "What\nis \\ counted.");
        page.sample("a_total", &[("x", "say \"a\\b\"\n")], 3_u64);
        let counted = Counted {
            below: vec![(250, 1), (1_000_000, 3)],
            count: 4,
            sum: 9_500_000,
        };
        page.histogram("b_seconds", &[("y", "z")], &counted, 1e6);
        assert_eq!(
            page.text(),
            "# HELP a_total What\\nis \\\\ counted.\n# TYPE a_total counter\na_total{x=\"say \\\"a\\\\b\\\"\\n\"} 3\n\
             b_seconds_bucket{y=\"z\",le=\"0.00025\"} 1\nb_seconds_bucket{y=\"z\",le=\"1\"} 3\n\
             b_seconds_bucket{y=\"z\",le=\"+Inf\"} 4\nb_seconds_sum{y=\"z\"} 9.5\nb_seconds_count{y=\"z\"} 4\n"
        );
    }
}
