//! What candidates hold beside the offers: whom each channel reaches, and how many contacts are left.

use super::column::{Operand, words_for};
use super::facts;
use crate::bind::{NodeId, Program};
use crate::evaluate::{Candidates, contact_room};
use crate::snapshot::{Bitmap, Block};

/// Empties candidates for a block, and fills in what is the same for all offers.
pub fn begin<'a>(
    program: &Program,
    block: &Block<'_>,
    read: impl Fn(NodeId) -> Operand<'a>,
    candidates: &mut Candidates,
) {
    candidates.first = block.first;
    candidates.len = block.len;
    candidates.offers.clear();
    candidates.rows.clear();
    candidates.scores.clear();
    candidates.families.clear();
    candidates.picks.clear();
    candidates.tallies.clear();
    candidates.channels.clear();
    candidates.channels.extend(program.channels.iter().map(|needs| {
        let bits = read((*needs)?).bits();
        Some(Bitmap::from_words((0..words_for(block.len)).map(|index| bits.word(index)).collect(), block.len))
    }));
    facts::fill(program, block, &read, (&mut candidates.facts, &mut candidates.selected));
    candidates.contact_room = program.contact_cap.map(|cap| {
        let (counted, room) = (read(cap.counted), read(cap.has_room));
        let left = |customer| {
            let counted = counted.known.bit(customer).then(|| counted.int64s().get(customer));
            contact_room(cap.limit, counted, room.known.bit(customer).then(|| room.bits().bit(customer)))
        };
        (0..block.len).map(left).collect()
    });
}
