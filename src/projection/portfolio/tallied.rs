//! Agreements counted on a day one by one, each so that it can be taken out again.
//!
//! The census of a day is this over all agreements. Of two days that lie near each other it differs by the few agreements of
//! which something happened between them: [`super::almanac`] takes those out and counts them in anew.

use super::by_class::ByClass;
use super::conversion::Overall;
use super::gist::Single;
use super::marks::{Marks, Recent};
use super::register::Entry;
use super::ties::Summed;
use crate::deal::event::agreement_registered::Class;
use crate::deal::value::money::Currency;
use crate::projection::many;

/// So many streams are counted in one go.
pub(super) const SPAN: u32 = 512;

/// What is counted of agreements on a day, by the numbers of their streams.
#[derive(Debug, Clone, Default)]
pub(super) struct Tallied {
    /// What each has to do with the parts of a report.
    pub(super) marks: Vec<Marks>,
    /// The last day on which something was reached or learned of each.
    pub(super) recent: Vec<Recent>,
    pub(super) sums: Sums,
    /// The members of each registered package, by its place among them.
    pub(super) teams: Vec<Team>,
    pub(super) declared: DeclaredMoney,
}

/// What is counted of all together.
#[derive(Debug, Clone, Default)]
pub(super) struct Sums {
    /// Them by each definition of the policy.
    pub(super) conversions: Overall,
    /// Of investment deals that count and are told of, by the number of the sector.
    pub(super) sectors: Vec<u64>,
    pub(super) without_sector: u64,
    pub(super) expectations: u64,
    pub(super) obstacles: u64,
}

/// The members of a package, as far as it is told of them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Team {
    pub(super) registered: ByClass,
    pub(super) gone: ByClass,
}

/// How many amounts of declared money members that count state, by the places of their packages and by currency: one behind the
/// other, so that they are copied at once.
#[derive(Debug, Clone, Default)]
pub(super) struct DeclaredMoney(Vec<((u32, Currency), u64)>);

/// A member of a package, as it is counted in its team.
#[derive(Debug, Clone, Copy)]
struct Membership {
    place: u32,
    class: Class,
    is_gone: bool,
    counts: bool,
}

/// Whether something is counted in or taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    In,
    Out,
}

impl Way {
    fn count(self, of: &mut u64, by: u64) {
        *of = match self {
            Self::In => of.saturating_add(by),
            Self::Out => of.saturating_sub(by),
        };
    }
}

impl Membership {
    /// What an agreement is in a package; `None` when it belongs to none that is registered.
    fn of(entry: &Entry<'_>) -> Option<Self> {
        Some(Self {
            place: u32::try_from(entry.place?).unwrap_or(u32::MAX),
            class: entry.class(),
            is_gone: entry.ties.is_gone(),
            counts: entry.counts(),
        })
    }
}

impl Team {
    fn count(&mut self, member: Membership, way: Way) {
        if member.is_gone {
            way.count(self.gone.of_mut(member.class), 1);
        }
        if member.counts {
            way.count(self.registered.of_mut(member.class), 1);
        }
    }
}

impl DeclaredMoney {
    fn of(mut all: Vec<(u32, Currency)>) -> Self {
        all.sort_unstable();
        let same = all.chunk_by(|one, other| one == other);
        let counts = same.filter_map(|same| Some((*same.first()?, same.len() as u64)));
        Self(counts.collect())
    }

    fn count(&mut self, package: u32, currency: Currency, way: Way) {
        let found = self
            .0
            .binary_search_by_key(&(package, currency), |(of, _)| *of);
        match found.map(|place| self.0.get_mut(place)) {
            Ok(Some((_, count))) => way.count(count, 1),
            Ok(None) => {}
            Err(place) => {
                let count = u64::from(way == Way::In);
                self.0.insert(place, ((package, currency), count));
            }
        }
    }

    /// The currencies in which members of a package that count state declared money, by the package's place.
    pub(super) fn currencies(&self, package: u32) -> impl Iterator<Item = Currency> {
        let first = self.0.partition_point(|((of, _), _)| *of < package);
        let all = self.0.get(first..).unwrap_or_default().iter();
        let mine = all.take_while(move |((of, _), _)| *of == package);
        mine.filter(|(_, count)| *count > 0)
            .map(|((_, currency), _)| *currency)
    }
}

impl Sums {
    fn count(&mut self, entry: &Entry<'_>, marks: Marks, way: Way) {
        match way {
            Way::In => self.conversions.add(entry),
            Way::Out => self.conversions.take_out(entry),
        }
        if marks.has(Marks::PRACTICAL.and(Marks::COUNTS)) {
            match entry.on.counted.gist.sectors {
                Single::None => way.count(&mut self.without_sector, 1),
                Single::One(sector) => way.count(self.sector(sector), 1),
                Single::Several => {
                    let sectors = entry.course().sectors.iter();
                    sectors.for_each(|sector| way.count(self.sector(*sector), 1));
                }
            }
        }
        way.count(&mut self.expectations, entry.on.expectations().into());
        way.count(&mut self.obstacles, entry.on.obstacles().into());
    }

    fn sector(&mut self, number: u32) -> &mut u64 {
        let place = number as usize;
        if place >= self.sectors.len() {
            self.sectors.resize(place.saturating_add(1), 0);
        }
        // PANIC: there is room for it now.
        self.sectors.get_mut(place).expect("it is there")
    }

    fn absorb(&mut self, apart: Self) {
        self.conversions.absorb(apart.conversions);
        for (number, count) in (0..).zip(apart.sectors) {
            Way::In.count(self.sector(number), count);
        }
        Way::In.count(&mut self.without_sector, apart.without_sector);
        Way::In.count(&mut self.expectations, apart.expectations);
        Way::In.count(&mut self.obstacles, apart.obstacles);
    }
}

/// What is counted in one go.
struct Span {
    marks: Vec<Marks>,
    recent: Vec<Recent>,
    sums: Sums,
    members: Vec<Membership>,
    /// The declared money of those that count, by their packages' places.
    declared: Vec<(u32, Currency)>,
}

impl Tallied {
    /// Counts those of so many streams of which there is an entry, on all cores, under so many definitions; there are so many
    /// registered packages.
    pub(super) fn of<'r>(
        [streams, packages, definitions]: [usize; 3],
        entry: impl Fn(u32) -> Option<Entry<'r>> + Sync,
    ) -> Self {
        let streams = u32::try_from(streams).unwrap_or(u32::MAX);
        let spans: Vec<u32> = (0..streams).step_by(SPAN as usize).collect();
        let spans = many::each(&spans, |first| {
            let mut span = Span {
                marks: Vec::with_capacity(SPAN as usize),
                recent: Vec::with_capacity(SPAN as usize),
                sums: Sums {
                    conversions: Overall::by(definitions),
                    ..Sums::default()
                },
                members: Vec::with_capacity(SPAN as usize),
                declared: Vec::new(),
            };
            for number in *first..first.saturating_add(SPAN).min(streams) {
                span.count(entry(number));
            }
            Some(span)
        });
        let mut all = Self {
            sums: Sums {
                conversions: Overall::by(definitions),
                ..Sums::default()
            },
            teams: vec![Team::default(); packages],
            ..Self::default()
        };
        let mut declared = Vec::new();
        for span in spans {
            all.marks.extend(span.marks);
            all.recent.extend(span.recent);
            all.sums.absorb(span.sums);
            for member in span.members {
                let team = all.team(member.place);
                team.into_iter()
                    .for_each(|team| team.count(member, Way::In));
            }
            declared.extend(span.declared);
        }
        all.declared = DeclaredMoney::of(declared);
        all
    }

    /// Counts in the agreement whose stream has a number.
    pub(super) fn add(&mut self, number: u32, entry: &Entry<'_>) {
        let marks = Marks::of(entry);
        self.sums.count(entry, marks, Way::In);
        self.in_team(entry, Way::In);
        self.mark(number, marks, Recent::of(entry.on.counted.stretch));
    }

    /// Takes out one that was counted in as it is here.
    pub(super) fn take_out(&mut self, number: u32, entry: &Entry<'_>) {
        self.sums.count(entry, Marks::of(entry), Way::Out);
        self.in_team(entry, Way::Out);
        self.mark(number, Marks::default(), Recent::default());
    }

    /// Leaves out streams beyond so many, which are not counted, and has room for those there are.
    pub(super) fn until(&mut self, streams: usize) {
        self.marks.resize(streams, Marks::default());
        self.recent.resize(streams, Recent::default());
    }

    fn team(&mut self, place: u32) -> Option<&mut Team> {
        self.teams.get_mut(place as usize)
    }

    fn in_team(&mut self, entry: &Entry<'_>, way: Way) {
        let Some(member) = Membership::of(entry) else {
            return;
        };
        let Some(team) = self.team(member.place) else {
            return;
        };
        team.count(member, way);
        if member.counts {
            let declared = &mut self.declared;
            entry.each_declared(|money| declared.count(member.place, money.currency(), way));
        }
    }

    fn mark(&mut self, number: u32, marks: Marks, recent: Recent) {
        let number = number as usize;
        if number >= self.marks.len() {
            let length = number.saturating_add(1);
            self.marks.resize(length, Marks::default());
            self.recent.resize(length, Recent::default());
        }
        let slot = self.marks.get_mut(number);
        slot.into_iter().for_each(|slot| *slot = marks);
        let slot = self.recent.get_mut(number);
        slot.into_iter().for_each(|slot| *slot = recent);
    }
}

impl Span {
    fn count(&mut self, entry: Option<Entry<'_>>) {
        let Some(entry) = entry else {
            self.marks.push(Marks::default());
            self.recent.push(Recent::default());
            return;
        };
        let marks = Marks::of(&entry);
        self.sums.count(&entry, marks, Way::In);
        self.marks.push(marks);
        self.recent.push(Recent::of(entry.on.counted.stretch));
        let Some(member) = Membership::of(&entry) else {
            return;
        };
        self.members.push(member);
        if member.counts {
            let declared = &mut self.declared;
            entry.each_declared(|money| declared.push((member.place, money.currency())));
        }
    }
}
