//! What offers are asked for by name: the fields of the one that is spoken of, and what is left of others.

use opportune_plan::{Constant, FieldValue, OfferFieldId, Type};

use super::super::infer::{Costs, Ends, Infer, OfferFields};
use super::super::schema::OFFER;
use super::super::{Expr, ExprKind};
use super::{COST, INFORMATION_COST};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::Name;

impl Infer<'_> {
    /// Whether fields of offers go by their bare names.
    pub(super) fn is_bare(&self) -> bool {
        matches!(self.context.offer, OfferFields::Bare)
    }

    pub(super) fn offer_field_named(&self, name: &str) -> Option<usize> {
        self.context.schema.offer_fields.iter().position(|field| *field.name == *name)
    }

    /// `summer_sale.remaining`, `summer_sale.ends_at`: what is left of an offer, and its last day.
    pub(super) fn of_offer(&mut self, offer: &str, span: Span, ends: Ends, path: &[Name]) -> Option<Expr> {
        let (name, behind) = path.split_first()?;
        let place = span.to(name.span);
        match &*name.node {
            "remaining" | "ends_at" if !behind.is_empty() => {
                let message = format!("`{offer}.{}` is a value and has no fields", name.node);
                let diagnostic = Diagnostic::error(codes::UNKNOWN_FIELD, message, name.span, "a single value");
                self.fail(diagnostic.help(format!("write `{offer}.{}`", name.node)))
            }
            "remaining" if ends.in_total => {
                Some(Expr { kind: ExprKind::Remaining(offer.into()), ty: Type::Int, nullable: false })
            }
            "remaining" => {
                let message =
                    format!("`{offer}` has no limit over all customers and all time, so nothing of it can run out");
                let diagnostic = Diagnostic::error(codes::NOTHING_REMAINS, message, place, "of how many?");
                self.fail(diagnostic.help(format!("say how many there are, in `{offer}`: `cap 20_000 in total`")))
            }
            "ends_at" => match ends.last_day {
                Some(day) => Some(Expr::constant(Constant::Date(day))),
                None => {
                    let message = format!("`{offer}` does not say when it ends");
                    let diagnostic = Diagnostic::error(codes::NEVER_ENDS, message, place, "ends when?");
                    self.fail(diagnostic.help(format!("give it a last day, in `{offer}`: `timing to 2026-12-24`")))
                }
            },
            _ => {
                let message =
                    format!("an offer is asked what is left of it, or when it ends, and not its `{}`", name.node);
                let diagnostic = Diagnostic::error(codes::UNKNOWN_FIELD, message, name.span, "neither of them");
                self.fail(diagnostic.help(format!("write `{offer}.remaining` or `{offer}.ends_at`")))
            }
        }
    }

    /// A field of the offer that is spoken of: a constant.
    pub(super) fn offer_value(&mut self, span: Span, path: &[Name]) -> Option<Expr> {
        let (name, _) = path.split_first()?;
        if matches!(self.context.offer, OfferFields::None) {
            let message = "no offer is spoken of here";
            let diagnostic = Diagnostic::error(codes::OFFER_OUTSIDE, message, span.to(name.span), "of which offer?");
            return self.fail(
                diagnostic.help("`offer.field` stands in the clauses of an offer and of a guarantee, and in `rank by`"),
            );
        }
        if let (COST, [_], Some(costs), None) = (&*name.node, path, self.offer_costs, self.row) {
            return self.offer_cost(span.to(name.span), costs);
        }
        let schema = self.context.schema;
        // A field of this name that the project declares goes before it.
        let is_of_trust = &*name.node == INFORMATION_COST && self.offer_field_named(INFORMATION_COST).is_none();
        if is_of_trust && path.len() == 1 && matches!(self.context.offer, OfferFields::Any) {
            return Some(Expr { kind: ExprKind::InformationCost, ty: Type::Number, nullable: false });
        }
        let Some(at) = schema.offer_fields.iter().position(|field| field.name == name.node) else {
            if schema.is_damaged(OFFER, &name.node) {
                return None;
            }
            let message = format!("offers have no field `{}`", name.node);
            let diagnostic = Diagnostic::error(codes::UNKNOWN_FIELD, message, name.span, "no such field");
            let near = nearest(&name.node, schema.offer_fields.iter().map(|field| &*field.name));
            return self.fail(match near {
                _ if &*name.node == COST => {
                    diagnostic.help("what offers cost is asked in the objective and in the `where` of a lever alone")
                }
                _ if is_of_trust => diagnostic.help(
                    "what it costs in trust that offers look at data is asked in the portfolio and in guarantees alone",
                ),
                Some(near) => diagnostic.meant(&name.node, name.span, near),
                None => diagnostic.help("declare it in `offer fields`"),
            });
        };
        if let Some(behind) = path.get(1) {
            let message = format!("`offer.{}` is a value and has no fields", name.node);
            let diagnostic = Diagnostic::error(codes::UNKNOWN_FIELD, message, behind.span, "of a value");
            return self.fail(diagnostic.help(format!("write `offer.{}`", name.node)));
        }
        self.offer_field(at)
    }

    /// The field of the offer that is spoken of, by its position.
    pub(super) fn offer_field(&self, at: usize) -> Option<Expr> {
        let field = self.context.schema.offer_fields.get(at)?;
        let element = field.ty.element().filter(|_| field.is_set);
        match self.context.offer {
            OfferFields::None => None,
            OfferFields::Any | OfferFields::Bare => {
                let kind = ExprKind::OfferField(OfferFieldId(u32::try_from(at).ok()?));
                let nullable = field.optional && field.default.is_none() && !field.is_set;
                Some(Expr { kind, ty: element.map_or(field.ty, Type::Set), nullable })
            }
            OfferFields::Of { values, varied } => {
                if let Some((_, found)) = varied.iter().find(|(field, _)| field.0 as usize == at) {
                    return Some(self.of_customer(found.clone()));
                }
                match values.get(at)?.as_ref()? {
                    FieldValue::One(constant) => Some(Expr::constant(constant.clone())),
                    FieldValue::Missing => Some(Expr { kind: ExprKind::Missing, ty: field.ty, nullable: true }),
                    FieldValue::Set(all) => Some(Expr::constant(Constant::Set(element?, all.clone().into()))),
                }
            }
        }
    }

    /// `offer.cost`, in the objective and in levers; an offer that does not say it costs nothing.
    fn offer_cost(&mut self, span: Span, costs: Costs) -> Option<Expr> {
        let (message, help) = match costs {
            Costs::In(currency) => {
                return Some(Expr { kind: ExprKind::OfferCost, ty: Type::Money(currency), nullable: false });
            }
            Costs::None => ("no offer says its cost", "say it in the offers: `cost 2 USD`"),
            Costs::Differ => ("the offers say their costs in different currencies", "say all costs in one currency"),
        };
        self.fail(Diagnostic::error(codes::NO_OFFER_COST, message, span, "of which cost?").help(help))
    }

    /// `channel.cost`, in the objective.
    pub(super) fn channel_value(&mut self, span: Span, path: &[Name], costs: Costs) -> Option<Expr> {
        let last = path.last().map_or(span, |name| name.span);
        if !matches!(path, [name] if &*name.node == COST) {
            let message = "the objective looks at the cost of a channel, and at nothing else of it";
            let diagnostic = Diagnostic::error(codes::UNKNOWN_FIELD, message, last, "not its cost");
            return self.fail(diagnostic.help("write `channel.cost`"));
        }
        let (message, help) = match costs {
            Costs::In(currency) => {
                return Some(Expr { kind: ExprKind::ChannelCost, ty: Type::Money(currency), nullable: false });
            }
            Costs::None => ("no channel says its cost", "say it in the channels: `cost 0.002 USD`"),
            Costs::Differ => {
                ("the channels say their costs in different currencies", "say all costs in the objective's currency")
            }
        };
        self.fail(Diagnostic::error(codes::NO_COST, message, span.to(last), "of which cost?").help(help))
    }
}
