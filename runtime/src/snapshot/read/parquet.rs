//! Reads Parquet files, only the columns that are needed, in batches of bounded rows.

use std::fs::File;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema as FileSchema, TimeUnit};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::basic::{Encoding, EncodingMask, Type as Stored};

use super::arrays::is_text;
use super::columns::Targets;
use super::error::LoadError;
use crate::time::Clock;

/// How many rows are decoded at a time.
const BATCH: usize = 8_192;
/// How many where a row may hold many values.
const BATCH_OF_LISTS: usize = 512;

/// How many bytes any column may unpack to, however well it is compressed.
const MOST_UNPACKED: i64 = 256 << 20;

/// Reads the file into the targets.
///
/// # Errors
/// When it is no Parquet file, is broken, or has not the columns.
pub(super) fn read(file: File, targets: &mut Targets<'_>, clock: &Clock) -> Result<(), Vec<LoadError>> {
    let options = || ArrowReaderOptions::new().with_skip_arrow_metadata(false);
    let corrupt = |targets: &Targets<'_>, error: &dyn std::fmt::Display| vec![targets.file.corrupt(error.to_string())];
    let metadata = ArrowReaderMetadata::load(&file, options()).map_err(|error| corrupt(targets, &error))?;
    let projection = targets.project_typed(metadata.schema())?;
    let rows = metadata.metadata().file_metadata().num_rows();
    targets.room(usize::try_from(rows).unwrap_or(usize::MAX)).map_err(|error| vec![error])?;
    bombs(&metadata, &projection.columns).map_err(|reason| vec![targets.file.corrupt(reason)])?;
    let hinted = options().with_schema(Arc::new(hinted(&metadata, &projection.columns)));
    let metadata =
        ArrowReaderMetadata::try_new(metadata.metadata().clone(), hinted).map_err(|error| corrupt(targets, &error))?;
    let is_nested = |at: &usize| metadata.schema().fields().get(*at).is_some_and(|field| field.data_type().is_nested());
    let batch = if projection.columns.iter().any(is_nested) { BATCH_OF_LISTS } else { BATCH };
    let mask = ProjectionMask::roots(metadata.parquet_schema(), projection.columns.iter().copied());
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata)
        .with_projection(mask)
        .with_batch_size(batch)
        .build()
        .map_err(|error| corrupt(targets, &error))?;
    for batch in reader {
        let batch = batch.map_err(|error| corrupt(targets, &error))?;
        targets.append(&batch, &projection.of_target, clock).map_err(|error| vec![error])?;
    }
    Ok(())
}

/// The file's schema with what is asked of the decoder: texts as dictionaries where the file stores them so, and
/// the old 96-bit timestamps in microseconds, since nanoseconds of theirs overflow.
fn hinted(metadata: &ArrowReaderMetadata, wanted: &[usize]) -> FileSchema {
    let stored = metadata.parquet_schema();
    let root_leaf = |root: usize| (0..stored.num_columns()).find(|leaf| stored.get_column_root_idx(*leaf) == root);
    let is_int96 = |root| root_leaf(root).is_some_and(|leaf| stored.column(leaf).physical_type() == Stored::INT96);
    let hint = |(at, field): (usize, &Arc<Field>)| match field.data_type() {
        _ if !wanted.contains(&at) => field.clone(),
        found if is_text(found) && is_dictionary(metadata, root_leaf(at)) => {
            let texts = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            Arc::new(field.as_ref().clone().with_data_type(texts))
        }
        DataType::Timestamp(TimeUnit::Nanosecond, zone) if is_int96(at) => {
            let micros = DataType::Timestamp(TimeUnit::Microsecond, zone.clone());
            Arc::new(field.as_ref().clone().with_data_type(micros))
        }
        _ => field.clone(),
    };
    let fields: Vec<Arc<Field>> = metadata.schema().fields().iter().enumerate().map(hint).collect();
    FileSchema::new_with_metadata(fields, metadata.schema().metadata().clone())
}

/// Whether every page of a column is of codes into a dictionary, as far as the file says.
fn is_dictionary(metadata: &ArrowReaderMetadata, leaf: Option<usize>) -> bool {
    let Some(leaf) = leaf else { return false };
    let by_codes =
        |mask: &EncodingMask| mask.is_only(Encoding::RLE_DICTIONARY) || mask.is_only(Encoding::PLAIN_DICTIONARY);
    let chunks = metadata.metadata().row_groups().iter().filter_map(|group| group.columns().get(leaf));
    chunks.into_iter().all(|chunk| chunk.page_encoding_stats_mask().is_some_and(by_codes))
}

/// Refuses columns that a few bytes unpack to hundreds of megabytes of: no data compresses so well, but a trap does.
pub(super) fn bombs(metadata: &ArrowReaderMetadata, wanted: &[usize]) -> Result<(), String> {
    let stored = metadata.parquet_schema();
    for group in metadata.metadata().row_groups() {
        for (leaf, chunk) in group.columns().iter().enumerate() {
            let (packed, unpacked) = (chunk.compressed_size().max(1), chunk.uncompressed_size());
            let is_wanted = leaf < stored.num_columns() && wanted.contains(&stored.get_column_root_idx(leaf));
            if is_wanted && unpacked > MOST_UNPACKED && unpacked / packed > 10_000 {
                return Err(format!("{packed} bytes of a column unpack to {} MB", unpacked >> 20));
            }
        }
    }
    Ok(())
}
