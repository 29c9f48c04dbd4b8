//! The buckets of customers, by their keys.

use super::column::{Scalar, Vectors};
use super::evaluation::Evaluation;
use crate::bind::{Bucket, NodeId};
use crate::draw::Key;

/// The bucket of each key; of a missing one, that of an empty key.
pub fn buckets(of: &Evaluation<'_>, key: NodeId, bucket: &Bucket, len: usize, out: &mut Vectors) {
    let (keys, mut draw) = (of.operand(key), bucket.draw.clone());
    out.int64s.clear();
    out.int64s.extend((0..len).map(|row| {
        draw.bucket(match keys.scalar(row) {
            Some(Scalar::Int64(value)) => Key::Int(value),
            Some(Scalar::Code(code)) => Key::Text(bucket.keys.get(code).unwrap_or_default()),
            _ => Key::Text(""),
        })
    }));
}
