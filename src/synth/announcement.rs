//! What is announced together: companies and bodies, a forum, a package of documents, and the agreements in it.

use super::aftermath::Aftermath;
use super::calendar::{WORKDAY, before};
use super::life::{Life, Neighbours, backdated};
use super::made::{country, identifier, names, text};
use super::memory::Remembered;
use super::remarks::{About, long_remark, remark};
use super::scene::Scene;
use super::sheet::Sheet;
use super::tales::{self, COUNTRIES, PLACES};
use super::turns::sector;
use super::worth::{some_money, some_quantity};
use super::{follow_up, made, progress, vague, worth};
use crate::deal::event::Payload;
use crate::deal::event::agreement_registered::{AgreementRegistered, Class, Instrument, Nature};
use crate::deal::event::occasion_registered::{
    OccasionKind, OccasionRegistered, OccasionRole, Participation,
};
use crate::deal::event::organization_registered::OrganizationRegistered;
use crate::deal::event::package_registered::{
    DeclaredCounts, DeclaredValue, PackageRegistered, ValueScope,
};
use crate::deal::event::signed::Signed;
use crate::deal::track::{SIGNED, Track};
use crate::deal::value::ids::{StreamId, StreamKind};
use crate::deal::value::known::Known;
use crate::deal::value::money::MoneyKind;
use crate::deal::value::text::Names;

/// The built-in tracks.
pub(super) struct Tracks {
    practical: Track,
    institutional: Track,
}

impl Tracks {
    /// The built-in ones.
    pub(super) fn built_in() -> Self {
        Self {
            practical: Track::built_in(Class::Practical),
            institutional: Track::built_in(Class::Institutional),
        }
    }

    /// The track of a class.
    pub(super) fn of(&self, class: Class) -> &Track {
        match class {
            Class::Practical => &self.practical,
            Class::Institutional => &self.institutional,
        }
    }
}

/// What the members of an announcement have in common.
#[derive(Default)]
struct Together {
    around: Neighbours,
    package: Option<StreamId>,
    /// Whether the worth of each member is told.
    breakdown: bool,
    alone: bool,
}

/// Announces agreements with so many events each, of which `extra` are taken for what surrounds them. Gives the
/// agreements that are followed from now on, and what is still told of the announcement itself.
pub(super) fn announce(
    budgets: &[u64],
    mut extra: u64,
    tracks: &Tracks,
    due: u64,
    scene: &mut Scene,
) -> (Vec<Life>, Option<Aftermath>) {
    let mut aftermath = Aftermath::default();
    let mut together = Together {
        breakdown: scene.dice.percent(45),
        alone: budgets.len() == 1,
        ..Together::default()
    };
    let mut due = due;
    if extra > 0 {
        extra = extra.saturating_sub(organizations(extra, due, &mut aftermath, scene));
    }
    if extra > 0 && (!together.alone || scene.dice.percent(30)) {
        let occasion = occasion(due, &mut aftermath, scene);
        together.around.occasion = Some(occasion);
        extra = extra.saturating_sub(1);
    }
    if extra > 0 && !together.alone {
        let occasion = together.around.occasion;
        let package = package(budgets.len() as u64, occasion, due, &mut aftermath, scene);
        together.package = Some(package);
        extra = extra.saturating_sub(1);
    }
    let mut lives: Vec<Life> = Vec::new();
    for budget in budgets {
        together.around.sibling = lives.last().map(|life| life.stream);
        let own = StreamId::Ledger;
        together.around.investor = match scene.dice.percent(60) {
            true => scene.organizations.any(own, &mut scene.dice),
            false => None,
        };
        together.around.body = scene.organizations.any(own, &mut scene.dice);
        due = due.saturating_add(scene.dice.below(WORKDAY / 18));
        lives.push(member(*budget, &together, tracks, due, scene));
    }
    // What surrounds them had less to say than there was room for: the last one has more to tell.
    if aftermath.is_empty()
        && let Some(last) = lives.last_mut()
    {
        last.left = last.left.saturating_add(extra);
        extra = 0;
    }
    aftermath.left = extra;
    let goes_on = extra > 0;
    (lives, goes_on.then_some(aftermath))
}

/// New companies and bodies in one command, and how many.
fn organizations(most: u64, due: u64, aftermath: &mut Aftermath, scene: &mut Scene) -> u64 {
    let count = scene.dice.between(0, 3).min(most);
    let mut sheet = scene.sheet(due, count);
    for _ in 0..count {
        let (stream, reference) = scene.new_thing(StreamKind::Organization, sheet.at);
        let public = scene.dice.percent(35);
        let said = match public {
            true => tales::body(&mut scene.dice),
            false => {
                let trade = tales::a_trade(&mut scene.dice);
                tales::company(&mut scene.dice, trade)
            }
        };
        let belongs = scene.dice.percent(25);
        let entered = scene.dice.percent(60);
        let data = OrganizationRegistered {
            reference,
            names: spoken(said, scene),
            country: match scene.dice.below(8) {
                0 => None,
                1 => Some(Known::Unknown),
                _ => Some(country(scene.dice.pick(&COUNTRIES))),
            },
            organization_type: Some(made::code(if public { "agency" } else { "company" })),
            identifiers: entered
                .then(|| identifier("fable_register", scene.number()))
                .into_iter()
                .collect(),
            parent: match belongs {
                true => scene.organizations.any(stream, &mut scene.dice),
                false => None,
            },
        };
        let id = sheet.record(stream, data.clone(), None);
        let fact = fact(id, data.into(), &sheet);
        aftermath.learn(stream, fact, &mut scene.dice);
        scene.organizations.add(stream);
    }
    scene.hand_in(sheet)
}

fn occasion(due: u64, aftermath: &mut Aftermath, scene: &mut Scene) -> StreamId {
    let mut sheet = scene.sheet(due, 1);
    let (stream, reference) = scene.new_thing(StreamKind::Occasion, sheet.at);
    let said = tales::meeting(&mut scene.dice, false);
    let within = scene.dice.percent(20);
    let place = scene.dice.pick(&PLACES);
    let organiser = scene.organizations.any(stream, &mut scene.dice);
    let role = scene.dice.pick(&[
        OccasionRole::Organised,
        OccasionRole::CoOrganised,
        OccasionRole::Supported,
        OccasionRole::Spoke,
        OccasionRole::Presented,
    ]);
    let data = OccasionRegistered {
        reference,
        kind: scene.dice.pick(&[
            OccasionKind::Conference,
            OccasionKind::Meeting,
            OccasionKind::Session,
            OccasionKind::Mission,
            OccasionKind::Visit,
            OccasionKind::Statement,
        ]),
        names: spoken(said, scene),
        place: Some(text(made::in_language(&place, sheet.lang))),
        theme: Some(long_remark(About::Hope, sheet.lang, &mut scene.dice)),
        parent: match within {
            true => scene.occasions.any(stream, &mut scene.dice),
            false => None,
        },
        roles: vec![Participation {
            role,
            party: scene.a_party(organiser, "organiser", sheet.lang),
        }],
        attendance: vec![some_quantity("participants", 400, sheet.lang, scene)],
        topics: vec![remark(About::Note, sheet.lang, &mut scene.dice)],
    };
    let day = before(sheet.today, scene.dice.below(20));
    let on = vague::held(day, sheet.today, &mut scene.dice);
    let id = sheet.record(stream, data.clone(), Some(on.clone()));
    let mut fact = fact(id, data.into(), &sheet);
    fact.on = Some(on);
    aftermath.learn(stream, fact, &mut scene.dice);
    scene.hand_in(sheet);
    scene.occasions.add(stream);
    stream
}

fn package(
    members: u64,
    occasion: Option<StreamId>,
    due: u64,
    aftermath: &mut Aftermath,
    scene: &mut Scene,
) -> StreamId {
    let mut sheet = scene.sheet(due, 1);
    let (stream, reference) = scene.new_thing(StreamKind::Package, sheet.at);
    let said = tales::meeting(&mut scene.dice, true);
    let valued = scene.dice.percent(75);
    let guessed = scene.dice.percent(20);
    let data = PackageRegistered {
        reference,
        titles: spoken(said, scene),
        occasion,
        declared_counts: counts(members, scene),
        declared_value: valued.then(|| DeclaredValue {
            money: some_money(MoneyKind::Declared, scene),
            scope: scene.dice.pick(&[
                ValueScope::All,
                ValueScope::Practical,
                ValueScope::Ambiguous,
            ]),
        }),
        inferred: guessed.then(|| remark(About::Inferred, sheet.lang, &mut scene.dice)),
    };
    let id = sheet.record(stream, data.clone(), None);
    aftermath.learn(stream, fact(id, data.into(), &sheet), &mut scene.dice);
    scene.hand_in(sheet);
    stream
}

/// What is declared of the number of documents: all, by class, in part, or nothing.
pub(super) fn counts(members: u64, scene: &mut Scene) -> DeclaredCounts {
    let more = scene.dice.below(4);
    let all = u32::try_from(members.saturating_add(more)).unwrap_or(u32::MAX);
    let institutional = all / 4;
    let practical = all.saturating_sub(institutional);
    let (all, practical, institutional) = match scene.dice.below(10) {
        0 => (None, None, None),
        1..=3 => (Some(all), None, None),
        4 => (None, Some(practical), None),
        _ => (Some(all), Some(practical), Some(institutional)),
    };
    DeclaredCounts {
        all,
        practical,
        institutional,
    }
}

/// One agreement: registered, signed, and what the same source tells of it.
fn member(budget: u64, together: &Together, tracks: &Tracks, due: u64, scene: &mut Scene) -> Life {
    let mut sheet = scene.sheet(due, budget);
    let (stream, reference) = scene.new_thing(StreamKind::Agreement, sheet.at);
    let class = match scene.dice.percent(74) {
        true => Class::Practical,
        false => Class::Institutional,
    };
    let data = registration(class, reference, together, &sheet, scene);
    let mut life = Life::new(stream, class, data.instrument);
    life.around = together.around;
    life.signed = before(sheet.today, backdated(&mut scene.dice) / 3);
    life.standing_since = life.signed;
    life.may_be_withdrawn = together.alone;
    life.registration = Some(life.tell(&mut sheet, data, None, &mut scene.dice));
    sign(&mut life, tracks.of(class), &mut sheet, scene);
    if sheet.room() > 1 && class == Class::Practical && scene.dice.percent(12) {
        progress::showcase(&mut life, tracks.of(class), &mut sheet, scene);
    }
    if sheet.room() > 1 && together.breakdown && class == Class::Practical {
        worth::value(&mut life, &mut sheet, scene);
    }
    if sheet.room() > 1 && scene.dice.percent(40) {
        follow_up::foresee(&mut life, tracks.of(class), &mut sheet, scene);
    }
    if sheet.room() > 1 && scene.dice.percent(40) {
        follow_up::assign(&mut life, &mut sheet, scene);
    }
    life.left = budget.saturating_sub(scene.hand_in(sheet));
    if !together.alone {
        match class {
            Class::Practical => scene.deals.add(stream),
            Class::Institutional => scene.frameworks.add(stream),
        }
    }
    life
}

fn registration(
    class: Class,
    reference: crate::deal::value::ids::Ref,
    together: &Together,
    sheet: &Sheet,
    scene: &mut Scene,
) -> AgreementRegistered {
    let trade = tales::a_trade(&mut scene.dice);
    let practical = class == Class::Practical;
    let said = match practical {
        true => tales::deal(&mut scene.dice, trade),
        false => tales::understanding(&mut scene.dice),
    };
    let instrument = match practical {
        true => scene.dice.weighted(&[
            (35, Instrument::Mou),
            (40, Instrument::Contract),
            (10, Instrument::Protocol),
            (15, Instrument::Unknown),
        ]),
        false => scene.dice.weighted(&[
            (45, Instrument::Mou),
            (25, Instrument::Framework),
            (15, Instrument::Declaration),
            (15, Instrument::Protocol),
        ]),
    };
    let (one, other) = match practical {
        true => ("investor", "local_partner"),
        false => ("signatory", "signatory"),
    };
    let guessed = scene.dice.percent(10);
    AgreementRegistered {
        reference,
        titles: spoken(said, scene),
        class,
        instrument,
        sectors: match practical {
            true => vec![sector(trade, sheet.lang)],
            false => Vec::new(),
        },
        parties: vec![
            scene.a_party(together.around.investor, one, sheet.lang),
            scene.a_party(together.around.body, other, sheet.lang),
        ],
        package: together.package,
        nature: match practical {
            true => scene.dice.pick(&[Nature::Greenfield, Nature::Unknown]),
            false => Nature::Unknown,
        },
        review_tier: None,
        inferred: guessed.then(|| remark(About::Inferred, sheet.lang, &mut scene.dice)),
    }
}

fn sign(life: &mut Life, track: &Track, sheet: &mut Sheet, scene: &mut Scene) {
    let signatory = scene.dice.percent(50);
    let place = scene.dice.pick(&PLACES);
    let placed = scene.dice.percent(60);
    let data = Signed {
        occasion: life.around.occasion,
        place: placed.then(|| text(made::in_language(&place, sheet.lang))),
        signatories: signatory
            .then(|| scene.a_party(life.around.investor, "signatory", sheet.lang))
            .into_iter()
            .collect(),
        words: None,
        inferred: None,
        continues: None,
    };
    let on = vague::happened(life.signed, sheet.today, &mut scene.dice);
    life.tell(sheet, data, Some(on), &mut scene.dice);
    if let Some(rank) = track.rank(SIGNED) {
        (0..=rank).for_each(|passed| life.pass(passed));
    }
}

fn spoken(said: [String; 4], scene: &mut Scene) -> Names {
    let say = |lang: usize| said.get(lang).cloned().unwrap_or_default();
    names(say, scene.spoken())
}

fn fact(id: crate::deal::value::ids::EventId, payload: Payload, sheet: &Sheet) -> Remembered {
    Remembered {
        id,
        on: None,
        payload,
        officer: sheet.officer,
        confirmed: false,
    }
}
