//! The books that were asked for, unfolded once and kept as long as the reading goes on.

use std::sync::OnceLock;

use crate::deal::state::Book;

/// How many streams have one page.
const PAGE: usize = 64;

type Page = Box<[OnceLock<Box<Book>>]>;

/// Books by the number of their stream. A copy begins empty: what one reader unfolded is dropped with it.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    pages: Vec<OnceLock<Page>>,
    order: OnceLock<Vec<u32>>,
}

impl Clone for Shelf {
    fn clone(&self) -> Self {
        let mut pages = Vec::new();
        pages.resize_with(self.pages.len(), OnceLock::new);
        Self {
            pages,
            order: OnceLock::new(),
        }
    }
}

impl Shelf {
    /// Room for so many streams.
    pub(super) fn reach(&mut self, streams: usize) {
        self.order.take();
        let pages = streams.div_ceil(PAGE);
        if self.pages.len() < pages {
            self.pages.resize_with(pages, OnceLock::new);
        }
    }

    /// The numbers of all streams in the streams' order; `sort` gives them when they were not asked for before.
    pub(super) fn in_order(&self, sort: impl FnOnce() -> Vec<u32>) -> &[u32] {
        self.order.get_or_init(sort)
    }

    /// The book of a stream; `unfold` makes it when it was not asked for before.
    pub(super) fn book(&self, stream: usize, unfold: impl FnOnce() -> Book) -> Option<&Book> {
        let page = self.pages.get(stream / PAGE)?.get_or_init(|| {
            let mut slots = Vec::new();
            slots.resize_with(PAGE, OnceLock::new);
            slots.into_boxed_slice()
        });
        let slot = page.get(stream % PAGE)?;
        Some(slot.get_or_init(|| Box::new(unfold())))
    }

    /// The book of a stream, if it was asked for before.
    pub(super) fn get(&self, stream: usize) -> Option<&Book> {
        let page = self.pages.get(stream / PAGE)?.get()?;
        page.get(stream % PAGE)?.get().map(Box::as_ref)
    }

    /// Takes the book of a stream out, which is about to change.
    pub(super) fn take(&mut self, stream: usize) -> Option<Box<Book>> {
        let page = self.pages.get_mut(stream / PAGE)?.get_mut()?;
        page.get_mut(stream % PAGE)?.take()
    }
}
