//! Every agreement of a scope counted on a day, and what has news of a period.

use std::sync::Arc;

use chrono::NaiveDate;

use super::card::{Remarks, count};
use super::conversion::Conversions;
use super::documents::Documents;
use super::gist::Amendment;
use super::marks::{Marks, Recent};
use super::package_card::PackageCard;
use super::reckoned::Reckoned;
use super::register::Register;
use super::roll::Scope;
use super::tallied::{Sums, Tallied, Team};
use crate::deal::value::ids::StreamId;
use crate::deal::value::money::Currency;
use crate::projection::many;

/// Whether an agreement is counted, and with which package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// It is not in scope, or there is none.
    Nowhere,
    /// It belongs to no registered package.
    Outside,
    /// It belongs to the one that stands there among the registered ones.
    In(u32),
}

/// The agreements of a scope, counted.
#[derive(Debug)]
pub struct Census<'a, 'r> {
    /// What each has to do with the parts of a report, by the numbers of their streams; none where it is not in scope.
    pub marks: Vec<Marks>,
    /// Those of which something may have been reached, raised, reversed or learned since the first day of the period, by the
    /// numbers of their streams: all others have not.
    pub news: Vec<u32>,
    /// The positions of the corrections and withdrawals of their facts since that day, in no order.
    pub amended: Vec<u64>,
    /// What is counted of every registered package, by stream.
    pub packages: Vec<PackageTally<'r>>,
    /// Them by each definition of the policy.
    pub conversions: Conversions<'a>,
    /// How many investment deals count and are told of, by the number of the sector.
    pub sectors: Vec<u64>,
    /// How many of those have no sector.
    pub without_sector: u64,
    /// How many expectations are open.
    pub expectations: u64,
    /// How many obstacles stand.
    pub obstacles: u64,
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
    /// What is said of that occasion beside its facts, if anything ever is.
    pub beside: Option<&'r Remarks>,
    /// How many expectations of the package as a whole are open.
    pub expectations: u32,
    /// How many fields sources make claims on.
    pub claims: u32,
    /// How many facts carry a remark on what was inferred.
    pub inferred: u32,
    /// The last civil day on which a fact of it was corrected or withdrawn.
    pub amended: Option<NaiveDate>,
    /// The beginning of its reference, as it is ordered by.
    order: u128,
    /// The currencies other than that of its declared value in which members that count state declared money.
    stated: Vec<Currency>,
}

impl<'r> PackageTally<'r> {
    fn of(card: &'r PackageCard, team: Team, stated: impl Iterator<Item = Currency>) -> Self {
        let whole = card.value.as_ref();
        let whole = whole.map(|whole| whole.money.currency());
        let amended = card.remarks.amended.iter().map(|(_, day)| *day);
        Self {
            card,
            id: card.id,
            documents: Documents::of(&card.declared, team.registered, team.gone),
            occasion: card.occasion,
            beside: None,
            expectations: card.expectations,
            claims: card.remarks.claims,
            inferred: count(card.remarks.inferred.iter()),
            amended: amended.max(),
            order: beginning(card.reference.as_str()),
            stated: stated.filter(|one| Some(*one) != whole).collect(),
        }
    }
}

impl PackageTally<'_> {
    /// Puts packages into the order of their references.
    pub fn sort(packages: &mut [Self]) {
        // Most are told apart by what stands beside, without looking for the reference.
        packages.sort_by_cached_key(|package| (package.order, &package.card.reference));
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
        self.stated.contains(&currency)
    }
}

impl<'a> Register<'a> {
    /// Every registered agreement in a scope, counted in one pass on all cores, with what has news since the first day of a
    /// period; without one there is no lower bound.
    #[must_use]
    pub fn count(&self, scope: Scope, since: Option<NaiveDate>) -> Census<'a, '_> {
        let places = self.places(scope);
        let entry = |number: u32| {
            let place = match places.get(number as usize)? {
                Place::Nowhere => return None,
                Place::Outside => None,
                Place::In(place) => Some(*place as usize),
            };
            self.entry_in(number, self.sheet.course(number)?, place)
        };
        let tallied = Tallied::of(self.sizes(), entry);
        let all: Vec<u32> = (0..).take(places.len()).collect();
        let amended = many::each(&all, |number| {
            let all = entry(*number)?.on.amended().iter();
            let recent = all.filter(|one| is_since(one, since)).map(|(seq, _)| *seq);
            let recent: Vec<u64> = recent.collect();
            (!recent.is_empty()).then_some(recent)
        });
        let amended = amended.into_iter().flatten().collect();
        self.census(tallied, amended, scope, since)
    }

    /// What a census counts: streams, registered packages, definitions.
    pub(super) fn sizes(&self) -> [usize; 3] {
        let definitions = self.ledger.policy().conversions.len();
        [self.sheet.streams(), self.packages.len(), definitions]
    }

    /// A census of what was counted and of the corrections and withdrawals since the first day.
    pub(super) fn census(
        &self,
        tallied: Tallied,
        amended: Vec<u64>,
        scope: Scope,
        since: Option<NaiveDate>,
    ) -> Census<'a, '_> {
        let Tallied {
            marks,
            recent,
            sums,
            teams,
            declared,
        } = tallied;
        let Sums {
            conversions,
            sectors,
            without_sector,
            expectations,
            obstacles,
        } = sums;
        let since = since.map_or(Recent::default(), Recent::on);
        let both = (0..).zip(marks.iter().zip(&recent));
        let news =
            both.filter(|(_, (marks, last))| **last >= since && marks.has(Marks::REGISTERED));
        let news = news.map(|(number, _)| number).collect();
        let mut occasions: Vec<(StreamId, &Remarks)> = self.sheet.occasions(self.day).collect();
        occasions.sort_unstable_by_key(|(occasion, _)| *occasion);
        let beside = |occasion: StreamId| {
            let place = occasions.binary_search_by_key(&occasion, |(one, _)| *one);
            occasions.get(place.ok()?).map(|(_, remarks)| *remarks)
        };
        let packages = (0..).zip(self.packages.iter().zip(teams));
        let packages: Vec<(u32, (&Arc<PackageCard>, Team))> = packages.collect();
        let packages = many::each(&packages, |(place, (card, team))| {
            let tally = || PackageTally {
                beside: card.occasion.and_then(beside),
                ..PackageTally::of(card, *team, declared.currencies(*place))
            };
            scope.covers(Some(card.id)).then(tally)
        });
        Census {
            marks,
            news,
            amended,
            packages,
            conversions: conversions.conversions(&self.ledger.policy().conversions),
            sectors,
            without_sector,
            expectations,
            obstacles,
        }
    }

    /// Where every agreement is counted, by the number of its stream.
    pub(super) fn places(&self, scope: Scope) -> Vec<Place> {
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

/// The first letters of a reference, sixteen bytes of them: of two that begin differently, in the order of the references.
fn beginning(reference: &str) -> u128 {
    let bytes = reference.bytes().chain(std::iter::repeat(0)).take(16);
    bytes.fold(0, |all, byte| all << 8 | u128::from(byte))
}

/// Whether a correction or withdrawal was recorded on a day or after it.
pub(super) fn is_since((_, day): &Amendment, since: Option<NaiveDate>) -> bool {
    since.is_none_or(|since| *day >= since)
}
