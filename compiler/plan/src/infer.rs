//! The typing rules of expressions: from an operation and its operands to the node.
//!
//! The same rules make nodes ([`crate::Exprs::add`]) and check them ([`crate::verify`](crate::verify())).

use std::fmt;

use crate::aggregate::{Aggregate, Function};
use crate::builtin;
use crate::expr::{Arithmetic, Comparison, ExprId, Exprs, Node, Op, Scope};
use crate::journey::JourneyPart;
use crate::schema::{FieldId, Schema, Table, TableId, TableKind};
use crate::types::{Constant, Type};

/// Why an expression is not one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IllFormed {
    /// More expressions than 32 bits can count.
    TooMany,
    /// An operand that is not in the arena.
    UnknownOperand(ExprId),
    /// A table or field that is not in the schema, or is of the wrong kind.
    UnknownField,
    /// An operand of a type that the operation does not take.
    Type {
        /// The operation.
        operation: &'static str,
        /// The type found.
        found: Type,
    },
    /// Two operands whose types do not go together.
    Types {
        /// The operation.
        operation: &'static str,
        /// The types found.
        found: (Type, Type),
    },
    /// Arguments that a function does not take.
    Arguments {
        /// The function.
        function: &'static str,
        /// The types found.
        found: Vec<Type>,
    },
    /// Operands over different rows.
    Scopes(Scope, Scope),
    /// Something that may be missing where it must not.
    Nullable(&'static str),
    /// An n-ary operation with too few operands.
    TooFew(&'static str),
    /// The constants of a list that are not in their order, each once.
    NotSorted,
    /// A constant whose position is not in its domain.
    NotInDomain,
}

impl fmt::Display for IllFormed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany => write!(f, "too many expressions"),
            Self::UnknownOperand(id) => write!(f, "no expression %{}", id.0),
            Self::UnknownField => write!(f, "a table or field that is not in the schema"),
            Self::Type { operation, found } => write!(f, "`{operation}` does not take {found:?}"),
            Self::Types { operation, found: (a, b) } => write!(f, "`{operation}` does not take {a:?} with {b:?}"),
            Self::Arguments { function, found } => write!(f, "`{function}` does not take {found:?}"),
            Self::Scopes(a, b) => write!(f, "operands over different rows: {a:?} and {b:?}"),
            Self::Nullable(what) => write!(f, "{what} may be missing"),
            Self::TooFew(operation) => write!(f, "`{operation}` with too few operands"),
            Self::NotSorted => write!(f, "constants that are not sorted, each once"),
            Self::NotInDomain => write!(f, "a value that is not in its list"),
        }
    }
}

impl std::error::Error for IllFormed {}

/// What a rule finds out of a node: type, nullable, partial, scope.
struct Found {
    ty: Type,
    nullable: bool,
    partial: bool,
    scope: Scope,
}

impl Found {
    fn total(ty: Type, scope: Scope) -> Self {
        Self { ty, nullable: false, partial: false, scope }
    }

    /// `ty`, missing where the node is.
    fn like(ty: Type, node: &Node) -> Self {
        Self { ty, nullable: node.nullable, partial: node.partial, scope: node.scope }
    }
}

/// Makes the node of an operation.
pub(crate) fn infer(schema: &Schema, exprs: &Exprs, op: Op) -> Result<Node, IllFormed> {
    let Found { ty, nullable, partial, scope } = find(schema, exprs, &op)?;
    Ok(Node { op, ty, nullable, partial: partial || nullable, scope })
}

fn find(schema: &Schema, exprs: &Exprs, op: &Op) -> Result<Found, IllFormed> {
    let get = |id: ExprId| exprs.get(id).ok_or(IllFormed::UnknownOperand(id));
    match op {
        Op::Constant(constant) => in_domain(schema, constant).map(|()| Found::total(constant.ty(), Scope::Anywhere)),
        Op::Missing(ty) => Ok(Found { nullable: true, ..Found::total(*ty, Scope::Anywhere) }),
        Op::Now => Ok(Found::total(Type::Instant, Scope::Anywhere)),
        Op::Bucket { .. } => Ok(Found::total(Type::Int, Scope::Row(Schema::CUSTOMER))),
        Op::Remaining(_) => Ok(Found::total(Type::Int, Scope::Anywhere)),
        Op::Field(table, field) => {
            let of_request = schema.table(*table).is_some_and(|table| matches!(table.kind, TableKind::Context));
            let scope = Scope::Row(if of_request { Schema::CUSTOMER } else { *table });
            let field = schema.field(*table, *field).ok_or(IllFormed::UnknownField)?;
            Ok(Found { nullable: field.nullable, ..Found::total(field.ty, scope) })
        }
        Op::Member(table, field) => {
            let ty = family_type(schema, *table, *field).ok_or(IllFormed::UnknownField)?;
            Ok(Found::total(ty, Scope::Member(*table, *field)))
        }
        Op::Follow { table, link, value } => {
            let field = schema.field(*table, *link).ok_or(IllFormed::UnknownField)?;
            let link = field.link.ok_or(IllFormed::UnknownField)?;
            let value = get(*value)?;
            within(value.scope, Scope::Row(link.table))?;
            let nullable = value.nullable || field.nullable || !link.required;
            Ok(Found { ty: value.ty, nullable, partial: value.partial, scope: Scope::Row(*table) })
        }
        Op::OfCustomer { events, value } => {
            event_table(schema, *events)?;
            let value = get(*value)?;
            within(value.scope, Scope::Row(Schema::CUSTOMER))?;
            Ok(Found { scope: Scope::Row(*events), ..Found::like(value.ty, value) })
        }
        Op::Lookup { table, key, value } => {
            let (key, value) = (get(*key)?, get(*value)?);
            let of_table = schema.table(*table).filter(|table| matches!(table.kind, TableKind::Lookup { .. }));
            let found = of_table.and_then(Table::key).and_then(|key| schema.field(*table, key));
            of_type(key, found.ok_or(IllFormed::UnknownField)?.ty, "look up")?;
            within(value.scope, Scope::Row(*table))?;
            Ok(Found { ty: value.ty, nullable: true, partial: true, scope: key.scope })
        }
        Op::Aggregate(aggregate) => aggregate_type(schema, exprs, aggregate),
        Op::Journey(_, part) => {
            let ty = if *part == JourneyPart::Step { Type::Int } else { Type::Instant };
            let nullable = *part == JourneyPart::Since;
            Ok(Found { nullable, partial: true, ..Found::total(ty, Scope::Row(Schema::CUSTOMER)) })
        }
        Op::Not(a) => condition(get(*a)?, "not").map(|a| Found::like(Type::Bool, a)),
        Op::And(all) | Op::Or(all) => {
            let (operation, mut found) = (if matches!(op, Op::And(_)) { "and" } else { "or" }, None);
            if all.len() < 2 {
                return Err(IllFormed::TooFew(operation));
            }
            for id in all {
                let next = Found::like(Type::Bool, condition(get(*id)?, operation)?);
                found = Some(match found {
                    None => next,
                    Some(found) => both(found, next)?,
                });
            }
            found.ok_or(IllFormed::TooFew(operation))
        }
        Op::IsMissing(a) => Ok(Found::total(Type::Bool, get(*a)?.scope)),
        Op::IsTrue(a) => Ok(Found::total(Type::Bool, condition(get(*a)?, "is true")?.scope)),
        Op::Compare(comparison, a, b) => {
            let (a, b) = (get(*a)?, get(*b)?);
            if a.ty != b.ty {
                return Err(IllFormed::Types { operation: "compare", found: (a.ty, b.ty) });
            }
            if *comparison != Comparison::Equal && !a.ty.is_ordered() {
                return Err(IllFormed::Type { operation: "<", found: a.ty });
            }
            both(Found::like(Type::Bool, a), Found::like(Type::Bool, b))
        }
        Op::In(a, constants) => {
            let a = get(*a)?;
            if constants.is_empty() {
                return Err(IllFormed::TooFew("in"));
            }
            if !constants.is_sorted_by(|a, b| a < b) {
                return Err(IllFormed::NotSorted);
            }
            for constant in constants {
                in_domain(schema, constant)?;
                if constant.ty() != a.ty {
                    return Err(IllFormed::Types { operation: "in", found: (a.ty, constant.ty()) });
                }
            }
            Ok(Found::like(Type::Bool, a))
        }
        Op::StartsWith(a, _) => of_type(get(*a)?, Type::Text, "starts with").map(|a| Found::like(Type::Bool, a)),
        Op::EndsWith(a, _) => of_type(get(*a)?, Type::Text, "ends with").map(|a| Found::like(Type::Bool, a)),
        Op::Contains(a, _) => of_type(get(*a)?, Type::Text, "contains").map(|a| Found::like(Type::Bool, a)),
        Op::Else(a, b) => {
            let (a, b) = (get(*a)?, get(*b)?);
            same_type("else", a, b)?;
            let scope = join(a.scope, b.scope)?;
            Ok(Found { ty: a.ty, nullable: a.nullable && b.nullable, partial: a.partial && b.partial, scope })
        }
        Op::If(condition_id, a, b) => {
            let (when, a, b) = (condition(get(*condition_id)?, "if")?, get(*a)?, get(*b)?);
            same_type("if", a, b)?;
            let branches = both(Found::like(a.ty, a), Found::like(b.ty, b))?;
            both(branches, Found::like(a.ty, when))
        }
        Op::ToNumber(a) => of_type(get(*a)?, Type::Int, "number").map(|a| Found::like(Type::Number, a)),
        Op::Negate(a) => {
            let a = get(*a)?;
            match a.ty {
                Type::Int | Type::Money(_) | Type::Duration | Type::Days | Type::Months => {
                    Ok(Found { partial: true, ..Found::like(a.ty, a) })
                }
                Type::Number | Type::Distance => Ok(Found::like(a.ty, a)),
                found => Err(IllFormed::Type { operation: "-", found }),
            }
        }
        Op::Arithmetic(arithmetic, a, b) => arithmetic_type(*arithmetic, get(*a)?, get(*b)?),
        Op::Call(builtin, arguments) => {
            let arguments = arguments.iter().map(|id| get(*id)).collect::<Result<Vec<_>, _>>()?;
            let given = builtin::given(schema, *builtin, &arguments)?;
            let mut found =
                Found { ty: given.ty, nullable: given.nullable, partial: given.partial, scope: Scope::Anywhere };
            for argument in arguments {
                found = both(found, Found::like(argument.ty, argument))?;
            }
            Ok(found)
        }
    }
}

fn aggregate_type(schema: &Schema, exprs: &Exprs, aggregate: &Aggregate) -> Result<Found, IllFormed> {
    event_table(schema, aggregate.events)?;
    let get = |id: ExprId| exprs.get(id).ok_or(IllFormed::UnknownOperand(id));
    let row = Scope::Row(aggregate.events);
    let filter = aggregate.filter.map(get).transpose()?;
    if let Some(filter) = filter {
        condition(filter, "where")?;
    }
    for id in aggregate.of_events() {
        within(get(id)?.scope, row)?;
    }
    let by = aggregate.by.map(|by| Ok((get(by.key)?, by.missing_is_false))).transpose()?;
    let unknown_key = by.is_some_and(|(key, missing_is_false)| key.nullable && !missing_is_false);
    let unknown = filter.is_some_and(|f| f.nullable) || unknown_key;
    if !matches!(aggregate.function, Function::Exists) && unknown {
        return Err(IllFormed::Nullable("the `where` of an aggregate"));
    }
    let value = aggregate.function.value().map(get).transpose()?;
    let keeps_missing = matches!(aggregate.function, Function::First(_) | Function::Last(_));
    if value.is_some_and(|value| value.nullable) && !keeps_missing {
        return Err(IllFormed::Nullable("the value of an aggregate"));
    }
    let (scope, bounds_partial) = over_customer(schema, exprs, aggregate, value, by.map(|(key, _)| key))?;
    let partial = bounds_partial
        || filter.is_some_and(|f| f.partial)
        || by.is_some_and(|(key, _)| key.partial)
        || value.is_some_and(|v| v.partial);
    let total = |ty| Found { partial, ..Found::total(ty, scope) };
    let maybe = |ty| Found { nullable: true, ..Found::total(ty, scope) };
    use Type::{Date, Days, Distance, Duration, Instant, Int, Money, Months, Number};
    match (aggregate.function, value.map(|v| v.ty)) {
        (Function::Exists, _) => Ok(Found { nullable: unknown, ..total(Type::Bool) }),
        (Function::Count | Function::Distinct(_), _) => Ok(total(Int)),
        (Function::Sum(_), Some(ty @ (Int | Number | Money(_) | Duration | Days | Months | Distance))) => {
            Ok(Found { partial: true, ..total(ty) })
        }
        (Function::Avg(_), Some(Int | Number)) => Ok(maybe(Number)),
        (Function::Avg(_), Some(ty @ (Money(_) | Duration | Distance))) => Ok(maybe(ty)),
        (Function::Min(_) | Function::Max(_), Some(ty)) if ty.is_ordered() => Ok(maybe(ty)),
        (Function::First(_) | Function::Last(_), Some(ty)) => Ok(maybe(ty)),
        (Function::MostFrequent(_), Some(ty)) if ty.element().is_some() => Ok(maybe(ty)),
        (Function::FrequencyRank { .. }, Some(ty)) if ty.element().is_some() => Ok(maybe(Int)),
        (Function::TypicalGap(_), Some(Instant)) => Ok(maybe(Duration)),
        (Function::TypicalGap(_), Some(Date)) => Ok(maybe(Days)),
        (_, found) => Err(IllFormed::Type { operation: aggregate.function.name(), found: found.unwrap_or(Type::Bool) }),
    }
}

/// Over what an aggregate is, and whether what it reads there can be missing at run time.
fn over_customer(
    schema: &Schema,
    exprs: &Exprs,
    aggregate: &Aggregate,
    value: Option<&Node>,
    key: Option<&Node>,
) -> Result<(Scope, bool), IllFormed> {
    let get = |id: ExprId| exprs.get(id).ok_or(IllFormed::UnknownOperand(id));
    let customer = Scope::Row(Schema::CUSTOMER);
    let mut partial = false;
    for id in aggregate.window.after.into_iter().chain(aggregate.window.until) {
        let bound = of_type(get(id)?, Type::Instant, "in")?;
        within(bound.scope, customer)?;
        if bound.nullable {
            return Err(IllFormed::Nullable("an end of a window"));
        }
        partial |= bound.partial;
    }
    let mut scope = customer;
    if let Function::FrequencyRank { of, .. } = aggregate.function {
        let of = get(of)?;
        value.map_or(Ok(()), |value| same_type("frequency_rank", value, of).map(|_| ()))?;
        scope = join(scope, of.scope)?;
    }
    if let (Some(key), Some(by)) = (key, aggregate.by) {
        let member = family_type(schema, by.table, by.field).ok_or(IllFormed::UnknownField)?;
        of_type(key, member, "=")?;
        scope = join(scope, Scope::Member(by.table, by.field))?;
    }
    Ok((scope, partial))
}

/// The type of a family's members.
pub(crate) fn family_type(schema: &Schema, table: TableId, field: FieldId) -> Option<Type> {
    let lookup = schema.table(table).filter(|table| matches!(table.kind, TableKind::Lookup { .. }));
    let field = lookup.and_then(|table| table.fields.get(field.0 as usize))?;
    field.ty.element().map(|_| field.ty)
}

fn arithmetic_type(arithmetic: Arithmetic, a: &Node, b: &Node) -> Result<Found, IllFormed> {
    use Arithmetic::{Add, Divide, Multiply, Subtract};
    use Type::{Date, Days, Distance, Duration, Instant, Int, Money, Months, Number};
    let ty = match (arithmetic, a.ty, b.ty) {
        (Add | Subtract, ty @ (Int | Number | Money(_) | Duration | Days | Months | Distance), other)
            if ty == other =>
        {
            ty
        }
        (Add | Subtract, Instant, Duration) => Instant,
        (Add | Subtract, Date, Days) => Date,
        (Subtract, Date, Date) => Days,
        (Subtract, Instant, Instant) => Duration,
        (Multiply, ty @ (Int | Number), other) if ty == other => ty,
        (Multiply | Divide, ty @ (Money(_) | Duration | Distance), Number) => ty,
        (Multiply, ty @ (Days | Months), Int) => ty,
        (Divide, ty @ (Int | Number | Money(_) | Duration | Days | Months | Distance), other) if ty == other => Number,
        (_, x, y) => return Err(IllFormed::Types { operation: symbol(arithmetic), found: (x, y) }),
    };
    let found = both(Found::like(ty, a), Found::like(ty, b))?;
    let by_zero = arithmetic == Divide && !is_nonzero_constant(&b.op);
    Ok(Found { nullable: found.nullable || by_zero, partial: true, ..found })
}

pub(crate) fn symbol(arithmetic: Arithmetic) -> &'static str {
    match arithmetic {
        Arithmetic::Add => "+",
        Arithmetic::Subtract => "-",
        Arithmetic::Multiply => "*",
        Arithmetic::Divide => "/",
    }
}

fn is_nonzero_constant(op: &Op) -> bool {
    match op {
        Op::Constant(
            Constant::Int(n) | Constant::Duration(n) | Constant::Days(n) | Constant::Months(n) | Constant::Money(_, n),
        ) => *n != 0,
        Op::Constant(Constant::Number(n) | Constant::Distance(n)) => n.get() != 0.0,
        _ => false,
    }
}

pub(crate) fn in_domain(schema: &Schema, constant: &Constant) -> Result<(), IllFormed> {
    match constant {
        Constant::OneOf(domain, at) | Constant::Ordered(domain, at) => {
            let domain = schema.domain(*domain).ok_or(IllFormed::NotInDomain)?;
            if (*at as usize) < domain.variants.len() { Ok(()) } else { Err(IllFormed::NotInDomain) }
        }
        Constant::Set(element, all) => {
            if !all.is_sorted_by(|a, b| a < b) {
                return Err(IllFormed::NotSorted);
            }
            all.iter().try_for_each(|constant| {
                let same = constant.ty() == element.ty();
                let wrong = || IllFormed::Types { operation: "set", found: (element.ty(), constant.ty()) };
                if same { in_domain(schema, constant) } else { Err(wrong()) }
            })
        }
        _ => Ok(()),
    }
}

fn event_table(schema: &Schema, table: TableId) -> Result<(), IllFormed> {
    match schema.table(table).map(|t| &t.kind) {
        Some(TableKind::Events { .. }) => Ok(()),
        _ => Err(IllFormed::UnknownField),
    }
}

fn of_type<'a>(node: &'a Node, ty: Type, operation: &'static str) -> Result<&'a Node, IllFormed> {
    if node.ty == ty { Ok(node) } else { Err(IllFormed::Type { operation, found: node.ty }) }
}

fn condition<'a>(node: &'a Node, operation: &'static str) -> Result<&'a Node, IllFormed> {
    of_type(node, Type::Bool, operation)
}

fn same_type(operation: &'static str, a: &Node, b: &Node) -> Result<(), IllFormed> {
    if a.ty == b.ty { Ok(()) } else { Err(IllFormed::Types { operation, found: (a.ty, b.ty) }) }
}

/// Missing where either is.
fn both(a: Found, b: Found) -> Result<Found, IllFormed> {
    Ok(Found {
        ty: a.ty,
        nullable: a.nullable || b.nullable,
        partial: a.partial || b.partial,
        scope: join(a.scope, b.scope)?,
    })
}

fn join(a: Scope, b: Scope) -> Result<Scope, IllFormed> {
    match (a, b) {
        (Scope::Anywhere, other) | (other, Scope::Anywhere) => Ok(other),
        (a, b) if a == b => Ok(a),
        (Scope::Row(Schema::CUSTOMER) | Scope::Member(..) | Scope::Pair(..), _) => pair(a, b),
        (a, b) => Err(IllFormed::Scopes(a, b)),
    }
}

/// Customer and member together.
fn pair(a: Scope, b: Scope) -> Result<Scope, IllFormed> {
    let family = |scope: Scope| match scope {
        Scope::Member(table, field) | Scope::Pair(table, field) => Some((table, field)),
        _ => None,
    };
    match (family(a), family(b)) {
        (Some(a), Some(b)) if a == b => Ok(Scope::Pair(a.0, a.1)),
        (Some(family), None) if b == Scope::Row(Schema::CUSTOMER) => Ok(Scope::Pair(family.0, family.1)),
        (None, Some(family)) if a == Scope::Row(Schema::CUSTOMER) => Ok(Scope::Pair(family.0, family.1)),
        _ => Err(IllFormed::Scopes(a, b)),
    }
}

pub(crate) fn within(found: Scope, wanted: Scope) -> Result<(), IllFormed> {
    if found == Scope::Anywhere || found == wanted { Ok(()) } else { Err(IllFormed::Scopes(found, wanted)) }
}
