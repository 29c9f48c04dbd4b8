//! Random offers to the families of [`crate::data`].

use opportune_plan::{
    Aggregate, Arithmetic, Builtin, By, Cap, Channel, ChannelId, Comparison, Constant, Currency, ExprId, Exprs, Family,
    FieldId, FieldValue, Float, Forbidden, Function, Guarantee, GuaranteeId, Offer, OfferField, OfferFieldId, Op, Pick,
    Plan, Portfolio, RankKey, Route, Schema, Slate, TableId, Type, VerifiedPlan, Window, verify,
};

use crate::data::*;
use crate::dice::Dice;

/// Expressions over pairs of a customer and a member.
struct Maker<'a> {
    dice: &'a mut Dice,
    schema: &'a Schema,
    exprs: Exprs,
    members: usize,
    family: Family,
    /// Whether members may be compared with values that do not name them.
    wild: bool,
}

/// A random plan with one or two families among its offers.
pub fn plan(dice: &mut Dice, members: usize, wild: bool, slots: Option<u32>) -> VerifiedPlan {
    let schema = schema(members);
    let field = dice.pick(&[CATEGORY, CATEGORY, AISLE, OF_KIND]);
    let family = Family { table: PRODUCTS, field };
    let mut maker = Maker { dice, schema: &schema, exprs: Exprs::default(), members, family, wild };
    let needs = maker.add(Op::Field(CUSTOMER, EMAIL_OK));
    let needs = Some(needs).filter(|_| maker.dice.percent(50));
    let families = 1 + maker.dice.roll(2);
    let mut offers: Vec<Offer> = (0..families).map(|at| maker.offer(at, Some(family))).collect();
    offers.extend((families..families + 2).map(|at| maker.offer(at, None)));
    let portfolio = maker.portfolio(slots);
    let channel = |name: &str, needs| Channel { needs, ..Channel::new(name) };
    let exprs = maker.exprs;
    let plan = Plan {
        guarantees: vec![Guarantee { name: "kept".into(), review_by: None, kept_anyway: false }],
        offer_fields: vec![OfferField { name: "tier".into(), ty: Type::Int, is_set: false }],
        channels: vec![channel("email", needs), channel("mail", None)],
        offers,
        portfolio,
        ..Plan::new("families", "UTC", schema, exprs)
    };
    verify(plan).unwrap()
}

impl Maker<'_> {
    fn add(&mut self, op: Op) -> ExprId {
        self.exprs.add(self.schema, op.clone()).unwrap_or_else(|error| panic!("{error}: {op:?}"))
    }

    fn int(&mut self, value: i64) -> ExprId {
        self.add(Op::Constant(Constant::Int(value)))
    }

    fn number(&mut self, value: f64) -> ExprId {
        self.add(Op::Constant(Constant::Number(Float::new(value).unwrap())))
    }

    fn less(&mut self, a: ExprId, b: ExprId) -> ExprId {
        let comparison = if self.dice.percent(50) { Comparison::Less } else { Comparison::LessOrEqual };
        self.add(Op::Compare(comparison, a, b))
    }

    fn member(&mut self) -> ExprId {
        self.add(Op::Member(self.family.table, self.family.field))
    }

    /// A constant of the family's type: a member or nearly one.
    fn constant(&mut self) -> Constant {
        let at = self.dice.roll(self.members + 1);
        match self.family.field {
            CATEGORY => Constant::Text(category(at).into()),
            AISLE => Constant::Int(aisle(at)),
            _ => Constant::OneOf(KINDS, at as u32),
        }
    }

    fn offer(&mut self, at: usize, family: Option<Family>) -> Offer {
        let of_pair = family.is_some();
        let condition = |maker: &mut Self| if of_pair { maker.condition(2) } else { maker.of_customer() };
        let eligible = Some(condition(self)).filter(|_| self.dice.percent(85));
        let except = (0..self.dice.roll(2)).map(|_| condition(self)).collect();
        let forbids = self.dice.percent(30);
        let forbidden = forbids.then(|| Forbidden { guarantee: GuaranteeId(0), when: condition(self) });
        let caps = if self.dice.percent(40) { vec![self.cap()] } else { Vec::new() };
        let priority = if of_pair { self.priority() } else { self.flat_priority() };
        let mut channels = vec![ChannelId(0), ChannelId(1)];
        if self.dice.percent(40) {
            channels.reverse();
        }
        if self.dice.percent(40) {
            channels.pop();
        }
        let tier = self.dice.roll(3) as i64;
        let picks = if of_pair { 0 } else { self.dice.roll(4).saturating_sub(1) };
        let picks = (0..picks).map(|at| self.pick(at)).collect();
        Offer {
            family,
            picks,
            fields: vec![FieldValue::One(Constant::Int(tier))],
            eligible,
            except,
            forbidden: forbidden.into_iter().collect(),
            caps,
            routes: channels.into_iter().map(Route::by).collect(),
            ..Offer::new(format!("offer_{at}"), priority)
        }
    }

    fn pick(&mut self, at: usize) -> Pick {
        let eligible = Some(self.condition(2)).filter(|_| self.dice.percent(85));
        Pick { name: format!("pick_{at}").into(), family: self.family, eligible, by: self.priority() }
    }

    fn portfolio(&mut self, slots: Option<u32>) -> Portfolio {
        let slates = match slots {
            Some(1) => Vec::new(),
            _ => vec![
                Slate { channel: ChannelId(0), size: 2, at_most: Vec::new() },
                Slate { channel: ChannelId(1), size: 3, at_most: Vec::new() },
            ],
        };
        let rank = if self.dice.percent(40) {
            vec![RankKey { field: OfferFieldId(0), descending: self.dice.percent(50) }]
        } else {
            Vec::new()
        };
        let contact_cap = if self.dice.percent(30) { Some(self.cap()) } else { None };
        Portfolio { slates, slots_in_all: slots, rank, contact_cap, ..Portfolio::default() }
    }

    /// At most one or two, where purchases stand for contacts.
    fn cap(&mut self) -> Cap {
        let limit = 1 + self.dice.roll(3) as u32;
        let window = self.window();
        let counted = self.aggregate(None, window, None, Function::Count);
        let most = self.int(i64::from(limit));
        let has_room = self.add(Op::Compare(Comparison::Less, counted, most));
        Cap { limit, counted, has_room }
    }

    fn aggregate(&mut self, by: Option<By>, window: Window, filter: Option<ExprId>, function: Function) -> ExprId {
        self.add(Op::Aggregate(Aggregate { events: PURCHASES, window, filter, by, function }))
    }

    /// All events, those after a moment, those up to one, and those after a moment of the customer's own.
    fn window(&mut self) -> Window {
        let moment = |maker: &mut Self| {
            let at = maker.dice.roll(21 * 24) as i64 * HOUR;
            maker.add(Op::Constant(Constant::Instant(at)))
        };
        match self.dice.roll(4) {
            0 => Window::ALWAYS,
            1 => Window::after(moment(self)),
            2 => Window { after: None, until: Some(moment(self)) },
            _ => {
                let level = self.add(Op::Field(CUSTOMER, LEVEL));
                let (none, hour) = (self.int(30), self.add(Op::Constant(Constant::Duration(HOUR))));
                let level = self.add(Op::Else(level, none));
                let level = self.add(Op::ToNumber(level));
                let length = self.add(Op::Arithmetic(Arithmetic::Multiply, hour, level));
                let from = moment(self);
                Window::after(self.add(Op::Arithmetic(Arithmetic::Add, from, length)))
            }
        }
    }

    /// A condition of the customer alone.
    fn of_customer(&mut self) -> ExprId {
        match self.dice.roll(3) {
            0 => self.add(Op::Field(CUSTOMER, EMAIL_OK)),
            1 => {
                let (level, bound) = (self.add(Op::Field(CUSTOMER, LEVEL)), self.dice.roll(60) as i64 - 30);
                let bound = self.int(bound);
                self.less(bound, level)
            }
            _ => {
                let window = self.window();
                let (count, few) = (self.aggregate(None, window, None, Function::Count), self.int(4));
                self.less(few, count)
            }
        }
    }

    /// The key of an event, and whether an event without one counts for no member.
    fn by(&mut self) -> By {
        let Family { table, field } = self.family;
        let own = match field {
            CATEGORY => LABEL,
            AISLE => SHELF,
            _ => SORT,
        };
        let key = if self.dice.percent(50) {
            let value = self.add(Op::Field(PRODUCTS, field));
            self.add(Op::Follow { table: PURCHASES, link: PRODUCT, value })
        } else {
            self.add(Op::Field(PURCHASES, own))
        };
        By { table, field, key, missing_is_false: self.dice.percent(50) }
    }

    fn filter(&mut self, may_be_unknown: bool) -> Option<ExprId> {
        match self.dice.roll(4) {
            0 => None,
            1 => {
                let gift = self.add(Op::Field(PURCHASES, GIFT));
                Some(if may_be_unknown { gift } else { self.add(Op::IsTrue(gift)) })
            }
            2 => {
                let (spend, least) = (self.add(Op::Field(PURCHASES, SPEND)), self.money(3_000_000));
                Some(self.less(least, spend))
            }
            _ => {
                let level = self.add(Op::Field(CUSTOMER, LEVEL));
                let level = self.add(Op::OfCustomer { events: PURCHASES, value: level });
                let shelf = self.add(Op::Field(PURCHASES, SHELF));
                let condition = self.less(level, shelf);
                Some(if may_be_unknown { condition } else { self.add(Op::IsTrue(condition)) })
            }
        }
    }

    fn money(&mut self, millionths: i64) -> ExprId {
        self.add(Op::Constant(Constant::Money(Currency::new("USD").unwrap(), millionths)))
    }

    /// A condition over events of the member.
    fn of_events(&mut self) -> ExprId {
        let window = self.window();
        let mut by = self.by();
        if self.dice.percent(50) {
            let filter = self.filter(true);
            let exists = self.aggregate(Some(by), window, filter, Function::Exists);
            return if self.dice.percent(60) { self.add(Op::Not(exists)) } else { exists };
        }
        by.missing_is_false |= self.exprs.node(by.key).nullable;
        let filter = self.filter(false);
        let spend = self.add(Op::Field(PURCHASES, SPEND));
        let function = self.dice.pick(&[
            Function::Count,
            Function::Sum(spend),
            Function::Max(spend),
            Function::Last(spend),
            Function::Avg(spend),
            Function::Distinct(spend),
        ]);
        let value = self.aggregate(Some(by), window, filter, function);
        let bound = self.dice.roll(4) as i64;
        let bound =
            if self.exprs.node(value).ty == Type::Int { self.int(bound) } else { self.money(bound * 2_000_000) };
        if self.dice.percent(50) { self.less(bound, value) } else { self.less(value, bound) }
    }

    /// The place of the member among the customer's events.
    fn rank(&mut self) -> ExprId {
        let of = self.member();
        let (window, filter) = (self.window(), self.filter(false));
        let own = match self.family.field {
            AISLE => SHELF,
            _ => return self.rank_of_missing(window, filter),
        };
        let value = self.add(Op::Field(PURCHASES, own));
        self.aggregate(None, window, filter, Function::FrequencyRank { value, of })
    }

    /// Ranks values that may be missing: those that are, as one that is no member.
    fn rank_of_missing(&mut self, window: Window, filter: Option<ExprId>) -> ExprId {
        let of = self.member();
        let (field, none) = match self.family.field {
            CATEGORY => (LABEL, Constant::Text("none".into())),
            _ => (SORT, Constant::OneOf(KINDS, 0)),
        };
        let (value, none) = (self.add(Op::Field(PURCHASES, field)), self.add(Op::Constant(none)));
        let value = self.add(Op::Else(value, none));
        self.aggregate(None, window, filter, Function::FrequencyRank { value, of })
    }

    /// A condition that names the member, or over it alone.
    fn of_member(&mut self) -> ExprId {
        let member = self.member();
        match self.dice.roll(6) {
            0 => {
                let mut constants: Vec<Constant> = (0..3).map(|_| self.constant()).collect();
                constants.sort();
                constants.dedup();
                self.add(Op::In(member, constants.into()))
            }
            1 if self.family.field == CATEGORY => {
                let start = self.dice.pick(&["a", "b", "c0", "z"]);
                self.add(Op::StartsWith(member, start.into()))
            }
            1 | 2 => {
                let constant = self.constant();
                let constant = self.add(Op::Constant(constant));
                self.add(Op::Compare(Comparison::Equal, constant, member))
            }
            3 | 4 if self.family.field != OF_KIND => {
                let set = if self.family.field == CATEGORY { INTERESTS } else { AISLES };
                let set = self.add(Op::Field(CUSTOMER, set));
                self.add(Op::Call(Builtin::Has, [set, member].into()))
            }
            _ => {
                let own = match self.family.field {
                    CATEGORY => FAVOURITE,
                    AISLE => LEVEL,
                    _ => KIND,
                };
                let own = self.add(Op::Field(CUSTOMER, own));
                let (a, b) = if self.dice.percent(50) { (own, member) } else { (member, own) };
                self.add(Op::Compare(Comparison::Equal, a, b))
            }
        }
    }

    /// What tells each member from every other.
    fn of_each(&mut self) -> ExprId {
        let member = self.member();
        match self.family.field {
            CATEGORY => {
                let (length, level) =
                    (self.add(Op::Call(Builtin::Length, [member].into())), self.add(Op::Field(CUSTOMER, LEVEL)));
                self.less(length, level)
            }
            AISLE => {
                let level = self.add(Op::Field(CUSTOMER, LEVEL));
                self.less(member, level)
            }
            _ => {
                let kind = self.add(Op::Field(CUSTOMER, KIND));
                let either = self.add(Op::Else(kind, member));
                self.add(Op::Compare(Comparison::Equal, either, member))
            }
        }
    }

    fn condition(&mut self, depth: usize) -> ExprId {
        let sides = if depth == 0 { 6 } else { 9 };
        match self.dice.roll(sides) {
            0 | 1 => self.of_events(),
            2 => self.of_member(),
            3 => {
                let (rank, place) = (self.rank(), self.dice.roll(3) as i64 + 1);
                let place = self.int(place);
                self.less(rank, place)
            }
            4 => self.of_customer(),
            5 if self.wild => self.of_each(),
            5 => {
                let rank = self.rank();
                self.add(Op::IsMissing(rank))
            }
            6 => {
                let all = [self.condition(depth - 1), self.condition(depth - 1)];
                self.add(Op::And(all.into()))
            }
            7 => {
                let all = [self.condition(depth - 1), self.condition(depth - 1)];
                self.add(Op::Or(all.into()))
            }
            _ => {
                let inner = self.condition(depth - 1);
                let not = self.add(Op::Not(inner));
                if self.dice.percent(30) { self.add(Op::IsTrue(not)) } else { not }
            }
        }
    }

    fn flat_priority(&mut self) -> ExprId {
        let score = self.dice.pick(&[0.5, 1.0, 1.0, 2.0]);
        self.number(score)
    }

    /// Few scores, so that many are equal; some withhold.
    fn priority(&mut self) -> ExprId {
        match self.dice.roll(4) {
            0 | 1 => self.flat_priority(),
            2 => {
                let mut by = self.by();
                by.missing_is_false |= self.exprs.node(by.key).nullable;
                let window = self.window();
                let count = self.aggregate(Some(by), window, None, Function::Count);
                let count = self.add(Op::ToNumber(count));
                let more = self.dice.pick(&[0.0, 1.0]);
                let more = self.number(more);
                self.add(Op::Arithmetic(Arithmetic::Add, count, more))
            }
            _ => {
                let condition = self.condition(1);
                let condition = self.add(Op::IsTrue(condition));
                let (a, b) = (self.number(2.0), self.number(1.0));
                self.add(Op::If(condition, a, b))
            }
        }
    }
}

/// A plan of one family of texts, for whose members and customers this holds.
pub fn eligible_when(members: usize, condition: impl FnOnce(&mut dyn FnMut(Op) -> ExprId) -> ExprId) -> Plan {
    let schema = schema(members);
    let mut exprs = Exprs::default();
    let mut add = |op: Op| exprs.add(&schema, op).unwrap();
    let eligible = Some(condition(&mut add));
    let priority = add(Op::Constant(Constant::Number(Float::new(1.0).unwrap())));
    let offer = Offer {
        family: Some(Family { table: PRODUCTS, field: CATEGORY }),
        eligible,
        routes: vec![Route::by(ChannelId(0))],
        ..Offer::new("each", priority)
    };
    Plan { channels: vec![Channel::new("mail")], offers: vec![offer], ..Plan::new("families", "UTC", schema, exprs) }
}

/// The key of an event by its own field.
pub fn by_label(add: &mut dyn FnMut(Op) -> ExprId, missing_is_false: bool) -> By {
    let key = add(Op::Field(PURCHASES, LABEL));
    By { table: TableId(2), field: FieldId(1), key, missing_is_false }
}
