//! Reads that say what is not so: single bits flipped between the disk and the program.

use super::dice::Dice;

/// Which reads lie, and how.
#[derive(Debug, Clone)]
pub(crate) enum Lie {
    /// One bit of one file, in every read that covers it, or in so many.
    Bit {
        node: u64,
        at: usize,
        bit: u8,
        times: u64,
    },
    /// One read in so many, of the files named, gets a random bit flipped.
    Some {
        nodes: Vec<u64>,
        one_in: u64,
        dice: Dice,
    },
}

impl Lie {
    /// Changes what a read gives, when it shall; whether it did.
    pub(super) fn tell(&mut self, read: u64, from: usize, bytes: &mut [u8]) -> bool {
        match self {
            Self::Bit {
                node,
                at,
                bit,
                times,
            } => {
                let hit = *at >= from && *at < from + bytes.len();
                if read != *node || !hit || *times == 0 {
                    return false;
                }
                *times -= 1;
                bytes[*at - from] ^= 1 << *bit;
            }
            Self::Some {
                nodes,
                one_in,
                dice,
            } => {
                if bytes.is_empty() || !nodes.contains(&read) || dice.below(*one_in) != 0 {
                    return false;
                }
                let at = dice.below(bytes.len() as u64) as usize;
                bytes[at] ^= 1 << dice.below(8);
            }
        }
        true
    }
}
