//! The workload as a verified plan.

use opportune_plan::{
    Arithmetic, Channel, ChannelId, Comparison, Constant, Currency, Domain, DomainId, ExprId, Exprs, Field, FieldId,
    Float, IllFormed, Offer, Op, Plan, Portfolio, Schema, Source, Table, TableKind, Type, VerifiedPlan, verify,
};
use opportune_workload::{Condition, Kind, Operand, Relation, TODAY, Term, Test, Workload};

/// The plan of the workload.
///
/// # Errors
/// When the workload is not well-formed.
pub fn plan(workload: &Workload) -> Result<VerifiedPlan, Box<dyn std::error::Error>> {
    let mut build = Build { workload, schema: schema(workload), exprs: Exprs::default() };
    let offers = workload.offers.iter().map(|offer| build.offer(offer)).collect::<Result<_, _>>()?;
    let plan = Plan {
        name: "workload".into(),
        zone: "UTC".into(),
        schema: build.schema,
        exprs: build.exprs,
        offer_fields: Vec::new(),
        channels: vec![Channel { name: "email".into(), needs: None }],
        offers,
        portfolio: Portfolio::default(),
    };
    Ok(verify(plan)?)
}

fn usd() -> Currency {
    Currency::new("USD").unwrap_or_else(|| unreachable!("three capitals"))
}

fn schema(workload: &Workload) -> Schema {
    let mut domains = Vec::new();
    let mut domain = |values: &[String]| {
        domains.push(Domain { variants: values.iter().map(|value| value.as_str().into()).collect() });
        DomainId(u32::try_from(domains.len() - 1).unwrap_or(0))
    };
    let mut fields = vec![field("id", Type::Int, false)];
    for column in &workload.columns {
        let ty = match &column.kind {
            Kind::Number(..) => Type::Number,
            Kind::Int(..) => Type::Int,
            Kind::Money(..) => Type::Money(usd()),
            Kind::Date(..) => Type::Date,
            Kind::OneOf(values) => Type::OneOf(domain(values)),
            Kind::Ordered(values) => Type::Ordered(domain(values)),
            Kind::Text(_) => Type::Text,
            Kind::Bool(_) => Type::Bool,
        };
        fields.push(field(column.name, ty, column.nullable()));
    }
    let kind = TableKind::Customer { key: FieldId(0), introduced_by: vec![Schema::CUSTOMER] };
    Schema { tables: vec![Table { name: "person".into(), source: "person".into(), kind, fields }], domains }
}

fn field(name: &str, ty: Type, nullable: bool) -> Field {
    Field { name: name.into(), source: Source::Column(name.into()), ty, nullable, link: None }
}

struct Build<'a> {
    workload: &'a Workload,
    schema: Schema,
    exprs: Exprs,
}

type Built = Result<ExprId, IllFormed>;

impl Build<'_> {
    fn add(&mut self, op: Op) -> Built {
        self.exprs.add(&self.schema, op)
    }

    fn column(&mut self, at: usize) -> (ExprId, Type) {
        let id = FieldId(u32::try_from(at + 1).unwrap_or(0));
        let ty = self.schema.field(Schema::CUSTOMER, id).map_or(Type::Bool, |field| field.ty);
        let Ok(column) = self.add(Op::Field(Schema::CUSTOMER, id)) else { unreachable!("a declared field") };
        (column, ty)
    }

    fn number(&mut self, value: f64) -> Built {
        let Some(value) = Float::new(value) else { unreachable!("constants are finite") };
        self.add(Op::Constant(Constant::Number(value)))
    }

    fn whole(&mut self, ty: Type, value: i64) -> Built {
        let code = u32::try_from(value).unwrap_or(0);
        let constant = match ty {
            Type::Money(currency) => Constant::Money(currency, value),
            Type::Ordered(domain) => Constant::Ordered(domain, code),
            Type::Date => {
                let today = self.add(Op::Today)?;
                let days = self.add(Op::Constant(Constant::Days(i64::from(TODAY) - value)))?;
                return self.add(Op::Arithmetic(Arithmetic::Subtract, today, days));
            }
            _ => Constant::Int(value),
        };
        self.add(Op::Constant(constant))
    }

    fn relation(&mut self, relation: Relation, a: ExprId, b: ExprId) -> Built {
        self.add(match relation {
            Relation::Below => Op::Compare(Comparison::Less, a, b),
            Relation::AtMost => Op::Compare(Comparison::LessOrEqual, a, b),
            Relation::Is => Op::Compare(Comparison::Equal, a, b),
            Relation::AtLeast => Op::Compare(Comparison::LessOrEqual, b, a),
            Relation::Above => Op::Compare(Comparison::Less, b, a),
        })
    }

    fn atom(&mut self, at: usize) -> Built {
        let workload = self.workload;
        let atom = &workload.atoms[at];
        let (column, ty) = self.column(atom.column);
        match &atom.test {
            Test::Number(relation, constant) => {
                let constant = self.number(*constant)?;
                self.relation(*relation, column, constant)
            }
            Test::Int(relation, constant) => {
                let constant = self.whole(ty, *constant)?;
                self.relation(*relation, column, constant)
            }
            Test::In(codes) => {
                let values = workload.columns[atom.column].kind.values();
                let constant = |code: &u32| match ty {
                    Type::OneOf(domain) => Constant::OneOf(domain, *code),
                    _ => Constant::Text(values[*code as usize].as_str().into()),
                };
                match codes.as_slice() {
                    [code] => {
                        let constant = self.add(Op::Constant(constant(code)))?;
                        self.add(Op::Compare(Comparison::Equal, column, constant))
                    }
                    codes => self.add(Op::In(column, codes.iter().map(constant).collect())),
                }
            }
            Test::StartsWith(start) => self.add(Op::StartsWith(column, (*start).into())),
            Test::True => Ok(column),
            Test::Missing => self.add(Op::IsMissing(column)),
        }
    }

    fn condition(&mut self, condition: &Condition) -> Built {
        match condition {
            Condition::Atom(at) => self.atom(*at),
            Condition::Not(inner) => {
                let inner = self.condition(inner)?;
                self.add(Op::Not(inner))
            }
            Condition::And(parts) => {
                let parts = parts.iter().map(|part| self.condition(part)).collect::<Result<_, _>>()?;
                self.add(Op::And(parts))
            }
            Condition::Or(parts) => {
                let parts = parts.iter().map(|part| self.condition(part)).collect::<Result<_, _>>()?;
                self.add(Op::Or(parts))
            }
        }
    }

    fn operand(&mut self, operand: &Operand) -> Built {
        match *operand {
            Operand::Number(at) => Ok(self.column(at).0),
            Operand::Else(at, other) => {
                let (column, other) = (self.column(at).0, self.number(other)?);
                self.add(Op::Else(column, other))
            }
            Operand::Scaled(at, by) => {
                let (column, by) = (self.column(at).0, self.number(by)?);
                self.add(Op::Arithmetic(Arithmetic::Divide, column, by))
            }
            Operand::Share(at, by) => {
                let (column, ty) = self.column(at);
                let by = self.whole(ty, by)?;
                self.add(Op::Arithmetic(Arithmetic::Divide, column, by))
            }
            Operand::Whole(at) => {
                let column = self.column(at).0;
                self.add(Op::ToNumber(column))
            }
        }
    }

    fn term(&mut self, term: &Term) -> Built {
        let (weight, operand) = (self.number(term.weight)?, self.operand(&term.operand)?);
        self.add(Op::Arithmetic(Arithmetic::Multiply, weight, operand))
    }

    fn offer(&mut self, offer: &opportune_workload::Offer) -> Result<Offer, IllFormed> {
        let eligible = self.condition(&offer.eligible)?;
        let except = offer.except.iter().map(|except| self.condition(except)).collect::<Result<_, _>>()?;
        let mut terms = offer.score.iter().map(|term| self.term(term)).collect::<Result<Vec<_>, _>>()?.into_iter();
        let Some(mut priority) = terms.next() else { unreachable!("a score has terms") };
        for term in terms {
            priority = self.add(Op::Arithmetic(Arithmetic::Add, priority, term))?;
        }
        Ok(Offer {
            name: offer.name.as_str().into(),
            about: None,
            fields: Vec::new(),
            eligible: Some(eligible),
            except,
            caps: Vec::new(),
            channels: vec![ChannelId(0)],
            timing: None,
            priority,
            because: None,
        })
    }
}
