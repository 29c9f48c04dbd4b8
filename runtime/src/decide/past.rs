//! What was before this run: the events of a customer that limits, pauses and shared limits count.
//!
//! A history's texts are told apart once: which code of its columns names which offer and channel of the plan. A
//! customer's events are read when a limit first asks for them, and only those that can still matter.

mod unseen;

use opportune_plan::{Constant, DomainId, History, HistoryId, Schema, Stored, VerifiedPlan};

use crate::evaluate::Candidates;
use crate::families::Member;
use crate::snapshot::{Bitmap, Column, Dictionary, Snapshot, Table, Told, Values};
use crate::time::Clock;

/// A past event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// When it happened.
    pub at: i64,
    /// When it was decided.
    pub decided: i64,
    /// The offer that it names.
    pub offer: Named,
    /// The channel that it names.
    pub channel: Named,
    /// Its row of the table.
    pub row: usize,
}

/// What an event names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Named {
    /// An offer or channel of the plan, by its position.
    Known(u32),
    /// One that the plan does not have, by its code in the column.
    Other(u32),
    /// Nothing: it is missing, or the events do not tell.
    Untold,
}

impl Named {
    /// Whether it may be this one: in doubt it is.
    pub fn may_be(self, position: u32) -> bool {
        self == Self::Known(position) || self == Self::Untold
    }

    /// The answer for the one that it is; false where it is not of the plan.
    pub fn is_one_of(self, all: &[bool]) -> bool {
        matches!(self, Self::Known(at) if all.get(at as usize) == Some(&true))
    }
}

/// The events of a plan's histories, customer by customer.
#[derive(Debug)]
pub struct Past<'a> {
    tables: Vec<OfHistory<'a>>,
    /// By history: the events of the customer at hand, once they have been asked for.
    events: Vec<Option<Vec<Event>>>,
    spare: Vec<Vec<Event>>,
}

/// What a plan's history is in a snapshot.
#[derive(Debug)]
pub struct OfHistory<'a> {
    schema: &'a Schema,
    /// Its position in the plan.
    at: usize,
    table: Option<&'a Table>,
    offers: Names<'a>,
    channels: Names<'a>,
    decided: Option<&'a Column>,
    member: Option<&'a Column>,
    value: Option<&'a Column>,
    /// Which of the table's unseen rows are of the history, from the first; none: all.
    unseen: Option<Bitmap>,
    now: i64,
    /// What is not after this cannot matter.
    since: i64,
}

impl<'a> Past<'a> {
    /// The histories of a plan; of each, `since` says after when its events matter.
    pub fn new(
        plan: &'a VerifiedPlan,
        snapshot: &'a Snapshot,
        clock: &Clock,
        since: impl Fn(HistoryId) -> i64,
    ) -> Self {
        let ids = (0..).map(HistoryId).zip(0..plan.histories.len());
        let tables = ids.map(|(id, at)| OfHistory::new(plan, snapshot, clock, at, since(id))).collect();
        Self { tables, events: vec![None; plan.histories.len()], spare: Vec::new() }
    }

    /// Goes to another customer.
    pub fn begin(&mut self) {
        self.spare.extend(self.events.iter_mut().filter_map(Option::take));
    }

    /// Makes the events of the customer at hand ready.
    pub fn load(&mut self, history: HistoryId, candidates: &Candidates, row: usize) {
        let at = history.0 as usize;
        let (Some(table), Some(events)) = (self.tables.get(at), self.events.get_mut(at)) else { return };
        if events.is_none() {
            let mut list = self.spare.pop().unwrap_or_default();
            list.clear();
            table.events(candidates, row, &mut list);
            *events = Some(list);
        }
    }

    /// The events of the customer at hand, in their order; none before they are made ready.
    pub fn events(&self, history: HistoryId) -> &[Event] {
        self.events.get(history.0 as usize).and_then(Option::as_ref).map_or(&[], Vec::as_slice)
    }

    /// What a history is in the snapshot.
    pub fn history(&self, history: HistoryId) -> Option<&OfHistory<'a>> {
        self.tables.get(history.0 as usize)
    }
}

impl<'a> OfHistory<'a> {
    /// The history at a position of a plan.
    pub fn new(plan: &'a VerifiedPlan, snapshot: &'a Snapshot, clock: &Clock, at: usize, since: i64) -> Self {
        let none = History::of(Schema::CUSTOMER);
        let history = plan.histories.get(at).unwrap_or(&none);
        let table = snapshot.table(history.events);
        let column = |field: Option<opportune_plan::FieldId>| table?.columns.get(field?.0 as usize);
        Self {
            schema: &plan.schema,
            at,
            table,
            offers: Names::new(column(history.offer), plan.offers.iter().map(|offer| &*offer.name)),
            channels: Names::new(column(history.channel), plan.channels.iter().map(|channel| &*channel.name)),
            decided: column(history.decided),
            member: column(history.member),
            value: column(history.value),
            unseen: unseen::passing(plan, snapshot, clock, history),
            now: clock.now(),
            since,
        }
    }

    fn events(&self, candidates: &Candidates, row: usize, events: &mut Vec<Event>) {
        let Some(by_customer) = self.table.and_then(|table| table.by_customer.as_ref()) else { return };
        let at = |row: usize| by_customer.at.get(row).copied();
        if let Some(selected) = candidates.selected.get(self.at).and_then(Option::as_ref) {
            let (begin, end) = (selected.begins.get(row), selected.begins.get(row + 1));
            let (Some(begin), Some(end)) = (begin, end) else { return };
            let rows = selected.rows.get(*begin as usize..*end as usize).unwrap_or_default();
            let first = rows.partition_point(|row| at(*row as usize).is_some_and(|at| at <= self.since));
            let rows = rows.iter().skip(first).map(|row| *row as usize);
            events.extend(rows.filter_map(|row| self.event(row, at(row)?)));
        } else {
            let rows = by_customer.of(candidates.first + row);
            let times = by_customer.at.get(rows.clone()).unwrap_or_default();
            let first = rows.start + times.partition_point(|at| *at <= self.since);
            events.extend((first..rows.end).filter_map(|row| self.event(row, at(row)?)));
        }
        if let Some(unseen) = self.unseen() {
            events.extend(unseen.scheduled.of(candidates.first + row).filter_map(|row| self.scheduled(row)));
        }
    }

    /// An event; none after `now`.
    pub fn event(&self, row: usize, at: i64) -> Option<Event> {
        Some(self.read(row, at)).filter(|event| event.at <= self.now)
    }

    /// What a row of the table says.
    fn read(&self, row: usize, at: i64) -> Event {
        let decided = self.decided.filter(|decided| decided.is_valid(row)).map(|decided| &decided.values);
        let decided = match decided {
            Some(Values::Int64(values)) => values.get(row).copied(),
            _ => None,
        };
        let names = (self.offers.of(row), self.channels.of(row));
        Event { at, decided: decided.unwrap_or(at), offer: names.0, channel: names.1, row }
    }

    /// When each event happened, and whose it is: for reading all customers' at once.
    pub fn table(&self) -> Option<&'a Table> {
        self.table
    }

    /// The name of the offer of an event.
    pub fn offer(&self, row: usize) -> Option<&'a str> {
        self.offers.text(row)
    }

    /// Whether the events tell an offer's field themselves.
    pub fn tells_values(&self) -> bool {
        self.value.is_some()
    }

    /// Whether an event's own value of an offer's field may be this one.
    pub fn value_may_be(&self, row: usize, value: &Constant) -> bool {
        let Some(told) = self.value.and_then(|column| column.tells(row)) else { return true };
        match &told {
            Told::Set(elements) => elements.iter().any(|element| tells(element, value, self.schema)),
            one => tells(one, value, self.schema),
        }
    }

    /// Whether an event may be of this member of a family.
    pub fn member_may_be(&self, row: usize, member: Option<Member<'_>>) -> bool {
        let told = self.member.and_then(|column| column.tells(row));
        match (told, member) {
            (Some(Told::Text(told)), Some(Member::Code(_, text))) => told == text,
            (Some(Told::Int(told)), Some(Member::Int(int))) => told == int,
            (Some(_), Some(_)) => false,
            _ => true,
        }
    }
}

/// Whether what a row tells is a constant.
fn tells(told: &Told<'_>, value: &Constant, schema: &Schema) -> bool {
    let of_domain = |domain: DomainId, position: u32| {
        let variants = schema.domain(domain).map(|domain| &domain.variants);
        variants.and_then(|variants| variants.get(position as usize)).map(|variant| &**variant)
    };
    match (told, value.stored()) {
        (Told::Bool(told), Stored::Bool(value)) => *told == value,
        (Told::Text(told), Stored::Text(value) | Stored::Zone(value)) => *told == value,
        (Told::Text(told), Stored::Code(domain, at)) => of_domain(domain, at) == Some(told),
        (Told::Number(told), Stored::Float64(value)) => *told == value.get().to_bits(),
        (Told::Int(told), Stored::Int32(value)) => *told == i64::from(value),
        (Told::Int(told), Stored::Int64(value)) => *told == value,
        _ => false,
    }
}

/// The names in a column, and what each stands for.
#[derive(Debug)]
struct Names<'a> {
    column: Option<(&'a Column, &'a [u32])>,
    /// By code.
    known: Vec<Named>,
}

impl<'a> Names<'a> {
    fn new<'n>(column: Option<&'a Column>, names: impl Iterator<Item = &'n str>) -> Self {
        let codes = column.and_then(|column| match &column.values {
            Values::Codes(codes, dictionary) => Some((column, codes, dictionary)),
            _ => None,
        });
        let Some((column, codes, dictionary)) = codes else { return Self { column: None, known: Vec::new() } };
        Self { column: Some((column, codes)), known: known(dictionary, names) }
    }

    fn text(&self, row: usize) -> Option<&'a str> {
        let (column, codes) = self.column.filter(|(column, _)| column.is_valid(row))?;
        match &column.values {
            Values::Codes(_, dictionary) => dictionary.get(*codes.get(row)?),
            _ => None,
        }
    }

    fn of(&self, row: usize) -> Named {
        let Some((_, codes)) = self.column.filter(|(column, _)| column.is_valid(row)) else { return Named::Untold };
        let code = codes.get(row).map_or(usize::MAX, |code| *code as usize);
        self.known.get(code).copied().unwrap_or(Named::Untold)
    }
}

/// What each text of a dictionary names; the empty one names nothing.
fn known<'n>(dictionary: &Dictionary, names: impl Iterator<Item = &'n str>) -> Vec<Named> {
    let mut positions: Vec<(&str, u32)> = names.zip(0..).collect();
    positions.sort_unstable();
    let named = |(code, value): (u32, &str)| {
        if value.is_empty() {
            return Named::Untold;
        }
        let found = positions.binary_search_by(|(name, _)| (*name).cmp(value)).ok();
        found.and_then(|at| positions.get(at)).map_or(Named::Other(code), |(_, position)| Named::Known(*position))
    };
    (0..).zip(dictionary.values.iter().map(|value| &**value)).map(named).collect()
}
