//! The agreements by instrument, sector and country.

use super::Draft;
use crate::deal::event::agreement_registered::Instrument;
use crate::projection::portfolio::groups::{Counts, Sector};
use crate::report::document::block::{Block, Line, Part};
use crate::report::tables::{MOST_ROWS, Rows, left_out};
use crate::report::text::sentence::portfolio::{Head, Meaning, Name, PortfolioWords};
use crate::report::text::sentence::{Definition, Label, Word};

const INSTRUMENTS: [Instrument; 6] = [
    Instrument::Contract,
    Instrument::Mou,
    Instrument::Framework,
    Instrument::Protocol,
    Instrument::Declaration,
    Instrument::Unknown,
];

impl Draft<'_> {
    pub(super) fn by_instrument(&mut self) -> Part {
        let mut table = self.group_table(self.text.label(Label::Instrument).to_owned());
        for instrument in INSTRUMENTS {
            if let Some(counts) = self.overview.instruments.get(&instrument) {
                let words = self.text.word(Word::Instrument(instrument));
                self.group_row(&mut table, words, counts);
            }
        }
        self.total_row(&mut table);
        self.part("by_instrument", Head::ByInstrument, vec![table.block()])
    }

    pub(super) fn by_sector(&mut self) -> Part {
        let mut table = self.group_table(self.text.label(Label::Sector).to_owned());
        let rows = self.overview.sectors.rows();
        for (sector, counts) in rows.iter().take(MOST_ROWS) {
            let words = match sector {
                Sector::Named(words) => words.as_str(),
                Sector::Sealed => self.text.word(Word::Sealed),
                Sector::NotStated => self.text.word(Word::NotKnown),
            };
            self.group_row(&mut table, words, counts);
        }
        self.total_row(&mut table);
        let mut lines = vec![Line::new(self.say(PortfolioWords::InSeveralSectors(
            self.overview.sectors.in_several,
        )))];
        let more = left_out(rows.len());
        if more > 0 {
            lines.push(Line::new(self.say(PortfolioWords::MoreSectors(more))));
        }
        let blocks = vec![table.block(), Block::Paragraph { lines }];
        self.part("by_sector", Head::BySector, blocks)
    }

    pub(super) fn by_country(&mut self) -> Part {
        let mark = self.meaning(Meaning::Country);
        let mut table = self.group_table(format!("{} ({mark})", self.name(Name::Country)));
        for (country, counts) in self.overview.countries.rows() {
            let words = match country {
                Some(country) => self.say(PortfolioWords::Country(country)),
                None => self.text.word(Word::NotKnown).to_owned(),
            };
            self.group_row(&mut table, &words, &counts);
        }
        self.total_row(&mut table);
        let several = self.overview.countries.in_several;
        let lines = vec![Line::new(
            self.say(PortfolioWords::InSeveralCountries(several)),
        )];
        let blocks = vec![table.block(), Block::Paragraph { lines }];
        self.part("by_country", Head::ByCountry, blocks)
    }

    fn group_table(&mut self, title: String) -> Rows {
        let step = self.notes.define(Definition::Step);
        Rows::of(title)
            .number(self.name(Name::Practical))
            .defined(&self.name(Name::PracticalWithStep), &step)
            .number(self.name(Name::Institutional))
    }

    fn group_row(&self, table: &mut Rows, words: &str, counts: &Counts) {
        let numbers = vec![
            self.text.whole(counts.registered.practical),
            self.of(counts.with_step.practical, counts.registered.practical),
            self.text.whole(counts.registered.institutional),
        ];
        table.row(self.text.opening(words), Vec::new(), numbers);
    }

    fn total_row(&self, table: &mut Rows) {
        let words = self.name(Name::AllOnce);
        self.group_row(table, &words, &self.overview.all);
    }
}
