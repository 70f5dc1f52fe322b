//! What is printed: a table for people, or a JSON object a line for programs.

use serde_json::{Value, json};

use crate::measure::Round;
use crate::work::{Measurement, Work};

/// What one peer came to in all rounds of a measurement.
pub(crate) struct Row {
    pub(crate) peer: &'static str,
    pub(crate) rounds: Vec<Round>,
}

/// A measurement and all who took part.
pub(crate) struct Part {
    pub(crate) measurement: Measurement,
    pub(crate) rows: Vec<Row>,
}

/// How many times another's figure something is: all rounds together, and the least and the most of them.
struct Ratio {
    all: f64,
    least: f64,
    most: f64,
}

impl Row {
    /// Events or requests a second: the mean of the rounds, which are all equally long.
    fn rate(&self) -> f64 {
        let sum: f64 = self.rounds.iter().map(|round| round.rate).sum();
        sum / self.rounds.len().max(1) as f64
    }

    /// Within how many milliseconds so large a part of the turns was answered.
    fn within(&self, part: f64) -> Option<f64> {
        let all = self
            .rounds
            .iter()
            .flat_map(|round| round.took.iter().copied());
        let mut all: Vec<u64> = all.collect();
        all.sort_unstable();
        let place = (all.len().checked_sub(1)? as f64 * part).round() as usize;
        all.get(place).map(|nanoseconds| *nanoseconds as f64 / 1e6)
    }

    fn event_bytes(&self) -> Option<u64> {
        self.rounds.iter().find_map(|round| round.event_bytes)
    }
}

impl Part {
    fn ratio(&self, of: &str, to: &str) -> Option<Ratio> {
        let find = |name: &str| self.rows.iter().find(|row| row.peer == name);
        let (of, to) = (find(of)?, find(to)?);
        let pairs = of.rounds.iter().zip(&to.rounds);
        let each = pairs.map(|(of, to)| of.rate / to.rate);
        let (least, most) = each.fold((f64::INFINITY, 0.0_f64), |(least, most), one| {
            (least.min(one), most.max(one))
        });
        Some(Ratio {
            all: of.rate() / to.rate(),
            least,
            most,
        })
    }

    /// One line a peer.
    pub(crate) fn print(&self) {
        let what = self.measurement.to_string();
        for (at, row) in self.rows.iter().enumerate() {
            let what = if at == 0 { what.as_str() } else { "" };
            let time = |part| {
                row.within(part)
                    .map_or("-".to_owned(), |took| format!("{took:.2}"))
            };
            let rate = format!("{} {}", thousands(row.rate()), self.measurement.work.unit());
            let mut line = format!(
                "{what:<36} {:<9} {rate:>20} {:>8} {:>8}",
                row.peer,
                time(0.5),
                time(0.99)
            );
            if row.peer == "dealtrail"
                && let Some(ratio) = self.ratio("dealtrail", "UmaDB")
            {
                let span = format!("{:.2} ({:.2} to {:.2})", ratio.all, ratio.least, ratio.most);
                let bar = self.measurement.bar;
                let reached = if ratio.all >= bar {
                    "reached"
                } else {
                    "not reached"
                };
                line.push_str(&format!("  {span:<22} {bar:>4.1}  {reached}"));
            }
            if let Some(bytes) = row.event_bytes() {
                line.push_str(&format!("  {bytes} bytes an event"));
            }
            println!("{}", line.trim_end());
        }
    }

    /// One object a peer.
    pub(crate) fn print_json(&self) {
        let Measurement { work, clients, bar } = self.measurement;
        for row in &self.rows {
            let rounds: Vec<f64> = row.rounds.iter().map(|round| round.rate.round()).collect();
            let mut line = json!({
                "work": work.name(),
                "clients": clients,
                "peer": row.peer,
                "unit": work.unit(),
                "rate": row.rate().round(),
                "rounds": rounds,
                "p50_ms": row.within(0.5),
                "p99_ms": row.within(0.99),
            });
            if let (Some(bytes), Work::Replay) = (row.event_bytes(), work) {
                set(&mut line, "event_bytes", json!(bytes));
            }
            if let Some(ratio) = self.ratio(row.peer, "file") {
                set(&mut line, "to_file", json!(ratio.all));
            }
            if let (Some(ratio), "dealtrail") = (self.ratio(row.peer, "UmaDB"), row.peer) {
                set(&mut line, "to_umadb", json!(ratio.all));
                set(&mut line, "to_umadb_least", json!(ratio.least));
                set(&mut line, "to_umadb_most", json!(ratio.most));
                set(&mut line, "bar", json!(bar));
                set(&mut line, "reached", json!(ratio.all >= bar));
            }
            println!("{line}");
        }
    }
}

fn set(line: &mut Value, name: &str, value: Value) {
    if let Some(fields) = line.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
}

/// The first line of the table.
pub(crate) fn print_head() {
    println!(
        "{:<36} {:<9} {:>20} {:>8} {:>8}  {:<22} {:>4}",
        "", "", "", "p50 ms", "p99 ms", "to UmaDB (by rounds)", "bar"
    );
}

/// A number in groups of three figures.
fn thousands(number: f64) -> String {
    let figures = format!("{number:.0}");
    let mut grouped = String::new();
    for (at, figure) in figures.chars().enumerate() {
        if at > 0 && (figures.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(figure);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work;

    fn row(peer: &'static str, rates: [f64; 2], took: Vec<u64>) -> Row {
        let rounds = rates.map(|rate| Round {
            rate,
            took: took.clone(),
            event_bytes: None,
        });
        Row {
            peer,
            rounds: rounds.into(),
        }
    }

    #[test]
    fn a_ratio_is_that_of_all_rounds_and_names_its_extremes() {
        let rows = vec![
            row("UmaDB", [100.0, 50.0], vec![]),
            row("dealtrail", [300.0, 75.0], vec![]),
        ];
        let part = Part {
            measurement: work::ALL[0],
            rows,
        };
        let ratio = part.ratio("dealtrail", "UmaDB").unwrap();
        assert_eq!((ratio.all, ratio.least, ratio.most), (2.5, 1.5, 3.0));
        assert!(part.ratio("dealtrail", "file").is_none());
    }

    #[test]
    fn percentiles_are_those_of_all_rounds() {
        let row = row(
            "UmaDB",
            [1.0, 1.0],
            (1..=100).map(|one| one * 1_000_000).collect(),
        );
        assert_eq!(
            (row.within(0.5), row.within(0.99)),
            (Some(51.0), Some(99.0))
        );
        assert_eq!(row.within(1.0), Some(100.0));
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let grouped = [0.4, 999.0, 1_000.0, 1_234_567.0].map(thousands);
        assert_eq!(grouped, ["0", "999", "1,000", "1,234,567"]);
    }
}
