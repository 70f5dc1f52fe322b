//! Answers that take long to compute: how many are computed at a time, and those that were computed are kept.
//!
//! Such an answer rests on a position and a day and never changes, so it is kept by its question with both, as long as
//! there is room. What does not get its turn in time is told to come again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::problem::Problem;

/// How many answers are computed at a time: each reads books on all cores.
const AT_A_TIME: usize = 2;
/// How long a question waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many bytes of answers are kept.
const ROOM: usize = 64 << 20;

/// An answer as it was computed.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its body.
    pub body: Bytes,
    /// Its media type.
    pub media: &'static str,
    /// What tells it from others of the same address, without the quotes.
    pub tag: String,
    /// The position it rests on.
    pub position: u64,
    /// The address of what follows it, where it is a part.
    pub next: Option<String>,
}

/// Answers by their questions, with positions and days.
pub struct Answers {
    turns: Arc<Semaphore>,
    patience: Duration,
    shelf: Mutex<Shelf>,
}

#[derive(Default)]
struct Shelf {
    answers: BTreeMap<String, (u64, Arc<Kept>)>,
    bytes: usize,
    asked: u64,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_A_TIME)),
            patience: PATIENCE,
            shelf: Mutex::default(),
        }
    }
}

impl Answers {
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        // What a thread left that ended within is whole: an answer is put there in one go, and the count of bytes only
        // decides how many are kept.
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer to a question, if it is kept.
    #[must_use]
    pub fn get(&self, question: &str) -> Option<Arc<Kept>> {
        let mut shelf = self.shelf();
        shelf.asked = shelf.asked.saturating_add(1);
        let asked = shelf.asked;
        let (last, kept) = shelf.answers.get_mut(question)?;
        *last = asked;
        Some(Arc::clone(kept))
    }

    /// Keeps an answer; those that were not asked for the longest go.
    pub fn put(&self, question: String, kept: Kept) -> Arc<Kept> {
        let kept = Arc::new(kept);
        let size = |question: &str, kept: &Kept| question.len().saturating_add(kept.body.len());
        let mut shelf = self.shelf();
        shelf.asked = shelf.asked.saturating_add(1);
        let asked = shelf.asked;
        shelf.bytes = shelf.bytes.saturating_add(size(&question, &kept));
        if let Some((_, before)) = shelf.answers.remove(&question) {
            shelf.bytes = shelf.bytes.saturating_sub(size(&question, &before));
        }
        shelf.answers.insert(question, (asked, Arc::clone(&kept)));
        while shelf.bytes > ROOM {
            let by_age = |(_, (asked, _)): &(&String, &(u64, _))| *asked;
            let oldest = shelf.answers.iter().min_by_key(by_age);
            let Some(oldest) = oldest.map(|(question, _)| question.clone()) else {
                break;
            };
            if let Some((_, gone)) = shelf.answers.remove(&oldest) {
                shelf.bytes = shelf.bytes.saturating_sub(size(&oldest, &gone));
            }
        }
        kept
    }

    /// A turn to compute an answer.
    ///
    /// # Errors
    /// When none comes in time.
    pub async fn turn(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let turn = Arc::clone(&self.turns).acquire_owned();
        match tokio::time::timeout(self.patience, turn).await {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "too_many_questions",
                "too many questions about the past are being computed",
                "ask again in a moment; what was computed once is answered at once",
            )
            .retry()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(bytes: usize) -> Kept {
        Kept {
            body: Bytes::from(vec![b'x'; bytes]),
            media: "text/plain",
            tag: "1".to_owned(),
            position: 1,
            next: None,
        }
    }

    #[test]
    fn those_not_asked_for_the_longest_go_when_there_is_no_more_room() {
        let answers = Answers::default();
        for name in ["a", "b", "c"] {
            answers.put(name.to_owned(), kept(ROOM / 4));
        }
        assert!(answers.get("a").is_some());
        answers.put("d".to_owned(), kept(ROOM / 4));
        assert!(answers.get("b").is_none(), "three and a bit are kept");
        assert!(answers.get("a").is_some() && answers.get("d").is_some());
        answers.put("d".to_owned(), kept(10));
        answers.put("e".to_owned(), kept(ROOM / 4));
        let left = ["a", "c", "d", "e"].map(|name| answers.get(name).is_some());
        assert_eq!(left, [true; 4], "what is put again is counted once");
    }

    #[tokio::test]
    async fn who_gets_no_turn_is_told_to_come_again() {
        let answers = Answers {
            patience: Duration::from_millis(20),
            ..Answers::default()
        };
        let turns = [answers.turn().await, answers.turn().await];
        assert!(turns.iter().all(Result::is_ok));
        let problem = answers.turn().await.unwrap_err();
        assert_eq!(
            (problem.status.as_u16(), problem.code),
            (503, "too_many_questions")
        );
        assert!(problem.retry_after.is_some());
    }
}
