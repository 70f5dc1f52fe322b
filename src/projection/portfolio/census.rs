//! Every agreement of a scope counted in one pass, on all cores.

use std::sync::Arc;

use chrono::NaiveDate;

use super::by_class::ByClass;
use super::card::count;
use super::conversion::Conversions;
use super::documents::Documents;
use super::package_card::PackageCard;
use super::reckoned::Reckoned;
use super::register::{Entry, Register};
use super::roll::Scope;
use super::ties::Summed;
use crate::deal::event::agreement_registered::Class;
use crate::deal::value::ids::StreamId;
use crate::deal::value::money::Currency;
use crate::projection::many;

/// So many streams are counted in one go.
const SPAN: u32 = 512;

/// Whether an agreement is counted, and with which package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It is not in scope, or there is none.
    Nowhere,
    /// It belongs to no registered package.
    Outside,
    /// It belongs to the one that stands there among the registered ones.
    In(u32),
}

/// A member of a package, as far as the package is told of.
struct Membership {
    place: u32,
    class: Class,
    is_gone: bool,
    counts: bool,
}

/// What is counted in one go.
struct Counted<'a, T> {
    kept: T,
    members: Vec<Membership>,
    /// The currencies in which members that count state declared money, where it is not that of their package's value.
    beside: Vec<(u32, Currency)>,
    conversions: Conversions<'a>,
}

/// The members of a package, counted.
#[derive(Default, Clone)]
struct Team {
    registered: ByClass,
    gone: ByClass,
    beside: Vec<Currency>,
}

/// The agreements of a scope, counted.
#[derive(Debug)]
pub struct Census<'a, 'r, T> {
    /// What was kept of them, in parts.
    pub kept: Vec<T>,
    /// What is counted of every registered package, by stream.
    pub packages: Vec<PackageTally<'r>>,
    /// Them by each definition of the policy.
    pub conversions: Conversions<'a>,
}

/// What is counted of a package: less than what it comes to, which takes adding up the money of its members. What many packages
/// are looked through for stands in it beside the card, so that looking through ten thousand of them reads nothing else.
#[derive(Debug, Clone)]
pub struct PackageTally<'r> {
    /// What it says of itself.
    pub card: &'r PackageCard,
    /// Its stream.
    pub id: StreamId,
    /// Its documents.
    pub documents: Documents,
    /// Where it was signed or announced.
    pub occasion: Option<StreamId>,
    /// How many expectations of the package as a whole are open.
    pub expectations: u32,
    /// How many fields sources make claims on.
    pub claims: u32,
    /// How many facts carry a remark on what was inferred.
    pub inferred: u32,
    /// The last civil day on which a fact of it was corrected or withdrawn.
    pub amended: Option<NaiveDate>,
    /// The currencies other than that of its declared value in which members that count state declared money, as often as they
    /// do.
    beside: Vec<Currency>,
}

impl<'r> PackageTally<'r> {
    fn of(card: &'r PackageCard, team: &Team) -> Self {
        let amended = card.remarks.amended.iter().map(|(_, day)| *day);
        Self {
            card,
            id: card.id,
            documents: Documents::of(&card.declared, team.registered, team.gone),
            occasion: card.occasion,
            expectations: card.expectations,
            claims: card.remarks.claims,
            inferred: count(card.remarks.inferred.iter()),
            amended: amended.max(),
            beside: team.beside.clone(),
        }
    }
}

impl Team {
    fn add(&mut self, member: &Membership) {
        if member.is_gone {
            self.gone.add(member.class);
        }
        if member.counts {
            self.registered.add(member.class);
        }
    }
}

impl Reckoned for PackageTally<'_> {
    fn card(&self) -> &PackageCard {
        self.card
    }

    fn documents(&self) -> &Documents {
        &self.documents
    }

    fn apportions_beside(&self, currency: Currency) -> bool {
        self.beside.contains(&currency)
    }
}

impl<'a, T> Counted<'a, T> {
    fn add(&mut self, entry: &Entry<'_>, wholes: &[Option<Currency>]) {
        self.conversions.add(entry);
        let Some(place) = entry.place else {
            return;
        };
        let (whole, place) = (wholes.get(place).copied().flatten(), number(place));
        let counts = entry.counts();
        self.members.push(Membership {
            place,
            class: entry.class(),
            is_gone: entry.ties.is_gone(),
            counts,
        });
        if counts {
            entry.each_declared(|money| {
                let currency = money.currency();
                let beside = (Some(currency) != whole).then_some((place, currency));
                self.beside.extend(beside);
            });
        }
    }
}

impl<'a> Register<'a> {
    /// Every registered agreement in a scope, counted in one pass. `keep` gathers what else is asked of each, by the number of
    /// its stream, into what `begin` makes for every so many of them.
    pub fn count<'r, T: Send>(
        &'r self,
        scope: Scope,
        begin: impl Fn() -> T + Sync,
        keep: impl Fn(&mut T, u32, Entry<'r>) + Sync,
    ) -> Census<'a, 'r, T> {
        let definitions = &self.ledger.policy().conversions;
        let places = self.places(scope);
        let wholes = self.packages.iter();
        let wholes = wholes.map(|card| Some(card.value.as_ref()?.money.currency()));
        let wholes: Vec<Option<Currency>> = wholes.collect();
        // In the order of the numbers, in which what is counted stands in memory: members of a package may lie far apart there,
        // and looking them up team by team took longer than all the rest.
        let spans: Vec<u32> = (0..number(places.len())).step_by(SPAN as usize).collect();
        let counted = many::each(&spans, |first| {
            let mut counted = Counted {
                kept: begin(),
                members: Vec::with_capacity(SPAN as usize),
                beside: Vec::new(),
                conversions: Conversions::overall(definitions),
            };
            let span = places.get(*first as usize..)?.iter().take(SPAN as usize);
            for (number, place) in (*first..).zip(span) {
                let place = match place {
                    Place::Nowhere => continue,
                    Place::Outside => None,
                    Place::In(place) => Some(*place as usize),
                };
                let course = self.sheet.course(number);
                let entry = course.and_then(|course| self.entry_in(number, course, place));
                if let Some(entry) = entry {
                    counted.add(&entry, &wholes);
                    keep(&mut counted.kept, number, entry);
                }
            }
            Some(counted)
        });
        let mut kept = Vec::with_capacity(counted.len());
        let mut conversions = Conversions::overall(definitions);
        let mut teams = vec![Team::default(); self.packages.len()];
        for counted in counted {
            kept.push(counted.kept);
            conversions.absorb(counted.conversions);
            for member in &counted.members {
                let team = teams.get_mut(member.place as usize);
                team.into_iter().for_each(|team| team.add(member));
            }
            for (place, currency) in counted.beside {
                let team = teams.get_mut(place as usize);
                team.into_iter().for_each(|team| team.beside.push(currency));
            }
        }
        let packages: Vec<(&Arc<PackageCard>, &Team)> = self.packages.iter().zip(&teams).collect();
        let packages = many::each(&packages, |(card, team)| {
            let is_meant = scope.covers(Some(card.id));
            is_meant.then(|| PackageTally::of(card, team))
        });
        Census {
            kept,
            packages,
            conversions,
        }
    }

    /// Where every agreement is counted, by the number of its stream.
    fn places(&self, scope: Scope) -> Vec<Place> {
        let mut places = vec![Place::Nowhere; self.sheet.streams()];
        let mut put = |members: &[u32], place| {
            for number in members {
                let slot = places.get_mut(*number as usize);
                slot.into_iter().for_each(|slot| *slot = place);
            }
        };
        // Both are in the order of the packages.
        let mut packages = (0..).zip(&self.streams).peekable();
        for (named, members) in self.sheet.teams() {
            let is_before = |(_, package): &(u32, &StreamId)| Some(**package) < named;
            while packages.next_if(is_before).is_some() {}
            let mine = packages.next_if(|(_, package)| Some(**package) == named);
            let package = mine.map(|(_, package)| *package);
            if scope.covers(package) {
                put(
                    members,
                    mine.map_or(Place::Outside, |(at, _)| Place::In(at)),
                );
            }
        }
        places
    }
}

/// A place as it is kept: there are fewer than four billion of anything.
fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
