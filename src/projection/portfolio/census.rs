//! Every agreement of a scope counted in one pass, on all cores.

use chrono::NaiveDate;

use super::by_class::ByClass;
use super::conversion::Conversions;
use super::documents::Documents;
use super::package_card::PackageCard;
use super::reckoned::Reckoned;
use super::register::{Entry, Register};
use super::roll::Scope;
use super::ties::Summed;
use crate::deal::value::ids::StreamId;
use crate::deal::value::money::Currency;
use crate::projection::many;

/// So many agreements of no package are counted in one go.
const BATCH: usize = 256;
/// The members of so many packages are.
const TEAMS: usize = 24;

/// The members of a registered package by the numbers of their streams, and where the package stands among them all.
type Team<'r> = (usize, &'r Vec<u32>);

/// Agreements to be counted in one go, by the numbers of their streams.
enum Batch<'r> {
    /// Those of some packages.
    Teams(&'r [Team<'r>]),
    /// Some of those of no package.
    Outside(&'r [u32]),
}

/// What is counted in one go.
struct Counted<'a, 'r, T> {
    kept: T,
    packages: Vec<PackageTally<'r>>,
    conversions: Conversions<'a>,
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
    fn of<'e>(card: &'r PackageCard, members: impl Iterator<Item = &'e Entry<'e>>) -> Self {
        let (mut registered, mut gone) = (ByClass::default(), ByClass::default());
        let whole = card.value.as_ref().map(|value| value.money.currency());
        let mut beside = Vec::new();
        for member in members {
            if member.ties.is_gone() {
                gone.add(member.class());
            }
            if member.counts() {
                registered.add(member.class());
                member.each_declared(|money| {
                    let currency = money.currency();
                    beside.extend((Some(currency) != whole).then_some(currency));
                });
            }
        }
        let amended = card.remarks.amended.iter().map(|(_, day)| *day);
        Self {
            card,
            id: card.id,
            documents: Documents::of(&card.declared, registered, gone),
            occasion: card.occasion,
            expectations: card.expectations,
            claims: card.remarks.claims,
            inferred: card.remarks.inferred,
            amended: amended.max(),
            beside,
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

impl<'a> Register<'a> {
    /// Every registered agreement in a scope, counted in one pass: the members of a package together, so that what is counted of
    /// the package is known at once. `keep` gathers what else is asked of each, by the number of its stream, into what `begin`
    /// makes for every so many of them.
    pub fn count<'r, T: Send>(
        &'r self,
        scope: Scope,
        begin: impl Fn() -> T + Sync,
        keep: impl Fn(&mut T, u32, Entry<'r>) + Sync,
    ) -> Census<'a, 'r, T> {
        let definitions = &self.ledger.policy().conversions;
        let (teams, outside) = self.teams(scope);
        let batches = teams.chunks(TEAMS).map(Batch::Teams);
        let outside = outside.into_iter();
        let outside = outside.flat_map(|members| members.chunks(BATCH).map(Batch::Outside));
        let batches: Vec<Batch<'_>> = batches.chain(outside).collect();
        let counted = many::each(&batches, |batch| {
            let entries = self.entries(batch);
            let mut counted = Counted {
                kept: begin(),
                packages: Vec::new(),
                conversions: Conversions::overall(definitions),
            };
            for (number, entry) in &entries {
                counted.conversions.add(entry);
                keep(&mut counted.kept, *number, *entry);
            }
            if let Batch::Teams(teams) = batch {
                counted.packages = self.tallies(teams, &entries);
            }
            Some(counted)
        });
        let mut all = Census {
            kept: Vec::with_capacity(counted.len()),
            packages: Vec::with_capacity(teams.len()),
            conversions: Conversions::overall(definitions),
        };
        for counted in counted {
            all.kept.push(counted.kept);
            all.packages.extend(counted.packages);
            all.conversions.absorb(counted.conversions);
        }
        all
    }

    /// The registered agreements of a batch, in order. All are looked up before any is counted: what is looked up lies far apart
    /// in memory, and so one need not wait for the other.
    fn entries<'r>(&'r self, batch: &Batch<'_>) -> Vec<(u32, Entry<'r>)> {
        let mut entries = Vec::with_capacity(BATCH);
        let mut add = |members: &[u32], place| {
            for number in members {
                let course = self.sheet.course(*number);
                let entry = course.and_then(|course| self.entry_in(*number, course, place));
                entries.extend(entry.map(|entry| (*number, entry)));
            }
        };
        match batch {
            Batch::Outside(members) => add(members, None),
            Batch::Teams(teams) => {
                for (place, members) in *teams {
                    add(members, Some(*place));
                }
            }
        }
        entries
    }

    /// What is counted of the packages of these teams, whose members are these entries.
    fn tallies<'r>(
        &'r self,
        teams: &[Team<'_>],
        entries: &[(u32, Entry<'r>)],
    ) -> Vec<PackageTally<'r>> {
        let mut rest = entries;
        let tallies = teams.iter().filter_map(|(place, _)| {
            let of_team = |(_, entry): &(u32, Entry<'_>)| entry.place == Some(*place);
            let (members, after) =
                rest.split_at(rest.iter().take_while(|one| of_team(one)).count());
            rest = after;
            let card = self.packages.get(*place)?;
            let members = members.iter().map(|(_, entry)| entry);
            Some(PackageTally::of(card, members))
        });
        tallies.collect()
    }

    /// The registered packages in a scope, with those that name them; and the agreements of the scope that name none.
    fn teams(&self, scope: Scope) -> (Vec<Team<'_>>, Vec<&Vec<u32>>) {
        static NOBODY: Vec<u32> = Vec::new();
        // Both are in the order of the packages.
        let mut all = self.sheet.teams().peekable();
        let mut outside: Vec<&Vec<u32>> = Vec::new();
        let mut teams: Vec<Team<'_>> = Vec::with_capacity(self.streams.len());
        for (place, package) in self.streams.iter().enumerate() {
            while let Some((_, members)) = all.next_if(|(named, _)| *named < Some(*package)) {
                outside.push(members);
            }
            let mine = all.next_if(|(named, _)| *named == Some(*package));
            if scope.covers(Some(*package)) {
                teams.push((place, mine.map_or(&NOBODY, |(_, members)| members)));
            }
        }
        outside.extend(all.map(|(_, members)| members));
        if !scope.covers(None) {
            outside.clear();
        }
        (teams, outside)
    }
}
