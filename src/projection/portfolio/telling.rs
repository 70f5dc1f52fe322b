//! Agreements with their facts, as reports tell of them.

use super::course::Course;
use super::register::Register;
use super::ties::Ties;
use crate::deal::value::ids::StreamId;
use crate::projection::description::{self, AgreementInfo};
use crate::projection::standing::{Standing, standing};
use crate::projection::status::excerpt::Wanted;

/// An agreement with its facts, as it is told of.
#[derive(Debug, Clone)]
pub struct Told<'a> {
    /// What it is.
    pub info: AgreementInfo<'a>,
    /// How it stands on the day.
    pub standing: Standing<'a>,
    /// What others make of it.
    pub ties: Ties,
}

/// A registered agreement with some of its facts, as a list tells of it.
#[derive(Debug, Clone)]
pub struct Seen<'s> {
    /// What does not change from day to day.
    pub course: &'s Course,
    /// How it stands on the day, as far as that follows from these facts.
    pub standing: Standing<'s>,
}

impl<'a> Register<'a> {
    /// A registered agreement with its facts.
    #[must_use]
    pub fn told(&self, agreement: StreamId) -> Option<Told<'a>> {
        let ties = self.one(agreement)?.ties;
        let book = self.status.book(agreement)?;
        let info = description::agreement(book)?;
        let track = self.ledger.track(*info.class.value);
        Some(Told {
            standing: standing(book, track, self.day),
            info,
            ties,
        })
    }

    /// What `look` sees in some facts of the registered agreement whose stream has a number: they are read apart and let go
    /// again.
    pub fn excerpt<T>(
        &self,
        number: u32,
        wanted: Wanted<'_>,
        look: impl FnOnce(&Seen<'_>) -> T,
    ) -> Option<T> {
        let course = self.on(number)?.course;
        let track = self.ledger.track(course.class);
        self.status.excerpt_of(number, wanted, |book| {
            let standing = standing(book, track, self.day);
            look(&Seen { course, standing })
        })
    }
}
