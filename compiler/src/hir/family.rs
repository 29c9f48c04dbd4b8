//! Families: one offer for each member, `offer x for each category c of product`.
