//! The members of a family: the distinct values of a field of a lookup table, missing ones left out.

use std::collections::BTreeSet;
use std::sync::Arc;

use opportune_plan::Family;

use crate::snapshot::{Column, Dictionary, Snapshot, Values};

/// The members of a family in their order: texts by their bytes, ints by value, values of a list by the list.
///
/// A member is named by its position here, which is what [`crate::decide::Decision::member`] holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Members {
    values: Distinct,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Distinct {
    Ints(Vec<i64>),
    /// Codes of the field's dictionary, ascending.
    Codes(Vec<u32>, Arc<Dictionary>),
}

impl Default for Distinct {
    fn default() -> Self {
        Self::Ints(Vec::new())
    }
}

/// One member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Member<'a> {
    /// Of a field of ints.
    Int(i64),
    /// Of a field of texts or of values of a list: its code in the dictionary of the field, and the text.
    Code(u32, &'a str),
}

impl Members {
    /// Those of a family in a snapshot; none where the field has no values.
    pub fn new(snapshot: &Snapshot, family: Family) -> Self {
        let table = snapshot.table(family.table);
        let column = table.and_then(|table| table.columns.get(family.field.0 as usize));
        let values = match column.map(|column| (column, &column.values)) {
            Some((column, Values::Int64(values))) => Distinct::Ints(distinct(column, values)),
            Some((column, Values::Codes(codes, dictionary))) => {
                Distinct::Codes(distinct(column, codes), Arc::clone(dictionary))
            }
            _ => Distinct::default(),
        };
        Self { values }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match &self.values {
            Distinct::Ints(values) => values.len(),
            Distinct::Codes(codes, _) => codes.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The member at a position.
    pub fn get(&self, member: u32) -> Option<Member<'_>> {
        match &self.values {
            Distinct::Ints(values) => values.get(member as usize).copied().map(Member::Int),
            Distinct::Codes(codes, dictionary) => {
                let code = *codes.get(member as usize)?;
                Some(Member::Code(code, dictionary.get(code).unwrap_or_default()))
            }
        }
    }

    /// The position of an int.
    pub fn of_int(&self, value: i64) -> Option<u32> {
        match &self.values {
            Distinct::Ints(values) => position(values.binary_search(&value)),
            Distinct::Codes(..) => None,
        }
    }

    /// The position of a code of the field's dictionary.
    pub fn of_code(&self, code: u32) -> Option<u32> {
        match &self.values {
            Distinct::Ints(_) => None,
            Distinct::Codes(codes, _) => position(codes.binary_search(&code)),
        }
    }

    /// The dictionary that the members' codes are of; of ints, none.
    pub fn dictionary(&self) -> Option<&Arc<Dictionary>> {
        match &self.values {
            Distinct::Ints(_) => None,
            Distinct::Codes(_, dictionary) => Some(dictionary),
        }
    }
}

fn position(found: Result<usize, usize>) -> Option<u32> {
    found.ok().and_then(|at| u32::try_from(at).ok())
}

/// The values that are there, each once, ascending.
fn distinct<T: Ord + Copy>(column: &Column, values: &[T]) -> Vec<T> {
    let there = values.iter().enumerate().filter(|(row, _)| column.is_valid(*row)).map(|(_, value)| *value);
    there.collect::<BTreeSet<T>>().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use opportune_plan::{FieldId, TableId};

    use super::*;
    use crate::snapshot::{Bitmap, Table};

    fn of(column: Column, rows: usize) -> Members {
        let lookup = Table { rows, columns: vec![column], ..Table::default() };
        let snapshot = Snapshot { tables: vec![Table::default(), lookup] };
        Members::new(&snapshot, Family { table: TableId(1), field: FieldId(0) })
    }

    #[test]
    fn missing_values_are_no_members() {
        let dictionary = Arc::new(Dictionary { values: vec!["a".into(), "b".into(), "c".into()] });
        let validity = Some([false, true, true, true].into_iter().collect::<Bitmap>());
        let members = of(Column { values: Values::Codes(vec![0, 2, 1, 2], dictionary), validity }, 4);
        assert_eq!(members.len(), 2);
        assert_eq!(
            [members.get(0), members.get(1), members.get(2)],
            [Some(Member::Code(1, "b")), Some(Member::Code(2, "c")), None]
        );
        assert_eq!([members.of_code(0), members.of_code(2), members.of_int(2)], [None, Some(1), None]);
    }

    #[test]
    fn ints_are_in_their_order() {
        let members = of(Column::full(Values::Int64(vec![7, -1, 7, 3])), 4);
        assert_eq!((0..3).map(|at| members.get(at)).collect::<Vec<_>>(), [-1, 3, 7].map(|int| Some(Member::Int(int))));
        assert_eq!([members.of_int(3), members.of_int(4), members.of_code(3)], [Some(1), None, None]);
        assert!(of(Column::full(Values::Float64(vec![1.0])), 1).is_empty());
    }
}
