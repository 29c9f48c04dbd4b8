//! Reads Arrow IPC files and streams, only the columns that are needed.

use std::fs::File;
use std::io::{BufReader, Read, Seek};

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use arrow::ipc::reader::{FileReader, StreamReader};

use super::columns::{At, Targets};
use super::error::LoadError;
use crate::time::Clock;

/// What an IPC file begins with; a stream does not.
pub(super) const MAGIC: &[u8] = b"ARROW1";
/// What the first version of Feather begins with, which is no Arrow IPC.
const FEATHER_1: &[u8] = b"FEA1";

/// An error of the decoder in words that help.
fn corrupt(targets: &Targets<'_>, error: &ArrowError) -> Vec<LoadError> {
    let text = error.to_string();
    let compressed = text.contains("decompression requires");
    vec![targets.file.corrupt(if compressed {
        "its buffers are compressed; write it without compression"
    } else {
        &text
    })]
}

/// Reads the file into the targets.
///
/// # Errors
/// When it is no Arrow file or stream, is broken, or has not the columns.
pub(super) fn read(mut file: File, targets: &mut Targets<'_>, clock: &Clock) -> Result<(), Vec<LoadError>> {
    let mut begin = Vec::new();
    let peeked = (&mut file).take(MAGIC.len() as u64).read_to_end(&mut begin).and_then(|_| file.rewind());
    peeked.map_err(|error| vec![targets.file.unreadable(&error)])?;
    if begin.starts_with(FEATHER_1) {
        return Err(vec![targets.file.corrupt("it is of the first version of Feather; write it as version 2")]);
    }
    // The schema first, whole, then once more with the columns that are wanted.
    let input = || file.try_clone().and_then(|mut file| file.rewind().map(|()| BufReader::new(file)));
    let again = |targets: &Targets<'_>| input().map_err(|error| vec![targets.file.unreadable(&error)]);
    if begin == MAGIC {
        let reader = FileReader::try_new(again(targets)?, None).map_err(|error| corrupt(targets, &error))?;
        let projection = targets.project_typed(&reader.schema())?;
        drop(reader);
        let reader = FileReader::try_new(again(targets)?, Some(projection.columns));
        append(reader.map_err(|error| corrupt(targets, &error))?, targets, &projection.of_target, clock)
    } else {
        let reader = StreamReader::try_new(again(targets)?, None).map_err(|error| corrupt(targets, &error))?;
        let projection = targets.project_typed(&reader.schema())?;
        drop(reader);
        let reader = StreamReader::try_new(again(targets)?, Some(projection.columns));
        append(reader.map_err(|error| corrupt(targets, &error))?, targets, &projection.of_target, clock)
    }
}

fn append(
    batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
    targets: &mut Targets<'_>,
    of_target: &[At],
    clock: &Clock,
) -> Result<(), Vec<LoadError>> {
    for batch in batches {
        let batch = batch.map_err(|error| corrupt(targets, &error))?;
        targets.append(&batch, of_target, clock).map_err(|error| vec![error])?;
    }
    Ok(())
}
