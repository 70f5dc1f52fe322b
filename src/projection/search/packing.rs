//! What is kept of a thing, packed: some hundred bytes where objects took a kilobyte.

use uuid::Uuid;

use super::known::{Kept, Known, Told};
use super::said::Field;
use crate::deal::event::Kind;
use crate::deal::value::ids::EventId;
use crate::projection::bytes::{Cursor, number, text};

/// What a field says: words by number, and things by number, each in order and once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Numbers {
    /// Its words.
    pub(super) words: Vec<u32>,
    /// The things it names.
    pub(super) things: Vec<u32>,
}

/// Packs what is kept of a thing.
pub(super) fn pack(known: &Known<Numbers>) -> Box<[u8]> {
    let mut out = Vec::with_capacity(128);
    number(&mut out, known.facts.len() as u64);
    for fact in &known.facts {
        let kind = Kind::ALL.iter().position(|kind| *kind == fact.kind);
        number(&mut out, kind.unwrap_or_default() as u64);
        out.push(u8::from(fact.stands));
        number(&mut out, fact.versions.len() as u64);
        for version in &fact.versions {
            out.extend_from_slice(version.uuid().as_bytes());
        }
        text(&mut out, fact.told.reference.as_deref().unwrap_or_default());
        number(&mut out, fact.told.fields.len() as u64);
        for (field, said) in &fact.told.fields {
            out.push(*field as u8);
            gaps(&mut out, &said.words);
            gaps(&mut out, &said.things);
        }
    }
    out.into_boxed_slice()
}

/// What was packed; nothing of it when these are no such bytes.
pub(super) fn unpack(packed: &[u8]) -> Known<Numbers> {
    let mut cursor = Cursor::new(packed);
    let mut known = Known::default();
    for _ in 0..cursor.number().unwrap_or_default() {
        let Some(fact) = fact(&mut cursor) else {
            break;
        };
        known.facts.push(fact);
    }
    known
}

fn fact(cursor: &mut Cursor<'_>) -> Option<Kept<Numbers>> {
    let kind = *Kind::ALL.get(usize::try_from(cursor.number()?).ok()?)?;
    let stands = cursor.byte()? == 1;
    let mut versions = Vec::new();
    for _ in 0..cursor.number()? {
        versions.push(EventId::new(Uuid::from_slice(cursor.take(16)?).ok()?));
    }
    let reference = Some(cursor.text()?.to_owned()).filter(|text| !text.is_empty());
    let mut fields = Vec::new();
    for _ in 0..cursor.number()? {
        let field = *Field::ALL.get(usize::from(cursor.byte()?))?;
        let (words, things) = (numbers(cursor)?, numbers(cursor)?);
        fields.push((field, Numbers { words, things }));
    }
    Some(Kept {
        kind,
        versions,
        stands,
        told: Told { reference, fields },
    })
}

/// Numbers in order, as the gaps between them.
fn gaps(out: &mut Vec<u8>, numbers: &[u32]) {
    number(out, numbers.len() as u64);
    let mut before = 0;
    for one in numbers {
        number(out, u64::from(one.wrapping_sub(before)));
        before = *one;
    }
}

fn numbers(cursor: &mut Cursor<'_>) -> Option<Vec<u32>> {
    let mut numbers = Vec::new();
    let mut before = 0_u32;
    for _ in 0..cursor.number()? {
        before = before.wrapping_add(u32::try_from(cursor.number()?).ok()?);
        numbers.push(before);
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn what_was_packed_is_unpacked(
            facts in prop::collection::vec((0..Kind::ALL.len(), any::<bool>(), prop::collection::vec(any::<u128>(), 1..4),
                prop::option::of("[A-Z]{2}-[0-9]{1,30}"),
                prop::collection::vec((0_usize..9, prop::collection::btree_set(any::<u32>(), 0..9),
                    prop::collection::btree_set(0_u32..99, 0..3)), 0..5)), 0..5)
        ) {
            let list = |set: &BTreeSet<u32>| set.iter().copied().collect();
            let known = Known { facts: facts.iter().map(|(kind, stands, versions, reference, fields)| Kept {
                kind: Kind::ALL[*kind],
                versions: versions.iter().map(|id| EventId::new(Uuid::from_u128(*id))).collect(),
                stands: *stands,
                told: Told {
                    reference: reference.clone(),
                    fields: fields.iter().map(|(field, words, things)| (Field::ALL[*field],
                        Numbers { words: list(words), things: list(things) })).collect(),
                },
            }).collect() };
            prop_assert_eq!(format!("{:?}", unpack(&pack(&known))), format!("{known:?}"));
        }

        #[test]
        fn any_bytes_unpack_to_something(bytes: Vec<u8>) {
            let _ = unpack(&bytes).facts.len();
        }
    }
}
