//! Where pages wait: in memory as far as the bound allows, in a temporary file beyond.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::sheet::{Kind, Sheet};
use super::{Use, Voter};

/// All pages, in their order.
#[derive(Debug)]
pub struct Store {
    pages: Vec<Place>,
    /// How many bytes more may be kept.
    memory: usize,
    file: Option<Mutex<File>>,
    written: u64,
}

/// Where a page is.
#[derive(Debug)]
enum Place {
    Here(Box<Sheet>),
    /// From where on, and how many bytes.
    There(u64, usize),
}

impl Store {
    pub fn new(memory: usize) -> Self {
        Self { pages: Vec::new(), memory, file: None, written: 0 }
    }

    pub fn len(&self) -> usize {
        self.pages.len()
    }

    pub fn push(&mut self, mut sheet: Sheet) -> io::Result<()> {
        let size = size(&sheet);
        if let Some(left) = self.memory.checked_sub(size) {
            self.memory = left;
            sheet.shrink();
            self.pages.push(Place::Here(Box::new(sheet)));
            return Ok(());
        }
        let file = match self.file.take() {
            Some(file) => file,
            None => Mutex::new(tempfile::tempfile()?),
        };
        let bytes = encode(&sheet);
        let mut opened = file.into_inner().unwrap_or_else(PoisonError::into_inner);
        let written = opened.write_all(&bytes);
        self.file = Some(Mutex::new(opened));
        written?;
        self.pages.push(Place::There(self.written, bytes.len()));
        self.written += bytes.len() as u64;
        Ok(())
    }

    pub fn read(&self, page: usize) -> io::Result<Cow<'_, Sheet>> {
        match self.pages.get(page) {
            None => Ok(Cow::Owned(Sheet::default())),
            Some(Place::Here(sheet)) => Ok(Cow::Borrowed(sheet)),
            Some(Place::There(from, length)) => {
                let mut bytes = vec![0; *length];
                if let Some(file) = &self.file {
                    let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                    file.seek(SeekFrom::Start(*from))?;
                    file.read_exact(&mut bytes)?;
                }
                decode(&bytes).map(Cow::Owned)
            }
        }
    }

    /// What `work` makes of each page, in the order of the pages, on so many threads.
    pub fn each<T: Send>(&self, threads: usize, work: impl Fn(usize, &Sheet) -> T + Sync) -> io::Result<Vec<T>> {
        let threads = threads.clamp(1, self.len().max(1));
        if threads == 1 {
            return (0..self.len()).map(|page| Ok(work(page, &*self.read(page)?))).collect();
        }
        let next = AtomicUsize::new(0);
        let part = || -> io::Result<Vec<(usize, T)>> {
            let mut done = Vec::new();
            loop {
                let page = next.fetch_add(1, Ordering::Relaxed);
                if page >= self.len() {
                    return Ok(done);
                }
                done.push((page, work(page, &*self.read(page)?)));
            }
        };
        let mut all = Vec::new();
        for done in on_threads(threads, part) {
            all.extend(done?);
        }
        all.sort_unstable_by_key(|(page, _)| *page);
        Ok(all.into_iter().map(|(_, made)| made).collect())
    }
}

/// Does the same on so many threads; a panic goes on on the calling one. Where no thread can be started, those that run
/// do the work.
pub fn on_threads<T: Send>(threads: usize, part: impl Fn() -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let others: Vec<_> =
            (1..threads).map_while(|_| std::thread::Builder::new().spawn_scoped(scope, &part).ok()).collect();
        let mut all = vec![part()];
        for other in others {
            match other.join() {
                Ok(made) => all.push(made),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}

impl Sheet {
    fn shrink(&mut self) {
        self.worths.shrink_to_fit();
        self.bundle_of.shrink_to_fit();
        self.kind_of.shrink_to_fit();
        self.flags.shrink_to_fit();
    }
}

/// About how many bytes a page takes.
fn size(sheet: &Sheet) -> usize {
    sheet.voters.len() * (size_of::<Voter>() + 8)
        + sheet.messages.len() * 4
        + sheet.choices() * 18
        + sheet.bundles() * 4
        + sheet.uses.len() * size_of::<Use>()
        + sheet.kinds.len() * size_of::<Kind>()
}

/// Numbers one after the other, little-endian; each column with its length before it.
fn encode(sheet: &Sheet) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(size(sheet) + 128);
    let out = &mut bytes;
    put(out, &sheet.voters, |out, voter| {
        out.extend(voter.customer.to_le_bytes());
        out.extend(voter.lot.to_le_bytes());
        out.extend(voter.slots.to_le_bytes());
    });
    put(out, &sheet.ends, |out, end| {
        out.extend(end.0.to_le_bytes());
        out.extend(end.1.to_le_bytes());
    });
    put(out, &sheet.messages, |out, bundle| out.extend(bundle.to_le_bytes()));
    put(out, &sheet.worths, |out, worth| out.extend(worth.to_le_bytes()));
    put(out, &sheet.bundle_of, |out, bundle| out.extend(bundle.to_le_bytes()));
    put(out, &sheet.kind_of, |out, kind| out.extend(kind.to_le_bytes()));
    put(out, &sheet.flags, |out, flags| out.extend(flags.to_le_bytes()));
    put(out, &sheet.bundle_ends, |out, end| out.extend(end.to_le_bytes()));
    put(out, &sheet.uses, |out, used| {
        out.extend(used.resource.to_le_bytes());
        out.extend(used.amount.to_le_bytes());
    });
    put(out, &sheet.kinds, |out, kind| {
        out.extend(kind.phase.to_le_bytes());
        out.extend(kind.channel.to_le_bytes());
        out.extend(kind.offer.to_le_bytes());
        out.extend(kind.member.to_le_bytes());
        out.push(kind.route);
    });
    bytes
}

fn put<T>(out: &mut Vec<u8>, values: &[T], each: impl Fn(&mut Vec<u8>, &T)) {
    out.extend((values.len() as u64).to_le_bytes());
    for value in values {
        each(out, value);
    }
}

fn decode(bytes: &[u8]) -> io::Result<Sheet> {
    let mut reading = Reading { bytes };
    let sheet = Sheet {
        voters: reading.column(|[a, b, c, d, e, f, g, h, i, j, k, l, m, n]: [u8; 14]| Voter {
            customer: u32::from_le_bytes([a, b, c, d]),
            lot: u64::from_le_bytes([e, f, g, h, i, j, k, l]),
            slots: u16::from_le_bytes([m, n]),
        })?,
        ends: reading
            .column(|[a, b, c, d, e, f, g, h]| (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h])))?,
        messages: reading.column(u32::from_le_bytes)?,
        worths: reading.column(i64::from_le_bytes)?,
        bundle_of: reading.column(u32::from_le_bytes)?,
        kind_of: reading.column(u32::from_le_bytes)?,
        flags: reading.column(u16::from_le_bytes)?,
        bundle_ends: reading.column(u32::from_le_bytes)?,
        uses: reading.column(|[a, b, c, d, e, f, g, h, i, j, k, l]: [u8; 12]| Use {
            resource: u32::from_le_bytes([a, b, c, d]),
            amount: u64::from_le_bytes([e, f, g, h, i, j, k, l]),
        })?,
        kinds: reading.column(|[a, b, c, d, e, f, g, h, i, j, k, l, route]: [u8; 13]| Kind {
            phase: u16::from_le_bytes([a, b]),
            channel: u16::from_le_bytes([c, d]),
            offer: u32::from_le_bytes([e, f, g, h]),
            member: u32::from_le_bytes([i, j, k, l]),
            route,
        })?,
    };
    Ok(sheet)
}

/// What is left to be read.
struct Reading<'b> {
    bytes: &'b [u8],
}

impl Reading<'_> {
    fn column<T, const N: usize>(&mut self, each: impl Fn([u8; N]) -> T) -> io::Result<Vec<T>> {
        let (length, rest) = self.bytes.split_first_chunk::<8>().ok_or(io::ErrorKind::UnexpectedEof)?;
        let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let taken = length.checked_mul(N).and_then(|taken| rest.split_at_checked(taken));
        let (column, rest) = taken.ok_or(io::ErrorKind::UnexpectedEof)?;
        self.bytes = rest;
        Ok(column.as_chunks::<N>().0.iter().map(|chunk| each(*chunk)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(seed: u32) -> Sheet {
        Sheet {
            voters: vec![Voter { customer: seed, lot: u64::MAX - 7, slots: 3 }],
            ends: vec![(2, 1)],
            messages: vec![1],
            worths: vec![5_000_000, i64::MAX],
            bundle_of: vec![0, 1],
            kind_of: vec![0, 0],
            flags: vec![0, 256],
            bundle_ends: vec![0, 1],
            uses: vec![Use { resource: 9, amount: 1 << 40 }],
            kinds: vec![Kind { phase: 1, channel: 2, offer: 3, member: u32::MAX, route: 4 }],
        }
    }

    #[test]
    fn what_is_spilled_comes_back() {
        let mut store = Store::new(2 * size(&sheet(0)));
        for seed in 0..7 {
            store.push(sheet(seed)).unwrap();
        }
        let spilled = store.pages.iter().filter(|place| matches!(place, Place::There(..))).count();
        assert_eq!(spilled, 5, "two fit the bound");
        for threads in [1, 2, 7, 100] {
            let read = store.each(threads, |page, sheet| (page, sheet.clone())).unwrap();
            assert_eq!(read, (0..7).map(|seed| (seed as usize, sheet(seed))).collect::<Vec<_>>(), "{threads}");
        }
    }

    #[test]
    fn a_file_that_was_cut_off_is_an_error() {
        let bytes = encode(&sheet(0));
        assert_eq!(decode(&bytes).unwrap(), sheet(0));
        for cut in 0..bytes.len() {
            assert_eq!(decode(&bytes[..cut]).unwrap_err().kind(), io::ErrorKind::UnexpectedEof, "{cut}");
        }
    }
}
