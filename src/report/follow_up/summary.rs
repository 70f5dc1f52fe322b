//! The summary: how many agreements and other things each matter concerns, and how late it gets.

use super::Draft;
use super::case::Case;
use crate::projection::attention::{Topic, Weight};
use crate::report::document::block::{Align, Block, Cell, Column as TableColumn, Part};
use crate::report::text::sentence::follow_up::{Column, FollowUp, Section};

impl Draft<'_> {
    /// One row a matter, every one with the letter of its definition; those of no case say 0.
    pub(super) fn summary(&mut self, agreements: &[Case], others: &[Case]) -> Part {
        let rows = Topic::ALL
            .into_iter()
            .map(|topic| self.row(topic, agreements, others))
            .collect();
        let column = |column, align| TableColumn {
            title: self.text.follow_up(FollowUp::Column(column)),
            align,
        };
        let mut columns = vec![
            column(Column::Matter, Align::Left),
            column(Column::Agreements, Align::Right),
        ];
        if self.officer.is_none() {
            columns.push(column(Column::Others, Align::Right));
        }
        columns.push(column(Column::Entries, Align::Right));
        columns.push(column(Column::Late, Align::Right));
        columns.push(column(Column::Longest, Align::Right));
        let table = Block::Table { columns, rows };
        self.part("summary", Section::Summary, vec![table])
    }

    fn row(&mut self, topic: Topic, agreements: &[Case], others: &[Case]) -> Vec<Cell> {
        let mark = self.notes.meaning(self.text.follow_up(FollowUp::Define {
            topic,
            level: self.level,
        }));
        let of_topic = |case: &Case| case.weights.iter().any(|weight| weight.topic == topic);
        let things = |cases: &[Case]| cases.iter().filter(|case| of_topic(case)).count() as u64;
        let cases = agreements.iter().chain(others);
        let weights: Vec<&Weight> = cases
            .flat_map(|case| &case.weights)
            .filter(|weight| weight.topic == topic)
            .collect();
        let entries = weights
            .iter()
            .fold(0_u64, |sum, weight| sum.saturating_add(weight.cases));
        let late = weights
            .iter()
            .filter(|weight| weight.days.is_some())
            .count();
        let longest = weights.iter().filter_map(|weight| weight.days).max();
        let whole = |number: u64| self.text.whole(number);
        let dated = matches!(
            topic,
            Topic::Slipping
                | Topic::Silent
                | Topic::OverdueReview
                | Topic::Promise
                | Topic::Obstacle
        );
        // A matter that knows no day is not late by nought days.
        let timed = |number: u64| match dated {
            true => whole(number),
            false => "\u{2013}".to_owned(),
        };
        let name = self.text.follow_up(FollowUp::Topic(topic));
        let mut texts = vec![format!("{name} ({mark})"), whole(things(agreements))];
        if self.officer.is_none() {
            texts.push(whole(things(others)));
        }
        texts.push(whole(entries));
        texts.push(timed(late as u64));
        texts.push(match longest {
            Some(days) => whole(days.unsigned_abs()),
            None => "\u{2013}".to_owned(),
        });
        let cell = |text| Cell {
            text,
            notes: Vec::new(),
        };
        texts.into_iter().map(cell).collect()
    }
}
