//! Offers: conditions over atoms and a score, drawn until each reaches its share of the customers.

use crate::atom::Atom;
use crate::column::{Column, Kind};
use crate::random::Random;
use crate::sample::Sample;
use crate::{ELIGIBLE, OFFERS};

/// An offer.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The name.
    pub name: String,
    /// Must be definitely true.
    pub eligible: Condition,
    /// Each must be definitely false.
    pub except: Vec<Condition>,
    /// The score: the sum of these.
    pub score: Vec<Term>,
}

/// A condition over atoms.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// An atom, by position.
    Atom(usize),
    /// The opposite.
    Not(Box<Condition>),
    /// All of them.
    And(Vec<Condition>),
    /// At least one of them.
    Or(Vec<Condition>),
}

/// A weight times an operand.
#[derive(Debug, Clone)]
pub struct Term {
    /// The weight.
    pub weight: f64,
    /// What it weighs.
    pub operand: Operand,
}

/// What a score reads. Numbers are those of columns by position.
#[derive(Debug, Clone)]
pub enum Operand {
    /// A number column.
    Number(usize),
    /// A nullable number column, or this where it is missing.
    Else(usize, f64),
    /// A number column divided by a constant.
    Scaled(usize, f64),
    /// An int, or money in millionths, divided by a constant of its type.
    Share(usize, i64),
    /// An int.
    Whole(usize),
}

impl Condition {
    /// Calls `visit` with each atom.
    pub fn for_each_atom(&self, visit: &mut impl FnMut(usize)) {
        match self {
            Self::Atom(at) => visit(*at),
            Self::Not(inner) => inner.for_each_atom(visit),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.for_each_atom(visit)),
        }
    }

    fn for_each_place(&mut self, visit: &mut impl FnMut(&mut usize)) {
        match self {
            Self::Atom(at) => visit(at),
            Self::Not(inner) => inner.for_each_place(visit),
            Self::And(parts) | Self::Or(parts) => parts.iter_mut().for_each(|part| part.for_each_place(visit)),
        }
    }
}

impl Offer {
    /// Calls `visit` with each atom of its conditions.
    pub fn for_each_atom(&self, mut visit: impl FnMut(usize)) {
        self.eligible.for_each_atom(&mut visit);
        self.except.iter().for_each(|except| except.for_each_atom(&mut visit));
    }

    fn for_each_place(&mut self, mut visit: impl FnMut(&mut usize)) {
        self.eligible.for_each_place(&mut visit);
        self.except.iter_mut().for_each(|except| except.for_each_place(&mut visit));
    }
}

/// The offers: narrow and broad ones, together reaching a customer [`ELIGIBLE`] times.
pub(crate) fn offers(columns: &[Column], atoms: &[Atom]) -> Vec<Offer> {
    let sample = Sample::new(columns, atoms);
    let mut random = Random::new(100);
    let mut wanted: Vec<f64> = (0..OFFERS).map(wanted_share).collect();
    random.shuffle(&mut wanted);
    let mut all: Vec<Offer> = (1..)
        .zip(&wanted)
        .map(|(number, wanted)| draw(&mut random, &sample, columns, atoms, number, *wanted))
        .collect();
    use_every_atom(&mut random, &sample, atoms, &mut all, &wanted);
    all
}

/// The offers' shares of the customers, from 0.6 to 41 per cent in equal ratios; they sum up to [`ELIGIBLE`].
fn wanted_share(place: usize) -> f64 {
    let ratio = |place: usize| (68.0_f64.ln() * place as f64 / (OFFERS - 1) as f64).exp();
    ratio(place) * ELIGIBLE / (0..OFFERS).map(ratio).sum::<f64>()
}

fn near(share: f64, wanted: f64) -> bool {
    (share / wanted - 1.0).abs() < 0.08
}

fn draw(random: &mut Random, sample: &Sample, columns: &[Column], atoms: &[Atom], number: usize, wanted: f64) -> Offer {
    loop {
        let eligible = Condition::And((0..3 + random.below(3)).map(|_| part(random, atoms.len())).collect());
        let except = match random.below(20) {
            0..10 => vec![],
            10..17 => vec![literal(random, atoms.len())],
            _ => vec![Condition::And(vec![literal(random, atoms.len()), literal(random, atoms.len())])],
        };
        let mut offer = Offer { name: format!("offer_{number:03}"), eligible, except, score: vec![] };
        if near(sample.share(&offer), wanted) {
            offer.score = score(random, columns);
            return offer;
        }
    }
}

fn literal(random: &mut Random, atoms: usize) -> Condition {
    let atom = Condition::Atom(random.below(atoms));
    if random.chance(0.15) { Condition::Not(Box::new(atom)) } else { atom }
}

fn part(random: &mut Random, atoms: usize) -> Condition {
    let both = |random: &mut Random| vec![literal(random, atoms), literal(random, atoms)];
    match random.below(20) {
        0..12 => literal(random, atoms),
        12..17 => Condition::Or(both(random)),
        17..19 => Condition::Or(vec![Condition::And(both(random)), literal(random, atoms)]),
        _ => Condition::Not(Box::new(Condition::Or(both(random)))),
    }
}

/// Puts each atom that no offer uses in the place of one that others use too, where the offer's share allows it.
fn use_every_atom(random: &mut Random, sample: &Sample, atoms: &[Atom], all: &mut [Offer], wanted: &[f64]) {
    let mut uses = vec![0; atoms.len()];
    all.iter().for_each(|offer| offer.for_each_atom(|at| uses[at] += 1));
    for unused in (0..atoms.len()).filter(|at| uses[*at] == 0).collect::<Vec<_>>() {
        loop {
            let at = random.below(all.len());
            let (mut changed, mut gone, mut place) = (all[at].clone(), None, 0);
            let wanted_place = random.below(8);
            changed.for_each_place(|atom| {
                if place == wanted_place && uses[*atom] > 1 {
                    gone = Some(std::mem::replace(atom, unused));
                }
                place += 1;
            });
            if let Some(gone) = gone
                && near(sample.share(&changed), wanted[at])
            {
                uses[gone] -= 1;
                uses[unused] += 1;
                all[at] = changed;
                break;
            }
        }
    }
}

/// Two to four terms; the first reads a column of doubles that is always there, so that scores are distinct.
fn score(random: &mut Random, columns: &[Column]) -> Vec<Term> {
    let numbers: Vec<usize> = (0..columns.len())
        .filter(|at| matches!(columns[*at].kind, Kind::Number(..)) && !columns[*at].nullable())
        // A weight on a share of one more often than `column / 100`.
        .flat_map(|at| if matches!(columns[at].kind, Kind::Number(1.0, _)) { vec![at; 3] } else { vec![at] })
        .collect();
    let readable: Vec<usize> = (0..columns.len())
        .filter(|at| match columns[*at].kind {
            Kind::Number(..) => true,
            Kind::Int(..) | Kind::Money(..) => !columns[*at].nullable(),
            _ => false,
        })
        .collect();
    let mut used = vec![*random.pick(&numbers)];
    for _ in 0..1 + random.below(3) {
        let next = *random.pick(&readable);
        if !used.contains(&next) {
            used.push(next);
        }
    }
    used.into_iter().map(|at| term(random, at, &columns[at])).collect()
}

/// A weight from 0.05 to 0.95 on a value that is brought near 0 to 1.
fn term(random: &mut Random, at: usize, column: &Column) -> Term {
    let weight = (50.0 + random.unit() * 900.0).round() / 1000.0;
    let operand = match column.kind {
        Kind::Number(..) if column.nullable() => Operand::Else(at, (random.unit() * 20.0).round() / 100.0),
        Kind::Number(1.0, _) => Operand::Number(at),
        Kind::Number(high, _) => Operand::Scaled(at, high),
        Kind::Int(_, high, _) if random.chance(0.5) => {
            let weight = weight / high as f64;
            return Term { weight: (weight * 100_000.0).round() / 100_000.0, operand: Operand::Whole(at) };
        }
        Kind::Int(_, high, _) => Operand::Share(at, high),
        Kind::Money(dollars, _) => Operand::Share(at, dollars * 1_000_000),
        _ => unreachable!("no score reads {}", column.name),
    };
    Term { weight, operand }
}
